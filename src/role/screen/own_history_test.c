/* Aim: what was known on a day stays what was known on that day, whatever is recorded later.
 * Method: random histories of statements, corrections and listings in the order of their recording;
 * for every day the verdicts of the whole graph, asked as known then, are those of a graph that
 * holds nothing recorded later. */
#include "base/random.h"
#include "base/span.h"
#include "role/screen/own_cascade.h"
#include "tests/support/test.h"

#define NODES   6U
#define RECORDS 30U
#define DAYS    12

enum act { ACT_SAY, ACT_END, ACT_RETRACT, ACT_LIST };
#define ACTS 4U

struct record {
    enum act act;
    i32 recorded;
    i32 day; /* from which, or until which it was so */
    u32 holder;
    u32 target;
    u32 lower;
    u32 upper;
    u32 earlier; /* the statement that is corrected, by its place among all said */
};

struct history {
    struct record records[RECORDS];
};

static void history_draw(struct random *random, struct history *history)
{
    i32 recorded = 0;
    for (u32 index = 0; index < RECORDS; index += 1) {
        recorded += random_chance(random, 1, 2) ? 1 : 0;
        u64 a = random_below(random, 5) * (OWN_WHOLE / 4);
        u64 b = random_chance(random, 1, 2) ? a : random_below(random, 5) * (OWN_WHOLE / 4);
        history->records[index] = (struct record){
            .act =
                index < 6 ? (index < 2 ? ACT_LIST : ACT_SAY) : (enum act)random_below(random, ACTS),
            .recorded = recorded,
            .day = (i32)random_below(random, DAYS),
            .holder = (u32)random_below(random, NODES),
            .target = (u32)random_below(random, NODES),
            .lower = (u32)u64_min(a, b),
            .upper = (u32)u64_max(a, b),
            .earlier = (u32)random_u64(random),
        };
    }
}

static u32 say(struct own_build *build, const struct record *record)
{
    struct own_edge edge = {.kind = OWN_SHARE,
                            .holder = record->holder,
                            .target = record->target,
                            .via = OWN_NONE,
                            .lower = record->lower,
                            .upper = record->upper,
                            .source = OWN_NONE,
                            .times = OWN_TIMES_ALWAYS};
    u32 number = OWN_NONE;
    edge.times.valid_from = record->day;
    edge.times.recorded_from = record->recorded;
    assert_int_equal(own_build_edge(build, &edge, &number), FAULT_NONE);
    return number;
}

/* What was recorded until `known`, that day included. */
static struct own_graph *graph_make(const struct history *history, i32 known)
{
    struct own_build *build = NULL;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    for (u32 node = 0; node < NODES; node += 1) {
        u8 key = (u8)('a' + node);
        u32 number = 0;
        assert_int_equal(own_build_node(build, span_of(&key, 1), &number), FAULT_NONE);
    }
    u32 said[RECORDS];
    struct record origin[RECORDS];
    u32 said_count = 0;
    for (u32 index = 0; index < RECORDS; index += 1) {
        const struct record *record = &history->records[index];
        if (record->recorded > known) {
            break;
        }
        u32 place = said_count == 0 ? 0 : record->earlier % said_count;
        struct own_listing listing = {.node = record->holder, .times = OWN_TIMES_ALWAYS};
        listing.times.valid_from = record->day;
        listing.times.recorded_from = record->recorded;
        switch (record->act) {
        case ACT_SAY:
            said[said_count] = say(build, record);
            origin[said_count] = *record;
            said_count += 1;
            break;
        case ACT_END:
            if (said_count > 0 && record->day >= origin[place].day) {
                assert_int_equal(
                    own_build_end(build, said[place], record->day, record->recorded, &said[place]),
                    FAULT_NONE);
            }
            break;
        case ACT_RETRACT:
            if (said_count > 0) {
                assert_int_equal(own_build_retract(build, said[place], record->recorded),
                                 FAULT_NONE);
            }
            break;
        case ACT_LIST:
            assert_int_equal(own_build_listing(build, &listing), FAULT_NONE);
            break;
        }
    }
    struct own_graph *graph = NULL;
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    return graph;
}

static void verdicts_read(const struct own_graph *graph, struct own_moment moment,
                          enum own_verdict *verdicts)
{
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    struct own_rule rule;
    assert_true(own_rule_find(span_of_text("ofac50"), moment.valid, &rule));
    assert_int_equal(own_view_open(graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 1, &cascade), FAULT_NONE);
    for (u32 node = 0; node < NODES; node += 1) {
        verdicts[node] = own_cascade_verdict(cascade, node);
    }
    own_cascade_close(cascade);
    own_view_close(view);
}

static void later_records_change_no_earlier_answer(void **state)
{
    (void)state;
    struct random random;
    u64 rounds = test_rounds(300);
    u64 turned = 0;
    for (u64 round = 0; round < rounds; round += 1) {
        struct history history;
        random_init(&random, random_seed_derive(test_seed() + 900, round));
        history_draw(&random, &history);
        i32 last = history.records[RECORDS - 1].recorded;
        struct own_graph *whole = graph_make(&history, last);
        for (i32 known = 0; known <= last; known += 1) {
            struct own_graph *then = graph_make(&history, known);
            struct own_moment moment = {.valid = (i32)random_below(&random, DAYS), .known = known};
            enum own_verdict now_said[NODES];
            enum own_verdict then_said[NODES];
            enum own_verdict today[NODES];
            verdicts_read(whole, moment, now_said);
            verdicts_read(then, moment, then_said);
            verdicts_read(whole, (struct own_moment){moment.valid, last}, today);
            for (u32 node = 0; node < NODES; node += 1) {
                if (now_said[node] != then_said[node]) {
                    fail_msg("seed %llu round %llu node %u on day %d as known on %d: %s, then %s",
                             (unsigned long long)test_seed(), (unsigned long long)round, node,
                             moment.valid, known, own_verdict_name(now_said[node]),
                             own_verdict_name(then_said[node]));
                }
                turned += today[node] != then_said[node] ? 1 : 0;
            }
            own_graph_close(then);
        }
        own_graph_close(whole);
    }
    assert_true(turned > rounds); /* later records do change later answers */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_records_change_no_earlier_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
