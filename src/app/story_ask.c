#include "app/story_ask.h"

#include "app/rule_words.h"
#include "app/story_tell.h"
#include "app/time_text.h"
#include "app/why.h"
#include "app/why_path.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/wire_gen.h"

#include <stdio.h>

enum { INDENT = 18, WORDS_BYTES = 512 };

static u64 day_of(const char *text)
{
    char whole[TIME_TEXT_BYTES];
    u64 us = 0;
    (void)snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
    CHECK(time_text_parse(whole, &us));
    return us;
}

/* What made the rule true, as it was recorded. */
static void facts_print(const struct why_answer *answer, const struct rule_result *result)
{
    char value[RULE_WORDS_BYTES];
    char from[RULE_WORDS_BYTES];
    char recorded[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_fact *facts = rule_state_of(&answer->known->facts, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if ((result->facts_true >> i & 1U) == 0) {
            continue;
        }
        (void)printf(
            "%*s%s %s, since %s, recorded %.10s, evidence %llu\n", INDENT, "",
            rule_words_fact(facts[i].fact), rule_words_value(facts[i].fact, facts[i].value, value),
            facts[i].from == 0 ? "ever" : rule_words_time(facts[i].from, from),
            rule_words_time(facts[i].recorded_at, recorded), (unsigned long long)facts[i].evidence);
    }
}

/* What the listed hold, and the proof that screening kept of it. */
static void owners_print(const struct why_answer *answer, const struct rule_result *result)
{
    char percent[2][RULE_WORDS_BYTES];
    char from[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    char recorded[RULE_WORDS_BYTES];
    char words[WORDS_BYTES];
    u32 count = 0;
    const struct state_ownership *owned =
        rule_state_of(&answer->known->ownerships, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        bool holds = owned[i].from <= answer->at && answer->at < owned[i].until;
        if ((result->ownerships >> i & 1U) == 0 || !holds) {
            continue;
        }
        (void)snprintf(words, sizeof(words),
                       "the listed hold %s to %s percent, from %.16s until %.16s, recorded %.16s",
                       rule_words_percent(owned[i].lower, percent[0]),
                       rule_words_percent(owned[i].upper, percent[1]),
                       rule_words_time(owned[i].from, from), rule_words_time(owned[i].until, until),
                       rule_words_time(owned[i].recorded_at, recorded));
        story_tell_lines(NULL, span_of_text(words));
        story_tell_lines(NULL, span_of_text(why_path_text(answer->question.folder, owned[i].path)));
    }
}

void story_ask_print(const struct why_answer *answer, const char *name)
{
    char words[STORY_VECTOR_BYTES];
    char eur[RULE_WORDS_BYTES];
    (void)printf("    %-*s%s; EUR %s\n", INDENT - 4, name, story_vector(answer->vector, words),
                 answer->holdings.is_known ? rule_words_eur(answer->holdings.eur, eur) : "?");
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        const struct why_rule *rule = &answer->rules[i];
        const struct why_pack *pack = &answer->packs[rule->pack];
        bool says = rule->result->vector != 0 || rule->result->ownerships != 0;
        if (!rule->result->is_in_force || !says) {
            continue;
        }
        (void)printf("%*s%s of %s version %u: %s\n", INDENT, "", rule->law->id, pack->pack->pack.id,
                     pack->pack->pack.version, rule_words_truth(rule->result->truth));
        facts_print(answer, rule->result);
        owners_print(answer, rule->result);
    }
}

enum fault story_ask(const struct story *story, const char *folder)
{
    static struct why_answer answer;
    for (u32 i = 0; i < story->questions_count; i += 1) {
        const struct story_question *row = &story->questions[i];
        struct why_question question = {.folder = folder,
                                        .account = row->account,
                                        .by_account = true,
                                        .at = day_of(row->at),
                                        .known_at = day_of(row->known_at)};
        enum fault fault = why_ask(&question, &answer);
        if (fault == FAULT_NONE) {
            (void)printf("\ncambist why --data DIR %u --at %s --known-at %s\n", row->account,
                         row->at, row->known_at);
            story_ask_print(&answer, story->accounts[row->account].name);
        }
        why_close(&answer);
        TRY(fault);
    }
    return FAULT_NONE;
}
