#include "app/log_read.h"

#include "app/log_files.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/vault/tlog_file.h"

#include <stdlib.h>

#define SECOND_US 1000000ULL

/* Large, so it is not on the stack. */
struct reading {
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_check check;
    struct tlog_finding finding;
    u8 text[TLOG_POLICY_BYTES_MAX];
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
    u8 partial[TLOG_BUNDLE_BYTES_MAX];
};

static enum fault files_check(struct reading *reading, struct log_files *files,
                              struct tlog_leaf_check *leaves, struct log_months *months)
{
    struct tlog_check *check = &reading->check;
    const struct tlog_finding *finding = &reading->finding;
    check->crypto = &reading->crypto;
    check->policy = &reading->policy;
    check->files = &files->files;
    check->partials = files->is_url ? NULL : &files->partials;
    check->leaves = leaves;
    check->bundle = reading->bundle;
    check->partial = reading->partial;
    check->now_s = clock_wall_us(clock_real()) / SECOND_US;
    TRY(tlog_check_run(check, &reading->finding));
    if (finding->flaw == TLOG_FLAW_NONE && months != NULL) {
        TRY(log_months_check(months, files, &reading->crypto.sha256, &reading->finding));
    }
    return finding->flaw == TLOG_FLAW_NONE
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s/%s: %s (%s)", files->place, finding->file, finding->why,
                       tlog_flaw_name(finding->flaw));
}

static enum fault place_read(struct reading *reading, const char *place, const char *policy_path,
                             struct tlog_leaf_check *leaves, struct log_months *months)
{
    struct log_files files;
    size_t size = 0;
    TRY(tlog_file_read(disk_real(), policy_path, reading->text, sizeof(reading->text), &size));
    TRY(tlog_policy_read(&reading->crypto.sha256, span_of(reading->text, size), &reading->policy));
    TRY(log_files_open(&files, place));
    enum fault fault = files_check(reading, &files, leaves, months);
    log_files_close(&files);
    return fault;
}

static enum fault whole_read(const char *place, const char *policy_path,
                             struct tlog_leaf_check *leaves, struct log_months *months)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    if (reading == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read a log in");
    }
    enum fault fault = tlog_crypto_open(&reading->crypto);
    if (fault == FAULT_NONE) {
        fault = place_read(reading, place, policy_path, leaves, months);
        tlog_crypto_close(&reading->crypto);
    }
    free(reading);
    return fault;
}

enum fault log_read(const char *place, const char *policy_path, struct tlog_leaf_check *leaves)
{
    return whole_read(place, policy_path, leaves, NULL);
}

enum fault log_read_months(const char *place, const char *policy_path, struct log_months *months)
{
    return whole_read(place, policy_path, &months->leaves, months);
}
