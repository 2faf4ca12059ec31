/* `cambist why --export`: one decision about an account or a person as a file that proves itself
 * (role/vault/restrict_proof.h), and `cambist log check-decision`, which reads it. */
#ifndef APP_RESTRICT_EXPORT_H
#define APP_RESTRICT_EXPORT_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/restrict_proof.h"

struct restrict_export {
    const char *data;  /* the venue's folder */
    const char *packs; /* where HASH.json are; NULL: packs in the folder */
    const char *file;  /* that is written */
    u32 account;       /* asked about, where by_account */
    u32 person;        /* else this one */
    bool by_account;
    bool has_sequence;
    u64 seq;
    bool has_item;
    u64 item;
    bool for_customer; /* only what this customer may show */
};

/* "812" or "812-1", into the last fields of it. */
MUST_USE bool restrict_export_sequence(const char *text, struct restrict_export *export_out);

/* FAULT_MISSING: there is none, or none that a customer may show: both say the same. */
MUST_USE enum fault restrict_export_run(const struct restrict_export *export);

/* The file at `path` under a policy. FAULT_ROT names the first thing that is wrong; otherwise what
 * the file proves is printed. */
MUST_USE enum fault restrict_export_check(const char *path, struct tlog_crypto *crypto,
                                          const struct tlog_policy *policy);

#endif /* APP_RESTRICT_EXPORT_H */
