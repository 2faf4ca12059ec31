/* Aim: whom screening has to know is told in order, each person once and newest, until the identity
 * is erased, and then that they are gone; nothing of it is plain in a file, and another key or
 * another row's place opens none. Method: a store of its own; every byte of its folder. */
#include "role/vault/vault_store.h"
#include "tests/support/vault_scene.h"

#define OTHER_TEXT "name: Bodo Zweig\nbirth-date: 1971-01-02\nnationality: IT\n"
#define TEXT       "name: Ilka Quellfrost\nbirth-date: 1990-02-03\nnationality: FR\n"

static struct vault_person people[4];

static struct seal_label enrol(struct vault_store *store, u64 subject, u32 version,
                               const char *text)
{
    static u8 body[40];
    u8 sealed[VAULT_PERSON_SEALED_MAX];
    struct vault_record record = record_of(subject, SEAL_GROUP_IDENTITY, version, 1, body, 40);
    struct vault_review review = {.subject = subject,
                                  .version = version,
                                  .time_us = NOW_US,
                                  .until_s = NOW_US / 1000000 + 100};
    u32 size = vault_person_seal(store, subject, version, span_of_text(text), sealed);
    review.person = span_of(sealed, size);
    scene_must(vault_store_enrol(store, &record, 1, &review));
    return record.label;
}

static u32 look(struct vault_store *store, u64 from)
{
    u32 count = 0;
    scene_must(vault_store_people(store, from, people, ARRAY_COUNT(people), &count));
    return count;
}

static void assert_person(u32 place, u64 subject, const char *text)
{
    assert_int_equal(people[place].subject, subject);
    assert_true(
        span_equal(span_of(people[place].text, people[place].text_bytes), span_of_text(text)));
}

static void no_two_are_sealed_alike(void **state)
{
    u8 sealed[2][VAULT_PERSON_SEALED_MAX] = {{0}};
    struct vault_store store;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    for (u32 i = 0; i < 2; i += 1) {
        u32 size = vault_person_seal(&store, 17, 1, span_of_text(TEXT), sealed[i]);
        assert_int_equal(size, strlen(TEXT) + VAULT_PERSON_SEALED_EXTRA);
    }
    /* Not the number that stands first, once for each, nor what follows from it. */
    assert_memory_not_equal(sealed[0], sealed[1], 24);
    assert_memory_not_equal(sealed[0] + 24, sealed[1] + 24, 24);
    vault_store_close(&store);
}

static void each_is_told_once_and_newest(void **state)
{
    struct vault_store store;
    u64 changed = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    assert_int_equal(look(&store, 0), 0);
    struct seal_label first = enrol(&store, 17, 1, TEXT);
    (void)enrol(&store, 18, 1, OTHER_TEXT);
    assert_int_equal(look(&store, 1), 2);
    assert_person(0, 17, TEXT);
    assert_person(1, 18, OTHER_TEXT);
    u64 last = people[1].number;
    assert_true(people[0].number < last);
    struct seal_label second = enrol(&store, 17, 2, OTHER_TEXT);
    reopen(&store);
    assert_int_equal(look(&store, last + 1), 1); /* who has been told all hears of the new one */
    assert_person(0, 17, OTHER_TEXT);
    assert_int_equal(look(&store, 0), 2);
    assert_int_equal(look(&store, UINT64_MAX), 0);
    assert_int_equal(folder_count(folder, span_of_text("Quellfrost")), 0);
    assert_int_equal(folder_count(folder, span_of_text("1990-02-03")), 0);
    /* The first is erased: what is kept is the second's. Then the second: they are gone. */
    scene_must(vault_store_retain(&store, 17, 0, TODAY - 1, &changed));
    scene_must(vault_store_erase(&store, first, NOW_US));
    assert_int_equal(look(&store, last + 1), 1);
    assert_person(0, 17, OTHER_TEXT);
    last = people[0].number;
    scene_must(vault_store_erase(&store, second, NOW_US));
    assert_int_equal(look(&store, last + 1), 1);
    assert_person(0, 17, "");
    vault_store_close(&store);
}

static void another_key_or_place_opens_none(void **state)
{
    static const u8 other_key[VAULT_MARK_KEY_BYTES] = "another";
    struct vault_store store;
    u32 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    (void)enrol(&store, 17, 1, TEXT);
    vault_store_close(&store);
    scene_must(vault_store_open(&store, disk_real(), folder, other_key));
    assert_int_equal(vault_store_people(&store, 1, people, 4, &count), FAULT_ROT);
    vault_store_close(&store);
    static const char *const damages[] = {
        "UPDATE people SET subject=18",
        "UPDATE people SET subject=17, version=2",
        "UPDATE people SET version=1, sealed=substr(sealed, 1, 41)",
        "UPDATE people SET sealed=x'00'",
    };
    for (u32 i = 0; i < ARRAY_COUNT(damages); i += 1) {
        scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
        scene_must(sql_run(&store.keys, damages[i]));
        assert_int_equal(vault_store_people(&store, 1, people, 4, &count), FAULT_ROT);
        vault_store_close(&store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_two_are_sealed_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(each_is_told_once_and_newest, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_or_place_opens_none, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
