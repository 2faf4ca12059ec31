/* Aim: a witness cosigns exactly what the protocol allows, answers everything else with the status
 * the protocol gives, and never cosigns two histories of one log, whatever was asked before, in
 * whatever order, and however often it was opened again.
 *
 * Method: the recorded sequence of another implementation's tests (skipped without the data); each
 * status by hand; a fork and a shortened log; what is kept is damaged; the clock goes back. */
#include "role/vault/tlog_witness.h"

#include "role/vault/tlog_store.h"
#include "tests/support/log_scene.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_TEXT = 64, ASK_BYTES = 16384 };

static char folder[64];
static struct log_scene_key log_key;
static struct tlog_secret secret;
static struct sha256 sha256;
static struct clock_false now;
static struct tlog_witness_answer answer;

static int group_open(void **state)
{
    (void)state;
    struct log_scene_key own;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &log_key);
    log_scene_key_make("example.com/witness", TLOG_KEY_WITNESS, &own);
    secret.key = own.key;
    secret.pem_bytes = (u32)strlen(own.pair.private_pem);
    memcpy(secret.pem, own.pair.private_pem, secret.pem_bytes);
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int group_close(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-witness-XXXXXX");
    assert_non_null(mkdtemp(folder));
    clock_false_init(&now, 1700000000000000ULL);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static enum fault open_for(const struct tlog_key *key, struct tlog_witness **witness_out)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/witness", folder);
    struct tlog_witness_options options = {.disk = disk_real(),
                                           .folder = path,
                                           .clock = &now.clock,
                                           .secret = &secret,
                                           .logs = key,
                                           .logs_count = 1};
    return tlog_witness_open(witness_out, &options);
}

static struct tlog_witness *witness_open(void)
{
    struct tlog_witness *witness = NULL;
    assert_int_equal(open_for(&log_key.key, &witness), FAULT_NONE);
    return witness;
}

/* A log in a folder of that name: another name is another history. */
static struct tlog_store *log_open(const char *name)
{
    struct tlog_store *store = NULL;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    struct tlog_store_options options = {.disk = disk_real(),
                                         .folder = path,
                                         .key = log_key.key,
                                         .private_pem = log_scene_pem(&log_key),
                                         .entry_bytes_max = 100};
    assert_int_equal(tlog_store_open(&store, &options), FAULT_NONE);
    return store;
}

static void grow(struct tlog_store *store, u32 count, const char *what)
{
    for (u32 i = 0; i < count; i += 1) {
        u64 index = 0;
        assert_int_equal(tlog_store_add(store, span_of_text(what), &index), FAULT_NONE);
    }
    assert_int_equal(tlog_store_commit(store), FAULT_NONE);
}

/* Asks with a proof from `proof_from`, and says that the old size is `old`. */
static u32 ask(struct tlog_witness *witness, struct tlog_store *store, u64 old, u64 proof_from)
{
    char body[ASK_BYTES];
    struct tlog_proof proof;
    struct span note = tlog_store_signed_note(store);
    int used = snprintf(body, sizeof(body), "old %llu\n", (unsigned long long)old);
    assert_int_equal(
        tlog_store_consistency(store, proof_from, tlog_store_signed_size(store), &proof),
        FAULT_NONE);
    for (u32 i = 0; i < proof.count; i += 1) {
        char text[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&proof.hashes[i], text);
        used += snprintf(body + used, sizeof(body) - (size_t)used, "%s\n", text);
    }
    used += snprintf(body + used, sizeof(body) - (size_t)used, "\n%.*s", (int)note.size,
                     (const char *)note.data);
    tlog_witness_add(witness, span_of(body, (size_t)used), &answer);
    return answer.status;
}

static u32 ask_text(struct tlog_witness *witness, const char *body)
{
    tlog_witness_add(witness, span_of_text(body), &answer);
    return answer.status;
}

static bool answer_is(const char *text)
{
    return span_equal(span_of(answer.bytes, answer.size), span_of_text(text));
}

/* What monitors are given: verified with both keys. */
static u64 shown(struct tlog_witness *witness, u64 *time_out)
{
    u8 hash[SHA256_BYTES];
    char text[HASH_TEXT + 1];
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
    struct tlog_crypto crypto;
    bool found = false;
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(log_key.key.name, log_key.key.name_bytes));
    sha256_end(&sha256, hash);
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    tlog_witness_get(witness, span_of_text(text), &answer);
    if (answer.status == 404) {
        return 0;
    }
    assert_int_equal(answer.status, 200);
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    assert_int_equal(tlog_note_read(span_of(answer.bytes, answer.size), &note), TLOG_FLAW_NONE);
    assert_int_equal(note.signatures_count, 2);
    assert_int_equal(tlog_note_verify(&crypto, &note, &log_key.key, &found, time_out),
                     TLOG_FLAW_NONE);
    assert_true(found);
    assert_int_equal(tlog_note_verify(&crypto, &note, &secret.key, &found, time_out),
                     TLOG_FLAW_NONE);
    assert_true(found);
    assert_int_equal(tlog_checkpoint_read(note.text, &checkpoint), TLOG_FLAW_NONE);
    tlog_crypto_close(&crypto);
    return checkpoint.size;
}

static void the_recorded_sequence_is_answered_as_recorded(void **state)
{
    (void)state;
    const char *data = test_data_folder();
    char path[512];
    json_error_t error;
    if (data == NULL) {
        print_message("skipped: no witness-add-checkpoint.json\n");
        skip();
        return;
    }
    (void)snprintf(path, sizeof(path), "%s/tlog/witness-add-checkpoint.json", data);
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) {
        print_message("skipped: no witness-add-checkpoint.json\n");
        skip();
        return;
    }
    u8 public_key[TLOG_KEY_BYTES];
    struct tlog_key key;
    struct tlog_witness *witness = NULL;
    assert_int_equal(sign_decode_hex(span_of_text(json_string_value(
                                         json_object_get(root, "log_ed25519_public_key_hex"))),
                                     public_key, sizeof(public_key)),
                     sizeof(public_key));
    tlog_key_make(&sha256, span_of_text(json_string_value(json_object_get(root, "origin"))),
                  TLOG_KEY_LOG, public_key, &key);
    assert_int_equal(open_for(&key, &witness), FAULT_NONE);
    json_t *steps = json_object_get(root, "steps");
    assert_int_equal(json_array_size(steps), 9);
    for (size_t i = 0; i < json_array_size(steps); i += 1) {
        json_t *step = json_array_get(steps, i);
        const char *body = json_string_value(json_object_get(step, "request_body"));
        const char *has = json_string_value(json_object_get(step, "body_contains"));
        const char *is = json_string_value(json_object_get(step, "body_equals"));
        u32 want = (u32)json_integer_value(json_object_get(step, "status"));
        /* That version says 403 for a log it does not know; the protocol's present text 404. */
        want = has != NULL && strcmp(has, "unknown log") == 0 ? 404 : want;
        assert_int_equal(ask_text(witness, body), want);
        answer.bytes[answer.size] = 0;
        assert_true(has == NULL || strstr((const char *)answer.bytes, has) != NULL);
        assert_true(is == NULL || answer_is(is));
    }
    tlog_witness_close(witness);
    json_decref(root);
}

static void a_log_that_grows_is_cosigned(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *store = log_open("log");
    u64 time = 0;
    u64 old = 0;
    assert_int_equal(shown(witness, &time), 0);
    assert_int_equal(ask(witness, store, 0, 0), 200); /* of nothing */
    for (u32 step = 0; step < 12; step += 1) {
        grow(store, step * step, "x");
        clock_false_advance(&now, 1000000000ULL);
        assert_int_equal(ask(witness, store, old, old), 200);
        old = tlog_store_signed_size(store);
        assert_int_equal(shown(witness, &time), old);
        assert_int_equal(time, 1700000001 + step);
        if (step % 5 == 0) {
            tlog_witness_close(witness);
            witness = witness_open();
        }
    }
    /* The same once more is a younger time, nothing else. */
    clock_false_advance(&now, 9000000000ULL);
    assert_int_equal(ask(witness, store, old, old), 200);
    assert_int_equal(shown(witness, &time), old);
    assert_int_equal(time, 1700000021);
    assert_int_equal(tlog_witness_counts(witness).cosigned, 2); /* since it was opened last */
    tlog_witness_close(witness);
    tlog_store_close(store);
}

static void each_wrong_request_has_its_status(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *store = log_open("log");
    grow(store, 5, "x");
    assert_int_equal(ask(witness, store, 6, 5), 400);
    assert_int_equal(ask(witness, store, 3, 3), 409);
    assert_true(answer_is("0\n"));
    assert_string_equal(answer.type, "text/x.tlog.size");
    assert_int_equal(ask(witness, store, 0, 3), 422); /* a proof where none belongs */
    assert_int_equal(ask(witness, store, 0, 0), 200);
    assert_int_equal(ask(witness, store, 5, 3), 422); /* the same */
    grow(store, 4, "x");
    assert_int_equal(ask(witness, store, 5, 4), 422);
    assert_int_equal(ask(witness, store, 5, 9), 422); /* none where one belongs */
    assert_int_equal(ask(witness, store, 0, 0), 409);
    assert_true(answer_is("5\n"));
    assert_int_equal(ask(witness, store, 5, 5), 200);
    struct tlog_witness_counts counts = tlog_witness_counts(witness);
    assert_int_equal(counts.cosigned, 2);
    assert_int_equal(counts.refused, 7);
    assert_int_equal(counts.conflicts, 2);
    assert_int_equal(counts.misbehaved, 4);
    tlog_witness_close(witness);
    tlog_store_close(store);
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *store = log_open("log");
    char body[ASK_BYTES];
    char note[1024];
    struct span bytes = tlog_store_signed_note(store);
    (void)snprintf(note, sizeof(note), "%.*s", (int)bytes.size, (const char *)bytes.data);
    static const char *const heads[] = {"",
                                        "old",
                                        "old \n\n",
                                        "old 0\n",
                                        "old 00\n\n",
                                        "old -1\n\n",
                                        "old 0 \n\n",
                                        "OLD 0\n\n",
                                        "old 0\nx\n\n",
                                        "old 0\r\n\n",
                                        " old 0\n\n",
                                        "old 9223372036854775808\n\n"};
    for (u32 i = 0; i < ARRAY_COUNT(heads); i += 1) {
        (void)snprintf(body, sizeof(body), "%s%s", heads[i], note);
        assert_int_equal(ask_text(witness, body), 400);
    }
    /* 63 lines of proof are read, 64 are not. */
    for (u32 lines = 63; lines <= 64; lines += 1) {
        int used = snprintf(body, sizeof(body), "old 0\n");
        for (u32 i = 0; i < lines; i += 1) {
            used += snprintf(body + used, sizeof(body) - (size_t)used,
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
        }
        (void)snprintf(body + used, sizeof(body) - (size_t)used, "\n%s", note);
        assert_int_equal(ask_text(witness, body), lines == 63 ? 422 : 400);
    }
    (void)snprintf(body, sizeof(body), "old 0\n\n%s", note);
    body[strlen(body) - 20] ^= 1; /* a signature that is another one */
    assert_int_equal(ask_text(witness, body), 403);
    (void)snprintf(body, sizeof(body), "old 0\n\nlog.test.invalid/b%s", note + 18);
    assert_int_equal(ask_text(witness, body), 404);
    (void)snprintf(body, sizeof(body), "old 0\n\n%s", note);
    *strstr(strstr(body, "\n\xe2\x80\x94"), "log.") = 'k'; /* signed by nobody we know */
    assert_int_equal(ask_text(witness, body), 403);
    tlog_witness_close(witness);
    tlog_store_close(store);
}

/* One signature of the log many times over is still one: what is kept is read again. */
static void a_line_that_comes_often_is_kept_once(void **state)
{
    (void)state;
    static char body[TLOG_WITNESS_BODY_BYTES];
    u64 time = 0;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *store = log_open("log");
    grow(store, 5, "x");
    struct span note = tlog_store_signed_note(store);
    const u8 *line = memmem(note.data, note.size, "\n\xe2\x80\x94", 4);
    assert_non_null(line);
    size_t before = (size_t)(line - note.data) + 1;
    int used =
        snprintf(body, sizeof(body), "old 0\n\n%.*s", (int)note.size, (const char *)note.data);
    for (u32 count = 1; count < TLOG_SIGNATURES_MAX; count += 1) {
        used += snprintf(body + used, sizeof(body) - (size_t)used, "%.*s",
                         (int)(note.size - before), (const char *)note.data + before);
    }
    assert_int_equal(ask_text(witness, body), 200);
    assert_int_equal(shown(witness, &time), 5);
    tlog_witness_close(witness);
    witness = witness_open();
    assert_int_equal(shown(witness, &time), 5);
    tlog_witness_close(witness);
    tlog_store_close(store);
}

/* Two histories under one key: whoever comes second is refused, before and after a restart. */
static void a_fork_is_never_cosigned(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *honest = log_open("honest");
    struct tlog_store *forked = log_open("forked");
    grow(honest, 7, "x");
    grow(forked, 6, "x");
    grow(forked, 1, "y");
    assert_int_equal(ask(witness, honest, 0, 0), 200);
    assert_int_equal(ask(witness, forked, 7, 7), 422); /* the same size */
    grow(forked, 5, "x");
    assert_int_equal(ask(witness, forked, 7, 7), 422); /* a larger one, with its own proof */
    assert_int_equal(ask(witness, forked, 6, 6), 409); /* from where they were one */
    assert_int_equal(ask(witness, forked, 0, 0), 409); /* as if nothing had been */
    tlog_witness_close(witness);
    witness = witness_open();
    assert_int_equal(ask(witness, forked, 7, 7), 422);
    grow(honest, 1, "x");
    assert_int_equal(ask(witness, honest, 7, 7), 200);
    tlog_witness_close(witness);
    tlog_store_close(honest);
    tlog_store_close(forked);
}

static void a_shortened_log_is_never_cosigned(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *whole = log_open("whole");
    struct tlog_store *shorter = log_open("shorter");
    grow(whole, 9, "x");
    grow(shorter, 8, "x");
    assert_int_equal(ask(witness, whole, 0, 0), 200);
    assert_int_equal(ask(witness, shorter, 9, 8), 400);
    assert_int_equal(ask(witness, shorter, 8, 8), 409);
    assert_int_equal(ask(witness, shorter, 0, 0), 409);
    assert_true(answer_is("9\n"));
    tlog_witness_close(witness);
    tlog_store_close(whole);
    tlog_store_close(shorter);
}

/* Backdating: a clock that was turned back cosigns nothing. */
static void time_does_not_go_back(void **state)
{
    (void)state;
    struct tlog_witness *witness = witness_open();
    struct tlog_store *store = log_open("log");
    grow(store, 1, "x");
    assert_int_equal(ask(witness, store, 0, 0), 200);
    clock_false_init(&now, 1699999999000000ULL);
    grow(store, 1, "x");
    assert_int_equal(ask(witness, store, 1, 1), 503);
    tlog_witness_close(witness);
    witness = witness_open();
    assert_int_equal(ask(witness, store, 1, 1), 503);
    clock_false_init(&now, 1700000000000000ULL);
    assert_int_equal(ask(witness, store, 1, 1), 200);
    tlog_witness_close(witness);
    tlog_store_close(store);
}

/* A witness that cannot sign says that it is the one who fails, and keeps nothing. */
static void a_key_that_does_not_sign_is_no_fault_of_the_log(void **state)
{
    (void)state;
    struct tlog_store *store = log_open("log");
    struct tlog_witness *witness = NULL;
    struct tlog_secret right = secret;
    u64 time = 0;
    secret.pem_bytes = (u32)strlen(log_key.pair.private_pem);
    memcpy(secret.pem, log_key.pair.private_pem, secret.pem_bytes);
    witness = witness_open();
    secret = right;
    grow(store, 1, "x");
    assert_int_equal(ask(witness, store, 0, 0), 500);
    assert_int_equal(ask(witness, store, 0, 0), 500);
    assert_int_equal(shown(witness, &time), 0);
    tlog_witness_close(witness);
    witness = witness_open();
    assert_int_equal(ask(witness, store, 0, 0), 200);
    tlog_witness_close(witness);
    tlog_store_close(store);
}

static void what_is_kept_must_be_its_own(void **state)
{
    (void)state;
    static const char *const harms[] = {"sed -i 's/^1$/2/'", "truncate -s -5", "sed -i '$d'",
                                        "truncate -s 0"};
    struct tlog_store *store = log_open("log");
    struct tlog_witness *witness = witness_open();
    struct tlog_witness *second = NULL;
    char command[512];
    grow(store, 1, "x");
    assert_int_equal(ask(witness, store, 0, 0), 200);
    assert_int_equal(open_for(&log_key.key, &second), FAULT_LOCKED);
    tlog_witness_close(witness);
    for (u32 i = 0; i < ARRAY_COUNT(harms); i += 1) {
        (void)snprintf(command, sizeof(command),
                       "cd '%s' && cp -r witness kept && rm witness/LOCK && %s witness/*", folder,
                       harms[i]);
        assert_int_equal(system(command), 0);
        assert_int_equal(open_for(&log_key.key, &witness), FAULT_ROT);
        (void)snprintf(command, sizeof(command), "cd '%s' && rm -r witness && mv kept witness",
                       folder);
        assert_int_equal(system(command), 0);
    }
    tlog_witness_close(witness_open());
    tlog_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_recorded_sequence_is_answered_as_recorded, make, clear),
        cmocka_unit_test_setup_teardown(a_log_that_grows_is_cosigned, make, clear),
        cmocka_unit_test_setup_teardown(each_wrong_request_has_its_status, make, clear),
        cmocka_unit_test_setup_teardown(what_is_no_request_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(a_line_that_comes_often_is_kept_once, make, clear),
        cmocka_unit_test_setup_teardown(a_fork_is_never_cosigned, make, clear),
        cmocka_unit_test_setup_teardown(a_shortened_log_is_never_cosigned, make, clear),
        cmocka_unit_test_setup_teardown(time_does_not_go_back, make, clear),
        cmocka_unit_test_setup_teardown(a_key_that_does_not_sign_is_no_fault_of_the_log, make,
                                        clear),
        cmocka_unit_test_setup_teardown(what_is_kept_must_be_its_own, make, clear),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
