/* One act at the desk, as the text that an officer signs (docs/desk.md "Acts").
 *
 *     cambist desk v1
 *     venue: demo.invalid
 *     act: receive
 *     case: 00112233445566778899aabbccddeeff
 *     prior: none
 *     officer: cleo
 *     ...
 *     subject: 1 document <hash of what the paper says>
 *     record: 1 bank 2026-01-01..2026-06-30
 *
 * Which fields an act has follows from its kind; they stand once each, in one order. Each meaning
 * has one text: it is read, printed again, and refused when that gives other bytes. `prior` is the
 * SHA-256 of the case's act before, so that an officer signs all that went before, and an act is
 * good once and for one place. */
#ifndef ROLE_DESK_DESK_ACT_H
#define ROLE_DESK_DESK_ACT_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/officers.h"
#include "role/desk/desk_words.h"

#define DESK_ACT_TEXT_BYTES  8192U /* the longest, with the zero: asserted in desk_act.c */
#define DESK_NAME_BYTES      16U   /* of a case */
#define DESK_HASH_BYTES      SHA256_BYTES
#define DESK_VENUE_BYTES     65U
#define DESK_AUTHORITY_BYTES 33U
#define DESK_REFERENCE_BYTES 65U
#define DESK_RECIPIENT_BYTES 65U
#define DESK_TELEPHONE_BYTES 25U
#define DESK_SUBJECTS_MAX    32U
#define DESK_RECORDS_MAX     48U
#define DESK_PERSONS_MAX     32U
#define DESK_PERSONS_PLAIN   10U /* more are the class bulk */
#define DESK_DAY_LAST        2932896U
#define DESK_SIGNED_MAX_S    86400U /* how old a signed act may be when it comes */
#define DESK_SIGNED_AHEAD_S  300U   /* by how much the officer's clock may be ahead */

/* By what the paper names somebody: grant_identifier_hash with the case as nonce and the ordinal
 * as subject, so that whoever has the paper can compare, and the desk's file says nothing. */
struct desk_subject {
    u32 ordinal; /* of the person in the paper, from 1 */
    u8 field;    /* enum desk_field */
    u8 hash[DESK_HASH_BYTES];
};

/* What is asked, or granted, of a person. */
struct desk_record {
    u32 ordinal;
    u8 group;     /* enum desk_group */
    u32 from_day; /* days since 1970 of dated lines, both among them; 0 and 0: no period */
    u32 to_day;
};

/* Fields that the act's kind does not have are zero. */
struct desk_act {
    char venue[DESK_VENUE_BYTES];
    u8 kind;                       /* enum desk_act_kind */
    u8 name[DESK_NAME_BYTES];      /* of the case; zeros: an act of the registers */
    u8 prior[DESK_HASH_BYTES];     /* SHA-256 of the act before; zeros ("none"): the first */
    char officer[CODE_NAME_BYTES]; /* "none": the process */
    u8 role;
    char region[CODE_NAME_BYTES];
    u64 at_s; /* when it was signed */
    u8 reason;
    u8 evidence[DESK_HASH_BYTES]; /* SHA-256 of what it rests on; zeros: "none" */
    u8 request;
    u8 mark;
    u8 opening;
    u8 basis;
    u8 class;
    u8 urgency;
    u8 contact;
    u8 type; /* of an authority */
    char country[3];
    char authority[DESK_AUTHORITY_BYTES]; /* its name in the registry, or "none" */
    char recipient[DESK_RECIPIENT_BYTES]; /* age1... */
    char telephone[DESK_TELEPHONE_BYTES];
    u8 instrument[DESK_HASH_BYTES]; /* SHA-256 of the paper; zeros: "none" */
    u8 sealed[DESK_HASH_BYTES];     /* SHA-256 of the paper as it was sealed */
    char reference[DESK_REFERENCE_BYTES];
    u64 dated_s; /* of the paper */
    u64 ends_s;  /* until when it holds; 0: "none" */
    u64 until_s; /* of a silence, a preservation, a grant */
    u8 grant[DESK_HASH_BYTES];
    u64 number; /* of the event in the log */
    u64 count;
    u8 letter[DESK_HASH_BYTES];   /* SHA-256 of the letter (desk_letter.h) */
    char member[CODE_NAME_BYTES]; /* an officer of whom the register is told */
    u32 subjects_count;
    u32 records_count;
    u32 persons_count;
    struct desk_subject subjects[DESK_SUBJECTS_MAX]; /* by ordinal, field */
    struct desk_record records[DESK_RECORDS_MAX];    /* by ordinal, group */
    u64 persons[DESK_PERSONS_MAX];                   /* the person that ordinal i + 1 is; 0: none */
};

/* The size, without the zero at the end. CHECK: an act that desk_act_read can give. */
size_t desk_act_print(const struct desk_act *act, char target[DESK_ACT_TEXT_BYTES]);

/* FAULT_INPUT with "NAME:LINE: reason", for what is no act in its one form. */
MUST_USE enum fault desk_act_read(struct span text, const char *name, struct desk_act *act_out);

/* ---- an act with its signature: the text, then "signature: CODE BASE64" ---- */

#define DESK_FILE_BYTES (DESK_ACT_TEXT_BYTES + 128U)

struct desk_file {
    struct desk_act act;
    char text[DESK_ACT_TEXT_BYTES];
    size_t text_bytes;
    bool is_signed;
    u8 signature[OFFICER_SIGNATURE_BYTES];
};

/* FAULT_INPUT with "NAME:LINE: reason". The signature's form alone is looked at; it must be of the
 * officer whom the text names. */
MUST_USE enum fault desk_file_read(struct span bytes, const char *name, struct desk_file *file_out);
size_t desk_file_print(const struct desk_file *file, char target[DESK_FILE_BYTES]);

/* Whether acts of this kind are of the registers and not of a case. */
bool desk_act_is_register(enum desk_act_kind kind);

#endif /* ROLE_DESK_DESK_ACT_H */
