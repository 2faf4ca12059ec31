#include "role/gateway/key_serve.h"

#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"

#include <string.h>

_Static_assert(KEY_LINK_NAME_BYTES == AUTH_KEY_BYTES, "the same names");
_Static_assert(KEY_LINK_SECRET_BYTES == KEYS_SECRET_BYTES, "the same secrets");
_Static_assert(KEY_LINK_NETWORKS_MAX == KEYS_NETWORKS_MAX, "the same lists");
_Static_assert(KEY_LINK_LABEL_MAX == KEYSTORE_LABEL_MAX, "the same labels");
_Static_assert(KEY_LINK_PUBLIC_MAX == SIGN_PUBLIC_MAX, "the same keys");

/* False: not a public key, or not one of the kind that was asked for. */
static bool public_fits(const struct key_ask *ask, u8 public_out[SIGN_PUBLIC_BYTES])
{
    struct sign_key key;
    if (sign_key_open_public(span_of(ask->public_key, ask->public_bytes), &key) != FAULT_NONE) {
        fault_forget();
        return false;
    }
    bool fits = (u8)key.kind == ask->key_kind && sign_key_public(&key, public_out) == FAULT_NONE;
    sign_key_close(&key);
    return fits;
}

static void networks_take(const struct key_ask *ask, struct keystore_row *row)
{
    row->networks_count = ask->networks_count;
    for (u32 i = 0; i < row->networks_count; i += 1) {
        const u8 *at = ask->networks + (size_t)i * KEY_LINK_NETWORK_BYTES;
        memcpy(row->networks[i].address.bytes, at, sizeof(row->networks[i].address.bytes));
        row->networks[i].bits = at[KEY_LINK_NETWORK_BYTES - 1];
    }
}

/* First on the disk, then in the table. */
static enum fault keep(struct key_maker *maker, const struct keystore_row *row)
{
    TRY(keystore_add(maker->store, row));
    return keystore_row_put(maker->keys, row);
}

static enum fault make(struct key_maker *maker, const struct key_ask *ask, u64 now_us,
                       struct key_answer *answer)
{
    bool shared = ask->key_kind == KEY_KIND_HMAC;
    TRY(keys_invent(answer->name, answer->secret));
    if (!shared) {
        secret_wipe(answer->secret, sizeof(answer->secret));
    }
    struct keystore_row row = {
        .kind = ask->key_kind,
        .secret = span_of(answer->secret, shared ? sizeof(answer->secret) : 0),
        .public = span_of(ask->public_key, ask->public_bytes),
        .label = span_of(ask->label, ask->label_bytes),
        .created_us = now_us,
    };
    TRY(keys_id(span_of(answer->name, sizeof(answer->name)), answer->key_id));
    memcpy(row.name, answer->name, sizeof(row.name));
    memcpy(row.key_id, answer->key_id, sizeof(row.key_id));
    networks_take(ask, &row);
    return keep(maker, &row);
}

static enum key_answer_status serve(struct key_maker *maker, const struct key_ask *ask, u64 now_us,
                                    struct key_answer *answer)
{
    if (maker->store == NULL) {
        return KEY_ANSWER_FAILED;
    }
    if (!keys_has_room(maker->keys)) {
        return KEY_ANSWER_FULL;
    }
    if (ask->key_kind != KEY_KIND_HMAC && !public_fits(ask, answer->public_key)) {
        return KEY_ANSWER_BAD_PUBLIC;
    }
    enum fault fault = make(maker, ask, now_us, answer);
    if (fault != FAULT_NONE) {
        log_error("keys.not_made", LOG_FAULT(fault));
        return KEY_ANSWER_FAILED;
    }
    return KEY_ANSWER_MADE;
}

enum key_answer_status key_make(struct key_maker *maker, const struct key_ask *ask, u64 now_us,
                                struct key_answer *answer_out)
{
    memset(answer_out, 0, sizeof(*answer_out));
    enum key_answer_status status = serve(maker, ask, now_us, answer_out);
    if (status != KEY_ANSWER_MADE) {
        secret_wipe(answer_out, sizeof(*answer_out));
    }
    return status;
}

enum fault key_serve(struct key_maker *maker, struct span ask, u64 now_us,
                     struct key_answer *answer_out)
{
    struct key_ask read;
    if (!key_ask_read(ask, &read)) {
        memset(answer_out, 0, sizeof(*answer_out));
        return FAULT(FAULT_INPUT, "a record of %zu bytes asks for no key", ask.size);
    }
    enum key_answer_status status = key_make(maker, &read, now_us, answer_out);
    answer_out->head.account = read.head.account;
    answer_out->head.source_index = read.head.source_index;
    answer_out->status = (u8)status;
    answer_out->key_kind = read.key_kind;
    key_answer_finish(answer_out);
    return FAULT_NONE;
}
