/* Aim: a note is believed only when a known key signed exactly its text, and whatever is malformed
 * is named.
 *
 * Method: notes and cosignatures of others ($CAMBIST_DATA/tlog, and the specification's example);
 * own ones signed, then every byte of them changed in turn; malformed texts by name. */
#include "role/vault/tlog_note.h"

#include "base/span.h"
#include "io/sign_pair.h"
#include "role/vault/tlog_checkpoint.h"
#include "tests/support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static struct tlog_crypto crypto;
static struct tlog_note note;

static int open_all(void **state)
{
    (void)state;
    return tlog_crypto_open(&crypto) == FAULT_NONE ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    tlog_crypto_close(&crypto);
    return 0;
}

static const char example_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example_note[] =
    "This is an example message.\n\n\xe2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/* Whether the note is read and the key has signed it. */
static bool is_signed(struct span bytes, const struct tlog_key *key, u64 *time_out)
{
    bool found = false;
    return tlog_note_read(bytes, &note) == TLOG_FLAW_NONE &&
           tlog_note_verify(&crypto, &note, key, &found, time_out) == TLOG_FLAW_NONE && found;
}

static void the_specifications_example(void **state)
{
    (void)state;
    struct tlog_key key;
    u64 time = 0;
    char text[TLOG_VKEY_BYTES];
    struct span vkey = span_of_text(example_vkey);
    assert_int_equal(tlog_key_read(&crypto.sha256, vkey, &key), TLOG_FLAW_NONE);
    assert_int_equal(key.kind, TLOG_KEY_LOG);
    assert_int_equal(key.id, 0x530d903a);
    tlog_key_text(&key, text);
    assert_string_equal(text, example_vkey);
    assert_true(is_signed(span_of_text(example_note), &key, &time));
    assert_int_equal(time, 0);
    struct tlog_key again;
    tlog_key_make(&crypto.sha256, span_of_text("example.com/foo"), TLOG_KEY_LOG, key.public_key,
                  &again);
    assert_true(tlog_key_equal(&key, &again));
}

static void malformed_keys(void **state)
{
    (void)state;
    static const struct {
        const char *vkey;
        enum tlog_flaw flaw;
    } cases[] = {
        {"", TLOG_FLAW_KEY_TEXT},
        {"example.com/foo", TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530d903a", TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530d903a+", TLOG_FLAW_KEY_TEXT},
        {"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", TLOG_FLAW_KEY_TEXT},
        {"a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", TLOG_FLAW_KEY_ID},
        {"example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", TLOG_FLAW_KEY_ID},
        {"example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         TLOG_FLAW_KEY_ID}, /* the same key as a witness's has another id */
        {"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         TLOG_FLAW_KEY_KIND},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
         TLOG_FLAW_KEY_TEXT},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k+",
         TLOG_FLAW_KEY_TEXT},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct tlog_key key;
        enum tlog_flaw flaw = tlog_key_read(&crypto.sha256, span_of_text(cases[i].vkey), &key);
        if (flaw != cases[i].flaw) {
            fail_msg("%s: %s", cases[i].vkey, tlog_flaw_name(flaw));
        }
    }
}

static void names(void **state)
{
    (void)state;
    char longest[TLOG_NAME_BYTES_MAX + 2];
    memset(longest, 'n', sizeof(longest));
    assert_true(tlog_name_valid(span_of_text("demo.invalid")));
    assert_true(tlog_name_valid(span_of_text("b\xc3\xbc"
                                             "cher.example/\xf0\x9f\x90\xb1")));
    assert_true(tlog_name_valid(span_of(longest, TLOG_NAME_BYTES_MAX)));
    assert_false(tlog_name_valid(span_of(longest, TLOG_NAME_BYTES_MAX + 1)));
    static const char *const refused[] = {"",
                                          "a b",
                                          "a+b",
                                          "a\tb",
                                          "a\x7f"
                                          "b",
                                          "\xff",
                                          "a\xc2\xa0"
                                          "b",
                                          "a\xe2\x80\x83"
                                          "b",
                                          "a\xe3\x80\x80",
                                          "a\xe1\x9a\x80",
                                          "a\xc2\x85"};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i += 1) {
        assert_false(tlog_name_valid(span_of_text(refused[i])));
    }
}

static void malformed_notes(void **state)
{
    (void)state;
#define LINE "\xe2\x80\x94 a AAAAAAE=\n"
    static const struct {
        const char *bytes;
        enum tlog_flaw flaw;
    } cases[] = {
        {"", TLOG_FLAW_TEXT},
        {"text\n", TLOG_FLAW_TEXT},
        {"text\n\n", TLOG_FLAW_TEXT},
        {"text\n" LINE, TLOG_FLAW_TEXT},
        {"text\n\n" LINE, TLOG_FLAW_NONE},
        {"\n\n" LINE, TLOG_FLAW_NONE},
        {"one\n\ntwo\n\n" LINE, TLOG_FLAW_NONE},
        {"text\n\n\xe2\x80\x94 a AAAAAAE=", TLOG_FLAW_TEXT},
        {"te\txt\n\n" LINE, TLOG_FLAW_TEXT},
        {"te\r\n\n" LINE, TLOG_FLAW_TEXT},
        {"te\xff\n\n" LINE, TLOG_FLAW_TEXT},
        {"te\xed\xa0\x80\n\n" LINE, TLOG_FLAW_TEXT},
        {"text\n\n- a AAAAAAE=\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94  AAAAAAE=\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a AAAA\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a AAAAAA==\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a AAAAAAE\n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a AAAAAAF=\n", TLOG_FLAW_SIGNATURE_LINE}, /* unused bits set */
        {"text\n\n\xe2\x80\x94 a AAAAAAE= \n", TLOG_FLAW_SIGNATURE_LINE},
        {"text\n\n\xe2\x80\x94 a+b AAAAAAE=\n", TLOG_FLAW_SIGNATURE_LINE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i += 1) {
        enum tlog_flaw flaw = tlog_note_read(span_of_text(cases[i].bytes), &note);
        if (flaw != cases[i].flaw) {
            fail_msg("%zu: %s", i, tlog_flaw_name(flaw));
        }
    }
    assert_int_equal(tlog_note_read(span_of_text("one\n\ntwo\n\n" LINE), &note), TLOG_FLAW_NONE);
    assert_true(span_equal(note.text, span_of_text("one\n\ntwo\n")));
    /* As many lines as are read, and one more. */
    char many[TLOG_SIGNATURES_MAX * 16 + 64] = "text\n\n";
    for (u32 i = 0; i < TLOG_SIGNATURES_MAX; i += 1) {
        strcat(many, LINE);
    }
    assert_int_equal(tlog_note_read(span_of_text(many), &note), TLOG_FLAW_NONE);
    assert_int_equal(note.signatures_count, TLOG_SIGNATURES_MAX);
    strcat(many, LINE);
    assert_int_equal(tlog_note_read(span_of_text(many), &note), TLOG_FLAW_SIGNATURES_MANY);
    static u8 large[TLOG_NOTE_BYTES_MAX + 1];
    memset(large, 'a', sizeof(large));
    assert_int_equal(tlog_note_read(span_of(large, sizeof(large)), &note), TLOG_FLAW_TEXT);
}

/* A signer, and a note with a checkpoint that it signed. */
struct scene {
    struct sign_pair pair;
    struct tlog_key key;
    char line[TLOG_LINE_BYTES];
    char bytes[1024];
};

static const char body[] = "demo.invalid\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

static void scene_make(struct scene *scene, enum tlog_key_kind kind, const char *name, u64 time)
{
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    u8 public_key[TLOG_KEY_BYTES];
    assert_int_equal(sign_pair_make(&scene->pair), FAULT_NONE);
    struct span pem = span_of_text(scene->pair.private_pem);
    assert_int_equal(sign_with_private(pem, span_of_text("x"), public_text, signature), FAULT_NONE);
    assert_int_equal(sign_decode_base64(span_of_text(public_text), public_key, 32), 32);
    tlog_key_make(&crypto.sha256, span_of_text(name), kind, public_key, &scene->key);
    assert_int_equal(tlog_note_sign(pem, &scene->key, time, span_of_text(body), scene->line),
                     FAULT_NONE);
    (void)snprintf(scene->bytes, sizeof(scene->bytes), "%s\n%s", body, scene->line);
}

static void signed_by_a_log_and_by_a_witness(void **state)
{
    (void)state;
    static struct scene log;
    static struct scene witness;
    u64 time = 0;
    char both[2048];
    scene_make(&log, TLOG_KEY_LOG, "demo.invalid", 0);
    scene_make(&witness, TLOG_KEY_WITNESS, "witness.invalid/w1", 1700000000);
    assert_true(is_signed(span_of_text(log.bytes), &log.key, &time));
    assert_int_equal(time, 0);
    assert_true(is_signed(span_of_text(witness.bytes), &witness.key, &time));
    assert_int_equal(time, 1700000000);
    assert_false(is_signed(span_of_text(log.bytes), &witness.key, &time));
    (void)snprintf(both, sizeof(both), "%s%s", log.bytes, witness.line);
    assert_true(is_signed(span_of_text(both), &log.key, &time));
    assert_true(is_signed(span_of_text(both), &witness.key, &time));
    /* A key used as the other kind signs nothing. */
    struct tlog_key turned;
    tlog_key_make(&crypto.sha256, span_of_text("demo.invalid"), TLOG_KEY_WITNESS,
                  log.key.public_key, &turned);
    assert_false(is_signed(span_of_text(both), &turned, &time));
    assert_int_equal(tlog_note_sign(span_of_text(witness.pair.private_pem), &log.key, 0,
                                    span_of_text(body), log.line),
                     FAULT_INPUT);
}

/* Every byte of the note in turn: whatever it becomes, it is not what was signed. */
static void one_flipped_byte_in_a_cosignature(void **state)
{
    (void)state;
    static struct scene scene;
    for (u32 kind = 0; kind < 2; kind += 1) {
        scene_make(&scene, kind == 0 ? TLOG_KEY_LOG : TLOG_KEY_WITNESS, "demo.invalid", 1700000000);
        size_t size = strlen(scene.bytes);
        for (size_t i = 0; i < size; i += 1) {
            u64 time = 0;
            scene.bytes[i] ^= 1;
            assert_false(is_signed(span_of_text(scene.bytes), &scene.key, &time));
            scene.bytes[i] ^= 1;
            assert_false(is_signed(span_of(scene.bytes, i), &scene.key, &time));
        }
    }
}

static void a_false_line_of_a_known_key_condemns_the_note(void **state)
{
    (void)state;
    static struct scene scene;
    char two[2048];
    char false_line[TLOG_LINE_BYTES];
    bool found = true;
    u64 time = 0;
    scene_make(&scene, TLOG_KEY_LOG, "demo.invalid", 0);
    struct span pem = span_of_text(scene.pair.private_pem);
    assert_int_equal(tlog_note_sign(pem, &scene.key, 0, span_of_text("other\n"), false_line),
                     FAULT_NONE);
    (void)snprintf(two, sizeof(two), "%s%s", scene.bytes, false_line);
    assert_int_equal(tlog_note_read(span_of_text(two), &note), TLOG_FLAW_NONE);
    assert_int_equal(tlog_note_verify(&crypto, &note, &scene.key, &found, &time),
                     TLOG_FLAW_SIGNATURE);
    assert_false(found);
    /* Lines of keys that nobody knows are read over. */
    (void)snprintf(two, sizeof(two), "%s\xe2\x80\x94 demo.invalid AAAAAAE=\n", scene.bytes);
    assert_true(is_signed(span_of_text(two), &scene.key, &time));
}

static void checkpoints(void **state)
{
    (void)state;
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    struct tlog_checkpoint checkpoint;
    char text[TLOG_CHECKPOINT_BYTES];
    assert_int_equal(tlog_checkpoint_read(span_of_text(body), &checkpoint), TLOG_FLAW_NONE);
    assert_true(span_equal(checkpoint.origin, span_of_text("demo.invalid")));
    assert_int_equal(checkpoint.size, 0);
    assert_int_equal(tlog_checkpoint_write(&checkpoint, text), strlen(body));
    assert_string_equal(text, body);
    checkpoint.size = TLOG_SIZE_MAX;
    (void)tlog_checkpoint_write(&checkpoint, text);
    assert_string_equal(text, "demo.invalid\n9223372036854775807\n" ROOT);
    assert_int_equal(tlog_checkpoint_read(span_of_text("a\n1\n" ROOT "more\n"), &checkpoint),
                     TLOG_FLAW_NONE);
    static const char *const refused[] = {
        "",
        "a\n",
        "a\n1\n",
        "\n1\n" ROOT,
        "a\n\n" ROOT,
        "a\n01\n" ROOT,
        "a\n+1\n" ROOT,
        "a\n-1\n" ROOT,
        "a\n1 \n" ROOT,
        "a\n0x1\n" ROOT,
        "a\n9223372036854775808\n" ROOT,
        "a\n99999999999999999999999999\n" ROOT,
        "a\n1\n47DEQpj8HBSa\n",
        "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "a\n1\n" ROOT "\n",
        "a\n1\n" ROOT "more",
        "a\n1\n" ROOT "more\n\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(refused); i += 1) {
        assert_int_equal(tlog_checkpoint_read(span_of_text(refused[i]), &checkpoint),
                         TLOG_FLAW_CHECKPOINT);
    }
}

/* ---- vectors of others ---- */

static json_t *vectors(const char *file)
{
    char path[512];
    const char *folder = test_data_folder();
    json_t *root = NULL;
    if (folder != NULL) {
        (void)snprintf(path, sizeof(path), "%s/tlog/%s", folder, file);
        root = json_load_file(path, 0, NULL);
    }
    if (root == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA): %s\n", file);
        skip();
    }
    return root;
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    assert_non_null(text);
    return text;
}

static void signed_note_vector(void **state)
{
    (void)state;
    json_t *root = vectors("signed-note-example.json");
    struct tlog_key key;
    u64 time = 0;
    assert_int_equal(tlog_key_read(&crypto.sha256, span_of_text(text_of(root, "vkey")), &key),
                     TLOG_FLAW_NONE);
    assert_true(is_signed(span_of_text(text_of(root, "note")), &key, &time));
    json_decref(root);
}

static void hex_of(const json_t *row, const char *name, u8 *target, size_t bytes)
{
    assert_int_equal(sign_decode_hex(span_of_text(text_of(row, name)), target, bytes), bytes);
}

static void cosignature_vectors(void **state)
{
    (void)state;
    json_t *root = vectors("cosignature-v1.json");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(root); i += 1) {
        const json_t *row = json_array_get(root, i);
        struct span text = span_of_text(text_of(row, "checkpoint_body"));
        struct tlog_checkpoint checkpoint;
        struct tlog_signature signature = {.bytes_count = 64};
        struct tlog_key key;
        u8 public_key[32];
        u64 time = 0;
        assert_int_equal(tlog_checkpoint_read(text, &checkpoint), TLOG_FLAW_NONE);
        hex_of(row, "log_ed25519_public_key_hex", public_key, 32);
        hex_of(row, "log_signature_hex", signature.bytes, 64);
        tlog_key_make(&crypto.sha256, checkpoint.origin, TLOG_KEY_LOG, public_key, &key);
        assert_true(tlog_signature_verify(&crypto, &key, text, &signature, &time));
        const json_t *cosignatures = json_object_get(row, "cosignatures");
        for (size_t w = 0; w < json_array_size(cosignatures); w += 1) {
            const json_t *one = json_array_get(cosignatures, w);
            u64 given = (u64)json_integer_value(json_object_get(one, "timestamp"));
            hex_of(one, "witness_ed25519_public_key_hex", public_key, 32);
            hex_of(one, "signature_hex", signature.bytes + 8, 64);
            for (u32 b = 0; b < 8; b += 1) {
                signature.bytes[b] = (u8)(given >> (56 - 8 * b));
            }
            signature.bytes_count = 72;
            tlog_key_make(&crypto.sha256, span_of_text(text_of(one, "witness")), TLOG_KEY_WITNESS,
                          public_key, &key);
            assert_true(tlog_signature_verify(&crypto, &key, text, &signature, &time));
            assert_int_equal(time, given);
            signature.bytes[7] ^= 1;
            assert_false(tlog_signature_verify(&crypto, &key, text, &signature, &time));
            count += 1;
        }
    }
    assert_int_equal(count, 6);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specifications_example),
        cmocka_unit_test(malformed_keys),
        cmocka_unit_test(names),
        cmocka_unit_test(malformed_notes),
        cmocka_unit_test(signed_by_a_log_and_by_a_witness),
        cmocka_unit_test(one_flipped_byte_in_a_cosignature),
        cmocka_unit_test(a_false_line_of_a_known_key_condemns_the_note),
        cmocka_unit_test(checkpoints),
        cmocka_unit_test(signed_note_vector),
        cmocka_unit_test(cosignature_vectors),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
