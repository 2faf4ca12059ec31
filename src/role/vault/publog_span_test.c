/* Aim: whoever is shown the log from grant to opening sees an earlier opening of the grant, without
 * a memory of their own; what is left out, altered or made up is named.
 *
 * Method: the service's own log over some hours, with openings of two grants among random events,
 * cosigned by a witness; its slots are written out and judged, then changed in each way. */
#include "role/vault/publog_span.h"

#include "base/random.h"
#include "role/vault/opening.h"
#include "role/vault/publog.h"
#include "role/vault/tlog_file.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 1 << 20, POLICY_BYTES = 1024, SLOTS = 18, MINUTES = 120 };

#define ISSUED 1772323200ULL /* 2026-03-01: the key of a month is made on the way */
#define BEGIN  (ISSUED - 3600)
#define ORIGIN "log.test.invalid/a"

/* The log's folder, read as a stranger reads it. */
struct folder_files {
    struct tlog_files files;
    char path[144];
};

static char folder[64];
static struct folder_files files;
static struct log_scene_key key;
static struct log_scene_key witness;
static struct clock_false now;
static struct tlog_store *store;
static struct publog *publog;
static struct tlog_crypto crypto;
static struct tlog_policy policy;
static struct random chance;
static struct opening_judge judge;
static u8 text[TEXT_BYTES];
static size_t text_bytes;
static u8 changed[TEXT_BYTES];

/* A grant and its last opening. */
static struct grant_file file;
static struct opening opening;
static u64 opening_number;
static u8 shown[PUBLOG_SHOWN_BYTES_MAX];
static size_t shown_bytes;

static enum fault folder_read(struct tlog_files *of, const char *path, u8 *target, size_t bytes_max,
                              size_t *size_out)
{
    char whole[256];
    (void)snprintf(whole, sizeof(whole), "%s/%s", ((struct folder_files *)of)->path, path);
    return tlog_file_read(disk_real(), whole, target, bytes_max, size_out);
}

static u64 now_s(void)
{
    return clock_wall_us(&now.clock) / 1000000;
}

static void pass(u64 seconds)
{
    clock_false_advance(&now, seconds * 1000000000ULL);
}

/* Closes slots and shows the log to the witness. */
static void publish(void)
{
    static u8 note[TLOG_NOTE_BYTES_MAX];
    char line[TLOG_LINE_BYTES];
    assert_int_equal(publog_turn(publog), FAULT_NONE);
    struct span own = tlog_store_signed_note(store);
    struct tlog_note read;
    assert_int_equal(tlog_note_read(own, &read), TLOG_FLAW_NONE);
    assert_int_equal(
        tlog_note_sign(log_scene_pem(&witness), &witness.key, now_s(), read.text, line),
        FAULT_NONE);
    memcpy(note, own.data, own.size);
    memcpy(note + own.size, line, strlen(line));
    assert_int_equal(tlog_store_publish(store, span_of(note, own.size + strlen(line))), FAULT_NONE);
}

static u64 tell(enum publog_class class, enum publog_kind kind, const u8 *mark_salt,
                struct span body)
{
    u64 number = 0;
    struct publog_told told = {.class = class, .kind = kind, .mark_salt = mark_salt, .text = body};
    memcpy(told.name, file.grant.name, sizeof(told.name));
    assert_int_equal(publog_tell(publog, &told, &number), FAULT_NONE);
    return number;
}

/* Some event that is none of the grant's openings. */
static void tell_some(enum publog_class class)
{
    static const enum publog_kind kinds[] = {PUBLOG_KIND_LOOKUP, PUBLOG_KIND_OPENING,
                                             PUBLOG_KIND_DELIVERED};
    (void)tell(class, kinds[random_below(&chance, ARRAY_COUNT(kinds))], NULL,
               span_of_text("another text"));
}

static void begin_grant(bool is_emergency)
{
    memset(&file, 0, sizeof(file));
    (void)snprintf(file.grant.venue, sizeof(file.grant.venue), "demo.invalid");
    random_fill(&chance, file.grant.name, sizeof(file.grant.name));
    random_fill(&chance, file.grant.nonce, sizeof(file.grant.nonce));
    random_fill(&chance, file.hash, sizeof(file.hash));
    file.grant.class = GRANT_CLASS_PLAIN;
    file.grant.is_emergency = is_emergency;
    file.grant.issued_s = now_s();
}

static enum publog_class class_now(void)
{
    return file.grant.is_emergency ? PUBLOG_CLASS_EMERGENCY : PUBLOG_CLASS_ORDINARY;
}

/* Another opener for the grant: its own keys, the grant's mark. */
static void log_opening(void)
{
    char printed[OPENING_TEXT_BYTES];
    u8 mark_salt[PUBLOG_SALT_BYTES];
    memset(&opening, 0, sizeof(opening));
    memcpy(opening.venue, file.grant.venue, sizeof(opening.venue));
    memcpy(opening.grant, file.hash, sizeof(opening.grant));
    random_fill(&chance, opening.signer, sizeof(opening.signer));
    opening.begins_s = now_s();
    grant_mark_salt(&file.grant, file.hash, mark_salt);
    opening_number = tell(class_now(), PUBLOG_KIND_OPENING, mark_salt,
                          span_of(printed, opening_print(&opening, printed)));
}

/* The text for it, some time later. */
static void show(void)
{
    struct publog_span_range range = {.folder = folder,
                                      .files = &files.files,
                                      .class = class_now(),
                                      .from_s = file.grant.issued_s,
                                      .to_s = now_s()};
    pass(publog_slot_seconds(class_now()));
    publish();
    assert_int_equal(publog_show(publog, opening_number, shown, sizeof(shown), &shown_bytes),
                     FAULT_NONE);
    assert_int_equal(publog_span_write(&range, text, sizeof(text), &text_bytes), FAULT_NONE);
}

static enum fault judge_text(const u8 *bytes, size_t size)
{
    return opening_judge_first(&judge, &file, &opening, span_of(shown, shown_bytes),
                               span_of(bytes, size));
}

static void assert_refused(const u8 *bytes, size_t size, enum publog_span_flaw flaw)
{
    assert_int_equal(judge_text(bytes, size), FAULT_REFUSED);
    const char *words = flaw == PUBLOG_SPAN_FLAW_AGAIN
                            ? "an earlier opening of this grant is in the log"
                            : publog_span_flaw_text(flaw);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" instead of \"%s\"", fault_text(), words);
    }
    fault_forget();
}

static void policy_make(void)
{
    char vkey[2][TLOG_VKEY_BYTES];
    char lines[POLICY_BYTES];
    tlog_key_text(&key.key, vkey[0]);
    tlog_key_text(&witness.key, vkey[1]);
    int size = snprintf(lines, sizeof(lines), "log %s\nwitness w %s\nquorum w\n", vkey[0], vkey[1]);
    assert_true(size > 0 && (size_t)size < sizeof(lines));
    assert_int_equal(tlog_policy_read(&crypto.sha256, span_of(lines, (size_t)size), &policy),
                     FAULT_NONE);
}

static int group_open(void **state)
{
    (void)state;
    char path[128];
    random_init(&chance, test_seed());
    log_scene_key_make(ORIGIN, TLOG_KEY_LOG, &key);
    log_scene_key_make("w.test.invalid", TLOG_KEY_WITNESS, &witness);
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    policy_make();
    judge = (struct opening_judge){.crypto = &crypto, .policy = &policy};
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-span-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log", folder);
    files.files.read = folder_read;
    (void)snprintf(files.path, sizeof(files.path), "%s/public", path);
    clock_false_init(&now, BEGIN * 1000000);
    struct tlog_store_options of_store = {.disk = disk_real(),
                                          .folder = path,
                                          .key = key.key,
                                          .private_pem = log_scene_pem(&key),
                                          .entry_bytes_max = 4096};
    assert_int_equal(tlog_store_open(&store, &of_store), FAULT_NONE);
    struct publog_options options = {.folder = folder, .store = store, .clock = &now.clock};
    assert_int_equal(publog_open(&publog, &options), FAULT_NONE);
    tell_some(PUBLOG_CLASS_ORDINARY);
    return 0;
}

static int group_close(void **state)
{
    (void)state;
    char command[128];
    publog_close(publog);
    tlog_store_close(store);
    tlog_crypto_close(&crypto);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

/* A grant, some hours with events, and its first opening. */
static void prepare(bool is_emergency)
{
    u32 steps = is_emergency ? MINUTES : SLOTS;
    begin_grant(is_emergency);
    for (u32 i = 0; i < steps; i += 1) {
        if (random_chance(&chance, 1, 3)) {
            tell_some(class_now());
        }
        pass(publog_slot_seconds(class_now()));
    }
    log_opening();
    tell_some(class_now());
    tell_some(class_now());
    show();
}

/* Where the line stands that begins with `word`, the `number`th from 0; its bytes with newline. */
static size_t line_find(const char *word, u32 number, size_t *bytes_out)
{
    size_t at = 0;
    while (at < text_bytes) {
        const u8 *end = memchr(text + at, '\n', text_bytes - at);
        assert_non_null(end);
        size_t bytes = (size_t)(end - text) - at + 1;
        if (bytes > strlen(word) && memcmp(text + at, word, strlen(word)) == 0) {
            if (number == 0) {
                *bytes_out = bytes;
                return at;
            }
            number -= 1;
        }
        at += bytes;
    }
    fail();
    return 0;
}

static u32 lines_count(const char *word)
{
    u32 count = 0;
    for (size_t at = 0; at < text_bytes;) {
        const u8 *end = memchr(text + at, '\n', text_bytes - at);
        assert_non_null(end);
        count += text_bytes - at > strlen(word) && memcmp(text + at, word, strlen(word)) == 0;
        at = (size_t)(end - text) + 1;
    }
    return count;
}

/* The text in `changed` without `bytes` at `at`; its size. */
static size_t cut(size_t at, size_t bytes)
{
    memcpy(changed, text, at);
    memcpy(changed + at, text + at + bytes, text_bytes - at - bytes);
    return text_bytes - bytes;
}

/* ---- tests ---- */

static void the_first_opening_is_the_first(void **state)
{
    (void)state;
    for (u32 is_emergency = 0; is_emergency < 2; is_emergency += 1) {
        prepare(is_emergency == 1);
        assert_int_equal(judge_text(text, text_bytes), FAULT_NONE);
        assert_int_equal(lines_count("slot "), (is_emergency == 1 ? MINUTES : SLOTS) + 1);
        assert_true(lines_count("event ") >= 3);
        assert_null(memmem(text, text_bytes, "another text", 12));
    }
}

static void what_is_read_prints_as_it_came(void **state)
{
    (void)state;
    static struct publog_span_slot slot;
    static u8 scratch[65536];
    struct publog_span_text read;
    prepare(false);
    assert_true(publog_span_read(span_of(text, text_bytes), &read));
    size_t used = publog_span_head_write(read.class, changed, sizeof(changed));
    while (read.slots.size > 0) {
        assert_true(publog_span_next(&read, &slot));
        size_t bytes = publog_span_slot_write(&slot, changed + used, sizeof(changed) - used);
        assert_true(bytes > 0);
        assert_int_equal(publog_span_slot_write(&slot, scratch, bytes), 0); /* the zero */
        assert_int_equal(publog_span_slot_write(&slot, scratch, bytes + 1), bytes);
        used += bytes;
    }
    used += publog_span_tail_write(read.checkpoint, changed + used, sizeof(changed) - used);
    assert_int_equal(used, text_bytes);
    assert_memory_equal(changed, text, text_bytes);
}

/* The officer answered, and the book was put back to the day before; nothing but the log knows. */
static void a_restored_book_does_not_answer_twice(void **state)
{
    (void)state;
    prepare(false);
    assert_int_equal(judge_text(text, text_bytes), FAULT_NONE);
    pass(random_below(&chance, 3600));
    log_opening();
    show();
    assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_AGAIN);
}

/* Others answered for the first opening, whose slot is among those that are shown to everybody. In
 * the class of emergencies too, and for a third one. */
static void an_officer_who_did_not_answer_the_first_time(void **state)
{
    (void)state;
    begin_grant(true);
    for (u32 opened = 0; opened < 3; opened += 1) {
        log_opening();
        pass(60 + random_below(&chance, 600));
        if (opened > 0) {
            show();
            assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_AGAIN);
        }
    }
}

static void two_openings_in_one_slot(void **state)
{
    (void)state;
    begin_grant(false);
    log_opening();
    log_opening();
    show();
    assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_AGAIN);
}

/* The grant's event is logged a second time behind the first opening: the text begins before both,
 * where the grant was issued, and one that begins later is refused. */
static void a_grant_that_is_logged_again(void **state)
{
    (void)state;
    begin_grant(false);
    (void)tell(PUBLOG_CLASS_ORDINARY, PUBLOG_KIND_GRANT, NULL, span_of_text("a grant"));
    pass(600);
    log_opening();
    pass(600);
    (void)tell(PUBLOG_CLASS_ORDINARY, PUBLOG_KIND_GRANT, NULL, span_of_text("a grant"));
    u64 again_s = now_s();
    pass(600);
    log_opening();
    show();
    assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_AGAIN);
    struct publog_span_range range = {.folder = folder,
                                      .files = &files.files,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .from_s = again_s,
                                      .to_s = opening.begins_s};
    assert_int_equal(publog_span_write(&range, text, sizeof(text), &text_bytes), FAULT_NONE);
    assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_GAP);
}

static void openings_of_others_do_not_count(void **state)
{
    (void)state;
    begin_grant(false);
    log_opening();
    struct grant_file other = file;
    pass(600);
    begin_grant(false);
    file.grant.issued_s = other.grant.issued_s;
    memcpy(file.grant.name, other.grant.name, sizeof(file.grant.name)); /* the same case */
    log_opening();
    show();
    assert_int_equal(judge_text(text, text_bytes), FAULT_NONE);
}

static void a_gap(void **state)
{
    (void)state;
    prepare(false);
    u32 count = lines_count("slot ");
    for (u32 number = 0; number < count; number += 1) {
        size_t bytes = 0;
        size_t at = line_find("slot ", number, &bytes);
        size_t end = number + 1 < count
                         ? line_find("slot ", number + 1, &bytes)
                         : (size_t)((u8 *)memmem(text, text_bytes, "\n\n", 2) - text) + 1;
        size_t size = cut(at, end - at);
        assert_refused(changed, size,
                       number + 1 < count ? PUBLOG_SPAN_FLAW_GAP : PUBLOG_SPAN_FLAW_END);
        memcpy(changed, text, end); /* twice */
        memcpy(changed + end, text + at, end - at);
        memcpy(changed + end + (end - at), text + end, text_bytes - end);
        assert_refused(changed, text_bytes + end - at, PUBLOG_SPAN_FLAW_GAP);
    }
}

static void an_event_that_is_hidden(void **state)
{
    (void)state;
    prepare(false);
    u32 count = lines_count("event ");
    for (u32 number = 0; number < count; number += 1) {
        size_t bytes = 0;
        size_t at = line_find("event ", number, &bytes);
        assert_refused(changed, cut(at, bytes), PUBLOG_SPAN_FLAW_ROOT);
    }
}

/* Another kind or mark, so that it would not count, or another key. */
static void an_event_that_is_altered(void **state)
{
    (void)state;
    prepare(false);
    u32 count = lines_count("event ");
    for (u32 number = 0; number < count; number += 1) {
        size_t bytes = 0;
        size_t at = line_find("event ", number, &bytes) + bytes - 2; /* of the body */
        memcpy(changed, text, text_bytes);
        changed[at] = changed[at] == '0' ? '1' : '0';
        assert_refused(changed, text_bytes, PUBLOG_SPAN_FLAW_ROOT);
        memcpy(changed, text, text_bytes);
        at -= 2 * SHA256_BYTES; /* of the mark */
        changed[at] = changed[at] == '0' ? '1' : '0';
        assert_refused(changed, text_bytes, PUBLOG_SPAN_FLAW_ROOT);
    }
    size_t bytes = 0;
    size_t at = line_find("slot ", 2, &bytes) + bytes - 2 - 2 * PUBLOG_LEAF_BYTES - 1; /* key */
    memcpy(changed, text, text_bytes);
    changed[at] = changed[at] == '0' ? '1' : '0';
    assert_refused(changed, text_bytes, PUBLOG_SPAN_FLAW_ROOT);
}

static void padding_is_no_event(void **state)
{
    (void)state;
    prepare(false);
    size_t bytes = 0;
    size_t at = line_find("event ", 0, &bytes);
    const u8 *hex = memchr(text + at + strlen("event "), ' ', bytes);
    assert_non_null(hex);
    memcpy(changed, text, text_bytes);
    memcpy(changed + (hex - text) + 3, "00", 2); /* the kind */
    assert_refused(changed, text_bytes, PUBLOG_SPAN_FLAW_TEXT);
}

/* A slot's leaf as the venue would like it: not what is in the log. */
static void a_leaf_that_is_not_in_the_log(void **state)
{
    (void)state;
    static struct publog_span_slot slot;
    prepare(false);
    struct publog_span_text read;
    u64 wanted = random_below(&chance, SLOTS);
    assert_true(publog_span_read(span_of(text, text_bytes), &read));
    size_t used = publog_span_head_write(read.class, changed, sizeof(changed));
    for (u32 number = 0; read.slots.size > 0; number += 1) {
        assert_true(publog_span_next(&read, &slot));
        if (number == wanted) {
            publog_slot_begin(&slot.events); /* nothing happened in it */
            slot.leaf.flags = 0;
            slot.key[0] ^= 1;
            publog_slot_make_with(&slot.events, &crypto.sha256, slot.key, slot.leaf.root);
            publog_leaf_encode(&slot.leaf, slot.leaf_bytes);
        }
        used += publog_span_slot_write(&slot, changed + used, sizeof(changed) - used);
    }
    used += publog_span_tail_write(read.checkpoint, changed + used, sizeof(changed) - used);
    assert_refused(changed, used, PUBLOG_SPAN_FLAW_LEAF);
}

static void slots_of_the_other_class(void **state)
{
    (void)state;
    prepare(true);
    struct publog_span_range range = {.folder = folder,
                                      .files = &files.files,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .from_s = file.grant.issued_s,
                                      .to_s = opening.begins_s};
    pass(600);
    publish();
    assert_int_equal(publog_span_write(&range, text, sizeof(text), &text_bytes), FAULT_NONE);
    assert_refused(text, text_bytes, PUBLOG_SPAN_FLAW_CLASS);
}

/* Texts for one opening are none for the next, nor those of an older log. */
static void an_older_text(void **state)
{
    (void)state;
    prepare(false);
    memcpy(changed, text, text_bytes);
    size_t size = text_bytes;
    log_opening();
    show();
    assert_refused(changed, size, PUBLOG_SPAN_FLAW_LOG);
}

static void what_cannot_be_shown(void **state)
{
    (void)state;
    size_t size = 0;
    prepare(false);
    struct publog_span_range range = {.folder = folder,
                                      .files = &files.files,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .from_s = BEGIN - 600,
                                      .to_s = BEGIN};
    assert_int_equal(publog_span_write(&range, changed, sizeof(changed), &size), FAULT_MISSING);
    range.from_s = now_s();
    range.to_s = now_s();
    assert_int_equal(publog_span_write(&range, changed, sizeof(changed), &size), FAULT_REFUSED);
    range.to_s = range.from_s - 1;
    assert_int_equal(publog_span_write(&range, changed, sizeof(changed), &size), FAULT_INPUT);
    range.to_s = range.from_s + 600ULL * PUBLOG_SPAN_SLOTS_MAX;
    assert_int_equal(publog_span_write(&range, changed, sizeof(changed), &size), FAULT_LIMIT);
    range.from_s = file.grant.issued_s;
    range.to_s = opening.begins_s;
    assert_int_equal(publog_span_write(&range, changed, text_bytes - 1, &size), FAULT_LIMIT);
    assert_int_equal(publog_span_write(&range, changed, text_bytes, &size), FAULT_NONE);
    fault_forget();
}

/* Any byte: only a witness's or stranger's line may change unseen, to a stranger's; here is one. */
static void a_flipped_byte(void **state)
{
    (void)state;
    prepare(false);
    for (size_t at = 0; at < text_bytes; at += random_between(&chance, 1, 900)) {
        u8 kept = text[at];
        text[at] ^= (u8)(1U << random_below(&chance, 8));
        assert_int_equal(judge_text(text, text_bytes), FAULT_REFUSED);
        text[at] = kept;
        assert_int_equal(judge_text(text, at), FAULT_REFUSED);
    }
    fault_forget();
    assert_int_equal(judge_text(text, text_bytes), FAULT_NONE);
}

/* As many slots as a bulk grant may take, on the last second that it holds; then one more than may
 * be. */
static void a_bulk_grant_is_shown_to_its_end(void **state)
{
    (void)state;
    begin_grant(false);
    file.grant.class = GRANT_CLASS_BULK;
    for (u32 day = 0; day < 4; day += 1) { /* a turn closes no more */
        tell_some(PUBLOG_CLASS_ORDINARY);
        pass(86400);
        publish();
    }
    log_opening();
    show();
    assert_int_equal(lines_count("slot "), GRANT_BULK_S / 600 + 1);
    assert_int_equal(judge_text(text, text_bytes), FAULT_NONE);
    pass(600 * (PUBLOG_SPAN_SLOTS_MAX - GRANT_BULK_S / 600));
    struct publog_span_range range = {.folder = folder,
                                      .files = &files.files,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .from_s = file.grant.issued_s,
                                      .to_s = now_s()};
    assert_int_equal(publog_span_write(&range, changed, sizeof(changed), &text_bytes), FAULT_LIMIT);
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_opening_is_the_first),
        cmocka_unit_test(what_is_read_prints_as_it_came),
        cmocka_unit_test(a_restored_book_does_not_answer_twice),
        cmocka_unit_test(an_officer_who_did_not_answer_the_first_time),
        cmocka_unit_test(two_openings_in_one_slot),
        cmocka_unit_test(a_grant_that_is_logged_again),
        cmocka_unit_test(openings_of_others_do_not_count),
        cmocka_unit_test(a_gap),
        cmocka_unit_test(an_event_that_is_hidden),
        cmocka_unit_test(an_event_that_is_altered),
        cmocka_unit_test(padding_is_no_event),
        cmocka_unit_test(a_leaf_that_is_not_in_the_log),
        cmocka_unit_test(slots_of_the_other_class),
        cmocka_unit_test(an_older_text),
        cmocka_unit_test(what_cannot_be_shown),
        cmocka_unit_test(a_flipped_byte),
        cmocka_unit_test(a_bulk_grant_is_shown_to_its_end),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
