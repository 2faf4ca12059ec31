/* Aim: with the quorum the newest signed checkpoint is published with every cosignature that
 * verifies and no other line; below it the old one stays and the lag grows; a witness that knows
 * more than the log stops everything.
 *
 * Method: real witnesses and a real store in one folder, with a transport in memory that can be
 * unreachable, lie, answer late or answer nonsense. */
#include "role/vault/tlog_ask.h"

#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WITNESSES = 3 };
enum trick {
    TRICK_NONE,
    TRICK_SILENT,
    TRICK_FORGED,
    TRICK_NONSENSE,
    TRICK_STRANGER,
    TRICK_LOOP,
    TRICK_LONGER,
    TRICK_OTHER_PAST, /* the proof does not lead from what it has cosigned */
};

struct network {
    struct tlog_transport transport; /* first: it is cast back */
    struct tlog_witness *witnesses[WITNESSES];
    enum trick tricks[WITNESSES];
    u32 posts;
    u32 waits; /* so often each post says that the answer is under way */
    u32 waited;
};

static char folder[64];
static struct log_scene_key log_key;
static struct log_scene_key keys[WITNESSES];
static struct clock_false now;
static struct network network;
static struct tlog_store *store;
static struct tlog_ask *ask;
static struct tlog_witness_answer answer;

/* More text and an empty line before the signature, which is the witness's own over all of it. */
static void answer_longer(u32 index, char *target, size_t bytes_max)
{
    char text[1024];
    char line[TLOG_LINE_BYTES];
    struct tlog_note note;
    assert_int_equal(tlog_note_read(tlog_store_signed_note(store), &note), TLOG_FLAW_NONE);
    (void)snprintf(text, sizeof(text), "%.*s\nmore\n", (int)note.text.size,
                   (const char *)note.text.data);
    assert_int_equal(tlog_note_sign(log_scene_pem(&keys[index]), &keys[index].key, 1700000000,
                                    span_of_text(text), line),
                     FAULT_NONE);
    int size = snprintf(target, bytes_max, "more\n\n%s", line);
    assert_true(size > 0 && (size_t)size < bytes_max);
}

static u32 post(struct tlog_transport *transport, const char *url, struct span body, u8 *target,
                size_t bytes_max, size_t *bytes_out)
{
    struct network *net = (struct network *)(void *)transport;
    u32 index = (u32)url[strlen("http://w")] - '0';
    char text[2 * TLOG_LINE_BYTES] = "";
    assert_true(index < WITNESSES);
    assert_string_equal(url + strlen("http://w0"), "/add-checkpoint");
    *bytes_out = 0;
    if (net->waited < net->waits) {
        net->waited += 1;
        return TLOG_POST_WAITS;
    }
    net->waited = 0;
    net->posts += 1;
    if (net->tricks[index] == TRICK_SILENT) {
        return 0;
    }
    tlog_witness_add(net->witnesses[index], body, &answer);
    if (net->tricks[index] == TRICK_FORGED && answer.status == 200) {
        answer.bytes[answer.size - 10] ^= 1;
    }
    if (net->tricks[index] == TRICK_NONSENSE) {
        (void)snprintf(text, sizeof(text), "<html>200 OK</html>\n");
    }
    if (net->tricks[index] == TRICK_LOOP) {
        answer.status = 409;
        (void)snprintf(text, sizeof(text), "%u\n", net->posts % 2);
    }
    if (net->tricks[index] == TRICK_STRANGER) {
        answer.status = 200;
        assert_int_equal(
            tlog_note_sign(log_scene_pem(&log_key), &log_key.key, 0, span_of_text("other\n"), text),
            FAULT_NONE);
    }
    if (net->tricks[index] == TRICK_OTHER_PAST) {
        answer.status = 422;
        (void)snprintf(text, sizeof(text), "invalid consistency proof\n");
    }
    if (net->tricks[index] == TRICK_LONGER) {
        answer.status = 200;
        answer_longer(index, text, sizeof(text));
    }
    if (text[0] != 0) {
        answer.size = strlen(text);
        memcpy(answer.bytes, text, answer.size);
    }
    assert_true(answer.size <= bytes_max);
    memcpy(target, answer.bytes, answer.size);
    *bytes_out = answer.size;
    return answer.status;
}

static int group_open(void **state)
{
    (void)state;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &log_key);
    for (u32 i = 0; i < WITNESSES; i += 1) {
        char name[32];
        (void)snprintf(name, sizeof(name), "w%u.test.invalid", i);
        log_scene_key_make(name, TLOG_KEY_WITNESS, &keys[i]);
    }
    return 0;
}

static void store_open(const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    struct tlog_store_options options = {.disk = disk_real(),
                                         .folder = path,
                                         .key = log_key.key,
                                         .private_pem = log_scene_pem(&log_key),
                                         .entry_bytes_max = 100};
    assert_int_equal(tlog_store_open(&store, &options), FAULT_NONE);
}

static const struct tlog_policy *ask_policy;

static void ask_open(u32 quorum)
{
    struct tlog_ask_witness witnesses[WITNESSES];
    for (u32 i = 0; i < WITNESSES; i += 1) {
        witnesses[i].key = keys[i].key;
        (void)snprintf(witnesses[i].url, sizeof(witnesses[i].url), "http://w%u", i);
    }
    struct tlog_ask_options options = {.store = store,
                                       .transport = &network.transport,
                                       .clock = &now.clock,
                                       .witnesses = witnesses,
                                       .witnesses_count = WITNESSES,
                                       .quorum = quorum,
                                       .policy = ask_policy};
    assert_int_equal(tlog_ask_open(&ask, &options), FAULT_NONE);
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-ask-XXXXXX");
    assert_non_null(mkdtemp(folder));
    clock_false_init(&now, 1700000000000000ULL);
    network = (struct network){.transport = {.post = post}};
    for (u32 i = 0; i < WITNESSES; i += 1) {
        char path[128];
        struct tlog_secret secret = {.key = keys[i].key,
                                     .pem_bytes = (u32)strlen(keys[i].pair.private_pem)};
        memcpy(secret.pem, keys[i].pair.private_pem, secret.pem_bytes);
        (void)snprintf(path, sizeof(path), "%s/w%u", folder, i);
        struct tlog_witness_options options = {.disk = disk_real(),
                                               .folder = path,
                                               .clock = &now.clock,
                                               .secret = &secret,
                                               .logs = &log_key.key,
                                               .logs_count = 1};
        assert_int_equal(tlog_witness_open(&network.witnesses[i], &options), FAULT_NONE);
    }
    store_open("log");
    ask_open(2);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    tlog_ask_close(ask);
    tlog_store_close(store);
    for (u32 i = 0; i < WITNESSES; i += 1) {
        tlog_witness_close(network.witnesses[i]);
    }
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static void grow_by(u32 count, const char *what)
{
    for (u32 i = 0; i < count; i += 1) {
        u64 index = 0;
        assert_int_equal(tlog_store_add(store, span_of_text(what), &index), FAULT_NONE);
    }
    assert_int_equal(tlog_store_commit(store), FAULT_NONE);
}

static void grow(u32 count)
{
    grow_by(count, "x");
}

static bool round_of(void)
{
    bool published = false;
    clock_false_advance(&now, 60000000000ULL);
    assert_int_equal(tlog_ask_round(ask, &published), FAULT_NONE);
    return published;
}

/* How many of the witnesses' lines the published checkpoint carries, all verified; and no other
 * line but the log's. */
static u32 lines(void)
{
    struct tlog_note note;
    struct tlog_crypto crypto;
    u32 count = 0;
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    assert_int_equal(tlog_note_read(tlog_store_published_note(store), &note), TLOG_FLAW_NONE);
    for (u32 i = 0; i < WITNESSES; i += 1) {
        bool found = false;
        u64 time = 0;
        assert_int_equal(tlog_note_verify(&crypto, &note, &keys[i].key, &found, &time),
                         TLOG_FLAW_NONE);
        count += found ? 1 : 0;
    }
    assert_int_equal(note.signatures_count, count + 1);
    tlog_crypto_close(&crypto);
    return count;
}

static void all_witnesses_cosign_a_growing_log(void **state)
{
    (void)state;
    for (u32 step = 0; step < 5; step += 1) {
        grow(step * 100);
        network.posts = 0;
        assert_true(round_of());
        assert_int_equal(network.posts, WITNESSES); /* each size is known by then */
        assert_int_equal(lines(), WITNESSES);
        assert_int_equal(tlog_store_published_size(store), tlog_store_signed_size(store));
    }
    assert_int_equal(tlog_ask_counts(ask).lag_s, 0);
    assert_int_equal(tlog_ask_counts(ask).unshown, 0);
    assert_int_equal(tlog_ask_counts(ask).cosignatures, 15);
}

static void a_log_that_forgot_their_sizes_learns_them(void **state)
{
    (void)state;
    grow(300);
    assert_true(round_of());
    tlog_ask_close(ask);
    ask_open(WITNESSES);
    grow(10);
    network.posts = 0;
    assert_true(round_of());
    assert_int_equal(network.posts, 2 * WITNESSES);
    assert_int_equal(lines(), WITNESSES);
}

static void below_the_quorum_the_old_one_stays(void **state)
{
    (void)state;
    grow(5);
    assert_true(round_of());
    grow(5);
    network.tricks[0] = TRICK_SILENT;
    network.tricks[1] = TRICK_SILENT;
    assert_false(round_of());
    assert_false(round_of());
    assert_int_equal(tlog_store_published_size(store), 5);
    assert_int_equal(tlog_ask_counts(ask).unshown, 5);
    assert_int_equal(tlog_ask_counts(ask).lag_s, 60);
    assert_int_equal(tlog_ask_counts(ask).below_quorum, 2);
    assert_int_equal(tlog_ask_counts(ask).reached, 1);
    grow(5); /* the log itself goes on */
    network.tricks[0] = TRICK_NONE;
    assert_true(round_of());
    assert_int_equal(lines(), 2);
    assert_int_equal(tlog_store_published_size(store), 15);
    assert_int_equal(tlog_ask_counts(ask).lag_s, 0);
}

static void what_does_not_verify_is_no_cosignature(void **state)
{
    (void)state;
    static const enum trick tricks[] = {TRICK_FORGED, TRICK_NONSENSE, TRICK_STRANGER, TRICK_LOOP,
                                        TRICK_LONGER};
    grow(1);
    for (u32 i = 0; i < ARRAY_COUNT(tricks); i += 1) {
        grow(1);
        network.tricks[1] = tricks[i];
        network.posts = 0;
        assert_true(round_of());
        assert_true(network.posts <= 2 * TLOG_ASK_TRIES + TLOG_ASK_TRIES);
        assert_int_equal(lines(), 2);
        network.tricks[2] = tricks[i];
        grow(1);
        assert_false(round_of());
        network.tricks[1] = TRICK_NONE;
        network.tricks[2] = TRICK_NONE;
        assert_true(round_of());
        assert_int_equal(lines(), WITNESSES);
    }
}

/* Yesterday's folder put back: it looks right to itself, and the witnesses remember. */
static void an_old_copy_is_told_by_the_witnesses(void **state)
{
    (void)state;
    char command[256];
    bool published = false;
    grow(3);
    assert_true(round_of());
    (void)snprintf(command, sizeof(command), "cp -r %s/log %s/old", folder, folder);
    assert_int_equal(system(command), 0);
    grow(3);
    assert_true(round_of());
    tlog_ask_close(ask);
    tlog_store_close(store);
    store_open("old");
    ask_open(2);
    assert_int_equal(tlog_ask_round(ask, &published), FAULT_DIVERGED);
    assert_false(published);
    for (u32 i = 0; i < 2; i += 1) { /* also when other entries fill it up, and lead beyond */
        grow_by(3, "y");
        assert_int_equal(tlog_ask_round(ask, &published), FAULT_DIVERGED);
        assert_non_null(strstr(fault_text(), "is this an old copy?"));
        assert_false(published);
        assert_int_equal(tlog_store_published_size(store), 3);
    }
    /* Two of them remember; a third that is new to the log makes no quorum. */
    network.tricks[0] = TRICK_SILENT;
    assert_int_equal(tlog_ask_round(ask, &published), FAULT_DIVERGED);
    assert_false(published);
}

/* One witness alone stops nobody: what the others cosign is enough. */
static void one_witness_that_tells_another_past_is_outvoted(void **state)
{
    (void)state;
    grow(3);
    assert_true(round_of());
    network.tricks[1] = TRICK_OTHER_PAST;
    for (u32 i = 0; i < 3; i += 1) {
        grow(1);
        assert_true(round_of());
        assert_int_equal(lines(), 2);
    }
    assert_int_equal(tlog_ask_counts(ask).failed, 3);
}

/* Who never waits asks in steps; a policy decides instead of a number. */
static void a_round_in_steps_ends_as_one_at_once(void **state)
{
    (void)state;
    static char text[4096];
    static struct tlog_policy policy;
    struct sha256 sha256;
    char vkeys[WITNESSES + 1][TLOG_VKEY_BYTES];
    bool published = false;
    bool done = false;
    tlog_key_text(&log_key.key, vkeys[WITNESSES]);
    for (u32 i = 0; i < WITNESSES; i += 1) {
        tlog_key_text(&keys[i].key, vkeys[i]);
    }
    (void)snprintf(text, sizeof(text),
                   "log %s\nwitness a %s http://w0/\nwitness b %s\nwitness c %s\n"
                   "group g any b c\ngroup q all a g\nquorum q\n",
                   vkeys[WITNESSES], vkeys[0], vkeys[1], vkeys[2]);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    assert_int_equal(tlog_policy_read(&sha256, span_of_text(text), &policy), FAULT_NONE);
    sha256_close(&sha256);
    assert_string_equal(policy.witnesses[0].url, "http://w0");
    assert_string_equal(policy.witnesses[1].url, "");
    tlog_ask_close(ask);
    ask_policy = &policy;
    ask_open(0);
    ask_policy = NULL;
    for (u32 turn = 0; turn < 4; turn += 1) {
        u32 steps = 0;
        grow(3);
        network.waits = turn;
        network.tricks[1] = TRICK_SILENT;
        network.tricks[0] = turn == 2 ? TRICK_SILENT : TRICK_NONE;
        for (done = false; !done; steps += 1) {
            assert_int_equal(tlog_ask_step(ask, &done, &published), FAULT_NONE);
            assert_true(steps < 50);
        }
        assert_int_equal(published, turn != 2);
        assert_int_equal(tlog_store_published_size(store), turn == 2 ? 6 : 3 * turn + 3);
    }
    network.waits = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_witnesses_cosign_a_growing_log, make, clear),
        cmocka_unit_test_setup_teardown(a_log_that_forgot_their_sizes_learns_them, make, clear),
        cmocka_unit_test_setup_teardown(below_the_quorum_the_old_one_stays, make, clear),
        cmocka_unit_test_setup_teardown(what_does_not_verify_is_no_cosignature, make, clear),
        cmocka_unit_test_setup_teardown(a_round_in_steps_ends_as_one_at_once, make, clear),
        cmocka_unit_test_setup_teardown(an_old_copy_is_told_by_the_witnesses, make, clear),
        cmocka_unit_test_setup_teardown(one_witness_that_tells_another_past_is_outvoted, make,
                                        clear),
    };
    return cmocka_run_group_tests(tests, group_open, NULL);
}
