#include "wire/order_value.h"

#include "base/amount.h"
#include "base/bytes.h"
#include "base/span.h"
#include "wire/code.h"
#include "wire/moment.h"

#include <stdio.h>
#include <string.h>

enum {
    EUR_PLACES = 8,
    PERCENT_PLACES = 2,
    RESTRICTION_BITS = 2,
    OPEN_OPERATION = 7, /* new accounts and services; the others are the schema's */
    OPERATIONS = 8,
    HEX_BYTES_MAX = 64,
};

enum format {
    FORMAT_NUMBER,
    FORMAT_ENUM,
    FORMAT_TEXT,
    FORMAT_HEX,
    FORMAT_TIME,
    FORMAT_NAME, /* of a list, programme or authority */
    FORMAT_VALUE,
    FORMAT_METHODS,
    FORMAT_PERCENT,
    FORMAT_EUR,
    FORMAT_OPERATIONS,
    FORMAT_RESTRICTIONS,
    FORMAT_LETTER,
    FORMAT_TRUTH,
};

static const char *const operations[OPERATIONS] = {
    "trade", "place", "cancel", "deposit", "withdraw", "transfer_out", "transfer_in", "open"};
static const char *const restrictions[] = {"allow", "hold", "refuse", "freeze"};
static const char *const methods[] = {"document", "proof_of_address", "register"};
static const char *const kinds[] = {NULL, "natural", "legal"};
static const char *const roles[] = {NULL, "owner", "governing_body", "own_entity", "payment_route"};

static enum format format_of(const struct wire_field *field)
{
    static const struct {
        const char *name;
        enum format format;
    } rows[] = {
        {"from", FORMAT_TIME},
        {"until", FORMAT_TIME},
        {"expires", FORMAT_TIME},
        {"time_us", FORMAT_TIME},
        {"list", FORMAT_NAME},
        {"programme", FORMAT_NAME},
        {"authority", FORMAT_NAME},
        {"value", FORMAT_VALUE},
        {"verified", FORMAT_METHODS},
        {"percent", FORMAT_PERCENT},
        {"lower", FORMAT_PERCENT},
        {"upper", FORMAT_PERCENT},
        {"ceiling", FORMAT_EUR},
        {"price", FORMAT_EUR},
        {"operations", FORMAT_OPERATIONS},
        {"restrictions", FORMAT_RESTRICTIONS},
        {"ground", FORMAT_LETTER},
        {"confirmed", FORMAT_TRUTH},
    };
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        if (strcmp(rows[i].name, field->name) == 0) {
            return rows[i].format;
        }
    }
    if (field->names != NULL) {
        return FORMAT_ENUM;
    }
    return field->type == WIRE_BYTES ? FORMAT_TEXT
           : field->type == WIRE_HEX ? FORMAT_HEX
                                     : FORMAT_NUMBER;
}

bool order_field_is_hidden(const struct wire_field *field)
{
    return strncmp(field->name, "reserved", strlen("reserved")) == 0 ||
           strcmp(field->name, "officer") == 0 || strcmp(field->name, "second") == 0;
}

const struct wire_field *order_field_of(u16 kind, struct span name)
{
    const struct wire_field *field = wire_commands[kind].fields;
    for (; field->name != NULL; field += 1) {
        if (!order_field_is_hidden(field) && span_equal(span_of_text(field->name), name)) {
            return field;
        }
    }
    return NULL;
}

/* ---- numbers ---- */

static u32 size_of(const struct wire_field *field)
{
    switch (field->type) {
    case WIRE_U8:
        return 1;
    case WIRE_U16:
        return 2;
    case WIRE_U32:
        return 4;
    case WIRE_U64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
        return 8;
    case WIRE_I64:
    case WIRE_CLIENT_ID:
    case WIRE_BYTES:
    case WIRE_HEX:
    case WIRE_STRUCT:
        break;
    }
    return 0;
}

u32 order_field_bytes(const struct wire_field *field)
{
    bool is_row = field->type == WIRE_BYTES || field->type == WIRE_HEX;
    return is_row ? field->count : size_of(field);
}

static u64 number_get(const u8 *command, const struct wire_field *field)
{
    u64 number = 0;
    memcpy(&number, command + field->offset, size_of(field));
    return number;
}

/* False: it does not fit. */
static bool number_put(u8 *command, const struct wire_field *field, u64 number)
{
    u32 size = size_of(field);
    if (size == 0 || (size < 8 && number >> (8 * size) != 0)) {
        return false;
    }
    memcpy(command + field->offset, &number, size);
    return true;
}

static bool digits_parse(struct span text, u64 *number_out)
{
    u64 number = 0;
    bool is_good = text.size > 0 && text.size <= 20 && (text.size == 1 || text.data[0] != '0');
    for (size_t i = 0; i < text.size && is_good; i += 1) {
        u64 digit = (u64)text.data[i] - '0';
        is_good = digit <= 9 && number <= (UINT64_MAX - digit) / 10;
        number = number * 10 + digit;
    }
    *number_out = number;
    return is_good;
}

static bool decimal_parse(struct span text, u32 places, u64 *number_out)
{
    struct amount amount;
    if (amount_parse(text, places, &amount) != AMOUNT_OK) {
        return false;
    }
    *number_out = amount.units; /* raw: hundredths, or 10^-8 EUR, by the field */
    return true;
}

/* ---- words ---- */

static bool word_print(const char *const *words, u32 count, u64 index, char *target)
{
    bool is_word = index < count && words[index] != NULL;
    (void)snprintf(target, ORDER_VALUE_BYTES, "%s", is_word ? words[index] : "");
    return is_word;
}

static bool word_parse(const char *const *words, u32 count, struct span text, u64 *index_out)
{
    for (u32 i = 0; i < count; i += 1) {
        if (words[i] != NULL && span_equal(span_of_text(words[i]), text)) {
            *index_out = i;
            return true;
        }
    }
    return false;
}

/* Bits as words with commas between, lowest first. */
static bool bits_print(const char *const *words, u32 count, u64 bits, char *target)
{
    size_t used = 0;
    (void)snprintf(target, ORDER_VALUE_BYTES, "none");
    for (u32 i = 0; i < count; i += 1) {
        if ((bits >> i & 1) != 0) {
            used += (size_t)snprintf(target + used, ORDER_VALUE_BYTES - used, "%s%s",
                                     used == 0 ? "" : ",", words[i]);
        }
    }
    return bits >> count == 0;
}

static struct span piece_take(struct span *rest, u8 separator)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != separator) {
        size += 1;
    }
    struct span piece = span_of(rest->data, size);
    *rest = size == rest->size ? (struct span){NULL, 0} : span_after(*rest, size + 1);
    return piece;
}

static bool bits_parse(const char *const *words, u32 count, struct span text, u64 *bits_out)
{
    *bits_out = 0;
    if (span_equal(text, span_of_text("none"))) {
        return true;
    }
    for (struct span rest = text; rest.data != NULL;) {
        u64 index = 0;
        if (!word_parse(words, count, piece_take(&rest, ','), &index)) {
            return false;
        }
        *bits_out |= 1ULL << index;
    }
    return *bits_out != 0;
}

/* "trade=refuse,deposit=hold": what is not named is allowed. */
static bool restrictions_print(u64 vector, char *target)
{
    size_t used = 0;
    (void)snprintf(target, ORDER_VALUE_BYTES, "none");
    for (u32 i = 0; i < OPERATIONS; i += 1) {
        u32 restriction = (u32)(vector >> (RESTRICTION_BITS * i) & 3);
        if (restriction != 0) {
            used +=
                (size_t)snprintf(target + used, ORDER_VALUE_BYTES - used, "%s%s=%s",
                                 used == 0 ? "" : ",", operations[i], restrictions[restriction]);
        }
    }
    return vector >> (RESTRICTION_BITS * OPERATIONS) == 0;
}

static bool restrictions_parse(struct span text, u64 *vector_out)
{
    *vector_out = 0;
    if (span_equal(text, span_of_text("none"))) {
        return true;
    }
    for (struct span rest = text; rest.data != NULL;) {
        struct span right = piece_take(&rest, ',');
        struct span left = piece_take(&right, '=');
        u64 operation = 0;
        u64 restriction = 0;
        if (!word_parse(operations, OPERATIONS, left, &operation) ||
            !word_parse(restrictions, ARRAY_COUNT(restrictions), right, &restriction) ||
            (*vector_out >> (RESTRICTION_BITS * operation) & 3) != 0) {
            return false;
        }
        *vector_out |= restriction << (RESTRICTION_BITS * operation);
    }
    return *vector_out != 0;
}

/* ---- what a fact says ---- */

static u8 fact_of(const u8 *command)
{
    return command[offsetof(struct command_fact_set, fact)];
}

static bool value_print(const u8 *command, u64 value, char *target)
{
    u8 fact = fact_of(command);
    if (fact == FACT_KIND_KIND) {
        return word_print(kinds, ARRAY_COUNT(kinds), value, target);
    }
    if (fact == FACT_KIND_ROLE) {
        return word_print(roles, ARRAY_COUNT(roles), value, target);
    }
    if (value == CODE_VALUE_NONE || value == CODE_VALUE_UNKNOWN) {
        (void)snprintf(target, ORDER_VALUE_BYTES, "%s",
                       value == CODE_VALUE_NONE ? "none" : "others");
        return true;
    }
    return code_country_print((u16)value, target);
}

static const char *value_parse(const u8 *command, struct span text, u64 *value_out)
{
    u8 fact = fact_of(command);
    if (fact == FACT_KIND_KIND) {
        return word_parse(kinds, ARRAY_COUNT(kinds), text, value_out) ? NULL : "natural or legal";
    }
    if (fact == FACT_KIND_ROLE) {
        return word_parse(roles, ARRAY_COUNT(roles), text, value_out)
                   ? NULL
                   : "owner, governing_body, own_entity or payment_route";
    }
    if (span_equal(text, span_of_text("none"))) {
        *value_out = CODE_VALUE_NONE;
        return NULL;
    }
    *value_out =
        span_equal(text, span_of_text("others")) ? CODE_VALUE_UNKNOWN : code_country_of(text);
    return *value_out != 0 ? NULL : "a country in two capital letters, none, or others";
}

/* ---- bytes ---- */

static bool is_graphic(u8 byte)
{
    return byte > ' ' && byte < 0x7f;
}

static bool bytes_print(const u8 *command, const struct wire_field *field, char *target)
{
    const u8 *bytes = command + field->offset;
    u32 size = 0;
    while (size < field->count && is_graphic(bytes[size])) {
        size += 1;
    }
    if (size == 0 || size >= ORDER_VALUE_BYTES ||
        !span_is_zero(span_of(bytes + size, field->count - size))) {
        return false;
    }
    memcpy(target, bytes, size);
    target[size] = 0;
    return true;
}

static bool bytes_parse(u8 *command, const struct wire_field *field, struct span text)
{
    bool is_good = text.size > 0 && text.size <= field->count;
    for (size_t i = 0; i < text.size && is_good; i += 1) {
        is_good = is_graphic(text.data[i]);
    }
    if (is_good) {
        memset(command + field->offset, 0, field->count);
        memcpy(command + field->offset, text.data, text.size);
    }
    return is_good;
}

static bool hex_print(const u8 *bytes, u32 count, char *target)
{
    if (count > HEX_BYTES_MAX) {
        return false;
    }
    bytes_to_hex(bytes, count, target);
    return true;
}

/* ---- fields ---- */

static bool letter_print(u64 letter, char *target)
{
    target[0] = (char)letter;
    target[1] = 0;
    return letter >= 'a' && letter <= 'z';
}

bool order_value_print(const u8 *command, const struct wire_field *field,
                       char target[ORDER_VALUE_BYTES])
{
    char text[AMOUNT_TEXT_BYTES];
    u64 number = number_get(command, field);
    switch (format_of(field)) {
    case FORMAT_NUMBER:
        (void)snprintf(target, ORDER_VALUE_BYTES, "%llu", (unsigned long long)number);
        return size_of(field) != 0;
    case FORMAT_ENUM:
        return word_print(field->names, field->names_count, number, target);
    case FORMAT_TEXT:
        return bytes_print(command, field, target);
    case FORMAT_HEX:
        return hex_print(command + field->offset, field->count, target);
    case FORMAT_TIME:
        return moment_print(number, target);
    case FORMAT_NAME:
        (void)snprintf(target, ORDER_VALUE_BYTES, "none");
        return number == 0 || code_name_print(number, target);
    case FORMAT_VALUE:
        return value_print(command, number, target);
    case FORMAT_METHODS:
        return bits_print(methods, ARRAY_COUNT(methods), number, target);
    case FORMAT_PERCENT:
    case FORMAT_EUR:
        if (format_of(field) == FORMAT_PERCENT) {
            (void)amount_print(amount_of(number), PERCENT_PLACES, PERCENT_PLACES, text);
        } else {
            (void)amount_print(amount_of(number), EUR_PLACES, EUR_PLACES, text);
        }
        (void)snprintf(target, ORDER_VALUE_BYTES, "%s", text);
        return true;
    case FORMAT_OPERATIONS:
        return bits_print(operations, OPERATIONS, number, target);
    case FORMAT_RESTRICTIONS:
        return restrictions_print(number, target);
    case FORMAT_LETTER:
        return letter_print(number, target);
    case FORMAT_TRUTH:
        (void)snprintf(target, ORDER_VALUE_BYTES, "%s", number == 0 ? "no" : "yes");
        return number <= 1;
    }
    return false;
}

/* The number that stands for a text; NULL, or what was wanted. */
static const char *number_parse(const u8 *command, const struct wire_field *field, struct span text,
                                u64 *number_out)
{
    switch (format_of(field)) {
    case FORMAT_NUMBER:
        return digits_parse(text, number_out) ? NULL : "a whole number";
    case FORMAT_ENUM:
        return word_parse(field->names, field->names_count, text, number_out)
                   ? NULL
                   : "one of the words of docs/rules.md";
    case FORMAT_TIME:
        return moment_parse(text, number_out) ? NULL : "a day, a moment in UTC, or open";
    case FORMAT_NAME:
        *number_out = code_name_of(text);
        if (span_equal(text, span_of_text("none"))) {
            *number_out = 0;
        } else if (*number_out == 0) {
            return "a name of up to 12 small letters, digits and -, or none";
        }
        return NULL;
    case FORMAT_VALUE:
        return value_parse(command, text, number_out);
    case FORMAT_METHODS:
        return bits_parse(methods, ARRAY_COUNT(methods), text, number_out)
                   ? NULL
                   : "none, or document, proof_of_address, register with commas between";
    case FORMAT_PERCENT:
        return decimal_parse(text, PERCENT_PLACES, number_out)
                   ? NULL
                   : "a percentage with up to two decimals";
    case FORMAT_EUR:
        return decimal_parse(text, EUR_PLACES, number_out) ? NULL
                                                           : "euros with up to eight decimals";
    case FORMAT_OPERATIONS:
        return bits_parse(operations, OPERATIONS, text, number_out)
                   ? NULL
                   : "none, or operations with commas between: withdraw, transfer_out, ...";
    case FORMAT_RESTRICTIONS:
        return restrictions_parse(text, number_out)
                   ? NULL
                   : "none, or OPERATION=hold|refuse|freeze with commas between";
    case FORMAT_LETTER:
        *number_out = text.size == 1 ? text.data[0] : 0;
        return *number_out >= 'a' && *number_out <= 'z' ? NULL : "a letter from a to z";
    case FORMAT_TRUTH:
        *number_out = span_equal(text, span_of_text("yes"));
        return *number_out != 0 || span_equal(text, span_of_text("no")) ? NULL : "yes or no";
    case FORMAT_TEXT:
    case FORMAT_HEX:
        break;
    }
    return "a number";
}

const char *order_value_parse(u8 *command, const struct wire_field *field, struct span text)
{
    u64 number = 0;
    switch (field->type) {
    case WIRE_BYTES:
        return bytes_parse(command, field, text) ? NULL : "a word that fits the field";
    case WIRE_HEX:
        return bytes_from_hex(text, command + field->offset, field->count)
                   ? NULL
                   : "two small hex digits for each byte";
    case WIRE_U8:
    case WIRE_U16:
    case WIRE_U32:
    case WIRE_U64:
    case WIRE_I64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
    case WIRE_CLIENT_ID:
    case WIRE_STRUCT:
        break;
    }
    const char *wanted = number_parse(command, field, text, &number);
    if (wanted != NULL) {
        return wanted;
    }
    return number_put(command, field, number) ? NULL : "a smaller number";
}
