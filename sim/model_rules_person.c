/* Persons, rows and links in the naive model (docs/rules.md "In the writer", the table). */
#include "sim/model_rules.h"

bool model_name_is_good(u64 name)
{
    char text[RULE_NAME_SYMBOLS + 1];
    rule_name_print(name, text);
    struct span span = {.data = (const u8 *)text, .size = strlen(text)};
    return name != 0 && rule_name_of(span) == name;
}

/* Officers and the person, in this order. */
static enum reject check_person(const struct model *model, bool are_officers_ok, u32 person)
{
    if (!are_officers_ok) {
        return REJECT_NEEDS_SECOND;
    }
    return model_is_person(model, person) ? REJECT_NONE : REJECT_UNKNOWN_PERSON;
}

u32 model_person_begin(struct model *model)
{
    struct model_rules *rules = model->rules;
    rules->persons = model_grow(rules->persons, rules->persons_count, &rules->persons_room,
                                sizeof *rules->persons);
    struct model_person *person = &rules->persons[rules->persons_count++];
    memset(person, 0, sizeof *person);
    for (u32 pack = 0; pack < MODEL_PACKS; pack++) {
        person->next_us[pack] = RULE_TIME_OPEN;
    }
    return rules->persons_count;
}

static enum reject person_add(struct model *model, const struct command_person_add *command)
{
    struct model_rules *rules = model->rules;
    if (!model_officers_ok(false, command->officer, 0)) {
        return REJECT_NEEDS_SECOND;
    }
    if (command->person >= 1 && command->person <= rules->persons_count) {
        return REJECT_ALREADY_EXISTS;
    }
    if (command->person != rules->persons_count + 1) {
        return REJECT_BAD_DEFINITION;
    }
    if (rules->persons_count >= model->limits.persons_max) {
        return REJECT_LIMIT_PERSONS;
    }
    (void)model_person_begin(model);
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

/* ---- links ---- */

static enum reject person_link(struct model *model, const struct command_link *command)
{
    u32 account = command->head.account;
    bool is_one = model_officers_ok(false, command->officer, 0);
    enum reject reject = check_person(model, is_one, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (model->accounts[account].person != 0) {
        return REJECT_ALREADY_EXISTS;
    }
    u32 links = 0;
    for (u32 i = 0; i < model->accounts_count; i++) {
        links += model->accounts[i].person == command->person;
    }
    if (links >= MODEL_LINKS) {
        return REJECT_LIMIT_LINKS;
    }
    if (!model_has_parts(&model->accounts[account])) {
        model->accounts[account].hand = model->accounts[account].restrictions;
    }
    model->accounts[account].person = command->person;
    model_emit_applied(model, account);
    model_look_now(model, command->person);
    return REJECT_NONE;
}

static enum reject person_unlink(struct model *model, const struct command_unlink *command)
{
    u32 account = command->head.account;
    bool are_two = model_officers_ok(true, command->officer, command->second);
    enum reject reject = check_person(model, are_two, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (model->accounts[account].person != command->person) {
        return REJECT_UNKNOWN_PERSON;
    }
    model->accounts[account].person = 0;
    model_emit_applied(model, account);
    model_account_update(model, account, command->person, model->seq, false);
    if (!model_has_parts(&model->accounts[account])) {
        model->accounts[account].hand = 0;
    }
    model_look_now(model, command->person);
    return REJECT_NONE;
}

/* ---- rows ---- */

/* The place of a row by its number; rows_count: there is none of this person. */
static u32 row_find(const struct model *model, u32 person, u64 number)
{
    u32 i = 0;
    const struct model_rules *rules = model->rules;
    while (i < rules->rows_count &&
           (rules->rows[i].number != number || rules->rows[i].person != person)) {
        i += 1;
    }
    return i;
}

static void row_remove(struct model *model, u32 place)
{
    struct model_rules *rules = model->rules;
    for (u32 i = place + 1; i < rules->rows_count; i++) {
        rules->rows[i - 1] = rules->rows[i];
    }
    rules->rows_count -= 1;
}

static bool row_is_like(const struct model_person_row *a, const struct model_person_row *b)
{
    switch (a->type) {
    case MODEL_ROW_FACT:
        return b->type == a->type && a->fact.kind == b->fact.kind;
    case MODEL_ROW_LISTING:
        return b->type == a->type && a->listing.list == b->listing.list;
    case MODEL_ROW_OWNERSHIP:
        return b->type == a->type && a->ownership.list == b->ownership.list;
    }
    return false;
}

/* Puts the row in place of the one it replaces (0: none), and looks at the person. */
static enum reject row_put(struct model *model, struct model_person_row row, u64 replaces)
{
    static const u32 rows_max[] = {RULE_FACTS_MAX, RULE_LISTINGS_MAX, RULE_OWNERSHIPS_MAX};
    struct model_rules *rules = model->rules;
    u32 place = row_find(model, row.person, replaces);
    bool is_there = replaces != 0 && place < rules->rows_count;
    if (replaces != 0 && (!is_there || !row_is_like(&row, &rules->rows[place]))) {
        return REJECT_UNKNOWN_ROW;
    }
    u32 same = 0;
    for (u32 i = 0; i < rules->rows_count; i++) {
        same += rules->rows[i].person == row.person && rules->rows[i].type == row.type;
    }
    if (same - is_there >= rows_max[row.type] ||
        rules->rows_count - is_there >= model->limits.person_rows_max) {
        return REJECT_LIMIT_PERSON_ROWS;
    }
    if (is_there) {
        row_remove(model, place);
    }
    rules->rows =
        model_grow(rules->rows, rules->rows_count, &rules->rows_room, sizeof *rules->rows);
    rules->rows[rules->rows_count++] = row;
    model_emit_applied(model, model->command->account);
    model_look_now(model, row.person);
    return REJECT_NONE;
}

static struct model_person_row row_of(const struct model *model, u32 person,
                                      enum model_row_type type)
{
    return (struct model_person_row){.number = model->seq, .person = person, .type = type};
}

static struct rule_interval recorded_now(const struct model *model)
{
    return (struct rule_interval){.from = model->time_us, .until = RULE_TIME_OPEN};
}

static bool value_is_possible(u8 kind, u16 value)
{
    if (kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE) {
        return value >= 1 && value <= (kind == RULE_FACT_KIND ? 2 : 4);
    }
    return value == RULE_VALUE_NONE || value == RULE_VALUE_UNKNOWN || value <= RULE_COUNTRY_LAST;
}

static enum reject fact_set(struct model *model, const struct command_fact_set *command)
{
    bool are_two = model_officers_ok(true, command->officer, command->second);
    enum reject reject = check_person(model, are_two, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->fact < RULE_FACT_KIND || command->fact > RULE_FACT_ROLE) {
        return REJECT_BAD_ENUM;
    }
    if (command->verified > RULE_VERIFIED_ALL || command->from >= command->until ||
        !value_is_possible(command->fact, command->value)) {
        return REJECT_BAD_DEFINITION;
    }
    struct model_person_row row = row_of(model, command->person, MODEL_ROW_FACT);
    row.fact = (struct rule_fact){.kind = command->fact,
                                  .verified = command->verified,
                                  .value = command->value,
                                  .valid = {.from = command->from, .until = command->until},
                                  .recorded = recorded_now(model),
                                  .expires = command->expires};
    return row_put(model, row, command->replaces);
}

/* ---- verdicts ---- */

/* Whether so much is enough for a verdict of ownership to be about. */
static bool reaches(const struct rule_ownership *verdict, u32 share)
{
    return share >= verdict->percent + (verdict->compare == SHARE_COMPARE_ABOVE ? 1U : 0U);
}

/* Whether the verdict keeps somebody from something. */
static bool holds_back(const struct model_person_row *verdict)
{
    if (verdict->type == MODEL_ROW_LISTING) {
        return verdict->listing.state != LISTING_STATE_CLEAR;
    }
    return reaches(&verdict->ownership, verdict->ownership.upper) ||
           verdict->ownership.control == TRUTH_YES || verdict->ownership.control == TRUTH_UNKNOWN;
}

/* What screening may say without an officer: what holds back in the place of nothing, or of what
 * does not; anything where nothing is said yet. */
static bool screen_may(const struct model *model, const struct model_person_row *verdict,
                       u64 replaces)
{
    const struct model_rules *rules = model->rules;
    if (replaces != 0) {
        u32 place = row_find(model, verdict->person, replaces);
        bool is_there = place < rules->rows_count && row_is_like(verdict, &rules->rows[place]);
        return holds_back(verdict) && (!is_there || !holds_back(&rules->rows[place]));
    }
    bool is_first = true;
    for (u32 i = 0; i < rules->rows_count; i++) {
        bool is_same =
            rules->rows[i].person == verdict->person && row_is_like(verdict, &rules->rows[i]);
        is_first = is_first && !is_same;
    }
    return holds_back(verdict) || is_first;
}

static enum reject listing_set(struct model *model, const struct command_listing_set *command)
{
    struct model_person_row row = row_of(model, command->person, MODEL_ROW_LISTING);
    row.listing = (struct rule_listing){.list = command->list,
                                        .programme = command->programme,
                                        .state = command->state,
                                        .valid = {.from = command->from, .until = command->until},
                                        .recorded = recorded_now(model)};
    bool is_two_wanted = command->replaces != 0 || command->state == LISTING_STATE_CLEAR;
    bool are_officers_ok = model_officers_ok(is_two_wanted, command->officer, command->second);
    if (command->head.source == MODEL_SOURCE_SCREEN) {
        bool is_of_screen =
            command->state == LISTING_STATE_CLEAR || command->state == LISTING_STATE_CANDIDATE;
        are_officers_ok = command->officer == 0 && command->second == 0 && is_of_screen &&
                          screen_may(model, &row, command->replaces);
    }
    enum reject reject = check_person(model, are_officers_ok, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->state < LISTING_STATE_CLEAR || command->state > LISTING_STATE_CONFIRMED) {
        return REJECT_BAD_ENUM;
    }
    bool is_programme_good = command->programme == 0 || model_name_is_good(command->programme);
    if (!model_name_is_good(command->list) || !is_programme_good ||
        command->from >= command->until) {
        return REJECT_BAD_DEFINITION;
    }
    return row_put(model, row, command->replaces);
}

static enum reject ownership_set(struct model *model, const struct command_ownership_set *command)
{
    struct model_person_row row = row_of(model, command->person, MODEL_ROW_OWNERSHIP);
    row.ownership =
        (struct rule_ownership){.list = command->list,
                                .compare = command->compare,
                                .control = command->control,
                                .percent = command->percent,
                                .lower = command->lower,
                                .upper = command->upper,
                                .valid = {.from = command->from, .until = command->until},
                                .recorded = recorded_now(model)};
    bool is_controlled = command->control == TRUTH_YES && reaches(&row.ownership, command->upper);
    bool is_owned = reaches(&row.ownership, command->lower) || is_controlled;
    bool are_officers_ok =
        model_officers_ok(command->replaces != 0 || !is_owned, command->officer, command->second);
    if (command->head.source == MODEL_SOURCE_SCREEN) {
        are_officers_ok = command->officer == 0 && command->second == 0 &&
                          screen_may(model, &row, command->replaces);
    }
    enum reject reject = check_person(model, are_officers_ok, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->compare < SHARE_COMPARE_ABOVE || command->compare > SHARE_COMPARE_AT_LEAST ||
        command->control > TRUTH_YES) {
        return REJECT_BAD_ENUM;
    }
    if (!model_name_is_good(command->list) || command->percent > RULE_PERCENT_ONE ||
        command->upper > RULE_PERCENT_ONE || command->lower > command->upper ||
        command->from >= command->until) {
        return REJECT_BAD_DEFINITION;
    }
    return row_put(model, row, command->replaces);
}

static enum reject row_end(struct model *model, const struct command_row_end *command)
{
    bool are_two = model_officers_ok(true, command->officer, command->second);
    enum reject reject = check_person(model, are_two, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    u32 place = row_find(model, command->person, command->row);
    if (place == model->rules->rows_count) {
        return REJECT_UNKNOWN_ROW;
    }
    row_remove(model, place);
    model_emit_applied(model, command->head.account);
    model_look_now(model, command->person);
    return REJECT_NONE;
}

static enum reject group_set(struct model *model, const struct command_person_group *command)
{
    bool are_officers_ok = model_officers_ok(true, command->officer, command->second);
    if (command->head.source == MODEL_SOURCE_SCREEN) {
        u32 held = model_group_of_person(model, command->person);
        bool is_lower = command->group > 0 && command->group <= (held == 0 ? UINT32_MAX : held);
        are_officers_ok = command->officer == 0 && command->second == 0 && is_lower;
    }
    enum reject reject = check_person(model, are_officers_ok, command->person);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->group == MODEL_GROUP_NONE) {
        return REJECT_BAD_DEFINITION;
    }
    model_person(model, command->person)->group = command->group;
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

enum reject model_rules_person(struct model *model, const struct command_head *command,
                               bool *is_known_out)
{
    const void *record = command;
    *is_known_out = true;
    switch (command->kind) {
    case COMMAND_PERSON_ADD:
        return person_add(model, record);
    case COMMAND_LINK:
        return person_link(model, record);
    case COMMAND_UNLINK:
        return person_unlink(model, record);
    case COMMAND_FACT_SET:
        return fact_set(model, record);
    case COMMAND_LISTING_SET:
        return listing_set(model, record);
    case COMMAND_OWNERSHIP_SET:
        return ownership_set(model, record);
    case COMMAND_ROW_END:
        return row_end(model, record);
    case COMMAND_PERSON_GROUP:
        return group_set(model, record);
    default: /* not an enum: a number from outside */
        *is_known_out = false;
        return REJECT_NONE;
    }
}
