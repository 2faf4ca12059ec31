#include "role/vault/opening.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- lines "WORD: VALUE" in a fixed order ---- */

static bool take(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL || (size_t)(end - rest->data) < size || memcmp(rest->data, word, size) != 0) {
        return false;
    }
    *value_out = span_of(rest->data + size, (size_t)(end - rest->data) - size);
    *rest = span_after(*rest, size + value_out->size + 1);
    return true;
}

static bool take_first(struct span *rest, const char *line)
{
    struct span value;
    return take(rest, line, &value) && value.size == 0;
}

static bool take_hex(struct span *rest, const char *word, void *target, size_t size)
{
    struct span value;
    return take(rest, word, &value) && bytes_from_hex(value, target, size);
}

/* ---- the opening's text ---- */

void opening_make(const char *venue, const u8 hash[GRANT_HASH_BYTES], u64 now_s,
                  struct seal_scalar *key, u8 *signer, struct opening *opening_out)
{
    *opening_out = (struct opening){.begins_s = now_s};
    CHECK(span_copy(span_of_text(venue), opening_out->venue, sizeof(opening_out->venue) - 1));
    memcpy(opening_out->grant, hash, sizeof(opening_out->grant));
    seal_scalar_random(key);
    CHECK(seal_point_of(key, &opening_out->key));
    CHECK(crypto_sign_keypair(opening_out->signer, signer) == 0);
}

size_t opening_manifest_sign(const u8 *signer, char *text, size_t size, size_t room)
{
    u8 signature[crypto_sign_BYTES];
    char base64[SIGN_SIGNATURE_TEXT_BYTES];
    (void)crypto_sign_detached(signature, NULL, (const u8 *)text, size, signer);
    sign_pair_text(span_of(signature, sizeof(signature)), base64);
    int more = snprintf(text + size, room - size, "signature: %s\n", base64);
    CHECK(more > 0 && (size_t)more < room - size);
    return size + (size_t)more;
}

size_t opening_print(const struct opening *opening, char target[OPENING_TEXT_BYTES])
{
    char grant[2 * GRANT_HASH_BYTES + 1];
    char key[2 * SEAL_POINT_BYTES + 1];
    char signer[2 * OFFICER_KEY_BYTES + 1];
    char begins[GRANT_MOMENT_BYTES];
    grant_moment_print(opening->begins_s, begins);
    int size =
        snprintf(target, OPENING_TEXT_BYTES,
                 "cambist opening v1\nvenue: %s\ngrant: %s\nkey: %s\nsigner: %s\nbegins: %s\n",
                 opening->venue, bytes_to_hex(opening->grant, sizeof(opening->grant), grant),
                 bytes_to_hex(opening->key.bytes, SEAL_POINT_BYTES, key),
                 bytes_to_hex(opening->signer, sizeof(opening->signer), signer), begins);
    CHECK(size > 0 && (size_t)size < OPENING_TEXT_BYTES);
    return (size_t)size;
}

enum fault opening_read(struct span text, const char *name, struct opening *opening_out)
{
    struct span rest = text;
    struct span venue;
    struct span begins;
    char again[OPENING_TEXT_BYTES];
    *opening_out = (struct opening){.begins_s = 0};
    bool is_one = take_first(&rest, "cambist opening v1") && take(&rest, "venue: ", &venue) &&
                  span_copy(venue, opening_out->venue, sizeof(opening_out->venue) - 1) &&
                  take_hex(&rest, "grant: ", opening_out->grant, sizeof(opening_out->grant)) &&
                  take_hex(&rest, "key: ", opening_out->key.bytes, SEAL_POINT_BYTES) &&
                  take_hex(&rest, "signer: ", opening_out->signer, sizeof(opening_out->signer)) &&
                  take(&rest, "begins: ", &begins) &&
                  grant_moment_read(begins, &opening_out->begins_s) &&
                  seal_point_is_sound(&opening_out->key);
    if (!is_one || !span_equal(text, span_of(again, opening_print(opening_out, again)))) {
        return FAULT(FAULT_INPUT, "%s: not the text of an opening", name);
    }
    return FAULT_NONE;
}

void opening_context(const struct opening *opening, u8 context_out[SHARE_HASH_BYTES])
{
    char text[OPENING_TEXT_BYTES];
    size_t size = opening_print(opening, text);
    (void)crypto_hash_sha256(context_out, (const u8 *)text, size);
}

/* ---- rows ---- */

static const char rows_line[] = "cambist rows v1";

size_t opening_rows_print(const struct opening_rows *rows, char target[OPENING_ROWS_BYTES])
{
    size_t used = sizeof(rows_line);
    (void)snprintf(target, OPENING_ROWS_BYTES, "%s\n", rows_line);
    for (u32 i = 0; i < rows->count; i += 1) {
        const struct opening_row *row = &rows->list[i];
        u8 label[SEAL_LABEL_BYTES];
        char label_text[2 * SEAL_LABEL_BYTES + 1];
        char body[2 * SEAL_HASH_BYTES + 1];
        char wrap[2 * SEAL_WRAP_BYTES + 1];
        seal_label_encode(&row->label, label);
        int size = snprintf(target + used, OPENING_ROWS_BYTES - used, "row: %s %s %s\n",
                            bytes_to_hex(label, sizeof(label), label_text),
                            bytes_to_hex(row->body_hash, SEAL_HASH_BYTES, body),
                            bytes_to_hex(&row->wrap, SEAL_WRAP_BYTES, wrap));
        CHECK(size > 0 && (size_t)size < OPENING_ROWS_BYTES - used);
        used += (size_t)size;
    }
    return used;
}

static bool row_take(struct span value, struct opening_row *row)
{
    u8 label[SEAL_LABEL_BYTES];
    size_t label_text = 2 * (size_t)SEAL_LABEL_BYTES;
    size_t body_text = 2 * (size_t)SEAL_HASH_BYTES;
    size_t wrap_text = 2 * (size_t)SEAL_WRAP_BYTES;
    return value.size == label_text + body_text + wrap_text + 2 && value.data[label_text] == ' ' &&
           value.data[label_text + 1 + body_text] == ' ' &&
           bytes_from_hex(span_piece(value, 0, label_text), label, sizeof(label)) &&
           seal_label_decode(span_of(label, sizeof(label)), &row->label) == FAULT_NONE &&
           bytes_from_hex(span_piece(value, label_text + 1, body_text), row->body_hash,
                          SEAL_HASH_BYTES) &&
           bytes_from_hex(span_after(value, label_text + body_text + 2), &row->wrap,
                          SEAL_WRAP_BYTES);
}

enum fault opening_rows_read(struct span text, const char *name, struct opening_rows *rows_out)
{
    struct span rest = text;
    struct span value;
    bool is_good = take_first(&rest, rows_line);
    rows_out->count = 0;
    while (is_good && rest.size > 0) {
        is_good = rows_out->count < GRANT_RECORDS_MAX && take(&rest, "row: ", &value) &&
                  row_take(value, &rows_out->list[rows_out->count]);
        rows_out->count += is_good;
    }
    return is_good ? FAULT_NONE
                   : FAULT(FAULT_INPUT, "%s:%u: not \"row: LABEL BODY WRAP\"", name,
                           rows_out->count + 2);
}

/* ---- answers ---- */

/* What a box with an answer is bound to. */
#define BOUND_BYTES (SHARE_HASH_BYTES + SEAL_LABEL_BYTES)
static void bound_of(const u8 context[SHARE_HASH_BYTES], const struct seal_label *label,
                     u8 bound[BOUND_BYTES])
{
    memcpy(bound, context, SHARE_HASH_BYTES);
    seal_label_encode(label, bound + SHARE_HASH_BYTES);
}

static struct share_case case_of(const struct share_key *key, const struct opening_row *row,
                                 const u8 *context)
{
    return (struct share_case){.key = key,
                               .label = row->label,
                               .wrap = &row->wrap,
                               .body_hash = row->body_hash,
                               .context = context};
}

enum fault release_make(struct seal_room *room, const struct share_key *key,
                        const struct opening *opening, const struct opening_rows *rows,
                        enum share_side side, u32 index, const struct seal_scalar *share,
                        char target[RELEASE_TEXT_BYTES], size_t *size_out)
{
    u8 context[SHARE_HASH_BYTES];
    char hex[2 * RELEASE_BOX_BYTES + 1];
    opening_context(opening, context);
    int used = snprintf(target, RELEASE_TEXT_BYTES, "cambist release v1\nopening: %s\n",
                        bytes_to_hex(context, sizeof(context), hex));
    for (u32 i = 0; i < rows->count; i += 1) {
        struct share_partial partial;
        u8 box[RELEASE_BOX_BYTES];
        u8 bound[BOUND_BYTES];
        struct share_case about = case_of(key, &rows->list[i], context);
        TRY(share_answer(room, &about, side, index, share, &partial));
        bound_of(context, &rows->list[i].label, bound);
        enum fault fault =
            seal_box_close("release", room, &opening->key, span_of(bound, sizeof(bound)),
                           span_of(&partial, sizeof(partial)), box);
        sodium_memzero(&partial, sizeof(partial));
        TRY(fault);
        used += snprintf(target + used, RELEASE_TEXT_BYTES - (size_t)used, "answer: %s\n",
                         bytes_to_hex(box, sizeof(box), hex));
    }
    CHECK(used > 0 && (size_t)used < RELEASE_TEXT_BYTES);
    *size_out = (size_t)used;
    return FAULT_NONE;
}

enum fault release_read(struct seal_room *room, struct span text, const char *name,
                        const struct opening *opening, const struct seal_scalar *key,
                        const struct opening_rows *rows,
                        struct share_partial partials_out[GRANT_RECORDS_MAX])
{
    struct span rest = text;
    u8 context[SHARE_HASH_BYTES];
    u8 told[SHARE_HASH_BYTES];
    if (!take_first(&rest, "cambist release v1") ||
        !take_hex(&rest, "opening: ", told, sizeof(told))) {
        return FAULT(FAULT_INPUT, "%s: not an officer's release", name);
    }
    opening_context(opening, context);
    if (memcmp(context, told, sizeof(told)) != 0) {
        return FAULT(FAULT_REFUSED, "%s: a release for another opening", name);
    }
    for (u32 i = 0; i < rows->count; i += 1) {
        u8 box[RELEASE_BOX_BYTES];
        u8 bound[BOUND_BYTES];
        u8 plain[SHARE_PARTIAL_BYTES];
        if (!take_hex(&rest, "answer: ", box, sizeof(box))) {
            return FAULT(FAULT_INPUT, "%s: not an answer for each of %u records", name,
                         rows->count);
        }
        bound_of(context, &rows->list[i].label, bound);
        if (seal_box_open("release", room, key, span_of(bound, sizeof(bound)),
                          span_of(box, sizeof(box)), plain) != FAULT_NONE) {
            return FAULT(FAULT_ROT,
                         "%s: answer %u does not open: it was changed, or is for "
                         "another record",
                         name, i + 1);
        }
        enum fault fault = share_partial_decode(span_of(plain, sizeof(plain)), &partials_out[i]);
        sodium_memzero(plain, sizeof(plain));
        TRY(fault);
    }
    return rest.size == 0 ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: more answers than records", name);
}
