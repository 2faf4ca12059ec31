/* Aim: a block of silences ends when the last of them does, and is late exactly when its days of
 * grace are over and no notice came in a later slot.
 *
 * Method: examples; random silences and notices of a few cases, judged once more by a naive model
 * that asks how far each silence can be followed, and those that reach it; what a writer would show
 * at any moment stays shown. */
#include "role/vault/publog_silence.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

enum { EVENTS_MAX = 24, CASES = 3, ROUNDS = 4000 };
#define HOUR  3600ULL
#define DAY   (24 * HOUR)
#define BEGIN 1769169600ULL /* of a slot of either class */

static struct publog_silence silence(u8 name, u64 slot, u64 until)
{
    struct publog_silence silence = {
        .class = PUBLOG_CLASS_ORDINARY, .slot = BEGIN + slot, .until = BEGIN + until};
    silence.name[0] = name;
    return silence;
}

static struct publog_silence notice(u8 name, u64 slot)
{
    struct publog_silence notice = silence(name, slot, 0);
    notice.is_notice = true;
    notice.until = 0;
    return notice;
}

static bool judge(const struct publog_silence *events, u32 count, u64 covered,
                  struct publog_silence *late_out)
{
    struct publog_silence copy[EVENTS_MAX];
    memcpy(copy, events, count * sizeof(*events));
    return publog_silences_noticed(copy, count, BEGIN + covered, late_out);
}

static void a_notice_must_follow(void **state)
{
    (void)state;
    struct publog_silence late;
    struct publog_silence events[4] = {silence(1, 0, DAY)};
    assert_true(judge(events, 0, 100 * DAY, &late));
    assert_true(judge(events, 1, DAY + PUBLOG_NOTICE_GRACE_S, &late));
    assert_false(judge(events, 1, DAY + PUBLOG_NOTICE_GRACE_S + 1, &late));
    assert_int_equal(late.slot, BEGIN);
    events[1] = notice(1, 600);
    assert_true(judge(events, 2, 100 * DAY, &late));
    events[1] = notice(1, 0); /* not behind it */
    assert_false(judge(events, 2, 100 * DAY, &late));
    events[1] = notice(2, 600); /* another case's */
    assert_false(judge(events, 2, 100 * DAY, &late));
    events[1] = notice(1, 90 * DAY); /* late, and better than never */
    assert_true(judge(events, 2, 100 * DAY, &late));
}

static void a_silence_is_prolonged_in_time(void **state)
{
    (void)state;
    struct publog_silence late;
    struct publog_silence events[4] = {silence(1, 0, DAY), silence(1, DAY - 600, 50 * DAY)};
    assert_true(judge(events, 2, 50 * DAY, &late)); /* the first alone were late */
    assert_false(judge(events, 2, 58 * DAY, &late));
    assert_int_equal(late.slot, BEGIN + DAY - 600);
    events[1].slot += 600; /* the end has passed when its slot is over */
    assert_false(judge(events, 2, 50 * DAY, &late));
    assert_int_equal(late.slot, BEGIN);
    events[2] = notice(1, 3 * DAY);
    assert_true(judge(events, 3, 100 * DAY, &late));
}

/* ---- the model ---- */

/* How far silence `first` can be followed, and the slot of the last one on the way. */
static u64 follow(const struct publog_silence *events, u32 count, u32 first, u64 *last_out)
{
    u64 end = events[first].until;
    *last_out = events[first].slot;
    for (bool more = true; more;) {
        more = false;
        for (u32 i = 0; i < count; i += 1) {
            const struct publog_silence *event = &events[i];
            bool is_of_it = !event->is_notice && event->name[0] == events[first].name[0] &&
                            event->slot >= events[first].slot &&
                            event->slot + publog_slot_seconds(event->class) <= end;
            if (is_of_it && (event->until > end || event->slot > *last_out)) {
                end = u64_max(end, event->until);
                *last_out = u64_max(*last_out, event->slot);
                more = true;
            }
        }
    }
    return end;
}

static bool model(const struct publog_silence *events, u32 count, u64 covered)
{
    for (u32 i = 0; i < count; i += 1) {
        u64 last = 0;
        bool is_noticed = false;
        if (events[i].is_notice) {
            continue;
        }
        u64 end = follow(events, count, i, &last);
        for (u32 at = 0; at < count; at += 1) { /* or from one before it, which reaches it */
            u64 other_last = 0;
            bool is_before = !events[at].is_notice && events[at].name[0] == events[i].name[0] &&
                             events[at].slot < events[i].slot;
            u64 other = is_before ? follow(events, count, at, &other_last) : 0;
            if (other >= events[i].slot + 600) {
                end = u64_max(end, other);
                last = u64_max(last, other_last);
            }
        }
        for (u32 at = 0; at < count; at += 1) {
            is_noticed = is_noticed || (events[at].is_notice && events[at].slot > last &&
                                        events[at].name[0] == events[i].name[0]);
        }
        if (!is_noticed && end + PUBLOG_NOTICE_GRACE_S < BEGIN + covered) {
            return false;
        }
    }
    return true;
}

/* One slot each, of one class: where two share one, their order is another matter. */
static u32 events_draw(struct random *random, struct publog_silence *events)
{
    u32 count = (u32)random_between(random, 1, EVENTS_MAX);
    u64 slot = 0;
    for (u32 i = 0; i < count; i += 1) {
        u8 name = (u8)random_below(random, CASES);
        slot += 600 * random_between(random, 1, 500);
        events[i] = random_chance(random, 1, 4)
                        ? notice(name, slot)
                        : silence(name, slot, slot + random_below(random, 5 * DAY));
    }
    for (u32 i = count; i > 1; i -= 1) { /* in any order */
        u32 other = (u32)random_below(random, i);
        struct publog_silence kept = events[i - 1];
        events[i - 1] = events[other];
        events[other] = kept;
    }
    return count;
}

static void the_model_says_the_same(void **state)
{
    (void)state;
    struct random random;
    u32 late_count = 0;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(ROUNDS);
    for (u64 round = 0; round < rounds; round += 1) {
        struct publog_silence events[EVENTS_MAX];
        struct publog_silence late;
        u32 count = events_draw(&random, events);
        u64 covered = random_below(&random, 60 * DAY);
        bool is_fine = judge(events, count, covered, &late);
        assert_int_equal(is_fine, model(events, count, covered));
        late_count += is_fine ? 0 : 1;
    }
    assert_true(late_count > 0 && late_count < rounds);
}

/* Silences as they are told: what has ended at a moment has ended at every later one. */
static void what_has_ended_stays_ended(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(ROUNDS); round += 1) {
        struct publog_silence_block blocks[EVENTS_MAX];
        struct publog_silence_block block = {.is_some = false};
        u64 now = BEGIN;
        u64 ended_before = 0;
        u32 count = 0;
        for (u32 i = 0; i < EVENTS_MAX; i += 1) {
            now += random_below(&random, 2 * DAY);
            enum publog_class class =
                random_chance(&random, 1, 2) ? PUBLOG_CLASS_ORDINARY : PUBLOG_CLASS_EMERGENCY;
            u64 slot = u64_max(publog_slot_of(class, now), block.last);
            u64 ended = 0;
            for (u32 at = 0; at < count; at += 1) {
                ended += blocks[at].end <= now ? 1 : 0;
            }
            assert_true(ended >= ended_before);
            u64 end = now + 1 + random_below(&random, 3 * DAY); /* not over yet */
            if (!publog_silence_walk(&block, class, slot, end)) {
                count += 1;
            }
            blocks[count - 1] = block;
            ended_before = 0;
            for (u32 at = 0; at < count; at += 1) {
                ended_before += blocks[at].end <= now ? 1 : 0;
            }
            assert_int_equal(ended_before, ended); /* the new one hides nothing */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_must_follow),
        cmocka_unit_test(a_silence_is_prolonged_in_time),
        cmocka_unit_test(the_model_says_the_same),
        cmocka_unit_test(what_has_ended_stays_ended),
    };
    return cmocka_run_group_tests_name("publog_silence", tests, NULL, NULL);
}
