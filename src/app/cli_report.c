#include "app/cli.h"
#include "app/report_claim.h"
#include "app/report_make.h"
#include "app/report_months.h"
#include "app/report_publish.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"
#include "role/desk/report_print.h"
#include "wire/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US             1000000ULL
#define PUBLISHED_MAX  (64U << 20)
#define THROUGH_PREFIX ",\"through\":\""

enum {
    REPORT_DATA,
    REPORT_THROUGH,
    REPORT_CSV,
    REPORT_CHECK,
    REPORT_PUBLISH,
    REPORT_LOG,
    REPORT_COUNTRY,
    REPORT_PERIOD,
    REPORT_KEY,
    REPORT_OUT,
    REPORT_SMALL,
    REPORT_POLICY,
    REPORT_OMBUD
};

static const struct option options[] = {
    [REPORT_DATA] = {.name = "data",
                     .kind = OPTION_TEXT,
                     .value = "DIR",
                     .otherwise = "data",
                     .help = "The venue's data folder. Where a file is given, that is read."},
    [REPORT_THROUGH] = {.name = "through",
                        .kind = OPTION_TEXT,
                        .value = "HALF|MOMENT",
                        .help = "The last half-year, as 2026-H1, or the last second, as "
                                "2026-06-30T23:59:59Z. Without it the last half-year that is "
                                "over."},
    [REPORT_CSV] = {.name = "csv", .help = "CSV instead of JSON."},
    [REPORT_CHECK] = {.name = "check",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "Computes the report of this file (JSON) anew, and compares every "
                              "byte."},
    [REPORT_PUBLISH] = {.name = "publish",
                        .help = "Puts the report where everybody finds it, once a line of the "
                                "public log names it; says which."},
    [REPORT_LOG] = {.name = "log",
                    .kind = OPTION_TEXT,
                    .value = "DIR|URL",
                    .help = "Holds it against the opened months of the public log (--policy)."},
    [REPORT_COUNTRY] = {.name = "country",
                        .kind = OPTION_TEXT,
                        .value = "CC",
                        .help = "claim: the country, as RU."},
    [REPORT_PERIOD] = {.name = "period",
                       .kind = OPTION_TEXT,
                       .value = "PERIOD",
                       .help = "claim: months or days, as 2022-04..2022-06 or "
                               "2022-04-22..2022-05-07. All of them must be over."},
    [REPORT_KEY] = {.name = "key",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help = "claim: the ombud's private key (Ed25519, PEM)."},
    [REPORT_OUT] = {.name = "out",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help = "claim: where it is written."},
    [REPORT_SMALL] = {.name = "small-cells",
                      .help = "claim: tells also codes of fewer than 5 decisions."},
    [REPORT_POLICY] = {.name = "policy",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "check, --log: whose signatures of the public log are believed."},
    [REPORT_OMBUD] = {.name = "ombud",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "check: the ombud's public key (PEM)."},
};

static enum fault through_of(const struct option_call *call, u64 *through_out)
{
    const char *text = call->values[REPORT_THROUGH].text;
    u64 begins_s = 0;
    u64 ends_s = 0;
    u64 time_us = 0;
    if (!call->values[REPORT_THROUGH].given) {
        return report_last_over(through_out);
    }
    if (report_half_read(span_of_text(text), &begins_s, &ends_s)) {
        *through_out = ends_s - 1;
        return FAULT_NONE;
    }
    if (!moment_parse(span_of_text(text), &time_us) || time_us == MOMENT_OPEN) {
        return FAULT(FAULT_USAGE, "--through: \"%s\" is no half-year and no moment", text);
    }
    *through_out = time_us / US;
    return FAULT_NONE;
}

/* Up to which second a published report says that it counts. */
static enum fault through_published(struct span text, const char *name, u64 *through_out)
{
    size_t head = strlen(THROUGH_PREFIX);
    const u8 *at = text.size == 0 ? NULL : memmem(text.data, text.size, THROUGH_PREFIX, head);
    size_t before = at == NULL ? 0 : (size_t)(at - text.data) + head;
    u64 time_us = 0;
    if (at == NULL || text.size < before + 20 ||
        !moment_parse(span_of(text.data + before, 20), &time_us) || time_us == MOMENT_OPEN) {
        return FAULT(FAULT_INPUT, "%s: no report in JSON", name);
    }
    *through_out = time_us / US;
    return FAULT_NONE;
}

static enum fault path_of(const struct option_call *call, char path[FILE_PATH_BYTES])
{
    if (call->operands_count == 2) {
        int size = snprintf(path, FILE_PATH_BYTES, "%s", call->operands[1]);
        return size > 0 && (size_t)size < FILE_PATH_BYTES
                   ? FAULT_NONE
                   : FAULT(FAULT_USAGE, "the file's name is too long");
    }
    return file_path(path, call->values[REPORT_DATA].text, REPORT_DESK_PATH);
}

/* The report of a desk's file as text; the caller frees it. */
static enum fault make(const char *path, u64 through_s, bool is_csv, char **text_out,
                       size_t *size_out)
{
    char venue[DESK_VENUE_BYTES];
    struct report *report = NULL;
    *text_out = NULL;
    enum fault fault = report_make(path, through_s, venue, &report);
    if (fault == FAULT_NONE) {
        fault = is_csv ? report_csv(report, text_out, size_out)
                       : report_json(report, venue, text_out, size_out);
    }
    report_close(report);
    return fault;
}

static enum fault check(const char *path, const char *published, u64 through_s, struct span text)
{
    char *made = NULL;
    size_t size = 0;
    size_t same = 0;
    TRY(make(path, through_s, false, &made, &size));
    size_t bytes = text.size > 0 && text.data[text.size - 1] == '\n' ? text.size - 1 : text.size;
    while (same < size && same < bytes && (u8)made[same] == text.data[same]) {
        same += 1;
    }
    bool is_equal = size == bytes && same == size;
    free(made);
    return is_equal ? FAULT_NONE
                    : FAULT(FAULT_DIVERGED, "%s: byte %zu is not as the acts have it", published,
                            same + 1);
}

static enum fault file_load(const char *path, u8 **bytes_out, size_t *size_out)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    *bytes_out = NULL;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > PUBLISHED_MAX) {
        return FAULT(FAULT_LIMIT, "%s: %llu bytes are more than a report has", path,
                     (unsigned long long)size);
    }
    *bytes_out = malloc((size_t)size + 1);
    *size_out = (size_t)size;
    if (*bytes_out == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory", path);
    }
    return file_read_whole(&file, 0, *bytes_out, (size_t)size);
}

static enum fault check_run(const char *path, const char *published)
{
    u8 *bytes = NULL;
    size_t size = 0;
    u64 through_s = 0;
    enum fault fault = file_load(published, &bytes, &size);
    if (fault == FAULT_NONE) {
        fault = through_published(span_of(bytes, size), published, &through_s);
    }
    if (fault == FAULT_NONE) {
        fault = check(path, published, through_s, span_of(bytes, size));
    }
    free(bytes);
    TRY(fault);
    (void)printf("%s: as the acts have it\n", published);
    return FAULT_NONE;
}

/* ---- published, and held against the log ---- */

/* A report that is published ends with a half-year. */
static enum fault half_over(u64 through_s, char half_out[REPORT_HALF_BYTES])
{
    u32 half = 0;
    u64 begins_s = 0;
    u64 ends_s = 0;
    if (!report_half_of(through_s, &half, &begins_s, &ends_s) || through_s + 1 != ends_s) {
        return FAULT(FAULT_USAGE, "--publish: a published report goes through a half-year's end");
    }
    report_half_print(half, half_out);
    return FAULT_NONE;
}

static enum fault publish_run(const struct option_call *call, const char *path, u64 through_s)
{
    char half[REPORT_HALF_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    char *json = NULL;
    char *csv = NULL;
    size_t json_bytes = 0;
    size_t csv_bytes = 0;
    TRY(half_over(through_s, half));
    enum fault fault = make(path, through_s, false, &json, &json_bytes);
    if (fault == FAULT_NONE) {
        fault = make(path, through_s, true, &csv, &csv_bytes);
    }
    if (fault == FAULT_NONE) {
        json[json_bytes] = '\n'; /* in the place of its zero: a file ends so */
        struct report_published report = {.folder = call->values[REPORT_DATA].text,
                                          .half = half,
                                          .json = span_of(json, json_bytes + 1),
                                          .csv = span_of(csv, csv_bytes)};
        fault = report_publish(&report);
        (void)bytes_to_hex(report.hash, SHA256_BYTES, hex);
    }
    free(json);
    free(csv);
    TRY(fault);
    (void)printf("/transparency/%s.json\n/transparency/%s.csv\n/log/text/%s\n", half, half, hex);
    return FAULT_NONE;
}

static const char *text_of(const struct option_call *call, u32 place)
{
    return call->values[place].given ? call->values[place].text : NULL;
}

static enum fault claim_run(const struct option_call *call)
{
    struct report_claim claim = {.data = call->values[REPORT_DATA].text,
                                 .country = text_of(call, REPORT_COUNTRY),
                                 .period = text_of(call, REPORT_PERIOD),
                                 .key = text_of(call, REPORT_KEY),
                                 .out = text_of(call, REPORT_OUT),
                                 .small_cells = call->values[REPORT_SMALL].given};
    return report_claim_write(&claim);
}

static enum fault log_run(const struct option_call *call, const char *path, u64 through_s)
{
    char venue[DESK_VENUE_BYTES];
    struct report *report = NULL;
    const char *policy = text_of(call, REPORT_POLICY);
    if (policy == NULL) {
        return FAULT(FAULT_USAGE, "--log: --policy is missing");
    }
    enum fault fault = report_make(path, through_s, venue, &report);
    if (fault == FAULT_NONE) {
        fault = report_months_compare(report, call->values[REPORT_LOG].text, policy);
    }
    report_close(report);
    return fault;
}

static enum fault transparency_run(const struct option_call *call)
{
    char path[FILE_PATH_BYTES];
    u64 through_s = 0;
    char *text = NULL;
    size_t size = 0;
    TRY(path_of(call, path));
    if (call->values[REPORT_CHECK].given) {
        return check_run(path, call->values[REPORT_CHECK].text);
    }
    TRY(through_of(call, &through_s));
    if (call->values[REPORT_LOG].given) {
        return log_run(call, path, through_s);
    }
    if (call->values[REPORT_PUBLISH].given) {
        return publish_run(call, path, through_s);
    }
    TRY(make(path, through_s, call->values[REPORT_CSV].given, &text, &size));
    (void)fwrite(text, 1, size, stdout);
    if (!call->values[REPORT_CSV].given) {
        (void)putchar('\n');
    }
    free(text);
    return FAULT_NONE;
}

static enum fault report_run(const struct option_call *call)
{
    if (strcmp(call->operands[0], "claim") == 0) {
        return claim_run(call);
    }
    if (strcmp(call->operands[0], "check") == 0) {
        return report_claim_check(call->operands_count == 2 ? call->operands[1] : NULL,
                                  text_of(call, REPORT_POLICY), text_of(call, REPORT_OMBUD));
    }
    if (strcmp(call->operands[0], "transparency") != 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is neither transparency, claim nor check",
                     call->operands[0]);
    }
    return transparency_run(call);
}

static int run(const struct option_call *call)
{
    enum fault fault = report_run(call);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Prints the transparency report of the disclosure desk: by half-year, country, type of "
    "authority and basis, what was asked and how it ended. It follows from the desk's acts that the "
    "public log has, and from the last second that counts, so that everybody who has the acts "
    "prints the same bytes. Cells of fewer than 5 are left out, with what they would follow from.",
    "A venue that runs may be asked; its file is only read.",
    "--publish: a line of the public log has to name the report first, by an order as \"cambist admin log entry "
    "approval list=report count=20261 digest=HASH\"; until it does, this says which line, and writes nothing. Then the "
    "report lies below /transparency/ and /log/text/, and \"log check\" reads it there.",
    "--log: half-years whose months the log has opened are held against the acts. Where the log has more of a kind, "
    "something was done without the desk: exit code 22.",
    "claim: how many decisions that restrict somebody were about a country, out of the public log's roots, signed by "
    "an ombud, with what is needed to count them again; no account and no person is in it. check FILE: whether a claim "
    "is so, asking nobody; the first thing that is wrong is named, with exit code 19.",
    NULL,
};

static const struct option_example examples[] = {
    {"report transparency --data data", "Prints all half-years that are over, as JSON."},
    {"report transparency --data data --through 2026-H1 --csv", "The same up to June, as CSV."},
    {"report transparency desk.db --check published.json",
     "Ends with 0 where the published report is the one that follows from the acts."},
    {"report transparency --publish --through 2026-H1", "Shows it to everybody."},
    {"report transparency desk.db --log https://demo.invalid/log --policy policy.txt",
     "Whether more was opened than the desk knows of."},
    {"report claim --country RU --period 2022-04..2022-06 --key ombud.pem --out claim.txt",
     "Counts a quarter's decisions about Russia."},
    {"report check claim.txt --policy policy.txt --ombud ombud-public.pem", "Checks it, anywhere."},
    {NULL, NULL},
};

const struct subcommand cli_report = {
    .name = "report",
    .summary = "prints and checks the transparency report, and claims about restrictions",
    .operands = "transparency|claim|check [FILE...]",
    .operands_min = 1,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
