#include "app/cli.h"
#include "app/config.h"

#include <stdlib.h>

enum { CHECK_CONFIG_EXAMPLE, CHECK_CONFIG_JSON };

static const struct option options[] = {
    [CHECK_CONFIG_EXAMPLE] = {.name = "example",
                              .help = "Prints a file with every option, its default and what it "
                                      "means, instead of reading one."},
    [CHECK_CONFIG_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

static void print_json(const struct config *config)
{
    static char text[CLI_JSON_BYTES];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        char name[64];
        (void)snprintf(name, sizeof(name), "%s.%s", option->section, option->name);
        json_key(&writer, name);
        json_put_text(&writer, config->values[index].text);
    }
    json_object_end(&writer);
    cli_print_json(&writer);
}

static int run(const struct option_call *call)
{
    struct config config;
    if (call->values[CHECK_CONFIG_EXAMPLE].given) {
        config_print_example(stdout);
        return EXIT_SUCCESS;
    }
    enum fault fault = call->operands_count == 0
                           ? FAULT(FAULT_USAGE, "FILE is missing: which one is to be checked?")
                           : config_read_file(call->operands[0], &config);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        char name[64];
        (void)snprintf(name, sizeof(name), "%s.%s", option->section, option->name);
        cli_line(name, "%s%s", config.values[index].text,
                 config.values[index].line == 0 ? " (default)" : "");
    }
    if (call->values[CHECK_CONFIG_JSON].given) {
        print_json(&config);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Reads a configuration file as the venue would, changes nothing, and prints what holds. A mistake "
    "is one line, with file, line, key and reason, and exit code 3.",
    "The file is YAML with two levels, section and option. Sizes are written with B, KiB, MiB or GiB, "
    "durations with us, ms, s, min or h. Unknown and repeated keys are mistakes. Markets, fees and "
    "limits are not in it: they live in the journal.",
    NULL,
};

static const struct option_example examples[] = {
    {"check-config --example > cambist.yaml", "Begins a file of one's own."},
    {"check-config cambist.yaml", "Says what holds, or what is wrong."},
    {NULL, NULL},
};

const struct subcommand cli_check_config = {
    .name = "check-config",
    .summary = "reads a configuration file and says what holds",
    .operands = "[FILE]",
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
