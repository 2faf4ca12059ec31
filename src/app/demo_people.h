/* People of the demo for whom rules matter: who they are, what they have, and what is known of them
 * (docs/demo.md "People"). Nobody is meant, and the list that names one of them is invented too.
 * The packs of rules/ that are in force on the venue's date or will be later are signed by two
 * officers made for the demo, and activated. */
#ifndef APP_DEMO_PEOPLE_H
#define APP_DEMO_PEOPLE_H

#include "app/venue_maker.h"

#define DEMO_PEOPLE_COUNT 10U

struct demo_person {
    const char *account; /* the page's and keys.json's name */
    const char *name;
    u32 person;           /* from 1, rising; an account may belong to the person before */
    u32 eur;              /* so much in bitcoin at the first price */
    u8 listing;           /* enum listing_state; 0: not screened when the venue is made */
    bool has_order;       /* one that rests: restricted, it expires */
    const char *about_en; /* who this is, and what to see; shorter than DEMO_ABOUT_BYTES */
    const char *about_fr;
};

extern const struct demo_person demo_people[DEMO_PEOPLE_COUNT];

/* NULL: the account is none of them. */
const struct demo_person *demo_person_find(const char *account);

/* What an asset is worth at the seed's first step, in 10^-8 EUR. */
u64 demo_people_price(u64 seed, u16 asset);

/* Their money and orders, prices, persons, facts and links, and the packs. The accounts are there:
 * the first of them has the number `first`. `folder` is the venue's. */
MUST_USE enum fault demo_people_put(struct venue_maker *maker, u64 seed, u32 first);

#endif /* APP_DEMO_PEOPLE_H */
