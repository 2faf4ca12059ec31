/* What a client says beside its money: addresses, tags, names of transactions, lists of ids,
 * answers to questions. Whatever the bytes are, what is accepted has the form that the headers
 * promise. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/calls_payout.h"
#include "role/gateway/calls_travel.h"
#include "role/gateway/demo.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json_pull.h"

#include <stdlib.h>
#include <string.h>

static void check_address(struct span text)
{
    if (demo_address_valid(text, "BTC")) {
        CHECK(text.size >= 4 && text.size <= 128);
        for (size_t i = 0; i < text.size; i += 1) {
            CHECK(text.data[i] > ' ' && text.data[i] < 0x7F && text.data[i] != '"');
        }
        bool ours = text.size > 5 && memcmp(text.data, "demo-", 5) == 0;
        CHECK(!ours || !demo_address_valid(text, "USDT"));
    }
    CHECK(!demo_tag_valid(text) || text.size <= 64);
}

static void check_numbers(struct span text)
{
    u64 number = 0;
    u64 other = 0;
    if (payout_decimal_read(text, &number)) {
        CHECK(text.size >= 1 && text.size <= 19 && number < 10000000000000000000U);
    }
    if (demo_deposit_read(text, &number)) {
        struct demo_text again = demo_deposit_name(number);
        CHECK(demo_deposit_read(span_of_text(again.text), &other) && other == number);
        CHECK(!demo_withdrawal_read(text, &other));
    }
    if (demo_withdrawal_read(text, &number)) {
        struct demo_text again = demo_withdrawal_name(number);
        CHECK(demo_withdrawal_read(span_of_text(again.text), &other) && other == number);
    }
}

static void check_answers(struct span text)
{
    static const char *const questions[] = {"isAddressOwner", "sendTo", NULL};
    if (!travel_answers_valid(text, questions)) {
        return;
    }
    struct json_pull pull;
    json_pull_begin(&pull, text);
    enum json_token token = json_pull_next(&pull);
    u32 depth = 0;
    while (token != JSON_TOKEN_END) {
        CHECK(token != JSON_TOKEN_BAD);
        depth += token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN;
        token = json_pull_next(&pull);
    }
    CHECK(depth == 1);
    CHECK(memmem(text.data, text.size, "isAddressOwner", 14) != NULL);
    CHECK(memmem(text.data, text.size, "sendTo", 6) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_of(data, size);
    check_address(text);
    check_numbers(text);
    check_answers(text);
    return 0;
}
