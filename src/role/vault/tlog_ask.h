/* Asking witnesses: shows them the newest signed checkpoint of the store, with the proof each one
 * needs, and publishes it when enough have cosigned.
 *
 *     signed checkpoint ─▶ for each witness: old size, proof ─▶ post ─▶ cosignature, verified
 *                                                 │
 *                          409: its size, once more with the proof from there
 *
 * The transport is the caller's: it alone knows networks, names and certificates. What a witness
 * answers is believed only where its signature verifies. Freezes and rules do not wait for
 * witnesses; openings do, and so does what the public sees: below the quorum the published
 * checkpoint stays the old one, the lag grows, and an alarm says so. A witness that has cosigned
 * more than this log has signed is told of as FAULT_DIVERGED, and below the quorum also one to whom
 * no proof leads from what it has cosigned: the folder is an old copy, or two write one log;
 * whoever sees it must stop. These answers are no signed word: a witness that lies in them stops
 * the log, but makes it show nothing. One thread. */
#ifndef ROLE_VAULT_TLOG_ASK_H
#define ROLE_VAULT_TLOG_ASK_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/vault/tlog_note.h"
#include "role/vault/tlog_policy.h"
#include "role/vault/tlog_store.h"
#include "role/vault/tlog_witness.h"

#define TLOG_ASK_WITNESSES_MAX 16U
#define TLOG_ASK_URL_BYTES     256U
#define TLOG_ASK_TRIES         3U /* of one witness in one round */
#define TLOG_ASK_ANSWER_BYTES  8192U

#define TLOG_POST_WAITS UINT32_MAX /* no status of HTTP */

/* Posts `body` to URL; returns the status and the answer's body, or 0 when there was no whole
 * answer in time. It bounds its own time. TLOG_POST_WAITS: the answer is under way; it is called
 * again with the same body, until it says something else. */
struct tlog_transport {
    u32 (*post)(struct tlog_transport *transport, const char *url, struct span body, u8 *answer,
                size_t answer_bytes_max, size_t *answer_bytes_out);
};

struct tlog_ask_witness {
    struct tlog_key key;
    char url[TLOG_ASK_URL_BYTES]; /* without a slash at the end; /add-checkpoint follows */
};

struct tlog_ask_options {
    struct tlog_store *store;
    struct tlog_transport *transport;
    struct clock *clock;
    const struct tlog_ask_witness *witnesses;
    u32 witnesses_count;
    u32 quorum; /* 0: published without any */
    /* Decides instead of the number, where there is one: with a name for the log, its quorum, and
     * operators that are independent. Outlives the asking. */
    const struct tlog_policy *policy;
};

/* For metrics. */
struct tlog_ask_counts {
    u64 rounds;
    u64 cosignatures;
    u64 failed;       /* a witness that did not cosign in a round */
    u64 below_quorum; /* rounds that ended without a publication */
    u64 unshown;      /* gauge: entries that are signed and not published */
    u64 lag_s;        /* gauge: since when, in seconds; 0: everything is published */
    u64 reached;      /* gauge: witnesses that cosigned the last round */
    u64 quorum;       /* of the options */
};

struct tlog_ask;

MUST_USE enum fault tlog_ask_open(struct tlog_ask **ask_out,
                                  const struct tlog_ask_options *options);
/* NULL is fine. */
void tlog_ask_close(struct tlog_ask *ask);

/* One round: asks every witness about the newest signed checkpoint and publishes it when the quorum
 * is there. FAULT_NONE also below the quorum; *published_out says which. FAULT_DIVERGED: see above;
 * nothing was published. Else faults of the store. CHECK: the transport does not say that it waits.
 */
MUST_USE enum fault tlog_ask_round(struct tlog_ask *ask, bool *published_out);

/* The same in steps, for who never waits: called until *done_out says that the round is over, with
 * *published_out. Nothing is committed to the store in between. */
MUST_USE enum fault tlog_ask_step(struct tlog_ask *ask, bool *done_out, bool *published_out);

struct tlog_ask_counts tlog_ask_counts(const struct tlog_ask *ask);

#endif /* ROLE_VAULT_TLOG_ASK_H */
