#include "role/lists/list_formats.h"
#include "role/lists/list_remarks.h"
#include "role/lists/list_when.h"
#include "role/lists/list_xml.h"

#include <string.h>

struct classic {
    struct xml_visitor visitor;
    struct list_reader *reader;
    u64 parties;
    u64 stated; /* how many the file says it has; 0: it does not say */
};

/* "LAST, First" as the csv files write it. */
static void add_name(struct list_reader *reader, const struct xml_node *node,
                     enum list_quality quality)
{
    u8 text[2048];
    struct span last = xml_text(node, "lastName");
    struct span first = xml_text(node, "firstName");
    struct list_name name = {.text = last, .quality = (u8)quality};
    name.former = text_is(xml_text(node, "type"), "f.k.a.");
    if (first.size > 0 && last.size + first.size + 2 <= sizeof(text)) {
        memcpy(text, last.data, last.size);
        memcpy(text + last.size, ", ", 2);
        memcpy(text + last.size + 2, first.data, first.size);
        name.text = span_of(text, last.size + 2 + first.size);
        name.family = last;
        name.given = first;
    } else if (first.size > 0) {
        reader->entry->overflown = true;
    }
    list_entry_add_name(reader->entry, &name);
}

static void add_address(struct list_reader *reader, const struct xml_node *node)
{
    static const char *const parts[] = {"address1", "address2",        "address3",
                                        "city",     "stateOrProvince", "postalCode"};
    u8 text[4096];
    size_t used = 0;
    for (u32 i = 0; i < ARRAY_COUNT(parts); i += 1) {
        struct span part = xml_text(node, parts[i]);
        size_t gap = used == 0 ? 0 : 2;
        if (part.size + gap > sizeof(text) - used) {
            reader->entry->overflown = true;
        } else if (part.size > 0) {
            memcpy(text + used, ", ", gap);
            memcpy(text + used + gap, part.data, part.size);
            used += gap + part.size;
        }
    }
    struct list_place place = {.text = span_of(text, used)};
    if (xml_text(node, "country").size > 0) {
        place.country = list_country_of(xml_text(node, "country"));
    }
    list_entry_add_address(reader->entry, &place);
}

static void add_vessel(struct list_reader *reader, const struct xml_node *vessel)
{
    static const char *const facts[][2] = {
        {"callSign", "Vessel Call Sign"},
        {"vesselType", "Vessel Type"},
        {"vesselFlag", "Vessel Flag"},
        {"vesselOwner", "Vessel Owner"},
        {"tonnage", "Vessel Tonnage"},
        {"grossRegisteredTonnage", "Vessel Gross Registered Tonnage"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(facts); i += 1) {
        struct span value = xml_text(vessel, facts[i][0]);
        if (value.size > 0) {
            remarks_fact(reader, span_of_text(facts[i][1]), value, span_of(NULL, 0));
        }
    }
}

static void add_item(struct list_reader *reader, const struct xml_node *item)
{
    struct list_entry *entry = reader->entry;
    if (xml_is(item, "program")) {
        list_entry_add_programme(entry, item->text);
    } else if (xml_is(item, "aka")) {
        bool is_weak = text_is(xml_text(item, "category"), "weak");
        add_name(reader, item, is_weak ? LIST_QUALITY_WEAK : LIST_QUALITY_STRONG);
    } else if (xml_is(item, "address")) {
        add_address(reader, item);
    } else if (xml_is(item, "id")) {
        remarks_fact(reader, xml_text(item, "idType"), xml_text(item, "idNumber"),
                     xml_text(item, "idCountry"));
    } else if (xml_is(item, "nationality")) {
        remarks_fact(reader, span_of_text("Nationality"), xml_text(item, "country"),
                     span_of(NULL, 0));
    } else if (xml_is(item, "citizenship")) {
        remarks_fact(reader, span_of_text("Citizenship"), xml_text(item, "country"),
                     span_of(NULL, 0));
    } else if (xml_is(item, "dateOfBirthItem")) {
        when_add_birth(reader, xml_text(item, "dateOfBirth"), true);
    } else if (xml_is(item, "placeOfBirthItem")) {
        when_add_birth_place(reader, xml_text(item, "placeOfBirth"));
    }
}

static enum fault take_about(struct classic *classic, const struct xml_node *record)
{
    struct list_reader *reader = classic->reader;
    u64 count = 0;
    if (!when_date(xml_text(record, "Publish_Date"), true, &reader->report->header.published)) {
        return FAULT(FAULT_INPUT, "%s:%llu: no Publish_Date", reader->source->paths[reader->file],
                     (unsigned long long)record->line);
    }
    if (text_number(xml_text(record, "Record_Count"), &count)) {
        classic->stated = count;
    }
    return FAULT_NONE;
}

static enum fault take_record(struct xml_visitor *visitor, const struct xml_node *record)
{
    struct classic *classic = (struct classic *)(void *)visitor;
    struct list_reader *reader = classic->reader;
    if (!xml_is(record, "sdnEntry")) {
        return take_about(classic, record);
    }
    classic->parties += 1;
    list_reader_begin(reader, record->line);
    struct list_entry *entry = reader->entry;
    entry->id = list_entry_text(entry, xml_text(record, "uid"));
    entry->kind = remarks_kind(xml_text(record, "sdnType"));
    add_name(reader, record, LIST_QUALITY_PRIMARY);
    list_entry_add_title(entry, xml_text(record, "title"));
    for (const struct xml_node *set = record->first; set != NULL; set = set->next) {
        for (const struct xml_node *item = set->first; item != NULL; item = item->next) {
            add_item(reader, item);
        }
    }
    add_vessel(reader, xml_child(record, "vesselInfo"));
    struct span remarks = xml_text(record, "remarks");
    if (text_begins(remarks, "(Linked To: ")) {
        remarks_read(reader, remarks);
    } else {
        list_reader_remark(reader, remarks);
    }
    return list_reader_end(reader, 1);
}

enum fault read_ofac_xml(struct list_reader *reader)
{
    static const char *const records[] = {"publshInformation", "sdnEntry", NULL};
    struct classic classic = {.visitor = {.records = records, .visit = take_record},
                              .reader = reader};
    SCOPED_INPUT *input = NULL;
    TRY(list_reader_open(reader, 0, &input));
    TRY(xml_read(reader, input, &classic.visitor));
    if (classic.stated != 0 && classic.stated != classic.parties) {
        return FAULT(FAULT_INPUT, "%s: it says it has %llu parties, and has %llu",
                     reader->source->paths[0], (unsigned long long)classic.stated,
                     (unsigned long long)classic.parties);
    }
    return FAULT_NONE;
}
