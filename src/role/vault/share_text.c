#include "role/vault/share_text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/share_part.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HEX(bytes)  (2U * (bytes))
#define LINE(bytes) (12U + HEX(bytes)) /* a word, a blank, hex, the line's end */
_Static_assert(512 + SHARE_MEMBERS_MAX *
                           (32 + LINE(32) + LINE(8) + (SHARE_MEMBERS_MAX - 1) * LINE(32) +
                            LINE(64) + SHARE_MEMBERS_MAX * LINE(SHARE_DEALT_BYTES) + LINE(72)) <
                   SHARE_TEXT_BYTES,
               "the longest transcript");

/* ---- writing ---- */

struct writer {
    char *target;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
                                                      ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(writer->target + writer->size, SHARE_TEXT_BYTES - writer->size, format,
                         arguments);
    va_end(arguments);
    CHECK(size >= 0 && (size_t)size < SHARE_TEXT_BYTES - writer->size);
    writer->size += (size_t)size;
}

/* "WORD hex\n" */
static void put_hex(struct writer *writer, const char *word, const void *bytes, size_t size)
{
    char hex[HEX(128) + 1];
    CHECK(size <= 128);
    put(writer, "%s %s\n", word, bytes_to_hex(bytes, size, hex));
}

static void put_roster(struct writer *writer, const struct share_roster *roster)
{
    put(writer, "cambist ceremony 1\nvenue %s\ngroup %c\nepoch %u\ngeneration %u\nthreshold %u\n",
        roster->venue, share_side_letter(roster->side), roster->epoch, roster->generation,
        roster->threshold);
    if (roster->generation > 0) {
        put_hex(writer, "before", roster->before, sizeof(roster->before));
    }
    for (u32 i = 0; i < roster->count; i += 1) {
        put(writer, "member ");
        put_hex(writer, roster->members[i].name, &roster->members[i].key,
                sizeof(struct seal_point));
    }
}

static void put_deal(struct writer *writer, const struct share_roster *roster,
                     const struct share_deal *deal)
{
    put(writer, "deal %u\n", deal->dealer);
    for (u32 i = 0; i < roster->threshold; i += 1) {
        put_hex(writer, "point", &deal->commitments[i], sizeof(struct seal_point));
    }
    put_hex(writer, "proof", &deal->proof, sizeof(deal->proof));
    for (u32 i = 0; i < roster->count; i += 1) {
        put_hex(writer, "dealt", deal->dealt[i], sizeof(deal->dealt[i]));
    }
}

static void put_confirmed(struct writer *writer, u32 index, const struct seal_proof *proof)
{
    put(writer, "confirm %u", index);
    put_hex(writer, "", proof, sizeof(*proof));
}

static void put_gathered(struct writer *writer, const struct share_transcript *transcript)
{
    put_roster(writer, &transcript->roster);
    for (u32 i = 0; i < transcript->deals_count; i += 1) {
        put_deal(writer, &transcript->roster, &transcript->deals[i]);
    }
    if (transcript->deals_count > 0) {
        put_hex(writer, "public", &transcript->public, sizeof(transcript->public));
    }
}

size_t share_transcript_print(const struct share_transcript *transcript,
                              char target[SHARE_TEXT_BYTES])
{
    struct writer writer = {.target = target, .size = 0};
    put_gathered(&writer, transcript);
    for (u32 i = 0; i < transcript->confirmed_count; i += 1) {
        put_confirmed(&writer, i + 1, &transcript->confirmed[i]);
    }
    return writer.size;
}

size_t share_deal_print(const struct share_roster *roster, const struct share_deal *deal,
                        char target[SHARE_TEXT_BYTES])
{
    struct writer writer = {.target = target, .size = 0};
    put(&writer, "cambist deal 1\n");
    put_hex(&writer, "roster", roster->hash, sizeof(roster->hash));
    put_deal(&writer, roster, deal);
    return writer.size;
}

size_t share_confirm_print(const u8 gathered[SHARE_HASH_BYTES], u32 index,
                           const struct seal_proof *proof, char target[SHARE_TEXT_BYTES])
{
    struct writer writer = {.target = target, .size = 0};
    put(&writer, "cambist confirm 1\n");
    put_hex(&writer, "gathered", gathered, SHARE_HASH_BYTES);
    put_confirmed(&writer, index, proof);
    return writer.size;
}

/* ---- hashes ---- */

void share_roster_hash(struct share_roster *roster)
{
    static _Thread_local char text[SHARE_TEXT_BYTES];
    struct writer writer = {.target = text, .size = 0};
    put_roster(&writer, roster);
    (void)crypto_hash_sha256(roster->hash, (const u8 *)text, writer.size);
}

void share_transcript_hash_gathered(const struct share_transcript *transcript,
                                    u8 hash_out[SHARE_HASH_BYTES])
{
    static _Thread_local char text[SHARE_TEXT_BYTES];
    struct writer writer = {.target = text, .size = 0};
    put_gathered(&writer, transcript);
    (void)crypto_hash_sha256(hash_out, (const u8 *)text, writer.size);
}

void share_transcript_hash(const struct share_transcript *transcript, u8 hash_out[SHARE_HASH_BYTES])
{
    static _Thread_local char text[SHARE_TEXT_BYTES];
    size_t size = share_transcript_print(transcript, text);
    (void)crypto_hash_sha256(hash_out, (const u8 *)text, size);
}

/* ---- reading ---- */

struct reader {
    const char *name;
    struct span rest;
    u32 line; /* of the next one */
};

static enum fault refuse(const struct reader *reader, const char *wanted)
{
    return FAULT(FAULT_INPUT, "%s:%u: not %s", reader->name, reader->line, wanted);
}

/* The next line, when it begins with the word and a blank; what stands behind them. */
static bool next_is(const struct reader *reader, const char *word, struct span *value_out)
{
    size_t size = strlen(word);
    const u8 *end =
        reader->rest.size == 0 ? NULL : memchr(reader->rest.data, '\n', reader->rest.size);
    if (end == NULL) {
        return false;
    }
    struct span line = span_of(reader->rest.data, (size_t)(end - reader->rest.data));
    if (line.size <= size || memcmp(line.data, word, size) != 0 || line.data[size] != ' ') {
        return false;
    }
    *value_out = span_after(line, size + 1);
    return true;
}

static bool take(struct reader *reader, const char *word, struct span *value_out)
{
    if (!next_is(reader, word, value_out)) {
        return false;
    }
    size_t size = strlen(word) + 1 + value_out->size + 1;
    reader->rest = span_of(reader->rest.data + size, reader->rest.size - size);
    reader->line += 1;
    return true;
}

static bool number_of(struct span digits, u32 *number_out)
{
    u32 number = 0;
    if (digits.size == 0 || digits.size > 7) {
        return false;
    }
    for (size_t i = 0; i < digits.size; i += 1) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        number = number * 10 + (digits.data[i] - (u32)'0');
    }
    *number_out = number;
    return true;
}

static enum fault take_number(struct reader *reader, const char *word, u32 *number_out)
{
    struct span value;
    struct reader before = *reader;
    if (!take(reader, word, &value) || !number_of(value, number_out)) {
        return FAULT(FAULT_INPUT, "%s:%u: not \"%s\" and a number", before.name, before.line, word);
    }
    return FAULT_NONE;
}

static enum fault take_hex(struct reader *reader, const char *word, void *target, size_t size)
{
    struct span value;
    struct reader before = *reader;
    if (!take(reader, word, &value) || !bytes_from_hex(value, target, size)) {
        return FAULT(FAULT_INPUT, "%s:%u: not \"%s\" and %zu hexadecimal digits in lower case",
                     before.name, before.line, word, HEX(size));
    }
    return FAULT_NONE;
}

/* A name or a number, a blank, hex. */
static enum fault take_pair(struct reader *reader, const char *word, struct span *first_out,
                            void *target, size_t size)
{
    struct span value;
    struct reader before = *reader;
    if (take(reader, word, &value) && value.size > HEX(size) + 1) {
        size_t first = value.size - HEX(size) - 1;
        *first_out = span_of(value.data, first);
        if (value.data[first] == ' ' &&
            bytes_from_hex(span_after(value, first + 1), target, size)) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "%s:%u: not \"%s\", a name or a number, and %zu hexadecimal digits",
                 before.name, before.line, word, HEX(size));
}

static enum fault take_roster(struct reader *reader, struct share_roster *roster)
{
    struct span value;
    if (!take(reader, "cambist", &value) || !span_equal(value, span_of_text("ceremony 1"))) {
        return refuse(reader, "\"cambist ceremony 1\"");
    }
    if (!take(reader, "venue", &value) || value.size > SHARE_VENUE_SYMBOLS) {
        return refuse(reader, "\"venue\" and a name");
    }
    memcpy(roster->venue, value.data, value.size);
    if (!take(reader, "group", &value) || value.size != 1 || value.data[0] < 'A' ||
        value.data[0] > 'B') {
        return refuse(reader, "\"group A\" or \"group B\"");
    }
    roster->side = value.data[0] == 'A' ? SHARE_SIDE_A : SHARE_SIDE_B;
    TRY(take_number(reader, "epoch", &roster->epoch));
    TRY(take_number(reader, "generation", &roster->generation));
    TRY(take_number(reader, "threshold", &roster->threshold));
    if (roster->generation > 0) {
        TRY(take_hex(reader, "before", roster->before, sizeof(roster->before)));
    }
    while (next_is(reader, "member", &value)) {
        if (roster->count == SHARE_MEMBERS_MAX) {
            return refuse(reader, "so many members");
        }
        struct share_member *member = &roster->members[roster->count];
        TRY(take_pair(reader, "member", &value, &member->key, sizeof(member->key)));
        if (!span_copy(value, member->name, CODE_NAME_SYMBOLS)) {
            return refuse(reader, "a short name");
        }
        roster->count += 1;
    }
    TRY(share_roster_check(roster));
    share_roster_hash(roster);
    return FAULT_NONE;
}

static enum fault take_deal(struct reader *reader, const struct share_roster *roster,
                            struct share_deal *deal)
{
    memset(deal, 0, sizeof(*deal));
    TRY(take_number(reader, "deal", &deal->dealer));
    for (u32 i = 0; i < roster->threshold; i += 1) {
        TRY(take_hex(reader, "point", &deal->commitments[i], sizeof(struct seal_point)));
    }
    TRY(take_hex(reader, "proof", &deal->proof, sizeof(deal->proof)));
    for (u32 i = 0; i < roster->count; i += 1) {
        TRY(take_hex(reader, "dealt", deal->dealt[i], sizeof(deal->dealt[i])));
    }
    return FAULT_NONE;
}

static enum fault take_confirmed(struct reader *reader, u32 *index_out, struct seal_proof *proof)
{
    struct span value = {.size = 0};
    struct reader before = *reader;
    TRY(take_pair(reader, "confirm", &value, proof, sizeof(*proof)));
    return number_of(value, index_out) ? FAULT_NONE : refuse(&before, "\"confirm\" and a number");
}

/* All of it was read, and it prints as it came. */
static enum fault check_canonical(const struct reader *reader, struct span text,
                                  const char *printed, size_t printed_bytes)
{
    if (reader->rest.size > 0) {
        return refuse(reader, "a line that belongs here");
    }
    if (!span_equal(text, span_of(printed, printed_bytes))) {
        return FAULT(FAULT_INPUT, "%s: not in its canonical form", reader->name);
    }
    return FAULT_NONE;
}

enum fault share_transcript_read(struct span text, const char *name,
                                 struct share_transcript *transcript_out)
{
    static _Thread_local char printed[SHARE_TEXT_BYTES];
    struct reader reader = {.name = name, .rest = text, .line = 1};
    struct span value;
    struct share_transcript *out = transcript_out;
    memset(out, 0, sizeof(*out));
    TRY(take_roster(&reader, &out->roster));
    while (next_is(&reader, "deal", &value)) {
        if (out->deals_count == SHARE_MEMBERS_MAX) {
            return refuse(&reader, "so many deals");
        }
        TRY(take_deal(&reader, &out->roster, &out->deals[out->deals_count]));
        out->deals_count += 1;
    }
    if (out->deals_count > 0) {
        TRY(take_hex(&reader, "public", &out->public, sizeof(out->public)));
    }
    while (next_is(&reader, "confirm", &value)) {
        u32 index = 0;
        if (out->confirmed_count == out->roster.count || out->deals_count == 0) {
            return refuse(&reader, "so many confirmations");
        }
        TRY(take_confirmed(&reader, &index, &out->confirmed[out->confirmed_count]));
        out->confirmed_count += 1; /* another index prints otherwise */
    }
    if (out->confirmed_count > 0 && out->confirmed_count < out->roster.count) {
        return refuse(&reader, "a confirmation of every member");
    }
    return check_canonical(&reader, text, printed, share_transcript_print(out, printed));
}

enum fault share_deal_read(struct span text, const char *name, const struct share_roster *roster,
                           struct share_deal *deal_out)
{
    static _Thread_local char printed[SHARE_TEXT_BYTES];
    struct reader reader = {.name = name, .rest = text, .line = 1};
    u8 hash[SHARE_HASH_BYTES];
    struct span value;
    if (!take(&reader, "cambist", &value) || !span_equal(value, span_of_text("deal 1"))) {
        return refuse(&reader, "\"cambist deal 1\"");
    }
    TRY(take_hex(&reader, "roster", hash, sizeof(hash)));
    if (memcmp(hash, roster->hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: a deal for another roster", name);
    }
    TRY(take_deal(&reader, roster, deal_out));
    return check_canonical(&reader, text, printed, share_deal_print(roster, deal_out, printed));
}

enum fault share_confirm_read(struct span text, const char *name,
                              const u8 gathered[SHARE_HASH_BYTES], u32 *index_out,
                              struct seal_proof *proof_out)
{
    static _Thread_local char printed[SHARE_TEXT_BYTES];
    struct reader reader = {.name = name, .rest = text, .line = 1};
    u8 hash[SHARE_HASH_BYTES];
    struct span value;
    if (!take(&reader, "cambist", &value) || !span_equal(value, span_of_text("confirm 1"))) {
        return refuse(&reader, "\"cambist confirm 1\"");
    }
    TRY(take_hex(&reader, "gathered", hash, sizeof(hash)));
    if (memcmp(hash, gathered, sizeof(hash)) != 0) {
        return FAULT(FAULT_INPUT, "%s: confirms another ceremony", name);
    }
    TRY(take_confirmed(&reader, index_out, proof_out));
    return check_canonical(&reader, text, printed,
                           share_confirm_print(gathered, *index_out, proof_out, printed));
}

/* ---- a whole ceremony ---- */

enum fault share_transcript_check(const struct share_transcript *transcript,
                                  const struct share_group *before, const u8 *before_hash,
                                  struct share_group *group_out)
{
    u8 gathered[SHARE_HASH_BYTES];
    const struct share_roster *roster = &transcript->roster;
    if (before != NULL && memcmp(roster->before, before_hash, sizeof(roster->before)) != 0) {
        return FAULT(FAULT_INPUT, "roster: follows another transcript");
    }
    TRY(share_deals_check(roster, transcript->deals, transcript->deals_count, before, group_out));
    if (memcmp(&group_out->public, &transcript->public, sizeof(transcript->public)) != 0) {
        return FAULT(FAULT_INPUT, "public: not the sum of the deals");
    }
    if (transcript->confirmed_count != roster->count) {
        return FAULT(FAULT_INPUT, "ceremony: not closed, %u of %u confirmed",
                     transcript->confirmed_count, roster->count);
    }
    share_transcript_hash_gathered(transcript, gathered);
    for (u32 i = 0; i < roster->count; i += 1) {
        if (!share_drill_holds(group_out, i + 1, gathered, &transcript->confirmed[i])) {
            return FAULT(FAULT_INPUT, "confirmation of %s does not hold", roster->members[i].name);
        }
    }
    return FAULT_NONE;
}
