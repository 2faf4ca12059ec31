/* Poison: a command that ends the process whenever it is applied, and how the next start knows.
 *
 * A small mapped file says at any moment which commands are being applied. It costs two stores per
 * batch; it is never synced, since it is for the end of a process and not of the machine.
 *
 *     1  the process ends while it applies commands 1000 to 2023: that range is left in the file
 *     2  the next start applies this range one by one, each noted before. It ends again, at 1500:
 *        that one is now the suspect, with one crash
 *     3  the next start ends at 1500 again: two crashes on one command
 *     4  the next start refuses when it reaches 1500, and names it
 *
 * A command applied alone is noted as such, so then it begins with step 2.
 *
 * A process killed from outside also leaves a range, which costs the next start a careful
 * millisecond. A start that gets through to the journal's end clears everything. The suspect is
 * compared by its bytes as well, because an unsealed tail may be cut and its sequence numbers given
 * to other commands. */
#ifndef ROLE_ENGINE_POISON_H
#define ROLE_ENGINE_POISON_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define POISON_CRASHES_MAX 2U
#define POISON_FILE_BYTES  4096U

/* The mapped file. Native byte order: it never leaves the machine. */
struct poison_note {
    volatile u64 magic;
    volatile u64 range_first; /* being applied; count 0: nothing */
    volatile u64 range_count;
    volatile u64 single_seq; /* the one being applied with care; 0: none */
    volatile u64 single_hash;
    volatile u64 careful_first; /* to be applied with care */
    volatile u64 careful_count;
    volatile u64 suspect_seq; /* 0: none */
    volatile u64 suspect_hash;
    volatile u64 suspect_crashes;
};

struct poison {
    struct disk *disk;
    struct poison_note *note; /* NULL: nothing is noted */
    bool unclean;             /* the process before ended while it applied something */
};

/* Opens or makes the file and takes over what the last process left in it. */
MUST_USE enum fault poison_open(struct poison *poison, struct disk *disk, const char *path);
void poison_close(struct poison *poison);

/* Around applying. */
static inline void poison_enter(struct poison *poison, u64 seq_first, u64 count)
{
    if (poison->note != NULL) {
        poison->note->range_first = seq_first;
        poison->note->range_count = count;
    }
}

static inline void poison_leave(struct poison *poison)
{
    if (poison->note != NULL) {
        poison->note->range_count = 0;
    }
}

/* Around a single command of the range to be careful with; `hash` is of its bytes. */
void poison_enter_single(struct poison *poison, u64 seq, u64 hash);
void poison_leave_single(struct poison *poison);

/* How many commands from `seq` on are alike: *careful_out says in which way. At least 1. */
u64 poison_reach(const struct poison *poison, u64 seq, bool *careful_out);

/* Whether the command ended the process POISON_CRASHES_MAX times. */
bool poison_is(const struct poison *poison, u64 seq, u64 hash);

/* Whether some command is under suspicion: the voids should be looked for beforehand. */
bool poison_suspects(const struct poison *poison);

/* Recovery has come to the end of the journal. */
void poison_clear(struct poison *poison);

#endif /* ROLE_ENGINE_POISON_H */
