/* Writing a claim: every leaf of the period is computed anew and compared with what was logged. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/sign_pair.h"
#include "role/vault/restrict_claim.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_tile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 65536U
#define LINE_BYTES 4096U /* the longest of the evidence */

struct making {
    struct restrict_row_visitor visitor; /* first: it is cast back */
    const struct restrict_claim_wish *wish;
    struct restrict_claim claim;
    struct tlog_crypto crypto;
    struct tlog_tiles tiles;
    struct tlog_proof proof;
    struct restrict_leaf leaf;
    struct tlog_range range;
    u8 key[RESTRICT_KEY_BYTES];
    u64 number; /* the leaf that comes next */
    u8 *bytes;
    size_t used;
    size_t room;
    char head[RESTRICT_CLAIM_HEAD_BYTES];
    u8 note[TLOG_NOTE_BYTES_MAX];
};

static enum fault bytes_put(struct making *making, struct span bytes)
{
    while (making->room - making->used < bytes.size) {
        size_t room = making->room == 0 ? ROOM_FIRST : 2 * making->room;
        u8 *larger = room > RESTRICT_CLAIM_BYTES_MAX ? NULL : realloc(making->bytes, room);
        if (larger == NULL) {
            return FAULT(FAULT_LIMIT, "no room for so many decisions: a shorter period");
        }
        making->bytes = larger;
        making->room = room;
    }
    CHECK(span_copy(bytes, making->bytes + making->used, making->room - making->used));
    making->used += bytes.size;
    return FAULT_NONE;
}

__attribute__((format(printf, 2, 3))) static enum fault put(struct making *making,
                                                            const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < sizeof(line));
    return bytes_put(making, span_of(line, (size_t)size));
}

static enum fault proof_put(struct making *making, const struct tlog_proof *proof)
{
    for (u32 i = 0; i < proof->count; i += 1) {
        char hash[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&proof->hashes[i], hash);
        TRY(put(making, "%s\n", hash));
    }
    return FAULT_NONE;
}

/* ---- leaves ---- */

static enum fault open_put(struct making *making, const struct restrict_row *row, const char *tags)
{
    struct restrict_maker *maker = restrict_rows_maker(making->wish->rows);
    struct restrict_place place = {.day = row->day, .number = row->number};
    char code[RESTRICT_CODE_BYTES];
    u8 salts[3][RESTRICT_SALT_BYTES];
    struct tlog_hash hashes[2];
    struct tlog_hash inner;
    char hex[2][2 * RESTRICT_SALT_BYTES + 1];
    CHECK(restrict_rows_code(row->decision, code));
    restrict_salt(maker, RESTRICT_PART_CODE, &place, span_of_text(code), salts[0]);
    restrict_salt(maker, RESTRICT_PART_DECISION, &place, row->decision, salts[1]);
    restrict_salt(maker, RESTRICT_PART_FACTS, &place, row->facts, salts[2]);
    restrict_commit(maker->sha256, RESTRICT_PART_DECISION, salts[1], row->decision, &hashes[0]);
    restrict_commit(maker->sha256, RESTRICT_PART_FACTS, salts[2], row->facts, &hashes[1]);
    tlog_hash_node(maker->sha256, &hashes[0], &hashes[1], &inner);
    enum fault fault = put(making, "+ %s %s %s %s", bytes_to_hex(inner.bytes, 32, hex[0]),
                           bytes_to_hex(salts[0], RESTRICT_SALT_BYTES, hex[1]), tags, code);
    secret_wipe(salts, sizeof(salts));
    TRY(fault);
    return restrict_claim_add(&making->claim, code)
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "more than %u codes in one claim", RESTRICT_CLAIM_CODES_MAX);
}

static enum fault row_take(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    struct making *making = (struct making *)(void *)visitor;
    struct sha256 *sha256 = restrict_rows_maker(making->wish->rows)->sha256;
    char tags[RESTRICT_TAGS_TEXT];
    char parts[2 * TLOG_HASH_BYTES + 1];
    u8 tag[RESTRICT_TAG_BYTES];
    if (row->number != making->number) {
        return FAULT(FAULT_DIVERGED, "a decision of a day is not there");
    }
    TRY(restrict_rows_leaf(making->wish->rows, row, &making->leaf));
    tlog_range_add(sha256, &making->range, &row->hash);
    making->number += 1;
    restrict_tags_print(&making->leaf, tags);
    restrict_tag(sha256, making->key, row->number, tag);
    if (restrict_leaf_has(&making->leaf, tag)) {
        return open_put(making, row, tags);
    }
    return put(making, "- %s %s\n", bytes_to_hex(making->leaf.parts.bytes, 32, parts), tags);
}

/* ---- days ---- */

static enum fault leaves_put(struct making *making, const struct restrict_day *day)
{
    const struct restrict_claim_wish *wish = making->wish;
    struct restrict_maker *maker = restrict_rows_maker(wish->rows);
    char hex[2 * RESTRICT_KEY_BYTES + 1];
    char date[RESTRICT_DAY_BYTES];
    struct tlog_hash keys;
    struct tlog_hash root;
    restrict_day_print(day->day, date);
    restrict_country_key(maker, day->day, wish->country, making->key);
    restrict_keys_root(maker, day->day, wish->country, &keys, &making->proof);
    TRY(put(making, "key %s\n", bytes_to_hex(making->key, RESTRICT_KEY_BYTES, hex)));
    TRY(proof_put(making, &making->proof));
    making->number = 0;
    making->range.size = 0;
    making->visitor.row = row_take;
    TRY(restrict_rows_day(wish->rows, day->day, &making->visitor));
    tlog_range_root(maker->sha256, &making->range, &root);
    return making->number == day->count && tlog_hash_equal(&root, &day->root) &&
                   tlog_hash_equal(&keys, &day->keys)
               ? FAULT_NONE
               : FAULT(FAULT_DIVERGED, "the decisions of %s do not give what was logged", date);
}

static enum fault day_put(struct making *making, u32 number, u64 log_size)
{
    const struct restrict_claim_wish *wish = making->wish;
    struct restrict_claim *claim = &making->claim;
    char line[RESTRICT_LINE_BYTES];
    char date[RESTRICT_DAY_BYTES];
    struct restrict_day day;
    u64 index = 0;
    TRY(restrict_rows_line(wish->rows, number, line, &day, &index));
    restrict_day_print(number, date);
    if (index >= log_size) {
        return FAULT(FAULT_UNAVAILABLE, "restrictions of %s are not published yet", date);
    }
    TRY(tlog_inclusion_make(&making->crypto.sha256, &making->tiles.nodes, index, log_size,
                            &making->proof));
    TRY(put(making, "day %" PRIu64 " %s\n", index, line));
    TRY(proof_put(making, &making->proof));
    claim->decisions += day.count;
    if (day.is_missed) {
        claim->missed[claim->missed_count] = number;
        claim->missed_count += 1;
    }
    return day.count == 0 ? FAULT_NONE : leaves_put(making, &day);
}

static enum fault evidence_make(struct making *making)
{
    const struct restrict_claim_wish *wish = making->wish;
    struct tlog_checkpoint checkpoint;
    struct tlog_note note;
    size_t size = 0;
    TRY(wish->files->read(wish->files, "checkpoint", making->note, sizeof(making->note), &size));
    struct span text = span_of(making->note, size);
    if (tlog_note_read(text, &note) != TLOG_FLAW_NONE ||
        tlog_checkpoint_read(note.text, &checkpoint) != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "checkpoint: it is none");
    }
    making->claim.origin = checkpoint.origin;
    tlog_tiles_init(&making->tiles, &making->crypto.sha256, wish->files, checkpoint.size);
    for (u32 day = wish->from; day <= wish->to; day += 1) {
        TRY(day_put(making, day, checkpoint.size));
    }
    TRY(put(making, "\n"));
    return bytes_put(making, text);
}

/* ---- the statement ---- */

static enum fault cells_check(const struct making *making)
{
    const struct restrict_claim *claim = &making->claim;
    for (u32 i = 0; i < claim->counts_count && !making->wish->small_cells; i += 1) {
        if (claim->counts[i].count < RESTRICT_CLAIM_CELL_MIN) {
            return FAULT(FAULT_REFUSED,
                         "fewer than %u decisions of one code, which may point at somebody: a "
                         "longer period, or --small-cells",
                         RESTRICT_CLAIM_CELL_MIN);
        }
    }
    return FAULT_NONE;
}

static enum fault claim_sign(struct making *making, u8 **bytes_out, size_t *size_out)
{
    struct span pem = making->wish->private_pem;
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    struct sha256 *sha256 = &making->crypto.sha256;
    sha256_begin(sha256);
    sha256_add(sha256, span_of(making->bytes, making->used));
    sha256_end(sha256, making->claim.evidence);
    TRY(sign_with_private(pem, span_of_text("ombud"), public_text, signature)); /* for the key */
    making->claim.ombud = span_of_text(public_text);
    size_t head = restrict_claim_head(&making->claim, making->head);
    if (head == 0) {
        return FAULT(FAULT_LIMIT, "a statement that is too long");
    }
    TRY(sign_with_private(pem, span_of(making->head, head), public_text, signature));
    size_t room = head + making->used + sizeof(signature) + 32;
    *bytes_out = malloc(room);
    if (*bytes_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a claim");
    }
    memcpy(*bytes_out, making->head, head);
    int size = snprintf((char *)*bytes_out + head, room - head, "signature %s\n\n", signature);
    CHECK(size > 0 && head + (size_t)size + making->used <= room);
    memcpy(*bytes_out + head + (size_t)size, making->bytes, making->used);
    *size_out = head + (size_t)size + making->used;
    return FAULT_NONE;
}

enum fault restrict_claim_write(const struct restrict_claim_wish *wish, u8 **bytes_out,
                                size_t *size_out)
{
    *bytes_out = NULL;
    if (wish->to < wish->from || wish->to - wish->from >= RESTRICT_CLAIM_DAYS_MAX) {
        return FAULT(FAULT_USAGE, "a period of 1 to %u days", RESTRICT_CLAIM_DAYS_MAX);
    }
    struct making *making = calloc(1, sizeof(*making));
    if (making == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a claim");
    }
    making->wish = wish;
    making->claim = (struct restrict_claim){
        .country = wish->country, .from = wish->from, .to = wish->to, .time_us = wish->now_us};
    enum fault fault = tlog_crypto_open(&making->crypto);
    if (fault == FAULT_NONE) {
        fault = evidence_make(making);
        if (fault == FAULT_NONE) {
            fault = cells_check(making);
        }
        if (fault == FAULT_NONE) {
            fault = claim_sign(making, bytes_out, size_out);
        }
        tlog_crypto_close(&making->crypto);
    }
    secret_wipe(making->key, sizeof(making->key));
    free(making->bytes);
    free(making);
    return fault;
}
