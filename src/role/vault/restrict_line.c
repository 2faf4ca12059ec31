#include "role/vault/restrict_line.h"

#include "base/check.h"
#include "role/vault/publog_words.h"
#include "role/vault/restrict_text.h"
#include "wire/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL

bool restrict_line_print(const struct restrict_day *day, char line_out[RESTRICT_LINE_BYTES])
{
    char time[MOMENT_TEXT_BYTES];
    char date[RESTRICT_DAY_BYTES];
    char root[PUBLOG_HASH_TEXT];
    char keys[PUBLOG_HASH_TEXT];
    if (day->day > RESTRICT_DAY_MAX || day->time_us == MOMENT_OPEN ||
        !moment_print(day->time_us / SECOND_US * SECOND_US, time)) {
        return false;
    }
    restrict_day_print(day->day, date);
    publog_hash_print(day->root.bytes, root);
    publog_hash_print(day->keys.bytes, keys);
    int size = snprintf(line_out, RESTRICT_LINE_BYTES,
                        RESTRICT_LINE_WORD "%s count %" PRIu64 " root %s keys %s first %" PRIu64
                                           " last %" PRIu64 "%s at %s",
                        date, day->count, root, keys, day->first, day->last,
                        day->is_missed ? " missed" : "", time);
    CHECK(size > 0 && (u32)size < RESTRICT_LINE_BYTES);
    return true;
}

bool restrict_line_is(struct span entry)
{
    size_t size = strlen(RESTRICT_LINE_WORD);
    return entry.size >= size && memcmp(entry.data, RESTRICT_LINE_WORD, size) == 0;
}

bool restrict_line_read(struct span entry, struct restrict_day *day_out)
{
    struct publog_words words;
    char line[RESTRICT_LINE_BYTES];
    *day_out = (struct restrict_day){.day = 0};
    if (!publog_words_cut(entry, &words) || words.count < 14 ||
        !restrict_day_parse(words.words[1], &day_out->day) ||
        !publog_words_number(&words, 3, &day_out->count) ||
        !publog_words_hash(&words, 5, day_out->root.bytes) ||
        !publog_words_hash(&words, 7, day_out->keys.bytes) ||
        !publog_words_number(&words, 9, &day_out->first) ||
        !publog_words_number(&words, 11, &day_out->last) ||
        !publog_words_moment(&words, words.count - 1, &day_out->time_us)) {
        return false;
    }
    day_out->is_missed = words.count > 14;
    bool is_possible = day_out->first > 0 && day_out->last + 1 >= day_out->first &&
                       (day_out->count == 0 || day_out->last >= day_out->first);
    return is_possible && restrict_line_print(day_out, line) &&
           span_equal(entry, span_of_text(line));
}

bool restrict_order_follows(const struct restrict_day *last, const struct restrict_day *next)
{
    return next->day == last->day + 1 &&
           (next->first == last->last + 1 || (next->is_missed && next->first > last->last));
}

static enum tlog_flaw take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct restrict_order *order = (struct restrict_order *)(void *)base;
    struct restrict_day day;
    enum tlog_flaw flaw = TLOG_FLAW_NONE;
    if (order->inner != NULL) {
        flaw = order->inner->leaf(order->inner, index, entry);
    }
    if (flaw != TLOG_FLAW_NONE || !restrict_line_is(entry)) {
        return flaw;
    }
    if (!restrict_line_read(entry, &day) ||
        (order->days > 0 && !restrict_order_follows(&order->last, &day))) {
        return TLOG_FLAW_RESTRICTIONS;
    }
    order->last = day;
    order->days += 1;
    order->decisions += day.count;
    order->missed += day.is_missed ? 1 : 0;
    return TLOG_FLAW_NONE;
}

void restrict_order_init(struct restrict_order *order, struct tlog_leaf_check *inner)
{
    *order = (struct restrict_order){.leaves = {.leaf = take}, .inner = inner};
}
