/* The order file "VORD0001": one market's order flow as fixed records, with an oracle in the
 * header, so that different engines can be measured on the same work. Little-endian, no padding.
 *
 * file = header (96 bytes), then prefill_count + orders_count records of 32 bytes. Prices are ticks
 * in 1 .. price_max, quantities lots above 0. Ids are dense: 1, 2, 3, ... in order of first
 * appearance. Trades happen at the resting order's price, in price-time priority, and orders of one
 * account may meet. The oracle counts the trades after the prefill. */
#ifndef APP_ORDER_FILE_H
#define APP_ORDER_FILE_H

#include "base/base.h"

#define ORDER_FILE_MAGIC "VORD0001"

enum order_file_type {
    ORDER_FILE_LIMIT = 1,   /* the remainder rests */
    ORDER_FILE_CANCEL = 2,  /* price and qty are 0; the account means nothing */
    ORDER_FILE_IOC = 3,     /* the remainder is dropped */
    ORDER_FILE_REPLACE = 4, /* same id, new price and total, a new arrival; account as above */
};

struct order_file_record {
    u8 type;
    u8 side; /* 0 buy, 1 sell */
    u16 zero;
    u32 account;
    u64 id;
    i64 price;
    i64 qty;
};
_Static_assert(sizeof(struct order_file_record) == 32, "file format");

struct order_file_header {
    u8 magic[8];
    u64 prefill_count; /* records that only build the book; they never trade */
    u64 orders_count;  /* records of the measured phase */
    u64 seed;
    u32 scenario; /* 0 deep, 1 hot */
    u32 depth;    /* resting orders it steers for */
    i64 price_max;
    u64 ids_count; /* the highest id */
    u64 trades;
    u64 qty;
    u64 hash; /* order_file_mix over the trades, in order, from 0 */
    u64 resting;
    u64 zero;
};
_Static_assert(sizeof(struct order_file_header) == 96, "file format");

/* The order-sensitive digest of trades: ids as in the file, ticks and lots. */
static inline u64 order_file_mix(u64 hash, u64 maker, u64 taker, u64 ticks, u64 lots)
{
    u64 mixed = hash ^ (maker * 0x9e3779b97f4a7c15ULL) ^ taker;
    mixed = (mixed << 23 | mixed >> 41) * 0xd6e8feb86659fd93ULL;
    return mixed ^ (ticks * 0xa0761d6478bd642fULL) ^ lots;
}

#endif /* APP_ORDER_FILE_H */
