/* Looking into the rules of the model: for the command generator, which wants to aim well. */
#include "sim/model_rules.h"

u32 model_persons_count(const struct model *model)
{
    return model->rules->persons_count;
}

u32 model_person_of(const struct model *model, u32 account)
{
    return account < model->accounts_count ? model->accounts[account].person : 0;
}

u32 model_logins_count(const struct model *model)
{
    u32 count = 0;
    for (u32 i = 0; i < model->accounts_count; i++) {
        count += model->accounts[i].login != 0;
    }
    return count;
}

u32 model_rows_count(const struct model *model)
{
    return model->rules->rows_count;
}

struct model_row_view model_row_at(const struct model *model, u32 index)
{
    const struct model_person_row *row = &model->rules->rows[index];
    struct model_row_view view = {.number = row->number, .person = row->person};
    switch (row->type) {
    case MODEL_ROW_FACT:
        view.fact = row->fact.kind;
        break;
    case MODEL_ROW_LISTING:
        view.listed = row->listing.list;
        break;
    case MODEL_ROW_OWNERSHIP:
        view.owned = row->ownership.list;
        break;
    }
    return view;
}

const struct rule_pack *model_pack_at(const struct model *model, u32 number, bool *is_ending_out)
{
    const struct model_pack *slot = &model->rules->packs[number];
    *is_ending_out = slot->state == MODEL_PACK_ENDING;
    return slot->state == MODEL_PACK_NONE ? NULL : &slot->pack;
}

u32 model_form_bytes(const struct model *model)
{
    return model->rules->form_bytes;
}

u32 model_entries_count(const struct model *model)
{
    return model->rules->entries_count;
}

u32 model_licences_count(const struct model *model)
{
    return model->rules->licences_count;
}

struct model_licence_view model_licence_at(const struct model *model, u32 number)
{
    const struct model_licence *licence = &model->rules->licences[number - 1];
    struct model_licence_view view = {
        .person = licence->person, .ceiling = licence->ceiling, .used = licence->used};
    memcpy(view.pack_id, licence->pack_id, sizeof view.pack_id);
    memcpy(view.rule_id, licence->rule_id, sizeof view.rule_id);
    return view;
}

u64 model_price_of(const struct model *model, u16 asset, u64 *time_us_out)
{
    *time_us_out = model->rules->prices[asset].time_us;
    return model->rules->prices[asset].price;
}

u64 model_holdings_eur(const struct model *model, u32 person)
{
    return model_holdings_of(model, person, model->rules->prices).eur;
}

bool model_finding_over(const struct model *model, u32 person, u32 pack, u32 rule)
{
    return model->rules->persons[person - 1].findings[pack][rule].memory.is_over;
}

u64 model_finding_vector(const struct model *model, u32 person, u32 pack, u32 rule)
{
    return model->rules->persons[person - 1].findings[pack][rule].vector;
}

u64 model_rules_due(const struct model *model)
{
    const struct model_rules *rules = model->rules;
    u64 due = RULE_TIME_OPEN;
    for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
        if (rules->packs[pack].state == MODEL_PACK_ACTIVE) {
            due = u64_min(due, rules->packs[pack].boundary_us);
        }
        for (u32 i = 0; i < rules->persons_count; i++) {
            bool is_there = rules->packs[pack].state != MODEL_PACK_NONE;
            due = is_there ? u64_min(due, rules->persons[i].next_us[pack]) : due;
        }
    }
    for (u32 i = 0; i < model->accounts_count; i++) {
        u64 until = model->accounts[i].pause_until;
        due = until != 0 ? u64_min(due, until) : due;
    }
    return due;
}

bool model_rules_wait(const struct model *model, u64 now_us)
{
    u64 now = u64_max(now_us, model->time_us);
    return model->rules->entries_count > 0 || model_rules_due(model) <= now;
}
