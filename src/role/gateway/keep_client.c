#include "role/gateway/keep_client.h"

#include "base/check.h"
#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault keep_client_open(struct keep_client *client, int line, struct clock *clock)
{
    int flags = fcntl(line, F_GETFL);
    memset(client, 0, sizeof(*client));
    client->line = line;
    client->id_next = clock_wall_us(clock); /* above those of an earlier life */
    return flags >= 0 && fcntl(line, F_SETFL, flags | O_NONBLOCK) == 0
               ? FAULT_NONE
               : FAULT_ERRNO(errno, "the line to keep");
}

/* 0 finds a free place. */
static struct keep_wait *wait_of(struct keep_client *client, u64 id)
{
    for (u32 i = 0; i < KEEP_CLIENT_ASKS_MAX; i += 1) {
        if (client->waits[i].id == id) {
            return &client->waits[i];
        }
    }
    return NULL;
}

bool keep_client_send(struct keep_client *client, struct keep_line_ask *ask, u64 owner, u64 now_ms)
{
    struct keep_wait *wait = wait_of(client, 0);
    if (wait == NULL) {
        return false;
    }
    client->id_next += 1;
    ask->id = client->id_next;
    u32 size = keep_line_ask_write(ask, client->ask);
    CHECK(size > 0);
    if (send(client->line, client->ask, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size) {
        return false;
    }
    *wait = (struct keep_wait){.id = ask->id,
                               .owner = owner,
                               .subject = ask->subject,
                               .deadline_ms = now_ms + KEEP_CLIENT_WAIT_MS,
                               .kind = ask->kind};
    client->waits_count += 1;
    return true;
}

static void wait_end(struct keep_client *client, struct keep_wait *wait, struct keep_wait *wait_out)
{
    CHECK(client->waits_count > 0);
    *wait_out = *wait;
    *wait = (struct keep_wait){.id = 0};
    client->waits_count -= 1;
}

bool keep_client_take(struct keep_client *client, u64 now_ms, struct keep_wait *wait_out,
                      struct keep_line_answer *answer_out, bool *late_out)
{
    *late_out = false;
    for (u32 count = 0; count < KEEP_CLIENT_ANSWERS_MAX; count += 1) {
        ssize_t size = read(client->line, client->answer, sizeof(client->answer));
        if (size <= 0) {
            break;
        }
        struct keep_wait *wait = NULL;
        if (keep_line_answer_read(span_of(client->answer, (size_t)size), answer_out) &&
            answer_out->id != 0) {
            wait = wait_of(client, answer_out->id);
        }
        if (wait != NULL && wait->kind == answer_out->kind) {
            wait_end(client, wait, wait_out);
            return true;
        }
    }
    for (u32 i = 0; i < KEEP_CLIENT_ASKS_MAX && client->waits_count > 0; i += 1) {
        struct keep_wait *wait = &client->waits[i];
        if (wait->id != 0 && wait->deadline_ms <= now_ms) {
            *late_out = true;
            *answer_out = (struct keep_line_answer){.id = wait->id};
            wait_end(client, wait, wait_out);
            return true;
        }
    }
    return false;
}
