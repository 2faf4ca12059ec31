/* Aim: what the desk allows is what the rules of docs/desk.md say, whatever comes in which order.
 *
 * Method: officers of all roles do random acts to a few cases while time passes; a naive model
 * keeps every act that was taken and judges the next one from that list alone, without states or
 * flags of its own. Both must agree each time, and on where the case then is. At the end the same
 * acts are applied once more, and the desks compared. */
#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "role/desk/desk.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 6, ACTS_MAX = 4000, QUORUM = 2, START_S = 1795428000 };

struct taken {
    struct desk_act act;
    struct desk_step step;
};

static struct taken list[ACTS_MAX];
static u32 count;
static struct desk desk;
static struct random rng;
static u64 now_s;
static u64 hashes;
static u8 era; /* of the names of cases */

/* Who there is: person, role, region. */
static const struct {
    u32 person;
    u8 role;
    const char *region;
} people[] = {
    {0, DESK_ROLE_PROCESS, "none"},    {1, DESK_ROLE_CLERK, "fr"},
    {2, DESK_ROLE_LEGAL, "fr"},        {3, DESK_ROLE_LEGAL, "fr"},
    {4, DESK_ROLE_LEGAL, "de"},        {5, DESK_ROLE_LEGAL, "fr"},
    {6, DESK_ROLE_LEGAL, "fr"},        {7, DESK_ROLE_INDEPENDENT, "it"},
    {8, DESK_ROLE_INDEPENDENT, "it"},  {9, DESK_ROLE_INDEPENDENT, "de"},
    {10, DESK_ROLE_PREPARER, "fr"},    {11, DESK_ROLE_OMBUD, "it"},
    {1, DESK_ROLE_LEGAL, "fr"}, /* the clerk, after a change of role */
    {12, DESK_ROLE_INDEPENDENT, "it"}, {13, DESK_ROLE_CLERK, "fr"},
    {13, DESK_ROLE_LEGAL, "fr"}, /* another clerk, who may have amended */
};

static void hash_make(u8 *hash)
{
    hashes += 1;
    memset(hash, 0, DESK_HASH_BYTES);
    bytes_put_u64(hash, hashes);
}

/* ---- the naive model: everything from the list ---- */

/* Which act leads from where to where; "" stands for no case yet. Without a row: not allowed. */
static const struct {
    const char *from;
    u8 act;
    const char *to;
    const char *roles; /* by their first letters */
} ways[] = {
    {"", DESK_ACT_RECEIVE, "received", "c"},
    {"received", DESK_ACT_CALL_BACK, "received", "c"},
    {"received", DESK_ACT_AUTHENTICATE, "authenticated", "c"},
    {"authenticated", DESK_ACT_ASSESS, "assessed", "l"},
    {"assessed", DESK_ACT_ASSESS, "assessed", "l"},
    {"expired", DESK_ACT_ASSESS, "assessed", "l"},
    {"received authenticated assessed narrowing challenged preserved approved logged expired",
     DESK_ACT_REJECT, "rejected", "li"},
    {"assessed", DESK_ACT_NARROW, "narrowing", "l"},
    {"assessed", DESK_ACT_CHALLENGE, "challenged", "l"},
    {"narrowing challenged preserved", DESK_ACT_AMEND, "authenticated", "c"},
    {"assessed preserved", DESK_ACT_PRESERVE, "preserved", "l"},
    {"assessed", DESK_ACT_PREPARE, "assessed", "P"},
    {"assessed", DESK_ACT_APPROVE, "assessed", "li"},
    {"approved", DESK_ACT_LOGGED, "logged", "p"},
    {"assessed", DESK_ACT_LOGGED, "assessed", "p"}, /* late: the way ended meanwhile */
    {"rejected", DESK_ACT_LOGGED, "rejected", "p"},
    {"withdrawn", DESK_ACT_LOGGED, "withdrawn", "p"},
    {"expired", DESK_ACT_LOGGED, "expired", "p"},
    {"logged assessed rejected withdrawn expired", DESK_ACT_OPENED, "opened", "p"},
    {"opened", DESK_ACT_DELIVERED, "delivered", "p"},
    {"opened", DESK_ACT_MISMATCH, "rejected", "p"},
    {"logged", DESK_ACT_CARRY_OUT, "acknowledged", "li"},
    {"delivered", DESK_ACT_ACKNOWLEDGE, "acknowledged", "c"},
    {"opened delivered acknowledged rejected withdrawn expired preserved", DESK_ACT_NOTICE,
     "noticed", "cl"},
    {"noticed rejected withdrawn expired", DESK_ACT_CLOSE, "closed", "l"},
    {"received authenticated assessed narrowing challenged preserved approved logged",
     DESK_ACT_WITHDRAW, "withdrawn", "c"},
    {"preserved approved logged", DESK_ACT_EXPIRE, "expired", "p"},
};

static const char *const anywhere_open =
    "received authenticated assessed narrowing challenged preserved approved logged opened "
    "delivered acknowledged";
static const char *const before_opening =
    "received authenticated assessed narrowing challenged preserved approved logged";

static bool is_among(const char *states, const char *state)
{
    size_t size = strlen(state);
    const char *at = size == 0 ? NULL : strstr(states, state);
    return (size == 0 && states[0] == '\0') ||
           (at != NULL && (at == states || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'));
}

static char letter_of(u8 role)
{
    static const char letters[] = {
        [DESK_ROLE_CLERK] = 'c',    [DESK_ROLE_LEGAL] = 'l', [DESK_ROLE_INDEPENDENT] = 'i',
        [DESK_ROLE_PREPARER] = 'P', [DESK_ROLE_OMBUD] = 'o', [DESK_ROLE_PROCESS] = 'p'};
    return letters[role];
}

static bool is_of(const struct taken *taken, const u8 *name)
{
    return memcmp(taken->act.name, name, DESK_NAME_BYTES) == 0;
}

/* The last act of this kind about the case; NULL: there was none. */
static const struct taken *last_of(const u8 *name, u8 kind)
{
    for (u32 i = count; i > 0; i -= 1) {
        if (is_of(&list[i - 1], name) && list[i - 1].act.kind == kind) {
            return &list[i - 1];
        }
    }
    return NULL;
}

static const struct taken *request_of(const u8 *name)
{
    const struct taken *amend = last_of(name, DESK_ACT_AMEND);
    return amend != NULL ? amend : last_of(name, DESK_ACT_RECEIVE);
}

/* The approvals that count: behind the last act that undoes them. */
static u32 approvals_of(const u8 *name, const struct taken *approvals[16])
{
    u32 found = 0;
    bool is_assessed = false;
    for (u32 i = 0; i < count; i += 1) {
        const struct taken *taken = &list[i];
        if (!is_of(taken, name)) {
            continue;
        }
        u8 kind = taken->act.kind;
        if (kind == DESK_ACT_PREPARE || kind == DESK_ACT_ASSESS || kind == DESK_ACT_SILENCE ||
            kind == DESK_ACT_INSTRUMENT) {
            found = 0; /* after the approvals nobody asks for them any more */
            is_assessed = kind == DESK_ACT_PREPARE;
        }
        if (kind == DESK_ACT_APPROVE) {
            approvals[found] = taken;
            found += 1;
        }
    }
    return is_assessed || found > 0 ? found : UINT32_MAX;
}

static bool is_enough(const u8 *name, const struct taken *const *approvals, u32 found)
{
    u32 groups[2] = {0, 0};
    u32 wanted = QUORUM + (request_of(name)->act.class == DESK_CLASS_BULK ? 1U : 0U);
    for (u32 i = 0; i < found && found != UINT32_MAX; i += 1) {
        groups[approvals[i]->act.role == DESK_ROLE_INDEPENDENT] += 1;
    }
    return groups[0] >= wanted && groups[1] >= wanted;
}

static const char *state_of(const u8 *name)
{
    const char *state = "";
    u32 groups[2] = {0, 0};
    u32 wanted = QUORUM;
    for (u32 i = 0; i < count; i += 1) {
        const struct desk_act *act = &list[i].act;
        if (!is_of(&list[i], name)) {
            continue;
        }
        for (u32 way = 0; way < ARRAY_COUNT(ways); way += 1) {
            if (ways[way].act == act->kind && is_among(ways[way].from, state)) {
                state = ways[way].to;
                break;
            }
        }
        if (act->kind == DESK_ACT_LAPSE && is_among(before_opening, state)) {
            state = "expired";
        }
        if (act->kind != DESK_ACT_APPROVE && act->kind != DESK_ACT_LOGGED) {
            groups[0] = groups[1] = 0;
        }
        if (act->kind == DESK_ACT_RECEIVE || act->kind == DESK_ACT_AMEND) {
            wanted = QUORUM + (act->class == DESK_CLASS_BULK ? 1U : 0U);
        }
        if (act->kind == DESK_ACT_APPROVE) {
            groups[act->role == DESK_ROLE_INDEPENDENT] += 1;
            state = groups[0] >= wanted && groups[1] >= wanted ? "approved" : state;
        }
    }
    return state;
}

static bool has_paper(const u8 *name)
{
    const struct taken *paper = last_of(name, DESK_ACT_INSTRUMENT);
    const struct taken *request = request_of(name);
    return paper != NULL ||
           !span_is_zero(span_of(request->act.instrument, sizeof(request->act.instrument)));
}

static bool is_lapse_due(const u8 *name)
{
    return is_among(anywhere_open, state_of(name)) && state_of(name)[0] != '\0' &&
           !has_paper(name) && last_of(name, DESK_ACT_LAPSE) == NULL &&
           now_s >= last_of(name, DESK_ACT_RECEIVE)->step.now_s + DESK_INSTRUMENT_S;
}

static bool is_expire_due(const u8 *name)
{
    const char *state = state_of(name);
    if (is_lapse_due(name)) {
        return false; /* the lapse comes first */
    }
    if (strcmp(state, "preserved") == 0) {
        return now_s >= last_of(name, DESK_ACT_PRESERVE)->act.until_s;
    }
    bool is_order =
        strcmp(state, "logged") == 0 && request_of(name)->act.request != DESK_REQUEST_DISCLOSE;
    return is_among("approved logged", state) && !is_order &&
           now_s >= last_of(name, DESK_ACT_PREPARE)->act.until_s;
}

static bool is_owed(const u8 *name)
{
    return last_of(name, DESK_ACT_NOTICE) == NULL &&
           (last_of(name, DESK_ACT_OPENED) != NULL || last_of(name, DESK_ACT_CARRY_OUT) != NULL ||
            last_of(name, DESK_ACT_SILENCE) != NULL || last_of(name, DESK_ACT_LAPSE) != NULL);
}

static bool is_quiet(const u8 *name)
{
    const struct taken *silence = last_of(name, DESK_ACT_SILENCE);
    return silence != NULL && silence->act.until_s > now_s && last_of(name, DESK_ACT_LAPSE) == NULL;
}

/* Whether a third country asks without a treaty. */
static bool is_abroad(const u8 *name)
{
    return strcmp(request_of(name)->act.country, "RU") == 0;
}

/* All who ever did one of these. */
static bool ever_did(const u8 *name, u32 person, const u8 *kinds, u32 kinds_count)
{
    for (u32 i = 0; i < count * kinds_count; i += 1) {
        const struct taken *taken = &list[i / kinds_count];
        if (is_of(taken, name) && taken->step.person == person &&
            taken->act.kind == kinds[i % kinds_count]) {
            return true;
        }
    }
    return false;
}

static bool took_in(const u8 *name, u32 person)
{
    static const u8 kinds[] = {DESK_ACT_RECEIVE, DESK_ACT_AMEND};
    return ever_did(name, person, kinds, 2);
}

/* Whether the last prepared grant was ever approved by enough. */
static bool was_approved(const u8 *name)
{
    u32 groups[2] = {0, 0};
    bool was = false;
    for (u32 i = 0; i < count; i += 1) {
        const struct desk_act *act = &list[i].act;
        if (!is_of(&list[i], name)) {
            continue;
        }
        if (act->kind == DESK_ACT_APPROVE) {
            groups[act->role == DESK_ROLE_INDEPENDENT] += 1;
            u32 wanted = QUORUM + (request_of(name)->act.class == DESK_CLASS_BULK ? 1U : 0U);
            was = was || (groups[0] >= wanted && groups[1] >= wanted);
        } else {
            groups[0] = groups[1] = 0;
            was = was && act->kind != DESK_ACT_PREPARE && act->kind != DESK_ACT_ASSESS &&
                  act->kind != DESK_ACT_AMEND;
        }
    }
    return was;
}

/* Since the last grant was prepared. */
static bool was_done(const u8 *name, u8 kind)
{
    bool was = false;
    for (u32 i = 0; i < count; i += 1) {
        u8 found = is_of(&list[i], name) ? list[i].act.kind : 0;
        was = found == kind || (was && found != DESK_ACT_PREPARE && found != DESK_ACT_ASSESS &&
                                found != DESK_ACT_AMEND);
    }
    return was;
}

/* The log may still tell of an opening, of a case that left the way to it. */
static bool may_be_late(const u8 *name)
{
    return is_among("assessed rejected withdrawn expired", state_of(name)) && was_approved(name) &&
           last_of(name, DESK_ACT_OPENED) == NULL &&
           request_of(name)->act.request == DESK_REQUEST_DISCLOSE;
}

static bool waits_for_late(const u8 *name)
{
    return may_be_late(name) && now_s < last_of(name, DESK_ACT_PREPARE)->act.until_s + 3600;
}

static const u8 proposing[] = {DESK_ACT_RECEIVE, DESK_ACT_AMEND, DESK_ACT_ASSESS, DESK_ACT_PREPARE};

static bool may_approve(const struct desk_act *act, u32 person)
{
    const struct taken *approvals[16];
    const struct taken *prepared = last_of(act->name, DESK_ACT_PREPARE);
    u32 found = approvals_of(act->name, approvals);
    if (found == UINT32_MAX || is_enough(act->name, approvals, found) ||
        now_s >= prepared->act.until_s ||
        memcmp(prepared->act.grant, act->grant, sizeof(act->grant)) != 0) {
        return false;
    }
    if (ever_did(act->name, person, proposing, ARRAY_COUNT(proposing))) {
        return false;
    }
    for (u32 i = 0; i < found; i += 1) {
        if (approvals[i]->step.person == person ||
            (approvals[i]->act.role != act->role &&
             strcmp(approvals[i]->act.region, act->region) == 0)) {
            return false;
        }
    }
    return true;
}

static bool may_prepare(const struct desk_act *act, u32 person)
{
    const struct desk_act *request = &request_of(act->name)->act;
    u64 most = request->class == DESK_CLASS_BULK            ? 96 * 3600
               : request->urgency == DESK_URGENCY_EMERGENCY ? 2 * 3600
                                                            : 24 * 3600;
    return request->request != DESK_REQUEST_PRESERVE && !is_abroad(act->name) &&
           !ever_did(act->name, person, proposing, 3) && !waits_for_late(act->name) &&
           act->persons_count == request->subjects_count && act->until_s > now_s &&
           act->until_s <= now_s + most;
}

static bool may_open(const struct desk_act *act)
{
    const struct desk_act *request = &request_of(act->name)->act;
    const struct taken *logged = last_of(act->name, DESK_ACT_LOGGED);
    bool is_late = strcmp(state_of(act->name), "logged") != 0;
    return request->request == DESK_REQUEST_DISCLOSE &&
           (!is_late || (may_be_late(act->name) && was_done(act->name, DESK_ACT_LOGGED))) &&
           (request->class != DESK_CLASS_BULK || now_s >= logged->step.now_s + 72 * 3600);
}

static bool may_be_silent(const struct desk_act *act)
{
    const struct taken *before = last_of(act->name, DESK_ACT_SILENCE);
    return last_of(act->name, DESK_ACT_LAPSE) == NULL && act->until_s > now_s &&
           act->until_s <= now_s + 366 * 86400 && (before == NULL || before->act.until_s > now_s);
}

/* What the case and the act say, when the way is there. */
static bool may_here(const struct desk_act *act, u32 person)
{
    const u8 *name = act->name;
    switch ((enum desk_act_kind)act->kind) {
    case DESK_ACT_CALL_BACK:
        return strcmp(act->telephone, "+00 1") == 0;
    case DESK_ACT_AUTHENTICATE:
        return last_of(name, DESK_ACT_CALL_BACK) != NULL;
    case DESK_ACT_ASSESS:
        return last_of(name, DESK_ACT_LAPSE) == NULL && !took_in(name, person) &&
               !waits_for_late(name);
    case DESK_ACT_PRESERVE:
        return !is_abroad(name) && act->until_s > now_s && act->until_s <= now_s + 60 * 86400;
    case DESK_ACT_PREPARE:
        return may_prepare(act, person);
    case DESK_ACT_APPROVE:
        return may_approve(act, person);
    case DESK_ACT_OPENED:
        return may_open(act);
    case DESK_ACT_CARRY_OUT:
        return request_of(name)->act.request != DESK_REQUEST_DISCLOSE;
    case DESK_ACT_NOTICE:
        return !is_quiet(name) && !waits_for_late(name) &&
               (is_among("delivered acknowledged", state_of(name)) ||
                (strcmp(state_of(name), "opened") == 0 &&
                 (last_of(name, DESK_ACT_LAPSE) != NULL ||
                  now_s >= last_of(name, DESK_ACT_PREPARE)->act.until_s + 3600)) ||
                (strcmp(state_of(name), "opened") != 0 && is_owed(name)));
    case DESK_ACT_CLOSE:
        return !is_owed(name) && !waits_for_late(name);
    case DESK_ACT_SILENCE:
        return may_be_silent(act);
    case DESK_ACT_INSTRUMENT:
        return !has_paper(name) && last_of(name, DESK_ACT_LAPSE) == NULL;
    case DESK_ACT_EXPIRE:
        return is_expire_due(name);
    case DESK_ACT_LAPSE:
        return is_lapse_due(name);
    case DESK_ACT_COUNTED:
        return false; /* no searches here */
    case DESK_ACT_AMEND:
        return !has_paper(name) || !span_is_zero(span_of(act->instrument, sizeof(act->instrument)));
    case DESK_ACT_LOGGED:
        return strcmp(state_of(name), "approved") == 0 ||
               (may_be_late(name) && !was_done(name, DESK_ACT_LOGGED));
    case DESK_ACT_RECEIVE:
    case DESK_ACT_REJECT:
    case DESK_ACT_NARROW:
    case DESK_ACT_CHALLENGE:
    case DESK_ACT_DELIVERED:
    case DESK_ACT_MISMATCH:
    case DESK_ACT_ACKNOWLEDGE:
    case DESK_ACT_WITHDRAW:
    case DESK_ACT_AUTHORITY:
    case DESK_ACT_CONFIRM:
    case DESK_ACT_STRIKE:
    case DESK_ACT_CONTACT:
    case DESK_ACT_RECUSE:
        break;
    }
    return true;
}

static bool model_allows(const struct desk_act *act, u32 person)
{
    const char *state = state_of(act->name);
    bool is_way = false;
    for (u32 i = 0; i < ARRAY_COUNT(ways); i += 1) {
        is_way = is_way || (ways[i].act == act->kind && is_among(ways[i].from, state) &&
                            strchr(ways[i].roles, letter_of(act->role)) != NULL);
    }
    if (act->kind == DESK_ACT_SILENCE || act->kind == DESK_ACT_INSTRUMENT ||
        act->kind == DESK_ACT_LAPSE) {
        char who = act->kind == DESK_ACT_SILENCE ? 'l' : act->kind == DESK_ACT_LAPSE ? 'p' : 'c';
        is_way = state[0] != '\0' && is_among(anywhere_open, state) && letter_of(act->role) == who;
    }
    return is_way && may_here(act, person);
}

/* ---- acts at random ---- */

static void request_fill(struct desk_act *act)
{
    bool is_many = random_chance(&rng, 1, 4);
    u32 kind = (u32)random_below(&rng, 6);
    const struct desk_case *at = desk_case(&desk, act->name);
    bool is_abroad_now = at != NULL ? strcmp(at->country, "RU") == 0 : random_chance(&rng, 1, 8);
    bool is_urgent =
        at != NULL ? at->urgency == DESK_URGENCY_EMERGENCY : !is_many && random_chance(&rng, 1, 4);
    is_many = is_many && !is_urgent;
    act->request = kind < 4    ? DESK_REQUEST_DISCLOSE
                   : kind == 4 ? DESK_REQUEST_PRESERVE
                               : DESK_REQUEST_RESTRICT;
    if (is_abroad_now) {
        act->request = DESK_REQUEST_DISCLOSE; /* preserving has a basis of its own */
    }
    act->mark = is_abroad_now ? DESK_MARK_FOREIGN : DESK_MARK_ORDER;
    act->opening =
        act->request == DESK_REQUEST_DISCLOSE ? DESK_OPENING_AUTHORITY : DESK_OPENING_NONE;
    act->basis = is_abroad_now ? DESK_BASIS_NONE : DESK_BASIS_UNION_LAW;
    act->class = is_many ? DESK_CLASS_BULK : DESK_CLASS_PLAIN;
    act->urgency = is_urgent ? DESK_URGENCY_EMERGENCY : DESK_URGENCY_ORDINARY;
    memcpy(act->country, is_abroad_now ? "RU" : "FR", 3);
    memcpy(act->authority, is_abroad_now ? "abroad" : "home\0\0", 7);
    act->subjects_count = is_many ? 11 : 1;
    for (u32 i = 0; i < act->subjects_count; i += 1) {
        act->subjects[i] = (struct desk_subject){.ordinal = i + 1, .field = DESK_FIELD_NAME};
        act->records[i] = (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_BANK};
    }
    act->records_count = act->request == DESK_REQUEST_DISCLOSE ? act->subjects_count : 0;
    if (!is_urgent || random_chance(&rng, 1, 2)) {
        hash_make(act->instrument);
        memcpy(act->sealed, act->instrument, sizeof(act->sealed));
        act->dated_s = now_s - 60;
    }
}

static void fill(struct desk_act *act)
{
    const struct desk_case *at = desk_case(&desk, act->name);
    switch ((enum desk_act_kind)act->kind) {
    case DESK_ACT_RECEIVE:
    case DESK_ACT_AMEND:
        request_fill(act);
        break;
    case DESK_ACT_CALL_BACK:
        memcpy(act->telephone, random_chance(&rng, 1, 8) ? "+00 2" : "+00 1", 6);
        if (at != NULL) {
            memcpy(act->authority, at->authority, sizeof(act->authority));
        }
        break;
    case DESK_ACT_ASSESS:
        act->records_count = at == NULL ? 0 : at->asked_count;
        memcpy(act->records, at == NULL ? act->records : at->asked, sizeof(act->records));
        break;
    case DESK_ACT_REJECT:
    case DESK_ACT_NARROW:
    case DESK_ACT_CHALLENGE:
    case DESK_ACT_MISMATCH:
        act->reason = DESK_REASON_TOO_WIDE;
        break;
    case DESK_ACT_PRESERVE:
        act->until_s = now_s + random_below(&rng, 61 * 86400);
        break;
    case DESK_ACT_PREPARE:
        hash_make(act->grant);
        act->until_s = now_s + random_between(&rng, 3600, 100 * 3600);
        act->persons_count = at == NULL ? 1 : at->people_count;
        for (u32 i = 0; i < act->persons_count; i += 1) {
            act->persons[i] = 70 + i;
        }
        break;
    case DESK_ACT_SILENCE:
    case DESK_ACT_INSTRUMENT:
        act->until_s = now_s + random_below(&rng, 367 * 86400);
        hash_make(act->instrument);
        memcpy(act->sealed, act->instrument, sizeof(act->sealed));
        act->dated_s = now_s;
        break;
    case DESK_ACT_APPROVE:
    case DESK_ACT_LOGGED:
    case DESK_ACT_OPENED:
    case DESK_ACT_DELIVERED:
        if (at != NULL) {
            memcpy(act->grant, at->grant, sizeof(act->grant));
        }
        break;
    case DESK_ACT_AUTHENTICATE:
    case DESK_ACT_COUNTED:
    case DESK_ACT_CARRY_OUT:
    case DESK_ACT_ACKNOWLEDGE:
    case DESK_ACT_NOTICE:
    case DESK_ACT_CLOSE:
    case DESK_ACT_WITHDRAW:
    case DESK_ACT_EXPIRE:
    case DESK_ACT_LAPSE:
    case DESK_ACT_AUTHORITY:
    case DESK_ACT_CONFIRM:
    case DESK_ACT_STRIKE:
    case DESK_ACT_CONTACT:
    case DESK_ACT_RECUSE:
        break;
    }
    if (act->kind == DESK_ACT_MISMATCH && at != NULL) {
        memcpy(act->grant, at->grant, sizeof(act->grant));
    }
}

/* Two acts that lead on from a state, and a role that does them. */
static const struct {
    u8 acts[2];
    u8 role;
} onward[DESK_STATES_LAST + 1] = {
    [0] = {{DESK_ACT_RECEIVE, DESK_ACT_RECEIVE}, DESK_ROLE_CLERK},
    [DESK_STATE_RECEIVED] = {{DESK_ACT_CALL_BACK, DESK_ACT_AUTHENTICATE}, DESK_ROLE_CLERK},
    [DESK_STATE_AUTHENTICATED] = {{DESK_ACT_ASSESS, DESK_ACT_ASSESS}, DESK_ROLE_LEGAL},
    [DESK_STATE_ASSESSED] = {{DESK_ACT_APPROVE, DESK_ACT_APPROVE}, 0},
    [DESK_STATE_NARROWING] = {{DESK_ACT_AMEND, DESK_ACT_AMEND}, DESK_ROLE_CLERK},
    [DESK_STATE_CHALLENGED] = {{DESK_ACT_AMEND, DESK_ACT_AMEND}, DESK_ROLE_CLERK},
    [DESK_STATE_PRESERVED] = {{DESK_ACT_AMEND, DESK_ACT_EXPIRE}, 0},
    [DESK_STATE_APPROVED] = {{DESK_ACT_LOGGED, DESK_ACT_EXPIRE}, DESK_ROLE_PROCESS},
    [DESK_STATE_LOGGED] = {{DESK_ACT_OPENED, DESK_ACT_CARRY_OUT}, 0},
    [DESK_STATE_OPENED] = {{DESK_ACT_DELIVERED, DESK_ACT_MISMATCH}, DESK_ROLE_PROCESS},
    [DESK_STATE_DELIVERED] = {{DESK_ACT_ACKNOWLEDGE, DESK_ACT_NOTICE}, DESK_ROLE_CLERK},
    [DESK_STATE_ACKNOWLEDGED] = {{DESK_ACT_NOTICE, DESK_ACT_LAPSE}, 0},
    [DESK_STATE_REJECTED] = {{DESK_ACT_CLOSE, DESK_ACT_OPENED}, 0},
    [DESK_STATE_NOTICED] = {{DESK_ACT_CLOSE, DESK_ACT_CLOSE}, DESK_ROLE_LEGAL},
    [DESK_STATE_CLOSED] = {{DESK_ACT_RECEIVE, DESK_ACT_ASSESS}, 0},
    [DESK_STATE_WITHDRAWN] = {{DESK_ACT_CLOSE, DESK_ACT_NOTICE}, DESK_ROLE_LEGAL},
    [DESK_STATE_EXPIRED] = {{DESK_ACT_ASSESS, DESK_ACT_OPENED}, 0},
};

static u32 who_pick(u8 role)
{
    u32 who = (u32)random_below(&rng, ARRAY_COUNT(people));
    for (u32 tries = 0; role != 0 && tries < 40 && people[who].role != role; tries += 1) {
        who = (u32)random_below(&rng, ARRAY_COUNT(people));
    }
    return who;
}

/* What leads on comes more often than what is wrong or ends everything. */
static u8 kind_pick(const u8 *name, u8 *role_out)
{
    const struct desk_case *at = desk_case(&desk, name);
    u8 state = at == NULL ? 0 : at->state;
    *role_out = 0;
    if (random_chance(&rng, 1, 6)) {
        return (u8)random_between(&rng, DESK_ACT_RECEIVE, DESK_ACT_LAPSE);
    }
    if (state == DESK_STATE_ASSESSED && !at->is_prepared) {
        *role_out = random_chance(&rng, 9, 10) ? DESK_ROLE_PREPARER : DESK_ROLE_LEGAL;
        return *role_out == DESK_ROLE_PREPARER ? DESK_ACT_PREPARE
                                               : (u8)(DESK_ACT_PRESERVE - random_below(&rng, 5));
    }
    *role_out = onward[state].role;
    return onward[state].acts[random_below(&rng, 2)];
}

static void take(struct taken *taken)
{
    struct desk_act *act = &taken->act;
    u8 role = 0;
    memset(taken, 0, sizeof(*taken));
    act->name[0] = (u8)(1 + random_below(&rng, CASES));
    act->name[1] = era; /* new ones when the old ones are over */
    memcpy(act->venue, "v", 2);
    act->kind = kind_pick(act->name, &role);
    u32 who = who_pick(role);
    act->role = people[who].role;
    (void)snprintf(act->region, sizeof(act->region), "%s", people[who].region);
    (void)snprintf(act->officer, sizeof(act->officer), "p%u", people[who].person);
    act->at_s = now_s;
    act->reason = DESK_REASON_NONE;
    hash_make(act->evidence);
    fill(act);
    const struct desk_case *at = desk_case(&desk, act->name);
    if (at != NULL) {
        memcpy(act->prior, at->prior, sizeof(act->prior));
    }
    taken->step = (struct desk_step){
        .person = people[who].person, .quorum_a = QUORUM, .quorum_b = QUORUM, .now_s = now_s};
    hash_make(taken->step.hash);
}

static void authorities_put(struct desk *target)
{
    static const char *const names[] = {"home", "abroad"};
    static struct desk_act act;
    for (u32 i = 0; i < 4; i += 1) {
        memset(&act, 0, sizeof(act));
        struct desk_step step = {.act = &act, .person = i % 2 == 0 ? 2 : 7, .now_s = START_S};
        step.hash[0] = (u8)(1 + i / 2);
        act.kind = i % 2 == 0 ? DESK_ACT_AUTHORITY : DESK_ACT_CONFIRM;
        act.role = i % 2 == 0 ? DESK_ROLE_LEGAL : DESK_ROLE_INDEPENDENT;
        act.reason = DESK_REASON_NONE;
        act.evidence[0] = 1;
        act.prior[0] = i % 2 == 0 ? 0 : step.hash[0];
        act.at_s = START_S;
        memcpy(act.venue, "v", 2);
        memcpy(act.region, i % 2 == 0 ? "fr" : "it", 3);
        memcpy(act.country, i < 2 ? "FR" : "RU", 3);
        memcpy(act.telephone, "+00 1", 6);
        (void)snprintf(act.authority, sizeof(act.authority), "%s", names[i / 2]);
        assert_int_equal(desk_check(target, &step), DESK_RULE_NONE);
        desk_apply(target, &step);
    }
}

/* What no list of acts may ever hold. */
static void never(const struct taken *last)
{
    const u8 *name = last->act.name;
    if (last->act.kind == DESK_ACT_OPENED) {
        assert_non_null(last_of(name, DESK_ACT_LOGGED));
        assert_non_null(last_of(name, DESK_ACT_CALL_BACK));
    }
    if (last->act.kind == DESK_ACT_CLOSE) {
        assert_true(last_of(name, DESK_ACT_OPENED) == NULL ||
                    last_of(name, DESK_ACT_NOTICE) != NULL);
    }
}

static void walk(u64 seed, u32 rounds, u32 kinds[DESK_ACTS_LAST + 1])
{
    static struct taken next;
    random_init(&rng, seed);
    now_s = START_S;
    count = 0;
    assert_int_equal(desk_init(&desk, "v", 256), FAULT_NONE);
    authorities_put(&desk);
    for (u32 round = 0; round < rounds && count < ACTS_MAX; round += 1) {
        now_s +=
            random_chance(&rng, 1, 100) ? random_below(&rng, 5 * 86400) : random_below(&rng, 30);
        era = (u8)(round / 500);
        take(&next);
        next.step.act = &next.act;
        enum desk_rule rule = desk_check(&desk, &next.step);
        bool may = model_allows(&next.act, next.step.person);
        if (may != (rule == DESK_RULE_NONE)) {
            fail_msg("seed %llu, round %u: %s of role %s from \"%s\": the model says %d, the desk "
                     "\"%s\"",
                     (unsigned long long)seed, round, desk_word(DESK_WORDS_ACT, next.act.kind),
                     desk_word(DESK_WORDS_ROLE, next.act.role), state_of(next.act.name), may,
                     desk_rule_name(rule));
        }
        if (!may) {
            continue;
        }
        desk_apply(&desk, &next.step);
        list[count] = next;
        list[count].step.act = &list[count].act;
        count += 1;
        kinds[next.act.kind] += 1;
        const char *state = desk_word(DESK_WORDS_STATE, desk_case(&desk, next.act.name)->state);
        if (strcmp(state, state_of(next.act.name)) != 0) {
            fail_msg("seed %llu, round %u: after %s the model is at \"%s\", the desk at \"%s\"",
                     (unsigned long long)seed, round, desk_word(DESK_WORDS_ACT, next.act.kind),
                     state_of(next.act.name), state);
        }
        never(&list[count - 1]);
    }
}

static void the_model_agrees(void **state)
{
    (void)state;
    u32 kinds[DESK_ACTS_LAST + 1] = {0};
    u64 walks = test_rounds(10);
    for (u64 i = 0; i < walks; i += 1) {
        static struct desk again;
        walk(random_seed_derive(test_seed(), i), 20000, kinds);
        assert_int_equal(desk_init(&again, "v", 256), FAULT_NONE);
        authorities_put(&again);
        for (u32 at = 0; at < count; at += 1) {
            desk_apply(&again, &list[at].step);
        }
        assert_int_equal(again.cases_count, desk.cases_count);
        assert_memory_equal(again.cases, desk.cases, desk.cases_count * sizeof(struct desk_case));
        desk_free(&again);
        desk_free(&desk);
    }
    print_message("acts taken:");
    for (u32 kind = 1; kind <= DESK_ACT_LAPSE; kind += 1) {
        print_message(" %s %u", desk_word(DESK_WORDS_ACT, kind), kinds[kind]);
    }
    print_message("\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_model_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
