/* Requests on a WebSocket: read in the smallest sufficient memory and in less; a request that is
 * taken, written anew with its parameters backwards, is signed alike. The first byte says how much
 * smaller the memory is. */
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json.h"
#include "wire/ws_request.h"

#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 4096, PARAMS_MAX = 2048, PRINTED_BYTES_MAX = 1 << 16 };

static void append(char *target, size_t *used, struct span bytes)
{
    CHECK(bytes.size <= PRINTED_BYTES_MAX - *used);
    if (bytes.size > 0) {
        memcpy(target + *used, bytes.data, bytes.size);
    }
    *used += bytes.size;
}

static void append_string(char *target, size_t *used, struct span text)
{
    struct json_writer writer;
    json_begin(&writer, target + *used, PRINTED_BYTES_MAX - *used);
    json_put_span(&writer, text);
    size_t size = json_end(&writer);
    CHECK(size > 0);
    *used += size;
}

static struct span print_backwards(const struct ws_request *request, char *target)
{
    size_t used = 0;
    append(target, &used, span_of_text("{\"params\":{"));
    for (u32 i = request->params_count; i > 0; i -= 1) {
        const struct ws_param *param = &request->params[i - 1];
        append_string(target, &used, param->name);
        append(target, &used, span_of_text(":"));
        if (param->kind == WS_STRING) {
            append_string(target, &used, param->text);
        } else {
            append(target, &used, param->text);
        }
        append(target, &used, span_of_text(i > 1 ? "," : ""));
    }
    append(target, &used, span_of_text("},\"method\":"));
    append_string(target, &used, request->method);
    if (request->id != WS_ID_ABSENT) {
        append(target, &used, span_of_text(",\"id\":"));
        append(target, &used, request->id_text);
    }
    append(target, &used, span_of_text("}"));
    return span_of(target, used);
}

static void check_signed_alike(const struct ws_request *request)
{
    static char printed[PRINTED_BYTES_MAX];
    static u8 payloads[2][PRINTED_BYTES_MAX];
    static u8 text[PRINTED_BYTES_MAX];
    static struct ws_param params[PARAMS_MAX];
    static const struct ws_room room = {
        .params = params, .params_max = PARAMS_MAX, .text = text, .text_bytes = sizeof(text)};
    struct ws_request again;
    struct span message = print_backwards(request, printed);
    CHECK(ws_request_read(&again, message, &room));
    CHECK(again.id == request->id && span_equal(again.id_text, request->id_text));
    CHECK(span_equal(again.method, request->method));
    CHECK(again.params_count == request->params_count);
    size_t first = 0;
    size_t second = 0;
    CHECK(ws_request_payload(request, payloads[0], INPUT_BYTES_MAX, &first));
    CHECK(ws_request_payload(&again, payloads[1], PRINTED_BYTES_MAX, &second));
    CHECK(first == second && memcmp(payloads[0], payloads[1], first) == 0);
    CHECK(utf8_is_text(span_of(payloads[0], first)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct ws_param params[PARAMS_MAX + 1];
    if (size < 1 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct span message = span_of(data + 1, size - 1);
    size_t text_bytes = data[0] < 128 ? message.size : message.size * (255U - data[0]) / 127;
    u32 params_max = data[0] < 128 ? PARAMS_MAX : 255U - data[0];
    u8 *text = malloc(text_bytes + 1);
    CHECK(text != NULL);
    text[text_bytes] = 0xa5;
    params[params_max].text.size = 0xa5a5;
    struct ws_room room = {
        .params = params, .params_max = params_max, .text = text, .text_bytes = text_bytes};
    struct ws_request request;
    bool sound = ws_request_read(&request, message, &room);
    CHECK(text[text_bytes] == 0xa5 && params[params_max].text.size == 0xa5a5);
    CHECK(sound == (request.fault == WS_OK));
    CHECK(request.params_count <= params_max);
    CHECK(data[0] >= 128 || request.fault != WS_FAULT_LIMIT);
    CHECK(request.id == WS_ID_ABSENT || request.id_text.size > 0);
    if (sound) {
        CHECK(request.method.size > 0 && utf8_is_text(request.method));
        CHECK(request.form != WS_PARAMS_NONE || request.params_count == 0);
        if (request.form != WS_PARAMS_ARRAY) {
            check_signed_alike(&request);
        }
    }
    free(text);
    return 0;
}
