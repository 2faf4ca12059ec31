#include "role/gateway/inbox_client.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

enum fault inbox_client_open(struct inbox_client *client, int line, struct clock *clock)
{
    memset(client, 0, sizeof(*client));
    return line_client_open(&client->line, line, "the queue", client->waits, INBOX_CLIENT_ASKS_MAX,
                            clock);
}

bool inbox_client_send(struct inbox_client *client, struct inbox_line_ask *ask, u64 owner,
                       u64 now_ms)
{
    const struct line_wait wait = {.owner = owner, .subject = ask->account, .kind = ask->kind};
    ask->id = line_client_id(&client->line);
    if (ask->id == 0) {
        return false;
    }
    u32 size = inbox_line_ask_write(ask, client->ask);
    CHECK(size > 0);
    return line_client_send(&client->line, span_of(client->ask, size), &wait, now_ms);
}

bool inbox_client_take(struct inbox_client *client, u64 now_ms, struct line_wait *wait_out,
                       struct inbox_line_answer *answer_out, bool *late_out)
{
    *late_out = false;
    for (u32 count = 0; count < INBOX_CLIENT_ANSWERS_MAX; count += 1) {
        size_t size = 0;
        if (!line_client_read(&client->line, client->answer, sizeof(client->answer), &size)) {
            break;
        }
        if (inbox_line_answer_read(span_of(client->answer, size), answer_out) &&
            line_client_end(&client->line, answer_out->id, answer_out->kind, wait_out)) {
            return true;
        }
    }
    *late_out = line_client_late(&client->line, now_ms, wait_out);
    if (*late_out) {
        *answer_out = (struct inbox_line_answer){.id = wait_out->id};
    }
    return *late_out;
}
