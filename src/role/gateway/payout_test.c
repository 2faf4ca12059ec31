/* Aim: a withdrawal's texts are there before its command, and are settled or gone after it, also
 * when the process ended in between. Method: a database in a temporary folder, closed and opened
 * again where a process would end. */
#include "role/gateway/payout.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct payouts payouts;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static int open_store(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/cambist-payout-XXXXXX");
    assert_non_null(mkdtemp(folder));
    must(payouts_open(&payouts, folder));
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    payouts_close(&payouts);
    static const char *const names[] = {PAYOUT_FILE, PAYOUT_FILE "-wal", PAYOUT_FILE "-shm"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static void open_again(void)
{
    payouts_close(&payouts);
    must(payouts_open(&payouts, folder));
}

static struct payout sample(u64 source_index, u32 account, const char *order_id)
{
    struct payout payout = {.source_index = source_index,
                            .time_us = 1795000000000000,
                            .account = account,
                            .asset = 3,
                            .amount = amount_of(UINT64_MAX - 5),
                            .fee = amount_of(7),
                            .address = "demo-XYZ-1-00000000",
                            .tag = "tag"};
    (void)snprintf(payout.order_id, sizeof payout.order_id, "%s", order_id);
    memset(payout.address, 'a', PAYOUT_ADDRESS_BYTES);
    return payout;
}

static bool of_hold(u32 account, u64 hold_id, u64 source_index, struct payout *out)
{
    bool found = false;
    must(payouts_of_hold(&payouts, account, hold_id, source_index, out, &found));
    return found;
}

static bool of_order(u32 account, const char *order_id, struct payout *out)
{
    bool found = false;
    must(payouts_of_order(&payouts, account, span_of_text(order_id), out, &found));
    return found;
}

/* Up to its last field: what the compiler puts behind it is nobody's. */
#define PAYOUT_USED (offsetof(struct payout, answers) + sizeof(struct payout_answers))

static void keeps_what_was_said(void **state)
{
    (void)state;
    struct payout said = sample(5, 1, "mine");
    must(payout_answers_hash(span_of_text("{}"), &said.answers));
    must(payouts_add(&payouts, &said));
    open_again();
    struct payout out;
    assert_true(of_hold(1, 900, 5, &out));
    assert_memory_equal(&out, &said, PAYOUT_USED);
    must(payouts_settle(&payouts, 5, 5, 900));
    said.hold_id = 900;
    assert_true(of_hold(1, 900, 0, &out));
    assert_memory_equal(&out, &said, PAYOUT_USED);
    assert_true(of_order(1, "mine", &out));
    assert_memory_equal(&out, &said, PAYOUT_USED);
    assert_false(of_hold(2, 900, 5, &out));
    /* Settled, it is no longer found by its number alone. */
    assert_false(of_hold(1, 901, 5, &out));
    assert_false(of_order(2, "mine", &out));
}

static void is_its_owners_file(void **state)
{
    (void)state;
    char path[128];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/%s", folder, PAYOUT_FILE);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void a_commit_reaches_the_disk(void **state)
{
    (void)state;
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    must(sql_prepare(&payouts.sql, "PRAGMA synchronous", &statement));
    struct sql_call call = sql_call(statement);
    must(sql_next(&payouts.sql, &call, &row));
    assert_int_equal(sql_get_u64(&call), 2); /* FULL */
    sql_give_back(&statement);
}

static void an_order_id_is_used_once(void **state)
{
    (void)state;
    struct payout first = sample(5, 1, "mine");
    struct payout same = sample(6, 1, "mine");
    struct payout other = sample(6, 2, "mine");
    struct payout unnamed = sample(7, 1, "");
    must(payouts_add(&payouts, &first));
    assert_int_equal(payouts_add(&payouts, &same), FAULT_EXISTS);
    must(payouts_add(&payouts, &other));
    must(payouts_add(&payouts, &unnamed));
    unnamed.source_index = 8;
    must(payouts_add(&payouts, &unnamed));
    must(payouts_settle(&payouts, 5, 5, 900));
    open_again();
    same.source_index = 9;
    assert_int_equal(payouts_add(&payouts, &same), FAULT_EXISTS);
    /* The transaction is over either way. */
    must(payouts_drop(&payouts, 6));
    other.source_index = 10;
    must(payouts_add(&payouts, &other));
}

static void a_refused_command_leaves_nothing(void **state)
{
    (void)state;
    struct payout first = sample(5, 1, "mine");
    struct payout out;
    must(payouts_add(&payouts, &first));
    must(payouts_drop(&payouts, 5));
    assert_false(of_order(1, "mine", &out));
    must(payouts_add(&payouts, &first));
    must(payouts_settle(&payouts, 5, 5, 900));
    must(payouts_drop(&payouts, 5));
    assert_true(of_order(1, "mine", &out));
}

static void a_number_given_again_replaces_what_was_never_taken(void **state)
{
    (void)state;
    struct payout first = sample(5, 1, "mine");
    struct payout second = sample(5, 2, "yours");
    struct payout out;
    must(payouts_add(&payouts, &first));
    must(payouts_add(&payouts, &second));
    assert_false(of_order(1, "mine", &out));
    assert_true(of_order(2, "yours", &out));
    assert_int_equal(payouts.waiting_count, 1);
}

static void forgets_what_the_engine_never_took(void **state)
{
    (void)state;
    struct payout out;
    for (u64 i = 1; i <= 4; i++) {
        struct payout payout = sample(i, 1, "");
        must(payouts_add(&payouts, &payout));
    }
    must(payouts_settle(&payouts, 4, 4, 44));
    open_again();
    assert_int_equal(payouts.waiting_count, 3);
    must(payouts_taken(&payouts, 2));
    assert_int_equal(payouts.waiting_count, 2);
    assert_true(of_hold(1, 99, 2, &out));
    assert_false(of_hold(1, 99, 3, &out));
    assert_true(of_hold(1, 44, 0, &out));
}

/* ---- events that nobody waits for ---- */

static void follow_hold(u64 source_index, u8 cause, u64 hold_id)
{
    struct event_ledger ledger = {
        .head = {.kind = EVENT_LEDGER, .units = sizeof(struct event_ledger) / WIRE_UNIT},
        .source_index = source_index,
        .cause = cause,
        .reference = hold_id};
    must(payouts_follow(&payouts, source_index, span_of(&ledger, sizeof ledger)));
}

static void events_settle_rows(void **state)
{
    (void)state;
    struct payout out;
    for (u64 i = 1; i <= 3; i++) {
        struct payout payout = sample(i, 1, "");
        must(payouts_add(&payouts, &payout));
    }
    open_again();
    follow_hold(1, LEDGER_CAUSE_WITHDRAWAL_HOLD, 900);
    assert_true(of_hold(1, 900, 0, &out));
    struct event_rejected rejected = {
        .head = {.kind = EVENT_REJECTED, .units = sizeof rejected / WIRE_UNIT}, .source_index = 2};
    must(payouts_follow(&payouts, 2, span_of(&rejected, sizeof rejected)));
    assert_false(of_hold(1, 99, 2, &out));
    /* Another command's events mean nothing. */
    follow_hold(77, LEDGER_CAUSE_WITHDRAWAL_HOLD, 901);
    assert_true(of_hold(1, 99, 3, &out));
    assert_int_equal(payouts.waiting_count, 1);
    follow_hold(3, LEDGER_CAUSE_DEPOSIT, 902);
    assert_false(of_hold(1, 99, 3, &out));
    assert_int_equal(payouts.waiting_count, 0);
}

static void waits_for_the_newest_only(void **state)
{
    (void)state;
    struct payout out;
    for (u64 i = 1; i <= PAYOUT_WAITING_MAX + 1; i++) {
        struct payout payout = sample(i, 1, "");
        must(payouts_add(&payouts, &payout));
    }
    assert_int_equal(payouts.waiting_count, PAYOUT_WAITING_MAX);
    follow_hold(1, LEDGER_CAUSE_WITHDRAWAL_HOLD, 900);
    follow_hold(2, LEDGER_CAUSE_WITHDRAWAL_HOLD, 901);
    assert_true(of_hold(1, 900, 1, &out));
    assert_int_equal(out.hold_id, 0);
    assert_true(of_hold(1, 901, 0, &out));
    open_again();
    assert_int_equal(payouts.waiting_count, PAYOUT_WAITING_MAX);
}

/* ---- places and answers ---- */

static void places_are_told_once(void **state)
{
    (void)state;
    static struct payout_place places[PAYOUT_PLACES_MAX];
    u32 count = 9;
    must(payouts_places(&payouts, 1, places, &count));
    assert_int_equal(count, 0);
    for (u64 i = 1; i <= PAYOUT_PLACES_MAX + 4; i++) {
        struct payout payout = sample(i, i == 3 ? 2 : 1, "");
        (void)snprintf(payout.tag, sizeof payout.tag, "%u", i < 3 ? 1U : (unsigned)i);
        must(payouts_add(&payouts, &payout));
        must(payouts_settle(&payouts, i, i, i));
    }
    must(payouts_places(&payouts, 1, places, &count));
    assert_int_equal(count, PAYOUT_PLACES_MAX);
    assert_string_equal(places[0].tag, "204");
    must(payouts_places(&payouts, 2, places, &count));
    assert_int_equal(count, 1);
    assert_int_equal(places[0].asset, 3);
    assert_int_equal(strlen(places[0].address), PAYOUT_ADDRESS_BYTES);
}

static void answers_are_hashed_and_salted(void **state)
{
    (void)state;
    struct payout_answers first = {0};
    struct payout_answers second = {0};
    assert_false(payout_answers_given(&first));
    must(payout_answers_hash(span_of_text("{\"a\":1}"), &first));
    must(payout_answers_hash(span_of_text("{\"a\":1}"), &second));
    assert_true(payout_answers_given(&first));
    assert_memory_not_equal(first.salt, second.salt, PAYOUT_SALT_BYTES);
    assert_memory_not_equal(first.hash, second.hash, PAYOUT_HASH_BYTES);
    bool answered = true;
    must(payouts_answered(&payouts, 1, 5, &answered));
    assert_false(answered);
    must(payouts_answer(&payouts, 1, 5, 1, &first));
    must(payouts_answer(&payouts, 1, 5, 2, &second));
    open_again();
    must(payouts_answered(&payouts, 1, 5, &answered));
    assert_true(answered);
    must(payouts_answered(&payouts, 2, 5, &answered));
    assert_false(answered);
}

/* All that is asked while a client waits finds its rows by an index. */
/* Put back to a point: what lies behind it goes, settled or not, and its numbers are free again. */
static void a_cut_forgets_what_is_behind_it(void **state)
{
    (void)state;
    struct payout found;
    u64 dropped = 0;
    bool answered = false;
    struct payout_answers answers;
    for (u64 index = 1; index <= 4; index += 1) {
        char order_id[8];
        (void)snprintf(order_id, sizeof(order_id), "o%u", (u32)index);
        struct payout payout = sample(index, 7, order_id);
        must(payouts_add(&payouts, &payout));
    }
    must(payouts_settle(&payouts, 1, 1, 11));
    must(payouts_settle(&payouts, 3, 3, 13));
    must(payout_answers_hash(span_of_text("{}"), &answers));
    must(payouts_answer(&payouts, 7, 100, 5000, &answers));
    must(payouts_answer(&payouts, 7, 101, 5001, &answers));
    must(payouts_cut(&payouts, 2, 5000, &dropped));
    assert_int_equal(dropped, 2);
    assert_int_equal(payouts.waiting_count, 1);
    assert_true(of_order(7, "o1", &found));
    assert_true(of_order(7, "o2", &found));
    assert_false(of_order(7, "o3", &found));
    assert_false(of_order(7, "o4", &found));
    must(payouts_answered(&payouts, 7, 100, &answered));
    assert_true(answered);
    must(payouts_answered(&payouts, 7, 101, &answered));
    assert_false(answered);
    struct payout again = sample(3, 7, "o3");
    must(payouts_add(&payouts, &again));
    must(payouts_settle(&payouts, 3, 3, 13));
}

static void no_statement_reads_a_table(void **state)
{
    (void)state;
    u32 steps = 0;
    for (u32 i = PAYOUT_ADD; i < PAYOUT_STATEMENTS; i++) {
        char text[1024];
        struct sqlite3_stmt *statement = NULL;
        (void)snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", payout_texts[i]);
        must(sql_prepare(&payouts.sql, text, &statement));
        struct sql_call call = sql_call(statement);
        bool row = false;
        must(sql_next(&payouts.sql, &call, &row));
        while (row) {
            char step[200] = {0};
            (void)sql_get_u64(&call);
            (void)sql_get_u64(&call);
            (void)sql_get_u64(&call);
            sql_get_bytes(&call, step, sizeof step - 1);
            steps += 1;
            bool whole =
                strncmp(step, "SCAN payout", 11) == 0 || strncmp(step, "SCAN answer", 11) == 0;
            if ((whole && strstr(step, "INDEX payout_waiting") == NULL) ||
                (strncmp(step, "SEARCH payout", 13) == 0 && i != PAYOUT_PLACES &&
                 strstr(step, "payout_of_account") != NULL)) {
                fail_msg("%s: %s", payout_texts[i], step);
            }
            must(sql_next(&payouts.sql, &call, &row));
        }
        sql_give_back(&statement);
    }
    assert_in_range(steps, 8, 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_was_said),
        TEST(is_its_owners_file),
        TEST(a_commit_reaches_the_disk),
        TEST(an_order_id_is_used_once),
        TEST(a_refused_command_leaves_nothing),
        TEST(a_number_given_again_replaces_what_was_never_taken),
        TEST(forgets_what_the_engine_never_took),
        TEST(events_settle_rows),
        TEST(waits_for_the_newest_only),
        TEST(places_are_told_once),
        TEST(answers_are_hashed_and_salted),
        TEST(a_cut_forgets_what_is_behind_it),
        TEST(no_statement_reads_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
