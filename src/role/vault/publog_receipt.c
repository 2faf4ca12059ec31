#include "role/vault/publog_receipt.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <stdio.h>
#include <string.h>

#define FIRST_LINE "cambist-event/v1"

/* ---- writing ---- */

size_t publog_receipt_write(const struct publog_receipt *receipt, u8 *target, size_t target_bytes)
{
    u8 event[PUBLOG_EVENT_BYTES];
    char event_text[2 * PUBLOG_EVENT_BYTES + 1];
    char leaf_text[2 * PUBLOG_LEAF_BYTES + 1];
    char path[PUBLOG_PATH * TLOG_HASH_TEXT_BYTES + 1];
    publog_event_encode(&receipt->event, event);
    bytes_to_hex(event, sizeof(event), event_text);
    bytes_to_hex(receipt->leaf_bytes, PUBLOG_LEAF_BYTES, leaf_text);
    for (u32 step = 0; step < PUBLOG_PATH; step += 1) {
        struct tlog_hash hash;
        char *line = path + (size_t)step * TLOG_HASH_TEXT_BYTES;
        memcpy(hash.bytes, receipt->path[step], TLOG_HASH_BYTES);
        tlog_hash_text(&hash, line);
        line[TLOG_HASH_TEXT_BYTES - 1] = '\n';
    }
    path[sizeof(path) - 1] = '\0';
    int size =
        snprintf((char *)target, target_bytes, FIRST_LINE "\nevent %s\nplace %u\n%sleaf %s\n\n",
                 event_text, receipt->place, path, leaf_text);
    CHECK(size > 0);
    if ((size_t)size >= target_bytes || receipt->of_leaf.size > target_bytes - (size_t)size) {
        return 0;
    }
    memcpy(target + size, receipt->of_leaf.data, receipt->of_leaf.size);
    return (size_t)size + receipt->of_leaf.size;
}

/* ---- reading ---- */

/* Cuts a line off that begins with `word`; what follows the word is the value. */
static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t word_bytes = strlen(word);
    struct span line;
    if (!span_cut_line(rest, &line) || line.size < word_bytes ||
        memcmp(line.data, word, word_bytes) != 0) {
        return false;
    }
    *value_out = span_of(line.data + word_bytes, line.size - word_bytes);
    return true;
}

bool publog_receipt_read(struct span bytes, struct publog_receipt *receipt_out)
{
    struct span rest = bytes;
    struct span value;
    u8 event[PUBLOG_EVENT_BYTES];
    u64 place = 0;
    if (!line_next(&rest, FIRST_LINE, &value) || value.size > 0 ||
        !line_next(&rest, "event ", &value) || !bytes_from_hex(value, event, sizeof(event)) ||
        !publog_event_decode(span_of(event, sizeof(event)), &receipt_out->event) ||
        !line_next(&rest, "place ", &value) ||
        !tlog_number_read(value, PUBLOG_PLACES - 1, &place)) {
        return false;
    }
    receipt_out->place = (u32)place;
    for (u32 step = 0; step < PUBLOG_PATH; step += 1) {
        struct tlog_hash hash;
        if (!line_next(&rest, "", &value) || !tlog_hash_read(value, &hash)) {
            return false;
        }
        memcpy(receipt_out->path[step], hash.bytes, SHA256_BYTES);
    }
    if (!line_next(&rest, "leaf ", &value) ||
        !bytes_from_hex(value, receipt_out->leaf_bytes, PUBLOG_LEAF_BYTES) ||
        !publog_leaf_decode(span_of(receipt_out->leaf_bytes, PUBLOG_LEAF_BYTES),
                            &receipt_out->leaf) ||
        !line_next(&rest, "", &value) || value.size > 0) {
        return false;
    }
    receipt_out->of_leaf = rest;
    return true;
}

bool publog_receipt_verify(struct sha256 *sha256, const struct publog_receipt *receipt)
{
    u8 root[SHA256_BYTES];
    publog_path_root(sha256, &receipt->event, receipt->place, receipt->path, root);
    return memcmp(root, receipt->leaf.root, sizeof(root)) == 0;
}
