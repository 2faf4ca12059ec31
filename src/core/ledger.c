#include "core/ledger.h"

/* A chunk holds three rows, so an account needs a new one at every third. */
static u32 chunks_for(u32 rows)
{
    return (rows + 2) / 3;
}

bool ledger_rows_fit(const struct core *core, u32 account, u16 asset, u16 second)
{
    u32 missing = ledger_row(core, account, asset) ? 0 : 1;
    missing += asset == second || ledger_row(core, account, second) ? 0 : 1;
    u32 rows = core->accounts[account].rows;
    return chunks_for(rows + missing) - chunks_for(rows) <= slab_left(&core->chunk_slab);
}

u32 ledger_row_make(struct core *core, u32 account, u16 asset)
{
    u32 row = ledger_row(core, account, asset);
    if (row) {
        return row;
    }
    struct account *record = &core->accounts[account];
    u32 chunk = record->chunk;
    if (chunk == 0 || core->chunks[chunk].count == 3) {
        u32 fresh = SLAB_TAKE(&core->chunk_slab, core->chunks, next);
        core->chunks[fresh] = (struct chunk){
            .account = account,
            .tier = record->tier,
            .next = record->chunk,
        };
        record->chunk = fresh;
        account_hint_drop(record); /* it names rows of the chunk that was first so far */
        chunk = fresh;
    }
    struct chunk *c = &core->chunks[chunk];
    c->assets[c->count] = asset;
    row = chunk << 2 | c->count;
    c->count++;
    record->rows++;
    return row;
}

struct amount ledger_free(const struct core *core, u32 account, u16 asset)
{
    u32 row = ledger_row(core, account, asset);
    return row ? core->chunks[row >> 2].rows[row & 3].free : AMOUNT_ZERO;
}

bool ledger_issue_fits(const struct core *core, u16 asset, struct amount amount)
{
    const struct asset *record = &core->assets[asset];
    i128 issued = (i128)record->custody_total - record->equity;
    return issued + (i128)amount.units < (i128)AMOUNT_BOUND; /* raw: bound of a sum */
}

i128 ledger_sum(const struct core *core, u16 asset)
{
    i128 sum = core->assets[asset].equity - (i128)core->assets[asset].custody_total;
    sum += (i128)core->assets[asset].fee_income.units; /* raw: sum */
    sum += (i128)core->assets[asset].suspense.units;   /* raw: sum */
    for (u32 i = 1; i <= core->chunk_slab.used; i++) {
        const struct chunk *c = &core->chunks[i];
        for (u32 k = 0; k < c->count; k++) {
            if (c->assets[k] == asset) {
                sum += (i128)c->rows[k].free.units + (i128)c->rows[k].locked.units; /* raw: sum */
            }
        }
    }
    return sum;
}

bool ledger_balanced(const struct core *core, u16 asset)
{
    const struct asset *record = &core->assets[asset];
    i128 house = (i128)record->fee_income.units + (i128)record->suspense.units; /* raw: sum */
    return record->customers + house + record->equity == (i128)record->custody_total;
}
