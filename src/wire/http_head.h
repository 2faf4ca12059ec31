/* The distribution's HTTP parser, behind one function: llhttp where there is one, else http-parser.
 *
 * It sees whole request heads only, which wire/http.c has found clean line by line; bodies never
 * pass through it. This is the only file that names either library, so that it can be replaced. */
#ifndef WIRE_HTTP_HEAD_H
#define WIRE_HTTP_HEAD_H

#include "wire/http.h"

/* What the parser says beside the request: to be compared with our own reading. */
struct http_framing {
    u64 content_bytes;
    bool chunked;
};

/* Fills verb, minor, target and the headers' names and values (without the spaces around a value);
 * kind, path, query and all the rest is left to the caller. `head` ends with the empty line. False:
 * the parser refuses it, does not see the same end, or there are more than HTTP_HEADERS_MAX. */
MUST_USE bool http_head_parse(struct span head, struct http_request *request_out,
                              struct http_framing *framing_out);

/* The library and its version, for `cambist version` and the log. */
const char *http_head_library(void);

#endif /* WIRE_HTTP_HEAD_H */
