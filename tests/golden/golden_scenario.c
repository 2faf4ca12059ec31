/* A day at a small venue, made by hand so that every kind of command and of event, every way for an
 * order to end, every mode of self-trade prevention and every cause of a ledger entry is met. Units
 * as in tests/support/core_world.h: prices in 0.01, quantities in 0.0001. */
#include "tests/golden/golden_writer.h"
#include "tests/support/core_world.h"

#include <string.h>

static struct golden_writer *out;

static void command(const void *record, u16 kind, u32 account)
{
    golden_writer_command(out, record, kind, account);
}

/* A later moment; commands in between share one. */
static void minutes_later(u64 minutes)
{
    golden_writer_time(out, out->time_us + minutes * 60000000);
}

static void place(u32 account, struct world_order order)
{
    struct command_order record = world_order_command(&order);
    command(&record, COMMAND_ORDER, account);
}

static void buy(u32 account, u64 price, u64 qty)
{
    place(account, world_limit(SIDE_BUY, price, qty));
}

static void sell(u32 account, u64 price, u64 qty)
{
    place(account, world_limit(SIDE_SELL, price, qty));
}

static struct world_order with_client(struct world_order order, const char *client)
{
    order.client = client;
    return order;
}

static struct world_order with_stp(struct world_order order, u8 stp)
{
    order.stp = stp;
    return order;
}

static struct world_order with_tif(struct world_order order, u8 tif)
{
    order.tif = tif;
    return order;
}

static void trade_at(u64 price)
{
    sell(5, price, 1);
    buy(4, price, 1);
}

static void list(u32 account, u8 kind, const struct world_order *legs, u32 count,
                 const char *client)
{
    struct command_order_list record = world_list_command(kind, legs, count);
    record.list_client = world_client(client);
    command(&record, COMMAND_ORDER_LIST, account);
}

/* Refused where there is nothing to cancel, which is as well. */
static void cancel_all(u32 account)
{
    struct command_cancel_all record = {.market = 0};
    command(&record, COMMAND_CANCEL_ALL, account);
}

static void market_state(u8 state)
{
    struct command_market_state record = {.state = state};
    command(&record, COMMAND_MARKET_STATE, 0);
}

static void restrict_to(u32 account, u64 restrictions)
{
    struct command_restrict record = {.restrictions = restrictions, .cause = 3};
    command(&record, COMMAND_RESTRICT, account);
}

/* ---- the venue ---- */

static void define_venue(void)
{
    struct command_genesis genesis = world_limits();
    genesis.triggers_per_command_max = 3;
    genesis.lists_max = 2;
    command(&genesis, COMMAND_GENESIS, 0);
    struct command_activate_version version = {.semantics_version = 1};
    command(&version, COMMAND_ACTIVATE_VERSION, 0);
    static const char *const names[] = {"BTC", "USDT", "EUR"};
    for (u16 i = 0; i < ARRAY_COUNT(names); i++) {
        struct command_asset_add asset = {.asset = i, .scale = i == 2 ? 2 : 8};
        memcpy(asset.name, names[i], strlen(names[i]));
        command(&asset, COMMAND_ASSET_ADD, 0);
    }
    struct command_market_add market = world_definition();
    command(&market, COMMAND_MARKET_ADD, 0);
    market.market = 1;
    market.quote = 2;
    market.lot = amount_of(100000000); /* whole BTC for cents */
    memcpy(market.name, "BTCEUR\0", 7);
    command(&market, COMMAND_MARKET_ADD, 0);
    struct command_fee_set fees = {.standard_maker = 100000,
                                   .standard_taker = 150000,
                                   .standard_buyer = 7,
                                   .special_seller = 11,
                                   .tax_taker = 13};
    command(&fees, COMMAND_FEE_SET, 0);
    for (u32 i = 0; i < WORLD_ACCOUNTS; i++) {
        struct command_account_add account = {.trade_group = i == 2 || i == 3 ? 1 : 0xFFFFFFFFU,
                                              .fee_tier = (u16)(i % 2)};
        command(&account, COMMAND_ACCOUNT_ADD, 0);
        for (u16 asset = 0; asset < 3; asset++) {
            struct command_deposit deposit = {.amount = amount_of(WORLD_FUNDS),
                                              .reference = 1000 + i,
                                              .asset = asset,
                                              .network = asset == 2 ? 1 : 0};
            command(&deposit, COMMAND_DEPOSIT, i);
        }
    }
    struct command_account_set set = {.trade_group = 0xFFFFFFFFU, .fee_tier = 1};
    command(&set, COMMAND_ACCOUNT_SET, 4);
}

static void change_definitions(void)
{
    struct command_genesis limits = world_limits();
    struct command_limits_set more;
    memcpy(&more, &limits, sizeof more);
    more.reserved = 0;
    more.orders_max = 500;
    command(&more, COMMAND_LIMITS_SET, 0);
    more.assets_max = 1; /* refused: three are in use */
    command(&more, COMMAND_LIMITS_SET, 0);
    struct command_market_add market = world_definition();
    market.amends_max = 3;
    market.min_notional = amount_of(50 * WORLD_VALUE);
    market.percent_up = 50000;
    market.percent_minutes = 5;
    command(&market, COMMAND_MARKET_SET, 0);
    market.tick = price_of(5 * WORLD_TICK); /* refused: not halted */
    command(&market, COMMAND_MARKET_SET, 0);
    struct command_venue_filters filters = {.orders_max = 100, .lists_max = 10};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    struct command_asset_limit limit = {.limit = amount_of(100 * WORLD_COIN), .asset = WORLD_BTC};
    command(&limit, COMMAND_ASSET_LIMIT, 1);
    limit.limit = AMOUNT_ZERO;
    command(&limit, COMMAND_ASSET_LIMIT, 2);
}

/* ---- orders ---- */

static void plain_orders(void)
{
    buy(0, 9900, 100);
    buy(1, 9900, 50);
    place(0, with_client(world_limit(SIDE_SELL, 10100, 70), "offer-one"));
    sell(1, 10100, 30);
    minutes_later(1);
    buy(2, 10100, 80);                                                       /* two trades */
    sell(3, 9900, 400);                                                      /* and a rest */
    place(2, with_tif(world_limit(SIDE_BUY, 9900, 500), TIME_IN_FORCE_IOC)); /* unfilled_ioc */
    place(2, with_tif(world_limit(SIDE_BUY, 9900, 500), TIME_IN_FORCE_FOK)); /* unfilled_fok */
    place(2, world_maker(SIDE_BUY, 20000, 1));                               /* refused */
    place(2, world_maker(SIDE_BUY, 9000, 1));
    place(2, with_client(world_limit(SIDE_BUY, 9001, 1), "nine-long"));
    place(2, with_client(world_limit(SIDE_BUY, 9002, 1), "an-id-of-thirty-six-symbols-0123456"));
    place(2, with_client(world_limit(SIDE_BUY, 9003, 1), "nine-long")); /* duplicate */
    place(9, world_limit(SIDE_BUY, 9003, 1));                           /* no such account */
}

static void market_orders(void)
{
    sell(1, 10200, 20);
    place(0, world_market(SIDE_BUY, 10));   /* filled */
    place(0, world_market(SIDE_BUY, 5000)); /* insufficient_liquidity */
    buy(1, 9800, 300);
    struct world_order quoted = world_market(SIDE_SELL, 0);
    quoted.quote = 150;
    place(0, quoted);
    struct world_order iceberg = world_limit(SIDE_SELL, 10300, 90);
    iceberg.iceberg = 20;
    iceberg.strategy_id = -7;
    iceberg.strategy_type = 1000000;
    place(0, iceberg);
    buy(1, 10300, 50); /* three slices */
}

static void prevention(void)
{
    for (u8 mode = STP_MODE_NONE; mode < STP_MODE_COUNT; mode++) {
        place(2, with_stp(world_limit(SIDE_SELL, 10000, 30), STP_MODE_TRANSFER));
        place(3, with_stp(world_limit(SIDE_BUY, 10000, 20), mode));
        place(3, with_stp(world_market(SIDE_BUY, 5), mode));
        cancel_all(2);
        cancel_all(3);
        minutes_later(1);
    }
    place(2, world_limit(SIDE_SELL, 10000, 30));
    place(3, with_stp(world_market(SIDE_BUY, 5), STP_MODE_DECREMENT)); /* expired_in_match */
    cancel_all(2);
}

static void price_range(void)
{
    struct command_market_add market = world_definition();
    market.range_bid_up = 10100;
    command(&market, COMMAND_MARKET_SET, 0);
    struct command_reference_price reference = {.price = price_of(10000 * WORLD_TICK),
                                                .calculation = 1};
    command(&reference, COMMAND_REFERENCE_PRICE, 0);
    sell(1, 10500, 5);
    buy(0, 10600, 5); /* price_range_exceeded */
    reference.price = price_of(0);
    command(&reference, COMMAND_REFERENCE_PRICE, 0);
    cancel_all(0);
    cancel_all(1);
}

/* ---- stops and lists ---- */

static void stops(void)
{
    trade_at(10000);
    place(0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9500, 10));
    place(0, world_stop(ORDER_TYPE_TAKE_PROFIT, SIDE_SELL, 10500, 10));
    struct world_order limit = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY, 10500, 10);
    limit.price = 10600;
    place(1, limit);
    struct world_order trailing = world_stop(ORDER_TYPE_TAKE_PROFIT_LIMIT, SIDE_BUY, 9500, 10);
    trailing.price = 9400;
    trailing.trailing = 200;
    place(1, trailing);
    buy(2, 9300, 100);
    trade_at(10500);
    minutes_later(2);
    trade_at(9400);
    trade_at(9600); /* the trailing one turned */
    for (u32 i = 0; i < 8; i++) {
        place(0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9550, 1));
    }
    trade_at(9550); /* three at once, the others later */
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    command(&on, COMMAND_CONTINUE, 0);
    market_state(MARKET_STATE_HALT);
    market_state(MARKET_STATE_CANCEL_ONLY);
    buy(0, 9000, 1); /* closed */
    market_state(MARKET_STATE_BREAK);
    cancel_all(0); /* closed */
    market_state(MARKET_STATE_TRADING);
    command(&on, COMMAND_CONTINUE, 0);
}

/* A stop that cannot pay what the book asks: funds_exhausted. */
static void poor_stop(void)
{
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    command(&account, COMMAND_ACCOUNT_ADD, 0);
    struct command_transfer transfer = {.amount = amount_of(10 * 10000 * WORLD_VALUE),
                                        .target_account = WORLD_ACCOUNTS,
                                        .asset = WORLD_USDT};
    command(&transfer, COMMAND_TRANSFER, 0);
    trade_at(9900);
    place(WORLD_ACCOUNTS, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 10000, 10));
    sell(1, 12000, 20);
    trade_at(10000);
}

static void lists(void)
{
    trade_at(10000);
    const struct world_order pair[] = {
        with_client(world_maker(SIDE_SELL, 11000, 10), "above"),
        with_client(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 10), "below")};
    list(0, LIST_KIND_OCO, pair, 2, "pair");
    const struct world_order chain[] = {world_limit(SIDE_BUY, 9800, 10),
                                        world_limit(SIDE_SELL, 10900, 10)};
    list(1, LIST_KIND_OTO, chain, 2, "chain");
    list(2, LIST_KIND_OTO, chain, 2, "one-too-many"); /* lists_max is 2 */
    sell(3, 9800, 10);                                /* the chain's pending leg starts */
    buy(4, 11000, 14);                                /* the chain, then oco_trigger */
    const struct world_order bracket[] = {world_limit(SIDE_BUY, 9700, 10),
                                          world_maker(SIDE_SELL, 10800, 10),
                                          world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9100, 10)};
    list(2, LIST_KIND_OTOCO, bracket, 3, "bracket");
    sell(3, 9700, 10);
    struct command_cancel_list by_client = {.client = world_client("bracket")};
    command(&by_client, COMMAND_CANCEL_LIST, 2);
    struct world_order unfilled[] = {with_tif(world_limit(SIDE_BUY, 5000, 10), TIME_IN_FORCE_IOC),
                                     world_limit(SIDE_SELL, 10900, 10)};
    list(1, LIST_KIND_OTO, unfilled, 2, NULL); /* oto_phase_one_expired */
    struct world_order poor[] = {world_limit(SIDE_BUY, 9600, 1),
                                 world_limit(SIDE_SELL, 10900, 900000000)};
    list(2, LIST_KIND_OTO, poor, 2, NULL);
    sell(3, 9600, 20); /* rejected */
    cancel_all(0);
    cancel_all(1);
}

/* ---- cancel, replace, amend ---- */

static void changes(void)
{
    place(0, with_client(world_limit(SIDE_BUY, 9000, 100), "to-amend"));
    struct command_amend amend = {.qty = amount_of(60 * WORLD_LOT),
                                  .client = world_client("to-amend"),
                                  .new_client = world_client("amended")};
    command(&amend, COMMAND_AMEND, 0);
    command(&amend, COMMAND_AMEND, 0); /* no longer there under that name */
    struct world_order terms = with_client(world_limit(SIDE_BUY, 9100, 10), "replacement");
    struct command_order order = world_order_command(&terms);
    struct command_cancel_replace replace = {.price = order.price,
                                             .qty = order.qty,
                                             .side = order.side,
                                             .client = order.client,
                                             .target_client = world_client("amended")};
    command(&replace, COMMAND_CANCEL_REPLACE, 0);
    command(&replace, COMMAND_CANCEL_REPLACE, 0); /* its cancel fails */
    replace.mode = REPLACE_MODE_ALLOW_FAILURE;
    command(&replace, COMMAND_CANCEL_REPLACE, 0); /* and its new order too */
    struct command_cancel cancel = {.client = world_client("replacement"),
                                    .restriction = CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED};
    command(&cancel, COMMAND_CANCEL, 0);
    cancel.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    command(&cancel, COMMAND_CANCEL, 0);
    buy(1, 9000, 5);
    restrict_to(1, RESTRICTION_HOLD); /* exchange_canceled */
    buy(1, 9000, 5);                  /* refused */
    restrict_to(1, 0);
}

/* ---- money ---- */

static void money(void)
{
    struct command_withdraw_hold out_hold = {
        .amount = amount_of(5 * WORLD_COIN), .fee = amount_of(1000), .asset = WORLD_USDT};
    struct command_withdraw_settle settle = {.hold_id = 1};
    struct command_hold_release release = {.hold_id = 2, .cause = 8};
    for (u32 i = 0; i < 3; i++) {
        command(&out_hold, COMMAND_WITHDRAW_HOLD, 0);
    }
    command(&settle, COMMAND_WITHDRAW_SETTLE, 0); /* settle and fee */
    command(&release, COMMAND_HOLD_RELEASE, 0);
    restrict_to(0, (u64)RESTRICTION_FREEZE << 2 * OPERATION_WITHDRAW);
    settle.hold_id = 3;
    command(&settle, COMMAND_WITHDRAW_SETTLE, 0); /* fallback */
    restrict_to(0, (u64)RESTRICTION_HOLD << 2 * OPERATION_DEPOSIT);
    struct command_deposit deposit = {.amount = amount_of(700), .asset = 2, .network = 1};
    command(&deposit, COMMAND_DEPOSIT, 0); /* held twice */
    command(&deposit, COMMAND_DEPOSIT, 0);
    release.hold_id = 4;
    command(&release, COMMAND_HOLD_RELEASE, 0);
    release.hold_id = 5;
    command(&release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU); /* returned */
    command(&release, COMMAND_HOLD_RELEASE, 0);           /* gone */
    restrict_to(0, 0);
    struct command_transfer transfer = {
        .amount = amount_of(33), .target_account = 3, .asset = WORLD_BTC};
    command(&transfer, COMMAND_TRANSFER, 2);
    struct command_adjust adjust = {.amount = amount_of(44), .asset = 2, .reason = 5};
    command(&adjust, COMMAND_ADJUST, 2);
    adjust.direction = DIRECTION_OUT;
    command(&adjust, COMMAND_ADJUST, 3);
}

/* A command that a later record says to skip. */
static void voided_command(void)
{
    minutes_later(1);
    u64 seq = out->seq_next;
    buy(0, 8000, 5);
    buy(0, 8001, 5);
    minutes_later(1);
    struct command_void record = {.void_seq = seq, .code = 1};
    command(&record, COMMAND_VOID, 0);
    minutes_later(1);
}

/* What stays open, so that the state at the end has some of everything. */
static void leave_open(void)
{
    buy(0, 9000, 10);
    sell(1, 11000, 10);
    const struct world_order pair[] = {world_maker(SIDE_SELL, 11500, 10),
                                       world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 8000, 10)};
    list(2, LIST_KIND_OCO, pair, 2, "left");
    struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 0, 5);
    trailing.trailing = 300;
    place(3, trailing);
    struct command_withdraw_hold hold = {.amount = amount_of(9), .asset = WORLD_BTC, .network = 1};
    command(&hold, COMMAND_WITHDRAW_HOLD, 5);
    struct world_order whole = {.price = 30000, .qty = 10000, .side = SIDE_BUY, .market = 1};
    place(4, whole);
    whole.side = SIDE_SELL;
    place(5, whole);
}

/* Of the commands of this part, those that version 1 had not yet. */
static void keys_and_tests(void)
{
    struct command_note note = {.actor = 2, .reason = 14};
    command(&note, COMMAND_NOTE, 0);
    struct command_key_set set = {.rights = 3, .actor = 2, .reason = 14, .key_kind = KEY_KIND_HMAC};
    for (u32 i = 0; i < 4; i++) {
        memset(set.key_id, (int)(0xC0 - i), sizeof set.key_id);
        command(&set, COMMAND_KEY_SET, i);
    }
    command(&set, COMMAND_KEY_SET, 4); /* another's */
    set.rights = 1;
    command(&set, COMMAND_KEY_SET, 3);
    struct command_key_revoke revoke = {.actor = 2, .reason = 15};
    memset(revoke.key_id, 0xBF, sizeof revoke.key_id);
    command(&revoke, COMMAND_KEY_REVOKE, 1);
    command(&revoke, COMMAND_KEY_REVOKE, 1);
    set.key_kind = KEY_KIND_ED25519;
    memset(set.key_id, 0xBE, sizeof set.key_id - 1);
    memset(set.public_key, 0x11, sizeof set.public_key);
    command(&set, COMMAND_KEY_SET, 5);
    struct world_order terms = world_limit(SIDE_BUY, 10000, 1000000000); /* beyond all funds */
    struct command_order test = world_order_command(&terms);
    test.flags = (u8)(test.flags | ORDER_FLAG_TEST);
    command(&test, COMMAND_ORDER, 1);
    test.qty = amount_of(1);
    command(&test, COMMAND_ORDER, 1);
}

void golden_scenario(struct golden_writer *writer)
{
    out = writer;
    golden_writer_time(out, 1700000000000000ULL);
    define_venue();
    minutes_later(1);
    plain_orders();
    minutes_later(1);
    market_orders();
    cancel_all(0);
    cancel_all(1);
    cancel_all(3);
    minutes_later(1);
    change_definitions();
    prevention();
    price_range();
    minutes_later(1);
    stops();
    cancel_all(0);
    cancel_all(1);
    poor_stop();
    minutes_later(70); /* every bucket of the averages is old */
    lists();
    changes();
    money();
    keys_and_tests();
    voided_command();
    leave_open();
}
