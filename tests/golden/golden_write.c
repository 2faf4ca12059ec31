/* golden_write FOLDER usual|rules: writes the golden journals of a new version and what the core
 * makes of them.
 *
 * One is made by hand (golden_scenario.c, golden_rules.c), the others are random commands of
 * sim/flow.h or sim/flow_rules.h, one seed for each of its profiles. The folder must exist and
 * be empty: what is there once is never rewritten. */
#include "base/check.h"
#include "base/random.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "tests/golden/golden.h"
#include "tests/golden/golden_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COMMANDS = 900,
    PROFILES_MAX = 16,
    SEEDS_TRIED = 200,
    BATCH_MAX = 24,
    EVENTS_BYTES = 1 << 24,
    PATH_BYTES = 512,
};

struct run {
    struct flow *flow;
    struct model *model;
    struct random random;
    u8 *events;
    struct golden_writer writer;
};

/* One command of the flow, to the model and to the journal. */
static void write_step(struct run *run, struct flow_step *step)
{
    struct command_head *head = (struct command_head *)(void *)step->record;
    u64 seq = run->writer.seq_next;
    if (head->kind == COMMAND_VOID) {
        struct command_void record;
        memcpy(&record, step->record, sizeof record);
        record.void_seq = 0; /* names nothing: only those below mean it */
        memcpy(step->record, &record, sizeof record);
    }
    golden_writer_record(&run->writer, step->record);
    if (!step->is_void) {
        (void)model_apply(run->model, head, run->events, EVENTS_BYTES);
        return;
    }
    (void)model_void(run->model, run->events, EVENTS_BYTES);
    struct command_void record = {.head = {.kind = COMMAND_VOID,
                                           .units = sizeof record / WIRE_UNIT,
                                           .source = head->source,
                                           .source_index = head->source_index},
                                  .void_seq = seq,
                                  .code = 1};
    golden_writer_time(&run->writer, run->writer.time_us); /* alone in its batch */
    golden_writer_record(&run->writer, &record);
    golden_writer_time(&run->writer, run->writer.time_us);
    (void)model_apply(run->model, &record.head, run->events, EVENTS_BYTES);
}

/* The steps of a seed, in batches that share one time. The journal begins with the genesis. */
static void write_flow(struct run *run)
{
    bool has_genesis = false;
    u64 left = 0;
    for (u32 written = 0; written < COMMANDS;) {
        struct flow_step step;
        flow_next(run->flow, run->model, &step);
        const struct command_head *head = (const struct command_head *)(const void *)step.record;
        bool is_first =
            head->kind == COMMAND_GENESIS &&
            memcmp(step.record + sizeof *head, (const u8 *)flow_limits(run->flow) + sizeof *head,
                   sizeof(struct command_genesis) - sizeof *head) == 0;
        const char *reason = "";
        bool is_sound = command_check(step.record, step.bytes, &reason);
        if (!is_sound || head->kind == COMMAND_LIMITS_APPLY || (!has_genesis && !is_first)) {
            continue; /* not for a journal, or not for this core */
        }
        has_genesis = true;
        if (left == 0) {
            left = random_between(&run->random, 1, BATCH_MAX);
            golden_writer_time(&run->writer, step.time_us);
            model_set_time(run->model, run->writer.time_us);
        }
        left -= 1;
        step.is_void = step.is_void && written > 0;
        write_step(run, &step);
        written += 1;
    }
}

/* Reads what was written, plays it and writes the expected results beside it. */
static enum fault write_expected(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    char text[GOLDEN_TEXT_BYTES];
    struct golden golden;
    struct golden_result result;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    enum fault fault = golden_read(path, &golden);
    fault = fault == FAULT_NONE ? golden_play(&golden, GOLDEN_SINGLY, NULL, &result) : fault;
    golden_release(&golden);
    TRY(fault);
    size_t length = golden_print(&result, text);
    (void)snprintf(path, sizeof path, "%s/%s.expected", folder, name);
    FILE *file = fopen(path, "wx");
    if (file == NULL || fwrite(text, 1, length, file) != length || fclose(file) != 0) {
        return FAULT(FAULT_IO, "%s cannot be written", path);
    }
    (void)printf("%s/%s\n%s", folder, name, text);
    return FAULT_NONE;
}

static enum fault write_seed(const char *folder, u64 seed, struct flow *(*create)(u64 seed))
{
    struct run run = {.flow = create(seed), .events = malloc(EVENTS_BYTES)};
    char name[64];
    char path[PATH_BYTES];
    CHECK(run.events != NULL);
    run.model = model_create(flow_limits(run.flow));
    random_init(&run.random, seed);
    (void)snprintf(name, sizeof name, "%s-%llu", flow_profile_name(run.flow),
                   (unsigned long long)seed);
    for (char *at = name; *at; at++) {
        *at = *at == ' ' ? '-' : *at;
    }
    golden_writer_open(&run.writer, name);
    write_flow(&run);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    enum fault fault = golden_writer_close(&run.writer, path);
    model_free(run.model);
    flow_free(run.flow);
    free(run.events);
    return fault == FAULT_NONE ? write_expected(folder, name) : fault;
}

/* The first seed of each profile. */
static enum fault write_seeds(const char *folder, struct flow *(*create)(u64 seed))
{
    const char *seen[PROFILES_MAX];
    u32 count = 0;
    for (u64 seed = 1; seed <= SEEDS_TRIED && count < PROFILES_MAX; seed++) {
        struct flow *flow = create(seed);
        const char *profile = flow_profile_name(flow);
        bool is_new = true;
        for (u32 i = 0; i < count; i++) {
            is_new = is_new && strcmp(seen[i], profile) != 0;
        }
        flow_free(flow);
        if (is_new) {
            seen[count++] = profile; /* a constant text */
            TRY(write_seed(folder, seed, create));
        }
    }
    return FAULT_NONE;
}

static enum fault write_by_hand(const char *folder, const char *name,
                                void (*write)(struct golden_writer *writer))
{
    struct golden_writer writer;
    char path[PATH_BYTES];
    golden_writer_open(&writer, name);
    write(&writer);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    TRY(golden_writer_close(&writer, path));
    return write_expected(folder, name);
}

static enum fault write_usual(const char *folder)
{
    TRY(write_by_hand(folder, "scenario", golden_scenario));
    return write_seeds(folder, flow_create);
}

static enum fault write_rules(const char *folder)
{
    TRY(write_by_hand(folder, "rules", golden_rules));
    return write_seeds(folder, flow_rules_create);
}

int main(int count, char **texts)
{
    bool is_usual = count == 3 && strcmp(texts[2], "usual") == 0;
    bool is_rules = count == 3 && strcmp(texts[2], "rules") == 0;
    if (!is_usual && !is_rules) {
        (void)fprintf(stderr, "usage: golden_write FOLDER usual|rules\n");
        return 2;
    }
    enum fault fault = is_usual ? write_usual(texts[1]) : write_rules(texts[1]);
    if (fault != FAULT_NONE) {
        (void)fprintf(stderr, "%s\n", fault_text());
    }
    return fault_exit_code(fault);
}
