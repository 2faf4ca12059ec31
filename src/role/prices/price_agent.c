#include "role/prices/price_agent.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/prices/price_agent_inner.h"

#include <stdlib.h>
#include <string.h>

#define EURO       "EUR"
#define EURO_UNITS 100000000ULL

static struct price_agent *agent_of(struct agent *base)
{
    return (struct price_agent *)(void *)base;
}

static bool is_euro(const struct venue_asset *asset)
{
    return strcmp(asset->name, EURO) == 0;
}

/* ---- one price for each asset ---- */

static bool is_stale(const struct price_agent *agent, const struct venue_asset *asset, u64 now_us)
{
    u64 time_us = asset->price.time_us;
    return time_us == 0 || (now_us > time_us && now_us - time_us >= agent->venue.stale_us);
}

/* What has changed of an asset since it was last told. */
static void tell_asset(struct price_agent *agent, const struct venue_asset *asset,
                       struct asset_state *state)
{
    const struct price_choice *choice = &state->choice;
    if (choice->outcome != state->told) {
        state->told = choice->outcome;
        if (choice->outcome == PRICE_FOUND) {
            log_info("prices.asset_good", LOG_STR("asset", asset->name));
        } else {
            log_warn("prices.asset", LOG_STR("asset", asset->name),
                     LOG_STR("state", price_outcome_name(choice->outcome)),
                     LOG_U64("fresh", choice->fresh), LOG_U64("used", choice->used));
        }
    }
    u32 news = choice->outliers & ~state->outliers_told;
    state->outliers_told = choice->outliers;
    for (u32 source = 0; source < agent->options.sources_count; source += 1) {
        if ((news & 1U << source) != 0) {
            log_warn("prices.outlier", LOG_STR("asset", asset->name),
                     LOG_STR("source", agent->options.sources[source].name));
        }
    }
}

static void choose_one(struct price_agent *agent, u32 number, u64 now_us)
{
    const struct venue_asset *asset = &agent->venue.assets[number];
    struct asset_state *state = &agent->assets[number];
    bool stale = is_stale(agent, asset, now_us);
    if (is_euro(asset)) {
        state->choice =
            (struct price_choice){.outcome = PRICE_FOUND,
                                  .quote = {.price = price_of(EURO_UNITS), .time_us = now_us},
                                  .used = 1};
    } else if (agent->options.sources_count > 0) {
        state->choice =
            price_choose(&agent->options.policy, state->quotes, agent->options.sources_count,
                         now_us, stale ? (struct price_quote){.time_us = 0} : asset->price);
        tell_asset(agent, asset, state);
    } else {
        state->choice = (struct price_choice){.outcome = PRICE_MISSING};
    }
    agent->counts.assets += 1;
    agent->counts.assets_missing += state->choice.outcome != PRICE_FOUND ? 1 : 0;
    agent->counts.assets_stale += stale ? 1 : 0;
    agent->counts.outliers += (u64)__builtin_popcount(state->choice.outliers);
}

static void choose(struct price_agent *agent, u64 now_us)
{
    agent->counts.assets = 0;
    agent->counts.assets_missing = 0;
    agent->counts.assets_stale = 0;
    agent->counts.outliers = 0;
    for (u32 number = 0; number < agent->venue.assets_count; number += 1) {
        if (agent->venue.assets[number].name[0] != 0) {
            choose_one(agent, number, now_us);
        }
    }
}

/* ---- what goes out ---- */

/* With a valuation to come: anything newer. Else a step, or an age. */
static bool is_due(const struct price_agent *agent, const struct venue_asset *asset,
                   const struct price_choice *choice, u64 now_us, bool before_valuation)
{
    const struct price_quote *has = &asset->price;
    if (choice->outcome != PRICE_FOUND) {
        return false;
    }
    if (has->time_us == 0 ||
        price_moved(has->price, choice->quote.price, agent->options.policy.step)) {
        return true;
    }
    bool is_old = now_us > has->time_us && now_us - has->time_us >= agent->venue.stale_us / 2;
    return (is_old || before_valuation) && choice->quote.time_us > has->time_us;
}

static bool send_price(struct price_agent *agent, u32 number)
{
    const struct price_choice *choice = &agent->assets[number].choice;
    struct command_valuation_price command = {
        .head = {.kind = COMMAND_VALUATION_PRICE, .units = sizeof(command) / WIRE_UNIT},
        .price = choice->quote.price,
        .time_us = u64_max(choice->quote.time_us, agent->venue.assets[number].price.time_us),
        .asset = (u16)number,
        .sources = (u8)choice->used};
    bool is_sent = engine_line_put(&agent->line, &command, sizeof(command));
    agent->counts.submitted += is_sent ? 1 : 0;
    return is_sent;
}

static bool send_prices(struct price_agent *agent, u64 now_us, bool before_valuation)
{
    for (u32 number = 0; number < agent->venue.assets_count; number += 1) {
        const struct venue_asset *asset = &agent->venue.assets[number];
        if (asset->name[0] != 0 &&
            is_due(agent, asset, &agent->assets[number].choice, now_us, before_valuation) &&
            !send_price(agent, number)) {
            return false; /* there is no room; the next round goes on */
        }
    }
    return true;
}

static void send_valuations(struct price_agent *agent, u64 now_us)
{
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        u64 due_us = price_packs_due(agent, number, now_us);
        if (due_us == 0) {
            continue;
        }
        struct command_valuation command = {
            .head = {.kind = COMMAND_VALUATION, .units = sizeof(command) / WIRE_UNIT},
            .pack = (u16)number};
        if (!engine_line_put(&agent->line, &command, sizeof(command))) {
            return;
        }
        agent->counts.valuations += 1;
        log_info("prices.valuation", LOG_U64("pack", number),
                 LOG_HEX("hash", span_of(agent->venue.packs[number].hash, SHA256_BYTES)),
                 LOG_U64("missing", agent->counts.assets_missing));
    }
}

/* The oldest of what is due; 0: nothing. */
static u64 oldest_due(struct price_agent *agent, u64 now_us)
{
    u64 oldest_us = 0;
    agent->counts.valuations_due = 0;
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        u64 due_us = price_packs_due(agent, number, now_us);
        agent->counts.valuations_due += due_us != 0 ? 1 : 0;
        oldest_us = due_us != 0 && (oldest_us == 0 || due_us < oldest_us) ? due_us : oldest_us;
    }
    return oldest_us;
}

/* A valuation waits for prices that are missing, for as long as one is fresh. */
static bool is_time(const struct price_agent *agent, u64 due_us, u64 now_us)
{
    bool waits = agent->options.sources_count > 0 && agent->counts.assets_missing > 0;
    u64 until_us = u64_max(due_us, agent->started_us) + agent->options.policy.fresh_us;
    return due_us != 0 && (!waits || now_us >= until_us);
}

static void round_do(struct price_agent *agent)
{
    u64 now_us = clock_wall_us(agent->options.clock);
    price_packs_turn(agent);
    price_read_sources(agent);
    choose(agent, now_us);
    u64 due_us = oldest_due(agent, now_us);
    if (agent->venue.persons_max == 0 || clock_mono_ns(agent->options.clock) < agent->refused_ns) {
        return;
    }
    bool values = is_time(agent, due_us, now_us);
    if (send_prices(agent, now_us, values) && values) {
        send_valuations(agent, now_us);
    }
    engine_line_flush(&agent->line);
}

/* ---- the agent ---- */

static enum fault prices_open(struct agent *base)
{
    struct price_agent *agent = agent_of(base);
    const struct price_agent_options *options = &agent->options;
    TRY(sha256_open(&agent->sha256));
    price_venue_init(&agent->venue);
    for (u32 i = 0; i < PRICE_ASSETS_MAX; i += 1) {
        agent->assets[i].told = PRICE_FOUND;
    }
    TRY(engine_line_open(&agent->line, options->clock, LINK_SOURCE_PRICES, options->commands,
                         options->bell));
    price_packs_open(agent);
    agent->started_us = clock_wall_us(options->clock);
    agent->round_ns = clock_mono_ns(options->clock);
    return price_log_open(agent);
}

static enum fault prices_work(struct agent *base, bool *busy_out)
{
    struct price_agent *agent = agent_of(base);
    TRY(engine_line_turn(&agent->line, busy_out));
    TRY(price_log_turn(agent, busy_out));
    u64 now_ns = clock_mono_ns(agent->options.clock);
    /* A round begins only when all that was sent before is in the event log and was read. */
    if (now_ns < agent->round_ns || !agent->log.is_drained ||
        !engine_line_is_settled(&agent->line)) {
        return FAULT_NONE;
    }
    agent->round_ns = now_ns + agent->options.every_us * 1000;
    round_do(agent);
    *busy_out = true;
    return FAULT_NONE;
}

static void prices_close(struct agent *base)
{
    struct price_agent *agent = agent_of(base);
    event_follow_close(&agent->log);
    sha256_close(&agent->sha256);
}

/* No gate: bells would wake it at every batch, and a round is not in a hurry. */
static const struct agent_ops prices_ops = {
    .open = prices_open,
    .work = prices_work,
    .close = prices_close,
};

enum fault price_agent_create(struct price_agent **agent_out,
                              const struct price_agent_options *options)
{
    CHECK(options->sources_count <= PRICE_SOURCES_MAX && options->policy.sources_min > 0);
    *agent_out = calloc(1, sizeof(struct price_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the price agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &prices_ops, .name = "prices"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *price_agent_of(struct price_agent *agent)
{
    return &agent->agent;
}

void price_agent_destroy(struct price_agent *agent)
{
    free(agent);
}

bool price_agent_is_ready(const struct price_agent *agent)
{
    return !agent->line.is_away && agent->log.is_current;
}

struct price_agent_counts price_agent_counts(const struct price_agent *agent)
{
    return agent->counts;
}
