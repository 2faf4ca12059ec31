#include "app/flow.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TABLE_BYTES_MIN   (1U << 16)
#define HUGE_BYTES        ((size_t)1 << 21)
#define PAGE_TICKS        512U
#define EXTRAS_MIN        1024U
#define TRIGGERS_MAX      16U
#define CLIENT_SYMBOLS    22U /* as many as the gateway's own ids have */
#define STP_ALLOWED_ALL   0x7eU
#define TYPES_ALLOWED_ALL 0x7fU
#define ASSETS            2U
#define ICEBERG_PARTS_MAX 10U
#define ASSET_UNITS_MAX   (1ULL << 62) /* of one asset given out in all; the core allows 2^63 */

/* ---- tables ---- */

/* Asks for huge pages, so that a measurement does not wait for small ones. Not to get them is fine.
 */
static void table_widened(const struct flow_table *table)
{
    if (table->size >= 2 * HUGE_BYTES) {
        size_t before = (HUGE_BYTES - (uintptr_t)table->data % HUGE_BYTES) % HUGE_BYTES;
        (void)madvise(table->data + before, table->size - before, MADV_HUGEPAGE);
    }
}

enum fault flow_table_take(struct flow_table *table, size_t size, u8 **memory_out)
{
    *memory_out = NULL;
    if (size > FLOW_BYTES_MAX - table->used) {
        return FAULT(FAULT_LIMIT, "the flow needs a table of more than %llu bytes",
                     (unsigned long long)FLOW_BYTES_MAX);
    }
    if (table->used + size > table->size) {
        size_t wanted = table->size < TABLE_BYTES_MIN ? TABLE_BYTES_MIN : table->size;
        while (wanted < table->used + size) {
            wanted *= 2;
        }
        u8 *wider = realloc(table->data, wanted);
        if (wider == NULL) {
            return FAULT(FAULT_LIMIT, "out of memory: the flow needs a table of %zu bytes", wanted);
        }
        table->data = wider;
        table->size = wanted;
        table_widened(table);
    }
    *memory_out = table->data + table->used;
    table->used += size;
    return FAULT_NONE;
}

enum fault flow_table_add(struct flow_table *table, struct span bytes)
{
    u8 *memory = NULL;
    TRY(flow_table_take(table, bytes.size, &memory));
    memcpy(memory, bytes.data, bytes.size);
    return FAULT_NONE;
}

void flow_table_release(struct flow_table *table)
{
    free(table->data);
    *table = (struct flow_table){.data = NULL};
}

/* Makes the table at least `size` bytes long, filled up with zeros. */
static enum fault table_reach(struct flow_table *table, size_t size)
{
    if (size > table->used) {
        size_t missing = size - table->used;
        u8 *memory = NULL;
        TRY(flow_table_take(table, missing, &memory));
        memset(memory, 0, missing);
    }
    return FAULT_NONE;
}

void flow_init(struct flow *flow)
{
    *flow = (struct flow){.accounts_max = FLOW_ACCOUNTS_MAX};
}

void flow_close(struct flow *flow)
{
    flow_table_release(&flow->setup);
    flow_table_release(&flow->commands);
    flow_table_release(&flow->times);
    flow_table_release(&flow->orders);
    flow_table_release(&flow->snapshots);
    flow_table_release(&flow->book);
    flow_table_release(&flow->needs);
    flow_table_release(&flow->pages);
}

/* ---- market ---- */

static u64 power_of_ten(u32 exponent)
{
    u64 power = 1;
    for (u32 i = 0; i < exponent; i += 1) {
        power *= 10;
    }
    return power;
}

enum fault flow_set_market(struct flow *flow, const struct flow_market *market)
{
    CHECK(market->base_scale <= AMOUNT_SCALE_MAX && market->quote_scale <= AMOUNT_SCALE_MAX);
    CHECK(market->tick > 0 && market->lot > 0 && market->ticks_max > 0);
    flow->market = *market;
    u128 product = (u128)market->tick * market->lot;
    u128 up = power_of_ten(market->quote_scale);
    u128 down = (u128)power_of_ten(market->base_scale) * RATE_ONE;
    if (product > ((u128)1 << 64) || product * up % down != 0 || product * up / down == 0 ||
        product * up / down > UINT32_MAX) {
        return FAULT(FAULT_INPUT,
                     "market %s: tick %llu and lot %llu are no whole number of units of %s",
                     market->name, (unsigned long long)market->tick,
                     (unsigned long long)market->lot, market->quote);
    }
    flow->market.value = (u64)(product * up / down);
    return FAULT_NONE;
}

/* ---- orders ---- */

static enum fault need_add(struct flow *flow, const struct flow_place *place)
{
    if (place->account >= flow->accounts_max) {
        return FAULT(FAULT_LIMIT, "account %u: a flow may have %u accounts", place->account,
                     flow->accounts_max);
    }
    TRY(table_reach(&flow->needs, ((size_t)place->account + 1) * sizeof(struct flow_need)));
    struct flow_need *need = &((struct flow_need *)(void *)flow->needs.data)[place->account];
    u128 units = place->side == SIDE_SELL ? (u128)place->lots * flow->market.lot
                                          : (u128)place->ticks * place->lots * flow->market.value;
    u64 *sum = place->side == SIDE_SELL ? &need->base : &need->quote;
    u128 total = units + *sum;
    *sum = total > UINT64_MAX ? UINT64_MAX : (u64)total;
    return FAULT_NONE;
}

static enum fault page_add(struct flow *flow, u64 ticks)
{
    u64 page = ticks / PAGE_TICKS;
    TRY(table_reach(&flow->pages, (size_t)(page / 8 + 1)));
    flow->pages.data[page / 8] = (u8)(flow->pages.data[page / 8] | 1U << page % 8);
    return FAULT_NONE;
}

/* The id a gateway would make for an order that has none: 22 letters and digits. Eleven of them
 * hold a whole u64, so two orders never share one. */
static struct client_id client_id_of(u64 order_id)
{
    static const char letters[63] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char text[CLIENT_SYMBOLS];
    u64 number = hash_u64(order_id);
    for (u32 i = 0; i < CLIENT_SYMBOLS; i += 1) {
        if (i == CLIENT_SYMBOLS / 2) {
            number = hash_pair(order_id, CLIENT_SYMBOLS);
        }
        text[i] = letters[number % 62];
        number /= 62;
    }
    struct client_id id;
    bool packed = client_id_pack(&id, span_of(text, sizeof(text)));
    CHECK(packed);
    return id;
}

static enum fault command_add(struct flow *flow, const void *command, u32 units)
{
    if (flow->commands_count == FLOW_COMMANDS_MAX) {
        return FAULT(FAULT_LIMIT, "the flow has more than %llu commands",
                     (unsigned long long)FLOW_COMMANDS_MAX);
    }
    TRY(flow_table_add(&flow->commands, span_of(command, (size_t)units * WIRE_UNIT)));
    flow->commands_count += 1;
    return FAULT_NONE;
}

static struct command_head order_head(const struct flow *flow, u16 kind, u32 account, u8 units)
{
    return (struct command_head){.kind = kind,
                                 .units = units, /* raw: a length */
                                 .source = FLOW_SOURCE_ORDERS,
                                 .account = account,
                                 .source_index = flow->commands_count + 1};
}

static u8 whole_units(u16 kind)
{
    return wire_units(&wire_commands[kind], 0, true);
}

/* Takes note of an order about to be placed, and says which id it will get. */
static enum fault order_foresee(struct flow *flow, const struct flow_place *place,
                                u64 *order_id_out)
{
    TRY(need_add(flow, place));
    TRY(page_add(flow, place->ticks));
    struct flow_order order = {.file_id = place->file_id, .source_index = flow->commands_count + 1};
    TRY(flow_table_add(&flow->orders, span_of(&order, sizeof(order))));
    *order_id_out = flow_orders_count(flow);
    return FAULT_NONE;
}

bool flow_place_fits(const struct flow *flow, const struct flow_place *place)
{
    u128 qty = (u128)place->lots * flow->market.lot;
    u128 quote = (u128)place->ticks * place->lots * flow->market.value;
    return place->ticks >= 1 && place->ticks <= flow->market.ticks_max && place->lots >= 1 &&
           qty < ASSET_UNITS_MAX && quote < ASSET_UNITS_MAX;
}

enum fault flow_put_order(struct flow *flow, const struct flow_place *place, u64 *order_id_out)
{
    TRY(order_foresee(flow, place, order_id_out));
    struct command_order order = {
        .price = price_of(place->ticks * flow->market.tick),
        .qty = amount_of(place->lots * flow->market.lot),
        .side = (u8)place->side,
        .type = ORDER_TYPE_LIMIT,
        .tif = (u8)place->tif,
        .stp = STP_MODE_NONE,
    };
    if (flow->client_ids) {
        order.client = client_id_of(*order_id_out);
    }
    u8 units =
        wire_units(&wire_commands[COMMAND_ORDER], client_id_bytes(order.client.length), false);
    order.head = order_head(flow, COMMAND_ORDER, place->account, units);
    return command_add(flow, &order, units);
}

enum fault flow_put_replace(struct flow *flow, u64 target_id, const struct flow_place *place,
                            u64 *order_id_out)
{
    TRY(order_foresee(flow, place, order_id_out));
    u8 length = whole_units(COMMAND_CANCEL_REPLACE);
    struct command_cancel_replace replace = {
        .head = order_head(flow, COMMAND_CANCEL_REPLACE, place->account, length),
        .price = price_of(place->ticks * flow->market.tick),
        .qty = amount_of(place->lots * flow->market.lot),
        .side = (u8)place->side,
        .type = ORDER_TYPE_LIMIT,
        .tif = (u8)place->tif,
        .stp = STP_MODE_NONE,
        .mode = REPLACE_MODE_STOP_ON_FAILURE,
        .target_id = target_id,
    };
    if (flow->client_ids) {
        replace.client = client_id_of(*order_id_out);
    }
    return command_add(flow, &replace, length);
}

enum fault flow_put_cancel(struct flow *flow, u32 account, u64 order_id)
{
    struct command_cancel cancel = {
        .head = order_head(flow, COMMAND_CANCEL, account, whole_units(COMMAND_CANCEL)),
        .order_id = order_id,
    };
    return command_add(flow, &cancel, whole_units(COMMAND_CANCEL));
}

enum fault flow_put_amend(struct flow *flow, u32 account, u64 order_id, u64 lots)
{
    struct command_amend amend = {
        .head = order_head(flow, COMMAND_AMEND, account, whole_units(COMMAND_AMEND)),
        .order_id = order_id,
        .qty = amount_of(lots * flow->market.lot),
    };
    return command_add(flow, &amend, whole_units(COMMAND_AMEND));
}

enum fault flow_put_time(struct flow *flow, u64 time_us)
{
    while (flow->times.used / sizeof(u64) < flow->commands_count) {
        TRY(flow_table_add(&flow->times, span_of(&time_us, sizeof(time_us))));
    }
    return FAULT_NONE;
}

void flow_note(struct flow *flow, const char *name, u64 count)
{
    for (u32 i = 0; i < flow->notes_count; i += 1) {
        if (strcmp(flow->notes[i].name, name) == 0) {
            flow->notes[i].count += count;
            return;
        }
    }
    CHECK(flow->notes_count < FLOW_NOTES_MAX);
    flow->notes[flow->notes_count] = (struct flow_note){.name = name, .count = count};
    flow->notes_count += 1;
}

/* ---- setup ---- */

static enum fault setup_add(struct flow *flow, void *command, size_t bytes, u16 kind, u32 account)
{
    struct command_head head = {.kind = kind,
                                .units = (u8)(bytes / WIRE_UNIT),
                                .source = FLOW_SOURCE_SETUP,
                                .account = account,
                                .source_index = flow->setup_count + 1};
    memcpy(command, &head, sizeof(head));
    TRY(flow_table_add(&flow->setup, span_of(command, bytes)));
    flow->setup_count += 1;
    return FAULT_NONE;
}

static u32 pages_count(const struct flow *flow)
{
    u64 count = 0;
    for (size_t i = 0; i < flow->pages.used; i += 1) {
        count += (u32)__builtin_popcount(flow->pages.data[i]);
    }
    return (u32)u64_min(u64_max(count, 1), 1U << 22);
}

static enum fault put_genesis(struct flow *flow, u32 accounts)
{
    u32 orders = (u32)u64_min(u64_max(flow->orders_open_max, 1), 1U << 27);
    flow->limits = (struct command_genesis){
        .semantics_version = 1,
        .assets_max = ASSETS,
        .markets_max = 1,
        .networks_max = 1,
        .fee_tiers_max = 1,
        .accounts_max = accounts,
        .balance_rows_max = 3 * accounts,
        .positions_max = 1,
        .orders_max = orders,
        .extras_max = EXTRAS_MIN,
        .lists_max = 1,
        .holds_max = 1,
        .asset_limits_max = 1,
        .pages_max = pages_count(flow),
        .directory_max = flow->market.ticks_max / PAGE_TICKS + 1,
        .trailing_max = 1,
        .triggers_per_command_max = TRIGGERS_MAX,
    };
    TRY(setup_add(flow, &flow->limits, sizeof(flow->limits), COMMAND_GENESIS, 0));
    memcpy(&flow->limits, flow->setup.data, sizeof(flow->limits));
    return FAULT_NONE;
}

static enum fault put_asset(struct flow *flow, u16 asset, const char *name, u32 scale)
{
    struct command_asset_add add = {.asset = asset, .scale = (u8)scale};
    memcpy(add.name, name, strnlen(name, sizeof(add.name)));
    return setup_add(flow, &add, sizeof(add), COMMAND_ASSET_ADD, 0);
}

static enum fault put_market(struct flow *flow)
{
    struct command_market_add add = {
        .market = 0,
        .base = 0,
        .quote = 1,
        .state = MARKET_STATE_TRADING,
        .stp_default = STP_MODE_NONE,
        .stp_allowed = STP_ALLOWED_ALL,
        .types_allowed = TYPES_ALLOWED_ALL,
        .features = MARKET_FEATURE_ICEBERG | MARKET_FEATURE_OCO | MARKET_FEATURE_OTO |
                    MARKET_FEATURE_QUOTE_QTY | MARKET_FEATURE_TRAILING |
                    MARKET_FEATURE_CANCEL_REPLACE | MARKET_FEATURE_AMEND,
        .ticks_max = flow->market.ticks_max,
        .tick = price_of(flow->market.tick),
        .lot = amount_of(flow->market.lot),
        .iceberg_parts_max = ICEBERG_PARTS_MAX,
    };
    memcpy(add.name, flow->market.name, strnlen(flow->market.name, sizeof(add.name)));
    TRY(setup_add(flow, &add, sizeof(add), COMMAND_MARKET_ADD, 0));
    struct command_fee_set fees = {
        .standard_maker = FLOW_FEE_RATE,
        .standard_taker = FLOW_FEE_RATE,
    };
    return setup_add(flow, &fees, sizeof(fees), COMMAND_FEE_SET, 0);
}

static enum fault put_deposit(struct flow *flow, u32 account, u16 asset, u64 units)
{
    if (units == 0) {
        return FAULT_NONE;
    }
    struct command_deposit deposit = {
        .amount = amount_of(units), .reference = (u64)account + 1, .asset = asset};
    return setup_add(flow, &deposit, sizeof(deposit), COMMAND_DEPOSIT, account);
}

/* How often the needs must be halved so that all of them together fit into one asset. */
static u32 halvings_of(u128 sum)
{
    u32 halvings = 0;
    for (; sum > ASSET_UNITS_MAX; sum /= 2) {
        halvings += 1;
    }
    return halvings;
}

static enum fault put_accounts(struct flow *flow, u32 accounts)
{
    const struct flow_need *needs = (const struct flow_need *)(const void *)flow->needs.data;
    u128 base = 0;
    u128 quote = 0;
    for (u32 i = 0; i < accounts; i += 1) {
        struct command_account_add add = {.trade_group = UINT32_MAX};
        TRY(setup_add(flow, &add, sizeof(add), COMMAND_ACCOUNT_ADD, 0));
        base += needs[i].base;
        quote += needs[i].quote;
    }
    u32 base_halvings = halvings_of(base);
    u32 quote_halvings = halvings_of(quote);
    flow->needs_capped = base_halvings + quote_halvings > 0;
    for (u32 i = 0; i < accounts; i += 1) {
        TRY(put_deposit(flow, i, 0, needs[i].base >> base_halvings));
        TRY(put_deposit(flow, i, 1, needs[i].quote >> quote_halvings));
    }
    return FAULT_NONE;
}

enum fault flow_finish(struct flow *flow)
{
    CHECK(flow->market.value > 0 && flow->setup_count == 0);
    TRY(table_reach(&flow->needs, sizeof(struct flow_need)));
    u32 accounts = (u32)(flow->needs.used / sizeof(struct flow_need));
    TRY(put_genesis(flow, accounts));
    TRY(put_asset(flow, 0, flow->market.base, flow->market.base_scale));
    TRY(put_asset(flow, 1, flow->market.quote, flow->market.quote_scale));
    TRY(put_market(flow));
    TRY(put_accounts(flow, accounts));
    return FAULT_NONE;
}
