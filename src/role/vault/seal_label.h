/* What a sealed record is: whose, which group of fields, which version, under which key, kept how
 * long (docs/vault-crypto.md "Labels").
 *
 * The label is bound to everything that is made for the record: the body, the wrap of its key, the
 * proofs, the officers' partials. A row that is moved to another label opens no more. */
#ifndef ROLE_VAULT_SEAL_LABEL_H
#define ROLE_VAULT_SEAL_LABEL_H

#include "base/base.h"
#include "io/fault.h"

/* constant, number, name. Permanent; append new rows. */
#define SEAL_GROUP_TABLE(ROW)      \
    ROW(IDENTITY, 1, "identity")   \
    ROW(CONTACT, 2, "contact")     \
    ROW(ADDRESS, 3, "address")     \
    ROW(DOCUMENTS, 4, "documents") \
    ROW(BANK, 5, "bank")           \
    ROW(LOGINS, 6, "logins")       \
    ROW(TRADES, 7, "trades")       \
    ROW(TRANSFERS, 8, "transfers")

#define SEAL_GROUP_ROW(constant, number, name) SEAL_GROUP_##constant = (number),
enum seal_group { SEAL_GROUP_TABLE(SEAL_GROUP_ROW) };
#undef SEAL_GROUP_ROW

#define SEAL_GROUP_MAX   8U
#define SEAL_LABEL_BYTES 20U
#define SEAL_FIXED_BYTES 16U /* the label without its epoch: what the body is bound to */

struct seal_label {
    u64 subject;  /* the person's number, from 1 */
    u32 version;  /* of the field group, from 1 */
    u32 epoch;    /* of the group key that the wrap is for, from 1 */
    u8 group;     /* enum seal_group, as stored */
    u8 retention; /* the class of its keeping, from 1 */
};

/* NULL: no such group. */
const char *seal_group_name(u32 group);
/* 0: no such name. */
u32 seal_group_by_name(struct span name);

/* Whether every field is in its range. */
MUST_USE bool seal_label_is_sound(const struct seal_label *label);

/* u64 subject, u32 version, u8 group, u8 retention, two zeros, u32 epoch; little-endian. */
void seal_label_encode(const struct seal_label *label, u8 target[SEAL_LABEL_BYTES]);

/* FAULT_INPUT: not exactly such bytes. */
MUST_USE enum fault seal_label_decode(struct span bytes, struct seal_label *label_out);

#endif /* ROLE_VAULT_SEAL_LABEL_H */
