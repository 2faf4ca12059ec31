#include "role/screen/score_record.h"

#include "base/check.h"

/* Millionths. */
#define BIRTH_SAME_DAY       60000
#define BIRTH_AGREES         20000
#define BIRTH_OTHER_DAY      -40000
#define BIRTH_CONTRADICTED   -180000
#define COUNTRY_AGREES       10000
#define COUNTRY_CONTRADICTED -30000
#define KIND_CONTRADICTED    -300000
#define ALIAS_LEAST          (SCORE_ONE / 2) /* what other names must agree in first */
#define IDENTIFIER_LEAST     5U              /* letters and digits that tell somebody */

static void put(struct score_record_result *result, enum score_part_kind kind, i64 millionths)
{
    struct score_parts *parts = &result->parts;
    if (millionths == 0) {
        return;
    }
    CHECK(parts->count < SCORE_PARTS_MAX);
    parts->parts[parts->count] = (struct score_part){
        .millionths = (i32)millionths, .kind = (u8)kind, .a = SCORE_NO_TOKEN, .b = SCORE_NO_TOKEN};
    parts->count += 1;
}

/* The best pair among names that are all strong, or of which one at least is weak. */
static u32 best_pair(const struct score_record *a, const struct score_record *b, bool weak,
                     u32 *a_out, u32 *b_out)
{
    u32 best = 0;
    for (u32 i = 0; i < a->names_count; i += 1) {
        for (u32 j = 0; j < b->names_count; j += 1) {
            bool is_weak =
                a->qualities[i] == LIST_QUALITY_WEAK || b->qualities[j] == LIST_QUALITY_WEAK;
            u32 score =
                is_weak == weak ? score_names(&a->names[i], &b->names[j], best + 1, NULL) : 0;
            if (score > best) {
                best = score;
                *a_out = i;
                *b_out = j;
            }
        }
    }
    return best;
}

/* ---- facts ---- */

static u32 first_day(struct list_date date)
{
    return date.year * 10000U + (date.month == 0 ? 1U : date.month) * 100U +
           (date.day == 0 ? 1U : date.day);
}

static u32 last_day(struct list_date date)
{
    return date.year * 10000U + (date.month == 0 ? 12U : date.month) * 100U +
           (date.day == 0 ? 31U : date.day);
}

static bool is_day(const struct list_birth *birth)
{
    return birth->from.day != 0 && first_day(birth->from) == last_day(birth->to) && !birth->circa;
}

/* What two dates of birth say about each other. A year more or less is neither for nor against. */
static i64 birth_pair(const struct list_birth *a, const struct list_birth *b)
{
    if (a->from.year == 0 || b->from.year == 0) {
        return 0;
    }
    bool apart = first_day(a->from) > last_day(b->to) || first_day(b->from) > last_day(a->to);
    if (!apart) {
        return is_day(a) && is_day(b) ? BIRTH_SAME_DAY : BIRTH_AGREES;
    }
    u32 later = a->from.year > b->from.year ? a->from.year : b->from.year;
    u32 earlier = a->to.year < b->to.year ? a->to.year : b->to.year;
    u32 slack = a->circa || b->circa ? 3 : 1;
    if (later <= earlier) {
        return BIRTH_OTHER_DAY;
    }
    return later - earlier <= slack ? 0 : BIRTH_CONTRADICTED;
}

/* The kindest of all pairs: one birth date of several may be the true one. */
static i64 births(const struct score_record *a, const struct score_record *b)
{
    i64 best = BIRTH_CONTRADICTED;
    for (u32 i = 0; i < a->births_count; i += 1) {
        for (u32 j = 0; j < b->births_count; j += 1) {
            i64 value = birth_pair(&a->births[i], &b->births[j]);
            best = value > best ? value : best;
        }
    }
    return a->births_count == 0 || b->births_count == 0 ? 0 : best;
}

static i64 countries(const struct score_record *a, const struct score_record *b)
{
    bool known_a = false;
    bool known_b = false;
    for (u32 i = 0; i < a->countries_count; i += 1) {
        const char *code = a->countries[i].country.code;
        known_a = known_a || code[0] != 0;
        for (u32 j = 0; j < b->countries_count; j += 1) {
            const char *other = b->countries[j].country.code;
            known_b = known_b || other[0] != 0;
            if (code[0] != 0 && code[0] == other[0] && code[1] == other[1]) {
                return COUNTRY_AGREES;
            }
        }
    }
    return known_a && known_b ? COUNTRY_CONTRADICTED : 0;
}

/* The next letter or digit at or behind *at, letters small; 0 at the end. */
static u8 next_sign(struct span text, size_t *at)
{
    while (*at < text.size) {
        u8 sign = text.data[*at];
        *at += 1;
        if (sign >= 'A' && sign <= 'Z') {
            return sign | 0x20;
        }
        if ((sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9')) {
            return sign;
        }
    }
    return 0;
}

static bool same_identifier(struct span a, struct span b)
{
    size_t a_at = 0;
    size_t b_at = 0;
    for (u32 signs = 0;; signs += 1) {
        u8 one = next_sign(a, &a_at);
        if (one != next_sign(b, &b_at)) {
            return false;
        }
        if (one == 0) {
            return signs >= IDENTIFIER_LEAST;
        }
    }
}

static bool identifiers(const struct score_record *a, const struct score_record *b)
{
    for (u32 i = 0; i < a->identifiers_count; i += 1) {
        for (u32 j = 0; j < b->identifiers_count; j += 1) {
            if (same_identifier(a->identifiers[i].number, b->identifiers[j].number)) {
                return true;
            }
        }
    }
    return false;
}

static bool kinds_differ(enum name_kind a, enum name_kind b)
{
    return a != NAME_UNKNOWN && b != NAME_UNKNOWN && a != b &&
           (a == NAME_PERSON || b == NAME_PERSON);
}

void score_records(const struct score_record *a, const struct score_record *b,
                   struct score_record_result *result_out)
{
    struct score_record_result *result = result_out;
    result->a_name = 0;
    result->b_name = 0;
    result->parts.count = 0;
    u32 best = best_pair(a, b, false, &result->a_name, &result->b_name);
    if (best > 0) {
        (void)score_names(&a->names[result->a_name], &b->names[result->b_name], 0, &result->parts);
    }
    u32 a_weak = 0;
    u32 b_weak = 0;
    u32 weak = best < ALIAS_LEAST ? 0 : best_pair(a, b, true, &a_weak, &b_weak);
    i64 sum = best;
    i64 raise = weak > best ? (weak - best) / 2 : 0;
    put(result, SCORE_PART_ALIAS, raise);
    i64 birth = births(a, b);
    i64 country = countries(a, b);
    i64 kind = kinds_differ(a->kind, b->kind) ? KIND_CONTRADICTED : 0;
    put(result, SCORE_PART_BIRTH, birth);
    put(result, SCORE_PART_COUNTRY, country);
    put(result, SCORE_PART_KIND, kind);
    sum += raise + birth + country + kind;
    if (best == 0 && sum > 0) {
        put(result, SCORE_PART_BOUND, -sum); /* facts alone mean nobody */
        sum = 0;
    }
    i64 bound = sum < 0 ? -sum : sum > (i64)SCORE_ONE ? (i64)SCORE_ONE - sum : 0;
    put(result, SCORE_PART_BOUND, bound);
    sum += bound;
    if (identifiers(a, b)) {
        put(result, SCORE_PART_IDENTIFIER, (i64)SCORE_ONE - sum);
        sum = SCORE_ONE;
    }
    result->millionths = (u32)sum;
    result->parts.millionths = (u32)sum;
}
