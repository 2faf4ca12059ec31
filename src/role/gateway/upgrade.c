#include "role/gateway/upgrade.h"

#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "role/gateway/frame.h"

#include <string.h>

#define KEY_TEXT_BYTES    24U /* base64 of 16 bytes */
#define ACCEPT_TEXT_BYTES 28U /* base64 of a SHA-1 */

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- the key ---- */

/* 22 digits of which the last holds two bits only, and "==". */
static bool key_is_valid(struct span key)
{
    if (key.size != KEY_TEXT_BYTES || memcmp(key.data + 22, "==", 2) != 0) {
        return false;
    }
    for (u32 i = 0; i < 22; i += 1) {
        const char *digit = key.data[i] == 0 ? NULL : strchr(digits64, key.data[i]);
        if (digit == NULL || (i == 21 && (digit - digits64) % 16 != 0)) {
            return false;
        }
    }
    return true;
}

/* RFC 6455 section 4.2.2, point 5.4 */
static void accept_text(struct span key, char text_out[ACCEPT_TEXT_BYTES])
{
    static const char fixed[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    u8 bytes[KEY_TEXT_BYTES + sizeof(fixed) - 1];
    u8 hash[SHA1_BYTES + 1] = {0};
    memcpy(bytes, key.data, KEY_TEXT_BYTES);
    memcpy(bytes + KEY_TEXT_BYTES, fixed, sizeof(fixed) - 1);
    sha1_of(span_of(bytes, sizeof(bytes)), hash);
    for (u32 i = 0; i < ACCEPT_TEXT_BYTES / 4; i += 1) {
        u32 group = (u32)(hash[i * 3] << 16 | hash[i * 3 + 1] << 8 | hash[i * 3 + 2]);
        for (u32 k = 0; k < 4; k += 1) {
            text_out[i * 4 + k] = digits64[group >> (18 - k * 6) & 0x3f];
        }
    }
    text_out[ACCEPT_TEXT_BYTES - 1] = '='; /* the last byte of 21 is not of the hash */
}

/* ---- offers ---- */

/* An offer as far as it was read. */
struct offer {
    bool is_deflate;
    bool is_possible;
    u32 seen;        /* a bit for each of `parameters` */
    u32 server_bits; /* 0: not named */
};

enum parameter { SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT, SERVER_BITS, CLIENT_BITS, PARAMETERS };

static const char *const parameters[] = {
    [SERVER_NO_CONTEXT] = "server_no_context_takeover",
    [CLIENT_NO_CONTEXT] = "client_no_context_takeover",
    [SERVER_BITS] = "server_max_window_bits",
    [CLIENT_BITS] = "client_max_window_bits",
};

static bool is_token_byte(u8 byte)
{
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    return letter || (byte >= '0' && byte <= '9') ||
           (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static void skip_spaces(struct span *text)
{
    while (text->size > 0 && (text->data[0] == ' ' || text->data[0] == '\t')) {
        *text = span_after(*text, 1);
    }
}

static bool take_byte(struct span *text, u8 byte)
{
    if (text->size == 0 || text->data[0] != byte) {
        return false;
    }
    *text = span_after(*text, 1);
    return true;
}

static bool take_token(struct span *text, struct span *token_out)
{
    size_t size = 0;
    while (size < text->size && is_token_byte(text->data[size])) {
        size += 1;
    }
    *token_out = span_piece(*text, 0, size);
    *text = span_after(*text, size);
    return size > 0;
}

/* A token, or one in quotes: between them nothing else is allowed (RFC 6455 section 9.1). */
static bool take_value(struct span *text, struct span *value_out)
{
    bool quoted = take_byte(text, '"');
    return take_token(text, value_out) && (!quoted || take_byte(text, '"'));
}

static bool word_is(struct span text, const char *word)
{
    size_t size = strlen(word);
    if (text.size != size) {
        return false;
    }
    for (size_t i = 0; i < size; i += 1) {
        u8 byte = text.data[i];
        if ((byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte) != word[i]) {
            return false;
        }
    }
    return true;
}

/* 8 to 15, without a leading zero; 0 when it is anything else. */
static u32 window_bits(struct span value)
{
    if (value.size == 1 && (value.data[0] == '8' || value.data[0] == '9')) {
        return value.data[0] - (u32)'0';
    }
    bool two =
        value.size == 2 && value.data[0] == '1' && value.data[1] >= '0' && value.data[1] <= '5';
    return two ? 10 + value.data[1] - (u32)'0' : 0;
}

/* RFC 7692 section 7.1: whatever it does not allow makes the offer one that we decline. */
static void parameter_apply(struct offer *offer, struct span name, bool has_value,
                            struct span value)
{
    u32 which = 0;
    while (which < PARAMETERS && !word_is(name, parameters[which])) {
        which += 1;
    }
    if (which == PARAMETERS || (offer->seen >> which & 1U) != 0) {
        offer->is_possible = false;
        return;
    }
    offer->seen |= 1U << which;
    u32 bits = has_value ? window_bits(value) : 0;
    if (which == SERVER_BITS) {
        offer->server_bits = bits;
        offer->is_possible = offer->is_possible && bits >= FRAME_WINDOW_BITS;
    } else if (which == CLIENT_BITS) {
        offer->is_possible = offer->is_possible && (!has_value || bits > 0);
    } else {
        offer->is_possible = offer->is_possible && !has_value;
    }
}

/* One extension with its parameters. False: this is none. */
static bool offer_read(struct span *text, struct offer *offer_out)
{
    struct span name;
    if (!take_token(text, &name)) {
        return false;
    }
    *offer_out =
        (struct offer){.is_deflate = word_is(name, "permessage-deflate"), .is_possible = true};
    skip_spaces(text);
    while (take_byte(text, ';')) {
        struct span value = {0};
        skip_spaces(text);
        if (!take_token(text, &name)) {
            return false;
        }
        skip_spaces(text);
        bool has_value = take_byte(text, '=');
        if (has_value) {
            skip_spaces(text);
            if (!take_value(text, &value)) {
                return false;
            }
            skip_spaces(text);
        }
        parameter_apply(offer_out, name, has_value, value);
    }
    return true;
}

/* The first offer that is possible, over all headers. False: a header is no list. */
static bool offers_read(const struct http_request *request, struct offer *best_out)
{
    *best_out = (struct offer){0};
    for (u32 i = 0; i < request->headers_count; i += 1) {
        const struct http_header *header = &request->headers[i];
        struct span text = header->value;
        if (header->kind != HTTP_NAME_SEC_WEBSOCKET_EXTENSIONS) {
            continue;
        }
        do {
            struct offer offer;
            skip_spaces(&text);
            if (!offer_read(&text, &offer)) {
                return false;
            }
            if (offer.is_deflate && offer.is_possible && !best_out->is_possible) {
                *best_out = offer;
            }
        } while (take_byte(&text, ','));
        if (text.size > 0) {
            return false;
        }
    }
    return true;
}

/* ---- the answer ---- */

static struct upgrade refuse(u32 status, void *target, size_t target_bytes)
{
    struct http_answer answer;
    http_answer_begin(&answer, target, target_bytes, status, false);
    if (status == 426) {
        http_answer_put_text(&answer, "Sec-WebSocket-Version", "13");
    }
    return (struct upgrade){.status = status, .head_bytes = http_answer_end(&answer, 0)};
}

struct upgrade upgrade_answer(const struct http_request *request, bool deflate_allowed,
                              void *target, size_t target_bytes)
{
    struct span key = http_header(request, HTTP_NAME_SEC_WEBSOCKET_KEY);
    struct offer offer;
    char accept[ACCEPT_TEXT_BYTES];
    if (!request->upgrade || !key_is_valid(key)) {
        return refuse(400, target, target_bytes);
    }
    if (!span_equal(http_header(request, HTTP_NAME_SEC_WEBSOCKET_VERSION), span_of_text("13"))) {
        return refuse(426, target, target_bytes);
    }
    if (!offers_read(request, &offer)) {
        return refuse(400, target, target_bytes);
    }
    bool deflate = deflate_allowed && offer.is_possible;
    struct http_answer answer;
    accept_text(key, accept);
    http_answer_begin(&answer, target, target_bytes, 101, true);
    http_answer_put_text(&answer, "Upgrade", "websocket");
    http_answer_put_text(&answer, "Connection", "Upgrade");
    http_answer_put(&answer, "Sec-WebSocket-Accept", span_of(accept, sizeof(accept)));
    if (deflate) {
        _Static_assert(FRAME_WINDOW_BITS == 12, "the text below");
        http_answer_put_text(&answer, "Sec-WebSocket-Extensions",
                             offer.server_bits == 0
                                 ? "permessage-deflate; server_no_context_takeover; "
                                   "client_no_context_takeover"
                                 : "permessage-deflate; server_no_context_takeover; "
                                   "client_no_context_takeover; server_max_window_bits=12");
    }
    return (struct upgrade){
        .status = 101, .deflate = deflate, .head_bytes = http_answer_end(&answer, 0)};
}
