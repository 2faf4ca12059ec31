/* Aim: a record finds by name, by identifier and by wallet; equal scores are put in order by birth
 * date and country; names that hold nothing are counted; a compiled file gives the same index as
 * its entries, counts what the filter leaves out, and a damaged one is refused with its line.
 *
 * Method: a list of a few invented entries, as structures and as text. */
#include "role/screen/find.h"

#include "io/input.h"
#include "role/screen/index_read.h"
#include "tests/support/screen_scene.h"

#include <stdio.h>

enum { ALERT = 750000, HITS_MAX = 16 };

static const char header[] = "{\"list\":\"demo\",\"format\":\"ofac-csv\"}\n";
static const char body[] =
    "{\"number\":7,\"id\":\"A1\",\"source\":\"North list\",\"kind\":\"person\",\"names\":["
    "{\"text\":\"BRUDOVSKY, Orlan\",\"quality\":\"primary\"}],\"births\":[{\"from\":\"1961\"}],"
    "\"countries\":[{\"country\":\"RU\",\"tie\":\"nationality\"}]}\n"
    "{\"id\":\"55\",\"source\":\"South list\",\"kind\":\"person\",\"names\":["
    "{\"text\":\"BRUDOVSKY, Orlan\",\"quality\":\"primary\"}],\"births\":[{\"from\":\"1984\"}],"
    "\"identifiers\":[{\"type\":\"Passport\",\"number\":\"AB 123-456\"}]}\n"
    "{\"id\":\"B2\",\"source\":\"South list\",\"kind\":\"entity\",\"names\":["
    "{\"text\":\"KATANOVA MINING LLC\",\"quality\":\"primary\"}],"
    "\"wallets\":[{\"asset\":\"XBT\",\"address\":\"1InventedAddressOfNobody1111111111\"},"
    "{\"asset\":\"ETH\",\"address\":\"0xABCDEFabcdef0123456789abcdef012345678901\"},"
    "{\"asset\":\"XBT\",\"address\":\"bc1qinventedaddress0000\"}]}\n";

static struct list_entry asked;
static const struct index_filter everything;

static enum fault read_text(const char *text, const struct index_filter *filter,
                            struct screen_index **index_out, struct index_read *read)
{
    struct index_builder *builder = NULL;
    struct list_header found;
    SCOPED_INPUT *input = NULL;
    *read = (struct index_read){.names = 0};
    *index_out = NULL;
    TRY(input_open_bytes(&input, "demo.list", span_of_text(text), LIST_LINE_BYTES));
    TRY(index_builder_open(&builder, NULL, true));
    enum fault fault = index_read_file(builder, filter, input, 0, &found, read);
    if (fault == FAULT_NONE) {
        assert_string_equal(found.list, "demo");
        fault = index_finish(builder, index_out);
    }
    index_builder_close(builder);
    return fault;
}

static struct screen_index *open_list(const struct index_filter *filter, struct index_read *read)
{
    struct screen_index *index = NULL;
    char text[sizeof(header) + sizeof(body)];
    (void)snprintf(text, sizeof(text), "%s%s", header, body);
    assert_int_equal(read_text(text, filter, &index, read), FAULT_NONE);
    return index;
}

static void ask(const char *name)
{
    list_entry_clear(&asked);
    if (name != NULL) {
        struct list_name one = {.text = span_of_text(name)};
        list_entry_add_name(&asked, &one);
    }
}

/* Whether entry 55 is a hit with at least `needed`, and its score: what its parts add up to. */
static bool is_hit(const struct screen_index *index, u32 needed, u32 *millionths_out)
{
    struct find *find = NULL;
    const struct find_hit *hits = NULL;
    bool cut = false;
    bool is_there = false;
    struct search_sizes sizes = search_sizes_of(index, HITS_MAX);
    list_entry_settle(&asked);
    assert_int_equal(find_open(&find, &sizes, HITS_MAX), FAULT_NONE);
    u32 count = find_entry(find, index, &asked, needed, &hits, &cut);
    for (u32 i = 0; i < count; i += 1) {
        struct score_parts parts;
        i64 sum = 0;
        find_parts(find, index, &hits[i], &parts);
        for (u32 part = 0; part < parts.count; part += 1) {
            sum += parts.parts[part].millionths;
        }
        assert_int_equal(sum, hits[i].millionths);
        assert_true(hits[i].millionths >= needed);
        if (hits[i].number == 55) {
            *millionths_out = hits[i].millionths;
            is_there = true;
        }
    }
    find_close(find);
    return is_there;
}

static u32 run(const struct screen_index *index, u32 numbers[HITS_MAX], struct find_hit *first)
{
    struct find *find = NULL;
    const struct find_hit *hits = NULL;
    bool cut = false;
    struct search_sizes sizes = search_sizes_of(index, HITS_MAX);
    list_entry_settle(&asked);
    assert_int_equal(find_open(&find, &sizes, HITS_MAX), FAULT_NONE);
    assert_true(find_fits(find, index));
    u32 count = find_entry(find, index, &asked, ALERT, &hits, &cut);
    assert_false(cut);
    for (u32 i = 0; i < count; i += 1) {
        numbers[i] = hits[i].number;
    }
    if (count > 0) {
        *first = hits[0];
    }
    find_close(find);
    return count;
}

static void numbers_come_from_the_file(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    assert_int_equal(index->subjects_count, 3);
    assert_int_equal(index->subjects[0].number, 7);  /* the store's */
    assert_int_equal(index->subjects[1].number, 55); /* the source's */
    assert_true(index->subjects[2].number > INDEX_READ_NUMBER_FIRST);
    assert_int_equal(read.entries_in, 3);
    assert_int_equal(read.names, 3);
    index_close(index);
}

static void the_filter_counts_what_it_leaves_out(void **state)
{
    (void)state;
    struct index_read read;
    struct index_filter south = {.source = "South"};
    struct screen_index *index = open_list(&south, &read);
    assert_int_equal(index->subjects_count, 2);
    assert_int_equal(read.entries_left_out, 1);
    index_close(index);
    struct index_filter firms = {.has_kind = true, .kind = LIST_KIND_ENTITY};
    index = open_list(&firms, &read);
    assert_int_equal(index->subjects_count, 1);
    assert_int_equal(read.entries_in, index->subjects_count + read.entries_left_out);
    index_close(index);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = NULL;
    char text[2 * sizeof(body) + sizeof(header)];
    assert_int_equal(read_text("", &everything, &index, &read), FAULT_INPUT);
    assert_int_equal(read_text("{}\n", &everything, &index, &read), FAULT_INPUT);
    (void)snprintf(text, sizeof(text), "%s%.*s", header, (int)sizeof(body) - 40, body);
    assert_int_equal(read_text(text, &everything, &index, &read), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "line 4"));
    (void)snprintf(text, sizeof(text),
                   "{\"list\":\"demo\",\"format\":\"ofac-csv\",\"rows_in\":4,\"entries\":4}\n%s",
                   body);
    assert_int_equal(read_text(text, &everything, &index, &read), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "says 4 entries, 3 are there"));
    assert_null(index);
    assert_true(index_read_knows(span_of_text(header)));
    assert_false(index_read_knows(span_of_text("_id,source")));
}

static void facts_put_equal_scores_in_order(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    u32 numbers[HITS_MAX];
    struct find_hit first;
    struct list_birth born = {.from = {.year = 1984, .month = 3}, .to = {.year = 1984, .month = 3}};
    struct list_tied_country country = {.country.code = "RU"};
    ask("Orlan Brudovsky");
    assert_int_equal(run(index, numbers, &first), 2);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(first.birth, FIND_UNKNOWN);
    ask("Orlan Brudovsky");
    list_entry_add_birth(&asked, &born);
    list_entry_add_country(&asked, &country);
    assert_int_equal(run(index, numbers, &first), 2);
    assert_int_equal(numbers[0], 55);
    assert_int_equal(first.birth, FIND_AGREES);
    assert_int_equal(first.country, FIND_UNKNOWN);
    ask("Orlan Brudovsky");
    list_entry_add_country(&asked, &country);
    assert_int_equal(run(index, numbers, &first), 2);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(first.country, FIND_AGREES);
    index_close(index);
}

static void facts_move_scores(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    struct list_birth then = {.from = {.year = 1984, .month = 3}, .to = {.year = 1984, .month = 3}};
    struct list_birth later = {.from = {.year = 1999}, .to = {.year = 1999}};
    u32 names = 0;
    u32 score = 0;
    ask("Orlan Brudovic");
    assert_true(is_hit(index, ALERT, &names));
    assert_true(names < 900000);
    assert_false(is_hit(index, names + 1, &score));
    ask("Orlan Brudovic");
    list_entry_add_birth(&asked, &then);
    assert_true(is_hit(index, names + 1, &score)); /* lifted above what names alone reach */
    assert_int_equal(score, names + 20000);
    assert_false(is_hit(index, score + 1, &score));
    ask("Orlan Brudovic");
    list_entry_add_birth(&asked, &later);
    assert_false(is_hit(index, names, &score));
    assert_true(is_hit(index, names - 180000, &score));
    assert_int_equal(score, names - 180000);
    ask("Orlan Brudovic");
    asked.kind = LIST_KIND_ENTITY; /* no company is this person */
    assert_false(is_hit(index, names - 299999, &score));
    index_close(index);
}

static void identifiers_and_wallets_find_alone(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    u32 numbers[HITS_MAX];
    struct find_hit first;
    struct list_identifier passport = {.type = span_of_text("id"),
                                       .number = span_of_text("ab123456")};
    struct list_wallet wallet = {.address = span_of_text("1InventedAddressOfNobody1111111111")};
    struct list_wallet other = {.address = span_of_text("1inventedaddressofnobody1111111111")};
    ask(NULL);
    list_entry_add_identifier(&asked, &passport);
    assert_int_equal(run(index, numbers, &first), 1);
    assert_int_equal(numbers[0], 55);
    assert_int_equal(first.by, FIND_BY_IDENTIFIER);
    assert_int_equal(first.millionths, SCORE_ONE);
    ask(NULL);
    list_entry_add_wallet(&asked, &wallet);
    assert_int_equal(run(index, numbers, &first), 1);
    assert_int_equal(first.subject, 2);
    assert_int_equal(first.by, FIND_BY_WALLET);
    ask(NULL);
    list_entry_add_wallet(&asked, &other); /* letters of addresses keep their case */
    assert_int_equal(run(index, numbers, &first), 0);
    /* Found by both it is one hit, and before those of the same score found by name. */
    ask("Orlan Brudovsky");
    list_entry_add_identifier(&asked, &passport);
    assert_int_equal(run(index, numbers, &first), 2);
    assert_int_equal(numbers[0], 55);
    assert_int_equal(numbers[1], 7);
    index_close(index);
}

/* In hexadecimal addresses and in bech32 the case of letters tells nothing. */
static void addresses_without_case(void **state)
{
    static const char *const found[] = {"0xabcdefabcdef0123456789abcdef012345678901",
                                        "0XABCDEFABCDEF0123456789ABCDEF012345678901",
                                        "BC1QINVENTEDADDRESS0000"};
    static const char *const others[] = {"0xabcdefabcdef0123456789abcdef01234567890",
                                         "0xabcdefabcdef0123456789abcdef012345678902"};
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    u32 numbers[HITS_MAX];
    struct find_hit first;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(found); i += 1) {
        ask(NULL);
        list_entry_add_wallet(&asked, &(struct list_wallet){.address = span_of_text(found[i])});
        assert_int_equal(run(index, numbers, &first), 1);
        assert_int_equal(first.subject, 2);
    }
    for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
        ask(NULL);
        list_entry_add_wallet(&asked, &(struct list_wallet){.address = span_of_text(others[i])});
        assert_int_equal(run(index, numbers, &first), 0);
    }
    index_close(index);
}

/* What comes over a socket is in no order. */
static void weak_aliases_may_be_asked_first(void **state)
{
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    struct find *find = NULL;
    const struct find_hit *hits = NULL;
    struct search_sizes sizes = search_sizes_of(index, HITS_MAX);
    bool cut = false;
    (void)state;
    list_entry_clear(&asked);
    list_entry_add_name(&asked, &(struct list_name){.text = span_of_text("BRUDOVSKY, Orlan"),
                                                    .quality = LIST_QUALITY_WEAK});
    list_entry_add_name(&asked, &(struct list_name){.text = span_of_text("Katanova Mining LLC")});
    assert_int_equal(find_open(&find, &sizes, HITS_MAX), FAULT_NONE);
    /* The weak one finds nobody by itself; the other one does, wherever it stands. */
    assert_int_equal(find_entry(find, index, &asked, ALERT, &hits, &cut), 1);
    assert_int_equal(hits[0].subject, 2);
    find_close(find);
    index_close(index);
}

static void a_name_without_letters_is_counted(void **state)
{
    (void)state;
    struct index_read read;
    struct screen_index *index = open_list(&everything, &read);
    struct find *find = NULL;
    const struct find_hit *hits = NULL;
    bool cut = false;
    struct search_sizes sizes = search_sizes_of(index, HITS_MAX);
    assert_int_equal(find_open(&find, &sizes, HITS_MAX), FAULT_NONE);
    ask("...");
    assert_int_equal(find_entry(find, index, &asked, ALERT, &hits, &cut), 0);
    assert_int_equal(find_nameless(find), 1);
    find_close(find);
    index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_from_the_file),
        cmocka_unit_test(the_filter_counts_what_it_leaves_out),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(facts_put_equal_scores_in_order),
        cmocka_unit_test(facts_move_scores),
        cmocka_unit_test(identifiers_and_wallets_find_alone),
        cmocka_unit_test(addresses_without_case),
        cmocka_unit_test(weak_aliases_may_be_asked_first),
        cmocka_unit_test(a_name_without_letters_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
