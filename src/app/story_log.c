#include "app/story_log.h"

#include "app/log_files.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/log_agent.h"
#include "role/vault/tlog_ask.h"
#include "role/vault/tlog_file.h"
#include "role/vault/tlog_witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_S      1000000ULL
#define ORIGIN    "demo.invalid/log"
#define TURNS_MAX 100U  /* of 2,048 slots each */
#define ADDED_MAX 4096U /* entries to a commit */

enum { NAME_BYTES = 64, FOLDERS_BYTES = 32 };

struct witness {
    struct tlog_secret secret;
    struct tlog_witness *witness;
};

struct story_log {
    struct tlog_transport transport; /* first: it is cast back */
    const char *folder;
    struct clock *clock;
    struct tlog_secret secret;
    struct tlog_policy policy;
    struct tlog_crypto crypto;
    struct tlog_store *store;
    struct publog *publog;
    struct tlog_ask *ask;
    struct witness witnesses[STORY_LOG_WITNESSES];
    struct tlog_ask_witness asked[STORY_LOG_WITNESSES];
    struct tlog_witness_answer answer;
    u8 remembered[TLOG_NOTE_BYTES_MAX];
    size_t remembered_bytes;
    u64 remembered_size;
    u32 forged; /* logs so far */
    struct desk_told told;
    struct tlog_check check;
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
    u8 partial[TLOG_BUNDLE_BYTES_MAX];
};

static u64 now_s(const struct story_log *log)
{
    return clock_wall_us(log->clock) / US_S;
}

/* ---- witnesses ---- */

/* What the courier does over the network: the address is the witness's number. */
static u32 post(struct tlog_transport *transport, const char *url, struct span body, u8 *answer,
                size_t answer_bytes_max, size_t *answer_bytes_out)
{
    struct story_log *log = (struct story_log *)(void *)transport;
    u32 place = (u32)(url[0] - '1');
    CHECK(place < STORY_LOG_WITNESSES);
    tlog_witness_add(log->witnesses[place].witness, body, &log->answer);
    CHECK(log->answer.size <= answer_bytes_max);
    memcpy(answer, log->answer.bytes, log->answer.size);
    *answer_bytes_out = log->answer.size;
    return log->answer.status;
}

static enum fault witness_open(struct story_log *log, u32 place)
{
    struct witness *witness = &log->witnesses[place];
    struct tlog_key key;
    char name[NAME_BYTES];
    char path[FILE_PATH_BYTES];
    (void)snprintf(name, sizeof(name), "witness/w%u.key", place + 1);
    TRY(file_path(path, log->folder, name));
    (void)snprintf(name, sizeof(name), "w%u.invalid", place + 1);
    TRY(tlog_secret_make(disk_real(), path, span_of_text(name), TLOG_KEY_WITNESS, &key));
    TRY(tlog_secret_read(disk_real(), path, TLOG_KEY_WITNESS, &witness->secret));
    (void)snprintf(name, sizeof(name), "witness/w%u", place + 1);
    TRY(file_path(path, log->folder, name));
    TRY(tlog_witness_open(&witness->witness,
                          &(struct tlog_witness_options){.disk = disk_real(),
                                                         .folder = path,
                                                         .clock = log->clock,
                                                         .secret = &witness->secret,
                                                         .logs = &log->secret.key,
                                                         .logs_count = 1}));
    log->asked[place].key = key;
    (void)snprintf(log->asked[place].url, sizeof(log->asked[place].url), "%u", place + 1);
    return FAULT_NONE;
}

static u64 cosigned(const struct story_log *log)
{
    u64 count = 0;
    for (u32 i = 0; i < STORY_LOG_WITNESSES; i += 1) {
        count += tlog_witness_counts(log->witnesses[i].witness).cosigned;
    }
    return count;
}

/* ---- the log ---- */

static enum fault key_make(struct story_log *log)
{
    char path[FILE_PATH_BYTES];
    struct tlog_key key;
    TRY(file_path(path, log->folder, LOG_FOLDER "/" LOG_KEY_FILE));
    TRY(tlog_secret_make(disk_real(), path, span_of_text(ORIGIN), TLOG_KEY_LOG, &key));
    return tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &log->secret);
}

/* One witness is the venue's, two are others'. */
static enum fault policy_make(const struct story_log *log)
{
    char text[4096];
    char vkey[TLOG_VKEY_BYTES];
    char folder[FILE_PATH_BYTES];
    tlog_key_text(&log->secret.key, vkey);
    int used = snprintf(text, sizeof(text), "log %s\n", vkey);
    for (u32 i = 0; i < STORY_LOG_WITNESSES; i += 1) {
        tlog_key_text(&log->asked[i].key, vkey);
        used += snprintf(text + used, sizeof(text) - (size_t)used, "witness w%u %s\n", i + 1, vkey);
    }
    used += snprintf(text + used, sizeof(text) - (size_t)used,
                     "group most 2 w1 w2 w3\nquorum most\noperator venue w1\n"
                     "operator newspaper w2\noperator university w3\nindependent 1\n");
    CHECK(used > 0 && (size_t)used < sizeof(text));
    TRY(file_path(folder, log->folder, LOG_FOLDER));
    return tlog_file_replace(disk_real(), folder, LOG_POLICY_FILE, span_of(text, (size_t)used));
}

static enum fault store_open(const struct story_log *log, const char *folder,
                             struct tlog_store **store_out)
{
    return tlog_store_open(
        store_out,
        &(struct tlog_store_options){.disk = disk_real(),
                                     .folder = folder,
                                     .key = log->secret.key,
                                     .private_pem = span_of(log->secret.pem, log->secret.pem_bytes),
                                     .entry_bytes_max = PUBLOG_LINE_BYTES_MAX});
}

static enum fault ask_open(struct story_log *log, struct tlog_store *store,
                           struct tlog_ask **ask_out)
{
    return tlog_ask_open(ask_out, &(struct tlog_ask_options){.store = store,
                                                             .transport = &log->transport,
                                                             .clock = log->clock,
                                                             .witnesses = log->asked,
                                                             .witnesses_count = STORY_LOG_WITNESSES,
                                                             .policy = &log->policy});
}

static enum fault begin(struct story_log *log)
{
    static const char *const folders[] = {LOG_FOLDER, "witness", "forged"};
    char path[FILE_PATH_BYTES];
    TRY(tlog_crypto_open(&log->crypto));
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        TRY(file_path(path, log->folder, folders[i]));
        TRY(tlog_folder_make(disk_real(), path));
    }
    TRY(key_make(log));
    for (u32 i = 0; i < STORY_LOG_WITNESSES; i += 1) {
        TRY(witness_open(log, i));
    }
    TRY(policy_make(log));
    TRY(log_folder_prepare(disk_real(), log->folder, "", &log->secret, &log->policy));
    TRY(file_path(path, log->folder, LOG_FOLDER));
    TRY(store_open(log, path, &log->store));
    TRY(publog_open(&log->publog, &(struct publog_options){
                                      .folder = path, .store = log->store, .clock = log->clock}));
    return ask_open(log, log->store, &log->ask);
}

enum fault story_log_open(struct story_log **log_out, const char *folder, struct clock *clock)
{
    struct story_log *log = calloc(1, sizeof(*log));
    *log_out = log; /* also one that did not begin is closed by the caller */
    if (log == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the story's log");
    }
    log->transport.post = post;
    log->folder = folder;
    log->clock = clock;
    return begin(log);
}

void story_log_close(struct story_log *log)
{
    if (log == NULL) {
        return;
    }
    tlog_ask_close(log->ask);
    publog_close(log->publog);
    tlog_store_close(log->store);
    for (u32 i = 0; i < STORY_LOG_WITNESSES; i += 1) {
        tlog_witness_close(log->witnesses[i].witness);
        tlog_secret_wipe(&log->witnesses[i].secret);
    }
    tlog_secret_wipe(&log->secret);
    tlog_crypto_close(&log->crypto);
    free(log);
}

/* ---- what it is told ---- */

static enum publog_kind kind_of(const char *name)
{
    for (u32 kind = PUBLOG_KIND_PAD + 1; kind < PUBLOG_KIND_COUNT; kind += 1) {
        if (strcmp(publog_kind_name((enum publog_kind)kind), name) == 0) {
            return (enum publog_kind)kind;
        }
    }
    CHECK(false);
    return PUBLOG_KIND_PAD;
}

enum fault story_log_tell(struct story_log *log, struct desk_store *desk)
{
    const struct desk_told *told = &log->told;
    bool some = false;
    TRY(desk_store_untold(desk, &log->told, &some));
    while (some) { /* each act once */
        u64 number = 0;
        struct publog_told event = {.class = told->is_emergency ? PUBLOG_CLASS_EMERGENCY
                                                                : PUBLOG_CLASS_ORDINARY,
                                    .kind = kind_of(told->kind),
                                    .flags = told->flags,
                                    .until = told->until,
                                    .text = span_of(told->text, told->text_bytes)};
        memcpy(event.name, told->name, sizeof(event.name));
        TRY(publog_tell_once(log->publog, &event, &number));
        TRY(desk_store_log(desk, told->number, number));
        TRY(desk_store_untold(desk, &log->told, &some));
    }
    return FAULT_NONE;
}

enum fault story_log_turn(struct story_log *log)
{
    bool is_published = false;
    TRY(publog_turn(log->publog));
    for (u32 turn = 0; publog_counts(log->publog).open_slots > 0; turn += 1) {
        CHECK(turn < TURNS_MAX);
        TRY(publog_turn(log->publog));
    }
    TRY(tlog_ask_round(log->ask, &is_published));
    return is_published ? FAULT_NONE : FAULT(FAULT_DIVERGED, "the witnesses do not cosign");
}

void story_log_remember(struct story_log *log)
{
    struct span note = tlog_store_published_note(log->store);
    CHECK(note.size > 0 && note.size <= sizeof(log->remembered));
    memcpy(log->remembered, note.data, note.size);
    log->remembered_bytes = note.size;
    log->remembered_size = tlog_store_published_size(log->store);
}

/* ---- what openings leave ---- */

enum fault story_log_event(struct story_log *log, const struct publog_told *told, u64 *number_out)
{
    return publog_tell_once(log->publog, told, number_out);
}

enum fault story_log_show(struct story_log *log, u64 number, const char *folder, const char *name)
{
    static u8 shown[PUBLOG_SHOWN_BYTES_MAX]; /* one thread */
    size_t size = 0;
    TRY(publog_show(log->publog, number, shown, sizeof(shown), &size));
    return tlog_file_replace(disk_real(), folder, name, span_of(shown, size));
}

enum fault story_log_slots(struct story_log *log, u64 from_s, u64 to_s, const char *folder,
                           const char *name)
{
    static u8 slots[PUBLOG_SPAN_BYTES_MAX]; /* one thread */
    static struct log_files files;
    char path[FILE_PATH_BYTES];
    char public[FILE_PATH_BYTES];
    size_t size = 0;
    TRY(file_path(path, log->folder, LOG_FOLDER));
    TRY(file_path(public, path, TLOG_STORE_PUBLIC));
    TRY(log_files_open(&files, public));
    const struct publog_span_range range = {.folder = path,
                                            .files = &files.files,
                                            .class = PUBLOG_CLASS_ORDINARY,
                                            .from_s = from_s,
                                            .to_s = to_s};
    enum fault fault = publog_span_write(&range, slots, sizeof(slots), &size);
    log_files_close(&files);
    return fault == FAULT_NONE ? tlog_file_replace(disk_real(), folder, name, span_of(slots, size))
                               : fault;
}

u64 story_log_size(const struct story_log *log)
{
    return tlog_store_published_size(log->store);
}

/* ---- forging ---- */

/* The entry as it is, or with its slot's root changed. */
static enum fault entry_copy(const struct story_log *log, struct tlog_store *forged, u64 place,
                             u64 moment_s)
{
    u8 bytes[PUBLOG_LINE_BYTES_MAX];
    struct publog_leaf leaf;
    struct span entry;
    u64 index = 0;
    TRY(tlog_store_entry(log->store, place, &entry));
    CHECK(entry.size <= sizeof(bytes));
    memcpy(bytes, entry.data, entry.size);
    bool is_it = publog_leaf_decode(entry, &leaf) && leaf.class == PUBLOG_CLASS_ORDINARY &&
                 leaf.slot == publog_slot_of(PUBLOG_CLASS_ORDINARY, moment_s);
    if (is_it && moment_s > 0) {
        bytes[entry.size - 1] ^= 1;
    }
    return tlog_store_add(forged, span_of(bytes, entry.size), &index);
}

static enum fault copy(const struct story_log *log, struct tlog_store *forged, u64 size,
                       u64 moment_s)
{
    for (u64 i = 0; i < size; i += 1) {
        TRY(entry_copy(log, forged, i, moment_s));
        if (i % ADDED_MAX == ADDED_MAX - 1) {
            TRY(tlog_store_commit(forged));
        }
    }
    return tlog_store_commit(forged);
}

/* As a log that is asked for cosignatures does. */
static enum fault witnesses_ask(struct story_log *log, struct tlog_store *forged,
                                struct story_log_verdict *verdict)
{
    struct tlog_ask *ask = NULL;
    bool is_published = false;
    u64 before = cosigned(log);
    TRY(ask_open(log, forged, &ask));
    enum fault fault = tlog_ask_round(ask, &is_published);
    tlog_ask_close(ask);
    verdict->cosigned = (u32)(cosigned(log) - before);
    if (fault == FAULT_DIVERGED) {
        (void)snprintf(verdict->witnesses, sizeof(verdict->witnesses), "%.159s", fault_text());
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

/* A reader with the policy, who has seen the newest checkpoint. */
static enum fault check(struct story_log *log, const char *folder, struct tlog_finding *finding_out)
{
    static struct log_files files; /* one thread */
    char path[FILE_PATH_BYTES];
    struct tlog_check *check = &log->check;
    TRY(file_path(path, folder, TLOG_STORE_PUBLIC));
    TRY(log_files_open(&files, path));
    memset(check, 0, sizeof(*check));
    check->crypto = &log->crypto;
    check->policy = &log->policy;
    check->files = &files.files;
    check->partials = &files.partials;
    check->bundle = log->bundle;
    check->partial = log->partial;
    check->now_s = now_s(log);
    enum fault fault = tlog_check_run(check, finding_out);
    if (fault == FAULT_NONE && finding_out->flaw == TLOG_FLAW_NONE) {
        fault = tlog_check_earlier(check, "what was seen before",
                                   tlog_store_published_note(log->store), finding_out);
    }
    log_files_close(&files);
    return fault;
}

/* A log of its own, with the same key. */
static enum fault forge(struct story_log *log, enum story_log_forgery how, u64 moment_s,
                        const char *folder, struct story_log_verdict *verdict)
{
    struct tlog_store *forged = NULL;
    bool is_cut = how == STORY_LOG_CUT;
    u64 size = is_cut ? log->remembered_size : tlog_store_published_size(log->store);
    TRY(store_open(log, folder, &forged));
    enum fault fault = copy(log, forged, size, is_cut ? 0 : moment_s);
    if (fault == FAULT_NONE) {
        fault = witnesses_ask(log, forged, verdict);
    }
    if (fault == FAULT_NONE) {
        fault = tlog_store_publish(forged, is_cut ? span_of(log->remembered, log->remembered_bytes)
                                                  : tlog_store_signed_note(forged));
    }
    tlog_store_close(forged);
    return fault;
}

enum fault story_log_forge(struct story_log *log, enum story_log_forgery how, u64 moment_s,
                           struct story_log_verdict *verdict_out)
{
    char name[FOLDERS_BYTES];
    char folder[FILE_PATH_BYTES];
    char public[FILE_PATH_BYTES];
    memset(verdict_out, 0, sizeof(*verdict_out));
    log->forged += how != STORY_LOG_PATCH;
    (void)snprintf(name, sizeof(name), "forged/%u", log->forged);
    TRY(file_path(folder, log->folder, name));
    TRY(file_path(public, folder, TLOG_STORE_PUBLIC));
    if (how == STORY_LOG_PATCH) {
        TRY(tlog_file_replace(disk_real(), public, TLOG_STORE_CHECKPOINT,
                              tlog_store_published_note(log->store)));
    } else {
        TRY(forge(log, how, moment_s, folder, verdict_out));
    }
    return check(log, folder, &verdict_out->finding);
}
