/* Aim: what the search answers above an alert threshold is what scoring every pair answers, up to a
 * stated loss; a name damaged in one place finds its entry; hits come in their strict order, one a
 * subject; the number of hits is bounded and the best are kept; a weak alias raises and never
 * finds; nothing is left behind in a search from one question to the next.
 *
 * Method: an index over invented names, asked with damaged and with foreign ones, beside the naive
 * way. */
#include "role/screen/search.h"

#include "tests/support/screen_scene.h"

enum { ENTRIES = 3000, HITS_MAX = 1024, ALERT = 850000 };

static struct name_analyser *analyser;
static struct scene_entry *entries;
static struct screen_index *list;
static struct search *search;
static struct search_hit hits[HITS_MAX];
static struct name name;

static int setup(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    entries = calloc(ENTRIES, sizeof(*entries));
    for (u32 i = 0; i < ENTRIES; i += 1) {
        scene_invent(&random, 1000 + i, SCENE_NAMES_MAX, &entries[i]);
    }
    list = scene_index(entries, ENTRIES, NULL);
    struct search_sizes sizes = search_sizes_of(list, HITS_MAX);
    return name_analyser_open(&analyser) == FAULT_NONE && search_open(&search, &sizes) == FAULT_NONE
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    search_close(search);
    index_close(list);
    name_analyser_close(analyser);
    free(entries);
    return 0;
}

static u32 ask(const char *text, u32 needed, u32 hits_max)
{
    scene_analyse(analyser, list, text, &name);
    struct search_asked asked = {.names = &name, .names_count = 1, .finding_count = 1};
    return search_run(search, list, &asked, needed, hits, hits_max);
}

/* In order, no subject twice, every score what the pair scores. */
static void hits_are_sound(u32 count, u32 needed)
{
    for (u32 i = 0; i < count; i += 1) {
        assert_true(hits[i].millionths >= needed);
        assert_int_equal(list->names[hits[i].name].subject, hits[i].subject);
        assert_int_equal(hits[i].millionths,
                         score_names(&name, index_name_of(list, hits[i].name), 0, NULL));
        for (u32 j = 0; j < i; j += 1) {
            assert_true(hits[j].subject != hits[i].subject);
        }
        if (i > 0) {
            assert_true(hits[i - 1].millionths >= hits[i].millionths);
        }
    }
}

/* Lost are entries that score above the threshold and were not found. */
static void compare(const char *text, u64 *above, u64 *lost)
{
    u32 count = ask(text, ALERT, HITS_MAX);
    hits_are_sound(count, ALERT);
    u32 found = 0;
    for (u32 i = 0; i < list->subjects_count; i += 1) {
        u32 finds = 0;
        u32 best = scene_score(list, i, &name, &finds);
        u32 place = 0;
        while (place < count && hits[place].subject != i) {
            place += 1;
        }
        *above += finds >= ALERT;
        if (place < count) {
            assert_int_equal(hits[place].millionths, best);
            found += 1;
        } else if (finds >= ALERT) {
            *lost += 1;
        }
    }
    assert_int_equal(found, count);
}

static void agrees_with_scoring_every_pair(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed() + 1);
    u64 rounds = test_rounds(200);
    u64 above = 0;
    u64 lost = 0;
    for (u64 i = 0; i < rounds; i += 1) {
        char text[NAME_WORLD_BYTES];
        if (i % 2 == 0) {
            struct scene_entry *one = &entries[random_below(&random, ENTRIES)];
            name_world_damage(&random, one->names[0], text);
        } else {
            name_world_person(&random, text);
        }
        compare(text, &above, &lost);
    }
    /* One in two hundred, and one more where there are few. */
    if (lost > above / 200 + 1) {
        fail_msg("seed %llu: %llu of %llu entries above the threshold were not found",
                 (unsigned long long)test_seed(), (unsigned long long)lost,
                 (unsigned long long)above);
    }
    assert_true(above >= rounds / 4);
}

static void a_damaged_name_finds_its_entry(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed() + 2);
    u64 rounds = test_rounds(1000);
    u64 missed = 0;
    for (u64 i = 0; i < rounds; i += 1) {
        u32 entry = (u32)random_below(&random, ENTRIES);
        char text[NAME_WORLD_BYTES];
        name_world_damage(&random, entries[entry].names[0], text);
        u32 count = ask(text, 0, 10);
        u32 place = 0;
        while (place < count && list->subjects[hits[place].subject].number != 1000 + entry) {
            place += 1;
        }
        missed += place == count;
    }
    if (missed > rounds / 50 + 1) {
        fail_msg("seed %llu: %llu of %llu damaged names missed", (unsigned long long)test_seed(),
                 (unsigned long long)missed, (unsigned long long)rounds);
    }
}

static bool is_among(const struct search_hit *hit, const struct search_hit *all, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        if (all[i].subject == hit->subject && all[i].millionths == hit->millionths) {
            return true;
        }
    }
    return false;
}

/* Few hits are some of all, as many as there is room for, and the entry itself is among the first.
 */
static void the_best_are_kept(void **state)
{
    (void)state;
    for (u32 i = 0; i < 50; i += 1) {
        struct search_hit all[HITS_MAX];
        u32 count = ask(entries[i * 7].names[0], 500000, HITS_MAX);
        memcpy(all, hits, sizeof(all));
        assert_int_equal(all[0].millionths, SCORE_ONE);
        for (u32 most = 1; most <= 5; most += 1) {
            u32 few = ask(entries[i * 7].names[0], 500000, most);
            assert_int_equal(few, count < most ? count : most);
            assert_int_equal(hits[0].millionths, SCORE_ONE);
            for (u32 j = 0; j < few; j += 1) {
                assert_true(is_among(&hits[j], all, count));
            }
        }
    }
}

static void equal_scores_have_an_order(void **state)
{
    (void)state;
    struct scene_entry same[3] = {
        {.number = 9, .names_count = 1, .names = {"Orlan Brudovsky"}},
        {.number = 4, .names_count = 1, .names = {"Orlan Brudovsky"}},
        {.number = 7, .names_count = 2, .names = {"Zemfira Katanova", "Orlan Brudovsky"}},
    };
    struct screen_index *index = scene_index(same, 3, NULL);
    struct search_sizes sizes = search_sizes_of(index, 8);
    struct search *small = NULL;
    assert_int_equal(search_open(&small, &sizes), FAULT_NONE);
    scene_analyse(analyser, index, "Brudovsky, Orlan", &name);
    struct search_asked asked = {.names = &name, .names_count = 1, .finding_count = 1};
    assert_int_equal(search_run(small, index, &asked, ALERT, hits, 8), 3);
    assert_int_equal(hits[0].millionths, hits[2].millionths);
    /* Primary names before an alias, then by number. */
    assert_int_equal(index->subjects[hits[0].subject].number, 4);
    assert_int_equal(index->subjects[hits[1].subject].number, 9);
    assert_int_equal(index->subjects[hits[2].subject].number, 7);
    assert_false(search_fits(small, list));
    search_close(small);
    index_close(index);
}

static void a_weak_alias_raises_and_never_finds(void **state)
{
    (void)state;
    struct scene_entry one[2] = {
        {.number = 1, .names_count = 2, .names = {"Orlan Brudovsky", "Shakal"}, .weak_count = 1},
        {.number = 2, .names_count = 1, .names = {"Zemfira Katanova"}},
    };
    struct screen_index *index = scene_index(one, 2, NULL);
    struct search_sizes sizes = search_sizes_of(index, 8);
    struct search *small = NULL;
    struct name names[2];
    assert_int_equal(search_open(&small, &sizes), FAULT_NONE);
    scene_analyse(analyser, index, "Shakal", &names[0]);
    scene_analyse(analyser, index, "Orlan Brudovskoy", &names[1]);
    struct search_asked alone = {.names = names, .names_count = 1, .finding_count = 1};
    assert_int_equal(search_run(small, index, &alone, 100000, hits, 8), 0);
    struct search_asked strong = {.names = names + 1, .names_count = 1, .finding_count = 1};
    assert_int_equal(search_run(small, index, &strong, 100000, hits, 8), 1);
    assert_true(hits[0].millionths < SCORE_ONE);
    struct search_asked both = {.names = names, .names_count = 2, .finding_count = 2};
    assert_int_equal(search_run(small, index, &both, 100000, hits, 8), 1);
    assert_int_equal(hits[0].millionths, SCORE_ONE);
    search_close(small);
    index_close(index);
}

static void a_question_leaves_nothing_behind(void **state)
{
    (void)state;
    struct search_hit first[HITS_MAX];
    u32 count = ask(entries[5].names[0], 300000, HITS_MAX);
    memcpy(first, hits, sizeof(first));
    for (u32 i = 0; i < 40; i += 1) {
        (void)ask(entries[i].names[0], 0, 1 + i % 7);
    }
    assert_int_equal(ask(entries[5].names[0], 300000, HITS_MAX), count);
    assert_memory_equal(first, hits, count * sizeof(first[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_scoring_every_pair),
        cmocka_unit_test(a_damaged_name_finds_its_entry),
        cmocka_unit_test(the_best_are_kept),
        cmocka_unit_test(equal_scores_have_an_order),
        cmocka_unit_test(a_weak_alias_raises_and_never_finds),
        cmocka_unit_test(a_question_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
