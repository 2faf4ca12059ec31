/* Coinbase books: refused with the field, or loaded exactly as foreseen. */
#include "app/flow_coinbase.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_flow.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct input *input = NULL;
    if (input_open_bytes(&input, "fuzz", span_of(data, size), 65536) != FAULT_NONE) {
        return 0;
    }
    SCOPED_FLOW flow;
    fuzz_flow_init(&flow);
    enum fault fault = flow_coinbase_read(&flow, input);
    input_close(input);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    if (fault == FAULT_NONE) {
        fuzz_flow_replay(&flow, true);
    }
    return 0;
}
