/* What the fuzzers of the core share: a small venue with awkward filters, and input bytes turned
 * into well-formed commands, a byte or two per field, so that small changes of the input stay
 * small. */
#ifndef TESTS_FUZZ_FUZZ_CORE_H
#define TESTS_FUZZ_FUZZ_CORE_H

#include "base/check.h"
#include "core/core.h"
#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

enum {
    FUZZ_ACCOUNTS = 6,
    FUZZ_TICKS_MAX = 4000,
    FUZZ_RECORD_BYTES = 1088, /* no command is longer */
    FUZZ_STATE_BYTES = 1 << 18,
};

#define FUZZ_TICK  1000000ULL
#define FUZZ_LOT   10000ULL
#define FUZZ_FUNDS 2000000000ULL

struct fuzz_core {
    struct command_genesis limits;
    struct core *core;
    u8 *memory;
    size_t bytes;
    struct core_output output;
    u8 source; /* of the commands; 0: 1 */
};

static inline struct command_genesis fuzz_limits(void)
{
    return (struct command_genesis){
        .head = {.kind = COMMAND_GENESIS, .units = sizeof(struct command_genesis) / WIRE_UNIT},
        .semantics_version = 1,
        .assets_max = 4,
        .markets_max = 3,
        .networks_max = 2,
        .fee_tiers_max = 2,
        .accounts_max = 8,
        .balance_rows_max = 30,
        .positions_max = 5,
        .orders_max = 24,
        .extras_max = 18,
        .lists_max = 4,
        .holds_max = 3,
        .asset_limits_max = 3,
        .pages_max = 4,
        .directory_max = 30,
        .trailing_max = 4,
        .triggers_per_command_max = 3,
        .keys_max = 3};
}

/* Memory for a core with these limits; nothing is applied yet. */
static inline void fuzz_core_make(struct fuzz_core *world, const struct command_genesis *limits)
{
    world->limits = *limits;
    world->bytes = core_footprint(limits);
    CHECK(world->bytes > 0 && world->bytes % 64 == 0);
    world->memory = aligned_alloc(64, world->bytes);
    world->output.size = core_event_bytes_max(limits);
    world->output.used = 0;
    world->output.data = malloc(world->output.size);
    CHECK(world->memory != NULL && world->output.data != NULL);
    memset(world->memory, 0, world->bytes);
    world->core = core_init(world->memory, world->bytes, limits);
}

static inline void fuzz_core_free(struct fuzz_core *world)
{
    free(world->memory);
    free(world->output.data);
}

/* Applies a record from an allocation of exactly its size, and looks at what came out. */
static inline void fuzz_core_apply(struct fuzz_core *world, const u8 *record)
{
    size_t bytes = (size_t)record[2] * WIRE_UNIT; /* the byte `units` of the head */
    const char *reason = "";
    struct command_head *exact = malloc(bytes);
    CHECK(exact != NULL);
    memcpy(exact, record, bytes);
    CHECK(command_check((const u8 *)exact, bytes, &reason));
    u64 seq = core_seq(world->core);
    world->output.used = 0;
    core_apply(world->core, exact, &world->output);
    free(exact);
    CHECK(core_seq(world->core) == seq + 1);
    CHECK(world->output.used <= world->output.size);
    for (size_t at = 0; at < world->output.used;) {
        struct event_head head;
        CHECK(world->output.used - at >= WIRE_UNIT);
        memcpy(&head, world->output.data + at, sizeof head);
        CHECK(head.kind < EVENT_KIND_COUNT && wire_events[head.kind].name != NULL);
        CHECK(head.units > 0 && head.units * WIRE_UNIT <= world->output.used - at);
        CHECK(head.seq == seq + 1);
        at += (size_t)head.units * WIRE_UNIT;
    }
}

/* Gives a command its head, its shortest form, and applies it. */
static inline void fuzz_core_command(struct fuzz_core *world, const void *command, u16 kind,
                                     u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    u8 bytes[FUZZ_RECORD_BYTES] = {0};
    memcpy(bytes, command, record->size);
    bool is_detailed = true;
    u8 client_bytes = 0;
    if (kind == COMMAND_ORDER) {
        is_detailed = (bytes[offsetof(struct command_order, flags)] & ORDER_FLAG_DETAIL) != 0;
        client_bytes = client_id_bytes(bytes[record->client_offset]);
    }
    struct command_head head = {.kind = kind,
                                .units = wire_units(record, client_bytes, is_detailed),
                                .source = world->source ? world->source : 1,
                                .account = account,
                                .source_index = core_seq(world->core) + 1};
    memcpy(bytes, &head, sizeof head);
    if (!is_detailed) { /* nothing behind the client id */
        u32 used = record->client_offset + client_bytes;
        memset(bytes + used, 0, sizeof bytes - used);
    }
    fuzz_core_apply(world, bytes);
}

static inline struct command_market_add fuzz_market(u16 number)
{
    struct command_market_add market = {.market = number,
                                        .base = number,
                                        .quote = (u16)(number + 1),
                                        .stp_default = STP_MODE_NONE,
                                        .stp_allowed = 0x7E,
                                        .types_allowed = 0x7F,
                                        .features = 0x7F,
                                        .ticks_max = FUZZ_TICKS_MAX,
                                        .tick = price_of(FUZZ_TICK),
                                        .lot = amount_of(FUZZ_LOT),
                                        .iceberg_parts_max = 10};
    if (number == 1) {
        market.stp_default = STP_MODE_DECREMENT;
        market.qty_min = amount_of(2 * FUZZ_LOT);
        market.qty_max = amount_of(150 * FUZZ_LOT);
        market.market_lot = amount_of(3 * FUZZ_LOT);
        market.min_notional = amount_of(5000);
        market.min_notional_flags = 1;
        market.notional_max = amount_of(3000000);
        market.notional_flags = 2;
        market.percent_up = 30000;
        market.percent_minutes = 2;
        market.orders_max = 9;
        market.algo_orders_max = 4;
        market.iceberg_orders_max = 2;
        market.lists_max = 2;
        market.amends_max = 2;
        market.position_max = amount_of(FUZZ_FUNDS * 2);
        market.trailing_above_max = 3000;
        market.range_bid_up = 15000;
        market.range_ask_down = 5000;
    }
    return market;
}

/* Genesis, three assets, two markets, six funded accounts, two of them in a group. */
static inline void fuzz_core_fill(struct fuzz_core *world)
{
    fuzz_core_command(world, &world->limits, COMMAND_GENESIS, 0);
    for (u16 i = 0; i < 3; i++) {
        struct command_asset_add asset = {.asset = i, .scale = 8, .name = {(u8)('A' + i)}};
        fuzz_core_command(world, &asset, COMMAND_ASSET_ADD, 0);
    }
    for (u16 i = 0; i < 2; i++) {
        struct command_market_add market = fuzz_market(i);
        struct command_fee_set fees = {
            .market = i, .standard_maker = 1000000, .standard_taker = 3333333};
        fuzz_core_command(world, &market, COMMAND_MARKET_ADD, 0);
        fuzz_core_command(world, &fees, COMMAND_FEE_SET, 0);
    }
    for (u32 i = 0; i < FUZZ_ACCOUNTS; i++) {
        struct command_account_add account = {.trade_group = i < 2 ? 7 : 0xFFFFFFFFU};
        fuzz_core_command(world, &account, COMMAND_ACCOUNT_ADD, 0);
        for (u16 asset = 0; asset < 3; asset++) {
            struct command_deposit deposit = {.amount = amount_of(FUZZ_FUNDS), .asset = asset};
            fuzz_core_command(world, &deposit, COMMAND_DEPOSIT, i);
        }
    }
}

/* ---- the state ---- */

struct fuzz_state {
    u8 bytes[FUZZ_STATE_BYTES];
    size_t used;
};

static inline bool fuzz_state_write(void *context, const u8 *bytes, size_t size)
{
    struct fuzz_state *state = context;
    CHECK(size <= sizeof state->bytes - state->used);
    memcpy(state->bytes + state->used, bytes, size);
    state->used += size;
    return true;
}

static inline void fuzz_state_take(const struct core *core, struct fuzz_state *state)
{
    void *scratch = malloc(core_snapshot_scratch(core));
    struct core_sink sink = {state, fuzz_state_write};
    CHECK(scratch != NULL);
    state->used = 0;
    CHECK(core_snapshot(core, scratch, &sink));
    free(scratch);
}

/* Everything that must hold of a core at any time. */
static inline void fuzz_core_check(const struct fuzz_core *world)
{
    core_validate(world->core);
    for (u32 i = 0; i < core_assets_count(world->core); i++) {
        CHECK(core_ledger_sum(world->core, (u16)i) == 0);
    }
}

/* The twin becomes a core made from the snapshot of this one, and has the same snapshot. */
static inline void fuzz_core_twin(const struct fuzz_core *world, struct fuzz_core *twin)
{
    static struct fuzz_state states[2];
    struct core_restore restore;
    const char *reason = "";
    memset(twin->memory, 0, twin->bytes);
    twin->core = core_init(twin->memory, twin->bytes, &twin->limits);
    fuzz_state_take(world->core, &states[0]);
    core_restore_begin(&restore, twin->core);
    for (size_t at = 0; at < states[0].used;) {
        size_t size = core_restore_size(states[0].bytes + at, states[0].used - at);
        CHECK(size > 0);
        CHECK(core_restore_record(&restore, states[0].bytes + at, size, &reason));
        at += size;
    }
    CHECK(core_restore_end(&restore, &reason));
    fuzz_core_check(twin);
    fuzz_state_take(twin->core, &states[1]);
    CHECK(states[0].used == states[1].used);
    CHECK(memcmp(states[0].bytes, states[1].bytes, states[0].used) == 0);
}

/* ---- commands from bytes ---- */

struct fuzz_input {
    const u8 *data;
    size_t left;
};

static inline u8 fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

static inline u64 fuzz_raw(struct fuzz_input *input)
{
    u64 value = 0;
    for (u32 i = 0; i < 8; i++) {
        value = value << 8 | fuzz_byte(input);
    }
    return value;
}

/* Nothing, or a small number, from one byte; the last few values stand for larger numbers, edges
 * and eight bytes as they are. */
static inline u64 fuzz_number(struct fuzz_input *input, u64 unit)
{
    static const u64 edges[] = {0xFFFF,       0x10000,    0xFFFFFFFF,   0x100000000,
                                (1ULL << 62), UINT64_MAX, (1ULL << 63), (1ULL << 63) - 1};
    u8 byte = fuzz_byte(input);
    if (byte < 80) {
        return 0;
    }
    if (byte < 220) {
        return (byte - 79U) * unit;
    }
    if (byte < 240) {
        return ((byte - 220U) * 256ULL + fuzz_byte(input)) * unit;
    }
    if (byte < 248) {
        return edges[byte - 240];
    }
    return fuzz_raw(input);
}

/* A value of an enum, or any byte. */
static inline u8 fuzz_choice(struct fuzz_input *input, u32 count)
{
    u8 byte = fuzz_byte(input);
    return byte < 250 ? (u8)(byte % count) : byte;
}

/* Markets, assets, networks and tiers: those that are there more often than not. */
static inline u16 fuzz_index(struct fuzz_input *input)
{
    static const u8 often[] = {0, 0, 0, 0, 1, 1, 1, 2};
    u8 byte = fuzz_byte(input);
    return byte < 250 ? often[byte % ARRAY_COUNT(often)] : (u16)fuzz_number(input, 1);
}

static inline struct client_id fuzz_client(struct fuzz_input *input)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    struct client_id id = {0};
    u8 byte = fuzz_byte(input);
    u8 length = byte < 128 ? 0 : byte < 240 ? (u8)(1 + byte % 4) : (u8)(21 + byte % 16);
    if (length > 0) {
        CHECK(client_id_pack(&id, (struct span){.data = (const u8 *)text, .size = length}));
    }
    return id;
}

static inline void fuzz_fields(struct fuzz_input *input, const struct wire_field *field, u8 *at)
{
    for (; field->name != NULL; field++) {
        u8 *target = at + field->offset;
        u64 number = 0;
        struct client_id client;
        switch (field->type) {
        case WIRE_U8:
            target[0] = fuzz_choice(input, field->names_count > 0 ? field->names_count : 4);
            break;
        case WIRE_U16:
            number = fuzz_index(input);
            memcpy(target, &number, sizeof(u16));
            break;
        case WIRE_U32:
            number = fuzz_number(input, 1);
            memcpy(target, &number, sizeof(u32));
            break;
        case WIRE_U64:
        case WIRE_I64:
            number = fuzz_number(input, 1);
            memcpy(target, &number, sizeof number);
            break;
        case WIRE_PRICE:
            number = fuzz_number(input, FUZZ_TICK);
            memcpy(target, &number, sizeof number);
            break;
        case WIRE_AMOUNT:
            number = fuzz_number(input, FUZZ_LOT);
            memcpy(target, &number, sizeof number);
            break;
        case WIRE_CLIENT_ID:
            client = fuzz_client(input);
            memcpy(target, &client, sizeof client);
            break;
        case WIRE_BYTES:
        case WIRE_HEX:
            memset(target, fuzz_byte(input), field->count);
            break;
        case WIRE_STRUCT:
            for (u32 i = 0; i < field->count; i++) {
                fuzz_fields(input, field->fields, target + (size_t)i * field->stride);
            }
            break;
        }
    }
}

/* The usual commands have many of the byte's values, definitions one or two. */
static inline u16 fuzz_kind(u8 byte)
{
    static const u16 common[] = {COMMAND_ORDER,          COMMAND_ORDER,      COMMAND_ORDER,
                                 COMMAND_ORDER,          COMMAND_CANCEL,     COMMAND_AMEND,
                                 COMMAND_CANCEL_REPLACE, COMMAND_ORDER_LIST, COMMAND_ORDER_LIST,
                                 COMMAND_CONTINUE};
    if (byte >= 60) {
        return common[byte % ARRAY_COUNT(common)];
    }
    return (u16)(1 + byte % (COMMAND_KIND_COUNT - 1));
}

static inline u32 fuzz_account(u8 byte)
{
    return byte < 250 ? byte % FUZZ_ACCOUNTS : byte == 255 ? 0xFFFFFFFFU : byte - 245U;
}

/* One command from the input. */
static inline void fuzz_core_step(struct fuzz_core *world, struct fuzz_input *input)
{
    u8 record[FUZZ_RECORD_BYTES] = {0};
    u16 kind = fuzz_kind(fuzz_byte(input));
    u32 account = fuzz_account(fuzz_byte(input));
    fuzz_fields(input, wire_commands[kind].fields, record);
    fuzz_core_command(world, record, kind, account);
}

#endif /* TESTS_FUZZ_FUZZ_CORE_H */
