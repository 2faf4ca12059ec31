#include "app/cli.h"
#include "app/log_files.h"
#include "app/log_months.h"
#include "app/log_reports.h"
#include "app/log_shown.h"
#include "app/log_texts.h"
#include "app/log_vault.h"
#include "app/log_venue.h"
#include "app/progress.h"
#include "app/restrict_export.h"
#include "app/text_file.h"
#include "app/time_text.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/vault/restrict_line.h"
#include "role/vault/tlog_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US  1000000ULL
#define AGE_MAX_S  315360000U
#define JSON_BYTES 4096U

enum {
    LOG_POLICY,
    LOG_STATE,
    LOG_MAX_AGE,
    LOG_STRANGERS,
    LOG_SLOTS,
    LOG_MONTH,
    LOG_ENTRY,
    LOG_JSON,
    LOG_CLASS,
    LOG_FROM,
    LOG_TO,
    LOG_SINCE,
    LOG_CASE
};

static const struct option options[] = {
    [LOG_POLICY] =
        {.name = "policy",
         .kind = OPTION_TEXT,
         .value = "FILE",
         .help =
             "check, receipt, shown, check-decision: whose signatures are believed: the log's key, the "
             "witnesses, their operators and the quorum."},
    [LOG_STATE] = {.name = "state",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .help = "check: remembers the checkpoint here. The next run sees a log that was "
                           "cut short, forked or backdated since."},
    [LOG_MAX_AGE] = {.name = "max-age",
                     .kind = OPTION_NUMBER,
                     .value = "SECONDS",
                     .minimum = 1,
                     .maximum = AGE_MAX_S,
                     .help =
                         "check, receipt: a quorum of witnesses must have seen it so recently."},
    [LOG_STRANGERS] = {.name = "strangers",
                       .help = "check: passes over signature lines of keys that the policy does "
                               "not name. Otherwise they are a flaw."},
    [LOG_SLOTS] = {.name = "slots",
                   .help = "check: every entry must be a case leaf of a venue, whose slots follow "
                           "each other without a gap, or a readable line."},
    [LOG_MONTH] = {.name = "month",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .help = "check: the same, and the opening of a month must agree with its "
                           "slots."},
    [LOG_ENTRY] = {.name = "entry",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .help = "receipt: the entry, byte by byte."},
    [LOG_JSON] = {.name = "json", .help = "check, receipt: one line of JSON for machines."},
    [LOG_CLASS] = {.name = "class",
                   .kind = OPTION_TEXT,
                   .value = "CLASS",
                   .help = "slots: ordinary (unless given) or emergency."},
    [LOG_FROM] = {.name = "from",
                  .kind = OPTION_TEXT,
                  .value = "MOMENT",
                  .help = "slots: in the first one, as 2026-11-23T12:00:00Z."},
    [LOG_TO] = {.name = "to",
                .kind = OPTION_TEXT,
                .value = "MOMENT",
                .help = "slots: in the last one."},
    [LOG_SINCE] = {.name = "since",
                   .kind = OPTION_TEXT,
                   .value = "YYYY-MM",
                   .help = "check: opened months before this one must be there as they were "
                           "logged, but their slots are not computed anew."},
    [LOG_CASE] = {.name = "case",
                  .kind = OPTION_TEXT,
                  .value = "HEX",
                  .help = "shown: the case, 32 digits, as the letter says it."},
};

/* ---- shared ---- */

/* What a run needs, taken once; large, so it is not on the stack. */
struct work {
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_check check;
    struct log_venue venue;
    struct log_months months;
    struct log_texts texts;
    struct log_reports reports;
    struct restrict_order order;
    struct log_vault vault;
    struct tlog_tiles tiles;
    struct tlog_receipt receipt;
    struct tlog_finding finding;
    u8 text[TLOG_RECEIPT_BYTES_MAX];
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
    u8 partial[TLOG_BUNDLE_BYTES_MAX];
};

static enum fault file_take(const char *path, u8 *target, size_t bytes_max, struct span *text_out)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > bytes_max) {
        return FAULT(FAULT_INPUT, "%s: %" PRIu64 " bytes, at most %zu are read", path, size,
                     bytes_max);
    }
    TRY(file_read_whole(&file, 0, target, (size_t)size));
    *text_out = span_of(target, (size_t)size);
    return FAULT_NONE;
}

static enum fault policy_take(const struct option_call *call, struct work *work)
{
    struct span text;
    if (!call->values[LOG_POLICY].given) {
        return FAULT(FAULT_USAGE, "%s: --policy is missing", call->operands[0]);
    }
    TRY(file_take(call->values[LOG_POLICY].text, work->text, TLOG_POLICY_BYTES_MAX, &text));
    return tlog_policy_read(&work->crypto.sha256, text, &work->policy);
}

static enum fault operands_check(const struct option_call *call, u32 count, const char *what)
{
    return call->operands_count == count + 1
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s: %s is wanted", call->operands[0], what);
}

static const char *time_print(u64 time_s, char target[TIME_TEXT_BYTES])
{
    return time_s == 0 || time_s > UINT64_MAX / SECOND_US
               ? "never"
               : time_text_print(time_s * SECOND_US, target);
}

static void verdict_print(const struct work *work, const struct tlog_verdict *verdict)
{
    char root[TLOG_HASH_TEXT_BYTES];
    char time[TIME_TEXT_BYTES];
    tlog_hash_text(&verdict->checkpoint.root, root);
    cli_line("origin", "%.*s", (int)verdict->checkpoint.origin.size,
             (const char *)verdict->checkpoint.origin.data);
    cli_line("entries", "%" PRIu64, verdict->checkpoint.size);
    cli_line("root", "%s", root);
    cli_line("witnesses", "%u of %u have cosigned", __builtin_popcount(verdict->cosigned),
             work->policy.witnesses_count);
    cli_line("independent witnesses", "%u", verdict->independent);
    cli_line("seen by a quorum", "%s", time_print(verdict->fresh_s, time));
}

static void verdict_json(const struct work *work, const struct tlog_verdict *verdict)
{
    static char text[JSON_BYTES];
    char root[TLOG_HASH_TEXT_BYTES];
    struct json_writer json;
    tlog_hash_text(&verdict->checkpoint.root, root);
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    json_field_text(&json, "flaw", tlog_flaw_name(work->finding.flaw));
    if (work->finding.flaw != TLOG_FLAW_NONE) {
        json_field_text(&json, "file", work->finding.file);
        json_field_text(&json, "why", work->finding.why);
    } else {
        json_field_u64(&json, "entries", verdict->checkpoint.size);
        json_field_text(&json, "root", root);
        json_field_u64(&json, "cosigned", (u64)__builtin_popcount(verdict->cosigned));
        json_field_u64(&json, "independent", verdict->independent);
        json_field_u64(&json, "fresh", verdict->fresh_s);
        json_field_u64(&json, "known", verdict->known_s);
    }
    if (work->finding.flaw == TLOG_FLAW_NONE && work->texts.leaves.leaf != NULL) { /* check */
        u32 held = log_texts_count(&work->texts, LOG_TEXT_HELD);
        json_field_u64(&json, "ceremonies", held);
        json_field_u64(&json, "ceremonies_awaited", work->texts.count - held);
        json_field_u64(&json, "reports", log_reports_held(&work->reports));
        json_field_u64(&json, "vault_lines", work->vault.count);
        json_field_u64(&json, "vault_odd", work->vault.odd);
        json_field_u64(&json, "vault_back", work->vault.back);
        json_field_u64(&json, "erased", work->vault.newest.erased);
    }
    json_object_end(&json);
    cli_print_json(&json);
}

/* The answer to the caller: what was found is printed, and its exit code is that of damage. */
static enum fault answer(const struct option_call *call, const struct work *work,
                         const struct tlog_verdict *verdict)
{
    const struct tlog_finding *finding = &work->finding;
    if (call->values[LOG_JSON].given) {
        verdict_json(work, verdict);
    } else if (finding->flaw == TLOG_FLAW_NONE) {
        verdict_print(work, verdict);
    }
    return finding->flaw == TLOG_FLAW_NONE ? FAULT_NONE
                                           : FAULT(FAULT_ROT, "%s: %s (%s)", finding->file,
                                                   finding->why, tlog_flaw_name(finding->flaw));
}

/* ---- check ---- */

struct shown {
    struct tlog_progress base;
    struct progress line;
};

static void show(struct tlog_progress *base, u64 done, u64 size)
{
    struct shown *shown = (struct shown *)base;
    progress_update(&shown->line, done, size);
}

/* Older checkpoints beside the present one. */
struct older {
    struct log_checkpoints visitor;
    struct work *work;
    u64 count;
};

static enum fault older_take(struct log_checkpoints *visitor, const char *name)
{
    struct older *older = (struct older *)visitor;
    struct work *work = older->work;
    size_t size = 0;
    if (work->finding.flaw != TLOG_FLAW_NONE) {
        return FAULT_NONE;
    }
    TRY(work->check.files->read(work->check.files, name, work->text, TLOG_NOTE_BYTES_MAX, &size));
    older->count += 1;
    return tlog_check_earlier(&work->check, name, span_of(work->text, size), &work->finding);
}

/* What the last run saw. It is replaced when all is well: what was seen is never forgotten for
 * something worse. */
static enum fault memory_check(const char *path, struct work *work)
{
    bool exists = false;
    struct span note;
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        TRY(file_take(path, work->text, TLOG_NOTE_BYTES_MAX, &note));
        TRY(tlog_check_earlier(&work->check, path, note, &work->finding));
    }
    return work->finding.flaw == TLOG_FLAW_NONE
               ? text_file_put(path, work->check.note, work->check.note_bytes, false)
               : FAULT_NONE;
}

static bool is_venue(const struct option_call *call)
{
    return call->values[LOG_SLOTS].given || call->values[LOG_MONTH].given;
}

static void order_print(const struct restrict_order *order)
{
    if (order->days > 0) {
        cli_line("days of restrictions", "%" PRIu64 ", %" PRIu64 " decisions, %" PRIu64 " missed",
                 order->days, order->decisions, order->missed);
    }
}

static enum fault check_files(const struct option_call *call, struct work *work,
                              struct log_files *files)
{
    struct shown shown = {.base = {.entries = show}};
    struct older older = {.visitor = {.checkpoint = older_take}, .work = work};
    struct tlog_check *check = &work->check;
    progress_init(&shown.line, clock_real(), "checking", "entries");
    check->crypto = &work->crypto;
    check->policy = &work->policy;
    check->files = &files->files;
    check->partials = files->is_url ? NULL : &files->partials;
    check->progress = &shown.base;
    check->bundle = work->bundle;
    check->partial = work->partial;
    check->now_s = clock_wall_us(clock_real()) / SECOND_US;
    check->age_max_s = call->values[LOG_MAX_AGE].given ? call->values[LOG_MAX_AGE].number : 0;
    check->strangers_allowed = call->values[LOG_STRANGERS].given;
    restrict_order_init(&work->order, &work->reports.leaves);
    log_vault_init(&work->vault, &work->order.leaves);
    check->leaves = &work->vault.leaves;
    enum fault fault = tlog_check_run(check, &work->finding);
    progress_end(&shown.line);
    TRY(fault);
    log_venue_end(&work->venue, &work->finding);
    if (work->finding.flaw == TLOG_FLAW_NONE) {
        TRY(log_months_check(&work->months, files, &work->crypto.sha256, &work->finding));
    }
    if (work->finding.flaw == TLOG_FLAW_NONE) {
        TRY(log_texts_check(&work->texts, &files->files, &work->crypto.sha256, &work->finding));
    }
    if (work->finding.flaw == TLOG_FLAW_NONE) {
        TRY(log_reports_check(&work->reports, &files->files, &work->crypto.sha256, &work->finding));
    }
    if (work->finding.flaw == TLOG_FLAW_NONE) {
        TRY(log_files_checkpoints(files, &older.visitor));
    }
    if (work->finding.flaw == TLOG_FLAW_NONE && call->values[LOG_STATE].given) {
        TRY(memory_check(call->values[LOG_STATE].text, work));
    }
    if (work->finding.flaw == TLOG_FLAW_NONE && !call->values[LOG_JSON].given) {
        (void)printf("every tile, entry, checkpoint and cosignature verifies\n");
        cli_line("older files checked", "%" PRIu64 " partial ones, %" PRIu64 " checkpoints",
                 check->partials_count, older.count);
        if (is_venue(call)) {
            log_venue_print(&work->venue);
        }
        log_months_print(&work->months);
        log_texts_print(&work->texts);
        log_reports_print(&work->reports);
        order_print(&work->order);
        log_vault_print(&work->vault);
    }
    return answer(call, work, &check->verdict);
}

static enum fault since_take(const struct option_call *call, u32 *month_out)
{
    const struct option_value *since = &call->values[LOG_SINCE];
    return !since->given || log_venue_month_parse(since->text, month_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "--since: \"%s\" is no month as 2026-11", since->text);
}

static enum fault check(const struct option_call *call, struct work *work)
{
    struct log_files files;
    u32 since = 0;
    TRY(operands_check(call, 1, "DIR or URL"));
    TRY(policy_take(call, work));
    TRY(since_take(call, &since));
    TRY(log_venue_open(&work->venue, &work->crypto.sha256, call->values[LOG_MONTH].text));
    log_months_init(&work->months, is_venue(call) ? &work->venue.check : NULL, since);
    log_texts_init(&work->texts, &work->months.leaves);
    log_reports_init(&work->reports, &work->texts.leaves);
    enum fault fault = log_files_open(&files, call->operands[1]);
    if (fault == FAULT_NONE) {
        fault = check_files(call, work, &files);
        log_files_close(&files);
    }
    log_reports_close(&work->reports);
    log_texts_close(&work->texts);
    log_months_close(&work->months);
    log_venue_close(&work->venue);
    return fault;
}

/* ---- show and prove ---- */

static enum fault index_take(const struct option_call *call, u64 size, u64 *index_out)
{
    if (!tlog_number_read(span_of_text(call->operands[2]), TLOG_SIZE_MAX, index_out)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no number of an entry", call->operands[2]);
    }
    return *index_out < size ? FAULT_NONE
                             : FAULT(FAULT_MISSING, "the log has %" PRIu64 " entries", size);
}

/* The checkpoint as it is, without a policy: who checks it later has one. */
static enum fault checkpoint_take(struct work *work, struct tlog_files *files,
                                  struct span *note_out, u64 *size_out)
{
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
    size_t size = 0;
    TRY(files->read(files, "checkpoint", work->check.note, sizeof(work->check.note), &size));
    *note_out = span_of(work->check.note, size);
    enum tlog_flaw flaw = tlog_note_read(*note_out, &note);
    if (flaw == TLOG_FLAW_NONE) {
        flaw = tlog_checkpoint_read(note.text, &checkpoint);
    }
    if (flaw != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "checkpoint: %s", tlog_flaw_meaning(flaw));
    }
    *size_out = checkpoint.size;
    return FAULT_NONE;
}

static enum fault entry_take(struct work *work, struct tlog_files *files, u64 size, u64 index,
                             struct span *entry_out)
{
    struct tlog_tile_name name = {.level = TLOG_TILE_ENTRIES, .index = index / TLOG_TILE_WIDTH};
    char path[TLOG_TILE_PATH_BYTES];
    size_t read = 0;
    name.width = tlog_tile_width(size, TLOG_TILE_ENTRIES, name.index);
    tlog_tile_path(name, path);
    enum fault fault = files->read(files, path, work->bundle, sizeof(work->bundle), &read);
    if (fault == FAULT_MISSING && name.width < TLOG_TILE_WIDTH) {
        name.width = TLOG_TILE_WIDTH;
        tlog_tile_path(name, path);
        fault = files->read(files, path, work->bundle, sizeof(work->bundle), &read);
    }
    TRY(fault);
    struct span rest = span_of(work->bundle, read);
    for (u64 i = 0; i <= index % TLOG_TILE_WIDTH; i += 1) {
        if (!tlog_bundle_next(&rest, entry_out)) {
            return FAULT(FAULT_ROT, "%s: ends before entry %" PRIu64, path, index);
        }
    }
    return FAULT_NONE;
}

static enum fault show_entry(const struct option_call *call, struct work *work,
                             struct tlog_files *files)
{
    struct span note;
    struct span entry;
    u64 size = 0;
    u64 index = 0;
    TRY(checkpoint_take(work, files, &note, &size));
    TRY(index_take(call, size, &index));
    TRY(entry_take(work, files, size, index, &entry));
    return fwrite(entry.data, 1, entry.size, stdout) == entry.size
               ? FAULT_NONE
               : FAULT(FAULT_IO, "standard output takes no more");
}

static enum fault prove_entry(const struct option_call *call, struct work *work,
                              struct tlog_files *files)
{
    u64 size = 0;
    struct tlog_receipt *receipt = &work->receipt;
    TRY(checkpoint_take(work, files, &receipt->checkpoint, &size));
    TRY(index_take(call, size, &receipt->index));
    tlog_tiles_init(&work->tiles, &work->crypto.sha256, files, size);
    TRY(tlog_inclusion_make(&work->crypto.sha256, &work->tiles.nodes, receipt->index, size,
                            &receipt->proof));
    size_t bytes = tlog_receipt_write(receipt, work->text, sizeof(work->text));
    CHECK(bytes > 0);
    return fwrite(work->text, 1, bytes, stdout) == bytes
               ? FAULT_NONE
               : FAULT(FAULT_IO, "standard output takes no more");
}

static enum fault with_files(const struct option_call *call, struct work *work,
                             enum fault (*act)(const struct option_call *call, struct work *work,
                                               struct tlog_files *files))
{
    struct log_files files;
    TRY(operands_check(call, 2, "DIR or URL and the number of an entry"));
    TRY(log_files_open(&files, call->operands[1]));
    enum fault fault = act(call, work, &files.files);
    log_files_close(&files);
    return fault;
}

static enum fault show_one(const struct option_call *call, struct work *work)
{
    return with_files(call, work, show_entry);
}

static enum fault prove_one(const struct option_call *call, struct work *work)
{
    return with_files(call, work, prove_entry);
}

/* ---- receipt ---- */

static enum tlog_flaw receipt_judge(const struct option_call *call, struct work *work,
                                    struct span text, struct span entry,
                                    struct tlog_verdict *verdict)
{
    struct tlog_hash leaf;
    enum tlog_flaw flaw = tlog_receipt_read(text, &work->receipt);
    if (flaw != TLOG_FLAW_NONE) {
        return flaw;
    }
    tlog_hash_leaf(&work->crypto.sha256, entry, &leaf);
    flaw = tlog_receipt_verify(&work->crypto, &work->policy, &work->receipt, &leaf, verdict);
    u64 now_s = clock_wall_us(clock_real()) / SECOND_US;
    bool is_old = call->values[LOG_MAX_AGE].given && now_s > verdict->fresh_s &&
                  now_s - verdict->fresh_s > call->values[LOG_MAX_AGE].number;
    return flaw == TLOG_FLAW_NONE && is_old ? TLOG_FLAW_STALE : flaw;
}

static enum fault receipt(const struct option_call *call, struct work *work)
{
    struct tlog_verdict verdict = {.cosigned = 0};
    struct span text;
    struct span entry;
    TRY(operands_check(call, 1, "the receipt's file"));
    if (!call->values[LOG_ENTRY].given) {
        return FAULT(FAULT_USAGE, "receipt: --entry is missing: a receipt is that of an entry");
    }
    TRY(policy_take(call, work));
    TRY(file_take(call->operands[1], work->text, sizeof(work->text), &text));
    TRY(file_take(call->values[LOG_ENTRY].text, work->bundle, TLOG_ENTRY_BYTES_MAX, &entry));
    struct tlog_finding *finding = &work->finding;
    finding->flaw = receipt_judge(call, work, text, entry, &verdict);
    (void)snprintf(finding->file, sizeof(finding->file), "%s", call->operands[1]);
    (void)snprintf(finding->why, sizeof(finding->why), "%s", tlog_flaw_meaning(finding->flaw));
    if (finding->flaw == TLOG_FLAW_NONE && !call->values[LOG_JSON].given) {
        (void)printf("the entry is number %" PRIu64 " of the log\n", work->receipt.index);
    }
    return answer(call, work, &verdict);
}

/* ---- shown ---- */

static enum fault shown_one(const struct option_call *call, struct work *work)
{
    struct span text;
    TRY(operands_check(call, 1, "the receipt's file"));
    if (!call->values[LOG_CASE].given) {
        return FAULT(FAULT_USAGE, "shown: --case is missing: the letter says it");
    }
    TRY(policy_take(call, work));
    TRY(file_take(call->operands[1], work->text, sizeof(work->text), &text));
    return log_shown_check(call->operands[1], text, call->values[LOG_CASE].text, &work->crypto,
                           &work->policy, call->values[LOG_JSON].given);
}

static enum fault check_decision(const struct option_call *call, struct work *work)
{
    TRY(operands_check(call, 1, "the file of an exported decision"));
    TRY(policy_take(call, work));
    return restrict_export_check(call->operands[1], &work->crypto, &work->policy);
}

/* ---- month ---- */

static enum fault month(const struct option_call *call, struct work *work)
{
    (void)work;
    TRY(operands_check(call, 2, "the log's folder and a month as 2026-11"));
    return log_venue_month(call->operands[1], call->operands[2]);
}

/* ---- slots ---- */

static enum fault slots(const struct option_call *call, struct work *work)
{
    (void)work;
    TRY(operands_check(call, 1, "the log's folder"));
    if (!call->values[LOG_FROM].given || !call->values[LOG_TO].given) {
        return FAULT(FAULT_USAGE, "slots: --from and --to are wanted");
    }
    const char *class = call->values[LOG_CLASS].given ? call->values[LOG_CLASS].text : "ordinary";
    return log_venue_slots(call->operands[1], class, call->values[LOG_FROM].text,
                           call->values[LOG_TO].text);
}

/* ---- the command ---- */

static enum fault dispatch(const struct option_call *call, struct work *work)
{
    static const struct {
        const char *word;
        enum fault (*act)(const struct option_call *call, struct work *work);
    } actions[] = {{"check", check},     {"show", show_one},
                   {"prove", prove_one}, {"receipt", receipt},
                   {"shown", shown_one}, {"month", month},
                   {"slots", slots},     {"check-decision", check_decision}};
    for (size_t i = 0; i < ARRAY_COUNT(actions); i += 1) {
        if (strcmp(call->operands[0], actions[i].word) == 0) {
            return actions[i].act(call, work);
        }
    }
    return FAULT(
        FAULT_USAGE,
        "\"%s\" is no action: check, show, prove, receipt, shown, month, slots or check-decision",
        call->operands[0]);
}

static int run(const struct option_call *call)
{
    struct work *work = calloc(1, sizeof(*work));
    enum fault fault = work == NULL ? FAULT(FAULT_LIMIT, "no memory to read a log in")
                                    : tlog_crypto_open(&work->crypto);
    if (fault == FAULT_NONE) {
        fault = dispatch(call, work);
        tlog_crypto_close(&work->crypto);
    }
    free(work);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "check DIR|URL: reads the whole log, computes every hash anew and compares. The exit code is 0 only when every "
    "tile, entry, checkpoint and cosignature verifies under the policy; otherwise the first thing that does not is "
    "named, with exit code 19. In a folder the partial files of smaller logs and files checkpoint.SIZE are checked too.",
    "Opened months that the log lists are read under month/ and checked too: that they are there as they were logged, "
    "agree with their slots, that none is missing, and that where a silence has ended a notice has followed.",
    "Transcripts of key ceremonies and transparency reports that the log names are read under text/: that they are what "
    "was logged, that proofs hold, and that a report is of its half-year. One that is not there is said, and is a flaw 30 "
    "days behind its line.",
    "show DIR|URL N: entry N as it is, the first one is 0. prove DIR|URL N: its receipt. Both believe the files.",
    "receipt FILE: whether a receipt proves that --entry is in the log, under the policy, asking nobody.",
    "shown FILE: whether the receipt that a customer was given with a letter is of an event of --case, and is in the "
    "log under the policy, asking nobody.",
    "check-decision FILE: whether a decision that \"cambist why --export\" wrote is in the log, under the policy, "
    "asking nobody; then what was decided.",
    "month DIR YYYY-MM: the opening of a month that is over, for everybody: how many private events of each kind "
    "there were, and silences that have ended. DIR is the venue's own folder log, which holds events.db.",
    "slots DIR: every slot of a class between two moments, whole, for an officer or an opener who has to see that "
    "nothing stands between them. DIR as above; it says kinds and marks of the events, so it is not for everybody.",
    "A policy is a text: log VKEY; witness NAME VKEY; group NAME all|any|K MEMBER...; quorum NAME|none; operator NAME "
    "WITNESS..., where the name venue stands for the venue itself; independent N. Independent witnesses are operators "
    "beside the venue: a log that only its own venue has witnessed says 0.",
    NULL,
};

static const struct option_example examples[] = {
    {"log check --policy policy.txt --state seen.txt https://exchange.example/log",
     "From outside, every day."},
    {"log prove data/log 17 > 17.tlog-proof", "The receipt of an entry."},
    {"log receipt 17.tlog-proof --policy policy.txt --entry 17.bin", "Checks it, offline."},
    {"log shown receipt.txt --policy policy.txt --case 00112233445566778899aabbccddeeff",
     "The receipt that came with a letter."},
    {"log month data/log 2026-10 > 2026-10.txt", "What the operator publishes each month."},
    {"log slots data/log --from 2026-11-23T12:00:00Z --to 2026-11-23T15:10:00Z > slots",
     "From the moment a grant was issued to its opening."},
    {NULL, NULL},
};

const struct subcommand cli_log = {
    .name = "log",
    .summary = "checks the public log and its receipts",
    .operands = "check|show|prove|receipt|shown|month|slots|check-decision PLACE...",
    .operands_min = 1,
    .operands_max = 3,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
