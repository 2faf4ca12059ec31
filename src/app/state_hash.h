/* The state of a core as bytes: its hash, and a round trip through a snapshot. */
#ifndef APP_STATE_HASH_H
#define APP_STATE_HASH_H

#include "core/snapshot.h"
#include "io/digest.h"
#include "io/fault.h"

/* SHA-256 of the canonical records. */
MUST_USE enum fault state_hash(const struct core *core, u8 hash_out[SHA256_BYTES]);

struct state_round_trip {
    u64 records_bytes;
    u64 snapshot_ns;
    u64 restore_ns;
    bool equal; /* the restored core has the same records, byte for byte */
};

/* Writes the whole state to memory, builds a second core from it, writes that too and compares. */
MUST_USE enum fault state_round_trip(const struct core *core, const struct command_genesis *limits,
                                     struct state_round_trip *trip_out);

#endif /* APP_STATE_HASH_H */
