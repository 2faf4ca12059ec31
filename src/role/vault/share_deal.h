/* The ceremony in which a group's secret comes to be without anybody ever holding it, and the
 * resharing that gives the same secret to other officers (docs/vault-crypto.md "Ceremony").
 *
 * Every member deals: a random polynomial, its coefficients as points, a proof that its constant
 * term is known (so that nobody can choose theirs against the others'), and a value for every
 * member, sealed to that member's key. The secret is the sum of the constant terms; a member's
 * share is the sum of the values dealt to them. In a resharing `threshold` members of the old
 * roster deal their weighted shares to the members of the new one, whose sum is the old secret. */
#ifndef ROLE_VAULT_SHARE_DEAL_H
#define ROLE_VAULT_SHARE_DEAL_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/share_group.h"

#define SHARE_DEALT_BYTES (SEAL_SCALAR_BYTES + SEAL_BOX_EXTRA_BYTES)

struct share_deal {
    u32 dealer; /* index in the roster; in a resharing, in the one before */
    struct seal_point commitments[SHARE_MEMBERS_MAX]; /* `threshold` of them */
    struct seal_proof proof;
    u8 dealt[SHARE_MEMBERS_MAX][SHARE_DEALT_BYTES]; /* to each member */
};

/* `share`: NULL in a first ceremony (the constant term is random), else the dealer's share of the
 * group before. */
void share_deal_make(struct seal_room *room, const struct share_roster *roster, u32 dealer,
                     const struct seal_scalar *share, struct share_deal *deal_out);

/* Whether the roster is of generation 0 (`before`: NULL), or of the next one of the group that
 * reshares. FAULT_INPUT. */
MUST_USE enum fault share_roster_follows(const struct share_roster *roster,
                                         const struct share_group *before);

/* What all can see of the deals. `before`: NULL in a first ceremony, else the group that reshares.
 * FAULT_INPUT names the dealer: a proof that does not hold, a commitment to another share, a dealer
 * who is missing or comes twice. */
MUST_USE enum fault share_deals_check(const struct share_roster *roster,
                                      const struct share_deal *deals, u32 count,
                                      const struct share_group *before,
                                      struct share_group *group_out);

/* The share of member `index`, who alone can open what was dealt to them. After share_deals_check.
 * FAULT_INPUT names the dealer whose value is not the one committed to. */
MUST_USE enum fault share_deals_take(struct seal_room *room, const struct share_group *group,
                                     const struct share_deal *deals, u32 count, u32 index,
                                     const struct seal_scalar *key, struct seal_scalar *share_out);

#endif /* ROLE_VAULT_SHARE_DEAL_H */
