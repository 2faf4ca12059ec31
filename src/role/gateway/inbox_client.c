#include "role/gateway/inbox_client.h"

#include "base/check.h"
#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault inbox_client_open(struct inbox_client *client, int line, struct clock *clock)
{
    int flags = fcntl(line, F_GETFL);
    memset(client, 0, sizeof(*client));
    client->line = line;
    client->id_next = clock_wall_us(clock); /* above those of an earlier life */
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the line to the queue");
}

/* 0 finds a free place. */
static struct inbox_wait *wait_of(struct inbox_client *client, u64 id)
{
    for (u32 i = 0; i < INBOX_CLIENT_ASKS_MAX; i += 1) {
        if (client->waits[i].id == id) {
            return &client->waits[i];
        }
    }
    return NULL;
}

bool inbox_client_send(struct inbox_client *client, struct inbox_line_ask *ask, u64 owner,
                       u64 now_ms)
{
    struct inbox_wait *wait = wait_of(client, 0);
    if (wait == NULL) {
        return false;
    }
    client->id_next += 1;
    ask->id = client->id_next;
    u32 size = inbox_line_ask_write(ask, client->ask);
    CHECK(size > 0);
    if (send(client->line, client->ask, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size) {
        return false;
    }
    *wait = (struct inbox_wait){.id = ask->id,
                                .owner = owner,
                                .deadline_ms = now_ms + INBOX_CLIENT_WAIT_MS,
                                .kind = ask->kind};
    client->waits_count += 1;
    return true;
}

static void wait_end(struct inbox_client *client, struct inbox_wait *wait,
                     struct inbox_wait *wait_out)
{
    CHECK(client->waits_count > 0);
    *wait_out = *wait;
    *wait = (struct inbox_wait){.id = 0};
    client->waits_count -= 1;
}

bool inbox_client_take(struct inbox_client *client, u64 now_ms, struct inbox_wait *wait_out,
                       struct inbox_line_answer *answer_out, bool *late_out)
{
    *late_out = false;
    for (u32 count = 0; count < INBOX_CLIENT_ANSWERS_MAX; count += 1) {
        ssize_t size = read(client->line, client->answer, sizeof(client->answer));
        if (size <= 0) {
            break;
        }
        struct inbox_wait *wait = NULL;
        if (inbox_line_answer_read(span_of(client->answer, (size_t)size), answer_out) &&
            answer_out->id != 0) {
            wait = wait_of(client, answer_out->id);
        }
        if (wait != NULL && wait->kind == answer_out->kind) {
            wait_end(client, wait, wait_out);
            return true;
        }
    }
    for (u32 i = 0; i < INBOX_CLIENT_ASKS_MAX && client->waits_count > 0; i += 1) {
        struct inbox_wait *wait = &client->waits[i];
        if (wait->id != 0 && wait->deadline_ms <= now_ms) {
            *late_out = true;
            *answer_out = (struct inbox_line_answer){.id = wait->id};
            wait_end(client, wait, wait_out);
            return true;
        }
    }
    return false;
}
