/* The screening agent: compares everybody it knows with the compiled lists, and tells the writer
 * what it found, as commands of its own source.
 *
 *     screen.sock ─▶ people (memory only) ─┐
 *     lists/LIST.list ─▶ index ────────────┴▶ hits ─▶ screen_judge ─▶ listing_set ─▶ engine
 *     event log ─▶ rows of verdicts ──────────────────┘
 *
 * A person is looked at when what is known of the person changes, when the person number comes into
 * being, and when entries that may mean the person are new or have changed. No network; a local
 * socket whose file's permissions say who may tell it names; docs/screening.md "The process". */
#ifndef ROLE_SCREEN_SCREEN_AGENT_H
#define ROLE_SCREEN_SCREEN_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"

#define SCREEN_FOLDER       "screen" /* in the venue's: what it keeps */
#define SCREEN_LISTS_FOLDER "lists"  /* in the venue's: LIST.list, in the normal form */
#define SCREEN_LISTS_MAX    16U
#define SCREEN_LIST_NAME    13U /* a code of wire/code.h and a zero */
/* The thread of this agent may not sleep longer: nothing wakes it for the socket. */
#define SCREEN_SLEEP_US 20000ULL

struct screen_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    int listener;                   /* a listening local socket; duplicated at open */
    const struct channel *commands; /* to the engine, source LINK_SOURCE_SCREEN */
    const struct channel *bell;     /* from the engine */
    int vault_line;  /* to `keep` (wire/people_line.h); 0 and below: there is none. The caller's */
    int match_count; /* an eventfd with the searches of /match; -1: none. The caller's */
    char lists[SCREEN_LISTS_MAX][SCREEN_LIST_NAME];
    u32 lists_count;
    u32 threshold;  /* millionths: a hit from here on */
    u32 per_second; /* searches for those who ask by the socket; more are refused */
};

/* For metrics. */
struct screen_agent_counts {
    u64 position; /* of the event log */
    u64 people;
    u64 waiting; /* people who have yet to be looked at */
    u64 lists;   /* in use */
    u64 lists_stale;
    u64 lists_missing;
    u64 entries;
    u64 screened; /* people looked at under a list */
    u64 candidates;
    u64 cleared;
    u64 refused;  /* commands that the writer refused */
    u64 doubles;  /* people told to the queue as seen before */
    u64 full;     /* people of whose hits the writer has no room for more */
    u64 searches; /* asked by the socket */
    u64 searches_refused;
    u64 matched;            /* searches of /match that were counted */
    u64 registers_failed;   /* 1 while registers that cannot be read are left aside */
    u64 registers_refused;  /* records and interests, when the graph was last made */
    u64 owners_undescribed; /* in the graph in use: own somebody, and no record says who they are */
    u64 owned;              /* verdicts of ownership told */
    u64 owned_less;         /* times that registers said less than the writer holds */
    u64 grouped;            /* times that somebody was put into a trade group */
    u64 apart; /* people in a group of others whom the registers keep apart from them */
};

struct screen_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault screen_agent_create(struct screen_agent **agent_out,
                                        const struct screen_agent_options *options);
struct agent *screen_agent_of(struct screen_agent *agent);
/* After agent_close. NULL is fine. */
void screen_agent_destroy(struct screen_agent *agent);

/* It has read the event log to its end, and the engine has told where its commands stand. A list
 * that is missing is told otherwise: a venue starts without it, and nobody is clear under it. */
bool screen_agent_is_ready(const struct screen_agent *agent);
struct screen_agent_counts screen_agent_counts(const struct screen_agent *agent);

#endif /* ROLE_SCREEN_SCREEN_AGENT_H */
