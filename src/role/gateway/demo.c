#include "role/gateway/demo.h"

#include "base/check.h"
#include "io/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PREFIX            "demo-"
#define DEPOSIT_PREFIX    "demo-deposit-"
#define WITHDRAWAL_PREFIX "demo-withdrawal-"
#define CHECK_DIGITS      8U
#define CHAIN_PLACES      8U
#define ADDRESS_MIN       4U
#define ADDRESS_MAX       128U
#define TAG_MAX           64U
#define NUMBER_DIGITS_MAX 19U

static bool begins(struct span text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static bool is_word(u8 byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '-';
}

/* ---- addresses ---- */

struct demo_text demo_address(u32 account, const char *asset)
{
    struct demo_text address;
    int size = snprintf(address.text, sizeof(address.text), PREFIX "%s-%" PRIu32, asset, account);
    CHECK(size > 0 && (size_t)size + CHECK_DIGITS + 1 < sizeof(address.text));
    u32 check = crc32c(span_of(address.text, (size_t)size));
    (void)snprintf(address.text + size, sizeof(address.text) - (size_t)size, "-%08" PRIx32, check);
    return address;
}

static bool demo_address_right(struct span address, const char *asset)
{
    char prefix[32];
    int size = snprintf(prefix, sizeof(prefix), PREFIX "%s-", asset);
    CHECK(size > 0 && (size_t)size < sizeof(prefix));
    if (!begins(address, prefix)) {
        return false;
    }
    u64 account = 0;
    u32 digits = 0;
    struct span rest = span_after(address, (size_t)size);
    while (digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '9') {
        account = account * 10 + (u64)(rest.data[digits] - '0');
        digits += 1;
        if (digits > 10 || account > UINT32_MAX) {
            return false;
        }
    }
    struct demo_text right = demo_address((u32)account, asset);
    return digits > 0 && span_equal(address, span_of_text(right.text));
}

bool demo_address_valid(struct span address, const char *asset)
{
    if (address.size < ADDRESS_MIN || address.size > ADDRESS_MAX) {
        return false;
    }
    for (size_t i = 0; i < address.size; i += 1) {
        u8 byte = address.data[i];
        if (!is_word(byte) && byte != ':' && byte != '.') {
            return false;
        }
    }
    return !begins(address, PREFIX) || demo_address_right(address, asset);
}

bool demo_tag_valid(struct span tag)
{
    for (size_t i = 0; i < tag.size; i += 1) {
        if (!is_word(tag.data[i])) {
            return false;
        }
    }
    return tag.size <= TAG_MAX;
}

/* ---- names of transactions ---- */

static struct demo_text named(const char *prefix, u64 number)
{
    struct demo_text name;
    int size = snprintf(name.text, sizeof(name.text), "%s%" PRIu64, prefix, number);
    CHECK(size > 0 && (size_t)size < sizeof(name.text));
    return name;
}

static bool number_read(struct span name, const char *prefix, u64 *number_out)
{
    if (!begins(name, prefix)) {
        return false;
    }
    struct span digits = span_after(name, strlen(prefix));
    u64 number = 0;
    if (digits.size == 0 || digits.size > NUMBER_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < digits.size; i += 1) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        number = number * 10 + (u64)(digits.data[i] - '0');
    }
    *number_out = number;
    return true;
}

struct demo_text demo_deposit_name(u64 entry)
{
    return named(DEPOSIT_PREFIX, entry);
}

struct demo_text demo_withdrawal_name(u64 hold_id)
{
    return named(WITHDRAWAL_PREFIX, hold_id);
}

bool demo_deposit_read(struct span name, u64 *entry_out)
{
    return number_read(name, DEPOSIT_PREFIX, entry_out);
}

bool demo_withdrawal_read(struct span name, u64 *hold_id_out)
{
    return number_read(name, WITHDRAWAL_PREFIX, hold_id_out);
}

/* ---- terms ---- */

struct demo_terms demo_terms(u32 scale, u32 fee_bp)
{
    CHECK(scale <= AMOUNT_SCALE_MAX && fee_bp <= DEMO_FEE_BP_MAX);
    u64 coin = 1;
    u64 multiple = 1;
    for (u32 i = 0; i < scale; i += 1) {
        coin *= 10;
        multiple *= i >= CHAIN_PLACES ? 10 : 1;
    }
    u64 fee =
        coin >= DEMO_FEE_BP_MAX ? coin / DEMO_FEE_BP_MAX * fee_bp : coin * fee_bp / DEMO_FEE_BP_MAX;
    fee -= fee % multiple;
    u64 max = INT64_MAX - INT64_MAX % multiple;
    return (struct demo_terms){.multiple = amount_of(multiple),
                               .fee = amount_of(fee),
                               .min = amount_of(fee + (fee > multiple ? fee : multiple)),
                               .max = amount_of(max)};
}
