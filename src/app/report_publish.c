#include "app/report_publish.h"

#include "app/log_read.h"
#include "app/log_reports.h"
#include "app/placement.h"
#include "base/bytes.h"
#include "base/check.h"
#include "io/file.h"
#include "role/vault/log_agent.h"
#include "role/vault/publog_ceremony.h"
#include "role/vault/tlog_file.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_NAME      "list.json"
#define LISTED_MAX     256U
#define LIST_ROW_BYTES 512U
#define FILE_BYTES     16U /* "2026-H1.json", with its zero */

/* ---- the log ---- */

/* Whether a line of the published log names it, which is believed as its readers believe it. */
static enum fault named_check(const struct report_published *report, const char *public_folder,
                              u32 number)
{
    struct log_reports named;
    char policy[FILE_PATH_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    bool has_log = false;
    TRY(file_path(policy, report->folder, LOG_FOLDER "/" LOG_POLICY_FILE));
    TRY(disk_exists(disk_real(), policy, &has_log));
    if (!has_log) {
        return FAULT(FAULT_REFUSED, "%s: the venue has no public log", report->folder);
    }
    log_reports_init(&named, NULL);
    enum fault fault = log_read(public_folder, policy, &named.leaves);
    fault = fault == FAULT_NONE ? named.fault : fault;
    bool is_named = log_reports_find(&named, number, report->hash) != NULL;
    log_reports_close(&named);
    TRY(fault);
    return is_named
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "no line of the log names it yet: " LOG_REPORT_LINE_FORMAT,
                       number, bytes_to_hex(report->hash, SHA256_BYTES, hex));
}

/* ---- the list ---- */

struct listing {
    struct disk_visitor visitor; /* first: it is cast back */
    u32 numbers[LISTED_MAX];
    u32 count;
};

static enum fault name_take(struct disk_visitor *visitor, const char *name)
{
    struct listing *listing = (struct listing *)(void *)visitor;
    size_t length = strlen(name);
    u32 number = 0;
    if (length != LOG_REPORT_HALF_BYTES + 4 ||
        strcmp(name + LOG_REPORT_HALF_BYTES - 1, ".json") != 0 ||
        !log_report_number(span_of(name, LOG_REPORT_HALF_BYTES - 1), &number)) {
        return FAULT_NONE;
    }
    if (listing->count == LISTED_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u reports", LISTED_MAX);
    }
    listing->numbers[listing->count] = number;
    listing->count += 1;
    return FAULT_NONE;
}

/* The newest first. */
static int number_compare(const void *a, const void *b)
{
    u32 left = *(const u32 *)a;
    u32 right = *(const u32 *)b;
    return left == right ? 0 : left < right ? 1 : -1;
}

static enum fault hash_file(struct sha256 *sha256, const char *folder, const char *name,
                            char hex_out[2 * SHA256_BYTES + 1], u8 *room)
{
    char path[FILE_PATH_BYTES];
    u8 hash[SHA256_BYTES];
    size_t size = 0;
    TRY(file_path(path, folder, name));
    TRY(tlog_file_read(disk_real(), path, room, LOG_REPORTS_BYTES_MAX, &size));
    sha256_begin(sha256);
    sha256_add(sha256, span_of(room, size));
    sha256_end(sha256, hash);
    (void)bytes_to_hex(hash, SHA256_BYTES, hex_out);
    return FAULT_NONE;
}

static enum fault list_rows(const struct listing *listing, const char *folder,
                            struct json_writer *json, u8 *room)
{
    struct sha256 sha256;
    enum fault fault = sha256_open(&sha256);
    for (u32 i = 0; i < listing->count && fault == FAULT_NONE; i += 1) {
        char half[LOG_REPORT_HALF_BYTES];
        char name[FILE_BYTES];
        char hex[2 * SHA256_BYTES + 1];
        log_report_half(listing->numbers[i], half);
        (void)snprintf(name, sizeof(name), "%s.json", half);
        fault = hash_file(&sha256, folder, name, hex, room);
        json_object_begin(json);
        json_field_text(json, "name", half);
        json_field_text(json, "hash", hex);
        json_object_end(json);
    }
    sha256_close(&sha256);
    return fault;
}

static enum fault list_write(const char *folder)
{
    struct listing listing = {.visitor = {.visit = name_take}};
    size_t bytes = (size_t)LISTED_MAX * LIST_ROW_BYTES;
    struct json_writer json;
    TRY(disk_list(disk_real(), folder, &listing.visitor));
    qsort(listing.numbers, listing.count, sizeof(listing.numbers[0]), number_compare);
    char *text = malloc(bytes + LOG_REPORTS_BYTES_MAX);
    if (text == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the list of reports");
    }
    json_begin(&json, text, bytes - 1);
    json_object_begin(&json);
    json_key(&json, "reports");
    json_array_begin(&json);
    enum fault fault = list_rows(&listing, folder, &json, (u8 *)text + bytes);
    json_array_end(&json);
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    text[size] = '\n';
    if (fault == FAULT_NONE) {
        fault = tlog_file_replace(disk_real(), folder, LIST_NAME, span_of(text, size + 1));
    }
    free(text);
    return fault;
}

/* ---- the files ---- */

static enum fault files_write(const struct report_published *report, const char *public_folder)
{
    char folder[FILE_PATH_BYTES];
    char name[FILE_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    TRY(file_path(folder, public_folder, PUBLOG_TEXT_FOLDER));
    TRY(tlog_folder_make(disk_real(), folder));
    TRY(tlog_file_replace(disk_real(), folder, bytes_to_hex(report->hash, SHA256_BYTES, hex),
                          report->json));
    TRY(file_path(folder, report->folder, PLACE_REPORTS));
    TRY(tlog_folder_make(disk_real(), folder));
    (void)snprintf(name, sizeof(name), "%s.csv", report->half);
    TRY(tlog_file_replace(disk_real(), folder, name, report->csv));
    (void)snprintf(name, sizeof(name), "%s.json", report->half);
    TRY(tlog_file_replace(disk_real(), folder, name, report->json));
    return list_write(folder);
}

enum fault report_publish(struct report_published *report)
{
    char public_folder[FILE_PATH_BYTES];
    struct sha256 sha256;
    u32 number = 0;
    CHECK(log_report_number(span_of_text(report->half), &number));
    if (report->json.size > LOG_REPORTS_BYTES_MAX || report->csv.size > LOG_REPORTS_BYTES_MAX) {
        return FAULT(FAULT_LIMIT, "a report of more than %u bytes is not published",
                     LOG_REPORTS_BYTES_MAX);
    }
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, report->json);
    sha256_end(&sha256, report->hash);
    sha256_close(&sha256);
    TRY(file_path(public_folder, report->folder, PLACE_LOG_PUBLIC));
    TRY(named_check(report, public_folder, number));
    return files_write(report, public_folder);
}
