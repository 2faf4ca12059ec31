/* Texts kept once each: the same text gives the same number, from 0 on.
 *
 * Grows as the registers do, up to OWN_READ_TEXTS_MAX texts and OWN_READ_TEXT_BYTES_MAX bytes. The
 * places of the table depend on a seed drawn at the start, so that nobody can write a register
 * whose texts all fall on one of them. */
#ifndef ROLE_SCREEN_OWN_READ_TEXTS_H
#define ROLE_SCREEN_OWN_READ_TEXTS_H

#include "base/base.h"
#include "io/fault.h"

#define OWN_READ_TEXTS_MAX      (1U << 28)
#define OWN_READ_TEXT_BYTES_MAX (UINT32_MAX - (1U << 20))

struct own_read_texts {
    u64 seed;
    u8 *bytes;
    u32 bytes_used;
    u32 bytes_capacity;
    struct own_read_text *rows;
    u32 count;
    u32 capacity;
    struct own_read_slot *slots;
    u32 slots_count;
};

/* Half of the text's hash lies beside its number, so that most others are told apart without
 * looking at them. */
struct own_read_slot {
    u32 hash;
    u32 filled; /* the number of a text + 1; 0: free */
};

struct own_read_text {
    u32 at;
    u32 size;
    u32 value; /* the caller's: 0 for a new text */
};

MUST_USE enum fault own_read_texts_open(struct own_read_texts *texts);
void own_read_texts_close(struct own_read_texts *texts);

/* *is_new_out: it was not there before. FAULT_LIMIT: full. */
MUST_USE enum fault own_read_texts_put(struct own_read_texts *texts, struct span text,
                                       u32 *number_out, bool *is_new_out);

/* UINT32_MAX: not there. */
u32 own_read_texts_find(const struct own_read_texts *texts, struct span text);

/* Until the next put. */
struct span own_read_texts_get(const struct own_read_texts *texts, u32 number);
u32 *own_read_texts_value(const struct own_read_texts *texts, u32 number);

/* An array that grows by doubling: room for `more` rows of `size` bytes behind `count`. */
MUST_USE enum fault own_read_reserve(void *rows, u32 *capacity, u32 count, u32 more, size_t size,
                                     const char *what);

#endif /* ROLE_SCREEN_OWN_READ_TEXTS_H */
