#include "role/screen/screen_rows.h"

#include "base/bytes.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST 1024U

void screen_rows_init(struct screen_rows *rows)
{
    *rows = (struct screen_rows){.rows = NULL};
}

void screen_rows_clear(struct screen_rows *rows)
{
    if (rows->heads != NULL) {
        memset(rows->heads, 0, rows->persons_room * sizeof(rows->heads[0]));
    }
    rows->rows_used = 0;
    rows->free = 0;
    rows->count = 0;
    rows->is_short = false;
}

void screen_rows_close(struct screen_rows *rows)
{
    free(rows->rows);
    free(rows->heads);
    screen_rows_init(rows);
}

/* ---- room ---- */

static bool persons_fit(struct screen_rows *rows, u32 person)
{
    if (person < rows->persons_room) {
        return true;
    }
    u32 room = rows->persons_room == 0 ? ROWS_FIRST : rows->persons_room;
    while (room <= person) {
        if (room > SCREEN_ROWS_MAX) {
            return false;
        }
        room *= 2;
    }
    u32 *heads = realloc(rows->heads, room * sizeof(rows->heads[0]));
    if (heads == NULL) {
        return false;
    }
    memset(heads + rows->persons_room, 0, (room - rows->persons_room) * sizeof(heads[0]));
    rows->heads = heads;
    rows->persons_room = room;
    return true;
}

/* A free row; 0: there is no room. */
static u32 row_take(struct screen_rows *rows)
{
    if (rows->free != 0) {
        u32 slot = rows->free;
        rows->free = rows->rows[slot].next;
        return slot;
    }
    if (rows->rows_used + 1 >= rows->rows_room) {
        u32 room = rows->rows_room == 0 ? ROWS_FIRST : rows->rows_room * 2;
        struct screen_row *grown =
            room > SCREEN_ROWS_MAX ? NULL : realloc(rows->rows, room * sizeof(rows->rows[0]));
        if (grown == NULL) {
            return 0;
        }
        rows->rows = grown;
        rows->rows_room = room;
    }
    rows->rows_used += 1;
    return rows->rows_used;
}

static void row_put(struct screen_rows *rows, const struct screen_row *row)
{
    u32 slot = persons_fit(rows, row->person) ? row_take(rows) : 0;
    if (slot == 0) {
        rows->is_short = true;
        return;
    }
    rows->rows[slot] = *row;
    u32 *at = &rows->heads[row->person];
    while (*at != 0 && rows->rows[*at].row < row->row) {
        at = &rows->rows[*at].next;
    }
    rows->rows[slot].next = *at;
    *at = slot;
    rows->count += 1;
}

/* Nothing is fine: a fact's row is not kept here. */
static void row_remove(struct screen_rows *rows, u32 person, u64 row)
{
    if (row == 0 || person >= rows->persons_room) {
        return;
    }
    u32 *at = &rows->heads[person];
    while (*at != 0 && rows->rows[*at].row != row) {
        at = &rows->rows[*at].next;
    }
    if (*at != 0) {
        u32 slot = *at;
        *at = rows->rows[slot].next;
        rows->rows[slot] = (struct screen_row){.next = rows->free};
        rows->free = slot;
        CHECK(rows->count > 0);
        rows->count -= 1;
    }
}

/* ---- records ---- */

static bool load(void *target, size_t target_bytes, const u8 *record, size_t size)
{
    if (size < target_bytes) {
        return false;
    }
    memcpy(target, record, target_bytes);
    return true;
}

bool screen_rows_state(struct screen_rows *rows, const u8 *record, size_t size)
{
    struct state_listing listing;
    struct state_ownership ownership;
    struct screen_row row = {.row = 0};
    switch (bytes_u16(record)) {
    case STATE_LISTING:
        if (!load(&listing, sizeof(listing), record, size) || listing.person == 0) {
            return false;
        }
        row = (struct screen_row){.row = listing.head.id,
                                  .list = listing.list,
                                  .from = listing.from,
                                  .until = listing.until,
                                  .person = listing.person,
                                  .entry = listing.entry,
                                  .list_version = listing.list_version,
                                  .kind = SCREEN_ROW_LISTING,
                                  .state = listing.state};
        break;
    case STATE_OWNERSHIP:
        if (!load(&ownership, sizeof(ownership), record, size) || ownership.person == 0) {
            return false;
        }
        row = (struct screen_row){.row = ownership.head.id,
                                  .list = ownership.list,
                                  .from = ownership.from,
                                  .until = ownership.until,
                                  .path = ownership.path,
                                  .person = ownership.person,
                                  .kind = SCREEN_ROW_OWNERSHIP,
                                  .percent = ownership.percent,
                                  .lower = ownership.lower,
                                  .upper = ownership.upper,
                                  .compare = ownership.compare,
                                  .control = ownership.control};
        break;
    default: /* not an enum: other records are not of interest */
        return true;
    }
    row_put(rows, &row);
    return true;
}

static bool on_listing(struct screen_rows *rows, const u8 *command, size_t size, u64 seq)
{
    struct command_listing_set set;
    if (!load(&set, sizeof(set), command, size) || set.person == 0) {
        return false;
    }
    row_remove(rows, set.person, set.replaces);
    row_put(rows, &(struct screen_row){.row = seq,
                                       .list = set.list,
                                       .from = set.from,
                                       .until = set.until,
                                       .person = set.person,
                                       .entry = set.entry,
                                       .list_version = set.list_version,
                                       .kind = SCREEN_ROW_LISTING,
                                       .state = set.state});
    return true;
}

static bool on_ownership(struct screen_rows *rows, const u8 *command, size_t size, u64 seq)
{
    struct command_ownership_set set;
    if (!load(&set, sizeof(set), command, size) || set.person == 0) {
        return false;
    }
    row_remove(rows, set.person, set.replaces);
    row_put(rows, &(struct screen_row){.row = seq,
                                       .list = set.list,
                                       .from = set.from,
                                       .until = set.until,
                                       .path = set.path,
                                       .person = set.person,
                                       .kind = SCREEN_ROW_OWNERSHIP,
                                       .percent = set.percent,
                                       .lower = set.lower,
                                       .upper = set.upper,
                                       .compare = set.compare,
                                       .control = set.control});
    return true;
}

bool screen_rows_event(struct screen_rows *rows, const u8 *record, size_t size)
{
    struct event_applied event;
    struct command_row_end end;
    if (bytes_u16(record) != EVENT_APPLIED) {
        return true;
    }
    if (size < sizeof(event) + WIRE_UNIT) {
        return false;
    }
    memcpy(&event, record, sizeof(event));
    const u8 *command = record + sizeof(event);
    size -= sizeof(event);
    switch (bytes_u16(command)) {
    case COMMAND_LISTING_SET:
        return on_listing(rows, command, size, event.head.seq);
    case COMMAND_OWNERSHIP_SET:
        return on_ownership(rows, command, size, event.head.seq);
    case COMMAND_ROW_END:
        if (!load(&end, sizeof(end), command, size)) {
            return false;
        }
        row_remove(rows, end.person, end.row);
        return true;
    default: /* not an enum: other commands are not of interest */
        return true;
    }
}

/* ---- looking ---- */

const struct screen_row *screen_rows_first(const struct screen_rows *rows, u32 person)
{
    u32 slot = person < rows->persons_room ? rows->heads[person] : 0;
    return slot == 0 ? NULL : &rows->rows[slot];
}

const struct screen_row *screen_rows_next(const struct screen_rows *rows,
                                          const struct screen_row *row)
{
    return row->next == 0 ? NULL : &rows->rows[row->next];
}

bool screen_is_not_owned(u8 compare, u16 percent, u16 upper, u8 control)
{
    bool reaches = compare == SHARE_COMPARE_ABOVE ? upper > percent : upper >= percent;
    return !reaches && control == TRUTH_NO;
}
