#include "core/ruling.h"

#include "base/check.h"
#include "core/account.h"
#include "core/cancel.h"
#include "core/holdings.h"
#include "core/index.h"
#include "core/login.h"
#include "core/output.h"
#include "core/person.h"
#include "core/rule_form.h"

#include <string.h>

#define ALL_PACKS     ((1U << RULE_PACKS_MAX) - 1)
#define REARM_PERCENT 500U /* a warning is armed again so far below, hundredths */

_Static_assert(RULE_FORM_MAX == RULE_FORM_BYTES_MAX, "one bound");

static struct finding *finding_of(struct core *core, u32 person, u32 slot)
{
    return &core->ruling.findings[(size_t)person * RULE_SLOTS_MAX + slot];
}

static u64 *instants_of(struct core *core, u32 person)
{
    return &core->ruling.instants[(size_t)person * RULE_PACKS_MAX];
}

/* ---- who waits for an instant: a heap by (instant, person) ---- */

static bool sooner(const struct ruling *ruling, u32 a, u32 b)
{
    u64 at_a = ruling->persons[a].next_us;
    u64 at_b = ruling->persons[b].next_us;
    return at_a != at_b ? at_a < at_b : a < b;
}

static void heap_put(struct ruling *ruling, u32 place, u32 person)
{
    ruling->heap[place] = person;
    ruling->persons[person].heap = place;
}

static void heap_up(struct ruling *ruling, u32 place, u32 person)
{
    while (place > 1 && sooner(ruling, person, ruling->heap[place / 2])) {
        heap_put(ruling, place, ruling->heap[place / 2]);
        place /= 2;
    }
    heap_put(ruling, place, person);
}

static void heap_down(struct ruling *ruling, u32 place, u32 person)
{
    for (;;) {
        u32 child = 2 * place;
        if (child > ruling->heap_count) {
            break;
        }
        if (child < ruling->heap_count &&
            sooner(ruling, ruling->heap[child + 1], ruling->heap[child])) {
            child++;
        }
        if (!sooner(ruling, ruling->heap[child], person)) {
            break;
        }
        heap_put(ruling, place, ruling->heap[child]);
        place = child;
    }
    heap_put(ruling, place, person);
}

static void heap_leave(struct ruling *ruling, u32 person)
{
    u32 place = ruling->persons[person].heap;
    ruling->persons[person].heap = 0;
    u32 last = ruling->heap[ruling->heap_count--];
    if (last == person) {
        return;
    }
    if (place > 1 && sooner(ruling, last, ruling->heap[place / 2])) {
        heap_up(ruling, place, last);
    } else {
        heap_down(ruling, place, last);
    }
}

void ruling_instant(struct core *core, u32 person, u32 pack, u64 next_us)
{
    struct ruling *ruling = &core->ruling;
    struct person *record = &ruling->persons[person];
    u64 *instants = instants_of(core, person);
    u64 wanted = next_us == RULE_TIME_OPEN ? 0 : next_us;
    if (instants[pack] == wanted) {
        return;
    }
    instants[pack] = wanted;
    u64 first = 0;
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        first = instants[i] && (first == 0 || instants[i] < first) ? instants[i] : first;
    }
    if (first == record->next_us) {
        return;
    }
    if (record->heap) {
        heap_leave(ruling, person);
    }
    record->next_us = first;
    if (first) {
        heap_up(ruling, ++ruling->heap_count, person);
    }
}

void ruling_clock(struct core *core)
{
    struct ruling *ruling = &core->ruling;
    u64 due = RULE_TIME_OPEN;
    if (core->limits.persons_max == 0) {
        return;
    }
    if (ruling->heap_count) {
        due = ruling->persons[ruling->heap[1]].next_us;
    }
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        if (ruling->about[i].state == PACK_STATE_ACTIVE) {
            due = u64_min(due, ruling->about[i].boundary_us);
        }
    }
    due = u64_min(due, login_due(core));
    core->ruling_due_us = due;
    core->ruling_waiting = ruling->waiting_count || due <= core->now_us ? 1 : 0;
}

/* ---- accounts ---- */

static void account_put(struct core *core, u32 account, u32 person, u64 vector, u64 cause_seq)
{
    struct account *record = &core->accounts[account];
    bool traded = account_restriction(record, OPERATION_TRADE) == RESTRICTION_ALLOW;
    OUTPUT(core, restricted, EVENT_RESTRICTED, account, .before = record->restrictions,
           .after = vector, .cause_seq = cause_seq, .person = person);
    record->restrictions = vector;
    if (traded && account_restriction(record, OPERATION_TRADE) != RESTRICTION_ALLOW) {
        cancel_expire_account(core, account);
    }
}

void ruling_account(struct core *core, u32 account, u64 cause_seq, bool always)
{
    const struct account_link *link = &core->ruling.links[account];
    u64 vector =
        rule_vector_join(login_hand(core, account), core->ruling.persons[link->person].vector);
    if (always || vector != core->accounts[account].restrictions) {
        account_put(core, account, link->person, vector, cause_seq);
    }
}

void ruling_unlinked(struct core *core, u32 account, u32 person)
{
    u64 hand = login_hand(core, account);
    if (!login_has_hand(core, account)) {
        core->ruling.links[account].hand = 0;
    }
    if (hand != core->accounts[account].restrictions) {
        account_put(core, account, person, hand, core->seq);
    }
}

/* ---- one person ---- */

/* One evaluation: who, and by which numbers. */
struct question {
    u32 person;
    u32 packs; /* bits */
    const struct valuation_price *prices;
    u64 cause_seq;
};

static bool is_warned(const struct rule *rule, const struct rule_result *result,
                      struct rule_holdings holdings, bool was_warned)
{
    if (result->is_warned) {
        return true;
    }
    u32 percent = rule->warn_percent > REARM_PERCENT ? rule->warn_percent - REARM_PERCENT : 0;
    bool well_below =
        holdings.is_known && (u128)holdings.eur * RULE_PERCENT_ONE < (u128)rule->amount * percent;
    return was_warned && result->is_watched && result->truth != RULE_TRUE && !well_below;
}

static struct finding finding_made(const struct rule *rule, const struct rule_result *result,
                                   struct rule_holdings holdings, const struct finding *last)
{
    u8 flags = is_warned(rule, result, holdings, last->flags & DECISION_FLAG_WARNED)
                   ? DECISION_FLAG_WARNED
                   : 0;
    flags |= result->memory.is_over ? DECISION_FLAG_OVER : 0;
    flags |= result->is_watched ? DECISION_FLAG_WATCHED : 0;
    return (struct finding){.below_since = result->memory.below_since,
                            .unknown_since = result->memory.unknown_since,
                            .deadline = result->deadline,
                            .vector = (u16)result->vector,
                            .truth = (u8)result->truth,
                            .reasons = (u8)result->reasons,
                            .missing = (u8)result->missing,
                            .flags = flags};
}

void ruling_finding_put(struct core *core, u32 person, u32 slot, const struct finding *finding)
{
    static const struct finding nothing;
    struct person *record = &core->ruling.persons[person];
    bool is_nothing = memcmp(finding, &nothing, sizeof nothing) == 0;
    u32 bit = 1U << slot;
    *finding_of(core, person, slot) = *finding;
    record->findings = is_nothing ? record->findings & ~bit : record->findings | bit;
    record->watched =
        finding->flags & DECISION_FLAG_WATCHED ? record->watched | bit : record->watched & ~bit;
}

void ruling_forget(struct core *core, u32 person, u32 pack, u32 rule)
{
    u32 slot = core->ruling.about[pack].slots[rule];
    struct finding finding = *finding_of(core, person, slot);
    finding.below_since = 0;
    finding.flags &= (u8)~DECISION_FLAG_OVER;
    ruling_finding_put(core, person, slot, &finding);
}

#define TOLD_FLAGS (DECISION_FLAG_WARNED | DECISION_FLAG_OVER)

static void finding_set(struct core *core, const struct question *question, u32 pack, u32 index,
                        const struct finding *made, struct rule_holdings holdings)
{
    const struct rule *rule = &core->ruling.packs[pack].rules[index];
    u32 slot = core->ruling.about[pack].slots[index];
    struct finding last = *finding_of(core, question->person, slot);
    bool same = last.truth == made->truth && last.reasons == made->reasons &&
                last.missing == made->missing && last.vector == made->vector &&
                last.deadline == made->deadline && ((last.flags ^ made->flags) & TOLD_FLAGS) == 0;
    if (memcmp(&last, made, sizeof last) != 0) {
        ruling_finding_put(core, question->person, slot, made);
    }
    if (same) {
        return;
    }
    bool valued = (rule->flags & RULE_FLAG_THRESHOLD) != 0 && holdings.is_known;
    OUTPUT(core, decision, EVENT_DECISION, 0, .cause_seq = question->cause_seq,
           .holdings = valued ? holdings.eur : 0, .deadline = made->deadline,
           .person = question->person, .vector = made->vector, .pack = (u8)pack, .rule = (u8)index,
           .truth = made->truth, .truth_before = last.truth, .reasons = made->reasons,
           .missing = made->missing,
           .flags = (u8)(made->flags | (valued ? DECISION_FLAG_HOLDINGS_KNOWN : 0)));
}

static void watched_set(struct core *core, u32 person, u32 pack)
{
    u32 mask = core->ruling.about[pack].slot_mask;
    u64 *word = &core->ruling.watched[pack][person / 64];
    u64 bit = 1ULL << (person % 64);
    *word = core->ruling.persons[person].watched & mask ? *word | bit : *word & ~bit;
}

static void memories_of(struct core *core, u32 person, u32 pack,
                        struct rule_memory memories[RULE_RULES_MAX])
{
    const struct rule_pack *rules = &core->ruling.packs[pack];
    for (u32 i = 0; i < rules->rules_count; i++) {
        memories[i] = (struct rule_memory){0};
        if (rules->rules[i].scope != RULE_SCOPE_ASSET) {
            const struct finding *last =
                finding_of(core, person, core->ruling.about[pack].slots[i]);
            memories[i] = (struct rule_memory){.below_since = last->below_since,
                                               .unknown_since = last->unknown_since,
                                               .is_over = (last->flags & DECISION_FLAG_OVER) != 0};
        }
    }
}

/* What a pack says of a person now; an ending one says nothing. */
static void pack_ask(struct core *core, u32 person, u32 pack, const struct rule_person *facts,
                     struct rule_outcome *outcome_out)
{
    struct rule_memory memories[RULE_RULES_MAX];
    struct rule_instant now = {core->now_us, core->now_us};
    if (core->ruling.about[pack].state == PACK_STATE_ENDING) {
        *outcome_out = (struct rule_outcome){.person_next_us = RULE_TIME_OPEN,
                                             .results_count = core->ruling.packs[pack].rules_count};
        return;
    }
    memories_of(core, person, pack, memories);
    rule_evaluate(&core->ruling.packs[pack], facts, now, memories, outcome_out);
}

static void pack_evaluate(struct core *core, const struct question *question, u32 pack,
                          const struct rule_person *facts)
{
    struct rule_outcome outcome;
    const struct rule_pack *rules = &core->ruling.packs[pack];
    pack_ask(core, question->person, pack, facts, &outcome);
    for (u32 i = 0; i < rules->rules_count; i++) {
        if (rules->rules[i].scope == RULE_SCOPE_ASSET) {
            continue;
        }
        const struct finding *last =
            finding_of(core, question->person, core->ruling.about[pack].slots[i]);
        struct finding made =
            finding_made(&rules->rules[i], &outcome.results[i], facts->holdings, last);
        finding_set(core, question, pack, i, &made, facts->holdings);
    }
    watched_set(core, question->person, pack);
    ruling_instant(core, question->person, pack, outcome.person_next_us);
}

static bool any_threshold(const struct core *core, u32 packs)
{
    bool any = false;
    for (u32 bits = packs; bits; bits &= bits - 1) {
        u32 pack = (u32)__builtin_ctz(bits);
        any = any || core->ruling.about[pack].has_threshold;
    }
    return any;
}

static u32 packs_there(const struct core *core)
{
    u32 packs = 0;
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        packs |= core->ruling.about[i].state != PACK_FREE ? 1U << i : 0;
    }
    return packs;
}

/* Packs whose border has come and is not queued. */
static u32 packs_at_border(const struct core *core)
{
    u32 packs = 0;
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        const struct ruling_pack *about = &core->ruling.about[i];
        bool is_reached = about->state == PACK_STATE_ACTIVE && about->boundary_us <= core->now_us;
        packs |= is_reached ? 1U << i : 0;
    }
    return packs;
}

/* What waits in one entry, or for room, is looked at together: else an ending pack would let go of
 * somebody before the one that takes its place has spoken. */
static u32 packs_together(const struct core *core, u32 packs)
{
    const struct ruling *ruling = &core->ruling;
    u32 border = packs_at_border(core);
    u32 before = 0;
    while (packs != before) {
        before = packs;
        packs |= packs & border ? border : 0;
        for (u32 i = 0; i < ruling->waiting_count; i++) {
            const struct waiting *entry = &ruling->waiting[i];
            packs |= !entry->only_watched && entry->packs & packs ? entry->packs : 0;
        }
    }
    return packs;
}

/* Whether the person's vector has changed. */
static bool evaluate(struct core *core, const struct question *question)
{
    struct person_rows rows;
    struct person *person = &core->ruling.persons[question->person];
    u32 packs = packs_together(core, question->packs & packs_there(core));
    person_gather(core, question->person, &rows);
    if (any_threshold(core, packs)) {
        rows.person.holdings = holdings_of(core, question->prices, question->person);
    }
    for (u32 bits = packs; bits; bits &= bits - 1) {
        pack_evaluate(core, question, (u32)__builtin_ctz(bits), &rows.person);
    }
    u64 vector = 0;
    for (u32 bits = person->findings; bits; bits &= bits - 1) {
        u32 slot = (u32)__builtin_ctz(bits);
        vector = rule_vector_join(vector, finding_of(core, question->person, slot)->vector);
    }
    if (vector == person->vector) {
        return false;
    }
    person->vector = (u16)vector;
    for (u32 next = person->account; next; next = core->ruling.links[next - 1].next) {
        ruling_account(core, next - 1, question->cause_seq, false);
    }
    return true;
}

void ruling_evaluate(struct core *core, u32 person)
{
    struct question question = {person, ALL_PACKS, core->ruling.prices, core->seq};
    (void)evaluate(core, &question);
    core->ruling.persons[person].evaluated_seq = core->seq;
    ruling_clock(core);
}

void ruling_money(struct core *core, u32 account)
{
    u32 person = person_of(core, account);
    if (person && core->ruling.persons[person].watched) {
        ruling_evaluate(core, person);
    }
}

/* ---- the queue ---- */

void ruling_queue(struct core *core, u32 packs, bool only_watched, u64 cause_seq)
{
    struct ruling *ruling = &core->ruling;
    CHECK(ruling->waiting_count < RULE_WAITING_MAX);
    struct waiting *entry = &ruling->waiting[ruling->waiting_count++];
    struct valuation_price *prices = entry->prices;
    memcpy(prices, ruling->prices, sizeof *prices * core->limits.assets_max);
    *entry = (struct waiting){.cause_seq = cause_seq,
                              .last = ruling->persons_count,
                              .packs = (u16)packs,
                              .only_watched = only_watched,
                              .prices = prices};
}

/* The next person to look at, or 0. */
static u32 waiting_next(const struct core *core, const struct waiting *entry)
{
    u32 next = entry->cursor + 1;
    if (!entry->only_watched) {
        return next <= entry->last ? next : 0;
    }
    const u64 *words = core->ruling.watched[__builtin_ctz(entry->packs)];
    while (next <= entry->last) {
        u64 word = words[next / 64] >> (next % 64);
        if (word) {
            next += (u32)__builtin_ctzll(word);
            return next <= entry->last ? next : 0;
        }
        next = (next / 64 + 1) * 64;
    }
    return 0;
}

static void waiting_finish(struct core *core)
{
    struct ruling *ruling = &core->ruling;
    struct waiting done = ruling->waiting[0];
    OUTPUT(core, reevaluated, EVENT_REEVALUATED, 0, .cause_seq = done.cause_seq,
           .persons = done.persons, .changed = done.changed, .pack = (u8)__builtin_ctz(done.packs));
    ruling->waiting_count--;
    memmove(&ruling->waiting[0], &ruling->waiting[1], sizeof done * ruling->waiting_count);
    ruling->waiting[ruling->waiting_count] = (struct waiting){.prices = done.prices};
    u32 over = done.packs;
    for (u32 i = 0; i < ruling->waiting_count; i++) {
        over &= ~(u32)ruling->waiting[i].packs;
    }
    for (; over; over &= over - 1) {
        u32 pack = (u32)__builtin_ctz(over);
        if (ruling->about[pack].state == PACK_STATE_ENDING) {
            ruling_pack_tell(core, pack, PACK_STATE_ENDED);
            ruling_pack_free(core, pack);
        }
    }
}

static void waiting_run(struct core *core, u32 budget)
{
    struct ruling *ruling = &core->ruling;
    while (ruling->waiting_count) {
        struct waiting *entry = &ruling->waiting[0];
        u32 person = waiting_next(core, entry);
        if (person == 0) {
            waiting_finish(core);
            continue;
        }
        if (budget == 0) {
            return;
        }
        budget--;
        entry->cursor = person;
        if (ruling->persons[person].evaluated_seq < entry->cause_seq) {
            struct question question = {person, entry->packs, entry->prices, entry->cause_seq};
            entry->persons++;
            entry->changed += evaluate(core, &question) ? 1 : 0;
        }
    }
}

/* Packs whose instant for the person has been reached. */
static u32 packs_due(struct core *core, u32 person)
{
    const u64 *instants = instants_of(core, person);
    u32 packs = 0;
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        packs |= instants[i] && instants[i] <= core->now_us ? 1U << i : 0;
    }
    return packs;
}

/* Persons whose instant has come. Returns what is left of the budget. */
static u32 due_run(struct core *core, u32 budget)
{
    struct ruling *ruling = &core->ruling;
    while (budget > 0 && ruling->heap_count &&
           ruling->persons[ruling->heap[1]].next_us <= core->now_us) {
        u32 person = ruling->heap[1];
        struct question question = {person, packs_due(core, person), ruling->prices, core->seq};
        (void)evaluate(core, &question);
        budget--;
    }
    return budget;
}

/* One entry for all packs whose border has come, so that nobody is free between one that ends and
 * the next that begins. */
static void borders_run(struct core *core)
{
    struct ruling *ruling = &core->ruling;
    u32 packs = packs_at_border(core);
    if (packs == 0 || ruling->waiting_count == RULE_WAITING_MAX) {
        return;
    }
    for (u32 bits = packs; bits; bits &= bits - 1) {
        ruling_border(core, (u32)__builtin_ctz(bits));
    }
    ruling_queue(core, packs, false, core->seq);
    ruling_assets(core, true);
}

/* ---- whom a command names ---- */

static void person_first(struct core *core, u32 person)
{
    struct ruling *ruling = &core->ruling;
    if (person == 0 || person > ruling->persons_count) {
        return;
    }
    for (u32 i = 0; i < ruling->waiting_count; i++) {
        const struct waiting *entry = &ruling->waiting[i];
        bool wanted =
            !entry->only_watched || (ruling->persons[person].watched &
                                     ruling->about[__builtin_ctz(entry->packs)].slot_mask);
        if (wanted && person > entry->cursor && person <= entry->last &&
            ruling->persons[person].evaluated_seq < entry->cause_seq) {
            struct question question = {person, entry->packs, entry->prices, entry->cause_seq};
            (void)evaluate(core, &question);
        }
    }
    /* What time alone has changed: an instant of the person's, or a border that waits for room. */
    u32 late = packs_due(core, person) | packs_at_border(core);
    if (late) {
        struct question question = {person, late, ruling->prices, core->seq};
        (void)evaluate(core, &question);
    }
}

static void account_first(struct core *core, u32 account)
{
    if (account < core->accounts_count) {
        login_first(core, account);
        person_first(core, person_of(core, account));
    }
}

/* A hold is its account's, whoever settles or releases it. */
static void hold_first(struct core *core, u64 hold_id)
{
    u32 slot = index_hold(core, hold_id);
    if (slot) {
        account_first(core, core->holds[slot].account);
    }
}

/* Once, where both accounts are one person's. */
static void transfer_first(struct core *core, const struct command_transfer *command)
{
    u32 payer = command->head.account;
    u32 payee = command->target_account;
    account_first(core, payer);
    bool is_one = payer < core->accounts_count && payee < core->accounts_count &&
                  person_of(core, payer) == person_of(core, payee);
    if (!is_one && payee < core->accounts_count) {
        person_first(core, person_of(core, payee));
    }
}

#define PERSON_OF(type) person_first(core, ((const struct command_##type *)record)->person)

static void named_first(struct core *core, const struct command_head *command)
{
    const void *record = command;
    switch (command->kind) { /* not an enum: a number from outside */
    case COMMAND_LINK:
    case COMMAND_UNLINK:
        PERSON_OF(link);
        break;
    case COMMAND_FACT_SET:
        PERSON_OF(fact_set);
        break;
    case COMMAND_LISTING_SET:
        PERSON_OF(listing_set);
        break;
    case COMMAND_OWNERSHIP_SET:
        PERSON_OF(ownership_set);
        break;
    case COMMAND_ROW_END:
        PERSON_OF(row_end);
        break;
    case COMMAND_LICENCE_SET:
        PERSON_OF(licence_set);
        break;
    case COMMAND_LIFT:
        PERSON_OF(lift);
        break;
    case COMMAND_TRANSFER:
        transfer_first(core, record);
        break;
    case COMMAND_WITHDRAW_SETTLE:
        hold_first(core, ((const struct command_withdraw_settle *)record)->hold_id);
        break;
    case COMMAND_HOLD_RELEASE:
        hold_first(core, ((const struct command_hold_release *)record)->hold_id);
        break;
    case COMMAND_WITHDRAW_PAUSE:
        account_first(core,
                      login_account(core, ((const struct command_withdraw_pause *)record)->login));
        break;
    default: /* not an enum: a number from outside */
        if (command->kind == COMMAND_RESTRICT ||
            (command->kind >= COMMAND_ORDER && command->kind <= COMMAND_WITHDRAW_HOLD) ||
            command->kind == COMMAND_ADJUST) {
            account_first(core, command->account);
        }
        break;
    }
}

void ruling_run(struct core *core, const struct command_head *command)
{
    borders_run(core);
    named_first(core, command);
    u32 budget = core->ruling.reevaluations_max;
    budget *= command->kind == COMMAND_CONTINUE ? RULING_CONTINUE_TIMES : 1;
    waiting_run(core, due_run(core, login_run(core, budget)));
    ruling_clock(core);
}

/* ---- licences ---- */

bool ruling_has_licence(const struct core *core, u32 account, u32 licence)
{
    const struct ruling *ruling = &core->ruling;
    u32 person = person_of(core, account);
    return person && licence && licence <= ruling->licences_count &&
           ruling->licence_persons[licence] == person;
}

static enum reject use_reject(enum rule_licence_answer answer)
{
    switch (answer) {
    case RULE_LICENCE_NO_RULE:
        return REJECT_LICENCE_NO_RULE;
    case RULE_LICENCE_TIME:
        return REJECT_LICENCE_TIME;
    case RULE_LICENCE_OPERATION:
        return REJECT_LICENCE_OPERATION;
    case RULE_LICENCE_GROUND:
        return REJECT_LICENCE_GROUND;
    case RULE_LICENCE_OTHER_RULE:
        return REJECT_LICENCE_OTHER_RULE;
    case RULE_LICENCE_CEILING:
        return REJECT_LICENCE_CEILING;
    case RULE_LICENCE_GOOD:
    case RULE_LICENCE_NOT_NEEDED:
        break;
    }
    return REJECT_NONE;
}

/* The answers of all packs about a person, as they would be now. */
static NEVER_INLINE enum rule_licence_answer use_ask(struct core *core, u32 person,
                                                     const struct rule_licence *licence,
                                                     const struct ruling_use *use, u64 eur)
{
    struct rule_outcome outcomes[RULE_PACKS_MAX];
    struct rule_verdict verdicts[RULE_PACKS_MAX];
    struct person_rows rows;
    u32 count = 0;
    u32 packs = packs_there(core);
    person_gather(core, person, &rows);
    if (any_threshold(core, packs)) {
        rows.person.holdings = holdings_of(core, core->ruling.prices, person);
    }
    for (u32 bits = packs; bits; bits &= bits - 1) {
        u32 pack = (u32)__builtin_ctz(bits);
        pack_ask(core, person, pack, &rows.person, &outcomes[count]);
        verdicts[count] = (struct rule_verdict){&core->ruling.packs[pack], &outcomes[count]};
        count++;
    }
    return rule_licence_check(licence, verdicts, count, (u32)use->operation, eur, core->now_us);
}

enum reject ruling_use_check(struct core *core, const struct ruling_use *use, u64 *eur_out)
{
    struct rule_licence licence = core->ruling.licences[use->licence];
    u64 eur = use->spent;
    *eur_out = 0;
    u64 units = use->units; /* raw: valued */
    if (eur == 0 && !holdings_value(core, core->ruling.prices, use->asset, units, &eur)) {
        return REJECT_LICENCE_CEILING;
    }
    CHECK(use->spent <= licence.used);
    licence.used -= use->spent;
    enum rule_licence_answer answer =
        use_ask(core, person_of(core, use->account), &licence, use, eur);
    *eur_out = answer == RULE_LICENCE_GOOD ? eur : 0;
    return use_reject(answer);
}

void ruling_spend(struct core *core, u32 account, u32 number, u64 eur, bool back)
{
    struct rule_licence *licence = &core->ruling.licences[number];
    if (back) {
        CHECK(eur <= licence->used);
        licence->used -= eur;
    } else {
        rule_licence_spend(licence, eur);
    }
    OUTPUT(core, licence_spent, EVENT_LICENCE_SPENT, account, .eur = eur, .used = licence->used,
           .ceiling = licence->ceiling, .licence = number,
           .person = core->ruling.licence_persons[number],
           .direction = back ? DIRECTION_IN : DIRECTION_OUT);
}

/* ---- validation ---- */

static void validate_person(const struct core *core, u32 number)
{
    const struct ruling *ruling = &core->ruling;
    const struct person *person = &ruling->persons[number];
    const struct finding *findings = &ruling->findings[(size_t)number * RULE_SLOTS_MAX];
    static const struct finding nothing;
    u64 vector = 0;
    for (u32 i = 0; i < RULE_SLOTS_MAX; i++) {
        bool is_there = memcmp(&findings[i], &nothing, sizeof nothing) != 0;
        CHECK(is_there == (person->findings >> i & 1U));
        CHECK(!is_there || (ruling->slots_used >> i & 1U));
        CHECK((findings[i].flags & DECISION_FLAG_WATCHED) == 0 || (person->watched >> i & 1U));
        vector = rule_vector_join(vector, findings[i].vector);
    }
    CHECK(vector == person->vector);
    u32 accounts = 0;
    for (u32 next = person->account; next; next = ruling->links[next - 1].next) {
        const struct account_link *link = &ruling->links[next - 1];
        CHECK(link->person == number);
        CHECK(link->next == 0 || link->next > next);
        CHECK(core->accounts[next - 1].restrictions ==
              rule_vector_join(login_hand(core, next - 1), vector));
        accounts++;
    }
    CHECK(accounts == person->accounts_count);
    CHECK((person->next_us != 0) == (person->heap != 0));
    CHECK(person->heap == 0 || ruling->heap[person->heap] == number);
}

void ruling_validate(const struct core *core)
{
    const struct ruling *ruling = &core->ruling;
    u32 rows = 0;
    for (u32 i = 1; i <= ruling->persons_count; i++) {
        const struct person *person = &ruling->persons[i];
        validate_person(core, i);
        for (u32 slot = person->rows; slot; slot = ruling->rows[slot].next) {
            u32 next = ruling->rows[slot].next;
            CHECK(next == 0 || ruling->rows[next].row > ruling->rows[slot].row);
            rows++;
        }
    }
    CHECK(rows == ruling->row_slab.count);
    for (u32 i = 2; i <= ruling->heap_count; i++) {
        CHECK(!sooner(ruling, ruling->heap[i], ruling->heap[i / 2]));
    }
    login_validate(core);
}
