/* The world of tests/support/core_world.h under rules: one small pack of the test's, and shorthands
 * for the commands about persons. Two assets have a price of EUR 0.2, so that 20,000 of each of
 * them make EUR 8,000. Every command must be accepted, or the test fails. */
#ifndef TESTS_SUPPORT_RULES_SCENE_H
#define TESTS_SUPPORT_RULES_SCENE_H

#include "core/rule.h"
#include "tests/support/core_world.h"

#define DAY        86400000000ULL
#define EUR        100000000ULL /* 1 EUR in 10^-8 EUR */
#define START      1650000000000000ULL
#define TEN_THOU   (10000 * EUR)
#define BITS(o, r) ((u64)(r) << (2 * (o)))
#define WITHDRAW_ONLY                                                                        \
    (BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) | \
     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD))
#define REVIEW BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD)
#define FREEZE \
    (BITS(OPERATION_TRADE, RESTRICTION_FREEZE) | BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE))

extern struct core_world rules_world;

/* Rule 0: nationality RU and more than EUR 10,000 (withdraw-only); 1: on "some-list" (freeze, a
 * candidate: review); 2: the asset ETH. The hash is 7 over and over. */
extern struct rule_pack rules_pack;

/* Setup and teardown of a test. */
int rules_open(void **state);
int rules_close(void **state);

u64 rules_name(const char *text);
void rules_accepted(const void *command, u16 kind, u32 account);
void rules_at(u64 time_us);
void rules_go_on(void);

/* The parts of the pack; returns the size of its form. Then the command that activates it. */
u32 rules_pack_send(void);
struct command_pack_activate rules_activation(u32 size);
void rules_activate(void);
void rules_pack_end(void);

/* The next person, who has the account. */
void rules_person(u32 person, u32 account);

/* Returns the row; `replaces` 0: none. */
u64 rules_fact(u32 person, u8 kind, u16 value, u64 replaces);
u64 rules_nationality(u32 person, const char *country, u64 replaces);
void rules_listing(u32 person, u8 state);

/* Four persons who are frozen from `from` on; of each command only one of them has its turn. */
void rules_four_frozen(u64 from);

void rules_price(u16 asset, u64 eur, u64 time_us);
void rules_value(void);
void rules_account_has(u32 account, u64 vector);

#endif /* TESTS_SUPPORT_RULES_SCENE_H */
