#include "app/demo_log.h"

#include "app/demo_child.h"
#include "app/listen.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/log_agent.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WITNESSES_FOLDER "demo/witnesses"

/* ---- keys and policy ---- */

static enum fault key_take(const char *path, const char *name, enum tlog_key_kind kind,
                           struct tlog_key *key_out)
{
    struct tlog_secret secret;
    bool exists = false;
    TRY(disk_exists(disk_real(), path, &exists));
    if (!exists) {
        return tlog_secret_make(disk_real(), path, span_of_text(name), kind, key_out);
    }
    TRY(tlog_secret_read(disk_real(), path, kind, &secret));
    *key_out = secret.key;
    tlog_secret_wipe(&secret);
    return FAULT_NONE;
}

static enum fault witness_open(struct demo_log *log, u32 index, const char *folder,
                               char vkey_out[TLOG_VKEY_BYTES])
{
    struct demo_witness *witness = &log->witnesses[index];
    struct tlog_key key;
    char name[64];
    char file[FILE_NAME_BYTES];
    witness->log = log;
    witness->number = index + 1;
    (void)snprintf(witness->name, sizeof(witness->name), "witness-%u", witness->number);
    (void)snprintf(name, sizeof(name), "w%u." DEMO_LOG_ORIGIN, witness->number);
    (void)snprintf(file, sizeof(file), "w%u", witness->number);
    TRY(file_path(witness->folder, folder, file));
    (void)snprintf(file, sizeof(file), "w%u.key", witness->number);
    TRY(file_path(witness->key, folder, file));
    TRY(key_take(witness->key, name, TLOG_KEY_WITNESS, &key));
    tlog_key_text(&key, vkey_out);
    return listen_open("127.0.0.1", 0, &witness->listener, &witness->port);
}

static enum fault policy_put(const struct demo_log *log, const char *path, const char *log_vkey,
                             char vkeys[DEMO_LOG_WITNESSES][TLOG_VKEY_BYTES])
{
    static char text[TLOG_POLICY_BYTES_MAX];
    int used =
        snprintf(text, sizeof(text), "# Written at every start of the demo.\nlog %s\n", log_vkey);
    for (u32 index = 0; index < DEMO_LOG_WITNESSES; index += 1) {
        CHECK(used > 0 && (size_t)used < sizeof(text));
        used += snprintf(text + used, sizeof(text) - (size_t)used,
                         "witness w%u %s http://127.0.0.1:%u/\n", index + 1, vkeys[index],
                         log->witnesses[index].port);
    }
    CHECK(used > 0 && (size_t)used < sizeof(text));
    used += snprintf(text + used, sizeof(text) - (size_t)used,
                     "group most 2 w1 w2 w3\nquorum most\noperator venue w1 w2 w3\n");
    CHECK(used > 0 && (size_t)used < sizeof(text));
    return text_file_put(path, text, (size_t)used, false);
}

static enum fault folders_make(const char *folder, char witnesses_out[FILE_PATH_BYTES])
{
    static const char *const names[] = {"demo", WITNESSES_FOLDER, LOG_FOLDER};
    char path[FILE_PATH_BYTES];
    for (u32 index = 0; index < ARRAY_COUNT(names); index += 1) {
        TRY(file_path(path, folder, names[index]));
        TRY(disk_make_folder(disk_real(), path));
    }
    return file_path(witnesses_out, folder, WITNESSES_FOLDER);
}

static enum fault all_open(struct demo_log *log, const char *folder)
{
    char witnesses[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    char log_vkey[TLOG_VKEY_BYTES + 1];
    char vkeys[DEMO_LOG_WITNESSES][TLOG_VKEY_BYTES];
    struct tlog_key key;
    TRY(folders_make(folder, witnesses));
    TRY(file_path(path, folder, LOG_FOLDER "/" LOG_KEY_FILE));
    TRY(key_take(path, DEMO_LOG_ORIGIN, TLOG_KEY_LOG, &key));
    tlog_key_text(&key, log_vkey);
    TRY(file_path(log->logs, witnesses, "logs.txt"));
    TRY(text_file_put(log->logs, log_vkey, strlen(log_vkey), false));
    for (u32 index = 0; index < DEMO_LOG_WITNESSES; index += 1) {
        TRY(witness_open(log, index, witnesses, vkeys[index]));
    }
    TRY(file_path(path, folder, LOG_FOLDER "/" LOG_POLICY_FILE));
    return policy_put(log, path, log_vkey, vkeys);
}

enum fault demo_log_open(struct demo_log *log, const char *folder)
{
    memset(log, 0, sizeof(*log));
    for (u32 index = 0; index < DEMO_LOG_WITNESSES; index += 1) {
        log->witnesses[index].listener = -1;
    }
    enum fault fault = all_open(log, folder);
    if (fault != FAULT_NONE) {
        demo_log_close(log);
    }
    return fault;
}

void demo_log_close(struct demo_log *log)
{
    for (u32 index = 0; index < DEMO_LOG_WITNESSES; index += 1) {
        if (log->witnesses[index].listener >= 0) {
            (void)close(log->witnesses[index].listener);
            log->witnesses[index].listener = -1;
        }
    }
}

/* ---- the processes ---- */

/* supervise_role.run */
static int witness_start(void *argument, int socket)
{
    const struct demo_witness *witness = argument;
    const struct demo_child child = {.listener = witness->listener,
                                     .failed = "demo.witness_not_started",
                                     .words = {"witness", "serve", witness->folder, "--key",
                                               witness->key, "--logs", witness->log->logs}};
    return demo_child_become(&child, socket);
}

void demo_log_roles(struct demo_log *log, struct supervise_role roles_out[DEMO_LOG_WITNESSES])
{
    for (u32 index = 0; index < DEMO_LOG_WITNESSES; index += 1) {
        roles_out[index] = (struct supervise_role){.name = log->witnesses[index].name,
                                                   .run = witness_start,
                                                   .argument = &log->witnesses[index]};
    }
}
