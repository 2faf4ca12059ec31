#include "sim/core_pair.h"

#include "base/check.h"
#include "core/core.h"
#include "sim/core_batch.h"
#include "sim/record_print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    BOOK_ROWS_MAX = 4096,
    SOURCES = 256,
    VALIDATE_EVERY = 64, /* steps between two looks at all of the core's structures */
    DIFFERENCE_BYTES = 256,
};

struct core_pair {
    struct command_genesis limits;
    struct model *model;
    struct core *core;
    void *memory;
    struct core_batch *batch;  /* the same commands once more, in batches */
    struct core_output output; /* the core's events */
    u8 *events;                /* the model's */
    size_t events_size;
    size_t events_used;
    u64 steps;
    struct core_resting rows_core[BOOK_ROWS_MAX];
    struct core_resting rows_model[BOOK_ROWS_MAX];
    char difference[DIFFERENCE_BYTES]; /* what differs first; empty: nothing */
};

struct core_pair *core_pair_open(const struct command_genesis *limits)
{
    struct core_pair *pair = calloc(1, sizeof *pair);
    CHECK(pair != NULL);
    size_t size = core_footprint(limits);
    CHECK(size > 0);
    size_t whole = (size + 63) / 64 * 64;
    pair->limits = *limits;
    pair->memory = aligned_alloc(64, whole);
    CHECK(pair->memory != NULL);
    memset(pair->memory, 0, whole);
    pair->core = core_init(pair->memory, size, limits);
    pair->model = model_create(limits);
    pair->batch = core_batch_open(limits);
    pair->events_size = core_event_bytes_max(limits);
    pair->output.size = pair->events_size;
    pair->output.data = malloc(pair->events_size); /* mostly never touched */
    pair->events = malloc(pair->events_size);
    CHECK(pair->output.data != NULL && pair->events != NULL);
    return pair;
}

void core_pair_close(struct core_pair *pair)
{
    model_free(pair->model);
    core_batch_close(pair->batch);
    free(pair->memory);
    free(pair->output.data);
    free(pair->events);
    free(pair);
}

const struct model *core_pair_model(const struct core_pair *pair)
{
    return pair->model;
}

struct span core_pair_events(const struct core_pair *pair)
{
    return (struct span){.data = pair->events, .size = pair->events_used};
}

/* Notes the first difference. */
__attribute__((format(printf, 2, 3))) static void differ(struct core_pair *pair, const char *format,
                                                         ...)
{
    if (pair->difference[0] == 0) {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(pair->difference, sizeof pair->difference, format, values);
        va_end(values);
    }
}

/* ---- comparing ---- */

static void compare_events(struct core_pair *pair)
{
    if (pair->output.used != pair->events_used ||
        memcmp(pair->output.data, pair->events, pair->events_used) != 0) {
        differ(pair, "events");
    }
}

static void compare_number(struct core_pair *pair, const char *what, u64 model, u64 core)
{
    if (model != core) {
        differ(pair, "%s: model %" PRIu64 ", core %" PRIu64, what, model, core);
    }
}

static void compare_counts(struct core_pair *pair, u64 time_us)
{
    struct core_counts model = model_counts_of(pair->model);
    struct core_counts core = core_counts_of(pair->core);
    compare_number(pair, "seq", model_seq(pair->model), core_seq(pair->core));
    compare_number(pair, "has_queued", model_has_queued(pair->model), core_has_queued(pair->core));
    compare_number(pair, "rules due", model_rules_due(pair->model), core_rules_due(pair->core));
    compare_number(pair, "rules wait", model_rules_wait(pair->model, time_us),
                   core_rules_wait(pair->core, time_us));
    compare_number(pair, "open orders", model.orders, core.orders);
    compare_number(pair, "resting orders", model.resting, core.resting);
    compare_number(pair, "accounts", model.accounts, core.accounts);
    compare_number(pair, "refusals by a limit", model.rejected_limits, core.rejected_limits);
    compare_number(pair, "trades", model.trades, core.trades);
    compare_number(pair, "keys", model.keys, core.keys);
    compare_number(pair, "next order id", model.next_order_id, core.next_order_id);
    compare_number(pair, "assets", model_assets_count(pair->model), core_assets_count(pair->core));
    for (u32 source = 0; source < SOURCES; source++) {
        compare_number(pair, "source index", model_source_index(pair->model, (u8)source),
                       core_source_index(pair->core, (u8)source));
    }
}

static void compare_balances(struct core_pair *pair, u16 asset)
{
    for (u32 account = 0; account < model_accounts_count(pair->model); account++) {
        struct core_balance model = model_balance_of(pair->model, account, asset);
        struct core_balance core = core_balance_of(pair->core, account, asset);
        if (memcmp(&model, &core, sizeof model) != 0) {
            differ(pair,
                   "account %u asset %u: model %" PRIu64 " free %" PRIu64 " locked, core %" PRIu64
                   " free %" PRIu64 " locked",
                   account, asset, model.free.units, /* raw: printed */
                   model.locked.units,               /* raw: printed */
                   core.free.units,                  /* raw: printed */
                   core.locked.units);               /* raw: printed */
        }
    }
}

static void compare_house(struct core_pair *pair, u16 asset)
{
    struct core_house model = model_house_of(pair->model, asset);
    struct core_house core = core_house_of(pair->core, asset);
    if (memcmp(&model.fee_income, &core.fee_income, sizeof core.fee_income) != 0 ||
        memcmp(&model.suspense, &core.suspense, sizeof core.suspense) != 0 ||
        model.equity != core.equity) {
        differ(pair, "house accounts of asset %u", asset);
    }
    for (u32 network = 0; network < pair->limits.networks_max; network++) {
        struct amount model_custody = model_custody_of(pair->model, asset, (u16)network);
        struct amount core_custody = core_custody_of(pair->core, asset, (u16)network);
        compare_number(pair, "custody", model_custody.units, /* raw: compared */
                       core_custody.units);                  /* raw: compared */
    }
    if (core_ledger_sum(pair->core, asset) != 0) {
        differ(pair, "the core's ledger sum of asset %u is not 0", asset);
    }
}

static void compare_book(struct core_pair *pair, u16 market, enum side side)
{
    u32 model = model_book(pair->model, market, side, pair->rows_model, BOOK_ROWS_MAX);
    u32 core = core_book(pair->core, market, side, pair->rows_core, BOOK_ROWS_MAX);
    if (model != core) {
        differ(pair, "book of market %u side %u: model %u rows, core %u", market, side, model,
               core);
        return;
    }
    for (u32 i = 0; i < model; i++) {
        const struct core_resting *a = &pair->rows_model[i];
        const struct core_resting *b = &pair->rows_core[i];
        bool is_equal = a->order_id == b->order_id && a->account == b->account &&
                        memcmp(&a->price, &b->price, sizeof a->price) == 0 &&
                        memcmp(&a->visible, &b->visible, sizeof a->visible) == 0 &&
                        memcmp(&a->remaining, &b->remaining, sizeof a->remaining) == 0;
        if (!is_equal) {
            differ(pair, "book of market %u side %u row %u: model order %" PRIu64 ", core %" PRIu64,
                   market, side, i, a->order_id, b->order_id);
        }
    }
}

bool core_pair_apply(struct core_pair *pair, const struct flow_step *step)
{
    pair->events_used = flow_step_model(step, pair->model, pair->events, pair->events_size);
    flow_step_core(step, pair->core, &pair->output);
    compare_events(pair);
    if (!core_batch_add(pair->batch, step, core_pair_events(pair))) {
        differ(pair, "a batch of commands before this one gave other events than one by one");
    }
    compare_counts(pair, step->time_us);
    for (u32 asset = 0; asset < model_assets_count(pair->model); asset++) {
        compare_balances(pair, (u16)asset);
        compare_house(pair, (u16)asset);
    }
    for (u32 market = 0; market < model_markets_count(pair->model); market++) {
        compare_book(pair, (u16)market, SIDE_BUY);
        compare_book(pair, (u16)market, SIDE_SELL);
    }
    pair->steps += 1;
    if (pair->steps % VALIDATE_EVERY == 0) {
        core_validate(pair->core);
    }
    return pair->difference[0] == 0;
}

/* The offset of the first record in which two streams differ. */
static size_t first_difference(const struct core_pair *pair)
{
    size_t at = 0;
    while (at < pair->events_used && at < pair->output.used) {
        size_t bytes = (size_t)pair->events[at + 2] * WIRE_UNIT; /* the byte `units` of the head */
        if (at + bytes > pair->output.used ||
            memcmp(pair->events + at, pair->output.data + at, bytes) != 0) {
            return at;
        }
        at += bytes;
    }
    return at;
}

void core_pair_report(const struct core_pair *pair, FILE *out)
{
    size_t at = first_difference(pair);
    fprintf(out, "core and model differ: %s\n", pair->difference);
    record_print_events(out, "  both:  ", pair->events, at);
    record_print_events(out, "  model: ", pair->events + at, pair->events_used - at);
    record_print_events(out, "  core:  ", pair->output.data + at, pair->output.used - at);
    if (at < pair->events_used && at < pair->output.used) {
        size_t byte = at;
        while (byte < pair->events_used && byte < pair->output.used &&
               pair->events[byte] == pair->output.data[byte]) {
            byte += 1;
        }
        fprintf(out, "  first different byte: %zu of the record\n", byte - at);
    }
}
