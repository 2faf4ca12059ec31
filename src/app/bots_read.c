#include "app/bots_read.h"

#include "base/amount.h"
#include "wire/json_pull.h"

#define PLACES        8U
#define SECONDS_SHORT 10U

static bool is_text(struct span span, const char *text)
{
    return span_equal(span, span_of_text(text));
}

static bool number_of(struct span text, u32 places, u64 *number_out)
{
    struct amount amount;
    if (amount_parse(text, places, &amount) != AMOUNT_OK) {
        return false;
    }
    *number_out = amount.units; /* raw: the bots reckon with plain numbers */
    return true;
}

/* The value behind a key, if it is a text or a number; an object or array is
 * read over, and empty. False: BAD. */
static bool value_next(struct json_pull *pull, struct span *value_out)
{
    enum json_token token = json_pull_next(pull);
    *value_out = span_of(NULL, 0);
    switch (token) {
    case JSON_TOKEN_STRING:
    case JSON_TOKEN_NUMBER:
        *value_out = pull->raw; /* what we look for has no escapes */
        return true;
    case JSON_TOKEN_OBJECT_BEGIN:
    case JSON_TOKEN_ARRAY_BEGIN:
        return json_pull_skip(pull);
    case JSON_TOKEN_TRUE:
    case JSON_TOKEN_FALSE:
    case JSON_TOKEN_NULL:
        return true;
    case JSON_TOKEN_BAD:
    case JSON_TOKEN_END:
    case JSON_TOKEN_OBJECT_END:
    case JSON_TOKEN_ARRAY_END:
    case JSON_TOKEN_KEY:
        break;
    }
    return false;
}

/* "q-123-4" */
static bool client_read(struct span client, u64 *step_out)
{
    size_t end = 2;
    while (end < client.size && client.data[end] != '-') {
        end += 1;
    }
    u64 number = 0;
    return client.size > 2 && client.data[0] == 'q' && client.data[1] == '-' && end < client.size &&
           number_of(span_of(client.data + 2, end - 2), 0, step_out) &&
           number_of(span_after(client, end + 1), 0, &number);
}

enum {
    SEEN_ID = 1,
    SEEN_SIDE = 2,
    SEEN_PRICE = 4,
    SEEN_QTY = 8,
    SEEN_EXECUTED = 16,
    SEEN_ALL = 31,
};

struct order_read {
    struct bots_own own;
    u64 qty;
    u64 executed;
    u32 seen;
};

static bool order_member(struct order_read *order, struct span key, struct span value)
{
    if (is_text(key, "orderId")) {
        order->seen |= SEEN_ID;
        return number_of(value, 0, &order->own.id);
    }
    if (is_text(key, "side")) {
        order->seen |= SEEN_SIDE;
        order->own.side = is_text(value, "BUY") ? SIDE_BUY : SIDE_SELL;
        return is_text(value, "BUY") || is_text(value, "SELL");
    }
    if (is_text(key, "price")) {
        order->seen |= SEEN_PRICE;
        return number_of(value, PLACES, &order->own.price);
    }
    if (is_text(key, "origQty")) {
        order->seen |= SEEN_QTY;
        return number_of(value, PLACES, &order->qty);
    }
    if (is_text(key, "executedQty")) {
        order->seen |= SEEN_EXECUTED;
        return number_of(value, PLACES, &order->executed);
    }
    if (is_text(key, "clientOrderId")) {
        order->own.is_ours = client_read(value, &order->own.step);
    }
    return true;
}

static bool order_read(struct json_pull *pull, struct bots_own *own_out)
{
    struct order_read order = {.seen = 0};
    enum json_token token = json_pull_next(pull);
    while (token == JSON_TOKEN_KEY) {
        struct span key = pull->raw;
        struct span value;
        if (!value_next(pull, &value) || !order_member(&order, key, value)) {
            return false;
        }
        token = json_pull_next(pull);
    }
    if (token != JSON_TOKEN_OBJECT_END || order.seen != SEEN_ALL || order.executed > order.qty) {
        return false;
    }
    order.own.left = order.qty - order.executed;
    *own_out = order.own;
    return true;
}

bool bots_read_orders(struct span body, struct bots_own own_out[BOTS_OWN_MAX], u32 *count_out)
{
    struct json_pull pull;
    u32 count = 0;
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_ARRAY_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    while (token == JSON_TOKEN_OBJECT_BEGIN) {
        if (count == BOTS_OWN_MAX || !order_read(&pull, &own_out[count])) {
            return false;
        }
        count += 1;
        token = json_pull_next(&pull);
    }
    *count_out = count;
    return token == JSON_TOKEN_ARRAY_END && json_pull_next(&pull) == JSON_TOKEN_END;
}

/* ---- limits ---- */

struct limit_read {
    struct span type;
    struct span interval;
    u64 intervals;
    u64 limit;
};

static bool limit_read(struct json_pull *pull, struct limit_read *limit)
{
    enum json_token token = json_pull_next(pull);
    while (token == JSON_TOKEN_KEY) {
        struct span key = pull->raw;
        struct span value;
        bool fine = value_next(pull, &value);
        if (is_text(key, "rateLimitType")) {
            limit->type = value;
        } else if (is_text(key, "interval")) {
            limit->interval = value;
        } else if (is_text(key, "intervalNum")) {
            fine = fine && number_of(value, 0, &limit->intervals);
        } else if (is_text(key, "limit")) {
            fine = fine && number_of(value, 0, &limit->limit);
        }
        if (!fine) {
            return false;
        }
        token = json_pull_next(pull);
    }
    return token == JSON_TOKEN_OBJECT_END;
}

static bool limits_read(struct json_pull *pull, struct bots_limits *limits)
{
    if (json_pull_next(pull) != JSON_TOKEN_ARRAY_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(pull);
    while (token == JSON_TOKEN_OBJECT_BEGIN) {
        struct limit_read limit = {.limit = 0};
        if (!limit_read(pull, &limit)) {
            return false;
        }
        if (is_text(limit.type, "REQUEST_WEIGHT") && is_text(limit.interval, "MINUTE") &&
            limit.intervals == 1) {
            limits->weight_minute = limit.limit;
        }
        if (is_text(limit.type, "ORDERS") && is_text(limit.interval, "SECOND") &&
            limit.intervals == SECONDS_SHORT) {
            limits->orders_10s = limit.limit;
        }
        token = json_pull_next(pull);
    }
    return token == JSON_TOKEN_ARRAY_END;
}

bool bots_read_limits(struct span body, struct bots_limits *limits_out)
{
    struct json_pull pull;
    *limits_out = (struct bots_limits){.weight_minute = 0};
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    while (token == JSON_TOKEN_KEY) {
        struct span value;
        bool is_limits = is_text(pull.raw, "rateLimits");
        if (is_limits ? !limits_read(&pull, limits_out) : !value_next(&pull, &value)) {
            return false;
        }
        token = json_pull_next(&pull);
    }
    return token == JSON_TOKEN_OBJECT_END && json_pull_next(&pull) == JSON_TOKEN_END;
}
