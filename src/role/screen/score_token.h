/* How alike two tokens of names are, in thousandths: 1000 is the same word, 0 another one. */
#ifndef ROLE_SCREEN_SCORE_TOKEN_H
#define ROLE_SCREEN_SCORE_TOKEN_H

#include "role/screen/name.h"

#define LIKENESS_ONE 1000U

/* Letters, sound, skeleton (when one side is written without vowels), known variants, initials.
 * Here and below a likeness under `lowest` may be returned as 0, which is quicker. */
u32 token_likeness(const struct name_token *a, const struct name_token *b, u32 lowest);

/* The same as far as it takes no edits: the likeness, or LIKENESS_OPEN where letters or sounds have
 * so much in common that only token_likeness knows. */
#define LIKENESS_OPEN 0xffffU
u32 token_likeness_soon(const struct name_token *a, const struct name_token *b, u32 lowest);

/* The same by letters and sound alone, whatever the tokens' roles. */
u32 token_likeness_written(const struct name_token *a, const struct name_token *b, u32 lowest);

/* The same as far as it takes no edits: 0 or LIKENESS_OPEN. */
u32 token_written_soon(const struct name_token *a, const struct name_token *b, u32 lowest);

/* The likeness of `count` tokens written together to one word. */
u32 token_likeness_joined(const struct name_token *tokens, u32 count, const struct name_token *one,
                          u32 lowest);

/* False: token_likeness_joined is below `lowest`, as too few letters and sounds are the same. */
bool token_may_join(const struct name_token *tokens, u32 count, const struct name_token *one,
                    u32 lowest);

/* How many letters must be changed, put in, left out or swapped with a neighbour to make the one
 * run of tokens, written together, from the other; and the letters of the shorter one. */
u32 token_letters_apart(const struct name_token *a, u32 a_count, const struct name_token *b,
                        u32 b_count, u32 *letters_out);

#endif /* ROLE_SCREEN_SCORE_TOKEN_H */
