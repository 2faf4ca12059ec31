/* New passwords: by mail, and within a session. Neither touches what the vault holds. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_desk_inner.h"
#include "role/door/door_password.h"

#include <sodium.h>
#include <string.h>

/* ---- by mail ---- */

enum fault door_reset(struct door_act *act)
{
    struct door_address address;
    struct door_login login;
    bool found = false;
    bool room = false;
    if (!door_address_take(act, &address)) {
        return door_say(act, DOOR_CODE_ADDRESS);
    }
    TRY(door_ticket_room(act, DOOR_TICKET_RESET, &room));
    if (!room) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (!door_admit(act, DOOR_LIMIT_MAIL_ADDRESS, address.hash, DOOR_LIMIT_MAIL_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_store_login_find(&act->desk->store, address.hash, &login, &found));
    enum fault fault =
        door_ticket_make(act, &address, DOOR_TICKET_RESET, found ? login.number : 0, NULL);
    secret_wipe(&address, sizeof(address));
    return fault;
}

/* The code is right: is the second factor, where there is one? *code_out says, DOOR_CODE_OK: yes.
 * Within a transaction. */
static enum fault second_of(struct door_act *act, const struct door_ticket *ticket,
                            enum door_code *code_out, bool *has_second_out)
{
    struct door_login login;
    bool found = false;
    bool is_right = false;
    struct span second = span_of(act->ask->second, act->ask->second_bytes);
    TRY(door_store_login(&act->desk->store, ticket->login, &login, &found));
    CHECK(found); /* logins are never removed */
    *code_out = DOOR_CODE_OK;
    *has_second_out = login.totp.is_there;
    if (!login.totp.is_there) {
        return FAULT_NONE;
    }
    if (second.size == 0) {
        *code_out = DOOR_CODE_SECOND_WANTED;
        return FAULT_NONE;
    }
    TRY(door_second_check(act, &login, second, true, &is_right));
    if (!is_right) {
        *code_out = DOOR_CODE_WRONG;
        return door_store_ticket_tried(&act->desk->store, ticket->id);
    }
    return FAULT_NONE;
}

enum fault door_reset_set(struct door_act *act)
{
    struct door_address address;
    struct door_ticket ticket;
    struct door_pending pending = {.login = 0};
    bool is_right = false;
    if (!door_address_take(act, &address)) {
        return door_say(act, DOOR_CODE_ADDRESS);
    }
    enum door_code code = door_password_check(span_of(act->ask->password, act->ask->password_bytes),
                                              span_of(address.bytes, address.size));
    secret_wipe(address.bytes, sizeof(address.bytes));
    if (code != DOOR_CODE_OK) {
        return door_say(act, code);
    }
    if (!door_hash_has_room(act->desk->hash)) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (!door_admit(act, DOOR_LIMIT_KINDS, NULL, DOOR_LIMIT_CODE_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_ticket_check(act, DOOR_TICKET_RESET, &ticket, &is_right));
    if (!is_right || sodium_memcmp(address.hash, ticket.address, sizeof(address.hash)) != 0) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, second_of(act, &ticket, &code, &pending.has_second)));
    if (code != DOOR_CODE_OK) {
        return door_say(act, code);
    }
    pending.login = ticket.login;
    memcpy(pending.address, ticket.address, sizeof(pending.address));
    door_wait(act, DOOR_HASH_MAKE, &pending);
    return FAULT_NONE;
}

/* The password is set, everybody is signed out, and withdrawals are held. */
static enum fault reset_do(struct door_act *act, const struct door_pending *pending,
                           const char *password, struct door_login *login, bool *done_out)
{
    struct door_store *store = &act->desk->store;
    struct door_ticket ticket;
    bool found = false;
    u64 ended = 0;
    /* It may have been used, or run out, while the password was hashed. */
    TRY(door_store_ticket(store, act->ask->ticket, &ticket, &found));
    *done_out = found && ticket.until_us > act->now_us;
    TRY(door_store_login(store, pending->login, login, &found));
    *done_out = *done_out && found && login->totp.is_there == pending->has_second;
    if (!*done_out) {
        return FAULT_NONE;
    }
    memcpy(login->password, password, sizeof(login->password));
    login->coming.is_there = false;
    login->held_until_us = act->now_us + DOOR_HOLD_US;
    const struct door_effect effect = {.time_us = act->now_us,
                                       .kind = DOOR_EFFECT_HOLD,
                                       .login = login->number,
                                       .until_us = login->held_until_us};
    TRY(door_store_login_set(store, login));
    TRY(door_store_sessions_end(store, login->number, 0, &ended));
    door_ended_note(act->desk, login->number, 0);
    TRY(door_store_tickets_remove(store, DOOR_TICKET_RESET, login->address));
    return door_store_effect_add(store, &effect);
}

enum fault door_reset_set_later(struct door_act *act, const struct door_pending *pending,
                                const struct door_hash_result *result)
{
    struct door_login login;
    bool is_done = false;
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, reset_do(act, pending, result->text, &login, &is_done)));
    if (!is_done) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    door_crowd_forget(act->desk->crowd, act->ask->ticket);
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, login.held_until_us);
    return door_say_end(act, &writer);
}

/* ---- within a session ---- */

enum fault door_password(struct door_act *act)
{
    struct door_session session;
    struct door_login login;
    struct door_address address;
    bool is_good = false;
    TRY(door_session_of(act, DOOR_WANT_STRONG, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    if (!door_address_take(act, &address)) {
        return door_say(act, DOOR_CODE_ADDRESS);
    }
    enum door_code code = door_password_check(span_of(act->ask->password, act->ask->password_bytes),
                                              span_of(address.bytes, address.size));
    bool is_own = sodium_memcmp(address.hash, login.address, sizeof(address.hash)) == 0;
    secret_wipe(address.bytes, sizeof(address.bytes));
    if (!is_own || code != DOOR_CODE_OK) {
        return door_say(act, is_own ? code : DOOR_CODE_WRONG);
    }
    if (!door_hash_has_room(act->desk->hash)) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (door_admit(act, DOOR_LIMIT_SIGN_ADDRESS, login.address, DOOR_LIMIT_SIGN_NETWORK)) {
        struct door_pending pending = {.login = login.number};
        door_wait(act, DOOR_HASH_MAKE, &pending);
    }
    return FAULT_NONE;
}

static enum fault password_do(struct door_act *act, struct door_login *login, const char *password)
{
    struct door_store *store = &act->desk->store;
    u64 ended = 0;
    memcpy(login->password, password, sizeof(login->password));
    TRY(door_store_login_set(store, login));
    TRY(door_store_tickets_remove(store, DOOR_TICKET_RESET, login->address));
    door_ended_note(act->desk, login->number, 0);
    return door_store_sessions_end(store, login->number, 0, &ended);
}

enum fault door_password_later(struct door_act *act, const struct door_pending *pending,
                               const struct door_hash_result *result)
{
    struct door_session session;
    struct door_login login;
    bool is_good = false;
    /* It was proven when it was asked; it must still be there. */
    TRY(door_session_of(act, DOOR_WANT_FULL, &session, &login, &is_good));
    if (!is_good) {
        return FAULT_NONE;
    }
    CHECK(session.login == pending->login);
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, password_do(act, &login, result->text)));
    return door_say(act, DOOR_CODE_OK);
}
