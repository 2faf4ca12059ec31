/* The walk through a journal, one window of bytes at a time: the work behind journal_read.h.
 *
 * One thread owns a walk. It fills a window with as many whole, checked batches as fit, crosses
 * from segment to segment, and at the end judges the tail. */
#ifndef IO_JOURNAL_WALK_H
#define IO_JOURNAL_WALK_H

#include "base/arena.h"
#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/journal.h"
#include "io/journal_folder.h"
#include "io/journal_read.h"
#include "io/journal_source.h"

struct journal_window {
    u8 *data;
    u32 filled; /* bytes of data */
    u32 used;   /* bytes of them that are whole batches; the rest moves to the next window */
    struct journal_batch *batches;
    u32 batches_count;
    bool last; /* the walk is over: nothing follows, or only `fault` */
    enum fault fault;
    struct fault_trail trail;
};

struct journal_walk {
    struct journal_reader_config config;
    struct journal_folder folder;
    struct journal_source source;
    struct sha256 sha256;
    u8 *tail;          /* a buffer of JOURNAL_TAIL_BYTES for the judgement */
    u32 segment_index; /* in folder.segments, of the open one */
    bool segment_open;
    struct journal_segment_header segment;
    u64 offset;       /* in the segment, of the next batch */
    bool chain_begun; /* the three below are known */
    u8 hash[JOURNAL_HASH_BYTES];
    u64 seq_next;
    u64 time_us;
    bool sealed;
    bool ended;
    struct journal_end end;
    _Atomic u64 bytes_done;
    _Atomic u64 bytes_all;
};

#define JOURNAL_TAIL_BYTES (1U << 20)

/* The configuration with its defaults filled in; FAULT_USAGE when it makes no sense. */
MUST_USE enum fault journal_walk_config(const struct journal_reader_config *config,
                                        struct journal_reader_config *config_out);

size_t journal_window_footprint(const struct journal_reader_config *config);
void journal_window_init(struct journal_window *window, const struct journal_reader_config *config,
                         struct arena *arena);

size_t journal_walk_footprint(const struct journal_reader_config *config);
/* `config` has its defaults filled in and outlives nothing: it is copied. */
MUST_USE enum fault journal_walk_open(struct journal_walk *walk,
                                      const struct journal_reader_config *config,
                                      struct arena *arena);
void journal_walk_close(struct journal_walk *walk);

/* Fills `window`; `previous` is the one filled before (it may be the same one), NULL at first. A
 * fault is kept in the window with its trail, behind the batches that were still good. */
void journal_walk_fill(struct journal_walk *walk, struct journal_window *window,
                       const struct journal_window *previous);

#endif /* IO_JOURNAL_WALK_H */
