#include "wire/list_entry.h"

#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

static u32 character_of(struct span text, size_t size)
{
    const u8 *at = text.data;
    switch (size) {
    case 1:
        return at[0];
    case 2:
        return (u32)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
    case 3:
        return (u32)(at[0] & 0x0f) << 12 | (u32)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    default: /* not an enum: the four bytes that utf8_bytes has seen */
        return (u32)(at[0] & 0x07) << 18 | (u32)(at[1] & 0x3f) << 12 | (u32)(at[2] & 0x3f) << 6 |
               (at[3] & 0x3f);
    }
}

static bool is_space(u32 character)
{
    return character <= 0x20 || (character >= 0x7f && character <= 0xa0) || character == 0x1680 ||
           (character >= 0x2000 && character <= 0x200a) || character == 0x2028 ||
           character == 0x2029 || character == 0x202f || character == 0x205f || character == 0x3000;
}

/* Marks that nobody sees: byte order, zero width space, writing direction. The joiners of Persian
 * and Indian scripts are none of them. */
static bool is_invisible(u32 character)
{
    return character == 0xad || character == 0x200b || character == 0x200e || character == 0x200f ||
           (character >= 0x202a && character <= 0x202e) || character == 0x2060 ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

void list_entry_clear(struct list_entry *entry)
{
    memset(entry, 0, offsetof(struct list_entry, names));
    entry->text_used = 0;
}

struct span list_entry_text(struct list_entry *entry, struct span text)
{
    u8 *start = entry->text + entry->text_used;
    size_t room = sizeof(entry->text) - entry->text_used;
    if (text.size == 0 || ((uintptr_t)text.data >= (uintptr_t)entry->text &&
                           (uintptr_t)text.data < (uintptr_t)start)) {
        return text.size == 0 ? (struct span){.data = NULL, .size = 0} : text;
    }
    size_t used = 0;
    bool wants_space = false;
    for (size_t at = 0; at < text.size;) {
        u8 byte = text.data[at];
        if (byte > 0x20 && byte < 0x7f && !wants_space && used < room) {
            start[used] = byte; /* most of all texts */
            used += 1;
            at += 1;
            continue;
        }
        struct span rest = span_after(text, at);
        size_t size = utf8_bytes(rest);
        CHECK(size > 0);
        u32 character = character_of(rest, size);
        at += size;
        if (is_space(character)) {
            wants_space = used > 0;
            continue;
        }
        if (is_invisible(character)) {
            continue;
        }
        if (used + size + (wants_space ? 1 : 0) > room) {
            entry->overflown = true;
            return (struct span){.data = NULL, .size = 0};
        }
        if (wants_space) {
            start[used] = ' ';
            used += 1;
            wants_space = false;
        }
        memmove(start + used, rest.data, size);
        used += size;
    }
    entry->text_used += used;
    return span_of(used == 0 ? NULL : start, used);
}

static struct list_country country_copy(struct list_entry *entry, const struct list_country *from)
{
    struct list_country country = {.code = {0}};
    if (from->code[0] != 0) {
        memcpy(country.code, from->code, 2);
    } else {
        country.text = list_entry_text(entry, from->text);
    }
    return country;
}

static bool country_is_empty(const struct list_country *country)
{
    return country->code[0] == 0 && country->text.size == 0;
}

/* ---- adding ---- */

/* Room for one more of `max`, or the entry is overflown. A full set may hold the same many times:
 * it is settled before it counts as full. */
static bool may_add(struct list_entry *entry, const u32 *count, u32 max)
{
    if (*count >= max && !entry->overflown) {
        list_entry_settle(entry);
    }
    if (*count < max) {
        return true;
    }
    entry->overflown = true;
    return false;
}

void list_entry_add_name(struct list_entry *entry, const struct list_name *name)
{
    struct list_name kept = {.quality = name->quality, .former = name->former};
    kept.text = list_entry_text(entry, name->text);
    if (kept.text.size == 0 || !may_add(entry, &entry->names_count, LIST_NAMES_MAX)) {
        return;
    }
    kept.family = list_entry_text(entry, name->family);
    kept.given = list_entry_text(entry, name->given);
    kept.patronymic = list_entry_text(entry, name->patronymic);
    list_script_of(kept.text, kept.script);
    entry->names[entry->names_count] = kept;
    entry->names_count += 1;
}

void list_entry_add_birth(struct list_entry *entry, const struct list_birth *birth)
{
    CHECK(list_date_is_valid(birth->from) && list_date_is_valid(birth->to));
    if (birth->from.year == 0 || !may_add(entry, &entry->births_count, LIST_BIRTHS_MAX)) {
        return;
    }
    struct list_birth kept = *birth;
    if (kept.to.year == 0) {
        kept.to = kept.from;
    }
    entry->births[entry->births_count] = kept;
    entry->births_count += 1;
}

/* Adds to places of birth or addresses. */
static void place_add(struct list_entry *entry, const struct list_place *place,
                      struct list_place *places, u32 *count, u32 max)
{
    struct list_place kept = {.text = list_entry_text(entry, place->text)};
    kept.country = country_copy(entry, &place->country);
    if ((kept.text.size > 0 || !country_is_empty(&kept.country)) && may_add(entry, count, max)) {
        places[*count] = kept;
        *count += 1;
    }
}

void list_entry_add_birth_place(struct list_entry *entry, const struct list_place *place)
{
    place_add(entry, place, entry->birth_places, &entry->birth_places_count, LIST_PLACES_MAX);
}

void list_entry_add_address(struct list_entry *entry, const struct list_place *address)
{
    place_add(entry, address, entry->addresses, &entry->addresses_count, LIST_ADDRESSES_MAX);
}

void list_entry_add_country(struct list_entry *entry, const struct list_tied_country *country)
{
    struct list_tied_country kept = {.country = country_copy(entry, &country->country),
                                     .tie = country->tie};
    if (!country_is_empty(&kept.country) &&
        may_add(entry, &entry->countries_count, LIST_COUNTRIES_MAX)) {
        entry->countries[entry->countries_count] = kept;
        entry->countries_count += 1;
    }
}

static void text_add(struct list_entry *entry, struct span text, struct span *texts, u32 *count,
                     u32 max)
{
    struct span kept = list_entry_text(entry, text);
    if (kept.size > 0 && may_add(entry, count, max)) {
        texts[*count] = kept;
        *count += 1;
    }
}

void list_entry_add_programme(struct list_entry *entry, struct span programme)
{
    text_add(entry, programme, entry->programmes, &entry->programmes_count, LIST_PROGRAMMES_MAX);
}

void list_entry_add_title(struct list_entry *entry, struct span title)
{
    text_add(entry, title, entry->titles, &entry->titles_count, LIST_TITLES_MAX);
}

void list_entry_add_identifier(struct list_entry *entry, const struct list_identifier *identifier)
{
    struct list_identifier kept = {.number = list_entry_text(entry, identifier->number)};
    if (kept.number.size == 0 || !may_add(entry, &entry->identifiers_count, LIST_IDENTIFIERS_MAX)) {
        return;
    }
    kept.type = list_entry_text(entry, identifier->type);
    kept.country = country_copy(entry, &identifier->country);
    entry->identifiers[entry->identifiers_count] = kept;
    entry->identifiers_count += 1;
}

void list_entry_add_wallet(struct list_entry *entry, const struct list_wallet *wallet)
{
    struct list_wallet kept = {.address = list_entry_text(entry, wallet->address)};
    if (kept.address.size == 0 || !may_add(entry, &entry->wallets_count, LIST_WALLETS_MAX)) {
        return;
    }
    kept.asset = list_entry_text(entry, wallet->asset);
    entry->wallets[entry->wallets_count] = kept;
    entry->wallets_count += 1;
}

void list_entry_add_link(struct list_entry *entry, const struct list_link *link)
{
    struct list_link kept = {.id = list_entry_text(entry, link->id)};
    kept.name = list_entry_text(entry, link->name);
    if ((kept.id.size == 0 && kept.name.size == 0) ||
        !may_add(entry, &entry->links_count, LIST_LINKS_MAX)) {
        return;
    }
    kept.how = list_entry_text(entry, link->how);
    entry->links[entry->links_count] = kept;
    entry->links_count += 1;
}

/* ---- settling ---- */

static int span_order(struct span a, struct span b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.data, b.data, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int country_order(const struct list_country *a, const struct list_country *b)
{
    int order = memcmp(a->code, b->code, sizeof(a->code));
    return order != 0 ? order : span_order(a->text, b->text);
}

static int number_order(u32 a, u32 b)
{
    return (a > b) - (a < b);
}

/* More of its parts are known. */
static u32 parts_of(const struct list_name *name)
{
    return (name->family.size > 0 ? 1U : 0U) + (name->given.size > 0 ? 1U : 0U) +
           (name->patronymic.size > 0 ? 1U : 0U);
}

/* Equal texts side by side, the one to keep first. */
static int name_same_order(const void *left, const void *right)
{
    const struct list_name *a = left;
    const struct list_name *b = right;
    int order = span_order(a->text, b->text);
    order = order != 0 ? order : number_order(a->quality, b->quality);
    order = order != 0 ? order : number_order(parts_of(b), parts_of(a));
    order = order != 0 ? order : number_order(a->former, b->former);
    order = order != 0 ? order : span_order(a->family, b->family);
    order = order != 0 ? order : span_order(a->given, b->given);
    return order != 0 ? order : span_order(a->patronymic, b->patronymic);
}

static int name_order(const void *left, const void *right)
{
    const struct list_name *a = left;
    const struct list_name *b = right;
    int order = number_order(a->quality, b->quality);
    return order != 0 ? order : span_order(a->text, b->text);
}

static void names_settle(struct list_entry *entry)
{
    struct list_name *names = entry->names;
    qsort(names, entry->names_count, sizeof(names[0]), name_same_order);
    u32 kept = 0;
    for (u32 i = 0; i < entry->names_count; i += 1) {
        struct list_name *last = kept > 0 ? &names[kept - 1] : NULL;
        if (last == NULL || !span_equal(last->text, names[i].text)) {
            names[kept] = names[i];
            kept += 1;
            continue;
        }
        last->former = last->former && names[i].former;
        if (parts_of(last) < parts_of(&names[i])) {
            last->family = names[i].family;
            last->given = names[i].given;
            last->patronymic = names[i].patronymic;
        }
    }
    entry->names_count = kept;
    qsort(names, kept, sizeof(names[0]), name_order);
}

static int birth_order(const void *left, const void *right)
{
    const struct list_birth *a = left;
    const struct list_birth *b = right;
    u64 first = (u64)a->from.year << 16 | (u64)a->from.month << 8 | a->from.day;
    u64 second = (u64)b->from.year << 16 | (u64)b->from.month << 8 | b->from.day;
    first = first << 32 | (u64)a->to.year << 16 | (u64)a->to.month << 8 | a->to.day;
    second = second << 32 | (u64)b->to.year << 16 | (u64)b->to.month << 8 | b->to.day;
    int order = (first > second) - (first < second);
    return order != 0 ? order : number_order(a->circa, b->circa);
}

static int place_order(const void *left, const void *right)
{
    const struct list_place *a = left;
    const struct list_place *b = right;
    int order = span_order(a->text, b->text);
    return order != 0 ? order : country_order(&a->country, &b->country);
}

static int tied_order(const void *left, const void *right)
{
    const struct list_tied_country *a = left;
    const struct list_tied_country *b = right;
    int order = number_order(a->tie, b->tie);
    return order != 0 ? order : country_order(&a->country, &b->country);
}

static int text_order(const void *left, const void *right)
{
    const struct span *a = left;
    const struct span *b = right;
    return span_order(*a, *b);
}

static int identifier_order(const void *left, const void *right)
{
    const struct list_identifier *a = left;
    const struct list_identifier *b = right;
    int order = span_order(a->type, b->type);
    order = order != 0 ? order : span_order(a->number, b->number);
    return order != 0 ? order : country_order(&a->country, &b->country);
}

static int wallet_order(const void *left, const void *right)
{
    const struct list_wallet *a = left;
    const struct list_wallet *b = right;
    int order = span_order(a->asset, b->asset);
    return order != 0 ? order : span_order(a->address, b->address);
}

static int link_order(const void *left, const void *right)
{
    const struct list_link *a = left;
    const struct list_link *b = right;
    int order = span_order(a->id, b->id);
    order = order != 0 ? order : span_order(a->name, b->name);
    return order != 0 ? order : span_order(a->how, b->how);
}

/* Sorts `count` rows and drops those that are there already. */
static void settle(void *rows, u32 *count, size_t size, int (*order)(const void *, const void *))
{
    u8 *bytes = rows;
    qsort(rows, *count, size, order);
    u32 kept = 0;
    for (u32 i = 0; i < *count; i += 1) {
        if (kept > 0 && order(bytes + (kept - 1) * size, bytes + i * size) == 0) {
            continue;
        }
        if (kept < i) {
            memcpy(bytes + kept * size, bytes + i * size, size);
        }
        kept += 1;
    }
    *count = kept;
}

#define SETTLE(entry, rows, order) \
    settle((entry)->rows, &(entry)->rows##_count, sizeof((entry)->rows[0]), order)

void list_entry_settle(struct list_entry *entry)
{
    names_settle(entry);
    SETTLE(entry, births, birth_order);
    SETTLE(entry, birth_places, place_order);
    SETTLE(entry, countries, tied_order);
    SETTLE(entry, programmes, text_order);
    SETTLE(entry, titles, text_order);
    SETTLE(entry, identifiers, identifier_order);
    SETTLE(entry, wallets, wallet_order);
    SETTLE(entry, links, link_order);
    SETTLE(entry, addresses, place_order);
}

/* ---- small things ---- */

const char *list_kind_name(enum list_entry_kind kind)
{
    switch (kind) {
    case LIST_KIND_UNKNOWN:
        return "unknown";
    case LIST_KIND_PERSON:
        return "person";
    case LIST_KIND_ENTITY:
        return "entity";
    case LIST_KIND_VESSEL:
        return "vessel";
    case LIST_KIND_AIRCRAFT:
        return "aircraft";
    }
    return "";
}

const char *list_quality_name(enum list_quality quality)
{
    switch (quality) {
    case LIST_QUALITY_PRIMARY:
        return "primary";
    case LIST_QUALITY_STRONG:
        return "strong";
    case LIST_QUALITY_WEAK:
        return "weak";
    }
    return "";
}

const char *list_gender_name(enum list_gender gender)
{
    switch (gender) {
    case LIST_GENDER_UNKNOWN:
        return "unknown";
    case LIST_GENDER_MALE:
        return "male";
    case LIST_GENDER_FEMALE:
        return "female";
    }
    return "";
}

const char *list_tie_name(enum list_tie tie)
{
    switch (tie) {
    case LIST_TIE_UNKNOWN:
        return "unknown";
    case LIST_TIE_NATIONALITY:
        return "nationality";
    case LIST_TIE_CITIZENSHIP:
        return "citizenship";
    case LIST_TIE_RESIDENCE:
        return "residence";
    case LIST_TIE_REGISTRATION:
        return "registration";
    case LIST_TIE_FLAG:
        return "flag";
    }
    return "";
}

bool list_code_is_valid(struct span code)
{
    for (size_t i = 0; i < code.size; i += 1) {
        u8 letter = code.data[i];
        if (!(letter >= 'a' && letter <= 'z') && !(letter >= '0' && letter <= '9') &&
            letter != '-') {
            return false;
        }
    }
    return code.size >= 1 && code.size <= LIST_CODE_BYTES;
}

bool list_date_is_valid(struct list_date date)
{
    static const u8 days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year == 0 || date.month == 0) {
        return date.month == 0 && date.day == 0;
    }
    if (date.year > 9999 || date.month > 12) {
        return false;
    }
    bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    return date.day <= days[date.month - 1] + (leap && date.month == 2 ? 1 : 0);
}

int list_date_compare(struct list_date a, struct list_date b)
{
    u32 first =
        (u32)a.year << 16 | (u32)(a.month == 0 ? 1 : a.month) << 8 | (u32)(a.day == 0 ? 1 : a.day);
    u32 second =
        (u32)b.year << 16 | (u32)(b.month == 0 ? 1 : b.month) << 8 | (u32)(b.day == 0 ? 1 : b.day);
    return number_order(first, second);
}

void list_date_print(struct list_date date, char target[LIST_DATE_TEXT_BYTES])
{
    CHECK(list_date_is_valid(date));
    size_t used = 0;
    if (date.year > 0) {
        target[used] = (char)('0' + date.year / 1000);
        target[used + 1] = (char)('0' + date.year / 100 % 10);
        target[used + 2] = (char)('0' + date.year / 10 % 10);
        target[used + 3] = (char)('0' + date.year % 10);
        used += 4;
    }
    u8 parts[2] = {date.month, date.day};
    for (u32 i = 0; i < 2 && parts[i] > 0; i += 1) {
        target[used] = '-';
        target[used + 1] = (char)('0' + parts[i] / 10);
        target[used + 2] = (char)('0' + parts[i] % 10);
        used += 3;
    }
    target[used] = 0;
}

/* `size` digits at `at` as a number; 0 when they are none. */
static u32 digits_at(struct span text, size_t at, size_t size)
{
    u32 number = 0;
    for (size_t i = at; i < at + size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }
        number = number * 10 + (u32)(text.data[i] - '0');
    }
    return number;
}

bool list_date_parse(struct span text, struct list_date *date_out)
{
    *date_out = (struct list_date){0};
    if ((text.size != 4 && text.size != 7 && text.size != 10) ||
        (text.size > 4 && text.data[4] != '-') || (text.size > 7 && text.data[7] != '-')) {
        return false;
    }
    struct list_date date = {.year = (u16)digits_at(text, 0, 4)};
    date.month = text.size > 4 ? (u8)digits_at(text, 5, 2) : 0;
    date.day = text.size > 7 ? (u8)digits_at(text, 8, 2) : 0;
    if (date.year == 0 || (text.size > 4 && date.month == 0) || (text.size > 7 && date.day == 0) ||
        !list_date_is_valid(date)) {
        return false;
    }
    *date_out = date;
    return true;
}

/* Where the letters of a script lie; what is in none of them is no letter for our purpose. */
static const struct script_range {
    u32 first;
    u32 last;
    u32 script; /* index into script_codes */
} script_ranges[] = {
    {0x41, 0x5a, 1},      {0x61, 0x7a, 1},      {0xaa, 0xaa, 1},      {0xba, 0xba, 1},
    {0xc0, 0xd6, 1},      {0xd8, 0xf6, 1},      {0xf8, 0x24f, 1},     {0x250, 0x2af, 1},
    {0x370, 0x3ff, 2},    {0x400, 0x52f, 3},    {0x531, 0x587, 4},    {0x5d0, 0x5f2, 5},
    {0x620, 0x6ff, 6},    {0x700, 0x74f, 7},    {0x750, 0x77f, 6},    {0x780, 0x7bf, 8},
    {0x8a0, 0x8ff, 6},    {0x900, 0x97f, 9},    {0x980, 0x9ff, 10},   {0xa00, 0xa7f, 11},
    {0xa80, 0xaff, 12},   {0xb80, 0xbff, 13},   {0xc00, 0xc7f, 14},   {0xd80, 0xdff, 15},
    {0xe00, 0xe7f, 16},   {0xe80, 0xeff, 17},   {0xf00, 0xfff, 18},   {0x1000, 0x109f, 19},
    {0x10a0, 0x10ff, 20}, {0x1100, 0x11ff, 21}, {0x1200, 0x139f, 22}, {0x1780, 0x17ff, 23},
    {0x1800, 0x18af, 24}, {0x1e00, 0x1eff, 1},  {0x1f00, 0x1fff, 2},  {0x3041, 0x309f, 25},
    {0x30a0, 0x30ff, 26}, {0x3130, 0x318f, 21}, {0x3400, 0x4dbf, 27}, {0x4e00, 0x9fff, 27},
    {0xac00, 0xd7a3, 21}, {0xf900, 0xfaff, 27}, {0xfb50, 0xfdff, 6},  {0xfe70, 0xfefc, 6},
    {0xff21, 0xff3a, 1},  {0xff41, 0xff5a, 1},  {0xff66, 0xff9d, 26}, {0x20000, 0x3134f, 27},
};

static const char script_codes[][5] = {
    "Zyyy", "Latn", "Grek", "Cyrl", "Armn", "Hebr", "Arab", "Syrc", "Thaa", "Deva",
    "Beng", "Guru", "Gujr", "Taml", "Telu", "Sinh", "Thai", "Laoo", "Tibt", "Mymr",
    "Geor", "Hang", "Ethi", "Khmr", "Mong", "Hira", "Kana", "Hani",
};

static u32 script_of(u32 character)
{
    u32 low = 0;
    u32 high = ARRAY_COUNT(script_ranges);
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (character < script_ranges[middle].first) {
            high = middle;
        } else if (character > script_ranges[middle].last) {
            low = middle + 1;
        } else {
            return script_ranges[middle].script;
        }
    }
    return 0;
}

void list_script_of(struct span text, char script_out[5])
{
    u32 counts[ARRAY_COUNT(script_codes)] = {0};
    for (size_t at = 0; at < text.size;) {
        u8 byte = text.data[at];
        if (byte < 0x80) {
            u8 letter = byte | 0x20;
            counts[letter >= 'a' && letter <= 'z' ? 1 : 0] += 1;
            at += 1;
            continue;
        }
        struct span rest = span_after(text, at);
        size_t size = utf8_bytes(rest);
        CHECK(size > 0);
        counts[script_of(character_of(rest, size))] += 1;
        at += size;
    }
    u32 best = 0;
    for (u32 i = 1; i < ARRAY_COUNT(script_codes); i += 1) {
        if (counts[i] > (best == 0 ? 0 : counts[best])) {
            best = i;
        }
    }
    memcpy(script_out, script_codes[best], sizeof(script_codes[best]));
}
