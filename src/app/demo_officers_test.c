/* Aim: what a demo lays down for its vault, desk and console is what those read: a register, a
 * staff that can decide everything, a circle, two groups whose key the vault pins and whose shares
 * open with their words, a reviewer. Made once; what was lost before the end is made anew; keys are
 * their owner's alone.
 *
 * Method: it is made in a temporary folder and read by the venue's own readers. */
#include "app/demo_officers.h"

#include "app/ceremony.h"
#include "app/venue_rules.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/officers.h"
#include "role/desk/desk_agent.h"
#include "role/desk/desk_staff.h"
#include "role/vault/grant_circle.h"
#include "role/vault/seal_room.h"
#include "role/vault/vault_groups.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_BYTES 16384U

static char folder[64];
static char text[TEXT_BYTES];

static void good(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-demo-officers-XXXXXX");
    assert_non_null(mkdtemp(folder));
    good(venue_rules_officers(folder));
    good(demo_officers_put(folder));
    return 0;
}

static int teardown(void **state)
{
    char command[96];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[FILE_PATH_BYTES];
    good(file_path(path, folder, name));
    return path;
}

static struct span text_of(const char *name)
{
    size_t size = 0;
    good(ceremony_read_file(path_of(name), text, sizeof(text), &size));
    return span_of(text, size);
}

static void the_desk_can_decide_everything(void **state)
{
    static struct officers officers;
    static struct desk_staff staff;
    (void)state;
    good(officers_read_file(disk_real(), path_of(OFFICERS_FILE), &officers));
    good(desk_staff_read(text_of(DESK_STAFF_FILE), "staff", &officers, &staff));
    assert_int_equal(staff.count, officers.count);
    assert_string_equal(staff.venue, DEMO_OFFICERS_VENUE);
    assert_null(desk_staff_lack(&staff));
}

static void the_circle_is_of_those_who_assess_and_hold_shares(void **state)
{
    static struct grant_circle circle;
    static struct officers officers;
    (void)state;
    good(officers_read_file(disk_real(), path_of(OFFICERS_FILE), &officers));
    good(grant_circle_read(text_of("demo/officers/circle"), "circle", &circle));
    assert_int_equal(circle.officers_count, 7);
    assert_true(circle.wants_case); /* so who assesses is to be one of the circle */
    assert_non_null(grant_circle_officer(&circle, span_of_text(DEMO_OFFICERS_ASSESSES)));
    assert_int_equal(circle.authorities_count, 2);
    for (u32 i = 0; i < circle.officers_count; i += 1) {
        const struct officer *signer = &circle.officers[i].signer;
        const struct officer *known = officers_by_code(&officers, span_of_text(signer->code));
        assert_non_null(known);
        assert_int_equal(signer->number, known->number);
        assert_memory_equal(signer->key, known->key, sizeof(known->key));
    }
}

static void chains_read(struct share_chain chains[2])
{
    good(ceremony_read_chain(path_of("demo/officers/a.transcript"), &chains[0]));
    good(ceremony_read_chain(path_of("demo/officers/b.transcript"), &chains[1]));
}

static void the_vault_pins_the_key_of_both_groups(void **state)
{
    static struct share_chain chains[2];
    static struct share_key key;
    static struct vault_groups groups;
    char hex[2 * SEAL_POINT_BYTES + 1];
    char line[128];
    (void)state;
    chains_read(chains);
    good(share_key_form(&chains[0].group, &chains[1].group, &key));
    good(vault_groups_read(text_of("vault/groups"), "groups", &groups));
    assert_int_equal(groups.count, 1);
    assert_memory_equal(groups.points[0].bytes, key.public.bytes, SEAL_POINT_BYTES);
    const struct share_member *greta = &chains[0].group.roster.members[1];
    assert_string_equal(greta->name, DEMO_OFFICERS_REVIEWER);
    (void)snprintf(line, sizeof(line), "%s %s\n", greta->name,
                   bytes_to_hex(greta->key.bytes, SEAL_POINT_BYTES, hex));
    struct span reviewers = text_of("vault/reviewers");
    assert_true(span_equal(reviewers, span_of_text(line)));
}

/* The key file of each, opened with its words, holds the share that the transcript shows. */
static void shares_open_with_their_words(void **state)
{
    static struct share_chain chains[2];
    struct seal_room *room = NULL;
    (void)state;
    chains_read(chains);
    good(seal_room_open(&room));
    struct share_secrets *secrets = seal_room_take(room, sizeof(*secrets));
    for (u32 i = 0; i < 6; i += 1) {
        const struct share_group *group = &chains[i / 3].group;
        const char *name = group->roster.members[i % 3].name;
        struct share_holder holder;
        char file[64];
        char words[CEREMONY_PASSPHRASE_BYTES];
        char key[SHARE_FILE_BYTES];
        size_t words_bytes = 0;
        size_t key_bytes = 0;
        (void)snprintf(file, sizeof(file), "demo/officers/%s.words", name);
        good(ceremony_read_passphrase(path_of(file), words, &words_bytes));
        (void)snprintf(file, sizeof(file), "demo/officers/%s.key", name);
        good(ceremony_read_own(path_of(file), key, sizeof(key), &key_bytes));
        good(share_file_open(room, span_of(key, key_bytes), name, span_of(words, words_bytes),
                             &holder, secrets));
        assert_string_equal(holder.name, name);
        assert_true(share_is_of(group, holder.index, &secrets->share));
    }
    seal_room_close(room);
}

static void keys_are_their_owners_alone(void **state)
{
    static const char *const names[] = {"tomas.pem", "pia.pem", "greta.key", "greta.words",
                                        DEMO_OFFICERS_EVIDENCE ".age"};
    char recipient[AGE_RECIPIENT_BYTES];
    (void)state;
    good(demo_officers_recipient(folder, DEMO_OFFICERS_EVIDENCE, recipient));
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        struct stat about;
        char name[64];
        (void)snprintf(name, sizeof(name), "demo/officers/%s", names[i]);
        assert_int_equal(stat(path_of(name), &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
    }
}

static void it_is_made_once(void **state)
{
    static char before[TEXT_BYTES];
    char recipient[AGE_RECIPIENT_BYTES];
    char again[AGE_RECIPIENT_BYTES];
    (void)state;
    good(demo_officers_recipient(folder, "somebody", recipient));
    good(demo_officers_recipient(folder, "somebody", again));
    assert_string_equal(recipient, again);
    struct span pins = text_of("vault/groups");
    memcpy(before, pins.data, pins.size);
    good(demo_officers_put(folder));
    assert_true(span_equal(text_of("vault/groups"), span_of(before, pins.size)));
    /* Cut short before its end, it goes on: the register stays, as packs were signed by it. */
    struct span known = text_of(OFFICERS_FILE);
    memcpy(before, known.data, known.size);
    assert_int_equal(unlink(path_of(DESK_STAFF_FILE)), 0);
    good(demo_officers_put(folder));
    assert_true(span_equal(text_of(OFFICERS_FILE), span_of(before, known.size)));
    the_vault_pins_the_key_of_both_groups(NULL);
    shares_open_with_their_words(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_desk_can_decide_everything),
        cmocka_unit_test(the_circle_is_of_those_who_assess_and_hold_shares),
        cmocka_unit_test(the_vault_pins_the_key_of_both_groups),
        cmocka_unit_test(shares_open_with_their_words),
        cmocka_unit_test(keys_are_their_owners_alone),
        cmocka_unit_test(it_is_made_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
