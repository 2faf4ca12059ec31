#include "app/case_print.h"

#include "app/cli.h"
#include "app/rule_words.h"
#include "base/span.h"
#include "wire/code.h"

#include <stdio.h>

void case_print_line(const struct case_row *row, const struct case_holidays *holidays, u64 now_us)
{
    char number[CASE_NUMBER_BYTES];
    char date[NOTICE_DATE_BYTES];
    char rule[CASE_ID_BYTES + 1];
    char score[CASE_SCORE_BYTES];
    u64 due_us = case_due_us(row, holidays);
    bool is_open = row->closed_us == 0;
    const char *clock = !is_open                          ? case_outcome_name(row->outcome)
                        : due_us != 0 && due_us <= now_us ? "LATE"
                        : due_us != 0                     ? "due"
                                                          : "";
    (void)printf("%-14s %-16s %-8s %-9s %-10s", case_print_number(row->matter, number),
                 case_kind_name(row->kind), case_state_name(row->state), clock,
                 is_open && due_us != 0 ? notice_date(due_us - 1, date) : "");
    (void)printf(" person %u", row->person);
    if (row->account != 0) {
        (void)printf(" account %u", row->account);
    }
    if (row->owner != 0) {
        (void)printf(" owner %u", row->owner);
    }
    if (case_score_text(row, score)[0] != 0) {
        (void)printf(" score %s", score);
    }
    (void)printf("  %s\n", case_name_text(row->rule_id, rule));
}

static void line_time(const char *name, u64 us)
{
    char text[RULE_WORDS_BYTES];
    if (us != 0) {
        cli_line(name, "%s", rule_words_time(us, text));
    }
}

static void line_number(const char *name, u64 number)
{
    if (number != 0) {
        cli_line(name, "%llu", (unsigned long long)number);
    }
}

void case_print_whole(const struct case_row *row, const struct case_holidays *holidays, u64 now_us)
{
    char score[CASE_SCORE_BYTES];
    char number[CASE_NUMBER_BYTES];
    char name[CASE_ID_BYTES + 1];
    char list[CODE_NAME_BYTES];
    char hash[CLI_HASH_BYTES];
    char words[RULE_WORDS_BYTES];
    u64 due_us = case_due_us(row, holidays);
    cli_line("case", "%s", case_print_number(row->matter, number));
    cli_line("kind", "%s", case_kind_name(row->kind));
    cli_line("state", "%s", case_state_name(row->state));
    cli_line("outcome", "%s", case_outcome_name(row->outcome));
    line_number("person", row->person);
    line_number("account", row->account);
    if (row->pack_id[0] != 0) {
        cli_line("pack", "%s version %u", case_name_text(row->pack_id, name), row->version);
        cli_line("rule", "%s", case_name_text(row->rule_id, name));
        cli_line("hash", "%s", cli_hash(row->hash, hash));
        cli_line("vector then", "%s", rule_words_vector(row->vector, words));
    }
    if (row->what[0] != 0) {
        cli_line("about", "%s", case_name_text(row->what, name));
    }
    if (row->list != 0 && code_name_print(row->list, list)) {
        cli_line("list", "%s, entry %u", list, row->entry);
    }
    line_number("cause", row->cause_seq);
    line_time("opened", row->opened_us);
    line_time(due_us <= now_us && row->closed_us == 0 ? "LATE since" : "due before", due_us);
    line_number("owner", row->owner);
    line_number("decided by", row->decided_by);
    line_number("second", row->second_by);
    line_time("decided", row->decided_us);
    line_number("reference", row->reference);
    if (row->kind != CASE_KIND_CANDIDATE) {
        line_number("amount", row->amount);
    } else if (case_score_text(row, score)[0] != 0) {
        cli_line("score", "%s", score);
    }
    if (row->parent != 0) {
        cli_line("appeals", "%s", case_print_number(row->parent, number));
    }
    if (!span_is_zero(span_of(row->evidence, sizeof(row->evidence)))) {
        cli_line("evidence", "%s", cli_hash(row->evidence, hash));
    }
    line_time("closed", row->closed_us);
}

void case_print_act(const struct case_act_row *row)
{
    char time[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    (void)printf("  %-24s %-14s", rule_words_time(row->time_us, time), case_act_words(row));
    if (row->officer != 0) {
        (void)printf(" officer %u", row->officer);
    }
    if (row->second != 0) {
        (void)printf(" and %u", row->second);
    }
    if (row->until_us != 0) {
        (void)printf(" until %s", rule_words_time(row->until_us, until));
    }
    (void)printf("%s%s\n", row->is_void != 0 ? "  void: " : "",
                 row->is_void != 0 ? case_void_name(row->is_void) : "");
}
