/* Aim: rows and position are committed together or not at all, two writers notice each other, and
 * bytes that cannot be events are refused. Method: events made by hand in a file of its own; what
 * real venues give is in history_test.c and sim/history_sim_test.c. */
#include "role/history/store.h"

#include "base/span.h"
#include "role/history/query.h"
#include "role/history/statements.h"
#include "tests/support/engine_scene.h"

#include <stdio.h>
#include <string.h>

static const u8 venue[STORE_VENUE_BYTES] = {1, 2, 3};

static char folder[SCENE_PATH_BYTES];
static char path[FILE_PATH_BYTES];
static struct store *store;

static int make(void **state)
{
    (void)state;
    scene_folder_make(folder);
    scene_must(file_path(path, folder, "store.db"));
    scene_must(store_open(&store, path, SQL_WRITE, venue));
    return 0;
}

static int clear(void **state)
{
    (void)state;
    store_close(store);
    store = NULL;
    scene_folder_remove(folder);
    return 0;
}

static struct event_ledger deposit(u64 entry)
{
    return (struct event_ledger){
        .head = {.kind = EVENT_LEDGER,
                 .units = sizeof(struct event_ledger) / WIRE_UNIT,
                 .account = 3,
                 .seq = entry},
        .entry = entry,
        .amount = amount_of(100 + entry),
        .reference = 77,
        .asset = 1,
        .from = LEDGER_CLASS_CUSTODY,
        .to = LEDGER_CLASS_FREE,
        .cause = LEDGER_CAUSE_DEPOSIT,
    };
}

static enum fault apply(u64 entry)
{
    struct event_ledger event = deposit(entry);
    return store_apply(store, span_of(&event, sizeof(event)), entry, 1000 + entry);
}

static u32 deposits(void)
{
    struct history_deposit rows[10];
    struct history_money_query query = {.account = 3, .asset = -1, .status = -1, .limit = 10};
    u32 count = 0;
    scene_must(history_deposits(store, &query, rows, &count));
    return count;
}

static struct store_point point(void)
{
    struct store_point now;
    scene_must(store_point(store, &now));
    return now;
}

static void rows_and_position_go_together(void **state)
{
    (void)state;
    scene_must(store_begin(store));
    scene_must(apply(1));
    scene_must(apply(2));
    scene_must(store_commit(store, 40));
    assert_int_equal(point().position, 40);
    assert_int_equal(point().seq, 2);
    assert_int_equal(point().time_us, 1002);
    assert_int_equal(deposits(), 2);

    scene_must(store_begin(store));
    scene_must(apply(3));
    store_abandon(store);
    assert_int_equal(point().position, 40);
    assert_int_equal(deposits(), 2);

    /* Closed in the middle of a transaction. */
    scene_must(store_begin(store));
    scene_must(apply(3));
    store_close(store);
    scene_must(store_open(&store, path, SQL_WRITE, venue));
    assert_int_equal(point().position, 40);
    assert_int_equal(deposits(), 2);

    /* The same once more is noticed, and spoils nothing. */
    scene_must(store_begin(store));
    assert_int_equal(apply(2), FAULT_ROT);
    store_abandon(store);
    scene_must(store_begin(store));
    scene_must(apply(3));
    scene_must(store_commit(store, 50));
    assert_int_equal(deposits(), 3);
}

static void another_writer_is_noticed(void **state)
{
    (void)state;
    struct store *other = NULL;
    scene_must(store_open(&other, path, SQL_WRITE, venue));
    scene_must(store_begin(store));
    scene_must(apply(1));
    scene_must(store_commit(store, 20));
    assert_int_equal(store_begin(other), FAULT_FENCED);
    assert_int_equal(store_begin(other), FAULT_FENCED);
    store_close(other);
    scene_must(store_begin(store));
    scene_must(store_commit(store, 21));
}

static void a_reader_sees_what_is_committed(void **state)
{
    (void)state;
    struct store *reader = NULL;
    struct store_point seen;
    scene_must(store_open(&reader, path, SQL_READ, NULL));
    assert_memory_equal(store_venue(reader), venue, sizeof(venue));
    scene_must(store_begin(store));
    scene_must(apply(1));
    scene_must(store_point(reader, &seen));
    assert_int_equal(seen.position, 0);
    scene_must(store_commit(store, 20));
    scene_must(store_point(reader, &seen));
    assert_int_equal(seen.position, 20);
    expect_assert_failure(scene_must(store_begin(reader)));
    store_close(reader);
}

static void another_venue_is_refused(void **state)
{
    (void)state;
    static const u8 other[STORE_VENUE_BYTES] = {9};
    struct store *wrong = NULL;
    assert_int_equal(store_open(&wrong, path, SQL_WRITE, other), FAULT_FOREIGN);
    assert_null(wrong);
    assert_int_equal(store_open(&wrong, path, SQL_READ, other), FAULT_FOREIGN);
}

static enum fault apply_bytes(const void *bytes, size_t size)
{
    scene_must(store_begin(store));
    enum fault fault = store_apply(store, span_of(bytes, size), 5, 5);
    store_abandon(store);
    return fault;
}

/* A pack without an end, holdings that are as much as fits: nothing that history would keep. */
static void what_rules_say_is_passed_over(void **state)
{
    (void)state;
    struct event_pack_state pack = {
        .head = {.kind = EVENT_PACK_STATE, .units = sizeof(pack) / WIRE_UNIT},
        .until = UINT64_MAX,
        .state = PACK_STATE_ACTIVE};
    assert_int_equal(apply_bytes(&pack, sizeof(pack)), FAULT_NONE);
    struct event_decision decision = {
        .head = {.kind = EVENT_DECISION, .units = sizeof(decision) / WIRE_UNIT},
        .holdings = UINT64_MAX,
        .deadline = UINT64_MAX};
    assert_int_equal(apply_bytes(&decision, sizeof(decision)), FAULT_NONE);
    decision.head.units -= 1;
    assert_int_equal(apply_bytes(&decision, sizeof(decision) - WIRE_UNIT), FAULT_ROT);
}

static void bad_records_are_refused(void **state)
{
    (void)state;
    struct event_ledger ledger = deposit(1);
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_NONE);
    assert_int_equal(apply_bytes(&ledger, 8), FAULT_ROT);
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger) - WIRE_UNIT), FAULT_ROT);
    ledger.cause = 99;
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_ROT);
    ledger.cause = LEDGER_CAUSE_DEPOSIT_RELEASE; /* of nothing */
    ledger.from = LEDGER_CLASS_SUSPENSE;
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_ROT);
    ledger.head.kind = 99;
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_ROT);
    ledger = deposit(1);
    ledger.amount = amount_of(1ULL << 63);
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_ROT);
    ledger = deposit(1);
    ledger.reference = UINT64_MAX;
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_NONE);
    struct event_list_new list = {
        .head = {.kind = EVENT_LIST_NEW, .units = sizeof(list) / WIRE_UNIT}, .list_id = 1};
    assert_int_equal(apply_bytes(&list, sizeof(list)), FAULT_NONE);
    list.client.length = 200;
    assert_int_equal(apply_bytes(&list, sizeof(list)), FAULT_ROT);
    ledger.head.units = 0;
    assert_int_equal(apply_bytes(&ledger, sizeof(ledger)), FAULT_ROT);

    struct event_trade trade = {.head = {.kind = EVENT_TRADE, .units = sizeof(trade) / WIRE_UNIT},
                                .trade_id = 1,
                                .market = 7};
    assert_int_equal(apply_bytes(&trade, sizeof(trade)), FAULT_ROT);
    struct event_order_done done = {
        .head = {.kind = EVENT_ORDER_DONE, .units = sizeof(done) / WIRE_UNIT}, .order_id = 1};
    assert_int_equal(apply_bytes(&done, sizeof(done)), FAULT_ROT);
    done.status = 200;
    assert_int_equal(apply_bytes(&done, sizeof(done)), FAULT_ROT);
}

/* Whether a step of the plan reads a whole table, or sorts. */
static bool is_slow(const char *step)
{
    bool small = strcmp(step, "SCAN venue") == 0 || strcmp(step, "SCAN market") == 0;
    return strstr(step, "TEMP B-TREE") != NULL || (strncmp(step, "SCAN", 4) == 0 && !small);
}

static void no_statement_reads_a_whole_table(void **state)
{
    (void)state;
    u32 steps = 0;
    for (u32 i = STORE_POINT_GET; i < STORE_STATEMENTS; i += 1) {
        char text[2048];
        struct sqlite3_stmt *statement = NULL;
        (void)snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", store_texts[i]);
        scene_must(sql_prepare(store_sql(store), text, &statement));
        struct sql_call call = sql_call(statement);
        bool row = false;
        scene_must(sql_next(store_sql(store), &call, &row));
        while (row) {
            char step[200];
            (void)sql_get_u64(&call);
            (void)sql_get_u64(&call);
            (void)sql_get_u64(&call);
            sql_get_bytes(&call, step, sizeof(step));
            step[sizeof(step) - 1] = 0;
            steps += 1;
            if (is_slow(step)) {
                fail_msg("%s: %s", store_texts[i], step);
            }
            scene_must(sql_next(store_sql(store), &call, &row));
        }
        sql_give_back(&statement);
    }
    assert_in_range(steps, 45, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_and_position_go_together, make, clear),
        cmocka_unit_test_setup_teardown(another_writer_is_noticed, make, clear),
        cmocka_unit_test_setup_teardown(a_reader_sees_what_is_committed, make, clear),
        cmocka_unit_test_setup_teardown(another_venue_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(bad_records_are_refused, make, clear),
        cmocka_unit_test_setup_teardown(what_rules_say_is_passed_over, make, clear),
        cmocka_unit_test_setup_teardown(no_statement_reads_a_whole_table, make, clear),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
