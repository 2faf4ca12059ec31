/* Aim: records open with enough right answers of both groups, once, for one recipient; what was
 * moved, exchanged or wrong is refused and named, and nothing of what the records hold comes out on
 * the way.
 *
 * Method: as in opening_test.c; what is delivered is read with the recipient's secret. */
#include "role/vault/opener.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "role/vault/opener_text.h"
#include "tests/support/age_read.h"
#include "tests/support/opening_run.h"

#include <string.h>

static u8 opened[ROOM_BYTES];

/* ---- what is delivered ---- */

static void the_recipient_alone_reads_it(void **state)
{
    (void)state;
    size_t size = 0;
    u8 other[32] = {1};
    prepare(2);
    assert_delivered();
    assert_no_canary();
    assert_int_equal(result.file_bytes, output.size);
    assert_true(
        age_read(span_of(output.bytes, output.size), scene.recipient_secret, opened, &size));
    assert_true(has_canary(opened, size));
    assert_int_equal(size % OPENER_TAR_BLOCK, 0);
    assert_string_equal((char *)opened, "grant.txt");
    assert_memory_equal(opened + OPENER_TAR_BLOCK, file.text, file.text_bytes);
    /* The bank records of both, and not the identities, which were compared alone. */
    assert_non_null(memmem(opened, size, "person-7/bank.1.txt", 19));
    assert_non_null(memmem(opened, size, "person-8/bank.1.txt", 19));
    assert_null(memmem(opened, size, "person-7/identity", 17));
    assert_null(memmem(opened, size, "document: ", 10));
    assert_false(age_read(span_of(output.bytes, output.size), other, opened, &size));
}

static void days_outside_of_the_grant_are_withheld(void **state)
{
    (void)state;
    size_t size = 0;
    prepare(1);
    assert_delivered();
    assert_true(
        age_read(span_of(output.bytes, output.size), scene.recipient_secret, opened, &size));
    assert_non_null(memmem(opened, size, "2026-01-01T00:00:00Z first\n", 27));
    assert_non_null(memmem(opened, size, "2026-06-30T23:59:59Z last\n", 26));
    assert_null(memmem(opened, size, "before", 6));
    assert_null(memmem(opened, size, "behind", 6));
    assert_int_equal(result.withheld_lines, 2);
    result.manifest[result.manifest_bytes] = '\0';
    assert_non_null(strstr(result.manifest, "\ndelivered: 7 bank 1 days 2026-01-01 2026-06-30 "
                                            "lines-withheld 2\n"));
    assert_non_null(strstr(result.manifest, "\ncompared: 7 identity 1\n"));
}

static void the_manifest_is_signed_by_the_key_in_the_log(void **state)
{
    (void)state;
    prepare(1);
    assert_delivered();
    struct opening opening = *opener_opening(opener);
    struct span manifest = span_of(result.manifest, result.manifest_bytes);
    assert_int_equal(opener_manifest_check(manifest, &opening), FAULT_NONE);
    for (size_t at = 0; at < manifest.size; at += random_between(&chance, 1, 5)) {
        char kept = result.manifest[at];
        result.manifest[at] = (char)(kept ^ (1 << random_below(&chance, 7)));
        assert_int_equal(opener_manifest_check(manifest, &opening), FAULT_REFUSED);
        result.manifest[at] = kept;
        assert_int_equal(opener_manifest_check(span_of(manifest.data, at), &opening),
                         FAULT_REFUSED);
    }
    begin_opener();
    assert_int_equal(opener_manifest_check(manifest, opener_opening(opener)), FAULT_REFUSED);
}

static void it_is_delivered_once(void **state)
{
    (void)state;
    prepare(1);
    assert_delivered();
    assert_refused(FAULT_REFUSED, "opening: used already; it takes another grant");
}

static void somebody_else_than_the_paper_says(void **state)
{
    (void)state;
    prepare(2);
    opening_scene_seal(&scene, 2, "name: Bela " OPENING_SCENE_CANARY "\ndocument: XY-000999\n");
    grant_row_hash(&scene.records[2].label, &scene.records[2].wrap, scene.records[2].hash,
                   grant.records[2].row);
    rows_make();
    sign("0134");
    forget_log();
    log_grant();
    begin_opener();
    log_opening();
    release("0134");
    assert_refused(FAULT_REFUSED, "mismatch: the document of person 8 is not what the paper says");
    assert_true(result.is_mismatch);
    assert_refused(FAULT_REFUSED, "used already");
}

/* ---- a person's own request ---- */

/* The grant of person 7 for their own bank record, and an identity that names this key. */
static void own_request(const char *key)
{
    char identity[OPENING_SCENE_TEXT];
    char recipient[AGE_RECIPIENT_BYTES];
    prepare(1);
    grant.kind = GRANT_CUSTOMER;
    grant.basis = GRANT_ACCESS;
    grant.silence_s = 0;
    memset(grant.authority, 0, sizeof(grant.authority));
    memcpy(grant.authority, "none", 4);
    age_recipient_print(grant.recipient, recipient);
    grant.identifiers[0].field = GRANT_FIELD_KEY;
    assert_true(grant_identifier_hash(grant.nonce, 7, GRANT_FIELD_KEY, span_of_text(recipient),
                                      grant.identifiers[0].hash));
    (void)snprintf(identity, sizeof(identity), "name: Anna %s\n%s%s\n", OPENING_SCENE_CANARY,
                   key == NULL ? "document: XY-000100" : "key: ", key == NULL ? "" : key);
    opening_scene_seal(&scene, 0, identity);
    grant_row_hash(&scene.records[0].label, &scene.records[0].wrap, scene.records[0].hash,
                   grant.records[0].row);
    rows_make();
    sign("0134");
    forget_log();
    log_grant();
    begin_opener();
    log_opening();
    release("0134");
}

static void a_persons_own_request_goes_to_the_key_in_their_record(void **state)
{
    (void)state;
    static const u8 secret_of_another[32] = {4, 5, 6};
    char key[AGE_RECIPIENT_BYTES];
    u8 other[AGE_KEY_BYTES];
    size_t size = 0;
    prepare(1);
    age_recipient_print(grant.recipient, key);
    own_request(key);
    assert_delivered();
    assert_true(
        age_read(span_of(output.bytes, output.size), scene.recipient_secret, opened, &size));
    assert_true(has_canary(opened, size));
    assert_int_equal(crypto_scalarmult_base(other, secret_of_another), 0);
    age_recipient_print(other, key);
    own_request(key);
    assert_refused(FAULT_REFUSED, "mismatch: the key of person 7 is not what the paper says");
    own_request(NULL);
    assert_refused(FAULT_REFUSED, "mismatch: the key of person 7 is not what the paper says");
}

/* ---- attacks on rows and shares ---- */

static void another_persons_point_under_ones_own_record(void **state)
{
    (void)state;
    prepare(2);
    /* Copied as it is, and the grant says so. */
    struct seal_wrap own = scene.records[1].wrap;
    scene.records[1].wrap = scene.records[3].wrap;
    grant_row_hash(&scene.records[1].label, &scene.records[1].wrap, scene.records[1].hash,
                   grant.records[1].row);
    rows_make();
    sign("0134");
    log_grant();
    begin_opener();
    log_opening();
    assert_judged(FAULT_INPUT, "does not hold for this subject");
    /* Moved by a known step: R + G. */
    struct seal_point step;
    struct seal_scalar one = seal_scalar_of(1);
    assert_true(seal_point_of(&one, &step));
    assert_true(seal_point_add(&scene.records[3].wrap.point, &step, &scene.records[1].wrap.point));
    grant_row_hash(&scene.records[1].label, &scene.records[1].wrap, scene.records[1].hash,
                   grant.records[1].row);
    rows_make();
    sign("0134");
    log_grant();
    begin_opener();
    log_opening();
    assert_judged(FAULT_INPUT, "does not hold for this subject");
    scene.records[1].wrap = own;
}

static void rows_that_the_grant_does_not_name(void **state)
{
    (void)state;
    prepare(2);
    rows.list[1].wrap = rows.list[3].wrap;
    assert_judged(FAULT_REFUSED, "row 2: not the one that the grant names");
    rows_make();
    rows.count -= 1;
    assert_judged(FAULT_REFUSED, "rows: 3, the grant has 4 records");
    /* The text says person 7, the hash stands for person 8: officers would sign what they cannot
     * see. */
    prepare(2);
    memcpy(grant.records[1].row, grant.records[3].row, sizeof(grant.records[1].row));
    rows.list[1] = rows.list[3];
    sign("0134");
    log_grant();
    begin_opener();
    log_opening();
    assert_judged(FAULT_REFUSED, "row 2: of another record than the grant names");
}

static void a_share_for_one_record_replayed_on_another(void **state)
{
    (void)state;
    prepare(2);
    /* Two answers of one officer exchanged. */
    char *text = release_texts[1];
    char *first = memmem(text, releases[1].text.size, "answer: ", 8);
    assert_non_null(first);
    size_t line = 8 + 2 * (size_t)RELEASE_BOX_BYTES + 1;
    char kept[8 + 2 * RELEASE_BOX_BYTES + 1];
    memcpy(kept, first, line);
    memmove(first, first + line, line);
    memcpy(first + line, kept, line);
    assert_refused(FAULT_ROT, "answer 1 does not open");
    /* An answer to an earlier opening under the head of this one. */
    prepare(2);
    memcpy(kept, memmem(release_texts[2], releases[2].text.size, "answer: ", 8), line);
    begin_opener();
    log_opening();
    release("0134");
    memcpy(memmem(release_texts[2], releases[2].text.size, "answer: ", 8), kept, line);
    assert_refused(FAULT_ROT, "answer 1 does not open");
}

static void a_wrong_share_names_its_officer(void **state)
{
    (void)state;
    prepare(1);
    struct share_partial partial;
    u8 context[SHARE_HASH_BYTES];
    u8 bound[SHARE_HASH_BYTES + SEAL_LABEL_BYTES];
    u8 box[RELEASE_BOX_BYTES];
    char hex[2 * RELEASE_BOX_BYTES + 1];
    opening_context(opener_opening(opener), context);
    struct share_case about = {.key = &scene.key,
                               .label = rows.list[1].label,
                               .wrap = &rows.list[1].wrap,
                               .body_hash = rows.list[1].body_hash,
                               .context = context};
    assert_int_equal(
        share_answer(scene.room, &about, SHARE_SIDE_B, 2, &scene.sides[1].shares[1], &partial),
        FAULT_NONE);
    partial.proof.answer.bytes[3] ^= 1;
    memcpy(bound, context, SHARE_HASH_BYTES);
    seal_label_encode(&rows.list[1].label, bound + SHARE_HASH_BYTES);
    assert_int_equal(seal_box_close("release", scene.room, &opener_opening(opener)->key,
                                    span_of(bound, sizeof(bound)),
                                    span_of(&partial, sizeof(partial)), box),
                     FAULT_NONE);
    (void)bytes_to_hex(box, sizeof(box), hex);
    struct span text = releases[3].text;
    memcpy(release_texts[3] + text.size - 1 - 2 * sizeof(box), hex, 2 * sizeof(box));
    assert_refused(FAULT_INPUT, "partial of b0-2 (group B)");
    assert_int_equal(result.wrong.side, SHARE_SIDE_B);
    assert_int_equal(result.wrong.index, 2);
    /* Without them, a third officer of the group is enough, in the same opening. */
    release("0135");
    assert_delivered();
}

/* A file under one officer's name with what another one answered: named, so that it is left out and
 * the other officer's own file still counts. */
static void an_answer_of_another_officer(void **state)
{
    (void)state;
    prepare(1);
    for (u32 i = 0; i < releases_count; i += 1) {
        releases[i].side = i < 2 ? SHARE_SIDE_A : SHARE_SIDE_B;
        releases[i].index = i % 2 + 1;
    }
    struct opener_release own = releases[2];
    releases[2].text = releases[3].text;
    assert_refused(FAULT_INPUT, "b0-1: an answer of another officer");
    assert_true(result.is_release);
    assert_int_equal(result.release, 2);
    releases[2].text = releases[0].text; /* the same place in the other group */
    assert_refused(FAULT_INPUT, "b0-1: an answer of another officer");
    releases[2] = own;
    assert_delivered();
}

static void shares_of_one_group_open_nothing(void **state)
{
    (void)state;
    prepare(1);
    release("012");
    assert_refused(FAULT_REFUSED, "group B: 0 of the 2 officers");
    release("0345");
    assert_refused(FAULT_REFUSED, "group A: 1 of the 2 officers");
    release("");
    assert_refused(FAULT_REFUSED, "group A: 0 of the 2 officers");
    release("013");
    assert_refused(FAULT_REFUSED, "group B: 1 of the 2 officers");
    release("0134");
    releases[2] = releases[3];
    assert_refused(FAULT_INPUT, "given twice");
    release("0134");
    assert_delivered();
}

static void a_body_that_was_exchanged(void **state)
{
    (void)state;
    prepare(2);
    scene.records[3].body[50] ^= 1;
    assert_int_equal(deliver(), FAULT_ROT);
    assert_words("body 4: not the one whose hash the officers saw");
    assert_no_canary();
}

static void a_disk_that_fills_delivers_no_manifest(void **state)
{
    (void)state;
    prepare(1);
    struct opener_call call = {.judge = &judge,
                               .file = &file,
                               .grant_shown = span_of(grant_shown, grant_shown_bytes),
                               .opening_shown = span_of(opening_shown, opening_shown_bytes),
                               .slots = span_of(slots_text, slots_bytes),
                               .rows = &rows,
                               .bodies = &bodies,
                               .releases = releases,
                               .releases_count = releases_count,
                               .target = &output.target};
    memset(&output, 0, sizeof(output));
    output.target.write = keep;
    output.limit = 500;
    assert_int_equal(opener_deliver(opener, &call, &result), FAULT_DISK_FULL);
    assert_int_equal(result.manifest_bytes, 0);
    assert_no_canary();
    assert_refused(FAULT_REFUSED, "used already");
}

/* ---- texts ---- */

static void texts_read_as_they_print(void **state)
{
    (void)state;
    static char text[OPENING_ROWS_BYTES];
    static struct opening_rows again;
    char opening_text[OPENING_TEXT_BYTES];
    struct opening opening;
    prepare(2);
    size_t size = opening_rows_print(&rows, text);
    assert_int_equal(opening_rows_read(span_of(text, size), "rows", &again), FAULT_NONE);
    assert_int_equal(again.count, rows.count);
    assert_memory_equal(&again.list[3].wrap, &rows.list[3].wrap, SEAL_WRAP_BYTES);
    for (size_t at = 0; at < size; at += 1) {
        assert_true(opening_rows_read(span_of(text, at), "rows", &again) == FAULT_INPUT ||
                    again.count < rows.count);
    }
    size = opening_print(opener_opening(opener), opening_text);
    assert_int_equal(opening_read(span_of(opening_text, size), "o", &opening), FAULT_NONE);
    for (size_t at = 0; at < size; at += 1) {
        assert_int_equal(opening_read(span_of(opening_text, at), "o", &opening), FAULT_INPUT);
    }
    releases_count = 1;
    for (size_t at = 0; at < releases[0].text.size; at += random_between(&chance, 1, 15)) {
        char kept = release_texts[0][at];
        release_texts[0][at] = (char)(kept ^ 1);
        enum fault fault = deliver(); /* of an answer's letter; otherwise too few officers */
        assert_true(fault == FAULT_ROT || fault == FAULT_INPUT ||
                    strstr(fault_text(), "another opening") != NULL);
        release_texts[0][at] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recipient_alone_reads_it),
        cmocka_unit_test(days_outside_of_the_grant_are_withheld),
        cmocka_unit_test(the_manifest_is_signed_by_the_key_in_the_log),
        cmocka_unit_test(it_is_delivered_once),
        cmocka_unit_test(somebody_else_than_the_paper_says),
        cmocka_unit_test(a_persons_own_request_goes_to_the_key_in_their_record),
        cmocka_unit_test(another_persons_point_under_ones_own_record),
        cmocka_unit_test(rows_that_the_grant_does_not_name),
        cmocka_unit_test(a_share_for_one_record_replayed_on_another),
        cmocka_unit_test(a_wrong_share_names_its_officer),
        cmocka_unit_test(an_answer_of_another_officer),
        cmocka_unit_test(shares_of_one_group_open_nothing),
        cmocka_unit_test(a_body_that_was_exchanged),
        cmocka_unit_test(a_disk_that_fills_delivers_no_manifest),
        cmocka_unit_test(texts_read_as_they_print),
    };
    int failed = cmocka_run_group_tests(tests, make, clear);
    opener_close(opener);
    return failed;
}
