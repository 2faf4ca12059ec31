/* Orders and order lists as the API shows them, field by field in the documented order (API
 * rest-api.md "Trading endpoints", "Account Endpoints").
 *
 * An order comes from the view or from the history; either fills a struct order_shown, and the
 * printers know nothing else. Each writes one JSON object where a value is expected. */
#ifndef ROLE_GATEWAY_ORDER_JSON_H
#define ROLE_GATEWAY_ORDER_JSON_H

#include "role/gateway/call_json.h"
#include "role/gateway/view_order.h"
#include "wire/history_rows.h"

struct order_shown {
    u64 order_id;
    u64 list_id; /* 0: in none */
    u64 match_id;
    u64 time_us;
    u64 update_us;
    u64 working_us;  /* 0: not yet on the book, nor taking */
    u64 trailing_us; /* 0: does not trail yet, or unknown */
    i64 strategy_id;
    struct price price;
    struct price stop_price;
    struct amount qty; /* of a market order by quote: what it has taken */
    struct amount quote_qty;
    struct amount iceberg_qty;
    struct amount executed;
    struct amount quote_done;
    struct amount prevented;
    u32 account;
    u32 strategy_type;
    u32 trailing_delta;
    u32 group; /* trade group, where the answer tells it; ORDER_GROUP_NONE */
    u16 market;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    u8 status; /* enum view_status */
    u8 reason; /* enum expiry_reason */
    struct client_id client;
};

#define ORDER_GROUP_NONE UINT32_MAX

struct order_shown order_shown_of_view(const struct view_order *order);
struct order_shown order_shown_of_history(const struct history_order *order);

/* API enums.md "Order status". */
const char *order_status_name(enum view_status status);
/* API user-data-stream.md "Order Expiry Reason"; NULL for EXPIRY_REASON_NONE. */
const char *order_expiry_name(enum expiry_reason reason);

/* An open or past order ("Query order"). */
void order_put_status(struct json_writer *json, const struct call_names *names,
                      const struct order_shown *order, bool microseconds);

/* "Current open orders", "All orders" and the like are arrays of order_put_status. */

/* A new order without its fills: ACK or RESULT ("New order"). The object stays open for `fills`:
 * order_put_new_end closes it. */
void order_put_ack(struct json_writer *json, const struct call_names *names,
                   const struct order_shown *order, u64 time_us, bool microseconds);
void order_put_new_begin(struct json_writer *json, const struct call_names *names,
                         const struct order_shown *order, u64 time_us, bool microseconds);
void order_put_new_end(struct json_writer *json);

/* A canceled order ("Cancel order"); `client` names the cancellation. */
void order_put_canceled(struct json_writer *json, const struct call_names *names,
                        const struct order_shown *order, const struct client_id *client,
                        u64 time_us, bool microseconds);

/* What has become of an order by an amend ("Order Amend Keep Priority"); `before` is the client id
 * it had. */
void order_put_amended(struct json_writer *json, const struct call_names *names,
                       const struct order_shown *order, const struct client_id *before,
                       bool microseconds);

/* ---- order lists ---- */

#define ORDER_LEGS_MAX 3U

struct list_shown {
    u64 list_id;
    u64 time_us; /* transactionTime */
    struct client_id client;
    u64 legs[ORDER_LEGS_MAX];
    struct client_id clients[ORDER_LEGS_MAX];
    u32 account;
    u32 legs_count;
    u16 market;
    u8 list_kind;
    bool is_open;
};

/* transactionTime is when it was placed. */
struct list_shown list_shown_of_view(const struct view_list *list);
/* Without legs when the history does not know them. */
struct list_shown list_shown_of_history(const struct history_list *list);

/* "OCO" or "OTO", which stands for all lists with a working order. */
const char *list_contingency_name(enum list_kind kind);

/* A list ("Query Order list"). */
void list_put_status(struct json_writer *json, const struct call_names *names,
                     const struct list_shown *list, bool microseconds);
/* The same without its end, so that orderReports can follow. */
void list_put_begin(struct json_writer *json, const struct call_names *names,
                    const struct list_shown *list, bool microseconds);
void list_put_end(struct json_writer *json);

/* `listStatus` of an amended order: without listStatusType and time. */
void list_put_amended(struct json_writer *json, const struct call_names *names,
                      const struct list_shown *list);

#endif /* ROLE_GATEWAY_ORDER_JSON_H */
