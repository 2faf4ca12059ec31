#include "app/case_print.h"

#include "app/cli.h"
#include "app/options.h"
#include "app/rule_words.h"
#include "base/span.h"
#include "wire/code.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

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

void case_print_line(const struct case_row *row, const struct case_holidays *holidays, u64 now_us)
{
    char number[CASE_NUMBER_BYTES];
    char date[NOTICE_DATE_BYTES];
    char rule[CASE_ID_BYTES + 1];
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
    line_number("amount", row->amount);
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

static void put_number(struct json_writer *writer, const char *name, u64 number)
{
    json_key(writer, name);
    json_put_u64(writer, number);
}

static void put_text(struct json_writer *writer, const char *name, const char *text)
{
    json_key(writer, name);
    json_put_text(writer, text);
}

static void put_bytes(struct json_writer *writer, const char *name, const u8 *bytes)
{
    json_key(writer, name);
    json_put_hex(writer, span_of(bytes, CASE_HASH_BYTES));
}

void case_put_json(struct json_writer *writer, const struct case_row *row,
                   const struct case_holidays *holidays, u64 now_us)
{
    char number[CASE_NUMBER_BYTES];
    char name[CASE_ID_BYTES + 1];
    char list[CODE_NAME_BYTES] = {0};
    u64 due_us = case_due_us(row, holidays);
    json_object_begin(writer);
    put_text(writer, "case", case_print_number(row->matter, number));
    put_number(writer, "matter", row->matter);
    put_text(writer, "kind", case_kind_name(row->kind));
    put_text(writer, "state", case_state_name(row->state));
    put_text(writer, "outcome", case_outcome_name(row->outcome));
    put_number(writer, "person", row->person);
    put_number(writer, "account", row->account);
    put_text(writer, "pack", name_of(row->pack_id, name));
    put_number(writer, "version", row->version);
    put_bytes(writer, "hash", row->hash);
    put_text(writer, "rule", name_of(row->rule_id, name));
    put_text(writer, "about", name_of(row->what, name));
    put_text(writer, "list", row->list != 0 && code_name_print(row->list, list) ? list : "");
    put_number(writer, "entry", row->entry);
    put_number(writer, "cause_seq", row->cause_seq);
    put_number(writer, "opened_us", row->opened_us);
    put_number(writer, "due_us", due_us);
    json_key(writer, "late");
    json_put_bool(writer, row->closed_us == 0 && due_us != 0 && due_us <= now_us);
    put_number(writer, "owner", row->owner);
    put_number(writer, "decided_by", row->decided_by);
    put_number(writer, "second_by", row->second_by);
    put_number(writer, "reference", row->reference);
    put_number(writer, "amount", row->amount);
    put_text(writer, "parent", row->parent == 0 ? "" : case_print_number(row->parent, number));
    put_bytes(writer, "evidence", row->evidence);
    put_number(writer, "closed_us", row->closed_us);
    json_object_end(writer);
}

void case_put_act_json(struct json_writer *writer, const struct case_act_row *row)
{
    json_object_begin(writer);
    put_number(writer, "seq", row->seq);
    put_number(writer, "time_us", row->time_us);
    put_text(writer, "act", case_act_words(row));
    put_number(writer, "officer", row->officer);
    put_number(writer, "second", row->second);
    put_number(writer, "until_us", row->until_us);
    put_bytes(writer, "evidence", row->evidence);
    put_text(writer, "void", row->is_void == 0 ? "" : case_void_name(row->is_void));
    json_object_end(writer);
}
