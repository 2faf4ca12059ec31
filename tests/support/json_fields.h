/* JSON objects taken apart for tests: fields by name, containers as they stand. What is not there,
 * or not of the form asked for, fails the test. */
#ifndef TESTS_SUPPORT_JSON_FIELDS_H
#define TESTS_SUPPORT_JSON_FIELDS_H

#include "base/base.h"
#include "wire/json_pull.h"

#define JSON_FIELDS_MAX 64U

struct json_field {
    struct span key;
    struct span value; /* strings without quotes, containers whole */
    bool is_null;
};

struct json_fields {
    struct json_field fields[JSON_FIELDS_MAX];
    u32 count;
};

/* The fields of the object whose beginning was just read. */
void json_fields_read(struct json_pull *pull, struct json_fields *fields_out);

/* The fields of a text that is one object. */
void json_fields_of(struct span text, struct json_fields *fields_out);

/* The next object of an array; false at its end. `pull` begins before its first element. */
bool json_fields_next(struct json_pull *pull, struct json_fields *fields_out);
void json_fields_array(struct json_pull *pull, struct span text);

bool json_has(const struct json_fields *fields, const char *key);
bool json_is_null(const struct json_fields *fields, const char *key);
struct span json_value(const struct json_fields *fields, const char *key);
/* Whether the value is this text. */
bool json_is(const struct json_fields *fields, const char *key, const char *value);
void json_text(const struct json_fields *fields, const char *key, char *target, size_t bytes);

/* A decimal in units of 10^-8. */
u64 json_units(const struct json_fields *fields, const char *key);
/* A whole number; 0 for -1. */
u64 json_number(const struct json_fields *fields, const char *key);

#endif /* TESTS_SUPPORT_JSON_FIELDS_H */
