/* Inside of snapshots: what their parts share. */
#ifndef CORE_SNAPSHOT_INNER_H
#define CORE_SNAPSHOT_INNER_H

#include "core/snapshot.h"
#include "core/state.h"

/* ---- writing ---- */

struct sorted {
    u64 key;
    u64 index;
};

struct writer {
    const struct core *core;
    const struct core_sink *sink;
    struct sorted *scratch;
    u64 records;
};

ALWAYS_INLINE bool snapshot_put(struct writer *w, const void *record, size_t size)
{
    w->records++;
    return w->sink->write(w->sink->context, record, size);
}

ALWAYS_INLINE struct state_head snapshot_head(u16 kind, size_t size, u32 account, u64 id)
{
    return (struct state_head){
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .id = id};
}

/* PUT(w, order, STATE_ORDER, account, id, .field = value, ...) */
#define PUT(w, type, kind_, account_, id_, ...)                                             \
    snapshot_put(                                                                           \
        (w),                                                                                \
        &(struct state_##type){                                                             \
            .head = snapshot_head((kind_), sizeof(struct state_##type), (account_), (id_)), \
            __VA_ARGS__},                                                                   \
        sizeof(struct state_##type))

/* The records of the rules, kinds 20 to 34. */
MUST_USE bool snapshot_rules(struct writer *w);

/* ---- restoring ---- */

/* FITS(what): a restore step goes on only if this holds. */
#define FITS(fact)               \
    do {                         \
        if (UNLIKELY(!(fact))) { \
            *reason_out = #fact; \
            return false;        \
        }                        \
    } while (0)

/* A record of the rules. */
MUST_USE bool restore_rules_record(struct core *core, const u8 *record, const char **reason_out);

/* What follows from all of them. */
MUST_USE bool restore_rules_end(struct core *core, const char **reason_out);

#endif /* CORE_SNAPSHOT_INNER_H */
