#include "sim/flow_rules.h"

#include "core/rule_form.h"
#include "sim/flow_state.h"

#define HOUR_US 3600000000ULL
#define SCREEN  4U               /* the source of screening's verdicts */
#define LOGINS  7U               /* that of logins */
#define EUR_BIG 1000000000000ULL /* what a typical amount is worth: 10,000 EUR */

/* ---- draws ---- */

static u32 draw_person(struct flow *flow)
{
    u32 count = model_persons_count(flow->model);
    bool is_odd = count == 0 || flow_chance(flow, 12);
    return is_odd ? (u32)flow_pick(flow, count + 2ULL) : 1 + (u32)flow_pick(flow, count);
}

/* Two officers as a rule; now and then one is missing, or both are one. */
static void draw_officers(struct flow *flow, u32 *officer_out, u32 *second_out)
{
    u64 draw = flow_pick(flow, 60);
    *officer_out = draw == 0 ? 0 : 1 + (u32)flow_pick(flow, 4);
    *second_out = draw == 1 ? 0 : *officer_out + 1;
    *second_out = draw == 2 ? *officer_out : *second_out;
}

/* The command, which is there, comes from another source. */
static void by_source(struct flow *flow, u8 source)
{
    struct command_head head;
    memcpy(&head, flow->step->record, sizeof head);
    head.source = source;
    memcpy(flow->step->record, &head, sizeof head);
}

static void by_screen(struct flow *flow)
{
    by_source(flow, SCREEN);
}

/* Who gives a verdict: one officer or two, or screening, which has none as a rule. True: screening.
 */
static bool draw_judge(struct flow *flow, u32 *officer_out, u32 *second_out)
{
    bool is_screen = flow_chance(flow, 450);
    if (!is_screen || flow_chance(flow, 30)) {
        draw_officers(flow, officer_out, second_out);
        *second_out = flow_chance(flow, 250) ? 0 : *second_out;
    }
    return is_screen;
}

static void emit_judged(struct flow *flow, const void *command, u16 kind, bool is_screen)
{
    flow_emit(flow, command, kind, 0);
    if (is_screen) {
        by_screen(flow);
    }
}

/* A moment that is likely to matter: before, now, soon. */
static u64 draw_time(struct flow *flow)
{
    u64 draw = flow_pick(flow, 10);
    if (draw < 5) {
        return 0;
    }
    return draw == 5 ? flow->time_us : flow->time_us + flow_pick(flow, 50) * HOUR_US / 2;
}

static u64 draw_end(struct flow *flow)
{
    if (flow_chance(flow, 600)) {
        return RULE_TIME_OPEN;
    }
    return flow->time_us + flow_pick(flow, 60) * HOUR_US;
}

/* A row of the person that may be replaced; 0: none. `like` names kind or list. */
static u64 draw_row(struct flow *flow, u32 person, u8 fact, u64 listed, u64 owned)
{
    u32 count = model_rows_count(flow->model);
    u64 start = flow_pick(flow, count + 1ULL);
    if (flow_chance(flow, 40)) {
        return start;
    }
    for (u32 i = 0; i < count; i++) {
        struct model_row_view row = model_row_at(flow->model, (u32)((start + i) % count));
        bool is_same = row.fact == fact && row.listed == listed && row.owned == owned;
        if (row.person == person && is_same) {
            return row.number;
        }
    }
    return 0;
}

/* ---- persons and rows ---- */

static void emit_person_add(struct flow *flow)
{
    struct command_person_add command = {.person = model_persons_count(flow->model) + 1};
    u32 second = 0;
    command.person = flow_chance(flow, 100) ? draw_person(flow) : command.person;
    command.provider = (u16)flow_pick(flow, 3);
    draw_officers(flow, &command.officer, &second);
    flow_emit(flow, &command, COMMAND_PERSON_ADD, 0);
}

static void emit_link(struct flow *flow)
{
    struct command_link command = {.matter = flow_pick(flow, 9)};
    u32 account = flow_account(flow);
    command.person = draw_person(flow);
    draw_officers(flow, &command.officer, &command.second);
    for (u32 i = 0; i < 3 && model_person_of(flow->model, account) != 0; i++) {
        account = flow_account(flow);
    }
    flow_emit(flow, &command, COMMAND_LINK, account);
}

static void emit_unlink(struct flow *flow)
{
    struct command_unlink command = {.matter = flow_pick(flow, 9)};
    u32 account = flow_account(flow);
    command.person = model_person_of(flow->model, account);
    if (command.person == 0 || flow_chance(flow, 100)) {
        command.person = draw_person(flow);
    }
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_UNLINK, account);
}

static void draw_fact(struct flow *flow, struct command_fact_set *command)
{
    command->fact = (u8)(1 + flow_pick(flow, RULE_FACT_KINDS - 1));
    command->value = flow_rules_value(flow, command->fact);
    bool is_special = command->fact != RULE_FACT_KIND && command->fact != RULE_FACT_ROLE;
    if (is_special && flow_chance(flow, 200)) {
        command->value = flow_chance(flow, 500) ? RULE_VALUE_NONE : RULE_VALUE_UNKNOWN;
    }
    command->verified = (u8)flow_pick(flow, 8);
    command->from = draw_time(flow);
    command->until = draw_end(flow);
    command->expires = draw_end(flow);
    command->evidence = flow_pick(flow, 1000);
    command->matter = flow_pick(flow, 9);
}

static void emit_fact(struct flow *flow)
{
    struct command_fact_set command = {.person = draw_person(flow)};
    draw_fact(flow, &command);
    if (flow_chance(flow, 350)) {
        command.replaces = draw_row(flow, command.person, command.fact, 0, 0);
    }
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_FACT_SET, flow_account(flow));
}

static void emit_listing(struct flow *flow)
{
    struct command_listing_set command = {.person = draw_person(flow)};
    command.state = (u8)(1 + flow_pick(flow, 3));
    command.list = flow_rules_list(flow);
    command.programme = flow_chance(flow, 500) ? 0 : flow_rules_programme(flow);
    command.entry = (u32)flow_pick(flow, 100);
    command.list_version = (u32)flow_pick(flow, 5);
    command.from = draw_time(flow);
    command.until = draw_end(flow);
    if (flow_chance(flow, 500)) {
        command.replaces = draw_row(flow, command.person, 0, command.list, 0);
    }
    bool is_screen = draw_judge(flow, &command.officer, &command.second);
    emit_judged(flow, &command, COMMAND_LISTING_SET, is_screen);
}

static void emit_ownership(struct flow *flow)
{
    static const u16 shares[] = {0, 2499, 2500, 2501, 4999, 5000, 5001, 10000};
    struct command_ownership_set command = {.person = draw_person(flow)};
    command.compare = (u8)(1 + flow_pick(flow, 2));
    command.control = (u8)flow_pick(flow, 3);
    command.percent = flow_chance(flow, 700) ? 5000 : 2500;
    u16 a = shares[flow_pick(flow, ARRAY_COUNT(shares))];
    u16 b = shares[flow_pick(flow, ARRAY_COUNT(shares))];
    command.lower = a < b ? a : b;
    command.upper = a < b ? b : a;
    command.list = flow_rules_list(flow);
    command.path = flow_pick(flow, 100);
    command.from = draw_time(flow);
    command.until = draw_end(flow);
    if (flow_chance(flow, 500)) {
        command.replaces = draw_row(flow, command.person, 0, 0, command.list);
    }
    bool is_screen = draw_judge(flow, &command.officer, &command.second);
    emit_judged(flow, &command, COMMAND_OWNERSHIP_SET, is_screen);
}

static void emit_row_end(struct flow *flow)
{
    u32 count = model_rows_count(flow->model);
    struct command_row_end command = {.person = draw_person(flow)};
    command.reason = (u32)flow_pick(flow, 5);
    command.row = flow_pick(flow, 50);
    if (count > 0 && flow_chance(flow, 930)) {
        struct model_row_view row = model_row_at(flow->model, (u32)flow_pick(flow, count));
        command.row = row.number;
        command.person = flow_chance(flow, 60) ? command.person : row.person;
    }
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_ROW_END, 0);
}

/* ---- prices ---- */

static void emit_price_of(struct flow *flow, u16 asset)
{
    u64 known_us = 0;
    u64 price = 0;
    if (asset < model_assets_count(flow->model)) {
        price = model_price_of(flow->model, asset, &known_us);
    }
    if (price == 0 || flow_chance(flow, 30)) {
        u128 whole = EUR_BIG;
        for (u32 i = 0; asset < flow->assets_count && i < flow->scales[asset]; i++) {
            whole *= 10;
        }
        u128 each = whole / flow_typical_amount(flow, asset);
        price = each == 0 ? 1 : each >> 62 != 0 ? 1ULL << 62 : (u64)each;
    } else {
        u64 steps = price / 50;
        price = price - 4 * steps + flow_pick(flow, 8 * steps + 2);
    }
    struct command_valuation_price command = {.price = price_of(price), .asset = asset};
    u64 age = flow_chance(flow, 700) ? 0 : flow_pick(flow, 2 * HOUR_US);
    command.time_us = flow->time_us > age ? flow->time_us - age : flow->time_us;
    command.time_us += flow_chance(flow, 15);
    command.sources = (u8)(1 + flow_pick(flow, 3));
    flow_emit(flow, &command, COMMAND_VALUATION_PRICE, 0);
}

static void emit_price(struct flow *flow)
{
    bool is_odd = flow_chance(flow, 8);
    emit_price_of(flow, (u16)flow_pick(flow, flow->assets_count + (is_odd ? 2ULL : 0)));
}

/* A pack that is there; MODEL_PACKS: none. */
static u32 draw_pack_number(struct flow *flow)
{
    bool is_ending = false;
    u32 start = (u32)flow_pick(flow, MODEL_PACKS);
    for (u32 i = 0; i < MODEL_PACKS; i++) {
        u32 number = (start + i) % MODEL_PACKS;
        if (model_pack_at(flow->model, number, &is_ending) != NULL) {
            return number;
        }
    }
    return MODEL_PACKS;
}

static void emit_valuation(struct flow *flow)
{
    struct command_valuation command = {.pack = (u16)draw_pack_number(flow)};
    command.pack = (u16)(flow_chance(flow, 30) ? flow_pick(flow, 20) : command.pack);
    flow_emit(flow, &command, COMMAND_VALUATION, 0);
}

/* ---- packs ---- */

/* An active pack, as a rule one with the id of the pack that is being sent; NULL: there is none. */
static const struct rule_pack *draw_replaced(struct flow *flow)
{
    const struct rule_pack *drawn = NULL;
    u32 start = (u32)flow_pick(flow, MODEL_PACKS);
    bool is_any = flow_chance(flow, 150);
    for (u32 i = 0; i < MODEL_PACKS; i++) {
        bool is_ending = false;
        const struct rule_pack *pack =
            model_pack_at(flow->model, (start + i) % MODEL_PACKS, &is_ending);
        bool is_there = pack != NULL && !is_ending;
        if (is_there && (is_any || memcmp(pack->id, flow->pack.pack.id, RULE_ID_BYTES) == 0)) {
            return pack;
        }
        drawn = is_there ? pack : drawn;
    }
    return drawn;
}

static void emit_replace(struct flow *flow, const struct rule_pack *replaced)
{
    struct command_pack_replace command = {.size = flow->pack.bytes};
    memcpy(command.content_hash, flow->pack.hash, sizeof command.content_hash);
    memcpy(command.ended_hash, replaced->content_hash, sizeof command.ended_hash);
    command.ended_hash[0] = (u8)(command.ended_hash[0] + flow_chance(flow, 40));
    command.confirmed = flow_chance(flow, 600);
    command.matter = flow_pick(flow, 9);
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_PACK_REPLACE, 0);
}

static void emit_activate(struct flow *flow)
{
    const struct rule_pack *replaced = flow_chance(flow, 350) ? draw_replaced(flow) : NULL;
    if (replaced != NULL) {
        emit_replace(flow, replaced);
        return;
    }
    struct command_pack_activate command = {.size = flow->pack.bytes};
    memcpy(command.content_hash, flow->pack.hash, sizeof command.content_hash);
    command.confirmed = flow_chance(flow, 600);
    command.matter = flow_pick(flow, 9);
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_PACK_ACTIVATE, 0);
}

/* The next piece of the pack that is being sent, or the activation when all is there. */
static void emit_pack(struct flow *flow)
{
    struct flow_pack *sent = &flow->pack;
    if (sent->at > sent->bytes || sent->bytes == 0) {
        flow_rules_draw_form(flow);
    }
    bool is_rash = flow_chance(flow, 15);
    if (sent->at == sent->bytes || is_rash) {
        sent->at = is_rash ? sent->at : sent->bytes + 1; /* another one next time */
        emit_activate(flow);
        return;
    }
    struct command_pack_part command = {.offset = sent->at};
    u32 left = sent->bytes - sent->at;
    u32 size = (u32)u64_min(left, sizeof command.data);
    if (flow_chance(flow, 200)) {
        size = 1 + (u32)flow_pick(flow, size);
    }
    command.size = (u16)size;
    memcpy(command.data, sent->form + sent->at, size);
    sent->at += size;
    flow_emit(flow, &command, COMMAND_PACK_PART, 0);
}

static void emit_pack_end(struct flow *flow)
{
    struct command_pack_end command = {.matter = flow_pick(flow, 9)};
    u32 number = draw_pack_number(flow);
    bool is_ending = false;
    if (number < MODEL_PACKS) {
        const struct rule_pack *pack = model_pack_at(flow->model, number, &is_ending);
        memcpy(command.content_hash, pack->content_hash, sizeof command.content_hash);
    }
    if (flow_chance(flow, 40)) {
        command.content_hash[0] = (u8)(command.content_hash[0] + 1);
    }
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_PACK_END, 0);
}

static void emit_rules_set(struct flow *flow)
{
    static const u32 stales[] = {60, 3600, 864000, 864000, UINT32_MAX};
    struct command_rules_set command = {.price_stale_seconds = 0};
    command.price_stale_seconds = stales[flow_pick(flow, ARRAY_COUNT(stales))];
    command.reevaluations_per_command_max = 1 + (u32)flow_pick(flow, 3);
    if (flow_chance(flow, 100)) {
        command.reevaluations_per_command_max = (u32)flow_pick(flow, 20);
    }
    flow_emit(flow, &command, COMMAND_RULES_SET, 0);
}

/* ---- licences ---- */

/* A rule that keeps the person's money from leaving; false: none. */
static bool find_obstacle(struct flow *flow, u32 person, u32 *pack_out, u32 *rule_out)
{
    u64 leaving = 3ULL << (2 * OPERATION_WITHDRAW) | 3ULL << (2 * OPERATION_TRANSFER_OUT);
    u32 start = (u32)flow_pick(flow, MODEL_PACKS);
    bool is_person = person >= 1 && person <= model_persons_count(flow->model);
    for (u32 i = 0; is_person && i < MODEL_PACKS; i++) {
        for (u32 rule = 0; rule < RULE_RULES_MAX; rule++) {
            *pack_out = (start + i) % MODEL_PACKS;
            *rule_out = rule;
            bool is_ending = false;
            const struct rule_pack *pack = model_pack_at(flow->model, *pack_out, &is_ending);
            u64 vector = model_finding_vector(flow->model, person, *pack_out, rule);
            if (pack != NULL && (vector & leaving) != 0) {
                return true;
            }
        }
    }
    return false;
}

/* Mostly one with an account. */
static u32 draw_customer(struct flow *flow)
{
    u32 person = model_person_of(flow->model, flow_account(flow));
    return person == 0 || flow_chance(flow, 100) ? draw_person(flow) : person;
}

static void draw_licence(struct flow *flow, struct command_licence_set *command)
{
    u32 number = draw_pack_number(flow);
    u32 rule = 0;
    bool is_ending = false;
    command->licence = model_licences_count(flow->model) + 1;
    command->person = draw_customer(flow);
    for (u32 i = 0; i < 4 && !find_obstacle(flow, command->person, &number, &rule); i++) {
        command->person = draw_customer(flow);
        number = draw_pack_number(flow);
        rule = 0;
    }
    command->ceiling = flow_pick(flow, EUR_BIG * (1 + 200ULL * flow_chance(flow, 600)));
    if (number < MODEL_PACKS) {
        const struct rule_pack *pack = model_pack_at(flow->model, number, &is_ending);
        if (pack != NULL) {
            memcpy(command->pack_id, pack->id, sizeof command->pack_id);
            memcpy(command->rule_id, pack->rules[rule].id, sizeof command->rule_id);
        }
    }
    if (model_licences_count(flow->model) > 0 && flow_chance(flow, 350)) {
        command->licence = 1 + (u32)flow_pick(flow, model_licences_count(flow->model));
        struct model_licence_view known = model_licence_at(flow->model, command->licence);
        command->person = flow_chance(flow, 50) ? command->person : known.person;
        memcpy(command->pack_id, known.pack_id, sizeof command->pack_id);
        memcpy(command->rule_id, known.rule_id, sizeof command->rule_id);
        command->ceiling = flow_chance(flow, 100) ? known.used : command->ceiling;
    }
}

static void emit_licence(struct flow *flow)
{
    struct command_licence_set command = {.number = flow_pick(flow, 100)};
    draw_licence(flow, &command);
    command.authority = flow_rules_list(flow);
    command.from = draw_time(flow);
    command.until = draw_end(flow);
    command.operations = 16U << flow_pick(flow, 3);
    command.operations |= flow_chance(flow, 700) ? 48U : 0;
    command.ground = (u8)('a' + flow_pick(flow, 4));
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_LICENCE_SET, 0);
}

static void emit_lift(struct flow *flow)
{
    struct command_lift command = {.person = draw_person(flow)};
    bool is_ending = false;
    command.pack = (u16)draw_pack_number(flow);
    command.rule = (u16)flow_pick(flow, 3);
    for (u32 i = 0; i < MODEL_PACKS * RULE_RULES_MAX && flow_chance(flow, 995); i++) {
        u32 number = i / RULE_RULES_MAX;
        u32 rule = i % RULE_RULES_MAX;
        const struct rule_pack *pack = model_pack_at(flow->model, number, &is_ending);
        bool is_there = pack != NULL && rule < pack->rules_count && command.person >= 1 &&
                        command.person <= model_persons_count(flow->model);
        if (is_there && model_finding_over(flow->model, command.person, number, rule)) {
            command.pack = (u16)number;
            command.rule = (u16)rule;
            break;
        }
    }
    draw_officers(flow, &command.officer, &command.second);
    flow_emit(flow, &command, COMMAND_LIFT, 0);
}

static void emit_case_act(struct flow *flow)
{
    struct command_case_act command = {.matter = flow_pick(flow, 9)};
    command.person = draw_person(flow);
    command.act = (u16)flow_pick(flow, CASE_ACT_NOTICE + 2);
    command.officer = 1 + (u32)flow_pick(flow, 4);
    bool is_screen = flow_chance(flow, 300);
    if (is_screen) {
        command.act = flow_chance(flow, 700) ? CASE_ACT_OPEN : command.act;
        command.officer = flow_chance(flow, 800) ? 0 : command.officer;
        command.second = flow_chance(flow, 900) ? 0 : 2;
    }
    emit_judged(flow, &command, COMMAND_CASE_ACT, is_screen);
}

static void emit_log_entry(struct flow *flow)
{
    struct command_log_entry command = {.matter = flow_pick(flow, 9)};
    command.person = draw_person(flow);
    command.topic = (u16)flow_pick(flow, LOG_TOPIC_APPROVAL + 2);
    command.count = flow_pick(flow, 1000);
    bool is_screen = draw_judge(flow, &command.officer, &command.second);
    emit_judged(flow, &command, COMMAND_LOG_ENTRY, is_screen);
}

static void emit_group(struct flow *flow)
{
    struct command_person_group command = {.matter = flow_pick(flow, 9)};
    command.person = draw_person(flow);
    command.group = flow_chance(flow, 10) ? UINT32_MAX : (u32)flow_pick(flow, 4);
    bool is_screen = draw_judge(flow, &command.officer, &command.second);
    emit_judged(flow, &command, COMMAND_PERSON_GROUP, is_screen);
}

/* Money that moves under a licence. */
static void emit_licensed(struct flow *flow)
{
    u32 count = model_licences_count(flow->model);
    u32 licence = count == 0 ? 1 : 1 + (u32)flow_pick(flow, count);
    u32 person = count == 0 ? 0 : model_licence_at(flow->model, licence).person;
    u32 account = flow_account(flow);
    for (u32 i = 0; i < model_accounts_count(flow->model); i++) {
        bool is_right = model_person_of(flow->model, account) == person;
        account = is_right ? account : i;
    }
    licence += flow_chance(flow, 15) ? count : 0;
    u16 asset = (u16)flow_pick(flow, flow->assets_count);
    u64 free = model_balance_of(flow->model, account, asset).free.units; /* raw: for drawing */
    u64 amount = 1 + flow_pick(flow, free / 40 + 1);
    if (flow_chance(flow, 600)) {
        struct command_withdraw_hold command = {.amount = amount_of(amount), .asset = asset};
        command.fee = amount_of(flow_pick(flow, 3));
        command.network = (u16)flow_pick(flow, flow->limits.networks_max);
        command.licence = licence;
        flow_emit(flow, &command, COMMAND_WITHDRAW_HOLD, account);
    } else {
        struct command_transfer command = {.amount = amount_of(amount), .asset = asset};
        command.target_account = flow_account(flow);
        command.licence = (u16)licence;
        flow_emit(flow, &command, COMMAND_TRANSFER, account);
    }
}

/* ---- logins ---- */

static void emit_login(struct flow *flow)
{
    struct command_login_open command = {.login = 1 + model_logins_count(flow->model)};
    command.login = flow_chance(flow, 60) ? flow_pick(flow, command.login + 1) : command.login;
    command.person = flow_chance(flow, 15);
    if (flow_chance(flow, 300)) {
        command.restrictions = flow_pick(flow, 1U << 14);
    }
    flow_emit(flow, &command, COMMAND_LOGIN_OPEN, 0);
    by_source(flow, flow_chance(flow, 30) ? (u8)flow_pick(flow, 5) : LOGINS);
}

/* Short ones, so that they end while the flow goes on; many at the same moment. */
static void emit_pause(struct flow *flow)
{
    struct command_withdraw_pause command = {.cause = (u8)flow_pick(flow, LOGIN_CAUSE_COUNT)};
    command.login = 1 + flow_pick(flow, model_logins_count(flow->model) + 1ULL);
    command.until = flow->time_us + HOUR_US - flow->time_us % (HOUR_US / 4);
    command.until += flow_pick(flow, 8) * HOUR_US / 4;
    command.until = flow_chance(flow, 100) ? flow_pick(flow, flow->time_us + 1) : command.until;
    command.until += flow_chance(flow, 20) ? 40 * 24 * HOUR_US : 0;
    command.cause = command.cause == 0 && flow_chance(flow, 900) ? 1 : command.cause;
    flow_emit(flow, &command, COMMAND_WITHDRAW_PAUSE, 0);
    by_source(flow, flow_chance(flow, 30) ? (u8)flow_pick(flow, 5) : LOGINS);
}

/* ---- the whole ---- */

void flow_rules(struct flow *flow)
{
    static void (*const kinds[])(struct flow *) = {
        emit_person_add, emit_link,      emit_unlink,  emit_fact,      emit_listing,
        emit_ownership,  emit_row_end,   emit_price,   emit_valuation, emit_pack,
        emit_pack_end,   emit_rules_set, emit_licence, emit_lift,      emit_case_act,
        emit_licensed,   emit_log_entry, emit_group,   emit_login,     emit_pause,
    };
    static const u16 weights[] = {5, 9, 4, 26, 12, 8, 6, 24, 12, 34, 8, 3, 8, 4, 1, 22, 1, 5, 4, 8};
    _Static_assert(ARRAY_COUNT(kinds) == ARRAY_COUNT(weights), "one weight each");
    if (flow_chance(flow, flow->profile.rules_flood)) {
        emit_valuation(flow);
        return;
    }
    u64 total = 0;
    for (u32 i = 0; i < ARRAY_COUNT(weights); i++) {
        total += weights[i];
    }
    u64 draw = flow_pick(flow, total);
    u32 kind = 0;
    while (draw >= weights[kind]) {
        draw -= weights[kind];
        kind += 1;
    }
    kinds[kind](flow);
    if (flow_chance(flow, 5)) {
        by_screen(flow);
    }
}

bool flow_rules_setup(struct flow *flow)
{
    u32 step = flow->rules_setup++;
    u32 persons = flow->profile.persons;
    u32 accounts = flow->profile.accounts;
    if (step < persons) {
        struct command_person_add person = {.person = step + 1, .officer = 1};
        flow_emit(flow, &person, COMMAND_PERSON_ADD, 0);
    } else if (step < persons + accounts) {
        struct command_link link = {.person = 1 + (u32)flow_pick(flow, persons + 1ULL),
                                    .officer = 1};
        flow_emit(flow, &link, COMMAND_LINK, step - persons);
    } else if (step < persons + accounts + flow->assets_count) {
        emit_price_of(flow, (u16)(step - persons - accounts));
    } else if (step == persons + accounts + flow->assets_count) {
        struct command_rules_set set = {.price_stale_seconds = UINT32_MAX};
        set.reevaluations_per_command_max = persons > 8 ? 1 : 3;
        flow_emit(flow, &set, COMMAND_RULES_SET, 0);
    } else {
        return false;
    }
    return true;
}

bool flow_rules_time(struct flow *flow)
{
    u64 due = model_rules_due(flow->model);
    if (due != RULE_TIME_OPEN && due > flow->time_us && due - flow->time_us < 4000 * HOUR_US &&
        flow_chance(flow, flow->profile.rules_jumps)) {
        u64 near = flow_pick(flow, 5); /* right before it, at it, a little later */
        flow->time_us = near == 0 ? due - 1 : near == 4 ? due + HOUR_US : due;
        return true;
    }
    if (flow_chance(flow, flow->profile.rules_jumps / 4)) {
        flow->time_us += flow_pick(flow, 30) * HOUR_US;
        return true;
    }
    return false;
}
