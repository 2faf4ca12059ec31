#include "wire/json_pull.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"

#include <string.h>

#define KEY_ESCAPED (1U << 31)

_Static_assert(JSON_PULL_BYTES_MAX < KEY_ESCAPED, "sizes of keys leave the top bit free");
_Static_assert(JSON_PULL_DEPTH_MAX <= 32, "json_pull.objects has a bit for each");

/* What may come next. */
enum want {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* behind '[' */
    WANT_KEY,          /* behind ',' in an object */
    WANT_KEY_OR_END,   /* behind '{' */
    WANT_COMMA_OR_END,
    WANT_NOTHING,
};

const char *json_pull_fault_text(enum json_pull_fault fault)
{
    static const char *const texts[] = {
        [JSON_PULL_FINE] = "fine",
        [JSON_PULL_SYNTAX] = "not JSON",
        [JSON_PULL_UNFINISHED] = "unfinished",
        [JSON_PULL_UTF8] = "not UTF-8",
        [JSON_PULL_REPEATED] = "a key twice",
        [JSON_PULL_TOO_DEEP] = "nested too deeply",
        [JSON_PULL_TOO_MANY_KEYS] = "too many keys",
        [JSON_PULL_TOO_LARGE] = "too large",
    };
    CHECK((size_t)fault < ARRAY_COUNT(texts));
    return texts[fault];
}

static enum json_token fail(struct json_pull *pull, enum json_pull_fault fault)
{
    if (pull->fault == JSON_PULL_FINE) {
        pull->fault = (u8)fault;
    }
    pull->raw = (struct span){.data = NULL, .size = 0};
    return JSON_TOKEN_BAD;
}

/* A fault of syntax, or the want of more text. */
static enum json_token fail_here(struct json_pull *pull)
{
    bool ended = pull->at >= pull->text.size;
    return fail(pull, ended ? JSON_PULL_UNFINISHED : JSON_PULL_SYNTAX);
}

void json_pull_begin(struct json_pull *pull, struct span text)
{
    *pull = (struct json_pull){.text = text, .want = WANT_VALUE};
    if (text.size > JSON_PULL_BYTES_MAX) {
        (void)fail(pull, JSON_PULL_TOO_LARGE);
    }
}

/* The byte at the place, or 0 behind the end (a NUL in the text is refused wherever it stands). */
static u8 byte_here(const struct json_pull *pull)
{
    return pull->at < pull->text.size ? pull->text.data[pull->at] : 0;
}

static void skip_space(struct json_pull *pull)
{
    for (u8 byte = byte_here(pull); byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
         byte = byte_here(pull)) {
        pull->at += 1;
    }
}

/* ---- strings ---- */

/* The four digits at `at`, or -1. */
static i32 hex_four(struct span text, size_t at)
{
    if (at > text.size || text.size - at < 4) {
        return -1;
    }
    i32 number = 0;
    for (size_t i = at; i < at + 4; i += 1) {
        u32 digit = bytes_hex_digit(text.data[i]);
        if (digit > 15) {
            return -1;
        }
        number = number * 16 + (i32)digit;
    }
    return number;
}

/* The character that the escape at `at` (its backslash) stands for, and its size as text. */
static enum json_pull_fault read_escape(struct span text, size_t at, u32 *character_out,
                                        size_t *bytes_out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (text.size - at < 2) {
        return JSON_PULL_UNFINISHED;
    }
    u8 letter = text.data[at + 1];
    if (letter != 'u') {
        const char *place = letter == 0 ? NULL : strchr(letters, letter);
        *character_out = place == NULL ? 0 : (u8)meanings[place - letters];
        *bytes_out = 2;
        return place == NULL ? JSON_PULL_SYNTAX : JSON_PULL_FINE;
    }
    i32 first = hex_four(text, at + 2);
    if (first < 0) {
        return JSON_PULL_SYNTAX;
    }
    *character_out = (u32)first;
    *bytes_out = 6;
    if (first < 0xd800 || first > 0xdfff) {
        return JSON_PULL_FINE;
    }
    bool pair = first < 0xdc00 && text.size - at >= 12 && text.data[at + 6] == '\\' &&
                text.data[at + 7] == 'u';
    i32 second = pair ? hex_four(text, at + 8) : -1;
    if (second < 0xdc00 || second > 0xdfff) {
        return JSON_PULL_UTF8;
    }
    *character_out = 0x10000 + (((u32)first & 0x3ff) << 10) + ((u32)second & 0x3ff);
    *bytes_out = 12;
    return JSON_PULL_FINE;
}

/* How many bytes at `at` mean themselves, before a quote, a backslash or one to be looked at. */
static size_t plain_bytes(struct span text, size_t at)
{
    size_t begin = at;
    while (text.size - at >= 8) {
        u64 eight = bytes_u64(text.data + at);
        u64 marks = bytes_mark_odd(eight) | bytes_mark(eight, '"') | bytes_mark(eight, '\\');
        at += bytes_before_mark(marks);
        if (marks != 0) {
            break;
        }
    }
    return at - begin;
}

/* From the opening quote to behind the closing one. */
static bool read_string(struct json_pull *pull)
{
    size_t begin = pull->at + 1;
    pull->at = begin;
    pull->escaped = false;
    while (pull->at < pull->text.size) {
        pull->at += plain_bytes(pull->text, pull->at);
        if (pull->at == pull->text.size) {
            break;
        }
        u8 byte = pull->text.data[pull->at];
        size_t size = 1;
        enum json_pull_fault fault = JSON_PULL_FINE;
        if (byte == '"') {
            pull->raw = span_piece(pull->text, begin, pull->at - begin);
            pull->at += 1;
            return true;
        }
        if (byte == '\\') {
            u32 character;
            pull->escaped = true;
            fault = read_escape(pull->text, pull->at, &character, &size);
        } else if (byte < 0x20) {
            fault = JSON_PULL_SYNTAX;
        } else if (byte >= 0x80) {
            size = utf8_bytes(span_after(pull->text, pull->at));
            fault = size == 0 ? JSON_PULL_UTF8 : JSON_PULL_FINE;
        }
        if (fault != JSON_PULL_FINE) {
            (void)fail(pull, fault);
            return false;
        }
        pull->at += size;
    }
    (void)fail(pull, JSON_PULL_UNFINISHED);
    return false;
}

/* One character of a string that has been checked, as bytes. Returns how many. */
static size_t string_character(struct span raw, size_t *at, u8 target[4])
{
    size_t size = 0;
    if (raw.data[*at] != '\\') {
        size = utf8_bytes(span_after(raw, *at));
        CHECK(size > 0);
        memcpy(target, raw.data + *at, size);
        *at += size;
        return size;
    }
    u32 character = 0;
    enum json_pull_fault fault = read_escape(raw, *at, &character, &size);
    CHECK(fault == JSON_PULL_FINE);
    *at += size;
    return utf8_put(character, target);
}

static bool strings_equal(struct span a, struct span b)
{
    size_t a_at = 0;
    size_t b_at = 0;
    while (a_at < a.size && b_at < b.size) {
        u8 a_bytes[4];
        u8 b_bytes[4];
        size_t a_size = string_character(a, &a_at, a_bytes);
        size_t b_size = string_character(b, &b_at, b_bytes);
        if (a_size != b_size || memcmp(a_bytes, b_bytes, a_size) != 0) {
            return false;
        }
    }
    return a_at == a.size && b_at == b.size;
}

bool json_pull_text(const struct json_pull *pull, void *target, size_t target_bytes,
                    struct span *text_out)
{
    *text_out = pull->raw;
    if (!pull->escaped) {
        return true;
    }
    u8 *bytes = target;
    size_t used = 0;
    for (size_t at = 0; at < pull->raw.size;) {
        u8 character[4];
        size_t size = string_character(pull->raw, &at, character);
        if (size > target_bytes - used) {
            return false;
        }
        memcpy(bytes + used, character, size);
        used += size;
    }
    *text_out = span_of(bytes, used);
    return true;
}

/* ---- values ---- */

static enum json_token value_done(struct json_pull *pull, enum json_token token)
{
    pull->want = pull->depth == 0 ? WANT_NOTHING : WANT_COMMA_OR_END;
    return token;
}

static bool is_digit(u8 byte)
{
    return byte >= '0' && byte <= '9';
}

/* At least one digit; false: none. */
static bool skip_digits(struct json_pull *pull)
{
    if (!is_digit(byte_here(pull))) {
        return false;
    }
    while (is_digit(byte_here(pull))) {
        pull->at += 1;
    }
    return true;
}

/* RFC 8259 section 6 "Numbers" */
static enum json_token read_number(struct json_pull *pull)
{
    size_t begin = pull->at;
    if (byte_here(pull) == '-') {
        pull->at += 1;
    }
    if (byte_here(pull) == '0') {
        pull->at += 1;
    } else if (!skip_digits(pull)) {
        return fail_here(pull);
    }
    if (byte_here(pull) == '.') {
        pull->at += 1;
        if (!skip_digits(pull)) {
            return fail_here(pull);
        }
    }
    if (byte_here(pull) == 'e' || byte_here(pull) == 'E') {
        pull->at += 1;
        if (byte_here(pull) == '+' || byte_here(pull) == '-') {
            pull->at += 1;
        }
        if (!skip_digits(pull)) {
            return fail_here(pull);
        }
    }
    pull->raw = span_piece(pull->text, begin, pull->at - begin);
    return value_done(pull, JSON_TOKEN_NUMBER);
}

static enum json_token read_word(struct json_pull *pull, const char *word, enum json_token token)
{
    size_t begin = pull->at;
    for (const char *letter = word; *letter != 0; letter += 1) {
        if (byte_here(pull) != (u8)*letter) {
            return fail_here(pull);
        }
        pull->at += 1;
    }
    pull->raw = span_piece(pull->text, begin, pull->at - begin);
    return value_done(pull, token);
}

static enum json_token open_container(struct json_pull *pull, bool object)
{
    if (pull->depth == JSON_PULL_DEPTH_MAX) {
        return fail(pull, JSON_PULL_TOO_DEEP);
    }
    u32 bit = 1U << pull->depth;
    pull->objects = object ? pull->objects | bit : pull->objects & ~bit;
    pull->keys_first[pull->depth] = pull->keys_count;
    pull->depth += 1;
    pull->raw = span_piece(pull->text, pull->at, 1);
    pull->at += 1;
    pull->want = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return object ? JSON_TOKEN_OBJECT_BEGIN : JSON_TOKEN_ARRAY_BEGIN;
}

static bool in_object(const struct json_pull *pull)
{
    return pull->depth > 0 && (pull->objects >> (pull->depth - 1) & 1U) != 0;
}

static enum json_token close_container(struct json_pull *pull)
{
    bool object = in_object(pull);
    pull->raw = span_piece(pull->text, pull->at, 1);
    pull->at += 1;
    pull->depth -= 1;
    pull->keys_count = pull->keys_first[pull->depth];
    return value_done(pull, object ? JSON_TOKEN_OBJECT_END : JSON_TOKEN_ARRAY_END);
}

static enum json_token read_value(struct json_pull *pull)
{
    switch (byte_here(pull)) {
    case '{':
        return open_container(pull, true);
    case '[':
        return open_container(pull, false);
    case '"':
        return read_string(pull) ? value_done(pull, JSON_TOKEN_STRING) : JSON_TOKEN_BAD;
    case 't':
        return read_word(pull, "true", JSON_TOKEN_TRUE);
    case 'f':
        return read_word(pull, "false", JSON_TOKEN_FALSE);
    case 'n':
        return read_word(pull, "null", JSON_TOKEN_NULL);
    default: /* not an enum: a byte from outside */
        return read_number(pull);
    }
}

/* Keeps the key just read among those of its object. */
static enum json_pull_fault remember_key(struct json_pull *pull)
{
    u32 first = pull->keys_first[pull->depth - 1];
    for (u32 i = first; i < pull->keys_count; i += 1) {
        u32 bytes = pull->keys[i].bytes & ~KEY_ESCAPED;
        bool escaped = (pull->keys[i].bytes & KEY_ESCAPED) != 0;
        if (bytes != pull->raw.size && !escaped && !pull->escaped) {
            continue;
        }
        struct span other = span_piece(pull->text, pull->keys[i].offset, bytes);
        bool same = escaped || pull->escaped ? strings_equal(other, pull->raw)
                                             : span_equal(other, pull->raw);
        if (same) {
            return JSON_PULL_REPEATED;
        }
    }
    if (pull->keys_count == JSON_PULL_KEYS_MAX) {
        return JSON_PULL_TOO_MANY_KEYS;
    }
    pull->keys[pull->keys_count].offset = (u32)(pull->raw.data - pull->text.data);
    pull->keys[pull->keys_count].bytes = (u32)pull->raw.size | (pull->escaped ? KEY_ESCAPED : 0U);
    pull->keys_count += 1;
    return JSON_PULL_FINE;
}

static enum json_token read_key(struct json_pull *pull)
{
    if (byte_here(pull) != '"') {
        return fail_here(pull);
    }
    if (!read_string(pull)) {
        return JSON_TOKEN_BAD;
    }
    enum json_pull_fault fault = remember_key(pull);
    if (fault != JSON_PULL_FINE) {
        return fail(pull, fault);
    }
    skip_space(pull);
    if (byte_here(pull) != ':') {
        return fail_here(pull);
    }
    pull->at += 1;
    pull->want = WANT_VALUE;
    return JSON_TOKEN_KEY;
}

enum json_token json_pull_next(struct json_pull *pull)
{
    if (pull->fault != JSON_PULL_FINE) {
        return JSON_TOKEN_BAD;
    }
    skip_space(pull);
    if (pull->want == WANT_NOTHING) {
        return pull->at == pull->text.size ? JSON_TOKEN_END : fail_here(pull);
    }
    u8 closing = in_object(pull) ? '}' : ']';
    bool may_end = pull->want == WANT_KEY_OR_END || pull->want == WANT_VALUE_OR_END ||
                   pull->want == WANT_COMMA_OR_END;
    if (may_end && byte_here(pull) == closing) {
        return close_container(pull);
    }
    if (pull->want == WANT_COMMA_OR_END) {
        if (byte_here(pull) != ',') {
            return fail_here(pull);
        }
        pull->at += 1;
        skip_space(pull);
        pull->want = in_object(pull) ? WANT_KEY : WANT_VALUE;
    }
    if (pull->want == WANT_KEY || pull->want == WANT_KEY_OR_END) {
        return read_key(pull);
    }
    return read_value(pull);
}

bool json_pull_skip(struct json_pull *pull)
{
    CHECK(pull->depth > 0);
    CHECK(pull->raw.size == 1);
    size_t begin = (size_t)(pull->raw.data - pull->text.data);
    u32 outside = pull->depth - 1U;
    while (pull->depth > outside) {
        if (json_pull_next(pull) == JSON_TOKEN_BAD) {
            return false;
        }
    }
    pull->raw = span_piece(pull->text, begin, pull->at - begin);
    return true;
}
