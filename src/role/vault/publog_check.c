#include "role/vault/publog_check.h"

#include "role/vault/publog.h"
#include "role/vault/publog_ledger.h"
#include "role/vault/publog_opening.h"
#include "role/vault/publog_vault.h"
#include "role/vault/restrict_line.h"

/* What programs read again must be whole. */
static bool is_line(struct span entry)
{
    struct eventlog_head head;
    struct publog_opening opening;
    struct publog_vault vault;
    struct restrict_day day;
    if (restrict_line_is(entry)) {
        return restrict_line_read(entry, &day);
    }
    if (publog_ledger_is(entry)) {
        return publog_ledger_read(entry, &head);
    }
    if (publog_opening_is(entry)) {
        return publog_opening_read(entry, &opening);
    }
    if (publog_vault_is(entry)) {
        return publog_vault_read(entry, &vault);
    }
    return publog_line_valid(entry);
}

static enum tlog_flaw check_leaf(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct publog_check *check = (struct publog_check *)(void *)base;
    struct publog_leaf leaf;
    (void)index;
    if (!publog_leaf_decode(entry, &leaf)) {
        check->lines += 1;
        return is_line(entry) ? TLOG_FLAW_NONE : TLOG_FLAW_LEAF;
    }
    if (check->next[leaf.class] != 0 && leaf.slot != check->next[leaf.class]) {
        check->month_flaw = PUBLOG_MONTH_FLAW_GAP;
        return TLOG_FLAW_LEAF;
    }
    check->next[leaf.class] = leaf.slot + publog_slot_seconds(leaf.class);
    check->slots[leaf.class] += 1;
    if (check->month != NULL) {
        check->month_flaw = publog_month_leaf(check->month, &leaf);
    }
    return check->month_flaw == PUBLOG_MONTH_FLAW_NONE ? TLOG_FLAW_NONE : TLOG_FLAW_LEAF;
}

void publog_check_init(struct publog_check *check, struct publog_month_check *month)
{
    *check = (struct publog_check){.leaves = {.leaf = check_leaf}, .month = month};
}
