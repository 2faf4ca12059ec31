/* Compiled lists into an index: files in the normal form (docs/lists.md), header and entries a
 * line.
 *
 * An entry that the filter leaves out is counted, and one without any name that can be read is
 * counted too: in = indexed + left out + nameless. */
#ifndef ROLE_SCREEN_INDEX_READ_H
#define ROLE_SCREEN_INDEX_READ_H

#include "role/screen/index.h"

struct input;

/* Which entries; all zero: every one. */
struct index_filter {
    const char *source; /* how their source begins; NULL: any */
    bool has_kind;
    enum list_entry_kind kind;
};

struct index_read {
    u64 entries_in;
    u64 entries_left_out;
    u64 entries_nameless;
    u64 names;
    u64 names_refused;
};

/* One entry. Its number is the store's; where it has none the source's own id, if that is a number;
 * else the next one from INDEX_READ_NUMBER_FIRST. */
#define INDEX_READ_NUMBER_FIRST 3000000000U
MUST_USE enum fault index_read_entry(struct index_builder *builder,
                                     const struct index_filter *filter,
                                     const struct list_entry *entry, u8 list,
                                     struct index_read *read);

/* All entries of a file in the normal form; list number `list`. *header_out is its header. */
MUST_USE enum fault index_read_file(struct index_builder *builder,
                                    const struct index_filter *filter, struct input *input, u8 list,
                                    struct list_header *header_out, struct index_read *read);

/* Whether a file that begins with this line is in the normal form. */
bool index_read_knows(struct span line);

#endif /* ROLE_SCREEN_INDEX_READ_H */
