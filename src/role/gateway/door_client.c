#include "role/gateway/door_client.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault door_client_open(struct door_client *client, int line, struct clock *clock)
{
    int flags = fcntl(line, F_GETFL);
    memset(client, 0, sizeof(*client));
    client->line = line;
    client->id_next = clock_wall_us(clock); /* above those of an earlier life */
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the line to the door");
}

/* 0 finds a free place. */
static struct door_wait *wait_of(struct door_client *client, u64 id)
{
    for (u32 i = 0; i < DOOR_CLIENT_ASKS_MAX; i += 1) {
        if (client->waits[i].id == id) {
            return &client->waits[i];
        }
    }
    return NULL;
}

bool door_client_send(struct door_client *client, struct door_ask *ask, u64 owner, u64 now_ms)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    struct door_wait *wait = wait_of(client, 0);
    if (wait == NULL) {
        return false;
    }
    client->id_next += 1;
    ask->id = client->id_next;
    u32 size = door_ask_write(ask, frame, sizeof(frame));
    CHECK(size > 0);
    bool is_sent = send(client->line, frame, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
    secret_wipe(frame, sizeof(frame));
    if (is_sent) {
        *wait = (struct door_wait){.id = ask->id,
                                   .owner = owner,
                                   .deadline_ms = now_ms + DOOR_CLIENT_WAIT_MS,
                                   .kind = ask->kind};
        client->waits_count += 1;
    }
    return is_sent;
}

static void wait_end(struct door_client *client, struct door_wait *wait, u64 *owner_out)
{
    CHECK(client->waits_count > 0);
    *owner_out = wait->owner;
    *wait = (struct door_wait){.id = 0};
    client->waits_count -= 1;
}

bool door_client_take(struct door_client *client, u64 now_ms, u64 *owner_out,
                      struct door_answer_head *head_out)
{
    if (client->waits_count == 0) {
        secret_wipe(client->answer, sizeof(client->answer));
        /* What still comes is for nobody, but the line is to be empty. */
    }
    for (u32 count = 0; count < DOOR_CLIENT_ANSWERS_MAX; count += 1) {
        ssize_t size = read(client->line, client->answer, sizeof(client->answer));
        if (size <= 0) {
            break;
        }
        if (!door_answer_read(span_of(client->answer, (size_t)size), head_out)) {
            continue;
        }
        if (head_out->id == 0 && head_out->kind == DOOR_ASK_SESSION_END) {
            *owner_out = 0;
            return true;
        }
        struct door_wait *wait = head_out->id == 0 ? NULL : wait_of(client, head_out->id);
        if (wait != NULL && wait->kind == head_out->kind) {
            wait_end(client, wait, owner_out);
            return true;
        }
    }
    for (u32 i = 0; i < DOOR_CLIENT_ASKS_MAX && client->waits_count > 0; i += 1) {
        struct door_wait *wait = &client->waits[i];
        if (wait->id != 0 && wait->deadline_ms <= now_ms) {
            *head_out = (struct door_answer_head){.id = wait->id};
            wait_end(client, wait, owner_out);
            return true;
        }
    }
    return false;
}
