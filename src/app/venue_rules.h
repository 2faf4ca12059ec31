/* Persons, facts, verdicts, prices and packs for a venue that comes ready made (venue_maker.h): the
 * demo's and its stories'. Each is one journalled command, in the name of two invented officers
 * whose keys lie in the venue's folder; a real venue gets them from its officers (docs/admin.md).
 *
 *     DATA/officers.txt               the register of officers
 *     DATA/demo/officers/CODE.pem     their private keys: nobody's elsewhere
 *     DATA/demo/rules/PACK.yaml       the packs as they were signed, and PACK.yaml.sig
 *     DATA/packs/HASH.json            their canonical forms, and HASH.groups.json: who signed */
#ifndef APP_VENUE_RULES_H
#define APP_VENUE_RULES_H

#include "app/rule_read.h"
#include "app/venue_maker.h"
#include "io/file.h"

/* Codes of the journal. */
#define VENUE_OFFICER        11U
#define VENUE_OFFICER_SECOND 12U
#define VENUE_OFFICER_THIRD  13U /* of the first one's group */

#define VENUE_RULES_OPEN UINT64_MAX /* a time without an end */

/* What a demo's own list is called. */
#define VENUE_RULES_LIST "demo-list"

/* Makes the officers and their register. The folder exists. */
MUST_USE enum fault venue_rules_officers(const char *folder);
/* Where the private key of one lies. */
MUST_USE enum fault venue_rules_key(const char *folder, const char *code,
                                    char path[FILE_PATH_BYTES]);

/* Reads a pack of rules_builtin.h. FAULT_MISSING: there is none of that name. */
MUST_USE enum fault venue_rules_read(const char *name, struct rule_source *source_out);
/* Signs it by both officers, checks that as a venue would, stores its canonical form, and activates
 * it, confirmed where it is uncertain. */
MUST_USE enum fault venue_rules_activate(struct venue_maker *maker, const char *name,
                                         const struct rule_source *source);

/* The next person, counted from 1. */
MUST_USE enum fault venue_rules_person(struct venue_maker *maker, u32 person);
MUST_USE enum fault venue_rules_link(struct venue_maker *maker, u32 person, u32 account);
MUST_USE enum fault venue_rules_unlink(struct venue_maker *maker, u32 person, u32 account);

struct venue_fact {
    u32 person;
    u8 kind; /* enum fact_kind */
    u8 verified;
    const char *value; /* "RU", "none", "natural", "legal" */
    u64 from;
    u64 until;    /* 0: open */
    u64 expires;  /* 0: never */
    u64 evidence; /* a number */
    u64 replaces; /* a row; 0: none */
};
/* *row_out (may be NULL): the row's number. */
MUST_USE enum fault venue_rules_fact(struct venue_maker *maker, const struct venue_fact *fact,
                                     u64 *row_out);

struct venue_verdict {
    u32 person;
    u8 state;  /* enum listing_state; 0: `lower` and `upper` say how much the listed own */
    u16 lower; /* hundredths of a percent */
    u16 upper;
    u32 entry; /* of the list, or the number of a path of ownership */
    u64 from;
    u64 replaces;
};
/* On the demo's own list; what is owned, of 50 percent or more. */
MUST_USE enum fault venue_rules_verdict(struct venue_maker *maker,
                                        const struct venue_verdict *verdict, u64 *row_out);

/* 10^-8 EUR for one, seen now by three sources. */
MUST_USE enum fault venue_rules_price(struct venue_maker *maker, u16 asset, u64 eur);
MUST_USE enum fault venue_rules_valuation(struct venue_maker *maker, u16 pack);

#endif /* APP_VENUE_RULES_H */
