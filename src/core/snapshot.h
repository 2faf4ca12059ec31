/* Snapshots: the whole state as canonical little-endian records from the schema, sorted, without
 * slots or free lists, and back. Two cores with the same records behave alike for ever, whatever
 * their slots; the state hash is the SHA-256 of the records. */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include "core/core.h"

/* Receives the records in order, a whole number of them per call. False stops the snapshot. */
struct core_sink {
    void *context;
    bool (*write)(void *context, const u8 *bytes, size_t size);
};

/* Scratch memory core_snapshot needs for sorting. */
MUST_USE size_t core_snapshot_scratch(const struct core *core);

/* Writes every record to the sink. False: the sink said stop. `scratch` is 8-byte aligned. */
MUST_USE bool core_snapshot(const struct core *core, void *scratch, const struct core_sink *sink);

/* The limits a snapshot was taken under, from its first bytes (at least CORE_SNAPSHOT_HEAD_BYTES).
 * With `next` the limits of the last limits_set. False: these are not the first records of one. */
#define CORE_SNAPSHOT_HEAD_BYTES 320U
MUST_USE bool core_snapshot_limits(const u8 *bytes, size_t size, bool next,
                                   struct command_genesis *limits_out);

/* A restore in progress: records come one after the other, in the order they were written. */
struct core_restore {
    struct core *core;
    u64 records;
    u16 kind; /* of the last record */
    bool ended;
};

/* `core` is fresh from core_init, with the snapshot's limits or larger ones. */
void core_restore_begin(struct core_restore *restore, struct core *core);

/* Takes one whole record of `size` bytes. False: it does not fit what came before; *reason_out says
 * which field. The core is then good for nothing. */
MUST_USE bool core_restore_record(struct core_restore *restore, const u8 *record, size_t size,
                                  const char **reason_out);

/* True when the `end` record was seen and the whole is sound: core_validate finds nothing. The cost
 * grows with the records. */
MUST_USE bool core_restore_end(struct core_restore *restore, const char **reason_out);

/* Bytes of the record at `record` (a definition that follows its market or fee included), or 0 when
 * it is malformed or longer than `size`. */
MUST_USE size_t core_restore_size(const u8 *record, size_t size);

/* The limits in force, and those of the last limits_set. */
struct command_genesis core_limits(const struct core *core);
struct command_genesis core_limits_next(const struct core *core);

/* Takes over a limits_apply: the caller has laid the core out with core_limits_next. */
void core_limits_applied(struct core *core);

#endif /* CORE_SNAPSHOT_H */
