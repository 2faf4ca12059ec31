/* Endpoints that say what an account has and may do: balances, fees, order counts (API rest-api.md
 * "Account Endpoints"). All are answered from the view. */
#ifndef ROLE_GATEWAY_CALLS_ACCOUNT_H
#define ROLE_GATEWAY_CALLS_ACCOUNT_H

#include "role/gateway/call.h"
#include "role/gateway/view_account.h"

/* What an account's restrictions leave open (docs/semantics.md section 3), as the API tells it. */
struct account_may {
    bool trade; /* place orders */
    bool deposit;
    bool withdraw;
};

struct account_may account_may(const struct view_account *account);

/* The call's account. Keys may be for an account that the view has not seen yet: NULL, and -2015
 * is in call->failure. */
const struct view_account *account_of_call(struct call *call);

/* The sum of the standard, special and tax rates of an account in a market, in 10^-8. */
struct account_rates {
    u32 maker;
    u32 taker;
    u32 buyer;
    u32 seller;
};

struct account_rates account_rates(const struct view *view, u16 market,
                                   const struct view_account *account);

enum call_end account_information(struct call *call);
enum call_end account_order_count(struct call *call);
enum call_end account_commission(struct call *call);
enum call_end account_filters(struct call *call);

/* The listenKey endpoints, which ended on 2026-02-20 (API CHANGELOG.md): 410. */
enum call_end account_listen_key(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_ACCOUNT_H */
