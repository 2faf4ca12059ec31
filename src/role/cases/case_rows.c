#include "role/cases/case_rows.h"

static const char *name_of(const char *const *names, u32 count, u32 value)
{
    return value < count && names[value] != NULL ? names[value] : "unknown";
}

const char *case_kind_name(u32 kind)
{
    static const char *const names[CASE_KIND_COUNT] = {
        [CASE_KIND_CANDIDATE] = "candidate",
        [CASE_KIND_UNDETERMINED] = "undetermined",
        [CASE_KIND_EVIDENCE] = "evidence",
        [CASE_KIND_FREEZE] = "freeze",
        [CASE_KIND_THRESHOLD] = "threshold",
        [CASE_KIND_RULE] = "rule",
        [CASE_KIND_HELD_DEPOSIT] = "held-deposit",
        [CASE_KIND_FROZEN_DEPOSIT] = "frozen-deposit",
        [CASE_KIND_REPORT] = "report",
        [CASE_KIND_REPORT_REJECTED] = "report-rejected",
        [CASE_KIND_REPORT_YEARLY] = "report-yearly",
        [CASE_KIND_WIND_DOWN] = "wind-down",
        [CASE_KIND_CLOSE_ACCOUNT] = "close-account",
        [CASE_KIND_APPEAL] = "appeal",
        [CASE_KIND_MANUAL] = "manual",
        [CASE_KIND_DUPLICATE] = "duplicate",
    };
    return name_of(names, CASE_KIND_COUNT, kind);
}

const char *case_state_name(u32 state)
{
    static const char *const names[CASE_STATE_COUNT] = {
        [CASE_STATE_OPEN] = "open",       [CASE_STATE_TAKEN] = "taken",
        [CASE_STATE_SECOND] = "second",   [CASE_STATE_DECIDED] = "decided",
        [CASE_STATE_CLEARED] = "cleared", [CASE_STATE_CLOSED] = "closed",
    };
    return name_of(names, CASE_STATE_COUNT, state);
}

const char *case_outcome_name(u32 outcome)
{
    static const char *const names[CASE_OUTCOME_COUNT] = {
        [CASE_OUTCOME_NONE] = "none",
        [CASE_OUTCOME_SETTLED] = "settled",
        [CASE_OUTCOME_CONFIRMED] = "confirmed",
        [CASE_OUTCOME_CLEARED] = "cleared",
        [CASE_OUTCOME_WHITELISTED] = "whitelisted",
        [CASE_OUTCOME_UPHELD] = "upheld",
        [CASE_OUTCOME_OVERTURNED] = "overturned",
        [CASE_OUTCOME_FILED] = "filed",
        [CASE_OUTCOME_RETURNED] = "returned",
        [CASE_OUTCOME_RELEASED] = "released",
    };
    return name_of(names, CASE_OUTCOME_COUNT, outcome);
}

const char *case_void_name(u32 is_void)
{
    static const char *const names[CASE_VOID_COUNT] = {
        [CASE_VOID_NONE] = "it counts",
        [CASE_VOID_UNKNOWN] = "there is no such case",
        [CASE_VOID_CLOSED] = "the case is closed",
        [CASE_VOID_OWNED] = "another officer has the case",
        [CASE_VOID_SAME] = "the same officer twice, or one who took part in what is appealed",
        [CASE_VOID_SECOND] = "what loosens needs two officers",
        [CASE_VOID_STATE] = "not in a case of this kind or state",
        [CASE_VOID_UNTIL] = "the end must be in the future",
        [CASE_VOID_APPEALED] = "an appeal is open already",
        [CASE_VOID_OFFICER] = "an officer must be named",
    };
    return name_of(names, CASE_VOID_COUNT, is_void);
}

bool case_is_report(const struct case_row *row)
{
    return row->kind == CASE_KIND_REPORT || row->kind == CASE_KIND_REPORT_REJECTED ||
           row->kind == CASE_KIND_REPORT_YEARLY || row->kind == CASE_KIND_FROZEN_DEPOSIT;
}
