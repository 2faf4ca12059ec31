/* Aim: the monitor accepts a log of any size and names the first thing that is wrong with any
 * other: one flipped byte anywhere, a file gone, a log cut short, forked or backdated.
 *
 * Method: logs of many sizes in memory with three witnesses; every file of one changed at chance
 * places; whole attacks by somebody who holds the log's own key; and a log of others
 * ($CAMBIST_DATA/tlog/tessera-log) with every checkpoint it ever had. */
#include "role/vault/tlog_check.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "tests/support/tlog_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_S 1800000000U

static u8 bundle[TLOG_BUNDLE_BYTES_MAX];
static u8 partial[TLOG_BUNDLE_BYTES_MAX];
static struct tlog_policy policy;
static struct tlog_check check;
static struct tlog_finding finding;

static void policy_of(struct tlog_scene *scene)
{
    char text[TLOG_SCENE_POLICY_BYTES];
    tlog_scene_policy(scene, text);
    assert_int_equal(tlog_policy_read(&scene->crypto.sha256, span_of_text(text), &policy),
                     FAULT_NONE);
}

/* What the monitor says of the scene as it is. */
static enum tlog_flaw flaw_of(struct tlog_scene *scene)
{
    memset(&check, 0, offsetof(struct tlog_check, note));
    check.crypto = &scene->crypto;
    check.policy = &policy;
    check.files = &scene->files;
    check.partials = &scene->partials;
    check.bundle = bundle;
    check.partial = partial;
    check.now_s = NOW_S;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_true((finding.flaw == TLOG_FLAW_NONE) == (finding.file[0] == 0));
    return finding.flaw;
}

static struct tlog_scene *scene_of(u64 size)
{
    struct tlog_scene *scene = tlog_scene_open(test_seed());
    policy_of(scene);
    tlog_scene_grow(scene, size, NOW_S - 60);
    return scene;
}

static void accepts_logs_of_all_sizes(void **state)
{
    (void)state;
    struct tlog_scene *scene = scene_of(0);
    u64 step = u64_max(1, 100 / test_rounds(100));
    for (u64 size = 0; size <= 600; size += size < 20 || size % 256 < 3 ? 1 : 7 * step) {
        tlog_scene_grow(scene, size, NOW_S - 1000 + size);
        if (flaw_of(scene) != TLOG_FLAW_NONE) {
            fail_msg("size %u: %s %s", (u32)size, finding.file, finding.why);
        }
        assert_int_equal(check.verdict.checkpoint.size, size);
        assert_int_equal(check.verdict.cosigned, 7);
        assert_int_equal(check.verdict.independent, 1);
    }
    assert_true(check.partials_count > 10);
    tlog_scene_close(scene);
}

static void accepts_three_levels(void **state)
{
    (void)state;
    struct tlog_scene *scene = scene_of(65536 + 300);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_non_null(tlog_scene_find(scene, "tile/2/000.p/1"));
    struct tlog_scene_file *file = tlog_scene_find(scene, "tile/2/000.p/1");
    file->data[5] ^= 1;
    assert_int_equal(flaw_of(scene), TLOG_FLAW_TILE);
    assert_string_equal(finding.file, "tile/2/000.p/1");
    assert_non_null(strstr(finding.why, "tile/1/000"));
    tlog_scene_close(scene);
}

/* ---- one flipped byte ---- */

static void one_flipped_byte_in_any_file(void **state)
{
    (void)state;
    struct random random;
    struct tlog_scene *scene = scene_of(30);
    random_init(&random, test_seed());
    tlog_scene_grow(scene, 523, NOW_S - 60);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    u64 rounds = test_rounds(1200);
    for (u64 round = 0; round < rounds; round += 1) {
        struct tlog_scene_file *file = &scene->list[round % scene->list_count];
        size_t at = random_below(&random, file->size);
        u8 old = file->data[at];
        file->data[at] ^= (u8)(1U << random_below(&random, 8));
        enum tlog_flaw flaw = flaw_of(scene);
        if (flaw == TLOG_FLAW_NONE) {
            fail_msg("%s: byte %zu changed, and nobody saw it (seed %u)", file->path, at,
                     (u32)test_seed());
        }
        file->data[at] = old;
    }
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    tlog_scene_close(scene);
}

/* Every byte of every file of small logs: tiles, bundles, checkpoint, all its cosignatures. */
static void one_flipped_byte_at_every_place_of_a_small_log(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 step = u64_max(1, 100 / test_rounds(100));
    for (u64 size = 1; size <= 5; size += 4) {
        struct tlog_scene *scene = scene_of(size);
        tlog_scene_grow(scene, size + 1, NOW_S - 60);
        assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
        for (u32 which = 0; which < scene->list_count; which += 1) {
            struct tlog_scene_file *file = &scene->list[which];
            for (size_t at = random_below(&random, step); at < file->size; at += step) {
                u8 old = file->data[at];
                file->data[at] ^= (u8)(1U << random_below(&random, 8));
                if (flaw_of(scene) == TLOG_FLAW_NONE) {
                    fail_msg("%s: byte %zu changed, and nobody saw it (seed %u)", file->path, at,
                             (u32)test_seed());
                }
                file->data[at] = old;
            }
        }
        assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
        tlog_scene_close(scene);
    }
}

/* Another byte: of base64's letters one of its letters, and of digits a digit. */
static u8 another(u8 byte)
{
    bool is_letter =
        (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '+' || byte == '/';
    return is_letter ? (byte == 'A' ? 'B' : 'A') : (u8)(byte ^ 1);
}

/* Changes one byte of a file and expects this flaw in this file. */
static void flip(struct tlog_scene *scene, const char *path, size_t at, enum tlog_flaw flaw,
                 const char *file_named)
{
    struct tlog_scene_file *file = tlog_scene_find(scene, path);
    assert_non_null(file);
    assert_true(at < file->size);
    u8 old = file->data[at];
    file->data[at] = another(old);
    enum tlog_flaw seen = flaw_of(scene);
    if (seen != flaw || strcmp(finding.file, file_named) != 0) {
        fail_msg("%s at %zu: %s in %s: %s", path, at, tlog_flaw_name(seen), finding.file,
                 finding.why);
    }
    file->data[at] = old;
}

/* The first byte of an entry in a bundle: before it stand its length and entries without bytes. */
static size_t entry_place(struct tlog_scene *scene, const char *path)
{
    const struct tlog_scene_file *file = tlog_scene_find(scene, path);
    assert_non_null(file);
    size_t at = 0;
    while (at + 2 < file->size && file->data[at] == 0 && file->data[at + 1] == 0) {
        at += 2;
    }
    assert_true(at + 2 < file->size);
    return at + 2;
}

static void flaws_are_named(void **state)
{
    (void)state;
    struct tlog_scene *scene = scene_of(30);
    tlog_scene_grow(scene, 523, NOW_S - 60);
    size_t size = tlog_scene_find(scene, "checkpoint")->size;
    flip(scene, "tile/entries/001", entry_place(scene, "tile/entries/001"), TLOG_FLAW_ENTRY,
         "tile/0/001");
    flip(scene, "tile/0/001", 100, TLOG_FLAW_ENTRY, "tile/0/001");
    flip(scene, "tile/0/002.p/11", 3, TLOG_FLAW_ENTRY, "tile/0/002.p/11");
    flip(scene, "tile/1/000.p/2", 40, TLOG_FLAW_TILE, "tile/1/000.p/2");
    flip(scene, "tile/0/000.p/30", 3, TLOG_FLAW_PARTIAL, "tile/0/000.p/30");
    flip(scene, "tile/entries/000.p/30", 9, TLOG_FLAW_PARTIAL, "tile/entries/000.p/30");
    flip(scene, "checkpoint", size - 10, TLOG_FLAW_SIGNATURE, "checkpoint");
    flip(scene, "checkpoint", 3, TLOG_FLAW_ORIGIN, "checkpoint");
    flip(scene, "checkpoint", sizeof(TLOG_SCENE_ORIGIN) + 1, TLOG_FLAW_SIGNATURE, "checkpoint");
    tlog_scene_close(scene);
}

/* ---- files gone or of the wrong size ---- */

static void files_gone_or_cut(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "checkpoint",      "tile/entries/000",      "tile/0/000",
        "tile/0/002.p/11", "tile/entries/002.p/11", "tile/1/000.p/2"};
    struct tlog_scene *scene = scene_of(523);
    for (size_t i = 0; i < ARRAY_COUNT(paths); i += 1) {
        struct tlog_scene_file *file = tlog_scene_find(scene, paths[i]);
        assert_non_null(file);
        file->size -= 1;
        assert_int_not_equal(flaw_of(scene), TLOG_FLAW_NONE);
        assert_string_equal(finding.file, paths[i]);
        file->size += 2; /* there is room for it */
        file->data[file->size - 1] = 0;
        assert_int_not_equal(flaw_of(scene), TLOG_FLAW_NONE);
        file->size -= 1;
        file->path[0] ^= 1;
        assert_int_equal(flaw_of(scene), TLOG_FLAW_MISSING);
        assert_string_equal(finding.file, paths[i]);
        file->path[0] ^= 1;
    }
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    /* The partial files may go once the full ones are there. */
    tlog_scene_grow(scene, 800, NOW_S);
    tlog_scene_remove(scene, "tile/0/002.p/11");
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    tlog_scene_close(scene);
}

/* An older checkpoint beside full tiles, its partial ones gone. */
static void a_reader_behind_finds_his_way(void **state)
{
    (void)state;
    char old[4096];
    struct tlog_scene *scene = scene_of(300);
    struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
    size_t size = file->size;
    assert_true(size < sizeof(old));
    memcpy(old, file->data, size);
    tlog_scene_grow(scene, 700, NOW_S);
    tlog_scene_put(scene, "checkpoint", span_of(old, size));
    tlog_scene_remove(scene, "tile/0/001.p/44");
    tlog_scene_remove(scene, "tile/entries/001.p/44");
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(check.verdict.checkpoint.size, 300);
    tlog_scene_close(scene);
}

/* ---- attacks by the log itself ---- */

/* Remembers the checkpoint as an earlier run would. */
static struct span remember(struct tlog_scene *scene, u8 target[4096])
{
    const struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
    assert_true(span_copy(span_of(file->data, file->size), target, 4096));
    return span_of(target, file->size);
}

static enum tlog_flaw earlier_flaw(struct span note)
{
    assert_int_equal(tlog_check_earlier(&check, "memory", note, &finding), FAULT_NONE);
    return finding.flaw;
}

static void a_grown_log_is_the_same_log(void **state)
{
    (void)state;
    u8 memory[4096];
    struct tlog_scene *scene = scene_of(0);
    u64 sizes[] = {0, 1, 2, 255, 256, 257, 300, 511, 513};
    for (size_t i = 1; i < ARRAY_COUNT(sizes); i += 1) {
        struct span note = remember(scene, memory);
        tlog_scene_grow(scene, sizes[i], NOW_S - 60 + i);
        assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
        assert_int_equal(earlier_flaw(note), TLOG_FLAW_NONE);
    }
    tlog_scene_close(scene);
}

/* Whichever bit of an earlier checkpoint changes, also in a witness's name, is seen. */
static void one_flipped_byte_in_an_earlier_checkpoint(void **state)
{
    (void)state;
    u8 memory[4096];
    struct random random;
    random_init(&random, test_seed());
    struct tlog_scene *scene = scene_of(30);
    struct span note = remember(scene, memory);
    tlog_scene_grow(scene, 40, NOW_S);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    u64 step = u64_max(1, 100 / test_rounds(100));
    for (size_t at = random_below(&random, step); at < note.size; at += step) {
        u8 old = memory[at];
        memory[at] ^= (u8)(1U << random_below(&random, 8));
        if (earlier_flaw(note) == TLOG_FLAW_NONE) {
            fail_msg("byte %zu changed, and nobody saw it", at);
        }
        memory[at] = old;
    }
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_NONE);
    tlog_scene_close(scene);
}

/* Entries and all tiles above them agree with each other, and the checkpoint was signed and
 * cosigned for others of the same number: nothing but its root says so. */
static void a_log_rewritten_under_its_checkpoint(void **state)
{
    (void)state;
    static const u64 sizes[] = {1, 2, 30, 256, 300, 523};
    u8 signed_for[4096];
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i += 1) {
        struct tlog_scene *scene = scene_of(sizes[i]);
        struct span note = remember(scene, signed_for);
        scene->seed += 1;
        tlog_scene_grow(scene, sizes[i], NOW_S - 60);
        assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
        tlog_scene_put(scene, "checkpoint", note);
        assert_int_equal(flaw_of(scene), TLOG_FLAW_ROOT);
        assert_string_equal(finding.file, "checkpoint");
        tlog_scene_close(scene);
    }
}

static void truncation(void **state)
{
    (void)state;
    u8 memory[4096];
    struct tlog_scene *scene = scene_of(300);
    struct span note = remember(scene, memory);
    tlog_scene_grow(scene, 299, NOW_S); /* signed by everybody */
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_TRUNCATED);
    tlog_scene_close(scene);
}

static void fork_is_seen(void **state)
{
    (void)state;
    u8 memory[4096];
    struct tlog_scene *scene = scene_of(300);
    struct span note = remember(scene, memory);
    scene->seed += 1; /* other entries under the same keys, signed by everybody */
    tlog_scene_grow(scene, 400, NOW_S);
    tlog_scene_remove(scene, "tile/0/001.p/44");
    tlog_scene_remove(scene, "tile/entries/001.p/44");
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_FORK);
    tlog_scene_grow(scene, 300, NOW_S); /* as long as the other */
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_FORK);
    tlog_scene_close(scene);
}

/* A server that shows one log while all of it is read, and another's tiles when asked again. */
struct turncoat {
    struct tlog_files files; /* first: it is cast back */
    struct tlog_files *shown;
};

static enum fault turncoat_read(struct tlog_files *files, const char *path, u8 *target,
                                size_t bytes_max, size_t *size_out)
{
    struct tlog_files *shown = ((struct turncoat *)(void *)files)->shown;
    return shown->read(shown, path, target, bytes_max, size_out);
}

static void a_server_that_shows_each_reading_another_log(void **state)
{
    (void)state;
    u8 memory[4096];
    struct tlog_scene *scene = scene_of(300);
    struct tlog_scene *honest = tlog_scene_open(test_seed()); /* the same entries */
    struct span note = remember(scene, memory);
    struct turncoat turncoat = {.files = {.read = turncoat_read}, .shown = &honest->files};
    tlog_scene_grow(honest, 400, NOW_S);
    scene->seed += 1;
    tlog_scene_grow(scene, 400, NOW_S);
    tlog_scene_remove(scene, "tile/0/001.p/44");
    tlog_scene_remove(scene, "tile/entries/001.p/44");
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    check.files = &turncoat.files;
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_FORK);
    tlog_scene_close(honest);
    tlog_scene_close(scene);
}

static void backdating(void **state)
{
    (void)state;
    u8 memory[4096];
    struct tlog_scene *scene = scene_of(300);
    struct span note = remember(scene, memory);
    tlog_scene_grow(scene, 310, NOW_S - 3600); /* witnesses that went along */
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(earlier_flaw(note), TLOG_FLAW_TIME_BACK);
    tlog_scene_grow(scene, 310, NOW_S + 3600);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_TIME_AHEAD);
    /* An hour written into a cosignature is not what the witness signed: its line fails. */
    tlog_scene_grow(scene, 310, NOW_S - 60);
    struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
    static const char name[] = "w1.invalid/witness ";
    u8 *line = memmem(file->data, file->size, name, strlen(name));
    assert_non_null(line);
    line[strlen(name) + 14] = another(line[strlen(name) + 14]);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_SIGNATURE);
    tlog_scene_close(scene);
}

static void a_stale_checkpoint(void **state)
{
    (void)state;
    struct tlog_scene *scene = scene_of(300);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(check.verdict.fresh_s, NOW_S - 59); /* w2 and w3 gave this or later */
    assert_int_equal(check.verdict.known_s, NOW_S - 59);
    check.age_max_s = 59;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_NONE);
    check.age_max_s = 58;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_STALE);
    tlog_scene_close(scene);
}

static void too_few_witnesses(void **state)
{
    (void)state;
    struct tlog_scene *scene = scene_of(0);
    char body[] = TLOG_SCENE_ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    tlog_scene_sign(scene, body, NOW_S, 1);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_QUORUM);
    tlog_scene_sign(scene, body, NOW_S, 2);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    assert_int_equal(check.verdict.independent, 0); /* both are the venue's */
    policy.independent = 1;
    assert_int_equal(flaw_of(scene), TLOG_FLAW_INDEPENDENT);
    tlog_scene_sign(scene, body, NOW_S, 3);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    policy.independent = 0;
    policy.witnesses_count = 2; /* the third is nobody we know, and may be passed over */
    assert_int_equal(flaw_of(scene), TLOG_FLAW_STRANGER);
    check.strangers_allowed = true;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_NONE);
    /* Another log's key of the same name signs nothing here. */
    struct tlog_scene *other = tlog_scene_open(1);
    tlog_scene_grow(other, 0, NOW_S);
    struct tlog_scene_file *file = tlog_scene_find(other, "checkpoint");
    tlog_scene_put(scene, "checkpoint", span_of(file->data, file->size));
    assert_int_equal(flaw_of(scene), TLOG_FLAW_UNSIGNED);
    tlog_scene_close(other);
    tlog_scene_close(scene);
}

/* ---- rules of the log's own ---- */

struct picky {
    struct tlog_leaf_check leaves;
    u64 seen;
    u64 refused;
};

static enum tlog_flaw picky_leaf(struct tlog_leaf_check *leaves, u64 index, struct span entry)
{
    struct picky *picky = (struct picky *)leaves;
    assert_int_equal(index, picky->seen);
    assert_true(entry.size < 64);
    picky->seen += 1;
    return index == picky->refused ? TLOG_FLAW_LEAF : TLOG_FLAW_NONE;
}

static void the_logs_own_rules(void **state)
{
    (void)state;
    struct picky picky = {.leaves = {.leaf = picky_leaf}, .refused = UINT64_MAX};
    struct tlog_scene *scene = scene_of(300);
    assert_int_equal(flaw_of(scene), TLOG_FLAW_NONE);
    check.leaves = &picky.leaves;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_NONE);
    assert_int_equal(picky.seen, 300);
    picky = (struct picky){.leaves = {.leaf = picky_leaf}, .refused = 280};
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_LEAF);
    assert_string_equal(finding.file, "tile/entries/001.p/44");
    assert_non_null(strstr(finding.why, "entry 280"));
    tlog_scene_close(scene);
}

/* ---- receipts ---- */

static void receipts(void **state)
{
    (void)state;
    static struct tlog_tiles tiles;
    static struct tlog_receipt receipt;
    struct tlog_scene *scene = scene_of(300);
    struct sha256 *sha256 = &scene->crypto.sha256;
    struct tlog_verdict verdict;
    const struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
    tlog_tiles_init(&tiles, sha256, &scene->files, 300);
    for (u64 i = 0; i < 300; i += 37) {
        char text[64];
        struct tlog_hash leaf;
        struct tlog_hash other;
        tlog_hash_leaf(sha256, tlog_scene_entry(scene, i, text), &leaf);
        tlog_hash_leaf(sha256, span_of_text("another"), &other);
        memset(&receipt, 0, sizeof(receipt));
        receipt.index = i;
        receipt.checkpoint = span_of(file->data, file->size);
        assert_int_equal(tlog_inclusion_make(sha256, &tiles.nodes, i, 300, &receipt.proof),
                         FAULT_NONE);
        assert_int_equal(tlog_receipt_verify(&scene->crypto, &policy, &receipt, &leaf, &verdict),
                         TLOG_FLAW_NONE);
        assert_int_equal(verdict.independent, 1);
        assert_int_equal(tlog_receipt_verify(&scene->crypto, &policy, &receipt, &other, &verdict),
                         TLOG_FLAW_INCLUSION);
        receipt.index += 1;
        assert_int_equal(tlog_receipt_verify(&scene->crypto, &policy, &receipt, &leaf, &verdict),
                         TLOG_FLAW_INCLUSION);
        receipt.index -= 1;
        u8 old = file->data[30];
        file->data[30] = another(old);
        assert_int_equal(tlog_receipt_verify(&scene->crypto, &policy, &receipt, &leaf, &verdict),
                         TLOG_FLAW_SIGNATURE);
        file->data[30] = old;
    }
    tlog_scene_close(scene);
}

/* ---- a log of others ---- */

static char foreign_folder[400];

static enum fault foreign_read(struct tlog_files *files, const char *path, u8 *target,
                               size_t bytes_max, size_t *size_out)
{
    (void)files;
    char whole[512];
    (void)snprintf(whole, sizeof(whole), "%s/%s", foreign_folder, path);
    FILE *stream = fopen(whole, "rb");
    if (stream == NULL) {
        return FAULT(FAULT_MISSING, "%s", path);
    }
    *size_out = fread(target, 1, bytes_max, stream);
    (void)fclose(stream);
    return FAULT_NONE;
}

static void a_log_of_others_with_every_checkpoint(void **state)
{
    (void)state;
    const char *folder = test_data_folder();
    struct tlog_crypto crypto;
    struct tlog_files files = {.read = foreign_read};
    char path[512] = "";
    char text[512];
    char vkey[256] = "";
    if (folder != NULL) {
        (void)snprintf(path, sizeof(path), "%s/tlog/tessera-log.vkey", folder);
        (void)snprintf(foreign_folder, sizeof(foreign_folder), "%s/tlog/tessera-log", folder);
    }
    FILE *stream = path[0] == 0 ? NULL : fopen(path, "r");
    if (stream == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA): tessera-log\n");
        skip();
    }
    assert_non_null(fgets(vkey, sizeof(vkey), stream));
    (void)fclose(stream);
    vkey[strcspn(vkey, "\n")] = 0;
    (void)snprintf(text, sizeof(text), "log %s\nquorum none\n", vkey);
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    assert_int_equal(tlog_policy_read(&crypto.sha256, span_of_text(text), &policy), FAULT_NONE);
    memset(&check, 0, offsetof(struct tlog_check, note));
    check.crypto = &crypto;
    check.policy = &policy;
    check.files = &files;
    check.bundle = bundle;
    assert_int_equal(tlog_check_run(&check, &finding), FAULT_NONE);
    assert_int_equal(finding.flaw, TLOG_FLAW_NONE);
    assert_int_equal(check.verdict.checkpoint.size, 15);
    for (u32 size = 0; size <= 15; size += 1) {
        u8 note[1024];
        size_t bytes = 0;
        (void)snprintf(path, sizeof(path), "checkpoint.%u", size);
        assert_int_equal(foreign_read(&files, path, note, sizeof(note), &bytes), FAULT_NONE);
        assert_int_equal(tlog_check_earlier(&check, path, span_of(note, bytes), &finding),
                         FAULT_NONE);
        assert_int_equal(finding.flaw, TLOG_FLAW_NONE);
    }
    tlog_crypto_close(&crypto);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_logs_of_all_sizes),
        cmocka_unit_test(accepts_three_levels),
        cmocka_unit_test(one_flipped_byte_in_any_file),
        cmocka_unit_test(one_flipped_byte_at_every_place_of_a_small_log),
        cmocka_unit_test(flaws_are_named),
        cmocka_unit_test(files_gone_or_cut),
        cmocka_unit_test(a_reader_behind_finds_his_way),
        cmocka_unit_test(a_grown_log_is_the_same_log),
        cmocka_unit_test(one_flipped_byte_in_an_earlier_checkpoint),
        cmocka_unit_test(a_log_rewritten_under_its_checkpoint),
        cmocka_unit_test(truncation),
        cmocka_unit_test(fork_is_seen),
        cmocka_unit_test(a_server_that_shows_each_reading_another_log),
        cmocka_unit_test(backdating),
        cmocka_unit_test(a_stale_checkpoint),
        cmocka_unit_test(too_few_witnesses),
        cmocka_unit_test(the_logs_own_rules),
        cmocka_unit_test(receipts),
        cmocka_unit_test(a_log_of_others_with_every_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
