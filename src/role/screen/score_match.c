#include "role/screen/score_inner.h"
#include "role/screen/score_token.h"

#define FORM_SLIP        600U /* the likeness of a short legal form with one letter wrong */
#define FORM_LETTERS     5U
#define LEFT_LETTERS_MIN 2U
#define LEFT_LETTERS_TWO 4U   /* of words this long two may be wrong */
#define SLIP_LEAST       550U /* thousandths: from here a word is a known one, mistyped */

/* Whether one may be the other mistyped: "Cmopany" is a company, "vLC" an LLC. */
static bool is_slip(const struct name_token *a, const struct name_token *b)
{
    const struct name_token *slight = is_slight(a) ? a : b;
    const struct name_token *word = is_slight(a) ? b : a;
    return slight->role == ROLE_LEGAL_FORM && !is_slight(word) && word->role != ROLE_NUMBER &&
           slight->text_size > 1 && word->text_size > 1;
}

/* "LL" is an LLC, "LTM" an LTD: one letter, also where it is a third of the word. */
static bool is_short_slip(const struct name_token *a, const struct name_token *b)
{
    u32 letters = 0;
    return a->text_size <= FORM_LETTERS && b->text_size <= FORM_LETTERS &&
           token_letters_apart(a, 1, b, 1, &letters) == 1;
}

/* The same, from the letters that occur alone: false is sure. */
static bool may_be_short_slip(const struct name_token *a, const struct name_token *b)
{
    u32 a_more = a->letters & ~b->letters;
    u32 b_more = b->letters & ~a->letters;
    return a->text_size <= FORM_LETTERS && b->text_size <= FORM_LETTERS &&
           (a_more & (a_more - 1)) == 0 && (b_more & (b_more - 1)) == 0;
}

/* Two tokens of which one says little or nothing. */
static u32 slight_likeness_soon(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    if (a->hash == b->hash ||
        (a->role == b->role && a->group == b->group && a->role == ROLE_LEGAL_FORM)) {
        return LIKENESS_ONE;
    }
    return is_slip(a, b) && (may_be_short_slip(a, b) || token_written_soon(a, b, lowest) > 0)
               ? LIKENESS_OPEN
               : 0;
}

static u32 slight_likeness(const struct name_token *a, const struct name_token *b, u32 lowest)
{
    u32 likeness = token_likeness_written(a, b, lowest);
    likeness = likeness < FORM_SLIP && is_short_slip(a, b) ? FORM_SLIP : likeness;
    return likeness < SLIP_LEAST && a->text_size > 4 && b->text_size > 4 ? 0 : likeness;
}

void match_likeness_soon(struct matching *matching)
{
    u32 lowest = matching->model->pair_least;
    for (u32 i = 0; i < matching->a->tokens_count; i += 1) {
        const struct name_token *a = &matching->a->tokens[i];
        bool slight = is_slight(a);
        for (u32 j = 0; j < matching->b->tokens_count; j += 1) {
            const struct name_token *b = &matching->b->tokens[j];
            matching->likeness[i][j] =
                (u16)(slight || is_slight(b) ? slight_likeness_soon(a, b, lowest)
                                             : token_likeness_soon(a, b, lowest));
        }
    }
}

void match_likeness(struct matching *matching)
{
    u32 lowest = matching->model->pair_least;
    for (u32 i = 0; i < matching->a->tokens_count; i += 1) {
        const struct name_token *a = &matching->a->tokens[i];
        for (u32 j = 0; j < matching->b->tokens_count; j += 1) {
            const struct name_token *b = &matching->b->tokens[j];
            u32 likeness = matching->likeness[i][j];
            if (likeness == LIKENESS_OPEN) {
                likeness = is_slight(a) || is_slight(b) ? slight_likeness(a, b, lowest)
                                                        : token_likeness_written(a, b, lowest);
            }
            matching->likeness[i][j] = (u16)(likeness < lowest ? 0 : likeness);
        }
    }
}

/* A pair tells no more than the lesser known of its words: a mistyped "company" is not a rare name,
 * and an initial does not confirm one. */
static void match_weigh(struct matching *matching, const struct match *match)
{
    const struct name_token *a = &matching->a->tokens[match->a];
    const struct name_token *b = &matching->b->tokens[match->b];
    u8 least = a->weight < b->weight ? a->weight : b->weight;
    bool known = is_known(a) || is_known(b);
    if (a->role == ROLE_INITIAL || b->role == ROLE_INITIAL) {
        least = INITIAL_WEIGHT;
    }
    if (known && match->a_count + match->b_count == 2) {
        matching->a_weight[match->a] = a->weight < least ? a->weight : least;
        matching->b_weight[match->b] = b->weight < least ? b->weight : least;
    }
}

static void match_add(struct matching *matching, struct match match)
{
    match_weigh(matching, &match);
    matching->matches[matching->count] = match;
    matching->count += 1;
    for (u32 i = 0; i < match.a_count; i += 1) {
        matching->a_match[match.a + i] = (u8)matching->count;
    }
    for (u32 j = 0; j < match.b_count; j += 1) {
        matching->b_match[match.b + j] = (u8)matching->count;
    }
}

/* The heaviest agreeing pair first, then the next among what is left. */
static void match_greedily(struct matching *matching)
{
    for (;;) {
        struct match best = {.a_count = 1, .b_count = 1};
        u32 best_value = 0;
        for (u32 i = 0; i < matching->a->tokens_count; i += 1) {
            for (u32 j = 0; j < matching->b->tokens_count && matching->a_match[i] == 0; j += 1) {
                u32 weight = (u32)matching->a->tokens[i].weight + matching->b->tokens[j].weight;
                u32 value = weight * matching->likeness[i][j];
                if (matching->b_match[j] == 0 && value > best_value) {
                    best_value = value;
                    best.a = (u8)i;
                    best.b = (u8)j;
                    best.likeness = matching->likeness[i][j];
                }
            }
        }
        if (best_value == 0) {
            return;
        }
        match_add(matching, best);
    }
}

static void match_remove(struct matching *matching, u32 place)
{
    u32 last = matching->count - 1;
    const struct match *match = &matching->matches[place];
    matching->a_weight[match->a] = matching->a->tokens[match->a].weight;
    matching->b_weight[match->b] = matching->b->tokens[match->b].weight;
    for (u32 i = 0; i < NAME_TOKENS_MAX; i += 1) {
        if (matching->a_match[i] == place + 1) {
            matching->a_match[i] = 0;
        } else if (matching->a_match[i] == last + 1) {
            matching->a_match[i] = (u8)(place + 1);
        }
        if (matching->b_match[i] == place + 1) {
            matching->b_match[i] = 0;
        } else if (matching->b_match[i] == last + 1) {
            matching->b_match[i] = (u8)(place + 1);
        }
    }
    matching->matches[place] = matching->matches[last];
    matching->count = last;
}

/* What the tokens of a run and the one word agree in now; UINT32_MAX when one of them is part of a
 * joined match or nothing could be gained. */
static u32 joined_before(const struct matching *matching, const u8 *run_match, u32 first, u32 count,
                         const u8 *one_match, u32 one)
{
    u32 value = 0;
    bool all = one_match[one] != 0;
    for (u32 i = 0; i <= count; i += 1) {
        u8 place = i < count ? run_match[first + i] : one_match[one];
        if (place == 0) {
            all = false;
            continue;
        }
        const struct match *match = &matching->matches[place - 1];
        if (match->a_count + match->b_count > 2) {
            return UINT32_MAX;
        }
        bool inside = i < count && one_match[one] == place;
        u32 weight =
            (u32)matching->a->tokens[match->a].weight + matching->b->tokens[match->b].weight;
        value += inside ? 0 : weight * match->likeness;
    }
    return all ? UINT32_MAX : value;
}

/* The best run of tokens of one name for the word `one` of the other; likeness 0: none gains. */
static struct match joined_best(const struct matching *matching, bool run_in_a, u32 one)
{
    const struct name *runs = run_in_a ? matching->a : matching->b;
    const struct name_token *word = &(run_in_a ? matching->b : matching->a)->tokens[one];
    const u8 *run_match = run_in_a ? matching->a_match : matching->b_match;
    const u8 *one_match = run_in_a ? matching->b_match : matching->a_match;
    struct match best = {.likeness = 0};
    u32 best_gain = 0;
    for (u32 first = 0; first + 1 < runs->tokens_count; first += 1) {
        u32 weight = (u32)word->weight + runs->tokens[first].weight;
        for (u32 count = 2; count <= MATCH_JOINED_MAX && first + count <= runs->tokens_count;
             count += 1) {
            weight += runs->tokens[first + count - 1].weight;
            if (!match_may_join(&runs->tokens[first], count, word)) {
                continue;
            }
            u32 before = joined_before(matching, run_match, first, count, one_match, one);
            if (before == UINT32_MAX) {
                continue;
            }
            u32 likeness =
                token_likeness_joined(&runs->tokens[first], count, word, MATCH_JOINED_LEAST);
            u32 value = likeness < MATCH_JOINED_LEAST ? 0 : likeness * weight;
            if (value > before && value - before > best_gain) {
                best_gain = value - before;
                best = (struct match){.a = (u8)(run_in_a ? first : one),
                                      .a_count = (u8)(run_in_a ? count : 1),
                                      .b = (u8)(run_in_a ? one : first),
                                      .b_count = (u8)(run_in_a ? 1 : count),
                                      .likeness = (u16)likeness};
            }
        }
    }
    return best;
}

/* Several tokens of one name against one of the other: Jong un, Jongun. */
static void match_joined_side(struct matching *matching, bool run_in_a)
{
    const struct name *ones = run_in_a ? matching->b : matching->a;
    for (u32 one = 0; one < ones->tokens_count; one += 1) {
        if (!match_may_join_one(&ones->tokens[one])) {
            continue;
        }
        struct match best = joined_best(matching, run_in_a, one);
        if (best.likeness == 0) {
            continue;
        }
        for (u32 i = 0; i < best.a_count; i += 1) {
            if (matching->a_match[best.a + i] != 0) {
                match_remove(matching, matching->a_match[best.a + i] - 1U);
            }
        }
        for (u32 j = 0; j < best.b_count; j += 1) {
            if (matching->b_match[best.b + j] != 0) {
                match_remove(matching, matching->b_match[best.b + j] - 1U);
            }
        }
        match_add(matching, best);
    }
}

/* An initial confirms a name only where no word stands against it: "Perdomo, Gustavo A" is not
 * Gustavo Amaya. */
static void match_initials(struct matching *matching)
{
    bool a_word = false;
    bool b_word = false;
    for (u32 i = 0; i < NAME_TOKENS_MAX; i += 1) {
        a_word = a_word || (i < matching->a->tokens_count && matching->a_match[i] == 0 &&
                            is_word(&matching->a->tokens[i]));
        b_word = b_word || (i < matching->b->tokens_count && matching->b_match[i] == 0 &&
                            is_word(&matching->b->tokens[i]));
    }
    for (u32 i = 0; i < matching->count;) {
        const struct match *match = &matching->matches[i];
        bool a_initial = matching->a->tokens[match->a].role == ROLE_INITIAL;
        bool b_initial = matching->b->tokens[match->b].role == ROLE_INITIAL;
        if ((a_initial && !b_initial && a_word) || (b_initial && !a_initial && b_word)) {
            match_remove(matching, i);
        } else {
            i += 1;
        }
    }
}

/* Whether something is left that a joined word could explain. */
static bool wants_joined(const struct matching *matching)
{
    u32 good = 0;
    for (u32 i = 0; i < matching->count; i += 1) {
        good += matching->matches[i].likeness > 800 ? 1 : 0;
    }
    return good < matching->a->tokens_count || good < matching->b->tokens_count;
}

/* The one word that found none; NAME_TOKENS_MAX: there is none, or more. */
static u32 left_over(const struct name *name, const u8 *match)
{
    u32 left = NAME_TOKENS_MAX;
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        if (match[i] == 0 && !is_slight(&name->tokens[i])) {
            if (left != NAME_TOKENS_MAX) {
                return NAME_TOKENS_MAX;
            }
            left = i;
        }
    }
    return left;
}

/* One word is left on each side, and they differ by a letter or two: Kim and Kib, where everything
 * else has found its own. */
static void match_left(struct matching *matching)
{
    u32 a = left_over(matching->a, matching->a_match);
    u32 b = left_over(matching->b, matching->b_match);
    if (a == NAME_TOKENS_MAX || b == NAME_TOKENS_MAX) {
        return;
    }
    const struct name_token *a_token = &matching->a->tokens[a];
    const struct name_token *b_token = &matching->b->tokens[b];
    if (!is_word(a_token) || !is_word(b_token) || a_token->script != SCRIPT_LATIN ||
        b_token->script != SCRIPT_LATIN) {
        return;
    }
    u32 letters = 0;
    u32 edits = token_letters_apart(a_token, 1, b_token, 1, &letters);
    if (letters >= LEFT_LETTERS_MIN && edits <= (letters < LEFT_LETTERS_TWO ? 1U : 2U)) {
        match_add(matching, (struct match){.a = (u8)a,
                                           .a_count = 1,
                                           .b = (u8)b,
                                           .b_count = 1,
                                           .likeness = (u16)matching->model->pair_least});
    }
}

void match_tokens(struct matching *matching)
{
    match_greedily(matching);
    if (wants_joined(matching)) {
        match_joined_side(matching, true);
        match_joined_side(matching, false);
    }
    match_initials(matching);
    match_left(matching);
}
