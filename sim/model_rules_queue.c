/* The queue of those who are to be looked at again, and what runs before each command
 * (docs/rules.md "In the writer", "The queue"). */
#include "sim/model_rules.h"

#include <stdlib.h>

/* ---- entries ---- */

bool model_entries_full(const struct model *model)
{
    return model->rules->entries_count == MODEL_ENTRIES;
}

void model_entry_add(struct model *model, u32 packs, bool is_only_watched)
{
    struct model_rules *rules = model->rules;
    CHECK(!model_entries_full(model));
    size_t size = model->limits.assets_max * sizeof *rules->prices;
    struct model_entry entry = {.cause_seq = model->seq,
                                .packs = packs,
                                .is_only_watched = is_only_watched,
                                .last = rules->persons_count,
                                .prices = model_zeroed(1, size)};
    memcpy(entry.prices, rules->prices, size);
    rules->entries[rules->entries_count++] = entry;
}

/* The lowest pack of an entry. */
static u32 first_pack(const struct model_entry *entry)
{
    u32 pack = 0;
    while ((entry->packs >> pack & 1U) == 0) {
        pack++;
    }
    return pack;
}

/* Whether an entry comes by this person. */
static bool is_in_range(const struct model *model, const struct model_entry *entry, u32 person)
{
    return person > entry->cursor && person <= entry->last &&
           (!entry->is_only_watched || model_is_watched(model, person, first_pack(entry)));
}

static bool belongs(const struct model *model, const struct model_entry *entry, u32 person)
{
    return is_in_range(model, entry, person) &&
           model->rules->persons[person - 1].evaluated_seq < entry->cause_seq;
}

/* The pack of an entry that has ended is free, if that was what the entry was for. */
static void finish_pack(struct model *model, u32 number)
{
    struct model_rules *rules = model->rules;
    struct model_pack *pack = &rules->packs[number];
    for (u32 i = 0; i < rules->entries_count; i++) {
        if (rules->entries[i].packs >> number & 1U) {
            return;
        }
    }
    if (pack->state != MODEL_PACK_ENDING) {
        return;
    }
    struct event_pack_state event = {.from = pack->pack.effective.from,
                                     .until = pack->pack.effective.until,
                                     .version = pack->pack.version,
                                     .pack = (u8)number,
                                     .state = PACK_STATE_ENDED};
    memcpy(event.content_hash, pack->pack.content_hash, RULE_HASH_BYTES);
    memcpy(event.pack_id, pack->pack.id, RULE_ID_BYTES);
    model_emit(model, &event.head, EVENT_PACK_STATE, 0, sizeof event);
    pack->state = MODEL_PACK_NONE;
    for (u32 person = 1; person <= rules->persons_count; person++) {
        for (u32 rule = 0; rule < RULE_RULES_MAX; rule++) {
            const struct model_finding *finding =
                &model_person(model, person)->findings[number][rule];
            CHECK(finding->truth == RULE_FALSE && finding->vector == 0);
        }
        model_person(model, person)->next_us[number] = RULE_TIME_OPEN;
    }
}

static void entry_end(struct model *model)
{
    struct model_rules *rules = model->rules;
    struct model_entry entry = rules->entries[0];
    struct event_reevaluated event = {.cause_seq = entry.cause_seq,
                                      .persons = entry.persons,
                                      .changed = entry.changed,
                                      .pack = (u8)first_pack(&entry)};
    rules->entries_count -= 1;
    for (u32 i = 0; i < rules->entries_count; i++) {
        rules->entries[i] = rules->entries[i + 1];
    }
    free(entry.prices);
    model_emit(model, &event.head, EVENT_REEVALUATED, 0, sizeof event);
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        if (entry.packs >> number & 1U) {
            finish_pack(model, number);
        }
    }
}

/* ---- borders ---- */

static void sooner(u64 *next, u64 time, u64 now)
{
    *next = time > now && time < *next ? time : *next;
}

u64 model_pack_border(const struct rule_pack *pack, u64 now)
{
    u64 next = RULE_TIME_OPEN;
    for (u32 rule = 0; rule < pack->rules_count; rule++) {
        sooner(&next, pack->rules[rule].effective.from, now);
        sooner(&next, pack->rules[rule].effective.until, now);
    }
    return next;
}

/* What the packs in force say of an asset by its name. A border that waits for room in the queue
 * has not been crossed yet. */
static u64 asset_says(const struct model *model, u32 asset)
{
    u64 vector = 0;
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        const struct model_pack *slot = &model->rules->packs[number];
        u64 at = u64_min(model->time_us, slot->boundary_us - 1);
        for (u32 i = 0; slot->state == MODEL_PACK_ACTIVE && i < slot->pack.rules_count; i++) {
            const struct rule *rule = &slot->pack.rules[i];
            bool is_in_force = rule->effective.from <= at && at < rule->effective.until;
            for (u32 k = 0; is_in_force && k < rule->assets_count; k++) {
                bool is_named =
                    slot->pack.names[rule->assets_first + k] == model->assets[asset].rule_name;
                vector = is_named ? model_join(vector, rule->vector) : vector;
            }
        }
    }
    return vector;
}

void model_asset_begin(struct model *model, u32 asset)
{
    model->assets[asset].rule_vector = asset_says(model, asset);
}

static bool is_closed(const struct model *model, u32 market)
{
    const struct command_market_add *rules = &model->markets[market].rules;
    return model_vector_of(model->assets[rules->base].rule_vector, OPERATION_TRADE) !=
               RESTRICTION_ALLOW ||
           model_vector_of(model->assets[rules->quote].rule_vector, OPERATION_TRADE) !=
               RESTRICTION_ALLOW;
}

void model_assets_update(struct model *model)
{
    bool *was_closed = model_zeroed(model->markets_count, sizeof *was_closed);
    for (u32 market = 0; market < model->markets_count; market++) {
        was_closed[market] = is_closed(model, market);
    }
    for (u32 asset = 0; asset < model->assets_count; asset++) {
        model->assets[asset].rule_vector = asset_says(model, asset);
    }
    for (u32 market = 0; market < model->markets_count; market++) {
        if (was_closed[market] || !is_closed(model, market)) {
            continue;
        }
        for (u32 account = 0; account < model->accounts_count; account++) {
            model_expire_market(model, account, (u16)market);
        }
    }
    free(was_closed);
}

/* Packs whose border has been reached; after step 1 they wait for room. */
static u32 packs_at_border(const struct model *model)
{
    u32 packs = 0;
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        const struct model_pack *pack = &model->rules->packs[number];
        bool is_reached = pack->state == MODEL_PACK_ACTIVE && pack->boundary_us <= model->time_us;
        packs |= is_reached ? 1U << number : 0;
    }
    return packs;
}

u32 model_packs_together(const struct model *model, u32 packs)
{
    u32 before = 0;
    u32 late = packs_at_border(model);
    while (packs != before) {
        before = packs;
        packs |= (packs & late) != 0 ? late : 0;
        for (u32 i = 0; i < model->rules->entries_count; i++) {
            const struct model_entry *entry = &model->rules->entries[i];
            bool is_touched = !entry->is_only_watched && (packs & entry->packs) != 0;
            packs |= is_touched ? entry->packs : 0;
        }
    }
    return packs;
}

static void run_borders(struct model *model)
{
    u32 reached = packs_at_border(model);
    if (reached == 0 || model_entries_full(model)) {
        return;
    }
    model_entry_add(model, reached, false);
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        struct model_pack *pack = &model->rules->packs[number];
        if (reached >> number & 1U) {
            pack->boundary_us = model_pack_border(&pack->pack, model->time_us);
        }
    }
    model_assets_update(model);
}

/* ---- persons that the command names ---- */

/* Packs of this person whose instant has been reached. */
static u32 packs_due(const struct model *model, u32 person, u64 *first_out)
{
    u32 packs = 0;
    *first_out = RULE_TIME_OPEN;
    for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
        u64 instant = model->rules->persons[person - 1].next_us[pack];
        bool is_reached = model->rules->packs[pack].state != MODEL_PACK_NONE &&
                          instant != RULE_TIME_OPEN && instant <= model->time_us;
        packs |= is_reached ? 1U << pack : 0;
        *first_out = is_reached ? u64_min(*first_out, instant) : *first_out;
    }
    return packs;
}

static void run_entries_for(struct model *model, u32 person)
{
    u64 first = 0;
    for (u32 i = 0; i < model->rules->entries_count; i++) {
        const struct model_entry *entry = &model->rules->entries[i];
        if (belongs(model, entry, person)) {
            (void)model_look(model, person, entry->packs, entry->prices, entry->cause_seq);
        }
    }
    u32 late = packs_due(model, person, &first) | packs_at_border(model);
    if (late != 0) {
        (void)model_look(model, person, late, model->rules->prices, model->seq);
    }
}

/* The person that a command is about; false: it is about none, or about an account's. */
static bool named_person(const struct command_head *command, u32 *person_out)
{
    const void *record = command;
    switch (command->kind) {
    case COMMAND_LINK:
        *person_out = ((const struct command_link *)record)->person;
        return true;
    case COMMAND_UNLINK:
        *person_out = ((const struct command_unlink *)record)->person;
        return true;
    case COMMAND_FACT_SET:
        *person_out = ((const struct command_fact_set *)record)->person;
        return true;
    case COMMAND_LISTING_SET:
        *person_out = ((const struct command_listing_set *)record)->person;
        return true;
    case COMMAND_OWNERSHIP_SET:
        *person_out = ((const struct command_ownership_set *)record)->person;
        return true;
    case COMMAND_ROW_END:
        *person_out = ((const struct command_row_end *)record)->person;
        return true;
    case COMMAND_LICENCE_SET:
        *person_out = ((const struct command_licence_set *)record)->person;
        return true;
    case COMMAND_LIFT:
        *person_out = ((const struct command_lift *)record)->person;
        return true;
    default: /* not an enum: a number from outside */
        return false;
    }
}

static u32 person_of(const struct model *model, u32 account)
{
    return account < model->accounts_count ? model->accounts[account].person : 0;
}

/* The account of an open hold; beyond all accounts: there is none. */
static u32 account_of_hold(const struct model *model, u64 id)
{
    for (u32 i = 0; i < model->holds_count; i++) {
        if (model->holds[i].hold_id == id) {
            return model->holds[i].account;
        }
    }
    return UINT32_MAX;
}

static bool names_account(u16 kind)
{
    return kind == COMMAND_RESTRICT || kind == COMMAND_TRANSFER || kind == COMMAND_ADJUST ||
           (kind >= COMMAND_ORDER && kind <= COMMAND_WITHDRAW_HOLD);
}

/* The account a command is about; beyond all accounts: about none. */
static u32 named_account(const struct model *model, const struct command_head *command)
{
    const void *record = command;
    switch (command->kind) {
    case COMMAND_WITHDRAW_SETTLE:
        return account_of_hold(model, ((const struct command_withdraw_settle *)record)->hold_id);
    case COMMAND_HOLD_RELEASE:
        return account_of_hold(model, ((const struct command_hold_release *)record)->hold_id);
    case COMMAND_WITHDRAW_PAUSE:
        return model_login_account(model, ((const struct command_withdraw_pause *)record)->login);
    default: /* not an enum: a number from outside */
        return names_account(command->kind) ? command->account : UINT32_MAX;
    }
}

static void run_named(struct model *model, const struct command_head *command)
{
    u32 person = 0;
    u32 other = 0;
    u32 account = named_account(model, command);
    if (account < model->accounts_count) {
        u64 until = model->accounts[account].pause_until;
        if (until != 0 && until <= model->time_us) {
            model_pause_end(model, account);
        }
        person = model->accounts[account].person;
    }
    (void)named_person(command, &person);
    if (command->kind == COMMAND_TRANSFER) {
        const void *record = command;
        other = person_of(model, ((const struct command_transfer *)record)->target_account);
    }
    if (model_is_person(model, person)) {
        run_entries_for(model, person);
    }
    if (model_is_person(model, other) && other != person) {
        run_entries_for(model, other);
    }
}

/* ---- the budget ---- */

/* The person with the earliest instant that has been reached; 0: none. */
static u32 next_due(const struct model *model, u32 *packs_out)
{
    u64 soonest = RULE_TIME_OPEN;
    u32 due = 0;
    for (u32 person = 1; person <= model->rules->persons_count; person++) {
        u64 first = RULE_TIME_OPEN;
        u32 packs = packs_due(model, person, &first);
        if (packs != 0 && (due == 0 || first < soonest)) {
            due = person;
            soonest = first;
            *packs_out = packs;
        }
    }
    return due;
}

static u32 next_of_entry(const struct model *model, const struct model_entry *entry)
{
    for (u32 person = entry->cursor + 1; person <= entry->last; person++) {
        if (is_in_range(model, entry, person)) {
            return person;
        }
    }
    return 0;
}

static void run_budget(struct model *model, u32 budget)
{
    struct model_rules *rules = model->rules;
    u32 packs = 0;
    u32 paused = model_pause_over(model);
    while (paused < model->accounts_count && budget > 0) {
        model_pause_end(model, paused);
        budget -= 1;
        paused = model_pause_over(model);
    }
    u32 person = next_due(model, &packs);
    while (person != 0 && budget > 0) {
        (void)model_look(model, person, packs, rules->prices, model->seq);
        budget -= 1;
        person = next_due(model, &packs);
    }
    while (rules->entries_count > 0) {
        struct model_entry *entry = &rules->entries[0];
        person = next_of_entry(model, entry);
        if (person == 0) {
            entry_end(model);
        } else if (budget == 0) {
            return;
        } else {
            if (belongs(model, entry, person)) {
                entry->persons += 1;
                entry->changed +=
                    model_look(model, person, entry->packs, entry->prices, entry->cause_seq);
            }
            entry->cursor = person;
            budget -= 1;
        }
    }
}

void model_rules_run(struct model *model, const struct command_head *command)
{
    bool is_continue = command->kind == COMMAND_CONTINUE;
    run_borders(model);
    run_named(model, command);
    run_budget(model, model->rules->slice * (is_continue ? MODEL_CONTINUE_FACTOR : 1));
}
