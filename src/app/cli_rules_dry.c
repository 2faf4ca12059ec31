/* cambist rules dry-run: what a pack would do, as lines, JSON or CSV. */
#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/cli_rules.h"
#include "app/rule_dry.h"
#include "app/rule_words.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 20, JSON_ACCOUNTS_MAX = 10000, JSON_BYTES = 8 << 20 };

static struct rule_source source;

/* ---- lines ---- */

static void print_rule(const struct rule *rule, const struct rule_dry_rule *counts)
{
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char c[CLI_COUNT_BYTES];
    (void)printf("rule %s\n", rule->id);
    if (rule->scope == RULE_SCOPE_ASSET) {
        (void)printf("  about assets, for everybody\n");
        return;
    }
    cli_line("persons it applies to", "%s", cli_count(counts->yes, a));
    cli_line("not known of", "%s", cli_count(counts->unknown, a));
    for (u32 kind = 1; kind < RULE_FACT_KINDS; kind += 1) {
        if (counts->missing[kind] > 0) {
            cli_line("  missing", "%s: %s", rule_words_fact(kind),
                     cli_count(counts->missing[kind], a));
        }
    }
    if (counts->candidates + counts->undetermined + counts->unscreened > 0) {
        cli_line("  lists", "%s candidates, %s undetermined, %s not screened",
                 cli_count(counts->candidates, a), cli_count(counts->undetermined, b),
                 cli_count(counts->unscreened, c));
    }
    if (counts->unpriced > 0) {
        cli_line("  without a price", "%s", cli_count(counts->unpriced, a));
    }
    if (rule->warn_percent > 0) {
        cli_line("warned", "%s", cli_count(counts->warned, a));
    }
}

static void print_operations(const struct rule_dry *dry)
{
    char text[4][CLI_COUNT_BYTES];
    (void)printf("accounts, by operation\n  %-24s %12s %12s %12s %12s\n", "", "held", "refused",
                 "frozen", "loosened");
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        const struct rule_dry_operation *counts = &dry->operations[i];
        (void)printf("  %-24s %12s %12s %12s %12s\n", rule_words_operation(i),
                     cli_count(counts->becomes[RESTRICTION_HOLD], text[0]),
                     cli_count(counts->becomes[RESTRICTION_REFUSE], text[1]),
                     cli_count(counts->becomes[RESTRICTION_FREEZE], text[2]),
                     cli_count(counts->loosened, text[3]));
    }
}

static void print_accounts(const struct rule_dry *dry)
{
    char before[RULE_WORDS_BYTES];
    char after[RULE_WORDS_BYTES];
    char eur[RULE_WORDS_BYTES];
    for (u32 i = 0; i < dry->accounts_count && i < SHOWN_MAX; i += 1) {
        const struct rule_dry_account *account = &dry->accounts[i];
        (void)printf("account %u, person %u, %s EUR: %s -> %s\n", account->account, account->person,
                     account->is_known ? rule_words_eur(account->eur, eur) : "?",
                     rule_words_vector(account->before, before),
                     rule_words_vector(account->after, after));
    }
    if (dry->accounts_count > SHOWN_MAX) {
        (void)printf("and %u more; --csv has them all\n", dry->accounts_count - SHOWN_MAX);
    }
}

static void print_lines(const struct rule_dry *dry)
{
    char a[CLI_COUNT_BYTES];
    char text[RULE_WORDS_BYTES];
    const struct rule_pack *pack = &source.pack;
    cli_line("pack", "%s version %u", pack->id, pack->version);
    cli_line("tried on", "%s", rule_words_time(dry->at, text));
    cli_line("venue at", "%llu, %s", (unsigned long long)dry->seq,
             rule_words_time(dry->journal_us, text));
    if (dry->ended > 0) {
        cli_line("ended first", "%u", dry->ended);
    }
    cli_line("persons", "%s", cli_count(dry->persons, a));
    for (u32 i = 0; i < pack->rules_count; i += 1) {
        print_rule(&pack->rules[i], &dry->rules[i]);
    }
    if (dry->assets_vector != 0) {
        cli_line("assets", "%s", rule_words_vector(dry->assets_vector, text));
    }
    print_operations(dry);
    cli_line("accounts restricted", "%s", cli_count(dry->restricted, a));
    cli_line("accounts loosened", "%s", cli_count(dry->loosened, a));
    cli_line("EUR behind them", "%s%s", rule_words_eur(dry->restricted_eur, text),
             dry->restricted_unknown == 0 ? "" : " at least");
    cli_line("time", "%s ms", cli_ratio(dry->duration_ns, 1000000, 1, a));
    print_accounts(dry);
}

/* ---- for machines ---- */

static void print_csv(const struct rule_dry *dry)
{
    char text[RULE_WORDS_BYTES];
    (void)printf("account,person,eur");
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        (void)printf(",%s_before,%s_after", rule_words_operation(i), rule_words_operation(i));
    }
    (void)printf("\n");
    for (u32 i = 0; i < dry->accounts_count; i += 1) {
        const struct rule_dry_account *account = &dry->accounts[i];
        (void)printf("%u,%u,%s", account->account, account->person,
                     account->is_known ? rule_words_eur(account->eur, text) : "");
        for (u32 k = 0; k < RULE_OPERATIONS_COUNT; k += 1) {
            (void)printf(",%s,%s", rule_words_restriction(rule_vector_of(account->before, k)),
                         rule_words_restriction(rule_vector_of(account->after, k)));
        }
        (void)printf("\n");
    }
}

static void put_rule(struct json_writer *writer, const struct rule *rule,
                     const struct rule_dry_rule *counts)
{
    json_object_begin(writer);
    json_field_text(writer, "rule", rule->id);
    json_field_text(writer, "scope", rule_words_scope(rule->scope));
    json_field_u64(writer, "yes", counts->yes);
    json_field_u64(writer, "unknown", counts->unknown);
    json_field_u64(writer, "warned", counts->warned);
    json_key(writer, "missing");
    json_object_begin(writer);
    for (u32 kind = 1; kind < RULE_FACT_KINDS; kind += 1) {
        if (counts->missing[kind] > 0) {
            json_field_u64(writer, rule_words_fact(kind), counts->missing[kind]);
        }
    }
    json_object_end(writer);
    json_field_u64(writer, "candidates", counts->candidates);
    json_field_u64(writer, "undetermined", counts->undetermined);
    json_field_u64(writer, "unscreened", counts->unscreened);
    json_field_u64(writer, "unpriced", counts->unpriced);
    json_object_end(writer);
}

static void put_operations(struct json_writer *writer, const struct rule_dry *dry)
{
    json_key(writer, "operations");
    json_object_begin(writer);
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        json_key(writer, rule_words_operation(i));
        json_object_begin(writer);
        for (u32 k = RESTRICTION_HOLD; k <= RESTRICTION_FREEZE; k += 1) {
            json_field_u64(writer, rule_words_restriction(k), dry->operations[i].becomes[k]);
        }
        json_field_u64(writer, "loosened", dry->operations[i].loosened);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static void put_accounts(struct json_writer *writer, const struct rule_dry *dry)
{
    char text[RULE_WORDS_BYTES];
    json_key(writer, "accounts");
    json_array_begin(writer);
    for (u32 i = 0; i < dry->accounts_count && i < JSON_ACCOUNTS_MAX; i += 1) {
        const struct rule_dry_account *account = &dry->accounts[i];
        json_object_begin(writer);
        json_field_u64(writer, "account", account->account);
        json_field_u64(writer, "person", account->person);
        json_field_text(writer, "before", rule_words_vector(account->before, text));
        json_field_text(writer, "after", rule_words_vector(account->after, text));
        json_key(writer, "eur");
        if (account->is_known) {
            json_put_text(writer, rule_words_eur(account->eur, text));
        } else {
            json_put_null(writer);
        }
        json_object_end(writer);
    }
    json_array_end(writer);
    json_field_u64(writer, "accountsLeftOut",
                   dry->accounts_count > JSON_ACCOUNTS_MAX ? dry->accounts_count - JSON_ACCOUNTS_MAX
                                                           : 0);
}

static void print_json(const struct rule_dry *dry)
{
    static char text[JSON_BYTES];
    struct json_writer writer;
    char word[RULE_WORDS_BYTES];
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_field_text(&writer, "pack", source.pack.id);
    json_field_u64(&writer, "version", source.pack.version);
    json_field_text(&writer, "at", rule_words_time(dry->at, word));
    json_field_u64(&writer, "seq", dry->seq);
    json_field_u64(&writer, "ended", dry->ended);
    json_field_u64(&writer, "persons", dry->persons);
    json_key(&writer, "rules");
    json_array_begin(&writer);
    for (u32 i = 0; i < source.pack.rules_count; i += 1) {
        put_rule(&writer, &source.pack.rules[i], &dry->rules[i]);
    }
    json_array_end(&writer);
    json_field_text(&writer, "assets", rule_words_vector(dry->assets_vector, word));
    put_operations(&writer, dry);
    json_field_u64(&writer, "restricted", dry->restricted);
    json_field_u64(&writer, "loosened", dry->loosened);
    json_field_text(&writer, "restrictedEur", rule_words_eur(dry->restricted_eur, word));
    json_field_u64(&writer, "restrictedUnknown", dry->restricted_unknown);
    put_accounts(&writer, dry);
    json_object_end(&writer);
    cli_print_json(&writer);
}

/* ---- the action ---- */

enum fault cli_rules_time(const struct option_call *call, u64 *time_out)
{
    const struct option_value *at = &call->values[RULES_AT];
    return !at->given || rule_words_time_of(at->text, time_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE,
                       "--at: \"%s\" is no moment like 2022-10-07 or 2022-10-07T12:00:00Z",
                       at->text);
}

static enum fault ask(const struct option_call *call, struct rule_dry_question *question)
{
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "dry-run wants one pack");
    }
    *question = (struct rule_dry_question){.folder = call->values[RULES_DATA].text,
                                           .source = &source,
                                           .at = RULE_DRY_NOW,
                                           .replaces = call->values[RULES_REPLACE].given};
    TRY(cli_rules_time(call, &question->at));
    return rule_read_file(call->operands[1], &source);
}

int cli_rules_dry_run(const struct option_call *call)
{
    struct rule_dry_question question;
    struct rule_dry dry = {.accounts = NULL};
    struct cli_recovery replay;
    struct progress line;
    enum fault fault = ask(call, &question);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    cli_recovery_init(&replay, "replaying");
    progress_init(&line, clock_real(), "evaluating", "persons");
    question.progress = &replay.recovery;
    question.line = &line;
    fault = rule_dry_run(&question, &dry);
    progress_end(&replay.progress);
    progress_end(&line);
    if (fault == FAULT_NONE && call->values[RULES_CSV].given) {
        print_csv(&dry);
    } else if (fault == FAULT_NONE && call->values[RULES_JSON].given) {
        print_json(&dry);
    } else if (fault == FAULT_NONE) {
        print_lines(&dry);
    }
    rule_dry_close(&dry);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}
