/* The inside of score.h, for score.c and score_match.c: the model, and which tokens of two names
 * are one. */
#ifndef ROLE_SCREEN_SCORE_INNER_H
#define ROLE_SCREEN_SCORE_INNER_H

#include "role/screen/name.h"

/* The model: every number of it, in millionths where nothing else is said. docs/screening.md says
 * what each is for and how they were found. */
struct model {
    u32 pair_least;          /* thousandths: below, two words are not the same one */
    u32 pair_sure;           /* thousandths: from here, differing letters are only spelling */
    u32 sure_weight;         /* words of this weight agree to the letter: the full relief */
    u32 sure_relief;         /* thousandths of what spelling costs elsewhere */
    u32 contradicted;        /* a different word in the place of one */
    u32 contradicted_weight; /* words of less weight contradict in part */
    u32 omitted_part;        /* thousandths of its share that an omitted word costs */
    u32 omitted;             /* besides, once */
    u32 omitted_weight;
    u32 thin;        /* one word agrees, others are left out */
    u32 thin_weight; /* words of this weight and less do not count as words here */
    u32 thin_kind;   /* more, where one name is a person's and the other is not */
    u32 common;      /* what agrees is in many names, others are left out */
    u32 common_weight;
    u32 slip; /* thousandths: what the part of all letters that is wrong costs at most */
    u32 number;
    u32 number_omitted;
    u32 place_omitted;
    u32 legal;
    u32 joined;
    u32 turned; /* the same order, begun elsewhere */
    u32 mixed;  /* another order */
    u32 fathers;
};

/* Tokens of both names that were found to be one: a run of 1 to 3 on each side, one of them 1. */
struct match {
    u8 a, a_count;
    u8 b, b_count;
    u16 likeness;
};

#define SLIP_EDITS_MAX 2U   /* so few letters of whole names are a slip */
#define SURE_LEAST     950U /* thousandths: agrees to the letter */
#define INITIAL_WEIGHT 16U  /* what a name tells at most that is met only by its initial */

struct matching {
    const struct name *a;
    const struct name *b;
    const struct model *model;
    u16 likeness[NAME_TOKENS_MAX][NAME_TOKENS_MAX];
    u8 a_match[NAME_TOKENS_MAX]; /* place in matches + 1; 0: none */
    u8 b_match[NAME_TOKENS_MAX];
    u8 a_weight[NAME_TOKENS_MAX];
    u8 b_weight[NAME_TOKENS_MAX];
    struct match matches[NAME_TOKENS_MAX];
    u32 count;
};

/* Words that say nothing about who is meant. */
ALWAYS_INLINE bool is_slight(const struct name_token *token)
{
    return token->role == ROLE_PARTICLE || token->role == ROLE_TITLE ||
           token->role == ROLE_LEGAL_FORM;
}

/* Words that say who is meant, and are not only its beginning. */
ALWAYS_INLINE bool is_word(const struct name_token *token)
{
    return !is_slight(token) && token->role != ROLE_INITIAL && token->role != ROLE_NUMBER;
}

/* Words whose meaning is known beforehand, and initials. */
ALWAYS_INLINE bool is_known(const struct name_token *token)
{
    return is_slight(token) || token->role == ROLE_GENERIC || token->role == ROLE_INITIAL;
}

/* Fills matching->likeness but for what takes edits: LIKENESS_OPEN stands there. */
void match_likeness_soon(struct matching *matching);

/* Fills in those too. */
void match_likeness(struct matching *matching);

/* Several tokens of one name may be one of the other: the runs that are looked at, and the least
 * likeness, in thousandths, that counts. */
#define MATCH_JOINED_MAX     3U
#define MATCH_JOINED_LEAST   760U
#define MATCH_JOINED_LETTERS 4U /* the run may have so many more or fewer than the word */

ALWAYS_INLINE bool match_may_join_one(const struct name_token *one)
{
    return !is_slight(one) && one->text_size >= 4;
}

/* A run of 2 to MATCH_JOINED_MAX tokens. */
ALWAYS_INLINE bool match_may_join(const struct name_token *run, u32 count,
                                  const struct name_token *one)
{
    u32 size = (u32)run[0].text_size + run[1].text_size + (count > 2 ? run[2].text_size : 0U);
    if (size + MATCH_JOINED_LETTERS < one->text_size ||
        (size > one->text_size + MATCH_JOINED_LETTERS && one->text_size < NAME_TOKEN_LETTERS)) {
        return false;
    }
    for (u32 i = 0; i < count; i += 1) {
        if (run[i].role == ROLE_NUMBER || run[i].role == ROLE_INITIAL) {
            return false;
        }
    }
    return true;
}

/* Fills matching->matches from it. */
void match_tokens(struct matching *matching);

/* False: the names score less than `needed`, whatever more is looked at. Likenesses that are open
 * may be anything. */
bool score_may_reach(const struct matching *matching, u32 needed);

#endif /* ROLE_SCREEN_SCORE_INNER_H */
