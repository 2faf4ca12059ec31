#include "role/vault/share_group.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <sodium.h>
#include <string.h>

char share_side_letter(enum share_side side)
{
    return side == SHARE_SIDE_A ? 'A' : 'B';
}

/* A domain-like name: no blanks, nothing that could end a line. */
static bool venue_is_sound(const char venue[SHARE_VENUE_SYMBOLS + 1])
{
    size_t size = strnlen(venue, SHARE_VENUE_SYMBOLS + 1);
    for (size_t i = 0; i < size && size <= SHARE_VENUE_SYMBOLS; i += 1) {
        if (venue[i] <= ' ' || venue[i] > '~') {
            return false;
        }
    }
    return size > 0 && size <= SHARE_VENUE_SYMBOLS;
}

static enum fault check_member(const struct share_roster *roster, u32 at)
{
    const struct share_member *member = &roster->members[at];
    size_t size = strnlen(member->name, sizeof(member->name));
    if (size == sizeof(member->name) || code_name_of(span_of(member->name, size)) == 0) {
        return FAULT(FAULT_INPUT, "member %u: not 1 to %u small letters, digits and -", at + 1,
                     CODE_NAME_SYMBOLS);
    }
    if (!seal_point_is_sound(&member->key)) {
        return FAULT(FAULT_INPUT, "member %u (%s): the key is no point", at + 1, member->name);
    }
    for (u32 other = 0; other < at; other += 1) {
        if (strcmp(roster->members[other].name, member->name) == 0 ||
            memcmp(&roster->members[other].key, &member->key, sizeof(member->key)) == 0) {
            return FAULT(FAULT_INPUT, "member %u (%s) is member %u (%s) once more", at + 1,
                         member->name, other + 1, roster->members[other].name);
        }
    }
    return FAULT_NONE;
}

enum fault share_roster_check(const struct share_roster *roster)
{
    if ((roster->side != SHARE_SIDE_A && roster->side != SHARE_SIDE_B) || roster->epoch == 0 ||
        roster->epoch > SHARE_EPOCH_MAX || roster->generation > SHARE_EPOCH_MAX ||
        !venue_is_sound(roster->venue)) {
        return FAULT(FAULT_INPUT, "roster: venue, side, epoch or generation is out of range");
    }
    if (roster->threshold < SHARE_THRESHOLD_MIN || roster->count > SHARE_MEMBERS_MAX ||
        roster->count <= roster->threshold) {
        return FAULT(FAULT_INPUT,
                     "roster: %u of %u; a threshold is at least %u, and there is at least one "
                     "member more, at most %u",
                     roster->threshold, roster->count, SHARE_THRESHOLD_MIN, SHARE_MEMBERS_MAX);
    }
    if (span_is_zero(span_of(roster->before, sizeof(roster->before))) !=
        (roster->generation == 0)) {
        return FAULT(FAULT_INPUT, "roster: the transcript before it belongs to a resharing");
    }
    for (u32 at = 0; at < roster->count; at += 1) {
        TRY(check_member(roster, at));
    }
    return FAULT_NONE;
}

void share_place_encode(const struct share_roster *roster, u32 index, u8 place[SHARE_PLACE_BYTES])
{
    CHECK(index >= 1 && index <= roster->count);
    place[0] = (u8)roster->side;
    place[1] = (u8)index;
    bytes_put_u16(place + 2, 0);
    bytes_put_u32(place + 4, roster->epoch);
    bytes_put_u32(place + 8, roster->generation);
}

bool share_is_of(const struct share_group *group, u32 index, const struct seal_scalar *share)
{
    struct seal_point public;
    return index >= 1 && index <= group->roster.count && seal_scalar_is_canonical(share) &&
           seal_point_of(share, &public) &&
           sodium_memcmp(public.bytes, group->shares[index - 1].bytes, sizeof(public.bytes)) == 0;
}

static const struct share_member *member_twice(const struct share_roster *a,
                                               const struct share_roster *b)
{
    for (u32 i = 0; i < a->count; i += 1) {
        for (u32 j = 0; j < b->count; j += 1) {
            if (strcmp(a->members[i].name, b->members[j].name) == 0 ||
                memcmp(&a->members[i].key, &b->members[j].key, sizeof(struct seal_point)) == 0) {
                return &a->members[i];
            }
        }
    }
    return NULL;
}

enum fault share_key_form(const struct share_group *a, const struct share_group *b,
                          struct share_key *key_out)
{
    if (a->roster.side != SHARE_SIDE_A || b->roster.side != SHARE_SIDE_B ||
        a->roster.epoch != b->roster.epoch || strcmp(a->roster.venue, b->roster.venue) != 0) {
        return FAULT(FAULT_INPUT, "key: not group A and group B of one venue and epoch");
    }
    const struct share_member *twice = member_twice(&a->roster, &b->roster);
    if (twice != NULL) {
        return FAULT(FAULT_INPUT, "key: %s, or their key, is in both groups", twice->name);
    }
    key_out->sides[0] = *a;
    key_out->sides[1] = *b;
    if (!seal_point_add(&a->public, &b->public, &key_out->public)) {
        return FAULT(FAULT_INPUT, "key: the groups' points cancel each other");
    }
    return FAULT_NONE;
}

void share_weight(const u32 *indexes, u32 count, u32 index, struct seal_scalar *weight_out)
{
    struct seal_scalar above = seal_scalar_of(1);
    struct seal_scalar below = seal_scalar_of(1);
    struct seal_scalar own = seal_scalar_of(index);
    u32 found = 0;
    for (u32 i = 0; i < count; i += 1) {
        struct seal_scalar other = seal_scalar_of(indexes[i]);
        struct seal_scalar difference;
        if (indexes[i] == index) {
            found += 1;
            continue;
        }
        crypto_core_ristretto255_scalar_sub(difference.bytes, other.bytes, own.bytes);
        crypto_core_ristretto255_scalar_mul(above.bytes, above.bytes, other.bytes);
        crypto_core_ristretto255_scalar_mul(below.bytes, below.bytes, difference.bytes);
    }
    CHECK(found == 1);
    CHECK(crypto_core_ristretto255_scalar_invert(below.bytes, below.bytes) == 0);
    crypto_core_ristretto255_scalar_mul(weight_out->bytes, above.bytes, below.bytes);
}
