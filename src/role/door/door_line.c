/* The lines, the gateway's and that of effects: one frame a message, so none is ever cut. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_agent_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int line_of(const struct door_agent *agent, u64 origin)
{
    return origin == DOOR_ORIGIN_LINE ? agent->options.line : agent->options.effects;
}

enum fault door_line_open(struct door_agent *agent, u64 origin)
{
    int line = line_of(agent, origin);
    if (line < 0) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "the line of the door");
    }
    /* What an earlier life has ended, and perhaps not told. */
    agent->tells_all = agent->tells_all || origin == DOOR_ORIGIN_LINE;
    return net_watch(agent->net, line, NULL, NULL);
}

enum fault door_line_turn(struct door_agent *agent, u64 origin)
{
    int line = line_of(agent, origin);
    if (origin == DOOR_ORIGIN_LINE && line >= 0) {
        door_line_tell(agent);
    }
    for (u32 count = 0; line >= 0 && count < DOOR_LINE_FRAMES_MAX; count += 1) {
        /* One byte more than a frame has: what is longer shows. */
        ssize_t size = read(line, agent->line_frame, DOOR_FRAME_BYTES_MAX + 1);
        if (size <= 0) {
            return FAULT_NONE;
        }
        agent->is_busy = true;
        agent->counts.line_asked += 1;
        /* What is no frame is answered; the messages behind it stand for themselves. */
        (void)!door_agent_frame(agent, span_of(agent->line_frame, (size_t)size), origin);
        TRY(agent->turn_fault);
    }
    return FAULT_NONE;
}

static bool tell(struct door_agent *agent, const struct door_ended *ended)
{
    static const struct door_ask unasked = {.kind = DOOR_ASK_SESSION_END};
    u8 frame[DOOR_ANSWER_HEAD + 2 * sizeof(u64)];
    struct frame_writer writer = door_answer_begin(frame, sizeof(frame), &unasked, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, ended->login);
    frame_write_u64(&writer, ended->handle);
    door_answer_end(&writer);
    CHECK(!writer.is_full);
    return send(agent->options.line, frame, writer.size, MSG_NOSIGNAL | MSG_DONTWAIT) ==
           (ssize_t)writer.size;
}

/* One that the line has no room for becomes all of everybody, in a later turn. */
void door_line_tell(struct door_agent *agent)
{
    struct door_ended ended;
    while (door_desk_ended(agent->desk, &ended)) {
        if (agent->options.line >= 0 && !agent->tells_all && !tell(agent, &ended)) {
            agent->tells_all = true;
        }
    }
    if (agent->tells_all) {
        agent->tells_all = !tell(agent, &(struct door_ended){.login = 0});
    }
}

void door_line_send(struct door_agent *agent)
{
    const struct door_answer *answer = agent->answer;
    ssize_t sent = send(line_of(agent, answer->origin), answer->bytes, answer->size,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    agent->counts.line_unheard += sent == (ssize_t)answer->size ? 0 : 1;
}
