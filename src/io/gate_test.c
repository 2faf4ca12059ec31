/* Aim: no sign is ever lost, asleep or awake, and a wait ends by itself.
 *
 * Method: two threads hand a number back and forth thousands of times, with every mixture of
 * spinning and sleeping; a lost sign would show as a wait to its limit, which is far longer than
 * the whole test takes. To be run under TSan too. */
#include "io/gate.h"

#include "io/clock.h"
#include "io/cpu.h"
#include "tests/support/test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { LIMIT_MS = 20000 };

struct side {
    struct gate gate;
    _Atomic u64 number;
    u64 spin_ns;
};

static struct side sides[2];
static u64 rounds;

static void wait_for(struct side *side, u64 number)
{
    for (;;) {
        u32 seen = gate_prepare(&side->gate);
        if (atomic_load_explicit(&side->number, memory_order_acquire) >= number) {
            return;
        }
        gate_wait(&side->gate, seen, side->spin_ns, LIMIT_MS);
    }
}

static void tell(struct side *side, u64 number)
{
    atomic_store_explicit(&side->number, number, memory_order_release);
    gate_open(&side->gate);
}

static void *answer(void *argument)
{
    (void)argument;
    for (u64 number = 1; number <= rounds; number += 1) {
        wait_for(&sides[1], number);
        tell(&sides[0], number);
    }
    return NULL;
}

static void play(u64 spin_a_ns, u64 spin_b_ns)
{
    for (u32 index = 0; index < 2; index += 1) {
        gate_init(&sides[index].gate);
        atomic_store(&sides[index].number, 0);
    }
    sides[0].spin_ns = spin_a_ns;
    sides[1].spin_ns = spin_b_ns;
    pthread_t thread;
    u64 begin_ns = clock_mono_ns(clock_real());
    assert_int_equal(pthread_create(&thread, NULL, answer, NULL), 0);
    for (u64 number = 1; number <= rounds; number += 1) {
        tell(&sides[1], number);
        wait_for(&sides[0], number);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(clock_mono_ns(clock_real()) - begin_ns < LIMIT_MS * 1000000ULL);
}

static void signs_are_never_lost(void **state)
{
    (void)state;
    rounds = test_rounds(3000);
    play(0, 0);
    play(2000, 0);
    play(0, 50000);
    play(20000, 20000);
}

static void a_wait_ends_by_itself(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    u32 seen = gate_prepare(&gate);
    u64 begin_ns = clock_mono_ns(clock_real());
    gate_wait(&gate, seen, 1000, 5);
    gate_wait_us(&gate, seen, 0, 2000);
    assert_true(clock_mono_ns(clock_real()) - begin_ns >= 6000000);
    /* Nobody waits: a sign costs nothing and changes nothing. */
    gate_open(&gate);
    assert_int_equal(gate_prepare(&gate), seen);
    gate_open(&gate);
    assert_int_not_equal(gate_prepare(&gate), seen);
    gate_wait(&gate, seen, 0, LIMIT_MS);
}

/* One waiter, three gates, each opened by a thread of its own. */
struct several {
    struct gate gate;
    _Atomic u64 number;
};

static struct several several[3];

static void *sign_often(void *argument)
{
    struct several *mine = argument;
    for (u64 number = 1; number <= rounds; number += 1) {
        atomic_store_explicit(&mine->number, number, memory_order_release);
        (void)gate_open(&mine->gate);
        if (number % 64 == 0) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static u64 several_sum(void)
{
    u64 sum = 0;
    for (u32 index = 0; index < ARRAY_COUNT(several); index += 1) {
        sum += atomic_load_explicit(&several[index].number, memory_order_acquire);
    }
    return sum;
}

static void one_waits_for_several(void **state)
{
    (void)state;
    rounds = test_rounds(3000);
    pthread_t threads[ARRAY_COUNT(several)];
    struct gate *gates[ARRAY_COUNT(several)];
    u32 seen[ARRAY_COUNT(several)];
    for (u32 index = 0; index < ARRAY_COUNT(several); index += 1) {
        gate_init(&several[index].gate);
        gates[index] = &several[index].gate;
    }
    u64 begin_ns = clock_mono_ns(clock_real());
    for (u32 index = 0; index < ARRAY_COUNT(several); index += 1) {
        assert_int_equal(pthread_create(&threads[index], NULL, sign_often, &several[index]), 0);
    }
    for (u64 sum = 0; sum < rounds * ARRAY_COUNT(several);) {
        for (u32 index = 0; index < ARRAY_COUNT(several); index += 1) {
            seen[index] = gate_prepare(gates[index]);
        }
        u64 now = several_sum();
        if (now == sum) {
            gate_wait_any(gates, seen, ARRAY_COUNT(several), 0, LIMIT_MS * 1000ULL);
        }
        sum = now;
    }
    for (u32 index = 0; index < ARRAY_COUNT(several); index += 1) {
        assert_int_equal(pthread_join(threads[index], NULL), 0);
    }
    assert_true(clock_mono_ns(clock_real()) - begin_ns < LIMIT_MS * 1000000ULL);
}

static void who_polls_is_woken_once(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    assert_false(gate_open(&gate));
    gate_prepare_poll(&gate);
    assert_true(gate_open(&gate));
    assert_false(gate_open(&gate));
    gate_prepare_poll(&gate);
    gate_awake(&gate);
    assert_false(gate_open(&gate));
}

static void threads_can_be_put_on_processors(void **state)
{
    (void)state;
    assert_true(cpu_count() >= 1);
    for (u32 index = 0; index < cpu_count() + 2; index += 1) {
        assert_int_equal(cpu_pin(index), FAULT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_are_never_lost),
        cmocka_unit_test(a_wait_ends_by_itself),
        cmocka_unit_test(one_waits_for_several),
        cmocka_unit_test(who_polls_is_woken_once),
        cmocka_unit_test(threads_can_be_put_on_processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
