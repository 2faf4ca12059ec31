/* The handshake of a WebSocket: from a request that asks for one to the head of the answer.
 *
 * Version 13 only. Of the extensions only permessage-deflate is known, and only without context
 * takeover on either side (frame.h says why); the first offer that allows that is taken. An offer
 * with a parameter that is unknown, repeated or out of range is passed over, a header that is no
 * list of extensions is refused. Subprotocols are not looked at. Source: RFC 6455 section 4.2,
 * RFC 7692 section 7.1. */
#ifndef ROLE_GATEWAY_UPGRADE_H
#define ROLE_GATEWAY_UPGRADE_H

#include "base/base.h"
#include "wire/http.h"

/* Room for the head of any answer. */
#define UPGRADE_HEAD_BYTES_MAX 512U

struct upgrade {
    u32 status;   /* 101: a WebSocket from behind the head on; else 400 or 426, answer and close */
    bool deflate; /* permessage-deflate was agreed on */
    size_t head_bytes; /* of the answer, which has no body; 0: the memory is too small */
};

/* Writes the whole answer into the caller's memory. `deflate_allowed`: offers of permessage-deflate
 * are taken at all. */
struct upgrade upgrade_answer(const struct http_request *request, bool deflate_allowed,
                              void *target, size_t target_bytes);

#endif /* ROLE_GATEWAY_UPGRADE_H */
