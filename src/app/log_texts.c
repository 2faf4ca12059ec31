#include "app/log_texts.h"

#include "app/cli.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"
#include "role/vault/publog_leaf.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 16U
#define SECOND_US  1000000ULL

_Static_assert(SHARE_HASH_BYTES == PUBLOG_HASH_BYTES, "SHA-256 both");

/* ---- collecting ---- */

static bool is_named(const struct log_texts *texts, const struct publog_ceremony *line)
{
    for (u32 i = 0; i < texts->count; i += 1) {
        const struct publog_ceremony *found = &texts->found[i].line;
        if (found->epoch == line->epoch &&
            memcmp(found->hash, line->hash, sizeof(line->hash)) == 0) {
            return true;
        }
    }
    return false;
}

static enum fault collect(struct log_texts *texts, struct span entry)
{
    struct publog_leaf leaf;
    struct publog_ceremony line;
    if (publog_leaf_decode(entry, &leaf)) {
        texts->newest_s = u64_max(texts->newest_s, leaf.slot);
        return FAULT_NONE;
    }
    if (!publog_ceremony_read(entry, &line) || is_named(texts, &line)) {
        return FAULT_NONE;
    }
    if (texts->count == texts->room) {
        u32 room = texts->room == 0 ? ROOM_FIRST : 2 * texts->room;
        void *larger =
            room > LOG_TEXTS_MAX ? NULL : realloc(texts->found, room * sizeof(*texts->found));
        if (larger == NULL) {
            return FAULT(FAULT_LIMIT, "no room for more than %u ceremonies", texts->count);
        }
        texts->found = larger;
        texts->room = room;
    }
    memset(&texts->found[texts->count], 0, sizeof(*texts->found));
    texts->found[texts->count].line = line;
    texts->count += 1;
    return FAULT_NONE;
}

static enum tlog_flaw leaf_take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct log_texts *texts = (struct log_texts *)(void *)base;
    enum tlog_flaw flaw = TLOG_FLAW_NONE;
    if (texts->next != NULL) {
        flaw = texts->next->leaf(texts->next, index, entry);
    }
    if (flaw == TLOG_FLAW_NONE && texts->fault == FAULT_NONE) {
        texts->fault = collect(texts, entry);
    }
    return flaw;
}

void log_texts_init(struct log_texts *texts, struct tlog_leaf_check *next)
{
    *texts = (struct log_texts){.leaves = {.leaf = leaf_take}, .next = next};
}

void log_texts_close(struct log_texts *texts)
{
    free(texts->found);
    texts->found = NULL;
    texts->count = 0;
}

const struct log_text *log_texts_find(const struct log_texts *texts,
                                      const u8 hash[PUBLOG_HASH_BYTES])
{
    for (u32 i = 0; i < texts->count; i += 1) {
        if (memcmp(texts->found[i].line.hash, hash, PUBLOG_HASH_BYTES) == 0) {
            return &texts->found[i];
        }
    }
    return NULL;
}

/* ---- checking ---- */

struct reading {
    struct log_texts *texts;
    struct tlog_files *files;
    struct sha256 *sha256;
    struct tlog_finding *finding;
    struct share_transcript transcript;
    u8 bytes[SHARE_TEXT_BYTES];
};

static void flaw_put(struct reading *reading, const struct log_text *text, const char *why)
{
    struct tlog_finding *finding = reading->finding;
    char name[PUBLOG_TEXT_NAME_BYTES];
    publog_text_name(text->line.hash, name);
    finding->flaw = TLOG_FLAW_CEREMONY;
    (void)snprintf(finding->file, sizeof(finding->file), "%s", name);
    (void)snprintf(finding->why, sizeof(finding->why), "%s", why);
}

/* The bytes that were logged, as a transcript; *is_there false: the file is not there, or is
 * flawed. */
static enum fault text_read(struct reading *reading, const struct log_text *text, bool *is_there)
{
    char name[PUBLOG_TEXT_NAME_BYTES];
    u8 hash[PUBLOG_HASH_BYTES];
    size_t size = 0;
    *is_there = false;
    publog_text_name(text->line.hash, name);
    enum fault fault =
        reading->files->read(reading->files, name, reading->bytes, sizeof(reading->bytes), &size);
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    if (fault == FAULT_LIMIT) {
        flaw_put(reading, text, "it is longer than a transcript can be");
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    sha256_begin(reading->sha256);
    sha256_add(reading->sha256, span_of(reading->bytes, size));
    sha256_end(reading->sha256, hash);
    if (memcmp(hash, text->line.hash, sizeof(hash)) != 0) {
        flaw_put(reading, text, "the file does not hash to what was logged");
        return FAULT_NONE;
    }
    fault = share_transcript_read(span_of(reading->bytes, size), "line", &reading->transcript);
    if (fault == FAULT_INPUT) {
        flaw_put(reading, text, fault_text());
        fault_forget();
        return FAULT_NONE;
    }
    *is_there = fault == FAULT_NONE;
    return fault;
}

static enum fault places_read(struct reading *reading)
{
    struct log_texts *texts = reading->texts;
    for (u32 i = 0; i < texts->count && reading->finding->flaw == TLOG_FLAW_NONE; i += 1) {
        struct log_text *text = &texts->found[i];
        TRY(text_read(reading, text, &text->is_read));
        if (!text->is_read) {
            continue;
        }
        text->group.roster = reading->transcript.roster;
        if (text->group.roster.epoch != text->line.epoch) {
            flaw_put(reading, text, "it is of another epoch than its line says");
        }
    }
    return FAULT_NONE;
}

/* By epoch, group, generation; those that are not there last. */
static int text_compare(const void *a, const void *b)
{
    const struct log_text *left = a;
    const struct log_text *right = b;
    const struct share_roster *x = &left->group.roster;
    const struct share_roster *y = &right->group.roster;
    if (left->is_read != right->is_read) {
        return left->is_read ? -1 : 1;
    }
    if (!left->is_read) {
        return memcmp(left->line.hash, right->line.hash, sizeof(left->line.hash));
    }
    if (x->epoch != y->epoch) {
        return x->epoch < y->epoch ? -1 : 1;
    }
    if (x->side != y->side) {
        return x->side < y->side ? -1 : 1;
    }
    if (x->generation != y->generation) {
        return x->generation < y->generation ? -1 : 1;
    }
    return memcmp(left->line.hash, right->line.hash, sizeof(left->line.hash));
}

/* One whose earlier transcript holds, or a first one. */
static enum fault text_check(struct reading *reading, struct log_text *text)
{
    const struct share_roster *roster = &text->group.roster;
    const struct log_text *before =
        roster->generation == 0 ? NULL : log_texts_find(reading->texts, roster->before);
    bool is_there = false;
    if (roster->generation > 0 && (before == NULL || before->state != LOG_TEXT_HELD)) {
        text->state = LOG_TEXT_LOOSE;
        return FAULT_NONE;
    }
    TRY(text_read(reading, text, &is_there));
    if (!is_there) { /* gone or changed since it was read a moment ago */
        return FAULT_NONE;
    }
    enum fault fault =
        share_transcript_check(&reading->transcript, before == NULL ? NULL : &before->group,
                               before == NULL ? NULL : before->line.hash, &text->group);
    if (fault == FAULT_INPUT) {
        flaw_put(reading, text, fault_text());
        fault_forget();
        return FAULT_NONE;
    }
    text->state = fault == FAULT_NONE ? LOG_TEXT_HELD : text->state;
    return fault;
}

/* An epoch numbers the secret: every transcript of a group and epoch has the same point. */
static void point_check(struct reading *reading, const struct log_text *text)
{
    const struct log_texts *texts = reading->texts;
    for (const struct log_text *other = texts->found; other < text; other += 1) {
        const struct share_roster *roster = &other->group.roster;
        if (other->state == LOG_TEXT_HELD && text->state == LOG_TEXT_HELD &&
            roster->side == text->group.roster.side && roster->epoch == text->group.roster.epoch &&
            memcmp(&other->group.public, &text->group.public, sizeof(text->group.public)) != 0) {
            flaw_put(reading, text, "another secret of the same group and epoch is in the log");
            return;
        }
    }
}

/* The newest shares of one group of an epoch; NULL: none that hold. */
static const struct log_text *newest(const struct log_texts *texts, u32 epoch, enum share_side side)
{
    const struct log_text *found = NULL;
    for (u32 i = 0; i < texts->count; i += 1) {
        const struct log_text *text = &texts->found[i];
        if (text->state == LOG_TEXT_HELD && text->group.roster.epoch == epoch &&
            text->group.roster.side == side) {
            found = text; /* they rise by generation */
        }
    }
    return found;
}

/* Both groups of the epoch that `text` is the newest of group B of; false: they are not both
 * there. */
static bool pair_find(const struct log_texts *texts, const struct log_text *text,
                      const struct log_text **a_out)
{
    u32 epoch = text->group.roster.epoch;
    *a_out = NULL;
    if (text->state == LOG_TEXT_HELD && text == newest(texts, epoch, SHARE_SIDE_B)) {
        *a_out = newest(texts, epoch, SHARE_SIDE_A);
    }
    return *a_out != NULL;
}

static void key_check(struct reading *reading, const struct log_text *text)
{
    const struct log_text *a = NULL;
    struct share_key key;
    if (pair_find(reading->texts, text, &a) &&
        share_key_form(&a->group, &text->group, &key) != FAULT_NONE) {
        flaw_put(reading, text, fault_text());
        fault_forget();
    }
}

static void late_check(struct reading *reading, const struct log_text *text)
{
    if (text->state != LOG_TEXT_HELD &&
        reading->texts->newest_s > text->line.time_us / SECOND_US + LOG_TEXTS_LATE_S) {
        flaw_put(reading, text,
                 text->state == LOG_TEXT_AWAITED
                     ? "it was logged over 30 days ago and is not there"
                     : "it was logged over 30 days ago and the transcript before it is not there");
    }
}

static enum fault run(struct reading *reading)
{
    struct log_texts *texts = reading->texts;
    const struct tlog_finding *finding = reading->finding;
    TRY(places_read(reading));
    if (finding->flaw != TLOG_FLAW_NONE) {
        return FAULT_NONE;
    }
    qsort(texts->found, texts->count, sizeof(*texts->found), text_compare);
    for (u32 i = 0; i < texts->count && finding->flaw == TLOG_FLAW_NONE; i += 1) {
        if (texts->found[i].is_read) {
            TRY(text_check(reading, &texts->found[i]));
        }
        if (finding->flaw == TLOG_FLAW_NONE) {
            point_check(reading, &texts->found[i]);
        }
    }
    for (u32 i = 0; i < texts->count && finding->flaw == TLOG_FLAW_NONE; i += 1) {
        key_check(reading, &texts->found[i]);
        if (finding->flaw == TLOG_FLAW_NONE) {
            late_check(reading, &texts->found[i]);
        }
    }
    return FAULT_NONE;
}

enum fault log_texts_check(struct log_texts *texts, struct tlog_files *files, struct sha256 *sha256,
                           struct tlog_finding *finding)
{
    TRY(texts->fault);
    if (texts->count == 0) {
        return FAULT_NONE;
    }
    struct reading *reading = sodium_init() < 0 ? NULL : calloc(1, sizeof(*reading));
    if (reading == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for transcripts");
    }
    reading->texts = texts;
    reading->files = files;
    reading->sha256 = sha256;
    reading->finding = finding;
    enum fault fault = run(reading);
    free(reading);
    return fault;
}

/* ---- printing ---- */

u32 log_texts_count(const struct log_texts *texts, enum log_text_state state)
{
    u32 count = 0;
    for (u32 i = 0; i < texts->count; i += 1) {
        count += texts->found[i].state == state ? 1 : 0;
    }
    return count;
}

static void held_print(const struct log_texts *texts, const struct log_text *text)
{
    const struct share_roster *of = &text->group.roster;
    const struct log_text *a = NULL;
    struct share_key key;
    char hex[2 * SEAL_POINT_BYTES + 1];
    cli_line("ceremony", "group %c of %s, epoch %u, generation %u: %u of %u",
             share_side_letter(of->side), of->venue, of->epoch, of->generation, of->threshold,
             of->count);
    if (pair_find(texts, text, &a) && share_key_form(&a->group, &text->group, &key) == FAULT_NONE) {
        cli_line("key of the vault", "%s, epoch %u",
                 bytes_to_hex(key.public.bytes, SEAL_POINT_BYTES, hex), of->epoch);
    }
}

void log_texts_print(const struct log_texts *texts)
{
    char hex[2 * PUBLOG_HASH_BYTES + 1];
    char time[TIME_TEXT_BYTES];
    for (u32 i = 0; i < texts->count; i += 1) {
        const struct log_text *text = &texts->found[i];
        if (text->state == LOG_TEXT_HELD) {
            held_print(texts, text);
        } else {
            cli_line("text to come", "%s, %s %s",
                     bytes_to_hex(text->line.hash, PUBLOG_HASH_BYTES, hex),
                     text->state == LOG_TEXT_AWAITED ? "named" : "without the one before, named",
                     time_text_print(text->line.time_us, time));
        }
    }
}
