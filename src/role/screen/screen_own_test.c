/* Aim: a list goes by the rule of whoever publishes it, whatever it is called here; registers that
 * are damaged or have lost much are not taken for the ones in use. Method: small registers and
 * lists in a folder of the test's own. */
#include "role/screen/screen_own.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HALF_FROM 19907 /* 3 July 2024: half is enough for the European Union */

enum { PERSONS = 120 };

static char folder[] = "/tmp/screen_own_test.XXXXXX";
static char registers[FILE_PATH_BYTES];
static char list_path[FILE_PATH_BYTES];
static char register_path[FILE_PATH_BYTES];

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

/* `count` owners of the company "c"; the first one, who is listed, has half. */
static void put_register(u32 count, u32 wrong)
{
    FILE *file = open_file(register_path);
    for (u32 i = 0; i < count; i += 1) {
        (void)fprintf(file,
                      "{\"id\":\"o%u\",\"schema\":\"Ownership\",\"properties\":{\"owner\":["
                      "\"demo:%u\"],\"asset\":[\"demo:c\"],\"percentage\":\"%s\"}}\n",
                      i, i,
                      i == 0       ? "50"
                      : i <= wrong ? "150"
                                   : "0.1");
    }
    assert_int_equal(fclose(file), 0);
}

static void put_list(const char *format)
{
    FILE *file = open_file(list_path);
    (void)fprintf(file,
                  "{\"list\":\"demo\",\"load\":1,\"format\":\"%s\",\"rows_in\":1,\"entries\":1}\n"
                  "{\"id\":\"0\",\"kind\":\"entity\",\"names\":[{\"text\":\"Zero\",\"quality\":"
                  "\"primary\"}]}\n",
                  format);
    assert_int_equal(fclose(file), 0);
}

static u64 refused; /* by the last one opened */

static enum fault open_as(const char *name, struct screen_own **own_out)
{
    struct screen_own_list list = {.path = list_path, .name = name, .load = 1};
    return screen_own_open(own_out, disk_real(), registers, &list, 1, &refused);
}

/* Half: is it enough on that day? */
static void assert_half(const char *name, const char *format, i32 day, bool is_enough)
{
    static char path[SCREEN_PATH_BYTES];
    size_t size = 0;
    struct screen_own *own = NULL;
    struct screen_owned owned;
    struct list_identifier key = {.type = span_of_text("demo"), .number = span_of_text("c")};
    put_list(format);
    assert_int_equal(open_as(name, &own), FAULT_NONE);
    assert_int_equal(screen_own_day(own, day), FAULT_NONE);
    assert_int_equal(screen_own_ask(own, 0, screen_own_find(own, &key), &owned, path, &size),
                     FAULT_NONE);
    assert_int_equal(owned.compare, is_enough ? SHARE_COMPARE_AT_LEAST : SHARE_COMPARE_ABOVE);
    assert_int_equal(owned.lower, 5000);
    assert_int_equal(size > 0, is_enough);
    screen_own_close(own);
}

static void a_list_goes_by_its_publishers_rule(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *format;
        bool before;
        bool since;
    } rows[] = {
        {"demo", "ofac-csv", true, true},      {"demo", "us-csl", true, true},
        {"ofac-sdn", "names-csv", true, true}, {"us-sdn", "names-csv", true, true},
        {"demo", "eu-csv", false, true},       {"demo", "un-xml", false, true},
        {"demo", "uk-csv", false, false},      {"uk-mine", "names-csv", false, false},
    };
    put_register(2, 0);
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        assert_half(rows[i].name, rows[i].format, HALF_FROM - 1, rows[i].before);
        assert_half(rows[i].name, rows[i].format, HALF_FROM, rows[i].since);
    }
}

static void damaged_registers_are_not_taken(void **state)
{
    (void)state;
    struct screen_own *own = NULL;
    put_list("ofac-csv");
    put_register(PERSONS, 1); /* one of a hundred and more: told, and the rest is taken */
    assert_int_equal(open_as("us-sdn", &own), FAULT_NONE);
    assert_non_null(own);
    assert_int_equal(refused, 1);
    assert_int_equal(screen_own_undescribed(own), PERSONS - 1); /* one is on the list */
    screen_own_close(own);
    put_register(PERSONS, 5);
    assert_int_equal(open_as("us-sdn", &own), FAULT_INPUT);
    assert_null(own);
    assert_int_equal(refused, 5);
    assert_non_null(strstr(fault_text(), "5 of "));
    assert_non_null(strstr(fault_text(), "a.jsonl:2:"));
}

static void what_has_shrunken_does_not_follow(void **state)
{
    (void)state;
    struct screen_own *before = NULL;
    struct screen_own *after = NULL;
    put_list("ofac-csv");
    put_register(PERSONS, 0);
    assert_int_equal(open_as("us-sdn", &before), FAULT_NONE);
    put_register(PERSONS / 10 * 9, 0);
    assert_int_equal(open_as("us-sdn", &after), FAULT_NONE);
    assert_int_equal(screen_own_follows(before, after), FAULT_NONE);
    assert_int_equal(screen_own_follows(NULL, after), FAULT_NONE);
    screen_own_close(after);
    put_register(PERSONS / 10 * 9 - 1, 0);
    assert_int_equal(open_as("us-sdn", &after), FAULT_NONE);
    assert_int_equal(screen_own_follows(before, after), FAULT_INPUT);
    screen_own_close(after);
    /* Under another name it is another register. */
    char other[FILE_PATH_BYTES];
    assert_int_equal(file_path(other, registers, "b.jsonl"), FAULT_NONE);
    assert_int_equal(rename(register_path, other), 0);
    assert_int_equal(open_as("us-sdn", &after), FAULT_NONE);
    assert_int_equal(screen_own_follows(before, after), FAULT_NONE);
    assert_int_equal(unlink(other), 0);
    screen_own_close(after);
    screen_own_close(before);
}

static int folder_make(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(file_path(registers, folder, "registers"), FAULT_NONE);
    assert_int_equal(file_path(list_path, folder, "demo.list"), FAULT_NONE);
    assert_int_equal(file_path(register_path, registers, "a.jsonl"), FAULT_NONE);
    return mkdir(registers, 0700);
}

static int folder_remove(void **state)
{
    (void)state;
    (void)unlink(register_path);
    (void)unlink(list_path);
    (void)rmdir(registers);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_goes_by_its_publishers_rule),
        cmocka_unit_test(damaged_registers_are_not_taken),
        cmocka_unit_test(what_has_shrunken_does_not_follow),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
