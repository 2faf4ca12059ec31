/* All memory of the gateway but the feed's, taken at once from one block. */
#include "base/check.h"
#include "base/span.h"
#include "io/entropy.h"
#include "role/gateway/gateway_state.h"

#define STREAMS_A_SESSION 8U /* on average */

/* What the numbers of the options and of the view come to. */
struct plan {
    struct limit_config limits;
    struct stream_config streams;
    struct frame_config frames;
    u32 text_bytes;
};

static enum fault plan_make(const struct gateway *gateway, struct plan *plan)
{
    const struct gateway_options *options = &gateway->options;
    struct command_genesis venue = view_limits_next(feed_view(gateway->feed));
    *plan = (struct plan){
        .limits = options->limits,
        .streams = {.markets_max = venue.markets_max,
                    .subscriptions_max = options->sessions_max * STREAMS_A_SESSION,
                    .changes_max = options->changes_max},
        .frames = {.message_bytes_max = GATEWAY_WS_BYTES_MAX,
                   .deflate_bytes_max = GATEWAY_WS_BYTES_MAX},
        .text_bytes = options->http.head_bytes_max + options->http.body_bytes_max,
    };
    if (plan->text_bytes < GATEWAY_WS_BYTES_MAX) {
        plan->text_bytes = GATEWAY_WS_BYTES_MAX;
    }
    plan->limits.accounts_max = venue.accounts_max;
    return entropy_fill((u8 *)&plan->limits.seed, sizeof(plan->limits.seed));
}

/* Sessions that are signed in, and subscriptions, of which there is room for as many. */
static u32 key_users_max(const struct gateway_options *options)
{
    return options->sessions_max * 2;
}

static size_t plan_bytes(const struct gateway *gateway, const struct plan *plan)
{
    const struct gateway_options *options = &gateway->options;
    struct footprint footprint = {0};
    footprint_add(&footprint, 2, GATEWAY_JSON_BYTES, 64);
    footprint_add(&footprint, 3, plan->text_bytes, 64);
    footprint_add(&footprint, 1, COMMAND_BYTES_MAX, 64);
    footprint_add(&footprint, 1, limit_bytes(&plan->limits), 64);
    footprint_add(&footprint, 1, session_table_bytes(options->sessions_max), 64);
    footprint_add(&footprint, 1, crowd_footprint(options->sessions_max), 64);
    footprint_add(&footprint, 1, pending_footprint(options->pending_max), 64);
    footprint_add(&footprint, 1, keys_bytes(options->keys_max), 64);
    footprint_add(&footprint, 1,
                  user_stream_footprint(options->sessions_max, plan->limits.accounts_max), 64);
    footprint_add(
        &footprint, 1,
        key_uses_footprint(options->keys_max + options->page_keys_max, key_users_max(options)), 64);
    footprint_add(&footprint, 1, page_keys_footprint(options->page_keys_max), 64);
    footprint_add(&footprint, PAGE_ASKS_MAX, sizeof(struct page_ask), 64);
    footprint_add(&footprint, 1, lookup_client_footprint().bytes, 64);
    footprint_add(&footprint, 1, user_events_footprint(), 64);
    footprint_add(&footprint, 1, stream_hub_footprint(&plan->streams), 64);
    footprint_add(&footprint, 1, frame_codec_footprint(&plan->frames), 64);
    footprint_add(&footprint, GATEWAY_WS_PARAMS_MAX, sizeof(struct ws_param), 64);
    footprint_add(&footprint, 1, GATEWAY_WS_BYTES_MAX, 64);
    return footprint.bytes + 64; /* the first may begin anywhere */
}

static void *take(struct gateway *gateway, size_t bytes)
{
    void *memory = arena_take(&gateway->arena, bytes, 64);
    CHECK(memory != NULL); /* plan_bytes counted it */
    return memory;
}

static void take_scratch(struct gateway *gateway, const struct plan *plan)
{
    struct gateway_scratch *scratch = &gateway->scratch;
    scratch->text_bytes = plan->text_bytes;
    scratch->json = take(gateway, GATEWAY_JSON_BYTES);
    scratch->output = take(gateway, GATEWAY_JSON_BYTES);
    scratch->text = take(gateway, plan->text_bytes);
    scratch->payload = take(gateway, plan->text_bytes);
    scratch->command = take(gateway, COMMAND_BYTES_MAX);
    scratch->room = (struct ws_room){
        .params = take(gateway, GATEWAY_WS_PARAMS_MAX * sizeof(struct ws_param)),
        .params_max = GATEWAY_WS_PARAMS_MAX,
        .text = take(gateway, GATEWAY_WS_BYTES_MAX),
        .text_bytes = GATEWAY_WS_BYTES_MAX,
    };
}

static enum fault take_streams(struct gateway *gateway, const struct plan *plan)
{
    u32 sessions_max = gateway->options.sessions_max;
    TRY(frame_codec_open(&gateway->codec, &plan->frames, &gateway->arena));
    TRY(user_stream_open(&gateway->users, sessions_max, plan->limits.accounts_max,
                         &gateway->arena));
    TRY(key_uses_open(&gateway->key_uses,
                      gateway->options.keys_max + gateway->options.page_keys_max,
                      key_users_max(&gateway->options), &gateway->arena));
    TRY(user_events_open(&gateway->user_events, &gateway->arena));
    gateway_user_open(gateway);
    stream_session_sink(&gateway->stream_sink);
    TRY(stream_hub_open(&gateway->hub, &plan->streams, &gateway->stream_sink, gateway->codec,
                        gateway->net->pool, &gateway->arena));
    stream_hub_view(gateway->hub, feed_view(gateway->feed));
    return FAULT_NONE;
}

static void page_key_gone(struct page_keys_sink *sink, u32 number)
{
    struct gateway *gateway =
        (struct gateway *)(void *)((u8 *)sink - offsetof(struct gateway, page_keys_sink));
    api_sessions_key_lost(gateway, number, 0);
}

static enum fault take_page_keys(struct gateway *gateway, u64 seed)
{
    gateway->page_keys_sink.gone = page_key_gone;
    const struct page_keys_options options = {.stored = &gateway->keys.table.view,
                                              .sink = &gateway->page_keys_sink,
                                              .now_us = &gateway->machine_us,
                                              .keys_max = gateway->options.page_keys_max,
                                              .number_base = gateway->options.keys_max,
                                              .seed = seed};
    TRY(page_keys_open(&gateway->page_keys, &options, &gateway->arena));
    gateway->page_asks =
        arena_take_array(&gateway->arena, PAGE_ASKS_MAX, sizeof(struct page_ask), 64);
    return gateway->page_asks != NULL ? FAULT_NONE : FAULT(FAULT_LIMIT, "no room for page keys");
}

enum fault gateway_take_memory(struct gateway *gateway)
{
    const struct gateway_options *options = &gateway->options;
    struct plan plan;
    TRY(plan_make(gateway, &plan));
    TRY(block_take(plan_bytes(gateway, &plan), "the gateway", &gateway->block));
    arena_init(&gateway->arena, gateway->block.memory, gateway->block.bytes);
    take_scratch(gateway, &plan);
    limit_init(&gateway->limit, &plan.limits, take(gateway, limit_bytes(&plan.limits)));
    session_table_init(&gateway->sessions, options->sessions_max,
                       take(gateway, session_table_bytes(options->sessions_max)));
    TRY(crowd_open(&gateway->crowd, options->sessions_max, plan.limits.seed, &gateway->arena));
    TRY(pending_open(&gateway->pending, options->pending_max, &gateway->arena));
    TRY(take_streams(gateway, &plan));
    struct lookup_client_options lookups = {
        .clock = options->clock, .asks = options->asks, .answers = options->answers};
    TRY(lookup_client_open(&gateway->lookups, &lookups, &gateway->arena));
    TRY(take_page_keys(gateway, plan.limits.seed));
    gateway->keys_memory = take(gateway, keys_bytes(options->keys_max));
    TRY(signer_open(&gateway->signer, take(gateway, plan.text_bytes), plan.text_bytes));
    arena_seal(&gateway->arena);
    return FAULT_NONE;
}
