/* A journal up to a point, in another folder: for copies, and for going back in time.
 *
 *     journal_cut_find   reads and checks the journal up to a sequence number or a time, and says
 *                        where that is. Nothing behind it is looked at, so a journal whose later
 *                        part is damaged still has an earlier one
 *     journal_cut_copy   writes it into an empty folder: closed segments as they are, raw or
 *                        packed, and the last one up to the cut, with zeros behind
 *
 * A batch is taken whole or not at all, since it was acknowledged so: a sequence number within a
 * batch leads to the end of the batch before. What is copied is the same, byte for byte, so every
 * hash in it is that of the original. If the last batch is not followed by a seal there, a seal of
 * the copy's own is put behind it; that is the only thing the original does not have. Nothing is
 * ever cut in place. */
#ifndef IO_JOURNAL_CUT_H
#define IO_JOURNAL_CUT_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"

/* Called now and then; `what` is for people: reading (bytes), copying segments. */
struct journal_cut_progress {
    void (*report)(struct journal_cut_progress *progress, const char *what, u64 done, u64 all);
};

struct journal_cut_options {
    struct disk *disk;
    const char *folder; /* of the journal */
    u64 seq_max;        /* the last sequence number wanted; 0: no bound */
    u64 time_max_us;    /* the latest time of a batch wanted; 0: no bound */
    bool live;          /* a writer is at work: a last batch that may not be durable is left out */
    u64 seq_durable;    /* with `live`: durable for certain up to here; 0: nothing is known */
    bool threads;
    bool sparse; /* the zeros behind the cut take no room on the disk: for a copy to be kept; a
                  * venue that is run from it may find the disk full in the middle of a segment */
    struct journal_cut_progress *progress; /* may be NULL */
};

struct journal_cut {
    u64 seq_start; /* of the first segment; above 1: it was shortened behind a snapshot */
    u64 seq;       /* of the last command taken */
    u64 time_us;   /* of its batch */
    u8 hash[JOURNAL_HASH_BYTES]; /* of its batch */
    u64 batches;                 /* without seals */
    bool bounded; /* something is behind it that was not wanted; the three below say what */
    u64 behind_seq;
    u64 behind_count;
    u64 behind_time_us;
    u64 torn_bytes; /* at the journal's end, when it was reached */
    /* Inside. */
    u64 segment;
    u64 offset; /* behind what is taken of that segment */
    u8 hash_end[JOURNAL_HASH_BYTES];
    bool sealed; /* a seal is taken behind the last batch */
};

/* FAULT_MISSING: there is no journal, or nothing in it. FAULT_USAGE: nothing lies before the bound,
 * or the journal ends before seq_max. FAULT_ROT: damage before the bound; with `live` also when the
 * journal can be read less far than seq_durable. */
MUST_USE enum fault journal_cut_find(const struct journal_cut_options *options,
                                     struct journal_cut *cut_out);

/* `target` exists and is empty. Everything is on the disk afterwards. May run beside a writer and a
 * packer. *bytes_out: written. */
MUST_USE enum fault journal_cut_copy(const struct journal_cut_options *options,
                                     const struct journal_cut *cut, const char *target,
                                     u64 *bytes_out);

/* Reads a copy from its first byte and compares: FAULT_DIVERGED when it ends otherwise. */
MUST_USE enum fault journal_cut_check(const struct journal_cut_options *options,
                                      const struct journal_cut *cut, const char *target);

#endif /* IO_JOURNAL_CUT_H */
