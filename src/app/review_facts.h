/* What the rules are told of a person whose enrolment was reviewed (docs/enrolment.md "Facts"):
 * kind, nationalities, country of the document, residence, each as the text of an order `fact_set`
 * that officers sign (docs/officers.md). Country codes and dates, and nothing else of the record.
 */
#ifndef APP_REVIEW_FACTS_H
#define APP_REVIEW_FACTS_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/review_file.h"
#include "wire/order_text.h"

#define REVIEW_FACTS_MAX   7U /* kind, four nationalities, document_country, residence */
#define REVIEW_FACTS_HOURS 72U

struct review_facts_options {
    u8 venue[ORDER_VENUE_BYTES]; /* its identity, as its orders have it */
    const char *verified;        /* as a fact's `verified`: what the papers proved */
    u64 now_s;                   /* from when on they hold, and are approved */
};

struct review_fact {
    char name[24]; /* of its file: "nationality-2.order" */
    char text[ORDER_TEXT_BYTES];
    size_t bytes;
};

/* The orders, in the order of the fields; `review` is open. `document` speaks for kind,
 * nationalities and document, `proof_of_address` for the residence. FAULT_USAGE: `verified` is not
 * its words. FAULT_INPUT: the record's texts lack what the form has. */
MUST_USE enum fault review_facts_make(const struct review *review,
                                      const struct review_facts_options *options,
                                      struct review_fact facts_out[REVIEW_FACTS_MAX],
                                      u32 *count_out);

#endif /* APP_REVIEW_FACTS_H */
