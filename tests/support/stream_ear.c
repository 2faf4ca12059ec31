#include "tests/support/stream_ear.h"

#include "base/check.h"
#include "base/span.h"
#include "tests/support/frame_client.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[EAR_TEXT_BYTES];

/* The name and the data of a combined message; the text is cut apart. */
static const char *unwrap(char *whole, size_t size, const char **data_out)
{
    static const char begin[] = "{\"stream\":\"";
    static const char middle[] = "\",\"data\":";
    assert_true(strncmp(whole, begin, sizeof(begin) - 1) == 0);
    char *name = whole + sizeof(begin) - 1;
    char *end = strstr(name, middle);
    assert_non_null(end);
    assert_true(size > 0 && whole[size - 1] == '}');
    *end = 0;
    whole[size - 1] = 0;
    *data_out = end + sizeof(middle) - 1;
    return name;
}

static void log_line(struct ear_client *client, const char *name, const char *data)
{
    size_t room = EAR_TEXT_BYTES - client->log_used;
    int size = name == NULL ? snprintf(client->log + client->log_used, room, "%s\n", data)
                            : snprintf(client->log + client->log_used, room, "%s %s\n", name, data);
    assert_true(size > 0 && (size_t)size < room);
    client->log_used += (size_t)size;
}

static void on_send(struct stream_sink *sink, struct stream_client *base, struct net_buffer *frame)
{
    struct ear_client *client = (struct ear_client *)(void *)base;
    struct span bytes = span_of(frame->data, frame->size);
    struct span payload;
    u8 first = 0;
    (void)sink;
    assert_true(client_take(&bytes, &first, &payload));
    assert_int_equal(bytes.size, 0);
    assert_true(first == 0x81 || (first == 0xc1 && (base->flags & STREAM_DEFLATE) != 0));
    size_t size = payload.size;
    if (first == 0xc1) {
        size = client_inflate((u8 *)text, sizeof(text) - 1, payload);
        assert_true(size < sizeof(text));
    } else {
        assert_true(size < sizeof(text));
        memcpy(text, payload.data, size);
    }
    text[size] = 0;
    const char *data = text;
    const char *name = NULL;
    if ((base->flags & STREAM_COMBINED) != 0) {
        name = unwrap(text, size, &data);
    }
    client->count += 1;
    client->frame = frame;
    if (client->log != NULL) {
        log_line(client, name, data);
    }
    if (client->heard != NULL) {
        client->heard(client, name, data);
    }
}

static void on_lost(struct stream_sink *sink, struct stream_client *base)
{
    (void)sink;
    ((struct ear_client *)(void *)base)->lost += 1;
}

void ear_open(struct stream_ear *ear, const struct stream_config *config, u64 pool_bytes)
{
    static const struct frame_config frames = {.message_bytes_max = 1000,
                                               .deflate_bytes_max = 1 << 20};
    memset(ear, 0, sizeof(*ear));
    ear->sink = (struct stream_sink){.send = on_send, .lost = on_lost};
    assert_int_equal(net_pool_open(&ear->pool, pool_bytes, pool_bytes), FAULT_NONE);
    size_t hub_bytes = stream_hub_footprint(config);
    assert_true(hub_bytes > 0);
    size_t bytes = (hub_bytes + frame_codec_footprint(&frames) + 127) / 64 * 64;
    ear->memory = aligned_alloc(64, bytes);
    assert_non_null(ear->memory);
    memset(ear->memory, 0xa5, bytes);
    arena_init(&ear->arena, ear->memory, bytes);
    assert_int_equal(stream_hub_open(&ear->hub, config, &ear->sink, NULL, &ear->pool, &ear->arena),
                     FAULT_NONE);
    assert_int_equal(ear->arena.used, hub_bytes);
    arena_init(&ear->arena, ear->memory, bytes);
    assert_int_equal(frame_codec_open(&ear->codec, &frames, &ear->arena), FAULT_NONE);
    ear->arena.used = (ear->arena.used + 63) / 64 * 64;
    assert_int_equal(
        stream_hub_open(&ear->hub, config, &ear->sink, ear->codec, &ear->pool, &ear->arena),
        FAULT_NONE);
}

void ear_close(struct stream_ear *ear)
{
    assert_int_equal(ear->pool.buffers_count, 0);
    frame_codec_close(ear->codec);
    net_pool_close(&ear->pool);
    free(ear->memory);
}

void ear_listen(struct stream_ear *ear, struct ear_client *client, const char *name)
{
    struct stream_name parsed;
    assert_int_equal(stream_name_parse(span_of_text(name), &parsed), STREAM_NAME_OK);
    u32 number = stream_find(ear->hub, &parsed);
    assert_true(number > 0);
    assert_int_equal(stream_subscribe(ear->hub, &client->client, &number, 1), STREAM_DONE);
}

const char *ear_said(struct ear_client *client)
{
    client->log[client->log_used] = 0;
    client->log_used = 0;
    return client->log;
}

void ear_log_open(struct ear_client *client)
{
    client->log = malloc(EAR_TEXT_BYTES);
    assert_non_null(client->log);
    client->log[0] = 0;
}

void ear_log_close(struct ear_client *client)
{
    free(client->log);
    client->log = NULL;
}
