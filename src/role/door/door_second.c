/* Second factors: one-time codes, and the recovery codes for whoever has lost them. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_desk_inner.h"

#include <string.h>

#define RECOVERY_GROUP 4U
#define RECOVERY_TEXT  (DOOR_RECOVERY_CODE_BYTES * 8U / 5U + 3U) /* with its dashes */

/* A sealed secret belongs to its login. */
static void label_of(u64 login, u8 label_out[12])
{
    memcpy(label_out, "totp", 4);
    bytes_put_u64(label_out + 4, login);
}

static enum fault secret_open(struct door_act *act, u64 login, const struct door_sealed *sealed,
                              u8 secret_out[DOOR_TOTP_SECRET_BYTES])
{
    u8 label[12];
    label_of(login, label);
    return seal_open(door_key_seal(act->desk->key), span_of(label, sizeof(label)),
                     span_of(sealed->bytes, sizeof(sealed->bytes)), secret_out,
                     DOOR_TOTP_SECRET_BYTES);
}

/* ---- checking ---- */

static void wrong_note(struct door_act *act, struct door_login *login)
{
    u32 kept = 0;
    for (u32 i = 0; i < DOOR_WRONG_MAX; i += 1) {
        u64 then_us = login->wrong_us[i];
        if (then_us != 0 && door_age(act, then_us) < DOOR_WRONG_US) {
            login->wrong_us[kept] = then_us;
            kept += 1;
        }
    }
    CHECK(kept < DOOR_WRONG_MAX);
    login->wrong_us[kept] = act->now_us;
    kept += 1;
    for (u32 i = kept; i < DOOR_WRONG_MAX; i += 1) {
        login->wrong_us[i] = 0;
    }
    if (kept == DOOR_WRONG_MAX) {
        login->closed_until_us = act->now_us + DOOR_CLOSED_US;
        memset(login->wrong_us, 0, sizeof(login->wrong_us));
    }
}

static enum fault totp_check(struct door_act *act, struct door_login *login, u32 code,
                             bool *right_out)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    TRY(secret_open(act, login->number, &login->totp, secret));
    *right_out = door_totp_fits(span_of(secret, sizeof(secret)), act->now_us / DOOR_US_S, code,
                                login->step, &login->step);
    secret_wipe(secret, sizeof(secret));
    return FAULT_NONE;
}

static enum fault recovery_check(struct door_act *act, const struct door_login *login,
                                 struct span text, bool *right_out)
{
    u8 code[DOOR_RECOVERY_CODE_BYTES];
    u8 hash[DOOR_HASH_BYTES];
    if (!door_code_read(text, code, sizeof(code))) {
        return FAULT_NONE;
    }
    door_key_hash(act->desk->key, DOOR_KEY_RECOVERY, login->number, span_of(code, sizeof(code)),
                  hash);
    secret_wipe(code, sizeof(code));
    TRY(door_store_recovery_use(&act->desk->store, login->number, hash, right_out));
    const struct door_effect effect = {
        .time_us = act->now_us, .kind = DOOR_EFFECT_RECOVERY, .login = login->number};
    return *right_out ? door_store_effect_add(&act->desk->store, &effect) : FAULT_NONE;
}

static bool is_closed(const struct door_act *act, const struct door_login *login)
{
    /* Never longer than it was closed for, though the clock may go back. */
    return act->now_us < login->closed_until_us &&
           login->closed_until_us - act->now_us <= DOOR_CLOSED_US;
}

enum fault door_second_check(struct door_act *act, struct door_login *login, struct span text,
                             bool with_recovery, bool *right_out)
{
    u32 code = 0;
    u64 step = login->step;
    *right_out = false;
    if (!login->totp.is_there) {
        return FAULT_NONE;
    }
    bool was_closed = is_closed(act, login);
    if (door_code_digits(text, &code)) {
        TRY(totp_check(act, login, code, right_out));
    } else if (with_recovery && !was_closed) {
        TRY(recovery_check(act, login, text, right_out));
    }
    if (was_closed) { /* the same work, for nothing */
        login->step = step;
        *right_out = false;
    } else if (*right_out) {
        memset(login->wrong_us, 0, sizeof(login->wrong_us));
    } else {
        wrong_note(act, login);
    }
    return door_store_login_set(&act->desk->store, login);
}

/* ---- behind the password ---- */

static enum fault second_do(struct door_act *act, struct door_login *login,
                            struct door_session *session, u8 *token, bool *right_out)
{
    struct span text = span_of(act->ask->code, act->ask->code_bytes);
    TRY(door_second_check(act, login, text, true, right_out));
    if (!*right_out) {
        return FAULT_NONE;
    }
    session->level = DOOR_LEVEL_FULL;
    return door_session_step(act, session, token);
}

enum fault door_second(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    u8 token[DOOR_TOKEN_BYTES];
    bool is_good = false;
    bool is_right = false;
    if (!door_admit(act, DOOR_LIMIT_KINDS, NULL, DOOR_LIMIT_CODE_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_session_of(act, DOOR_WANT_ANY, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (session.level != DOOR_LEVEL_HALF) {
        return door_say(act, DOOR_CODE_REFUSED);
    }
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, second_do(act, &login, &session, token, &is_right)));
    if (!is_right) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    door_admitted_well(act, DOOR_LIMIT_KINDS, NULL, DOOR_LIMIT_CODE_NETWORK);
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    TRY(door_session_write(act, &writer, token, &session));
    secret_wipe(token, sizeof(token));
    return door_say_end(act, &writer);
}

/* ---- enrolment ---- */

enum fault door_totp_begin(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u8 label[12];
    char uri[DOOR_TOTP_URI_BYTES];
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_STRONG, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (login.totp.is_there) {
        return door_say(act, DOOR_CODE_REFUSED);
    }
    TRY(door_random(act, secret, sizeof(secret)));
    label_of(login.number, label);
    TRY(seal_close(door_key_seal(act->desk->key), span_of(label, sizeof(label)),
                   span_of(secret, sizeof(secret)), login.coming.bytes,
                   sizeof(login.coming.bytes)));
    login.coming.is_there = true;
    login.coming_until_us = act->now_us + DOOR_COMING_US;
    TRY(door_store_login_set(&act->desk->store, &login));
    bool fits = door_totp_uri(span_of(secret, sizeof(secret)), act->desk->options.issuer,
                              login.number, uri);
    CHECK(fits);
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, login.coming_until_us);
    frame_write_bytes(&writer, span_of_text(uri));
    secret_wipe(secret, sizeof(secret));
    secret_wipe(uri, sizeof(uri));
    return door_say_end(act, &writer);
}

/* New recovery codes instead of the old; their texts. Within a transaction. */
static enum fault recovery_make(struct door_act *act, u64 login,
                                char texts_out[DOOR_RECOVERY_CODES][RECOVERY_TEXT + 1])
{
    u8 hashes[DOOR_RECOVERY_CODES][DOOR_HASH_BYTES];
    u8 code[DOOR_RECOVERY_CODE_BYTES];
    for (u32 i = 0; i < DOOR_RECOVERY_CODES; i += 1) {
        struct span bytes = span_of(code, sizeof(code));
        char text[DOOR_CODE_TEXT_BYTES(DOOR_RECOVERY_CODE_BYTES)];
        TRY(door_random(act, code, sizeof(code)));
        door_key_hash(act->desk->key, DOOR_KEY_RECOVERY, login, bytes, hashes[i]);
        door_code_print(bytes, RECOVERY_GROUP, text);
        CHECK(strlen(text) == RECOVERY_TEXT);
        memcpy(texts_out[i], text, RECOVERY_TEXT + 1);
        secret_wipe(text, sizeof(text));
    }
    secret_wipe(code, sizeof(code));
    return door_store_recovery_set(&act->desk->store, login, hashes, DOOR_RECOVERY_CODES);
}

static void recovery_write(struct frame_writer *writer,
                           char texts[DOOR_RECOVERY_CODES][RECOVERY_TEXT + 1])
{
    frame_write_u32(writer, DOOR_RECOVERY_CODES);
    for (u32 i = 0; i < DOOR_RECOVERY_CODES; i += 1) {
        frame_write_bytes(writer, span_of(texts[i], RECOVERY_TEXT));
    }
    secret_wipe(texts, (size_t)DOOR_RECOVERY_CODES * (RECOVERY_TEXT + 1));
}

static enum fault confirm_do(struct door_act *act, struct door_login *login,
                             struct door_session *session, u8 *token,
                             char texts[DOOR_RECOVERY_CODES][RECOVERY_TEXT + 1])
{
    login->totp = login->coming;
    login->coming.is_there = false;
    login->closed_until_us = 0;
    memset(login->wrong_us, 0, sizeof(login->wrong_us));
    TRY(door_store_login_set(&act->desk->store, login));
    TRY(recovery_make(act, login->number, texts));
    return door_session_step(act, session, token);
}

enum fault door_totp_confirm(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u8 token[DOOR_TOKEN_BYTES];
    char texts[DOOR_RECOVERY_CODES][RECOVERY_TEXT + 1];
    u32 code = 0;
    bool is_good = false;
    if (!door_admit(act, DOOR_LIMIT_KINDS, NULL, DOOR_LIMIT_CODE_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (login.totp.is_there || !login.coming.is_there || login.coming_until_us <= act->now_us) {
        return door_say(act, DOOR_CODE_REFUSED);
    }
    TRY(secret_open(act, login.number, &login.coming, secret));
    login.step = 0; /* another secret: its steps are all unused */
    bool is_right = door_code_digits(span_of(act->ask->code, act->ask->code_bytes), &code) &&
                    door_totp_fits(span_of(secret, sizeof(secret)), act->now_us / DOOR_US_S, code,
                                   login.step, &login.step);
    secret_wipe(secret, sizeof(secret));
    if (!is_right) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, confirm_do(act, &login, &session, token, texts)));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    TRY(door_session_write(act, &writer, token, &session));
    recovery_write(&writer, texts);
    secret_wipe(token, sizeof(token));
    return door_say_end(act, &writer);
}

/* ---- what loosens, or is shown once more ---- */

static enum fault off_do(struct door_act *act, struct door_login *login)
{
    const struct door_effect effect = {
        .time_us = act->now_us, .kind = DOOR_EFFECT_TOTP_OFF, .login = login->number};
    login->totp.is_there = false;
    TRY(door_store_login_set(&act->desk->store, login));
    TRY(door_store_recovery_set(&act->desk->store, login->number, NULL, 0));
    return door_store_effect_add(&act->desk->store, &effect);
}

enum fault door_totp_off(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_STRONG, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (!login.totp.is_there) {
        return door_say(act, DOOR_CODE_REFUSED);
    }
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, off_do(act, &login)));
    return door_say(act, DOOR_CODE_OK);
}

enum fault door_recovery_new(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    char texts[DOOR_RECOVERY_CODES][RECOVERY_TEXT + 1];
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_STRONG, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (!login.totp.is_there) {
        return door_say(act, DOOR_CODE_REFUSED);
    }
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, recovery_make(act, login.number, texts)));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    recovery_write(&writer, texts);
    return door_say_end(act, &writer);
}
