/* Aim: prices go out when they have moved or grown old and at no other time, a valuation goes out
 * once for each time of the day and behind its prices, also over restarts, and nothing goes out
 * that the engine could not take. Method: the test is the engine: it writes the event log and holds
 * the other ends of the channels; a clock that stands still until it is moved. */
#include "role/prices/price_agent.h"

#include "base/span.h"
#include "io/digest.h"
#include "io/eventlog.h"
#include "io/sandbox.h"
#include "role/prices/price_venue.h"
#include "tests/support/engine_scene.h"
#include "wire/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND  1000000ULL
#define HOUR    (3600ULL * SECOND)
#define DAY     (24ULL * HOUR)
#define BEGIN   (19103ULL * DAY + 9 * HOUR) /* 21 April 2022, 09:00 */
#define EVERY   (10ULL * SECOND)
#define EURO    100000000ULL
#define PACK_AT 3U

enum { CHANNEL_BYTES = 1 << 16, FIRST_INDEX = 40, EUR = 2, BTC = 5, SENT_MAX = 16 };

static const char text_of_pack[] = "{\"pack\":{\"id\":\"p\",\"valuation\":[\"10:00\",\"22:00\"]}}";

/* One command that came, and nothing of it but what the tests ask. */
struct sent {
    u16 kind;
    u16 number; /* of an asset or a pack */
    u64 price;
    u64 time_us;
    u8 sources;
};

static struct {
    char base[SCENE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    char events[FILE_PATH_BYTES];
    struct clock_false clock;
    struct channel commands;
    struct channel bells;
    struct channel_reader engine;
    struct channel_writer ringer;
    void *memory;
    struct eventlog *log;
    struct price_agent *agent;
    struct price_agent_options options;
    struct sent sent[SENT_MAX];
    u32 sent_count;
    u64 seq;
    u64 source_index;
    u64 generation;
    u8 hash[SHA256_BYTES];
    bool refuses; /* the engine refuses what comes */
} place;

/* ---- files ---- */

static void path_below(const char *name, char path_out[FILE_PATH_BYTES])
{
    scene_must(file_path(path_out, place.folder, name));
}

static void put_file(const char *name, const char *text)
{
    char path[FILE_PATH_BYTES];
    path_below(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void put_source(const char *name, const char *asset, const char *price)
{
    char text[128];
    (void)snprintf(text, sizeof(text), "%s %s %llu\n", asset, price,
                   (unsigned long long)(clock_wall_us(&place.clock.clock) / SECOND));
    put_file(name, text);
}

/* Both say the same, just now. */
static void put_both(const char *price)
{
    put_source("one.txt", "BTC", price);
    put_source("two.txt", "BTC", price);
}

static void remove_file(const char *name)
{
    char path[FILE_PATH_BYTES];
    path_below(name, path);
    assert_int_equal(unlink(path), 0);
}

static void pack_name(char name_out[FILE_PATH_BYTES])
{
    size_t used = (size_t)snprintf(name_out, FILE_PATH_BYTES, "packs/");
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        used += (size_t)snprintf(name_out + used, FILE_PATH_BYTES - used, "%02x", place.hash[i]);
    }
    (void)snprintf(name_out + used, FILE_PATH_BYTES - used, ".json");
}

static void put_pack(const char *text)
{
    char name[FILE_PATH_BYTES];
    pack_name(name);
    put_file(name, text);
}

/* ---- the engine ---- */

static void tells(void *event, u16 kind, size_t size, u8 source)
{
    u8 bytes[512] = {0};
    struct event_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT), .source = source};
    place.seq += 1;
    head.seq = place.seq;
    assert_true(size <= sizeof(bytes));
    memcpy(bytes, event, size);
    memcpy(bytes, &head, sizeof(head));
    scene_must(eventlog_append(place.log, place.seq, clock_wall_us(&place.clock.clock),
                               span_of(bytes, size)));
    eventlog_release(place.log, eventlog_end(place.log));
}

/* The command, whole, behind an `applied`. */
static void applies(const void *command, size_t size, u8 source)
{
    u8 bytes[512] = {0};
    struct command_head head;
    struct event_applied applied = {.entry = 0};
    memcpy(&head, command, sizeof(head));
    applied.source_index = head.source_index;
    memcpy(bytes, &applied, sizeof(applied));
    memcpy(bytes + sizeof(applied), command, size);
    tells(bytes, EVENT_APPLIED, sizeof(applied) + size, source);
}

static void define(void *command, u16 kind, size_t size)
{
    struct command_head head = {
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .source = LINK_SOURCE_ADMIN};
    memcpy(command, &head, sizeof(head));
    applies(command, size, LINK_SOURCE_ADMIN);
}

static void rings(u64 hello)
{
    struct link_bell bell = {.generation = place.generation, .position = 1, .hello = hello};
    bell = link_bell_make(&bell);
    bell.head.source = LINK_SOURCE_PRICES;
    bell.head.source_index = place.source_index;
    assert_int_equal(channel_put(&place.ringer, span_of(&bell, sizeof(bell))), CHANNEL_PUT);
    channel_flush(&place.ringer);
}

static void keep(const u8 *bytes, size_t size)
{
    struct command_valuation_price price;
    struct command_valuation valuation;
    struct sent *sent = &place.sent[place.sent_count];
    assert_true(place.sent_count < SENT_MAX);
    memcpy(&price, bytes, sizeof(price.head));
    sent->kind = price.head.kind;
    place.source_index += 1;
    assert_true(price.head.source_index == place.source_index);
    if (sent->kind == COMMAND_VALUATION_PRICE) {
        memcpy(&price, bytes, sizeof(price));
        sent->number = price.asset;
        sent->price = price.price.units;
        sent->time_us = price.time_us;
        sent->sources = price.sources;
    } else {
        memcpy(&valuation, bytes, sizeof(valuation));
        sent->number = valuation.pack;
    }
    place.sent_count += 1;
    if (place.refuses) {
        struct event_rejected rejected = {.source_index = price.head.source_index,
                                          .command = sent->kind};
        tells(&rejected, EVENT_REJECTED, sizeof(rejected), LINK_SOURCE_PRICES);
    } else {
        applies(bytes, size, LINK_SOURCE_PRICES);
    }
}

/* What has come is executed; a HELLO is answered. */
static void engine_works(void)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    u64 hello = 0;
    while (channel_take(&place.engine, bytes, &size) == CHANNEL_RECORD) {
        struct link_hello record;
        if (link_hello_read(span_of(bytes, size), &record)) {
            hello = record.hello;
        } else {
            keep(bytes, size);
        }
    }
    channel_release(&place.engine);
    rings(hello);
}

/* ---- time ---- */

static void works(void)
{
    bool busy = false;
    scene_must(agent_work(price_agent_of(place.agent), &busy));
}

/* Agent and engine, until both are idle; what came is in place.sent. */
static void runs(void)
{
    place.sent_count = 0;
    for (u32 i = 0; i < 6; i += 1) {
        works();
        engine_works();
    }
    works();
}

static void later(u64 us)
{
    clock_false_advance(&place.clock, us * 1000);
}

static void later_and_runs(u64 us)
{
    later(us);
    runs();
}

/* ---- scenes ---- */

static void agent_begin(void)
{
    place.generation += 1;
    scene_must(price_agent_create(&place.agent, &place.options));
    scene_must(agent_open(price_agent_of(place.agent)));
    scene_must(agent_start(price_agent_of(place.agent)));
    rings(0);
}

static void agent_end(void)
{
    if (place.agent == NULL) {
        return;
    }
    agent_close(price_agent_of(place.agent));
    price_agent_destroy(place.agent);
    place.agent = NULL;
}

static void log_begin(void)
{
    struct arena arena;
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = 1 << 20};
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    scene_must(eventlog_open(&place.log, &config, &arena));
    scene_must(eventlog_begin(place.log, (struct eventlog_point){0}));
}

static void venue_begin(u32 persons_max)
{
    struct command_genesis genesis = {.persons_max = persons_max};
    struct command_asset_add euro = {.asset = EUR, .scale = 2, .name = "EUR"};
    struct command_asset_add bitcoin = {.asset = BTC, .scale = 8, .name = "BTC"};
    define(&genesis, COMMAND_GENESIS, sizeof(genesis));
    define(&euro, COMMAND_ASSET_ADD, sizeof(euro));
    define(&bitcoin, COMMAND_ASSET_ADD, sizeof(bitcoin));
}

static void folders_make(void)
{
    static const char *const names[] = {"", "prices", "packs", "events"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[FILE_PATH_BYTES];
        path_below(names[i], path);
        scene_must(disk_make_folder(disk_real(), path));
    }
    path_below("events", place.events);
}

static void begin(u32 persons_max)
{
    static const u16 kinds[] = {LINK_HELLO, COMMAND_VALUATION, COMMAND_VALUATION_PRICE};
    struct sha256 sha256;
    memset(&place, 0, sizeof(place));
    place.source_index = FIRST_INDEX;
    scene_folder_make(place.base);
    scene_must(file_path(place.folder, place.base, "venue"));
    folders_make();
    clock_false_init(&place.clock, BEGIN);
    scene_must(sha256_open(&sha256));
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of_text(text_of_pack));
    sha256_end(&sha256, place.hash);
    sha256_close(&sha256);
    scene_must(channel_create(&place.commands, "commands", CHANNEL_BYTES));
    scene_must(channel_create(&place.bells, "bells", CHANNEL_BYTES));
    scene_must(channel_writer_open(&place.ringer, &place.bells));
    scene_must(channel_reader_open(&place.engine, &place.commands, kinds, ARRAY_COUNT(kinds),
                                   LINK_SOURCE_PRICES));
    log_begin();
    venue_begin(persons_max);
    place.options = (struct price_agent_options){
        .folder = place.folder,
        .disk = disk_real(),
        .clock = &place.clock.clock,
        .commands = &place.commands,
        .bell = &place.bells,
        .sources = {{.name = "one"}, {.name = "two"}},
        .sources_count = 2,
        .policy = {.fresh_us = 60 * SECOND, .sources_min = 2, .jump = 1000, .step = 50},
        .every_us = EVERY};
    path_below("one.txt", place.options.sources[0].path);
    path_below("two.txt", place.options.sources[1].path);
}

static void end(void)
{
    agent_end();
    eventlog_close(place.log);
    free(place.memory);
    channel_close(&place.commands);
    channel_close(&place.bells);
    scene_folder_remove(place.base);
}

static void pack_becomes(enum pack_state state)
{
    struct event_pack_state event = {.pack = PACK_AT, .state = (u8)state};
    memcpy(event.content_hash, place.hash, sizeof(place.hash));
    tells(&event, EVENT_PACK_STATE, sizeof(event), 0);
}

static void expect_price(u32 at, u16 asset, u64 price, u8 sources)
{
    assert_true(at < place.sent_count);
    assert_int_equal(place.sent[at].kind, COMMAND_VALUATION_PRICE);
    assert_int_equal(place.sent[at].number, asset);
    assert_true(place.sent[at].price == price);
    assert_int_equal(place.sent[at].sources, sources);
}

/* ---- tests ---- */

static void a_price_goes_out_when_it_moves_or_ages(void **state)
{
    (void)state;
    begin(10);
    agent_begin();
    assert_false(price_agent_is_ready(place.agent));
    put_source("one.txt", "BTC", "40000");
    put_source("two.txt", "BTC", "40010");
    runs();
    assert_true(price_agent_is_ready(place.agent));
    assert_int_equal(place.sent_count, 2);
    expect_price(0, EUR, EURO, 1);
    expect_price(1, BTC, 40005 * EURO, 2);
    assert_true(place.sent[1].time_us == BEGIN);
    /* Half a percent is a step, less is none; before the next round nothing is read. */
    later(EVERY - 1);
    put_both("41000");
    runs();
    assert_int_equal(place.sent_count, 0);
    put_both("40204");
    later_and_runs(1);
    assert_int_equal(place.sent_count, 0);
    put_both("40206");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 1);
    expect_price(0, BTC, 40206 * EURO, 2);
    /* It has not moved, and is half as old as a stale one: a newer one goes out. */
    u64 told_us = place.sent[0].time_us;
    for (u64 age_us = EVERY; age_us < HOUR / 2 + SECOND; age_us += EVERY) {
        later(EVERY);
        put_both("40207");
        runs();
        u64 now_us = clock_wall_us(&place.clock.clock);
        bool is_old = place.sent_count > 0 && place.sent[place.sent_count - 1].number == BTC;
        assert_int_equal(is_old, now_us - told_us >= HOUR / 2);
        if (is_old) {
            break;
        }
    }
    assert_true(place.sent[place.sent_count - 1].price == 40207 * EURO);
    end();
}

static void what_is_missing_or_apart_does_not_go_out(void **state)
{
    (void)state;
    begin(10);
    put_source("one.txt", "BTC", "40000");
    agent_begin();
    runs();
    assert_int_equal(place.sent_count, 1); /* EUR */
    assert_true(price_agent_counts(place.agent).assets_missing == 1);
    assert_true(price_agent_counts(place.agent).assets_stale == 2);
    assert_true(price_agent_counts(place.agent).sources_failed == 1);
    put_both("40000");
    put_source("two.txt", "BTC", "60000");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0);
    assert_true(price_agent_counts(place.agent).outliers == 2);
    /* A line that is refused does not count, and neither does EUR from outside. */
    put_file("two.txt", "BTC 40000 1e9\nEUR 2 1650531600\nDOGE 1 1650531600\nBTC 40000");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0);
    assert_true(price_agent_counts(place.agent).lines_refused == 3);
    /* What a source has said is fresh for a minute, whatever becomes of its file. */
    put_both("40000");
    later(1);
    remove_file("two.txt");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0);
    put_both("40000");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 1);
    expect_price(0, BTC, 40000 * EURO, 2);
    remove_file("one.txt");
    put_both("50000");
    remove_file("two.txt");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0);
    end();
}

static void a_time_that_has_not_come_is_refused(void **state)
{
    (void)state;
    begin(10);
    put_both("40000");
    place.clock.wall_offset_us -= (i64)SECOND;
    agent_begin();
    runs();
    assert_int_equal(place.sent_count, 1);
    assert_true(price_agent_counts(place.agent).lines_refused == 2);
    end();
}

static void a_valuation_goes_out_once_behind_its_prices(void **state)
{
    (void)state;
    begin(10);
    put_pack(text_of_pack);
    agent_begin();
    put_both("40000");
    runs();
    pack_becomes(PACK_STATE_ACTIVE);
    put_both("40001");
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0); /* 22:00 of the day before was not its matter */
    later(HOUR - EVERY - 1);
    put_both("40001");
    runs();
    assert_true(place.sent_count <= 2);
    later(EVERY + 1);
    put_both("40002");
    runs();
    /* EUR, the price although it has not moved by a step, then the valuation. */
    assert_int_equal(place.sent_count, 3);
    expect_price(1, BTC, 40002 * EURO, 2);
    assert_int_equal(place.sent[2].kind, COMMAND_VALUATION);
    assert_int_equal(place.sent[2].number, PACK_AT);
    for (u32 i = 0; i < 20; i += 1) {
        later(EVERY);
        put_both("40002");
        runs();
        assert_int_equal(place.sent_count, 0);
    }
    /* A restart knows it from the log; the next time it is due again. */
    agent_end();
    agent_begin();
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 0);
    later(12 * HOUR);
    put_both("40002");
    runs();
    assert_int_equal(place.sent[place.sent_count - 1].kind, COMMAND_VALUATION);
    /* One that has ended is not valued any more. */
    pack_becomes(PACK_STATE_ENDING);
    later(12 * HOUR);
    put_both("40002");
    runs();
    assert_true(place.sent_count > 0);
    assert_int_equal(place.sent[place.sent_count - 1].kind, COMMAND_VALUATION_PRICE);
    end();
}

static void a_valuation_waits_a_minute_for_prices(void **state)
{
    (void)state;
    begin(10);
    put_pack(text_of_pack);
    pack_becomes(PACK_STATE_ACTIVE);
    agent_begin();
    runs();
    u32 valued = 0;
    later(HOUR - EVERY);
    for (u32 i = 0; i < 8; i += 1) {
        later_and_runs(EVERY);
        bool is_over = clock_wall_us(&place.clock.clock) >= BEGIN + HOUR + 60 * SECOND;
        for (u32 at = 0; at < place.sent_count; at += 1) {
            valued += place.sent[at].kind == COMMAND_VALUATION ? 1 : 0;
        }
        assert_int_equal(valued, is_over ? 1 : 0);
    }
    assert_int_equal(valued, 1);
    end();
}

static void a_text_of_another_pack_has_no_times(void **state)
{
    (void)state;
    begin(10);
    put_pack("{\"pack\":{\"valuation\":[\"10:00\"]}}");
    pack_becomes(PACK_STATE_ACTIVE);
    agent_begin();
    runs();
    later(HOUR + 60 * SECOND);
    put_both("40000");
    runs();
    assert_int_equal(place.sent[place.sent_count - 1].kind, COMMAND_VALUATION_PRICE);
    /* The right one comes late: what was missed is made up. */
    put_pack(text_of_pack);
    later_and_runs(EVERY);
    assert_int_equal(place.sent[place.sent_count - 1].kind, COMMAND_VALUATION);
    end();
}

/* ---- images ---- */

static void image_add(struct eventlog_image *image, void *record, u16 kind)
{
    size_t size = wire_states[kind].size;
    struct state_head head;
    memcpy(&head, record, sizeof(head));
    head.kind = kind;
    head.units = (u8)(size / WIRE_UNIT);
    memcpy(record, &head, sizeof(head));
    scene_must(eventlog_image_add(image, span_of(record, size)));
}

/* The venue as it is, with the pack active. */
static void image_make(void)
{
    struct eventlog_image image;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    struct state_venue first = {.seq = place.seq};
    struct state_limits limits = {.persons_max = 10};
    struct state_asset euro = {.asset = EUR, .name = "EUR"};
    struct state_asset bitcoin = {.asset = BTC, .name = "BTC"};
    struct state_rules rules = {.price_stale_seconds = 600};
    struct state_pack pack = {.head = {.id = PACK_AT}, .pack_state = PACK_STATE_ACTIVE};
    struct state_pack receiving = {.head = {.id = UINT16_MAX}};
    struct state_valuation_price price = {.price = price_of(40000 * EURO),
                                          .time_us = clock_wall_us(&place.clock.clock),
                                          .asset = BTC};
    struct state_end last = {.records = 0};
    memcpy(pack.content_hash, place.hash, sizeof(place.hash));
    scene_must(
        eventlog_image_create(&image, disk_real(), place.events, venue, eventlog_end(place.log)));
    image_add(&image, &first, STATE_VENUE);
    image_add(&image, &limits, STATE_LIMITS);
    image_add(&image, &euro, STATE_ASSET);
    image_add(&image, &bitcoin, STATE_ASSET);
    image_add(&image, &rules, STATE_RULES);
    image_add(&image, &pack, STATE_PACK);
    image_add(&image, &receiving, STATE_PACK);
    image_add(&image, &price, STATE_VALUATION_PRICE);
    image_add(&image, &last, STATE_END);
    scene_must(eventlog_image_finish(&image));
}

static u32 valuations_sent(void)
{
    u32 count = 0;
    for (u32 i = 0; i < place.sent_count; i += 1) {
        count += place.sent[i].kind == COMMAND_VALUATION ? 1 : 0;
    }
    return count;
}

static void behind_an_image_the_file_knows_the_last_one(void **state)
{
    (void)state;
    begin(10);
    put_pack(text_of_pack);
    pack_becomes(PACK_STATE_ACTIVE);
    agent_begin();
    put_both("40000");
    runs();
    later(HOUR);
    put_both("40000");
    runs();
    assert_int_equal(valuations_sent(), 1);
    later_and_runs(EVERY); /* the file is written when the next round has seen it */
    agent_end();
    image_make();
    agent_begin();
    later_and_runs(EVERY);
    assert_int_equal(valuations_sent(), 0);
    assert_true(price_agent_counts(place.agent).assets == 2);
    /* The image's prices and its limit of 600 s hold: half of it is 300. */
    later(300 * SECOND - EVERY - EVERY);
    put_both("40000");
    runs();
    u32 before = place.sent_count;
    later(EVERY + EVERY);
    put_both("40000");
    runs();
    assert_int_equal(before, 0);
    assert_true(place.sent_count > 0);
    /* Without the file, or with one that cannot be, one more is made. */
    agent_end();
    put_file("prices/valued", "0011\n");
    agent_begin();
    put_both("40000");
    later_and_runs(EVERY);
    assert_int_equal(valuations_sent(), 1);
    agent_end();
    remove_file("prices/valued");
    agent_begin();
    put_both("40000");
    later_and_runs(EVERY);
    assert_int_equal(valuations_sent(), 0); /* it is in the log behind the image */
    end();
}

/* ---- when nothing is sent ---- */

static void after_a_refusal_it_waits(void **state)
{
    (void)state;
    begin(10);
    put_both("40000");
    later(HOUR);
    put_both("40000");
    agent_begin();
    place.refuses = true;
    runs();
    assert_int_equal(place.sent_count, 2);
    assert_true(price_agent_counts(place.agent).refused == 2);
    u32 rounds = 0;
    do {
        rounds += 1;
        later(EVERY);
        put_both("40000");
        runs();
    } while (place.sent_count == 0 && rounds < 20);
    assert_int_equal(rounds, PRICE_REFUSED_WAIT_US / EVERY);
    end();
}

static void a_valuation_that_was_refused_is_asked_again(void **state)
{
    (void)state;
    begin(10);
    put_pack(text_of_pack);
    pack_becomes(PACK_STATE_ACTIVE);
    agent_begin();
    later(HOUR);
    for (u32 i = 0; i < 3; i += 1) { /* as when 8 re-evaluations wait; then it is taken */
        place.refuses = i < 2;
        put_both("40000");
        later_and_runs(PRICE_REFUSED_WAIT_US);
        assert_int_equal(valuations_sent(), 1);
    }
    later_and_runs(PRICE_REFUSED_WAIT_US);
    assert_int_equal(valuations_sent(), 0);
    end();
}

static void a_venue_without_persons_gets_nothing(void **state)
{
    (void)state;
    begin(0);
    put_both("40000");
    agent_begin();
    runs();
    assert_int_equal(place.sent_count, 0);
    struct command_limits_set limits = {.persons_max = 5};
    define(&limits, COMMAND_LIMITS_SET, sizeof(limits));
    later_and_runs(EVERY);
    assert_int_equal(place.sent_count, 2);
    end();
}

static void an_engine_that_is_away_gets_nothing(void **state)
{
    (void)state;
    begin(10);
    put_both("40000");
    agent_begin();
    runs();
    assert_int_equal(place.sent_count, 2);
    /* It has died: until it answers a HELLO nothing is sent. */
    place.generation += 1;
    rings(0);
    put_both("50000");
    later(EVERY);
    works();
    works();
    assert_false(price_agent_is_ready(place.agent));
    put_both("50000");
    runs();
    assert_int_equal(place.sent_count, 1);
    assert_true(price_agent_is_ready(place.agent));
    end();
}

/* ---- the sandbox ---- */

enum { NO_SANDBOX = 7, NOT_VALUED = 8 };

/* The child's life: opened outside, all the rest inside. */
static int live_inside(void)
{
    struct sandbox_path paths[] = {{.path = place.base, .is_writable = true}};
    struct sandbox_options options = {.role = "history", .paths = paths, .paths_count = 1};
    struct sandbox_report report;
    agent_begin();
    if (sandbox_enter(&options, &report) != FAULT_NONE || !report.has_seccomp) {
        return NO_SANDBOX;
    }
    put_both("40000");
    runs();
    later(HOUR);
    put_both("40000");
    runs();
    u32 valued = valuations_sent();
    later_and_runs(EVERY); /* the file is written */
    later_and_runs(12 * HOUR);
    later_and_runs(EVERY); /* and written again */
    remove_file("one.txt");
    later_and_runs(EVERY);
    agent_end();
    return valued == 1 ? 0 : NOT_VALUED;
}

static void it_lives_in_its_sandbox(void **state)
{
    (void)state;
    int status = 0;
    if (!sandbox_is_built() || test_is_valgrind()) {
        (void)printf("skipped: no sandbox with a sanitizer or under valgrind\n");
        skip();
    }
    begin(10);
    put_pack(text_of_pack);
    pack_becomes(PACK_STATE_ACTIVE);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(live_inside());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    char path[FILE_PATH_BYTES];
    path_below("prices/valued", path);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(status, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_goes_out_when_it_moves_or_ages),
        cmocka_unit_test(what_is_missing_or_apart_does_not_go_out),
        cmocka_unit_test(a_time_that_has_not_come_is_refused),
        cmocka_unit_test(a_valuation_goes_out_once_behind_its_prices),
        cmocka_unit_test(a_valuation_waits_a_minute_for_prices),
        cmocka_unit_test(a_text_of_another_pack_has_no_times),
        cmocka_unit_test(behind_an_image_the_file_knows_the_last_one),
        cmocka_unit_test(after_a_refusal_it_waits),
        cmocka_unit_test(a_valuation_that_was_refused_is_asked_again),
        cmocka_unit_test(a_venue_without_persons_gets_nothing),
        cmocka_unit_test(an_engine_that_is_away_gets_nothing),
        cmocka_unit_test(it_lives_in_its_sandbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
