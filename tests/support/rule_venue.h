/* A venue with persons, facts, packs and prices in a folder of its own, made by a real engine on a
 * clock that stands where the test puts it: for tools that look at a replayed journal.
 *
 * Assets 0 BTC and 1 USDT, eight decimals; RULE_VENUE_ACCOUNTS accounts without money, no market.
 * Every command is alone in its batch and durable when a function returns; one that is refused
 * fails the test. */
#ifndef TESTS_SUPPORT_RULE_VENUE_H
#define TESTS_SUPPORT_RULE_VENUE_H

#include "core/rule.h"
#include "io/clock.h"
#include "role/engine/engine.h"
#include "tests/support/engine_scene.h"

enum { RULE_VENUE_ACCOUNTS = 8, RULE_VENUE_BTC = 0, RULE_VENUE_USDT = 1 };

#define RULE_VENUE_OFFICER 3U
#define RULE_VENUE_SECOND  4U

struct rule_venue {
    char base[SCENE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    struct clock_false now;
    struct release_sink sink;
    struct engine *engine;
    u64 source_index;
    u64 seq;         /* of the last command applied */
    u16 reject_kind; /* command that was refused; 0: none */
    const char *reject;
};

/* "2022-04-22" or "2022-04-22T12:00:00Z". */
u64 rule_venue_time(const char *text);

void rule_venue_open(struct rule_venue *venue, const char *time);
void rule_venue_close(struct rule_venue *venue); /* the journal is sealed, the folder stays */
void rule_venue_again(struct rule_venue *venue); /* opens a closed one */
void rule_venue_remove(struct rule_venue *venue);

/* The clock goes on to that moment, and the engine does what is due. */
void rule_venue_at(struct rule_venue *venue, const char *time);

/* A moment passes, so that the last batch is known to be whole: a tool beside a running engine
 * leaves one out that nothing follows. */
void rule_venue_settle(struct rule_venue *venue);

/* Any command; the head is filled in. Returns its sequence number. */
u64 rule_venue_put(struct rule_venue *venue, void *command, size_t size, u16 kind, u32 account);

/* Sends the pack in pieces, activates it and waits; its canonical form goes to FOLDER/packs. */
void rule_venue_pack(struct rule_venue *venue, const char *path);
void rule_venue_pack_end(struct rule_venue *venue, const char *path);

void rule_venue_person(struct rule_venue *venue, u32 person);
void rule_venue_link(struct rule_venue *venue, u32 person, u32 account);
/* The next row: always valid, by the method; evidence is the row's number of the venue. */
u64 rule_venue_fact(struct rule_venue *venue, u32 person, u8 fact, const char *value, u8 verified,
                    u64 from, u64 replaces);
u64 rule_venue_listing(struct rule_venue *venue, u32 person, const char *list, u8 state, u32 entry);
void rule_venue_price(struct rule_venue *venue, u16 asset, u64 eur); /* whole euros, as of now */
void rule_venue_deposit(struct rule_venue *venue, u32 account, u16 asset, u64 units);
void rule_venue_valuation(struct rule_venue *venue, u16 pack);

/* Person `person` behind account `person - 1`: Russian, with a verified residence there, no permit;
 * and that much BTC. Returns the row of the residence. */
u64 rule_venue_customer(struct rule_venue *venue, u32 person, const char *residence, u64 units);

/* A snapshot as the venue stands. */
void rule_venue_snapshot(struct rule_venue *venue);

#endif /* TESTS_SUPPORT_RULE_VENUE_H */
