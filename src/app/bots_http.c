#include "app/bots_http.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/sign.h"
#include "wire/json_pull.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_MS        1000ULL
#define URL_BYTES    1024U
#define POLL_MS      100
#define OTHER_SOURCE "host!127.0.0.2"
#define LOOPBACK     "http://127."

struct slot {
    CURL *easy;
    struct bots_call *call; /* NULL: free */
    size_t used;
    char url[URL_BYTES];
    u8 answer[BOTS_ANSWER_BYTES_MAX];
};

struct bots_http {
    CURLM *multi;
    struct signer signer;
    struct sign_key keys[DEMO_HOLDERS_MAX];
    u32 keys_count;
    struct curl_slist *headers[DEMO_HOLDERS_MAX];
    char rest[DEMO_FILE_REST + 1];
    struct slot slots[BOTS_CALLS_TOGETHER];
    u8 sign_buffer[URL_BYTES];
};

static size_t on_bytes(char *data, size_t size, size_t count, void *argument)
{
    struct slot *slot = argument;
    size_t bytes = size * count;
    if (bytes > sizeof(slot->answer) - slot->used) {
        return 0; /* the call fails */
    }
    memcpy(slot->answer + slot->used, data, bytes);
    slot->used += bytes;
    return bytes;
}

/* ---- opening ---- */

static enum fault slot_open(struct bots_http *http, struct slot *slot)
{
    slot->easy = curl_easy_init();
    if (slot->easy == NULL) {
        return FAULT(FAULT_LIMIT, "bots: no memory for a connection");
    }
    bool fine =
        curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS, (long)BOTS_TIMEOUT_MS) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)BOTS_CONNECT_MS) == CURLE_OK;
    if (fine && strncmp(http->rest, LOOPBACK, strlen(LOOPBACK)) == 0) {
        fine = curl_easy_setopt(slot->easy, CURLOPT_INTERFACE, OTHER_SOURCE) == CURLE_OK;
    }
    return fine ? FAULT_NONE : FAULT(FAULT_CONFIG, "bots: libcurl refuses an option");
}

static enum fault key_open(struct bots_http *http, const struct demo_holder *holder)
{
    char header[32 + AUTH_KEY_BYTES];
    CHECK(http->keys_count < DEMO_HOLDERS_MAX);
    TRY(sign_key_open_secret(&http->signer, span_of_text(holder->key.secret),
                             &http->keys[http->keys_count]));
    (void)snprintf(header, sizeof(header), "X-MBX-APIKEY: %s", holder->key.name);
    http->headers[http->keys_count] = curl_slist_append(NULL, header);
    http->keys_count += 1;
    return http->headers[http->keys_count - 1] == NULL ? FAULT(FAULT_LIMIT, "bots: no memory")
                                                       : FAULT_NONE;
}

static enum fault open_all(struct bots_http *http, const struct demo_holder *holders, u32 count)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return FAULT(FAULT_LIMIT, "bots: libcurl does not start");
    }
    http->multi = curl_multi_init();
    if (http->multi == NULL || curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
                                                 (long)BOTS_CALLS_TOGETHER) != CURLM_OK) {
        return FAULT(FAULT_LIMIT, "bots: libcurl has no memory");
    }
    TRY(signer_open(&http->signer, http->sign_buffer, sizeof(http->sign_buffer)));
    for (u32 index = 0; index < count; index += 1) {
        TRY(key_open(http, &holders[index]));
    }
    for (u32 index = 0; index < BOTS_CALLS_TOGETHER; index += 1) {
        TRY(slot_open(http, &http->slots[index]));
    }
    return FAULT_NONE;
}

enum fault bots_http_open(struct bots_http **http_out, const char *rest,
                          const struct demo_holder *holders, u32 holders_count)
{
    struct bots_http *http = calloc(1, sizeof(*http));
    CHECK(http != NULL);
    (void)snprintf(http->rest, sizeof(http->rest), "%s", rest);
    enum fault fault = open_all(http, holders, holders_count);
    if (fault != FAULT_NONE) {
        bots_http_close(http);
        return fault;
    }
    *http_out = http;
    return FAULT_NONE;
}

void bots_http_close(struct bots_http *http)
{
    for (u32 index = 0; index < BOTS_CALLS_TOGETHER; index += 1) {
        curl_easy_cleanup(http->slots[index].easy);
    }
    for (u32 index = 0; index < http->keys_count; index += 1) {
        sign_key_close(&http->keys[index]);
        curl_slist_free_all(http->headers[index]);
    }
    signer_close(&http->signer);
    (void)curl_multi_cleanup(http->multi);
    curl_global_cleanup();
    secret_wipe(http, sizeof(*http));
    free(http);
}

/* ---- a call ---- */

static void url_write(struct bots_http *http, struct slot *slot)
{
    static const char digits[] = "0123456789abcdef";
    const struct bots_call *call = slot->call;
    char query[BOTS_QUERY_BYTES + 32];
    char hex[2 * SIGN_HMAC_BYTES + 1] = {0};
    if (call->key == BOTS_NO_KEY) {
        (void)snprintf(slot->url, sizeof(slot->url), "%s%s%s%s", http->rest, call->path,
                       call->query[0] == 0 ? "" : "?", call->query);
        return;
    }
    CHECK(call->key < http->keys_count);
    u8 hmac[SIGN_HMAC_BYTES];
    (void)snprintf(query, sizeof(query), "%s%stimestamp=%llu", call->query,
                   call->query[0] == 0 ? "" : "&",
                   (unsigned long long)(clock_wall_us(clock_real()) / US_MS));
    struct span piece = span_of_text(query);
    sign_hmac(&http->keys[call->key], &piece, 1, hmac);
    for (u32 index = 0; index < SIGN_HMAC_BYTES; index += 1) {
        hex[2 * index] = digits[hmac[index] >> 4];
        hex[2 * index + 1] = digits[hmac[index] & 15];
    }
    (void)snprintf(slot->url, sizeof(slot->url), "%s%s?%s&signature=%s", http->rest, call->path,
                   query, hex);
}

static void slot_begin(struct bots_http *http, struct slot *slot, struct bots_call *call)
{
    static const char *const methods[] = {"GET", "POST", "DELETE", "PUT"};
    slot->call = call;
    slot->used = 0;
    call->status = 0;
    call->code = 0;
    call->retry_after_s = 0;
    url_write(http, slot);
    struct curl_slist *headers = call->key == BOTS_NO_KEY ? NULL : http->headers[call->key];
    bool fine =
        curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_CUSTOMREQUEST, methods[call->method]) == CURLE_OK &&
        curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
        curl_multi_add_handle(http->multi, slot->easy) == CURLM_OK;
    if (!fine) {
        slot->call = NULL; /* no memory: as if nobody had answered */
    }
}

/* The number behind "code" in a refusal's object; 0: it has none. */
static i32 code_of(struct span body)
{
    struct json_pull pull;
    bool is_code = false;
    json_pull_begin(&pull, body);
    for (enum json_token token = json_pull_next(&pull);
         token != JSON_TOKEN_END && token != JSON_TOKEN_BAD; token = json_pull_next(&pull)) {
        if (is_code && token == JSON_TOKEN_NUMBER && pull.raw.size < 12) {
            char digits[12] = {0};
            memcpy(digits, pull.raw.data, pull.raw.size);
            return (i32)strtol(digits, NULL, 10);
        }
        is_code = token == JSON_TOKEN_KEY && span_equal(pull.raw, span_of_text("code"));
    }
    return 0;
}

static void slot_end(struct bots_http *http, struct slot *slot, CURLcode result,
                     struct bots_reader *reader)
{
    struct bots_call *call = slot->call;
    long status = 0;
    curl_off_t retry_after = 0;
    (void)curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after);
    (void)curl_multi_remove_handle(http->multi, slot->easy);
    slot->call = NULL;
    if (result != CURLE_OK || status <= 0) {
        return;
    }
    struct span body = span_of(slot->answer, slot->used);
    call->status = (u32)status;
    call->retry_after_s = retry_after > 0 ? (u32)retry_after : 0;
    call->code = status == 200 ? 0 : code_of(body);
    if (reader != NULL) {
        reader->answer(reader, call, body);
    }
}

/* Deals with what has come; how many calls have ended. */
static u32 ends_take(struct bots_http *http, struct bots_reader *reader)
{
    u32 ended = 0;
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(http->multi, &left); message != NULL;
         message = curl_multi_info_read(http->multi, &left)) {
        char *slot = NULL;
        CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        slot_end(http, (struct slot *)(void *)slot, result, reader);
        ended += 1;
    }
    return ended;
}

void bots_http_run(struct bots_http *http, struct bots_call *calls, u32 count,
                   struct bots_reader *reader, const volatile bool *stop)
{
    u32 begun = 0;
    u32 ended = 0;
    while (ended < count && !*stop) {
        for (u32 index = 0; index < BOTS_CALLS_TOGETHER && begun < count; index += 1) {
            if (http->slots[index].call == NULL) {
                slot_begin(http, &http->slots[index], &calls[begun]);
                ended += http->slots[index].call == NULL;
                begun += 1;
            }
        }
        int running = 0;
        (void)curl_multi_perform(http->multi, &running);
        u32 now = ends_take(http, reader);
        ended += now;
        if (now == 0 && ended < count) {
            (void)curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
        }
    }
    for (u32 index = 0; index < BOTS_CALLS_TOGETHER; index += 1) {
        if (http->slots[index].call != NULL) { /* stopped */
            (void)curl_multi_remove_handle(http->multi, http->slots[index].easy);
            http->slots[index].call = NULL;
        }
    }
}
