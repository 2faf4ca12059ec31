/* A new record as its reviewer gets it, on the reviewer's own machine (docs/enrolment.md "The
 * review"): opened by the reviewer's copies of the keys, with everything made again that can be.
 *
 * Nothing is shown of an enrolment of which a part does not hold. Texts lie in memory of their own,
 * locked as far as the system lets, until review_close. */
#ifndef ROLE_VAULT_REVIEW_FILE_H
#define ROLE_VAULT_REVIEW_FILE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_enrol.h"
#include "role/vault/vault_message.h"

#define REVIEW_BYTES_MAX VAULT_FRAME_BYTES_MAX

struct review_pins {
    struct seal_point group_key; /* of the epoch */
    u32 epoch;
    struct seal_point reviewer;       /* the officer's own */
    const struct seal_scalar *secret; /* of it, in the room */
    u64 now_s;
};

struct review {
    u64 subject;
    u64 until_s;
    u32 version;
    u8 seen; /* VAULT_SEEN_... */
    u8 enrolment[SEAL_HASH_BYTES];
    u32 count;
    u8 groups[SEAL_ENROL_RECORDS_MAX];
    u8 *texts[SEAL_ENROL_RECORDS_MAX];
    size_t sizes[SEAL_ENROL_RECORDS_MAX];
};

/* `bytes` is what `cambist vault review` wrote; `name` is what messages call it. FAULT_INPUT: no
 * such bytes, or a part that is not what the rules make. FAULT_REFUSED: for another officer, of
 * another epoch, or over. FAULT_ROT: a copy or a body that does not open. Nothing is left to close
 * then. */
MUST_USE enum fault review_open(struct seal_room *room, struct span bytes, const char *name,
                                const struct review_pins *pins, struct review *review_out);
void review_close(struct review *review);

#endif /* ROLE_VAULT_REVIEW_FILE_H */
