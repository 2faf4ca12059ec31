/* The rules in the naive model as a whole: beginning and end, licences on the way of money, and the
 * check of itself. */
#include "sim/model_rules.h"

#include <stdlib.h>

#define SLICE_FIRST 4U
#define STALE_FIRST 3600U

void model_rules_create(struct model *model)
{
    struct model_rules *rules = model_zeroed(1, sizeof *rules);
    rules->slice = SLICE_FIRST;
    rules->stale_seconds = STALE_FIRST;
    rules->prices = model_zeroed(model->limits.assets_max, sizeof *rules->prices);
    model->rules = rules;
}

void model_rules_free(struct model *model)
{
    struct model_rules *rules = model->rules;
    for (u32 i = 0; i < rules->entries_count; i++) {
        free(rules->entries[i].prices);
    }
    free(rules->persons);
    free(rules->rows);
    free(rules->prices);
    free(rules->licences);
    free(rules);
}

/* A case that is opened in no officer's name. */
static bool model_rules_is_new_case(const struct command_head *command)
{
    struct command_case_act act;
    memcpy(&act, command, sizeof(act));
    return act.act == CASE_ACT_OPEN && act.officer == 0 && act.second == 0;
}

enum reject model_rules_apply(struct model *model, const struct command_head *command,
                              bool *is_known_out)
{
    *is_known_out = command->kind >= COMMAND_PERSON_ADD && command->kind <= COMMAND_WITHDRAW_PAUSE;
    if (!*is_known_out) {
        return REJECT_NONE;
    }
    bool is_log = command->kind == COMMAND_LOG_ENTRY;
    if (model->limits.persons_max == 0 && command->kind != COMMAND_CASE_ACT && !is_log) {
        return REJECT_LIMIT_PERSONS;
    }
    bool is_verdict =
        command->kind == COMMAND_LISTING_SET || command->kind == COMMAND_OWNERSHIP_SET;
    bool is_group = command->kind == COMMAND_PERSON_GROUP;
    bool is_case = command->kind == COMMAND_CASE_ACT && model_rules_is_new_case(command);
    if (command->source == MODEL_SOURCE_SCREEN && !is_verdict && !is_group && !is_log && !is_case) {
        return REJECT_NEEDS_SECOND;
    }
    bool is_about_login = false;
    enum reject said = model_login(model, command, &is_about_login);
    if (is_about_login) {
        return said;
    }
    bool is_about_person = false;
    enum reject reject = model_rules_person(model, command, &is_about_person);
    if (!is_about_person) {
        bool is_about_pack = false;
        reject = model_rules_pack(model, command, &is_about_pack);
        CHECK(is_about_pack);
    }
    return reject;
}

void model_rules_money(struct model *model, u32 account)
{
    u32 person = model->accounts[account].person;
    if (person != 0 && model_is_watched(model, person, MODEL_PACKS)) {
        model_look_now(model, person);
    }
}

void model_rules_restrict(struct model *model, u32 account)
{
    u32 person = model->accounts[account].person;
    CHECK(model_has_parts(&model->accounts[account]));
    model_account_update(model, account, person, model->seq, true);
}

bool model_asset_closed(const struct model *model, u16 market)
{
    const struct command_market_add *rules = &model->markets[market].rules;
    const u16 assets[] = {rules->base, rules->quote};
    for (u32 i = 0; i < ARRAY_COUNT(assets); i++) {
        if (model_restriction_of_asset(model, assets[i], OPERATION_TRADE) != RESTRICTION_ALLOW ||
            model_restriction_of_asset(model, assets[i], OPERATION_PLACE) != RESTRICTION_ALLOW) {
            return true;
        }
    }
    return false;
}

/* ---- licences ---- */

/* What a licence says to a movement of money; *is_needed_out: some rule stands in the way. */
static enum reject licence_says(const struct model *model, const struct model_licence *licence,
                                enum operation what, u64 eur, u64 used, bool *is_needed_out)
{
    static struct model_gathered gathered;
    const struct rule *named = NULL;
    u64 others = 0;
    model_gather(model, licence->person, &gathered);
    gathered.person.holdings = model_holdings_of(model, licence->person, model->rules->prices);
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        const struct model_pack *slot = &model->rules->packs[number];
        for (u32 i = 0; slot->state == MODEL_PACK_ACTIVE && i < slot->pack.rules_count; i++) {
            const struct model_person *person = &model->rules->persons[licence->person - 1];
            struct model_said said = model_say(&slot->pack, i, &gathered.person, model->time_us,
                                               person->findings[number][i].memory);
            bool is_named = memcmp(slot->pack.id, licence->pack_id, RULE_ID_BYTES) == 0 &&
                            memcmp(slot->pack.rules[i].id, licence->rule_id, RULE_ID_BYTES) == 0;
            if (is_named && model_vector_of(said.vector, what) != RESTRICTION_ALLOW) {
                named = &slot->pack.rules[i];
            } else {
                others = model_join(others, said.vector);
            }
        }
    }
    bool is_free = model_vector_of(others, what) == RESTRICTION_ALLOW;
    *is_needed_out = named != NULL || !is_free;
    if (named == NULL) {
        return is_free ? REJECT_NONE : REJECT_LICENCE_NO_RULE;
    }
    if (model->time_us < licence->from || model->time_us >= licence->until) {
        return REJECT_LICENCE_TIME;
    }
    if ((licence->operations & 1U << what) == 0) {
        return REJECT_LICENCE_OPERATION;
    }
    if ((named->grounds & 1U << (licence->ground - 'a')) == 0) {
        return REJECT_LICENCE_GROUND;
    }
    if (!is_free) {
        return REJECT_LICENCE_OTHER_RULE;
    }
    return (u128)used + eur > licence->ceiling ? REJECT_LICENCE_CEILING : REJECT_NONE;
}

/* Whether a rule about the asset lets money leave so; a transfer comes in too. */
static bool asset_allows(const struct model *model, u16 asset, enum operation what)
{
    return model_restriction_of_asset(model, asset, what) == RESTRICTION_ALLOW &&
           (what != OPERATION_TRANSFER_OUT ||
            model_restriction_of_asset(model, asset, OPERATION_TRANSFER_IN) == RESTRICTION_ALLOW);
}

static enum reject permit_licence(const struct model *model, const struct model_account *account,
                                  u16 asset, enum operation what, u128 units, u32 number,
                                  u64 *eur_out)
{
    const struct model_rules *rules = model->rules;
    bool is_needed = false;
    u64 eur = 0;
    if (number > rules->licences_count || rules->licences[number - 1].person != account->person) {
        return REJECT_UNKNOWN_LICENCE;
    }
    const struct model_licence *licence = &rules->licences[number - 1];
    if (model_vector_of(model_hand_of(account), what) != RESTRICTION_ALLOW) {
        return REJECT_MONEY_DISABLED;
    }
    if (!asset_allows(model, asset, what)) {
        return REJECT_ASSET_DISABLED;
    }
    if (!model_worth(model, rules->prices, asset, units, &eur)) {
        return REJECT_LICENCE_CEILING;
    }
    enum reject reject = licence_says(model, licence, what, eur, licence->used, &is_needed);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (!is_needed) {
        bool is_open = model_vector_of(account->restrictions, what) == RESTRICTION_ALLOW;
        return is_open ? REJECT_NONE : REJECT_MONEY_DISABLED;
    }
    *eur_out = eur;
    return REJECT_NONE;
}

enum reject model_rules_permit(const struct model *model, u32 account, u16 asset,
                               enum operation what, u128 units, u32 licence, u64 *eur_out)
{
    const struct model_account *row = &model->accounts[account];
    *eur_out = 0;
    if (licence != 0 && model->limits.persons_max > 0) { /* older journals have any number there */
        return permit_licence(model, row, asset, what, units, licence, eur_out);
    }
    if (model_restriction(model, account, what) != RESTRICTION_ALLOW) {
        return REJECT_MONEY_DISABLED;
    }
    return asset_allows(model, asset, what) ? REJECT_NONE : REJECT_ASSET_DISABLED;
}

void model_licence_spend(struct model *model, u32 account, u32 number, u64 eur, bool is_back)
{
    if (eur == 0) {
        return;
    }
    CHECK(number >= 1 && number <= model->rules->licences_count);
    struct model_licence *licence = &model->rules->licences[number - 1];
    CHECK(!is_back || eur <= licence->used);
    licence->used = is_back ? licence->used - eur : licence->used + eur;
    struct event_licence_spent event = {.eur = eur,
                                        .used = licence->used,
                                        .ceiling = licence->ceiling,
                                        .licence = number,
                                        .person = licence->person,
                                        .direction = is_back ? DIRECTION_IN : DIRECTION_OUT};
    model_emit(model, &event.head, EVENT_LICENCE_SPENT, account, sizeof event);
}

bool model_licence_still_good(struct model *model, const struct model_hold *hold)
{
    const struct model_licence *licence = &model->rules->licences[hold->licence - 1];
    bool is_needed = false;
    CHECK(licence->used >= hold->licence_eur);
    if (licence->person != model->accounts[hold->account].person) {
        return false;
    }
    return licence_says(model, licence, OPERATION_WITHDRAW, hold->licence_eur,
                        licence->used - hold->licence_eur, &is_needed) == REJECT_NONE;
}

/* ---- the check of itself ---- */

static void validate_accounts(const struct model *model)
{
    u32 *links = model_zeroed(model->rules->persons_count + 1, sizeof *links);
    for (u32 i = 0; i < model->accounts_count; i++) {
        const struct model_account *account = &model->accounts[i];
        if (account->person != 0) {
            CHECK(model_is_person(model, account->person));
            u64 vector = model_person_vector(model, account->person);
            CHECK(account->restrictions == model_join(model_hand_of(account), vector));
            links[account->person] += 1;
            CHECK(links[account->person] <= MODEL_LINKS);
        } else if (account->pause_until != 0) {
            CHECK(account->restrictions == model_hand_of(account));
        }
        CHECK(account->login != 0 || account->pause_until == 0);
        CHECK(account->login == 0 || model_login_account(model, account->login) == i);
    }
    free(links);
}

static void validate_rows(const struct model *model)
{
    const struct model_rules *rules = model->rules;
    CHECK(rules->persons_count <= model->limits.persons_max);
    CHECK(rules->rows_count <= model->limits.person_rows_max);
    for (u32 i = 0; i < rules->rows_count; i++) {
        CHECK(i == 0 || rules->rows[i - 1].number < rules->rows[i].number);
        CHECK(model_is_person(model, rules->rows[i].person));
    }
}

static void validate_queue(const struct model *model)
{
    const struct model_rules *rules = model->rules;
    CHECK(rules->entries_count <= MODEL_ENTRIES);
    for (u32 i = 0; i < rules->entries_count; i++) {
        CHECK(i == 0 || rules->entries[i - 1].cause_seq <= rules->entries[i].cause_seq);
        for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
            CHECK((rules->entries[i].packs >> pack & 1U) == 0 ||
                  rules->packs[pack].state != MODEL_PACK_NONE);
        }
        CHECK(rules->entries[i].last <= rules->persons_count);
    }
    u32 slots = 0;
    for (u32 number = 0; number < MODEL_PACKS; number++) {
        const struct model_pack *slot = &rules->packs[number];
        for (u32 i = 0; slot->state != MODEL_PACK_NONE && i < slot->pack.rules_count; i++) {
            slots += slot->pack.rules[i].scope != RULE_SCOPE_ASSET;
        }
    }
    CHECK(slots <= MODEL_SLOTS);
}

void model_rules_validate(struct model *model)
{
    validate_accounts(model);
    validate_rows(model);
    validate_queue(model);
    for (u32 i = 0; i < model->rules->licences_count; i++) {
        const struct model_licence *licence = &model->rules->licences[i];
        u128 held = 0;
        for (u32 k = 0; k < model->holds_count; k++) {
            const struct model_hold *hold = &model->holds[k];
            held += hold->licence == i + 1 ? hold->licence_eur : 0;
        }
        CHECK(licence->used <= licence->ceiling && held <= licence->used);
    }
}
