#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/relations.h"
#include "app/rule_words.h"
#include "app/why.h"
#include "base/span.h"

#include <stdlib.h>

enum { RELATIONS_COUNTRY, RELATIONS_DATA, RELATIONS_AT, RELATIONS_KNOWN_AT, RELATIONS_JSON };
enum { JSON_PERSONS_MAX = 10000, JSON_BYTES = 32 << 20 };

static const struct option options[] = {
    [RELATIONS_COUNTRY] = {.name = "country",
                           .kind = OPTION_TEXT,
                           .value = "CC",
                           .help = "The country, in two capital letters.",
                           .required = true},
    [RELATIONS_DATA] = {.name = "data",
                        .kind = OPTION_TEXT,
                        .value = "DIR",
                        .otherwise = "data",
                        .help = "The venue's data folder. The venue may be running."},
    [RELATIONS_AT] = {.name = "at",
                      .kind = OPTION_TEXT,
                      .value = "TIME",
                      .help = "The moment that is asked about, as 2022-04-22. Without it that of "
                              "--known-at."},
    [RELATIONS_KNOWN_AT] = {.name = "known-at",
                            .kind = OPTION_TEXT,
                            .value = "TIME",
                            .help = "As things were known then. Without it as the journal ends."},
    [RELATIONS_JSON] = {.name = "json", .help = "Prints one line of JSON instead."},
};

struct printer {
    struct relations relations;
    struct json_writer *json; /* NULL: lines are printed */
};

/* ---- lines ---- */

static const char *fact_text(const struct state_fact *fact, char target[2 * RULE_WORDS_BYTES])
{
    char value[RULE_WORDS_BYTES];
    char recorded[RULE_WORDS_BYTES];
    char from[RULE_WORDS_BYTES];
    (void)snprintf(target, 2 * RULE_WORDS_BYTES,
                   "%s %.20s since %.30s, recorded %.30s (row %llu, evidence %llu)",
                   rule_words_fact(fact->fact), rule_words_value(fact->fact, fact->value, value),
                   fact->from == 0 ? "always" : rule_words_time(fact->from, from),
                   rule_words_time(fact->recorded_at, recorded), (unsigned long long)fact->head.id,
                   (unsigned long long)fact->evidence);
    return target;
}

static void print_facts(const struct relations *relations, const struct relation *relation)
{
    char text[2 * RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_fact *facts =
        rule_state_of(&relations->known->facts, relation->person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if (((relation->facts | relation->roles) >> i & 1U) != 0) {
            (void)printf("    %s\n", fact_text(&facts[i], text));
        }
    }
}

/* What an account has, without the assets of which there is nothing. */
static void print_money(const struct relations *relations, u32 person, u32 account)
{
    char text[64];
    u32 count = 0;
    const struct rule_state_money *money = rule_state_of(&relations->money->money, person, &count);
    for (u32 i = 0; i < count; i += 1) {
        if (money[i].account == account) {
            const struct rule_state_asset *asset =
                rule_state_asset(relations->money, money[i].asset);
            u128 quantity = (u128)money[i].free + money[i].locked + money[i].held;
            (void)printf(", %s %s", why_units_text(quantity, asset->scale, text), asset->name);
        }
    }
}

static void print_relation(const struct relations *relations, const struct relation *relation)
{
    char text[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct rule_state_account *accounts =
        rule_state_of(&relations->money->accounts, relation->person, &count);
    for (u32 i = RELATION_OWNER; i < RELATION_KINDS; i += 1) {
        if (relation->kinds[i]) {
            (void)printf("venue > %s > person %u\n", relation_name((enum relation_kind)i),
                         relation->person);
        }
    }
    for (u32 i = 0; i < count; i += 1) {
        (void)printf("venue > customer > person %u > account %u: %s", relation->person,
                     accounts[i].account, rule_words_vector(accounts[i].restrictions, text));
        print_money(relations, relation->person, accounts[i].account);
        (void)printf("\n");
    }
    if (count > 0) {
        (void)printf("    %s%s EUR\n", relation->holdings.is_known ? "" : "at least ",
                     rule_words_eur(relation->holdings.eur, text));
    }
    print_facts(relations, relation);
}

/* ---- JSON ---- */

static void put_facts(struct json_writer *writer, const struct relations *relations,
                      const struct relation *relation)
{
    char text[RULE_WORDS_BYTES];
    u32 count = 0;
    const struct state_fact *facts =
        rule_state_of(&relations->known->facts, relation->person, &count);
    json_key(writer, "facts");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        if (((relation->facts | relation->roles) >> i & 1U) == 0) {
            continue;
        }
        json_object_begin(writer);
        json_field_text(writer, "fact", rule_words_fact(facts[i].fact));
        json_field_text(writer, "value", rule_words_value(facts[i].fact, facts[i].value, text));
        why_put_time(writer, "from", facts[i].from);
        why_put_time(writer, "until", facts[i].until);
        why_put_time(writer, "recorded", facts[i].recorded_at);
        json_field_u64(writer, "row", facts[i].head.id);
        json_field_u64(writer, "evidence", facts[i].evidence);
        json_field_u64(writer, "officer", facts[i].officer);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_accounts(struct json_writer *writer, const struct relations *relations, u32 person)
{
    char text[RULE_WORDS_BYTES];
    u32 count = 0;
    u32 rows = 0;
    const struct rule_state_account *accounts =
        rule_state_of(&relations->money->accounts, person, &count);
    const struct rule_state_money *money = rule_state_of(&relations->money->money, person, &rows);
    json_key(writer, "accounts");
    json_array_begin(writer);
    for (u32 i = 0; i < count; i += 1) {
        json_object_begin(writer);
        json_field_u64(writer, "account", accounts[i].account);
        json_field_text(writer, "restricted", rule_words_vector(accounts[i].restrictions, text));
        json_key(writer, "assets");
        json_object_begin(writer);
        for (u32 k = 0; k < rows; k += 1) {
            if (money[k].account == accounts[i].account) {
                const struct rule_state_asset *asset =
                    rule_state_asset(relations->money, money[k].asset);
                u128 quantity = (u128)money[k].free + money[k].locked + money[k].held;
                json_field_text(writer, asset->name, why_units_text(quantity, asset->scale, text));
            }
        }
        json_object_end(writer);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_relation(struct json_writer *writer, const struct relations *relations,
                         const struct relation *relation)
{
    char text[RULE_WORDS_BYTES];
    json_object_begin(writer);
    json_field_u64(writer, "person", relation->person);
    json_field_u64(writer, "provider", relation->provider);
    json_key(writer, "relations");
    json_array_begin(writer);
    for (u32 i = 0; i < RELATION_KINDS; i += 1) {
        if (relation->kinds[i]) {
            json_put_text(writer, relation_name((enum relation_kind)i));
        }
    }
    json_array_end(writer);
    put_facts(writer, relations, relation);
    put_accounts(writer, relations, relation->person);
    json_field_text(writer, "eur", rule_words_eur(relation->holdings.eur, text));
    json_field_bool(writer, "eurKnown", relation->holdings.is_known);
    json_object_end(writer);
}

/* ---- the command ---- */

static void on_found(struct relations *relations, const struct relation *relation)
{
    struct printer *printer = (struct printer *)(void *)relations;
    if (printer->json == NULL) {
        print_relation(relations, relation);
    } else if (relations->persons <= JSON_PERSONS_MAX) {
        put_relation(printer->json, relations, relation);
    }
}

static void put_end(struct json_writer *writer, const struct relations *relations)
{
    char text[RULE_WORDS_BYTES];
    bool is_same = relations->looks[1].seq == 0;
    json_field_text(writer, "at", rule_words_time(relations->at, text));
    json_field_text(writer, "knownAt", rule_words_time(relations->known_at, text));
    json_field_u64(writer, "seq", relations->looks[0].seq);
    json_field_u64(writer, "knownSeq", relations->looks[is_same ? 0 : 1].seq);
    json_field_bool(writer, "final", relations->looks[is_same ? 0 : 1].is_final);
    json_field_u64(writer, "count", relations->persons);
    json_field_u64(writer, "leftOut",
                   relations->persons > JSON_PERSONS_MAX ? relations->persons - JSON_PERSONS_MAX
                                                         : 0);
    for (u32 i = 0; i < RELATION_KINDS; i += 1) {
        json_field_u64(writer, relation_name((enum relation_kind)i), relations->counts[i]);
    }
    json_field_text(writer, "eur", rule_words_eur(relations->eur, text));
    json_field_u64(writer, "eurUnknown", relations->eur_unknown);
}

static void print_end(const struct relations *relations)
{
    char text[RULE_WORDS_BYTES];
    char known[RULE_WORDS_BYTES];
    cli_line("at", "%.40s, as known at %.40s", rule_words_time(relations->at, text),
             rule_words_time(relations->known_at, known));
    cli_line("persons",
             "%llu: %llu customers, %llu owners, %llu of the governing body, %llu recorded",
             (unsigned long long)relations->persons,
             (unsigned long long)relations->counts[RELATION_CUSTOMER],
             (unsigned long long)relations->counts[RELATION_OWNER],
             (unsigned long long)relations->counts[RELATION_GOVERNING],
             (unsigned long long)relations->counts[RELATION_RECORDED]);
    cli_line("EUR", "%s%s", rule_words_eur(relations->eur, text),
             relations->eur_unknown == 0 ? "" : " at least: prices are missing or stale");
}

static enum fault take_time(const struct option_call *call, u32 place, u64 *time_out)
{
    *time_out = PAST_END;
    return !call->values[place].given || rule_words_time_of(call->values[place].text, time_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE,
                       "--%s: \"%s\" is no moment like 2022-04-22 or 2022-04-22T12:00:00Z",
                       options[place].name, call->values[place].text);
}

static enum fault take_question(const struct option_call *call, struct relations *relations)
{
    const struct option_value *country = &call->values[RELATIONS_COUNTRY];
    if (!country->given) {
        return FAULT(FAULT_USAGE, "--country is missing");
    }
    relations->found = on_found;
    relations->country = rule_country_of(span_of_text(country->text));
    if (relations->country == 0) {
        return FAULT(FAULT_USAGE, "--country: \"%s\" is not two capital letters", country->text);
    }
    TRY(take_time(call, RELATIONS_AT, &relations->at));
    return take_time(call, RELATIONS_KNOWN_AT, &relations->known_at);
}

static enum fault find(const struct option_call *call, struct printer *printer)
{
    struct cli_recovery line;
    cli_recovery_init(&line, "replaying");
    enum fault fault =
        relations_run(&printer->relations, call->values[RELATIONS_DATA].text, &line.recovery);
    progress_end(&line.progress);
    return fault;
}

static enum fault run_json(const struct option_call *call, struct printer *printer)
{
    static char text[JSON_BYTES];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_field_text(&writer, "country", call->values[RELATIONS_COUNTRY].text);
    json_key(&writer, "persons");
    json_array_begin(&writer);
    printer->json = &writer;
    TRY(find(call, printer));
    json_array_end(&writer);
    put_end(&writer, &printer->relations);
    json_object_end(&writer);
    cli_print_json(&writer);
    return FAULT_NONE;
}

static int run(const struct option_call *call)
{
    static struct printer printer;
    enum fault fault = take_question(call, &printer.relations);
    if (fault == FAULT_NONE && call->values[RELATIONS_JSON].given) {
        fault = run_json(call, &printer);
    } else if (fault == FAULT_NONE) {
        fault = find(call, &printer);
        if (fault == FAULT_NONE) {
            print_end(&printer.relations);
        }
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Lists everybody whom the venue deals with and whom a fact in force ties to a country: nationality, residence, "
    "residence permit, establishment or the document's country. Each has the path that leads there: customers with "
    "their accounts, what is in them and what restricts them; owners and members of the governing body; and persons "
    "who are recorded without either, such as payment routes. The journal is replayed as by why, with the same two "
    "moments; nothing is written.",
    NULL,
};

static const struct option_example examples[] = {
    {"relations --country RU --data data", "Every relation to Russia, as the journal ends."},
    {"relations --country RU --at 2022-10-07 --json", "Those of that day, for machines."},
    {NULL, NULL},
};

const struct subcommand cli_relations = {
    .name = "relations",
    .summary = "lists every relation of the venue to a country",
    .operands = NULL,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
