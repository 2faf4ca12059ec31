/* The parts of the log's agent, for its own files: log_agent.c (life, slots, witnesses),
 * log_begin.c (key and policy), log_follow.c (what it reads), log_ledger.c (roots of the journal),
 * log_month.c (opened months), log_restrict.c (roots of restrictions), log_vault.c (what the
 * vault holds), log_answer.c (its socket). */
#ifndef ROLE_VAULT_LOG_AGENT_INNER_H
#define ROLE_VAULT_LOG_AGENT_INNER_H

#include "io/block.h"
#include "io/eventlog.h"
#include "io/line_talk.h"
#include "role/vault/log_agent.h"
#include "role/vault/restrict_book.h"
#include "role/vault/tlog_file.h"
#include "role/vault/tlog_policy.h"
#include "wire/vault_link.h"

struct log_agent {
    struct agent agent; /* first: it is cast back */
    struct log_agent_options options;
    char folder[FILE_PATH_BYTES]; /* the log's */
    char events[FILE_PATH_BYTES]; /* the event log */
    struct tlog_secret *secret;   /* in locked memory */
    struct tlog_policy policy;
    struct tlog_ask_witness witnesses[TLOG_ASK_WITNESSES_MAX];
    u32 witnesses_count;
    struct tlog_crypto crypto;
    struct tlog_verdict verdict;
    struct log_agent_counts counts;
    /* The log; NULL while it is stopped. */
    struct tlog_store *store;
    struct publog *publog;
    struct tlog_ask *ask;
    bool is_lost;  /* stopped, and trying again will not help */
    u64 again_ns;  /* stopped: tried again then */
    u64 look_ns;   /* nothing is done before */
    u64 turn_ns;   /* slots are looked at then */
    u64 ask_ns;    /* and witnesses asked again */
    u64 sync_ns;   /* and what was read is brought to the disk */
    bool is_round; /* witnesses are being asked: nothing is committed */
    bool has_line; /* something waits for a turn */
    bool has_lag;  /* and the alarm was told */
    u64 shown_us;  /* the last moment at which everything was published */
    /* The event log. */
    struct block block;
    struct eventlog_reader *registration; /* keeps its segments from going */
    struct eventlog_reader *reader;       /* NULL: to be opened */
    struct publog_source_point journal;
    /* Roots of the journal. */
    struct publog_source_point ledger;
    struct publog_source_point state;
    u64 ledger_ns; /* looked at then */
    u64 state_ns;
    u64 month_ns; /* whether a month is to be opened */
    /* Roots of restrictions. */
    struct restrict_book *restrictions; /* NULL while the log is stopped */
    u8 *restrictions_key;               /* in memory of its own, wiped */
    u64 restrict_ns;                    /* looked at then */
    /* The vault's events. */
    struct channel_writer keep_asks;
    struct channel_reader keep_events;
    struct publog_source_point keep;
    struct publog_source_point vault; /* the last line of what it holds: its time */
    u64 vault_ns;                     /* asked for the next one then */
    u64 keep_ns;                      /* asked again then */
    bool is_asked;                    /* the answer is under way */
    /* The socket. */
    struct line_talk *talk;    /* NULL: nobody asks */
    struct log_answer *answer; /* being made */
};

/* ---- log_answer.c ---- */

/* Before the sandbox. */
MUST_USE enum fault log_answer_open(struct log_agent *agent);
void log_answer_close(struct log_agent *agent);
/* At most one line. */
MUST_USE enum fault log_answer_turn(struct log_agent *agent, bool *busy_out);

/* ---- log_ledger.c ---- */

MUST_USE enum fault log_ledger_load(struct log_agent *agent);
MUST_USE enum fault log_ledger_turn(struct log_agent *agent, u64 now_ns);

/* ---- log_restrict.c ---- */

/* Before the sandbox: makes the key where there is none yet, or reads it. */
MUST_USE enum fault log_restrict_prepare(struct log_agent *agent);
void log_restrict_forget(struct log_agent *agent);
MUST_USE enum fault log_restrict_load(struct log_agent *agent);
void log_restrict_give_back(struct log_agent *agent);
/* Within a step of the journal's: what a chunk says; that events were missed, and the log goes on
 * at journal.position; and what is kept at its end. */
MUST_USE enum fault log_restrict_chunk(struct log_agent *agent, const struct eventlog_chunk *chunk);
MUST_USE enum fault log_restrict_gap(struct log_agent *agent);
MUST_USE enum fault log_restrict_keep(struct log_agent *agent);
/* Days that have ended while nothing happened. */
MUST_USE enum fault log_restrict_turn(struct log_agent *agent, u64 now_ns);

/* ---- log_vault.c ---- */

MUST_USE enum fault log_vault_load(struct log_agent *agent);
/* Asks what the vault holds, where a line of today is wanting. */
void log_vault_ask(struct log_agent *agent, u64 now_ns);
/* What it said, within what is taken of its events; one that is not wanted any more is no line. */
MUST_USE enum fault log_vault_take(struct log_agent *agent, const struct vault_link_root *root);

/* ---- log_month.c ---- */

MUST_USE enum fault log_month_turn(struct log_agent *agent, u64 now_ns);

/* ---- log_follow.c ---- */

/* Before the sandbox: so that the event log waits for us. */
MUST_USE enum fault log_follow_open(struct log_agent *agent);
void log_follow_close(struct log_agent *agent);
/* How far the log's own files say that was read; another venue's are FAULT_FOREIGN. */
MUST_USE enum fault log_follow_load(struct log_agent *agent);
/* Reads what is there, up to a bound. */
MUST_USE enum fault log_follow_turn(struct log_agent *agent, bool *busy_out);
/* The reader of chunks, at another position. */
MUST_USE enum fault log_follow_reader(struct log_agent *agent, u64 position);
void log_follow_reader_close(struct log_agent *agent);
/* What was read is safe: the event log need not keep it. */
void log_follow_passed(struct log_agent *agent);

#endif /* ROLE_VAULT_LOG_AGENT_INNER_H */
