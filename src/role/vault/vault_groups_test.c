/* Aim: a wrap is taken only when its maker knew what is in it, for exactly this label, group and
 * body; a text of groups is read whole or refused by its line. Method: real wraps of two records,
 * each mixed with the other; a table of texts. */
#include "role/vault/vault_groups.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct seal_room *room;
static struct vault_groups groups;
static struct seal_scalar secrets[2];

struct made {
    struct seal_label label;
    u8 hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
};

static int setup(void **state)
{
    (void)state;
    if (seal_room_open(&room) != FAULT_NONE) {
        return -1;
    }
    groups.count = 2;
    for (u32 i = 0; i < 2; i += 1) {
        groups.epochs[i] = 3 + i;
        seal_scalar_random(&secrets[i]);
        if (!seal_point_of(&secrets[i], &groups.points[i])) {
            return -1;
        }
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

static struct made make(u64 subject, u32 epoch)
{
    struct made made = {.label = {.subject = subject,
                                  .version = 1,
                                  .epoch = epoch,
                                  .group = SEAL_GROUP_BANK,
                                  .retention = 1}};
    u8 body[SEAL_BODY_BYTES(8)];
    u8 key[SEAL_KEY_SIZE];
    seal_key_make(key);
    seal_body_close(&made.label, key, span_of_text("invented"), body, made.hash);
    assert_int_equal(
        seal_wrap_make(room, &made.label, &groups.points[epoch - 3], key, made.hash, &made.wrap),
        FAULT_NONE);
    return made;
}

static enum fault check(const struct made *made)
{
    u8 wrap[SEAL_WRAP_BYTES];
    memcpy(wrap, &made->wrap, sizeof(wrap));
    return vault_groups_check(&groups, &made->label, made->hash, wrap);
}

static void another_subjects_point_is_refused(void **state)
{
    (void)state;
    struct made mine = make(7, 3);
    struct made other = make(8, 3);
    assert_int_equal(check(&mine), FAULT_NONE);
    assert_int_equal(check(&other), FAULT_NONE);
    struct made mixed = mine; /* the whole wrap of another under one's own label */
    mixed.wrap = other.wrap;
    assert_int_equal(check(&mixed), FAULT_REFUSED);
    mixed = mine; /* another's point with one's own proof */
    mixed.wrap.point = other.wrap.point;
    assert_int_equal(check(&mixed), FAULT_REFUSED);
    mixed = mine; /* re-randomised: the point moved by one that is known */
    assert_true(seal_point_add(&other.wrap.point, &groups.points[1], &mixed.wrap.point));
    assert_int_equal(check(&mixed), FAULT_REFUSED);
    mixed = mine;
    memcpy(mixed.hash, other.hash, sizeof(mixed.hash));
    assert_int_equal(check(&mixed), FAULT_REFUSED);
}

static void a_wrap_is_of_its_epoch(void **state)
{
    (void)state;
    struct made mine = make(7, 3);
    struct made later = make(7, 4);
    assert_int_equal(check(&later), FAULT_NONE);
    mine.label.epoch = 4;
    assert_int_equal(check(&mine), FAULT_REFUSED);
    mine.label.epoch = 5; /* nobody's */
    assert_int_equal(check(&mine), FAULT_REFUSED);
    u32 count = groups.count;
    groups.count = 0; /* there are no groups here: clients look */
    assert_int_equal(check(&mine), FAULT_NONE);
    groups.count = count;
}

static void a_text_is_read_whole_or_refused_by_its_line(void **state)
{
    static const char *const ends[] = {
        "",        "x\n",     "1 \n",    "0 %s\n",          "01 %s\n",
        "3 %s",    "3  %s\n", "3 %s \n", "4294967296 %s\n", "2 %s\n",
        "-1 %s\n",
    };
    char hex[2 * SEAL_POINT_BYTES + 1];
    char text[512];
    struct vault_groups read;
    (void)state;
    (void)sodium_bin2hex(hex, sizeof(hex), groups.points[0].bytes, SEAL_POINT_BYTES);
    (void)snprintf(text, sizeof(text), "2 %s\n4294967295 %s\n", hex, hex);
    assert_int_equal(vault_groups_read(span_of_text(text), "groups", &read), FAULT_NONE);
    assert_int_equal(read.count, 2);
    assert_int_equal(read.epochs[1], UINT32_MAX);
    assert_memory_equal(read.points[1].bytes, groups.points[0].bytes, SEAL_POINT_BYTES);
    assert_int_equal(vault_groups_read(span_of_text(""), "groups", &read), FAULT_INPUT);
    for (u32 i = 1; i < ARRAY_COUNT(ends); i += 1) {
        const char *mark = strstr(ends[i], "%s");
        size_t before = mark == NULL ? strlen(ends[i]) : (size_t)(mark - ends[i]);
        (void)snprintf(text, sizeof(text), "2 %s\n%.*s%s%s", hex, (int)before, ends[i],
                       mark == NULL ? "" : hex, mark == NULL ? "" : mark + 2);
        assert_int_equal(vault_groups_read(span_of_text(text), "groups", &read), FAULT_INPUT);
        assert_non_null(strstr(fault_text(), "groups:2: "));
        assert_int_equal(read.count, 0);
    }
    memset(hex, 'f', sizeof(hex) - 1); /* no point */
    (void)snprintf(text, sizeof(text), "2 %s\n", hex);
    assert_int_equal(vault_groups_read(span_of_text(text), "groups", &read), FAULT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_subjects_point_is_refused),
        cmocka_unit_test(a_wrap_is_of_its_epoch),
        cmocka_unit_test(a_text_is_read_whole_or_refused_by_its_line),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
