#include "role/gateway/keep_client.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

enum fault keep_client_open(struct keep_client *client, int line, struct clock *clock)
{
    memset(client, 0, sizeof(*client));
    return line_client_open(&client->line, line, "keep", client->waits, KEEP_CLIENT_ASKS_MAX,
                            clock);
}

bool keep_client_send(struct keep_client *client, struct keep_line_ask *ask, u64 owner, u64 now_ms)
{
    const struct line_wait wait = {.owner = owner, .subject = ask->subject, .kind = ask->kind};
    ask->id = line_client_id(&client->line);
    if (ask->id == 0) {
        return false;
    }
    u32 size = keep_line_ask_write(ask, client->ask);
    CHECK(size > 0);
    return line_client_send(&client->line, span_of(client->ask, size), &wait, now_ms);
}

bool keep_client_take(struct keep_client *client, u64 now_ms, struct line_wait *wait_out,
                      struct keep_line_answer *answer_out, bool *late_out)
{
    *late_out = false;
    for (u32 count = 0; count < KEEP_CLIENT_ANSWERS_MAX; count += 1) {
        size_t size = 0;
        if (!line_client_read(&client->line, client->answer, sizeof(client->answer), &size)) {
            break;
        }
        if (keep_line_answer_read(span_of(client->answer, size), answer_out) &&
            line_client_end(&client->line, answer_out->id, answer_out->kind, wait_out)) {
            return true;
        }
    }
    *late_out = line_client_late(&client->line, now_ms, wait_out);
    if (*late_out) {
        *answer_out = (struct keep_line_answer){.id = wait_out->id};
    }
    return *late_out;
}
