/* Registers as XML: the three files of GLEIF. */
#include "tests/fuzz/fuzz_own.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    fuzz_own(data, size);
    return 0;
}
