/* Accidents at every operation of the false disk in turn: the power is cut, the process is killed,
 * or the call fails. A test runs its script anew for each of them, and looks at what is left.
 *
 *     accident_disk ─▶ script, until it is hit ─▶ accident_over ─▶ open again, look
 *
 * accident_everywhere does that from the first operation on, until the script ends before the
 * accident comes. */
#ifndef TESTS_SUPPORT_ACCIDENT_H
#define TESTS_SUPPORT_ACCIDENT_H

#include "base/random.h"
#include "sim/disk.h"
#include "tests/support/test.h"

enum accident { ACCIDENT_POWER, ACCIDENT_KILL, ACCIDENT_FAIL, ACCIDENT_COUNT };

/* An empty disk on which the accident happens at this operation, the first being 1. */
static inline struct disk_false *accident_disk(u64 seed, u64 operation, enum accident accident)
{
    struct disk_false_config config = {.seed = seed + operation, .sector_bytes = 512};
    struct disk_false *disk = disk_false_open(&config);
    if (accident == ACCIDENT_FAIL) {
        disk_false_fail_at(disk, operation, FAULT_DISK_FULL);
    } else {
        disk_false_crash_at(disk, operation);
    }
    return disk;
}

/* What had the disk open is closed: the disk as the next process finds it, without accidents. */
static inline void accident_over(struct disk_false *disk, enum accident accident)
{
    if (accident == ACCIDENT_POWER) {
        disk_false_restart(disk);
    } else {
        disk_false_restart_process(disk);
    }
    disk_false_crash_at(disk, 0);
    disk_false_fail_at(disk, 0, FAULT_NONE);
}

/* `run` does the script with one accident and looks; false: the accident did not come. Each kind at
 * every operation, with `rounds` seeds (for test_rounds). Returns how many came: more than a few,
 * or the script does nothing. */
static inline u64 accident_everywhere(bool (*run)(u64 seed, u64 operation, enum accident accident),
                                      u64 rounds)
{
    u64 hits = 0;
    for (u64 round = 0; round < test_rounds(rounds); round += 1) {
        u64 seed = random_seed_derive(test_seed(), round);
        for (u32 accident = 0; accident < ACCIDENT_COUNT; accident += 1) {
            for (u64 operation = 1; run(seed, operation, (enum accident)accident); operation += 1) {
                hits += 1;
            }
        }
    }
    return hits;
}

#endif /* TESTS_SUPPORT_ACCIDENT_H */
