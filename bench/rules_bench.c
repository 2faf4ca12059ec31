/* What rules cost: a million persons under the shipped packs.
 *
 *     rules_bench PERSONS RULES_FOLDER [NEW_FOLDER [RATE]]
 *
 * One core with an account, four facts and two list verdicts for each person, two balances each,
 * and prices for them. Printed, each with its processor time in the core alone:
 *
 *   activate     all persons under one pack after another, by `continue` commands as an idle engine
 *                sends them: the whole, and the longest single command; and the sum of the four
 *   correct      the same where a pack takes the place of itself, as when one in force is corrected
 *   valuation    10,000 persons whose holdings cross the amount, each with open orders
 *   load         batches of 1,024 orders of persons while a pack is activated: the longest batch,
 * the 99th percentile, and the same batches with nothing waiting order        one plain order, with
 * and without persons in the core
 *
 * With NEW_FOLDER the same venue is made in an engine with its journal and event log there; then
 * RATE orders a second (20,000) come by the clock, each timed from the moment it was due to the
 * release of its events: first with nothing waiting, then while a pack is activated over everybody.
 * The folder is left to the caller. */
#include "app/rule_read.h"
#include "base/histogram.h"
#include "base/span.h"
#include "core/core.h"
#include "core/rule_form.h"
#include "io/clock.h"
#include "role/engine/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define START_US 1650500000000000ULL /* 21 April 2022 */
#define EUR      100000000ULL
#define COIN     100000000ULL
#define HOLDERS  10000U
#define BATCH    1024U
#define BATCHES  2000U
#define TICK     1000000ULL
#define LOT      10000ULL

static struct core *core;
static struct engine *engine; /* NULL: commands go to the core alone */
static struct core_output output;
static u64 source_index;
static struct rule_source source;
static u8 batch[BATCH * sizeof(struct command_order)];

static void die(const char *what)
{
    (void)fprintf(stderr, "rules_bench: %s\n", what);
    exit(1);
}

static u64 now_ns(void)
{
    return clock_mono_ns(clock_real());
}

/* Of this process: what others do at the same time is not in it. */
static u64 processor_ns(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) {
        die("no processor time");
    }
    return (u64)time.tv_sec * 1000000000ULL + (u64)time.tv_nsec;
}

static void *memory_of(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        die("no memory");
    }
    return memory;
}

/* ---- commands ---- */

static bool is_refused(void)
{
    for (size_t at = 0; at < output.used; at += (size_t)output.data[at + 2] * WIRE_UNIT) {
        if (output.data[at] == EVENT_REJECTED) {
            return true;
        }
    }
    return false;
}

static void check(enum fault fault)
{
    if (fault != FAULT_NONE) {
        char text[1024];
        fault_trail_print(text, sizeof text);
        die(text);
    }
}

/* Everything that is not measured may wait for room. */
static void submit(const void *command, size_t bytes)
{
    size_t taken = 0;
    const char *reason = "";
    struct span record = {.data = command, .size = bytes};
    for (;;) {
        enum engine_answer answer = engine_submit(engine, record, &taken, &reason);
        if (answer == ENGINE_TAKEN) {
            return;
        }
        if (answer != ENGINE_FULL) {
            die(reason);
        }
        check(engine_wait(engine, ENGINE_IDLE_MS));
    }
}

static void apply(void *command, u16 kind, size_t bytes, u32 account)
{
    struct command_head head = {.kind = kind,
                                .units = (u8)(bytes / WIRE_UNIT),
                                .source = 1,
                                .account = account,
                                .source_index = ++source_index};
    memcpy(command, &head, sizeof head);
    output.used = 0;
    if (engine) {
        submit(command, bytes);
        return;
    }
    core_apply(core, command, &output);
}

static void must(const char *what)
{
    if (is_refused()) {
        die(what);
    }
}

#define APPLY(command, kind, account) \
    (apply(&(command), (kind), sizeof(command), (account)), must(#kind))

static struct command_genesis limits_for(u32 persons)
{
    return (struct command_genesis){
        .head = {.kind = COMMAND_GENESIS, .units = sizeof(struct command_genesis) / WIRE_UNIT},
        .semantics_version = 1,
        .assets_max = 4,
        .markets_max = 1,
        .networks_max = 1,
        .fee_tiers_max = 1,
        .accounts_max = persons + 1,
        .balance_rows_max = 3 * persons + 6,
        .positions_max = 1,
        .orders_max = 2000000,
        .extras_max = 1,
        .lists_max = 1,
        .holds_max = 1,
        .asset_limits_max = 1,
        .pages_max = 1000,
        .directory_max = 20000,
        .trailing_max = 1,
        .triggers_per_command_max = 1,
        .persons_max = persons,
        .person_rows_max = 8 * persons};
}

static void core_make(const struct command_genesis *limits)
{
    struct command_genesis genesis = *limits;
    size_t bytes = core_footprint(limits);
    if (bytes == 0) {
        die("limits");
    }
    core = core_init(memory_of(bytes), bytes, limits);
    output.size = core_event_bytes_max(limits);
    output.data = memory_of(output.size);
    core_set_time(core, START_US);
    APPLY(genesis, COMMAND_GENESIS, 0);
}

static void engine_make(const struct command_genesis *limits, const char *folder)
{
    static struct command_genesis genesis;
    genesis = *limits;
    genesis.head.source = 1;
    genesis.head.source_index = ++source_index;
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .segments_ahead = 2,
                                     .threads = true};
    check(engine_open(&engine, &options));
}

static void venue_make(void)
{
    static const char *const names[] = {"BTC", "USDT"};
    for (u16 i = 0; i < 2; i += 1) {
        struct command_asset_add asset = {.asset = i, .scale = 8};
        memcpy(asset.name, names[i], strlen(names[i]));
        APPLY(asset, COMMAND_ASSET_ADD, 0);
    }
    struct command_market_add market = {.base = 0,
                                        .quote = 1,
                                        .types_allowed = 0x7F,
                                        .stp_default = STP_MODE_NONE,
                                        .stp_allowed = 0x7E,
                                        .ticks_max = 100000,
                                        .tick = price_of(TICK),
                                        .lot = amount_of(LOT)};
    memcpy(market.name, "BTCUSDT", 7);
    APPLY(market, COMMAND_MARKET_ADD, 0);
}

static void fact(u32 person, u8 kind, u16 value, u8 verified)
{
    struct command_fact_set set = {.person = person,
                                   .fact = kind,
                                   .value = value,
                                   .verified = verified,
                                   .from = 1,
                                   .until = RULE_TIME_OPEN,
                                   .expires = RULE_TIME_OPEN,
                                   .officer = 1,
                                   .second = 2};
    APPLY(set, COMMAND_FACT_SET, 0);
}

static void clear_of(u32 person, const char *list)
{
    struct command_listing_set set = {.person = person,
                                      .state = LISTING_STATE_CLEAR,
                                      .list = rule_name_of(span_of_text(list)),
                                      .from = 1,
                                      .until = RULE_TIME_OPEN,
                                      .officer = 1,
                                      .second = 2};
    APPLY(set, COMMAND_LISTING_SET, 0);
}

/* Most are of somewhere else; the first HOLDERS are Russian, at EUR 9,990, with an open order. */
static void person_make(u32 person)
{
    static const char *const countries[] = {"DE", "FR", "JP", "BR", "TR", "IN", "KZ", "GE"};
    bool is_holder = person <= HOLDERS;
    u16 country = rule_country_of(span_of_text(is_holder ? "RU" : countries[person % 8]));
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    struct command_person_add add = {.person = person, .officer = 1};
    struct command_link link = {.person = person, .officer = 1};
    APPLY(account, COMMAND_ACCOUNT_ADD, 0);
    APPLY(add, COMMAND_PERSON_ADD, 0);
    APPLY(link, COMMAND_LINK, person);
    fact(person, FACT_KIND_KIND, RULE_KIND_NATURAL, 0);
    fact(person, FACT_KIND_NATIONALITY, country, RULE_VERIFIED_DOCUMENT);
    fact(person, FACT_KIND_RESIDENCE, country, RULE_VERIFIED_ADDRESS);
    fact(person, FACT_KIND_RESIDENCE_PERMIT, RULE_VALUE_NONE, 0);
    clear_of(person, "us-sdn");
    clear_of(person, "eu-269");
    struct command_deposit usdt = {.amount = amount_of(4990 * COIN), .asset = 1};
    struct command_deposit btc = {.amount = amount_of(COIN / 2), .asset = 0};
    APPLY(usdt, COMMAND_DEPOSIT, person);
    APPLY(btc, COMMAND_DEPOSIT, person);
}

static void persons_make(u32 persons)
{
    struct command_account_add first = {.trade_group = 0xFFFFFFFFU};
    u64 begun = now_ns();
    APPLY(first, COMMAND_ACCOUNT_ADD, 0);
    for (u32 i = 1; i <= persons; i += 1) {
        person_make(i);
    }
    (void)printf("%u persons made in %.1f s\n", persons, (double)(now_ns() - begun) / 1e9);
}

static void order_make(struct command_order *order, u32 person, u64 ticks)
{
    *order = (struct command_order){.price = price_of(ticks * TICK),
                                    .qty = amount_of(LOT),
                                    .side = SIDE_BUY,
                                    .stp = STP_MODE_MARKET_DEFAULT,
                                    .tif = TIME_IN_FORCE_GTC};
    order->head =
        (struct command_head){.kind = COMMAND_ORDER,
                              .units = COMMAND_PLAIN_BYTES / WIRE_UNIT, /* raw: the length */
                              .source = 1,
                              .account = person,
                              .source_index = ++source_index};
}

static void price_set(u16 asset, u64 eur, u64 time_us)
{
    struct command_valuation_price set = {
        .price = price_of(eur), .time_us = time_us, .asset = asset, .sources = 3};
    APPLY(set, COMMAND_VALUATION_PRICE, 0);
}

/* Sends the parts of the pack, whose size it returns. */
static u32 pack_send(const char *folder, const char *file)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    if (rule_read_file(path, &source) != FAULT_NONE) {
        die(path);
    }
    u8 form[RULE_FORM_BYTES_MAX];
    size_t size = rule_form_encode(&source.pack, form);
    for (size_t at = 0; at < size;) {
        struct command_pack_part part = {.offset = (u32)at};
        part.size = (u16)u64_min(sizeof part.data, size - at);
        memcpy(part.data, form + at, part.size);
        at += part.size;
        APPLY(part, COMMAND_PACK_PART, 0);
    }
    return (u32)size;
}

static void pack_load(const char *folder, const char *file)
{
    struct command_pack_activate activate = {
        .size = pack_send(folder, file), .officer = 1, .second = 2, .confirmed = 1};
    memcpy(activate.content_hash, source.pack.content_hash, sizeof activate.content_hash);
    APPLY(activate, COMMAND_PACK_ACTIVATE, 0);
}

static void pack_correct(const char *folder, const char *file)
{
    struct command_pack_replace replace = {
        .size = pack_send(folder, file), .officer = 1, .second = 2, .confirmed = 1};
    memcpy(replace.content_hash, source.pack.content_hash, sizeof replace.content_hash);
    memcpy(replace.ended_hash, source.pack.content_hash, sizeof replace.ended_hash);
    APPLY(replace, COMMAND_PACK_REPLACE, 0);
}

/* The pack that was loaded last. */
static void pack_end(void)
{
    struct command_pack_end end = {.officer = 1, .second = 2};
    memcpy(end.content_hash, source.pack.content_hash, sizeof end.content_hash);
    APPLY(end, COMMAND_PACK_END, 0);
}

/* `continue` until nobody waits. Returns the milliseconds of processor time. */
static double work_off(const char *what, u32 persons)
{
    u64 begun = processor_ns();
    u64 longest = 0;
    u64 commands = 0;
    u64 restricted = 0;
    while (core_rules_wait(core, 0)) {
        struct command_continue go = {0};
        u64 from = now_ns();
        apply(&go, COMMAND_CONTINUE, sizeof go, 0);
        longest = u64_max(longest, now_ns() - from);
        commands += 1;
        for (size_t at = 0; at < output.used; at += (size_t)output.data[at + 2] * WIRE_UNIT) {
            restricted += output.data[at] == EVENT_RESTRICTED ? 1 : 0;
        }
    }
    double ms = (double)(processor_ns() - begun) / 1e6;
    (void)printf("%-34s %9.1f ms  %7.0f ns a person  %6" PRIu64 " commands, longest %6.0f us, "
                 "%" PRIu64 " accounts changed\n",
                 what, ms, ms * 1e6 / persons, commands, (double)longest / 1e3, restricted);
    (void)fflush(stdout);
    return ms;
}

/* ---- under load ---- */

static void batches_run(const char *what, u32 persons, u32 count, u64 ticks)
{
    static struct histogram histogram;
    histogram_init(&histogram);
    u64 longest = 0;
    u32 done = 0;
    u32 person = 1;
    u64 begun = now_ns();
    for (; done < count; done += 1) {
        struct command_order *orders = (void *)batch;
        u8 *at = batch;
        for (u32 i = 0; i < BATCH; i += 1) {
            person = person * 1664525U + 1013904223U;
            order_make(orders, person % persons + 1, ticks);
            memmove(at, orders, COMMAND_PLAIN_BYTES);
            at += COMMAND_PLAIN_BYTES;
            orders = (void *)at;
            if (i + 1 == BATCH) {
                break;
            }
        }
        u64 from = now_ns();
        u32 applied = 0;
        const u8 *next = batch;
        while (applied < BATCH) {
            size_t bytes = 0;
            output.used = 0;
            applied +=
                core_apply_batch(core, next, (size_t)(at - next), BATCH - applied, &output, &bytes);
            next += bytes;
        }
        u64 took = now_ns() - from;
        histogram_add(&histogram, took);
        longest = u64_max(longest, took);
        if (count == UINT32_MAX && !core_rules_wait(core, 0)) {
            break;
        }
    }
    double seconds = (double)(now_ns() - begun) / 1e9;
    (void)printf("%-34s %9u batches of %u in %.2f s: p50 %.0f us, p99 %.0f us, longest %.0f us\n",
                 what, done, BATCH, seconds, (double)histogram_quantile(&histogram, 500000) / 1e3,
                 (double)histogram_quantile(&histogram, 990000) / 1e3, (double)longest / 1e3);
    (void)fflush(stdout);
}

/* ---- with the engine ---- */

#define PENDING 4096U

/* Orders that were submitted together, and until when their events are out. */
struct pending {
    u64 due_ns;
    u64 batch;
};

/* Orders by the clock until `seconds` are over, or, with 0, until nobody waits. */
static void by_the_clock(const char *what, u32 persons, u32 rate, u32 seconds, u64 ticks)
{
    static struct histogram histogram;
    static struct pending pending[PENDING];
    u64 head = 0;
    u64 tail = 0;
    u32 person = 1;
    u64 begun = now_ns();
    u64 sent = 0;
    u64 end = seconds ? begun + seconds * 1000000000ULL : UINT64_MAX;
    histogram_init(&histogram);
    while (now_ns() < end) {
        u64 wanted = (now_ns() - begun) * rate / 1000000000ULL;
        while (sent < wanted && head - tail < PENDING) {
            struct command_order order;
            person = person * 1664525U + 1013904223U;
            order_make(&order, person % persons + 1, ticks);
            submit(&order, COMMAND_PLAIN_BYTES);
            pending[head++ % PENDING] =
                (struct pending){.due_ns = begun + sent * 1000000000ULL / rate,
                                 .batch = engine_batches_taken(engine)};
            sent += 1;
        }
        check(engine_work(engine, NULL));
        u64 released = engine_batches_released(engine);
        while (tail < head && pending[tail % PENDING].batch <= released) {
            histogram_add(&histogram, now_ns() - pending[tail++ % PENDING].due_ns);
        }
        if (seconds == 0 && !core_rules_wait(engine_core(engine), 0)) {
            break;
        }
    }
    double took = (double)(now_ns() - begun) / 1e9;
    check(engine_drain(engine));
    (void)printf("%-34s %8" PRIu64 " orders in %.2f s: p50 %.0f us, p99 %.0f us, p99.9 %.0f us\n",
                 what, sent, took, (double)histogram_quantile(&histogram, 500000) / 1e3,
                 (double)histogram_quantile(&histogram, 990000) / 1e3,
                 (double)histogram_quantile(&histogram, 999000) / 1e3);
    (void)fflush(stdout);
}

static void idle(const char *what)
{
    u64 begun = now_ns();
    while (core_rules_wait(engine_core(engine), 0)) {
        check(engine_work(engine, NULL));
    }
    check(engine_drain(engine));
    (void)printf("%-34s %9.1f ms\n", what, (double)(now_ns() - begun) / 1e6);
}

static void with_engine(u32 persons, const char *folder, const char *rules, u32 rate)
{
    struct command_genesis limits = limits_for(persons);
    engine_make(&limits, folder);
    venue_make();
    u64 now_us = clock_wall_us(clock_real());
    price_set(0, 10000 * EUR, now_us);
    price_set(1, EUR, now_us);
    persons_make(persons);
    check(engine_drain(engine));
    by_the_clock("engine, no pack", persons, rate, 5, 100);
    pack_load(rules, "eu-833-5b2.v3.yaml");
    by_the_clock("engine, while a pack is activated", persons, rate, 0, 101);
    pack_load(rules, "us-ofac-sdn.v2.yaml");
    check(engine_drain(engine));
    idle("engine, idle: activate us-ofac-sdn");
    check(engine_finish(engine));
    engine_close(engine);
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 5) {
        die("usage: rules_bench PERSONS RULES_FOLDER [NEW_FOLDER [RATE]]");
    }
    u32 persons = (u32)strtoul(argv[1], NULL, 10);
    const char *folder = argv[2];
    if (persons < HOLDERS || persons > 4000000) {
        die("PERSONS: 10000 to 4000000");
    }
    if (argc > 3) {
        with_engine(persons, argv[3], folder, argc > 4 ? (u32)strtoul(argv[4], NULL, 10) : 20000);
        return 0;
    }
    struct command_genesis limits = limits_for(persons);
    core_make(&limits);
    venue_make();
    price_set(0, 10000 * EUR, START_US - 1);
    price_set(1, EUR, START_US - 1);
    persons_make(persons);
    batches_run("orders, no pack", persons, BATCHES / 20, 100);
    pack_load(folder, "eu-833-5b2.v1.yaml");
    double ms = work_off("activate eu-833-5b2 1", persons);
    pack_load(folder, "venue-notice-ru.v1.yaml");
    batches_run("orders while a pack is activated", persons, UINT32_MAX, 101);
    batches_run("orders, two packs in force", persons, BATCHES / 20, 102);
    pack_end();
    (void)work_off("end venue-notice-ru 1", persons);
    pack_load(folder, "venue-notice-ru.v1.yaml");
    ms += work_off("activate venue-notice-ru 1", persons);
    pack_load(folder, "us-ofac-sdn.v1.yaml");
    ms += work_off("activate us-ofac-sdn 1", persons);
    pack_load(folder, "eu-269-listed.v1.yaml");
    ms += work_off("activate eu-269-listed 1", persons);
    (void)printf("%-34s %9.1f ms\n", "all four", ms);
    pack_correct(folder, "venue-notice-ru.v1.yaml");
    (void)work_off("correct venue-notice-ru 1", persons);
    for (u32 i = 1; i <= HOLDERS; i += 1) {
        for (u32 k = 0; k < 3; k += 1) {
            struct command_order order;
            order_make(&order, i, 103 + k);
            apply(&order, COMMAND_ORDER, COMMAND_PLAIN_BYTES, i);
        }
    }
    price_set(0, 10100 * EUR, START_US - 1);
    struct command_valuation valuation = {.pack = 0};
    APPLY(valuation, COMMAND_VALUATION, 0);
    (void)work_off("valuation, 10,000 cross", HOLDERS);
    return 0;
}
