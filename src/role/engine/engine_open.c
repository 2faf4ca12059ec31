/* How an engine starts: lock, look, recover, go on. */
#include "base/check.h"
#include "base/span.h"
#include "core/snapshot.h"
#include "io/entropy.h"
#include "io/log.h"
#include "role/engine/engine.h"
#include "role/engine/engine_state.h"

#include <string.h>

enum { PLAIN_BYTES = 128 }; /* of a command, for the size of a batch: a generous middle */

/* ---- sizes and memory ---- */

static enum fault options_check(const struct engine_options *options)
{
    if (options->batch_commands > ENGINE_BATCH_MAX) {
        return FAULT(FAULT_USAGE, "a batch has 1 to %u commands", ENGINE_BATCH_MAX);
    }
    if (options->batch_bytes != 0 && (options->batch_bytes % JOURNAL_BLOCK_BYTES != 0 ||
                                      options->batch_bytes > JOURNAL_BATCH_BYTES_MAX ||
                                      options->batch_bytes < 4 * JOURNAL_BLOCK_BYTES)) {
        return FAULT(FAULT_USAGE, "a batch takes whole blocks of %u bytes, 4 of them to %u bytes",
                     JOURNAL_BLOCK_BYTES, JOURNAL_BATCH_BYTES_MAX);
    }
    if (options->event_room != 0 && options->event_room < HOUSE_SPARE_MIN) {
        return FAULT(FAULT_USAGE, "the events of a batch need %u bytes or more", HOUSE_SPARE_MIN);
    }
    if (options->folder == NULL && options->genesis == NULL) {
        return FAULT(FAULT_USAGE, "an engine without a folder needs a genesis record");
    }
    return FAULT_NONE;
}

static u32 batch_commands_of(const struct engine_options *options)
{
    return options->batch_commands == 0 ? ENGINE_BATCH_DEFAULT : options->batch_commands;
}

static u32 batch_bytes_of(const struct engine_options *options)
{
    if (options->batch_bytes != 0) {
        return options->batch_bytes;
    }
    u64 bytes = (u64)batch_commands_of(options) * PLAIN_BYTES + 2 * COMMAND_BYTES_MAX;
    bytes = (bytes + JOURNAL_BLOCK_BYTES - 1) / JOURNAL_BLOCK_BYTES * JOURNAL_BLOCK_BYTES;
    return (u32)u64_min(bytes, JOURNAL_BATCH_BYTES_MAX);
}

static struct seqlog_file_config log_config(const struct engine_options *options,
                                            const struct layout_paths *paths)
{
    return (struct seqlog_file_config){
        .disk = options->disk,
        .clock = options->clock,
        .folder = paths->journal,
        .segment_bytes = options->journal_segment,
        .batch_bytes_max = batch_bytes_of(options),
        .segments_ahead = options->segments_ahead,
        .prepare_first = options->prepare_first,
        .threads = options->threads,
        .gate = options->gate,
    };
}

/* One block for the engine itself and its log's buffers. */
static enum fault engine_make(struct engine **engine_out, const struct engine_options *options,
                              const struct layout_paths *paths, struct arena *arena)
{
    u32 batch_bytes = batch_bytes_of(options);
    struct seqlog_file_config config = log_config(options, paths);
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct engine), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1,
                  options->folder == NULL ? seqlog_memory_footprint(batch_bytes)
                                          : seqlog_file_footprint(&config),
                  JOURNAL_BLOCK_BYTES);
    struct block block;
    TRY(block_take(footprint.bytes, "the engine's log", &block));
    arena_init(arena, block.memory, block.bytes);
    struct engine *engine = arena_take(arena, sizeof(*engine), JOURNAL_BLOCK_BYTES);
    CHECK(engine != NULL);
    engine->block = block;
    engine->options = *options;
    engine->paths = *paths;
    engine->batch_commands = batch_commands_of(options);
    *engine_out = engine;
    return FAULT_NONE;
}

void engine_close(struct engine *engine)
{
    if (engine == NULL) {
        return;
    }
    seqlog_file_close(engine->file_log);
    events_close(&engine->events);
    poison_close(&engine->poison);
    house_close(&engine->house);
    struct block block = engine->block;
    block_give_back(&block);
}

void engine_close_scoped(struct engine **engine)
{
    engine_close(*engine);
    *engine = NULL;
}

/* ---- the folder ---- */

/* The folder above, whose entry a new folder's name is. */
static void parent_of(char parent_out[FILE_PATH_BYTES], const char *folder)
{
    size_t length = strlen(folder);
    memcpy(parent_out, folder, length + 1);
    while (length > 1 && parent_out[length - 1] == '/') {
        length -= 1;
    }
    while (length > 0 && parent_out[length - 1] != '/') {
        length -= 1;
    }
    while (length > 1 && parent_out[length - 1] == '/') {
        length -= 1;
    }
    memcpy(parent_out + length, "", 1);
    if (length == 0) {
        memcpy(parent_out, ".", 2);
    }
}

/* Whoever runs us may be allowed to use the folder and not to read the one above it. */
static enum fault parent_sync(const struct engine *engine)
{
    char parent[FILE_PATH_BYTES];
    parent_of(parent, engine->paths.folder);
    enum fault fault = disk_sync_folder(engine->options.disk, parent);
    if (fault == FAULT_PERMISSION) {
        log_warn("engine.parent_not_synced", LOG_STR("folder", engine->paths.folder),
                 LOG_FAULT(fault));
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

static enum fault folder_make(const struct engine *engine)
{
    struct disk *disk = engine->options.disk;
    bool exists = false;
    TRY(disk_exists(disk, engine->paths.folder, &exists));
    if (!exists) {
        TRY(disk_make_folder(disk, engine->paths.folder));
        TRY(parent_sync(engine));
    }
    TRY(disk_make_folder(disk, engine->paths.snapshots));
    return FAULT_NONE;
}

/* ---- recovery ---- */

/* Feeds the replay's chunks to the event log and, if it wants them, to the sink. */
struct feeder {
    struct recovery_hooks hooks;
    struct engine *engine;
};

static enum fault feed_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct feeder *feeder = (struct feeder *)(void *)hooks;
    struct eventlog_point point = {.position = recovery->point.event_position,
                                   .seq = recovery->point.event_seq};
    return events_start(&feeder->engine->events, point);
}

static enum fault feed_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct feeder *feeder = (struct feeder *)(void *)hooks;
    struct engine *engine = feeder->engine;
    TRY(events_add(&engine->events, chunk));
    if (engine->options.sink_from_genesis && engine->options.sink != NULL) {
        engine->options.sink->release(engine->options.sink, chunk);
    }
    return FAULT_NONE;
}

static enum fault recover(struct engine *engine, struct recovery *recovery)
{
    const struct engine_options *options = &engine->options;
    struct feeder feeder = {.hooks = {.begin = feed_begin, .chunk = feed_chunk}, .engine = engine};
    struct recovery_config config = {
        .disk = options->disk,
        .clock = options->clock,
        .paths = &engine->paths,
        .hooks = &feeder.hooks,
        .progress = options->progress,
        .poison = &engine->poison,
        .watch = options->watch,
        .outputs_count = engine->log->pending_max,
        .spare = options->event_room,
        .from_genesis = options->sink_from_genesis,
        .threads = options->threads,
    };
    TRY(recovery_run(recovery, &config));
    recovery->config.hooks = NULL;
    engine->status.recovery = recovery->report;
    return FAULT_NONE;
}

/* Where the journal's chain ends, until there is a new batch. */
static void head_begin(struct engine *engine, const struct snapshot_point *point)
{
    struct seqlog_head head = {.seq = point->seq, .time_us = point->time_us};
    if (head.seq > 0) {
        memcpy(head.hash, point->batch_hash, sizeof(head.hash));
        events_head(&engine->events, &head);
        engine->seq_head = head.seq;
    }
}

/* Takes over what recovery has found; goes on writing the journal where it ends. */
static enum fault go_on(struct engine *engine, struct recovery *recovery,
                        const u8 venue[JOURNAL_VENUE_BYTES])
{
    const struct engine_options *options = &engine->options;
    const struct journal_end *end = &recovery->end;
    if (recovery->house.core == NULL && options->genesis == NULL) {
        return FAULT(FAULT_MISSING, "%s: the journal holds no venue yet", engine->paths.folder);
    }
    TRY(seqlog_file_start(engine->file_log, end, venue));
    TRY(events_settle(&engine->events));
    if (recovery->voids_changed) {
        TRY(voids_store(options->disk, engine->paths.folder, engine->paths.voids,
                        &recovery->voids));
    }
    engine->house = recovery->house;
    recovery->house = (struct house){.core = NULL};
    engine->seq_submitted = end->seq_next;
    engine->time_us = end->time_us;
    engine->sealed = end->sealed;
    engine->status.seq_durable = end->seq_next - 1;
    head_begin(engine, &recovery->point);
    struct seqlog_outcome outcome = seqlog_poll(engine->log);
    memcpy(engine->status.hash, outcome.hash, JOURNAL_HASH_BYTES);
    return outcome.status == SEQLOG_DURABLE ? FAULT_NONE : outcome.fault;
}

/* ---- beginning ---- */

/* Would the core take this genesis? Tried in a core of its own, before anything is written. */
static enum fault genesis_try(const struct command_genesis *genesis)
{
    const char *reason = NULL;
    if (!command_check((const u8 *)genesis, sizeof(*genesis), &reason) ||
        genesis->head.kind != COMMAND_GENESIS) {
        return FAULT(FAULT_USAGE, "the genesis record is malformed: %s",
                     reason == NULL ? "kind" : reason);
    }
    struct house house;
    TRY(house_open(&house, genesis, 1, 0));
    struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
    core_apply(house.core, &genesis->head, &output);
    struct event_head head;
    memcpy(&head, output.data, sizeof(head));
    house_close(&house);
    if (head.kind != EVENT_APPLIED) {
        return FAULT(FAULT_USAGE, "the core refuses the genesis record (semantics version %u)",
                     genesis->semantics_version);
    }
    return FAULT_NONE;
}

/* The first command of a new venue, durable before anybody else's. */
static enum fault genesis_begin(struct engine *engine)
{
    const struct command_genesis *genesis = engine->options.genesis;
    TRY(house_open(&engine->house, genesis, engine->log->pending_max, engine->options.event_room));
    enum engine_answer answer = engine_put(engine, &genesis->head);
    CHECK(answer == ENGINE_TAKEN);
    TRY(engine_drain(engine));
    return FAULT_NONE;
}

static bool limits_differ(const struct core *core)
{
    struct command_genesis now = core_limits(core);
    struct command_genesis next = core_limits_next(core);
    now.head = next.head;
    return memcmp(&now, &next, sizeof(now)) != 0;
}

/* New limits take effect at a start: journalled first, then the core is laid out anew. */
static enum fault limits_begin(struct engine *engine)
{
    engine->time_us = u64_max(engine->time_us, clock_wall_us(engine->options.clock));
    struct command_limits_apply record = {
        .head = {.kind = COMMAND_LIMITS_APPLY,
                 .units = sizeof(struct command_limits_apply) / WIRE_UNIT,
                 .source = ENGINE_SOURCE,
                 .source_index = engine->source_index[ENGINE_SOURCE] + 1}};
    u8 *buffer = seqlog_buffer(engine->log);
    CHECK(buffer != NULL);
    memcpy(buffer, &record, sizeof(record));
    struct seqlog_batch batch = {.seq_first = engine->seq_submitted,
                                 .time_us = engine->time_us,
                                 .count = 1,
                                 .records = span_of(buffer, sizeof(record))};
    seqlog_submit(engine->log, &batch);
    struct seqlog_outcome outcome = seqlog_poll(engine->log);
    while (outcome.status == SEQLOG_DURABLE && outcome.pending > 0) {
        outcome = seqlog_wait(engine->log, SEQLOG_SEAL_AFTER_MS);
    }
    if (outcome.status != SEQLOG_DURABLE) {
        return outcome.fault;
    }
    TRY(applier_limits(&engine->applier, engine->time_us));
    engine->seq_submitted += 1;
    engine->sealed = false;
    engine->status.seq_durable = batch.seq_first;
    engine->status.batches += 1;
    engine->status.commands += 1;
    memcpy(engine->status.hash, outcome.hash, JOURNAL_HASH_BYTES);
    return FAULT_NONE;
}

/* ---- the start ---- */

static void agent_init(struct engine *engine)
{
    engine->batches_max = engine->log->pending_max;
    CHECK(engine->batches_max <= HOUSE_OUTPUTS_MAX);
    engine->applier = (struct applier){
        .house = &engine->house, .poison = &engine->poison, .watch = engine->options.watch};
    engine->status.event_position = engine->events.point.position;
    for (u32 source = 0; source < ENGINE_SOURCES; source += 1) {
        engine->source_index[source] =
            engine->house.core == NULL ? 0 : core_source_index(engine->house.core, (u8)source);
    }
}

static enum fault start_memory(struct engine *engine, struct arena *arena)
{
    seqlog_memory_init(&engine->memory_log, batch_bytes_of(&engine->options), arena);
    engine->log = &engine->memory_log.log;
    engine->seq_submitted = 1;
    engine->sealed = true;
    struct eventlog_config config = {.disk = NULL};
    TRY(events_open(&engine->events, &config));
    agent_init(engine);
    return genesis_begin(engine);
}

static enum fault events_begin(struct engine *engine, const u8 venue[JOURNAL_VENUE_BYTES])
{
    const struct engine_options *options = &engine->options;
    struct eventlog_config config = {
        .disk = options->no_event_log ? NULL : options->disk,
        .folder = engine->paths.events,
        .segment_bytes = options->event_segment,
        .threads = options->threads,
        .gate = options->gate,
    };
    memcpy(config.venue, venue, JOURNAL_VENUE_BYTES);
    return events_open(&engine->events, &config);
}

/* A new venue. Its id is in the journal before anything else carries it. */
static enum fault start_new(struct engine *engine)
{
    const struct engine_options *options = &engine->options;
    u8 venue[JOURNAL_VENUE_BYTES];
    if (options->venue != NULL) {
        memcpy(venue, options->venue, JOURNAL_VENUE_BYTES);
    } else {
        TRY(entropy_fill(venue, JOURNAL_VENUE_BYTES));
    }
    struct journal_end end = {.empty = true, .seq_next = 1, .sealed = true};
    TRY(seqlog_file_start(engine->file_log, &end, venue));
    TRY(events_begin(engine, venue));
    TRY(events_start(&engine->events, (struct eventlog_point){.position = 0}));
    TRY(events_settle(&engine->events));
    engine->seq_submitted = 1;
    engine->sealed = true;
    return FAULT_NONE;
}

static enum fault start_recovered(struct engine *engine, struct recovery *recovery)
{
    u8 venue[JOURNAL_VENUE_BYTES];
    bool has = false;
    TRY(layout_venue(engine->options.disk, &engine->paths, venue, &has));
    if (!has) {
        /* The last segment's header is damaged; the reader says in which way. */
        TRY(recover(engine, recovery));
        return FAULT(FAULT_ROT, "%s: the last segment's header is damaged", engine->paths.journal);
    }
    TRY(events_begin(engine, venue));
    TRY(recover(engine, recovery));
    return go_on(engine, recovery, venue);
}

/* With the folder locked. */
static enum fault start_locked(struct engine *engine)
{
    bool has = false;
    TRY(layout_has_journal(engine->options.disk, &engine->paths, &has));
    if (has) {
        SCOPED_BLOCK block = {.memory = NULL};
        TRY(block_take(sizeof(struct recovery), "recovery", &block));
        struct recovery *recovery = (struct recovery *)(void *)block.memory;
        enum fault fault = start_recovered(engine, recovery);
        recovery_close(recovery);
        TRY(fault);
    } else {
        TRY(start_new(engine));
    }
    agent_init(engine);
    if (engine->house.core == NULL) {
        TRY(genesis_begin(engine));
    }
    if (limits_differ(engine->house.core)) {
        TRY(limits_begin(engine));
    }
    return FAULT_NONE;
}

static enum fault start_folder(struct engine *engine, struct arena *arena)
{
    const struct engine_options *options = &engine->options;
    if (options->genesis != NULL) {
        TRY(folder_make(engine));
    } else {
        bool has = false;
        TRY(layout_has_journal(options->disk, &engine->paths, &has));
        if (!has) {
            return FAULT(FAULT_MISSING, "%s: there is no journal in this folder",
                         engine->paths.folder);
        }
    }
    struct seqlog_file_config config = log_config(options, &engine->paths);
    TRY(seqlog_file_open(&engine->file_log, &config, arena));
    engine->log = seqlog_file_log(engine->file_log);
    TRY(poison_open(&engine->poison, options->disk, engine->paths.applying));
    return start_locked(engine);
}

enum fault engine_open(struct engine **engine_out, const struct engine_options *options)
{
    *engine_out = NULL;
    TRY(options_check(options));
    struct layout_paths paths = {.folder = ""};
    if (options->folder != NULL) {
        TRY(layout_paths(&paths, options->folder));
    }
    if (options->genesis != NULL) {
        TRY(genesis_try(options->genesis));
    }
    struct engine *engine = NULL;
    struct arena arena;
    TRY(engine_make(&engine, options, &paths, &arena));
    enum fault fault =
        options->folder == NULL ? start_memory(engine, &arena) : start_folder(engine, &arena);
    if (fault != FAULT_NONE) {
        engine_close(engine);
        return fault;
    }
    arena_seal(&arena);
    engine->options.genesis = NULL;
    *engine_out = engine;
    return FAULT_NONE;
}
