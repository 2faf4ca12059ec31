#include "role/gateway/standing.h"

#include "base/check.h"
#include "role/gateway/call_json.h"
#include "role/gateway/calls_account.h"
#include "role/gateway/pack_shelf.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_person.h"
#include "wire/notice.h"
#include "wire/schema.h"

#include <string.h>

#define RULES_MAX        128U /* of all packs that the changes name, ended ones included */
#define OPERATIONS_COUNT (OPERATION_TRANSFER_IN + 1U)
#define EUR_PLACES       8U
/* So long behind its end a pause still says why nothing leaves: the engine ends it a little later.
 */
#define PAUSE_GRACE_US 60000000ULL

/* What one rule says, at some moment. */
struct rule_state {
    u32 pack_turn;
    u32 rule;
    struct notice_finding finding;
};

/* One thing to be told. */
struct entry {
    struct notice notice;
    const struct shelf_pack *pack; /* NULL: neutral, or not to be had */
    const struct pack_rule_text *rule;
};

struct standing {
    const struct view *view;
    const struct pack_shelf *shelf;
    u32 account;
    u32 person;
    u64 vector; /* of the account, at that moment */
    u32 rules_count;
    u32 changes_count;
    u64 neutral_since_us; /* 0: nothing is held neutrally */
    u64 pause_until_us;   /* of the account's login; 0: it has none, or it is over */
    u64 pause_since_us;   /* 0: before what is known */
    u32 inbox_count;      /* made so far; the newest are kept */
    struct rule_state rules[RULES_MAX];
    const struct view_notice *changes[STANDING_CHANGES_MAX]; /* newest first */
    struct entry inbox[STANDING_INBOX_MAX];                  /* [number % STANDING_INBOX_MAX] */
};

/* ---- rules and their texts ---- */

static const struct shelf_pack *pack_of(const struct standing *standing, u32 turn)
{
    const struct view_pack *pack = view_pack_turn(standing->view, turn);
    return pack == NULL ? NULL : pack_shelf_find(standing->shelf, pack->hash);
}

static const struct pack_rule_text *text_of(const struct shelf_pack *pack, u32 rule)
{
    return pack != NULL && rule < pack->text.rules_count ? &pack->text.rules[rule] : NULL;
}

static enum notice_face face_of(const struct standing *standing, const struct rule_state *state)
{
    const struct shelf_pack *pack = pack_of(standing, state->pack_turn);
    return notice_face_of(&state->finding, text_of(pack, state->rule));
}

/* The state of this rule, made if there is none; NULL: no room. */
static struct rule_state *rule_seek(struct standing *standing, u32 turn, u32 rule)
{
    for (u32 i = 0; i < standing->rules_count; i += 1) {
        if (standing->rules[i].pack_turn == turn && standing->rules[i].rule == rule) {
            return &standing->rules[i];
        }
    }
    if (standing->rules_count == RULES_MAX) {
        return NULL;
    }
    struct rule_state *state = &standing->rules[standing->rules_count];
    *state = (struct rule_state){.pack_turn = turn, .rule = rule};
    standing->rules_count += 1;
    return state;
}

static struct notice_finding finding_of(const struct view_finding *finding)
{
    return (struct notice_finding){.deadline = finding->deadline,
                                   .vector = (u16)finding->vector,
                                   .truth = finding->truth,
                                   .reasons = finding->reasons,
                                   .missing = finding->missing,
                                   .flags = finding->flags};
}

static void rules_now(struct standing *standing)
{
    const struct view_finding *finding = view_finding_newest(standing->view, standing->person);
    for (; finding != NULL; finding = view_finding_older(standing->view, finding)) {
        const struct view_pack *pack = view_pack_of(standing->view, finding->pack);
        struct rule_state *state =
            pack == NULL ? NULL : rule_seek(standing, pack->turn, finding->rule);
        if (state != NULL) { /* what has no place is a part of the neutral hold */
            state->finding = finding_of(finding);
        }
    }
}

/* ---- the neutral hold ---- */

/* Whether something holds the account that its customer reads nothing more about. */
static bool is_neutral(const struct standing *standing)
{
    u32 told[OPERATIONS_COUNT] = {0};
    u32 paused = standing->pause_until_us == 0 ? RESTRICTION_ALLOW : RESTRICTION_HOLD;
    told[OPERATION_WITHDRAW] = paused;
    told[OPERATION_TRANSFER_OUT] = paused;
    for (u32 i = 0; i < standing->rules_count; i += 1) {
        if (face_of(standing, &standing->rules[i]) == NOTICE_FACE_NEUTRAL) {
            continue;
        }
        for (u32 operation = 0; operation < OPERATIONS_COUNT; operation += 1) {
            u32 says = standing->rules[i].finding.vector >> 2 * operation & 3;
            told[operation] = says > told[operation] ? says : told[operation];
        }
    }
    bool is = false;
    for (u32 operation = 0; operation < OPERATIONS_COUNT; operation += 1) {
        is = is || (standing->vector >> 2 * operation & 3) > told[operation];
    }
    return is;
}

/* ---- changes, from the newest back, then forth ---- */

/* The changes of the account and of its person as one row. */
static void changes_gather(struct standing *standing)
{
    const struct view *view = standing->view;
    const struct view_notice *account = view_notice_of_account(view, standing->account);
    const struct view_notice *person = view_notice_of_person(view, standing->person);
    while (standing->changes_count < STANDING_CHANGES_MAX && (account != NULL || person != NULL)) {
        bool of_person = account == NULL || (person != NULL && person->serial > account->serial);
        const struct view_notice **next = of_person ? &person : &account;
        standing->changes[standing->changes_count] = *next;
        standing->changes_count += 1;
        *next = view_notice_older(view, *next);
    }
}

static struct notice_finding finding_before(const struct view_notice *change)
{
    return (struct notice_finding){.deadline = change->deadline_before,
                                   .vector = (u16)change->before,
                                   .truth = change->truth_before,
                                   .reasons = change->reasons_before,
                                   .missing = change->missing_before,
                                   .flags = change->flags_before};
}

static struct notice_finding finding_after(const struct view_notice *change)
{
    return (struct notice_finding){.deadline = change->deadline,
                                   .vector = (u16)change->after,
                                   .truth = change->truth,
                                   .reasons = change->reasons,
                                   .missing = change->missing,
                                   .flags = change->flags};
}

/* Undoes them all, so that what stands in `standing` is what was before the oldest of them. Those
 * without room for their rule are left out, with what is older. */
static void changes_undo(struct standing *standing)
{
    for (u32 i = 0; i < standing->changes_count; i += 1) {
        const struct view_notice *change = standing->changes[i];
        if (change->kind == VIEW_NOTICE_VECTOR) {
            standing->vector = change->before;
            continue;
        }
        if (change->kind == VIEW_NOTICE_LOGIN) {
            standing->pause_until_us = change->deadline_before;
            continue;
        }
        struct rule_state *state = rule_seek(standing, change->pack_turn, change->rule);
        if (state == NULL) {
            standing->changes_count = i;
            return;
        }
        state->finding = finding_before(change);
    }
}

static void inbox_put(struct standing *standing, const struct entry *entry)
{
    standing->inbox[standing->inbox_count % STANDING_INBOX_MAX] = *entry;
    standing->inbox_count += 1;
}

/* What one rule says now: its notices. The neutral hold is told for all rules together. */
static void finding_change(struct standing *standing, const struct view_notice *change)
{
    struct rule_state *state = rule_seek(standing, change->pack_turn, change->rule);
    CHECK(state != NULL); /* changes_undo made it */
    const struct shelf_pack *pack = pack_of(standing, change->pack_turn);
    const struct pack_rule_text *rule = text_of(pack, change->rule);
    struct notice_finding after = finding_after(change);
    enum notice_kind kinds[NOTICE_KINDS_MAX];
    u32 count = notice_of(&state->finding, &after, rule, true, kinds);
    for (u32 i = 0; i < count; i += 1) {
        struct entry entry = {.notice = {.kind = kinds[i],
                                         .time_us = change->time_us,
                                         .finding = after,
                                         .holdings = change->holdings},
                              .pack = pack,
                              .rule = rule};
        inbox_put(standing, &entry);
    }
    state->finding = after;
}

static void neutral_change(struct standing *standing, u64 time_us)
{
    bool was = standing->neutral_since_us != 0;
    bool is = is_neutral(standing);
    if (was == is) {
        return;
    }
    struct entry entry = {
        .notice = {.kind = is ? NOTICE_CHECKING : NOTICE_CHECKED, .time_us = time_us}};
    inbox_put(standing, &entry);
    standing->neutral_since_us = is ? time_us : 0;
}

/* What is told of the login has no rule, and stands in the inbox whether or not it pauses. */
static void login_change(struct standing *standing, const struct view_notice *change)
{
    static const enum notice_kind kinds[LOGIN_CAUSE_COUNT] = {
        [LOGIN_CAUSE_PASSWORD_RESET] = NOTICE_PAUSED,
        [LOGIN_CAUSE_RECOVERY_CODE] = NOTICE_RECOVERY,
        [LOGIN_CAUSE_SECOND_FACTOR_OFF] = NOTICE_SECOND_OFF};
    struct entry entry = {.notice = {.kind = kinds[change->cause],
                                     .time_us = change->time_us,
                                     .until_us = change->deadline}};
    inbox_put(standing, &entry);
    if (change->deadline != change->deadline_before) {
        standing->pause_until_us = change->deadline;
        standing->pause_since_us = change->time_us;
    }
}

/* Whether time has gone on to where a pause says no more why something is held; then it is none. */
static bool pause_ends(struct standing *standing, u64 now_us)
{
    bool is_over =
        standing->pause_until_us != 0 && standing->pause_until_us + PAUSE_GRACE_US <= now_us;
    standing->pause_until_us = is_over ? 0 : standing->pause_until_us;
    return is_over;
}

static void pause_pass(struct standing *standing, u64 now_us)
{
    u64 end_us = standing->pause_until_us + PAUSE_GRACE_US;
    if (pause_ends(standing, now_us)) {
        neutral_change(standing, end_us);
    }
}

/* All changes that one command made are one: between its events nothing is told. */
static void changes_redo(struct standing *standing)
{
    for (u32 left = standing->changes_count; left > 0;) {
        u64 seq = standing->changes[left - 1]->seq;
        u64 time_us = standing->changes[left - 1]->time_us;
        pause_pass(standing, time_us);
        for (; left > 0 && standing->changes[left - 1]->seq == seq; left -= 1) {
            const struct view_notice *change = standing->changes[left - 1];
            if (change->kind == VIEW_NOTICE_VECTOR) {
                standing->vector = change->after;
            } else if (change->kind == VIEW_NOTICE_LOGIN) {
                login_change(standing, change);
            } else {
                finding_change(standing, change);
            }
        }
        neutral_change(standing, time_us);
    }
}

/* ---- JSON ---- */

static void put_parts(struct json_writer *json, const struct entry *entry, enum language language,
                      const char *name)
{
    struct notice_text text;
    notice_print(&entry->notice, entry->pack == NULL ? NULL : &entry->pack->text, entry->rule,
                 language, &text);
    json_key(json, name);
    json_array_begin(json);
    for (u32 i = 0; i < text.count; i += 1) {
        json_array_begin(json);
        json_put_text(json, text.parts[i].name);
        json_put_span(json, text.parts[i].text);
        json_array_end(json);
    }
    json_array_end(json);
}

static void put_entry(struct call *call, const struct entry *entry)
{
    struct json_writer *json = call->json;
    json_object_begin(json);
    call_name(json, "kind", notice_name(entry->notice.kind));
    json_key(json, "time");
    if (entry->notice.time_us == 0) {
        json_put_null(json);
    } else {
        json_put_u64(json, entry->notice.time_us / (call->state.microseconds ? 1 : 1000));
    }
    if (entry->pack != NULL && entry->rule != NULL) {
        json_key(json, "rule");
        json_object_begin(json);
        json_key(json, "pack");
        json_put_span(json, entry->pack->text.id);
        call_number(json, "version", entry->pack->text.version);
        json_key(json, "id");
        json_put_span(json, entry->rule->id);
        call_name(json, "hash", entry->pack->name);
        json_object_end(json);
    }
    put_parts(json, entry, LANGUAGE_EN, "en");
    put_parts(json, entry, LANGUAGE_FR, "fr");
    json_object_end(json);
}

static void put_inbox(struct call *call, const struct standing *standing)
{
    u32 count =
        standing->inbox_count < STANDING_INBOX_MAX ? standing->inbox_count : STANDING_INBOX_MAX;
    json_key(call->json, "inbox");
    json_array_begin(call->json);
    for (u32 i = 1; i <= count; i += 1) {
        put_entry(call, &standing->inbox[(standing->inbox_count - i) % STANDING_INBOX_MAX]);
    }
    json_array_end(call->json);
}

static bool kind_now(enum notice_face face, enum notice_kind *kind_out)
{
    switch (face) {
    case NOTICE_FACE_RESTRICTED:
        *kind_out = NOTICE_RESTRICTED;
        return true;
    case NOTICE_FACE_LATE:
        *kind_out = NOTICE_LATE;
        return true;
    case NOTICE_FACE_EVIDENCE:
        *kind_out = NOTICE_EVIDENCE;
        return true;
    case NOTICE_FACE_WARNED:
        *kind_out = NOTICE_WARNED;
        return true;
    case NOTICE_FACE_NOTHING:
    case NOTICE_FACE_NEUTRAL:
        break;
    }
    return false;
}

/* The person's money beside the amount of a rule that looks at it; `eur` null: not known now. */
static void put_holdings(struct json_writer *json, const struct pack_rule_text *rule, bool is_known,
                         u64 eur)
{
    json_key(json, "holdings");
    json_object_begin(json);
    json_key(json, "eur");
    if (is_known) {
        call_put_amount(json, amount_of(eur), EUR_PLACES);
    } else {
        json_put_null(json);
    }
    json_key(json, "amount");
    json_put_span(json, rule->amount);
    json_object_end(json);
}

/* What stands now, rule by rule, then a pause, then the neutral hold; then the holdings, if one of
 * them counts them. */
static void put_reasons(struct call *call, const struct standing *standing)
{
    const struct view *view = standing->view;
    const struct pack_rule_text *counted = NULL;
    u64 eur = 0;
    bool is_known = view_holdings(view, standing->person, call->venue->now_us, &eur);
    json_key(call->json, "reasons");
    json_array_begin(call->json);
    const struct view_finding *finding = view_finding_newest(view, standing->person);
    for (; finding != NULL; finding = view_finding_older(view, finding)) {
        struct notice_finding said = finding_of(finding);
        const struct view_pack *pack = view_pack_of(view, finding->pack);
        struct entry entry = {.notice = {.time_us = finding->since_us, .finding = said}};
        entry.pack = pack == NULL ? NULL : pack_of(standing, pack->turn);
        entry.rule = text_of(entry.pack, finding->rule);
        if (!kind_now(notice_face_of(&said, entry.rule), &entry.notice.kind)) {
            continue;
        }
        entry.notice.holdings = eur;
        entry.notice.finding.flags &= (u8)~DECISION_FLAG_HOLDINGS_KNOWN;
        entry.notice.finding.flags |= is_known ? DECISION_FLAG_HOLDINGS_KNOWN : 0;
        put_entry(call, &entry);
        counted = entry.rule->has_threshold ? entry.rule : counted;
    }
    if (standing->pause_until_us > call->venue->now_us) {
        struct entry entry = {.notice = {.kind = NOTICE_PAUSED,
                                         .time_us = standing->pause_since_us,
                                         .until_us = standing->pause_until_us}};
        put_entry(call, &entry);
    }
    if (standing->neutral_since_us != 0) {
        struct entry entry = {
            .notice = {.kind = NOTICE_CHECKING, .time_us = standing->neutral_since_us}};
        put_entry(call, &entry);
    }
    json_array_end(call->json);
    if (counted != NULL) {
        put_holdings(call->json, counted, is_known, eur);
    }
}

static void put_operations(struct call *call, const struct view_account *account)
{
    static const char *const names[OPERATIONS_COUNT] = {
        [OPERATION_TRADE] = "trade",           [OPERATION_PLACE] = "place",
        [OPERATION_CANCEL] = "cancel",         [OPERATION_DEPOSIT] = "deposit",
        [OPERATION_WITHDRAW] = "withdraw",     [OPERATION_TRANSFER_OUT] = "transferOut",
        [OPERATION_TRANSFER_IN] = "transferIn"};
    json_key(call->json, "allowed");
    json_object_begin(call->json);
    for (u32 operation = 0; operation < OPERATIONS_COUNT; operation += 1) {
        call_bool(call->json, names[operation],
                  view_account_restriction(account, (enum operation)operation) ==
                      RESTRICTION_ALLOW);
    }
    json_object_end(call->json);
}

enum call_end standing_tell(struct call *call)
{
    const struct view_account *account = account_of_call(call);
    if (account == NULL) {
        return CALL_REFUSED;
    }
    struct standing standing = {.view = call->venue->view,
                                .shelf = call->venue->packs,
                                .account = call->state.account,
                                .vector = account->restrictions};
    standing.person = view_person_of(standing.view, standing.account);
    standing.pause_until_us = view_pause_until(standing.view, standing.account);
    rules_now(&standing);
    changes_gather(&standing);
    changes_undo(&standing);
    /* What was held before the first change that is kept began at a time that is not. */
    u64 since_us = u64_max(view_notices_since_us(standing.view), 1);
    (void)pause_ends(&standing, since_us);
    standing.neutral_since_us = is_neutral(&standing) ? since_us : 0;
    changes_redo(&standing);
    pause_pass(&standing, call->venue->now_us);
    CHECK(standing.vector == account->restrictions);
    json_object_begin(call->json);
    put_operations(call, account);
    put_reasons(call, &standing);
    put_inbox(call, &standing);
    json_object_end(call->json);
    return CALL_ANSWERED;
}
