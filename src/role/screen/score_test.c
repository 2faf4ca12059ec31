/* Aim: the score is the sum of its parts, the same either way round, one for a name with itself;
 * contradiction costs more than omission; and what must be found is found, what must be told apart
 * is. Method: pairs of invented and public names by hand; laws over random changes of names. */
#include "role/screen/score.h"

#include "base/random.h"
#include "base/span.h"
#include "role/screen/name_counts.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

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

static struct name analysed(const char *text, enum name_kind kind)
{
    struct name name;
    if (!name_analyse(analyser, span_of_text(text), kind, &name)) {
        fail_msg("no name: %s", text);
    }
    return name;
}

/* The score, after the laws that hold for every pair. */
static u32 lawful(const struct name *a, const struct name *b)
{
    struct score_parts parts;
    u32 score = score_names(a, b, 0, &parts);
    assert_true(score <= SCORE_ONE);
    assert_int_equal(score, parts.millionths);
    i64 sum = 0;
    for (u32 i = 0; i < parts.count; i += 1) {
        const struct score_part *part = &parts.parts[i];
        sum += part->millionths;
        assert_true(part->a == SCORE_NO_TOKEN || part->a < a->tokens_count);
        assert_true(part->b == SCORE_NO_TOKEN || part->b < b->tokens_count);
        assert_non_null(score_part_name((enum score_part_kind)part->kind));
    }
    assert_int_equal(sum, score);
    assert_int_equal(score_names(b, a, 0, NULL), score);
    if (score > 0) {
        assert_int_equal(score_names(a, b, score, NULL), score);
        assert_int_equal(score_names(b, a, score, NULL), score);
    }
    static const u32 needed[] = {1, 300000, 500000, 800000, SCORE_ONE};
    for (u32 i = 0; i < ARRAY_COUNT(needed); i += 1) {
        u32 hurried = score_names(a, b, needed[i], NULL);
        assert_true(hurried == score || (hurried == 0 && score < needed[i]));
    }
    return score;
}

static u32 score_of(const char *a, const char *b, enum name_kind kind)
{
    struct name x = analysed(a, kind);
    struct name y = analysed(b, kind);
    return lawful(&x, &y);
}

struct pair {
    const char *a;
    const char *b;
    enum name_kind kind;
};

static void one_name_is_found(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Vladimir Petrenko", "PETRENKO, Vladimir", NAME_PERSON},
        {"VladimirPetrenko", "Vladimir Petrenko", NAME_PERSON},
        {"Vladimir Petrenko", "Владимир Петренко", NAME_PERSON},
        {"Uladzimir Pjatrenka", "Владимир Петренко", NAME_PERSON},
        {"Wladimir Petrenko", "Vladimir Petrenkko", NAME_PERSON},
        {"Sergej Viktorovitj ARCHIPOV", "Сергей Викторович АРХИПОВ", NAME_PERSON},
        {"Abdurrahman Yusif", "عبد الرحمن يوسف", NAME_PERSON},
        {"Abd al-Rahman Yussuf", "ABDULRAHMAN YOUSEF", NAME_PERSON},
        {"Kim Jong-un", "김정은", NAME_PERSON},
        {"Hsi Chin-ping", "Xi Jinping", NAME_PERSON},
        {"V. Petrenko", "Vladimir Petrenko", NAME_PERSON},
        {"Brigade Forty-Four", "Brigade 44", NAME_ENTITY},
        {"Crystalford LIMITED", "Cristalford LTD", NAME_ENTITY},
        {"Orel Invest OAO", "Orel Invest Joint Stock Company", NAME_ENTITY},
        {"L.X.C Aviation", "LXC Aviation", NAME_ENTITY},
        {"Orel Trading Cmopany", "Orel Trading Company", NAME_ENTITY},
    };
    for (u32 i = 0; i < ARRAY_COUNT(pairs); i += 1) {
        u32 score = score_of(pairs[i].a, pairs[i].b, pairs[i].kind);
        if (score < 820000) {
            fail_msg("%s, %s: %u", pairs[i].a, pairs[i].b, score);
        }
    }
}

static void other_names_are_told_apart(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Daniel Petrenko", "Donald Petrenko", NAME_PERSON},
        {"George Bush", "George Habbash", NAME_PERSON},
        {"Gustavo Amaya", "PERDOMO, Gustavo A", NAME_PERSON},
        {"William G. Frost", "William W. Frost", NAME_PERSON},
        {"Rustam Ibrahimovich Orlov", "Rustam Magomedovich Orlov", NAME_PERSON},
        {"Orel Construction Bank", "Orel Construction Trust", NAME_ENTITY},
        {"Belletech Corp", "11420 Corp", NAME_ENTITY},
        {"LXC Aviation", "LAU Aviation", NAME_ENTITY},
        {"Bank of Orel (Singapore)", "Bank of Orel (Australia)", NAME_ENTITY},
        {"Emma LLC", "Emma Daniels LLC", NAME_ENTITY},
    };
    for (u32 i = 0; i < ARRAY_COUNT(pairs); i += 1) {
        u32 score = score_of(pairs[i].a, pairs[i].b, pairs[i].kind);
        if (score > 820000) {
            fail_msg("%s, %s: %u", pairs[i].a, pairs[i].b, score);
        }
    }
}

static struct name weighed(const char *text, enum name_kind kind, u8 weight)
{
    struct name name = analysed(text, kind);
    for (u32 i = 0; i < name.tokens_count; i += 1) {
        name.tokens[i].weight = weight;
    }
    return name;
}

static bool has_part(const struct name *a, const struct name *b, enum score_part_kind kind)
{
    struct score_parts parts;
    bool has = false;
    (void)score_names(a, b, 0, &parts);
    for (u32 i = 0; i < parts.count; i += 1) {
        has = has || parts.parts[i].kind == kind;
    }
    return has;
}

/* The same slip, in a word too short to bear it, counts less where it is all that differs. */
static void a_slip_is_seen_in_the_whole_name(void **state)
{
    (void)state;
    static const struct pair slips[] = {
        {"Qib Orlovskaya", "Qin Orlovskaya", NAME_PERSON},
        {"Yong-Won Oj", "Yong-Won Jo", NAME_PERSON},
        {"Yin Mix Thurein", "Yin Min Thurein", NAME_PERSON},
        {"East Dtar Orel Company", "East Star Orel Company", NAME_ENTITY},
        {"Orelfaktor LL", "Orelfaktor LLC", NAME_ENTITY},
        {"Drofaktor Ltm", "Profaktor Ltd", NAME_ENTITY},
    };
    static const struct pair others[] = {
        {"Qib Orlovskaya", "Qin Orlovskaya Petrova", NAME_PERSON}, /* a word is left over */
        {"Qibt Orlovskay", "Qin Orlovskaya", NAME_PERSON},         /* three letters */
        {"K. Orlovskaya", "Qin Orlovskaya", NAME_PERSON},
    };
    for (u32 i = 0; i < ARRAY_COUNT(slips); i += 1) {
        u32 score = score_of(slips[i].a, slips[i].b, slips[i].kind);
        if (score < 820000) {
            fail_msg("%s, %s: %u", slips[i].a, slips[i].b, score);
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
        struct name a = analysed(others[i].a, others[i].kind);
        struct name b = analysed(others[i].b, others[i].kind);
        if (has_part(&a, &b, SCORE_PART_SLIP)) {
            fail_msg("%s, %s", others[i].a, others[i].b);
        }
    }
}

static void common_words_and_something_besides_tell_little(void **state)
{
    (void)state;
    struct name common = weighed("Luis Orlando", NAME_PERSON, 12);
    struct name common_more = weighed("Luis Antonio Orlando Zea", NAME_PERSON, 12);
    struct name rare = weighed("Luis Orlando", NAME_PERSON, 36);
    struct name rare_more = weighed("Luis Antonio Orlando Zea", NAME_PERSON, 36);
    assert_true(lawful(&common, &common_more) + 80000 < lawful(&rare, &rare_more));
    assert_int_equal(lawful(&common, &common), SCORE_ONE);
    /* A person with the name of a ship, and more names. */
    struct name ship = weighed("Daniela", NAME_VESSEL, 36);
    struct name person = weighed("Daniela Foster", NAME_PERSON, 36);
    struct name other = weighed("Daniela Foster", NAME_VESSEL, 36);
    assert_true(lawful(&person, &ship) + 100000 < lawful(&other, &ship));
}

/* Syllables of Korean and Chinese names are few: a letter of difference is another name. */
static void syllables_must_agree(void **state)
{
    (void)state;
    assert_true(score_of("박정수", "PAK, Jong Un", NAME_PERSON) < 750000);
    assert_true(score_of("김영호", "KIM, Yong Su", NAME_PERSON) < 750000);
    assert_true(score_of("김정은", "KIM, Jong Un", NAME_PERSON) >= 820000);
}

static void contradiction_costs_more_than_omission(void **state)
{
    (void)state;
    static const char *const names[][3] = {
        {"Rustam Ibrahimovich Orlov", "Rustam Orlov", "Rustam Magomedovich Orlov"},
        {"William Walter Frost", "William Frost", "William George Frost"},
        {"William W. Frost", "William Frost", "William G. Frost"},
        {"Ali Hassan Orlov", "Ali Orlov", "Ali Zakaria Orlov"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        u32 omitted = score_of(names[i][0], names[i][1], NAME_PERSON);
        u32 contradicted = score_of(names[i][0], names[i][2], NAME_PERSON);
        assert_true(contradicted < omitted && omitted < SCORE_ONE);
    }
    u32 omitted = score_of("Brigade 44 Orel", "Brigade Orel", NAME_ENTITY);
    u32 contradicted = score_of("Brigade 44 Orel", "Brigade 45 Orel", NAME_ENTITY);
    assert_true(contradicted < omitted);
}

static void words_without_weight_never_empty_a_name(void **state)
{
    (void)state;
    assert_int_equal(score_of("Trading Company Ltd", "Trading Company Ltd", NAME_ENTITY),
                     SCORE_ONE);
    assert_true(score_of("Trading Company Ltd", "Bank Corp", NAME_ENTITY) < 500000);
    assert_int_equal(score_of("al", "al", NAME_PERSON), SCORE_ONE);
    struct name empty = {0};
    struct name name = analysed("Orlov", NAME_PERSON);
    assert_int_equal(score_names(&empty, &name, 0, NULL), 0);
}

static void rare_words_tell_more(void **state)
{
    (void)state;
    struct name_counts *counts = NULL;
    assert_int_equal(name_counts_open(64, &counts), FAULT_NONE);
    for (u32 i = 0; i < 200; i += 1) {
        struct name common = analysed("Zorvan Melikson", NAME_PERSON);
        name_counts_add(counts, &common);
    }
    struct name rare = analysed("Tavrin Melikson", NAME_PERSON);
    name_counts_add(counts, &rare);
    struct name first = analysed("Tavrin", NAME_PERSON);
    struct name second = analysed("Melikson", NAME_PERSON);
    name_weigh(counts, &rare);
    name_weigh(counts, &first);
    name_weigh(counts, &second);
    assert_true(rare.tokens[0].weight > rare.tokens[1].weight);
    assert_true(lawful(&rare, &first) > lawful(&rare, &second));
    name_counts_close(counts);
}

/* Names out of a few syllables, then changed: the laws hold, and each further wrong letter in a
 * word costs. */
static void laws_hold_for_random_names(void **state)
{
    (void)state;
    static const char *const words[] = {
        "al",     "bin",   "Mohammed", "Orlov", "ovich",  "Ltd",     "Bank", "44",
        "J.",     "Zakir", "Жуков",    "محمد",  "김정은", "Petrova", "de",   "Group",
        "Hassan", "and",   "IV",       "Chen",  "X",      "Sheikh",  ",",    "-",
    };
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(20000);
    for (u64 round = 0; round < rounds; round += 1) {
        struct name names[2];
        for (u32 side = 0; side < 2; side += 1) {
            char text[256] = "a";
            for (u64 i = random_below(&random, 7); i > 0; i -= 1) {
                (void)strcat(text, random_below(&random, 4) == 0 ? "" : " ");
                (void)strcat(text, words[random_below(&random, ARRAY_COUNT(words))]);
            }
            names[side] = analysed(text, (enum name_kind)random_below(&random, 4));
        }
        (void)lawful(&names[0], &names[1]);
        assert_int_equal(lawful(&names[0], &names[0]), SCORE_ONE);
    }
}

/* One letter left out, put in, changed or swapped with its neighbour. */
static void damage(struct random *random, char *text)
{
    size_t size = strlen(text);
    size_t at = (size_t)random_below(random, size);
    char letter = (char)('a' + random_below(random, 26));
    switch (random_below(random, 5)) {
    case 0:
        memmove(text + at, text + at + 1, size - at);
        break;
    case 1:
        memmove(text + at + 1, text + at, size - at + 1);
        text[at] = letter;
        break;
    case 2:
        text[at] = letter;
        break;
    case 3:
        memmove(text + at + 1, text + at, size - at + 1);
        text[at] = ' ';
        break;
    default: /* not an enum: the last kind */
        if (at + 1 < size) {
            letter = text[at];
            text[at] = text[at + 1];
            text[at + 1] = letter;
        }
        break;
    }
}

/* Invented names of two to five words and what a few slips make of them: where only scores from
 * some height on are asked for, none of these is lost, also not that very score. */
static void no_score_that_is_needed_is_lost(void **state)
{
    (void)state;
    static const char *const words[] = {
        "Arkady",      "Voronts", "Jong",  "Un",      "Jongun",   "Melik",  "Abdul",   "Rahman",
        "Company",     "Trading", "LLC",   "Limited", "Ltd",      "Haji",   "Ibragim", "Ibrahim",
        "Vasilyevich", "Bank",    "7",     "Brigade", "Shipping", "van",    "der",     "Al",
        "Li",          "Q",       "Kabul", "S.A.",    "Chaika",   "Tjajka", "Nour",    "Din",
    };
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(20000);
    for (u64 round = 0; round < rounds; round += 1) {
        char texts[2][160] = {"", "O"};
        u64 count = random_between(&random, 1, 4);
        for (u64 i = 0; i <= count; i += 1) {
            const char *word = words[random_below(&random, ARRAY_COUNT(words))];
            const char *other = random_below(&random, 4) > 0
                                    ? word
                                    : words[random_below(&random, ARRAY_COUNT(words))];
            (void)strcat(strcat(texts[0], i == 0 ? "" : " "), word);
            if (random_below(&random, 5) > 0) {
                (void)strcat(strcat(texts[1], " "), other);
            }
        }
        for (u64 slips = random_below(&random, 5); slips > 0 && texts[1][0] != 0; slips -= 1) {
            damage(&random, texts[1]);
        }
        struct name a = analysed(texts[0], (enum name_kind)random_below(&random, 4));
        struct name b;
        if (!name_analyse(analyser, span_of_text(texts[1]),
                          (enum name_kind)random_below(&random, 4), &b)) {
            continue; /* nothing of it is left */
        }
        (void)lawful(&a, &b);
    }
}

static void more_wrong_letters_cost_more(void **state)
{
    (void)state;
    static const char *const changed[] = {"Arkady Vorontsev", "Arkady Vorontsex",
                                          "Arkady Vorontpex"};
    u32 last = SCORE_ONE + 1;
    for (u32 i = 0; i < ARRAY_COUNT(changed); i += 1) {
        u32 score = score_of("Arkady Vorontsev", changed[i], NAME_PERSON);
        assert_true(score < last);
        last = score;
    }
}

static void scores_print_as_decimals(void **state)
{
    (void)state;
    char text[SCORE_TEXT_BYTES];
    assert_string_equal(score_text(0, text), "0.000000");
    assert_string_equal(score_text(SCORE_ONE, text), "1.000000");
    assert_string_equal(score_text(912345, text), "0.912345");
    assert_string_equal(score_text(-4000, text), "-0.004000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name_is_found),
        cmocka_unit_test(other_names_are_told_apart),
        cmocka_unit_test(a_slip_is_seen_in_the_whole_name),
        cmocka_unit_test(common_words_and_something_besides_tell_little),
        cmocka_unit_test(syllables_must_agree),
        cmocka_unit_test(contradiction_costs_more_than_omission),
        cmocka_unit_test(words_without_weight_never_empty_a_name),
        cmocka_unit_test(rare_words_tell_more),
        cmocka_unit_test(laws_hold_for_random_names),
        cmocka_unit_test(no_score_that_is_needed_is_lost),
        cmocka_unit_test(more_wrong_letters_cost_more),
        cmocka_unit_test(scores_print_as_decimals),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
