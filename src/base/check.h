/* CHECK: a fact that must hold, or our own code is wrong.
 *
 * A failed CHECK stops the process in release builds too: the journal brings the state back, a
 * wrong balance would not come back. The hook is the only function the core imports besides
 * memcpy and its kin; whoever links the core provides it (src/io/check_failed.c, or the
 * simulator's own). It must not return. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/base.h"

/* Reports file:line and the fact in words, then ends the process. */
__attribute__((noreturn, cold)) void check_failed(const char *file, int line, const char *fact);

#define CHECK(fact)                                       \
    do {                                                  \
        if (UNLIKELY(!(fact))) {                          \
            check_failed(__FILE_NAME__, __LINE__, #fact); \
        }                                                 \
    } while (0)

/* CHECK_DEBUG: facts too dear for the order path of a release build. On when CAMBIST_DEBUG is
 * defined to 1: debug, sanitizer and simulation builds. */
#if defined(CAMBIST_DEBUG) && CAMBIST_DEBUG
#define CHECK_DEBUG(fact) CHECK(fact)
#else
#define CHECK_DEBUG(fact)     \
    do {                      \
        (void)sizeof((fact)); \
    } while (0)
#endif

#endif /* BASE_CHECK_H */
