#include "app/flow_generate.h"

#include "base/check.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define PRICE_MAX      ((1 << 20) - 1)
#define PRICE_MIDDLE   (PRICE_MAX / 2)
#define MAKERS         64U
#define OTHERS         100000U
#define FAR_TICKS      65536U /* the prefill of a deep book reaches so far */
#define NEAR_TICKS     16U
#define RECENT_DEEP    4096U
#define RECENT_HOT     1024U
#define PICK_TRIES     4
#define PROGRESS_EVERY 4096U

/* A resting order, or one that rested. */
struct node {
    i64 qty; /* 0: gone */
    i32 price;
    u32 before;
    u32 after;
    u32 live_place;
    u8 side;
};

struct generator {
    struct random random;
    bool hot;
    u32 depth;
    u32 decay; /* of 65,536: how likely the next band is against the present one */
    u32 octaves;
    u32 first_band; /* ticks */

    struct node *nodes; /* by id */
    u32 *heads;         /* by tick; 0: no order */
    u32 *tails;
    u32 *live; /* the ids of resting orders, in no order */
    u32 live_count;
    u32 *recent; /* the last orders that came to rest */
    u32 recent_size;
    u32 recent_count;
    i32 best[2];  /* 0 and PRICE_MAX + 1 when the side is empty */
    i32 touch[2]; /* the last best price there was */
    i32 fair;
    u32 id;

    struct order_file_header *header;
    struct order_file_record *records;
    u64 written;
};

/* ---- dice: the order of the draws is part of the format ---- */

static u32 below(struct generator *g, u32 bound)
{
    return (u32)((random_u64(&g->random) >> 32) * bound >> 32);
}

static bool percent(struct generator *g, u32 share)
{
    return below(g, 100) < share;
}

static u32 draw_distance(struct generator *g)
{
    u32 band = 0;
    while (band + 1 < g->octaves && random_u64(&g->random) >> 48 < g->decay) {
        band += 1;
    }
    if (band == 0) {
        return below(g, g->first_band);
    }
    u32 width = g->first_band << (band - 1);
    return width + below(g, width);
}

static i64 draw_qty(struct generator *g)
{
    u32 octave = below(g, 10);
    return (i64)(1U << octave) + below(g, 1U << octave);
}

static u32 draw_account(struct generator *g)
{
    return percent(g, 70) ? below(g, MAKERS) : MAKERS + below(g, OTHERS);
}

static i32 within(i64 price)
{
    return price < 1 ? 1 : price > PRICE_MAX ? PRICE_MAX : (i32)price;
}

static i32 draw_price(struct generator *g, u32 side)
{
    u32 lot = below(g, 100);
    i32 bid = g->best[0] > 0 ? g->best[0] : g->touch[0];
    i32 ask = g->best[1] <= PRICE_MAX ? g->best[1] : g->touch[1];
    if (lot < 2) {
        i64 through = draw_distance(g) % 4;
        return side == 0 ? within(ask + through) : within(bid - through);
    }
    if (lot < 10 && ask - bid > 1) {
        return side == 0 ? bid + 1 : ask - 1;
    }
    i64 away = draw_distance(g);
    return side == 0 ? within(g->fair - 1 - away) : within(g->fair + 1 + away);
}

/* ---- the book that runs along ---- */

static void find_best(struct generator *g, u32 side)
{
    if (side == 0) {
        while (g->best[0] > 0 && g->heads[g->best[0]] == 0) {
            g->best[0] -= 1;
        }
    } else {
        while (g->best[1] <= PRICE_MAX && g->heads[g->best[1]] == 0) {
            g->best[1] += 1;
        }
    }
    if (g->best[side] > 0 && g->best[side] <= PRICE_MAX) {
        g->touch[side] = g->best[side];
    }
}

static void take_out(struct generator *g, u32 id)
{
    struct node *order = &g->nodes[id];
    if (order->before != 0) {
        g->nodes[order->before].after = order->after;
    } else {
        g->heads[order->price] = order->after;
    }
    if (order->after != 0) {
        g->nodes[order->after].before = order->before;
    } else {
        g->tails[order->price] = order->before;
    }
    g->live_count -= 1;
    u32 last = g->live[g->live_count];
    g->live[order->live_place] = last;
    g->nodes[last].live_place = order->live_place;
    order->qty = 0;
    if (g->heads[order->price] == 0 && order->price == g->best[order->side]) {
        find_best(g, order->side);
    }
}

static void put_in(struct generator *g, u32 id, u32 side, i32 price, i64 qty)
{
    g->nodes[id] = (struct node){.qty = qty,
                                 .price = price,
                                 .before = g->tails[price],
                                 .live_place = g->live_count,
                                 .side = (u8)side};
    if (g->tails[price] != 0) {
        g->nodes[g->tails[price]].after = id;
    } else {
        g->heads[price] = id;
    }
    g->tails[price] = id;
    g->live[g->live_count] = id;
    g->live_count += 1;
    g->recent[g->recent_count % g->recent_size] = id;
    g->recent_count += 1;
    if (side == 0 ? price > g->best[0] : price < g->best[1]) {
        g->best[side] = price;
    }
    g->touch[side] = g->best[side];
}

static void arrive(struct generator *g, u32 id, u32 side, i32 price, i64 qty, bool rests)
{
    while (qty > 0 && (side == 0 ? g->best[1] <= price : g->best[0] >= price)) {
        u32 maker_id = g->heads[g->best[1 - side]];
        struct node *maker = &g->nodes[maker_id];
        i64 traded = maker->qty < qty ? maker->qty : qty;
        g->header->trades += 1;
        g->header->qty += (u64)traded;
        g->header->hash =
            order_file_mix(g->header->hash, maker_id, id, (u64)maker->price, (u64)traded);
        maker->qty -= traded;
        qty -= traded;
        if (maker->qty == 0) {
            take_out(g, maker_id);
        }
    }
    if (qty > 0 && rests) {
        put_in(g, id, side, price, qty);
    }
}

/* ---- the flow ---- */

static void write_record(struct generator *g, const struct order_file_record *record)
{
    g->records[g->written] = *record;
    g->written += 1;
}

/* A resting order: a recent one more often than not in a deep book, always tried first in a hot
 * one. */
static u32 pick(struct generator *g)
{
    if (g->hot || percent(g, 50)) {
        for (int i = 0; i < PICK_TRIES; i += 1) {
            u32 count = g->recent_count < g->recent_size ? g->recent_count : g->recent_size;
            u32 id = count > 0 ? g->recent[below(g, count)] : 0;
            if (id != 0 && g->nodes[id].qty > 0) {
                return id;
            }
        }
    }
    return g->live[below(g, g->live_count)];
}

/* Adds against cancels: even at `depth` resting orders, 5 % against 95 % at 0.9 and 1.1 times. */
static bool cancel_is_next(struct generator *g)
{
    i64 share = 5000 + ((i64)g->live_count - g->depth) * 45000 / (i64)g->depth;
    share = share < 500 ? 500 : share > 9500 ? 9500 : share;
    return below(g, 10000) < share;
}

static void prefill(struct generator *g)
{
    for (u32 i = 0; i < g->depth; i += 1) {
        u32 side = i & 1;
        i32 away = 0;
        if (i >= 2) {
            bool near = g->hot || percent(g, 2);
            away = (i32)(near ? draw_distance(g) : NEAR_TICKS + below(g, FAR_TICKS - NEAR_TICKS));
        }
        struct order_file_record record = {.type = ORDER_FILE_LIMIT, .side = (u8)side};
        record.account = draw_account(g);
        g->id += 1;
        record.id = g->id;
        record.price = side == 0 ? PRICE_MIDDLE - 1 - away : PRICE_MIDDLE + 1 + away;
        record.qty = draw_qty(g);
        if (i == 0) {
            g->best[0] = 0;
            g->best[1] = PRICE_MAX + 1;
        }
        arrive(g, g->id, side, (i32)record.price, record.qty, true);
        write_record(g, &record);
    }
    CHECK(g->header->trades == 0);
}

static void put_ioc(struct generator *g)
{
    struct order_file_record record = {.type = ORDER_FILE_IOC};
    record.side = (u8)below(g, 2);
    g->id += 1;
    record.id = g->id;
    record.account = draw_account(g);
    record.qty = draw_qty(g);
    i64 through = below(g, 16);
    record.price = record.side == 0 ? within(g->touch[1] + through) : within(g->touch[0] - through);
    arrive(g, g->id, record.side, (i32)record.price, record.qty, false);
    write_record(g, &record);
}

static void put_replace(struct generator *g)
{
    u32 id = pick(g);
    struct order_file_record record = {.type = ORDER_FILE_REPLACE, .id = id};
    record.side = g->nodes[id].side;
    record.account = draw_account(g);
    if (percent(g, 80)) {
        record.price = within((i64)g->nodes[id].price + (i32)below(g, 9) - 4);
    } else {
        record.price = draw_price(g, record.side);
    }
    record.qty = draw_qty(g);
    take_out(g, id);
    arrive(g, id, record.side, (i32)record.price, record.qty, true);
    write_record(g, &record);
}

static void put_cancel(struct generator *g)
{
    u32 id = pick(g);
    struct order_file_record record = {
        .type = ORDER_FILE_CANCEL, .side = g->nodes[id].side, .id = id};
    take_out(g, id);
    write_record(g, &record);
}

static void put_limit(struct generator *g)
{
    struct order_file_record record = {.type = ORDER_FILE_LIMIT};
    record.side = (u8)below(g, 2);
    g->id += 1;
    record.id = g->id;
    record.account = draw_account(g);
    record.qty = draw_qty(g);
    record.price = draw_price(g, record.side);
    arrive(g, g->id, record.side, (i32)record.price, record.qty, true);
    write_record(g, &record);
}

static void put_next(struct generator *g)
{
    u32 ioc_share = g->hot ? 20 : 5;
    u32 replace_share = 5;
    u32 lot = below(g, 100);
    if (below(g, g->hot ? 512 : 64) == 0) {
        g->fair += below(g, 2) != 0 ? 1 : -1;
    }
    if (lot < ioc_share) {
        put_ioc(g);
    } else if (lot < ioc_share + replace_share && g->live_count > 2) {
        put_replace(g);
    } else if (g->live_count > 2 && cancel_is_next(g)) {
        put_cancel(g);
    } else {
        put_limit(g);
    }
}

static bool take_memory(struct generator *g, u64 records_count)
{
    g->nodes = calloc(records_count + 2, sizeof(*g->nodes));
    g->heads = calloc(PRICE_MAX + 2, sizeof(*g->heads));
    g->tails = calloc(PRICE_MAX + 2, sizeof(*g->tails));
    g->live = calloc(records_count + 2, sizeof(*g->live));
    g->recent = calloc(g->recent_size, sizeof(*g->recent));
    g->records = malloc(records_count * sizeof(*g->records));
    return g->nodes != NULL && g->heads != NULL && g->tails != NULL && g->live != NULL &&
           g->recent != NULL && g->records != NULL;
}

static void give_back_memory(struct generator *g)
{
    free(g->nodes);
    free(g->heads);
    free(g->tails);
    free(g->live);
    free(g->recent);
}

enum fault generate_flow(struct generated *generated_out, const struct generate_config *config)
{
    CHECK(config->depth >= 1 && config->depth <= GENERATE_DEPTH_MAX);
    CHECK(config->count <= GENERATE_COUNT_MAX);
    bool hot = config->scenario == GENERATE_HOT;
    *generated_out = (struct generated){.header = {.prefill_count = config->depth,
                                                   .orders_count = config->count,
                                                   .seed = config->seed,
                                                   .scenario = config->scenario,
                                                   .depth = config->depth,
                                                   .price_max = PRICE_MAX}};
    memcpy(generated_out->header.magic, ORDER_FILE_MAGIC, sizeof(generated_out->header.magic));
    struct generator g = {.hot = hot,
                          .depth = config->depth,
                          .decay = hot ? 16384 : 43237,
                          .octaves = hot ? 9 : 13,
                          .first_band = hot ? 1 : 16,
                          .recent_size = hot ? RECENT_HOT : RECENT_DEEP,
                          .best = {PRICE_MIDDLE - 1, PRICE_MIDDLE + 1},
                          .touch = {PRICE_MIDDLE - 1, PRICE_MIDDLE + 1},
                          .fair = PRICE_MIDDLE,
                          .header = &generated_out->header};
    random_init(&g.random, config->seed);
    bool enough = take_memory(&g, config->depth + config->count);
    if (enough) {
        prefill(&g);
        for (u64 i = 0; i < config->count; i += 1) {
            put_next(&g);
            if (config->progress != NULL && i % PROGRESS_EVERY == 0) {
                progress_update(config->progress, i, config->count);
            }
        }
        generated_out->header.ids_count = g.id;
        generated_out->header.resting = g.live_count;
    }
    give_back_memory(&g);
    generated_out->records = g.records;
    if (!enough) {
        generate_release(generated_out);
        return FAULT(FAULT_LIMIT, "out of memory to generate %llu orders",
                     (unsigned long long)(config->depth + config->count));
    }
    return FAULT_NONE;
}

void generate_release(struct generated *generated)
{
    free(generated->records);
    generated->records = NULL;
}
