/* What a browser, or another program, sends to the officers' console, and what the desk and the
 * queue answer it; and what a security key brings.
 *
 * The first byte says what is there: 1 a POST, 2 a session's cookie, 4 its token, 8 another
 * officer's session, who is not of the desk; 16 a new security key, 32 an assertion, instead of a
 * request. Then come, with a zero between them, path and query, the body, and what any other
 * process answers.
 *
 * Every answer is one JSON text or a page; without a session, or with a POST without its token,
 * nothing is asked of anybody; whatever the data are, nobody is signed in and no key is taken. */
#include "app/office_draft.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/fault.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/office/office_inner.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POST = 1, SESSION = 2, CSRF = 4, OTHER = 8, NEW_KEY = 16, ASSERTION = 32 };
enum { ORIGIN_HEADERS = 5 };

static struct office *office;
static struct office_people people;
static struct clock_false now;
static struct sign_pair pairs[2];
static char cookies[2][128];
static char tokens[2][OFFICE_HEX_BYTES];
static struct span heard; /* what other processes answer */
static u32 asked_count;

static bool hear(struct span question, char *target, size_t target_bytes, size_t *size_out)
{
    CHECK(question.size > 0 && question.data[question.size - 1] == '\n');
    CHECK(memchr(question.data, '\n', question.size) == question.data + question.size - 1);
    asked_count += 1;
    *size_out = u64_min(heard.size, target_bytes);
    if (*size_out > 0) {
        memcpy(target, heard.data, *size_out);
    }
    return heard.size > 0;
}

static bool page(struct span path, bool takes_gzip, struct http_reply *reply_out, bool *is_gzip_out)
{
    *is_gzip_out = takes_gzip;
    *reply_out =
        (struct http_reply){.status = 200, .type = "text/html", .body = span_of_text("page")};
    return span_equal(path, span_of_text("/"));
}

static bool takes_gzip(const struct http_request *request)
{
    return request->minor == 0;
}

/* ---- requests ---- */

static void header_add(struct http_request *request, enum http_name kind, const char *name,
                       const char *value)
{
    request->headers[request->headers_count] = (struct http_header){
        .kind = kind, .name = span_of_text(name), .value = span_of_text(value)};
    request->headers_count += 1;
}

static struct http_reply ask(u8 flags, struct span target, struct span body)
{
    static struct http_request request;
    struct http_reply reply = {.status = 500};
    u32 who = (flags & OTHER) != 0 ? 1 : 0;
    const u8 *mark = target.size == 0 ? NULL : memchr(target.data, '?', target.size);
    size_t size = mark == NULL ? target.size : (size_t)(mark - target.data);
    request = (struct http_request){.verb = (flags & POST) != 0 ? HTTP_VERB_POST : HTTP_VERB_GET,
                                    .minor = 1,
                                    .target = target,
                                    .path = span_of(target.data, size),
                                    .query = mark == NULL ? span_of(NULL, 0)
                                                          : span_after(target, size + 1),
                                    .body = body};
    header_add(&request, HTTP_NAME_HOST, "Host", "localhost:8443");
    header_add(&request, HTTP_NAME_ORIGIN, "Origin", "http://localhost:8443");
    header_add(&request, HTTP_NAME_CONTENT_TYPE, "Content-Type", "application/json");
    if ((flags & SESSION) != 0) {
        header_add(&request, HTTP_NAME_OTHER, "cookie", cookies[who]);
    }
    if ((flags & CSRF) != 0) {
        header_add(&request, HTTP_NAME_OTHER, "x-csrf-token", tokens[who]);
    }
    CHECK(request.headers_count <= ORIGIN_HEADERS);
    office_answer(office, &request, &reply);
    return reply;
}

/* One JSON text. */
static void check_json(struct span text)
{
    static struct json_pull pull;
    json_pull_begin(&pull, text);
    enum json_token token = json_pull_next(&pull);
    while (token != JSON_TOKEN_END) {
        CHECK(token != JSON_TOKEN_BAD);
        token = json_pull_next(&pull);
    }
}

/* ---- the world ---- */

static void person_make(u32 place, const char *code, const char *role)
{
    struct office_person *person = &people.list[place];
    char text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    CHECK(sign_pair_make(&pairs[place]) == FAULT_NONE);
    CHECK(sign_with_private(span_of_text(pairs[place].private_pem), span_of_text(""), text,
                            signature) == FAULT_NONE);
    CHECK(sign_decode_base64(span_of_text(text), person->officer.key, OFFICER_KEY_BYTES) ==
          OFFICER_KEY_BYTES);
    (void)snprintf(person->officer.code, sizeof(person->officer.code), "%s", code);
    (void)snprintf(person->role, sizeof(person->role), "%s", role);
    person->officer.number = 11 + place;
    people.count += 1;
}

/* The text behind "NAME":" in an answer of ours. */
static struct span text_of(struct span json, const char *name)
{
    static struct json_pull pull;
    bool is_next = false;
    json_pull_begin(&pull, json);
    for (enum json_token token = json_pull_next(&pull); token != JSON_TOKEN_END;
         token = json_pull_next(&pull)) {
        CHECK(token != JSON_TOKEN_BAD);
        if (is_next) {
            return pull.raw;
        }
        is_next = token == JSON_TOKEN_KEY && span_equal(pull.raw, span_of_text(name));
    }
    CHECK(false);
    return span_of(NULL, 0);
}

static void sign_in(u32 place)
{
    static char body[1024];
    static char challenge[64];
    static char message[1024];
    char text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    u8 bytes[OFFICE_CHALLENGE_BYTES];
    char hex[OFFICE_HEX_BYTES];
    const char *code = people.list[place].officer.code;
    (void)snprintf(body, sizeof(body), "{\"officer\":\"%s\"}", code);
    struct http_reply reply =
        ask(POST, span_of_text("/office/v1/sign-in/begin"), span_of_text(body));
    CHECK(reply.status == 200);
    struct span found = text_of(reply.body, "challenge");
    CHECK(span_copy(found, challenge, sizeof(challenge) - 1));
    CHECK(office_from_base64url(found, bytes, sizeof(bytes)) == sizeof(bytes));
    (void)snprintf(message, sizeof(message),
                   "cambist office sign-in v1\nvenue: demo.invalid\norigin: http://localhost:8443\n"
                   "officer: %s\nchallenge: %s\n",
                   code, bytes_to_hex(bytes, sizeof(bytes), hex));
    CHECK(sign_with_private(span_of_text(pairs[place].private_pem), span_of_text(message), text,
                            signature) == FAULT_NONE);
    (void)snprintf(body, sizeof(body),
                   "{\"officer\":\"%s\",\"challenge\":\"%s\",\"signature\":\"%s\"}", code,
                   challenge, signature);
    reply = ask(POST, span_of_text("/office/v1/sign-in/key"), span_of_text(body));
    CHECK(reply.status == 200 && reply.fields_count == 1);
    (void)snprintf(cookies[place], sizeof(cookies[place]), "%.*s",
                   (int)strcspn(reply.fields[0].value, ";"), reply.fields[0].value);
    CHECK(span_copy(text_of(reply.body, "csrf"), tokens[place], sizeof(tokens[place]) - 1));
}

static void world_make(void)
{
    clock_false_init(&now, 1795428000000000ULL);
    (void)snprintf(people.venue, sizeof(people.venue), "demo.invalid");
    person_make(0, "anna", "legal");
    person_make(1, "bela", "");
    const struct office_options options = {.clock = &now.clock,
                                           .path = ":memory:",
                                           .people = &people,
                                           .origin = "http://localhost:8443",
                                           .hear = hear,
                                           .page = page,
                                           .takes_gzip = takes_gzip,
                                           .draft = office_draft_act};
    CHECK(office_open(&office, &options) == FAULT_NONE);
    sign_in(0);
    sign_in(1);
}

/* ---- security keys ---- */

static void key_check(u8 flags, struct span data)
{
    static const struct office_party party = {.origin = "http://localhost:8443", .rp = "localhost"};
    static const u8 challenge[OFFICE_CHALLENGE_BYTES] = {7};
    static struct office_credential credential;
    bool is_new = (flags & NEW_KEY) != 0;
    char text[64];
    char client[256];
    u8 hash[SHA256_BYTES];
    u32 counter = 0;
    (void)snprintf(
        client, sizeof(client), "{\"type\":\"webauthn.%s\",\"challenge\":\"%s\",\"origin\":\"%s\"}",
        is_new ? "create" : "get", office_to_base64url(challenge, 32, text), party.origin);
    if (is_new) {
        const char *why =
            office_attestation_check(&office->sessions.sha256, &party, span_of(challenge, 32),
                                     span_of_text(client), data, &credential, hash);
        CHECK(why != NULL || (credential.id_bytes > 0 && credential.key_bytes >= 32));
        return;
    }
    credential = (struct office_credential){.kind = (flags & OTHER) != 0 ? -7 : -8,
                                            .key_bytes = (flags & OTHER) != 0 ? 64 : 32};
    CHECK(office_assertion_check(&office->sessions.sha256, &party, span_of(challenge, 32),
                                 &credential, span_of_text(client), data,
                                 span_piece(data, 0, u64_min(data.size, 72)), &counter) != NULL);
    CHECK(office_assertion_check(&office->sessions.sha256, &party, span_of(challenge, 32),
                                 &credential, data, data, data, &counter) != NULL);
}

/* ---- one input ---- */

static struct span part_cut(struct span *rest)
{
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, 0, rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    struct span part = span_of(rest->data, size);
    *rest = end == NULL ? span_of(NULL, 0) : span_after(*rest, size + 1);
    return part;
}

/* As http_read lets through. */
static bool is_target(struct span target)
{
    for (size_t i = 0; i < target.size; i += 1) {
        if (target.data[i] <= ' ' || target.data[i] > '~') {
            return false;
        }
    }
    return target.size > 0 && target.size <= OFFICE_TARGET_BYTES && target.data[0] == '/';
}

static void request_check(u8 flags, struct span rest)
{
    static const char open_path[] = "/office/v1/sign-in/";
    struct span target = part_cut(&rest);
    struct span body = part_cut(&rest);
    heard = rest;
    if (!is_target(target) || body.size > OFFICE_BODY_BYTES) {
        return;
    }
    u64 signed_in = office_counts(office).signed_in;
    asked_count = 0;
    struct http_reply reply = ask(flags, target, body);
    CHECK(office_fault(office) == FAULT_NONE);
    CHECK(reply.status == 200 || (reply.status >= 400 && reply.status <= 503));
    CHECK(reply.body.size > 0 && reply.body.size <= OFFICE_ANSWER_BYTES);
    CHECK(office_counts(office).signed_in == signed_in);
    bool is_page = strcmp(reply.type, "application/json") != 0;
    bool is_passed = reply.status == 200 && asked_count > 0; /* as it came, or with it inside */
    if (!is_page && !is_passed) {
        check_json(reply.body);
    }
    bool is_open =
        target.size > strlen(open_path) && memcmp(target.data, open_path, strlen(open_path)) == 0;
    if ((flags & SESSION) == 0 || ((flags & POST) != 0 && (flags & CSRF) == 0)) {
        CHECK(asked_count == 0);
        CHECK(is_page || is_open || reply.status != 200);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (office == NULL) {
        world_make();
    }
    if (size == 0) {
        return 0;
    }
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    u8 flags = copy[0];
    struct span rest = span_of(copy + 1, size - 1);
    if ((flags & (NEW_KEY | ASSERTION)) != 0) {
        key_check(flags, rest);
    } else {
        request_check(flags, rest);
    }
    if (office->session == NULL && (flags & SESSION) != 0) { /* a sign-out that was right */
        clock_false_advance(&now, 61ULL * 1000000000ULL);
        sign_in((flags & OTHER) != 0 ? 1 : 0);
    }
    fault_forget();
    free(copy);
    return 0;
}
