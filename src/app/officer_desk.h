/* An officer's folder of work, as their page shows it (docs/officer-page.md "The folder"): grants
 * in files NAME.grant, with or without approvals, and folders of openings. Files of one grant, told
 * by its hash, are one row with all their signatures.
 *
 * It is read anew each time, with the officer's own circle, policy and transcripts; nothing of it
 * is believed for its name. */
#ifndef APP_OFFICER_DESK_H
#define APP_OFFICER_DESK_H

#include "app/open_folder.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/vault/grant_circle.h"

#define DESK_GRANTS_MAX  64U
#define DESK_FOLDERS_MAX 64U
#define DESK_FLAWS_MAX   32U
#define DESK_NAMES_MAX   1024U /* in the folder that are looked at */
#define DESK_GRANT       ".grant"
#define DESK_REFUSAL     ".refusal"
#define DESK_ACTS        ".acts" /* of a case, behind its 32 digits */
#define DESK_SHORT_HEX   16U     /* digits of a grant's hash in the names that are made here */

/* constant, name: how far an opening is. */
#define DESK_STEP_TABLE(ROW)                                                  \
    ROW(WAITS, "waits")         /* the grant's event is not shown yet */      \
    ROW(LOGGED, "logged")       /* in the log; no opening has begun */        \
    ROW(BEGUN, "begun")         /* an opening whose event is not shown yet */ \
    ROW(ASKS, "asks")           /* everything holds: it waits for my share */ \
    ROW(HELD, "held")           /* something does not hold: `why` */          \
    ROW(RELEASED, "released")   /* my answer is there */                      \
    ROW(DELIVERED, "delivered") /* its manifest is there */                   \
    ROW(MISMATCH, "mismatch")   /* the record is of somebody else: nothing was delivered */

/* constant, name: what a row is about, for this officer. */
#define DESK_STATE_TABLE(ROW)                                                    \
    ROW(BARRED, "barred")   /* another venue, or a recipient not pinned */       \
    ROW(RECUSED, "recused") /* this officer may not take part */                 \
    ROW(EXPIRED, "expired")                                                      \
    ROW(REFUSED, "refused")    /* by this officer, with a note */                \
    ROW(TO_APPROVE, "approve") /* not approved by this officer, nor by enough */ \
    ROW(APPROVED, "approved")  /* by this officer; others are missing */         \
    ROW(ENOUGH, "enough")      /* approved by enough; no folder of an opening */ \
    ROW(OPENING, "opening")    /* the steps of its folders say more */

#define DESK_STEP_ROW(constant, name)  DESK_STEP_##constant,
#define DESK_STATE_ROW(constant, name) DESK_##constant,
enum desk_step { DESK_STEP_TABLE(DESK_STEP_ROW) };
enum desk_state { DESK_STATE_TABLE(DESK_STATE_ROW) };
#undef DESK_STEP_ROW
#undef DESK_STATE_ROW

struct desk_approval {
    const struct circle_officer *officer; /* NULL: the circle knows nobody of that code */
    char code[CODE_NAME_BYTES];
    bool counts;
    char why[FAULT_TEXT_BYTES]; /* it does not */
};

struct desk_grant {
    struct grant_file file;
    char name[FILE_NAME_BYTES]; /* of the first file, or of its folder */
    enum desk_state state;
    char why[FAULT_TEXT_BYTES]; /* barred, recused, or what approvals are missing */
    bool is_mine;               /* this officer's good signature is below it */
    bool is_refused;            /* this officer's good note is there */
    bool may_sign;
    u32 people[2]; /* of each group whose approval counts */
    u32 wanted[2];
    u32 approvals_count;
    struct desk_approval approvals[CIRCLE_OFFICERS_MAX];
};

struct desk_folder {
    char name[FILE_NAME_BYTES];
    u32 grant; /* its place */
    enum desk_step step;
    bool is_logged; /* the grant's event was shown and holds: */
    u64 log_index;
    u64 log_known_s;            /* by when a quorum of witnesses had seen it */
    char why[FAULT_TEXT_BYTES]; /* of HELD */
};

/* A name in the folder that is to be a grant or an opening, and is none. */
struct desk_flaw {
    char name[FILE_NAME_BYTES];
    char why[FAULT_TEXT_BYTES];
};

struct officer_desk {
    u32 grants_count;
    u32 folders_count;
    u32 flaws_count;
    u32 left_out; /* names beyond the bounds above */
    struct desk_grant grants[DESK_GRANTS_MAX];
    struct desk_folder folders[DESK_FOLDERS_MAX];
    struct desk_flaw flaws[DESK_FLAWS_MAX];
};

/* Whose desk it is, and what they believe. */
struct desk_owner {
    struct disk *disk;
    const char *folder;
    const struct open_pins *pins;
    const struct circle_officer *me;
};

/* Reads and judges all of it, by the clock of the pins. A file that is wrong is a flaw, not a
 * fault. */
MUST_USE enum fault officer_desk_read(const struct desk_owner *owner,
                                      struct officer_desk *desk_out);

/* NULL: there is none. */
const struct desk_grant *officer_desk_find(const struct officer_desk *desk,
                                           const u8 hash[GRANT_HASH_BYTES]);

/* "5a5a5a5a5a5a5a5a.anna.grant": what this officer makes of the grant. */
void officer_desk_name(const struct grant_file *file, const char *code, const char *ending,
                       char target[FILE_NAME_BYTES]);

const char *desk_step_name(enum desk_step step);
const char *desk_state_name(enum desk_state state);

#endif /* APP_OFFICER_DESK_H */
