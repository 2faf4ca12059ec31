#include "role/lists/list_formats.h"
#include "role/lists/list_when.h"
#include "role/lists/list_xml.h"

#include <string.h>

/* Two dialects: since 2018 facts are attributes of sanctionEntity's elements; before, texts of
 * elements in ENTITY. Neither says which name is the main one: the first is. */
struct eu {
    struct xml_visitor visitor;
    struct list_reader *reader;
};

static struct list_country country_of(const struct xml_node *node)
{
    struct span code = xml_attribute(node, "countryIso2Code");
    struct list_country country = {.code = {0}};
    if (code.size == 2 && !text_is(code, "00")) {
        country = list_country_of(code);
    } else if (xml_attribute(node, "countryDescription").size > 0 &&
               !text_is(xml_attribute(node, "countryDescription"), "UNKNOWN")) {
        country = list_country_of(xml_attribute(node, "countryDescription"));
    }
    return country;
}

/* Joins values with ", ". */
static struct span join(struct list_reader *reader, const struct span *parts, u32 count, u8 *buffer,
                        size_t buffer_bytes)
{
    size_t used = 0;
    for (u32 i = 0; i < count; i += 1) {
        size_t gap = used == 0 ? 0 : 2;
        if (parts[i].size + gap > buffer_bytes - used) {
            reader->entry->overflown = true;
        } else if (parts[i].size > 0) {
            memcpy(buffer + used, ", ", gap);
            memcpy(buffer + used + gap, parts[i].data, parts[i].size);
            used += gap + parts[i].size;
        }
    }
    return span_of(buffer, used);
}

static void set_gender(struct list_entry *entry, struct span gender)
{
    if (text_is(gender, "M") || text_is(gender, "F")) {
        entry->gender = text_is(gender, "M") ? LIST_GENDER_MALE : LIST_GENDER_FEMALE;
    }
}

/* ---- since 2018 ---- */

static void add_alias(struct eu *eu, const struct xml_node *node)
{
    struct list_entry *entry = eu->reader->entry;
    struct span whole = xml_attribute(node, "wholeName");
    struct list_name name = {.text = whole, .quality = LIST_QUALITY_STRONG};
    if (text_is(xml_attribute(node, "strong"), "false")) {
        name.quality = LIST_QUALITY_WEAK;
    } else if (entry->names_count == 0) {
        name.quality = LIST_QUALITY_PRIMARY;
    }
    if (entry->kind == LIST_KIND_PERSON) {
        name.family = xml_attribute(node, "lastName");
        name.given = xml_attribute(node, "firstName");
        name.patronymic = xml_attribute(node, "middleName");
    }
    list_entry_add_name(entry, &name);
    list_entry_add_title(entry, xml_attribute(node, "title"));
    list_entry_add_title(entry, xml_attribute(node, "function"));
    set_gender(entry, xml_attribute(node, "gender"));
}

static void add_birth(struct eu *eu, const struct xml_node *node)
{
    struct list_reader *reader = eu->reader;
    struct list_birth birth = {.circa = text_is(xml_attribute(node, "circa"), "true")};
    struct span day = xml_attribute(node, "birthdate");
    struct span year = xml_attribute(node, "year");
    struct span from = xml_attribute(node, "yearRangeFrom");
    struct span to = xml_attribute(node, "yearRangeTo");
    bool known =
        day.size > 0 ? when_date(day, false, &birth.from) : when_date(year, false, &birth.from);
    if (!known && from.size > 0) {
        known = when_date(from, false, &birth.from) && when_date(to, false, &birth.to) &&
                list_date_compare(birth.from, birth.to) <= 0;
    }
    if (known) {
        list_entry_add_birth(reader->entry, &birth);
    } else {
        list_reader_keep(reader, "Birth", day.size > 0 ? day : year.size > 0 ? year : from);
    }
    struct span parts[] = {xml_attribute(node, "place"), xml_attribute(node, "city"),
                           xml_attribute(node, "region")};
    u8 text[2048];
    struct list_place place = {.text = join(reader, parts, ARRAY_COUNT(parts), text, sizeof(text)),
                               .country = country_of(node)};
    list_entry_add_birth_place(reader->entry, &place);
}

static void add_address(struct eu *eu, const struct xml_node *node)
{
    struct span parts[] = {xml_attribute(node, "street"),  xml_attribute(node, "poBox"),
                           xml_attribute(node, "zipCode"), xml_attribute(node, "city"),
                           xml_attribute(node, "region"),  xml_attribute(node, "place")};
    u8 text[4096];
    struct list_place place = {.text =
                                   join(eu->reader, parts, ARRAY_COUNT(parts), text, sizeof(text)),
                               .country = country_of(node)};
    list_entry_add_address(eu->reader->entry, &place);
}

static void add_identification(struct eu *eu, const struct xml_node *node)
{
    struct span type = xml_attribute(node, "identificationTypeDescription");
    if (type.size == 0) {
        type = xml_attribute(node, "identificationTypeCode");
    }
    list_entry_add_identifier(eu->reader->entry,
                              &(struct list_identifier){.type = type,
                                                        .number = xml_attribute(node, "number"),
                                                        .country = country_of(node)});
}

static void add_element(struct eu *eu, const struct xml_node *node)
{
    struct list_entry *entry = eu->reader->entry;
    if (xml_is(node, "nameAlias")) {
        add_alias(eu, node);
    } else if (xml_is(node, "birthdate")) {
        add_birth(eu, node);
    } else if (xml_is(node, "citizenship")) {
        list_entry_add_country(entry, &(struct list_tied_country){.country = country_of(node),
                                                                  .tie = LIST_TIE_CITIZENSHIP});
    } else if (xml_is(node, "address")) {
        add_address(eu, node);
    } else if (xml_is(node, "identification")) {
        add_identification(eu, node);
    } else if (xml_is(node, "regulation")) {
        list_entry_add_programme(entry, xml_attribute(node, "programme"));
        entry->act = list_entry_text(entry, xml_attribute(node, "numberTitle"));
    } else if (xml_is(node, "remark")) {
        list_reader_remark(eu->reader, node->text);
    }
}

static enum fault take_entity(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct eu *eu = (struct eu *)(void *)visitor;
    struct list_reader *reader = eu->reader;
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    const struct xml_node *subject = xml_child(record, "subjectType");
    bool is_person = text_is(xml_attribute(subject, "classificationCode"), "P") ||
                     text_is(xml_attribute(subject, "code"), "person");
    entry->kind = is_person ? LIST_KIND_PERSON : LIST_KIND_ENTITY;
    bool has_reference = xml_attribute(record, "euReferenceNumber").size > 0;
    entry->id = list_entry_text(
        entry, xml_attribute(record, has_reference ? "euReferenceNumber" : "logicalId"));
    struct span listed = xml_attribute(record, "designationDate");
    if (listed.size == 0) {
        listed = xml_attribute(xml_child(record, "regulation"), "entryIntoForceDate");
    }
    if (listed.size > 0 && !when_date(listed, false, &entry->listed)) {
        list_reader_keep(reader, "Listed", listed);
    }
    for (const struct xml_node *node = record->first; node != NULL; node = node->next) {
        add_element(eu, node);
    }
    list_reader_remark(reader, xml_attribute(record, "designationDetails"));
    if (xml_attribute(record, "unitedNationId").size > 0) {
        list_entry_add_identifier(
            entry, &(struct list_identifier){.type = span_of_text("UN reference"),
                                             .number = xml_attribute(record, "unitedNationId")});
    }
    return list_reader_end(reader, 1);
}

static enum fault published(struct eu *eu, const struct xml_node *root, const char *attribute)
{
    struct list_header *header = &eu->reader->report->header;
    if (!when_date(xml_attribute(root, attribute), false, &header->published)) {
        return FAULT(FAULT_INPUT, "%s: no date in the attribute %s",
                     eu->reader->source->paths[eu->reader->file], attribute);
    }
    return FAULT_NONE;
}

static enum fault take_root(struct xml_visitor *visitor, const struct xml_node *root)
{
    return published((struct eu *)(void *)visitor, root, "generationDate");
}

enum fault read_eu_xml(struct list_reader *reader)
{
    static const char *const records[] = {"sanctionEntity", NULL};
    struct eu eu = {.visitor = {.records = records, .visit = take_entity, .root = take_root},
                    .reader = reader};
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(reader, 0, &input));
    return xml_read(reader, input, &eu.visitor);
}

/* ---- before 2018 ---- */

static struct list_country old_country(const struct xml_node *node)
{
    struct list_country none = {.code = {0}};
    return xml_text(node, "COUNTRY").size > 0 ? list_country_of(xml_text(node, "COUNTRY")) : none;
}

static void old_name(struct eu *eu, const struct xml_node *node)
{
    struct list_entry *entry = eu->reader->entry;
    struct list_name name = {.text = xml_text(node, "WHOLENAME"),
                             .quality = entry->names_count == 0 ? LIST_QUALITY_PRIMARY
                                                                : LIST_QUALITY_STRONG};
    if (entry->kind == LIST_KIND_PERSON) {
        name.family = xml_text(node, "LASTNAME");
        name.given = xml_text(node, "FIRSTNAME");
        name.patronymic = xml_text(node, "MIDDLENAME");
    }
    list_entry_add_name(entry, &name);
    list_entry_add_title(entry, xml_text(node, "TITLE"));
    list_entry_add_title(entry, xml_text(node, "FUNCTION"));
    set_gender(entry, xml_text(node, "GENDER"));
}

static void old_birth(struct eu *eu, const struct xml_node *node)
{
    struct list_reader *reader = eu->reader;
    struct span text = xml_text(node, "DATE");
    struct list_birth birth;
    size_t about = text_find(text, " (approximative)");
    bool is_about = about < text.size;
    if (when_birth(span_of(text.data, about), false, &birth)) {
        birth.circa = is_about;
        list_entry_add_birth(reader->entry, &birth);
    } else {
        list_reader_keep(reader, "Birth", text);
    }
    list_entry_add_birth_place(reader->entry, &(struct list_place){.text = xml_text(node, "PLACE"),
                                                                   .country = old_country(node)});
}

/* "AD001095 (passport-National passport) ((passport))": number, kind, remarks. */
static void old_passport(struct eu *eu, const struct xml_node *node)
{
    struct span text = xml_text(node, "NUMBER");
    size_t open = text_find(text, " (");
    struct span kind = span_after(text, open + 2);
    size_t close = text_find(kind, ")");
    struct list_identifier identifier = {.number = span_of(text.data, open),
                                         .country = old_country(node)};
    if (close < kind.size) {
        size_t dash = text_find(span_of(kind.data, close), "-");
        identifier.type = dash < close ? span_of(kind.data + dash + 1, close - dash - 1)
                                       : span_of(kind.data, close);
        list_reader_label(eu->reader, "Document", text);
    }
    list_entry_add_identifier(eu->reader->entry, &identifier);
}

static void old_address(struct eu *eu, const struct xml_node *node)
{
    struct span parts[] = {xml_text(node, "NUMBER"), xml_text(node, "STREET"),
                           xml_text(node, "ZIPCODE"), xml_text(node, "CITY"),
                           xml_text(node, "OTHER")};
    u8 text[4096];
    struct list_place place = {.text =
                                   join(eu->reader, parts, ARRAY_COUNT(parts), text, sizeof(text)),
                               .country = old_country(node)};
    list_entry_add_address(eu->reader->entry, &place);
}

static enum fault take_old(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct eu *eu = (struct eu *)(void *)visitor;
    struct list_reader *reader = eu->reader;
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    entry->id = list_entry_text(entry, xml_attribute(record, "Id"));
    entry->kind = text_is(xml_attribute(record, "Type"), "P") ? LIST_KIND_PERSON : LIST_KIND_ENTITY;
    entry->act = list_entry_text(entry, xml_attribute(record, "legal_basis"));
    list_entry_add_programme(entry, xml_attribute(record, "programme"));
    if (!when_date(xml_attribute(record, "reg_date"), false, &entry->listed)) {
        list_reader_keep(reader, "Listed", xml_attribute(record, "reg_date"));
    }
    for (const struct xml_node *node = record->first; node != NULL; node = node->next) {
        if (xml_is(node, "NAME")) {
            old_name(eu, node);
        } else if (xml_is(node, "BIRTH")) {
            old_birth(eu, node);
        } else if (xml_is(node, "PASSPORT")) {
            old_passport(eu, node);
        } else if (xml_is(node, "ADDRESS")) {
            old_address(eu, node);
        } else if (xml_is(node, "CITIZEN")) {
            list_entry_add_country(entry, &(struct list_tied_country){.country = old_country(node),
                                                                      .tie = LIST_TIE_CITIZENSHIP});
        }
    }
    list_reader_remark(reader, xml_attribute(record, "remark"));
    return list_reader_end(reader, 1);
}

static enum fault take_old_root(struct xml_visitor *visitor, const struct xml_node *root)
{
    return published((struct eu *)(void *)visitor, root, "Date");
}

enum fault read_eu_xml_old(struct list_reader *reader)
{
    static const char *const records[] = {"ENTITY", NULL};
    struct eu eu = {.visitor = {.records = records, .visit = take_old, .root = take_old_root},
                    .reader = reader};
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(reader, 0, &input));
    return xml_read(reader, input, &eu.visitor);
}
