#include "app/log_vault.h"

#include "app/cli.h"
#include "app/time_text.h"
#include "base/check.h"

#include <inttypes.h>

static enum tlog_flaw leaf_take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct log_vault *vault = (struct log_vault *)(void *)base;
    struct publog_vault line;
    if (vault->next != NULL) {
        enum tlog_flaw flaw = vault->next->leaf(vault->next, index, entry);
        if (flaw != TLOG_FLAW_NONE) {
            return flaw;
        }
    }
    if (!publog_vault_is(entry) || !publog_vault_read(entry, &line)) {
        return TLOG_FLAW_NONE;
    }
    const struct publog_vault *before = &vault->newest;
    vault->odd += publog_vault_adds_up(&line) ? 0 : 1;
    vault->back += line.put < before->put || line.erased < before->erased ? 1 : 0;
    vault->count += 1;
    vault->newest = line;
    return TLOG_FLAW_NONE;
}

void log_vault_init(struct log_vault *vault, struct tlog_leaf_check *next)
{
    *vault = (struct log_vault){.leaves = {.leaf = leaf_take}, .next = next};
}

void log_vault_print(const struct log_vault *vault)
{
    char time[TIME_TEXT_BYTES];
    if (vault->count == 0) {
        return;
    }
    cli_line("vault", "%" PRIu64 " records, %" PRIu64 " ever erased, %s", vault->newest.records,
             vault->newest.erased, time_text_print(vault->newest.time_us, time));
    if (vault->odd > 0) {
        cli_line("", "%" PRIu64 " of %" PRIu64 " lines have not what was put and not erased",
                 vault->odd, vault->count);
    }
    if (vault->back > 0) {
        cli_line("", "%" PRIu64 " times fewer were ever put or erased than before", vault->back);
    }
}
