/* The records of the rules in a snapshot: out and back. */
#include "base/check.h"
#include "core/login.h"
#include "core/person.h"
#include "core/rule_form.h"
#include "core/ruling.h"
#include "core/snapshot_inner.h"

#include <string.h>

#define RECEIVED_ID 65535U /* of the form that is being received */

/* ---- out ---- */

static bool put_form(struct writer *w, u64 id, const u8 *form, u32 size)
{
    for (u32 offset = 0; offset < size;) {
        struct state_pack_bytes record = {
            .head = snapshot_head(STATE_PACK_BYTES, sizeof record, 0, id), .offset = offset};
        record.size = (u16)u64_min(sizeof record.data, size - offset);
        memcpy(record.data, form + offset, record.size);
        if (!snapshot_put(w, &record, sizeof record)) {
            return false;
        }
        offset += record.size;
    }
    return true;
}

static bool put_packs(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        const struct ruling_pack *about = &ruling->about[i];
        struct state_pack record = {.head = snapshot_head(STATE_PACK, sizeof record, 0, i),
                                    .boundary_us = about->boundary_us,
                                    .size = about->size,
                                    .pack_state = about->state};
        memcpy(record.content_hash, ruling->packs[i].content_hash, sizeof record.content_hash);
        if (about->state != PACK_FREE && !snapshot_put(w, &record, sizeof record)) {
            return false;
        }
    }
    u8 form[RULE_FORM_MAX];
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        if (ruling->about[i].state != PACK_FREE) {
            size_t size = rule_form_encode(&ruling->packs[i], form);
            CHECK(size == ruling->about[i].size);
            if (!put_form(w, i, form, (u32)size)) {
                return false;
            }
        }
    }
    return put_form(w, RECEIVED_ID, ruling->form, ruling->received);
}

static bool put_prices(struct writer *w)
{
    for (u32 i = 0; i < w->core->assets_count; i++) {
        const struct valuation_price *price = &w->core->ruling.prices[i];
        if (price->time_us &&
            !PUT(w, valuation_price, STATE_VALUATION_PRICE, 0, 0, .price = price->price,
                 .time_us = price->time_us, .asset = (u16)i, .sources = price->sources)) {
            return false;
        }
    }
    return true;
}

static bool put_persons(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 1; i <= ruling->persons_count; i++) {
        const struct person *person = &ruling->persons[i];
        if (!PUT(w, person, STATE_PERSON, 0, i, .evaluated_seq = person->evaluated_seq,
                 .provider = person->provider, .group = person->group)) {
            return false;
        }
    }
    for (u32 i = 0; i < w->core->accounts_count; i++) {
        const struct account_link *link = &ruling->links[i];
        if (link->person &&
            !PUT(w, link, STATE_LINK, i, 0, .hand = link->hand, .person = link->person)) {
            return false;
        }
    }
    return true;
}

static bool put_row(struct writer *w, u32 person, const struct person_row *row)
{
    if (row->kind == ROW_FACT) {
        return PUT(w, fact, STATE_FACT, 0, row->row, .recorded_at = row->recorded_at,
                   .from = row->from, .until = row->until, .expires = row->is.fact.expires,
                   .evidence = row->is.fact.evidence, .person = person,
                   .officer = row->is.fact.officer, .fact = row->is.fact.fact,
                   .verified = row->is.fact.verified, .value = row->is.fact.value);
    }
    if (row->kind == ROW_LISTING) {
        return PUT(w, listing, STATE_LISTING, 0, row->row, .recorded_at = row->recorded_at,
                   .from = row->from, .until = row->until, .list = row->is.listing.list,
                   .programme = row->is.listing.programme, .person = person,
                   .entry = row->is.listing.entry, .list_version = row->is.listing.version,
                   .state = row->listing_state);
    }
    return PUT(w, ownership, STATE_OWNERSHIP, 0, row->row, .recorded_at = row->recorded_at,
               .from = row->from, .until = row->until, .list = row->is.ownership.list,
               .path = row->is.ownership.path, .person = person,
               .percent = row->is.ownership.percent, .lower = row->is.ownership.lower,
               .upper = row->is.ownership.upper, .compare = row->is.ownership.compare,
               .control = row->is.ownership.control);
}

/* All facts, then all listings, then all ownerships: each by person and row. */
static bool put_rows(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u8 kind = ROW_FACT; kind <= ROW_OWNERSHIP; kind++) {
        for (u32 i = 1; i <= ruling->persons_count; i++) {
            for (u32 slot = ruling->persons[i].rows; slot; slot = ruling->rows[slot].next) {
                const struct person_row *row = &ruling->rows[slot];
                if (row->kind == kind && !put_row(w, i, row)) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool put_licences(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 1; i <= ruling->licences_count; i++) {
        const struct rule_licence *licence = &ruling->licences[i];
        struct state_licence record = {.head = snapshot_head(STATE_LICENCE, sizeof record, 0, i),
                                       .authority = licence->authority,
                                       .number = licence->number,
                                       .ceiling = licence->ceiling,
                                       .used = licence->used,
                                       .from = licence->valid.from,
                                       .until = licence->valid.until,
                                       .person = ruling->licence_persons[i],
                                       .operations = licence->operations,
                                       .ground = licence->ground};
        memcpy(record.pack_id, licence->pack_id, sizeof record.pack_id);
        memcpy(record.rule_id, licence->rule_id, sizeof record.rule_id);
        if (!snapshot_put(w, &record, sizeof record)) {
            return false;
        }
    }
    return true;
}

static bool put_finding(struct writer *w, u32 person, u32 pack, u32 rule)
{
    const struct ruling *ruling = &w->core->ruling;
    u32 slot = ruling->about[pack].slots[rule];
    const struct finding *f = &ruling->findings[(size_t)person * RULE_SLOTS_MAX + slot];
    bool is_there = ruling->packs[pack].rules[rule].scope != RULE_SCOPE_ASSET &&
                    (ruling->persons[person].findings >> slot & 1U) != 0;
    return !is_there ||
           PUT(w, finding, STATE_FINDING, 0, 0, .below_since = f->below_since,
               .unknown_since = f->unknown_since, .deadline = f->deadline, .person = person,
               .vector = f->vector, .pack = (u8)pack, .rule = (u8)rule, .truth = f->truth,
               .reasons = f->reasons, .missing = f->missing, .flags = f->flags);
}

static bool put_findings(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 1; i <= ruling->persons_count; i++) {
        for (u32 pack = 0; pack < RULE_PACKS_MAX && ruling->persons[i].findings; pack++) {
            u32 rules =
                ruling->about[pack].state == PACK_FREE ? 0 : ruling->packs[pack].rules_count;
            for (u32 rule = 0; rule < rules; rule++) {
                if (!put_finding(w, i, pack, rule)) {
                    return false;
                }
            }
        }
    }
    for (u32 i = 1; i <= ruling->persons_count; i++) {
        for (u32 pack = 0; pack < RULE_PACKS_MAX && ruling->persons[i].next_us; pack++) {
            u64 next = ruling->instants[(size_t)i * RULE_PACKS_MAX + pack];
            if (next && !PUT(w, person_next, STATE_PERSON_NEXT, 0, 0, .next_us = next, .person = i,
                             .pack = (u8)pack)) {
                return false;
            }
        }
    }
    return true;
}

static bool put_waiting(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 0; i < ruling->waiting_count; i++) {
        const struct waiting *entry = &ruling->waiting[i];
        if (!PUT(w, reevaluation, STATE_REEVALUATION, 0, i, .cause_seq = entry->cause_seq,
                 .cursor = entry->cursor, .last = entry->last, .persons = entry->persons,
                 .changed = entry->changed, .packs = entry->packs,
                 .only_watched = entry->only_watched ? 1 : 0)) {
            return false;
        }
    }
    for (u32 i = 0; i < ruling->waiting_count; i++) {
        for (u32 asset = 0; asset < w->core->assets_count; asset++) {
            const struct valuation_price *price = &ruling->waiting[i].prices[asset];
            if (price->time_us &&
                !PUT(w, reevaluation_price, STATE_REEVALUATION_PRICE, 0, 0, .price = price->price,
                     .time_us = price->time_us, .asset = (u16)asset, .job = (u16)i)) {
                return false;
            }
        }
    }
    return true;
}

static bool put_logins(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    for (u32 i = 0; i < w->core->accounts_count; i++) {
        const struct login *login = &ruling->logins[i];
        u64 hand = login->pause_until && ruling->links[i].person == 0 ? ruling->links[i].hand : 0;
        if (login->number && !PUT(w, login, STATE_LOGIN, i, login->number,
                                  .pause_until = login->pause_until, .hand = hand)) {
            return false;
        }
    }
    return true;
}

bool snapshot_rules(struct writer *w)
{
    const struct ruling *ruling = &w->core->ruling;
    if (w->core->limits.persons_max == 0) {
        return true;
    }
    return PUT(w, rules, STATE_RULES, 0, 0,
               .reevaluations_per_command_max = ruling->reevaluations_max,
               .price_stale_seconds = ruling->stale_seconds, .persons = ruling->persons_count,
               .licences = ruling->licences_count) &&
           put_packs(w) && put_prices(w) && put_persons(w) && put_rows(w) && put_licences(w) &&
           put_findings(w) && put_waiting(w) && put_logins(w);
}

/* ---- back ---- */

static bool take_rules(struct core *core, const struct state_rules *r, const char **reason_out)
{
    FITS(r->reevaluations_per_command_max > 0 &&
         r->reevaluations_per_command_max <= RULING_REEVALUATIONS_MAX);
    FITS(r->price_stale_seconds > 0 && r->persons <= core->limits.persons_max);
    FITS(r->licences <= LICENCES_MAX);
    core->ruling.reevaluations_max = r->reevaluations_per_command_max;
    core->ruling.stale_seconds = r->price_stale_seconds;
    return true;
}

static bool take_pack(struct core *core, const struct state_pack *r, const char **reason_out)
{
    FITS(r->head.id < RULE_PACKS_MAX && core->ruling.about[r->head.id].state == PACK_FREE);
    FITS(r->size > 0 && r->size <= RULE_FORM_MAX);
    FITS(r->pack_state == PACK_STATE_ACTIVE || r->pack_state == PACK_STATE_ENDING);
    core->ruling.about[r->head.id] = (struct ruling_pack){
        .boundary_us = r->boundary_us, .size = r->size, .state = r->pack_state};
    memcpy(core->ruling.packs[r->head.id].content_hash, r->content_hash, sizeof r->content_hash);
    return true;
}

/* The whole form of a pack is there. */
static bool take_form(struct core *core, u32 number, const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    struct ruling_pack about = ruling->about[number];
    struct rule_pack *pack = &ruling->packs[number];
    u8 hash[RULE_HASH_BYTES];
    memcpy(hash, pack->content_hash, sizeof hash);
    struct span form = {ruling->form, about.size};
    FITS(rule_form_decode(form, pack) == NULL);
    FITS(memcmp(pack->content_hash, hash, sizeof hash) == 0);
    FITS(ruling_pack_take(core, number, about.size, about.state));
    ruling->about[number].boundary_us = about.boundary_us;
    ruling->received = 0;
    return true;
}

static bool take_pack_bytes(struct core *core, const struct state_pack_bytes *r,
                            const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    bool is_received = r->head.id == RECEIVED_ID;
    FITS(is_received ||
         (r->head.id < RULE_PACKS_MAX && ruling->about[r->head.id].state != PACK_FREE &&
          r->offset + r->size <= ruling->about[r->head.id].size));
    FITS(r->size > 0 && r->size <= sizeof r->data && r->offset == ruling->received);
    FITS(r->offset + r->size <= RULE_FORM_MAX);
    memcpy(ruling->form + r->offset, r->data, r->size);
    ruling->received = r->offset + r->size;
    return is_received || ruling->received < ruling->about[r->head.id].size ||
           take_form(core, (u32)r->head.id, reason_out);
}

static bool take_price(struct core *core, const struct state_valuation_price *r,
                       const char **reason_out)
{
    FITS(r->asset < core->assets_count && r->time_us > 0 && r->time_us <= core->now_us);
    core->ruling.prices[r->asset] =
        (struct valuation_price){.price = r->price, .time_us = r->time_us, .sources = r->sources};
    return true;
}

static bool take_person(struct core *core, const struct state_person *r, const char **reason_out)
{
    FITS(r->head.id == core->ruling.persons_count + 1U && r->head.id <= core->limits.persons_max);
    FITS(r->evaluated_seq <= core->seq && r->group != GROUP_NONE);
    core->ruling.persons_count++;
    core->ruling.persons[r->head.id] =
        (struct person){.evaluated_seq = r->evaluated_seq, .provider = r->provider};
    person_group_put(core, (u32)r->head.id, r->group);
    return true;
}

static bool take_link(struct core *core, const struct state_link *r, const char **reason_out)
{
    FITS(r->head.account < core->accounts_count);
    FITS(r->person > 0 && r->person <= core->ruling.persons_count);
    FITS(core->ruling.links[r->head.account].person == 0);
    FITS(core->ruling.persons[r->person].accounts_count < PERSON_ACCOUNTS_MAX);
    core->ruling.links[r->head.account].hand = r->hand;
    person_link_insert(core, r->head.account, r->person);
    return true;
}

static bool take_row(struct core *core, u32 person, u64 number, struct person_row *row,
                     const char **reason_out)
{
    FITS(person > 0 && person <= core->ruling.persons_count);
    FITS(number > 0 && number <= core->seq && row->from < row->until);
    for (u32 slot = core->ruling.persons[person].rows; slot; slot = core->ruling.rows[slot].next) {
        FITS(core->ruling.rows[slot].row != number);
    }
    row->row = number;
    FITS(person_row_insert(core, person, row));
    return true;
}

static bool take_fact(struct core *core, const struct state_fact *r, const char **reason_out)
{
    struct person_row row = {
        .recorded_at = r->recorded_at, .from = r->from, .until = r->until, .kind = ROW_FACT};
    FITS(r->fact > 0 && r->fact < FACT_KIND_COUNT && r->verified <= RULE_VERIFIED_ALL);
    row.is.fact.expires = r->expires;
    row.is.fact.evidence = r->evidence;
    row.is.fact.officer = r->officer;
    row.is.fact.value = r->value;
    row.is.fact.fact = r->fact;
    row.is.fact.verified = r->verified;
    return take_row(core, r->person, r->head.id, &row, reason_out);
}

static bool take_listing(struct core *core, const struct state_listing *r, const char **reason_out)
{
    struct person_row row = {.recorded_at = r->recorded_at,
                             .from = r->from,
                             .until = r->until,
                             .kind = ROW_LISTING,
                             .listing_state = r->state};
    FITS(r->state > 0 && r->state < LISTING_STATE_COUNT);
    row.is.listing.list = r->list;
    row.is.listing.programme = r->programme;
    row.is.listing.entry = r->entry;
    row.is.listing.version = r->list_version;
    return take_row(core, r->person, r->head.id, &row, reason_out);
}

static bool take_ownership(struct core *core, const struct state_ownership *r,
                           const char **reason_out)
{
    struct person_row row = {
        .recorded_at = r->recorded_at, .from = r->from, .until = r->until, .kind = ROW_OWNERSHIP};
    FITS(r->compare > 0 && r->compare < SHARE_COMPARE_COUNT && r->control < TRUTH_COUNT);
    row.is.ownership.list = r->list;
    row.is.ownership.path = r->path;
    row.is.ownership.percent = r->percent;
    row.is.ownership.lower = r->lower;
    row.is.ownership.upper = r->upper;
    row.is.ownership.compare = r->compare;
    row.is.ownership.control = r->control;
    return take_row(core, r->person, r->head.id, &row, reason_out);
}

static bool take_licence(struct core *core, const struct state_licence *r, const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    FITS(r->head.id == ruling->licences_count + 1U && r->head.id <= LICENCES_MAX);
    FITS(r->person > 0 && r->person <= ruling->persons_count && r->used <= r->ceiling);
    ruling->licences_count++;
    ruling->licence_persons[r->head.id] = r->person;
    struct rule_licence *licence = &ruling->licences[r->head.id];
    *licence = (struct rule_licence){.authority = r->authority,
                                     .number = r->number,
                                     .ceiling = r->ceiling,
                                     .used = r->used,
                                     .valid = {r->from, r->until},
                                     .operations = r->operations,
                                     .ground = r->ground};
    memcpy(licence->pack_id, r->pack_id, sizeof licence->pack_id);
    memcpy(licence->rule_id, r->rule_id, sizeof licence->rule_id);
    return true;
}

static bool take_finding(struct core *core, const struct state_finding *r, const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    FITS(r->person > 0 && r->person <= ruling->persons_count && r->pack < RULE_PACKS_MAX);
    FITS(ruling->about[r->pack].slot_mask != 0 && r->rule < ruling->packs[r->pack].rules_count);
    FITS(ruling->packs[r->pack].rules[r->rule].scope != RULE_SCOPE_ASSET);
    FITS(r->truth < TRUTH_COUNT);
    struct finding finding = {.below_since = r->below_since,
                              .unknown_since = r->unknown_since,
                              .deadline = r->deadline,
                              .vector = r->vector,
                              .truth = r->truth,
                              .reasons = r->reasons,
                              .missing = r->missing,
                              .flags = r->flags};
    static const struct finding nothing;
    struct person *person = &ruling->persons[r->person];
    u32 slot = ruling->about[r->pack].slots[r->rule];
    FITS((person->findings >> slot & 1U) == 0 && memcmp(&finding, &nothing, sizeof nothing) != 0);
    ruling_finding_put(core, r->person, slot, &finding);
    person->vector = (u16)rule_vector_join(person->vector, r->vector);
    if (person->watched & ruling->about[r->pack].slot_mask) {
        ruling->watched[r->pack][r->person / 64] |= 1ULL << (r->person % 64);
    }
    return true;
}

static bool take_next(struct core *core, const struct state_person_next *r, const char **reason_out)
{
    FITS(r->person > 0 && r->person <= core->ruling.persons_count && r->pack < RULE_PACKS_MAX);
    FITS(r->next_us > 0 && r->next_us != RULE_TIME_OPEN);
    ruling_instant(core, r->person, r->pack, r->next_us);
    return true;
}

static bool take_waiting(struct core *core, const struct state_reevaluation *r,
                         const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    FITS(r->head.id == ruling->waiting_count && r->head.id < RULE_WAITING_MAX);
    FITS(r->packs != 0 && (r->only_watched == 0 || (r->packs & (r->packs - 1)) == 0));
    for (u32 bits = r->packs; bits; bits &= bits - 1) {
        FITS(ruling->about[__builtin_ctz(bits)].state != PACK_FREE);
    }
    FITS(r->cursor <= r->last && r->last <= ruling->persons_count && r->cause_seq <= core->seq);
    struct waiting *entry = &ruling->waiting[ruling->waiting_count++];
    *entry = (struct waiting){.cause_seq = r->cause_seq,
                              .cursor = r->cursor,
                              .last = r->last,
                              .persons = r->persons,
                              .changed = r->changed,
                              .packs = r->packs,
                              .only_watched = r->only_watched != 0,
                              .prices = entry->prices};
    return true;
}

static bool take_waiting_price(struct core *core, const struct state_reevaluation_price *r,
                               const char **reason_out)
{
    FITS(r->job < core->ruling.waiting_count && r->asset < core->assets_count);
    FITS(r->time_us > 0 && r->time_us <= core->now_us);
    core->ruling.waiting[r->job].prices[r->asset] =
        (struct valuation_price){.price = r->price, .time_us = r->time_us};
    return true;
}

static bool take_login(struct core *core, const struct state_login *r, const char **reason_out)
{
    u32 account = r->head.account;
    FITS(r->head.id != 0 && login_account(core, r->head.id) == LOGIN_ACCOUNT_NONE);
    FITS(account < core->accounts_count && core->ruling.logins[account].number == 0);
    FITS(r->pause_until != RULE_TIME_OPEN);
    FITS(r->hand == 0 || (r->pause_until != 0 && core->ruling.links[account].person == 0));
    if (core->ruling.links[account].person == 0) {
        core->ruling.links[account].hand = r->hand;
    }
    login_restore(core, account, r->head.id, r->pause_until);
    return true;
}

#define TAKE_KIND(kind, type, function)        \
    case kind: {                               \
        struct state_##type r;                 \
        memcpy(&r, record, sizeof r);          \
        return function(core, &r, reason_out); \
    }

bool restore_rules_record(struct core *core, const u8 *record, const char **reason_out)
{
    struct state_head head;
    memcpy(&head, record, sizeof head);
    switch (head.kind) { /* not an enum: a number from outside */
        TAKE_KIND(STATE_RULES, rules, take_rules)
        TAKE_KIND(STATE_PACK, pack, take_pack)
        TAKE_KIND(STATE_PACK_BYTES, pack_bytes, take_pack_bytes)
        TAKE_KIND(STATE_VALUATION_PRICE, valuation_price, take_price)
        TAKE_KIND(STATE_PERSON, person, take_person)
        TAKE_KIND(STATE_LINK, link, take_link)
        TAKE_KIND(STATE_FACT, fact, take_fact)
        TAKE_KIND(STATE_LISTING, listing, take_listing)
        TAKE_KIND(STATE_OWNERSHIP, ownership, take_ownership)
        TAKE_KIND(STATE_LICENCE, licence, take_licence)
        TAKE_KIND(STATE_FINDING, finding, take_finding)
        TAKE_KIND(STATE_PERSON_NEXT, person_next, take_next)
        TAKE_KIND(STATE_REEVALUATION, reevaluation, take_waiting)
        TAKE_KIND(STATE_REEVALUATION_PRICE, reevaluation_price, take_waiting_price)
        TAKE_KIND(STATE_LOGIN, login, take_login)
    default: /* not an enum: a number from outside */
        break;
    }
    *reason_out = "kind";
    return false;
}

/* What an ending pack has said of a person is looked at once more, by an entry that is waiting. */
static bool is_awaited(const struct ruling *ruling, u32 pack, u32 person)
{
    bool is_left = (ruling->persons[person].findings & ruling->about[pack].slot_mask) != 0;
    for (u32 i = 0; i < ruling->waiting_count && is_left; i++) {
        const struct waiting *entry = &ruling->waiting[i];
        is_left = (entry->packs >> pack & 1U) == 0 || entry->only_watched ||
                  person <= entry->cursor || person > entry->last ||
                  ruling->persons[person].evaluated_seq >= entry->cause_seq;
    }
    return !is_left;
}

static bool packs_fit(const struct core *core, const char **reason_out)
{
    const struct ruling *ruling = &core->ruling;
    for (u32 pack = 0; pack < RULE_PACKS_MAX; pack++) {
        FITS(ruling->about[pack].state == PACK_FREE || ruling->packs[pack].rules_count > 0);
        bool is_ending = ruling->about[pack].state == PACK_STATE_ENDING;
        for (u32 person = 1; is_ending && person <= ruling->persons_count; person++) {
            FITS(is_awaited(ruling, pack, person));
        }
    }
    return true;
}

/* No licence was charged less than what holds keep of it: each hold takes its part out, and puts it
 * back. */
static bool licences_fit(struct core *core, const char **reason_out)
{
    struct rule_licence *licences = core->ruling.licences;
    for (u32 i = 1; i <= core->hold_slab.used; i++) {
        const struct hold *hold = &core->holds[i];
        FITS(hold->licence <= core->ruling.licences_count);
        FITS(hold->licence != 0 || hold->licence_eur == 0);
        FITS(hold->licence_eur <= licences[hold->licence].used);
        licences[hold->licence].used -= hold->licence_eur;
    }
    for (u32 i = 1; i <= core->hold_slab.used; i++) {
        licences[core->holds[i].licence].used += core->holds[i].licence_eur;
    }
    return true;
}

bool restore_rules_end(struct core *core, const char **reason_out)
{
    struct ruling *ruling = &core->ruling;
    FITS(packs_fit(core, reason_out));
    for (u32 i = 0; i < core->accounts_count; i++) {
        u32 person = ruling->links[i].person;
        u64 vector = rule_vector_join(login_hand(core, i), ruling->persons[person].vector);
        FITS(!login_has_hand(core, i) || vector == core->accounts[i].restrictions);
    }
    FITS(licences_fit(core, reason_out));
    ruling_assets(core, false);
    ruling_clock(core);
    return true;
}
