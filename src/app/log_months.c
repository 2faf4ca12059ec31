#include "app/log_months.h"

#include "app/cli.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/publog_leaf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024U
#define MONTH_MAX  (9999U * 12 + 11)
#define TEXT_BYTES (24U << 20)
/* A month that is not opened so long after its end will not be. */
#define LATE_S (60ULL * 24 * 3600)

/* ---- collecting ---- */

static bool room_make(void **items, u32 count, u32 *room, size_t size, u32 maximum)
{
    if (count < *room) {
        return true;
    }
    u32 wanted = *room == 0 ? ROOM_FIRST : 2 * *room;
    void *larger = wanted > maximum ? NULL : realloc(*items, wanted * size);
    if (larger == NULL) {
        return false;
    }
    *items = larger;
    *room = wanted;
    return true;
}

static enum fault collect(struct log_months *months, struct span entry)
{
    struct publog_leaf leaf;
    struct publog_opening opening;
    if (publog_leaf_decode(entry, &leaf)) {
        void *found = months->found;
        bool is_fine = room_make(&found, months->found_count, &months->found_room,
                                 sizeof(*months->found), LOG_MONTHS_LEAVES_MAX);
        months->found = found;
        if (!is_fine) {
            return FAULT(FAULT_LIMIT, "no room for more than %u case leaves", months->found_count);
        }
        u32 month = leaf.slot > UINT32_MAX ? UINT32_MAX : publog_month_of(leaf.slot);
        months->found[months->found_count] = (struct log_months_leaf){.leaf = leaf, .month = month};
        months->found_count += 1;
    } else if (publog_opening_is(entry) && publog_opening_read(entry, &opening)) {
        void *openings = months->openings;
        bool is_fine = room_make(&openings, months->openings_count, &months->openings_room,
                                 sizeof(*months->openings), LOG_MONTHS_OPENINGS_MAX);
        months->openings = openings;
        if (!is_fine) {
            return FAULT(FAULT_LIMIT, "no room for more than %u opened months",
                         months->openings_count);
        }
        months->openings[months->openings_count] = opening;
        months->openings_count += 1;
    }
    return FAULT_NONE;
}

static enum tlog_flaw leaf_take(struct tlog_leaf_check *base, u64 index, struct span entry)
{
    struct log_months *months = (struct log_months *)(void *)base;
    enum tlog_flaw flaw = TLOG_FLAW_NONE;
    if (months->venue != NULL) {
        flaw = months->venue->leaves.leaf(&months->venue->leaves, index, entry);
    }
    if (flaw == TLOG_FLAW_NONE && months->fault == FAULT_NONE) {
        months->fault = collect(months, entry);
    }
    return flaw;
}

void log_months_init(struct log_months *months, struct publog_check *venue, u32 since)
{
    *months = (struct log_months){.leaves = {.leaf = leaf_take}, .venue = venue, .since = since};
}

void log_months_close(struct log_months *months)
{
    free(months->found);
    free(months->openings);
    months->found = NULL;
    months->openings = NULL;
}

/* ---- checking ---- */

struct checking {
    struct log_months *months;
    struct log_files *files;
    struct sha256 *sha256;
    struct tlog_finding *finding;
    struct publog_month_check month;
    u8 *texts[2]; /* an opening and the one before it */
    struct publog_silence *shown;
    u32 shown_count;
    u32 shown_room;
};

static void flaw_put(struct checking *checking, enum tlog_flaw flaw, u32 month, u32 number,
                     const char *why)
{
    struct tlog_finding *finding = checking->finding;
    char name[PUBLOG_OPENING_NAME_BYTES];
    /* What is missing may be of no month and number that there can be. */
    publog_opening_name((u32)u64_min(month, MONTH_MAX), (u32)u64_min(number, PUBLOG_OPENINGS_MAX),
                        name);
    finding->flaw = flaw;
    (void)snprintf(finding->file, sizeof(finding->file), "%s", name);
    (void)snprintf(finding->why, sizeof(finding->why), "%s", why);
}

static int opening_compare(const void *a, const void *b)
{
    const struct publog_opening *left = a;
    const struct publog_opening *right = b;
    if (left->month != right->month) {
        return left->month < right->month ? -1 : 1;
    }
    return left->number == right->number ? 0 : left->number < right->number ? -1 : 1;
}

/* Whether the openings that are listed are all there must be. */
static void list_check(struct checking *checking)
{
    const struct log_months *months = checking->months;
    u32 month = months->found_count == 0 ? months->openings[0].month : months->found[0].month;
    u32 number = 0;
    u64 newest_s = 0;
    for (u32 i = 0; i < months->openings_count; i += 1) {
        const struct publog_opening *opening = &months->openings[i];
        if (opening->month != month && number > 0) { /* the next month begins */
            month += 1;
            number = 0;
        }
        number += 1;
        if (opening->month != month || opening->number != number) {
            flaw_put(checking, TLOG_FLAW_MONTH, month, number, "it was not logged");
            return;
        }
    }
    for (u32 i = 0; i < months->found_count; i += 1) {
        newest_s = u64_max(newest_s, months->found[i].leaf.slot);
    }
    if (newest_s > publog_month_begin(month + 2) + LATE_S) {
        flaw_put(checking, TLOG_FLAW_MONTH, month + 1, 1, "it was not logged");
    }
}

/* The file of an opening, which must hash to what was logged. */
static enum fault text_take(struct checking *checking, const struct publog_opening *opening,
                            u8 *target, struct span *text_out)
{
    char name[PUBLOG_OPENING_NAME_BYTES];
    u8 hash[SHA256_BYTES];
    size_t size = 0;
    publog_opening_name(opening->month, opening->number, name);
    struct tlog_files *files = &checking->files->files;
    enum fault fault = files->read(files, name, target, TEXT_BYTES, &size);
    if (fault == FAULT_MISSING || fault == FAULT_LIMIT) {
        fault_forget();
        flaw_put(checking, TLOG_FLAW_MONTH, opening->month, opening->number,
                 fault == FAULT_MISSING ? "the file is not there" : "the file is too long");
        return FAULT_NONE;
    }
    TRY(fault);
    *text_out = span_of(target, size);
    sha256_begin(checking->sha256);
    sha256_add(checking->sha256, *text_out);
    sha256_end(checking->sha256, hash);
    if (memcmp(hash, opening->hash, sizeof(hash)) != 0) {
        flaw_put(checking, TLOG_FLAW_MONTH, opening->month, opening->number,
                 "the file does not hash to what was logged");
    }
    return FAULT_NONE;
}

static enum publog_month_flaw leaves_compare(struct checking *checking, u32 month)
{
    const struct log_months *months = checking->months;
    enum publog_month_flaw flaw = PUBLOG_MONTH_FLAW_NONE;
    for (u32 i = 0; i < months->found_count && flaw == PUBLOG_MONTH_FLAW_NONE; i += 1) {
        const struct log_months_leaf *found = &months->found[i];
        if (found->month == month || found->month + 1 == month) {
            flaw = publog_month_leaf(&checking->month, &found->leaf);
        }
    }
    return flaw == PUBLOG_MONTH_FLAW_NONE ? publog_month_end(&checking->month) : flaw;
}

static enum fault shown_take(struct checking *checking)
{
    const struct publog_month_check *month = &checking->month;
    for (u32 i = 0; i < month->events_count; i += 1) {
        const struct publog_month_event *event = &month->events[i];
        if (!event->is_shown) {
            continue;
        }
        void *shown = checking->shown;
        bool is_fine = room_make(&shown, checking->shown_count, &checking->shown_room,
                                 sizeof(*checking->shown), LOG_MONTHS_SHOWN_MAX);
        checking->shown = shown;
        if (!is_fine) {
            return FAULT(FAULT_LIMIT, "no room for more than %u silences", checking->shown_count);
        }
        struct publog_silence *silence = &checking->shown[checking->shown_count];
        *silence = (struct publog_silence){.class = event->class,
                                           .is_notice = event->event.kind == PUBLOG_KIND_NOTICE,
                                           .slot = event->slot,
                                           .until = event->until};
        memcpy(silence->name, event->name, sizeof(silence->name));
        checking->shown_count += 1;
    }
    return FAULT_NONE;
}

static void counts_add(struct publog_month_counts *sum, const struct publog_month_counts *counts)
{
    sum->slots += counts->slots;
    sum->events += counts->events;
    sum->silences_ended += counts->silences_ended;
    sum->silences_running += counts->silences_running;
    sum->notices_shown += counts->notices_shown;
    for (u32 kind = 0; kind < PUBLOG_KIND_COUNT; kind += 1) {
        sum->kinds[kind] += counts->kinds[kind];
    }
}

/* The newest opening of a month. */
static enum fault month_check(struct checking *checking, const struct publog_opening *opening,
                              struct span text)
{
    struct publog_month_check *month = &checking->month;
    enum publog_month_flaw flaw = publog_month_read(month, text);
    if (flaw == PUBLOG_MONTH_FLAW_NONE && month->month != opening->month) {
        flaw = PUBLOG_MONTH_FLAW_TEXT;
    }
    if (flaw == PUBLOG_MONTH_FLAW_NONE && opening->month >= checking->months->since) {
        flaw = leaves_compare(checking, opening->month);
        checking->months->computed += 1;
    }
    if (flaw != PUBLOG_MONTH_FLAW_NONE) {
        flaw_put(checking, TLOG_FLAW_MONTH, opening->month, opening->number,
                 publog_month_flaw_text(flaw));
        return FAULT_NONE;
    }
    checking->months->months += 1;
    counts_add(&checking->months->counts, &month->counts);
    if (checking->months->taker != NULL) {
        checking->months->taker->month(checking->months->taker, month->month, &month->counts);
    }
    return shown_take(checking);
}

static enum fault openings_check(struct checking *checking)
{
    const struct log_months *months = checking->months;
    struct span before = {.data = NULL};
    for (u32 i = 0; i < months->openings_count; i += 1) {
        const struct publog_opening *opening = &months->openings[i];
        bool is_newest = i + 1 == months->openings_count || opening[1].month != opening->month;
        struct span text = {.data = NULL};
        TRY(text_take(checking, opening, checking->texts[i % 2], &text));
        if (checking->finding->flaw == TLOG_FLAW_NONE && opening->number > 1 &&
            !publog_month_grows(before, text)) {
            flaw_put(checking, TLOG_FLAW_MONTH, opening->month, opening->number,
                     "it does not hold what the opening before it holds");
        }
        if (checking->finding->flaw == TLOG_FLAW_NONE && is_newest) {
            TRY(month_check(checking, opening, text));
        }
        if (checking->finding->flaw != TLOG_FLAW_NONE) {
            return FAULT_NONE;
        }
        before = text;
    }
    return FAULT_NONE;
}

static void silences_check(struct checking *checking)
{
    const struct log_months *months = checking->months;
    u32 newest = months->openings[months->openings_count - 1].month;
    struct publog_silence late;
    if (publog_silences_noticed(checking->shown, checking->shown_count,
                                publog_month_begin(newest + 1), &late)) {
        return;
    }
    char why[TLOG_FINDING_WHY_BYTES];
    char name[2 * PUBLOG_CASE_BYTES + 1];
    for (u32 i = 0; i < PUBLOG_CASE_BYTES; i += 1) {
        (void)snprintf(name + 2 * (size_t)i, 3, "%02x", late.name[i]);
    }
    (void)snprintf(why, sizeof(why),
                   "the silence of case %s, slot %" PRIu64
                   ", has ended, and no notice has followed",
                   name, late.slot);
    flaw_put(checking, TLOG_FLAW_SILENCE, publog_month_of(late.slot), 1, why);
}

static enum fault run(struct checking *checking)
{
    list_check(checking);
    if (checking->finding->flaw == TLOG_FLAW_NONE) {
        TRY(openings_check(checking));
    }
    if (checking->finding->flaw == TLOG_FLAW_NONE) {
        silences_check(checking);
    }
    return FAULT_NONE;
}

enum fault log_months_check(struct log_months *months, struct log_files *files,
                            struct sha256 *sha256, struct tlog_finding *finding)
{
    TRY(months->fault);
    if (months->openings_count == 0) {
        return FAULT_NONE;
    }
    qsort(months->openings, months->openings_count, sizeof(*months->openings), opening_compare);
    struct checking *checking = calloc(1, sizeof(*checking));
    enum fault fault = FAULT_NONE;
    if (checking == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for opened months");
    }
    *checking = (struct checking){
        .months = months,
        .files = files,
        .sha256 = sha256,
        .finding = finding,
        .month = {.sha256 = sha256,
                  .events_max = LOG_MONTHS_EVENTS_MAX,
                  .events = calloc(LOG_MONTHS_EVENTS_MAX, sizeof(struct publog_month_event))},
        .texts = {malloc(TEXT_BYTES), malloc(TEXT_BYTES)},
    };
    if (checking->month.events == NULL || checking->texts[0] == NULL ||
        checking->texts[1] == NULL) {
        fault = FAULT(FAULT_LIMIT, "no memory for opened months");
    } else {
        fault = run(checking);
    }
    free(checking->month.events);
    free(checking->texts[0]);
    free(checking->texts[1]);
    free(checking->shown);
    free(checking);
    return fault;
}

void log_months_print(const struct log_months *months)
{
    const struct publog_month_counts *counts = &months->counts;
    if (months->months == 0) {
        return;
    }
    cli_line("opened months", "%u, %u of them computed anew: %" PRIu64 " events", months->months,
             months->computed, counts->events);
    for (u32 kind = PUBLOG_KIND_PAD + 1; kind < PUBLOG_KIND_COUNT; kind += 1) {
        if (counts->kinds[kind] > 0) {
            cli_line(publog_kind_name((enum publog_kind)kind), "%" PRIu64, counts->kinds[kind]);
        }
    }
    cli_line("silences", "%" PRIu64 " ended, %" PRIu64 " running; %" PRIu64 " notices shown",
             counts->silences_ended, counts->silences_running, counts->notices_shown);
}
