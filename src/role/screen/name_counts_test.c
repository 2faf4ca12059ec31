/* Aim: common words weigh less, a full table counts no new ones, and nothing weighs more than
 * without counts. Method: invented names counted in known numbers. */
#include "role/screen/name_counts.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>

static struct name named(struct name_analyser *analyser, const char *text)
{
    struct name name;
    assert_true(name_analyse(analyser, span_of_text(text), NAME_PERSON, &name));
    return name;
}

static void weights_fall_with_the_count(void **state)
{
    (void)state;
    struct name_analyser *analyser = NULL;
    struct name_counts *counts = NULL;
    assert_int_equal(name_analyser_open(&analyser), FAULT_NONE);
    assert_int_equal(name_counts_open(3, &counts), FAULT_NONE);
    struct name thin = named(analyser, "Tavrinok");
    struct name half = named(analyser, "Tavrinok Zorvanek");
    struct name full = named(analyser, "Tavrinok Zorvanek Melikson");
    struct name beyond = named(analyser, "Quirrelik Morvant");
    u8 before = thin.tokens[0].weight;
    for (u32 i = 0; i < 90; i += 1) {
        name_counts_add(counts, &thin);
    }
    for (u32 i = 0; i < 9; i += 1) {
        name_counts_add(counts, &half);
    }
    name_counts_add(counts, &full);
    name_counts_add(counts, &beyond); /* the table is full */
    name_weigh(counts, &full);
    name_weigh(counts, &beyond);
    assert_true(full.tokens[0].weight < full.tokens[1].weight);
    assert_true(full.tokens[1].weight < full.tokens[2].weight);
    assert_true(full.tokens[2].weight <= before);
    struct name again = named(analyser, "Quirrelik Morvant");
    assert_memory_equal(&beyond, &again, name_bytes(&again));
    name_counts_close(counts);
    name_analyser_close(analyser);
}

/* In a list of four names every word would be common. */
static void few_names_take_no_weight_away(void **state)
{
    (void)state;
    struct name_analyser *analyser = NULL;
    struct name_counts *counts = NULL;
    assert_int_equal(name_analyser_open(&analyser), FAULT_NONE);
    assert_int_equal(name_counts_open(8, &counts), FAULT_NONE);
    struct name name = named(analyser, "Arkady Morvantov");
    struct name before = name;
    name_counts_add(counts, &name);
    name_weigh(counts, &name);
    for (u32 i = 0; i < name.tokens_count; i += 1) {
        assert_true(name.tokens[i].weight + 8U >= before.tokens[i].weight);
    }
    name_counts_close(counts);
    name_analyser_close(analyser);
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct name_counts *counts = NULL;
    assert_int_equal(name_counts_open(0, &counts), FAULT_LIMIT);
    assert_int_equal(name_counts_open(UINT32_MAX, &counts), FAULT_LIMIT);
    name_counts_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_fall_with_the_count),
        cmocka_unit_test(few_names_take_no_weight_away),
        cmocka_unit_test(sizes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
