#include "role/lists/list_formats.h"
#include "role/lists/list_remarks.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"

#include <stdio.h>
#include <string.h>

enum column {
    CSL_ID,
    CSL_SOURCE,
    CSL_TYPE,
    CSL_PROGRAMS,
    CSL_NAME,
    CSL_TITLE,
    CSL_ADDRESSES,
    CSL_NOTICE,
    CSL_START,
    CSL_END,
    CSL_REQUIREMENT,
    CSL_POLICY,
    CSL_CALL_SIGN,
    CSL_VESSEL_TYPE,
    CSL_FLAG,
    CSL_OWNER,
    CSL_REMARKS,
    CSL_ALT_NAMES,
    CSL_CITIZENSHIPS,
    CSL_BIRTHS,
    CSL_NATIONALITIES,
    CSL_BIRTH_PLACES,
    CSL_IDS,
    CSL_COLUMNS,
};

static const char *const column_names[CSL_COLUMNS] = {
    "_id",
    "source",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "ids",
};

struct csl {
    struct table_visitor visitor;
    struct list_reader *reader;
    bool has_header;
    u32 columns[CSL_COLUMNS];
    const struct table_row *row;
};

static struct span cell(const struct csl *csl, enum column column)
{
    return table_cell(csl->row, csl->columns[column]);
}

/* Treasury numbers its parties once for all of its lists: the same number may stand on several of
 * them. Those of other lists than the SDN carry the list's letters: "CAP-18725". */
static void add_id(struct csl *csl)
{
    struct list_entry *entry = csl->reader->entry;
    struct span id = cell(csl, CSL_ID);
    struct span source = cell(csl, CSL_SOURCE);
    u64 number = 0;
    size_t open = text_find(source, "(");
    size_t close = text_find(source, ")");
    struct span letters = open < close && close < source.size
                              ? span_of(source.data + open + 1, close - open - 1)
                              : source;
    if (!text_number(id, &number) || text_is(letters, "SDN")) {
        entry->id = list_entry_text(entry, id);
    } else {
        char text[64];
        (void)snprintf(text, sizeof(text), "%.*s-%llu",
                       (int)(letters.size < 24 ? letters.size : 24), (const char *)letters.data,
                       (unsigned long long)number);
        entry->id = list_entry_text(entry, span_of_text(text));
    }
    entry->source = list_entry_text(entry, source);
}

static void add_names(struct csl *csl)
{
    struct list_entry *entry = csl->reader->entry;
    struct list_name name = when_name(cell(csl, CSL_NAME), entry->kind, LIST_QUALITY_PRIMARY);
    struct span rest = cell(csl, CSL_ALT_NAMES);
    struct span part;
    list_entry_add_name(entry, &name);
    while (text_next(&rest, "; ", &part)) {
        name = when_name(part, entry->kind, LIST_QUALITY_STRONG);
        list_entry_add_name(entry, &name);
    }
}

static void add_countries(struct csl *csl, enum column column, enum list_tie tie)
{
    struct span rest = cell(csl, column);
    struct span part;
    while (text_next(&rest, "; ", &part)) {
        list_entry_add_country(
            csl->reader->entry,
            &(struct list_tied_country){.country = list_country_of(part), .tie = (u8)tie});
    }
}

static bool is_code(struct span text)
{
    return text.size == 2 && list_country_of(text).code[0] != 0;
}

/* "RU, 2019-11-20, 718489066, Passport": country and dates may stand in front, the type is last. */
static void add_identifier(struct csl *csl, struct span text)
{
    struct list_reader *reader = csl->reader;
    size_t at = text.size;
    while (at > 1 && !(text.data[at - 1] == ' ' && text.data[at - 2] == ',')) {
        at -= 1;
    }
    struct span type = at > 1 ? span_after(text, at) : text;
    struct span number = at > 1 ? span_of(text.data, at - 2) : span_of(NULL, 0);
    struct span country = {.data = NULL, .size = 0};
    struct list_date date;
    struct span front = {.data = NULL, .size = 0};
    for (;;) {
        size_t comma = text_find(number, ", ");
        front = span_of(number.data, comma);
        if (comma == number.size ||
            !(is_code(front) || (front.size == 10 && list_date_parse(front, &date)))) {
            break;
        }
        country = is_code(front) ? front : country;
        number = text_trim(span_after(number, comma + 2));
    }
    remarks_fact(reader, type, number, country);
}

static void add_rest(struct csl *csl)
{
    struct list_reader *reader = csl->reader;
    struct list_entry *entry = reader->entry;
    struct span rest = cell(csl, CSL_PROGRAMS);
    struct span part;
    while (text_next(&rest, "; ", &part)) {
        list_entry_add_programme(entry, part);
    }
    rest = cell(csl, CSL_BIRTHS);
    while (text_next(&rest, "; ", &part)) {
        when_add_birth(reader, part, false);
    }
    rest = cell(csl, CSL_BIRTH_PLACES);
    while (text_next(&rest, "; ", &part)) {
        when_add_birth_place(reader, part);
    }
    rest = cell(csl, CSL_ADDRESSES);
    while (text_next(&rest, "; ", &part)) {
        when_add_address(reader, part);
    }
    rest = cell(csl, CSL_IDS);
    while (text_next(&rest, "; ", &part)) {
        add_identifier(csl, part);
    }
    if (cell(csl, CSL_START).size > 0 && !when_date(cell(csl, CSL_START), false, &entry->listed)) {
        list_reader_keep(reader, "Start", cell(csl, CSL_START));
    }
    list_entry_add_title(entry, cell(csl, CSL_TITLE));
    entry->act = list_entry_text(entry, cell(csl, CSL_NOTICE));
    list_entry_add_identifier(entry,
                              &(struct list_identifier){.type = span_of_text("Vessel Call Sign"),
                                                        .number = cell(csl, CSL_CALL_SIGN)});
    list_entry_add_link(entry, &(struct list_link){.name = cell(csl, CSL_OWNER),
                                                   .how = span_of_text("Vessel Owner")});
    list_reader_label(reader, "Until", cell(csl, CSL_END));
    list_reader_label(reader, "Licence requirement", cell(csl, CSL_REQUIREMENT));
    list_reader_label(reader, "Licence policy", cell(csl, CSL_POLICY));
    list_reader_label(reader, "Vessel type", cell(csl, CSL_VESSEL_TYPE));
}

static enum fault take_row(struct table_visitor *visitor, const struct table_row *row)
{
    struct csl *csl = (struct csl *)(void *)visitor;
    struct list_reader *reader = csl->reader;
    csl->row = row;
    if (!csl->has_header) {
        csl->has_header = true;
        table_columns(&csl->visitor, row, column_names, CSL_COLUMNS, csl->columns);
        for (u32 i = 0; i < CSL_COLUMNS; i += 1) {
            if (csl->columns[i] == TABLE_CELLS_MAX) {
                return FAULT(FAULT_INPUT, "%s: no column \"%s\"",
                             reader->source->paths[reader->file], column_names[i]);
            }
        }
        return FAULT_NONE;
    }
    list_reader_begin(reader, row->line);
    struct span type = cell(csl, CSL_TYPE);
    reader->entry->kind = type.size == 0 ? LIST_KIND_UNKNOWN : remarks_kind(type);
    add_id(csl);
    add_names(csl);
    add_countries(csl, CSL_CITIZENSHIPS, LIST_TIE_CITIZENSHIP);
    add_countries(csl, CSL_NATIONALITIES, LIST_TIE_NATIONALITY);
    add_countries(csl, CSL_FLAG, LIST_TIE_FLAG);
    add_rest(csl);
    struct span remarks = cell(csl, CSL_REMARKS);
    if (text_begins(remarks, "(Linked To: ")) {
        remarks_read(reader, remarks);
    } else {
        list_reader_remark(reader, remarks);
    }
    return list_reader_end(reader, 1);
}

enum fault read_csl(struct list_reader *reader)
{
    struct csl csl = {.visitor = {.visit = take_row}, .reader = reader};
    SCOPED_INPUT *input = NULL;
    struct table_end end;
    TRY(list_reader_open(reader, 0, &input));
    return table_read(reader, input, ',', &csl.visitor, &end);
}
