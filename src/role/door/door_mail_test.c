/* Aim: a mail is there whole or not at all, says nothing but its code, and no more wait than may.
 * Method: the texts of every kind and language; accidents at every operation of a false disk. */
#include "role/door/door_mail.h"

#include "base/span.h"
#include "tests/support/accident.h"
#include "tests/support/engine_scene.h"
#include "wire/door_message.h"

#include <string.h>

#define ADDRESS "ada.invented@example.org"

static const u8 code[DOOR_MAIL_CODE_BYTES] = {'f', 'o', 'o', 'b', 'a'};

static struct door_mail mail_of(enum door_mail_kind kind, u8 language)
{
    return (struct door_mail){.kind = kind,
                              .language = language,
                              .address = span_of_text(ADDRESS),
                              .code = span_of(code, sizeof(code))};
}

static void mails_have_a_code_and_nothing_else(void **state)
{
    char text[DOOR_MAIL_BYTES_MAX];
    (void)state;
    for (u32 kind = 0; kind < DOOR_MAIL_KINDS; kind += 1) {
        for (u8 language = 1; language <= 2; language += 1) {
            struct door_mail mail = mail_of((enum door_mail_kind)kind, language);
            u32 size = door_mail_print(&mail, "Cambist", text);
            bool has_code = kind == DOOR_MAIL_SIGN_UP || kind == DOOR_MAIL_RESET;
            assert_int_equal(size, strlen(text));
            assert_ptr_equal(strstr(text, "To: <" ADDRESS ">\nSubject: Cambist: "), text);
            assert_int_equal(strstr(text, "MZXW-6YTB") != NULL, has_code);
            assert_non_null(strstr(text, language == DOOR_LANGUAGE_FRENCH ? "Language: fr\n"
                                                                          : "Language: en\n"));
            /* The address stands in its head alone, and there is no link to follow. */
            assert_null(strstr(text + 10, ADDRESS));
            assert_null(strstr(text, "http"));
            const char *body = strstr(text, "\n\n");
            for (const char *at = text; at < body; at += 1) {
                assert_true((u8)*at < 0x7f); /* heads are ASCII */
            }
        }
    }
}

/* ---- the folder ---- */

enum { NAMES_MAX = 8 };

struct seen {
    struct disk_visitor visitor;
    u32 whole;
    u32 begun;
    char names[NAMES_MAX][FILE_NAME_BYTES];
};

static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct seen *seen = (struct seen *)(void *)visitor;
    if (name[0] == '.') {
        seen->begun += 1;
        return FAULT_NONE;
    }
    assert_true(seen->whole < NAMES_MAX);
    assert_true(span_copy(span_of(name, strlen(name) + 1), seen->names[seen->whole],
                          sizeof(seen->names[0])));
    seen->whole += 1;
    return FAULT_NONE;
}

static void is_whole(struct disk *disk, const char *name)
{
    char path[FILE_PATH_BYTES];
    char text[DOOR_MAIL_BYTES_MAX];
    u8 bytes[DOOR_MAIL_BYTES_MAX];
    struct door_mail mail = mail_of(DOOR_MAIL_RESET, DOOR_LANGUAGE_ENGLISH);
    u32 size = door_mail_print(&mail, "Cambist", text);
    SCOPED_FILE file;
    size_t got = 0;
    scene_must(file_path(path, "door/mail", name));
    scene_must(file_open(disk, path, 0, &file));
    scene_must(file_read_at(&file, 0, bytes, sizeof(bytes), &got));
    assert_int_equal(got, size);
    assert_memory_equal(bytes, text, size);
}

static struct seen look(struct disk *disk)
{
    struct seen seen = {.visitor = {.visit = visit}};
    scene_must(disk_list(disk, "door/mail", &seen.visitor));
    for (u32 i = 0; i < seen.whole; i += 1) {
        is_whole(disk, seen.names[i]);
    }
    return seen;
}

static struct door_mails mails;

static enum fault script(struct disk *disk, u32 *done_out)
{
    struct door_mail mail = mail_of(DOOR_MAIL_RESET, DOOR_LANGUAGE_ENGLISH);
    *done_out = 0;
    TRY(disk_make_folder(disk, "door"));
    TRY(disk_sync_folder(disk, "."));
    TRY(door_mails_open(&mails, disk, "door", "Cambist", 8));
    for (u32 i = 0; i < 3; i += 1) {
        TRY(door_mails_put(&mails, &mail, 1000 + i, i));
        *done_out += 1;
    }
    return FAULT_NONE;
}

static bool run(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false *disk = accident_disk(seed, operation, accident);
    u32 done = 0;
    enum fault fault = script(disk_false_disk(disk), &done);
    bool hit = fault != FAULT_NONE;
    fault_forget();
    accident_over(disk, accident);
    scene_must(disk_make_folder(disk_false_disk(disk), "door"));
    scene_must(door_mails_open(&mails, disk_false_disk(disk), "door", "Cambist", 8));
    struct seen seen = look(disk_false_disk(disk));
    assert_int_equal(seen.begun, 0);
    assert_int_equal(seen.whole, mails.files_count);
    assert_true(seen.whole >= done && seen.whole <= done + 1);
    disk_false_close(disk);
    return hit;
}

static void accidents_leave_whole_mails(void **state)
{
    (void)state;
    assert_true(accident_everywhere(run, 10) > 20);
}

/* One of four is for who has a login and forgot the password. */
static void a_part_is_kept_for_new_passwords(void **state)
{
    struct disk_false_config config = {.seed = test_seed(), .sector_bytes = 512};
    struct disk_false *disk = disk_false_open(&config);
    static const enum door_mail_kind others[] = {DOOR_MAIL_SIGN_UP, DOOR_MAIL_SIGN_UP_KNOWN,
                                                 DOOR_MAIL_RESET_UNKNOWN};
    struct door_mail mail = mail_of(DOOR_MAIL_RESET, DOOR_LANGUAGE_ENGLISH);
    (void)state;
    scene_must(disk_make_folder(disk_false_disk(disk), "door"));
    scene_must(door_mails_open(&mails, disk_false_disk(disk), "door", "Cambist", 8));
    for (u32 i = 0; i < 8; i += 1) {
        for (u32 kind = 0; i >= 6 && kind < ARRAY_COUNT(others); kind += 1) {
            bool room = true;
            scene_must(door_mails_have_room(&mails, others[kind], 10, &room));
            assert_false(room);
        }
        mail.kind = i < 6 ? others[i % ARRAY_COUNT(others)] : DOOR_MAIL_RESET;
        scene_must(door_mails_put(&mails, &mail, 10, i));
    }
    assert_int_equal(door_mails_put(&mails, &mail, 10, 8), FAULT_LIMIT);
    fault_forget();
    disk_false_close(disk);
}

static void so_many_wait_at_most(void **state)
{
    struct disk_false_config config = {.seed = test_seed(), .sector_bytes = 512};
    struct disk_false *disk = disk_false_open(&config);
    struct door_mail mail = mail_of(DOOR_MAIL_RESET, DOOR_LANGUAGE_ENGLISH);
    bool room = false;
    (void)state;
    scene_must(disk_make_folder(disk_false_disk(disk), "door"));
    scene_must(door_mails_open(&mails, disk_false_disk(disk), "door", "Cambist", 2));
    scene_must(door_mails_put(&mails, &mail, 10, 1));
    scene_must(door_mails_put(&mails, &mail, 10, 2));
    assert_int_equal(door_mails_put(&mails, &mail, 10, 3), FAULT_LIMIT);
    assert_int_equal(look(disk_false_disk(disk)).whole, 2);
    scene_must(disk_unlink(disk_false_disk(disk), "door/mail/000000000000000a-0000000000000001"));
    scene_must(door_mails_have_room(&mails, DOOR_MAIL_RESET, 10 + DOOR_MAIL_RECOUNT_US, &room));
    assert_true(room);
    scene_must(door_mails_put(&mails, &mail, 11, 4));
    assert_int_equal(door_mails_open(&mails, disk_false_disk(disk), "door",
                                     "a name of more bytes than there may be", 2),
                     FAULT_CONFIG);
    disk_false_close(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_have_a_code_and_nothing_else),
        cmocka_unit_test(accidents_leave_whole_mails),
        cmocka_unit_test(a_part_is_kept_for_new_passwords),
        cmocka_unit_test(so_many_wait_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
