#include "role/vault/restrict_claim.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/sign_pair.h"
#include "role/vault/publog_words.h"
#include "role/vault/tlog_checkpoint.h"
#include "wire/code.h"
#include "wire/moment.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_LINE "cambist-claim/v1"
#define SECOND_US  1000000ULL

const char *restrict_claim_flaw_name(enum restrict_claim_flaw flaw)
{
#define RESTRICT_CLAIM_NAME_ROW(constant, name, text) [RESTRICT_CLAIM_##constant] = (name),
    static const char *const names[] = {RESTRICT_CLAIM_FLAW_TABLE(RESTRICT_CLAIM_NAME_ROW)};
#undef RESTRICT_CLAIM_NAME_ROW
    CHECK(flaw < ARRAY_COUNT(names));
    return names[flaw];
}

const char *restrict_claim_flaw_meaning(enum restrict_claim_flaw flaw)
{
#define RESTRICT_CLAIM_TEXT_ROW(constant, name, text) [RESTRICT_CLAIM_##constant] = (text),
    static const char *const texts[] = {RESTRICT_CLAIM_FLAW_TABLE(RESTRICT_CLAIM_TEXT_ROW)};
#undef RESTRICT_CLAIM_TEXT_ROW
    CHECK(flaw < ARRAY_COUNT(texts));
    return texts[flaw];
}

/* ---- the statement ---- */

bool restrict_claim_add(struct restrict_claim *claim, const char *code)
{
    u32 at = 0;
    while (at < claim->counts_count && strcmp(claim->counts[at].code, code) < 0) {
        at += 1;
    }
    struct restrict_claim_count *count = &claim->counts[at];
    if (at == claim->counts_count || strcmp(count->code, code) != 0) {
        if (claim->counts_count == RESTRICT_CLAIM_CODES_MAX) {
            return false;
        }
        memmove(count + 1, count, (claim->counts_count - at) * sizeof(*count));
        *count = (struct restrict_claim_count){.count = 0};
        (void)snprintf(count->code, sizeof(count->code), "%s", code);
        claim->counts_count += 1;
    }
    count->count += 1;
    claim->of += 1;
    return true;
}

struct writing {
    char *target;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *writing, const char *format,
                                                      ...)
{
    va_list arguments;
    size_t left = RESTRICT_CLAIM_HEAD_BYTES - writing->used;
    va_start(arguments, format);
    int size = vsnprintf(writing->target + writing->used, left, format, arguments);
    va_end(arguments);
    CHECK(size >= 0);
    writing->used = (size_t)size < left ? writing->used + (size_t)size : writing->used + left - 1;
}

size_t restrict_claim_head(const struct restrict_claim *claim,
                           char target[RESTRICT_CLAIM_HEAD_BYTES])
{
    struct writing writing = {.target = target};
    char country[3];
    char from[RESTRICT_DAY_BYTES];
    char to[RESTRICT_DAY_BYTES];
    char time[MOMENT_TEXT_BYTES];
    char evidence[PUBLOG_HASH_TEXT];
    if (!code_country_print(claim->country, country) || claim->time_us == MOMENT_OPEN ||
        !moment_print(claim->time_us / SECOND_US * SECOND_US, time)) {
        return 0;
    }
    restrict_day_print(claim->from, from);
    restrict_day_print(claim->to, to);
    put(&writing, FIRST_LINE "\norigin %.*s\ncountry %s\nfrom %s\nto %s\ndecisions %" PRIu64 "\n",
        (int)claim->origin.size, (const char *)claim->origin.data, country, from, to,
        claim->decisions);
    for (u32 i = 0; i < claim->missed_count; i += 1) {
        restrict_day_print(claim->missed[i], from);
        put(&writing, "missed %s\n", from);
    }
    put(&writing, "of %" PRIu64 "\n", claim->of);
    for (u32 i = 0; i < claim->counts_count; i += 1) {
        put(&writing, "count %" PRIu64 " %s", claim->counts[i].count, claim->counts[i].code);
    }
    publog_hash_print(claim->evidence, evidence);
    put(&writing, "evidence %s\nat %s\nombud %.*s\n", evidence, time, (int)claim->ombud.size,
        (const char *)claim->ombud.data);
    return writing.used + 1 < RESTRICT_CLAIM_HEAD_BYTES ? writing.used : 0;
}

/* ---- reading ---- */

static bool line_next(struct span *rest, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    struct span after = *rest;
    struct span line;
    if (!span_cut_line(&after, &line) || line.size < size || memcmp(line.data, word, size) != 0) {
        return false;
    }
    *value_out = span_after(line, size);
    *rest = after;
    return true;
}

static bool hex_cut(struct span *value, void *target, size_t bytes)
{
    size_t size = 2 * bytes;
    if (value->size <= size || value->data[size] != ' ' ||
        !bytes_from_hex(span_of(value->data, size), target, bytes)) {
        return false;
    }
    *value = span_after(*value, size + 1);
    return true;
}

/* The file's parts. */
struct parts {
    struct span head; /* that is signed */
    struct span signature;
    struct span evidence; /* all of it */
    struct span days;
    struct span note;
};

/* What the statement says for itself; the rest of it is computed. */
static bool head_read(struct span head, struct restrict_claim *claim)
{
    struct span rest = head;
    struct span value;
    u64 ignored = 0;
    *claim = (struct restrict_claim){.country = 0};
    if (!line_next(&rest, FIRST_LINE, &value) || value.size != 0 ||
        !line_next(&rest, "origin ", &value) || !line_next(&rest, "country ", &value)) {
        return false;
    }
    claim->country = code_country_of(value);
    if (claim->country == 0 || !line_next(&rest, "from ", &value) ||
        !restrict_day_parse(value, &claim->from) || !line_next(&rest, "to ", &value) ||
        !restrict_day_parse(value, &claim->to) || !line_next(&rest, "decisions ", &value)) {
        return false;
    }
    while (line_next(&rest, "missed ", &value)) {
    }
    if (!line_next(&rest, "of ", &value) || !tlog_number_read(value, INT64_MAX, &ignored)) {
        return false;
    }
    while (line_next(&rest, "count ", &value)) {
    }
    return line_next(&rest, "evidence ", &value) && line_next(&rest, "at ", &value) &&
           moment_parse(value, &claim->time_us) && line_next(&rest, "ombud ", &claim->ombud) &&
           claim->ombud.size < SIGN_PUBLIC_TEXT_BYTES && rest.size == 0 &&
           claim->to >= claim->from && claim->to - claim->from < RESTRICT_CLAIM_DAYS_MAX;
}

static bool parts_read(struct span bytes, struct parts *parts)
{
    const u8 *end = bytes.size == 0 ? NULL : memmem(bytes.data, bytes.size, "\n\n", 2);
    const u8 *sign = end == NULL ? NULL
                                 : memmem(bytes.data, (size_t)(end - bytes.data), "\nsignature ",
                                          strlen("\nsignature "));
    if (sign == NULL || bytes.size > RESTRICT_CLAIM_BYTES_MAX) {
        return false;
    }
    parts->head = span_of(bytes.data, (size_t)(sign - bytes.data) + 1);
    const u8 *from = sign + strlen("\nsignature ");
    parts->signature = span_of(from, (size_t)(end - from));
    parts->evidence = span_after(bytes, (size_t)(end - bytes.data) + 2);
    const u8 *gap = parts->evidence.size == 0
                        ? NULL
                        : memmem(parts->evidence.data, parts->evidence.size, "\n\n", 2);
    if (gap == NULL) {
        return false;
    }
    size_t days = (size_t)(gap - parts->evidence.data) + 1;
    parts->days = span_of(parts->evidence.data, days);
    parts->note = span_after(parts->evidence, days + 1);
    return parts->note.size > 0 && parts->head.size < RESTRICT_CLAIM_HEAD_BYTES;
}

/* ---- checking ---- */

static enum fault signature_judge(const struct restrict_claim_check *check,
                                  const struct parts *parts, bool *is_out)
{
    static u8 buffer[RESTRICT_CLAIM_HEAD_BYTES];
    struct signer signer;
    struct sign_key key;
    u8 public_key[SIGN_PUBLIC_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    TRY(sign_key_open_public(check->ombud_pem, &key));
    enum fault fault = signer_open(&signer, buffer, sizeof(buffer));
    if (fault == FAULT_NONE) {
        fault = sign_key_public(&key, public_key);
        if (fault == FAULT_NONE) {
            sign_pair_text(span_of(public_key, sizeof(public_key)), text);
            *is_out = key.kind == SIGN_KIND_ED25519 &&
                      span_equal(check->claim.ombud, span_of_text(text)) &&
                      sign_verify(&signer, &key, &parts->head, 1, parts->signature, false);
        }
        signer_close(&signer);
    }
    sign_key_close(&key);
    return fault;
}

/* Hashes until a line that is none. */
static bool proof_read(struct span *rest, struct tlog_proof *proof)
{
    struct span after = *rest;
    struct span line;
    proof->count = 0;
    while (after.size > 0 && span_cut_line(&after, &line) && proof->count < TLOG_HASHES_MAX &&
           tlog_hash_read(line, &proof->hashes[proof->count])) {
        proof->count += 1;
        *rest = after;
    }
    return proof->count < TLOG_HASHES_MAX;
}

static bool day_read(struct restrict_claim_check *check, u32 wanted, struct span *rest,
                     struct restrict_day *day_out)
{
    struct sha256 *sha256 = &check->crypto->sha256;
    struct span value;
    struct tlog_hash leaf;
    u64 index = 0;
    if (!line_next(rest, "day ", &value)) {
        return false;
    }
    const u8 *space = value.size == 0 ? NULL : memchr(value.data, ' ', value.size);
    size_t digits = space == NULL ? 0 : (size_t)(space - value.data);
    struct span line = span_after(value, digits + 1);
    if (space == NULL || !tlog_number_read(span_of(value.data, digits), TLOG_SIZE_MAX, &index) ||
        !restrict_line_read(line, day_out) || day_out->day != wanted ||
        (wanted > check->claim.from && !restrict_order_follows(&check->last, day_out)) ||
        !proof_read(rest, &check->proof) || index >= check->checkpoint.size) {
        return false;
    }
    tlog_hash_leaf(sha256, line, &leaf);
    check->last = *day_out;
    return tlog_inclusion_verify(sha256, index, check->checkpoint.size, &leaf, &check->proof,
                                 &check->checkpoint.root);
}

static bool key_read(struct restrict_claim_check *check, const struct restrict_day *day,
                     struct span *rest, u8 key_out[RESTRICT_KEY_BYTES])
{
    struct sha256 *sha256 = &check->crypto->sha256;
    struct span value;
    struct tlog_hash leaf;
    if (!line_next(rest, "key ", &value) || !bytes_from_hex(value, key_out, RESTRICT_KEY_BYTES) ||
        !proof_read(rest, &check->proof)) {
        return false;
    }
    tlog_hash_leaf(sha256, span_of(key_out, RESTRICT_KEY_BYTES), &leaf);
    return tlog_inclusion_verify(sha256, check->claim.country - 1U, RESTRICT_COUNTRIES, &leaf,
                                 &check->proof, &day->keys);
}

/* One leaf; its code is empty where it is closed. */
static bool leaf_read(struct restrict_claim_check *check, struct span *rest,
                      char code_out[RESTRICT_CODE_BYTES])
{
    struct restrict_leaf *leaf = &check->leaf;
    struct sha256 *sha256 = &check->crypto->sha256;
    u8 salt[RESTRICT_SALT_BYTES];
    struct tlog_hash inner;
    struct tlog_hash code;
    struct span value;
    u32 lines = 0;
    code_out[0] = 0;
    if (line_next(rest, "- ", &value)) {
        return hex_cut(&value, leaf->parts.bytes, TLOG_HASH_BYTES) &&
               restrict_tags_read(value, leaf);
    }
    if (!line_next(rest, "+ ", &value) || !hex_cut(&value, inner.bytes, TLOG_HASH_BYTES) ||
        !hex_cut(&value, salt, sizeof(salt))) {
        return false;
    }
    const u8 *space = value.size == 0 ? NULL : memchr(value.data, ' ', value.size);
    size_t tags = space == NULL ? 0 : (size_t)(space - value.data);
    struct span text = span_after(value, tags + 1);
    if (space == NULL || !restrict_tags_read(span_of(value.data, tags), leaf) || text.size == 0 ||
        text.size + 2 > RESTRICT_CODE_BYTES ||
        !restrict_lines_valid(span_of(text.data, text.size + 1), &lines)) {
        return false;
    }
    memcpy(code_out, text.data, text.size + 1); /* its newline is there */
    code_out[text.size + 1] = 0;
    restrict_commit(sha256, RESTRICT_PART_CODE, salt, span_of_text(code_out), &code);
    tlog_hash_node(sha256, &inner, &code, &leaf->parts);
    return true;
}

static enum restrict_claim_flaw leaves_judge(struct restrict_claim_check *check,
                                             const struct restrict_day *day, struct span *rest)
{
    struct sha256 *sha256 = &check->crypto->sha256;
    struct tlog_range range = {.size = 0};
    struct tlog_hash root;
    u8 key[RESTRICT_KEY_BYTES];
    if (!key_read(check, day, rest, key)) {
        return RESTRICT_CLAIM_KEY;
    }
    for (u64 number = 0; number < day->count; number += 1) {
        char code[RESTRICT_CODE_BYTES];
        u8 tag[RESTRICT_TAG_BYTES];
        struct tlog_hash hash;
        if (!leaf_read(check, rest, code)) {
            return RESTRICT_CLAIM_LEAF;
        }
        restrict_tag(sha256, key, number, tag);
        restrict_leaf_hash(sha256, &check->leaf, &hash);
        tlog_range_add(sha256, &range, &hash);
        if (restrict_leaf_has(&check->leaf, tag) != (code[0] != 0)) {
            return RESTRICT_CLAIM_OPEN;
        }
        if (code[0] != 0 && !restrict_claim_add(&check->claim, code)) {
            return RESTRICT_CLAIM_COUNT;
        }
    }
    tlog_range_root(sha256, &range, &root);
    return tlog_hash_equal(&root, &day->root) ? RESTRICT_CLAIM_NONE : RESTRICT_CLAIM_LEAF;
}

static enum restrict_claim_flaw days_judge(struct restrict_claim_check *check, struct span rest)
{
    struct restrict_claim *claim = &check->claim;
    for (check->day = claim->from; check->day <= claim->to; check->day += 1) {
        struct restrict_day day;
        struct tlog_hash empty;
        if (!day_read(check, check->day, &rest, &day)) {
            return RESTRICT_CLAIM_DAY;
        }
        tlog_hash_empty(&check->crypto->sha256, &empty);
        enum restrict_claim_flaw flaw = RESTRICT_CLAIM_NONE;
        if (day.count > 0) {
            flaw = leaves_judge(check, &day, &rest);
        } else if (!tlog_hash_equal(&empty, &day.root)) {
            flaw = RESTRICT_CLAIM_LEAF;
        }
        if (flaw != RESTRICT_CLAIM_NONE) {
            return flaw;
        }
        claim->decisions += day.count;
        if (day.is_missed) {
            claim->missed[claim->missed_count] = day.day;
            claim->missed_count += 1;
        }
    }
    return rest.size == 0 ? RESTRICT_CLAIM_NONE : RESTRICT_CLAIM_LEAF;
}

static enum restrict_claim_flaw evidence_judge(struct restrict_claim_check *check,
                                               const struct parts *parts)
{
    struct sha256 *sha256 = &check->crypto->sha256;
    check->log_flaw = tlog_policy_verify(check->crypto, check->policy, parts->note, &check->log);
    if (check->log_flaw == TLOG_FLAW_NONE && check->log.strangers > 0) {
        check->log_flaw = TLOG_FLAW_STRANGER;
    }
    if (check->log_flaw != TLOG_FLAW_NONE) {
        return RESTRICT_CLAIM_LOG;
    }
    check->checkpoint = check->log.checkpoint;
    check->claim.origin = check->checkpoint.origin;
    enum restrict_claim_flaw flaw = days_judge(check, parts->days);
    if (flaw != RESTRICT_CLAIM_NONE) {
        return flaw;
    }
    sha256_begin(sha256);
    sha256_add(sha256, parts->evidence);
    sha256_end(sha256, check->claim.evidence);
    size_t size = restrict_claim_head(&check->claim, check->head);
    return span_equal(parts->head, span_of(check->head, size)) ? RESTRICT_CLAIM_NONE
                                                               : RESTRICT_CLAIM_COUNT;
}

enum fault restrict_claim_verify(struct restrict_claim_check *check, struct span bytes,
                                 enum restrict_claim_flaw *flaw_out)
{
    struct parts parts;
    bool is_signed = false;
    *flaw_out = RESTRICT_CLAIM_TEXT;
    if (!parts_read(bytes, &parts) || !head_read(parts.head, &check->claim)) {
        return FAULT_NONE;
    }
    TRY(signature_judge(check, &parts, &is_signed));
    *flaw_out = is_signed ? evidence_judge(check, &parts) : RESTRICT_CLAIM_SIGNATURE;
    return FAULT_NONE;
}
