#include "app/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool address_read(const char *text, u16 port, union address *address_out,
                         socklen_t *size_out)
{
    memset(address_out, 0, sizeof(*address_out));
    if (inet_pton(AF_INET, text, &address_out->four.sin_addr) == 1) {
        address_out->four.sin_family = AF_INET;
        address_out->four.sin_port = htons(port);
        *size_out = sizeof(address_out->four);
        return true;
    }
    if (inet_pton(AF_INET6, text, &address_out->six.sin6_addr) == 1) {
        address_out->six.sin6_family = AF_INET6;
        address_out->six.sin6_port = htons(port);
        *size_out = sizeof(address_out->six);
        return true;
    }
    return false;
}

static enum fault listen_on(int descriptor, union address *address, socklen_t size,
                            const char *text, u16 port, u16 *port_out)
{
    int one = 1;
    int zero = 0;
    (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (address->any.sa_family == AF_INET6) {
        (void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    }
    if (bind(descriptor, &address->any, size) != 0 || listen(descriptor, SOMAXCONN) != 0 ||
        getsockname(descriptor, &address->any, &size) != 0) {
        return FAULT_ERRNO(errno, "listening at %s port %u", text, port);
    }
    *port_out =
        ntohs(address->any.sa_family == AF_INET6 ? address->six.sin6_port : address->four.sin_port);
    return FAULT_NONE;
}

enum fault listen_open(const char *address, u16 port, int *descriptor_out, u16 *port_out)
{
    union address parsed;
    socklen_t size = 0;
    *descriptor_out = -1;
    if (!address_read(address, port, &parsed, &size)) {
        return FAULT(FAULT_CONFIG, "\"%s\" is not an IPv4 or IPv6 address in digits", address);
    }
    int descriptor = socket(parsed.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return FAULT_ERRNO(errno, "listening at %s port %u", address, port);
    }
    enum fault fault = listen_on(descriptor, &parsed, size, address, port, port_out);
    if (fault != FAULT_NONE) {
        (void)close(descriptor);
        return fault;
    }
    *descriptor_out = descriptor;
    return FAULT_NONE;
}

static enum fault listen_local(int descriptor, const struct sockaddr_un *address)
{
    /* Nobody else may open it between bind and chmod either. */
    mode_t before = umask(S_IRWXG | S_IRWXO);
    int bound = bind(descriptor, (const void *)address, sizeof(*address));
    int number = errno;
    (void)umask(before);
    if (bound != 0) {
        return FAULT_ERRNO(number, "listening at %s", address->sun_path);
    }
    if (chmod(address->sun_path, S_IRUSR | S_IWUSR) != 0 || listen(descriptor, SOMAXCONN) != 0) {
        return FAULT_ERRNO(errno, "listening at %s", address->sun_path);
    }
    return FAULT_NONE;
}

enum fault listen_local_open(const char *path, int *descriptor_out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *descriptor_out = -1;
    if (strlen(path) >= sizeof(address.sun_path)) {
        return FAULT(FAULT_CONFIG, "%s: longer than the %zu bytes of a local socket's path", path,
                     sizeof(address.sun_path) - 1);
    }
    memcpy(address.sun_path, path, strlen(path));
    struct stat found;
    if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode)) {
        (void)unlink(path);
    }
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return FAULT_ERRNO(errno, "listening at %s", path);
    }
    enum fault fault = listen_local(descriptor, &address);
    if (fault != FAULT_NONE) {
        (void)close(descriptor);
        return fault;
    }
    *descriptor_out = descriptor;
    return FAULT_NONE;
}

void listen_host_print(const char *address, u16 port, char target[LISTEN_HOST_BYTES])
{
    bool is_six = strchr(address, ':') != NULL;
    (void)snprintf(target, LISTEN_HOST_BYTES, is_six ? "[%s]:%u" : "%s:%u", address, port);
}
