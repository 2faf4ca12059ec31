/* The inside of the command generator, shared by the flow*.c files and by nobody else. */
#ifndef SIM_FLOW_STATE_H
#define SIM_FLOW_STATE_H

#include "base/check.h"
#include "base/random.h"
#include "core/rule_form.h"
#include "sim/flow.h"

#include <string.h>

enum {
    FLOW_ASSETS_MAX = 5,
    FLOW_MARKETS_MAX = 4,
    FLOW_SOURCES = 3,
};

/* How one seed weighs things. Chances are per mille, weights relative. */
struct flow_profile {
    const char *name;
    u32 order;
    u32 list;
    u32 replace;
    u32 cancel;
    u32 cancel_many;
    u32 amend;
    u32 money;
    u32 define;
    u32 go_on; /* continue, void, junk */
    u32 probe; /* an order and a filter at its edge */
    u32 types[ORDER_TYPE_COUNT];
    u32 width_ticks; /* prices lie so far around the centre */
    u32 lots_max;
    u32 accounts;
    u32 bad;      /* a field is spoilt */
    u32 filters;  /* each filter is on */
    u32 features; /* each feature and type is off */
    u32 iceberg;
    u32 trailing;
    u32 group;   /* an account is in the trade group */
    u32 stp;     /* an order has a mode of its own */
    u32 tif;     /* an order is ioc or fok */
    u32 minutes; /* the clock jumps over minutes */
    u32 rules;   /* persons, packs, prices; 0: a venue without */
    u32 persons;
    u32 rules_packs;  /* so many ids of packs */
    u32 rules_assets; /* a rule is about assets */
    u32 rules_flood;  /* one more re-evaluation of those watched */
    u32 rules_jumps;  /* the clock goes to where something is due */
    bool is_tight;    /* the venue's limits are small */
    bool is_edge;     /* amounts anywhere up to 2^63 */
    bool is_poor;     /* deposits are small */
};

/* Something that takes several commands: a market gets another tick and lot. */
enum flow_plan {
    FLOW_PLAN_NONE,
    FLOW_PLAN_EMPTY,  /* halt it, cancel what is open */
    FLOW_PLAN_OPEN,   /* trade again */
    FLOW_PLAN_PROBE,  /* the filters are set: send the order */
    FLOW_PLAN_PROBED, /* it was sent: set the filters back */
};

/* The pack that is being sent. */
struct flow_pack {
    struct rule_pack pack;
    u8 form[RULE_FORM_BYTES_MAX];
    u8 hash[RULE_HASH_BYTES];
    u32 bytes;
    u32 at; /* sent so far; beyond `bytes`: it was activated, or refused */
};

struct flow {
    struct random random;
    struct flow_profile profile;
    const struct model *model;
    struct command_genesis limits;
    u32 setup; /* the next command of the setting up */
    u32 rules_setup;
    struct flow_pack pack;
    u32 assets_count;
    u32 markets_count;
    u8 scales[FLOW_ASSETS_MAX];
    struct command_market_add markets[FLOW_MARKETS_MAX];
    u64 centers[FLOW_MARKETS_MAX]; /* in ticks */
    u64 poverty;                   /* divides every deposit */
    u64 time_us;
    u64 source_index;
    enum flow_plan plan;
    u16 plan_market;
    struct command_order probe;
    u32 probe_account;
    struct flow_step *step;
};

/* ---- flow.c ---- */
/* C leaves the order open in which the parts of one expression or initializer are worked out, so a
 * statement draws at most once: a seed must give the same commands with every compiler. */
u64 flow_pick(struct flow *flow, u64 bound);
bool flow_chance(struct flow *flow, u32 per_mille);
/* A number of any size, up to just over 2^63, small ones as likely as large ones. */
u64 flow_any_size(struct flow *flow);
/* A number at an edge: 0, 1, 2^63 - 1, 2^63, 2^64 - 1 and the like. */
u64 flow_edge(struct flow *flow);
struct client_id flow_client(struct flow *flow);
/* An account, now and then one that is not there. */
u32 flow_account(struct flow *flow);
u16 flow_market(struct flow *flow);
/* Finishes the record: kind, length, source and counter; may spoil a field. */
void flow_emit(struct flow *flow, const void *command, u16 kind, u32 account);

/* ---- flow_profile.c ---- */
void flow_profile_draw(struct flow *flow);
/* One with rules. */
void flow_profile_draw_rules(struct flow *flow);

/* ---- flow_world.c ---- */
void flow_world_plan(struct flow *flow);
/* The next command of the setting up; false: it is complete. */
bool flow_world_next(struct flow *flow);
/* Draws the filters of a market anew, its grid stays. */
void flow_draw_filters(struct flow *flow, struct command_market_add *market, u64 center);
/* Draws tick and lot. */
void flow_draw_grid(struct flow *flow, struct command_market_add *market);
void flow_genesis(struct flow *flow, struct command_genesis *genesis_out);
void flow_draw_fees(struct flow *flow, u16 market, u16 tier);
u64 flow_typical_amount(struct flow *flow, u16 asset);

/* ---- flow_order.c ---- */
void flow_order(struct flow *flow);
void flow_draw_order(struct flow *flow, u16 market, struct command_order *command_out);
void flow_list(struct flow *flow);
void flow_replace(struct flow *flow);
void flow_cancel(struct flow *flow);
void flow_cancel_many(struct flow *flow);
void flow_amend(struct flow *flow);

/* ---- flow_probe.c ---- */
void flow_probe(struct flow *flow);
void flow_probe_next(struct flow *flow);

/* ---- flow_rules.c, flow_rules_pack.c ---- */
void flow_rules(struct flow *flow);
/* The first persons, links and prices; false: they are there. */
bool flow_rules_setup(struct flow *flow);
/* Lets the clock jump to where the rules have something due; false: not this time. */
bool flow_rules_time(struct flow *flow);
void flow_rules_draw_form(struct flow *flow);
u64 flow_rules_list(struct flow *flow);
u64 flow_rules_programme(struct flow *flow);
u16 flow_rules_value(struct flow *flow, u32 kind);

/* ---- flow_admin.c ---- */
void flow_money(struct flow *flow);
void flow_define(struct flow *flow);
/* Now and then lifts a restriction or opens a closed market; false: not this time. */
bool flow_mend(struct flow *flow);
/* The next command of the plan; false: there is none. */
bool flow_plan_next(struct flow *flow);

#endif /* SIM_FLOW_STATE_H */
