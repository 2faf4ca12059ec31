/* The gateway's line to the officers' queue (wire/inbox_line.h): a customer's appeal and evidence
 * on their way. Each becomes one command, which the administrator's agent sends for us, and is
 * answered out of the database once the events have come back: so what is said of an appeal is what
 * the queue has, whatever restricts. Nothing here decides.
 *
 *     gateway ─ line ─▶ inbox ─ channel ─▶ admin agent ─▶ engine ─▶ event log ─▶ cases.db ─▶ answer
 */
#ifndef ROLE_CASES_INBOX_H
#define ROLE_CASES_INBOX_H

#include "base/base.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/cases/case_store.h"
#include "wire/inbox_line.h"

#define INBOX_WAITS_MAX   16U /* as many as a gateway has out */
#define INBOX_ASKS_A_TURN 4U
#define INBOX_WAIT_MS     15000U /* for a command's events */

struct inbox_options {
    int line;                   /* SOCK_SEQPACKET to the gateway; the caller's */
    const struct channel *acts; /* to the administrator's agent */
    const char *folder;         /* the venue's */
    struct disk *disk;
    struct clock *clock;
};

struct inbox;

/* FAULT_LIMIT: no memory. The options' contents outlive it. */
MUST_USE enum fault inbox_open(struct inbox **inbox_out, const struct inbox_options *options);
/* NULL is fine. */
void inbox_close(struct inbox *inbox);

/* Hears and answers; `store` NULL: there is no queue yet, and everything is away. */
MUST_USE enum fault inbox_turn(struct inbox *inbox, struct case_store *store, bool *busy_out);
/* Something waits for the events of its command. */
bool inbox_waits(const struct inbox *inbox);

struct inbox_counts {
    u64 asked;
    u64 refused;
    u64 late; /* given up, since no events came */
};
struct inbox_counts inbox_counts(const struct inbox *inbox);

#endif /* ROLE_CASES_INBOX_H */
