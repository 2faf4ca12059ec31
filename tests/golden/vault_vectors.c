/* The test vectors of docs/vault-crypto.md, made with a source of randomness that repeats itself.
 *
 * usage: vault_vectors          prints them as JSON
 *        vault_vectors FILE     0 when that file has exactly these bytes
 *
 * "random" of an item is what was drawn while it was made, in that order. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/share_file.h"
#include "role/vault/share_part.h"
#include "role/vault/share_shown.h"
#include "tests/support/share_scene.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_BYTES    262144U
#define RANDOM_BYTES 65536U

static char out[OUT_BYTES];
static size_t out_size;
static struct seal_room *room;

/* ---- randomness that repeats itself ---- */

static u8 drawn[RANDOM_BYTES];
static size_t drawn_size;
static u32 block_number;

static const char *source_name(void)
{
    return "vectors";
}

/* SHA-256 of "cambist vectors" and a counter, as often as it takes. */
static void source_fill(void *target, size_t size)
{
    u8 *to = target;
    for (size_t done = 0; done < size; done += 32) {
        u8 text[19] = "cambist vectors";
        u8 block[32];
        bytes_put_u32(text + 15, block_number);
        block_number += 1;
        (void)crypto_hash_sha256(block, text, sizeof(text));
        memcpy(to + done, block, size - done < 32 ? size - done : 32);
    }
    if (drawn_size + size <= RANDOM_BYTES) {
        memcpy(drawn + drawn_size, target, size);
        drawn_size += size;
    }
}

static u32 source_number(void)
{
    u32 number;
    source_fill(&number, sizeof(number));
    return number;
}

static struct randombytes_implementation source = {
    .implementation_name = source_name, .random = source_number, .buf = source_fill};

/* ---- JSON ---- */

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(out + out_size, OUT_BYTES - out_size, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < OUT_BYTES - out_size);
    out_size += (size_t)size;
}

static void put_comma(void)
{
    put(out[out_size - 1] == '{' || out[out_size - 1] == '[' ? "\n" : ",\n");
}

static void begin(const char *name)
{
    put_comma();
    put("\"%s\": {", name);
    drawn_size = 0;
}

static void put_hex(const char *name, const void *bytes, size_t size)
{
    put_comma();
    put("  \"%s\": \"", name);
    for (size_t i = 0; i < size; i += 1) {
        put("%02x", ((const u8 *)bytes)[i]);
    }
    put("\"");
}

static void put_number(const char *name, u64 number)
{
    put_comma();
    put("  \"%s\": %llu", name, (unsigned long long)number);
}

static void put_text(const char *name, const char *text, size_t size)
{
    put_comma();
    put("  \"%s\": \"", name);
    for (size_t i = 0; i < size; i += 1) {
        if (text[i] == '\n') {
            put("\\n");
        } else {
            put("%c", text[i]);
        }
    }
    put("\"");
}

static void put_word(const char *name, const char *text)
{
    put_text(name, text, strlen(text));
}

static void put_random(void)
{
    put_hex("random", drawn, drawn_size);
}

static void end(void)
{
    put("\n}");
}

/* ---- items ---- */

static struct seal_scalar fresh_scalar(struct seal_point *public_out)
{
    struct seal_scalar scalar;
    seal_scalar_random(&scalar);
    CHECK(seal_point_of(&scalar, public_out));
    return scalar;
}

static void primitives(void)
{
    struct seal_point public;
    struct seal_point point;
    struct seal_point image;
    struct seal_proof proof;
    u8 hash[32];
    struct seal_scalar hashed;
    u8 box[11 + SEAL_BOX_EXTRA_BYTES];
    const struct span parts[] = {span_of_text("first"), span_of_text("second")};
    struct seal_scalar secret = fresh_scalar(&public);
    (void)fresh_scalar(&point);

    begin("hash");
    put_word("name", "example");
    put_hex("message", "firstsecond", 11);
    seal_hash("example", parts, 2, hash);
    put_hex("hash", hash, sizeof(hash));
    seal_hash_scalar("example", parts, 2, &hashed);
    put_hex("scalar", &hashed, sizeof(hashed));
    seal_derive("example", room, &public, parts, 2, hash);
    put_hex("secret", &public, sizeof(public));
    put_hex("derived", hash, sizeof(hash));
    end();

    begin("proof");
    put_word("name", "example");
    put_hex("secret", &secret, sizeof(secret));
    put_hex("public", &public, sizeof(public));
    put_hex("message", "firstsecond", 11);
    seal_prove("example", room, &secret, &public, parts, 2, &proof);
    put_hex("proof", &proof, sizeof(proof));
    put_random();
    end();

    begin("same");
    put_word("name", "example");
    put_hex("secret", &secret, sizeof(secret));
    put_hex("point", &point, sizeof(point));
    CHECK(seal_point_times(&secret, &point, &image));
    put_hex("image", &image, sizeof(image));
    put_hex("message", "firstsecond", 11);
    seal_prove_same("example", room, &secret, &public, &point, &image, parts, 2, &proof);
    put_hex("proof", &proof, sizeof(proof));
    put_random();
    end();

    begin("box");
    put_word("name", "example");
    put_hex("key", &secret, sizeof(secret));
    put_hex("bound", "first", 5);
    put_hex("plain", "hello world", 11);
    CHECK(seal_box_close("example", room, &public, parts[0], span_of_text("hello world"), box) ==
          FAULT_NONE);
    put_hex("box", box, sizeof(box));
    put_random();
    end();
}

static struct share_scene scene_a;
static struct share_scene scene_b;
static struct share_scene scene_next;
static struct share_key key;

static void put_ceremony(const char *name, const struct share_scene *scene)
{
    static char text[SHARE_TEXT_BYTES];
    u8 hash[SHARE_HASH_BYTES];
    u32 count = scene->group.roster.count;
    begin(name);
    put_text("transcript", text, share_transcript_print(&scene->transcript, text));
    share_transcript_hash(&scene->transcript, hash);
    put_hex("hash", hash, sizeof(hash));
    put_hex("keys", scene->keys, count * sizeof(struct seal_scalar));
    put_hex("shares", scene->shares, count * sizeof(struct seal_scalar));
    put_hex("points", scene->group.shares, count * sizeof(struct seal_point));
    end();
}

static void ceremonies(void)
{
    static const u32 dealers[] = {1, 3};
    share_scene_hold(room, &scene_a, SHARE_SIDE_A, 1, 2, 3);
    share_scene_hold(room, &scene_b, SHARE_SIDE_B, 1, 2, 3);
    share_scene_reshare(room, &scene_a, &scene_next, dealers, 3, 4);
    put_ceremony("ceremony-a", &scene_a);
    put_ceremony("ceremony-b", &scene_b);
    put_ceremony("resharing-a", &scene_next);
    CHECK(share_key_form(&scene_a.group, &scene_b.group, &key) == FAULT_NONE);
}

static void put_partial(const struct share_case *about, const struct share_scene *scene, u32 index,
                        const char *name, struct share_partial *partial)
{
    CHECK(share_answer(room, about, scene->group.roster.side, index, &scene->shares[index - 1],
                       partial) == FAULT_NONE);
    put_hex(name, partial, sizeof(*partial));
}

/* A record, from its text to its opening. */
static void record(const char *name, const struct seal_label *label, const char *text)
{
    static u8 body[SEAL_BODY_BYTES(1024)];
    u8 dek[SEAL_KEY_SIZE];
    u8 opened[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    u8 bytes[SEAL_LABEL_BYTES];
    u8 context[SHARE_HASH_BYTES];
    struct seal_wrap wrap;
    struct share_partial partials[4];
    struct share_wrong wrong;
    begin(name);
    put_number("subject", label->subject);
    put_word("group", seal_group_name(label->group));
    put_number("version", label->version);
    put_number("retention", label->retention);
    put_number("epoch", label->epoch);
    seal_label_encode(label, bytes);
    put_hex("label", bytes, sizeof(bytes));
    put_word("text", text);
    seal_key_make(dek);
    put_hex("dek", dek, sizeof(dek));
    seal_body_close(label, dek, span_of_text(text), body, hash);
    put_hex("body", body, SEAL_BODY_BYTES(strlen(text)));
    put_hex("bodyHash", hash, sizeof(hash));
    put_hex("groupKey", &key.public, sizeof(key.public));
    CHECK(seal_wrap_make(room, label, &key.public, dek, hash, &wrap) == FAULT_NONE);
    put_hex("wrap", &wrap, sizeof(wrap));
    put_random();
    memset(context, 0xc0, sizeof(context));
    put_hex("context", context, sizeof(context));
    const struct share_case about = {
        .key = &key, .label = *label, .wrap = &wrap, .body_hash = hash, .context = context};
    put_partial(&about, &scene_a, 1, "partialA1", &partials[0]);
    put_partial(&about, &scene_a, 3, "partialA3", &partials[1]);
    put_partial(&about, &scene_b, 2, "partialB2", &partials[2]);
    put_partial(&about, &scene_b, 3, "partialB3", &partials[3]);
    CHECK(share_open(room, &about, partials, 4, opened, &wrong) == FAULT_NONE);
    CHECK(memcmp(opened, dek, sizeof(dek)) == 0);
    struct seal_point holder;
    struct seal_scalar holder_key = fresh_scalar(&holder);
    u8 hand[SEAL_HAND_BYTES];
    CHECK(seal_hand_make(room, label, SEAL_HAND_REVIEW, &holder, 1800000000, dek, hand) ==
          FAULT_NONE);
    put_hex("reviewer", &holder_key, sizeof(holder_key));
    put_hex("hand", hand, sizeof(hand));
    end();
}

static void drill(void)
{
    u8 nonce[SHARE_NONCE_BYTES];
    struct seal_proof proof;
    memset(nonce, 0xd1, sizeof(nonce));
    begin("drill");
    put_hex("nonce", nonce, sizeof(nonce));
    put_number("member", 3);
    CHECK(share_drill(room, &scene_next.group, 3, &scene_next.shares[2], nonce, &proof) ==
          FAULT_NONE);
    put_hex("proof", &proof, sizeof(proof));
    end();
}

static void key_file(void)
{
    static char text[SHARE_FILE_BYTES];
    size_t size;
    struct share_holder holder = {.name = "anna",
                                  .key = scene_b.group.roster.members[1].key,
                                  .index = 2,
                                  .side = SHARE_SIDE_B,
                                  .epoch = 1,
                                  .passes = 1,
                                  .memory_kb = SHARE_FILE_MEMORY_KB_MIN};
    struct share_secrets secrets = {.key = scene_b.keys[1], .share = scene_b.shares[1]};
    share_transcript_hash_gathered(&scene_b.transcript, holder.transcript);
    begin("keyFile");
    put_word("passphrase", "an invented passphrase");
    CHECK(share_file_print(room, &holder, &secrets, span_of_text("an invented passphrase"), text,
                           &size) == FAULT_NONE);
    put_text("text", text, size);
    put_hex("secrets", &secrets, sizeof(secrets));
    end();
}

/* With a nonce of the officer's own. */
static void shown(void)
{
    static char text[SHARE_SHOWN_TEXT_BYTES];
    u8 asked[SHARE_NONCE_BYTES];
    u8 bytes[SHARE_SHOWN_BYTES];
    struct share_shown answer;
    memset(asked, 0xd2, sizeof(asked));
    begin("shown");
    put_hex("asked", asked, sizeof(asked));
    put_number("member", 2);
    CHECK(share_shown_make(room, &scene_next.group, 2, &scene_next.shares[1], asked, &answer) ==
          FAULT_NONE);
    put_hex("random", drawn, drawn_size);
    memcpy(bytes, &answer, sizeof(bytes));
    put_hex("bytes", bytes, sizeof(bytes));
    put_text("line", text, share_shown_print(&answer, text));
    end();
}

static int compare(const char *path)
{
    static char wanted[OUT_BYTES];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)fprintf(stderr, "%s: cannot be opened\n", path);
        return EXIT_FAILURE;
    }
    size_t size = fread(wanted, 1, sizeof(wanted), file);
    (void)fclose(file);
    u32 line = 1;
    for (size_t i = 0; i < size && i < out_size && out[i] == wanted[i]; i += 1) {
        line += out[i] == '\n';
    }
    if (size != out_size || memcmp(out, wanted, size) != 0) {
        (void)fprintf(stderr, "%s: line %u is not what this program makes\n", path, line);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    static const struct seal_label first = {
        .subject = 1, .version = 1, .epoch = 1, .group = SEAL_GROUP_IDENTITY, .retention = 1};
    static const struct seal_label second = {.subject = 9007199254740991,
                                             .version = 70000,
                                             .epoch = 1,
                                             .group = SEAL_GROUP_LOGINS,
                                             .retention = 255};
    CHECK(randombytes_set_implementation(&source) == 0);
    CHECK(seal_room_open(&room) == FAULT_NONE);
    block_number = 0; /* whatever the library drew at its start */
    put("{");
    primitives();
    ceremonies();
    record("record-1", &first, "");
    record("record-2", &second,
           "A text of an invented person, long enough for two blocks of padding: the quick brown "
           "fox jumps over the lazy dog, and back again, twice.");
    drill();
    key_file();
    shown();
    put("\n}\n");
    seal_room_close(room);
    if (count > 1) {
        return compare(arguments[1]);
    }
    return fwrite(out, 1, out_size, stdout) == out_size ? EXIT_SUCCESS : EXIT_FAILURE;
}
