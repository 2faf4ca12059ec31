/* What the agent remembers of approvals, in a file of its own: which were used, so that none is
 * used twice, and which orders a second officer has yet to confirm (docs/officers.md "What is
 * remembered").
 *
 * A fixed table of rows of 512 bytes. A row is on the disk before its order is sent. A row is free
 * again when its approval's time is over and nothing waits for it: from then on the time refuses
 * the approval. */
#ifndef ROLE_ADMIN_ORDER_STORE_H
#define ROLE_ADMIN_ORDER_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "wire/order_text.h"

#define ORDER_STORE_FOLDER "officers" /* in the data folder */
#define ORDER_STORE_FILE   "approvals"
#define ORDER_ROWS_MAX     4096U
#define ORDER_ROW_BYTES    512U
#define ORDER_ROW_NONE     UINT32_MAX
#define ORDER_HASH_BYTES   32U

enum order_row_state {
    ORDER_ROW_FREE = 0,
    ORDER_ROW_USED = 1,
    ORDER_ROW_WAITING = 2, /* for a second officer */
};

struct order_row {
    u32 crc; /* of the rest */
    u8 state;
    u8 reserved[3];
    u32 officer; /* who signed; 0: nobody */
    u32 bytes;   /* of the command */
    u64 made_us;
    u64 until_us; /* of the approval; UINT64_MAX: it has no end */
    u64 due_us;   /* of a waiting one */
    u64 seq;      /* of the command; 0: not known */
    u64 matter;   /* as in the text's head */
    u8 nonce[ORDER_NONCE_BYTES];
    u8 hash[ORDER_HASH_BYTES]; /* of what was signed */
    u8 command[ORDER_COMMAND_BYTES];
    u8 padding[ORDER_ROW_BYTES - 360];
};
_Static_assert(sizeof(struct order_row) == ORDER_ROW_BYTES, "file format");

struct order_store {
    struct file file;
    struct order_row *rows; /* ORDER_ROWS_MAX */
    u32 waiting;
    u32 late;
};

/* Makes folder and file where they are not there. Damaged rows are told in the log and free. */
MUST_USE enum fault order_store_open(struct order_store *store, struct disk *disk,
                                     const char *folder);
void order_store_close(struct order_store *store);

/* The row of an approval; ORDER_ROW_NONE: it was never used. */
u32 order_store_find(const struct order_store *store, const u8 nonce[ORDER_NONCE_BYTES]);
u32 order_store_find_hash(const struct order_store *store, const u8 hash[ORDER_HASH_BYTES]);

/* Keeps one more row, synced; ORDER_ROW_NONE in *index_out: there is no room. */
MUST_USE enum fault order_store_add(struct order_store *store, const struct order_row *row,
                                    u64 now_us, u32 *index_out);
/* Writes a row that was changed in place, synced. */
MUST_USE enum fault order_store_put(struct order_store *store, u32 index);
/* As if it had never been: its order did not go out. */
MUST_USE enum fault order_store_remove(struct order_store *store, u32 index);

/* Counts what waits and what is late. */
void order_store_count(struct order_store *store, u64 now_us);

#endif /* ROLE_ADMIN_ORDER_STORE_H */
