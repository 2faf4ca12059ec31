#include "role/desk/report_count.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "wire/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US          1000000ULL
#define SLOTS_MIN   1024U
#define TYPES_MAX   1024U /* names that were ever registered */
#define NO_ROW      UINT32_MAX
#define ANSWERS_MIN 1024U

static const char *const log_kinds[] = {
    "received", "assessed", "rejected", "step",  "preserved", "restricted", "notice",
    "silence",  "lapsed",   "registry", "grant", "opening",   "delivered",  "mismatch"};
_Static_assert((u32)DESK_OPENING_REVIEW == REPORT_OPENINGS &&
                   (u32)DESK_REQUEST_SEVER == REPORT_KINDS &&
                   (u32)DESK_MARK_OWN_POLICY == REPORT_MARKS,
               "a place each");
_Static_assert(ARRAY_COUNT(log_kinds) <= REPORT_LOG_KINDS, "a place each");

const char *report_cell_name(enum report_cell cell)
{
#define NAME_ROW(constant, name) [REPORT_CELL_##constant] = (name),
    static const char *const names[] = {REPORT_CELL_TABLE(NAME_ROW)};
#undef NAME_ROW
    CHECK((size_t)cell < ARRAY_COUNT(names));
    return names[cell];
}

const char *report_log_kind(u32 place)
{
    return place < ARRAY_COUNT(log_kinds) ? log_kinds[place] : NULL;
}

/* What has to be known of a case: its last request, and what it was at first. */
struct asked {
    u8 name[DESK_NAME_BYTES];
    char country[3];
    u8 type;
    u8 basis;
    u8 request;
    u8 mark;
    u8 opening;
    u8 class;
    bool is_answered;
    bool is_preserved;
    bool was_silent;
    bool is_amended;
    u32 row; /* in the half-year that is counted; NO_ROW: not known yet */
    u32 given_people;
    u64 received_s;
    u64 silence_s; /* its end */
    u64 wanted;    /* what was asked for first, as a number that differs */
    u64 given;     /* what was assessed last */
};

struct answer {
    u32 row;
    u64 minutes;
};

struct type {
    char name[DESK_AUTHORITY_BYTES];
    u8 type;
};

struct report {
    struct asked *cases;
    u32 *slots; /* by name: place + 1 */
    u32 cases_count;
    u32 cases_max; /* half as many as slots */
    struct report_row *rows;
    u32 rows_count;
    u32 rows_max;
    struct answer *answers;
    u64 answers_count;
    u64 answers_max;
    u32 types_count;
    struct type types[TYPES_MAX];
    u32 halves_count;
    struct report_half halves[REPORT_HALVES];
    u64 last_s;
    u64 through_s;
    bool is_past; /* acts came behind it */
    bool is_over;
};

/* ---- half-years ---- */

static bool half_moment(u32 half, u64 *seconds_out)
{
    char text[MOMENT_TEXT_BYTES];
    u64 time_us = 0;
    (void)snprintf(text, sizeof(text), "%04u-%s-01", half / 2, half % 2 == 0 ? "01" : "07");
    if (!moment_parse(span_of_text(text), &time_us) || time_us == MOMENT_OPEN) {
        return false;
    }
    *seconds_out = time_us / US;
    return true;
}

bool report_half_of(u64 seconds, u32 *half_out, u64 *begins_out, u64 *ends_out)
{
    char text[MOMENT_TEXT_BYTES];
    if (seconds > UINT64_MAX / US || !moment_print(seconds * US, text)) {
        return false;
    }
    u32 year = 0;
    for (u32 i = 0; i < 4; i += 1) {
        year = year * 10 + (u32)(text[i] - '0');
    }
    *half_out = year * 2 + (memcmp(text + 5, "07", 2) >= 0 ? 1 : 0);
    return half_moment(*half_out, begins_out) && half_moment(*half_out + 1, ends_out);
}

void report_half_print(u32 half, char target[REPORT_HALF_BYTES])
{
    (void)snprintf(target, REPORT_HALF_BYTES, "%04u-H%u", half / 2, half % 2 + 1);
}

bool report_half_read(struct span text, u64 *begins_out, u64 *ends_out)
{
    u32 year = 0;
    if (text.size != 7 || memcmp(text.data + 4, "-H", 2) != 0 ||
        (text.data[6] != '1' && text.data[6] != '2')) {
        return false;
    }
    for (u32 i = 0; i < 4; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        year = year * 10 + (u32)(text.data[i] - '0');
    }
    u32 half = year * 2 + (text.data[6] == '2' ? 1 : 0);
    return half_moment(half, begins_out) && half_moment(half + 1, ends_out);
}

/* ---- room ---- */

/* Doubles what has room for *max things of `bytes`. */
static enum fault grow(void **memory, u64 *max, u64 least, size_t bytes)
{
    u64 more = *max == 0 ? least : 2 * *max;
    void *grown = more > UINT32_MAX ? NULL : realloc(*memory, (size_t)more * bytes);
    if (grown == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a report");
    }
    *memory = grown;
    *max = more;
    return FAULT_NONE;
}

static u32 *slot_of(const struct report *report, const u8 name[DESK_NAME_BYTES])
{
    u64 slots = 2 * (u64)report->cases_max;
    u64 slot = hash_slot(hash_bytes(name, DESK_NAME_BYTES, 0), slots);
    while (report->slots[slot] != 0 &&
           memcmp(report->cases[report->slots[slot] - 1].name, name, DESK_NAME_BYTES) != 0) {
        slot = slot + 1 == slots ? 0 : slot + 1;
    }
    return &report->slots[slot];
}

static enum fault cases_grow(struct report *report)
{
    void *cases = report->cases;
    u64 max = report->cases_max;
    TRY(grow(&cases, &max, SLOTS_MIN, sizeof(struct asked)));
    report->cases = cases;
    u32 *slots = calloc((size_t)(2 * max), sizeof(u32));
    if (slots == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a report");
    }
    free(report->slots);
    report->slots = slots;
    report->cases_max = (u32)max;
    for (u32 i = 0; i < report->cases_count; i += 1) {
        *slot_of(report, report->cases[i].name) = i + 1;
    }
    return FAULT_NONE;
}

/* ---- rows ---- */

static struct report_half *half_last(struct report *report)
{
    CHECK(report->halves_count > 0);
    return &report->halves[report->halves_count - 1];
}

static bool is_row(const struct report_row *row, const struct asked *at)
{
    return row->type == at->type && row->basis == at->basis &&
           memcmp(row->country, at->country, sizeof(row->country)) == 0;
}

static enum fault row_of(struct report *report, struct asked *at, struct report_row **row_out)
{
    const struct report_half *half = half_last(report);
    for (u32 i = half->rows_from; at->row == NO_ROW && i < report->rows_count; i += 1) {
        at->row = is_row(&report->rows[i], at) ? i : NO_ROW;
    }
    if (at->row == NO_ROW) {
        if (report->rows_count == report->rows_max) {
            void *rows = report->rows;
            u64 max = report->rows_max;
            TRY(grow(&rows, &max, 64, sizeof(struct report_row)));
            report->rows = rows;
            report->rows_max = (u32)max;
        }
        at->row = report->rows_count;
        report->rows[at->row] =
            (struct report_row){.half = half->half, .type = at->type, .basis = at->basis};
        memcpy(report->rows[at->row].country, at->country, sizeof(at->country));
        report->rows_count += 1;
    }
    *row_out = &report->rows[at->row];
    return FAULT_NONE;
}

static enum fault add(struct report *report, struct asked *at, enum report_cell cell, u64 count)
{
    struct report_row *row = NULL;
    if (count == 0) {
        return FAULT_NONE;
    }
    TRY(row_of(report, at, &row));
    row->cells[cell] += count;
    half_last(report)->totals[cell] += count;
    return FAULT_NONE;
}

/* The first answer that a case gets. */
static enum fault answer(struct report *report, struct asked *at, u64 now_s)
{
    struct report_row *row = NULL;
    if (at->is_answered) {
        return FAULT_NONE;
    }
    at->is_answered = true;
    TRY(row_of(report, at, &row));
    if (report->answers_count == report->answers_max) {
        void *answers = report->answers;
        TRY(grow(&answers, &report->answers_max, ANSWERS_MIN, sizeof(struct answer)));
        report->answers = answers;
    }
    u64 seconds = now_s > at->received_s ? now_s - at->received_s : 0;
    report->answers[report->answers_count] =
        (struct answer){.row = at->row, .minutes = seconds / 60};
    report->answers_count += 1;
    return FAULT_NONE;
}

/* ---- the end of a half-year ---- */

/* What runs, and what has ended in it. Rows of the next one are looked for anew. */
static enum fault silences_count(struct report *report)
{
    const struct report_half *half = half_last(report);
    u64 last_s = u64_min(half->ends_s - 1, report->through_s);
    for (u32 i = 0; i < report->cases_count; i += 1) {
        struct asked *at = &report->cases[i];
        bool is_active = at->was_silent && at->silence_s > last_s;
        bool has_ended = at->was_silent && !is_active && at->silence_s >= half->begins_s;
        TRY(add(report, at, REPORT_CELL_SILENCES_ACTIVE, is_active));
        TRY(add(report, at, REPORT_CELL_SILENCES_ENDED, has_ended));
        at->row = NO_ROW;
    }
    return FAULT_NONE;
}

static int rows_compare(const void *a, const void *b)
{
    const struct report_row *one = a;
    const struct report_row *other = b;
    int countries = memcmp(one->country, other->country, sizeof(one->country));
    int types = one->type - other->type;
    return countries != 0 ? countries : types != 0 ? types : one->basis - other->basis;
}

static int answers_compare(const void *a, const void *b)
{
    const struct answer *one = a;
    const struct answer *other = b;
    if (one->row != other->row) {
        return one->row < other->row ? -1 : 1;
    }
    return one->minutes == other->minutes ? 0 : one->minutes < other->minutes ? -1 : 1;
}

static int minutes_compare(const void *a, const void *b)
{
    const struct answer *one = a;
    const struct answer *other = b;
    return one->minutes == other->minutes ? 0 : one->minutes < other->minutes ? -1 : 1;
}

/* The middle of sorted answers, of two the lower. */
static u64 median_of(const struct answer *answers, u64 count)
{
    return count == 0 ? 0 : answers[(count - 1) / 2].minutes;
}

static void medians_make(struct report *report)
{
    struct report_half *half = half_last(report);
    if (report->answers_count > 0) {
        qsort(report->answers, (size_t)report->answers_count, sizeof(struct answer),
              answers_compare);
    }
    for (u64 from = 0, to = 0; from < report->answers_count; from = to) {
        struct report_row *row = &report->rows[report->answers[from].row];
        for (to = from; to < report->answers_count; to += 1) {
            if (report->answers[to].row != report->answers[from].row) {
                break;
            }
        }
        row->answers = to - from;
        row->minutes = median_of(&report->answers[from], to - from);
    }
    if (report->answers_count > 0) {
        qsort(report->answers, (size_t)report->answers_count, sizeof(struct answer),
              minutes_compare);
    }
    half->answers = report->answers_count;
    half->minutes = median_of(report->answers, report->answers_count);
    report->answers_count = 0;
}

static enum fault half_end(struct report *report)
{
    struct report_half *half = half_last(report);
    TRY(silences_count(report));
    medians_make(report);
    half->rows_count = report->rows_count - half->rows_from;
    if (half->rows_count > 0) {
        qsort(&report->rows[half->rows_from], half->rows_count, sizeof(struct report_row),
              rows_compare);
    }
    return FAULT_NONE;
}

static enum fault half_begin(struct report *report, u64 seconds)
{
    struct report_half half = {.rows_from = report->rows_count};
    if (report->halves_count == REPORT_HALVES ||
        !report_half_of(seconds, &half.half, &half.begins_s, &half.ends_s)) {
        return FAULT(FAULT_LIMIT, "more half-years than a report has");
    }
    report->halves[report->halves_count] = half;
    report->halves_count += 1;
    return FAULT_NONE;
}

/* The half-year of this moment is the last one. */
static enum fault advance(struct report *report, u64 seconds)
{
    if (report->halves_count == 0) {
        TRY(half_begin(report, seconds));
    }
    while (seconds >= half_last(report)->ends_s) {
        u64 next_s = half_last(report)->ends_s;
        TRY(half_end(report));
        TRY(half_begin(report, next_s));
    }
    return FAULT_NONE;
}

/* ---- acts ---- */

/* What an act asks for or gives, as a number: equal where people, kinds and days are. */
static u64 records_mark(const struct desk_act *act, u32 *people_out)
{
    u64 mark = act->records_count;
    u32 last = 0;
    *people_out = 0;
    for (u32 i = 0; i < act->records_count; i += 1) {
        const struct desk_record *record = &act->records[i];
        mark = hash_pair(mark, hash_pair((u64)record->ordinal << 8 | record->group,
                                         (u64)record->from_day << 32 | record->to_day));
        *people_out += record->ordinal != last ? 1 : 0;
        last = record->ordinal;
    }
    return mark;
}

static u8 type_of(const struct report *report, const char *name)
{
    for (u32 i = 0; i < report->types_count; i += 1) {
        if (strcmp(report->types[i].name, name) == 0) {
            return report->types[i].type;
        }
    }
    return 0; /* "none", or one that was never registered */
}

static enum fault type_put(struct report *report, const struct desk_act *act)
{
    for (u32 i = 0; i < report->types_count; i += 1) {
        if (strcmp(report->types[i].name, act->authority) == 0) {
            report->types[i].type = act->type;
            return FAULT_NONE;
        }
    }
    if (report->types_count == TYPES_MAX) {
        return FAULT(FAULT_LIMIT, "more authorities than a report has");
    }
    struct type *type = &report->types[report->types_count];
    memcpy(type->name, act->authority, sizeof(type->name));
    type->type = act->type;
    report->types_count += 1;
    return FAULT_NONE;
}

static void ask(struct report *report, struct asked *at, const struct desk_act *act)
{
    bool is_named = strcmp(act->authority, "none") != 0;
    memset(at->country, 0, sizeof(at->country));
    if (is_named) {
        memcpy(at->country, act->country, sizeof(at->country));
    }
    at->type = is_named ? type_of(report, act->authority) : 0;
    at->basis = act->basis;
    at->request = act->request;
    at->mark = act->mark;
    at->opening = act->opening;
    at->class = act->class;
    at->row = NO_ROW;
}

static void kinds_count(struct report_half *half, const struct desk_act *act)
{
    CHECK(act->request >= 1 && act->request <= REPORT_KINDS);
    CHECK(act->mark >= 1 && act->mark <= REPORT_MARKS);
    half->kinds[act->request - 1] += 1;
    half->marks[act->mark - 1] += 1;
}

static enum fault receive(struct report *report, const struct desk_act *act, u64 now_s)
{
    if (report->cases_count == report->cases_max) {
        TRY(cases_grow(report));
    }
    u32 *slot = slot_of(report, act->name);
    if (*slot != 0 || act->subjects_count == 0) {
        return FAULT(FAULT_ROT, "a case came twice, or names nobody");
    }
    struct asked *at = &report->cases[report->cases_count];
    u32 people = act->subjects[act->subjects_count - 1].ordinal;
    u32 ignored = 0;
    report->cases_count += 1;
    *slot = report->cases_count;
    *at = (struct asked){.received_s = now_s, .wanted = records_mark(act, &ignored)};
    memcpy(at->name, act->name, sizeof(at->name));
    ask(report, at, act);
    kinds_count(half_last(report), act);
    TRY(add(report, at, REPORT_CELL_REQUESTS, 1));
    TRY(add(report, at, REPORT_CELL_ASKED, act->class == DESK_CLASS_SEARCH ? 0 : people));
    TRY(add(report, at, REPORT_CELL_EMERGENCY, act->urgency == DESK_URGENCY_EMERGENCY));
    TRY(add(report, at, REPORT_CELL_BULK, act->class == DESK_CLASS_BULK));
    return add(report, at, REPORT_CELL_SEARCHES, act->class == DESK_CLASS_SEARCH);
}

static enum fault deliver(struct report *report, struct asked *at, u64 now_s)
{
    bool is_full = !at->is_amended && at->class != DESK_CLASS_SEARCH && at->given == at->wanted;
    TRY(add(report, at, REPORT_CELL_ANSWERED, at->given_people));
    TRY(add(report, at, is_full ? REPORT_CELL_FULL : REPORT_CELL_PARTIAL, 1));
    return answer(report, at, now_s);
}

static enum fault preserve(struct report *report, struct asked *at, u64 now_s)
{
    bool is_first = !at->is_preserved;
    at->is_preserved = true;
    TRY(add(report, at, REPORT_CELL_PRESERVED, is_first));
    return at->request == DESK_REQUEST_PRESERVE ? answer(report, at, now_s) : FAULT_NONE;
}

static enum fault lapse(struct report *report, struct asked *at, u64 now_s)
{
    at->silence_s = u64_min(at->silence_s, now_s); /* none holds any more */
    return add(report, at, REPORT_CELL_LAPSED, 1);
}

static enum fault reject(struct report *report, struct asked *at, u64 now_s)
{
    TRY(add(report, at, REPORT_CELL_REJECTED, 1));
    return answer(report, at, now_s);
}

static enum fault notice(struct report *report, struct asked *at)
{
    TRY(add(report, at, REPORT_CELL_NOTICES, 1));
    return add(report, at, REPORT_CELL_DELAYED, at->was_silent);
}

static enum fault opened(struct report *report, struct asked *at)
{
    if (at->opening >= 1 && at->opening <= REPORT_OPENINGS) {
        half_last(report)->openings[at->opening - 1] += 1;
    }
    return add(report, at, REPORT_CELL_OWN_MOTION, at->mark == DESK_MARK_OWN_POLICY);
}

static enum fault case_take(struct report *report, struct asked *at, const struct desk_act *act,
                            u64 now_s)
{
    switch ((enum desk_act_kind)act->kind) {
    case DESK_ACT_AMEND:
        at->is_amended = true;
        ask(report, at, act);
        return FAULT_NONE;
    case DESK_ACT_ASSESS:
        at->given = records_mark(act, &at->given_people);
        return FAULT_NONE;
    case DESK_ACT_REJECT:
    case DESK_ACT_MISMATCH:
        return reject(report, at, now_s);
    case DESK_ACT_NARROW:
        return add(report, at, REPORT_CELL_NARROWED, 1);
    case DESK_ACT_CHALLENGE:
        return add(report, at, REPORT_CELL_CHALLENGED, 1);
    case DESK_ACT_PRESERVE:
        return preserve(report, at, now_s);
    case DESK_ACT_OPENED:
        return opened(report, at);
    case DESK_ACT_DELIVERED:
        return deliver(report, at, now_s);
    case DESK_ACT_CARRY_OUT:
        TRY(add(report, at, REPORT_CELL_RESTRICTED, 1));
        return answer(report, at, now_s);
    case DESK_ACT_NOTICE:
        return notice(report, at);
    case DESK_ACT_WITHDRAW:
        return add(report, at, REPORT_CELL_WITHDRAWN, 1);
    case DESK_ACT_SILENCE:
        at->was_silent = true;
        at->silence_s = act->until_s;
        return FAULT_NONE;
    case DESK_ACT_LAPSE:
        return lapse(report, at, now_s);
    case DESK_ACT_RECEIVE:
    case DESK_ACT_CALL_BACK:
    case DESK_ACT_AUTHENTICATE:
    case DESK_ACT_PREPARE:
    case DESK_ACT_APPROVE:
    case DESK_ACT_LOGGED:
    case DESK_ACT_COUNTED:
    case DESK_ACT_ACKNOWLEDGE:
    case DESK_ACT_CLOSE:
    case DESK_ACT_INSTRUMENT:
    case DESK_ACT_EXPIRE:
    case DESK_ACT_AUTHORITY:
    case DESK_ACT_CONFIRM:
    case DESK_ACT_STRIKE:
    case DESK_ACT_CONTACT:
    case DESK_ACT_RECUSE:
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

static enum fault register_take(struct report *report, const struct desk_act *act)
{
    if (act->kind == DESK_ACT_AUTHORITY) {
        return type_put(report, act);
    }
    if (act->kind == DESK_ACT_CONTACT) {
        CHECK(act->contact >= 1 && act->contact <= REPORT_CONTACTS);
        half_last(report)->contacts[act->contact - 1] += 1;
    }
    return FAULT_NONE;
}

/* The event that the log has of such an act. */
static const char *kind_in_log(enum desk_act_kind kind)
{
    const char *word = desk_act_log_kind(kind);
    return word != NULL                 ? word
           : kind == DESK_ACT_LOGGED    ? "grant"
           : kind == DESK_ACT_OPENED    ? "opening"
           : kind == DESK_ACT_DELIVERED ? "delivered"
                                        : "mismatch";
}

static void log_count(struct report_half *half, enum desk_act_kind kind)
{
    const char *word = kind_in_log(kind);
    for (u32 i = 0; i < ARRAY_COUNT(log_kinds); i += 1) {
        if (strcmp(log_kinds[i], word) == 0) {
            half->log[i] += 1;
            return;
        }
    }
    CHECK(false);
}

enum fault report_take(struct report *report, const struct desk_act *act, u64 log, u64 now_s)
{
    enum desk_act_kind kind = (enum desk_act_kind)act->kind;
    CHECK(!report->is_over && act->kind >= 1 && act->kind <= DESK_ACTS_LAST);
    report->is_past = report->is_past || now_s > report->through_s;
    if (report->is_past) {
        return FAULT_NONE;
    }
    report->last_s = u64_max(report->last_s, now_s); /* a clock that goes back changes no past */
    TRY(advance(report, report->last_s));
    if (log == 0 && desk_act_log_kind(kind) != NULL) {
        half_last(report)->untold += 1;
        return FAULT_NONE;
    }
    log_count(half_last(report), kind);
    if (desk_act_is_register(kind)) {
        return register_take(report, act);
    }
    if (kind == DESK_ACT_RECEIVE) {
        return receive(report, act, report->last_s);
    }
    u32 place = report->cases_count == 0 ? 0 : *slot_of(report, act->name);
    return place == 0 ? FAULT(FAULT_ROT, "an act of a case that never came")
                      : case_take(report, &report->cases[place - 1], act, report->last_s);
}

enum fault report_end(struct report *report)
{
    CHECK(!report->is_over);
    report->is_over = true;
    if (report->halves_count == 0) {
        return FAULT_NONE;
    }
    TRY(advance(report, report->through_s));
    return half_end(report);
}

/* ---- the whole ---- */

u64 report_through(const struct report *report)
{
    return report->through_s;
}

u32 report_halves(const struct report *report)
{
    CHECK(report->is_over);
    return report->halves_count;
}

const struct report_half *report_half(const struct report *report, u32 index)
{
    CHECK(report->is_over && index < report->halves_count);
    return &report->halves[index];
}

const struct report_row *report_rows(const struct report *report, u32 index)
{
    CHECK(report->is_over && index < report->halves_count);
    return report->rows_count == 0 ? NULL : &report->rows[report->halves[index].rows_from];
}

enum fault report_open(struct report **report_out, u64 through_s)
{
    *report_out = calloc(1, sizeof(struct report));
    if (*report_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a report");
    }
    (*report_out)->through_s = through_s;
    return FAULT_NONE;
}

void report_close(struct report *report)
{
    if (report == NULL) {
        return;
    }
    free(report->cases);
    free(report->slots);
    free(report->rows);
    free(report->answers);
    free(report);
}
