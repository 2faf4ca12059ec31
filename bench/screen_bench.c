/* What screening costs on this machine.
 *
 *   screen_bench swap LIST...                       load and put in force while readers go on
 * asking screen_bench reverse N NAMES.csv COLUMN OLD NEW  N invented customers against what is new
 * in NEW
 *
 * Customers are made by chance from the words of NAMES.csv, so that common names come often. Names
 * a second and their quantiles are what `cambist screen search` prints. */
#include "app/csv_rows.h"
#include "app/screen_lists.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/histogram.h"
#include "base/random.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/lists/list_read.h"
#include "role/screen/name_counts.h"
#include "role/screen/reverse.h"
#include "role/screen/swap.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    READERS = 2,
    SWAPS = 5,
    ROWS_MAX = 100000,
    HITS_MAX = 8192,
    CANDIDATES_MAX = 65536,
    ALERT = 850000,
    DELTA_MAX = 20000,
};

static u64 now_us(void)
{
    return clock_mono_ns(clock_real()) / 1000;
}

static u64 thread_us(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (u64)time.tv_sec * 1000000 + (u64)time.tv_nsec / 1000;
}

static int fail(void)
{
    (void)fprintf(stderr, "screen_bench: %s\n", fault_text());
    return 1;
}

/* ---- swap ---- */

static struct swap swap;
static atomic_bool is_over;

struct asker {
    pthread_t thread;
    u32 number;
    struct histogram take; /* taking and giving back, nanoseconds */
    u64 questions;
};

static void *keep_asking(void *context)
{
    struct asker *asker = context;
    struct name name;
    struct name_analyser *analyser = NULL;
    struct search *search = NULL;
    struct search_hit hits[10];
    CHECK(name_analyser_open(&analyser) == FAULT_NONE);
    CHECK(name_analyse(analyser, span_of_text("Ivan Petrovich Sidorov"), NAME_PERSON, &name));
    while (!atomic_load(&is_over)) {
        u64 begin_ns = clock_mono_ns(clock_real());
        const struct screen_index *index = swap_take(&swap, asker->number);
        u64 taken_ns = clock_mono_ns(clock_real()) - begin_ns;
        histogram_add(&asker->take, taken_ns);
        if (search == NULL || !search_fits(search, index)) {
            struct search_sizes sizes = search_sizes_of(index, SEARCH_CANDIDATES_DEFAULT);
            search_close(search);
            CHECK(search_open(&search, &sizes) == FAULT_NONE);
        }
        struct search_asked asked = {.names = &name, .names_count = 1, .finding_count = 1};
        (void)search_run(search, index, &asked, ALERT, hits, ARRAY_COUNT(hits));
        swap_give_back(&swap, asker->number);
        asker->questions += 1;
    }
    search_close(search);
    name_analyser_close(analyser);
    return NULL;
}

static int run_swap(const char *const *paths, u32 count)
{
    static struct asker askers[READERS];
    struct index_filter filter = {.source = NULL};
    struct screen_lists lists;
    swap_init(&swap);
    for (u32 i = 0; i <= SWAPS; i += 1) {
        u64 begin_us = now_us();
        u64 begin_cpu = thread_us();
        if (screen_lists_open(&lists, paths, count, &filter) != FAULT_NONE) {
            return fail();
        }
        u64 loaded_us = now_us();
        CHECK(swap_put(&swap, lists.index) == FAULT_NONE);
        (void)printf("%llu names, %llu words: loaded in %llu ms (%llu ms of processor), in force "
                     "in %llu us, %llu KiB\n",
                     (unsigned long long)lists.index->names_count,
                     (unsigned long long)lists.index->words.count,
                     (unsigned long long)(loaded_us - begin_us) / 1000,
                     (unsigned long long)(thread_us() - begin_cpu) / 1000,
                     (unsigned long long)(now_us() - loaded_us),
                     (unsigned long long)index_memory(lists.index) / 1024);
        for (u32 j = 0; i == 0 && j < READERS; j += 1) {
            askers[j].number = j;
            histogram_init(&askers[j].take);
            CHECK(pthread_create(&askers[j].thread, NULL, keep_asking, &askers[j]) == 0);
        }
    }
    atomic_store(&is_over, true);
    for (u32 j = 0; j < READERS; j += 1) {
        CHECK(pthread_join(askers[j].thread, NULL) == 0);
        (void)printf(
            "reader %u: %llu questions meanwhile, taking the index %llu ns (half), %llu ns "
            "(99.9 %%)\n",
            j, (unsigned long long)askers[j].questions,
            (unsigned long long)histogram_quantile(&askers[j].take, 500000),
            (unsigned long long)histogram_quantile(&askers[j].take, 999000));
    }
    swap_close(&swap);
    return 0;
}

/* ---- the delta ---- */

/* Entries as lines; of NEW only those that OLD does not have. */
struct delta {
    struct list_sink sink;
    struct index_builder *builder; /* of NEW: its names weigh */
    u64 *hashes;                   /* of OLD's lines, sorted */
    u32 hashes_count;
    u32 lines_count;
    bool is_new;
    char *lines[DELTA_MAX];
    char line[LIST_LINE_BYTES];
};

static int u64_order(const void *a, const void *b)
{
    u64 x = *(const u64 *)a;
    u64 y = *(const u64 *)b;
    return x < y ? -1 : x > y;
}

static enum fault delta_take(struct list_sink *sink, const struct list_entry *entry)
{
    struct delta *delta = (struct delta *)(void *)sink;
    size_t size = list_entry_print(entry, delta->line, sizeof(delta->line));
    u64 hash = hash_bytes((const u8 *)delta->line, size, 0);
    u32 names = 0;
    if (!delta->is_new) {
        CHECK(delta->hashes_count < 1000000);
        delta->hashes[delta->hashes_count] = hash;
        delta->hashes_count += 1;
        return FAULT_NONE;
    }
    TRY(index_add_entry(delta->builder, entry, 0, 0, &names));
    if (bsearch(&hash, delta->hashes, delta->hashes_count, sizeof(u64), u64_order) == NULL) {
        CHECK(delta->lines_count < DELTA_MAX);
        delta->lines[delta->lines_count] = strndup(delta->line, size);
        delta->lines_count += 1;
    }
    return FAULT_NONE;
}

static enum fault read_list(struct delta *delta, const char *path)
{
    struct list_report report;
    struct list_source source = {.list = "delta", .paths = &path, .paths_count = 1};
    return list_read(&source, &delta->sink, &report);
}

static enum fault read_delta(struct delta *delta, const char *old, const char *new,
                             struct screen_index **list_out)
{
    delta->sink.take = delta_take;
    delta->hashes = calloc(1000000, sizeof(u64));
    CHECK(delta->hashes != NULL);
    TRY(read_list(delta, old));
    qsort(delta->hashes, delta->hashes_count, sizeof(u64), u64_order);
    delta->is_new = true;
    TRY(index_builder_open(&delta->builder, NULL, false));
    TRY(read_list(delta, new));
    TRY(index_finish(delta->builder, list_out));
    index_builder_close(delta->builder);
    free(delta->hashes);
    return FAULT_NONE;
}

/* ---- customers ---- */

struct rows {
    char *texts[ROWS_MAX];
    u32 count;
};

static enum fault read_rows(struct rows *rows, const char *path, const char *column)
{
    struct csv_rows *csv = NULL;
    u32 place = 0;
    bool more = true;
    TRY(csv_rows_open(&csv, path));
    CHECK(csv_rows_column(csv, column, &place));
    while (more && rows->count < ROWS_MAX) {
        TRY(csv_rows_next(csv, &more));
        if (more) {
            struct span text = csv_rows_field(csv, place);
            rows->texts[rows->count] = strndup((const char *)text.data, text.size);
            rows->count += 1;
        }
    }
    csv_rows_close(csv);
    return FAULT_NONE;
}

/* The first word of one name and the last ones of another. */
static void invent(struct random *random, const struct rows *rows, char *target,
                   size_t target_bytes)
{
    const char *a = rows->texts[random_below(random, rows->count)];
    const char *b = rows->texts[random_below(random, rows->count)];
    const char *space = strchr(b, ' ');
    (void)snprintf(target, target_bytes, "%.*s%s", (int)strcspn(a, " "), a,
                   space == NULL ? b : space);
}

static enum fault add_customers(struct reverse *reverse, const struct rows *rows, u32 count)
{
    static struct list_entry entry;
    struct random random;
    random_init(&random, 1);
    for (u32 i = 0; i < count; i += 1) {
        char text[512];
        u32 names = 0;
        invent(&random, rows, text, sizeof(text));
        list_entry_clear(&entry);
        entry.kind = LIST_KIND_PERSON;
        struct list_name name = {.text = span_of_text(text)};
        list_entry_add_name(&entry, &name);
        TRY(reverse_put(reverse, i + 1, &entry, &names));
    }
    return reverse_settle(reverse);
}

struct part {
    pthread_t thread;
    const struct reverse *reverse;
    const struct delta *delta;
    atomic_uint *next;
    struct histogram times;
    u64 cpu_us;
    u64 hits;
    u64 cut;
};

static void *ask_part(void *context)
{
    struct part *part = context;
    struct reverse_reader *reader = NULL;
    struct list_entry *entry = malloc(sizeof(*entry));
    u64 begin_us = thread_us();
    histogram_init(&part->times);
    CHECK(entry != NULL &&
          reverse_reader_open(&reader, part->reverse, CANDIDATES_MAX, HITS_MAX) == FAULT_NONE);
    for (u32 i = atomic_fetch_add(part->next, 1); i < part->delta->lines_count;
         i = atomic_fetch_add(part->next, 1)) {
        const struct find_hit *hits = NULL;
        bool cut = false;
        u64 begin_ns = clock_mono_ns(clock_real());
        CHECK(list_entry_read(entry, span_of_text(part->delta->lines[i])) == LIST_LINE_OK);
        part->hits += reverse_find(part->reverse, reader, entry, ALERT, &hits, &cut);
        part->cut += cut;
        histogram_add(&part->times, clock_mono_ns(clock_real()) - begin_ns);
    }
    reverse_reader_close(reader);
    free(entry);
    part->cpu_us = thread_us() - begin_us;
    return NULL;
}

static void ask_all(const struct reverse *reverse, const struct delta *delta)
{
    static struct part parts[READERS];
    atomic_uint next;
    atomic_init(&next, 0);
    u64 begin_us = now_us();
    for (u32 i = 0; i < READERS; i += 1) {
        parts[i] = (struct part){.reverse = reverse, .delta = delta, .next = &next};
        CHECK(pthread_create(&parts[i].thread, NULL, ask_part, &parts[i]) == 0);
    }
    for (u32 i = 0; i < READERS; i += 1) {
        CHECK(pthread_join(parts[i].thread, NULL) == 0);
        if (i > 0) {
            histogram_merge(&parts[0].times, &parts[i].times);
            parts[0].hits += parts[i].hits;
            parts[0].cut += parts[i].cut;
            parts[0].cpu_us += parts[i].cpu_us;
        }
    }
    (void)printf(
        "%u entries asked in %llu ms on %d threads (%llu ms of processor): %llu hits, %llu "
        "cut; an entry %llu us (half), %llu us (99 %%)\n",
        delta->lines_count, (unsigned long long)(now_us() - begin_us) / 1000, READERS,
        (unsigned long long)parts[0].cpu_us / 1000, (unsigned long long)parts[0].hits,
        (unsigned long long)parts[0].cut,
        (unsigned long long)histogram_quantile(&parts[0].times, 500000) / 1000,
        (unsigned long long)histogram_quantile(&parts[0].times, 990000) / 1000);
}

static int run_reverse(u32 customers, const char *const *arguments)
{
    static struct delta delta;
    static struct rows rows;
    struct screen_index *list = NULL;
    struct reverse *reverse = NULL;
    if (read_rows(&rows, arguments[0], arguments[1]) != FAULT_NONE ||
        read_delta(&delta, arguments[2], arguments[3], &list) != FAULT_NONE ||
        reverse_open(&reverse, list->weights) != FAULT_NONE) {
        return fail();
    }
    u64 begin_us = now_us();
    if (add_customers(reverse, &rows, customers) != FAULT_NONE) {
        return fail();
    }
    (void)printf("%u customers taken apart and laid out in %llu ms, %llu MiB\n",
                 reverse_count(reverse), (unsigned long long)(now_us() - begin_us) / 1000,
                 (unsigned long long)reverse_memory(reverse) >> 20);
    ask_all(reverse, &delta);
    reverse_close(reverse);
    index_close(list);
    return 0;
}

int main(int count, char **arguments)
{
    const char *const *paths = (const char *const *)arguments;
    if (count > 2 && strcmp(arguments[1], "swap") == 0) {
        return run_swap(paths + 2, (u32)count - 2);
    }
    if (count == 7 && strcmp(arguments[1], "reverse") == 0) {
        return run_reverse((u32)strtoul(arguments[2], NULL, 10), paths + 3);
    }
    (void)fprintf(stderr, "screen_bench swap LIST... | reverse N NAMES.csv COLUMN OLD NEW\n");
    return 2;
}
