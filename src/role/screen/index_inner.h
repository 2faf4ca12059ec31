/* The builder's inside, for index.c and index_fill.c. */
#ifndef ROLE_SCREEN_INDEX_INNER_H
#define ROLE_SCREEN_INDEX_INNER_H

#include "role/screen/index.h"

struct index_builder {
    struct screen_index *index;
    struct name_analyser *analyser;
    bool keep_texts;
    bool own_weights;
    u32 subjects_room;
    u32 names_room;
    u32 facts_room;
    u64 memory_room;
    u64 texts_room;
    u32 *words; /* of all tokens of all names, in order */
    u64 words_count;
    u64 words_room;
    struct name name; /* the one being added */
};

#define INDEX_CODE_BYTES_MAX 256U

/* Letters and digits of an identifier, in capitals unless it is a wallet's address; how many. */
u32 index_code_fold(struct span text, bool is_wallet, u8 target[INDEX_CODE_BYTES_MAX]);
u64 index_code_key(const u8 *folded, u32 size, bool is_wallet);

#endif /* ROLE_SCREEN_INDEX_INNER_H */
