/* The log's folder before the log begins: its key and its policy. */
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/log_agent.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>

/* ---- the policy ---- */

enum fault log_policy_load(struct disk *disk, const char *folder, struct sha256 *sha256,
                           struct tlog_policy *policy_out)
{
    static u8 text[TLOG_POLICY_BYTES_MAX];
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    TRY(file_path(path, folder, LOG_FOLDER "/" LOG_POLICY_FILE));
    TRY(tlog_file_read(disk, path, text, sizeof(text), &size));
    return tlog_policy_read(sha256, span_of(text, size), policy_out);
}

/* Readers of the log must take it for this one. */
static enum fault policy_check(const struct tlog_policy *policy, const struct tlog_key *key)
{
    for (u32 index = 0; index < policy->logs_count; index += 1) {
        if (memcmp(policy->logs[index].public_key, key->public_key, TLOG_KEY_BYTES) == 0) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_CONFIG, LOG_FOLDER "/" LOG_POLICY_FILE ": no line `log` has the key of %s",
                 key->name);
}

/* Nobody has to cosign, until an operator says who. */
static enum fault policy_make(struct disk *disk, const char *log, const struct tlog_key *key)
{
    char vkey[TLOG_VKEY_BYTES];
    char text[TLOG_VKEY_BYTES + 64];
    tlog_key_text(key, vkey);
    int size = snprintf(text, sizeof(text), "log %s\nquorum none\n", vkey);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    log_warn("log.policy_made", LOG_STR("file", LOG_FOLDER "/" LOG_POLICY_FILE),
             LOG_STR("witnesses", "none"));
    return tlog_file_replace(disk, log, LOG_POLICY_FILE, span_of(text, (size_t)size));
}

/* ---- the key ---- */

static enum fault key_make(struct disk *disk, const char *path, const char *origin)
{
    struct tlog_key key;
    char vkey[TLOG_VKEY_BYTES];
    TRY(tlog_secret_make(disk, path, span_of_text(origin), TLOG_KEY_LOG, &key));
    tlog_key_text(&key, vkey);
    log_info("log.key_made", LOG_STR("key", vkey));
    return FAULT_NONE;
}

/* For readers: what they would check with, from the venue's own hands (docs/public-log.md). */
static enum fault policy_publish(struct disk *disk, const char *log)
{
    static u8 text[TLOG_POLICY_BYTES_MAX];
    char path[FILE_PATH_BYTES];
    char public[FILE_PATH_BYTES];
    size_t size = 0;
    TRY(file_path(path, log, LOG_POLICY_FILE));
    TRY(file_path(public, log, "public"));
    TRY(tlog_file_read(disk, path, text, sizeof(text), &size));
    TRY(tlog_folder_make(disk, public));
    return tlog_file_replace(disk, public, LOG_POLICY_FILE, span_of(text, size));
}

enum fault log_folder_prepare(struct disk *disk, const char *folder, const char *origin,
                              struct tlog_secret *secret_out, struct tlog_policy *policy_out)
{
    char log[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    struct sha256 sha256;
    bool has_key = false;
    bool has_log = false;
    bool has_policy = false;
    TRY(file_path(log, folder, LOG_FOLDER));
    TRY(tlog_folder_make(disk, log));
    TRY(file_path(path, log, TLOG_STORE_SIGNED));
    TRY(disk_exists(disk, path, &has_log));
    TRY(file_path(path, log, LOG_POLICY_FILE));
    TRY(disk_exists(disk, path, &has_policy));
    TRY(file_path(path, log, LOG_KEY_FILE));
    TRY(disk_exists(disk, path, &has_key));
    if (!has_key && !has_log && origin[0] != 0) {
        TRY(key_make(disk, path, origin));
    }
    TRY(tlog_secret_read(disk, path, TLOG_KEY_LOG, secret_out));
    /* Only before the first checkpoint: one that was lost later named witnesses. */
    if (!has_policy && !has_log) {
        TRY(policy_make(disk, log, &secret_out->key));
    }
    TRY(sha256_open(&sha256));
    enum fault fault = log_policy_load(disk, folder, &sha256, policy_out);
    sha256_close(&sha256);
    TRY(fault);
    const char *lacks = tlog_policy_lacks(policy_out);
    if (lacks != NULL) { /* the log goes on; officers' clients open nothing under it */
        log_warn("log.policy_lacks", LOG_STR("file", LOG_FOLDER "/" LOG_POLICY_FILE),
                 LOG_STR("why", lacks));
    }
    TRY(policy_check(policy_out, &secret_out->key));
    return policy_publish(disk, log);
}
