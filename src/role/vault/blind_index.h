/* The blind index: which records have exactly this value, without the value.
 *
 * A value is brought into one form for its field and hashed with BLAKE2b under a key of the field,
 * derived from the one in `index.key` (docs/vault.md "Blind index"). The keys are in locked memory
 * until the index is closed. Equal values of a field have equal tags; of two fields, never. */
#ifndef ROLE_VAULT_BLIND_INDEX_H
#define ROLE_VAULT_BLIND_INDEX_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/personal.h"
#include "role/vault/vault_store.h"

#define BLIND_KEY_FILE "index.key"

/* constant, number, name. Permanent; append new rows. */
#define BLIND_FIELD_TABLE(ROW)   \
    ROW(EMAIL, 1, "email")       \
    ROW(PHONE, 2, "phone")       \
    ROW(DOCUMENT, 3, "document") \
    ROW(ACCOUNT, 4, "account")   \
    ROW(PERSON, 5, "person")

#define BLIND_FIELD_ROW(constant, number, name) BLIND_##constant = (number),
enum blind_field { BLIND_FIELD_TABLE(BLIND_FIELD_ROW) };
#undef BLIND_FIELD_ROW
#define BLIND_FIELD_MAX 5U

struct blind_index;

/* Reads the key, or makes one where there is none. `folder` is the vault's. */
MUST_USE enum fault blind_index_open(struct blind_index **index_out, struct disk *disk,
                                     const char *folder);
/* NULL is nothing. */
void blind_index_close(struct blind_index *index);

/* 0: no such field. */
u32 blind_field_by_name(struct span name);

/* Makes the tag of a value, which is brought into its form in place. False: it is none of the
 * field's, or there is no such field. The value is wiped. */
MUST_USE bool blind_index_tag(const struct blind_index *index, u32 field, struct personal *value,
                              struct vault_tag *tag_out);

/* The key of what is remembered of records that are gone (vault_store.h): 32 bytes in the index's
 * locked memory, until it is closed. */
const u8 *blind_index_mark_key(const struct blind_index *index);

#endif /* ROLE_VAULT_BLIND_INDEX_H */
