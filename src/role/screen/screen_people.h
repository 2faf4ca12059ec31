/* The people whom screening knows: by person number, what their names and facts are, as an entry of
 * the normal form (wire/list_entry.h). They live in memory alone: a screening process that starts
 * again knows nobody until it has been told again, and core dumps are off there.
 *
 * Each person has a digest, keyed with a number of this venue, so that a file that keeps it tells
 * nobody a name. */
#ifndef ROLE_SCREEN_SCREEN_PEOPLE_H
#define ROLE_SCREEN_SCREEN_PEOPLE_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "wire/list_entry.h"

#define SCREEN_PEOPLE_MAX (1U << 24)

struct screen_person {
    u8 *line; /* NULL: nobody */
    u32 line_bytes;
    u32 pending; /* bits of the lists under which the person has yet to be looked at */
    u8 digest[SHA256_BYTES];
};

struct screen_people {
    struct screen_person *people; /* by person number */
    u32 room;
    u32 count;
    u32 count_max;  /* of people at a time */
    u32 number_max; /* the highest there ever was */
};

void screen_people_init(struct screen_people *people);
/* Wipes what was known. */
void screen_people_close(struct screen_people *people);

/* Puts the entry under its number in the place of what was there. `entry` is settled; `digest` of
 * its line. *changed_out: it says something else than before. FAULT_LIMIT: the number, as
 * many as there may be, or memory; nothing has changed. */
MUST_USE enum fault screen_people_put(struct screen_people *people, const struct list_entry *entry,
                                      const u8 digest[SHA256_BYTES], struct span line,
                                      bool *changed_out);
/* False: there is no such person. */
bool screen_people_drop(struct screen_people *people, u32 person);

/* NULL: nobody is known by this number. */
struct screen_person *screen_people_find(struct screen_people *people, u32 person);

#endif /* ROLE_SCREEN_SCREEN_PEOPLE_H */
