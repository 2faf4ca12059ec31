#include "app/ceremony_publish.h"

#include "app/log_read.h"
#include "app/log_texts.h"
#include "app/placement.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/log_agent.h"
#include "role/vault/tlog_file.h"

/* ---- the log ---- */

/* The published log, believed as its readers believe it. */
static enum fault named_check(const char *folder, const char *public_folder, u32 epoch,
                              const u8 hash[SHARE_HASH_BYTES])
{
    struct log_texts texts;
    char policy[FILE_PATH_BYTES];
    char hex[2 * SHARE_HASH_BYTES + 1];
    TRY(file_path(policy, folder, LOG_FOLDER "/" LOG_POLICY_FILE));
    log_texts_init(&texts, NULL);
    enum fault fault = log_read(public_folder, policy, &texts.leaves);
    fault = fault == FAULT_NONE ? texts.fault : fault;
    const struct log_text *text = log_texts_find(&texts, hash);
    bool is_named = text != NULL && text->line.epoch == epoch;
    log_texts_close(&texts);
    TRY(fault);
    return is_named ? FAULT_NONE
                    : FAULT(FAULT_REFUSED,
                            "no line of the log names it yet: approval ceremony %u sha256 %s",
                            epoch, bytes_to_hex(hash, SHARE_HASH_BYTES, hex));
}

/* ---- the text ---- */

/* Nothing is published that is not, byte for byte, a ceremony everybody may see. */
static enum fault text_check(struct span text, const char *path, const struct share_chain *before,
                             u32 *epoch_out, u8 hash_out[SHARE_HASH_BYTES])
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

enum fault ceremony_publish(const char *path, const struct share_chain *before, const char *folder,
                            u8 hash_out[SHARE_HASH_BYTES])
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
