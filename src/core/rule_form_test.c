/* Aim: a form comes back as the pack it was made from; whatever breaks an invariant of the
 * evaluator is refused; and a form that passes is the only form of its pack.
 *
 * Method: one pack that has everything, each of its facts broken once; then bytes changed at
 * random: refused, or encoded back to the same bytes. */
#include "core/rule_form.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct rule_pack good;
static struct rule_pack pack;

static u64 name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

static void make_nodes(void)
{
    good.nodes[0] = (struct rule_node){.op = RULE_OP_HAS,
                                       .detail = RULE_FACT_RESIDENCE,
                                       .flags = RULE_NODE_UNEXPIRED,
                                       .verified = RULE_VERIFIED_ADDRESS,
                                       .parent = 3,
                                       .count = 2};
    good.nodes[1] = (struct rule_node){.op = RULE_OP_LISTED,
                                       .detail = RULE_LISTING_CONFIRMED,
                                       .parent = 3,
                                       .count = 1,
                                       .list = name("us-sdn")};
    good.nodes[2] =
        (struct rule_node){.op = RULE_OP_MISSING, .detail = RULE_FACT_PERMIT, .parent = 3};
    good.nodes[3] = (struct rule_node){.op = RULE_OP_ANY, .parent = RULE_NONE};
    good.nodes[4] = (struct rule_node){.op = RULE_OP_OWNED,
                                       .detail = RULE_ABOVE,
                                       .flags = RULE_NODE_CONTROL,
                                       .parent = 5,
                                       .percent = 5000,
                                       .list = name("eu-269")};
    good.nodes[5] = (struct rule_node){.op = RULE_OP_NOT, .parent = RULE_NONE};
    good.nodes_count = 6;
}

static void make_tables(void)
{
    good.values[0] = 5;
    good.values[1] = 9;
    good.values_count = 2;
    good.names[0] = name("ru");
    good.names[1] = name("a7a5");
    good.names[2] = name("rubx");
    good.names_count = 3;
    good.duties[0] =
        (struct rule_duty){.kind = RULE_DUTY_REPORT_AFTER, .days = 10, .what = name("ofac")};
    good.duties[1] = (struct rule_duty){.kind = RULE_DUTY_REPORT_YEARLY,
                                        .due_month = 9,
                                        .due_day = 30,
                                        .as_of_month = 6,
                                        .as_of_day = 30,
                                        .what = name("ofac")};
    good.duties_count = 2;
}

/* Rule 0: (residence in {5, 9} or listed) unless owned, with a threshold. Rule 1: an asset. */
static void make(void)
{
    memset(&good, 0, sizeof(good));
    memcpy(good.id, "test-pack.1", 12);
    good.version = 3;
    good.effective = (struct rule_interval){100, 900};
    good.is_uncertain = true;
    memset(good.content_hash, 0xab, sizeof(good.content_hash));
    make_nodes();
    make_tables();
    good.rules[0] = (struct rule){.effective = {200, 900},
                                  .vector = 0xFFFF,
                                  .unknown_vector = 1,
                                  .deadline_vector = 2,
                                  .candidate_vector = 3,
                                  .undetermined_vector = 4,
                                  .amount = 1000,
                                  .lift_margin = 1000,
                                  .dwell_us = 7,
                                  .grounds = 3,
                                  .flags = RULE_FLAG_THRESHOLD | RULE_FLAG_NEUTRAL,
                                  .subject_count = 4,
                                  .unless_first = 4,
                                  .unless_count = 2,
                                  .duties_count = 2,
                                  .warn_percent = 9000,
                                  .evidence_days = 14,
                                  .keep_years = 5,
                                  .scope = RULE_SCOPE_PERSON,
                                  .compare = RULE_ABOVE,
                                  .evidence = RULE_FACT_RESIDENCE};
    memcpy(good.rules[0].id, "one", 4);
    good.rules[1] = (struct rule){.effective = {100, 900},
                                  .vector = 0xA,
                                  .assets_first = 1,
                                  .assets_count = 2,
                                  .scope = RULE_SCOPE_ASSET};
    memcpy(good.rules[1].id, "two", 4);
    good.rules_count = 2;
}

static void a_form_comes_back(void **state)
{
    (void)state;
    u8 form[RULE_FORM_BYTES_MAX];
    u8 again[RULE_FORM_BYTES_MAX];
    make();
    assert_null(rule_pack_check(&good));
    size_t size = rule_form_encode(&good, form);
    assert_int_equal(size, 104 + 2 * 144 + 6 * 20 + 3 * 8 + 2 * 16 + 2 * 2);
    assert_null(rule_form_decode(span_of(form, size), &pack));
    assert_memory_equal(&pack, &good, sizeof(pack));
    assert_int_equal(rule_form_encode(&pack, again), size);
    assert_memory_equal(form, again, size);
    for (size_t cut = 0; cut < size; cut += 1) {
        assert_non_null(rule_form_decode(span_of(form, cut), &pack));
    }
    form[size] = 0;
    assert_non_null(rule_form_decode(span_of(form, size + 1), &pack));
}

/* Each statement breaks one fact of a good pack. */
#define BREAK(statement)                          \
    do {                                          \
        pack = good;                              \
        statement;                                \
        if (rule_pack_check(&pack) == NULL) {     \
            fail_msg("not refused: " #statement); \
        }                                         \
    } while (0)

static void packs_and_rules_are_checked(void **state)
{
    (void)state;
    make();
    BREAK(pack.id[0] = 0);
    BREAK(pack.id[0] = 'T');
    BREAK(pack.id[20] = 'x');
    BREAK(pack.version = 0);
    BREAK(pack.effective.until = pack.effective.from);
    BREAK(pack.rules_count = 0);
    BREAK(pack.rules_count = 1);
    BREAK(pack.nodes_count = 5);
    BREAK(pack.nodes_count = 7);
    BREAK(pack.values_count = 1);
    BREAK(pack.values_count = 3);
    BREAK(pack.names_count = 2);
    BREAK(pack.duties_count = 1);
    BREAK(pack.duties_count = 3);
    BREAK(memcpy(pack.rules[1].id, "one", 4));
    BREAK(pack.rules[0].effective.from = 99);
    BREAK(pack.rules[0].effective.until = 901);
    BREAK(pack.rules[0].effective.from = 900);
    BREAK(pack.rules[0].vector = 0x10000);
    BREAK(pack.rules[0].deadline_vector = 0x10000);
    BREAK(pack.rules[0].evidence = 0);
    BREAK(pack.rules[0].evidence = 8);
    BREAK(pack.rules[0].evidence_days = 0);
    BREAK(pack.rules[0].flags |= 8);
    BREAK(pack.rules[0].scope = 0);
    BREAK(pack.rules[0].scope = 4);
    BREAK(pack.rules[0].grounds = 1U << 26);
    BREAK(pack.rules[0].amount = 0);
    BREAK(pack.rules[0].lift_margin = 1001);
    BREAK(pack.rules[0].warn_percent = 10001);
    BREAK(pack.rules[0].compare = 3);
    BREAK(pack.rules[0].flags = 0);
    BREAK(pack.rules[0].assets_count = 1);
    BREAK(pack.rules[0].subject_count = 3);
    BREAK(pack.rules[0].subject_first = 1);
    BREAK(pack.rules[0].unless_count = 0);
    BREAK(pack.rules[0].duties_first = 1);
    BREAK(pack.rules[1].assets_count = 0);
    BREAK(pack.rules[1].assets_first = 0);
    BREAK(pack.rules[1].subject_count = 1);
    BREAK(pack.rules[1].unknown_vector = 1);
}

static void nodes_and_tables_are_checked(void **state)
{
    (void)state;
    make();
    BREAK(pack.nodes[0].op = 0);
    BREAK(pack.nodes[0].op = 8);
    BREAK(pack.nodes[0].detail = 0);
    BREAK(pack.nodes[0].detail = 8);
    BREAK(pack.nodes[0].flags = RULE_NODE_CONTROL);
    BREAK(pack.nodes[0].verified = 8);
    BREAK(pack.nodes[0].count = 0);
    BREAK(pack.nodes[0].count = 3);
    BREAK(pack.nodes[0].first = 1);
    BREAK(pack.nodes[0].parent = 0);
    BREAK(pack.nodes[0].parent = 2);
    BREAK(pack.nodes[0].parent = 5);
    BREAK(pack.nodes[0].parent = RULE_NONE);
    BREAK(pack.nodes[3].parent = 5);
    BREAK(pack.nodes[3].op = RULE_OP_NOT);
    BREAK(pack.nodes[3].detail = 1);
    BREAK(pack.nodes[5].op = RULE_OP_MISSING);
    BREAK(pack.nodes[1].detail = RULE_LISTING_CLEAR);
    BREAK(pack.nodes[1].list = 0);
    BREAK(pack.nodes[1].list = UINT64_MAX);
    BREAK(pack.nodes[2].list = 1);
    BREAK(pack.nodes[4].percent = 0);
    BREAK(pack.nodes[4].percent = 10001);
    BREAK(pack.nodes[4].detail = 0);
    BREAK(pack.values[0] = 9);
    BREAK(pack.values[0] = 0);
    BREAK(pack.values[1] = 677);
    BREAK(pack.names[0] = 0);
    BREAK(pack.names[1] = pack.names[2]);
    BREAK(pack.duties[0].kind = 0);
    BREAK(pack.duties[0].what = 0);
    BREAK(pack.duties[0].due_day = 1);
    BREAK(pack.duties[0].is_interim = 2);
    BREAK(pack.duties[1].due_month = 13);
    BREAK(pack.duties[1].days = 1);
}

/* A chain of `not`: as deep as allowed, and one more. */
static void depth_is_bounded(void **state)
{
    (void)state;
    make();
    for (u32 depth = RULE_DEPTH_MAX; depth <= RULE_DEPTH_MAX + 1; depth += 1) {
        pack = good;
        pack.rules_count = 1;
        pack.names_count = 0;
        pack.values_count = 0;
        pack.rules[0].unless_count = 0;
        pack.rules[0].unless_first = 0;
        memset(pack.nodes, 0, sizeof(pack.nodes));
        for (u32 i = 0; i < depth; i += 1) {
            pack.nodes[i].op = i == 0 ? RULE_OP_MISSING : RULE_OP_NOT;
            pack.nodes[i].detail = i == 0 ? RULE_FACT_PERMIT : 0;
            pack.nodes[i].parent = i + 1 == depth ? RULE_NONE : (u16)(i + 1);
        }
        pack.nodes_count = (u16)depth;
        pack.rules[0].subject_count = (u16)depth;
        assert_int_equal(rule_pack_check(&pack) == NULL, depth == RULE_DEPTH_MAX);
    }
}

static void changed_bytes_are_refused_or_meant(void **state)
{
    (void)state;
    struct random random;
    u8 form[RULE_FORM_BYTES_MAX];
    u8 changed[RULE_FORM_BYTES_MAX];
    u8 again[RULE_FORM_BYTES_MAX];
    u64 accepted = 0;
    make();
    random_init(&random, test_seed());
    size_t size = rule_form_encode(&good, form);
    for (u64 i = 0; i < test_rounds(20000); i += 1) {
        memcpy(changed, form, size);
        for (u64 k = random_between(&random, 1, 3); k > 0; k -= 1) {
            changed[random_below(&random, size)] = (u8)random_below(&random, 256);
        }
        if (rule_form_decode(span_of(changed, size), &pack) == NULL) {
            accepted += 1;
            assert_int_equal(rule_form_encode(&pack, again), size);
            assert_memory_equal(changed, again, size);
        }
    }
    assert_true(accepted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_comes_back),
        cmocka_unit_test(packs_and_rules_are_checked),
        cmocka_unit_test(nodes_and_tables_are_checked),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(changed_bytes_are_refused_or_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
