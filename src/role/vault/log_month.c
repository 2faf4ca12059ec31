/* Opened months: the file first, on the disk, then its line. A month that cannot be opened stops
 * nothing else. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/block.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_month.h"
#include "role/vault/publog_opening.h"

#define LOOK_EVERY_NS   (60 * 1000000000ULL)
#define TRY_AGAIN_NS    (3600 * 1000000000ULL)
#define SECOND_US       1000000ULL
#define MONTH_BYTES_MAX (24U << 20)
#define SERVED_BYTES    (2U << 20) /* by the gateway: role/gateway/log_page.h */

static enum fault file_put(struct log_agent *agent, const struct publog_opening *opening,
                           struct span text)
{
    char folder[FILE_PATH_BYTES];
    char name[PUBLOG_OPENING_NAME_BYTES];
    TRY(file_path(folder, agent->folder, TLOG_STORE_PUBLIC "/" PUBLOG_OPENING_FOLDER));
    TRY(tlog_folder_make(agent->options.disk, folder));
    publog_opening_name(opening->month, opening->number, name);
    return tlog_file_replace(agent->options.disk, folder,
                             name + sizeof(PUBLOG_OPENING_FOLDER "/") - 1, text);
}

static enum fault month_open(struct log_agent *agent, struct publog_opening *opening,
                             struct block *block)
{
    struct sha256 sha256;
    size_t size = 0;
    u64 next_s = 0;
    bool is_same = false;
    TRY(publog_month_write(agent->folder, opening->month, opening->time_us / SECOND_US,
                           block->memory, MONTH_BYTES_MAX, &size, &next_s));
    struct span text = span_of(block->memory, size);
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, text);
    sha256_end(&sha256, opening->hash);
    sha256_close(&sha256);
    TRY(publog_opening_same(agent->publog, opening, next_s, &is_same));
    if (is_same) {
        return FAULT_NONE;
    }
    TRY(file_put(agent, opening, text));
    TRY(publog_opening_keep(agent->publog, opening, next_s));
    agent->has_line = true;
    log_info("log.month_opened", LOG_U64("year", opening->month / 12),
             LOG_U64("month", opening->month % 12 + 1), LOG_U64("opening", opening->number),
             LOG_U64("bytes", size));
    if (size > SERVED_BYTES) {
        log_warn("log.month_large", LOG_U64("bytes", size));
    }
    return FAULT_NONE;
}

enum fault log_month_turn(struct log_agent *agent, u64 now_ns)
{
    struct publog_opening due;
    struct block block;
    bool has = false;
    if (now_ns < agent->month_ns) {
        return FAULT_NONE;
    }
    agent->month_ns = now_ns + LOOK_EVERY_NS;
    TRY(publog_opening_due(agent->publog, agent->options.month_after_us / SECOND_US, &due, &has));
    if (!has) {
        return FAULT_NONE;
    }
    TRY(block_take(MONTH_BYTES_MAX, "the opening of a month", &block));
    enum fault fault = month_open(agent, &due, &block);
    secret_wipe(block.memory, 4096); /* its key, where it was not published */
    block_give_back(&block);
    if (fault == FAULT_REFUSED) { /* its last slots are being closed */
        fault_forget();
        return FAULT_NONE;
    }
    if (fault == FAULT_ROT || fault == FAULT_LIMIT || fault == FAULT_MISSING) {
        log_error("log.month_failed", LOG_FAULT(fault));
        fault_forget();
        agent->month_ns = now_ns + TRY_AGAIN_NS;
        return FAULT_NONE;
    }
    return fault;
}
