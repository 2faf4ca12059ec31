#include "role/vault/tlog_witness.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES (2U * SHA256_BYTES + 1U)
#define SECOND_US  1000000ULL

#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_SIZE "text/x.tlog.size"

/* What is known of one log. */
struct witness_log {
    struct tlog_key key;
    char name[NAME_BYTES]; /* of its file */
    bool is_broken;        /* nobody knows what was kept */
    u64 size;
    struct tlog_hash root; /* once note_bytes > 0 */
    u64 time;              /* of the last cosignature, in seconds */
    size_t note_bytes;     /* 0: nothing was cosigned yet */
    u8 *note;              /* TLOG_NOTE_BYTES_MAX */
};

struct tlog_witness {
    struct disk *disk;
    struct clock *clock;
    struct disk_lock lock;
    bool is_locked;
    char folder[FILE_PATH_BYTES];
    struct tlog_secret *secret; /* in locked memory */
    struct tlog_crypto crypto;
    struct tlog_witness_counts counts;
    struct tlog_witness_ask ask;
    u8 fresh[TLOG_NOTE_BYTES_MAX];
    u32 logs_count;
    struct witness_log logs[TLOG_WITNESS_LOGS_MAX];
};

/* ---- a request ---- */

static u32 note_take(struct span bytes, struct tlog_witness_ask *ask_out)
{
    enum tlog_flaw flaw = tlog_note_read(bytes, &ask_out->note);
    ask_out->note_bytes = bytes;
    if (flaw == TLOG_FLAW_SIGNATURE_LINE) {
        return 403;
    }
    return flaw == TLOG_FLAW_NONE &&
                   tlog_checkpoint_read(ask_out->note.text, &ask_out->checkpoint) == TLOG_FLAW_NONE
               ? 0
               : 400;
}

u32 tlog_witness_ask_read(struct span body, struct tlog_witness_ask *ask_out)
{
    static const char old_word[] = "old ";
    struct span rest = body;
    struct span line;
    size_t word = sizeof(old_word) - 1;
    ask_out->proof.count = 0;
    if (!span_cut_line(&rest, &line) || line.size <= word ||
        memcmp(line.data, old_word, word) != 0 ||
        !tlog_number_read(span_after(line, word), TLOG_SIZE_MAX, &ask_out->old)) {
        return 400;
    }
    for (u32 index = 0; index <= TLOG_WITNESS_PROOF_MAX; index += 1) {
        if (!span_cut_line(&rest, &line)) {
            return 400;
        }
        if (line.size == 0) {
            return note_take(rest, ask_out);
        }
        if (index == TLOG_WITNESS_PROOF_MAX ||
            !tlog_hash_read(line, &ask_out->proof.hashes[index])) {
            return 400;
        }
        ask_out->proof.count = index + 1;
    }
    return 400;
}

/* ---- answers ---- */

__attribute__((format(printf, 4, 5))) static void answer(struct tlog_witness_answer *answer,
                                                         u32 status, const char *type,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf((char *)answer->bytes, sizeof(answer->bytes), format, arguments);
    va_end(arguments);
    CHECK(size > 0 && (size_t)size < sizeof(answer->bytes));
    answer->status = status;
    answer->type = type;
    answer->size = (size_t)size;
}

/* ---- what is kept ---- */

static void name_of(struct sha256 *sha256, const struct tlog_key *key, char name_out[NAME_BYTES])
{
    u8 hash[SHA256_BYTES];
    sha256_begin(sha256);
    sha256_add(sha256, span_of(key->name, key->name_bytes));
    sha256_end(sha256, hash);
    bytes_to_hex(hash, sizeof(hash), name_out);
}

/* A note of the log's that this witness has cosigned; anything else in that file is damage. */
static enum fault kept_take(struct tlog_witness *witness, struct witness_log *log, const char *path)
{
    struct tlog_note *note = &witness->ask.note;
    struct tlog_checkpoint checkpoint;
    bool has_log = false;
    bool has_own = false;
    u64 time = 0;
    if (tlog_note_read(span_of(log->note, log->note_bytes), note) != TLOG_FLAW_NONE ||
        tlog_checkpoint_read(note->text, &checkpoint) != TLOG_FLAW_NONE ||
        !span_equal(checkpoint.origin, span_of(log->key.name, log->key.name_bytes)) ||
        tlog_note_verify(&witness->crypto, note, &log->key, &has_log, &time) != TLOG_FLAW_NONE ||
        tlog_note_verify(&witness->crypto, note, &witness->secret->key, &has_own, &log->time) !=
            TLOG_FLAW_NONE ||
        !has_log || !has_own) {
        return FAULT(FAULT_ROT, "%s: not a checkpoint that this witness has cosigned", path);
    }
    log->size = checkpoint.size;
    log->root = checkpoint.root;
    return FAULT_NONE;
}

static enum fault log_open(struct tlog_witness *witness, struct witness_log *log,
                           const struct tlog_key *key)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    log->key = *key;
    log->note = malloc(TLOG_NOTE_BYTES_MAX);
    if (log->note == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the logs of a witness");
    }
    name_of(&witness->crypto.sha256, key, log->name);
    TRY(file_path(path, witness->folder, log->name));
    TRY(disk_exists(witness->disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(tlog_file_read(witness->disk, path, log->note, TLOG_NOTE_BYTES_MAX, &log->note_bytes));
    return kept_take(witness, log, path);
}

static enum fault witness_begin(struct tlog_witness *witness,
                                const struct tlog_witness_options *options)
{
    size_t length = strlen(options->folder);
    if (length >= sizeof(witness->folder)) {
        return FAULT(FAULT_LIMIT, "%s: too long", options->folder);
    }
    memcpy(witness->folder, options->folder, length + 1);
    TRY(tlog_crypto_open(&witness->crypto));
    TRY(tlog_folder_make(witness->disk, witness->folder));
    TRY(disk_lock(witness->disk, witness->folder, &witness->lock));
    witness->is_locked = true;
    for (u32 index = 0; index < options->logs_count; index += 1) {
        witness->logs_count = index + 1;
        TRY(log_open(witness, &witness->logs[index], &options->logs[index]));
        for (u32 other = 0; other < index; other += 1) {
            if (strcmp(witness->logs[other].name, witness->logs[index].name) == 0) {
                return FAULT(FAULT_INPUT, "two keys for the log %s", options->logs[index].name);
            }
        }
    }
    return FAULT_NONE;
}

enum fault tlog_witness_open(struct tlog_witness **witness_out,
                             const struct tlog_witness_options *options)
{
    CHECK(options->logs_count <= TLOG_WITNESS_LOGS_MAX);
    CHECK(options->secret->key.kind == TLOG_KEY_WITNESS);
    struct tlog_witness *witness = calloc(1, sizeof(*witness));
    *witness_out = NULL;
    if (witness == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a witness");
    }
    witness->disk = options->disk;
    witness->clock = options->clock;
    enum fault fault = tlog_secret_take(&witness->secret);
    if (fault == FAULT_NONE) {
        *witness->secret = *options->secret;
        fault = witness_begin(witness, options);
    }
    if (fault != FAULT_NONE) {
        tlog_witness_close(witness);
        return fault;
    }
    *witness_out = witness;
    return FAULT_NONE;
}

void tlog_witness_close(struct tlog_witness *witness)
{
    if (witness == NULL) {
        return;
    }
    for (u32 index = 0; index < witness->logs_count; index += 1) {
        free(witness->logs[index].note);
    }
    if (witness->is_locked) {
        disk_unlock(&witness->lock);
    }
    tlog_crypto_close(&witness->crypto);
    tlog_secret_give_back(&witness->secret);
    free(witness);
}

/* ---- add-checkpoint ---- */

/* The text, the log's signature, and ours: what is kept and shown to monitors. One line of the log
 * suffices, since all were verified; whoever repeats it must not fill the file. */
static size_t note_put(struct tlog_witness *witness, const struct witness_log *log,
                       const char *own_line)
{
    const struct tlog_witness_ask *ask = &witness->ask;
    struct span rest = span_after(ask->note_bytes, ask->note.text.size + 1);
    struct span line;
    size_t used = ask->note.text.size;
    size_t own_bytes = strlen(own_line);
    memcpy(witness->fresh, ask->note.text.data, used);
    witness->fresh[used] = '\n';
    used += 1;
    for (u32 index = 0; index < ask->note.signatures_count && span_cut_line(&rest, &line);
         index += 1) {
        if (tlog_signature_is_of(&ask->note.signatures[index], &log->key)) {
            memcpy(witness->fresh + used, line.data, line.size + 1);
            used += line.size + 1;
            break;
        }
    }
    if (own_bytes > sizeof(witness->fresh) - used) {
        return 0;
    }
    memcpy(witness->fresh + used, own_line, own_bytes);
    return used + own_bytes;
}

static void cosign(struct tlog_witness *witness, struct witness_log *log,
                   struct tlog_witness_answer *answer_out)
{
    char line[TLOG_LINE_BYTES];
    const struct tlog_checkpoint *checkpoint = &witness->ask.checkpoint;
    u64 time = clock_wall_us(witness->clock) / SECOND_US;
    if (time < log->time || time == 0) {
        answer(answer_out, 503, TYPE_TEXT, "the clock is behind the last cosignature\n");
        return;
    }
    enum fault fault = tlog_note_sign(span_of(witness->secret->pem, witness->secret->pem_bytes),
                                      &witness->secret->key, time, witness->ask.note.text, line);
    size_t bytes = fault == FAULT_NONE ? note_put(witness, log, line) : 0;
    if (fault == FAULT_LIMIT || (fault == FAULT_NONE && bytes == 0)) {
        fault_forget();
        answer(answer_out, 400, TYPE_TEXT, "this checkpoint is too long\n");
        return;
    }
    if (fault == FAULT_NONE) {
        fault = disk_lock_check(&witness->lock);
    }
    if (fault == FAULT_NONE) {
        fault = tlog_file_replace(witness->disk, witness->folder, log->name,
                                  span_of(witness->fresh, bytes));
    }
    if (fault != FAULT_NONE) {
        log_error("witness.not_cosigned", LOG_STR("log", log->key.name),
                  LOG_STR("why", fault_text()));
        fault_forget();
        log->is_broken = true;
        answer(answer_out, 500, TYPE_TEXT, "the checkpoint could not be signed and kept\n");
        return;
    }
    memcpy(log->note, witness->fresh, bytes);
    log->note_bytes = bytes;
    log->size = checkpoint->size;
    log->root = checkpoint->root;
    log->time = time;
    answer(answer_out, 200, TYPE_TEXT, "%s", line);
}

/* Whether the checkpoint goes on where the last one ended. */
static bool is_continuation(struct tlog_witness *witness, const struct witness_log *log)
{
    const struct tlog_witness_ask *ask = &witness->ask;
    struct sha256 *sha256 = &witness->crypto.sha256;
    const struct tlog_checkpoint *checkpoint = &ask->checkpoint;
    struct tlog_hash empty;
    tlog_hash_empty(sha256, &empty);
    if (checkpoint->size == 0 && !tlog_hash_equal(&checkpoint->root, &empty)) {
        return false;
    }
    if (ask->old == 0) {
        return ask->proof.count == 0;
    }
    return tlog_consistency_verify(sha256, ask->old, checkpoint->size, &log->root,
                                   &checkpoint->root, &ask->proof);
}

static struct witness_log *log_find(struct tlog_witness *witness, struct span origin)
{
    for (u32 index = 0; index < witness->logs_count; index += 1) {
        struct witness_log *log = &witness->logs[index];
        if (span_equal(origin, span_of(log->key.name, log->key.name_bytes))) {
            return log;
        }
    }
    return NULL;
}

static void add(struct tlog_witness *witness, struct span body,
                struct tlog_witness_answer *answer_out)
{
    struct tlog_witness_ask *ask = &witness->ask;
    bool found = false;
    u64 time = 0;
    u32 refusal = tlog_witness_ask_read(body, ask);
    if (refusal != 0) {
        answer(answer_out, refusal, TYPE_TEXT,
               refusal == 403 ? "invalid signature\n" : "not an add-checkpoint request\n");
        return;
    }
    struct witness_log *log = log_find(witness, ask->checkpoint.origin);
    if (log == NULL) {
        answer(answer_out, 404, TYPE_TEXT, "unknown log\n");
        return;
    }
    if (tlog_note_verify(&witness->crypto, &ask->note, &log->key, &found, &time) !=
            TLOG_FLAW_NONE ||
        !found) {
        answer(answer_out, 403, TYPE_TEXT, "invalid signature\n");
        return;
    }
    if (log->is_broken) {
        answer(answer_out, 500, TYPE_TEXT, "stopped for this log after an earlier fault\n");
        return;
    }
    if (ask->old > ask->checkpoint.size) {
        answer(answer_out, 400, TYPE_TEXT, "the old size is larger than the checkpoint's\n");
        return;
    }
    if (ask->old != log->size) {
        witness->counts.conflicts += 1;
        answer(answer_out, 409, TYPE_SIZE, "%llu\n", (unsigned long long)log->size);
        return;
    }
    if (!is_continuation(witness, log)) {
        witness->counts.misbehaved += 1;
        log_warn("witness.inconsistent", LOG_STR("log", log->key.name), LOG_U64("old", ask->old),
                 LOG_U64("size", ask->checkpoint.size));
        answer(answer_out, 422, TYPE_TEXT, "invalid consistency proof\n");
        return;
    }
    cosign(witness, log, answer_out);
}

void tlog_witness_add(struct tlog_witness *witness, struct span body,
                      struct tlog_witness_answer *answer_out)
{
    add(witness, body, answer_out);
    if (answer_out->status == 200) {
        witness->counts.cosigned += 1;
    } else {
        witness->counts.refused += 1;
    }
}

void tlog_witness_get(struct tlog_witness *witness, struct span hash,
                      struct tlog_witness_answer *answer_out)
{
    for (u32 index = 0; index < witness->logs_count; index += 1) {
        const struct witness_log *log = &witness->logs[index];
        if (log->note_bytes > 0 && span_equal(hash, span_of_text(log->name))) {
            answer_out->status = 200;
            answer_out->type = TYPE_TEXT;
            answer_out->size = log->note_bytes;
            memcpy(answer_out->bytes, log->note, log->note_bytes);
            return;
        }
    }
    answer(answer_out, 404, TYPE_TEXT, "nothing was cosigned for such a log\n");
}

struct tlog_witness_counts tlog_witness_counts(const struct tlog_witness *witness)
{
    return witness->counts;
}
