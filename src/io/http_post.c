#include "io/http_post.h"

#include "base/check.h"
#include "base/span.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MS_NS       1000000ULL
#define PORT        80U
#define PORT_DIGITS 5U
#define SCHEME      "http://"

/* ---- addresses ---- */

static bool port_read(const char *text, size_t size, u16 *port_out)
{
    u32 port = 0;
    if (size == 0 || size > PORT_DIGITS) {
        return false;
    }
    for (size_t at = 0; at < size; at += 1) {
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        port = port * 10 + (u32)(text[at] - '0');
    }
    *port_out = (u16)port;
    return port > 0 && port <= UINT16_MAX;
}

static bool address_read(const char *host, u16 port, struct http_post_target *target)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&target->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&target->address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        target->address_bytes = sizeof(*four);
        return true;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        target->address_bytes = sizeof(*six);
        return true;
    }
    return false;
}

static bool path_is_plain(const char *path)
{
    for (; *path != 0; path += 1) {
        if (*path <= ' ' || *path > '~') {
            return false;
        }
    }
    return true;
}

bool http_post_target_read(const char *url, struct http_post_target *target_out)
{
    char host[INET6_ADDRSTRLEN + 1];
    u16 port = PORT;
    memset(target_out, 0, sizeof(*target_out));
    if (strncmp(url, SCHEME, strlen(SCHEME)) != 0) {
        return false;
    }
    const char *begin = url + strlen(SCHEME);
    size_t whole = strcspn(begin, "/");
    const char *path = begin + whole;
    bool is_six = begin[0] == '[';
    size_t size = is_six ? strcspn(begin, "]") : strcspn(begin, ":/");
    size_t after = size + (is_six ? 1 : 0);
    if (after > whole || size - (is_six ? 1 : 0) >= sizeof(host) ||
        whole >= sizeof(target_out->host) || strlen(path) >= sizeof(target_out->path) ||
        !path_is_plain(path)) {
        return false;
    }
    if (after < whole &&
        (begin[after] != ':' || !port_read(begin + after + 1, whole - after - 1, &port))) {
        return false;
    }
    (void)snprintf(host, sizeof(host), "%.*s", (int)(size - (is_six ? 1 : 0)),
                   begin + (is_six ? 1 : 0));
    (void)snprintf(target_out->host, sizeof(target_out->host), "%.*s", (int)whole, begin);
    (void)snprintf(target_out->path, sizeof(target_out->path), "%s", path[0] == 0 ? "/" : path);
    return address_read(host, port, target_out) &&
           (target_out->address.ss_family == AF_INET6) == is_six;
}

/* ---- a request ---- */

void http_post_init(struct http_post *post, struct clock *clock, u8 *output,
                    size_t output_bytes_max, u8 *input, size_t input_bytes_max)
{
    *post = (struct http_post){.clock = clock,
                               .socket = -1,
                               .output = output,
                               .output_bytes_max = output_bytes_max,
                               .input = input,
                               .input_bytes_max = input_bytes_max};
}

void http_post_close(struct http_post *post)
{
    if (post->socket >= 0) {
        (void)close(post->socket);
    }
    post->socket = -1;
    post->state = HTTP_POST_IDLE;
}

static bool output_make(struct http_post *post, const struct http_post_target *target,
                        const char *type, struct span body)
{
    int head = snprintf((char *)post->output, HTTP_POST_HEAD_BYTES,
                        "POST %s HTTP/1.0\r\nHost: %s\r\nContent-Type: %s\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                        target->path, target->host, type, body.size);
    if (head <= 0 || (size_t)head >= HTTP_POST_HEAD_BYTES ||
        body.size > post->output_bytes_max - (size_t)head) {
        return false;
    }
    memcpy(post->output + head, body.data, body.size);
    post->output_bytes = (size_t)head + body.size;
    return true;
}

bool http_post_begin(struct http_post *post, const struct http_post_target *target,
                     const char *type, struct span body, u64 timeout_ms)
{
    CHECK(post->state == HTTP_POST_IDLE && post->socket < 0);
    CHECK(post->output_bytes_max >= HTTP_POST_HEAD_BYTES);
    if (!output_make(post, target, type, body)) {
        return false;
    }
    post->socket = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (post->socket < 0) {
        return false;
    }
    if (connect(post->socket, (const struct sockaddr *)(const void *)&target->address,
                target->address_bytes) != 0 &&
        errno != EINPROGRESS) {
        http_post_close(post);
        return false;
    }
    post->state = HTTP_POST_BUSY;
    post->sent = 0;
    post->input_bytes = 0;
    post->deadline_ns = clock_mono_ns(post->clock) + timeout_ms * MS_NS;
    return true;
}

/* ---- the answer ---- */

/* The end of the head, behind its empty line; 0: not there yet. */
static size_t head_end(struct span bytes)
{
    const u8 *found = memmem(bytes.data, bytes.size, "\r\n\r\n", 4);
    return found == NULL ? 0 : (size_t)(found - bytes.data) + 4;
}

static u32 status_read(struct span bytes)
{
    const u8 *line = bytes.data;
    u32 status = 0;
    if (bytes.size < 13 || memcmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ') {
        return 0;
    }
    for (u32 at = 9; at < 12; at += 1) {
        if (line[at] < '0' || line[at] > '9') {
            return 0;
        }
        status = status * 10 + (u32)(line[at] - '0');
    }
    return status >= 100 ? status : 0;
}

/* What stands behind the first header of this name, to the end of the head; NULL data: none. */
static struct span header_find(struct span head, const char *name)
{
    size_t size = strlen(name);
    for (size_t at = 0; at + size <= head.size; at += 1) {
        if (strncasecmp((const char *)head.data + at, name, size) == 0) {
            return span_after(head, at + size);
        }
    }
    return span_of(NULL, 0);
}

/* UINT64_MAX: it is no number. */
static u64 length_read(struct span value)
{
    u64 length = 0;
    size_t at = 0;
    while (at < value.size && value.data[at] == ' ') {
        at += 1;
    }
    size_t first = at;
    for (; at < value.size && value.data[at] >= '0' && value.data[at] <= '9' && at - first < 9;
         at += 1) {
        length = length * 10 + (u64)(value.data[at] - '0');
    }
    bool is_number = at > first && at < value.size && value.data[at] == '\r';
    return is_number ? length : UINT64_MAX;
}

u32 http_post_answer(struct span bytes, bool has_ended, struct span *body_out)
{
    size_t end = head_end(bytes);
    *body_out = span_of(bytes.data, 0);
    if (end == 0 || end > HTTP_POST_HEAD_BYTES || status_read(bytes) == 0) {
        return 0;
    }
    struct span head = span_of(bytes.data, end - 2);
    struct span body = span_of(bytes.data + end, bytes.size - end);
    if (header_find(head, "\r\ntransfer-encoding:").data != NULL) {
        return 0;
    }
    struct span length = header_find(head, "\r\ncontent-length:");
    if (length.data == NULL) {
        *body_out = has_ended ? body : *body_out;
        return has_ended ? status_read(bytes) : 0;
    }
    u64 bytes_wanted = length_read(length);
    if (bytes_wanted > body.size) {
        return 0;
    }
    *body_out = span_of(body.data, (size_t)bytes_wanted);
    return status_read(bytes);
}

/* Reads what there is. False: it is over. */
static bool input_take(struct http_post *post, bool *ended_out)
{
    while (post->input_bytes < post->input_bytes_max) {
        ssize_t size = recv(post->socket, post->input + post->input_bytes,
                            post->input_bytes_max - post->input_bytes, 0);
        if (size < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        if (size == 0) {
            *ended_out = true;
            return true;
        }
        post->input_bytes += (size_t)size;
    }
    return false; /* too long */
}

static bool output_put(struct http_post *post)
{
    while (post->sent < post->output_bytes) {
        ssize_t size = send(post->socket, post->output + post->sent,
                            post->output_bytes - post->sent, MSG_NOSIGNAL);
        if (size < 0) { /* ENOTCONN: not connected yet */
            return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
        }
        post->sent += (size_t)size;
    }
    return true;
}

bool http_post_turn(struct http_post *post, u32 *status_out, struct span *answer_out)
{
    bool has_ended = false;
    CHECK(post->state == HTTP_POST_BUSY);
    *status_out = 0;
    *answer_out = span_of(post->input, 0);
    bool goes_on = output_put(post);
    if (goes_on && post->sent > 0) {
        goes_on = input_take(post, &has_ended);
    }
    *status_out = http_post_answer(span_of(post->input, post->input_bytes), has_ended, answer_out);
    if (*status_out != 0) {
        http_post_close(post);
        return true;
    }
    if (!goes_on || has_ended || clock_mono_ns(post->clock) >= post->deadline_ns) {
        http_post_close(post);
        return true;
    }
    return false;
}

int http_post_poll(const struct http_post *post, short *events_out)
{
    *events_out = post->sent < post->output_bytes ? POLLOUT | POLLIN : POLLIN;
    return post->socket;
}
