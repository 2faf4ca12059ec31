/* Aim: keys are there from key_set to key_revoke, each once and its owner's, and a snapshot carries
 * them; a note is told and changes nothing. Method: each command with its refusals in order, the
 * table filled to its limit and emptied in another order, ids that share their first bytes. */
#include "core/key.h"

#include "core/snapshot.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 8 }; /* of world_limits */

static struct core_world world;

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* A key whose id ends with a number, all first bytes alike. */
static struct command_key_set key_of(u8 number, u8 kind)
{
    struct command_key_set set = {.rights = 3, .actor = 7, .reason = 9, .key_kind = kind};
    memset(set.key_id, 0xA5, sizeof set.key_id);
    set.key_id[KEY_ID_BYTES - 1] = number;
    set.public_key[31] = kind == KEY_KIND_HMAC ? 0 : number;
    return set;
}

static struct command_key_revoke revoke_of(u8 number)
{
    struct command_key_set set = key_of(number, KEY_KIND_HMAC);
    struct command_key_revoke revoke = {.actor = 8, .reason = 1};
    memcpy(revoke.key_id, set.key_id, sizeof revoke.key_id);
    return revoke;
}

static void applies(const void *command, u16 kind, u32 account)
{
    world_apply(&world, command, kind, account);
    ASSERT_KINDS(&world, EVENT_APPLIED);
    const struct event_applied *event = world_event(&world, EVENT_APPLIED, 0);
    u32 bytes = wire_commands[kind].size;
    assert_int_equal(event->source_index, world.source_index);
    assert_int_equal(event->head.account, account);
    assert_int_equal(event->head.units * WIRE_UNIT, sizeof *event + bytes);
    assert_memory_equal((const u8 *)(event + 1) + sizeof(struct command_head),
                        (const u8 *)command + sizeof(struct command_head),
                        bytes - sizeof(struct command_head));
}

static const struct key *key_at(u8 number)
{
    struct command_key_set set = key_of(number, KEY_KIND_HMAC);
    u32 slot = key_find(world.core, set.key_id);
    return slot ? &world.core->keys[slot] : NULL;
}

static void a_key_is_what_was_set(void **state)
{
    (void)state;
    struct command_key_set set = key_of(1, KEY_KIND_ED25519);
    applies(&set, COMMAND_KEY_SET, 2);
    const struct key *key = key_at(1);
    assert_non_null(key);
    assert_int_equal(key->account, 2);
    assert_int_equal(key->rights, 3);
    assert_int_equal(key->kind, KEY_KIND_ED25519);
    assert_memory_equal(key->public_key, set.public_key, sizeof set.public_key);
    assert_int_equal(core_counts_of(world.core).keys, 1);
}

static void rights_are_set_anew_and_nothing_else(void **state)
{
    (void)state;
    struct command_key_set set = key_of(1, KEY_KIND_RSA);
    applies(&set, COMMAND_KEY_SET, 2);
    set.rights = 1;
    applies(&set, COMMAND_KEY_SET, 2);
    assert_int_equal(key_at(1)->rights, 1);
    assert_int_equal(core_counts_of(world.core).keys, 1);
    struct command_key_set other = set;
    world_refuses(&world, &other, COMMAND_KEY_SET, 3, REJECT_ALREADY_EXISTS);
    other.key_kind = KEY_KIND_ED25519;
    world_refuses(&world, &other, COMMAND_KEY_SET, 2, REJECT_ALREADY_EXISTS);
    other = set;
    other.public_key[0] ^= 1;
    world_refuses(&world, &other, COMMAND_KEY_SET, 2, REJECT_ALREADY_EXISTS);
}

static void a_malformed_key_is_refused(void **state)
{
    (void)state;
    struct command_key_set set = key_of(1, 0);
    world_refuses(&world, &set, COMMAND_KEY_SET, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_BAD_ENUM);
    set.key_kind = KEY_KIND_RSA + 1;
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_BAD_ENUM);
    set = key_of(1, KEY_KIND_HMAC);
    set.public_key[5] = 1; /* a shared secret has none */
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_BAD_DEFINITION);
    set = key_of(0, KEY_KIND_ED25519); /* without one */
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_BAD_DEFINITION);
    set = key_of(1, KEY_KIND_HMAC);
    memset(set.key_id, 0, sizeof set.key_id);
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_BAD_DEFINITION);
}

static void a_revoked_key_is_gone(void **state)
{
    (void)state;
    struct command_key_set set = key_of(1, KEY_KIND_HMAC);
    applies(&set, COMMAND_KEY_SET, 2);
    struct command_key_revoke revoke = revoke_of(1);
    world_refuses(&world, &revoke, COMMAND_KEY_REVOKE, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &revoke, COMMAND_KEY_REVOKE, 3, REJECT_UNKNOWN_KEY);
    applies(&revoke, COMMAND_KEY_REVOKE, 2);
    assert_null(key_at(1));
    world_refuses(&world, &revoke, COMMAND_KEY_REVOKE, 2, REJECT_UNKNOWN_KEY);
    applies(&set, COMMAND_KEY_SET, 3); /* the id is free again */
    assert_int_equal(key_at(1)->account, 3);
}

static void the_table_has_its_limit(void **state)
{
    (void)state;
    for (u8 i = 1; i <= KEYS_MAX; i++) {
        struct command_key_set set = key_of(i, KEY_KIND_HMAC);
        applies(&set, COMMAND_KEY_SET, 0);
    }
    struct command_key_set more = key_of(KEYS_MAX + 1, KEY_KIND_HMAC);
    world_refuses(&world, &more, COMMAND_KEY_SET, 0, REJECT_LIMIT_KEYS);
    struct command_key_set again = key_of(KEYS_MAX, KEY_KIND_HMAC);
    applies(&again, COMMAND_KEY_SET, 0); /* takes no slot */
    for (u8 i = 1; i <= KEYS_MAX; i++) {
        struct command_key_revoke revoke = revoke_of(1 + i * 3 % KEYS_MAX);
        applies(&revoke, COMMAND_KEY_REVOKE, 0);
        world_validate(&world);
    }
    assert_int_equal(core_counts_of(world.core).keys, 0);
    applies(&more, COMMAND_KEY_SET, 0);
}

/* Genesis of the time before keys has no such limit. */
static void a_venue_without_the_limit_has_no_keys(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.keys_max = 0;
    world_open_empty(&world, &limits);
    world_fill(&world);
    struct command_key_set set = key_of(1, KEY_KIND_HMAC);
    world_refuses(&world, &set, COMMAND_KEY_SET, 0, REJECT_LIMIT_KEYS);
    world_close(&world);
}

static void limits_hold_the_keys_in_force(void **state)
{
    (void)state;
    for (u8 i = 1; i <= 3; i++) {
        struct command_key_set set = key_of(i, KEY_KIND_HMAC);
        applies(&set, COMMAND_KEY_SET, 0);
    }
    struct command_genesis limits = world_limits();
    struct command_limits_set command;
    memcpy(&command, &limits, sizeof command);
    command.reserved = 0;
    command.keys_max = 2;
    world_refuses(&world, &command, COMMAND_LIMITS_SET, 0, REJECT_BAD_DEFINITION);
    command.keys_max = 3;
    applies(&command, COMMAND_LIMITS_SET, 0);
}

static void a_note_is_told_and_changes_nothing(void **state)
{
    (void)state;
    u64 before = world_digest(&world);
    struct command_note note = {.actor = 5, .reason = 12};
    applies(&note, COMMAND_NOTE, 0xFFFFFFFFU);
    assert_true(world_digest(&world) == before);
}

/* ---- snapshots ---- */

/* The key records, and how many; NULL: none. */
static u8 *keys_in(u8 *bytes, size_t count, u32 *keys_out)
{
    u8 *first = NULL;
    *keys_out = 0;
    for (size_t at = 0; at < count;) {
        struct state_head head;
        memcpy(&head, bytes + at, sizeof head);
        if (head.kind == STATE_KEY) {
            first = first ? first : bytes + at;
            *keys_out += 1;
        }
        at += core_restore_size(bytes + at, count - at);
    }
    return first;
}

/* NULL: it was restored; else why not. */
static const char *restored(const u8 *bytes, size_t count, struct core_counts *counts_out)
{
    struct command_genesis limits = world_limits();
    size_t size = core_footprint(&limits);
    void *memory = aligned_alloc(64, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    struct core_restore work;
    const char *reason = NULL;
    bool good = true;
    core_restore_begin(&work, core_init(memory, size, &limits));
    for (size_t at = 0; at < count && good;) {
        size_t step = core_restore_size(bytes + at, count - at);
        good = core_restore_record(&work, bytes + at, step, &reason);
        at += step;
    }
    good = good && core_restore_end(&work, &reason);
    assert_true(good == (reason == NULL));
    if (good) {
        core_validate(work.core);
        *counts_out = core_counts_of(work.core);
    }
    free(memory);
    return reason;
}

static void a_snapshot_has_the_keys_sorted_by_id(void **state)
{
    (void)state;
    static const u8 order[] = {6, 2, 5, 1, 4};
    for (u32 i = 0; i < ARRAY_COUNT(order); i++) {
        struct command_key_set set = key_of(order[i], KEY_KIND_ED25519);
        set.key_id[0] = order[i] == 6 ? 1 : 0xA5; /* sorted by the first byte first */
        applies(&set, COMMAND_KEY_SET, order[i] - 1U);
    }
    size_t count = 0;
    u32 keys = 0;
    u8 *bytes = world_snapshot(&world, &count);
    const u8 *first = keys_in(bytes, count, &keys);
    assert_int_equal(keys, ARRAY_COUNT(order));
    static const u8 sorted[] = {6, 1, 2, 4, 5};
    for (u32 i = 0; i < keys; i++) {
        struct state_key record;
        memcpy(&record, first + i * sizeof record, sizeof record);
        assert_int_equal(record.key_id[KEY_ID_BYTES - 1], sorted[i]);
        assert_int_equal(record.public_key[31], sorted[i]);
        assert_int_equal(record.head.account, sorted[i] - 1);
        assert_int_equal(record.rights, 3);
        assert_int_equal(record.key_kind, KEY_KIND_ED25519);
    }
    struct core_counts counts = {0};
    assert_null(restored(bytes, count, &counts));
    assert_int_equal(counts.keys, ARRAY_COUNT(order));
    free(bytes);
}

static void a_key_that_does_not_fit_is_not_restored(void **state)
{
    (void)state;
    for (u8 i = 1; i <= 2; i++) {
        struct command_key_set set = key_of(i, KEY_KIND_RSA);
        applies(&set, COMMAND_KEY_SET, 0);
    }
    size_t count = 0;
    u32 keys = 0;
    struct core_counts counts = {0};
    u8 *bytes = world_snapshot(&world, &count);
    u8 *first = keys_in(bytes, count, &keys);
    struct state_key record;
    struct state_key sound;
    memcpy(&sound, first, sizeof sound);
    struct {
        size_t offset;
        u8 value;
    } spoilt[] = {
        {offsetof(struct state_key, head.account), WORLD_ACCOUNTS},
        {offsetof(struct state_key, key_kind), 0},
        {offsetof(struct state_key, key_kind), KEY_KIND_HMAC},
        {offsetof(struct state_key, key_id) + KEY_ID_BYTES - 1, 2}, /* twice the same */
    };
    for (u32 i = 0; i < ARRAY_COUNT(spoilt); i++) {
        record = sound;
        ((u8 *)&record)[spoilt[i].offset] = spoilt[i].value;
        memcpy(first, &record, sizeof record);
        assert_non_null(restored(bytes, count, &counts));
    }
    memcpy(first, &sound, sizeof sound);
    assert_null(restored(bytes, count, &counts));
    free(bytes);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(a_key_is_what_was_set),
        EXAMPLE(rights_are_set_anew_and_nothing_else),
        EXAMPLE(a_malformed_key_is_refused),
        EXAMPLE(a_revoked_key_is_gone),
        EXAMPLE(the_table_has_its_limit),
        cmocka_unit_test(a_venue_without_the_limit_has_no_keys),
        EXAMPLE(limits_hold_the_keys_in_force),
        EXAMPLE(a_note_is_told_and_changes_nothing),
        EXAMPLE(a_snapshot_has_the_keys_sorted_by_id),
        EXAMPLE(a_key_that_does_not_fit_is_not_restored),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
