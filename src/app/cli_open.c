/* cambist open: the one-shot opener as a process, what is put together for it, and what
 * goes to the log and comes back. */
#include "app/cli.h"
#include "app/open_log.h"
#include "app/open_run.h"
#include "app/pinned.h"
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/opener.h"
#include "role/vault/tlog_file.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `cambist vault get` writes (docs/vault.md "The socket"): head, hands, body. */
#define RECORD_HEAD_BYTES 208U
#define RECORD_HANDS_AT   204U
#define RECORD_HAND_BYTES 96U
#define RECORD_BYTES_MAX  (RECORD_HEAD_BYTES + 4U * RECORD_HAND_BYTES + SEAL_BODY_BYTES_MAX)
_Static_assert(RECORD_HEAD_BYTES == SEAL_LABEL_BYTES + 4U + SEAL_WRAP_BYTES + SEAL_HASH_BYTES + 8U,
               "label, last day, wrap, hash, bytes of the body, counts");

enum {
    OPEN_OPTION_CIRCLE = PINNED_CIRCLE,
    OPEN_OPTION_POLICY = PINNED_POLICY,
    OPEN_OPTION_A = PINNED_GROUP_A,
    OPEN_OPTION_B = PINNED_GROUP_B,
    OPEN_OPTION_SANDBOX = PINNED_COUNT,
    OPEN_OPTION_BOOK,
    OPEN_OPTION_DATA,
    OPEN_OPTION_SOCKET
};

static const struct option options[] = {
    [OPEN_OPTION_CIRCLE] = {.name = "circle",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "run: who may approve, and for whom."},
    [OPEN_OPTION_POLICY] = {.name = "policy",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "run: whose log and witnesses are believed."},
    [OPEN_OPTION_A] = {.name = "group-a",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "run: the closed transcripts of group A."},
    [OPEN_OPTION_B] = {.name = "group-b",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "run: the closed transcripts of group B."},
    [OPEN_OPTION_SANDBOX] = {.name = "require-sandbox",
                             .kind = OPTION_FLAG,
                             .help = "run: end with 26 when the kernel lacks a protection."},
    [OPEN_OPTION_BOOK] = {.name = "book",
                          .kind = OPTION_TEXT,
                          .value = "DIR",
                          .help = "run: the opener's own folder: how many records were opened "
                                  "today. A circle with opened-a-day wants it."},
    [OPEN_OPTION_DATA] = {.name = "data",
                          .kind = OPTION_TEXT,
                          .value = "DIR",
                          .otherwise = "data",
                          .help = "log: the venue's data folder."},
    [OPEN_OPTION_SOCKET] = {.name = "socket",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "log: the socket that publog.socket names. Without it log.sock "
                                    "in the data folder."},
};

/* ---- collect ---- */

static enum fault collect_one(const char *path, const char *folder, u32 index,
                              struct opening_row *row)
{
    static u8 bytes[RECORD_BYTES_MAX];
    char name[FILE_NAME_BYTES];
    size_t size = 0;
    u8 hash[SEAL_HASH_BYTES];
    TRY(tlog_file_read(disk_real(), path, bytes, sizeof(bytes), &size));
    size_t begin = RECORD_HEAD_BYTES +
                   (size < RECORD_HEAD_BYTES ? 0U : bytes[RECORD_HANDS_AT]) * RECORD_HAND_BYTES;
    if (size < begin ||
        seal_label_decode(span_of(bytes, SEAL_LABEL_BYTES), &row->label) != FAULT_NONE) {
        return FAULT(FAULT_INPUT, "%s: not a record as \"cambist vault get\" writes it", path);
    }
    memcpy(&row->wrap, bytes + SEAL_LABEL_BYTES + 4, SEAL_WRAP_BYTES);
    memcpy(row->body_hash, bytes + SEAL_LABEL_BYTES + 4 + SEAL_WRAP_BYTES, SEAL_HASH_BYTES);
    struct span body = span_of(bytes + begin, size - begin);
    seal_body_hash(body, hash);
    if (bytes_u32(bytes + RECORD_HANDS_AT - 4) != body.size ||
        memcmp(hash, row->body_hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_ROT, "%s: the body is not the one whose hash stands above it", path);
    }
    open_body_name(index, name);
    return tlog_file_replace(disk_real(), folder, name, body);
}

static enum fault collect(const struct option_call *call)
{
    static struct opening_rows rows;
    static char text[OPENING_ROWS_BYTES];
    const char *folder = call->operands[1];
    rows.count = call->operands_count - 2;
    if (rows.count == 0 || rows.count > GRANT_RECORDS_MAX) {
        return FAULT(FAULT_USAGE, "collect wants the FOLDER and 1 to %u RECORD files",
                     GRANT_RECORDS_MAX);
    }
    for (u32 i = 0; i < rows.count; i += 1) {
        TRY(collect_one(call->operands[2 + i], folder, i, &rows.list[i]));
    }
    TRY(tlog_file_replace(disk_real(), folder, OPEN_ROWS,
                          span_of(text, opening_rows_print(&rows, text))));
    for (u32 i = 0; i < rows.count; i += 1) {
        const struct opening_row *row = &rows.list[i];
        char hex[CLI_HASH_BYTES];
        u8 hash[32];
        grant_row_hash(&row->label, &row->wrap, row->body_hash, hash);
        (void)printf("%llu %s %u %u %u %s\n", (unsigned long long)row->label.subject,
                     seal_group_name(row->label.group), row->label.version, row->label.retention,
                     row->label.epoch, cli_hash(hash, hex));
    }
    return FAULT_NONE;
}

/* ---- verify ---- */

static enum fault file_hash(const char *path, char hex[CLI_HASH_BYTES])
{
    static u8 bytes[65536];
    crypto_hash_sha256_state state;
    u8 hash[32];
    SCOPED_FILE file = {.disk = NULL};
    u64 at = 0;
    size_t size = 1;
    TRY(file_open(disk_real(), path, 0, &file));
    (void)crypto_hash_sha256_init(&state);
    while (size > 0) {
        TRY(file_read_at(&file, at, bytes, sizeof(bytes), &size));
        (void)crypto_hash_sha256_update(&state, bytes, size);
        at += size;
    }
    (void)crypto_hash_sha256_final(&state, hash);
    (void)cli_hash(hash, hex);
    return FAULT_NONE;
}

static enum fault verify(const struct option_call *call)
{
    static char manifest[OPENER_MANIFEST_BYTES];
    char text[OPENING_TEXT_BYTES];
    char hex[CLI_HASH_BYTES];
    char line[CLI_HASH_BYTES + 16];
    struct opening opening;
    size_t size = 0;
    size_t manifest_bytes = 0;
    if (call->operands_count != 4) {
        return FAULT(FAULT_USAGE, "verify wants MANIFEST, OPENING and the delivered FILE");
    }
    TRY(ceremony_read_file(call->operands[1], manifest, sizeof(manifest), &manifest_bytes));
    TRY(ceremony_read_file(call->operands[2], text, sizeof(text), &size));
    TRY(opening_read(span_of(text, size), call->operands[2], &opening));
    TRY(opener_manifest_check(span_of(manifest, manifest_bytes), &opening));
    TRY(file_hash(call->operands[3], hex));
    int bytes = snprintf(line, sizeof(line), "\nfile: %s\n", hex);
    if (memmem(manifest, manifest_bytes, line, (size_t)bytes) == NULL) {
        return FAULT(FAULT_ROT, "%s: not the file of this manifest", call->operands[3]);
    }
    (void)fwrite(manifest, 1, manifest_bytes, stdout);
    return FAULT_NONE;
}

/* ---- run ---- */

static enum fault run_opener(const struct option_call *call)
{
    struct open_pin_paths paths;
    TRY(pinned_paths(call, &paths));
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "run wants one FOLDER");
    }
    const char *book =
        call->values[OPEN_OPTION_BOOK].given ? call->values[OPEN_OPTION_BOOK].text : NULL;
    return open_run(call->operands[1], &paths, book, call->values[OPEN_OPTION_SANDBOX].given);
}

/* ---- log ---- */

static enum fault run_log(const struct option_call *call)
{
    char path[FILE_PATH_BYTES];
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "log wants one FOLDER");
    }
    if (call->values[OPEN_OPTION_SOCKET].given) {
        return open_log(call->operands[1], call->values[OPEN_OPTION_SOCKET].text);
    }
    TRY(file_path(path, call->values[OPEN_OPTION_DATA].text, "log.sock"));
    return open_log(call->operands[1], path);
}

/* ---- the command ---- */

static const struct {
    const char *name;
    enum fault (*run)(const struct option_call *call);
} steps[] = {{"collect", collect}, {"run", run_opener}, {"verify", verify}, {"log", run_log}};

static int run(const struct option_call *call)
{
    enum fault fault =
        FAULT(FAULT_USAGE, "\"%s\" is none of collect, run, verify, log", call->operands[0]);
    for (u32 i = 0; i < ARRAY_COUNT(steps); i += 1) {
        if (strcmp(call->operands[0], steps[i].name) == 0) {
            fault = sodium_init() < 0 ? FAULT(FAULT_IO, "libsodium does not start")
                                      : steps[i].run(call);
        }
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Opens the records of one grant, once, for one recipient. collect FOLDER RECORD...: puts the records (files "
    "that vault get wrote, in the grant's order) into the opening's folder and prints what the grant's lines "
    "say of each.",
    "run FOLDER (with --circle, --policy, --group-a, --group-b): looks at the grant, its receipt and the rows; "
    "makes its keys and writes the file opening, which is to be logged; waits for opening.shown and slots, then "
    "for the officers' files release.NAME, at most 15 minutes; opens, compares, and writes manifest and delivery.age. "
    "It has no network and sees nothing but the folder. When it was ended before, it takes another grant.",
    "verify MANIFEST OPENING FILE: whether the manifest is signed by the key of that opening, and is about "
    "that file.",
    "log FOLDER: tells the venue's log, on its machine, of the grant, opening, manifest and mismatch "
    "in the folder, each once however often it is asked, and puts their receipts there (grant.shown, "
    "opening.shown, delivered.shown, mismatch.shown) and, with the opening's, slots: the log from the grant's "
    "issue to the opening, for officers and opener. Their slots take up to ten minutes, one in an emergency: until then it ends with 21, and "
    "is to be run again.",
    NULL,
};

static const struct option_example examples[] = {
    {"open collect case-7 7.identity 7.bank", "The records for a grant."},
    {"open run case-7 --circle circle --policy policy.txt --group-a a.chain --group-b b.chain",
     "The opener."},
    {"open log case-7 --data data", "The log is told, and its receipts come."},
    {NULL, NULL},
};

const struct subcommand cli_open = {
    .name = "open",
    .summary = "opens the records of one grant for one recipient",
    .operands = "collect|run|verify|log FILE...",
    .operands_min = 2,
    .operands_max = 2 + GRANT_RECORDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
