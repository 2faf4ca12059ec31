/* Aim: a re-wrapper that is killed, loses its power or meets a failing disk between any two
 * operations leaves no record without a wrap, none under two epochs and no wrap without its
 * manifest; what it began goes on, or what to do is said; and another rotation takes the rest.
 *
 * Method: the re-wrapper and the officers' books on the false disk, with an accident at every
 * operation in turn. Then the same folder again, the vault that takes what is there, and another
 * rotation of what is left. The disk is looked at after every part: keys and texts of records are
 * nowhere. The log is in memory: receipts and slots come from outside. */
#include "app/rotate_steps.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/accident.h"
#include "tests/support/rotation_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PERSON = 7, RECORDS_FEW = 3, RECORDS_PIECES = ROTATION_PIECE + 2, RECORDS_MAX = 512 };
#define ISSUED_S   GRANT_SCENE_ISSUED_S
#define NOW_S      (ISSUED_S + GRANT_BULK_WAIT_S + 7200U)
#define OPENINGS_S (NOW_S - 3600U) /* the first one's slot */
#define TURN       "turn"
#define REST       "rest"

/* One approved rotation, logged. */
struct approved {
    struct rotation rotation;
    struct rotation_file file;
    size_t shown_bytes;
    u8 shown[OPENING_SCENE_SHOWN];
};

static struct rotation_scene scene;
static struct approved first;
static struct approved second;
static u32 leaves_before; /* of the log, with both */
static u32 openings;      /* that the log has */
static u8 rows_text[ROTATION_HEAD_BYTES + RECORDS_MAX * ROTATION_ROW_BYTES];
static size_t rows_bytes;
static u8 bytes_shown[PUBLOG_SPAN_BYTES_MAX];

/* The vault: the wrap of each record, of the old epoch or the new one. */
static struct {
    u32 epoch;
    struct seal_wrap wrap;
} vault[RECORDS_MAX];

/* ---- the scene ---- */

static void approve(struct approved *approved, const char *rows_path, u64 slot_s)
{
    static char text[ROTATION_FILE_BYTES];
    approved->rotation = rotation_scene_make(&scene, rows_path, ISSUED_S);
    rotation_scene_sign(&scene, &approved->rotation, "012345", &approved->file);
    const struct opening_scene_event event = {
        .class = PUBLOG_CLASS_ORDINARY,
        .kind = PUBLOG_KIND_GRANT,
        .flags = PUBLOG_FLAG_BULK,
        .name = approved->rotation.name,
        .text = span_of(text, rotation_file_print(&approved->file, text)),
        .slot_s = slot_s,
        .times_s = slot_s + 700,
        .witnesses = 3};
    approved->shown_bytes = opening_scene_show(&scene.old, &event, approved->shown);
}

/* The slots of three days are there, up to the first opening's: they are made once. */
static void pass_time(void)
{
    const struct opening_scene_event event = {.class = PUBLOG_CLASS_ORDINARY,
                                              .kind = PUBLOG_KIND_GRANT,
                                              .name = second.rotation.name,
                                              .text = span_of_text("of something else"),
                                              .slot_s = OPENINGS_S - 600,
                                              .times_s = OPENINGS_S,
                                              .witnesses = 3};
    assert_true(opening_scene_show(&scene.old, &event, bytes_shown) > 0);
}

static void prepare(u32 records)
{
    char folder[] = "/tmp/cambist-rotate-XXXXXX";
    char path[64];
    rotation_scene_open(&scene);
    rotation_scene_add(&scene, PERSON, records);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/rows", folder);
    rotation_scene_rows(&scene, path);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    rows_bytes = fread(rows_text, 1, sizeof(rows_text), file);
    assert_int_equal(fclose(file), 0);
    scene.old.begins_s = ISSUED_S;
    scene.old.leaves_count = 3;
    scene.opening_judge.now_s = NOW_S;
    approve(&first, path, ISSUED_S + 60);
    approve(&second, path, ISSUED_S + 1260);
    pass_time();
    leaves_before = scene.old.leaves_count;
    assert_int_equal(unlink(path) + rmdir(folder), 0);
}

static int clear(void **state)
{
    (void)state;
    rotation_scene_close(&scene);
    return 0;
}

/* ---- the disk ---- */

static void put(struct disk_false *disk, const char *folder, const char *name, struct span bytes)
{
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    disk_false_put(disk, path, bytes);
}

static bool has(struct disk_false *disk, const char *folder, const char *name)
{
    char path[FILE_PATH_BYTES];
    struct span found;
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    return disk_false_find(disk, path, &found);
}

static void folder_fill(struct disk_false *disk, const char *folder,
                        const struct approved *approved)
{
    static char text[ROTATION_FILE_BYTES];
    put(disk, folder, ROTATE_ROTATION, span_of(text, rotation_file_print(&approved->file, text)));
    put(disk, folder, ROTATE_SHOWN, span_of(approved->shown, approved->shown_bytes));
    put(disk, folder, ROTATE_ROWS, span_of(rows_text, rows_bytes));
}

/* A disk with what is there before, on which the accident comes at this operation from now on. */
static struct disk_false *disk_make(u64 seed, u64 operation, enum accident accident)
{
    static const char *const folders[] = {TURN, REST, "book.0", "book.1", "book.3", "book.4"};
    struct disk_false *disk = accident_disk(seed + operation, 0, accident); /* none yet */
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        assert_int_equal(disk_make_folder(disk_false_disk(disk), folders[i]), FAULT_NONE);
    }
    assert_int_equal(disk_sync_folder(disk_false_disk(disk), "."), FAULT_NONE);
    folder_fill(disk, TURN, &first);
    folder_fill(disk, REST, &second);
    return disk;
}

static void accident_comes(struct disk_false *disk, u64 operation, enum accident accident)
{
    u64 before = disk_false_operations(disk);
    if (accident == ACCIDENT_FAIL) {
        disk_false_fail_at(disk, before + operation, FAULT_DISK_FULL);
    } else {
        disk_false_crash_at(disk, before + operation);
    }
}

/* Nothing of what records say, nor a key that opens one; no wraps without their manifest. */
static void look(struct disk_false *disk, const char *folder)
{
    for (u32 i = 0; i < disk_false_files(disk); i += 1) {
        struct span content = {.size = 0};
        if (!disk_false_find(disk, disk_false_name(disk, i), &content)) {
            continue;
        }
        assert_null(
            memmem(content.data, content.size, OPENING_SCENE_CANARY, strlen(OPENING_SCENE_CANARY)));
        for (u32 j = 0; j < scene.records_count; j += 1 + scene.records_count / 4) {
            assert_null(memmem(content.data, content.size, scene.records[j].key, SEAL_KEY_SIZE));
        }
    }
    assert_true(!has(disk, folder, ROTATE_WRAPS) || has(disk, folder, OPEN_MANIFEST));
    assert_true(!has(disk, folder, OPEN_MANIFEST) || has(disk, folder, OPEN_OPENING));
}

/* ---- the vault ---- */

static void vault_fill(void)
{
    for (u32 i = 0; i < scene.records_count; i += 1) {
        vault[i].epoch = 1;
        vault[i].wrap = scene.records[i].wrap;
    }
}

/* Takes the wraps that are there: one for each record, of the new key and of this very body. */
static void vault_take(struct disk_false *disk, const char *folder, const struct approved *approved)
{
    static struct rotation_piece piece;
    struct rotation_table wraps;
    if (!has(disk, folder, ROTATE_WRAPS)) {
        return;
    }
    assert_int_equal(
        rotate_wraps_open(disk_false_disk(disk), folder, ROTATE_WRAPS, &approved->file, &wraps),
        FAULT_NONE);
    assert_int_equal(wraps.count, scene.records_count);
    for (u32 i = 0; i < wraps.count; i += 1) {
        const struct rotation_scene_record *record = &scene.records[i];
        if (i % ROTATION_PIECE == 0) {
            assert_int_equal(rotation_table_piece(&wraps, i / ROTATION_PIECE, &piece), FAULT_NONE);
        }
        const struct opening_row *row = &piece.rows[i % ROTATION_PIECE];
        assert_int_equal(row->label.subject, record->label.subject);
        assert_int_equal(row->label.epoch, 2);
        assert_int_equal(seal_wrap_check(&row->label, &scene.key.public, record->hash, &row->wrap),
                         FAULT_NONE);
        if (vault[i].epoch == 2) { /* put before */
            assert_memory_equal(vault[i].wrap.wrapped, row->wrap.wrapped, SEAL_WRAPPED_BYTES);
        }
        vault[i].epoch = 2;
        vault[i].wrap = row->wrap;
    }
    rotation_table_close(&wraps);
}

static u32 vault_old(void)
{
    u32 count = 0;
    for (u32 i = 0; i < scene.records_count; i += 1) {
        count += vault[i].epoch == 1;
    }
    return count;
}

/* ---- the script ---- */

/* Each opening in a slot of its own, behind the one before. */
static void log_opening(struct disk_false *disk, const char *folder,
                        const struct approved *approved, const struct opening *opening)
{
    char text[OPENING_TEXT_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    rotation_mark_salt(&approved->file, salt);
    const struct opening_scene_event event = {.class = PUBLOG_CLASS_ORDINARY,
                                              .kind = PUBLOG_KIND_OPENING,
                                              .mark_salt = salt,
                                              .name = approved->rotation.name,
                                              .text = span_of(text, opening_print(opening, text)),
                                              .slot_s = OPENINGS_S + 600ULL * openings,
                                              .times_s = NOW_S - 5,
                                              .witnesses = 3};
    const struct opening_scene_slots slots = {.class = PUBLOG_CLASS_ORDINARY,
                                              .from_s = ISSUED_S,
                                              .to_s = event.slot_s,
                                              .times_s = event.times_s};
    size_t size = opening_scene_show(&scene.old, &event, bytes_shown);
    put(disk, folder, OPEN_OPENING_SHOWN, span_of(bytes_shown, size));
    size = opening_scene_slots(&scene.old, &slots, bytes_shown);
    assert_true(size > 0);
    put(disk, folder, ROTATE_SLOTS, span_of(bytes_shown, size));
    openings += 1;
}

/* The officer enters it into their book, and only then answers. */
static enum fault answer(struct disk_false *disk, const char *folder,
                         const struct approved *approved, const struct opening *opening,
                         u32 officer)
{
    static struct rotation_piece piece;
    static u8 text[ROTATION_ANSWER_HEAD_BYTES + RECORDS_MAX * ROTATION_ANSWER_BYTES];
    const struct share_scene *side = &scene.old.sides[officer / 3];
    struct rotation_answerer answerer = {.room = scene.old.room,
                                         .key = &scene.old.key,
                                         .share = &side->shares[officer % 3],
                                         .side = side->group.roster.side,
                                         .index = officer % 3 + 1};
    struct rotation_table rows;
    char name[FILE_NAME_BYTES];
    char book[FILE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    size_t used = 0;
    (void)snprintf(book, sizeof(book), "book.%u", officer);
    TRY(rotation_book_enter(disk_false_disk(disk), book, &approved->file, opening, NOW_S));
    TRY(file_path(path, folder, ROTATE_ROWS));
    TRY(rotation_table_open(disk_false_disk(disk), path, true, &rows));
    size_t mark = seal_room_mark(scene.old.room);
    assert_int_equal(rotation_answer_begin(&answerer, opening, (char *)text, &used), FAULT_NONE);
    for (u32 i = 0; i < rotation_table_pieces(&rows); i += 1) {
        assert_int_equal(rotation_table_piece(&rows, i, &piece), FAULT_NONE);
        assert_int_equal(rotation_answer_piece(&answerer, &piece, text + used), FAULT_NONE);
        used += (size_t)piece.count * ROTATION_ANSWER_BYTES;
    }
    seal_room_leave(scene.old.room, mark);
    rotation_table_close(&rows);
    open_release_name(side->group.roster.members[officer % 3].name, name);
    put(disk, folder, name, span_of(text, used));
    return FAULT_NONE;
}

/* With what is there; an accident that waits for the wrapping comes `*operation` operations into
 * it. */
static enum fault go(struct disk_false *disk, const char *folder, const struct approved *approved,
                     struct rotate_steps *steps, void (*before_wraps)(struct disk_false *disk))
{
    static const u32 officers[] = {0, 1, 3, 4};
    bool is_true = false;
    bool is_answer = false;
    TRY(rotate_steps_resume(steps, &is_true));
    if (is_true) {
        return FAULT_NONE;
    }
    scene.opening_judge.now_s = NOW_S - 300;
    enum fault fault = rotate_steps_begin(steps);
    scene.opening_judge.now_s = NOW_S;
    TRY(fault);
    log_opening(disk, folder, approved, rotate_steps_opening(steps));
    for (u32 i = 0; i < ARRAY_COUNT(officers); i += 1) {
        TRY(answer(disk, folder, approved, rotate_steps_opening(steps), officers[i]));
    }
    TRY(rotate_steps_answers(steps, &is_true));
    assert_true(is_true);
    TRY(rotate_steps_allow(steps, &is_true));
    assert_true(is_true);
    if (before_wraps != NULL) {
        before_wraps(disk);
    }
    for (is_true = false; !is_true;) {
        TRY(rotate_steps_piece(steps, &is_true, &is_answer));
    }
    return rotate_steps_end(steps);
}

static enum fault script(struct disk_false *disk, const char *folder,
                         const struct approved *approved,
                         void (*before_wraps)(struct disk_false *disk))
{
    struct rotate_steps *steps = NULL;
    TRY(rotate_steps_open(disk_false_disk(disk), folder, &scene.judge, &steps));
    enum fault fault = go(disk, folder, approved, steps, before_wraps);
    rotate_steps_close(steps); /* with the keys, as when it is killed */
    return fault;
}

/* How often which end was met: each must be, or the test shows nothing. */
static struct {
    u32 anew;    /* nothing had begun */
    u32 resumed; /* the wraps were there but for their name */
    u32 lost;    /* it takes another rotation */
    u32 done;
} ends;

/* What the same folder says to whoever tries again. */
static void again(struct disk_false *disk)
{
    bool was_begun = has(disk, TURN, OPEN_OPENING);
    bool was_signed = has(disk, TURN, OPEN_MANIFEST);
    bool was_done = has(disk, TURN, ROTATE_WRAPS);
    enum fault fault = script(disk, TURN, &first, NULL);
    look(disk, TURN);
    ends.anew += !was_begun;
    ends.resumed += was_signed && !was_done;
    ends.lost += was_begun && !was_signed;
    ends.done += was_done;
    if (!was_begun || (was_signed && !was_done)) {
        if (fault != FAULT_NONE) {
            fail_msg("%s", fault_text());
        }
        assert_true(has(disk, TURN, ROTATE_WRAPS));
    } else {
        assert_int_equal(fault, FAULT_EXISTS);
        assert_non_null(strstr(fault_text(), "it takes another rotation"));
        assert_true(has(disk, TURN, ROTATE_WRAPS) == was_done);
    }
    fault_forget();
}

/* Behind the accident, whatever was left: the vault has each record, under one epoch. */
static void look_behind(struct disk_false *disk)
{
    vault_fill();
    look(disk, TURN);
    vault_take(disk, TURN, &first);
    again(disk);
    vault_take(disk, TURN, &first);
    vault_take(disk, TURN, &first); /* put once more */
    if (has(disk, TURN, ROTATE_WRAPS)) {
        assert_int_equal(vault_old(), 0);
        return;
    }
    assert_int_equal(vault_old(), scene.records_count);
    enum fault fault = script(disk, REST, &second, NULL);
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    look(disk, REST);
    vault_take(disk, REST, &second);
    assert_int_equal(vault_old(), 0);
}

static bool run(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false *disk = disk_make(seed, operation, accident);
    u64 before = disk_false_operations(disk);
    scene.old.leaves_count = leaves_before;
    openings = 0;
    accident_comes(disk, operation, accident);
    enum fault fault = script(disk, TURN, &first, NULL);
    bool is_hit = disk_false_operations(disk) >= before + operation;
    assert_true(is_hit || fault == FAULT_NONE);
    accident_over(disk, accident);
    /* Who is told that all went well has it, whatever happens next. */
    assert_true(fault != FAULT_NONE || has(disk, TURN, ROTATE_WRAPS));
    look_behind(disk);
    disk_false_close(disk);
    return is_hit;
}

static void killed_between_any_two_operations(void **state)
{
    (void)state;
    prepare(RECORDS_FEW);
    memset(&ends, 0, sizeof(ends));
    assert_true(accident_everywhere(run, 1) >= 60);
    assert_true(ends.anew > 0 && ends.resumed > 0 && ends.lost > 0 && ends.done > 0);
    assert_true(span_is_zero(seal_room_bytes(scene.old.room)));
}

/* ---- more than one piece of rows ---- */

static u64 kill_operation;

static void kill_soon(struct disk_false *disk)
{
    accident_comes(disk, kill_operation, ACCIDENT_KILL);
}

static void killed_while_it_writes_more_than_a_piece(void **state)
{
    bool is_hit = true;
    (void)state;
    prepare(RECORDS_PIECES);
    for (kill_operation = 1; is_hit; kill_operation += 1) {
        struct disk_false *disk = disk_make(test_seed(), kill_operation, ACCIDENT_KILL);
        scene.old.leaves_count = leaves_before;
        openings = 0;
        vault_fill();
        enum fault fault = script(disk, TURN, &first, kill_soon);
        is_hit = disk_false_crashed(disk);
        assert_true(is_hit == (fault != FAULT_NONE));
        accident_over(disk, ACCIDENT_KILL);
        look(disk, TURN);
        again(disk);
        vault_take(disk, TURN, &first);
        assert_int_equal(vault_old(), has(disk, TURN, ROTATE_WRAPS) ? 0 : scene.records_count);
        disk_false_close(disk);
    }
    assert_true(kill_operation > 8);
}

/* ---- what lies there is other ---- */

static bool flip_fresh;

/* The process ends behind the manifest; then a byte of what has no name yet is changed, or of the
 * manifest. */
static void what_was_changed_is_not_resumed(void **state)
{
    (void)state;
    prepare(RECORDS_FEW);
    for (u32 round = 0; round < 2; round += 1) {
        bool was_seen = false;
        flip_fresh = round == 0;
        for (kill_operation = 1; !was_seen; kill_operation += 1) {
            struct disk_false *disk = disk_make(test_seed(), kill_operation, ACCIDENT_KILL);
            scene.old.leaves_count = leaves_before;
            openings = 0;
            assert_int_not_equal(script(disk, TURN, &first, kill_soon), FAULT_NONE);
            accident_over(disk, ACCIDENT_KILL);
            was_seen = has(disk, TURN, OPEN_MANIFEST) && !has(disk, TURN, ROTATE_WRAPS);
            if (was_seen) {
                disk_false_flip(
                    disk, flip_fresh ? TURN "/" ROTATE_WRAPS ROTATE_FRESH : TURN "/" OPEN_MANIFEST,
                    flip_fresh ? 100 : 30, 1);
                assert_int_not_equal(script(disk, TURN, &first, NULL), FAULT_NONE);
                assert_false(has(disk, TURN, ROTATE_WRAPS));
                fault_forget();
            }
            disk_false_close(disk);
        }
    }
}

#define STEPS_TEST(test) cmocka_unit_test_setup_teardown(test, NULL, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STEPS_TEST(killed_between_any_two_operations),
        STEPS_TEST(killed_while_it_writes_more_than_a_piece),
        STEPS_TEST(what_was_changed_is_not_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
