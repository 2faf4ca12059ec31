/* What jansson makes of a JSON text, compared with what json_pull does: both take it or both refuse
 * it, and if they take it, it says the same. Passed over are texts beyond a bound that only one of
 * them has. */
#ifndef TESTS_SUPPORT_JSON_ORACLE_H
#define TESTS_SUPPORT_JSON_ORACLE_H

#include "base/check.h"
#include "base/span.h"
#include "wire/json_pull.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static inline void json_oracle_number(struct span raw, const json_t *value)
{
    bool is_real = memchr(raw.data, '.', raw.size) != NULL ||
                   memchr(raw.data, 'e', raw.size) != NULL ||
                   memchr(raw.data, 'E', raw.size) != NULL;
    CHECK(is_real == json_is_real(value));
    if (is_real || (raw.size == 2 && memcmp(raw.data, "-0", 2) == 0)) {
        return;
    }
    char text[32];
    int size = snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    CHECK(span_equal(raw, span_of(text, (size_t)size)));
}

static inline void json_oracle_text(const struct json_pull *pull, struct span expected)
{
    static u8 memory[1 << 16];
    struct span text;
    bool fits = json_pull_text(pull, memory, pull->raw.size, &text);
    CHECK(fits);
    CHECK(span_equal(text, expected));
}

/* `token` has been read; goes on to the end of that value. */
static inline void json_oracle_value(struct json_pull *pull, enum json_token token,
                                     const json_t *value)
{
    static u8 memory[1 << 16];
    size_t count = 0;
    switch (token) {
    case JSON_TOKEN_OBJECT_BEGIN:
        CHECK(json_is_object(value));
        while ((token = json_pull_next(pull)) == JSON_TOKEN_KEY) {
            struct span key;
            bool fits = json_pull_text(pull, memory, sizeof(memory), &key);
            CHECK(fits);
            const json_t *member = json_object_getn(value, (const char *)key.data, key.size);
            CHECK(member != NULL);
            count += 1;
            json_oracle_value(pull, json_pull_next(pull), member);
        }
        CHECK(token == JSON_TOKEN_OBJECT_END && count == json_object_size(value));
        return;
    case JSON_TOKEN_ARRAY_BEGIN:
        CHECK(json_is_array(value));
        while ((token = json_pull_next(pull)) != JSON_TOKEN_ARRAY_END) {
            CHECK(count < json_array_size(value));
            json_oracle_value(pull, token, json_array_get(value, count));
            count += 1;
        }
        CHECK(count == json_array_size(value));
        return;
    case JSON_TOKEN_STRING:
        CHECK(json_is_string(value));
        json_oracle_text(pull, span_of(json_string_value(value), json_string_length(value)));
        return;
    case JSON_TOKEN_NUMBER:
        json_oracle_number(pull->raw, value);
        return;
    case JSON_TOKEN_TRUE:
        CHECK(json_is_true(value));
        return;
    case JSON_TOKEN_FALSE:
        CHECK(json_is_false(value));
        return;
    case JSON_TOKEN_NULL:
        CHECK(json_is_null(value));
        return;
    case JSON_TOKEN_BAD:
    case JSON_TOKEN_END:
    case JSON_TOKEN_OBJECT_END:
    case JSON_TOKEN_ARRAY_END:
    case JSON_TOKEN_KEY:
        break;
    }
    CHECK(token == JSON_TOKEN_STRING); /* no value begins with any of these */
}

/* True when both take the text. */
static inline bool json_oracle_agrees(struct span text)
{
    static struct json_pull pull;
    json_error_t error;
    json_t *value = json_loadb(text.size == 0 ? "" : (const char *)text.data, text.size,
                               JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    json_pull_begin(&pull, text);
    enum json_token token;
    do {
        token = json_pull_next(&pull);
    } while (token != JSON_TOKEN_BAD && token != JSON_TOKEN_END);
    CHECK((token == JSON_TOKEN_BAD) == (pull.fault != JSON_PULL_FINE));
    CHECK(pull.at <= text.size);
    if (value == NULL) {
        enum json_error_code code = json_error_code(&error);
        bool own_bound = code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
        CHECK(token == JSON_TOKEN_BAD || own_bound);
        return false;
    }
    if (token == JSON_TOKEN_BAD) {
        /* jansson takes a NUL behind the value for the end of the text. */
        bool at_nul = pull.at < text.size && text.data[pull.at] == 0;
        CHECK(pull.fault == JSON_PULL_TOO_DEEP || pull.fault == JSON_PULL_TOO_MANY_KEYS || at_nul);
        json_decref(value);
        return false;
    }
    json_pull_begin(&pull, text);
    json_oracle_value(&pull, json_pull_next(&pull), value);
    CHECK(json_pull_next(&pull) == JSON_TOKEN_END);
    json_decref(value);
    return true;
}

#endif /* TESTS_SUPPORT_JSON_ORACLE_H */
