/* What the writer holds of every person's verdicts, as far as screening has to know it: the rows
 * of listings and of ownership, followed from the event log. Nothing here is decided; screen_judge
 * does that.
 *
 * A row is named by the number of the command that recorded it, as in the writer. */
#ifndef ROLE_SCREEN_SCREEN_ROWS_H
#define ROLE_SCREEN_SCREEN_ROWS_H

#include "base/base.h"
#include "io/fault.h"
#include "wire/schema.h"

#define SCREEN_ROWS_MAX (1U << 25)

enum screen_row_kind { SCREEN_ROW_LISTING, SCREEN_ROW_OWNERSHIP };

struct screen_row {
    u64 row;
    u64 list; /* wire/code.h */
    u64 from;
    u64 until;
    u64 path;         /* of ownership: which chain it rests on */
    u32 person;       /* 0: free */
    u32 entry;        /* of a listing; 0: none in particular */
    u32 list_version; /* of a listing: the load in which it was found */
    u32 next;         /* of the same person; 0: the last one */
    u16 percent;
    u16 lower;
    u16 upper;
    u8 kind;  /* enum screen_row_kind */
    u8 state; /* of a listing: enum listing_state */
    u8 compare;
    u8 control;
};

struct screen_rows {
    struct screen_row *rows; /* from 1 on */
    u32 *heads;              /* by person: its first row, in the order of their numbers; 0: none */
    u32 rows_used;
    u32 rows_room;
    u32 persons_room;
    u32 free; /* the first free row; 0: none */
    u32 count;
    bool is_short; /* there was no memory for a row: what is here is not whole */
};

void screen_rows_init(struct screen_rows *rows);
void screen_rows_clear(struct screen_rows *rows); /* empty again; memory stays */
void screen_rows_close(struct screen_rows *rows);

/* A record of an image, an event: of any kind. False: it cannot be. */
MUST_USE bool screen_rows_state(struct screen_rows *rows, const u8 *record, size_t size);
MUST_USE bool screen_rows_event(struct screen_rows *rows, const u8 *record, size_t size);

/* The first row of a person, and the one behind; NULL: no more. */
const struct screen_row *screen_rows_first(const struct screen_rows *rows, u32 person);
const struct screen_row *screen_rows_next(const struct screen_rows *rows,
                                          const struct screen_row *row);

/* docs/rules.md "Screening's own verdicts": whether an ownership of these numbers holds nobody
 * back. */
bool screen_is_not_owned(u8 compare, u16 percent, u16 upper, u8 control);

#endif /* ROLE_SCREEN_SCREEN_ROWS_H */
