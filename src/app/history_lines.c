#include "app/history_lines.h"

#include "app/why.h"
#include "base/check.h"
#include "core/core.h"
#include "core/snapshot.h"
#include "io/file.h"
#include "role/history/history.h"
#include "role/history/query.h"
#include "role/vault/grant.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES  512U
#define AMOUNT_TEXT 64U
#define PAGE_ROWS   100U
#define SECOND_US   1000000U

struct asset_name {
    char name[9];
    u8 scale;
};

struct market_name {
    char name[17];
    u16 base;
    u16 quote;
};

struct run {
    struct past_watch watch;
    const struct history_lines_query *query;
    enum fault (*take)(void *context, const char *line);
    void *context;
    struct store *store;
    bool has_account;
    u32 assets_count;
    u32 markets_count;
    struct asset_name *assets;
    struct market_name *markets;
};

/* ---- names ---- */

/* A row more; NULL: no memory, or the number is not the next one. */
static void *grown(void **rows, u32 *count, u32 number, size_t bytes)
{
    u8 *more = number == *count ? reallocarray(*rows, (size_t)*count + 1, bytes) : NULL;
    if (more == NULL) {
        return NULL;
    }
    *rows = more;
    *count += 1;
    memset(more + (size_t)number * bytes, 0, bytes);
    return more + (size_t)number * bytes;
}

static bool asset_take(struct run *run, const u8 *record)
{
    struct state_asset state;
    memcpy(&state, record, sizeof(state));
    struct asset_name *asset =
        grown((void **)&run->assets, &run->assets_count, state.asset, sizeof(*asset));
    if (asset != NULL) {
        asset->scale = state.scale;
        memcpy(asset->name, state.name, sizeof(state.name));
    }
    return asset != NULL;
}

static bool market_take(struct run *run, const u8 *record)
{
    struct command_market_add definition;
    memcpy(&definition, record + sizeof(struct state_market), sizeof(definition));
    struct market_name *market =
        grown((void **)&run->markets, &run->markets_count, definition.market, sizeof(*market));
    if (market != NULL) {
        market->base = definition.base;
        market->quote = definition.quote;
        memcpy(market->name, definition.name, sizeof(definition.name));
    }
    return market != NULL;
}

static bool records_take(void *context, const u8 *bytes, size_t size)
{
    struct run *run = context;
    size_t step = 0;
    bool is_good = true;
    for (size_t at = 0; is_good && at < size; at += step) {
        struct state_head head;
        memcpy(&head, bytes + at, sizeof(head));
        step = core_restore_size(bytes + at, size - at);
        CHECK(step > 0);
        if (head.kind == STATE_ASSET) {
            is_good = asset_take(run, bytes + at);
        } else if (head.kind == STATE_MARKET) {
            is_good = market_take(run, bytes + at);
        }
    }
    return is_good;
}

static enum fault on_moment(struct past_watch *watch, u32 which, const struct past_look *look)
{
    struct run *run = (struct run *)(void *)watch;
    const struct core *core = look->recovery->house.core;
    const struct core_sink sink = {.context = run, .write = records_take};
    (void)which;
    void *scratch = malloc(core_snapshot_scratch(core) + 1);
    bool is_whole = scratch != NULL && core_snapshot(core, scratch, &sink);
    free(scratch);
    run->has_account = run->query->account < core_counts_of(core).accounts;
    return is_whole ? FAULT_NONE : FAULT(FAULT_LIMIT, "no memory for the venue's names");
}

static enum fault names_take(struct run *run, struct recovery_progress *progress)
{
    run->watch.moment = on_moment;
    const struct past_options options = {.folder = run->query->folder,
                                         .moments = {PAST_END},
                                         .moments_count = 1,
                                         .watch = &run->watch,
                                         .progress = progress};
    TRY(past_run(&options));
    return run->has_account ? FAULT_NONE
                            : FAULT(FAULT_MISSING, "there is no account %u", run->query->account);
}

/* ---- lines ---- */

static const char *units(const struct run *run, u16 asset, u64 amount, char target[AMOUNT_TEXT])
{
    return why_units_text(amount, asset < run->assets_count ? run->assets[asset].scale : 0, target);
}

static const char *asset_text(const struct run *run, u16 asset)
{
    return asset < run->assets_count ? run->assets[asset].name : "?";
}

static enum fault fill_put(const struct run *run, const struct history_fill *fill)
{
    const struct market_name *market = &run->markets[fill->market];
    u16 fee = fill->buys ? market->base : market->quote;
    char line[LINE_BYTES];
    char moment[GRANT_MOMENT_BYTES];
    char texts[4][AMOUNT_TEXT];
    grant_moment_print(fill->time_us / SECOND_US, moment);
    int size = snprintf(
        line, sizeof(line), "%s trade %llu %s %s %s at %s for %s %s, fee %s %s, order %llu, %s\n",
        moment, (unsigned long long)fill->trade_id, market->name, fill->buys ? "buys" : "sells",
        units(run, market->base, fill->qty.units, texts[0]),      /* raw: to print */
        why_units_text(fill->price.units, PRICE_SCALE, texts[1]), /* raw: as above */
        units(run, market->quote, fill->quote.units, texts[2]),   /* raw: as above */
        asset_text(run, market->quote),
        units(run, fee, fill->fee.units, texts[3]), /* raw: as above */
        asset_text(run, fee), (unsigned long long)fill->order_id, fill->maker ? "maker" : "taker");
    CHECK(size > 0 && (size_t)size < sizeof(line));
    return run->take(run->context, line);
}

static const char *cause_name(u32 cause)
{
    switch (cause) {
    case LEDGER_CAUSE_DEPOSIT:
        return "deposit";
    case LEDGER_CAUSE_DEPOSIT_HELD:
        return "deposit, held";
    case LEDGER_CAUSE_WITHDRAWAL_HOLD:
        return "withdrawal, held";
    case LEDGER_CAUSE_WITHDRAWAL_SETTLE:
        return "withdrawal, gone";
    case LEDGER_CAUSE_WITHDRAWAL_FEE:
        return "withdrawal, fee";
    case LEDGER_CAUSE_WITHDRAWAL_RELEASE:
    case LEDGER_CAUSE_WITHDRAWAL_FALLBACK:
        return "withdrawal, given back";
    case LEDGER_CAUSE_TRANSFER:
        return "transfer";
    case LEDGER_CAUSE_ADJUSTMENT:
        return "adjustment";
    case LEDGER_CAUSE_DEPOSIT_RELEASE:
        return "deposit, released";
    case LEDGER_CAUSE_DEPOSIT_RETURN:
        return "deposit, returned";
    case HISTORY_CAUSE_STP_TRANSFER:
        return "transfer instead of a trade with oneself";
    case HISTORY_CAUSE_OPENING:
        return "balance when the history began";
    default: /* not an enum: of a database */
        return "movement";
    }
}

static enum fault line_put(const struct run *run, const struct history_line *row)
{
    char line[LINE_BYTES];
    char moment[GRANT_MOMENT_BYTES];
    char text[AMOUNT_TEXT];
    char other[32] = "";
    u64 amount = row->delta < 0 ? 0 - (u64)row->delta : (u64)row->delta;
    grant_moment_print(row->time_us / SECOND_US, moment);
    if (row->cause == LEDGER_CAUSE_TRANSFER) {
        (void)snprintf(other, sizeof(other), ", other account %u", row->other_account);
    }
    int size = snprintf(line, sizeof(line), "%s %s %s%s %s, reference %llu%s\n", moment,
                        cause_name(row->cause), row->delta < 0 ? "-" : "+",
                        units(run, row->asset, amount, text), asset_text(run, row->asset),
                        (unsigned long long)row->reference, other);
    CHECK(size > 0 && (size_t)size < sizeof(line));
    return run->take(run->context, line);
}

/* ---- pages ---- */

/* From a moment on, which 0 would not be: it asks for the newest. */
static struct history_page first_page(const struct history_lines_query *query)
{
    return (struct history_page){.from_us = query->from_us == 0 ? 1 : query->from_us,
                                 .to_us = query->to_us,
                                 .limit = PAGE_ROWS};
}

/* An account that traded with itself has two rows of one id: those of a full page's last id come
 * again with the next page. */
static enum fault fills_of(const struct run *run, u16 market)
{
    static struct history_fill rows[PAGE_ROWS];
    struct history_page page = first_page(run->query);
    bool is_more = true;
    while (is_more) {
        u32 count = 0;
        TRY(history_fills(run->store, run->query->account, market, 0, &page, rows, &count));
        is_more = count == PAGE_ROWS;
        u64 last = is_more ? rows[count - 1].trade_id : UINT64_MAX;
        for (u32 i = 0; i < count && rows[i].trade_id < last; i += 1) {
            TRY(fill_put(run, &rows[i]));
        }
        page.from_id = last;
    }
    return FAULT_NONE;
}

static enum fault trades(const struct run *run)
{
    for (u32 market = 0; market < run->markets_count; market += 1) {
        TRY(fills_of(run, (u16)market));
    }
    return FAULT_NONE;
}

static enum fault transfers(const struct run *run)
{
    static struct history_line rows[PAGE_ROWS];
    struct history_page page = first_page(run->query);
    u32 count = PAGE_ROWS;
    while (count == PAGE_ROWS) {
        TRY(history_lines(run->store, run->query->account, -1, &page, rows, &count));
        for (u32 i = 0; i < count; i += 1) {
            TRY(line_put(run, &rows[i]));
        }
        page.from_id = count == 0 ? 0 : rows[count - 1].entry + 1;
    }
    return FAULT_NONE;
}

static enum fault store_begins(const struct run *run)
{
    struct store_point point;
    TRY(store_point(run->store, &point));
    return point.began_position == 0 || point.began_us <= run->query->from_us
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED,
                       "the history begins later than that; make it anew from the journal "
                       "(cambist history rebuild --journal)");
}

enum fault history_lines_run(const struct history_lines_query *query,
                             struct recovery_progress *progress,
                             enum fault (*take)(void *context, const char *line), void *context)
{
    struct run run = {.query = query, .take = take, .context = context};
    char path[FILE_PATH_BYTES];
    enum fault fault = names_take(&run, progress);
    if (fault == FAULT_NONE) {
        fault = file_path(path, query->folder, HISTORY_FOLDER "/" HISTORY_DATABASE);
    }
    if (fault == FAULT_NONE) {
        fault = store_open(&run.store, path, SQL_READ, NULL);
    }
    if (fault == FAULT_NONE) {
        fault = store_begins(&run);
    }
    if (fault == FAULT_NONE) {
        fault = query->kind == HISTORY_LINES_TRADES ? trades(&run) : transfers(&run);
    }
    store_close(run.store);
    free(run.assets);
    free(run.markets);
    return fault;
}
