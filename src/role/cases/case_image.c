/* A queue that begins behind the first event: with an image of a venue that knew no person yet. All
 * that counts in it are vectors set by hand. */
#include "base/bytes.h"
#include "io/image_walk.h"
#include "role/cases/case_statements.h"

#include <stdlib.h>
#include <string.h>

struct walk {
    struct image_sink sink;
    struct case_store *store;
    u64 seq;
    u64 time_us;
    bool is_ended;
    u8 piece[IMAGE_PIECE_BYTES];
};

static enum fault wrong(const struct walk *walk, const char *what)
{
    return FAULT(FAULT_ROT, "%s: the image: %s", walk->store->sql.path, what);
}

static enum fault on_record(struct image_sink *sink, const u8 *bytes, size_t size)
{
    struct walk *walk = (struct walk *)(void *)sink; /* its first member */
    struct state_venue venue;
    struct state_account account;
    (void)size;
    if (walk->is_ended) {
        return wrong(walk, "a record behind its end");
    }
    switch ((enum state_kind)bytes_u16(bytes)) {
    case STATE_VENUE:
        memcpy(&venue, bytes, sizeof(venue));
        walk->seq = venue.seq;
        walk->time_us = venue.now_us;
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
    case STATE_MARKET:
    case STATE_FEE:
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
    case STATE_LOGIN:
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

static enum fault image_take(struct walk *walk, struct eventlog_image *image)
{
    struct case_store *store = walk->store;
    if (memcmp(image->venue, store->venue, CASE_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: an image of another venue", store->sql.path);
    }
    TRY(case_store_begin(store));
    enum fault fault = image_walk(image, walk->piece, &walk->sink);
    if (fault == FAULT_NONE && !walk->is_ended) {
        fault = wrong(walk, "cut short");
    }
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
    walk->sink.record = on_record;
    walk->store = store;
    enum fault fault = eventlog_image_open(&image, disk, events);
    if (fault == FAULT_NONE) {
        fault = image_take(walk, &image);
        eventlog_image_close(&image);
    }
    free(walk);
    return fault;
}
