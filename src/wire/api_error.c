#include "wire/api_error.h"

#include "base/check.h"
#include "wire/reject.h"

#include <string.h>

struct api_error_row {
    const char *name;
    const char *text;
    i32 code;
    u32 http;
};

#define API_ERROR_ROW(name, code, http, text) [API_ERROR_##name] = {#name, text, code, http},
static const struct api_error_row rows[API_ERROR_COUNT] = {API_ERROR_TABLE(API_ERROR_ROW)};

static const struct api_error_row *row_of(enum api_error error)
{
    CHECK((u32)error < API_ERROR_COUNT);
    return &rows[error];
}

i32 api_error_code(enum api_error error)
{
    return row_of(error)->code;
}

u32 api_error_http(enum api_error error)
{
    return row_of(error)->http;
}

const char *api_error_template(enum api_error error)
{
    return row_of(error)->text;
}

const char *api_error_name(enum api_error error)
{
    return row_of(error)->name;
}

u32 api_error_places(enum api_error error)
{
    u32 count = 0;
    const char *text = row_of(error)->text;
    for (text = strstr(text, "%s"); text != NULL; text = strstr(text + 2, "%s")) {
        count += 1;
    }
    return count;
}

static size_t put(char *target, size_t used, size_t target_bytes, struct span piece)
{
    CHECK(piece.size < target_bytes - used);
    if (piece.size > 0) {
        memcpy(target + used, piece.data, piece.size);
    }
    return used + piece.size;
}

size_t api_error_print(enum api_error error, const struct span *values, u32 values_count,
                       char *target, size_t target_bytes)
{
    CHECK(target_bytes >= API_ERROR_TEXT_BYTES_MAX);
    CHECK(values_count == api_error_places(error));
    const char *text = row_of(error)->text;
    size_t used = 0;
    for (u32 i = 0; i < values_count; i += 1) {
        const char *place = strstr(text, "%s");
        CHECK(place != NULL);
        used = put(target, used, target_bytes, span_of(text, (size_t)(place - text)));
        struct span value = values[i];
        value.size = u64_min(value.size, API_ERROR_VALUE_BYTES);
        used = put(target, used, target_bytes, value);
        text = place + 2;
    }
    used = put(target, used, target_bytes, span_of_text(text));
    target[used] = 0;
    return used;
}

/* The value that makes `text` out of `template`, when there is one place; true without any. */
static bool template_matches(const char *template, const char *text)
{
    const char *place = strstr(template, "%s");
    if (place == NULL) {
        return strcmp(template, text) == 0;
    }
    size_t before = (size_t)(place - template);
    size_t after = strlen(place + 2);
    size_t size = strlen(text);
    return size > before + after && memcmp(template, text, before) == 0 &&
           strcmp(text + size - after, place + 2) == 0;
}

enum api_error api_error_of_reject(u32 reject)
{
    i32 code = reject_code(reject);
    const char *text = reject_text(reject);
    for (u32 i = 0; i < API_ERROR_COUNT; i += 1) {
        if (rows[i].code == code && api_error_places((enum api_error)i) <= 1 &&
            template_matches(rows[i].text, text)) {
            return (enum api_error)i;
        }
    }
    return API_ERROR_UNKNOWN;
}

static bool fail_values(struct api_failure *failure_out, enum api_error error,
                        const struct span *values, u32 values_count)
{
    failure_out->error = error;
    failure_out->text_bytes = (u32)api_error_print(error, values, values_count, failure_out->text,
                                                   sizeof(failure_out->text));
    return false;
}

bool api_fail(struct api_failure *failure_out, enum api_error error)
{
    return fail_values(failure_out, error, NULL, 0);
}

bool api_fail_name(struct api_failure *failure_out, enum api_error error, const char *name)
{
    struct span value = span_of_text(name);
    return fail_values(failure_out, error, &value, 1);
}

bool api_fail_pair(struct api_failure *failure_out, enum api_error error, const char *a,
                   const char *b)
{
    struct span values[2] = {span_of_text(a), span_of_text(b)};
    return fail_values(failure_out, error, values, 2);
}

static struct span number_print(u64 number, char text[24])
{
    size_t at = 24;
    do {
        at -= 1;
        text[at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return span_of(text + at, 24 - at);
}

bool api_fail_numbers(struct api_failure *failure_out, enum api_error error, u64 a, u64 b)
{
    char texts[2][24];
    struct span values[2] = {number_print(a, texts[0]), number_print(b, texts[1])};
    return fail_values(failure_out, error, values, api_error_places(error));
}

bool api_fail_reject(struct api_failure *failure_out, u32 reject)
{
    struct span text = span_of_text(reject_text(reject));
    CHECK(text.size < sizeof(failure_out->text));
    failure_out->error = api_error_of_reject(reject);
    failure_out->text_bytes = (u32)text.size;
    memcpy(failure_out->text, text.data, text.size);
    failure_out->text[text.size] = 0;
    return false;
}
