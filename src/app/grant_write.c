/* The grant of a case (grant_case.h), written. */
#include "app/grant_case.h"
#include "base/bytes.h"
#include "base/check.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdlib.h>
#include <string.h>

static struct span word_cut(struct span *rest)
{
    const u8 *blank = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    size_t size = blank == NULL ? rest->size : (size_t)(blank - rest->data);
    struct span word = span_of(rest->data, size);
    *rest = blank == NULL ? span_of(NULL, 0) : span_after(*rest, size + 1);
    return word;
}

static bool u32_cut(struct span *rest, u64 most, u32 *number_out)
{
    u64 number = 0;
    bool is_it = tlog_number_read(word_cut(rest), most, &number);
    *number_out = (u32)number;
    return is_it;
}

/* ---- rows ---- */

/* "PERSON GROUP VERSION RETENTION EPOCH HASH" */
static bool row_read(struct span line, struct grant_record *record)
{
    struct span rest = line;
    u32 retention = 0;
    struct seal_label *label = &record->label;
    *record = (struct grant_record){.is_compared = false};
    if (!tlog_number_read(word_cut(&rest), UINT64_MAX, &label->subject)) {
        return false;
    }
    label->group = (u8)seal_group_by_name(word_cut(&rest));
    bool is_it = label->group != 0 && u32_cut(&rest, UINT32_MAX, &label->version) &&
                 u32_cut(&rest, UINT8_MAX, &retention) && u32_cut(&rest, UINT32_MAX, &label->epoch);
    label->retention = (u8)retention;
    return is_it && bytes_from_hex(rest, record->row, sizeof(record->row)) &&
           seal_label_is_sound(label);
}

/* What the assessment says of it: delivered with these days, compared, or nothing. */
static enum fault row_grant(const struct grant_case *at, u32 ordinal, struct grant_record *record)
{
    bool is_person = false;
    for (u32 i = 0; i < at->assessed.records_count; i += 1) {
        const struct desk_record *granted = &at->assessed.records[i];
        is_person = is_person || granted->ordinal == ordinal;
        if (granted->ordinal == ordinal && granted->group == record->label.group) {
            record->from_day = granted->from_day;
            record->to_day = granted->to_day;
            return FAULT_NONE;
        }
    }
    record->is_compared = is_person && record->label.group == SEAL_GROUP_IDENTITY;
    return record->is_compared ? FAULT_NONE
                               : FAULT(FAULT_REFUSED, "%s of person %llu was not assessed",
                                       seal_group_name(record->label.group),
                                       (unsigned long long)record->label.subject);
}

static u32 ordinal_of(const struct grant_case_parts *parts, u64 person)
{
    for (u32 i = 0; i < parts->persons_count; i += 1) {
        if (parts->persons[i] == person && person != 0) {
            return i + 1;
        }
    }
    return 0;
}

static int records_compare(const void *a, const void *b)
{
    const struct seal_label *one = &((const struct grant_record *)a)->label;
    const struct seal_label *other = &((const struct grant_record *)b)->label;
    if (one->subject != other->subject) {
        return one->subject < other->subject ? -1 : 1;
    }
    if (one->group != other->group) {
        return one->group < other->group ? -1 : 1;
    }
    return one->version == other->version ? 0 : one->version < other->version ? -1 : 1;
}

static enum fault rows_take(const struct grant_case *at, const struct grant_case_parts *parts,
                            struct grant *grant)
{
    struct span rest = parts->rows;
    struct span line;
    while (span_cut_line(&rest, &line)) {
        struct grant_record *record = &grant->records[grant->records_count];
        if (grant->records_count == GRANT_RECORDS_MAX) {
            return FAULT(FAULT_REFUSED, "more records than a grant has");
        }
        if (!row_read(line, record)) {
            return FAULT(FAULT_INPUT, "rows: line %u is none of \"cambist open collect\"",
                         grant->records_count + 1);
        }
        TRY(row_grant(at, ordinal_of(parts, record->label.subject), record));
        grant->records_count += 1;
    }
    if (rest.size > 0 || grant->records_count == 0) {
        return FAULT(FAULT_INPUT, "rows: no lines, or the last one does not end");
    }
    qsort(grant->records, grant->records_count, sizeof(grant->records[0]), records_compare);
    return FAULT_NONE;
}

/* Everything that was assessed has its row. */
static enum fault all_are_there(const struct grant_case *at, const struct grant_case_parts *parts,
                                const struct grant *grant)
{
    for (u32 i = 0; i < at->assessed.records_count; i += 1) {
        const struct desk_record *granted = &at->assessed.records[i];
        bool is_there = false;
        for (u32 row = 0; row < grant->records_count; row += 1) {
            const struct seal_label *label = &grant->records[row].label;
            is_there = is_there || (ordinal_of(parts, label->subject) == granted->ordinal &&
                                    label->group == granted->group);
        }
        if (!is_there) {
            return FAULT(FAULT_REFUSED,
                         "rows: %s of the case's person %u was assessed and is not there: assess "
                         "without it, or refuse as DataNotHeld",
                         desk_word(DESK_WORDS_GROUP, granted->group), granted->ordinal);
        }
    }
    return FAULT_NONE;
}

/* ---- identifiers ---- */

static int identifiers_compare(const void *a, const void *b)
{
    const struct grant_identifier *one = a;
    const struct grant_identifier *other = b;
    if (one->subject != other->subject) {
        return one->subject < other->subject ? -1 : 1;
    }
    if (one->field != other->field) {
        return one->field < other->field ? -1 : 1;
    }
    return memcmp(one->hash, other->hash, sizeof(one->hash));
}

/* "ORDINAL FIELD VALUE": as the case has it, and then as the grant has it. */
static enum fault value_take(const struct grant_case *at, const struct grant_case_parts *parts,
                             struct span line, struct grant *grant)
{
    struct span rest = line;
    u32 ordinal = 0;
    bool is_number = u32_cut(&rest, DESK_PERSONS_MAX, &ordinal);
    u32 field = grant_field_by_name(word_cut(&rest));
    if (!is_number || ordinal == 0 || field == 0 || rest.size == 0) {
        return FAULT(FAULT_INPUT, "paper: a line is not \"PERSON FIELD VALUE\"");
    }
    if (grant->identifiers_count == GRANT_IDENTIFIERS_MAX) {
        return FAULT(FAULT_REFUSED, "more identifiers than a grant has");
    }
    bool is_free = at->asked.class == DESK_CLASS_SEARCH || field == GRANT_FIELD_KEY;
    if (!is_free) {
        TRY(grant_case_value(at, ordinal, field, rest));
    }
    u64 person = ordinal <= parts->persons_count ? parts->persons[ordinal - 1] : 0;
    struct grant_identifier *identifier = &grant->identifiers[grant->identifiers_count];
    *identifier = (struct grant_identifier){.subject = person, .field = (enum grant_field)field};
    if (person == 0) {
        return FAULT_NONE; /* of somebody of whom nothing is granted */
    }
    if (!grant_identifier_hash(parts->nonce, person, (enum grant_field)field, rest,
                               identifier->hash)) {
        return FAULT(FAULT_INPUT, "paper: a value that has no form of its field");
    }
    grant->identifiers_count += 1;
    return FAULT_NONE;
}

static enum fault paper_take(const struct grant_case *at, const struct grant_case_parts *parts,
                             struct grant *grant)
{
    struct span rest = parts->paper;
    struct span line;
    while (span_cut_line(&rest, &line)) {
        TRY(value_take(at, parts, line, grant));
    }
    if (rest.size > 0) {
        return FAULT(FAULT_INPUT, "paper: the last line does not end");
    }
    if (grant->identifiers_count > 1) {
        qsort(grant->identifiers, grant->identifiers_count, sizeof(grant->identifiers[0]),
              identifiers_compare);
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

static enum fault head_take(const struct grant_case *at, const struct grant_case_parts *parts,
                            struct grant *grant)
{
    const struct desk_act *asked = &at->asked;
    if (!span_copy(span_of_text(asked->venue), grant->venue, sizeof(grant->venue) - 1)) {
        return FAULT(FAULT_REFUSED, "the venue's name is longer than one of a ceremony");
    }
    memcpy(grant->name, at->name, sizeof(grant->name));
    grant->kind = (enum grant_kind)asked->opening;
    grant->basis = (enum grant_basis)asked->basis;
    memcpy(grant->country, asked->country, sizeof(grant->country));
    memcpy(grant->instrument, asked->instrument, sizeof(grant->instrument));
    memcpy(grant->authority, asked->authority, sizeof(grant->authority));
    grant->is_emergency = asked->urgency == DESK_URGENCY_EMERGENCY;
    grant->silence_s = at->silence_s > parts->now_s ? at->silence_s : 0;
    grant->issued_s = parts->now_s;
    grant->log_size = parts->log_size;
    memcpy(grant->nonce, parts->nonce, sizeof(grant->nonce));
    return age_recipient_read(span_of_text(at->recipient), grant->recipient)
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "the recipient is no key of age");
}

static void class_take(const struct grant_case *at, const struct grant_case_parts *parts,
                       struct grant *grant)
{
    grant->class = (enum grant_class)at->asked.class;
    grant->expires_s = parts->until_s != 0 ? parts->until_s : parts->now_s + grant_longest_s(grant);
}

enum fault grant_case_write(const struct grant_case *at, const struct grant_case_parts *parts,
                            struct grant *grant_out)
{
    memset(grant_out, 0, sizeof(*grant_out));
    TRY(head_take(at, parts, grant_out));
    TRY(rows_take(at, parts, grant_out));
    TRY(all_are_there(at, parts, grant_out));
    TRY(paper_take(at, parts, grant_out));
    class_take(at, parts, grant_out);
    TRY(grant_check(grant_out, "the grant"));
    return grant_case_holds(at, grant_out, parts->persons, parts->persons_count);
}
