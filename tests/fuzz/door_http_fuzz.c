/* A request to one of the door's paths: an ask that can be written as a frame, or refused and
 * wiped; to one of those for keys: what the gateway can be asked for a key by. Contents of an
 * answer: an object of JSON with a status, whatever they are. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/door_http.h"
#include "role/gateway/key_http.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* What a new key is asked by is what the admin's channel would take. */
static void key_ask_of(struct key_http_ask *key)
{
    struct key_ask read;
    if (key->kind == KEY_HTTP_NEW) {
        key_ask_finish(&key->make);
        CHECK(key_ask_read(span_of(&key->make, sizeof(key->make)), &read));
        CHECK((key->rights & 1U) != 0 && key->rights < 8);
    }
}

static void take_request(struct span bytes)
{
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    static const struct door_ask zeros;
    static struct http_request request;
    static struct key_http_ask key;
    static u8 frame[DOOR_FRAME_BYTES_MAX];
    struct http_reader reader = {0};
    struct door_ask ask;
    if (http_read(&reader, &limits, bytes, &request) != HTTP_READ_WHOLE) {
        return;
    }
    enum key_http_kind kind = key_http_kind_of(request.path);
    if (kind != KEY_HTTP_NONE && key_http_read(&request, kind, &key) == DOOR_HTTP_FINE) {
        key_ask_of(&key);
    }
    u32 route = door_http_route(request.path);
    if (route == DOOR_HTTP_NONE) {
        return;
    }
    if (door_http_read(&request, route, &ask) == DOOR_HTTP_FINE) {
        CHECK(request.verb == HTTP_VERB_POST && !door_ask_is_operators(ask.kind));
        CHECK(door_ask_write(&ask, frame, sizeof(frame)) > 0);
    } else {
        CHECK(memcmp(&ask, &zeros, sizeof(ask)) == 0);
    }
}

static void take_answer(struct span bytes)
{
    static char text[DOOR_HTTP_JSON_BYTES];
    struct door_http_said said;
    struct json_writer json;
    const struct door_answer_head head = {.id = 1,
                                          .kind = (u16)(bytes.data[0] % (DOOR_ASK_MAX + 1)),
                                          .code = bytes.data[1] % (DOOR_CODE_MAX + 1U),
                                          .contents = span_after(bytes, 2)};
    json_begin(&json, text, sizeof(text));
    door_http_say(&json, &head, &said);
    size_t size = json_end(&json);
    CHECK(size >= 2 && text[0] == '{' && text[size - 1] == '}');
    CHECK(said.status >= 200 && said.status < 600);
    CHECK(strlen(said.cookie) < sizeof(said.cookie));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size < 2 || size > DOOR_ANSWER_BYTES_MAX) {
        return 0;
    }
    u8 *bytes = malloc(size);
    CHECK(bytes != NULL);
    memcpy(bytes, data, size);
    take_request(span_of(bytes, size));
    take_answer(span_of(bytes, size));
    free(bytes);
    return 0;
}
