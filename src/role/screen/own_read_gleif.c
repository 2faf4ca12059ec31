/* GLEIF's files: relationship records (level 2), entity records (level 1), reporting exceptions.
 *
 * The parser calls back for each element; a record's fields are kept until its end. Elements are
 * known by their names without prefix, since the files use several. A document type is refused, and
 * with it every entity that could be declared. */
#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_read_inner.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 32, NAME_BYTES = 64, FIELD_BYTES = 1024, CHUNK_BYTES = 65536 };

enum field {
    FIELD_START,  /* LEI of whom the record is about */
    FIELD_END,    /* LEI of the parent, manager or head office */
    FIELD_KIND,   /* RelationshipType */
    FIELD_STATUS, /* RelationshipStatus */
    FIELD_FROM,   /* of the period that is read */
    FIELD_UNTIL,
    FIELD_PERIOD, /* its PeriodType */
    FIELD_SINCE,  /* StartDate of the RELATIONSHIP_PERIOD */
    FIELD_ENDED,
    FIELD_FIRST,   /* InitialRegistrationDate */
    FIELD_LAST,    /* LastUpdateDate */
    FIELD_RECORD,  /* RegistrationStatus */
    FIELD_DELETED, /* DeletedAt */
    FIELD_LEI,
    FIELD_NAME,
    FIELD_COUNTRY,
    FIELD_FOUNDED,
    FIELD_AUTHORITY,
    FIELD_NUMBER,
    FIELD_CATEGORY,
    FIELD_REASON,
    FIELD_ADDRESS,
    FIELDS,
};

/* Under which element a field stands, where another has the same name. */
static const struct {
    const char *parent;
    const char *name;
    enum field field;
} places[] = {
    {"StartNode", "NodeID", FIELD_START},
    {"EndNode", "NodeID", FIELD_END},
    {NULL, "RelationshipType", FIELD_KIND},
    {NULL, "RelationshipStatus", FIELD_STATUS},
    {"RelationshipPeriod", "StartDate", FIELD_FROM},
    {"RelationshipPeriod", "EndDate", FIELD_UNTIL},
    {"RelationshipPeriod", "PeriodType", FIELD_PERIOD},
    {"Registration", "InitialRegistrationDate", FIELD_FIRST},
    {"Registration", "LastUpdateDate", FIELD_LAST},
    {"Registration", "RegistrationStatus", FIELD_RECORD},
    {"Deletion", "DeletedAt", FIELD_DELETED},
    {"LEIRecord", "LEI", FIELD_LEI},
    {"Exception", "LEI", FIELD_LEI},
    {"Entity", "LegalName", FIELD_NAME},
    {"Entity", "LegalJurisdiction", FIELD_COUNTRY},
    {"Entity", "EntityCreationDate", FIELD_FOUNDED},
    {"RegistrationAuthority", "RegistrationAuthorityID", FIELD_AUTHORITY},
    {"RegistrationAuthority", "RegistrationAuthorityEntityID", FIELD_NUMBER},
    {"Exception", "ExceptionCategory", FIELD_CATEGORY},
    {"Exception", "ExceptionReason", FIELD_REASON},
    {"LegalAddress", "FirstAddressLine", FIELD_ADDRESS},
    {"LegalAddress", "AdditionalAddressLine", FIELD_ADDRESS},
    {"LegalAddress", "City", FIELD_ADDRESS},
    {"LegalAddress", "PostalCode", FIELD_ADDRESS},
    {"LegalAddress", "Country", FIELD_ADDRESS},
};

struct gleif {
    struct own_reader *reader;
    XML_Parser parser;
    enum own_format format;
    enum fault fault; /* ended by it */
    u32 source;
    u32 depth;
    char names[DEPTH_MAX][NAME_BYTES];
    bool in_record;
    u32 field; /* that is read; FIELDS: none */
    bool overflown;
    u16 sizes[FIELDS];
    char fields[FIELDS][FIELD_BYTES];
};

static struct span field(const struct gleif *gleif, enum field which)
{
    return span_of(gleif->fields[which], gleif->sizes[which]);
}

static bool is(const struct gleif *gleif, enum field which, const char *word)
{
    return span_equal(field(gleif, which), span_of_text(word));
}

static void refuse(struct gleif *gleif, enum own_refusal refusal, const char *text)
{
    struct span lei = field(gleif, gleif->format == OWN_FORMAT_GLEIF_RR ? FIELD_START : FIELD_LEI);
    own_refuse(gleif->reader, refusal, lei, "%s", text);
}

/* A day of the record; false: there is one and it is wrong. */
static bool take_day(const struct gleif *gleif, enum field which, i32 *day)
{
    u32 second = 0;
    return gleif->sizes[which] == 0 || own_text_day(field(gleif, which), day, &second);
}

static enum fault lei_node(const struct gleif *gleif, enum field which, u32 *node_out)
{
    char bytes[OWN_KEY_BYTES];
    return own_build_node(gleif->reader->build, own_key("XI-LEI", field(gleif, which), bytes),
                          node_out);
}

/* ---- relationships ---- */

/* What each type says of the end node and the start node. */
static const struct {
    const char *name;
    enum own_kind kind;
    u32 flags;
    u32 share;
} relations[] = {
    {"IS_DIRECTLY_CONSOLIDATED_BY", OWN_CONSOLIDATED, 0, 0},
    {"IS_ULTIMATELY_CONSOLIDATED_BY", OWN_CONSOLIDATED, OWN_EDGE_INDIRECT, 0},
    /* A branch is its head office, so what the one is the other is. */
    {"IS_INTERNATIONAL_BRANCH_OF", OWN_SHARE, 0, OWN_WHOLE},
    {"IS_FUND-MANAGED_BY", OWN_INFLUENCE, OWN_EDGE_POSSIBLE, 0},
    {"IS_SUBFUND_OF", OWN_INFLUENCE, OWN_EDGE_POSSIBLE, 0},
    {"IS_FEEDER_TO", OWN_OTHER, 0, 0},
};

/* When it was so, and when the register said so. Relationships that ended and records that were
 * withdrawn say when only by the day on which the record was last touched. */
static bool take_times(const struct gleif *gleif, struct own_times *times)
{
    i32 last = OWN_DAY_EVER;
    *times = OWN_TIMES_ALWAYS;
    if (!take_day(gleif, FIELD_SINCE, &times->valid_from) ||
        !take_day(gleif, FIELD_ENDED, &times->valid_until) ||
        !take_day(gleif, FIELD_FIRST, &times->recorded_from) ||
        !take_day(gleif, FIELD_LAST, &last) ||
        !take_day(gleif, FIELD_DELETED, &times->recorded_until)) {
        return false;
    }
    bool has_ended = is(gleif, FIELD_STATUS, "INACTIVE") || is(gleif, FIELD_RECORD, "RETIRED");
    if (has_ended && times->valid_until == OWN_DAY_NEVER && last != OWN_DAY_EVER) {
        times->valid_until = last > times->valid_from ? last : times->valid_from;
    }
    if (is(gleif, FIELD_RECORD, "ANNULLED") || is(gleif, FIELD_RECORD, "DUPLICATE")) {
        times->recorded_until = last;
    }
    return times->valid_from <= times->valid_until && times->recorded_from <= times->recorded_until;
}

static enum fault take_relation(struct gleif *gleif)
{
    struct own_report *report = gleif->reader->report;
    u32 number = 0;
    u32 type = 0;
    struct own_edge edge = {.via = OWN_NONE, .source = gleif->source};
    if (gleif->sizes[FIELD_START] == 0 || gleif->sizes[FIELD_END] == 0) {
        refuse(gleif, OWN_REFUSED_MISSING, "a node without its id");
        return FAULT_NONE;
    }
    if (span_equal(field(gleif, FIELD_START), field(gleif, FIELD_END))) {
        refuse(gleif, OWN_REFUSED_IDENTITY, "related to itself");
        return FAULT_NONE;
    }
    while (type < ARRAY_COUNT(relations) && !is(gleif, FIELD_KIND, relations[type].name)) {
        type += 1;
    }
    if (type == ARRAY_COUNT(relations)) {
        refuse(gleif, OWN_REFUSED_KIND, "a RelationshipType that is not known");
        return FAULT_NONE;
    }
    edge.kind = relations[type].kind;
    edge.flags = relations[type].flags;
    report->interests += 1;
    if (take_times(gleif, &edge.times)) {
        report->interests_taken += 1;
    } else { /* it possibly holds on any day */
        own_refuse_interest(gleif->reader, OWN_REFUSED_DATE, field(gleif, FIELD_START),
                            "no such day, or an end before the start");
        edge.times = OWN_TIMES_ALWAYS;
        edge.flags |= OWN_EDGE_POSSIBLE;
    }
    edge.lower = relations[type].share;
    edge.upper = relations[type].share;
    edge.statement = field(gleif, FIELD_KIND);
    TRY(lei_node(gleif, FIELD_END, &edge.holder));
    TRY(lei_node(gleif, FIELD_START, &edge.target));
    report->linked += 1;
    report->edges += 1;
    return own_build_edge(gleif->reader->build, &edge, &number);
}

/* ---- entities and exceptions ---- */

static enum fault describe(struct gleif *gleif, u32 node, const struct own_node *facts)
{
    struct own_reader *reader = gleif->reader;
    struct own_times times = OWN_TIMES_ALWAYS;
    char bytes[OWN_KEY_BYTES];
    struct span key = own_key_of(field(gleif, FIELD_AUTHORITY), field(gleif, FIELD_NUMBER), bytes);
    TRY(own_build_describe(reader->build, node, facts));
    if (key.size > 0) {
        TRY(own_build_alias(reader->build, node, key));
    }
    if (facts->country[0] != 0) {
        TRY(own_note_number(reader, node, span_of_text(facts->country),
                            field(gleif, FIELD_NUMBER)));
    }
    TRY(own_note_number(reader, node, span_of_text("XI"), field(gleif, FIELD_LEI)));
    TRY(own_note_name(reader, node, facts->name));
    return own_note_attribute(reader, node, OWN_NODE_ADDRESS, field(gleif, FIELD_ADDRESS), &times,
                              gleif->source, field(gleif, FIELD_LEI));
}

static enum fault take_entity(struct gleif *gleif)
{
    struct own_reader *reader = gleif->reader;
    struct own_node facts = {.kind = OWN_NODE_ENTITY,
                             .flags = OWN_NODE_DESCRIBED,
                             .founded = OWN_DAY_EVER,
                             .name = field(gleif, FIELD_NAME)};
    struct span country = field(gleif, FIELD_COUNTRY);
    bool is_refused = false;
    u32 node = 0;
    if (gleif->sizes[FIELD_LEI] == 0 || gleif->sizes[FIELD_NAME] == 0) {
        refuse(gleif, OWN_REFUSED_MISSING, "LEI or LegalName is missing");
        return FAULT_NONE;
    }
    if (!take_day(gleif, FIELD_FOUNDED, &facts.founded)) {
        refuse(gleif, OWN_REFUSED_DATE, "EntityCreationDate is no day");
        return FAULT_NONE;
    }
    if (country.size >= 2 && (country.size == 2 || country.data[2] == '-')) {
        facts.country[0] = (char)country.data[0];
        facts.country[1] = (char)country.data[1];
    }
    TRY(lei_node(gleif, FIELD_LEI, &node));
    TRY(own_refused_by_build(reader, describe(gleif, node, &facts), field(gleif, FIELD_LEI),
                             &is_refused));
    reader->report->described += is_refused ? 0 : 1;
    return FAULT_NONE;
}

/* Why somebody names no parent: said of the node, whatever the reason. */
static enum fault take_exception(struct gleif *gleif)
{
    struct own_node facts = {
        .kind = OWN_NODE_UNKNOWN, .flags = OWN_NODE_EXEMPT, .founded = OWN_DAY_EVER};
    u32 node = 0;
    if (gleif->sizes[FIELD_LEI] == 0 || gleif->sizes[FIELD_CATEGORY] == 0) {
        refuse(gleif, OWN_REFUSED_MISSING, "LEI or ExceptionCategory is missing");
        return FAULT_NONE;
    }
    gleif->reader->report->described += 1;
    TRY(lei_node(gleif, FIELD_LEI, &node));
    return own_build_describe(gleif->reader->build, node, &facts);
}

static enum fault take_record(struct gleif *gleif)
{
    gleif->reader->report->records += 1;
    if (gleif->overflown) {
        refuse(gleif, OWN_REFUSED_TOO_LARGE, "a field of more than 1024 bytes");
        return FAULT_NONE;
    }
    return gleif->format == OWN_FORMAT_GLEIF_RR    ? take_relation(gleif)
           : gleif->format == OWN_FORMAT_GLEIF_LEI ? take_entity(gleif)
                                                   : take_exception(gleif);
}

/* ---- elements ---- */

static const char *record_name(enum own_format format)
{
    return format == OWN_FORMAT_GLEIF_RR    ? "RelationshipRecord"
           : format == OWN_FORMAT_GLEIF_LEI ? "LEIRecord"
                                            : "Exception";
}

static void stop(struct gleif *gleif, enum fault fault)
{
    gleif->fault = fault;
    (void)XML_StopParser(gleif->parser, XML_FALSE);
}

static u32 find_field(const struct gleif *gleif)
{
    const char *name = gleif->names[gleif->depth - 1];
    const char *parent = gleif->depth > 1 ? gleif->names[gleif->depth - 2] : "";
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        if (strcmp(places[i].name, name) == 0 &&
            (places[i].parent == NULL || strcmp(places[i].parent, parent) == 0)) {
            return places[i].field;
        }
    }
    return FIELDS;
}

static void put_field(struct gleif *gleif, u32 which, const char *text, size_t size)
{
    if (size > (size_t)FIELD_BYTES - gleif->sizes[which]) {
        gleif->overflown = true;
        return;
    }
    memcpy(gleif->fields[which] + gleif->sizes[which], text, size);
    gleif->sizes[which] += (u16)size;
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct gleif *gleif = context;
    const char *colon = strrchr(name, ':');
    const char *local = colon != NULL ? colon + 1 : name;
    (void)attributes;
    if (gleif->fault != FAULT_NONE) {
        return;
    }
    if (gleif->depth == DEPTH_MAX || strnlen(local, NAME_BYTES) == (size_t)NAME_BYTES) {
        stop(gleif, FAULT(FAULT_INPUT, "%s:%lu: nested too deeply, or an overlong name",
                          gleif->reader->name, XML_GetCurrentLineNumber(gleif->parser)));
        return;
    }
    (void)snprintf(gleif->names[gleif->depth], NAME_BYTES, "%s", local);
    gleif->depth += 1;
    if (strcmp(local, record_name(gleif->format)) == 0) {
        gleif->in_record = true;
        gleif->overflown = false;
        gleif->reader->line = XML_GetCurrentLineNumber(gleif->parser);
        memset(gleif->sizes, 0, sizeof(gleif->sizes));
    }
    gleif->field = gleif->in_record ? find_field(gleif) : FIELDS;
    if (gleif->field == FIELD_ADDRESS && gleif->sizes[FIELD_ADDRESS] > 0) {
        put_field(gleif, FIELD_ADDRESS, ", ", 2);
    }
}

static void on_text(void *context, const XML_Char *text, int size)
{
    struct gleif *gleif = context;
    if (gleif->fault == FAULT_NONE && gleif->field != FIELDS && size > 0) {
        put_field(gleif, gleif->field, text, (size_t)size);
    }
}

/* Of the periods of a relationship only the one that says how long it held counts. */
static void end_period(struct gleif *gleif)
{
    if (is(gleif, FIELD_PERIOD, "RELATIONSHIP_PERIOD")) {
        memcpy(gleif->fields[FIELD_SINCE], gleif->fields[FIELD_FROM], FIELD_BYTES);
        memcpy(gleif->fields[FIELD_ENDED], gleif->fields[FIELD_UNTIL], FIELD_BYTES);
        gleif->sizes[FIELD_SINCE] = gleif->sizes[FIELD_FROM];
        gleif->sizes[FIELD_ENDED] = gleif->sizes[FIELD_UNTIL];
    }
    gleif->sizes[FIELD_FROM] = 0;
    gleif->sizes[FIELD_UNTIL] = 0;
    gleif->sizes[FIELD_PERIOD] = 0;
}

static void on_end(void *context, const XML_Char *name)
{
    struct gleif *gleif = context;
    (void)name;
    if (gleif->fault != FAULT_NONE) {
        return;
    }
    CHECK(gleif->depth > 0);
    gleif->depth -= 1;
    gleif->field = FIELDS;
    const char *local = gleif->names[gleif->depth];
    if (gleif->in_record && strcmp(local, "RelationshipPeriod") == 0) {
        end_period(gleif);
    }
    if (gleif->in_record && strcmp(local, record_name(gleif->format)) == 0) {
        gleif->in_record = false;
        enum fault fault = take_record(gleif);
        if (fault != FAULT_NONE) {
            stop(gleif, fault);
        }
    }
}

static void on_doctype(void *context, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int has_internal)
{
    struct gleif *gleif = context;
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal;
    stop(gleif, FAULT(FAULT_INPUT, "%s:%lu: a document type, which no GLEIF file has",
                      gleif->reader->name, XML_GetCurrentLineNumber(gleif->parser)));
}

static enum fault parse(struct gleif *gleif, struct input *input)
{
    for (bool more = true; more;) {
        size_t size = 0;
        void *buffer = XML_GetBuffer(gleif->parser, CHUNK_BYTES);
        if (buffer == NULL) {
            return FAULT(FAULT_LIMIT, "%s: no memory for the XML parser", gleif->reader->name);
        }
        TRY(input_read(input, buffer, CHUNK_BYTES, &size));
        more = size == CHUNK_BYTES;
        own_tell(gleif->reader, input);
        if (XML_ParseBuffer(gleif->parser, (int)size, !more) == XML_STATUS_OK) {
            continue;
        }
        if (gleif->fault != FAULT_NONE) {
            return gleif->fault;
        }
        return FAULT(FAULT_INPUT, "%s:%lu: %s", gleif->reader->name,
                     XML_GetCurrentLineNumber(gleif->parser),
                     XML_ErrorString(XML_GetErrorCode(gleif->parser)));
    }
    return gleif->fault;
}

enum fault own_read_gleif(struct own_reader *reader, struct input *input, enum own_format format)
{
    static _Thread_local struct gleif gleif;
    gleif = (struct gleif){.reader = reader, .format = format, .field = FIELDS};
    TRY(own_build_source(reader->build, span_of_text(reader->name), &gleif.source));
    gleif.parser = XML_ParserCreate(NULL);
    if (gleif.parser == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the XML parser", reader->name);
    }
    XML_SetUserData(gleif.parser, &gleif);
    XML_SetElementHandler(gleif.parser, on_start, on_end);
    XML_SetCharacterDataHandler(gleif.parser, on_text);
    XML_SetStartDoctypeDeclHandler(gleif.parser, on_doctype);
    enum fault fault = parse(&gleif, input);
    XML_ParserFree(gleif.parser);
    return fault;
}
