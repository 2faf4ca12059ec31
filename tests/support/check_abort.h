/* How a fuzzer may look whether facts hold without ending: while check_abort_escape is set, a
 * failed CHECK jumps there. */
#ifndef TESTS_SUPPORT_CHECK_ABORT_H
#define TESTS_SUPPORT_CHECK_ABORT_H

#include <setjmp.h>

extern jmp_buf *check_abort_escape;

#endif /* TESTS_SUPPORT_CHECK_ABORT_H */
