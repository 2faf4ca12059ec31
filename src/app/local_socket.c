#include "app/local_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum fault local_socket_open(const char *path, u32 wait_s, int *socket_out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = wait_s};
    *socket_out = -1;
    if (strlen(path) >= sizeof(address.sun_path)) {
        return FAULT(FAULT_CONFIG, "%s: longer than a local socket's path may be", path);
    }
    memcpy(address.sun_path, path, strlen(path));
    int opened = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (opened < 0) {
        return FAULT_ERRNO(errno, "%s", path);
    }
    (void)setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    (void)setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    if (connect(opened, (const void *)&address, sizeof(address)) != 0) {
        enum fault fault = errno == ECONNREFUSED || errno == ENOENT
                               ? FAULT(FAULT_MISSING, "%s: no venue listens there", path)
                               : FAULT_ERRNO(errno, "%s", path);
        (void)close(opened);
        return fault;
    }
    *socket_out = opened;
    return FAULT_NONE;
}

enum fault local_socket_send(int socket, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(socket, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return errno == EAGAIN  ? FAULT(FAULT_TIMEOUT, "the venue takes no more")
                   : errno == EPIPE ? FAULT(FAULT_UNAVAILABLE, "the venue closed the connection")
                                    : FAULT_ERRNO(errno, "the venue's socket");
        }
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
    return FAULT_NONE;
}

enum fault local_socket_receive(int socket, void *target, size_t size, size_t *size_out)
{
    ssize_t got = recv(socket, target, size, 0);
    *size_out = got > 0 ? (size_t)got : 0;
    if (got == 0) {
        return FAULT(FAULT_UNAVAILABLE, "the venue closed the connection");
    }
    if (got < 0) {
        return errno == EAGAIN ? FAULT(FAULT_TIMEOUT, "the venue gave no answer in time")
                               : FAULT_ERRNO(errno, "the venue's socket");
    }
    return FAULT_NONE;
}
