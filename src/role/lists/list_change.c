#include "role/lists/list_change.h"

#include "base/span.h"
#include "wire/json_pull.h"

#include <stdio.h>

struct field {
    struct span name;
    struct span value;
};

struct fields {
    struct field fields[LIST_FIELDS_MAX];
    u32 count;
};

static bool fields_read(struct span line, struct fields *fields_out)
{
    struct json_pull pull;
    fields_out->count = 0;
    json_pull_begin(&pull, line);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    while (token == JSON_TOKEN_KEY && fields_out->count < LIST_FIELDS_MAX) {
        struct field *field = &fields_out->fields[fields_out->count];
        fields_out->count += 1;
        field->name = pull.raw;
        token = json_pull_next(&pull);
        if ((token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) &&
            !json_pull_skip(&pull)) {
            return false;
        }
        field->value = pull.raw;
        token = json_pull_next(&pull);
    }
    return token == JSON_TOKEN_OBJECT_END;
}

static const struct field *field_of(const struct fields *fields, struct span name)
{
    for (u32 i = 0; i < fields->count; i += 1) {
        if (span_equal(fields->fields[i].name, name)) {
            return &fields->fields[i];
        }
    }
    return NULL;
}

static void name_add(struct span name, char target[LIST_CHANGE_BYTES], size_t *used)
{
    int size = snprintf(target + *used, LIST_CHANGE_BYTES - *used, "%s%.*s", *used > 0 ? " " : "",
                        (int)name.size, (const char *)name.data);
    size_t left = LIST_CHANGE_BYTES - *used;
    *used += size > 0 && (size_t)size < left ? (size_t)size : 0;
    target[*used] = 0; /* what does not fit whole is left out */
}

const char *list_change_print(struct span before, struct span after, char target[LIST_CHANGE_BYTES])
{
    struct fields old;
    struct fields new;
    size_t used = 0;
    target[0] = 0;
    if (before.size == 0 || after.size == 0) {
        (void)snprintf(target, LIST_CHANGE_BYTES, "%s", before.size == 0 ? "added" : "removed");
        return target;
    }
    if (!fields_read(before, &old) || !fields_read(after, &new)) {
        (void)snprintf(target, LIST_CHANGE_BYTES, "unreadable");
        return target;
    }
    for (u32 i = 0; i < old.count; i += 1) {
        const struct field *other = field_of(&new, old.fields[i].name);
        if (other == NULL || !span_equal(other->value, old.fields[i].value)) {
            name_add(old.fields[i].name, target, &used);
        }
    }
    for (u32 i = 0; i < new.count; i += 1) {
        if (field_of(&old, new.fields[i].name) == NULL) {
            name_add(new.fields[i].name, target, &used);
        }
    }
    return target;
}
