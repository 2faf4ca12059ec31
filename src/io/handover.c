#include "io/handover.h"

#include "base/check.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC 0x484f4d42U

/* What goes over the socket, beside the descriptors. */
struct message {
    u32 magic;
    u32 count;
    struct {
        char name[HANDOVER_NAME_BYTES];
        u64 number;
    } items[HANDOVER_ITEMS_MAX];
};

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int) * HANDOVER_ITEMS_MAX)];
};

static size_t message_bytes(u32 count)
{
    return offsetof(struct message, items) +
           (size_t)count * sizeof(((struct message *)0)->items[0]);
}

enum fault handover_pair(int sockets_out[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets_out) != 0) {
        return FAULT_ERRNO(errno, "pair of sockets");
    }
    return FAULT_NONE;
}

enum fault handover_send(int socket, const struct handover_item *items, u32 count)
{
    CHECK(count >= 1 && count <= HANDOVER_ITEMS_MAX);
    struct message message = {.magic = MAGIC, .count = count};
    union control control = {.bytes = {0}};
    int descriptors[HANDOVER_ITEMS_MAX];
    for (u32 index = 0; index < count; index += 1) {
        CHECK(memchr(items[index].name, 0, HANDOVER_NAME_BYTES) != NULL);
        memcpy(message.items[index].name, items[index].name, HANDOVER_NAME_BYTES);
        message.items[index].number = items[index].number;
        descriptors[index] = items[index].descriptor;
    }
    struct iovec part = {.iov_base = &message, .iov_len = message_bytes(count)};
    struct msghdr head = {.msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&head);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(rights), descriptors, sizeof(int) * count);
    ssize_t sent = sendmsg(socket, &head, MSG_NOSIGNAL);
    if (sent < 0 || (size_t)sent != message_bytes(count)) {
        return FAULT_ERRNO(sent < 0 ? errno : EIO, "handing over %u descriptors", count);
    }
    return FAULT_NONE;
}

/* Collects the descriptors that came along; they are ours from here on. */
static u32 descriptors_of(struct msghdr *head, int *descriptors)
{
    u32 count = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(head); part != NULL; part = CMSG_NXTHDR(head, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t bytes = part->cmsg_len - CMSG_LEN(0);
        for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
            CHECK(count < HANDOVER_ITEMS_MAX);
            memcpy(&descriptors[count], CMSG_DATA(part) + at, sizeof(int));
            count += 1;
        }
    }
    return count;
}

static bool is_sound(const struct message *message, size_t size, int flags, u32 descriptors_count,
                     u32 items_max)
{
    if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || size < message_bytes(0) ||
        message->magic != MAGIC || message->count == 0 || message->count > items_max ||
        message->count > HANDOVER_ITEMS_MAX || size != message_bytes(message->count) ||
        descriptors_count != message->count) {
        return false;
    }
    for (u32 index = 0; index < message->count; index += 1) {
        if (memchr(message->items[index].name, 0, HANDOVER_NAME_BYTES) == NULL) {
            return false;
        }
    }
    return true;
}

static enum fault wait_readable(int socket, u32 timeout_ms)
{
    struct pollfd waiting = {.fd = socket, .events = POLLIN};
    int ready = poll(&waiting, 1, (int)u64_min(timeout_ms, INT_MAX));
    if (ready < 0 && errno != EINTR) {
        return FAULT_ERRNO(errno, "handover");
    }
    if (ready <= 0) {
        return FAULT(FAULT_TIMEOUT, "handover: nothing came within %u ms", timeout_ms);
    }
    return FAULT_NONE;
}

enum fault handover_receive(int socket, struct handover_item *items, u32 items_max, u32 timeout_ms,
                            u32 *count_out)
{
    *count_out = 0;
    TRY(wait_readable(socket, timeout_ms));
    struct message message = {.magic = 0};
    union control control = {.bytes = {0}};
    struct iovec part = {.iov_base = &message, .iov_len = sizeof(message)};
    struct msghdr head = {.msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes)};
    ssize_t size = recvmsg(socket, &head, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size < 0) {
        return FAULT_ERRNO(errno, "handover");
    }
    if (size == 0 && head.msg_controllen == 0) {
        return FAULT(FAULT_UNAVAILABLE, "handover: the other end is closed");
    }
    int descriptors[HANDOVER_ITEMS_MAX];
    u32 count = descriptors_of(&head, descriptors);
    if (!is_sound(&message, (size_t)size, head.msg_flags, count, items_max)) {
        for (u32 index = 0; index < count; index += 1) {
            (void)close(descriptors[index]);
        }
        return FAULT(FAULT_FOREIGN, "handover: a message of %zd bytes with %u descriptors", size,
                     count);
    }
    for (u32 index = 0; index < count; index += 1) {
        memcpy(items[index].name, message.items[index].name, HANDOVER_NAME_BYTES);
        items[index].number = message.items[index].number;
        items[index].descriptor = descriptors[index];
    }
    *count_out = count;
    return FAULT_NONE;
}

const struct handover_item *handover_find(const struct handover_item *items, u32 count,
                                          const char *name)
{
    for (u32 index = 0; index < count; index += 1) {
        if (strncmp(items[index].name, name, HANDOVER_NAME_BYTES) == 0) {
            return &items[index];
        }
    }
    return NULL;
}
