/* Aim: the words found near a word are exactly those that comparing it with every word finds near,
 * in order; nearness is symmetric; a word is nearest to itself; a number is near to nothing else.
 *
 * Method: words of invented names and damaged ones, each looked up and compared with a walk through
 * all. */
#include "role/screen/index_words.h"

#include "base/random.h"
#include "tests/support/name_world.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static struct name_analyser *analyser;
static struct index_words words;
static struct index_near_search search;
static struct name name;

static int setup(void **state)
{
    (void)state;
    return name_analyser_open(&analyser) == FAULT_NONE ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    name_analyser_close(analyser);
    return 0;
}

static const struct name *analyse(const char *text)
{
    struct span span = {.data = (const u8 *)text, .size = strlen(text)};
    assert_true(name_analyse(analyser, span, NAME_UNKNOWN, &name));
    return &name;
}

static void add(const char *text)
{
    const struct name *one = analyse(text);
    for (u32 i = 0; i < one->tokens_count; i += 1) {
        u32 word = 0;
        assert_int_equal(index_words_add(&words, &one->tokens[i], &word), FAULT_NONE);
        assert_true(word < words.count);
        assert_int_equal(index_words_find(&words, &one->tokens[i]), word);
    }
}

static void fill(struct random *random, u32 names)
{
    assert_int_equal(index_words_open(&words), FAULT_NONE);
    for (u32 i = 0; i < names; i += 1) {
        char text[NAME_WORLD_BYTES];
        if (i % 4 == 0) {
            name_world_company(random, text);
        } else {
            name_world_person(random, text);
        }
        add(text);
    }
    add("Plant 17");
    add("Plant 18");
    assert_int_equal(index_words_seal(&words), FAULT_NONE);
    assert_int_equal(index_near_open(&search, words.count), FAULT_NONE);
}

static void empty(void)
{
    index_near_close(&search);
    index_words_close(&words);
}

/* The same by looking at every word. */
static void agrees_with_a_walk(const struct name_token *token)
{
    static struct index_near all[1U << 16];
    u32 count = 0;
    for (u32 i = 0; i < words.count; i += 1) {
        u32 near = index_words_compare(token, &words.words[i]);
        assert_int_equal(near, index_words_compare(&words.words[i], token));
        assert_true(near <= INDEX_NEAR_FULL);
        if (near > 0) {
            all[count] = (struct index_near){.word = i, .near = near};
            count += 1;
        }
    }
    index_near_find(&search, &words, token);
    if (count > INDEX_NEAR_MAX) {
        assert_int_equal(search.found_count, INDEX_NEAR_MAX);
        return;
    }
    if (search.found_count != count) {
        fail_msg("seed %llu: %u words near \"%.*s\", %u found", (unsigned long long)test_seed(),
                 count, (int)token->text_size, token->text, search.found_count);
    }
    for (u32 i = 0; i < search.found_count; i += 1) {
        u32 place = 0;
        while (place < count && all[place].word != search.found[i].word) {
            place += 1;
        }
        assert_true(place < count && all[place].near == search.found[i].near);
        if (i > 0) {
            assert_true(search.found[i - 1].near > search.found[i].near ||
                        (search.found[i - 1].near == search.found[i].near &&
                         search.found[i - 1].word < search.found[i].word));
        }
    }
}

static void near_words_are_all_found(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    fill(&random, 1500);
    u64 rounds = test_rounds(400);
    for (u64 i = 0; i < rounds; i += 1) {
        char text[NAME_WORLD_BYTES];
        char damaged[NAME_WORLD_BYTES];
        name_world_person(&random, text);
        name_world_damage(&random, text, damaged);
        const struct name *one = analyse(damaged);
        for (u32 j = 0; j < one->tokens_count; j += 1) {
            agrees_with_a_walk(&one->tokens[j]);
        }
    }
    empty();
}

/* The word itself, with two letters changed anywhere, is found from its changed form. */
static void two_edits_in_a_long_word_are_found(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    assert_int_equal(index_words_open(&words), FAULT_NONE);
    add("Brandenhofer");
    assert_int_equal(index_words_seal(&words), FAULT_NONE);
    assert_int_equal(index_near_open(&search, words.count), FAULT_NONE);
    static const char *const written[] = {"rbandenhofre",   "brndenhfer",   "brandenhoferxx",
                                          "xxbrandenhofer", "brxxdenhofer", "barndenhoffer"};
    for (u32 i = 0; i < ARRAY_COUNT(written); i += 1) {
        index_near_find(&search, &words, &analyse(written[i])->tokens[0]);
        assert_int_equal(search.found_count, 1);
    }
    index_near_find(&search, &words, &analyse("Klimovsk")->tokens[0]);
    assert_int_equal(search.found_count, 0);
    empty();
}

static void a_number_is_near_itself_only(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    fill(&random, 10);
    const struct name *one = analyse("Plant 17");
    const struct name_token *number = &one->tokens[one->tokens_count - 1];
    assert_int_equal(number->role, ROLE_NUMBER);
    index_near_find(&search, &words, number);
    assert_int_equal(search.found_count, 1);
    assert_int_equal(search.found[0].near, INDEX_NEAR_FULL);
    assert_int_equal(search.found[0].word, index_words_find(&words, number));
    empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_words_are_all_found),
        cmocka_unit_test(two_edits_in_a_long_word_are_found),
        cmocka_unit_test(a_number_is_near_itself_only),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
