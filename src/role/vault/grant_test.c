/* Aim: a grant has exactly one text, and a text that could mean more than it names, or be read in
 * two ways, is refused by name.
 *
 * Method: a good grant is printed and changed in one place, as text or as a struct; then every
 * single byte is changed in turn. */
#include "role/vault/grant.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/grant_scene.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static char text[GRANT_TEXT_BYTES];
static size_t text_bytes;

static int make(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

static void print(const struct grant *grant)
{
    text_bytes = grant_print(grant, text);
}

static void assert_text_refused(struct span changed, const char *words)
{
    struct grant grant;
    assert_int_equal(grant_read(changed, "g", &grant), FAULT_INPUT);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

/* The first `from` in the text of the grant of one person becomes `to`. */
static void assert_change_refused(const char *from, const char *to, const char *words)
{
    static char changed[GRANT_TEXT_BYTES + 256];
    struct grant grant = grant_scene_make(1);
    print(&grant);
    text[text_bytes] = '\0';
    char *place = strstr(text, from);
    assert_non_null(place);
    int size = snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(place - text), text, to,
                        place + strlen(from));
    assert_true(size > 0 && (size_t)size < sizeof(changed));
    assert_text_refused(span_of(changed, (size_t)size), words);
}

static void a_grant_reads_as_it_prints(void **state)
{
    (void)state;
    static const u32 people[] = {1, 2, 10, 11, 24};
    for (u32 i = 0; i < ARRAY_COUNT(people); i += 1) {
        char again[GRANT_TEXT_BYTES];
        struct grant read;
        struct grant grant = grant_scene_make(people[i]);
        print(&grant);
        if (grant_read(span_of(text, text_bytes), "g", &read) != FAULT_NONE) {
            fail_msg("%s", fault_text());
        }
        assert_int_equal(read.subjects_count, people[i]);
        assert_int_equal(read.class, people[i] > 10 ? GRANT_CLASS_BULK : GRANT_CLASS_PLAIN);
        assert_int_equal(grant_print(&read, again), text_bytes);
        assert_memory_equal(again, text, text_bytes);
    }
}

static void few_people_may_be_bulk_or_found(void **state)
{
    (void)state;
    static const struct {
        enum grant_class class;
        const char *line;
        u8 flags;
    } rows[] = {{GRANT_CLASS_BULK, "\nclass: bulk\n", PUBLOG_FLAG_BULK},
                {GRANT_CLASS_SEARCH, "\nclass: search\n", PUBLOG_FLAG_SEARCH}};
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        for (u32 people = 1; people <= 12; people += 11) {
            struct grant read;
            struct grant grant = grant_scene_make(people);
            grant.class = rows[i].class;
            grant.expires_s = grant.issued_s + GRANT_BULK_S;
            print(&grant);
            assert_non_null(strstr(text, rows[i].line));
            assert_int_equal(grant_read(span_of(text, text_bytes), "g", &read), FAULT_NONE);
            assert_int_equal(read.class, rows[i].class);
            assert_true(grant_waits(&read));
            assert_int_equal(grant_flags(&read), rows[i].flags);
        }
    }
    struct grant plain = grant_scene_make(1);
    assert_false(grant_waits(&plain));
    assert_int_equal(grant_flags(&plain), 0);
}

static void people_can_read_it(void **state)
{
    (void)state;
    struct grant grant = grant_scene_make(1);
    print(&grant);
    text[text_bytes] = '\0';
    assert_non_null(strstr(text, "cambist grant v1\nvenue: demo.invalid\ncase: 3c3c"));
    assert_non_null(strstr(text, "\nkind: authority\nbasis: union-law\ncountry: FR\n"));
    assert_non_null(strstr(text, "\nclass: plain\nurgency: ordinary\n"));
    assert_non_null(
        strstr(text, "\nissued: 2026-11-23T12:00:00Z\nexpires: 2026-11-24T12:00:00Z\n"));
    assert_non_null(strstr(text, "\nidentifier: 7 document "));
    assert_non_null(strstr(text, "\nrecord: 7 identity 1 1 1 compare none 1010"));
    assert_non_null(strstr(text, "\nrecord: 7 bank 1 1 1 deliver 2026-01-01..2026-06-30 1111"));
}

/* Whatever byte is changed: refused, or a grant with another hash; never the same meaning twice. */
static void every_changed_byte_is_seen(void **state)
{
    (void)state;
    static char again[GRANT_TEXT_BYTES];
    struct grant grant = grant_scene_make(2);
    struct random chance;
    random_init(&chance, test_seed());
    print(&grant);
    for (size_t at = 0; at < text_bytes; at += 1) {
        struct grant read;
        u8 by = (u8)random_between(&chance, 1, 255);
        text[at] = (char)(text[at] ^ by);
        if (grant_read(span_of(text, text_bytes), "g", &read) == FAULT_NONE) {
            assert_int_equal(grant_print(&read, again), text_bytes);
            assert_memory_equal(again, text, text_bytes);
        }
        text[at] = (char)(text[at] ^ by);
        /* Only behind a record's line something is left that is a grant, of less. */
        if (grant_read(span_of(text, at), "g", &read) == FAULT_NONE) {
            assert_int_equal(text[at - 1], '\n');
            assert_in_range(read.records_count, 1, 3);
        }
    }
}

static void wildcards_do_not_parse(void **state)
{
    (void)state;
    assert_change_refused("record: 7 bank", "record: * bank", "no wildcards");
    assert_change_refused("record: 7 bank", "record: 7 *", "no wildcards");
    assert_change_refused("record: 7 bank", "record: 7-9 bank", "not \"record:");
    assert_change_refused("record: 7 bank", "record: all bank", "not \"record:");
    assert_change_refused("record: 7 bank 1", "record: 7 bank 0", "no record has such a label");
    assert_change_refused("record: 7 bank", "record: 7 everything", "no record has such a label");
    assert_change_refused("2026-01-01..2026-06-30", "*", "no wildcards");
    assert_change_refused("2026-01-01..2026-06-30", "all", "DAYS are");
    assert_change_refused("identifier: 7", "identifier: *", "not \"identifier:");
}

static void nothing_stands_twice(void **state)
{
    (void)state;
    assert_change_refused("basis: union-law\n", "kind: authority\nbasis: union-law\n",
                          "g:5: kind stands here twice");
    assert_change_refused("country: FR\n", "country: FR\ncountry: DE\n",
                          "g:7: country stands here twice");
    assert_change_refused("record: 7 identity", "venue: demo.invalid\nrecord: 7 identity",
                          "venue stands here twice");
    struct grant grant = grant_scene_make(2);
    grant.records[2].label.subject = 7;
    print(&grant);
    assert_text_refused(span_of(text, text_bytes), "records are not in their order");
    grant = grant_scene_make(1);
    grant.records[0] = grant.records[1];
    print(&grant);
    assert_text_refused(span_of(text, text_bytes), "one record twice");
    grant = grant_scene_make(2);
    grant.identifiers[1].subject = 7;
    print(&grant);
    assert_text_refused(span_of(text, text_bytes), "one identifier twice");
}

static void other_unicode_forms_do_not_parse(void **state)
{
    (void)state;
    /* Cyrillic o, a full-width letter, a combining accent, a no-break space, a zero width one. */
    assert_change_refused("demo.invalid", "dem\xd0\xbe.invalid", "g:2: a letter that is not ASCII");
    assert_change_refused("FR", "F\xef\xbc\xb2", "g:6: a letter that is not ASCII");
    assert_change_refused("fr-police", "fr-police\xcc\x81", "a letter that is not ASCII");
    assert_change_refused("7 bank",
                          "7\xc2\xa0"
                          "bank",
                          "a letter that is not ASCII");
    assert_change_refused("deliver", "de\xe2\x80\x8bliver", "a letter that is not ASCII");
    assert_change_refused("kind: authority", "kind: authority\r", "a letter that is not ASCII");
    assert_change_refused("kind: authority", "kind:\tauthority", "a letter that is not ASCII");
}

static void one_meaning_has_one_form(void **state)
{
    (void)state;
    assert_change_refused("record: 7 bank", "record: 07 bank", "not \"record:");
    assert_change_refused("record: 7 bank", "record: +7 bank", "not \"record:");
    assert_change_refused("record: 7 bank", "record: 7  bank", "not \"record:");
    assert_change_refused("case: 3c", "case: 3C", "case: 32 hex digits is wanted");
    assert_change_refused("log-size: 3", "log-size: 03", "log-size: a number is wanted");
    assert_change_refused("country: FR", "country: fr", "two capital letters");
    assert_change_refused("issued: 2026-11-23T12", "issued: 2026-11-23T24", "a moment is wanted");
    assert_change_refused("silence: 20", "silence: 19", "silence: a moment, or none is wanted");
    assert_change_refused("2026-11-23T12", "2026-02-30T12", "a moment is wanted");
    assert_change_refused("2026-01-01..2026-06-30", "2026-06-31..2026-07-01", "DAYS are");
    assert_change_refused("2026-01-01..2026-06-30", "2026-07-01..2026-06-30", "DAYS are");
    assert_change_refused("recipient: age1", "recipient: AGE1", "a recipient of age");
    assert_change_refused("cambist grant v1\n", "cambist grant v1 \n", "not \"cambist grant v1\"");
    assert_change_refused("cambist grant v1\n", "cambist grant v2\n", "not \"cambist grant v1\"");
}

static void unknown_fields_do_not_parse(void **state)
{
    (void)state;
    assert_change_refused("country: FR", "note: please\ncountry: FR", "g:6: no grant has such");
    assert_change_refused("record: 7 identity", "subjects: 7\nrecord: 7 identity",
                          "no grant has such a field");
    assert_change_refused("country: FR\n", "", "g:6: country is wanted here");
    assert_change_refused("country: FR\n", "country: FR\n\n", "not \"FIELD: VALUE\"");
    assert_change_refused("class: plain\nurgency: ordinary", "urgency: ordinary\nclass: plain",
                          "class is wanted here");
}

static void assert_grant_refused(struct grant *grant, const char *words)
{
    print(grant);
    assert_text_refused(span_of(text, text_bytes), words);
}

static void what_no_grant_may_say(void **state)
{
    (void)state;
    struct grant grant = grant_scene_make(1);
    grant.basis = GRANT_DUTY;
    assert_grant_refused(&grant, "the basis is none for this kind");
    grant = grant_scene_make(1);
    memcpy(grant.country, "XK", 2);
    assert_grant_refused(&grant, "others need a treaty");
    grant.basis = GRANT_TREATY;
    print(&grant);
    assert_int_equal(grant_read(span_of(text, text_bytes), "g", &grant), FAULT_NONE);
    grant = grant_scene_make(1);
    memcpy(grant.authority, "none", 5);
    grant.authority[4] = 0;
    memset(grant.authority + 4, 0, sizeof(grant.authority) - 4);
    assert_grant_refused(&grant, "an authority is named");
    grant = grant_scene_make(1);
    grant.expires_s += 1;
    assert_grant_refused(&grant, "it holds for longer");
    grant.expires_s = grant.issued_s;
    assert_grant_refused(&grant, "it holds for longer");
    grant.expires_s = grant.issued_s + GRANT_EMERGENCY_S + 1;
    grant.is_emergency = true;
    assert_grant_refused(&grant, "it holds for longer");
    grant = grant_scene_make(1);
    grant.silence_s = grant.issued_s;
    assert_grant_refused(&grant, "the silence ends");
    grant = grant_scene_make(11);
    grant.class = GRANT_CLASS_PLAIN;
    grant.expires_s = grant.issued_s + GRANT_PLAIN_S;
    assert_grant_refused(&grant, "so many people are a bulk grant");
    grant = grant_scene_make(11);
    grant.is_emergency = true;
    assert_grant_refused(&grant, "a bulk grant is no emergency");
    grant.class = GRANT_CLASS_SEARCH;
    assert_grant_refused(&grant, "a search is no emergency");
    grant.is_emergency = false;
    grant.expires_s += 1;
    assert_grant_refused(&grant, "it holds for longer");
    grant = grant_scene_make(1);
    grant.class = GRANT_CLASS_SEARCH;
    grant.kind = GRANT_REPORT;
    grant.basis = GRANT_DUTY;
    assert_grant_refused(&grant, "a search is a request of an authority");
    grant.class = GRANT_CLASS_BULK;
    grant.kind = GRANT_REVIEW;
    grant.basis = GRANT_SIGN_UP;
    assert_grant_refused(&grant, "a review are plain");
    grant = grant_scene_make(1);
    grant.identifiers_count = 0;
    assert_grant_refused(&grant, "a person without an identifier");
    grant = grant_scene_make(1);
    grant.identifiers[0].subject = 8;
    assert_grant_refused(&grant, "whose identity is not among the records");
    grant = grant_scene_make(1);
    grant.records_count = 1;
    assert_grant_refused(&grant, "nothing is delivered");
    grant = grant_scene_make(2);
    grant.records[1].label.epoch = 2;
    assert_grant_refused(&grant, "records of two epochs");
    grant = grant_scene_make(1);
    grant.records[1].is_compared = true;
    assert_grant_refused(&grant, "only an identity is compared");
}

/* A customer's own request: the answer goes to the key in the person's record. */
static struct grant own_request(void)
{
    struct grant grant = grant_scene_make(1);
    char recipient[AGE_RECIPIENT_BYTES];
    grant.kind = GRANT_CUSTOMER;
    grant.basis = GRANT_ACCESS;
    memset(grant.authority, 0, sizeof(grant.authority));
    memcpy(grant.authority, "none", 4);
    age_recipient_print(grant.recipient, recipient);
    grant.identifiers[0].field = GRANT_FIELD_KEY;
    assert_true(grant_identifier_hash(grant.nonce, grant.identifiers[0].subject, GRANT_FIELD_KEY,
                                      span_of_text(recipient), grant.identifiers[0].hash));
    return grant;
}

static void a_persons_own_answer_goes_to_their_own_key(void **state)
{
    (void)state;
    static const u8 secret_of_another[32] = {4, 5, 6};
    struct grant grant = own_request();
    struct grant other = grant_scene_make(2);
    print(&grant);
    assert_int_equal(grant_read(span_of(text, text_bytes), "g", &grant), FAULT_NONE);
    assert_int_equal(crypto_scalarmult_base(grant.recipient, secret_of_another), 0);
    assert_grant_refused(&grant, "the key that is compared is not the recipient");
    grant = own_request();
    grant.identifiers_count = 0;
    assert_grant_refused(&grant, "without its recipient as identifier \"key\"");
    grant = own_request();
    grant.identifiers[0].field = GRANT_FIELD_DOCUMENT;
    assert_grant_refused(&grant, "without its recipient as identifier \"key\"");
    grant = own_request();
    grant.records_count = 4;
    memcpy(grant.records + 2, other.records + 2, 2 * sizeof(other.records[0]));
    assert_grant_refused(&grant, "are about one person");
    grant.kind = GRANT_REVIEW;
    grant.basis = GRANT_SIGN_UP;
    memcpy(grant.authority, "venue", 5);
    assert_grant_refused(&grant, "are about one person");
    grant = own_request();
    grant.kind = GRANT_REPORT;
    grant.basis = GRANT_DUTY;
    memcpy(grant.authority, "fiu-fr", 6);
    assert_grant_refused(&grant, "in a customer's own request alone");
}

static void too_much_does_not_parse(void **state)
{
    (void)state;
    static char long_text[GRANT_TEXT_BYTES + 1];
    struct grant grant = grant_scene_make(24);
    print(&grant);
    memcpy(long_text, text, text_bytes);
    int more = snprintf(long_text + text_bytes, sizeof(long_text) - text_bytes,
                        "record: 90 bank 1 1 1 deliver none %064d\n", 1);
    assert_text_refused(span_of(long_text, text_bytes + (size_t)more),
                        "more records than a grant has");
    memset(long_text, 'a', sizeof(long_text));
    assert_text_refused(span_of(long_text, sizeof(long_text)), "longer than a grant is");
    assert_text_refused(span_of(long_text, 0), "not \"cambist grant v1\"");
}

static void identifiers_have_one_form(void **state)
{
    (void)state;
    static const struct {
        enum grant_field field;
        const char *one;
        const char *other;
        bool is_same;
    } rows[] = {
        {GRANT_FIELD_DOCUMENT, "xy-000 100", "XY000100", true},
        {GRANT_FIELD_DOCUMENT, "XY000100", "XY000101", false},
        {GRANT_FIELD_EMAIL, "Anna@Example.invalid", "anna@example.INVALID", true},
        {GRANT_FIELD_PHONE, "+33 (0)1-23", "33.01.23", true},
        {GRANT_FIELD_ACCOUNT, "fr76 3000", "FR763000", true},
        {GRANT_FIELD_NAME, " anna  lind ", "ANNA LIND", true},
        {GRANT_FIELD_NAME, "anna lind", "annalind", false},
        {GRANT_FIELD_BIRTH_DATE, "1980-01-02", "1980-02-01", false},
    };
    static const u8 nonce[GRANT_NONCE_BYTES] = {9};
    static const u8 other_nonce[GRANT_NONCE_BYTES] = {8};
    u8 one[32];
    u8 other[32];
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        assert_true(grant_identifier_hash(nonce, 7, rows[i].field, span_of_text(rows[i].one), one));
        assert_true(
            grant_identifier_hash(nonce, 7, rows[i].field, span_of_text(rows[i].other), other));
        assert_int_equal(memcmp(one, other, 32) == 0, rows[i].is_same);
        assert_true(
            grant_identifier_hash(nonce, 8, rows[i].field, span_of_text(rows[i].one), other));
        assert_memory_not_equal(one, other, 32);
        assert_true(
            grant_identifier_hash(other_nonce, 7, rows[i].field, span_of_text(rows[i].one), other));
        assert_memory_not_equal(one, other, 32);
    }
    assert_false(grant_identifier_hash(nonce, 7, GRANT_FIELD_PHONE, span_of_text("12a"), one));
    assert_false(grant_identifier_hash(nonce, 7, GRANT_FIELD_NAME, span_of_text("  "), one));
    assert_false(grant_identifier_hash(nonce, 7, GRANT_FIELD_NAME, span_of_text("a\nb"), one));
}

static void a_row_is_label_wrap_and_body(void **state)
{
    (void)state;
    struct seal_label label = {
        .subject = 7, .version = 1, .epoch = 1, .group = SEAL_GROUP_BANK, .retention = 1};
    struct seal_wrap wrap;
    u8 body[SEAL_HASH_BYTES] = {4};
    u8 row[32];
    u8 other[32];
    memset(&wrap, 5, sizeof(wrap));
    grant_row_hash(&label, &wrap, body, row);
    wrap.point.bytes[0] ^= 1;
    grant_row_hash(&label, &wrap, body, other);
    assert_memory_not_equal(row, other, 32);
    wrap.point.bytes[0] ^= 1;
    body[0] ^= 1;
    grant_row_hash(&label, &wrap, body, other);
    assert_memory_not_equal(row, other, 32);
    body[0] ^= 1;
    label.epoch = 2;
    grant_row_hash(&label, &wrap, body, other);
    assert_memory_not_equal(row, other, 32);
    label.epoch = 1;
    grant_row_hash(&label, &wrap, body, other);
    assert_memory_equal(row, other, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_reads_as_it_prints),
        cmocka_unit_test(few_people_may_be_bulk_or_found),
        cmocka_unit_test(people_can_read_it),
        cmocka_unit_test(every_changed_byte_is_seen),
        cmocka_unit_test(wildcards_do_not_parse),
        cmocka_unit_test(nothing_stands_twice),
        cmocka_unit_test(other_unicode_forms_do_not_parse),
        cmocka_unit_test(one_meaning_has_one_form),
        cmocka_unit_test(unknown_fields_do_not_parse),
        cmocka_unit_test(what_no_grant_may_say),
        cmocka_unit_test(a_persons_own_answer_goes_to_their_own_key),
        cmocka_unit_test(too_much_does_not_parse),
        cmocka_unit_test(identifiers_have_one_form),
        cmocka_unit_test(a_row_is_label_wrap_and_body),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
