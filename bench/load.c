/* A load generator for a venue on this machine. Each run prints one line of JSON.
 *
 *     load get      --port N --path /api/v3/ticker/price?symbol=BTCUSDT
 *     load order    --port N --key K --secret S [--order PARAMETERS]
 *     load ws-order --port N --key K --secret S [--path /ws-api/v3] [--order PARAMETERS]
 *         closed loop: each of --connections (64) sends its next request when the answer is there,
 *         for --seconds (5) after --warm-ms (500). Orders are signed by HMAC. Rate, latency, and
 *         answers a second of processor time of each --pid
 *     load stream   --port N --path '/ws/btcusdt@trade?timeUnit=MICROSECOND' --connections 1000
 *                   [--rate 200 --key K --secret S --order BUY --key2 K --secret2 S --sell SELL]
 *         subscribers that read; latency is from the event's own time E (microseconds) to here.
 *         With keys, --rate pairs of orders a second go over --traders (1) more REST connections,
 *         each waiting for its answers, and trade
 *     load idle     --port N --path /ws/btcusdt@trade --connections 10000 --pid PID
 *         opens WebSockets that stay silent: resident memory of each --pid before and after
 *     load latency  --port N --key K --secret S --file PATH [--count 1000]
 *         one connection: a signed order, then one write of 4 KiB with O_DSYNC, then one blocking
 *         round trip over loopback, in turn; the medians and their ratio
 *
 * --pid may be given several times: gateway and engine. The machine's two processors are shared
 * with this program, so rates per second of processor time are the figures to quote. */
#include "bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ORDER_DEFAULT \
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=0.001&price=29000"

enum { UPGRADES_AT_ONCE = 200, UPGRADE_MS = 10000 };

void load_die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)fputs("load: ", stderr);
    (void)vfprintf(stderr, format, list);
    (void)fputc('\n', stderr);
    va_end(list);
    exit(1);
}

static u64 clock_ns(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0) {
        load_die("clock: %s", strerror(errno));
    }
    return (u64)now.tv_sec * 1000000000ULL + (u64)now.tv_nsec;
}

u64 load_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

u64 load_wall_us(void)
{
    return clock_ns(CLOCK_REALTIME) / 1000;
}

/* ---- sockets ---- */

int load_connect(u16 port)
{
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (made < 0 || connect(made, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        load_die("connect to port %u: %s", (unsigned)port, strerror(errno));
    }
    int one = 1;
    if (setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
        fcntl(made, F_SETFL, O_NONBLOCK) != 0) {
        load_die("socket: %s", strerror(errno));
    }
    return made;
}

void load_send(int socket, const void *data, size_t size)
{
    ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent != (ssize_t)size) {
        load_die("sent %zd of %zu bytes: %s", sent, size, strerror(errno));
    }
}

static void wait_readable(int socket)
{
    struct pollfd wanted = {.fd = socket, .events = POLLIN};
    if (poll(&wanted, 1, UPGRADE_MS) != 1) {
        load_die("no answer to an upgrade");
    }
}

static void upgrade_wait(int socket, const char *path)
{
    /* Byte by byte up to the empty line: what follows is the stream's. */
    char head[4096];
    size_t got = 0;
    while (got < 4 || memcmp(head + got - 4, "\r\n\r\n", 4) != 0) {
        ssize_t piece = recv(socket, head + got, 1, 0);
        if (piece == 1 && got + 1 < sizeof(head)) {
            got++;
        } else if (piece < 0 && errno == EAGAIN) {
            wait_readable(socket);
        } else {
            load_die("no answer to the upgrade of %s: %.*s", path, (int)got, head);
        }
    }
    if (memcmp(head, "HTTP/1.1 101", 12) != 0) {
        load_die("the upgrade of %s was refused: %.*s", path, (int)got, head);
    }
}

static void upgrade_all(u16 port, const char *path, int *sockets, u32 count)
{
    char request[1024];
    int size = snprintf(request, sizeof(request),
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\n"
                        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
                        path, (unsigned)port);
    if (size < 0 || (size_t)size >= sizeof(request)) {
        load_die("the path is too long");
    }
    for (u32 first = 0; first < count; first += UPGRADES_AT_ONCE) {
        u32 last = (u32)u64_min(count, (u64)first + UPGRADES_AT_ONCE);
        for (u32 i = first; i < last; i++) {
            sockets[i] = load_connect(port);
            load_send(sockets[i], request, (size_t)size);
        }
        for (u32 i = first; i < last; i++) {
            upgrade_wait(sockets[i], path);
        }
    }
}

int *load_sockets_open(const struct load_options *options, const char *websocket_path)
{
    int *sockets = calloc(options->connections, sizeof(*sockets));
    if (sockets == NULL) {
        load_die("no memory");
    }
    if (websocket_path != NULL) {
        upgrade_all(options->port, options->path != NULL ? options->path : websocket_path, sockets,
                    options->connections);
        return sockets;
    }
    for (u32 i = 0; i < options->connections; i++) {
        sockets[i] = load_connect(options->port);
    }
    return sockets;
}

/* ---- processes ---- */

static void proc_read(u32 pid, const char *name, char *target, size_t target_bytes)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        load_die("%s: %s", path, strerror(errno));
    }
    size_t size = fread(target, 1, target_bytes - 1, file);
    target[size] = '\0';
    (void)fclose(file);
}

u64 load_cpu_ns(u32 pid)
{
    char text[1024];
    proc_read(pid, "stat", text, sizeof(text));
    unsigned long user = 0;
    unsigned long system = 0;
    const char *behind = strrchr(text, ')');
    /* proc(5): utime and stime are the fields 14 and 15 */
    if (behind == NULL || sscanf(behind + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                                 &user, &system) != 2) {
        load_die("/proc/%u/stat cannot be read", pid);
    }
    return ((u64)user + system) * (1000000000ULL / (u64)sysconf(_SC_CLK_TCK));
}

u64 load_resident_bytes(u32 pid)
{
    char text[4096];
    proc_read(pid, "status", text, sizeof(text));
    const char *line = strstr(text, "VmRSS:");
    return line == NULL ? 0 : strtoull(line + 6, NULL, 10) * 1024;
}

/* ---- figures ---- */

void load_start(const struct load_options *options, struct load_figures *figures)
{
    memset(figures, 0, sizeof(*figures));
    histogram_init(&figures->latency);
    for (u32 i = 0; i < options->pids_count; i++) {
        figures->cpu_ns[i] = load_cpu_ns(options->pids[i]);
    }
    figures->ns = load_now_ns();
}

void load_stop(const struct load_options *options, struct load_figures *figures)
{
    figures->ns = load_now_ns() - figures->ns;
    for (u32 i = 0; i < options->pids_count; i++) {
        figures->cpu_ns[i] = load_cpu_ns(options->pids[i]) - figures->cpu_ns[i];
    }
}

static double us_of(const struct histogram *latency, u32 millionths)
{
    return (double)histogram_quantile(latency, millionths) / 1000;
}

void load_print(const struct load_options *options, const struct load_figures *figures,
                const char *extra)
{
    const struct histogram *latency = &figures->latency;
    double seconds = (double)figures->ns / 1e9;
    (void)printf("{\"mode\":\"%s\",\"connections\":%u,\"seconds\":%.3f,\"count\":%llu,"
                 "\"failed\":%llu,\"per_second\":%.0f",
                 options->mode, options->connections, seconds, (unsigned long long)figures->count,
                 (unsigned long long)figures->failed_count, (double)figures->count / seconds);
    if (latency->count > 0) {
        (void)printf(",\"us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
                     us_of(latency, 500000), us_of(latency, 900000), us_of(latency, 990000),
                     us_of(latency, 999000), (double)latency->maximum / 1000);
    }
    (void)printf(",\"processes\":[");
    for (u32 i = 0; i < options->pids_count; i++) {
        double cpu = (double)figures->cpu_ns[i] / 1e9;
        (void)printf("%s{\"pid\":%u,\"cpu_seconds\":%.2f,\"per_cpu_second\":%.0f}",
                     i == 0 ? "" : ",", options->pids[i], cpu,
                     cpu > 0 ? (double)figures->count / cpu : 0.0);
    }
    (void)printf("]%s%s}\n", extra == NULL ? "" : ",", extra == NULL ? "" : extra);
}

/* ---- options ---- */

static u64 number(const char *word, u64 most)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 10);
    if (errno != 0 || end == word || *end != '\0' || value > most) {
        load_die("%s is not a number up to %llu", word, (unsigned long long)most);
    }
    return value;
}

static void option_take(struct load_options *options, const char *name, const char *word)
{
    if (strcmp(name, "--port") == 0) {
        options->port = (u16)number(word, UINT16_MAX);
    } else if (strcmp(name, "--path") == 0) {
        options->path = word;
    } else if (strcmp(name, "--order") == 0) {
        options->order = word;
    } else if (strcmp(name, "--sell") == 0) {
        options->sell = word;
    } else if (strcmp(name, "--file") == 0) {
        options->file = word;
    } else if (strcmp(name, "--key") == 0) {
        options->keys[0].key = word;
    } else if (strcmp(name, "--secret") == 0) {
        options->keys[0].secret = word;
    } else if (strcmp(name, "--key2") == 0) {
        options->keys[1].key = word;
    } else if (strcmp(name, "--secret2") == 0) {
        options->keys[1].secret = word;
    } else if (strcmp(name, "--connections") == 0) {
        options->connections = (u32)number(word, LOAD_CONNS_MAX);
    } else if (strcmp(name, "--rate") == 0) {
        options->rate = (u32)number(word, 1000000);
    } else if (strcmp(name, "--traders") == 0) {
        options->traders = (u32)number(word, 1000);
    } else if (strcmp(name, "--count") == 0) {
        options->count = number(word, 1000000000);
    } else if (strcmp(name, "--seconds") == 0) {
        options->seconds = number(word, 86400);
    } else if (strcmp(name, "--warm-ms") == 0) {
        options->warm_ms = number(word, 60000);
    } else if (strcmp(name, "--pid") == 0 && options->pids_count < LOAD_PIDS_MAX) {
        options->pids[options->pids_count++] = (u32)number(word, INT_MAX);
    } else {
        load_die("%s %s?", name, word);
    }
}

static void descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            load_die("descriptors: %s", strerror(errno));
        }
    }
}

int main(int count, char **words)
{
    struct load_options options = {.mode = count > 1 ? words[1] : "",
                                   .order = ORDER_DEFAULT,
                                   .connections = 64,
                                   .traders = 1,
                                   .count = 1000,
                                   .seconds = 5,
                                   .warm_ms = 500};
    for (int i = 2; i < count; i += 2) {
        if (i + 1 == count) {
            load_die("%s wants a word", words[i]);
        }
        option_take(&options, words[i], words[i + 1]);
    }
    if (options.port == 0 || options.connections == 0) {
        load_die("--port and at least one connection are needed; bench/load.c lists the modes");
    }
    descriptors_raise();
    const char *mode = options.mode;
    if (strcmp(mode, "get") == 0 || strcmp(mode, "order") == 0 || strcmp(mode, "ws-order") == 0) {
        load_requests(&options);
    } else if (strcmp(mode, "stream") == 0) {
        load_stream(&options);
    } else if (strcmp(mode, "idle") == 0) {
        load_idle(&options);
    } else if (strcmp(mode, "latency") == 0) {
        load_latency(&options);
    } else {
        load_die("%s is no mode", mode);
    }
    return 0;
}
