/* The agent of the process `log`: writes the venue's public log.
 *
 *     event log ──▶ readable lines ─┐
 *     journal's chain ──▶ roots ────┤
 *                                   ├─▶ events.db ─▶ slots, lines ─▶ tlog_store ─▶ witnesses ─▶
 *     keep ──▶ private events ──────┤
 *     log.sock ──▶ of openings ─────┘
 *
 * It has the log's key and nothing else of value, no network, and of the vault only what the vault
 * tells it. Each event and each line is in the log exactly once, whenever it is killed: how far it
 * has read is kept together with what it has read, and an opening's text is known again
 * (log_ask.h). Witnesses are asked over a transport that is the caller's. A log that has stopped
 * stops nothing else: it says so, once in the log of the process and for good in a metric; after a
 * fault of the disk it tries again. docs/public-log.md "The log's service" has files and alarms. */
#ifndef ROLE_VAULT_LOG_AGENT_H
#define ROLE_VAULT_LOG_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/publog.h"
#include "role/vault/tlog_ask.h"

#define LOG_FOLDER      "log" /* in the venue's */
#define LOG_KEY_FILE    "key" /* in the log's */
#define LOG_POLICY_FILE "policy.txt"
#define LOG_SALTS_FILE  "restrictions.key"

#define LOG_SLEEP_US    50000ULL
#define LOG_LAG_ALARM_S 300ULL

struct log_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    struct clock *venue_clock; /* by which days end; NULL: clock */
    const char *origin; /* the name of a key that is made at the first start; "": none is made */
    struct tlog_transport *transport;
    /* To and from `keep`; NULL: there is no vault. */
    const struct channel *asks;
    const struct channel *events;
    u64 month_after_us;  /* from a month's end to its opening */
    u64 ledger_every_us; /* between two lines of the journal's chain */
    int listener;        /* of log.sock, duplicated at open; -1: nobody asks */
};

/* For metrics. */
struct log_agent_counts {
    struct publog_counts publog;
    struct tlog_ask_counts ask;
    u64 size;      /* entries that are signed */
    u64 shown;     /* and published */
    u64 position;  /* of the event log: read up to here */
    u64 released;  /* what it shows */
    u64 keep_next; /* the vault's event that is read next */
    u64 lag_s;     /* since when something that should be published is not */
    u64 stopped;   /* 1: nothing is written */
    u64 stops;     /* how often that came */
    /* of the socket */
    u64 asked;
    u64 refused;     /* those that are not told or shown */
    u64 connections; /* now */
    u64 turned_away; /* there were too many */
    u64 slow;        /* cut off while an answer waited */
};

struct log_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault log_agent_create(struct log_agent **agent_out,
                                     const struct log_agent_options *options);
struct agent *log_agent_of(struct log_agent *agent);
/* After agent_close. NULL is fine. */
void log_agent_destroy(struct log_agent *agent);

struct log_agent_counts log_agent_counts(const struct log_agent *agent);

/* The policy of a venue's log, FOLDER/log/policy.txt: for who asks its witnesses. FAULT_MISSING. */
MUST_USE enum fault log_policy_load(struct disk *disk, const char *folder, struct sha256 *sha256,
                                    struct tlog_policy *policy_out);

/* Makes the log's folder, its key under the name `origin`, and a policy without witnesses, where
 * they are not there; "": FAULT_MISSING instead. `key_out` is the log's. */
MUST_USE enum fault log_folder_prepare(struct disk *disk, const char *folder, const char *origin,
                                       struct tlog_secret *secret_out,
                                       struct tlog_policy *policy_out);

/* The key of the salts (docs/restriction-log.md "A leaf"), from the log's folder. `key_out` has 32
 * bytes. FAULT_UNPROTECTED: others may read it. FAULT_INPUT: it is none. */
MUST_USE enum fault log_restrict_key_read(struct disk *disk, const char *log, u8 *key_out);

#endif /* ROLE_VAULT_LOG_AGENT_H */
