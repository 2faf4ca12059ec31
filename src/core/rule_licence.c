#include "core/rule_licence.h"

#include "base/check.h"

#include <string.h>

static bool names_it(const struct rule_licence *licence, const struct rule_pack *pack, u32 index)
{
    return memcmp(licence->pack_id, pack->id, RULE_ID_BYTES) == 0 &&
           memcmp(licence->rule_id, pack->rules[index].id, RULE_ID_BYTES) == 0;
}

enum rule_licence_answer rule_licence_check(const struct rule_licence *licence,
                                            const struct rule_verdict *verdicts, u32 verdicts_count,
                                            u32 operation, u64 eur, u64 at)
{
    const struct rule *named = NULL;
    u64 others = 0;
    CHECK(operation < RULE_OPERATIONS_COUNT);
    CHECK(licence->used <= licence->ceiling);
    for (u32 i = 0; i < verdicts_count; i += 1) {
        const struct rule_outcome *outcome = verdicts[i].outcome;
        CHECK(outcome->results_count == verdicts[i].pack->rules_count);
        for (u32 k = 0; k < outcome->results_count; k += 1) {
            const struct rule_result *result = &outcome->results[k];
            bool restricts = rule_vector_of(result->vector, operation) != RESTRICTION_ALLOW;
            if (names_it(licence, verdicts[i].pack, k) && restricts) {
                named = &verdicts[i].pack->rules[k];
            } else {
                others = rule_vector_join(others, result->vector);
            }
        }
    }
    bool is_free = rule_vector_of(others, operation) == RESTRICTION_ALLOW;
    if (named == NULL) {
        return is_free ? RULE_LICENCE_NOT_NEEDED : RULE_LICENCE_NO_RULE;
    }
    if (at < licence->valid.from || at >= licence->valid.until) {
        return RULE_LICENCE_TIME;
    }
    if ((licence->operations >> operation & 1U) == 0) {
        return RULE_LICENCE_OPERATION;
    }
    if (licence->ground < 'a' || licence->ground > 'z' ||
        (named->grounds >> (licence->ground - 'a') & 1U) == 0) {
        return RULE_LICENCE_GROUND;
    }
    if (!is_free) {
        return RULE_LICENCE_OTHER_RULE;
    }
    return eur == 0 || eur > licence->ceiling - licence->used ? RULE_LICENCE_CEILING
                                                              : RULE_LICENCE_GOOD;
}

void rule_licence_spend(struct rule_licence *licence, u64 eur)
{
    CHECK(eur <= licence->ceiling - licence->used);
    licence->used += eur;
}
