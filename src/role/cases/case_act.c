/* What officers and customers do in cases. An act that does not count is kept with the reason, and
 * changes nothing. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_query.h"
#include "role/cases/case_statements.h"
#include "wire/link.h"

#include <string.h>

/* One act on its way. */
struct acting {
    const struct case_moment *at;
    const struct command_case_act *command;
    u64 seq;
    struct case_row row; /* the case */
};

enum fault case_row_write(struct case_store *store, const struct case_row *row)
{
    struct sql_call call = case_call(store, CASE_MATTER_PUT);
    case_row_put(&call, row);
    return case_do(store, &call);
}

enum fault case_note(const struct case_moment *at, const struct case_act_row *row)
{
    struct sql_call call = case_call(at->store, CASE_ACT_PUT);
    sql_put_u64(&call, row->matter);
    sql_put_u64(&call, row->seq);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, row->act);
    sql_put_u64(&call, row->command);
    sql_put_u64(&call, row->person);
    sql_put_u64(&call, row->officer);
    sql_put_u64(&call, row->second);
    sql_put_u64(&call, row->until_us);
    sql_put_u64(&call, row->is_void);
    sql_put_bytes(&call, span_of(row->evidence, sizeof(row->evidence)));
    return case_do(at->store, &call);
}

static bool are_two(const struct command_case_act *command)
{
    return command->officer != 0 && command->second != 0 && command->officer != command->second;
}

static bool took_part(const struct case_row *row, u32 officer)
{
    return officer != 0 &&
           (officer == row->owner || officer == row->decided_by || officer == row->second_by);
}

/* Whether the case is somebody else's, who has not handed it over. */
static bool is_owned(const struct acting *acting)
{
    u32 owner = acting->row.owner;
    const struct command_case_act *command = acting->command;
    return owner != 0 && owner != command->officer && owner != command->second;
}

/* ---- the acts: what becomes of the row, or why nothing does ---- */

static enum case_void act_take(struct acting *acting)
{
    u32 officer = acting->command->officer;
    if (officer == 0) {
        return CASE_VOID_OFFICER;
    }
    if (is_owned(acting)) {
        return CASE_VOID_OWNED;
    }
    acting->row.owner = officer;
    if (acting->row.state == CASE_STATE_OPEN) {
        acting->row.state = CASE_STATE_TAKEN;
    }
    return CASE_VOID_NONE;
}

static enum case_void act_evidence(struct acting *acting)
{
    memcpy(acting->row.evidence, acting->command->evidence, sizeof(acting->row.evidence));
    return CASE_VOID_NONE;
}

/* What holds is confirmed: by one at once, a second within a day. */
static enum case_void act_decide(struct acting *acting)
{
    const struct command_case_act *command = acting->command;
    struct case_row *row = &acting->row;
    if (command->officer == 0) {
        return CASE_VOID_OFFICER;
    }
    if (row->kind == CASE_KIND_APPEAL || row->state == CASE_STATE_CLEARED) {
        return CASE_VOID_STATE;
    }
    if (command->second == command->officer) {
        return CASE_VOID_SAME;
    }
    if (is_owned(acting)) {
        return CASE_VOID_OWNED;
    }
    row->decided_by = command->officer;
    row->second_by = command->second;
    row->decided_us = acting->at->time_us;
    row->state = command->second != 0 ? CASE_STATE_DECIDED : CASE_STATE_SECOND;
    row->second_due_us = command->second != 0 ? 0 : acting->at->time_us + CASE_SECOND_US;
    row->outcome = CASE_OUTCOME_CONFIRMED;
    return CASE_VOID_NONE;
}

static enum case_void act_second(struct acting *acting)
{
    const struct command_case_act *command = acting->command;
    struct case_row *row = &acting->row;
    if (command->second == 0) {
        return CASE_VOID_OFFICER;
    }
    if (row->state != CASE_STATE_SECOND) {
        return CASE_VOID_STATE;
    }
    if (command->second == row->decided_by || command->second == command->officer) {
        return CASE_VOID_SAME;
    }
    row->second_by = command->second;
    row->second_due_us = 0;
    row->state = CASE_STATE_DECIDED;
    return CASE_VOID_NONE;
}

static enum case_void act_clear(struct acting *acting)
{
    const struct command_case_act *command = acting->command;
    struct case_row *row = &acting->row;
    if (!are_two(command)) {
        return command->officer != 0 && command->officer == command->second ? CASE_VOID_SAME
                                                                            : CASE_VOID_SECOND;
    }
    if (row->kind == CASE_KIND_APPEAL || case_is_report(row)) {
        return CASE_VOID_STATE;
    }
    if (is_owned(acting)) {
        return CASE_VOID_OWNED;
    }
    row->decided_by = command->officer;
    row->second_by = command->second;
    row->decided_us = acting->at->time_us;
    row->second_due_us = 0;
    row->state = CASE_STATE_CLEARED;
    row->outcome = CASE_OUTCOME_CLEARED;
    return CASE_VOID_NONE;
}

static enum case_void act_whitelist(struct acting *acting)
{
    struct case_row *row = &acting->row;
    if (row->kind != CASE_KIND_CANDIDATE || row->list == 0) {
        return CASE_VOID_STATE;
    }
    if (acting->command->until <= acting->at->time_us || acting->command->until == UINT64_MAX) {
        return CASE_VOID_UNTIL;
    }
    enum case_void is_void = act_clear(acting);
    if (is_void == CASE_VOID_NONE) {
        row->outcome = CASE_OUTCOME_WHITELISTED;
    }
    return is_void;
}

/* An officer who had no part in what is appealed; two to overturn it. */
static enum case_void act_answer(struct acting *acting, const struct case_row *parent)
{
    const struct command_case_act *command = acting->command;
    bool overturns = command->act == CASE_ACT_OVERTURN;
    if (acting->row.kind != CASE_KIND_APPEAL) {
        return CASE_VOID_STATE;
    }
    if (command->officer == 0) {
        return CASE_VOID_OFFICER;
    }
    if (took_part(parent, command->officer) || took_part(parent, command->second) ||
        command->officer == command->second) {
        return CASE_VOID_SAME;
    }
    if (overturns && !are_two(command)) {
        return CASE_VOID_SECOND;
    }
    acting->row.decided_by = command->officer;
    acting->row.second_by = command->second;
    acting->row.decided_us = acting->at->time_us;
    acting->row.outcome = overturns ? CASE_OUTCOME_OVERTURNED : CASE_OUTCOME_UPHELD;
    return CASE_VOID_NONE;
}

static enum case_void act_filed(struct acting *acting)
{
    if (acting->command->officer == 0) {
        return CASE_VOID_OFFICER;
    }
    if (!case_is_report(&acting->row)) {
        return CASE_VOID_STATE;
    }
    acting->row.decided_by = acting->command->officer;
    acting->row.decided_us = acting->at->time_us;
    acting->row.outcome = CASE_OUTCOME_FILED;
    return act_evidence(acting);
}

/* What still restricts somebody, awaits a second officer or is to be reported is not closed. */
static enum case_void act_close(struct acting *acting)
{
    const struct case_row *row = &acting->row;
    bool is_free = row->kind == CASE_KIND_MANUAL || row->kind == CASE_KIND_DUPLICATE ||
                   row->kind == CASE_KIND_WIND_DOWN || row->kind == CASE_KIND_CLOSE_ACCOUNT ||
                   row->state == CASE_STATE_CLEARED || row->state == CASE_STATE_DECIDED;
    if (acting->command->officer == 0) {
        return CASE_VOID_OFFICER;
    }
    if (is_owned(acting)) {
        return CASE_VOID_OWNED;
    }
    return is_free && !case_is_report(row) && row->kind != CASE_KIND_APPEAL ? CASE_VOID_NONE
                                                                            : CASE_VOID_STATE;
}

/* ---- around them ---- */

static enum case_void act_on(struct acting *acting, const struct case_row *parent, bool appealed)
{
    switch ((enum case_act)acting->command->act) {
    case CASE_ACT_TAKE: {
        /* Who took part does not judge the appeal. */
        bool took = took_part(parent, acting->command->officer);
        return took ? CASE_VOID_SAME : act_take(acting);
    }
    case CASE_ACT_EVIDENCE:
        return act_evidence(acting);
    case CASE_ACT_DECIDE:
        return act_decide(acting);
    case CASE_ACT_SECOND:
        return act_second(acting);
    case CASE_ACT_CLEAR:
        return act_clear(acting);
    case CASE_ACT_WHITELIST:
        return act_whitelist(acting);
    case CASE_ACT_APPEAL:
        if (acting->row.kind == CASE_KIND_APPEAL || case_is_report(&acting->row)) {
            return CASE_VOID_STATE;
        }
        return appealed ? CASE_VOID_APPEALED : CASE_VOID_NONE;
    case CASE_ACT_UPHOLD:
    case CASE_ACT_OVERTURN:
        return act_answer(acting, parent);
    case CASE_ACT_REPORT_FILED:
        return act_filed(acting);
    case CASE_ACT_CLOSE:
        return act_close(acting);
    case CASE_ACT_NOTICE:
        return CASE_VOID_NONE;
    case CASE_ACT_OPEN:
        return CASE_VOID_STATE; /* it is open */
    }
    return CASE_VOID_STATE;
}

enum fault case_appeal_open(const struct case_moment *at, const struct case_row *parent,
                            const struct command_case_act *command, u64 seq)
{
    struct case_row appeal = {.kind = CASE_KIND_APPEAL,
                              .person = parent->person,
                              .account = parent->account,
                              .pack = CASE_NO_PACK,
                              .version = parent->version,
                              .parent = parent->matter,
                              .reference = case_customer_is(command) ? command->until : 0,
                              .cause_seq = seq,
                              .deadline_us = at->time_us + CASE_APPEAL_US};
    memcpy(appeal.hash, parent->hash, sizeof(appeal.hash));
    memcpy(appeal.pack_id, parent->pack_id, sizeof(appeal.pack_id));
    memcpy(appeal.rule_id, parent->rule_id, sizeof(appeal.rule_id));
    memcpy(appeal.evidence, command->evidence, sizeof(appeal.evidence));
    appeal.rule = parent->rule;
    return case_open(at, &appeal, seq);
}

static enum fault whitelist_put(struct acting *acting)
{
    struct sql_call call = case_call(acting->at->store, CASE_WHITELIST_PUT);
    sql_put_u64(&call, acting->row.person);
    sql_put_u64(&call, acting->row.list);
    sql_put_u64(&call, acting->row.entry);
    sql_put_u64(&call, acting->row.matter);
    sql_put_u64(&call, acting->at->time_us);
    sql_put_u64(&call, acting->command->until);
    return case_do(acting->at->store, &call);
}

/* What an act that counts leaves behind. */
static enum fault act_done(struct acting *acting)
{
    const struct case_moment *at = acting->at;
    enum case_outcome outcome = (enum case_outcome)acting->row.outcome;
    switch ((enum case_act)acting->command->act) {
    case CASE_ACT_APPEAL:
        return case_appeal_open(at, &acting->row, acting->command, acting->seq);
    case CASE_ACT_WHITELIST:
        TRY(whitelist_put(acting));
        return case_row_write(at->store, &acting->row);
    case CASE_ACT_UPHOLD:
    case CASE_ACT_OVERTURN:
    case CASE_ACT_REPORT_FILED:
        return case_close(at, &acting->row, acting->seq, outcome);
    case CASE_ACT_CLOSE:
        return case_close(at, &acting->row, acting->seq, CASE_OUTCOME_SETTLED);
    case CASE_ACT_TAKE:
    case CASE_ACT_EVIDENCE:
    case CASE_ACT_DECIDE:
    case CASE_ACT_SECOND:
    case CASE_ACT_CLEAR:
        return case_row_write(at->store, &acting->row);
    case CASE_ACT_OPEN:
    case CASE_ACT_NOTICE:
        break;
    }
    return FAULT_NONE;
}

static enum fault manual_open(struct acting *acting, u64 *matter_out)
{
    struct case_row row = {.kind = CASE_KIND_MANUAL,
                           .person = acting->command->person,
                           .account = acting->command->head.account,
                           .pack = CASE_NO_PACK,
                           .owner = acting->command->officer,
                           .cause_seq = acting->seq};
    u64 until = acting->command->until;
    row.deadline_us = until > acting->at->time_us && until <= (u64)INT64_MAX ? until : 0;
    memcpy(row.evidence, acting->command->evidence, sizeof(row.evidence));
    TRY(case_open(acting->at, &row, acting->seq));
    *matter_out = row.matter;
    return FAULT_NONE;
}

/* What the vault says through screening: the version of the enrolment, then what was seen before.
 * The same is told again after a crash: one case each. */
static enum fault duplicate_open(struct acting *acting, enum case_void *is_void_out,
                                 u64 *matter_out)
{
    static const char *const whats[] = {"document", "person", "document and person"};
    const struct command_case_act *command = acting->command;
    struct case_store *store = acting->at->store;
    struct case_row row = {.kind = CASE_KIND_DUPLICATE,
                           .person = command->person,
                           .pack = CASE_NO_PACK,
                           .cause_seq = acting->seq,
                           .deadline_us = acting->at->time_us + CASE_ANSWER_US};
    u32 seen = bytes_u32(command->evidence + 4);
    bool some = false;
    memcpy(row.evidence, command->evidence, sizeof(row.evidence));
    if (seen == 0 || seen > ARRAY_COUNT(whats)) {
        *is_void_out = CASE_VOID_UNKNOWN;
        return FAULT_NONE;
    }
    memcpy(row.what, whats[seen - 1], strlen(whats[seen - 1]));
    row.reference = ((u64)bytes_u32(command->evidence) << 2) | seen;
    struct sql_call call = case_call(store, CASE_MATTER_DUPLICATE);
    sql_put_u64(&call, row.reference);
    sql_put_u64(&call, CASE_KIND_DUPLICATE);
    sql_put_u64(&call, command->person);
    TRY(sql_next(&store->sql, &call, &some));
    *is_void_out = some && sql_get_u64(&call) > 0 ? CASE_VOID_STATE : CASE_VOID_NONE;
    sql_end(&call);
    if (*is_void_out == CASE_VOID_NONE) {
        TRY(case_open(acting->at, &row, acting->seq));
        *matter_out = row.matter;
    }
    return FAULT_NONE;
}

static enum fault open_any(struct acting *acting, enum case_void *is_void_out, u64 *matter_out)
{
    const struct command_case_act *command = acting->command;
    if (command->head.source == LINK_SOURCE_SCREEN) {
        return duplicate_open(acting, is_void_out, matter_out);
    }
    *is_void_out = command->officer == 0 ? CASE_VOID_OFFICER : CASE_VOID_NONE;
    return *is_void_out == CASE_VOID_NONE ? manual_open(acting, matter_out) : FAULT_NONE;
}

static enum fault appeals_count(struct case_store *store, u64 matter, bool *appealed_out)
{
    bool some = false;
    struct sql_call call = case_call(store, CASE_MATTER_APPEAL);
    sql_put_u64(&call, matter);
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    *appealed_out = sql_get_u64(&call) > 0;
    sql_end(&call);
    return FAULT_NONE;
}

/* An appeal is possible after the case has closed too: what was decided in it may still hold. */
static enum fault act_find(struct acting *acting, enum case_void *is_void_out)
{
    struct case_store *store = acting->at->store;
    const struct command_case_act *command = acting->command;
    struct case_row parent = {.matter = 0};
    bool found = false;
    bool appealed = false;
    TRY(case_read(store, command->matter, &acting->row, &found));
    if (!found) {
        *is_void_out = CASE_VOID_UNKNOWN;
        return FAULT_NONE;
    }
    bool is_closed = acting->row.closed_us != 0;
    bool is_late = command->act == CASE_ACT_APPEAL || command->act == CASE_ACT_EVIDENCE ||
                   command->act == CASE_ACT_NOTICE;
    if (is_closed && !is_late) {
        *is_void_out = CASE_VOID_CLOSED;
        return FAULT_NONE;
    }
    if (acting->row.parent != 0) {
        TRY(case_read(store, acting->row.parent, &parent, &found));
    }
    TRY(appeals_count(store, command->matter, &appealed));
    *is_void_out = act_on(acting, &parent, appealed);
    return FAULT_NONE;
}

enum fault case_query_check(struct case_store *store, const struct command_case_act *command,
                            u64 now_us, enum case_void *is_void_out)
{
    struct case_moment at = {.store = store, .time_us = now_us};
    struct acting acting = {.at = &at, .command = command};
    *is_void_out = CASE_VOID_NONE;
    if (command->act == CASE_ACT_OPEN) {
        *is_void_out = command->officer == 0 ? CASE_VOID_OFFICER : CASE_VOID_NONE;
        return FAULT_NONE;
    }
    return act_find(&acting, is_void_out);
}

/* `second` may confirm an order that no case knows of: it is kept, and there is nothing to change.
 */
enum fault case_act_apply(const struct case_moment *at, const struct command_case_act *command,
                          u64 seq)
{
    struct acting acting = {.at = at, .command = command, .seq = seq};
    enum case_void is_void = CASE_VOID_NONE;
    u64 matter = command->matter;
    if (command->act == CASE_ACT_OPEN) {
        TRY(open_any(&acting, &is_void, &matter));
    } else if (command->head.source == LINK_SOURCE_SCREEN) {
        is_void = CASE_VOID_OFFICER; /* screening is nobody who acts */
    } else if (case_customer_is(command)) {
        TRY(case_customer_apply(at, command, seq, &matter, &is_void));
    } else if (matter != 0) {
        TRY(act_find(&acting, &is_void));
        if (is_void == CASE_VOID_NONE) {
            TRY(act_done(&acting));
        }
    }
    struct case_act_row row = {.matter = matter,
                               .seq = seq,
                               .until_us = command->until,
                               .person = command->person,
                               .officer = command->officer,
                               .second = command->second,
                               .act = command->act,
                               .is_void = (u8)is_void};
    memcpy(row.evidence, command->evidence, sizeof(row.evidence));
    return case_note(at, &row);
}
