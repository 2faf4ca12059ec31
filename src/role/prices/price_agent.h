/* The price agent: reads what the configured sources of prices say, makes one price of them for
 * each asset of the venue (price_choice.h), and submits it to the engine; and it submits the
 * valuations that packs in force want at their times of the day.
 *
 *     FILE of each source ─▶ lines ─▶ one price an asset ─▶ valuation_price ─▶ engine
 *     packs/HASH.json ─▶ times of the day ────────────────▶ valuation ───────▶ engine
 *     event log ─▶ assets, prices that the core has, packs in force
 *
 * It reads files and nothing else: programs that fetch prices run elsewhere and write them. EUR is
 * 1 by definition. A price goes out when it has moved by a step, when the one that the core has is
 * half as old as a stale one, and before a valuation. What the agent remembers beyond the event
 * log, when each pack was last valued, is in the file prices/valued, and losing it costs one
 * valuation more. docs/prices.md. */
#ifndef ROLE_PRICES_PRICE_AGENT_H
#define ROLE_PRICES_PRICE_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/prices/price_choice.h"

#define PRICE_SOURCE_NAME_MAX 24U
#define PRICE_FOLDER          "prices" /* in the venue's */
#define PRICE_PACKS_FOLDER    "packs"  /* in the venue's */
#define PRICE_REFUSED_WAIT_US 60000000ULL

struct price_source {
    char name[PRICE_SOURCE_NAME_MAX + 1];
    char path[FILE_PATH_BYTES];
};

struct price_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    const struct channel *commands; /* to the engine, source LINK_SOURCE_PRICES */
    const struct channel *bell;     /* from the engine */
    struct price_source sources[PRICE_SOURCES_MAX];
    u32 sources_count; /* 0: only EUR has a price */
    struct price_policy policy;
    u64 every_us; /* between two readings of the sources */
};

/* For metrics. */
struct price_agent_counts {
    u64 position; /* of the event log */
    u64 sources_failed;
    u64 assets;
    u64 assets_missing; /* sources give no price for them */
    u64 assets_stale;   /* the core has none, or a stale one */
    u64 outliers;       /* just now */
    u64 lines_refused;
    u64 submitted;
    u64 refused;
    u64 valuations;
    u64 valuations_due; /* not yet made */
};

struct price_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault price_agent_create(struct price_agent **agent_out,
                                       const struct price_agent_options *options);
struct agent *price_agent_of(struct price_agent *agent);
/* After agent_close. NULL is fine. */
void price_agent_destroy(struct price_agent *agent);

/* It has read the event log to its end, and the engine has told where its commands stand. */
bool price_agent_is_ready(const struct price_agent *agent);
struct price_agent_counts price_agent_counts(const struct price_agent *agent);

#endif /* ROLE_PRICES_PRICE_AGENT_H */
