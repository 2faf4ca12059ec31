#include "io/gate.h"

#include "io/clock.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NOBODY = 0, SPINNING = 1, ASLEEP = 2, LOOKS_PER_CLOCK = 64 };

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

static bool gate_spin(struct gate *gate, u32 seen, u64 spin_ns)
{
    struct clock *clock = clock_real();
    u64 end_ns = clock_mono_ns(clock) + spin_ns;
    do {
        for (u32 look = 0; look < LOOKS_PER_CLOCK; look += 1) {
            if (atomic_load_explicit(&gate->signs, memory_order_acquire) != seen) {
                return true;
            }
            pause_briefly();
        }
    } while (clock_mono_ns(clock) < end_ns);
    return false;
}

void gate_wait_us(struct gate *gate, u32 seen, u64 spin_ns, u64 sleep_us)
{
    bool signed_already = spin_ns > 0 && gate_spin(gate, seen, spin_ns);
    if (!signed_already && sleep_us > 0) {
        atomic_store(&gate->sleepers, ASLEEP);
        struct timespec limit = {.tv_sec = (time_t)(sleep_us / 1000000),
                                 .tv_nsec = (long)(sleep_us % 1000000) * 1000L};
        /* Returns at once when a sign has come meanwhile; errors and false alarms only wake. */
        (void)syscall(SYS_futex, &gate->signs, FUTEX_WAIT, seen, &limit, NULL, 0);
    }
    atomic_store(&gate->sleepers, NOBODY);
}

void gate_wait(struct gate *gate, u32 seen, u64 spin_ns, u32 sleep_ms)
{
    gate_wait_us(gate, seen, spin_ns, sleep_ms * 1000ULL);
}

void gate_open(struct gate *gate)
{
    if (atomic_fetch_or(&gate->sleepers, 0) == NOBODY) {
        return;
    }
    atomic_fetch_add(&gate->signs, 1);
    if (atomic_load(&gate->sleepers) == ASLEEP) {
        (void)syscall(SYS_futex, &gate->signs, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
}
