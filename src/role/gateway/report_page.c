#include "role/gateway/report_page.h"

#include "base/check.h"
#include "wire/http.h"

#include <string.h>

#define PAGE       "/transparency"
#define PREFIX     PAGE "/"
#define LIST       "list.json"
#define HALF_BYTES 7U /* 2026-H1 */

bool report_page_is(struct span path)
{
    return span_equal(path, span_of_text(PAGE));
}

static bool is_half(struct span name)
{
    static const char form[] = "dddd-Hh";
    if (name.size < HALF_BYTES) {
        return false;
    }
    for (size_t at = 0; at < HALF_BYTES; at += 1) {
        u8 symbol = name.data[at];
        bool fits = form[at] == 'd'   ? symbol >= '0' && symbol <= '9'
                    : form[at] == 'h' ? symbol == '1' || symbol == '2'
                                      : symbol == (u8)form[at];
        if (!fits) {
            return false;
        }
    }
    return true;
}

bool report_page_name(struct span path, char name_out[REPORT_PAGE_NAME_BYTES])
{
    size_t prefix = sizeof(PREFIX) - 1;
    if (path.size <= prefix || memcmp(path.data, PREFIX, prefix) != 0) {
        return false;
    }
    struct span name = span_after(path, prefix);
    bool is_file = span_equal(name, span_of_text(LIST));
    if (!is_file && is_half(name)) {
        struct span ending = span_after(name, HALF_BYTES);
        is_file =
            span_equal(ending, span_of_text(".json")) || span_equal(ending, span_of_text(".csv"));
    }
    if (!is_file || name.size >= REPORT_PAGE_NAME_BYTES) {
        return false;
    }
    memcpy(name_out, name.data, name.size);
    name_out[name.size] = 0;
    return true;
}

size_t report_page_head(const char *name, u64 body_bytes, const char *date, bool keep_alive,
                        u8 head_out[REPORT_PAGE_HEAD_BYTES])
{
    struct http_answer answer;
    size_t length = strlen(name);
    bool is_csv = length > 4 && strcmp(name + length - 4, ".csv") == 0;
    http_answer_begin(&answer, head_out, REPORT_PAGE_HEAD_BYTES, 200, keep_alive);
    http_answer_put_text(&answer, "Date", date);
    http_answer_put_text(&answer, "Content-Type",
                         is_csv ? "text/csv; charset=utf-8" : "application/json");
    http_answer_put_text(&answer, "Cache-Control", "no-store");
    http_answer_put_text(&answer, "X-Content-Type-Options", "nosniff");
    size_t size = http_answer_end(&answer, body_bytes);
    CHECK(size > 0);
    return size;
}
