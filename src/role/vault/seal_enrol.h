/* What an enrolment has beside its records (docs/enrolment.md): the box with the five fields that
 * the vault's process reads once, the hash that stands for the whole, and the reviewer's verdict.
 *
 * The box is made by a rule from the identity's key, label and text, so whoever has the key makes
 * it again and sees that the vault was told what the record says. */
#ifndef ROLE_VAULT_SEAL_ENROL_H
#define ROLE_VAULT_SEAL_ENROL_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_record.h"

#define SEAL_ENROL_TEXT_BYTES  1024U /* padded */
#define SEAL_ENROL_BOX_BYTES   (SEAL_ENROL_TEXT_BYTES + SEAL_BOX_EXTRA_BYTES)
#define SEAL_ENROL_RECORDS_MAX 8U
#define SEAL_ENROL_NAMES_MAX   4U
#define SEAL_VERDICT_BYTES     448U /* of its text */

_Static_assert(SEAL_ENROL_TEXT_BYTES <= SEAL_BOX_PLAIN_MAX, "one box holds it");

/* The key of the vault's process, from the bytes of its key file. In a room. */
void seal_enrol_key(const u8 file[32], struct seal_scalar *secret_out);

/* The lines of an identity's text that the box has, into `target`. FAULT_INPUT: more than fits. */
MUST_USE enum fault seal_enrol_text(struct span identity, u8 target[SEAL_ENROL_TEXT_BYTES],
                                    size_t *size_out);

/* FAULT_INPUT: as above, or the vault's key is no point. `label`, `key` and `body_hash` are the
 * identity's. */
MUST_USE enum fault seal_enrol_box_make(struct seal_room *room, const struct seal_label *label,
                                        const struct seal_point *enrol_key,
                                        const u8 key[SEAL_KEY_SIZE],
                                        const u8 body_hash[SEAL_HASH_BYTES], struct span identity,
                                        u8 box_out[SEAL_ENROL_BOX_BYTES]);
/* The lines, in `text_out`, which lies in a room. FAULT_ROT: changed, of another record, or for
 * another key; zeros then. */
MUST_USE enum fault seal_enrol_box_open(struct seal_room *room, const struct seal_label *label,
                                        const struct seal_scalar *secret,
                                        const u8 body_hash[SEAL_HASH_BYTES],
                                        const u8 box[SEAL_ENROL_BOX_BYTES],
                                        u8 text_out[SEAL_ENROL_TEXT_BYTES], size_t *size_out);

/* What the vault read. Spans into the text. */
struct seal_enrolled {
    struct span names[SEAL_ENROL_NAMES_MAX];
    u32 names_count;
    struct span birth_date;
    struct span nationalities[SEAL_ENROL_NAMES_MAX];
    u32 nationalities_count;
    struct span email;
    struct span document;
};
/* False: not these lines in this order, or a value with a control character. */
MUST_USE bool seal_enrol_read(struct span text, struct seal_enrolled *enrolled_out);

/* ---- the whole ---- */

struct seal_enrol_row {
    struct seal_label label;
    u8 wrap[SEAL_WRAP_BYTES];
    u8 hash[SEAL_HASH_BYTES]; /* of the body */
};
struct seal_enrolment {
    u64 until_s; /* when the reviewer's copies end */
    struct seal_point reviewer;
    struct seal_point enrol_key;
    u8 box_hash[SEAL_HASH_BYTES];
    struct seal_enrol_row rows[SEAL_ENROL_RECORDS_MAX];
    u32 rows_count;
};

void seal_enrol_box_hash(const u8 box[SEAL_ENROL_BOX_BYTES], u8 hash_out[SEAL_HASH_BYTES]);
void seal_enrol_hash(const struct seal_enrolment *enrolment, u8 hash_out[SEAL_HASH_BYTES]);

/* ---- verdicts ---- */

/* constant, number, name. Permanent. */
#define SEAL_OUTCOME_TABLE(ROW) \
    ROW(ACCEPT, 1, "accept")    \
    ROW(REJECT, 2, "reject")

#define SEAL_OUTCOME_ROW(constant, number, name) SEAL_OUTCOME_##constant = (number),
enum seal_outcome { SEAL_OUTCOME_TABLE(SEAL_OUTCOME_ROW) };
#undef SEAL_OUTCOME_ROW

struct seal_verdict {
    u64 subject;
    u32 version;
    u8 outcome; /* enum seal_outcome, as stored */
    u8 enrolment[SEAL_HASH_BYTES];
    struct seal_proof proof;
};

/* 0: no such name. */
u8 seal_outcome_by_name(struct span name);
const char *seal_outcome_name(u8 outcome);

/* The proof is by the reviewer's own key. CHECK: an outcome. */
void seal_verdict_sign(struct seal_room *room, const struct seal_scalar *reviewer,
                       const struct seal_point *point, struct seal_verdict *verdict);
MUST_USE bool seal_verdict_holds(const struct seal_verdict *verdict,
                                 const struct seal_point *reviewer);
/* Without a zero behind it; its size. */
size_t seal_verdict_print(const struct seal_verdict *verdict, char target[SEAL_VERDICT_BYTES]);
/* FAULT_INPUT with "NAME: reason": not exactly such a text. */
MUST_USE enum fault seal_verdict_read(struct span text, const char *name,
                                      struct seal_verdict *verdict_out);

#endif /* ROLE_VAULT_SEAL_ENROL_H */
