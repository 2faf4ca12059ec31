#include "role/vault/restrict_proof.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE    "cambist-restriction/v1"
#define LINES_MAX     (2U * RESTRICT_FACTS_MAX)
#define SALT_HEX      (2U * RESTRICT_SALT_BYTES)
#define SALT_HEX_TEXT (SALT_HEX + 1U)

const char *restrict_proof_flaw_name(enum restrict_proof_flaw flaw)
{
#define RESTRICT_PROOF_NAME_ROW(constant, name, text) [RESTRICT_PROOF_##constant] = (name),
    static const char *const names[] = {RESTRICT_PROOF_FLAW_TABLE(RESTRICT_PROOF_NAME_ROW)};
#undef RESTRICT_PROOF_NAME_ROW
    CHECK(flaw < ARRAY_COUNT(names));
    return names[flaw];
}

const char *restrict_proof_flaw_meaning(enum restrict_proof_flaw flaw)
{
#define RESTRICT_PROOF_TEXT_ROW(constant, name, text) [RESTRICT_PROOF_##constant] = (text),
    static const char *const texts[] = {RESTRICT_PROOF_FLAW_TABLE(RESTRICT_PROOF_TEXT_ROW)};
#undef RESTRICT_PROOF_TEXT_ROW
    CHECK(flaw < ARRAY_COUNT(texts));
    return texts[flaw];
}

/* ---- writing ---- */

struct writing {
    u8 *target;
    size_t room;
    size_t used; /* `room` and more: it did not fit */
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *writing, const char *format,
                                                      ...)
{
    va_list arguments;
    if (writing->used >= writing->room) {
        return;
    }
    va_start(arguments, format);
    int size = vsnprintf((char *)writing->target + writing->used, writing->room - writing->used,
                         format, arguments);
    va_end(arguments);
    CHECK(size >= 0);
    writing->used += (size_t)size;
}

static void put_span(struct writing *writing, struct span bytes)
{
    if (writing->used < writing->room &&
        span_copy(bytes, writing->target + writing->used, writing->room - writing->used)) {
        writing->used += bytes.size;
    } else {
        writing->used = writing->room;
    }
}

static void put_text(struct writing *writing, const char *word, const u8 salt[RESTRICT_SALT_BYTES],
                     struct span text)
{
    char hex[SALT_HEX_TEXT];
    u32 lines = 0;
    CHECK(restrict_lines_valid(text, &lines));
    put(writing, "%s %s %u\n", word, bytes_to_hex(salt, RESTRICT_SALT_BYTES, hex), lines);
    put_span(writing, text);
}

size_t restrict_proof_write(const struct restrict_proof *proof, u8 *target, size_t target_bytes)
{
    struct writing writing = {.target = target, .room = target_bytes};
    char tags[RESTRICT_TAGS_TEXT];
    char hex[SALT_HEX_TEXT];
    restrict_tags_print(&proof->leaf, tags);
    put(&writing, FIRST_LINE "\n%.*s\nleaf %" PRIu64 "\ntags %s\ncode %s ", (int)proof->line.size,
        (const char *)proof->line.data, proof->number, tags,
        bytes_to_hex(proof->code_salt, RESTRICT_SALT_BYTES, hex));
    put_span(&writing, proof->code);
    put_text(&writing, "decision", proof->decision_salt, proof->decision);
    if (proof->has_facts) {
        put_text(&writing, "facts", proof->facts_salt, proof->facts);
    } else {
        put(&writing, "facts closed %s\n",
            bytes_to_hex(proof->facts_closed.bytes, TLOG_HASH_BYTES, hex));
    }
    put(&writing, "path %u\n", proof->path.count);
    for (u32 i = 0; i < proof->path.count; i += 1) {
        char hash[TLOG_HASH_TEXT_BYTES];
        tlog_hash_text(&proof->path.hashes[i], hash);
        put(&writing, "%s\n", hash);
    }
    put(&writing, "\n");
    put_span(&writing, proof->receipt);
    return writing.used < writing.room ? writing.used : 0;
}

/* ---- reading ---- */

/* Cuts a line off that begins with `word`; what follows the word is the value. */
static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    struct span line;
    if (!span_cut_line(rest, &line) || line.size < size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *value_out = span_after(line, size);
    return true;
}

static bool salt_cut(struct span *value, u8 salt_out[RESTRICT_SALT_BYTES])
{
    if (value->size <= SALT_HEX || value->data[SALT_HEX] != ' ' ||
        !bytes_from_hex(span_of(value->data, SALT_HEX), salt_out, RESTRICT_SALT_BYTES)) {
        return false;
    }
    *value = span_after(*value, SALT_HEX + 1);
    return true;
}

/* So many lines, as they are. */
static bool text_cut(struct span *rest, struct span value, struct span *text_out)
{
    const u8 *begin = rest->data;
    struct span line;
    u64 lines = 0;
    u32 valid = 0;
    if (!tlog_number_read(value, LINES_MAX, &lines)) {
        return false;
    }
    for (u64 i = 0; i < lines; i += 1) {
        if (!span_cut_line(rest, &line)) {
            return false;
        }
    }
    *text_out = span_of(begin, lines == 0 ? 0 : (size_t)(rest->data - begin));
    return text_out->size < RESTRICT_TEXT_BYTES && restrict_lines_valid(*text_out, &valid) &&
           valid == lines;
}

static bool facts_read(struct span *rest, struct restrict_proof *proof)
{
    struct span value;
    if (!line_next(rest, "facts ", &value)) {
        return false;
    }
    struct span closed = span_of_text("closed ");
    proof->has_facts = !span_equal(span_piece(value, 0, closed.size), closed);
    if (proof->has_facts) {
        return salt_cut(&value, proof->facts_salt) && text_cut(rest, value, &proof->facts);
    }
    return bytes_from_hex(span_after(value, closed.size), proof->facts_closed.bytes,
                          TLOG_HASH_BYTES);
}

static bool path_read(struct span *rest, struct tlog_proof *path)
{
    struct span value;
    u64 count = 0;
    if (!line_next(rest, "path ", &value) || !tlog_number_read(value, TLOG_HASHES_MAX, &count)) {
        return false;
    }
    for (path->count = 0; path->count < count; path->count += 1) {
        if (!line_next(rest, "", &value) || !tlog_hash_read(value, &path->hashes[path->count])) {
            return false;
        }
    }
    return line_next(rest, "", &value) && value.size == 0;
}

static bool code_read(struct span *rest, struct restrict_proof *proof)
{
    struct span value;
    u32 lines = 0;
    if (!line_next(rest, "code ", &value) || !salt_cut(&value, proof->code_salt)) {
        return false;
    }
    proof->code = span_of(value.data, value.size + 1); /* its newline is there */
    return value.size + 1 < RESTRICT_CODE_BYTES && restrict_lines_valid(proof->code, &lines) &&
           lines == 1;
}

bool restrict_proof_read(struct span bytes, struct restrict_proof *proof_out)
{
    struct span rest = bytes;
    struct span value;
    if (bytes.size > RESTRICT_PROOF_BYTES_MAX || !line_next(&rest, FIRST_LINE, &value) ||
        value.size != 0 || !line_next(&rest, "", &proof_out->line) ||
        proof_out->line.size >= RESTRICT_LINE_BYTES || !line_next(&rest, "leaf ", &value) ||
        !tlog_number_read(value, TLOG_SIZE_MAX, &proof_out->number) ||
        !line_next(&rest, "tags ", &value) || !restrict_tags_read(value, &proof_out->leaf) ||
        !code_read(&rest, proof_out) || !line_next(&rest, "decision ", &value) ||
        !salt_cut(&value, proof_out->decision_salt) ||
        !text_cut(&rest, value, &proof_out->decision) || !facts_read(&rest, proof_out) ||
        !path_read(&rest, &proof_out->path)) {
        return false;
    }
    proof_out->receipt = rest;
    return rest.size > 0 && memchr(proof_out->line.data, 0, proof_out->line.size) == NULL;
}

/* ---- verifying ---- */

static void leaf_compute(struct sha256 *sha256, struct restrict_proof *proof,
                         struct tlog_hash *hash_out)
{
    struct tlog_hash code;
    struct tlog_hash decision;
    struct tlog_hash facts = proof->facts_closed;
    struct tlog_hash inner;
    restrict_commit(sha256, RESTRICT_PART_CODE, proof->code_salt, proof->code, &code);
    restrict_commit(sha256, RESTRICT_PART_DECISION, proof->decision_salt, proof->decision,
                    &decision);
    if (proof->has_facts) {
        restrict_commit(sha256, RESTRICT_PART_FACTS, proof->facts_salt, proof->facts, &facts);
    }
    tlog_hash_node(sha256, &decision, &facts, &inner);
    tlog_hash_node(sha256, &inner, &code, &proof->leaf.parts);
    restrict_leaf_hash(sha256, &proof->leaf, hash_out);
}

static enum tlog_flaw receipt_judge(struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                    const struct restrict_proof *proof,
                                    struct tlog_verdict *verdict_out)
{
    struct tlog_receipt *receipt = malloc(sizeof(*receipt));
    struct tlog_hash leaf;
    CHECK(receipt != NULL);
    enum tlog_flaw flaw = tlog_receipt_read(proof->receipt, receipt);
    if (flaw == TLOG_FLAW_NONE && receipt->extra.size > 0) { /* nobody signs it */
        flaw = TLOG_FLAW_RECEIPT;
    }
    if (flaw == TLOG_FLAW_NONE) {
        tlog_hash_leaf(&crypto->sha256, proof->line, &leaf);
        flaw = tlog_receipt_verify(crypto, policy, receipt, &leaf, verdict_out);
    }
    free(receipt);
    return flaw;
}

enum restrict_proof_flaw restrict_proof_verify(struct tlog_crypto *crypto,
                                               const struct tlog_policy *policy,
                                               struct restrict_proof *proof,
                                               struct restrict_proof_verdict *verdict_out)
{
    struct restrict_day *day = &verdict_out->day;
    struct span code;
    struct tlog_hash leaf;
    *verdict_out = (struct restrict_proof_verdict){.seq = 0};
    if (!restrict_line_read(proof->line, day)) {
        return RESTRICT_PROOF_LINE;
    }
    if (!restrict_decision_head(proof->decision, &code, &verdict_out->seq)) {
        return RESTRICT_PROOF_TEXT;
    }
    /* The code is without its newline. */
    if (!span_equal(code, span_of(proof->code.data, proof->code.size - 1))) {
        return RESTRICT_PROOF_CODE;
    }
    if (proof->number >= day->count || verdict_out->seq < day->first ||
        verdict_out->seq > day->last) {
        return RESTRICT_PROOF_NUMBER;
    }
    leaf_compute(&crypto->sha256, proof, &leaf);
    if (!tlog_inclusion_verify(&crypto->sha256, proof->number, day->count, &leaf, &proof->path,
                               &day->root)) {
        return RESTRICT_PROOF_PATH;
    }
    verdict_out->receipt_flaw = receipt_judge(crypto, policy, proof, &verdict_out->log);
    if (verdict_out->receipt_flaw != TLOG_FLAW_NONE) {
        return RESTRICT_PROOF_RECEIPT;
    }
    return verdict_out->log.strangers > 0 ? RESTRICT_PROOF_STRANGER : RESTRICT_PROOF_NONE;
}
