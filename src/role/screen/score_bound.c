#include "role/screen/score.h"
#include "role/screen/score_inner.h"
#include "role/screen/score_token.h"

#define LEFT_EDITS_MAX 2U /* match_tokens: the last two words may differ by so many letters */

/* What is known of one name before its tokens have been matched. A token is out when nothing in the
 * other name can be it; the last word that is out on each side may still be a slip of the other. */
struct bound_side {
    const struct name *name;
    u16 most[NAME_TOKENS_MAX]; /* the most that the token agrees with any, in thousandths */
    u32 weight;
    u32 out_weight; /* of words, as in a rest */
    u32 out_count;
    u32 out_last;
    u32 most_count;
    u32 halves; /* of tokens that may agree, as tally_thin counts them in the first name */
};

struct bound {
    const struct matching *matching;
    struct bound_side a;
    struct bound_side b;
    u32 sure;
    bool joined; /* several tokens may be one */
};

static u16 u16_max(u16 a, u32 b)
{
    return b > a ? (u16)b : a;
}

/* An initial in a rest contradicts as a name would. */
static u32 rest_weight(const struct name_token *token)
{
    return token->role == ROLE_INITIAL && token->weight < INITIAL_WEIGHT ? INITIAL_WEIGHT
                                                                         : token->weight;
}

static void bound_pairs(struct bound *bound)
{
    const struct matching *matching = bound->matching;
    for (u32 i = 0; i < matching->a->tokens_count; i += 1) {
        bool known = is_known(&matching->a->tokens[i]);
        for (u32 j = 0; j < matching->b->tokens_count; j += 1) {
            u32 likeness = matching->likeness[i][j];
            if (likeness == 0) {
                continue;
            }
            /* A pair that is weighed down (match_weigh) costs less than its share. */
            bool lowered = known || is_known(&matching->b->tokens[j]);
            likeness = lowered || likeness == LIKENESS_OPEN ? LIKENESS_ONE : likeness;
            bound->a.most[i] = u16_max(bound->a.most[i], likeness);
            bound->b.most[j] = u16_max(bound->b.most[j], likeness);
        }
    }
}

/* Tokens that may be one word of the other name agree as much as can be. */
static void bound_run(struct bound *bound, struct bound_side *runs, u32 first,
                      struct bound_side *ones, u32 one)
{
    const struct name_token *run = &runs->name->tokens[first];
    const struct name_token *word = &ones->name->tokens[one];
    u32 room = runs->name->tokens_count - first;
    for (u32 count = 2; count <= MATCH_JOINED_MAX && count <= room; count += 1) {
        if (match_may_join(run, count, word) &&
            token_may_join(run, count, word, MATCH_JOINED_LEAST)) {
            bound->joined = true;
            ones->most[one] = LIKENESS_ONE;
            for (u32 i = 0; i < count; i += 1) {
                runs->most[first + i] = LIKENESS_ONE;
            }
        }
    }
}

static void bound_joined_side(struct bound *bound, struct bound_side *runs, struct bound_side *ones)
{
    for (u32 one = 0; one < ones->name->tokens_count; one += 1) {
        for (u32 first = 0;
             first + 1 < runs->name->tokens_count && match_may_join_one(&ones->name->tokens[one]);
             first += 1) {
            bound_run(bound, runs, first, ones, one);
        }
    }
}

static void bound_joined(struct bound *bound)
{
    bound_joined_side(bound, &bound->a, &bound->b);
    bound_joined_side(bound, &bound->b, &bound->a);
}

static void side_count(struct bound_side *side, u32 thin_weight)
{
    side->weight = 0;
    side->out_weight = 0;
    side->out_count = 0;
    side->halves = 0;
    side->most_count = 0;
    for (u32 i = 0; i < side->name->tokens_count; i += 1) {
        const struct name_token *token = &side->name->tokens[i];
        side->weight += token->weight;
        if (side->most[i] > 0) {
            side->halves += is_word(token) && token->weight > thin_weight ? 2 : 1;
            side->most_count += 1;
        } else if (!is_slight(token)) {
            side->out_weight += token->role == ROLE_NUMBER ? 0 : rest_weight(token);
            side->out_count += 1;
            side->out_last = i;
        }
    }
}

/* Whether the words that are out, one on each side, may be taken for each other (match_left). */
static bool may_be_left(const struct bound *bound)
{
    if (bound->a.out_count != 1 || bound->b.out_count != 1) {
        return bound->a.out_count + bound->b.out_count < 2;
    }
    const struct name_token *a = &bound->a.name->tokens[bound->a.out_last];
    const struct name_token *b = &bound->b.name->tokens[bound->b.out_last];
    u32 a_more = a->letters & ~b->letters;
    u32 b_more = b->letters & ~a->letters;
    a_more &= a_more - 1; /* all but one */
    b_more &= b_more - 1;
    return (a_more & (a_more - 1)) == 0 && (b_more & (b_more - 1)) == 0 &&
           a->text_size <= b->text_size + LEFT_EDITS_MAX &&
           b->text_size <= a->text_size + LEFT_EDITS_MAX;
}

/* The letters of words, and of all that may be counted with them. */
struct letters {
    u32 words;
    u32 all;
    u32 words_count;
    u32 all_count;
};

static struct letters letters_of(const struct name *name)
{
    struct letters letters = {.words = 0};
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        const struct name_token *token = &name->tokens[i];
        letters.all |= token->letters;
        letters.all_count += token->text_size;
        letters.words |= is_slight(token) ? 0 : token->letters;
        letters.words_count += is_slight(token) ? 0 : token->text_size;
    }
    return letters;
}

/* Whether so few letters may differ that tally_slip would count: a letter that is wrong changes the
 * set of letters by one on each side. */
static bool may_be_slip(const struct matching *matching)
{
    struct letters a = letters_of(matching->a);
    struct letters b = letters_of(matching->b);
    u32 a_more = a.words & ~b.all;
    u32 b_more = b.words & ~a.all;
    a_more &= a_more - 1; /* all but one */
    b_more &= b_more - 1;
    return (a_more & (a_more - 1)) == 0 && (b_more & (b_more - 1)) == 0 &&
           a.words_count <= b.all_count + SLIP_EDITS_MAX &&
           b.words_count <= a.all_count + SLIP_EDITS_MAX;
}

/* What the tokens of one name keep at most, in thousandths of their weight; those that are out
 * aside. A token that stays alone keeps `alone`. */
static u64 side_kept(const struct bound_side *side, u32 alone, u32 relief)
{
    u64 kept = 0;
    for (u32 i = 0; i < side->name->tokens_count; i += 1) {
        const struct name_token *token = &side->name->tokens[i];
        if (side->most[i] > 0) {
            u32 most = side->most[i];
            u64 agreed =
                (u64)token->weight * (most + ((LIKENESS_ONE - most) * relief + 999) / 1000);
            u64 rest = (u64)rest_weight(token) * alone;
            kept += agreed > rest ? agreed : rest;
        } else if (is_slight(token) || token->role == ROLE_NUMBER) {
            kept += (u64)token->weight * alone;
        }
    }
    return kept;
}

/* What contradiction costs at least: words that are out stand against each other. */
static u32 contradicted_least(const struct bound *bound)
{
    const struct model *model = bound->matching->model;
    const struct bound_side *a = &bound->a;
    const struct bound_side *b = &bound->b;
    u32 both = a->out_weight < b->out_weight ? a->out_weight : b->out_weight;
    both = both < model->contradicted_weight ? both : model->contradicted_weight;
    u32 cost = (u32)((u64)model->contradicted * both / model->contradicted_weight);
    u32 halves = a->halves < 2 * b->most_count ? a->halves : 2 * b->most_count;
    if (!bound->joined && halves < 4 && a->out_weight + b->out_weight > 0) {
        u32 kinds = bound->matching->a->kind != bound->matching->b->kind ? model->thin_kind : 0;
        cost += (model->thin + kinds) * (4 - halves) / 2;
    }
    return cost;
}

static bool bound_reaches(struct bound *bound, u32 needed)
{
    const struct model *model = bound->matching->model;
    bound->sure = 0;
    side_count(&bound->a, model->thin_weight);
    side_count(&bound->b, model->thin_weight);
    for (u32 i = 0; i < bound->a.name->tokens_count; i += 1) {
        const struct name_token *token = &bound->a.name->tokens[i];
        bound->sure += bound->a.most[i] >= SURE_LEAST && is_word(token) ? token->weight : 0;
    }
    bound->sure = bound->sure < model->sure_weight ? bound->sure : model->sure_weight;
    bool left = may_be_left(bound);
    if (left && may_be_slip(bound->matching)) {
        return true;
    }
    u32 relief = model->sure_relief * bound->sure / model->sure_weight;
    u32 alone = LIKENESS_ONE - model->omitted_part;
    u32 out_a = bound->a.out_weight;
    u32 out_b = bound->b.out_weight;
    u64 out = out_a > out_b ? out_a - out_b : out_b - out_a;
    u32 cost = contradicted_least(bound);
    if (left) {
        u32 slip = model->pair_least + ((LIKENESS_ONE - model->pair_least) * relief + 999) / 1000;
        alone = alone > slip ? alone : slip;
        out = (u64)out_a + out_b;
        cost = 0;
    }
    u64 kept = side_kept(&bound->a, alone, relief) + side_kept(&bound->b, alone, relief);
    kept += out * alone;
    u64 weight = (u64)bound->a.weight + bound->b.weight;
    /* Each token's share is rounded, and what it costs. */
    u64 rounding = 2 * ((u64)bound->a.name->tokens_count + bound->b.name->tokens_count);
    return kept >= weight * 1000 ||
           kept * (SCORE_ONE / 1000) / weight + rounding + 1 >= (u64)needed + cost;
}

bool score_may_reach(const struct matching *matching, u32 needed)
{
    struct bound bound = {
        .matching = matching, .a = {.name = matching->a}, .b = {.name = matching->b}};
    bound_pairs(&bound);
    if (bound_reaches(&bound, needed)) {
        return true;
    }
    bound_joined(&bound);
    return bound.joined && bound_reaches(&bound, needed);
}
