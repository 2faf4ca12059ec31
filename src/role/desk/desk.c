#include "role/desk/desk.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "role/desk/desk_inner.h"

#include <stdlib.h>
#include <string.h>

const char *desk_rule_name(enum desk_rule rule)
{
#define NAME_ROW(constant, name, why) [DESK_RULE_##constant] = (name),
    static const char *const names[] = {DESK_RULE_TABLE(NAME_ROW)};
#undef NAME_ROW
    CHECK((size_t)rule < ARRAY_COUNT(names));
    return names[rule];
}

const char *desk_rule_why(enum desk_rule rule)
{
#define WHY_ROW(constant, name, why) [DESK_RULE_##constant] = (why),
    static const char *const whys[] = {DESK_RULE_TABLE(WHY_ROW)};
#undef WHY_ROW
    CHECK((size_t)rule < ARRAY_COUNT(whys));
    return whys[rule];
}

/* ---- cases ---- */

enum fault desk_init(struct desk *desk, const char *venue, u32 cases_max)
{
    CHECK(cases_max > 0 && cases_max <= UINT32_MAX / 4);
    memset(desk, 0, sizeof(*desk));
    desk->cases_max = cases_max;
    desk->slots_count = (u32)u64_power_of_two_ceil((u64)cases_max * 2);
    desk->cases = calloc(cases_max, sizeof(struct desk_case));
    desk->slots = calloc(desk->slots_count, sizeof(u32));
    if (desk->cases == NULL || desk->slots == NULL) {
        desk_free(desk);
        return FAULT(FAULT_LIMIT, "no memory for %u cases", cases_max);
    }
    if (!span_copy(span_of_text(venue), desk->venue, sizeof(desk->venue) - 1)) {
        desk_free(desk);
        return FAULT(FAULT_LIMIT, "the venue's name is too long");
    }
    return FAULT_NONE;
}

void desk_free(struct desk *desk)
{
    free(desk->cases);
    free(desk->slots);
    desk->cases = NULL;
    desk->slots = NULL;
    desk->cases_count = 0;
}

u32 desk_slot(const struct desk *desk, const u8 name[DESK_NAME_BYTES])
{
    u32 slot = (u32)hash_slot(hash_bytes(name, DESK_NAME_BYTES, 0), desk->slots_count);
    /* At most half of them are taken. */
    while (desk->slots[slot] != 0 &&
           memcmp(desk->cases[desk->slots[slot] - 1].name, name, DESK_NAME_BYTES) != 0) {
        slot = slot + 1 == desk->slots_count ? 0 : slot + 1;
    }
    return slot;
}

const struct desk_case *desk_case(const struct desk *desk, const u8 name[DESK_NAME_BYTES])
{
    u32 place = desk->slots[desk_slot(desk, name)];
    return place == 0 ? NULL : &desk->cases[place - 1];
}

bool desk_case_is_over(const struct desk_case *at)
{
    return at->state == DESK_STATE_CLOSED;
}

u32 desk_quorum(const struct desk_case *at, u32 quorum)
{
    return at->class == DESK_CLASS_PLAIN ? quorum : quorum + 1;
}

/* ---- registers ---- */

const struct desk_authority *desk_authority(const struct desk *desk, const char *name)
{
    for (u32 i = 0; i < desk->authorities_count; i += 1) {
        if (strcmp(desk->authorities[i].name, name) == 0) {
            return &desk->authorities[i];
        }
    }
    return NULL;
}

bool desk_is_recused(const struct desk *desk, const char *officer, u32 person,
                     const char *authority)
{
    for (u32 i = 0; i < desk->recused_count; i += 1) {
        const struct desk_recused *recused = &desk->recused[i];
        bool is_they =
            strcmp(recused->officer, officer) == 0 || (person != 0 && recused->person == person);
        if (is_they && strcmp(recused->authority, authority) == 0) {
            return true;
        }
    }
    return false;
}

static enum desk_rule confirm_rule(const struct desk *desk, const struct desk_authority *at,
                                   const struct desk_step *step)
{
    if (at->is_confirmed || at->is_struck) {
        return DESK_RULE_STATE;
    }
    if (at->person == step->person || at->role == step->act->role) {
        return DESK_RULE_SAME_PERSON;
    }
    if (strcmp(at->region, step->act->region) == 0) {
        return DESK_RULE_SAME_REGION;
    }
    return desk_is_recused(desk, step->act->officer, step->person, at->name) ? DESK_RULE_RECUSED
                                                                             : DESK_RULE_NONE;
}

enum desk_rule desk_rule_of_register(const struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    const struct desk_authority *at = desk_authority(desk, act->authority);
    struct span none = span_of(act->prior, sizeof(act->prior));
    bool is_next = at == NULL || !(act->kind <= DESK_ACT_STRIKE)
                       ? span_is_zero(none)
                       : memcmp(at->prior, act->prior, sizeof(act->prior)) == 0;
    if (act->kind == DESK_ACT_AUTHORITY) {
        /* One that was struck, or never confirmed, may be proposed anew. */
        if (!is_next) {
            return DESK_RULE_PRIOR;
        }
        if (strcmp(act->authority, "none") == 0 ||
            (at != NULL && at->is_confirmed && !at->is_struck)) {
            return DESK_RULE_AUTHORITY;
        }
        return at == NULL && desk->authorities_count == DESK_AUTHORITIES_MAX ? DESK_RULE_FULL
                                                                             : DESK_RULE_NONE;
    }
    if (at == NULL) {
        return DESK_RULE_AUTHORITY;
    }
    if (!is_next) {
        return DESK_RULE_PRIOR;
    }
    if (act->kind == DESK_ACT_CONFIRM) {
        return confirm_rule(desk, at, step);
    }
    if (act->kind == DESK_ACT_STRIKE) {
        return at->is_struck ? DESK_RULE_STATE : DESK_RULE_NONE;
    }
    if (act->kind == DESK_ACT_RECUSE) {
        /* Everybody may step back; for others the ombud says it. */
        if (strcmp(act->member, act->officer) != 0 && act->role != DESK_ROLE_OMBUD) {
            return DESK_RULE_ROLE;
        }
        if (desk_is_recused(desk, act->member, 0, act->authority)) {
            return DESK_RULE_TWICE;
        }
        return desk->recused_count == DESK_RECUSED_MAX ? DESK_RULE_FULL : DESK_RULE_NONE;
    }
    return DESK_RULE_NONE;
}

/* ---- what holds for every act ---- */

static enum desk_rule form_rule(const struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    const struct desk_arrow *arrow = desk_arrow((enum desk_act_kind)act->kind);
    if (strcmp(act->venue, desk->venue) != 0) {
        return DESK_RULE_VENUE;
    }
    if ((act->role == DESK_ROLE_PROCESS) != (step->person == 0)) {
        return DESK_RULE_SIGNER;
    }
    if (act->at_s > step->now_s + DESK_SIGNED_AHEAD_S ||
        act->at_s + DESK_SIGNED_MAX_S < step->now_s) {
        return DESK_RULE_TIME;
    }
    if ((1U << act->role & arrow->roles) == 0) {
        return DESK_RULE_ROLE;
    }
    if ((act->reason != DESK_REASON_NONE) != arrow->wants_reason) {
        return DESK_RULE_REASON;
    }
    return arrow->wants_evidence && span_is_zero(span_of(act->evidence, sizeof(act->evidence)))
               ? DESK_RULE_EVIDENCE
               : DESK_RULE_NONE;
}

enum desk_rule desk_check(const struct desk *desk, const struct desk_step *step)
{
    const struct desk_act *act = step->act;
    enum desk_rule rule = form_rule(desk, step);
    if (rule != DESK_RULE_NONE) {
        return rule;
    }
    if (desk_act_is_register((enum desk_act_kind)act->kind)) {
        return desk_rule_of_register(desk, step);
    }
    const struct desk_case *at = desk_case(desk, act->name);
    if ((at == NULL) != (act->kind == DESK_ACT_RECEIVE)) {
        return DESK_RULE_CASE;
    }
    if (at == NULL && desk->cases_count == desk->cases_max) {
        return DESK_RULE_FULL;
    }
    bool is_next = at == NULL ? span_is_zero(span_of(act->prior, sizeof(act->prior)))
                              : memcmp(at->prior, act->prior, sizeof(act->prior)) == 0;
    if (!is_next) {
        return DESK_RULE_PRIOR;
    }
    if (at != NULL && (1U << at->state & desk_arrow((enum desk_act_kind)act->kind)->from) == 0) {
        return DESK_RULE_STATE;
    }
    const char *authority = at == NULL ? act->authority : at->authority;
    /* The process has no ties: its name is "none", which may be written as anybody's. */
    if (step->person != 0 && desk_is_recused(desk, act->officer, step->person, authority)) {
        return DESK_RULE_RECUSED;
    }
    return desk_rule_of_case(desk, at, step);
}
