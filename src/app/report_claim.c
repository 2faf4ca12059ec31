#include "app/report_claim.h"

#include "app/cli.h"
#include "app/log_files.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/vault/log_agent.h"
#include "role/vault/restrict_claim.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_file.h"
#include "wire/code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_BYTES 1024U

/* ---- what is wished ---- */

/* A month or a day: its first day, and its last. */
static bool end_read(struct span text, u32 *first_out, u32 *last_out)
{
    char day[32];
    u64 year = 0;
    u64 month = 0;
    if (text.size == RESTRICT_DAY_BYTES - 1) {
        bool is_day = restrict_day_parse(text, first_out);
        *last_out = *first_out;
        return is_day;
    }
    (void)snprintf(day, sizeof(day), "%.7s-01", (const char *)text.data);
    if (text.size != 7 || !restrict_day_parse(span_of_text(day), first_out) ||
        !tlog_number_read(span_of(text.data, 4), 9998, &year)) {
        return false;
    }
    month = (u64)(10 * (text.data[5] - '0') + text.data[6] - '0'); /* it is one */
    (void)snprintf(day, sizeof(day), "%04u-%02u-01", (u32)(year + month / 12),
                   (u32)(month % 12 + 1));
    bool is_day = restrict_day_parse(span_of_text(day), last_out);
    *last_out -= is_day ? 1 : 0;
    return is_day;
}

static enum fault period_read(const char *text, struct restrict_claim_wish *wish)
{
    const char *dots = strstr(text, "..");
    size_t size = dots == NULL ? strlen(text) : (size_t)(dots - text);
    struct span last = dots == NULL ? span_of(text, size) : span_of_text(dots + 2);
    u32 ignored = 0;
    bool is_fine = end_read(span_of(text, size), &wish->from, &ignored) &&
                   end_read(last, &ignored, &wish->to) && wish->to >= wish->from &&
                   wish->to - wish->from < RESTRICT_CLAIM_DAYS_MAX;
    return is_fine ? FAULT_NONE
                   : FAULT(FAULT_USAGE,
                           "--period: \"%s\" is no period as 2022-04, 2022-04..2022-06 or "
                           "2022-04-22..2022-05-07, of at most %u days",
                           text, RESTRICT_CLAIM_DAYS_MAX);
}

static enum fault wish_read(const struct report_claim *claim, struct restrict_claim_wish *wish)
{
    if (claim->country == NULL || claim->period == NULL || claim->key == NULL ||
        claim->out == NULL) {
        return FAULT(FAULT_USAGE, "claim: --country, --period, --key and --out are wanted");
    }
    *wish = (struct restrict_claim_wish){.country = code_country_of(span_of_text(claim->country)),
                                         .now_us = clock_wall_us(clock_real()),
                                         .small_cells = claim->small_cells};
    if (wish->country == 0) {
        return FAULT(FAULT_USAGE, "--country: \"%s\" is not two capital letters", claim->country);
    }
    return period_read(claim->period, wish);
}

/* ---- writing ---- */

static enum fault claim_with(const struct report_claim *claim, struct restrict_claim_wish *wish)
{
    char public[FILE_PATH_BYTES];
    struct log_files files;
    u8 *bytes = NULL;
    size_t size = 0;
    TRY(file_path(public, claim->data, LOG_FOLDER "/public"));
    TRY(log_files_open(&files, public));
    wish->files = &files.files;
    enum fault fault = restrict_claim_write(wish, &bytes, &size);
    log_files_close(&files);
    if (fault == FAULT_NONE) {
        fault = text_file_put(claim->out, bytes, size, true);
    }
    free(bytes);
    return fault;
}

enum fault report_claim_write(const struct report_claim *claim)
{
    static u8 pem[PEM_BYTES];
    struct restrict_claim_wish wish;
    char log[FILE_PATH_BYTES];
    size_t size = 0;
    TRY(wish_read(claim, &wish));
    TRY(file_path(log, claim->data, LOG_FOLDER));
    TRY(tlog_file_read_own(disk_real(), claim->key, pem, sizeof(pem), &size));
    wish.private_pem = span_of(pem, size);
    enum fault fault = restrict_rows_open(&wish.rows, log);
    if (fault == FAULT_NONE) {
        fault = claim_with(claim, &wish);
    }
    restrict_rows_close(wish.rows);
    secret_wipe(pem, sizeof(pem));
    return fault;
}

/* ---- checking ---- */

static void claim_print(const struct restrict_claim_check *check)
{
    const struct restrict_claim *claim = &check->claim;
    char country[3] = "";
    char from[RESTRICT_DAY_BYTES];
    char to[RESTRICT_DAY_BYTES];
    CHECK(code_country_print(claim->country, country));
    restrict_day_print(claim->from, from);
    restrict_day_print(claim->to, to);
    (void)printf("%" PRIu64 " of %" PRIu64 " decisions from %s to %s are about %s\n", claim->of,
                 claim->decisions, from, to, country);
    for (u32 i = 0; i < claim->counts_count; i += 1) {
        (void)printf("%" PRIu64 " %s", claim->counts[i].count, claim->counts[i].code);
    }
    cli_line("days that missed something", "%u", claim->missed_count);
    cli_line("witnesses", "%u have cosigned", __builtin_popcount(check->log.cosigned));
    cli_line("independent witnesses", "%u", check->log.independent);
}

static enum fault flaw_say(const char *path, const struct restrict_claim_check *check,
                           enum restrict_claim_flaw flaw)
{
    char date[RESTRICT_DAY_BYTES];
    switch (flaw) {
    case RESTRICT_CLAIM_NONE:
        return FAULT_NONE;
    case RESTRICT_CLAIM_LOG:
        return FAULT(FAULT_ROT, "%s: the checkpoint: %s (%s)", path,
                     tlog_flaw_meaning(check->log_flaw), tlog_flaw_name(check->log_flaw));
    case RESTRICT_CLAIM_DAY:
    case RESTRICT_CLAIM_KEY:
    case RESTRICT_CLAIM_LEAF:
    case RESTRICT_CLAIM_OPEN:
        restrict_day_print(check->day, date);
        return FAULT(FAULT_ROT, "%s: %s: %s (%s)", path, date, restrict_claim_flaw_meaning(flaw),
                     restrict_claim_flaw_name(flaw));
    case RESTRICT_CLAIM_TEXT:
    case RESTRICT_CLAIM_SIGNATURE:
    case RESTRICT_CLAIM_COUNT:
        break;
    }
    return FAULT(FAULT_ROT, "%s: %s (%s)", path, restrict_claim_flaw_meaning(flaw),
                 restrict_claim_flaw_name(flaw));
}

static enum fault check_bytes(const char *path, struct restrict_claim_check *check,
                              struct span bytes)
{
    enum restrict_claim_flaw flaw = RESTRICT_CLAIM_NONE;
    TRY(restrict_claim_verify(check, bytes, &flaw));
    TRY(flaw_say(path, check, flaw));
    claim_print(check);
    return FAULT_NONE;
}

static enum fault check_file(const char *path, struct restrict_claim_check *check)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > RESTRICT_CLAIM_BYTES_MAX) {
        return FAULT(FAULT_LIMIT, "%s: %" PRIu64 " bytes are more than a claim has", path, size);
    }
    u8 *bytes = malloc((size_t)size + 1);
    if (bytes == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory", path);
    }
    enum fault fault = file_read_whole(&file, 0, bytes, (size_t)size);
    if (fault == FAULT_NONE) {
        fault = check_bytes(path, check, span_of(bytes, (size_t)size));
    }
    free(bytes);
    return fault;
}

enum fault report_claim_check(const char *path, const char *policy, const char *ombud)
{
    static struct restrict_claim_check check;
    static struct tlog_crypto crypto;
    static struct tlog_policy read;
    static u8 text[TLOG_POLICY_BYTES_MAX];
    static u8 pem[PEM_BYTES];
    size_t size = 0;
    size_t pem_bytes = 0;
    if (path == NULL || policy == NULL || ombud == NULL) {
        return FAULT(FAULT_USAGE, "check: the claim's file, --policy and --ombud are wanted");
    }
    TRY(tlog_file_read(disk_real(), policy, text, sizeof(text), &size));
    TRY(tlog_file_read(disk_real(), ombud, pem, sizeof(pem), &pem_bytes));
    TRY(tlog_crypto_open(&crypto));
    enum fault fault = tlog_policy_read(&crypto.sha256, span_of(text, size), &read);
    if (fault == FAULT_NONE) {
        check.crypto = &crypto;
        check.policy = &read;
        check.ombud_pem = span_of(pem, pem_bytes);
        fault = check_file(path, &check);
    }
    tlog_crypto_close(&crypto);
    return fault;
}
