#include "tests/support/engine_scene.h"

#include "base/random.h"
#include "base/span.h"
#include "role/engine/snapshot_run.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCENE_TICK  1000000ULL         /* 0.01 */
#define SCENE_LOT   10000ULL           /* 0.0001 */
#define SCENE_FUNDS 100000000000000ULL /* 1,000,000 with 8 decimals */

enum { FIRST_BYTES = 1 << 16 };

/* ---- folders ---- */

void scene_folder_make(char path_out[SCENE_PATH_BYTES])
{
    const char *root = getenv("TMPDIR");
    (void)snprintf(path_out, SCENE_PATH_BYTES, "%s/cambist-engine-XXXXXX",
                   root == NULL || root[0] == '\0' ? "/tmp" : root);
    assert_non_null(mkdtemp(path_out));
}

void scene_folder_remove(const char *path)
{
    DIR *directory = opendir(path);
    for (struct dirent *entry = directory == NULL ? NULL : readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        char inner[2 * SCENE_PATH_BYTES];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        (void)snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (lstat(inner, &status) == 0 && S_ISDIR(status.st_mode)) {
            scene_folder_remove(inner);
        } else {
            (void)unlink(inner);
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    (void)rmdir(path);
}

void scene_must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

/* ---- commands ---- */

void scene_commands_init(struct scene_commands *commands)
{
    *commands = (struct scene_commands){.size = FIRST_BYTES};
    commands->bytes = malloc(FIRST_BYTES);
    assert_non_null(commands->bytes);
}

void scene_commands_free(struct scene_commands *commands)
{
    free(commands->bytes);
    commands->bytes = NULL;
}

struct command_genesis scene_genesis(void)
{
    return (struct command_genesis){
        .head = {.kind = COMMAND_GENESIS,
                 .units = sizeof(struct command_genesis) / WIRE_UNIT,
                 .source = SCENE_SOURCE},
        .semantics_version = 1,
        .assets_max = 4,
        .markets_max = 2,
        .networks_max = 1,
        .fee_tiers_max = 1,
        .accounts_max = 16,
        .balance_rows_max = 99,
        .positions_max = 16,
        .orders_max = 20000,
        .extras_max = 100,
        .lists_max = 10,
        .holds_max = 10,
        .asset_limits_max = 10,
        .pages_max = 100,
        .directory_max = 300,
        .trailing_max = 10,
        .triggers_per_command_max = 1,
        .keys_max = 8,
    };
}

void scene_put(struct scene_commands *commands, const void *command, u16 kind, u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    u8 bytes[COMMAND_BYTES_MAX] = {0};
    memcpy(bytes, command, record->size);
    u8 units = (u8)(record->size / WIRE_UNIT); /* raw: the record's length */
    if (kind == COMMAND_ORDER) {
        bool is_detailed = (bytes[offsetof(struct command_order, flags)] & ORDER_FLAG_DETAIL) != 0;
        units = wire_units(record, 0, is_detailed);
    }
    commands->source_index += 1;
    struct command_head head = {.kind = kind,
                                .units = units,
                                .source = SCENE_SOURCE,
                                .account = account,
                                .source_index = commands->source_index};
    memcpy(bytes, &head, sizeof(head));
    size_t size = (size_t)units * WIRE_UNIT;
    if (commands->size - commands->used < size) {
        commands->size *= 2;
        commands->bytes = realloc(commands->bytes, commands->size);
        assert_non_null(commands->bytes);
    }
    memcpy(commands->bytes + commands->used, bytes, size);
    commands->used += size;
    commands->count += 1;
}

void scene_put_venue(struct scene_commands *commands)
{
    static const char *const names[] = {"BTC", "USDT"};
    for (u16 asset = 0; asset < 2; asset += 1) {
        struct command_asset_add add = {.asset = asset, .scale = 8};
        memcpy(add.name, names[asset], strlen(names[asset]));
        scene_put(commands, &add, COMMAND_ASSET_ADD, 0);
    }
    struct command_market_add market = {
        .market = 0,
        .base = 0,
        .quote = 1,
        .stp_default = STP_MODE_NONE,
        .stp_allowed = 1U << STP_MODE_NONE,
        .types_allowed = 0x7f,
        .ticks_max = 100000,
        .tick = {.units = SCENE_TICK}, /* raw: a grid */
        .lot = {.units = SCENE_LOT},   /* raw: a grid */
    };
    memcpy(market.name, "BTCUSDT", 7);
    scene_put(commands, &market, COMMAND_MARKET_ADD, 0);
    for (u32 account = 0; account < SCENE_ACCOUNTS; account += 1) {
        struct command_account_add add = {.trade_group = 0xFFFFFFFFU};
        scene_put(commands, &add, COMMAND_ACCOUNT_ADD, 0);
        for (u16 asset = 0; asset < 2; asset += 1) {
            struct command_deposit deposit = {.amount = amount_of(SCENE_FUNDS), .asset = asset};
            scene_put(commands, &deposit, COMMAND_DEPOSIT, account);
        }
    }
}

void scene_put_order(struct scene_commands *commands, u32 account, enum side side, u64 price,
                     u64 qty)
{
    struct command_order order = {
        .price = {.units = price * SCENE_TICK}, /* raw: from hundredths */
        .qty = amount_of(qty * SCENE_LOT),
        .side = (u8)side,
        .type = ORDER_TYPE_LIMIT,
        .tif = TIME_IN_FORCE_GTC,
    };
    scene_put(commands, &order, COMMAND_ORDER, account);
}

void scene_put_flow(struct scene_commands *commands, u64 seed, u64 count)
{
    struct random random;
    random_init(&random, seed);
    for (u64 i = 0; i < count; i += 1) {
        u32 account = (u32)random_below(&random, SCENE_ACCOUNTS);
        enum side side = random_chance(&random, 1, 2) ? SIDE_BUY : SIDE_SELL;
        u64 price = side == SIDE_BUY ? random_between(&random, 9800, 10050)
                                     : random_between(&random, 9950, 10200);
        scene_put_order(commands, account, side, price, 1 + random_below(&random, 50));
    }
}

/* ---- the sink ---- */

static void keep(struct release_sink *self, const struct release *release)
{
    struct scene_sink *sink = (struct scene_sink *)(void *)self;
    assert_true(release->seq_next >= sink->seq_next);
    assert_true(release->position >= sink->position);
    if (sink->size - sink->used < release->events.size) {
        sink->size = 2 * (sink->size + release->events.size);
        sink->events = realloc(sink->events, sink->size);
        assert_non_null(sink->events);
    }
    if (release->events.size > 0) {
        memcpy(sink->events + sink->used, release->events.data, release->events.size);
    }
    sink->used += release->events.size;
    sink->chunks += 1;
    sink->seq_next = release->seq_next;
    sink->position = release->position;
    sink->chunk_bytes_max =
        release->events.size > sink->chunk_bytes_max ? release->events.size : sink->chunk_bytes_max;
}

void scene_sink_init(struct scene_sink *sink)
{
    *sink = (struct scene_sink){.sink = {.release = keep}, .seq_next = 1};
}

void scene_sink_free(struct scene_sink *sink)
{
    free(sink->events);
    sink->events = NULL;
}

u64 scene_sink_count(const struct scene_sink *sink, u16 kind)
{
    u64 count = 0;
    size_t at = 0;
    while (at < sink->used) {
        struct event_head head;
        memcpy(&head, sink->events + at, sizeof(head));
        count += head.kind == kind;
        at += (size_t)head.units * WIRE_UNIT;
    }
    assert_int_equal(at, sink->used);
    return count;
}

void scene_submit_all(struct engine *engine, struct span commands)
{
    while (commands.size > 0) {
        size_t taken = 0;
        const char *reason = "";
        enum engine_answer answer = engine_submit(engine, commands, &taken, &reason);
        commands = span_after(commands, taken);
        if (answer == ENGINE_FULL) {
            scene_must(engine_work(engine, NULL));
        } else if (answer != ENGINE_TAKEN) {
            fail_msg("refused: %s", reason);
        }
    }
}

u64 scene_image(const char *folder, struct clock *clock)
{
    struct snapshot_options options = {
        .disk = disk_real(), .clock = clock, .folder = folder, .image = true};
    struct snapshot_result result;
    scene_must(snapshot_run(&options, &result));
    assert_true(result.image_written);
    return result.info.point.event_position;
}
