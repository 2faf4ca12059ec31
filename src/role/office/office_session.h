/* Officers who are signed in, and challenges that they sign for it: all in memory, gone with the
 * process.
 *
 *     begin ─▶ challenge (made of a key, nothing is kept) ─▶ signed ─▶ used once ─▶ session
 *
 * A challenge says by itself when it ends, whom and what it is for: 8 bytes of time, 8 random ones,
 * and the first 16 of a keyed hash over these, purpose and code. So nobody can crowd out another's
 * by asking for many. Those that were used are remembered until they end.
 *
 * A token is 32 random bytes, made here at each sign-in and never taken from who comes; its SHA-256
 * is kept. A session ends OFFICE_IDLE_MS after its last use and OFFICE_LIFE_MS after its beginning;
 * with one more than OFFICE_SESSIONS_EACH of an officer the oldest ends. Times are milliseconds of
 * a clock that never goes back. */
#ifndef ROLE_OFFICE_OFFICE_SESSION_H
#define ROLE_OFFICE_OFFICE_SESSION_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/fault.h"

#define OFFICE_IDLE_MS         900000U
#define OFFICE_LIFE_MS         28800000U
#define OFFICE_CHALLENGE_MS    300000U
#define OFFICE_SESSIONS_MAX    64U
#define OFFICE_SESSIONS_EACH   4U
#define OFFICE_USED_MAX        1024U /* within OFFICE_CHALLENGE_MS: the limits allow fewer */
#define OFFICE_TOKEN_BYTES     32U
#define OFFICE_CHALLENGE_BYTES 32U

enum office_by { OFFICE_BY_KEY = 1, OFFICE_BY_WEBAUTHN = 2 };

enum office_purpose {
    OFFICE_PURPOSE_SIGN_IN = 1,
    OFFICE_PURPOSE_CREDENTIAL = 2, /* binds another security key */
};

struct office_session {
    bool is_open;
    u32 person; /* place in the list of officers */
    enum office_by by;
    u64 made_ms;
    u64 used_ms;
    u8 token_hash[SHA256_BYTES];
    u8 csrf[OFFICE_TOKEN_BYTES];
};

struct office_sessions {
    struct sha256 sha256;
    u8 key[32]; /* of challenges */
    struct office_session list[OFFICE_SESSIONS_MAX];
    struct {
        u64 end_ms; /* 0: free */
        u8 challenge[OFFICE_CHALLENGE_BYTES];
    } used[OFFICE_USED_MAX];
};

/* Draws the key. FAULT_LIMIT, FAULT_IO. */
MUST_USE enum fault office_sessions_open(struct office_sessions *sessions);
void office_sessions_close(struct office_sessions *sessions);

/* ---- challenges ---- */

MUST_USE enum fault office_challenge_make(struct office_sessions *sessions,
                                          enum office_purpose purpose, struct span code, u64 now_ms,
                                          u8 challenge_out[OFFICE_CHALLENGE_BYTES]);
/* Whether it was made here for this, has not ended and was not used. */
MUST_USE bool office_challenge_holds(struct office_sessions *sessions, enum office_purpose purpose,
                                     struct span code, u64 now_ms,
                                     const u8 challenge[OFFICE_CHALLENGE_BYTES]);
/* From now on it does not. False: no room to remember it; then nothing may follow from it. */
MUST_USE bool office_challenge_use(struct office_sessions *sessions, u64 now_ms,
                                   const u8 challenge[OFFICE_CHALLENGE_BYTES]);

/* ---- sessions ---- */

/* A new one. *token_out is the only copy. */
MUST_USE enum fault office_session_make(struct office_sessions *sessions, u32 person,
                                        enum office_by by, u64 now_ms,
                                        u8 token_out[OFFICE_TOKEN_BYTES],
                                        struct office_session **session_out);
/* That with this token; NULL: none, or it has ended. `uses`: its idle time begins anew. */
struct office_session *office_session_find(struct office_sessions *sessions,
                                           const u8 token[OFFICE_TOKEN_BYTES], u64 now_ms,
                                           bool uses);
/* Milliseconds until it ends when nobody uses it. */
u64 office_session_left(const struct office_session *session, u64 now_ms);
void office_session_end(struct office_session *session);
u32 office_sessions_count(const struct office_sessions *sessions, u64 now_ms);

#endif /* ROLE_OFFICE_OFFICE_SESSION_H */
