#include "io/gate.h"

#include "base/check.h"
#include "io/clock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NOBODY = 0, SPINNING = 1, ASLEEP = 2, POLLING = 3, LOOKS_PER_CLOCK = 64 };

/* How long one gate of several is waited for where the kernel cannot wait for all. */
#define ONE_OF_SEVERAL_US 500U

_Static_assert(sizeof(struct gate) == 8, "shared with struct ring");
_Static_assert(sizeof(_Atomic u32) == 4 && ATOMIC_INT_LOCK_FREE == 2, "a futex word");

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void gate_init(struct gate *gate)
{
    atomic_init(&gate->signs, 0);
    atomic_init(&gate->sleepers, NOBODY);
}

u32 gate_prepare(struct gate *gate)
{
    /* First the announcement, then the look at the work. Both sides change the same word, so one of
     * them comes second: either gate_open finds us here, or we see the work it made visible. */
    (void)atomic_exchange(&gate->sleepers, SPINNING);
    return atomic_load(&gate->signs);
}

void gate_prepare_poll(struct gate *gate)
{
    (void)atomic_exchange(&gate->sleepers, POLLING);
}

void gate_awake(struct gate *gate)
{
    atomic_store(&gate->sleepers, NOBODY);
}

static bool any_signed(struct gate *const *gates, const u32 *seen, u32 count)
{
    for (u32 index = 0; index < count; index += 1) {
        if (atomic_load_explicit(&gates[index]->signs, memory_order_acquire) != seen[index]) {
            return true;
        }
    }
    return false;
}

static bool gates_spin(struct gate *const *gates, const u32 *seen, u32 count, u64 spin_ns)
{
    struct clock *clock = clock_real();
    u64 end_ns = clock_mono_ns(clock) + spin_ns;
    do {
        for (u32 look = 0; look < LOOKS_PER_CLOCK; look += 1) {
            if (any_signed(gates, seen, count)) {
                return true;
            }
            pause_briefly();
        }
    } while (clock_mono_ns(clock) < end_ns);
    return false;
}

static void sleep_one(struct gate *gate, u32 seen, u64 sleep_us)
{
    struct timespec limit = {.tv_sec = (time_t)(sleep_us / 1000000),
                             .tv_nsec = (long)(sleep_us % 1000000) * 1000L};
    /* Returns at once when a sign has come meanwhile; errors and false alarms only wake. */
    (void)syscall(SYS_futex, &gate->signs, FUTEX_WAIT, seen, &limit, NULL, 0);
}

static void sleep_any(struct gate *const *gates, const u32 *seen, u32 count, u64 sleep_us)
{
    struct futex_waitv waiters[GATE_ANY_MAX];
    for (u32 index = 0; index < count; index += 1) {
        waiters[index] = (struct futex_waitv){
            .val = seen[index], .uaddr = (u64)(uintptr_t)&gates[index]->signs, .flags = FUTEX_32};
    }
    u64 end_ns = clock_mono_ns(clock_real()) + sleep_us * 1000ULL;
    struct timespec end = {.tv_sec = (time_t)(end_ns / 1000000000ULL),
                           .tv_nsec = (long)(end_ns % 1000000000ULL)};
    if (syscall(SYS_futex_waitv, waiters, count, 0, &end, CLOCK_MONOTONIC) < 0 &&
        (errno == ENOSYS || errno == EPERM)) {
        sleep_one(gates[0], seen[0], u64_min(sleep_us, ONE_OF_SEVERAL_US));
    }
}

void gate_wait_any(struct gate *const *gates, const u32 *seen, u32 count, u64 spin_ns, u64 sleep_us)
{
    CHECK(count >= 1 && count <= GATE_ANY_MAX);
    bool signed_already = spin_ns > 0 && gates_spin(gates, seen, count, spin_ns);
    if (!signed_already && sleep_us > 0) {
        for (u32 index = 0; index < count; index += 1) {
            atomic_store(&gates[index]->sleepers, ASLEEP);
        }
        if (count == 1) {
            sleep_one(gates[0], seen[0], sleep_us);
        } else {
            sleep_any(gates, seen, count, sleep_us);
        }
    }
    for (u32 index = 0; index < count; index += 1) {
        atomic_store(&gates[index]->sleepers, NOBODY);
    }
}

void gate_wait_us(struct gate *gate, u32 seen, u64 spin_ns, u64 sleep_us)
{
    gate_wait_any(&gate, &seen, 1, spin_ns, sleep_us);
}

void gate_wait(struct gate *gate, u32 seen, u64 spin_ns, u32 sleep_ms)
{
    gate_wait_us(gate, seen, spin_ns, sleep_ms * 1000ULL);
}

bool gate_open(struct gate *gate)
{
    if (atomic_fetch_or(&gate->sleepers, 0) == NOBODY) {
        return false;
    }
    atomic_fetch_add(&gate->signs, 1);
    u32 sleepers = atomic_load(&gate->sleepers);
    if (sleepers == ASLEEP) {
        (void)syscall(SYS_futex, &gate->signs, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    /* Only the first sign wakes a poll. */
    return sleepers == POLLING &&
           atomic_compare_exchange_strong(&gate->sleepers, &sleepers, NOBODY);
}
