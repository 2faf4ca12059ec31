/* Events about persons, packs and what rules say, made by hand and given to a view. Those between
 * two calls of hand_next belong to one command. */
#ifndef TESTS_SUPPORT_RULE_HAND_H
#define TESTS_SUPPORT_RULE_HAND_H

#include "role/gateway/view.h"

struct rule_hand {
    struct view *view;
    u64 seq;
};

/* Behind everything that the view has seen. */
void hand_open(struct rule_hand *hand, struct view *view);
/* The next command, at the view's time. */
void hand_next(struct rule_hand *hand);
/* The next command, at this time. */
void hand_time(struct rule_hand *hand, u64 time_us);

/* The head is filled in. */
enum fault hand_event(struct rule_hand *hand, void *event, size_t size, u16 kind, u32 account);
enum fault hand_apply(struct rule_hand *hand, const void *command, size_t size, u16 kind,
                      u32 account);

/* These must be taken. */
void hand_person(struct rule_hand *hand, u32 person);
void hand_link(struct rule_hand *hand, u32 account, u32 person);
void hand_pack(struct rule_hand *hand, u8 number, u8 state, const u8 hash[32]);
void hand_decide(struct rule_hand *hand, struct event_decision event);
void hand_restricted(struct rule_hand *hand, u32 account, u64 before, u64 after);
/* `restrict`, told as `applied` alone. */
void hand_restrict(struct rule_hand *hand, u32 account, u64 vector);
void hand_price(struct rule_hand *hand, u16 asset, u64 units, u64 time_us);

#endif /* TESTS_SUPPORT_RULE_HAND_H */
