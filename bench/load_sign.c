#include "base/span.h"
#include "bench/load.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 2048, PARAMETERS_MAX = 32, SIGNATURE_BYTES = 32, STAMP_DIGITS = 13 };

struct load_signer {
    EVP_MAC_CTX *mac; /* NULL: the request is fixed */
    bool is_websocket;
    u64 id;
    char before[TEXT_BYTES]; /* the signed text up to the timestamp, and behind it */
    char after[TEXT_BYTES];
    char head[TEXT_BYTES]; /* the request around it */
    char tail[TEXT_BYTES];
    char json_before[TEXT_BYTES]; /* the same parameters as members */
    char json_after[TEXT_BYTES];
};

static void put(char *target, size_t target_bytes, const char *text)
{
    size_t used = strlen(target);
    size_t size = strlen(text);
    if (size >= target_bytes - used) {
        load_die("the request is too long");
    }
    memcpy(target + used, text, size + 1);
}

static EVP_MAC_CTX *mac_open(const char *secret)
{
    EVP_MAC *kind = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = kind == NULL ? NULL : EVP_MAC_CTX_new(kind);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    if (mac == NULL || EVP_MAC_init(mac, (const u8 *)secret, strlen(secret), parameters) != 1) {
        load_die("HMAC is not there");
    }
    EVP_MAC_free(kind);
    return mac;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a=1&b=2" in alphabetical order, cut where the timestamp goes; and as members of an object. */
static void websocket_prepare(struct load_signer *signer, const char *order, const char *key)
{
    static char text[TEXT_BYTES];
    const char *words[PARAMETERS_MAX];
    u32 count = 0;
    (void)snprintf(text, sizeof(text), "%s&apiKey=%s&timestamp=", order, key);
    for (char *word = strtok(text, "&"); word != NULL; word = strtok(NULL, "&")) {
        if (count == PARAMETERS_MAX) {
            load_die("too many parameters");
        }
        words[count++] = word;
    }
    qsort(words, count, sizeof(words[0]), compare_words);
    char *text_at = signer->before;
    char *json_at = signer->json_before;
    for (u32 i = 0; i < count; i++) {
        const char *value = strchr(words[i], '=');
        if (value == NULL) {
            load_die("%s has no value", words[i]);
        }
        if (i > 0) {
            put(text_at, TEXT_BYTES, "&");
        }
        put(text_at, TEXT_BYTES, words[i]);
        if (strcmp(words[i], "timestamp=") == 0) {
            text_at = signer->after;
            json_at = signer->json_after;
            continue;
        }
        char member[TEXT_BYTES];
        (void)snprintf(member, sizeof(member), "\"%.*s\":\"%s\",", (int)(value - words[i]),
                       words[i], value + 1);
        put(json_at, TEXT_BYTES, member);
    }
    put(signer->head, TEXT_BYTES, "\"method\":\"order.place\",\"params\":{");
}

static void rest_prepare(struct load_signer *signer, const struct load_options *options,
                         const char *order, const char *key)
{
    put(signer->head, TEXT_BYTES, "POST /api/v3/order?");
    put(signer->before, TEXT_BYTES, order);
    put(signer->before, TEXT_BYTES, "&timestamp=");
    (void)snprintf(signer->tail, TEXT_BYTES,
                   " HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nX-MBX-APIKEY: %s\r\n"
                   "Content-Length: 0\r\n\r\n",
                   (unsigned)options->port, key);
}

struct load_signer *load_signer_open(const struct load_options *options, const char *order,
                                     struct load_key key, bool is_websocket)
{
    struct load_signer *signer = calloc(1, sizeof(*signer));
    if (signer == NULL) {
        load_die("no memory");
    }
    signer->is_websocket = is_websocket;
    if (order == NULL) {
        (void)snprintf(signer->head, TEXT_BYTES, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                       options->path == NULL ? "/api/v3/ping" : options->path,
                       (unsigned)options->port);
        return signer;
    }
    if (key.key == NULL || key.secret == NULL) {
        load_die("an order wants a key and a secret");
    }
    signer->mac = mac_open(key.secret);
    if (is_websocket) {
        websocket_prepare(signer, order, key.key);
    } else {
        rest_prepare(signer, options, order, key.key);
    }
    return signer;
}

static void sign(struct load_signer *signer, const char *stamp, char *hex_out)
{
    u8 signature[SIGNATURE_BYTES];
    size_t size = 0;
    if (EVP_MAC_init(signer->mac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(signer->mac, (const u8 *)signer->before, strlen(signer->before)) != 1 ||
        EVP_MAC_update(signer->mac, (const u8 *)stamp, STAMP_DIGITS) != 1 ||
        EVP_MAC_update(signer->mac, (const u8 *)signer->after, strlen(signer->after)) != 1 ||
        EVP_MAC_final(signer->mac, signature, &size, sizeof(signature)) != 1) {
        load_die("HMAC fails");
    }
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof(signature); i++) {
        hex_out[2 * i] = digits[signature[i] >> 4];
        hex_out[2 * i + 1] = digits[signature[i] & 15];
    }
    hex_out[2 * sizeof(signature)] = '\0';
}

size_t load_signer_make(struct load_signer *signer, u8 *target, size_t target_bytes)
{
    if (signer->mac == NULL) {
        return (size_t)snprintf((char *)target, target_bytes, "%s", signer->head);
    }
    char stamp[24];
    char hex[2 * SIGNATURE_BYTES + 1];
    (void)snprintf(stamp, sizeof(stamp), "%013llu", (unsigned long long)(load_wall_us() / 1000));
    sign(signer, stamp, hex);
    if (!signer->is_websocket) {
        int size = snprintf((char *)target, target_bytes, "%s%s%s%s&signature=%s%s", signer->head,
                            signer->before, stamp, signer->after, hex, signer->tail);
        return size > 0 && (size_t)size < target_bytes ? (size_t)size : 0;
    }
    char text[LOAD_REQUEST_MAX];
    signer->id++;
    int size =
        snprintf(text, sizeof(text), "{\"id\":%llu,%s%s%s\"timestamp\":%s,\"signature\":\"%s\"}}",
                 (unsigned long long)signer->id, signer->head, signer->json_before,
                 signer->json_after, stamp, hex);
    if (size <= 0 || (size_t)size >= sizeof(text)) {
        load_die("the request is too long");
    }
    return load_frame_write(target, target_bytes, 1, span_of(text, (size_t)size));
}

/* ---- answers ---- */

/* The value of Content-Length in a head, whatever its case; 0 without one. */
static size_t content_length(const char *head, size_t head_bytes)
{
    static const char name[] = "\ncontent-length:";
    for (size_t i = 0; i + sizeof(name) <= head_bytes; i++) {
        if (head[i] == '\n' && strncasecmp(head + i, name, sizeof(name) - 1) == 0) {
            return strtoull(head + i + sizeof(name) - 1, NULL, 10);
        }
    }
    return 0;
}

size_t load_http_answer(struct span input, bool *is_error_out)
{
    const char *head = (const char *)input.data;
    const char *end = memmem(head, input.size, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    size_t head_bytes = (size_t)(end - head) + 4;
    size_t whole = head_bytes + content_length(head, head_bytes);
    *is_error_out = memcmp(head, "HTTP/1.1 200", 12) != 0;
    return whole <= input.size ? whole : 0;
}

bool load_frame_read(struct span input, struct load_frame *frame_out)
{
    /* RFC 6455 5.2; a server's frames have no mask */
    if (input.size < 2) {
        return false;
    }
    u32 size = input.data[1] & 127;
    u32 more = size == 127 ? 8 : size == 126 ? 2 : 0;
    if (input.size < 2 + more) {
        return false;
    }
    u64 payload = more == 0 ? size : 0;
    for (u32 i = 0; i < more; i++) {
        payload = payload << 8 | input.data[2 + i];
    }
    *frame_out = (struct load_frame){
        .opcode = input.data[0] & 15, .head_bytes = 2 + more, .payload_bytes = payload};
    return true;
}

size_t load_frame_answer(struct span input, bool *is_error_out)
{
    struct load_frame frame;
    if (!load_frame_read(input, &frame) || frame.payload_bytes > input.size - frame.head_bytes) {
        return 0;
    }
    *is_error_out =
        memmem(input.data + frame.head_bytes, frame.payload_bytes, "\"status\":200", 12) == NULL;
    return frame.head_bytes + (size_t)frame.payload_bytes;
}

size_t load_frame_write(u8 *target, size_t target_bytes, u8 opcode, struct span payload)
{
    if (payload.size > 65535 || payload.size + 8 > target_bytes) {
        load_die("a frame of %zu bytes", payload.size);
    }
    size_t used = 0;
    target[used++] = 0x80 | opcode;
    if (payload.size < 126) {
        target[used++] = (u8)(0x80 | payload.size);
    } else {
        target[used++] = 0x80 | 126;
        target[used++] = (u8)(payload.size >> 8);
        target[used++] = (u8)payload.size;
    }
    memset(target + used, 0, 4);
    used += 4;
    memcpy(target + used, payload.data, payload.size);
    return used + payload.size;
}
