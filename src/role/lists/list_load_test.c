/* Aim: a load is taken only when it may be believed; what is refused leaves the list in force and
 * its compiled file as they were, and says why; counts add up.
 *
 * Method: small invented lists in OFAC's csv layout and the UN's XML, loaded one after the other.
 */
#include "role/lists/list_load.h"

#include "base/span.h"
#include "role/lists/list_compile.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_US   86400000000ULL
#define START_US (19103ULL * DAY_US + DAY_US / 2) /* 2022-04-21, noon */
#define NULLS    ",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"

static char folder[64];
static char file[128];
static struct list_store *store;
static struct list_loader *loader;
static struct list_load loaded;
static struct list_load_request request;
static const char *const paths[] = {file};

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-lists-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file, sizeof(file), "%s/list", folder);
    assert_int_equal(list_store_open(&store, folder, SQL_WRITE), FAULT_NONE);
    assert_int_equal(list_loader_create(&loader), FAULT_NONE);
    request = (struct list_load_request){
        .folder = folder,
        .list = code_name_of(span_of_text("invented")),
        .paths = paths,
        .paths_count = 1,
        .now_us = START_US,
        .policy = {.keep_percent = LIST_KEEP_PERCENT, .refused_permille = LIST_REFUSED_PERMILLE}};
    return 0;
}

static int clear(void **state)
{
    (void)state;
    static const char *const names[] = {"list",
                                        "lists/lists.db",
                                        "lists/lists.db-wal",
                                        "lists/lists.db-shm",
                                        "lists/invented.list",
                                        "lists/invented.list.new"};
    char path[256];
    list_store_close(store);
    list_loader_destroy(loader);
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof(path), "%s/lists", folder);
    (void)rmdir(path);
    return rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *target = fopen(file, "w");
    assert_non_null(target);
    assert_int_equal(fwrite(text, 1, strlen(text), target), strlen(text));
    assert_int_equal(fclose(target), 0);
}

/* OFAC's csv with the entries first .. last, of which `changed` has another name (0: none). */
static void write_csv(u32 first, u32 last, u32 changed)
{
    static char text[1 << 20];
    size_t used = 0;
    for (u32 i = first; i <= last; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "%u,\"INVENTED %s%u\",\"individual\"" NULLS, i,
                                 i == changed ? "AGAIN " : "", i);
        assert_true(used < sizeof(text) - 200);
    }
    (void)snprintf(text + used, sizeof(text) - used, "\x1a");
    write_file(text);
}

static enum list_outcome load(void)
{
    enum fault fault = list_load(loader, store, &request, &loaded);
    if (fault != FAULT_NONE) {
        print_error("%s\n", fault_text());
    }
    assert_int_equal(fault, FAULT_NONE);
    assert_int_equal(loaded.rows, loaded.entries + loaded.merged + loaded.refused);
    list_load_tell(&loaded);
    request.now_us += 60000000;
    return loaded.outcome;
}

static struct list_state state_now(void)
{
    struct list_state state;
    assert_int_equal(list_store_state(store, request.list, &state), FAULT_NONE);
    return state;
}

/* The compiled file is whole, and of the load in force. */
static void compiled_check(u32 load_wanted, u64 entries)
{
    static char line[LIST_LINE_BYTES + 1];
    static struct list_entry entry;
    struct list_header header;
    char path[FILE_PATH_BYTES];
    u32 number = 0;
    u64 count = 0;
    assert_int_equal(list_compiled_path(folder, request.list, path), FAULT_NONE);
    FILE *source = fopen(path, "r");
    assert_non_null(source);
    assert_non_null(fgets(line, sizeof(line), source));
    assert_int_equal(list_header_read(&header, span_of_text(line)), LIST_LINE_OK);
    assert_int_equal(header.load, load_wanted);
    assert_int_equal(header.entries_count, entries);
    assert_string_equal(header.list, "invented");
    while (fgets(line, sizeof(line), source) != NULL) {
        assert_int_equal(line[strlen(line) - 1], '\n');
        assert_int_equal(list_entry_read(&entry, span_of_text(line)), LIST_LINE_OK);
        assert_true(entry.number > number);
        number = entry.number;
        count += 1;
    }
    assert_int_equal(count, entries);
    assert_int_equal(fclose(source), 0);
}

static void lists_are_taken(void **state)
{
    (void)state;
    write_csv(101, 200, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.added, 100);
    assert_string_equal(loaded.format, "ofac-csv");
    assert_string_equal(loaded.files, "list");
    compiled_check(1, 100);
    struct list_state first = state_now();
    assert_int_equal(first.stale_after_us, LIST_STALE_AFTER_DEFAULT);

    assert_int_equal(load(), LIST_OUTCOME_UNCHANGED); /* the same file makes no load */
    assert_int_equal(state_now().load, 1);
    assert_true(state_now().confirmed_us > first.confirmed_us);
    request.confirmed_us = first.confirmed_us - 1; /* never backwards */
    assert_int_equal(load(), LIST_OUTCOME_UNCHANGED);
    assert_true(state_now().confirmed_us > first.confirmed_us);
    request.confirmed_us = 0;

    write_csv(105, 202, 150);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.added, 2);
    assert_int_equal(loaded.changed, 1);
    assert_int_equal(loaded.removed, 4);
    compiled_check(2, 98);
    request.now_us = START_US; /* the clock was set back */
    write_csv(105, 203, 150);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    compiled_check(3, 99);
    request.now_us = START_US - 2 * DAY_US;
    write_csv(105, 204, 150);
    assert_int_equal(list_load(loader, store, &request, &loaded), FAULT_USAGE);
}

static void lists_are_refused(void **state)
{
    (void)state;
    write_csv(101, 200, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_file("");
    assert_int_equal(load(), LIST_OUTCOME_UNREADABLE);
    assert_int_not_equal(loaded.reason[0], 0);
    write_file("no list at all\n");
    assert_int_equal(load(), LIST_OUTCOME_UNREADABLE);
    (void)unlink(file);
    assert_int_equal(load(), LIST_OUTCOME_UNREADABLE);
    write_csv(101, 189, 0);
    assert_int_equal(load(), LIST_OUTCOME_SHRUNKEN);
    assert_string_equal(loaded.reason, "89 entries, fewer than 90 % of the 100 in force");
    assert_int_equal(loaded.in_force, 100);
    u32 shrunken = loaded.number;
    assert_int_equal(load(), LIST_OUTCOME_SHRUNKEN);
    assert_int_equal(loaded.number, shrunken); /* once more, in the same row */
    assert_int_equal(state_now().load, 1);
    assert_int_equal(state_now().last_outcome, LIST_OUTCOME_SHRUNKEN);
    compiled_check(1, 100);

    request.accept_shrunken = "told by the ministry";
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_string_equal(loaded.consent, "shrunken: told by the ministry");
    assert_int_equal(loaded.removed, 11);
    compiled_check(loaded.number, 89);
    request.accept_shrunken = NULL;
    write_csv(101, 181, 0); /* 81 of 89 are enough */
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_csv(101, 101, 0);
    request.policy.keep_percent = 1;
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    request.policy.keep_percent = 90;
    write_csv(101, 110, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_csv(101, 109, 0); /* exactly 90 % */
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_csv(101, 108, 0);
    assert_int_equal(load(), LIST_OUTCOME_SHRUNKEN);
}

/* As many entries, of which most are others; and the same ones without their aliases. */
static void other_ways_to_shrink(void **state)
{
    static char text[1 << 16];
    size_t used = 0;
    (void)state;
    write_csv(101, 200, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_csv(110, 209, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_csv(125, 224, 0);
    assert_int_equal(load(), LIST_OUTCOME_SHRUNKEN);
    assert_string_equal(loaded.reason, "has 85 of the 100 entries in force, fewer than 90 %");
    for (u32 i = 0; i < 200; i += 1) { /* each twice: a hundred rows are merged */
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used,
                             "%u,\"INVENTED %u\",\"individual\"" NULLS, 110 + i / 2, 110 + i / 2);
    }
    (void)snprintf(text + used, sizeof(text) - used, "\x1a");
    write_file(text);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.merged, 100);
    write_csv(110, 209, 0);
    assert_int_equal(load(), LIST_OUTCOME_SHRUNKEN);
    assert_string_equal(loaded.reason, "100 rows, fewer than 90 % of the 200 of the load in force");
}

/* The UN's XML, which says when it was made. */
static void write_xml(const char *day, u32 count, const char *ending)
{
    static char text[1 << 16];
    size_t used = (size_t)snprintf(text, sizeof(text),
                                   "<CONSOLIDATED_LIST dateGenerated=\"%sT00:00:00.000Z\">"
                                   "<INDIVIDUALS>",
                                   day);
    for (u32 i = 1; i <= count; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "<INDIVIDUAL><DATAID>%u</DATAID><FIRST_NAME>INVENTED %u"
                                 "</FIRST_NAME><UN_LIST_TYPE>X</UN_LIST_TYPE><REFERENCE_NUMBER>"
                                 "XXi.%03u</REFERENCE_NUMBER></INDIVIDUAL>",
                                 i, i, i);
    }
    (void)snprintf(text + used, sizeof(text) - used, "%s", ending);
    write_file(text);
}

static void dates_go_forward(void **state)
{
    (void)state;
    static const char end[] = "</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>";
    write_xml("2022-04-20", 20, end);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED); /* on the 21st */
    assert_int_equal(loaded.published.day, 20);
    write_xml("2022-04-23", 21, end);
    assert_int_equal(load(), LIST_OUTCOME_FUTURE);
    assert_string_equal(loaded.reason, "published on 2022-04-23, which is after 2022-04-21");
    write_xml("2022-04-22", 21, end); /* where it is tomorrow already */
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    write_xml("2022-04-21", 22, end);
    assert_int_equal(load(), LIST_OUTCOME_OLDER);
    assert_string_equal(loaded.reason,
                        "published on 2022-04-21; the one in force is of 2022-04-22");
    write_xml("2022-04-22", 22, end); /* a second edition of the day */
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    u32 in_force = loaded.number;
    write_xml("2022-04-22", 23, "</INDIVIDUALS>"); /* cut short */
    assert_int_equal(load(), LIST_OUTCOME_UNREADABLE);
    compiled_check(in_force, 22);
    write_xml("2022-04-23", 22, end);
    assert_int_equal(load(), LIST_OUTCOME_FUTURE);
    request.now_us += DAY_US; /* its day comes */
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
}

static void rows_that_cannot_be_read_remove_nobody(void **state)
{
    (void)state;
    static char text[1 << 16];
    size_t used = 0;
    write_csv(1, 300, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    for (u32 i = 1; i <= 298; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "%u,\"INVENTED %s%u\",\"individual\"" NULLS, i,
                                 i == 7 ? "\xff" : "", i);
    }
    (void)snprintf(text + used, sizeof(text) - used, "\x1a");
    write_file(text);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.refused, 1);
    assert_int_equal(loaded.kept, 3);
    assert_int_equal(loaded.in_force, 300);
    assert_non_null(strstr(loaded.refusals, "utf8 1\n"));
    assert_non_null(strstr(loaded.refusals, ":7:"));
    compiled_check(2, 300);
    assert_int_equal(load(), LIST_OUTCOME_UNCHANGED);
    request.accept_refused = "line 7 is a misprint";
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.removed, 3);
    compiled_check(3, 297);
    request.accept_refused = NULL;

    for (char *at = text; (at = strstr(at, "INVENTED 2")) != NULL; at += 1) {
        at[0] = (char)0xff; /* more than one in a hundred */
    }
    write_file(text);
    request.policy.keep_percent = 10;
    assert_int_equal(load(), LIST_OUTCOME_SPOILT);
    compiled_check(3, 297);
}

static void a_history_is_loaded_afterwards(void **state)
{
    (void)state;
    write_csv(1, 20, 0);
    request.recorded_us = START_US - 10 * DAY_US;
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(loaded.recorded_us, START_US - 10 * DAY_US);
    assert_int_equal(loaded.taken_us, START_US);
    write_csv(1, 21, 0);
    request.recorded_us = START_US - 11 * DAY_US;
    assert_int_equal(list_load(loader, store, &request, &loaded), FAULT_USAGE);
    request.recorded_us = START_US - 9 * DAY_US;
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(state_now().confirmed_us, START_US - 9 * DAY_US);
}

static void what_is_stale_is_said(void **state)
{
    (void)state;
    struct list_header header;
    write_csv(1, 20, 0);
    request.policy.stale_after_us = 5 * LIST_HOUR_US;
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    struct list_state list = state_now();
    assert_int_equal(list_stale_us(&list), START_US + 5 * LIST_HOUR_US);
    assert_true(list_compiled_look(folder, request.list, &header));
    assert_false(header.stale);
    assert_int_equal(header.stale_from_us, list_stale_us(&list));
    assert_true(list_compiled_is_good(folder, &list, list_stale_us(&list) - 1));
    assert_false(list_compiled_is_good(folder, &list, list_stale_us(&list)));
    assert_int_equal(list_compile(store, folder, request.list, list_stale_us(&list)), FAULT_NONE);
    assert_true(list_compiled_look(folder, request.list, &header));
    assert_true(header.stale);
    assert_true(list_compiled_is_good(folder, &list, list_stale_us(&list)));

    request.now_us = list_stale_us(&list) + 1; /* confirmed: it is good again */
    assert_int_equal(load(), LIST_OUTCOME_UNCHANGED);
    assert_true(list_compiled_look(folder, request.list, &header));
    assert_false(header.stale);
    compiled_check(1, 20);
}

static void a_damaged_file_is_written_again(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    write_csv(1, 20, 0);
    assert_int_equal(load(), LIST_OUTCOME_ACCEPTED);
    assert_int_equal(list_compiled_path(folder, request.list, path), FAULT_NONE);
    assert_int_equal(truncate(path, 10), 0);
    struct list_state list = state_now();
    assert_false(list_compiled_is_good(folder, &list, request.now_us));
    assert_int_equal(unlink(path), 0);
    assert_false(list_compiled_is_good(folder, &list, request.now_us));
    assert_int_equal(load(), LIST_OUTCOME_UNCHANGED);
    compiled_check(1, 20);
    struct list_state none = {.list = code_name_of(span_of_text("other"))};
    assert_int_equal(list_compile(store, folder, none.list, START_US), FAULT_NONE);
    assert_true(list_compiled_is_good(folder, &none, START_US));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_are_taken, make, clear),
        cmocka_unit_test_setup_teardown(lists_are_refused, make, clear),
        cmocka_unit_test_setup_teardown(other_ways_to_shrink, make, clear),
        cmocka_unit_test_setup_teardown(dates_go_forward, make, clear),
        cmocka_unit_test_setup_teardown(rows_that_cannot_be_read_remove_nobody, make, clear),
        cmocka_unit_test_setup_teardown(a_history_is_loaded_afterwards, make, clear),
        cmocka_unit_test_setup_teardown(what_is_stale_is_said, make, clear),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_written_again, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
