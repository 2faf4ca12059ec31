/* Aim: the box, its text and verdicts are those of docs/enrolment.md, and nothing else is taken for
 * them. Method: the box that the browser's own code made of the same key and text, as a constant;
 * changes at every byte; texts that are no verdict or no form. */
#include "role/vault/seal_enrol.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define IDENTITY                                                                      \
    "name: Ilona Quellfrost\nscript: Latn\nbirth-date: 1990-02-03\nnationality: FR\n" \
    "email: ilona@example.invalid\ndocument: QF 77-310\ndocument-kind: passport\n"    \
    "document-country: FR\n"
#define ENROLLED                                                        \
    "name: Ilona Quellfrost\nbirth-date: 1990-02-03\nnationality: FR\n" \
    "email: ilona@example.invalid\ndocument: QF 77-310\n"
/* H(enrol-box) of the box that web/src/enrol/seal.ts makes of this (web/tests/enrol.test.ts). */
#define BROWSERS "56ad727e7ee0633e0c46cad308fba65b830f3c78fcbe8c46d086bc7d35e6afc2"

static const struct seal_label label = {
    .subject = 17, .version = 1, .epoch = 2, .group = SEAL_GROUP_IDENTITY, .retention = 1};
static struct seal_room *room;
static u8 key[SEAL_KEY_SIZE];
static u8 body_hash[SEAL_HASH_BYTES];
static struct seal_scalar secret;
static struct seal_point point;
static u8 box[SEAL_ENROL_BOX_BYTES];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    memset(key, 0x11, sizeof(key));
    memset(body_hash, 0x22, sizeof(body_hash));
    secret = seal_scalar_of(13);
    assert_true(seal_point_of(&secret, &point));
    assert_int_equal(
        seal_enrol_box_make(room, &label, &point, key, body_hash, span_of_text(IDENTITY), box),
        FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_true(span_is_zero(seal_room_bytes(room)));
    seal_room_close(room);
    return 0;
}

static bool opens(const struct seal_label *of, u8 text[SEAL_ENROL_TEXT_BYTES], size_t *size)
{
    bool is_open = seal_enrol_box_open(room, of, &secret, body_hash, box, text, size) == FAULT_NONE;
    if (!is_open) {
        fault_forget();
    }
    return is_open;
}

static void the_box_is_the_browsers(void **state)
{
    char hex[2 * SEAL_HASH_BYTES + 1];
    u8 hash[SEAL_HASH_BYTES];
    u8 again[SEAL_ENROL_BOX_BYTES];
    u8 text[SEAL_ENROL_TEXT_BYTES];
    size_t size = 0;
    (void)state;
    seal_enrol_box_hash(box, hash);
    assert_string_equal(bytes_to_hex(hash, sizeof(hash), hex), BROWSERS);
    assert_int_equal(
        seal_enrol_box_make(room, &label, &point, key, body_hash, span_of_text(IDENTITY), again),
        FAULT_NONE);
    assert_memory_equal(again, box, sizeof(box));
    assert_true(opens(&label, text, &size));
    assert_int_equal(size, strlen(ENROLLED));
    assert_memory_equal(text, ENROLLED, size);
}

static void a_box_is_for_one_record(void **state)
{
    u8 text[SEAL_ENROL_TEXT_BYTES];
    size_t size = 0;
    struct seal_label other = label;
    (void)state;
    other.subject = 18;
    assert_false(opens(&other, text, &size));
    assert_true(span_is_zero(span_of(text, sizeof(text))));
    body_hash[0] ^= 1;
    assert_false(opens(&label, text, &size));
    body_hash[0] ^= 1;
    for (u32 at = 0; at < sizeof(box); at += 37) {
        box[at] ^= 1;
        assert_false(opens(&label, text, &size));
        box[at] ^= 1;
    }
    assert_true(opens(&label, text, &size));
}

static void an_identity_with_too_much_makes_no_box(void **state)
{
    static char text[2 * SEAL_ENROL_TEXT_BYTES];
    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "name: ", 6);
    text[SEAL_ENROL_TEXT_BYTES - 2] = '\n'; /* the longest, 1,023 bytes */
    assert_int_equal(seal_enrol_box_make(room, &label, &point, key, body_hash,
                                         span_of(text, SEAL_ENROL_TEXT_BYTES - 1), box),
                     FAULT_NONE);
    text[SEAL_ENROL_TEXT_BYTES - 2] = 'x';
    text[SEAL_ENROL_TEXT_BYTES - 1] = '\n';
    assert_int_equal(seal_enrol_box_make(room, &label, &point, key, body_hash,
                                         span_of(text, SEAL_ENROL_TEXT_BYTES), box),
                     FAULT_INPUT);
}

static void only_the_form_is_read(void **state)
{
    static const char *const wrong[] = {
        "",
        "name: A\n",
        "birth-date: 1990-02-03\n" ENROLLED,
        ENROLLED "document: X\n",
        ENROLLED "x",
        "name: A\x1b[2J\nbirth-date: 1\nnationality: FR\nemail: a\ndocument: 1\n",
        "name: A\xff\nbirth-date: 1\nnationality: FR\nemail: a\ndocument: 1\n",
        "name: \nbirth-date: 1\nnationality: FR\nemail: a\ndocument: 1\n",
        "name: A\nname: B\nname: C\nname: D\nname: E\nbirth-date: 1\nnationality: F\nemail: a\n",
    };
    struct seal_enrolled enrolled;
    (void)state;
    assert_true(seal_enrol_read(span_of_text(ENROLLED), &enrolled));
    assert_int_equal(enrolled.names_count, 1);
    assert_true(span_equal(enrolled.document, span_of_text("QF 77-310")));
    assert_true(span_equal(enrolled.birth_date, span_of_text("1990-02-03")));
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(seal_enrol_read(span_of_text(wrong[i]), &enrolled));
    }
}

static void a_verdict_is_of_one_reviewer_on_one_enrolment(void **state)
{
    struct seal_verdict verdict = {.subject = 17, .version = 3, .outcome = SEAL_OUTCOME_ACCEPT};
    struct seal_verdict read;
    struct seal_scalar other_secret = seal_scalar_of(14);
    struct seal_point other;
    char text[SEAL_VERDICT_BYTES];
    (void)state;
    assert_true(seal_point_of(&other_secret, &other));
    memset(verdict.enrolment, 0x33, sizeof(verdict.enrolment));
    seal_verdict_sign(room, &secret, &point, &verdict);
    assert_true(seal_verdict_holds(&verdict, &point));
    assert_false(seal_verdict_holds(&verdict, &other));
    size_t size = seal_verdict_print(&verdict, text);
    assert_int_equal(seal_verdict_read(span_of(text, size), "v", &read), FAULT_NONE);
    assert_memory_equal(&read.proof, &verdict.proof, sizeof(read.proof));
    assert_true(seal_verdict_holds(&read, &point));
    for (size_t at = 0; at < size; at += 1) { /* another text, or another verdict */
        text[at] ^= 1;
        enum fault fault = seal_verdict_read(span_of(text, size), "v", &read);
        if (fault != FAULT_NONE) {
            fault_forget();
        }
        assert_false(fault == FAULT_NONE && seal_verdict_holds(&read, &point));
        text[at] ^= 1;
    }
    assert_int_equal(seal_verdict_read(span_of(text, size - 1), "v", &read), FAULT_INPUT);
    assert_int_equal(seal_verdict_read(span_of(text, 0), "v", &read), FAULT_INPUT);
    for (u8 outcome = 0; outcome < 4; outcome += 1) {
        read = verdict;
        read.outcome = outcome;
        assert_int_equal(seal_verdict_holds(&read, &point), outcome == SEAL_OUTCOME_ACCEPT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_box_is_the_browsers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_box_is_for_one_record, setup, teardown),
        cmocka_unit_test_setup_teardown(an_identity_with_too_much_makes_no_box, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_form_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_verdict_is_of_one_reviewer_on_one_enrolment, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
