/* Sessions and user data subscriptions of the WebSocket API (API web-socket-api.md "Authentication
 * requests", "User Data Stream requests"). They look at the session that asks, and never wait. */
#ifndef ROLE_GATEWAY_CALLS_SESSION_H
#define ROLE_GATEWAY_CALLS_SESSION_H

#include "role/gateway/call.h"

enum call_end session_logon(struct call *call);
enum call_end session_status(struct call *call);
enum call_end session_logout(struct call *call);
enum call_end session_subscriptions(struct call *call);
enum call_end session_subscribe(struct call *call);
enum call_end session_subscribe_signed(struct call *call);
enum call_end session_unsubscribe(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_SESSION_H */
