#include "app/restrict_export.h"

#include "app/cli.h"
#include "app/log_files.h"
#include "app/text_file.h"
#include "app/time_text.h"
#include "app/why.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/log_agent.h"
#include "role/vault/restrict_rows.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_file.h"
#include "wire/notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Large, so it is not on the stack. */
struct work {
    struct restrict_row_visitor visitor; /* first: it is cast back */
    const struct restrict_export *export;
    char packs[FILE_PATH_BYTES];
    struct restrict_rows *rows;
    bool is_found;
    struct restrict_proof proof;
    struct pack_text pack;
    struct sha256 sha256;
    struct tlog_tiles tiles;
    struct tlog_receipt receipt;
    u64 index; /* of the line in the log */
    u8 note[TLOG_NOTE_BYTES_MAX];
    u8 text[TLOG_RECEIPT_BYTES_MAX];
    u8 file[RESTRICT_PROOF_BYTES_MAX];
};

/* ---- which ---- */

bool restrict_export_sequence(const char *text, struct restrict_export *export_out)
{
    const char *dash = strchr(text, '-');
    size_t size = dash == NULL ? strlen(text) : (size_t)(dash - text);
    export_out->has_sequence = true;
    export_out->has_item = dash != NULL;
    return tlog_number_read(span_of(text, size), INT64_MAX, &export_out->seq) &&
           (dash == NULL ||
            tlog_number_read(span_of_text(dash + 1), UINT32_MAX, &export_out->item));
}

/* Whether the customer reads of it under the reason's own name (docs/cases.md). */
static enum fault is_shown(struct work *work, const struct restrict_row *row, bool *is_out)
{
    u8 hash[RULE_HASH_BYTES];
    char code[RESTRICT_CODE_BYTES];
    bool has_text = false;
    *is_out = false;
    if (!row->has_event || !restrict_rows_code(row->decision, code) ||
        !bytes_from_hex(span_piece(span_of_text(code), strlen("rule "), 2 * sizeof(hash)), hash,
                        sizeof(hash))) {
        return FAULT_NONE;
    }
    TRY(why_pack_text(work->packs, hash, &work->pack, &has_text));
    if (!has_text || row->event.rule >= work->pack.rules_count) {
        return FAULT_NONE;
    }
    struct notice_finding finding = notice_finding_of(&row->event);
    enum notice_face face = notice_face_of(&finding, &work->pack.rules[row->event.rule]);
    *is_out = face != NOTICE_FACE_NOTHING && face != NOTICE_FACE_NEUTRAL;
    return FAULT_NONE;
}

static enum fault row_take(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    struct work *work = (struct work *)(void *)visitor;
    const struct restrict_export *export = work->export;
    bool is_shown_to = true;
    if ((export->has_sequence && row->seq != export->seq) ||
        (export->has_item && row->item != export->item)) {
        return FAULT_NONE;
    }
    if (export->for_customer) {
        TRY(is_shown(work, row, &is_shown_to));
    }
    if (!is_shown_to) {
        return FAULT_NONE;
    }
    enum fault fault =
        restrict_rows_proof(work->rows, row, !export->for_customer, &work->proof, &work->index);
    if (fault == FAULT_UNAVAILABLE && !export->has_sequence) { /* an older one will do */
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    work->is_found = true;
    visitor->is_satisfied = true;
    return FAULT_NONE;
}

static enum fault find(struct work *work)
{
    const struct restrict_export *export = work->export;
    u32 person = export->person;
    if (export->by_account) {
        TRY(restrict_rows_person(work->rows, export->account, &person));
    }
    TRY(restrict_rows_about(work->rows, person, export->by_account ? export->account : UINT32_MAX,
                            &work->visitor));
    if (work->is_found) {
        return FAULT_NONE;
    }
    return export->by_account
               ? FAULT(FAULT_MISSING, "no decision about account %u to export", export->account)
               : FAULT(FAULT_MISSING, "no decision about person %u to export", export->person);
}

/* ---- the receipt ---- */

static enum fault receipt_make(struct work *work, struct tlog_files *files)
{
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
    size_t size = 0;
    TRY(files->read(files, "checkpoint", work->note, sizeof(work->note), &size));
    work->receipt.checkpoint = span_of(work->note, size);
    if (tlog_note_read(work->receipt.checkpoint, &note) != TLOG_FLAW_NONE ||
        tlog_checkpoint_read(note.text, &checkpoint) != TLOG_FLAW_NONE) {
        return FAULT(FAULT_ROT, "checkpoint: it is none");
    }
    if (work->index >= checkpoint.size) {
        return FAULT(FAULT_UNAVAILABLE, "the day's line is not published yet");
    }
    work->receipt.index = work->index;
    tlog_tiles_init(&work->tiles, &work->sha256, files, checkpoint.size);
    TRY(tlog_inclusion_make(&work->sha256, &work->tiles.nodes, work->index, checkpoint.size,
                            &work->receipt.proof));
    size = tlog_receipt_write(&work->receipt, work->text, sizeof(work->text));
    CHECK(size > 0);
    work->proof.receipt = span_of(work->text, size);
    return FAULT_NONE;
}

static enum fault export_with(struct work *work)
{
    const struct restrict_export *export = work->export;
    char log[FILE_PATH_BYTES];
    char public[FILE_PATH_BYTES];
    struct log_files files;
    TRY(file_path(log, export->data, LOG_FOLDER));
    TRY(file_path(public, log, "public"));
    TRY(restrict_rows_open(&work->rows, log));
    TRY(find(work));
    TRY(log_files_open(&files, public));
    enum fault fault = receipt_make(work, &files.files);
    log_files_close(&files);
    TRY(fault);
    size_t size = restrict_proof_write(&work->proof, work->file, sizeof(work->file));
    CHECK(size > 0);
    return text_file_put(export->file, work->file, size, true);
}

enum fault restrict_export_run(const struct restrict_export *export)
{
    struct work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to export a decision");
    }
    work->visitor.row = row_take;
    work->export = export;
    enum fault fault = FAULT_NONE;
    if (export->packs == NULL) {
        fault = file_path(work->packs, export->data, "packs");
    } else {
        (void)snprintf(work->packs, sizeof(work->packs), "%s", export->packs);
    }
    if (fault == FAULT_NONE) {
        fault = sha256_open(&work->sha256);
    }
    if (fault == FAULT_NONE) {
        fault = export_with(work);
        sha256_close(&work->sha256);
    }
    restrict_rows_close(work->rows);
    free(work);
    return fault;
}

/* ---- checking ---- */

static void verdict_print(const struct restrict_proof *proof,
                          const struct restrict_proof_verdict *verdict,
                          const struct tlog_policy *policy)
{
    char date[RESTRICT_DAY_BYTES];
    char time[TIME_TEXT_BYTES];
    u64 fresh_us = verdict->log.fresh_s * 1000000;
    restrict_day_print(verdict->day.day, date);
    (void)printf("decision %" PRIu64 " of %" PRIu64 " of %s is in the log\n%.*s", proof->number + 1,
                 verdict->day.count, date, (int)proof->decision.size,
                 (const char *)proof->decision.data);
    if (proof->has_facts) {
        (void)printf("%.*s", (int)proof->facts.size, (const char *)proof->facts.data);
    }
    cli_line("witnesses", "%u of %u have cosigned", __builtin_popcount(verdict->log.cosigned),
             policy->witnesses_count);
    cli_line("independent witnesses", "%u", verdict->log.independent);
    cli_line("seen by a quorum", "%s", fresh_us == 0 ? "never" : time_text_print(fresh_us, time));
}

enum fault restrict_export_check(const char *path, struct tlog_crypto *crypto,
                                 const struct tlog_policy *policy)
{
    static u8 bytes[RESTRICT_PROOF_BYTES_MAX];
    static struct restrict_proof proof;
    static struct restrict_proof_verdict verdict;
    size_t size = 0;
    TRY(tlog_file_read(disk_real(), path, bytes, sizeof(bytes), &size));
    enum restrict_proof_flaw flaw = RESTRICT_PROOF_TEXT;
    if (restrict_proof_read(span_of(bytes, size), &proof)) {
        flaw = restrict_proof_verify(crypto, policy, &proof, &verdict);
    }
    if (flaw == RESTRICT_PROOF_RECEIPT) {
        return FAULT(FAULT_ROT, "%s: the line's receipt: %s (%s)", path,
                     tlog_flaw_meaning(verdict.receipt_flaw), tlog_flaw_name(verdict.receipt_flaw));
    }
    if (flaw != RESTRICT_PROOF_NONE) {
        return FAULT(FAULT_ROT, "%s: %s (%s)", path, restrict_proof_flaw_meaning(flaw),
                     restrict_proof_flaw_name(flaw));
    }
    verdict_print(&proof, &verdict, policy);
    return FAULT_NONE;
}
