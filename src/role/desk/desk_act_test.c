/* Aim: an act has one text, and nothing else is read as it; a letter has one hash; a basis that no
 * row of the table allows leads nowhere.
 *
 * Method: acts of every kind, filled at random, are printed and read again; texts are changed by a
 * byte, a line, a field; the table is asked for every combination. */
#include "role/desk/desk_act.h"

#include "base/random.h"
#include "base/span.h"
#include "role/desk/desk_basis.h"
#include "role/desk/desk_letter.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct desk_act act;
static struct desk_act again;
static char text[DESK_ACT_TEXT_BYTES];

static void head_fill(struct random *rng, u8 kind)
{
    memset(&act, 0, sizeof(act));
    memcpy(act.venue, "demo.invalid", sizeof("demo.invalid"));
    memcpy(act.officer, "cleo", sizeof("cleo"));
    memcpy(act.region, "fr", sizeof("fr"));
    act.kind = kind;
    act.role = DESK_ROLE_CLERK;
    act.reason = DESK_REASON_NONE;
    act.at_s = 1 + random_below(rng, 4000000000U);
    if (!desk_act_is_register((enum desk_act_kind)kind)) {
        random_fill(rng, act.name, sizeof(act.name));
        act.name[0] |= 1;
    }
    random_fill(rng, act.prior, sizeof(act.prior));
}

/* What every kind may have; the printer takes what is its own, and so must the reader. */
static void body_fill(struct random *rng)
{
    act.request = (u8)random_between(rng, 1, DESK_REQUEST_SEVER);
    act.mark = (u8)random_between(rng, 1, DESK_MARK_OWN_POLICY);
    act.opening = (u8)random_between(rng, 1, DESK_OPENING_NONE);
    act.basis = (u8)random_between(rng, 1, DESK_BASIS_NONE);
    act.class = (u8)random_between(rng, 1, DESK_CLASS_SEARCH);
    act.urgency = (u8)random_between(rng, 1, DESK_URGENCY_EMERGENCY);
    act.contact = (u8)random_between(rng, 1, DESK_CONTACT_AGREEMENT);
    memcpy(act.country, "FR", 3);
    memcpy(act.authority, "xa-court", sizeof("xa-court"));
    act.type = DESK_TYPE_COURT;
    memcpy(act.recipient, "age1invented", sizeof("age1invented"));
    memcpy(act.telephone, "+00 1 (2) 3", sizeof("+00 1 (2) 3"));
    memcpy(act.reference, "No. 7/2026, I", sizeof("No. 7/2026, I"));
    memcpy(act.member, "anna", sizeof("anna"));
    random_fill(rng, act.instrument, sizeof(act.instrument));
    random_fill(rng, act.grant, sizeof(act.grant));
    act.dated_s = random_below(rng, 2) * 1700000000U;
    act.until_s = 1 + random_below(rng, 4000000000U);
    act.number = random_below(rng, 1000);
    act.count = random_below(rng, 3);
}

static void lists_fill(struct random *rng)
{
    bool is_whole = act.kind == DESK_ACT_RECEIVE || act.kind == DESK_ACT_AMEND;
    u32 people = (u32)random_between(rng, 1, 12);
    for (u32 i = 0; is_whole && i < people; i += 1) {
        act.subjects[i] =
            (struct desk_subject){.ordinal = i + 1, .field = (u8)random_between(rng, 1, 7)};
        act.subjects_count = i + 1;
    }
    for (u32 i = 0; (is_whole || act.kind == DESK_ACT_ASSESS) && i < people; i += 1) {
        struct desk_record *record = &act.records[i];
        *record = (struct desk_record){.ordinal = i + 1, .group = (u8)random_between(rng, 1, 8)};
        if (random_chance(rng, 1, 2)) {
            record->from_day = (u32)random_between(rng, 1, DESK_DAY_LAST);
            record->to_day = (u32)random_between(rng, record->from_day, DESK_DAY_LAST);
        }
        act.records_count = i + 1;
    }
    for (u32 i = 0; act.kind == DESK_ACT_PREPARE && i < people; i += 1) {
        act.persons[i] = random_chance(rng, 1, 4) ? 0 : 10 * random_below(rng, 1000) + i % 10 + 1;
        for (u32 before = 0; before < i; before += 1) {
            act.persons[i] = act.persons[before] == act.persons[i] ? 0 : act.persons[i];
        }
        act.persons_count = i + 1;
    }
}

static size_t text_make(struct random *rng, u8 kind)
{
    head_fill(rng, kind);
    body_fill(rng);
    lists_fill(rng);
    return desk_act_print(&act, text);
}

static void every_act_is_read_as_it_was_printed(void **state)
{
    (void)state;
    struct random rng;
    char other[DESK_ACT_TEXT_BYTES];
    random_init(&rng, test_seed());
    u64 rounds = test_rounds(50);
    for (u64 round = 0; round < rounds; round += 1) {
        for (u8 kind = 1; kind <= DESK_ACTS_LAST; kind += 1) {
            size_t size = text_make(&rng, kind);
            if (desk_act_read(span_of(text, size), "act", &again) != FAULT_NONE) {
                fail_msg("%s:\n%s", fault_text(), text);
            }
            assert_int_equal(desk_act_print(&again, other), size);
            assert_memory_equal(other, text, size);
        }
    }
}

static void a_changed_byte_is_another_act_or_none(void **state)
{
    (void)state;
    struct random rng;
    char changed[DESK_ACT_TEXT_BYTES];
    random_init(&rng, test_seed());
    for (u8 kind = 1; kind <= DESK_ACTS_LAST; kind += 1) {
        size_t size = text_make(&rng, kind);
        u32 read = 0;
        for (size_t at = 0; at < size; at += 1) {
            memcpy(changed, text, size + 1);
            changed[at] = (char)random_between(&rng, 1, 255);
            bool is_read = changed[at] != text[at] &&
                           desk_act_read(span_of(changed, size), "act", &again) == FAULT_NONE;
            read += is_read;
            if (is_read) {
                char other[DESK_ACT_TEXT_BYTES];
                assert_int_equal(desk_act_print(&again, other), size);
                assert_memory_equal(other, changed, size);
            }
        }
        assert_true(read < size / 4);
        assert_int_equal(desk_act_read(span_of(text, size - 1), "act", &again), FAULT_INPUT);
    }
}

static void refuse(const char *from, const char *to, const char *words)
{
    char changed[DESK_ACT_TEXT_BYTES];
    const char *at = strstr(text, from);
    assert_non_null(at);
    int size = snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, to,
                        at + strlen(from));
    assert_int_equal(desk_act_read(span_of(changed, (size_t)size), "act", &again), FAULT_INPUT);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

static void nothing_stands_for_more_than_it_names(void **state)
{
    (void)state;
    struct random rng;
    random_init(&rng, 1);
    (void)text_make(&rng, DESK_ACT_RECEIVE);
    act.records_count = 2;
    act.records[0] = (struct desk_record){.ordinal = 1, .group = DESK_GROUP_BANK};
    act.records[1] = (struct desk_record){.ordinal = 1, .group = DESK_GROUP_LOGINS};
    (void)desk_act_print(&act, text);
    refuse("record: 1 bank none", "record: * bank none", "no wildcards");
    refuse("record: 1 bank none", "record: 1 all none", "not \"record:");
    refuse("record: 1 bank none", "record: 1 logins none", "each once");
    refuse("record: 1 bank none", "record: 1..9 bank none", "not \"record:");
    refuse("record: 1 bank none", "record: 33 bank none", "not \"record:");
    refuse("record: 1 bank none", "record: 1 bank 2026-02-30..2026-03-01", "not \"record:");
    refuse("record: 1 bank none", "record: 1  bank none", "not \"record:");
    refuse("subject: 1", "subjects: 1", "no act of this kind has such a field");
    refuse("subject: 1", "subject: 01", "not \"subject:");
    refuse("urgency: ", "venue: x\nurgency: ", "urgency is wanted");
    refuse("request: ", "standing-access: yes\nrequest: ", "request is wanted");
    refuse("reference: ", "reference:  ", "no such value");
    refuse("cambist desk v1", "cambist desk v2", "desk v1");
}

static void an_agreement_says_nothing_of_access(void **state)
{
    (void)state;
    struct random rng;
    random_init(&rng, 1);
    (void)text_make(&rng, DESK_ACT_CONTACT);
    refuse("member: ", "record: 1 bank none\nmember: ", "member is wanted");
    refuse("member: anna\n", "member: anna\nrecord: 1 bank none\n",
           "no act of this kind has such a field");
    refuse("contact: ", "until: open\ncontact: ", "contact is wanted");
}

/* ---- bases ---- */

static void only_a_row_of_the_table_may(void **state)
{
    (void)state;
    static const char *const countries[] = {"FR", "RU"};
    u32 verdicts[4] = {0};
    for (u32 i = 0; i < 4 * 5 * 5 * 6 * 2; i += 1) {
        const char *source = NULL;
        struct desk_asked asked = {.request = (enum desk_request)(1 + i % 4),
                                   .mark = (enum desk_mark)(1 + i / 4 % 5),
                                   .opening = (enum desk_opening)(1 + i / 20 % 5),
                                   .basis = (enum desk_basis)(1 + i / 100 % 6),
                                   .country = countries[i / 600]};
        enum desk_verdict verdict = desk_basis_of(&asked, &source);
        verdicts[verdict] += 1;
        assert_true(strlen(source) > 10);
        bool discloses = asked.request == DESK_REQUEST_DISCLOSE;
        bool is_third = i / 600 == 1;
        if (verdict != DESK_VERDICT_MAY) {
            continue;
        }
        assert_int_equal(discloses, asked.opening != DESK_OPENING_NONE);
        if (discloses && asked.opening == DESK_OPENING_AUTHORITY) {
            assert_int_equal(asked.basis, is_third ? DESK_BASIS_TREATY : DESK_BASIS_UNION_LAW);
            assert_int_not_equal(asked.mark, DESK_MARK_OWN_POLICY);
            assert_int_equal(asked.mark == DESK_MARK_FOREIGN, is_third);
        }
    }
    assert_int_equal(verdicts[DESK_VERDICT_VIA_TREATY], 3); /* disclose, restrict, sever */
    assert_true(verdicts[DESK_VERDICT_MAY] < 30);
}

/* ---- letters ---- */

static void letters_name_no_officer(void **state)
{
    (void)state;
    static struct desk_case at = {.reference = "7/2026", .authority = "xa-court"};
    char letter[DESK_LETTER_BYTES];
    char other[DESK_LETTER_BYTES];
    u32 letters = 0;
    struct random rng;
    random_init(&rng, 1);
    for (u8 kind = 1; kind <= DESK_ACTS_LAST; kind += 1) {
        if (!desk_act_has_letter((enum desk_act_kind)kind)) {
            continue;
        }
        for (u8 reason = DESK_REASON_NONE; reason <= DESK_REASON_TOO_WIDE; reason += 1) {
            (void)text_make(&rng, kind);
            act.reason = reason;
            size_t size = desk_letter_print(&at, &act, letter);
            memset(act.letter, 9, sizeof(act.letter));
            memcpy(act.officer, "bela", sizeof("bela"));
            assert_int_equal(desk_letter_print(&at, &act, other), size);
            assert_string_equal(letter, other);
            assert_null(strstr(letter, "bela"));
            assert_null(strstr(letter, "cleo"));
            assert_non_null(strstr(letter, "\n[en]\n"));
            assert_non_null(strstr(letter, "\n[fr]\n"));
            assert_int_equal(strstr(letter, "7/2026") != NULL, kind != DESK_ACT_NOTICE);
            letters += 1;
        }
    }
    assert_int_equal(letters, 5 * 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_is_read_as_it_was_printed),
        cmocka_unit_test(a_changed_byte_is_another_act_or_none),
        cmocka_unit_test(nothing_stands_for_more_than_it_names),
        cmocka_unit_test(an_agreement_says_nothing_of_access),
        cmocka_unit_test(only_a_row_of_the_table_may),
        cmocka_unit_test(letters_name_no_officer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
