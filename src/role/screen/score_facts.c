#include "role/screen/score_facts.h"

#include "base/check.h"

/* Millionths. */
#define BIRTH_SAME_DAY       60000
#define BIRTH_AGREES         20000
#define BIRTH_OTHER_DAY      (-40000)
#define BIRTH_CONTRADICTED   (-180000)
#define COUNTRY_AGREES       10000
#define COUNTRY_CONTRADICTED (-30000)
#define KIND_CONTRADICTED    (-300000)

_Static_assert(BIRTH_SAME_DAY + COUNTRY_AGREES == SCORE_FACTS_MOST, "what facts add");

static u32 first_day(struct list_date date)
{
    return date.year * 10000U + (date.month == 0 ? 1U : date.month) * 100U +
           (date.day == 0 ? 1U : date.day);
}

/* `to` of a date that stands alone may be left out. */
static struct list_date end_of(const struct list_birth *birth)
{
    return birth->to.year == 0 ? birth->from : birth->to;
}

static u32 last_day(struct list_date date)
{
    return date.year * 10000U + (date.month == 0 ? 12U : date.month) * 100U +
           (date.day == 0 ? 31U : date.day);
}

static bool is_day(const struct list_birth *birth)
{
    return birth->from.day != 0 && first_day(birth->from) == last_day(end_of(birth)) &&
           !birth->circa;
}

/* What two dates of birth say about each other. A year more or less is neither for nor against. */
static i32 birth_pair(const struct list_birth *a, const struct list_birth *b)
{
    if (a->from.year == 0 || b->from.year == 0) {
        return 0;
    }
    bool apart =
        first_day(a->from) > last_day(end_of(b)) || first_day(b->from) > last_day(end_of(a));
    if (!apart) {
        return is_day(a) && is_day(b) ? BIRTH_SAME_DAY : BIRTH_AGREES;
    }
    u32 later = a->from.year > b->from.year ? a->from.year : b->from.year;
    u32 earlier = end_of(a).year < end_of(b).year ? end_of(a).year : end_of(b).year;
    u32 slack = a->circa || b->circa ? 3 : 1;
    if (later <= earlier) {
        return BIRTH_OTHER_DAY;
    }
    return later - earlier <= slack ? 0 : BIRTH_CONTRADICTED;
}

i32 score_births(const struct score_facts *a, const struct score_facts *b)
{
    i32 best = BIRTH_CONTRADICTED;
    for (u32 i = 0; i < a->births_count; i += 1) {
        for (u32 j = 0; j < b->births_count; j += 1) {
            i32 value = birth_pair(&a->births[i], &b->births[j]);
            best = value > best ? value : best;
        }
    }
    return a->births_count == 0 || b->births_count == 0 ? 0 : best;
}

i32 score_countries(const struct score_facts *a, const struct score_facts *b)
{
    for (u32 i = 0; i < a->countries_count; i += 1) {
        for (u32 j = 0; j < b->countries_count; j += 1) {
            if (a->countries[i][0] == b->countries[j][0] &&
                a->countries[i][1] == b->countries[j][1]) {
                return COUNTRY_AGREES;
            }
        }
    }
    return a->countries_count > 0 && b->countries_count > 0 ? COUNTRY_CONTRADICTED : 0;
}

static bool kinds_differ(enum name_kind a, enum name_kind b)
{
    return a != NAME_UNKNOWN && b != NAME_UNKNOWN && a != b &&
           (a == NAME_PERSON || b == NAME_PERSON);
}

static i64 put(struct score_parts *parts, enum score_part_kind kind, i64 millionths)
{
    if (parts != NULL && millionths != 0) {
        CHECK(parts->count < SCORE_PARTS_MAX);
        parts->parts[parts->count] = (struct score_part){.millionths = (i32)millionths,
                                                         .kind = (u8)kind,
                                                         .a = SCORE_NO_TOKEN,
                                                         .b = SCORE_NO_TOKEN};
        parts->count += 1;
    }
    return millionths;
}

u32 score_facts_add(u32 millionths, const struct score_facts *a, const struct score_facts *b,
                    struct score_parts *parts)
{
    CHECK(millionths <= SCORE_ONE);
    if (millionths == 0) {
        return 0;
    }
    i64 sum = millionths;
    sum += put(parts, SCORE_PART_BIRTH, score_births(a, b));
    sum += put(parts, SCORE_PART_COUNTRY, score_countries(a, b));
    sum += put(parts, SCORE_PART_KIND, kinds_differ(a->kind, b->kind) ? KIND_CONTRADICTED : 0);
    sum += put(parts, SCORE_PART_BOUND,
               sum < 0                ? -sum
               : sum > (i64)SCORE_ONE ? (i64)SCORE_ONE - sum
                                      : 0);
    if (parts != NULL) {
        parts->millionths = (u32)sum;
    }
    return (u32)sum;
}
