/* Statements of the Beneficial Ownership Data Standard, version 0.4. */
#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "role/screen/own_read_inner.h"

#include <stdio.h>
#include <string.h>

enum { SOURCE_BYTES = 512 }; /* of the words that name a register */

/* Of a statement; one place more is for all beyond. */
#define INTERESTS_READ (OWN_INTERESTS_MAX - 1U)

/* What each type of interest is to us. A right that may or may not amount to control is POSSIBLE:
 * it leaves a verdict open and never makes one. */
static const struct {
    const char *code;
    enum own_kind kind;
    u32 flags;
} interest_types[] = {
    {"shareholding", OWN_SHARE, 0},
    {"votingRights", OWN_VOTES, 0},
    {"appointmentOfBoard", OWN_BOARD, 0},
    {"otherInfluenceOrControl", OWN_INFLUENCE, OWN_EDGE_POSSIBLE},
    {"seniorManagingOfficial", OWN_DIRECTOR, 0},
    {"settlor", OWN_INFLUENCE, OWN_EDGE_POSSIBLE},
    {"trustee", OWN_INFLUENCE, OWN_EDGE_POSSIBLE},
    {"protector", OWN_INFLUENCE, OWN_EDGE_POSSIBLE},
    {"beneficiaryOfLegalArrangement", OWN_SHARE, OWN_EDGE_POSSIBLE},
    {"rightsToSurplusAssetsOnDissolution", OWN_SHARE, OWN_EDGE_POSSIBLE},
    {"rightsToProfitOrIncome", OWN_SHARE, OWN_EDGE_POSSIBLE},
    {"rightsGrantedByContract", OWN_INFLUENCE, OWN_EDGE_POSSIBLE},
    {"conditionalRightsGrantedByContract", OWN_OTHER, OWN_EDGE_BUY_BACK},
    {"controlViaCompanyRulesOrArticles", OWN_INFLUENCE, 0},
    {"controlByLegalFramework", OWN_INFLUENCE, 0},
    {"boardMember", OWN_DIRECTOR, 0},
    {"boardChair", OWN_DIRECTOR, 0},
    {"unknownInterest", OWN_SHARE, OWN_EDGE_UNKNOWN},
    {"unpublishedInterest", OWN_SHARE, OWN_EDGE_UNKNOWN},
    {"enjoymentAndUseOfAssets", OWN_OTHER, 0},
    {"rightToProfitOrIncomeFromAssets", OWN_OTHER, 0},
    {"nominee", OWN_NOMINEE, 0},
    {"nominator", OWN_BEHALF, 0},
};
#define TYPE_UNNAMED 17U /* unknownInterest */

/* What is common to all statements. */
struct statement {
    struct own_reader *reader;
    const struct own_json *json;
    u32 details;
    struct span id;
    struct span record;
    bool is_closed;
    i32 day;
    u32 second;
    u32 source;
    bool is_refused;
};

static void refuse(struct statement *statement, enum own_refusal refusal, const char *text)
{
    own_refuse(statement->reader, refusal, statement->id, "%s", text);
    statement->is_refused = true;
}

/* ---- somebody ---- */

static void take_country(struct own_node *facts, struct span code)
{
    if (code.size >= 2 && (code.size == 2 || code.data[2] == '-') && code.data[0] >= 'A' &&
        code.data[0] <= 'Z' && code.data[1] >= 'A' && code.data[1] <= 'Z') {
        facts->country[0] = (char)code.data[0];
        facts->country[1] = (char)code.data[1];
    }
}

static u32 entity_flags(const struct statement *statement)
{
    const struct own_json *json = statement->json;
    u32 type = own_json_member(json, statement->details, "entityType");
    struct span kind = own_json_field(json, type, "type");
    u32 flags = 0;
    u32 listing = own_json_member(json, statement->details, "publicListing");
    if (own_json_is(json, own_json_member(json, listing, "hasPublicListing"), JSON_TOKEN_TRUE)) {
        flags |= OWN_NODE_TRADED;
    }
    if (span_equal(kind, span_of_text("state")) || span_equal(kind, span_of_text("stateBody"))) {
        flags |= OWN_NODE_STATE;
    }
    if (span_equal(kind, span_of_text("arrangement"))) {
        flags |= OWN_NODE_TRUST;
    }
    if (span_equal(kind, span_of_text("anonymousEntity"))) {
        flags |= OWN_NODE_EXEMPT;
    }
    return flags;
}

static void entity_facts(struct statement *statement, struct own_node *facts)
{
    const struct own_json *json = statement->json;
    u32 second = 0;
    u32 place = own_json_member(json, statement->details, "jurisdiction");
    if (place == OWN_JSON_NONE) {
        place = own_json_member(json, statement->details, "incorporatedInJurisdiction");
    }
    facts->kind = OWN_NODE_ENTITY;
    facts->flags = entity_flags(statement);
    facts->name = own_json_field(json, statement->details, "name");
    take_country(facts, own_json_field(json, place, "code"));
    struct span founded = own_json_field(json, statement->details, "foundingDate");
    if (founded.size > 0 && !own_text_day(founded, &facts->founded, &second)) {
        refuse(statement, OWN_REFUSED_DATE, "foundingDate is no day");
    }
}

static void person_facts(const struct statement *statement, struct own_node *facts)
{
    const struct own_json *json = statement->json;
    u32 first = own_json_first(json, own_json_member(json, statement->details, "nationalities"));
    u32 name = own_json_first(json, own_json_member(json, statement->details, "names"));
    struct span type = own_json_field(json, statement->details, "personType");
    facts->kind = OWN_NODE_PERSON;
    facts->flags = span_equal(type, span_of_text("anonymousPerson")) ? OWN_NODE_EXEMPT : 0;
    facts->name = own_json_field(json, name, "fullName");
    take_country(facts, own_json_field(json, first, "code"));
}

/* The n-th identifier that has a scheme, as a key. */
static struct span identifier_key(const struct statement *statement, u32 identifier,
                                  char target[OWN_KEY_BYTES])
{
    return own_key_of(own_json_field(statement->json, identifier, "scheme"),
                      own_json_field(statement->json, identifier, "id"), target);
}

static u32 identifiers_of(const struct statement *statement)
{
    return own_json_first(statement->json,
                          own_json_member(statement->json, statement->details, "identifiers"));
}

/* The node has the key of its first identifier; the record's own id and all others name it too. */
static enum fault name_node(struct statement *statement, u32 *node_out)
{
    struct own_build *build = statement->reader->build;
    char bytes[OWN_KEY_BYTES];
    struct span key = {.data = NULL, .size = 0};
    for (u32 i = identifiers_of(statement); i != OWN_JSON_NONE && key.size == 0;
         i = own_json_next(statement->json, i)) {
        key = identifier_key(statement, i, bytes);
    }
    if (key.size == 0) {
        key = own_key("bods", statement->record, bytes);
    }
    return own_build_node(build, key, node_out);
}

static enum fault add_keys(struct statement *statement, u32 node)
{
    struct own_reader *reader = statement->reader;
    char bytes[OWN_KEY_BYTES];
    TRY(own_build_alias(reader->build, node, own_key("bods", statement->record, bytes)));
    for (u32 i = identifiers_of(statement); i != OWN_JSON_NONE;
         i = own_json_next(statement->json, i)) {
        struct span scheme = own_json_field(statement->json, i, "scheme");
        struct span key = identifier_key(statement, i, bytes);
        if (key.size == 0) {
            continue;
        }
        TRY(own_build_alias(reader->build, node, key));
        if (scheme.size > 3 && scheme.data[2] == '-') { /* org-id.guide: the country comes first */
            TRY(own_note_number(reader, node, span_piece(scheme, 0, 2),
                                own_json_field(statement->json, i, "id")));
        }
    }
    return FAULT_NONE;
}

static enum fault add_addresses(struct statement *statement, u32 node)
{
    const struct own_json *json = statement->json;
    char text[OWN_KEY_BYTES];
    struct own_times times = OWN_TIMES_ALWAYS;
    times.recorded_from = statement->day;
    u32 address = own_json_first(json, own_json_member(json, statement->details, "addresses"));
    for (; address != OWN_JSON_NONE; address = own_json_next(json, address)) {
        struct span lines = own_json_field(json, address, "address");
        struct span code = own_json_field(json, address, "postCode");
        struct span type = own_json_field(json, address, "type");
        if (lines.size == 0 || lines.size + 1 + code.size > sizeof(text) - 32 ||
            span_equal(type, span_of_text("placeOfBirth"))) {
            continue;
        }
        int length = snprintf(text, sizeof(text), "%.*s%s%.*s", (int)lines.size,
                              (const char *)lines.data, code.size > 0 ? " " : "", (int)code.size,
                              code.size > 0 ? (const char *)code.data : "");
        CHECK(length > 0 && (size_t)length < sizeof(text));
        TRY(own_note_attribute(statement->reader, node, OWN_NODE_ADDRESS,
                               span_of(text, (size_t)length), &times, statement->source,
                               statement->id));
    }
    return FAULT_NONE;
}

static enum fault describe(struct statement *statement, u32 node, const struct own_node *facts)
{
    struct own_reader *reader = statement->reader;
    TRY(own_build_describe(reader->build, node, facts));
    TRY(add_keys(statement, node));
    TRY(own_note_name(reader, node, facts->name));
    return add_addresses(statement, node);
}

static enum fault take_somebody(struct statement *statement, bool is_person, u32 *node_out)
{
    struct own_reader *reader = statement->reader;
    struct own_node facts = {.founded = OWN_DAY_EVER};
    if (is_person) {
        person_facts(statement, &facts);
    } else {
        entity_facts(statement, &facts);
    }
    facts.flags |= OWN_NODE_DESCRIBED;
    if (facts.name.size > OWN_TEXT_MAX) {
        refuse(statement, OWN_REFUSED_TOO_LARGE, "an overlong name");
    }
    if (statement->is_refused) {
        return FAULT_NONE;
    }
    TRY(name_node(statement, node_out));
    TRY(own_refused_by_build(reader, describe(statement, *node_out, &facts), statement->id,
                             &statement->is_refused));
    reader->report->described += statement->is_refused ? 0 : 1;
    return FAULT_NONE;
}

/* ---- a relationship ---- */

enum party { PARTY_NODE, PARTY_UNNAMED, PARTY_MISSING };

/* A party is the id of its record; or, as older data have it, the statement about it; or a reason
 * why it is not named. */
static enum fault find_party(struct statement *statement, const char *field, u32 *node_out,
                             enum party *party_out)
{
    static const char *const described[] = {"describedByEntityStatement",
                                            "describedByPersonStatement",
                                            "describedByInterestedPartyStatement"};
    struct own_reader *reader = statement->reader;
    char bytes[OWN_KEY_BYTES];
    u32 member = own_json_member(statement->json, statement->details, field);
    struct span key = own_key("bods", own_json_text(statement->json, member), bytes);
    *party_out = PARTY_NODE;
    if (key.size > 0) {
        return own_build_node(reader->build, key, node_out);
    }
    for (u32 i = 0; i < ARRAY_COUNT(described); i += 1) {
        struct span id = own_json_field(statement->json, member, described[i]);
        u32 number = id.size > 0 ? own_read_texts_find(&reader->statements, id) : UINT32_MAX;
        u32 value = number != UINT32_MAX ? *own_read_texts_value(&reader->statements, number) : 0;
        if (value > 0) {
            *node_out = value - 1;
            return FAULT_NONE;
        }
    }
    bool has_reason = own_json_field(statement->json, member, "reason").size > 0 ||
                      own_json_field(statement->json, member, "description").size > 0;
    *party_out = has_reason ? PARTY_UNNAMED : PARTY_MISSING;
    return FAULT_NONE;
}

static void refuse_interest(const struct statement *statement, enum own_refusal refusal,
                            const char *text)
{
    own_refuse_interest(statement->reader, refusal, statement->id, "interest: %s", text);
}

/* Numbers of a share; an empty one is one that is not there. */
static bool take_share(const struct statement *statement, u32 interest, struct own_share *share)
{
    const struct own_json *json = statement->json;
    u32 member = own_json_member(json, interest, "share");
    struct span exact = own_json_field(json, member, "exact");
    struct span least = own_json_field(json, member, "minimum");
    struct span most = own_json_field(json, member, "maximum");
    struct span above = own_json_field(json, member, "exclusiveMinimum");
    struct span below = own_json_field(json, member, "exclusiveMaximum");
    u32 lower = 0;
    u32 upper = OWN_WHOLE;
    u32 limit = 0;
    if (exact.size > 0) {
        *share = (struct own_share){.flags = 0};
        return own_text_percent(exact, false, &share->lower) &&
               own_text_percent(exact, true, &share->upper);
    }
    bool is_known = least.size + most.size + above.size + below.size > 0;
    if ((least.size > 0 && !own_text_percent(least, false, &lower)) ||
        (most.size > 0 && !own_text_percent(most, true, &upper))) {
        return false;
    }
    if (above.size > 0) {
        if (!own_text_percent(above, false, &limit) || limit == OWN_WHOLE) {
            return false;
        }
        lower = limit + 1 > lower ? limit + 1 : lower;
    }
    if (below.size > 0) {
        if (!own_text_percent(below, true, &limit) || limit == 0) {
            return false;
        }
        upper = limit - 1 < upper ? limit - 1 : upper;
    }
    *share = is_known ? (struct own_share){.lower = lower, .upper = upper, .flags = OWN_EDGE_BAND}
                      : OWN_SHARE_UNKNOWN;
    return lower <= upper;
}

static bool take_days(const struct statement *statement, u32 interest, struct own_interest *out)
{
    u32 second = 0;
    struct span start = own_json_field(statement->json, interest, "startDate");
    struct span end = own_json_field(statement->json, interest, "endDate");
    out->from = OWN_DAY_EVER;
    out->until = OWN_DAY_NEVER;
    if ((start.size > 0 && !own_text_day(start, &out->from, &second)) ||
        (end.size > 0 && !own_text_day(end, &out->until, &second)) || out->until < out->from) {
        return false;
    }
    /* A day on which it began and ended is a day on which it was so. */
    out->until += out->until == out->from ? 1 : 0;
    return true;
}

/* GLEIF's relationships come as another influence; its words say that accounts are consolidated. */
static void take_details(const struct statement *statement, u32 interest, struct own_interest *out)
{
    struct span details = own_json_field(statement->json, interest, "details");
    if (out->kind == OWN_INFLUENCE && details.size > 0 &&
        memmem(details.data, details.size, "CONSOLIDATED_BY", 15) != NULL) {
        out->kind = OWN_CONSOLIDATED;
        out->flags &= ~OWN_EDGE_POSSIBLE;
        if (memmem(details.data, details.size, "ULTIMATELY", 10) != NULL) {
            out->flags |= OWN_EDGE_INDIRECT;
        }
    }
}

static bool find_type(struct span code, u16 *type_out)
{
    *type_out = TYPE_UNNAMED;
    for (u16 i = 0; i < ARRAY_COUNT(interest_types); i += 1) {
        if (span_equal(code, span_of_text(interest_types[i].code))) {
            *type_out = i;
            return true;
        }
    }
    return code.size == 0;
}

/* False: it was refused, and counted as that. What is left of it stays a relation: an interest of
 * another kind is one of unknown nature, a share that is none is of unknown size, and one whose
 * days are none possibly holds on any day. */
static bool take_interest(struct statement *statement, u32 interest, u32 origin,
                          struct own_interest *out)
{
    const struct own_json *json = statement->json;
    struct own_share share = OWN_SHARE_UNKNOWN;
    struct span direct = own_json_field(json, interest, "directOrIndirect");
    bool has_type = find_type(own_json_field(json, interest, "type"), &out->type);
    out->kind = (u8)interest_types[out->type].kind;
    out->flags = interest_types[out->type].flags | origin;
    out->flags |= span_equal(direct, span_of_text("indirect")) ? OWN_EDGE_INDIRECT : 0;
    bool has_days = take_days(statement, interest, out);
    bool has_share = take_share(statement, interest, &share);
    if (!has_type) {
        refuse_interest(statement, OWN_REFUSED_KIND, "a type that BODS 0.4 does not have");
    } else if (!has_days) {
        refuse_interest(statement, OWN_REFUSED_DATE, "no such day, or an end before the start");
    } else if (!has_share) {
        refuse_interest(statement, OWN_REFUSED_SHARE,
                        "a share that is no percentage, over 100, or upside down");
    }
    if (!has_days) {
        own_interest_undate(out);
    }
    if (!has_share) {
        share = OWN_SHARE_UNKNOWN;
    }
    if (out->kind == OWN_SHARE || out->kind == OWN_VOTES) {
        out->lower = share.lower;
        out->upper = share.upper;
        out->flags |= share.flags;
    }
    take_details(statement, interest, out);
    return has_type && has_days && has_share;
}

static u32 origin_flags(const struct statement *statement)
{
    u32 flags = 0;
    u32 type =
        own_json_member(statement->json, own_json_member(statement->json, 0, "source"), "type");
    u32 word = own_json_is(statement->json, type, JSON_TOKEN_ARRAY_BEGIN)
                   ? own_json_first(statement->json, type)
                   : type;
    for (; word != OWN_JSON_NONE; word = own_json_next(statement->json, word)) {
        struct span text = own_json_text(statement->json, word);
        flags |= span_equal(text, span_of_text("selfDeclaration")) ? OWN_EDGE_DECLARED : 0;
        flags |= span_equal(text, span_of_text("verified")) ? OWN_EDGE_CONFIRMED : 0;
        if (word == type) {
            break;
        }
    }
    return flags;
}

/* The interests of a statement; one without any is an interest of which nothing is known. */
static void take_interests(struct statement *statement, struct own_version *version)
{
    const struct own_json *json = statement->json;
    struct own_report *report = statement->reader->report;
    u32 origin = origin_flags(statement);
    u32 interests = own_json_member(json, statement->details, "interests");
    u32 interest = own_json_first(json, interests);
    struct own_interest unknown = {.type = TYPE_UNNAMED,
                                   .kind = OWN_SHARE,
                                   .flags = OWN_EDGE_UNKNOWN | origin,
                                   .upper = OWN_WHOLE,
                                   .from = OWN_DAY_EVER,
                                   .until = OWN_DAY_NEVER};
    if (interest == OWN_JSON_NONE) {
        report->interests += 1;
        report->interests_taken += 1;
        version->interests_count = 1;
        version->interests[0] = unknown;
    }
    for (; interest != OWN_JSON_NONE; interest = own_json_next(json, interest)) {
        bool is_beyond = version->interests_count >= INTERESTS_READ;
        report->interests += 1;
        if (is_beyond) {
            refuse_interest(statement, OWN_REFUSED_TOO_LARGE, "more than 64 in one statement");
            version->interests[INTERESTS_READ] = unknown;
            version->interests_count = INTERESTS_READ + 1;
            continue;
        }
        struct own_interest *taken = &version->interests[version->interests_count];
        *taken = (struct own_interest){.lower = 0};
        report->interests_taken += take_interest(statement, interest, origin, taken) ? 1 : 0;
        version->interests_count += 1;
    }
}

/* Several records make up the interest: those that are not said to be direct are not. Of more of
 * them than are kept nobody can tell whether the chain is there, so it does not speak for itself.
 */
static void take_components(struct statement *statement, struct own_version *version)
{
    const struct own_json *json = statement->json;
    u32 interest = own_json_first(json, own_json_member(json, statement->details, "interests"));
    u32 component =
        own_json_first(json, own_json_member(json, statement->details, "componentRecords"));
    bool has_components = component != OWN_JSON_NONE;
    for (; component != OWN_JSON_NONE; component = own_json_next(json, component)) {
        if (version->components_count == OWN_COMPONENTS_MAX) {
            version->components_count = 0;
            break;
        }
        version->components[version->components_count] = own_json_text(json, component);
        version->components_count += 1;
    }
    for (u32 i = 0; has_components && interest != OWN_JSON_NONE && i < INTERESTS_READ; i += 1) {
        struct span direct = own_json_field(json, interest, "directOrIndirect");
        version->interests[i].flags |=
            span_equal(direct, span_of_text("direct")) ? 0 : OWN_EDGE_INDIRECT;
        interest = own_json_next(json, interest);
    }
}

/* Whoever holds it is not named: what is left is that there is such a statement. */
static enum fault take_unnamed(struct statement *statement, u32 target)
{
    struct own_report *report = statement->reader->report;
    struct own_node facts = {
        .kind = OWN_NODE_UNKNOWN, .flags = OWN_NODE_EXEMPT, .founded = OWN_DAY_EVER};
    report->linked += 1;
    return own_build_describe(statement->reader->build, target, &facts);
}

/* As BODS writes it, the nominator has something in the arrangement; as we do, the arrangement acts
 * on behalf of the nominator. A version may have both ways round, so these go by themselves. */
static enum fault take_behalf(struct statement *statement, struct own_version *version)
{
    struct own_version behalf = *version;
    u32 kept = 0;
    behalf.interests_count = 0;
    behalf.holder = version->target;
    behalf.target = version->holder;
    for (u32 i = 0; i < version->interests_count; i += 1) {
        if (version->interests[i].kind == OWN_BEHALF) {
            behalf.interests[behalf.interests_count] = version->interests[i];
            behalf.interests_count += 1;
        } else {
            version->interests[kept] = version->interests[i];
            kept += 1;
        }
    }
    version->interests_count = kept;
    if (behalf.interests_count == 0) {
        return FAULT_NONE;
    }
    char bytes[OWN_KEY_BYTES];
    struct span record = own_key("behalf", statement->record, bytes);
    return own_rows_take(&statement->reader->rows, record, &behalf);
}

static enum fault take_relationship(struct statement *statement)
{
    struct own_reader *reader = statement->reader;
    enum party holder = PARTY_MISSING;
    enum party target = PARTY_MISSING;
    struct own_version version = {.source = statement->source,
                                  .statement = statement->id,
                                  .day = statement->day,
                                  .second = statement->second,
                                  .is_closed = statement->is_closed};
    TRY(find_party(statement, "interestedParty", &version.holder, &holder));
    TRY(find_party(statement, "subject", &version.target, &target));
    if (holder == PARTY_MISSING || target == PARTY_MISSING) {
        refuse(statement, OWN_REFUSED_MISSING,
               holder == PARTY_MISSING ? "interestedParty is nobody" : "subject is nobody");
        return FAULT_NONE;
    }
    if (target == PARTY_UNNAMED) {
        reader->report->passed += 1;
        return FAULT_NONE;
    }
    take_interests(statement, &version);
    if (holder == PARTY_UNNAMED) {
        return take_unnamed(statement, version.target);
    }
    take_components(statement, &version);
    reader->report->linked += 1;
    TRY(take_behalf(statement, &version));
    return own_rows_take(&reader->rows, statement->record, &version);
}

/* ---- a statement ---- */

/* The register it is from, by the words of the statement; without any, the file. */
static enum fault take_source(struct statement *statement)
{
    const struct own_json *json = statement->json;
    u32 source = own_json_member(json, 0, "source");
    struct span text = own_json_field(json, source, "description");
    if (text.size == 0) {
        text = own_json_field(json, source, "url");
    }
    if (text.size == 0) {
        text = span_of_text(statement->reader->name);
    }
    size_t size = (size_t)u64_min(text.size, SOURCE_BYTES);
    while (size > 0 && size < text.size && (text.data[size] & 0xc0) == 0x80) {
        size -= 1; /* no half of a letter */
    }
    text.size = size;
    return own_build_source(statement->reader->build, text, &statement->source);
}

/* Its day, and whether it closes the record. */
static void take_frame(struct statement *statement)
{
    const struct own_json *json = statement->json;
    struct span status = own_json_field(json, 0, "recordStatus");
    struct span day = own_json_field(json, 0, "statementDate");
    if (day.size == 0) {
        day =
            own_json_field(json, own_json_member(json, 0, "publicationDetails"), "publicationDate");
    }
    statement->day = OWN_DAY_EVER;
    statement->is_closed = span_equal(status, span_of_text("closed"));
    if (day.size > 0 && !own_text_day(day, &statement->day, &statement->second)) {
        refuse(statement, OWN_REFUSED_DATE, "statementDate is no day");
    } else if (!statement->is_closed && status.size > 0 &&
               !span_equal(status, span_of_text("new")) &&
               !span_equal(status, span_of_text("updated"))) {
        refuse(statement, OWN_REFUSED_KIND, "recordStatus is none of new, updated, closed");
    }
}

/* *number_out: of the statement's id. A statement that is there already is counted. */
static enum fault take_id(struct statement *statement, struct span value, u32 *number_out,
                          bool *is_new_out)
{
    char text[OWN_KEY_BYTES];
    struct own_read_texts *statements = &statement->reader->statements;
    bool is_same = false;
    u32 number = 0;
    int length = snprintf(text, sizeof(text), "%016llx ",
                          (unsigned long long)hash_bytes(value.data, value.size, 1));
    CHECK(length == 17);
    memcpy(text + length, statement->id.data, statement->id.size);
    TRY(own_read_texts_put(statements, statement->id, number_out, is_new_out));
    TRY(own_read_texts_put(statements, span_of(text, 17 + statement->id.size), &number, &is_same));
    if (!*is_new_out && is_same) { /* the second text was not there: the content is another one */
        refuse(statement, OWN_REFUSED_IDENTITY, "the id of another statement");
    } else if (!*is_new_out) {
        statement->reader->report->repeated += 1;
    }
    return FAULT_NONE;
}

static const char *wrong_ids(const struct statement *statement)
{
    if (statement->id.size == 0 || statement->id.size > OWN_KEY_BYTES - 32) {
        return "statementId is missing, or overlong";
    }
    if (statement->record.size == 0 || statement->record.size > OWN_KEY_BYTES - 32) {
        return "recordId is missing, or overlong";
    }
    return statement->details == OWN_JSON_NONE ? "recordDetails is missing" : NULL;
}

enum fault own_read_bods(struct own_reader *reader, struct span value)
{
    const struct own_json *json = &reader->json;
    struct span type = own_json_field(json, 0, "recordType");
    struct statement statement = {.reader = reader,
                                  .json = json,
                                  .id = own_json_field(json, 0, "statementId"),
                                  .record = own_json_field(json, 0, "recordId"),
                                  .details = own_json_member(json, 0, "recordDetails")};
    bool is_person = span_equal(type, span_of_text("person"));
    bool is_new = false;
    u32 number = 0;
    u32 node = 0;
    const char *wrong = wrong_ids(&statement);
    if (wrong != NULL) {
        refuse(&statement, OWN_REFUSED_MISSING, wrong);
        return FAULT_NONE;
    }
    TRY(take_id(&statement, value, &number, &is_new));
    if (!is_new) {
        return FAULT_NONE;
    }
    take_frame(&statement);
    if (statement.is_refused) {
        return FAULT_NONE;
    }
    TRY(take_source(&statement));
    if (span_equal(type, span_of_text("relationship"))) {
        return take_relationship(&statement);
    }
    if (!is_person && !span_equal(type, span_of_text("entity"))) {
        refuse(&statement, OWN_REFUSED_KIND, "recordType is none of entity, person, relationship");
        return FAULT_NONE;
    }
    TRY(take_somebody(&statement, is_person, &node));
    *own_read_texts_value(&reader->statements, number) = statement.is_refused ? 0 : node + 1;
    return FAULT_NONE;
}
