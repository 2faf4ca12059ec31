/* Packs, prices, licences and the lift of a threshold in the naive model (docs/rules.md "In the
 * writer", the table). */
#include "sim/model_rules.h"

static void tell_pack(struct model *model, u32 number, enum pack_state state)
{
    const struct rule_pack *pack = &model->rules->packs[number].pack;
    struct event_pack_state event = {.from = pack->effective.from,
                                     .until = pack->effective.until,
                                     .version = pack->version,
                                     .pack = (u8)number,
                                     .state = (u8)state};
    memcpy(event.content_hash, pack->content_hash, RULE_HASH_BYTES);
    memcpy(event.pack_id, pack->id, RULE_ID_BYTES);
    model_emit(model, &event.head, EVENT_PACK_STATE, 0, sizeof event);
}

/* ---- prices ---- */

static enum reject price_set(struct model *model, const struct command_valuation_price *command)
{
    u64 price = model_price(command->price);
    if (command->asset >= model->assets_count) {
        return REJECT_UNKNOWN_ASSET;
    }
    struct model_valuation *known = &model->rules->prices[command->asset];
    if (price == 0 || command->time_us == 0 || command->time_us > model->time_us ||
        command->sources == 0 || command->time_us < known->time_us) {
        return REJECT_BAD_DEFINITION;
    }
    *known = (struct model_valuation){.price = price, .time_us = command->time_us};
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

static enum reject valuation(struct model *model, const struct command_valuation *command)
{
    if (command->pack >= MODEL_PACKS ||
        model->rules->packs[command->pack].state != MODEL_PACK_ACTIVE) {
        return REJECT_UNKNOWN_PACK;
    }
    if (model_entries_full(model)) {
        return REJECT_LIMIT_REEVALUATIONS;
    }
    model_entry_add(model, 1U << command->pack, true);
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

/* ---- packs ---- */

static enum reject pack_part(struct model *model, const struct command_pack_part *command)
{
    struct model_rules *rules = model->rules;
    if ((u64)command->offset + command->size > RULE_FORM_BYTES_MAX || command->size == 0 ||
        command->size > sizeof command->data ||
        (command->offset != 0 && command->offset != rules->form_bytes)) {
        return REJECT_PACK_FORM;
    }
    memcpy(rules->form + command->offset, command->data, command->size);
    rules->form_bytes = command->offset + command->size;
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

static bool packs_overlap(const struct rule_pack *a, const struct rule_pack *b)
{
    bool is_same_id = memcmp(a->id, b->id, RULE_ID_BYTES) == 0;
    bool is_apart =
        a->effective.until <= b->effective.from || b->effective.until <= a->effective.from;
    bool is_same_hash = memcmp(a->content_hash, b->content_hash, RULE_HASH_BYTES) == 0;
    return (is_same_id && !is_apart) || is_same_hash;
}

static u32 slots_of(const struct rule_pack *pack)
{
    u32 slots = 0;
    for (u32 i = 0; i < pack->rules_count; i++) {
        slots += pack->rules[i].scope != RULE_SCOPE_ASSET;
    }
    return slots;
}

/* The active pack with that hash; MODEL_PACKS: there is none. */
static u32 pack_find(const struct model *model, const u8 *content_hash)
{
    u32 number = 0;
    while (number < MODEL_PACKS) {
        const struct model_pack *slot = &model->rules->packs[number];
        if (slot->state == MODEL_PACK_ACTIVE &&
            memcmp(slot->pack.content_hash, content_hash, RULE_HASH_BYTES) == 0) {
            break;
        }
        number += 1;
    }
    return number;
}

/* Whether this pack may come to those that are there while `replaced` goes (MODEL_PACKS: none
 * does); *number_out is its place. */
static enum reject check_room(const struct model *model, const struct rule_pack *pack, u32 replaced,
                              u32 *number_out)
{
    const struct model_rules *rules = model->rules;
    u32 slots = slots_of(pack);
    *number_out = MODEL_PACKS;
    for (u32 number = MODEL_PACKS; number > 0; number--) {
        const struct model_pack *other = &rules->packs[number - 1];
        if (other->state == MODEL_PACK_ACTIVE && number - 1 != replaced &&
            packs_overlap(&other->pack, pack)) {
            return REJECT_PACK_OVERLAP;
        }
        if (other->state == MODEL_PACK_NONE) {
            *number_out = number - 1;
        } else {
            slots += slots_of(&other->pack);
        }
    }
    if (*number_out == MODEL_PACKS || slots > MODEL_SLOTS) {
        return REJECT_LIMIT_PACKS;
    }
    return model_entries_full(model) ? REJECT_LIMIT_REEVALUATIONS : REJECT_NONE;
}

/* Whether the parts that came are the pack with this hash. */
static enum reject check_sent(const struct model *model, u32 size, const u8 *content_hash,
                              bool is_confirmed, struct rule_pack *pack_out)
{
    const struct model_rules *rules = model->rules;
    struct span form = {.data = rules->form, .size = rules->form_bytes};
    if (size == 0 || size != rules->form_bytes || rule_form_decode(form, pack_out) != NULL ||
        memcmp(pack_out->content_hash, content_hash, RULE_HASH_BYTES) != 0) {
        return REJECT_PACK_FORM;
    }
    return pack_out->is_uncertain && !is_confirmed ? REJECT_PACK_UNCERTAIN : REJECT_NONE;
}

static void pack_place(struct model *model, u32 number, const struct rule_pack *pack)
{
    model->rules->packs[number] =
        (struct model_pack){.state = MODEL_PACK_ACTIVE,
                            .boundary_us = model_pack_border(pack, model->time_us),
                            .pack = *pack};
}

static enum reject pack_activate(struct model *model, const struct command_pack_activate *command)
{
    static struct rule_pack pack;
    u32 number = 0;
    if (!model_officers_ok(true, command->officer, command->second)) {
        return REJECT_NEEDS_SECOND;
    }
    enum reject reject =
        check_sent(model, command->size, command->content_hash, command->confirmed != 0, &pack);
    reject = reject != REJECT_NONE ? reject : check_room(model, &pack, MODEL_PACKS, &number);
    if (reject != REJECT_NONE) {
        return reject;
    }
    pack_place(model, number, &pack);
    model_entry_add(model, 1U << number, false);
    model_emit_applied(model, command->head.account);
    tell_pack(model, number, PACK_STATE_ACTIVE);
    model_assets_update(model);
    return REJECT_NONE;
}

static enum reject pack_end(struct model *model, const struct command_pack_end *command)
{
    if (!model_officers_ok(true, command->officer, command->second)) {
        return REJECT_NEEDS_SECOND;
    }
    u32 number = pack_find(model, command->content_hash);
    if (number == MODEL_PACKS) {
        return REJECT_UNKNOWN_PACK;
    }
    if (model_entries_full(model)) {
        return REJECT_LIMIT_REEVALUATIONS;
    }
    model->rules->packs[number].state = MODEL_PACK_ENDING;
    model_entry_add(model, 1U << number, false);
    model_emit_applied(model, command->head.account);
    tell_pack(model, number, PACK_STATE_ENDING);
    model_assets_update(model);
    return REJECT_NONE;
}

static enum reject pack_replace(struct model *model, const struct command_pack_replace *command)
{
    static struct rule_pack pack;
    u32 number = 0;
    u32 ended = pack_find(model, command->ended_hash);
    if (!model_officers_ok(true, command->officer, command->second)) {
        return REJECT_NEEDS_SECOND;
    }
    enum reject reject =
        check_sent(model, command->size, command->content_hash, command->confirmed != 0, &pack);
    if (reject == REJECT_NONE && ended == MODEL_PACKS) {
        reject = REJECT_UNKNOWN_PACK;
    }
    reject = reject != REJECT_NONE ? reject : check_room(model, &pack, ended, &number);
    if (reject != REJECT_NONE) {
        return reject;
    }
    model->rules->packs[ended].state = MODEL_PACK_ENDING;
    pack_place(model, number, &pack);
    model_entry_add(model, 1U << ended | 1U << number, false);
    model_emit_applied(model, command->head.account);
    tell_pack(model, ended, PACK_STATE_ENDING);
    tell_pack(model, number, PACK_STATE_ACTIVE);
    model_assets_update(model);
    return REJECT_NONE;
}

static enum reject rules_set(struct model *model, const struct command_rules_set *command)
{
    if (command->reevaluations_per_command_max < 1 || command->reevaluations_per_command_max > 16 ||
        command->price_stale_seconds == 0) {
        return REJECT_BAD_DEFINITION;
    }
    model->rules->slice = command->reevaluations_per_command_max;
    model->rules->stale_seconds = command->price_stale_seconds;
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

/* ---- licences and lifts ---- */

static bool licence_fits(const struct model_licence *licence,
                         const struct command_licence_set *command)
{
    return licence->person == command->person && command->ceiling >= licence->used &&
           memcmp(licence->pack_id, command->pack_id, RULE_ID_BYTES) == 0 &&
           memcmp(licence->rule_id, command->rule_id, RULE_ID_BYTES) == 0;
}

static enum reject check_licence(const struct model *model,
                                 const struct command_licence_set *command)
{
    const struct model_rules *rules = model->rules;
    u32 allowed =
        1U << OPERATION_WITHDRAW | 1U << OPERATION_TRANSFER_OUT | 1U << OPERATION_TRANSFER_IN;
    if (!model_officers_ok(true, command->officer, command->second)) {
        return REJECT_NEEDS_SECOND;
    }
    if (!model_is_person(model, command->person)) {
        return REJECT_UNKNOWN_PERSON;
    }
    if (command->licence == 0 || command->licence > rules->licences_count + 1) {
        return REJECT_BAD_DEFINITION;
    }
    bool is_new = command->licence == rules->licences_count + 1;
    if (is_new && rules->licences_count >= MODEL_LICENCES) {
        return REJECT_LIMIT_LICENCES;
    }
    if ((!is_new && !licence_fits(&rules->licences[command->licence - 1], command)) ||
        command->from >= command->until || command->operations == 0 ||
        (command->operations & ~allowed) != 0 || command->ground < 'a' || command->ground > 'z') {
        return REJECT_BAD_DEFINITION;
    }
    return REJECT_NONE;
}

static enum reject licence_set(struct model *model, const struct command_licence_set *command)
{
    struct model_rules *rules = model->rules;
    enum reject reject = check_licence(model, command);
    if (reject != REJECT_NONE) {
        return reject;
    }
    u64 used = 0;
    if (command->licence > rules->licences_count) {
        rules->licences = model_grow(rules->licences, rules->licences_count, &rules->licences_room,
                                     sizeof *rules->licences);
        rules->licences_count += 1;
    } else {
        used = rules->licences[command->licence - 1].used;
    }
    struct model_licence *licence = &rules->licences[command->licence - 1];
    *licence = (struct model_licence){.person = command->person,
                                      .ceiling = command->ceiling,
                                      .used = used,
                                      .from = command->from,
                                      .until = command->until,
                                      .operations = command->operations,
                                      .ground = command->ground};
    memcpy(licence->pack_id, command->pack_id, RULE_ID_BYTES);
    memcpy(licence->rule_id, command->rule_id, RULE_ID_BYTES);
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

static enum reject lift(struct model *model, const struct command_lift *command)
{
    struct model_rules *rules = model->rules;
    if (!model_officers_ok(true, command->officer, command->second)) {
        return REJECT_NEEDS_SECOND;
    }
    if (!model_is_person(model, command->person)) {
        return REJECT_UNKNOWN_PERSON;
    }
    if (command->pack >= MODEL_PACKS || rules->packs[command->pack].state != MODEL_PACK_ACTIVE ||
        command->rule >= rules->packs[command->pack].pack.rules_count) {
        return REJECT_UNKNOWN_PACK;
    }
    const struct rule *rule = &rules->packs[command->pack].pack.rules[command->rule];
    if ((rule->flags & RULE_FLAG_THRESHOLD) == 0) {
        return REJECT_BAD_DEFINITION;
    }
    struct rule_memory *memory =
        &model_person(model, command->person)->findings[command->pack][command->rule].memory;
    memory->is_over = false;
    memory->below_since = 0;
    model_emit_applied(model, command->head.account);
    model_look_now(model, command->person);
    return REJECT_NONE;
}

static enum reject case_act(struct model *model, const struct command_case_act *command)
{
    if (command->act < CASE_ACT_OPEN || command->act > CASE_ACT_NOTICE) {
        return REJECT_BAD_ENUM;
    }
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

static enum reject log_entry(struct model *model, const struct command_log_entry *command)
{
    if (command->topic < LOG_TOPIC_SCREENED || command->topic > LOG_TOPIC_APPROVAL) {
        return REJECT_BAD_ENUM;
    }
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

enum reject model_rules_pack(struct model *model, const struct command_head *command,
                             bool *is_known_out)
{
    const void *record = command;
    *is_known_out = true;
    switch (command->kind) {
    case COMMAND_VALUATION_PRICE:
        return price_set(model, record);
    case COMMAND_VALUATION:
        return valuation(model, record);
    case COMMAND_PACK_PART:
        return pack_part(model, record);
    case COMMAND_PACK_ACTIVATE:
        return pack_activate(model, record);
    case COMMAND_PACK_END:
        return pack_end(model, record);
    case COMMAND_PACK_REPLACE:
        return pack_replace(model, record);
    case COMMAND_RULES_SET:
        return rules_set(model, record);
    case COMMAND_LICENCE_SET:
        return licence_set(model, record);
    case COMMAND_LIFT:
        return lift(model, record);
    case COMMAND_CASE_ACT:
        return case_act(model, record);
    case COMMAND_LOG_ENTRY:
        return log_entry(model, record);
    default: /* not an enum: a number from outside */
        *is_known_out = false;
        return REJECT_NONE;
    }
}
