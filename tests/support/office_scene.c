#include "tests/support/office_scene.h"

#include "base/bytes.h"
#include "base/check.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <string.h>

static struct office_scene *current;

static bool hear(struct span question, char *target, size_t target_bytes, size_t *size_out)
{
    CHECK(question.size > 0 && question.data[question.size - 1] == '\n');
    CHECK(memchr(question.data, '\n', question.size) == question.data + question.size - 1);
    current->asked_count += 1;
    (void)snprintf(current->asked, sizeof(current->asked), "%.*s",
                   (int)u64_min(question.size - 1, sizeof(current->asked) - 1),
                   (const char *)question.data);
    return current->hear != NULL && current->hear(question, target, target_bytes, size_out);
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
    if (value == NULL || value[0] == 0) {
        return;
    }
    request->headers[request->headers_count] = (struct http_header){
        .kind = kind, .name = span_of_text(name), .value = span_of_text(value)};
    request->headers_count += 1;
}

struct http_reply office_scene_ask(struct office_scene *scene, const struct office_scene_ask *ask)
{
    static struct http_request request;
    struct http_reply reply = {.status = 500};
    struct span target = ask->raw.size > 0 ? ask->raw : span_of_text(ask->target);
    const u8 *mark = memchr(target.data, '?', target.size);
    size_t size = mark == NULL ? target.size : (size_t)(mark - target.data);
    current = scene;
    request = (struct http_request){.verb = ask->is_post ? HTTP_VERB_POST : HTTP_VERB_GET,
                                    .minor = 1,
                                    .target = target,
                                    .path = span_of(target.data, size),
                                    .query = mark == NULL ? span_of(NULL, 0)
                                                          : span_after(target, size + 1),
                                    .body = ask->body};
    header_add(&request, HTTP_NAME_HOST, "Host", ask->host == NULL ? OFFICE_SCENE_HOST : ask->host);
    header_add(&request, HTTP_NAME_ORIGIN, "Origin",
               ask->origin == NULL ? OFFICE_SCENE_ORIGIN : ask->origin);
    header_add(&request, HTTP_NAME_OTHER, "Sec-Fetch-Site", ask->site);
    header_add(&request, HTTP_NAME_CONTENT_TYPE, "Content-Type",
               ask->type == NULL ? "application/json" : ask->type);
    header_add(&request, HTTP_NAME_OTHER, "cookie", ask->cookie);
    header_add(&request, HTTP_NAME_OTHER, "x-csrf-token", ask->csrf);
    office_answer(scene->office, &request, &reply);
    return reply;
}

struct http_reply office_scene_by(struct office_scene *scene, enum office_scene_who who,
                                  bool is_post, const char *target, const char *body)
{
    const struct office_scene_ask ask = {.is_post = is_post,
                                         .target = target,
                                         .cookie = scene->cookies[who],
                                         .csrf = is_post ? scene->tokens[who] : NULL,
                                         .body = span_of_text(body == NULL ? "" : body)};
    return office_scene_ask(scene, &ask);
}

struct span office_scene_text(struct span json, const char *name)
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

/* ---- signing in ---- */

void office_scene_signed(struct office_scene *scene, enum office_scene_who who, struct span begun,
                         char target[1024])
{
    char challenge[64] = "";
    char message[1024];
    char text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    u8 bytes[OFFICE_CHALLENGE_BYTES];
    char hex[OFFICE_HEX_BYTES];
    const char *code = scene->people.list[who].officer.code;
    struct span found = office_scene_text(begun, "challenge");
    CHECK(span_copy(found, challenge, sizeof(challenge) - 1));
    CHECK(office_from_base64url(found, bytes, sizeof(bytes)) == sizeof(bytes));
    (void)snprintf(message, sizeof(message),
                   "cambist office sign-in v1\nvenue: demo.invalid\norigin: " OFFICE_SCENE_ORIGIN
                   "\nofficer: %s\nchallenge: %s\n",
                   code, bytes_to_hex(bytes, sizeof(bytes), hex));
    CHECK(sign_with_private(span_of_text(scene->private_pem[who]), span_of_text(message), text,
                            signature) == FAULT_NONE);
    (void)snprintf(target, 1024, "{\"officer\":\"%s\",\"challenge\":\"%s\",\"signature\":\"%s\"}",
                   code, challenge, signature);
}

void office_scene_sign_in(struct office_scene *scene, enum office_scene_who who)
{
    char body[1024];
    struct office_scene_ask ask = {.is_post = true, .target = "/office/v1/sign-in/begin"};
    (void)snprintf(body, sizeof(body), "{\"officer\":\"%s\"}",
                   scene->people.list[who].officer.code);
    ask.body = span_of_text(body);
    struct http_reply reply = office_scene_ask(scene, &ask);
    CHECK(reply.status == 200);
    office_scene_signed(scene, who, reply.body, body);
    ask.target = "/office/v1/sign-in/key";
    ask.body = span_of_text(body);
    reply = office_scene_ask(scene, &ask);
    CHECK(reply.status == 200 && reply.fields_count == 1);
    (void)snprintf(scene->cookies[who], sizeof(scene->cookies[who]), "%.*s",
                   (int)strcspn(reply.fields[0].value, ";"), reply.fields[0].value);
    memset(scene->tokens[who], 0, sizeof(scene->tokens[who]));
    CHECK(span_copy(office_scene_text(reply.body, "csrf"), scene->tokens[who],
                    sizeof(scene->tokens[who]) - 1));
}

/* ---- the world ---- */

static void person_make(struct office_scene *scene, enum office_scene_who who, const char *code,
                        const char *role)
{
    static struct sign_pair pair;
    struct office_person *person = &scene->people.list[who];
    char text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    CHECK(sign_pair_make(&pair) == FAULT_NONE);
    CHECK(sign_with_private(span_of_text(pair.private_pem), span_of_text(""), text, signature) ==
          FAULT_NONE);
    CHECK(sign_decode_base64(span_of_text(text), person->officer.key, OFFICER_KEY_BYTES) ==
          OFFICER_KEY_BYTES);
    memcpy(scene->private_pem[who], pair.private_pem, sizeof(pair.private_pem));
    (void)snprintf(person->officer.code, sizeof(person->officer.code), "%s", code);
    (void)snprintf(person->role, sizeof(person->role), "%s", role);
    person->officer.number = 11 + (u32)who;
    scene->people.count += 1;
}

void office_scene_open(struct office_scene *scene,
                       enum fault (*draft)(struct office *office, const struct office_draft *draft,
                                           struct span *text_out))
{
    memset(scene, 0, sizeof(*scene));
    current = scene;
    clock_false_init(&scene->now, 1795428000000000ULL);
    (void)snprintf(scene->people.venue, sizeof(scene->people.venue), "demo.invalid");
    person_make(scene, OFFICE_SCENE_ANNA, "anna", "legal");
    person_make(scene, OFFICE_SCENE_BELA, "bela", "");
    const struct office_options options = {.clock = &scene->now.clock,
                                           .path = ":memory:",
                                           .people = &scene->people,
                                           .origin = OFFICE_SCENE_ORIGIN,
                                           .hear = hear,
                                           .page = page,
                                           .takes_gzip = takes_gzip,
                                           .draft = draft};
    CHECK(office_open(&scene->office, &options) == FAULT_NONE);
}

void office_scene_close(struct office_scene *scene)
{
    office_close(scene->office);
    scene->office = NULL;
}
_Static_assert(SIGN_PAIR_PEM_BYTES <= 256, "a key fits");
