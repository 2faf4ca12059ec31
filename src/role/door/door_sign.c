/* Signing up and signing in. What is done for an address that has a login and for one that has
 * none is the same: the same limits, one run of Argon2id, the same rows, one mail. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/door/door_desk_inner.h"
#include "role/door/door_password.h"

#include <sodium.h>
#include <string.h>

#define YIELDS_MAX 16U /* tickets that are looked at to make room for one */

/* ---- tickets ---- */

enum fault door_ticket_room(struct door_act *act, enum door_ticket_kind kind, bool *room_out)
{
    u64 tickets = 0;
    bool is_mailed = true;
    u8 id[DOOR_TICKET_BYTES];
    u64 site = door_crowd_site(act->ask->network);
    TRY(door_store_tickets_count(&act->desk->store, &tickets));
    if (kind == DOOR_TICKET_SIGN_UP) {
        TRY(door_mails_have_room(&act->desk->mails, DOOR_MAIL_SIGN_UP, act->now_us, &is_mailed));
    }
    *room_out = is_mailed && (tickets < act->desk->options.tickets_max ||
                              door_crowd_yields(act->desk->crowd, site, act->now_us, id));
    return FAULT_NONE;
}

/* Where all places are taken, somebody's ticket goes. One that was used up meanwhile is noted for a
 * while and makes no room: then another. */
static enum fault make_way(struct door_act *act, bool *room_out)
{
    struct door_desk *desk = act->desk;
    u64 site = door_crowd_site(act->ask->network);
    *room_out = false;
    for (u32 i = 0; i < YIELDS_MAX && !*room_out; i += 1) {
        u64 tickets = 0;
        u8 id[DOOR_TICKET_BYTES];
        TRY(door_store_tickets_count(&desk->store, &tickets));
        *room_out = tickets < desk->options.tickets_max;
        if (*room_out || !door_crowd_yields(desk->crowd, site, act->now_us, id)) {
            return FAULT_NONE;
        }
        TRY(door_store_ticket_remove(&desk->store, id));
        door_crowd_forget(desk->crowd, id);
    }
    return FAULT_NONE;
}

static enum door_mail_kind mail_of(enum door_ticket_kind kind, u64 login)
{
    switch (kind) {
    case DOOR_TICKET_SIGN_UP:
        return login == 0 ? DOOR_MAIL_SIGN_UP : DOOR_MAIL_SIGN_UP_KNOWN;
    case DOOR_TICKET_RESET:
        break;
    }
    return login == 0 ? DOOR_MAIL_RESET_UNKNOWN : DOOR_MAIL_RESET;
}

/* A reset is answered alike whether a mail was written or there was no room for one: else who fills
 * the room could see from the answer which addresses have a login. A sign-up was refused before. */
static enum fault mail_put(struct door_act *act, const struct door_address *address,
                           const struct door_ticket *ticket, struct span code)
{
    const struct door_mail mail = {.kind = mail_of(ticket->kind, ticket->login),
                                   .language = ticket->language,
                                   .address = span_of(address->bytes, address->size),
                                   .code = code};
    struct door_desk *desk = act->desk;
    u8 mark[8];
    bool room = false;
    TRY(door_random(act, mark, sizeof(mark)));
    u64 number = 0;
    memcpy(&number, mark, sizeof(number));
    TRY(door_mails_have_room(&desk->mails, mail.kind, act->now_us, &room));
    if (room) {
        desk->is_unmailed = false;
        return door_mails_put(&desk->mails, &mail, act->now_us, number);
    }
    if (!desk->is_unmailed) {
        desk->is_unmailed = true;
        log_warn("door.unmailed", LOG_U64("waiting", desk->mails.files_count));
    }
    return FAULT_NONE;
}

enum fault door_ticket_make(struct door_act *act, const struct door_address *address,
                            enum door_ticket_kind kind, u64 login, const char *password)
{
    struct door_desk *desk = act->desk;
    struct door_ticket ticket = {.kind = kind,
                                 .login = login,
                                 .language = act->ask->language,
                                 .until_us = act->now_us + DOOR_TICKET_US};
    u8 code[DOOR_MAIL_CODE_BYTES];
    bool room = false;
    TRY(door_ticket_room(act, kind, &room));
    if (room) {
        TRY(make_way(act, &room));
    }
    if (!room) { /* others came first while the password was hashed */
        return door_say(act, DOOR_CODE_BUSY);
    }
    TRY(door_random(act, ticket.id, sizeof(ticket.id)));
    TRY(door_random(act, code, sizeof(code)));
    memcpy(ticket.address, address->hash, sizeof(ticket.address));
    if (password != NULL) {
        memcpy(ticket.password, password, sizeof(ticket.password));
    }
    door_key_hash(desk->key, DOOR_KEY_TICKET, 0, span_of(code, sizeof(code)), ticket.code);
    TRY(door_store_ticket_add(&desk->store, &ticket));
    door_crowd_add(desk->crowd, ticket.id, door_crowd_site(act->ask->network), ticket.until_us);
    enum fault fault = mail_put(act, address, &ticket, span_of(code, sizeof(code)));
    secret_wipe(code, sizeof(code));
    TRY(fault);
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    frame_write_bytes(&writer, span_of(ticket.id, sizeof(ticket.id)));
    frame_write_u64(&writer, ticket.until_us);
    return door_say_end(act, &writer);
}

enum fault door_ticket_check(struct door_act *act, enum door_ticket_kind kind,
                             struct door_ticket *ticket_out, bool *right_out)
{
    u8 code[DOOR_MAIL_CODE_BYTES] = {0};
    u8 hash[DOOR_HASH_BYTES];
    bool found = false;
    TRY(door_store_ticket(&act->desk->store, act->ask->ticket, ticket_out, &found));
    bool is_code =
        door_code_read(span_of(act->ask->code, act->ask->code_bytes), code, sizeof(code));
    door_key_hash(act->desk->key, DOOR_KEY_TICKET, 0, span_of(code, sizeof(code)), hash);
    bool is_equal = sodium_memcmp(hash, ticket_out->code, sizeof(hash)) == 0;
    bool is_for_somebody = (ticket_out->login == 0) == (kind == DOOR_TICKET_SIGN_UP);
    *right_out = found && ticket_out->kind == kind && ticket_out->until_us > act->now_us &&
                 ticket_out->tries < DOOR_TICKET_TRIES_MAX && is_code && is_equal &&
                 is_for_somebody;
    secret_wipe(code, sizeof(code));
    return *right_out || !found ? FAULT_NONE
                                : door_store_ticket_tried(&act->desk->store, act->ask->ticket);
}

/* ---- sign-up ---- */

enum fault door_sign_up(struct door_act *act)
{
    struct door_address address;
    bool room = false;
    if (!door_address_take(act, &address)) {
        return door_say(act, DOOR_CODE_ADDRESS);
    }
    enum door_code code = door_password_check(span_of(act->ask->password, act->ask->password_bytes),
                                              span_of(address.bytes, address.size));
    secret_wipe(address.bytes, sizeof(address.bytes));
    if (code != DOOR_CODE_OK) {
        return door_say(act, code);
    }
    TRY(door_ticket_room(act, DOOR_TICKET_SIGN_UP, &room));
    if (!room || !door_hash_has_room(act->desk->hash)) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (door_admit(act, DOOR_LIMIT_MAIL_ADDRESS, address.hash, DOOR_LIMIT_MAIL_NETWORK)) {
        struct door_pending pending = {.login = 0};
        door_wait(act, DOOR_HASH_MAKE, &pending);
    }
    return FAULT_NONE;
}

enum fault door_sign_up_later(struct door_act *act, const struct door_pending *pending,
                              const struct door_hash_result *result)
{
    struct door_address address;
    struct door_login login;
    bool found = false;
    (void)pending;
    bool is_address = door_address_take(act, &address);
    CHECK(is_address);
    enum fault fault = door_store_login_find(&act->desk->store, address.hash, &login, &found);
    if (fault == FAULT_NONE) {
        fault = door_ticket_make(act, &address, DOOR_TICKET_SIGN_UP, found ? login.number : 0,
                                 result->text);
    }
    secret_wipe(&address, sizeof(address));
    return fault;
}

/* A login, and the effect that opens its account: one transaction. */
static enum fault login_make(struct door_act *act, const struct door_ticket *ticket, bool *made_out)
{
    struct door_store *store = &act->desk->store;
    struct door_login login = {.language = ticket->language, .made_us = act->now_us};
    struct door_login other;
    bool is_taken = false;
    TRY(door_store_login_find(store, ticket->address, &other, &is_taken));
    *made_out = !is_taken;
    if (!is_taken) {
        memcpy(login.address, ticket->address, sizeof(login.address));
        memcpy(login.password, ticket->password, sizeof(login.password));
        TRY(door_store_login_add(store, &login));
        const struct door_effect effect = {
            .time_us = act->now_us, .kind = DOOR_EFFECT_OPEN, .login = login.number};
        TRY(door_store_effect_add(store, &effect));
    }
    return door_store_tickets_remove(store, DOOR_TICKET_SIGN_UP, ticket->address);
}

enum fault door_sign_up_confirm(struct door_act *act)
{
    struct door_ticket ticket;
    bool is_right = false;
    bool is_made = false;
    if (!door_admit(act, DOOR_LIMIT_KINDS, NULL, DOOR_LIMIT_CODE_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_ticket_check(act, DOOR_TICKET_SIGN_UP, &ticket, &is_right));
    if (is_right) {
        TRY(door_store_begin(&act->desk->store));
        TRY(door_store_end(&act->desk->store, login_make(act, &ticket, &is_made)));
        door_crowd_forget(act->desk->crowd, ticket.id);
    }
    return door_say(act, is_made ? DOOR_CODE_OK : DOOR_CODE_WRONG);
}

/* ---- sign-in ---- */

enum fault door_sign_in(struct door_act *act)
{
    struct door_address address;
    struct door_login login;
    struct door_pending pending = {.login = 0};
    bool found = false;
    if (!door_address_take(act, &address)) {
        return door_say(act, DOOR_CODE_ADDRESS);
    }
    secret_wipe(address.bytes, sizeof(address.bytes));
    if (!door_hash_has_room(act->desk->hash)) {
        return door_say(act, DOOR_CODE_BUSY);
    }
    if (!door_admit(act, DOOR_LIMIT_SIGN_ADDRESS, address.hash, DOOR_LIMIT_SIGN_NETWORK)) {
        return FAULT_NONE;
    }
    TRY(door_store_login_find(&act->desk->store, address.hash, &login, &found));
    pending.login = found ? login.number : 0;
    memcpy(pending.address, address.hash, sizeof(pending.address));
    memcpy(pending.password, found ? login.password : act->desk->dummy, sizeof(pending.password));
    door_wait(act, DOOR_HASH_VERIFY, &pending);
    return FAULT_NONE;
}

enum fault door_sign_in_later(struct door_act *act, const struct door_pending *pending,
                              const struct door_hash_result *result)
{
    struct door_login login;
    struct door_session session;
    u8 token[DOOR_TOKEN_BYTES];
    bool found = false;
    TRY(door_store_login(&act->desk->store, pending->login, &login, &found));
    bool is_same = found && memcmp(login.password, pending->password, sizeof(login.password)) == 0;
    if (!result->is_right || !is_same) {
        return door_say(act, DOOR_CODE_WRONG);
    }
    door_admitted_well(act, DOOR_LIMIT_SIGN_ADDRESS, pending->address, DOOR_LIMIT_SIGN_NETWORK);
    TRY(door_store_begin(&act->desk->store));
    TRY(door_store_end(&act->desk->store, door_session_make(act, &login, token, &session)));
    struct frame_writer writer = door_say_begin(act, DOOR_CODE_OK, 0);
    TRY(door_session_write(act, &writer, token, &session));
    secret_wipe(token, sizeof(token));
    return door_say_end(act, &writer);
}
