/* Aim: user data events are told as documented, byte for byte, to whom they concern, in their
 * order. Method: calls and commands against the scene's venue; what each account is told. */
#include "role/gateway/user_event.h"

#include "role/gateway/trade_answer.h"
#include "role/gateway/user_json.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_ORDER "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&"
#define NOW_US      (CALL_SCENE_TIME_US + 2000)
#define TOLD_BYTES  65536U

static struct call_scene scene;
static struct user_events *made;
static void *made_memory;
static char told[WORLD_ACCOUNTS][TOLD_BYTES]; /* events of the last command, a line each */
static u32 deaf;                              /* bit: nobody listens to this account */
static u32 fills[2];                          /* first fills of takers, of makers */
static bool microseconds;

static bool listens(struct user_sink *sink, u32 account)
{
    (void)sink;
    return (deaf >> account & 1) == 0;
}

static void on_event(struct user_sink *sink, u32 account, struct user_event *event)
{
    (void)sink;
    assert_false(deaf >> account & 1);
    struct span text = user_event_text(event, microseconds);
    struct span again = user_event_text(event, microseconds);
    assert_true(text.data == again.data && text.size == again.size);
    size_t used = strlen(told[account]);
    assert_true(used + text.size + 2 < TOLD_BYTES);
    memcpy(told[account] + used, text.data, text.size);
    memcpy(told[account] + used + text.size, "\n", 2);
}

static void on_filled(struct user_sink *sink, u32 account, bool is_maker)
{
    (void)sink;
    (void)account;
    fills[is_maker]++;
}

static const struct call_state *sender(struct user_sink *sink, u8 source, u64 source_index)
{
    (void)sink;
    return source == 1 && source_index == scene.world.source_index ? &scene.call.state : NULL;
}

static struct user_sink sink = {
    .listens = listens, .event = on_event, .filled = on_filled, .sender = sender};

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    struct command_fee_set fees = {.standard_maker = 100000, .standard_taker = 200000};
    world_apply(&scene.world, &fees, COMMAND_FEE_SET, 0);
    call_scene_follow(&scene);
    size_t bytes = (user_events_footprint() + 63) & ~(size_t)63;
    struct arena arena;
    made_memory = aligned_alloc(64, bytes);
    assert_non_null(made_memory);
    memset(made_memory, 0, bytes);
    arena_init(&arena, made_memory, bytes);
    assert_int_equal(user_events_open(&made, &arena), FAULT_NONE);
    deaf = 0;
    microseconds = false;
    memset(fills, 0, sizeof fills);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    free(made_memory);
    return 0;
}

/* Tells what the world's last command meant. */
static void tell_at(u64 now_us)
{
    memset(told, 0, sizeof told);
    user_events_tell(made, scene.view.view,
                     span_of(scene.world.output.data, scene.world.output.used), now_us, &sink);
}

static void tell(void)
{
    tell_at(NOW_US);
}

static void call(u32 account, enum endpoint_id endpoint, const char *query)
{
    (void)call_scene_run(&scene, account, endpoint, query);
    tell();
}

static void place(u32 account, const char *query)
{
    call_scene_does(&scene, account, ENDPOINT_ORDER_PLACE, query);
    tell();
}

static void command(const void *record, u16 kind, u32 account)
{
    world_apply(&scene.world, record, kind, account);
    world_assert_reject(world_reject(&scene.world), REJECT_NONE);
    call_scene_follow(&scene);
    tell();
}

static void expect(u32 account, const char *events)
{
    assert_string_equal(told[account], events);
}

/* ---- executionReport ---- */

static void tells_of_new_orders(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=a1");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"a1\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":24,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19950.00000000\",\"l\":\"50.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    expect(1, "");
    microseconds = true;
    place(0, LIMIT_ORDER "side=BUY&price=99&quantity=1&newClientOrderId=a2&icebergQty=0.5"
                         "&strategyId=7&strategyType=1000001");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002000,\"s\":\"BTCUSDT\","
              "\"c\":\"a2\",\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.50000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"j\":7,\"J\":1000001,\"W\":1795000000000000,"
              "\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002000,"
              "\"u\":1795000000000000,\"B\":[{\"a\":\"USDT\",\"f\":\"19851.00000000\","
              "\"l\":\"149.00000000\"},{\"a\":\"BTC\",\"f\":\"20000.00000000\","
              "\"l\":\"0.00000000\"}]}\n");
}

static void tells_of_trades(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5&newClientOrderId=b1");
    place(0, LIMIT_ORDER "side=BUY&price=101&quantity=0.7&newClientOrderId=b2");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"b2\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.70000000\","
              "\"p\":\"101.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"b2\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.70000000\","
              "\"p\":\"101.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"PARTIALLY_FILLED\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.50000000\",\"z\":\"0.50000000\",\"L\":\"100.00000000\","
              "\"n\":\"0.00100000\",\"N\":\"BTC\",\"T\":1795000000000,\"t\":1,\"I\":25,"
              "\"w\":true,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"50.00000000\","
              "\"Y\":\"50.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19929.80000000\",\"l\":\"20.20000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.49900000\",\"l\":\"0.00000000\"}]}\n");
    expect(1, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"b1\","
              "\"S\":\"SELL\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"FILLED\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.50000000\",\"z\":\"0.50000000\",\"L\":\"100.00000000\","
              "\"n\":\"0.05000000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":1,\"I\":25,"
              "\"w\":false,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"50.00000000\","
              "\"Y\":\"50.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20049.95000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.50000000\",\"l\":\"0.00000000\"}]}\n");
    assert_true(fills[0] == 1 && fills[1] == 1);
    place(1, "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.2&newClientOrderId=b3");
    expect(1, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"b3\","
              "\"S\":\"SELL\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.20000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"b3\","
              "\"S\":\"SELL\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.20000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"FILLED\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.20000000\",\"z\":\"0.20000000\",\"L\":\"101.00000000\","
              "\"n\":\"0.04040000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":2,\"I\":26,"
              "\"w\":false,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"20.20000000\","
              "\"Y\":\"20.20000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20070.10960000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.30000000\",\"l\":\"0.00000000\"}]}\n");
    assert_true(fills[0] == 2 && fills[1] == 1);
}

/* An iceberg that meets one taker twice: its sums rise from report to report. */
static void adds_up_within_a_command(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=1&icebergQty=0.4&newClientOrderId=c1");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=c2");
    expect(1, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"c1\","
              "\"S\":\"SELL\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.40000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"PARTIALLY_FILLED\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.40000000\",\"z\":\"0.40000000\",\"L\":\"100.00000000\","
              "\"n\":\"0.04000000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":1,\"I\":25,"
              "\"w\":true,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"40.00000000\","
              "\"Y\":\"40.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"c1\","
              "\"S\":\"SELL\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.40000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"PARTIALLY_FILLED\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.10000000\",\"z\":\"0.50000000\",\"L\":\"100.00000000\","
              "\"n\":\"0.01000000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":2,\"I\":25,"
              "\"w\":true,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"50.00000000\","
              "\"Y\":\"10.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20049.95000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.00000000\",\"l\":\"0.50000000\"}]}\n");
    assert_true(fills[0] == 1 && fills[1] == 1);
}

static void tells_of_expired_orders(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5&newClientOrderId=d1");
    place(0, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.7&newClientOrderId=d2");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d2\","
              "\"S\":\"BUY\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.70000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d2\","
              "\"S\":\"BUY\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.70000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"PARTIALLY_FILLED\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.50000000\",\"z\":\"0.50000000\",\"L\":\"100.00000000\","
              "\"n\":\"0.00100000\",\"N\":\"BTC\",\"T\":1795000000000,\"t\":1,\"I\":25,"
              "\"w\":true,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"50.00000000\","
              "\"Y\":\"50.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d2\","
              "\"S\":\"BUY\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.70000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.50000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"50.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\","
              "\"eR\":\"INSUFFICIENT_LIQUIDITY\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19950.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.49900000\",\"l\":\"0.00000000\"}]}\n");
    place(0, "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&price=100&quantity=0.6"
             "&newClientOrderId=d3");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d3\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"FOK\",\"q\":\"0.60000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d3\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"FOK\",\"q\":\"0.60000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\","
              "\"eR\":\"UNFILLED_FOK_ORDER_EXPIRED\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19950.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.49900000\",\"l\":\"0.00000000\"}]}\n");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=d4");
    struct command_restrict restrict_ = {.restrictions = 2};
    command(&restrict_, COMMAND_RESTRICT, 0);
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"d4\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":28,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\","
              "\"eR\":\"EXCHANGE_CANCELED\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19950.00000000\",\"l\":\"0.00000000\"}]}\n");
}

static void tells_of_canceled_orders(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=e1");
    call(0, ENDPOINT_ORDER_CANCEL, "symbol=BTCUSDT&orderId=1&newClientOrderId=e2");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"e2\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"e1\",\"x\":\"CANCELED\",\"X\":\"CANCELED\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=e3");
    call(0, ENDPOINT_ORDER_CANCEL, "symbol=BTCUSDT&orderId=2");
    struct client_id given = trade_cancel_client(view_place(scene.view.view).seq);
    char name[CLIENT_ID_SYMBOLS_MAX + 1];
    (void)client_id_print(&given, name);
    assert_non_null(strstr(scene.text, name)); /* the answer */
    assert_non_null(strstr(told[0], name));    /* and the event */
}

static void tells_of_stops(void **state)
{
    (void)state;
    place(4, LIMIT_ORDER "side=SELL&price=100&quantity=0.0001");
    place(5, LIMIT_ORDER "side=BUY&price=100&quantity=0.0001");
    place(0, "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1&price=89"
             "&stopPrice=90&trailingDelta=50&newClientOrderId=f1");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"f1\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS_LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"89.00000000\",\"P\":\"90.00000000\",\"d\":50,\"F\":\"0.00000000\","
              "\"g\":-1,\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"D\":-1,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.00000000\",\"l\":\"1.00000000\"}]}\n");
    place(0, "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=1&stopPrice=90"
             "&newClientOrderId=f2");
    place(4, LIMIT_ORDER "side=SELL&price=90&quantity=0.0001");
    place(1, LIMIT_ORDER "side=BUY&price=88&quantity=0.5");
    place(5, LIMIT_ORDER "side=BUY&price=90&quantity=0.0001");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"f2\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"0.00000000\",\"P\":\"90.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":30,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"f2\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"0.00000000\",\"P\":\"90.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"PARTIALLY_FILLED\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.50000000\",\"z\":\"0.50000000\",\"L\":\"88.00000000\","
              "\"n\":\"0.08800000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":3,\"I\":30,"
              "\"w\":true,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"44.00000000\","
              "\"Y\":\"44.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"f2\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"0.00000000\",\"P\":\"90.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.00000000\",\"z\":\"0.50000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":30,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"44.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\","
              "\"eR\":\"INSUFFICIENT_LIQUIDITY\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"f1\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS_LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"89.00000000\",\"P\":\"90.00000000\",\"d\":50,\"F\":\"0.00000000\","
              "\"g\":-1,\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":30,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"D\":-1,\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20043.91200000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19998.50000000\",\"l\":\"1.00000000\"}]}\n");
}

static void tells_of_prevented_matches(void **state)
{
    (void)state;
    place(2, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=g1");
    place(3, LIMIT_ORDER "side=SELL&price=99&quantity=3&newClientOrderId=g2"
                         "&selfTradePreventionMode=EXPIRE_BOTH");
    expect(2, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g1\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE_PREVENTION\",\"X\":\"EXPIRED_IN_MATCH\",\"r\":\"NONE\","
              "\"i\":1,\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\","
              "\"n\":\"0\",\"N\":null,\"T\":1795000000000,\"t\":-1,\"v\":1,\"I\":25,"
              "\"w\":false,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\","
              "\"Y\":\"0.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\","
              "\"A\":\"0.50000000\",\"B\":\"0.50000000\",\"u\":1,\"U\":2,\"Cs\":\"BTCUSDT\","
              "\"pl\":\"0.50000000\",\"pL\":\"100.00000000\",\"pY\":\"50.00000000\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    expect(3, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g2\","
              "\"S\":\"SELL\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"3.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"EXPIRE_BOTH\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g2\","
              "\"S\":\"SELL\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"3.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE_PREVENTION\",\"X\":\"EXPIRED_IN_MATCH\",\"r\":\"NONE\","
              "\"i\":2,\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\","
              "\"n\":\"0\",\"N\":null,\"T\":1795000000000,\"t\":-1,\"v\":1,\"I\":25,"
              "\"w\":false,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\","
              "\"Y\":\"0.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,"
              "\"V\":\"EXPIRE_BOTH\",\"A\":\"3.00000000\",\"B\":\"3.00000000\",\"u\":1,\"U\":1,"
              "\"Cs\":\"BTCUSDT\",\"pl\":\"0.50000000\",\"pL\":\"100.00000000\","
              "\"pY\":\"50.00000000\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
}

static void tells_of_decremented_orders(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=99&quantity=1&newClientOrderId=g3");
    place(0, "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.4&newClientOrderId=g4"
             "&selfTradePreventionMode=DECREMENT");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g4\","
              "\"S\":\"SELL\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.40000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"DECREMENT\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g4\","
              "\"S\":\"SELL\",\"o\":\"MARKET\",\"f\":\"GTC\",\"q\":\"0.40000000\","
              "\"p\":\"0.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE_PREVENTION\",\"X\":\"EXPIRED_IN_MATCH\",\"r\":\"NONE\","
              "\"i\":2,\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\","
              "\"n\":\"0\",\"N\":null,\"T\":1795000000000,\"t\":-1,\"v\":1,\"I\":25,"
              "\"w\":false,\"m\":false,\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\","
              "\"Y\":\"0.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,"
              "\"V\":\"DECREMENT\",\"A\":\"0.40000000\",\"B\":\"0.40000000\",\"U\":1,"
              "\"Cs\":\"BTCUSDT\",\"pl\":\"0.40000000\",\"pL\":\"99.00000000\","
              "\"pY\":\"39.60000000\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"g3\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"TRADE_PREVENTION\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"v\":1,\"I\":25,\"w\":true,\"m\":true,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\",\"A\":\"0.40000000\","
              "\"B\":\"0.40000000\",\"U\":2,\"Cs\":\"BTCUSDT\",\"pl\":\"0.40000000\","
              "\"pL\":\"99.00000000\",\"pY\":\"39.60000000\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19940.60000000\",\"l\":\"59.40000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
}

static void tells_of_amended_orders(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=h1");
    call(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.4&newClientOrderId=h2");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"h2\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.40000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"h1\",\"x\":\"REPLACED\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19960.00000000\",\"l\":\"40.00000000\"}]}\n");
}

static void tells_of_refused_replacements(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=110&quantity=1&newClientOrderId=i1");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=i2");
    call(0, ENDPOINT_ORDER_CANCEL_REPLACE,
         "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=110&quantity=1&newClientOrderId=i3"
         "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=2&cancelNewClientOrderId=i4");
    assert_int_equal(scene.call.status, 409);
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"i4\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"0.50000000\","
              "\"p\":\"100.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"i2\",\"x\":\"CANCELED\",\"X\":\"CANCELED\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"i3\","
              "\"S\":\"BUY\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"110.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":-1,"
              "\"C\":\"\",\"x\":\"REJECTED\",\"X\":\"REJECTED\","
              "\"r\":\"WOULD_MATCH_IMMEDIATELY\",\"i\":-1,\"l\":\"0.00000000\","
              "\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\",\"N\":null,"
              "\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":false,\"m\":false,\"M\":false,"
              "\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    /* A refusal alone is an answer, and no event. */
    call(0, ENDPOINT_ORDER_PLACE,
         "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=110&quantity=1&newClientOrderId=i5");
    expect(0, "");
    call(0, ENDPOINT_ORDER_CANCEL_REPLACE,
         "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=110&quantity=1&newClientOrderId=i3"
         "&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=2");
    expect(0, "");
}

/* ---- lists ---- */

static void tells_of_an_oco(void **state)
{
    (void)state;
    place(4, LIMIT_ORDER "side=SELL&price=100&quantity=0.0001");
    place(5, LIMIT_ORDER "side=BUY&price=100&quantity=0.0001");
    call(0, ENDPOINT_ORDER_LIST_OCO,
         "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=120"
         "&aboveClientOrderId=j1&belowType=STOP_LOSS&belowStopPrice=90&belowClientOrderId=j2"
         "&listClientOrderId=j3");
    expect(0, "{\"e\":\"listStatus\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"g\":1,"
              "\"c\":\"OCO\",\"l\":\"EXEC_STARTED\",\"L\":\"EXECUTING\",\"r\":\"NONE\","
              "\"C\":\"j3\",\"T\":1795000000000,\"O\":[{\"s\":\"BTCUSDT\",\"i\":3,"
              "\"c\":\"j1\"},{\"s\":\"BTCUSDT\",\"i\":4,\"c\":\"j2\"}]}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"j1\","
              "\"S\":\"SELL\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"120.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"j2\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"0.00000000\",\"P\":\"90.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.00000000\",\"l\":\"1.00000000\"}]}\n");
    place(1, LIMIT_ORDER "side=BUY&price=120&quantity=1");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"j1\","
              "\"S\":\"SELL\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"120.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"FILLED\",\"r\":\"NONE\",\"i\":3,"
              "\"l\":\"1.00000000\",\"z\":\"1.00000000\",\"L\":\"120.00000000\","
              "\"n\":\"0.12000000\",\"N\":\"USDT\",\"T\":1795000000000,\"t\":2,\"I\":27,"
              "\"w\":false,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"120.00000000\","
              "\"Y\":\"120.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"j2\","
              "\"S\":\"SELL\",\"o\":\"STOP_LOSS\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"0.00000000\",\"P\":\"90.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"EXPIRED\",\"X\":\"EXPIRED\",\"r\":\"NONE\",\"i\":4,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":27,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"V\":\"NONE\",\"eR\":\"OCO_TRIGGER\"}\n"
              "{\"e\":\"listStatus\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"g\":1,"
              "\"c\":\"OCO\",\"l\":\"ALL_DONE\",\"L\":\"ALL_DONE\",\"r\":\"NONE\",\"C\":\"j3\","
              "\"T\":1795000000000,\"O\":[{\"s\":\"BTCUSDT\",\"i\":3,\"c\":\"j1\"},"
              "{\"s\":\"BTCUSDT\",\"i\":4,\"c\":\"j2\"}]}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20119.88000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"19999.00000000\",\"l\":\"0.00000000\"}]}\n");
}

static void tells_of_an_oto(void **state)
{
    (void)state;
    call(0, ENDPOINT_ORDER_LIST_OTO,
         "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=99&workingQuantity=1"
         "&workingTimeInForce=GTC&workingClientOrderId=k1&pendingType=LIMIT_MAKER"
         "&pendingSide=SELL&pendingPrice=130&pendingQuantity=0.9&pendingClientOrderId=k2"
         "&listClientOrderId=k3");
    expect(0, "{\"e\":\"listStatus\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"g\":1,"
              "\"c\":\"OTO\",\"l\":\"EXEC_STARTED\",\"L\":\"EXECUTING\",\"r\":\"NONE\","
              "\"C\":\"k3\",\"T\":1795000000000,\"O\":[{\"s\":\"BTCUSDT\",\"i\":1,"
              "\"c\":\"k1\"},{\"s\":\"BTCUSDT\",\"i\":2,\"c\":\"k2\"}]}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"k1\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":24,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"k2\","
              "\"S\":\"SELL\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"0.90000000\","
              "\"p\":\"130.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"PENDING_NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":24,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"V\":\"NONE\"}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19901.00000000\",\"l\":\"99.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    call(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=2&newQty=0.8&newClientOrderId=k4");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"k4\","
              "\"S\":\"SELL\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"0.80000000\","
              "\"p\":\"130.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"k2\",\"x\":\"REPLACED\",\"X\":\"PENDING_NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":25,\"w\":false,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"V\":\"NONE\"}\n"
              "{\"e\":\"listStatus\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"g\":1,"
              "\"c\":\"OTO\",\"l\":\"UPDATED\",\"L\":\"EXECUTING\",\"r\":\"NONE\",\"C\":\"k3\","
              "\"T\":1795000000000,\"O\":[{\"s\":\"BTCUSDT\",\"i\":1,\"c\":\"k1\"},"
              "{\"s\":\"BTCUSDT\",\"i\":2,\"c\":\"k4\"}]}\n");
    place(1, LIMIT_ORDER "side=SELL&price=99&quantity=1");
    expect(0, "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"k1\","
              "\"S\":\"BUY\",\"o\":\"LIMIT\",\"f\":\"GTC\",\"q\":\"1.00000000\","
              "\"p\":\"99.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"TRADE\",\"X\":\"FILLED\",\"r\":\"NONE\",\"i\":1,"
              "\"l\":\"1.00000000\",\"z\":\"1.00000000\",\"L\":\"99.00000000\","
              "\"n\":\"0.00100000\",\"N\":\"BTC\",\"T\":1795000000000,\"t\":1,\"I\":26,"
              "\"w\":false,\"m\":true,\"M\":false,\"O\":1795000000000,\"Z\":\"99.00000000\","
              "\"Y\":\"99.00000000\",\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"executionReport\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"c\":\"k4\","
              "\"S\":\"SELL\",\"o\":\"LIMIT_MAKER\",\"f\":\"GTC\",\"q\":\"0.80000000\","
              "\"p\":\"130.00000000\",\"P\":\"0.00000000\",\"F\":\"0.00000000\",\"g\":1,"
              "\"C\":\"\",\"x\":\"NEW\",\"X\":\"NEW\",\"r\":\"NONE\",\"i\":2,"
              "\"l\":\"0.00000000\",\"z\":\"0.00000000\",\"L\":\"0.00000000\",\"n\":\"0\","
              "\"N\":null,\"T\":1795000000000,\"t\":-1,\"I\":26,\"w\":true,\"m\":false,"
              "\"M\":false,\"O\":1795000000000,\"Z\":\"0.00000000\",\"Y\":\"0.00000000\","
              "\"Q\":\"0.00000000\",\"W\":1795000000000,\"V\":\"NONE\"}\n"
              "{\"e\":\"listStatus\",\"E\":1795000000002,\"s\":\"BTCUSDT\",\"g\":1,"
              "\"c\":\"OTO\",\"l\":\"ALL_DONE\",\"L\":\"ALL_DONE\",\"r\":\"NONE\",\"C\":\"k3\","
              "\"T\":1795000000000,\"O\":[{\"s\":\"BTCUSDT\",\"i\":1,\"c\":\"k1\"},"
              "{\"s\":\"BTCUSDT\",\"i\":2,\"c\":\"k4\"}]}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19901.00000000\",\"l\":\"0.00000000\"},"
              "{\"a\":\"BTC\",\"f\":\"20000.19900000\",\"l\":\"0.80000000\"}]}\n");
}

/* ---- money ---- */

static void tells_of_money(void **state)
{
    (void)state;
    world_deposit(&scene.world, 0, WORLD_BTC, WORLD_COIN);
    call_scene_follow(&scene);
    tell();
    expect(0, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"BTC\",\"d\":\"1.00000000\","
              "\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"BTC\",\"f\":\"20001.00000000\",\"l\":\"0.00000000\"}]}\n");
    struct command_withdraw_hold hold = {
        .amount = amount_of(3 * WORLD_COIN), .fee = amount_of(1000), .asset = WORLD_USDT};
    command(&hold, COMMAND_WITHDRAW_HOLD, 0);
    expect(0, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"USDT\","
              "\"d\":\"-3.00001000\",\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"19996.99999000\",\"l\":\"0.00000000\"}]}\n");
    struct command_hold_release release = {.hold_id = 1};
    command(&release, COMMAND_HOLD_RELEASE, 0);
    expect(0, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"USDT\","
              "\"d\":\"3.00001000\",\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"USDT\",\"f\":\"20000.00000000\",\"l\":\"0.00000000\"}]}\n");
    struct command_transfer transfer = {
        .amount = amount_of(5), .target_account = 1, .asset = WORLD_BTC};
    command(&transfer, COMMAND_TRANSFER, 0);
    expect(0, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"BTC\","
              "\"d\":\"-0.00000005\",\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"BTC\",\"f\":\"20000.99999995\",\"l\":\"0.00000000\"}]}\n");
    expect(1, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"BTC\",\"d\":\"0.00000005\","
              "\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"BTC\",\"f\":\"20000.00000005\",\"l\":\"0.00000000\"}]}\n");
    struct command_adjust adjust = {
        .amount = amount_of(7), .asset = WORLD_BTC, .direction = DIRECTION_OUT};
    command(&adjust, COMMAND_ADJUST, 0);
    expect(0, "{\"e\":\"balanceUpdate\",\"E\":1795000000002,\"a\":\"BTC\","
              "\"d\":\"-0.00000007\",\"T\":1795000000000}\n"
              "{\"e\":\"outboundAccountPosition\",\"E\":1795000000002,\"u\":1795000000000,"
              "\"B\":[{\"a\":\"BTC\",\"f\":\"20000.99999988\",\"l\":\"0.00000000\"}]}\n");
}

/* A deposit that is held does not come to the account, and neither does its return. */
static void tells_nothing_of_held_deposits(void **state)
{
    (void)state;
    struct command_restrict restrict_ = {.restrictions = 1U << 6};
    command(&restrict_, COMMAND_RESTRICT, 0);
    world_deposit(&scene.world, 0, WORLD_BTC, WORLD_COIN);
    call_scene_follow(&scene);
    tell();
    assert_null(strstr(told[0], "balanceUpdate"));
    struct command_hold_release release = {.hold_id = 1};
    command(&release, COMMAND_HOLD_RELEASE, 0);
    assert_non_null(strstr(told[0], "\"d\":\"1.00000000\""));
}

/* ---- to whom ---- */

static void tells_nobody_who_does_not_listen(void **state)
{
    (void)state;
    deaf = 1U << 0;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5&newClientOrderId=m1");
    place(0, LIMIT_ORDER "side=BUY&price=101&quantity=0.5&newClientOrderId=m2");
    expect(0, "");
    assert_true(told[1][0] != 0);
    assert_true(fills[0] == 1 && fills[1] == 1);
    sink.filled = NULL;
    sink.sender = NULL;
    tell();
    sink.filled = on_filled;
    sink.sender = sender;
}

static void tells_no_earlier_than_it_happened(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    tell_at(1);
    assert_non_null(strstr(told[0], "{\"e\":\"executionReport\",\"E\":1795000000000,"));
}

static void prints_the_end_of_a_stream(void **state)
{
    (void)state;
    char text[200];
    struct json_writer json;
    json_begin(&json, text, sizeof text);
    user_put_terminated(&json, NOW_US, false);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"e\":\"eventStreamTerminated\",\"E\":1795000000002}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_of_new_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_trades, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(adds_up_within_a_command, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_expired_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_canceled_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_stops, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_prevented_matches, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_decremented_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_amended_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_refused_replacements, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_an_oco, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_an_oto, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_of_money, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_nothing_of_held_deposits, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_nobody_who_does_not_listen, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_no_earlier_than_it_happened, open_scene, close_scene),
        cmocka_unit_test(prints_the_end_of_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
