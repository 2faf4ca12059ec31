#include "role/gateway/stream.h"

#include "base/check.h"
#include "base/span.h"
#include "role/gateway/stream_state.h"

#include <string.h>

#define MARKETS_MAX       65536U
#define SUBSCRIPTIONS_MAX (1U << 28)
#define CHANGES_MAX       (1U << 24)

/* What the longest message takes: a level of a depth window, a ticker. */
#define CHANGE_TEXT_BYTES 64U
#define TICKER_TEXT_BYTES 1024U
#define HEAD_TEXT_BYTES   4096U

/* ---- opening ---- */

static size_t text_bytes(const struct stream_config *config)
{
    u64 changes = (u64)config->changes_max * CHANGE_TEXT_BYTES;
    u64 tickers = (u64)config->markets_max * TICKER_TEXT_BYTES;
    return STREAM_WRAP_BYTES + HEAD_TEXT_BYTES + (size_t)u64_max(changes, tickers);
}

/* The same calls for counting and for taking. */
#define HUB_BLOCKS(BLOCK)                                                                      \
    BLOCK(hub, 1, sizeof(struct stream_hub))                                                   \
    BLOCK(streams, ((size_t)config->markets_max + 1) * STREAM_VARIANTS, sizeof(struct stream)) \
    BLOCK(markets, (size_t)config->markets_max + 1, sizeof(struct stream_market))              \
    BLOCK(told_all, (size_t)config->markets_max *STREAM_VARIANTS_ALL, sizeof(u64))             \
    BLOCK(subscriptions, (size_t)config->subscriptions_max + 1,                                \
          sizeof(struct stream_subscription))                                                  \
    BLOCK(changes, config->changes_max, sizeof(struct view_change))                            \
    BLOCK(listed, config->markets_max, sizeof(u16))                                            \
    BLOCK(text, text_bytes(config), 1)

size_t stream_hub_footprint(const struct stream_config *config)
{
    struct footprint footprint = {0};
    if (config->markets_max == 0 || config->markets_max > MARKETS_MAX ||
        config->subscriptions_max == 0 || config->subscriptions_max > SUBSCRIPTIONS_MAX ||
        config->changes_max == 0 || config->changes_max > CHANGES_MAX) {
        return 0;
    }
#define COUNT_BLOCK(name, count, size) footprint_add(&footprint, count, size, 64);
    HUB_BLOCKS(COUNT_BLOCK)
#undef COUNT_BLOCK
    return footprint.overflown ? 0 : footprint.bytes;
}

enum fault stream_hub_open(struct stream_hub **hub_out, const struct stream_config *config,
                           struct stream_sink *sink, struct frame_codec *codec,
                           struct net_pool *pool, struct arena *arena)
{
    *hub_out = NULL;
    if (stream_hub_footprint(config) == 0) {
        return FAULT(FAULT_CONFIG, "streams: a number is out of bounds");
    }
#define TAKE_BLOCK(name, count, size)                                 \
    void *name = arena_take_array(arena, count, size, 64);            \
    if (name == NULL) {                                               \
        return FAULT(FAULT_LIMIT, "streams: the arena is too small"); \
    }
    HUB_BLOCKS(TAKE_BLOCK)
#undef TAKE_BLOCK
    struct stream_hub *opened = hub;
    memset(streams, 0, ((size_t)config->markets_max + 1) * STREAM_VARIANTS * sizeof(struct stream));
    memset(markets, 0, ((size_t)config->markets_max + 1) * sizeof(struct stream_market));
    *opened = (struct stream_hub){.config = *config,
                                  .sink = sink,
                                  .codec = codec,
                                  .pool = pool,
                                  .streams = streams,
                                  .markets = markets,
                                  .told_all = told_all,
                                  .subscriptions = subscriptions,
                                  .changes = changes,
                                  .listed = listed,
                                  .text = text,
                                  .text_bytes = text_bytes(config),
                                  .tick = STREAM_NEVER};
    *hub_out = opened;
    return FAULT_NONE;
}

void stream_hub_view(struct stream_hub *hub, struct view *view)
{
    hub->view = view;
    hub->events_count = 0;
    for (u32 market = 0; market <= hub->config.markets_max; market += 1) {
        for (u32 variant = 0; variant < STREAM_VARIANTS; variant += 1) {
            if (stream_is_active(hub, market, variant)) {
                stream_forget(hub, market, variant);
            }
        }
    }
}

struct stream_counts stream_counts(const struct stream_hub *hub)
{
    return hub->counts;
}

/* ---- subscriptions ---- */

static struct stream_subscription *subscription_at(const struct stream_hub *hub, u32 slot)
{
    CHECK(slot > 0 && slot <= hub->subscriptions_used);
    return &hub->subscriptions[slot];
}

u32 stream_find(const struct stream_hub *hub, const struct stream_name *name)
{
    u16 market = 0;
    if (name->is_all) {
        return hub->config.markets_max * STREAM_VARIANTS + name->variant + 1;
    }
    if (hub->view == NULL || !view_market_by_name(hub->view, name->symbol, &market) ||
        market >= hub->config.markets_max) {
        return 0;
    }
    return (u32)market * STREAM_VARIANTS + name->variant + 1;
}

void stream_forget(struct stream_hub *hub, u32 market, u32 variant)
{
    struct stream *stream = stream_at(hub, market, variant);
    stream->told = STREAM_NEVER;
    stream->told_count = STREAM_NEVER;
    if (market == hub->config.markets_max) {
        u32 all = variant == STREAM_MINI_TICKER ? 0 : 1 + variant - STREAM_TICKER_1H;
        for (u32 i = 0; i < hub->config.markets_max; i += 1) {
            hub->told_all[i * STREAM_VARIANTS_ALL + all] = STREAM_NEVER;
        }
    } else if (variant == STREAM_DEPTH || variant == STREAM_DEPTH_FAST) {
        stream->told = view_book_update_id(hub->view, (u16)market);
    } else if (variant >= STREAM_KLINE) {
        stream->told = 0;
    }
}

/* A new subscriber of a running stream is told at the next occasion what there is; not of those
 * whose messages follow from each other, nor of all markets, since everybody else would be too. */
static void stream_welcome(struct stream_hub *hub, u32 market, u32 variant)
{
    struct stream *stream = stream_at(hub, market, variant);
    if (stream->first == 0) {
        stream_forget(hub, market, variant);
    } else if (variant >= STREAM_KLINE) {
        stream->told_count = STREAM_NEVER;
    } else if (market < hub->config.markets_max && variant != STREAM_DEPTH &&
               variant != STREAM_DEPTH_FAST) {
        stream->told = STREAM_NEVER;
    }
}

static void subscription_add(struct stream_hub *hub, struct stream_client *client, u32 number)
{
    u32 slot = hub->subscriptions_free;
    if (slot > 0) {
        hub->subscriptions_free = hub->subscriptions[slot].next;
    } else {
        hub->subscriptions_used += 1;
        slot = hub->subscriptions_used;
    }
    u32 market = (number - 1) / STREAM_VARIANTS;
    u32 variant = (number - 1) % STREAM_VARIANTS;
    struct stream *stream = stream_at(hub, market, variant);
    stream_welcome(hub, market, variant);
    hub->subscriptions[slot] = (struct stream_subscription){
        .client = client, .stream = number, .next = stream->first, .client_previous = client->last};
    if (stream->first > 0) {
        subscription_at(hub, stream->first)->previous = slot;
    }
    if (client->last > 0) {
        subscription_at(hub, client->last)->client_next = slot;
    } else {
        client->first = slot;
    }
    stream->first = slot;
    client->last = slot;
    client->count += 1;
    hub->markets[market].active |= 1ULL << variant;
    hub->counts.subscriptions += 1;
}

static void subscription_end(struct stream_hub *hub, u32 slot)
{
    struct stream_subscription *subscription = subscription_at(hub, slot);
    struct stream_client *client = subscription->client;
    struct stream *stream = &hub->streams[subscription->stream - 1];
    if (subscription->next > 0) {
        subscription_at(hub, subscription->next)->previous = subscription->previous;
    }
    if (subscription->previous > 0) {
        subscription_at(hub, subscription->previous)->next = subscription->next;
    } else {
        stream->first = subscription->next;
    }
    if (subscription->client_next > 0) {
        subscription_at(hub, subscription->client_next)->client_previous =
            subscription->client_previous;
    } else {
        client->last = subscription->client_previous;
    }
    if (subscription->client_previous > 0) {
        subscription_at(hub, subscription->client_previous)->client_next =
            subscription->client_next;
    } else {
        client->first = subscription->client_next;
    }
    if (stream->first == 0) {
        u32 market = (subscription->stream - 1) / STREAM_VARIANTS;
        u32 variant = (subscription->stream - 1) % STREAM_VARIANTS;
        hub->markets[market].active &= ~(1ULL << variant);
    }
    client->count -= 1;
    hub->counts.subscriptions -= 1;
    *subscription = (struct stream_subscription){.next = hub->subscriptions_free};
    hub->subscriptions_free = slot;
}

/* From here on a stream's mark is the round's if it was marked in it. */
static u32 round_begin(struct stream_hub *hub)
{
    hub->round += 1;
    if (hub->round == 0) {
        u32 count = (hub->config.markets_max + 1) * STREAM_VARIANTS;
        for (u32 i = 0; i < count; i += 1) {
            hub->streams[i].mark = 0;
        }
        hub->round = 1;
    }
    return hub->round;
}

/* Marks what the client has. */
static u32 round_of_client(struct stream_hub *hub, const struct stream_client *client)
{
    u32 round = round_begin(hub);
    for (u32 slot = client->first; slot > 0; slot = subscription_at(hub, slot)->client_next) {
        hub->streams[subscription_at(hub, slot)->stream - 1].mark = round;
    }
    return round;
}

/* True when the stream was not marked before. */
static bool mark(struct stream_hub *hub, u32 number, u32 round)
{
    CHECK(number <= (hub->config.markets_max + 1) * STREAM_VARIANTS);
    if (number == 0 || hub->streams[number - 1].mark == round) {
        return false;
    }
    hub->streams[number - 1].mark = round;
    return true;
}

enum stream_result stream_subscribe(struct stream_hub *hub, struct stream_client *client,
                                    const u32 *streams, u32 count)
{
    u32 added = 0;
    u32 round = round_of_client(hub, client);
    for (u32 i = 0; i < count; i += 1) {
        added += mark(hub, streams[i], round);
    }
    if (added > STREAM_PER_CLIENT_MAX - client->count) {
        return STREAM_TOO_MANY;
    }
    if (added > hub->config.subscriptions_max - hub->counts.subscriptions) {
        return STREAM_NO_ROOM;
    }
    round = round_of_client(hub, client);
    for (u32 i = 0; i < count; i += 1) {
        if (mark(hub, streams[i], round)) {
            subscription_add(hub, client, streams[i]);
        }
    }
    return STREAM_DONE;
}

void stream_unsubscribe(struct stream_hub *hub, struct stream_client *client, const u32 *streams,
                        u32 count)
{
    u32 round = round_begin(hub);
    for (u32 i = 0; i < count; i += 1) {
        (void)mark(hub, streams[i], round);
    }
    for (u32 slot = client->first; slot > 0;) {
        const struct stream_subscription *subscription = subscription_at(hub, slot);
        u32 next = subscription->client_next;
        if (hub->streams[subscription->stream - 1].mark == round) {
            subscription_end(hub, slot);
        }
        slot = next;
    }
}

void stream_leave(struct stream_hub *hub, struct stream_client *client)
{
    while (client->first > 0) { /* at most STREAM_PER_CLIENT_MAX */
        subscription_end(hub, client->first);
    }
    CHECK(client->count == 0);
}

static size_t name_of(const struct stream_hub *hub, u32 number,
                      char name_out[STREAM_NAME_BYTES_MAX])
{
    u32 market = (number - 1) / STREAM_VARIANTS;
    struct stream_name name = {.variant = (u8)((number - 1) % STREAM_VARIANTS),
                               .is_all = market == hub->config.markets_max};
    if (!name.is_all) {
        const struct view_definition *definition = view_market_of(hub->view, (u16)market);
        CHECK(definition != NULL);
        memcpy(name.symbol, definition->definition.name, sizeof(name.symbol));
    }
    return stream_name_print(&name, name_out);
}

bool stream_list(const struct stream_hub *hub, const struct stream_client *client, u32 *cursor,
                 char name_out[STREAM_NAME_BYTES_MAX])
{
    u32 slot = *cursor == 0 ? client->first : subscription_at(hub, *cursor)->client_next;
    if (slot == 0) {
        return false;
    }
    *cursor = slot;
    (void)name_of(hub, subscription_at(hub, slot)->stream, name_out);
    return true;
}

/* ---- messages ---- */

/* One message on its way to its subscribers. */
struct publication {
    struct stream_hub *hub;
    struct stream_message message;
    u32 number; /* of the stream */
    size_t data_bytes;
    bool is_written; /* in hub->text, behind STREAM_WRAP_BYTES */
    bool microseconds;
    struct net_buffer *frames[STREAM_KINDS];
    bool failed[STREAM_KINDS];
};

static struct span data_write(struct publication *publication, bool microseconds)
{
    struct stream_hub *hub = publication->hub;
    if (!publication->is_written || publication->microseconds != microseconds) {
        struct json_writer json;
        json_begin(&json, hub->text + STREAM_WRAP_BYTES, hub->text_bytes - STREAM_WRAP_BYTES);
        publication->message.put(hub, &json, publication->message.what, microseconds);
        publication->data_bytes = json_end(&json);
        publication->is_written = true;
        publication->microseconds = microseconds;
        CHECK(publication->data_bytes > 0);
    }
    return span_of(hub->text + STREAM_WRAP_BYTES, publication->data_bytes);
}

/* Puts {"stream":"...","data": in front of the data and '}' in the place of its NUL. */
static struct span data_wrap(struct publication *publication, struct span data)
{
    static const char middle[] = ",\"data\":";
    struct stream_hub *hub = publication->hub;
    char name[STREAM_NAME_BYTES_MAX];
    char head[STREAM_WRAP_BYTES];
    struct json_writer json;
    (void)name_of(hub, publication->number, name);
    json_begin(&json, head, sizeof(head));
    json_object_begin(&json);
    json_key(&json, "stream");
    json_put_text(&json, name);
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 1 && size - 1 + sizeof(middle) - 1 <= STREAM_WRAP_BYTES);
    memcpy(head + size - 1, middle, sizeof(middle) - 1); /* over the closing brace */
    size = size - 1 + sizeof(middle) - 1;
    char *begin = hub->text + STREAM_WRAP_BYTES - size;
    memcpy(begin, head, size);
    begin[size + data.size] = '}';
    return span_of(begin, size + data.size + 1);
}

static struct net_buffer *frame_make(struct publication *publication, u32 kind)
{
    struct stream_hub *hub = publication->hub;
    struct span text = data_write(publication, (kind & STREAM_MICROSECONDS) != 0);
    if ((kind & STREAM_COMBINED) != 0) {
        text = data_wrap(publication, text);
    }
    struct net_buffer *buffer = net_buffer_take(hub->pool, frame_bytes_max(text.size));
    if (buffer == NULL) {
        return NULL;
    }
    size_t size = frame_encode(hub->codec, FRAME_TEXT, (kind & STREAM_DEFLATE) != 0, text,
                               buffer->data, buffer->capacity);
    CHECK(size > 0);
    net_buffer_trim(buffer, (u32)size);
    hub->counts.frames += 1;
    return buffer;
}

void stream_publish(struct stream_hub *hub, u32 market, u32 variant, struct stream_message message)
{
    u32 number = market * STREAM_VARIANTS + variant + 1;
    struct publication publication = {.hub = hub, .message = message, .number = number};
    u32 slot = hub->streams[number - 1].first;
    while (slot > 0) {
        const struct stream_subscription *subscription = subscription_at(hub, slot);
        struct stream_client *client = subscription->client;
        u32 kind = client->flags & (STREAM_KINDS - 1);
        slot = subscription->next;
        if (publication.frames[kind] == NULL && !publication.failed[kind]) {
            publication.frames[kind] = frame_make(&publication, kind);
            publication.failed[kind] = publication.frames[kind] == NULL;
        }
        if (publication.failed[kind]) {
            hub->counts.lost += 1;
            hub->sink->lost(hub->sink, client);
        } else {
            hub->counts.messages += 1;
            hub->sink->send(hub->sink, client, publication.frames[kind]);
        }
    }
    for (u32 kind = 0; kind < STREAM_KINDS; kind += 1) {
        if (publication.frames[kind] != NULL) {
            net_buffer_release(publication.frames[kind]);
        }
    }
}
