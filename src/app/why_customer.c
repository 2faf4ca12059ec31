/* What a customer may read of the answer: the notices that stand, and what still works. Everything
 * that waits for an officer reads as one hold like any other (docs/rules.md "What the customer
 * sees"): no list, entry, path, officer, score or row ever gets here. */
#include "app/rule_words.h"
#include "app/why.h"
#include "base/span.h"
#include "wire/notice.h"

#include <string.h>

/* What one rule shows to the customer. */
static enum notice_face face_of(const struct why_answer *answer, const struct why_rule *rule,
                                struct notice_finding *finding)
{
    const struct why_pack *pack = &answer->packs[rule->pack];
    const struct rule_result *result = rule->result;
    *finding = (struct notice_finding){
        .deadline = result->deadline,
        .vector = (u16)result->vector,
        .truth = (u8)result->truth,
        .reasons = (u8)result->reasons,
        .missing = (u8)result->missing,
        .flags = (u8)((result->is_warned ? DECISION_FLAG_WARNED : 0) |
                      (result->memory.is_over ? DECISION_FLAG_OVER : 0) |
                      (answer->holdings.is_known ? DECISION_FLAG_HOLDINGS_KNOWN : 0))};
    bool is_person = rule->law->scope == RULE_SCOPE_PERSON;
    return result->is_in_force && is_person
               ? notice_face_of(finding, pack->has_text ? &pack->text.rules[rule->rule] : NULL)
               : NOTICE_FACE_NOTHING;
}

static enum notice_kind kind_of(enum notice_face face)
{
    switch (face) {
    case NOTICE_FACE_RESTRICTED:
        return NOTICE_RESTRICTED;
    case NOTICE_FACE_LATE:
        return NOTICE_LATE;
    case NOTICE_FACE_EVIDENCE:
        return NOTICE_EVIDENCE;
    case NOTICE_FACE_WARNED:
        return NOTICE_WARNED;
    case NOTICE_FACE_NEUTRAL:
    case NOTICE_FACE_NOTHING:
        break;
    }
    return NOTICE_CHECKING;
}

struct shown {
    struct notice notice;
    const struct pack_text *pack; /* NULL: a hold like any other */
    const struct pack_rule_text *rule;
};

/* The notices that stand; the neutral one last, once. */
static u32 gather(const struct why_answer *answer, struct shown shown_out[WHY_RULES_MAX + 1])
{
    u32 count = 0;
    u64 held_since = 0;
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        const struct why_rule *rule = &answer->rules[i];
        const struct why_pack *pack = &answer->packs[rule->pack];
        struct notice_finding finding;
        enum notice_face face = face_of(answer, rule, &finding);
        u64 since = rule->said.event.head.seq == 0 ? answer->at : rule->said.time_us;
        if (face == NOTICE_FACE_NEUTRAL) {
            held_since = held_since == 0 ? since : u64_min(held_since, since);
        } else if (face != NOTICE_FACE_NOTHING) {
            shown_out[count] = (struct shown){.notice = {.kind = kind_of(face),
                                                         .time_us = since,
                                                         .finding = finding,
                                                         .holdings = answer->holdings.eur},
                                              .pack = &pack->text,
                                              .rule = &pack->text.rules[rule->rule]};
            count += 1;
        }
    }
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        u64 since = account->hand.seq == 0 ? answer->at : account->hand.time_us;
        if (account->account.hand != 0) {
            held_since = held_since == 0 ? since : u64_min(held_since, since);
        }
    }
    if (held_since != 0) {
        shown_out[count] =
            (struct shown){.notice = {.kind = NOTICE_CHECKING, .time_us = held_since}};
        count += 1;
    }
    return count;
}

/* What works for an account; deposits that are held do not. */
static bool works(const struct why_answer *answer, const struct why_account *account, u32 operation)
{
    u64 vector = rule_vector_join(answer->vector, account->account.hand);
    return rule_vector_of(vector, operation) == RESTRICTION_ALLOW;
}

static bool is_shown(const struct why_answer *answer, const struct why_account *account)
{
    return !answer->question.by_account || account->account.account == answer->question.account;
}

static void put_accounts(const struct why_answer *answer, struct json_writer *writer)
{
    json_key(writer, "accounts");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        if (!is_shown(answer, account)) {
            continue;
        }
        json_object_begin(writer);
        json_key(writer, "account");
        json_put_u64(writer, account->account.account);
        for (u32 k = 0; k < RULE_OPERATIONS_COUNT; k += 1) {
            json_key(writer, rule_words_operation(k));
            json_put_bool(writer, works(answer, account, k));
        }
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_notice(const struct shown *shown, enum language language,
                       struct json_writer *writer)
{
    static struct notice_text text;
    notice_print(&shown->notice, shown->pack, shown->rule, language, &text);
    json_key(writer, language == LANGUAGE_EN ? "en" : "fr");
    json_object_begin(writer);
    for (u32 i = 0; i < text.count; i += 1) {
        json_key(writer, text.parts[i].name);
        json_put_span(writer, text.parts[i].text);
    }
    json_object_end(writer);
}

void why_put_customer_json(const struct why_answer *answer, struct json_writer *writer)
{
    static struct shown shown[WHY_RULES_MAX + 1];
    char at[RULE_WORDS_BYTES];
    u32 count = gather(answer, shown);
    json_object_begin(writer);
    json_key(writer, "at");
    json_put_text(writer, rule_words_time(answer->at, at));
    put_accounts(answer, writer);
    json_key(writer, "notices");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        json_object_begin(writer);
        json_key(writer, "notice");
        json_put_text(writer, notice_name(shown[i].notice.kind));
        put_notice(&shown[i], LANGUAGE_EN, writer);
        put_notice(&shown[i], LANGUAGE_FR, writer);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

void why_print_customer(const struct why_answer *answer, FILE *target)
{
    static struct shown shown[WHY_RULES_MAX + 1];
    static struct notice_text text;
    char at[RULE_WORDS_BYTES];
    u32 count = gather(answer, shown);
    (void)fprintf(target, "at %s\n", rule_words_time(answer->at, at));
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        if (!is_shown(answer, account)) {
            continue;
        }
        (void)fprintf(target, "account %u, possible:", account->account.account);
        for (u32 k = 0; k < RULE_OPERATIONS_COUNT; k += 1) {
            if (works(answer, account, k)) {
                (void)fprintf(target, " %s", rule_words_operation(k));
            }
        }
        (void)fputc('\n', target);
    }
    for (u32 i = 0; i < count; i += 1) {
        for (u32 language = 0; language < LANGUAGES_COUNT; language += 1) {
            notice_print(&shown[i].notice, shown[i].pack, shown[i].rule, (enum language)language,
                         &text);
            (void)fputc('\n', target);
            for (u32 k = 0; k < text.count; k += 1) {
                (void)fprintf(target, "  %-11s%.*s\n", text.parts[k].name,
                              (int)text.parts[k].text.size, (const char *)text.parts[k].text.data);
            }
        }
    }
}
