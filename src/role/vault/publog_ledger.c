#include "role/vault/publog_ledger.h"

#include "base/check.h"
#include "role/vault/publog_words.h"
#include "wire/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL

_Static_assert(EVENTLOG_HASH_BYTES == PUBLOG_HASH_BYTES, "SHA-256 both");

bool publog_ledger_line(const struct eventlog_head *head, char line_out[PUBLOG_LEDGER_LINE_BYTES])
{
    char time[MOMENT_TEXT_BYTES];
    char hash[PUBLOG_HASH_TEXT];
    char state[PUBLOG_HASH_TEXT] = "";
    CHECK(head->seq > 0);
    if (head->time_us == MOMENT_OPEN ||
        !moment_print(head->time_us / SECOND_US * SECOND_US, time)) {
        return false;
    }
    publog_hash_print(head->hash, hash);
    if (head->has_state) {
        publog_hash_print(head->state, state);
    }
    int size = snprintf(line_out, PUBLOG_LEDGER_LINE_BYTES,
                        PUBLOG_LEDGER_WORD "journal %" PRIu64 " hash %s%s%s at %s", head->seq, hash,
                        head->has_state ? " state " : "", state, time);
    CHECK(size > 0 && (u32)size < PUBLOG_LEDGER_LINE_BYTES);
    return true;
}

bool publog_ledger_is(struct span entry)
{
    size_t size = strlen(PUBLOG_LEDGER_WORD);
    return entry.size >= size && memcmp(entry.data, PUBLOG_LEDGER_WORD, size) == 0;
}

/* What was read is right when it is written in the same way again. */
bool publog_ledger_read(struct span entry, struct eventlog_head *head_out)
{
    struct publog_words words;
    char line[PUBLOG_LEDGER_LINE_BYTES];
    *head_out = (struct eventlog_head){.seq = 0};
    if (!publog_words_cut(entry, &words) || words.count < 7 ||
        !publog_words_number(&words, 2, &head_out->seq) ||
        !publog_words_hash(&words, 4, head_out->hash) ||
        !publog_words_moment(&words, words.count - 1, &head_out->time_us)) {
        return false;
    }
    head_out->has_state = words.count > 7;
    if (head_out->has_state && !publog_words_hash(&words, 6, head_out->state)) {
        return false;
    }
    return head_out->seq > 0 && publog_ledger_line(head_out, line) &&
           span_equal(entry, span_of_text(line));
}
