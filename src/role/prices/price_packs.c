/* The texts of packs in force, of which the agent wants the times of valuation, and the file that
 * says when each was last valued: a line for each, the content hash and microseconds. */
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/prices/price_agent_inner.h"

#include <stdio.h>
#include <string.h>

#define VALUED_NAME "valued"
#define VALUED_PART "valued.part"
#define NUMBER_MAX  20U
#define LINE_BYTES  (PRICE_HASH_DIGITS + 1 + NUMBER_MAX + 1)

_Static_assert(PRICE_PACKS_MAX *LINE_BYTES < PRICE_VALUED_BYTES, "all of them fit");

static void hash_print(const u8 hash[SHA256_BYTES], char target[PRICE_HASH_DIGITS + 1])
{
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        (void)snprintf(target + (size_t)2 * i, 3, "%02x", hash[i]);
    }
}

static bool hash_read(const u8 *text, u8 hash_out[SHA256_BYTES])
{
    for (u32 i = 0; i < PRICE_HASH_DIGITS; i += 1) {
        u8 symbol = text[i];
        bool is_digit = symbol >= '0' && symbol <= '9';
        if (!is_digit && (symbol < 'a' || symbol > 'f')) {
            return false;
        }
        u32 digit = is_digit ? (u32)symbol - '0' : (u32)symbol - 'a' + 10;
        hash_out[i / 2] = (u8)(i % 2 == 0 ? digit << 4 : hash_out[i / 2] | digit);
    }
    return true;
}

/* ---- prices/valued ---- */

static enum fault valued_path(const struct price_agent *agent, const char *name,
                              char path_out[FILE_PATH_BYTES])
{
    char folder[FILE_PATH_BYTES];
    TRY(file_path(folder, agent->options.folder, PRICE_FOLDER));
    return file_path(path_out, folder, name);
}

/* One line without its end. */
static bool valued_line(struct span line, struct valued_row *row_out)
{
    struct amount number;
    if (line.size < PRICE_HASH_DIGITS + 2 || line.data[PRICE_HASH_DIGITS] != ' ' ||
        !hash_read(line.data, row_out->hash) ||
        amount_parse(span_after(line, PRICE_HASH_DIGITS + 1), 0, &number) != AMOUNT_OK) {
        return false;
    }
    row_out->time_us = number.units; /* raw: microseconds */
    return row_out->time_us > 0;
}

static bool valued_parse(struct price_agent *agent, struct span text)
{
    u32 count = 0;
    while (text.size > 0) {
        const u8 *end = memchr(text.data, '\n', text.size);
        if (end == NULL || count == PRICE_PACKS_MAX) {
            return false;
        }
        size_t size = (size_t)(end - text.data);
        if (!valued_line(span_of(text.data, size), &agent->valued[count])) {
            return false;
        }
        count += 1;
        text = span_after(text, size + 1);
    }
    return true;
}

static enum fault valued_read(struct price_agent *agent)
{
    char path[FILE_PATH_BYTES];
    size_t size = 0;
    SCOPED_FILE file = {.disk = NULL};
    TRY(valued_path(agent, VALUED_NAME, path));
    TRY(file_open(agent->options.disk, path, 0, &file));
    TRY(file_read_at(&file, 0, agent->bytes, PRICE_VALUED_BYTES, &size));
    return valued_parse(agent, span_of(agent->bytes, size))
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: not as it was written", path);
}

void price_packs_open(struct price_agent *agent)
{
    enum fault fault = valued_read(agent);
    if (fault != FAULT_NONE) {
        memset(agent->valued, 0, sizeof(agent->valued));
    }
    if (fault != FAULT_NONE && fault != FAULT_MISSING) {
        log_warn("prices.valued_not_read", LOG_FAULT(fault));
    }
    fault_forget();
}

static enum fault valued_write(struct price_agent *agent)
{
    char text[PRICE_VALUED_BYTES];
    char path[FILE_PATH_BYTES];
    char part[FILE_PATH_BYTES];
    size_t used = 0;
    bool exists = false;
    for (u32 i = 0; i < PRICE_PACKS_MAX; i += 1) {
        char hash[PRICE_HASH_DIGITS + 1];
        if (agent->valued[i].time_us != 0) {
            hash_print(agent->valued[i].hash, hash);
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %llu\n", hash,
                                     (unsigned long long)agent->valued[i].time_us);
        }
    }
    TRY(valued_path(agent, VALUED_NAME, path));
    TRY(valued_path(agent, VALUED_PART, part));
    TRY(disk_exists(agent->options.disk, part, &exists));
    if (exists) {
        TRY(disk_unlink(agent->options.disk, part));
    }
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(agent->options.disk, part, FILE_WRITE | FILE_CREATE, &file));
    TRY(file_write_at(&file, 0, text, used));
    TRY(file_sync(&file));
    return disk_rename(agent->options.disk, part, path);
}

/* The rows as the venue has them now; true: they have changed. */
static bool valued_update(struct price_agent *agent)
{
    struct valued_row rows[PRICE_PACKS_MAX];
    memset(rows, 0, sizeof(rows));
    for (u32 i = 0; i < PRICE_PACKS_MAX; i += 1) {
        const struct venue_pack *pack = &agent->venue.packs[i];
        if (pack->is_active && pack->valued_us != 0) {
            memcpy(rows[i].hash, pack->hash, SHA256_BYTES);
            rows[i].time_us = pack->valued_us;
        }
    }
    if (memcmp(rows, agent->valued, sizeof(rows)) == 0) {
        return false;
    }
    memcpy(agent->valued, rows, sizeof(rows));
    return true;
}

/* ---- texts ---- */

static enum fault text_read(struct price_agent *agent, u32 number, struct valuation_times *times)
{
    char folder[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    char name[PRICE_HASH_DIGITS + sizeof(".json")];
    u8 hash[SHA256_BYTES];
    size_t size = 0;
    SCOPED_FILE file = {.disk = NULL};
    hash_print(agent->venue.packs[number].hash, name);
    memcpy(name + PRICE_HASH_DIGITS, ".json", sizeof(".json"));
    TRY(file_path(folder, agent->options.folder, PRICE_PACKS_FOLDER));
    TRY(file_path(path, folder, name));
    TRY(file_open(agent->options.disk, path, 0, &file));
    TRY(file_read_at(&file, 0, agent->bytes, sizeof(agent->bytes), &size));
    struct span text = span_of(agent->bytes, size);
    sha256_begin(&agent->sha256);
    sha256_add(&agent->sha256, text);
    sha256_end(&agent->sha256, hash);
    if (memcmp(hash, agent->venue.packs[number].hash, SHA256_BYTES) != 0) {
        return FAULT(FAULT_ROT, "%s: not the text of this hash", path);
    }
    return valuation_times_read(text, times) ? FAULT_NONE
                                             : FAULT(FAULT_ROT, "%s: not a pack", path);
}

static void text_want(struct price_agent *agent, u32 number)
{
    struct pack_times *state = &agent->packs[number];
    const struct venue_pack *pack = &agent->venue.packs[number];
    if (memcmp(state->hash, pack->hash, SHA256_BYTES) != 0) {
        *state = (struct pack_times){.has_times = false};
        memcpy(state->hash, pack->hash, SHA256_BYTES);
    }
    if (state->has_times) {
        return;
    }
    enum fault fault = text_read(agent, number, &state->times);
    state->has_times = fault == FAULT_NONE;
    if (fault != FAULT_NONE && !state->has_told) {
        log_error("prices.pack_text", LOG_U64("pack", number), LOG_FAULT(fault));
        state->has_told = true;
    }
    fault_forget();
}

static void valued_fill(const struct price_agent *agent, struct venue_pack *pack)
{
    for (u32 i = 0; i < PRICE_PACKS_MAX && pack->valued_us == 0; i += 1) {
        const struct valued_row *row = &agent->valued[i];
        if (row->time_us > pack->since_us && memcmp(row->hash, pack->hash, SHA256_BYTES) == 0) {
            pack->valued_us = row->time_us;
        }
    }
}

void price_packs_turn(struct price_agent *agent)
{
    for (u32 number = 0; number < PRICE_PACKS_MAX; number += 1) {
        struct venue_pack *pack = &agent->venue.packs[number];
        if (pack->is_active) {
            text_want(agent, number);
            valued_fill(agent, pack);
        }
    }
    if (valued_update(agent)) {
        enum fault fault = valued_write(agent);
        if (fault != FAULT_NONE) {
            log_warn("prices.valued_not_written", LOG_FAULT(fault));
            fault_forget();
        }
    }
}

u64 price_packs_due(const struct price_agent *agent, u32 number, u64 now_us)
{
    const struct venue_pack *pack = &agent->venue.packs[number];
    const struct pack_times *state = &agent->packs[number];
    if (!pack->is_active || !state->has_times ||
        memcmp(state->hash, pack->hash, SHA256_BYTES) != 0) {
        return 0;
    }
    u64 last_us = valuation_times_last(&state->times, now_us);
    return last_us > u64_max(pack->since_us, pack->valued_us) ? last_us : 0;
}
