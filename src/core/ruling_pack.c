/* Packs coming into force and leaving it, what they say of assets, and the settings of the rules.
 */
#include "base/check.h"
#include "core/cancel.h"
#include "core/define.h"
#include "core/output.h"
#include "core/person.h"
#include "core/rule_form.h"
#include "core/ruling.h"

#include <string.h>

#define LICENCE_OPERATIONS \
    (1U << OPERATION_WITHDRAW | 1U << OPERATION_TRANSFER_OUT | 1U << OPERATION_TRANSFER_IN)

/* ---- packs ---- */

static bool asks_persons(const struct rule *rule)
{
    return rule->scope != RULE_SCOPE_ASSET;
}

bool ruling_pack_take(struct core *core, u32 number, u32 size, u8 state)
{
    struct ruling *ruling = &core->ruling;
    const struct rule_pack *pack = &ruling->packs[number];
    struct ruling_pack *about = &ruling->about[number];
    *about = (struct ruling_pack){.state = state, .size = size};
    for (u32 i = 0; i < pack->rules_count; i++) {
        if (!asks_persons(&pack->rules[i])) {
            continue;
        }
        u32 left = ~(ruling->slots_used | about->slot_mask);
        if (left == 0) {
            *about = (struct ruling_pack){.state = PACK_FREE};
            return false;
        }
        u32 slot = (u32)__builtin_ctz(left);
        about->slots[i] = (u8)slot;
        about->slot_mask |= 1U << slot;
        about->has_threshold =
            about->has_threshold || (pack->rules[i].flags & RULE_FLAG_THRESHOLD) != 0;
    }
    ruling->slots_used |= about->slot_mask;
    return true;
}

void ruling_pack_free(struct core *core, u32 number)
{
    struct ruling *ruling = &core->ruling;
    ruling->slots_used &= ~ruling->about[number].slot_mask;
    ruling->about[number] = (struct ruling_pack){.state = PACK_FREE};
}

void ruling_pack_tell(struct core *core, u32 number, u8 state)
{
    const struct rule_pack *pack = &core->ruling.packs[number];
    struct event_pack_state *event = output_take(core, sizeof *event);
    *event =
        (struct event_pack_state){.head = output_head(core, EVENT_PACK_STATE, sizeof *event, 0),
                                  .from = pack->effective.from,
                                  .until = pack->effective.until,
                                  .version = pack->version,
                                  .pack = (u8)number,
                                  .state = state};
    memcpy(event->content_hash, pack->content_hash, sizeof event->content_hash);
    memcpy(event->pack_id, pack->id, sizeof event->pack_id);
}

void ruling_border(struct core *core, u32 number)
{
    const struct rule_pack *pack = &core->ruling.packs[number];
    u64 next = RULE_TIME_OPEN;
    for (u32 i = 0; i < pack->rules_count; i++) {
        const struct rule_interval *dates = &pack->rules[i].effective;
        next = dates->from > core->now_us ? u64_min(next, dates->from) : next;
        next = dates->until > core->now_us ? u64_min(next, dates->until) : next;
    }
    core->ruling.about[number].boundary_us = next;
}

void ruling_pack_part(struct core *core, const struct command_pack_part *c)
{
    struct ruling *ruling = &core->ruling;
    enum reject reject = REJECT_NONE;
    if (core->limits.persons_max == 0) {
        reject = REJECT_LIMIT_PERSONS;
    } else if (c->size == 0 || c->size > sizeof c->data || c->offset > RULE_FORM_MAX ||
               c->offset + c->size > RULE_FORM_MAX ||
               (c->offset != 0 && c->offset != ruling->received)) {
        reject = REJECT_PACK_FORM;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    memcpy(ruling->form + c->offset, c->data, c->size);
    ruling->received = c->offset + c->size;
    define_tell(core, &c->head, c->head.account);
}

/* Whether a pack that is there stands in the way of a new one. */
static bool overlaps(const struct core *core, u32 number, const struct rule_pack *fresh)
{
    const struct rule_pack *pack = &core->ruling.packs[number];
    if (core->ruling.about[number].state != PACK_STATE_ACTIVE) {
        return false;
    }
    bool same_hash = memcmp(pack->content_hash, fresh->content_hash, RULE_HASH_BYTES) == 0;
    bool same_id = memcmp(pack->id, fresh->id, RULE_ID_BYTES) == 0;
    return same_hash || (same_id && pack->effective.from < fresh->effective.until &&
                         fresh->effective.from < pack->effective.until);
}

static bool rules_fit(const struct core *core, const struct rule_pack *pack)
{
    u32 wanted = 0;
    for (u32 i = 0; i < pack->rules_count; i++) {
        wanted += asks_persons(&pack->rules[i]) ? 1 : 0;
    }
    return wanted + (u32)__builtin_popcount(core->ruling.slots_used) <= RULE_SLOTS_MAX;
}

/* A pack that is to come into force, by pack_activate or pack_replace. */
struct coming {
    const u8 *content_hash;
    const u8 *ended_hash; /* of the one that makes room for it; NULL: none does */
    u32 size;
    u32 officer;
    u32 second;
    bool is_confirmed;
};

static enum reject officers_check(const struct core *core, u32 officer, u32 second)
{
    if (core->limits.persons_max == 0) {
        return REJECT_LIMIT_PERSONS;
    }
    return person_four_eyes(officer, second) ? REJECT_NONE : REJECT_NEEDS_SECOND;
}

/* The active pack with that hash, or RULE_PACKS_MAX. */
static u32 active_find(const struct core *core, const u8 *content_hash)
{
    const struct ruling *ruling = &core->ruling;
    u32 number = 0;
    while (number < RULE_PACKS_MAX &&
           (ruling->about[number].state != PACK_STATE_ACTIVE ||
            memcmp(ruling->packs[number].content_hash, content_hash, RULE_HASH_BYTES) != 0)) {
        number++;
    }
    return number;
}

/* Decodes straight into the lowest free number, which is nobody's if the pack is refused. */
static enum reject coming_check(struct core *core, const struct coming *coming, u32 *number_out,
                                u32 *ended_out)
{
    struct ruling *ruling = &core->ruling;
    u32 number = 0;
    enum reject reject = officers_check(core, coming->officer, coming->second);
    if (reject != REJECT_NONE) {
        return reject;
    }
    while (number < RULE_PACKS_MAX && ruling->about[number].state != PACK_FREE) {
        number++;
    }
    *number_out = number;
    struct rule_pack *pack = &ruling->packs[number]; /* one more than packs: for who is refused */
    struct span form = {ruling->form, ruling->received};
    if (coming->size == 0 || coming->size != ruling->received ||
        rule_form_decode(form, pack) != NULL ||
        memcmp(pack->content_hash, coming->content_hash, RULE_HASH_BYTES) != 0) {
        return REJECT_PACK_FORM;
    }
    if (pack->is_uncertain && !coming->is_confirmed) {
        return REJECT_PACK_UNCERTAIN;
    }
    *ended_out = coming->ended_hash ? active_find(core, coming->ended_hash) : RULE_PACKS_MAX;
    if (coming->ended_hash && *ended_out == RULE_PACKS_MAX) {
        return REJECT_UNKNOWN_PACK;
    }
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        if (i != *ended_out && overlaps(core, i, pack)) {
            return REJECT_PACK_OVERLAP;
        }
    }
    if (number == RULE_PACKS_MAX || !rules_fit(core, pack)) {
        return REJECT_LIMIT_PACKS;
    }
    return ruling->waiting_count < RULE_WAITING_MAX ? REJECT_NONE : REJECT_LIMIT_REEVALUATIONS;
}

static void pack_end_begin(struct core *core, u32 number)
{
    core->ruling.about[number].state = PACK_STATE_ENDING;
    ruling_pack_tell(core, number, PACK_STATE_ENDING);
}

/* These packs are not what they were: for everybody, and for assets at once. */
static void packs_changed(struct core *core, u32 packs)
{
    ruling_queue(core, packs, false, core->seq);
    ruling_assets(core, true);
    ruling_clock(core);
}

static void come(struct core *core, const struct command_head *head, const struct coming *coming)
{
    u32 number = 0;
    u32 ended = RULE_PACKS_MAX;
    enum reject reject = coming_check(core, coming, &number, &ended);
    if (reject != REJECT_NONE) {
        define_refuse(core, head, reject);
        return;
    }
    CHECK(ruling_pack_take(core, number, coming->size, PACK_STATE_ACTIVE));
    define_tell(core, head, head->account);
    u32 packs = 1U << number;
    if (ended < RULE_PACKS_MAX) {
        pack_end_begin(core, ended);
        packs |= 1U << ended;
    }
    ruling_pack_tell(core, number, PACK_STATE_ACTIVE);
    ruling_border(core, number);
    packs_changed(core, packs);
}

void ruling_pack_activate(struct core *core, const struct command_pack_activate *c)
{
    struct coming coming = {.content_hash = c->content_hash,
                            .size = c->size,
                            .officer = c->officer,
                            .second = c->second,
                            .is_confirmed = c->confirmed != 0};
    come(core, &c->head, &coming);
}

void ruling_pack_replace(struct core *core, const struct command_pack_replace *c)
{
    struct coming coming = {.content_hash = c->content_hash,
                            .ended_hash = c->ended_hash,
                            .size = c->size,
                            .officer = c->officer,
                            .second = c->second,
                            .is_confirmed = c->confirmed != 0};
    come(core, &c->head, &coming);
}

void ruling_pack_end(struct core *core, const struct command_pack_end *c)
{
    enum reject reject = officers_check(core, c->officer, c->second);
    u32 number = reject == REJECT_NONE ? active_find(core, c->content_hash) : 0;
    if (reject == REJECT_NONE && number == RULE_PACKS_MAX) {
        reject = REJECT_UNKNOWN_PACK;
    } else if (reject == REJECT_NONE && core->ruling.waiting_count == RULE_WAITING_MAX) {
        reject = REJECT_LIMIT_REEVALUATIONS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    define_tell(core, &c->head, c->head.account);
    pack_end_begin(core, number);
    packs_changed(core, 1U << number);
}

void ruling_valuation(struct core *core, const struct command_valuation *c)
{
    struct ruling *ruling = &core->ruling;
    enum reject reject = REJECT_NONE;
    if (core->limits.persons_max == 0) {
        reject = REJECT_LIMIT_PERSONS;
    } else if (c->pack >= RULE_PACKS_MAX || ruling->about[c->pack].state != PACK_STATE_ACTIVE) {
        reject = REJECT_UNKNOWN_PACK;
    } else if (ruling->waiting_count == RULE_WAITING_MAX) {
        reject = REJECT_LIMIT_REEVALUATIONS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    define_tell(core, &c->head, c->head.account);
    ruling_queue(core, 1U << c->pack, true, core->seq);
    ruling_clock(core);
}

/* ---- assets ---- */

/* An asset's name as rules write it, or 0. */
static u64 asset_name(const struct asset *asset)
{
    u8 text[sizeof asset->name];
    size_t size = 0;
    while (size < sizeof text && asset->name[size]) {
        u8 byte = asset->name[size];
        text[size] = byte >= 'A' && byte <= 'Z' ? (u8)(byte - 'A' + 'a') : byte;
        size++;
    }
    return rule_name_of((struct span){text, size});
}

static u64 market_vector(const struct core *core, const struct market *market)
{
    return rule_vector_join(ruling_asset(core, market->base), ruling_asset(core, market->quote));
}

void ruling_market(const struct core *core, struct market *market)
{
    u64 vector = market_vector(core, market);
    bool closed = rule_vector_of(vector, OPERATION_TRADE) != RESTRICTION_ALLOW ||
                  rule_vector_of(vector, OPERATION_PLACE) != RESTRICTION_ALLOW;
    market->checks =
        (u8)(closed ? market->checks | MARKET_CHECK_RULED : market->checks & ~MARKET_CHECK_RULED);
}

void ruling_asset_added(struct core *core, u16 asset)
{
    struct ruling *ruling = &core->ruling;
    u64 vector = 0;
    if (core->limits.persons_max == 0) {
        return;
    }
    u64 name = asset_name(&core->assets[asset]);
    for (u32 i = 0; i < RULE_PACKS_MAX && name; i++) {
        if (ruling->about[i].state == PACK_STATE_ACTIVE) {
            /* A border that is not worked off yet has no effect yet. */
            u64 at = u64_min(core->now_us, ruling->about[i].boundary_us - 1);
            vector = rule_vector_join(vector, rule_evaluate_asset(&ruling->packs[i], name, at));
        }
    }
    ruling->asset_vectors[asset] = vector;
}

void ruling_assets(struct core *core, bool acts)
{
    u64 trade = 3ULL << (2 * OPERATION_TRADE);
    u8 open[4096 / 8] = {0}; /* markets that traded before */
    _Static_assert(sizeof open * 8 >= 4096, "markets_max");
    for (u32 i = 0; i < core->markets_count; i++) {
        bool trades = (market_vector(core, &core->markets[i]) & trade) == 0;
        open[i / 8] |= (u8)(trades ? 1U << (i % 8) : 0);
    }
    for (u32 i = 0; i < core->assets_count; i++) {
        ruling_asset_added(core, (u16)i);
    }
    for (u32 i = 0; i < core->markets_count; i++) {
        struct market *market = &core->markets[i];
        ruling_market(core, market);
        bool traded = open[i / 8] >> (i % 8) & 1;
        if (acts && traded && (market_vector(core, market) & trade) != 0) {
            cancel_expire_market(core, (u16)i);
        }
    }
}

/* ---- settings, licences, lifts, cases ---- */

void ruling_set(struct core *core, const struct command_rules_set *c)
{
    enum reject reject = REJECT_NONE;
    if (core->limits.persons_max == 0) {
        reject = REJECT_LIMIT_PERSONS;
    } else if (c->reevaluations_per_command_max == 0 ||
               c->reevaluations_per_command_max > RULING_REEVALUATIONS_MAX ||
               c->price_stale_seconds == 0) {
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    core->ruling.reevaluations_max = c->reevaluations_per_command_max;
    core->ruling.stale_seconds = c->price_stale_seconds;
    define_tell(core, &c->head, c->head.account);
}

/* A licence keeps what it is for; its ceiling stays at or above what is used. */
static bool licence_fits(const struct core *core, const struct command_licence_set *c)
{
    const struct ruling *ruling = &core->ruling;
    if (c->licence <= ruling->licences_count) {
        const struct rule_licence *licence = &ruling->licences[c->licence];
        if (ruling->licence_persons[c->licence] != c->person || c->ceiling < licence->used ||
            memcmp(licence->pack_id, c->pack_id, RULE_ID_BYTES) != 0 ||
            memcmp(licence->rule_id, c->rule_id, RULE_ID_BYTES) != 0) {
            return false;
        }
    }
    return c->from < c->until && c->operations && (c->operations & ~LICENCE_OPERATIONS) == 0 &&
           c->ground >= 'a' && c->ground <= 'z';
}

static enum reject licence_check(const struct core *core, const struct command_licence_set *c)
{
    const struct ruling *ruling = &core->ruling;
    enum reject reject = officers_check(core, c->officer, c->second);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->person == 0 || c->person > ruling->persons_count) {
        return REJECT_UNKNOWN_PERSON;
    }
    if (c->licence == 0 || c->licence > ruling->licences_count + 1) {
        return REJECT_BAD_DEFINITION;
    }
    if (c->licence > LICENCES_MAX) {
        return REJECT_LIMIT_LICENCES;
    }
    return licence_fits(core, c) ? REJECT_NONE : REJECT_BAD_DEFINITION;
}

void ruling_licence_set(struct core *core, const struct command_licence_set *c)
{
    struct ruling *ruling = &core->ruling;
    enum reject reject = licence_check(core, c);
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    u64 used = 0;
    if (c->licence <= ruling->licences_count) {
        used = ruling->licences[c->licence].used;
    } else {
        ruling->licences_count = c->licence;
        ruling->licence_persons[c->licence] = c->person;
    }
    struct rule_licence *licence = &ruling->licences[c->licence];
    *licence = (struct rule_licence){.authority = c->authority,
                                     .number = c->number,
                                     .ceiling = c->ceiling,
                                     .used = used,
                                     .valid = {c->from, c->until},
                                     .operations = c->operations,
                                     .ground = c->ground};
    memcpy(licence->pack_id, c->pack_id, RULE_ID_BYTES);
    memcpy(licence->rule_id, c->rule_id, RULE_ID_BYTES);
    define_tell(core, &c->head, c->head.account);
}

static enum reject lift_check(const struct core *core, const struct command_lift *c)
{
    const struct ruling *ruling = &core->ruling;
    enum reject reject = officers_check(core, c->officer, c->second);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->person == 0 || c->person > ruling->persons_count) {
        return REJECT_UNKNOWN_PERSON;
    }
    if (c->pack >= RULE_PACKS_MAX || ruling->about[c->pack].state != PACK_STATE_ACTIVE ||
        c->rule >= ruling->packs[c->pack].rules_count) {
        return REJECT_UNKNOWN_PACK;
    }
    const struct rule *rule = &ruling->packs[c->pack].rules[c->rule];
    return asks_persons(rule) && (rule->flags & RULE_FLAG_THRESHOLD) != 0 ? REJECT_NONE
                                                                          : REJECT_BAD_DEFINITION;
}

void ruling_lift(struct core *core, const struct command_lift *c)
{
    enum reject reject = lift_check(core, c);
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    ruling_forget(core, c->person, c->pack, c->rule);
    define_tell(core, &c->head, c->head.account);
    ruling_evaluate(core, c->person);
}

void ruling_case_act(struct core *core, const struct command_case_act *c)
{
    if (c->act == 0 || c->act >= CASE_ACT_COUNT) {
        define_refuse(core, &c->head, REJECT_BAD_ENUM);
        return;
    }
    define_tell(core, &c->head, c->head.account);
}

void ruling_log_entry(struct core *core, const struct command_log_entry *c)
{
    if (c->topic == 0 || c->topic >= LOG_TOPIC_COUNT) {
        define_refuse(core, &c->head, REJECT_BAD_ENUM);
        return;
    }
    define_tell(core, &c->head, c->head.account);
}
