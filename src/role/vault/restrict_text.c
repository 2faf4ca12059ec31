#include "role/vault/restrict_text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "role/vault/tlog_checkpoint.h"
#include "wire/code.h"
#include "wire/moment.h"
#include "wire/schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const truths[] = {
    [TRUTH_NO] = "no", [TRUTH_UNKNOWN] = "unknown", [TRUTH_YES] = "yes"};

static const char *const fact_names[] = {
    [FACT_KIND_NATIONALITY] = "nationality",           [FACT_KIND_RESIDENCE] = "residence",
    [FACT_KIND_RESIDENCE_PERMIT] = "residence_permit", [FACT_KIND_ESTABLISHMENT] = "establishment",
    [FACT_KIND_DOCUMENT_COUNTRY] = "document_country",
};

/* ---- pieces ---- */

struct writing {
    char *target;
    size_t room;
    size_t used;
    bool is_fine;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *writing, const char *format,
                                                      ...)
{
    va_list arguments;
    size_t left = writing->room - writing->used;
    va_start(arguments, format);
    int size = vsnprintf(writing->target + writing->used, left, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < left); /* rooms are for the longest */
    writing->used += (size_t)size;
}

static void put_moment(struct writing *writing, const char *word, u64 time_us)
{
    char text[MOMENT_TEXT_BYTES];
    writing->is_fine = writing->is_fine && time_us != MOMENT_OPEN && moment_print(time_us, text);
    put(writing, "%s %s\n", word, writing->is_fine ? text : "");
}

static void put_vector(struct writing *writing, const char *word, u64 vector)
{
    static const char *const operations[] = {"trade",    "place",        "cancel",      "deposit",
                                             "withdraw", "transfer_out", "transfer_in", "open"};
    static const char *const actions[] = {"allow", "hold", "refuse", "freeze"};
    put(writing, "%s", word);
    if (vector == 0) {
        put(writing, " none");
    }
    for (u32 i = 0; i < ARRAY_COUNT(operations); i += 1) {
        u32 action = (u32)(vector >> (2 * i)) & 3;
        if (action != 0) {
            put(writing, " %s=%s", operations[i], actions[action]);
        }
    }
    if (vector >> (2 * ARRAY_COUNT(operations)) != 0) { /* of operations to come */
        put(writing, " other=%" PRIx64, vector >> (2 * ARRAY_COUNT(operations)));
    }
    put(writing, "\n");
}

static const char *truth_of(u8 truth, bool *is_fine)
{
    *is_fine = *is_fine && truth < ARRAY_COUNT(truths);
    return *is_fine ? truths[truth] : "";
}

/* ---- the texts ---- */

static const char *change_of(const struct restrict_decision *decision)
{
    if (decision->kind == RESTRICT_HAND) {
        return decision->after == 0 ? "cleared" : "set";
    }
    if (decision->before == 0) {
        return "restricted";
    }
    return decision->after == 0 ? "released" : "changed";
}

bool restrict_code_print(const struct restrict_decision *decision, char target[RESTRICT_CODE_BYTES])
{
    struct writing writing = {.target = target, .room = RESTRICT_CODE_BYTES, .is_fine = true};
    char hash[2 * RESTRICT_HASH_BYTES + 1];
    switch (decision->kind) {
    case RESTRICT_RULE: {
        const char *before = truth_of(decision->truth_before, &writing.is_fine);
        const char *after = truth_of(decision->truth, &writing.is_fine);
        put(&writing, "rule %s %u %s %s\n",
            bytes_to_hex(decision->hash, sizeof(decision->hash), hash), decision->rule, before,
            after);
        break;
    }
    case RESTRICT_ACCOUNT:
        put(&writing, "account %s\n", change_of(decision));
        break;
    case RESTRICT_HAND:
        put(&writing, "hand %s\n", change_of(decision));
        break;
    }
    return writing.is_fine;
}

static void rule_put(struct writing *writing, const struct restrict_decision *decision)
{
    put(writing, "accounts");
    for (u32 i = 0; i < decision->accounts_count; i += 1) {
        put(writing, " %u", decision->accounts[i]);
    }
    put(writing, "%s\n", decision->accounts_count == 0 ? " none" : "");
    put_vector(writing, "vector", decision->after);
    put(writing, "reasons %u\nmissing %u\nflags %u\n", decision->reasons, decision->missing,
        decision->flags);
    if ((decision->flags & DECISION_FLAG_HOLDINGS_KNOWN) != 0) {
        put(writing, "holdings %" PRIu64 "\n", decision->holdings);
    } else {
        put(writing, "holdings unknown\n");
    }
    if (decision->deadline == 0 || decision->deadline == MOMENT_OPEN) {
        put(writing, "deadline none\n");
    } else {
        put_moment(writing, "deadline", decision->deadline);
    }
}

bool restrict_decision_print(const struct restrict_decision *decision,
                             char target[RESTRICT_TEXT_BYTES])
{
    struct writing writing = {.target = target, .room = RESTRICT_TEXT_BYTES, .is_fine = true};
    char code[RESTRICT_CODE_BYTES];
    writing.is_fine = restrict_code_print(decision, code);
    put(&writing, "code %ssequence %" PRIu64 "\nitem %u\n", code, decision->seq, decision->item);
    put_moment(&writing, "at", decision->time_us);
    if (decision->kind != RESTRICT_HAND) {
        put(&writing, "cause %" PRIu64 "\n", decision->cause_seq);
    }
    put(&writing, "person %u\n", decision->person);
    switch (decision->kind) {
    case RESTRICT_RULE:
        rule_put(&writing, decision);
        break;
    case RESTRICT_ACCOUNT:
        put(&writing, "account %u\n", decision->account);
        put_vector(&writing, "before", decision->before);
        put_vector(&writing, "after", decision->after);
        break;
    case RESTRICT_HAND:
        put(&writing, "account %u\n", decision->account);
        put_vector(&writing, "vector", decision->after);
        break;
    }
    return writing.is_fine;
}

bool restrict_fact_is_country(u32 kind)
{
    return kind < ARRAY_COUNT(fact_names) && fact_names[kind] != NULL;
}

bool restrict_facts_print(const struct restrict_decision *decision,
                          char target[RESTRICT_TEXT_BYTES])
{
    struct writing writing = {.target = target, .room = RESTRICT_TEXT_BYTES, .is_fine = true};
    CHECK(decision->facts_count <= RESTRICT_FACTS_MAX);
    for (u32 i = 0; i < decision->facts_count; i += 1) {
        const struct restrict_fact *fact = &decision->facts[i];
        char country[3] = "";
        writing.is_fine = writing.is_fine && restrict_fact_is_country(fact->kind) &&
                          code_country_print(fact->country, country);
        put(&writing, "fact %s %s\n", writing.is_fine ? fact_names[fact->kind] : "", country);
    }
    if (decision->facts_count == 0) {
        put(&writing, "none\n");
    }
    return writing.is_fine;
}

u32 restrict_countries(const struct restrict_decision *decision,
                       u16 countries_out[RESTRICT_COUNTRIES_MAX])
{
    u32 count = 0;
    for (u32 i = 0; i < decision->facts_count; i += 1) {
        u16 country = decision->facts[i].country;
        u32 at = count;
        while (at > 0 && countries_out[at - 1] > country) {
            at -= 1;
        }
        if (at > 0 && countries_out[at - 1] == country) {
            continue;
        }
        memmove(&countries_out[at + 1], &countries_out[at],
                (count - at) * sizeof(countries_out[0]));
        countries_out[at] = country;
        count += 1;
    }
    return count;
}

/* ---- reading ---- */

bool restrict_lines_valid(struct span text, u32 *count_out)
{
    *count_out = 0;
    for (size_t at = 0; at < text.size; at += 1) {
        u8 byte = text.data[at];
        bool is_end = byte == '\n';
        bool is_empty = is_end && (at == 0 || text.data[at - 1] == '\n');
        if (is_empty || (!is_end && (byte < ' ' || byte > '~'))) {
            return false;
        }
        *count_out += is_end ? 1 : 0;
    }
    return text.size > 0 && text.data[text.size - 1] == '\n';
}

static bool word_cut(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    struct span line;
    if (!span_cut_line(rest, &line) || line.size <= size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *value_out = span_after(line, size);
    return true;
}

bool restrict_decision_head(struct span text, struct span *code_out, u64 *seq_out)
{
    struct span rest = text;
    struct span number;
    u32 count = 0;
    return restrict_lines_valid(text, &count) && word_cut(&rest, "code ", code_out) &&
           word_cut(&rest, "sequence ", &number) && tlog_number_read(number, INT64_MAX, seq_out);
}

/* ---- days ---- */

void restrict_day_print(u32 day, char target[RESTRICT_DAY_BYTES])
{
    char text[MOMENT_TEXT_BYTES];
    CHECK(day <= RESTRICT_DAY_MAX && moment_print(day * RESTRICT_DAY_US, text));
    memcpy(target, text, RESTRICT_DAY_BYTES - 1);
    target[RESTRICT_DAY_BYTES - 1] = 0;
}

bool restrict_day_parse(struct span text, u32 *day_out)
{
    u64 time_us = 0;
    if (text.size != RESTRICT_DAY_BYTES - 1 || !moment_parse(text, &time_us) ||
        time_us / RESTRICT_DAY_US > RESTRICT_DAY_MAX) {
        return false;
    }
    *day_out = (u32)(time_us / RESTRICT_DAY_US);
    return true;
}
