/* Aim: a witness that is killed, loses its power or meets a failing disk between any two steps has
 * forgotten nothing that it said: after it, whatever it cosigned is still what it goes on from.
 *
 * Method: a log in memory that grows and is cosigned on the false disk, with an accident at every
 * operation in turn; then the witness is opened again, is offered a fork from before its last
 * cosignature, and then the honest log. */
#include "base/random.h"
#include "io/log.h"
#include "role/vault/tlog_witness.h"
#include "tests/support/accident.h"
#include "tests/support/log_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 4, ASK_BYTES = 4096, LEAVES_MAX = 64 };

static struct log_scene_key log_key;
static struct tlog_secret secret;
static struct sha256 sha256;
static struct clock_false now;
static struct tlog_witness_answer answer;

/* Leaves of a log; in a fork the last ones are others. */
struct leaves {
    struct tlog_nodes nodes; /* first: it is cast back */
    u32 forked_from;
};

static enum fault leaves_node(struct tlog_nodes *nodes, u32 level, u64 index,
                              struct tlog_hash *hash_out)
{
    const struct leaves *leaves = (const struct leaves *)(void *)nodes;
    struct tlog_range range = {.size = 0};
    for (u64 leaf = index << level; leaf < (index + 1) << level; leaf += 1) {
        char entry[32];
        struct tlog_hash hash;
        (void)snprintf(entry, sizeof(entry), "%s %llu", leaf >= leaves->forked_from ? "b" : "a",
                       (unsigned long long)leaf);
        tlog_hash_leaf(&sha256, span_of_text(entry), &hash);
        tlog_range_add(&sha256, &range, &hash);
    }
    tlog_range_root(&sha256, &range, hash_out);
    return FAULT_NONE;
}

static int group_open(void **state)
{
    (void)state;
    struct log_scene_key own;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &log_key);
    log_scene_key_make("w.test.invalid/a", TLOG_KEY_WITNESS, &own);
    secret.key = own.key;
    secret.pem_bytes = (u32)strlen(own.pair.private_pem);
    memcpy(secret.pem, own.pair.private_pem, secret.pem_bytes);
    /* Faults are what this test is about. */
    log_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_FORMAT_TEXT, LOG_LEVEL_ERROR,
              clock_real());
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int group_close(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

static enum fault witness_open(struct disk_false *disk, struct tlog_witness **witness_out)
{
    struct tlog_witness_options options = {.disk = disk_false_disk(disk),
                                           .folder = "witness",
                                           .clock = &now.clock,
                                           .secret = &secret,
                                           .logs = &log_key.key,
                                           .logs_count = 1};
    return tlog_witness_open(witness_out, &options);
}

static u32 ask(struct tlog_witness *witness, u32 forked_from, u64 old, u64 size)
{
    struct leaves leaves = {.nodes = {.size = LEAVES_MAX, .node = leaves_node},
                            .forked_from = forked_from};
    struct tlog_checkpoint checkpoint = {
        .origin = span_of(log_key.key.name, log_key.key.name_bytes), .size = size};
    struct tlog_proof proof;
    char body[ASK_BYTES];
    char text[TLOG_CHECKPOINT_BYTES];
    char line[TLOG_LINE_BYTES];
    assert_int_equal(tlog_root_of(&sha256, &leaves.nodes, size, &checkpoint.root), FAULT_NONE);
    assert_int_equal(tlog_consistency_make(&sha256, &leaves.nodes, old, size, &proof), FAULT_NONE);
    size_t bytes = tlog_checkpoint_write(&checkpoint, text);
    assert_int_equal(
        tlog_note_sign(log_scene_pem(&log_key), &log_key.key, 0, span_of(text, bytes), line),
        FAULT_NONE);
    int used = snprintf(body, sizeof(body), "old %llu\n", (unsigned long long)old);
    for (u32 i = 0; i < proof.count; i += 1) {
        char hash[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&proof.hashes[i], hash);
        used += snprintf(body + used, sizeof(body) - (size_t)used, "%s\n", hash);
    }
    used += snprintf(body + used, sizeof(body) - (size_t)used, "\n%s\n%s", text, line);
    tlog_witness_add(witness, span_of(body, (size_t)used), &answer);
    return answer.status;
}

/* The size that it goes on from, as it says itself. */
static u64 size_of(struct tlog_witness *witness)
{
    u64 size = 0;
    u32 status = ask(witness, LEAVES_MAX, LEAVES_MAX, LEAVES_MAX);
    assert_true(status == 409 && answer.size > 1);
    assert_true(tlog_number_read(span_of(answer.bytes, answer.size - 1), LEAVES_MAX, &size));
    return size;
}

/* One run with an accident at an operation; false: there are not so many. */
static bool run(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false *disk = accident_disk(seed, operation, accident);
    struct tlog_witness *witness = NULL;
    struct random random;
    u64 cosigned = 0;
    u64 asked = 0;
    random_init(&random, seed);
    clock_false_init(&now, 1700000000000000ULL);
    bool was_hit = witness_open(disk, &witness) != FAULT_NONE;
    for (u32 step = 0; step < STEPS && !was_hit; step += 1) {
        asked = cosigned + random_between(&random, 1, 9);
        clock_false_advance(&now, 1000000000ULL);
        was_hit = ask(witness, LEAVES_MAX, cosigned, asked) != 200;
        cosigned = was_hit ? cosigned : asked;
    }
    if (was_hit && witness != NULL) {
        assert_int_equal(answer.status, 500);
        assert_int_equal(ask(witness, LEAVES_MAX, cosigned, asked), 500);
    }
    tlog_witness_close(witness);
    accident_over(disk, accident);
    if (witness_open(disk, &witness) != FAULT_NONE) {
        fail_msg("seed %llu, operation %llu, accident %u: %s", (unsigned long long)seed,
                 (unsigned long long)operation, accident, fault_text());
    }
    u64 size = size_of(witness);
    assert_true(size == cosigned || size == asked);
    if (size > 0) {
        assert_int_equal(ask(witness, (u32)size - 1, size, size + 5), 422);
    }
    assert_int_equal(ask(witness, LEAVES_MAX, size, size + 5), 200);
    tlog_witness_close(witness);
    disk_false_close(disk);
    return was_hit;
}

static void every_step_may_be_the_last(void **state)
{
    (void)state;
    assert_true(accident_everywhere(run, 5) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_may_be_the_last),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
