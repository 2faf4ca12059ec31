/* How the log's checkpoints reach witnesses: the log's process has no network, and the courier, in
 * a process of its own, has nothing else.
 *
 *     log: courier_line (a tlog_transport) ──pair of sockets──▶ courier ──HTTP──▶ a witness
 *
 * A message over the pair asks one POST, the next one answers it. The courier goes to the witnesses
 * of the policy and to nobody else; it has no key and no file, and what it brings is believed only
 * where a signature verifies. One POST at a time, each bounded by COURIER_POST_MS. */
#ifndef ROLE_VAULT_COURIER_H
#define ROLE_VAULT_COURIER_H

#include "base/base.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/tlog_ask.h"

#define COURIER_POST_MS  4000U
#define COURIER_WAITS_MS 6000U /* for an answer of the courier */
#define COURIER_SLEEP_US 50000ULL

/* ---- the log's end ---- */

struct courier_line;

/* `socket` is taken, also when it fails: one end of handover_pair. */
MUST_USE enum fault courier_line_open(struct courier_line **line_out, struct clock *clock,
                                      int socket);
/* NULL is fine. */
void courier_line_close(struct courier_line *line);
struct tlog_transport *courier_line_transport(struct courier_line *line);

/* ---- the courier ---- */

struct courier_options {
    const char *folder; /* the venue's: its log's policy is read at open */
    struct disk *disk;
    struct clock *clock;
    int socket; /* the other end; the agent's from now on */
};

/* For metrics. */
struct courier_counts {
    u64 posts;
    u64 answered; /* whatever the status */
    u64 refused;  /* asked for an address that the policy does not have */
};

struct courier;

/* The socket is taken, also when it fails. FAULT_LIMIT. */
MUST_USE enum fault courier_create(struct courier **courier_out,
                                   const struct courier_options *options);
struct agent *courier_of(struct courier *courier);
/* After agent_close. NULL is fine. */
void courier_destroy(struct courier *courier);
struct courier_counts courier_counts(const struct courier *courier);

#endif /* ROLE_VAULT_COURIER_H */
