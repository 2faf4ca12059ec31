/* cambist rotate: a new group key for all records. On officers' machines it shows, approves and
 * answers; on the vault's it drafts and runs the re-wrapper (docs/rotation.md). */
#include "app/cli.h"
#include "app/pinned.h"
#include "app/rotate_log.h"
#include "app/rotate_officer.h"
#include "app/rotate_run.h"
#include "base/span.h"
#include "io/sandbox.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROTATE_CIRCLE = PINNED_CIRCLE,
    ROTATE_POLICY = PINNED_POLICY,
    ROTATE_GROUP_A = PINNED_GROUP_A,
    ROTATE_GROUP_B = PINNED_GROUP_B,
    ROTATE_TO_A = PINNED_COUNT,
    ROTATE_TO_B,
    ROTATE_LOG_SIZE,
    ROTATE_NAME,
    ROTATE_SIGN_KEY,
    ROTATE_KEY,
    ROTATE_PASSPHRASE,
    ROTATE_BOOK,
    ROTATE_SANDBOX,
    ROTATE_DATA,
    ROTATE_SOCKET,
};

static const struct option options[] = {
    [ROTATE_CIRCLE] = {.name = "circle",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "One's own copy of who may approve."},
    [ROTATE_POLICY] = {.name = "policy",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "Whose log and witnesses are believed."},
    [ROTATE_GROUP_A] = {.name = "group-a",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "The closed transcripts of group A, of the old epoch."},
    [ROTATE_GROUP_B] = {.name = "group-b",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "The closed transcripts of group B, of the old epoch."},
    [ROTATE_TO_A] = {.name = "to-group-a",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "The closed transcripts of group A, of the new epoch."},
    [ROTATE_TO_B] = {.name = "to-group-b",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "The closed transcripts of group B, of the new epoch."},
    [ROTATE_LOG_SIZE] = {.name = "log-size",
                         .kind = OPTION_NUMBER,
                         .value = "N",
                         .otherwise = "0",
                         .maximum = INT64_MAX,
                         .help = "draft: entries of the public log now."},
    [ROTATE_NAME] = {.name = "name",
                     .kind = OPTION_TEXT,
                     .value = "CODE",
                     .help = "approve: the officer's code in the circle."},
    [ROTATE_SIGN_KEY] = {.name = "sign-key",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "approve: the officer's private Ed25519 key, PEM without a "
                                 "passphrase."},
    [ROTATE_KEY] = {.name = "key",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help = "answer: the key file with the officer's share of the old epoch."},
    [ROTATE_PASSPHRASE] = {.name = "passphrase",
                           .kind = OPTION_TEXT,
                           .value = "FILE",
                           .help = "answer: the first line of this file opens the key file; - is "
                                   "standard input."},
    [ROTATE_BOOK] = {.name = "book",
                     .kind = OPTION_TEXT,
                     .value = "DIR",
                     .help = "answer: the officer's folder in which what was answered is kept."},
    [ROTATE_SANDBOX] = {.name = "require-sandbox",
                        .kind = OPTION_FLAG,
                        .help = "approve, answer, run: end with 26 when the kernel lacks a "
                                "protection."},
    [ROTATE_DATA] = {.name = "data",
                     .kind = OPTION_TEXT,
                     .value = "DIR",
                     .otherwise = "data",
                     .help = "log: the venue's data folder."},
    [ROTATE_SOCKET] = {.name = "socket",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "log: the socket that publog.socket names. Without it log.sock in "
                               "the data folder."},
};

static enum fault one_operand(const struct option_call *call)
{
    return call->operands_count == 2
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s wants one operand", call->operands[0]);
}

static enum fault paths_of(const struct option_call *call, struct rotate_pin_paths *paths_out)
{
    TRY(pinned_paths(call, &paths_out->old));
    for (u32 i = 0; i < 2; i += 1) {
        TRY(pinned_wants(call, ROTATE_TO_A + i));
        paths_out->groups[i] = call->values[ROTATE_TO_A + i].text;
    }
    return FAULT_NONE;
}

static enum fault files_join(const struct option_call *call, struct rotation_file *file)
{
    static struct rotation_file more;
    TRY(rotate_read(call->operands[1], file));
    for (u32 i = 2; i < call->operands_count; i += 1) {
        TRY(rotate_read(call->operands[i], &more));
        TRY(rotation_file_join(file, &more, call->operands[i]));
    }
    return FAULT_NONE;
}

static void print_file(const struct rotation_file *file)
{
    static char text[ROTATION_FILE_BYTES];
    (void)fwrite(text, 1, rotation_file_print(file, text),
                 stdout); /* main looks at the stream's end */
}

/* ---- draft ---- */

/* A row whose proof does not hold would stop every officer: it is named now. */
static enum fault rows_check(const struct rotate_pins *pins, struct rotation_table *rows)
{
    static struct rotation_piece piece;
    for (u32 i = 0; i < rotation_table_pieces(rows); i += 1) {
        TRY(rotation_table_piece(rows, i, &piece));
        for (u32 j = 0; j < piece.count; j += 1) {
            TRY(seal_wrap_check(&piece.rows[j].label, &pins->old.key.public,
                                piece.rows[j].body_hash, &piece.rows[j].wrap));
        }
    }
    return FAULT_NONE;
}

static enum fault draft_of(const struct option_call *call, const struct rotate_pins *pins,
                           struct rotation_table *rows)
{
    char text[ROTATION_TEXT_BYTES];
    struct rotation rotation = {.from = pins->judge.from,
                                .to = pins->judge.to,
                                .records = rows->count,
                                .issued_s = pins->old.judge.now_s,
                                .expires_s = pins->old.judge.now_s + GRANT_BULK_S,
                                .log_size = call->values[ROTATE_LOG_SIZE].number};
    memcpy(rotation.venue, pins->old.circle.venue, sizeof(rotation.venue));
    memcpy(rotation.rows, rows->hash, sizeof(rotation.rows));
    randombytes_buf(rotation.name, sizeof(rotation.name));
    randombytes_buf(rotation.nonce, sizeof(rotation.nonce));
    TRY(rotation_check(&rotation, call->operands[1]));
    TRY(rotation_judge_text(&pins->judge, &rotation));
    TRY(rotation_judge_rows(rows, &rotation));
    TRY(rows_check(pins, rows));
    (void)fwrite(text, 1, rotation_print(&rotation, text), stdout);
    return FAULT_NONE;
}

static enum fault draft(const struct option_call *call, struct rotate_pins *pins)
{
    struct rotation_table rows;
    char path[FILE_PATH_BYTES];
    TRY(one_operand(call));
    TRY(file_path(path, call->operands[1], ROTATE_ROWS));
    TRY(rotation_table_open(disk_real(), path, true, &rows));
    enum fault fault = draft_of(call, pins, &rows);
    rotation_table_close(&rows);
    return fault;
}

/* ---- officers ---- */

static enum fault show(const struct option_call *call, struct rotate_pins *pins)
{
    static struct rotation_file file;
    char hex[CLI_HASH_BYTES];
    TRY(files_join(call, &file));
    (void)printf("%s", file.text);
    cli_line("hash", "%s", cli_hash(file.hash, hex));
    for (u32 i = 0; i < file.signatures_count; i += 1) {
        cli_line("signed", "by %s", file.signatures[i].officer);
    }
    TRY(rotation_judge_text(&pins->judge, &file.rotation));
    cli_line("ceremonies", "both are the pinned ones");
    TRY(rotation_judge_approved(&pins->judge, &file));
    cli_line("approved", "by enough officers of both groups");
    return FAULT_NONE;
}

static enum fault approve(const struct option_call *call, struct rotate_pins *pins)
{
    static struct rotation_file file;
    TRY(pinned_wants(call, ROTATE_NAME));
    TRY(pinned_wants(call, ROTATE_SIGN_KEY));
    TRY(files_join(call, &file));
    TRY(rotation_judge_text(&pins->judge, &file.rotation));
    (void)fprintf(stderr, "%s", file.text);
    TRY(rotate_approve(pins, call->values[ROTATE_NAME].text, call->values[ROTATE_SIGN_KEY].text,
                       call->values[ROTATE_SANDBOX].given, &file));
    print_file(&file);
    return FAULT_NONE;
}

static enum fault answer(const struct option_call *call, struct rotate_pins *pins)
{
    TRY(one_operand(call));
    for (u32 i = ROTATE_KEY; i <= ROTATE_BOOK; i += 1) {
        TRY(pinned_wants(call, i));
    }
    const struct rotate_answer_call answer_call = {
        .folder = call->operands[1],
        .share = {.key = call->values[ROTATE_KEY].text,
                  .passphrase = call->values[ROTATE_PASSPHRASE].text,
                  .book = call->values[ROTATE_BOOK].text,
                  .is_sandbox_required = call->values[ROTATE_SANDBOX].given}};
    return rotate_answer(pins, &answer_call);
}

/* ---- without pins ---- */

static enum fault join(const struct option_call *call)
{
    static struct rotation_file file;
    TRY(files_join(call, &file));
    print_file(&file);
    return FAULT_NONE;
}

static enum fault run_rewrapper(const struct option_call *call)
{
    struct rotate_pin_paths paths;
    TRY(one_operand(call));
    TRY(paths_of(call, &paths));
    return rotate_run(call->operands[1], &paths, call->values[ROTATE_SANDBOX].given);
}

static enum fault run_log(const struct option_call *call)
{
    char path[FILE_PATH_BYTES];
    TRY(one_operand(call));
    if (call->values[ROTATE_SOCKET].given) {
        return rotate_log(call->operands[1], call->values[ROTATE_SOCKET].text);
    }
    TRY(file_path(path, call->values[ROTATE_DATA].text, "log.sock"));
    return rotate_log(call->operands[1], path);
}

/* ---- the command ---- */

static const struct {
    const char *name;
    enum fault (*judged)(const struct option_call *call, struct rotate_pins *pins);
    enum fault (*run)(const struct option_call *call); /* where `judged` is NULL */
} steps[] = {{"draft", draft, NULL},   {"show", show, NULL}, {"approve", approve, NULL},
             {"answer", answer, NULL}, {"join", NULL, join}, {"run", NULL, run_rewrapper},
             {"log", NULL, run_log}};

static enum fault step(const struct option_call *call, u32 number)
{
    static struct rotate_pins pins;
    struct rotate_pin_paths paths;
    if (sodium_init() < 0) {
        return FAULT(FAULT_IO, "libsodium does not start");
    }
    TRY(sandbox_hide_memory());
    if (steps[number].judged == NULL) {
        return steps[number].run(call);
    }
    TRY(paths_of(call, &paths));
    TRY(rotate_pins_read(&paths, &pins));
    enum fault fault = steps[number].judged(call, &pins);
    rotate_pins_close(&pins);
    return fault;
}

static int run(const struct option_call *call)
{
    enum fault fault =
        FAULT(FAULT_USAGE, "\"%s\" is none of draft, show, approve, join, answer, run, log",
              call->operands[0]);
    for (u32 i = 0; i < ARRAY_COUNT(steps); i += 1) {
        if (strcmp(call->operands[0], steps[i].name) == 0) {
            fault = step(call, i);
        }
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Wraps all records of an epoch anew for the key of the next one. It takes the full quorum of both groups, an "
    "entry in the public log 72 hours before, and touches no body; nobody gets to read anything. The steps stand "
    "in docs/rotation.md; cambist vault rotate collects the rows and puts the new wraps. All steps but join and log want "
    "--circle, --policy, --group-a, --group-b, --to-group-a and --to-group-b: one's own copies.",
    "draft FOLDER (with --log-size): prints the rotation of the folder's rows. show ROTATION...: its text, who has "
    "signed, whether both epochs are the pinned ones, and whether that is enough. approve ROTATION (with --name, "
    "--sign-key): prints it with the officer's signature below. join ROTATION...: one file with the signatures of "
    "all, which the folder has as rotation.",
    "run FOLDER: the re-wrapper. It makes its keys and writes the file opening, which is to be logged; waits for "
    "opening.shown and slots and for the officers' files release.NAME, at most 6 hours; wraps every row anew, and "
    "writes manifest and wraps. It has no network and sees nothing but the folder.",
    "log FOLDER: tells the venue's log, on its machine, of rotation, opening and manifest in the folder, each once "
    "however often it is asked, and puts rotation.shown, opening.shown and slots there; the last two anew each time, "
    "until the manifest is there. It ends with 21 while a slot has not ended, and is to be run again.",
    "answer FOLDER (with --key, --passphrase, --book): writes the officer's answers for all rows to standard "
    "output, when everything that the officer's own files say of the rotation holds.",
    NULL,
};

static const struct option_example examples[] = {
    {"vault rotate collect turn-2 1 --data data", "The rows of epoch 1, first."},
    {"rotate join text.anna text.bela text.cleo text.dora text.emil text.fred > turn-2/rotation",
     "One more than the threshold of each group."},
    {NULL, NULL},
};

const struct subcommand cli_rotate = {
    .name = "rotate",
    .summary = "wraps all records anew for a new group key",
    .operands = "draft|log|run|answer FOLDER | show|approve|join ROTATION...",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
