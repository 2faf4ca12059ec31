#include "role/vault/share_part.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <string.h>

#define ABOUT_PARTS 3U

static const struct share_group *group_of(const struct share_key *key, u32 side)
{
    return &key->sides[side == SHARE_SIDE_A ? 0 : 1];
}

/* ---- answers ---- */

enum fault share_partial_decode(struct span bytes, struct share_partial *partial_out)
{
    if (!span_copy(bytes, partial_out, sizeof(*partial_out)) || bytes.size != SHARE_PARTIAL_BYTES ||
        partial_out->place[0] < SHARE_SIDE_A || partial_out->place[0] > SHARE_SIDE_B ||
        partial_out->place[1] == 0 || partial_out->place[1] > SHARE_MEMBERS_MAX ||
        bytes_u16(partial_out->place + 2) != 0 || !seal_point_is_sound(&partial_out->point)) {
        return FAULT(FAULT_INPUT, "partial: not %u bytes of one", SHARE_PARTIAL_BYTES);
    }
    return FAULT_NONE;
}

/* What a partial's proof is bound to. */
static void about_parts(const u8 place[SHARE_PLACE_BYTES], const u8 label[SEAL_LABEL_BYTES],
                        const u8 *context, struct span parts[ABOUT_PARTS])
{
    parts[0] = span_of(place, SHARE_PLACE_BYTES);
    parts[1] = span_of(label, SEAL_LABEL_BYTES);
    parts[2] = span_of(context, SHARE_HASH_BYTES);
}

static enum fault check_case(const struct share_case *about)
{
    if (about->label.epoch != about->key->sides[0].roster.epoch) {
        return FAULT(FAULT_INPUT, "record: of epoch %u, the key is of epoch %u", about->label.epoch,
                     about->key->sides[0].roster.epoch);
    }
    return seal_wrap_check(&about->label, &about->key->public, about->body_hash, about->wrap);
}

enum fault share_answer(struct seal_room *room, const struct share_case *about,
                        enum share_side side, u32 index, const struct seal_scalar *share,
                        struct share_partial *partial_out)
{
    const struct share_group *group = group_of(about->key, side);
    struct span parts[ABOUT_PARTS];
    u8 label[SEAL_LABEL_BYTES];
    TRY(check_case(about));
    if (!share_is_of(group, index, share)) {
        return FAULT(FAULT_INPUT, "share: not that of member %u of group %c", index,
                     share_side_letter(side));
    }
    CHECK(seal_point_times(share, &about->wrap->point, &partial_out->point));
    seal_label_encode(&about->label, label);
    share_place_encode(&group->roster, index, partial_out->place);
    about_parts(partial_out->place, label, about->context, parts);
    seal_prove_same("partial", room, share, &group->shares[index - 1], &about->wrap->point,
                    &partial_out->point, parts, ABOUT_PARTS, &partial_out->proof);
    return FAULT_NONE;
}

enum fault share_partial_check(const struct share_case *about, const struct share_partial *partial,
                               struct share_wrong *wrong_out)
{
    u32 side = partial->place[0];
    u32 index = partial->place[1];
    struct span parts[ABOUT_PARTS];
    u8 place[SHARE_PLACE_BYTES];
    u8 label[SEAL_LABEL_BYTES];
    *wrong_out = (struct share_wrong){.side = SHARE_SIDE_A, .index = 0};
    if (side < SHARE_SIDE_A || side > SHARE_SIDE_B || index == 0 ||
        index > group_of(about->key, side)->roster.count) {
        return FAULT(FAULT_INPUT, "partial: of no member of either group");
    }
    const struct share_group *group = group_of(about->key, side);
    const char *name = group->roster.members[index - 1].name;
    *wrong_out = (struct share_wrong){.side = group->roster.side, .index = index};
    share_place_encode(&group->roster, index, place);
    if (memcmp(place, partial->place, sizeof(place)) != 0) {
        return FAULT(FAULT_INPUT,
                     "partial of %s (group %c): of epoch %u and generation %u, not %u and %u", name,
                     share_side_letter(group->roster.side), bytes_u32(partial->place + 4),
                     bytes_u32(partial->place + 8), group->roster.epoch, group->roster.generation);
    }
    seal_label_encode(&about->label, label);
    about_parts(place, label, about->context, parts);
    if (!seal_same_holds("partial", &group->shares[index - 1], &about->wrap->point, &partial->point,
                         parts, ABOUT_PARTS, &partial->proof)) {
        return FAULT(FAULT_INPUT,
                     "partial of %s (group %c): not by this officer's share for this record and "
                     "grant",
                     name, share_side_letter(group->roster.side));
    }
    *wrong_out = (struct share_wrong){.side = SHARE_SIDE_A, .index = 0};
    return FAULT_NONE;
}

/* ---- put together ---- */

/* The partials of one group that are used: the first `threshold` of them. */
struct chosen {
    const struct share_partial *partials[SHARE_MEMBERS_MAX];
    u32 indexes[SHARE_MEMBERS_MAX];
    u32 count;
};

static enum fault choose(const struct share_case *about, const struct share_partial *partials,
                         u32 count, struct chosen chosen[2], struct share_wrong *wrong_out)
{
    for (u32 i = 0; i < count; i += 1) {
        TRY(share_partial_check(about, &partials[i], wrong_out));
        struct chosen *side = &chosen[partials[i].place[0] - SHARE_SIDE_A];
        u32 index = partials[i].place[1];
        for (u32 j = 0; j < side->count; j += 1) {
            if (side->indexes[j] == index) {
                const struct share_roster *roster =
                    &about->key->sides[partials[i].place[0] - SHARE_SIDE_A].roster;
                *wrong_out = (struct share_wrong){.side = roster->side, .index = index};
                return FAULT(FAULT_INPUT, "partial of %s (group %c): given twice",
                             roster->members[index - 1].name, share_side_letter(roster->side));
            }
        }
        side->indexes[side->count] = index;
        side->partials[side->count] = &partials[i];
        side->count += 1;
    }
    for (u32 i = 0; i < 2; i += 1) {
        const struct share_roster *roster = &about->key->sides[i].roster;
        if (chosen[i].count < roster->threshold) {
            return FAULT(FAULT_REFUSED, "group %c: %u of the %u officers that it takes",
                         share_side_letter(roster->side), chosen[i].count, roster->threshold);
        }
        chosen[i].count = roster->threshold;
    }
    return FAULT_NONE;
}

static bool add_up(const struct chosen chosen[2], struct seal_point *piece,
                   struct seal_point *shared_out)
{
    bool is_first = true;
    for (u32 side = 0; side < 2; side += 1) {
        for (u32 i = 0; i < chosen[side].count; i += 1) {
            struct seal_scalar weight;
            share_weight(chosen[side].indexes, chosen[side].count, chosen[side].indexes[i],
                         &weight);
            struct seal_point *target = is_first ? shared_out : piece;
            if (!seal_point_times(&weight, &chosen[side].partials[i]->point, target) ||
                (!is_first && !seal_point_add(shared_out, piece, shared_out))) {
                return false;
            }
            is_first = false;
        }
    }
    return true;
}

enum fault share_open(struct seal_room *room, const struct share_case *about,
                      const struct share_partial *partials, u32 count, u8 key_out[SEAL_KEY_SIZE],
                      struct share_wrong *wrong_out)
{
    struct chosen chosen[2] = {{.count = 0}, {.count = 0}};
    secret_wipe(key_out, SEAL_KEY_SIZE);
    *wrong_out = (struct share_wrong){.side = SHARE_SIDE_A, .index = 0};
    if (count > SHARE_PARTIALS_MAX) {
        return FAULT(FAULT_INPUT, "partials: more than %u", SHARE_PARTIALS_MAX);
    }
    TRY(check_case(about));
    TRY(choose(about, partials, count, chosen, wrong_out));
    size_t mark = seal_room_mark(room);
    struct seal_point *shared = seal_room_take(room, sizeof(*shared));
    struct seal_point *piece = seal_room_take(room, sizeof(*piece));
    enum fault fault = add_up(chosen, piece, shared)
                           ? seal_wrap_open(room, &about->label, &about->key->public, shared,
                                            about->body_hash, about->wrap, key_out)
                           : FAULT(FAULT_INPUT, "partials: they cancel each other");
    seal_room_leave(room, mark);
    return fault;
}

/* ---- drills ---- */

#define DRILL_PARTS 3U
static void drill_parts(const struct share_group *group, const u8 place[SHARE_PLACE_BYTES],
                        const u8 *nonce, struct span parts[DRILL_PARTS])
{
    parts[0] = span_of(place, SHARE_PLACE_BYTES);
    parts[1] = span_of(group->public.bytes, sizeof(group->public.bytes));
    parts[2] = span_of(nonce, SHARE_NONCE_BYTES);
}

enum fault share_drill(struct seal_room *room, const struct share_group *group, u32 index,
                       const struct seal_scalar *share, const u8 nonce[SHARE_NONCE_BYTES],
                       struct seal_proof *proof_out)
{
    struct span parts[DRILL_PARTS];
    u8 place[SHARE_PLACE_BYTES];
    if (!share_is_of(group, index, share)) {
        return FAULT(FAULT_INPUT, "share: not that of member %u of group %c", index,
                     share_side_letter(group->roster.side));
    }
    share_place_encode(&group->roster, index, place);
    drill_parts(group, place, nonce, parts);
    seal_prove("drill", room, share, &group->shares[index - 1], parts, DRILL_PARTS, proof_out);
    return FAULT_NONE;
}

bool share_drill_holds(const struct share_group *group, u32 index,
                       const u8 nonce[SHARE_NONCE_BYTES], const struct seal_proof *proof)
{
    struct span parts[DRILL_PARTS];
    u8 place[SHARE_PLACE_BYTES];
    if (index == 0 || index > group->roster.count) {
        return false;
    }
    share_place_encode(&group->roster, index, place);
    drill_parts(group, place, nonce, parts);
    return seal_proof_holds("drill", &group->shares[index - 1], parts, DRILL_PARTS, proof);
}
