/* Aim: the answer says every opening that the desk told, names for numbers, moments in
 * milliseconds, null for what is not there, and always that it may be incomplete. Method: answers
 * byte for byte, and the longest one. */
#include "role/gateway/openings_http.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static char text[OPENINGS_HTTP_JSON_BYTES];
static struct desk_line_answer answer;

static void says(const struct desk_line_answer *what, const char *wanted)
{
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    openings_http_say(&json, what);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, wanted);
}

static void what_was_told_is_said(void **state)
{
    (void)state;
    says(NULL, "{\"complete\":false,\"all\":0,\"openings\":[]}");
    answer.all = 7;
    answer.count = 2;
    answer.openings[0] = (struct desk_line_opening){
        .name = {0xab},
        .event = {0xcd},
        .noticed_s = 1700000000,
        .kind = 1,
        .is_opened = true,
        .is_silent = true,
        .records_count = 3,
        .records = {{1, 0, 0}, {5, 10, 20}, {8, 5, 15}},
        .letter = span_of_text("one\ntwo <b>"),
        .receipt = span_of_text("cambist-shown/v1\n"),
    };
    answer.openings[1] = (struct desk_line_opening){
        .noticed_s = 1, .kind = 4, .records_count = 1, .records = {{4, 0, 0}}};
    says(&answer,
         "{\"complete\":false,\"all\":7,\"openings\":["
         "{\"noticed\":1700000000000,\"kind\":\"authority\",\"opened\":true,\"withheld\":true,"
         "\"case\":\"ab000000000000000000000000000000\","
         "\"groups\":[\"identity\",\"bank\",\"transfers\"],\"from\":432000000,"
         "\"until\":1814400000,\"letter\":\"one\\u000atwo <b>\","
         "\"event\":\"cd00000000000000000000000000000000000000000000000000000000000000\","
         "\"receipt\":\"cambist-shown/v1\\u000a\"},"
         "{\"noticed\":1000,\"kind\":\"review\",\"opened\":false,\"withheld\":false,"
         "\"case\":\"00000000000000000000000000000000\",\"groups\":[\"documents\"],"
         "\"from\":null,\"until\":null,\"letter\":null,"
         "\"event\":\"0000000000000000000000000000000000000000000000000000000000000000\","
         "\"receipt\":null}]}");
}

static void the_longest_answer_has_room(void **state)
{
    static u8 message[DESK_LINE_MESSAGE_MAX];
    static u8 worst[DESK_LINE_RECEIPT_MAX];
    struct desk_line_opening opening = {.noticed_s = 253402300799ULL,
                                        .kind = 1,
                                        .records_count = DESK_LINE_RECORDS_MAX,
                                        .letter = span_of(worst, DESK_LINE_LETTER_MAX),
                                        .receipt = span_of(worst, DESK_LINE_RECEIPT_MAX)};
    struct json_writer json;
    (void)state;
    memset(worst, 1, sizeof(worst)); /* six bytes each */
    for (u32 i = 0; i < DESK_LINE_RECORDS_MAX; i += 1) {
        opening.records[i] =
            (struct desk_line_record){.group = 8, .from_day = 1, .until_day = 2932896};
    }
    struct desk_line_writer writer = desk_line_begin(message, 1);
    u32 all = 0;
    while (desk_line_put(&writer, &opening)) {
        all += 1;
        opening.receipt.size = all == 3 ? 0 : opening.receipt.size;
    }
    u32 size = desk_line_end(&writer, all);
    assert_true(desk_line_read(span_of(message, size), &answer));
    json_begin(&json, text, sizeof(text));
    openings_http_say(&json, &answer);
    assert_true(json_end(&json) > 0);
}

static void one_path_is_it(void **state)
{
    (void)state;
    assert_true(openings_http_is(span_of_text("/page/v1/openings")));
    assert_false(openings_http_is(span_of_text("/page/v1/openings/")));
    assert_false(openings_http_is(span_of_text("/page/v1/opening")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_told_is_said),
                                       cmocka_unit_test(the_longest_answer_has_room),
                                       cmocka_unit_test(one_path_is_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
