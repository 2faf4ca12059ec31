/* The agent of the process `keep`: the vault's store behind a local socket.
 *
 *     keep.sock ─▶ vault_message ─▶ vault_store, blind_index ─▶ answer
 *
 * One frame after the other, each done before it is answered. By itself it erases what is over,
 * sweeps within an hour behind an erasure, and rings where too few of the officers' shares are
 * known to live. It has no network, no channel but the one over which the log's process asks what
 * happened and the gateway's line, over which customers enrol, and no key that opens a body;
 * docs/vault.md says what it keeps and what its socket takes. */
#ifndef ROLE_VAULT_VAULT_AGENT_H
#define ROLE_VAULT_VAULT_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/vault_drills.h"
#include "role/vault/vault_store.h"

/* The thread of this agent may not sleep longer: nothing wakes it for the socket. */
#define VAULT_SLEEP_US 10000ULL

struct vault_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    int listener;         /* a listening local socket; duplicated at open */
    int line;             /* to the gateway (wire/keep_line.h); 0 and below: there is none */
    int people_line;      /* to screening (wire/people_line.h); 0 and below: there is none */
    int count_line;       /* to the desk (wire/count_line.h); 0 and below: there is none */
    u32 lookups_per_hour; /* more are refused */
    u32 drill_days;       /* a share that was not shown for longer counts as lost; at least 1 */
    /* From and to the log's process, which reads the events; NULL: there is none. */
    const struct channel *asks;
    const struct channel *events;
};

/* For metrics. */
struct vault_agent_counts {
    struct vault_totals totals;
    u64 asked;
    u64 refused;      /* answers other than "done" */
    u64 wrong;        /* frames that were none */
    u64 lookups;      /* asked here */
    u64 limited;      /* look-ups refused: too many in the hour */
    u64 line_unheard; /* answers for which the gateway's line had no room */
    u64 uploads;      /* enrolments that are coming in pieces */
    u64 uploads_full; /* those for which there was no place */
    u64 count_ended;  /* 1: no sound desk was at its line */
    u64 unswept;      /* seconds since something was erased that is not swept */
    u64 locked;       /* 1: the buffers for values in plain are locked in memory */
    struct vault_shares shares[VAULT_SIDES]; /* zeros where nothing is known of them */
};

struct vault_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault vault_agent_create(struct vault_agent **agent_out,
                                       const struct vault_agent_options *options);
struct agent *vault_agent_of(struct vault_agent *agent);
/* After agent_close. NULL is fine. */
void vault_agent_destroy(struct vault_agent *agent);

struct vault_agent_counts vault_agent_counts(const struct vault_agent *agent);

#endif /* ROLE_VAULT_VAULT_AGENT_H */
