/* The demo network: the chain that every asset has when no real one is connected. Its addresses are
 * made from account and asset, and say what they are; nothing of it leaves the venue. Money comes
 * and goes by commands of an operator (docs/gateway.md "Demo network"). */
#ifndef ROLE_GATEWAY_DEMO_H
#define ROLE_GATEWAY_DEMO_H

#include "base/amount.h"
#include "base/base.h"
#include "base/span.h"

#define DEMO_NETWORK      0U /* its number in commands and events */
#define DEMO_NETWORK_NAME "DEMO"
#define DEMO_TEXT_BYTES   64U
#define DEMO_FEE_BP_MAX   10000U /* a whole coin */

#define DEMO_ADDRESS_REGEX "^[0-9A-Za-z:._-]{4,128}$"
#define DEMO_TAG_REGEX     "^[0-9A-Za-z_-]{1,64}$"

struct demo_text {
    char text[DEMO_TEXT_BYTES]; /* with a NUL */
};

/* "demo-BTC-17-5c3f9a1b": the last part is a checksum of what is before it. */
struct demo_text demo_address(u32 account, const char *asset);

/* Whether money of the asset can go there: any text of the form above; one that begins like an
 * address of the demo network must be one of this asset, with a checksum that is right. */
MUST_USE bool demo_address_valid(struct span address, const char *asset);
/* Empty is fine. */
MUST_USE bool demo_tag_valid(struct span tag);

/* The names of what happened on it. */
struct demo_text demo_deposit_name(u64 entry);
struct demo_text demo_withdrawal_name(u64 hold_id);
/* The number in such a name; false: it is none. */
MUST_USE bool demo_deposit_read(struct span name, u64 *entry_out);
MUST_USE bool demo_withdrawal_read(struct span name, u64 *hold_id_out);

/* What a withdrawal of an asset costs and must be, in units of 10^-scale. The fee is fee_bp (at
 * most DEMO_FEE_BP_MAX) ten-thousandths of one whole coin, whatever the amount, and is taken out of
 * it. */
struct demo_terms {
    struct amount multiple; /* 10^-8 of a coin, or its unit if that is larger */
    struct amount fee;
    struct amount min; /* with the fee */
    struct amount max;
};

struct demo_terms demo_terms(u32 scale, u32 fee_bp);

#endif /* ROLE_GATEWAY_DEMO_H */
