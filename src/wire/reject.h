/* Every way the core says no to a command: one table with a permanent number, a name, the public
 * API code and the public text. The texts are those of the API's errors.md, byte for byte, since
 * clients recognise them; where several refusals share a text, the number still tells them apart.
 */
#ifndef WIRE_REJECT_H
#define WIRE_REJECT_H

#include "base/base.h"

#define REJECT_DISABLED "This action is disabled on this account."
#define REJECT_BUSY \
    "Server is currently overloaded with other requests. Please try again in a few minutes."
#define REJECT_BAD_DATA "Invalid data sent for a parameter."
#define REJECT_NO_ORDER "Unknown order sent."

/* X(number, NAME, code, text) */
// clang-format off
#define REJECT_TABLE(X)                                                                            \
    X(0, NONE, 0, "")                                                                              \
    /* who and where */                                                                            \
    X(1, UNKNOWN_ACCOUNT, -2010, "This account may not place or cancel orders.")                   \
    X(2, UNKNOWN_MARKET, -1121, "Invalid symbol.")                                                 \
    X(3, UNKNOWN_ASSET, -1130, REJECT_BAD_DATA)                                                    \
    X(4, UNKNOWN_NETWORK, -1130, REJECT_BAD_DATA)                                                  \
    X(5, ACCOUNT_DISABLED, -2010, REJECT_DISABLED)                                                 \
    X(6, CANCEL_DISABLED, -2011, REJECT_DISABLED)                                                  \
    X(7, MARKET_CLOSED, -2010, "Market is closed.")                                                \
    X(8, CANCEL_MARKET_CLOSED, -2011, "Market is closed.")                                         \
    X(9, AMEND_MARKET_CLOSED, -2038, "Market is closed.")                                          \
    X(10, AMEND_DISABLED, -2038, REJECT_DISABLED)                                                  \
    X(11, MONEY_DISABLED, -2010, REJECT_DISABLED)                                                  \
    X(12, ASSET_DISABLED, -2010, REJECT_DISABLED)                                                  \
    /* the shape of the order */                                                                   \
    X(20, BAD_SIDE, -1117, "Invalid side.")                                                        \
    X(21, BAD_TYPE, -1116, "Invalid orderType.")                                                   \
    X(22, BAD_TIME_IN_FORCE, -1115, "Invalid timeInForce.")                                        \
    X(23, BAD_STP_MODE, -1013,                                                                     \
      "This symbol does not allow the specified self-trade prevention mode.")                      \
    X(24, BAD_COMBINATION, -2010, "Unsupported order combination")                                 \
    X(25, BAD_CLIENT_ID, -1100, "Illegal characters found in a parameter.")                        \
    X(26, BAD_ENUM, -1130, REJECT_BAD_DATA)                                                        \
    X(27, TYPE_LIMIT_UNSUPPORTED, -1116, "Invalid orderType.")                                     \
    X(28, TYPE_MARKET_UNSUPPORTED, -2010, "Market orders are not supported for this symbol.")      \
    X(29, TYPE_STOP_LOSS_UNSUPPORTED, -2010,                                                       \
      "Stop loss orders are not supported for this symbol.")                                       \
    X(30, TYPE_STOP_LOSS_LIMIT_UNSUPPORTED, -2010,                                                 \
      "Stop loss limit orders are not supported for this symbol.")                                 \
    X(31, TYPE_TAKE_PROFIT_UNSUPPORTED, -2010,                                                     \
      "Take profit orders are not supported for this symbol.")                                     \
    X(32, TYPE_TAKE_PROFIT_LIMIT_UNSUPPORTED, -2010,                                               \
      "Take profit limit orders are not supported for this symbol.")                               \
    X(33, ICEBERG_UNSUPPORTED, -2010, "Iceberg orders are not supported for this symbol.")         \
    X(34, TRAILING_UNSUPPORTED, -2010, "Trailing stop orders are not supported for this symbol.")  \
    X(35, QUOTE_QTY_UNSUPPORTED, -2010,                                                            \
      "Quote order qty market orders are not support for this symbol.")                            \
    X(36, OCO_UNSUPPORTED, -2010, "OCO orders are not supported for this symbol")                  \
    X(37, OTO_UNSUPPORTED, -2010, "Unsupported order combination")                                 \
    X(38, CANCEL_REPLACE_UNSUPPORTED, -2010,                                                       \
      "Order cancel-replace is not supported for this symbol.")                                    \
    X(39, AMEND_UNSUPPORTED, -2038, "Order amend is not supported for this symbol.")               \
    X(40, ICEBERG_EXCEEDS_QTY, -2010, "IcebergQty exceeds QTY.")                                   \
    X(41, ZERO_NOTIONAL, -2010, "Price * QTY is zero or less.")                                    \
    X(42, NOTIONAL_OVERFLOW, -1108, "Parameter 'quantity' overflowed.")                            \
    X(43, BAD_PRICE_RELATION, -2010,                                                               \
      "The relationship of the prices for the orders is not correct.")                             \
    X(44, LIST_SELL_LIMIT_NOT_ABOVE, -1166, "A limit order in a sell OCO must be above.")          \
    X(45, LIST_BUY_LIMIT_NOT_BELOW, -1165, "A limit order in a buy OCO must be below.")            \
    X(46, LIST_BOTH_LIMIT, -1168, "At least one OCO order must be contingent.")                    \
    X(47, LIST_TYPE, -1158, "Order type not supported in OCO.")                                    \
    X(48, LIST_BUY_STOP_NOT_ABOVE, -1196, "A stop loss order in a buy OCO must be above.")         \
    X(49, LIST_SELL_STOP_NOT_BELOW, -1197, "A stop loss order in a sell OCO must be below.")       \
    X(50, LIST_BUY_PROFIT_NOT_BELOW, -1198, "A take profit order in a buy OCO must be below.")     \
    X(51, LIST_SELL_PROFIT_NOT_ABOVE, -1199, "A take profit order in a sell OCO must be above.")   \
    /* filters: the API's filters.md */                                                            \
    X(60, FILTER_PRICE, -1013, "Filter failure: PRICE_FILTER")                                     \
    X(61, FILTER_PERCENT_PRICE, -1013, "Filter failure: PERCENT_PRICE")                            \
    X(62, FILTER_PERCENT_PRICE_BY_SIDE, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE")            \
    X(63, FILTER_LOT_SIZE, -1013, "Filter failure: LOT_SIZE")                                      \
    X(64, FILTER_MARKET_LOT_SIZE, -1013, "Filter failure: MARKET_LOT_SIZE")                        \
    X(65, FILTER_MIN_NOTIONAL, -1013, "Filter failure: MIN_NOTIONAL")                              \
    X(66, FILTER_NOTIONAL, -1013, "Filter failure: NOTIONAL")                                      \
    X(67, FILTER_ICEBERG_PARTS, -1013, "Filter failure: ICEBERG_PARTS")                            \
    X(68, FILTER_TRAILING_DELTA, -1013, "Filter failure: TRAILING_DELTA")                          \
    X(69, FILTER_MAX_NUM_ORDERS, -1013, "Filter failure: MAX_NUM_ORDERS")                          \
    X(70, FILTER_MAX_NUM_ALGO_ORDERS, -1013, "Filter failure: MAX_NUM_ALGO_ORDERS")                \
    X(71, FILTER_MAX_NUM_ICEBERG_ORDERS, -1013, "Filter failure: MAX_NUM_ICEBERG_ORDERS")          \
    X(72, FILTER_MAX_NUM_ORDER_LISTS, -1013, "Filter failure: MAX_NUM_ORDER_LISTS")                \
    X(73, FILTER_MAX_POSITION, -1013, "Filter failure: MAX_POSITION")                              \
    X(74, FILTER_MAX_NUM_ORDER_AMENDS, -2038, "Filter failure: MAX_NUM_ORDER_AMENDS")              \
    X(75, FILTER_EXCHANGE_MAX_NUM_ORDERS, -1013, "Filter failure: EXCHANGE_MAX_NUM_ORDERS")        \
    X(76, FILTER_EXCHANGE_MAX_NUM_ALGO_ORDERS, -1013,                                              \
      "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS")                                              \
    X(77, FILTER_EXCHANGE_MAX_NUM_ICEBERG_ORDERS, -1013,                                           \
      "Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS")                                           \
    X(78, FILTER_EXCHANGE_MAX_NUM_ORDER_LISTS, -1013,                                              \
      "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS")                                              \
    X(79, FILTER_MAX_ASSET, -1013, "Filter failure: MAX_ASSET")                                    \
    /* the order against the book and the money */                                                 \
    X(90, INSUFFICIENT_BALANCE, -2010, "Account has insufficient balance for requested action.")   \
    X(91, DUPLICATE_ORDER, -2010, "Duplicate order sent.")                                         \
    X(92, WOULD_MATCH, -2010, "Order would immediately match and take.")                           \
    X(93, WOULD_TRIGGER, -2010, "Order would trigger immediately.")                                \
    X(94, NO_LIQUIDITY, -2010, "Order book liquidity is less than symbol minimum quantity.")       \
    X(95, LIQUIDITY_LOT_SIZE, -2010,                                                               \
      "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.")                     \
    X(96, LIQUIDITY_MARKET_LOT_SIZE, -2010,                                                        \
      "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.")              \
    X(97, NO_LAST_PRICE, -2010, "Unsupported order combination")                                   \
    /* cancel and amend */                                                                         \
    X(110, UNKNOWN_ORDER, -2011, REJECT_NO_ORDER)                                                  \
    X(111, CANCEL_NO_ID, -2011, "Cancel order is invalid. Check origClOrdId and orderId.")         \
    X(112, CANCEL_RESTRICTION, -2011, "Order was not canceled due to cancel restrictions.")        \
    X(113, AMEND_UNKNOWN_ORDER, -2038, REJECT_NO_ORDER)                                            \
    X(114, AMEND_INCREASE, -2038, "Order amend (quantity increase) is not supported.")             \
    X(115, AMEND_NO_CHANGE, -2038, "The requested action would change no state; rejecting")        \
    X(116, AMEND_DUPLICATE, -2038, "Duplicate order sent.")                                        \
    X(117, CLIENT_ID_MISMATCH, -2039, "Client order ID is not correct for this order ID.")         \
    /* money */                                                                                    \
    X(130, AMOUNT_ZERO, -1130, REJECT_BAD_DATA)                                                    \
    X(131, AMOUNT_OVERFLOW, -1108, "Parameter 'amount' overflowed.")                               \
    X(132, UNKNOWN_HOLD, -1130, REJECT_BAD_DATA)                                                   \
    X(133, HOLD_KIND, -1130, REJECT_BAD_DATA)                                                      \
    X(134, WITHDRAWAL_ON_HOLD, -2010, REJECT_DISABLED)                                             \
    X(135, SAME_ACCOUNT, -1130, REJECT_BAD_DATA)                                                   \
    X(136, CUSTODY_SHORT, -2010, "Account has insufficient balance for requested action.")         \
    X(140, UNKNOWN_LICENCE, -2010, REJECT_DISABLED)                                                \
    X(141, LICENCE_TIME, -2010, REJECT_DISABLED)                                                   \
    X(142, LICENCE_OPERATION, -2010, REJECT_DISABLED)                                              \
    X(143, LICENCE_GROUND, -2010, REJECT_DISABLED)                                                 \
    X(144, LICENCE_OTHER_RULE, -2010, REJECT_DISABLED)                                             \
    X(145, LICENCE_CEILING, -2010, REJECT_DISABLED)                                                \
    X(146, LICENCE_NO_RULE, -2010, REJECT_DISABLED)                                                \
    /* definitions */                                                                              \
    X(150, ALREADY_EXISTS, -1130, REJECT_BAD_DATA)                                                 \
    X(151, BAD_DEFINITION, -1130, REJECT_BAD_DATA)                                                 \
    X(152, MARKET_NOT_HALTED, -1130, REJECT_BAD_DATA)                                              \
    X(153, RESTING_OFF_GRID, -1130, REJECT_BAD_DATA)                                               \
    X(154, NO_GENESIS, -1130, REJECT_BAD_DATA)                                                     \
    X(155, UNKNOWN_VERSION, -1130, REJECT_BAD_DATA)                                                \
    X(156, UNKNOWN_COMMAND, -1130, REJECT_BAD_DATA)                                                \
    X(157, BAD_TIER, -1130, REJECT_BAD_DATA)                                                       \
    X(158, BAD_RATE, -1130, REJECT_BAD_DATA)                                                       \
    X(159, UNKNOWN_KEY, -1130, REJECT_BAD_DATA)                                                    \
    X(160, UNKNOWN_PERSON, -1130, REJECT_BAD_DATA)                                                 \
    X(161, UNKNOWN_ROW, -1130, REJECT_BAD_DATA)                                                    \
    X(162, NEEDS_SECOND, -1130, REJECT_BAD_DATA)                                                   \
    X(163, PACK_FORM, -1130, REJECT_BAD_DATA)                                                      \
    X(164, PACK_OVERLAP, -1130, REJECT_BAD_DATA)                                                   \
    X(165, PACK_UNCERTAIN, -1130, REJECT_BAD_DATA)                                                 \
    X(166, UNKNOWN_PACK, -1130, REJECT_BAD_DATA)                                                   \
    /* a limit of this venue is reached */                                                         \
    X(170, LIMIT_ACCOUNTS, -1008, REJECT_BUSY)                                                     \
    X(171, LIMIT_BALANCE_ROWS, -1008, REJECT_BUSY)                                                 \
    X(172, LIMIT_POSITIONS, -1008, REJECT_BUSY)                                                    \
    X(173, LIMIT_ORDERS, -1008, REJECT_BUSY)                                                       \
    X(174, LIMIT_EXTRAS, -1008, REJECT_BUSY)                                                       \
    X(175, LIMIT_LISTS, -1008, REJECT_BUSY)                                                        \
    X(176, LIMIT_HOLDS, -1008, REJECT_BUSY)                                                        \
    X(177, LIMIT_PAGES, -1008, REJECT_BUSY)                                                        \
    X(178, LIMIT_DIRECTORY, -1008, REJECT_BUSY)                                                    \
    X(179, LIMIT_TRAILING, -1008, REJECT_BUSY)                                                     \
    X(180, LIMIT_ASSET_LIMITS, -1008, REJECT_BUSY)                                                 \
    X(181, LIMIT_ASSETS, -1008, REJECT_BUSY)                                                       \
    X(182, LIMIT_MARKETS, -1008, REJECT_BUSY)                                                      \
    X(183, LIMIT_KEYS, -1008, REJECT_BUSY)                                                         \
    X(184, LIMIT_PERSONS, -1008, REJECT_BUSY)                                                      \
    X(185, LIMIT_PERSON_ROWS, -1008, REJECT_BUSY)                                                  \
    X(186, LIMIT_PACKS, -1008, REJECT_BUSY)                                                        \
    X(187, LIMIT_LICENCES, -1008, REJECT_BUSY)                                                     \
    X(188, LIMIT_REEVALUATIONS, -1008, REJECT_BUSY)                                                \
    X(189, LIMIT_LINKS, -1008, REJECT_BUSY)
// clang-format on

#define REJECT_ENUM(number, name, code, text) REJECT_##name = number,
enum reject { REJECT_TABLE(REJECT_ENUM) };
#undef REJECT_ENUM
#define REJECT_COUNT 190U

/* The stable name ("FILTER_LOT_SIZE"); "UNKNOWN" for a number not in the table. */
const char *reject_name(u32 reject);

/* The public API code, such as -2010; -1000 for a number not in the table. */
i32 reject_code(u32 reject);

/* The public text; the API's text of -1000 for a number not in the table. */
const char *reject_text(u32 reject);

#endif /* WIRE_REJECT_H */
