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
 * is bounded. */
#ifndef IO_GATE_H
#define IO_GATE_H

#include "base/base.h"

/* The same two words as struct ring's `gate`. */
struct gate {
    _Atomic u32 signs;    /* grows with every sign that met a sleeper, or may have */
    _Atomic u32 sleepers; /* 1 while the waiter may be asleep */
};

void gate_init(struct gate *gate);

u32 gate_prepare(struct gate *gate);

/* Returns when a sign has come since gate_prepare, or after about spin_ns + sleep_ms. */
void gate_wait(struct gate *gate, u32 seen, u64 spin_ns, u32 sleep_ms);

/* The same with a finer limit. */
void gate_wait_us(struct gate *gate, u32 seen, u64 spin_ns, u64 sleep_us);

void gate_open(struct gate *gate);

#endif /* IO_GATE_H */
