/* Compiled packs: refused with a reason, or good for any evaluation, and the only form of their
 * pack. */
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define PERSON_ROWS 7U

/* A person with one row of each kind, at a few instants. */
static void evaluate(const struct rule_pack *pack)
{
    static struct rule_outcome outcome;
    struct rule_memory memories[RULE_RULES_MAX] = {{.is_over = false}};
    struct rule_fact facts[PERSON_ROWS];
    struct rule_interval always = {0, RULE_TIME_OPEN};
    struct rule_listing listing = {1, 0, RULE_LISTING_CANDIDATE, always, always};
    struct rule_ownership owned = {1, RULE_ABOVE, RULE_UNKNOWN, 5000, 1, 9999, always, always};
    for (u32 i = 0; i < PERSON_ROWS; i += 1) {
        facts[i] = (struct rule_fact){(u8)(i + 1), 1, 1, always, always, 1000};
    }
    if (pack->nodes_count > 0) {
        listing.list = pack->nodes[0].list;
        owned.list = pack->nodes[0].list;
    }
    for (u32 rows = 0; rows <= PERSON_ROWS; rows += 1) {
        struct rule_person person = {facts, &listing, &owned, rows, rows % 2, rows / 4, {true, 1}};
        person.holdings.eur = pack->rules[0].amount + rows;
        u64 at = pack->rules[rows % pack->rules_count].effective.from;
        rule_evaluate(pack, &person, (struct rule_instant){at, at}, memories, &outcome);
        CHECK(outcome.next_us > at && outcome.vector >> 16 == 0);
        (void)rule_evaluate_asset(pack, pack->names[0], at);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct rule_pack pack;
    u8 again[RULE_FORM_BYTES_MAX];
    if (rule_form_decode(span_of(data, size), &pack) != NULL) {
        return 0;
    }
    CHECK(rule_form_encode(&pack, again) == size && memcmp(data, again, size) == 0);
    evaluate(&pack);
    return 0;
}
