/* Aim: an officer's client answers for so many records a day and for one opening of each grant, and
 * forgets neither when it is started again.
 *
 * Method: grants of known sizes are entered in a real folder, which is read anew each time. */
#include "role/vault/release_book.h"

#include "base/span.h"
#include "tests/support/grant_scene.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { A_DAY = 10, FOR_ONE = 7 };

static u32 for_one = A_DAY; /* of those of a day, for one authority */

static char folder[64];

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-released-XXXXXX");
    for_one = A_DAY;
    return sodium_init() < 0 || mkdtemp(folder) == NULL ? -1 : 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static enum fault enter_for(const char *authority, u8 grant_number, u8 opening_number, u32 people,
                            u64 now_s)
{
    const struct release_budget budget = {.records = A_DAY, .authority = for_one};
    struct grant_file file;
    struct opening opening = {.venue = "demo.invalid", .begins_s = now_s};
    memset(&file, 0, sizeof(file));
    file.grant = grant_scene_make(people);
    file.grant.expires_s = GRANT_SCENE_ISSUED_S + 86400U;
    memset(file.grant.authority, 0, sizeof(file.grant.authority));
    (void)snprintf(file.grant.authority, sizeof(file.grant.authority), "%s", authority);
    memset(file.hash, grant_number, sizeof(file.hash));
    memset(opening.key.bytes, opening_number, sizeof(opening.key.bytes));
    opening.begins_s = GRANT_SCENE_ISSUED_S;
    return release_book_enter(disk_real(), folder, &file, &opening, &budget, now_s);
}

static enum fault enter(u8 grant_number, u8 opening_number, u32 people, u64 now_s)
{
    return enter_for("fr-police", grant_number, opening_number, people, now_s);
}

static void assert_refused(enum fault fault, const char *words)
{
    assert_int_equal(fault, FAULT_REFUSED);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

static void a_day_has_an_end(void **state)
{
    (void)state;
    u64 now = GRANT_SCENE_ISSUED_S;
    assert_int_equal(enter(1, 1, 3, now), FAULT_NONE);
    assert_refused(enter(2, 1, 3, now), "budget: 6 records were released today, and 6 more");
    assert_int_equal(enter(2, 1, 2, now), FAULT_NONE);
    assert_refused(enter(3, 1, 1, now), "budget: 10 records");
    assert_refused(enter(3, 1, 1, now - 86400), "budget: 10 records"); /* a clock that goes back */
    assert_int_equal(enter(3, 1, 1, now + 12 * 3600), FAULT_NONE);     /* midnight */
}

static void a_grant_is_released_for_one_opening(void **state)
{
    (void)state;
    u64 now = GRANT_SCENE_ISSUED_S;
    assert_int_equal(enter(1, 1, 3, now), FAULT_NONE);
    for (u32 i = 0; i < 5; i += 1) {
        assert_int_equal(enter(1, 1, 3, now + i), FAULT_NONE); /* and counts once */
    }
    assert_refused(enter(1, 2, 3, now), "grant: released before, for another opening");
    assert_refused(enter(1, 2, 3, now + 86400), "grant: released before, for another opening");
    assert_int_equal(enter(2, 2, 2, now), FAULT_NONE);
}

static void an_authority_has_its_share(void **state)
{
    (void)state;
    u64 now = GRANT_SCENE_ISSUED_S;
    for_one = FOR_ONE;
    assert_int_equal(enter_for("fr-police", 1, 1, 3, now), FAULT_NONE);
    assert_refused(
        enter_for("fr-police", 2, 1, 1, now),
        "budget: 6 records were released for fr-police today, and 2 more are above the 7 of a day");
    assert_int_equal(enter_for("de-court", 3, 1, 2, now), FAULT_NONE);
    assert_refused(enter_for("xa-court", 4, 1, 1, now), "budget: 10 records were released today");
    assert_int_equal(enter_for("fr-police", 2, 1, 1, now + 86400), FAULT_NONE);
}

/* A grant of two hours that has expired still counts on its day. */
static void what_has_expired_counts_on_its_day(void **state)
{
    (void)state;
    u64 now = GRANT_SCENE_ISSUED_S;
    struct grant_file file;
    struct opening opening = {.venue = "demo.invalid", .begins_s = now};
    const struct release_budget budget = {.records = A_DAY, .authority = FOR_ONE};
    memset(&file, 0, sizeof(file));
    file.grant = grant_scene_make(3);
    file.grant.expires_s = now + 60;
    assert_int_equal(release_book_enter(disk_real(), folder, &file, &opening, &budget, now),
                     FAULT_NONE);
    for_one = FOR_ONE;
    assert_refused(enter_for(file.grant.authority, 2, 1, 1, now + 120),
                   "6 records were released for ");
    assert_int_equal(enter_for("other", 2, 1, 1, now + 120), FAULT_NONE);
}

/* The lines of earlier books count to the day, and to no authority. */
static void an_earlier_book_is_read(void **state)
{
    (void)state;
    char path[96];
    char zeros[65];
    char moment[GRANT_MOMENT_BYTES];
    char day[GRANT_MOMENT_BYTES];
    u64 now = GRANT_SCENE_ISSUED_S;
    memset(zeros, '0', 64);
    zeros[64] = 0;
    grant_moment_print(now + 3600, moment);
    grant_day_print((u32)(now / 86400), day);
    (void)snprintf(path, sizeof(path), "%s/" RELEASE_BOOK_FILE, folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fprintf(file, "cambist released v1\nday: %s 4\ngrant: %s %s %s\n", day, zeros,
                        zeros, moment) > 0);
    assert_int_equal(fclose(file), 0);
    for_one = 5;
    assert_int_equal(enter(1, 1, 2, now), FAULT_NONE);
    for_one = A_DAY;
    assert_refused(enter(2, 1, 2, now), "budget: 8 records were released today");
    assert_refused(enter(0, 1, 1, now), "grant: released before");
}

static void what_is_no_book_stops(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "cambist released v2\nday: 2026-11-23 1\n",
                                        "cambist released v1\nday: 2026-11-31 1\n",
                                        "cambist released v1\nday: 2026-11-23 1\ngrant: 00\n",
                                        "cambist released v1\n",
                                        "cambist released v1\nday: 2026-11-23 1 x\n",
                                        "cambist released v1\nday: 2026-11-23 -1\n",
                                        "cambist released v1\nday: 2026-11-23 1"};
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/" RELEASE_BOOK_FILE, folder);
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fputs(texts[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(enter(1, 1, 1, GRANT_SCENE_ISSUED_S), FAULT_INPUT);
        assert_non_null(strstr(fault_text(), "not a book of what was released"));
    }
}

static void two_clients_do_not_share_a_budget(void **state)
{
    (void)state;
    struct disk_lock lock;
    assert_int_equal(disk_lock_at_once(disk_real(), folder, &lock), FAULT_NONE);
    assert_int_equal(enter(1, 1, 1, GRANT_SCENE_ISSUED_S), FAULT_LOCKED);
    disk_unlock(&lock);
    assert_int_equal(enter(1, 1, 1, GRANT_SCENE_ISSUED_S), FAULT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_day_has_an_end, make, clear),
        cmocka_unit_test_setup_teardown(a_grant_is_released_for_one_opening, make, clear),
        cmocka_unit_test_setup_teardown(an_authority_has_its_share, make, clear),
        cmocka_unit_test_setup_teardown(what_has_expired_counts_on_its_day, make, clear),
        cmocka_unit_test_setup_teardown(an_earlier_book_is_read, make, clear),
        cmocka_unit_test_setup_teardown(what_is_no_book_stops, make, clear),
        cmocka_unit_test_setup_teardown(two_clients_do_not_share_a_budget, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
