/* cambist screen search: every name of a CSV file against the lists. */
#include "app/cli.h"
#include "app/cli_screen.h"
#include "app/csv_rows.h"
#include "app/screen_batch.h"
#include "app/screen_lists.h"
#include "base/check.h"
#include "io/clock.h"

#include <stdlib.h>
#include <unistd.h>

static void print_batch(const struct screen_batch *batch, const struct screen_index *index,
                        u64 row_first, struct cli_screen_nameless *nameless)
{
    for (u32 i = 0; i < screen_batch_rows(batch); i += 1) {
        struct screen_answer answer = screen_batch_answer(batch, i);
        if (!answer.is_name) {
            cli_screen_nameless_add(nameless, row_first + i);
        }
        for (u32 j = 0; j < answer.count; j += 1) {
            char number[SCORE_TEXT_BYTES];
            struct span label = screen_label(index, answer.hits[j].subject);
            (void)printf("%llu\t%.*s\t%s\n", (unsigned long long)(row_first + i), (int)label.size,
                         (const char *)label.data, score_text(answer.hits[j].millionths, number));
        }
    }
}

static enum fault search_rows(struct csv_rows *rows, u32 place, struct screen_batch *batch,
                              const struct screen_index *index,
                              struct cli_screen_nameless *nameless, u64 *rows_out)
{
    u64 row_first = 0;
    for (;;) {
        bool more = false;
        TRY(csv_rows_next(rows, &more));
        if (more && screen_batch_add(batch, csv_rows_field(rows, place))) {
            continue;
        }
        screen_batch_run(batch);
        print_batch(batch, index, row_first, nameless);
        row_first += screen_batch_rows(batch);
        screen_batch_clear(batch);
        if (!more) {
            *rows_out = row_first;
            return FAULT_NONE;
        }
        CHECK(screen_batch_add(batch, csv_rows_field(rows, place))); /* it is empty */
    }
}

/* To standard error: the answers alone go to standard output. */
static void print_times(const struct screen_lists *lists, const struct histogram *times, u64 count,
                        u64 elapsed_us)
{
    char rate[CLI_COUNT_BYTES];
    (void)fprintf(stderr,
                  "%llu names, %s a second; processor for one: %llu us mean, %llu us half, %llu us "
                  "99 %%, %llu us 99.9 %%; %llu names listed, read in %llu ms\n",
                  (unsigned long long)count, cli_ratio(count * 1000000, elapsed_us, 0, rate),
                  (unsigned long long)histogram_mean(times) / 1000,
                  (unsigned long long)histogram_quantile(times, 500000) / 1000,
                  (unsigned long long)histogram_quantile(times, 990000) / 1000,
                  (unsigned long long)histogram_quantile(times, 999000) / 1000,
                  (unsigned long long)lists->read.names,
                  (unsigned long long)lists->elapsed_us / 1000);
}

static enum fault search_file(const struct option_call *call, const struct screen_lists *lists,
                              struct csv_rows *rows, u32 place)
{
    u32 needed = 0;
    TRY(cli_screen_at_least(call, &needed));
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const struct option_value *given = &call->values[SCREEN_THREADS];
    u32 threads = given->given ? (u32)given->number
                  : cores < 1  ? 1U
                               : (u32)u64_min((u64)cores, SCREEN_THREADS_MAX);
    const struct option_value *kind = &call->values[SCREEN_KIND];
    struct screen_batch *batch = NULL;
    TRY(screen_batch_open(&batch, lists->index, threads, (u32)call->values[SCREEN_TOP].number,
                          needed,
                          !kind->given        ? NAME_UNKNOWN
                          : kind->number == 0 ? NAME_PERSON
                                              : NAME_ENTITY));
    u64 begin_ns = clock_mono_ns(clock_real());
    u64 count = 0;
    struct cli_screen_nameless nameless = {.count = 0};
    enum fault fault = search_rows(rows, place, batch, lists->index, &nameless, &count);
    u64 elapsed_us = (clock_mono_ns(clock_real()) - begin_ns) / 1000;
    struct histogram times;
    screen_batch_times(batch, &times);
    if (fault == FAULT_NONE) {
        print_times(lists, &times, count, elapsed_us);
    }
    cli_screen_nameless_tell(&nameless);
    screen_batch_close(batch);
    return fault;
}

static enum fault search(const struct option_call *call, struct screen_lists *lists,
                         struct csv_rows **rows)
{
    const struct option_value *column = &call->values[SCREEN_COLUMN];
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "search wants one CSV file");
    }
    if (!column->given) {
        return FAULT(FAULT_USAGE, "--column is missing");
    }
    u32 place = 0;
    TRY(csv_rows_open(rows, call->operands[1]));
    if (!csv_rows_column(*rows, column->text, &place)) {
        return FAULT(FAULT_INPUT, "%s: no column \"%s\"", call->operands[1], column->text);
    }
    TRY(cli_screen_lists(call, lists));
    return search_file(call, lists, *rows, place);
}

int cli_screen_search(const struct option_call *call)
{
    struct screen_lists lists = {.count = 0};
    struct csv_rows *rows = NULL;
    enum fault fault = search(call, &lists, &rows);
    csv_rows_close(rows);
    screen_lists_close(&lists);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}
