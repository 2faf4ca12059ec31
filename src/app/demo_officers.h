/* The officers of a demo, and what makes its vault, desk and console work: invented people, whose
 * keys all lie in the demo's folder. So nothing here keeps anything from whoever runs it; a real
 * venue has each key on its officer's own machine (docs/vault-crypto.md "Ceremony").
 *
 *     officers.txt, desk-staff.txt      who they are; the second is written last
 *     vault/groups, vault/reviewers     what the vault pins: the groups' key, who reviews
 *     demo/officers/CODE.pem            signs: the console, the desk, orders
 *     demo/officers/CODE.key, .words    the share of one of the six who held the ceremony
 *     demo/officers/a.transcript, b.transcript, circle    what they pin
 *     demo/officers/NAME.age, NAME.recipient              keys of age: evidence's, authorities' */
#ifndef APP_DEMO_OFFICERS_H
#define APP_DEMO_OFFICERS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/age_file.h"

#define DEMO_OFFICERS_VENUE    "demo.invalid" /* as its public log's, demo_log.h */
#define DEMO_OFFICERS_REVIEWER "greta"
#define DEMO_OFFICERS_LEGAL    "tomas" /* of group A */
#define DEMO_OFFICERS_OTHER    "liv"   /* of group B */
#define DEMO_OFFICERS_CLERK    "cleo"
#define DEMO_OFFICERS_ASSESSES "ines"
#define DEMO_OFFICERS_EVIDENCE "evidence"
#define DEMO_OFFICERS_COURT    "zvolt-court"
#define DEMO_OFFICERS_POLICE   "zvolt-police"

/* A key of age by its name: made once, with its secret beside it. */
MUST_USE enum fault demo_officers_recipient(const char *folder, const char *name,
                                            char recipient_out[AGE_RECIPIENT_BYTES]);

/* Makes what is missing. The register of venue_rules.h is there; nobody else has the folder. */
MUST_USE enum fault demo_officers_put(const char *folder);

#endif /* APP_DEMO_OFFICERS_H */
