#include "role/desk/desk_show.h"

#include "base/bytes.h"
#include "base/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AGAIN_NS   1000000000ULL  /* after a log that is away, or has not got there yet */
#define ANSWER_NS  30000000000ULL /* so long may an answer take */
#define LINE_BYTES 32U

struct receipt {
    u64 number; /* 0: free */
    u32 bytes;
    u8 text[DESK_SHOW_BYTES];
};

struct desk_show {
    const char *path;
    struct clock *clock;
    int socket;   /* -1: none */
    u64 again_ns; /* nothing is asked before */
    u64 until_ns; /* an answer is waited for */
    u64 asked;    /* the number; 0: nothing is */
    u32 wanted_count;
    u64 wanted[DESK_SHOW_WANTED]; /* the first is asked for first */
    u32 kept_next;
    struct receipt kept[DESK_SHOW_KEPT];
    size_t answer_bytes;
    char answer[DESK_SHOW_ANSWERS];
};

/* ---- what is there, and what is wanted ---- */

static void want(struct desk_show *show, u64 number)
{
    for (u32 i = 0; i < show->wanted_count; i += 1) {
        if (show->wanted[i] == number) {
            return;
        }
    }
    if (show->wanted_count < DESK_SHOW_WANTED) {
        show->wanted[show->wanted_count] = number;
        show->wanted_count += 1;
    }
}

bool desk_show_find(struct desk_show *show, u64 number, struct span *text_out)
{
    CHECK(number > 0);
    for (u32 i = 0; i < DESK_SHOW_KEPT; i += 1) {
        if (show->kept[i].number == number) {
            *text_out = span_of(show->kept[i].text, show->kept[i].bytes);
            return true;
        }
    }
    if (show->path != NULL) {
        want(show, number);
    }
    return false;
}

/* The one that was asked for is wanted no more, or behind all others. */
static void wanted_end(struct desk_show *show, bool is_again)
{
    u64 number = show->wanted[0];
    show->wanted_count -= 1;
    memmove(show->wanted, show->wanted + 1, show->wanted_count * sizeof(show->wanted[0]));
    if (is_again) {
        want(show, number);
    }
}

/* ---- the connection ---- */

static void hang_up(struct desk_show *show)
{
    if (show->socket >= 0) {
        (void)close(show->socket);
    }
    show->socket = -1;
    show->asked = 0;
    show->again_ns = clock_mono_ns(show->clock) + AGAIN_NS;
}

static bool connected(struct desk_show *show)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (show->socket >= 0) {
        return true;
    }
    memcpy(address.sun_path, show->path, strlen(show->path));
    show->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (show->socket < 0 || connect(show->socket, (const void *)&address, sizeof(address)) != 0) {
        hang_up(show);
        return false;
    }
    return true;
}

static void ask(struct desk_show *show)
{
    char line[LINE_BYTES];
    int size = snprintf(line, sizeof(line), "show %llu\n", (unsigned long long)show->wanted[0]);
    CHECK(size > 0 && (size_t)size < sizeof(line));
    if (send(show->socket, line, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) != size) {
        hang_up(show);
        return;
    }
    show->asked = show->wanted[0];
    show->answer_bytes = 0;
    show->until_ns = clock_mono_ns(show->clock) + ANSWER_NS;
}

/* "shown BYTES" becomes a receipt; false: it is none of ours. */
static bool shown_take(struct desk_show *show)
{
    static const char shown[] = "shown ";
    size_t head = sizeof(shown) - 1;
    size_t size = show->answer_bytes < head ? 0 : (show->answer_bytes - head) / 2;
    struct receipt *receipt = &show->kept[show->kept_next];
    if (size == 0 || size > DESK_SHOW_BYTES || memcmp(show->answer, shown, head) != 0 ||
        show->answer_bytes != head + 2 * size) {
        return false;
    }
    receipt->number = 0;
    if (!bytes_from_hex(span_of(show->answer + head, 2 * size), receipt->text, size)) {
        return false;
    }
    receipt->number = show->asked;
    receipt->bytes = (u32)size;
    show->kept_next = (show->kept_next + 1) % DESK_SHOW_KEPT;
    return true;
}

/* A whole line, without its end. What the log cannot show at all is asked for anew only when
 * somebody wants it again. */
static void answered(struct desk_show *show)
{
    static const char later[] = "later ";
    static const char stopped[] = "stopped ";
    bool is_later = memcmp(show->answer, later, sizeof(later) - 1) == 0 ||
                    memcmp(show->answer, stopped, sizeof(stopped) - 1) == 0;
    bool is_shown = shown_take(show);
    show->asked = 0;
    wanted_end(show, is_later);
    if (!is_shown) {
        show->again_ns = clock_mono_ns(show->clock) + AGAIN_NS;
    }
}

static void answer_take(struct desk_show *show, bool *busy_out)
{
    size_t room = sizeof(show->answer) - show->answer_bytes;
    ssize_t got = recv(show->socket, show->answer + show->answer_bytes, room, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (clock_mono_ns(show->clock) >= show->until_ns) {
            hang_up(show);
        }
        return;
    }
    if (got <= 0) {
        hang_up(show);
        return;
    }
    *busy_out = true;
    show->answer_bytes += (size_t)got;
    if (show->answer[show->answer_bytes - 1] == '\n') {
        show->answer_bytes -= 1;
        show->answer[show->answer_bytes] = 0;
        answered(show);
    } else if (show->answer_bytes == sizeof(show->answer)) { /* longer than is told */
        wanted_end(show, false);
        hang_up(show);
    }
}

void desk_show_turn(struct desk_show *show, bool *busy_out)
{
    if (show->asked != 0) {
        answer_take(show, busy_out);
        return;
    }
    if (show->wanted_count > 0 && clock_mono_ns(show->clock) >= show->again_ns && connected(show)) {
        *busy_out = true;
        ask(show);
    }
}

/* ---- the whole ---- */

enum fault desk_show_open(struct desk_show **show_out, const char *path, struct clock *clock)
{
    *show_out = NULL;
    if (path != NULL && strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
        return FAULT(FAULT_CONFIG, "%s: longer than a local socket's path may be", path);
    }
    struct desk_show *show = calloc(1, sizeof(struct desk_show));
    if (show == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for receipts of the log");
    }
    show->path = path;
    show->clock = clock;
    show->socket = -1;
    *show_out = show;
    return FAULT_NONE;
}

void desk_show_close(struct desk_show *show)
{
    if (show == NULL) {
        return;
    }
    if (show->socket >= 0) {
        (void)close(show->socket);
    }
    free(show);
}
