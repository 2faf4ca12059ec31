#include "role/gateway/demo_sign.h"

#include "base/span.h"
#include "role/gateway/origin.h"
#include "wire/json_pull.h"

#include <string.h>

#define ESCAPE_BYTES 6U /* "\u0041" */

/* ---- who asks ---- */

static bool is_loopback(const struct auth_address *address)
{
    static const u8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const u8 six[16] = {[15] = 1};
    bool is_four = memcmp(address->bytes, mapped, sizeof(mapped)) == 0 && address->bytes[12] == 127;
    return is_four || memcmp(address->bytes, six, sizeof(six)) == 0;
}

/* ":8080", or nothing. */
static bool is_port(struct span text)
{
    if (text.size == 0) {
        return true;
    }
    bool is_sound = text.size >= 2 && text.size <= 6 && text.data[0] == ':';
    for (size_t i = 1; i < text.size && is_sound; i += 1) {
        is_sound = text.data[i] >= '0' && text.data[i] <= '9';
    }
    return is_sound;
}

static bool span_begins(struct span text, const char *word)
{
    size_t size = strlen(word);
    return text.size >= size && memcmp(text.data, word, size) == 0;
}

static bool is_loopback_host(struct span host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (span_begins(host, names[i]) && is_port(span_after(host, strlen(names[i])))) {
            return true;
        }
    }
    return false;
}

bool demo_sign_allowed(const struct http_request *request, const struct auth_address *peer)
{
    struct span host = http_header(request, HTTP_NAME_HOST);
    struct span origin = http_header(request, HTTP_NAME_ORIGIN);
    return is_loopback(peer) && http_header(request, HTTP_NAME_X_FORWARDED_FOR).data == NULL &&
           is_loopback_host(host) && (origin.data == NULL || origin_is_of(origin, host));
}

/* ---- what is asked ---- */

enum demo_path demo_sign_path(struct span path)
{
    if (span_equal(path, span_of_text("/demo/accounts"))) {
        return DEMO_PATH_ACCOUNTS;
    }
    return span_equal(path, span_of_text("/demo/sign-in")) ? DEMO_PATH_SIGN_IN : DEMO_PATH_NONE;
}

/* {"account": TEXT} and nothing else. */
static bool body_read(struct span body, char account_out[DEMO_ACCOUNT_BYTES + 1])
{
    struct json_pull pull;
    struct span text;
    u8 meant[DEMO_ACCOUNT_BYTES * ESCAPE_BYTES];
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN ||
        json_pull_next(&pull) != JSON_TOKEN_KEY || !span_equal(pull.raw, span_of_text("account")) ||
        json_pull_next(&pull) != JSON_TOKEN_STRING ||
        !json_pull_text(&pull, meant, sizeof(meant), &text) || text.size > DEMO_ACCOUNT_BYTES) {
        return false;
    }
    memcpy(account_out, text.data, text.size);
    account_out[text.size] = 0;
    return memchr(account_out, 0, text.size) == NULL &&
           json_pull_next(&pull) == JSON_TOKEN_OBJECT_END &&
           json_pull_next(&pull) == JSON_TOKEN_END;
}

const struct demo_account *demo_sign_read(const struct demo_accounts *accounts, struct span body,
                                          struct api_failure *failure_out)
{
    char account[DEMO_ACCOUNT_BYTES + 1] = {0};
    if (!body_read(body, account)) {
        (void)api_fail(failure_out, API_ERROR_INVALID_JSON);
        return NULL;
    }
    for (u32 i = 0; i < accounts->count; i += 1) {
        if (strcmp(accounts->list[i].account, account) == 0) {
            return &accounts->list[i];
        }
    }
    (void)api_fail_name(failure_out, API_ERROR_INVALID_PARAMETER_IN, "account");
    return NULL;
}

/* ---- answers ---- */

static void names_put(struct json_writer *json, const struct demo_account *account)
{
    json_key(json, "account");
    json_put_text(json, account->account);
    json_key(json, "name");
    json_put_text(json, account->name);
}

static void about_put(struct json_writer *json, const struct demo_account *account)
{
    if (account->about_en == NULL || account->about_fr == NULL) {
        return;
    }
    json_key(json, "about");
    json_object_begin(json);
    json_key(json, "en");
    json_put_text(json, account->about_en);
    json_key(json, "fr");
    json_put_text(json, account->about_fr);
    json_object_end(json);
}

void demo_accounts_print(struct json_writer *json, const struct demo_accounts *accounts)
{
    json_object_begin(json);
    json_key(json, "accounts");
    json_array_begin(json);
    for (u32 i = 0; i < accounts->count; i += 1) {
        json_object_begin(json);
        names_put(json, &accounts->list[i]);
        about_put(json, &accounts->list[i]);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void demo_account_print(struct json_writer *json, const struct demo_account *account)
{
    json_object_begin(json);
    names_put(json, account);
    json_key(json, "apiKey");
    json_put_text(json, account->api_key);
    json_key(json, "secret");
    json_put_text(json, account->secret);
    json_object_end(json);
}
