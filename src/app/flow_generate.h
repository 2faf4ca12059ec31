/* Makes order flow out of a seed: the same records as an order file of the common workload holds,
 * oracle included. Whole numbers only, so a seed gives the same bytes on every machine.
 *
 * A plain price-time matcher runs along, so that cancels and replaces name orders that really rest.
 * Shares of the measured phase:
 *
 *          adds and cancels   IOC   replaces   how far adds are from the fair price
 *   deep        90 %          5 %     5 %      bands of 16, 16, 32, 64 .. 32,768 ticks, each 0.66
 *                                              times as likely as the nearer one
 *   hot         75 %         20 %     5 %      bands of 1, 1, 2, 4 .. 128 ticks, each 0.25 times
 *
 * Cancels pick one of the last 4,096 adds or any resting order (deep), or one of the last 1,024
 * (hot). The fair price walks by one tick every 64 (deep) or 512 (hot) records on average. 8 % of
 * adds improve the touch, 2 % are priced through it. Adds against cancels are steered so that the
 * number of resting orders stays near `depth`. 70 % of the flow comes from 64 accounts, the rest
 * from 100,000. Deep is a book with a tiny tick and many sparse levels, hot one with few levels and
 * long queues. */
#ifndef APP_FLOW_GENERATE_H
#define APP_FLOW_GENERATE_H

#include "app/order_file.h"
#include "app/progress.h"
#include "base/base.h"
#include "io/fault.h"

#define GENERATE_DEPTH_MAX 20000000U
#define GENERATE_COUNT_MAX 1000000000U

enum generate_scenario { GENERATE_DEEP = 0, GENERATE_HOT = 1 };

struct generate_config {
    enum generate_scenario scenario;
    u32 depth; /* 1 .. GENERATE_DEPTH_MAX */
    u64 count; /* records after the prefill, up to GENERATE_COUNT_MAX */
    u64 seed;
    struct progress *progress; /* NULL: nobody looks */
};

struct generated {
    struct order_file_header header;
    struct order_file_record *records; /* prefill first */
};

/* Memory is taken from the system and given back by generate_release. */
MUST_USE enum fault generate_flow(struct generated *generated_out,
                                  const struct generate_config *config);
void generate_release(struct generated *generated);

#endif /* APP_FLOW_GENERATE_H */
