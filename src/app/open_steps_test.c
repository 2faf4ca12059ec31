/* Aim: an opening that is killed, loses its power or meets a failing disk between any two steps has
 * delivered nothing without its leaf in the log, delivers nothing twice, and leaves no plain text.
 *
 * Method: opener and officers' books on the false disk, with an accident at every operation in
 * turn. Then everybody starts again: in the same folder, and in a copy of it from before, as a
 * backup would bring it back, in one plot with the officers' books. The disk is looked at after
 * every part. The log is what it is elsewhere: receipts and slots come from outside. */
#include "app/open_steps.h"

#include "role/vault/release_book.h"
#include "tests/support/accident.h"
#include "tests/support/age_read.h"
#include "tests/support/opening_run.h"

#define CASE "case"
#define COPY "copy"

enum plot {
    PLOT_PLAIN,
    PLOT_WRONG_ANSWER, /* and another officer's in its place */
    PLOT_HALF_ANSWER,  /* it is read while it is being written */
    PLOT_MISMATCH,     /* somebody else than the paper says */
    PLOT_NOT_LOGGED,   /* the receipt is of another opening; all officers answer nevertheless */
    PLOT_BOOKS_BACK,   /* as from before; all officers answer to anything */
    PLOT_SLOTS_LOST,   /* of the second opening; and the books are back */
};
static enum plot plot;
static u32 leaves_before; /* of the log, with the grant */
static u32 openings;      /* that the log has, whosever */
static bool is_logged;    /* the opening of the folder that is worked on */

/* ---- the disk ---- */

static void put(struct disk_false *disk, const char *folder, const char *name, struct span bytes)
{
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    disk_false_put(disk, path, bytes);
}

static bool find(struct disk_false *disk, const char *folder, const char *name,
                 struct span *content_out)
{
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    return disk_false_find(disk, path, content_out);
}

/* What is there before an opening. */
static void folder_fill(struct disk_false *disk, const char *folder)
{
    static char text[GRANT_FILE_BYTES];
    static char rows_text[OPENING_ROWS_BYTES];
    put(disk, folder, OPEN_GRANT, span_of(text, grant_file_print(&file, text)));
    put(disk, folder, OPEN_GRANT_SHOWN, span_of(grant_shown, grant_shown_bytes));
    put(disk, folder, OPEN_ROWS, span_of(rows_text, opening_rows_print(&rows, rows_text)));
    for (u32 i = 0; i < rows.count; i += 1) {
        char name[FILE_NAME_BYTES];
        open_body_name(i, name);
        put(disk, folder, name, span_of(scene.records[i].body, scene.records[i].body_bytes));
    }
}

/* Whether it was delivered there. A delivery is whole, of a logged opening, with its manifest. */
static bool look(struct disk_false *disk, const char *folder)
{
    static u8 opened[ROOM_BYTES];
    struct span delivery;
    struct span manifest;
    struct span text;
    struct opening opening;
    size_t size = 0;
    for (u32 i = 0; i < disk_false_files(disk); i += 1) {
        struct span content = {.size = 0};
        if (disk_false_find(disk, disk_false_name(disk, i), &content)) {
            assert_false(has_canary(content.data, content.size));
        }
    }
    if (!find(disk, folder, OPEN_DELIVERY, &delivery)) {
        return false;
    }
    assert_true(is_logged);
    assert_true(plot != PLOT_MISMATCH && plot != PLOT_NOT_LOGGED);
    assert_true(find(disk, folder, OPEN_MANIFEST, &manifest));
    assert_true(find(disk, folder, OPEN_OPENING, &text));
    assert_int_equal(opening_read(text, OPEN_OPENING, &opening), FAULT_NONE);
    assert_int_equal(opener_manifest_check(manifest, &opening), FAULT_NONE);
    assert_true(age_read(delivery, scene.recipient_secret, opened, &size));
    assert_true(has_canary(opened, size));
    return true;
}

/* ---- the script ---- */

/* Each in a slot of its own, behind the one before. */
static void log_it(struct disk_false *disk, const char *folder, const struct opening *opening)
{
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    struct opening logged = *opening;
    logged.begins_s -= plot == PLOT_NOT_LOGGED;
    grant_mark_salt(&file.grant, file.hash, salt);
    const struct opening_scene_event event = {.class = PUBLOG_CLASS_ORDINARY,
                                              .kind = PUBLOG_KIND_OPENING,
                                              .mark_salt = salt,
                                              .name = grant.name,
                                              .text = span_of(text, opening_print(&logged, text)),
                                              .slot_s = NOW_S - 1200 + 600ULL * openings,
                                              .times_s = NOW_S - 5,
                                              .witnesses = 3};
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    show_slots(&event);
    if (plot != PLOT_SLOTS_LOST || openings == 0) {
        put(disk, folder, OPEN_SLOTS, span_of(slots_text, slots_bytes));
    }
    put(disk, folder, OPEN_OPENING_SHOWN, span_of(opening_shown, opening_shown_bytes));
    openings += 1;
    is_logged = plot != PLOT_NOT_LOGGED;
}

/* An answer of which the opener sees the first half before the rest is there. */
static char whole[RELEASE_TEXT_BYTES];
static char whole_name[FILE_NAME_BYTES];
static size_t whole_bytes;

/* The officer looks whether it is the first, enters it into their book, and only then answers. */
static enum fault answer(struct disk_false *disk, const char *folder, const struct opening *opening,
                         u32 officer)
{
    static char text[RELEASE_TEXT_BYTES];
    const struct share_scene *side = &scene.sides[officer / 3];
    char name[FILE_NAME_BYTES];
    char book[FILE_NAME_BYTES];
    size_t size = 0;
    (void)snprintf(book, sizeof(book), "book.%u", officer);
    if (plot < PLOT_NOT_LOGGED) {
        TRY(opening_judge_first(&judge, &file, opening, span_of(opening_shown, opening_shown_bytes),
                                span_of(slots_text, slots_bytes)));
    }
    const struct release_budget budget = grant_circle_budget(&scene.circle, &file.grant);
    TRY(release_book_enter(disk_false_disk(disk), book, &file, opening, &budget, NOW_S));
    assert_int_equal(release_make(scene.room, &scene.key, opening, &rows, side->group.roster.side,
                                  officer % 3 + 1, &side->shares[officer % 3], text, &size),
                     FAULT_NONE);
    if (plot == PLOT_WRONG_ANSWER && officer == 4) {
        text[size - 40] = text[size - 40] == '0' ? '1' : '0';
    }
    open_release_name(side->group.roster.members[officer % 3].name, name);
    bool is_half = plot == PLOT_HALF_ANSWER && officer == 4;
    if (is_half) {
        memcpy(whole_name, name, sizeof(name));
        memcpy(whole, text, size);
        whole_bytes = size;
    }
    put(disk, folder, name, span_of(text, is_half ? size / 2 : size));
    return FAULT_NONE;
}

static enum fault go(struct disk_false *disk, const char *folder, struct open_steps *steps)
{
    static const u32 officers[] = {0, 1, 3, 4, 5};
    const u32 count = plot == PLOT_WRONG_ANSWER ? 5 : 4;
    bool is_there = false;
    bool is_over = false;
    judge.now_s = NOW_S - 300;
    TRY(open_steps_begin(steps));
    judge.now_s = NOW_S;
    log_it(disk, folder, open_steps_opening(steps));
    TRY(open_steps_shown(steps, &is_there));
    if (plot == PLOT_SLOTS_LOST && openings > 1) {
        assert_false(is_there);
        return FAULT(FAULT_TIMEOUT, "it waits until its time is over");
    }
    assert_true(is_there);
    for (u32 i = 0; i < count; i += 1) {
        TRY(answer(disk, folder, open_steps_opening(steps), officers[i]));
    }
    TRY(open_steps_answers(steps, &is_there));
    assert_true(is_there);
    enum fault fault = open_steps_deliver(steps, &is_over);
    if (!is_over && plot == PLOT_HALF_ANSWER) {
        TRY(open_steps_answers(steps, &is_there));
        assert_false(is_there); /* as it was: it is not tried again */
        put(disk, folder, whole_name, span_of(whole, whole_bytes));
    }
    if (!is_over) {
        TRY(open_steps_answers(steps, &is_there));
        assert_true(is_there);
        fault = open_steps_deliver(steps, &is_over);
    }
    return fault;
}

static enum fault script(struct disk_false *disk, const char *folder)
{
    struct open_steps *steps = NULL;
    is_logged = false;
    TRY(open_steps_open(disk_false_disk(disk), folder, &judge, &steps));
    enum fault fault = go(disk, folder, steps);
    open_steps_close(steps); /* with the keys, as when it is killed */
    return fault;
}

/* A disk with what is there before, on which the accident comes at this operation from now on. */
static struct disk_false *disk_make(u64 seed, u64 operation, enum accident accident)
{
    static const char *const folders[] = {CASE,     COPY,     "book.0", "book.1",
                                          "book.3", "book.4", "book.5"};
    struct disk_false *disk = accident_disk(seed + operation, 0, accident); /* none yet */
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        assert_int_equal(disk_make_folder(disk_false_disk(disk), folders[i]), FAULT_NONE);
    }
    assert_int_equal(disk_sync_folder(disk_false_disk(disk), "."), FAULT_NONE);
    folder_fill(disk, CASE);
    folder_fill(disk, COPY);
    u64 before = disk_false_operations(disk);
    if (accident == ACCIDENT_FAIL) {
        disk_false_fail_at(disk, before + operation, FAULT_DISK_FULL);
    } else {
        disk_false_crash_at(disk, before + operation);
    }
    return disk;
}

/* The officers forget what they answered. */
static void books_back(struct disk_false *disk)
{
    static const char *const books[] = {"book.0", "book.1", "book.3", "book.4", "book.5"};
    for (u32 i = 0; i < ARRAY_COUNT(books); i += 1) {
        struct span found;
        if (find(disk, books[i], "released", &found)) {
            char path[FILE_PATH_BYTES];
            assert_int_equal(file_path(path, books[i], "released"), FAULT_NONE);
            disk_false_remove(disk, path);
        }
    }
}

static bool run(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false *disk = disk_make(seed, operation, accident);
    u64 before = disk_false_operations(disk);
    struct span found;
    scene.leaves_count = leaves_before;
    openings = 0;
    enum fault fault = script(disk, CASE);
    bool is_hit = disk_false_operations(disk) >= before + operation;
    bool is_delivered = look(disk, CASE);
    if (!is_hit) {
        bool delivers = plot != PLOT_MISMATCH && plot != PLOT_NOT_LOGGED;
        if (fault != (delivers ? FAULT_NONE : FAULT_REFUSED)) {
            fail_msg("%s", fault_text());
        }
        assert_true(is_delivered == delivers);
        assert_true(find(disk, CASE, OPEN_MISMATCH, &found) == (plot == PLOT_MISMATCH));
    }
    /* Who is told that all went well has it, whatever happens next. */
    accident_over(disk, accident);
    assert_true(look(disk, CASE) || fault != FAULT_NONE);
    /* Again in the same folder: only where no opening is. */
    bool was_begun = find(disk, CASE, OPEN_OPENING, &found);
    bool was_logged = is_logged;
    assert_true(was_begun || !is_delivered);
    fault = script(disk, CASE);
    assert_true(!was_begun || fault == FAULT_EXISTS);
    is_logged = was_begun ? was_logged : is_logged;
    is_delivered = look(disk, CASE) || is_delivered;
    /* Again in a copy from before: an opening that was logged stays the only one. */
    if (plot == PLOT_BOOKS_BACK || plot == PLOT_SLOTS_LOST) {
        books_back(disk);
    }
    bool was_opened = openings > 0;
    fault = script(disk, COPY);
    assert_false(look(disk, COPY) && was_opened);
    assert_true(!was_opened || fault == (plot == PLOT_SLOTS_LOST ? FAULT_TIMEOUT : FAULT_REFUSED));
    assert_true(was_opened || !is_delivered);
    disk_false_close(disk);
    return is_hit;
}

/* ---- the tests ---- */

static void everywhere(enum plot wanted, u64 hits_min)
{
    plot = wanted;
    leaves_before = scene.leaves_count;
    assert_true(accident_everywhere(run, 1) >= hits_min);
    assert_true(span_is_zero(seal_room_bytes(scene.room)));
}

/* The grant is in the log, and no opening is. */
static void prepare_grant(void)
{
    rows_make();
    sign("0134");
    forget_log();
    log_grant();
}

static void killed_between_every_pair_of_steps(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    everywhere(PLOT_PLAIN, 100);
}

static void killed_around_a_wrong_answer(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    everywhere(PLOT_WRONG_ANSWER, 100);
}

static void killed_around_an_answer_that_came_in_halves(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    everywhere(PLOT_HALF_ANSWER, 100);
}

static void killed_around_a_mismatch(void **state)
{
    (void)state;
    prepare(2);
    opening_scene_seal(&scene, 2, "name: Bela " OPENING_SCENE_CANARY "\ndocument: XY-000999\n");
    grant_row_hash(&scene.records[2].label, &scene.records[2].wrap, scene.records[2].hash,
                   grant.records[2].row);
    prepare_grant();
    everywhere(PLOT_MISMATCH, 60);
}

/* Nobody remembers the first opening but the log. */
static void killed_and_the_books_put_back(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    everywhere(PLOT_BOOKS_BACK, 100);
}

/* Whoever keeps the slots back has an opener that waits for them until its time is over. */
static void without_slots_nothing_is_delivered(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    plot = PLOT_SLOTS_LOST;
    leaves_before = scene.leaves_count;
    assert_false(run(test_seed(), 1U << 30, ACCIDENT_KILL)); /* there is none */
}

static void killed_without_a_leaf(void **state)
{
    (void)state;
    prepare(2);
    prepare_grant();
    everywhere(PLOT_NOT_LOGGED, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_between_every_pair_of_steps),
        cmocka_unit_test(killed_around_a_wrong_answer),
        cmocka_unit_test(killed_around_an_answer_that_came_in_halves),
        cmocka_unit_test(killed_around_a_mismatch),
        cmocka_unit_test(killed_and_the_books_put_back),
        cmocka_unit_test(without_slots_nothing_is_delivered),
        cmocka_unit_test(killed_without_a_leaf),
    };
    int failed = cmocka_run_group_tests(tests, make, clear);
    opener_close(opener);
    return failed;
}
