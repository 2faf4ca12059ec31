#include "role/vault/publog_month.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_checkpoint.h"

#include <string.h>

#define FIRST_LINE "cambist-month/v1"
#define WORDS_MAX  7U
#define YEAR_MIN   1970U
#define YEAR_MAX   9999U

const char *publog_month_flaw_text(enum publog_month_flaw flaw)
{
#define PUBLOG_MONTH_TEXT_ROW(constant, text) [PUBLOG_MONTH_FLAW_##constant] = (text),
    static const char *const texts[] = {PUBLOG_MONTH_FLAW_TABLE(PUBLOG_MONTH_TEXT_ROW)};
#undef PUBLOG_MONTH_TEXT_ROW
    CHECK(flaw < ARRAY_COUNT(texts));
    return texts[flaw];
}

/* ---- reading ---- */

struct words {
    u32 count;
    struct span words[WORDS_MAX];
};

/* A line cut at its single spaces; false at the end, and for a line of no such words. */
static bool words_next(struct span *rest, struct words *words_out)
{
    struct span line;
    if (!span_cut_line(rest, &line)) {
        return false;
    }
    words_out->count = 0;
    while (words_out->count < WORDS_MAX) {
        const u8 *space = line.size == 0 ? NULL : memchr(line.data, ' ', line.size);
        struct span word = space == NULL ? line : span_of(line.data, (size_t)(space - line.data));
        if (word.size == 0) {
            return false;
        }
        words_out->words[words_out->count] = word;
        words_out->count += 1;
        if (space == NULL) {
            return true;
        }
        line = span_of(line.data + word.size + 1, line.size - word.size - 1);
    }
    return false;
}

static bool is_word(const struct words *words, u32 place, const char *text)
{
    return words->count > place && span_equal(words->words[place], span_of_text(text));
}

static bool get_month(struct span text, u32 *month_out)
{
    u64 year = 0;
    u64 month = 0;
    if (text.size != 7 || text.data[4] != '-' ||
        !tlog_number_read(span_of(text.data, 4), YEAR_MAX, &year) || year < YEAR_MIN) {
        return false;
    }
    struct span rest = span_of(text.data + 5, 2);
    if (rest.data[0] == '0') {
        rest = span_of(rest.data + 1, 1);
    }
    if (!tlog_number_read(rest, 12, &month) || month == 0) {
        return false;
    }
    *month_out = (u32)year * 12 + (u32)month - 1;
    return true;
}

static bool get_place(const struct words *words, struct publog_month_event *event_out)
{
    u64 class = 0;
    u64 place = 0;
    if (!tlog_number_read(words->words[1], PUBLOG_CLASSES, &class) || class == 0 ||
        !tlog_number_read(words->words[2], UINT32_MAX, &event_out->slot) ||
        !tlog_number_read(words->words[3], PUBLOG_PLACES - 1, &place)) {
        return false;
    }
    event_out->class = (enum publog_class) class;
    event_out->place = (u32)place;
    return event_out->slot % publog_slot_seconds(event_out->class) == 0;
}

/* By class, slot, place: below 0, 0, above 0. */
static int compare(const struct publog_month_event *a, const struct publog_month_event *b)
{
    if (a->class != b->class) {
        return a->class < b->class ? -1 : 1;
    }
    if (a->slot != b->slot) {
        return a->slot < b->slot ? -1 : 1;
    }
    return a->place == b->place ? 0 : a->place < b->place ? -1 : 1;
}

/* The first event that is not before `wanted`. */
static u32 event_find(const struct publog_month_check *check,
                      const struct publog_month_event *wanted)
{
    u32 low = 0;
    u32 high = check->events_count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (compare(&check->events[middle], wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool take_event(struct publog_month_check *check, const struct words *words)
{
    u8 bytes[PUBLOG_EVENT_BYTES];
    struct publog_month_event event = {.place = 0};
    if (words->count != 5 || check->events_count == check->events_max ||
        !get_place(words, &event) || publog_month_of(event.slot) != check->month ||
        !bytes_from_hex(words->words[4], bytes, sizeof(bytes)) ||
        !publog_event_decode(span_of(bytes, sizeof(bytes)), &event.event) ||
        event.event.kind == PUBLOG_KIND_PAD) {
        return false;
    }
    if (check->events_count > 0 && compare(&check->events[check->events_count - 1], &event) >= 0) {
        return false;
    }
    check->events[check->events_count] = event;
    check->events_count += 1;
    check->counts.events += 1;
    check->counts.kinds[event.event.kind] += 1;
    check->counts.silences_running += event.event.kind == PUBLOG_KIND_SILENCE ? 1 : 0;
    return true;
}

static enum publog_month_flaw take_shown(struct publog_month_check *check,
                                         const struct words *words)
{
    struct publog_month_event wanted = {.place = 0};
    u8 name[PUBLOG_CASE_BYTES];
    u8 salt[PUBLOG_SALT_BYTES];
    u8 mark[SHA256_BYTES];
    u64 until = 0;
    if (words->count != 7 || !get_place(words, &wanted) ||
        !bytes_from_hex(words->words[4], name, sizeof(name)) ||
        !tlog_number_read(words->words[5], INT64_MAX, &until) ||
        !bytes_from_hex(words->words[6], salt, sizeof(salt))) {
        return PUBLOG_MONTH_FLAW_TEXT;
    }
    u32 index = event_find(check, &wanted);
    if (index == check->events_count || compare(&check->events[index], &wanted) != 0) {
        return PUBLOG_MONTH_FLAW_MARK;
    }
    if (index < check->shown_next) {
        return PUBLOG_MONTH_FLAW_TEXT;
    }
    const struct publog_event *event = &check->events[index].event;
    publog_mark_of(check->sha256, salt, name, until, mark);
    bool is_silence = event->kind == PUBLOG_KIND_SILENCE;
    if ((!is_silence && event->kind != PUBLOG_KIND_NOTICE) ||
        memcmp(mark, event->mark, sizeof(mark)) != 0) {
        return PUBLOG_MONTH_FLAW_MARK;
    }
    check->shown_next = index + 1;
    check->counts.silences_ended += is_silence ? 1 : 0;
    check->counts.silences_running -= is_silence ? 1 : 0;
    check->counts.notices_shown += is_silence ? 0 : 1;
    check->events[index].is_shown = true;
    check->events[index].until = until;
    memcpy(check->events[index].name, name, sizeof(name));
    return PUBLOG_MONTH_FLAW_NONE;
}

enum publog_month_flaw publog_month_read(struct publog_month_check *check, struct span text)
{
    struct span rest = text;
    struct words words;
    bool has_shown = false;
    check->counts = (struct publog_month_counts){.slots = 0};
    check->events_count = 0;
    check->used = 0;
    check->shown_next = 0;
    memset(check->next, 0, sizeof(check->next));
    check->line = 1;
    if (!words_next(&rest, &words) || words.count != 1 || !is_word(&words, 0, FIRST_LINE)) {
        return PUBLOG_MONTH_FLAW_TEXT;
    }
    check->line = 2;
    if (!words_next(&rest, &words) || words.count != 2 || !is_word(&words, 0, "month") ||
        !get_month(words.words[1], &check->month)) {
        return PUBLOG_MONTH_FLAW_TEXT;
    }
    check->line = 3;
    if (!words_next(&rest, &words) || words.count != 2 || !is_word(&words, 0, "key") ||
        !bytes_from_hex(words.words[1], check->key, sizeof(check->key))) {
        return PUBLOG_MONTH_FLAW_TEXT;
    }
    while (rest.size > 0) {
        enum publog_month_flaw flaw = PUBLOG_MONTH_FLAW_TEXT;
        check->line += 1;
        if (!words_next(&rest, &words)) {
            return PUBLOG_MONTH_FLAW_TEXT;
        }
        if (is_word(&words, 0, "event") && !has_shown && take_event(check, &words)) {
            flaw = PUBLOG_MONTH_FLAW_NONE;
        } else if (is_word(&words, 0, "shown")) {
            has_shown = true;
            flaw = take_shown(check, &words);
        }
        if (flaw != PUBLOG_MONTH_FLAW_NONE) {
            return flaw;
        }
    }
    return PUBLOG_MONTH_FLAW_NONE;
}

bool publog_month_grows(struct span earlier, struct span later)
{
    struct span line;
    struct span other;
    while (span_cut_line(&earlier, &line)) {
        do {
            if (!span_cut_line(&later, &other)) {
                return false;
            }
        } while (!span_equal(line, other));
    }
    return earlier.size == 0;
}

/* ---- against the log ---- */

enum publog_month_flaw publog_month_leaf(struct publog_month_check *check,
                                         const struct publog_leaf *leaf)
{
    struct publog_month_event first = {.class = leaf->class, .slot = leaf->slot};
    u8 root[SHA256_BYTES];
    u8 flags = 0;
    u32 month = leaf->slot > UINT32_MAX ? UINT32_MAX : publog_month_of(leaf->slot);
    if (month > check->month) {
        return PUBLOG_MONTH_FLAW_NONE;
    }
    if (month < check->month) { /* so the month's first slot is known */
        check->next[leaf->class] = leaf->slot + publog_slot_seconds(leaf->class);
        return PUBLOG_MONTH_FLAW_NONE;
    }
    if (check->next[leaf->class] != 0 && leaf->slot != check->next[leaf->class]) {
        return PUBLOG_MONTH_FLAW_GAP;
    }
    check->next[leaf->class] = leaf->slot + publog_slot_seconds(leaf->class);
    publog_slot_begin(&check->slot);
    for (u32 index = event_find(check, &first);
         index < check->events_count && check->events[index].class == leaf->class &&
         check->events[index].slot == leaf->slot;
         index += 1) {
        publog_slot_put(&check->slot, check->events[index].place, &check->events[index].event);
        flags |= check->events[index].event.flags;
        check->used += 1;
    }
    publog_slot_make(&check->slot, check->sha256, check->key, leaf->class, leaf->slot, root);
    check->counts.slots += 1;
    return memcmp(root, leaf->root, sizeof(root)) == 0 && flags == leaf->flags
               ? PUBLOG_MONTH_FLAW_NONE
               : PUBLOG_MONTH_FLAW_ROOT;
}

enum publog_month_flaw publog_month_end(struct publog_month_check *check)
{
    if (check->used != check->events_count) {
        return PUBLOG_MONTH_FLAW_STRAY;
    }
    for (u32 class = PUBLOG_CLASS_ORDINARY; class <= PUBLOG_CLASS_EMERGENCY; class += 1) {
        if (check->next[class] == 0 || publog_month_of(check->next[class]) <= check->month) {
            return PUBLOG_MONTH_FLAW_SHORT;
        }
    }
    return PUBLOG_MONTH_FLAW_NONE;
}
