#include "role/office/office_line.h"

#include "base/check.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define MS_NS 1000000ULL
#define S_NS  1000000000ULL

void office_line_end(struct office_line *line)
{
    if (line->socket >= 0) {
        (void)close(line->socket);
    }
    line->socket = -1;
}

static bool give_up(struct office_line *line)
{
    office_line_end(line);
    line->rest_ns = clock_mono_ns(line->clock) + OFFICE_LINE_REST_MS * MS_NS;
    line->away_count += 1;
    return false;
}

/* The next call on the socket ends when the conversation's time does. */
static bool time_set(struct office_line *line, int option)
{
    u64 now_ns = clock_mono_ns(line->clock);
    if (now_ns >= line->until_ns) {
        return false;
    }
    u64 left_ns = line->until_ns - now_ns + MS_NS; /* 0 would be for ever */
    struct timeval left = {.tv_sec = (time_t)(left_ns / S_NS),
                           .tv_usec = (suseconds_t)(left_ns % S_NS / 1000)};
    return setsockopt(line->socket, SOL_SOCKET, option, &left, sizeof(left)) == 0;
}

static bool connected(struct office_line *line)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (line->socket >= 0) {
        return true;
    }
    if (line->path == NULL || strlen(line->path) >= sizeof(address.sun_path)) {
        return false;
    }
    memcpy(address.sun_path, line->path, strlen(line->path));
    line->until_ns = clock_mono_ns(line->clock) + OFFICE_LINE_MS * MS_NS;
    line->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return line->socket >= 0 && time_set(line, SO_SNDTIMEO) &&
           connect(line->socket, (const void *)&address, sizeof(address)) == 0;
}

static bool send_all(struct office_line *line, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = time_set(line, SO_SNDTIMEO)
                           ? send(line->socket, bytes.data, bytes.size, MSG_NOSIGNAL)
                           : -1;
        if (sent <= 0) {
            return false;
        }
        bytes = span_after(bytes, (size_t)sent);
    }
    return true;
}

static bool receive_line(struct office_line *line, size_t *size_out)
{
    size_t used = 0;
    while (used == 0 || line->answer[used - 1] != '\n') {
        ssize_t got =
            used < line->answer_bytes_max && time_set(line, SO_RCVTIMEO)
                ? recv(line->socket, line->answer + used, line->answer_bytes_max - used, 0)
                : -1;
        if (got <= 0) {
            return false;
        }
        used += (size_t)got;
    }
    *size_out = used - 1;
    return true;
}

bool office_line_ask(struct office_line *line, struct span question, struct span *answer_out)
{
    size_t size = 0;
    CHECK(question.size > 0 && question.data[question.size - 1] == '\n');
    *answer_out = span_of(NULL, 0);
    line->asked_count += 1;
    if (line->hear != NULL) {
        if (!line->hear(question, line->answer, line->answer_bytes_max, &size)) {
            return give_up(line);
        }
        *answer_out = span_of(line->answer, size);
        return true;
    }
    if (line->socket < 0 && clock_mono_ns(line->clock) < line->rest_ns) {
        return false; /* the rest is not made longer by who asks meanwhile */
    }
    if (!connected(line) || !send_all(line, question) || !receive_line(line, &size)) {
        return give_up(line);
    }
    *answer_out = span_of(line->answer, size);
    return true;
}
