#include "role/lists/list_formats.h"
#include "role/lists/list_when.h"
#include "role/lists/list_xml.h"

#include <string.h>

struct un {
    struct xml_visitor visitor;
    struct list_reader *reader;
};

/* Joins texts of children into the buffer, `separator` between them. */
static struct span join(const struct xml_node *node, const char *const *names, u32 count,
                        const char *separator, u8 *buffer, size_t buffer_bytes)
{
    size_t used = 0;
    for (u32 i = 0; i < count; i += 1) {
        struct span part = xml_text(node, names[i]);
        size_t gap = used == 0 ? 0 : strlen(separator);
        if (part.size == 0 || part.size + gap > buffer_bytes - used) {
            continue;
        }
        memcpy(buffer + used, separator, gap);
        memcpy(buffer + used + gap, part.data, part.size);
        used += gap + part.size;
    }
    return span_of(buffer, used);
}

/* The names in the order of the list, which need not be family and given ones. */
static void add_names(struct un *un, const struct xml_node *record)
{
    static const char *const parts[] = {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"};
    u8 text[2048];
    struct list_entry *entry = un->reader->entry;
    struct span name = join(record, parts, ARRAY_COUNT(parts), " ", text, sizeof(text));
    list_entry_add_name(entry, &(struct list_name){.text = name, .quality = LIST_QUALITY_PRIMARY});
    list_entry_add_name(entry, &(struct list_name){.text = xml_text(record, "NAME_ORIGINAL_SCRIPT"),
                                                   .quality = LIST_QUALITY_PRIMARY});
}

static void add_birth_place(struct un *un, const struct xml_node *node)
{
    static const char *const parts[] = {"STREET", "CITY", "STATE_PROVINCE"};
    static const char *const born[] = {"CITY_OF_BIRTH"};
    u8 text[2048];
    bool is_alias = xml_child(node, "COUNTRY_OF_BIRTH")->name.size > 0 ||
                    xml_child(node, "CITY_OF_BIRTH")->name.size > 0;
    struct list_place place = {.text = join(node, is_alias ? born : parts,
                                            is_alias ? 1 : ARRAY_COUNT(parts), ", ", text,
                                            sizeof(text))};
    struct span country = xml_text(node, is_alias ? "COUNTRY_OF_BIRTH" : "COUNTRY");
    if (country.size > 0) {
        place.country = list_country_of(country);
    }
    list_entry_add_birth_place(un->reader->entry, &place);
}

/* An alias has its quality: "Good", "Low", or "a.k.a." of entities. */
static void add_alias(struct un *un, const struct xml_node *node)
{
    struct list_reader *reader = un->reader;
    struct span quality = xml_text(node, "QUALITY");
    struct list_name name = {.text = xml_text(node, "ALIAS_NAME"),
                             .quality =
                                 text_is(quality, "Low") ? LIST_QUALITY_WEAK : LIST_QUALITY_STRONG,
                             .former = text_is(quality, "f.k.a.")};
    list_entry_add_name(reader->entry, &name);
    when_add_birth(reader, xml_text(node, "DATE_OF_BIRTH"), false);
    if (xml_text(node, "CITY_OF_BIRTH").size + xml_text(node, "COUNTRY_OF_BIRTH").size > 0) {
        add_birth_place(un, node);
    }
    list_reader_remark(reader, xml_text(node, "NOTE"));
}

static void add_birth(struct un *un, const struct xml_node *node)
{
    struct list_reader *reader = un->reader;
    struct span type = xml_text(node, "TYPE_OF_DATE");
    struct list_birth birth = {.circa = text_is(type, "APPROXIMATELY")};
    if (text_is(type, "BETWEEN")) {
        if (when_date(xml_text(node, "FROM_YEAR"), false, &birth.from) &&
            when_date(xml_text(node, "TO_YEAR"), false, &birth.to) &&
            list_date_compare(birth.from, birth.to) <= 0) {
            list_entry_add_birth(reader->entry, &birth);
        } else {
            list_reader_keep(reader, "Birth", xml_text(node, "FROM_YEAR"));
            list_reader_keep(reader, "Birth until", xml_text(node, "TO_YEAR"));
        }
    } else {
        bool has_date = xml_text(node, "DATE").size > 0;
        struct span text = xml_text(node, has_date ? "DATE" : "YEAR");
        if (when_date(text, false, &birth.from)) {
            list_entry_add_birth(reader->entry, &birth);
        } else {
            list_reader_keep(reader, "Birth", text);
        }
    }
    list_reader_remark(reader, xml_text(node, "NOTE"));
}

static void add_document(struct un *un, const struct xml_node *node)
{
    bool has_issuer = xml_text(node, "ISSUING_COUNTRY").size > 0;
    struct span country = xml_text(node, has_issuer ? "ISSUING_COUNTRY" : "COUNTRY_OF_ISSUE");
    struct list_identifier identifier = {.type = xml_text(node, "TYPE_OF_DOCUMENT"),
                                         .number = xml_text(node, "NUMBER")};
    if (country.size > 0) {
        identifier.country = list_country_of(country);
    }
    list_entry_add_identifier(un->reader->entry, &identifier);
    list_reader_remark(un->reader, xml_text(node, "TYPE_OF_DOCUMENT2"));
    list_reader_remark(un->reader, xml_text(node, "NOTE"));
}

static void add_address(struct un *un, const struct xml_node *node)
{
    static const char *const parts[] = {"STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE"};
    u8 text[4096];
    struct list_place place = {.text =
                                   join(node, parts, ARRAY_COUNT(parts), ", ", text, sizeof(text))};
    if (xml_text(node, "COUNTRY").size > 0) {
        place.country = list_country_of(xml_text(node, "COUNTRY"));
    }
    list_entry_add_address(un->reader->entry, &place);
    list_reader_remark(un->reader, xml_text(node, "NOTE"));
}

static void add_values(struct un *un, const struct xml_node *node)
{
    struct list_entry *entry = un->reader->entry;
    for (const struct xml_node *value = node->first; value != NULL; value = value->next) {
        if (value->text.size == 0) {
            continue;
        }
        if (xml_is(node, "NATIONALITY")) {
            list_entry_add_country(
                entry, &(struct list_tied_country){.country = list_country_of(value->text),
                                                   .tie = LIST_TIE_NATIONALITY});
        } else {
            list_entry_add_title(entry, value->text);
        }
    }
}

static void add_element(struct un *un, const struct xml_node *node)
{
    if (xml_is(node, "INDIVIDUAL_ALIAS") || xml_is(node, "ENTITY_ALIAS")) {
        add_alias(un, node);
    } else if (xml_is(node, "INDIVIDUAL_ADDRESS") || xml_is(node, "ENTITY_ADDRESS")) {
        add_address(un, node);
    } else if (xml_is(node, "INDIVIDUAL_DATE_OF_BIRTH")) {
        add_birth(un, node);
    } else if (xml_is(node, "INDIVIDUAL_PLACE_OF_BIRTH")) {
        add_birth_place(un, node);
        list_reader_remark(un->reader, xml_text(node, "NOTE"));
    } else if (xml_is(node, "INDIVIDUAL_DOCUMENT")) {
        add_document(un, node);
    } else if (xml_is(node, "NATIONALITY") || xml_is(node, "DESIGNATION") ||
               xml_is(node, "TITLE")) {
        add_values(un, node);
    }
}

static enum fault take_party(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct un *un = (struct un *)(void *)visitor;
    struct list_reader *reader = un->reader;
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    struct span gender = xml_text(record, "GENDER");
    entry->kind = xml_is(record, "INDIVIDUAL") ? LIST_KIND_PERSON : LIST_KIND_ENTITY;
    entry->gender = text_is(gender, "Male")     ? LIST_GENDER_MALE
                    : text_is(gender, "Female") ? LIST_GENDER_FEMALE
                                                : LIST_GENDER_UNKNOWN;
    bool has_reference = xml_text(record, "REFERENCE_NUMBER").size > 0;
    entry->id =
        list_entry_text(entry, xml_text(record, has_reference ? "REFERENCE_NUMBER" : "DATAID"));
    add_names(un, record);
    list_entry_add_programme(entry, xml_text(record, "UN_LIST_TYPE"));
    if (!when_date(xml_text(record, "LISTED_ON"), false, &entry->listed)) {
        list_reader_keep(reader, "Listed", xml_text(record, "LISTED_ON"));
    }
    for (const struct xml_node *node = record->first; node != NULL; node = node->next) {
        add_element(un, node);
    }
    list_reader_remark(reader, xml_text(record, "COMMENTS1"));
    return list_reader_end(reader, 1);
}

static enum fault take_root(struct xml_visitor *visitor, const struct xml_node *root)
{
    struct un *un = (struct un *)(void *)visitor;
    struct list_header *header = &un->reader->report->header;
    if (!when_date(xml_attribute(root, "dateGenerated"), false, &header->published)) {
        return FAULT(FAULT_INPUT, "%s: no date in the attribute dateGenerated",
                     un->reader->source->paths[un->reader->file]);
    }
    return FAULT_NONE;
}

enum fault read_un(struct list_reader *reader)
{
    static const char *const records[] = {"INDIVIDUAL", "ENTITY", NULL};
    struct un un = {.visitor = {.records = records, .visit = take_party, .root = take_root},
                    .reader = reader};
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(reader, 0, &input));
    return xml_read(reader, input, &un.visitor);
}
