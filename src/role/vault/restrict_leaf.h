/* The leaf of a decision in its day's tree: commitments to its texts, and a tag for each of its
 * countries. docs/restriction-log.md "A leaf" has the bytes.
 *
 * Everything comes out of the venue's key, the day, the leaf's number and the texts, so leaves can
 * be made again from the journal. The key of a country on a day shows, leaf by leaf, where that
 * country is and where it is not, and nothing else; a tree over the keys of all countries fixes
 * each before anybody asks for one. */
#ifndef ROLE_VAULT_RESTRICT_LEAF_H
#define ROLE_VAULT_RESTRICT_LEAF_H

#include "base/base.h"
#include "io/digest.h"
#include "io/sign.h"
#include "role/vault/restrict_text.h"
#include "role/vault/tlog_merkle.h"

#define RESTRICT_KEY_BYTES      32U
#define RESTRICT_SALT_BYTES     32U
#define RESTRICT_TAG_BYTES      16U
#define RESTRICT_TAGS_MAX       64U
#define RESTRICT_LEAF_HEAD      40U /* bytes before the tags */
#define RESTRICT_LEAF_BYTES_MAX (RESTRICT_LEAF_HEAD + RESTRICT_TAGS_MAX * RESTRICT_TAG_BYTES)
#define RESTRICT_COUNTRIES      676U /* AA to ZZ */
#define RESTRICT_KEY_PATH       10U  /* hashes at most from a country's key to the root */

enum restrict_part { RESTRICT_PART_CODE = 1, RESTRICT_PART_DECISION = 2, RESTRICT_PART_FACTS = 3 };

/* The venue's key, and what computes with it. One thread. */
struct restrict_maker {
    struct signer signer;
    u8 unused[8]; /* the signer's, for kinds of keys that are not used here */
    struct sign_key key;
    struct sha256 *sha256; /* the caller's */
};

MUST_USE enum fault restrict_maker_open(struct restrict_maker *maker, struct sha256 *sha256,
                                        const u8 key[RESTRICT_KEY_BYTES]);
void restrict_maker_close(struct restrict_maker *maker);

/* What a key is known by where it is not to be seen. */
void restrict_key_id(struct sha256 *sha256, const u8 key[RESTRICT_KEY_BYTES],
                     u8 id_out[SHA256_BYTES]);

/* Where a leaf stands. */
struct restrict_place {
    u32 day;
    u64 number;
};

void restrict_salt(struct restrict_maker *maker, enum restrict_part part,
                   const struct restrict_place *place, struct span text,
                   u8 salt_out[RESTRICT_SALT_BYTES]);
/* 1 <= country <= RESTRICT_COUNTRIES. */
void restrict_country_key(struct restrict_maker *maker, u32 day, u16 country,
                          u8 key_out[RESTRICT_KEY_BYTES]);
/* The tree over all countries' keys of a day: its root; and, where `proof_out` is not NULL, the
 * path of `country`. */
void restrict_keys_root(struct restrict_maker *maker, u32 day, u16 country,
                        struct tlog_hash *root_out, struct tlog_proof *proof_out);

/* What a leaf's bytes hold. */
struct restrict_leaf {
    struct tlog_hash parts;
    u32 tags_count;
    u8 tags[RESTRICT_TAGS_MAX][RESTRICT_TAG_BYTES];
};

/* The tags of the countries among as many that stand for nothing as are needed. */
void restrict_tags_make(struct restrict_maker *maker, const struct restrict_place *place,
                        const u16 *countries, u32 countries_count, struct restrict_leaf *leaf_out);

/* The whole leaf; `texts` are code, decision and facts. */
void restrict_leaf_make(struct restrict_maker *maker, const struct restrict_place *place,
                        const struct span texts[3], const u16 *countries, u32 countries_count,
                        struct restrict_leaf *leaf_out);

/* ---- what everybody can compute ---- */

void restrict_commit(struct sha256 *sha256, enum restrict_part part,
                     const u8 salt[RESTRICT_SALT_BYTES], struct span text,
                     struct tlog_hash *commitment_out);
void restrict_tag(struct sha256 *sha256, const u8 key[RESTRICT_KEY_BYTES], u64 number,
                  u8 tag_out[RESTRICT_TAG_BYTES]);
MUST_USE bool restrict_leaf_has(const struct restrict_leaf *leaf, const u8 tag[RESTRICT_TAG_BYTES]);
/* 8, 16, 32 or 64. */
MUST_USE bool restrict_tags_count_valid(u32 count);
void restrict_leaf_hash(struct sha256 *sha256, const struct restrict_leaf *leaf,
                        struct tlog_hash *hash_out);
/* Tags as hexadecimal digits and back; false: no such tags, or they do not rise. */
#define RESTRICT_TAGS_TEXT (2U * RESTRICT_TAGS_MAX * RESTRICT_TAG_BYTES + 1U)
void restrict_tags_print(const struct restrict_leaf *leaf, char target[RESTRICT_TAGS_TEXT]);
MUST_USE bool restrict_tags_read(struct span text, struct restrict_leaf *leaf_out);

#endif /* ROLE_VAULT_RESTRICT_LEAF_H */
