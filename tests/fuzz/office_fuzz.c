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
#include "base/check.h"
#include "base/span.h"
#include "io/fault.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/office_scene.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POST = 1, SESSION = 2, CSRF = 4, OTHER = 8, NEW_KEY = 16, ASSERTION = 32 };

static struct office_scene scene;
static struct span heard; /* what other processes answer */

static bool hear(struct span question, char *target, size_t target_bytes, size_t *size_out)
{
    (void)question;
    *size_out = u64_min(heard.size, target_bytes);
    if (*size_out > 0) {
        memcpy(target, heard.data, *size_out);
    }
    return heard.size > 0;
}

static enum office_scene_who who_of(u8 flags)
{
    return (flags & OTHER) != 0 ? OFFICE_SCENE_BELA : OFFICE_SCENE_ANNA;
}

static struct http_reply ask(u8 flags, struct span target, struct span body)
{
    enum office_scene_who who = who_of(flags);
    const struct office_scene_ask asked = {.is_post = (flags & POST) != 0,
                                           .raw = target,
                                           .cookie =
                                               (flags & SESSION) != 0 ? scene.cookies[who] : NULL,
                                           .csrf = (flags & CSRF) != 0 ? scene.tokens[who] : NULL,
                                           .body = body};
    return office_scene_ask(&scene, &asked);
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

static void world_make(void)
{
    office_scene_open(&scene, office_draft_act);
    scene.hear = hear;
    office_scene_sign_in(&scene, OFFICE_SCENE_ANNA);
    office_scene_sign_in(&scene, OFFICE_SCENE_BELA);
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
            office_attestation_check(&scene.office->sessions.sha256, &party, span_of(challenge, 32),
                                     span_of_text(client), data, &credential, hash);
        CHECK(why != NULL || (credential.id_bytes > 0 && credential.key_bytes >= 32));
        return;
    }
    credential = (struct office_credential){.kind = (flags & OTHER) != 0 ? -7 : -8,
                                            .key_bytes = (flags & OTHER) != 0 ? 64 : 32};
    CHECK(office_assertion_check(&scene.office->sessions.sha256, &party, span_of(challenge, 32),
                                 &credential, span_of_text(client), data,
                                 span_piece(data, 0, u64_min(data.size, 72)), &counter) != NULL);
    CHECK(office_assertion_check(&scene.office->sessions.sha256, &party, span_of(challenge, 32),
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
    u64 signed_in = office_counts(scene.office).signed_in;
    scene.asked_count = 0;
    struct http_reply reply = ask(flags, target, body);
    CHECK(office_fault(scene.office) == FAULT_NONE);
    CHECK(reply.status == 200 || (reply.status >= 400 && reply.status <= 503));
    CHECK(reply.body.size > 0 && reply.body.size <= OFFICE_ANSWER_BYTES);
    CHECK(office_counts(scene.office).signed_in == signed_in);
    bool is_page = strcmp(reply.type, "application/json") != 0;
    bool is_passed =
        reply.status == 200 && scene.asked_count > 0; /* as it came, or with it inside */
    if (!is_page && !is_passed) {
        check_json(reply.body);
    }
    bool is_open =
        target.size > strlen(open_path) && memcmp(target.data, open_path, strlen(open_path)) == 0;
    if ((flags & SESSION) == 0 || ((flags & POST) != 0 && (flags & CSRF) == 0)) {
        CHECK(scene.asked_count == 0);
        CHECK(is_page || is_open || reply.status != 200);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (scene.office == NULL) {
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
    if (scene.office->session == NULL && (flags & SESSION) != 0) { /* a sign-out that was right */
        clock_false_advance(&scene.now, 61ULL * 1000000000ULL);
        office_scene_sign_in(&scene, who_of(flags));
    }
    fault_forget();
    free(copy);
    return 0;
}
