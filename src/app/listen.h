/* A listening socket made by the supervisor, so that it outlives the process that accepts: while
 * that one is started again, connections wait in the system's queue and are not refused. */
#ifndef APP_LISTEN_H
#define APP_LISTEN_H

#include "base/base.h"
#include "io/fault.h"

#define LISTEN_HOST_BYTES 64U

/* Listens at an IPv4 or IPv6 address in digits ("::" takes IPv4 too); `port` 0: any free one.
 * *descriptor_out is closed by exec and the caller's. FAULT_CONFIG: the address is none. */
MUST_USE enum fault listen_open(const char *address, u16 port, int *descriptor_out, u16 *port_out);

/* Listens at a local socket in the file system, which only its owner may open; what lies there from
 * an earlier life is removed. FAULT_CONFIG: the path is too long for a socket. */
MUST_USE enum fault listen_local_open(const char *path, int *descriptor_out);

/* "127.0.0.1:8080", "[::1]:8080". */
void listen_host_print(const char *address, u16 port, char target[LISTEN_HOST_BYTES]);

#endif /* APP_LISTEN_H */
