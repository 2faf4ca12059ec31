#include "role/lists/list_formats.h"
#include "role/lists/list_remarks.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"
#include "role/lists/list_xml.h"

#include <stdio.h>
#include <string.h>

/* OFAC's advanced XML keeps everything apart and joins it by numbers: words (reference values) and
 * locations in front, then documents, parties, relations and, last, the entries on lists. A first
 * pass keeps all but the parties, the second takes those and joins the rest to them. */
#define KEY_BYTES 64U

struct advanced {
    struct xml_visitor visitor;
    struct list_reader *reader;
    struct row_store values; /* "Country:11059": what the number stands for */
    struct row_store parts;  /* "Document:4375", "Entry:36", "Relation:36": rows of parties */
    u8 text[8192];
};

static struct span key_of(char key[KEY_BYTES], const char *kind, struct span id)
{
    int size = snprintf(key, KEY_BYTES, "%s:%.*s", kind, (int)(id.size > 32 ? 32 : id.size),
                        id.size == 0 ? "" : (const char *)id.data);
    return span_of(key, (size_t)size);
}

/* ---- first pass ---- */

/* Adds to the text with ", " in front of all but the first. */
static size_t append(struct advanced *advanced, size_t used, struct span part)
{
    size_t gap = used == 0 ? 0 : 2;
    if (part.size == 0 || part.size + gap > sizeof(advanced->text) - used) {
        return used;
    }
    memcpy(advanced->text + used, ", ", gap);
    memcpy(advanced->text + used + gap, part.data, part.size);
    return used + gap + part.size;
}

static enum fault keep_value(struct advanced *advanced, const char *kind, struct span id,
                             struct span text, struct span extra)
{
    char key[KEY_BYTES];
    struct span cells[2] = {text, extra};
    return row_store_add(&advanced->values, key_of(key, kind, id), 0, 0, cells, 2);
}

static enum fault keep_location(struct advanced *advanced, const struct xml_node *record)
{
    size_t used = 0;
    for (const struct xml_node *part = record->first; part != NULL; part = part->next) {
        if (xml_is(part, "LocationPart")) {
            used = append(advanced, used, xml_text(xml_child(part, "LocationPartValue"), "Value"));
        }
    }
    struct span country = xml_attribute(xml_child(record, "LocationCountry"), "CountryID");
    return keep_value(advanced, "Location", xml_attribute(record, "ID"),
                      span_of(advanced->text, used), country);
}

static enum fault keep_part(struct advanced *advanced, const struct xml_node *record,
                            const char *kind, struct span party, const struct span *cells,
                            u32 cells_count)
{
    char key[KEY_BYTES];
    return row_store_add(&advanced->parts, key_of(key, kind, party), 0, record->line, cells,
                         cells_count);
}

/* Year, month and day in elements of their own. */
static bool date_of(const struct xml_node *node, struct list_date *date_out)
{
    char text[32];
    struct span year = xml_text(node, "Year");
    struct span month = xml_text(node, "Month");
    struct span day = xml_text(node, "Day");
    if (year.size == 0 || year.size > 4 || month.size > 2 || day.size > 2) {
        *date_out = (struct list_date){0};
        return false;
    }
    (void)snprintf(text, sizeof(text), "%.*s%s%.*s%s%.*s", (int)year.size, (const char *)year.data,
                   month.size > 0 ? "-" : "", (int)month.size,
                   month.size > 0 ? (const char *)month.data : "", day.size > 0 ? "-" : "",
                   (int)day.size, day.size > 0 ? (const char *)day.data : "");
    return when_date(span_of_text(text), false, date_out);
}

/* List, legal basis, day, programmes: what puts a party on a list. */
static enum fault keep_entry(struct advanced *advanced, const struct xml_node *record)
{
    const struct xml_node *event = xml_child(record, "EntryEvent");
    struct list_date date;
    char day[LIST_DATE_TEXT_BYTES] = {0};
    size_t used = 0;
    if (date_of(xml_child(event, "Date"), &date)) {
        list_date_print(date, day);
    }
    for (const struct xml_node *node = record->first; node != NULL; node = node->next) {
        bool is_programme = xml_is(node, "SanctionsMeasure") &&
                            text_is(xml_attribute(node, "SanctionsTypeID"), "1");
        used = is_programme ? append(advanced, used, xml_text(node, "Comment")) : used;
    }
    struct span cells[4] = {xml_attribute(record, "ListID"), xml_attribute(event, "LegalBasisID"),
                            span_of_text(day), span_of(advanced->text, used)};
    return keep_part(advanced, record, "Entry", xml_attribute(record, "ProfileID"), cells, 4);
}

static enum fault take_first(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct advanced *advanced = (struct advanced *)(void *)visitor;
    struct list_reader *reader = advanced->reader;
    if (xml_is(record, "DateOfIssue")) {
        return date_of(record, &reader->report->header.published)
                   ? FAULT_NONE
                   : FAULT(FAULT_INPUT, "%s:%llu: no day in DateOfIssue", reader->source->paths[0],
                           (unsigned long long)record->line);
    }
    if (xml_is(record, "Location")) {
        return keep_location(advanced, record);
    }
    if (xml_is(record, "SanctionsEntry")) {
        return keep_entry(advanced, record);
    }
    if (xml_is(record, "IDRegDocument")) {
        struct span cells[3] = {xml_attribute(record, "IDRegDocTypeID"),
                                xml_text(record, "IDRegistrationNo"),
                                xml_attribute(record, "IssuedBy-CountryID")};
        return keep_part(advanced, record, "Document", xml_attribute(record, "IdentityID"), cells,
                         3);
    }
    if (xml_is(record, "ProfileRelationship")) {
        struct span cells[2] = {xml_attribute(record, "To-ProfileID"),
                                xml_attribute(record, "RelationTypeID")};
        return keep_part(advanced, record, "Relation", xml_attribute(record, "From-ProfileID"),
                         cells, 2);
    }
    char kind[32];
    (void)snprintf(kind, sizeof(kind), "%.*s", (int)record->name.size,
                   (const char *)record->name.data);
    return keep_value(advanced, kind, xml_attribute(record, "ID"), record->text,
                      xml_attribute(record, "PartyTypeID"));
}

/* ---- second pass ---- */

/* What a number stands for: cell 0 its word, cell 1 what hangs on it. */
static struct span value_of(struct advanced *advanced, const char *kind, struct span id, u32 index)
{
    char key[KEY_BYTES];
    size_t count = 0;
    struct kept_row *rows = row_store_find(&advanced->values, key_of(key, kind, id), &count);
    return count == 0 || id.size == 0 ? span_of(NULL, 0) : rows[0].cells[index];
}

static struct list_country country_of(struct advanced *advanced, struct span id)
{
    struct span name = value_of(advanced, "Country", id, 0);
    struct list_country none = {.code = {0}};
    return name.size > 0 ? list_country_of(name) : none;
}

/* Which kind of part the value is, by the group that its number names. */
static struct span part_type(struct advanced *advanced, const struct xml_node *identity,
                             struct span group)
{
    const struct xml_node *groups = xml_child(identity, "NamePartGroups");
    for (const struct xml_node *master = groups->first; master != NULL; master = master->next) {
        for (const struct xml_node *it = master->first; it != NULL; it = it->next) {
            if (span_equal(xml_attribute(it, "ID"), group)) {
                return value_of(advanced, "NamePartType", xml_attribute(it, "NamePartTypeID"), 0);
            }
        }
    }
    return (struct span){.data = NULL, .size = 0};
}

/* Puts `part` behind `text`, both in the entry's memory, with one space. */
static struct span joined(struct list_entry *entry, struct span text, struct span part)
{
    u8 buffer[2048];
    if (text.size == 0 || part.size == 0) {
        return text.size == 0 ? part : text;
    }
    if (text.size + 1 + part.size > sizeof(buffer)) {
        entry->overflown = true;
        return text;
    }
    memcpy(buffer, text.data, text.size);
    buffer[text.size] = ' ';
    memcpy(buffer + text.size + 1, part.data, part.size);
    return list_entry_text(entry, span_of(buffer, text.size + 1 + part.size));
}

/* One name as documented: "LAST, First Patronymic" as the other files write it. */
static void add_name(struct advanced *advanced, const struct xml_node *identity,
                     const struct xml_node *documented, enum list_quality quality, bool former)
{
    struct list_entry *entry = advanced->reader->entry;
    struct list_name name = {.quality = (u8)quality, .former = former};
    struct span rest = {.data = NULL, .size = 0};
    for (const struct xml_node *part = documented->first; part != NULL; part = part->next) {
        const struct xml_node *value = xml_child(part, "NamePartValue");
        struct span type = part_type(advanced, identity, xml_attribute(value, "NamePartGroupID"));
        struct span text = list_entry_text(entry, value->text);
        if (text_is(type, "Last Name")) {
            name.family = joined(entry, name.family, text);
        } else if (text_is(type, "First Name") || text_is(type, "Middle Name")) {
            name.given = joined(entry, name.given, text);
            rest = joined(entry, rest, text);
        } else {
            name.patronymic = text_is(type, "Patronymic") ? text : name.patronymic;
            rest = joined(entry, rest, text);
        }
    }
    name.text = name.family.size == 0 ? rest : name.family;
    if (name.family.size > 0 && rest.size > 0) {
        u8 buffer[2048];
        if (name.family.size + 2 + rest.size > sizeof(buffer)) {
            entry->overflown = true;
            return;
        }
        memcpy(buffer, name.family.data, name.family.size);
        memcpy(buffer + name.family.size, ", ", 2);
        memcpy(buffer + name.family.size + 2, rest.data, rest.size);
        name.text = list_entry_text(entry, span_of(buffer, name.family.size + 2 + rest.size));
    }
    list_entry_add_name(entry, &name);
}

static void add_identity(struct advanced *advanced, const struct xml_node *identity)
{
    for (const struct xml_node *alias = identity->first; alias != NULL; alias = alias->next) {
        if (!xml_is(alias, "Alias")) {
            continue;
        }
        enum list_quality quality =
            text_is(xml_attribute(alias, "LowQuality"), "true") ? LIST_QUALITY_WEAK
            : text_is(xml_attribute(alias, "Primary"), "true")  ? LIST_QUALITY_PRIMARY
                                                                : LIST_QUALITY_STRONG;
        struct span type = value_of(advanced, "AliasType", xml_attribute(alias, "AliasTypeID"), 0);
        for (const struct xml_node *it = alias->first; it != NULL; it = it->next) {
            if (xml_is(it, "DocumentedName")) {
                add_name(advanced, identity, it, quality, text_is(type, "F.K.A."));
            }
        }
    }
}

/* From the first day to the last: a whole year or month is one, a day is itself. */
static void add_birth(struct advanced *advanced, const struct xml_node *period)
{
    const struct xml_node *start = xml_child(period, "Start");
    struct list_birth birth = {.circa = text_is(xml_attribute(start, "Approximate"), "true")};
    bool known = date_of(xml_child(start, "From"), &birth.from) &&
                 date_of(xml_child(xml_child(period, "End"), "To"), &birth.to) &&
                 list_date_compare(birth.from, birth.to) <= 0;
    if (!known) {
        list_reader_keep(advanced->reader, "Birth", xml_text(xml_child(start, "From"), "Year"));
        return;
    }
    bool is_from_first = birth.from.month == 1 && birth.from.day == 1;
    if (is_from_first && birth.to.month == 12 && birth.to.day == 31) {
        birth.from = (struct list_date){.year = birth.from.year};
        birth.to = (struct list_date){.year = birth.to.year};
    } else if (birth.from.day == 1 && birth.to.day >= 28 && birth.from.month == birth.to.month &&
               birth.from.year == birth.to.year) {
        birth.from.day = 0;
        birth.to.day = 0;
    }
    list_entry_add_birth(advanced->reader->entry, &birth);
}

static void add_version(struct advanced *advanced, struct span type, const struct xml_node *version)
{
    struct list_reader *reader = advanced->reader;
    struct span location = xml_attribute(xml_child(version, "VersionLocation"), "LocationID");
    const struct xml_node *detail = xml_child(version, "VersionDetail");
    struct span text = detail->text;
    if (text.size == 0) {
        text = value_of(advanced, "DetailReference", xml_attribute(detail, "DetailReferenceID"), 0);
    }
    if (xml_child(version, "DatePeriod")->name.size > 0 && text_is(type, "Birthdate")) {
        add_birth(advanced, xml_child(version, "DatePeriod"));
    } else if (location.size > 0 && text_is(type, "Location")) {
        struct list_place place = {
            .text = value_of(advanced, "Location", location, 0),
            .country = country_of(advanced, value_of(advanced, "Location", location, 1))};
        list_entry_add_address(reader->entry, &place);
    } else if (location.size > 0) {
        struct span where =
            value_of(advanced, "Country", value_of(advanced, "Location", location, 1), 0);
        remarks_fact(reader, type,
                     where.size > 0 ? where : value_of(advanced, "Location", location, 0),
                     span_of(NULL, 0));
    } else if (text.size > 0) {
        remarks_fact(reader, type, text, span_of(NULL, 0));
    }
    list_reader_remark(reader, xml_text(version, "Comment"));
}

/* Joins the rows of one kind that belong to `id`. */
static u64 add_parts(struct advanced *advanced, const char *kind, struct span id)
{
    struct list_entry *entry = advanced->reader->entry;
    char key[KEY_BYTES];
    size_t count = 0;
    struct kept_row *rows = row_store_find(&advanced->parts, key_of(key, kind, id), &count);
    for (size_t i = 0; i < count; i += 1) {
        const struct span *cells = rows[i].cells;
        struct list_date date;
        rows[i].used = true;
        if (kind[0] == 'D') {
            remarks_fact(advanced->reader, value_of(advanced, "IDRegDocType", cells[0], 0),
                         cells[1], value_of(advanced, "Country", cells[2], 0));
        } else if (kind[0] == 'R') {
            list_entry_add_link(
                entry, &(struct list_link){.id = cells[0],
                                           .how = value_of(advanced, "RelationType", cells[1], 0)});
        } else {
            struct span rest = cells[3];
            struct span programme;
            while (text_next(&rest, ", ", &programme)) {
                list_entry_add_programme(entry, programme);
            }
            if (when_date(cells[2], false, &date) &&
                (entry->listed.year == 0 || list_date_compare(date, entry->listed) < 0)) {
                entry->listed = date;
            }
            if (entry->act.size == 0) {
                entry->act = list_entry_text(entry, value_of(advanced, "LegalBasis", cells[1], 0));
            }
        }
    }
    return count;
}

static u8 kind_of(struct advanced *advanced, struct span subtype)
{
    struct span word = value_of(advanced, "PartySubType", subtype, 0);
    struct span type =
        value_of(advanced, "PartyType", value_of(advanced, "PartySubType", subtype, 1), 0);
    if (text_is(word, "Vessel") || text_is(word, "Aircraft")) {
        return remarks_kind(word);
    }
    return type.size == 0 ? LIST_KIND_UNKNOWN : remarks_kind(type);
}

static enum fault take_second(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct advanced *advanced = (struct advanced *)(void *)visitor;
    struct list_reader *reader = advanced->reader;
    const struct xml_node *profile = xml_child(record, "Profile");
    u64 rows = 1;
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    entry->id = list_entry_text(entry, xml_attribute(record, "FixedRef"));
    entry->kind = kind_of(advanced, xml_attribute(profile, "PartySubTypeID"));
    for (const struct xml_node *node = profile->first; node != NULL; node = node->next) {
        if (xml_is(node, "Identity")) {
            add_identity(advanced, node);
            rows += add_parts(advanced, "Document", xml_attribute(node, "ID"));
        } else if (xml_is(node, "Feature")) {
            struct span type =
                value_of(advanced, "FeatureType", xml_attribute(node, "FeatureTypeID"), 0);
            for (const struct xml_node *it = node->first; it != NULL; it = it->next) {
                if (xml_is(it, "FeatureVersion")) {
                    add_version(advanced, type, it);
                }
            }
        }
    }
    struct span id = xml_attribute(profile, "ID");
    rows += add_parts(advanced, "Entry", id);
    rows += add_parts(advanced, "Relation", id);
    list_reader_remark(reader, xml_text(record, "Comment"));
    return list_reader_end(reader, rows);
}

/* ---- both ---- */

static enum fault pass(struct advanced *advanced, const char *const *records,
                       enum fault (*visit)(struct xml_visitor *, const struct xml_node *))
{
    SCOPED_INPUT *input = NULL;
    advanced->visitor.records = records;
    advanced->visitor.visit = visit;
    TRY(list_reader_open(advanced->reader, 0, &input));
    return xml_read(advanced->reader, input, &advanced->visitor);
}

static enum fault passes(struct advanced *advanced)
{
    static const char *const first[] = {
        "DateOfIssue",   "AliasType",           "Country",        "DetailReference",
        "FeatureType",   "IDRegDocType",        "LegalBasis",     "NamePartType",
        "PartySubType",  "PartyType",           "RelationType",   "Location",
        "IDRegDocument", "ProfileRelationship", "SanctionsEntry", NULL};
    static const char *const second[] = {"DistinctParty", NULL};
    TRY(pass(advanced, first, take_first));
    row_store_sort(&advanced->values);
    row_store_sort(&advanced->parts);
    if (advanced->reader->report->header.published.year == 0) {
        return FAULT(FAULT_INPUT, "%s: no DateOfIssue", advanced->reader->source->paths[0]);
    }
    TRY(pass(advanced, second, take_second));
    row_store_refuse_unused(&advanced->parts, advanced->reader);
    return FAULT_NONE;
}

enum fault read_ofac_advanced(struct list_reader *reader)
{
    struct advanced *advanced = list_reader_memory(reader, sizeof(*advanced));
    if (advanced == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read OFAC's advanced XML");
    }
    advanced->reader = reader;
    enum fault fault = passes(advanced);
    row_store_free(&advanced->values);
    row_store_free(&advanced->parts);
    return fault;
}
