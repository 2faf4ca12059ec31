#include "base/check.h"
#include "base/span.h"
#include "role/desk/desk_inner.h"

#include <string.h>

#define DAY_S 86400U

#define BEFORE_OPENING                                                            \
    (DESK_STATES(RECEIVED) | DESK_STATES(AUTHENTICATED) | DESK_STATES(ASSESSED) | \
     DESK_STATES(NARROWING) | DESK_STATES(CHALLENGED) | DESK_STATES(PRESERVED) |  \
     DESK_STATES(APPROVED) | DESK_STATES(LOGGED))
#define OVER (DESK_STATES(REJECTED) | DESK_STATES(WITHDRAWN) | DESK_STATES(EXPIRED))
/* Where a grant that was approved can still be opened: the desk ends nothing at the officers'. */
#define ENDED_EARLY (OVER | DESK_STATES(ASSESSED))
#define TOLD_AFTER  (DESK_STATES(OPENED) | DESK_STATES(DELIVERED) | DESK_STATES(ACKNOWLEDGED))
#define REVIEWERS   (DESK_ROLES(LEGAL) | DESK_ROLES(INDEPENDENT))
#define EVERYBODY   (REVIEWERS | DESK_ROLES(CLERK) | DESK_ROLES(PREPARER) | DESK_ROLES(OMBUD))

static const struct desk_arrow arrows[] = {
    [DESK_ACT_RECEIVE] = {0, DESK_ROLES(CLERK), DESK_STATE_RECEIVED, false, false},
    [DESK_ACT_CALL_BACK] = {DESK_STATES(RECEIVED), DESK_ROLES(CLERK), 0, false, true},
    [DESK_ACT_AUTHENTICATE] = {DESK_STATES(RECEIVED), DESK_ROLES(CLERK), DESK_STATE_AUTHENTICATED,
                               false, true},
    [DESK_ACT_ASSESS] = {DESK_STATES(AUTHENTICATED) | DESK_STATES(ASSESSED) | DESK_STATES(EXPIRED),
                         DESK_ROLES(LEGAL), DESK_STATE_ASSESSED, false, true},
    [DESK_ACT_REJECT] = {BEFORE_OPENING | DESK_STATES(EXPIRED), REVIEWERS, DESK_STATE_REJECTED,
                         true, false},
    [DESK_ACT_NARROW] = {DESK_STATES(ASSESSED), DESK_ROLES(LEGAL), DESK_STATE_NARROWING, true,
                         false},
    [DESK_ACT_CHALLENGE] = {DESK_STATES(ASSESSED), DESK_ROLES(LEGAL), DESK_STATE_CHALLENGED, true,
                            true},
    [DESK_ACT_AMEND] = {DESK_STATES(NARROWING) | DESK_STATES(CHALLENGED) | DESK_STATES(PRESERVED),
                        DESK_ROLES(CLERK), DESK_STATE_AUTHENTICATED, false, true},
    [DESK_ACT_PRESERVE] = {DESK_STATES(ASSESSED) | DESK_STATES(PRESERVED), DESK_ROLES(LEGAL),
                           DESK_STATE_PRESERVED, false, true},
    [DESK_ACT_PREPARE] = {DESK_STATES(ASSESSED), DESK_ROLES(PREPARER), 0, false, false},
    [DESK_ACT_APPROVE] = {DESK_STATES(ASSESSED), REVIEWERS, 0, false, false},
    [DESK_ACT_LOGGED] = {DESK_STATES(APPROVED) | ENDED_EARLY, DESK_ROLES(PROCESS),
                         DESK_STATE_LOGGED, false, true},
    [DESK_ACT_OPENED] = {DESK_STATES(LOGGED) | ENDED_EARLY, DESK_ROLES(PROCESS), DESK_STATE_OPENED,
                         false, true},
    [DESK_ACT_DELIVERED] = {DESK_STATES(OPENED), DESK_ROLES(PROCESS), DESK_STATE_DELIVERED, false,
                            true},
    [DESK_ACT_MISMATCH] = {DESK_STATES(OPENED), DESK_ROLES(PROCESS), DESK_STATE_REJECTED, true,
                           true},
    [DESK_ACT_COUNTED] = {DESK_STATES(LOGGED), DESK_ROLES(PROCESS), DESK_STATE_AUTHENTICATED, false,
                          true},
    [DESK_ACT_CARRY_OUT] = {DESK_STATES(LOGGED), REVIEWERS, DESK_STATE_ACKNOWLEDGED, false, true},
    [DESK_ACT_ACKNOWLEDGE] = {DESK_STATES(DELIVERED), DESK_ROLES(CLERK), DESK_STATE_ACKNOWLEDGED,
                              false, true},
    [DESK_ACT_NOTICE] = {TOLD_AFTER | OVER | DESK_STATES(PRESERVED),
                         DESK_ROLES(CLERK) | DESK_ROLES(LEGAL), DESK_STATE_NOTICED, false, false},
    [DESK_ACT_CLOSE] = {DESK_STATES(NOTICED) | OVER, DESK_ROLES(LEGAL), DESK_STATE_CLOSED, false,
                        false},
    [DESK_ACT_WITHDRAW] = {BEFORE_OPENING, DESK_ROLES(CLERK), DESK_STATE_WITHDRAWN, false, true},
    [DESK_ACT_SILENCE] = {BEFORE_OPENING | TOLD_AFTER, DESK_ROLES(LEGAL), 0, false, false},
    [DESK_ACT_INSTRUMENT] = {BEFORE_OPENING | TOLD_AFTER, DESK_ROLES(CLERK), 0, false, false},
    [DESK_ACT_EXPIRE] = {DESK_STATES(PRESERVED) | DESK_STATES(APPROVED) | DESK_STATES(LOGGED),
                         DESK_ROLES(PROCESS), DESK_STATE_EXPIRED, false, false},
    [DESK_ACT_LAPSE] = {BEFORE_OPENING | TOLD_AFTER, DESK_ROLES(PROCESS), 0, false, false},
    [DESK_ACT_AUTHORITY] = {0, REVIEWERS, 0, false, true},
    [DESK_ACT_CONFIRM] = {0, REVIEWERS, 0, false, true},
    [DESK_ACT_STRIKE] = {0, REVIEWERS, 0, false, false},
    [DESK_ACT_CONTACT] = {0, EVERYBODY, 0, false, true},
    [DESK_ACT_RECUSE] = {0, EVERYBODY, 0, false, false},
};
_Static_assert(ARRAY_COUNT(arrows) == DESK_ACTS_LAST + 1U, "an arrow each");

const struct desk_arrow *desk_arrow(enum desk_act_kind kind)
{
    CHECK(kind >= 1 && kind <= DESK_ACTS_LAST);
    return &arrows[kind];
}

/* ---- what is asked ---- */

static enum desk_rule paper_rule(const struct desk_act *act, u64 now_s)
{
    bool is_there = !span_is_zero(span_of(act->instrument, sizeof(act->instrument)));
    bool is_sealed = !span_is_zero(span_of(act->sealed, sizeof(act->sealed)));
    if (is_there != is_sealed || is_there != (act->dated_s > 0)) {
        return DESK_RULE_PAPER;
    }
    return act->dated_s > now_s + DAY_S || (act->ends_s > 0 && act->ends_s <= now_s)
               ? DESK_RULE_PAPER
               : DESK_RULE_NONE;
}

/* How many people the subjects name; 0: they are not numbered from 1 on. */
static u32 people_of(const struct desk_act *act)
{
    u32 people = 0;
    for (u32 i = 0; i < act->subjects_count; i += 1) {
        u32 ordinal = act->subjects[i].ordinal;
        if (ordinal != people && ordinal != people + 1) {
            return 0;
        }
        people = ordinal;
    }
    for (u32 i = 0; i < act->records_count; i += 1) {
        if (act->records[i].ordinal > people) {
            return 0;
        }
    }
    return people;
}

static bool class_fits(const struct desk_act *act, u32 people)
{
    switch ((enum desk_class)act->class) {
    case DESK_CLASS_PLAIN:
        return people <= DESK_PERSONS_PLAIN;
    case DESK_CLASS_BULK:
        return people > DESK_PERSONS_PLAIN;
    case DESK_CLASS_SEARCH:
        return people == 1 && act->request == DESK_REQUEST_DISCLOSE &&
               act->opening == DESK_OPENING_AUTHORITY;
    }
    return false;
}

static enum desk_rule asked_rule(const struct desk *desk, const struct desk_act *act, u64 now_s)
{
    bool discloses = act->request == DESK_REQUEST_DISCLOSE;
    bool is_named = strcmp(act->authority, "none") != 0;
    bool is_own = act->opening == DESK_OPENING_CUSTOMER ||
                  (act->opening == DESK_OPENING_NONE && act->mark == DESK_MARK_OWN_POLICY);
    bool is_urgent = act->urgency == DESK_URGENCY_EMERGENCY;
    if (discloses == (act->opening == DESK_OPENING_NONE) || is_named == is_own ||
        (is_urgent && is_own)) {
        return DESK_RULE_SHAPE;
    }
    const struct desk_authority *authority = desk_authority(desk, act->authority);
    if (is_named && authority != NULL && strcmp(authority->country, act->country) != 0) {
        return DESK_RULE_AUTHORITY;
    }
    u32 people = people_of(act);
    if (people == 0) {
        return DESK_RULE_PEOPLE;
    }
    if (!class_fits(act, people)) {
        return DESK_RULE_CLASS;
    }
    if (act->class != DESK_CLASS_PLAIN && is_urgent) {
        return DESK_RULE_HURRY;
    }
    if (discloses && act->records_count == 0) {
        return DESK_RULE_SCOPE;
    }
    bool has_paper = !span_is_zero(span_of(act->instrument, sizeof(act->instrument)));
    return has_paper || is_urgent ? paper_rule(act, now_s) : DESK_RULE_PAPER;
}

static bool authority_holds(const struct desk *desk, const struct desk_case *at)
{
    const struct desk_authority *authority = desk_authority(desk, at->authority);
    return strcmp(at->authority, "none") == 0 ||
           (authority != NULL && authority->is_confirmed && !authority->is_struck &&
            strcmp(authority->country, at->country) == 0);
}

/* ---- what it may lead to ---- */

static enum desk_rule basis_rule(const struct desk_case *at)
{
    struct desk_asked asked = {.request = (enum desk_request)at->request,
                               .mark = (enum desk_mark)at->mark,
                               .opening = (enum desk_opening)at->opening,
                               .basis = (enum desk_basis)at->basis,
                               .country = at->country};
    switch (desk_basis_of(&asked, NULL)) {
    case DESK_VERDICT_MAY:
        return DESK_RULE_NONE;
    case DESK_VERDICT_VIA_TREATY:
        return DESK_RULE_TREATY;
    case DESK_VERDICT_NEVER:
        return DESK_RULE_BASIS;
    }
    return DESK_RULE_BASIS;
}

/* Whether what is granted lies within something that was asked. */
static bool record_was_asked(const struct desk_case *at, const struct desk_record *record)
{
    bool is_found = at->class == DESK_CLASS_SEARCH;
    if (record->ordinal > (is_found ? at->found_count : at->people_count)) {
        return false;
    }
    for (u32 i = 0; i < at->asked_count; i += 1) {
        const struct desk_record *asked = &at->asked[i];
        bool is_it =
            asked->ordinal == (is_found ? 1 : record->ordinal) && asked->group == record->group;
        bool is_within =
            asked->to_day == 0 || (record->to_day > 0 && record->from_day >= asked->from_day &&
                                   record->to_day <= asked->to_day);
        if (is_it && is_within) {
            return true;
        }
    }
    return false;
}

/* NULL: the person never proposed here. */
static const struct desk_proposer *proposer_of(const struct desk_case *at, u32 person)
{
    for (u32 i = 0; i < at->proposers_count; i += 1) {
        if (at->proposers[i].person == person) {
            return &at->proposers[i];
        }
    }
    return NULL;
}

/* Whoever brought what is asked for decides nothing about it, whatever role they have now. */
static bool took_in(const struct desk_case *at, u32 person)
{
    const struct desk_proposer *proposer = proposer_of(at, person);
    return proposer != NULL && proposer->took_in;
}

/* One more who proposes has a place. */
static enum desk_rule proposers_rule(const struct desk_case *at, u32 person)
{
    return at->proposers_count == DESK_PROPOSERS_MAX && proposer_of(at, person) == NULL
               ? DESK_RULE_FULL
               : DESK_RULE_NONE;
}

static enum desk_rule assess_rule(const struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    bool is_count = at->class == DESK_CLASS_SEARCH && !at->is_counted;
    if (at->is_lapsed) {
        return DESK_RULE_LAPSED;
    }
    if (took_in(at, step->person)) {
        return DESK_RULE_SAME_PERSON;
    }
    /* A search is first assessed for its count alone. */
    if ((at->request == DESK_REQUEST_DISCLOSE) != (act->records_count > 0) && !is_count) {
        return DESK_RULE_SCOPE;
    }
    for (u32 i = 0; i < act->records_count; i += 1) {
        if (is_count || !record_was_asked(at, &act->records[i])) {
            return DESK_RULE_SCOPE;
        }
    }
    /* The grant before may still be opened, and would be nobody's. */
    return desk_waits_for_late(at, step->now_s) ? DESK_RULE_NOT_YET
                                                : proposers_rule(at, step->person);
}

/* Whom the assessment names has a number, and nobody else has. */
static bool persons_fit(const struct desk_case *at, const struct desk_act *act)
{
    bool is_wanted[DESK_PERSONS_MAX] = {false};
    u32 last = 0;
    if (at->request != DESK_REQUEST_DISCLOSE) {
        return act->persons_count > 0 && act->persons_count <= at->people_count;
    }
    for (u32 i = 0; i < at->granted_count; i += 1) {
        is_wanted[at->granted[i].ordinal - 1] = true;
        last = at->granted[i].ordinal;
    }
    for (u32 i = 0; i < act->persons_count; i += 1) {
        if ((act->persons[i] > 0) != is_wanted[i]) {
            return false;
        }
    }
    return act->persons_count == last;
}

/* What the vault's blind index finds people by (docs/vault.md "Blind index"); a name alone, or a
 * nationality, it does not. */
static bool is_in_index(const struct desk_case *at)
{
    bool has_name = false;
    bool has_birth = false;
    for (u32 i = 0; i < at->subjects_count; i += 1) {
        u8 field = at->subjects[i].field;
        if (field == DESK_FIELD_DOCUMENT || field == DESK_FIELD_EMAIL ||
            field == DESK_FIELD_PHONE || field == DESK_FIELD_ACCOUNT) {
            return true;
        }
        has_name = has_name || field == DESK_FIELD_NAME;
        has_birth = has_birth || field == DESK_FIELD_BIRTH_DATE;
    }
    return has_name && has_birth;
}

static enum desk_rule prepare_rule(const struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    enum desk_rule rule = basis_rule(at);
    u64 most = at->class != DESK_CLASS_PLAIN           ? DESK_GRANT_BULK_S
               : at->urgency == DESK_URGENCY_EMERGENCY ? DESK_GRANT_EMERGENCY_S
                                                       : DESK_GRANT_PLAIN_S;
    if (at->request == DESK_REQUEST_PRESERVE) {
        return DESK_RULE_REQUEST;
    }
    const struct desk_proposer *proposer = proposer_of(at, step->person);
    if (proposer != NULL && (proposer->took_in || proposer->assessed)) {
        return DESK_RULE_SAME_PERSON;
    }
    if (rule != DESK_RULE_NONE) {
        return rule;
    }
    if (desk_waits_for_late(at, step->now_s)) {
        return DESK_RULE_NOT_YET;
    }
    if (at->class == DESK_CLASS_SEARCH && !at->is_counted && !is_in_index(at)) {
        return DESK_RULE_SEARCH;
    }
    if (!persons_fit(at, act)) {
        return DESK_RULE_PERSONS;
    }
    return act->until_s <= step->now_s || act->until_s > step->now_s + most
               ? DESK_RULE_UNTIL
               : proposers_rule(at, step->person);
}

static enum desk_rule approve_rule(const struct desk *desk, const struct desk_case *at,
                                   const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    if (!at->is_prepared || memcmp(at->grant, act->grant, sizeof(at->grant)) != 0) {
        return DESK_RULE_PREPARED;
    }
    if (proposer_of(at, step->person) != NULL) {
        return DESK_RULE_SAME_PERSON;
    }
    if (!authority_holds(desk, at)) {
        return DESK_RULE_AUTHORITY;
    }
    if (step->now_s >= at->grant_until_s) {
        return DESK_RULE_EXPIRED;
    }
    if (at->instrument_ends_s > 0 && step->now_s >= at->instrument_ends_s) {
        return DESK_RULE_PAPER;
    }
    for (u32 i = 0; i < at->approvals_count; i += 1) {
        const struct desk_approval *other = &at->approvals[i];
        if (other->person == step->person) {
            return DESK_RULE_TWICE;
        }
        if (other->role != act->role && strcmp(other->region, act->region) == 0) {
            return DESK_RULE_SAME_REGION;
        }
    }
    return at->approvals_count == DESK_APPROVALS_MAX ? DESK_RULE_FULL : DESK_RULE_NONE;
}

/* ---- from the log to the end ---- */

static enum desk_rule bound_rule(const struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    bool opens =
        at->request == DESK_REQUEST_DISCLOSE && (at->class != DESK_CLASS_SEARCH || at->is_counted);
    bool waits = at->class != DESK_CLASS_PLAIN && step->now_s < at->logged_s + DESK_BULK_WAIT_S;
    bool is_early = (1U << at->state & (ENDED_EARLY)) != 0;
    bool is_logged = at->logged_s > 0;
    if (is_early && (!desk_may_be_late(at) || is_logged != (act->kind == DESK_ACT_OPENED))) {
        return DESK_RULE_STATE;
    }
    if (memcmp(at->grant, act->grant, sizeof(at->grant)) != 0) {
        return DESK_RULE_PREPARED;
    }
    if (act->kind == DESK_ACT_OPENED && !opens) {
        return DESK_RULE_REQUEST;
    }
    if (act->kind == DESK_ACT_OPENED && waits) {
        return DESK_RULE_WAIT;
    }
    /* When it was heard of says nothing: the log has it in a slot, and officers' clients and the
     * opener hold that against the grant's end. */
    return DESK_RULE_NONE;
}

static enum desk_rule counted_rule(const struct desk_case *at, const struct desk_step *step)
{
    if (at->class != DESK_CLASS_SEARCH || at->is_counted) {
        return DESK_RULE_REQUEST;
    }
    if (step->now_s < at->logged_s + DESK_BULK_WAIT_S) {
        return DESK_RULE_WAIT;
    }
    return DESK_RULE_NONE;
}

static bool is_silent(const struct desk_case *at, u64 now_s)
{
    return at->silence_s > now_s && !at->is_lapsed;
}

static bool is_owed_notice(const struct desk_case *at)
{
    return !at->was_noticed && (at->was_opened || at->was_silent || at->is_lapsed);
}

static enum desk_rule silence_rule(const struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    enum desk_rule rule = paper_rule(act, step->now_s);
    if (rule == DESK_RULE_NONE && act->dated_s == 0) {
        rule = DESK_RULE_PAPER;
    }
    if (rule != DESK_RULE_NONE) {
        return rule;
    }
    if (at->is_lapsed) {
        return DESK_RULE_LAPSED;
    }
    /* One that is over is not revived: the customer is owed the notice. */
    if (act->until_s <= step->now_s || act->until_s > step->now_s + DESK_SILENCE_S ||
        (at->was_silent && at->silence_s <= step->now_s)) {
        return DESK_RULE_UNTIL;
    }
    return DESK_RULE_NONE;
}

static enum desk_rule preserve_rule(const struct desk_case *at, const struct desk_step *step)
{
    enum desk_rule rule = basis_rule(at);
    if (rule != DESK_RULE_NONE) {
        return rule;
    }
    return step->act->until_s <= step->now_s || step->act->until_s > step->now_s + DESK_PRESERVE_S
               ? DESK_RULE_UNTIL
               : DESK_RULE_NONE;
}

static enum desk_rule call_back_rule(const struct desk *desk, const struct desk_case *at,
                                     const struct desk_act *act)
{
    const struct desk_authority *authority = desk_authority(desk, at->authority);
    if (strcmp(at->authority, act->authority) != 0 || authority == NULL ||
        !authority_holds(desk, at)) {
        return DESK_RULE_AUTHORITY;
    }
    return strcmp(authority->telephone, act->telephone) == 0 ? DESK_RULE_NONE : DESK_RULE_CALL_BACK;
}

static enum desk_rule authenticate_rule(const struct desk *desk, const struct desk_case *at)
{
    if (!authority_holds(desk, at)) {
        return DESK_RULE_AUTHORITY;
    }
    return at->is_called || strcmp(at->authority, "none") == 0 ? DESK_RULE_NONE
                                                               : DESK_RULE_CALL_BACK;
}

static enum desk_rule amend_rule(const struct desk *desk, const struct desk_case *at,
                                 const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    bool is_same = strcmp(at->authority, act->authority) == 0 && act->urgency == at->urgency &&
                   strcmp(at->country, act->country) == 0;
    if (span_is_zero(span_of(act->instrument, sizeof(act->instrument))) &&
        !span_is_zero(span_of(at->instrument, sizeof(at->instrument)))) {
        return DESK_RULE_PAPER; /* what came is not taken back */
    }
    enum desk_rule rule = is_same ? asked_rule(desk, act, step->now_s) : DESK_RULE_SHAPE;
    return rule == DESK_RULE_NONE ? proposers_rule(at, step->person) : rule;
}

static enum desk_rule instrument_rule(const struct desk_case *at, const struct desk_step *step)
{
    enum desk_rule rule = paper_rule(step->act, step->now_s);
    bool is_wanted = span_is_zero(span_of(at->instrument, sizeof(at->instrument)));
    if (at->is_lapsed) {
        return DESK_RULE_LAPSED;
    }
    if (!is_wanted) {
        return DESK_RULE_REQUEST;
    }
    return rule == DESK_RULE_NONE && step->act->dated_s == 0 ? DESK_RULE_PAPER : rule;
}

static enum desk_rule close_rule(const struct desk_case *at, u64 now_s)
{
    if (is_owed_notice(at)) {
        return DESK_RULE_NOTICE;
    }
    return desk_waits_for_late(at, now_s) ? DESK_RULE_NOT_YET : DESK_RULE_NONE;
}

static enum desk_rule notice_rule(const struct desk_case *at, u64 now_s)
{
    bool is_after = (1U << at->state & (TOLD_AFTER)) != 0;
    if (!is_after && !is_owed_notice(at)) {
        return DESK_RULE_STATE;
    }
    if (at->state == DESK_STATE_OPENED && !at->is_lapsed &&
        now_s < at->grant_until_s + DESK_LATE_S) {
        return DESK_RULE_STATE; /* the delivery, or the mismatch, comes first */
    }
    if (desk_waits_for_late(at, now_s)) {
        return DESK_RULE_NOT_YET; /* it says whether something was opened */
    }
    return is_silent(at, now_s) ? DESK_RULE_SILENT : DESK_RULE_NONE;
}

enum desk_rule desk_rule_of_case(const struct desk *desk, const struct desk_case *at,
                                 const struct desk_step *step)
{
    switch ((enum desk_act_kind)step->act->kind) {
    case DESK_ACT_RECEIVE:
        return asked_rule(desk, step->act, step->now_s);
    case DESK_ACT_CALL_BACK:
        return call_back_rule(desk, at, step->act);
    case DESK_ACT_AUTHENTICATE:
        return authenticate_rule(desk, at);
    case DESK_ACT_ASSESS:
        return assess_rule(at, step);
    case DESK_ACT_AMEND:
        return amend_rule(desk, at, step);
    case DESK_ACT_PRESERVE:
        return preserve_rule(at, step);
    case DESK_ACT_PREPARE:
        return prepare_rule(at, step);
    case DESK_ACT_APPROVE:
        return approve_rule(desk, at, step);
    case DESK_ACT_LOGGED:
    case DESK_ACT_OPENED:
    case DESK_ACT_DELIVERED:
    case DESK_ACT_MISMATCH:
        return bound_rule(at, step);
    case DESK_ACT_COUNTED:
        return counted_rule(at, step);
    case DESK_ACT_CARRY_OUT:
        return at->request == DESK_REQUEST_DISCLOSE ? DESK_RULE_REQUEST : DESK_RULE_NONE;
    case DESK_ACT_NOTICE:
        return notice_rule(at, step->now_s);
    case DESK_ACT_CLOSE:
        return close_rule(at, step->now_s);
    case DESK_ACT_SILENCE:
        return silence_rule(at, step);
    case DESK_ACT_INSTRUMENT:
        return instrument_rule(at, step);
    case DESK_ACT_EXPIRE:
    case DESK_ACT_LAPSE:
        return desk_due(at, step->now_s) == step->act->kind ? DESK_RULE_NONE : DESK_RULE_NOT_YET;
    case DESK_ACT_REJECT:
    case DESK_ACT_NARROW:
    case DESK_ACT_CHALLENGE:
    case DESK_ACT_ACKNOWLEDGE:
    case DESK_ACT_WITHDRAW:
        return DESK_RULE_NONE;
    case DESK_ACT_AUTHORITY:
    case DESK_ACT_CONFIRM:
    case DESK_ACT_STRIKE:
    case DESK_ACT_CONTACT:
    case DESK_ACT_RECUSE:
        break;
    }
    return DESK_RULE_CASE;
}

/* ---- clocks ---- */

bool desk_may_be_late(const struct desk_case *at)
{
    bool opens =
        at->request == DESK_REQUEST_DISCLOSE && (at->class != DESK_CLASS_SEARCH || at->is_counted);
    return (1U << at->state & (ENDED_EARLY)) != 0 && at->was_approved && !at->was_opened && opens;
}

bool desk_waits_for_late(const struct desk_case *at, u64 now_s)
{
    return desk_may_be_late(at) && now_s < at->grant_until_s + DESK_LATE_S;
}

enum desk_act_kind desk_due(const struct desk_case *at, u64 now_s)
{
    bool is_open = (1U << at->state & (BEFORE_OPENING | TOLD_AFTER)) != 0;
    bool is_unpapered = span_is_zero(span_of(at->instrument, sizeof(at->instrument)));
    if (is_open && is_unpapered && !at->is_lapsed && now_s >= at->received_s + DESK_INSTRUMENT_S) {
        return DESK_ACT_LAPSE;
    }
    bool is_over = at->state == DESK_STATE_PRESERVED
                       ? now_s >= at->until_s
                       : (at->state == DESK_STATE_APPROVED || at->state == DESK_STATE_LOGGED) &&
                             now_s >= at->grant_until_s;
    /* What was ordered in writing and logged is carried out when it can be. */
    bool is_order = at->state == DESK_STATE_LOGGED && at->request != DESK_REQUEST_DISCLOSE;
    return is_over && !is_order ? DESK_ACT_EXPIRE : 0;
}

u32 desk_alarm(const struct desk_case *at, u64 now_s)
{
    u32 alarm = 0;
    if (at->state == DESK_STATE_CLOSED || at->was_noticed) {
        return 0;
    }
    if (at->was_silent && now_s > at->silence_s + DESK_NOTICE_GRACE_S) {
        alarm |= DESK_ALARM_SILENCE;
    }
    if (desk_due(at, now_s) == DESK_ACT_LAPSE || at->is_lapsed) {
        alarm |= DESK_ALARM_INSTRUMENT;
    }
    if (at->was_opened && !is_silent(at, now_s) && now_s > at->moved_s + DESK_NOTICE_GRACE_S) {
        alarm |= DESK_ALARM_NOTICE;
    }
    return alarm;
}
