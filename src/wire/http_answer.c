/* Heads of answers: the second half of wire/http.h. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/http.h"

#include <string.h>

/* Of the largest u64. */
#define DIGITS_MAX 20U

/* clang-format off */
static const struct {
    u32 status;
    const char *text;
} reasons[] = {
    {100, "Continue"}, {101, "Switching Protocols"},
    {200, "OK"}, {202, "Accepted"}, {204, "No Content"}, {304, "Not Modified"},
    {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
    {405, "Method Not Allowed"}, {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"},
    {411, "Length Required"}, {413, "Content Too Large"}, {414, "URI Too Long"},
    {415, "Unsupported Media Type"}, {417, "Expectation Failed"}, {418, "I'm a teapot"},
    {426, "Upgrade Required"}, {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"},
};
/* clang-format on */

static void put(struct http_answer *answer, const void *bytes, size_t size)
{
    if (answer->failed || size > answer->size - answer->used) {
        answer->failed = true;
        return;
    }
    if (size > 0) {
        memcpy(answer->data + answer->used, bytes, size);
    }
    answer->used += size;
}

ALWAYS_INLINE void put_text(struct http_answer *answer, const char *text)
{
    put(answer, text, strlen(text));
}

static struct span number_text(u64 number, u8 digits_out[DIGITS_MAX])
{
    size_t at = DIGITS_MAX;
    do {
        at -= 1;
        digits_out[at] = (u8)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return span_of(digits_out + at, DIGITS_MAX - at);
}

static const char *reason_of(u32 status)
{
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i += 1) {
        if (reasons[i].status == status) {
            return reasons[i].text;
        }
    }
    return "";
}

void http_answer_begin(struct http_answer *answer, void *target, size_t target_bytes, u32 status,
                       bool keep_alive)
{
    CHECK(status >= 100 && status <= 599);
    *answer = (struct http_answer){.data = target, .size = target_bytes, .status = status};
    put_text(answer, "HTTP/1.1 ");
    u8 digits[DIGITS_MAX];
    struct span number = number_text(status, digits);
    put(answer, number.data, number.size);
    put_text(answer, " ");
    put_text(answer, reason_of(status));
    put_text(answer, "\r\n");
    if (!keep_alive) {
        http_answer_put_text(answer, "Connection", "close");
    }
}

/* Letters, digits and the hyphen, a bit for each. */
static bool name_is_sound(struct span name)
{
    static const u64 sound[2] = {0x03ff200000000000ULL, 0x07fffffe07fffffeULL};
    for (size_t i = 0; i < name.size; i += 1) {
        u8 byte = name.data[i];
        if (byte >= 0x80 || (sound[byte >> 6] >> (byte & 63) & 1) == 0) {
            return false;
        }
    }
    return name.size > 0;
}

/* No byte that could end the header, and none at its ends that a reader would cut off. */
static bool value_is_sound(struct span value)
{
    size_t plain = 0;
    while (value.size - plain >= 8 && bytes_are_plain(bytes_u64(value.data + plain))) {
        plain += 8;
    }
    for (size_t i = plain; i < value.size; i += 1) {
        u8 byte = value.data[i];
        if ((byte < 0x20 && byte != '\t') || byte >= 0x7f) {
            return false;
        }
    }
    if (value.size == 0) {
        return true;
    }
    u8 first = value.data[0];
    u8 last = value.data[value.size - 1];
    return first != ' ' && first != '\t' && last != ' ' && last != '\t';
}

void http_answer_put(struct http_answer *answer, const char *name, struct span value)
{
    struct span name_text = span_of_text(name);
    if (!name_is_sound(name_text) || !value_is_sound(value)) {
        answer->failed = true;
        return;
    }
    put(answer, name_text.data, name_text.size);
    put_text(answer, ": ");
    put(answer, value.data, value.size);
    put_text(answer, "\r\n");
}

void http_answer_put_text(struct http_answer *answer, const char *name, const char *value)
{
    http_answer_put(answer, name, span_of_text(value));
}

void http_answer_put_u64(struct http_answer *answer, const char *name, u64 value)
{
    u8 digits[DIGITS_MAX];
    http_answer_put(answer, name, number_text(value, digits));
}

size_t http_answer_end(struct http_answer *answer, u64 body_bytes)
{
    bool bodiless = answer->status < 200 || answer->status == 204 || answer->status == 304;
    if (bodiless) {
        CHECK(body_bytes == 0);
    } else {
        http_answer_put_u64(answer, "Content-Length", body_bytes);
    }
    put_text(answer, "\r\n");
    return answer->failed ? 0 : answer->used;
}
