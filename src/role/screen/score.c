#include "role/screen/score.h"

#include "base/check.h"
#include "role/screen/score_inner.h"
#include "role/screen/score_token.h"

#include <stdio.h>
#include <string.h>

static const struct model person_model = {
    .pair_least = 300,
    .pair_sure = 620,
    .sure_weight = 60,
    .sure_relief = 400,
    .contradicted = 300000,
    .contradicted_weight = 24,
    .omitted_part = 480,
    .omitted = 0,
    .omitted_weight = 20,
    .thin = 160000,
    .thin_weight = 7,
    .thin_kind = 120000,
    .common = 200000,
    .common_weight = 48,
    .slip = 900,
    .number = 100000,
    .number_omitted = 50000,
    .place_omitted = 0,
    .legal = 0,
    .joined = 8000,
    .turned = 4000,
    .mixed = 20000,
    .fathers = 120000,
};

static const struct model entity_model = {
    .pair_least = 300,
    .pair_sure = 620,
    .sure_weight = 60,
    .sure_relief = 400,
    .contradicted = 240000,
    .contradicted_weight = 14,
    .omitted_part = 320,
    .omitted = 45000,
    .omitted_weight = 16,
    .thin = 20000,
    .thin_weight = 16,
    .thin_kind = 120000,
    .common = 0,
    .common_weight = 48,
    .slip = 700,
    .number = 60000,
    .number_omitted = 100000,
    .place_omitted = 80000,
    .legal = 15000,
    .joined = 8000,
    .turned = 8000,
    .mixed = 20000,
    .fathers = 0,
};

#define SLIP_LETTERS_MIN 4U
#define SLIP_SECOND      70 /* percent of twice the first */
#define SLIP_ONE_WORD    55 /* percent: a name of one word, where nothing else could agree */

struct tally {
    struct score_parts *parts; /* or NULL */
    i64 sum;
    i64 spelling;      /* what it has cost */
    u32 weight_before; /* of the tokens whose share has been given */
    u32 weight;
    bool swapped; /* the caller's names stand the other way round */
};

/* ---- what it adds up to ---- */

static void tally_put(struct tally *tally, enum score_part_kind kind, u32 a, u32 b, i64 millionths)
{
    tally->sum += millionths;
    if (tally->parts == NULL || millionths == 0) {
        return;
    }
    CHECK(tally->parts->count < SCORE_PARTS_MAX);
    tally->parts->parts[tally->parts->count] = (struct score_part){
        .millionths = (i32)millionths,
        .kind = (u8)kind,
        .a = (u8)(tally->swapped ? b : a),
        .b = (u8)(tally->swapped ? a : b),
    };
    tally->parts->count += 1;
}

/* The share of so much weight; over all tokens the shares are exactly SCORE_ONE. */
static i64 tally_share(struct tally *tally, u32 weight)
{
    u64 before = (u64)tally->weight_before * SCORE_ONE / tally->weight;
    tally->weight_before += weight;
    return (i64)((u64)tally->weight_before * SCORE_ONE / tally->weight - before);
}

/* What agrees to the letter, as weight of one name: the more, the less a slip elsewhere matters. */
static u32 match_sure(const struct matching *matching)
{
    u32 sure = 0;
    for (u32 i = 0; i < matching->count; i += 1) {
        const struct match *match = &matching->matches[i];
        bool word = is_word(&matching->a->tokens[match->a]);
        if (match->likeness >= SURE_LEAST && word) {
            sure += matching->a_weight[match->a];
        }
    }
    return sure < matching->model->sure_weight ? sure : matching->model->sure_weight;
}

static void tally_match(struct tally *tally, const struct matching *matching,
                        const struct match *match, u32 sure)
{
    const struct model *model = matching->model;
    u32 weight = 0;
    bool initial = false;
    for (u32 i = 0; i < match->a_count; i += 1) {
        weight += matching->a_weight[match->a + i];
        initial = initial || matching->a->tokens[match->a + i].role == ROLE_INITIAL;
    }
    for (u32 j = 0; j < match->b_count; j += 1) {
        weight += matching->b_weight[match->b + j];
        initial = initial || matching->b->tokens[match->b + j].role == ROLE_INITIAL;
    }
    i64 share = tally_share(tally, weight);
    i64 cost = share * (i64)(LIKENESS_ONE - match->likeness) / LIKENESS_ONE;
    if (match->likeness < model->pair_sure) {
        u32 lack = model->pair_sure - match->likeness;
        u32 heavy =
            weight / 2 < model->contradicted_weight ? weight / 2 : model->contradicted_weight;
        cost +=
            (i64)model->contradicted * lack / model->pair_sure * heavy / model->contradicted_weight;
    }
    cost -= cost * (i64)(model->sure_relief * sure / model->sure_weight) / 1000;
    tally_put(tally, SCORE_PART_WORD, match->a, match->b, share);
    tally->spelling += cost;
    tally_put(tally, initial ? SCORE_PART_INITIAL : SCORE_PART_SPELLING, match->a, match->b, -cost);
    if (match->a_count + match->b_count > 2) {
        tally_put(tally, SCORE_PART_JOINED, match->a, match->b, -(i64)model->joined);
    }
}

/* Whether every word of the name has found one. */
static bool is_all_matched(const struct name *name, const u8 *match)
{
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        if (match[i] == 0 && !is_slight(&name->tokens[i])) {
            return false;
        }
    }
    return true;
}

/* The letters by which the words of both names differ, and how many they have; false where that
 * says nothing: another script, or an initial in place of a name. */
static bool letters_apart(const struct matching *matching, u32 *edits_out, u32 *letters_out,
                          u32 *words_out)
{
    *edits_out = 0;
    *letters_out = 0;
    *words_out = 0;
    for (u32 i = 0; i < matching->count; i += 1) {
        const struct match *match = &matching->matches[i];
        const struct name_token *a = &matching->a->tokens[match->a];
        const struct name_token *b = &matching->b->tokens[match->b];
        bool single = match->a_count + match->b_count == 2;
        if (a->script != SCRIPT_LATIN || b->script != SCRIPT_LATIN ||
            (single && (a->role == ROLE_INITIAL) != (b->role == ROLE_INITIAL))) {
            return false;
        }
        if (is_slight(a) && is_slight(b)) {
            continue;
        }
        u32 letters = 0;
        u32 edits = token_letters_apart(a, match->a_count, b, match->b_count, &letters);
        *edits_out += edits;
        *letters_out += letters;
        *words_out += 1;
    }
    return true;
}

/* Nothing is left over and few of all letters differ: hardly another name, however short the word
 * with the slip is. */
static void tally_slip(struct tally *tally, const struct matching *matching)
{
    u32 edits = 0;
    u32 letters = 0;
    u32 words = 0;
    if (tally->spelling == 0 || !is_all_matched(matching->a, matching->a_match) ||
        !is_all_matched(matching->b, matching->b_match) ||
        !letters_apart(matching, &edits, &letters, &words) || edits == 0 ||
        edits > SLIP_EDITS_MAX || letters < SLIP_LETTERS_MIN) {
        return;
    }
    i64 most = (i64)matching->model->slip * edits * 1000 / letters;
    most = edits > 1 ? most * SLIP_SECOND / 100 : most;
    most = words < 2 ? most * SLIP_ONE_WORD / 100 : most;
    if (tally->spelling > most) {
        tally_put(tally, SCORE_PART_SLIP, SCORE_NO_TOKEN, SCORE_NO_TOKEN, tally->spelling - most);
    }
}

/* The tokens of one name that found none in the other. */
struct rest {
    u32 weight;  /* of words; slight ones left out */
    u32 heavy;   /* the heaviest of them, or SCORE_NO_TOKEN */
    u32 numbers; /* weight */
    u32 number;  /* the first, or SCORE_NO_TOKEN */
    u32 legal;   /* a legal form, or SCORE_NO_TOKEN */
    u32 place;   /* a place, or SCORE_NO_TOKEN */
};

static struct rest rest_of(const struct name *name, const u8 *match)
{
    struct rest rest = {.heavy = SCORE_NO_TOKEN,
                        .number = SCORE_NO_TOKEN,
                        .legal = SCORE_NO_TOKEN,
                        .place = SCORE_NO_TOKEN};
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        const struct name_token *token = &name->tokens[i];
        if (match[i] != 0) {
            continue;
        }
        if (token->role == ROLE_LEGAL_FORM) {
            rest.legal = i;
        } else if (token->role == ROLE_NUMBER) {
            rest.numbers += token->weight;
            rest.number = rest.number == SCORE_NO_TOKEN ? i : rest.number;
        } else if (!is_slight(token)) {
            /* Another initial contradicts as a name would. */
            rest.weight += token->role == ROLE_INITIAL ? INITIAL_WEIGHT : token->weight;
            bool heavier =
                rest.heavy == SCORE_NO_TOKEN || token->weight > name->tokens[rest.heavy].weight;
            rest.heavy = heavier ? i : rest.heavy;
            rest.place = token->role == ROLE_PLACE ? i : rest.place;
        }
    }
    return rest;
}

/* What the rest of one name keeps of its share: nothing as far as the other contradicts it. */
static void tally_rest(struct tally *tally, const struct matching *matching, bool of_a,
                       const struct rest *rest, const struct rest *other)
{
    const struct name *name = of_a ? matching->a : matching->b;
    const u8 *match = of_a ? matching->a_match : matching->b_match;
    for (u32 i = 0; i < name->tokens_count; i += 1) {
        if (match[i] != 0) {
            continue;
        }
        const struct name_token *token = &name->tokens[i];
        i64 share = tally_share(tally, token->weight);
        bool number = token->role == ROLE_NUMBER;
        u32 mine = number ? rest->numbers : rest->weight;
        u32 theirs = number ? other->numbers : other->weight;
        if (!is_slight(token)) {
            share = mine > theirs ? share * (i64)(mine - theirs) / (i64)mine : 0;
        }
        i64 kept = share * (i64)(1000 - matching->model->omitted_part) / 1000;
        tally_put(tally, SCORE_PART_OMITTED, of_a ? i : SCORE_NO_TOKEN, of_a ? SCORE_NO_TOKEN : i,
                  kept);
    }
}

/* `part` of `whole`, at most all of it, of `cost`. */
static i64 in_part(u32 cost, u32 part, u32 whole)
{
    return (i64)cost * (i64)(part < whole ? part : whole) / (i64)whole;
}

static void tally_differences(struct tally *tally, const struct matching *matching,
                              const struct rest *a, const struct rest *b)
{
    const struct model *model = matching->model;
    u32 both = a->weight < b->weight ? a->weight : b->weight;
    u32 more = (a->weight < b->weight ? b->weight : a->weight) - both;
    if (both > 0) {
        bool fathers = matching->a->tokens[a->heavy].role == ROLE_PATRONYMIC &&
                       matching->b->tokens[b->heavy].role == ROLE_PATRONYMIC;
        tally_put(tally, fathers ? SCORE_PART_PATRONYMIC : SCORE_PART_CONTRADICTED, a->heavy,
                  b->heavy, -in_part(model->contradicted, both, model->contradicted_weight));
    }
    if (a->numbers > 0 && b->numbers > 0) {
        tally_put(tally, SCORE_PART_NUMBER, a->number, b->number, -(i64)model->number);
    } else if (a->numbers + b->numbers > 0) {
        tally_put(tally, SCORE_PART_OMITTED, a->number, b->number, -(i64)model->number_omitted);
    }
    if ((a->place != SCORE_NO_TOKEN) != (b->place != SCORE_NO_TOKEN)) {
        tally_put(tally, SCORE_PART_OMITTED, a->place, b->place, -(i64)model->place_omitted);
    }
    if (a->legal != SCORE_NO_TOKEN && b->legal != SCORE_NO_TOKEN) {
        tally_put(tally, SCORE_PART_LEGAL_FORM, a->legal, b->legal, -(i64)model->legal);
    }
    if (more > 0) {
        tally_put(tally, SCORE_PART_OMITTED, a->heavy, b->heavy,
                  -in_part(model->omitted, more, model->omitted_weight));
    }
}

/* One word that agrees, and others left out, tell little: Shamsuddin alone may be anybody. */
static void tally_thin(struct tally *tally, const struct matching *matching, const struct rest *a,
                       const struct rest *b)
{
    i64 halves = 0;
    for (u32 i = 0; i < matching->count; i += 1) {
        const struct match *match = &matching->matches[i];
        const struct name_token *a_token = &matching->a->tokens[match->a];
        const struct name_token *b_token = &matching->b->tokens[match->b];
        if (a_token->role == ROLE_INITIAL || b_token->role == ROLE_INITIAL) {
            halves += 1;
        } else if (is_word(a_token) && a_token->weight > matching->model->thin_weight) {
            halves += 2 * (i64)(match->a_count > match->b_count ? match->a_count : match->b_count);
        }
    }
    u32 kinds = matching->a->kind != matching->b->kind ? matching->model->thin_kind : 0;
    if (halves < 4 && a->weight + b->weight > 0) {
        tally_put(tally, SCORE_PART_THIN, SCORE_NO_TOKEN, SCORE_NO_TOKEN,
                  -(i64)(matching->model->thin + kinds) * (4 - halves) / 2);
    }
}

/* Common words that agree, and others left out: many are called Luis Hernandez, and something
 * besides. */
static void tally_common(struct tally *tally, const struct matching *matching, const struct rest *a,
                         const struct rest *b)
{
    const struct model *model = matching->model;
    u32 agreed = 0;
    u32 more = a->weight > b->weight ? a->weight - b->weight : b->weight - a->weight;
    if (more == 0 || model->common == 0) {
        return;
    }
    for (u32 i = 0; i < matching->count; i += 1) {
        const struct match *match = &matching->matches[i];
        u32 a_weight = 0;
        u32 b_weight = 0;
        for (u32 j = 0; j < match->a_count; j += 1) {
            a_weight += matching->a_weight[match->a + j];
        }
        for (u32 j = 0; j < match->b_count; j += 1) {
            b_weight += matching->b_weight[match->b + j];
        }
        agreed += (a_weight < b_weight ? a_weight : b_weight) * match->likeness / LIKENESS_ONE;
    }
    if (agreed < model->common_weight) {
        i64 cost = (i64)model->common * (model->common_weight - agreed) / model->common_weight;
        tally_put(tally, SCORE_PART_THIN, a->heavy, b->heavy,
                  -in_part((u32)cost, more, model->omitted_weight));
    }
}

/* How many times the order of the matches, read in the first name's order, falls in the second's.
 */
static void tally_order(struct tally *tally, const struct matching *matching)
{
    u32 falls = 0;
    u32 first = SCORE_NO_TOKEN;
    u32 last = SCORE_NO_TOKEN;
    u32 fathers = 0;
    bool father_a = false;
    bool father_b = false;
    for (u32 i = 0; i < matching->a->tokens_count; i += 1) {
        father_a = father_a || matching->a->tokens[i].role == ROLE_PATRONYMIC;
        u8 place = matching->a_match[i];
        const struct match *match = &matching->matches[place == 0 ? 0 : place - 1];
        if (place == 0 || match->a != i || is_slight(&matching->a->tokens[i])) {
            continue;
        }
        falls += last != SCORE_NO_TOKEN && match->b < last ? 1 : 0;
        first = first == SCORE_NO_TOKEN ? match->b : first;
        last = match->b;
        fathers += (matching->a->tokens[i].role == ROLE_PATRONYMIC) !=
                   (matching->b->tokens[match->b].role == ROLE_PATRONYMIC);
    }
    for (u32 j = 0; j < matching->b->tokens_count; j += 1) {
        father_b = father_b || matching->b->tokens[j].role == ROLE_PATRONYMIC;
    }
    bool turned = falls == 1 && last < first;
    if (falls > 0) {
        tally_put(tally, SCORE_PART_ORDER, SCORE_NO_TOKEN, SCORE_NO_TOKEN,
                  -(i64)(turned ? matching->model->turned : matching->model->mixed));
    }
    if (father_a && father_b && fathers > 1) {
        tally_put(tally, SCORE_PART_PATRONYMIC, SCORE_NO_TOKEN, SCORE_NO_TOKEN,
                  -(i64)matching->model->fathers);
    }
}

static u32 tally_close(struct tally *tally)
{
    i64 bound = tally->sum < 0           ? -tally->sum
                : tally->sum > SCORE_ONE ? (i64)SCORE_ONE - tally->sum
                                         : 0;
    tally_put(tally, SCORE_PART_BOUND, SCORE_NO_TOKEN, SCORE_NO_TOKEN, bound);
    if (tally->parts != NULL) {
        tally->parts->millionths = (u32)tally->sum;
    }
    return (u32)tally->sum;
}

u32 score_names(const struct name *a, const struct name *b, u32 needed,
                struct score_parts *parts_out)
{
    struct tally tally = {.parts = parts_out};
    if (parts_out != NULL) {
        parts_out->millionths = 0;
        parts_out->count = 0;
    }
    if (a->tokens_count == 0 || b->tokens_count == 0) {
        return 0;
    }
    /* One order for both, so that the score is the same either way. */
    if (a->tokens_count > b->tokens_count ||
        (a->tokens_count == b->tokens_count && memcmp(a, b, name_bytes(a)) > 0)) {
        const struct name *other = a;
        a = b;
        b = other;
        tally.swapped = true;
    }
    struct matching matching = {.a = a, .b = b, .model = &person_model};
    if (a->kind == NAME_ENTITY || b->kind == NAME_ENTITY) {
        matching.model = &entity_model;
    }
    for (u32 i = 0; i < a->tokens_count; i += 1) {
        matching.a_weight[i] = a->tokens[i].weight;
    }
    for (u32 j = 0; j < b->tokens_count; j += 1) {
        matching.b_weight[j] = b->tokens[j].weight;
    }
    bool hurried = needed > 0 && parts_out == NULL;
    match_likeness_soon(&matching);
    if (hurried && !score_may_reach(&matching, needed)) {
        return 0;
    }
    match_likeness(&matching);
    if (hurried && !score_may_reach(&matching, needed)) {
        return 0;
    }
    match_tokens(&matching);
    for (u32 i = 0; i < NAME_TOKENS_MAX; i += 1) {
        tally.weight += matching.a_weight[i];
        tally.weight += matching.b_weight[i];
    }
    u32 sure = match_sure(&matching);
    for (u32 i = 0; i < matching.count; i += 1) {
        tally_match(&tally, &matching, &matching.matches[i], sure);
    }
    tally_slip(&tally, &matching);
    struct rest a_rest = rest_of(a, matching.a_match);
    struct rest b_rest = rest_of(b, matching.b_match);
    tally_rest(&tally, &matching, true, &a_rest, &b_rest);
    tally_rest(&tally, &matching, false, &b_rest, &a_rest);
    CHECK(tally.weight_before == tally.weight);
    tally_differences(&tally, &matching, &a_rest, &b_rest);
    tally_thin(&tally, &matching, &a_rest, &b_rest);
    tally_common(&tally, &matching, &a_rest, &b_rest);
    tally_order(&tally, &matching);
    return tally_close(&tally);
}

const char *score_part_name(enum score_part_kind kind)
{
    static const char *const names[SCORE_PART_COUNT] = {
        [SCORE_PART_WORD] = "word",
        [SCORE_PART_SPELLING] = "spelling",
        [SCORE_PART_OMITTED] = "omitted",
        [SCORE_PART_CONTRADICTED] = "contradicted",
        [SCORE_PART_PATRONYMIC] = "patronymic",
        [SCORE_PART_NUMBER] = "number",
        [SCORE_PART_LEGAL_FORM] = "legal form",
        [SCORE_PART_INITIAL] = "initial",
        [SCORE_PART_ORDER] = "order",
        [SCORE_PART_JOINED] = "joined",
        [SCORE_PART_THIN] = "thin",
        [SCORE_PART_BIRTH] = "birth",
        [SCORE_PART_COUNTRY] = "country",
        [SCORE_PART_IDENTIFIER] = "identifier",
        [SCORE_PART_KIND] = "kind",
        [SCORE_PART_ALIAS] = "alias",
        [SCORE_PART_SLIP] = "slip",
        [SCORE_PART_BOUND] = "bound",
    };
    CHECK(kind < SCORE_PART_COUNT);
    return names[kind];
}

const char *score_text(i64 millionths, char target[SCORE_TEXT_BYTES])
{
    CHECK(millionths > -(i64)1000000000 && millionths < (i64)1000000000);
    u64 size = (u64)(millionths < 0 ? -millionths : millionths);
    int length = snprintf(target, SCORE_TEXT_BYTES, "%s%u.%06u", millionths < 0 ? "-" : "",
                          (u32)(size / SCORE_ONE), (u32)(size % SCORE_ONE));
    CHECK(length > 0 && length < (int)SCORE_TEXT_BYTES);
    return target;
}
