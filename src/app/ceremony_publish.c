#include "app/ceremony_publish.h"

#include "app/log_files.h"
#include "app/log_texts.h"
#include "app/placement.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/log_agent.h"
#include "role/vault/tlog_check.h"
#include "role/vault/tlog_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Large, so it is not on the stack. */
struct reading {
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_check check;
    struct tlog_finding finding;
    struct log_texts texts;
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
};

/* ---- the log ---- */

/* The published log, believed as its readers believe it. */
static enum fault log_read(struct reading *reading, const char *public_folder)
{
    struct log_files files;
    TRY(log_files_open(&files, public_folder));
    reading->check.crypto = &reading->crypto;
    reading->check.policy = &reading->policy;
    reading->check.files = &files.files;
    reading->check.leaves = &reading->texts.leaves;
    reading->check.bundle = reading->bundle;
    enum fault fault = tlog_check_run(&reading->check, &reading->finding);
    log_files_close(&files);
    TRY(fault);
    return reading->finding.flaw == TLOG_FLAW_NONE
               ? reading->texts.fault
               : FAULT(FAULT_ROT, "%s/%s: %s (%s)", public_folder, reading->finding.file,
                       reading->finding.why, tlog_flaw_name(reading->finding.flaw));
}

static enum fault is_named(struct reading *reading, const char *folder, const char *public_folder,
                           u32 epoch, const u8 hash[SHARE_HASH_BYTES])
{
    char hex[2 * SHARE_HASH_BYTES + 1];
    TRY(log_policy_load(disk_real(), folder, &reading->crypto.sha256, &reading->policy));
    TRY(log_read(reading, public_folder));
    const struct log_text *text = log_texts_find(&reading->texts, hash);
    return text != NULL && text->line.epoch == epoch
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED,
                       "no line of the log names it yet: approval ceremony %u sha256 %s", epoch,
                       bytes_to_hex(hash, SHARE_HASH_BYTES, hex));
}

static enum fault named_check(const char *folder, const char *public_folder, u32 epoch,
                              const u8 hash[SHARE_HASH_BYTES])
{
    struct reading *reading = calloc(1, sizeof(*reading));
    if (reading == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read a log in");
    }
    log_texts_init(&reading->texts, NULL);
    enum fault fault = tlog_crypto_open(&reading->crypto);
    if (fault == FAULT_NONE) {
        fault = is_named(reading, folder, public_folder, epoch, hash);
        tlog_crypto_close(&reading->crypto);
    }
    log_texts_close(&reading->texts);
    free(reading);
    return fault;
}

/* ---- the text ---- */

/* Nothing is published that is not, byte for byte, a ceremony everybody may see. */
static enum fault text_check(struct span text, const char *path,
                             const struct ceremony_chain *before, u32 *epoch_out,
                             u8 hash_out[SHARE_HASH_BYTES])
{
    static struct share_transcript transcript;
    static struct share_group group;
    TRY(share_transcript_read(text, path, &transcript));
    TRY(ceremony_check_follows(&transcript.roster, before));
    TRY(share_transcript_check(&transcript, before->count == 0 ? NULL : &before->group,
                               before->hash, &group));
    share_transcript_hash(&transcript, hash_out);
    *epoch_out = transcript.roster.epoch;
    return FAULT_NONE;
}

enum fault ceremony_publish(const char *path, const struct ceremony_chain *before,
                            const char *folder, u8 hash_out[SHARE_HASH_BYTES])
{
    static char text[SHARE_TEXT_BYTES];
    char public_folder[FILE_PATH_BYTES];
    char texts[FILE_PATH_BYTES];
    char hex[2 * SHARE_HASH_BYTES + 1];
    size_t size = 0;
    u32 epoch = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    TRY(text_check(span_of(text, size), path, before, &epoch, hash_out));
    TRY(file_path(public_folder, folder, PLACE_LOG_PUBLIC));
    TRY(named_check(folder, public_folder, epoch, hash_out));
    TRY(file_path(texts, public_folder, PUBLOG_TEXT_FOLDER));
    TRY(tlog_folder_make(disk_real(), texts));
    return tlog_file_replace(disk_real(), texts, bytes_to_hex(hash_out, SHARE_HASH_BYTES, hex),
                             span_of(text, size));
}
