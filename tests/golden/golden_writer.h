/* Writes a golden journal: batches of records into one segment in memory, then the segment packed
 * into its folder, as the engine's own packing would leave it. */
#ifndef TESTS_GOLDEN_GOLDEN_WRITER_H
#define TESTS_GOLDEN_GOLDEN_WRITER_H

#include "io/digest.h"
#include "io/fault.h"
#include "io/journal.h"
#include "wire/schema.h"

struct golden_writer {
    u8 *segment; /* whole, its header included */
    size_t used;
    u8 *batch; /* room for the header, then the records */
    u32 batch_bytes;
    u32 batch_count;
    u64 seq_next; /* of the next record */
    u64 time_us;
    u64 source_index;
    u8 source; /* of the next commands; 0: 1 */
    u8 venue[JOURNAL_VENUE_BYTES];
    u8 hash[JOURNAL_HASH_BYTES]; /* of the last batch */
    struct sha256 sha256;
};

/* The name is the venue's, 16 symbols of it at most. */
void golden_writer_open(struct golden_writer *writer, const char *name);

/* Appends a whole record to the batch. */
void golden_writer_record(struct golden_writer *writer, const void *record);

/* Gives a command its head (its source, the next counter) and appends it. */
void golden_writer_command(struct golden_writer *writer, const void *command, u16 kind,
                           u32 account);

/* Ends the batch, if there is one, and begins the next at this time. */
void golden_writer_time(struct golden_writer *writer, u64 time_us);

/* Makes `folder` a data folder with this journal in it, packed, and frees everything. */
MUST_USE enum fault golden_writer_close(struct golden_writer *writer, const char *folder);

/* The hand-made venue that sees every other kind of command and of event. */
void golden_scenario(struct golden_writer *writer);

/* The hand-made venue that sees every kind of command and event of the rules. */
void golden_rules(struct golden_writer *writer);

#endif /* TESTS_GOLDEN_GOLDEN_WRITER_H */
