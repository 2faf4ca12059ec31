/* Aim: a rotation has one text for one meaning; nobody signs or answers for a key that is not that
 * of the ceremonies they have pinned, or with too few of one group; a table of rows is the one that
 * was judged, whatever happens to its file; an officer's book keeps to one key.
 *
 * Method: the scene's groups of two epochs; texts and tables changed byte by byte, each judged
 * again; a book whose clock the test moves. */
#include "role/vault/rotation.h"

#include "base/random.h"
#include "base/span.h"
#include "role/vault/rotation_rows.h"
#include "tests/support/engine_scene.h"
#include "tests/support/rotation_scene.h"

#include <stdio.h>
#include <string.h>

enum { RECORDS = 300 }; /* more than one piece */
#define NOW_S GRANT_SCENE_ISSUED_S
#define DAY_S 86400U

static struct rotation_scene scene;
static struct random chance;
static char folder[SCENE_PATH_BYTES];
static char rows_path[SCENE_PATH_BYTES + 16];
static struct rotation rotation;
static struct rotation_file file;

static int make(void **state)
{
    (void)state;
    random_init(&chance, test_seed());
    rotation_scene_open(&scene);
    rotation_scene_add(&scene, 7, RECORDS);
    scene.opening_judge.now_s = NOW_S;
    return 0;
}

static int clear(void **state)
{
    (void)state;
    rotation_scene_close(&scene);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    (void)snprintf(rows_path, sizeof(rows_path), "%s/rows", folder);
    rotation_scene_rows(&scene, rows_path);
    rotation = rotation_scene_make(&scene, rows_path, NOW_S);
    rotation_scene_sign(&scene, &rotation, "012345", &file);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_folder_remove(folder);
    return 0;
}

static void assert_words(const char *words)
{
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
    fault_forget();
}

/* ---- the text ---- */

static void a_rotation_is_printed_and_read(void **state)
{
    char text[ROTATION_TEXT_BYTES];
    char printed[ROTATION_TEXT_BYTES];
    struct rotation again;
    (void)state;
    size_t size = rotation_print(&rotation, text);
    scene_must(rotation_read(span_of(text, size), "r", &again));
    assert_int_equal(rotation_print(&again, printed), size);
    assert_memory_equal(printed, text, size);
    assert_int_equal(again.records, RECORDS);
    assert_memory_equal(&again.to.public, &scene.key.public, sizeof(again.to.public));
    assert_int_equal(strncmp(text, "cambist rotation v1\nvenue: demo.invalid\ncase: ", 46), 0);
}

/* What is read has another text than the one that was signed, or nothing is read. */
static void every_changed_byte_is_seen(void **state)
{
    static char text[ROTATION_FILE_BYTES];
    static struct rotation_file other;
    (void)state;
    size_t size = rotation_file_print(&file, text);
    for (size_t at = 0; at < size; at += random_between(&chance, 1, 5)) {
        char kept = text[at];
        text[at] = (char)(kept ^ (1 << random_below(&chance, 7)));
        if (rotation_file_read(span_of(text, size), "r", &other) == FAULT_NONE) {
            assert_int_equal(rotation_judge_approved(&scene.judge, &other), FAULT_REFUSED);
        }
        fault_forget();
        text[at] = kept;
    }
    scene_must(rotation_file_read(span_of(text, size), "r", &other));
    scene_must(rotation_judge_approved(&scene.judge, &other));
    assert_int_equal(rotation_file_read(span_of(text, size - 1), "r", &other), FAULT_INPUT);
    fault_forget();
}

static void assert_unreadable(struct rotation changed, const char *words)
{
    char text[ROTATION_TEXT_BYTES];
    struct rotation again;
    size_t size = rotation_print(&changed, text);
    assert_int_equal(rotation_read(span_of(text, size), "r", &again), FAULT_INPUT);
    assert_words(words);
}

static void what_no_rotation_may_say(void **state)
{
    (void)state;
    struct rotation changed = rotation;
    changed.to.number = changed.from.number;
    assert_unreadable(changed, "is not later");
    changed = rotation;
    changed.to.public = changed.from.public;
    assert_unreadable(changed, "not the keys of two epochs");
    changed = rotation;
    memset(&changed.to.public, 0, sizeof(changed.to.public));
    assert_unreadable(changed, "not the keys of two epochs");
    changed = rotation;
    changed.expires_s = changed.issued_s + GRANT_BULK_WAIT_S;
    assert_unreadable(changed, "more than the 72 hours");
    changed = rotation;
    changed.expires_s = changed.issued_s + GRANT_BULK_S + 1;
    assert_unreadable(changed, "at most 96");
    changed = rotation;
    changed.records = 0;
    assert_unreadable(changed, "r:12: not \"records: VALUE\"");
    changed = rotation;
    changed.records = ROTATION_RECORDS_MAX + 1;
    assert_unreadable(changed, "r:12: not \"records: VALUE\"");
}

/* ---- approvals and ceremonies ---- */

static void assert_not_approved(const char *officers, const char *words)
{
    rotation_scene_sign(&scene, &rotation, officers, &file);
    assert_int_equal(rotation_judge_approved(&scene.judge, &file), FAULT_REFUSED);
    assert_words(words);
}

static void one_group_alone_approves_nothing(void **state)
{
    (void)state;
    assert_not_approved("", "group A: 0 of the 3 people");
    assert_not_approved("012", "group B: 0 of the 3 people");
    assert_not_approved("345", "group A: 0 of the 3 people");
    assert_not_approved("01234", "group B: 2 of the 3 people"); /* enough for a grant */
}

static void an_approval_of_another_text(void **state)
{
    static struct rotation_file other;
    (void)state;
    struct rotation changed = rotation;
    changed.nonce[0] ^= 1;
    rotation_scene_sign(&scene, &changed, "012345", &other);
    assert_int_equal(rotation_file_join(&file, &other, "other"), FAULT_INPUT);
    assert_words("another rotation");
    memcpy(file.signatures, other.signatures, sizeof(file.signatures));
    assert_int_equal(rotation_judge_approved(&scene.judge, &file), FAULT_REFUSED);
    assert_words("the signature is not over this rotation");
}

/* Whoever prepares a rotation writes a key of their own into it. */
static void a_key_that_is_not_the_ceremonys(void **state)
{
    struct seal_scalar own;
    (void)state;
    seal_scalar_random(&own);
    assert_true(seal_point_of(&own, &rotation.to.public));
    assert_not_approved("012345", "a key that is not that of the pinned ceremonies");
    rotation.to = scene.judge.to;
    rotation.to.transcripts[1][5] ^= 1;
    assert_not_approved("012345", "another ceremony of group B");
    rotation.to = scene.judge.to;
    rotation.to.number += 1;
    assert_not_approved("012345", "to epoch 3, the pinned ceremonies are of 2");
    rotation.to = scene.judge.to;
    rotation.from.transcripts[0][0] ^= 1;
    assert_not_approved("012345", "from epoch 1, but by another ceremony of group A");
    rotation.from = scene.judge.from;
    (void)snprintf(rotation.venue, sizeof(rotation.venue), "other.invalid");
    assert_not_approved("012345", "of the venue other.invalid");
}

/* ---- tables ---- */

static void assert_rows_refused(const u8 *bytes, size_t size, const char *words)
{
    struct rotation_table table;
    char path[sizeof(rows_path) + 8];
    (void)snprintf(path, sizeof(path), "%s.other", rows_path);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    enum fault fault = rotation_table_open(disk_real(), path, true, &table);
    if (fault == FAULT_NONE) {
        fault = rotation_judge_rows(&table, &rotation);
        rotation_table_close(&table);
    }
    assert_true(fault == FAULT_INPUT || fault == FAULT_REFUSED);
    assert_words(words);
}

static void rows_that_are_not_the_rotations(void **state)
{
    static u8 bytes[ROTATION_HEAD_BYTES + (RECORDS + 1) * ROTATION_ROW_BYTES];
    static u8 row[ROTATION_ROW_BYTES];
    const size_t head = ROTATION_HEAD_BYTES - 1;
    (void)state;
    FILE *in = fopen(rows_path, "re");
    assert_non_null(in);
    size_t size = fread(bytes, 1, sizeof(bytes), in);
    (void)fclose(in);
    assert_int_equal(size, head + RECORDS * ROTATION_ROW_BYTES);
    u8 *second = bytes + head + ROTATION_ROW_BYTES;
    /* a byte of a wrap; two rows swapped; one twice; one left out; one more; cut; another epoch */
    u64 at = random_below(&chance, RECORDS);
    u8 *byte = bytes + head + at * ROTATION_ROW_BYTES + ROTATION_ROW_BYTES - 1;
    *byte ^= 1;
    assert_rows_refused(bytes, size, "rows: not those that the rotation names");
    *byte ^= 1;
    memcpy(row, second, sizeof(row));
    memcpy(second, second + ROTATION_ROW_BYTES, sizeof(row));
    memcpy(second + ROTATION_ROW_BYTES, row, sizeof(row));
    assert_rows_refused(bytes, size, "row 3: not behind the one before it");
    memcpy(second, row, sizeof(row));
    assert_rows_refused(bytes, size, "row 3: not behind the one before it");
    memcpy(second + ROTATION_ROW_BYTES, row, sizeof(row));
    assert_rows_refused(bytes, size - ROTATION_ROW_BYTES, "row 3: not behind the one before it");
    bytes[size] = 0;
    assert_rows_refused(bytes, size + 1, "whole rows behind it");
    assert_rows_refused(bytes, head, "whole rows behind it");
    memset(second + ROTATION_ROW_BYTES, 0, sizeof(row));
    assert_rows_refused(bytes, size, "row 3: its label is none");
    memcpy(second + ROTATION_ROW_BYTES, row, sizeof(row));
    second[16] = 9; /* its epoch */
    assert_rows_refused(bytes, size, "row 2: of epoch 9, the one before it is of 1");
}

static void a_row_is_left_out(void **state)
{
    struct rotation_table table;
    char path[sizeof(rows_path) + 8];
    (void)state;
    (void)snprintf(path, sizeof(path), "%s.other", rows_path);
    scene.records_count -= 1;
    rotation_scene_rows(&scene, path);
    scene.records_count += 1;
    scene_must(rotation_table_open(disk_real(), path, true, &table));
    assert_int_equal(rotation_judge_rows(&table, &rotation), FAULT_REFUSED);
    assert_words("rows: 299, the rotation has 300 records");
    rotation_table_close(&table);
}

/* Between judging and reading again. */
static void a_row_is_changed_after_it_was_judged(void **state)
{
    static struct rotation_piece piece;
    struct rotation_table table;
    (void)state;
    scene_must(rotation_table_open(disk_real(), rows_path, true, &table));
    scene_must(rotation_judge_rows(&table, &rotation));
    scene_must(rotation_table_piece(&table, 1, &piece));
    assert_int_equal(piece.first, ROTATION_PIECE);
    assert_int_equal(piece.count, RECORDS - ROTATION_PIECE);
    assert_memory_equal(&piece.rows[0].wrap, &scene.records[ROTATION_PIECE].wrap, SEAL_WRAP_BYTES);
    FILE *out = fopen(rows_path, "r+e");
    assert_non_null(out);
    assert_int_equal(fseek(out, -1, SEEK_END), 0);
    assert_true(fputc('x', out) != EOF);
    assert_int_equal(fclose(out), 0);
    scene_must(rotation_table_piece(&table, 0, &piece));
    assert_int_equal(rotation_table_piece(&table, 1, &piece), FAULT_ROT);
    assert_words("rows from 257 on are not those that were judged");
    rotation_table_close(&table);
}

/* ---- the officer's book ---- */

static struct opening opening_of(const struct rotation_file *of, u8 number)
{
    struct opening opening = {.begins_s = NOW_S};
    memcpy(opening.venue, of->rotation.venue, sizeof(opening.venue));
    memcpy(opening.grant, of->hash, sizeof(opening.grant));
    opening.signer[0] = number;
    return opening;
}

static enum fault enter(u8 nonce, u8 opener, u64 now_s)
{
    rotation.nonce[1] = nonce;
    rotation_scene_sign(&scene, &rotation, "", &file);
    struct opening opening = opening_of(&file, opener);
    return rotation_book_enter(disk_real(), folder, &file, &opening, now_s);
}

static void a_book_keeps_to_one_key_and_one_opening(void **state)
{
    (void)state;
    scene_must(enter(1, 1, NOW_S));
    scene_must(enter(1, 1, NOW_S + DAY_S)); /* the same once more */
    assert_int_equal(enter(1, 2, NOW_S + DAY_S), FAULT_REFUSED);
    assert_words("answered before, for another opening");
    struct seal_point kept = rotation.to.public;
    rotation.to.public = rotation.from.public;
    assert_int_equal(enter(2, 1, NOW_S + 30 * DAY_S), FAULT_REFUSED);
    assert_words("towards another key");
    rotation.to.public = kept;
    scene_must(enter(2, 1, NOW_S + 1)); /* the rest, and a clock that went back */
    scene_must(enter(3, 1, NOW_S + 2 * DAY_S));
    scene_must(enter(4, 1, NOW_S + 3 * DAY_S));
    assert_int_equal(enter(5, 1, NOW_S + 4 * DAY_S), FAULT_REFUSED);
    assert_words("4 rotations were answered within 30 days");
    rotation.to.public = rotation.from.public;
    scene_must(enter(5, 1, NOW_S + 34 * DAY_S));
}

static void a_book_that_is_none(void **state)
{
    (void)state;
    char path[sizeof(folder) + 16];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, ROTATION_BOOK_FILE);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs("cambist rotated v1\nrotation: 00\n", out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(enter(1, 1, NOW_S), FAULT_INPUT);
    assert_words("not a book of rotations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rotation_is_printed_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(every_changed_byte_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_rotation_may_say, setup, teardown),
        cmocka_unit_test_setup_teardown(one_group_alone_approves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_approval_of_another_text, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_that_is_not_the_ceremonys, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_that_are_not_the_rotations, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_is_changed_after_it_was_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(a_book_keeps_to_one_key_and_one_opening, setup, teardown),
        cmocka_unit_test_setup_teardown(a_book_that_is_none, setup, teardown),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
