/* What every test program includes: cmocka with the headers it wants before it, the seed, and how
 * much work the run can afford.
 *
 * A failed CHECK fails the running test (tests/support/check_failed.c), and
 * expect_assert_failure(call) shows that a CHECK fires. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include "base/base.h"

/* cmocka needs these four before its own header. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* The seed of this run: CAMBIST_SEED_BASE, else 1. Print it in every failure that depends on it. */
u64 test_seed(void);

/* The part of full_count that this run can afford, at least 1: CAMBIST_TEST_PERCENT of it. ./check
 * sets 2 under valgrind and 20 under the sanitizers; a plain run does the whole. */
u64 test_rounds(u64 full_count);

/* Where the large real data sets are: CAMBIST_DATA, else ../shared/data. NULL when absent. A test
 * that gets NULL says so by name and calls skip(); a whole program ends with TEST_SKIPPED. */
const char *test_data_folder(void);

/* Whether valgrind runs us. It makes system calls of its own, so there is no sandbox inside. */
bool test_is_valgrind(void);

enum { TEST_SKIPPED = 77 };

#endif /* TESTS_SUPPORT_TEST_H */
