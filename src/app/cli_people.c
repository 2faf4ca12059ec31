/* cambist people: tells the screening process whom the person numbers stand for, and asks it. */
#include "app/cli.h"
#include "app/local_socket.h"
#include "app/progress.h"
#include "base/span.h"
#include "io/input.h"
#include "wire/list_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S       30U /* a list that is being read makes the process wait */
#define ANSWER_BYTES 65536U
#define VERB_BYTES   8U

enum { PEOPLE_DATA, PEOPLE_SOCKET };

static const struct option options[] = {
    [PEOPLE_DATA] = {.name = "data",
                     .kind = OPTION_TEXT,
                     .value = "DIR",
                     .otherwise = "data",
                     .help = "The venue's data folder."},
    [PEOPLE_SOCKET] = {.name = "socket",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "The socket that screen.socket names. Without it screen.sock in the "
                               "data folder."},
};

struct people {
    int socket;
    size_t answer_bytes;
    char answer[ANSWER_BYTES];
    char line[LIST_LINE_BYTES + VERB_BYTES];
    struct list_entry entry;
};

static enum fault connect_to(const struct option_call *call, struct people *people)
{
    char path[FILE_PATH_BYTES];
    if (call->values[PEOPLE_SOCKET].given) {
        return local_socket_open(call->values[PEOPLE_SOCKET].text, WAIT_S, &people->socket);
    }
    TRY(file_path(path, call->values[PEOPLE_DATA].text, "screen.sock"));
    return local_socket_open(path, WAIT_S, &people->socket);
}

/* One line is asked; the answer is one line, or lines up to "end". Without its last newline. */
static enum fault ask(struct people *people, struct span line, bool has_end)
{
    const char *last = has_end ? "end\n" : "\n";
    size_t last_bytes = strlen(last);
    people->answer_bytes = 0;
    TRY(local_socket_send(people->socket, line));
    TRY(local_socket_send(people->socket, span_of_text("\n")));
    while (true) {
        size_t got = 0;
        size_t room = sizeof(people->answer) - people->answer_bytes - 1;
        TRY(local_socket_receive(people->socket, people->answer + people->answer_bytes, room,
                                 &got));
        people->answer_bytes += got;
        people->answer[people->answer_bytes] = 0;
        bool is_error = strncmp(people->answer, "error ", 6) == 0;
        size_t wanted = is_error ? 1 : last_bytes;
        if (people->answer_bytes >= wanted && memcmp(people->answer + people->answer_bytes - wanted,
                                                     is_error ? "\n" : last, wanted) == 0) {
            people->answer[people->answer_bytes - wanted] = 0;
            return is_error ? FAULT(FAULT_REFUSED, "%s", people->answer + 6) : FAULT_NONE;
        }
        if (people->answer_bytes + 1 == sizeof(people->answer)) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
    }
}

/* A line is looked at here, so that a mistake is told with its place, and none is sent before. */
static enum fault person_put(struct people *people, const struct input *input, struct span line)
{
    enum list_line_fault wrong = list_entry_read(&people->entry, line);
    if (wrong != LIST_LINE_OK || people->entry.number == 0) {
        return FAULT(FAULT_INPUT, "%s:%lu: %s", input_path(input), input_line_number(input),
                     wrong != LIST_LINE_OK ? list_line_fault_text(wrong)
                                           : "\"number\", the person's, is missing");
    }
    memcpy(people->line, "put ", 4);
    memcpy(people->line + 4, line.data, line.size);
    enum fault fault = ask(people, span_of(people->line, line.size + 4), false);
    return fault == FAULT_REFUSED
               ? FAULT(FAULT_REFUSED, "%s:%lu: person %u: %s", input_path(input),
                       input_line_number(input), people->entry.number, people->answer + 6)
               : fault;
}

static enum fault put_all(struct people *people, struct input *input, u64 *count_out)
{
    struct progress progress;
    struct span line = {NULL, 0};
    bool more = false;
    enum fault fault = input_line(input, &line, &more);
    progress_init(&progress, clock_real(), "telling", "people");
    while (fault == FAULT_NONE && more) {
        fault = line.size == 0 ? FAULT_NONE : person_put(people, input, line);
        *count_out += fault == FAULT_NONE && line.size > 0 ? 1 : 0;
        progress_update(&progress, *count_out, 0);
        fault = fault == FAULT_NONE ? input_line(input, &line, &more) : fault;
    }
    progress_end(&progress);
    return fault;
}

static enum fault put(const struct option_call *call, struct people *people)
{
    struct input *input = NULL;
    u64 count = 0;
    TRY(input_open(&input, disk_real(), call->operands[1], LIST_LINE_BYTES));
    enum fault fault = connect_to(call, people);
    if (fault == FAULT_NONE) {
        fault = put_all(people, input, &count);
    }
    input_close(input);
    if (count > 0) {
        (void)printf("%lu people told\n", count);
    }
    return fault;
}

/* The hits of every line of a file, each behind its line's number. */
static enum fault find(const struct option_call *call, struct people *people)
{
    struct input *input = NULL;
    struct span line = {NULL, 0};
    bool more = false;
    TRY(input_open(&input, disk_real(), call->operands[1], LIST_LINE_BYTES));
    enum fault fault = connect_to(call, people);
    if (fault == FAULT_NONE) {
        fault = input_line(input, &line, &more);
    }
    while (fault == FAULT_NONE && more) {
        memcpy(people->line, "find ", 5);
        memcpy(people->line + 5, line.data, line.size);
        fault = ask(people, span_of(people->line, line.size + 5), true);
        if (fault == FAULT_NONE) {
            (void)printf("%lu:\n%s", input_line_number(input), people->answer);
            fault = input_line(input, &line, &more);
        }
    }
    input_close(input);
    return fault;
}

static enum fault drop(const struct option_call *call, struct people *people)
{
    u64 person = 0;
    if (!options_number(call->operands[1], 1, UINT32_MAX, &person)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of a person", call->operands[1]);
    }
    int size = snprintf(people->line, sizeof(people->line), "drop %lu", person);
    TRY(connect_to(call, people));
    return ask(people, span_of(people->line, (size_t)size), false);
}

static enum fault flags(const struct option_call *call, struct people *people)
{
    u64 person = 0;
    if (!options_number(call->operands[1], 1, UINT32_MAX, &person)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of a person", call->operands[1]);
    }
    int size = snprintf(people->line, sizeof(people->line), "flags %lu", person);
    TRY(connect_to(call, people));
    TRY(ask(people, span_of(people->line, (size_t)size), true));
    (void)printf("%s", people->answer);
    return FAULT_NONE;
}

static enum fault status(const struct option_call *call, struct people *people)
{
    TRY(connect_to(call, people));
    TRY(ask(people, span_of_text("status"), true));
    (void)printf("%s", people->answer);
    return FAULT_NONE;
}

static enum fault act(const struct option_call *call, struct people *people)
{
    const char *verb = call->operands[0];
    bool has_operand = call->operands_count == 2;
    if (strcmp(verb, "put") == 0 && has_operand) {
        return put(call, people);
    }
    if (strcmp(verb, "find") == 0 && has_operand) {
        return find(call, people);
    }
    if (strcmp(verb, "drop") == 0 && has_operand) {
        return drop(call, people);
    }
    if (strcmp(verb, "flags") == 0 && has_operand) {
        return flags(call, people);
    }
    if (strcmp(verb, "status") == 0 && !has_operand) {
        return status(call, people);
    }
    return FAULT(FAULT_USAGE, "one of: put FILE, find FILE, drop PERSON, flags PERSON, status");
}

static int run(const struct option_call *call)
{
    static struct people people;
    people.socket = -1;
    enum fault fault = act(call, &people);
    if (people.socket >= 0) {
        (void)close(people.socket);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Tells a venue's screening process whom the person numbers stand for: names in any script, "
    "dates of birth, countries, identifiers, addresses of wallets, as lines in the normal form of "
    "docs/lists.md with the person as \"number\". The process keeps them in memory alone, looks at "
    "everybody under the lists that screen.lists names, and tells the writer what it found. Whoever "
    "has not been looked at yet is unknown to the rules, not clear.",
    "put tells, and replaces what was told before; drop forgets a person; find asks whom the lines "
    "of a file may mean, without keeping them, and is counted; flags tells what an officer should "
    "look at in the registers of ownership, each with its weight; status says how many are known "
    "and which lists are in use.",
    NULL,
};

static const struct option_example examples[] = {
    {"people put people.jsonl --data data", "Tells everybody of a file."},
    {"people status --data data", "How many are known, and which lists are in use."},
    {NULL, NULL},
};

const struct subcommand cli_people = {
    .name = "people",
    .summary = "tells screening whom the person numbers stand for",
    .operands = "put FILE|find FILE|drop PERSON|flags PERSON|status",
    .operands_min = 1,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
