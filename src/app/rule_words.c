#include "app/rule_words.h"

#include "app/time_text.h"
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#define YEAR_10000_US 253402300800000000ULL

static const char *word(const char *const *words, u32 count, u32 place)
{
    return place < count && words[place] != NULL ? words[place] : "?";
}

static const char *const operations[RULE_OPERATIONS_COUNT] = {
    "trade", "place", "cancel", "deposit", "withdraw", "transfer_out", "transfer_in", "open"};

const char *rule_words_operation(u32 operation)
{
    return word(operations, ARRAY_COUNT(operations), operation);
}

u32 rule_words_operation_of(const char *text)
{
    u32 operation = 0;
    while (operation < RULE_OPERATIONS_COUNT && strcmp(operations[operation], text) != 0) {
        operation += 1;
    }
    return operation;
}

const char *rule_words_restriction(u32 restriction)
{
    static const char *const words[] = {"allow", "hold", "refuse", "freeze"};
    return word(words, ARRAY_COUNT(words), restriction);
}

const char *rule_words_fact(u32 kind)
{
    static const char *const words[] = {NULL,
                                        "kind",
                                        "nationality",
                                        "residence",
                                        "residence_permit",
                                        "establishment",
                                        "document_country",
                                        "role"};
    return word(words, ARRAY_COUNT(words), kind);
}

const char *rule_words_truth(u32 truth)
{
    static const char *const words[] = {"no", "unknown", "yes"};
    return word(words, ARRAY_COUNT(words), truth);
}

const char *rule_words_listing(u32 state)
{
    static const char *const words[] = {NULL, "clear", "candidate", "confirmed"};
    return word(words, ARRAY_COUNT(words), state);
}

const char *rule_words_compare(u32 compare)
{
    static const char *const words[] = {NULL, ">", ">="};
    return word(words, ARRAY_COUNT(words), compare);
}

const char *rule_words_scope(u32 scope)
{
    static const char *const words[] = {NULL, "person", "venue", "asset"};
    return word(words, ARRAY_COUNT(words), scope);
}

const char *rule_words_value(u32 kind, u16 value, char target[RULE_WORDS_BYTES])
{
    static const char *const kinds[] = {"none", "natural", "legal"};
    static const char *const roles[] = {"none", "owner", "governing_body", "own_entity",
                                        "payment_route"};
    const char *text = "?";
    if (kind == RULE_FACT_KIND) {
        text = word(kinds, ARRAY_COUNT(kinds), value);
    } else if (kind == RULE_FACT_ROLE) {
        text = word(roles, ARRAY_COUNT(roles), value);
    } else if (value == RULE_VALUE_NONE) {
        text = "none";
    } else if (value == RULE_VALUE_UNKNOWN) {
        text = "others";
    } else if (value <= RULE_COUNTRY_LAST) {
        (void)snprintf(target, RULE_WORDS_BYTES, "%c%c", 'A' + (value - 1) / 26,
                       'A' + (value - 1) % 26);
        return target;
    }
    (void)snprintf(target, RULE_WORDS_BYTES, "%s", text);
    return target;
}

/* The words of the bits that are set. */
static const char *bits(const char *const *words, u32 count, u32 mask, const char *nothing,
                        char target[RULE_WORDS_BYTES])
{
    size_t used = 0;
    target[0] = 0;
    for (u32 i = 0; i < count; i += 1) {
        if ((mask >> i & 1U) == 0 || words[i] == NULL) {
            continue;
        }
        int length = snprintf(target + used, RULE_WORDS_BYTES - used, "%s%s", used == 0 ? "" : ", ",
                              words[i]);
        used += length > 0 ? (size_t)length : 0;
        CHECK(used < RULE_WORDS_BYTES);
    }
    if (used == 0) {
        (void)snprintf(target, RULE_WORDS_BYTES, "%s", nothing);
    }
    return target;
}

const char *rule_words_methods(u32 verified, char target[RULE_WORDS_BYTES])
{
    static const char *const words[] = {"document", "proof_of_address", "register"};
    return bits(words, ARRAY_COUNT(words), verified, "not verified", target);
}

const char *rule_words_facts(u32 kinds, char target[RULE_WORDS_BYTES])
{
    const char *words[RULE_FACT_KINDS] = {NULL};
    for (u32 i = 1; i < RULE_FACT_KINDS; i += 1) {
        words[i] = rule_words_fact(i);
    }
    return bits(words, ARRAY_COUNT(words), kinds, "none", target);
}

const char *rule_words_reasons(u32 reasons, char target[RULE_WORDS_BYTES])
{
    static const char *const words[] = {"fact",  "candidate",  "undetermined",
                                        "price", "unscreened", "deadline"};
    return bits(words, ARRAY_COUNT(words), reasons, "none", target);
}

const char *rule_words_vector(u64 vector, char target[RULE_WORDS_BYTES])
{
    size_t used = 0;
    target[0] = 0;
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        u32 restriction = rule_vector_of(vector, i);
        if (restriction == 0) {
            continue;
        }
        int length =
            snprintf(target + used, RULE_WORDS_BYTES - used, "%s%s %s", used == 0 ? "" : ", ",
                     operations[i], rule_words_restriction(restriction));
        used += length > 0 ? (size_t)length : 0;
        CHECK(used < RULE_WORDS_BYTES);
    }
    return used == 0 ? "nothing" : target;
}

const char *rule_words_time(u64 time_us, char target[RULE_WORDS_BYTES])
{
    char text[TIME_TEXT_BYTES];
    if (time_us == RULE_TIME_OPEN) {
        return "open";
    }
    if (time_us >= YEAR_10000_US) {
        (void)snprintf(target, RULE_WORDS_BYTES, "after 9999");
        return target;
    }
    time_text_print(time_us, text); /* 2022-04-21T15:00:00.000000Z */
    int length = time_us % 86400000000ULL == 0 ? 10 : time_us % 1000000 == 0 ? 19 : 26;
    (void)snprintf(target, RULE_WORDS_BYTES, "%.*s%s", length, text, length == 10 ? "" : "Z");
    return target;
}

bool rule_words_time_of(const char *text, u64 *time_out)
{
    char whole[TIME_TEXT_BYTES];
    if (strlen(text) != 10) {
        return time_text_parse(text, time_out);
    }
    (void)snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
    return time_text_parse(whole, time_out);
}

/* number / 10^places, at least `least` digits behind the point. */
static const char *decimal(u64 whole, u64 rest, u32 places, u32 least,
                           char target[RULE_WORDS_BYTES])
{
    int length = snprintf(target, RULE_WORDS_BYTES, "%llu.%0*llu", (unsigned long long)whole,
                          (int)places, (unsigned long long)rest);
    CHECK(length > 0 && (u32)length < RULE_WORDS_BYTES);
    u32 used = (u32)length;
    for (u32 kept = places; kept > least && target[used - 1] == '0'; kept -= 1) {
        used -= 1;
    }
    used -= target[used - 1] == '.' ? 1 : 0;
    target[used] = 0;
    return target;
}

const char *rule_words_eur(u64 eur, char target[RULE_WORDS_BYTES])
{
    return decimal(eur / 100000000, eur % 100000000, RULE_EUR_SCALE, 2, target);
}

const char *rule_words_percent(u32 hundredths, char target[RULE_WORDS_BYTES])
{
    return decimal(hundredths / 100, hundredths % 100, 2, 0, target);
}
