/* The officers who hold the vault's key together: two groups, A and B, each of which has a secret
 * that exists only as shares (docs/vault-crypto.md "Shares").
 *
 * A record opens with `threshold` officers of A and `threshold` officers of B. What is public about
 * a group is its roster, its point (secret * base) and one point for each share; by these every
 * answer of an officer is checked, so that a wrong one names its officer. */
#ifndef ROLE_VAULT_SHARE_GROUP_H
#define ROLE_VAULT_SHARE_GROUP_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_curve.h"
#include "wire/code.h"

#define SHARE_MEMBERS_MAX   16U
#define SHARE_THRESHOLD_MIN 2U /* nobody speaks for a group alone */
#define SHARE_VENUE_SYMBOLS 63U
#define SHARE_HASH_BYTES    32U
#define SHARE_PLACE_BYTES   12U
#define SHARE_EPOCH_MAX     1000000U

enum share_side { SHARE_SIDE_A = 1, SHARE_SIDE_B = 2 };

struct share_member {
    char name[CODE_NAME_BYTES];
    struct seal_point key; /* of the officer's own; shares are sealed to it */
};

/* Who holds a group's shares from a ceremony on. */
struct share_roster {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    enum share_side side;
    u32 epoch;      /* of the secret: another secret is another epoch */
    u32 generation; /* of the shares of one secret: 0, then 1 more for every resharing */
    u32 threshold;
    u32 count;
    struct share_member members[SHARE_MEMBERS_MAX]; /* member i has index i + 1 */
    u8 before[SHARE_HASH_BYTES]; /* the earlier transcript's hash; zeros in generation 0 */
    u8 hash[SHARE_HASH_BYTES];   /* SHA-256 of the roster's text (share_text.h) */
};

struct share_group {
    struct share_roster roster;
    struct seal_point public;
    struct seal_point shares[SHARE_MEMBERS_MAX];
};

/* The key that records are wrapped for. */
struct share_key {
    struct share_group sides[2]; /* A, B */
    struct seal_point public;    /* the sum of both */
};

/* 'A' or 'B'. */
char share_side_letter(enum share_side side);

/* FAULT_INPUT says what is wrong: a field out of range, not more members than the threshold, a name
 * or a key twice, a key that is no point. The hashes are not looked at. */
MUST_USE enum fault share_roster_check(const struct share_roster *roster);

/* Whose share it is, in bytes that proofs are bound to: u8 side, u8 index, u16 0, u32 epoch, u32
 * generation. */
void share_place_encode(const struct share_roster *roster, u32 index, u8 place[SHARE_PLACE_BYTES]);

/* Whether it is the share of member `index`. */
MUST_USE bool share_is_of(const struct share_group *group, u32 index,
                          const struct seal_scalar *share);

/* FAULT_INPUT: not A and B of one venue and epoch, or one officer or key in both. */
MUST_USE enum fault share_key_form(const struct share_group *a, const struct share_group *b,
                                   struct share_key *key_out);

/* The weight of `index` among the indexes, when their shares are put together at 0. CHECK: it is
 * one of them, and no two are the same. */
void share_weight(const u32 *indexes, u32 count, u32 index, struct seal_scalar *weight_out);

#endif /* ROLE_VAULT_SHARE_GROUP_H */
