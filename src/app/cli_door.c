/* cambist door: asks the process that keeps customers' logins. */
#include "app/cli.h"
#include "app/local_socket.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/file.h"
#include "wire/door_message.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S        10U
#define SESSION_BYTES 32U /* docs/sign-in.md "The line and the socket" */

enum { DOOR_DATA, DOOR_SOCKET };

static const struct option options[] = {
    [DOOR_DATA] = {.name = "data",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .otherwise = "data",
                   .help = "The venue's data folder."},
    [DOOR_SOCKET] = {.name = "socket",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "The socket that door.socket names. Without it door.sock in the data "
                             "folder."},
};

struct door_cli {
    const struct option_call *call;
    int socket;
    struct door_ask ask;
    u8 frame[DOOR_FRAME_BYTES_MAX];
    u8 answer[DOOR_ANSWER_BYTES_MAX];
    struct span contents;
};

/* ---- one frame, one answer ---- */

static enum fault connect_to(struct door_cli *cli)
{
    const struct option_value *values = cli->call->values;
    char path[FILE_PATH_BYTES];
    if (values[DOOR_SOCKET].given) {
        return local_socket_open(values[DOOR_SOCKET].text, WAIT_S, &cli->socket);
    }
    TRY(file_path(path, values[DOOR_DATA].text, "door.sock"));
    return local_socket_open(path, WAIT_S, &cli->socket);
}

static enum fault no_answer(void)
{
    return FAULT(FAULT_FOREIGN, "an answer that is none");
}

static enum fault receive(struct door_cli *cli)
{
    struct door_answer_head head;
    u32 wanted = 0;
    u32 used = 0;
    while (wanted == 0 || used < wanted) {
        size_t got = 0;
        TRY(local_socket_receive(cli->socket, cli->answer + used, sizeof(cli->answer) - used,
                                 &got));
        used += (u32)got;
        wanted = door_frame_bytes(span_of(cli->answer, used), sizeof(cli->answer));
        if (wanted == UINT32_MAX || (wanted != 0 && used > wanted)) {
            return no_answer();
        }
    }
    if (!door_answer_read(span_of(cli->answer, used), &head) || head.kind != cli->ask.kind) {
        return no_answer();
    }
    cli->contents = head.contents;
    return head.code == DOOR_CODE_OK ? FAULT_NONE
                                     : FAULT(FAULT_REFUSED, "%s", door_code_text(head.code));
}

static enum fault ask(struct door_cli *cli, enum door_ask_kind kind)
{
    cli->ask.kind = (u16)kind;
    u32 size = door_ask_write(&cli->ask, cli->frame, sizeof(cli->frame));
    TRY(connect_to(cli));
    TRY(local_socket_send(cli->socket, span_of(cli->frame, size)));
    return receive(cli);
}

/* ---- verbs ---- */

static enum fault status(struct door_cli *cli)
{
    static const char *const names[] = {"logins",      "tickets",           "sessions",
                                        "effects",     "last effect",       "mails",
                                        "hashes",      "hashes waiting",    "attempts that waited",
                                        "turned away", "counters given way"};
    TRY(ask(cli, DOOR_ASK_STATUS));
    if (cli->contents.size != ARRAY_COUNT(names) * sizeof(u64)) {
        return no_answer();
    }
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        cli_line(names[i], "%lu", bytes_u64(cli->contents.data + i * sizeof(u64)));
    }
    return FAULT_NONE;
}

static enum fault login_of(struct door_cli *cli, u32 place)
{
    const char *text = cli->call->operands[place];
    return options_number(text, 1, INT64_MAX, &cli->ask.number)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "\"%s\" is not the number of a login", text);
}

static enum fault sessions(struct door_cli *cli)
{
    TRY(login_of(cli, 1));
    TRY(ask(cli, DOOR_ASK_LOGIN_SESSIONS));
    u32 count = cli->contents.size < 4 ? 0 : bytes_u32(cli->contents.data);
    if (cli->contents.size != 4 + (size_t)count * SESSION_BYTES) {
        return no_answer();
    }
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = cli->contents.data + 4 + (size_t)i * SESSION_BYTES;
        char made[TIME_TEXT_BYTES];
        char seen[TIME_TEXT_BYTES];
        (void)time_text_print(bytes_u64(at + 8), made);
        (void)time_text_print(bytes_u64(at + 16), seen);
        (void)printf("since %s, seen %s, %s\n", made, seen,
                     at[24] == 2 ? "signed in" : "without its second factor");
    }
    return FAULT_NONE;
}

static enum fault sessions_end(struct door_cli *cli)
{
    TRY(login_of(cli, 2));
    TRY(ask(cli, DOOR_ASK_LOGIN_SESSIONS_END));
    if (cli->contents.size != sizeof(u64)) {
        return no_answer();
    }
    (void)printf("%lu ended\n", bytes_u64(cli->contents.data));
    return FAULT_NONE;
}

static enum fault act(struct door_cli *cli)
{
    const char *const *operands = cli->call->operands;
    u32 count = cli->call->operands_count;
    if (count == 1 && strcmp(operands[0], "status") == 0) {
        return status(cli);
    }
    if (count == 2 && strcmp(operands[0], "sessions") == 0) {
        return sessions(cli);
    }
    if (count == 3 && strcmp(operands[0], "sessions") == 0 && strcmp(operands[1], "end") == 0) {
        return sessions_end(cli);
    }
    return FAULT(FAULT_USAGE, "one of: status, sessions LOGIN, sessions end LOGIN");
}

static int run(const struct option_call *call)
{
    static struct door_cli cli;
    cli.call = call;
    cli.socket = -1;
    enum fault fault = act(&cli);
    if (cli.socket >= 0) {
        (void)close(cli.socket);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Asks the process that keeps customers' logins, where door.on is true: docs/sign-in.md. A login "
    "is known by its number, never by its address.",
    "status counts; sessions tells since when a login is signed in and when each session was seen; "
    "sessions end ends all of them at once, after which the customer signs in again.",
    NULL,
};

static const struct option_example examples[] = {
    {"door status --data data", "How many logins, sessions and mails there are."},
    {"door sessions end 17 --data data", "A customer has lost a device."},
    {NULL, NULL},
};

const struct subcommand cli_door = {
    .name = "door",
    .summary = "asks the process that keeps customers' logins",
    .operands = "VERB [ARGUMENT]...",
    .operands_min = 1,
    .operands_max = 3,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
