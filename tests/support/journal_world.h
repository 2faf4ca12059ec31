/* A journal for tests: one writer and as many readings as wanted, over any disk.
 *
 * Record number n is a function of the world's seed and n, so a reading checks every byte it gets
 * without a copy of what was written, and each record stands where it belongs or the reading says
 * what is wrong. The world remembers what the log has reported durable, across restarts: whatever
 * happens to the disk, a reading that lacks any of it is a failure. */
#ifndef TESTS_SUPPORT_JOURNAL_WORLD_H
#define TESTS_SUPPORT_JOURNAL_WORLD_H

#include "base/random.h"
#include "io/clock.h"
#include "io/journal.h"
#include "io/journal_read.h"
#include "io/seqlog_file.h"
#include "sim/disk.h"

#define JOURNAL_WORLD_FOLDER     "journal"
#define JOURNAL_WORLD_RECORD_MAX (8U * JOURNAL_RECORD_STEP)
#define JOURNAL_WORLD_PLACES_MAX 1024U

/* Where a batch was found. */
struct journal_place {
    u64 segment;
    u64 offset;
    u64 seq_first;
    u32 count;
    u32 bytes;
    bool seal;
};

/* What a reading found. */
struct journal_tally {
    struct journal_end end;
    u64 batches;
    u64 seals;
    u64 records;
    const char *wrong; /* NULL: every record is the right one */
    struct journal_place places[JOURNAL_WORLD_PLACES_MAX];
    u32 places_count; /* of those kept */
};

struct journal_world_memory {
    u8 *memory;
    size_t bytes;
};

struct journal_world {
    u64 seed;
    u32 units_max;                    /* a record has 1 to units_max steps; at most 8 */
    struct seqlog_file_config config; /* change it between init and start */
    struct journal_reader_config reading;
    struct clock_false clock;
    u8 venue[JOURNAL_VENUE_BYTES];
    struct seqlog_file *file; /* NULL: not open */
    struct seqlog *log;       /* NULL: not started */
    struct seqlog_outcome outcome;
    u64 seq_next; /* to submit */
    u64 time_us;
    u64 seq_durable; /* everything below was reported durable, before restarts too */
    u8 hash_durable[JOURNAL_HASH_BYTES];
    struct journal_tally tally; /* of the last reading */
    struct journal_world_memory log_memory;
    struct journal_world_memory reader_memory;
};

/* Small sizes: segments of 32 KiB, batches of up to 12 KiB, no threads. */
void journal_world_init(struct journal_world *world, struct disk *disk, const char *folder,
                        u64 seed);
/* Closes what is open. */
void journal_world_free(struct journal_world *world);

/* Writes record `seq`; returns its bytes. */
u32 journal_world_record(const struct journal_world *world, u64 seq,
                         u8 target[JOURNAL_WORLD_RECORD_MAX]);

/* Fills in as many of `*count` records from seq_next on as fit into bytes_max; returns their bytes.
 */
u32 journal_world_fill(const struct journal_world *world, u8 *target, u32 bytes_max, u32 *count);

/* Opens the folder, reads the journal to its end into `tally`, starts the log there. On a fault
 * everything is closed again. */
MUST_USE enum fault journal_world_start(struct journal_world *world);
void journal_world_stop(struct journal_world *world);

/* One batch of up to `count` records; waits for a buffer if need be. False once the log has ended.
 */
bool journal_world_submit(struct journal_world *world, u32 count);
/* Polls once; false once the log has ended. */
bool journal_world_poll(struct journal_world *world);
/* Until nothing is pending; false once the log has ended. */
bool journal_world_settle(struct journal_world *world);
/* Seals and settles. */
bool journal_world_seal(struct journal_world *world);

/* Reads the whole journal into `tally`, checking every record and that nothing reported durable is
 * missing. The fault is the reader's; what the reader hands out and is wrong is tally.wrong. */
MUST_USE enum fault journal_world_read(struct journal_world *world);

#endif /* TESTS_SUPPORT_JOURNAL_WORLD_H */
