/* Which trade group each person belongs to, for self-trade prevention: people whose companies
 * registers put into one declared or confirmed web (own_group.h) are to be in one group.
 *
 *     identifiers of people ─▶ node ─┐
 *     registers ─▶ own_groups ───────┴▶ screen_groups_judge ─▶ person_group, while it differs from
 *     event log ─▶ what the writer holds ─────┘                what the writer holds
 *
 * The group of a web is the lowest number that one of its people holds already, else
 * SCREEN_GROUP_FIRST and the lowest number of a person in it whose number nobody else holds. So a
 * group keeps its number while people come, two that become one get the lower, and nobody is ever
 * taken out: whether a web is none any more is for officers to say (docs/ownership.md "Trade
 * groups"). No network, no time, no files. */
#ifndef ROLE_SCREEN_SCREEN_GROUP_H
#define ROLE_SCREEN_SCREEN_GROUP_H

#include "base/base.h"
#include "io/fault.h"
#include "role/screen/own_group.h"
#include "role/screen/screen_people.h"
#include "wire/schema.h"

/* Above the numbers that officers give by hand. */
#define SCREEN_GROUP_FIRST (1U << 30)
_Static_assert(SCREEN_GROUP_FIRST + (u64)SCREEN_PEOPLE_MAX < UINT32_MAX, "a group for each person");

struct screen_groups {
    u32 *held;  /* by person: what the writer holds; 0: none */
    u32 *node;  /* by person: in the registers; OWN_NONE: not known there */
    u32 *first; /* by person: room for a judgment */
    u32 room;   /* of these */
    u32 top;    /* no person of whom something is known has this number or a higher one */
    u32 *wanted;
    u32 *members;
    u32 nodes_room; /* of these two */
    u32 cursor;     /* the next person to tell the writer of; 0: nothing was judged */
    u32 apart;     /* people who hold the group of others whom the registers keep apart from them */
    bool is_old;   /* something has changed since the judgment */
    bool is_short; /* there was no memory for a person: what is here is not whole */
};

void screen_groups_init(struct screen_groups *groups);
void screen_groups_clear(struct screen_groups *groups); /* what the writer holds; memory stays */
void screen_groups_close(struct screen_groups *groups);

/* A record of an image, an event: of any kind. False: it cannot be. */
MUST_USE bool screen_groups_state(struct screen_groups *groups, const u8 *record, size_t size);
MUST_USE bool screen_groups_event(struct screen_groups *groups, const u8 *record, size_t size);

/* Who the person is in the registers; OWN_NONE: nobody there, or nobody is known by this number. */
void screen_groups_node(struct screen_groups *groups, u32 person, u32 node);
/* There are other registers: nobody is known in them yet. */
void screen_groups_nodes_clear(struct screen_groups *groups);

/* Where something has changed: what the registers make of the people who are known. FAULT_LIMIT. */
MUST_USE enum fault screen_groups_judge(struct screen_groups *groups,
                                        const struct own_groups *webs);
/* The next command that is to be sent; false: there is none. The same one again, until
 * screen_groups_sent. */
MUST_USE bool screen_groups_next(struct screen_groups *groups, const struct own_groups *webs,
                                 struct command_person_group *command_out);
void screen_groups_sent(struct screen_groups *groups);

#endif /* ROLE_SCREEN_SCREEN_GROUP_H */
