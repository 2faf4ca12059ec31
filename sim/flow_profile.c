/* The profiles of the command generator: the usual weather, and what each kind of weather changes.
 */
#include "sim/flow_state.h"

static const struct flow_profile usual = {
    .order = 450,
    .list = 60,
    .replace = 35,
    .cancel = 40,
    .cancel_many = 6,
    .amend = 45,
    .money = 20,
    .define = 20,
    .go_on = 8,
    .probe = 12,
    .types = {60, 8, 18, 6, 6, 6, 6},
    .width_ticks = 8,
    .lots_max = 12,
    .accounts = 6,
    .bad = 8,
    .filters = 30,
    .features = 10,
    .iceberg = 200,
    .trailing = 200,
    .group = 250,
    .stp = 500,
    .tif = 200,
    .minutes = 10,
};

static void weigh_types(struct flow_profile *profile, u32 limits, u32 markets, u32 stops)
{
    profile->types[ORDER_TYPE_LIMIT] = limits;
    profile->types[ORDER_TYPE_MARKET] = markets;
    for (u32 type = ORDER_TYPE_STOP_LOSS; type < ORDER_TYPE_COUNT; type++) {
        profile->types[type] = stops;
    }
}

static void mixed(struct flow_profile *profile)
{
    profile->define = 50;
    profile->money = 60;
    profile->bad = 30;
    profile->filters = 60;
    profile->features = 60;
}

static void deep(struct flow_profile *profile)
{
    weigh_types(profile, 100, 4, 1);
    profile->order = 800;
    profile->width_ticks = 900;
    profile->accounts = 10;
    profile->list = 15;
    profile->define = 5;
    profile->tif = 60;
}

static void triggers(struct flow_profile *profile)
{
    weigh_types(profile, 50, 12, 16);
    profile->width_ticks = 4;
    profile->lots_max = 8;
    profile->list = 90;
    profile->amend = 60;
    profile->go_on = 20;
    profile->define = 8;
    profile->trailing = 150;
}

static void self_trade(struct flow_profile *profile)
{
    weigh_types(profile, 70, 20, 4);
    profile->width_ticks = 3;
    profile->lots_max = 20;
    profile->accounts = 4;
    profile->iceberg = 400;
    profile->group = 850;
    profile->stp = 950;
}

/* Triggered orders that their lock does not pay for, among members of one group. */
static void poor_group(struct flow_profile *profile)
{
    weigh_types(profile, 60, 8, 4);
    profile->types[ORDER_TYPE_STOP_LOSS] = 24;
    profile->types[ORDER_TYPE_TAKE_PROFIT] = 24;
    profile->width_ticks = 12;
    profile->lots_max = 10;
    profile->accounts = 5;
    profile->money = 100;
    profile->group = 950;
    profile->stp = 950;
    profile->trailing = 500;
    profile->is_poor = true;
}

static void lists(struct flow_profile *profile)
{
    weigh_types(profile, 70, 20, 3);
    profile->order = 200;
    profile->list = 300;
    profile->cancel_many = 40;
    profile->amend = 80;
    profile->width_ticks = 6;
    profile->lots_max = 8;
}

static void limits(struct flow_profile *profile)
{
    weigh_types(profile, 60, 6, 10);
    profile->list = 120;
    profile->money = 90;
    profile->define = 30;
    profile->width_ticks = 300;
    profile->lots_max = 6;
    profile->tif = 60;
    profile->is_tight = true;
}

static void filters(struct flow_profile *profile)
{
    profile->filters = 550;
    profile->features = 150;
    profile->define = 60;
    profile->replace = 60;
    profile->list = 80;
    profile->lots_max = 14;
    profile->minutes = 60;
}

static void money(struct flow_profile *profile)
{
    profile->order = 150;
    profile->list = 15;
    profile->money = 450;
    profile->define = 60;
    profile->accounts = 8;
    profile->is_edge = true;
}

static void amends(struct flow_profile *profile)
{
    weigh_types(profile, 80, 6, 8);
    profile->order = 300;
    profile->list = 100;
    profile->amend = 350;
    profile->replace = 60;
    profile->lots_max = 30;
    profile->iceberg = 300;
}

static void edge(struct flow_profile *profile)
{
    weigh_types(profile, 60, 24, 6);
    profile->money = 120;
    profile->define = 40;
    profile->width_ticks = 40;
    profile->is_edge = true;
}

static void trailing(struct flow_profile *profile)
{
    weigh_types(profile, 50, 16, 14);
    profile->list = 80;
    profile->go_on = 20;
    profile->trailing = 900;
    profile->define = 8;
}

static void range(struct flow_profile *profile)
{
    weigh_types(profile, 60, 30, 6);
    profile->define = 120;
    profile->filters = 300;
    profile->width_ticks = 12;
    profile->minutes = 80;
}

static void spoilt(struct flow_profile *profile)
{
    profile->list = 120;
    profile->money = 120;
    profile->define = 90;
    profile->bad = 500;
    profile->filters = 80;
    profile->features = 80;
}

static void tight_self_trade(struct flow_profile *profile)
{
    self_trade(profile);
    profile->list = 120;
    profile->is_tight = true;
    profile->filters = 30;
}

static void tight_triggers(struct flow_profile *profile)
{
    triggers(profile);
    profile->is_tight = true;
    profile->define = 20;
}

/* Every order and every filter at its very edge. */
static void probes(struct flow_profile *profile)
{
    profile->probe = 350;
    profile->minutes = 30;
}

/* ---- with rules ---- */

static void rules_usual(struct flow_profile *profile)
{
    profile->order = 120;
    profile->list = 20;
    profile->money = 60;
    profile->define = 12;
    profile->go_on = 20;
    profile->rules = 260;
    profile->persons = 4;
    profile->rules_packs = 5;
    profile->rules_assets = 60;
    profile->rules_jumps = 25;
    profile->bad = 12;
    profile->minutes = 4;
}

static void rules_mixed(struct flow_profile *profile)
{
    profile->bad = 30;
}

/* Many persons, few of them at a time. */
static void rules_queue(struct flow_profile *profile)
{
    profile->persons = 30;
    profile->rules_packs = 12;
    profile->accounts = 10;
    profile->go_on = 4;
    profile->rules_jumps = 60;
}

/* So many re-evaluations that dates of packs wait for room. */
static void rules_flood(struct flow_profile *profile)
{
    rules_queue(profile);
    profile->rules_flood = 350;
    profile->go_on = 0;
}

static void rules_money(struct flow_profile *profile)
{
    profile->order = 60;
    profile->money = 200;
    profile->rules = 350;
    profile->persons = 3;
    profile->rules_assets = 20;
    profile->rules_jumps = 8;
    profile->bad = 4;
}

static void rules_assets(struct flow_profile *profile)
{
    profile->order = 350;
    profile->list = 60;
    profile->rules_assets = 600;
    profile->rules_jumps = 40;
}

static void rules_tight(struct flow_profile *profile)
{
    profile->order = 30;
    profile->rules = 500;
    profile->persons = 2;
    profile->is_tight = true;
}

static void rules_calm(struct flow_profile *profile)
{
    profile->order = 20;
    profile->list = 0;
    profile->define = 0;
    profile->rules = 500;
    profile->rules_packs = 24;
    profile->rules_jumps = 3;
    profile->bad = 0;
}

static void rules_spoilt(struct flow_profile *profile)
{
    profile->bad = 250;
}

void flow_profile_draw_rules(struct flow *flow)
{
    static const struct {
        const char *name;
        void (*change)(struct flow_profile *profile);
    } weathers[] = {
        {"rules mixed", rules_mixed}, {"rules queue", rules_queue},   {"rules flood", rules_flood},
        {"rules money", rules_money}, {"rules assets", rules_assets}, {"rules tight", rules_tight},
        {"rules calm", rules_calm},   {"rules spoilt", rules_spoilt},
    };
    u64 drawn = flow_pick(flow, ARRAY_COUNT(weathers));
    flow->profile = usual;
    rules_usual(&flow->profile);
    flow->profile.name = weathers[drawn].name;
    weathers[drawn].change(&flow->profile);
}

void flow_profile_draw(struct flow *flow)
{
    static const struct {
        const char *name;
        void (*change)(struct flow_profile *profile);
    } weathers[] = {
        {"mixed", mixed},
        {"deep", deep},
        {"triggers", triggers},
        {"self-trade", self_trade},
        {"poor group", poor_group},
        {"lists", lists},
        {"limits", limits},
        {"filters", filters},
        {"money", money},
        {"amends", amends},
        {"edge", edge},
        {"trailing", trailing},
        {"range", range},
        {"spoilt", spoilt},
        {"tight triggers", tight_triggers},
        {"probes", probes},
        {"tight self-trade", tight_self_trade},
    };
    u64 drawn = flow_pick(flow, ARRAY_COUNT(weathers));
    flow->profile = usual;
    flow->profile.name = weathers[drawn].name;
    weathers[drawn].change(&flow->profile);
}
