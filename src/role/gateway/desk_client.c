#include "role/gateway/desk_client.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

enum fault desk_client_open(struct desk_client *client, int line, struct clock *clock)
{
    memset(client, 0, sizeof(*client));
    return line_client_open(&client->line, line, "the desk", client->waits, DESK_CLIENT_ASKS_MAX,
                            clock);
}

bool desk_client_send(struct desk_client *client, u64 person, u64 owner, u64 now_ms)
{
    u8 ask[DESK_LINE_ASK_BYTES];
    const struct line_wait wait = {.owner = owner, .subject = person};
    u64 id = line_client_id(&client->line);
    CHECK(person != 0);
    if (id == 0) {
        return false;
    }
    desk_line_ask_write(id, person, ask);
    return line_client_send(&client->line, span_of(ask, sizeof(ask)), &wait, now_ms);
}

bool desk_client_take(struct desk_client *client, u64 now_ms, u64 *owner_out, bool *late_out)
{
    struct line_wait wait = {.owner = 0};
    bool is_told = false;
    *late_out = false;
    for (u32 count = 0; count < DESK_CLIENT_ANSWERS_MAX && !is_told; count += 1) {
        size_t size = 0;
        if (!line_client_read(&client->line, client->message, sizeof(client->message), &size)) {
            break;
        }
        is_told = desk_line_read(span_of(client->message, size), &client->answer) &&
                  line_client_end(&client->line, client->answer.id, 0, &wait);
    }
    *late_out = !is_told && line_client_late(&client->line, now_ms, &wait);
    *owner_out = wait.owner;
    return is_told || *late_out;
}
