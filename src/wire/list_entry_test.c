/* Aim: an entry comes back from its line as it was, equal entries are equal bytes in whatever order
 * they were filled, and every bound and every malformed line is refused. Method: examples by name;
 * random entries filled in two orders, printed, read, printed again; lines cut and changed at every
 * byte, which must be refused or give a line that reads again. */
#include "wire/list_entry.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct list_entry entry;
static struct list_entry second;
static char line[LIST_LINE_BYTES + 1];
static char line_again[LIST_LINE_BYTES + 1];

static void add_name(struct list_entry *target, const char *text, enum list_quality quality)
{
    list_entry_add_name(target,
                        &(struct list_name){.text = span_of_text(text), .quality = (u8)quality});
}

static void fill_example(void)
{
    list_entry_clear(&entry);
    entry.number = 36483;
    entry.id = list_entry_text(&entry, span_of_text("36483"));
    entry.kind = LIST_KIND_PERSON;
    entry.gender = LIST_GENDER_MALE;
    entry.listed = (struct list_date){.year = 2022, .month = 4, .day = 20};
    list_entry_add_name(&entry, &(struct list_name){.text = span_of_text("IVANOV,  Ivan\tIlyich "),
                                                    .family = span_of_text("IVANOV"),
                                                    .given = span_of_text("Ivan"),
                                                    .patronymic = span_of_text("Ilyich"),
                                                    .quality = LIST_QUALITY_PRIMARY});
    add_name(&entry, "Иванов Иван", LIST_QUALITY_STRONG);
    add_name(&entry, "\"Vanya\"", LIST_QUALITY_WEAK);
    list_entry_add_birth(
        &entry, &(struct list_birth){.from = {.year = 1962, .month = 3}, .to = {.year = 1963}});
    list_entry_add_birth_place(
        &entry, &(struct list_place){.text = span_of_text("Uzlovaya"), .country = {.code = "RU"}});
    list_entry_add_country(&entry, &(struct list_tied_country){.country = {.code = "RU"},
                                                               .tie = LIST_TIE_NATIONALITY});
    list_entry_add_country(
        &entry, &(struct list_tied_country){.country = {.text = span_of_text("Atlantis")}});
    list_entry_add_programme(&entry, span_of_text("RUSSIA-EO14024"));
    list_entry_add_wallet(&entry, &(struct list_wallet){.asset = span_of_text("XBT"),
                                                        .address = span_of_text("1Invented")});
    list_entry_add_link(&entry, &(struct list_link){.name = span_of_text("TSARGRAD OOO")});
    list_entry_add_identifier(&entry, &(struct list_identifier){.type = span_of_text("Passport"),
                                                                .number = span_of_text("700 1"),
                                                                .country = {.code = "RU"}});
    entry.remarks = list_entry_text(&entry, span_of_text("a\\b"));
    list_entry_settle(&entry);
}

static const char example[] =
    "{\"number\":36483,\"id\":\"36483\",\"kind\":\"person\",\"gender\":\"male\",\"names\":[{\"text\":"
    "\"IVANOV, Ivan Ilyich\",\"quality\":\"primary\",\"family\":\"IVANOV\",\"given\":\"Ivan\","
    "\"patronymic\":\"Ilyich\"},{\"text\":\"Иванов Иван\",\"quality\":\"strong\",\"script\":"
    "\"Cyrl\"},{\"text\":\"\\\"Vanya\\\"\",\"quality\":\"weak\"}],\"births\":[{\"from\":\"1962-03\","
    "\"to\":\"1963\"}],\"birth_places\":[{\"text\":\"Uzlovaya\",\"country\":\"RU\"}],\"countries\":"
    "[{\"country_text\":\"Atlantis\"},{\"country\":\"RU\",\"tie\":\"nationality\"}],"
    "\"programmes\":[\"RUSSIA-EO14024\"],\"listed\":\"2022-04-20\",\"identifiers\":[{\"type\":"
    "\"Passport\",\"number\":\"700 1\",\"country\":\"RU\"}],\"wallets\":[{\"asset\":\"XBT\","
    "\"address\":\"1Invented\"}],\"links\":[{\"name\":\"TSARGRAD OOO\"}],\"remarks\":\"a\\\\b\"}\n";

static void an_entry_is_printed_and_read(void **state)
{
    (void)state;
    fill_example();
    assert_false(entry.overflown);
    size_t size = list_entry_print(&entry, line, sizeof(line));
    assert_string_equal(line, example);
    assert_int_equal(size, strlen(example));
    assert_int_equal(list_entry_read(&second, span_of(line, size)), LIST_LINE_OK);
    assert_int_equal(list_entry_print(&second, line_again, sizeof(line_again)), size);
    assert_string_equal(line_again, example);
    assert_int_equal(second.names_count, 3);
    assert_int_equal(second.names[1].quality, LIST_QUALITY_STRONG);
    assert_string_equal(second.names[1].script, "Cyrl");
    for (size_t room = 1; room <= size; room += 1) {
        assert_int_equal(list_entry_print(&entry, line, room), 0);
    }
    assert_int_equal(list_entry_print(&entry, line, size + 1), size);
}

static void a_header_is_printed_and_read(void **state)
{
    (void)state;
    struct list_header header = {.list = "ofac-sdn",
                                 .format = "ofac-csv",
                                 .published = {.year = 2022, .month = 4, .day = 22},
                                 .source_hash = {0xab, 1},
                                 .rows_in = 12,
                                 .entries_count = 7,
                                 .rows_merged = 4,
                                 .rows_refused = 1,
                                 .load = 3,
                                 .kept = 2,
                                 .recorded_us = 1650585600000000,
                                 .stale_from_us = 1650758400000000,
                                 .stale = true};
    size_t size = list_header_print(&header, line, sizeof(line));
    assert_true(size > 0);
    struct list_header again;
    assert_int_equal(list_header_read(&again, span_of(line, size)), LIST_LINE_OK);
    assert_string_equal(again.list, "ofac-sdn");
    assert_string_equal(again.format, "ofac-csv");
    assert_int_equal(again.rows_in, 12);
    assert_int_equal(again.entries_count, 7);
    assert_int_equal(again.rows_merged, 4);
    assert_int_equal(again.rows_refused, 1);
    assert_int_equal(again.load, 3);
    assert_int_equal(again.recorded_us, 1650585600000000);
    assert_int_equal(again.kept, 2);
    assert_int_equal(again.stale_from_us, 1650758400000000);
    assert_true(again.stale);
    assert_int_equal(list_header_print(&again, line_again, sizeof(line_again)), size);
    assert_string_equal(line_again, line);
    assert_int_equal(list_header_print(&header, line, size), 0);
}

static void sets_lose_what_is_there_twice(void **state)
{
    (void)state;
    list_entry_clear(&entry);
    entry.id = list_entry_text(&entry, span_of_text("1"));
    add_name(&entry, "B", LIST_QUALITY_WEAK);
    list_entry_add_name(&entry, &(struct list_name){.text = span_of_text("A b"),
                                                    .family = span_of_text("b"),
                                                    .quality = LIST_QUALITY_WEAK,
                                                    .former = true});
    add_name(&entry, " A  b", LIST_QUALITY_STRONG);
    add_name(&entry, "\xe2\x80\x8f", LIST_QUALITY_STRONG); /* nothing that is seen */
    list_entry_add_programme(&entry, span_of_text("X"));
    list_entry_add_programme(&entry, span_of_text("X "));
    list_entry_settle(&entry);
    assert_int_equal(entry.names_count, 2);
    assert_true(span_equal(entry.names[0].text, span_of_text("A b")));
    assert_int_equal(entry.names[0].quality, LIST_QUALITY_STRONG);
    assert_true(span_equal(entry.names[0].family, span_of_text("b")));
    assert_false(entry.names[0].former);
    assert_int_equal(entry.programmes_count, 1);
}

static void bounds_are_refused(void **state)
{
    (void)state;
    list_entry_clear(&entry);
    for (u32 i = 0; i <= LIST_NAMES_MAX; i += 1) {
        assert_false(entry.overflown);
        char name[16];
        (void)snprintf(name, sizeof(name), "n%u", i);
        add_name(&entry, name, LIST_QUALITY_STRONG);
    }
    assert_true(entry.overflown);
    assert_int_equal(entry.names_count, LIST_NAMES_MAX);

    list_entry_clear(&entry);
    for (u32 i = 0; i < 3 * LIST_TITLES_MAX; i += 1) {
        list_entry_add_title(&entry, span_of_text(i % 2 == 0 ? "odd" : "even"));
    }
    assert_false(entry.overflown);
    list_entry_settle(&entry);
    assert_int_equal(entry.titles_count, 2);

    static u8 long_text[LIST_TEXT_BYTES + 1];
    memset(long_text, '"', sizeof(long_text));
    list_entry_clear(&entry);
    assert_null(list_entry_text(&entry, span_of(long_text, sizeof(long_text))).data);
    assert_true(entry.overflown);
    list_entry_clear(&entry);
    entry.remarks = list_entry_text(&entry, span_of(long_text, sizeof(long_text) - 2));
    entry.id = list_entry_text(&entry, span_of_text("x"));
    assert_false(entry.overflown);
    entry.names_count = 1;
    entry.names[0] = (struct list_name){.text = entry.id, .script = "Latn"};
    size_t size = list_entry_print(&entry, line, sizeof(line));
    assert_true(size > (size_t)2 * LIST_TEXT_BYTES - 16);
    assert_int_equal(list_entry_read(&second, span_of(line, size)), LIST_LINE_TOO_LARGE);
}

static void malformed_lines_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum list_line_fault fault;
    } lines[] = {
        {"", LIST_LINE_JSON},
        {"[]", LIST_LINE_JSON},
        {"{\"id\":\"1\",\"names\":[{\"text\":\"A\"}]} x", LIST_LINE_JSON},
        {"{\"id\":\"1\",\"id\":\"2\"}", LIST_LINE_JSON},
        {"{\"id\":\"1\",\"names\":\"A\"}", LIST_LINE_JSON},
        {"{\"id\":\"1\",\"names\":[\"A\"]}", LIST_LINE_JSON},
        {"{\"id\":1}", LIST_LINE_JSON},
        {"{\"id\":\"1\",\"colour\":\"red\"}", LIST_LINE_KEY},
        {"{\"id\":\"1\",\"names\":[{\"txt\":\"A\"}]}", LIST_LINE_KEY},
        {"{\"id\":\"1\",\"kind\":\"ship\"}", LIST_LINE_VALUE},
        {"{\"id\":\" \"}", LIST_LINE_VALUE},
        {"{\"number\":4294967296}", LIST_LINE_VALUE},
        {"{\"number\":-1}", LIST_LINE_VALUE},
        {"{\"number\":1.5}", LIST_LINE_VALUE},
        {"{\"births\":[{\"from\":\"1962-13\"}]}", LIST_LINE_VALUE},
        {"{\"births\":[{\"from\":\"1962-02-30\"}]}", LIST_LINE_VALUE},
        {"{\"countries\":[{\"country\":\"ru\"}]}", LIST_LINE_VALUE},
        {"{\"names\":[{\"text\":\"A\"}]}", LIST_LINE_VALUE},
        {"{\"id\":\"1\"}", LIST_LINE_VALUE},
        {"{\"id\":\"1\",\"wallets\":[{\"address\":\"1x\"}]}", LIST_LINE_OK},
        {"{\"id\":\"1\",\"names\":[{\"text\":\"A\"}]}\n", LIST_LINE_OK},
    };
    for (u32 i = 0; i < ARRAY_COUNT(lines); i += 1) {
        enum list_line_fault fault = list_entry_read(&entry, span_of_text(lines[i].line));
        if (fault != lines[i].fault) {
            print_error("%s: %s\n", lines[i].line, list_line_fault_text(fault));
        }
        assert_int_equal(fault, lines[i].fault);
    }
    struct list_header header;
    assert_int_equal(list_header_read(&header, span_of_text("{}")), LIST_LINE_VALUE);
    assert_int_equal(list_header_read(&header, span_of_text("{\"list\":\"A b\"}")),
                     LIST_LINE_VALUE);
    assert_int_equal(list_header_read(&header, span_of_text("{\"list\":\"a\",\"x\":1}")),
                     LIST_LINE_KEY);
    assert_int_equal(
        list_header_read(&header, span_of_text("{\"list\":\"a\",\"source_hash\":\"0g\"}")),
        LIST_LINE_VALUE);
}

static void scripts_are_told(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"Ivanov", "Latn"},   {"Иванов", "Cyrl"}, {"محمد علي", "Arab"},
        {"北京公司", "Hani"}, {"김정은", "Hang"}, {"Παπαδόπουλος", "Grek"},
        {"ქართული", "Geor"},  {"123 -", "Zyyy"},  {"Иванов I.", "Cyrl"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        char script[5];
        list_script_of(span_of_text(texts[i][0]), script);
        assert_string_equal(script, texts[i][1]);
    }
}

static void dates_are_compared_and_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "62",         "1962-3",     "1962-00",
                                        "0000",    "1962-01-00", "1963-02-29", "1962/01",
                                        "1962-1a", "1900-02-29"};
    struct list_date date;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(list_date_parse(span_of_text(wrong[i]), &date));
    }
    struct list_date later;
    assert_true(list_date_parse(span_of_text("2000-02-29"), &date));
    assert_true(list_date_parse(span_of_text("2000-03"), &later));
    assert_true(list_date_compare(date, later) < 0);
    assert_true(list_date_compare(later, date) > 0);
    assert_int_equal(list_date_compare(date, date), 0);
}

/* A word of letters that want care: quotes, other scripts, spaces. */
static struct span random_word(struct random *random, char word[64])
{
    static const char *const pieces[] = {"a", "B", "\"", "\\", "é", "ж", "م", "中", " ", "\t", "-"};
    size_t used = 0;
    u64 count = 1 + random_below(random, 8);
    for (u64 i = 0; i < count; i += 1) {
        const char *piece = pieces[random_below(random, ARRAY_COUNT(pieces))];
        memcpy(word + used, piece, strlen(piece));
        used += strlen(piece);
    }
    word[used] = 'x';
    return span_of(word, used + 1);
}

static struct list_country random_country(struct random *random, char word[64])
{
    if (random_below(random, 2) == 0) {
        return (struct list_country){.code = {(char)('A' + random_below(random, 26)), 'Z', 0}};
    }
    return (struct list_country){.text = random_word(random, word)};
}

/* Adds the row that `seed` stands for. */
static void add_random(struct list_entry *target, u64 seed)
{
    char words[4][64];
    struct random random;
    random_init(&random, seed);
    struct span first = random_word(&random, words[0]);
    struct span next = random_word(&random, words[1]);
    struct list_country country = random_country(&random, words[2]);
    struct list_date date = {.year = (u16)(1900 + random_below(&random, 100)),
                             .month = (u8)(1 + random_below(&random, 12)),
                             .day = (u8)random_below(&random, 29)};
    switch (random_below(&random, 9)) {
    case 0:
        list_entry_add_name(target, &(struct list_name){.text = first,
                                                        .given = next,
                                                        .quality = (u8)random_below(&random, 3),
                                                        .former = random_below(&random, 2) == 0});
        break;
    case 1:
        list_entry_add_birth(target, &(struct list_birth){.from = date, .to = {.year = 2000}});
        break;
    case 2:
        list_entry_add_birth_place(target, &(struct list_place){.text = first, .country = country});
        break;
    case 3:
        list_entry_add_country(
            target,
            &(struct list_tied_country){.country = country, .tie = (u8)random_below(&random, 6)});
        break;
    case 4:
        list_entry_add_programme(target, first);
        break;
    case 5:
        list_entry_add_identifier(
            target, &(struct list_identifier){.type = first, .number = next, .country = country});
        break;
    case 6:
        list_entry_add_wallet(target, &(struct list_wallet){.asset = first, .address = next});
        break;
    case 7:
        list_entry_add_link(target, &(struct list_link){.id = first, .name = next});
        break;
    default: /* not an enum: the last of nine */
        list_entry_add_address(target, &(struct list_place){.text = first, .country = country});
    }
}

static size_t print_random(struct list_entry *target, u64 seed, u64 rows, bool backwards,
                           char *text)
{
    list_entry_clear(target);
    target->id = list_entry_text(target, span_of_text("r"));
    add_name(target, "always", LIST_QUALITY_PRIMARY);
    for (u64 i = 0; i < rows; i += 1) {
        add_random(target, seed + (backwards ? rows - 1 - i : i) / 2);
    }
    list_entry_settle(target);
    assert_false(target->overflown);
    return list_entry_print(target, text, LIST_LINE_BYTES + 1);
}

static void equal_entries_are_equal_bytes(void **state)
{
    (void)state;
    u64 seed = test_seed();
    for (u64 i = 0; i < test_rounds(400); i += 1) {
        u64 rows = i % 60;
        size_t size = print_random(&entry, seed + i * 1000, rows, false, line);
        assert_true(size > 0);
        assert_int_equal(print_random(&second, seed + i * 1000, rows, true, line_again), size);
        assert_string_equal(line, line_again);
        assert_int_equal(list_entry_read(&second, span_of(line, size)), LIST_LINE_OK);
        assert_int_equal(list_entry_print(&second, line_again, sizeof(line_again)), size);
        assert_string_equal(line, line_again);
    }
}

/* What is read from a damaged line can be printed and read again. */
static void damaged_lines_do_no_harm(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    size_t size = strlen(example);
    for (size_t cut = 0; cut < size - 1; cut += 1) {
        assert_int_not_equal(list_entry_read(&entry, span_of(example, cut)), LIST_LINE_OK);
    }
    for (u64 i = 0; i < test_rounds(20000); i += 1) {
        memcpy(line, example, size);
        line[random_below(&random, size)] = (char)random_below(&random, 256);
        if (list_entry_read(&entry, span_of(line, size)) == LIST_LINE_OK) {
            size_t printed = list_entry_print(&entry, line, sizeof(line));
            assert_true(printed > 0);
            assert_int_equal(list_entry_read(&second, span_of(line, printed)), LIST_LINE_OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_printed_and_read),
        cmocka_unit_test(a_header_is_printed_and_read),
        cmocka_unit_test(sets_lose_what_is_there_twice),
        cmocka_unit_test(bounds_are_refused),
        cmocka_unit_test(malformed_lines_are_refused),
        cmocka_unit_test(scripts_are_told),
        cmocka_unit_test(dates_are_compared_and_read),
        cmocka_unit_test(equal_entries_are_equal_bytes),
        cmocka_unit_test(damaged_lines_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
