#include "role/gateway/desk_client.h"

#include "base/check.h"
#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault desk_client_open(struct desk_client *client, int line, struct clock *clock)
{
    int flags = fcntl(line, F_GETFL);
    memset(client, 0, sizeof(*client));
    client->line = line;
    client->id_next = clock_wall_us(clock); /* above those of an earlier life */
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the line to the desk");
}

/* 0 finds a free place. */
static struct desk_wait *wait_of(struct desk_client *client, u64 id)
{
    for (u32 i = 0; i < DESK_CLIENT_ASKS_MAX; i += 1) {
        if (client->waits[i].id == id) {
            return &client->waits[i];
        }
    }
    return NULL;
}

bool desk_client_send(struct desk_client *client, u64 person, u64 owner, u64 now_ms)
{
    u8 ask[DESK_LINE_ASK_BYTES];
    struct desk_wait *wait = wait_of(client, 0);
    CHECK(person != 0);
    if (wait == NULL) {
        return false;
    }
    client->id_next += 1;
    desk_line_ask_write(client->id_next, person, ask);
    if (send(client->line, ask, sizeof(ask), MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)sizeof(ask)) {
        return false;
    }
    *wait = (struct desk_wait){
        .id = client->id_next, .owner = owner, .deadline_ms = now_ms + DESK_CLIENT_WAIT_MS};
    client->waits_count += 1;
    return true;
}

static void wait_end(struct desk_client *client, struct desk_wait *wait, u64 *owner_out)
{
    CHECK(client->waits_count > 0);
    *owner_out = wait->owner;
    *wait = (struct desk_wait){.id = 0};
    client->waits_count -= 1;
}

bool desk_client_take(struct desk_client *client, u64 now_ms, u64 *owner_out, bool *late_out)
{
    *late_out = false;
    for (u32 count = 0; count < DESK_CLIENT_ANSWERS_MAX; count += 1) {
        ssize_t size = read(client->line, client->message, sizeof(client->message));
        if (size <= 0) {
            break;
        }
        struct desk_wait *wait = NULL;
        if (desk_line_read(span_of(client->message, (size_t)size), &client->answer) &&
            client->answer.id != 0) {
            wait = wait_of(client, client->answer.id);
        }
        if (wait != NULL) {
            wait_end(client, wait, owner_out);
            return true;
        }
    }
    for (u32 i = 0; i < DESK_CLIENT_ASKS_MAX && client->waits_count > 0; i += 1) {
        struct desk_wait *wait = &client->waits[i];
        if (wait->id != 0 && wait->deadline_ms <= now_ms) {
            *late_out = true;
            wait_end(client, wait, owner_out);
            return true;
        }
    }
    return false;
}
