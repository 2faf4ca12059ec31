/* The walk over a chunk of events. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_statements.h"

#include <string.h>

static enum fault impossible(const struct case_moment *at, const char *what, u64 number)
{
    return FAULT(FAULT_ROT, "%s: the event log has %s %llu, which cannot be", at->store->sql.path,
                 what, (unsigned long long)number);
}

/* ---- definitions and facts ---- */

union command {
    struct command_head head;
    struct command_account_add account_add;
    struct command_restrict restrict_;
    struct command_link link;
    struct command_fact_set fact_set;
    struct command_listing_set listing_set;
    struct command_ownership_set ownership_set;
    struct command_row_end row_end;
    struct command_pack_activate pack_activate;
    struct command_pack_end pack_end;
    struct command_pack_replace pack_replace;
    struct command_licence_set licence_set;
    struct command_lift lift;
    struct command_case_act case_act;
    struct command_person_group person_group;
    struct command_login_open login_open;
    u8 bytes[256];
};

/* A vector set by hand. */
static enum fault hand(const struct case_moment *at, u32 number, u64 vector, u64 seq)
{
    struct case_account account;
    TRY(case_account_read(at->store, number, &account));
    u64 before = account.hand;
    account.hand = vector;
    account.vector = account.person == 0 ? vector : account.vector;
    TRY(case_hand(at, &account, seq, before, vector));
    return case_account_write(at->store, &account);
}

static enum fault link(const struct case_moment *at, const struct command_link *command, u64 seq,
                       bool joins)
{
    struct case_account account;
    TRY(case_account_read(at->store, command->head.account, &account));
    if (joins) {
        account.person = command->person;
        TRY(case_join(at, &account, seq, true));
    } else {
        account.person = account.person == 0 ? command->person : account.person;
        TRY(case_join(at, &account, seq, false));
        account.person = 0; /* its vector, if it changes, is told by `restricted` */
    }
    return case_account_write(at->store, &account);
}

/* An account of its own, whose person is as new. */
static enum fault login_open(const struct case_moment *at, const struct command_login_open *command,
                             u64 seq)
{
    struct case_account account;
    u32 number = command->head.account;
    if (command->restrictions != 0) {
        TRY(hand(at, number, command->restrictions, seq));
    }
    TRY(case_account_read(at->store, number, &account));
    account.person = command->person;
    return case_account_write(at->store, &account);
}

static enum fault verdict(const struct case_moment *at, const struct command_listing_set *command,
                          u64 seq)
{
    struct case_store *store = at->store;
    struct sql_call call = case_call(store, CASE_VERDICT_FORGET);
    sql_put_u64(&call, command->person);
    sql_put_u64(&call, command->replaces);
    TRY(case_do(store, &call));
    call = case_call(store, CASE_VERDICT_PUT);
    sql_put_u64(&call, command->person);
    sql_put_u64(&call, seq);
    sql_put_u64(&call, command->list);
    sql_put_u64(&call, command->entry);
    sql_put_u64(&call, command->state | (u64)command->score << CASE_SCORE_SHIFT);
    return case_do(store, &call);
}

static enum fault verdict_end(const struct case_moment *at, const struct command_row_end *command)
{
    struct sql_call call = case_call(at->store, CASE_VERDICT_FORGET);
    sql_put_u64(&call, command->person);
    sql_put_u64(&call, command->row);
    return case_do(at->store, &call);
}

/* Who named a case in a command: a line in its record. */
static enum fault note(const struct case_moment *at, u16 kind, u64 seq, u64 matter, u32 person,
                       u32 officer, u32 second)
{
    struct case_act_row row = {.matter = matter,
                               .seq = seq,
                               .command = kind,
                               .person = person,
                               .officer = officer,
                               .second = second};
    return matter == 0 ? FAULT_NONE : case_note(at, &row);
}

static enum fault note_command(const struct case_moment *at, const union command *of, u64 seq)
{
    u16 kind = of->head.kind;
    switch (kind) {
    case COMMAND_LINK:
    case COMMAND_UNLINK:
        return note(at, kind, seq, of->link.matter, of->link.person, of->link.officer,
                    of->link.second);
    case COMMAND_FACT_SET:
        return note(at, kind, seq, of->fact_set.matter, of->fact_set.person, of->fact_set.officer,
                    of->fact_set.second);
    case COMMAND_LISTING_SET:
        return note(at, kind, seq, of->listing_set.matter, of->listing_set.person,
                    of->listing_set.officer, of->listing_set.second);
    case COMMAND_OWNERSHIP_SET:
        return note(at, kind, seq, of->ownership_set.matter, of->ownership_set.person,
                    of->ownership_set.officer, of->ownership_set.second);
    case COMMAND_ROW_END:
        return note(at, kind, seq, of->row_end.matter, of->row_end.person, of->row_end.officer,
                    of->row_end.second);
    case COMMAND_PACK_ACTIVATE:
        return note(at, kind, seq, of->pack_activate.matter, 0, of->pack_activate.officer,
                    of->pack_activate.second);
    case COMMAND_PACK_END:
        return note(at, kind, seq, of->pack_end.matter, 0, of->pack_end.officer,
                    of->pack_end.second);
    case COMMAND_PACK_REPLACE:
        return note(at, kind, seq, of->pack_replace.matter, 0, of->pack_replace.officer,
                    of->pack_replace.second);
    case COMMAND_LICENCE_SET:
        return note(at, kind, seq, of->licence_set.matter, of->licence_set.person,
                    of->licence_set.officer, of->licence_set.second);
    case COMMAND_LIFT:
        return note(at, kind, seq, of->lift.matter, of->lift.person, of->lift.officer,
                    of->lift.second);
    case COMMAND_PERSON_GROUP:
        return note(at, kind, seq, of->person_group.matter, of->person_group.person,
                    of->person_group.officer, of->person_group.second);
    default: /* not an enum: a number from outside; other commands name no case */
        return FAULT_NONE;
    }
}

static enum fault applied(const struct case_moment *at, struct span record, u64 seq)
{
    union command of = {.bytes = {0}};
    struct span body = span_after(record, sizeof(struct event_applied));
    if (body.size < sizeof(struct command_head)) {
        return impossible(at, "an applied command of size", body.size);
    }
    u16 kind = bytes_u16(body.data);
    bool is_ours = kind == COMMAND_ACCOUNT_ADD || kind == COMMAND_RESTRICT ||
                   (kind >= COMMAND_LINK && kind <= COMMAND_ROW_END) ||
                   (kind >= COMMAND_PACK_ACTIVATE && kind <= COMMAND_PACK_REPLACE) ||
                   kind == COMMAND_PERSON_GROUP || kind == COMMAND_LOGIN_OPEN;
    if (!is_ours || kind == COMMAND_RULES_SET) {
        return FAULT_NONE;
    }
    if (body.size != wire_commands[kind].size || body.size > sizeof(of)) {
        return impossible(at, "an applied command of size", body.size);
    }
    memcpy(of.bytes, body.data, body.size);
    TRY(note_command(at, &of, seq));
    switch (kind) {
    case COMMAND_ACCOUNT_ADD:
        return of.account_add.restrictions == 0
                   ? FAULT_NONE
                   : hand(at, of.head.account, of.account_add.restrictions, seq);
    case COMMAND_RESTRICT:
        return hand(at, of.head.account, of.restrict_.restrictions, seq);
    case COMMAND_LOGIN_OPEN:
        return login_open(at, &of.login_open, seq);
    case COMMAND_LINK:
        return link(at, &of.link, seq, true);
    case COMMAND_UNLINK:
        return link(at, &of.link, seq, false);
    case COMMAND_LISTING_SET:
        return verdict(at, &of.listing_set, seq);
    case COMMAND_ROW_END:
        return verdict_end(at, &of.row_end);
    case COMMAND_CASE_ACT:
        return case_act_apply(at, &of.case_act, seq);
    default: /* not an enum: a number from outside; what it does shows in decisions */
        return FAULT_NONE;
    }
}

/* ---- packs and vectors ---- */

static enum fault pack_state(const struct case_moment *at, const struct event_pack_state *event)
{
    struct case_store *store = at->store;
    if (event->pack >= CASE_PACKS_MAX) {
        return impossible(at, "a pack of number", event->pack);
    }
    struct case_pack *pack = &store->packs[event->pack];
    bool is_over = event->state == PACK_STATE_ENDED;
    struct sql_call call = case_call(store, is_over ? CASE_PACK_FORGET : CASE_PACK_PUT);
    sql_put_u64(&call, event->pack);
    if (is_over) {
        *pack = (struct case_pack){.is_known = false};
        return case_do(store, &call);
    }
    sql_put_bytes(&call, span_of(event->content_hash, sizeof(event->content_hash)));
    sql_put_bytes(&call, span_of(event->pack_id, sizeof(event->pack_id)));
    sql_put_u64(&call, event->version);
    sql_put_u64(&call, event->state);
    TRY(case_do(store, &call));
    bool is_same = pack->is_known && memcmp(pack->hash, event->content_hash, CASE_HASH_BYTES) == 0;
    if (is_same) {
        return FAULT_NONE;
    }
    pack->is_known = true;
    pack->version = event->version;
    memcpy(pack->hash, event->content_hash, sizeof(pack->hash));
    memcpy(pack->id, event->pack_id, sizeof(pack->id));
    return case_pack_read(store, event->pack);
}

static enum fault restricted(const struct case_moment *at, const struct event_restricted *event)
{
    struct case_account account;
    TRY(case_account_read(at->store, event->head.account, &account));
    account.vector = event->after;
    return case_account_write(at->store, &account);
}

/* ---- the walk ---- */

union event {
    struct event_head head;
    struct event_rejected rejected;
    struct event_ledger ledger;
    struct event_restricted restricted;
    struct event_decision decision;
    struct event_pack_state pack_state;
    u8 bytes[256];
};

static enum fault apply_one(const struct case_moment *at, const union event *event,
                            struct span record)
{
    switch (event->head.kind) {
    case EVENT_REJECTED:
        return case_rejected(at, &event->rejected);
    case EVENT_APPLIED:
        return applied(at, record, event->head.seq);
    case EVENT_LEDGER:
        return case_ledger(at, &event->ledger);
    case EVENT_RESTRICTED:
        return restricted(at, &event->restricted);
    case EVENT_DECISION:
        if (event->decision.truth > TRUTH_YES) {
            return impossible(at, "a truth of", event->decision.truth);
        }
        return case_decide(at, &event->decision);
    case EVENT_PACK_STATE:
        return pack_state(at, &event->pack_state);
    default: /* not an enum: a number from outside; trades, orders and the rest say nothing here */
        return FAULT_NONE;
    }
}

/* Nearly all events are others': they are passed over unread. */
static bool is_ours(u16 kind)
{
    const u32 ours = 1U << EVENT_REJECTED | 1U << EVENT_APPLIED | 1U << EVENT_LEDGER |
                     1U << EVENT_RESTRICTED | 1U << EVENT_DECISION | 1U << EVENT_PACK_STATE;
    _Static_assert(EVENT_KIND_COUNT <= 32, "a bit each");
    return (ours >> kind & 1U) != 0;
}

enum fault case_store_apply(struct case_store *store, struct span events, u64 seq, u64 time_us)
{
    CHECK(store->open);
    struct case_moment at = {.store = store, .time_us = time_us};
    u64 before_us = store->ahead.time_us;
    if (time_us < before_us || seq < store->ahead.seq || seq >> (63 - CASE_ITEM_BITS) != 0 ||
        time_us > (u64)INT64_MAX / 2) {
        return impossible(&at, "a chunk out of order, of command", seq);
    }
    for (bool is_first = true; events.size > 0; is_first = false) {
        union event event = {.bytes = {0}};
        struct span head = span_piece(events, 0, sizeof(struct event_head));
        u16 kind = head.data == NULL ? 0 : bytes_u16(head.data);
        size_t size = head.data == NULL ? 0 : (size_t)head.data[2] * WIRE_UNIT;
        if (kind == 0 || kind >= EVENT_KIND_COUNT || size == 0 || size > events.size) {
            return impossible(&at, "a record of kind", kind);
        }
        if (is_first || is_ours(kind)) {
            memcpy(event.bytes, events.data, size < sizeof(event) ? size : sizeof(event));
            if (event.head.seq > seq) {
                return impossible(&at, "an event of command", event.head.seq);
            }
        }
        if (is_first) {
            TRY(case_years(&at, before_us, event.head.seq));
        }
        if (is_ours(kind)) {
            if (size < wire_events[kind].size) {
                return impossible(&at, "a short record of kind", kind);
            }
            TRY(apply_one(&at, &event, span_piece(events, 0, size)));
        }
        events = span_after(events, size);
    }
    store->ahead.seq = seq;
    store->ahead.time_us = time_us;
    return FAULT_NONE;
}
