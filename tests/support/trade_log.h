/* Every trade of market 0, written down as it happened, and what a history that adds them up in the
 * plainest way answers to questions about trades, aggregates, klines and bars. */
#ifndef TESTS_SUPPORT_TRADE_LOG_H
#define TESTS_SUPPORT_TRADE_LOG_H

#include "core/core.h"
#include "role/gateway/lookup_client.h"

enum { TRADE_LOG_MAX = 4096 };

struct trade_log {
    struct history_trade trades[TRADE_LOG_MAX];
    u64 aggregates[TRADE_LOG_MAX]; /* of each trade */
    u32 count;
    u64 time_us;                /* of the last event */
    struct lookup_ask ask;      /* the last question, and how many there were */
    struct lookup_result found; /* its answer */
    u32 asked;
    enum lookup_status status; /* of every answer; rows only with LOOKUP_OK */
    union {
        struct history_trade trades[HISTORY_ROWS_MAX];
        struct history_aggregate aggregates[HISTORY_ROWS_MAX];
        struct history_kline klines[HISTORY_ROWS_MAX];
        struct bar bar;
    } rows;
};

/* Takes the events of one command. `time_us`: the clock of the core. */
void trade_log_events(struct trade_log *log, const struct core_output *output, u64 time_us);

/* The trades of [from_us, to_us); prices of none are those of the last trade before. */
struct bar trade_log_bar(const struct trade_log *log, u64 from_us, u64 to_us);

/* The answer stays until the next one. */
const struct lookup_result *trade_log_answer(struct trade_log *log, const struct lookup_ask *ask);

#endif /* TESTS_SUPPORT_TRADE_LOG_H */
