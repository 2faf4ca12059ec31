#include "role/office/office_session.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/entropy.h"
#include "io/sign.h"

#include <string.h>

#define TIME_BYTES  8U
#define DRAWN_BYTES 16U /* time and random bytes; the rest is the hash */

enum fault office_sessions_open(struct office_sessions *sessions)
{
    memset(sessions, 0, sizeof(*sessions));
    TRY(sha256_open(&sessions->sha256));
    return entropy_fill(sessions->key, sizeof(sessions->key));
}

void office_sessions_close(struct office_sessions *sessions)
{
    sha256_close(&sessions->sha256);
    secret_wipe(sessions->key, sizeof(sessions->key));
    secret_wipe(sessions->list, sizeof(sessions->list));
}

/* ---- challenges ---- */

/* The key stands at both ends: what is in between is of one length but for the code, which comes
 * last. */
static void hash_of(struct office_sessions *sessions, enum office_purpose purpose, struct span code,
                    const u8 drawn[DRAWN_BYTES], u8 hash_out[SHA256_BYTES])
{
    u8 inner[SHA256_BYTES];
    u8 word = (u8)purpose;
    struct sha256 *sha256 = &sessions->sha256;
    sha256_begin(sha256);
    sha256_add(sha256, span_of(sessions->key, sizeof(sessions->key)));
    sha256_add(sha256, span_of(&word, 1));
    sha256_add(sha256, span_of(drawn, DRAWN_BYTES));
    sha256_add(sha256, code);
    sha256_end(sha256, inner);
    sha256_begin(sha256);
    sha256_add(sha256, span_of(sessions->key, sizeof(sessions->key)));
    sha256_add(sha256, span_of(inner, sizeof(inner)));
    sha256_end(sha256, hash_out);
}

enum fault office_challenge_make(struct office_sessions *sessions, enum office_purpose purpose,
                                 struct span code, u64 now_ms,
                                 u8 challenge_out[OFFICE_CHALLENGE_BYTES])
{
    u8 hash[SHA256_BYTES];
    bytes_put_u64(challenge_out, now_ms + OFFICE_CHALLENGE_MS);
    TRY(entropy_fill(challenge_out + TIME_BYTES, DRAWN_BYTES - TIME_BYTES));
    hash_of(sessions, purpose, code, challenge_out, hash);
    memcpy(challenge_out + DRAWN_BYTES, hash, OFFICE_CHALLENGE_BYTES - DRAWN_BYTES);
    return FAULT_NONE;
}

bool office_challenge_holds(struct office_sessions *sessions, enum office_purpose purpose,
                            struct span code, u64 now_ms,
                            const u8 challenge[OFFICE_CHALLENGE_BYTES])
{
    u8 hash[SHA256_BYTES];
    hash_of(sessions, purpose, code, challenge, hash);
    if (!sign_equal(hash, challenge + DRAWN_BYTES, OFFICE_CHALLENGE_BYTES - DRAWN_BYTES) ||
        bytes_u64(challenge) <= now_ms) {
        return false;
    }
    for (u32 i = 0; i < OFFICE_USED_MAX; i += 1) {
        if (sessions->used[i].end_ms != 0 &&
            memcmp(sessions->used[i].challenge, challenge, OFFICE_CHALLENGE_BYTES) == 0) {
            return false;
        }
    }
    return true;
}

bool office_challenge_use(struct office_sessions *sessions, u64 now_ms,
                          const u8 challenge[OFFICE_CHALLENGE_BYTES])
{
    for (u32 i = 0; i < OFFICE_USED_MAX; i += 1) {
        if (sessions->used[i].end_ms <= now_ms) {
            sessions->used[i].end_ms = bytes_u64(challenge);
            memcpy(sessions->used[i].challenge, challenge, OFFICE_CHALLENGE_BYTES);
            return true;
        }
    }
    return false;
}

/* ---- sessions ---- */

u64 office_session_left(const struct office_session *session, u64 now_ms)
{
    u64 end_ms = u64_min(session->used_ms + OFFICE_IDLE_MS, session->made_ms + OFFICE_LIFE_MS);
    return session->is_open && end_ms > now_ms ? end_ms - now_ms : 0;
}

void office_session_end(struct office_session *session)
{
    secret_wipe(session, sizeof(*session));
}

/* A free place: one that was never taken or has ended; of an officer with too many the oldest; else
 * the oldest of all. */
static struct office_session *place_find(struct office_sessions *sessions, u32 person, u64 now_ms)
{
    struct office_session *free_place = NULL;
    struct office_session *own = NULL;
    struct office_session *oldest = NULL;
    u32 own_count = 0;
    for (u32 i = 0; i < OFFICE_SESSIONS_MAX; i += 1) {
        struct office_session *at = &sessions->list[i];
        if (office_session_left(at, now_ms) == 0) {
            free_place = at;
            continue;
        }
        oldest = oldest == NULL || at->made_ms < oldest->made_ms ? at : oldest;
        if (at->person == person) {
            own_count += 1;
            own = own == NULL || at->made_ms < own->made_ms ? at : own;
        }
    }
    if (own_count >= OFFICE_SESSIONS_EACH) {
        return own;
    }
    return free_place != NULL ? free_place : oldest;
}

static void token_hash(struct office_sessions *sessions, const u8 token[OFFICE_TOKEN_BYTES],
                       u8 hash_out[SHA256_BYTES])
{
    sha256_begin(&sessions->sha256);
    sha256_add(&sessions->sha256, span_of(token, OFFICE_TOKEN_BYTES));
    sha256_end(&sessions->sha256, hash_out);
}

enum fault office_session_make(struct office_sessions *sessions, u32 person, enum office_by by,
                               u64 now_ms, u8 token_out[OFFICE_TOKEN_BYTES],
                               struct office_session **session_out)
{
    struct office_session *at = place_find(sessions, person, now_ms);
    CHECK(at != NULL);
    office_session_end(at);
    TRY(entropy_fill(token_out, OFFICE_TOKEN_BYTES));
    TRY(entropy_fill(at->csrf, sizeof(at->csrf)));
    token_hash(sessions, token_out, at->token_hash);
    at->is_open = true;
    at->person = person;
    at->by = by;
    at->made_ms = now_ms;
    at->used_ms = now_ms;
    *session_out = at;
    return FAULT_NONE;
}

struct office_session *office_session_find(struct office_sessions *sessions,
                                           const u8 token[OFFICE_TOKEN_BYTES], u64 now_ms,
                                           bool uses)
{
    u8 hash[SHA256_BYTES];
    token_hash(sessions, token, hash);
    for (u32 i = 0; i < OFFICE_SESSIONS_MAX; i += 1) {
        struct office_session *at = &sessions->list[i];
        if (at->is_open && sign_equal(at->token_hash, hash, sizeof(hash))) {
            if (office_session_left(at, now_ms) == 0) {
                office_session_end(at);
                return NULL;
            }
            at->used_ms = uses ? now_ms : at->used_ms;
            return at;
        }
    }
    return NULL;
}

u32 office_sessions_count(const struct office_sessions *sessions, u64 now_ms)
{
    u32 count = 0;
    for (u32 i = 0; i < OFFICE_SESSIONS_MAX; i += 1) {
        count += office_session_left(&sessions->list[i], now_ms) > 0 ? 1 : 0;
    }
    return count;
}
