/* Names of streams, addresses and control messages, a line each: '/' begins an address and with it
 * a new session, '#' a name; anything else is a message. Answers are JSON, lists say what is
 * subscribed, a name that is printed is parsed back, ticks and the end leave nothing behind. */
#include "base/span.h"
#include "role/gateway/view_market.h"
#include "role/gateway/ws_stream.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core.h"
#include "wire/json_pull.h"

enum { INPUT_BYTES_MAX = 1 << 14, POOL_BYTES = 1 << 20, SUBSCRIPTIONS_MAX = 100 };

static struct view *view;
static struct stream_hub *hub;
static struct net_pool pool;
static u64 sent;

static void on_send(struct stream_sink *sink, struct stream_client *client,
                    struct net_buffer *frame)
{
    (void)sink;
    CHECK(client->count > 0 && frame->size > 2);
    sent += 1;
}

static void on_lost(struct stream_sink *sink, struct stream_client *client)
{
    (void)sink;
    (void)client;
}

static void *memory_of(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    CHECK(bytes > 0 && memory != NULL);
    memset(memory, 0, bytes);
    return memory;
}

static void view_take(const struct fuzz_core *world)
{
    const struct core_output *output = &world->output;
    view_chunk(view, view_place(view).position + output->used);
    for (size_t at = 0; at < output->used;) {
        size_t size = (size_t)output->data[at + 2] * WIRE_UNIT;
        CHECK(view_apply(view, output->data + at, size) == FAULT_NONE);
        at += size;
    }
}

/* A view of a venue with one market. */
static void view_make(void)
{
    static struct fuzz_core world;
    static const char *const names[] = {"BTC", "USDT"};
    struct command_genesis limits = fuzz_limits();
    struct view_config config = {.limits = limits,
                                 .closed_orders_max = 8,
                                 .closed_lists_max = 3,
                                 .fills_max = 8,
                                 .trades_max = 4,
                                 .changes_max = 8,
                                 .hash_seed = 5};
    struct arena arena;
    size_t bytes = view_footprint(&config);
    arena_init(&arena, memory_of(bytes), bytes);
    CHECK(view_open(&view, &config, &arena) == FAULT_NONE);
    fuzz_core_make(&world, &limits);
    core_set_time(world.core, 1795000000000000);
    fuzz_core_command(&world, &limits, COMMAND_GENESIS, 0);
    view_take(&world);
    for (u16 i = 0; i < 2; i += 1) {
        struct command_asset_add asset = {.asset = i, .scale = 8};
        memcpy(asset.name, names[i], strlen(names[i]));
        fuzz_core_command(&world, &asset, COMMAND_ASSET_ADD, 0);
        view_take(&world);
    }
    struct command_market_add market = fuzz_market(0);
    memcpy(market.name, "BTCUSDT", strlen("BTCUSDT"));
    fuzz_core_command(&world, &market, COMMAND_MARKET_ADD, 0);
    view_take(&world);
    CHECK(view_markets_count(view) == 1);
    fuzz_core_free(&world);
}

static void set_up(void)
{
    static struct stream_sink sink = {.send = on_send, .lost = on_lost};
    static const struct frame_config frames = {.message_bytes_max = 1 << 16,
                                               .deflate_bytes_max = 1 << 16};
    static const struct stream_config config = {
        .markets_max = 3, .subscriptions_max = SUBSCRIPTIONS_MAX, .changes_max = 8};
    struct frame_codec *codec;
    struct arena arena;
    size_t bytes = stream_hub_footprint(&config) + frame_codec_footprint(&frames) + 64;
    view_make();
    CHECK(net_pool_open(&pool, POOL_BYTES, POOL_BYTES) == FAULT_NONE);
    arena_init(&arena, memory_of(bytes), bytes);
    CHECK(frame_codec_open(&codec, &frames, &arena) == FAULT_NONE);
    CHECK(stream_hub_open(&hub, &config, &sink, codec, &pool, &arena) == FAULT_NONE);
    stream_hub_view(hub, view);
}

static void check_name(struct span text)
{
    struct stream_name name;
    struct stream_name again;
    char printed[STREAM_NAME_BYTES_MAX];
    if (stream_name_parse(text, &name) == STREAM_NAME_OK) {
        size_t size = stream_name_print(&name, printed);
        CHECK(size == text.size);
        CHECK(stream_name_parse(span_of(printed, size), &again) == STREAM_NAME_OK);
        CHECK(memcmp(&name, &again, sizeof(name)) == 0);
    }
}

static void check_list(const struct ws_stream *session)
{
    u32 cursor = 0;
    u32 count = 0;
    char name[STREAM_NAME_BYTES_MAX];
    while (stream_list(hub, &session->client, &cursor, name)) {
        check_name(span_of_text(name));
        count += 1;
    }
    CHECK(count == session->client.count);
    CHECK(count == stream_counts(hub).subscriptions);
}

static void message(struct ws_stream *session, struct span text)
{
    static struct ws_param params[WS_STREAM_NAMES_MAX];
    static u8 decoded[INPUT_BYTES_MAX];
    static char answer[WS_STREAM_ANSWER_BYTES];
    static const struct ws_room room = {.params = params,
                                        .params_max = WS_STREAM_NAMES_MAX,
                                        .text = decoded,
                                        .text_bytes = sizeof(decoded)};
    size_t size = ws_stream_message(session, hub, text, &room, answer);
    struct json_pull pull;
    enum json_token token = JSON_TOKEN_NULL;
    json_pull_begin(&pull, span_of(answer, size));
    while (token != JSON_TOKEN_END) {
        token = json_pull_next(&pull);
        CHECK(token != JSON_TOKEN_BAD);
    }
}

static void open_at(struct ws_stream *session, struct span target)
{
    const u8 *mark = memchr(target.data, '?', target.size);
    size_t size = mark == NULL ? target.size : (size_t)(mark - target.data);
    struct span query = mark == NULL ? span_of(NULL, 0) : span_after(target, size + 1);
    stream_leave(hub, &session->client);
    *session = (struct ws_stream){0};
    if (ws_stream_open(session, hub, span_piece(target, 0, size), query, false, 0) !=
        WS_STREAM_OPENED) {
        CHECK(session->client.count == 0);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static u64 now_us = 1795000000000000;
    struct ws_stream session = {0};
    if (hub == NULL) {
        set_up();
    }
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    for (size_t at = 0; at < size;) {
        const u8 *end = memchr(data + at, '\n', size - at);
        size_t bytes = end == NULL ? size - at : (size_t)(end - data) - at;
        struct span line = span_of(data + at, bytes);
        at += bytes + 1;
        if (bytes > 0 && line.data[0] == '/') {
            open_at(&session, line);
        } else if (bytes > 0 && line.data[0] == '#') {
            check_name(span_after(line, 1));
        } else {
            message(&session, line);
        }
        check_list(&session);
        now_us += 100000;
        stream_turn(hub, now_us);
        stream_tick(hub, now_us);
    }
    stream_leave(hub, &session.client);
    CHECK(stream_counts(hub).subscriptions == 0);
    CHECK(pool.buffers_count == 0);
    return 0;
}
