/* What every fuzzer includes: the one function that libFuzzer, or tests/fuzz/replay_main.c, calls
 * with bytes from outside. It returns 0 and must survive anything. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/base.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* TESTS_FUZZ_FUZZ_H */
