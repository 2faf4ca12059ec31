#include "tests/support/view_check.h"

#include "role/gateway/view_account.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_key.h"
#include "role/gateway/view_market.h"
#include "role/gateway/view_order.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEVELS_MAX = 4096,
    MARKETS_MAX = 64,
};

/* ---- a view of its own ---- */

struct view_config view_scene_config(const struct command_genesis *limits)
{
    struct view_config config = {.limits = *limits,
                                 .notices_max = 1000,
                                 .closed_orders_max = 4000,
                                 .closed_lists_max = 500,
                                 .fills_max = 8000,
                                 .trades_max = 1000,
                                 .changes_max = 1024,
                                 .hash_seed = 0x1234567};
    if (config.limits.persons_max == 0) {
        config.limits.persons_max = 16; /* for events made by hand */
    }
    return config;
}

void view_scene_open(struct view_scene *scene, const struct view_config *config)
{
    memset(scene, 0, sizeof *scene);
    size_t bytes = view_footprint(config);
    assert_true(bytes > 0);
    bytes = (bytes + 63) & ~(size_t)63;
    scene->memory = aligned_alloc(64, bytes);
    assert_non_null(scene->memory);
    memset(scene->memory, 0, bytes);
    arena_init(&scene->arena, scene->memory, bytes);
    assert_int_equal(view_open(&scene->view, config, &scene->arena), FAULT_NONE);
    assert_true(scene->arena.used == view_footprint(config));
    arena_seal(&scene->arena);
}

void view_scene_close(struct view_scene *scene)
{
    free(scene->memory);
    memset(scene, 0, sizeof *scene);
}

void view_scene_events(struct view_scene *scene, const u8 *events, size_t bytes)
{
    scene->position += 1 + bytes / WIRE_UNIT;
    view_chunk(scene->view, scene->position);
    for (size_t at = 0; at < bytes;) {
        size_t size = (size_t)events[at + 2] * WIRE_UNIT;
        assert_true(size > 0 && at + size <= bytes);
        u8 *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, events + at, size);
        enum fault fault = view_apply(scene->view, exact, size);
        free(exact);
        if (fault != FAULT_NONE) {
            fail_msg("%s: %s", fault_name(fault), fault_text());
        }
        at += size;
    }
}

void view_scene_image(struct view_scene *scene, const u8 *snapshot, size_t bytes, u64 position)
{
    for (size_t at = 0; at < bytes;) {
        size_t used = 0;
        enum fault fault = view_image_record(scene->view, snapshot + at, bytes - at, &used);
        if (fault != FAULT_NONE) {
            fail_msg("%s: %s", fault_name(fault), fault_text());
        }
        at += used;
    }
    assert_int_equal(view_image_end(scene->view, position), FAULT_NONE);
    scene->position = position;
}

/* ---- a run of random commands ---- */

void view_run_start(struct view_run *run, u64 seed)
{
    memset(run, 0, sizeof *run);
    world_open(&run->world);
    run->random = (struct core_random){.plain = 20, .accounts = WORLD_ACCOUNTS};
    random_init(&run->random.random, seed);
    run->time_us = 1795000000000000;
    core_set_time(run->world.core, run->time_us);
    run->pause_us = 40000000;
}

void view_run_step(struct view_run *run)
{
    _Alignas(8) u8 record[CORE_RANDOM_BYTES];
    run->random.orders = core_counts_of(run->world.core).next_order_id - 1;
    (void)core_random_next(&run->random, record);
    if (random_chance(&run->random.random, 1, 3)) {
        run->time_us += random_below(&run->random.random, run->pause_us);
        core_set_time(run->world.core, run->time_us);
    }
    run->world.output.used = 0;
    core_apply(run->world.core, (const void *)record, &run->world.output);
}

void view_run_follow(const struct view_run *run, struct view_scene *scene, u64 position)
{
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&run->world, &bytes);
    view_scene_image(scene, snapshot, bytes, position);
    free(snapshot);
}

/* ---- comparing ---- */

struct check {
    const struct view *view;
    struct command_market_add definitions[MARKETS_MAX];
    u64 balances;
    u64 orders;
    u64 lists;
    u64 accounts;
    u64 assets;
    u64 markets;
    u32 keys;
    /* the book as the records of resting orders come: from the lowest price up */
    u16 market;
    u32 levels[2];
    struct view_level level[2][LEVELS_MAX];
};

static void end_market(struct check *check)
{
    static struct view_level seen[LEVELS_MAX];
    for (u8 side = 0; side < 2; side++) {
        u32 count = view_book_depth(check->view, check->market, (enum side)side, seen, LEVELS_MAX);
        assert_int_equal(count, check->levels[side]);
        for (u32 i = 0; i < count; i++) {
            u32 at = side == SIDE_BUY ? count - 1 - i : i;
            assert_int_equal(seen[i].price.units, check->level[side][at].price.units);
            assert_int_equal(seen[i].qty.units, check->level[side][at].qty.units);
        }
        struct view_level best;
        assert_int_equal(view_book_best(check->view, check->market, (enum side)side, &best),
                         count > 0);
        assert_true(count == 0 || best.price.units == seen[0].price.units);
        check->levels[side] = 0;
    }
}

static void markets_up_to(struct check *check, u32 market)
{
    while (check->market < market) {
        end_market(check);
        check->market++;
    }
}

static void on_rest(struct check *check, const struct state_rest *state)
{
    markets_up_to(check, state->market);
    const struct view_order *order = view_order_of(check->view, state->head.id);
    assert_non_null(order);
    assert_int_equal(order->price.units,
                     state->ticks * check->definitions[state->market].tick.units);
    assert_true(order->visible.units > 0);
    u32 *count = &check->levels[order->side];
    struct view_level *level = check->level[order->side];
    if (*count == 0 || level[*count - 1].price.units != order->price.units) {
        assert_true(*count < LEVELS_MAX);
        level[(*count)++] = (struct view_level){order->price, AMOUNT_ZERO};
    }
    level[*count - 1].qty.units += order->visible.units;
}

static void on_market(struct check *check, const u8 *record, size_t size)
{
    struct state_market state;
    memcpy(&state, record, sizeof state);
    assert_true(size == sizeof state + sizeof(struct command_market_add));
    assert_true(state.market < MARKETS_MAX);
    struct command_market_add *definition = &check->definitions[state.market];
    memcpy(definition, record + sizeof state, sizeof *definition);
    const struct view_definition *seen = view_market_of(check->view, state.market);
    assert_non_null(seen);
    struct command_market_add plain = seen->definition;
    assert_memory_equal((const u8 *)&plain + sizeof plain.head,
                        (const u8 *)definition + sizeof plain.head,
                        sizeof plain - sizeof plain.head);
    assert_int_equal(seen->state, state.state);
    assert_int_equal(seen->next_trade_id, state.next_trade_id);
    assert_int_equal(seen->next_aggregate_id, state.next_aggregate_id);
    assert_int_equal(seen->next_match_id, state.next_match_id);
    assert_int_equal(seen->reference.units, state.reference.units);
    assert_int_equal(seen->reference_calculation, state.reference_calculation);
    assert_int_equal(seen->last.units, state.last_ticks * definition->tick.units);
    assert_int_equal(view_book_update_id(check->view, state.market) + 1, state.next_update_id);
    check->markets++;
}

static void on_account(struct check *check, const struct state_account *state)
{
    const struct view_account *account = view_account_of(check->view, state->head.account);
    assert_non_null(account);
    assert_int_equal(account->restrictions, state->restrictions);
    assert_int_equal(account->trade_group, state->trade_group);
    assert_int_equal(account->fee_tier, state->fee_tier);
    check->accounts++;
}

static void on_balance(struct check *check, const struct state_balance *state)
{
    const struct view_balance *row =
        view_balance_of(check->view, state->head.account, state->asset);
    assert_non_null(row);
    assert_int_equal(row->free.units, state->free.units);
    assert_int_equal(row->locked.units, state->locked.units);
    check->balances += state->free.units || state->locked.units;
}

static void on_order(struct check *check, const struct state_order *state)
{
    const struct view_order *order = view_order_of(check->view, state->head.id);
    assert_non_null(order);
    u64 lot = check->definitions[state->market].lot.units;
    assert_true(order->is_open);
    assert_int_equal(order->account, state->head.account);
    assert_int_equal(order->market, state->market);
    assert_int_equal(order->qty.units, state->lots * lot);
    assert_int_equal(view_order_left(order).units, state->left * lot);
    assert_int_equal(order->prevented.units, state->prevented * lot);
    assert_int_equal(order->quote_done.units, state->quote_done);
    assert_int_equal(order->time_us, state->time_us);
    assert_int_equal(order->price.units,
                     state->ticks * check->definitions[state->market].tick.units);
    assert_int_equal(order->amends, state->amends);
    assert_int_equal(order->side, state->side);
    assert_int_equal(order->type, state->type);
    assert_int_equal(order->tif, state->tif);
    assert_int_equal(order->stp, state->stp);
    assert_true(client_id_equal(&order->client, &state->client));
    u8 seen = state->state;
    seen = seen == ORDER_STATE_TRACKING || seen == ORDER_STATE_QUEUED ? ORDER_STATE_ARMED : seen;
    /* A leg that was queued before it started is still pending to those outside. */
    assert_true(order->state == seen ||
                (order->state == ORDER_STATE_PENDING_NEW && state->state == ORDER_STATE_QUEUED));
    assert_int_equal(order->is_working, state->state == ORDER_STATE_WORKING);
    const struct view_order *named =
        view_order_by_client(check->view, order->account, order->market, &order->client);
    assert_true(state->client.length == 0 ? named == NULL : named == order);
    check->orders++;
}

static void on_order_detail(struct check *check, const struct state_order_detail *state)
{
    const struct view_order *order = view_order_of(check->view, state->head.id);
    assert_non_null(order);
    const struct command_market_add *definition = &check->definitions[order->market];
    assert_int_equal(order->iceberg_qty.units, state->iceberg * definition->lot.units);
    if (state->iceberg && state->visible) {
        assert_int_equal(order->visible.units, state->visible * definition->lot.units);
    }
    assert_int_equal(order->quote_qty.units, state->quote_qty.units);
    assert_int_equal(order->strategy_id, state->strategy_id);
    assert_int_equal(order->strategy_type, state->strategy_type);
    assert_int_equal(order->stop_price.units, state->stop_ticks * definition->tick.units);
    assert_int_equal(order->trailing_delta, state->trailing_delta);
}

static void on_list(struct check *check, const struct state_list *state)
{
    const struct view_list *list = view_list_of(check->view, state->head.id);
    assert_non_null(list);
    assert_true(list->is_open);
    assert_int_equal(list->account, state->head.account);
    assert_int_equal(list->market, state->market);
    assert_int_equal(list->list_kind, state->list_kind);
    assert_true(client_id_equal(&list->client, &state->client));
    const u64 legs[3] = {state->leg0, state->leg1, state->leg2};
    for (u32 i = 0; i < 3; i++) {
        if (legs[i] == 0) {
            continue;
        }
        assert_int_equal(list->legs[i], legs[i]);
        const struct view_order *leg = view_order_of(check->view, legs[i]);
        assert_non_null(leg);
        assert_int_equal(leg->list_id, list->id);
        assert_true(client_id_equal(&leg->client, &list->clients[i]));
    }
    check->lists++;
}

static void on_fee(const struct check *check, const u8 *record)
{
    struct command_fee_set set;
    memcpy(&set, record + sizeof(struct state_fee), sizeof set);
    const struct command_fee_set *seen = view_market_fees(check->view, set.market, set.tier);
    assert_non_null(seen);
    assert_memory_equal((const u8 *)seen + sizeof set.head, (const u8 *)&set + sizeof set.head,
                        sizeof set - sizeof set.head);
}

static void on_asset(struct check *check, const struct state_asset *state)
{
    const struct view_asset *asset = view_asset_of(check->view, state->asset);
    assert_non_null(asset);
    assert_int_equal(asset->scale, state->scale);
    assert_memory_equal(asset->name, state->name, sizeof asset->name);
    check->assets++;
}

static void on_key(struct check *check, const struct state_key *state)
{
    const struct view_key *key = view_key_of(check->view, state->key_id);
    assert_non_null(key);
    assert_int_equal(key->account, state->head.account);
    assert_int_equal(key->rights, state->rights);
    assert_int_equal(key->kind, state->key_kind);
    assert_memory_equal(key->public_key, state->public_key, sizeof key->public_key);
    check->keys++;
}

static void on_venue(const struct check *check, const struct state_venue *state)
{
    struct command_venue_filters filters = view_venue_filters(check->view);
    assert_int_equal(filters.orders_max, state->orders_max);
    assert_int_equal(filters.algo_orders_max, state->algo_orders_max);
    assert_int_equal(filters.iceberg_orders_max, state->iceberg_orders_max);
    assert_int_equal(filters.lists_max, state->lists_max);
    assert_int_equal(view_place(check->view).time_us, state->told_us);
}

/* What waits for (account, asset) in the snapshot's holds, and its limit. */
static void check_row(const u8 *snapshot, size_t bytes, const struct view_balance *row)
{
    u64 held[2] = {0, 0};
    u64 limit = 0;
    for (size_t at = 0; at < bytes;) {
        const struct state_head *head = (const struct state_head *)(const void *)(snapshot + at);
        const struct state_hold *hold = (const void *)head;
        const struct state_asset_limit *limited = (const void *)head;
        if (head->kind == STATE_HOLD && head->account == row->account &&
            hold->asset == row->asset) {
            held[hold->hold_kind == HOLD_KIND_DEPOSIT] += hold->amount.units + hold->fee.units;
        }
        if (head->kind == STATE_ASSET_LIMIT && head->account == row->account &&
            limited->asset == row->asset) {
            limit = limited->limit.units;
        }
        at += wire_state_bytes(snapshot + at, bytes - at);
    }
    assert_int_equal(row->withdrawing.units, held[0]);
    assert_int_equal(row->arriving.units, held[1]);
    assert_int_equal(row->limit.units, limit);
}

/* Every row, order and list that the view has is one of the snapshot's. */
static void check_accounts(const struct check *check, const u8 *snapshot, size_t bytes)
{
    u64 balances = 0;
    u64 orders = 0;
    u64 lists = 0;
    assert_int_equal(view_accounts_count(check->view), check->accounts);
    assert_int_equal(view_assets_count(check->view), check->assets);
    assert_int_equal(view_markets_count(check->view), check->markets);
    for (u32 account = 0; account < check->accounts; account++) {
        const struct view_balance *row = view_balance_newest(check->view, account);
        for (; row != NULL; row = view_balance_older(check->view, row)) {
            balances += row->free.units || row->locked.units;
            check_row(snapshot, bytes, row);
        }
        const struct view_order *order = view_order_newest(check->view, account, true);
        for (; order != NULL; order = view_order_older(check->view, order)) {
            assert_true(order->is_open && order->account == account);
            orders++;
        }
        const struct view_list *list = view_list_newest(check->view, account, true);
        for (; list != NULL; list = view_list_older(check->view, list)) {
            assert_true(list->is_open && list->account == account);
            lists++;
        }
    }
    assert_int_equal(balances, check->balances);
    assert_int_equal(orders, check->orders);
    assert_int_equal(lists, check->lists);
    assert_int_equal(view_orders_open_count(check->view), check->orders);
    assert_int_equal(view_lists_open_count(check->view), check->lists);
    assert_int_equal(view_keys_count(check->view), check->keys);
}

static void check_record(struct check *check, const u8 *record, size_t size)
{
    const struct state_head *head = (const struct state_head *)(const void *)record;
    if (head->kind == STATE_MARKET) {
        on_market(check, record, size);
    } else if (head->kind == STATE_FEE) {
        on_fee(check, record);
    } else if (head->kind == STATE_VENUE) {
        on_venue(check, (const void *)record);
    } else if (head->kind == STATE_ASSET) {
        on_asset(check, (const void *)record);
    } else if (head->kind == STATE_ACCOUNT) {
        on_account(check, (const void *)record);
    } else if (head->kind == STATE_BALANCE) {
        on_balance(check, (const void *)record);
    } else if (head->kind == STATE_ORDER) {
        on_order(check, (const void *)record);
    } else if (head->kind == STATE_ORDER_DETAIL) {
        on_order_detail(check, (const void *)record);
    } else if (head->kind == STATE_REST) {
        on_rest(check, (const void *)record);
    } else if (head->kind == STATE_LIST) {
        on_list(check, (const void *)record);
    } else if (head->kind == STATE_KEY) {
        on_key(check, (const void *)record);
    }
}

void view_check_snapshot(const struct view *view, const u8 *snapshot, size_t bytes)
{
    static struct check check;
    memset(&check, 0, offsetof(struct check, level));
    check.view = view;
    for (size_t at = 0; at < bytes;) {
        size_t size = wire_state_bytes(snapshot + at, bytes - at);
        check_record(&check, snapshot + at, size);
        at += size;
    }
    markets_up_to(&check, (u32)check.markets);
    check_accounts(&check, snapshot, bytes);
}
