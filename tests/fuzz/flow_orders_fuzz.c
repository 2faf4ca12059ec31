/* Order files: refused with a text, or replayed. The file's own oracle may be wrong, and its
 * cancels may name orders that are gone, so refusals are fine; a broken ledger is not. */
#include "app/flow_orders.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_flow.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct input *input = NULL;
    if (input_open_bytes(&input, "fuzz", span_of(data, size), 4096) != FAULT_NONE) {
        return 0;
    }
    struct progress progress;
    progress_init(&progress, clock_real(), "", "");
    SCOPED_FLOW flow;
    fuzz_flow_init(&flow);
    enum fault fault = flow_orders_read(&flow, input, &progress);
    input_close(input);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    if (fault == FAULT_NONE) {
        fuzz_flow_replay(&flow, false);
    }
    return 0;
}
