/* The other end of a venue's local socket, for the command line: connects, sends and receives, and
 * waits no longer than it is told to. */
#ifndef APP_LOCAL_SOCKET_H
#define APP_LOCAL_SOCKET_H

#include "base/base.h"
#include "io/fault.h"

/* *socket_out is closed by exec and the caller's; -1 on a fault. FAULT_CONFIG: the path is too
 * long. FAULT_MISSING: nobody listens there. FAULT_PERMISSION: not for us. */
MUST_USE enum fault local_socket_open(const char *path, u32 wait_s, int *socket_out);

/* All of it. FAULT_UNAVAILABLE: the other end has closed. FAULT_TIMEOUT: it does not take it. */
MUST_USE enum fault local_socket_send(int socket, struct span bytes);

/* Up to `size` bytes, at least one. FAULT_UNAVAILABLE: the other end has closed. FAULT_TIMEOUT. */
MUST_USE enum fault local_socket_receive(int socket, void *target, size_t size, size_t *size_out);

#endif /* APP_LOCAL_SOCKET_H */
