/* OFAC's remarks: the column in which the csv files put what their other columns have no place
 * for. Its items stand between "; ": "DOB 27 Dec 1981", "Passport 700 (Russia) issued 2001",
 * "a.k.a. 'BNC'", "Linked To: TSARGRAD OOO", "Digital Currency Address - XBT 1...".
 *
 * What an item says goes into its field; the remarks stay whole beside that. The files cut remarks
 * that are too long: whole ones end with a full stop, so the last item of one without it is no
 * fact, and half an address is no address. */
#ifndef ROLE_LISTS_LIST_REMARKS_H
#define ROLE_LISTS_LIST_REMARKS_H

#include "role/lists/list_reader.h"

/* Reads the items into the current entry and adds the text to its remarks. */
void remarks_read(struct list_reader *reader, struct span remarks);

/* One item, without "alt." in front. */
void remarks_item(struct list_reader *reader, struct span item);

/* OFAC's type of party: "individual", "vessel", "aircraft"; anything else is an entity. */
u8 remarks_kind(struct span type);

/* Adds an identifier or, by its type, a wallet: "Digital Currency Address - XBT". */
void remarks_identifier(struct list_reader *reader, struct span type, struct span number,
                        struct span country);

/* A fact of the files that keep type and value apart: an identifier, a wallet, a gender, a date of
 * birth, a place, a country, a website; or prose, which goes into the remarks as "type value". */
void remarks_fact(struct list_reader *reader, struct span type, struct span value,
                  struct span country);

#endif /* ROLE_LISTS_LIST_REMARKS_H */
