#include "core/person.h"

#include "base/check.h"
#include "core/account.h"
#include "core/define.h"
#include "core/login.h"
#include "core/ruling.h"
#include "wire/link.h"

#include <string.h>

#define PERCENT_ONE 10000U

/* ---- looking ---- */

u32 person_of(const struct core *core, u32 account)
{
    return core->limits.persons_max ? core->ruling.links[account].person : 0;
}

bool person_four_eyes(u32 officer, u32 second)
{
    return officer != 0 && second != 0 && officer != second;
}

static struct rule_interval held_since(const struct person_row *row)
{
    return (struct rule_interval){row->recorded_at, RULE_TIME_OPEN};
}

void person_gather(const struct core *core, u32 person, struct person_rows *rows_out)
{
    struct rule_person *facts = &rows_out->person;
    *facts = (struct rule_person){.facts = rows_out->facts,
                                  .listings = rows_out->listings,
                                  .ownerships = rows_out->ownerships};
    u32 next = core->ruling.persons[person].rows;
    while (next) {
        const struct person_row *row = &core->ruling.rows[next];
        struct rule_interval valid = {row->from, row->until};
        next = row->next;
        if (row->kind == ROW_FACT) {
            rows_out->facts[facts->facts_count++] =
                (struct rule_fact){.kind = row->is.fact.fact,
                                   .verified = row->is.fact.verified,
                                   .value = row->is.fact.value,
                                   .valid = valid,
                                   .recorded = held_since(row),
                                   .expires = row->is.fact.expires};
        } else if (row->kind == ROW_LISTING) {
            rows_out->listings[facts->listings_count++] =
                (struct rule_listing){.list = row->is.listing.list,
                                      .programme = row->is.listing.programme,
                                      .state = row->listing_state,
                                      .valid = valid,
                                      .recorded = held_since(row)};
        } else {
            rows_out->ownerships[facts->ownerships_count++] =
                (struct rule_ownership){.list = row->is.ownership.list,
                                        .compare = row->is.ownership.compare,
                                        .control = row->is.ownership.control,
                                        .percent = row->is.ownership.percent,
                                        .lower = row->is.ownership.lower,
                                        .upper = row->is.ownership.upper,
                                        .valid = valid,
                                        .recorded = held_since(row)};
        }
    }
}

/* ---- rows ---- */

static u8 *count_of(struct person *person, u8 kind)
{
    u8 *others = kind == ROW_LISTING ? &person->listings : &person->ownerships;
    return kind == ROW_FACT ? &person->facts : others;
}

static u32 most_of(u8 kind)
{
    return kind == ROW_FACT ? RULE_FACTS_MAX : RULE_LISTINGS_MAX;
}
_Static_assert(RULE_LISTINGS_MAX == RULE_OWNERSHIPS_MAX, "one bound for verdicts");

/* The slot of a person's row, or 0. */
static u32 row_find(const struct core *core, u32 person, u64 number)
{
    u32 slot = number ? core->ruling.persons[person].rows : 0;
    while (slot && core->ruling.rows[slot].row != number) {
        slot = core->ruling.rows[slot].next;
    }
    return slot;
}

bool person_row_insert(struct core *core, u32 person, const struct person_row *row)
{
    struct ruling *ruling = &core->ruling;
    struct person *record = &ruling->persons[person];
    u8 *count = count_of(record, row->kind);
    if (*count >= most_of(row->kind) || slab_left(&ruling->row_slab) == 0) {
        return false;
    }
    u32 slot = SLAB_TAKE(&ruling->row_slab, ruling->rows, next);
    ruling->rows[slot] = *row;
    u32 *end = &record->rows;
    while (*end && ruling->rows[*end].row < row->row) {
        end = &ruling->rows[*end].next;
    }
    ruling->rows[slot].next = *end;
    *end = slot;
    *count += 1;
    return true;
}

static void row_remove(struct core *core, u32 person, u32 slot)
{
    struct ruling *ruling = &core->ruling;
    struct person *record = &ruling->persons[person];
    u32 *at = &record->rows;
    while (*at != slot) {
        CHECK(*at != 0);
        at = &ruling->rows[*at].next;
    }
    *at = ruling->rows[slot].next;
    *count_of(record, ruling->rows[slot].kind) -= 1;
    ruling->rows[slot] = (struct person_row){0};
    SLAB_GIVE(&ruling->row_slab, ruling->rows, next, slot);
}

/* Whether there is room for one more row of this kind once `replaced` is gone; 0: none is. */
static bool row_fits(const struct core *core, u32 person, u8 kind, u32 replaced)
{
    struct person record = core->ruling.persons[person];
    u32 gone = replaced ? 1 : 0;
    return *count_of(&record, kind) - gone < most_of(kind) &&
           slab_left(&core->ruling.row_slab) + gone > 0;
}

/* ---- checks that all have in common ---- */

static enum reject enter(const struct core *core, bool has_officers, u32 person)
{
    if (core->limits.persons_max == 0) {
        return REJECT_LIMIT_PERSONS;
    }
    if (!has_officers) {
        return REJECT_NEEDS_SECOND;
    }
    return person >= 1 && person <= core->ruling.persons_count ? REJECT_NONE
                                                               : REJECT_UNKNOWN_PERSON;
}

/* A case that nobody has opened: of who was seen before. */
static bool opens_a_case(const struct command_head *command)
{
    const struct command_case_act *act = (const struct command_case_act *)(const void *)command;
    return command->kind == COMMAND_CASE_ACT && act->act == CASE_ACT_OPEN && act->officer == 0 &&
           act->second == 0;
}

bool person_screening_refuse(struct core *core, const struct command_head *command)
{
    u16 kind = command->kind;
    if (kind < COMMAND_PERSON_ADD || kind > COMMAND_PACK_REPLACE || kind == COMMAND_LISTING_SET ||
        kind == COMMAND_OWNERSHIP_SET || opens_a_case(command)) {
        return false;
    }
    bool is_limit = core->limits.persons_max == 0 && kind != COMMAND_CASE_ACT;
    define_refuse(core, command, is_limit ? REJECT_LIMIT_PERSONS : REJECT_NEEDS_SECOND);
    return true;
}

static bool is_name(u64 name)
{
    char text[RULE_NAME_SYMBOLS + 1];
    rule_name_print(name, text);
    size_t size = 0;
    while (text[size]) {
        size++;
    }
    return name != 0 && rule_name_of((struct span){(const u8 *)text, size}) == name;
}

/* ---- persons and their accounts ---- */

void person_add(struct core *core, const struct command_person_add *command)
{
    u32 next = core->ruling.persons_count + 1;
    enum reject reject = REJECT_NONE;
    if (core->limits.persons_max == 0) {
        reject = REJECT_LIMIT_PERSONS;
    } else if (command->officer == 0) {
        reject = REJECT_NEEDS_SECOND;
    } else if (command->person != next) {
        reject = command->person < next && command->person > 0 ? REJECT_ALREADY_EXISTS
                                                               : REJECT_BAD_DEFINITION;
    } else if (next > core->limits.persons_max) {
        reject = REJECT_LIMIT_PERSONS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    core->ruling.persons_count = next;
    core->ruling.persons[next] = (struct person){.provider = command->provider};
    define_tell(core, &command->head, command->head.account);
}

void person_link_insert(struct core *core, u32 account, u32 person)
{
    struct ruling *ruling = &core->ruling;
    u32 *at = &ruling->persons[person].account;
    while (*at && *at - 1 < account) {
        at = &ruling->links[*at - 1].next;
    }
    ruling->links[account].next = *at;
    ruling->links[account].person = person;
    *at = account + 1;
    ruling->persons[person].accounts_count++;
}

static void link_remove(struct core *core, u32 account)
{
    struct ruling *ruling = &core->ruling;
    struct account_link *link = &ruling->links[account];
    u32 *at = &ruling->persons[link->person].account;
    while (*at != account + 1) {
        CHECK(*at != 0);
        at = &ruling->links[*at - 1].next;
    }
    *at = link->next;
    ruling->persons[link->person].accounts_count--;
    link->person = 0;
    link->next = 0;
}

void person_link(struct core *core, const struct command_link *command)
{
    u32 account = command->head.account;
    enum reject reject = enter(core, command->officer != 0, command->person);
    if (reject == REJECT_NONE && account >= core->accounts_count) {
        reject = REJECT_UNKNOWN_ACCOUNT;
    } else if (reject == REJECT_NONE && core->ruling.links[account].person) {
        reject = REJECT_ALREADY_EXISTS;
    } else if (reject == REJECT_NONE &&
               core->ruling.persons[command->person].accounts_count >= PERSON_ACCOUNTS_MAX) {
        reject = REJECT_LIMIT_LINKS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    login_hand_keep(core, account);
    person_link_insert(core, account, command->person);
    define_tell(core, &command->head, account);
    ruling_evaluate(core, command->person);
    ruling_account(core, account, core->seq, false);
}

void person_unlink(struct core *core, const struct command_unlink *command)
{
    u32 account = command->head.account;
    enum reject reject =
        enter(core, person_four_eyes(command->officer, command->second), command->person);
    if (reject == REJECT_NONE && account >= core->accounts_count) {
        reject = REJECT_UNKNOWN_ACCOUNT;
    } else if (reject == REJECT_NONE && core->ruling.links[account].person != command->person) {
        reject = REJECT_UNKNOWN_PERSON;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    link_remove(core, account);
    define_tell(core, &command->head, account);
    ruling_unlinked(core, account, command->person);
    ruling_evaluate(core, command->person);
}

/* ---- facts ---- */

static bool value_fits(u8 kind, u16 value)
{
    switch ((enum fact_kind)kind) {
    case FACT_KIND_KIND:
        return value == RULE_KIND_NATURAL || value == RULE_KIND_LEGAL;
    case FACT_KIND_ROLE:
        return value >= RULE_ROLE_OWNER && value <= RULE_ROLE_ROUTE;
    case FACT_KIND_NATIONALITY:
    case FACT_KIND_RESIDENCE:
    case FACT_KIND_RESIDENCE_PERMIT:
    case FACT_KIND_ESTABLISHMENT:
    case FACT_KIND_DOCUMENT_COUNTRY:
        return value <= RULE_COUNTRY_LAST || value == RULE_VALUE_UNKNOWN;
    }
    return false;
}

/* ---- commands that record a row ---- */

/* The row to be, what it replaces, and who wants it. */
struct row_order {
    const struct command_head *head;
    u64 replaces;
    u32 person;
    u32 officer;
    u32 second;
    bool loosens;
    enum reject reject; /* of the values themselves */
    struct person_row row;
};

/* Rows that may replace each other: of one kind of fact, or verdicts of one list. */
static bool is_alike(const struct person_row *a, const struct person_row *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == ROW_FACT) {
        return a->is.fact.fact == b->is.fact.fact;
    }
    return a->kind == ROW_LISTING ? a->is.listing.list == b->is.listing.list
                                  : a->is.ownership.list == b->is.ownership.list;
}

static bool share_reaches(u8 compare, u16 share, u16 percent)
{
    return compare == SHARE_COMPARE_ABOVE ? share > percent : share >= percent;
}

/* Whether a verdict is one that may hold its person back. */
static bool holds_back(const struct person_row *row)
{
    if (row->kind == ROW_LISTING) {
        return row->listing_state != LISTING_STATE_CLEAR;
    }
    return share_reaches(row->is.ownership.compare, row->is.ownership.upper,
                         row->is.ownership.percent) ||
           row->is.ownership.control == TRUTH_YES || row->is.ownership.control == TRUTH_UNKNOWN;
}

/* docs/rules.md "Screening's own verdicts". Whether what is replaced is there, and of the kind, is
 * asked later. */
static bool screening_may(const struct core *core, const struct row_order *order)
{
    const struct ruling *ruling = &core->ruling;
    const struct person_row *row = &order->row;
    bool is_known = order->person <= ruling->persons_count; /* person 0 has no rows */
    if (order->officer || order->second ||
        (row->kind == ROW_LISTING && row->listing_state != LISTING_STATE_CANDIDATE &&
         row->listing_state != LISTING_STATE_CLEAR)) {
        return false;
    }
    if (holds_back(row)) {
        u32 slot = is_known ? row_find(core, order->person, order->replaces) : 0;
        return slot == 0 || !is_alike(&ruling->rows[slot], row) || !holds_back(&ruling->rows[slot]);
    }
    u32 slot = is_known ? ruling->persons[order->person].rows : 0;
    while (slot && !is_alike(&ruling->rows[slot], row)) {
        slot = ruling->rows[slot].next;
    }
    return order->replaces == 0 && slot == 0;
}

static bool may_record(const struct core *core, const struct row_order *order)
{
    if (order->head->source == LINK_SOURCE_SCREEN) {
        return screening_may(core, order);
    }
    return order->loosens || order->replaces ? person_four_eyes(order->officer, order->second)
                                             : order->officer != 0;
}

static enum reject record_check(const struct core *core, const struct row_order *order,
                                u32 *replaced_out)
{
    bool may = core->limits.persons_max && may_record(core, order);
    enum reject reject = enter(core, may, order->person);
    if (reject != REJECT_NONE || order->reject != REJECT_NONE) {
        return reject != REJECT_NONE ? reject : order->reject;
    }
    u32 replaced = row_find(core, order->person, order->replaces);
    if (order->replaces &&
        (replaced == 0 || !is_alike(&core->ruling.rows[replaced], &order->row))) {
        return REJECT_UNKNOWN_ROW;
    }
    *replaced_out = replaced;
    return row_fits(core, order->person, order->row.kind, replaced) ? REJECT_NONE
                                                                    : REJECT_LIMIT_PERSON_ROWS;
}

/* Puts the row in the place of the one it replaces, and looks at the person. */
static void record(struct core *core, struct row_order *order)
{
    u32 replaced = 0;
    enum reject reject = record_check(core, order, &replaced);
    if (reject != REJECT_NONE) {
        define_refuse(core, order->head, reject);
        return;
    }
    order->row.row = core->seq;
    order->row.recorded_at = core->now_us;
    if (replaced) {
        row_remove(core, order->person, replaced);
    }
    CHECK(person_row_insert(core, order->person, &order->row));
    define_tell(core, order->head, order->head->account);
    ruling_evaluate(core, order->person);
}

/* What the three commands call alike. */
#define ORDER(c)                                                                                   \
    .head = &(c)->head, .replaces = (c)->replaces, .person = (c)->person, .officer = (c)->officer, \
    .second = (c)->second, .row = {.from = (c)->from, .until = (c)->until}

static enum reject fact_check(const struct command_fact_set *c)
{
    if (c->fact == 0 || c->fact >= FACT_KIND_COUNT) {
        return REJECT_BAD_ENUM;
    }
    return c->verified <= RULE_VERIFIED_ALL && c->from < c->until && value_fits(c->fact, c->value)
               ? REJECT_NONE
               : REJECT_BAD_DEFINITION;
}

void person_fact_set(struct core *core, const struct command_fact_set *c)
{
    struct row_order order = {ORDER(c), .loosens = true, .reject = fact_check(c)};
    order.row.kind = ROW_FACT;
    order.row.is.fact.expires = c->expires;
    order.row.is.fact.evidence = c->evidence;
    order.row.is.fact.officer = c->officer;
    order.row.is.fact.value = c->value;
    order.row.is.fact.fact = c->fact;
    order.row.is.fact.verified = c->verified;
    record(core, &order);
}

static enum reject listing_check(const struct command_listing_set *c)
{
    if (c->state == 0 || c->state >= LISTING_STATE_COUNT) {
        return REJECT_BAD_ENUM;
    }
    return is_name(c->list) && (c->programme == 0 || is_name(c->programme)) && c->from < c->until
               ? REJECT_NONE
               : REJECT_BAD_DEFINITION;
}

void person_listing_set(struct core *core, const struct command_listing_set *c)
{
    struct row_order order = {ORDER(c), .loosens = c->state == LISTING_STATE_CLEAR,
                              .reject = listing_check(c)};
    order.row.kind = ROW_LISTING;
    order.row.listing_state = c->state;
    order.row.is.listing.list = c->list;
    order.row.is.listing.programme = c->programme;
    order.row.is.listing.entry = c->entry;
    order.row.is.listing.version = c->list_version;
    record(core, &order);
}

/* Whether the verdict restricts wherever it is asked for: its own threshold is reached, or control
 * is there and the bounds leave room for it. */
static bool says_owned(const struct command_ownership_set *c)
{
    return share_reaches(c->compare, c->lower, c->percent) ||
           (c->control == TRUTH_YES && share_reaches(c->compare, c->upper, c->percent));
}

static enum reject ownership_check(const struct command_ownership_set *c)
{
    if (c->compare == 0 || c->compare >= SHARE_COMPARE_COUNT || c->control >= TRUTH_COUNT) {
        return REJECT_BAD_ENUM;
    }
    return is_name(c->list) && c->percent <= PERCENT_ONE && c->upper <= PERCENT_ONE &&
                   c->lower <= c->upper && c->from < c->until
               ? REJECT_NONE
               : REJECT_BAD_DEFINITION;
}

void person_ownership_set(struct core *core, const struct command_ownership_set *c)
{
    struct row_order order = {ORDER(c), .loosens = !says_owned(c), .reject = ownership_check(c)};
    order.row.kind = ROW_OWNERSHIP;
    order.row.is.ownership.list = c->list;
    order.row.is.ownership.path = c->path;
    order.row.is.ownership.percent = c->percent;
    order.row.is.ownership.lower = c->lower;
    order.row.is.ownership.upper = c->upper;
    order.row.is.ownership.compare = c->compare;
    order.row.is.ownership.control = c->control;
    record(core, &order);
}

void person_row_end(struct core *core, const struct command_row_end *c)
{
    enum reject reject = enter(core, person_four_eyes(c->officer, c->second), c->person);
    u32 slot = reject == REJECT_NONE ? row_find(core, c->person, c->row) : 0;
    if (reject == REJECT_NONE && slot == 0) {
        reject = REJECT_UNKNOWN_ROW;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    row_remove(core, c->person, slot);
    define_tell(core, &c->head, c->head.account);
    ruling_evaluate(core, c->person);
}

/* ---- trade groups ---- */

/* Screening puts somebody into a group, and joins groups under the lower number; it takes nobody
 * out. */
static bool screening_groups(const struct core *core, const struct command_person_group *c)
{
    bool is_known = c->person <= core->ruling.persons_count;
    u32 held = is_known ? core->ruling.persons[c->person].group : 0;
    return c->officer == 0 && c->second == 0 && c->group != 0 && (held == 0 || c->group <= held);
}

void person_group_put(struct core *core, u32 person, u32 group)
{
    struct ruling *ruling = &core->ruling;
    CHECK(person > 0 && person <= ruling->persons_count);
    CHECK(group != GROUP_NONE);
    CHECK(ruling->grouped_count > 0 || ruling->persons[person].group == 0);
    ruling->grouped_count -= ruling->persons[person].group ? 1 : 0;
    ruling->grouped_count += group ? 1 : 0;
    ruling->persons[person].group = group;
}

void person_group(struct core *core, const struct command_person_group *c)
{
    bool may = false;
    if (core->limits.persons_max) {
        may = c->head.source == LINK_SOURCE_SCREEN ? screening_groups(core, c)
                                                   : person_four_eyes(c->officer, c->second);
    }
    enum reject reject = enter(core, may, c->person);
    if (reject == REJECT_NONE && c->group == GROUP_NONE) {
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    person_group_put(core, c->person, c->group);
    define_tell(core, &c->head, c->head.account);
}
