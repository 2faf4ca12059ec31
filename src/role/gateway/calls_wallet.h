/* Endpoints of the wallet that only tell: coins and their terms, addresses, the state of the
 * account and of its key. Shapes as the public clients read them. What moves money is
 * calls_payout.h.
 *
 * Every asset has one network, the demo network (demo.h). */
#ifndef ROLE_GATEWAY_CALLS_WALLET_H
#define ROLE_GATEWAY_CALLS_WALLET_H

#include "role/gateway/call.h"

/* The asset of this name. */
MUST_USE bool wallet_asset_named(const struct view *view, struct span name, u16 *asset_out);

/* The asset of parameter `coin`; false: -4018 is in call->failure. */
MUST_USE bool wallet_coin(struct call *call, u16 *asset_out);

/* Whether parameter `network`, if sent, is the demo network; false: -1130 is in call->failure. */
MUST_USE bool wallet_network(struct call *call);

/* The name of a network number. */
const char *wallet_network_name(u32 network);

enum call_end wallet_coins(struct call *call);
enum call_end wallet_address(struct call *call);
enum call_end wallet_addresses(struct call *call);
enum call_end wallet_quota(struct call *call);
enum call_end wallet_places(struct call *call);
enum call_end wallet_status(struct call *call);
enum call_end wallet_trading_status(struct call *call);
enum call_end wallet_restrictions(struct call *call);
enum call_end wallet_info(struct call *call);
enum call_end wallet_user_assets(struct call *call);
enum call_end wallet_trade_fee(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_WALLET_H */
