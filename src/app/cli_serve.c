#include "app/cli.h"
#include "app/config.h"
#include "app/serve.h"
#include "io/clock.h"
#include "io/log.h"

#include <stdlib.h>
#include <string.h>

enum {
    SERVE_CONFIG,
    SERVE_DATA,
    SERVE_PORT,
    SERVE_PLACEMENT,
    SERVE_REQUIRE_SANDBOX,
    SERVE_LOG_LEVEL,
    SERVE_BEGIN_NEW,
    SERVE_PROFILE,
    SERVE_KEYS_FILE,
};

static const struct option options[] = {
    [SERVE_CONFIG] = {.name = "config",
                      .kind = OPTION_TEXT,
                      .value = "FILE",
                      .help = "The configuration. What is given here as well counts more."},
    [SERVE_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .help = "The data folder (venue.data)."},
    [SERVE_PORT] = {.name = "port",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 0,
                    .maximum = 65535,
                    .help = "The port for REST, streams and the WebSocket API (gateway.port). 0: "
                            "any free one."},
    [SERVE_PLACEMENT] = {.name = "placement",
                         .kind = OPTION_CHOICE,
                         .value = "small|wide|one",
                         .help = "Which roles share a process (venue.placement)."},
    [SERVE_REQUIRE_SANDBOX] = {.name = "require-sandbox",
                               .help = "Refuses to start where a protection is missing "
                                       "(venue.require_sandbox)."},
    [SERVE_LOG_LEVEL] = {.name = "log-level",
                         .kind = OPTION_CHOICE,
                         .value = "debug|info|warn|error",
                         .help = "The least important lines of the log (log.level)."},
    [SERVE_BEGIN_NEW] = {.name = "new",
                         .help = "Begins an empty venue in the data folder, which holds none."},
    [SERVE_PROFILE] = {.name = "profile",
                       .kind = OPTION_CHOICE,
                       .value = "test",
                       .help = "Begins the test venue in the data folder, which holds none: "
                               "markets, accounts with money, keys; no limits to speak of, and "
                               "only warnings in the log."},
    [SERVE_KEYS_FILE] = {.name = "keys-file",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "With --profile test: where addresses and keys are written, as "
                                 "JSON, once the venue is ready. Only its owner may read it."},
};

static enum fault text_set(struct config *config, enum config_key key, const char *text)
{
    struct config_value *value = &config->values[key];
    size_t length = strlen(text);
    if (length >= sizeof(value->text)) {
        return FAULT(FAULT_USAGE, "a path has at most %zu bytes", sizeof(value->text) - 1);
    }
    memcpy(value->text, text, length + 1);
    return FAULT_NONE;
}

/* The file, if any, and what the command line says beside it. */
static enum fault config_make(const struct option_call *call, struct config *config_out)
{
    const struct option_value *values = call->values;
    config_init(config_out);
    if (values[SERVE_CONFIG].given) {
        TRY(config_read_file(values[SERVE_CONFIG].text, config_out));
    }
    if (values[SERVE_DATA].given) {
        TRY(text_set(config_out, CONFIG_VENUE_DATA, values[SERVE_DATA].text));
    }
    if (values[SERVE_PLACEMENT].given) {
        config_out->values[CONFIG_VENUE_PLACEMENT].number = values[SERVE_PLACEMENT].number;
    }
    if (values[SERVE_REQUIRE_SANDBOX].given) {
        config_out->values[CONFIG_VENUE_REQUIRE_SANDBOX].number = 1;
    }
    struct config_value *level = &config_out->values[CONFIG_LOG_LEVEL];
    if (values[SERVE_LOG_LEVEL].given) {
        level->number = values[SERVE_LOG_LEVEL].number;
    } else if (values[SERVE_PROFILE].given && level->line == 0) {
        level->number = LOG_LEVEL_WARN;
    }
    return FAULT_NONE;
}

static enum fault options_check(const struct option_call *call)
{
    const struct option_value *values = call->values;
    if (values[SERVE_KEYS_FILE].given && !values[SERVE_PROFILE].given) {
        return FAULT(FAULT_USAGE, "--keys-file goes with --profile test");
    }
    if (values[SERVE_BEGIN_NEW].given && values[SERVE_PROFILE].given) {
        return FAULT(FAULT_USAGE, "--new and --profile exclude each other");
    }
    return FAULT_NONE;
}

/* Where any port will do for customers, any will do for the operator too. */
static u16 admin_port_of(const struct option_value *values, const struct config *config)
{
    const struct config_value *port = &config->values[CONFIG_ADMIN_PORT];
    bool any =
        values[SERVE_PROFILE].given || (values[SERVE_PORT].given && values[SERVE_PORT].number == 0);
    return any && port->line == 0 ? 0 : (u16)port->number;
}

static int run(const struct option_call *call)
{
    static struct config config;
    const struct option_value *values = call->values;
    int exit_code = EXIT_SUCCESS;
    enum fault fault = options_check(call);
    if (fault == FAULT_NONE) {
        fault = config_make(call, &config);
    }
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    log_setup(2, (enum log_format)config.values[CONFIG_LOG_FORMAT].number,
              (enum log_level)config.values[CONFIG_LOG_LEVEL].number, clock_real());
    struct serve_options serve = {
        .config = &config,
        .config_path = values[SERVE_CONFIG].given ? values[SERVE_CONFIG].text : NULL,
        .folder = config.values[CONFIG_VENUE_DATA].text,
        .port = (u16)(values[SERVE_PORT].given ? values[SERVE_PORT].number
                                               : config.values[CONFIG_GATEWAY_PORT].number),
        .admin_port = admin_port_of(values, &config),
        .begin = values[SERVE_PROFILE].given     ? SERVE_TEST
                 : values[SERVE_BEGIN_NEW].given ? SERVE_NEW
                                                 : SERVE_GO_ON,
        .keys_file = values[SERVE_KEYS_FILE].text,
    };
    fault = serve_run(&serve, &exit_code);
    return fault == FAULT_NONE ? exit_code : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Runs a venue: starts its processes, keeps them alive, and stops them in order on SIGTERM or "
    "SIGINT. A process that dies is started again alone; what was acknowledged is in the journal. "
    "SIGHUP is passed on. The log goes to standard error; when everybody is ready, one line with the "
    "address goes to standard output.",
    "With --profile test, a venue for trying clients out is begun first: markets BTCUSDT, ETHUSDT and "
    "ETHBTC, accounts A and B with money, and W, which may cancel and withdraw but not trade.",
    NULL,
};

static const struct option_example examples[] = {
    {"serve --profile test --data /tmp/venue --port 0 --keys-file /tmp/keys.json",
     "A test venue on a free port; addresses and keys are in the file."},
    {"serve --config /etc/cambist/cambist.yaml", "A venue that goes on where it was."},
    {NULL, NULL},
};

const struct subcommand cli_serve = {
    .name = "serve",
    .summary = "runs a venue",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
