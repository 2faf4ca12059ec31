/* Holdings, findings and the vectors that follow from them (docs/rules.md "In the writer",
 * "Holdings" and "Evaluate"). */
#include "sim/model_rules.h"

#define WARN_MARGIN 500U /* five points, in hundredths of a percent */

bool model_is_person(const struct model *model, u32 person)
{
    return person >= 1 && person <= model->rules->persons_count;
}

struct model_person *model_person(struct model *model, u32 person)
{
    CHECK(model_is_person(model, person));
    return &model->rules->persons[person - 1];
}

u32 model_group_of_person(const struct model *model, u32 person)
{
    return model_is_person(model, person) ? model->rules->persons[person - 1].group : 0;
}

void model_gather(const struct model *model, u32 person, struct model_gathered *gathered_out)
{
    const struct model_rules *rules = model->rules;
    u32 facts = 0;
    u32 listings = 0;
    u32 ownerships = 0;
    for (u32 i = 0; i < rules->rows_count; i++) {
        const struct model_person_row *row = &rules->rows[i];
        if (row->person != person) {
            continue;
        }
        switch (row->type) {
        case MODEL_ROW_FACT:
            gathered_out->facts[facts++] = row->fact;
            break;
        case MODEL_ROW_LISTING:
            gathered_out->listings[listings++] = row->listing;
            break;
        case MODEL_ROW_OWNERSHIP:
            gathered_out->ownerships[ownerships++] = row->ownership;
            break;
        }
    }
    gathered_out->person = (struct rule_person){.facts = gathered_out->facts,
                                                .listings = gathered_out->listings,
                                                .ownerships = gathered_out->ownerships,
                                                .facts_count = facts,
                                                .listings_count = listings,
                                                .ownerships_count = ownerships};
}

/* ---- holdings ---- */

bool model_worth(const struct model *model, const struct model_valuation *prices, u16 asset,
                 u128 units, u64 *eur_out)
{
    const struct model_valuation *price = &prices[asset];
    u64 stale_us = model->rules->stale_seconds * 1000000ULL;
    if (price->price == 0 || price->time_us + stale_us <= model->time_us) {
        return false;
    }
    u128 most = ~(u128)0 >> 1;
    if (units > most / price->price) { /* by 10^18 at most: far beyond 64 bits */
        *eur_out = UINT64_MAX;
        return true;
    }
    u128 scale = model_power_of_ten(model->assets[asset].scale);
    u128 eur = (units * price->price + scale - 1) / scale;
    *eur_out = eur > UINT64_MAX ? UINT64_MAX : (u64)eur;
    return true;
}

/* Free, locked and held of an asset in all the person's accounts. */
static u128 units_of(const struct model *model, u32 person, u16 asset)
{
    u128 units = 0;
    for (u32 i = 0; i < model->accounts_count; i++) {
        if (model->accounts[i].person == person) {
            const struct model_row *row = &model->accounts[i].rows[asset];
            units += (u128)(row->free + row->locked);
        }
    }
    for (u32 i = 0; i < model->holds_count; i++) {
        const struct model_hold *hold = &model->holds[i];
        if (hold->asset == asset && model->accounts[hold->account].person == person) {
            units += (u128)hold->amount + hold->fee;
        }
    }
    return units;
}

struct rule_holdings model_holdings_of(const struct model *model, u32 person,
                                       const struct model_valuation *prices)
{
    u128 sum = 0;
    bool is_known = true;
    for (u32 asset = 0; asset < model->assets_count; asset++) {
        u128 units = units_of(model, person, (u16)asset);
        u64 eur = 0;
        if (units > 0 && !model_worth(model, prices, (u16)asset, units, &eur)) {
            is_known = false;
        } else {
            sum += eur;
        }
    }
    u64 capped = sum > UINT64_MAX ? UINT64_MAX : (u64)sum;
    return (struct rule_holdings){.is_known = is_known, .eur = capped};
}

/* ---- vectors ---- */

u64 model_person_vector(const struct model *model, u32 person)
{
    u64 vector = 0;
    CHECK(model_is_person(model, person));
    for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
        for (u32 rule = 0; rule < RULE_RULES_MAX; rule++) {
            const struct model_person *row = &model->rules->persons[person - 1];
            u64 more = row->findings[pack][rule].vector;
            vector = more == 0 ? vector : model_join(vector, more);
        }
    }
    return vector;
}

bool model_is_watched(const struct model *model, u32 person, u32 pack)
{
    CHECK(model_is_person(model, person));
    for (u32 i = 0; i < MODEL_PACKS; i++) {
        for (u32 rule = 0; rule < RULE_RULES_MAX; rule++) {
            const struct model_person *row = &model->rules->persons[person - 1];
            if ((pack == MODEL_PACKS || i == pack) && row->findings[i][rule].is_watched) {
                return true;
            }
        }
    }
    return false;
}

void model_account_update(struct model *model, u32 account, u32 person, u64 cause_seq, bool always)
{
    struct model_account *row = &model->accounts[account];
    u64 before = row->restrictions;
    u64 after = row->person == 0
                    ? model_hand_of(row)
                    : model_join(model_hand_of(row), model_person_vector(model, row->person));
    if (before == after && !always) {
        return;
    }
    struct event_restricted event = {
        .before = before, .after = after, .cause_seq = cause_seq, .person = person};
    row->restrictions = after;
    model_emit(model, &event.head, EVENT_RESTRICTED, account, sizeof event);
    if (model_vector_of(before, OPERATION_TRADE) == RESTRICTION_ALLOW &&
        model_vector_of(after, OPERATION_TRADE) != RESTRICTION_ALLOW) {
        model_expire_all(model, account);
    }
}

/* ---- findings ---- */

static bool is_warned(const struct rule *rule, struct rule_holdings holdings,
                      const struct model_said *said, bool was_warned)
{
    if (!said->is_watched || said->truth == RULE_TRUE) {
        return false;
    }
    u32 percent = rule->warn_percent > WARN_MARGIN ? rule->warn_percent - WARN_MARGIN : 0;
    bool is_well_below =
        holdings.is_known && (u128)holdings.eur * RULE_PERCENT_ONE < (u128)rule->amount * percent;
    return said->is_warned || (was_warned && !is_well_below);
}

static bool differs(const struct model_finding *a, const struct model_finding *b)
{
    return a->truth != b->truth || a->reasons != b->reasons || a->missing != b->missing ||
           a->vector != b->vector || a->deadline != b->deadline || a->is_warned != b->is_warned ||
           a->memory.is_over != b->memory.is_over;
}

static void tell_decision(struct model *model, u32 person, u32 pack, u32 rule,
                          const struct model_finding *before, struct rule_holdings holdings,
                          u64 cause_seq)
{
    const struct model_finding *now = &model_person(model, person)->findings[pack][rule];
    bool has_amount = (model->rules->packs[pack].pack.rules[rule].flags & RULE_FLAG_THRESHOLD) != 0;
    u32 flags = (now->is_warned ? DECISION_FLAG_WARNED : 0) |
                (now->memory.is_over ? DECISION_FLAG_OVER : 0) |
                (has_amount && holdings.is_known ? DECISION_FLAG_HOLDINGS_KNOWN : 0) |
                (now->is_watched ? DECISION_FLAG_WATCHED : 0);
    struct event_decision event = {.cause_seq = cause_seq,
                                   .holdings = has_amount && holdings.is_known ? holdings.eur : 0,
                                   .deadline = now->deadline,
                                   .person = person,
                                   .vector = (u16)now->vector,
                                   .pack = (u8)pack,
                                   .rule = (u8)rule,
                                   .truth = (u8)now->truth,
                                   .truth_before = (u8)before->truth,
                                   .reasons = (u8)now->reasons,
                                   .missing = (u8)now->missing,
                                   .flags = (u8)flags};
    model_emit(model, &event.head, EVENT_DECISION, 0, sizeof event);
}

static void look_at_rule(struct model *model, u32 person, u32 pack, u32 rule,
                         const struct rule_person *rows, u64 cause_seq)
{
    const struct model_pack *slot = &model->rules->packs[pack];
    struct model_finding *finding = &model_person(model, person)->findings[pack][rule];
    struct model_finding before = *finding;
    struct model_said said = {.truth = RULE_FALSE};
    if (slot->state == MODEL_PACK_ACTIVE) {
        said = model_say(&slot->pack, rule, rows, model->time_us, before.memory);
    }
    *finding = (struct model_finding){
        .truth = said.truth,
        .reasons = said.reasons,
        .missing = said.missing,
        .vector = said.vector,
        .deadline = said.deadline,
        .memory = said.memory,
        .is_warned = is_warned(&slot->pack.rules[rule], rows->holdings, &said, before.is_warned),
        .is_watched = said.is_watched,
    };
    if (differs(&before, finding)) {
        tell_decision(model, person, pack, rule, &before, rows->holdings, cause_seq);
    }
}

/* When time alone may change what the pack says. */
static u64 next_of(struct model *model, u32 person, u32 pack, const struct rule_person *rows)
{
    const struct rule_pack *rules = &model->rules->packs[pack].pack;
    u64 now = model->time_us;
    u64 next = model_next_row(rows, now);
    for (u32 rule = 0; rule < rules->rules_count; rule++) {
        const struct model_finding *finding = &model_person(model, person)->findings[pack][rule];
        u64 since = finding->memory.below_since;
        u64 dwell_end = since + rules->rules[rule].dwell_us;
        if (finding->deadline > now && finding->deadline < next) {
            next = finding->deadline;
        }
        if (since != 0 && dwell_end >= since && dwell_end > now && dwell_end < next) {
            next = dwell_end;
        }
    }
    return next;
}

bool model_look(struct model *model, u32 person, u32 packs, const struct model_valuation *prices,
                u64 cause_seq)
{
    static struct model_gathered gathered;
    u64 before = model_person_vector(model, person);
    packs = model_packs_together(model, packs);
    model_gather(model, person, &gathered);
    gathered.person.holdings = model_holdings_of(model, person, prices);
    for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
        const struct model_pack *slot = &model->rules->packs[pack];
        if ((packs >> pack & 1U) == 0 || slot->state == MODEL_PACK_NONE) {
            continue;
        }
        for (u32 rule = 0; rule < slot->pack.rules_count; rule++) {
            look_at_rule(model, person, pack, rule, &gathered.person, cause_seq);
        }
        bool is_ending = slot->state == MODEL_PACK_ENDING;
        model_person(model, person)->next_us[pack] =
            is_ending ? RULE_TIME_OPEN : next_of(model, person, pack, &gathered.person);
    }
    for (u32 account = 0; account < model->accounts_count; account++) {
        if (model->accounts[account].person == person) {
            model_account_update(model, account, person, cause_seq, false);
        }
    }
    return model_person_vector(model, person) != before;
}

void model_look_now(struct model *model, u32 person)
{
    (void)model_look(model, person, ~0U, model->rules->prices, model->seq);
    model_person(model, person)->evaluated_seq = model->seq;
}
