#include "tests/support/rule_hand.h"

#include "tests/support/test.h"

#include <string.h>

enum { RECORD_BYTES = 512 };

void hand_open(struct rule_hand *hand, struct view *view)
{
    *hand = (struct rule_hand){.view = view, .seq = view_place(view).seq};
}

void hand_next(struct rule_hand *hand)
{
    hand->seq += 1;
}

void hand_time(struct rule_hand *hand, u64 time_us)
{
    struct event_time event = {.time_us = time_us};
    hand_next(hand);
    assert_int_equal(hand_event(hand, &event, sizeof event, EVENT_TIME, 0), FAULT_NONE);
}

enum fault hand_event(struct rule_hand *hand, void *event, size_t size, u16 kind, u32 account)
{
    struct event_head head = {
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .seq = hand->seq};
    assert_int_equal(size % WIRE_UNIT, 0);
    memcpy(event, &head, sizeof head);
    return view_apply(hand->view, event, size);
}

enum fault hand_apply(struct rule_hand *hand, const void *command, size_t size, u16 kind,
                      u32 account)
{
    u8 record[RECORD_BYTES] = {0};
    struct command_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account};
    assert_true(sizeof(struct event_applied) + size <= sizeof record);
    memcpy(record + sizeof(struct event_applied), command, size);
    memcpy(record + sizeof(struct event_applied), &head, sizeof head);
    return hand_event(hand, record, sizeof(struct event_applied) + size, EVENT_APPLIED, account);
}

static void taken(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

void hand_person(struct rule_hand *hand, u32 person)
{
    struct command_person_add command = {.person = person};
    taken(hand_apply(hand, &command, sizeof command, COMMAND_PERSON_ADD, 0));
}

void hand_link(struct rule_hand *hand, u32 account, u32 person)
{
    struct command_link command = {.person = person};
    taken(hand_apply(hand, &command, sizeof command, COMMAND_LINK, account));
}

void hand_pack(struct rule_hand *hand, u8 number, u8 state, const u8 hash[32])
{
    struct event_pack_state event = {.pack = number, .state = state};
    memcpy(event.content_hash, hash, sizeof event.content_hash);
    taken(hand_event(hand, &event, sizeof event, EVENT_PACK_STATE, 0));
}

void hand_decide(struct rule_hand *hand, struct event_decision event)
{
    taken(hand_event(hand, &event, sizeof event, EVENT_DECISION, 0));
}

void hand_restricted(struct rule_hand *hand, u32 account, u64 before, u64 after)
{
    struct event_restricted event = {.before = before, .after = after};
    taken(hand_event(hand, &event, sizeof event, EVENT_RESTRICTED, account));
}

void hand_restrict(struct rule_hand *hand, u32 account, u64 vector)
{
    struct command_restrict command = {.restrictions = vector};
    taken(hand_apply(hand, &command, sizeof command, COMMAND_RESTRICT, account));
}

void hand_price(struct rule_hand *hand, u16 asset, u64 units, u64 time_us)
{
    struct command_valuation_price command = {
        .price = price_of(units), .time_us = time_us, .asset = asset, .sources = 3};
    taken(hand_apply(hand, &command, sizeof command, COMMAND_VALUATION_PRICE, 0));
}
