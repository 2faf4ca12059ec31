/* Aim: every refusal speaks the words of the public API, byte for byte, under its code, and a
 * refused command is told in one event with everything a client needs. Method: the messages copied
 * from the API's errors.md beside the refusals that use them, checked in both directions; then the
 * fields of the event. */
#include "core/refuse.h"

#include "tests/support/core_world.h"

#include <string.h>

struct words {
    i32 code;
    const char *text;
    enum reject rejects[28]; /* 0 ends */
};

/* API errors.md. Not there: "This symbol does not allow ..." (faqs/stp_faq.md),
 * PERCENT_PRICE_BY_SIDE and MAX_ASSET (filters.md names the filters); '%s' of -1108 is filled in.
 */
static const struct words table[] = {
    {-1008,
     "Server is currently overloaded with other requests. Please try again in a few minutes.",
     {REJECT_LIMIT_ACCOUNTS,      REJECT_LIMIT_BALANCE_ROWS, REJECT_LIMIT_POSITIONS,
      REJECT_LIMIT_ORDERS,        REJECT_LIMIT_EXTRAS,       REJECT_LIMIT_LISTS,
      REJECT_LIMIT_HOLDS,         REJECT_LIMIT_PAGES,        REJECT_LIMIT_DIRECTORY,
      REJECT_LIMIT_TRAILING,      REJECT_LIMIT_ASSET_LIMITS, REJECT_LIMIT_ASSETS,
      REJECT_LIMIT_MARKETS,       REJECT_LIMIT_KEYS,         REJECT_LIMIT_PERSONS,
      REJECT_LIMIT_PERSON_ROWS,   REJECT_LIMIT_PACKS,        REJECT_LIMIT_LICENCES,
      REJECT_LIMIT_REEVALUATIONS, REJECT_LIMIT_LINKS}},
    {-1013,
     "This symbol does not allow the specified self-trade prevention mode.",
     {REJECT_BAD_STP_MODE}},
    {-1013, "Filter failure: PRICE_FILTER", {REJECT_FILTER_PRICE}},
    {-1013, "Filter failure: PERCENT_PRICE", {REJECT_FILTER_PERCENT_PRICE}},
    {-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", {REJECT_FILTER_PERCENT_PRICE_BY_SIDE}},
    {-1013, "Filter failure: LOT_SIZE", {REJECT_FILTER_LOT_SIZE}},
    {-1013, "Filter failure: MARKET_LOT_SIZE", {REJECT_FILTER_MARKET_LOT_SIZE}},
    {-1013, "Filter failure: MIN_NOTIONAL", {REJECT_FILTER_MIN_NOTIONAL}},
    {-1013, "Filter failure: NOTIONAL", {REJECT_FILTER_NOTIONAL}},
    {-1013, "Filter failure: ICEBERG_PARTS", {REJECT_FILTER_ICEBERG_PARTS}},
    {-1013, "Filter failure: TRAILING_DELTA", {REJECT_FILTER_TRAILING_DELTA}},
    {-1013, "Filter failure: MAX_NUM_ORDERS", {REJECT_FILTER_MAX_NUM_ORDERS}},
    {-1013, "Filter failure: MAX_NUM_ALGO_ORDERS", {REJECT_FILTER_MAX_NUM_ALGO_ORDERS}},
    {-1013, "Filter failure: MAX_NUM_ICEBERG_ORDERS", {REJECT_FILTER_MAX_NUM_ICEBERG_ORDERS}},
    {-1013, "Filter failure: MAX_NUM_ORDER_LISTS", {REJECT_FILTER_MAX_NUM_ORDER_LISTS}},
    {-1013, "Filter failure: MAX_POSITION", {REJECT_FILTER_MAX_POSITION}},
    {-1013, "Filter failure: EXCHANGE_MAX_NUM_ORDERS", {REJECT_FILTER_EXCHANGE_MAX_NUM_ORDERS}},
    {-1013,
     "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS",
     {REJECT_FILTER_EXCHANGE_MAX_NUM_ALGO_ORDERS}},
    {-1013,
     "Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS",
     {REJECT_FILTER_EXCHANGE_MAX_NUM_ICEBERG_ORDERS}},
    {-1013,
     "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS",
     {REJECT_FILTER_EXCHANGE_MAX_NUM_ORDER_LISTS}},
    {-1013, "Filter failure: MAX_ASSET", {REJECT_FILTER_MAX_ASSET}},
    {-1100, "Illegal characters found in a parameter.", {REJECT_BAD_CLIENT_ID}},
    {-1108, "Parameter 'quantity' overflowed.", {REJECT_NOTIONAL_OVERFLOW}},
    {-1108, "Parameter 'amount' overflowed.", {REJECT_AMOUNT_OVERFLOW}},
    {-1115, "Invalid timeInForce.", {REJECT_BAD_TIME_IN_FORCE}},
    {-1116, "Invalid orderType.", {REJECT_BAD_TYPE, REJECT_TYPE_LIMIT_UNSUPPORTED}},
    {-1117, "Invalid side.", {REJECT_BAD_SIDE}},
    {-1121, "Invalid symbol.", {REJECT_UNKNOWN_MARKET}},
    {-1130,
     "Invalid data sent for a parameter.",
     {REJECT_UNKNOWN_ASSET,     REJECT_UNKNOWN_NETWORK,  REJECT_BAD_ENUM,
      REJECT_AMOUNT_ZERO,       REJECT_UNKNOWN_HOLD,     REJECT_HOLD_KIND,
      REJECT_SAME_ACCOUNT,      REJECT_ALREADY_EXISTS,   REJECT_BAD_DEFINITION,
      REJECT_MARKET_NOT_HALTED, REJECT_RESTING_OFF_GRID, REJECT_NO_GENESIS,
      REJECT_UNKNOWN_VERSION,   REJECT_UNKNOWN_COMMAND,  REJECT_BAD_TIER,
      REJECT_BAD_RATE,          REJECT_UNKNOWN_KEY,      REJECT_UNKNOWN_PERSON,
      REJECT_UNKNOWN_ROW,       REJECT_NEEDS_SECOND,     REJECT_PACK_FORM,
      REJECT_PACK_OVERLAP,      REJECT_PACK_UNCERTAIN,   REJECT_UNKNOWN_PACK}},
    {-1158, "Order type not supported in OCO.", {REJECT_LIST_TYPE}},
    {-1165, "A limit order in a buy OCO must be below.", {REJECT_LIST_BUY_LIMIT_NOT_BELOW}},
    {-1166, "A limit order in a sell OCO must be above.", {REJECT_LIST_SELL_LIMIT_NOT_ABOVE}},
    {-1168, "At least one OCO order must be contingent.", {REJECT_LIST_BOTH_LIMIT}},
    {-1196, "A stop loss order in a buy OCO must be above.", {REJECT_LIST_BUY_STOP_NOT_ABOVE}},
    {-1197, "A stop loss order in a sell OCO must be below.", {REJECT_LIST_SELL_STOP_NOT_BELOW}},
    {-1198, "A take profit order in a buy OCO must be below.", {REJECT_LIST_BUY_PROFIT_NOT_BELOW}},
    {-1199,
     "A take profit order in a sell OCO must be above.",
     {REJECT_LIST_SELL_PROFIT_NOT_ABOVE}},
    {-2010, "This account may not place or cancel orders.", {REJECT_UNKNOWN_ACCOUNT}},
    {-2010,
     "This action is disabled on this account.",
     {REJECT_ACCOUNT_DISABLED, REJECT_MONEY_DISABLED, REJECT_WITHDRAWAL_ON_HOLD,
      REJECT_ASSET_DISABLED, REJECT_UNKNOWN_LICENCE, REJECT_LICENCE_TIME, REJECT_LICENCE_OPERATION,
      REJECT_LICENCE_GROUND, REJECT_LICENCE_OTHER_RULE, REJECT_LICENCE_CEILING,
      REJECT_LICENCE_NO_RULE}},
    {-2010, "Market is closed.", {REJECT_MARKET_CLOSED}},
    {-2010,
     "Unsupported order combination",
     {REJECT_BAD_COMBINATION, REJECT_OTO_UNSUPPORTED, REJECT_NO_LAST_PRICE}},
    {-2010, "Market orders are not supported for this symbol.", {REJECT_TYPE_MARKET_UNSUPPORTED}},
    {-2010,
     "Stop loss orders are not supported for this symbol.",
     {REJECT_TYPE_STOP_LOSS_UNSUPPORTED}},
    {-2010,
     "Stop loss limit orders are not supported for this symbol.",
     {REJECT_TYPE_STOP_LOSS_LIMIT_UNSUPPORTED}},
    {-2010,
     "Take profit orders are not supported for this symbol.",
     {REJECT_TYPE_TAKE_PROFIT_UNSUPPORTED}},
    {-2010,
     "Take profit limit orders are not supported for this symbol.",
     {REJECT_TYPE_TAKE_PROFIT_LIMIT_UNSUPPORTED}},
    {-2010, "Iceberg orders are not supported for this symbol.", {REJECT_ICEBERG_UNSUPPORTED}},
    {-2010,
     "Trailing stop orders are not supported for this symbol.",
     {REJECT_TRAILING_UNSUPPORTED}},
    {-2010,
     "Quote order qty market orders are not support for this symbol.",
     {REJECT_QUOTE_QTY_UNSUPPORTED}},
    {-2010, "OCO orders are not supported for this symbol", {REJECT_OCO_UNSUPPORTED}},
    {-2010,
     "Order cancel-replace is not supported for this symbol.",
     {REJECT_CANCEL_REPLACE_UNSUPPORTED}},
    {-2010, "IcebergQty exceeds QTY.", {REJECT_ICEBERG_EXCEEDS_QTY}},
    {-2010, "Price * QTY is zero or less.", {REJECT_ZERO_NOTIONAL}},
    {-2010,
     "The relationship of the prices for the orders is not correct.",
     {REJECT_BAD_PRICE_RELATION}},
    {-2010,
     "Account has insufficient balance for requested action.",
     {REJECT_INSUFFICIENT_BALANCE, REJECT_CUSTODY_SHORT}},
    {-2010, "Duplicate order sent.", {REJECT_DUPLICATE_ORDER}},
    {-2010, "Order would immediately match and take.", {REJECT_WOULD_MATCH}},
    {-2010, "Order would trigger immediately.", {REJECT_WOULD_TRIGGER}},
    {-2010, "Order book liquidity is less than symbol minimum quantity.", {REJECT_NO_LIQUIDITY}},
    {-2010,
     "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.",
     {REJECT_LIQUIDITY_LOT_SIZE}},
    {-2010,
     "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.",
     {REJECT_LIQUIDITY_MARKET_LOT_SIZE}},
    {-2011, "This action is disabled on this account.", {REJECT_CANCEL_DISABLED}},
    {-2011, "Market is closed.", {REJECT_CANCEL_MARKET_CLOSED}},
    {-2011, "Unknown order sent.", {REJECT_UNKNOWN_ORDER}},
    {-2011, "Cancel order is invalid. Check origClOrdId and orderId.", {REJECT_CANCEL_NO_ID}},
    {-2011, "Order was not canceled due to cancel restrictions.", {REJECT_CANCEL_RESTRICTION}},
    {-2038, "Market is closed.", {REJECT_AMEND_MARKET_CLOSED}},
    {-2038, "This action is disabled on this account.", {REJECT_AMEND_DISABLED}},
    {-2038, "Order amend is not supported for this symbol.", {REJECT_AMEND_UNSUPPORTED}},
    {-2038, "Filter failure: MAX_NUM_ORDER_AMENDS", {REJECT_FILTER_MAX_NUM_ORDER_AMENDS}},
    {-2038, "Unknown order sent.", {REJECT_AMEND_UNKNOWN_ORDER}},
    {-2038, "Order amend (quantity increase) is not supported.", {REJECT_AMEND_INCREASE}},
    {-2038, "The requested action would change no state; rejecting", {REJECT_AMEND_NO_CHANGE}},
    {-2038, "Duplicate order sent.", {REJECT_AMEND_DUPLICATE}},
    {-2039, "Client order ID is not correct for this order ID.", {REJECT_CLIENT_ID_MISMATCH}},
};

static const struct words *words_of(u32 reject)
{
    for (u32 i = 0; i < ARRAY_COUNT(table); i++) {
        for (u32 k = 0; table[i].rejects[k] != REJECT_NONE; k++) {
            if (table[i].rejects[k] == (enum reject)reject) {
                return &table[i];
            }
        }
    }
    return NULL;
}

static void every_refusal_has_the_words_of_the_api(void **state)
{
    (void)state;
    for (u32 reject = 1; reject < REJECT_COUNT; reject++) {
        const struct words *words = words_of(reject);
        if (strcmp(reject_name(reject), "UNKNOWN") == 0) {
            assert_null(words);
            continue;
        }
        assert_non_null(words);
        assert_string_equal(reject_text(reject), words->text);
        assert_int_equal(reject_code(reject), words->code);
    }
}

static void no_words_are_listed_twice(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(table); i++) {
        assert_int_not_equal(table[i].rejects[0], REJECT_NONE);
        for (u32 k = 0; k < i; k++) {
            bool is_same =
                table[i].code == table[k].code && strcmp(table[i].text, table[k].text) == 0;
            assert_false(is_same);
        }
    }
}

/* ---- the event ---- */

static struct core_world world;

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static void a_refusal_is_told_in_full(void **state)
{
    (void)state;
    struct world_order terms = world_limit(SIDE_BUY, 9000, 1);
    terms.market = 5;
    struct command_order order = world_order_command(&terms);
    u64 seq = core_seq(world.core);
    world_refuses(&world, &order, COMMAND_ORDER, 3, REJECT_UNKNOWN_MARKET);
    const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
    assert_int_equal(event->head.units, sizeof *event / WIRE_UNIT);
    assert_int_equal(event->head.source, 1);
    assert_int_equal(event->head.account, 3);
    assert_int_equal(event->head.seq, seq + 1);
    assert_int_equal(event->market, 5); /* as given */
    assert_int_equal(event->reserved, 0);
}

/* The market stands in refusals of orders only. */
static void a_refusal_names_a_market_for_orders_only(void **state)
{
    (void)state;
    struct command_fee_set fees = {.market = 9};
    world_refuses(&world, &fees, COMMAND_FEE_SET, 0, REJECT_UNKNOWN_MARKET);
    const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
    assert_int_equal(event->market, 0);
    u8 record[512] = {0};
    const u16 kinds[] = {COMMAND_CANCEL, COMMAND_CANCEL_ALL,     COMMAND_CANCEL_LIST,
                         COMMAND_AMEND,  COMMAND_CANCEL_REPLACE, COMMAND_ORDER_LIST};
    const size_t offsets[] = {offsetof(struct command_cancel, market),
                              offsetof(struct command_cancel_all, market),
                              offsetof(struct command_cancel_list, market),
                              offsetof(struct command_amend, market),
                              offsetof(struct command_cancel_replace, market),
                              offsetof(struct command_order_list, market)};
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
        memset(record, 0, sizeof record);
        record[offsets[i]] = 9;
        world_refuses(&world, record, kinds[i], 0, REJECT_UNKNOWN_MARKET);
        event = world_event(&world, EVENT_REJECTED, 0);
        assert_int_equal(event->market, 9);
    }
}

static void apply_kind(u16 kind)
{
    struct command_head head = {.kind = kind, .units = 1, .source = 1, .source_index = 5};
    u8 record[WIRE_UNIT] = {0};
    memcpy(record, &head, sizeof head);
    world.output.used = 0;
    core_apply(world.core, (const struct command_head *)(const void *)record, &world.output);
}

/* command_check stops them before the journal; the core says no all the same. */
static void unknown_kinds_are_refused(void **state)
{
    (void)state;
    const u16 kinds[] = {0, COMMAND_KIND_COUNT, 999, UINT16_MAX};
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
        apply_kind(kinds[i]);
        ASSERT_KINDS(&world, EVENT_REJECTED);
        const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
        assert_int_equal(event->reject, REJECT_UNKNOWN_COMMAND);
        assert_int_equal(event->command, kinds[i]);
    }
}

static void only_limits_are_counted(void **state)
{
    (void)state;
    world_refuses_order(&world, 0, world_limit(SIDE_BUY, 0, 0), REJECT_BAD_COMBINATION);
    assert_int_equal(core_counts_of(world.core).rejected_limits, 0);
    world.core->accounts_count = world.core->limits.accounts_max;
    struct command_account_add account = {.fee_tier = 0};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    world_assert_reject(world_reject(&world), REJECT_LIMIT_ACCOUNTS);
    assert_int_equal(core_counts_of(world.core).rejected_limits, 1);
    world.core->accounts_count = WORLD_ACCOUNTS;
}

static NEVER_INLINE void refuse_for_no_reason(void)
{
    struct command_head head = {.kind = COMMAND_ORDER};
    refuse(world.core, &head, REJECT_NONE, REJECT_PHASE_WHOLE, 0, 0);
}

static void refusing_for_no_reason_is_our_fault(void **state)
{
    (void)state;
    expect_assert_failure(refuse_for_no_reason());
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_has_the_words_of_the_api),
        cmocka_unit_test(no_words_are_listed_twice),
        EXAMPLE(a_refusal_is_told_in_full),
        EXAMPLE(a_refusal_names_a_market_for_orders_only),
        EXAMPLE(unknown_kinds_are_refused),
        EXAMPLE(only_limits_are_counted),
        EXAMPLE(refusing_for_no_reason_is_our_fault),
    };
    return cmocka_run_group_tests_name("refuse", tests, NULL, NULL);
}
