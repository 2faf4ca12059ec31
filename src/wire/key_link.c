#include "wire/key_link.h"

#include "base/check.h"
#include "base/secret.h"

#include <string.h>

static bool is_zero(const u8 *bytes, size_t size)
{
    u8 all = 0;
    for (size_t i = 0; i < size; i += 1) {
        all |= bytes[i];
    }
    return all == 0;
}

static bool head_fits(const struct command_head *head, u16 kind, u8 source, size_t size)
{
    return head->kind == kind && head->units == size / WIRE_UNIT && head->source == source;
}

static bool kind_fits(u8 kind)
{
    return kind == KEY_KIND_HMAC || kind == KEY_KIND_ED25519 || kind == KEY_KIND_RSA;
}

static bool networks_fit(const struct key_ask *ask)
{
    size_t used = (size_t)ask->networks_count * KEY_LINK_NETWORK_BYTES;
    for (size_t at = KEY_LINK_NETWORK_BYTES - 1; at < used; at += KEY_LINK_NETWORK_BYTES) {
        if (ask->networks[at] > 128) {
            return false;
        }
    }
    return is_zero(ask->networks + used, sizeof(ask->networks) - used);
}

static bool ask_fits(const struct key_ask *ask)
{
    if (!head_fits(&ask->head, KEY_ASK, LINK_SOURCE_ADMIN, sizeof(*ask)) ||
        !kind_fits(ask->key_kind) || ask->reserved != 0 || ask->label_bytes > KEY_LINK_LABEL_MAX ||
        ask->networks_count > KEY_LINK_NETWORKS_MAX || ask->public_bytes > KEY_LINK_PUBLIC_MAX) {
        return false;
    }
    return (ask->public_bytes == 0) == (ask->key_kind == KEY_KIND_HMAC) && networks_fit(ask) &&
           is_zero(ask->label + ask->label_bytes, KEY_LINK_LABEL_MAX - ask->label_bytes) &&
           is_zero(ask->public_key + ask->public_bytes, KEY_LINK_PUBLIC_MAX - ask->public_bytes) &&
           is_zero(ask->padding, sizeof(ask->padding));
}

static bool letters_fit(const u8 *text, size_t size)
{
    for (size_t i = 0; i < size; i += 1) {
        bool letter = (text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z');
        if (!letter && (text[i] < '0' || text[i] > '9')) {
            return false;
        }
    }
    return true;
}

static bool answer_fits(const struct key_answer *answer)
{
    if (!head_fits(&answer->head, KEY_ANSWER, LINK_SOURCE_GATEWAY, sizeof(*answer)) ||
        answer->status >= KEY_ANSWER_STATUSES || !kind_fits(answer->key_kind) ||
        !is_zero(answer->reserved, sizeof(answer->reserved)) ||
        !is_zero(answer->padding, sizeof(answer->padding))) {
        return false;
    }
    if (answer->status != KEY_ANSWER_MADE) {
        return is_zero(answer->name, sizeof(answer->name)) &&
               is_zero(answer->secret, sizeof(answer->secret)) &&
               is_zero(answer->key_id, sizeof(answer->key_id)) &&
               is_zero(answer->public_key, sizeof(answer->public_key));
    }
    bool shared = answer->key_kind == KEY_KIND_HMAC;
    bool secret = shared ? letters_fit(answer->secret, sizeof(answer->secret))
                         : is_zero(answer->secret, sizeof(answer->secret));
    return secret && letters_fit(answer->name, sizeof(answer->name)) &&
           !is_zero(answer->key_id, sizeof(answer->key_id)) &&
           is_zero(answer->public_key, sizeof(answer->public_key)) == shared;
}

void key_ask_finish(struct key_ask *ask)
{
    ask->head.kind = KEY_ASK;
    ask->head.units = sizeof(*ask) / WIRE_UNIT;
    ask->head.source = LINK_SOURCE_ADMIN;
    CHECK(ask_fits(ask));
}

void key_answer_finish(struct key_answer *answer)
{
    answer->head.kind = KEY_ANSWER;
    answer->head.units = sizeof(*answer) / WIRE_UNIT;
    answer->head.source = LINK_SOURCE_GATEWAY;
    CHECK(answer_fits(answer));
}

bool key_ask_read(struct span record, struct key_ask *ask_out)
{
    memset(ask_out, 0, sizeof(*ask_out));
    if (record.size != sizeof(*ask_out)) {
        return false;
    }
    memcpy(ask_out, record.data, sizeof(*ask_out));
    if (!ask_fits(ask_out)) {
        memset(ask_out, 0, sizeof(*ask_out));
        return false;
    }
    return true;
}

bool key_answer_read(struct span record, struct key_answer *answer_out)
{
    memset(answer_out, 0, sizeof(*answer_out));
    if (record.size != sizeof(*answer_out)) {
        return false;
    }
    memcpy(answer_out, record.data, sizeof(*answer_out));
    if (!answer_fits(answer_out)) {
        secret_wipe(answer_out, sizeof(*answer_out));
        return false;
    }
    return true;
}
