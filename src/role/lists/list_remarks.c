#include "role/lists/list_remarks.h"

#include "role/lists/list_when.h"

#include <string.h>

#define WALLET_TYPE "Digital Currency Address - "

u8 remarks_kind(struct span type)
{
    if (text_is(type, "individual")) {
        return LIST_KIND_PERSON;
    }
    if (text_is(type, "vessel")) {
        return LIST_KIND_VESSEL;
    }
    return text_is(type, "aircraft") ? LIST_KIND_AIRCRAFT : LIST_KIND_ENTITY;
}

void remarks_identifier(struct list_reader *reader, struct span type, struct span number,
                        struct span country)
{
    if (text_begins(type, WALLET_TYPE)) {
        struct span asset = text_trim(span_after(type, strlen(WALLET_TYPE)));
        list_entry_add_wallet(reader->entry,
                              &(struct list_wallet){.asset = asset, .address = number});
        return;
    }
    struct list_identifier identifier = {.type = type, .number = number};
    if (country.size > 0) {
        identifier.country = list_country_of(country);
    }
    list_entry_add_identifier(reader->entry, &identifier);
}

static void add_tied(struct list_reader *reader, struct span country, enum list_tie tie)
{
    list_entry_add_country(reader->entry, &(struct list_tied_country){
                                              .country = list_country_of(country), .tie = (u8)tie});
}

/* "a.k.a. 'BNC'": what stands between the quotes. */
static bool alias_item(struct list_reader *reader, struct span item)
{
    static const char *const kinds[] = {"a.k.a. '", "f.k.a. '", "n.k.a. '"};
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        if (text_begins(item, kinds[i])) {
            struct span text = span_after(item, strlen(kinds[i]));
            if (text.size > 0 && text.data[text.size - 1] == '\'') {
                text.size -= 1;
            }
            struct list_name name = when_name(text, reader->entry->kind, LIST_QUALITY_WEAK);
            name.former = kinds[i][0] == 'f';
            list_entry_add_name(reader->entry, &name);
            return true;
        }
    }
    return false;
}

/* The part in front of the first of the endings. */
static struct span cut_before(struct span text, const char *const *endings, u32 count)
{
    size_t size = text.size;
    for (u32 i = 0; i < count; i += 1) {
        size_t at = text_find(text, endings[i]);
        size = at < size ? at : size;
    }
    return text_trim(span_of(text.data, size));
}

/* "number (Country) issued 2001 expires 2005" behind a type. */
static void number_take(struct list_reader *reader, struct span type, struct span text)
{
    static const char *const endings[] = {" (", " issued ", " expires "};
    struct span number = cut_before(text, endings, ARRAY_COUNT(endings));
    struct span country = {.data = NULL, .size = 0};
    size_t open = text_find(text, " (");
    if (open < text.size) {
        struct span rest = span_after(text, open + 2);
        size_t close = text_find(rest, ")");
        country = close < rest.size ? span_of(rest.data, close) : country;
    }
    remarks_identifier(reader, text_trim(type), number, country);
}

/* Types whose numbers need not have a digit, or that end in no word that tells a number. */
static bool named_identifier(struct list_reader *reader, struct span item)
{
    static const char *const types[] = {
        "SWIFT/BIC ",
        "Website ",
        "Email Address ",
        "Passport ",
        "Diplomatic Passport ",
        "C.U.R.P. ",
        "R.F.C. ",
        "ISIN ",
        "MMSI ",
        "D.N.I. ",
        "I.F.E. ",
        "SSN ",
        "NIT # ",
        "RUC # ",
        "Phone Number ",
        "Registration ID ",
        "Equity Ticker ",
        "Aircraft Tail Number ",
        "Vessel Registration Identification ",
        "BIK (RU) ",
        "Unified Social Credit Code (USCC) ",
        "Aircraft Manufacturer's Serial Number (MSN) ",
        "Aircraft Construction Number (also called L/N or S/N or F/N) ",
    };
    for (u32 i = 0; i < ARRAY_COUNT(types); i += 1) {
        if (text_begins(item, types[i])) {
            size_t size = strlen(types[i]);
            number_take(reader, span_of(item.data, size), span_after(item, size));
            return true;
        }
    }
    return false;
}

/* Whether the words in front of a number say that it is one: "Tax ID No.", "NIT #", "License". */
static bool tells_number(struct span words)
{
    static const char *const endings[] = {
        "No.",         "No",   "Number",         "#",       "ID",  "License",  "Card",
        "Certificate", "Code", "Identification", "ID Card", "VAT", "Document", "Registry"};
    for (u32 i = 0; i < ARRAY_COUNT(endings); i += 1) {
        size_t size = strlen(endings[i]);
        if (words.size >= size && text_is(span_after(words, words.size - size), endings[i]) &&
            (words.size == size || words.data[words.size - size - 1] == ' ')) {
            return true;
        }
    }
    return false;
}

/* A number behind words that tell one: the longest such beginning counts, so that "Identification
 * Number IMO 5342883" has the number "IMO 5342883". */
static bool told_identifier(struct list_reader *reader, struct span item)
{
    static const char *const endings[] = {" (", " issued ", " expires "};
    struct span words = cut_before(item, endings, ARRAY_COUNT(endings));
    size_t best = 0;
    bool has_digit = false;
    for (size_t i = 0; i < words.size; i += 1) {
        has_digit = has_digit || (words.data[i] >= '0' && words.data[i] <= '9');
        if (words.data[i] == ' ' && !has_digit && tells_number(span_of(words.data, i))) {
            best = i;
        }
    }
    if (best == 0 || !has_digit) {
        return false;
    }
    number_take(reader, span_of(item.data, best), span_after(item, best + 1));
    return true;
}

static bool fact_item(struct list_reader *reader, struct span item)
{
    struct list_entry *entry = reader->entry;
    if (text_begins(item, "DOB ")) {
        when_add_birth(reader, span_after(item, 4), false);
    } else if (text_begins(item, "POB ")) {
        when_add_birth_place(reader, span_after(item, 4));
    } else if (text_begins(item, "nationality ")) {
        add_tied(reader, span_after(item, strlen("nationality ")), LIST_TIE_NATIONALITY);
    } else if (text_begins(item, "citizen ")) {
        add_tied(reader, span_after(item, strlen("citizen ")), LIST_TIE_CITIZENSHIP);
    } else if (text_begins(item, "Gender ")) {
        entry->gender = text_is(item, "Gender Male")     ? LIST_GENDER_MALE
                        : text_is(item, "Gender Female") ? LIST_GENDER_FEMALE
                                                         : LIST_GENDER_UNKNOWN;
    } else if (text_begins(item, "Linked To: ")) {
        list_entry_add_link(entry,
                            &(struct list_link){.name = span_after(item, strlen("Linked To: "))});
    } else if (text_begins(item, WALLET_TYPE)) {
        struct span rest = span_after(item, strlen(WALLET_TYPE));
        size_t at = text_find(rest, " ");
        list_entry_add_wallet(entry, &(struct list_wallet){.asset = span_of(rest.data, at),
                                                           .address = span_after(rest, at + 1)});
    } else {
        return false;
    }
    return true;
}

void remarks_item(struct list_reader *reader, struct span item)
{
    bool is_prose = text_find(item, ":") < item.size || text_begins(item, "Organization ") ||
                    text_begins(item, "Secondary sanctions");
    if (!fact_item(reader, item) && !alias_item(reader, item) && !named_identifier(reader, item) &&
        !is_prose) {
        (void)told_identifier(reader, item);
    }
}

void remarks_read(struct list_reader *reader, struct span remarks)
{
    struct span rest = text_trim(remarks);
    struct span item;
    list_reader_remark(reader, rest);
    if (rest.size > 1 && rest.data[0] == '(' && rest.data[rest.size - 1] == ')') {
        rest = span_of(rest.data + 1, rest.size - 2); /* "(Linked To: X)" of other files */
    } else if (rest.size > 0 && rest.data[rest.size - 1] == '.') {
        rest.size -= 1;
    } else {
        size_t end = rest.size;
        while (end > 0 && rest.data[end - 1] != ';') {
            end -= 1;
        }
        rest.size = end; /* what follows was cut off */
    }
    while (text_next(&rest, "; ", &item)) {
        if (text_begins(item, "alt. ")) {
            item = text_trim(span_after(item, strlen("alt. ")));
        }
        if (item.size > 0 && item.data[item.size - 1] == ';') {
            item.size -= 1;
        }
        remarks_item(reader, item);
    }
}

/* Types that are no identifiers, though a number may stand behind them. */
static bool is_prose(struct span type)
{
    static const char *const beginnings[] = {"Organization ",
                                             "Secondary sanctions",
                                             "Additional Sanctions",
                                             "Target Type",
                                             "Executive Order",
                                             "Issuer Name",
                                             "Vessel Type",
                                             "Vessel Year",
                                             "Other Vessel",
                                             "Vessel Flag",
                                             "Vessel Gross",
                                             "Vessel Tonnage",
                                             "CAATSA",
                                             "IFCA",
                                             "Transactions Prohibited",
                                             "Aircraft Manufacture Date",
                                             "Aircraft Mode",
                                             "Aircraft Operator",
                                             "Title",
                                             "Member",
                                             "Former Vessel Flag"};
    for (u32 i = 0; i < ARRAY_COUNT(beginnings); i += 1) {
        if (text_begins(type, beginnings[i])) {
            return true;
        }
    }
    return type.size == 0 || type.data[type.size - 1] == ':' || type.data[type.size - 1] == '-' ||
           text_find(type, " Date") < type.size;
}

static void prose(struct list_reader *reader, struct span type, struct span value)
{
    while (type.size > 0 && (type.data[type.size - 1] == ':' || type.data[type.size - 1] == ' ')) {
        type.size -= 1;
    }
    char label[64];
    size_t size = type.size < sizeof(label) ? type.size : sizeof(label) - 1;
    memcpy(label, type.data == NULL ? (const u8 *)"" : type.data, size);
    label[size] = 0;
    if (value.size == 0 || size < type.size) {
        list_reader_remark(reader, type);
    }
    list_reader_label(reader, label, value);
}

void remarks_fact(struct list_reader *reader, struct span type, struct span value,
                  struct span country)
{
    struct list_entry *entry = reader->entry;
    if (text_is(type, "Gender")) {
        entry->gender = text_is(value, "Male")     ? LIST_GENDER_MALE
                        : text_is(value, "Female") ? LIST_GENDER_FEMALE
                                                   : LIST_GENDER_UNKNOWN;
    } else if (text_is(type, "Birthdate") || text_is(type, "DOB")) {
        when_add_birth(reader, value, false);
    } else if (text_is(type, "Place of Birth") || text_is(type, "POB")) {
        when_add_birth_place(reader, value);
    } else if (text_is(type, "Nationality Country") || text_is(type, "Nationality")) {
        add_tied(reader, value, LIST_TIE_NATIONALITY);
    } else if (text_is(type, "Citizenship Country") || text_is(type, "Citizenship")) {
        add_tied(reader, value, LIST_TIE_CITIZENSHIP);
    } else if (text_is(type, "Nationality of Registration")) {
        add_tied(reader, value, LIST_TIE_REGISTRATION);
    } else if (text_is(type, "Vessel Flag")) {
        add_tied(reader, value, LIST_TIE_FLAG);
    } else if (text_is(type, "Vessel Owner")) {
        list_entry_add_link(entry, &(struct list_link){.name = value, .how = type});
    } else if (value.size == 0 || is_prose(type)) {
        prose(reader, type, value);
    } else {
        remarks_identifier(reader, type, value, country);
    }
}
