#include "core/person.h"

#include "base/check.h"
#include "core/account.h"
#include "core/define.h"
#include "core/ruling.h"

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

/* Puts the row of a command in the place of the one it replaces, and looks at the person. */
static void row_put(struct core *core, const struct command_head *head, u32 person, u32 replaced,
                    struct person_row *row)
{
    row->row = core->seq;
    row->recorded_at = core->now_us;
    if (replaced) {
        row_remove(core, person, replaced);
    }
    CHECK(person_row_insert(core, person, row));
    define_tell(core, head, head->account);
    ruling_evaluate(core, person);
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
    core->ruling.links[account].hand = core->accounts[account].restrictions;
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

void person_fact_set(struct core *core, const struct command_fact_set *c)
{
    enum reject reject = enter(core, person_four_eyes(c->officer, c->second), c->person);
    u32 replaced = reject == REJECT_NONE ? row_find(core, c->person, c->replaces) : 0;
    if (reject == REJECT_NONE && (c->fact == 0 || c->fact >= FACT_KIND_COUNT)) {
        reject = REJECT_BAD_ENUM;
    } else if (reject == REJECT_NONE && (c->verified > RULE_VERIFIED_ALL || c->from >= c->until ||
                                         !value_fits(c->fact, c->value))) {
        reject = REJECT_BAD_DEFINITION;
    } else if (reject == REJECT_NONE && c->replaces &&
               (replaced == 0 || core->ruling.rows[replaced].kind != ROW_FACT ||
                core->ruling.rows[replaced].is.fact.fact != c->fact)) {
        reject = REJECT_UNKNOWN_ROW;
    } else if (reject == REJECT_NONE && !row_fits(core, c->person, ROW_FACT, replaced)) {
        reject = REJECT_LIMIT_PERSON_ROWS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    struct person_row row = {.from = c->from, .until = c->until, .kind = ROW_FACT};
    row.is.fact.expires = c->expires;
    row.is.fact.evidence = c->evidence;
    row.is.fact.officer = c->officer;
    row.is.fact.value = c->value;
    row.is.fact.fact = c->fact;
    row.is.fact.verified = c->verified;
    row_put(core, &c->head, c->person, replaced, &row);
}

/* ---- verdicts ---- */

void person_listing_set(struct core *core, const struct command_listing_set *c)
{
    bool loosens = c->replaces != 0 || c->state == LISTING_STATE_CLEAR;
    bool officers = loosens ? person_four_eyes(c->officer, c->second) : c->officer != 0;
    enum reject reject = enter(core, officers, c->person);
    u32 replaced = reject == REJECT_NONE ? row_find(core, c->person, c->replaces) : 0;
    if (reject == REJECT_NONE && (c->state == 0 || c->state >= LISTING_STATE_COUNT)) {
        reject = REJECT_BAD_ENUM;
    } else if (reject == REJECT_NONE &&
               (!is_name(c->list) || (c->programme && !is_name(c->programme)) ||
                c->from >= c->until)) {
        reject = REJECT_BAD_DEFINITION;
    } else if (reject == REJECT_NONE && c->replaces &&
               (replaced == 0 || core->ruling.rows[replaced].kind != ROW_LISTING ||
                core->ruling.rows[replaced].is.listing.list != c->list)) {
        reject = REJECT_UNKNOWN_ROW;
    } else if (reject == REJECT_NONE && !row_fits(core, c->person, ROW_LISTING, replaced)) {
        reject = REJECT_LIMIT_PERSON_ROWS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    struct person_row row = {
        .from = c->from, .until = c->until, .kind = ROW_LISTING, .listing_state = c->state};
    row.is.listing.list = c->list;
    row.is.listing.programme = c->programme;
    row.is.listing.entry = c->entry;
    row.is.listing.version = c->list_version;
    row_put(core, &c->head, c->person, replaced, &row);
}

/* Whether the verdict restricts: its own threshold is reached, or control is there. */
static bool says_owned(const struct command_ownership_set *c)
{
    bool reaches =
        c->compare == SHARE_COMPARE_ABOVE ? c->lower > c->percent : c->lower >= c->percent;
    return reaches || c->control == TRUTH_YES;
}

static enum reject ownership_check(const struct core *core, const struct command_ownership_set *c,
                                   u32 *replaced_out)
{
    bool loosens = c->replaces != 0 || !says_owned(c);
    bool officers = loosens ? person_four_eyes(c->officer, c->second) : c->officer != 0;
    enum reject reject = enter(core, officers, c->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->compare == 0 || c->compare >= SHARE_COMPARE_COUNT || c->control >= TRUTH_COUNT) {
        return REJECT_BAD_ENUM;
    }
    if (!is_name(c->list) || c->percent > PERCENT_ONE || c->upper > PERCENT_ONE ||
        c->lower > c->upper || c->from >= c->until) {
        return REJECT_BAD_DEFINITION;
    }
    u32 replaced = row_find(core, c->person, c->replaces);
    if (c->replaces && (replaced == 0 || core->ruling.rows[replaced].kind != ROW_OWNERSHIP ||
                        core->ruling.rows[replaced].is.ownership.list != c->list)) {
        return REJECT_UNKNOWN_ROW;
    }
    *replaced_out = replaced;
    return row_fits(core, c->person, ROW_OWNERSHIP, replaced) ? REJECT_NONE
                                                              : REJECT_LIMIT_PERSON_ROWS;
}

void person_ownership_set(struct core *core, const struct command_ownership_set *c)
{
    u32 replaced = 0;
    enum reject reject = ownership_check(core, c, &replaced);
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    struct person_row row = {.from = c->from, .until = c->until, .kind = ROW_OWNERSHIP};
    row.is.ownership.list = c->list;
    row.is.ownership.path = c->path;
    row.is.ownership.percent = c->percent;
    row.is.ownership.lower = c->lower;
    row.is.ownership.upper = c->upper;
    row.is.ownership.compare = c->compare;
    row.is.ownership.control = c->control;
    row_put(core, &c->head, c->person, replaced, &row);
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
