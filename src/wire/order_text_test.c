/* Aim: each command that officers sign has one text, each text one command, and nothing that is in
 * the command is left out of the text.
 *
 * Method: one text in full, by hand; random commands there and back; each bit of a command flipped
 * changes the text or is refused; each wrong value refused with its line and what was wanted. */
#include "wire/order_text.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <stdio.h>
#include <string.h>

static char text[ORDER_TEXT_BYTES];
static u8 command[ORDER_COMMAND_BYTES];
static struct order_head head;
static struct order_mistake mistake;

#define FACT                                             \
    "cambist order v1\n"                                 \
    "venue: 000102030405060708090a0b0c0d0e0f\n"          \
    "order: fact_set\n"                                  \
    "person: 7\n"                                        \
    "fact: residence_permit\n"                           \
    "verified: document,register\n"                      \
    "value: FR\n"                                        \
    "from: 2022-01-01T00:00:00Z\n"                       \
    "until: open\n"                                      \
    "expires: 2023-01-01T00:00:00.000001Z\n"             \
    "evidence: 88\n"                                     \
    "replaces: 0\n"                                      \
    "matter: 12\n"                                       \
    "approval_nonce: 101112131415161718191a1b1c1d1e1f\n" \
    "approval_until: 2026-11-23T12:00:00Z\n"

static void a_text_in_full(void **state)
{
    (void)state;
    size_t size = order_text_parse(span_of_text(FACT), command, &head, &mistake);
    assert_int_equal(size, sizeof(struct command_fact_set));
    struct command_fact_set fact;
    memcpy(&fact, command, sizeof(fact));
    assert_int_equal(fact.head.kind, COMMAND_FACT_SET);
    assert_int_equal(fact.person, 7);
    assert_int_equal(fact.fact, FACT_KIND_RESIDENCE_PERMIT);
    assert_int_equal(fact.verified, 5);
    assert_int_equal(fact.value, code_country_of(span_of_text("FR")));
    assert_true(fact.until == UINT64_MAX);
    assert_int_equal(fact.expires, 1672531200000001ULL);
    assert_int_equal(fact.matter, 12);
    assert_int_equal(head.nonce[15], 0x1f);
    assert_int_equal(head.venue[15], 0x0f);
    assert_int_equal(head.matter, 0);
    assert_int_equal(order_text_print(span_of(command, size), &head, text), strlen(FACT));
    assert_string_equal(text, FACT);
    order_text_officers(command, 11, 12);
    memcpy(&fact, command, sizeof(fact));
    assert_int_equal(fact.officer, 11);
    assert_int_equal(fact.second, 12);
    assert_int_equal(order_text_number(command, "evidence"), 88);
    assert_int_equal(order_text_number(command, "person"), 7);
    assert_int_equal(order_text_number(command, "account"), 0);
}

static void account_and_matter_have_their_lines(void **state)
{
    static const char restriction[] =
        "cambist order v1\n"
        "venue: 000102030405060708090a0b0c0d0e0f\n"
        "order: restrict\n"
        "account: 12\n"
        "restrictions: trade=refuse,place=refuse,deposit=hold,withdraw=freeze,open=refuse\n"
        "cause: 3\n"
        "matter: 5\n"
        "approval_nonce: 101112131415161718191a1b1c1d1e1f\n"
        "approval_until: 2026-11-23T12:00:00Z\n";
    struct command_restrict restrict_it;
    (void)state;
    size_t size = order_text_parse(span_of_text(restriction), command, &head, &mistake);
    assert_int_equal(size, sizeof(restrict_it));
    memcpy(&restrict_it, command, sizeof(restrict_it));
    assert_int_equal(restrict_it.head.account, 12);
    assert_int_equal(restrict_it.restrictions, 2 | 2 << 2 | 1 << 6 | 3 << 8 | 2 << 14);
    assert_int_equal(head.matter, 5);
    assert_int_equal(order_text_print(span_of(command, size), &head, text),
                     sizeof(restriction) - 1);
    assert_string_equal(text, restriction);
}

/* A value that the field can have. */
static void field_fill(struct random *random, const struct wire_field *field)
{
    static const char *const words[] = {
        "none",
        "open",
        "2022-04-09",
        "2022-04-09T10:11:12Z",
        "RU",
        "DE",
        "others",
        "natural",
        "legal",
        "owner",
        "document",
        "register,document",
        "50.00",
        "0.01",
        "10000.5",
        "withdraw,transfer_out",
        "b",
        "yes",
        "no",
        "ofac-sdn",
        "eu-833",
        "trade=hold",
        "0",
        "1",
        "65535",
        "4294967295",
        "clear",
        "candidate",
        "above",
        "at_least",
        "unknown",
        "clear",
        "decide",
        "route",
        "nationality",
        "role",
        "kind",
        "in",
        "out",
        "residence",
        "governing_body",
        "own_entity",
        "payment_route",
        "0000000000000000000000000000000000000000000000000000000000000001"};
    for (u32 tries = 0; tries < 10000; tries += 1) {
        const char *word = words[random_below(random, ARRAY_COUNT(words))];
        if (order_value_parse(command, field, span_of_text(word)) == NULL) {
            return;
        }
    }
    fail_msg("%s", field->name);
}

static size_t random_command(struct random *random)
{
    u16 kind = 0;
    while (!order_text_has(kind)) {
        kind = (u16)random_below(random, COMMAND_KIND_COUNT);
    }
    size_t size = order_text_begin(kind, command);
    u32 account = order_text_has_account(kind) ? (u32)random_u64(random) : 0;
    memcpy(command + offsetof(struct command_head, account), &account, sizeof(account));
    const struct wire_field *field = wire_commands[kind].fields;
    for (; field->name != NULL; field += 1) {
        if (!order_field_is_hidden(field)) {
            field_fill(random, field);
        }
    }
    random_fill(random, head.nonce, sizeof(head.nonce));
    random_fill(random, head.venue, sizeof(head.venue));
    head.until_us = random_below(random, 1ULL << 52);
    head.matter = order_text_has_matter(kind) ? 0 : random_u64(random);
    return size;
}

static void commands_come_back(void **state)
{
    struct random random;
    u8 back[ORDER_COMMAND_BYTES];
    struct order_head head_back;
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(3000); round += 1) {
        size_t size = random_command(&random);
        size_t length = order_text_print(span_of(command, size), &head, text);
        if (length == 0) {
            fail_msg("kind %u has no text", bytes_u16(command));
        }
        size_t again = order_text_parse(span_of(text, length), back, &head_back, &mistake);
        if (again != size || memcmp(back, command, size) != 0 ||
            memcmp(&head_back, &head, sizeof(head)) != 0) {
            fail_msg("%s\nline %u: %s: %s", text, mistake.line, mistake.name, mistake.wanted);
        }
    }
}

/* Officers' codes are the only bytes that may differ under one text. */
static void every_bit_is_in_the_text(void **state)
{
    struct random random;
    static char other[ORDER_TEXT_BYTES];
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(300); round += 1) {
        size_t size = random_command(&random);
        size_t length = order_text_print(span_of(command, size), &head, text);
        for (size_t bit = 0; bit < 8 * size; bit += 1) {
            u8 codes_zero[ORDER_COMMAND_BYTES];
            command[bit / 8] ^= (u8)(1U << bit % 8);
            memcpy(codes_zero, command, size);
            if (bit >= 8 * sizeof(struct command_head)) {
                order_text_officers(codes_zero, 0, 0);
            }
            size_t changed = order_text_print(span_of(command, size), &head, other);
            bool is_same = changed == length && memcmp(text, other, length) == 0;
            command[bit / 8] ^= (u8)(1U << bit % 8);
            if (is_same && memcmp(codes_zero, command, size) != 0) {
                fail_msg("bit %zu of kind %u", bit, bytes_u16(command));
            }
        }
    }
}

static void refused(const char *from, const char *to, u32 line, const char *name,
                    const char *wanted)
{
    static char changed[ORDER_TEXT_BYTES];
    const char *at = strstr(FACT, from);
    assert_non_null(at);
    (void)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - FACT), FACT, to,
                   at + strlen(from));
    assert_int_equal(order_text_parse(span_of_text(changed), command, &head, &mistake), 0);
    assert_string_equal(mistake.wanted, wanted);
    assert_string_equal(mistake.name, name);
    assert_int_equal(mistake.line, line);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    refused("order v1", "order v2", 1, "", "\"cambist order v1\" as the first line");
    refused("venue: 00", "venue: 0", 2, "venue", "two small hex digits for each byte");
    refused("venue: 00", "venue: 0A", 2, "venue", "two small hex digits for each byte");
    refused("fact_set", "deposit", 3, "order", "a command that officers sign");
    refused("person: 7\n", "", 4, "person", "this line here");
    refused("person: 7", "person: 07", 4, "person", "a whole number");
    refused("person: 7", "person: 4294967296", 4, "person", "a smaller number");
    refused("residence_permit", "permit", 5, "fact", "one of the words of docs/rules.md");
    refused("document,register", "passport", 6, "verified",
            "none, or document, proof_of_address, register with commas between");
    refused("value: FR", "value: France", 7, "value",
            "a country in two capital letters, none, or others");
    refused("2022-01-01", "2022-02-30", 8, "from", "a day, a moment in UTC, or open");
    refused("88", "0x58", 11, "evidence", "a whole number");
    refused("until: open", "until: open\nuntil: open", 10, "expires", "this line here");
    refused("approval_until: 2026-11-23T12:00:00Z\n", "approval_until: 2026-11-23T12:00:00Z", 15,
            "approval_until", "this line");
    refused("12:00:00Z\n", "12:00:00Z\n\n", 16, "", "nothing more");
    /* Read, but not the way in which it is written. */
    refused("2022-01-01T00:00:00Z", "2022-01-01", 0, "",
            "the one way in which this order is written");
    refused("document,register", "register,document", 0, "",
            "the one way in which this order is written");
}

static void commands_without_a_text(void **state)
{
    struct command_deposit deposit = {.head = {.kind = COMMAND_DEPOSIT}};
    (void)state;
    deposit.head.units = sizeof(deposit) / WIRE_UNIT;
    assert_int_equal(order_text_print(span_of(&deposit, sizeof(deposit)), &head, text), 0);
    assert_int_equal(order_text_begin(COMMAND_DEPOSIT, command), 0);
    assert_false(order_text_has(COMMAND_KIND_COUNT));
    assert_true(order_text_has_officer(COMMAND_LIFT));
    assert_false(order_text_has_officer(COMMAND_RESTRICT));
    assert_false(order_text_has_matter(COMMAND_PERSON_ADD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_text_in_full),
                                       cmocka_unit_test(account_and_matter_have_their_lines),
                                       cmocka_unit_test(commands_come_back),
                                       cmocka_unit_test(every_bit_is_in_the_text),
                                       cmocka_unit_test(what_is_wrong_is_told),
                                       cmocka_unit_test(commands_without_a_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
