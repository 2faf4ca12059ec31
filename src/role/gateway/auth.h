/* Who signed a request, and may they: the checks between a parsed request and its command.
 *
 * They run in one order, and the first that fails is the answer: the form of the key (-2014), the
 * presence of timestamp and signature (-1102), the key itself, its address list and its rights
 * (-2015, one text for all three, so that it tells nothing), the time (-1021), and last, since it
 * is dear, the signature over the bytes received (-1022). Keys come through struct key_view:
 * whoever keeps them hands out one at a time. */
#ifndef ROLE_GATEWAY_AUTH_H
#define ROLE_GATEWAY_AUTH_H

#include "base/base.h"
#include "io/sign.h"
#include "role/gateway/endpoint.h"
#include "wire/api_error.h"

#define AUTH_KEY_BYTES 64U /* an API key is so many letters and digits */

/* An IPv6 address, or an IPv4 address as ::ffff:a.b.c.d. */
struct auth_address {
    u8 bytes[16];
};

/* Addresses that share the first `bits` bits; 128 for a single one. */
struct auth_network {
    struct auth_address address;
    u32 bits;
};

enum key_right {
    KEY_RIGHT_READ = 1U << 0,     /* USER_DATA and USER_STREAM */
    KEY_RIGHT_TRADE = 1U << 1,    /* TRADE */
    KEY_RIGHT_WITHDRAW = 1U << 2, /* withdrawals */
};

/* A key as the store hands it out; its pointers stay good until the store changes. */
struct key_entry {
    u32 number; /* of the key, from 1 on, the same as long as the store is open; 0: it gives none */
    u32 account;
    u32 rights; /* of enum key_right */
    bool enabled;
    struct sign_key *sign;
    const struct auth_network *networks; /* none: every address is allowed */
    u32 networks_count;
    u64 created_us;
};

struct key_view {
    /* False when there is no such key. The name has AUTH_KEY_BYTES letters and digits. */
    bool (*find)(struct key_view *view, struct span api_key, struct key_entry *entry_out);
};

struct auth_request {
    const struct params *params; /* names the endpoint, timestamp, recvWindow and signature */
    struct span api_key;         /* of the header, or params->api_key on a WebSocket */
    const struct span *pieces;   /* what was signed (wire/query.h, wire/ws_request.h) */
    u32 pieces_count;
    struct auth_address address;
    u64 now_us;
    /* A venue on a law date is so far behind the machine's clock. Who stamps with the machine's is
     * understood too: the nearer of the two is what the time is measured by. */
    u64 clock_behind_us;
};

/* Whether the name has the form of an API key: AUTH_KEY_BYTES letters and digits. */
MUST_USE bool auth_key_valid(struct span api_key);

/* Of a request to a signed endpoint. True: *entry_out is whose request it is. */
MUST_USE bool auth_check(struct signer *signer, struct key_view *view,
                         const struct auth_request *request, struct key_entry *entry_out,
                         struct api_failure *failure_out);

/* The same for a WebSocket whose session is signed in: no signature, but everything else. The key
 * is looked up again, since it may have been revoked meanwhile. */
MUST_USE bool auth_check_session(struct key_view *view, const struct auth_request *request,
                                 struct key_entry *entry_out, struct api_failure *failure_out);

/* Whether the key is in force, has the right, and may be used from the address. */
MUST_USE bool auth_key_may(const struct key_entry *entry, u32 right,
                           const struct auth_address *address);

/* timestamp < now + 1 s and now - timestamp <= recvWindow; else -1021. Checked on receipt by
 * auth_check, and once more by whoever hands the command on (API rest-api.md "Timing security"). */
MUST_USE bool auth_in_time(const struct params *params, u64 now_us,
                           struct api_failure *failure_out);

/* Whether the address lies in one of the networks. */
MUST_USE bool auth_network_holds(const struct auth_network *networks, u32 networks_count,
                                 const struct auth_address *address);

#endif /* ROLE_GATEWAY_AUTH_H */
