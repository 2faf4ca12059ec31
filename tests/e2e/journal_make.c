/* Makes small journals for journal_reader.py, and says what our own reader finds in them.
 *
 *     journal_make write FOLDER SEED BATCHES   a journal of small segments, sealed now and then
 *     journal_make pack FOLDER SEQ             packs the segment that begins with SEQ
 *     journal_make read FOLDER                 the whole journal, checked
 *
 * The last line is JSON. What is refused ends with the fault's exit code. */
#include "base/random.h"
#include "io/journal_pack.h"
#include "tests/support/journal_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_hex(const char *name, const u8 *bytes, size_t size)
{
    (void)printf("\"%s\":\"", name);
    for (size_t index = 0; index < size; index += 1) {
        (void)printf("%02x", bytes[index]);
    }
    (void)printf("\",");
}

static void say_found(const struct journal_world *world)
{
    const struct journal_end *end = &world->tally.end;
    (void)printf("{\"fault\":\"none\",");
    say_hex("venue", end->venue, sizeof(end->venue));
    say_hex("hash", end->hash, sizeof(end->hash));
    (void)printf("\"batches\":%llu,\"seals\":%llu,\"records\":%llu,\"seq_next\":%llu,"
                 "\"time_us\":%llu,\"segment\":%llu,\"offset\":%llu,\"torn_bytes\":%llu}\n",
                 (unsigned long long)world->tally.batches, (unsigned long long)world->tally.seals,
                 (unsigned long long)world->tally.records, (unsigned long long)end->seq_next,
                 (unsigned long long)end->time_us, (unsigned long long)end->segment,
                 (unsigned long long)end->offset, (unsigned long long)end->torn_bytes);
}

static enum fault make(struct journal_world *world, u64 batches)
{
    struct random random;
    random_init(&random, world->seed);
    TRY(journal_world_start(world));
    bool good = true;
    for (u64 index = 0; good && index < batches; index += 1) {
        u32 most = random_chance(&random, 1, 2) ? 4 : 200;
        good = journal_world_submit(world, 1 + (u32)random_below(&random, most)) &&
               journal_world_settle(world);
        good = good && (!random_chance(&random, 1, 6) || journal_world_seal(world));
    }
    good = good && journal_world_seal(world);
    enum fault fault = good ? FAULT_NONE : world->outcome.fault;
    journal_world_stop(world);
    return fault;
}

static enum fault run(struct journal_world *world, int count, char **texts)
{
    if (strcmp(texts[1], "write") == 0 && count == 5) {
        return make(world, strtoull(texts[4], NULL, 10));
    }
    if (strcmp(texts[1], "pack") == 0 && count == 4) {
        struct journal_pack_result result;
        return journal_pack(disk_real(), texts[2], strtoull(texts[3], NULL, 10), 3, &result);
    }
    if (strcmp(texts[1], "read") == 0 && count == 3) {
        return FAULT_NONE;
    }
    return FAULT(FAULT_USAGE, "journal_make: see its first lines");
}

int main(int count, char **texts)
{
    if (count < 3) {
        return fault_exit_code(FAULT_USAGE);
    }
    struct journal_world world;
    u64 seed = count == 5 ? strtoull(texts[3], NULL, 10) : 1;
    journal_world_init(&world, disk_real(), texts[2], seed);
    enum fault fault = run(&world, count, texts);
    if (fault == FAULT_NONE) {
        world.seq_durable = 1;
        fault = journal_world_read(&world);
    }
    if (fault == FAULT_NONE) {
        say_found(&world);
    } else {
        (void)printf("{\"fault\":\"%s\",\"text\":\"%s\"}\n", fault_name(fault), fault_text());
    }
    journal_world_free(&world);
    return fault_exit_code(fault);
}
