/* Pages, the public log's files and the demo's sign-in, over HTTP: docs/pages.md. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/log_page.h"
#include "role/gateway/report_page.h"
#include "role/gateway/rules_page.h"
#include "role/gateway/session.h"

#include <string.h>
#include <strings.h>

#define METHOD_HEAD_BYTES 512U

/* ---- bodies ---- */

enum fault page_session_open(struct gateway *gateway)
{
    const struct page_table *table = gateway->options.pages;
    if (table == NULL) {
        return FAULT_NONE;
    }
    if (!page_table_is_sound(table)) {
        return FAULT(FAULT_CONFIG, "the table of pages is not sound");
    }
    for (u32 i = 0; i < table->count; i += 1) {
        for (u32 coding = 0; coding < 2; coding += 1) {
            struct span body = page_body(&table->pages[i], coding == 1);
            gateway->page_bodies[i][coding] = net_buffer_copy(gateway->net->pool, body);
            if (gateway->page_bodies[i][coding] == NULL) {
                return FAULT(FAULT_LIMIT, "no room for the page %s", table->pages[i].path);
            }
        }
    }
    return FAULT_NONE;
}

void page_session_close(struct gateway *gateway)
{
    for (u32 i = 0; i < PAGES_MAX; i += 1) {
        for (u32 coding = 0; coding < 2; coding += 1) {
            if (gateway->page_bodies[i][coding] != NULL) {
                net_buffer_release(gateway->page_bodies[i][coding]);
                gateway->page_bodies[i][coding] = NULL;
            }
        }
    }
}

/* ---- answers ---- */

/* Head, then the shared body; NULL: none. What is said in JSON is counted where it is said. */
static void send(struct session *session, u32 status, struct span head, struct net_buffer *body)
{
    session->is_head = false;
    gateway_counted(session->gateway, status);
    if (!net_send_copy(session->conn, head) || (body != NULL && !net_send(session->conn, body))) {
        session->is_shutting = true;
        net_shut_now(session->conn);
        return;
    }
    if (session->keep_alive) {
        net_deadline(session->conn, session->gateway->options.idle_ms);
    } else {
        session_shut_drained(session);
    }
}

static void send_method(struct session *session, const char *allowed)
{
    u8 head[METHOD_HEAD_BYTES];
    struct http_answer answer;
    http_answer_begin(&answer, head, sizeof(head), 405, session->keep_alive);
    http_answer_put_text(&answer, "Date", gateway_date(session->gateway));
    http_answer_put_text(&answer, "Allow", allowed);
    size_t size = http_answer_end(&answer, 0);
    CHECK(size > 0);
    send(session, 405, span_of(head, size), NULL);
}

static void send_page(struct session *session, const struct http_request *request, u32 index)
{
    struct gateway *gateway = session->gateway;
    u8 head[PAGE_HEAD_BYTES];
    struct page_answer said = page_answer(&gateway->options.pages->pages[index], request,
                                          gateway_date(gateway), session->keep_alive, head);
    bool has_body = said.status == 200 && request->verb == HTTP_VERB_GET;
    send(session, said.status, span_of(head, said.head_bytes),
         has_body ? gateway->page_bodies[index][said.is_gzip] : NULL);
}

/* ---- the public log, and reports ---- */

static void fail(struct session *session, u32 status, enum api_error error)
{
    struct api_failure failure;
    (void)api_fail(&failure, error);
    http_session_fail(session, status, &failure, 0);
}

/* FAULT_LIMIT: it is too long, or there is no room. */
static enum fault public_file_read(struct gateway *gateway, const char *folder, const char *name,
                                   u64 bytes_max, struct net_buffer **body_out)
{
    SCOPED_FILE file = {.disk = NULL};
    char path[FILE_PATH_BYTES];
    u64 size = 0;
    *body_out = NULL;
    TRY(file_path(path, folder, name));
    TRY(file_open(gateway->options.disk, path, 0, &file));
    TRY(file_size(&file, &size));
    struct net_buffer *body = size > bytes_max ? NULL : net_buffer_take(gateway->net->pool, size);
    if (body == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no room for %llu bytes", path, (unsigned long long)size);
    }
    enum fault fault = file_read_whole(&file, 0, body->data, (size_t)size);
    if (fault != FAULT_NONE) {
        net_buffer_release(body);
        return fault;
    }
    body->size = (u32)size;
    *body_out = body;
    return FAULT_NONE;
}

/* Whether it is there; else the refusal is said. */
static bool file_found(struct session *session, enum fault fault)
{
    if (fault != FAULT_NONE) {
        fault_forget();
        fail(session, fault == FAULT_MISSING ? 404 : 503, API_ERROR_UNSUPPORTED_OPERATION);
    }
    return fault == FAULT_NONE;
}

static void send_log(struct session *session, const struct http_request *request, const char *name)
{
    struct gateway *gateway = session->gateway;
    struct net_buffer *body = NULL;
    u8 head[LOG_PAGE_HEAD_BYTES];
    if (!file_found(session, public_file_read(gateway, gateway->options.log_folder, name,
                                              LOG_PAGE_BYTES_MAX, &body))) {
        return;
    }
    size_t size = log_page_head(name, body->size, gateway_date(gateway), session->keep_alive, head);
    send(session, 200, span_of(head, size), request->verb == HTTP_VERB_GET ? body : NULL);
    net_buffer_release(body);
}

static void send_report(struct session *session, const struct http_request *request,
                        const char *name)
{
    struct gateway *gateway = session->gateway;
    struct net_buffer *body = NULL;
    u8 head[REPORT_PAGE_HEAD_BYTES];
    if (!file_found(session, public_file_read(gateway, gateway->options.reports_folder, name,
                                              REPORT_PAGE_BYTES_MAX, &body))) {
        return;
    }
    size_t size =
        report_page_head(name, body->size, gateway_date(gateway), session->keep_alive, head);
    send(session, 200, span_of(head, size), request->verb == HTTP_VERB_GET ? body : NULL);
    net_buffer_release(body);
}

/* ---- signing in ---- */

static bool is_json(const struct http_request *request)
{
    static const char json[] = "application/json";
    struct span type = http_header(request, HTTP_NAME_CONTENT_TYPE);
    size_t size = sizeof(json) - 1;
    return type.size >= size && strncasecmp((const char *)type.data, json, size) == 0 &&
           (type.size == size || type.data[size] == ';' || type.data[size] == ' ');
}

static void send_accounts(struct session *session)
{
    struct gateway *gateway = session->gateway;
    struct json_writer json;
    json_begin(&json, gateway->scratch.json, DEMO_SIGN_BYTES);
    demo_accounts_print(&json, gateway->options.demo);
    size_t size = json_end(&json);
    CHECK(size > 0);
    http_session_say(session, 200, span_of(gateway->scratch.json, size), false);
}

static void send_key(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    struct api_failure failure;
    const struct demo_account *account =
        demo_sign_read(gateway->options.demo, request->body, &failure);
    if (account == NULL) {
        http_session_fail(session, api_error_http(failure.error), &failure, 0);
        return;
    }
    struct json_writer json;
    json_begin(&json, gateway->scratch.json, DEMO_SIGN_BYTES);
    demo_account_print(&json, account);
    size_t size = json_end(&json);
    CHECK(size > 0);
    http_session_say(session, 200, span_of(gateway->scratch.json, size), true);
    secret_wipe(gateway->scratch.json, size);
}

static void sign_in(struct session *session, const struct http_request *request,
                    enum demo_path path)
{
    bool is_post = path == DEMO_PATH_SIGN_IN;
    bool is_method = is_post ? request->verb == HTTP_VERB_POST
                             : request->verb == HTTP_VERB_GET || request->verb == HTTP_VERB_HEAD;
    if (!demo_sign_allowed(request, &session->address)) {
        fail(session, 403, API_ERROR_UNAUTHORIZED);
    } else if (!is_method) {
        send_method(session, is_post ? "POST" : PAGE_ALLOWED_METHODS);
    } else if (!is_post) {
        send_accounts(session);
    } else if (!is_json(request)) {
        fail(session, 415, API_ERROR_UNSUPPORTED_OPERATION);
    } else {
        send_key(session, request);
    }
}

/* ---- the rules ---- */

static void send_list(struct session *session, const struct rules_page *page)
{
    struct json_writer json;
    json_begin(&json, session->gateway->scratch.json, GATEWAY_JSON_BYTES);
    rules_list_print(page, &json);
    size_t size = json_end(&json);
    CHECK(size > 0); /* the shelf is bounded: SHELF_PACKS_MAX */
    http_session_say(session, 200, span_of(session->gateway->scratch.json, size), false);
}

static void send_text(struct session *session, const struct rules_page *page)
{
    char *text = session->gateway->scratch.json;
    size_t size = rules_text_print(page, text, GATEWAY_JSON_BYTES);
    CHECK(size > 0); /* less than twice the canonical forms: SHELF_BYTES_MAX */
    http_session_text(session, span_of(text, size));
}

static void send_rules(struct session *session, enum rules_path path, struct span hash)
{
    const struct venue *venue = &session->gateway->venue;
    struct rules_page page = {.view = venue->view, .shelf = venue->packs, .now_us = venue->now_us};
    const struct shelf_pack *pack =
        path == RULES_PATH_PACK ? pack_shelf_named(venue->packs, hash) : NULL;
    if (path == RULES_PATH_LIST) {
        send_list(session, &page);
    } else if (path == RULES_PATH_TEXT) {
        send_text(session, &page);
    } else if (pack != NULL) {
        http_session_say(session, 200, pack->canonical, false);
    } else {
        fail(session, 404, API_ERROR_UNSUPPORTED_OPERATION);
    }
}

/* ---- requests ---- */

bool page_session_serve(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    const struct gateway_options *options = &gateway->options;
    struct span hash = {NULL, 0};
    enum rules_path rules = rules_path_of(request->path, &hash);
    bool is_page = rules == RULES_PATH_PAGE || report_page_is(request->path);
    struct span path = is_page ? span_of_text("/") : request->path;
    i32 page = options->pages == NULL ? -1 : page_find(options->pages, path);
    enum demo_path demo = options->demo == NULL ? DEMO_PATH_NONE : demo_sign_path(request->path);
    bool is_rules = rules != RULES_PATH_NONE && rules != RULES_PATH_PAGE;
    char log_name[LOG_PAGE_NAME_BYTES];
    bool is_log = options->log_folder != NULL && log_page_name(request->path, log_name);
    char report_name[REPORT_PAGE_NAME_BYTES];
    bool is_report =
        options->reports_folder != NULL && report_page_name(request->path, report_name);
    if (page < 0 && demo == DEMO_PATH_NONE && !is_rules && !is_log && !is_report) {
        return false;
    }
    struct auth_address address = http_session_address(session, request);
    struct limit_answer limit =
        limit_request(&gateway->limit, &address, LIMIT_POOL_API, 0, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return true;
    }
    if (demo != DEMO_PATH_NONE) {
        sign_in(session, request, demo);
    } else if (request->verb != HTTP_VERB_GET && request->verb != HTTP_VERB_HEAD) {
        send_method(session, PAGE_ALLOWED_METHODS);
    } else if (is_rules) {
        send_rules(session, rules, hash);
    } else if (is_log) {
        send_log(session, request, log_name);
    } else if (is_report) {
        send_report(session, request, report_name);
    } else {
        send_page(session, request, (u32)page);
    }
    return true;
}
