/* How often may somebody try to sign in: a pause after wrong attempts, by officer's code, and a
 * bound on all attempts together. In memory, of fixed size, gone with the process: what is tried
 * are signatures, which nobody guesses; the pauses keep the processor and the rows free.
 *
 * Codes share OFFICE_LIMIT_PLACES counters, found by a keyed hash, so that codes that no officer
 * has are paused as those are that somebody has. */
#ifndef ROLE_OFFICE_OFFICE_LIMIT_H
#define ROLE_OFFICE_OFFICE_LIMIT_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"

#define OFFICE_LIMIT_PLACES    256U
#define OFFICE_LIMIT_FREE      5U      /* wrong ones before there is a pause */
#define OFFICE_LIMIT_FIRST_MS  1000U   /* the first pause; each further one is twice as long */
#define OFFICE_LIMIT_LONG_MS   60000U  /* but none longer */
#define OFFICE_LIMIT_FORGET_MS 900000U /* after so long without a wrong one all is forgotten */
#define OFFICE_LIMIT_ALL       120U    /* attempts of everybody in a minute */
#define OFFICE_LIMIT_KEY_BYTES 32U

struct office_limit {
    struct {
        u32 wrong;
        u64 wrong_ms; /* the last one */
        u64 until_ms; /* nothing is tried before */
    } places[OFFICE_LIMIT_PLACES];
    u64 minute_ms; /* when the minute began in which attempts are counted */
    u32 tried;
    u64 waits_count;
    u8 key[OFFICE_LIMIT_KEY_BYTES];
};

/* `key`: random bytes of this process's life. */
void office_limit_init(struct office_limit *limit, const u8 key[OFFICE_LIMIT_KEY_BYTES]);

/* Counts an attempt. 0: it may be made; else so many milliseconds are to be waited, and it is not
 * looked at. */
MUST_USE u64 office_limit_try(struct office_limit *limit, struct sha256 *sha256, struct span code,
                              u64 now_ms);
/* How it went. */
void office_limit_tell(struct office_limit *limit, struct sha256 *sha256, struct span code,
                       bool is_right, u64 now_ms);

#endif /* ROLE_OFFICE_OFFICE_LIMIT_H */
