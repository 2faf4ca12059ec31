#include "role/gateway/param.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/endpoint.h"
#include "wire/client_id.h"
#include "wire/schema.h"

#include <string.h>

struct param_row {
    const char *name;
    u8 kind;
    u64 bound;
};

#define PARAM_ROW(id, name, kind, bound) [PARAM_##id] = {(name), PARAM_KIND_##kind, (bound)},
static const struct param_row rows[PARAM_COUNT] = {PARAM_TABLE(PARAM_ROW)};

#define SPAN_OF_NAME(name)                   \
    {                                        \
        (const u8 *)(name), sizeof(name) - 1 \
    }
#define PARAM_NAME(id, name, kind, bound) [PARAM_##id] = SPAN_OF_NAME(name),
const struct span param_names[PARAM_COUNT] = {PARAM_TABLE(PARAM_NAME)};

_Static_assert(PARAM_COUNT <= UINT8_MAX, "lists of parameters are bytes");

#define SET_NAMES_MAX 16U

static const char *const sets[PARAM_SET_COUNT][SET_NAMES_MAX] = {
    [PARAM_SET_SIDE] = {[SIDE_BUY] = "BUY", [SIDE_SELL] = "SELL"},
    [PARAM_SET_TYPE] = {[ORDER_TYPE_LIMIT] = "LIMIT",
                        [ORDER_TYPE_LIMIT_MAKER] = "LIMIT_MAKER",
                        [ORDER_TYPE_MARKET] = "MARKET",
                        [ORDER_TYPE_STOP_LOSS] = "STOP_LOSS",
                        [ORDER_TYPE_STOP_LOSS_LIMIT] = "STOP_LOSS_LIMIT",
                        [ORDER_TYPE_TAKE_PROFIT] = "TAKE_PROFIT",
                        [ORDER_TYPE_TAKE_PROFIT_LIMIT] = "TAKE_PROFIT_LIMIT"},
    [PARAM_SET_TIME_IN_FORCE] =
        {[TIME_IN_FORCE_GTC] = "GTC", [TIME_IN_FORCE_IOC] = "IOC", [TIME_IN_FORCE_FOK] = "FOK"},
    [PARAM_SET_RESPONSE] = {[PARAM_RESPONSE_ACK] = "ACK",
                            [PARAM_RESPONSE_RESULT] = "RESULT",
                            [PARAM_RESPONSE_FULL] = "FULL"},
    [PARAM_SET_STP] = {[STP_MODE_NONE] = "NONE",
                       [STP_MODE_EXPIRE_TAKER] = "EXPIRE_TAKER",
                       [STP_MODE_EXPIRE_MAKER] = "EXPIRE_MAKER",
                       [STP_MODE_EXPIRE_BOTH] = "EXPIRE_BOTH",
                       [STP_MODE_DECREMENT] = "DECREMENT",
                       [STP_MODE_TRANSFER] = "TRANSFER"},
    [PARAM_SET_STATUS] = {[MARKET_STATE_TRADING] = "TRADING",
                          [MARKET_STATE_HALT] = "HALT",
                          [MARKET_STATE_BREAK] = "BREAK",
                          [MARKET_STATE_CANCEL_ONLY] = "CANCEL_ONLY"},
    [PARAM_SET_TICKER] = {[PARAM_TICKER_FULL] = "FULL", [PARAM_TICKER_MINI] = "MINI"},
    [PARAM_SET_INTERVAL] = {"1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h",
                            "12h", "1d", "3d", "1w", "1M"},
    [PARAM_SET_RESTRICTION] = {[CANCEL_RESTRICTION_ONLY_NEW] = "ONLY_NEW",
                               [CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED] =
                                   "ONLY_PARTIALLY_FILLED"},
    [PARAM_SET_REPLACE_MODE] = {[REPLACE_MODE_STOP_ON_FAILURE] = "STOP_ON_FAILURE",
                                [REPLACE_MODE_ALLOW_FAILURE] = "ALLOW_FAILURE"},
    [PARAM_SET_RATE_MODE] =
        {[PARAM_RATE_DO_NOTHING] = "DO_NOTHING", [PARAM_RATE_CANCEL_ONLY] = "CANCEL_ONLY"},
    [PARAM_SET_PEG_PRICE] =
        {[PARAM_PEG_PRIMARY] = "PRIMARY_PEG", [PARAM_PEG_MARKET] = "MARKET_PEG"},
    [PARAM_SET_PEG_OFFSET] = {"PRICE_LEVEL"},
};

#define PARAM_SET_ERROR(set, error) [PARAM_SET_##set] = API_ERROR_##error,
static const enum api_error set_errors[PARAM_SET_COUNT] = {PARAM_SET_TABLE(PARAM_SET_ERROR)};

#define TIMESTAMP_US_MIN   1000000000000000ULL /* smaller numbers are milliseconds */
#define SYMBOL_SYMBOLS_MAX 20U
#define STRATEGY_TYPE_MIN  1000000U

static const struct param_row *row_of(enum param param)
{
    CHECK((u32)param < PARAM_COUNT);
    return &rows[param];
}

const char *param_name(enum param param)
{
    return row_of(param)->name;
}

const char *param_set_name(enum param_set set, u32 number)
{
    CHECK((u32)set < PARAM_SET_COUNT);
    return number < SET_NAMES_MAX ? sets[set][number] : NULL;
}

const char *param_legal_range(enum param param)
{
    switch ((enum param_kind)row_of(param)->kind) {
    case PARAM_KIND_SYMBOL:
        return "^[A-Z0-9-_.]{1,20}$";
    case PARAM_KIND_SYMBOLS:
        return "^\\[\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\")*\\]$";
    case PARAM_KIND_WORDS:
        return "^[A-Z0-9_]{1,20}$|^\\[\"[A-Z0-9_]{1,20}\"(,\"[A-Z0-9_]{1,20}\")*\\]$";
    case PARAM_KIND_CLIENT_ID:
        return "^[a-zA-Z0-9-_]{1,36}$";
    case PARAM_KIND_DECIMAL:
        return "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
    case PARAM_KIND_RECV_WINDOW:
        return "^[0-9]{1,20}(\\.[0-9]{1,3})?$";
    case PARAM_KIND_LONG:
    case PARAM_KIND_INT:
    case PARAM_KIND_LIMIT:
    case PARAM_KIND_STRATEGY:
    case PARAM_KIND_TIME:
        return "^[0-9]{1,20}$";
    case PARAM_KIND_BOOL:
        return "^(true|false)$";
    case PARAM_KIND_ZONE:
        return "^[+-]?[0-9]{1,2}(:[0-9]{2})?$";
    case PARAM_KIND_SPAN:
        return "^[0-9]{1,2}[mhd]$";
    case PARAM_KIND_TEXT:
    case PARAM_KIND_JSON:
    case PARAM_KIND_NAMES:
        break;
    }
    return "^[ -~]{1,}$";
}

/* ---- one value ---- */

static bool illegal(enum param param, struct api_failure *failure_out)
{
    return api_fail_pair(failure_out, API_ERROR_ILLEGAL_CHARS_IN, param_name(param),
                         param_legal_range(param));
}

static bool not_valid(enum param param, struct api_failure *failure_out)
{
    return api_fail_name(failure_out, API_ERROR_INVALID_PARAMETER_IN, param_name(param));
}

static bool is_digit(u8 byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_symbol_letter(u8 byte)
{
    return is_digit(byte) || (byte >= 'A' && byte <= 'Z') || byte == '-' || byte == '_' ||
           byte == '.';
}

static bool read_digits(enum param param, struct span text, u64 *number_out,
                        struct api_failure *failure_out)
{
    u64 number = 0;
    bool overflown = false;
    if (text.size > 20) {
        return illegal(param, failure_out);
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if (!is_digit(text.data[i])) {
            return illegal(param, failure_out);
        }
        overflown |= __builtin_mul_overflow(number, 10U, &number);
        overflown |= __builtin_add_overflow(number, (u64)(text.data[i] - '0'), &number);
    }
    if (overflown || number > INT64_MAX) {
        return api_fail_name(failure_out, API_ERROR_PARAM_OVERFLOW, param_name(param));
    }
    *number_out = number;
    return true;
}

static bool read_number(enum param param, struct span text, u64 *number_out,
                        struct api_failure *failure_out)
{
    const struct param_row *row = row_of(param);
    if (!read_digits(param, text, number_out, failure_out)) {
        return false;
    }
    switch ((enum param_kind)row->kind) {
    case PARAM_KIND_INT:
        return *number_out <= row->bound || not_valid(param, failure_out);
    case PARAM_KIND_LIMIT:
        *number_out = u64_min(*number_out, row->bound);
        return *number_out > 0 || not_valid(param, failure_out);
    case PARAM_KIND_STRATEGY:
        if (*number_out < STRATEGY_TYPE_MIN) {
            return api_fail(failure_out, API_ERROR_BAD_STRATEGY_TYPE);
        }
        return *number_out <= row->bound || not_valid(param, failure_out);
    case PARAM_KIND_TIME:
        *number_out *= *number_out < TIMESTAMP_US_MIN ? 1000 : 1;
        return true;
    case PARAM_KIND_TEXT:
    case PARAM_KIND_JSON:
    case PARAM_KIND_SYMBOL:
    case PARAM_KIND_SYMBOLS:
    case PARAM_KIND_WORDS:
    case PARAM_KIND_CLIENT_ID:
    case PARAM_KIND_LONG:
    case PARAM_KIND_DECIMAL:
    case PARAM_KIND_RECV_WINDOW:
    case PARAM_KIND_BOOL:
    case PARAM_KIND_ZONE:
    case PARAM_KIND_SPAN:
    case PARAM_KIND_NAMES:
        break;
    }
    return true;
}

static bool is_plain(struct span text)
{
    size_t at = 0;
    while (text.size - at >= 8 && bytes_are_plain(bytes_u64(text.data + at))) {
        at += 8;
    }
    while (at < text.size && text.data[at] >= 0x20 && text.data[at] <= 0x7e) {
        at += 1;
    }
    return at == text.size;
}

static bool read_text(enum param param, struct span text, struct api_failure *failure_out)
{
    const struct param_row *row = row_of(param);
    if (row->kind == PARAM_KIND_TEXT && !is_plain(text)) {
        return illegal(param, failure_out);
    }
    return text.size <= row->bound || not_valid(param, failure_out);
}

static bool symbol_valid(struct span text)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (!is_symbol_letter(text.data[i])) {
            return false;
        }
    }
    return text.size > 0 && text.size <= SYMBOL_SYMBOLS_MAX;
}

/* Digits, then at most one point with digits after it; each run within its bound. */
static bool decimal_valid(struct span text, size_t *places_out)
{
    size_t runs[2] = {0, 0};
    u32 run = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] == '.' && run == 0) {
            run = 1;
        } else if (is_digit(text.data[i])) {
            runs[run] += 1;
        } else {
            return false;
        }
    }
    *places_out = runs[1];
    return runs[0] >= 1 && runs[0] <= 20 && runs[1] <= 20 && (run == 0 || runs[1] >= 1);
}

static bool read_recv_window(struct span text, u64 *number_out, struct api_failure *failure_out)
{
    size_t places = 0;
    if (!decimal_valid(text, &places)) {
        return illegal(PARAM_RECV_WINDOW, failure_out);
    }
    if (places > 3) {
        return api_fail_name(failure_out, API_ERROR_BAD_PRECISION, param_name(PARAM_RECV_WINDOW));
    }
    struct amount window = AMOUNT_ZERO;
    enum amount_error error = amount_parse(text, 3, &window);
    u64 window_us = window.units; /* raw: milliseconds with three decimals are microseconds */
    if (error != AMOUNT_OK || window_us > row_of(PARAM_RECV_WINDOW)->bound * 1000) {
        return api_fail_pair(failure_out, API_ERROR_VALUE_TOO_LARGE, param_name(PARAM_RECV_WINDOW),
                             "60000");
    }
    *number_out = window_us;
    return true;
}

static bool text_is(struct span text, const char *lower)
{
    if (text.size != strlen(lower)) {
        return false;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if ((text.data[i] | 0x20) != (u8)lower[i]) {
            return false;
        }
    }
    return true;
}

/* "8", "-12", "+05:30": minutes from PARAM_ZONE_ZERO. API rest-api.md "Kline/Candlestick data" */
static bool read_zone(enum param param, struct span text, u64 *number_out,
                      struct api_failure *failure_out)
{
    size_t at = text.data[0] == '-' || text.data[0] == '+' ? 1 : 0;
    bool negative = text.data[0] == '-';
    u32 fields[2] = {0, 0};
    u32 field = 0;
    size_t digits = 0;
    for (; at < text.size; at += 1) {
        if (text.data[at] == ':' && field == 0 && digits > 0) {
            field = 1;
            digits = 0;
        } else if (is_digit(text.data[at]) && digits < 2) {
            fields[field] = fields[field] * 10 + (u32)(text.data[at] - '0');
            digits += 1;
        } else {
            return illegal(param, failure_out);
        }
    }
    if (digits == 0 || (field == 1 && digits != 2)) {
        return illegal(param, failure_out);
    }
    u32 minutes = fields[0] * 60 + fields[1];
    if (fields[1] > 59 || minutes > (negative ? PARAM_ZONE_ZERO : 14U * 60U)) {
        return not_valid(param, failure_out);
    }
    *number_out = negative ? PARAM_ZONE_ZERO - minutes : PARAM_ZONE_ZERO + minutes;
    return true;
}

static bool read_span(enum param param, struct span text, u64 *number_out,
                      struct api_failure *failure_out)
{
    u64 count = 0;
    if (text.size < 2 || text.size > 3) {
        return illegal(param, failure_out);
    }
    for (size_t i = 0; i + 1 < text.size; i += 1) {
        if (!is_digit(text.data[i])) {
            return illegal(param, failure_out);
        }
        count = count * 10 + (u64)(text.data[i] - '0');
    }
    u8 unit = text.data[text.size - 1];
    u64 most = unit == 'm' ? 59 : unit == 'h' ? 23 : unit == 'd' ? 7 : 0;
    if (most == 0) {
        return illegal(param, failure_out);
    }
    *number_out = count * (unit == 'm' ? 1 : unit == 'h' ? 60 : 1440);
    return (count >= 1 && count <= most) || not_valid(param, failure_out);
}

static bool read_name(enum param param, struct span text, u64 *number_out,
                      struct api_failure *failure_out)
{
    u32 set = (u32)row_of(param)->bound;
    for (u32 i = 0; i < SET_NAMES_MAX; i += 1) {
        if (sets[set][i] != NULL && span_equal(text, span_of_text(sets[set][i]))) {
            *number_out = i;
            return true;
        }
    }
    enum api_error error = set_errors[set];
    return api_error_places(error) == 0 ? api_fail(failure_out, error)
                                        : not_valid(param, failure_out);
}

/* ---- lists of symbols ---- */

bool param_symbols_next(struct span *rest, struct span *symbol_out)
{
    size_t at = 0;
    while (at < rest->size && !is_symbol_letter(rest->data[at])) {
        at += 1;
    }
    size_t end = at;
    while (end < rest->size && is_symbol_letter(rest->data[end])) {
        end += 1;
    }
    if (at == end) {
        return false;
    }
    *symbol_out = span_piece(*rest, at, end - at);
    *rest = span_after(*rest, end);
    return true;
}

static size_t spaces_after(struct span text, size_t at)
{
    while (at < text.size && text.data[at] == ' ') {
        at += 1;
    }
    return at;
}

/* ["A","B"], spaces between allowed. */
static bool list_valid(struct span text, u64 *count_out)
{
    size_t at = 1;
    *count_out = 0;
    if (text.size < 2 || text.data[0] != '[') {
        return false;
    }
    for (;;) {
        at = spaces_after(text, at);
        if (at >= text.size || text.data[at] != '"') {
            return false;
        }
        size_t begin = at + 1;
        for (at = begin; at < text.size && text.data[at] != '"'; at += 1) {
        }
        if (at >= text.size || !symbol_valid(span_piece(text, begin, at - begin))) {
            return false;
        }
        *count_out += 1;
        at = spaces_after(text, at + 1);
        if (at >= text.size || (text.data[at] != ',' && text.data[at] != ']')) {
            return false;
        }
        if (text.data[at] == ']') {
            return at + 1 == text.size;
        }
        at += 1;
    }
}

static bool has_twice(struct span text)
{
    struct span first;
    while (param_symbols_next(&text, &first)) {
        struct span rest = text;
        struct span second;
        while (param_symbols_next(&rest, &second)) {
            if (span_equal(first, second)) {
                return true;
            }
        }
    }
    return false;
}

static bool read_list(enum param param, struct span text, u64 *number_out,
                      struct api_failure *failure_out)
{
    if (row_of(param)->kind == PARAM_KIND_WORDS && symbol_valid(text)) {
        *number_out = 1;
        return true;
    }
    if (!list_valid(text, number_out)) {
        return illegal(param, failure_out);
    }
    return !has_twice(text) || api_fail(failure_out, API_ERROR_DUPLICATE_SYMBOLS);
}

static bool empty(enum param param, struct api_failure *failure_out)
{
    if (param == PARAM_NEW_CLIENT_ID) {
        return api_fail(failure_out, API_ERROR_EMPTY_NEW_CL_ORD_ID);
    }
    if (param == PARAM_ORIG_CLIENT_ID) {
        return api_fail(failure_out, API_ERROR_EMPTY_ORG_CL_ORD_ID);
    }
    return api_fail_name(failure_out, API_ERROR_PARAM_EMPTY, param_name(param));
}

bool param_read(enum param param, struct span text, u64 *number_out,
                struct api_failure *failure_out)
{
    struct client_id id;
    size_t places = 0;
    if (text.size == 0) {
        return empty(param, failure_out);
    }
    *number_out = text.size;
    switch ((enum param_kind)row_of(param)->kind) {
    case PARAM_KIND_TEXT:
    case PARAM_KIND_JSON:
        return read_text(param, text, failure_out);
    case PARAM_KIND_SYMBOL:
        return symbol_valid(text) || illegal(param, failure_out);
    case PARAM_KIND_SYMBOLS:
    case PARAM_KIND_WORDS:
        return read_list(param, text, number_out, failure_out);
    case PARAM_KIND_CLIENT_ID:
        return client_id_pack(&id, text) || illegal(param, failure_out);
    case PARAM_KIND_LONG:
    case PARAM_KIND_INT:
    case PARAM_KIND_LIMIT:
    case PARAM_KIND_STRATEGY:
    case PARAM_KIND_TIME:
        return read_number(param, text, number_out, failure_out);
    case PARAM_KIND_DECIMAL:
        *number_out = 0;
        return decimal_valid(text, &places) || illegal(param, failure_out);
    case PARAM_KIND_RECV_WINDOW:
        return read_recv_window(text, number_out, failure_out);
    case PARAM_KIND_BOOL:
        *number_out = text_is(text, "true") ? 1 : 0;
        return *number_out == 1 || text_is(text, "false") || illegal(param, failure_out);
    case PARAM_KIND_ZONE:
        return read_zone(param, text, number_out, failure_out);
    case PARAM_KIND_SPAN:
        return read_span(param, text, number_out, failure_out);
    case PARAM_KIND_NAMES:
        return read_name(param, text, number_out, failure_out);
    }
    return false;
}
