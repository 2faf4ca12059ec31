#include "role/gateway/key_http.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/gateway/auth.h"
#include "role/gateway/networks.h"
#include "wire/json_pull.h"

#include <string.h>

enum field {
    FIELD_PUBLIC = 1U << 0,
    FIELD_LABEL = 1U << 1,
    FIELD_KIND = 1U << 2,
    FIELD_RIGHTS = 1U << 3,
    FIELD_NETWORKS = 1U << 4,
    FIELD_ID = 1U << 5,
};

static const struct {
    const char *path;
    u32 fields; /* all of them */
    u16 door_kind;
} paths[] = {
    [KEY_HTTP_NONE] = {"", 0, 0},
    [KEY_HTTP_PAGE] = {"/page/v1/page-key", FIELD_PUBLIC, DOOR_ASK_USE},
    [KEY_HTTP_LIST] = {"/page/v1/keys", 0, DOOR_ASK_LOOK},
    [KEY_HTTP_NEW] = {"/page/v1/keys/new",
                      FIELD_PUBLIC | FIELD_LABEL | FIELD_KIND | FIELD_RIGHTS | FIELD_NETWORKS,
                      DOOR_ASK_USE},
    [KEY_HTTP_REVOKE] = {"/page/v1/keys/revoke", FIELD_ID, DOOR_ASK_USE},
};

enum key_http_kind key_http_kind_of(struct span path)
{
    for (u32 kind = KEY_HTTP_PAGE; kind < ARRAY_COUNT(paths); kind += 1) {
        if (span_equal(path, span_of_text(paths[kind].path))) {
            return (enum key_http_kind)kind;
        }
    }
    return KEY_HTTP_NONE;
}

u16 key_http_door_kind(enum key_http_kind kind)
{
    return paths[kind].door_kind;
}

/* ---- fields ---- */

static u32 field_of(struct span name)
{
    static const char *const names[] = {"publicKey", "label", "kind", "rights", "networks", "id"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (span_equal(name, span_of_text(names[i]))) {
            return 1U << i;
        }
    }
    return 0;
}

static bool copy(struct span text, u8 *target, size_t room)
{
    if (text.size > room) {
        return false;
    }
    if (text.size > 0) {
        memcpy(target, text.data, text.size);
    }
    return true;
}

/* In one line: no control characters. JSON has checked that it is UTF-8. */
static bool label_take(struct span text, struct key_ask *make)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < ' ' || text.data[i] == 0x7f) {
            return false;
        }
    }
    make->label_bytes = (u8)u64_min(text.size, KEY_LINK_LABEL_MAX);
    return copy(text, make->label, sizeof(make->label));
}

static bool kind_take(struct span text, struct key_ask *make)
{
    static const char *const names[] = {"", "hmac", "ed25519", "rsa"};
    _Static_assert(KEY_KIND_HMAC == 1 && KEY_KIND_ED25519 == 2 && KEY_KIND_RSA == 3, "the names");
    for (u8 kind = 1; kind < ARRAY_COUNT(names); kind += 1) {
        if (span_equal(text, span_of_text(names[kind]))) {
            make->key_kind = kind;
            return true;
        }
    }
    return false;
}

/* "read trade withdraw": read in any case, each once. */
static bool rights_take(struct span text, u32 *rights_out)
{
    static const char *const names[] = {"read", "trade", "withdraw"};
    _Static_assert(KEY_RIGHT_READ == 1 && KEY_RIGHT_TRADE == 2 && KEY_RIGHT_WITHDRAW == 4,
                   "the names");
    u32 rights = 0;
    while (text.size > 0) {
        const u8 *blank = memchr(text.data, ' ', text.size);
        size_t size = blank == NULL ? text.size : (size_t)(blank - text.data);
        u32 right = 0;
        for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
            right |= span_equal(span_of(text.data, size), span_of_text(names[i])) ? 1U << i : 0;
        }
        if (right == 0 || (rights & right) != 0 || (blank != NULL && size + 1 == text.size)) {
            return false;
        }
        rights |= right;
        text = span_after(text, blank == NULL ? size : size + 1);
    }
    *rights_out = rights;
    return (rights & KEY_RIGHT_READ) != 0;
}

static bool networks_take(struct span text, struct key_ask *make)
{
    struct auth_network networks[KEY_LINK_NETWORKS_MAX];
    u32 count = 0;
    if (text.size > 0 && !networks_read_words(text, networks, ARRAY_COUNT(networks), &count)) {
        return false;
    }
    for (u32 i = 0; i < count; i += 1) {
        u8 *place = make->networks + (size_t)i * KEY_LINK_NETWORK_BYTES;
        memcpy(place, networks[i].address.bytes, sizeof(networks[i].address.bytes));
        place[KEY_LINK_NETWORK_BYTES - 1] = (u8)networks[i].bits;
    }
    make->networks_count = (u8)count;
    return true;
}

/* Of a page 32 bytes in base64. Of a new key what it is depends on its kind: public_settle. */
static bool public_take(struct span text, struct key_http_ask *ask)
{
    if (ask->kind == KEY_HTTP_PAGE) {
        return sign_decode_base64(text, ask->public_key, sizeof(ask->public_key)) ==
               sizeof(ask->public_key);
    }
    ask->make.public_bytes = (u32)text.size;
    return copy(text, ask->make.public_key, sizeof(ask->make.public_key));
}

static bool field_take(u32 field, struct span text, struct key_http_ask *ask)
{
    switch ((enum field)field) {
    case FIELD_PUBLIC:
        return public_take(text, ask);
    case FIELD_LABEL:
        return label_take(text, &ask->make);
    case FIELD_KIND:
        return kind_take(text, &ask->make);
    case FIELD_RIGHTS:
        return rights_take(text, &ask->rights);
    case FIELD_NETWORKS:
        return networks_take(text, &ask->make);
    case FIELD_ID:
        return text.size == 2U * sizeof(ask->key_id) &&
               bytes_from_hex(text, ask->key_id, sizeof(ask->key_id));
    }
    return false;
}

/* Base64 becomes what it stands for: 32 bytes of Ed25519 a key in DER (RFC 8410), else DER as it
 * is. PEM stays. */
static bool public_settle(struct key_ask *make)
{
    static const u8 head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                              0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    static const char pem[] = "-----BEGIN";
    struct span text = span_of(make->public_key, make->public_bytes);
    if ((text.size == 0) != (make->key_kind == KEY_KIND_HMAC)) {
        return false;
    }
    if (text.size == 0 ||
        (text.size >= sizeof(pem) - 1 && memcmp(text.data, pem, sizeof(pem) - 1) == 0)) {
        return true;
    }
    u8 bytes[KEY_LINK_PUBLIC_MAX];
    u8 *at = bytes + sizeof(head);
    size_t size = sign_decode_base64(text, at, sizeof(bytes) - sizeof(head));
    if (size == SIGN_PUBLIC_BYTES) {
        memcpy(bytes, head, sizeof(head));
        at = bytes;
        size += sizeof(head);
    }
    memset(make->public_key, 0, sizeof(make->public_key));
    memcpy(make->public_key, at, size);
    make->public_bytes = (u32)size;
    return size > 0;
}

/* Texts under names that the path has, each once and all of them. */
static bool object_read(struct span body, struct key_http_ask *ask)
{
    struct json_pull pull;
    u8 meant[KEY_HTTP_BODY_BYTES_MAX];
    u32 fields = paths[ask->kind].fields;
    u32 given = 0;
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    while (token == JSON_TOKEN_KEY) {
        struct span text;
        u32 field = pull.escaped ? 0 : field_of(pull.raw);
        if ((field & fields) == 0 || json_pull_next(&pull) != JSON_TOKEN_STRING ||
            !json_pull_text(&pull, meant, sizeof(meant), &text) || !field_take(field, text, ask)) {
            return false;
        }
        given |= field;
        token = json_pull_next(&pull);
    }
    return token == JSON_TOKEN_OBJECT_END && json_pull_next(&pull) == JSON_TOKEN_END &&
           given == fields;
}

enum door_http_no key_http_read(const struct http_request *request, enum key_http_kind kind,
                                struct key_http_ask *ask_out)
{
    enum door_http_no no = door_http_check(request, KEY_HTTP_BODY_BYTES_MAX);
    memset(ask_out, 0, sizeof(*ask_out));
    ask_out->kind = kind;
    if (no != DOOR_HTTP_FINE) {
        return no;
    }
    if (!object_read(request->body, ask_out) ||
        (kind == KEY_HTTP_NEW && !public_settle(&ask_out->make))) {
        return DOOR_HTTP_NO_BODY;
    }
    return DOOR_HTTP_FINE;
}
