/* What is held of a customer, over HTTP: which requests ask for it, and the answer as JSON. Pure.
 * docs/vault.md "What a person is told" has the whole shape.
 *
 *     GET /page/v1/records   signed, by a key that may read
 *
 * No request says whom it concerns: it is the person of the account whose key has signed. */
#ifndef ROLE_GATEWAY_RECORDS_HTTP_H
#define ROLE_GATEWAY_RECORDS_HTTP_H

#include "base/base.h"
#include "role/gateway/enrol_http.h"
#include "wire/http.h"
#include "wire/json.h"
#include "wire/keep_held.h"

#define RECORDS_HTTP_JSON_BYTES 32768U /* no answer is longer */

MUST_USE bool records_http_is(struct span path);

/* Everything but who asks: METHOD, ORIGIN, BODY, or FINE. */
MUST_USE enum enrol_http_no records_http_read(const struct http_request *request);

/* The body of the answer. held NULL: the account is linked to no person. years: for how long
 * records are kept when a customer has left. */
void records_http_say(struct json_writer *json, u64 person, const struct keep_held *held,
                      u32 years);

#endif /* ROLE_GATEWAY_RECORDS_HTTP_H */
