#include "app/demo_file.h"

#include "app/text_file.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/file.h"
#include "wire/json.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

struct reader {
    struct json_pull pull;
    const char *name;
};

static enum fault not_such(const struct reader *reader, const char *what)
{
    return FAULT(FAULT_INPUT, "%s: byte %zu: %s", reader->name, reader->pull.at, what);
}

static enum fault token_want(struct reader *reader, enum json_token wanted)
{
    return json_pull_next(&reader->pull) == wanted ? FAULT_NONE
                                                   : not_such(reader, "not as the demo writes it");
}

static enum fault text_read(struct reader *reader, char *target, size_t target_bytes)
{
    struct span text;
    TRY(token_want(reader, JSON_TOKEN_STRING));
    /* Room for the text and a NUL; what is escaped is never longer than it was. */
    if (reader->pull.raw.size >= target_bytes ||
        !json_pull_text(&reader->pull, target, target_bytes, &text)) {
        return not_such(reader, "the text is too long");
    }
    memmove(target, text.data, text.size);
    target[text.size] = 0;
    return FAULT_NONE;
}

static enum fault number_read(struct reader *reader, struct span text, u64 maximum, u64 *number_out)
{
    struct amount number;
    if (amount_parse(text, 0, &number) != AMOUNT_OK ||
        number.units > maximum) { /* raw: a plain number */
        return not_such(reader, "not such a number");
    }
    *number_out = number.units; /* raw: a plain number */
    return FAULT_NONE;
}

static enum fault truth_read(struct reader *reader, bool *truth_out)
{
    enum json_token token = json_pull_next(&reader->pull);
    *truth_out = token == JSON_TOKEN_TRUE;
    return token == JSON_TOKEN_TRUE || token == JSON_TOKEN_FALSE ? FAULT_NONE
                                                                 : not_such(reader, "no truth");
}

static bool key_is(const struct reader *reader, const char *name)
{
    return span_equal(reader->pull.raw, span_of_text(name));
}

static enum fault holder_member(struct reader *reader, struct demo_holder *holder)
{
    u64 number = 0;
    if (key_is(reader, "account")) {
        return text_read(reader, holder->account, sizeof(holder->account));
    }
    if (key_is(reader, "name")) {
        return text_read(reader, holder->name, sizeof(holder->name));
    }
    if (key_is(reader, "apiKey")) {
        return text_read(reader, holder->key.name, sizeof(holder->key.name));
    }
    if (key_is(reader, "secret")) {
        return text_read(reader, holder->key.secret, sizeof(holder->key.secret));
    }
    if (key_is(reader, "isBot")) {
        return truth_read(reader, &holder->is_bot);
    }
    if (key_is(reader, "id")) {
        TRY(token_want(reader, JSON_TOKEN_NUMBER));
        TRY(number_read(reader, reader->pull.raw, UINT32_MAX, &number));
        holder->number = (u32)number;
        return FAULT_NONE;
    }
    return not_such(reader, "an unknown member");
}

static enum fault holder_read(struct reader *reader, struct demo_holder *holder)
{
    enum json_token token = json_pull_next(&reader->pull);
    while (token == JSON_TOKEN_KEY) {
        TRY(holder_member(reader, holder));
        token = json_pull_next(&reader->pull);
    }
    bool is_whole = holder->account[0] != 0 && strlen(holder->key.name) == AUTH_KEY_BYTES &&
                    holder->key.secret[0] != 0;
    return token == JSON_TOKEN_OBJECT_END && is_whole ? FAULT_NONE
                                                      : not_such(reader, "no whole account");
}

static enum fault holders_read(struct reader *reader, struct demo_file *file)
{
    TRY(token_want(reader, JSON_TOKEN_ARRAY_BEGIN));
    enum json_token token = json_pull_next(&reader->pull);
    while (token == JSON_TOKEN_OBJECT_BEGIN) {
        if (file->holders_count == DEMO_HOLDERS_MAX) {
            return not_such(reader, "too many accounts");
        }
        TRY(holder_read(reader, &file->holders[file->holders_count]));
        file->holders_count += 1;
        token = json_pull_next(&reader->pull);
    }
    return token == JSON_TOKEN_ARRAY_END ? FAULT_NONE : not_such(reader, "accounts do not end");
}

static enum fault member_read(struct reader *reader, struct demo_file *file)
{
    char digits[32];
    if (key_is(reader, "seed")) {
        TRY(text_read(reader, digits, sizeof(digits)));
        return number_read(reader, span_of_text(digits), UINT64_MAX, &file->seed);
    }
    if (key_is(reader, "clockBehindUs")) {
        TRY(text_read(reader, digits, sizeof(digits)));
        return number_read(reader, span_of_text(digits), UINT64_MAX, &file->clock_behind_us);
    }
    if (key_is(reader, "rest")) {
        return text_read(reader, file->rest, sizeof(file->rest));
    }
    if (key_is(reader, "prices")) {
        return text_read(reader, file->prices, sizeof(file->prices));
    }
    if (key_is(reader, "accounts")) {
        return holders_read(reader, file);
    }
    return not_such(reader, "an unknown member");
}

enum fault demo_file_parse(const char *name, struct span text, struct demo_file *file_out)
{
    struct reader reader = {.name = name};
    *file_out = (struct demo_file){.seed = 0};
    json_pull_begin(&reader.pull, text);
    TRY(token_want(&reader, JSON_TOKEN_OBJECT_BEGIN));
    enum json_token token = json_pull_next(&reader.pull);
    while (token == JSON_TOKEN_KEY) {
        TRY(member_read(&reader, file_out));
        token = json_pull_next(&reader.pull);
    }
    if (token != JSON_TOKEN_OBJECT_END) {
        return not_such(&reader, "not as the demo writes it");
    }
    return token_want(&reader, JSON_TOKEN_END);
}

enum fault demo_file_read(const char *path, struct demo_file *file_out)
{
    u8 text[DEMO_FILE_BYTES_MAX];
    size_t bytes = 0;
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_read_at(&file, 0, text, sizeof(text), &bytes));
    enum fault fault = demo_file_parse(path, span_of(text, bytes), file_out);
    secret_wipe(text, sizeof(text));
    return fault;
}

/* ---- writing ---- */

static void member_put(struct json_writer *json, const char *name, const char *text)
{
    json_key(json, name);
    json_put_text(json, text);
}

static void holder_put(struct json_writer *json, const struct demo_holder *holder)
{
    json_object_begin(json);
    member_put(json, "account", holder->account);
    member_put(json, "name", holder->name);
    json_key(json, "id");
    json_put_u64(json, holder->number);
    json_key(json, "isBot");
    json_put_bool(json, holder->is_bot);
    member_put(json, "apiKey", holder->key.name);
    member_put(json, "secret", holder->key.secret);
    json_object_end(json);
}

enum fault demo_file_write(const char *path, const struct demo_file *file)
{
    char text[DEMO_FILE_BYTES_MAX];
    char digits[32];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    (void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)file->seed);
    member_put(&json, "seed", digits);
    (void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)file->clock_behind_us);
    member_put(&json, "clockBehindUs", digits);
    member_put(&json, "rest", file->rest);
    member_put(&json, "prices", file->prices);
    json_key(&json, "accounts");
    json_array_begin(&json);
    for (u32 index = 0; index < file->holders_count; index += 1) {
        holder_put(&json, &file->holders[index]);
    }
    json_array_end(&json);
    json_object_end(&json);
    size_t length = json_end(&json);
    CHECK(length > 0);
    text[length] = '\n';
    enum fault fault = text_file_put(path, text, length + 1, true);
    secret_wipe(text, sizeof(text));
    return fault;
}

const struct demo_holder *demo_file_find(const struct demo_file *file, const char *account)
{
    for (u32 index = 0; index < file->holders_count; index += 1) {
        if (strcmp(file->holders[index].account, account) == 0) {
            return &file->holders[index];
        }
    }
    return NULL;
}
