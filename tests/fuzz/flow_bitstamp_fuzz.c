/* Bitstamp recordings: refused with line and field, or replayed exactly as foreseen. */
#include "app/flow_bitstamp.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_flow.h"

static enum fault read_all(struct flow *flow, struct input *input, struct progress *progress)
{
    struct flow_bitstamp *reader = NULL;
    enum fault fault = flow_bitstamp_open(&reader, flow);
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_read(reader, input, progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_finish(reader);
    }
    flow_bitstamp_close(reader);
    return fault;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct input *input = NULL;
    if (input_open_bytes(&input, "fuzz", span_of(data, size), 65536) != FAULT_NONE) {
        return 0;
    }
    struct progress progress;
    progress_init(&progress, clock_real(), "", "");
    SCOPED_FLOW flow;
    fuzz_flow_init(&flow);
    enum fault fault = read_all(&flow, input, &progress);
    input_close(input);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    if (fault == FAULT_NONE) {
        fuzz_flow_replay(&flow, true);
    }
    return 0;
}
