/* Aim: whatever damage a list comes with, it is a clear message or a refused row with its reason;
 * nothing that the whole list does not say comes out, and nothing is lost without a count. Method:
 * a small invented list of each format, from the fuzzers' seeds, cut off, written twice into one
 * file, with a NUL and with a byte that is not UTF-8, at places that the seed shifts. */
#include "tests/support/list_scene.h"

#include <string.h>

#define SEEDS "tests/fuzz/corpus/lists/"

enum ending { ENDS_ANYWHERE, ENDS_WITH_A_MARK };

/* The first byte of a seed is the fuzzer's. */
static const struct seed {
    const char *name;
    enum list_format format;
    enum ending ending; /* with a mark: a file that is cut off can be told */
    u32 headers;        /* rows refused where another file hangs behind the first */
} seeds[] = {
    {"ofac-sdn", LIST_FORMAT_OFAC_CSV, ENDS_WITH_A_MARK, 0},
    {"ofac-classic", LIST_FORMAT_OFAC_XML, ENDS_WITH_A_MARK, 0},
    {"ofac-enhanced1", LIST_FORMAT_OFAC_ENHANCED, ENDS_WITH_A_MARK, 0},
    {"ofac-advanced1", LIST_FORMAT_OFAC_ADVANCED, ENDS_WITH_A_MARK, 0},
    {"us-csl", LIST_FORMAT_US_CSL, ENDS_ANYWHERE, 1},
    {"eu-csv", LIST_FORMAT_EU_CSV, ENDS_ANYWHERE, 1},
    {"eu-xml", LIST_FORMAT_EU_XML, ENDS_WITH_A_MARK, 0},
    {"eu-xml-old1", LIST_FORMAT_EU_XML_OLD, ENDS_WITH_A_MARK, 0},
    {"names-csv1", LIST_FORMAT_NAMES_CSV, ENDS_ANYWHERE, 1},
    {"un-xml1", LIST_FORMAT_UN_XML, ENDS_WITH_A_MARK, 0},
    {"uk-csv", LIST_FORMAT_UK_CSV, ENDS_ANYWHERE, 2}, /* the banner too */
    {"uk-sanctions-list", LIST_FORMAT_UK_CSV, ENDS_ANYWHERE, 2},
    {"opensanctions-csv1", LIST_FORMAT_OPENSANCTIONS_CSV, ENDS_ANYWHERE, 1},
    {"ftm", LIST_FORMAT_FTM, ENDS_ANYWHERE, 0},
    {"addresses2", LIST_FORMAT_ADDRESSES, ENDS_ANYWHERE, 0},
    {"normal", LIST_FORMAT_NORMAL, ENDS_WITH_A_MARK, 0},
};

static struct list_scene scene;
static u8 whole[8192];
static u8 text[2 * sizeof(whole)];
static size_t size;

static void load(const struct seed *seed)
{
    char path[128];
    (void)snprintf(path, sizeof(path), SEEDS "%s", seed->name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(fgetc(file) != EOF);
    size = fread(whole, 1, sizeof(whole), file);
    assert_true(size > 0 && size < sizeof(whole));
    assert_int_equal(fclose(file), 0);
    const u8 *torn = memmem(whole, size, "{\"id\":\"x\"", 9); /* this seed is cut off already */
    size = torn != NULL ? (size_t)(torn - whole) : size;
    memcpy(text, whole, size);
}

static enum fault reads(const struct seed *seed, size_t bytes)
{
    struct span span = span_of(text, bytes);
    enum fault fault = list_scene_texts(&scene, &span, 1, seed->format);
    assert_true(fault == FAULT_NONE || fault == FAULT_INPUT);
    if (fault == FAULT_INPUT && strncmp(fault_text(), "0", 1) != 0) {
        fail_msg("%s: no file in \"%s\"", seed->name, fault_text());
    }
    return fault;
}

/* White space at the end, and what stands behind OFAC's mark, may be lost. */
static size_t meaningful(void)
{
    size_t bytes = size;
    while (bytes > 0 && (whole[bytes - 1] <= ' ')) {
        bytes -= 1;
    }
    return bytes;
}

/* Places are looked at that are so far apart, from the first one on. */
static size_t step_of(size_t bytes, size_t *first_out)
{
    size_t step = 1 + bytes / test_rounds(40);
    *first_out = (size_t)(test_seed() % step);
    return step;
}

static void whole_lists_are_read(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(seeds); i += 1) {
        load(&seeds[i]);
        assert_int_equal(reads(&seeds[i], size), FAULT_NONE);
        assert_string_equal(scene.report.header.format, list_format_name(seeds[i].format));
        assert_true(scene.count > 0);
    }
}

static void lists_cut_off_are_refused(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(seeds); i += 1) {
        load(&seeds[i]);
        size_t mark = seeds[i].format == LIST_FORMAT_OFAC_CSV
                          ? (size_t)((u8 *)memchr(whole, 0x1a, size) - whole) + 1
                          : meaningful();
        size_t cut = 0;
        for (size_t step = step_of(mark, &cut); cut < mark; cut += step) {
            enum fault fault = reads(&seeds[i], cut);
            if (seeds[i].ending == ENDS_WITH_A_MARK && fault != FAULT_INPUT) {
                fail_msg("%s cut at %zu of %zu is read", seeds[i].name, cut, size);
            }
        }
    }
}

/* Everything comes out that the list says once, and nothing else. */
static void a_list_written_twice_is_told(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(seeds); i += 1) {
        load(&seeds[i]);
        assert_int_equal(reads(&seeds[i], size), FAULT_NONE);
        size_t count = scene.count;
        u64 refused = scene.report.header.rows_refused;
        memcpy(text + size, whole, size);
        enum fault fault = reads(&seeds[i], 2 * size);
        if (seeds[i].ending == ENDS_WITH_A_MARK) {
            assert_int_equal(fault, FAULT_INPUT);
            continue;
        }
        assert_int_equal(fault, FAULT_NONE);
        if (scene.count != count || scene.report.header.rows_refused < refused + seeds[i].headers) {
            fail_msg("%s twice: %zu entries, once %zu; %llu rows refused, once %llu", seeds[i].name,
                     scene.count, count, (unsigned long long)scene.report.header.rows_refused,
                     (unsigned long long)refused);
        }
        assert_int_equal(scene.report.refused[LIST_REFUSAL_HEADER], seeds[i].headers > 0 ? 1 : 0);
    }
}

/* Rows refused for what a damaged byte makes of them. */
static u64 rows_damaged(void)
{
    return scene.report.refused[LIST_REFUSAL_UTF8] + scene.report.refused[LIST_REFUSAL_SHAPE];
}

/* A byte of the list becomes another one: a fault, or one more refused row. */
static void assert_told(const struct seed *seed, u8 byte)
{
    load(seed);
    assert_int_equal(reads(seed, size), FAULT_NONE);
    u64 refused = scene.report.header.rows_refused;
    u64 damaged = rows_damaged();
    size_t at = 0;
    for (size_t step = step_of(size, &at); at < size; at += step) {
        text[at] = byte;
        enum fault fault = reads(seed, size);
        if (fault == FAULT_NONE && scene.report.header.rows_refused <= refused &&
            rows_damaged() <= damaged) {
            fail_msg("%s: byte %02x at %zu is read as if nothing were wrong", seed->name, byte, at);
        }
        text[at] = whole[at];
    }
}

static void a_nul_byte_is_told(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(seeds); i += 1) {
        assert_told(&seeds[i], 0);
    }
    load(&seeds[4]);
    size_t second = (size_t)((u8 *)memchr(whole, '\n', size) - whole) + 1;
    text[second + 2] = 0;
    assert_int_equal(reads(&seeds[4], size), FAULT_INPUT);
    assert_string_equal(fault_text(), "0:2: a NUL byte: the file is damaged, or is no text");
}

static void bytes_of_another_encoding_are_told(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(seeds); i += 1) {
        assert_told(&seeds[i], 0xff);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lists_are_read),
        cmocka_unit_test(lists_cut_off_are_refused),
        cmocka_unit_test(a_list_written_twice_is_told),
        cmocka_unit_test(a_nul_byte_is_told),
        cmocka_unit_test(bytes_of_another_encoding_are_told),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    list_scene_clear(&scene);
    return failed;
}
