/* Aim: facts move the score of names in the right direction, by parts that add up; what only one
 * record says moves nothing. Method: one person with facts changed one at a time. */
#include "role/screen/score_record.h"

#include "base/span.h"
#include "tests/support/test.h"

static struct name_analyser *analyser;

static int open_analyser(void **state)
{
    (void)state;
    return name_analyser_open(&analyser) == FAULT_NONE ? 0 : -1;
}

static int close_analyser(void **state)
{
    (void)state;
    name_analyser_close(analyser);
    return 0;
}

/* A person with at most two names, a birth date, a country and a passport. */
struct person {
    struct name names[2];
    u8 qualities[2];
    struct list_birth birth;
    struct list_tied_country country;
    struct list_identifier identifier;
    struct score_record record;
};

static void person_init(struct person *person, const char *name, const char *weak)
{
    *person = (struct person){.qualities = {LIST_QUALITY_PRIMARY, LIST_QUALITY_WEAK}};
    person->record = (struct score_record){.kind = NAME_PERSON,
                                           .names = person->names,
                                           .qualities = person->qualities,
                                           .names_count = weak == NULL ? 1 : 2,
                                           .births = &person->birth,
                                           .countries = &person->country,
                                           .identifiers = &person->identifier};
    assert_true(name_analyse(analyser, span_of_text(name), NAME_PERSON, &person->names[0]));
    if (weak != NULL) {
        assert_true(name_analyse(analyser, span_of_text(weak), NAME_PERSON, &person->names[1]));
    }
}

static void born(struct person *person, u16 year, u8 month, u8 day)
{
    person->birth.from = (struct list_date){.year = year, .month = month, .day = day};
    person->birth.to = person->birth.from;
    person->record.births_count = 1;
}

static void lives(struct person *person, const char *code)
{
    person->country.country.code[0] = code[0];
    person->country.country.code[1] = code[1];
    person->record.countries_count = 1;
}

static u32 score(const struct person *a, const struct person *b)
{
    struct score_record_result result;
    struct score_record_result turned;
    score_records(&a->record, &b->record, &result);
    score_records(&b->record, &a->record, &turned);
    assert_int_equal(result.millionths, turned.millionths);
    assert_true(result.millionths <= SCORE_ONE);
    i64 sum = 0;
    for (u32 i = 0; i < result.parts.count; i += 1) {
        sum += result.parts.parts[i].millionths;
    }
    assert_int_equal(sum, result.millionths);
    return result.millionths;
}

static void births_agree_or_contradict(void **state)
{
    (void)state;
    struct person a;
    struct person b;
    person_init(&a, "Arkady Vorontsev", NULL);
    person_init(&b, "Arkady Vorontseff", NULL);
    u32 unknown = score(&a, &b);
    born(&a, 1962, 3, 25);
    assert_int_equal(score(&a, &b), unknown); /* omitted */
    born(&b, 1962, 3, 25);
    u32 same = score(&a, &b);
    born(&b, 1962, 0, 0);
    u32 year = score(&a, &b);
    born(&b, 1962, 4, 1);
    u32 other_day = score(&a, &b);
    born(&b, 1963, 0, 0);
    assert_int_equal(score(&a, &b), unknown);
    born(&b, 1980, 0, 0);
    u32 other_year = score(&a, &b);
    assert_true(same > year && year > unknown && unknown > other_day && other_day > other_year);
    born(&b, 1960, 0, 0);
    b.birth.circa = true;
    assert_int_equal(score(&a, &b), unknown);
}

static void countries_and_kinds_count(void **state)
{
    (void)state;
    struct person a;
    struct person b;
    person_init(&a, "Arkady Vorontsev", NULL);
    person_init(&b, "Arkady Vorontseff", NULL);
    u32 unknown = score(&a, &b);
    lives(&a, "RU");
    assert_int_equal(score(&a, &b), unknown);
    lives(&b, "RU");
    assert_true(score(&a, &b) > unknown);
    lives(&b, "JP");
    assert_true(score(&a, &b) < unknown);
    b.record.countries_count = 0;
    b.record.kind = NAME_ENTITY;
    assert_true(score(&a, &b) < unknown);
    b.record.kind = NAME_UNKNOWN;
    assert_int_equal(score(&a, &b), unknown);
}

static void identifiers_decide(void **state)
{
    (void)state;
    struct person a;
    struct person b;
    person_init(&a, "Arkady Vorontsev", NULL);
    person_init(&b, "Li Wei", NULL);
    assert_int_equal(score(&a, &b), 0);
    a.identifier.number = span_of_text("AB 123-456");
    b.identifier.number = span_of_text("ab123456");
    a.record.identifiers_count = 1;
    b.record.identifiers_count = 1;
    assert_int_equal(score(&a, &b), SCORE_ONE);
    a.identifier.number = span_of_text("12-34");
    b.identifier.number = span_of_text("1234"); /* too short to tell anybody */
    assert_int_equal(score(&a, &b), 0);
}

static void weak_aliases_only_raise(void **state)
{
    (void)state;
    struct person listed;
    struct person customer;
    person_init(&listed, "Arkady Vorontsev", "Volk Sibirsky");
    person_init(&customer, "Volk Sibirsky", NULL);
    assert_int_equal(score(&listed, &customer), 0);
    struct person plain;
    person_init(&plain, "Arkady Vorontsev", NULL);
    person_init(&customer, "Arkadi Vorontseffa", "Volk Sibirsky");
    assert_true(score(&listed, &customer) > score(&plain, &customer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(births_agree_or_contradict),
        cmocka_unit_test(countries_and_kinds_count),
        cmocka_unit_test(identifiers_decide),
        cmocka_unit_test(weak_aliases_only_raise),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
