/* Relations to a country: everybody whom a venue deals with and who, by a fact in force, belongs
 * there, with the path that leads to them (docs/why.md "Relations"). The venue's own owners,
 * officers and routes are persons like its customers.
 *
 * As with `why` there are two moments: facts and roles as known at the later one, valid at the
 * other; accounts and money of the earlier of both. */
#ifndef APP_RELATIONS_H
#define APP_RELATIONS_H

#include "app/past.h"
#include "app/rule_state.h"

enum relation_kind {
    RELATION_CUSTOMER,  /* has accounts */
    RELATION_OWNER,     /* of the venue */
    RELATION_GOVERNING, /* sits in its governing body */
    RELATION_RECORDED,  /* none of these: a route, a house or somebody who was to be a customer */
    RELATION_KINDS,
};

struct relation {
    u32 person;
    u16 provider;
    bool kinds[RELATION_KINDS];
    u64 facts; /* rows that say the country; bits over rule_state_of(known->facts) */
    u64 roles; /* rows that say the roles */
    struct rule_holdings holdings;
};

struct relations {
    /* Told by number of the person. */
    void (*found)(struct relations *relations, const struct relation *relation);
    u16 country;
    u64 at; /* PAST_END: as known_at; afterwards the moments that were meant */
    u64 known_at;
    const struct rule_state *known; /* while `found` runs */
    const struct rule_state *money;
    struct past_look looks[2]; /* of the money, of the rows */
    u64 persons;               /* found */
    u64 counts[RELATION_KINDS];
    u64 eur; /* of those of whom it is known, capped */
    u64 eur_unknown;
};

MUST_USE enum fault relations_run(struct relations *relations, const char *folder,
                                  struct recovery_progress *progress);

/* "customer", ... */
const char *relation_name(enum relation_kind kind);

#endif /* APP_RELATIONS_H */
