#include "role/gateway/log_page.h"

#include "base/check.h"
#include "wire/http.h"

#include <string.h>

#define PREFIX      "/log/"
#define CHECKPOINT  "checkpoint"
#define POLICY      "policy.txt"
#define LEVEL_MAX   63U
#define WIDTH_MAX   255U
#define OPENING_MAX 999U
#define HASH_DIGITS 64U
#define TILE_BYTES  63U /* the longest path of one */

/* Takes `text` off the front; false: it does not begin so. */
static bool take(struct span *path, const char *text)
{
    size_t size = strlen(text);
    if (path->size < size || memcmp(path->data, text, size) != 0) {
        return false;
    }
    *path = span_after(*path, size);
    return true;
}

static bool is_digit(struct span path, size_t at)
{
    return at < path.size && path.data[at] >= '0' && path.data[at] <= '9';
}

/* A number without leading zeros, at most `maximum`, which has at most three digits. */
static bool take_number(struct span *path, u32 maximum)
{
    u32 number = 0;
    size_t size = 0;
    for (; size < 3 && is_digit(*path, size); size += 1) {
        number = number * 10 + (u32)(path->data[size] - '0');
    }
    if (size == 0 || (size > 1 && path->data[0] == '0') || number > maximum) {
        return false;
    }
    *path = span_after(*path, size);
    return true;
}

static bool take_group(struct span *path)
{
    if (!is_digit(*path, 0) || !is_digit(*path, 1) || !is_digit(*path, 2)) {
        return false;
    }
    *path = span_after(*path, 3);
    return true;
}

static bool take_index(struct span *path)
{
    while (take(path, "x")) { /* each takes bytes */
        if (!take_group(path) || !take(path, "/")) {
            return false;
        }
    }
    return take_group(path);
}

static bool is_tile(struct span path)
{
    if (path.size > TILE_BYTES || !take(&path, "tile/") ||
        (!take(&path, "entries") && !take_number(&path, LEVEL_MAX)) || !take(&path, "/") ||
        !take_index(&path)) {
        return false;
    }
    if (path.size == 0) {
        return true;
    }
    bool is_zero = path.size == 4 && path.data[3] == '0';
    return take(&path, ".p/") && !is_zero && take_number(&path, WIDTH_MAX) && path.size == 0;
}

/* An opened month: 2026-10.1 */
static bool is_month(struct span path)
{
    if (!take(&path, "month/")) {
        return false;
    }
    for (u32 digits = 0; digits < 6; digits += 1) {
        if ((digits == 4 && !take(&path, "-")) || !is_digit(path, 0)) {
            return false;
        }
        path = span_after(path, 1);
    }
    bool is_zero = path.size > 1 && path.data[1] == '0';
    return take(&path, ".") && !is_zero && take_number(&path, OPENING_MAX) && path.size == 0;
}

/* A text that a line of the log names, by its hash. */
static bool is_text(struct span path)
{
    if (!take(&path, "text/") || path.size != HASH_DIGITS) {
        return false;
    }
    for (size_t at = 0; at < path.size; at += 1) {
        if (!is_digit(path, at) && (path.data[at] < 'a' || path.data[at] > 'f')) {
            return false;
        }
    }
    return true;
}

static bool is_file(struct span path)
{
    return span_equal(path, span_of_text(CHECKPOINT)) || span_equal(path, span_of_text(POLICY)) ||
           is_tile(path) || is_month(path) || is_text(path);
}

bool log_page_name(struct span path, char name_out[LOG_PAGE_NAME_BYTES])
{
    if (!take(&path, PREFIX) || path.size >= LOG_PAGE_NAME_BYTES || !is_file(path)) {
        return false;
    }
    memcpy(name_out, path.data, path.size);
    name_out[path.size] = 0;
    return true;
}

bool log_page_changes(const char *name)
{
    return strcmp(name, CHECKPOINT) == 0 || strcmp(name, POLICY) == 0;
}

size_t log_page_head(const char *name, u64 body_bytes, const char *date, bool keep_alive,
                     u8 head_out[LOG_PAGE_HEAD_BYTES])
{
    struct http_answer answer;
    bool changes = log_page_changes(name);
    http_answer_begin(&answer, head_out, LOG_PAGE_HEAD_BYTES, 200, keep_alive);
    http_answer_put_text(&answer, "Date", date);
    http_answer_put_text(&answer, "Content-Type",
                         changes ? "text/plain; charset=utf-8" : "application/octet-stream");
    http_answer_put_text(&answer, "Cache-Control",
                         changes ? "no-store" : "public, max-age=31536000, immutable");
    http_answer_put_text(&answer, "X-Content-Type-Options", "nosniff");
    size_t size = http_answer_end(&answer, body_bytes);
    CHECK(size > 0);
    return size;
}
