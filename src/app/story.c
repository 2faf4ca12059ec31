#include "app/story.h"

#include "app/rule_words.h"
#include "app/story_ask.h"
#include "app/story_case.h"
#include "app/story_desk.h"
#include "app/time_text.h"
#include "app/venue_rules.h"
#include "base/amount.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/engine/layout.h"
#include "wire/code.h"
#include "wire/link.h"

#include <stdio.h>
#include <string.h>

#define US_S      1000000ULL
#define US_TICK   (12ULL * 3600 * US_S) /* holdings are valued at midnight and noon */
#define NS_US     1000ULL
#define STEPS_MAX 10000U /* of the engine, between two moments */

enum { PLACES = 8, MARKET = 0, NETWORK = 0, BTC = 0, EUR = 1, TEXT_BYTES = 256 };

/* Every story's folder has this venue, so that its journal is the same everywhere. */
static const u8 venue[JOURNAL_VENUE_BYTES] = "a demo's story";

static const struct venue_market market = {.name = "BTCEUR",
                                           .base = BTC,
                                           .quote = EUR,
                                           .tick = VENUE_MAKER_ONE / 100,
                                           .lot = 1000,
                                           .notional = 5 * VENUE_MAKER_ONE,
                                           .qty_max = 1000 * VENUE_MAKER_ONE,
                                           .fee_maker = 80000,
                                           .fee_taker = 100000};

static const char *const assets[] = {"BTC", "EUR"};

_Static_assert(ARRAY_COUNT(assets) == STORY_ASSETS, "a price each");

/* ---- texts of the script: a mistake there is ours ---- */

u64 story_moment(const char *text)
{
    char whole[TIME_TEXT_BYTES];
    u64 us = 0;
    (void)snprintf(whole, sizeof(whole), "%s:00Z", text);
    CHECK(time_text_parse(whole, &us));
    return us;
}

u64 story_moment_or(const char *text, u64 otherwise)
{
    return text == NULL ? otherwise : story_moment(text);
}

struct amount story_amount(const char *text)
{
    struct amount amount = amount_of(0);
    CHECK(text != NULL && amount_parse(span_of_text(text), PLACES, &amount) == AMOUNT_OK);
    return amount;
}

/* ---- rows that later steps replace ---- */

void story_row_name(struct story_run *run, const char *label, u64 row)
{
    if (label == NULL) {
        return;
    }
    CHECK(run->rows_count < STORY_ROWS_MAX);
    struct story_row *named = &run->rows[run->rows_count];
    (void)snprintf(named->label, sizeof(named->label), "%s", label);
    named->row = row;
    run->rows_count += 1;
}

u64 story_row_of(const struct story_run *run, const char *label)
{
    if (label == NULL) {
        return 0;
    }
    for (u32 i = 0; i < run->rows_count; i += 1) {
        if (strcmp(run->rows[i].label, label) == 0) {
            return run->rows[i].row;
        }
    }
    CHECK(false);
    return 0;
}

/* ---- time ---- */

static void clock_move(struct story_run *run, u64 us)
{
    CHECK(us >= run->now_us);
    clock_false_advance(&run->clock, (us - run->now_us) * NS_US);
    run->now_us = us;
}

enum fault story_prices(struct story_run *run)
{
    for (u16 asset = 0; asset < ARRAY_COUNT(assets); asset += 1) {
        if (run->prices[asset] != 0) {
            TRY(venue_rules_price(&run->maker, asset, run->prices[asset]));
        }
    }
    return FAULT_NONE;
}

/* What the engine does of its own: whom time alone concerns, and the queue. */
enum fault story_work(struct story_run *run)
{
    u32 idle = 0;
    for (u32 step = 0; idle < 2; step += 1) { /* the first idle step only notes the time */
        bool some = false;
        CHECK(step < STEPS_MAX);
        TRY(engine_work(run->maker.engine, &some));
        idle = some ? 0 : idle + 1;
    }
    return engine_drain(run->maker.engine);
}

static enum fault valuations(struct story_run *run)
{
    for (u16 pack = 0; pack < STORY_PACK_NUMBERS; pack += 1) {
        if (run->teller.is_active[pack]) {
            TRY(venue_rules_valuation(&run->maker, pack));
        }
    }
    return story_work(run);
}

/* The next moment at which something happens: by time alone, a valuation, or the one wished for. */
static u64 next_moment(const struct story_run *run, u64 wish_us)
{
    u64 due_us = core_rules_due(engine_core(run->maker.engine));
    u64 tick_us = (run->now_us / US_TICK + 1) * US_TICK;
    u64 next_us = u64_min(wish_us, tick_us);
    return due_us > run->now_us ? u64_min(next_us, due_us) : next_us;
}

/* Lives on until then. Prices come a second before whatever happens. */
static enum fault live_until(struct story_run *run, u64 wish_us, const char *text)
{
    while (run->now_us < wish_us) {
        u64 next_us = next_moment(run, wish_us);
        if (next_us - run->now_us > US_S) {
            clock_move(run, next_us - US_S);
            story_tell_later(&run->teller, run->now_us, "Prices come.");
            TRY(story_prices(run));
        }
        clock_move(run, next_us);
        if (next_us == wish_us && text != NULL) {
            story_tell_now(&run->teller, next_us, text);
        } else {
            story_tell_later(&run->teller, next_us,
                             next_us % US_TICK == 0 ? "Holdings are valued." : "Time passes.");
        }
        TRY(story_work(run));
        if (next_us % US_TICK == 0) {
            TRY(valuations(run));
        }
    }
    return FAULT_NONE;
}

/* ---- steps ---- */

/* "nationality RU, residence RU" of what a person brings. */
static const char *facts_words(const struct story *story, u32 person, char target[TEXT_BYTES])
{
    int used = 0;
    (void)snprintf(target, TEXT_BYTES, "nothing");
    for (u32 i = 0; i < story->facts_count; i += 1) {
        const struct story_fact *row = &story->facts[i];
        if (row->person == person) {
            used += snprintf(target + used, TEXT_BYTES - (size_t)used, "%s%s %s",
                             used == 0 ? "" : ", ", rule_words_fact(row->kind), row->value);
            CHECK(used < TEXT_BYTES);
        }
    }
    return target;
}

static enum fault sign_up_facts(struct story_run *run, u32 person)
{
    for (u32 i = 0; i < run->story->facts_count; i += 1) {
        const struct story_fact *row = &run->story->facts[i];
        struct venue_fact fact = {.person = person,
                                  .kind = row->kind,
                                  .verified = row->verified,
                                  .value = row->value,
                                  .expires = story_moment_or(row->expires, 0),
                                  .evidence = row->evidence};
        u64 seq = 0;
        if (row->person == person) {
            TRY(venue_rules_fact(&run->maker, &fact, &seq));
            story_row_name(run, row->label, seq);
        }
    }
    return FAULT_NONE;
}

static enum fault screening(struct story_run *run, u32 person, const char *name)
{
    char label[STORY_LABEL_BYTES];
    u64 seq = 0;
    TRY(venue_rules_verdict(&run->maker,
                            &(struct venue_verdict){.person = person,
                                                    .state = LISTING_STATE_CLEAR,
                                                    .from = run->now_us},
                            &seq));
    (void)snprintf(label, sizeof(label), "screened-%s", name);
    story_row_name(run, label, seq);
    return FAULT_NONE;
}

static enum fault do_sign_up(struct story_run *run, const struct story_step *step)
{
    const struct story_account *account = &run->story->accounts[step->account];
    char words[TEXT_BYTES];
    CHECK(step->account == run->accounts_count); /* the script signs up in the order of its table */
    story_tell(&run->teller, account->name, "signs up: %s", account->who);
    run->accounts_count += 1;
    TRY(venue_maker_account(&run->maker));
    if (account->person > run->persons_count) {
        CHECK(account->person == run->persons_count + 1);
        run->persons_count += 1;
        story_tell(&run->teller, "", "%s", facts_words(run->story, account->person, words));
        TRY(venue_rules_person(&run->maker, account->person));
        TRY(sign_up_facts(run, account->person));
        if (step->label == NULL && run->story->records == NULL) {
            TRY(screening(run, account->person, account->name));
        }
    }
    return venue_rules_link(&run->maker, account->person, step->account);
}

static enum fault do_price(struct story_run *run, const struct story_step *step)
{
    run->prices[step->asset] = story_amount(step->amount).units; /* raw: a price counts the same */
    return story_prices(run);
}

static enum fault do_deposit(struct story_run *run, const struct story_step *step)
{
    struct command_deposit deposit = {.amount = story_amount(step->amount),
                                      .reference = run->maker.source_index,
                                      .asset = step->asset,
                                      .network = NETWORK};
    return venue_maker_send(&run->maker, &deposit, sizeof(deposit), COMMAND_DEPOSIT, step->account);
}

static enum fault do_order(struct story_run *run, const struct story_step *step)
{
    struct command_order order = {
        .price = price_of(story_amount(step->price).units), /* raw: a price counts the same */
        .qty = story_amount(step->amount),
        .market = MARKET,
        .side = step->is_buy ? SIDE_BUY : SIDE_SELL,
        .type = ORDER_TYPE_LIMIT,
        .tif = TIME_IN_FORCE_GTC,
        .stp = STP_MODE_MARKET_DEFAULT};
    return venue_maker_send(&run->maker, &order, sizeof(order), COMMAND_ORDER, step->account);
}

static enum fault do_withdraw(struct story_run *run, const struct story_step *step)
{
    struct command_withdraw_hold hold = {.amount = story_amount(step->amount),
                                         .asset = step->asset,
                                         .network = NETWORK,
                                         .licence = step->licence,
                                         .reference = run->maker.source_index};
    return venue_maker_send(&run->maker, &hold, sizeof(hold), COMMAND_WITHDRAW_HOLD, step->account);
}

static enum fault do_transfer(struct story_run *run, const struct story_step *step)
{
    struct command_transfer transfer = {
        .amount = story_amount(step->amount), .target_account = step->target, .asset = step->asset};
    return venue_maker_send(&run->maker, &transfer, sizeof(transfer), COMMAND_TRANSFER,
                            step->account);
}

static enum fault do_settle(struct story_run *run, const struct story_step *step)
{
    struct command_withdraw_settle settle = {.hold_id = run->teller.holds[step->account],
                                             .reference = run->maker.source_index};
    return venue_maker_send(&run->maker, &settle, sizeof(settle), COMMAND_WITHDRAW_SETTLE,
                            step->account);
}

/* API of the core: a deposit goes back where no account is named (docs/semantics.md section 8). */
static enum fault do_return(struct story_run *run, const struct story_step *step)
{
    struct command_hold_release release = {.hold_id = run->teller.holds[step->account]};
    return venue_maker_send(&run->maker, &release, sizeof(release), COMMAND_HOLD_RELEASE,
                            UINT32_MAX);
}

static enum fault do_fact(struct story_run *run, const struct story_step *step)
{
    u64 seq = 0;
    TRY(venue_rules_fact(&run->maker,
                         &(struct venue_fact){.person = run->story->accounts[step->account].person,
                                              .kind = step->fact,
                                              .verified = step->verified,
                                              .value = step->value,
                                              .from = story_moment_or(step->from, 0),
                                              .until = story_moment_or(step->until, 0),
                                              .expires = story_moment_or(step->expires, 0),
                                              .evidence = step->evidence,
                                              .replaces = story_row_of(run, step->replaces)},
                         &seq));
    story_row_name(run, step->label, seq);
    return FAULT_NONE;
}

static enum fault do_verdict(struct story_run *run, const struct story_step *step)
{
    u64 seq = 0;
    TRY(venue_rules_verdict(
        &run->maker,
        &(struct venue_verdict){.person = run->story->accounts[step->account].person,
                                .state = step->state,
                                .lower = step->lower,
                                .upper = step->upper,
                                .entry = step->entry,
                                .from = run->now_us,
                                .replaces = story_row_of(run, step->replaces)},
        &seq));
    story_row_name(run, step->label, seq);
    return FAULT_NONE;
}

static enum fault do_pack(struct story_run *run, const struct story_step *step)
{
    TRY(venue_rules_read(step->value, &run->source));
    TRY(story_tell_pack(&run->teller, span_of(run->source.canonical, run->source.canonical_bytes),
                        run->source.pack.content_hash));
    TRY(venue_rules_activate(&run->maker, step->value, &run->source));
    return story_work(run);
}

static enum fault do_licence(struct story_run *run, const struct story_step *step)
{
    run->licences_count += 1;
    struct command_licence_set set = {
        .licence = run->licences_count,
        .person = run->story->accounts[step->account].person,
        .pack_id = VENUE_RULES_LIST,
        .authority = code_name_of(span_of_text("demo")),
        .number = run->licences_count,
        .ceiling = story_amount(step->amount).units, /* raw: 10^-8 EUR */
        .from = run->now_us,
        .until = VENUE_RULES_OPEN,
        .operations = 1U << OPERATION_WITHDRAW,
        .officer = VENUE_OFFICER,
        .second = VENUE_OFFICER_SECOND,
        .ground = 'b',
    };
    CHECK(strlen(step->value) <= sizeof(set.rule_id));
    memcpy(set.rule_id, step->value, strlen(step->value));
    return venue_maker_put(&run->maker, &set, sizeof(set), COMMAND_LICENCE_SET, 0);
}

static void do_table(struct story_run *run)
{
    char words[STORY_VECTOR_BYTES];
    for (u32 account = 0; account < run->accounts_count; account += 1) {
        story_tell(&run->teller, run->story->accounts[account].name, "%s",
                   story_vector(run->teller.vectors[account], words));
    }
}

static enum fault step_do(struct story_run *run, const struct story_step *step)
{
    const struct story_account *account = &run->story->accounts[step->account];
    switch (step->act) {
    case STORY_SAY:
        return FAULT_NONE;
    case STORY_PRICE:
        return do_price(run, step);
    case STORY_SIGN_UP:
        return do_sign_up(run, step);
    case STORY_DEPOSIT:
        return do_deposit(run, step);
    case STORY_ORDER:
        return do_order(run, step);
    case STORY_WITHDRAW:
        return do_withdraw(run, step);
    case STORY_SETTLE:
        return do_settle(run, step);
    case STORY_RETURN:
        return do_return(run, step);
    case STORY_FACT:
        return step->by != NULL ? story_desk_step(run, step) : do_fact(run, step);
    case STORY_LISTING:
    case STORY_OWNERSHIP:
        return step->by != NULL ? story_desk_step(run, step) : do_verdict(run, step);
    case STORY_UNLINK:
        run->teller.persons[step->account] = 0;
        return venue_rules_unlink(&run->maker, account->person, step->account);
    case STORY_LINK:
        run->teller.persons[step->account] = step->person;
        return venue_rules_link(&run->maker, step->person, step->account);
    case STORY_PACK:
        return do_pack(run, step);
    case STORY_LICENCE:
        return do_licence(run, step);
    case STORY_TABLE:
        do_table(run);
        return FAULT_NONE;
    case STORY_TRANSFER:
        return do_transfer(run, step);
    case STORY_REGISTER:
    case STORY_LOAD:
    case STORY_SCREEN:
    case STORY_OWN:
    case STORY_WAY:
    case STORY_WHY:
    case STORY_INBOX:
    case STORY_QUEUE:
    case STORY_CASE:
    case STORY_RESTRICT:
    case STORY_SECOND:
        return story_desk_step(run, step);
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

static enum fault begin(struct story_run *run)
{
    for (u16 asset = 0; asset < ARRAY_COUNT(assets); asset += 1) {
        TRY(venue_maker_asset(&run->maker, asset, assets[asset]));
    }
    run->prices[EUR] = VENUE_MAKER_ONE;
    TRY(venue_maker_market(&run->maker, MARKET, &market));
    return run->story->records == NULL ? FAULT_NONE : story_desk_open(run);
}

static enum fault steps_do(struct story_run *run)
{
    const struct story *story = run->story;
    (void)printf("%s\n", story->title);
    TRY(begin(run));
    for (u32 i = 0; i < story->steps_count; i += 1) {
        const struct story_step *step = &story->steps[i];
        u64 at_us = story_moment_or(step->at, run->now_us);
        if (at_us > run->now_us) {
            TRY(live_until(run, at_us, step->text));
        } else if (step->text != NULL) {
            story_tell_now(&run->teller, run->now_us, step->text);
        }
        TRY(step_do(run, step));
    }
    return engine_finish(run->maker.engine);
}

static enum fault folder_make(const char *folder)
{
    struct layout_paths paths;
    bool has = false;
    TRY(disk_make_folder(disk_real(), folder));
    TRY(layout_paths(&paths, folder));
    TRY(layout_has_journal(disk_real(), &paths, &has));
    return has ? FAULT(FAULT_EXISTS, "%s: there is a venue in this folder already", folder)
               : venue_rules_officers(folder);
}

enum fault story_run(const struct story *story, const char *folder)
{
    static struct story_run run;
    if (story == &story_disclosure) {
        return story_case_run(&story_disclosure_case, folder);
    }
    memset(&run, 0, sizeof(run));
    run.story = story;
    run.folder = folder;
    run.venue = venue;
    run.now_us = story_moment(story->begin);
    clock_false_init(&run.clock, run.now_us);
    story_teller_begin(&run.teller, story);
    TRY(folder_make(folder));
    enum fault fault =
        venue_maker_open(&run.maker, &(struct venue_maker_options){.folder = folder,
                                                                   .clock = &run.clock.clock,
                                                                   .venue = venue,
                                                                   .events = &run.teller.sink});
    if (fault == FAULT_NONE) {
        fault = steps_do(&run);
    }
    story_desk_close(&run);
    venue_maker_close(&run.maker);
    TRY(fault);
    TRY(story_ask(story, folder));
    for (const char *const *line = story->ending; line != NULL && *line != NULL; line += 1) {
        (void)printf("%s\n", *line);
    }
    return FAULT_NONE;
}

const struct story *story_find(const char *name)
{
    static const struct story *const all[] = {&story_sanctions, &story_ownership,
                                              &story_disclosure};
    for (u32 i = 0; i < ARRAY_COUNT(all); i += 1) {
        if (strcmp(name, all[i]->name) == 0) {
            return all[i];
        }
    }
    return NULL;
}
