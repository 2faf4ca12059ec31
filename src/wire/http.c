#include "wire/http.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/http_head.h"

#include <string.h>

/* Around the target in a request line: method, two spaces, "HTTP/1.1". */
#define LINE_REST_BYTES (HTTP_METHOD_BYTES_MAX + 2U + 8U)

/* ---- tables ---- */

/* clang-format off */
static const struct {
    u16 status;
    const char *text;
} refusals[HTTP_REFUSAL_COUNT] = {
    [HTTP_REFUSAL_NONE]              = {200, "none"},
    [HTTP_REFUSAL_EMPTY_LINE]        = {400, "empty line before the request"},
    [HTTP_REFUSAL_BARE_CR]           = {400, "CR without LF"},
    [HTTP_REFUSAL_BARE_LF]           = {400, "LF without CR"},
    [HTTP_REFUSAL_CHARACTER]         = {400, "character not allowed"},
    [HTTP_REFUSAL_REQUEST_LINE]      = {400, "malformed request line"},
    [HTTP_REFUSAL_METHOD]            = {501, "unknown method"},
    [HTTP_REFUSAL_TARGET_FORM]       = {400, "target does not begin with a slash"},
    [HTTP_REFUSAL_TARGET_SIZE]       = {414, "target too long"},
    [HTTP_REFUSAL_VERSION]           = {505, "neither HTTP/1.1 nor HTTP/1.0"},
    [HTTP_REFUSAL_FOLD]              = {400, "folded header line"},
    [HTTP_REFUSAL_HEADER]            = {400, "malformed header"},
    [HTTP_REFUSAL_HEADER_SPACE]      = {400, "space before the colon of a header"},
    [HTTP_REFUSAL_HEADER_REPEATED]   = {400, "header that may come once came twice"},
    [HTTP_REFUSAL_HEADERS_COUNT]     = {431, "too many headers"},
    [HTTP_REFUSAL_HEAD_SIZE]         = {431, "head too large"},
    [HTTP_REFUSAL_HOST]              = {400, "Host missing or malformed"},
    [HTTP_REFUSAL_LENGTH]            = {400, "malformed Content-Length"},
    [HTTP_REFUSAL_LENGTH_REPEATED]   = {400, "Content-Length twice"},
    [HTTP_REFUSAL_LENGTH_AND_CODING] = {400, "Content-Length and Transfer-Encoding"},
    [HTTP_REFUSAL_CODING_OLD]        = {400, "Transfer-Encoding in HTTP/1.0"},
    [HTTP_REFUSAL_CODING_CHUNKED]    = {411, "chunked body: Content-Length is wanted"},
    [HTTP_REFUSAL_CODING_UNKNOWN]    = {501, "unknown Transfer-Encoding"},
    [HTTP_REFUSAL_BODY_SIZE]         = {413, "body too large"},
    [HTTP_REFUSAL_EXPECT]            = {417, "unknown expectation"},
    [HTTP_REFUSAL_UPGRADE]           = {400, "malformed upgrade"},
    [HTTP_REFUSAL_DISAGREE]          = {400, "read in two ways"},
};

/* In lower case. Those that may be lists may also come in several headers. */
#define NAME(text, is_list) {text, sizeof(text) - 1, is_list}
static const struct {
    const char *text;
    size_t bytes;
    bool is_list;
} names[HTTP_NAME_COUNT] = {
    [HTTP_NAME_OTHER]                    = NAME("", true),
    [HTTP_NAME_ACCEPT_ENCODING]          = NAME("accept-encoding", true),
    [HTTP_NAME_AUTHORIZATION]            = NAME("authorization", false),
    [HTTP_NAME_CONNECTION]               = NAME("connection", true),
    [HTTP_NAME_CONTENT_LENGTH]           = NAME("content-length", false),
    [HTTP_NAME_CONTENT_TYPE]             = NAME("content-type", false),
    [HTTP_NAME_EXPECT]                   = NAME("expect", false),
    [HTTP_NAME_HOST]                     = NAME("host", false),
    [HTTP_NAME_IF_NONE_MATCH]            = NAME("if-none-match", true),
    [HTTP_NAME_ORIGIN]                   = NAME("origin", false),
    [HTTP_NAME_SEC_WEBSOCKET_EXTENSIONS] = NAME("sec-websocket-extensions", true),
    [HTTP_NAME_SEC_WEBSOCKET_KEY]        = NAME("sec-websocket-key", false),
    [HTTP_NAME_SEC_WEBSOCKET_PROTOCOL]   = NAME("sec-websocket-protocol", true),
    [HTTP_NAME_SEC_WEBSOCKET_VERSION]    = NAME("sec-websocket-version", false),
    [HTTP_NAME_TRANSFER_ENCODING]        = NAME("transfer-encoding", false),
    [HTTP_NAME_UPGRADE]                  = NAME("upgrade", true),
    [HTTP_NAME_USER_AGENT]               = NAME("user-agent", false),
    [HTTP_NAME_X_FORWARDED_FOR]          = NAME("x-forwarded-for", true),
    [HTTP_NAME_X_MBX_APIKEY]             = NAME("x-mbx-apikey", false),
    [HTTP_NAME_X_MBX_TIME_UNIT]          = NAME("x-mbx-time-unit", false),
};
/* clang-format on */

static const char *const verbs[] = {
    [HTTP_VERB_GET] = "GET", [HTTP_VERB_HEAD] = "HEAD",     [HTTP_VERB_POST] = "POST",
    [HTTP_VERB_PUT] = "PUT", [HTTP_VERB_DELETE] = "DELETE", [HTTP_VERB_OPTIONS] = "OPTIONS",
};

u32 http_refusal_status(enum http_refusal refusal)
{
    CHECK(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].status;
}

const char *http_refusal_text(enum http_refusal refusal)
{
    CHECK(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].text;
}

const char *http_verb_text(enum http_verb verb)
{
    CHECK((size_t)verb < ARRAY_COUNT(verbs));
    return verbs[verb];
}

/* ---- bytes ---- */

static u8 lower(u8 byte)
{
    return byte >= 'A' && byte <= 'Z' ? (u8)(byte + 32) : byte;
}

/* `text` is in lower case. */
static bool equal_caseless(struct span bytes, const char *text)
{
    size_t i = 0;
    for (; i < bytes.size && text[i] != 0; i += 1) {
        if (lower(bytes.data[i]) != (u8)text[i]) {
            return false;
        }
    }
    return i == bytes.size && text[i] == 0;
}

static bool is_ascii(struct span bytes)
{
    u64 tops = 0;
    size_t at = 0;
    for (; at + 8 <= bytes.size; at += 8) {
        tops |= bytes_u64(bytes.data + at);
    }
    for (; at < bytes.size; at += 1) {
        tops |= bytes.data[at];
    }
    return (tops & BYTES_TOPS) == 0;
}

static bool is_digit(u8 byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_alnum(u8 byte)
{
    return is_digit(byte) || (lower(byte) >= 'a' && lower(byte) <= 'z');
}

/* RFC 9110 section 5.6.2 "Tokens": letters, digits and !#$%&'*+-.^_`|~, a bit for each. */
static bool is_token_byte(u8 byte)
{
    static const u64 tokens[2] = {0x03ff6cfa00000000ULL, 0x57ffffffc7fffffeULL};
    return byte < 0x80 && (tokens[byte >> 6] >> (byte & 63) & 1) != 0;
}

static bool is_space(u8 byte)
{
    return byte == ' ' || byte == '\t';
}

static struct span trim(struct span text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text = span_after(text, 1);
    }
    while (text.size > 0 && is_space(text.data[text.size - 1])) {
        text.size -= 1;
    }
    return text;
}

/* ---- our own reading of a head, line by line ---- */

static enum http_refusal check_version(struct http_reader *reader, struct span version)
{
    if (version.size != 8 || memcmp(version.data, "HTTP/", 5) != 0 || !is_digit(version.data[5]) ||
        version.data[6] != '.' || !is_digit(version.data[7])) {
        return HTTP_REFUSAL_REQUEST_LINE;
    }
    if (version.data[5] != '1' || version.data[7] > '1') {
        return HTTP_REFUSAL_VERSION;
    }
    reader->minor = (u8)(version.data[7] - '0');
    return HTTP_REFUSAL_NONE;
}

static enum http_refusal check_method(struct span method)
{
    if (method.size == 0) {
        return HTTP_REFUSAL_REQUEST_LINE;
    }
    for (size_t i = 0; i < method.size; i += 1) {
        if (!is_token_byte(method.data[i])) {
            return HTTP_REFUSAL_REQUEST_LINE;
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(verbs); i += 1) {
        if (span_equal(method, span_of_text(verbs[i]))) {
            return HTTP_REFUSAL_NONE;
        }
    }
    return HTTP_REFUSAL_METHOD;
}

/* The bytes themselves are visible ASCII: http_read has seen to that. */
static enum http_refusal check_target(struct http_reader *reader, const struct http_limits *limits,
                                      struct span target)
{
    if (target.size == 0) {
        return HTTP_REFUSAL_REQUEST_LINE;
    }
    if (target.data[0] != '/') {
        return HTTP_REFUSAL_TARGET_FORM;
    }
    if (target.size > limits->target_bytes_max) {
        return HTTP_REFUSAL_TARGET_SIZE;
    }
    if (memchr(target.data, '#', target.size) != NULL) {
        return HTTP_REFUSAL_CHARACTER;
    }
    reader->target_bytes = (u32)target.size;
    return HTTP_REFUSAL_NONE;
}

static enum http_refusal check_request_line(struct http_reader *reader,
                                            const struct http_limits *limits, struct span line)
{
    if (line.size == 0) {
        return HTTP_REFUSAL_EMPTY_LINE;
    }
    const u8 *first = memchr(line.data, ' ', line.size);
    const u8 *last = memrchr(line.data, ' ', line.size);
    if (first == NULL || first == last) {
        return HTTP_REFUSAL_REQUEST_LINE;
    }
    struct span method = span_of(line.data, (size_t)(first - line.data));
    struct span target = span_of(first + 1, (size_t)(last - first - 1));
    struct span version = span_after(line, (size_t)(last + 1 - line.data));
    enum http_refusal refusal = check_version(reader, version);
    if (refusal == HTTP_REFUSAL_NONE) {
        refusal = check_method(method);
    }
    if (refusal == HTTP_REFUSAL_NONE && memchr(target.data, ' ', target.size) != NULL) {
        refusal = HTTP_REFUSAL_REQUEST_LINE;
    }
    return refusal == HTTP_REFUSAL_NONE ? check_target(reader, limits, target) : refusal;
}

static enum http_refusal check_content_length(struct http_reader *reader,
                                              const struct http_limits *limits, struct span value)
{
    if (reader->length_given) {
        return HTTP_REFUSAL_LENGTH_REPEATED;
    }
    reader->length_given = true;
    if (value.size == 0 || (value.size > 1 && value.data[0] == '0')) {
        return HTTP_REFUSAL_LENGTH;
    }
    u64 length = 0;
    bool too_large = false;
    for (size_t i = 0; i < value.size; i += 1) {
        if (!is_digit(value.data[i])) {
            return HTTP_REFUSAL_LENGTH;
        }
        too_large = too_large || length > limits->body_bytes_max;
        length = too_large ? length : length * 10 + (u64)(value.data[i] - '0');
    }
    if (too_large || length > limits->body_bytes_max) {
        return HTTP_REFUSAL_BODY_SIZE;
    }
    reader->body_bytes = (u32)length;
    return HTTP_REFUSAL_NONE;
}

static enum http_refusal check_header_line(struct http_reader *reader,
                                           const struct http_limits *limits, struct span line)
{
    if (is_space(line.data[0])) {
        return HTTP_REFUSAL_FOLD;
    }
    if (reader->headers_count == limits->headers_count_max) {
        return HTTP_REFUSAL_HEADERS_COUNT;
    }
    reader->headers_count += 1;
    size_t size = 0;
    while (size < line.size && is_token_byte(line.data[size])) {
        size += 1;
    }
    if (size == line.size || size == 0 || line.data[size] != ':') {
        bool spaced = size > 0 && size < line.size && is_space(line.data[size]) &&
                      memchr(line.data, ':', line.size) != NULL;
        return spaced ? HTTP_REFUSAL_HEADER_SPACE : HTTP_REFUSAL_HEADER;
    }
    struct span name = span_of(line.data, size);
    struct span value = trim(span_after(line, size + 1));
    if (equal_caseless(name, names[HTTP_NAME_CONTENT_LENGTH].text)) {
        /* Parsers disagree about a tab behind the number. */
        bool has_tab = memchr(line.data, '\t', line.size) != NULL;
        return has_tab ? HTTP_REFUSAL_LENGTH : check_content_length(reader, limits, value);
    }
    if (equal_caseless(name, names[HTTP_NAME_TRANSFER_ENCODING].text)) {
        if (reader->coding_given) {
            return HTTP_REFUSAL_HEADER_REPEATED;
        }
        reader->coding_given = true;
        reader->coding_chunked = equal_caseless(value, "chunked");
    }
    return HTTP_REFUSAL_NONE;
}

static enum http_refusal check_framing(const struct http_reader *reader)
{
    if (!reader->coding_given) {
        return HTTP_REFUSAL_NONE;
    }
    if (reader->length_given) {
        return HTTP_REFUSAL_LENGTH_AND_CODING;
    }
    if (reader->minor == 0) {
        return HTTP_REFUSAL_CODING_OLD;
    }
    return reader->coding_chunked ? HTTP_REFUSAL_CODING_CHUNKED : HTTP_REFUSAL_CODING_UNKNOWN;
}

/* Which bytes a line may hold: 0 none, 1 in headers only, 2 everywhere. */
static u32 byte_class(u8 byte)
{
    if (byte >= 0x80 || byte == '\t') {
        return 1;
    }
    return byte >= 0x20 && byte != 0x7f ? 2 : 0;
}

static enum http_refusal check_byte(const struct http_reader *reader,
                                    const struct http_limits *limits, struct span bytes)
{
    u32 at = reader->scanned;
    u8 byte = bytes.data[at];
    bool after_cr = at > reader->line_offset && bytes.data[at - 1] == '\r';
    if (at >= limits->head_bytes_max) {
        return HTTP_REFUSAL_HEAD_SIZE;
    }
    if (after_cr) {
        return byte == '\n' ? HTTP_REFUSAL_NONE : HTTP_REFUSAL_BARE_CR;
    }
    if (byte == '\n') {
        return HTTP_REFUSAL_BARE_LF;
    }
    if (byte != '\r' && byte_class(byte) < (reader->line_offset == 0 ? 2U : 1U)) {
        return HTTP_REFUSAL_CHARACTER;
    }
    if (reader->line_offset == 0 && byte != '\r' &&
        at >= limits->target_bytes_max + LINE_REST_BYTES) {
        bool has_method = memchr(bytes.data, ' ', HTTP_METHOD_BYTES_MAX + 1) != NULL;
        return has_method ? HTTP_REFUSAL_TARGET_SIZE : HTTP_REFUSAL_REQUEST_LINE;
    }
    return HTTP_REFUSAL_NONE;
}

/* Where the next byte is that check_byte must see: plain ones are passed over, eight at once. */
static u32 skip_plain(const struct http_reader *reader, const struct http_limits *limits,
                      struct span bytes)
{
    u64 end = u64_min(bytes.size, limits->head_bytes_max);
    if (reader->line_offset == 0) {
        end = u64_min(end, limits->target_bytes_max + LINE_REST_BYTES);
    }
    u32 at = reader->scanned;
    bool after_cr = at > reader->line_offset && bytes.data[at - 1] == '\r';
    while (!after_cr && at + 8 <= end && bytes_are_plain(bytes_u64(bytes.data + at))) {
        at += 8;
    }
    return at;
}

/* Looks at the bytes that are new, up to the end of the head. */
static enum http_refusal scan_head(struct http_reader *reader, const struct http_limits *limits,
                                   struct span bytes)
{
    while (reader->scanned < bytes.size && reader->head_bytes == 0) {
        reader->scanned = skip_plain(reader, limits, bytes);
        if (reader->scanned == bytes.size) {
            break;
        }
        enum http_refusal refusal = check_byte(reader, limits, bytes);
        bool line_ends = bytes.data[reader->scanned] == '\n';
        if (refusal == HTTP_REFUSAL_NONE && line_ends) {
            struct span line =
                span_piece(bytes, reader->line_offset, reader->scanned - 1 - reader->line_offset);
            if (reader->line_offset == 0) {
                refusal = check_request_line(reader, limits, line);
            } else if (line.size > 0) {
                refusal = check_header_line(reader, limits, line);
            } else {
                refusal = check_framing(reader);
                reader->head_bytes = reader->scanned + 1;
            }
            reader->line_offset = reader->scanned + 1;
        }
        if (refusal != HTTP_REFUSAL_NONE) {
            return refusal;
        }
        reader->scanned += 1;
    }
    return HTTP_REFUSAL_NONE;
}

/* ---- what the parser makes of it ---- */

static enum http_name name_of(struct span name)
{
    for (u32 i = HTTP_NAME_OTHER + 1; i < HTTP_NAME_COUNT; i += 1) {
        if (name.size == names[i].bytes && equal_caseless(name, names[i].text)) {
            return (enum http_name)i;
        }
    }
    return HTTP_NAME_OTHER;
}

static enum http_refusal sort_headers(struct http_request *request)
{
    u64 seen = 0;
    for (u32 i = 0; i < request->headers_count; i += 1) {
        struct http_header *header = &request->headers[i];
        header->kind = name_of(header->name);
        if (header->kind == HTTP_NAME_OTHER) {
            continue;
        }
        if ((seen >> header->kind & 1U) != 0 && !names[header->kind].is_list) {
            return HTTP_REFUSAL_HEADER_REPEATED;
        }
        seen |= 1ULL << header->kind;
        if (!is_ascii(header->value)) {
            return HTTP_REFUSAL_CHARACTER;
        }
    }
    return HTTP_REFUSAL_NONE;
}

static enum http_refusal check_host(const struct http_request *request)
{
    struct span host = http_header(request, HTTP_NAME_HOST);
    if (host.data == NULL && request->minor == 0) {
        return HTTP_REFUSAL_NONE;
    }
    if (host.size == 0) {
        return HTTP_REFUSAL_HOST;
    }
    for (size_t i = 0; i < host.size; i += 1) {
        u8 byte = host.data[i];
        if (!is_alnum(byte) && strchr("-._~:[]%", byte) == NULL) {
            return HTTP_REFUSAL_HOST;
        }
    }
    return HTTP_REFUSAL_NONE;
}

/* What the headers ask for: an upgrade, a go-ahead for the body, the end of the connection. */
static enum http_refusal read_wishes(struct http_reader *reader, struct http_request *request)
{
    bool modern = request->minor == 1;
    request->keep_alive = modern && !http_list_has(request, HTTP_NAME_CONNECTION, "close");
    struct span expect = http_header(request, HTTP_NAME_EXPECT);
    if (expect.data != NULL && modern) {
        if (!equal_caseless(expect, "100-continue")) {
            return HTTP_REFUSAL_EXPECT;
        }
        reader->awaits_continue = reader->body_bytes > 0;
    }
    request->upgrade = modern && http_list_has(request, HTTP_NAME_CONNECTION, "upgrade") &&
                       http_list_has(request, HTTP_NAME_UPGRADE, "websocket");
    bool sound = request->verb == HTTP_VERB_GET && reader->body_bytes == 0 && request->keep_alive;
    return request->upgrade && !sound ? HTTP_REFUSAL_UPGRADE : HTTP_REFUSAL_NONE;
}

static enum http_refusal read_head(struct http_reader *reader, struct span bytes,
                                   struct http_request *request)
{
    struct http_framing framing;
    struct span head = span_piece(bytes, 0, reader->head_bytes);
    if (!http_head_parse(head, request, &framing) || request->minor != reader->minor ||
        request->headers_count != reader->headers_count ||
        request->target.size != reader->target_bytes || framing.chunked ||
        framing.content_bytes != reader->body_bytes) {
        return HTTP_REFUSAL_DISAGREE;
    }
    const u8 *mark = memchr(request->target.data, '?', request->target.size);
    size_t path_bytes = mark == NULL ? request->target.size : (size_t)(mark - request->target.data);
    request->path = span_piece(request->target, 0, path_bytes);
    request->query = (struct span){.data = NULL, .size = 0};
    if (mark != NULL) {
        request->query = span_after(request->target, path_bytes + 1);
    }
    request->body = span_piece(bytes, reader->head_bytes, reader->body_bytes);
    enum http_refusal refusal = sort_headers(request);
    if (refusal == HTTP_REFUSAL_NONE) {
        refusal = check_host(request);
    }
    return refusal == HTTP_REFUSAL_NONE ? read_wishes(reader, request) : refusal;
}

static void check_limits(const struct http_limits *limits)
{
    CHECK(limits->head_bytes_max <= HTTP_HEAD_BYTES_MAX);
    CHECK(limits->head_bytes_max >= 64);
    CHECK(limits->target_bytes_max <= limits->head_bytes_max - 64);
    CHECK(limits->headers_count_max <= HTTP_HEADERS_MAX);
    CHECK(limits->body_bytes_max <= HTTP_BODY_BYTES_MAX);
}

static enum http_progress refuse(struct http_reader *reader, enum http_refusal refusal)
{
    reader->refusal = (u8)refusal;
    return HTTP_READ_REFUSED;
}

enum http_progress http_read(struct http_reader *reader, const struct http_limits *limits,
                             struct span bytes, struct http_request *request_out)
{
    check_limits(limits);
    CHECK(reader->scanned <= bytes.size);
    if (reader->refusal != HTTP_REFUSAL_NONE) {
        return HTTP_READ_REFUSED;
    }
    bool head_was_read = reader->head_bytes > 0;
    enum http_refusal refusal = scan_head(reader, limits, bytes);
    if (refusal != HTTP_REFUSAL_NONE) {
        return refuse(reader, refusal);
    }
    if (reader->head_bytes == 0) {
        return HTTP_READ_MORE;
    }
    bool body_here = bytes.size - reader->head_bytes >= reader->body_bytes;
    if (!head_was_read || body_here) {
        refusal = read_head(reader, bytes, request_out);
        if (refusal != HTTP_REFUSAL_NONE) {
            return refuse(reader, refusal);
        }
    }
    if (body_here) {
        return HTTP_READ_WHOLE;
    }
    bool waits =
        reader->awaits_continue && !reader->told_continue && bytes.size == reader->head_bytes;
    reader->told_continue = reader->told_continue || waits;
    return waits ? HTTP_READ_CONTINUE : HTTP_READ_MORE;
}

u32 http_next(struct http_reader *reader)
{
    CHECK(reader->head_bytes > 0);
    CHECK(reader->refusal == HTTP_REFUSAL_NONE);
    u32 taken = reader->head_bytes + reader->body_bytes;
    *reader = (struct http_reader){0};
    return taken;
}

/* ---- headers ---- */

struct span http_header(const struct http_request *request, enum http_name kind)
{
    for (u32 i = 0; i < request->headers_count; i += 1) {
        if (request->headers[i].kind == kind) {
            return request->headers[i].value;
        }
    }
    return (struct span){.data = NULL, .size = 0};
}

static bool value_has(struct span value, const char *word)
{
    while (value.size > 0) {
        const u8 *comma = memchr(value.data, ',', value.size);
        size_t size = comma == NULL ? value.size : (size_t)(comma - value.data);
        struct span item = span_piece(value, 0, size);
        const u8 *semicolon = size == 0 ? NULL : memchr(item.data, ';', size);
        if (semicolon != NULL) {
            item.size = (size_t)(semicolon - item.data);
        }
        if (equal_caseless(trim(item), word)) {
            return true;
        }
        value = comma == NULL ? span_of("", 0) : span_after(value, size + 1);
    }
    return false;
}

bool http_list_has(const struct http_request *request, enum http_name kind, const char *word)
{
    for (u32 i = 0; i < request->headers_count; i += 1) {
        if (request->headers[i].kind == kind && value_has(request->headers[i].value, word)) {
            return true;
        }
    }
    return false;
}
