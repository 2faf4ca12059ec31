/* One decision with its way into the public log, as a file that proves itself to whoever has the
 * log's policy: `cambist why --export` writes it, `cambist log check-decision` reads it.
 * docs/restriction-log.md "One decision" has the bytes; no byte of it may be another one. */
#ifndef ROLE_VAULT_RESTRICT_PROOF_H
#define ROLE_VAULT_RESTRICT_PROOF_H

#include "base/base.h"
#include "role/vault/restrict_leaf.h"
#include "role/vault/restrict_line.h"
#include "role/vault/restrict_text.h"
#include "role/vault/tlog_policy.h"
#include "role/vault/tlog_receipt.h"

#define RESTRICT_PROOF_BYTES_MAX (TLOG_RECEIPT_BYTES_MAX + 4U * RESTRICT_TEXT_BYTES)

/* Texts and line point into the bytes that it was read from, or to the writer's. */
struct restrict_proof {
    struct span line;
    u64 number;
    struct restrict_leaf leaf; /* tags alone are read and written */
    u8 code_salt[RESTRICT_SALT_BYTES];
    struct span code; /* with its newline, as the other texts */
    u8 decision_salt[RESTRICT_SALT_BYTES];
    struct span decision;
    bool has_facts;
    u8 facts_salt[RESTRICT_SALT_BYTES];
    struct span facts;
    struct tlog_hash facts_closed; /* where they are not shown */
    struct tlog_proof path;
    struct span receipt;
};

/* clang-format off */
#define RESTRICT_PROOF_FLAW_TABLE(ROW)                                                        \
    ROW(NONE, "none", "nothing is wrong")                                                     \
    ROW(TEXT, "text", "the file is no exported decision")                                     \
    ROW(LINE, "line", "the line is no day's of restrictions")                                 \
    ROW(CODE, "code", "the code is not that of the decision")                                 \
    ROW(NUMBER, "number", "leaf or sequence are not among those of the day")                  \
    ROW(PATH, "path", "texts, salts, tags and path do not lead to the day's root")            \
    ROW(RECEIPT, "receipt", "the receipt does not prove the line")                            \
    ROW(STRANGER, "stranger", "a signature line of a key that the policy does not name")
/* clang-format on */

#define RESTRICT_PROOF_ENUM_ROW(constant, name, text) RESTRICT_PROOF_##constant,
enum restrict_proof_flaw { RESTRICT_PROOF_FLAW_TABLE(RESTRICT_PROOF_ENUM_ROW) };
#undef RESTRICT_PROOF_ENUM_ROW

const char *restrict_proof_flaw_name(enum restrict_proof_flaw flaw);
const char *restrict_proof_flaw_meaning(enum restrict_proof_flaw flaw);

/* Returns the bytes written, 0 when they do not fit. */
MUST_USE size_t restrict_proof_write(const struct restrict_proof *proof, u8 *target,
                                     size_t target_bytes);
/* False: it is not exactly what restrict_proof_write writes. */
MUST_USE bool restrict_proof_read(struct span bytes, struct restrict_proof *proof_out);

/* What a verified file says. */
struct restrict_proof_verdict {
    struct restrict_day day;
    u64 seq;
    enum tlog_flaw receipt_flaw; /* with RECEIPT: which */
    struct tlog_verdict log;
};

/* The first thing that is wrong. */
MUST_USE enum restrict_proof_flaw restrict_proof_verify(struct tlog_crypto *crypto,
                                                        const struct tlog_policy *policy,
                                                        struct restrict_proof *proof,
                                                        struct restrict_proof_verdict *verdict_out);

#endif /* ROLE_VAULT_RESTRICT_PROOF_H */
