#include "role/lists/list_when.h"

#include <string.h>

#define PARTS_MAX 4U

/* ---- dates ---- */

/* 1 to 12 for a month's name or its first three letters; 0: none. */
static u8 month_of(struct span word)
{
    static const char *const months[12] = {"january",   "february", "march",    "april",
                                           "may",       "june",     "july",     "august",
                                           "september", "october",  "november", "december"};
    if (word.size > 3 && word.data[word.size - 1] == '.') {
        word.size -= 1;
    }
    for (u8 i = 0; i < 12; i += 1) {
        char shorter[4] = {months[i][0], months[i][1], months[i][2], 0};
        if (text_is(word, months[i]) || text_is(word, shorter) ||
            (i == 8 && text_is(word, "sept"))) {
            return (u8)(i + 1);
        }
    }
    return 0;
}

/* Digits, at most four. */
static bool part_number(struct span part, u64 *number_out)
{
    return part.size <= 4 && text_number(part, number_out);
}

static bool date_make(u64 year, u64 month, u64 day, struct list_date *date_out)
{
    if (year < 1000 || year > 9999 || month > 12 || day > 31) {
        return false;
    }
    struct list_date date = {.year = (u16)year, .month = (u8)month, .day = (u8)day};
    if (date.month == 0) {
        date.day = 0;
    }
    *date_out = date;
    return list_date_is_valid(date);
}

/* Parts between `separator`: day, month, year in one of three orders. The month may be a word. */
static bool numbers_date(struct span text, const char *separator, bool month_first,
                         struct list_date *date_out)
{
    u64 numbers[3] = {0};
    u32 count = 0;
    size_t first_size = 0;
    struct span rest = text;
    struct span part;
    while (text_next(&rest, separator, &part)) {
        u8 month = count == 1 ? month_of(part) : 0;
        if (count >= 3 || (month == 0 && !part_number(part, &numbers[count]))) {
            return false;
        }
        if (month != 0) {
            numbers[count] = month;
            month_first = false;
        }
        first_size = count == 0 ? part.size : first_size;
        count += 1;
    }
    if (count == 2) {
        return first_size == 4 ? date_make(numbers[0], numbers[1], 0, date_out)
                               : date_make(numbers[1], numbers[0], 0, date_out);
    }
    if (count != 3) {
        return false;
    }
    if (first_size == 4) {
        return date_make(numbers[0], numbers[1], numbers[2], date_out);
    }
    return month_first ? date_make(numbers[2], numbers[0], numbers[1], date_out)
                       : date_make(numbers[2], numbers[1], numbers[0], date_out);
}

/* "25 Mar 1962", "March 25, 1962", "Mar 1962". */
static bool words_date(struct span text, struct list_date *date_out)
{
    struct span words[PARTS_MAX];
    u32 count = 0;
    struct span rest = text;
    struct span part;
    while (text_next(&rest, " ", &part)) {
        if (part.size > 1 && part.data[part.size - 1] == ',') {
            part.size -= 1;
        }
        if (part.size == 0) {
            continue;
        }
        if (count >= 3) {
            return false;
        }
        words[count] = part;
        count += 1;
    }
    u64 year = 0;
    u64 day = 0;
    if (count < 2 || !part_number(words[count - 1], &year)) {
        return false;
    }
    if (count == 2) {
        u8 month = month_of(words[0]);
        return month != 0 && date_make(year, month, 0, date_out);
    }
    u8 second = month_of(words[1]);
    u8 month = second != 0 ? second : month_of(words[0]);
    return month != 0 && part_number(words[second != 0 ? 0 : 1], &day) &&
           date_make(year, month, day, date_out);
}

bool when_date(struct span text, bool month_first, struct list_date *date_out)
{
    *date_out = (struct list_date){0};
    struct span trimmed = text_trim(text);
    u64 year = 0;
    if (trimmed.size > 10 && trimmed.data[10] == 'T' && trimmed.data[4] == '-') {
        trimmed.size = 10;
    }
    if (trimmed.size == 4 && text_number(trimmed, &year)) {
        return date_make(year, 0, 0, date_out);
    }
    struct list_date date = {0};
    bool found = numbers_date(trimmed, "-", month_first, &date) ||
                 numbers_date(trimmed, "/", month_first, &date) ||
                 numbers_date(trimmed, ".", month_first, &date) || words_date(trimmed, &date);
    *date_out = found ? date : *date_out;
    return found;
}

/* Takes one of the words that say "about" from the front. */
static bool circa_take(struct span *text)
{
    static const char *const words[] = {"circa",  "approximately", "approx.", "approx",
                                        "around", "about",         "ca.",     "c."};
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        if (text_begins(*text, words[i])) {
            *text = text_trim(span_after(*text, strlen(words[i])));
            return true;
        }
    }
    return false;
}

bool when_birth(struct span text, bool month_first, struct list_birth *birth_out)
{
    static const char *const betweens[] = {" to ", " and ", " - ", "-"};
    *birth_out = (struct list_birth){.circa = false};
    struct list_birth birth = {.circa = false};
    struct span rest = text_trim(text);
    birth.circa = circa_take(&rest);
    if (text_begins(rest, "between ")) {
        rest = text_trim(span_after(rest, strlen("between ")));
    }
    bool found = when_date(rest, month_first, &birth.from);
    birth.to = birth.from;
    for (u32 i = 0; !found && i < ARRAY_COUNT(betweens); i += 1) {
        size_t at = text_find(rest, betweens[i]);
        if (at == rest.size) {
            continue;
        }
        struct span last = text_trim(span_after(rest, at + strlen(betweens[i])));
        birth.circa = circa_take(&last) || birth.circa;
        found = when_date(span_of(rest.data, at), month_first, &birth.from) &&
                when_date(last, month_first, &birth.to);
    }
    if (found && list_date_compare(birth.from, birth.to) > 0) {
        return false;
    }
    *birth_out = found ? birth : *birth_out;
    return found;
}

void when_add_birth(struct list_reader *reader, struct span text, bool month_first)
{
    struct list_birth birth;
    if (text_trim(text).size == 0) {
        return;
    }
    if (when_birth(text, month_first, &birth)) {
        list_entry_add_birth(reader->entry, &birth);
    } else {
        list_reader_keep(reader, "Birth", text);
    }
}

/* ---- places and names ---- */

/* The text, and the country that its last part after a comma, or all of it, names. */
static struct list_place place_of(struct span text)
{
    struct list_place place = {.text = text_trim(text)};
    size_t at = place.text.size;
    while (at > 0 && place.text.data[at - 1] != ',') {
        at -= 1;
    }
    struct list_country country = list_country_of(text_trim(span_after(place.text, at)));
    if (country.code[0] == 0) {
        country = list_country_of(place.text); /* "Korea, North" */
    }
    if (country.code[0] != 0) {
        place.country = country;
    }
    return place;
}

void when_add_birth_place(struct list_reader *reader, struct span text)
{
    struct list_place place = place_of(text);
    list_entry_add_birth_place(reader->entry, &place);
}

void when_add_address(struct list_reader *reader, struct span text)
{
    struct list_place place = place_of(text);
    list_entry_add_address(reader->entry, &place);
}

struct list_name when_name(struct span text, u8 kind, enum list_quality quality)
{
    struct list_name name = {.text = text, .quality = (u8)quality};
    size_t at = text_find(text, ",");
    if (kind == LIST_KIND_PERSON && at > 0 && at < text.size) {
        name.family = text_trim(span_of(text.data, at));
        name.given = text_trim(span_after(text, at + 1));
    }
    return name;
}
