#include "role/desk/desk_words.h"

#include "base/check.h"
#include "base/span.h"

struct named {
    u32 number;
    const char *name;
};

#define NAME_ROW(constant, number, name)     {number, name},
#define ACT_ROW(constant, number, name, log) {number, name},
static const struct named acts[] = {DESK_ACT_TABLE(ACT_ROW)};
static const struct named states[] = {DESK_STATE_TABLE(NAME_ROW)};
static const struct named roles[] = {DESK_ROLE_TABLE(NAME_ROW)};
static const struct named requests[] = {DESK_REQUEST_TABLE(NAME_ROW)};
static const struct named marks[] = {DESK_MARK_TABLE(NAME_ROW)};
static const struct named openings[] = {DESK_OPENING_TABLE(NAME_ROW)};
static const struct named bases[] = {DESK_BASIS_TABLE(NAME_ROW)};
static const struct named classes[] = {DESK_CLASS_TABLE(NAME_ROW)};
static const struct named urgencies[] = {DESK_URGENCY_TABLE(NAME_ROW)};
static const struct named reasons[] = {DESK_REASON_TABLE(NAME_ROW)};
static const struct named contacts[] = {DESK_CONTACT_TABLE(NAME_ROW)};
static const struct named types[] = {DESK_TYPE_TABLE(NAME_ROW)};
static const struct named fields[] = {DESK_FIELD_TABLE(NAME_ROW)};
static const struct named groups[] = {DESK_GROUP_TABLE(NAME_ROW)};
#undef NAME_ROW
#undef ACT_ROW

_Static_assert(ARRAY_COUNT(acts) == DESK_ACTS_LAST, "numbered without a gap");
_Static_assert(ARRAY_COUNT(states) == DESK_STATES_LAST, "numbered without a gap");
_Static_assert(ARRAY_COUNT(groups) == DESK_GROUPS_LAST, "numbered without a gap");

static const struct {
    const struct named *rows;
    size_t count;
} tables[] = {
    [DESK_WORDS_ACT] = {acts, ARRAY_COUNT(acts)},
    [DESK_WORDS_STATE] = {states, ARRAY_COUNT(states)},
    [DESK_WORDS_ROLE] = {roles, ARRAY_COUNT(roles)},
    [DESK_WORDS_REQUEST] = {requests, ARRAY_COUNT(requests)},
    [DESK_WORDS_MARK] = {marks, ARRAY_COUNT(marks)},
    [DESK_WORDS_OPENING] = {openings, ARRAY_COUNT(openings)},
    [DESK_WORDS_BASIS] = {bases, ARRAY_COUNT(bases)},
    [DESK_WORDS_CLASS] = {classes, ARRAY_COUNT(classes)},
    [DESK_WORDS_URGENCY] = {urgencies, ARRAY_COUNT(urgencies)},
    [DESK_WORDS_REASON] = {reasons, ARRAY_COUNT(reasons)},
    [DESK_WORDS_CONTACT] = {contacts, ARRAY_COUNT(contacts)},
    [DESK_WORDS_TYPE] = {types, ARRAY_COUNT(types)},
    [DESK_WORDS_FIELD] = {fields, ARRAY_COUNT(fields)},
    [DESK_WORDS_GROUP] = {groups, ARRAY_COUNT(groups)},
};

const char *desk_word(enum desk_words words, u32 number)
{
    CHECK((size_t)words < ARRAY_COUNT(tables));
    for (size_t i = 0; i < tables[words].count; i += 1) {
        if (tables[words].rows[i].number == number) {
            return tables[words].rows[i].name;
        }
    }
    return "?";
}

u32 desk_word_number(enum desk_words words, struct span text)
{
    CHECK((size_t)words < ARRAY_COUNT(tables));
    for (size_t i = 0; i < tables[words].count; i += 1) {
        if (span_equal(text, span_of_text(tables[words].rows[i].name))) {
            return tables[words].rows[i].number;
        }
    }
    return 0;
}

const char *desk_act_log_kind(enum desk_act_kind kind)
{
#define LOG_ROW(constant, number, name, log) [number] = (log),
    static const char *const kinds[] = {DESK_ACT_TABLE(LOG_ROW)};
#undef LOG_ROW
    CHECK(kind >= 1 && kind <= DESK_ACTS_LAST);
    return kinds[kind];
}
