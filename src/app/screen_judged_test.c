/* Aim: damaged names of listed persons and companies are found among the first ten, at a threshold
 * at which few invented persons alarm: at least 970 in a thousand at 10. Prints both.
 *
 * Method: the judged sets of the data folder against the SDN part of the US list (skipped without
 * them); a sample of every file when the run is scaled. */
#include "app/csv_rows.h"
#include "app/screen_batch.h"
#include "app/screen_lists.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

enum {
    TOP = 10,
    FLOOR = 500000,
    STEPS = 100,
    FOUND_LEAST = 970,
    FOUND_LEAST_OF_FEW = 850,
    ALERTS_MOST = 10
};

/* Names by the best score with which the wanted entry, or any, is among the first. */
struct tally {
    u64 rows;
    u64 reached[STEPS + 1]; /* with at least so many hundredths */
};

static struct screen_lists lists;

static void path_of(const char *name, char target[512])
{
    (void)snprintf(target, 512, "%s/sanctions/%s", test_data_folder(), name);
}

static void tally_add(struct tally *tally, u32 millionths)
{
    tally->rows += 1;
    for (u32 i = 1; i <= millionths / (SCORE_ONE / STEPS); i += 1) {
        tally->reached[i] += 1;
    }
}

/* `wanted` NULL: any entry. */
static u32 best_of(struct screen_answer answer, const struct span *wanted)
{
    for (u32 i = 0; i < answer.count; i += 1) {
        const struct search_hit *hit = &answer.hits[i];
        if (wanted == NULL || span_equal(screen_label(lists.index, hit->subject), *wanted)) {
            return hit->millionths;
        }
    }
    return 0;
}

/* Every `step`th row. */
static void run_file(const char *name, const char *column, const char *wanted_column, u64 step,
                     struct tally *tally)
{
    static char wanted[SCREEN_BATCH_ROWS_MAX][32];
    char path[512];
    struct csv_rows *rows = NULL;
    struct screen_batch *batch = NULL;
    u32 place = 0;
    u32 wanted_place = 0;
    bool more = true;
    memset(tally, 0, sizeof(*tally));
    path_of(name, path);
    assert_int_equal(csv_rows_open(&rows, path), FAULT_NONE);
    assert_true(csv_rows_column(rows, column, &place));
    assert_true(wanted_column == NULL || csv_rows_column(rows, wanted_column, &wanted_place));
    assert_int_equal(screen_batch_open(&batch, lists.index, 1, TOP, FLOOR, NAME_UNKNOWN),
                     FAULT_NONE);
    for (u64 row = 0; more && screen_batch_rows(batch) < SCREEN_BATCH_ROWS_MAX; row += 1) {
        assert_int_equal(csv_rows_next(rows, &more), FAULT_NONE);
        if (more && row % step == 0) {
            u32 number = screen_batch_rows(batch);
            struct span id = csv_rows_field(rows, wanted_place);
            (void)snprintf(wanted[number], sizeof(wanted[0]), "%.*s", (int)id.size,
                           (const char *)id.data);
            assert_true(screen_batch_add(batch, csv_rows_field(rows, place)));
        }
    }
    screen_batch_run(batch);
    for (u32 i = 0; i < screen_batch_rows(batch); i += 1) {
        struct span id = span_of_text(wanted[i]);
        tally_add(tally,
                  best_of(screen_batch_answer(batch, i), wanted_column == NULL ? NULL : &id));
    }
    screen_batch_close(batch);
    csv_rows_close(rows);
}

static void damaged_names_are_found(void **state)
{
    (void)state;
    char path[512];
    const char *paths[] = {path};
    struct index_filter filter = {.source = "Specially Designated"};
    static struct tally found;
    static struct tally alerts;
    if (test_data_folder() == NULL) {
        print_message("damaged_names_are_found: no data folder\n");
        skip();
    }
    path_of("us_csl/consolidated_2022-04-21.csv.gz", path);
    assert_int_equal(screen_lists_open(&lists, paths, 1, &filter), FAULT_NONE);
    run_file("judged/treated_names.csv", "query", "entity_number", 1 + 1328 / test_rounds(1328),
             &found);
    run_file("judged/negatives_us.csv.gz", "full_name", NULL, 4 * (1 + 6000 / test_rounds(6000)),
             &alerts);
    u32 step = 1;
    while (step < STEPS && alerts.reached[step] * 1000 > alerts.rows * ALERTS_MOST) {
        step += 1;
    }
    print_message(
        "threshold 0.%02u: %llu of %llu invented persons alarm, %llu of %llu damaged names "
        "are found\n",
        step, (unsigned long long)alerts.reached[step], (unsigned long long)alerts.rows,
        (unsigned long long)found.reached[step], (unsigned long long)found.rows);
    u64 least = found.rows < 600 ? FOUND_LEAST_OF_FEW : FOUND_LEAST;
    assert_true(found.reached[step] * 1000 >= found.rows * least);
    screen_lists_close(&lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
