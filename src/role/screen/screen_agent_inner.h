/* The parts of the screening agent, for its own files: screen_agent.c (life, rounds), screen_talk.c
 * (the socket), screen_look.c (one person under one list), screen_load.c (lists that are new),
 * screen_holders.c (registers), screen_tell.c (what is told of people),
 * screen_vault.c (the vault's line). */
#ifndef ROLE_SCREEN_SCREEN_AGENT_INNER_H
#define ROLE_SCREEN_SCREEN_AGENT_INNER_H

#include "io/engine_line.h"
#include "io/event_follow.h"
#include "io/net_loop.h"
#include "role/screen/find.h"
#include "role/screen/reverse.h"
#include "role/screen/screen_agent.h"
#include "role/screen/screen_cleared.h"
#include "role/screen/screen_group.h"
#include "role/screen/screen_judge.h"
#include "role/screen/screen_list.h"
#include "role/screen/screen_own.h"
#include "role/screen/screen_people.h"
#include "role/screen/screen_rows.h"

#define SCREEN_VISITS_MAX 16U
#define SCREEN_IDLE_MS    60000U
#define SCREEN_SEND_MAX   256U /* commands before the event log is waited for */
#define SCREEN_LOOKS_MAX  64U  /* people looked at in one turn */
#define SCREEN_ANSWER_MAX 65536U

/* A connection, and the line that it is sending. */
struct screen_visit {
    struct net_conn *conn; /* NULL: free */
    struct screen_agent *agent;
    u8 *line;
    u32 line_bytes;
    bool is_done; /* no more is read */
};

struct screen_slot {
    char path[FILE_PATH_BYTES];
    u64 name; /* wire/code.h */
    struct screen_list list;
    bool is_missing; /* told */
    bool is_stale;   /* told */
    bool has_failed; /* told, of `failed_load` */
    u32 failed_load;
    u8 told[LIST_SOURCE_HASH_BYTES]; /* the source that the journal knows of */
};

struct screen_agent {
    struct agent agent; /* first: it is cast back */
    struct screen_agent_options options;
    struct engine_line line;
    struct event_sink sink;
    struct event_follow log;
    struct screen_rows rows;
    struct screen_groups groups;
    struct screen_people people;
    struct screen_cleared cleared;
    struct sha256 sha256;
    struct screen_slot slots[SCREEN_LISTS_MAX];
    struct index_weights *weights; /* of the first list that was read; all others use them */
    struct reverse *reverse;
    struct reverse_reader *reader; /* NULL: people have changed since */
    struct find *find;
    struct screen_own *own; /* NULL: there are no registers */
    u64 own_stamp;          /* of the registers that were read, or could not be */
    bool own_is_old;        /* a list has changed since */
    i32 own_day;
    char registers[FILE_PATH_BYTES];
    char path[SCREEN_PATH_BYTES]; /* of a proof */
    u32 cursor;                   /* the person looked at last */
    u32 passed;                   /* people in a row of whom there was nothing to be said */
    bool has_pending;             /* somebody has yet to be looked at, perhaps */
    bool is_blocked;              /* the engine takes no more for now */
    u64 check_ns;                 /* lists are looked for next, by clock_mono_ns */
    u64 count_ns;                 /* the count is journalled next */
    u64 counted;                  /* searches and looks since it was */
    u64 second_ns;                /* of the bound on searches: since when, */
    u32 second_used;              /* and how many */
    u32 sent;                     /* commands since the log was drained */
    struct screen_agent_counts counts;
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct screen_visit visits[SCREEN_VISITS_MAX];
    enum fault turn_fault;
    bool is_busy;
    u64 vault_id;            /* of the newest ask of the vault */
    u64 vault_ask_ns;        /* the next one, by clock_mono_ns */
    u64 people_next;         /* the vault's number of the person to be asked for */
    u64 people_short;        /* the same of the first for whom memory was short; 0: nobody */
    u64 people_short_count;  /* since they were asked for from the first on */
    u64 people_short_told;   /* how many the log was told of; 0: nobody is short */
    u64 doubles_next;        /* the same of who was seen before; below it, journalled or sent */
    u64 doubles_kept;        /* what screen.db has: journalled up to here */
    struct list_entry entry; /* room for one */
};

/* ---- screen_look.c ---- */

/* Looks at a person under the lists that are pending, as far as the engine takes commands. */
MUST_USE enum fault screen_look(struct screen_agent *agent, u32 person,
                                struct screen_person *record);
/* Marks a person, or all, to be looked at under these lists (bits by their places). */
void screen_mark(struct screen_agent *agent, u32 person, u32 lists);
void screen_mark_all(struct screen_agent *agent, u32 lists);

/* ---- screen_load.c ---- */

/* Reads lists that are there in a newer load, and marks whom their new entries may mean. */
MUST_USE enum fault screen_load_turn(struct screen_agent *agent);

/* Everybody who is known goes into the index of people. */
MUST_USE enum fault screen_people_index(struct screen_agent *agent);

/* ---- screen_holders.c: what registers say ---- */

#define SCREEN_PENDING_OWN (1U << 31) /* of screen_person.pending: to be looked at in registers */

/* Registers that have changed, a list that has, or a new day: reads them anew. */
MUST_USE enum fault screen_holders_turn(struct screen_agent *agent);
/* What the registers say of the person in `agent->entry`. *done_out: nothing is left to say. */
MUST_USE enum fault screen_holders_look(struct screen_agent *agent, u32 person, bool *done_out);

/* The flags of the person in `agent->entry`; how many. There are registers. */
u32 screen_holders_flags(const struct screen_agent *agent,
                         struct own_found found_out[OWN_FOUND_MAX]);
/* Tells the writer who belongs to one trade group. */
MUST_USE enum fault screen_webs_turn(struct screen_agent *agent);

/* ---- screen_tell.c ---- */

/* What is known of a person: `agent->entry`, settled, with the person's number. *short_out: there
 * is no memory for another person, and nothing has changed. FAULT_LIMIT: none for the index of
 * people, which then cannot be gone on with. */
MUST_USE enum fault screen_put(struct screen_agent *agent, bool *short_out);
/* False: nobody is known by this number. */
bool screen_drop(struct screen_agent *agent, u32 person);

/* ---- screen_vault.c ---- */

MUST_USE enum fault screen_vault_open(struct screen_agent *agent);
/* Takes what the vault told, and asks for more. At the beginning of a round. */
MUST_USE enum fault screen_vault_turn(struct screen_agent *agent);

/* ---- screen_talk.c ---- */

MUST_USE enum fault screen_talk_open(struct screen_agent *agent);
void screen_talk_close(struct screen_agent *agent);

#endif /* ROLE_SCREEN_SCREEN_AGENT_INNER_H */
