#include "role/lists/list_formats.h"
#include "role/lists/list_remarks.h"
#include "role/lists/list_when.h"
#include "role/lists/list_xml.h"

#include <string.h>

struct enhanced {
    struct xml_visitor visitor;
    struct list_reader *reader;
};

static bool is_true(const struct xml_node *node, const char *name)
{
    return text_is(xml_text(node, name), "true");
}

static struct span part_of(const struct xml_node *translation, const char *type)
{
    const struct xml_node *parts = xml_child(translation, "nameParts");
    for (const struct xml_node *part = parts->first; part != NULL; part = part->next) {
        if (text_is(xml_text(part, "type"), type)) {
            return xml_text(part, "value");
        }
    }
    return (struct span){.data = NULL, .size = 0};
}

/* A name in each of its scripts; the low quality of OFAC is our weak one. */
static void add_name(struct list_reader *reader, const struct xml_node *node)
{
    const struct xml_node *translations = xml_child(node, "translations");
    enum list_quality quality = is_true(node, "isLowQuality") ? LIST_QUALITY_WEAK
                                : is_true(node, "isPrimary")  ? LIST_QUALITY_PRIMARY
                                                              : LIST_QUALITY_STRONG;
    for (const struct xml_node *it = translations->first; it != NULL; it = it->next) {
        struct list_name name = {.text = xml_text(it, "formattedFullName"),
                                 .quality = (u8)quality,
                                 .former = text_is(xml_text(node, "aliasType"), "F.K.A.")};
        if (reader->entry->kind == LIST_KIND_PERSON) {
            name.family = xml_text(it, "formattedLastName");
            name.given = xml_text(it, "formattedFirstName");
            name.patronymic = part_of(it, "Patronymic");
        }
        list_entry_add_name(reader->entry, &name);
    }
}

static void add_address(struct list_reader *reader, const struct xml_node *node)
{
    const struct xml_node *translations = xml_child(node, "translations");
    struct list_place place = {.text = {0}};
    u8 text[4096];
    size_t used = 0;
    const struct xml_node *parts =
        xml_child(translations->first == NULL ? translations : translations->first, "addressParts");
    for (const struct xml_node *part = parts->first; part != NULL; part = part->next) {
        struct span value = xml_text(part, "value");
        size_t gap = used == 0 ? 0 : 2;
        if (value.size + gap > sizeof(text) - used) {
            reader->entry->overflown = true;
        } else if (value.size > 0) {
            memcpy(text + used, ", ", gap);
            memcpy(text + used + gap, value.data, value.size);
            used += gap + value.size;
        }
    }
    place.text = span_of(text, used);
    if (xml_text(node, "country").size > 0) {
        place.country = list_country_of(xml_text(node, "country"));
    }
    list_entry_add_address(reader->entry, &place);
}

static void add_link(struct list_reader *reader, const struct xml_node *node)
{
    const struct xml_node *related = xml_child(node, "relatedEntity");
    list_entry_add_link(reader->entry, &(struct list_link){.id = xml_attribute(related, "entityId"),
                                                           .name = related->text,
                                                           .how = xml_text(node, "type")});
}

/* The day on which the first of the party's lists had it. */
static void add_list(struct list_reader *reader, const struct xml_node *node)
{
    struct list_date date;
    struct list_date *listed = &reader->entry->listed;
    if (when_date(xml_attribute(node, "datePublished"), false, &date) &&
        (listed->year == 0 || list_date_compare(date, *listed) < 0)) {
        *listed = date;
    }
}

static void add_item(struct list_reader *reader, const struct xml_node *item)
{
    struct list_entry *entry = reader->entry;
    if (xml_is(item, "name")) {
        add_name(reader, item);
    } else if (xml_is(item, "address")) {
        add_address(reader, item);
    } else if (xml_is(item, "feature")) {
        remarks_fact(reader, xml_text(item, "type"), xml_text(item, "value"), span_of(NULL, 0));
    } else if (xml_is(item, "identityDocument")) {
        remarks_fact(reader, xml_text(item, "type"), xml_text(item, "documentNumber"),
                     xml_text(item, "issuingCountry"));
    } else if (xml_is(item, "relationship")) {
        add_link(reader, item);
    } else if (xml_is(item, "sanctionsProgram")) {
        list_entry_add_programme(entry, item->text);
    } else if (xml_is(item, "sanctionsList")) {
        add_list(reader, item);
    } else if (xml_is(item, "legalAuthority") && entry->act.size == 0) {
        entry->act = list_entry_text(entry, item->text);
    }
}

static enum fault take_record(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct enhanced *enhanced = (struct enhanced *)(void *)visitor;
    struct list_reader *reader = enhanced->reader;
    if (xml_is(record, "publicationInfo")) {
        return when_date(xml_text(record, "dataAsOf"), false, &reader->report->header.published)
                   ? FAULT_NONE
                   : FAULT(FAULT_INPUT, "%s:%llu: no date in dataAsOf",
                           reader->source->paths[reader->file], (unsigned long long)record->line);
    }
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    const struct xml_node *general = xml_child(record, "generalInfo");
    entry->id = list_entry_text(entry, xml_attribute(record, "id"));
    entry->kind = remarks_kind(xml_text(general, "entityType"));
    list_entry_add_title(entry, xml_text(general, "title"));
    for (const struct xml_node *set = record->first; set != NULL; set = set->next) {
        for (const struct xml_node *item = set->first; item != NULL; item = item->next) {
            add_item(reader, item);
        }
    }
    list_reader_remark(reader, xml_text(general, "remarks"));
    return list_reader_end(reader, 1);
}

enum fault read_ofac_enhanced(struct list_reader *reader)
{
    static const char *const records[] = {"publicationInfo", "entity", NULL};
    struct enhanced enhanced = {.visitor = {.records = records, .visit = take_record},
                                .reader = reader};
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(reader, 0, &input));
    return xml_read(reader, input, &enhanced.visitor);
}
