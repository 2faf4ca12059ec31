/* Aim: two databases of the same events have the same rows, however often the process ended
 * between. Method: random events, in transactions of random length, some given up and done again,
 * some with the database closed and opened between, against one made in one go; a digest over every
 * column of every table. */
#include "base/hash.h"
#include "base/random.h"
#include "role/cases/case_query.h"
#include "role/cases/case_statements.h"
#include "role/cases/case_store.h"
#include "tests/support/case_scene.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static struct event_decision decision(u8 rule, enum truth truth, u16 vector)
{
    return (struct event_decision){.cause_seq = seq,
                                   .person = PERSON,
                                   .pack = 1,
                                   .rule = rule,
                                   .truth = (u8)truth,
                                   .vector = vector};
}

static struct event_ledger ledger(enum ledger_cause cause, u64 reference)
{
    return (struct event_ledger){.head = head_of(EVENT_LEDGER, sizeof(struct event_ledger), 0),
                                 .entry = seq,
                                 .amount = amount_of(500),
                                 .reference = reference,
                                 .asset = 3,
                                 .cause = (u8)cause};
}

/* ---- the same rows, however they came ---- */

static u64 digest_table(sqlite3 *db, const char *name, u64 digest)
{
    char text[256];
    sqlite3_stmt *statement = NULL;
    (void)snprintf(text, sizeof(text), "SELECT * FROM %s", name);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i += 1) {
            const u8 *bytes = sqlite3_column_blob(statement, i);
            digest = hash_bytes(bytes, (size_t)sqlite3_column_bytes(statement, i), digest);
        }
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return digest;
}

static u64 digest_of(const struct case_store *of)
{
    static const char *const tables[] = {"account", "pack", "finding", "verdict",  "held",
                                         "matter",  "act",  "notice",  "whitelist"};
    u64 digest = 1;
    for (u32 i = 0; i < ARRAY_COUNT(tables); i += 1) {
        digest = digest_table(of->sql.db, tables[i], digest);
    }
    return digest;
}

/* A run of random events, each of a command of its own, kept to be told again. */
enum { EVENTS = 3000, RECORD_BYTES = 256 };

struct told {
    u8 bytes[RECORD_BYTES];
    size_t size;
    u64 seq;
    u64 time_us;
};
static struct told run[EVENTS];

static void put_applied(struct told *told, void *command, size_t size, u16 kind, u32 account)
{
    struct event_applied applied = {
        .head = head_of(EVENT_APPLIED, sizeof(struct event_applied) + size, account)};
    struct command_head head = {
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .source = 1};
    memcpy(command, &head, sizeof(head));
    memcpy(told->bytes, &applied, sizeof(applied));
    memcpy(told->bytes + sizeof(applied), command, size);
    told->size = sizeof(applied) + size;
}

static void put_act(struct random *random, struct told *told)
{
    /* Mostly a case that there may be. */
    u64 back = random_below(random, 400) + 1;
    struct command_case_act command = {.matter = (seq - u64_min(back, seq - 1)) << CASE_ITEM_BITS |
                                                 random_below(random, 2),
                                       .person = (u32)random_below(random, 4),
                                       .officer = (u32)random_below(random, 4),
                                       .second = (u32)random_below(random, 4),
                                       .act = (u16)random_below(random, CASE_ACT_COUNT + 1),
                                       .until = now_us + random_below(random, 3) * DAY};
    put_applied(told, &command, sizeof(command), COMMAND_CASE_ACT, 0);
}

static void put_random(struct random *random, struct told *told)
{
    struct event_decision event = decision((u8)random_below(random, 4), TRUTH_NO, 0);
    struct event_restricted vector = {.after = random_below(random, 2) * FREEZE, .person = PERSON};
    struct command_link link = {.person = (u32)random_below(random, 3) + 1};
    u32 account = (u32)random_below(random, 5) + 1;
    switch (random_below(random, 8)) {
    case 0:
        put_applied(told, &link, sizeof(link),
                    random_below(random, 2) == 0 ? COMMAND_LINK : COMMAND_UNLINK, account);
        return;
    case 1:
        vector.head = head_of(EVENT_RESTRICTED, sizeof(vector), account);
        memcpy(told->bytes, &vector, sizeof(vector));
        told->size = sizeof(vector);
        return;
    case 2: {
        struct event_ledger money =
            ledger((enum ledger_cause)(random_below(random, 11) + 1), random_below(random, 9));
        money.head.account = account;
        memcpy(told->bytes, &money, sizeof(money));
        told->size = sizeof(money);
        return;
    }
    case 3:
    case 4:
        put_act(random, told);
        return;
    default: /* not an enum: a random number */
        event.head = head_of(EVENT_DECISION, sizeof(event), 0);
        event.person = (u32)random_below(random, 3) + 1;
        event.pack = (u8)random_below(random, 3);
        event.truth = (u8)random_below(random, 3);
        event.reasons = (u8)random_below(random, 64);
        event.missing = (u8)random_below(random, 256);
        event.vector = event.truth == 0 ? 0 : (u16)(random_below(random, 3) * 0x1500U);
        event.vector = event.truth == 2 && event.rule == 0 ? FREEZE : event.vector;
        memcpy(told->bytes, &event, sizeof(event));
        told->size = sizeof(event);
        return;
    }
}

static void put_pack(struct told *told)
{
    struct event_pack_state event = {.head = head_of(EVENT_PACK_STATE, sizeof(event), 0),
                                     .version = 4,
                                     .pack = 1,
                                     .state = PACK_STATE_ACTIVE};
    memcpy(event.content_hash, pack_hash, sizeof(event.content_hash));
    memcpy(event.pack_id, "test-pack", 9);
    memcpy(told->bytes, &event, sizeof(event));
    told->size = sizeof(event);
}

static void run_make(u32 count)
{
    struct random random;
    random_init(&random, test_seed());
    for (u32 i = 0; i < count; i += 1) {
        struct told *told = &run[i];
        *told = (struct told){.size = 0};
        now_us += random_below(&random, 2 * DAY / 10);
        if (i == 0) {
            put_pack(told);
        } else {
            put_random(&random, told);
        }
        told->seq = seq;
        told->time_us = now_us;
    }
}

static void apply_told(struct case_store *to, const struct told *told)
{
    scene_must(case_store_apply(to, span_of(told->bytes, told->size), told->seq, told->time_us));
}

static u32 cases_count(void)
{
    static struct case_row rows[CASE_QUERY_ROWS_MAX];
    struct case_filter filter = {.limit = CASE_QUERY_ROWS_MAX};
    u32 count = 0;
    scene_must(case_query_list(store, &filter, rows, &count));
    return count;
}

static void two_databases_of_the_same_events_are_the_same(void **state)
{
    struct random random;
    u32 count = (u32)test_rounds(EVENTS);
    u32 done = 0;
    (void)state;
    random_init(&random, random_seed_derive(test_seed(), 1));
    run_make(count);
    while (done < count) {
        u32 end = (u32)u64_min(count, done + random_below(&random, 40) + 1);
        scene_must(case_store_begin(store));
        for (u32 i = done; i < end; i += 1) {
            apply_told(store, &run[i]);
        }
        bool is_killed = random_chance(&random, 1, 4);
        if (!is_killed) {
            scene_must(case_store_commit(store, end));
            done = end;
        }
        if (is_killed || random_chance(&random, 1, 4)) {
            case_store_close(store);
            store = case_scene_open("cases.db");
        }
    }
    struct case_store *whole = case_scene_open("whole.db");
    scene_must(case_store_begin(whole));
    for (u32 i = 0; i < count; i += 1) {
        apply_told(whole, &run[i]);
    }
    scene_must(case_store_commit(whole, count));
    assert_true(cases_count() > 0);
    assert_int_equal(digest_of(store), digest_of(whole));
    case_store_close(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_databases_of_the_same_events_are_the_same,
                                        case_scene_make, case_scene_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
