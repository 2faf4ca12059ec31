/* The transparency report: what counts where, what is hidden, and that it follows from the acts
 * alone.
 *
 * Examples by hand; then random acts of many half-years, counted a second time naively by walking
 * the whole list for each number, and reports of prefixes, which must agree on what is over. */
#include "base/random.h"
#include "base/span.h"
#include "role/desk/report_print.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACTS_MAX 4000U
#define DAY_S    86400ULL
#define H1_2026  1767225600ULL /* 2026-01-01 */

struct entry {
    struct desk_act act;
    u64 log;
    u64 now_s;
};

static struct entry *entries;
static u32 entries_count;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static struct desk_act *put(enum desk_act_kind kind, u32 name, u64 now_s)
{
    struct entry *entry = &entries[entries_count];
    assert_true(entries_count < ACTS_MAX);
    *entry = (struct entry){.log = entries_count + 1, .now_s = now_s};
    entries_count += 1;
    entry->act.kind = (u8)kind;
    memcpy(entry->act.name, &name, sizeof(name));
    return &entry->act;
}

static struct desk_act *put_authority(const char *name, const char *country, u8 type, u64 now_s)
{
    struct desk_act *act = put(DESK_ACT_AUTHORITY, 0, now_s);
    (void)snprintf(act->authority, sizeof(act->authority), "%s", name);
    memcpy(act->country, country, 3);
    act->type = type;
    return act;
}

static struct desk_act *put_request(u32 name, const char *authority, const char *country,
                                    u32 people, u64 now_s)
{
    struct desk_act *act = put(DESK_ACT_RECEIVE, name, now_s);
    (void)snprintf(act->authority, sizeof(act->authority), "%s", authority);
    memcpy(act->country, country, 3);
    act->request = DESK_REQUEST_DISCLOSE;
    act->mark = DESK_MARK_ORDER;
    act->opening = DESK_OPENING_AUTHORITY;
    act->basis = DESK_BASIS_UNION_LAW;
    act->class = people > DESK_PERSONS_PLAIN ? DESK_CLASS_BULK : DESK_CLASS_PLAIN;
    act->urgency = DESK_URGENCY_ORDINARY;
    for (u32 i = 0; i < people; i += 1) {
        act->subjects[i].ordinal = i + 1;
        act->records[i] = (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_BANK};
    }
    act->subjects_count = people;
    act->records_count = people;
    return act;
}

/* Assessed for so many of its people, and delivered. */
static void put_answer(u32 name, u32 people, u64 now_s)
{
    struct desk_act *assess = put(DESK_ACT_ASSESS, name, now_s);
    for (u32 i = 0; i < people; i += 1) {
        assess->records[i] = (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_BANK};
    }
    assess->records_count = people;
    (void)put(DESK_ACT_LOGGED, name, now_s);
    (void)put(DESK_ACT_OPENED, name, now_s);
    (void)put(DESK_ACT_DELIVERED, name, now_s);
}

static struct report *count(u32 acts, u64 through_s)
{
    struct report *report = NULL;
    must(report_open(&report, through_s));
    for (u32 i = 0; i < acts; i += 1) {
        must(report_take(report, &entries[i].act, entries[i].log, entries[i].now_s));
    }
    must(report_end(report));
    return report;
}

static u64 total(const struct report *report, u32 half, enum report_cell cell)
{
    return report_half(report, half)->totals[cell];
}

static int setup(void **state)
{
    (void)state;
    entries = calloc(ACTS_MAX, sizeof(struct entry));
    entries_count = 0;
    return entries == NULL;
}

static int teardown(void **state)
{
    (void)state;
    free(entries);
    return 0;
}

/* ---- examples ---- */

static void half_years_have_names_and_bounds(void **state)
{
    char text[REPORT_HALF_BYTES];
    u32 half = 0;
    u64 begins = 0;
    u64 ends = 0;
    (void)state;
    assert_true(report_half_of(H1_2026, &half, &begins, &ends));
    assert_int_equal(begins, H1_2026);
    assert_int_equal(ends, H1_2026 + 181 * DAY_S);
    report_half_print(half, text);
    assert_string_equal(text, "2026-H1");
    assert_true(report_half_of(ends, &half, &begins, &ends));
    report_half_print(half, text);
    assert_string_equal(text, "2026-H2");
    assert_true(report_half_read(span_of_text("2026-H2"), &begins, &ends));
    assert_int_equal(begins, H1_2026 + 181 * DAY_S);
    assert_int_equal(ends, H1_2026 + 365 * DAY_S);
    assert_false(report_half_read(span_of_text("2026-H3"), &begins, &ends));
    assert_false(report_half_read(span_of_text("2O26-H1"), &begins, &ends));
    assert_false(report_half_of(UINT64_MAX, &half, &begins, &ends));
}

static void acts_count_in_the_half_year_in_which_they_come(void **state)
{
    (void)state;
    u64 july_s = H1_2026 + 181 * DAY_S;
    (void)put_authority("xa-court", "FR", DESK_TYPE_COURT, H1_2026);
    put_request(1, "xa-court", "FR", 3, july_s - 7200)->urgency = DESK_URGENCY_EMERGENCY;
    put(DESK_ACT_SILENCE, 1, july_s - 60)->until_s = july_s + DAY_S;
    put_answer(1, 2, july_s + 3600);
    (void)put(DESK_ACT_NOTICE, 1, july_s + 2 * DAY_S);
    put(DESK_ACT_CONTACT, 0, july_s + 2 * DAY_S)->contact = DESK_CONTACT_MEETING;
    struct report *report = count(entries_count, july_s + 9 * DAY_S);
    assert_int_equal(report_halves(report), 2);
    assert_int_equal(total(report, 0, REPORT_CELL_REQUESTS), 1);
    assert_int_equal(total(report, 0, REPORT_CELL_ASKED), 3);
    assert_int_equal(total(report, 0, REPORT_CELL_EMERGENCY), 1);
    assert_int_equal(total(report, 0, REPORT_CELL_ANSWERED), 0);
    assert_int_equal(total(report, 0, REPORT_CELL_SILENCES_ACTIVE), 1);
    assert_int_equal(total(report, 0, REPORT_CELL_SILENCES_ENDED), 0);
    assert_int_equal(total(report, 1, REPORT_CELL_REQUESTS), 0);
    assert_int_equal(total(report, 1, REPORT_CELL_ANSWERED), 2);
    assert_int_equal(total(report, 1, REPORT_CELL_FULL), 0);
    assert_int_equal(total(report, 1, REPORT_CELL_PARTIAL), 1);
    assert_int_equal(total(report, 1, REPORT_CELL_NOTICES), 1);
    assert_int_equal(total(report, 1, REPORT_CELL_DELAYED), 1);
    assert_int_equal(total(report, 1, REPORT_CELL_SILENCES_ACTIVE), 0);
    assert_int_equal(total(report, 1, REPORT_CELL_SILENCES_ENDED), 1);
    assert_int_equal(total(report, 1, REPORT_CELL_OWN_MOTION), 0);
    assert_int_equal(report_half(report, 1)->contacts[DESK_CONTACT_MEETING - 1], 1);
    assert_int_equal(report_half(report, 1)->answers, 1);
    assert_int_equal(report_half(report, 1)->minutes, 180);
    assert_int_equal(report_rows(report, 1)[0].type, DESK_TYPE_COURT);
    assert_string_equal(report_rows(report, 1)[0].country, "FR");
    report_close(report);
}

static void the_kinds_of_openings_are_counted_apart(void **state)
{
    static const u8 openings[] = {DESK_OPENING_AUTHORITY, DESK_OPENING_AUTHORITY,
                                  DESK_OPENING_REPORT, DESK_OPENING_CUSTOMER, DESK_OPENING_REVIEW};
    char *text = NULL;
    size_t size = 0;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(openings); i += 1) {
        put_request(i + 1, "xa-court", "FR", 1, H1_2026)->opening = openings[i];
        put_answer(i + 1, 1, H1_2026 + 60);
    }
    struct desk_act *keep = put_request(6, "xa-court", "FR", 1, H1_2026 + 60);
    keep->request = DESK_REQUEST_PRESERVE;
    keep->mark = DESK_MARK_FOREIGN;
    keep->opening = DESK_OPENING_NONE;
    struct report *report = count(entries_count, H1_2026 + DAY_S);
    const struct report_half *half = report_half(report, 0);
    assert_int_equal(half->openings[DESK_OPENING_AUTHORITY - 1], 2);
    assert_int_equal(half->openings[DESK_OPENING_REPORT - 1], 1);
    assert_int_equal(half->openings[DESK_OPENING_CUSTOMER - 1], 1);
    assert_int_equal(half->openings[DESK_OPENING_REVIEW - 1], 1);
    must(report_json(report, "demo.invalid", &text, &size));
    text[size] = '\0';
    assert_non_null(strstr(text, "\"openings\":{\"authority\":2,\"report\":1,\"customer\":1,"
                                 "\"review\":1},\"kinds\":{\"disclose\":5,\"preserve\":1,"
                                 "\"restrict\":0,\"sever\":0},\"marks\":{\"law\":0,\"order\":5,"
                                 "\"supervisory\":0,\"foreign\":1,\"own-policy\":0}"));
    free(text);
    report_close(report);
}

static void full_is_what_was_asked_first(void **state)
{
    (void)state;
    (void)put_request(1, "xa-court", "FR", 2, H1_2026);
    put_answer(1, 2, H1_2026 + 60);
    (void)put_request(2, "xa-court", "FR", 2, H1_2026 + 60);
    struct desk_act *amend = put(DESK_ACT_AMEND, 2, H1_2026 + 60);
    struct desk_act first = entries[entries_count - 2].act;
    first.kind = DESK_ACT_AMEND;
    *amend = first;
    put_answer(2, 2, H1_2026 + 120);
    struct report *report = count(entries_count, H1_2026 + DAY_S);
    assert_int_equal(total(report, 0, REPORT_CELL_FULL), 1);
    assert_int_equal(total(report, 0, REPORT_CELL_PARTIAL), 1);
    report_close(report);
}

static void what_the_log_has_not_taken_is_apart(void **state)
{
    (void)state;
    (void)put_request(1, "xa-court", "FR", 1, H1_2026);
    (void)put_request(2, "xa-court", "FR", 1, H1_2026 + 1);
    entries[1].log = 0;
    struct report *report = count(entries_count, H1_2026 + DAY_S);
    assert_int_equal(total(report, 0, REPORT_CELL_REQUESTS), 1);
    assert_int_equal(report_half(report, 0)->untold, 1);
    report_close(report);
    entries[0].log = 0;
    put_answer(1, 1, H1_2026 + 2);
    must(report_open(&report, H1_2026 + DAY_S));
    must(report_take(report, &entries[0].act, 0, H1_2026));
    assert_int_equal(report_take(report, &entries[2].act, 3, H1_2026), FAULT_ROT);
    report_close(report);
}

static void an_opening_of_own_motion_is_seen(void **state)
{
    (void)state;
    put_request(1, "none", "FR", 1, H1_2026)->mark = DESK_MARK_OWN_POLICY;
    put_answer(1, 1, H1_2026 + 60);
    struct report *report = count(entries_count, H1_2026 + DAY_S);
    assert_int_equal(total(report, 0, REPORT_CELL_OWN_MOTION), 1);
    assert_int_equal(report_rows(report, 0)[0].type, 0);
    report_close(report);
}

static void nothing_came_is_a_report_too(void **state)
{
    char *text = NULL;
    size_t size = 0;
    (void)state;
    struct report *report = count(0, H1_2026);
    must(report_json(report, "demo.invalid", &text, &size));
    assert_string_equal(text, "{\"format\":\"cambist-transparency/v1\",\"venue\":\"demo.invalid\","
                              "\"through\":\"2026-01-01T00:00:00Z\",\"least\":5,\"halves\":[]}");
    free(text);
    report_close(report);
}

/* ---- what is hidden ---- */

static void few_requests_stand_together(void **state)
{
    static struct report_line lines[16];
    (void)state;
    for (u32 i = 0; i < 19; i += 1) {
        const char *country = i < 6 ? "FR" : i < 16 ? "DE" : i < 18 ? "IT" : "AT";
        (void)put_request(i + 1, "xa-court", country, 1, H1_2026 + i);
        if (i == 0 || (i > 5 && i < 12)) {
            put(DESK_ACT_REJECT, i + 1, H1_2026 + 60)->reason = DESK_REASON_TOO_WIDE;
        }
    }
    struct report *report = count(entries_count, H1_2026 + DAY_S);
    assert_int_equal(report_half(report, 0)->rows_count, 4);
    u32 lines_count =
        report_lines(report_half(report, 0), report_rows(report, 0), lines, ARRAY_COUNT(lines));
    /* Three of two countries are less than five: those of France, the fewest, go with them. */
    assert_int_equal(lines_count, 2);
    assert_string_equal(lines[0].country, "DE");
    assert_string_equal(lines[1].country, "other");
    assert_int_equal(lines[1].cells[REPORT_CELL_REQUESTS], 9);
    /* One refusal is hidden, and with it the six, which would leave it over from seven. */
    assert_true(lines[0].is_hidden[REPORT_CELL_REJECTED]);
    assert_true(lines[1].is_hidden[REPORT_CELL_REJECTED]);
    assert_false(lines[0].is_hidden[REPORT_CELL_REQUESTS]);
    assert_false(lines[0].is_hidden[REPORT_CELLS]);
    assert_true(lines[1].is_hidden[REPORT_CELLS]);
    report_close(report);
}

static void print_has_no_small_cell(const struct report *report, struct report_line *lines,
                                    u32 lines_max)
{
    for (u32 half = 0; half < report_halves(report); half += 1) {
        u64 sum[REPORT_CELLS] = {0};
        u32 lines_count =
            report_lines(report_half(report, half), report_rows(report, half), lines, lines_max);
        for (u32 cell = 0; cell < REPORT_CELLS; cell += 1) {
            u32 hidden = 0;
            for (u32 i = 0; i < lines_count; i += 1) {
                u64 value = lines[i].cells[cell];
                sum[cell] += value;
                hidden += lines[i].is_hidden[cell] ? 1 : 0;
                assert_true(lines[i].is_hidden[cell] || value == 0 || value >= REPORT_LEAST);
            }
            assert_true(lines_count < 2 || hidden != 1);
            assert_int_equal(sum[cell], total(report, half, (enum report_cell)cell));
        }
    }
}

/* ---- by chance ---- */

static void make_by_chance(struct random *random, u32 acts)
{
    static const char *const countries[] = {"FR", "DE", "IT", "AT", "US"};
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    u64 now_s = H1_2026;
    u32 cases = 0;
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        (void)put_authority(names[i], countries[i], (u8)(1 + i), now_s);
    }
    while (entries_count < acts) {
        u32 name = cases == 0 ? 0 : (u32)random_between(random, 1, cases);
        u32 which = (u32)random_below(random, ARRAY_COUNT(names));
        now_s += random_below(random, 3 * DAY_S);
        switch (random_below(random, 8)) {
        case 0:
        case 1:
        case 2:
            cases += 1;
            (void)put_request(cases, names[which], countries[which],
                              (u32)random_between(random, 1, 14), now_s);
            break;
        case 3:
            if (cases > 0 && entries_count + 4 < acts) {
                put_answer(name, (u32)random_between(random, 1, 3), now_s);
            }
            break;
        case 4:
            if (cases > 0) {
                put(DESK_ACT_SILENCE, name, now_s)->until_s = now_s + 40 * DAY_S;
            }
            break;
        case 5:
            if (cases > 0) {
                (void)put(DESK_ACT_REJECT, name, now_s);
            }
            break;
        case 6:
            if (cases > 0) {
                (void)put(random_chance(random, 1, 2) ? DESK_ACT_WITHDRAW : DESK_ACT_LAPSE, name,
                          now_s);
            }
            break;
        default: /* not an enum: a number by chance */
            if (cases > 0) {
                (void)put(random_chance(random, 1, 2) ? DESK_ACT_NOTICE : DESK_ACT_PRESERVE, name,
                          now_s);
            }
            break;
        }
    }
}

/* Acts of a kind within a half-year, by looking at each. */
static u64 kinds_within(const struct report_half *half, enum desk_act_kind kind)
{
    u64 found = 0;
    for (u32 i = 0; i < entries_count; i += 1) {
        bool is_in = entries[i].now_s >= half->begins_s && entries[i].now_s < half->ends_s;
        found += is_in && entries[i].act.kind == kind;
    }
    return found;
}

/* Cases that a silence holds at a moment, or whose last one ended in [from, at]. */
static u64 silences_at(u64 from_s, u64 at_s, bool wants_active)
{
    u64 found = 0;
    for (u32 i = 0; i < entries_count; i += 1) {
        u64 end_s = 0;
        if (entries[i].act.kind != DESK_ACT_RECEIVE) {
            continue;
        }
        for (u32 k = i; k < entries_count && entries[k].now_s <= at_s; k += 1) {
            const struct desk_act *act = &entries[k].act;
            if (memcmp(act->name, entries[i].act.name, sizeof(act->name)) != 0) {
                continue;
            }
            end_s = act->kind == DESK_ACT_SILENCE ? act->until_s
                    : act->kind == DESK_ACT_LAPSE ? u64_min(end_s, entries[k].now_s)
                                                  : end_s;
        }
        found += wants_active ? end_s > at_s : end_s <= at_s && end_s >= from_s;
    }
    return found;
}

static void check_naively(const struct report *report, u64 through_s)
{
    static const struct {
        enum report_cell cell;
        enum desk_act_kind kind;
    } rows[] = {{REPORT_CELL_REQUESTS, DESK_ACT_RECEIVE},
                {REPORT_CELL_REJECTED, DESK_ACT_REJECT},
                {REPORT_CELL_LAPSED, DESK_ACT_LAPSE},
                {REPORT_CELL_WITHDRAWN, DESK_ACT_WITHDRAW},
                {REPORT_CELL_NOTICES, DESK_ACT_NOTICE}};
    for (u32 i = 0; i < report_halves(report); i += 1) {
        const struct report_half *half = report_half(report, i);
        u64 last_s = u64_min(half->ends_s - 1, through_s);
        for (u32 row = 0; row < ARRAY_COUNT(rows); row += 1) {
            assert_int_equal(half->totals[rows[row].cell], kinds_within(half, rows[row].kind));
        }
        assert_int_equal(half->totals[REPORT_CELL_FULL] + half->totals[REPORT_CELL_PARTIAL],
                         kinds_within(half, DESK_ACT_DELIVERED));
        assert_int_equal(half->totals[REPORT_CELL_SILENCES_ACTIVE],
                         silences_at(half->begins_s, last_s, true));
        assert_int_equal(half->totals[REPORT_CELL_SILENCES_ENDED],
                         silences_at(half->begins_s, last_s, false));
    }
}

static void one_seed(u64 seed)
{
    static struct report_line lines[64];
    struct random random;
    random_init(&random, seed);
    entries_count = 0;
    make_by_chance(&random, 600);
    u64 through_s = entries[entries_count - 1].now_s + random_below(&random, 400 * DAY_S);
    struct report *report = count(entries_count, through_s);
    check_naively(report, through_s);
    print_has_no_small_cell(report, lines, ARRAY_COUNT(lines));
    /* A report that was made earlier says the same of what was over then. */
    u32 early = (u32)random_between(&random, 6, entries_count);
    struct report *before = count(early, entries[early - 1].now_s);
    for (u32 i = 0; i + 1 < report_halves(before); i += 1) {
        const struct report_half *one = report_half(before, i);
        const struct report_half *other = report_half(report, i);
        assert_memory_equal(one->totals, other->totals, sizeof(one->totals));
        assert_memory_equal(one->log, other->log, sizeof(one->log));
        assert_int_equal(one->minutes, other->minutes);
        assert_int_equal(one->rows_count, other->rows_count);
        assert_memory_equal(report_rows(before, i), report_rows(report, i),
                            one->rows_count * sizeof(struct report_row));
    }
    report_close(before);
    report_close(report);
}

static void random_acts_are_counted_as_a_naive_walk_counts_them(void **state)
{
    (void)state;
    u64 rounds = test_rounds(60);
    for (u64 i = 0; i < rounds; i += 1) {
        one_seed(random_seed_derive(test_seed(), i));
    }
}

/* ---- from a file ---- */

struct counting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct report *report;
    u64 rows;
};

static enum fault visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct counting *counting = (struct counting *)(void *)visitor;
    counting->rows += 1;
    return report_take(counting->report, &row->file.act, row->log, row->step.now_s);
}

static void damage(const struct desk_scene *scene, const char *text, char path[96])
{
    static const struct sql_format format = {
        .application = 0x434d4244U, .version = 1, .what = "a desk"};
    struct sql sql = {.db = NULL};
    (void)snprintf(path, 96, "%s/copy.db", scene->folder);
    must(sql_copy(scene->path, scene->folder, path));
    must(sql_open(&sql, path, SQL_WRITE, &format));
    must(sql_run(&sql, "DROP TRIGGER events_update"));
    must(sql_run(&sql, text));
    sql_close(&sql);
}

static void the_file_of_a_desk_gives_its_report(void **state)
{
    static struct desk_scene scene;
    static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
    char venue[DESK_VENUE_BYTES];
    char path[96];
    char *text = NULL;
    size_t size = 0;
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    desk_scene_approved(&scene, name);
    struct counting counting = {.visitor = {.visit = visit}};
    must(report_open(&counting.report, scene.now_s + DAY_S));
    must(desk_store_scan(scene.path, venue, &counting.visitor)); /* while it is open, too */
    must(report_end(counting.report));
    assert_string_equal(venue, "demo.invalid");
    assert_int_equal(counting.rows, 13);
    assert_int_equal(total(counting.report, 0, REPORT_CELL_REQUESTS), 1);
    assert_int_equal(report_rows(counting.report, 0)[0].type, DESK_TYPE_COURT);
    must(report_json(counting.report, venue, &text, &size));
    assert_non_null(strstr(text, "\"registry\":4"));
    assert_non_null(strstr(text, "\"country\":\"other\""));
    assert_null(strstr(text, "\"FR\"")); /* one request of a country is nobody's business */
    free(text);
    must(report_csv(counting.report, &text, &size));
    assert_non_null(strstr(text, "2026-H2,all,all,all,1,1,0,"));
    free(text);
    report_close(counting.report);
    must(report_open(&counting.report, scene.now_s));
    damage(&scene, "UPDATE events SET now_s = now_s + 1 WHERE number = 6", path);
    assert_int_equal(desk_store_scan(path, venue, &counting.visitor), FAULT_ROT);
    report_close(counting.report);
    desk_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_years_have_names_and_bounds),
        cmocka_unit_test_setup_teardown(acts_count_in_the_half_year_in_which_they_come, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_kinds_of_openings_are_counted_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(full_is_what_was_asked_first, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_log_has_not_taken_is_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(an_opening_of_own_motion_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_came_is_a_report_too, setup, teardown),
        cmocka_unit_test_setup_teardown(few_requests_stand_together, setup, teardown),
        cmocka_unit_test(the_file_of_a_desk_gives_its_report),
        cmocka_unit_test_setup_teardown(random_acts_are_counted_as_a_naive_walk_counts_them, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
