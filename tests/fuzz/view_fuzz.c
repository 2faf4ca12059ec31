/* The gateway's view: events of a real core are always accepted, and with bytes in them changed
 * they are accepted or refused, but never bring the view down. So are the records of an image.
 * The input's bytes become commands (fuzz_core.h), and in between say which byte is changed. */
#include "role/gateway/view_account.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"
#include "role/gateway/view_order.h"
#include "role/gateway/view_person.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core.h"

enum {
    LEVELS_MAX = 32,
    CHANGES_MAX = 8,
    PERSONS_MAX = 4,
    NOTICES_MAX = 6,
    RECORD_BYTES = 256, /* no invented event is longer */
};

static struct fuzz_core world;
static struct fuzz_state image;
static u8 *filled; /* the memory of a venue that is set up and has seen nothing else */
static u8 *memory; /* of the view */
static size_t memory_bytes;
static struct view_config config;

static void set_up(void)
{
    struct command_genesis limits = fuzz_limits();
    fuzz_core_make(&world, &limits);
    fuzz_core_fill(&world);
    filled = malloc(world.bytes);
    CHECK(filled != NULL);
    memcpy(filled, world.memory, world.bytes);
    limits.persons_max = PERSONS_MAX;
    config = (struct view_config){.limits = limits,
                                  .notices_max = NOTICES_MAX,
                                  .closed_orders_max = 8,
                                  .closed_lists_max = 3,
                                  .fills_max = 8,
                                  .trades_max = 4,
                                  .changes_max = CHANGES_MAX,
                                  .hash_seed = 5};
    memory_bytes = (view_footprint(&config) + 63) & ~(size_t)63;
    memory = aligned_alloc(64, memory_bytes);
    CHECK(memory_bytes > 0 && memory != NULL);
}

static struct view *view_make(void)
{
    struct arena arena;
    struct view *view = NULL;
    memset(memory, 0, memory_bytes);
    arena_init(&arena, memory, memory_bytes);
    CHECK(view_open(&view, &config, &arena) == FAULT_NONE);
    return view;
}

/* A byte of the record, if the input wants it so. */
static bool change(struct fuzz_input *input, u8 *record, size_t size)
{
    if (fuzz_byte(input) < 250) {
        return false;
    }
    size_t at = fuzz_byte(input) % size;
    record[at] = fuzz_byte(input);
    return true;
}

static void read_account(struct view *view, u32 number)
{
    for (u32 is_open = 0; is_open < 2; is_open++) {
        const struct view_order *order = view_order_newest(view, number, is_open);
        for (; order != NULL; order = view_order_older(view, order)) {
            CHECK(order->account == number && order->is_open == is_open);
            CHECK(view_order_of(view, order->id) == order);
            CHECK(view_order_status(order) <= VIEW_STATUS_EXPIRED_IN_MATCH);
            (void)view_order_by_client(view, number, order->market, &order->client);
            const struct view_fill *fill = view_fill_newest_of(view, order);
            for (; fill != NULL; fill = view_fill_older_of(view, fill, order)) {
                CHECK(fill->maker_order == order->id || fill->taker_order == order->id);
            }
        }
        const struct view_list *list = view_list_newest(view, number, is_open);
        for (; list != NULL; list = view_list_older(view, list)) {
            CHECK(view_list_of(view, list->id) == list);
        }
    }
    const struct view_balance *row = view_balance_newest(view, number);
    for (; row != NULL; row = view_balance_older(view, row)) {
        CHECK(view_balance_of(view, number, row->asset) == row);
    }
}

static void read_persons(struct view *view, u64 now_us)
{
    u64 eur = 0;
    for (u32 person = 0; person <= view_persons_count(view); person++) {
        if (!view_holdings(view, person, now_us, &eur)) {
            eur = 0; /* no fresh price */
        }
        u32 count = 0;
        const struct view_finding *finding = view_finding_newest(view, person);
        for (; finding != NULL; finding = view_finding_older(view, finding)) {
            CHECK(finding->person == person && finding->rule < VIEW_PACK_RULES);
            count++;
        }
        CHECK(count <= VIEW_PACK_NUMBERS * VIEW_PACK_RULES);
        const struct view_notice *notice = view_notice_of_person(view, person);
        for (count = 0; notice != NULL; notice = view_notice_older(view, notice)) {
            CHECK(notice->kind == VIEW_NOTICE_FINDING && notice->owner == person);
            count++;
        }
        CHECK(count <= NOTICES_MAX);
    }
    for (u32 account = 0; account < view_accounts_count(view); account++) {
        CHECK(view_person_of(view, account) <= view_persons_count(view));
        const struct view_notice *notice = view_notice_of_account(view, account);
        for (; notice != NULL; notice = view_notice_older(view, notice)) {
            CHECK(notice->kind == VIEW_NOTICE_VECTOR && notice->owner == account);
        }
    }
    for (u32 number = 0; number < VIEW_PACK_NUMBERS; number++) {
        const struct view_pack *pack = view_pack_of(view, number);
        CHECK(pack == NULL || (pack->number == number && pack->state != PACK_STATE_ENDED));
    }
}

static void read_all(struct view *view)
{
    struct view_level levels[LEVELS_MAX];
    struct view_change changes[CHANGES_MAX];
    u64 now_us = view_place(view).time_us;
    for (u16 market = 0; market < view_markets_count(view); market++) {
        for (u32 side = 0; side < 2; side++) {
            u32 count = view_book_depth(view, market, (enum side)side, levels, LEVELS_MAX);
            CHECK(count <= config.limits.orders_max);
        }
        u32 count = 0;
        u64 since = view_book_since_min(view, market);
        CHECK(view_book_changes(view, market, since, changes, &count));
        CHECK(count <= CHANGES_MAX);
        struct view_window window;
        view_market_window(view, market, 1440, now_us, &window);
        view_market_window(view, market, 7, now_us, &window);
        struct price average;
        bool is_known = view_market_average(view, market, 5, now_us, &average);
        CHECK(!is_known || average.units > 0);
        for (u32 i = 0; i < INTERVAL_COUNT; i++) {
            struct view_kline kline;
            is_known =
                view_market_kline(view, market, (enum interval)i, VIEW_ZONE_8, now_us, &kline);
            CHECK(!is_known || (kline.open_us <= now_us && now_us < kline.end_us));
        }
    }
    for (u32 account = 0; account < view_accounts_count(view); account++) {
        read_account(view, account);
    }
    read_persons(view, now_us);
}

/* The core's state as it is, perhaps with a byte changed. False: the view refuses it. */
static bool start(struct view *view, struct fuzz_input *input, bool *is_changed)
{
    fuzz_state_take(world.core, &image);
    if (fuzz_byte(input) >= 128) {
        u8 record = fuzz_byte(input);
        u32 number = 0;
        for (size_t at = 0; at < image.used; number++) {
            size_t size = core_restore_size(image.bytes + at, image.used - at);
            CHECK(size > 0);
            if (number == record) {
                size_t byte = fuzz_byte(input) % size;
                image.bytes[at + byte] = fuzz_byte(input);
                *is_changed = true;
                break;
            }
            at += size;
        }
    }
    enum fault fault = FAULT_NONE;
    for (size_t at = 0; at < image.used && fault == FAULT_NONE;) {
        size_t used = 0;
        fault = view_image_record(view, image.bytes + at, image.used - at, &used);
        at += used;
    }
    fault = fault == FAULT_NONE ? view_image_end(view, 1) : fault;
    CHECK(*is_changed || fault == FAULT_NONE);
    return fault == FAULT_NONE;
}

/* One command's events; false: the view refuses one. */
static bool follow(struct view *view, struct fuzz_input *input, bool *is_changed)
{
    for (size_t at = 0; at < world.output.used;) {
        size_t size = (size_t)world.output.data[at + 2] * WIRE_UNIT;
        u8 *record = malloc(size);
        CHECK(record != NULL);
        memcpy(record, world.output.data + at, size);
        *is_changed = change(input, record, size) || *is_changed;
        if (!view_has_room(view)) {
            view_history_passed(view, view_place(view).position);
            CHECK(view_has_room(view));
        }
        enum fault fault = view_apply(view, record, size);
        free(record);
        CHECK(*is_changed || fault == FAULT_NONE);
        if (fault != FAULT_NONE) {
            return false;
        }
        at += size;
    }
    return true;
}

/* An event about persons or packs, or such a command applied, of bytes of the input. False: the
 * view refuses it. */
static bool invent(struct view *view, struct fuzz_input *input)
{
    static const u16 kinds[] = {EVENT_RESTRICTED, EVENT_DECISION, EVENT_PACK_STATE, EVENT_APPLIED};
    static const u16 commands[] = {COMMAND_PERSON_ADD, COMMAND_LINK, COMMAND_UNLINK,
                                   COMMAND_RULES_SET, COMMAND_VALUATION_PRICE};
    u8 record[RECORD_BYTES] = {0};
    struct event_head head = {.kind = kinds[fuzz_byte(input) % ARRAY_COUNT(kinds)],
                              .account = fuzz_byte(input) % 8,
                              .seq = view_place(view).seq};
    size_t size = wire_events[head.kind].size;
    CHECK(size <= sizeof record);
    if (head.kind == EVENT_APPLIED) {
        struct command_head command = {.kind = commands[fuzz_byte(input) % ARRAY_COUNT(commands)]};
        size += wire_commands[command.kind].size;
        CHECK(size <= sizeof record);
        memcpy(record + sizeof(struct event_applied), &command, sizeof command);
    }
    for (u32 i = 0; i < 12; i++) { /* few bytes are enough: most fields are small numbers */
        size_t at = sizeof head + fuzz_byte(input) % 96;
        bool is_kind = head.kind == EVENT_APPLIED && at >= sizeof(struct event_applied) &&
                       at < sizeof(struct event_applied) + sizeof(struct command_head);
        record[at] = is_kind || at >= size ? record[at] : fuzz_byte(input) % 8;
    }
    head.units = (u8)(size / WIRE_UNIT);
    memcpy(record, &head, sizeof head);
    return view_has_room(view) && view_apply(view, record, size) == FAULT_NONE;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct fuzz_input input = {data, size};
    if (filled == NULL) {
        set_up();
    }
    memcpy(world.memory, filled, world.bytes);
    u64 time_us = 0;
    for (u32 before = fuzz_byte(&input) % 16; before > 0 && input.left > 0; before--) {
        fuzz_core_step(&world, &input);
    }
    struct view *view = view_make();
    bool is_changed = false; /* if accepted, later events may not fit what the view has then */
    if (!start(view, &input, &is_changed)) {
        return 0;
    }
    read_all(view);
    for (u64 position = 2; input.left > 0; position++) {
        u8 minutes = fuzz_byte(&input);
        if (minutes == 255) {
            is_changed = true;
            if (!invent(view, &input)) {
                return 0;
            }
            continue;
        }
        time_us += minutes > 240 ? (minutes - 240U) * 60000000ULL : minutes % 2;
        core_set_time(world.core, time_us);
        fuzz_core_step(&world, &input);
        view_chunk(view, position);
        if (!follow(view, &input, &is_changed)) {
            return 0;
        }
        if (position % 16 == 0) {
            read_all(view);
        }
    }
    read_all(view);
    return 0;
}
