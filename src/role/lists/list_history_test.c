/* Aim: a history of real lists, loaded scrape by scrape, gives every real list back as it was known
 * on its day, entry by entry.
 *
 * Method: the log of 308 scrapes of OFAC's SDN list (CAMBIST_DATA, default ../shared/data) is
 * replayed through the store; then "as known on" the days of five files that were kept whole must
 * be those files, as the reader reads them. Two of the UN's lists are loaded, and what the store
 * says is different must be. A run that can afford less takes only some entries, but every scrape.
 * Without the data it says so and is skipped. */
#include "io/input.h"
#include "role/lists/list_load.h"
#include "tests/support/list_scene.h"
#include "tests/support/test.h"
#include "wire/code.h"
#include "wire/moment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NUMBERS_MAX = 1 << 17, CHANGES_MAX = 20000, SCRAPES = 308, FULL = 100 };

static char folder[64];
static u64 ofac;
static u64 share; /* of 100 entries, so many are taken */

/* The list as the scrapes have made it so far, and what the last has changed. */
static char *lines[NUMBERS_MAX];
static char *rows; /* changed ones, as a csv */
static size_t rows_used;
static size_t rows_size;

static bool is_taken(u64 number)
{
    return number % FULL < share;
}

static const char *data(const char *name)
{
    static char path[FILE_PATH_BYTES];
    const char *base = test_data_folder();
    if (base == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA)\n");
        skip();
    }
    if (test_is_valgrind()) {
        print_message("skipped: whole files of governments take minutes under valgrind\n");
        skip();
    }
    (void)snprintf(path, sizeof(path), "%s/sanctions/%s", base, name);
    return path;
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-lists-XXXXXX");
    assert_non_null(mkdtemp(folder));
    ofac = code_name_of(span_of_text("ofac-sdn"));
    share = test_rounds(FULL);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    static const char *const names[] = {"lists.db", "lists.db-wal", "lists.db-shm", "un.list"};
    char path[128];
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        (void)snprintf(path, sizeof(path), "%s/lists/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof(path), "%s/lists", folder);
    (void)rmdir(path);
    for (u32 i = 0; i < NUMBERS_MAX; i += 1) {
        free(lines[i]);
        lines[i] = NULL;
    }
    free(rows);
    rows = NULL;
    return rmdir(folder);
}

/* ---- the log of scrapes ---- */

struct change {
    u64 time_us;
    bool is_gone;
    u32 number;
    struct span row;
};

static struct span column(struct span *rest)
{
    const u8 *end = memchr(rest->data, '\t', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    struct span text = span_of(rest->data, size);
    *rest = span_after(*rest, end == NULL ? size : size + 1);
    return text;
}

/* "2021-08-18T09:39:01+00:00 TAB add TAB 36 TAB row" */
static struct change change_of(struct span line)
{
    struct change change = {.time_us = 0};
    char moment[MOMENT_TEXT_BYTES] = {0};
    struct span when = column(&line);
    assert_true(when.size == strlen("2021-08-18T09:39:01+00:00"));
    memcpy(moment, when.data, strlen("2021-08-18T09:39:01"));
    strcat(moment, "Z");
    assert_true(moment_parse(span_of_text(moment), &change.time_us));
    change.is_gone = span_equal(column(&line), span_of_text("del"));
    struct span number = column(&line);
    for (size_t i = 0; i < number.size; i += 1) {
        change.number = change.number * 10 + (u32)(number.data[i] - '0');
    }
    assert_true(change.number < NUMBERS_MAX);
    change.row = line;
    return change;
}

static void row_add(struct span row)
{
    if (rows_size - rows_used < row.size + 8) {
        rows_size = rows_size * 2 + row.size + 65536;
        rows = realloc(rows, rows_size);
        assert_non_null(rows);
    }
    memcpy(rows + rows_used, row.data, row.size);
    memcpy(rows + rows_used + row.size, "\r\n", 2);
    rows_used += row.size + 2;
}

/* Reads the rows that have changed as OFAC's csv, and keeps their lines. */
static void rows_read(struct list_scene *scene)
{
    if (rows_used == 0) {
        return;
    }
    row_add(span_of("\x1a", 1));
    struct span text = span_of(rows, rows_used);
    enum fault fault = list_scene_texts(scene, &text, 1, LIST_FORMAT_OFAC_CSV);
    assert_int_equal(fault, FAULT_NONE);
    assert_int_equal(scene->report.header.rows_refused, 0);
    for (size_t i = 0; i < scene->count; i += 1) {
        char *line = scene->lines[i];
        u64 number = strtoul(line + strlen("{\"id\":\""), NULL, 10);
        assert_true(number < NUMBERS_MAX);
        line[strlen(line) - 1] = 0; /* its line feed */
        free(lines[number]);
        lines[number] = strdup(line);
    }
    rows_used = 0;
}

static void scrape_load(struct list_store *store, struct list_scene *scene, u64 time_us)
{
    struct list_state state;
    rows_read(scene);
    assert_int_equal(list_store_begin(store, ofac, time_us, &state), FAULT_NONE);
    for (u32 number = 0; number < NUMBERS_MAX; number += 1) {
        char id[16];
        if (lines[number] != NULL) {
            (void)snprintf(id, sizeof(id), "%u", number);
            assert_int_equal(list_store_put(store, span_of_text(id), span_of_text(lines[number])),
                             FAULT_NONE);
        }
    }
    struct list_load load = {.taken_us = time_us, .again_us = time_us, .times = 1};
    load.entries = list_store_entries(store);
    load.rows = load.entries;
    memcpy(load.hash, &time_us, sizeof(time_us));
    assert_int_equal(list_store_accept(store, &load, time_us, false), FAULT_NONE);
}

static u32 history_load(struct list_store *store, struct list_scene *scene)
{
    struct input *input = NULL;
    struct span line;
    bool more = false;
    u64 time_us = 0;
    u32 scrapes = 0;
    const char *path = data("ofac/sdn_history.tsv.gz");
    assert_int_equal(input_open(&input, disk_real(), path, 0), FAULT_NONE);
    assert_int_equal(input_line(input, &line, &more), FAULT_NONE); /* its header */
    assert_int_equal(input_line(input, &line, &more), FAULT_NONE);
    while (more) {
        struct change change = change_of(line);
        if (change.time_us != time_us && time_us != 0) {
            scrape_load(store, scene, time_us);
            scrapes += 1;
        }
        time_us = change.time_us;
        if (is_taken(change.number) && !change.is_gone) {
            row_add(change.row);
        } else if (is_taken(change.number)) {
            free(lines[change.number]);
            lines[change.number] = NULL;
        }
        assert_int_equal(input_line(input, &line, &more), FAULT_NONE);
    }
    input_close(input);
    scrape_load(store, scene, time_us);
    return scrapes + 1;
}

/* ---- the days ---- */

struct compared {
    struct list_version_visitor visitor; /* first: it is cast back */
    struct list_scene *scene;
    char **wanted; /* by number */
    u32 count;
};

static enum fault compare(struct list_version_visitor *visitor, const struct list_version *version)
{
    struct compared *compared = (struct compared *)(void *)visitor;
    const char *wanted = compared->wanted[version->number];
    assert_true(version->number < NUMBERS_MAX);
    assert_non_null(wanted);
    assert_true(span_equal(version->line, span_of(wanted, strlen(wanted) - 1)));
    compared->wanted[version->number] = NULL;
    compared->count += 1;
    return FAULT_NONE;
}

static void day_check(struct list_store *store, struct list_scene *scene, const char *day,
                      u64 rows_count)
{
    static char *wanted[NUMBERS_MAX];
    struct compared compared = {.visitor.visit = compare, .scene = scene, .wanted = wanted};
    char name[64];
    u64 at_us = 0;
    u32 count = 0;
    (void)snprintf(name, sizeof(name), "ofac/sdn_%s.csv.gz", day);
    const char *paths[] = {data(name)};
    assert_int_equal(list_scene_files(scene, paths, 1, LIST_FORMAT_AUTO), FAULT_NONE);
    assert_int_equal(scene->report.header.rows_in, rows_count);
    assert_int_equal(scene->count, rows_count);
    memset(wanted, 0, sizeof(wanted));
    for (size_t i = 0; i < scene->count; i += 1) {
        u64 number = strtoul(scene->lines[i] + strlen("{\"id\":\""), NULL, 10);
        assert_true(number < NUMBERS_MAX);
        if (is_taken(number)) {
            wanted[number] = scene->lines[i];
            count += 1;
        }
    }
    assert_true(moment_parse(span_of_text(day), &at_us));
    at_us += 86400000000ULL - 1;
    assert_int_equal(list_store_at(store, ofac, at_us, &compared.visitor), FAULT_NONE);
    assert_int_equal(compared.count, count);
    print_message("as known on %s: %u entries, all equal\n", day, count);
}

static void known_on_its_day(void **state)
{
    (void)state;
    static struct list_scene scene;
    struct list_store *store = NULL;
    struct timespec before;
    struct timespec after;
    (void)data("");
    assert_int_equal(list_store_open(&store, folder, SQL_WRITE), FAULT_NONE);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    assert_int_equal(history_load(store, &scene), SCRAPES);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    print_message("308 scrapes in %lld s, %llu of 100 entries\n",
                  (long long)(after.tv_sec - before.tv_sec), (unsigned long long)share);
    list_store_close(store);
    assert_int_equal(list_store_open(&store, folder, SQL_READ), FAULT_NONE);
    day_check(store, &scene, "2022-02-23", 9121);
    day_check(store, &scene, "2022-04-08", 9966);
    day_check(store, &scene, "2022-04-22", 10025);
    day_check(store, &scene, "2022-10-06", 10888);
    day_check(store, &scene, "2024-05-03", 14965);
    list_store_close(store);
    list_scene_clear(&scene);
}

/* ---- the UN's list of 2025 and of 2026 ---- */

struct united {
    struct list_difference_visitor visitor; /* first: it is cast back */
    struct list_scene *before;
    struct list_scene *after;
    u32 added;
    u32 changed;
    u32 removed;
};

/* The line of the entry with this id; empty: there is none. */
static struct span line_of(const struct list_scene *scene, struct span id)
{
    for (size_t i = 0; i < scene->count; i += 1) {
        char key[128];
        int size =
            snprintf(key, sizeof(key), "{\"id\":\"%.*s\",", (int)id.size, (const char *)id.data);
        if (strncmp(scene->lines[i], key, (size_t)size) == 0) {
            return span_of(scene->lines[i], strlen(scene->lines[i]) - 1);
        }
    }
    return span_of(NULL, 0);
}

static enum fault differ(struct list_difference_visitor *visitor,
                         const struct list_difference *difference)
{
    struct united *united = (struct united *)(void *)visitor;
    bool is_new = difference->before.size == 0;
    bool is_gone = difference->after.size == 0;
    assert_true(span_equal(difference->before, line_of(united->before, difference->id)));
    assert_true(span_equal(difference->after, line_of(united->after, difference->id)));
    united->added += is_new ? 1 : 0;
    united->removed += is_gone ? 1 : 0;
    united->changed += !is_new && !is_gone ? 1 : 0;
    return FAULT_NONE;
}

static struct list_load un_load(struct list_store *store, struct list_scene *scene,
                                const char *name, u64 recorded_us)
{
    struct list_loader *loader = NULL;
    struct list_load load;
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s", data(name));
    const char *const paths[] = {path};
    struct list_load_request request = {
        .folder = folder,
        .list = code_name_of(span_of_text("un")),
        .paths = paths,
        .paths_count = 1,
        .now_us = recorded_us,
        .policy = {.keep_percent = LIST_KEEP_PERCENT, .refused_permille = LIST_REFUSED_PERMILLE}};
    assert_int_equal(list_scene_files(scene, paths, 1, LIST_FORMAT_AUTO), FAULT_NONE);
    assert_int_equal(list_loader_create(&loader), FAULT_NONE);
    assert_int_equal(list_load(loader, store, &request, &load), FAULT_NONE);
    list_loader_destroy(loader);
    print_message("%s: %s, %llu in force, %llu added, %llu changed, %llu removed\n", name,
                  list_outcome_name(load.outcome), (unsigned long long)load.in_force,
                  (unsigned long long)load.added, (unsigned long long)load.changed,
                  (unsigned long long)load.removed);
    return load;
}

static void the_uns_difference(void **state)
{
    (void)state;
    static struct list_scene before;
    static struct list_scene after;
    struct list_store *store = NULL;
    u64 first_us = 0;
    u64 second_us = 0;
    struct united united = {.visitor.visit = differ, .before = &before, .after = &after};
    (void)data("");
    assert_true(moment_parse(span_of_text("2025-04-20"), &first_us));
    assert_true(moment_parse(span_of_text("2026-02-28"), &second_us));
    assert_int_equal(list_store_open(&store, folder, SQL_WRITE), FAULT_NONE);
    struct list_load load =
        un_load(store, &before, "un/UN_consolidated_2025-04-19.xml.gz", first_us);
    assert_int_equal(load.outcome, LIST_OUTCOME_ACCEPTED);
    assert_int_equal(load.in_force, before.count);
    load = un_load(store, &after, "un/UN_consolidated_2026-02-27.xml.gz", second_us);
    assert_int_equal(load.outcome, LIST_OUTCOME_ACCEPTED);
    assert_int_equal(load.in_force, after.count);
    assert_int_equal(list_store_difference(store, load.list, first_us, second_us, &united.visitor),
                     FAULT_NONE);
    assert_int_equal(united.added, load.added);
    assert_int_equal(united.changed, load.changed);
    assert_int_equal(united.removed, load.removed);
    assert_int_equal(before.count + load.added - load.removed, after.count);
    /* The older one again: it stays as it is. */
    struct list_load older =
        un_load(store, &before, "un/UN_consolidated_2025-04-19.xml.gz", second_us + 1);
    assert_true(older.outcome == LIST_OUTCOME_OLDER || older.outcome == LIST_OUTCOME_SHRUNKEN);
    assert_int_equal(older.in_force, after.count);
    list_store_close(store);
    list_scene_clear(&before);
    list_scene_clear(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(known_on_its_day, make, clear),
        cmocka_unit_test_setup_teardown(the_uns_difference, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
