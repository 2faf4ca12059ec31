/* Aim: what was true of a journal once stays true: the same commands give the same events and the
 * same state on every compiler, at every optimisation, in every later version. Method: each journal
 * below tests/golden/ is read as recovery reads it and played in three ways; its hashes must be
 * those written beside it when it was made. The hand-made ones must also meet every kind of
 * command, event, end, prevention and ledger entry. */
#include "tests/golden/golden.h"

#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    JOURNALS_MAX = 64,
    PATH_BYTES = 512,
};

static char journals[JOURNALS_MAX][PATH_BYTES];
static u32 journals_count;

/* Every x.expected in one version's folder names a journal x beside it. */
static void find_journals(const char *folder)
{
    static const char ending[] = ".expected";
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        size_t length = strlen(entry->d_name);
        size_t tail = sizeof ending - 1;
        if (length > tail && strcmp(entry->d_name + length - tail, ending) == 0) {
            assert_true(journals_count < JOURNALS_MAX);
            char *path = journals[journals_count++];
            int written =
                snprintf(path, PATH_BYTES, "%s/%.*s", folder, (int)(length - tail), entry->d_name);
            assert_true(written > 0 && written < PATH_BYTES);
        }
    }
    (void)closedir(directory);
}

static int find_all(void **state)
{
    (void)state;
    for (u32 version = 1;; version++) {
        char folder[PATH_BYTES];
        (void)snprintf(folder, sizeof folder, "%s/v%u", GOLDEN_FOLDER, version);
        DIR *directory = opendir(folder);
        if (directory == NULL) {
            break;
        }
        (void)closedir(directory);
        find_journals(folder);
    }
    return journals_count > 0 ? 0 : -1;
}

static void read_text(const char *path, char text_out[GOLDEN_TEXT_BYTES])
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(text_out, 1, GOLDEN_TEXT_BYTES - 1, file);
    text_out[length] = 0;
    assert_int_equal(fclose(file), 0);
}

static void read_journal(const char *folder, struct golden *golden_out)
{
    if (golden_read(folder, golden_out) != FAULT_NONE) {
        fail_msg("%s: %s", folder, fault_text());
    }
}

static void play(const char *folder, const struct golden *golden, enum golden_way way)
{
    char path[PATH_BYTES + 16];
    char expected[GOLDEN_TEXT_BYTES];
    char seen[GOLDEN_TEXT_BYTES];
    struct golden_result result;
    if (golden_play(golden, way, NULL, &result) != FAULT_NONE) {
        fail_msg("%s: %s", folder, fault_text());
    }
    (void)golden_print(&result, seen);
    (void)snprintf(path, sizeof path, "%s.expected", folder);
    read_text(path, expected);
    if (strcmp(seen, expected) != 0) {
        fail_msg("%s, way %d: now\n%sexpected\n%s", folder, way, seen, expected);
    }
}

static void every_journal_replays_to_its_hashes(void **state)
{
    (void)state;
    for (u32 i = 0; i < journals_count; i++) {
        struct golden golden;
        read_journal(journals[i], &golden);
        for (u32 way = 0; way < GOLDEN_WAYS_COUNT; way++) {
            play(journals[i], &golden, (enum golden_way)way);
        }
        golden_release(&golden);
        print_message("%s\n", journals[i]);
    }
}

/* A changed command shows. */
static void a_changed_byte_changes_the_hashes(void **state)
{
    (void)state;
    struct golden golden;
    struct golden_result before;
    struct golden_result after;
    read_journal(GOLDEN_FOLDER "/v1/scenario", &golden);
    assert_int_equal(golden_play(&golden, GOLDEN_SINGLY, NULL, &before), FAULT_NONE);
    /* A deposit of one unit more. */
    size_t at = 0;
    struct command_head head;
    memcpy(&head, golden.records, sizeof head);
    while (head.kind != COMMAND_DEPOSIT) {
        at += (size_t)head.units * WIRE_UNIT;
        memcpy(&head, golden.records + at, sizeof head);
    }
    golden.records[at + offsetof(struct command_deposit, amount)] ^= 1;
    assert_int_equal(golden_play(&golden, GOLDEN_SINGLY, NULL, &after), FAULT_NONE);
    assert_memory_not_equal(before.events_hash, after.events_hash, SHA256_BYTES);
    assert_memory_not_equal(before.state_hash, after.state_hash, SHA256_BYTES);
    golden_release(&golden);
}

/* ---- what the scenario meets ---- */

struct met {
    struct golden_watch watch;
    u32 commands[COMMAND_KIND_COUNT];
    u32 events[EVENT_KIND_COUNT];
    u32 ends[DONE_STATUS_COUNT][EXPIRY_REASON_COUNT];
    u32 modes[STP_MODE_COUNT];
    u32 causes[LEDGER_CAUSE_COUNT];
    u32 rejects[REJECT_COUNT];
};

static void met_event(struct met *met, const u8 *event)
{
    struct event_head head;
    memcpy(&head, event, sizeof head);
    met->events[head.kind] += 1;
    if (head.kind == EVENT_REJECTED) {
        met->rejects[((const struct event_rejected *)(const void *)event)->reject] += 1;
    } else if (head.kind == EVENT_ORDER_DONE) {
        const struct event_order_done *done = (const void *)event;
        met->ends[done->status][done->reason] += 1;
    } else if (head.kind == EVENT_PREVENTED) {
        met->modes[((const struct event_prevented *)(const void *)event)->mode] += 1;
    } else if (head.kind == EVENT_LEDGER) {
        met->causes[((const struct event_ledger *)(const void *)event)->cause] += 1;
    }
}

static void met_command(struct golden_watch *watch, const struct command_head *command,
                        struct span events)
{
    struct met *met = (struct met *)(void *)watch;
    met->commands[command->kind] += 1;
    for (size_t at = 0; at < events.size;) {
        met_event(met, events.data + at);
        at += (size_t)events.data[at + 2] * WIRE_UNIT; /* the byte `units` of the head */
    }
}

static void the_scenario_meets_everything(void **state)
{
    (void)state;
    static struct met met;
    met = (struct met){.watch = {.seen = met_command}};
    struct golden golden;
    struct golden_result result;
    read_journal(GOLDEN_FOLDER "/v2/scenario", &golden);
    assert_int_equal(golden_play(&golden, GOLDEN_SINGLY, &met.watch, &result), FAULT_NONE);
    golden_release(&golden);
    for (u32 i = 0; i < COMMAND_PERSON_ADD; i++) { /* those of the rules: below */
        /* limits_apply is the engine's own and never reaches the core. */
        bool is_missing = wire_commands[i].name && i != COMMAND_LIMITS_APPLY && !met.commands[i];
        if (is_missing) {
            fail_msg("no command %s", wire_commands[i].name);
        }
    }
    for (u32 i = 0; i < EVENT_RESTRICTED; i++) {
        if (wire_events[i].name && !met.events[i]) {
            fail_msg("no event %s", wire_events[i].name);
        }
    }
    assert_true(met.ends[DONE_STATUS_FILLED][EXPIRY_REASON_NONE] > 0);
    assert_true(met.ends[DONE_STATUS_CANCELED][EXPIRY_REASON_NONE] > 0);
    assert_true(met.ends[DONE_STATUS_EXPIRED_IN_MATCH][EXPIRY_REASON_NONE] > 0);
    for (u32 i = EXPIRY_REASON_REJECTED; i < EXPIRY_REASON_COUNT; i++) {
        if (met.ends[DONE_STATUS_EXPIRED][i] == 0) {
            fail_msg("no order expired for reason %u", i);
        }
    }
    for (u32 i = STP_MODE_EXPIRE_TAKER; i < STP_MODE_COUNT; i++) {
        if (met.modes[i] == 0) {
            fail_msg("no prevention of mode %u", i);
        }
    }
    for (u32 i = LEDGER_CAUSE_DEPOSIT; i < LEDGER_CAUSE_COUNT; i++) {
        if (met.causes[i] == 0) {
            fail_msg("no ledger entry of cause %u", i);
        }
    }
    assert_true(result.voided > 0);
}

/* Those that a few records are enough for, and what restrictions do to orders and money. */
static void the_rules_meet_everything(void **state)
{
    (void)state;
    static const u16 rejects[] = {
        REJECT_ACCOUNT_DISABLED,    REJECT_MONEY_DISABLED,  REJECT_ASSET_DISABLED,
        REJECT_UNKNOWN_LICENCE,     REJECT_LICENCE_CEILING, REJECT_LICENCE_NO_RULE,
        REJECT_UNKNOWN_PERSON,      REJECT_UNKNOWN_ROW,     REJECT_NEEDS_SECOND,
        REJECT_PACK_FORM,           REJECT_PACK_OVERLAP,    REJECT_PACK_UNCERTAIN,
        REJECT_UNKNOWN_PACK,        REJECT_LIMIT_PERSONS,   REJECT_LIMIT_PERSON_ROWS,
        REJECT_ALREADY_EXISTS,      REJECT_BAD_DEFINITION,  REJECT_BAD_ENUM,
        REJECT_LIMIT_REEVALUATIONS,
    };
    static struct met met;
    met = (struct met){.watch = {.seen = met_command}};
    struct golden golden;
    struct golden_result result;
    read_journal(GOLDEN_FOLDER "/v4/rules", &golden);
    assert_int_equal(golden_play(&golden, GOLDEN_SINGLY, &met.watch, &result), FAULT_NONE);
    golden_release(&golden);
    for (u32 i = COMMAND_PERSON_ADD; i <= COMMAND_WITHDRAW_PAUSE; i++) {
        if (!met.commands[i]) {
            fail_msg("no command %s", wire_commands[i].name);
        }
    }
    for (u32 i = EVENT_RESTRICTED; i <= EVENT_REEVALUATED; i++) {
        if (!met.events[i]) {
            fail_msg("no event %s", wire_events[i].name);
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(rejects); i++) {
        if (!met.rejects[rejects[i]]) {
            fail_msg("no refusal %s", reject_name(rejects[i]));
        }
    }
    assert_true(met.ends[DONE_STATUS_EXPIRED][EXPIRY_REASON_EXCHANGE_CANCELED] > 0);
    assert_true(met.causes[LEDGER_CAUSE_DEPOSIT_HELD] > 0);
    assert_true(met.causes[LEDGER_CAUSE_WITHDRAWAL_FALLBACK] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_journal_replays_to_its_hashes),
        cmocka_unit_test(a_changed_byte_changes_the_hashes),
        cmocka_unit_test(the_scenario_meets_everything),
        cmocka_unit_test(the_rules_meet_everything),
    };
    return cmocka_run_group_tests_name("golden", tests, find_all, NULL);
}
