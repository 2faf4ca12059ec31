/* Sessions: who is signed in, how surely, and for how long; and what the operator asks. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_desk_inner.h"

#include <sodium.h>
#include <string.h>

_Static_assert(crypto_hash_sha256_BYTES == DOOR_HASH_BYTES, "a token's hash");
_Static_assert(DOOR_ANSWER_HEAD + DOOR_EFFECTS_MAX * 40U + 4U <= DOOR_ANSWER_BYTES_MAX,
               "effects fit an answer");

static void token_hash(const u8 token[DOOR_TOKEN_BYTES], u8 hash_out[DOOR_HASH_BYTES])
{
    int code = crypto_hash_sha256(hash_out, token, DOOR_TOKEN_BYTES);
    CHECK(code == 0);
}

static void csrf_of(const struct door_act *act, const struct door_session *session,
                    u8 csrf_out[DOOR_HASH_BYTES])
{
    door_key_hash(act->desk->key, DOOR_KEY_CSRF, session->login,
                  span_of(session->hash, sizeof(session->hash)), csrf_out);
}

/* ---- which session ---- */

static bool is_over(const struct door_act *act, const struct door_session *session)
{
    return door_age(act, session->made_us) >= DOOR_SESSION_US ||
           door_age(act, session->seen_us) >= DOOR_IDLE_US ||
           (session->level == DOOR_LEVEL_HALF && door_age(act, session->made_us) >= DOOR_HALF_US);
}

/* Whoever changes something shows that it is not a foreign page that asks. */
static bool has_csrf(const struct door_act *act, const struct door_session *session)
{
    u8 csrf[DOOR_HASH_BYTES];
    csrf_of(act, session, csrf);
    bool is_equal = sodium_memcmp(csrf, act->ask->csrf, sizeof(csrf)) == 0;
    return is_equal || act->ask->kind == DOOR_ASK_LOOK || act->ask->kind == DOOR_ASK_SESSIONS;
}

static enum door_code lacks(const struct door_act *act, enum door_want want,
                            const struct door_session *session)
{
    if (want != DOOR_WANT_ANY && session->level != DOOR_LEVEL_FULL) {
        return DOOR_CODE_SECOND_WANTED;
    }
    bool is_strong = door_age(act, session->strong_us) < DOOR_STRONG_US;
    return want == DOOR_WANT_STRONG && !is_strong ? DOOR_CODE_AGAIN_WANTED : DOOR_CODE_OK;
}

enum fault door_session_of(struct door_act *act, enum door_want want,
                           struct door_session *session_out, struct door_login *login_out,
                           bool *good_out)
{
    struct door_store *store = &act->desk->store;
    u8 hash[DOOR_HASH_BYTES];
    bool found = false;
    *good_out = false;
    token_hash(act->ask->token, hash);
    TRY(door_store_session(store, hash, session_out, &found));
    if (found && is_over(act, session_out)) {
        TRY(door_store_session_remove(store, hash));
        door_ended_note(act->desk, session_out->login, session_out->handle);
        found = false;
    }
    if (!found || !has_csrf(act, session_out)) {
        return door_say(act, DOOR_CODE_NO_SESSION);
    }
    TRY(door_store_login(store, session_out->login, login_out, &found));
    CHECK(found); /* logins are never removed */
    if (door_age(act, session_out->seen_us) >= DOOR_SEEN_US) {
        session_out->seen_us = act->now_us;
        TRY(door_store_session_set(store, hash, session_out));
    }
    enum door_code code = lacks(act, want, session_out);
    *good_out = code == DOOR_CODE_OK;
    return *good_out ? FAULT_NONE : door_say(act, code);
}

/* ---- making and stepping up ---- */

static enum fault token_make(struct door_act *act, struct door_session *session,
                             u8 token_out[DOOR_TOKEN_BYTES])
{
    TRY(door_random(act, token_out, DOOR_TOKEN_BYTES));
    token_hash(token_out, session->hash);
    return FAULT_NONE;
}

enum fault door_session_make(struct door_act *act, const struct door_login *login,
                             u8 token_out[DOOR_TOKEN_BYTES], struct door_session *session_out)
{
    u8 handle[8];
    bool gave_way = false;
    *session_out =
        (struct door_session){.login = login->number,
                              .level = login->totp.is_there ? DOOR_LEVEL_HALF : DOOR_LEVEL_FULL,
                              .made_us = act->now_us,
                              .seen_us = act->now_us,
                              .strong_us = act->now_us};
    TRY(token_make(act, session_out, token_out));
    TRY(door_random(act, handle, sizeof(handle)));
    session_out->handle = (bytes_u64(handle) & INT64_MAX) | 1; /* 0 stands for all */
    TRY(door_store_session_add(&act->desk->store, session_out, &gave_way));
    if (gave_way) {
        door_ended_note(act->desk, login->number, 0); /* which one is not known */
    }
    return FAULT_NONE;
}

enum fault door_session_step(struct door_act *act, struct door_session *session,
                             u8 token_out[DOOR_TOKEN_BYTES])
{
    u8 old[DOOR_HASH_BYTES];
    memcpy(old, session->hash, sizeof(old));
    session->seen_us = act->now_us;
    session->strong_us = act->now_us;
    TRY(token_make(act, session, token_out));
    return door_store_session_set(&act->desk->store, old, session);
}

/* What a session is, behind its token. */
static enum fault state_write(struct door_act *act, struct frame_writer *writer,
                              const struct door_session *session)
{
    u8 csrf[DOOR_HASH_BYTES];
    struct door_login login;
    u64 recovery = 0;
    bool found = false;
    csrf_of(act, session, csrf);
    TRY(door_store_login(&act->desk->store, session->login, &login, &found));
    CHECK(found); /* logins are never removed */
    TRY(door_store_recovery_left(&act->desk->store, session->login, &recovery));
    bool is_strong = door_age(act, session->strong_us) < DOOR_STRONG_US;
    u64 strong_until_us = u64_min(session->strong_us, act->now_us) + DOOR_STRONG_US;
    frame_write_bytes(writer, span_of(csrf, sizeof(csrf)));
    frame_write_u64(writer, session->login);
    frame_write_u64(writer, session->made_us + DOOR_SESSION_US);
    frame_write_u8(writer, (u8)session->level);
    frame_write_u8(writer, is_strong ? 1 : 0);
    frame_write_u8(writer, (u8)recovery);
    frame_write_u8(writer, login.totp.is_there ? 1 : 0);
    frame_write_u32(writer, 0);
    frame_write_u64(writer, session->handle);
    frame_write_u64(writer, is_strong ? strong_until_us : 0);
    return FAULT_NONE;
}

enum fault door_session_write(struct door_act *act, struct frame_writer *writer,
                              const u8 token[DOOR_TOKEN_BYTES], const struct door_session *session)
{
    frame_write_bytes(writer, span_of(token, DOOR_TOKEN_BYTES));
    return state_write(act, writer, session);
}

enum fault door_look(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_ANY, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    TRY(state_write(act, &writer, &session));
    return door_say_end(act, &writer);
}

/* ---- proving oneself again ---- */

/* The session has just been proven; a new token. */
static enum fault again_do(struct door_act *act, struct door_session *session)
{
    u8 token[DOOR_TOKEN_BYTES];
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, door_session_step(act, session, token)));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    TRY(door_session_write(act, &writer, token, session));
    secret_wipe(token, sizeof(token));
    return door_say_end(act, &writer);
}

static enum fault again_code(struct door_act *act, struct door_login *login,
                             struct door_session *session)
{
    struct span text = span_of(act->ask->code, act->ask->code_bytes);
    bool is_right = false;
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, door_second_check(act, login, text, false, &is_right)));
    if (!is_right) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    door_admitted_well(act, DOOR_LIMIT_SIGN_ADDRESS, login->address, DOOR_LIMIT_SIGN_NETWORK);
    return again_do(act, session);
}

enum fault door_again(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (act->ask->password_bytes > 0 && login.totp.is_there) {
        /* Else whoever has a session and the password could take the second factor off. */
        return door_say(act, DOOR_CODE_SECOND_WANTED);
    }
    if (act->ask->password_bytes > 0 && !door_hash_has_room(act->desk->hash)) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (!door_admit(act, DOOR_LIMIT_SIGN_ADDRESS, login.address, DOOR_LIMIT_SIGN_NETWORK)) {
        return FAULT_NONE;
    }
    if (act->ask->password_bytes == 0) {
        return again_code(act, &login, &session);
    }
    struct door_pending pending = {.login = login.number};
    memcpy(pending.address, login.address, sizeof(pending.address));
    memcpy(pending.password, login.password, sizeof(pending.password));
    door_wait(act, DOOR_HASH_VERIFY, &pending);
    return FAULT_NONE;
}

enum fault door_again_later(struct door_act *act, const struct door_pending *pending,
                            const struct door_hash_result *result)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    bool is_same = memcmp(login.password, pending->password, sizeof(login.password)) == 0;
    if (!result->is_right || !is_same || login.totp.is_there) { /* put on meanwhile */
        return door_say(act, DOOR_CODE_WRONG);
    }
    door_admitted_well(act, DOOR_LIMIT_SIGN_ADDRESS, pending->address, DOOR_LIMIT_SIGN_NETWORK);
    return again_do(act, &session);
}

/* ---- lists and ends ---- */

enum fault door_sign_out(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_ANY, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    TRY(door_store_session_remove(&act->desk->store, session.hash));
    door_ended_note(act->desk, session.login, session.handle);
    return door_say(act, DOOR_CODE_OK);
}

/* `own` may be NULL. */
static enum fault list_say(struct door_act *act, u64 login, const struct door_session *own)
{
    struct door_session sessions[DOOR_SESSIONS_MAX];
    u32 count = 0;
    u32 living = 0;
    TRY(door_store_sessions(&act->desk->store, login, sessions, &count));
    for (u32 i = 0; i < count; i += 1) {
        living += is_over(act, &sessions[i]) ? 0 : 1;
    }
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u32(&writer, living);
    for (u32 i = 0; i < count; i += 1) {
        if (is_over(act, &sessions[i])) {
            continue;
        }
        frame_write_u64(&writer, sessions[i].handle);
        frame_write_u64(&writer, sessions[i].made_us);
        frame_write_u64(&writer, sessions[i].seen_us);
        frame_write_u8(&writer, (u8)sessions[i].level);
        frame_write_u8(&writer, own != NULL && own->handle == sessions[i].handle ? 1 : 0);
        frame_write_u16(&writer, 0);
        frame_write_u32(&writer, 0);
    }
    return door_say_end(act, &writer);
}

enum fault door_sessions(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    return is_good ? list_say(act, login.number, &session) : FAULT_NONE;
}

static enum fault count_say(struct door_act *act, u64 count)
{
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, count);
    return door_say_end(act, &writer);
}

/* All but the one that asks. */
static enum fault others_end(struct door_act *act, const struct door_session *own, u64 *count_out)
{
    struct door_session sessions[DOOR_SESSIONS_MAX];
    u32 count = 0;
    *count_out = 0;
    TRY(door_store_sessions(&act->desk->store, own->login, sessions, &count));
    for (u32 i = 0; i < count; i += 1) {
        if (sessions[i].handle != own->handle) {
            TRY(door_store_session_remove(&act->desk->store, sessions[i].hash));
            door_ended_note(act->desk, own->login, sessions[i].handle);
            *count_out += 1;
        }
    }
    return FAULT_NONE;
}

enum fault door_session_end(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    u64 count = 0;
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    struct door_store *store = &act->desk->store;
    if (act->ask->number != 0) {
        door_ended_note(act->desk, login.number, act->ask->number);
    }
    TRY(door_store_begin(store));
    TRY(door_store_end(
        store, act->ask->number == 0
                   ? others_end(act, &session, &count)
                   : door_store_sessions_end(store, login.number, act->ask->number, &count)));
    return count_say(act, count);
}

/* ---- the operator ---- */

enum fault door_login_sessions(struct door_act *act)
{
    return list_say(act, act->ask->number, NULL);
}

enum fault door_login_sessions_end(struct door_act *act)
{
    u64 count = 0;
    TRY(door_store_sessions_end(&act->desk->store, act->ask->number, 0, &count));
    if (act->ask->number != 0) { /* there is no login 0 */
        door_ended_note(act->desk, act->ask->number, 0);
    }
    return count_say(act, count);
}

enum fault door_effects(struct door_act *act)
{
    struct door_effect effects[DOOR_EFFECTS_MAX];
    u32 count = 0;
    TRY(door_store_effects(&act->desk->store, act->ask->number, effects, &count));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u32(&writer, count);
    for (u32 i = 0; i < count; i += 1) {
        frame_write_u64(&writer, effects[i].number);
        frame_write_u64(&writer, effects[i].time_us);
        frame_write_u64(&writer, effects[i].login);
        frame_write_u64(&writer, effects[i].until_us);
        frame_write_u16(&writer, (u16)effects[i].kind);
        frame_write_u16(&writer, 0);
        frame_write_u32(&writer, 0);
    }
    return door_say_end(act, &writer);
}

enum fault door_effects_done(struct door_act *act)
{
    u64 count = 0;
    TRY(door_store_effects_done(&act->desk->store, act->ask->number, &count));
    return count_say(act, count);
}

enum fault door_effect_done(struct door_act *act)
{
    u64 count = 0;
    TRY(door_store_effect_done(&act->desk->store, act->ask->number, &count));
    return count_say(act, count);
}

enum fault door_effect_again(struct door_act *act)
{
    u64 count = 0;
    TRY(door_store_effect_again(&act->desk->store, act->ask->number, &count));
    return count_say(act, count);
}

enum fault door_status(struct door_act *act)
{
    struct door_desk *desk = act->desk;
    struct door_totals totals;
    TRY(door_store_totals(&desk->store, &totals));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, totals.logins);
    frame_write_u64(&writer, totals.tickets);
    frame_write_u64(&writer, totals.sessions);
    frame_write_u64(&writer, totals.effects);
    frame_write_u64(&writer, totals.effects_last);
    frame_write_u64(&writer, desk->mails.files_count);
    frame_write_u64(&writer, door_hash_runs(desk->hash));
    frame_write_u64(&writer, door_hash_jobs(desk->hash));
    frame_write_u64(&writer, desk->counts.answered[DOOR_CODE_WAIT]);
    frame_write_u64(&writer, desk->counts.answered[DOOR_CODE_BUSY]);
    frame_write_u64(&writer, door_limit_evictions(desk->limit));
    return door_say_end(act, &writer);
}
