/* Aim: facts move the score of names in the right direction, by parts that add up, the same either
 * way round; what only one record says moves nothing. Method: two records with facts changed one at
 * a time, and random ones. */
#include "role/screen/score_facts.h"

#include "base/random.h"
#include "tests/support/test.h"

#define NAMES_SCORE 800000U

static void born(struct score_facts *facts, u16 year, u8 month, u8 day)
{
    struct list_date date = {.year = year, .month = month, .day = day};
    facts->births[0] = (struct list_birth){.from = date, .to = date};
    facts->births_count = 1;
}

static void tied(struct score_facts *facts, const char *code)
{
    facts->countries[facts->countries_count][0] = code[0];
    facts->countries[facts->countries_count][1] = code[1];
    facts->countries_count += 1;
}

static u32 score_of(u32 names, const struct score_facts *a, const struct score_facts *b)
{
    struct score_parts parts = {.millionths = names, .count = 1};
    parts.parts[0] = (struct score_part){.millionths = (i32)names, .kind = SCORE_PART_WORD};
    u32 score = score_facts_add(names, a, b, &parts);
    assert_int_equal(score_facts_add(names, b, a, NULL), score);
    i64 sum = 0;
    for (u32 i = 0; i < parts.count; i += 1) {
        sum += parts.parts[i].millionths;
    }
    assert_int_equal(sum, score);
    assert_int_equal(parts.millionths, score);
    assert_true(score <= SCORE_ONE && score <= names + SCORE_FACTS_MOST);
    return score;
}

static u32 score(const struct score_facts *a, const struct score_facts *b)
{
    return score_of(NAMES_SCORE, a, b);
}

static void births_agree_or_contradict(void **state)
{
    (void)state;
    struct score_facts a = {.kind = NAME_PERSON};
    struct score_facts b = {.kind = NAME_PERSON};
    assert_int_equal(score(&a, &b), NAMES_SCORE);
    born(&a, 1962, 3, 25);
    assert_int_equal(score(&a, &b), NAMES_SCORE); /* omitted */
    born(&b, 1962, 3, 25);
    u32 same = score(&a, &b);
    born(&b, 1962, 0, 0);
    u32 year = score(&a, &b);
    born(&b, 1962, 4, 1);
    u32 other_day = score(&a, &b);
    born(&b, 1963, 0, 0);
    assert_int_equal(score(&a, &b), NAMES_SCORE);
    born(&b, 1980, 0, 0);
    u32 other_year = score(&a, &b);
    assert_true(same > year && year > NAMES_SCORE && NAMES_SCORE > other_day &&
                other_day > other_year);
    b.births[1] = a.births[0]; /* one of two is the true one */
    b.births_count = 2;
    assert_int_equal(score(&a, &b), same);
    born(&b, 1960, 0, 0);
    assert_int_equal(score(&a, &b), other_year);
    b.births[0].circa = true;
    assert_int_equal(score(&a, &b), NAMES_SCORE);
}

static void countries_and_kinds_count(void **state)
{
    (void)state;
    struct score_facts a = {.kind = NAME_PERSON};
    struct score_facts b = {.kind = NAME_PERSON};
    tied(&a, "RU");
    assert_int_equal(score(&a, &b), NAMES_SCORE);
    tied(&b, "JP");
    assert_true(score(&a, &b) < NAMES_SCORE);
    tied(&b, "RU");
    assert_true(score(&a, &b) > NAMES_SCORE);
    b.countries_count = 0;
    b.kind = NAME_ENTITY;
    assert_true(score(&a, &b) < NAMES_SCORE);
    b.kind = NAME_VESSEL;
    assert_true(score(&a, &b) < NAMES_SCORE);
    a.kind = NAME_ENTITY;
    assert_int_equal(score(&a, &b), NAMES_SCORE); /* a company and its ship */
    a.kind = NAME_UNKNOWN;
    assert_int_equal(score(&a, &b), NAMES_SCORE);
}

static void the_score_keeps_its_bounds(void **state)
{
    (void)state;
    struct score_facts a = {.kind = NAME_PERSON};
    struct score_facts b = {.kind = NAME_PERSON};
    born(&a, 1962, 3, 25);
    born(&b, 1962, 3, 25);
    tied(&a, "GE");
    tied(&b, "GE");
    assert_int_equal(score(&a, &b), NAMES_SCORE + SCORE_FACTS_MOST);
    assert_int_equal(score_of(SCORE_ONE, &a, &b), SCORE_ONE);
    assert_int_equal(score_facts_add(0, &a, &b, NULL), 0); /* facts alone mean nobody */
    b.kind = NAME_ENTITY;
    born(&b, 1980, 0, 0);
    assert_int_equal(score_of(100000, &a, &b), 0);
}

static void some_facts(struct random *random, struct score_facts *facts_out)
{
    static const char codes[][3] = {"RU", "JP", "GE", "FR"};
    *facts_out = (struct score_facts){.kind = NAME_UNKNOWN};
    for (u64 i = random_below(random, 3); i > 0; i -= 1) {
        struct list_birth *birth = &facts_out->births[facts_out->births_count];
        birth->from = (struct list_date){.year = (u16)(1960 + random_below(random, 4)),
                                         .month = (u8)random_below(random, 3)};
        birth->from.day = birth->from.month == 0 ? 0 : (u8)random_below(random, 3);
        birth->to = birth->from;
        birth->to.year = (u16)(birth->to.year + random_below(random, 2));
        birth->circa = random_below(random, 4) == 0;
        facts_out->births_count += 1;
    }
    for (u64 i = random_below(random, 3); i > 0; i -= 1) {
        tied(facts_out, codes[random_below(random, ARRAY_COUNT(codes))]);
    }
}

static void either_way_round(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 i = 0; i < test_rounds(20000); i += 1) {
        struct score_facts a;
        struct score_facts b;
        some_facts(&random, &a);
        some_facts(&random, &b);
        (void)score_of((u32)random_below(&random, SCORE_ONE) + 1, &a, &b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(births_agree_or_contradict),
        cmocka_unit_test(countries_and_kinds_count),
        cmocka_unit_test(the_score_keeps_its_bounds),
        cmocka_unit_test(either_way_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
