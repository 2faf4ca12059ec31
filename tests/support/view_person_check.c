#include "tests/support/view_person_check.h"

#include "base/amount.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_person.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <string.h>

enum { ASSETS_MAX = 16, PERSONS_MAX = 64, ACCOUNTS_MAX = 256 };

#define TOLD      (DECISION_FLAG_WARNED | DECISION_FLAG_OVER)
#define SECOND_US 1000000ULL

struct check {
    const struct view *view;
    u32 persons;
    u32 linked;
    u32 packs;
    u32 logins;
    u32 findings; /* that say something */
    u64 stale_us;
    u32 person_of[ACCOUNTS_MAX];
    u32 groups[PERSONS_MAX];
    u8 scales[ASSETS_MAX];
    struct state_valuation_price prices[ASSETS_MAX];
    u128 units[PERSONS_MAX][ASSETS_MAX];
};

static bool says_something(u8 truth, u8 reasons, u8 flags, u64 vector)
{
    return truth != TRUTH_NO || reasons != 0 || (flags & TOLD) != 0 || vector != 0;
}

static void on_pack(struct check *check, const struct state_pack *state)
{
    if (state->head.id == UINT16_MAX) {
        return;
    }
    const struct view_pack *pack = view_pack_of(check->view, (u32)state->head.id);
    assert_non_null(pack);
    assert_memory_equal(pack->hash, state->content_hash, sizeof pack->hash);
    assert_int_equal(pack->state, state->pack_state);
    check->packs += 1;
}

static void on_finding(struct check *check, const struct state_finding *state)
{
    if (!says_something(state->truth, state->reasons, state->flags, state->vector)) {
        return;
    }
    const struct view_finding *finding = view_finding_newest(check->view, state->person);
    while (finding != NULL && (finding->pack != state->pack || finding->rule != state->rule)) {
        finding = view_finding_older(check->view, finding);
    }
    assert_non_null(finding);
    assert_int_equal(finding->vector, state->vector);
    assert_int_equal(finding->truth, state->truth);
    assert_int_equal(finding->reasons, state->reasons);
    assert_int_equal(finding->missing, state->missing);
    assert_int_equal(finding->deadline, state->deadline);
    assert_int_equal(finding->flags & TOLD, state->flags & TOLD);
    check->findings += 1;
}

static void on_link(struct check *check, const struct state_link *state)
{
    assert_true(state->head.account < ACCOUNTS_MAX && state->person < PERSONS_MAX);
    assert_int_equal(view_person_of(check->view, state->head.account), state->person);
    u32 group = view_account_of(check->view, state->head.account)->trade_group;
    group = group == UINT32_MAX && check->groups[state->person] != 0 ? check->groups[state->person]
                                                                     : group;
    assert_int_equal(view_group_of(check->view, state->head.account), group);
    check->person_of[state->head.account] = state->person;
    check->linked += 1;
}

static void add(struct check *check, u32 account, u16 asset, u64 units)
{
    assert_true(account < ACCOUNTS_MAX && asset < ASSETS_MAX);
    check->units[check->person_of[account]][asset] += units;
}

/* Records come by kind, and a link's kind is above those of money: these are read again. */
static void on_money(struct check *check, const u8 *record)
{
    const struct state_head *head = (const void *)record;
    if (head->kind == STATE_BALANCE) {
        const struct state_balance *state = (const void *)record;
        add(check, head->account, state->asset, state->free.units);
        add(check, head->account, state->asset, state->locked.units);
    } else if (head->kind == STATE_HOLD) {
        const struct state_hold *state = (const void *)record;
        add(check, head->account, state->asset, state->amount.units);
        add(check, head->account, state->asset, state->fee.units);
    }
}

static void on_record(struct check *check, const u8 *record)
{
    const struct state_head *head = (const void *)record;
    if (head->kind == STATE_ASSET) {
        const struct state_asset *state = (const void *)record;
        assert_true(state->asset < ASSETS_MAX);
        check->scales[state->asset] = state->scale;
    } else if (head->kind == STATE_RULES) {
        const struct state_rules *state = (const void *)record;
        check->stale_us = state->price_stale_seconds * SECOND_US;
    } else if (head->kind == STATE_PACK) {
        on_pack(check, (const void *)record);
    } else if (head->kind == STATE_VALUATION_PRICE) {
        const struct state_valuation_price *state = (const void *)record;
        assert_true(state->asset < ASSETS_MAX);
        check->prices[state->asset] = *state;
    } else if (head->kind == STATE_PERSON) {
        const struct state_person *state = (const void *)record;
        assert_true(state->head.id < PERSONS_MAX);
        check->groups[state->head.id] = state->group;
        check->persons += 1;
    } else if (head->kind == STATE_LINK) {
        on_link(check, (const void *)record);
    } else if (head->kind == STATE_FINDING) {
        on_finding(check, (const void *)record);
    } else if (head->kind == STATE_LOGIN) {
        assert_int_equal(view_login_account(check->view, head->id), head->account + 1);
        assert_int_equal(view_login_of(check->view, head->account), head->id);
        check->logins += 1;
    }
}

static void walk(struct check *check, const u8 *snapshot, size_t bytes,
                 void (*visit)(struct check *check, const u8 *record))
{
    for (size_t at = 0; at < bytes;) {
        visit(check, snapshot + at);
        at += wire_state_bytes(snapshot + at, bytes - at);
    }
}

/* ceil(units x price / 10^scale) by plain long arithmetic; as much as fits. */
static u64 value_of(u128 units, u64 price, u32 scale)
{
    u128 value = 0;
    u128 one = 1;
    for (u32 i = 0; i < scale; i += 1) {
        one *= 10;
    }
    if (price != 0 && units > (~(u128)0 - one) / price) {
        return UINT64_MAX;
    }
    value = (units * price + one - 1) / one;
    return value > UINT64_MAX ? UINT64_MAX : (u64)value;
}

static void check_holdings(const struct check *check, u32 person, u64 now_us)
{
    u64 seen = 0;
    u64 sum = 0;
    bool is_known = true;
    for (u32 asset = 0; asset < ASSETS_MAX; asset += 1) {
        const struct state_valuation_price *price = &check->prices[asset];
        u128 units = check->units[person][asset];
        if (units == 0) {
            continue;
        }
        is_known = is_known && price->time_us != 0 && now_us < price->time_us + check->stale_us;
        u64 value = value_of(units, price->price.units, check->scales[asset]);
        sum = value > UINT64_MAX - sum ? UINT64_MAX : sum + value;
    }
    assert_int_equal(view_holdings(check->view, person, now_us, &seen), is_known);
    assert_true(!is_known || seen == sum);
}

u32 view_check_persons(const struct view *view, const u8 *snapshot, size_t bytes)
{
    static struct check check;
    memset(&check, 0, sizeof check);
    check.view = view;
    check.stale_us = 3600 * SECOND_US;
    walk(&check, snapshot, bytes, on_record);
    walk(&check, snapshot, bytes, on_money);
    assert_int_equal(view_persons_count(view), check.persons);
    u32 linked = 0;
    for (u32 account = 0; account < view_accounts_count(view); account += 1) {
        linked += view_person_of(view, account) != 0;
    }
    assert_int_equal(linked, check.linked);
    u32 logins = 0;
    for (u32 account = 0; account < view_accounts_count(view); account += 1) {
        logins += view_login_of(view, account) != 0;
    }
    assert_int_equal(logins, check.logins);
    u32 packs = 0;
    for (u32 number = 0; number < VIEW_PACK_NUMBERS; number += 1) {
        packs += view_pack_of(view, number) != NULL;
    }
    assert_int_equal(packs, check.packs);
    u32 findings = 0;
    u64 now_us = view_place(view).time_us;
    for (u32 person = 1; person <= check.persons; person += 1) {
        const struct view_finding *finding = view_finding_newest(view, person);
        for (; finding != NULL; finding = view_finding_older(view, finding)) {
            findings +=
                says_something(finding->truth, finding->reasons, finding->flags, finding->vector);
        }
        check_holdings(&check, person, now_us);
        check_holdings(&check, person, now_us + check.stale_us);
    }
    assert_int_equal(findings, check.findings);
    return findings;
}
