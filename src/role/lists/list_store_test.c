/* Aim: what the store says of any past moment is what was loaded then: entries, versions, numbers
 * and differences; a load that is refused, abandoned or cut off leaves nothing behind but its row.
 *
 * Method: single cases by hand; then random lists, loaded one after the other into a store and into
 * a plain table of everything, compared at every moment there was. */
#include "role/lists/list_store.h"

#include "base/random.h"
#include "base/span.h"
#include "role/lists/list_change.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[128];
static u64 ofac;

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-lists-XXXXXX");
    assert_non_null(mkdtemp(folder));
    ofac = code_name_of(span_of_text("ofac-sdn"));
    assert_int_not_equal(ofac, 0);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    static const char *const names[] = {"/lists/lists.db", "/lists/lists.db-wal",
                                        "/lists/lists.db-shm", "/lists"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[256];
        (void)snprintf(path, sizeof(path), "%s%s", folder, names[i]);
        (void)(i < 3 ? unlink(path) : rmdir(path));
    }
    return rmdir(folder);
}

static struct list_store *store_open(enum sql_access access)
{
    struct list_store *store = NULL;
    assert_int_equal(list_store_open(&store, folder, access), FAULT_NONE);
    return store;
}

static void put(struct list_store *store, const char *id, const char *line)
{
    assert_int_equal(list_store_put(store, span_of_text(id), span_of_text(line)), FAULT_NONE);
}

static struct list_load load_of(u64 time_us, u64 entries)
{
    struct list_load load = {.taken_us = time_us,
                             .again_us = time_us,
                             .recorded_us = time_us,
                             .times = 1,
                             .rows = entries,
                             .entries = entries,
                             .format = "ofac-csv",
                             .files = "sdn.csv"};
    load.hash[0] = (u8)time_us;
    return load;
}

static void begin(struct list_store *store, u64 time_us)
{
    struct list_state state;
    assert_int_equal(list_store_begin(store, ofac, time_us, &state), FAULT_NONE);
}

static struct list_load accept(struct list_store *store, u64 time_us)
{
    struct list_load load = load_of(time_us, list_store_entries(store));
    assert_int_equal(list_store_accept(store, &load, time_us, false), FAULT_NONE);
    return load;
}

/* What was in force, as one text: "7=id:line;" for each. */
struct seen {
    struct list_version_visitor visitor; /* first: it is cast back */
    char text[65536];
    size_t used;
};

static enum fault see(struct list_version_visitor *visitor, const struct list_version *version)
{
    struct seen *seen = (struct seen *)(void *)visitor;
    int size = snprintf(seen->text + seen->used, sizeof(seen->text) - seen->used, "%u=%.*s:%.*s;",
                        version->number, (int)version->id.size, (const char *)version->id.data,
                        (int)version->line.size, (const char *)version->line.data);
    assert_true(size > 0 && (size_t)size < sizeof(seen->text) - seen->used);
    seen->used += (size_t)size;
    return FAULT_NONE;
}

static const char *at(struct list_store *store, u64 time_us)
{
    static struct seen seen;
    seen.visitor.visit = see;
    seen.used = 0;
    seen.text[0] = 0;
    assert_int_equal(list_store_at(store, ofac, time_us, &seen.visitor), FAULT_NONE);
    return seen.text;
}

static void numbers_stay(void **state)
{
    (void)state;
    struct list_store *store = store_open(SQL_WRITE);
    begin(store, 100);
    put(store, "7", "seven");
    put(store, "E-1", "first");
    put(store, "007", "zeros");
    put(store, "2147483648", "large");
    struct list_load load = accept(store, 100);
    assert_int_equal(load.added, 4);
    assert_string_equal(at(store, 100), "7=7:seven;8=E-1:first;9=007:zeros;10=2147483648:large;");

    begin(store, 200);
    put(store, "9", "nine"); /* whose number is taken */
    put(store, "E-1", "other");
    load = accept(store, 200);
    assert_int_equal(load.added, 1);
    assert_int_equal(load.changed, 1);
    assert_int_equal(load.removed, 3);
    assert_int_equal(load.in_force, 2);
    assert_string_equal(at(store, 200), "8=E-1:other;11=9:nine;");

    begin(store, 300);
    put(store, "new", "new");
    put(store, "7", "seven again"); /* back under its number */
    load = accept(store, 300);
    assert_int_equal(load.added, 2);
    assert_int_equal(load.removed, 2);
    list_store_close(store);

    store = store_open(SQL_READ);
    assert_string_equal(at(store, 99), "");
    assert_string_equal(at(store, 199), "7=7:seven;8=E-1:first;9=007:zeros;10=2147483648:large;");
    assert_string_equal(at(store, 299), "8=E-1:other;11=9:nine;");
    assert_string_equal(at(store, LIST_TIME_OPEN - 1), "7=7:seven again;12=new:new;");
    u32 number = 0;
    assert_int_equal(list_store_number(store, ofac, span_of_text("007"), &number), FAULT_NONE);
    assert_int_equal(number, 9);
    assert_int_equal(list_store_number(store, ofac, span_of_text("70"), &number), FAULT_NONE);
    assert_int_equal(number, 0);
    list_store_close(store);
}

static void what_is_refused_leaves_its_row(void **state)
{
    (void)state;
    struct list_store *store = store_open(SQL_WRITE);
    begin(store, 100);
    put(store, "1", "one");
    (void)accept(store, 100);
    for (u32 i = 0; i < 3; i += 1) {
        begin(store, 200 + i);
        put(store, "1", "forged");
        put(store, "2", "two");
        struct list_load load = load_of(200, 2);
        load.taken_us = 200 + i;
        load.outcome = LIST_OUTCOME_FUTURE;
        (void)snprintf(load.reason, sizeof(load.reason), "dated 2999-01-01");
        assert_int_equal(list_store_refuse(store, &load), FAULT_NONE);
        assert_int_equal(load.number, 2); /* it is the same row */
        assert_int_equal(load.in_force, 1);
    }
    begin(store, 205);
    put(store, "1", "half");
    list_store_abandon(store);
    begin(store, 206);
    put(store, "1", "cut off");
    list_store_close(store);

    store = store_open(SQL_WRITE);
    assert_string_equal(at(store, LIST_TIME_OPEN - 1), "1=1:one;");
    struct list_load row;
    struct list_state list;
    bool found = false;
    assert_int_equal(list_store_load(store, 2, &row, &found), FAULT_NONE);
    assert_true(found);
    assert_int_equal(row.times, 3);
    assert_int_equal(row.again_us, 202);
    assert_string_equal(row.reason, "dated 2999-01-01");
    assert_int_equal(list_store_load(store, 3, &row, &found), FAULT_NONE);
    assert_false(found);
    assert_int_equal(list_store_state(store, ofac, &list), FAULT_NONE);
    assert_int_equal(list.load, 1);
    assert_int_equal(list.last_load, 2);
    assert_int_equal(list.last_outcome, LIST_OUTCOME_FUTURE);

    begin(store, 300); /* the good one comes again */
    put(store, "1", "one");
    list_store_stale_after(store, 77);
    assert_int_equal(list_store_confirm(store, 300, 290), FAULT_NONE);
    assert_int_equal(list_store_state(store, ofac, &list), FAULT_NONE);
    assert_int_equal(list.confirmed_us, 290);
    assert_int_equal(list.stale_after_us, 77);
    assert_int_equal(list.last_load, 1);
    assert_int_equal(list.last_outcome, LIST_OUTCOME_ACCEPTED);
    assert_int_equal(list_store_load(store, 1, &row, &found), FAULT_NONE);
    assert_int_equal(row.times, 2);
    list_store_close(store);
}

static void the_first_may_be_refused(void **state)
{
    (void)state;
    struct list_store *store = store_open(SQL_WRITE);
    struct list_state list;
    struct list_load load = load_of(100, 0);
    load.outcome = LIST_OUTCOME_EMPTY;
    begin(store, 100);
    list_store_stale_after(store, 5);
    assert_int_equal(list_store_refuse(store, &load), FAULT_NONE);
    assert_int_equal(list_store_state(store, ofac, &list), FAULT_NONE);
    assert_int_equal(list.load, 0);
    assert_int_equal(list.last_load, 1);
    assert_int_equal(list.stale_after_us, 5);
    list_store_close(store);
}

static void twins_are_two(void **state)
{
    (void)state;
    struct list_store *store = store_open(SQL_WRITE);
    for (u64 time_us = 100; time_us <= 200; time_us += 100) {
        begin(store, time_us);
        put(store, "5", "one");
        put(store, "5", "two");
        put(store, "5", "one");
        put(store, "5", "two");
        struct list_load load = load_of(time_us, 4);
        assert_int_equal(list_store_accept(store, &load, time_us, false), FAULT_NONE);
        assert_int_equal(load.entries, 2);
        assert_int_equal(load.merged, 2);
        assert_int_equal(load.in_force, 2);
        assert_int_equal(load.changed, 0);
        assert_string_equal(at(store, time_us), "5=5:one;6=5#2:two;");
    }
    begin(store, 300); /* whatever their order is */
    put(store, "5", "two");
    put(store, "5", "one");
    put(store, "5", "three");
    put(store, "5", "three");
    struct list_load load = accept(store, 300);
    assert_int_equal(load.added, 1);
    assert_int_equal(load.changed + load.removed, 0);
    assert_string_equal(at(store, 300), "5=5:one;6=5#2:two;7=5#3:three;");
    begin(store, 350); /* the old line, behind the new one */
    put(store, "5", "four");
    put(store, "5", "one");
    put(store, "5", "four");
    load = accept(store, 350);
    assert_int_equal(load.in_force, 2);
    assert_string_equal(at(store, 350), "5=5:four;6=5#2:one;");
    begin(store, 400);
    for (u32 i = 0; i < 100; i += 1) {
        char line[32];
        (void)snprintf(line, sizeof(line), "line %u", i);
        put(store, "5", line);
    }
    assert_int_equal(list_store_put(store, span_of_text("5"), span_of_text("one more")),
                     FAULT_LIMIT);
    list_store_close(store);
}

static void what_is_missing_may_be_kept(void **state)
{
    (void)state;
    struct list_store *store = store_open(SQL_WRITE);
    begin(store, 100);
    put(store, "1", "one");
    put(store, "2", "two");
    (void)accept(store, 100);
    begin(store, 200);
    put(store, "2", "zwei");
    struct list_load load = load_of(200, 1);
    assert_int_equal(list_store_accept(store, &load, 150, true), FAULT_NONE);
    assert_int_equal(load.kept, 1);
    assert_int_equal(load.in_force, 2);
    assert_string_equal(at(store, 200), "1=1:one;2=2:zwei;");
    begin(store, 300);
    put(store, "2", "zwei");
    assert_int_equal(accept(store, 300).removed, 1);
    assert_string_equal(at(store, 300), "2=2:zwei;");
    list_store_close(store);
}

static void bounds_are_kept(void **state)
{
    (void)state;
    static char id[LIST_KEY_BYTES + 1];
    struct list_store *store = store_open(SQL_WRITE);
    struct list_store *other = store_open(SQL_WRITE);
    struct list_state list;
    begin(store, 100);
    assert_int_equal(list_store_put(store, span_of("", 0), span_of_text("x")), FAULT_LIMIT);
    memset(id, 'i', LIST_KEY_BYTES);
    assert_int_equal(list_store_put(store, span_of_text(id), span_of_text("x")), FAULT_LIMIT);
    id[LIST_KEY_BYTES - 1] = 0;
    put(store, id, "x");
    (void)accept(store, 100);
    assert_int_equal(list_store_begin(other, ofac, 100, &list), FAULT_USAGE);
    assert_int_equal(list_store_begin(other, ofac, 101, &list), FAULT_NONE);
    assert_int_equal(list.entries, 1);
    list_store_close(store);
    list_store_close(other);
}

/* ---- against a plain table ---- */

enum { IDS = 40, LOADS_MAX = 60 };

struct model {
    u32 loads;
    u64 times[LOADS_MAX];
    u32 lines[LOADS_MAX][IDS]; /* 0: not in force */
    u32 numbers[IDS];          /* 0: not known yet */
};

static void id_of(u32 index, char target[16])
{
    (void)snprintf(target, 16, index % 3 == 0 ? "E%u" : "%u", index + 1);
}

static void line_of(u32 version, char target[96])
{
    (void)snprintf(target, 96, "{\"id\":\"x\",\"names\":[%u],\"kind\":\"%u\"}", version / 3,
                   version % 3);
}

static void model_check_at(const struct model *model, struct list_store *store, u32 load)
{
    static char wanted[65536];
    u32 order[IDS];
    u32 count = 0;
    size_t used = 0;
    for (u32 i = 0; i < IDS; i += 1) {
        if (model->lines[load][i] != 0) {
            u32 place = count;
            for (; place > 0 && model->numbers[order[place - 1]] > model->numbers[i]; place -= 1) {
                order[place] = order[place - 1];
            }
            order[place] = i;
            count += 1;
        }
    }
    wanted[0] = 0;
    for (u32 i = 0; i < count; i += 1) {
        char id[16];
        char line[96];
        id_of(order[i], id);
        line_of(model->lines[load][order[i]], line);
        used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "%u=%s:%s;",
                                 model->numbers[order[i]], id, line);
    }
    assert_string_equal(at(store, model->times[load]), wanted);
}

struct compared {
    struct list_difference_visitor visitor; /* first: it is cast back */
    const struct model *model;
    u32 before;
    u32 after;
    u32 count;
};

static enum fault compare(struct list_difference_visitor *visitor,
                          const struct list_difference *difference)
{
    struct compared *compared = (struct compared *)(void *)visitor;
    char wanted[96];
    char change[LIST_CHANGE_BYTES];
    u32 index = 0;
    while (index < IDS && compared->model->numbers[index] != difference->number) {
        index += 1;
    }
    assert_true(index < IDS);
    u32 before = compared->model->lines[compared->before][index];
    u32 after = compared->model->lines[compared->after][index];
    assert_int_not_equal(before, after);
    line_of(before, wanted);
    assert_true(span_equal(difference->before, span_of(wanted, before == 0 ? 0 : strlen(wanted))));
    line_of(after, wanted);
    assert_true(span_equal(difference->after, span_of(wanted, after == 0 ? 0 : strlen(wanted))));
    const char *kind = before == 0               ? "added"
                       : after == 0              ? "removed"
                       : before / 3 == after / 3 ? "kind"
                       : before % 3 == after % 3 ? "names"
                                                 : "names kind";
    assert_string_equal(list_change_print(difference->before, difference->after, change), kind);
    compared->count += 1;
    return FAULT_NONE;
}

static void model_compare(const struct model *model, struct list_store *store, u32 before,
                          u32 after)
{
    struct compared compared = {
        .visitor.visit = compare, .model = model, .before = before, .after = after};
    u32 wanted = 0;
    for (u32 i = 0; i < IDS; i += 1) {
        wanted += model->lines[before][i] != model->lines[after][i] ? 1 : 0;
    }
    assert_int_equal(list_store_difference(store, ofac, model->times[before], model->times[after],
                                           &compared.visitor),
                     FAULT_NONE);
    assert_int_equal(compared.count, wanted);
}

static void model_load(struct model *model, struct list_store *store, struct random *random)
{
    u32 load = model->loads;
    u32 counts[3] = {0, 0, 0};
    model->times[load] = (load == 0 ? 0 : model->times[load - 1]) + 1 + random_below(random, 5);
    begin(store, model->times[load]);
    for (u32 i = 0; i < IDS; i += 1) {
        u32 before = load == 0 ? 0 : model->lines[load - 1][i];
        u64 chance = random_below(random, 10);
        u32 after = chance < 7 ? before : chance < 8 ? 0 : 3 + (u32)random_below(random, 6);
        model->lines[load][i] = after;
        counts[0] += before == 0 && after != 0 ? 1 : 0;
        counts[1] += before != 0 && after != 0 && before != after ? 1 : 0;
        counts[2] += before != 0 && after == 0 ? 1 : 0;
    }
    u32 first = (u32)random_below(random, IDS); /* the order of a file says nothing */
    for (u32 i = 0; i < IDS; i += 1) {
        u32 index = (i + first) % IDS;
        char id[16];
        char line[96];
        id_of(index, id);
        line_of(model->lines[load][index], line);
        if (model->lines[load][index] != 0) {
            put(store, id, line);
        }
    }
    struct list_load row = accept(store, model->times[load]);
    assert_int_equal(row.added, counts[0]);
    assert_int_equal(row.changed, counts[1]);
    assert_int_equal(row.removed, counts[2]);
    for (u32 i = 0; i < IDS; i += 1) {
        char id[16];
        u32 number = 0;
        id_of(i, id);
        assert_int_equal(list_store_number(store, ofac, span_of_text(id), &number), FAULT_NONE);
        assert_true(model->numbers[i] == 0 || model->numbers[i] == number);
        model->numbers[i] = number;
    }
    model->loads += 1;
}

static void any_past_comes_back(void **state)
{
    (void)state;
    static struct model model;
    u32 loads = (u32)test_rounds(LOADS_MAX);
    struct random random;
    struct list_store *store = store_open(SQL_WRITE);
    random_init(&random, test_seed());
    memset(&model, 0, sizeof(model));
    for (u32 i = 0; i < loads; i += 1) {
        model_load(&model, store, &random);
        if (random_below(&random, 5) == 0) {
            list_store_close(store);
            store = store_open(SQL_WRITE);
        }
    }
    list_store_close(store);
    store = store_open(SQL_READ);
    for (u32 before = 0; before < loads; before += 1) {
        model_check_at(&model, store, before);
        for (u32 after = before; after < loads; after += 1) {
            model_compare(&model, store, before, after);
        }
    }
    list_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_stay, make, clear),
        cmocka_unit_test_setup_teardown(what_is_refused_leaves_its_row, make, clear),
        cmocka_unit_test_setup_teardown(the_first_may_be_refused, make, clear),
        cmocka_unit_test_setup_teardown(twins_are_two, make, clear),
        cmocka_unit_test_setup_teardown(what_is_missing_may_be_kept, make, clear),
        cmocka_unit_test_setup_teardown(bounds_are_kept, make, clear),
        cmocka_unit_test_setup_teardown(any_past_comes_back, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
