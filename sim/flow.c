#include "sim/flow.h"

#include "sim/flow_rules.h"
#include "sim/flow_state.h"

#include <stdlib.h>

static struct flow *create(u64 seed, void (*draw)(struct flow *flow))
{
    struct flow *flow = calloc(1, sizeof *flow);
    CHECK(flow != NULL);
    random_init(&flow->random, seed);
    draw(flow);
    flow->time_us = flow_chance(flow, 500) ? 0 : 1650000000000000ULL;
    flow_world_plan(flow);
    return flow;
}

struct flow *flow_create(u64 seed)
{
    return create(seed, flow_profile_draw);
}

struct flow *flow_rules_create(u64 seed)
{
    return create(seed, flow_profile_draw_rules);
}

void flow_free(struct flow *flow)
{
    free(flow);
}

const struct command_genesis *flow_limits(const struct flow *flow)
{
    return &flow->limits;
}

const char *flow_profile_name(const struct flow *flow)
{
    return flow->profile.name;
}

/* ---- draws ---- */

u64 flow_pick(struct flow *flow, u64 bound)
{
    return random_below(&flow->random, bound);
}

bool flow_chance(struct flow *flow, u32 per_mille)
{
    return random_chance(&flow->random, per_mille, 1000);
}

u64 flow_any_size(struct flow *flow)
{
    u64 bits = random_u64(&flow->random);
    return bits >> flow_pick(flow, 64);
}

u64 flow_edge(struct flow *flow)
{
    static const u64 edges[] = {
        0,
        1,
        2,
        3,
        255,
        65535,
        0xFFFFFFFFULL,
        1ULL << 32,
        (1ULL << 62) - 1,
        (1ULL << 63) - 1,
        1ULL << 63,
        ~0ULL,
    };
    u64 number = edges[flow_pick(flow, ARRAY_COUNT(edges))];
    return flow_chance(flow, 300) ? flow_any_size(flow) : number;
}

struct client_id flow_client(struct flow *flow)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[CLIENT_ID_SYMBOLS_MAX];
    u64 number = flow_pick(flow, 24);
    struct client_id id;
    memset(text, symbols[number], sizeof text);
    text[0] = symbols[number + 7];
    static const u8 lengths[] = {1, 2, 5, 6, 14, 22, 31, 32, 33, 35, 36};
    size_t length = number < ARRAY_COUNT(lengths) ? lengths[number] : 22;
    CHECK(client_id_pack(&id, (struct span){.data = (const u8 *)text, .size = length}));
    return id;
}

u32 flow_account(struct flow *flow)
{
    u32 count = model_accounts_count(flow->model);
    return (u32)flow_pick(flow, count == 0 || flow_chance(flow, 3) ? count + 1ULL : count);
}

u16 flow_market(struct flow *flow)
{
    u32 count = model_markets_count(flow->model);
    return (u16)flow_pick(flow, count == 0 || flow_chance(flow, 3) ? count + 1ULL : count);
}

/* ---- the record ---- */

/* Puts an odd number into one field; client ids stay well-formed. */
static void spoil(struct flow *flow, const struct wire_field *fields, u8 *bytes)
{
    u32 count = 0;
    while (fields[count].name != NULL) {
        count += 1;
    }
    const struct wire_field *field = &fields[flow_pick(flow, count)];
    u8 *at = bytes + field->offset;
    u64 number = flow_edge(flow);
    struct client_id client = flow_client(flow);
    u64 old = 0;
    switch (field->type) {
    case WIRE_U8:
        at[0] = (u8)(flow_chance(flow, 700) ? flow_pick(flow, 9) : number);
        return;
    case WIRE_U16:
        memcpy(at, &number, sizeof(u16));
        return;
    case WIRE_U32:
        memcpy(at, &number, sizeof(u32));
        return;
    case WIRE_U64:
    case WIRE_I64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
        memcpy(&old, at, sizeof old);
        number = flow_chance(flow, 400) ? old + flow_pick(flow, 3) - 1 : number;
        memcpy(at, &number, sizeof number);
        return;
    case WIRE_CLIENT_ID:
        memcpy(at, &client, sizeof client);
        return;
    case WIRE_BYTES:
    case WIRE_HEX:
        at[flow_pick(flow, field->count)] = (u8)number;
        return;
    case WIRE_STRUCT:
        spoil(flow, field->fields, at + flow_pick(flow, field->count) * field->stride);
        return;
    }
}

/* An order is as long as what it uses; the rest must be zero. */
static u32 order_units(u8 *bytes)
{
    struct command_order order;
    memcpy(&order, bytes, sizeof order);
    bool is_detailed = order.trailing_delta != 0 || order.strategy_id != 0 ||
                       order.strategy_type != 0 || !amount_is_zero(order.iceberg_qty) ||
                       !amount_is_zero(order.quote_qty) || order.spare != 0 ||
                       memcmp(&order.stop_price, &(struct price){0}, sizeof order.stop_price) != 0;
    u32 other_flags = order.flags & ~ORDER_FLAG_DETAIL;
    order.flags = (u8)(other_flags | (is_detailed ? ORDER_FLAG_DETAIL : 0));
    memcpy(bytes, &order, sizeof order);
    return wire_units(&wire_commands[COMMAND_ORDER], client_id_bytes(order.client.length),
                      is_detailed);
}

void flow_emit(struct flow *flow, const void *command, u16 kind, u32 account)
{
    struct flow_step *step = flow->step;
    const struct wire_record *record = &wire_commands[kind];
    CHECK(record->size <= FLOW_RECORD_BYTES);
    memset(step->record, 0, sizeof step->record);
    memcpy(step->record, command, record->size);
    bool is_set_up = flow->setup == UINT32_MAX;
    bool is_rare = kind == COMMAND_MARKET_ADD || kind == COMMAND_MARKET_SET ||
                   kind == COMMAND_ASSET_ADD || kind == COMMAND_FEE_SET;
    u32 bad = is_rare ? flow->profile.bad + 200 : flow->profile.bad;
    if (is_set_up && record->fields->name != NULL && flow_chance(flow, bad)) {
        spoil(flow, record->fields, step->record);
        account = flow_chance(flow, 50) ? (u32)flow_edge(flow) : account;
    }
    u32 units = kind == COMMAND_ORDER ? order_units(step->record) : record->size / WIRE_UNIT;
    flow->source_index += 1 + flow_pick(flow, 2);
    struct command_head head = {.kind = kind,
                                .units = (u8)units, /* raw: the record's length */
                                .source = (u8)flow_pick(flow, FLOW_SOURCES),
                                .account = account,
                                .source_index = flow->source_index};
    memcpy(step->record, &head, sizeof head);
    step->bytes = units * WIRE_UNIT;
    memset(step->record + step->bytes, 0, sizeof step->record - step->bytes);
    const char *reason = "";
    CHECK(command_check(step->record, step->bytes, &reason));
}

/* A kind that no schema knows: the journal would not have it, the core refuses it. */
static void emit_unknown(struct flow *flow)
{
    struct flow_step *step = flow->step;
    static const u16 kinds[] = {0, COMMAND_KIND_COUNT, 999, 0xFFFF};
    flow->source_index += 1;
    struct command_head head = {.kind = kinds[flow_pick(flow, ARRAY_COUNT(kinds))],
                                .units = 1, /* raw: the record's length */
                                .source_index = flow->source_index};
    head.account = flow_account(flow);
    memset(step->record, 0, sizeof step->record);
    memcpy(step->record, &head, sizeof head);
    step->bytes = WIRE_UNIT;
}

static void go_on(struct flow *flow)
{
    struct command_void nothing = {.void_seq = flow_pick(flow, 100)};
    u64 draw = flow_pick(flow, 10);
    if (draw == 0) {
        emit_unknown(flow);
    } else if (draw == 1) {
        flow_emit(flow, &nothing, COMMAND_VOID, 0);
    } else {
        struct command_continue command = {.head = {.kind = COMMAND_CONTINUE}};
        flow_emit(flow, &command, COMMAND_CONTINUE, 0);
        flow->step->is_void = draw == 2;
    }
}

/* ---- the clock ---- */

static void advance(struct flow *flow)
{
    if (flow->profile.rules > 0 && flow_rules_time(flow)) {
        flow->step->time_us = flow->time_us;
    } else if (flow_chance(flow, flow->profile.minutes)) {
        static const u64 jumps[] = {60000000,   59999999,   60000001,   300000000,
                                    3600000000, 3660000000, 86400000000};
        flow->time_us += jumps[flow_pick(flow, ARRAY_COUNT(jumps))];
    } else if (flow_chance(flow, 300)) {
        flow->time_us += flow_pick(flow, 2000000);
    }
    bool is_backwards = flow_chance(flow, 10) && flow->time_us > 1000;
    flow->step->time_us = is_backwards ? flow->time_us - 1000 : flow->time_us;
}

void flow_next(struct flow *flow, const struct model *model, struct flow_step *step_out)
{
    static void (*const kinds[])(struct flow *) = {
        flow_order, flow_list,   flow_replace, flow_cancel, flow_cancel_many, flow_amend,
        flow_money, flow_define, go_on,        flow_probe,  flow_rules,
    };
    const struct flow_profile *profile = &flow->profile;
    const u32 weights[] = {profile->order,       profile->list,  profile->replace, profile->cancel,
                           profile->cancel_many, profile->amend, profile->money,   profile->define,
                           profile->go_on,       profile->probe, profile->rules};
    memset(step_out, 0, sizeof *step_out);
    flow->model = model;
    flow->step = step_out;
    advance(flow);
    if (flow->setup != UINT32_MAX && flow_world_next(flow)) {
        return;
    }
    flow->setup = UINT32_MAX;
    if (profile->rules > 0 && flow_rules_setup(flow)) {
        return;
    }
    if (flow_plan_next(flow) || flow_mend(flow)) {
        return;
    }
    u32 total = 0;
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
}

size_t flow_step_model(const struct flow_step *step, struct model *model, u8 *events,
                       size_t events_size)
{
    const void *command = step->record;
    model_set_time(model, step->time_us);
    return step->is_void ? model_void(model, events, events_size)
                         : model_apply(model, command, events, events_size);
}

void flow_step_core(const struct flow_step *step, struct core *core, struct core_output *output)
{
    const void *command = step->record;
    output->used = 0;
    core_set_time(core, step->time_us);
    if (step->is_void) {
        core_void(core, output);
    } else {
        core_apply(core, command, output);
    }
}
