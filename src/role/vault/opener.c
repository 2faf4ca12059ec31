#include "role/vault/opener.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "role/vault/opener_text.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 100U /* of a file in the archive */
_Static_assert(sizeof(((struct opening *)0)->signer) == crypto_sign_PUBLICKEYBYTES, "Ed25519");

struct opener {
    struct seal_room *room; /* both keys lie in it */
    struct seal_scalar *key;
    u8 *signer;
    struct opening opening;
    bool is_used;
    /* of the one delivery */
    u8 *text; /* locked; of the record in work */
    size_t text_room;
    struct share_partial partials[OPENER_RELEASES_MAX][GRANT_RECORDS_MAX];
};

enum fault opener_open(struct opener **opener_out, const struct grant_file *file, u64 now_s)
{
    *opener_out = NULL;
    /* Officers' answers lie in it: together they open a record. */
    struct opener *opener = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*opener));
    if (opener == NULL) {
        return FAULT(FAULT_UNPROTECTED, "no locked memory for an opener");
    }
    memset(opener, 0, sizeof(*opener));
    enum fault fault = seal_room_open(&opener->room);
    if (fault != FAULT_NONE) {
        sodium_free(opener);
        return fault;
    }
    opener->key = seal_room_take(opener->room, sizeof(*opener->key));
    opener->signer = seal_room_take(opener->room, crypto_sign_SECRETKEYBYTES);
    opening_make(file->grant.venue, file->hash, now_s, opener->key, opener->signer,
                 &opener->opening);
    *opener_out = opener;
    return FAULT_NONE;
}

void opener_close(struct opener *opener)
{
    if (opener != NULL) {
        sodium_free(opener->text);
        seal_room_close(opener->room);
        sodium_free(opener); /* wipes */
    }
}

const struct opening *opener_opening(const struct opener *opener)
{
    return &opener->opening;
}

/* ---- one record ---- */

static struct share_case case_of(const struct opener_call *call, u32 index, const u8 *context)
{
    const struct opening_row *row = &call->rows->list[index];
    return (struct share_case){.key = call->judge->key,
                               .label = row->label,
                               .wrap = &row->wrap,
                               .body_hash = row->body_hash,
                               .context = context};
}

/* Opens the officers' answers and checks each; a wrong one names its officer. */
static enum fault gather(struct opener *opener, const struct opener_call *call,
                         const u8 context[SHARE_HASH_BYTES], struct opener_result *result)
{
    if (call->releases_count > OPENER_RELEASES_MAX) {
        return FAULT(FAULT_INPUT, "more than %u releases", OPENER_RELEASES_MAX);
    }
    for (u32 i = 0; i < call->releases_count; i += 1) {
        result->is_release = true;
        result->release = i;
        TRY(release_read(opener->room, call->releases[i].text, call->releases[i].name,
                         &opener->opening, opener->key, call->rows, opener->partials[i]));
        for (u32 j = 0; j < call->rows->count; j += 1) {
            struct share_case about = case_of(call, j, context);
            const u8 *place = opener->partials[i][j].place;
            if (call->releases[i].index != 0 &&
                (place[0] != call->releases[i].side || place[1] != call->releases[i].index)) {
                return FAULT(FAULT_INPUT, "%s: an answer of another officer",
                             call->releases[i].name);
            }
            TRY(share_partial_check(&about, &opener->partials[i][j], &result->wrong));
        }
    }
    result->is_release = false;
    return FAULT_NONE;
}

/* Makes room for a body's text. */
static enum fault text_make_room(struct opener *opener, size_t bytes)
{
    if (opener->text_room >= bytes) {
        return FAULT_NONE;
    }
    sodium_free(opener->text);
    opener->text = sodium_malloc(bytes);
    opener->text_room = opener->text == NULL ? 0 : bytes;
    return opener->text == NULL
               ? FAULT(FAULT_UNPROTECTED, "no %zu bytes of locked memory for a record", bytes)
               : FAULT_NONE;
}

/* The text of a record, in opener->text. */
static enum fault record_open(struct opener *opener, const struct opener_call *call, u32 index,
                              size_t *bytes_out, struct share_wrong *wrong_out)
{
    u8 context[SHARE_HASH_BYTES];
    u8 hash[SEAL_HASH_BYTES];
    struct share_partial partials[OPENER_RELEASES_MAX];
    const struct opening_row *row = &call->rows->list[index];
    struct span body;
    opening_context(&opener->opening, context);
    struct share_case about = case_of(call, index, context);
    TRY(call->bodies->body(call->bodies, index, &body));
    seal_body_hash(body, hash);
    if (body.size <= SEAL_BODY_EXTRA_BYTES || body.size > SEAL_BODY_BYTES_MAX ||
        memcmp(hash, row->body_hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_ROT, "body %u: not the one whose hash the officers saw", index + 1);
    }
    TRY(text_make_room(opener, body.size));
    for (u32 i = 0; i < call->releases_count; i += 1) {
        partials[i] = opener->partials[i][index];
    }
    size_t mark = seal_room_mark(opener->room);
    u8 *key = seal_room_take(opener->room, SEAL_KEY_SIZE);
    enum fault fault =
        share_open(opener->room, &about, partials, call->releases_count, key, wrong_out);
    sodium_memzero(partials, sizeof(partials));
    if (fault == FAULT_NONE) {
        fault = seal_body_open(&row->label, key, body, opener->text, bytes_out);
    }
    seal_room_leave(opener->room, mark);
    return fault;
}

static void text_wipe(struct opener *opener)
{
    if (opener->text != NULL) {
        sodium_memzero(opener->text, opener->text_room);
    }
}

/* ---- comparing ---- */

/* Every identifier of the person must be in one of the person's identity records. */
static enum fault compare_record(struct opener *opener, const struct opener_call *call, u32 index,
                                 bool found[GRANT_IDENTIFIERS_MAX], struct share_wrong *wrong_out)
{
    const struct grant *grant = &call->file->grant;
    const struct seal_label *label = &grant->records[index].label;
    size_t bytes = 0;
    if (label->group != SEAL_GROUP_IDENTITY) {
        return FAULT_NONE;
    }
    TRY(record_open(opener, call, index, &bytes, wrong_out));
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        const struct grant_identifier *identifier = &grant->identifiers[i];
        if (identifier->subject == label->subject &&
            opener_identifier_is_in(grant, identifier, span_of(opener->text, bytes))) {
            found[i] = true;
        }
    }
    text_wipe(opener);
    return FAULT_NONE;
}

static enum fault compare(struct opener *opener, const struct opener_call *call,
                          struct opener_result *result)
{
    const struct grant *grant = &call->file->grant;
    bool found[GRANT_IDENTIFIERS_MAX] = {false};
    for (u32 i = 0; i < grant->records_count; i += 1) {
        TRY(compare_record(opener, call, i, found, &result->wrong));
    }
    for (u32 i = 0; i < grant->identifiers_count; i += 1) {
        if (!found[i]) {
            result->is_mismatch = true;
            return FAULT(FAULT_REFUSED,
                         "mismatch: the %s of person %llu is not what the paper says; nothing is "
                         "delivered",
                         grant_field_name(grant->identifiers[i].field),
                         (unsigned long long)grant->identifiers[i].subject);
        }
    }
    return FAULT_NONE;
}

/* ---- the manifest ---- */

struct manifest {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void tell(struct manifest *manifest,
                                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(manifest->text + manifest->size, OPENER_MANIFEST_BYTES - manifest->size,
                         format, arguments);
    va_end(arguments);
    CHECK(size > 0 && (size_t)size < OPENER_MANIFEST_BYTES - manifest->size);
    manifest->size += (size_t)size;
}

static u64 entry_of(struct span shown)
{
    struct publog_shown read;
    struct tlog_receipt receipt;
    CHECK(publog_shown_read(shown, &read)); /* judged before */
    enum tlog_flaw flaw = tlog_receipt_read(read.receipt.of_leaf, &receipt);
    CHECK(flaw == TLOG_FLAW_NONE);
    return receipt.index;
}

static void manifest_begin(struct manifest *manifest, const struct opener *opener,
                           const struct opener_call *call)
{
    char hex[65];
    u8 context[SHARE_HASH_BYTES];
    const struct grant *grant = &call->file->grant;
    opening_context(&opener->opening, context);
    tell(manifest, "cambist manifest v1\nvenue: %s\n", grant->venue);
    tell(manifest, "case: %s\n", bytes_to_hex(grant->name, sizeof(grant->name), hex));
    tell(manifest, "authority: %s\n", grant->authority);
    tell(manifest, "grant: %s\n", bytes_to_hex(call->file->hash, GRANT_HASH_BYTES, hex));
    tell(manifest, "grant-entry: %llu\n", (unsigned long long)entry_of(call->grant_shown));
    tell(manifest, "opening: %s\n", bytes_to_hex(context, sizeof(context), hex));
    tell(manifest, "opening-entry: %llu\n", (unsigned long long)entry_of(call->opening_shown));
}

static void manifest_end(struct manifest *manifest, const struct opener *opener, u64 file_bytes,
                         const u8 file_hash[SHA256_BYTES])
{
    char hex[65];
    tell(manifest, "file: %s\n", bytes_to_hex(file_hash, SHA256_BYTES, hex));
    tell(manifest, "bytes: %llu\n", (unsigned long long)file_bytes);
    manifest->size = opening_manifest_sign(opener->signer, manifest->text, manifest->size,
                                           OPENER_MANIFEST_BYTES);
}

enum fault opener_manifest_check(struct span manifest, const struct opening *opening)
{
    char hex[65];
    char line[128];
    u8 context[SHARE_HASH_BYTES];
    size_t tail = strlen("signature: \n") + SIGN_SIGNATURE_TEXT_BYTES - 1;
    struct span text = span_piece(manifest, 0, manifest.size < tail ? 0 : manifest.size - tail);
    struct officer signer = {.line = 0};
    u8 signature[OFFICER_SIGNATURE_BYTES];
    memcpy(signer.key, opening->signer, sizeof(signer.key));
    struct span last = span_after(manifest, text.size);
    if (text.size == 0 || memcmp(last.data, "signature: ", 11) != 0 ||
        last.data[last.size - 1] != '\n' ||
        sign_decode_base64(span_piece(last, 11, SIGN_SIGNATURE_TEXT_BYTES - 1), signature,
                           sizeof(signature)) != sizeof(signature) ||
        !officer_signed(&signer, text, signature)) {
        return FAULT(FAULT_REFUSED, "manifest: not signed by this opening's key");
    }
    opening_context(opening, context);
    int size = snprintf(line, sizeof(line), "\nopening: %s\n",
                        bytes_to_hex(context, sizeof(context), hex));
    return memmem(text.data, text.size, line, (size_t)size) != NULL
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "manifest: of another opening");
}

/* ---- delivering ---- */

/* Hashes and counts what goes by. */
struct tee {
    struct age_target target;
    struct age_target *to;
    crypto_hash_sha256_state hash;
    u64 bytes;
};

static enum fault tee_write(struct age_target *target, struct span bytes)
{
    struct tee *tee = (struct tee *)target;
    (void)crypto_hash_sha256_update(&tee->hash, bytes.data, bytes.size);
    tee->bytes += bytes.size;
    return tee->to->write(tee->to, bytes);
}

static enum fault put_record(struct opener *opener, const struct opener_call *call, u32 index,
                             struct age_writer *writer, struct manifest *manifest,
                             struct opener_result *result)
{
    const struct grant_record *record = &call->file->grant.records[index];
    const char *group = seal_group_name(record->label.group);
    bool is_text = record->label.group != SEAL_GROUP_DOCUMENTS;
    char name[NAME_BYTES];
    char from[GRANT_MOMENT_BYTES] = "none";
    char to[GRANT_MOMENT_BYTES] = "none";
    size_t bytes = 0;
    u32 withheld = 0;
    if (record->is_compared) {
        tell(manifest, "compared: %llu %s %u\n", (unsigned long long)record->label.subject, group,
             record->label.version);
        return FAULT_NONE;
    }
    TRY(record_open(opener, call, index, &bytes, &result->wrong));
    if (is_text) {
        bytes = opener_withhold(record, opener->text, bytes, &withheld);
    }
    (void)snprintf(name, sizeof(name), "person-%llu/%s.%u.%s",
                   (unsigned long long)record->label.subject, group, record->label.version,
                   is_text ? "txt" : "bin");
    TRY(opener_tar_put(writer, name, opener->opening.begins_s, span_of(opener->text, bytes)));
    text_wipe(opener);
    if (record->to_day > 0) {
        grant_day_print(record->from_day, from);
        grant_day_print(record->to_day, to);
    }
    tell(manifest, "delivered: %llu %s %u days %s %s lines-withheld %u\n",
         (unsigned long long)record->label.subject, group, record->label.version, from, to,
         withheld);
    result->withheld_lines += withheld;
    return FAULT_NONE;
}

static enum fault write_archive(struct opener *opener, const struct opener_call *call,
                                struct age_writer *writer, struct manifest *manifest,
                                struct opener_result *result)
{
    TRY(opener_tar_put(writer, "grant.txt", opener->opening.begins_s,
                       span_of(call->file->text, call->file->text_bytes)));
    for (u32 i = 0; i < call->rows->count; i += 1) {
        TRY(put_record(opener, call, i, writer, manifest, result));
    }
    TRY(opener_tar_end(writer));
    return age_writer_end(writer);
}

static enum fault deliver(struct opener *opener, const struct opener_call *call,
                          struct opener_result *result)
{
    struct opening_granted granted;
    struct age_writer *writer = NULL;
    struct manifest manifest = {.text = result->manifest, .size = 0};
    struct tee tee = {.target = {.write = tee_write}, .to = call->target};
    u8 context[SHARE_HASH_BYTES];
    u8 hash[SHA256_BYTES];
    size_t bytes = 0;
    TRY(opening_judge_grant(call->judge, call->file, call->grant_shown, &granted));
    TRY(opening_judge_rows(call->judge, call->file, call->rows));
    TRY(opening_judge_opening(call->judge, call->file, &granted, &opener->opening,
                              call->opening_shown));
    TRY(opening_judge_first(call->judge, call->file, &opener->opening, call->opening_shown,
                            call->slots));
    opening_context(&opener->opening, context);
    TRY(gather(opener, call, context, result));
    TRY(record_open(opener, call, 0, &bytes, &result->wrong)); /* there are enough answers */
    opener->is_used = true;
    TRY(compare(opener, call, result));
    (void)crypto_hash_sha256_init(&tee.hash);
    manifest_begin(&manifest, opener, call);
    TRY(age_writer_open(&writer, call->file->grant.recipient, &tee.target));
    enum fault fault = write_archive(opener, call, writer, &manifest, result);
    age_writer_close(writer);
    TRY(fault);
    (void)crypto_hash_sha256_final(&tee.hash, hash);
    manifest_end(&manifest, opener, tee.bytes, hash);
    result->file_bytes = tee.bytes;
    result->manifest_bytes = manifest.size;
    return FAULT_NONE;
}

enum fault opener_deliver(struct opener *opener, const struct opener_call *call,
                          struct opener_result *result_out)
{
    memset(result_out, 0, sizeof(*result_out));
    result_out->wrong.side = SHARE_SIDE_A;
    if (opener->is_used) {
        return FAULT(FAULT_REFUSED, "opening: used already; it takes another grant");
    }
    enum fault fault = deliver(opener, call, result_out);
    text_wipe(opener);
    sodium_memzero(opener->partials, sizeof(opener->partials));
    if (fault != FAULT_NONE) {
        memset(result_out->manifest, 0, sizeof(result_out->manifest));
        result_out->manifest_bytes = 0;
    }
    return fault;
}
