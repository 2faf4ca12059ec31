#include "role/vault/tlog_receipt.h"

#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "role/vault/tlog_checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEAD  "c2sp.org/tlog-proof@v1"
#define EXTRA "extra "
#define INDEX "index "

/* What stands behind `word` in the line; false when it begins with another. */
static bool line_behind(struct span line, const char *word, struct span *behind_out)
{
    size_t size = strlen(word);
    if (line.size <= size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *behind_out = span_after(line, size);
    return true;
}

static bool proof_read(struct span *rest, struct tlog_proof *proof)
{
    struct span line;
    while (span_cut_line(rest, &line)) {
        if (line.size == 0) {
            return true;
        }
        if (proof->count == TLOG_HASHES_MAX ||
            !tlog_hash_read(line, &proof->hashes[proof->count])) {
            return false;
        }
        proof->count += 1;
    }
    return false;
}

enum tlog_flaw tlog_receipt_read(struct span bytes, struct tlog_receipt *receipt_out)
{
    u8 extra[TLOG_RECEIPT_EXTRA_MAX];
    struct span rest = bytes;
    struct span line;
    struct span index;
    memset(receipt_out, 0, sizeof(*receipt_out));
    if (bytes.size > TLOG_RECEIPT_BYTES_MAX || !span_cut_line(&rest, &line) ||
        !span_equal(line, span_of_text(HEAD)) || !span_cut_line(&rest, &line)) {
        return TLOG_FLAW_RECEIPT;
    }
    if (line_behind(line, EXTRA, &receipt_out->extra) &&
        (sign_decode_base64(receipt_out->extra, extra, sizeof(extra)) == 0 ||
         !span_cut_line(&rest, &line))) {
        return TLOG_FLAW_RECEIPT;
    }
    if (!line_behind(line, INDEX, &index) ||
        !tlog_number_read(index, TLOG_SIZE_MAX, &receipt_out->index) ||
        !proof_read(&rest, &receipt_out->proof) || rest.size == 0) {
        return TLOG_FLAW_RECEIPT;
    }
    receipt_out->checkpoint = rest;
    return TLOG_FLAW_NONE;
}

struct writer {
    u8 *target;
    size_t bytes_max;
    size_t used;
    bool full;
};

static void put(struct writer *writer, struct span bytes)
{
    if (!span_copy(bytes, writer->target + writer->used, writer->bytes_max - writer->used)) {
        writer->full = true;
        return;
    }
    writer->used += bytes.size;
}

static void put_text(struct writer *writer, const char *text)
{
    put(writer, span_of_text(text));
}

size_t tlog_receipt_write(const struct tlog_receipt *receipt, u8 *target, size_t target_bytes)
{
    struct writer writer = {.target = target, .bytes_max = target_bytes};
    char number[24];
    CHECK(receipt->proof.count <= TLOG_HASHES_MAX);
    put_text(&writer, HEAD "\n");
    if (receipt->extra.size > 0) {
        put_text(&writer, EXTRA);
        put(&writer, receipt->extra);
        put_text(&writer, "\n");
    }
    (void)snprintf(number, sizeof(number), "%" PRIu64, receipt->index);
    put_text(&writer, INDEX);
    put_text(&writer, number);
    put_text(&writer, "\n");
    for (u32 i = 0; i < receipt->proof.count; i += 1) {
        char hash[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&receipt->proof.hashes[i], hash);
        put_text(&writer, hash);
        put_text(&writer, "\n");
    }
    put_text(&writer, "\n");
    put(&writer, receipt->checkpoint);
    return writer.full ? 0 : writer.used;
}
