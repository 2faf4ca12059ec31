/* Aim: security keys are an officer's with the key of the register that bound them; rows are only
 * added, and found by officer, time and text; what is in the file is there after a new start.
 *
 * Method: a file in a folder of its own, opened again in between. */
#include "role/office/office_store.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static char path[80];
static struct office_store *store;
static struct office_credential found[OFFICE_CREDENTIALS_MAX];
static struct office_row rows[OFFICE_ROWS_MAX];
static const struct officer anna = {.code = "anna", .number = 11, .key = {1}};
static const struct officer bela = {.code = "bela", .number = 12, .key = {2}};

static void again(void)
{
    office_store_close(store);
    assert_int_equal(office_store_open(&store, path), FAULT_NONE);
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-office-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof(path), "%s/office.db", folder);
    return office_store_open(&store, path) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    (void)state;
    office_store_close(store);
    store = NULL;
    for (u32 i = 0; i < ARRAY_COUNT(ends); i += 1) {
        char name[96];
        (void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        (void)unlink(name);
    }
    return rmdir(folder);
}

static struct office_credential credential_of(const struct officer *officer, u8 id)
{
    struct office_credential credential = {.officer = officer->number,
                                           .kind = -7,
                                           .counter = 5,
                                           .id_bytes = 32,
                                           .key_bytes = 64,
                                           .name_bytes = 4,
                                           .id = {id, 7},
                                           .key = {id, 9},
                                           .name = "blue"};
    memcpy(credential.officer_key, officer->key, sizeof(credential.officer_key));
    return credential;
}

static u32 count_of(const struct officer *officer)
{
    u32 count = 0;
    assert_int_equal(office_credentials_of(store, officer, found, &count), FAULT_NONE);
    return count;
}

static void security_keys_stay_with_all_they_have(void **state)
{
    struct office_credential credential = credential_of(&anna, 1);
    (void)state;
    assert_int_equal(office_credential_put(store, &credential, 1000), FAULT_NONE);
    again();
    assert_int_equal(count_of(&anna), 1);
    credential.made_ms = 1000;
    assert_memory_equal(&found[0], &credential, sizeof(credential));
    assert_int_equal(office_credential_used(store, span_of(credential.id, 32), 6, 2000),
                     FAULT_NONE);
    again();
    assert_int_equal(count_of(&anna), 1);
    assert_int_equal(found[0].counter, 6);
    assert_int_equal(found[0].used_ms, 2000);
    assert_int_equal(count_of(&bela), 0);
}

static void another_key_of_the_register_has_none(void **state)
{
    struct office_credential credential = credential_of(&anna, 1);
    struct officer renewed = anna;
    (void)state;
    renewed.key[0] = 99;
    assert_int_equal(office_credential_put(store, &credential, 1000), FAULT_NONE);
    assert_int_equal(count_of(&renewed), 0);
    assert_int_equal(count_of(&anna), 1);
}

static void an_id_is_bound_once(void **state)
{
    struct office_credential credential = credential_of(&anna, 1);
    struct office_credential other = credential_of(&bela, 1);
    (void)state;
    assert_int_equal(office_credential_put(store, &credential, 1000), FAULT_NONE);
    assert_int_equal(office_credential_put(store, &credential, 1000), FAULT_EXISTS);
    assert_int_equal(office_credential_put(store, &other, 1000), FAULT_EXISTS);
    assert_int_equal(count_of(&bela), 0);
    fault_forget();
}

static void an_officer_has_eight(void **state)
{
    (void)state;
    for (u8 i = 0; i < OFFICE_CREDENTIALS_MAX; i += 1) {
        struct office_credential credential = credential_of(&anna, i);
        assert_int_equal(office_credential_put(store, &credential, 1000 + i), FAULT_NONE);
    }
    struct office_credential more = credential_of(&anna, 77);
    assert_int_equal(office_credential_put(store, &more, 2000), FAULT_LIMIT);
    fault_forget();
    assert_int_equal(count_of(&anna), OFFICE_CREDENTIALS_MAX);
    for (u8 i = 0; i < OFFICE_CREDENTIALS_MAX; i += 1) {
        assert_int_equal(found[i].id[0], i); /* the oldest first */
    }
}

static void only_ones_own_is_removed(void **state)
{
    struct office_credential credential = credential_of(&anna, 1);
    struct span id = span_of(credential.id, credential.id_bytes);
    (void)state;
    assert_int_equal(office_credential_put(store, &credential, 1000), FAULT_NONE);
    assert_int_equal(office_credential_remove(store, &bela, id, 2000), FAULT_MISSING);
    assert_int_equal(count_of(&anna), 1);
    assert_int_equal(office_credential_remove(store, &anna, id, 2000), FAULT_NONE);
    assert_int_equal(count_of(&anna), 0);
    assert_int_equal(office_credential_remove(store, &anna, id, 2000), FAULT_MISSING);
    fault_forget();
}

static u32 rows_of(u32 officer, u64 from_ms, u64 until_ms, const char *text, u32 limit)
{
    u32 count = 0;
    assert_int_equal(
        office_rows_of(store, officer, from_ms, until_ms, span_of_text(text), limit, rows, &count),
        FAULT_NONE);
    return count;
}

static void rows_are_found_the_newest_first(void **state)
{
    (void)state;
    for (u32 i = 0; i < 10; i += 1) {
        char about[32];
        (void)snprintf(about, sizeof(about), "case-%u", i);
        assert_int_equal(office_row_put(store, i % 2 == 0 ? 11 : 12, OFFICE_WHAT_VIEW,
                                        span_of_text(about), 1000 + i),
                         FAULT_NONE);
    }
    again();
    assert_int_equal(rows_of(11, 0, UINT64_MAX, "", 100), 5);
    assert_string_equal(rows[0].about, "case-8");
    assert_int_equal(rows[0].time_ms, 1008);
    assert_int_equal(rows[0].what, OFFICE_WHAT_VIEW);
    assert_string_equal(rows[4].about, "case-0");
    assert_int_equal(rows_of(11, 1002, 1006, "", 100), 2);
    assert_string_equal(rows[0].about, "case-4");
    assert_int_equal(rows_of(11, 0, UINT64_MAX, "case-6", 100), 1);
    assert_int_equal(rows_of(11, 0, UINT64_MAX, "", 2), 2);
    assert_int_equal(rows_of(13, 0, UINT64_MAX, "", 100), 0);
}

static void rows_are_only_added(void **state)
{
    static const char *const texts[] = {"UPDATE rows SET officer = 12", "DELETE FROM rows"};
    struct sql sql = {.db = NULL};
    static const char *const schema[] = {NULL};
    const struct sql_format format = {
        .application = 0x434d424fU, .version = 1, .what = "a console's file", .schema = schema};
    (void)state;
    assert_int_equal(office_row_put(store, 11, OFFICE_WHAT_SIGN_IN, span_of_text("key"), 1000),
                     FAULT_NONE);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_int_not_equal(sql_run(&sql, texts[i]), FAULT_NONE);
    }
    fault_forget();
    sql_close(&sql);
    assert_int_equal(rows_of(11, 0, UINT64_MAX, "", 100), 1);
}

static void a_long_text_is_cut(void **state)
{
    char text[2 * OFFICE_ABOUT_BYTES_MAX];
    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(office_row_put(store, 11, OFFICE_WHAT_VIEW, span_of(text, sizeof(text)), 1000),
                     FAULT_NONE);
    assert_int_equal(rows_of(11, 0, UINT64_MAX, "", 1), 1);
    assert_int_equal(strlen(rows[0].about), OFFICE_ABOUT_BYTES_MAX);
}

static void the_secret_stays(void **state)
{
    u8 secret[OFFICE_SECRET_BYTES];
    (void)state;
    memcpy(secret, office_store_secret(store), sizeof(secret));
    assert_false(span_is_zero(span_of(secret, sizeof(secret))));
    again();
    assert_memory_equal(secret, office_store_secret(store), sizeof(secret));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(security_keys_stay_with_all_they_have, make, clear),
        cmocka_unit_test_setup_teardown(another_key_of_the_register_has_none, make, clear),
        cmocka_unit_test_setup_teardown(an_id_is_bound_once, make, clear),
        cmocka_unit_test_setup_teardown(an_officer_has_eight, make, clear),
        cmocka_unit_test_setup_teardown(only_ones_own_is_removed, make, clear),
        cmocka_unit_test_setup_teardown(rows_are_found_the_newest_first, make, clear),
        cmocka_unit_test_setup_teardown(rows_are_only_added, make, clear),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut, make, clear),
        cmocka_unit_test_setup_teardown(the_secret_stays, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
