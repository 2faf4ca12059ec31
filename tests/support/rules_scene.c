#include "tests/support/rules_scene.h"

#include "base/span.h"
#include "core/rule_form.h"
#include "core/state.h"

#include <string.h>

struct core_world rules_world;
struct rule_pack rules_pack;

u64 rules_name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

/* ---- a pack ---- */

static struct rule *rule_begin(const char *id)
{
    struct rule *rule = &rules_pack.rules[rules_pack.rules_count++];
    memcpy(rule->id, id, strlen(id));
    rule->effective = rules_pack.effective;
    rule->scope = RULE_SCOPE_PERSON;
    rule->subject_first = rules_pack.nodes_count;
    rule->subject_count = 1;
    return rule;
}

/* Rule 0: nationality RU and more than EUR 10,000; 1: on the list; 2: the asset ETH. */
static void pack_make(void)
{
    memset(&rules_pack, 0, sizeof rules_pack);
    memcpy(rules_pack.id, "test", 4);
    rules_pack.version = 1;
    rules_pack.effective = (struct rule_interval){START - DAY, START + 100 * DAY};
    memset(rules_pack.content_hash, 7, sizeof rules_pack.content_hash);
    struct rule *rule = rule_begin("amount");
    rules_pack.values[rules_pack.values_count++] = rule_country_of(span_of_text("RU"));
    rules_pack.nodes[rules_pack.nodes_count++] = (struct rule_node){
        .op = RULE_OP_HAS, .detail = RULE_FACT_NATIONALITY, .parent = RULE_NONE, .count = 1};
    rule->vector = WITHDRAW_ONLY;
    rule->unknown_vector = REVIEW;
    rule->deadline_vector = REVIEW;
    rule->candidate_vector = REVIEW;
    rule->undetermined_vector = REVIEW;
    rule->flags = RULE_FLAG_THRESHOLD;
    rule->compare = RULE_ABOVE;
    rule->amount = TEN_THOU;
    rule->warn_percent = 9000;
    rule->dwell_us = DAY;
    rule->grounds = 2; /* b */
    rule->evidence = RULE_FACT_NATIONALITY;
    rule->evidence_days = 14;
    rule = rule_begin("listed");
    rules_pack.nodes[rules_pack.nodes_count++] =
        (struct rule_node){.op = RULE_OP_LISTED,
                           .detail = RULE_LISTING_CONFIRMED,
                           .parent = RULE_NONE,
                           .list = rules_name("some-list")};
    rule->vector = FREEZE;
    rule->unknown_vector = 0;
    rule->candidate_vector = REVIEW;
    rule = rule_begin("asset");
    rule->scope = RULE_SCOPE_ASSET;
    rule->subject_count = 0;
    rule->subject_first = 0;
    rule->vector = BITS(OPERATION_TRADE, RESTRICTION_REFUSE) |
                   BITS(OPERATION_PLACE, RESTRICTION_REFUSE) |
                   BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    rule->assets_count = 1;
    rules_pack.names[rules_pack.names_count++] = rules_name("eth");
}

u32 rules_pack_send(void)
{
    u8 form[RULE_FORM_BYTES_MAX];
    const char *wrong = rule_pack_check(&rules_pack);
    if (wrong) {
        fail_msg("%s", wrong);
    }
    size_t size = rule_form_encode(&rules_pack, form);
    for (size_t at = 0; at < size;) {
        struct command_pack_part part = {.offset = (u32)at};
        part.size = (u16)u64_min(sizeof part.data / 2, size - at);
        memcpy(part.data, form + at, part.size);
        world_apply(&rules_world, &part, COMMAND_PACK_PART, 0);
        world_assert_reject(world_reject(&rules_world), REJECT_NONE);
        at += part.size;
    }
    return (u32)size;
}

struct command_pack_activate rules_activation(u32 size)
{
    struct command_pack_activate command = {.size = size, .officer = 1, .second = 2};
    memcpy(command.content_hash, rules_pack.content_hash, sizeof command.content_hash);
    return command;
}

void rules_activate(void)
{
    struct command_pack_activate command = rules_activation(rules_pack_send());
    world_apply(&rules_world, &command, COMMAND_PACK_ACTIVATE, 0);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_PACK_STATE);
}

void rules_pack_end(void)
{
    struct command_pack_end command = {.officer = 1, .second = 2};
    memcpy(command.content_hash, rules_pack.content_hash, sizeof command.content_hash);
    world_apply(&rules_world, &command, COMMAND_PACK_END, 0);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_PACK_STATE);
}

/* ---- persons ---- */

void rules_accepted(const void *command, u16 kind, u32 account)
{
    world_apply(&rules_world, command, kind, account);
    world_assert_reject(world_reject(&rules_world), REJECT_NONE);
}

void rules_person(u32 person, u32 account)
{
    struct command_person_add add = {.person = person, .officer = 1};
    struct command_link link = {.person = person, .officer = 1};
    rules_accepted(&add, COMMAND_PERSON_ADD, 0);
    rules_accepted(&link, COMMAND_LINK, account);
}

u64 rules_fact(u32 person, u8 kind, u16 value, u64 replaces)
{
    struct command_fact_set set = {.person = person,
                                   .fact = kind,
                                   .value = value,
                                   .verified = RULE_VERIFIED_DOCUMENT,
                                   .until = RULE_TIME_OPEN,
                                   .expires = RULE_TIME_OPEN,
                                   .replaces = replaces,
                                   .officer = 1,
                                   .second = 2};
    rules_accepted(&set, COMMAND_FACT_SET, 0);
    return core_seq(rules_world.core);
}

u64 rules_nationality(u32 person, const char *country, u64 replaces)
{
    return rules_fact(person, FACT_KIND_NATIONALITY, rule_country_of(span_of_text(country)),
                      replaces);
}

void rules_listing(u32 person, u8 state)
{
    struct command_listing_set set = {.person = person,
                                      .state = state,
                                      .list = rules_name("some-list"),
                                      .until = RULE_TIME_OPEN,
                                      .officer = 1,
                                      .second = 2};
    rules_accepted(&set, COMMAND_LISTING_SET, 0);
}

void rules_at(u64 time_us)
{
    core_set_time(rules_world.core, time_us);
}

void rules_price(u16 asset, u64 eur, u64 time_us)
{
    struct command_valuation_price set = {
        .price = price_of(eur), .time_us = time_us, .asset = asset, .sources = 3};
    rules_accepted(&set, COMMAND_VALUATION_PRICE, 0);
}

void rules_value(void)
{
    struct command_valuation command = {.pack = 0};
    rules_accepted(&command, COMMAND_VALUATION, 0);
}

void rules_go_on(void)
{
    struct command_continue command = {0};
    world_apply(&rules_world, &command, COMMAND_CONTINUE, 0);
}

void rules_account_has(u32 account, u64 vector)
{
    assert_int_equal(rules_world.core->accounts[account].restrictions, vector);
}

/* 20,000 BTC and USDT each: a price of EUR 0.2 for both makes EUR 8,000. */
int rules_open(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.persons_max = 70;
    limits.person_rows_max = 200;
    world_open_empty(&rules_world, &limits);
    world_fill(&rules_world);
    world_add_second_market(&rules_world);
    rules_at(START);
    rules_price(WORLD_BTC, EUR / 5, START);
    rules_price(WORLD_USDT, EUR / 5, START);
    pack_make();
    return 0;
}

int rules_close(void **state)
{
    (void)state;
    world_close(&rules_world);
    return 0;
}

/* Four persons who are frozen from `from` on; of each command only one of them has its turn. */
void rules_four_frozen(u64 from)
{
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    rules_accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        struct command_listing_set hit = {.person = i,
                                          .state = LISTING_STATE_CONFIRMED,
                                          .list = rules_name("some-list"),
                                          .from = from,
                                          .until = RULE_TIME_OPEN,
                                          .officer = 1};
        rules_person(i, i);
        rules_nationality(i, "DE", 0);
        rules_listing(i, LISTING_STATE_CLEAR);
        rules_accepted(&hit, COMMAND_LISTING_SET, 0);
    }
}
