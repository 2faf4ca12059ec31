/* keys.db: the API keys where they outlive the process. Names, sealed secrets or public keys, and
 * the networks a key may be used from (DECISIONS 19, docs/auth.md "Where keys are kept").
 *
 * A row says nothing about whose a key is or what it may: that is in the journal, under the key's
 * id, and a row without a key in force there is dead weight. A row is on the disk before its id is
 * given away (keystore_add returns after the sync), so that no key in force lacks its secret.
 * Secrets are sealed under the key file beside the database and bound to the name of their key.
 *
 * One process has it open, one thread at a time. */
#ifndef ROLE_GATEWAY_KEYSTORE_H
#define ROLE_GATEWAY_KEYSTORE_H

#include "io/seal.h"
#include "io/sql.h"
#include "role/gateway/keys.h"

#define KEYSTORE_FILE      "keys.db"
#define KEYSTORE_SEAL_FILE "keys.seal"
#define KEYSTORE_LABEL_MAX 32U
#define KEYSTORE_PRUNE_MAX 256U

enum keystore_statement {
    KEYSTORE_ADD,
    KEYSTORE_ALL,
    KEYSTORE_COUNT,
    KEYSTORE_LABEL,
    KEYSTORE_OLDER,
    KEYSTORE_FORGET,
    KEYSTORE_STATEMENTS,
};

struct keystore {
    struct sql sql;
    struct seal_key seal;
    struct sqlite3_stmt *statements[KEYSTORE_STATEMENTS];
};

/* One key. Spans point into memory that is the callee's to use until it returns. */
struct keystore_row {
    u8 name[AUTH_KEY_BYTES];
    u8 key_id[KEY_ID_BYTES];
    u8 kind;            /* enum key_kind */
    struct span secret; /* hmac: in the clear; else empty */
    struct span public; /* ed25519, rsa: PEM or DER; else empty */
    struct auth_network networks[KEYS_NETWORKS_MAX];
    u32 networks_count;
    struct span label; /* what its owner calls it: at most KEYSTORE_LABEL_MAX bytes */
    u64 created_us;
};

/* Opens or makes both files in the folder, which exists. FAULT_MISSING: there are keys, but the
 * file they are sealed under is gone. Otherwise the faults of sql_open and seal_key_open. */
MUST_USE enum fault keystore_open(struct keystore *store, const char *folder);
/* A closed one is fine. */
void keystore_close(struct keystore *store);

/* Adds a key and returns once it is on the disk. FAULT_EXISTS: its name or id is there.
 * FAULT_INPUT: a field is out of its bounds, or does not go with the kind. */
MUST_USE enum fault keystore_add(struct keystore *store, const struct keystore_row *row);

/* Sees each key, the oldest first; a fault ends the walk and is returned. The secret is wiped when
 * it returns. */
struct keystore_reader {
    enum fault (*row)(struct keystore_reader *reader, const struct keystore_row *row);
};

/* *unreadable_out counts rows that were left out: a secret that does not open, a field out of its
 * bounds. */
MUST_USE enum fault keystore_each(struct keystore *store, struct keystore_reader *reader,
                                  u32 *unreadable_out);

/* What its owner calls the key of this id; 0 bytes: nothing, or there is no such row. */
MUST_USE enum fault keystore_label(struct keystore *store, const u8 id[KEY_ID_BYTES],
                                   u8 label_out[KEYSTORE_LABEL_MAX], size_t *bytes_out);

/* Puts the key of a row into the table. Faults of keys_put. */
MUST_USE enum fault keystore_row_put(struct keys *keys, const struct keystore_row *row);

/* Puts every key into the table, which follows a view. Rows that cannot be read are left out and
 * logged by number; FAULT_ROT when there are such and no other, as under another key file.
 * FAULT_LIMIT: the table is too small. */
MUST_USE enum fault keystore_load(struct keystore *store, struct keys *keys);

/* Deletes rows made before `before_us` whose ids are not in force in the view: keys that were
 * revoked, or never set. At most KEYSTORE_PRUNE_MAX in one call and transaction; *count_out: how
 * many. What is deleted is gone for good, so the view must hold everything that is durable: an
 * engine that has recovered has said how far the log goes, and the view has come there. */
MUST_USE enum fault keystore_prune(struct keystore *store, const struct view *view, u64 before_us,
                                   u32 *count_out);

#endif /* ROLE_GATEWAY_KEYSTORE_H */
