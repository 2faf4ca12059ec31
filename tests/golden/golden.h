/* Golden journals: real journal folders (docs/journal-format.md), kept in the tree with what the
 * core made of them. Replaying one gives the hash of all events and the hash of the state behind
 * them; both must stay what they are for ever, on every compiler. tests/golden/README.md says how
 * to add one.
 *
 * A replay reads the folder as recovery does: the limits come from the genesis record, and a `void`
 * record that stands alone in its batch names an earlier sequence number that is skipped. */
#ifndef TESTS_GOLDEN_GOLDEN_H
#define TESTS_GOLDEN_GOLDEN_H

#include "core/core.h"
#include "io/digest.h"
#include "io/fault.h"

#define GOLDEN_FOLDER     "tests/golden"
#define GOLDEN_TEXT_BYTES 1024U

/* A journal in memory. */
struct golden {
    u8 *records; /* one behind the other */
    size_t records_bytes;
    struct golden_batch *batches;
    u32 batches_count;
    u64 *voids; /* sequence numbers to skip */
    u32 voids_count;
    struct command_genesis limits;
    u8 journal_hash[SHA256_BYTES]; /* of its last batch */
};

struct golden_batch {
    size_t offset; /* in records */
    size_t bytes;
    u64 seq_first;
    u64 time_us;
    u32 count;
};

/* Three ways that must come to the same. */
enum golden_way {
    GOLDEN_SINGLY,   /* one command at a time */
    GOLDEN_BATCHED,  /* core_apply_batch on each batch */
    GOLDEN_RESTORED, /* singly, and from the middle on by a core built from a snapshot */
    GOLDEN_WAYS_COUNT,
};

struct golden_result {
    u64 commands; /* voided ones included */
    u64 voided;
    u64 event_bytes;
    u64 trades; /* counted from the events */
    u64 orders; /* open at the end */
    u8 events_hash[SHA256_BYTES];
    u8 state_hash[SHA256_BYTES];
    u8 journal_hash[SHA256_BYTES];
};

/* Sees each command with its events; may be NULL. */
struct golden_watch {
    void (*seen)(struct golden_watch *watch, const struct command_head *command,
                 struct span events);
};

/* Reads the journal of a data folder. golden_release whatever it returns. */
MUST_USE enum fault golden_read(const char *folder, struct golden *golden_out);
void golden_release(struct golden *golden);

/* GOLDEN_BATCHED does not call the watch. */
MUST_USE enum fault golden_play(const struct golden *golden, enum golden_way way,
                                struct golden_watch *watch, struct golden_result *result_out);

/* The lines of an .expected file. Returns their length. */
size_t golden_print(const struct golden_result *result, char text_out[GOLDEN_TEXT_BYTES]);

#endif /* TESTS_GOLDEN_GOLDEN_H */
