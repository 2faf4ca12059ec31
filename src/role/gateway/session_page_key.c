/* Keys of customers who are signed in: page keys, and API keys that are made in a session. What is
 * asked waits for the door, which says whose session it is; a new or revoked API key then waits for
 * the engine. docs/sign-in.md "Keys". */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/key_serve.h"
#include "role/gateway/networks.h"
#include "role/gateway/session.h"
#include "role/gateway/view_key.h"
#include "role/gateway/view_person.h"

#include <stdio.h>
#include <string.h>

#define US_MS 1000U

/* ---- what waits ---- */

/* 0 finds a free place. */
static struct page_ask *ask_of(struct gateway *gateway, u64 owner)
{
    for (u32 i = 0; i < PAGE_ASKS_MAX && (owner == 0 || gateway->page_asks_count > 0); i += 1) {
        if (gateway->page_asks[i].owner == owner) {
            return &gateway->page_asks[i];
        }
    }
    return NULL;
}

void page_key_session_ended(struct session *session)
{
    struct page_ask *ask = ask_of(session->gateway, session_handle(session));
    if (ask != NULL) {
        secret_wipe(ask, sizeof(*ask));
        session->gateway->page_asks_count -= 1;
    }
}

/* ---- answers ---- */

static void say(struct session *session, struct json_writer *json,
                const struct door_http_said *said)
{
    struct gateway *gateway = session->gateway;
    size_t size = json_end(json);
    CHECK(size > 0);
    page_key_session_ended(session); /* it waits no longer */
    http_session_say_door(session, said, span_of(gateway->scratch.json, size));
    secret_wipe(gateway->scratch.json, size);
}

static void json_of(struct session *session, struct json_writer *json)
{
    json_begin(json, session->gateway->scratch.json, GATEWAY_JSON_BYTES);
}

static void refuse(struct session *session, enum door_http_no no, u32 wait_s)
{
    struct door_http_said said;
    struct json_writer json;
    json_of(session, &json);
    door_http_refuse(&json, no, &said);
    said.wait_s = wait_s;
    say(session, &json, &said);
}

static void refuse_code(struct session *session, const struct door_answer_head *head)
{
    struct door_http_said said;
    struct json_writer json;
    json_of(session, &json);
    door_http_refuse_code(&json, head, &said);
    say(session, &json, &said);
}

static void refuse_as_door(struct session *session, enum door_code code)
{
    const struct door_answer_head head = {.code = code};
    refuse_code(session, &head);
}

static void field_number(struct json_writer *json, const char *name, u64 number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    json_field_text(json, name, text);
}

static void say_fine(struct session *session, struct json_writer *json)
{
    const struct door_http_said said = {.status = 200};
    say(session, json, &said);
}

/* ---- a page's key ---- */

static void page_key_make(struct session *session, const struct page_ask *asked,
                          const struct door_http_state *state, u32 account)
{
    struct page_keys *keys = &session->gateway->page_keys;
    struct page_key_told told;
    struct json_writer json;
    struct page_key_ask ask = {.login = state->login,
                               .session = state->handle,
                               .until_us = state->until_us,
                               .fresh_until_us = state->fresh_until_us,
                               .account = account};
    memcpy(ask.public_key, asked->ask.public_key, sizeof(ask.public_key));
    enum fault fault = page_keys_take(keys, &ask, &told);
    if (fault != FAULT_NONE) {
        bool is_theirs = fault == FAULT_INPUT;
        fault_forget();
        refuse(session, is_theirs ? DOOR_HTTP_NO_BODY : DOOR_HTTP_NO_BUSY, 0);
        return;
    }
    json_of(session, &json);
    json_object_begin(&json);
    json_key(&json, "apiKey");
    json_put_plain(&json, span_of(told.api_key, sizeof(told.api_key)));
    field_number(&json, "account", account);
    json_field_u64(&json, "until", told.until_us / US_MS);
    json_field_bool(&json, "withdraw", told.may_withdraw);
    json_object_end(&json);
    say_fine(session, &json);
}

/* ---- which API keys there are ---- */

static void put_rights(struct json_writer *json, u32 rights)
{
    json_key(json, "rights");
    json_array_begin(json);
    for (u32 right = KEY_RIGHT_READ; right <= KEY_RIGHT_WITHDRAW; right <<= 1) {
        if ((rights & right) != 0) {
            json_put_text(json, right == KEY_RIGHT_READ    ? "read"
                                : right == KEY_RIGHT_TRADE ? "trade"
                                                           : "withdraw");
        }
    }
    json_array_end(json);
}

static void put_networks(struct json_writer *json, const struct key_entry *entry)
{
    json_key(json, "networks");
    json_array_begin(json);
    for (u32 i = 0; i < entry->networks_count; i += 1) {
        char text[NETWORKS_TEXT_BYTES];
        networks_print(&entry->networks[i], text);
        json_put_text(json, text);
    }
    json_array_end(json);
}

static const char *kind_name(u8 kind)
{
    static const char *const names[] = {"", "hmac", "ed25519", "rsa"};
    CHECK(kind < ARRAY_COUNT(names));
    return names[kind];
}

/* Of the account; also one that this gateway does not have the secret of, so that it is revoked. */
static void put_key(struct gateway *gateway, struct json_writer *json, const struct view_key *key)
{
    u8 label[KEYSTORE_LABEL_MAX];
    size_t label_bytes = 0;
    struct key_entry entry = {0};
    bool is_known = keys_find_id(&gateway->keys.table, key->id, &entry);
    if (gateway->keys.has_store &&
        keystore_label(&gateway->keys.store, key->id, label, &label_bytes) != FAULT_NONE) {
        log_warn("keys.no_label", LOG_STR("fault", "keys.db"));
        fault_forget();
    }
    json_object_begin(json);
    json_field_hex(json, "id", span_of(key->id, sizeof(key->id)));
    json_key(json, "label");
    json_put_span(json, span_of(label, label_bytes));
    json_field_text(json, "kind", kind_name(key->kind));
    put_rights(json, key->rights);
    put_networks(json, &entry);
    json_field_u64(json, "made", is_known ? entry.created_us / US_MS : 0);
    json_object_end(json);
}

static void keys_list(struct session *session, u32 account)
{
    struct gateway *gateway = session->gateway;
    const struct view_key *keys[PAGE_API_KEYS_MAX];
    struct json_writer json;
    u32 count = view_keys_of(gateway->venue.view, account, keys, PAGE_API_KEYS_MAX);
    json_of(session, &json);
    json_object_begin(&json);
    json_key(&json, "keys");
    json_array_begin(&json);
    for (u32 i = 0; i < u64_min(count, PAGE_API_KEYS_MAX); i += 1) {
        put_key(gateway, &json, keys[i]);
    }
    json_array_end(&json);
    json_object_end(&json);
    say_fine(session, &json);
}

/* ---- API keys are made and revoked ---- */

/* Sends what is in call->command; the answer comes with its event. */
static void command_send(struct session *session, struct call *call, u16 kind, u32 account)
{
    struct gateway *gateway = session->gateway;
    call->state.endpoint = endpoint_at(ENDPOINT_PAGE_KEYS);
    call->state.account = account;
    call->state.received_us = gateway->venue.now_us;
    enum call_end end = call_send(call, kind, false);
    end = gateway_wait(gateway, call, end, session_handle(session), (struct span){NULL, 0});
    if (end != CALL_COMMANDED) {
        refuse(session, DOOR_HTTP_NO_BUSY, 0);
        return;
    }
    session->waiting_count += 1;
}

static void key_new(struct session *session, struct page_ask *asked, u32 account)
{
    struct gateway *gateway = session->gateway;
    const struct view_key *keys[1];
    struct key_maker maker = {.store = gateway->keys.has_store ? &gateway->keys.store : NULL,
                              .keys = &gateway->keys.table};
    if (view_keys_of(gateway->venue.view, account, keys, 0) >= PAGE_API_KEYS_MAX) {
        refuse(session, DOOR_HTTP_NO_LIMIT, 0);
        return;
    }
    u32 wait_s = enrol_pace_take(&gateway->key_pace, account, gateway->venue.now_us);
    if (wait_s > 0) {
        const struct door_answer_head head = {.code = DOOR_CODE_WAIT, .wait_s = wait_s};
        refuse_code(session, &head);
        return;
    }
    switch (key_make(&maker, &asked->ask.make, gateway->venue.now_us, &asked->made)) {
    case KEY_ANSWER_MADE:
        break;
    case KEY_ANSWER_BAD_PUBLIC:
        refuse(session, DOOR_HTTP_NO_BODY, 0);
        return;
    case KEY_ANSWER_FULL:
    case KEY_ANSWER_FAILED:
    case KEY_ANSWER_STATUSES:
        refuse(session, DOOR_HTTP_NO_BUSY, 0);
        return;
    }
    struct call call;
    struct json_writer json;
    gateway_call(gateway, &call, &json);
    struct command_key_set *set = (void *)call.command;
    *set =
        (struct command_key_set){.rights = asked->ask.rights, .key_kind = asked->ask.make.key_kind};
    memcpy(set->key_id, asked->made.key_id, sizeof(set->key_id));
    memcpy(set->public_key, asked->made.public_key, sizeof(set->public_key));
    command_send(session, &call, COMMAND_KEY_SET, account);
}

static void key_end(struct session *session, const struct page_ask *asked, u32 account)
{
    struct gateway *gateway = session->gateway;
    const struct view_key *key = view_key_of(gateway->venue.view, asked->ask.key_id);
    if (key == NULL || key->account != account) { /* another's is as none */
        refuse_as_door(session, DOOR_CODE_REFUSED);
        return;
    }
    struct call call;
    struct json_writer json;
    gateway_call(gateway, &call, &json);
    struct command_key_revoke *revoke = (void *)call.command;
    *revoke = (struct command_key_revoke){.actor = 0};
    memcpy(revoke->key_id, asked->ask.key_id, sizeof(revoke->key_id));
    command_send(session, &call, COMMAND_KEY_REVOKE, account);
}

enum call_end page_keys_unasked(struct call *call)
{
    return call_fail(call, API_ERROR_UNSUPPORTED_OPERATION);
}

enum call_end page_keys_finish(struct call *call)
{
    const struct event_rejected *rejected = call_event(call, EVENT_REJECTED);
    if (rejected != NULL) {
        return call_fail_reject(call, rejected->reject);
    }
    return call_event(call, EVENT_APPLIED) == NULL ? call_fail(call, API_ERROR_UNKNOWN)
                                                   : CALL_ANSWERED;
}

/* The engine has said so, or nobody knows. */
void page_key_session_answer(struct session *session, const struct call *call, enum call_end end)
{
    const struct page_ask *asked = ask_of(session->gateway, session_handle(session));
    struct json_writer json;
    CHECK(asked != NULL);
    if (end != CALL_ANSWERED) {
        bool is_late = call->failure.error == API_ERROR_TIMEOUT;
        bool is_refused = call_event(call, EVENT_REJECTED) != NULL;
        if (is_refused) {
            refuse_as_door(session, DOOR_CODE_REFUSED);
        } else {
            refuse(session, is_late ? DOOR_HTTP_NO_LATE : DOOR_HTTP_NO_BUSY, 0);
        }
        return;
    }
    json_of(session, &json);
    json_object_begin(&json);
    if (asked->ask.kind == KEY_HTTP_NEW) {
        json_field_hex(&json, "id", span_of(asked->made.key_id, sizeof(asked->made.key_id)));
        json_key(&json, "apiKey");
        json_put_plain(&json, span_of(asked->made.name, sizeof(asked->made.name)));
        json_key(&json, "secret");
        bool is_shared = asked->ask.make.key_kind == KEY_KIND_HMAC;
        json_put_plain(&json,
                       span_of(asked->made.secret, is_shared ? sizeof(asked->made.secret) : 0));
    }
    json_object_end(&json);
    say_fine(session, &json);
}

/* ---- asking ---- */

static enum door_http_no ask_send(struct session *session, const struct http_request *request,
                                  enum key_http_kind kind, const struct auth_address *address)
{
    struct gateway *gateway = session->gateway;
    struct page_ask *asked = ask_of(gateway, 0);
    struct door_ask ask = {.kind = key_http_door_kind(kind)};
    if (asked == NULL) {
        return DOOR_HTTP_NO_BUSY;
    }
    enum door_http_no no = key_http_read(request, kind, &asked->ask);
    if (no == DOOR_HTTP_FINE) {
        memcpy(ask.network, address->bytes, sizeof(ask.network));
        door_http_tokens(request, &ask);
        bool is_sent = door_client_send(&gateway->door, &ask, session_handle(session),
                                        net_now_ms(gateway->net));
        asked->owner = is_sent ? session_handle(session) : 0;
        gateway->page_asks_count += is_sent ? 1 : 0;
        no = is_sent ? DOOR_HTTP_FINE : DOOR_HTTP_NO_BUSY;
    }
    secret_wipe(&ask, sizeof(ask));
    return no;
}

bool page_key_session_serve(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    enum key_http_kind kind =
        gateway->options.door < 0 ? KEY_HTTP_NONE : key_http_kind_of(request->path);
    if (kind == KEY_HTTP_NONE) {
        return false;
    }
    struct auth_address address = http_session_address(session, request);
    struct limit_answer limit =
        limit_request(&gateway->limit, &address, LIMIT_POOL_API, 1, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return true;
    }
    enum door_http_no no = ask_send(session, request, kind, &address);
    if (no != DOOR_HTTP_FINE) {
        refuse(session, no, 0);
        return true;
    }
    session_wait(session);
    return true;
}

/* Whose account it is; false: the answer has been written. */
static bool account_for(struct session *session, const struct page_ask *asked,
                        const struct door_http_state *state, u32 *account_out)
{
    if (!state->is_full) {
        refuse_as_door(session, DOOR_CODE_SECOND_WANTED);
        return false;
    }
    if (asked->ask.kind == KEY_HTTP_NEW && state->fresh_until_us <= session->gateway->machine_us) {
        refuse_as_door(session, DOOR_CODE_AGAIN_WANTED);
        return false;
    }
    u32 next = view_login_account(session->gateway->venue.view, state->login);
    if (next == 0) {
        refuse(session, DOOR_HTTP_NO_ACCOUNT, 0);
        return false;
    }
    *account_out = next - 1;
    return true;
}

bool page_key_session_told(struct session *session, const struct door_answer_head *head)
{
    struct page_ask *asked = ask_of(session->gateway, session_handle(session));
    struct door_http_state state;
    u32 account = 0;
    if (asked == NULL) {
        return false;
    }
    if (head->kind == 0) {
        refuse(session, DOOR_HTTP_NO_LATE, 0);
        return true;
    }
    if (head->code != DOOR_CODE_OK) {
        refuse_code(session, head);
        return true;
    }
    if (!door_http_state_read(head->contents, &state)) {
        refuse(session, DOOR_HTTP_NO_FAILED, 0);
        return true;
    }
    if (!account_for(session, asked, &state, &account)) {
        return true;
    }
    switch (asked->ask.kind) {
    case KEY_HTTP_NONE:
        break;
    case KEY_HTTP_PAGE:
        page_key_make(session, asked, &state, account);
        break;
    case KEY_HTTP_LIST:
        keys_list(session, account);
        break;
    case KEY_HTTP_NEW:
        key_new(session, asked, account);
        break;
    case KEY_HTTP_REVOKE:
        key_end(session, asked, account);
        break;
    }
    return true;
}
