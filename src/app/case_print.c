#include "app/case_print.h"

#include "app/cli.h"
#include "app/options.h"
#include "app/rule_words.h"
#include "base/span.h"
#include "wire/code.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

enum { SCORE_BYTES = 32 };

const char *case_print_number(u64 matter, char target[CASE_NUMBER_BYTES])
{
    (void)snprintf(target, CASE_NUMBER_BYTES, "%llu-%llu", (unsigned long long)CASE_SEQ_OF(matter),
                   (unsigned long long)CASE_ITEM_OF(matter));
    return target;
}

bool case_parse_number(const char *text, u64 *matter_out)
{
    char seq[CASE_NUMBER_BYTES];
    const char *dash = strchr(text, '-');
    u64 high = 0;
    u64 low = 0;
    if (dash == NULL) {
        return options_number(text, 1, INT64_MAX, matter_out);
    }
    size_t size = (size_t)(dash - text);
    if (size >= sizeof(seq)) {
        return false;
    }
    memcpy(seq, text, size);
    seq[size] = 0;
    bool is_number = options_number(seq, 0, (u64)INT64_MAX >> CASE_ITEM_BITS, &high) &&
                     options_number(dash + 1, 0, (1ULL << CASE_ITEM_BITS) - 1, &low);
    *matter_out = high << CASE_ITEM_BITS | low;
    return is_number;
}

/* Names of 32 bytes have no zero behind them where they are full. */
static const char *name_of(const char name[CASE_ID_BYTES], char target[CASE_ID_BYTES + 1])
{
    memcpy(target, name, CASE_ID_BYTES);
    target[CASE_ID_BYTES] = 0;
    return target;
}

/* ---- for people ---- */

/* "0.9857"; empty where nothing was scored. */
static const char *score_of(const struct case_row *row, char target[SCORE_BYTES])
{
    target[0] = 0;
    if (row->kind == CASE_KIND_CANDIDATE && row->amount != 0) {
        (void)snprintf(target, SCORE_BYTES, "%u.%04u", (u32)(row->amount / CASE_SCORE_ONE),
                       (u32)(row->amount % CASE_SCORE_ONE));
    }
    return target;
}

void case_print_line(const struct case_row *row, const struct case_holidays *holidays, u64 now_us)
{
    char number[CASE_NUMBER_BYTES];
    char date[NOTICE_DATE_BYTES];
    char rule[CASE_ID_BYTES + 1];
    char score[SCORE_BYTES];
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
    if (score_of(row, score)[0] != 0) {
        (void)printf(" score %s", score);
    }
    (void)printf("  %s\n", name_of(row->rule_id, rule));
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
    char score[SCORE_BYTES];
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
        cli_line("pack", "%s version %u", name_of(row->pack_id, name), row->version);
        cli_line("rule", "%s", name_of(row->rule_id, name));
        cli_line("hash", "%s", cli_hash(row->hash, hash));
        cli_line("vector then", "%s", rule_words_vector(row->vector, words));
    }
    if (row->what[0] != 0) {
        cli_line("about", "%s", name_of(row->what, name));
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
    } else if (score_of(row, score)[0] != 0) {
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

const char *case_act_words(const struct case_act_row *row)
{
    static const char *const names[CASE_ACT_COUNT] = {
        "command",   "open",   "take",   "evidence", "decide",       "second", "clear",
        "whitelist", "appeal", "uphold", "overturn", "report-filed", "close",  "notice"};
    if (row->act == 0 && row->command < COMMAND_KIND_COUNT) {
        const char *name = wire_commands[row->command].name;
        return name == NULL ? names[0] : name;
    }
    return row->act < CASE_ACT_COUNT ? names[row->act] : "unknown";
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

/* ---- for machines ---- */

void case_put_json(struct json_writer *writer, const struct case_row *row,
                   const struct case_holidays *holidays, u64 now_us)
{
    char score[SCORE_BYTES];
    char number[CASE_NUMBER_BYTES];
    char name[CASE_ID_BYTES + 1];
    char list[CODE_NAME_BYTES] = {0};
    u64 due_us = case_due_us(row, holidays);
    json_object_begin(writer);
    json_field_text(writer, "case", case_print_number(row->matter, number));
    json_field_u64(writer, "matter", row->matter);
    json_field_text(writer, "kind", case_kind_name(row->kind));
    json_field_text(writer, "state", case_state_name(row->state));
    json_field_text(writer, "outcome", case_outcome_name(row->outcome));
    json_field_u64(writer, "person", row->person);
    json_field_u64(writer, "account", row->account);
    json_field_text(writer, "pack", name_of(row->pack_id, name));
    json_field_u64(writer, "version", row->version);
    json_field_hex(writer, "hash", span_of(row->hash, CASE_HASH_BYTES));
    json_field_text(writer, "rule", name_of(row->rule_id, name));
    json_field_text(writer, "about", name_of(row->what, name));
    json_field_text(writer, "list", row->list != 0 && code_name_print(row->list, list) ? list : "");
    json_field_u64(writer, "entry", row->entry);
    json_field_u64(writer, "cause_seq", row->cause_seq);
    json_field_u64(writer, "opened_us", row->opened_us);
    json_field_u64(writer, "due_us", due_us);
    json_field_bool(writer, "late", row->closed_us == 0 && due_us != 0 && due_us <= now_us);
    json_field_u64(writer, "owner", row->owner);
    json_field_u64(writer, "decided_by", row->decided_by);
    json_field_u64(writer, "second_by", row->second_by);
    json_field_u64(writer, "reference", row->reference);
    json_field_u64(writer, "amount", row->kind == CASE_KIND_CANDIDATE ? 0 : row->amount);
    json_field_text(writer, "score", score_of(row, score));
    json_field_text(writer, "parent",
                    row->parent == 0 ? "" : case_print_number(row->parent, number));
    json_field_hex(writer, "evidence", span_of(row->evidence, CASE_HASH_BYTES));
    json_field_u64(writer, "closed_us", row->closed_us);
    json_object_end(writer);
}

void case_put_act_json(struct json_writer *writer, const struct case_act_row *row)
{
    json_object_begin(writer);
    json_field_u64(writer, "seq", row->seq);
    json_field_u64(writer, "time_us", row->time_us);
    json_field_text(writer, "act", case_act_words(row));
    json_field_u64(writer, "officer", row->officer);
    json_field_u64(writer, "second", row->second);
    json_field_u64(writer, "until_us", row->until_us);
    json_field_hex(writer, "evidence", span_of(row->evidence, CASE_HASH_BYTES));
    json_field_text(writer, "void", row->is_void == 0 ? "" : case_void_name(row->is_void));
    json_object_end(writer);
}
