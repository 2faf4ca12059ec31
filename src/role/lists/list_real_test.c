/* Aim: the lists that governments have published are read whole: the counts are those that their
 * publishers and the record of the data set state, and files of one list in several formats agree.
 * Method: the real files of CAMBIST_DATA (default ../shared/data); without them each test says so
 * by name and is skipped. */
#include "role/lists/list_read.h"
#include "tests/support/list_scene.h"
#include "tests/support/test.h"

#include <string.h>
#include <time.h>

static struct list_scene scene;
static struct list_scene other;

/* Reads files of the folder sanctions; NULL ends them. Says what came out. */
static enum list_format format_said = LIST_FORMAT_AUTO;

static void read_files(struct list_scene *into, const char *const *files)
{
    const char *folder = test_data_folder();
    if (test_is_valgrind()) {
        print_message("skipped: hundreds of thousands of rows are too slow under valgrind\n");
        skip();
    }
    if (folder == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA)\n");
        skip();
    }
    char paths[LIST_FILES_MAX][FILE_PATH_BYTES];
    const char *names[LIST_FILES_MAX];
    u32 count = 0;
    for (; files[count] != NULL; count += 1) {
        (void)snprintf(paths[count], sizeof(paths[count]), "%s/sanctions/%s", folder, files[count]);
        names[count] = paths[count];
    }
    struct timespec before;
    struct timespec after;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
    enum fault fault = list_scene_files(into, names, count, format_said);
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
    if (fault != FAULT_NONE) {
        print_error("%s\n", fault_text());
    }
    assert_int_equal(fault, FAULT_NONE);
    const struct list_report *report = &into->report;
    u64 us = (u64)(after.tv_sec - before.tv_sec) * 1000000 +
             (u64)(after.tv_nsec / 1000 - before.tv_nsec / 1000);
    print_message("%s: %s, %llu rows, %llu entries, %llu merged, %llu refused, %llu fields kept, "
                  "%llu MB/s of one core\n",
                  files[0], report->header.format, (unsigned long long)report->header.rows_in,
                  (unsigned long long)report->header.entries_count,
                  (unsigned long long)report->header.rows_merged,
                  (unsigned long long)report->header.rows_refused,
                  (unsigned long long)report->fields_kept,
                  (unsigned long long)(report->bytes / (us + 1)));
    struct list_source source = {.list = "test", .paths = names, .paths_count = count};
    for (u32 i = 0; i < report->first_count && i < 2; i += 1) {
        char text[512];
        list_refused_print(&source, &report->first[i], text, sizeof(text));
        print_message("  %s\n", text);
    }
}

#define READ(into, ...) read_files((into), (const char *const[]){__VA_ARGS__, NULL})

static void counts(u64 rows, u64 entries)
{
    assert_int_equal(scene.report.header.rows_in, rows);
    assert_int_equal(scene.report.header.entries_count, entries);
}

static void ofac_scrapes(void **state)
{
    (void)state;
    READ(&scene, "ofac/sdn_2022-02-23.csv.gz");
    counts(9121, 9121);
    if (test_rounds(100) < 100) {
        return; /* the others are of the same make */
    }
    READ(&scene, "ofac/sdn_2022-04-08.csv.gz");
    counts(9966, 9966);
    READ(&scene, "ofac/sdn_2022-04-22.csv.gz");
    counts(10025, 10025);
    READ(&scene, "ofac/sdn_2022-10-06.csv.gz");
    counts(10888, 10888);
    READ(&scene, "ofac/sdn_2024-05-03.csv.gz");
    counts(14965, 14965);
}

static void ofac_family(void **state)
{
    (void)state;
    READ(&scene, "ofac/triple_2021-07_sdn.csv.gz", "ofac/triple_2021-07_add.csv.gz",
         "ofac/triple_2021-07_alt.csv.gz", "ofac/triple_2021-07_sdn_comments.csv.gz");
    assert_int_equal(scene.report.header.entries_count, 8976);
    assert_int_equal(scene.report.header.rows_refused, 0);
    assert_true(scene.report.header.rows_in > 8976 + 13837 + 11910);
    READ(&scene, "ofac/cons_prim.csv.gz", "ofac/cons_add.csv.gz", "ofac/cons_alt.csv.gz",
         "ofac/cons_comments.csv.gz");
    assert_int_equal(scene.report.header.entries_count, 442);
    assert_int_equal(scene.report.header.rows_refused, 0);
}

static void us_consolidated(void **state)
{
    (void)state;
    READ(&scene, "us_csl/consolidated_2022-04-21.csv.gz");
    assert_int_equal(scene.report.header.rows_in, 14160);
    assert_int_equal(scene.report.header.rows_refused, 0);
    READ(&other, "ofac/sdn_2022-04-22.csv.gz");
}

/* ---- one list in several formats ---- */

static int line_order(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

/* Bytes of {"id":"36", in front of a line. */
static size_t id_bytes(const char *line)
{
    const char *end = strstr(line, "\",");
    assert_non_null(end);
    return (size_t)(end - line) + 2;
}

static bool has_name(const struct list_entry *entry, struct span text)
{
    for (u32 i = 0; i < entry->names_count; i += 1) {
        if (span_equal(entry->names[i].text, text)) {
            return true;
        }
    }
    return false;
}

struct agreement {
    u64 both;    /* entries that are in both */
    u64 primary; /* ... whose main name is one of the other's */
    u64 names;   /* Latin names of these entries ... */
    u64 found;   /* ... that the other has too */
    u64 births;
    u64 births_found;
};

static void compare(struct agreement *agreement)
{
    const struct list_entry *ours = &scene.entry;
    const struct list_entry *theirs = &other.entry;
    agreement->both += 1;
    agreement->primary += has_name(theirs, ours->names[0].text) ? 1 : 0;
    for (u32 i = 0; i < ours->names_count; i += 1) {
        if (strcmp(ours->names[i].script, "Latn") == 0) {
            agreement->names += 1;
            agreement->found += has_name(theirs, ours->names[i].text) ? 1 : 0;
        }
    }
    for (u32 i = 0; i < ours->births_count; i += 1) {
        bool found = false;
        for (u32 j = 0; j < theirs->births_count; j += 1) {
            found =
                found || memcmp(&ours->births[i], &theirs->births[j], sizeof(ours->births[i])) == 0;
        }
        agreement->births += 1;
        agreement->births_found += found ? 1 : 0;
    }
}

/* Compares the entries that both scenes have. */
static struct agreement agree(void)
{
    struct agreement agreement = {.both = 0};
    qsort(scene.lines, scene.count, sizeof(scene.lines[0]), line_order);
    qsort(other.lines, other.count, sizeof(other.lines[0]), line_order);
    size_t j = 0;
    for (size_t i = 0; i < scene.count; i += 1) {
        size_t size = id_bytes(scene.lines[i]);
        while (j < other.count && strncmp(other.lines[j], scene.lines[i], size) < 0) {
            j += 1;
        }
        if (j < other.count && strncmp(other.lines[j], scene.lines[i], size) == 0) {
            assert_int_equal(list_entry_read(&scene.entry, span_of_text(scene.lines[i])),
                             LIST_LINE_OK);
            assert_int_equal(list_entry_read(&other.entry, span_of_text(other.lines[j])),
                             LIST_LINE_OK);
            compare(&agreement);
        }
    }
    print_message("  both %llu, main name %llu, names %llu of %llu, births %llu of %llu\n",
                  (unsigned long long)agreement.both, (unsigned long long)agreement.primary,
                  (unsigned long long)agreement.found, (unsigned long long)agreement.names,
                  (unsigned long long)agreement.births_found, (unsigned long long)agreement.births);
    return agreement;
}

/* All but `differ` in a thousand of each sort. */
static void agree_but(u64 differ)
{
    struct agreement agreement = agree();
    assert_true(agreement.both > 400);
    assert_true((agreement.both - agreement.primary) * 1000 <= agreement.both * differ);
    assert_true((agreement.names - agreement.found) * 1000 <= agreement.names * differ);
    assert_true((agreement.births - agreement.births_found) * 1000 <=
                agreement.births * (differ == 0 ? 0 : 25));
}

/* The same list in three formats, of three days: weak names stand in the csv's remarks. The US
 * consolidated list against OFAC's files of nine months before, as far as both have an entry. */
static void formats_agree(void **state)
{
    (void)state;
    READ(&scene, "ofac/consolidated_2025-03-28.xml.gz");
    READ(&other, "ofac/CONS_ENHANCED_2025-01-14.xml.gz");
    agree_but(0);
    READ(&scene, "ofac/CONS_ENHANCED_2025-01-14.xml.gz");
    READ(&other, "ofac/consolidated_2025-03-28.xml.gz");
    agree_but(0);
    READ(&scene, "ofac/cons_prim.csv.gz", "ofac/cons_add.csv.gz", "ofac/cons_alt.csv.gz",
         "ofac/cons_comments.csv.gz");
    agree_but(10);
    READ(&scene, "ofac/triple_2021-07_sdn.csv.gz", "ofac/triple_2021-07_add.csv.gz",
         "ofac/triple_2021-07_alt.csv.gz", "ofac/triple_2021-07_sdn_comments.csv.gz");
    READ(&other, "us_csl/consolidated_2022-04-21.csv.gz");
    agree_but(5);
    READ(&scene, "ofac/sdn_2022-04-22.csv.gz");
    agree_but(5);
}

static void ofac_xml(void **state)
{
    (void)state;
    READ(&scene, "ofac/consolidated_2025-03-28.xml.gz");
    counts(443, 443);
    assert_int_equal(scene.report.header.published.day, 28);
    READ(&scene, "ofac/CONS_ENHANCED_2025-01-14.xml.gz");
    counts(443, 443);
    assert_int_equal(scene.report.header.published.day, 10);
}

static void un_consolidated(void **state)
{
    (void)state;
    READ(&scene, "un/UN_consolidated_2026-02-27.xml.gz");
    counts(730 + 273, 730 + 273);
    assert_int_equal(scene.report.header.published.year, 2026);
    READ(&scene, "un/UN_consolidated_2025-04-19.xml.gz");
    counts(877, 877);
}

static void eu_old(void **state)
{
    (void)state;
    READ(&scene, "eu/eu_global_2016-02-11_oldformat.xml.gz");
    counts(595, 595);
    assert_int_equal(scene.report.header.published.month, 2);
}

static void uk_and_extracts(void **state)
{
    (void)state;
    READ(&scene, "uk/ConList_2016-02-12.csv.gz"); /* written on Windows */
    assert_int_equal(scene.report.header.rows_in, 800);
    assert_int_equal(scene.report.header.rows_refused, 44);
    assert_int_equal(scene.report.refused[LIST_REFUSAL_UTF8], 44);
    format_said = LIST_FORMAT_UK_CSV_1252;
    READ(&scene, "uk/ConList_2016-02-12.csv.gz");
    format_said = LIST_FORMAT_AUTO;
    counts(800, 463);
    READ(&scene, "eu/eu_fsf_2025_names_extract.csv.gz");
    assert_int_equal(scene.report.header.rows_in, 5316);
    assert_int_equal(scene.report.header.rows_refused, 0);
    READ(&scene, "uk/uk_2025_names_extract.csv.gz");
    assert_int_equal(scene.report.header.rows_in, 2524);
    assert_true(scene.report.header.rows_refused <= 1);
    READ(&scene, "crypto/sanctioned_addresses.tsv");
    counts(657, 657);
}

static bool has_wallet(const struct list_entry *entry, const struct list_wallet *wallet)
{
    for (u32 i = 0; i < entry->wallets_count; i += 1) {
        if (span_equal(entry->wallets[i].address, wallet->address) &&
            span_equal(entry->wallets[i].asset, wallet->asset)) {
            return true;
        }
    }
    return false;
}

/* The addresses that others have found in the remarks of the same day's list, each with the number
 * of its party: those that stand at the cut of the remarks are the only ones we do not take. */
static void addresses_of_remarks(void **state)
{
    (void)state;
    u64 asked = 0;
    u64 found = 0;
    READ(&scene, "ofac/sdn_2024-05-03.csv.gz");
    READ(&other, "crypto/ofac_sdn_remarks_addresses_2021-08_2024-05.tsv");
    for (size_t i = 0; i < other.count; i += 1) {
        char party[16];
        assert_int_equal(list_entry_read(&other.entry, span_of_text(other.lines[i])), LIST_LINE_OK);
        struct span remarks = other.entry.remarks;
        const u8 *end = memchr(remarks.data, ';', remarks.size);
        if (end == NULL || memmem(remarks.data, remarks.size, "; 2024-05-03", 12) == NULL) {
            continue; /* no longer on the list of that day */
        }
        (void)snprintf(party, sizeof(party), "%.*s", (int)(end - remarks.data),
                       (const char *)remarks.data);
        asked += 1;
        found += has_wallet(list_scene_find(&scene, party), &other.entry.wallets[0]) ? 1 : 0;
    }
    print_message("  %llu of %llu addresses\n", (unsigned long long)found,
                  (unsigned long long)asked);
    assert_true(asked > 250 && asked - found <= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ofac_scrapes),
        cmocka_unit_test(ofac_family),
        cmocka_unit_test(us_consolidated),
        cmocka_unit_test(ofac_xml),
        cmocka_unit_test(formats_agree),
        cmocka_unit_test(un_consolidated),
        cmocka_unit_test(eu_old),
        cmocka_unit_test(uk_and_extracts),
        cmocka_unit_test(addresses_of_remarks),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    list_scene_clear(&scene);
    list_scene_clear(&other);
    return failed;
}
