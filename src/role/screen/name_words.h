/* Words that are known beforehand: legal forms, titles, particles, number words, general words of
 * company names, places, common names, and names that are one name in several languages.
 *
 * All are facts written down by ourselves (name_words_table.c). The tables are small texts; opening
 * puts them into one hash table, which is only read afterwards. */
#ifndef ROLE_SCREEN_NAME_WORDS_H
#define ROLE_SCREEN_NAME_WORDS_H

#include "base/base.h"
#include "io/fault.h"
#include "role/screen/name.h"

/* Where a word has its meaning. */
enum word_where { WORD_ANY, WORD_PERSON, WORD_ENTITY };

/* By what a row's words are found: the letters, or the sound form (however romanised). */
enum word_by { WORD_BY_LETTERS, WORD_BY_SOUND };

struct word_row {
    u8 role;   /* enum name_role */
    u8 weight; /* 0: as its length says */
    u8 where;  /* enum word_where */
    u8 by;     /* enum word_by */
    u16 group; /* not 0: all words of the row, and of other rows with it, are one */
    const char *words;
};

/* Words that are one legal form together: "limited liability company". */
struct word_phrase {
    u16 group;
    const char *words;
};

extern const struct word_row name_word_rows[];
extern const u32 name_word_rows_count;
extern const struct word_phrase name_word_phrases[];
extern const u32 name_word_phrases_count;

#define WORD_PHRASE_WORDS_MAX 6U

struct name_words;

MUST_USE enum fault name_words_open(struct name_words **words_out);
void name_words_close(struct name_words *words);

/* What is known about a word in a name of that kind; NULL: nothing. Found by letters first. */
const struct word_row *name_words_find(const struct name_words *words, struct span letters,
                                       struct span sound, enum name_kind kind);

/* The weight of an Arabic or Hebrew word whose skeleton is that of a common name; else 0. */
u8 name_words_skeleton_weight(const struct name_words *words, u64 skeleton);

/* A number word's value (one, forty, ninth); 0: none. */
u32 name_words_number(struct span letters);

/* How many of the words, from the first, are a phrase (at least 2), or 0. Words are compared by
 * sound, and one letter of a longer word may be wrong. */
u32 name_words_phrase(const struct name_words *words, const struct span *sounds, u32 count,
                      u16 *group_out);

/* The same but for one letter changed, left out, put in, or two that changed places; only words of
 * at least four letters. */
bool name_words_nearly_equal(struct span a, struct span b);

#endif /* ROLE_SCREEN_NAME_WORDS_H */
