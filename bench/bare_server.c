/* The yardstick of a GET: a server that does nothing but what every server must. libuv's own
 * streams, the parser of wire/http.h, and one fixed answer.
 *
 *     bare_server [--port N] [--answer FILE] [--body TEXT]
 *
 *     --port N       0, the default: any free one; "port N" is printed when it listens
 *     --answer FILE  the bytes of an answer, head and all: those of the server to compare with
 *     --body TEXT    without a file: the body of an answer of our own
 *
 * Listens on 127.0.0.1 until SIGTERM or SIGINT. */
#include "base/span.h"
#include "wire/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { INPUT_BYTES = 32768, ANSWER_BYTES_MAX = 1 << 20, BACKLOG = 4096 };

struct client {
    uv_tcp_t tcp;
    struct http_reader reader;
    u32 kept; /* bytes of input not taken yet */
    u8 input[INPUT_BYTES];
};

struct pending_write {
    uv_write_t request;
    uv_buf_t rest;
};

static u8 answer[ANSWER_BYTES_MAX];
static size_t answer_bytes;
static uv_signal_t signals[2];
static uv_tcp_t listener;

static void must(int result, const char *what)
{
    if (result < 0) {
        (void)fprintf(stderr, "bare_server: %s: %s\n", what, uv_strerror(result));
        exit(1);
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void client_close(struct client *client)
{
    if (uv_is_closing((uv_handle_t *)&client->tcp) == 0) {
        uv_close((uv_handle_t *)&client->tcp, on_closed);
    }
}

static void on_written(uv_write_t *request, int status)
{
    (void)status; /* the reading side sees a broken connection too */
    free(request);
}

/* Written at once as far as the socket takes it, which is all of it for a small answer. */
static void client_answer(struct client *client)
{
    uv_buf_t whole = uv_buf_init((char *)answer, (unsigned)answer_bytes);
    int done = uv_try_write((uv_stream_t *)&client->tcp, &whole, 1);
    size_t written = done > 0 ? (size_t)done : 0;
    if (written == answer_bytes) {
        return;
    }
    struct pending_write *pending = malloc(sizeof(*pending));
    if (pending == NULL) {
        client_close(client);
        return;
    }
    pending->rest = uv_buf_init((char *)answer + written, (unsigned)(answer_bytes - written));
    if (uv_write(&pending->request, (uv_stream_t *)&client->tcp, &pending->rest, 1, on_written) !=
        0) {
        free(pending);
        client_close(client);
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    (void)suggested;
    struct client *client = handle->data;
    *room = uv_buf_init((char *)client->input + client->kept,
                        (unsigned)(sizeof(client->input) - client->kept));
}

static void on_input(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    (void)room;
    struct client *client = stream->data;
    if (size < 0) {
        client_close(client);
        return;
    }
    client->kept += (u32)size;
    u32 taken = 0;
    for (u32 requests = 0; requests < INPUT_BYTES; requests++) {
        struct http_request request;
        struct span bytes = span_of(client->input + taken, client->kept - taken);
        enum http_progress progress =
            http_read(&client->reader, &HTTP_LIMITS_DEFAULT, bytes, &request);
        if (progress == HTTP_READ_REFUSED) {
            client_close(client);
            return;
        }
        if (progress != HTTP_READ_WHOLE) {
            break;
        }
        client_answer(client);
        taken += http_next(&client->reader);
    }
    client->kept -= taken;
    if (taken > 0 && client->kept > 0) {
        memmove(client->input, client->input + taken, client->kept);
    }
    if (client->kept == sizeof(client->input)) {
        client_close(client);
    }
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct client *client = calloc(1, sizeof(*client));
    if (client == NULL || status != 0) {
        free(client);
        return;
    }
    must(uv_tcp_init(stream->loop, &client->tcp), "tcp");
    client->tcp.data = client;
    if (uv_accept(stream, (uv_stream_t *)&client->tcp) != 0 ||
        uv_tcp_nodelay(&client->tcp, 1) != 0 ||
        uv_read_start((uv_stream_t *)&client->tcp, on_room, on_input) != 0) {
        client_close(client);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    uv_stop(handle->loop);
}

static void answer_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    answer_bytes = fread(answer, 1, sizeof(answer), file);
    (void)fclose(file);
}

static void answer_make(const char *body)
{
    struct http_answer head;
    http_answer_begin(&head, answer, sizeof(answer), 200, true);
    http_answer_put_text(&head, "Content-Type", "application/json;charset=UTF-8");
    size_t head_bytes = http_answer_end(&head, strlen(body));
    if (head_bytes == 0 || strlen(body) > sizeof(answer) - head_bytes) {
        (void)fprintf(stderr, "bare_server: the answer is too long\n");
        exit(1);
    }
    memcpy(answer + head_bytes, body, strlen(body));
    answer_bytes = head_bytes + strlen(body);
}

int main(int count, char **words)
{
    long port = 0;
    answer_make("{\"symbol\":\"BTCUSDT\",\"price\":\"30000.00000000\"}");
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(words[i], "--port") == 0) {
            port = strtol(words[i + 1], NULL, 10);
        } else if (strcmp(words[i], "--answer") == 0) {
            answer_read(words[i + 1]);
        } else if (strcmp(words[i], "--body") == 0) {
            answer_make(words[i + 1]);
        } else {
            (void)fprintf(stderr, "bare_server: %s?\n", words[i]);
            return 2;
        }
    }
    uv_loop_t *loop = uv_default_loop();
    struct sockaddr_in address;
    int address_bytes = sizeof(address);
    must(uv_ip4_addr("127.0.0.1", (int)port, &address), "port");
    must(uv_tcp_init(loop, &listener), "tcp");
    must(uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0), "bind");
    must(uv_listen((uv_stream_t *)&listener, BACKLOG, on_connection), "listen");
    must(uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &address_bytes), "name");
    const int numbers[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        must(uv_signal_init(loop, &signals[i]), "signals");
        must(uv_signal_start(&signals[i], on_signal, numbers[i]), "signals");
    }
    (void)printf("port %u\n", (unsigned)(((const u8 *)&address.sin_port)[0] << 8 |
                                         ((const u8 *)&address.sin_port)[1]));
    (void)fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}
