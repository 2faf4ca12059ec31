#include "role/screen/own_read_text.h"

#include "base/check.h"
#include "base/span.h"

#include <stdio.h>
#include <string.h>

enum { PERCENT_PLACES = 7 }; /* a percent is 10^7 parts */
#define PERCENT_PARTS 10000000U
_Static_assert(OWN_WHOLE == 100U * PERCENT_PARTS, "the whole is 100 percent");

/* ---- days ---- */

static bool is_digit(u8 byte)
{
    return byte >= '0' && byte <= '9';
}

/* Exactly `count` digits at `at`. */
static bool take_digits(struct span text, size_t at, u32 count, u32 *number_out)
{
    *number_out = 0;
    if (at + count > text.size) {
        return false;
    }
    for (size_t i = at; i < at + count; i += 1) {
        if (!is_digit(text.data[i])) {
            return false;
        }
        *number_out = *number_out * 10 + (u32)(text.data[i] - '0');
    }
    return true;
}

static bool is_leap(u32 year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static u32 month_days(u32 year, u32 month)
{
    static const u8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Days from 1970-01-01 to the first of January of the year. */
static i32 year_day(u32 year)
{
    i32 before = (i32)year - 1;
    return before * 365 + before / 4 - before / 100 + before / 400 - 719162;
}

static bool take_time(struct span text, size_t at, u32 *second_out)
{
    u32 hour = 0;
    u32 minute = 0;
    u32 second = 0;
    if (at == text.size || text.data[at] == 'Z' || text.data[at] == '+') {
        *second_out = 0;
        return true;
    }
    bool is_time = (text.data[at] == 'T' || text.data[at] == ' ') &&
                   take_digits(text, at + 1, 2, &hour) && at + 3 < text.size &&
                   text.data[at + 3] == ':' && take_digits(text, at + 4, 2, &minute) && hour < 24 &&
                   minute < 60;
    if (is_time && at + 6 < text.size && text.data[at + 6] == ':') {
        is_time = take_digits(text, at + 7, 2, &second) && second <= 60;
    }
    *second_out = (hour * 60 + minute) * 60 + second;
    return is_time;
}

bool own_text_day(struct span text, i32 *day_out, u32 *second_out)
{
    u32 year = 0;
    u32 month = 1;
    u32 day = 1;
    size_t at = 4;
    if (!take_digits(text, 0, 4, &year) || year == 0) {
        return false;
    }
    if (at < text.size && text.data[at] == '-' && take_digits(text, at + 1, 2, &month)) {
        at += 3;
        if (at < text.size && text.data[at] == '-' && take_digits(text, at + 1, 2, &day)) {
            at += 3;
        }
    }
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month) ||
        !take_time(text, at, second_out)) {
        return false;
    }
    *day_out = year_day(year) + (i32)day - 1;
    for (u32 i = 1; i < month; i += 1) {
        *day_out += (i32)month_days(year, i);
    }
    return true;
}

const char *own_text_day_print(i32 day, char target[OWN_DAY_TEXT_BYTES])
{
    if (day == OWN_DAY_EVER || day == OWN_DAY_NEVER || day < year_day(1) ||
        day >= year_day(10000)) {
        (void)snprintf(target, OWN_DAY_TEXT_BYTES, "%s", day < 0 ? "ever" : "never");
        return target;
    }
    u32 low = 1;
    u32 high = 9999;
    while (low < high) { /* the last year that begins by then */
        u32 middle = (low + high + 1) / 2;
        if (year_day(middle) <= day) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    u32 rest = (u32)(day - year_day(low));
    u32 month = 1;
    while (rest >= month_days(low, month)) {
        rest -= month_days(low, month);
        month += 1;
    }
    CHECK(month <= 12);
    (void)snprintf(target, OWN_DAY_TEXT_BYTES, "%04u-%02u-%02u", low % 10000U, month % 100U,
                   (rest + 1) % 100U);
    return target;
}

/* ---- shares ---- */

bool own_text_percent(struct span text, bool rounds_up, u32 *parts_out)
{
    u64 parts = 0;
    u32 digits = 0;
    u32 places = 0;
    bool has_point = false;
    bool has_rest = false;
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        if (byte == '.' && !has_point && digits > 0) {
            has_point = true;
            continue;
        }
        if (!is_digit(byte) || parts > (u64)OWN_WHOLE * 10) {
            return false;
        }
        digits += 1;
        if (has_point && places == PERCENT_PLACES) {
            has_rest = has_rest || byte != '0';
            continue;
        }
        parts = parts * 10 + (u64)(byte - '0');
        places += has_point ? 1 : 0;
    }
    for (; places < PERCENT_PLACES && parts <= OWN_WHOLE; places += 1) {
        parts *= 10;
    }
    parts += has_rest ? 1 : 0; /* over the whole by a hair is over it as well */
    if (digits == 0 || text.data[text.size - 1] == '.' || parts > OWN_WHOLE ||
        places < PERCENT_PLACES) {
        return false;
    }
    *parts_out = (u32)(has_rest && !rounds_up ? parts - 1 : parts);
    return true;
}

static struct span trimmed(struct span text)
{
    while (text.size > 0 && text.data[0] == ' ') {
        text = span_after(text, 1);
    }
    while (text.size > 0 && text.data[text.size - 1] == ' ') {
        text.size -= 1;
    }
    return text;
}

/* One number, perhaps with a percent sign and a comma for a point. */
static bool take_number(struct span text, bool rounds_up, u32 *parts_out)
{
    char digits[32];
    text = trimmed(text);
    if (text.size > 0 && text.data[text.size - 1] == '%') {
        text.size -= 1;
        text = trimmed(text);
    }
    if (text.size == 0 || text.size > sizeof(digits)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        digits[i] = (char)(text.data[i] == ',' ? '.' : text.data[i]);
    }
    return own_text_percent(span_of(digits, text.size), rounds_up, parts_out);
}

/* What stands between two numbers, and its size; 0: nothing does. */
static size_t find_dash(struct span text, size_t *at_out)
{
    static const char *const dashes[] = {" to ", "\xe2\x80\x93", "-"};
    for (u32 k = 0; k < ARRAY_COUNT(dashes); k += 1) {
        size_t size = strlen(dashes[k]);
        for (size_t i = 1; i + size < text.size; i += 1) {
            if (memcmp(text.data + i, dashes[k], size) == 0) {
                *at_out = i;
                return size;
            }
        }
    }
    return 0;
}

struct opening {
    const char *text;
    bool is_lower;
    bool is_exclusive;
};

static const struct opening openings[] = {
    {">=", true, false},        {">", true, true},         {"<=", false, false},
    {"<", false, true},         {"at least", true, false}, {"more than", true, true},
    {"less than", false, true}, {"up to", false, false},
};

static bool take_open(struct span text, const struct opening *opening, struct own_share *share)
{
    size_t size = strlen(opening->text);
    u32 parts = 0;
    if (!take_number(span_after(text, size), !opening->is_lower, &parts)) {
        return false;
    }
    *share = (struct own_share){.lower = 0, .upper = OWN_WHOLE, .flags = OWN_EDGE_BAND};
    if (opening->is_lower) {
        share->lower = parts + (opening->is_exclusive && parts < OWN_WHOLE ? 1U : 0U);
    } else {
        share->upper = parts - (opening->is_exclusive && parts > 0 ? 1U : 0U);
    }
    return true;
}

bool own_text_share(struct span text, struct own_share *share_out)
{
    size_t at = 0;
    text = trimmed(text);
    *share_out = OWN_SHARE_UNKNOWN;
    if (text.size == 0) {
        return true;
    }
    for (u32 i = 0; i < ARRAY_COUNT(openings); i += 1) {
        size_t size = strlen(openings[i].text);
        if (text.size > size && memcmp(text.data, openings[i].text, size) == 0) {
            return take_open(text, &openings[i], share_out);
        }
    }
    size_t dash = find_dash(text, &at);
    if (dash > 0) {
        share_out->flags = OWN_EDGE_BAND;
        return take_number(span_piece(text, 0, at), false, &share_out->lower) &&
               take_number(span_after(text, at + dash), true, &share_out->upper) &&
               share_out->lower <= share_out->upper;
    }
    share_out->flags = 0;
    return take_number(text, false, &share_out->lower) &&
           take_number(text, true, &share_out->upper);
}

/* Parts as a percentage without zeros at its end; returns the length. */
static u32 print_percent(u32 parts, char *target, size_t bytes)
{
    u32 rest = parts % PERCENT_PARTS;
    int length = snprintf(target, bytes, "%u.%07u", parts / PERCENT_PARTS, rest);
    CHECK(length > 0 && (size_t)length < bytes);
    u32 used = (u32)length;
    while (target[used - 1] == '0') {
        used -= 1;
    }
    used -= target[used - 1] == '.' ? 1 : 0;
    target[used] = 0;
    return used;
}

const char *own_text_share_print(u32 lower, u32 upper, char target[OWN_SHARE_TEXT_BYTES])
{
    char low[16];
    char high[16];
    (void)print_percent(lower, low, sizeof(low));
    (void)print_percent(upper, high, sizeof(high));
    if (lower == 0 && upper == OWN_WHOLE) {
        (void)snprintf(target, OWN_SHARE_TEXT_BYTES, "an unknown part");
    } else if (lower == upper) {
        (void)snprintf(target, OWN_SHARE_TEXT_BYTES, "%s %%", low);
    } else {
        (void)snprintf(target, OWN_SHARE_TEXT_BYTES, "%s to %s %%", low, high);
    }
    return target;
}

/* ---- names ---- */

static bool is_word(u8 byte)
{
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

size_t own_fold(struct span text, char *target, size_t target_bytes)
{
    size_t used = 0;
    bool gap = false;
    for (size_t i = 0; i < text.size && used + 2 < target_bytes; i += 1) {
        u8 byte = text.data[i];
        if (!is_word(byte)) {
            gap = used > 0;
            continue;
        }
        if (gap) {
            target[used] = ' ';
            used += 1;
            gap = false;
        }
        target[used] = (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
        used += 1;
    }
    return used;
}
