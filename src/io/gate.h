/* A gate: one sleeper waits for somebody's sign, spinning briefly first, then asleep in the kernel.
 *
 * Works between threads and, in shared memory, between processes. The waiter looks at its work
 * between gate_prepare and gate_wait, so no sign is lost:
 *
 *     for (;;) {
 *         u32 seen = gate_prepare(gate);
 *         if (there_is_work()) { break; }
 *         gate_wait(gate, seen, spin_ns, sleep_ms);
 *     }
 *
 * The other side makes work visible, then calls gate_open. A sign that meets nobody asleep costs a
 * fence and a load. A false or missing sign from a hostile neighbour wakes early or late: the sleep
 * is bounded. One sleeper may wait for several gates at once, one neighbour each. */
#ifndef IO_GATE_H
#define IO_GATE_H

#include "base/base.h"

/* The same two words as struct ring's `gate`. */
struct gate {
    _Atomic u32 signs;    /* grows with every sign that met a sleeper, or may have */
    _Atomic u32 sleepers; /* not 0 while the waiter may be asleep */
};

void gate_init(struct gate *gate);

u32 gate_prepare(struct gate *gate);

/* Returns when a sign has come since gate_prepare, or after about spin_ns + sleep_ms. */
void gate_wait(struct gate *gate, u32 seen, u64 spin_ns, u32 sleep_ms);

/* The same with a finer limit. */
void gate_wait_us(struct gate *gate, u32 seen, u64 spin_ns, u64 sleep_us);

/* Waits for the first sign of several gates; `seen` are what gate_prepare returned for each.
 * Returns as gate_wait_us does, or early. CHECK: 1 .. GATE_ANY_MAX gates. */
#define GATE_ANY_MAX 32U
void gate_wait_any(struct gate *const *gates, const u32 *seen, u32 count, u64 spin_ns,
                   u64 sleep_us);

/* Instead of gate_prepare, for a waiter that sleeps in poll(2) on a descriptor: from here until the
 * first sign, or gate_awake, gate_open tells its caller to write to that descriptor. */
void gate_prepare_poll(struct gate *gate);

/* Whoever woke up for another reason wants no more signs. */
void gate_awake(struct gate *gate);

/* True when the waiter sleeps by gate_prepare_poll: the caller wakes it. */
bool gate_open(struct gate *gate);

#endif /* IO_GATE_H */
