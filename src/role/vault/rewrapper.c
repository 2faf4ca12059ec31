#include "role/vault/rewrapper.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/vault/opener.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_receipt.h"

#include <stdio.h>
#include <string.h>

#define SEALING_BYTES 32U
#define BOX_BYTES     (SEALING_BYTES + SEAL_BOX_EXTRA_BYTES)
#define BOUND_BYTES   (SHARE_HASH_BYTES + 2U)               /* of the box: opening, side, index */
#define ABOUT_BYTES   (SHARE_HASH_BYTES + SEAL_LABEL_BYTES) /* of a row */
#define NOBODY        UINT32_MAX

static const char head_line[] = "cambist rotation release v1";
static const char box_name[] = "rotation-release";

_Static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == 16, "ROTATION_ANSWER_BYTES");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == SEALING_BYTES, "the key");
_Static_assert(sizeof(((struct opening *)0)->signer) == crypto_sign_PUBLICKEYBYTES, "Ed25519");

/* ---- what both sides bind ---- */

static void bound_of(const u8 context[SHARE_HASH_BYTES], enum share_side side, u32 index,
                     u8 bound[BOUND_BYTES])
{
    memcpy(bound, context, SHARE_HASH_BYTES);
    bound[SHARE_HASH_BYTES] = (u8)side;
    bound[SHARE_HASH_BYTES + 1] = (u8)index;
}

/* A row's number stands in its nonce: the key seals the rows of one answer and nothing else. */
static void row_of(const u8 context[SHARE_HASH_BYTES], const struct seal_label *label, u32 row,
                   u8 about[ABOUT_BYTES], u8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES])
{
    memcpy(about, context, SHARE_HASH_BYTES);
    seal_label_encode(label, about + SHARE_HASH_BYTES);
    memset(nonce, 0, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
    bytes_put_u64(nonce, row);
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

/* ---- the officer's side ---- */

enum fault rotation_answer_begin(struct rotation_answerer *answerer, const struct opening *opening,
                                 char head[ROTATION_ANSWER_HEAD_BYTES], size_t *size_out)
{
    u8 bound[BOUND_BYTES];
    u8 box[BOX_BYTES];
    char hash[2 * SHARE_HASH_BYTES + 1];
    char hex[2 * BOX_BYTES + 1];
    opening_context(opening, answerer->context);
    bound_of(answerer->context, answerer->side, answerer->index, bound);
    answerer->sealing = seal_room_take(answerer->room, SEALING_BYTES);
    randombytes_buf(answerer->sealing, SEALING_BYTES);
    TRY(seal_box_close(box_name, answerer->room, &opening->key, span_of(bound, sizeof(bound)),
                       span_of(answerer->sealing, SEALING_BYTES), box));
    int size = snprintf(
        head, ROTATION_ANSWER_HEAD_BYTES, "%s\nopening: %s\nplace: %c %u\nkey: %s\n", head_line,
        bytes_to_hex(answerer->context, SHARE_HASH_BYTES, hash), share_side_letter(answerer->side),
        answerer->index, bytes_to_hex(box, sizeof(box), hex));
    CHECK(size > 0 && (size_t)size < ROTATION_ANSWER_HEAD_BYTES);
    *size_out = (size_t)size;
    return FAULT_NONE;
}

enum fault rotation_answer_piece(const struct rotation_answerer *answerer,
                                 const struct rotation_piece *piece,
                                 u8 target[ROTATION_PIECE * ROTATION_ANSWER_BYTES])
{
    for (u32 i = 0; i < piece->count; i += 1) {
        struct share_partial partial;
        u8 about[ABOUT_BYTES];
        u8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
        const struct opening_row *row = &piece->rows[i];
        struct share_case one = case_of(answerer->key, row, answerer->context);
        TRY(share_answer(answerer->room, &one, answerer->side, answerer->index, answerer->share,
                         &partial));
        row_of(answerer->context, &row->label, piece->first + i, about, nonce);
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
            target + (size_t)i * ROTATION_ANSWER_BYTES, NULL, (const u8 *)&partial, sizeof(partial),
            about, sizeof(about), NULL, nonce, answerer->sealing);
        secret_wipe(&partial, sizeof(partial));
    }
    return FAULT_NONE;
}

/* ---- the re-wrapper ---- */

struct rewrapper {
    struct seal_room *room; /* both keys lie in it */
    struct seal_scalar *key;
    u8 *signer;
    struct opening opening;
    u8 context[SHARE_HASH_BYTES];
    bool is_allowed;
    struct rewrapper_task task;
    u64 entries[2]; /* in the log: rotation, opening */
    u32 done;       /* rows */
    /* of each officer whose head was taken, by side and index */
    bool has[REWRAPPER_ANSWERS_MAX];
    u8 sealings[REWRAPPER_ANSWERS_MAX][SEALING_BYTES];
    struct share_partial partials[REWRAPPER_ANSWERS_MAX]; /* for the row in work */
};

static u32 place_of(enum share_side side, u32 index)
{
    CHECK(index > 0 && index <= SHARE_MEMBERS_MAX);
    return (side == SHARE_SIDE_A ? 0 : SHARE_MEMBERS_MAX) + index - 1;
}

enum fault rewrapper_open(struct rewrapper **rewrapper_out, const struct rotation_file *file,
                          u64 now_s)
{
    *rewrapper_out = NULL;
    /* Officers' answers lie in it: together they open a wrap. */
    struct rewrapper *rewrapper = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*rewrapper));
    if (rewrapper == NULL) {
        return FAULT(FAULT_UNPROTECTED, "no locked memory for a re-wrapper");
    }
    memset(rewrapper, 0, sizeof(*rewrapper));
    enum fault fault = seal_room_open(&rewrapper->room);
    if (fault != FAULT_NONE) {
        sodium_free(rewrapper);
        return fault;
    }
    rewrapper->key = seal_room_take(rewrapper->room, sizeof(*rewrapper->key));
    rewrapper->signer = seal_room_take(rewrapper->room, crypto_sign_SECRETKEYBYTES);
    opening_make(file->rotation.venue, file->hash, now_s, rewrapper->key, rewrapper->signer,
                 &rewrapper->opening);
    opening_context(&rewrapper->opening, rewrapper->context);
    *rewrapper_out = rewrapper;
    return FAULT_NONE;
}

void rewrapper_close(struct rewrapper *rewrapper)
{
    if (rewrapper != NULL) {
        seal_room_close(rewrapper->room);
        sodium_free(rewrapper); /* wipes */
    }
}

const struct opening *rewrapper_opening(const struct rewrapper *rewrapper)
{
    return &rewrapper->opening;
}

struct span rewrapper_bytes(const struct rewrapper *rewrapper)
{
    return span_of(rewrapper, sizeof(*rewrapper));
}

struct span rewrapper_room_bytes(const struct rewrapper *rewrapper)
{
    return seal_room_bytes(rewrapper->room);
}

/* The index of the leaf that a receipt is of; it was judged before. */
static u64 entry_of(struct span shown)
{
    struct publog_shown read;
    struct tlog_receipt receipt;
    CHECK(publog_shown_read(shown, &read));
    enum tlog_flaw flaw = tlog_receipt_read(read.receipt.of_leaf, &receipt);
    CHECK(flaw == TLOG_FLAW_NONE);
    return receipt.index;
}

enum fault rewrapper_allow(struct rewrapper *rewrapper, const struct rewrapper_task *task)
{
    struct opening_granted granted;
    if (rewrapper->is_allowed) {
        return FAULT(FAULT_REFUSED, "opening: used already; it takes another rotation");
    }
    TRY(rotation_judge_logged(task->judge, task->file, task->shown, &granted));
    TRY(rotation_judge_rows(task->rows, &task->file->rotation));
    TRY(rotation_judge_opening(task->judge, task->file, &granted, &rewrapper->opening,
                               task->opening_shown, task->slots));
    rewrapper->task = *task;
    rewrapper->entries[0] = granted.seen.index;
    rewrapper->entries[1] = entry_of(task->opening_shown);
    rewrapper->is_allowed = true;
    return FAULT_NONE;
}

/* ---- answers ---- */

static bool cut_hex(struct span *rest, const char *word, void *target, size_t size)
{
    struct span line;
    size_t bytes = strlen(word);
    return span_cut_line(rest, &line) && line.size >= bytes &&
           memcmp(line.data, word, bytes) == 0 &&
           bytes_from_hex(span_after(line, bytes), target, size);
}

enum fault rewrapper_take(struct rewrapper *rewrapper, struct span head, const char *name,
                          enum share_side side, u32 index, size_t *head_bytes_out)
{
    struct span rest = head;
    struct span line;
    char place[16];
    u8 told[SHARE_HASH_BYTES];
    u8 box[BOX_BYTES];
    u8 bound[BOUND_BYTES];
    u32 number = place_of(side, index);
    if (!span_cut_line(&rest, &line) || !span_equal(line, span_of_text(head_line)) ||
        !cut_hex(&rest, "opening: ", told, sizeof(told))) {
        return FAULT(FAULT_INPUT, "%s: not an officer's answer for a rotation", name);
    }
    if (memcmp(told, rewrapper->context, sizeof(told)) != 0) {
        return FAULT(FAULT_REFUSED, "%s: an answer for another opening", name);
    }
    (void)snprintf(place, sizeof(place), "place: %c %u", share_side_letter(side), index);
    if (!span_cut_line(&rest, &line) || !span_equal(line, span_of_text(place))) {
        return FAULT(FAULT_INPUT, "%s: an answer of another officer", name);
    }
    if (!cut_hex(&rest, "key: ", box, sizeof(box))) {
        return FAULT(FAULT_INPUT, "%s: not an officer's answer for a rotation", name);
    }
    bound_of(rewrapper->context, side, index, bound);
    if (seal_box_open(box_name, rewrapper->room, rewrapper->key, span_of(bound, sizeof(bound)),
                      span_of(box, sizeof(box)), rewrapper->sealings[number]) != FAULT_NONE) {
        fault_forget();
        return FAULT(FAULT_ROT, "%s: its key does not open: it was changed, or is for another",
                     name);
    }
    rewrapper->has[number] = true;
    *head_bytes_out = head.size - rest.size;
    return FAULT_NONE;
}

/* The partials of one row, as they were sealed. */
static enum fault row_gather(struct rewrapper *rewrapper, const struct rotation_piece *piece,
                             u32 index, const struct rewrapper_answer *answers, u32 answers_count,
                             u32 *wrong_out)
{
    u8 about[ABOUT_BYTES];
    u8 nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
    row_of(rewrapper->context, &piece->rows[index].label, piece->first + index, about, nonce);
    for (u32 i = 0; i < answers_count; i += 1) {
        struct share_partial *partial = &rewrapper->partials[i];
        u32 number = place_of(answers[i].side, answers[i].index);
        CHECK(rewrapper->has[number] &&
              answers[i].bytes.size == (size_t)piece->count * ROTATION_ANSWER_BYTES);
        *wrong_out = i;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt((u8 *)partial, NULL, NULL,
                                                       answers[i].bytes.data +
                                                           (size_t)index * ROTATION_ANSWER_BYTES,
                                                       ROTATION_ANSWER_BYTES, about, sizeof(about),
                                                       nonce, rewrapper->sealings[number]) != 0) {
            return FAULT(FAULT_ROT,
                         "%s: answer %u does not open: it was changed, or is for "
                         "another record",
                         answers[i].name, piece->first + index + 1);
        }
        if (partial->place[0] != answers[i].side || partial->place[1] != answers[i].index) {
            return FAULT(FAULT_INPUT, "%s: answer %u is of another officer", answers[i].name,
                         piece->first + index + 1);
        }
    }
    *wrong_out = NOBODY;
    return FAULT_NONE;
}

/* Which answer the officer's is that share_open names. */
static u32 number_of(const struct rewrapper_answer *answers, u32 answers_count,
                     const struct share_wrong *wrong)
{
    for (u32 i = 0; i < answers_count; i += 1) {
        if (wrong->index != 0 && answers[i].side == wrong->side &&
            answers[i].index == wrong->index) {
            return i;
        }
    }
    return NOBODY;
}

static enum fault row_wrap(struct rewrapper *rewrapper, const struct opening_row *row,
                           const struct rewrapper_answer *answers, u32 answers_count,
                           struct opening_row *row_out, u32 *wrong_out)
{
    const struct rotation_judge *judge = rewrapper->task.judge;
    struct share_case about = case_of(judge->judge->key, row, rewrapper->context);
    struct share_wrong wrong;
    size_t mark = seal_room_mark(rewrapper->room);
    u8 *key = seal_room_take(rewrapper->room, SEAL_KEY_SIZE);
    enum fault fault =
        share_open(rewrapper->room, &about, rewrapper->partials, answers_count, key, &wrong);
    *wrong_out = fault == FAULT_NONE ? NOBODY : number_of(answers, answers_count, &wrong);
    *row_out = *row;
    row_out->label.epoch = judge->to.number;
    if (fault == FAULT_NONE) {
        fault = seal_wrap_make(rewrapper->room, &row_out->label, &judge->to.public, key,
                               row->body_hash, &row_out->wrap);
    }
    seal_room_leave(rewrapper->room, mark); /* wipes the key */
    TRY(fault);
    return seal_wrap_check(&row_out->label, &judge->to.public, row->body_hash, &row_out->wrap);
}

enum fault rewrapper_piece(struct rewrapper *rewrapper, const struct rotation_piece *piece,
                           const struct rewrapper_answer *answers, u32 answers_count,
                           struct opening_row rows_out[ROTATION_PIECE], u32 *wrong_out)
{
    enum fault fault = FAULT_NONE;
    *wrong_out = NOBODY;
    CHECK(rewrapper->is_allowed && piece->first == rewrapper->done);
    CHECK(answers_count <= REWRAPPER_ANSWERS_MAX);
    for (u32 i = 0; i < piece->count && fault == FAULT_NONE; i += 1) {
        fault = row_gather(rewrapper, piece, i, answers, answers_count, wrong_out);
        if (fault == FAULT_NONE) {
            fault = row_wrap(rewrapper, &piece->rows[i], answers, answers_count, &rows_out[i],
                             wrong_out);
        }
    }
    secret_wipe(rewrapper->partials, sizeof(rewrapper->partials));
    if (fault == FAULT_NONE) {
        rewrapper->done += piece->count;
    }
    return fault;
}

/* ---- the manifest ---- */

size_t rewrapper_manifest(struct rewrapper *rewrapper, const u8 wraps[SHA256_BYTES],
                          char target[REWRAPPER_MANIFEST_BYTES])
{
    char name[2 * PUBLOG_CASE_BYTES + 1];
    char hashes[3][2 * SHA256_BYTES + 1];
    const struct rotation_file *file = rewrapper->task.file;
    const struct rotation *rotation = &file->rotation;
    CHECK(rewrapper->is_allowed && rewrapper->done == rotation->records);
    int size = snprintf(target, REWRAPPER_MANIFEST_BYTES,
                        "cambist rotation manifest v1\nvenue: %s\ncase: %s\nrotation: %s\n"
                        "rotation-entry: %llu\nopening: %s\nopening-entry: %llu\nfrom: %u\nto: %u\n"
                        "records: %u\nwraps: %s\n",
                        rotation->venue, bytes_to_hex(rotation->name, PUBLOG_CASE_BYTES, name),
                        bytes_to_hex(file->hash, sizeof(file->hash), hashes[0]),
                        (unsigned long long)rewrapper->entries[0],
                        bytes_to_hex(rewrapper->context, SHARE_HASH_BYTES, hashes[1]),
                        (unsigned long long)rewrapper->entries[1], rotation->from.number,
                        rotation->to.number, rotation->records,
                        bytes_to_hex(wraps, SHA256_BYTES, hashes[2]));
    CHECK(size > 0 && (size_t)size < REWRAPPER_MANIFEST_BYTES);
    return opening_manifest_sign(rewrapper->signer, target, (size_t)size, REWRAPPER_MANIFEST_BYTES);
}

static bool manifest_says(struct span manifest, const char *word, const u8 hash[SHA256_BYTES])
{
    char line[160];
    char hex[2 * SHA256_BYTES + 1];
    int size =
        snprintf(line, sizeof(line), "\n%s: %s\n", word, bytes_to_hex(hash, SHA256_BYTES, hex));
    return memmem(manifest.data, manifest.size, line, (size_t)size) != NULL;
}

enum fault rewrapper_manifest_check(struct span manifest, const struct opening *opening,
                                    const struct rotation_file *file, struct rotation_table *wraps)
{
    static _Thread_local struct rotation_piece piece;
    TRY(opener_manifest_check(manifest, opening));
    if (memcmp(opening->grant, file->hash, sizeof(file->hash)) != 0 ||
        !manifest_says(manifest, "rotation", file->hash)) {
        return FAULT(FAULT_REFUSED, "manifest: of another rotation");
    }
    if (!manifest_says(manifest, "wraps", wraps->hash)) {
        return FAULT(FAULT_ROT, "%s: not the wraps of this manifest", wraps->file.path);
    }
    TRY(rotation_table_piece(wraps, 0, &piece));
    return wraps->count == file->rotation.records &&
                   piece.rows[0].label.epoch == file->rotation.to.number
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: not as many wraps as records, or of another epoch",
                       wraps->file.path);
}
