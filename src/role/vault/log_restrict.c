/* Roots of restrictions: what the event log tells goes into the book in the same step in which it
 * was read, and each day that is over gets its line (docs/restriction-log.md). */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"
#include "io/image_walk.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "cambist-restrictions-key/v1"
#define TEXT_BYTES (sizeof(FIRST_LINE) + 2 * RESTRICT_KEY_BYTES + 1)
#define LOOK_NS    1000000000ULL
#define AGAIN_NS   10000000000ULL /* a folder is listed */

static u64 venue_now(struct log_agent *agent)
{
    struct clock *clock = agent->options.venue_clock;
    return clock_wall_us(clock == NULL ? agent->options.clock : clock);
}

/* ---- the key ---- */

static enum fault key_make(struct log_agent *agent, const char *path)
{
    char hex[2 * RESTRICT_KEY_BYTES + 1];
    char text[TEXT_BYTES + 1];
    char fresh[FILE_PATH_BYTES];
    u8 key[RESTRICT_KEY_BYTES];
    TRY(file_path(fresh, agent->folder, LOG_SALTS_FILE ".new"));
    TRY(entropy_fill(key, sizeof(key)));
    int size =
        snprintf(text, sizeof(text), FIRST_LINE "\n%s\n", bytes_to_hex(key, sizeof(key), hex));
    CHECK(size == (int)TEXT_BYTES);
    enum fault fault =
        tlog_file_write(agent->options.disk, fresh, FILE_SECRET, span_of(text, TEXT_BYTES));
    if (fault == FAULT_NONE) {
        fault = disk_rename(agent->options.disk, fresh, path);
    }
    if (fault == FAULT_NONE) {
        fault = disk_sync_folder(agent->options.disk, agent->folder);
    }
    secret_wipe(key, sizeof(key));
    secret_wipe(hex, sizeof(hex));
    secret_wipe(text, sizeof(text));
    return fault;
}

enum fault log_restrict_key_read(struct disk *disk, const char *log, u8 *key_out)
{
    char path[FILE_PATH_BYTES];
    u8 text[TEXT_BYTES];
    size_t size = 0;
    TRY(file_path(path, log, LOG_SALTS_FILE));
    TRY(tlog_file_read_own(disk, path, text, sizeof(text), &size));
    bool is_key = size == TEXT_BYTES && memcmp(text, FIRST_LINE "\n", sizeof(FIRST_LINE)) == 0 &&
                  text[size - 1] == '\n' &&
                  bytes_from_hex(span_of(text + sizeof(FIRST_LINE), 2 * RESTRICT_KEY_BYTES),
                                 key_out, RESTRICT_KEY_BYTES);
    secret_wipe(text, sizeof(text));
    return is_key ? FAULT_NONE : FAULT(FAULT_INPUT, "%s: not a key of restrictions", path);
}

enum fault log_restrict_prepare(struct log_agent *agent)
{
    char path[FILE_PATH_BYTES];
    bool has_key = false;
    TRY(file_path(path, agent->folder, LOG_SALTS_FILE));
    TRY(disk_exists(agent->options.disk, path, &has_key));
    if (!has_key) { /* where salts were made with one that is lost, the book refuses this one */
        TRY(key_make(agent, path));
    }
    agent->restrictions_key = calloc(1, RESTRICT_KEY_BYTES);
    if (agent->restrictions_key == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a key");
    }
    return log_restrict_key_read(agent->options.disk, agent->folder, agent->restrictions_key);
}

void log_restrict_forget(struct log_agent *agent)
{
    if (agent->restrictions_key != NULL) {
        secret_wipe(agent->restrictions_key, RESTRICT_KEY_BYTES);
        free(agent->restrictions_key);
        agent->restrictions_key = NULL;
    }
}

/* ---- from an image on ---- */

struct walk {
    struct image_sink sink; /* first: it is cast back */
    struct restrict_book *book;
    u8 piece[IMAGE_PIECE_BYTES];
};

static enum fault record_take(struct image_sink *sink, const u8 *record, size_t size)
{
    struct walk *walk = (struct walk *)(void *)sink;
    return restrict_book_state(walk->book, record, size);
}

static enum fault image_walk_whole(struct log_agent *agent, struct eventlog_image *image)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    if (walk == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for an image");
    }
    walk->sink.record = record_take;
    walk->book = agent->restrictions;
    enum fault fault = image_walk(image, walk->piece, &walk->sink);
    free(walk);
    return fault;
}

/* The newest image; *position_out: where its events go on. FAULT_MISSING: there is none. */
static enum fault image_take(struct log_agent *agent, u64 *position_out)
{
    struct eventlog_image image;
    TRY(eventlog_image_open(&image, agent->options.disk, agent->events));
    *position_out = image.point.position;
    enum fault fault =
        restrict_book_resume(agent->restrictions, image.point.position, venue_now(agent));
    if (fault == FAULT_NONE) {
        fault = image_walk_whole(agent, &image);
    }
    eventlog_image_close(&image);
    TRY(fault);
    return restrict_book_resumed(agent->restrictions);
}

/* What others have read already, up to where they are. FAULT_MISSING: it is not held. */
static enum fault catch_up(struct log_agent *agent, u64 position)
{
    if (position >= agent->journal.position) {
        return FAULT_NONE;
    }
    TRY(log_follow_reader(agent, position));
    while (position < agent->journal.position) {
        struct eventlog_chunk chunk;
        bool some = false;
        TRY(eventlog_reader_next(agent->reader, &chunk, &some));
        if (!some) {
            return FAULT(FAULT_MISSING, "%s: events that were read are gone", agent->events);
        }
        TRY(restrict_book_chunk(agent->restrictions, &chunk, venue_now(agent)));
        position = chunk.position_next;
    }
    return FAULT_NONE;
}

/* From the first event on where that is held, otherwise from the newest image. */
static enum fault start(struct log_agent *agent)
{
    u64 position = 0;
    struct eventlog_reader *reader = NULL;
    enum fault fault = FAULT_NONE;
    if (agent->journal.position > 0) {
        fault = log_follow_reader(agent, 0);
        reader = agent->reader;
    }
    if (fault == FAULT_NONE) {
        struct eventlog_chunk chunk;
        bool some = false;
        /* That the first segment is there is known when its first chunk is. */
        fault = reader == NULL ? FAULT_NONE : eventlog_reader_next(reader, &chunk, &some);
    }
    if (fault == FAULT_NONE) {
        TRY(restrict_book_begin(agent->restrictions));
        return catch_up(agent, 0);
    }
    if (fault != FAULT_MISSING) {
        return fault;
    }
    fault_forget();
    TRY(image_take(agent, &position));
    return catch_up(agent, position);
}

/* In one step, or not at all; what is missing now may be there later. */
static enum fault try_start(struct log_agent *agent)
{
    TRY(publog_take_begin(agent->publog));
    enum fault fault = start(agent);
    if (fault == FAULT_NONE) {
        fault = log_restrict_keep(agent);
    }
    log_follow_reader_close(agent);
    if (fault != FAULT_NONE) {
        publog_take_drop(agent->publog);
        return fault;
    }
    struct publog_source_point point = agent->journal;
    return publog_take_end(agent->publog, PUBLOG_SOURCE_RESTRICT, &point);
}

static enum fault book_open(struct log_agent *agent)
{
    log_restrict_give_back(agent);
    return restrict_book_open(&agent->restrictions, agent->publog, agent->restrictions_key);
}

static enum fault start_or_wait(struct log_agent *agent)
{
    enum fault fault = try_start(agent);
    if (fault != FAULT_MISSING) {
        return fault;
    }
    log_info("log.restrictions_wait", LOG_FAULT(fault));
    fault_forget();
    return book_open(agent); /* as it was */
}

enum fault log_restrict_load(struct log_agent *agent)
{
    agent->restrict_ns = 0;
    TRY(book_open(agent));
    return restrict_book_is_begun(agent->restrictions) ? FAULT_NONE : start_or_wait(agent);
}

void log_restrict_give_back(struct log_agent *agent)
{
    restrict_book_close(agent->restrictions);
    agent->restrictions = NULL;
}

/* ---- what is read ---- */

enum fault log_restrict_chunk(struct log_agent *agent, const struct eventlog_chunk *chunk)
{
    return restrict_book_chunk(agent->restrictions, chunk, venue_now(agent));
}

/* Where the newest image is damaged an older one serves, with its events up to where the log goes
 * on. */
enum fault log_restrict_gap(struct log_agent *agent)
{
    u64 position = 0;
    enum fault fault = image_take(agent, &position);
    if (fault == FAULT_NONE) {
        fault = catch_up(agent, position);
        log_follow_reader_close(agent);
    }
    if (fault == FAULT_MISSING) { /* a later image will do; what was known is not so any more */
        fault_forget();
        restrict_book_stop(agent->restrictions);
        return FAULT_NONE;
    }
    return fault;
}

enum fault log_restrict_keep(struct log_agent *agent)
{
    bool has_line = false;
    TRY(restrict_book_keep(agent->restrictions, &has_line));
    agent->has_line = agent->has_line || has_line;
    return FAULT_NONE;
}

/* ---- days that end by themselves ---- */

static enum fault idle_close(struct log_agent *agent, u64 now_us)
{
    struct publog_source_point point = agent->journal;
    TRY(publog_take_begin(agent->publog));
    enum fault fault = restrict_book_idle(agent->restrictions, now_us);
    if (fault == FAULT_NONE) {
        fault = log_restrict_keep(agent);
    }
    if (fault != FAULT_NONE) {
        publog_take_drop(agent->publog);
        return fault;
    }
    return publog_take_end(agent->publog, PUBLOG_SOURCE_RESTRICT, &point);
}

enum fault log_restrict_turn(struct log_agent *agent, u64 now_ns)
{
    u64 now_us = venue_now(agent);
    if (now_ns < agent->restrict_ns) {
        return FAULT_NONE;
    }
    agent->restrict_ns = now_ns + LOOK_NS;
    if (!restrict_book_is_begun(agent->restrictions)) {
        agent->restrict_ns = now_ns + AGAIN_NS;
        return start_or_wait(agent);
    }
    struct eventlog_point released;
    TRY(eventlog_reader_released(agent->registration, &released));
    if (released.position > agent->journal.position ||
        !restrict_book_is_due(agent->restrictions, now_us)) {
        return FAULT_NONE;
    }
    return idle_close(agent, now_us);
}
