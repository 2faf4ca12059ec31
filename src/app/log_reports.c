#include "app/log_reports.h"

#include "app/cli.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/desk/report_print.h"
#include "role/vault/publog_ceremony.h"
#include "role/vault/publog_leaf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 16U
#define SECOND_US  1000000ULL
#define HEAD_BYTES 512U

/* ---- numbers ---- */

bool log_report_number(struct span half, u32 *number_out)
{
    u64 begins_s = 0;
    u64 ends_s = 0;
    if (!report_half_read(half, &begins_s, &ends_s) || half.size != LOG_REPORT_HALF_BYTES - 1) {
        return false;
    }
    *number_out = (u32)(half.data[6] - '0');
    for (u32 digit = 0, unit = 10000; digit < 4; digit += 1, unit /= 10) {
        *number_out += unit * (u32)(half.data[digit] - '0');
    }
    return true;
}

void log_report_half(u32 number, char target[LOG_REPORT_HALF_BYTES])
{
    (void)snprintf(target, LOG_REPORT_HALF_BYTES, "%04u-H%u", number / 10 % 10000, number % 10);
}

static bool number_is_known(u64 number)
{
    return number >= 19700 && number <= 99999 && (number % 10 == 1 || number % 10 == 2);
}

/* ---- collecting ---- */

bool log_report_read(struct span entry, struct log_report *report_out)
{
    struct publog_words words;
    u64 number = 0;
    *report_out = (struct log_report){.number = 0};
    if (!publog_words_cut(entry, &words) || words.count != 7 ||
        !publog_words_is(&words, 0, "approval") || !publog_words_is(&words, 1, "report") ||
        !publog_words_number(&words, 2, &number) || !number_is_known(number)) {
        return false;
    }
    report_out->number = (u32)number;
    return publog_words_is(&words, 3, "sha256") && publog_words_hash(&words, 4, report_out->hash) &&
           publog_words_is(&words, 5, "at") && publog_words_moment(&words, 6, &report_out->time_us);
}

const struct log_report *log_reports_find(const struct log_reports *reports, u32 number,
                                          const u8 hash[PUBLOG_HASH_BYTES])
{
    for (u32 i = 0; i < reports->count; i += 1) {
        const struct log_report *found = &reports->found[i];
        if (found->number == number && memcmp(found->hash, hash, PUBLOG_HASH_BYTES) == 0) {
            return found;
        }
    }
    return NULL;
}

static enum fault collect(struct log_reports *reports, struct span entry)
{
    struct publog_leaf leaf;
    struct log_report line;
    if (publog_leaf_decode(entry, &leaf)) {
        reports->newest_s = u64_max(reports->newest_s, leaf.slot);
        return FAULT_NONE;
    }
    if (!log_report_read(entry, &line) ||
        log_reports_find(reports, line.number, line.hash) != NULL) {
        return FAULT_NONE;
    }
    if (reports->count == reports->room) {
        u32 room = reports->room == 0 ? ROOM_FIRST : 2 * reports->room;
        void *larger =
            room > LOG_REPORTS_MAX ? NULL : realloc(reports->found, room * sizeof(*reports->found));
        if (larger == NULL) {
            return FAULT(FAULT_LIMIT, "no room for more than %u reports", reports->count);
        }
        reports->found = larger;
        reports->room = room;
    }
    reports->found[reports->count] = line;
    reports->count += 1;
    return FAULT_NONE;
}

static enum tlog_flaw leaf_take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct log_reports *reports = (struct log_reports *)(void *)base;
    enum tlog_flaw flaw = TLOG_FLAW_NONE;
    if (reports->next != NULL) {
        flaw = reports->next->leaf(reports->next, index, entry);
    }
    if (flaw == TLOG_FLAW_NONE && reports->fault == FAULT_NONE) {
        reports->fault = collect(reports, entry);
    }
    return flaw;
}

void log_reports_init(struct log_reports *reports, struct tlog_leaf_check *next)
{
    *reports = (struct log_reports){.leaves = {.leaf = leaf_take}, .next = next};
}

void log_reports_close(struct log_reports *reports)
{
    free(reports->found);
    reports->found = NULL;
    reports->count = 0;
    reports->room = 0;
}

/* ---- checking ---- */

struct reading {
    struct tlog_files *files;
    struct sha256 *sha256;
    struct tlog_finding *finding;
    u8 bytes[LOG_REPORTS_BYTES_MAX];
};

static void flaw_put(struct reading *reading, const struct log_report *report, const char *why)
{
    struct tlog_finding *finding = reading->finding;
    char name[PUBLOG_TEXT_NAME_BYTES];
    publog_text_name(report->hash, name);
    finding->flaw = TLOG_FLAW_REPORT;
    (void)snprintf(finding->file, sizeof(finding->file), "%s", name);
    (void)snprintf(finding->why, sizeof(finding->why), "%s", why);
}

/* Whether it is a report through the end of its half-year: both stand in its head. */
static bool half_fits(struct span text, u32 number)
{
    static const char format[] = "{\"format\":\"" REPORT_FORMAT "\",\"venue\":\"";
    char through[64];
    size_t size = sizeof(format) - 1;
    u32 year = number / 10;
    (void)snprintf(through, sizeof(through), ",\"through\":\"%04u-%sT23:59:59Z\",", year,
                   number % 10 == 1 ? "06-30" : "12-31");
    return text.size > size && memcmp(text.data, format, size) == 0 &&
           memmem(text.data, text.size < HEAD_BYTES ? text.size : HEAD_BYTES, through,
                  strlen(through)) != NULL;
}

static enum fault report_check(struct reading *reading, struct log_report *report, u64 newest_s)
{
    char name[PUBLOG_TEXT_NAME_BYTES];
    u8 hash[PUBLOG_HASH_BYTES];
    size_t size = 0;
    publog_text_name(report->hash, name);
    enum fault fault =
        reading->files->read(reading->files, name, reading->bytes, sizeof(reading->bytes), &size);
    if (fault == FAULT_MISSING || fault == FAULT_LIMIT) {
        fault_forget();
        bool is_late = newest_s > report->time_us / SECOND_US + LOG_REPORTS_LATE_S;
        if (fault == FAULT_LIMIT || is_late) {
            flaw_put(reading, report,
                     fault == FAULT_LIMIT ? "it is longer than a report can be"
                                          : "it was logged over 30 days ago and is not there");
        }
        return FAULT_NONE;
    }
    TRY(fault);
    sha256_begin(reading->sha256);
    sha256_add(reading->sha256, span_of(reading->bytes, size));
    sha256_end(reading->sha256, hash);
    if (memcmp(hash, report->hash, sizeof(hash)) != 0) {
        flaw_put(reading, report, "the file does not hash to what was logged");
    } else if (!half_fits(span_of(reading->bytes, size), report->number)) {
        flaw_put(reading, report, "it is no report through the half-year that its line says");
    } else {
        report->is_read = true;
    }
    return FAULT_NONE;
}

enum fault log_reports_check(struct log_reports *reports, struct tlog_files *files,
                             struct sha256 *sha256, struct tlog_finding *finding)
{
    TRY(reports->fault);
    if (reports->count == 0) {
        return FAULT_NONE;
    }
    struct reading *reading = malloc(sizeof(*reading));
    if (reading == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for reports");
    }
    reading->files = files;
    reading->sha256 = sha256;
    reading->finding = finding;
    enum fault fault = FAULT_NONE;
    for (u32 i = 0; i < reports->count && finding->flaw == TLOG_FLAW_NONE && fault == FAULT_NONE;
         i += 1) {
        fault = report_check(reading, &reports->found[i], reports->newest_s);
    }
    free(reading);
    return fault;
}

/* ---- printing ---- */

u32 log_reports_held(const struct log_reports *reports)
{
    u32 count = 0;
    for (u32 i = 0; i < reports->count; i += 1) {
        count += reports->found[i].is_read ? 1 : 0;
    }
    return count;
}

void log_reports_print(const struct log_reports *reports)
{
    char hex[2 * PUBLOG_HASH_BYTES + 1];
    char time[TIME_TEXT_BYTES];
    char half[LOG_REPORT_HALF_BYTES];
    for (u32 i = 0; i < reports->count; i += 1) {
        const struct log_report *report = &reports->found[i];
        log_report_half(report->number, half);
        (void)bytes_to_hex(report->hash, PUBLOG_HASH_BYTES, hex);
        if (report->is_read) {
            cli_line("transparency report", "through %s, sha256 %s", half, hex);
        } else {
            cli_line("report to come", "through %s, %s, named %s", half, hex,
                     time_text_print(report->time_us, time));
        }
    }
}
