/* How many decisions about one country there were in a period, signed by an ombud, with what is
 * needed to count them again: every leaf of every day, open where the country is and closed where
 * it is not (role/vault/restrict_leaf.h). No account, person, amount or other country is in it.
 * docs/restriction-log.md "A claim" has the bytes. */
#ifndef ROLE_VAULT_RESTRICT_CLAIM_H
#define ROLE_VAULT_RESTRICT_CLAIM_H

#include "base/base.h"
#include "io/sign.h"
#include "role/vault/restrict_leaf.h"
#include "role/vault/restrict_line.h"
#include "role/vault/restrict_rows.h"
#include "role/vault/tlog_policy.h"

#define RESTRICT_CLAIM_BYTES_MAX  (256U << 20)
#define RESTRICT_CLAIM_HEAD_BYTES 131072U
#define RESTRICT_CLAIM_DAYS_MAX   1100U
#define RESTRICT_CLAIM_CODES_MAX  512U
#define RESTRICT_CLAIM_CELL_MIN   5U /* fewer decisions of a code may point at somebody */

struct restrict_claim_count {
    u64 count;
    char code[RESTRICT_CODE_BYTES]; /* with its newline */
};

/* What the signed part says. Large: static. */
struct restrict_claim {
    struct span origin;
    u16 country;
    u32 from; /* days, both included */
    u32 to;
    u64 decisions;
    u64 of; /* those about the country */
    u32 missed_count;
    u32 missed[RESTRICT_CLAIM_DAYS_MAX];
    u32 counts_count;
    struct restrict_claim_count counts[RESTRICT_CLAIM_CODES_MAX]; /* rising by code */
    u8 evidence[SHA256_BYTES];
    u64 time_us;
    struct span ombud; /* base64 of the public key */
};

/* Counts one more of a code; false: there are too many codes. */
MUST_USE bool restrict_claim_add(struct restrict_claim *claim, const char *code);
/* The lines before the signature; 0: they do not fit, or a time or country is none. */
MUST_USE size_t restrict_claim_head(const struct restrict_claim *claim,
                                    char target[RESTRICT_CLAIM_HEAD_BYTES]);

/* clang-format off */
#define RESTRICT_CLAIM_FLAW_TABLE(ROW)                                                         \
    ROW(NONE, "none", "nothing is wrong")                                                      \
    ROW(TEXT, "text", "the file is no claim")                                                  \
    ROW(SIGNATURE, "signature", "it is not signed by this ombud")                              \
    ROW(LOG, "log", "the checkpoint is not believed")                                          \
    ROW(DAY, "day", "a day of the period is not there, or not as the log has it")              \
    ROW(KEY, "key", "the country's key is not the one that the day's line fixes")              \
    ROW(LEAF, "leaf", "a day's leaves are not those of its root: left out, added or changed")  \
    ROW(OPEN, "open", "a leaf is open without the country, or closed with it")                 \
    ROW(COUNT, "count", "the statement is not what the evidence gives")
/* clang-format on */

#define RESTRICT_CLAIM_ENUM_ROW(constant, name, text) RESTRICT_CLAIM_##constant,
enum restrict_claim_flaw { RESTRICT_CLAIM_FLAW_TABLE(RESTRICT_CLAIM_ENUM_ROW) };
#undef RESTRICT_CLAIM_ENUM_ROW

const char *restrict_claim_flaw_name(enum restrict_claim_flaw flaw);
const char *restrict_claim_flaw_meaning(enum restrict_claim_flaw flaw);

/* What is needed to check one, and what comes out. Large: static. */
struct restrict_claim_check {
    struct tlog_crypto *crypto;
    const struct tlog_policy *policy;
    struct span ombud_pem; /* the public key */
    /* what comes out */
    struct restrict_claim claim;
    u32 day;                 /* where something is wrong */
    enum tlog_flaw log_flaw; /* with LOG */
    struct tlog_verdict log;
    /* its own */
    struct restrict_leaf leaf;
    struct tlog_proof proof;
    struct tlog_checkpoint checkpoint;
    struct restrict_day last;
    char head[RESTRICT_CLAIM_HEAD_BYTES];
};

/* FAULT_INPUT: the key is none. *flaw_out is the first thing that is wrong. */
MUST_USE enum fault restrict_claim_verify(struct restrict_claim_check *check, struct span bytes,
                                          enum restrict_claim_flaw *flaw_out);

struct restrict_claim_wish {
    struct restrict_rows *rows;
    struct tlog_files *files; /* the log's */
    u16 country;
    u32 from;
    u32 to;
    u64 now_us;
    bool small_cells; /* may be told */
    struct span private_pem;
};

/* The whole file, of malloc, which the caller frees also after a fault. FAULT_REFUSED: fewer than
 * RESTRICT_CLAIM_CELL_MIN of a code. FAULT_MISSING, FAULT_UNAVAILABLE: a day is not in the log.
 * FAULT_DIVERGED: what is kept is not what was logged. */
MUST_USE enum fault restrict_claim_write(const struct restrict_claim_wish *wish, u8 **bytes_out,
                                         size_t *size_out);

#endif /* ROLE_VAULT_RESTRICT_CLAIM_H */
