#include "role/gateway/door_client.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <string.h>

enum fault door_client_open(struct door_client *client, int line, struct clock *clock)
{
    memset(client, 0, sizeof(*client));
    return line_client_open(&client->line, line, "the door", client->waits, DOOR_CLIENT_ASKS_MAX,
                            clock);
}

bool door_client_send(struct door_client *client, struct door_ask *ask, u64 owner, u64 now_ms)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    const struct line_wait wait = {.owner = owner, .kind = ask->kind};
    ask->id = line_client_id(&client->line);
    if (ask->id == 0) {
        return false;
    }
    u32 size = door_ask_write(ask, frame, sizeof(frame));
    CHECK(size > 0);
    bool is_sent = line_client_send(&client->line, span_of(frame, size), &wait, now_ms);
    secret_wipe(frame, sizeof(frame));
    return is_sent;
}

/* Whether the answer that was read is for somebody. */
static bool is_for(struct door_client *client, const struct door_answer_head *head, u64 *owner_out)
{
    struct line_wait wait = {.owner = 0};
    bool is_told = head->id == 0 && head->kind == DOOR_ASK_SESSION_END;
    bool is_for = is_told || line_client_end(&client->line, head->id, head->kind, &wait);
    *owner_out = wait.owner;
    return is_for;
}

bool door_client_take(struct door_client *client, u64 now_ms, u64 *owner_out,
                      struct door_answer_head *head_out)
{
    struct line_wait wait;
    secret_wipe(client->answer, client->answer_bytes);
    client->answer_bytes = 0;
    for (u32 count = 0; count < DOOR_CLIENT_ANSWERS_MAX; count += 1) {
        size_t size = 0;
        if (!line_client_read(&client->line, client->answer, sizeof(client->answer), &size)) {
            break;
        }
        client->answer_bytes = size > client->answer_bytes ? size : client->answer_bytes;
        if (door_answer_read(span_of(client->answer, size), head_out) &&
            is_for(client, head_out, owner_out)) {
            return true;
        }
    }
    if (!line_client_late(&client->line, now_ms, &wait)) {
        return false;
    }
    *head_out = (struct door_answer_head){.id = wait.id};
    *owner_out = wait.owner;
    return true;
}
