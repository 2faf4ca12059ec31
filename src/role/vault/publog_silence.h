/* Silences of a case, and the notice that must follow: how an opened month pairs them.
 *
 *     case  ──silence 1──────▶ until
 *                  silence 2 ──────────▶ until          one block: it was prolonged in time
 *                                              ▲ its end          notice: in a later slot than the
 *                                                                 last silence of the block
 *
 * Silences of a case in the order of their slots are one block as long as each is logged, with its
 * slot over, by the end of those before it; the block ends when the last of them does. What is in a
 * block is shown when its end has passed, and no later silence changes that. */
#ifndef ROLE_VAULT_PUBLOG_SILENCE_H
#define ROLE_VAULT_PUBLOG_SILENCE_H

#include "base/base.h"
#include "role/vault/publog_leaf.h"

/* So long after a block's end the notice may be logged. */
#define PUBLOG_NOTICE_GRACE_S (7ULL * 24 * 3600)

/* A block while its silences are walked through, rising by slot, class, end. Zeros: none yet. */
struct publog_silence_block {
    u64 first; /* slot of its first silence */
    u64 last;  /* and of its last */
    u64 end;
    bool is_some;
};

/* The next silence of the case. True: it is of the block; false: it began the next one. */
bool publog_silence_walk(struct publog_silence_block *block, enum publog_class class, u64 slot,
                         u64 until);

/* What opened months have shown of a case. */
struct publog_silence {
    u8 name[PUBLOG_CASE_BYTES];
    enum publog_class class;
    bool is_notice;
    u64 slot;
    u64 until; /* of a silence */
};

/* Sorts what was shown in all months. True: wherever a block's end and its days of grace lie before
 * `covered_s`, the end of the opened months, a notice has followed. Else *late_out is the last
 * silence of a block without one. */
MUST_USE bool publog_silences_noticed(struct publog_silence *shown, u32 count, u64 covered_s,
                                      struct publog_silence *late_out);

#endif /* ROLE_VAULT_PUBLOG_SILENCE_H */
