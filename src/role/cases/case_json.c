#include "role/cases/case_json.h"

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

bool case_parse_digits(struct span text, u64 maximum, u64 *number_out)
{
    u64 number = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        u32 digit = text.data[i] - (u32)'0';
        if (digit > 9 || __builtin_mul_overflow(number, 10U, &number) ||
            __builtin_add_overflow(number, (u64)digit, &number)) {
            return false;
        }
    }
    *number_out = number;
    return text.size > 0 && number <= maximum;
}

bool case_parse_number(struct span text, u64 *matter_out)
{
    const u8 *dash = text.size == 0 ? NULL : memchr(text.data, '-', text.size);
    u64 high = 0;
    u64 low = 0;
    if (dash == NULL) {
        return case_parse_digits(text, INT64_MAX, matter_out) && *matter_out > 0;
    }
    size_t size = (size_t)(dash - text.data);
    bool is_number =
        case_parse_digits(span_piece(text, 0, size), (u64)INT64_MAX >> CASE_ITEM_BITS, &high) &&
        case_parse_digits(span_piece(text, size + 1, text.size - size - 1),
                          (1ULL << CASE_ITEM_BITS) - 1, &low);
    *matter_out = high << CASE_ITEM_BITS | low;
    return is_number && *matter_out > 0;
}

const char *case_name_text(const char name[CASE_ID_BYTES], char target[CASE_ID_BYTES + 1])
{
    memcpy(target, name, CASE_ID_BYTES);
    target[CASE_ID_BYTES] = 0;
    return target;
}

const char *case_score_text(const struct case_row *row, char target[CASE_SCORE_BYTES])
{
    target[0] = 0;
    if (row->kind == CASE_KIND_CANDIDATE && row->amount != 0) {
        (void)snprintf(target, CASE_SCORE_BYTES, "%u.%04u", (u32)(row->amount / CASE_SCORE_ONE),
                       (u32)(row->amount % CASE_SCORE_ONE));
    }
    return target;
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

void case_put_json(struct json_writer *writer, const struct case_row *row,
                   const struct case_holidays *holidays, u64 now_us)
{
    char score[CASE_SCORE_BYTES];
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
    json_field_text(writer, "pack", case_name_text(row->pack_id, name));
    json_field_u64(writer, "version", row->version);
    json_field_hex(writer, "hash", span_of(row->hash, CASE_HASH_BYTES));
    json_field_text(writer, "rule", case_name_text(row->rule_id, name));
    json_field_text(writer, "about", case_name_text(row->what, name));
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
    json_field_text(writer, "score", case_score_text(row, score));
    json_field_text(writer, "parent",
                    row->parent == 0 ? "" : case_print_number(row->parent, number));
    json_field_hex(writer, "evidence", span_of(row->evidence, CASE_HASH_BYTES));
    json_field_u64(writer, "closed_us", row->closed_us);
    json_object_end(writer);
}

static void put_act(struct json_writer *writer, const struct case_act_row *row)
{
    json_field_u64(writer, "seq", row->seq);
    json_field_u64(writer, "time_us", row->time_us);
    json_field_text(writer, "act", case_act_words(row));
    json_field_u64(writer, "officer", row->officer);
    json_field_u64(writer, "second", row->second);
    json_field_u64(writer, "until_us", row->until_us);
    json_field_hex(writer, "evidence", span_of(row->evidence, CASE_HASH_BYTES));
    json_field_text(writer, "void", row->is_void == 0 ? "" : case_void_name(row->is_void));
}

void case_put_act_json(struct json_writer *writer, const struct case_act_row *row)
{
    json_object_begin(writer);
    put_act(writer, row);
    json_object_end(writer);
}

void case_put_own_act_json(struct json_writer *writer, const struct case_act_row *row)
{
    char number[CASE_NUMBER_BYTES];
    json_object_begin(writer);
    json_field_text(writer, "case", case_print_number(row->matter, number));
    put_act(writer, row);
    json_object_end(writer);
}

void case_put_notice_json(struct json_writer *writer, const struct case_notice_row *row,
                          const struct notice_text *text)
{
    json_object_begin(writer);
    json_field_u64(writer, "seq", row->seq);
    json_field_u64(writer, "time_us", row->notice.time_us);
    json_field_text(writer, "kind", notice_name(row->notice.kind));
    for (u32 i = 0; i < text->count; i += 1) {
        json_key(writer, text->parts[i].name);
        json_put_span(writer, text->parts[i].text);
    }
    json_object_end(writer);
}

void case_put_whitelist_json(struct json_writer *writer, const struct case_whitelist_row *row,
                             u64 now_us)
{
    char number[CASE_NUMBER_BYTES];
    char list[CODE_NAME_BYTES] = {0};
    json_object_begin(writer);
    json_field_u64(writer, "person", row->person);
    json_field_text(writer, "list", code_name_print(row->list, list) ? list : "?");
    json_field_u64(writer, "entry", row->entry);
    json_field_text(writer, "case", case_print_number(row->matter, number));
    json_field_u64(writer, "until_us", row->until_us);
    json_field_bool(writer, "over", row->until_us <= now_us);
    json_object_end(writer);
}
