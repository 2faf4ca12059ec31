#include "app/log_ledger.h"

#include "app/log_files.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/vault/publog_ledger.h"
#include "role/vault/tlog_check.h"
#include "role/vault/tlog_file.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US  1000000ULL
#define ROOM_FIRST 1024U

/* Large, so it is not on the stack. */
struct reading {
    struct tlog_leaf_check leaves; /* first: it is cast back */
    struct log_ledger *ledger;
    enum fault fault; /* of memory, while leaves were looked at */
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_check check;
    struct tlog_finding finding;
    u8 text[TLOG_POLICY_BYTES_MAX];
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
    u8 partial[TLOG_BUNDLE_BYTES_MAX];
};

static enum fault room_make(struct log_ledger *ledger)
{
    if (ledger->count < ledger->room) {
        return FAULT_NONE;
    }
    u32 room = ledger->room == 0 ? ROOM_FIRST : 2 * ledger->room;
    struct verify_root *roots =
        room > LOG_LEDGER_ROOTS_MAX ? NULL : realloc(ledger->roots, room * sizeof(*roots));
    if (roots == NULL) {
        return FAULT(FAULT_LIMIT, "no room for more than %u ledger lines", ledger->count);
    }
    ledger->roots = roots;
    ledger->room = room;
    return FAULT_NONE;
}

static enum tlog_flaw leaf_take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct reading *reading = (struct reading *)(void *)base;
    struct log_ledger *ledger = reading->ledger;
    struct eventlog_head head;
    if (!publog_ledger_is(entry) || reading->fault != FAULT_NONE) {
        return TLOG_FLAW_NONE;
    }
    if (!publog_ledger_read(entry, &head)) {
        return TLOG_FLAW_LEAF;
    }
    reading->fault = room_make(ledger);
    if (reading->fault == FAULT_NONE) {
        struct verify_root *root = &ledger->roots[ledger->count];
        *root = (struct verify_root){.seq = head.seq, .number = index, .has_state = head.has_state};
        memcpy(root->hash, head.hash, sizeof(root->hash));
        memcpy(root->state, head.state, sizeof(root->state));
        ledger->count += 1;
    }
    return TLOG_FLAW_NONE;
}

static int root_compare(const void *a, const void *b)
{
    const struct verify_root *left = a;
    const struct verify_root *right = b;
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return left->number < right->number ? -1 : left->number > right->number;
}

static enum fault files_check(struct reading *reading, struct log_files *files)
{
    struct tlog_check *check = &reading->check;
    check->crypto = &reading->crypto;
    check->policy = &reading->policy;
    check->files = &files->files;
    check->partials = files->is_url ? NULL : &files->partials;
    check->leaves = &reading->leaves;
    check->bundle = reading->bundle;
    check->partial = reading->partial;
    check->now_s = clock_wall_us(clock_real()) / SECOND_US;
    TRY(tlog_check_run(check, &reading->finding));
    TRY(reading->fault);
    const struct tlog_finding *finding = &reading->finding;
    return finding->flaw == TLOG_FLAW_NONE
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s/%s: %s (%s)", files->place, finding->file, finding->why,
                       tlog_flaw_name(finding->flaw));
}

static enum fault log_take(struct reading *reading, const char *place, const char *policy_path)
{
    struct log_files files;
    size_t size = 0;
    TRY(tlog_file_read(disk_real(), policy_path, reading->text, sizeof(reading->text), &size));
    TRY(tlog_policy_read(&reading->crypto.sha256, span_of(reading->text, size), &reading->policy));
    TRY(log_files_open(&files, place));
    enum fault fault = files_check(reading, &files);
    log_files_close(&files);
    return fault;
}

enum fault log_ledger_read(const char *place, const char *policy_path,
                           struct log_ledger *ledger_out)
{
    *ledger_out = (struct log_ledger){.roots = NULL};
    struct reading *reading = calloc(1, sizeof(*reading));
    if (reading == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read a log in");
    }
    reading->leaves.leaf = leaf_take;
    reading->ledger = ledger_out;
    enum fault fault = tlog_crypto_open(&reading->crypto);
    if (fault == FAULT_NONE) {
        fault = log_take(reading, place, policy_path);
        tlog_crypto_close(&reading->crypto);
    }
    if (fault == FAULT_NONE && ledger_out->count > 0) {
        qsort(ledger_out->roots, ledger_out->count, sizeof(*ledger_out->roots), root_compare);
    }
    ledger_out->entries = reading->check.verdict.checkpoint.size;
    free(reading);
    return fault;
}

void log_ledger_close(struct log_ledger *ledger)
{
    free(ledger->roots);
    ledger->roots = NULL;
    ledger->count = 0;
}
