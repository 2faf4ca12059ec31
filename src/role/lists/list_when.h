/* Dates and places as lists write them, into the normal form. */
#ifndef ROLE_LISTS_LIST_WHEN_H
#define ROLE_LISTS_LIST_WHEN_H

#include "role/lists/list_reader.h"

/* "1962", "Mar 1962", "25 Mar 1962", "March 25, 1962", "1962-03-25" (a time after it is passed
 * over), "25/03/1962" and "25.03.1962" (00 for a part that is not known). `month_first`:
 * "03/25/1962". False: nothing of the kind. */
MUST_USE bool when_date(struct span text, bool month_first, struct list_date *date_out);

/* A date, "circa" before it, two of them with "to", "and" or "-" between. */
MUST_USE bool when_birth(struct span text, bool month_first, struct list_birth *birth_out);

/* Adds the birth to the entry, or keeps the text in the remarks. Empty: nothing. */
void when_add_birth(struct list_reader *reader, struct span text, bool month_first);

/* Adds a place whose last part after a comma may be a country. */
void when_add_birth_place(struct list_reader *reader, struct span text);
void when_add_address(struct list_reader *reader, struct span text);

/* "FAMILY, Given" as a name of a person; of others, and without a comma, only the text. */
struct list_name when_name(struct span text, u8 kind, enum list_quality quality);

#endif /* ROLE_LISTS_LIST_WHEN_H */
