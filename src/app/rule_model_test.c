/* Aim: reader, compiled form and evaluator together say of random packs and persons exactly what
 * the naive evaluator says that was written from docs/rules.md: truth, vector, reasons, what is
 * missing, which facts, warnings, deadlines and memory. And nothing changes by time alone before
 * next_us.
 *
 * Method: each random pack is printed as YAML, read by the shipped reader, encoded and decoded; a
 * person of random rows is then followed through random changes and instants. */
#include "sim/rule_model.h"

#include "app/rule_read.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define DAY_US  86400000000ULL
#define HOUR_US 3600000000ULL
#define EUR     100000000ULL
#define STEPS   24U
#define PEEKS   3U

static struct rule_source source;
static struct rule_pack pack;
static struct rule_model model;
static char page[65536];
static struct random random_state;

static struct rule_fact facts[RULE_FACTS_MAX];
static struct rule_listing listings[RULE_LISTINGS_MAX];
static struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
static struct rule_person person;

static u64 below(u64 bound)
{
    return random_below(&random_state, bound);
}

static u64 some_time(void)
{
    return below(60 * 4) * (DAY_US / 4) + 1;
}

/* Often for ever. */
static struct rule_interval some_interval(void)
{
    struct rule_interval interval = {0, RULE_TIME_OPEN};
    if (below(3) == 0) {
        interval.from = some_time();
        interval.until = below(2) == 0 ? RULE_TIME_OPEN : interval.from + 1 + below(20 * DAY_US);
    }
    return interval;
}

static void change_facts(void)
{
    person.facts_count = (u32)below(13);
    for (u32 i = 0; i < person.facts_count; i += 1) {
        u8 kind = (u8)(1 + below(RULE_FACT_KINDS - 1));
        u64 values = kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE ? 2 : 5;
        u64 choice = below(10);
        facts[i] = (struct rule_fact){.kind = kind,
                                      .verified = (u8)below(RULE_VERIFIED_ALL + 1),
                                      .value = choice == 0   ? RULE_VALUE_UNKNOWN
                                               : choice == 1 ? RULE_VALUE_NONE
                                                             : (u16)(1 + below(values)),
                                      .valid = some_interval(),
                                      .recorded = some_interval(),
                                      .expires = below(3) == 0 ? some_time() : RULE_TIME_OPEN};
    }
}

static void change_verdicts(void)
{
    person.listings_count = (u32)below(6);
    for (u32 i = 0; i < person.listings_count; i += 1) {
        u64 programme = below(RULE_MODEL_LISTS);
        listings[i] = (struct rule_listing){
            .list = rule_name_of(span_of_text(rule_model_lists[1 + below(RULE_MODEL_LISTS - 1)])),
            .programme =
                programme == 0 ? 0 : rule_name_of(span_of_text(rule_model_lists[programme])),
            .state = (u8)(1 + below(3)),
            .valid = some_interval(),
            .recorded = some_interval()};
    }
    person.ownerships_count = (u32)below(8);
    for (u32 i = 0; i < person.ownerships_count; i += 1) {
        u16 lower = (u16)(2499 + below(3) + (below(2) == 0 ? 2500 : 0));
        ownerships[i] = (struct rule_ownership){
            .list = rule_name_of(span_of_text(rule_model_lists[1 + below(RULE_MODEL_LISTS - 1)])),
            .compare = (u8)(1 + below(2)),
            .control = (u8)below(3),
            .percent = below(2) == 0 ? 5000 : 2500,
            .lower = lower,
            .upper = (u16)(lower + below(3)),
            .valid = some_interval(),
            .recorded = some_interval()};
    }
}

static void change_holdings(void)
{
    static const u64 around[] = {0, 79, 80, 89, 90, 95, 99, 100, 101, 1000};
    person.holdings.is_known = below(6) != 0;
    person.holdings.eur = around[below(ARRAY_COUNT(around))] * EUR + (below(3) == 0 ? 1 : 0);
}

static void read_random_pack(u64 seed)
{
    u8 form[RULE_FORM_BYTES_MAX];
    rule_model_random(&random_state, &model);
    size_t size = rule_model_print(&model, page, sizeof(page));
    if (rule_read(span_of(page, size), "random", &source) != FAULT_NONE) {
        fail_msg("seed %llu: %s\n%.*s", (unsigned long long)seed, fault_text(), (int)size, page);
    }
    const char *reason =
        rule_form_decode(span_of(form, rule_form_encode(&source.pack, form)), &pack);
    assert_null(reason);
    assert_memory_equal(&pack, &source.pack, sizeof(pack));
    assert_int_equal(pack.rules_count, model.rules_count);
}

static void compare(u64 seed, u32 rule, const struct rule_result *result,
                    const struct rule_model_result *wanted)
{
    bool same = result->truth == wanted->truth && result->vector == wanted->vector &&
                result->reasons == wanted->reasons && result->missing == wanted->missing &&
                result->facts_true == wanted->facts_true &&
                result->is_warned == wanted->is_warned &&
                result->is_watched == wanted->is_watched && result->deadline == wanted->deadline &&
                result->memory.is_over == wanted->memory.is_over &&
                result->memory.below_since == wanted->memory.below_since &&
                result->memory.unknown_since == wanted->memory.unknown_since;
    if (!same) {
        fail_msg(
            "seed %llu rule %u: truth %d/%d vector %llx/%llx reasons %x/%x missing %x/%x facts "
            "%llx/%llx warned %d/%d over %d/%d\n%s",
            (unsigned long long)seed, rule, result->truth, wanted->truth,
            (unsigned long long)result->vector, (unsigned long long)wanted->vector, result->reasons,
            wanted->reasons, result->missing, wanted->missing,
            (unsigned long long)result->facts_true, (unsigned long long)wanted->facts_true,
            result->is_warned, wanted->is_warned, result->memory.is_over, wanted->memory.is_over,
            page);
    }
}

/* Until the instant that the evaluator named, time alone changes no truth and no vector. */
static void peek_ahead(u64 seed, struct rule_instant instant, const struct rule_memory *memories,
                       const struct rule_outcome *outcome)
{
    static struct rule_outcome later;
    u64 last = outcome->next_us == RULE_TIME_OPEN ? instant.at + 90 * DAY_US : outcome->next_us - 1;
    for (u32 i = 0; i < PEEKS; i += 1) {
        u64 at = i == 0 ? last : random_between(&random_state, instant.at, last);
        rule_evaluate(&pack, &person, (struct rule_instant){at, instant.known_at}, memories,
                      &later);
        for (u32 k = 0; k < pack.rules_count; k += 1) {
            if (later.results[k].truth != outcome->results[k].truth ||
                later.results[k].vector != outcome->results[k].vector) {
                fail_msg("seed %llu rule %u: %llu is before %llu\n%s", (unsigned long long)seed, k,
                         (unsigned long long)at, (unsigned long long)outcome->next_us, page);
            }
        }
    }
}

/* One person through time; counts the truths seen. */
static void follow(u64 seed, u64 seen[3])
{
    static struct rule_outcome outcome;
    struct rule_memory memories[RULE_RULES_MAX] = {{.is_over = false}};
    struct rule_model_memory naive[RULE_MODEL_RULES] = {{.is_over = false}};
    struct rule_instant instant = {.at = 1 + below(10 * DAY_US)};
    for (u32 step = 0; step < STEPS; step += 1) {
        u64 vector = 0;
        /* Often exactly the instant at which something changes. */
        bool at_border = step > 0 && below(3) == 0 && outcome.next_us < 70 * DAY_US;
        instant.at = at_border ? outcome.next_us : instant.at + below(80) * HOUR_US;
        instant.known_at = below(3) == 0 ? some_time() : instant.at;
        if (step == 0 || below(4) == 0) {
            change_facts();
        }
        if (step == 0 || below(4) == 0) {
            change_verdicts();
        }
        change_holdings();
        rule_evaluate(&pack, &person, instant, memories, &outcome);
        assert_true(outcome.next_us > instant.at);
        for (u32 i = 0; i < model.rules_count; i += 1) {
            struct rule_model_result wanted =
                rule_model_evaluate(&model, i, &person, instant, naive[i]);
            compare(seed, i, &outcome.results[i], &wanted);
            memories[i] = outcome.results[i].memory;
            naive[i] = wanted.memory;
            vector = rule_vector_join(vector, wanted.vector);
            seen[wanted.truth] += 1;
        }
        assert_int_equal(outcome.vector, vector);
        peek_ahead(seed, instant, memories, &outcome);
    }
}

static void the_evaluator_says_what_the_page_says(void **state)
{
    (void)state;
    u64 seen[3] = {0};
    person = (struct rule_person){.facts = facts, .listings = listings, .ownerships = ownerships};
    for (u64 round = 0; round < test_rounds(1500); round += 1) {
        u64 seed = random_seed_derive(test_seed(), round);
        random_init(&random_state, seed);
        read_random_pack(seed);
        for (u32 i = 0; i < 4; i += 1) {
            follow(seed, seen);
        }
    }
    /* All three were seen often enough to mean something. */
    u64 all = seen[0] + seen[1] + seen[2];
    assert_true(seen[RULE_FALSE] > all / 50);
    assert_true(seen[RULE_UNKNOWN] > all / 50);
    assert_true(seen[RULE_TRUE] > all / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_evaluator_says_what_the_page_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
