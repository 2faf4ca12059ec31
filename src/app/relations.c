#include "app/relations.h"

#include "base/check.h"
#include "wire/schema.h"

#include <string.h>

struct relations_run {
    struct past_watch watch;
    struct relations *relations;
    struct rule_state states[2];
};

const char *relation_name(enum relation_kind kind)
{
    static const char *const names[RELATION_KINDS] = {"customer", "owner", "governing_body",
                                                      "recorded"};
    return (u32)kind < RELATION_KINDS ? names[kind] : "?";
}

static enum fault on_moment(struct past_watch *watch, u32 which, const struct past_look *look)
{
    struct relations_run *run = (struct relations_run *)(void *)watch;
    run->relations->looks[which] = *look;
    run->relations->looks[which].recovery = NULL;
    rule_state_close(&run->states[which]);
    return rule_state_take(look->recovery->house.core, RULE_STATE_EVERYBODY, &run->states[which]);
}

static void take_role(struct relation *relation, const struct state_fact *fact, u64 bit)
{
    if (fact->value == RULE_ROLE_OWNER || fact->value == RULE_ROLE_GOVERNING) {
        relation->kinds[fact->value == RULE_ROLE_OWNER ? RELATION_OWNER : RELATION_GOVERNING] =
            true;
        relation->roles |= bit;
    }
}

/* Facts in force that say the country, and roles in force. */
static void take_facts(const struct relations *relations, struct relation *relation)
{
    u32 count = 0;
    const struct state_fact *facts =
        rule_state_of(&relations->known->facts, relation->person, &count);
    CHECK(count <= RULE_FACTS_MAX);
    for (u32 i = 0; i < count; i += 1) {
        bool holds = facts[i].from <= relations->at && relations->at < facts[i].until;
        if (!holds || facts[i].fact == RULE_FACT_KIND) {
            continue;
        }
        if (facts[i].fact == RULE_FACT_ROLE) {
            take_role(relation, &facts[i], 1ULL << i);
        } else if (facts[i].value == relations->country) {
            relation->facts |= 1ULL << i;
        }
    }
}

static void look_at(struct relations *relations, u32 person)
{
    struct relation relation = {.person = person};
    u32 count = 0;
    take_facts(relations, &relation);
    if (relation.facts == 0) {
        return;
    }
    const struct state_person *row = rule_state_of(&relations->known->persons_of, person, &count);
    relation.provider = count == 0 ? 0 : row->provider;
    (void)rule_state_of(&relations->money->accounts, person, &count);
    relation.kinds[RELATION_CUSTOMER] = count > 0;
    relation.kinds[RELATION_RECORDED] = count == 0 && relation.roles == 0;
    relation.holdings = rule_state_holdings(relations->money, person, NULL, &count);
    relations->persons += 1;
    for (u32 i = 0; i < RELATION_KINDS; i += 1) {
        relations->counts[i] += relation.kinds[i] ? 1U : 0U;
    }
    relations->eur = u64_add_capped(relations->eur, relation.holdings.eur);
    relations->eur_unknown += relation.holdings.is_known ? 0U : 1U;
    relations->found(relations, &relation);
}

enum fault relations_run(struct relations *relations, const char *folder,
                         struct recovery_progress *progress)
{
    static struct relations_run run;
    memset(&run, 0, sizeof(run));
    run.watch.moment = on_moment;
    run.relations = relations;
    bool is_earlier = relations->at != PAST_END && relations->at < relations->known_at;
    u64 first = is_earlier ? relations->at : relations->known_at;
    struct past_options options = {.folder = folder,
                                   .moments = {first, relations->known_at},
                                   .moments_count = is_earlier ? 2 : 1,
                                   .watch = &run.watch,
                                   .progress = progress};
    enum fault fault = past_run(&options);
    if (fault == FAULT_NONE) {
        u32 last = is_earlier ? 1 : 0;
        relations->money = &run.states[0];
        relations->known = &run.states[last];
        if (relations->known_at == PAST_END) {
            relations->known_at = relations->looks[last].time_us;
        }
        relations->at = relations->at == PAST_END ? relations->known_at : relations->at;
        for (u32 person = 1; person <= relations->known->persons; person += 1) {
            look_at(relations, person);
        }
    }
    rule_state_close(&run.states[0]);
    rule_state_close(&run.states[1]);
    relations->money = NULL;
    relations->known = NULL;
    return fault;
}
