#include "app/rule_differ.h"

#include "base/check.h"

#include <string.h>

struct differ_run {
    struct past_watch watch;
    struct rule_differ *differ;
    const struct rule_pack *packs[2];
    u64 at;
    struct rule_state state;
};

static u64 nearest(u64 at, struct rule_interval interval)
{
    return at < interval.from ? interval.from : at >= interval.until ? interval.until - 1 : at;
}

static void compare(struct differ_run *run, u32 person)
{
    static struct rule_state_person rows;
    static struct rule_outcome outcome;
    const struct rule_memory memories[RULE_RULES_MAX] = {{.is_over = false}};
    struct rule_differ *differ = run->differ;
    u64 vectors[2];
    u32 assets = 0;
    rule_state_gather(&run->state, person, &rows);
    rows.person.holdings = rule_state_holdings(&run->state, person, NULL, &assets);
    for (u32 i = 0; i < 2; i += 1) {
        struct rule_instant instant = {.at = differ->at[i], .known_at = run->state.now_us};
        rule_evaluate(run->packs[i], &rows.person, instant, memories, &outcome);
        vectors[i] = outcome.vector;
    }
    differ->persons += 1;
    if (vectors[0] != vectors[1]) {
        differ->changed += 1;
        differ->differs(differ, &run->state, person, vectors[0], vectors[1]);
    }
}

static enum fault on_moment(struct past_watch *watch, u32 which, const struct past_look *look)
{
    struct differ_run *run = (struct differ_run *)(void *)watch;
    (void)which;
    TRY(rule_state_take(look->recovery->house.core, RULE_STATE_EVERYBODY, &run->state));
    u64 at = run->at == PAST_END ? look->time_us : run->at;
    for (u32 i = 0; i < 2; i += 1) {
        run->differ->at[i] = nearest(at, run->packs[i]->effective);
    }
    for (u32 person = 1; person <= run->state.persons; person += 1) {
        compare(run, person);
    }
    return FAULT_NONE;
}

enum fault rule_differ_run(struct rule_differ *differ, const char *folder,
                           const struct rule_pack *before, const struct rule_pack *after, u64 at,
                           struct recovery_progress *progress)
{
    static struct differ_run run;
    memset(&run, 0, sizeof(run));
    run.watch.moment = on_moment;
    run.differ = differ;
    run.packs[0] = before;
    run.packs[1] = after;
    run.at = at;
    differ->persons = 0;
    differ->changed = 0;
    struct past_options options = {.folder = folder,
                                   .moments = {PAST_END},
                                   .moments_count = 1,
                                   .watch = &run.watch,
                                   .progress = progress};
    enum fault fault = past_run(&options);
    rule_state_close(&run.state);
    return fault;
}
