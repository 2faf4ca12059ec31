/* The answer for officers in lines. */
#include "app/cli.h"
#include "app/rule_words.h"
#include "app/why.h"
#include "app/why_path.h"
#include "base/span.h"
#include "wire/schema.h"

#include <stdarg.h>
#include <string.h>

#define SCORE_WHOLE 10000U /* of listing_set: ten-thousandths */

/* One line under a rule: a name, filled up, and a value. */
__attribute__((format(printf, 3, 4))) static void line(FILE *target, const char *name,
                                                       const char *format, ...)
{
    va_list arguments;
    (void)fprintf(target, "    %-10s ", name);
    va_start(arguments, format);
    (void)vfprintf(target, format, arguments);
    va_end(arguments);
    (void)fputc('\n', target);
}

static const char *span_text(struct span text, char target[RULE_WORDS_BYTES])
{
    (void)snprintf(target, RULE_WORDS_BYTES, "%.*s", (int)u64_min(text.size, RULE_WORDS_BYTES - 1),
                   text.size == 0 ? "" : (const char *)text.data);
    return target;
}

/* "2022-04-01 to open, recorded 2022-04-25 (row 17)" */
static const char *row_text(u64 row, u64 from, u64 until, u64 recorded, char target[256])
{
    char a[RULE_WORDS_BYTES];
    char b[RULE_WORDS_BYTES];
    char c[RULE_WORDS_BYTES];
    (void)snprintf(target, 256, "%.40s to %.40s, recorded %.40s (row %llu)",
                   from == 0 ? "always" : rule_words_time(from, a), rule_words_time(until, b),
                   rule_words_time(recorded, c), (unsigned long long)row);
    return target;
}

static void print_facts(const struct why_answer *answer, const struct rule_result *result,
                        FILE *target)
{
    char row[256];
    char value[RULE_WORDS_BYTES];
    char method[RULE_WORDS_BYTES];
    char expires[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_fact *facts = rule_state_of(&answer->known->facts, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if ((result->facts >> i & 1U) == 0) {
            continue;
        }
        line(target, "fact", "%s %s, %s%s%.40s; %s, evidence %llu, officer %u%s",
             rule_words_fact(facts[i].fact), rule_words_value(facts[i].fact, facts[i].value, value),
             rule_words_methods(facts[i].verified, method),
             facts[i].expires == RULE_TIME_OPEN ? "" : ", document until ",
             facts[i].expires == RULE_TIME_OPEN ? "" : rule_words_time(facts[i].expires, expires),
             row_text(facts[i].head.id, facts[i].from, facts[i].until, facts[i].recorded_at, row),
             (unsigned long long)facts[i].evidence, facts[i].officer,
             (result->facts_true >> i & 1U) != 0 ? " *" : "");
    }
}

static void print_listings(const struct why_answer *answer, const struct rule_result *result,
                           FILE *target)
{
    char row[256];
    char list[RULE_NAME_SYMBOLS + 1];
    u32 count = 0;
    const struct state_listing *listings =
        rule_state_of(&answer->known->listings, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if ((result->listings >> i & 1U) == 0) {
            continue;
        }
        rule_name_print(listings[i].list, list);
        line(target, "list", "%s %s, entry %u of version %u; %s%s", list,
             rule_words_listing(listings[i].state), listings[i].entry, listings[i].list_version,
             row_text(listings[i].head.id, listings[i].from, listings[i].until,
                      listings[i].recorded_at, row),
             (result->listings_true >> i & 1U) != 0 ? " *" : "");
    }
}

/* Each line of it. */
static void print_chain(const char *chain, FILE *target)
{
    while (*chain != 0) {
        size_t size = strcspn(chain, "\n");
        line(target, "chain", "%.*s", (int)size, chain);
        chain += size;
        chain += *chain == '\n' ? 1 : 0;
    }
}

static void print_ownerships(const struct why_answer *answer, const struct rule_result *result,
                             FILE *target)
{
    char row[256];
    char list[RULE_NAME_SYMBOLS + 1];
    char percent[3][RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_ownership *owned =
        rule_state_of(&answer->known->ownerships, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if ((result->ownerships >> i & 1U) == 0) {
            continue;
        }
        rule_name_print(owned[i].list, list);
        line(target, "owners",
             "%s hold %s to %s percent (asked %s %s), control %s, path %llu; %s%s", list,
             rule_words_percent(owned[i].lower, percent[0]),
             rule_words_percent(owned[i].upper, percent[1]), rule_words_compare(owned[i].compare),
             rule_words_percent(owned[i].percent, percent[2]), rule_words_truth(owned[i].control),
             (unsigned long long)owned[i].path,
             row_text(owned[i].head.id, owned[i].from, owned[i].until, owned[i].recorded_at, row),
             (result->ownerships_true >> i & 1U) != 0 ? " *" : "");
        print_chain(why_path_text(answer->question.folder, owned[i].path), target);
    }
}

/* ---- a rule ---- */

static void print_law(const struct why_pack *pack, u32 rule, FILE *target)
{
    char title[RULE_WORDS_BYTES];
    char article[RULE_WORDS_BYTES];
    char paragraph[RULE_WORDS_BYTES];
    if (!pack->has_text) {
        line(target, "text", "not at hand: HASH.json is not in the folder of packs");
        return;
    }
    const struct pack_rule_text *text = &pack->text.rules[rule];
    for (u32 i = 0; i < text->cites_count; i += 1) {
        const struct pack_cite *cite = &text->cites[i];
        bool has_paragraph = cite->paragraph.size > 0;
        line(target, "act", "%s, %s%s%s%s",
             span_text(pack_act_title(cite->source, LANGUAGE_EN), title),
             span_text(cite->article, article), has_paragraph ? "(" : "",
             span_text(cite->paragraph, paragraph), has_paragraph ? ")" : "");
    }
    for (u32 i = 0; i < LANGUAGES_COUNT; i += 1) {
        line(target, i == LANGUAGE_EN ? "says" : "dit", "%.*s", (int)text->explain[i].size,
             (const char *)text->explain[i].data);
    }
}

static void print_threshold(const struct why_answer *answer, const struct why_rule *rule,
                            FILE *target)
{
    char sum[RULE_WORDS_BYTES];
    char amount[RULE_WORDS_BYTES];
    char since[RULE_WORDS_BYTES];
    const struct rule_result *result = rule->result;
    if ((rule->law->flags & RULE_FLAG_THRESHOLD) == 0) {
        return;
    }
    line(target, "amount", "holdings %s EUR against %s %s EUR: %s%s%s%.40s",
         answer->holdings.is_known ? rule_words_eur(answer->holdings.eur, sum) : "unknown",
         rule_words_compare(rule->law->compare), rule_words_eur(rule->law->amount, amount),
         rule_words_truth(result->threshold), result->is_warned ? ", warned" : "",
         result->memory.below_since == 0 ? "" : ", below since ",
         result->memory.below_since == 0 ? "" : rule_words_time(result->memory.below_since, since));
}

/* "; score 0.9857", where screening has scored it. */
static const char *score_text(const struct why_cause *cause, char target[32])
{
    struct command_listing_set set;
    target[0] = 0;
    if (cause->kind == COMMAND_LISTING_SET && cause->size >= sizeof(set)) {
        memcpy(&set, cause->record, sizeof(set));
        if (set.score != 0) {
            (void)snprintf(target, 32, "; score %u.%04u", set.score / SCORE_WHOLE,
                           set.score % SCORE_WHOLE);
        }
    }
    return target;
}

static void print_cause(const struct why_rule *rule, FILE *target)
{
    char score[32];
    char when[RULE_WORDS_BYTES];
    char caused[RULE_WORDS_BYTES];
    const struct event_decision *said = &rule->said.event;
    if (said->head.seq == 0) {
        return;
    }
    bool is_known = rule->cause.kind < COMMAND_KIND_COUNT &&
                    wire_commands[rule->cause.kind].name != NULL && rule->cause.seq != 0;
    line(target, "since", "%s, decided at %llu, %s; cause %llu (%s), %s%s",
         rule_words_truth(said->truth), (unsigned long long)said->head.seq,
         rule_words_time(rule->said.time_us, when), (unsigned long long)said->cause_seq,
         is_known ? wire_commands[rule->cause.kind].name : "?",
         rule->cause.seq == 0 ? "?" : rule_words_time(rule->cause.time_us, caused),
         score_text(&rule->cause, score));
}

static void print_rule(const struct why_answer *answer, const struct why_rule *rule, FILE *target)
{
    const struct why_pack *pack = &answer->packs[rule->pack];
    const struct rule_result *result = rule->result;
    char hash[CLI_HASH_BYTES];
    char text[RULE_WORDS_BYTES];
    char other[RULE_WORDS_BYTES];
    (void)fprintf(target, "\n  %s: %s\n", rule->law->id,
                  result->is_in_force ? rule_words_truth(result->truth) : "not in force");
    line(target, "pack", "%s version %u, %s%s", pack->pack->pack.id, pack->pack->pack.version,
         cli_hash(pack->pack->pack.content_hash, hash), pack->ended_since ? ", ended since" : "");
    line(target, "in force", "%.40s to %.40s", rule_words_time(rule->law->effective.from, text),
         rule_words_time(rule->law->effective.until, other));
    if (!result->is_in_force) {
        return;
    }
    print_law(pack, rule->rule, target);
    line(target, "vector", "%s", rule_words_vector(result->vector, text));
    line(target, "because", "subject %s, exception %s", rule_words_truth(result->subject),
         rule_words_truth(result->unless));
    if (result->truth == RULE_UNKNOWN) {
        line(target, "missing", "%s (%s)", rule_words_facts(result->missing, text),
             rule_words_reasons(result->reasons, other));
    }
    if (result->deadline != 0) {
        line(target, "deadline", "%s", rule_words_time(result->deadline, text));
    }
    print_threshold(answer, rule, target);
    print_facts(answer, result, target);
    print_listings(answer, result, target);
    print_ownerships(answer, result, target);
    print_cause(rule, target);
}

/* ---- the whole ---- */

static void print_accounts(const struct why_answer *answer, FILE *target)
{
    char text[RULE_WORDS_BYTES];
    for (u32 i = 0; i < answer->accounts_count; i += 1) {
        const struct why_account *account = &answer->accounts[i];
        (void)fprintf(target, "  account %u: %s\n", account->account.account,
                      rule_words_vector(account->account.restrictions, text));
        if (account->account.hand == 0) {
            continue;
        }
        (void)fprintf(target, "    by hand: %s", rule_words_vector(account->account.hand, text));
        if (account->hand.seq != 0) {
            (void)fprintf(
                target, " (%llu, %s; actor %u, reason %u, officer %u, second %u, matter %llu)",
                (unsigned long long)account->hand.seq, rule_words_time(account->hand.time_us, text),
                account->hand.actor, account->hand.reason, account->hand.officer,
                account->hand.second, (unsigned long long)account->hand.matter);
        }
        (void)fputc('\n', target);
    }
}

static void print_operations(const struct why_answer *answer, FILE *target)
{
    (void)fprintf(target, "\nwhat the rules say\n");
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        (void)fprintf(target, "  %-12s %-7s", rule_words_operation(i),
                      rule_words_restriction(rule_vector_of(answer->vector, i)));
        for (u32 k = 0; k < answer->rules_count; k += 1) {
            if (rule_vector_of(answer->rules[k].result->vector, i) != 0) {
                (void)fprintf(target, " %s", answer->rules[k].law->id);
            }
        }
        (void)fputc('\n', target);
    }
}

static void print_holdings(const struct why_answer *answer, FILE *target)
{
    char eur[RULE_WORDS_BYTES];
    char price[RULE_WORDS_BYTES];
    char when[RULE_WORDS_BYTES];
    char units[64];
    (void)fprintf(target, "\nholdings: %s EUR%s\n", rule_words_eur(answer->holdings.eur, eur),
                  answer->holdings.is_known ? "" : " at least: a price is missing or stale");
    for (u32 i = 0; i < answer->assets_count; i += 1) {
        const struct rule_state_holding *holding = &answer->assets[i];
        const struct rule_state_asset *asset = rule_state_asset(answer->money, holding->asset);
        (void)fprintf(target, "  %-8s %s", asset->name,
                      why_units_text(holding->quantity, asset->scale, units));
        if (asset->sources == 0) {
            (void)fprintf(target, ", no price\n");
            continue;
        }
        (void)fprintf(target, " at %s EUR of %.40s (%u sources)%s: %s EUR\n",
                      rule_words_eur(asset->price.units, price), /* raw: 10^-8 EUR, printed */
                      rule_words_time(asset->price_time, when), asset->sources,
                      holding->is_fresh ? "" : ", stale", rule_words_eur(holding->eur, eur));
    }
}

static void print_licences(const struct why_answer *answer, FILE *target)
{
    char text[3][RULE_WORDS_BYTES];
    char authority[RULE_NAME_SYMBOLS + 1];
    u32 count = 0;
    const struct state_licence *licences =
        rule_state_of(&answer->money->licences, answer->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        const struct state_licence *licence = &licences[i];
        rule_name_print(licence->authority, authority);
        (void)fprintf(
            target, "  licence %llu: %s %llu for %.32s, ground %c, used %s of %s EUR, until %s\n",
            (unsigned long long)licence->head.id, authority, (unsigned long long)licence->number,
            (const char *)licence->rule_id, licence->ground, rule_words_eur(licence->used, text[0]),
            rule_words_eur(licence->ceiling, text[1]), rule_words_time(licence->until, text[2]));
    }
}

void why_print(const struct why_answer *answer, FILE *target)
{
    const struct past_look *known = &answer->looks[answer->known == answer->money ? 0 : 1];
    char at[RULE_WORDS_BYTES];
    char known_at[RULE_WORDS_BYTES];
    if (answer->person == 0) {
        (void)fprintf(target, "account %u: nobody is behind it\n", answer->question.account);
    } else {
        (void)fprintf(target, "person %u\n", answer->person);
    }
    (void)fprintf(target, "  at %s, as known at %s%s\n", rule_words_time(answer->at, at),
                  rule_words_time(answer->known_at, known_at),
                  known->is_final ? "" : " (the journal ends before: more may follow)");
    (void)fprintf(target, "  money to %llu, rows to %llu\n",
                  (unsigned long long)answer->looks[0].seq, (unsigned long long)known->seq);
    print_accounts(answer, target);
    if (answer->person == 0) {
        return;
    }
    print_operations(answer, target);
    print_holdings(answer, target);
    print_licences(answer, target);
    (void)fprintf(target, "\nrules (* decides)\n");
    for (u32 i = 0; i < answer->rules_count; i += 1) {
        print_rule(answer, &answer->rules[i], target);
    }
}
