#include "app/notify.h"

#include "app/options.h"
#include "io/fault.h"
#include "io/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define US_MS 1000ULL
#define MS_NS 1000000ULL

/* "/path", or "@name" in the abstract space, where the first byte is a zero. */
static bool address_of(struct notify *notify, const char *path)
{
    size_t length = strlen(path);
    if (length < 2 || length >= sizeof(notify->address.sun_path) ||
        (path[0] != '/' && path[0] != '@')) {
        return false;
    }
    notify->address.sun_family = AF_UNIX;
    memcpy(notify->address.sun_path, path, length);
    if (path[0] == '@') {
        notify->address.sun_path[0] = 0;
    }
    notify->address_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

/* Only what is meant for this process. */
static void watchdog_read(struct notify *notify)
{
    const char *us = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    u64 number = 0;
    if (us == NULL || !options_number(us, 2 * US_MS, UINT64_MAX, &number)) {
        return;
    }
    u64 whose = 0;
    if (pid == NULL || (options_number(pid, 1, UINT64_MAX, &whose) && whose == (u64)getpid())) {
        notify->watchdog_ms = number / US_MS / 2;
    }
}

void notify_open(struct notify *notify)
{
    *notify = (struct notify){.socket = -1};
    const char *path = getenv("NOTIFY_SOCKET");
    if (path != NULL && address_of(notify, path)) {
        notify->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        watchdog_read(notify);
    }
    if (path != NULL && notify->socket < 0) {
        log_warn("notify.unusable", LOG_STR("socket", path));
    }
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void notify_close(struct notify *notify)
{
    if (notify->socket >= 0) {
        (void)close(notify->socket);
        notify->socket = -1;
    }
}

void notify_send(struct notify *notify, const char *text)
{
    if (notify->socket < 0) {
        return;
    }
    ssize_t sent = sendto(notify->socket, text, strlen(text), MSG_NOSIGNAL,
                          (const struct sockaddr *)&notify->address, notify->address_bytes);
    if (sent < 0 && errno != EAGAIN) {
        log_warn("notify.not_sent", LOG_STR("text", text), LOG_STR("cause", strerror(errno)));
        notify_close(notify);
    }
}

u64 notify_watchdog_ms(const struct notify *notify)
{
    return notify->socket < 0 ? 0 : notify->watchdog_ms;
}

void notify_alive(struct notify *notify, u64 now_ns)
{
    u64 every_ms = notify_watchdog_ms(notify);
    if (every_ms == 0 || now_ns < notify->watchdog_due_ns) {
        return;
    }
    notify->watchdog_due_ns = now_ns + every_ms * MS_NS;
    notify_send(notify, "WATCHDOG=1");
}
