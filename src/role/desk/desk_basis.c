#include "role/desk/desk_basis.h"

#include <string.h>

enum origin { ORIGIN_ANY, ORIGIN_MEMBER, ORIGIN_THIRD };

#define ANY 0U

static const struct {
    u32 request; /* enum desk_request, or ANY; the same for the next three */
    u32 mark;
    u32 opening;
    u32 basis;
    enum origin origin;
    enum desk_verdict verdict;
    const char *source;
} rows[] = {
    {DESK_REQUEST_DISCLOSE, ANY, DESK_OPENING_NONE, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER,
     "there are four openings, and nothing else discloses"},
    /* what opens nothing */
    {DESK_REQUEST_PRESERVE, DESK_MARK_FOREIGN, DESK_OPENING_NONE, DESK_BASIS_NONE, ORIGIN_THIRD,
     DESK_VERDICT_MAY, "Convention on Cybercrime (ETS 185) article 29: kept, not disclosed"},
    {DESK_REQUEST_PRESERVE, DESK_MARK_FOREIGN, DESK_OPENING_NONE, DESK_BASIS_TREATY, ORIGIN_THIRD,
     DESK_VERDICT_MAY, "Convention on Cybercrime (ETS 185) article 29"},
    {DESK_REQUEST_PRESERVE, ANY, DESK_OPENING_NONE, DESK_BASIS_UNION_LAW, ORIGIN_MEMBER,
     DESK_VERDICT_MAY, "GDPR article 6(1)(c) and 6(3)"},
    {DESK_REQUEST_PRESERVE, ANY, ANY, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER,
     "GDPR article 6: keeping needs a basis too"},
    {DESK_REQUEST_RESTRICT, DESK_MARK_OWN_POLICY, DESK_OPENING_NONE, DESK_BASIS_NONE, ORIGIN_ANY,
     DESK_VERDICT_MAY, "the venue's terms: it may end or limit its own service"},
    {DESK_REQUEST_SEVER, DESK_MARK_OWN_POLICY, DESK_OPENING_NONE, DESK_BASIS_NONE, ORIGIN_ANY,
     DESK_VERDICT_MAY, "the venue's terms: it may end or limit its own service"},
    {DESK_REQUEST_RESTRICT, DESK_MARK_FOREIGN, DESK_OPENING_NONE, DESK_BASIS_NONE, ORIGIN_THIRD,
     DESK_VERDICT_VIA_TREATY, "a third country's order binds nobody here: a treaty does"},
    {DESK_REQUEST_SEVER, DESK_MARK_FOREIGN, DESK_OPENING_NONE, DESK_BASIS_NONE, ORIGIN_THIRD,
     DESK_VERDICT_VIA_TREATY, "a third country's order binds nobody here: a treaty does"},
    {ANY, DESK_MARK_OWN_POLICY, DESK_OPENING_NONE, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER,
     "own policy claims no law"},
    {ANY, DESK_MARK_FOREIGN, DESK_OPENING_NONE, DESK_BASIS_TREATY, ORIGIN_THIRD, DESK_VERDICT_MAY,
     "mutual legal assistance"},
    {ANY, DESK_MARK_FOREIGN, DESK_OPENING_NONE, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER,
     "a foreign request rests on a treaty"},
    {ANY, ANY, DESK_OPENING_NONE, DESK_BASIS_UNION_LAW, ORIGIN_MEMBER, DESK_VERDICT_MAY,
     "law of the Union or a member state"},
    {ANY, ANY, DESK_OPENING_NONE, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER, "no such basis"},
    /* what opens records */
    {DESK_REQUEST_DISCLOSE, DESK_MARK_FOREIGN, DESK_OPENING_AUTHORITY, DESK_BASIS_TREATY,
     ORIGIN_THIRD, DESK_VERDICT_MAY, "GDPR article 48: through an international agreement"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_FOREIGN, DESK_OPENING_AUTHORITY, DESK_BASIS_NONE,
     ORIGIN_THIRD, DESK_VERDICT_VIA_TREATY,
     "GDPR article 48: no order of a third country is enforceable without an agreement"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_FOREIGN, ANY, ANY, ORIGIN_ANY, DESK_VERDICT_NEVER,
     "GDPR articles 6(3) and 48: foreign law is no basis"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_OWN_POLICY, DESK_OPENING_AUTHORITY, ANY, ORIGIN_ANY,
     DESK_VERDICT_NEVER, "GDPR article 6(1): a policy of one's own is no basis to disclose"},
    {DESK_REQUEST_DISCLOSE, ANY, DESK_OPENING_AUTHORITY, DESK_BASIS_UNION_LAW, ORIGIN_MEMBER,
     DESK_VERDICT_MAY, "GDPR article 6(1)(c) and 6(3)"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_LAW, DESK_OPENING_REPORT, DESK_BASIS_DUTY, ORIGIN_MEMBER,
     DESK_VERDICT_MAY, "GDPR article 6(1)(c): the venue's own duty to report"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_LAW, DESK_OPENING_CUSTOMER, DESK_BASIS_ACCESS, ORIGIN_ANY,
     DESK_VERDICT_MAY, "GDPR article 15"},
    {DESK_REQUEST_DISCLOSE, DESK_MARK_LAW, DESK_OPENING_REVIEW, DESK_BASIS_SIGN_UP, ORIGIN_ANY,
     DESK_VERDICT_MAY, "GDPR article 6(1)(c): customer due diligence"},
};

/* Treaty on European Union, article 52. */
static const char members[] = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL "
                              "PT RO SE SI SK ";

bool desk_country_is_member(const char *country)
{
    for (size_t at = 0; at + 3 <= sizeof(members) - 1; at += 3) {
        if (memcmp(members + at, country, 2) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits(u32 wanted, u32 value)
{
    return wanted == ANY || wanted == value;
}

enum desk_verdict desk_basis_of(const struct desk_asked *asked, const char **source_out)
{
    enum origin origin = desk_country_is_member(asked->country) ? ORIGIN_MEMBER : ORIGIN_THIRD;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i += 1) {
        if (fits(rows[i].request, asked->request) && fits(rows[i].mark, asked->mark) &&
            fits(rows[i].opening, asked->opening) && fits(rows[i].basis, asked->basis) &&
            (rows[i].origin == ORIGIN_ANY || rows[i].origin == origin)) {
            if (source_out != NULL) {
                *source_out = rows[i].source;
            }
            return rows[i].verdict;
        }
    }
    if (source_out != NULL) {
        *source_out = "no such basis for such a request";
    }
    return DESK_VERDICT_NEVER;
}
