/* Of which openings a customer was told, over HTTP: which requests ask for it, and the answer as
 * JSON. Pure. docs/desk.md "What a customer is told" has the whole shape.
 *
 *     GET /page/v1/openings   signed, by a key that may read
 *
 * No request says whom it concerns: it is the person of the account whose key has signed. */
#ifndef ROLE_GATEWAY_OPENINGS_HTTP_H
#define ROLE_GATEWAY_OPENINGS_HTTP_H

#include "base/base.h"
#include "wire/desk_line.h"
#include "wire/json.h"

/* No answer is longer: each byte of a text may take six. */
#define OPENINGS_HTTP_JSON_BYTES (6U * DESK_LINE_MESSAGE_MAX + 65536U)

MUST_USE bool openings_http_is(struct span path);

/* The body of the answer; NULL: the account is linked to no person. It always says that it may be
 * incomplete: what nobody was told of is not in it. */
void openings_http_say(struct json_writer *json, const struct desk_line_answer *answer);

#endif /* ROLE_GATEWAY_OPENINGS_HTTP_H */
