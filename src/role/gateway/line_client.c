#include "role/gateway/line_client.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault line_client_open(struct line_client *client, int line, const char *what,
                            struct line_wait *waits, u32 waits_max, struct clock *clock)
{
    int flags = fcntl(line, F_GETFL);
    *client = (struct line_client){.line = line,
                                   .id_last = clock_wall_us(clock), /* above an earlier life's */
                                   .waits = waits,
                                   .waits_max = waits_max};
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the line to %s", what);
}

static void come(void *argument)
{
    struct line_client *client = argument;
    client->has_come = true;
}

enum fault line_client_watch(struct line_client *client, struct net *net)
{
    client->is_watched = true;
    client->has_come = true; /* what came before */
    return net_watch(net, client->line, come, client);
}

/* 0 finds a free place. */
static struct line_wait *wait_of(const struct line_client *client, u64 id)
{
    for (u32 i = 0; i < client->waits_max; i += 1) {
        if (client->waits[i].id == id) {
            return &client->waits[i];
        }
    }
    return NULL;
}

u64 line_client_id(const struct line_client *client)
{
    return client->waits_count < client->waits_max ? client->id_last + 1 : 0;
}

bool line_client_send(struct line_client *client, struct span message, const struct line_wait *wait,
                      u64 now_ms)
{
    struct line_wait *place = wait_of(client, 0);
    CHECK(place != NULL && message.size > 0);
    ssize_t sent = send(client->line, message.data, message.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    client->id_last += 1;
    if (sent != (ssize_t)message.size) {
        return false;
    }
    *place = *wait;
    place->id = client->id_last;
    place->deadline_ms = now_ms + LINE_CLIENT_WAIT_MS;
    client->waits_count += 1;
    return true;
}

bool line_client_read(struct line_client *client, u8 *target, size_t room, size_t *size_out)
{
    if (client->is_watched && !client->has_come) {
        return false;
    }
    ssize_t size = read(client->line, target, room);
    if (size <= 0) {
        client->has_come = false;
        return false;
    }
    *size_out = (size_t)size;
    return true;
}

static void end(struct line_client *client, struct line_wait *wait, struct line_wait *wait_out)
{
    CHECK(client->waits_count > 0);
    *wait_out = *wait;
    *wait = (struct line_wait){.id = 0};
    client->waits_count -= 1;
}

bool line_client_end(struct line_client *client, u64 id, u16 kind, struct line_wait *wait_out)
{
    struct line_wait *wait = id == 0 ? NULL : wait_of(client, id);
    if (wait == NULL || wait->kind != kind) {
        return false;
    }
    end(client, wait, wait_out);
    return true;
}

bool line_client_late(struct line_client *client, u64 now_ms, struct line_wait *wait_out)
{
    if (client->waits_count == 0 || client->late_ms == now_ms) {
        return false;
    }
    for (u32 i = 0; i < client->waits_max; i += 1) {
        struct line_wait *wait = &client->waits[i];
        if (wait->id != 0 && wait->deadline_ms <= now_ms) {
            end(client, wait, wait_out);
            return true;
        }
    }
    client->late_ms = now_ms;
    return false;
}
