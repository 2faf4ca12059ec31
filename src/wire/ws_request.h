/* Requests on a WebSocket: those of the WebSocket API, {"id", "method", "params": {...}}, and the
 * control messages of streams, {"method": "SUBSCRIBE", "params": [...], "id"}.
 *
 * Both have the same frame, so both are read here; what a method means, and which form of params it
 * wants, is the caller's. Nothing is rounded or reordered: a number is the text that was sent, and
 * the id goes back into the answer as it came (API web-socket-api.md "Request format",
 * web-socket-streams.md "Live Subscribing/Unsubscribing to streams"). */
#ifndef WIRE_WS_REQUEST_H
#define WIRE_WS_REQUEST_H

#include "base/base.h"
#include "wire/json_pull.h"

#define WS_ID_BYTES_MAX     130U /* as text, with its quotes */
#define WS_METHOD_BYTES_MAX 64U

enum ws_fault {
    WS_OK,
    WS_FAULT_JSON,   /* no JSON: json_fault and fault_offset say what and where */
    WS_FAULT_SHAPE,  /* not an object */
    WS_FAULT_ID,     /* neither string, whole number of 64 bits, nor null; or too long */
    WS_FAULT_METHOD, /* missing, not a string, empty or too long */
    WS_FAULT_PARAMS, /* neither object nor array nor null */
    WS_FAULT_LIMIT,  /* more parameters or text than the caller's memory holds */
};

enum ws_kind {
    WS_STRING,
    WS_NUMBER,
    WS_BOOLEAN,
    WS_NULL,
    WS_ARRAY,
    WS_OBJECT,
};

struct ws_param {
    struct span name; /* empty in an array */
    struct span text; /* a string without quotes and escapes; anything else as it came */
    enum ws_kind kind;
};

enum ws_id {
    WS_ID_ABSENT,
    WS_ID_NULL,
    WS_ID_INTEGER,
    WS_ID_STRING,
};

enum ws_form {
    WS_PARAMS_NONE, /* absent or null */
    WS_PARAMS_OBJECT,
    WS_PARAMS_ARRAY,
};

/* Memory of the caller, for one request after the other. text_bytes of the longest message, and
 * params_max of the longest list of streams, are always enough. */
struct ws_room {
    struct ws_param *params;
    u32 params_max;
    u8 *text;
    size_t text_bytes;
};

struct ws_request {
    enum ws_fault fault;
    enum json_pull_fault json_fault;
    size_t fault_offset;
    enum ws_id id;
    struct span id_text; /* JSON, with quotes if it is a string: to be copied into the answer */
    struct span method;  /* as sent: "v3/order.place" keeps its prefix */
    enum ws_form form;
    u32 params_count;
    const struct ws_param *params; /* in the order sent */
    u32 others_count;              /* members that are none of the three: passed over */
};

/* Reads one message. False: see out->fault; the id is kept if the text is JSON at all, since the
 * refusal should carry it. Spans live as long as the message and the room. */
MUST_USE bool ws_request_read(struct ws_request *out, struct span message,
                              const struct ws_room *room);

/* The parameter of that name, or NULL. */
const struct ws_param *ws_request_find(const struct ws_request *request, const char *name);

/* What was signed: all parameters but `signature`, sorted by the bytes of their names, name=value
 * joined by '&'; strings as they read, anything else as it came. False: the memory is too small, or
 * the parameters are no object. The size of the message is always enough. */
MUST_USE bool ws_request_payload(const struct ws_request *request, void *target,
                                 size_t target_bytes, size_t *size_out);

#endif /* WIRE_WS_REQUEST_H */
