/* Registers as lines: BODS and FollowTheMoney, lines and arrays; OFAC's links. */
#include "tests/fuzz/fuzz_own.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    fuzz_own(data, size);
    return 0;
}
