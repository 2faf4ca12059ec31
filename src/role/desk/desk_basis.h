/* Which request may lead to what: the legal bases with their rules of jurisdiction, as one table
 * (docs/desk.md "Bases"). It decides what can never be approved, not what must be: an assessment
 * stays the work of people.
 *
 * A third country's order without a treaty is enforceable nowhere in the Union (GDPR article 48):
 * it can be refused, or its sender be told to send it through a treaty, and nothing else. */
#ifndef ROLE_DESK_DESK_BASIS_H
#define ROLE_DESK_DESK_BASIS_H

#include "base/base.h"
#include "role/desk/desk_words.h"

enum desk_verdict {
    DESK_VERDICT_MAY = 1,        /* people decide */
    DESK_VERDICT_VIA_TREATY = 2, /* only reject, with the words "send it through a treaty" */
    DESK_VERDICT_NEVER = 3,      /* only reject */
};

struct desk_asked {
    enum desk_request request;
    enum desk_mark mark;
    enum desk_opening opening;
    enum desk_basis basis;
    const char *country; /* of the authority, two capital letters */
};

/* The first row of the table that fits; *source_out, which may be NULL, says what it rests on. */
enum desk_verdict desk_basis_of(const struct desk_asked *asked, const char **source_out);

/* Whether the country is a member state of the Union. */
bool desk_country_is_member(const char *country);

#endif /* ROLE_DESK_DESK_BASIS_H */
