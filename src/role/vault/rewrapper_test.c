/* Aim: records are wrapped anew for exactly the key that both groups approved, and after that the
 * new shares open them and the old ones do not; whatever does not hold of approvals, log, wait,
 * slots, rows or answers is named, and nothing is wrapped.
 *
 * Method: one whole rotation with real keys, shares and a log in memory, more than one piece of
 * rows; each test changes one thing, and officer's client and re-wrapper judge it. What was written
 * is searched for the records' keys and texts. */
#include "role/vault/rewrapper.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/rotation_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 262, PIECES = 2, OFFICERS = OPENING_SCENE_OFFICERS };
#define ISSUED_S GRANT_SCENE_ISSUED_S
#define NOW_S    (ISSUED_S + GRANT_BULK_WAIT_S + 3600U)

static struct rotation_scene scene;
static struct random chance;
static char folder[SCENE_PATH_BYTES];
static char path[SCENE_PATH_BYTES + 16];

/* One rotation, step by step. */
static struct rotation rotation;
static struct rotation_file file;
static struct rotation_table rows;
static struct rewrapper *rewrapper;
static u8 shown[OPENING_SCENE_SHOWN];
static size_t shown_bytes;
static u8 opening_shown[OPENING_SCENE_SHOWN];
static size_t opening_shown_bytes;
static u8 slots[PUBLOG_SPAN_BYTES_MAX];
static size_t slots_bytes;

/* The answers of each officer: head, and the rows behind it. */
static char heads[OFFICERS][ROTATION_ANSWER_HEAD_BYTES];
static size_t head_bytes[OFFICERS];
static u8 answers[OFFICERS][RECORDS * ROTATION_ANSWER_BYTES];
static u8 sealings[OFFICERS][32]; /* what the rows are sealed with */
static struct opening_row wraps[RECORDS];

static int make(void **state)
{
    (void)state;
    random_init(&chance, test_seed());
    rotation_scene_open(&scene);
    rotation_scene_add(&scene, 7, RECORDS);
    scene_folder_make(folder);
    (void)snprintf(path, sizeof(path), "%s/rows", folder);
    rotation_scene_rows(&scene, path);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    rewrapper_close(rewrapper);
    rotation_table_close(&rows);
    scene_folder_remove(folder);
    rotation_scene_close(&scene);
    return 0;
}

/* ---- the steps ---- */

static struct opening_scene_event grant_event(char text[ROTATION_FILE_BYTES])
{
    return (struct opening_scene_event){.class = PUBLOG_CLASS_ORDINARY,
                                        .kind = PUBLOG_KIND_GRANT,
                                        .flags = PUBLOG_FLAG_BULK,
                                        .name = rotation.name,
                                        .text = span_of(text, rotation_file_print(&file, text)),
                                        .slot_s = ISSUED_S + 60,
                                        .times_s = ISSUED_S + 700,
                                        .witnesses = 3};
}

static void log_rotation(void)
{
    static char text[ROTATION_FILE_BYTES];
    struct opening_scene_event event = grant_event(text);
    shown_bytes = opening_scene_show(&scene.old, &event, shown);
}

static struct opening_scene_event opening_event(char text[OPENING_TEXT_BYTES],
                                                u8 salt[PUBLOG_SALT_BYTES])
{
    rotation_mark_salt(&file, salt);
    return (struct opening_scene_event){
        .class = PUBLOG_CLASS_ORDINARY,
        .kind = PUBLOG_KIND_OPENING,
        .mark_salt = salt,
        .name = rotation.name,
        .text = span_of(text, opening_print(rewrapper_opening(rewrapper), text)),
        .slot_s = scene.opening_judge.now_s - 600,
        .times_s = scene.opening_judge.now_s - 5,
        .witnesses = 3};
}

static void show_slots(void)
{
    const struct opening_scene_slots wanted = {.class = PUBLOG_CLASS_ORDINARY,
                                               .from_s = rotation.issued_s,
                                               .to_s = scene.opening_judge.now_s - 600,
                                               .times_s = scene.opening_judge.now_s - 5};
    slots_bytes = opening_scene_slots(&scene.old, &wanted, slots);
}

static void log_opening(void)
{
    char text[OPENING_TEXT_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    struct opening_scene_event event = opening_event(text, salt);
    opening_shown_bytes = opening_scene_show(&scene.old, &event, opening_shown);
    show_slots();
}

static void begin_rewrapper(void)
{
    rewrapper_close(rewrapper);
    scene_must(rewrapper_open(&rewrapper, &file, scene.opening_judge.now_s - 300));
}

/* With the share that this officer has in these groups. */
static void answer_with(u32 officer, const struct share_scene sides[2], const struct share_key *key)
{
    static struct rotation_piece piece;
    struct rotation_answerer answerer = {.room = scene.old.room,
                                         .key = key,
                                         .share = &sides[officer / 3].shares[officer % 3],
                                         .side = officer < 3 ? SHARE_SIDE_A : SHARE_SIDE_B,
                                         .index = officer % 3 + 1};
    size_t mark = seal_room_mark(scene.old.room);
    scene_must(rotation_answer_begin(&answerer, rewrapper_opening(rewrapper), heads[officer],
                                     &head_bytes[officer]));
    memcpy(sealings[officer], answerer.sealing, sizeof(sealings[officer]));
    for (u32 i = 0; i < rotation_table_pieces(&rows); i += 1) {
        static u8 bytes[ROTATION_PIECE * ROTATION_ANSWER_BYTES];
        scene_must(rotation_table_piece(&rows, i, &piece));
        scene_must(rotation_answer_piece(&answerer, &piece, bytes));
        memcpy(answers[officer] + (size_t)piece.first * ROTATION_ANSWER_BYTES, bytes,
               (size_t)piece.count * ROTATION_ANSWER_BYTES);
    }
    seal_room_leave(scene.old.room, mark);
}

static void answer(const char *officers)
{
    for (; *officers != 0; officers += 1) {
        answer_with((u32)(*officers - '0'), scene.old.sides, &scene.old.key);
    }
}

/* Everything up to the answers. */
static void prepare(void)
{
    scene.opening_judge.now_s = NOW_S;
    scene.old.begins_s = ISSUED_S;
    scene.old.leaves_count = 3;
    rotation_table_close(&rows);
    scene_must(rotation_table_open(disk_real(), path, true, &rows));
    rotation = rotation_scene_make(&scene, path, ISSUED_S);
    rotation_scene_sign(&scene, &rotation, "012345", &file);
    log_rotation();
    begin_rewrapper();
    log_opening();
}

static enum fault allow(void)
{
    const struct rewrapper_task task = {.judge = &scene.judge,
                                        .file = &file,
                                        .rows = &rows,
                                        .shown = span_of(shown, shown_bytes),
                                        .opening_shown =
                                            span_of(opening_shown, opening_shown_bytes),
                                        .slots = span_of(slots, slots_bytes)};
    return rewrapper_allow(rewrapper, &task);
}

static enum fault take(u32 officer)
{
    size_t bytes = 0;
    const struct share_roster *roster = &scene.old.key.sides[officer / 3].roster;
    enum fault fault =
        rewrapper_take(rewrapper, span_of(heads[officer], head_bytes[officer]),
                       roster->members[officer % 3].name, roster->side, officer % 3 + 1, &bytes);
    assert_true(fault != FAULT_NONE || bytes == head_bytes[officer]);
    return fault;
}

/* Whose answers are at fault: *wrong_out is a place among `officers`. */
static enum fault wrap_piece(const char *officers, u32 number, u32 *wrong_out)
{
    static struct rotation_piece piece;
    struct rewrapper_answer list[OFFICERS];
    static struct opening_row made[ROTATION_PIECE];
    u32 count = 0;
    scene_must(rotation_table_piece(&rows, number, &piece));
    for (; officers[count] != 0; count += 1) {
        u32 officer = (u32)(officers[count] - '0');
        const struct share_roster *roster = &scene.old.key.sides[officer / 3].roster;
        list[count] = (struct rewrapper_answer){
            .name = roster->members[officer % 3].name,
            .side = roster->side,
            .index = officer % 3 + 1,
            .bytes = span_of(answers[officer] + (size_t)piece.first * ROTATION_ANSWER_BYTES,
                             (size_t)piece.count * ROTATION_ANSWER_BYTES)};
    }
    TRY(rewrapper_piece(rewrapper, &piece, list, count, made, wrong_out));
    memcpy(&wraps[piece.first], made, piece.count * sizeof(made[0]));
    return FAULT_NONE;
}

static void wrap_all(const char *officers)
{
    u32 wrong = 0;
    for (const char *at = officers; *at != 0; at += 1) {
        scene_must(take((u32)(*at - '0')));
    }
    for (u32 i = 0; i < PIECES; i += 1) {
        scene_must(wrap_piece(officers, i, &wrong));
    }
}

static void assert_words(const char *words)
{
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
    assert_null(strstr(fault_text(), OPENING_SCENE_CANARY));
    fault_forget();
}

/* Officer's client and re-wrapper both say so. */
static void assert_judged(enum fault wanted, const char *words)
{
    struct opening_granted granted;
    enum fault fault =
        rotation_judge_logged(&scene.judge, &file, span_of(shown, shown_bytes), &granted);
    fault = fault != FAULT_NONE ? fault : rotation_judge_rows(&rows, &file.rotation);
    fault = fault != FAULT_NONE
                ? fault
                : rotation_judge_opening(
                      &scene.judge, &file, &granted, rewrapper_opening(rewrapper),
                      span_of(opening_shown, opening_shown_bytes), span_of(slots, slots_bytes));
    assert_int_equal(fault, wanted);
    assert_words(words);
    assert_int_equal(allow(), wanted);
    assert_words(words);
}

/* ---- the whole ---- */

/* The key of a record, from a wrap and the shares of two officers of each group; FAULT_INPUT and
 * others when they do not open it. */
static enum fault open_with(const struct opening_row *row, const struct share_scene sides[2],
                            const struct share_key *key, u8 key_out[SEAL_KEY_SIZE])
{
    static const u8 context[SHARE_HASH_BYTES] = {1};
    struct share_partial partials[4];
    struct share_wrong wrong;
    const struct share_case about = {.key = key,
                                     .label = row->label,
                                     .wrap = &row->wrap,
                                     .body_hash = row->body_hash,
                                     .context = context};
    for (u32 i = 0; i < 4; i += 1) {
        TRY(share_answer(scene.old.room, &about, i < 2 ? SHARE_SIDE_A : SHARE_SIDE_B, i % 2 + 1,
                         &sides[i / 2].shares[i % 2], &partials[i]));
    }
    return share_open(scene.old.room, &about, partials, 4, key_out, &wrong);
}

static void new_shares_open_new_wraps_and_old_ones_none(void **state)
{
    u8 key[SEAL_KEY_SIZE];
    u8 text[ROTATION_SCENE_BODY];
    size_t bytes = 0;
    (void)state;
    prepare();
    answer("0134");
    scene_must(allow());
    wrap_all("0134");
    for (u32 i = 0; i < RECORDS; i += (u32)random_between(&chance, 1, 40)) {
        const struct rotation_scene_record *record = &scene.records[i];
        struct opening_row row = wraps[i];
        assert_int_equal(row.label.epoch, 2);
        assert_int_equal(row.label.subject, record->label.subject);
        assert_memory_equal(row.body_hash, record->hash, SEAL_HASH_BYTES);
        scene_must(open_with(&row, scene.sides, &scene.key, key));
        assert_memory_equal(key, record->key, sizeof(key));
        scene_must(seal_body_open(&row.label, key, span_of(record->body, sizeof(record->body)),
                                  text, &bytes));
        assert_non_null(memmem(text, bytes, OPENING_SCENE_CANARY, strlen(OPENING_SCENE_CANARY)));
        memset(key, 0, sizeof(key));
        /* not with the old ones, whatever epoch is written on it */
        assert_int_not_equal(open_with(&row, scene.old.sides, &scene.old.key, key), FAULT_NONE);
        row.label.epoch = 1;
        assert_int_not_equal(open_with(&row, scene.old.sides, &scene.old.key, key), FAULT_NONE);
        assert_true(span_is_zero(span_of(key, sizeof(key))));
    }
    fault_forget();
}

/* The same record and key make the same wrap: a second rotation towards one key shows nothing. */
static void a_wrap_follows_from_record_and_key(void **state)
{
    static struct opening_row first[RECORDS];
    (void)state;
    prepare();
    answer("0134");
    scene_must(allow());
    wrap_all("0134");
    memcpy(first, wraps, sizeof(first));
    prepare();
    answer("1245");
    scene_must(allow());
    wrap_all("1245");
    for (u32 i = 0; i < RECORDS; i += 1) {
        assert_memory_equal(&first[i].wrap.point, &wraps[i].wrap.point, SEAL_POINT_BYTES);
        assert_memory_equal(first[i].wrap.wrapped, wraps[i].wrap.wrapped, SEAL_WRAPPED_BYTES);
    }
}

static void wraps_write(const char *to)
{
    struct rotation_writer writer;
    u8 hash[SHA256_BYTES];
    scene_must(rotation_writer_open(disk_real(), to, false, &writer));
    for (u32 i = 0; i < RECORDS; i += ROTATION_PIECE) {
        scene_must(rotation_writer_put(
            &writer, &wraps[i], RECORDS - i < ROTATION_PIECE ? RECORDS - i : ROTATION_PIECE));
    }
    scene_must(rotation_writer_end(&writer, hash));
    rotation_writer_close(&writer);
}

static void the_manifest_is_of_these_wraps(void **state)
{
    char manifest[REWRAPPER_MANIFEST_BYTES];
    char to[sizeof(path) + 16];
    static struct rotation_file other;
    struct rotation_table table;
    (void)state;
    prepare();
    answer("0134");
    scene_must(allow());
    wrap_all("0134");
    (void)snprintf(to, sizeof(to), "%s/wraps", folder);
    wraps_write(to);
    scene_must(rotation_table_open(disk_real(), to, false, &table));
    size_t size = rewrapper_manifest(rewrapper, table.hash, manifest);
    const struct opening *opening = rewrapper_opening(rewrapper);
    scene_must(rewrapper_manifest_check(span_of(manifest, size), opening, &file, &table));
    for (size_t at = 0; at + 2 < size; at += random_between(&chance, 1, 5)) {
        char kept = manifest[at];
        manifest[at] = (char)(kept ^ (1 << random_below(&chance, 7)));
        assert_int_not_equal(
            rewrapper_manifest_check(span_of(manifest, size), opening, &file, &table), FAULT_NONE);
        manifest[at] = kept;
    }
    table.hash[3] ^= 1;
    assert_int_equal(rewrapper_manifest_check(span_of(manifest, size), opening, &file, &table),
                     FAULT_ROT);
    assert_words("not the wraps of this manifest");
    table.hash[3] ^= 1;
    other = file;
    other.hash[0] ^= 1;
    assert_int_equal(rewrapper_manifest_check(span_of(manifest, size), opening, &other, &table),
                     FAULT_REFUSED);
    assert_words("of another rotation");
    rotation_table_close(&table);
    assert_int_equal(remove(to), 0);
}

/* No record's key, in what was written or in the locked memory that it passed through. */
static void keys_are_wiped(void **state)
{
    (void)state;
    prepare();
    answer("0134");
    scene_must(allow());
    wrap_all("0134");
    struct span own = rewrapper_bytes(rewrapper);
    struct span room = rewrapper_room_bytes(rewrapper);
    for (u32 i = 0; i < RECORDS; i += 1) {
        const u8 *key = scene.records[i].key;
        assert_null(memmem(wraps, sizeof(wraps), key, SEAL_KEY_SIZE));
        assert_null(memmem(answers, sizeof(answers), key, SEAL_KEY_SIZE));
        assert_null(memmem(own.data, own.size, key, SEAL_KEY_SIZE));
        assert_null(memmem(room.data, room.size, key, SEAL_KEY_SIZE));
    }
    assert_true(span_is_zero(seal_room_bytes(scene.old.room)));
}

/* ---- attacks on what was approved and logged ---- */

static void one_group_alone_rotates_nothing(void **state)
{
    (void)state;
    prepare();
    rotation_scene_sign(&scene, &rotation, "012", &file);
    log_rotation();
    assert_judged(FAULT_REFUSED, "group B: 0 of the 3 people");
    rotation_scene_sign(&scene, &rotation, "0134", &file); /* enough for a grant */
    assert_judged(FAULT_REFUSED, "group A: 2 of the 3 people");
}

static void answers_of_one_group_rotate_nothing(void **state)
{
    u32 wrong = 0;
    (void)state;
    prepare();
    answer("012");
    scene_must(allow());
    scene_must(take(0));
    scene_must(take(1));
    scene_must(take(2));
    assert_int_equal(wrap_piece("012", 0, &wrong), FAULT_REFUSED);
    assert_words("group B: 0 of the 2 officers");
    assert_int_equal(wrong, UINT32_MAX);
}

static void a_rotation_waits_72_hours(void **state)
{
    (void)state;
    prepare();
    scene.opening_judge.now_s = ISSUED_S + 700 + GRANT_BULK_WAIT_S - 1;
    scene.old.leaves_count = 3;
    log_rotation();
    begin_rewrapper();
    log_opening();
    assert_judged(FAULT_REFUSED, "rotation: a bulk grant waits until");
    scene.opening_judge.now_s += 1;
    scene_must(allow());
}

static void an_expired_rotation(void **state)
{
    (void)state;
    prepare();
    scene.opening_judge.now_s = ISSUED_S + GRANT_BULK_S + 1;
    assert_judged(FAULT_REFUSED, "rotation: expired at");
}

static void a_backdated_rotation(void **state)
{
    static char text[ROTATION_FILE_BYTES];
    (void)state;
    prepare();
    rotation.log_size = 400;
    rotation_scene_sign(&scene, &rotation, "012345", &file);
    scene.old.leaves_count = 3;
    struct opening_scene_event event = grant_event(text);
    shown_bytes = opening_scene_show(&scene.old, &event, shown);
    assert_judged(FAULT_REFUSED, "rotation: in the log before it was written");
}

static void logged_without_the_flag_of_a_bulk_grant(void **state)
{
    static char text[ROTATION_FILE_BYTES];
    (void)state;
    prepare();
    scene.old.leaves_count = 3;
    struct opening_scene_event event = grant_event(text);
    event.flags = 0;
    shown_bytes = opening_scene_show(&scene.old, &event, shown);
    assert_judged(FAULT_REFUSED, "rotation: logged as another class, or with other flags");
    scene.old.leaves_count = 3;
    event = grant_event(text);
    event.is_flag_hidden = true; /* in the event, but not where everybody sees it */
    shown_bytes = opening_scene_show(&scene.old, &event, shown);
    assert_int_equal(allow(), FAULT_REFUSED);
    fault_forget();
}

static void another_rotation_is_in_the_log(void **state)
{
    (void)state;
    prepare();
    rotation.nonce[0] ^= 1;
    rotation_scene_sign(&scene, &rotation, "012345", &file);
    assert_judged(FAULT_REFUSED, "rotation: the receipt is of another text");
}

static void an_opening_of_another_rotation(void **state)
{
    (void)state;
    prepare();
    struct rotation_file kept = file;
    rotation.nonce[0] ^= 1;
    rotation_scene_sign(&scene, &rotation, "012345", &file);
    begin_rewrapper();
    file = kept;
    assert_judged(FAULT_REFUSED, "opening: of another rotation");
}

static void an_opening_that_is_over(void **state)
{
    char text[OPENING_TEXT_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    (void)state;
    prepare();
    scene_must(rotation_judge_rows(&rows, &rotation));
    scene.opening_judge.now_s += ROTATION_OPENING_S;
    struct opening_scene_event event = opening_event(text, salt);
    opening_shown_bytes = opening_scene_show(&scene.old, &event, opening_shown);
    assert_judged(FAULT_REFUSED, "over 21600 seconds after it began; it takes another rotation");
}

static void a_stale_checkpoint(void **state)
{
    (void)state;
    prepare();
    scene.opening_judge.now_s += scene.old.circle.fresh_s;
    assert_judged(FAULT_REFUSED, "opening: the checkpoint is stale");
}

/* A second one, by another process, of the same rotation: whoever remembers nothing sees it. */
static void a_second_opening_is_in_the_log(void **state)
{
    (void)state;
    prepare();
    begin_rewrapper();
    scene.opening_judge.now_s += 1200;
    log_opening();
    assert_judged(FAULT_REFUSED, "slots: an earlier opening of this rotation is in the log");
}

static void slots_that_are_not_shown(void **state)
{
    (void)state;
    prepare();
    slots_bytes = 0;
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from rotation to opening");
}

/* ---- attacks on answers ---- */

/* An officer who seals another partial than their share's: b0-1, at this row. */
static void spoil(u32 row)
{
    struct share_partial partial;
    u8 about[SHARE_HASH_BYTES + SEAL_LABEL_BYTES];
    u8 nonce[24] = {0};
    u8 *at = answers[3] + (size_t)row * ROTATION_ANSWER_BYTES;
    opening_context(rewrapper_opening(rewrapper), about);
    seal_label_encode(&scene.records[row].label, about + SHARE_HASH_BYTES);
    bytes_put_u64(nonce, row);
    assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt((u8 *)&partial, NULL, NULL, at,
                                                                ROTATION_ANSWER_BYTES, about,
                                                                sizeof(about), nonce, sealings[3]),
                     0);
    partial.point = scene.records[row].wrap.point;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(at, NULL, (const u8 *)&partial,
                                                     sizeof(partial), about, sizeof(about), NULL,
                                                     nonce, sealings[3]);
}

static void a_wrong_partial_names_its_officer(void **state)
{
    u32 wrong = 0;
    (void)state;
    prepare();
    answer("01345");
    scene_must(allow());
    for (u32 i = 0; i < OFFICERS; i += 1) {
        if (i != 2) {
            scene_must(take(i));
        }
    }
    scene_must(wrap_piece("0134", 0, &wrong));
    spoil(ROTATION_PIECE + (u32)random_below(&chance, RECORDS - ROTATION_PIECE));
    assert_int_equal(wrap_piece("0134", 1, &wrong), FAULT_INPUT);
    assert_int_equal(wrong, 2);
    assert_words("partial of b0-1 (group B)");
    scene_must(wrap_piece("0145", 1, &wrong));
}

static void answers_for_another_process(void **state)
{
    (void)state;
    prepare();
    answer("0");
    struct rewrapper *kept = rewrapper;
    rewrapper = NULL;
    begin_rewrapper();
    assert_int_equal(take(0), FAULT_REFUSED);
    assert_words("a0-1: an answer for another opening");
    rewrapper_close(kept);
    answer("01");
    memcpy(heads[0], heads[1], sizeof(heads[0]));
    head_bytes[0] = head_bytes[1];
    assert_int_equal(take(0), FAULT_INPUT);
    assert_words("a0-1: an answer of another officer");
    answer("0");
    heads[0][head_bytes[0] - 3] = heads[0][head_bytes[0] - 3] == '0' ? '1' : '0';
    assert_int_equal(take(0), FAULT_ROT);
    assert_words("a0-1: its key does not open");
}

static void a_changed_answer_names_its_officer(void **state)
{
    u32 wrong = 0;
    (void)state;
    prepare();
    answer("01345");
    scene_must(allow());
    for (u32 i = 0; i < OFFICERS; i += 1) {
        if (i != 2) {
            scene_must(take(i));
        }
    }
    size_t row = random_below(&chance, ROTATION_PIECE);
    answers[3][row * ROTATION_ANSWER_BYTES + random_below(&chance, ROTATION_ANSWER_BYTES)] ^= 1;
    assert_int_equal(wrap_piece("0134", 0, &wrong), FAULT_ROT);
    assert_int_equal(wrong, 2);
    assert_words("b0-1: answer ");
    /* Another of the group takes the place, from where it was. */
    scene_must(wrap_piece("0145", 0, &wrong));
    scene_must(wrap_piece("0145", 1, &wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_shares_open_new_wraps_and_old_ones_none),
        cmocka_unit_test(a_wrap_follows_from_record_and_key),
        cmocka_unit_test(the_manifest_is_of_these_wraps),
        cmocka_unit_test(keys_are_wiped),
        cmocka_unit_test(one_group_alone_rotates_nothing),
        cmocka_unit_test(answers_of_one_group_rotate_nothing),
        cmocka_unit_test(a_rotation_waits_72_hours),
        cmocka_unit_test(an_expired_rotation),
        cmocka_unit_test(a_backdated_rotation),
        cmocka_unit_test(logged_without_the_flag_of_a_bulk_grant),
        cmocka_unit_test(another_rotation_is_in_the_log),
        cmocka_unit_test(an_opening_of_another_rotation),
        cmocka_unit_test(an_opening_that_is_over),
        cmocka_unit_test(a_stale_checkpoint),
        cmocka_unit_test(a_second_opening_is_in_the_log),
        cmocka_unit_test(slots_that_are_not_shown),
        cmocka_unit_test(a_wrong_partial_names_its_officer),
        cmocka_unit_test(answers_for_another_process),
        cmocka_unit_test(a_changed_answer_names_its_officer),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
