#include "app/dump.h"

#include "base/bytes.h"
#include "base/span.h"
#include "wire/json.h"
#include "wire/schema.h"

#include <string.h>

#define LINE_BYTES (WIRE_JSON_BYTES_MAX + 128U)

struct dump {
    struct recovery_hooks hooks;
    const struct dump_options *options;
    const struct recovery *recovery;
    struct span records; /* of the batch at work */
    size_t offset;       /* of the next command in it */
    u64 seq;             /* of that command */
    u64 seq_end;         /* behind the batch */
    u64 time_us;
    bool failed; /* the target cannot be written */
};

static bool is_wanted(const struct dump *dump, u64 seq)
{
    const struct dump_options *options = dump->options;
    return seq >= options->seq_from && seq - options->seq_from < options->count;
}

static void put_line(struct dump *dump, struct json_writer *writer)
{
    json_object_end(writer);
    if (json_end(writer) == 0 || fprintf(dump->options->target, "%s\n", writer->data) < 0) {
        dump->failed = true;
    }
}

static void put_command(struct dump *dump, struct span record)
{
    char text[LINE_BYTES];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "seq");
    json_put_u64(&writer, dump->seq);
    json_key(&writer, "time_us");
    json_put_u64(&writer, dump->time_us);
    if (voids_next(&dump->recovery->voids, dump->seq) == dump->seq) {
        json_key(&writer, "void");
        json_put_bool(&writer, true);
    }
    json_key(&writer, "command");
    if (!json_put_record(&writer, record, false)) {
        json_put_hex(&writer, record); /* of a kind this version does not know */
    }
    put_line(dump, &writer);
}

static void put_event(struct dump *dump, u64 seq, struct span record)
{
    char text[LINE_BYTES];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "seq");
    json_put_u64(&writer, seq);
    json_key(&writer, "event");
    if (!json_put_record(&writer, record, true)) {
        json_put_hex(&writer, record);
    }
    put_line(dump, &writer);
}

/* The batch's commands up to this sequence number. */
static void put_commands_up_to(struct dump *dump, u64 seq)
{
    while (dump->seq < dump->seq_end && dump->seq <= seq) {
        struct span rest = span_after(dump->records, dump->offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return; /* the journal checks lengths; this cannot be */
        }
        if (dump->options->commands && is_wanted(dump, dump->seq)) {
            put_command(dump, span_of(rest.data, size));
        }
        dump->offset += size;
        dump->seq += 1;
    }
}

static enum fault written(const struct dump *dump)
{
    return dump->failed ? FAULT(FAULT_IO, "the lines cannot be written") : FAULT_NONE;
}

static struct dump *dump_of(struct recovery_hooks *hooks)
{
    return (struct dump *)(void *)hooks;
}

static enum fault on_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    dump_of(hooks)->recovery = recovery;
    return FAULT_NONE;
}

static enum fault on_batch(struct recovery_hooks *hooks, const struct journal_batch *batch)
{
    struct dump *dump = dump_of(hooks);
    const struct dump_options *options = dump->options;
    if (batch->header.seq_first >= options->seq_from &&
        batch->header.seq_first - options->seq_from >= options->count) {
        return FAULT(FAULT_STOPPED, "all wanted lines are written");
    }
    dump->records = batch->records;
    dump->offset = 0;
    dump->seq = batch->header.seq_first;
    dump->seq_end = dump->seq + batch->header.count;
    dump->time_us = batch->header.time_us;
    return FAULT_NONE;
}

static enum fault on_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct dump *dump = dump_of(hooks);
    for (size_t offset = 0; offset < chunk->events.size;) {
        struct span rest = span_after(chunk->events, offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return FAULT(FAULT_DIVERGED, "the core's events end inside a record");
        }
        u64 seq = bytes_u64(rest.data + offsetof(struct event_head, seq));
        put_commands_up_to(dump, seq);
        if (dump->options->events && is_wanted(dump, seq)) {
            put_event(dump, seq, span_of(rest.data, size));
        }
        offset += size;
    }
    return written(dump);
}

static enum fault on_applied(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct dump *dump = dump_of(hooks);
    (void)recovery;
    put_commands_up_to(dump, UINT64_MAX);
    return written(dump);
}

enum fault dump_run(const struct dump_options *options)
{
    struct layout_paths paths;
    TRY(layout_paths(&paths, options->folder));
    bool has_journal = false;
    TRY(layout_has_journal(disk_real(), &paths, &has_journal));
    if (!has_journal) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", options->folder);
    }
    struct dump dump = {
        .hooks = {.begin = on_begin, .batch = on_batch, .chunk = on_chunk, .applied = on_applied},
        .options = options};
    bool held = false; /* then its last batch may be half written */
    TRY(disk_is_locked(disk_real(), paths.journal, &held));
    struct recovery_config config = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .paths = &paths,
                                     .hooks = &dump.hooks,
                                     .progress = options->progress,
                                     .seq_wanted = options->seq_from,
                                     .outputs_count = 1,
                                     .live = held,
                                     .threads = true};
    struct recovery recovery;
    enum fault fault = recovery_run(&recovery, &config);
    recovery_close(&recovery);
    if (fault == FAULT_STOPPED) {
        fault_forget();
        fault = FAULT_NONE;
    }
    return fault;
}
