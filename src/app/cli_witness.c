#include "app/cli.h"
#include "base/span.h"
#include "io/agent.h"
#include "io/log.h"
#include "role/vault/witness_serve.h"

#include <stdlib.h>
#include <string.h>

enum {
    WITNESS_OPTION_NAME,
    WITNESS_OPTION_KIND,
    WITNESS_OPTION_KEY,
    WITNESS_OPTION_LOGS,
    WITNESS_OPTION_ADDRESS,
    WITNESS_OPTION_PORT,
    WITNESS_OPTION_DESCRIPTOR
};
enum { LOGS_BYTES = 65536, SLEEP_US = 200000 };

static const struct option options[] = {
    [WITNESS_OPTION_NAME] =
        {.name = "name",
         .kind = OPTION_TEXT,
         .value = "NAME",
         .help = "With key: the name of the new key, as a host with a path. A log's "
                 "is its origin."},
    [WITNESS_OPTION_KIND] = {.name = "kind",
                             .kind = OPTION_CHOICE,
                             .value = "witness|log",
                             .otherwise = "witness",
                             .help = "With key: whose key it is."},
    [WITNESS_OPTION_KEY] = {.name = "key",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "With serve: the witness's key."},
    [WITNESS_OPTION_LOGS] = {.name = "logs",
                             .kind = OPTION_TEXT,
                             .value = "FILE",
                             .help =
                                 "With serve: keys of the logs it cosigns, one a line; lines that "
                                 "begin with # say nothing."},
    [WITNESS_OPTION_ADDRESS] = {.name = "address",
                                .kind = OPTION_TEXT,
                                .value = "ADDRESS",
                                .otherwise = "127.0.0.1",
                                .help = "With serve: where it listens."},
    [WITNESS_OPTION_PORT] = {.name = "port",
                             .kind = OPTION_NUMBER,
                             .value = "N",
                             .minimum = 0,
                             .maximum = 65535,
                             .otherwise = "8099",
                             .help = "With serve: on which port; 0 takes any that is free."},
    [WITNESS_OPTION_DESCRIPTOR] = {.name = "descriptor",
                                   .kind = OPTION_NUMBER,
                                   .value = "N",
                                   .minimum = 3,
                                   .maximum = 1023,
                                   .help =
                                       "With serve: the number of a listening socket that whoever "
                                       "started it has opened, instead of address and port."},
};

static struct tlog_key logs[TLOG_WITNESS_LOGS_MAX];

static enum fault option_need(const struct option_call *call, u32 place)
{
    return call->values[place].text != NULL
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "--%s is missing", options[place].name);
}

static enum fault key_make(const struct option_call *call)
{
    struct tlog_key key;
    char vkey[TLOG_VKEY_BYTES];
    TRY(option_need(call, WITNESS_OPTION_NAME));
    TRY(tlog_secret_make(
        disk_real(), call->operands[1], span_of_text(call->values[WITNESS_OPTION_NAME].text),
        call->values[WITNESS_OPTION_KIND].number == 0 ? TLOG_KEY_WITNESS : TLOG_KEY_LOG, &key));
    tlog_key_text(&key, vkey);
    (void)printf("%s\n", vkey);
    return FAULT_NONE;
}

static enum fault log_read(const char *path, u32 line, struct span text, struct sha256 *sha256,
                           u32 *count)
{
    if (text.size == 0 || text.data[0] == '#') {
        return FAULT_NONE;
    }
    if (*count == TLOG_WITNESS_LOGS_MAX) {
        return FAULT(FAULT_LIMIT, "%s: more than %u logs", path, TLOG_WITNESS_LOGS_MAX);
    }
    enum tlog_flaw flaw = tlog_key_read(sha256, text, &logs[*count]);
    if (flaw == TLOG_FLAW_NONE && logs[*count].kind != TLOG_KEY_LOG) {
        flaw = TLOG_FLAW_KEY_KIND;
    }
    *count += 1;
    return flaw == TLOG_FLAW_NONE
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: line %u: %s", path, line, tlog_flaw_meaning(flaw));
}

static enum fault logs_read(const char *path, u32 *count_out)
{
    static u8 bytes[LOGS_BYTES];
    struct span rest = {.data = bytes, .size = 0};
    struct sha256 sha256;
    enum fault fault = FAULT_NONE;
    u32 line = 0;
    *count_out = 0;
    TRY(tlog_file_read(disk_real(), path, bytes, sizeof(bytes), &rest.size));
    TRY(sha256_open(&sha256));
    while (rest.size > 0 && fault == FAULT_NONE) {
        const u8 *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        line += 1;
        fault = log_read(path, line, span_of(rest.data, size), &sha256, count_out);
        rest = span_after(rest, size + (end == NULL ? 0 : 1));
    }
    sha256_close(&sha256);
    TRY(fault);
    return *count_out > 0 ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: no key of a log", path);
}

static enum fault serve_until_stopped(struct witness_serve *serve)
{
    static struct agent_requests requests;
    agent_requests_of_signals(&requests);
    (void)printf("listening on port %u\n", witness_serve_port(serve));
    (void)fflush(stdout);
    while (requests.stop == 0) {
        TRY(witness_serve_run(serve, SLEEP_US));
    }
    return FAULT_NONE;
}

/* 0: none. */
static int descriptor_of(const struct option_call *call)
{
    const struct option_value *value = &call->values[WITNESS_OPTION_DESCRIPTOR];
    return value->given ? (int)value->number : 0;
}

static enum fault witness_run(const struct option_call *call, const struct tlog_secret *secret,
                              u32 logs_count)
{
    struct tlog_witness *witness = NULL;
    struct witness_serve *serve = NULL;
    struct tlog_witness_options of_witness = {.disk = disk_real(),
                                              .folder = call->operands[1],
                                              .clock = clock_real(),
                                              .secret = secret,
                                              .logs = logs,
                                              .logs_count = logs_count};
    TRY(tlog_witness_open(&witness, &of_witness));
    struct witness_serve_options of_serve = {.witness = witness,
                                             .clock = clock_real(),
                                             .address = call->values[WITNESS_OPTION_ADDRESS].text,
                                             .port = (u16)call->values[WITNESS_OPTION_PORT].number,
                                             .descriptor = descriptor_of(call)};
    enum fault fault = witness_serve_open(&serve, &of_serve);
    if (fault == FAULT_NONE) {
        fault = serve_until_stopped(serve);
    }
    witness_serve_close(serve);
    tlog_witness_close(witness);
    return fault;
}

static enum fault serve(const struct option_call *call)
{
    struct tlog_secret *secret = NULL;
    u32 logs_count = 0;
    TRY(option_need(call, WITNESS_OPTION_KEY));
    TRY(option_need(call, WITNESS_OPTION_LOGS));
    TRY(logs_read(call->values[WITNESS_OPTION_LOGS].text, &logs_count));
    TRY(tlog_secret_take(&secret));
    enum fault fault = tlog_secret_read(disk_real(), call->values[WITNESS_OPTION_KEY].text,
                                        TLOG_KEY_WITNESS, secret);
    if (fault == FAULT_NONE) {
        fault = witness_run(call, secret, logs_count);
    }
    tlog_secret_give_back(&secret);
    return fault;
}

static int run(const struct option_call *call)
{
    enum fault fault = FAULT_NONE;
    if (strcmp(call->operands[0], "key") == 0) {
        fault = key_make(call);
    } else if (strcmp(call->operands[0], "serve") == 0) {
        fault = serve(call);
    } else {
        fault = FAULT(FAULT_USAGE, "\"%s\" is neither key nor serve", call->operands[0]);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "A witness cosigns the checkpoints of public logs, each only when it is proved to begin with the "
    "one it cosigned before; so a log cannot show different people different histories. It follows "
    "c2sp.org/tlog-witness: POST /add-checkpoint, GET /HASH/checkpoint.",
    "key FILE makes a new key, in a file that only its owner may read, and prints the public text that "
    "policies and logs name it by. serve DIR answers until it is stopped; DIR keeps what it cosigned. "
    "A witness whose DIR is lost needs a new key.",
    "It belongs on another machine than the log, with another operator. It speaks plain HTTP; a proxy "
    "in front of it brings TLS.",
    NULL,
};

static const struct option_example examples[] = {
    {"witness key witness.key --name witness.example/w1", "A new key."},
    {"witness serve data --key witness.key --logs logs.txt --port 8099", "Cosigns."},
    {NULL, NULL},
};

const struct subcommand cli_witness = {
    .name = "witness",
    .summary = "cosigns the checkpoints of public logs",
    .operands = "key|serve FILE|DIR",
    .operands_min = 2,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
