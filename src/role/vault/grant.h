/* A grant: what officers of both groups allow to be opened, as the one text that they sign
 * (docs/opening.md "The grant").
 *
 *     cambist grant v1
 *     venue: demo.invalid
 *     case: 00112233445566778899aabbccddeeff
 *     kind: authority
 *     ...
 *     identifier: 7 document <hash of what the paper says>
 *     record: 7 bank 1 1 1 deliver 2026-01-01..2026-06-30 <hash of the row>
 *
 * Each meaning has one text and each text one meaning: it is read, printed again, and refused when
 * that gives other bytes. Nothing in it stands for more than it names: no wildcard, no range of
 * people, nothing but ASCII, no field twice, none that is not known, records in their order. */
#ifndef ROLE_VAULT_GRANT_H
#define ROLE_VAULT_GRANT_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "role/vault/age_file.h"
#include "role/vault/publog_leaf.h"
#include "role/vault/seal_record.h"
#include "role/vault/share_group.h"

#define GRANT_TEXT_BYTES      12288U /* the longest, with the zero: asserted in grant.c */
#define GRANT_RECORDS_MAX     48U
#define GRANT_IDENTIFIERS_MAX 32U
#define GRANT_SUBJECTS_MAX    32U
#define GRANT_SUBJECTS_PLAIN  10U /* more are never plain */
#define GRANT_AUTHORITY_BYTES 33U /* a name of 1 to 32 of a-z, 0-9 and -, with the zero */
#define GRANT_NONCE_BYTES     16U
#define GRANT_HASH_BYTES      SHA256_BYTES
#define GRANT_VALUE_BYTES_MAX 256U /* of an identifier as a paper says it */

#define GRANT_PLAIN_S     86400U /* how long it may hold, at most */
#define GRANT_EMERGENCY_S 7200U
#define GRANT_BULK_S      345600U
#define GRANT_BULK_WAIT_S 259200U /* from the witnesses' knowledge of it to the first release */

/* constant, number, name. Permanent; append new rows. */
#define GRANT_KIND_TABLE(ROW)                                         \
    ROW(AUTHORITY, 1, "authority") /* a request of an authority */    \
    ROW(REPORT, 2, "report")       /* the venue's statutory report */ \
    ROW(CUSTOMER, 3, "customer")   /* the person's own request */     \
    ROW(REVIEW, 4, "review")       /* a sign-up that is looked at */

#define GRANT_BASIS_TABLE(ROW)                                                              \
    ROW(UNION_LAW, 1, "union-law") /* of the Union or a member state: which names itself */ \
    ROW(TREATY, 2, "treaty")       /* mutual legal assistance, for everybody else */        \
    ROW(DUTY, 3, "duty")           /* the venue has to report */                            \
    ROW(ACCESS, 4, "access")       /* the person has a right to it */                       \
    ROW(SIGN_UP, 5, "sign-up")

/* As the case it is of: what was asked of more than ten people stays bulk, and what a search found
 * a search, of however few something is opened in the end. */
#define GRANT_CLASS_TABLE(ROW) \
    ROW(PLAIN, 1, "plain")     \
    ROW(BULK, 2, "bulk")       \
    ROW(SEARCH, 3, "search")

#define GRANT_FIELD_TABLE(ROW)         \
    ROW(NAME, 1, "name")               \
    ROW(BIRTH_DATE, 2, "birth-date")   \
    ROW(NATIONALITY, 3, "nationality") \
    ROW(DOCUMENT, 4, "document")       \
    ROW(EMAIL, 5, "email")             \
    ROW(PHONE, 6, "phone")             \
    ROW(ACCOUNT, 7, "account")         \
    ROW(KEY, 8, "key") /* of age: where the person's own answers go */

#define GRANT_ROW(constant, number, name)       GRANT_##constant = (number),
#define GRANT_FIELD_ROW(constant, number, name) GRANT_FIELD_##constant = (number),
#define GRANT_CLASS_ROW(constant, number, name) GRANT_CLASS_##constant = (number),
enum grant_kind { GRANT_KIND_TABLE(GRANT_ROW) };
enum grant_basis { GRANT_BASIS_TABLE(GRANT_ROW) };
enum grant_field { GRANT_FIELD_TABLE(GRANT_FIELD_ROW) };
enum grant_class { GRANT_CLASS_TABLE(GRANT_CLASS_ROW) };
#undef GRANT_ROW
#undef GRANT_FIELD_ROW
#undef GRANT_CLASS_ROW

/* What the paper says of a person, as a hash: the opener compares it with what the record says. */
struct grant_identifier {
    u64 subject;
    enum grant_field field;
    u8 hash[32];
};

struct grant_record {
    struct seal_label label;
    bool is_compared; /* opened for its identifiers alone, and not delivered */
    u32 from_day;     /* days since 1970 of dated lines, both among them; 0 and 0: none of those */
    u32 to_day;
    u8 row[32]; /* grant_row_hash: label, wrap and hash of the body */
};

struct grant {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    u8 name[PUBLOG_CASE_BYTES]; /* of the case */
    enum grant_kind kind;
    enum grant_basis basis;
    char country[3];
    u8 instrument[32];                     /* SHA-256 of the paper */
    char authority[GRANT_AUTHORITY_BYTES]; /* "none" for a customer's own request alone */
    u8 recipient[AGE_KEY_BYTES];
    enum grant_class class;
    bool is_emergency;
    u64 silence_s; /* until when the person is not told; 0: told at once */
    u64 issued_s;
    u64 expires_s;
    u8 nonce[GRANT_NONCE_BYTES];
    u64 log_size; /* of the public log when this was written: its own entry comes behind */
    u32 identifiers_count;
    u32 records_count;
    u32 subjects_count; /* follows from the records */
    struct grant_identifier identifiers[GRANT_IDENTIFIERS_MAX];
    struct grant_record records[GRANT_RECORDS_MAX];
};

const char *grant_kind_name(enum grant_kind kind);
const char *grant_class_name(enum grant_class class);
/* Bulk and search: one more officer of each group, and GRANT_BULK_WAIT_S in the log. */
bool grant_waits(const struct grant *grant);
/* What everybody sees of it at once: the flags of its event and its slot's leaf. */
u8 grant_flags(const struct grant *grant);
/* For how long a grant of such a class and urgency may hold, in seconds. */
u64 grant_longest_s(const struct grant *grant);
const char *grant_field_name(enum grant_field field);

/* The size, without the zero at the end. The grant is one that grant_check takes. */
size_t grant_print(const struct grant *grant, char target[GRANT_TEXT_BYTES]);

/* FAULT_INPUT with "NAME:LINE: reason", for what is no grant in its one form. */
MUST_USE enum fault grant_read(struct span text, const char *name, struct grant *grant_out);

/* Counts the people, and refuses what no grant may say, whoever signs it. FAULT_INPUT; grant_read
 * asks it too. */
MUST_USE enum fault grant_check(struct grant *grant, const char *name);

/* What binds a record in a grant: BLAKE2b under the name "row". */
void grant_row_hash(const struct seal_label *label, const struct seal_wrap *wrap,
                    const u8 body_hash[SEAL_HASH_BYTES], u8 row_out[32]);

/* What stands for an identifier in a grant with this nonce. False: the value has no form of the
 * field. Small and capital letters, blanks and signs between do not count where they mean nothing.
 */
MUST_USE bool grant_identifier_hash(const u8 nonce[GRANT_NONCE_BYTES], u64 subject,
                                    enum grant_field field, struct span value, u8 hash_out[32]);
/* 0: no such name. */
u32 grant_field_by_name(struct span name);

/* The salt of the mark that an opening under this grant leaves in the log: the same each time, so
 * that who holds the grant recognises an earlier one. BLAKE2b under the name "opening-mark". */
void grant_mark_salt(const struct grant *grant, const u8 hash[GRANT_HASH_BYTES],
                     u8 salt_out[PUBLOG_SALT_BYTES]);

/* "2026-11-23T12:00:00Z" and "2026-11-23", each with a zero. */
#define GRANT_MOMENT_BYTES 24U
void grant_moment_print(u64 seconds, char target[GRANT_MOMENT_BYTES]);
/* False: no such text, or not within 1970 to 9999. */
MUST_USE bool grant_moment_read(struct span text, u64 *seconds_out);
void grant_day_print(u32 day, char target[GRANT_MOMENT_BYTES]);

#endif /* ROLE_VAULT_GRANT_H */
