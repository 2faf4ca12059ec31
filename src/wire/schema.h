/* The schema as data: names, sizes and fields of every command and event, generated from
 * src/wire/schema.txt, for the printers and for the check of a record that came from outside. */
#ifndef WIRE_SCHEMA_H
#define WIRE_SCHEMA_H

#include "base/base.h"
#include "base/bytes.h"
#include "wire/wire_gen.h"

enum wire_type {
    WIRE_U8,
    WIRE_U16,
    WIRE_U32,
    WIRE_U64,
    WIRE_I64,
    WIRE_PRICE,
    WIRE_AMOUNT,
    WIRE_CLIENT_ID,
    WIRE_BYTES,
    WIRE_HEX,
    WIRE_STRUCT,
};

struct wire_field {
    const char *name; /* NULL ends a table */
    enum wire_type type;
    u32 offset;
    u32 count;                /* array length; for WIRE_BYTES and WIRE_HEX the size */
    u32 stride;               /* bytes of one element of a WIRE_STRUCT */
    const char *const *names; /* names of the enum's values, or NULL */
    u32 names_count;
    const struct wire_field *fields; /* of a WIRE_STRUCT */
};

#define WIRE_CLIENTS_MAX 4U

struct wire_record {
    const char *name;  /* NULL: no such kind */
    u32 size;          /* whole, padded to 32 */
    u32 client_offset; /* of the client id after which a record may end early; 0: never */
    u32 open_ended;    /* 1: another record follows inside (EVENT_APPLIED) */
    const struct wire_field *fields;
    u16 clients[WIRE_CLIENTS_MAX]; /* offsets of the client ids */
    u32 clients_count;
};

#define KEY_ID_BYTES      32U   /* command_key_set.key_id */
#define WIRE_UNIT         32U   /* records are counted in steps of so many bytes */
#define COMMAND_BYTES_MAX 8160U /* 255 units */

#define ORDER_FLAG_DETAIL         1U  /* command_order.flags: has the fields after the client id */
#define ORDER_FLAG_TEST           16U /* see order_is_test */
#define ORDER_NEW_FLAG_BOOKED     1U  /* event_order_new.flags: rests at once, in full */
#define TRADE_FLAG_MAKER_DONE     1U  /* event_trade.flags: the maker is filled */
#define TRADE_FLAG_TAKER_DONE     2U
#define PREVENTED_FLAG_MAKER_DONE 1U /* event_prevented.flags: the maker expired in match */
#define PREVENTED_FLAG_TAKER_DONE 2U

/* event_decision.flags and state_finding.flags */
#define DECISION_FLAG_WARNED         1U /* near the threshold; until well below it again */
#define DECISION_FLAG_OVER           2U /* over it, or over it not long enough ago */
#define DECISION_FLAG_HOLDINGS_KNOWN 4U /* of the event: `holdings` is a sum */
#define DECISION_FLAG_WATCHED        8U /* only holdings decide */

/* event_decision.reasons and state_finding.reasons: why a rule is unknown */
#define DECISION_REASON_FACT         1U
#define DECISION_REASON_CANDIDATE    2U /* an unconfirmed list hit */
#define DECISION_REASON_UNDETERMINED 4U /* bounds of ownership on both sides */
#define DECISION_REASON_PRICE        8U
#define DECISION_REASON_UNSCREENED   16U
#define DECISION_REASON_DEADLINE     32U /* the evidence did not come in time */

/* command_market_add.features */
#define MARKET_FEATURE_ICEBERG        1U
#define MARKET_FEATURE_OCO            2U
#define MARKET_FEATURE_OTO            4U
#define MARKET_FEATURE_QUOTE_QTY      8U
#define MARKET_FEATURE_TRAILING       16U
#define MARKET_FEATURE_CANCEL_REPLACE 32U
#define MARKET_FEATURE_AMEND          64U

/* command_market_add.min_notional_flags and notional_flags */
#define NOTIONAL_MIN_TO_MARKET 1U
#define NOTIONAL_MAX_TO_MARKET 2U

extern const struct wire_record wire_commands[COMMAND_KIND_COUNT];
extern const struct wire_record wire_events[EVENT_KIND_COUNT];
extern const struct wire_record wire_states[STATE_KIND_COUNT];

/* The number of 32-byte units a record of this kind occupies: the shortest form that loses nothing
 * when the fields after the client id are zero (`detail` false), the whole struct otherwise. */
MUST_USE u8 wire_units(const struct wire_record *record, u8 client_bytes, bool detail);

/* Whether `bytes` (at least 32, `size` available) begin with a well-formed command: a known kind,
 * units that the schema allows for it and that fit in `size`, a client id within bounds, zero
 * padding. On refusal *reason_out names the field. */
MUST_USE bool command_check(const u8 *bytes, size_t size, const char **reason_out);

/* Bytes of the state record that `bytes` (`size` available) begin with, and of the definition that
 * follows a market or a fee; 0: there is none, or it is not all there. */
MUST_USE size_t wire_state_bytes(const u8 *bytes, size_t size);

/* Whether the flags of an order ask for a test: it is checked and answered, not placed. Together
 * with a bit that has no meaning the flag has none either, since such orders were placed before
 * there was the flag. */
MUST_USE ALWAYS_INLINE bool order_is_test(u8 flags)
{
    return (flags & ~ORDER_FLAG_DETAIL) == ORDER_FLAG_TEST;
}

/* Whether these 64 bytes are an order or a cancel in its shortest form, without a client id: nearly
 * all that a market maker sends. True implies command_check; false says nothing. One answer for
 * both kinds, since which one comes cannot be foreseen. */
#define COMMAND_PLAIN_BYTES 64U
_Static_assert(offsetof(struct command_order, flags) == 38 &&
                   offsetof(struct command_order, client) == 39 &&
                   offsetof(struct command_cancel, client) == 28,
               "read as words");

MUST_USE ALWAYS_INLINE bool command_is_plain(const u8 *bytes)
{
    u64 kind = bytes_u16(bytes);
    bool order = kind == COMMAND_ORDER;
    u64 client_of_order = bytes_u64(bytes + 32) & (0xFFULL << 56 | (u64)ORDER_FLAG_DETAIL << 48);
    u64 client_of_cancel = bytes_u64(bytes + 24) >> 32 | bytes_u64(bytes + 32);
    u64 tail = bytes_u64(bytes + 40) | bytes_u64(bytes + 48) | bytes_u64(bytes + 56);
    u64 wrong = tail | (order ? client_of_order : client_of_cancel);
    wrong |= bytes[2] ^ (COMMAND_PLAIN_BYTES / WIRE_UNIT);
    wrong |= order ? 0 : kind ^ COMMAND_CANCEL;
    return wrong == 0;
}

#endif /* WIRE_SCHEMA_H */
