#include "role/gateway/pages.h"

#include "base/check.h"

#include <string.h>
#include <strings.h>

#define GZIP_SUFFIX "-gz"

struct field {
    const char *name;
    const char *value;
};

/* With every page. connect-src 'self' is REST and, by CSP level 3, WebSockets of the same host. */
static const struct field fields[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "font-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
                           "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
                           "serial=(), usb=()"},
    {"Vary", "Accept-Encoding"},
};

/* ---- the table ---- */

static bool page_is_sound(const struct page *page)
{
    return page->path[0] == '/' && strlen(page->path) <= PAGE_PATH_BYTES_MAX &&
           strlen(page->type) <= PAGE_TYPE_BYTES_MAX && strlen(page->etag) > 0 &&
           strlen(page->etag) <= PAGE_ETAG_BYTES && page->plain_bytes <= PAGE_BODY_BYTES_MAX &&
           page->gzip_bytes <= PAGE_BODY_BYTES_MAX;
}

bool page_table_is_sound(const struct page_table *table)
{
    if (table->count > PAGES_MAX) {
        return false;
    }
    for (u32 i = 0; i < table->count; i += 1) {
        if (!page_is_sound(&table->pages[i]) ||
            page_find(table, span_of_text(table->pages[i].path)) != (i32)i) {
            return false;
        }
    }
    return true;
}

i32 page_find(const struct page_table *table, struct span path)
{
    for (u32 i = 0; i < table->count; i += 1) {
        if (span_equal(path, span_of_text(table->pages[i].path))) {
            return (i32)i;
        }
    }
    return -1;
}

struct span page_body(const struct page *page, bool is_gzip)
{
    return is_gzip ? span_of(page->gzip, page->gzip_bytes)
                   : span_of(page->plain, page->plain_bytes);
}

/* ---- what the client takes ---- */

static struct span trimmed(struct span text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = span_after(text, 1);
    }
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t')) {
        text.size -= 1;
    }
    return text;
}

/* What is in front of the first `mark`, trimmed; *text goes on behind it. */
static struct span cut(struct span *text, char mark)
{
    const u8 *end = text->size == 0 ? NULL : memchr(text->data, mark, text->size);
    size_t size = end == NULL ? text->size : (size_t)(end - text->data);
    struct span piece = span_of(text->data, size);
    *text = span_after(*text, end == NULL ? size : size + 1);
    return trimmed(piece);
}

static bool word_is(struct span text, const char *word)
{
    return text.size == strlen(word) && strncasecmp((const char *)text.data, word, text.size) == 0;
}

/* "q=0", "q=0.000": the parameters say that the coding is not wanted. */
static bool is_refused(struct span parameters)
{
    while (parameters.size > 0) {
        struct span value = cut(&parameters, ';');
        struct span name = cut(&value, '=');
        if (word_is(name, "q")) {
            bool is_zero = value.size > 0;
            for (size_t i = 0; i < value.size; i += 1) {
                is_zero = is_zero && (value.data[i] == '0' || (i == 1 && value.data[i] == '.'));
            }
            return is_zero;
        }
    }
    return false;
}

bool page_takes_gzip(const struct http_request *request)
{
    bool any = false;
    bool named = false;
    bool takes = false;
    for (u32 i = 0; i < request->headers_count; i += 1) {
        struct span list = request->headers[i].value;
        while (request->headers[i].kind == HTTP_NAME_ACCEPT_ENCODING && list.size > 0) {
            struct span entry = cut(&list, ',');
            struct span coding = cut(&entry, ';');
            if (word_is(coding, "gzip") || word_is(coding, "x-gzip")) {
                named = true;
                takes = takes || !is_refused(entry);
            } else if (word_is(coding, "*")) {
                any = any || !is_refused(entry);
            }
        }
    }
    return named ? takes : any;
}

/* An opaque tag in quotes, of either coding. */
static bool tag_is(struct span tag, const char *etag)
{
    size_t size = strlen(etag);
    if (tag.size >= 2 && memcmp(tag.data, "W/", 2) == 0) {
        tag = span_after(tag, 2);
    }
    if (tag.size < size + 2 || tag.data[0] != '"' || tag.data[tag.size - 1] != '"' ||
        memcmp(tag.data + 1, etag, size) != 0) {
        return false;
    }
    struct span rest = span_piece(tag, size + 1, tag.size - size - 2);
    return rest.size == 0 || span_equal(rest, span_of_text(GZIP_SUFFIX));
}

bool page_is_known(const struct http_request *request, const struct page *page)
{
    for (u32 i = 0; i < request->headers_count; i += 1) {
        struct span list = request->headers[i].value;
        while (request->headers[i].kind == HTTP_NAME_IF_NONE_MATCH && list.size > 0) {
            struct span tag = cut(&list, ',');
            if (tag_is(tag, page->etag) || word_is(tag, "*")) {
                return true;
            }
        }
    }
    return false;
}

/* ---- the head ---- */

static void put_etag(struct http_answer *answer, const struct page *page, bool is_gzip)
{
    u8 text[PAGE_ETAG_BYTES + sizeof(GZIP_SUFFIX) + 2];
    size_t size = strlen(page->etag);
    CHECK(size <= PAGE_ETAG_BYTES);
    text[0] = '"';
    memcpy(text + 1, page->etag, size);
    size += 1;
    if (is_gzip) {
        memcpy(text + size, GZIP_SUFFIX, sizeof(GZIP_SUFFIX) - 1);
        size += sizeof(GZIP_SUFFIX) - 1;
    }
    text[size] = '"';
    http_answer_put(answer, "ETag", span_of(text, size + 1));
}

struct page_answer page_answer(const struct page *page, const struct http_request *request,
                               const char *date, bool keep_alive, u8 head_out[PAGE_HEAD_BYTES])
{
    struct http_answer answer;
    struct page_answer said = {.status = page_is_known(request, page) ? 304 : 200,
                               .is_gzip = page_takes_gzip(request)};
    http_answer_begin(&answer, head_out, PAGE_HEAD_BYTES, said.status, keep_alive);
    http_answer_put_text(&answer, "Date", date);
    put_etag(&answer, page, said.is_gzip);
    http_answer_put_text(&answer, "Cache-Control",
                         page->is_lasting ? "public, max-age=31536000, immutable" : "no-cache");
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        http_answer_put_text(&answer, fields[i].name, fields[i].value);
    }
    if (said.status == 200) {
        http_answer_put_text(&answer, "Content-Type", page->type);
        if (said.is_gzip) {
            http_answer_put_text(&answer, "Content-Encoding", "gzip");
        }
    }
    size_t body_bytes = said.status == 200 ? page_body(page, said.is_gzip).size : 0;
    said.head_bytes = http_answer_end(&answer, body_bytes);
    CHECK(said.head_bytes > 0);
    return said;
}
