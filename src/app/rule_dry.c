#include "app/rule_dry.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "core/ruling.h"
#include "core/snapshot.h"
#include "wire/link.h"
#include "wire/reject.h"

#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 1024, CONTINUES_MAX = 1 << 26, OFFICER = 1, SECOND = 2 };

/* What was last said of a person by one rule of the pack. */
struct said {
    u8 truth;
    u8 reasons;
    u8 missing;
    u8 flags;
};

/* A dry run at work. */
struct dry_run {
    struct past_watch watch;
    const struct rule_dry_question *question;
    struct rule_dry *dry;
    struct core *core;
    u8 *events;
    size_t events_bytes;
    u64 *before; /* vectors of accounts, and after */
    u64 *after;
    bool *is_changed;
    u32 accounts;
    struct said *said; /* [person * rules + rule] */
    u32 persons;
    u32 rules;
    u16 pack; /* its number; UINT16_MAX: not active yet */
    u16 reject;
    struct rule_state state;
};

/* ---- events ---- */

static void hear_decision(struct dry_run *run, const u8 *event)
{
    u32 person = bytes_u32(event + offsetof(struct event_decision, person));
    u8 rule = event[offsetof(struct event_decision, rule)];
    if (event[offsetof(struct event_decision, pack)] != run->pack || person > run->persons ||
        rule >= run->rules) {
        return;
    }
    run->said[(size_t)person * run->rules + rule] =
        (struct said){.truth = event[offsetof(struct event_decision, truth)],
                      .reasons = event[offsetof(struct event_decision, reasons)],
                      .missing = event[offsetof(struct event_decision, missing)],
                      .flags = event[offsetof(struct event_decision, flags)]};
}

static void hear_restricted(struct dry_run *run, const u8 *event)
{
    u32 account = bytes_u32(event + offsetof(struct event_restricted, head.account));
    if (account >= run->accounts) {
        return;
    }
    if (!run->is_changed[account]) {
        run->before[account] = bytes_u64(event + offsetof(struct event_restricted, before));
        run->is_changed[account] = true;
    }
    run->after[account] = bytes_u64(event + offsetof(struct event_restricted, after));
}

static void hear(struct dry_run *run, const u8 *event)
{
    u16 kind = bytes_u16(event);
    if (kind == EVENT_REJECTED) {
        run->reject = bytes_u16(event + offsetof(struct event_rejected, reject));
    } else if (kind == EVENT_PACK_STATE &&
               event[offsetof(struct event_pack_state, state)] == PACK_STATE_ACTIVE) {
        run->pack = event[offsetof(struct event_pack_state, pack)];
    } else if (kind == EVENT_DECISION) {
        hear_decision(run, event);
    } else if (kind == EVENT_RESTRICTED) {
        hear_restricted(run, event);
    } else if (kind == EVENT_REEVALUATED) {
        run->dry->evaluated += bytes_u32(event + offsetof(struct event_reevaluated, persons));
    }
}

/* Applies a command to the core of our own. `listens`: what it leads to counts. */
static void apply(struct dry_run *run, void *command, size_t size, u16 kind, bool listens)
{
    struct core_output output = {.data = run->events, .size = run->events_bytes};
    struct command_head head = {.kind = kind,
                                .units = (u8)(size / WIRE_UNIT), /* raw: the record's length */
                                .source = LINK_SOURCE_ADMIN,
                                .source_index =
                                    core_source_index(run->core, LINK_SOURCE_ADMIN) + 1};
    memcpy(command, &head, sizeof(head));
    run->reject = REJECT_NONE;
    core_apply(run->core, command, &output);
    for (size_t offset = 0; offset < output.used;) {
        const u8 *event = run->events + offset;
        if (listens || bytes_u16(event) == EVENT_REJECTED) {
            hear(run, event);
        }
        offset += (size_t)event[2] * WIRE_UNIT;
    }
}

#define APPLY(run, command, kind, listens) \
    apply((run), &(command), sizeof(command), (kind), (listens))

static enum fault refused(const struct dry_run *run, const char *what)
{
    return run->reject == REJECT_NONE ? FAULT_NONE
                                      : FAULT(FAULT_REFUSED, "the venue would refuse it: %s: %s",
                                              what, reject_name((enum reject)run->reject));
}

/* Until nobody waits. */
static enum fault settle(struct dry_run *run, bool listens)
{
    u64 at = run->dry->at;
    for (u32 i = 0; core_rules_wait(run->core, at); i += 1) {
        struct command_continue more = {.head = {.kind = COMMAND_CONTINUE}};
        if (i == CONTINUES_MAX) {
            return FAULT(FAULT_LIMIT, "the evaluation comes to no end");
        }
        APPLY(run, more, COMMAND_CONTINUE, listens);
        TRY(refused(run, "continue"));
        if (run->question->line != NULL) {
            u64 done = (u64)i * RULING_REEVALUATIONS_MAX * 64;
            progress_update(run->question->line, u64_min(done, run->persons), run->persons);
        }
    }
    return FAULT_NONE;
}

/* ---- the day it is tried on ---- */

/* Prices are taken over as the last ones known, and everything that is due by then happens first.
 */
static enum fault go_to_the_day(struct dry_run *run)
{
    struct command_rules_set set = {.reevaluations_per_command_max = RULING_REEVALUATIONS_MAX,
                                    .price_stale_seconds =
                                        (u32)(run->state.price_stale_us / 1000000)};
    core_set_time(run->core, run->dry->at);
    APPLY(run, set, COMMAND_RULES_SET, false);
    TRY(refused(run, "rules_set"));
    for (u32 i = 0; i < run->state.assets.count; i += 1) {
        const struct rule_state_asset *asset = rule_state_asset(&run->state, (u16)i);
        struct command_valuation_price price = {.price = asset->price,
                                                .time_us = run->dry->at,
                                                .asset = (u16)i,
                                                .sources = asset->sources};
        if (asset->sources != 0) {
            APPLY(run, price, COMMAND_VALUATION_PRICE, false);
            TRY(refused(run, "valuation_price"));
        }
    }
    return settle(run, false);
}

static bool overlaps(struct rule_interval a, struct rule_interval b)
{
    return a.from < b.until && b.from < a.until;
}

static enum fault end_other(struct dry_run *run, const struct rule_pack *other)
{
    struct command_pack_end end = {.officer = OFFICER, .second = SECOND};
    memcpy(end.content_hash, other->content_hash, RULE_HASH_BYTES);
    APPLY(run, end, COMMAND_PACK_END, true);
    return refused(run, "pack_end");
}

/* Ends those that overlap, but for the last one: *replaced_out, which ends in the moment in which
 * the new one begins; NULL: none does. */
static enum fault end_others(struct dry_run *run, const struct rule_pack **replaced_out)
{
    *replaced_out = NULL;
    const struct rule_pack *pack = &run->question->source->pack;
    for (u32 i = 0; i < run->state.packs_count && run->question->replaces; i += 1) {
        const struct rule_state_pack *other = &run->state.packs[i];
        if (other->state != PACK_STATE_ACTIVE ||
            memcmp(other->pack.id, pack->id, RULE_ID_BYTES) != 0 ||
            !overlaps(other->pack.effective, pack->effective)) {
            continue;
        }
        if (*replaced_out != NULL) {
            TRY(end_other(run, *replaced_out));
        }
        *replaced_out = &other->pack;
        run->dry->ended += 1;
    }
    /* The number of an ended pack is free when everybody was looked at. */
    return run->dry->ended <= 1 ? FAULT_NONE : settle(run, true);
}

static enum fault replace(struct dry_run *run, size_t size, const struct rule_pack *replaced)
{
    struct command_pack_replace replacement = {
        .size = (u32)size, .officer = OFFICER, .second = SECOND, .confirmed = 1};
    memcpy(replacement.content_hash, run->question->source->pack.content_hash, RULE_HASH_BYTES);
    memcpy(replacement.ended_hash, replaced->content_hash, RULE_HASH_BYTES);
    APPLY(run, replacement, COMMAND_PACK_REPLACE, true);
    TRY(refused(run, "pack_replace"));
    return settle(run, true);
}

static enum fault activate(struct dry_run *run, const struct rule_pack *replaced)
{
    static u8 form[RULE_FORM_BYTES_MAX];
    const struct rule_pack *pack = &run->question->source->pack;
    size_t size = rule_form_encode(pack, form);
    for (size_t offset = 0; offset < size; offset += PART_BYTES) {
        struct command_pack_part part = {.offset = (u32)offset,
                                         .size = (u16)u64_min(PART_BYTES, size - offset)};
        memcpy(part.data, form + offset, part.size);
        APPLY(run, part, COMMAND_PACK_PART, true);
        TRY(refused(run, "pack_part"));
    }
    if (replaced != NULL) {
        return replace(run, size, replaced);
    }
    struct command_pack_activate activation = {
        .size = (u32)size, .officer = OFFICER, .second = SECOND, .confirmed = 1};
    memcpy(activation.content_hash, pack->content_hash, RULE_HASH_BYTES);
    APPLY(run, activation, COMMAND_PACK_ACTIVATE, true);
    TRY(refused(run, "pack_activate"));
    return settle(run, true);
}

/* ---- counting ---- */

static void count_said(struct dry_run *run)
{
    for (u32 person = 1; person <= run->persons; person += 1) {
        for (u32 i = 0; i < run->rules; i += 1) {
            const struct said *said = &run->said[(size_t)person * run->rules + i];
            struct rule_dry_rule *rule = &run->dry->rules[i];
            bool is_unknown = said->truth == TRUTH_UNKNOWN;
            rule->yes += said->truth == TRUTH_YES ? 1U : 0U;
            rule->unknown += is_unknown ? 1U : 0U;
            rule->warned += (said->flags & DECISION_FLAG_WARNED) != 0 ? 1U : 0U;
            for (u32 kind = 1; kind < RULE_FACT_KINDS && is_unknown; kind += 1) {
                rule->missing[kind] += said->missing >> kind & 1U;
            }
            if (is_unknown) {
                rule->candidates += (said->reasons & RULE_REASON_CANDIDATE) != 0 ? 1U : 0U;
                rule->undetermined += (said->reasons & RULE_REASON_UNDETERMINED) != 0 ? 1U : 0U;
                rule->unscreened += (said->reasons & RULE_REASON_UNSCREENED) != 0 ? 1U : 0U;
                rule->unpriced += (said->reasons & RULE_REASON_PRICE) != 0 ? 1U : 0U;
            }
        }
    }
}

/* Whether something becomes stricter. */
static bool count_operations(struct rule_dry *dry, u64 before, u64 after)
{
    bool is_stricter = false;
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        u32 from = rule_vector_of(before, i);
        u32 to = rule_vector_of(after, i);
        dry->operations[i].becomes[to] += to > from ? 1U : 0U;
        dry->operations[i].loosened += to < from ? 1U : 0U;
        is_stricter = is_stricter || to > from;
    }
    return is_stricter;
}

static enum fault count_accounts(struct dry_run *run)
{
    struct rule_dry *dry = run->dry;
    u32 counted_person = 0;
    u32 count = 0;
    for (u32 i = 0; i < run->accounts; i += 1) {
        count += run->is_changed[i] && run->before[i] != run->after[i] ? 1U : 0U;
    }
    dry->accounts = calloc((size_t)count + 1, sizeof(dry->accounts[0]));
    if (dry->accounts == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory to hold the accounts that change");
    }
    /* By person first: a person's money counts once. */
    for (u32 i = 0; i < run->state.accounts.count; i += 1) {
        const struct rule_state_account *row = rule_state_account_at(&run->state, i);
        u32 account = row->account;
        if (account >= run->accounts || !run->is_changed[account] ||
            run->before[account] == run->after[account]) {
            continue;
        }
        u32 assets = 0;
        struct rule_holdings holdings =
            rule_state_holdings(&run->state, row->person, NULL, &assets);
        bool is_stricter = count_operations(dry, run->before[account], run->after[account]);
        dry->restricted += is_stricter ? 1U : 0U;
        dry->loosened += is_stricter ? 0U : 1U;
        if (is_stricter && row->person != counted_person) {
            counted_person = row->person;
            dry->restricted_eur = u64_add_capped(dry->restricted_eur, holdings.eur);
            dry->restricted_unknown += holdings.is_known ? 0U : 1U;
        }
        CHECK(dry->accounts_count < count);
        dry->accounts[dry->accounts_count] =
            (struct rule_dry_account){.account = account,
                                      .person = row->person,
                                      .before = run->before[account],
                                      .after = run->after[account],
                                      .eur = holdings.eur,
                                      .is_known = holdings.is_known};
        dry->accounts_count += 1;
    }
    return FAULT_NONE;
}

static int compare_accounts(const void *a, const void *b)
{
    const struct rule_dry_account *x = a;
    const struct rule_dry_account *y = b;
    return x->account < y->account ? -1 : x->account > y->account ? 1 : 0;
}

static void count_assets(struct dry_run *run)
{
    for (u32 i = 0; i < run->state.assets.count; i += 1) {
        char name[9];
        const struct rule_state_asset *asset = rule_state_asset(&run->state, (u16)i);
        for (u32 k = 0; k < sizeof(name); k += 1) {
            char letter = asset->name[k];
            name[k] = letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
        }
        run->dry->assets_vector =
            rule_vector_join(run->dry->assets_vector,
                             rule_evaluate_asset(&run->question->source->pack,
                                                 rule_name_of(span_of_text(name)), run->dry->at));
    }
}

/* ---- the run ---- */

static enum fault take_memory(struct dry_run *run)
{
    struct command_genesis limits = core_limits(run->core);
    run->events_bytes = core_event_bytes_max(&limits);
    run->accounts = (u32)core_counts_of(run->core).accounts;
    run->persons = run->state.persons;
    run->rules = run->question->source->pack.rules_count;
    size_t accounts = (size_t)run->accounts + 1;
    run->events = malloc(run->events_bytes);
    run->before = calloc(accounts, sizeof(run->before[0]));
    run->after = calloc(accounts, sizeof(run->after[0]));
    run->is_changed = calloc(accounts, sizeof(run->is_changed[0]));
    run->said = calloc(((size_t)run->persons + 1) * run->rules, sizeof(run->said[0]));
    return run->events != NULL && run->before != NULL && run->after != NULL &&
                   run->is_changed != NULL && run->said != NULL
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "out of memory for a dry run");
}

static enum fault on_moment(struct past_watch *watch, u32 which, const struct past_look *look)
{
    struct dry_run *run = (struct dry_run *)(void *)watch;
    struct rule_dry *dry = run->dry;
    const struct rule_dry_question *question = run->question;
    (void)which;
    run->core = look->recovery->house.core; /* the replay ends here: it is ours */
    TRY(rule_state_take(run->core, RULE_STATE_MONEY, &run->state));
    u64 first = u64_max(look->time_us, question->source->pack.effective.from);
    dry->seq = look->seq;
    dry->journal_us = look->time_us;
    dry->at = question->at == RULE_DRY_NOW ? first : question->at;
    dry->persons = run->state.persons;
    if (dry->at < look->time_us) {
        return FAULT(FAULT_USAGE, "the day lies before the journal's end");
    }
    TRY(take_memory(run));
    TRY(go_to_the_day(run));
    dry->evaluated = 0;
    const struct rule_pack *replaced = NULL;
    TRY(end_others(run, &replaced));
    TRY(activate(run, replaced));
    rule_state_close(&run->state);
    TRY(rule_state_take(run->core, RULE_STATE_MONEY, &run->state));
    count_said(run);
    count_assets(run);
    TRY(count_accounts(run));
    if (dry->accounts_count > 1) {
        qsort(dry->accounts, dry->accounts_count, sizeof(dry->accounts[0]), compare_accounts);
    }
    return FAULT_NONE;
}

enum fault rule_dry_run(const struct rule_dry_question *question, struct rule_dry *dry_out)
{
    static struct dry_run run;
    memset(dry_out, 0, sizeof(*dry_out));
    memset(&run, 0, sizeof(run));
    run.watch.moment = on_moment;
    run.question = question;
    run.dry = dry_out;
    run.pack = UINT16_MAX;
    struct past_options options = {.folder = question->folder,
                                   .moments = {PAST_END},
                                   .moments_count = 1,
                                   .watch = &run.watch,
                                   .progress = question->progress};
    u64 start_ns = clock_mono_ns(clock_real());
    enum fault fault = past_run(&options);
    rule_state_close(&run.state);
    free(run.events);
    free(run.before);
    free(run.after);
    free(run.is_changed);
    free(run.said);
    dry_out->duration_ns = clock_mono_ns(clock_real()) - start_ns;
    return fault;
}

void rule_dry_close(struct rule_dry *dry)
{
    free(dry->accounts);
    dry->accounts = NULL;
}
