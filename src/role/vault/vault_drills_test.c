/* Aim: what an operator has pinned is taken whole or refused with the name of the file that is
 * wrong; shares are counted as docs/vault.md says, and the alarm rings at the threshold and where
 * no spare lives. Method: real ceremonies, files in a folder, a table of wrong ones. */
#include "role/vault/vault_drills.h"

#include "base/span.h"
#include "role/vault/share_chain.h"
#include "role/vault/vault_store.h"
#include "tests/support/engine_scene.h"
#include "tests/support/keep_pins.h"

#define DAY_US 86400000000ULL
#define NOW_US (20000U * DAY_US)

static char folder[SCENE_PATH_BYTES];
static struct vault_groups groups;
static struct vault_drills drills;

static int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    pins_write_all(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_folder_remove(folder);
    return 0;
}

static enum fault open_all(void)
{
    scene_must(vault_groups_open(disk_real(), folder, &groups));
    return vault_drills_open(disk_real(), folder, &groups, &drills);
}

static void refused(const char *file, const char *why)
{
    char begin[2 * SCENE_PATH_BYTES];
    (void)snprintf(begin, sizeof(begin), "%s/%s", folder, file);
    assert_int_equal(open_all(), FAULT_INPUT);
    if (strncmp(fault_text(), begin, strlen(begin)) != 0 || strstr(fault_text(), why) == NULL) {
        fail_msg("%s", fault_text());
    }
    fault_forget();
}

static void what_is_pinned_is_known(void **state)
{
    (void)state;
    scene_must(open_all());
    assert_true(drills.is_known);
    for (u32 place = 0; place < VAULT_SIDES; place += 1) {
        const struct share_group *group = &drills.key.sides[place];
        assert_memory_equal(group->shares, pins[place].group.shares,
                            sizeof(group->shares[0]) * group->roster.count);
        for (u32 i = 0; i < group->roster.count; i += 1) {
            assert_int_equal(drills.is_spare[place][i], i + 1 == group->roster.count);
        }
    }
    pins_write(folder, VAULT_SPARES_FILE, NULL, 0);
    scene_must(open_all());
    assert_true(drills.is_known);
    assert_false(drills.is_spare[0][2]);
}

static void nothing_need_be_pinned(void **state)
{
    (void)state;
    pins_write(folder, VAULT_SPARES_FILE, NULL, 0);
    pins_write(folder, VAULT_GROUP_A_FILE, NULL, 0);
    pins_write(folder, VAULT_GROUP_B_FILE, NULL, 0);
    scene_must(open_all());
    assert_false(drills.is_known);
    pins_write(folder, VAULT_GROUPS_FILE, NULL, 0);
    scene_must(open_all());
    assert_false(drills.is_known);
}

/* After a resharing the file has both transcripts. */
static void a_resharing_has_the_shares_of_now(void **state)
{
    static struct share_scene next;
    static char text[SHARE_CHAIN_BYTES];
    static const u32 dealers[] = {1, 4};
    (void)state;
    share_scene_reshare(room, &pins[1], &next, dealers, 3, 5);
    size_t size = share_transcript_print(&pins[1].transcript, text);
    size += share_transcript_print(&next.transcript, text + size);
    pins_write(folder, VAULT_GROUP_B_FILE, text, size);
    refused(VAULT_SPARES_FILE ":2", "no member of either group has this name"); /* who left */
    pins_write(folder, VAULT_SPARES_FILE, NULL, 0);
    scene_must(open_all());
    assert_int_equal(drills.key.sides[1].roster.generation, 1);
    assert_memory_equal(drills.key.sides[1].shares, next.group.shares, sizeof(next.group.shares));
}

static void one_group_alone_is_refused(void **state)
{
    (void)state;
    pins_write(folder, VAULT_GROUP_B_FILE, NULL, 0);
    refused(VAULT_GROUP_B_FILE, "is not there, and group-a is");
    pins_write_all(folder);
    pins_write(folder, VAULT_GROUP_A_FILE, NULL, 0);
    refused(VAULT_GROUP_A_FILE, "is not there, and group-b is");
    pins_write(folder, VAULT_GROUP_B_FILE, NULL, 0);
    refused(VAULT_SPARES_FILE, "there is no group-a");
    pins_write_all(folder);
    pins_write(folder, VAULT_GROUPS_FILE, NULL, 0);
    refused(VAULT_GROUPS_FILE, "is not there, and");
}

static void what_does_not_fit_names_its_file(void **state)
{
    static struct share_scene other;
    static char text[SHARE_TEXT_BYTES];
    char line[2 * 76];
    (void)state;
    pins_write_group(folder, VAULT_GROUP_A_FILE, &pins[1]);
    refused(VAULT_GROUP_A_FILE, "the transcripts of group B");
    pins_write_group(folder, VAULT_GROUP_A_FILE, &pins[0]);
    pins_write_group(folder, VAULT_GROUP_B_FILE, &pins[0]);
    refused(VAULT_GROUP_B_FILE, "the transcripts of group A");

    pins_write_all(folder);
    share_scene_hold(room, &other, SHARE_SIDE_B, 1, 2, 4); /* another secret of this epoch */
    pins_write_group(folder, VAULT_GROUP_B_FILE, &other);
    refused(VAULT_GROUP_A_FILE, "group-b: their key is not that of epoch 1 in");
    share_scene_hold(room, &other, SHARE_SIDE_B, 2, 2, 4);
    pins_write_group(folder, VAULT_GROUP_B_FILE, &other);
    refused(VAULT_GROUP_B_FILE, "of epoch 2, the newest in");

    pins_write_all(folder); /* a rotation has begun, and the transcripts are the old ones */
    size_t size = (size_t)snprintf(line, sizeof(line), "1 ");
    (void)bytes_to_hex(groups.points[0].bytes, SEAL_POINT_BYTES, line + size);
    size += 2 * SEAL_POINT_BYTES;
    size += (size_t)snprintf(line + size, sizeof(line) - size, "\n2 ");
    (void)bytes_to_hex(groups.points[0].bytes, SEAL_POINT_BYTES, line + size);
    size += 2 * SEAL_POINT_BYTES;
    line[size] = '\n';
    pins_write(folder, VAULT_GROUPS_FILE, line, size + 1);
    refused(VAULT_GROUP_A_FILE, "of epoch 1, the newest in");

    pins_write_all(folder); /* one confirmation is another's */
    struct share_transcript forged = pins[0].transcript;
    forged.confirmed[1] = forged.confirmed[0];
    pins_write(folder, VAULT_GROUP_A_FILE, text, share_transcript_print(&forged, text));
    refused(VAULT_GROUP_A_FILE, "confirmation of a0-2 does not hold");
    pins_write(folder, VAULT_GROUP_A_FILE, "", 0);
    refused(VAULT_GROUP_A_FILE, "cambist ceremony 1");
}

static void spares_are_members_and_stand_once(void **state)
{
    static const struct {
        const char *text;
        const char *wrong; /* NULL: nothing */
    } cases[] = {
        {"", NULL},
        {"a0-1\n", NULL},
        {"b0-4\na0-1\na0-2\n", NULL},
        {"a0-1", "spares:1: the last line is not whole"},
        {"a0-1\na0-1\n", "spares:2: this name stands here already"},
        {"a0-1\n\n", "spares:2: no member of either group has this name"},
        {"a0-9\n", "spares:1: no member of either group has this name"},
        {"a0-1 \n", "spares:1: no member of either group has this name"},
    };
    (void)state;
    scene_must(open_all());
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        enum fault fault = vault_spares_read(span_of_text(cases[i].text), "spares", &drills);
        if (cases[i].wrong == NULL) {
            scene_must(fault);
        } else {
            assert_int_equal(fault, FAULT_INPUT);
            assert_string_equal(fault_text(), cases[i].wrong);
            fault_forget();
        }
    }
}

/* Of B, 2 of 4, with the fourth as its spare. */
static void it_rings_at_the_threshold_and_without_a_spare(void **state)
{
    static const struct {
        bool is_shown[4];
        u32 live;
        bool is_short;
    } cases[] = {
        {{false, false, false, false}, 0, true}, {{true, true, false, false}, 2, true},
        {{true, false, false, true}, 2, true},   {{true, true, true, false}, 3, true},
        {{true, true, false, true}, 3, false},   {{true, true, true, true}, 4, false},
    };
    (void)state;
    scene_must(open_all());
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct vault_shares shares = {.live = 99};
        for (u32 at = 0; at < 4; at += 1) {
            shares.asked_us[at] = cases[i].is_shown[at] ? NOW_US - 100 * DAY_US : 0;
        }
        vault_shares_count(&drills, 1, NOW_US, 100, &shares);
        assert_int_equal(shares.live, cases[i].live);
        assert_int_equal(shares.threshold, 2);
        assert_int_equal(shares.count, 4);
        assert_int_equal(shares.spares, 1);
        assert_int_equal(shares.spares_live, cases[i].is_shown[3]);
        assert_int_equal(vault_shares_are_short(&shares), cases[i].is_short);
        vault_shares_count(&drills, 1, NOW_US + 1, 100, &shares);
        assert_int_equal(shares.live, 0);
    }
}

static int group_setup(void **state)
{
    (void)state;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    pins_hold(1);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_pinned_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_need_be_pinned, setup, teardown),
        cmocka_unit_test_setup_teardown(a_resharing_has_the_shares_of_now, setup, teardown),
        cmocka_unit_test_setup_teardown(one_group_alone_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_fit_names_its_file, setup, teardown),
        cmocka_unit_test_setup_teardown(spares_are_members_and_stand_once, setup, teardown),
        cmocka_unit_test_setup_teardown(it_rings_at_the_threshold_and_without_a_spare, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
