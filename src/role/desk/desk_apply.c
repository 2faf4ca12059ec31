#include "base/check.h"
#include "base/span.h"
#include "role/desk/desk_inner.h"

#include <stdio.h>
#include <string.h>

/* ---- registers ---- */

static void authority_put(struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    struct desk_authority *at = NULL;
    for (u32 i = 0; i < desk->authorities_count; i += 1) {
        if (strcmp(desk->authorities[i].name, act->authority) == 0) {
            at = &desk->authorities[i];
        }
    }
    if (act->kind == DESK_ACT_AUTHORITY) {
        if (at == NULL) {
            at = &desk->authorities[desk->authorities_count];
            desk->authorities_count += 1;
        }
        *at = (struct desk_authority){.person = step->person, .role = act->role, .type = act->type};
        memcpy(at->name, act->authority, sizeof(at->name));
        memcpy(at->country, act->country, sizeof(at->country));
        memcpy(at->recipient, act->recipient, sizeof(at->recipient));
        memcpy(at->telephone, act->telephone, sizeof(at->telephone));
        memcpy(at->region, act->region, sizeof(at->region));
    }
    CHECK(at != NULL);
    at->is_confirmed = at->is_confirmed || act->kind == DESK_ACT_CONFIRM;
    at->is_struck = act->kind == DESK_ACT_STRIKE;
    memcpy(at->prior, step->hash, sizeof(at->prior));
}

static bool is_enough(const struct desk_case *at)
{
    u32 counts[2] = {0, 0};
    for (u32 i = 0; i < at->approvals_count; i += 1) {
        counts[at->approvals[i].role == DESK_ROLE_LEGAL ? 0 : 1] += 1;
    }
    return counts[0] >= desk_quorum(at, at->quorum_a) && counts[1] >= desk_quorum(at, at->quorum_b);
}

static bool is_of(const struct desk_approval *approval, const struct desk_recused *recused)
{
    return (recused->person != 0 && approval->person == recused->person) ||
           strcmp(approval->officer, recused->officer) == 0;
}

/* What somebody with ties approved counts no more, where nothing is in the log yet. */
static void recused_withdraw(struct desk *desk, const struct desk_recused *recused, u64 now_s)
{
    for (u32 i = 0; i < desk->cases_count; i += 1) {
        struct desk_case *at = &desk->cases[i];
        bool is_waiting = at->state == DESK_STATE_ASSESSED || at->state == DESK_STATE_APPROVED;
        u32 left = 0;
        if (!is_waiting || strcmp(at->authority, recused->authority) != 0) {
            continue;
        }
        for (u32 from = 0; from < at->approvals_count; from += 1) {
            if (!is_of(&at->approvals[from], recused)) {
                at->approvals[left] = at->approvals[from];
                left += 1;
            }
        }
        memset(&at->approvals[left], 0, (at->approvals_count - left) * sizeof(at->approvals[0]));
        at->approvals_count = left;
        if (at->state == DESK_STATE_APPROVED && !is_enough(at)) {
            at->state = DESK_STATE_ASSESSED;
            at->moved_s = now_s;
        }
    }
}

static void register_apply(struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    if (act->kind == DESK_ACT_CONTACT) {
        desk->contacts_count += 1;
    } else if (act->kind == DESK_ACT_RECUSE) {
        struct desk_recused *recused = &desk->recused[desk->recused_count];
        memcpy(recused->officer, act->member, sizeof(recused->officer));
        memcpy(recused->authority, act->authority, sizeof(recused->authority));
        recused->person = strcmp(act->member, act->officer) == 0 ? step->person
                          : step->quorum_b == 0                  ? step->quorum_a
                                                                 : 0;
        desk->recused_count += 1;
        recused_withdraw(desk, recused, step->now_s);
    } else {
        authority_put(desk, step);
    }
}

/* ---- cases ---- */

static void paper_take(struct desk_case *at, const struct desk_act *act)
{
    memcpy(at->instrument, act->instrument, sizeof(at->instrument));
    memcpy(at->reference, act->reference, sizeof(at->reference));
    at->instrument_ends_s = act->ends_s;
}

/* Another grant is to come: what was told of the one before is of no case any more. */
static void grant_forget(struct desk_case *at)
{
    at->was_approved = false;
    at->logged_s = 0;
}

static struct desk_proposer *proposer_put(struct desk_case *at, u32 person)
{
    for (u32 i = 0; i < at->proposers_count; i += 1) {
        if (at->proposers[i].person == person) {
            return &at->proposers[i];
        }
    }
    CHECK(at->proposers_count < DESK_PROPOSERS_MAX);
    struct desk_proposer *proposer = &at->proposers[at->proposers_count];
    proposer->person = person;
    at->proposers_count += 1;
    return proposer;
}

static void asked_take(struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    proposer_put(at, step->person)->took_in = true;
    at->request = act->request;
    at->mark = act->mark;
    at->opening = act->opening;
    at->basis = act->basis;
    at->class = act->class;
    at->urgency = act->urgency;
    memcpy(at->country, act->country, sizeof(at->country));
    memcpy(at->authority, act->authority, sizeof(at->authority));
    paper_take(at, act);
    at->subjects_count = act->subjects_count;
    at->asked_count = act->records_count;
    memcpy(at->subjects, act->subjects, sizeof(at->subjects));
    memcpy(at->asked, act->records, sizeof(at->asked));
    at->people_count = act->subjects[act->subjects_count - 1].ordinal;
    at->is_counted = false;
    at->found_count = 0;
    at->granted_count = 0;
    grant_forget(at);
}

static void unprepare(struct desk_case *at)
{
    at->is_prepared = false;
    at->approvals_count = 0;
    memset(at->approvals, 0, sizeof(at->approvals));
}

static void prepare(struct desk_case *at, const struct desk_step *step)
{
    unprepare(at);
    grant_forget(at);
    (void)proposer_put(at, step->person);
    at->is_prepared = true;
    at->grant_until_s = step->act->until_s;
    memcpy(at->grant, step->act->grant, sizeof(at->grant));
    memcpy(at->persons, step->act->persons, sizeof(at->persons));
}

/* True: enough of both groups have approved. */
static bool approve(struct desk_case *at, const struct desk_step *step)
{
    struct desk_approval *approval = &at->approvals[at->approvals_count];
    approval->person = step->person;
    approval->role = step->act->role;
    memcpy(approval->officer, step->act->officer, sizeof(approval->officer));
    memcpy(approval->region, step->act->region, sizeof(approval->region));
    at->approvals_count += 1;
    at->quorum_a = step->quorum_a;
    at->quorum_b = step->quorum_b;
    at->was_approved = at->was_approved || is_enough(at);
    return is_enough(at);
}

static struct desk_case *receive(struct desk *desk, const struct desk_step *step)
{
    u32 slot = desk_slot(desk, step->act->name);
    struct desk_case *at = &desk->cases[desk->cases_count];
    CHECK(desk->slots[slot] == 0 && desk->cases_count < desk->cases_max);
    desk->cases_count += 1;
    desk->slots[slot] = desk->cases_count;
    memset(at, 0, sizeof(*at));
    memcpy(at->name, step->act->name, sizeof(at->name));
    at->received_s = step->now_s;
    return at;
}

static void lapse(struct desk_case *at)
{
    bool is_before = at->state < DESK_STATE_OPENED;
    at->is_lapsed = true;
    if (is_before) {
        at->state = DESK_STATE_EXPIRED;
        unprepare(at);
    }
}

/* What comes meanwhile and stands in the grant's text undoes it while it is not approved. */
static void came_meanwhile(struct desk_case *at)
{
    if (at->state == DESK_STATE_ASSESSED) {
        unprepare(at);
    }
}

static void assess(struct desk_case *at, const struct desk_step *step)
{
    unprepare(at);
    grant_forget(at);
    proposer_put(at, step->person)->assessed = true;
    at->granted_count = step->act->records_count;
    memcpy(at->granted, step->act->records, sizeof(at->granted));
}

static void counted(struct desk_case *at, const struct desk_act *act)
{
    unprepare(at);
    grant_forget(at);
    at->is_counted = true;
    at->found_count = (u32)u64_min(act->count, UINT32_MAX);
}

/* What was ended at the desk meanwhile stays so, until the log has an opening. */
static u8 logged(struct desk_case *at, u64 now_s)
{
    at->logged_s = now_s;
    return at->state == DESK_STATE_APPROVED ? 0 : at->state;
}

/* What the act says beside the arrow; the new state, or 0. */
static u8 content_apply(struct desk_case *at, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    switch ((enum desk_act_kind)act->kind) {
    case DESK_ACT_RECEIVE:
    case DESK_ACT_AMEND:
        asked_take(at, step);
        unprepare(at);
        break;
    case DESK_ACT_CALL_BACK:
        at->is_called = true;
        break;
    case DESK_ACT_ASSESS:
        assess(at, step);
        break;
    case DESK_ACT_PRESERVE:
        at->until_s = act->until_s;
        break;
    case DESK_ACT_PREPARE:
        prepare(at, step);
        break;
    case DESK_ACT_APPROVE:
        return approve(at, step) ? DESK_STATE_APPROVED : 0;
    case DESK_ACT_LOGGED:
        return logged(at, step->now_s);
    case DESK_ACT_OPENED:
    case DESK_ACT_CARRY_OUT:
        at->opened_log = act->number;
        at->was_opened = true; /* or the account was changed: the customer is told */
        break;
    case DESK_ACT_COUNTED:
        counted(at, act);
        break;
    case DESK_ACT_NOTICE:
        at->was_noticed = true;
        break;
    case DESK_ACT_CLOSE:
        at->closed_s = step->now_s;
        break;
    case DESK_ACT_SILENCE:
        at->was_silent = true;
        at->silence_s = act->until_s;
        came_meanwhile(at);
        break;
    case DESK_ACT_INSTRUMENT:
        paper_take(at, act);
        came_meanwhile(at);
        break;
    case DESK_ACT_EXPIRE:
        unprepare(at);
        break;
    case DESK_ACT_LAPSE:
        lapse(at);
        break;
    case DESK_ACT_AUTHENTICATE:
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
    return 0;
}

void desk_apply(struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    CHECK(desk_check(desk, step) == DESK_RULE_NONE);
    if (desk_act_is_register((enum desk_act_kind)act->kind)) {
        register_apply(desk, step);
        return;
    }
    u32 place = desk->slots[desk_slot(desk, act->name)];
    struct desk_case *at = place == 0 ? receive(desk, step) : &desk->cases[place - 1];
    u8 before = at->state;
    u8 to = content_apply(at, step);
    if (to == 0) {
        to = desk_arrow((enum desk_act_kind)act->kind)->to;
    }
    at->state = to == 0 ? at->state : to;
    if (at->state != before) {
        at->moved_s = step->now_s;
    }
    if (act->reason != DESK_REASON_NONE) {
        at->reason = act->reason;
    }
    at->steps += 1;
    /* Approvals stand beside each other; the one that completes them is what comes next follows. */
    if (act->kind != DESK_ACT_APPROVE || at->state == DESK_STATE_APPROVED) {
        memcpy(at->prior, step->hash, sizeof(at->prior));
    }
    CHECK(at->state >= 1 && at->state <= DESK_STATES_LAST);
}
