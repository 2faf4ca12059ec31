/* Random packs of the command generator: a few rules with small predicates about few values, so
 * that persons meet them, and times, amounts and vectors at which something changes. */
#include "base/span.h"
#include "core/rule_form.h"
#include "sim/flow_state.h"

#define HOUR_US 3600000000ULL
#define DAY_US  (24 * HOUR_US)

enum { NODES_MANY = 60, DEPTH = 3 };

static void draw_id(char *id, char kind, u64 number)
{
    id[0] = kind;
    id[1] = (char)('0' + number % 10);
}

u64 flow_rules_list(struct flow *flow)
{
    static const char *const lists[] = {"us-sdn", "eu-269"};
    return rule_name_of(span_of_text(lists[flow_pick(flow, ARRAY_COUNT(lists))]));
}

u64 flow_rules_programme(struct flow *flow)
{
    static const char *const programmes[] = {"russia-eo", "dprk"};
    return rule_name_of(span_of_text(programmes[flow_pick(flow, ARRAY_COUNT(programmes))]));
}

u16 flow_rules_value(struct flow *flow, u32 kind)
{
    return (u16)(1 + flow_pick(flow, kind == RULE_FACT_KIND ? 2 : 4));
}

/* ---- predicates ---- */

static void draw_has(struct flow *flow, struct rule_pack *pack, struct rule_node *node)
{
    u16 low = flow_rules_value(flow, node->detail);
    u16 high = flow_rules_value(flow, node->detail);
    node->op = RULE_OP_HAS;
    node->first = pack->values_count;
    node->count = low == high ? 1 : 2;
    pack->values[pack->values_count++] = low < high ? low : high;
    if (low != high) {
        pack->values[pack->values_count++] = low < high ? high : low;
    }
    node->flags = (u8)(flow_chance(flow, 250) ? RULE_NODE_NEGATED : 0);
    node->flags = (u8)(node->flags | (flow_chance(flow, 300) ? RULE_NODE_UNEXPIRED : 0));
    node->verified = (u8)(flow_chance(flow, 200) ? RULE_VERIFIED_ADDRESS : 0);
}

static void draw_leaf(struct flow *flow, struct rule_pack *pack, struct rule_node *node)
{
    u64 draw = flow_pick(flow, 10);
    node->detail = (u8)(1 + flow_pick(flow, RULE_FACT_KINDS - 1));
    if (draw == 0) {
        node->op = RULE_OP_MISSING;
    } else if (draw <= 2) {
        node->op = RULE_OP_LISTED;
        node->detail = (u8)(RULE_LISTING_CANDIDATE + flow_pick(flow, 2));
        node->list = flow_rules_list(flow);
        if (flow_chance(flow, 400)) {
            node->first = pack->names_count;
            node->count = 1;
            pack->names[pack->names_count++] = flow_rules_programme(flow);
        }
    } else if (draw == 3) {
        node->op = RULE_OP_OWNED;
        node->detail = (u8)(RULE_ABOVE + flow_pick(flow, 2));
        node->percent = flow_chance(flow, 700) ? 5000 : 2500;
        node->flags = (u8)(flow_chance(flow, 500) ? RULE_NODE_CONTROL : 0);
        node->list = flow_rules_list(flow);
    } else {
        draw_has(flow, pack, node);
    }
}

/* A node behind its children; returns its place. At most DEPTH deep. */
static u16 draw_node(struct flow *flow, struct rule_pack *pack, u32 depth)
{
    u16 children[3];
    u32 count = 0;
    struct rule_node node = {.parent = RULE_NONE};
    bool is_leaf = depth + 1 >= DEPTH || pack->nodes_count > NODES_MANY || flow_chance(flow, 450);
    if (is_leaf) {
        draw_leaf(flow, pack, &node);
    } else {
        node.op = (u8)(RULE_OP_ALL + flow_pick(flow, 3));
        count = node.op == RULE_OP_NOT ? 1 : 1 + (u32)flow_pick(flow, 3);
        for (u32 i = 0; i < count; i++) {
            children[i] = draw_node(flow, pack, depth + 1);
        }
    }
    u16 place = pack->nodes_count++;
    pack->nodes[place] = node;
    for (u32 i = 0; i < count; i++) {
        pack->nodes[children[i]].parent = place;
    }
    return place;
}

/* ---- rules ---- */

static u64 draw_vector(struct flow *flow)
{
    static const u64 vectors[] = {
        0,
        2ULL << (2 * OPERATION_TRADE) | 2ULL << (2 * OPERATION_PLACE) |
            1ULL << (2 * OPERATION_DEPOSIT) | 2ULL << (2 * OPERATION_TRANSFER_IN),
        1ULL << (2 * OPERATION_WITHDRAW) | 1ULL << (2 * OPERATION_TRANSFER_OUT),
        2ULL << (2 * OPERATION_WITHDRAW) | 2ULL << (2 * OPERATION_TRANSFER_OUT),
        3ULL << (2 * OPERATION_DEPOSIT) | 3ULL << (2 * OPERATION_WITHDRAW),
        2ULL << (2 * RULE_OPERATION_OPEN),
    };
    u64 draw = flow_pick(flow, ARRAY_COUNT(vectors) + 2);
    if (draw < ARRAY_COUNT(vectors)) {
        return vectors[draw];
    }
    u64 level = flow_pick(flow, 4);
    return level << (2 * flow_pick(flow, RULE_OPERATIONS_COUNT));
}

/* About what somebody holds, often exactly. */
static u64 draw_amount(struct flow *flow)
{
    u32 persons = model_persons_count(flow->model);
    u64 amount = (1 + flow_pick(flow, 60)) * 100000000000ULL;
    if (persons > 0 && flow_chance(flow, 500)) {
        u64 held = model_holdings_eur(flow->model, 1 + (u32)flow_pick(flow, persons));
        u64 more = flow_pick(flow, 3);
        amount = held > 1 ? held - 1 + more : amount;
    }
    return amount > 0 ? amount : 1;
}

static void draw_threshold(struct flow *flow, struct rule *rule)
{
    static const u64 dwells[] = {0, 0, HOUR_US, DAY_US, RULE_TIME_OPEN};
    static const u16 warns[] = {0, 9000, 9000, 9000, 300, 10000};
    rule->flags |= RULE_FLAG_THRESHOLD;
    rule->flags |= flow_chance(flow, 150) ? RULE_FLAG_STICKY : 0;
    rule->compare = (u8)(RULE_ABOVE + flow_pick(flow, 2));
    rule->amount = draw_amount(flow);
    rule->lift_margin = flow_pick(flow, rule->amount / 10 + 1);
    rule->dwell_us = dwells[flow_pick(flow, ARRAY_COUNT(dwells))];
    rule->warn_percent = warns[flow_pick(flow, ARRAY_COUNT(warns))];
}

static void draw_evidence(struct flow *flow, struct rule *rule)
{
    rule->unknown_vector = draw_vector(flow);
    rule->candidate_vector = draw_vector(flow);
    rule->undetermined_vector = draw_vector(flow);
    if (flow_chance(flow, 700)) {
        rule->evidence = (u8)(1 + flow_pick(flow, RULE_FACT_KINDS - 1));
        rule->evidence_days = (u16)(1 + flow_pick(flow, 3));
        rule->deadline_vector = draw_vector(flow);
    }
}

static void draw_subject(struct flow *flow, struct rule_pack *pack, struct rule *rule)
{
    rule->subject_first = pack->nodes_count;
    (void)draw_node(flow, pack, 0);
    rule->subject_count = (u16)(pack->nodes_count - rule->subject_first);
    if (flow_chance(flow, 300)) {
        rule->unless_first = pack->nodes_count;
        (void)draw_node(flow, pack, 1);
        rule->unless_count = (u16)(pack->nodes_count - rule->unless_first);
    }
    if (flow_chance(flow, 450)) {
        draw_threshold(flow, rule);
    }
    draw_evidence(flow, rule);
    rule->grounds = flow_chance(flow, 700) ? 7U : 0;
}

static void draw_assets(struct flow *flow, struct rule_pack *pack, struct rule *rule)
{
    u8 letter = (u8)('a' + flow_pick(flow, flow->assets_count + 1ULL)); /* or one still to come */
    rule->assets_first = pack->names_count;
    rule->assets_count = 1;
    pack->names[pack->names_count++] = rule_name_of((struct span){.data = &letter, .size = 1});
}

static void draw_rule(struct flow *flow, struct rule_pack *pack)
{
    u16 number = pack->rules_count++;
    struct rule *rule = &pack->rules[number];
    draw_id(rule->id, (char)('r' + number / 10), number);
    rule->effective = pack->effective;
    if (flow_chance(flow, 250)) {
        u64 from = flow->time_us + flow_pick(flow, 5) * HOUR_US;
        u64 until = from + (1 + flow_pick(flow, 40)) * HOUR_US;
        rule->effective.from = u64_max(from, pack->effective.from);
        rule->effective.until = u64_min(until, pack->effective.until);
        if (rule->effective.from >= rule->effective.until) {
            rule->effective = pack->effective;
        }
    }
    bool is_asset = flow_chance(flow, flow->profile.rules_assets);
    rule->scope = (u8)(is_asset ? RULE_SCOPE_ASSET : 1 + flow_pick(flow, 2));
    rule->vector = draw_vector(flow);
    if (is_asset) {
        draw_assets(flow, pack, rule);
    } else {
        draw_subject(flow, pack, rule);
    }
}

/* Now and then the pack is the next version of one that is there, from the moment on at which that
 * ends; or ends with it. */
static void draw_neighbour(struct flow *flow, struct rule_pack *pack)
{
    bool is_ending = false;
    const struct rule_pack *other =
        model_pack_at(flow->model, (u32)flow_pick(flow, MODEL_PACKS / 2), &is_ending);
    bool is_next = flow_chance(flow, 700);
    if (other == NULL || other->effective.until == RULE_TIME_OPEN ||
        other->effective.until <= flow->time_us || flow_chance(flow, 400)) {
        return;
    }
    if (is_next) {
        memcpy(pack->id, other->id, sizeof pack->id);
        pack->effective.from = other->effective.until;
        pack->effective.until = RULE_TIME_OPEN;
    } else if (pack->effective.from < other->effective.until) {
        pack->effective.until = other->effective.until;
    }
}

static void draw_pack(struct flow *flow, struct rule_pack *pack)
{
    memset(pack, 0, sizeof *pack);
    draw_id(pack->id, (char)('a' + flow_pick(flow, flow->profile.rules_packs)), 0);
    pack->content_hash[0] = (u8)flow_pick(flow, 10ULL * flow->profile.rules_packs);
    pack->content_hash[31] = 1;
    pack->version = 1 + (u32)flow_pick(flow, 3);
    pack->is_uncertain = flow_chance(flow, 150);
    pack->effective.from = flow_chance(flow, 700) ? 0 : flow->time_us;
    pack->effective.from += flow_chance(flow, 200) ? flow_pick(flow, 30) * HOUR_US : 0;
    pack->effective.until = RULE_TIME_OPEN;
    if (flow_chance(flow, 300)) {
        u64 from = u64_max(pack->effective.from, flow->time_us);
        pack->effective.until = from + (1 + flow_pick(flow, 72)) * HOUR_US;
    }
    draw_neighbour(flow, pack);
    u64 rules = flow_chance(flow, 80) ? 12 : 1 + flow_pick(flow, 3);
    for (u64 i = 0; i < rules; i++) {
        draw_rule(flow, pack);
    }
}

void flow_rules_draw_form(struct flow *flow)
{
    struct flow_pack *sent = &flow->pack;
    draw_pack(flow, &sent->pack);
    const char *reason = rule_pack_check(&sent->pack);
    CHECK(reason == NULL);
    sent->bytes = (u32)rule_form_encode(&sent->pack, sent->form);
    sent->at = 0;
    memcpy(sent->hash, sent->pack.content_hash, sizeof sent->hash);
    if (flow_chance(flow, 30)) { /* the decoder refuses most of these */
        sent->form[flow_pick(flow, sent->bytes)] ^= (u8)(1 + flow_pick(flow, 255));
    }
}
