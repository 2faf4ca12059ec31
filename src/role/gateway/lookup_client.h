/* The gateway's questions to the history, over a pair of channels (wire/lookup.h).
 *
 *     lookup_ask_of    a question in range; the caller sets what it needs, and position_min from
 *                      the view, so that a read after a write sees the write
 *     lookup_send      sends it; the ticket names it. False: too many are out, -1008
 *     lookup_take      the next answer that is complete, whatever became of the question
 *
 * Nothing here waits. So many questions are out at most; each ends with lookup_take after
 * timeout_us at the latest, if need be with LOOKUP_TIMEOUT. Answers come one after the other, so
 * there is one place for rows, which holds them until the next lookup_take. When the history begins
 * a new life, what is still out is asked again: questions change nothing. What the history sends is
 * checked, also against the question; what does not fit ends the question with LOOKUP_FAILED. */
#ifndef ROLE_GATEWAY_LOOKUP_CLIENT_H
#define ROLE_GATEWAY_LOOKUP_CLIENT_H

#include "base/arena.h"
#include "base/base.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "wire/lookup.h"

#define LOOKUP_QUESTIONS_MAX  256U
#define LOOKUP_RECORDS_MAX    64U /* looked at in one lookup_take */
#define LOOKUP_TIMEOUT_US     3000000ULL
#define LOOKUP_ASKS_BYTES_MIN (LOOKUP_QUESTIONS_MAX * sizeof(struct lookup_ask))

struct lookup_client;

struct lookup_client_options {
    struct clock *clock;           /* NULL: the machine's */
    const struct channel *asks;    /* this end writes */
    const struct channel *answers; /* this end reads */
    u64 timeout_us;                /* 0: LOOKUP_TIMEOUT_US */
};

struct footprint lookup_client_footprint(void);

/* Memory from `arena`, nothing later. The channels outlive the client. Tickets go on above those of
 * an earlier life of the gateway as long as the clock does not go back. */
MUST_USE enum fault lookup_client_open(struct lookup_client **client_out,
                                       const struct lookup_client_options *options,
                                       struct arena *arena);

/* False: LOOKUP_QUESTIONS_MAX are out, the channel is full or broken; nothing was sent. CHECK: the
 * question is in range. */
MUST_USE bool lookup_send(struct lookup_client *client, const struct lookup_ask *ask,
                          u64 *ticket_out);

/* The caller does not want the answer any more: its connection is gone. Unknown ones are fine. */
void lookup_forget(struct lookup_client *client, u64 ticket);

struct lookup_result {
    u64 ticket;
    enum lookup_kind kind;
    enum lookup_status status;
    u32 count;    /* of rows; 0 unless status is LOOKUP_OK, and then 1 of LOOKUP_BAR */
    u64 position; /* of the event log; the rows hold everything before it. 0 after a timeout */
    /* The one of the kind; valid until the next lookup_take. */
    union {
        const void *rows;
        const struct history_order *orders;
        const struct history_fill *fills;
        const struct history_trade *trades;
        const struct history_aggregate *aggregates;
        const struct history_list *lists;
        const struct history_line *lines;
        const struct history_deposit *deposits;
        const struct history_withdrawal *withdrawals;
        const struct history_prevented *prevented;
        const struct history_amendment *amendments;
        const struct history_kline *klines;
        const struct bar *bar;
    };
};

/* False: none is complete yet. A call looks at LOOKUP_RECORDS_MAX records at most, so that the
 * caller's other work goes on: *more_out says whether to call again before sleeping. */
MUST_USE bool lookup_take(struct lookup_client *client, struct lookup_result *result_out,
                          bool *more_out);

/* The last position the history has told: everything before it is stored (view_history_passed).
 * 0: none yet. */
u64 lookup_position(const struct lookup_client *client);

/* The reading end, for sleeping at its gate or descriptor. */
struct channel_reader *lookup_reader(struct lookup_client *client);

struct lookup_counts {
    u32 out;  /* questions that are under way */
    u64 sent; /* with those asked again */
    u64 answered;
    u64 timeouts;
    u64 refused;   /* not sent: too many are out, or the channel is full */
    u64 unknown;   /* records for a ticket that is not out (any more) */
    u64 misshaped; /* records and answers that cannot be */
    u32 lives;     /* of the history that were seen */
    bool broken;   /* the channels are good for nothing any more */
};

struct lookup_counts lookup_client_counts(const struct lookup_client *client);

#endif /* ROLE_GATEWAY_LOOKUP_CLIENT_H */
