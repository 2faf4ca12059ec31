#include "role/vault/share_deal.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <sodium.h>
#include <string.h>

/* ---- polynomials ---- */

static void value_at(const struct seal_scalar *coefficients, u32 count, u32 index,
                     struct seal_scalar *value_out)
{
    struct seal_scalar at = seal_scalar_of(index);
    *value_out = coefficients[count - 1];
    for (u32 i = count - 1; i > 0; i -= 1) {
        crypto_core_ristretto255_scalar_mul(value_out->bytes, value_out->bytes, at.bytes);
        crypto_core_ristretto255_scalar_add(value_out->bytes, value_out->bytes,
                                            coefficients[i - 1].bytes);
    }
}

/* The same of points: value_at(index) * base. */
static bool point_at(const struct seal_point *commitments, u32 count, u32 index,
                     struct seal_point *point_out)
{
    struct seal_scalar at = seal_scalar_of(index);
    struct seal_point sum = commitments[count - 1];
    for (u32 i = count - 1; i > 0; i -= 1) {
        struct seal_point product;
        if (!seal_point_times(&at, &sum, &product) ||
            !seal_point_add(&product, &commitments[i - 1], &sum)) {
            return false;
        }
    }
    *point_out = sum;
    return true;
}

/* ---- one deal ---- */

#define BOUND_BYTES (SHARE_HASH_BYTES + 8U)

/* The roster, the dealer, and the receiver or how many commitments there are. */
static void bound_of(const struct share_roster *roster, u32 dealer, u32 second,
                     u8 bound[BOUND_BYTES])
{
    memcpy(bound, roster->hash, SHARE_HASH_BYTES);
    bytes_put_u32(bound + SHARE_HASH_BYTES, dealer);
    bytes_put_u32(bound + SHARE_HASH_BYTES + 4, second);
}

void share_deal_make(struct seal_room *room, const struct share_roster *roster, u32 dealer,
                     const struct seal_scalar *share, struct share_deal *deal_out)
{
    size_t mark = seal_room_mark(room);
    u32 count = roster->threshold;
    u8 bound[BOUND_BYTES];
    struct seal_scalar *coefficients = seal_room_take(room, count * sizeof(*coefficients));
    struct seal_scalar *value = seal_room_take(room, sizeof(*value));
    CHECK((share != NULL) == (roster->generation > 0));
    memset(deal_out, 0, sizeof(*deal_out));
    deal_out->dealer = dealer;
    for (u32 i = 0; i < count; i += 1) {
        seal_scalar_random(&coefficients[i]);
    }
    if (share != NULL) {
        coefficients[0] = *share;
    }
    for (u32 i = 0; i < count; i += 1) {
        CHECK(seal_point_of(&coefficients[i], &deal_out->commitments[i]));
    }
    bound_of(roster, dealer, count, bound);
    const struct span parts[] = {span_of(bound, sizeof(bound)),
                                 span_of(deal_out->commitments, count * SEAL_POINT_BYTES)};
    seal_prove("deal-proof", room, &coefficients[0], &deal_out->commitments[0], parts,
               ARRAY_COUNT(parts), &deal_out->proof);
    for (u32 i = 0; i < roster->count; i += 1) {
        value_at(coefficients, count, i + 1, value);
        bound_of(roster, dealer, i + 1, bound);
        CHECK(seal_box_close(
                  "deal-share", room, &roster->members[i].key, span_of(bound, sizeof(bound)),
                  span_of(value->bytes, sizeof(value->bytes)), deal_out->dealt[i]) == FAULT_NONE);
    }
    seal_room_leave(room, mark);
}

/* ---- all of them ---- */

static const char *dealer_name(const struct share_roster *roster, const struct share_group *before,
                               u32 dealer)
{
    const struct share_roster *dealers = before == NULL ? roster : &before->roster;
    return dealers->members[dealer - 1].name;
}

static enum fault check_deal(const struct share_roster *roster, const struct share_deal *deal,
                             const struct share_group *before)
{
    const char *name = dealer_name(roster, before, deal->dealer);
    u8 bound[BOUND_BYTES];
    for (u32 i = 0; i < roster->threshold; i += 1) {
        if (!seal_point_is_sound(&deal->commitments[i])) {
            return FAULT(FAULT_INPUT, "deal of %s: commitment %u is no point", name, i);
        }
    }
    bound_of(roster, deal->dealer, roster->threshold, bound);
    const struct span parts[] = {
        span_of(bound, sizeof(bound)),
        span_of(deal->commitments, (size_t)roster->threshold * SEAL_POINT_BYTES)};
    if (!seal_proof_holds("deal-proof", &deal->commitments[0], parts, ARRAY_COUNT(parts),
                          &deal->proof)) {
        return FAULT(FAULT_INPUT, "deal of %s: the proof that its secret is known does not hold",
                     name);
    }
    if (before != NULL && memcmp(&deal->commitments[0], &before->shares[deal->dealer - 1],
                                 sizeof(struct seal_point)) != 0) {
        return FAULT(FAULT_INPUT, "deal of %s: not of their share", name);
    }
    return FAULT_NONE;
}

/* Each dealer once, in the order of their indexes: all of them at first, `threshold` of the old
 * ones in a resharing. */
static enum fault check_dealers(const struct share_roster *roster, const struct share_deal *deals,
                                u32 count, const struct share_group *before)
{
    u32 wanted = before == NULL ? roster->count : before->roster.threshold;
    u32 dealers = before == NULL ? roster->count : before->roster.count;
    if (count != wanted) {
        return FAULT(FAULT_INPUT, "deals: %u, not %u", count, wanted);
    }
    for (u32 i = 0; i < count; i += 1) {
        if (deals[i].dealer == 0 || deals[i].dealer > dealers ||
            (i > 0 && deals[i].dealer <= deals[i - 1].dealer)) {
            return FAULT(FAULT_INPUT, "deals: number %u is of nobody, twice or out of order",
                         i + 1);
        }
    }
    return FAULT_NONE;
}

enum fault share_roster_follows(const struct share_roster *roster, const struct share_group *before)
{
    if ((before != NULL) != (roster->generation > 0)) {
        return FAULT(FAULT_INPUT, "roster: generation %u %s a group before it", roster->generation,
                     before == NULL ? "wants" : "has not");
    }
    if (before != NULL &&
        (before->roster.side != roster->side || before->roster.epoch != roster->epoch ||
         before->roster.generation + 1 != roster->generation ||
         strcmp(before->roster.venue, roster->venue) != 0)) {
        return FAULT(FAULT_INPUT, "roster: not the next generation of the group before it");
    }
    return FAULT_NONE;
}

static void dealer_weight(const struct share_deal *deals, u32 count, bool is_first, u32 dealer,
                          struct seal_scalar *weight_out)
{
    u32 indexes[SHARE_MEMBERS_MAX];
    *weight_out = seal_scalar_of(1);
    if (!is_first) {
        for (u32 i = 0; i < count; i += 1) {
            indexes[i] = deals[i].dealer;
        }
        share_weight(indexes, count, dealer, weight_out);
    }
}

/* The group's commitments: the weighted sum of the dealers'. */
static bool sum_commitments(const struct share_roster *roster, const struct share_deal *deals,
                            u32 count, struct seal_point sums[SHARE_MEMBERS_MAX])
{
    for (u32 i = 0; i < count; i += 1) {
        struct seal_scalar weight;
        dealer_weight(deals, count, roster->generation == 0, deals[i].dealer, &weight);
        for (u32 j = 0; j < roster->threshold; j += 1) {
            struct seal_point product;
            if (!seal_point_times(&weight, &deals[i].commitments[j], &product)) {
                return false;
            }
            if (i == 0) {
                sums[j] = product;
            } else if (!seal_point_add(&sums[j], &product, &sums[j])) {
                return false;
            }
        }
    }
    return true;
}

enum fault share_deals_check(const struct share_roster *roster, const struct share_deal *deals,
                             u32 count, const struct share_group *before,
                             struct share_group *group_out)
{
    struct seal_point sums[SHARE_MEMBERS_MAX];
    TRY(share_roster_check(roster));
    TRY(share_roster_follows(roster, before));
    TRY(check_dealers(roster, deals, count, before));
    for (u32 i = 0; i < count; i += 1) {
        TRY(check_deal(roster, &deals[i], before));
    }
    memset(group_out, 0, sizeof(*group_out));
    group_out->roster = *roster;
    bool is_whole = sum_commitments(roster, deals, count, sums);
    for (u32 i = 0; i < roster->count && is_whole; i += 1) {
        is_whole = point_at(sums, roster->threshold, i + 1, &group_out->shares[i]);
    }
    if (!is_whole) {
        return FAULT(FAULT_INPUT, "deals: they cancel each other");
    }
    group_out->public = sums[0];
    if (before != NULL &&
        memcmp(&before->public, &group_out->public, sizeof(before->public)) != 0) {
        return FAULT(FAULT_INPUT, "deals: their sum is another secret");
    }
    return FAULT_NONE;
}

/* What one dealer dealt to `index`, opened and compared with the commitments. */
static enum fault take_one(struct seal_room *room, const struct share_group *group,
                           const struct share_deal *deal, u32 index, const struct seal_scalar *key,
                           struct seal_scalar *value)
{
    u8 bound[BOUND_BYTES];
    struct seal_point committed;
    struct seal_point public;
    bound_of(&group->roster, deal->dealer, index, bound);
    if (seal_box_open("deal-share", room, key, span_of(bound, sizeof(bound)),
                      span_of(deal->dealt[index - 1], SHARE_DEALT_BYTES),
                      value->bytes) != FAULT_NONE) {
        return FAULT(FAULT_INPUT, "deal %u: what it has for member %u does not open", deal->dealer,
                     index);
    }
    if (!seal_scalar_is_canonical(value) || !seal_point_of(value, &public) ||
        !point_at(deal->commitments, group->roster.threshold, index, &committed) ||
        memcmp(&public, &committed, sizeof(public)) != 0) {
        return FAULT(FAULT_INPUT, "deal %u: the value for member %u is not what it committed to",
                     deal->dealer, index);
    }
    return FAULT_NONE;
}

enum fault share_deals_take(struct seal_room *room, const struct share_group *group,
                            const struct share_deal *deals, u32 count, u32 index,
                            const struct seal_scalar *key, struct seal_scalar *share_out)
{
    size_t mark = seal_room_mark(room);
    struct seal_scalar *value = seal_room_take(room, sizeof(*value));
    struct seal_scalar *sum = seal_room_take(room, sizeof(*sum));
    enum fault fault = FAULT_NONE;
    CHECK(index >= 1 && index <= group->roster.count);
    for (u32 i = 0; i < count && fault == FAULT_NONE; i += 1) {
        struct seal_scalar weight;
        fault = take_one(room, group, &deals[i], index, key, value);
        dealer_weight(deals, count, group->roster.generation == 0, deals[i].dealer, &weight);
        crypto_core_ristretto255_scalar_mul(value->bytes, value->bytes, weight.bytes);
        crypto_core_ristretto255_scalar_add(sum->bytes, sum->bytes, value->bytes);
    }
    secret_wipe(share_out, sizeof(*share_out));
    if (fault == FAULT_NONE) {
        struct seal_point public;
        CHECK(seal_point_of(sum, &public));
        CHECK(memcmp(&public, &group->shares[index - 1], sizeof(public)) == 0);
        *share_out = *sum;
    }
    seal_room_leave(room, mark);
    return fault;
}
