/* An event of the public log as it is shown to somebody who holds its text: the salts, and the
 * receipt down to the witnessed checkpoint.
 *
 *     cambist-shown/v1
 *     body <salt of the text, 64 hexadecimal digits>
 *     mark <salt of the case> <end of a silence in seconds; 0 without one>
 *     <the event's receipt: cambist-event/v1>
 *
 * Who has the text and the case needs nobody else to see that exactly this was logged, where, and
 * when witnesses saw it. */
#ifndef ROLE_VAULT_PUBLOG_SHOWN_H
#define ROLE_VAULT_PUBLOG_SHOWN_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_receipt.h"
#include "role/vault/tlog_policy.h"

#define PUBLOG_SHOWN_BYTES_MAX (256U + PUBLOG_RECEIPT_BYTES_MAX)

struct publog_shown {
    u8 body_salt[PUBLOG_SALT_BYTES];
    u8 mark_salt[PUBLOG_SALT_BYTES];
    u64 until;
    struct publog_receipt receipt; /* points into the bytes it was read from */
};

/* Returns the bytes written, 0 when they do not fit. */
MUST_USE size_t publog_shown_write(const struct publog_shown *shown, u8 *target,
                                   size_t target_bytes);
/* False: the bytes are no such thing. Nothing is verified yet. */
MUST_USE bool publog_shown_read(struct span bytes, struct publog_shown *shown_out);

/* What an event must be. */
struct publog_wanted {
    enum publog_kind kind;
    enum publog_class class;
    u8 flags;
    const u8 *name; /* of the case: PUBLOG_CASE_BYTES */
    u64 until;
    struct span text;
    const u8 *mark_salt; /* NULL: any */
};

/* Where it stands, and what witnesses say. */
struct publog_seen {
    u64 index; /* of the slot's leaf in the log */
    u64 slot;
    struct tlog_verdict verdict;
};

/* FAULT_REFUSED, "WHAT: reason", when it is not exactly that, or the policy does not believe it. */
MUST_USE enum fault publog_shown_verify(struct tlog_crypto *crypto,
                                        const struct tlog_policy *policy, const char *what,
                                        const struct publog_shown *shown,
                                        const struct publog_wanted *wanted,
                                        struct publog_seen *seen_out);

/* The same for who has the case, and not the text: whoever was given the receipt with a letter.
 * Fills in *seen_out, whose verdict is that of the checkpoint, where it was reached. */
MUST_USE enum tlog_flaw publog_shown_judge(struct tlog_crypto *crypto,
                                           const struct tlog_policy *policy,
                                           const struct publog_shown *shown,
                                           const u8 name[PUBLOG_CASE_BYTES],
                                           struct publog_seen *seen_out);

#endif /* ROLE_VAULT_PUBLOG_SHOWN_H */
