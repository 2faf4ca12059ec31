/* What a service manager is told (systemd, Type=notify): lines of NAME=VALUE in one datagram to the
 * socket that NOTIFY_SOCKET names. Without that variable nothing is sent and nothing fails.
 *
 *     notify_open(&notify)              once, before any process is started: the variables are
 *                                       taken out of the environment
 *     notify_send(&notify, "READY=1")   the text, as it is
 *     notify_watchdog_ms(&notify)       how often WATCHDOG=1 is due; 0: nobody waits for it */
#ifndef APP_NOTIFY_H
#define APP_NOTIFY_H

#include "base/base.h"

#include <sys/socket.h>
#include <sys/un.h>

struct notify {
    int socket; /* -1: nobody listens */
    struct sockaddr_un address;
    socklen_t address_bytes;
    u64 watchdog_ms;
    u64 watchdog_due_ns;
};

void notify_open(struct notify *notify);
void notify_close(struct notify *notify);

/* What cannot be sent is told once in the log, and no reason to stop. */
void notify_send(struct notify *notify, const char *text);

/* Half of what the manager waits for, as it asks; 0: it does not wait. */
u64 notify_watchdog_ms(const struct notify *notify);

/* WATCHDOG=1, if it is due. */
void notify_alive(struct notify *notify, u64 now_ns);

#endif /* APP_NOTIFY_H */
