/* The gateway's line: one frame a message, so none is ever cut. */
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/door/door_agent_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum fault door_line_open(struct door_agent *agent)
{
    int line = agent->options.line;
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "the gateway's line");
    }
    return net_watch(agent->net, line, NULL, NULL);
}

enum fault door_line_turn(struct door_agent *agent)
{
    if (agent->options.line < 0) {
        return FAULT_NONE;
    }
    for (u32 count = 0; count < DOOR_LINE_FRAMES_MAX; count += 1) {
        /* One byte more than a frame has: what is longer shows. */
        ssize_t size = read(agent->options.line, agent->line_frame, DOOR_FRAME_BYTES_MAX + 1);
        if (size <= 0) {
            return FAULT_NONE;
        }
        agent->is_busy = true;
        agent->counts.line_asked += 1;
        /* What is no frame is answered; the messages behind it stand for themselves. */
        (void)!door_agent_frame(agent, span_of(agent->line_frame, (size_t)size), DOOR_ORIGIN_LINE);
        TRY(agent->turn_fault);
    }
    return FAULT_NONE;
}

void door_line_send(struct door_agent *agent)
{
    const struct door_answer *answer = agent->answer;
    ssize_t sent =
        send(agent->options.line, answer->bytes, answer->size, MSG_NOSIGNAL | MSG_DONTWAIT);
    agent->counts.line_unheard += sent == (ssize_t)answer->size ? 0 : 1;
}
