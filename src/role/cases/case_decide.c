/* Decisions become cases, notices and the spans of time for which a rule applied. */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_days.h"
#include "role/cases/case_statements.h"

#include <string.h>

#define WANTED_MAX        (4U + PACK_TEXT_DUTIES_MAX)
#define NOTICED_MAX       256U /* accounts of a person */
#define WITHDRAW_SHIFT    (2U * OPERATION_WITHDRAW)
#define RESTRICTION_BITS  3U
#define RULES_OF_FINDINGS 512U

/* A case that a finding asks for. */
struct wanted {
    struct span what;
    u64 deadline_us;
    u32 business_days;
    u32 item;
    u8 kind;
};

struct wish {
    u32 count;
    struct wanted list[WANTED_MAX];
};

/* ---- cases of a finding ---- */

static void wish_add(struct wish *wish, struct wanted wanted)
{
    CHECK(wish->count < WANTED_MAX);
    wish->list[wish->count] = wanted;
    wish->count += 1;
}

static bool freezes(u16 vector)
{
    return ((u32)(vector >> WITHDRAW_SHIFT) & RESTRICTION_BITS) == RESTRICTION_FREEZE;
}

static void wish_of_truth(struct wish *wish, const struct notice_finding *finding, u64 time_us,
                          bool has_threshold)
{
    struct span none = span_of_text("");
    if (finding->truth == TRUTH_UNKNOWN) {
        u64 answer_us = time_us + CASE_ANSWER_US;
        if ((finding->reasons & DECISION_REASON_CANDIDATE) != 0) {
            wish_add(wish, (struct wanted){none, answer_us, 0, 0, CASE_KIND_CANDIDATE});
        }
        if ((finding->reasons & DECISION_REASON_UNDETERMINED) != 0) {
            wish_add(wish, (struct wanted){none, answer_us, 0, 0, CASE_KIND_UNDETERMINED});
        }
        if ((finding->reasons & DECISION_REASON_FACT) != 0) {
            wish_add(wish, (struct wanted){none, finding->deadline, 0, 0, CASE_KIND_EVIDENCE});
        }
    } else if (finding->truth == TRUTH_YES && freezes(finding->vector)) {
        u64 look_us = time_us + CASE_FREEZE_US;
        wish_add(wish, (struct wanted){none, look_us, 0, 0, CASE_KIND_FREEZE});
    } else if (finding->truth == TRUTH_YES) {
        u8 kind = has_threshold ? CASE_KIND_THRESHOLD : CASE_KIND_RULE;
        wish_add(wish, (struct wanted){none, 0, 0, 0, kind});
    }
}

static void wish_of_duty(struct wish *wish, const struct pack_duty *duty, u32 item, u64 time_us)
{
    u64 by_us = duty->days == 0 ? 0 : time_us + duty->days * NOTICE_DAY_US;
    struct wanted wanted = {.what = duty->what, .deadline_us = by_us, .item = item};
    switch (duty->kind) {
    case PACK_DUTY_EVIDENCE:
        wanted.kind = CASE_KIND_EVIDENCE;
        break;
    case PACK_DUTY_REPORT_AFTER:
        wanted.kind = CASE_KIND_REPORT;
        wanted.business_days = duty->days;
        wanted.deadline_us = duty->days == 0 ? 0 : case_business_days(time_us, duty->days, NULL);
        break;
    case PACK_DUTY_WIND_DOWN:
        wanted.kind = CASE_KIND_WIND_DOWN;
        break;
    case PACK_DUTY_CLOSE:
        wanted.kind = CASE_KIND_CLOSE_ACCOUNT;
        break;
    case PACK_DUTY_REPORT_YEARLY:
        return; /* comes with its day, for all at once */
    }
    wish_add(wish, wanted);
}

/* Evidence that an unknown rule asks for has the finding's own deadline, not a duty's. */
static void wish_of(const struct case_store *store, const struct event_decision *event,
                    const struct notice_finding *finding, u64 time_us, struct wish *wish)
{
    const struct pack_rule_text *rule = case_rule_text(store, event->pack, event->rule);
    bool is_over = (finding->flags & DECISION_FLAG_OVER) != 0;
    wish->count = 0;
    wish_of_truth(wish, finding, time_us, rule == NULL ? is_over : rule->has_threshold);
    if (rule == NULL) {
        return;
    }
    const struct pack_text *text = &store->texts[event->pack];
    bool is_interim =
        finding->truth == TRUTH_UNKNOWN && (finding->reasons & DECISION_REASON_FACT) != 0;
    for (u32 i = 0; i < text->duties_count; i += 1) {
        const struct pack_duty *duty = &text->duties[i];
        bool is_due = duty->is_interim ? is_interim && duty->kind != PACK_DUTY_EVIDENCE
                                       : finding->truth == TRUTH_YES;
        if (duty->rule == event->rule && is_due) {
            wish_of_duty(wish, duty, i + 1, time_us);
        }
    }
}

static const struct wanted *wish_find(const struct wish *wish, const struct wanted *like)
{
    for (u32 i = 0; i < wish->count; i += 1) {
        if (wish->list[i].kind == like->kind && wish->list[i].item == like->item) {
            return &wish->list[i];
        }
    }
    return NULL;
}

void case_name_put(char target[CASE_ID_BYTES], struct span name)
{
    if (name.size > 0 && name.size <= CASE_ID_BYTES) {
        memcpy(target, name.data, name.size);
    }
}

void case_about_rule(const struct case_store *store, struct case_row *row, u32 pack, u32 rule)
{
    const struct pack_rule_text *text = case_rule_text(store, pack, rule);
    row->pack = (u8)pack;
    row->rule = (u8)rule;
    if (pack < CASE_PACKS_MAX && store->packs[pack].is_known) {
        memcpy(row->hash, store->packs[pack].hash, sizeof(row->hash));
        memcpy(row->pack_id, store->packs[pack].id, sizeof(row->pack_id));
        row->version = store->packs[pack].version;
    }
    if (text != NULL) {
        case_name_put(row->rule_id, text->id);
    }
}

/* The newest verdict of that state: what the case is about. */
static enum fault verdict_find(struct case_store *store, struct case_row *row)
{
    bool some = false;
    if (row->kind != CASE_KIND_CANDIDATE && row->kind != CASE_KIND_FREEZE) {
        return FAULT_NONE;
    }
    struct sql_call call = case_call(store, CASE_VERDICT_LAST);
    sql_put_u64(&call, row->person);
    sql_put_u64(&call, row->kind == CASE_KIND_CANDIDATE ? LISTING_STATE_CANDIDATE
                                                        : LISTING_STATE_CONFIRMED);
    TRY(sql_next(&store->sql, &call, &some));
    if (some) {
        row->list = sql_get_u64(&call);
        row->entry = (u32)sql_get_u64(&call);
        u64 score = sql_get_u64(&call);
        row->amount = row->kind == CASE_KIND_CANDIDATE ? score : 0;
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault open_find(struct case_store *store, const struct event_decision *event,
                            const struct wanted *wanted, struct case_row *row_out, bool *some_out)
{
    struct sql_call call = case_call(store, CASE_MATTER_OPEN);
    sql_put_u64(&call, event->person);
    sql_put_u64(&call, event->pack);
    sql_put_u64(&call, event->rule);
    sql_put_u64(&call, wanted->kind);
    sql_put_u64(&call, wanted->item);
    TRY(sql_next(&store->sql, &call, some_out));
    if (*some_out) {
        case_row_get(&call, row_out);
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault matter_put(struct case_store *store, const struct case_row *row)
{
    struct sql_call call = case_call(store, CASE_MATTER_PUT);
    case_row_put(&call, row);
    return case_do(store, &call);
}

enum fault case_open(const struct case_moment *at, struct case_row *row, u64 seq)
{
    struct case_store *store = at->store;
    bool some = false;
    struct sql_call call = case_call(store, CASE_MATTER_NEXT);
    sql_put_u64(&call, seq << CASE_ITEM_BITS);
    sql_put_u64(&call, (seq + 1) << CASE_ITEM_BITS);
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    row->matter = sql_get_u64(&call);
    sql_end(&call);
    if (row->matter >= (seq + 1) << CASE_ITEM_BITS) {
        return FAULT(FAULT_LIMIT, "%s: too many cases of command %llu", store->sql.path,
                     (unsigned long long)seq);
    }
    row->state = CASE_STATE_OPEN;
    row->opened_us = at->time_us;
    return matter_put(store, row);
}

enum fault case_close(const struct case_moment *at, struct case_row *row, u64 seq,
                      enum case_outcome outcome)
{
    bool has_outcome = row->outcome != CASE_OUTCOME_NONE && outcome == CASE_OUTCOME_SETTLED;
    row->state = CASE_STATE_CLOSED;
    row->outcome = has_outcome ? row->outcome : (u8)outcome;
    row->closed_seq = seq;
    row->closed_us = u64_max(at->time_us, 1);
    return matter_put(at->store, row);
}

enum fault case_read(struct case_store *store, u64 matter, struct case_row *row_out,
                     bool *found_out)
{
    struct sql_call call = case_call(store, CASE_MATTER_GET);
    sql_put_u64(&call, matter);
    TRY(sql_next(&store->sql, &call, found_out));
    if (*found_out) {
        case_row_get(&call, row_out);
        sql_end(&call);
    }
    return FAULT_NONE;
}

/* A case that is open already, from an earlier time over, stays the one. */
static enum fault wanted_open(const struct case_moment *at, const struct event_decision *event,
                              const struct wanted *wanted)
{
    struct case_row row;
    bool some = false;
    TRY(open_find(at->store, event, wanted, &row, &some));
    if (some && wanted->kind == CASE_KIND_EVIDENCE && row.deadline_us != wanted->deadline_us) {
        row.deadline_us = wanted->deadline_us;
        return matter_put(at->store, &row);
    }
    if (some) {
        return FAULT_NONE;
    }
    row = (struct case_row){.kind = wanted->kind,
                            .person = event->person,
                            .item = wanted->item,
                            .vector = event->vector,
                            .cause_seq = event->cause_seq,
                            .deadline_us = wanted->deadline_us,
                            .business_days = wanted->business_days};
    case_about_rule(at->store, &row, event->pack, event->rule);
    case_name_put(row.what, wanted->what);
    TRY(verdict_find(at->store, &row));
    return case_open(at, &row, event->head.seq);
}

static enum fault wanted_close(const struct case_moment *at, const struct event_decision *event,
                               const struct wanted *wanted)
{
    struct case_row row;
    bool some = false;
    if (wanted->kind == CASE_KIND_REPORT) {
        return FAULT_NONE; /* what has happened is to be reported, whatever came after */
    }
    TRY(open_find(at->store, event, wanted, &row, &some));
    return some ? case_close(at, &row, event->head.seq, CASE_OUTCOME_SETTLED) : FAULT_NONE;
}

static enum fault cases_of(const struct case_moment *at, const struct event_decision *event,
                           const struct notice_finding *before, const struct notice_finding *after)
{
    struct wish was;
    struct wish is;
    wish_of(at->store, event, before, at->time_us, &was);
    wish_of(at->store, event, after, at->time_us, &is);
    for (u32 i = 0; i < was.count; i += 1) {
        if (wish_find(&is, &was.list[i]) == NULL) {
            TRY(wanted_close(at, event, &was.list[i]));
        }
    }
    for (u32 i = 0; i < is.count; i += 1) {
        bool is_finding = is.list[i].kind == CASE_KIND_EVIDENCE && is.list[i].item == 0;
        if (is_finding || wish_find(&was, &is.list[i]) == NULL) {
            TRY(wanted_open(at, event, &is.list[i]));
        }
    }
    return FAULT_NONE;
}

/* ---- spans of time ---- */

static bool is_yearly(const struct case_store *store, const struct event_decision *event)
{
    const struct pack_rule_text *rule = case_rule_text(store, event->pack, event->rule);
    for (u32 i = 0; rule != NULL && i < store->texts[event->pack].duties_count; i += 1) {
        const struct pack_duty *duty = &store->texts[event->pack].duties[i];
        if (duty->rule == event->rule && duty->kind == PACK_DUTY_REPORT_YEARLY) {
            return true;
        }
    }
    return false;
}

static enum fault span_of_rule(const struct case_moment *at, const struct event_decision *event,
                               const struct notice_finding *before,
                               const struct notice_finding *after)
{
    struct case_store *store = at->store;
    bool was = before->truth == TRUTH_YES;
    bool is = after->truth == TRUTH_YES;
    if (was == is || !is_yearly(store, event)) {
        return FAULT_NONE;
    }
    const u8 *hash = store->packs[event->pack].hash;
    struct sql_call call = case_call(store, is ? CASE_HELD_BEGIN : CASE_HELD_END);
    if (!is) {
        sql_put_u64(&call, u64_max(at->time_us, 1));
    }
    sql_put_bytes(&call, span_of(hash, CASE_HASH_BYTES));
    sql_put_u64(&call, event->rule);
    sql_put_u64(&call, event->person);
    if (is) {
        sql_put_u64(&call, at->time_us);
    }
    return case_do(store, &call);
}

/* ---- findings ---- */

static enum fault finding_get(struct case_store *store, const struct event_decision *event,
                              struct notice_finding *finding_out)
{
    bool some = false;
    *finding_out = (struct notice_finding){.truth = TRUTH_NO};
    struct sql_call call = case_call(store, CASE_FINDING_GET);
    sql_put_u64(&call, event->person);
    sql_put_u64(&call, event->pack);
    sql_put_u64(&call, event->rule);
    TRY(sql_next(&store->sql, &call, &some));
    if (some) {
        finding_out->deadline = sql_get_u64(&call);
        finding_out->vector = (u16)sql_get_u64(&call);
        finding_out->truth = (u8)sql_get_u64(&call);
        finding_out->reasons = (u8)sql_get_u64(&call);
        finding_out->missing = (u8)sql_get_u64(&call);
        finding_out->flags = (u8)sql_get_u64(&call);
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault finding_put(const struct case_moment *at, const struct event_decision *event,
                              const struct notice_finding *finding, bool is_neutral)
{
    struct case_store *store = at->store;
    bool is_nothing = finding->truth == TRUTH_NO && finding->vector == 0 && finding->flags == 0;
    struct sql_call call = case_call(store, is_nothing ? CASE_FINDING_FORGET : CASE_FINDING_PUT);
    sql_put_u64(&call, event->person);
    sql_put_u64(&call, event->pack);
    sql_put_u64(&call, event->rule);
    if (is_nothing) {
        return case_do(store, &call);
    }
    sql_put_u64(&call, event->head.seq);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, finding->deadline);
    sql_put_u64(&call, event->holdings);
    sql_put_u64(&call, finding->vector);
    sql_put_u64(&call, finding->truth);
    sql_put_u64(&call, finding->reasons);
    sql_put_u64(&call, finding->missing);
    sql_put_u64(&call, finding->flags);
    sql_put_u64(&call, is_neutral ? 1 : 0);
    return case_do(store, &call);
}

/* ---- notices ---- */

static enum fault notice_put(const struct case_moment *at, u32 account, u64 seq,
                             const struct notice *notice, u32 pack, u32 rule)
{
    static const u8 zeros[CASE_HASH_BYTES];
    struct case_store *store = at->store;
    bool some = false;
    struct sql_call call = case_call(store, CASE_NOTICE_NEXT);
    sql_put_u64(&call, account);
    sql_put_u64(&call, seq);
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    u64 item = sql_get_u64(&call);
    sql_end(&call);
    bool is_of_rule = pack < CASE_PACKS_MAX && store->packs[pack].is_known &&
                      notice->kind != NOTICE_CHECKING && notice->kind != NOTICE_CHECKED;
    struct notice_finding finding = {.truth = TRUTH_NO};
    finding = is_of_rule ? notice->finding : finding;
    call = case_call(store, CASE_NOTICE_PUT);
    sql_put_u64(&call, account);
    sql_put_u64(&call, seq);
    sql_put_u64(&call, item);
    sql_put_u64(&call, notice->kind);
    sql_put_u64(&call, at->time_us);
    sql_put_bytes(&call, span_of(is_of_rule ? store->packs[pack].hash : zeros, CASE_HASH_BYTES));
    sql_put_u64(&call, is_of_rule ? rule : 0);
    sql_put_u64(&call, finding.deadline);
    sql_put_u64(&call, is_of_rule ? notice->holdings : 0);
    sql_put_u64(&call, finding.vector);
    sql_put_u64(&call, finding.truth);
    sql_put_u64(&call, finding.reasons);
    sql_put_u64(&call, finding.missing);
    sql_put_u64(&call, finding.flags);
    return case_do(store, &call);
}

static enum fault neutral_others(struct case_store *store, u32 person, u32 pack, u32 rule,
                                 bool *others_out)
{
    bool some = false;
    struct sql_call call = case_call(store, CASE_NEUTRAL_OTHERS);
    sql_put_u64(&call, person);
    sql_put_u64(&call, pack);
    sql_put_u64(&call, rule);
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    *others_out = sql_get_u64(&call) > 0;
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault accounts_of(struct case_store *store, u32 person,
                              struct case_account accounts[NOTICED_MAX], u32 *count_out)
{
    bool some = false;
    *count_out = 0;
    struct sql_call call = case_call(store, CASE_ACCOUNTS_OF);
    sql_put_u64(&call, person);
    TRY(sql_next(&store->sql, &call, &some));
    while (some && *count_out < NOTICED_MAX) {
        struct case_account *account = &accounts[*count_out];
        account->account = (u32)sql_get_u64(&call);
        account->hand = sql_get_u64(&call);
        account->vector = sql_get_u64(&call);
        account->person = person;
        *count_out += 1;
        TRY(sql_next(&store->sql, &call, &some));
    }
    if (some) {
        sql_end(&call);
    }
    return FAULT_NONE;
}

/* One account's notices for one step of one finding. */
static enum fault notices_put(const struct case_moment *at, u32 account, u64 seq,
                              const struct notice_finding *before, struct notice *notice, u32 pack,
                              u32 rule, bool others)
{
    enum notice_kind kinds[NOTICE_KINDS_MAX];
    const struct pack_rule_text *text = case_rule_text(at->store, pack, rule);
    u32 count = notice_of(before, &notice->finding, text, others, kinds);
    for (u32 i = 0; i < count; i += 1) {
        notice->kind = kinds[i];
        TRY(notice_put(at, account, seq, notice, pack, rule));
    }
    return FAULT_NONE;
}

static enum fault notices_of(const struct case_moment *at, const struct event_decision *event,
                             const struct notice_finding *before,
                             const struct notice_finding *after)
{
    struct case_account accounts[NOTICED_MAX];
    struct notice notice = {.time_us = at->time_us, .finding = *after, .holdings = event->holdings};
    bool others = false;
    u32 count = 0;
    TRY(neutral_others(at->store, event->person, event->pack, event->rule, &others));
    TRY(accounts_of(at->store, event->person, accounts, &count));
    for (u32 i = 0; i < count; i += 1) {
        bool is_held = others || accounts[i].hand != 0;
        TRY(notices_put(at, accounts[i].account, event->head.seq, before, &notice, event->pack,
                        event->rule, is_held));
    }
    return FAULT_NONE;
}

enum fault case_decide(const struct case_moment *at, const struct event_decision *event)
{
    struct notice_finding before;
    struct notice_finding after = notice_finding_of(event);
    const struct pack_rule_text *rule = case_rule_text(at->store, event->pack, event->rule);
    TRY(finding_get(at->store, event, &before));
    TRY(notices_of(at, event, &before, &after));
    TRY(cases_of(at, event, &before, &after));
    TRY(span_of_rule(at, event, &before, &after));
    return finding_put(at, event, &after, notice_face_of(&after, rule) == NOTICE_FACE_NEUTRAL);
}

/* ---- accounts that come and go ---- */

struct said {
    struct notice_finding finding;
    u64 holdings;
    u8 pack;
    u8 rule;
};

static enum fault findings_of(struct case_store *store, u32 person,
                              struct said list[RULES_OF_FINDINGS], u32 *count_out)
{
    bool some = false;
    *count_out = 0;
    struct sql_call call = case_call(store, CASE_FINDINGS_OF);
    sql_put_u64(&call, person);
    TRY(sql_next(&store->sql, &call, &some));
    while (some && *count_out < RULES_OF_FINDINGS) {
        struct said *said = &list[*count_out];
        said->pack = (u8)sql_get_u64(&call);
        said->rule = (u8)sql_get_u64(&call);
        said->finding.deadline = sql_get_u64(&call);
        said->finding.vector = (u16)sql_get_u64(&call);
        said->finding.truth = (u8)sql_get_u64(&call);
        said->finding.reasons = (u8)sql_get_u64(&call);
        said->finding.missing = (u8)sql_get_u64(&call);
        said->finding.flags = (u8)sql_get_u64(&call);
        said->holdings = sql_get_u64(&call);
        *count_out += 1;
        TRY(sql_next(&store->sql, &call, &some));
    }
    if (some) {
        sql_end(&call);
    }
    return FAULT_NONE;
}

/* A hold that is neutral is told by the first of its findings and ended by the last one, so what
 * was said before in this loop counts as `others`. */
enum fault case_join(const struct case_moment *at, const struct case_account *account, u64 seq,
                     bool joins)
{
    struct said list[RULES_OF_FINDINGS];
    const struct notice_finding nothing = {.truth = TRUTH_NO};
    u32 neutral = 0;
    u32 count = 0;
    u32 passed = 0;
    TRY(findings_of(at->store, account->person, list, &count));
    for (u32 i = 0; i < count; i += 1) {
        const struct pack_rule_text *rule = case_rule_text(at->store, list[i].pack, list[i].rule);
        neutral += notice_face_of(&list[i].finding, rule) == NOTICE_FACE_NEUTRAL ? 1 : 0;
    }
    for (u32 i = 0; i < count; i += 1) {
        const struct said *said = &list[i];
        const struct pack_rule_text *rule = case_rule_text(at->store, said->pack, said->rule);
        bool is_neutral = notice_face_of(&said->finding, rule) == NOTICE_FACE_NEUTRAL;
        passed += is_neutral ? 1 : 0;
        u32 others = joins ? passed - (is_neutral ? 1 : 0) : neutral - passed;
        struct notice notice = {.time_us = at->time_us,
                                .finding = joins ? said->finding : nothing,
                                .holdings = said->holdings};
        TRY(notices_put(at, account->account, seq, joins ? &nothing : &said->finding, &notice,
                        said->pack, said->rule, others > 0 || account->hand != 0));
    }
    return FAULT_NONE;
}

enum fault case_hand(const struct case_moment *at, const struct case_account *account, u64 seq,
                     u64 before, u64 after)
{
    struct notice notice = {.time_us = at->time_us,
                            .kind = after != 0 ? NOTICE_CHECKING : NOTICE_CHECKED};
    bool others = false;
    if ((before != 0) == (after != 0)) {
        return FAULT_NONE;
    }
    if (account->person != 0) {
        TRY(neutral_others(at->store, account->person, CASE_NO_PACK, 0, &others));
    }
    return others ? FAULT_NONE : notice_put(at, account->account, seq, &notice, CASE_NO_PACK, 0);
}
