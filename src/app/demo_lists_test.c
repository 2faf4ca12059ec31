/* Aim: the demo's lists are in force, compiled and not stale, a second start changes nothing and
 * leaves a newer list alone, and what is told of people are lines that screening takes, of people
 * whom the demo has; telling them says what the other end says.
 *
 * What is said to be of OFAC's list is in it, in the words it has there.
 *
 * Method: they are laid into a temporary folder twice; a socket of the test plays the process; two
 * real lists of $CAMBIST_DATA are read where they are there. */
#include "app/demo_lists.h"

#include "app/demo_people.h"
#include "app/rules_builtin.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/lists/list_compile.h"
#include "role/lists/list_read.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DAY_US 86400000000ULL

static char folder[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-demo-lists-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int teardown(void **state)
{
    char command[160];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    return system(command);
}

static void put(void)
{
    enum fault fault = demo_lists_put(folder);
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static u32 load_of(const char *list, u64 *entries_out)
{
    struct list_header header;
    assert_true(list_compiled_look(folder, code_name_of(span_of_text(list)), &header));
    assert_false(header.stale);
    assert_true(header.stale_from_us > clock_wall_us(clock_real()) + 3650 * DAY_US);
    *entries_out = header.entries_count;
    return header.load;
}

static void lists_are_in_force_once(void **state)
{
    static const char *const files[] = {"registers/register.jsonl", "registers/payments.jsonl",
                                        DEMO_LENA};
    (void)state;
    for (u32 turn = 0; turn < 2; turn += 1) {
        u64 entries = 0;
        put();
        assert_int_equal(load_of("demo-list", &entries), 1);
        assert_int_equal(entries, 4);
        assert_int_equal(load_of("us-sdn", &entries), 2);
        assert_int_equal(entries, 2);
        for (u32 i = 0; i < ARRAY_COUNT(files); i += 1) {
            char path[128];
            struct stat about;
            (void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
            assert_int_equal(stat(path, &about), 0);
            assert_true(about.st_size > 0);
        }
    }
}

static struct list_entry entry;

/* ---- what is said to be real ---- */

/* Which of the shipped entries of OFAC's list are in a real one, as they are there. */
struct real {
    struct list_sink sink; /* first: it is cast back */
    u32 found;             /* bits, by the entry's place in the file */
};

static bool has_number(const struct list_entry *real, struct span number)
{
    for (u32 i = 0; i < real->identifiers_count; i += 1) {
        if (span_equal(real->identifiers[i].number, number)) {
            return true;
        }
    }
    return false;
}

static enum fault on_real(struct list_sink *sink, const struct list_entry *real)
{
    struct real *self = (struct real *)(void *)sink;
    const struct rules_builtin *file = rules_builtin_find("list.jsonl");
    struct span text = file->text;
    for (u32 line = 0; text.size > 0; line += 1) {
        size_t size = 0;
        while (size < text.size && text.data[size] != '\n') {
            size += 1;
        }
        if (line > 0) {
            assert_int_equal(list_entry_read(&entry, span_of(text.data, size)), LIST_LINE_OK);
            if (span_equal(entry.id, real->id)) {
                assert_true(span_equal(entry.names[0].text, real->names[0].text));
                assert_true(entry.identifiers_count >= 1);
                for (u32 i = 0; i < entry.identifiers_count; i += 1) {
                    assert_true(has_number(real, entry.identifiers[i].number));
                }
                self->found |= 1U << line;
            }
        }
        text = span_after(text, size < text.size ? size + 1 : size);
    }
    return FAULT_NONE;
}

static u32 found_in(const char *name)
{
    char path[FILE_PATH_BYTES];
    const char *const paths[] = {path};
    static struct list_report report;
    struct real real = {.sink = {.take = on_real}};
    struct list_source source = {.list = "us-sdn", .paths = paths, .paths_count = 1};
    if (test_is_valgrind()) {
        print_message("skipped: ten thousand rows are too slow under valgrind\n");
        skip();
    }
    if (test_data_folder() == NULL) {
        print_message("skipped: no data set (CAMBIST_DATA)\n");
        skip();
    }
    (void)snprintf(path, sizeof(path), "%s/sanctions/ofac/%s", test_data_folder(), name);
    assert_int_equal(list_read(&source, &real.sink, &report), FAULT_NONE);
    return real.found;
}

static void entries_of_ofac_are_the_real_ones(void **state)
{
    (void)state;
    assert_int_equal(found_in("sdn_2022-04-08.csv.gz"), 1U << 1); /* not BITRIVER yet */
    assert_int_equal(found_in("sdn_2022-04-22.csv.gz"), 1U << 1 | 1U << 2);
}

/* ---- people ---- */

static void lines_check(const char *name, u32 wanted)
{
    const struct rules_builtin *file = rules_builtin_find(name);
    u32 count = 0;
    assert_non_null(file);
    struct span text = file->text;
    while (text.size > 0) {
        size_t size = 0;
        bool is_known = false;
        while (size < text.size && text.data[size] != '\n') {
            size += 1;
        }
        assert_int_equal(list_entry_read(&entry, span_of(text.data, size)), LIST_LINE_OK);
        for (u32 i = 0; i < DEMO_PEOPLE_COUNT; i += 1) {
            const char *called = demo_people[i].name;
            is_known = is_known || (demo_people[i].person == entry.number &&
                                    entry.names[0].text.size == strlen(called) &&
                                    memcmp(entry.names[0].text.data, called, strlen(called)) == 0);
        }
        assert_true(is_known);
        count += 1;
        text = span_after(text, size < text.size ? size + 1 : size);
    }
    assert_int_equal(count, wanted);
}

static void who_is_told_is_of_the_demo(void **state)
{
    (void)state;
    lines_check("demo-people.jsonl", 3);
    lines_check("demo-lena.jsonl", 1);
}

struct other_end {
    int listener;
    const char *answer;
    u32 lines;
};

/* Answers each line. */
static void *other_end_run(void *argument)
{
    struct other_end *end = argument;
    int line = accept(end->listener, NULL, NULL);
    char letter = 0;
    while (line >= 0 && read(line, &letter, 1) == 1) {
        if (letter == '\n') {
            end->lines += 1;
            if (write(line, end->answer, strlen(end->answer)) <= 0) {
                break;
            }
        }
    }
    (void)close(line);
    return NULL;
}

static enum fault tell(struct other_end *end, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    pthread_t thread;
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    end->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(end->listener >= 0);
    assert_int_equal(bind(end->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(end->listener, 1), 0);
    assert_int_equal(pthread_create(&thread, NULL, other_end_run, end), 0);
    enum fault fault = demo_lists_tell(path);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(end->listener);
    assert_int_equal(unlink(path), 0);
    return fault;
}

static void people_are_told_one_by_one(void **state)
{
    char path[96];
    struct other_end good = {.answer = "ok\n"};
    struct other_end bad = {.answer = "error no room\n"};
    (void)state;
    (void)snprintf(path, sizeof(path), "%s/screen.sock", folder);
    assert_int_equal(demo_lists_tell(path), FAULT_MISSING);
    assert_int_equal(tell(&good, path), FAULT_NONE);
    assert_int_equal(good.lines, 3);
    assert_int_equal(tell(&bad, path), FAULT_REFUSED);
    assert_int_equal(bad.lines, 1);
    assert_non_null(strstr(fault_text(), "no room"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_are_in_force_once, setup, teardown),
        cmocka_unit_test(entries_of_ofac_are_the_real_ones),
        cmocka_unit_test(who_is_told_is_of_the_demo),
        cmocka_unit_test_setup_teardown(people_are_told_one_by_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
