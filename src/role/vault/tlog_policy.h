/* A policy: whose signatures a reader of the log believes. A text file (c2sp.org/tlog-policy) with
 * two kinds of lines of our own, `operator` and `independent`:
 *
 *     log <vkey> [<url>]
 *     witness <name> <vkey> [<url>]
 *     group <name> all|any|<k> <member>...     members: witnesses and groups above it
 *     quorum <name>|none                       once
 *     operator <name> <witness>...             who runs them; `venue` is the venue itself
 *     independent <n>                          so many operators beside the venue must have
 * cosigned
 *
 * Empty lines and lines that begin with # are passed over. A mistake names its line. A checkpoint
 * is believed when a log of the policy signed it under its own name as origin, every line of a
 * known witness verifies, the quorum is reached and enough operators are independent. A witness
 * without an operator counts for the quorum, but never as independent. */
#ifndef ROLE_VAULT_TLOG_POLICY_H
#define ROLE_VAULT_TLOG_POLICY_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_flaw.h"
#include "role/vault/tlog_note.h"
#include "role/vault/tlog_receipt.h"

#define TLOG_POLICY_BYTES_MAX     65536U
#define TLOG_POLICY_LOGS_MAX      32U
#define TLOG_POLICY_WITNESSES_MAX 32U
#define TLOG_POLICY_GROUPS_MAX    32U
#define TLOG_POLICY_OPERATORS_MAX 32U
#define TLOG_POLICY_WORD_BYTES    128U /* a name in the file, with the zero */
#define TLOG_POLICY_URL_BYTES     256U /* the same of an address */

struct tlog_policy_witness {
    char name[TLOG_POLICY_WORD_BYTES];
    char url[TLOG_POLICY_URL_BYTES]; /* as it stands, without a slash at the end; empty: none */
    u32 operator_place;              /* 1 and up; 0: nobody said */
    struct tlog_key key;
};

/* Members are bits: one mask of witnesses, one of groups that stand before it. */
struct tlog_policy_group {
    char name[TLOG_POLICY_WORD_BYTES];
    u32 wanted;
    u32 witnesses;
    u32 groups;
};

struct tlog_policy {
    u32 logs_count;
    u32 witnesses_count;
    u32 groups_count;
    u32 operators_count;
    u32 independent;
    struct tlog_policy_group quorum; /* `wanted` 0: none */
    struct tlog_key logs[TLOG_POLICY_LOGS_MAX];
    struct tlog_policy_witness witnesses[TLOG_POLICY_WITNESSES_MAX];
    struct tlog_policy_group groups[TLOG_POLICY_GROUPS_MAX];
    char operators[TLOG_POLICY_OPERATORS_MAX][TLOG_POLICY_WORD_BYTES];
};

/* FAULT_INPUT, with the line in its text. */
MUST_USE enum fault tlog_policy_read(struct sha256 *sha256, struct span text,
                                     struct tlog_policy *policy_out);

/* NULL: the policy may stand for people's data: every log of it is a trial's (its host is `invalid`
 * or ends with `.invalid`, RFC 2606), or every witness has an operator and at least one operator
 * beside the venue must have cosigned (DECISIONS 40). Otherwise what is missing, in words that go
 * on after a file's name. */
const char *tlog_policy_lacks(const struct tlog_policy *policy);

/* What a note says that is believed. */
struct tlog_verdict {
    struct tlog_checkpoint checkpoint; /* its origin points into the note */
    u32 cosigned;                      /* a bit per witness of the policy */
    u32 strangers;                     /* lines of keys that the policy does not name */
    u32 independent;                   /* operators beside the venue among them */
    u64 times_s[TLOG_POLICY_WITNESSES_MAX];
    u64 fresh_s; /* the latest second at or after which a quorum gave its time; 0: no quorum */
    u64 known_s; /* the earliest second by which a quorum had seen it; 0: no quorum */
};

MUST_USE enum tlog_flaw tlog_policy_verify(struct tlog_crypto *crypto,
                                           const struct tlog_policy *policy, struct span note,
                                           struct tlog_verdict *verdict_out);

/* The same for the receipt of an entry with this hash. */
MUST_USE enum tlog_flaw tlog_receipt_verify(struct tlog_crypto *crypto,
                                            const struct tlog_policy *policy,
                                            const struct tlog_receipt *receipt,
                                            const struct tlog_hash *leaf,
                                            struct tlog_verdict *verdict_out);

#endif /* ROLE_VAULT_TLOG_POLICY_H */
