#include "role/vault/publog_entry.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_store.h"
#include "wire/code.h"
#include "wire/moment.h"
#include "wire/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGEST_BYTES 32U

_Static_assert(PUBLOG_CASE_BYTES <= VAULT_LINK_MATTER_BYTES, "its beginning");

static void hex_print(const u8 bytes[DIGEST_BYTES], char target[2 * DIGEST_BYTES + 1])
{
    for (u32 i = 0; i < DIGEST_BYTES; i += 1) {
        (void)snprintf(target + 2 * (size_t)i, 3, "%02x", bytes[i]);
    }
}

static void time_print(u64 time_us, char target[MOMENT_TEXT_BYTES])
{
    if (!moment_print(time_us / 1000000 * 1000000, target)) {
        (void)snprintf(target, MOMENT_TEXT_BYTES, "never");
    }
}

/* What was printed is a line of the log: CHECK. */
static bool line_end(const char *line, int size)
{
    CHECK(size > 0 && (u32)size < PUBLOG_ENTRY_LINE_BYTES);
    return publog_line_valid(span_of(line, (size_t)size));
}

static bool log_entry_line(const u8 *command, size_t size, const char *time,
                           char line[PUBLOG_ENTRY_LINE_BYTES])
{
    struct command_log_entry entry;
    char digest[2 * DIGEST_BYTES + 1];
    char list[CODE_NAME_BYTES] = "";
    if (size < sizeof(entry) || bytes_u16(command) != COMMAND_LOG_ENTRY) {
        return false;
    }
    memcpy(&entry, command, sizeof(entry));
    hex_print(entry.digest, digest);
    if (entry.list == 0 || !code_name_print(entry.list, list)) {
        (void)snprintf(list, sizeof(list), "none");
    }
    switch (entry.topic) {
    case LOG_TOPIC_SCREENED:
        return line_end(line, snprintf(line, PUBLOG_ENTRY_LINE_BYTES, "searches %" PRIu64 " at %s",
                                       entry.count, time));
    case LOG_TOPIC_LIST:
        return line_end(line, snprintf(line, PUBLOG_ENTRY_LINE_BYTES,
                                       "list %s entries %" PRIu64 " sha256 %s at %s", list,
                                       entry.count, digest, time));
    case LOG_TOPIC_ROUTE:
        return line_end(
            line, snprintf(line, PUBLOG_ENTRY_LINE_BYTES, "route sha256 %s at %s", digest, time));
    case LOG_TOPIC_APPROVAL:
        return line_end(line, snprintf(line, PUBLOG_ENTRY_LINE_BYTES,
                                       "approval %s %" PRIu64 " sha256 %s at %s", list, entry.count,
                                       digest, time));
    default: /* not an enum: a number of a record */
        return false;
    }
}

static bool pack_line(const u8 *record, const char *time, char line[PUBLOG_ENTRY_LINE_BYTES])
{
    static const char *const states[] = {[PACK_STATE_ACTIVE] = "active",
                                         [PACK_STATE_ENDING] = "ending",
                                         [PACK_STATE_ENDED] = "ended"};
    struct event_pack_state pack;
    char digest[2 * DIGEST_BYTES + 1];
    memcpy(&pack, record, sizeof(pack));
    hex_print(pack.content_hash, digest);
    if (pack.state >= ARRAY_COUNT(states) || states[pack.state] == NULL) {
        return false;
    }
    return line_end(line, snprintf(line, PUBLOG_ENTRY_LINE_BYTES,
                                   "pack %.32s version %u %s sha256 %s at %s", pack.pack_id,
                                   pack.version, states[pack.state], digest, time));
}

bool publog_entry_line(const u8 *record, size_t size, u64 time_us,
                       char line_out[PUBLOG_ENTRY_LINE_BYTES])
{
    char time[MOMENT_TEXT_BYTES];
    u16 kind = bytes_u16(record);
    if (kind == EVENT_APPLIED && size > sizeof(struct event_applied)) {
        time_print(time_us, time);
        return log_entry_line(record + sizeof(struct event_applied),
                              size - sizeof(struct event_applied), time, line_out);
    }
    if (kind == EVENT_PACK_STATE && size >= sizeof(struct event_pack_state)) {
        time_print(time_us, time);
        return pack_line(record, time, line_out);
    }
    return false;
}

void publog_entry_missed(u64 from, u64 to, char line_out[PUBLOG_ENTRY_LINE_BYTES])
{
    int size = snprintf(line_out, PUBLOG_ENTRY_LINE_BYTES,
                        "missed events from position %" PRIu64 " to %" PRIu64, from, to);
    CHECK(line_end(line_out, size));
}

bool publog_entry_told(const struct vault_link_event *event, char text[PUBLOG_ENTRY_TEXT_BYTES],
                       struct publog_told *told_out)
{
    static const enum publog_kind kinds[] = {[VAULT_EVENT_LOOKUP] = PUBLOG_KIND_LOOKUP,
                                             [VAULT_EVENT_ERASED] = PUBLOG_KIND_SHREDDED,
                                             [VAULT_EVENT_REWRAPPED] = PUBLOG_KIND_REWRAPPED,
                                             [VAULT_EVENT_SWEPT] = PUBLOG_KIND_SWEPT,
                                             [VAULT_EVENT_HANDS] = PUBLOG_KIND_HANDS,
                                             [VAULT_EVENT_RESTORED] = PUBLOG_KIND_RESTORED,
                                             [VAULT_EVENT_DRILL] = PUBLOG_KIND_DRILL,
                                             [VAULT_EVENT_VIEW] = PUBLOG_KIND_VIEW};
    char matter[2 * DIGEST_BYTES + 1];
    char time[MOMENT_TEXT_BYTES];
    if (event->kind >= ARRAY_COUNT(kinds) || kinds[event->kind] == PUBLOG_KIND_PAD) {
        return false;
    }
    hex_print(event->matter, matter);
    time_print(event->time_us, time);
    *told_out = (struct publog_told){.class = PUBLOG_CLASS_ORDINARY, .kind = kinds[event->kind]};
    memcpy(told_out->name, event->matter, PUBLOG_CASE_BYTES);
    int size = snprintf(
        text, PUBLOG_ENTRY_TEXT_BYTES, "%s %" PRIu64 " count %" PRIu64 " field %u matter %s at %s",
        publog_kind_name(told_out->kind), event->number, event->count, event->field, matter, time);
    CHECK(size > 0 && (u32)size < PUBLOG_ENTRY_TEXT_BYTES);
    told_out->text = span_of(text, (size_t)size);
    return true;
}
