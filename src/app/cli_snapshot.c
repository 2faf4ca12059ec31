#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/pack.h"
#include "io/clock.h"
#include "role/engine/snapshot_run.h"

#include <stdlib.h>
#include <sys/resource.h>

enum { SNAPSHOT_MIN, SNAPSHOT_KEEP, SNAPSHOT_IMAGE, SNAPSHOT_PACK, SNAPSHOT_JSON };

#define NICENESS 10 /* beside the engine, never in its way */

static const struct option options[] = {
    [SNAPSHOT_MIN] = {.name = "min",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = UINT64_MAX,
                      .otherwise = "1",
                      .help = "Writes nothing unless there are so many new commands."},
    [SNAPSHOT_KEEP] = {.name = "keep",
                       .kind = OPTION_NUMBER,
                       .value = "N",
                       .minimum = 0,
                       .maximum = SNAPSHOT_FILES_MAX,
                       .otherwise = "0",
                       .help = "Removes older snapshots beyond so many. 0 keeps all."},
    [SNAPSHOT_IMAGE] = {.name = "image",
                        .help = "Also writes an image from which readers of events can start."},
    [SNAPSHOT_PACK] = {.name = "pack",
                       .help = "Afterwards packs the journal's closed segments with zstd. They "
                               "are read as before."},
    [SNAPSHOT_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

static void print_json(const struct snapshot_result *result, const struct pack_result *packed)
{
    char text[1024];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "written");
    json_put_bool(&writer, result->written);
    json_key(&writer, "seq");
    json_put_u64(&writer, result->info.point.seq);
    json_key(&writer, "bytes");
    json_put_u64(&writer, result->info.bytes);
    json_key(&writer, "records");
    json_put_u64(&writer, result->info.records);
    json_key(&writer, "state_hash");
    json_put_hex(&writer, (struct span){.data = result->info.state_hash,
                                        .size = sizeof(result->info.state_hash)});
    json_key(&writer, "from_seq");
    json_put_u64(&writer, result->seq_start);
    json_key(&writer, "commands");
    json_put_u64(&writer, result->commands);
    json_key(&writer, "removed");
    json_put_u64(&writer, result->removed_count);
    json_key(&writer, "image");
    json_put_bool(&writer, result->image_written);
    json_key(&writer, "packed");
    json_put_u64(&writer, packed->segments);
    json_key(&writer, "packed_from_bytes");
    json_put_u64(&writer, packed->bytes_before);
    json_key(&writer, "packed_to_bytes");
    json_put_u64(&writer, packed->bytes_after);
    json_object_end(&writer);
    cli_print_json(&writer);
}

static int run(const struct option_call *call)
{
    struct cli_recovery line;
    cli_recovery_init(&line, "replaying");
    struct snapshot_options snapshot = {
        .disk = disk_real(),
        .clock = clock_real(),
        .folder = call->operands[0],
        .commands_min = call->values[SNAPSHOT_MIN].number,
        .keep_count = (u32)call->values[SNAPSHOT_KEEP].number,
        .image = call->values[SNAPSHOT_IMAGE].given,
        .threads = true,
        .progress = &line.recovery,
    };
    struct snapshot_result result = {.written = false};
    struct pack_result packed = {.segments = 0};
    (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    enum fault fault = snapshot_run(&snapshot, &result);
    if (fault == FAULT_NONE && call->values[SNAPSHOT_PACK].given) {
        fault = pack_run(call->operands[0], &line.progress, &packed);
    }
    progress_end(&line.progress);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char hash[CLI_HASH_BYTES];
    cli_line(result.written ? "snapshot written" : "newest snapshot", "after command %s, %s bytes",
             cli_count(result.info.point.seq, a), cli_count(result.info.bytes, b));
    cli_line("state hash", "%s", cli_hash(result.info.state_hash, hash));
    cli_line("commands applied", "%s, from the snapshot after %s", cli_count(result.commands, a),
             cli_count(result.seq_start, b));
    if (result.removed_count > 0) {
        cli_line("older snapshots removed", "%u", result.removed_count);
    }
    if (packed.segments > 0) {
        cli_line("segments packed", "%u, %s bytes to %s", packed.segments,
                 cli_count(packed.bytes_before, a), cli_count(packed.bytes_after, b));
    }
    if (call->values[SNAPSHOT_JSON].given) {
        print_json(&result, &packed);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Goes from the newest sound snapshot of a data folder through the journal and writes the state at "
    "its end, with its hash. The venue may be running: the snapshot is made beside it, never by it. A "
    "snapshot makes the next start short; nothing depends on it.",
    NULL,
};

static const struct option_example examples[] = {
    {"snapshot data --keep 3 --pack",
     "Writes a snapshot, keeps the newest three, and packs what is closed of the journal."},
    {NULL, NULL},
};

const struct subcommand cli_snapshot = {
    .name = "snapshot",
    .summary = "writes the state at the journal's end",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
