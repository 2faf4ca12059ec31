/* A queue that begins behind the first event: with an image of a venue that knew no person yet. All
 * that counts in it are vectors set by hand. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/eventlog.h"
#include "role/cases/case_statements.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES (1U << 16)

struct walk {
    struct case_store *store;
    u64 seq;
    u64 time_us;
    bool is_second; /* the command that a state record is followed by comes next */
    bool is_ended;
    size_t used;
    u8 bytes[PIECE_BYTES];
};

static enum fault wrong(const struct walk *walk, const char *what)
{
    return FAULT(FAULT_ROT, "%s: the image: %s", walk->store->sql.path, what);
}

static enum fault on_record(struct walk *walk, const u8 *bytes, size_t size)
{
    struct state_venue venue;
    struct state_account account;
    u16 kind = bytes_u16(bytes);
    if (kind == 0 || kind >= STATE_KIND_COUNT || size < wire_states[kind].size) {
        return wrong(walk, "a record of no kind");
    }
    switch ((enum state_kind)kind) {
    case STATE_VENUE:
        memcpy(&venue, bytes, sizeof(venue));
        walk->seq = venue.seq;
        walk->time_us = venue.now_us;
        return FAULT_NONE;
    case STATE_MARKET:
    case STATE_FEE:
        walk->is_second = true;
        return FAULT_NONE;
    case STATE_ACCOUNT: {
        memcpy(&account, bytes, sizeof(account));
        struct case_account row = {.account = account.head.account,
                                   .hand = account.restrictions,
                                   .vector = account.restrictions};
        return account.restrictions == 0 ? FAULT_NONE : case_account_write(walk->store, &row);
    }
    case STATE_PERSON:
    case STATE_PACK:
        return FAULT(FAULT_MISSING,
                     "%s: the event log no longer holds its first event, and persons are there "
                     "already: \"cambist case rebuild --journal\" makes the queue anew",
                     walk->store->sql.path);
    case STATE_END:
        walk->is_ended = true;
        return FAULT_NONE;
    case STATE_LIMITS:
    case STATE_SOURCE:
    case STATE_ASSET:
    case STATE_CUSTODY:
    case STATE_BUCKET:
    case STATE_BALANCE:
    case STATE_POSITION:
    case STATE_ASSET_LIMIT:
    case STATE_ORDER:
    case STATE_ORDER_DETAIL:
    case STATE_REST:
    case STATE_LIST:
    case STATE_HOLD:
    case STATE_KEY:
    case STATE_RULES:
    case STATE_PACK_BYTES:
    case STATE_VALUATION_PRICE:
    case STATE_LINK:
    case STATE_FACT:
    case STATE_LISTING:
    case STATE_OWNERSHIP:
    case STATE_LICENCE:
    case STATE_FINDING:
    case STATE_PERSON_NEXT:
    case STATE_REEVALUATION:
    case STATE_REEVALUATION_PRICE:
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

/* Records of what has been read so far; a piece of one may stay for the next time. */
static enum fault records_walk(struct walk *walk)
{
    size_t at = 0;
    while (walk->used - at >= WIRE_UNIT) {
        size_t size = (size_t)walk->bytes[at + 2] * WIRE_UNIT;
        if (size == 0 || walk->is_ended) {
            return wrong(walk, "no record");
        }
        if (size > walk->used - at) {
            break;
        }
        if (walk->is_second) {
            walk->is_second = false;
        } else {
            TRY(on_record(walk, walk->bytes + at, size));
        }
        at += size;
    }
    memmove(walk->bytes, walk->bytes + at, walk->used - at);
    walk->used -= at;
    return FAULT_NONE;
}

static enum fault image_walk(struct walk *walk, struct eventlog_image *image)
{
    u64 offset = 0;
    while (offset < image->bytes) {
        size_t size = 0;
        TRY(eventlog_image_read(image, offset, walk->bytes + walk->used, PIECE_BYTES - walk->used,
                                &size));
        if (size == 0) {
            return wrong(walk, "no record begins there");
        }
        walk->used += size;
        offset += size;
        TRY(records_walk(walk));
    }
    return walk->is_ended && walk->used == 0 ? FAULT_NONE : wrong(walk, "cut short");
}

static enum fault image_take(struct walk *walk, struct eventlog_image *image)
{
    struct case_store *store = walk->store;
    if (memcmp(image->venue, store->venue, CASE_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: an image of another venue", store->sql.path);
    }
    TRY(case_store_begin(store));
    enum fault fault = image_walk(walk, image);
    if (fault != FAULT_NONE) {
        case_store_abandon(store);
        return fault;
    }
    store->ahead.seq = walk->seq;
    store->ahead.time_us = walk->time_us;
    return case_store_commit(store, image->point.position);
}

enum fault case_image(struct case_store *store, struct disk *disk, const char *events)
{
    struct eventlog_image image;
    struct walk *walk = calloc(1, sizeof(struct walk));
    if (walk == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory to read an image", events);
    }
    walk->store = store;
    enum fault fault = eventlog_image_open(&image, disk, events);
    if (fault == FAULT_NONE) {
        fault = image_take(walk, &image);
        eventlog_image_close(&image);
    }
    free(walk);
    return fault;
}
