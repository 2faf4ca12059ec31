#include "role/gateway/view.h"

#include "role/gateway/view_state.h"

/* ---- memory ---- */

/* What one arena holds, counted by footprint and taken by open in the same order. */
struct plan {
    struct footprint footprint;
    struct arena *arena; /* NULL: only counting */
    bool failed;
};

static void *plan_take(struct plan *plan, size_t count, size_t size)
{
    if (plan->arena == NULL) {
        footprint_add(&plan->footprint, count, size, 64);
        return NULL;
    }
    void *memory = arena_take_array(plan->arena, count, size, 64);
    plan->failed = plan->failed || memory == NULL;
    return memory;
}

static void plan_index(struct plan *plan, struct view_index *index, u64 objects)
{
    u64 heads = u64_power_of_two_ceil(objects + 1);
    index->mask = (u32)(heads - 1);
    index->heads = plan_take(plan, heads, sizeof *index->heads);
}

static void plan_market(struct plan *plan, struct view_market *market,
                        const struct view_config *config)
{
    market->changes = plan_take(plan, config->changes_max, sizeof *market->changes);
    market->trades = plan_take(plan, config->trades_max, sizeof *market->trades);
    market->aggregates = plan_take(plan, config->trades_max, sizeof *market->aggregates);
    market->minutes = plan_take(plan, VIEW_WINDOW_MINUTES_MAX, sizeof *market->minutes);
}

static void plan_tables(struct plan *plan, struct view *view)
{
    const struct view_config *config = &view->config;
    const struct command_genesis *limits = &config->limits;
    /* A held deposit and an asset limit make a row here, but none in the core. */
    u64 rows = (u64)limits->balance_rows_max + limits->holds_max + limits->asset_limits_max;
    u64 orders = (u64)limits->orders_max + config->closed_orders_max;
    u64 lists = (u64)limits->lists_max + config->closed_lists_max;
    view->balance_slab.max = (u32)rows;
    view->order_slab.max = (u32)orders;
    view->list_slab.max = (u32)lists;
    view->key_slab.max = limits->keys_max;
    view->node_slab.max = limits->orders_max;
    view->finding_slab.max = limits->persons_max * VIEW_RULE_SLOTS;
    view->seen_mask = 2 * config->changes_max - 1;
    view->accounts = plan_take(plan, limits->accounts_max, sizeof *view->accounts);
    view->assets = plan_take(plan, limits->assets_max, sizeof *view->assets);
    view->fees =
        plan_take(plan, (size_t)limits->markets_max * limits->fee_tiers_max, sizeof *view->fees);
    view->balances = plan_take(plan, rows + 1, sizeof *view->balances);
    view->orders = plan_take(plan, orders + 1, sizeof *view->orders);
    view->lists = plan_take(plan, lists + 1, sizeof *view->lists);
    view->fills = plan_take(plan, config->fills_max, sizeof *view->fills);
    view->nodes = plan_take(plan, (size_t)limits->orders_max + 1, sizeof *view->nodes);
    view->keys = plan_take(plan, (size_t)limits->keys_max + 1, sizeof *view->keys);
    view->persons = plan_take(plan, (size_t)limits->persons_max + 1, sizeof *view->persons);
    view->findings = plan_take(plan, (size_t)view->finding_slab.max + 1, sizeof *view->findings);
    view->valuations = plan_take(plan, limits->assets_max, sizeof *view->valuations);
    view->notices = plan_take(plan, config->notices_max, sizeof *view->notices);
    view->seen = plan_take(plan, (size_t)view->seen_mask + 1, sizeof *view->seen);
    plan_index(plan, &view->balance_index, rows);
    plan_index(plan, &view->order_index, orders);
    plan_index(plan, &view->client_index, orders);
    plan_index(plan, &view->list_index, lists);
    plan_index(plan, &view->key_index, limits->keys_max);
    plan_index(plan, &view->login_index, limits->persons_max ? limits->accounts_max : 0);
    view->markets = plan_take(plan, limits->markets_max, sizeof *view->markets);
    struct view_market counted;
    for (u32 i = 0; i < limits->markets_max; i++) {
        bool is_taking = plan->arena != NULL && !plan->failed;
        plan_market(plan, is_taking ? &view->markets[i] : &counted, config);
    }
}

#define VIEW_KEPT_MAX    (1U << 28) /* closed orders, lists, fills */
#define VIEW_CHANGES_MAX (1U << 24)

static bool config_fits(const struct view_config *config)
{
    const struct command_genesis *l = &config->limits;
    bool fits = l->assets_max >= 1 && l->assets_max <= 1024;
    fits = fits && l->markets_max >= 1 && l->markets_max <= 4096;
    fits = fits && l->fee_tiers_max >= 1 && l->fee_tiers_max <= 64;
    fits = fits && l->accounts_max >= 1 && l->accounts_max <= 1U << 28;
    fits = fits && l->balance_rows_max >= 1 && l->balance_rows_max <= 1U << 29;
    fits = fits && l->orders_max >= 1 && l->orders_max <= 1U << 27;
    fits = fits && l->lists_max <= 1U << 26 && l->holds_max <= 1U << 26;
    fits = fits && l->asset_limits_max <= 1U << 26 && l->keys_max <= 1U << 22;
    fits = fits && l->persons_max <= 1U << 26 && config->notices_max <= VIEW_KEPT_MAX;
    fits = fits && config->closed_orders_max >= 2 && config->closed_orders_max <= VIEW_KEPT_MAX;
    fits = fits && config->closed_lists_max >= 1 && config->closed_lists_max <= VIEW_KEPT_MAX;
    fits = fits && config->fills_max >= 1 && config->fills_max <= VIEW_KEPT_MAX;
    fits = fits && config->trades_max >= 1 && config->trades_max <= VIEW_CHANGES_MAX;
    fits = fits && config->changes_max >= 1 && config->changes_max <= VIEW_CHANGES_MAX;
    return fits && (config->changes_max & (config->changes_max - 1)) == 0;
}

size_t view_footprint(const struct view_config *config)
{
    if (!config_fits(config)) {
        return 0;
    }
    struct plan plan = {0};
    struct view counted = {.config = *config};
    footprint_add(&plan.footprint, 1, sizeof counted, 64);
    plan_tables(&plan, &counted);
    return plan.footprint.overflown ? 0 : plan.footprint.bytes;
}

enum fault view_open(struct view **view_out, const struct view_config *config, struct arena *arena)
{
    *view_out = NULL;
    if (!config_fits(config)) {
        return FAULT(FAULT_CONFIG, "view: a limit is out of bounds");
    }
    struct plan plan = {.arena = arena};
    struct view *view = plan_take(&plan, 1, sizeof *view);
    if (view == NULL) {
        return FAULT(FAULT_LIMIT, "view: no memory");
    }
    *view = (struct view){
        .config = *config, .limits_next = config->limits, .fill_first = 1, .fill_next = 1};
    plan_tables(&plan, view);
    if (plan.failed) {
        return FAULT(FAULT_LIMIT, "view: the arena is too small");
    }
    *view_out = view;
    return FAULT_NONE;
}

/* ---- what does not fit ---- */

bool view_wrong(struct view *view, const char *what)
{
    if (view->wrong == NULL) {
        view->wrong = what;
    }
    return false;
}

bool view_short(struct view *view, const char *what)
{
    view->is_short = true;
    return view_wrong(view, what);
}

/* ---- events ---- */

void view_chunk(struct view *view, u64 position_next)
{
    CHECK(position_next >= view->place.position);
    view->place.position = position_next;
}

bool view_has_room(struct view *view)
{
    return view_evict(view);
}

enum fault view_apply(struct view *view, const u8 *record, size_t size)
{
    struct event_head head;
    view_load(&head, sizeof head, record, size);
    if (view->wrong != NULL) {
        return FAULT(FAULT_UNAVAILABLE, "view: stopped at command %llu: %s",
                     (unsigned long long)view->place.seq, view->wrong);
    }
    if (size < WIRE_UNIT || (size_t)head.units * WIRE_UNIT != size || head.seq < view->place.seq) {
        (void)view_wrong(view, "size or command of an event");
        return FAULT(FAULT_DIVERGED, "view: event of command %llu, %zu bytes, after %llu",
                     (unsigned long long)head.seq, size, (unsigned long long)view->place.seq);
    }
    if (!view_evict(view)) {
        return FAULT(FAULT_LIMIT, "view: history is behind position %llu",
                     (unsigned long long)view->place.position);
    }
    view->has_history = true;
    view->place.seq = head.seq;
    if (!view_event_apply(view, record, size)) {
        enum fault fault = view->is_short ? FAULT_LIMIT : FAULT_DIVERGED;
        return FAULT(fault, "view: event kind %u of command %llu: %s", head.kind,
                     (unsigned long long)head.seq, view->wrong);
    }
    return FAULT_NONE;
}

void view_history_passed(struct view *view, u64 position)
{
    view->passed = u64_max(view->passed, position);
}

/* ---- where it stands ---- */

struct view_place view_place(const struct view *view)
{
    return view->place;
}

u32 view_accounts_count(const struct view *view)
{
    return view->accounts_count;
}

u32 view_assets_count(const struct view *view)
{
    return view->assets_count;
}

u32 view_markets_count(const struct view *view)
{
    return view->markets_count;
}

const struct view_asset *view_asset_of(const struct view *view, u16 asset)
{
    return asset < view->assets_count ? &view->assets[asset] : NULL;
}

struct command_venue_filters view_venue_filters(const struct view *view)
{
    return view->venue_filters;
}

struct command_genesis view_limits_next(const struct view *view)
{
    return view->limits_next;
}
