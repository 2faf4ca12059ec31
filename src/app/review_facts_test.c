/* Aim: the facts of a reviewed record are orders that officers can sign, with countries and what
 * the papers proved, and no other word of the record; a record without what the form has makes
 * none. Method: records made here, each order read back. */
#include "app/review_facts.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

#define IDENTITY                                                                    \
    "name: Oda Quellfrost\nscript: Latn\nbirth-date: 1991-04-05\nnationality: LV\n" \
    "nationality: FR\nemail: oda@example.invalid\ndocument: ZQ 7731\n"              \
    "document-kind: passport\ndocument-country: LV\n"
#define ADDRESS "residence: DE\naddress: Nordlichtgasse 4\n"

static struct review_fact facts[REVIEW_FACTS_MAX];
static u32 count;

static u64 subject = 17;

static enum fault make(const char *identity, const char *address, const char *verified)
{
    static u8 texts[2][1024];
    struct review review = {.subject = subject, .version = 1, .count = address == NULL ? 1 : 2};
    struct review_facts_options options = {.verified = verified, .now_s = 1795450000};
    memset(options.venue, 0xab, sizeof(options.venue));
    review.groups[0] = SEAL_GROUP_IDENTITY;
    review.groups[1] = SEAL_GROUP_ADDRESS;
    review.sizes[0] = strlen(identity);
    memcpy(texts[0], identity, review.sizes[0]);
    review.sizes[1] = address == NULL ? 0 : strlen(address);
    memcpy(texts[1], address == NULL ? "" : address, review.sizes[1]);
    review.texts[0] = texts[0];
    review.texts[1] = texts[1];
    bytes_put_u64(review.enrolment, 88);
    return review_facts_make(&review, &options, facts, &count);
}

static struct command_fact_set read_back(u32 place, const char *name)
{
    u8 record[ORDER_COMMAND_BYTES];
    struct order_head head;
    struct order_mistake mistake;
    struct command_fact_set command;
    assert_string_equal(facts[place].name, name);
    size_t size = order_text_parse(span_of((const u8 *)facts[place].text, facts[place].bytes),
                                   record, &head, &mistake);
    assert_int_equal(size, sizeof(command));
    memcpy(&command, record, sizeof(command));
    assert_int_equal(head.venue[3], 0xab);
    assert_int_equal(head.until_us, (1795450000ULL + REVIEW_FACTS_HOURS * 3600) * 1000000);
    assert_true(command.person == 17 && command.evidence == 88 && command.from != 0 &&
                command.until == UINT64_MAX && command.expires == UINT64_MAX);
    return command;
}

static void each_fact_is_an_order(void **state)
{
    (void)state;
    assert_int_equal(make(IDENTITY, ADDRESS, "document"), FAULT_NONE);
    assert_int_equal(count, 5);
    assert_int_equal(read_back(0, "kind.order").fact, FACT_KIND_KIND);
    assert_int_equal(read_back(1, "nationality-1.order").fact, FACT_KIND_NATIONALITY);
    assert_int_equal(read_back(2, "nationality-2.order").verified, 1);
    assert_int_equal(read_back(3, "document_country.order").fact, FACT_KIND_DOCUMENT_COUNTRY);
    struct command_fact_set home = read_back(4, "residence.order");
    assert_true(home.fact == FACT_KIND_RESIDENCE && home.verified == 0);
    assert_non_null(strstr(facts[1].text, "value: LV\n"));
    assert_non_null(strstr(facts[2].text, "value: FR\n"));
    assert_non_null(strstr(facts[4].text, "value: DE\n"));
    for (u32 i = 0; i < count; i += 1) {
        static const char *const words[] = {"Oda", "1991", "example", "7731", "Nordlicht"};
        for (u32 word = 0; word < ARRAY_COUNT(words); word += 1) {
            assert_null(strstr(facts[i].text, words[word]));
        }
    }
    assert_int_equal(make(IDENTITY, ADDRESS, "proof_of_address"), FAULT_NONE);
    assert_int_equal(read_back(4, "residence.order").verified, 2);
    assert_int_equal(read_back(1, "nationality-1.order").verified, 0);
}

static void what_is_missing_makes_none(void **state)
{
    (void)state;
    assert_int_equal(make(IDENTITY, NULL, "none"), FAULT_INPUT);
    assert_int_equal(make("name: A B\n", ADDRESS, "none"), FAULT_INPUT);
    assert_int_equal(make("nationality: LV\n", ADDRESS, "none"), FAULT_INPUT);
    assert_int_equal(make(IDENTITY, "address: X\n", "none"), FAULT_INPUT);
    assert_int_equal(make(IDENTITY, "residence: Germany\n", "none"), FAULT_INPUT);
    assert_int_equal(make(IDENTITY, ADDRESS, "passport"), FAULT_USAGE);
    assert_int_equal(make("name: A B\ndocument-country: FR\n", ADDRESS, "none"), FAULT_INPUT);
    assert_int_equal(make("nationality: \ndocument-country: FR\n", ADDRESS, "none"), FAULT_INPUT);
    subject = 1ULL << 32 | 17; /* no person of the venue's: nobody else's facts are made of it */
    assert_int_equal(make(IDENTITY, ADDRESS, "none"), FAULT_INPUT);
    subject = 17;
}

static void a_field_is_its_whole_name(void **state)
{
    static const char identity[] = "nationalitz: RU\nnationality-of-birth: RU\nnationality RU\n"
                                   "nationality: LV\ndocument-country: FR";
    (void)state;
    assert_int_equal(make(identity, ADDRESS, "document"), FAULT_NONE);
    assert_int_equal(count, 4);
    for (u32 i = 0; i < count; i += 1) {
        assert_null(strstr(facts[i].text, "RU"));
    }
    assert_non_null(strstr(facts[1].text, "value: LV\n"));
    assert_non_null(strstr(facts[2].text, "value: FR\n"));
}

/* An order is taken once, by its number: two of one moment are two. */
static void no_two_orders_have_one_number(void **state)
{
    struct order_head heads[REVIEW_FACTS_MAX];
    (void)state;
    assert_int_equal(make(IDENTITY, ADDRESS, "document"), FAULT_NONE);
    for (u32 i = 0; i < count; i += 1) {
        u8 record[ORDER_COMMAND_BYTES];
        struct order_mistake mistake;
        assert_int_not_equal(order_text_parse(span_of((const u8 *)facts[i].text, facts[i].bytes),
                                              record, &heads[i], &mistake),
                             0);
        for (u32 other = 0; other < i; other += 1) {
            assert_memory_not_equal(heads[i].nonce, heads[other].nonce, sizeof(heads[i].nonce));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fact_is_an_order),
        cmocka_unit_test(what_is_missing_makes_none),
        cmocka_unit_test(a_field_is_its_whole_name),
        cmocka_unit_test(no_two_orders_have_one_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
