#include "app/log_venue.h"

#include "app/cli.h"
#include "app/log_files.h"
#include "base/span.h"
#include "io/block.h"
#include "io/clock.h"
#include "role/vault/grant.h"
#include "role/vault/publog_span.h"
#include "role/vault/tlog_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US      1000000ULL
#define TEXT_BYTES_MAX (2U * LOG_VENUE_EVENTS_MAX * PUBLOG_MONTH_EVENT_BYTES)

static enum fault month_read(struct log_venue *venue, u8 *text)
{
    size_t bytes = 0;
    TRY(tlog_file_read(disk_real(), venue->path, text, TEXT_BYTES_MAX, &bytes));
    enum publog_month_flaw flaw = publog_month_read(venue->month, span_of(text, bytes));
    return flaw == PUBLOG_MONTH_FLAW_NONE ? FAULT_NONE
                                          : FAULT(FAULT_INPUT, "%s: line %u: %s", venue->path,
                                                  venue->month->line, publog_month_flaw_text(flaw));
}

enum fault log_venue_open(struct log_venue *venue, struct sha256 *sha256, const char *path)
{
    *venue = (struct log_venue){.path = path};
    publog_check_init(&venue->check, NULL);
    if (path == NULL) {
        return FAULT_NONE;
    }
    u8 *text = malloc(TEXT_BYTES_MAX);
    venue->month = calloc(1, sizeof(*venue->month));
    if (venue->month != NULL) {
        venue->month->sha256 = sha256;
        venue->month->events_max = LOG_VENUE_EVENTS_MAX;
        venue->month->events = calloc(LOG_VENUE_EVENTS_MAX, sizeof(*venue->month->events));
    }
    enum fault fault = FAULT_NONE;
    if (text == NULL || venue->month == NULL || venue->month->events == NULL) {
        fault = FAULT(FAULT_LIMIT, "no memory for the opening of a month");
    } else {
        fault = month_read(venue, text);
    }
    free(text);
    if (fault != FAULT_NONE) {
        log_venue_close(venue);
        return fault;
    }
    publog_check_init(&venue->check, venue->month);
    return FAULT_NONE;
}

void log_venue_close(struct log_venue *venue)
{
    if (venue->month != NULL) {
        free(venue->month->events);
        free(venue->month);
        venue->month = NULL;
    }
}

void log_venue_end(struct log_venue *venue, struct tlog_finding *finding)
{
    enum publog_month_flaw flaw = venue->check.month_flaw;
    if (finding->flaw == TLOG_FLAW_NONE && venue->month != NULL) {
        flaw = publog_month_end(venue->month);
        if (flaw != PUBLOG_MONTH_FLAW_NONE) {
            finding->flaw = TLOG_FLAW_LEAF;
            (void)snprintf(finding->file, sizeof(finding->file), "%.*s",
                           (int)sizeof(finding->file) - 1, venue->path);
        }
    }
    if (finding->flaw == TLOG_FLAW_LEAF && flaw != PUBLOG_MONTH_FLAW_NONE) {
        (void)snprintf(finding->why, sizeof(finding->why), "%s", publog_month_flaw_text(flaw));
    }
}

void log_venue_print(const struct log_venue *venue)
{
    cli_line("case leaves", "%" PRIu64 " ordinary, %" PRIu64 " of emergencies",
             venue->check.slots[PUBLOG_CLASS_ORDINARY], venue->check.slots[PUBLOG_CLASS_EMERGENCY]);
    cli_line("readable lines", "%" PRIu64, venue->check.lines);
    if (venue->month == NULL) {
        return;
    }
    const struct publog_month_counts *counts = &venue->month->counts;
    cli_line("month", "%u-%02u, whole: %" PRIu64 " events in %" PRIu64 " slots",
             venue->month->month / 12, venue->month->month % 12 + 1, counts->events, counts->slots);
    for (u32 kind = PUBLOG_KIND_PAD + 1; kind < PUBLOG_KIND_COUNT; kind += 1) {
        if (counts->kinds[kind] > 0) {
            cli_line(publog_kind_name((enum publog_kind)kind), "%" PRIu64, counts->kinds[kind]);
        }
    }
    cli_line("silences", "%" PRIu64 " ended, %" PRIu64 " running", counts->silences_ended,
             counts->silences_running);
}

/* ---- the opening of a month ---- */

bool log_venue_month_parse(const char *text, u32 *month_out)
{
    u32 numbers[2] = {0, 0};
    if (strlen(text) != 7 || text[4] != '-') {
        return false;
    }
    for (u32 at = 0; at < 7; at += at == 3 ? 2 : 1) {
        u32 *number = &numbers[at < 4 ? 0 : 1];
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        *number = *number * 10 + (u32)(text[at] - '0');
    }
    *month_out = numbers[0] * 12 + numbers[1] - 1;
    return numbers[0] >= 1970 && numbers[1] >= 1 && numbers[1] <= 12;
}

enum fault log_venue_month(const char *folder, const char *month)
{
    u32 number = 0;
    u64 next = 0;
    struct block block;
    size_t size = 0;
    if (!log_venue_month_parse(month, &number)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no month as 2026-11", month);
    }
    TRY(block_take(TEXT_BYTES_MAX, "the opening of a month", &block));
    enum fault fault = publog_month_write(folder, number, clock_wall_us(clock_real()) / SECOND_US,
                                          block.memory, TEXT_BYTES_MAX, &size, &next);
    if (fault == FAULT_NONE && fwrite(block.memory, 1, size, stdout) != size) {
        fault = FAULT(FAULT_IO, "standard output takes no more");
    }
    block_give_back(&block);
    return fault;
}

/* ---- slots ---- */

static enum fault moment_take(const char *text, u64 *seconds_out)
{
    return grant_moment_read(span_of_text(text), seconds_out)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "\"%s\" is no moment as 2026-11-23T12:00:00Z", text);
}

static enum fault slots_write(const struct publog_span_range *range)
{
    struct block block;
    size_t size = 0;
    TRY(block_take(PUBLOG_SPAN_BYTES_MAX, "the slots of a log", &block));
    enum fault fault = publog_span_write(range, block.memory, PUBLOG_SPAN_BYTES_MAX, &size);
    if (fault == FAULT_NONE && fwrite(block.memory, 1, size, stdout) != size) {
        fault = FAULT(FAULT_IO, "standard output takes no more");
    }
    block_give_back(&block);
    return fault;
}

enum fault log_venue_slots(const char *folder, const char *class, const char *from, const char *to)
{
    struct publog_span_range range = {.folder = folder, .class = PUBLOG_CLASS_ORDINARY};
    struct log_files files;
    char path[FILE_PATH_BYTES];
    if (strcmp(class, "emergency") == 0) {
        range.class = PUBLOG_CLASS_EMERGENCY;
    } else if (strcmp(class, "ordinary") != 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is neither ordinary nor emergency", class);
    }
    TRY(moment_take(from, &range.from_s));
    TRY(moment_take(to, &range.to_s));
    TRY(file_path(path, folder, "public"));
    TRY(log_files_open(&files, path));
    range.files = &files.files;
    enum fault fault = slots_write(&range);
    log_files_close(&files);
    return fault;
}
