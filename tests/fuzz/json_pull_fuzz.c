/* JSON: what json_pull takes, jansson takes and reads alike; what one refuses, the other does. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/json_oracle.h"

enum { INPUT_BYTES_MAX = 1 << 15 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size <= INPUT_BYTES_MAX) {
        (void)json_oracle_agrees(span_of(data, size));
    }
    return 0;
}
