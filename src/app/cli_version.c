#include "app/cli.h"
#include "io/journal.h"

#include <stdlib.h>

enum { VERSION_JSON };

static const struct option options[] = {
    [VERSION_JSON] = {.name = "json", .help = "Prints one JSON object."},
};

static int run(const struct option_call *call)
{
    if (!call->values[VERSION_JSON].given) {
        (void)printf("cambist %s (semantics 1, journal format %u)\n", CAMBIST_VERSION,
                     JOURNAL_VERSION);
        return EXIT_SUCCESS;
    }
    char text[256];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "version");
    json_put_text(&writer, CAMBIST_VERSION);
    json_key(&writer, "semantics");
    json_put_u64(&writer, 1);
    json_key(&writer, "journal_format");
    json_put_u64(&writer, JOURNAL_VERSION);
    json_object_end(&writer);
    cli_print_json(&writer);
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Prints the version of the program, the newest semantics version it knows and the journal format "
    "it writes.",
    NULL,
};

const struct subcommand cli_version = {
    .name = "version",
    .summary = "says which version this is",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .run = run,
};
