#include "tests/support/json_fields.h"

#include "base/amount.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

void json_fields_read(struct json_pull *pull, struct json_fields *fields_out)
{
    fields_out->count = 0;
    for (;;) {
        enum json_token token = json_pull_next(pull);
        if (token == JSON_TOKEN_OBJECT_END) {
            return;
        }
        assert_int_equal(token, JSON_TOKEN_KEY);
        assert_true(fields_out->count < JSON_FIELDS_MAX);
        struct json_field *field = &fields_out->fields[fields_out->count++];
        field->key = pull->raw;
        token = json_pull_next(pull);
        if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
            assert_true(json_pull_skip(pull));
        }
        assert_true(token != JSON_TOKEN_BAD && token != JSON_TOKEN_END);
        field->value = pull->raw;
        field->is_null = token == JSON_TOKEN_NULL;
    }
}

void json_fields_of(struct span text, struct json_fields *fields_out)
{
    struct json_pull pull;
    json_pull_begin(&pull, text);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_OBJECT_BEGIN);
    json_fields_read(&pull, fields_out);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_END);
}

void json_fields_array(struct json_pull *pull, struct span text)
{
    json_pull_begin(pull, text);
    assert_int_equal(json_pull_next(pull), JSON_TOKEN_ARRAY_BEGIN);
}

bool json_fields_next(struct json_pull *pull, struct json_fields *fields_out)
{
    enum json_token token = json_pull_next(pull);
    if (token == JSON_TOKEN_ARRAY_END) {
        assert_int_equal(json_pull_next(pull), JSON_TOKEN_END);
        return false;
    }
    assert_int_equal(token, JSON_TOKEN_OBJECT_BEGIN);
    json_fields_read(pull, fields_out);
    return true;
}

static const struct json_field *find(const struct json_fields *fields, const char *key)
{
    for (u32 i = 0; i < fields->count; i++) {
        if (span_equal(fields->fields[i].key, span_of_text(key))) {
            return &fields->fields[i];
        }
    }
    return NULL;
}

static const struct json_field *field_of(const struct json_fields *fields, const char *key)
{
    const struct json_field *field = find(fields, key);
    if (field == NULL) {
        fail_msg("no field %s", key);
    }
    return field;
}

bool json_has(const struct json_fields *fields, const char *key)
{
    return find(fields, key) != NULL;
}

bool json_is_null(const struct json_fields *fields, const char *key)
{
    return field_of(fields, key)->is_null;
}

struct span json_value(const struct json_fields *fields, const char *key)
{
    return field_of(fields, key)->value;
}

bool json_is(const struct json_fields *fields, const char *key, const char *value)
{
    return span_equal(json_value(fields, key), span_of_text(value));
}

void json_text(const struct json_fields *fields, const char *key, char *target, size_t bytes)
{
    struct span text = json_value(fields, key);
    assert_true(text.size < bytes);
    memcpy(target, text.data, text.size);
    target[text.size] = 0;
}

static u64 decimal(struct span text, u32 scale)
{
    struct amount amount;
    assert_int_equal(amount_parse(text, scale, &amount), AMOUNT_OK);
    return amount.units;
}

u64 json_units(const struct json_fields *fields, const char *key)
{
    return decimal(json_value(fields, key), 8);
}

u64 json_number(const struct json_fields *fields, const char *key)
{
    return json_is(fields, key, "-1") ? 0 : decimal(json_value(fields, key), 0);
}
