#include "tests/support/rule_venue.h"

#include "app/rule_read.h"
#include "app/rule_words.h"
#include "app/text_file.h"
#include "base/bytes.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "role/engine/snapshot_run.h"
#include "wire/reject.h"

#include <stdio.h>
#include <string.h>

enum { PART_BYTES = 1024, WORK_STEPS_MAX = 100000 };

static struct rule_source source;

u64 rule_venue_time(const char *text)
{
    u64 time = 0;
    assert_true(rule_words_time_of(text, &time));
    return time;
}

static void on_release(struct release_sink *sink, const struct release *release)
{
    struct rule_venue *venue =
        (struct rule_venue *)(void *)((u8 *)sink - offsetof(struct rule_venue, sink));
    for (size_t offset = 0; offset < release->events.size;) {
        struct event_head head;
        memcpy(&head, release->events.data + offset, sizeof(head));
        if (head.kind == EVENT_REJECTED) {
            struct event_rejected rejected;
            memcpy(&rejected, release->events.data + offset, sizeof(rejected));
            venue->reject = reject_name((enum reject)rejected.reject);
            venue->reject_kind = rejected.command;
        }
        venue->seq = head.seq;
        offset += (size_t)head.units * WIRE_UNIT;
    }
}

static struct command_genesis genesis_of(void)
{
    struct command_genesis genesis = scene_genesis();
    genesis.head.source_index = 1;
    genesis.persons_max = 64;
    genesis.person_rows_max = 1000;
    return genesis;
}

/* Until the engine has nothing to do, its own commands included: it begins those only when it has
 * been idle for a step. */
static void work(struct rule_venue *venue)
{
    for (u32 steps = 0, idle = 0; idle < 2; steps += 1) {
        bool some = false;
        assert_true(steps < WORK_STEPS_MAX);
        scene_must(engine_drain(venue->engine));
        scene_must(engine_work(venue->engine, &some));
        idle = some ? 0 : idle + 1;
    }
    scene_must(engine_drain(venue->engine));
}

static void engine_start(struct rule_venue *venue)
{
    static struct command_genesis genesis;
    genesis = genesis_of();
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &venue->now.clock,
                                     .folder = venue->folder,
                                     .genesis = &genesis,
                                     .sink = &venue->sink,
                                     .journal_segment = 1 << 20,
                                     .event_segment = 1 << 19};
    scene_must(engine_open(&venue->engine, &options));
    work(venue);
}

u64 rule_venue_put(struct rule_venue *venue, void *command, size_t size, u16 kind, u32 account)
{
    size_t bytes = 0;
    const char *field = NULL;
    venue->source_index += 1;
    u8 units = (u8)(size / WIRE_UNIT); /* raw: the record's length */
    struct command_head head = {.kind = kind,
                                .units = units,
                                .source = SCENE_SOURCE,
                                .account = account,
                                .source_index = venue->source_index};
    memcpy(command, &head, sizeof(head));
    venue->reject_kind = 0;
    u64 before = venue->seq;
    assert_int_equal(engine_submit(venue->engine, span_of(command, size), &bytes, &field),
                     ENGINE_TAKEN);
    work(venue);
    if (venue->reject_kind != 0) {
        fail_msg("%s is refused: %s", wire_commands[kind].name, venue->reject);
    }
    /* What the engine did by itself came behind it. */
    return before + 1;
}

#define PUT(venue, command, kind, account) \
    rule_venue_put((venue), &(command), sizeof(command), (kind), (account))

void rule_venue_open(struct rule_venue *venue, const char *time)
{
    static const char *const names[] = {"BTC", "USDT"};
    memset(venue, 0, sizeof(*venue));
    scene_folder_make(venue->base);
    scene_must(file_path(venue->folder, venue->base, "venue"));
    venue->sink.release = on_release;
    venue->source_index = 1;
    clock_false_init(&venue->now, rule_venue_time(time));
    engine_start(venue);
    for (u16 asset = 0; asset < ARRAY_COUNT(names); asset += 1) {
        struct command_asset_add add = {.asset = asset, .scale = 8};
        memcpy(add.name, names[asset], strlen(names[asset]));
        (void)PUT(venue, add, COMMAND_ASSET_ADD, 0);
    }
    for (u32 account = 0; account < RULE_VENUE_ACCOUNTS; account += 1) {
        struct command_account_add add = {.trade_group = UINT32_MAX};
        (void)PUT(venue, add, COMMAND_ACCOUNT_ADD, 0);
    }
}

void rule_venue_close(struct rule_venue *venue)
{
    scene_must(engine_finish(venue->engine));
    engine_close(venue->engine);
    venue->engine = NULL;
}

void rule_venue_again(struct rule_venue *venue)
{
    engine_start(venue);
}

void rule_venue_remove(struct rule_venue *venue)
{
    if (venue->engine != NULL) {
        rule_venue_close(venue);
    }
    scene_folder_remove(venue->base);
}

void rule_venue_at(struct rule_venue *venue, const char *time)
{
    u64 wanted = rule_venue_time(time);
    u64 now = clock_wall_us(&venue->now.clock);
    assert_true(wanted >= now);
    clock_false_advance(&venue->now, (wanted - now) * 1000);
    work(venue);
}

void rule_venue_settle(struct rule_venue *venue)
{
    clock_false_advance(&venue->now, 100000000);
    work(venue);
}

/* ---- packs ---- */

static void read_pack(const char *path)
{
    if (rule_read_file(path, &source) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void put_canonical(const struct rule_venue *venue)
{
    char folder[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    char name[2 * RULE_HASH_BYTES + 6];
    for (u32 i = 0; i < RULE_HASH_BYTES; i += 1) {
        (void)snprintf(name + 2 * (size_t)i, 3, "%02x", source.pack.content_hash[i]);
    }
    memcpy(name + 2 * (size_t)RULE_HASH_BYTES, ".json", 6);
    scene_must(file_path(folder, venue->folder, "packs"));
    scene_must(disk_make_folder(disk_real(), folder));
    scene_must(file_path(path, folder, name));
    scene_must(text_file_put(path, source.canonical, source.canonical_bytes, false));
}

void rule_venue_pack(struct rule_venue *venue, const char *path)
{
    static u8 form[RULE_FORM_BYTES_MAX];
    read_pack(path);
    put_canonical(venue);
    size_t size = rule_form_encode(&source.pack, form);
    for (size_t offset = 0; offset < size; offset += PART_BYTES) {
        struct command_pack_part part = {.offset = (u32)offset};
        part.size = (u16)u64_min(PART_BYTES, size - offset);
        memcpy(part.data, form + offset, part.size);
        (void)PUT(venue, part, COMMAND_PACK_PART, 0);
    }
    struct command_pack_activate activate = {.size = (u32)size,
                                             .officer = RULE_VENUE_OFFICER,
                                             .second = RULE_VENUE_SECOND,
                                             .confirmed = 1};
    memcpy(activate.content_hash, source.pack.content_hash, RULE_HASH_BYTES);
    (void)PUT(venue, activate, COMMAND_PACK_ACTIVATE, 0);
}

void rule_venue_pack_end(struct rule_venue *venue, const char *path)
{
    struct command_pack_end end = {.officer = RULE_VENUE_OFFICER, .second = RULE_VENUE_SECOND};
    read_pack(path);
    memcpy(end.content_hash, source.pack.content_hash, RULE_HASH_BYTES);
    (void)PUT(venue, end, COMMAND_PACK_END, 0);
}

/* ---- persons ---- */

void rule_venue_person(struct rule_venue *venue, u32 person)
{
    struct command_person_add add = {.person = person, .officer = RULE_VENUE_OFFICER};
    (void)PUT(venue, add, COMMAND_PERSON_ADD, 0);
}

void rule_venue_link(struct rule_venue *venue, u32 person, u32 account)
{
    struct command_link link = {.person = person, .officer = RULE_VENUE_OFFICER};
    (void)PUT(venue, link, COMMAND_LINK, account);
}

u64 rule_venue_fact(struct rule_venue *venue, u32 person, u8 fact, const char *value, u8 verified,
                    u64 from, u64 replaces)
{
    struct command_fact_set set = {.person = person,
                                   .fact = fact,
                                   .verified = verified,
                                   .value = rule_country_of(span_of_text(value)),
                                   .from = from,
                                   .until = RULE_TIME_OPEN,
                                   .expires = RULE_TIME_OPEN,
                                   .evidence = 1000 + venue->source_index,
                                   .replaces = replaces,
                                   .matter = 77,
                                   .officer = RULE_VENUE_OFFICER,
                                   .second = RULE_VENUE_SECOND};
    set.value = strcmp(value, "natural") == 0 || strcmp(value, "owner") == 0 ? 1 : set.value;
    return PUT(venue, set, COMMAND_FACT_SET, 0);
}

u64 rule_venue_listing(struct rule_venue *venue, u32 person, const char *list, u8 state, u32 entry)
{
    struct command_listing_set set = {.person = person,
                                      .state = state,
                                      .list = rule_name_of(span_of_text(list)),
                                      .entry = entry,
                                      .list_version = 9,
                                      .until = RULE_TIME_OPEN,
                                      .officer = RULE_VENUE_OFFICER,
                                      .second = RULE_VENUE_SECOND};
    return PUT(venue, set, COMMAND_LISTING_SET, 0);
}

void rule_venue_price(struct rule_venue *venue, u16 asset, u64 eur)
{
    struct command_valuation_price price = {.price = price_of(eur * 100000000),
                                            .time_us = clock_wall_us(&venue->now.clock),
                                            .asset = asset,
                                            .sources = 3};
    (void)PUT(venue, price, COMMAND_VALUATION_PRICE, 0);
}

void rule_venue_deposit(struct rule_venue *venue, u32 account, u16 asset, u64 units)
{
    struct command_deposit deposit = {
        .amount = amount_of(units), .reference = venue->source_index, .asset = asset};
    (void)PUT(venue, deposit, COMMAND_DEPOSIT, account);
}

void rule_venue_valuation(struct rule_venue *venue, u16 pack)
{
    struct command_valuation valuation = {.pack = pack};
    (void)PUT(venue, valuation, COMMAND_VALUATION, 0);
}

u64 rule_venue_customer(struct rule_venue *venue, u32 person, const char *residence, u64 units)
{
    rule_venue_person(venue, person);
    rule_venue_link(venue, person, person - 1);
    (void)rule_venue_fact(venue, person, RULE_FACT_KIND, "natural", 0, 0, 0);
    (void)rule_venue_fact(venue, person, RULE_FACT_NATIONALITY, "RU", RULE_VERIFIED_DOCUMENT, 0, 0);
    u64 row =
        rule_venue_fact(venue, person, RULE_FACT_RESIDENCE, residence, RULE_VERIFIED_ADDRESS, 0, 0);
    (void)rule_venue_fact(venue, person, RULE_FACT_DOCUMENT, "RU", RULE_VERIFIED_DOCUMENT, 0, 0);
    (void)rule_venue_fact(venue, person, RULE_FACT_PERMIT, "none", 0, 0, 0);
    rule_venue_deposit(venue, person - 1, RULE_VENUE_BTC, units);
    return row;
}

void rule_venue_snapshot(struct rule_venue *venue)
{
    struct snapshot_result result;
    struct snapshot_options options = {.disk = disk_real(),
                                       .clock = &venue->now.clock,
                                       .folder = venue->folder,
                                       .leaves_lock = true};
    rule_venue_settle(venue);
    scene_must(snapshot_run(&options, &result));
    assert_true(result.written);
}
