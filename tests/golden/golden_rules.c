/* Some weeks at a small venue under rules, made by hand so that every command, event and refusal
 * of the rules that needs no thousands of records is met: a threshold that is crossed and left, a
 * list hit, an ownership verdict, a deadline, an asset that is closed, licences, two packs that
 * come, one that is corrected and one that goes, what screening says, logins and their pauses, and
 * a queue that is still at work at the end. */
#include "base/span.h"
#include "core/rule_form.h"
#include "tests/golden/golden_writer.h"
#include "tests/support/core_world.h"
#include "wire/link.h"

#include <string.h>

#define EUR_UNIT   100000000ULL
#define DAY_US     86400000000ULL
#define START_US   1700000000000000ULL
#define BITS(o, r) ((u64)(r) << (2 * (o)))

enum {
    ETH = 2,
    PERSONS = 5,
    LOGINS = 2,
};

static struct golden_writer *out;

static void command(const void *record, u16 kind, u32 account)
{
    golden_writer_command(out, record, kind, account);
}

static void at(u64 time_us)
{
    golden_writer_time(out, time_us);
}

static void go_on(void)
{
    struct command_continue record = {.head = {.kind = COMMAND_CONTINUE}};
    command(&record, COMMAND_CONTINUE, 0);
}

static u64 name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

static void place(u32 account, u16 market, u8 side, u64 price)
{
    struct world_order order = world_limit(side, price, 5000);
    order.market = market;
    struct command_order record = world_order_command(&order);
    command(&record, COMMAND_ORDER, account);
}

/* ---- the packs ---- */

static struct rule *rule_begin(struct rule_pack *pack, const char *id)
{
    struct rule *rule = &pack->rules[pack->rules_count++];
    memcpy(rule->id, id, strlen(id));
    rule->effective = pack->effective;
    rule->scope = RULE_SCOPE_PERSON;
    rule->subject_first = pack->nodes_count;
    rule->subject_count = 1;
    return rule;
}

static void pack_begin(struct rule_pack *pack, const char *id, u8 hash, u64 until)
{
    memset(pack, 0, sizeof *pack);
    memcpy(pack->id, id, strlen(id));
    memset(pack->content_hash, hash, sizeof pack->content_hash);
    pack->version = 1;
    pack->effective = (struct rule_interval){START_US - DAY_US, until};
}

static void add_amount(struct rule_pack *pack)
{
    struct rule *rule = rule_begin(pack, "amount");
    pack->values[pack->values_count++] = rule_country_of(span_of_text("RU"));
    pack->nodes[pack->nodes_count++] = (struct rule_node){
        .op = RULE_OP_HAS, .detail = RULE_FACT_NATIONALITY, .parent = RULE_NONE, .count = 1};
    rule->vector =
        BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) |
        BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD) | BITS(OPERATION_TRANSFER_IN, RESTRICTION_REFUSE);
    rule->unknown_vector = BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD);
    rule->deadline_vector = rule->vector;
    rule->flags = RULE_FLAG_THRESHOLD;
    rule->compare = RULE_ABOVE;
    rule->amount = 10000 * EUR_UNIT;
    rule->lift_margin = 100 * EUR_UNIT;
    rule->dwell_us = DAY_US;
    rule->warn_percent = 9000;
    rule->evidence = RULE_FACT_NATIONALITY;
    rule->evidence_days = 14;
}

static void add_listed(struct rule_pack *pack)
{
    struct rule *rule = rule_begin(pack, "listed");
    pack->nodes[pack->nodes_count++] = (struct rule_node){
        .op = RULE_OP_LISTED, .detail = RULE_LISTING_CONFIRMED, .list = name("some-list")};
    pack->nodes[pack->nodes_count++] = (struct rule_node){
        .op = RULE_OP_OWNED, .detail = RULE_AT_LEAST, .percent = 5000, .list = name("some-list")};
    pack->nodes[pack->nodes_count++] = (struct rule_node){.op = RULE_OP_ANY, .parent = RULE_NONE};
    pack->nodes[pack->nodes_count - 3].parent = (u16)(pack->nodes_count - 1);
    pack->nodes[pack->nodes_count - 2].parent = (u16)(pack->nodes_count - 1);
    rule->subject_count = 3;
    rule->vector = BITS(OPERATION_TRADE, RESTRICTION_FREEZE) |
                   BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE) |
                   BITS(OPERATION_TRANSFER_OUT, RESTRICTION_FREEZE);
    rule->candidate_vector =
        BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD) | BITS(OPERATION_TRANSFER_OUT, RESTRICTION_HOLD);
    rule->undetermined_vector = rule->candidate_vector;
    rule->grounds = 2; /* b */
}

static void add_asset(struct rule_pack *pack)
{
    struct rule *rule = rule_begin(pack, "asset");
    rule->scope = RULE_SCOPE_ASSET;
    rule->subject_first = 0;
    rule->subject_count = 0;
    rule->effective.from = START_US + 3 * DAY_US;
    rule->vector =
        BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) |
        BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD) | BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    rule->assets_first = pack->names_count;
    rule->assets_count = 1;
    pack->names[pack->names_count++] = name("eth");
}

/* In two parts; returns the size. */
static u32 pack_send(const struct rule_pack *pack)
{
    u8 form[RULE_FORM_BYTES_MAX];
    size_t size = rule_form_encode(pack, form);
    for (size_t from = 0; from < size;) {
        struct command_pack_part part = {.offset = (u32)from};
        part.size = (u16)u64_min(sizeof part.data / 3, size - from);
        memcpy(part.data, form + from, part.size);
        command(&part, COMMAND_PACK_PART, 0);
        from += part.size;
    }
    return (u32)size;
}

static void pack_activate(const struct rule_pack *pack, u32 size, u8 confirmed)
{
    struct command_pack_activate record = {
        .size = size, .officer = 1, .second = 2, .confirmed = confirmed, .matter = 11};
    memcpy(record.content_hash, pack->content_hash, sizeof record.content_hash);
    command(&record, COMMAND_PACK_ACTIVATE, 0);
}

static void pack_end(const struct rule_pack *pack)
{
    struct command_pack_end record = {.officer = 1, .second = 2, .matter = 12};
    memcpy(record.content_hash, pack->content_hash, sizeof record.content_hash);
    command(&record, COMMAND_PACK_END, 0);
}

static void valuation(u16 pack)
{
    struct command_valuation record = {.pack = pack};
    command(&record, COMMAND_VALUATION, 0);
}

/* ---- persons ---- */

/* The number of the row. */
static u64 fact(u32 person, u8 kind, u16 value, u64 replaces)
{
    struct command_fact_set record = {.person = person,
                                      .fact = kind,
                                      .verified = RULE_VERIFIED_DOCUMENT,
                                      .value = value,
                                      .until = RULE_TIME_OPEN,
                                      .expires = START_US + 1000 * DAY_US,
                                      .evidence = 500 + person,
                                      .replaces = replaces,
                                      .matter = 3,
                                      .officer = 1,
                                      .second = 2};
    u64 number = out->seq_next;
    command(&record, COMMAND_FACT_SET, 0);
    return number;
}

static u64 nationality(u32 person, const char *country, u64 replaces)
{
    return fact(person, FACT_KIND_NATIONALITY, rule_country_of(span_of_text(country)), replaces);
}

static u64 listing(u32 person, u8 state, u64 replaces, u32 second)
{
    struct command_listing_set record = {.person = person,
                                         .state = state,
                                         .list = name("some-list"),
                                         .programme = name("some-act"),
                                         .entry = 77,
                                         .list_version = 3,
                                         .until = RULE_TIME_OPEN,
                                         .replaces = replaces,
                                         .matter = 4,
                                         .officer = 3,
                                         .second = second};
    u64 number = out->seq_next;
    command(&record, COMMAND_LISTING_SET, 0);
    return number;
}

static void ownership(u32 person, u16 lower, u16 upper, u32 second)
{
    struct command_ownership_set record = {.person = person,
                                           .compare = SHARE_COMPARE_AT_LEAST,
                                           .control = TRUTH_NO,
                                           .percent = 5000,
                                           .lower = lower,
                                           .upper = upper,
                                           .list = name("some-list"),
                                           .path = 9,
                                           .until = RULE_TIME_OPEN,
                                           .matter = 5,
                                           .officer = 3,
                                           .second = second};
    command(&record, COMMAND_OWNERSHIP_SET, 0);
}

static void row_end(u32 person, u64 row)
{
    struct command_row_end record = {
        .person = person, .officer = 1, .row = row, .matter = 6, .second = 2, .reason = 8};
    command(&record, COMMAND_ROW_END, 0);
}

static void link_account(u32 account, u32 person)
{
    struct command_link record = {.person = person, .officer = 1, .matter = 2};
    command(&record, COMMAND_LINK, account);
}

static void unlink_account(u32 account, u32 person, u32 second)
{
    struct command_unlink record = {.person = person, .officer = 1, .second = second, .matter = 2};
    command(&record, COMMAND_UNLINK, account);
}

/* BTC and USDT, in 10^-8 EUR. */
static void prices(u64 btc, u64 usdt)
{
    struct command_valuation_price record = {
        .price = price_of(btc), .time_us = out->time_us, .asset = WORLD_BTC, .sources = 3};
    command(&record, COMMAND_VALUATION_PRICE, 0);
    record.price = price_of(usdt);
    record.asset = WORLD_USDT;
    command(&record, COMMAND_VALUATION_PRICE, 0);
    record.price = price_of(1);
    record.asset = ETH;
    command(&record, COMMAND_VALUATION_PRICE, 0);
}

/* ---- money ---- */

static void withdraw(u32 account, u64 amount, u32 licence)
{
    struct command_withdraw_hold record = {.amount = amount_of(amount),
                                           .fee = amount_of(5),
                                           .asset = WORLD_BTC,
                                           .licence = licence,
                                           .reference = 900};
    command(&record, COMMAND_WITHDRAW_HOLD, account);
}

static void settle(u64 hold_id)
{
    struct command_withdraw_settle record = {.hold_id = hold_id, .reference = 901};
    command(&record, COMMAND_WITHDRAW_SETTLE, 0);
}

static void release(u64 hold_id, u32 account)
{
    struct command_hold_release record = {.hold_id = hold_id, .cause = 1};
    command(&record, COMMAND_HOLD_RELEASE, account);
}

static void transfer(u32 account, u32 target, u16 licence)
{
    struct command_transfer record = {.amount = amount_of(50 * WORLD_COIN),
                                      .target_account = target,
                                      .asset = WORLD_BTC,
                                      .licence = licence};
    command(&record, COMMAND_TRANSFER, account);
}

static void deposit(u32 account, u16 asset)
{
    struct command_deposit record = {
        .amount = amount_of(WORLD_COIN), .reference = 902, .asset = asset};
    command(&record, COMMAND_DEPOSIT, account);
}

static void licence(u32 number, u32 person, const char *rule, u64 eur)
{
    struct command_licence_set record = {.licence = number,
                                         .person = person,
                                         .pack_id = "first",
                                         .authority = name("treasury"),
                                         .number = 4711,
                                         .ceiling = eur * EUR_UNIT,
                                         .until = RULE_TIME_OPEN,
                                         .matter = 7,
                                         .operations = 1U << OPERATION_WITHDRAW |
                                                       1U << OPERATION_TRANSFER_OUT,
                                         .officer = 1,
                                         .second = 2,
                                         .ground = 'b'};
    memcpy(record.rule_id, rule, strlen(rule));
    command(&record, COMMAND_LICENCE_SET, 0);
}

/* ---- the weeks ---- */

static void define_venue(void)
{
    struct command_genesis genesis = world_limits();
    genesis.persons_max = PERSONS + LOGINS;
    genesis.person_rows_max = 12;
    command(&genesis, COMMAND_GENESIS, 0);
    static const char *const names[] = {"BTC", "USDT", "ETH"};
    for (u16 i = 0; i < ARRAY_COUNT(names); i++) {
        struct command_asset_add asset = {.asset = i, .scale = 8};
        memcpy(asset.name, names[i], strlen(names[i]));
        command(&asset, COMMAND_ASSET_ADD, 0);
    }
    struct command_market_add market = world_definition();
    command(&market, COMMAND_MARKET_ADD, 0);
    market.market = 1;
    market.base = ETH;
    command(&market, COMMAND_MARKET_ADD, 0);
    for (u32 i = 0; i < WORLD_ACCOUNTS; i++) {
        struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
        command(&account, COMMAND_ACCOUNT_ADD, 0);
        for (u16 asset = 0; asset < ARRAY_COUNT(names); asset++) {
            struct command_deposit money = {.amount = amount_of(WORLD_FUNDS), .asset = asset};
            command(&money, COMMAND_DEPOSIT, i);
        }
    }
}

/* Accounts 0 and 1 are one person's, 2 to 4 one each, 5 nobody's. */
static void people(void)
{
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 10 * 86400};
    command(&set, COMMAND_RULES_SET, 0);
    set.price_stale_seconds = 0;
    command(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= PERSONS; i++) {
        struct command_person_add person = {.person = i, .provider = 1, .officer = 1};
        command(&person, COMMAND_PERSON_ADD, 0);
    }
    link_account(0, 1);
    link_account(1, 1);
    link_account(2, 2);
    link_account(3, 3);
    link_account(4, 4);
    link_account(4, 1);           /* is linked */
    link_account(5, PERSONS + 1); /* nobody */
    for (u32 person = 1; person <= 3; person++) {
        (void)fact(person, FACT_KIND_KIND, RULE_KIND_NATURAL, 0);
    }
    (void)fact(4, FACT_KIND_KIND, RULE_KIND_LEGAL, 0);
    u64 row = nationality(1, "DE", 0);
    (void)nationality(1, "RU", row);
    (void)nationality(1, "RU", row); /* is gone */
    (void)nationality(2, "DE", 0);
    (void)listing(1, LISTING_STATE_CLEAR, 0, 2);
    (void)listing(2, LISTING_STATE_CLEAR, 0, 0); /* wants two officers */
    row = listing(2, LISTING_STATE_CANDIDATE, 0, 0);
    (void)listing(2, LISTING_STATE_CONFIRMED, row, 2);
    ownership(4, 4000, 6000, 2);
    prices(EUR_UNIT * 23 / 100, 100); /* 20,000 are worth EUR 4,600: person 1 is warned */
}

static void first_pack(struct rule_pack *first)
{
    pack_begin(first, "first", 0xA1, RULE_TIME_OPEN);
    add_amount(first);
    add_listed(first);
    add_asset(first);
    first->is_uncertain = true;
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        place(account, 0, SIDE_BUY, 100 + account);
        place(account, 1, SIDE_SELL, 200 + account);
    }
    withdraw(2, 7 * WORLD_COIN, 0); /* falls back when person 2 is frozen */
    deposit(3, WORLD_BTC);
    u32 size = pack_send(first);
    pack_activate(first, size - 1, 1);
    pack_activate(first, size, 0); /* uncertain */
    pack_activate(first, size, 1);
    pack_activate(first, size, 1); /* is there */
    place(1, 0, SIDE_BUY, 90);
    place(2, 0, SIDE_BUY, 90); /* looked at first, and refused */
    go_on();
    settle(1);
}

/* The price rises over the amount for person 1, and falls; the asset closes. */
static void rise_and_fall(void)
{
    at(START_US + 2 * DAY_US);
    prices(EUR_UNIT * 30 / 100, 100);
    valuation(0);
    place(3, 0, SIDE_BUY, 80);
    place(0, 0, SIDE_BUY, 80);
    deposit(0, WORLD_BTC); /* is held */
    release(2, 0xFFFFFFFFU);
    deposit(1, WORLD_BTC);
    release(3, 0);
    transfer(3, 0, 0);
    at(START_US + 3 * DAY_US);
    go_on(); /* the border of the asset's rule */
    place(5, 1, SIDE_BUY, 100);
    deposit(5, ETH);
    prices(EUR_UNIT * 15 / 100, 100);
    for (u32 i = 0; i < 3; i++) {
        valuation(0);
    }
    valuation(9);
    at(START_US + 4 * DAY_US + 1);
    go_on(); /* the end of the dwell */
    place(0, 0, SIDE_BUY, 80);
    prices(EUR_UNIT * 60 / 100, 100);
    valuation(0);
    go_on();
    struct command_lift lift = {.person = 1, .officer = 1, .second = 2, .matter = 13};
    command(&lift, COMMAND_LIFT, 0); /* is over it still */
    lift.rule = 1;
    command(&lift, COMMAND_LIFT, 0);
}

/* Person 2 is frozen and has a licence. */
static void licences(void)
{
    withdraw(2, 100 * WORLD_COIN, 0);
    licence(1, 2, "listed", 200);
    licence(3, 2, "listed", 200);
    withdraw(2, 100 * WORLD_COIN, 1); /* EUR 60 */
    withdraw(2, 100 * WORLD_COIN, 2);
    withdraw(3, 100 * WORLD_COIN, 1); /* another's */
    transfer(2, 3, 1);                /* EUR 30 */
    withdraw(2, 900 * WORLD_COIN, 1); /* too much */
    withdraw(2, 50 * WORLD_COIN, 1);
    settle(5);
    release(6, 2); /* comes back */
    licence(1, 2, "listed", 10);
    licence(1, 2, "listed", 400);
    licence(2, 2, "amount", 400);
    withdraw(2, 50 * WORLD_COIN, 2); /* of a rule that is not in the way */
    transfer(3, 4, 1);
    struct command_adjust adjust = {.amount = amount_of(WORLD_COIN), .asset = WORLD_BTC};
    command(&adjust, COMMAND_ADJUST, 1);
}

static void by_hand(void)
{
    struct command_restrict record = {.restrictions = BITS(OPERATION_CANCEL, RESTRICTION_REFUSE),
                                      .cause = 3};
    command(&record, COMMAND_RESTRICT, 2);
    record.restrictions = 0;
    command(&record, COMMAND_RESTRICT, 3);
    struct command_case_act act = {
        .matter = 4, .person = 2, .officer = 1, .act = CASE_ACT_TAKE, .until = START_US};
    command(&act, COMMAND_CASE_ACT, 0);
    act.act = CASE_ACT_COUNT;
    command(&act, COMMAND_CASE_ACT, 0);
    u64 row = nationality(3, "FR", 0);
    row_end(3, row + 1);
    row_end(3, row); /* not known again: the clock begins anew */
    for (u32 i = 0; i < 4; i++) {
        (void)nationality(5, "FR", 0); /* more rows than there is room for */
    }
    unlink_account(1, 2, 2); /* another's */
    unlink_account(1, 1, 1); /* one officer */
    unlink_account(1, 1, 2);
    at(START_US + 19 * DAY_US);
    go_on(); /* deadlines have passed, prices are old */
    prices(EUR_UNIT * 40 / 100, 100);
    for (u32 i = 0; i < 18; i++) { /* each works off one of two persons, until 8 entries wait */
        valuation(0);
    }
}

static void pack_replace(const struct rule_pack *pack, u32 size, u8 ended)
{
    struct command_pack_replace record = {
        .size = size, .officer = 1, .second = 2, .confirmed = 1, .matter = 14};
    memcpy(record.content_hash, pack->content_hash, sizeof record.content_hash);
    memset(record.ended_hash, ended, sizeof record.ended_hash);
    command(&record, COMMAND_PACK_REPLACE, 0);
}

/* The first pack is corrected while much waits: its amount is higher from now on. */
static void correction(struct rule_pack *first)
{
    first->version = 2;
    memset(first->content_hash, 0xA2, sizeof first->content_hash);
    first->rules[0].amount = 11000 * EUR_UNIT;
    u32 size = pack_send(first);
    pack_replace(first, size, 0xA1);
    pack_replace(first, size, 0xA1); /* is ending, or no room yet */
    go_on();
    pack_replace(first, size, 0xA2); /* by itself, anew */
    place(2, 0, SIDE_BUY, 90);
    place(3, 0, SIDE_BUY, 60);
}

/* What screening says by itself, and what it may not say. */
static void screening(void)
{
    struct command_listing_set hit = {.person = 4,
                                      .state = LISTING_STATE_CANDIDATE,
                                      .list = name("some-list"),
                                      .programme = name("other-act"),
                                      .score = 8700,
                                      .until = RULE_TIME_OPEN};
    struct command_ownership_set share = {.person = 4,
                                          .compare = SHARE_COMPARE_AT_LEAST,
                                          .control = TRUTH_UNKNOWN,
                                          .percent = 5000,
                                          .upper = 3000,
                                          .list = name("some-list"),
                                          .until = RULE_TIME_OPEN};
    struct command_log_entry entry = {
        .list = name("some-list"), .count = 3, .topic = LOG_TOPIC_SCREENED};
    out->source = LINK_SOURCE_SCREEN;
    command(&hit, COMMAND_LISTING_SET, 0);
    hit.state = LISTING_STATE_CLEAR;
    command(&hit, COMMAND_LISTING_SET, 0); /* there is a row */
    command(&share, COMMAND_OWNERSHIP_SET, 0);
    share.control = TRUTH_NO;
    command(&share, COMMAND_OWNERSHIP_SET, 0); /* the same */
    command(&entry, COMMAND_LOG_ENTRY, 0);
    row_end(4, 1); /* not its to say */
    struct command_person_group group = {.person = 4, .group = 7};
    command(&group, COMMAND_PERSON_GROUP, 0);
    group.group = 8;
    command(&group, COMMAND_PERSON_GROUP, 0); /* only to a lower number */
    out->source = 0;
    group.group = 0;
    group.officer = 1;
    group.second = 2;
    command(&group, COMMAND_PERSON_GROUP, 0);
    entry.topic = LOG_TOPIC_COUNT;
    command(&entry, COMMAND_LOG_ENTRY, 0);
}

static void pause_login(u64 login, u64 until, u8 cause)
{
    struct command_withdraw_pause pause = {.login = login, .until = until, .cause = cause};
    command(&pause, COMMAND_WITHDRAW_PAUSE, 0);
}

/* Two logins, and a third for which there is no person left; pauses that begin, are made longer,
 * end by themselves, end before a withdrawal, and one that goes on. */
static void logins(void)
{
    u64 now_us = START_US + 24 * DAY_US;
    struct command_login_open open = {.login = 1};
    struct command_deposit deposit = {.amount = amount_of(WORLD_COIN), .asset = WORLD_BTC};
    struct command_unlink unlink = {.person = PERSONS + 2, .officer = 1, .second = 2};
    at(now_us);
    command(&open, COMMAND_LOGIN_OPEN, 0); /* not everybody's to say */
    out->source = LINK_SOURCE_LOGINS;
    open.restrictions = BITS(OPERATION_TRADE, RESTRICTION_REFUSE);
    for (u32 i = 1; i <= LOGINS + 1; i++) {
        open.login = i;
        command(&open, COMMAND_LOGIN_OPEN, 0);
    }
    open.login = 1;
    command(&open, COMMAND_LOGIN_OPEN, 0);                              /* has an account */
    pause_login(LOGINS + 1, now_us + 1000, LOGIN_CAUSE_PASSWORD_RESET); /* has none */
    out->source = 0;
    command(&deposit, COMMAND_DEPOSIT, WORLD_ACCOUNTS);
    out->source = LINK_SOURCE_LOGINS;
    pause_login(1, now_us + 1000, LOGIN_CAUSE_PASSWORD_RESET);
    pause_login(1, now_us + 3000, LOGIN_CAUSE_PASSWORD_RESET);
    pause_login(2, now_us + 2000, LOGIN_CAUSE_PASSWORD_RESET);
    pause_login(2, 0, LOGIN_CAUSE_RECOVERY_CODE);
    pause_login(2, 0, LOGIN_CAUSE_COUNT);
    pause_login(2, now_us + 32 * DAY_US, LOGIN_CAUSE_SECOND_FACTOR_OFF);
    out->source = 0;
    withdraw(WORLD_ACCOUNTS, 10, 0);
    command(&unlink, COMMAND_UNLINK, WORLD_ACCOUNTS + 1);
    at(now_us + 2000);
    go_on();
    at(now_us + 3000);
    withdraw(WORLD_ACCOUNTS, 10, 0);
    out->source = LINK_SOURCE_LOGINS;
    pause_login(1, now_us + 20 * DAY_US, LOGIN_CAUSE_PASSWORD_RESET);
    out->source = 0;
}

/* The first pack goes, another waits for its day, a third is on its way. */
static void second_pack(const struct rule_pack *first)
{
    static struct rule_pack second;
    pack_begin(&second, "second", 0xB2, START_US + 300 * DAY_US);
    add_listed(&second);
    second.rules[0].effective.from = START_US + 25 * DAY_US;
    pack_activate(&second, pack_send(&second), 0);
    pack_end(first);
    pack_end(first); /* is ending */
    go_on();
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        place(account, 1, SIDE_SELL, 300);
    }
    at(START_US + 25 * DAY_US);
    place(2, 0, SIDE_BUY, 70);
    pack_begin(&second, "third", 0xC3, RULE_TIME_OPEN);
    add_amount(&second);
    u8 form[RULE_FORM_BYTES_MAX];
    struct command_pack_part part = {.size = 100};
    (void)rule_form_encode(&second, form);
    memcpy(part.data, form, part.size);
    command(&part, COMMAND_PACK_PART, 0);
    part.offset = 99;
    command(&part, COMMAND_PACK_PART, 0);
}

void golden_rules(struct golden_writer *writer)
{
    static struct rule_pack first;
    out = writer;
    at(START_US);
    define_venue();
    at(START_US + 1);
    people();
    at(START_US + DAY_US);
    first_pack(&first);
    rise_and_fall();
    licences();
    by_hand();
    correction(&first);
    screening();
    logins();
    second_pack(&first);
}
