/* Aim: two words are as alike as people take them: a slip costs little, a sound written otherwise
 * less, another word everything; and the same either way. Method: words by hand in order of
 * likeness; random words both ways round. */
#include "role/screen/score_token.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>

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

static struct name analysed(const char *text)
{
    struct name name;
    assert_true(name_analyse(analyser, span_of_text(text), NAME_PERSON, &name));
    return name;
}

static u32 likeness(const char *a, const char *b)
{
    struct name x = analysed(a);
    struct name y = analysed(b);
    u32 forward = token_likeness(&x.tokens[0], &y.tokens[0], 1);
    assert_int_equal(forward, token_likeness(&y.tokens[0], &x.tokens[0], 1));
    assert_true(forward <= LIKENESS_ONE);
    static const u32 lowest[] = {300, 660, 760, LIKENESS_ONE};
    for (u32 i = 0; i < ARRAY_COUNT(lowest); i += 1) {
        u32 quick = token_likeness(&x.tokens[0], &y.tokens[0], lowest[i]);
        assert_true(quick == forward || (quick < lowest[i] && forward < lowest[i]));
    }
    u32 soon = token_likeness_soon(&x.tokens[0], &y.tokens[0], 1);
    assert_true(soon == forward || soon == LIKENESS_OPEN);
    return forward;
}

static void slips_cost_little(void **state)
{
    (void)state;
    assert_int_equal(likeness("melnikov", "MELNIKOV"), LIKENESS_ONE);
    assert_in_range(likeness("melnikov", "mellnikov"), 900, 999);  /* doubled */
    assert_in_range(likeness("melnikov", "melinkov"), 850, 999);   /* changed places */
    assert_in_range(likeness("melnikov", "melnukov"), 850, 999);   /* a vowel */
    assert_in_range(likeness("melnikov", "melnitov"), 800, 950);   /* a consonant */
    assert_in_range(likeness("melnikov", "Мельников"), 950, 1000); /* another script */
    assert_in_range(likeness("chernov", "tjernow"), 950, 999);     /* another country */
    assert_in_range(likeness("vladimir", "volodymyr"), 950, 999);  /* another language */
    assert_in_range(likeness("khorasani", "خراسانی"), 900, 999);   /* without vowels */
    assert_in_range(likeness("nitup", "putin"), 600, 700);         /* shuffled */
}

static void other_words_cost_everything(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"melnikov", "orlov"}, {"daniel", "donald"}, {"hassan", "كريم"}, {"44", "45"}, {"li", "wu"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(pairs); i += 1) {
        assert_true(likeness(pairs[i][0], pairs[i][1]) < 700);
    }
    assert_int_equal(likeness("melnikov", "orlov"), 0);
}

static void runs_are_one_word(void **state)
{
    (void)state;
    struct name run = analysed("Jong un");
    struct name one = analysed("Jongun");
    assert_int_equal(token_likeness_joined(run.tokens, 2, &one.tokens[0], 1), LIKENESS_ONE);
    struct name other = analysed("Jonathan");
    assert_true(token_likeness_joined(run.tokens, 2, &other.tokens[0], 1) < 600);
}

static void random_words_are_alike_both_ways(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(50000);
    for (u64 round = 0; round < rounds; round += 1) {
        char words[2][24];
        for (u32 side = 0; side < 2; side += 1) {
            u64 size = random_between(&random, 2, 23);
            for (u64 i = 0; i < size; i += 1) {
                words[side][i] = (char)('a' + random_below(&random, i % 2 == 0 ? 26 : 5));
            }
            words[side][size] = 0;
        }
        (void)likeness(words[0], words[random_below(&random, 2)]);
        char run[48];
        size_t part = (size_t)random_between(&random, 1, strlen(words[0]) - 1);
        (void)snprintf(run, sizeof(run), "%.*s %s", (int)part, words[0], words[0] + part);
        struct name parted = analysed(run);
        words[0][random_below(&random, strlen(words[0]))] = 'k';
        struct name one = analysed(words[0]);
        if (parted.tokens_count == 2) {
            u32 joined = token_likeness_joined(parted.tokens, 2, &one.tokens[0], 1);
            u32 quick = token_likeness_joined(parted.tokens, 2, &one.tokens[0], 760);
            assert_true(quick == joined || (quick < 760 && joined < 760));
            assert_true(joined < 760 || token_may_join(parted.tokens, 2, &one.tokens[0], 760));
        }
    }
}

static u32 apart(const char *a, const char *b, u32 a_count, u32 *letters_out)
{
    struct name x = analysed(a);
    struct name y = analysed(b);
    u32 letters = 0;
    u32 edits = token_letters_apart(x.tokens, a_count, y.tokens, 1, letters_out);
    assert_int_equal(edits, token_letters_apart(y.tokens, 1, x.tokens, a_count, &letters));
    assert_int_equal(letters, *letters_out);
    return edits;
}

static void letters_apart_are_counted(void **state)
{
    (void)state;
    u32 letters = 0;
    assert_int_equal(apart("petrenko", "petrenko", 1, &letters), 0);
    assert_int_equal(letters, 8);
    assert_int_equal(apart("petrenko", "petrenka", 1, &letters), 1);
    assert_int_equal(apart("petrenko", "ptrenko", 1, &letters), 1);
    assert_int_equal(letters, 7);
    assert_int_equal(apart("petrenko", "eptrenko", 1, &letters), 1);
    assert_int_equal(apart("petrenko", "eptrenka", 1, &letters), 2);
    assert_int_equal(apart("petrenko", "orlov", 1, &letters), 7);
    assert_int_equal(apart("petr enko", "petrenko", 2, &letters), 0);
    assert_int_equal(apart("petr enka", "petrenko", 2, &letters), 1);
    assert_int_equal(letters, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_apart_are_counted),        cmocka_unit_test(slips_cost_little),
        cmocka_unit_test(other_words_cost_everything),      cmocka_unit_test(runs_are_one_word),
        cmocka_unit_test(random_words_are_alike_both_ways),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
