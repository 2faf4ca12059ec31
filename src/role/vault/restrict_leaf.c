#include "role/vault/restrict_leaf.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_ID      "cambist/restriction-key/v1\n"
#define LABEL_SALT    "cambist/restriction-salt/v1\n"
#define LABEL_COUNTRY "cambist/restriction-country/v1\n"
#define LABEL_PAD     "cambist/restriction-pad/v1\n"
#define LABEL_TAG     "cambist/restriction-tag/v1\n"
#define LABEL_COMMIT  "cambist/restriction/v1\n"

#define TAGS_LEAST 8U

_Static_assert(SIGN_HMAC_BYTES == RESTRICT_SALT_BYTES && SIGN_HMAC_BYTES == RESTRICT_KEY_BYTES,
               "what the key makes");
_Static_assert(RESTRICT_TAGS_MAX >= RESTRICT_COUNTRIES_MAX, "a tag for each");

/* ---- with the key ---- */

enum fault restrict_maker_open(struct restrict_maker *maker, struct sha256 *sha256,
                               const u8 key[RESTRICT_KEY_BYTES])
{
    maker->sha256 = sha256;
    TRY(signer_open(&maker->signer, maker->unused, sizeof(maker->unused)));
    enum fault fault =
        sign_key_open_secret(&maker->signer, span_of(key, RESTRICT_KEY_BYTES), &maker->key);
    if (fault != FAULT_NONE) {
        signer_close(&maker->signer);
    }
    return fault;
}

void restrict_maker_close(struct restrict_maker *maker)
{
    sign_key_close(&maker->key);
    signer_close(&maker->signer);
}

void restrict_key_id(struct sha256 *sha256, const u8 key[RESTRICT_KEY_BYTES],
                     u8 id_out[SHA256_BYTES])
{
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(LABEL_ID));
    sha256_add(sha256, span_of(key, RESTRICT_KEY_BYTES));
    sha256_end(sha256, id_out);
}

void restrict_salt(struct restrict_maker *maker, enum restrict_part part,
                   const struct restrict_place *place, struct span text,
                   u8 salt_out[RESTRICT_SALT_BYTES])
{
    u8 head[13] = {(u8)part};
    bytes_put_big_u32(head + 1, place->day);
    bytes_put_big_u64(head + 5, place->number);
    const struct span pieces[] = {span_of_text(LABEL_SALT), span_of(head, sizeof(head)), text};
    sign_hmac(&maker->key, pieces, ARRAY_COUNT(pieces), salt_out);
}

void restrict_country_key(struct restrict_maker *maker, u32 day, u16 country,
                          u8 key_out[RESTRICT_KEY_BYTES])
{
    u8 head[6];
    CHECK(country >= 1 && country <= RESTRICT_COUNTRIES);
    bytes_put_big_u32(head, day);
    head[4] = (u8)(country >> 8);
    head[5] = (u8)country;
    const struct span pieces[] = {span_of_text(LABEL_COUNTRY), span_of(head, sizeof(head))};
    sign_hmac(&maker->key, pieces, ARRAY_COUNT(pieces), key_out);
}

/* All 676 hashes are computed for a root or a path: a day has one of each. */
struct keys_nodes {
    struct tlog_nodes nodes; /* first: it is cast back */
    struct restrict_maker *maker;
    u32 day;
};

static enum fault keys_node(struct tlog_nodes *base, u32 level, u64 index,
                            struct tlog_hash *hash_out)
{
    struct keys_nodes *nodes = (struct keys_nodes *)(void *)base;
    struct tlog_range range = {.size = 0};
    CHECK((index + 1) << level <= RESTRICT_COUNTRIES);
    for (u64 i = index << level; i < (index + 1) << level; i += 1) {
        u8 key[RESTRICT_KEY_BYTES];
        struct tlog_hash leaf;
        restrict_country_key(nodes->maker, nodes->day, (u16)(i + 1), key);
        tlog_hash_leaf(nodes->maker->sha256, span_of(key, sizeof(key)), &leaf);
        tlog_range_add(nodes->maker->sha256, &range, &leaf);
        secret_wipe(key, sizeof(key));
    }
    tlog_range_root(nodes->maker->sha256, &range, hash_out);
    return FAULT_NONE;
}

void restrict_keys_root(struct restrict_maker *maker, u32 day, u16 country,
                        struct tlog_hash *root_out, struct tlog_proof *proof_out)
{
    struct keys_nodes nodes = {
        .nodes = {.size = RESTRICT_COUNTRIES, .node = keys_node}, .maker = maker, .day = day};
    CHECK(tlog_root_of(maker->sha256, &nodes.nodes, RESTRICT_COUNTRIES, root_out) == FAULT_NONE);
    if (proof_out != NULL) {
        CHECK(country >= 1 && country <= RESTRICT_COUNTRIES);
        CHECK(tlog_inclusion_make(maker->sha256, &nodes.nodes, country - 1U, RESTRICT_COUNTRIES,
                                  proof_out) == FAULT_NONE);
    }
}

static int tag_compare(const void *a, const void *b)
{
    return memcmp(a, b, RESTRICT_TAG_BYTES);
}

static void pad_make(struct restrict_maker *maker, const struct restrict_place *place, u32 which,
                     u8 tag_out[RESTRICT_TAG_BYTES])
{
    u8 head[13];
    u8 made[SIGN_HMAC_BYTES];
    bytes_put_big_u32(head, place->day);
    bytes_put_big_u64(head + 4, place->number);
    head[12] = (u8)which;
    const struct span pieces[] = {span_of_text(LABEL_PAD), span_of(head, sizeof(head))};
    sign_hmac(&maker->key, pieces, ARRAY_COUNT(pieces), made);
    memcpy(tag_out, made, RESTRICT_TAG_BYTES);
}

void restrict_tags_make(struct restrict_maker *maker, const struct restrict_place *place,
                        const u16 *countries, u32 countries_count, struct restrict_leaf *leaf_out)
{
    u32 wanted = TAGS_LEAST;
    CHECK(countries_count <= RESTRICT_COUNTRIES_MAX);
    while (wanted < countries_count) {
        wanted *= 2;
    }
    for (u32 i = 0; i < wanted; i += 1) {
        u8 key[RESTRICT_KEY_BYTES];
        if (i >= countries_count) {
            pad_make(maker, place, i, leaf_out->tags[i]);
            continue;
        }
        restrict_country_key(maker, place->day, countries[i], key);
        restrict_tag(maker->sha256, key, place->number, leaf_out->tags[i]);
        secret_wipe(key, sizeof(key));
    }
    leaf_out->tags_count = wanted;
    qsort(leaf_out->tags, wanted, RESTRICT_TAG_BYTES, tag_compare);
}

void restrict_leaf_make(struct restrict_maker *maker, const struct restrict_place *place,
                        const struct span texts[3], const u16 *countries, u32 countries_count,
                        struct restrict_leaf *leaf_out)
{
    static const enum restrict_part parts[] = {RESTRICT_PART_CODE, RESTRICT_PART_DECISION,
                                               RESTRICT_PART_FACTS};
    struct tlog_hash hashes[ARRAY_COUNT(parts)];
    struct tlog_hash inner;
    for (u32 i = 0; i < ARRAY_COUNT(parts); i += 1) {
        u8 salt[RESTRICT_SALT_BYTES];
        restrict_salt(maker, parts[i], place, texts[i], salt);
        restrict_commit(maker->sha256, parts[i], salt, texts[i], &hashes[i]);
        secret_wipe(salt, sizeof(salt));
    }
    tlog_hash_node(maker->sha256, &hashes[1], &hashes[2], &inner);
    tlog_hash_node(maker->sha256, &inner, &hashes[0], &leaf_out->parts);
    restrict_tags_make(maker, place, countries, countries_count, leaf_out);
}

/* ---- without it ---- */

void restrict_commit(struct sha256 *sha256, enum restrict_part part,
                     const u8 salt[RESTRICT_SALT_BYTES], struct span text,
                     struct tlog_hash *commitment_out)
{
    u8 head = (u8)part;
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(LABEL_COMMIT));
    sha256_add(sha256, span_of(&head, 1));
    sha256_add(sha256, span_of(salt, RESTRICT_SALT_BYTES));
    sha256_add(sha256, text);
    sha256_end(sha256, commitment_out->bytes);
}

void restrict_tag(struct sha256 *sha256, const u8 key[RESTRICT_KEY_BYTES], u64 number,
                  u8 tag_out[RESTRICT_TAG_BYTES])
{
    u8 place[8];
    u8 hash[SHA256_BYTES];
    bytes_put_big_u64(place, number);
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text(LABEL_TAG));
    sha256_add(sha256, span_of(key, RESTRICT_KEY_BYTES));
    sha256_add(sha256, span_of(place, sizeof(place)));
    sha256_end(sha256, hash);
    memcpy(tag_out, hash, RESTRICT_TAG_BYTES);
}

bool restrict_leaf_has(const struct restrict_leaf *leaf, const u8 tag[RESTRICT_TAG_BYTES])
{
    for (u32 i = 0; i < leaf->tags_count; i += 1) {
        if (memcmp(leaf->tags[i], tag, RESTRICT_TAG_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

bool restrict_tags_count_valid(u32 count)
{
    return count == 8 || count == 16 || count == 32 || count == 64;
}

void restrict_leaf_hash(struct sha256 *sha256, const struct restrict_leaf *leaf,
                        struct tlog_hash *hash_out)
{
    u8 entry[RESTRICT_LEAF_BYTES_MAX] = {'C', 'R', 'E', 'S', 1};
    size_t tags_bytes = (size_t)leaf->tags_count * RESTRICT_TAG_BYTES;
    CHECK(restrict_tags_count_valid(leaf->tags_count));
    entry[5] = (u8)leaf->tags_count;
    memcpy(entry + 8, leaf->parts.bytes, TLOG_HASH_BYTES);
    memcpy(entry + RESTRICT_LEAF_HEAD, leaf->tags, tags_bytes);
    tlog_hash_leaf(sha256, span_of(entry, RESTRICT_LEAF_HEAD + tags_bytes), hash_out);
}

void restrict_tags_print(const struct restrict_leaf *leaf, char target[RESTRICT_TAGS_TEXT])
{
    (void)bytes_to_hex(leaf->tags, (size_t)leaf->tags_count * RESTRICT_TAG_BYTES, target);
}

bool restrict_tags_read(struct span text, struct restrict_leaf *leaf_out)
{
    size_t size = text.size / (2 * (size_t)RESTRICT_TAG_BYTES);
    if (size > RESTRICT_TAGS_MAX || text.size != size * 2 * RESTRICT_TAG_BYTES ||
        !restrict_tags_count_valid((u32)size) ||
        !bytes_from_hex(text, leaf_out->tags, size * RESTRICT_TAG_BYTES)) {
        return false;
    }
    leaf_out->tags_count = (u32)size;
    for (u32 i = 1; i < leaf_out->tags_count; i += 1) {
        if (memcmp(leaf_out->tags[i - 1], leaf_out->tags[i], RESTRICT_TAG_BYTES) >= 0) {
            return false;
        }
    }
    return true;
}
