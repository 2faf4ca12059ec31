/* Whether a page of this very site asks: browsers say in Origin whose page it is. */
#ifndef ROLE_GATEWAY_ORIGIN_H
#define ROLE_GATEWAY_ORIGIN_H

#include "base/base.h"
#include "wire/http.h"

/* Whether `origin` is http:// or https:// and exactly this host. */
MUST_USE bool origin_is_of(struct span origin, struct span host);

/* Whether the request has an Origin, and it is that of the Host that it asks. */
MUST_USE bool origin_is_own(const struct http_request *request);

#endif /* ROLE_GATEWAY_ORIGIN_H */
