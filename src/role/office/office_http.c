/* Who is heard, and how they are answered. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/entropy.h"
#include "io/log.h"
#include "io/sign.h"
#include "role/office/office_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define API   "/office/v1/"
#define MS_NS 1000000ULL
#define MS_US 1000ULL
#define S_MS  1000ULL

static const char json_type[] = "application/json";
static const char text_type[] = "text/plain; charset=utf-8";

const struct http_limits office_limits = {.target_bytes_max = OFFICE_TARGET_BYTES,
                                          .head_bytes_max = OFFICE_HEAD_BYTES,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = OFFICE_BODY_BYTES};

/* With every answer. Scripts come from this listener alone, and may make no HTML of text. */
const struct http_field office_fields[] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), "
                           "payment=(), serial=(), usb=(), publickey-credentials-get=(self), "
                           "publickey-credentials-create=(self)"},
    {"Vary", "Accept-Encoding"},
};
const u32 office_fields_count = ARRAY_COUNT(office_fields);

/* ---- answers ---- */

struct http_reply office_say(struct office *office, u32 status, struct span json)
{
    return (struct http_reply){.status = status,
                               .type = json_type,
                               .body = json,
                               .fields = office->set,
                               .fields_count = office->set_count};
}

void office_json_begin(struct office *office)
{
    json_begin(&office->json, office->answer, sizeof(office->answer));
    json_object_begin(&office->json);
}

struct http_reply office_json_say(struct office *office)
{
    json_object_end(&office->json);
    size_t size = json_end(&office->json);
    return size == 0 ? office_refuse(office, 500, "failed", "more than an answer has room for")
                     : office_say(office, 200, span_of(office->answer, size));
}

struct http_reply office_refuse(struct office *office, u32 status, const char *name,
                                const char *why)
{
    office->counts.refused += 1;
    office_json_begin(office);
    json_field_text(&office->json, "error", name);
    json_field_text(&office->json, "why", why);
    json_object_end(&office->json);
    size_t size = json_end(&office->json);
    CHECK(size > 0);
    return office_say(office, status, span_of(office->answer, size));
}

struct http_reply office_wait(struct office *office, u64 wait_ms)
{
    u64 wait_s = (wait_ms + S_MS - 1) / S_MS;
    (void)snprintf(office->wait, sizeof(office->wait), "%llu", (unsigned long long)wait_s);
    office->set[office->set_count] =
        (struct http_field){.name = "Retry-After", .value = office->wait};
    office->set_count += 1;
    return office_refuse(office, 429, "wait", "too many attempts: come again later");
}

struct http_reply office_fail(struct office *office, enum fault fault)
{
    log_error("office.failed", LOG_FAULT(fault));
    office->fault = fault;
    return office_refuse(office, 500, "failed", "the console begins anew");
}

bool office_body_take(struct office *office, const struct office_wanted *wanted, u32 count,
                      bool has_fields, struct http_reply *reply_out)
{
    struct span type = http_header(office->request, HTTP_NAME_CONTENT_TYPE);
    if (!span_equal(type, span_of_text(json_type))) {
        *reply_out = office_refuse(office, 415, "type", "Content-Type must be application/json");
        return false;
    }
    if (!office_body_read(&office->body, office->request->body, wanted, count, has_fields)) {
        *reply_out = office_refuse(office, 400, "body", office->body.why);
        return false;
    }
    return true;
}

void office_cookie_set(struct office *office, const u8 token[OFFICE_TOKEN_BYTES])
{
    char hex[OFFICE_HEX_BYTES];
    (void)snprintf(office->cookie, sizeof(office->cookie),
                   OFFICE_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict",
                   bytes_to_hex(token, OFFICE_TOKEN_BYTES, hex));
    secret_wipe(hex, sizeof(hex));
    office->set[office->set_count] =
        (struct http_field){.name = "Set-Cookie", .value = office->cookie};
    office->set_count += 1;
}

void office_cookie_clear(struct office *office)
{
    (void)snprintf(office->cookie, sizeof(office->cookie),
                   OFFICE_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    office->set[office->set_count] =
        (struct http_field){.name = "Set-Cookie", .value = office->cookie};
    office->set_count += 1;
}

/* ---- who asks ---- */

const struct office_person *office_person_of(const struct office *office, struct span code)
{
    const struct office_people *people = office->options.people;
    for (u32 i = 0; i < people->count; i += 1) {
        if (span_equal(span_of_text(people->list[i].officer.code), code)) {
            return &people->list[i];
        }
    }
    return NULL;
}

/* The one header with this name; {NULL, 0}: none, or several. */
static struct span header_named(const struct http_request *request, const char *name)
{
    struct span found = span_of(NULL, 0);
    u32 count = 0;
    for (u32 i = 0; i < request->headers_count; i += 1) {
        const struct http_header *header = &request->headers[i];
        if (header->name.size == strlen(name) &&
            strncasecmp((const char *)header->name.data, name, header->name.size) == 0) {
            found = header->value;
            count += 1;
        }
    }
    return count == 1 ? found : span_of(NULL, 0);
}

/* The cookie's token; false: none, or several of that name. */
static bool token_of(const struct http_request *request, u8 token_out[OFFICE_TOKEN_BYTES])
{
    static const char name[] = OFFICE_COOKIE "=";
    struct span rest = header_named(request, "Cookie");
    struct span value = span_of(NULL, 0);
    u32 count = 0;
    while (rest.size > 0) {
        const u8 *end = memchr(rest.data, ';', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        struct span pair = span_of(rest.data, size);
        rest = end == NULL ? span_of(NULL, 0) : span_after(rest, size + 1);
        while (pair.size > 0 && pair.data[0] == ' ') {
            pair = span_after(pair, 1);
        }
        if (pair.size >= sizeof(name) - 1 && memcmp(pair.data, name, sizeof(name) - 1) == 0) {
            value = span_after(pair, sizeof(name) - 1);
            count += 1;
        }
    }
    return count == 1 && value.size == 2 * (size_t)OFFICE_TOKEN_BYTES &&
           bytes_from_hex(value, token_out, OFFICE_TOKEN_BYTES);
}

/* This site's page, or nobody's: typed, or from a bookmark. */
static bool is_from_here(const struct office *office, const struct http_request *request)
{
    struct span origin = http_header(request, HTTP_NAME_ORIGIN);
    struct span site = header_named(request, "Sec-Fetch-Site");
    bool must_say = request->verb == HTTP_VERB_POST;
    if (origin.data == NULL ? must_say
                            : !span_equal(origin, span_of_text(office->options.origin))) {
        return false;
    }
    return site.data == NULL || span_equal(site, span_of_text("same-origin")) ||
           (span_equal(site, span_of_text("none")) && !must_say);
}

/* ---- what is asked ---- */

enum need {
    NEED_NOTHING,
    NEED_SESSION, /* not by itself a use of it */
    NEED_USE,
    NEED_DESK, /* a use by somebody of the desk */
};

static const struct row {
    const char *name;
    bool is_post;
    enum need need;
    struct http_reply (*answer)(struct office *office);
} rows[] = {
    {"sign-in/begin", true, NEED_NOTHING, office_sign_in_begin},
    {"sign-in/key", true, NEED_NOTHING, office_sign_in_key},
    {"sign-in/webauthn", true, NEED_NOTHING, office_sign_in_webauthn},
    {"session", false, NEED_SESSION, office_session_say},
    {"sign-out", true, NEED_SESSION, office_sign_out},
    {"credentials", false, NEED_USE, office_credentials_say},
    {"credentials", true, NEED_USE, office_credentials_put},
    {"credentials/begin", true, NEED_USE, office_credentials_begin},
    {"credentials/remove", true, NEED_USE, office_credentials_remove},
    {"queue", false, NEED_DESK, office_queue},
    {"case", false, NEED_DESK, office_case},
    {"authority", false, NEED_DESK, office_authority},
    {"contacts", false, NEED_DESK, office_contacts},
    {"recusals", false, NEED_DESK, office_recusals},
    {"letter", true, NEED_DESK, office_letter},
    {"draft", true, NEED_DESK, office_draft_make},
    {"put", true, NEED_DESK, office_put},
    {"restrictions", false, NEED_USE, office_restrictions},
    {"restriction", false, NEED_USE, office_restriction},
    {"reports", false, NEED_USE, office_reports},
    {"whitelisted", false, NEED_USE, office_whitelisted},
    {"mine", false, NEED_USE, office_mine},
};

/* Nobody has used the page who only lets it look again. */
static bool is_poll(const struct http_request *request)
{
    char text[8];
    bool given = false;
    return office_query_text(request->query, "poll", text, sizeof(text), &given) &&
           strcmp(text, "yes") == 0;
}

/* Whose session it is. A person who is no longer in the list has none: the list is of this life. */
static void session_find(struct office *office, enum need need)
{
    u8 token[OFFICE_TOKEN_BYTES];
    if (token_of(office->request, token)) {
        bool uses = need != NEED_SESSION && need != NEED_NOTHING && !is_poll(office->request);
        office->session = office_session_find(&office->sessions, token, office->now_ms, uses);
    }
    secret_wipe(token, sizeof(token));
    if (office->session != NULL) {
        CHECK(office->session->person < office->options.people->count);
        office->person = &office->options.people->list[office->session->person];
    }
}

static bool csrf_holds(const struct office *office)
{
    u8 csrf[OFFICE_TOKEN_BYTES];
    struct span text = header_named(office->request, OFFICE_CSRF_HEADER);
    bool holds = text.size == 2 * sizeof(csrf) && bytes_from_hex(text, csrf, sizeof(csrf)) &&
                 sign_equal(csrf, office->session->csrf, sizeof(csrf));
    secret_wipe(csrf, sizeof(csrf));
    return holds;
}

static struct http_reply row_answer(struct office *office, const struct row *row)
{
    session_find(office, row->need);
    if (row->need == NEED_NOTHING) {
        return row->answer(office);
    }
    if (office->session == NULL) {
        return office_refuse(office, 401, "no-session", "nobody is signed in");
    }
    if (row->is_post && !csrf_holds(office)) {
        return office_refuse(office, 403, "csrf", "the session's " OFFICE_CSRF_HEADER " is wanted");
    }
    if (row->need == NEED_DESK && office->person->role[0] == 0) {
        return office_refuse(office, 403, "role", "not of the desk's staff");
    }
    return row->answer(office);
}

static struct http_reply api(struct office *office, struct span name)
{
    bool is_post = office->request->verb == HTTP_VERB_POST;
    bool is_known = false;
    office->counts.asked += 1;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (!span_equal(name, span_of_text(rows[i].name))) {
            continue;
        }
        is_known = true;
        if (rows[i].is_post == is_post) {
            return row_answer(office, &rows[i]);
        }
    }
    return is_known ? office_refuse(office, 405, "method", "asked in another way")
                    : office_refuse(office, 404, "none", "there is nothing here");
}

/* ---- the page ---- */

static struct http_reply say_text(u32 status, const char *text)
{
    return (struct http_reply){.status = status, .type = text_type, .body = span_of_text(text)};
}

/* Paths that the page itself makes something of. */
static bool is_place(struct span path)
{
    static const char *const places[] = {"/case/", "/restrictions", "/restriction/", "/reports",
                                         "/mine",  "/credentials",  "/whitelist",    "/registers"};
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        size_t size = strlen(places[i]);
        bool is_folder = places[i][size - 1] == '/';
        if (path.size >= size && memcmp(path.data, places[i], size) == 0 &&
            (is_folder ? path.size > size && memchr(path.data + size, '/', path.size - size) == NULL
                       : path.size == size)) {
            return true;
        }
    }
    return false;
}

static struct http_reply page(struct office *office, struct span path)
{
    struct http_reply reply = say_text(404, "there is nothing here\n");
    const struct office_options *options = &office->options;
    bool takes_gzip = options->takes_gzip(office->request);
    bool is_gzip = false;
    if (!options->page(is_place(path) ? span_of_text("/") : path, takes_gzip, &reply, &is_gzip)) {
        return say_text(404, "there is nothing here\n");
    }
    if (is_gzip) {
        office->set[0] = (struct http_field){.name = "Content-Encoding", .value = "gzip"};
        office->set_count = 1;
    }
    reply.fields = office->set;
    reply.fields_count = office->set_count;
    return reply;
}

/* ---- the whole ---- */

static struct http_reply say(struct office *office)
{
    const struct http_request *request = office->request;
    bool is_read = request->verb == HTTP_VERB_GET || request->verb == HTTP_VERB_HEAD;
    struct span start = span_piece(request->path, 0, strlen(API));
    bool is_api = start.data != NULL && span_equal(start, span_of_text(API));
    if (!span_equal(http_header(request, HTTP_NAME_HOST), span_of_text(office->host))) {
        return office_refuse(office, 403, "host", "not for this host");
    }
    if (!is_from_here(office, request)) {
        return office_refuse(office, 403, "origin", "not from this page");
    }
    if (!is_read && request->verb != HTTP_VERB_POST) {
        struct http_reply reply = office_refuse(office, 405, "method", "GET, HEAD and POST alone");
        reply.allow = "GET, HEAD, POST";
        return reply;
    }
    if (is_api && request->verb != HTTP_VERB_HEAD) {
        return api(office, span_after(request->path, strlen(API)));
    }
    if (is_api || !is_read) {
        return office_refuse(office, 405, "method", "asked in another way");
    }
    return page(office, request->path);
}

void office_answer(void *context, const struct http_request *request, struct http_reply *reply_out)
{
    struct office *office = context;
    office->request = request;
    office->session = NULL;
    office->person = NULL;
    office->set_count = 0;
    office->now_ms = clock_mono_ns(office->options.clock) / MS_NS;
    office->wall_ms = clock_wall_us(office->options.clock) / MS_US;
    *reply_out = office->fault == FAULT_NONE
                     ? say(office)
                     : office_refuse(office, 500, "failed", "it has failed");
    office_line_end(&office->desk);
    office_line_end(&office->cases);
    office->request = NULL;
}

/* ---- opening ---- */

bool office_origin_read(const char *origin, char host_out[OFFICE_ORIGIN_BYTES],
                        char rp_out[OFFICE_ORIGIN_BYTES])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    const char *host = strncmp(origin, "https://", 8) == 0  ? origin + 8
                       : strncmp(origin, "http://", 7) == 0 ? origin + 7
                                                            : "";
    size_t size = strspn(host, letters);
    size_t digits = host[size] == ':' ? strspn(host + size + 1, "0123456789") : 0;
    bool is_port = host[size] == 0 || (digits >= 1 && digits <= 5 && host[size + 1 + digits] == 0);
    if (size == 0 || !is_port || strlen(origin) >= OFFICE_ORIGIN_BYTES) {
        return false;
    }
    (void)snprintf(host_out, OFFICE_ORIGIN_BYTES, "%s", host);
    (void)snprintf(rp_out, OFFICE_ORIGIN_BYTES, "%.*s", (int)size, host);
    return true;
}

static enum fault open_inner(struct office *office)
{
    u8 key[OFFICE_LIMIT_KEY_BYTES];
    const struct office_options *options = &office->options;
    if (!office_origin_read(options->origin, office->host, office->rp)) {
        return FAULT(FAULT_CONFIG, "office.origin: \"%s\" is no origin", options->origin);
    }
    office->party = (struct office_party){.origin = options->origin, .rp = office->rp};
    office->desk = (struct office_line){.path = options->desk_socket,
                                        .clock = options->clock,
                                        .socket = -1,
                                        .answer = office->heard,
                                        .answer_bytes_max = sizeof(office->heard)};
    office->desk.hear = options->hear;
    office->cases = office->desk;
    office->cases.path = options->cases_socket;
    office_webauthn_init();
    TRY(entropy_fill(key, sizeof(key)));
    office_limit_init(&office->limit, key);
    TRY(office_sessions_open(&office->sessions));
    return office_store_open(&office->store, options->path);
}

enum fault office_open(struct office **office_out, const struct office_options *options)
{
    struct office *office = calloc(1, sizeof(*office));
    *office_out = NULL;
    if (office == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the officers' console");
    }
    office->options = *options;
    enum fault fault = open_inner(office);
    if (fault != FAULT_NONE) {
        office_close(office);
        return fault;
    }
    *office_out = office;
    return FAULT_NONE;
}

void office_close(struct office *office)
{
    if (office == NULL) {
        return;
    }
    office_store_close(office->store);
    office_sessions_close(&office->sessions);
    free(office);
}

enum fault office_fault(const struct office *office)
{
    return office->fault;
}

struct office_counts office_counts(const struct office *office)
{
    struct office_counts counts = office->counts;
    counts.sessions =
        office_sessions_count(&office->sessions, clock_mono_ns(office->options.clock) / MS_NS);
    counts.waits = office->limit.waits_count;
    counts.away = office->desk.away_count + office->cases.away_count;
    return counts;
}
