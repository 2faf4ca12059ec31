/* office.db: security keys of officers, and what officers did here: each sign-in, each case that
 * they looked at (docs/office.md "The store").
 *
 *     credentials   bound by the officer's key of the register; the counter rises
 *     rows          only added: the database refuses all else
 *     venue         32 random bytes, for what is shown of officers that do not exist
 *
 * A row is on the disk before what it tells of is answered. */
#ifndef ROLE_OFFICE_OFFICE_STORE_H
#define ROLE_OFFICE_OFFICE_STORE_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "io/officers.h"
#include "io/sql.h"

#define OFFICE_CREDENTIALS_MAX 8U   /* of an officer */
#define OFFICE_ID_BYTES_MAX    255U /* of a credential */
#define OFFICE_KEY_BYTES_MAX   64U  /* of its public key */
#define OFFICE_NAME_BYTES_MAX  64U  /* that the officer gave it */
#define OFFICE_ABOUT_BYTES_MAX 64U
#define OFFICE_SECRET_BYTES    32U
#define OFFICE_ROWS_MAX        500U /* in one answer */

enum office_what {
    OFFICE_WHAT_SIGN_IN = 1,    /* about: "key" or "webauthn" */
    OFFICE_WHAT_VIEW = 2,       /* about: a case of the desk */
    OFFICE_WHAT_QUEUE_VIEW = 3, /* about: a case of the queue */
    OFFICE_WHAT_ADDED = 4,      /* about: the name of a security key */
    OFFICE_WHAT_REMOVED = 5,
};
#define OFFICE_WHATS_COUNT 6U

struct office_credential {
    u32 officer;                       /* number in the register */
    u8 officer_key[OFFICER_KEY_BYTES]; /* by which it was bound: another's is none of theirs */
    i32 kind;                          /* COSE: -7 ES256, -8 EdDSA */
    u32 counter;
    u64 made_ms;
    u64 used_ms; /* 0: never */
    size_t id_bytes;
    size_t key_bytes;
    size_t name_bytes;
    u8 id[OFFICE_ID_BYTES_MAX];
    u8 key[OFFICE_KEY_BYTES_MAX]; /* as libfido2 takes it */
    char name[OFFICE_NAME_BYTES_MAX + 1];
};

struct office_row {
    u64 number;
    u64 time_ms;
    u32 officer;
    enum office_what what;
    char about[OFFICE_ABOUT_BYTES_MAX + 1];
};

struct office_store;

/* FAULT_ROT, FAULT_FOREIGN, FAULT_NEWER as sql_open. */
MUST_USE enum fault office_store_open(struct office_store **store_out, const char *path);
/* NULL is fine. */
void office_store_close(struct office_store *store);

const u8 *office_store_secret(const struct office_store *store);

/* All of an officer, with this key of the register; the oldest first. */
MUST_USE enum fault office_credentials_of(
    struct office_store *store, const struct officer *officer,
    struct office_credential credentials_out[OFFICE_CREDENTIALS_MAX], u32 *count_out);
/* FAULT_EXISTS: the id is somebody's. FAULT_LIMIT: the officer has OFFICE_CREDENTIALS_MAX. With its
 * row, both or neither. */
MUST_USE enum fault office_credential_put(struct office_store *store,
                                          const struct office_credential *credential, u64 now_ms);
/* Its counter and the time of its use. */
MUST_USE enum fault office_credential_used(struct office_store *store, struct span id, u32 counter,
                                           u64 now_ms);
/* FAULT_MISSING: the officer has none with this id. With its row. */
MUST_USE enum fault office_credential_remove(struct office_store *store,
                                             const struct officer *officer, struct span id,
                                             u64 now_ms);

/* What is longer than OFFICE_ABOUT_BYTES_MAX is cut. */
MUST_USE enum fault office_row_put(struct office_store *store, u32 officer, enum office_what what,
                                   struct span about, u64 now_ms);
/* An officer's rows from `from_ms` to before `until_ms`, the newest first, at most `limit`. `text`:
 * only those whose `about` has it. */
MUST_USE enum fault office_rows_of(struct office_store *store, u32 officer, u64 from_ms,
                                   u64 until_ms, struct span text, u32 limit,
                                   struct office_row rows_out[OFFICE_ROWS_MAX], u32 *count_out);

#endif /* ROLE_OFFICE_OFFICE_STORE_H */
