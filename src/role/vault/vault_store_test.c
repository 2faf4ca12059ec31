/* Aim: a record is in both files or in neither, whenever the process is killed; what
 * somebody does behind our back is seen. Method: a folder
 * of its own; children that kill themselves at each step in turn; a naive model beside random
 * operations. What is gone: vault_erase_test.c. */
#include "role/vault/vault_store.h"

#include "base/random.h"
#include "tests/support/vault_scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- tests ---- */

static void what_was_put_is_there(void **state)
{
    static u8 bodies[3][5000];
    static u8 large[VAULT_BODY_BYTES_MAX];
    struct vault_store store;
    struct vault_listed listed[VAULT_LIST_MAX];
    struct vault_record records[3];
    struct vault_record found;
    u32 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    records[0] = record_of(7, SEAL_GROUP_ADDRESS, 1, 1, bodies[0], 0);
    records[1] = record_of(7, SEAL_GROUP_ADDRESS, 2, 1, bodies[1], 1);
    records[2] = record_of(7, SEAL_GROUP_BANK, 1, 1, bodies[2], 5000);
    scene_must(vault_store_put(&store, records, 3));
    reopen(&store);
    for (u32 i = 0; i < 3; i += 1) {
        assert_true(is_there(&store, &records[i]));
    }
    struct seal_label newest = {.subject = 7, .group = SEAL_GROUP_ADDRESS};
    scene_must(vault_store_get(&store, newest, 0, target, &found));
    assert_int_equal(found.label.version, 2);
    assert_int_equal(found.hands_count, 1);
    assert_memory_equal(found.hands[0].bytes, records[1].hands[0].bytes, VAULT_HAND_BYTES);
    scene_must(vault_store_get(&store, newest, records[1].hands[0].until_s + 1, target, &found));
    assert_int_equal(found.hands_count, 0);
    scene_must(vault_store_list(&store, 7, listed, &count));
    assert_int_equal(count, 3);
    assert_int_equal(listed[0].label.version, 2);
    assert_int_equal(listed[2].label.group, SEAL_GROUP_BANK);
    records[0] = record_of(8, SEAL_GROUP_DOCUMENTS, 1, 1, large, sizeof(large));
    scene_must(vault_store_put(&store, records, 1));
    assert_true(is_there(&store, &records[0]));
    assert_clean(&store);
    vault_store_close(&store);
}

/* The person's own copy of a key has no last second: it goes with the record, or when it is
 * dropped.
 */
static void a_hand_may_be_for_ever(void **state)
{
    struct vault_store store;
    struct vault_record found;
    u8 body[1];
    u64 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record record = record_of(9, SEAL_GROUP_BANK, 1, 1, body, sizeof(body));
    record.hands_count = 2;
    record.hands[1] = record.hands[0];
    record.hands[1].until_s = 0;
    record.hands[1].bytes[40] ^= 1;
    scene_must(vault_store_put(&store, &record, 1));
    scene_must(vault_store_get(&store, record.label, NOW_US / 1000000, target, &found));
    assert_int_equal(found.hands_count, 2);
    scene_must(vault_store_get(&store, record.label, NOW_US, target, &found)); /* ages later */
    assert_int_equal(found.hands_count, 1);
    assert_memory_equal(found.hands[0].bytes, record.hands[1].bytes, VAULT_HAND_BYTES);
    scene_must(vault_store_erase_due(&store, NOW_US + 200000000, &count));
    assert_int_equal(count, 1);
    scene_must(vault_store_get(&store, record.label, NOW_US / 1000000, target, &found));
    assert_int_equal(found.hands_count, 1);
    assert_int_equal(found.hands[0].until_s, 0);
    scene_must(vault_store_hands_drop(&store, record.label, NOW_US, &count));
    assert_int_equal(count, 1);
    vault_store_close(&store);
}

static void several_come_together_or_not_at_all(void **state)
{
    static u8 bodies[4][100];
    struct vault_store store;
    struct vault_record records[3];
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record first = record_of(7, SEAL_GROUP_BANK, 1, 1, bodies[3], 100);
    scene_must(vault_store_put(&store, &first, 1));
    records[0] = record_of(7, SEAL_GROUP_ADDRESS, 1, 1, bodies[0], 100);
    records[1] = record_of(7, SEAL_GROUP_CONTACT, 1, 1, bodies[1], 100);
    records[2] = record_of(7, SEAL_GROUP_BANK, 1, 2, bodies[2], 100);
    assert_int_equal(vault_store_put(&store, records, 3), FAULT_EXISTS);
    assert_false(is_there(&store, &records[0]));
    assert_true(is_there(&store, &first));
    records[2] = records[0];
    assert_int_equal(vault_store_put(&store, records, 3), FAULT_EXISTS);
    records[2].hash[0] ^= 1;
    records[2].label.version = 2;
    assert_int_equal(vault_store_put(&store, records, 3), FAULT_REFUSED);
    assert_false(is_there(&store, &records[0]));
    assert_clean(&store);
    vault_store_close(&store);
}

/* ---- killed ---- */

static u32 steps_left;

static void die_at_step(void *argument)
{
    (void)argument;
    if (steps_left == 0) {
        (void)raise(SIGKILL);
    }
    steps_left -= 1;
}

enum deed { DEED_PUT, DEED_ENROL, DEED_ERASE, DEED_SWEEP, DEED_COUNT };

/* True: the child came to its end. */
static bool do_and_die(enum deed deed, const struct vault_record *records, u32 count, u32 at_step)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct vault_store store;
        enum fault fault = vault_store_open(&store, disk_real(), folder, mark_key);
        store.step = die_at_step;
        steps_left = at_step;
        if (fault == FAULT_NONE && deed == DEED_PUT) {
            fault = vault_store_put(&store, records, count);
        } else if (fault == FAULT_NONE && deed == DEED_ENROL) {
            struct vault_review review = {.subject = records[0].label.subject, .version = 1};
            fault = vault_store_enrol(&store, records, count, &review);
        } else if (fault == FAULT_NONE && deed == DEED_ERASE) {
            fault = vault_store_erase(&store, records[0].label, NOW_US);
        } else if (fault == FAULT_NONE) {
            fault = vault_store_sweep(&store, NOW_US);
        }
        _exit(fault == FAULT_NONE ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) {
        assert_int_equal(WEXITSTATUS(status), 0);
        return true;
    }
    assert_int_equal(WTERMSIG(status), SIGKILL);
    return false;
}

static bool has_review(struct vault_store *store, u64 subject)
{
    struct vault_review review;
    bool found = false;
    scene_must(vault_store_review(store, subject, 1, &review, &found));
    return found;
}

static void killed_between_any_two_steps_nothing_is_half(void **state)
{
    static u8 bodies[2][3000];
    struct vault_store store;
    (void)state;
    for (u32 deed = 0; deed < DEED_COUNT; deed += 1) {
        bool is_put = deed == DEED_PUT || deed == DEED_ENROL;
        bool is_done = false;
        bool was_done_once = false;
        bool was_undone_once = false;
        for (u32 step = 0; !is_done; step += 1) {
            u64 subject = 100 * (deed + 1) + step;
            struct vault_record records[2] = {
                record_of(subject, SEAL_GROUP_BANK, 1, 1, bodies[0], 3000),
                record_of(subject, SEAL_GROUP_LOGINS, 1, 1, bodies[1], 3000)};
            records[0].until_day = TODAY - 1;
            if (!is_put) {
                scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
                scene_must(vault_store_put(&store, records, 2));
                vault_store_close(&store);
            }
            is_done = do_and_die((enum deed)deed, records, 2, step);
            scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
            assert_clean(&store);
            bool has = is_there(&store, &records[0]);
            if (is_put) {
                assert_int_equal(has, is_there(&store, &records[1]));
            } else {
                assert_true(is_there(&store, &records[1]));
            }
            assert_int_equal(has_review(&store, subject), deed == DEED_ENROL && has);
            was_done_once = was_done_once || has == is_put;
            was_undone_once = was_undone_once || has != is_put;
            if (is_done) {
                assert_int_equal(has, deed != DEED_ERASE);
            }
            vault_store_close(&store);
            assert_true(step < 10);
        }
        assert_true(deed == DEED_SWEEP || was_done_once);
        assert_true(was_undone_once);
    }
}

/* ---- epochs ---- */

/* More than a page of them, some of another epoch between. */
static void wraps_of_an_epoch_come_in_pages(void **state)
{
    enum { PEOPLE = 300, OTHER = 7 };
    static struct vault_wrapped wrapped[VAULT_LIST_MAX];
    static u8 body[100];
    struct vault_store store;
    struct seal_label after = {.subject = 0};
    u32 count = 0;
    u32 found = 0;
    (void)state;
    open_fast(&store);
    for (u32 i = 0; i < PEOPLE; i += 1) {
        struct vault_record record = record_of(1 + i / 2, (u8)(1 + i % 2), 1, 1, body, 100);
        record.label.epoch = i % OTHER == 0 ? 2 : 1;
        scene_must(vault_store_put(&store, &record, 1));
    }
    do {
        scene_must(vault_store_wraps(&store, 1, &after, wrapped, &count));
        for (u32 i = 0; i < count; i += 1) {
            const struct seal_label *label = &wrapped[i].label;
            found += found % OTHER == 0 ? 1 : 0; /* of the other epoch */
            struct vault_record record =
                record_of(1 + found / 2, (u8)(1 + found % 2), 1, 1, body, 100);
            assert_int_equal(label->subject, record.label.subject);
            assert_int_equal(label->group, record.label.group);
            assert_int_equal(label->epoch, 1);
            assert_memory_equal(wrapped[i].wrap, record.wrap, sizeof(record.wrap));
            assert_memory_equal(wrapped[i].hash, record.hash, sizeof(record.hash));
            found += 1;
            after = *label;
        }
    } while (count > 0);
    assert_int_equal(found, PEOPLE);
    vault_store_close(&store);
}

static void a_new_epoch_replaces_wraps_and_no_body(void **state)
{
    static u8 bodies[2][100];
    struct vault_store store;
    struct vault_listed listed[VAULT_LIST_MAX];
    struct vault_rewrap rewraps[2];
    struct vault_record records[2];
    struct vault_record found;
    u32 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    for (u32 i = 0; i < 2; i += 1) {
        records[i] = record_of(i + 1, SEAL_GROUP_BANK, 1, 1, bodies[i], 100);
        rewraps[i] = (struct vault_rewrap){.label = records[i].label, .epoch = 2};
        memset(rewraps[i].wrap, (int)(0x41 + i), sizeof(rewraps[i].wrap));
    }
    scene_must(vault_store_put(&store, records, 2));
    scene_must(vault_store_stale(&store, 2, listed, &count));
    assert_int_equal(count, 2);

    rewraps[1].label.epoch = 5; /* the second is not in that epoch: neither is replaced */
    rewraps[1].epoch = 6;
    assert_int_equal(vault_store_rewrap(&store, rewraps, 2, NOW_US), FAULT_MISSING);
    assert_true(is_there(&store, &records[0]));
    rewraps[1].label.epoch = 1;
    rewraps[1].epoch = 1;
    assert_int_equal(vault_store_rewrap(&store, rewraps, 2, NOW_US), FAULT_REFUSED);
    assert_true(is_there(&store, &records[0]));
    rewraps[1].epoch = 2;
    scene_must(vault_store_rewrap(&store, rewraps, 2, NOW_US));
    assert_int_equal(vault_store_rewrap(&store, rewraps, 2, NOW_US), FAULT_MISSING);
    for (u32 i = 0; i < 2; i += 1) {
        scene_must(vault_store_get(&store, records[i].label, 0, target, &found));
        assert_int_equal(found.label.epoch, 2);
        assert_memory_equal(found.wrap, rewraps[i].wrap, sizeof(found.wrap));
        assert_true(span_equal(found.body, records[i].body));
    }
    scene_must(vault_store_stale(&store, 2, listed, &count));
    assert_int_equal(count, 0);
    assert_clean(&store);
    vault_store_close(&store);
}

/* A child rewraps all of them, and kills itself at this step; true: it came to its end. */
static bool rewrap_and_die(const struct vault_rewrap *rewraps, u32 count, u32 at_step)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct vault_store store;
        enum fault fault = vault_store_open(&store, disk_real(), folder, mark_key);
        store.step = die_at_step;
        steps_left = at_step;
        fault = fault != FAULT_NONE ? fault : vault_store_rewrap(&store, rewraps, count, NOW_US);
        _exit(fault == FAULT_NONE ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

/* All of a batch are of the old epoch, or all of the new one, each with its own wrap and its body;
 * what was not done is done by whoever comes next. */
static void killed_while_wraps_are_replaced(void **state)
{
    enum { RECORDS = 5 };
    static u8 bodies[RECORDS][100];
    static struct vault_wrapped wrapped[VAULT_LIST_MAX];
    struct vault_store store;
    struct vault_record records[RECORDS];
    struct vault_rewrap rewraps[RECORDS];
    struct vault_record found;
    bool is_done = false;
    bool was_half = false;
    (void)state;
    for (u32 step = 0; !is_done; step += 1) {
        struct seal_label after = {.subject = 0};
        u32 count = 0;
        for (u32 i = 0; i < RECORDS; i += 1) {
            records[i] = record_of(10 * (step + 1) + i, SEAL_GROUP_BANK, 1, 1, bodies[i], 100);
            rewraps[i] = (struct vault_rewrap){.label = records[i].label, .epoch = 2};
            memset(rewraps[i].wrap, (int)(0x41 + i), sizeof(rewraps[i].wrap));
        }
        scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
        scene_must(vault_store_put(&store, records, RECORDS));
        vault_store_close(&store);
        is_done = rewrap_and_die(rewraps, RECORDS, step);
        scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
        assert_clean(&store);
        scene_must(vault_store_wraps(&store, 1, &after, wrapped, &count));
        assert_true(count == 0 || count == RECORDS);
        assert_true(count == 0 || !is_done);
        was_half = was_half || (count > 0 && step > 0);
        if (count > 0) {
            assert_true(is_there(&store, &records[step % RECORDS]));
            scene_must(vault_store_rewrap(&store, rewraps, RECORDS, NOW_US));
        }
        for (u32 i = 0; i < RECORDS; i += 1) {
            scene_must(vault_store_get(&store, records[i].label, 0, target, &found));
            assert_int_equal(found.label.epoch, 2);
            assert_memory_equal(found.wrap, rewraps[i].wrap, sizeof(found.wrap));
            assert_true(span_equal(found.body, records[i].body));
        }
        assert_clean(&store);
        vault_store_close(&store);
        assert_true(step <= RECORDS + 1);
    }
    assert_true(was_half);
}

/* ---- search ---- */

static void lookups_are_told_and_counted_also_by_who_starts_again(void **state)
{
    static u8 bodies[2][10];
    const u8 matter[VAULT_CASE_BYTES] = {9, 9};
    struct vault_store store;
    struct vault_event events[8];
    struct seal_label labels[VAULT_LIST_MAX];
    u32 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record records[2] = {record_of(1, SEAL_GROUP_CONTACT, 1, 1, bodies[0], 10),
                                      record_of(2, SEAL_GROUP_CONTACT, 1, 1, bodies[1], 10)};
    records[1].tags[0] = records[0].tags[0];
    scene_must(vault_store_put(&store, records, 2));
    scene_must(vault_store_lookup(&store, &records[0].tags[0], matter, NOW_US, 3, labels, &count));
    assert_int_equal(count, 2);
    assert_int_equal(labels[1].subject, 2);
    struct vault_tag other = records[0].tags[0];
    other.field = 2; /* the same bytes of another field are another value */
    scene_must(vault_store_lookup(&store, &other, matter, NOW_US, 3, labels, &count));
    assert_int_equal(count, 0);
    reopen(&store);
    scene_must(vault_store_lookup(&store, &other, matter, NOW_US, 3, labels, &count));
    assert_int_equal(vault_store_lookup(&store, &other, matter, NOW_US, 3, labels, &count),
                     FAULT_LIMIT);
    scene_must(vault_store_lookup(&store, &other, matter, NOW_US + DAY_US, 3, labels, &count));
    scene_must(vault_store_events(&store, 2, events, 8, &count));
    assert_int_equal(count, 3);
    assert_int_equal(events[0].number, 2);
    assert_int_equal(events[0].kind, VAULT_EVENT_LOOKUP);
    assert_int_equal(events[0].field, 2);
    assert_memory_equal(events[0].matter, matter, sizeof(matter));
    vault_store_close(&store);
}

/* ---- behind our back ---- */

static void what_others_change_is_seen(void **state)
{
    static const struct {
        const char *text;
        bool in_bodies;
        u64 changed;
        u64 without_body;
        u64 without_key;
        bool counts_agree;
        bool root_stays;
    } cases[] = {
        {"DELETE FROM wraps WHERE subject=2", false, 0, 0, 1, false, false},
        {"DELETE FROM bodies WHERE subject=2", true, 0, 1, 0, true, true},
        {"UPDATE bodies SET body=x'00' WHERE subject=2", true, 1, 0, 0, true, true},
        {"UPDATE wraps SET wrap=(SELECT wrap FROM wraps WHERE subject=1) WHERE subject=2", false, 0,
         0, 0, true, false},
        {"UPDATE wraps SET subject=9 WHERE subject=2", false, 0, 1, 1, true, false},
        {"UPDATE wraps SET retention=2 WHERE subject=2", false, 0, 0, 0, true, false},
    };
    static u8 bodies[3][40];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct vault_store store;
        struct vault_record records[3];
        struct vault_verdict before;
        struct vault_verdict after;
        char place[SCENE_PATH_BYTES];
        scene_folder_make(place);
        scene_must(vault_store_open(&store, disk_real(), place, mark_key));
        for (u32 at = 0; at < 3; at += 1) {
            records[at] = record_of(at + 1, SEAL_GROUP_BANK, 1, 1, bodies[at], 40);
        }
        scene_must(vault_store_put(&store, records, 3));
        scene_must(vault_store_verify(&store, &before));
        assert_int_equal(before.records, 3);
        scene_must(sql_run(cases[i].in_bodies ? &store.bodies : &store.keys, cases[i].text));
        scene_must(vault_store_verify(&store, &after));
        assert_int_equal(after.changed, cases[i].changed);
        assert_int_equal(after.without_body, cases[i].without_body);
        assert_int_equal(after.without_key, cases[i].without_key);
        assert_int_equal(after.records == after.put - after.erased, cases[i].counts_agree);
        assert_int_equal(memcmp(before.root, after.root, sizeof(before.root)) == 0,
                         cases[i].root_stays);
        vault_store_close(&store);
        scene_folder_remove(place);
    }
}

/* ---- against a model ---- */

enum { MODEL_SUBJECTS = 12, MODEL_VERSIONS = 40 };

struct modelled {
    bool is_there;
    bool was_there;
    u32 epoch;
    u32 until_day;
};

static struct modelled model[MODEL_SUBJECTS][MODEL_VERSIONS];

static void model_act(struct vault_store *store, struct random *random, u64 seed)
{
    static u8 body[300];
    u64 subject = random_below(random, MODEL_SUBJECTS);
    u32 version = (u32)random_below(random, MODEL_VERSIONS);
    struct modelled *row = &model[subject][version];
    struct vault_record record =
        record_of(subject + 1, SEAL_GROUP_BANK, version + 1, seed, body, sizeof(body));
    struct vault_rewrap rewrap = {.label = record.label, .epoch = row->epoch + 1};
    u64 changed = 0;
    rewrap.label.epoch = row->epoch == 0 ? 1 : row->epoch;
    memcpy(rewrap.wrap, record.wrap, sizeof(rewrap.wrap));
    switch (random_below(random, 5)) {
    case 0:
    case 1: {
        bool is_late = false; /* this version, or a later one, was there before */
        for (u32 at = version; at < MODEL_VERSIONS; at += 1) {
            is_late = is_late || model[subject][at].was_there;
        }
        assert_int_equal(vault_store_put(store, &record, 1), row->is_there ? FAULT_EXISTS
                                                             : is_late     ? FAULT_REFUSED
                                                                           : FAULT_NONE);
        if (!is_late) {
            *row = (struct modelled){.is_there = true, .was_there = true, .epoch = 1};
        }
        break;
    }
    case 2:
        assert_int_equal(vault_store_erase(store, record.label, NOW_US),
                         !row->is_there                                   ? FAULT_MISSING
                         : row->until_day == 0 || row->until_day >= TODAY ? FAULT_REFUSED
                                                                          : FAULT_NONE);
        row->is_there = row->is_there && (row->until_day == 0 || row->until_day >= TODAY);
        break;
    case 3: {
        u32 day = random_chance(random, 1, 2) ? TODAY - 1 : TODAY;
        scene_must(vault_store_retain(store, subject + 1, 0, day, &changed));
        for (u32 at = 0; at < MODEL_VERSIONS; at += 1) {
            model[subject][at].until_day = day;
            changed -= model[subject][at].is_there ? 1 : 0;
        }
        assert_int_equal(changed, 0);
        break;
    }
    default: /* not an enum: by chance */
        assert_int_equal(vault_store_rewrap(store, &rewrap, 1, NOW_US),
                         !row->is_there ? (row->epoch == 0 ? FAULT_REFUSED : FAULT_MISSING)
                                        : FAULT_NONE);
        row->epoch += row->is_there ? 1 : 0;
        break;
    }
}

static void random_deeds_agree_with_a_model(void **state)
{
    static u8 body[300];
    struct vault_store store;
    struct random random;
    u64 seed = test_seed();
    (void)state;
    memset(model, 0, sizeof(model));
    random_init(&random, seed);
    open_fast(&store);
    for (u64 round = 0; round < test_rounds(2000); round += 1) {
        model_act(&store, &random, seed);
        if (random_chance(&random, 1, 100)) {
            vault_store_close(&store);
            open_fast(&store);
            assert_clean(&store);
        }
    }
    for (u64 subject = 0; subject < MODEL_SUBJECTS; subject += 1) {
        for (u32 version = 0; version < MODEL_VERSIONS; version += 1) {
            struct vault_record record =
                record_of(subject + 1, SEAL_GROUP_BANK, version + 1, seed, body, sizeof(body));
            assert_int_equal(is_there(&store, &record), model[subject][version].is_there);
        }
    }
    assert_clean(&store);
    vault_store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hand_may_be_for_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(several_come_together_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_between_any_two_steps_nothing_is_half, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wraps_of_an_epoch_come_in_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_while_wraps_are_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_epoch_replaces_wraps_and_no_body, setup, teardown),
        cmocka_unit_test_setup_teardown(lookups_are_told_and_counted_also_by_who_starts_again,
                                        setup, teardown),
        cmocka_unit_test(what_others_change_is_seen),
        cmocka_unit_test_setup_teardown(random_deeds_agree_with_a_model, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
