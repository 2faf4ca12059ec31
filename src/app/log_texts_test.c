/* Aim: the transcripts that a log names are believed exactly when they are the bytes that were
 * logged, their proofs hold and they fit each other; what is not there is said, and is a flaw when
 * it stays away.
 *
 * Method: ceremonies of two groups, a resharing and ceremonies that lie, their lines given to the
 * collector, their files in memory where each can be changed, left out or exchanged. */
#include "app/log_texts.h"

#include "base/random.h"
#include "base/span.h"
#include "io/digest.h"
#include "role/vault/publog_leaf.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define TIME_TEXT "2026-11-23T06:00:00Z"
#define TIME_S    1795413600ULL
#define FILES_MAX 6U

static struct seal_room *room;
static struct share_scene a;
static struct share_scene b;
static struct share_scene next;  /* of a */
static struct share_scene other; /* of a's epoch, another secret */
static struct share_transcript lie;
static struct sha256 sha256;
static struct log_texts texts;
static struct tlog_finding finding;

struct file {
    char name[PUBLOG_TEXT_NAME_BYTES];
    u8 hash[PUBLOG_HASH_BYTES];
    size_t size;
    u8 bytes[2 * SHARE_TEXT_BYTES];
};
static struct file folder[FILES_MAX];
static u32 files_count;

/* ---- a log ---- */

static enum fault read_file(struct tlog_files *files, const char *path, u8 *target,
                            size_t bytes_max, size_t *size_out)
{
    (void)files;
    for (u32 i = 0; i < files_count; i += 1) {
        if (strcmp(folder[i].name, path) == 0) {
            *size_out = folder[i].size;
            return span_copy(span_of(folder[i].bytes, folder[i].size), target, bytes_max)
                       ? FAULT_NONE
                       : FAULT(FAULT_LIMIT, "%s: too long", path);
        }
    }
    return FAULT(FAULT_MISSING, "%s: not found", path);
}

static struct tlog_files files = {.read = read_file};

static void hash_of(struct span bytes, u8 hash_out[PUBLOG_HASH_BYTES])
{
    sha256_begin(&sha256);
    sha256_add(&sha256, bytes);
    sha256_end(&sha256, hash_out);
}

/* A file under the name of its hash. */
static struct file *file_put(struct span bytes)
{
    struct file *file = &folder[files_count];
    assert_true(files_count < FILES_MAX && bytes.size <= sizeof(file->bytes));
    files_count += 1;
    file->size = bytes.size;
    memcpy(file->bytes, bytes.data, bytes.size);
    hash_of(bytes, file->hash);
    publog_text_name(file->hash, file->name);
    return file;
}

static struct file *transcript_put(const struct share_transcript *transcript)
{
    static char text[SHARE_TEXT_BYTES];
    return file_put(span_of(text, share_transcript_print(transcript, text)));
}

static void entry(struct span line)
{
    assert_int_equal(texts.leaves.leaf(&texts.leaves, 0, line), TLOG_FLAW_NONE);
}

static void line_of(const struct file *file, u32 epoch)
{
    char line[256];
    (void)snprintf(line, sizeof(line), "approval ceremony %u sha256 %s at " TIME_TEXT, epoch,
                   file->name + strlen(PUBLOG_TEXT_FOLDER "/"));
    entry(span_of_text(line));
}

static void slot_at(u64 slot)
{
    u8 bytes[PUBLOG_LEAF_BYTES];
    struct publog_leaf leaf = {.class = PUBLOG_CLASS_ORDINARY, .slot = slot / 600 * 600};
    publog_leaf_encode(&leaf, bytes);
    entry(span_of(bytes, sizeof(bytes)));
}

static void begin(void)
{
    log_texts_close(&texts);
    log_texts_init(&texts, NULL);
    files_count = 0;
}

static enum tlog_flaw judge(void)
{
    memset(&finding, 0, sizeof(finding));
    assert_int_equal(log_texts_check(&texts, &files, &sha256, &finding), FAULT_NONE);
    return finding.flaw;
}

static void flawed(const struct file *file, const char *why)
{
    assert_int_equal(judge(), TLOG_FLAW_CEREMONY);
    if (strcmp(finding.file, file->name) != 0 || strstr(finding.why, why) == NULL) {
        fail_msg("%s: %s, not %s: %s", finding.file, finding.why, file->name, why);
    }
}

static void counts(u32 held, u32 loose, u32 awaited)
{
    assert_int_equal(judge(), TLOG_FLAW_NONE);
    assert_int_equal(log_texts_count(&texts, LOG_TEXT_HELD), held);
    assert_int_equal(log_texts_count(&texts, LOG_TEXT_LOOSE), loose);
    assert_int_equal(log_texts_count(&texts, LOG_TEXT_AWAITED), awaited);
}

static int hold(void **state)
{
    static const u32 dealers[] = {1, 3};
    (void)state;
    if (seal_room_open(&room) != FAULT_NONE || sha256_open(&sha256) != FAULT_NONE) {
        return -1;
    }
    share_scene_hold(room, &a, SHARE_SIDE_A, 1, 2, 3);
    share_scene_hold(room, &b, SHARE_SIDE_B, 1, 2, 4);
    share_scene_hold(room, &other, SHARE_SIDE_A, 1, 2, 3);
    share_scene_reshare(room, &a, &next, dealers, 2, 3);
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_texts_close(&texts);
    sha256_close(&sha256);
    seal_room_close(room);
    return 0;
}

/* ---- tests ---- */

static void what_was_logged_holds(void **state)
{
    (void)state;
    begin();
    counts(0, 0, 0);
    begin();
    line_of(transcript_put(&next.transcript), 1); /* in any order */
    line_of(transcript_put(&b.transcript), 1);
    line_of(transcript_put(&a.transcript), 1);
    line_of(&folder[0], 1); /* twice */
    slot_at(TIME_S + 2 * LOG_TEXTS_LATE_S);
    counts(3, 0, 0);
    assert_int_equal(texts.found[1].group.roster.generation, 1);
    assert_memory_equal(&texts.found[1].group.public, &a.group.public, sizeof(a.group.public));
}

static void lines_of_other_things_name_no_text(void **state)
{
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"
    static const char *const lines[] = {
        "approval ceremonies 1 sha256 " HEX "ef at " TIME_TEXT,
        "approval none 1 sha256 " HEX "ef at " TIME_TEXT,
        "approval ceremony 01 sha256 " HEX "ef at " TIME_TEXT,
        "approval ceremony 1 sha256 ../../key at " TIME_TEXT,
        "approval ceremony 1 sha256 " HEX "EF at " TIME_TEXT,
        "approval ceremony 1 sha256 " HEX "/f at " TIME_TEXT,
        "approval ceremony 1 sha256 " HEX "ef at",
        "searches 7 at " TIME_TEXT,
    };
    (void)state;
    begin();
    for (u32 i = 0; i < ARRAY_COUNT(lines); i += 1) {
        entry(span_of_text(lines[i]));
    }
    assert_int_equal(texts.count, 0);
}

static void a_text_altered_by_a_byte(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    begin();
    struct file *file = transcript_put(&a.transcript);
    line_of(file, 1);
    for (u64 round = test_rounds(40); round > 0; round -= 1) {
        size_t at = random_below(&random, file->size);
        u8 kept = file->bytes[at];
        file->bytes[at] ^= (u8)(1 + random_below(&random, 255));
        flawed(file, "does not hash to what was logged");
        file->bytes[at] = kept;
    }
    file->size -= 1;
    flawed(file, "does not hash");
    file->size = SHARE_TEXT_BYTES + 1;
    flawed(file, "longer than a transcript can be");
}

static void another_text_under_the_name(void **state)
{
    (void)state;
    begin();
    struct file *file = transcript_put(&a.transcript);
    struct file *another = transcript_put(&b.transcript);
    line_of(file, 1);
    line_of(another, 1);
    memcpy(another->name, file->name, sizeof(file->name));
    file->name[0] = 0; /* is not there */
    memcpy(file->hash, another->hash, sizeof(file->hash));
    flawed(another, "does not hash to what was logged");
}

static void texts_that_are_no_ceremony(void **state)
{
    (void)state;
    begin();
    struct file *file = file_put(span_of_text("cambist share 1\nname anna\n"));
    line_of(file, 1);
    flawed(file, "not \"cambist ceremony 1\"");
    begin(); /* not closed */
    lie = a.transcript;
    lie.confirmed_count = 0;
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "not closed");
    begin();
    file = transcript_put(&a.transcript);
    line_of(file, 2);
    flawed(file, "another epoch");
}

/* A member who takes another's constant term, or an invented one, has no proof of it. */
static void proofs_that_are_missing(void **state)
{
    struct file *file;
    (void)state;
    begin();
    lie = a.transcript;
    memset(&lie.deals[1].proof, 0, sizeof(lie.deals[1].proof));
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "deal");
    begin();
    lie = a.transcript;
    lie.deals[1].proof = lie.deals[0].proof;
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "deal");
    begin(); /* a commitment that the confirmations are not of */
    lie = a.transcript;
    lie.deals[2].commitments[1] = lie.deals[1].commitments[1];
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "");
    begin(); /* the group's key does not follow */
    lie = a.transcript;
    lie.public = b.transcript.public;
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "public: not the sum of the deals");
    begin();
    lie = a.transcript;
    lie.confirmed[2] = lie.confirmed[1];
    file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "does not hold");
}

static void an_epoch_has_one_secret(void **state)
{
    (void)state;
    begin();
    line_of(transcript_put(&a.transcript), 1);
    line_of(transcript_put(&other.transcript), 1);
    assert_int_equal(judge(), TLOG_FLAW_CEREMONY);
    assert_non_null(strstr(finding.why, "another secret of the same group and epoch"));
}

/* Its proofs are of the group that it was held for. */
static void one_group_is_not_the_other(void **state)
{
    (void)state;
    begin();
    lie = a.transcript;
    lie.roster.side = SHARE_SIDE_B;
    share_roster_hash(&lie.roster);
    struct file *file = transcript_put(&lie);
    line_of(file, 1);
    flawed(file, "deal");
}

static void a_text_that_is_not_there(void **state)
{
    (void)state;
    begin();
    struct file *file = transcript_put(&a.transcript);
    line_of(file, 1);
    file->name[0] = 0;
    slot_at(TIME_S + LOG_TEXTS_LATE_S - 600);
    counts(0, 0, 1);
    slot_at(TIME_S + LOG_TEXTS_LATE_S);
    counts(0, 0, 1);
    slot_at(TIME_S + LOG_TEXTS_LATE_S + 600);
    assert_int_equal(judge(), TLOG_FLAW_CEREMONY);
    assert_non_null(strstr(finding.why, "over 30 days ago and is not there"));
}

static void a_resharing_without_what_it_follows(void **state)
{
    (void)state;
    begin();
    struct file *second = transcript_put(&next.transcript);
    line_of(second, 1);
    slot_at(TIME_S);
    counts(0, 1, 0); /* the first one has no line */
    struct file *first = transcript_put(&a.transcript);
    line_of(first, 1);
    counts(2, 0, 0);
    begin();
    second = transcript_put(&next.transcript);
    line_of(second, 1);
    slot_at(TIME_S + LOG_TEXTS_LATE_S + 600);
    flawed(second, "the transcript before it is not there");
}

static void so_many_lines_are_read(void **state)
{
    (void)state;
    begin();
    for (u32 i = 0; i <= LOG_TEXTS_MAX; i += 1) {
        char bytes[16];
        static struct file file;
        (void)snprintf(bytes, sizeof(bytes), "%u", i);
        hash_of(span_of_text(bytes), file.hash);
        publog_text_name(file.hash, file.name);
        assert_int_equal(texts.fault, FAULT_NONE);
        line_of(&file, 1);
    }
    assert_int_equal(texts.count, LOG_TEXTS_MAX);
    assert_int_equal(log_texts_check(&texts, &files, &sha256, &finding), FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_logged_holds),
        cmocka_unit_test(lines_of_other_things_name_no_text),
        cmocka_unit_test(a_text_altered_by_a_byte),
        cmocka_unit_test(another_text_under_the_name),
        cmocka_unit_test(texts_that_are_no_ceremony),
        cmocka_unit_test(proofs_that_are_missing),
        cmocka_unit_test(an_epoch_has_one_secret),
        cmocka_unit_test(one_group_is_not_the_other),
        cmocka_unit_test(a_text_that_is_not_there),
        cmocka_unit_test(a_resharing_without_what_it_follows),
        cmocka_unit_test(so_many_lines_are_read),
    };
    return cmocka_run_group_tests(tests, hold, end);
}
