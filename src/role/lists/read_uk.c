#include "role/lists/list_formats.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"

#include <string.h>

/* Three files over the years: HM Treasury's ConList, the same with more columns, and since 2026 the
 * UK Sanctions List of the Foreign Office, which calls the columns otherwise. */
enum column {
    UK_NAME_6,
    UK_NAME_1,
    UK_NAME_2,
    UK_NAME_3,
    UK_NAME_4,
    UK_NAME_5,
    UK_TITLE,
    UK_BIRTH,
    UK_TOWN,
    UK_BIRTH_COUNTRY,
    UK_NATIONALITY,
    UK_POSITION,
    UK_ADDRESS_1,
    UK_ADDRESS_2,
    UK_ADDRESS_3,
    UK_ADDRESS_4,
    UK_ADDRESS_5,
    UK_ADDRESS_6,
    UK_POST_CODE,
    UK_COUNTRY,
    UK_OTHER,
    UK_GROUP_TYPE,
    UK_ALIAS_TYPE,
    UK_REGIME,
    UK_LISTED,
    UK_GROUP_ID,
    UK_PASSPORT, /* from here on: not in every year's file */
    UK_PASSPORT_NUMBER,
    UK_IDENTITY,
    UK_IDENTITY_NUMBER,
    UK_NON_LATIN,
    UK_ALIAS_QUALITY,
    UK_GENDER,
    UK_REASONS,
    UK_UN_REFERENCE,
    UK_BUSINESS_NUMBER,
    UK_IMO_NUMBER,
    UK_WEBSITE,
    UK_EMAIL,
    UK_PHONE,
    UK_FLAG,
    UK_OWNER,
    UK_PARENT,
    UK_SUBSIDIARIES,
    UK_COLUMNS,
};

/* What each is called: by the Treasury, by the Foreign Office, and in the oldest files, where that
 * is not the same. */
static const char *const column_names[3][UK_COLUMNS] = {
    {"Name 6",
     "Name 1",
     "Name 2",
     "Name 3",
     "Name 4",
     "Name 5",
     "Title",
     "DOB",
     "Town of Birth",
     "Country of Birth",
     "Nationality",
     "Position",
     "Address 1",
     "Address 2",
     "Address 3",
     "Address 4",
     "Address 5",
     "Address 6",
     "Post/Zip Code",
     "Country",
     "Other Information",
     "Group Type",
     "Alias Type",
     "Regime",
     "Listed On",
     "Group ID",
     "Passport Details",
     "Passport Number",
     "National Identification Details",
     "National Identification Number",
     "Name Non-Latin Script",
     "Alias Quality",
     "Gender",
     "UK Statement of Reasons",
     "UN Reference Number",
     "Business registration number (s)",
     "IMO number",
     "Website",
     "Email address",
     "Phone number",
     "Current believed flag of ship",
     "Current owner/operator (s)",
     "Parent company",
     "Subsidiaries"},
    {[UK_BIRTH] = "D.O.B",
     [UK_NATIONALITY] = "Nationality(/ies)",
     [UK_ADDRESS_1] = "Address Line 1",
     [UK_ADDRESS_2] = "Address Line 2",
     [UK_ADDRESS_3] = "Address Line 3",
     [UK_ADDRESS_4] = "Address Line 4",
     [UK_ADDRESS_5] = "Address Line 5",
     [UK_ADDRESS_6] = "Address Line 6",
     [UK_POST_CODE] = "Address Postal Code",
     [UK_COUNTRY] = "Address Country",
     [UK_GROUP_TYPE] = "Designation Type",
     [UK_ALIAS_TYPE] = "Name type",
     [UK_REGIME] = "Regime Name",
     [UK_LISTED] = "Date Designated",
     [UK_GROUP_ID] = "Unique ID",
     [UK_PASSPORT] = "Passport additional information",
     [UK_IDENTITY] = "National Identifier additional information",
     [UK_IDENTITY_NUMBER] = "National Identifier number",
     [UK_ALIAS_QUALITY] = "Alias strength"},
    {[UK_IDENTITY_NUMBER] = "NI Number"},
};

struct uk {
    struct table_visitor visitor;
    struct list_reader *reader;
    u32 rows; /* seen, banner and header included */
    u32 columns[UK_COLUMNS];
    struct row_store store;
};

/* ---- rows to groups ---- */

static enum fault take_header(struct uk *uk, const struct table_row *row)
{
    struct list_reader *reader = uk->reader;
    const char *path = reader->source->paths[reader->file];
    if (uk->rows == 1) {
        struct span day = row->count > 1 ? row->cells[1] : row->cells[0];
        size_t colon = text_find(day, ":");
        day = colon < day.size ? span_after(day, colon + 1) : day; /* "Report Date: 13-Feb-2026" */
        if (!when_date(day, false, &reader->report->header.published)) {
            return FAULT(FAULT_INPUT, "%s:1: no date in the line before the columns", path);
        }
        return FAULT_NONE;
    }
    table_columns(&uk->visitor, row, column_names[0], UK_COLUMNS, uk->columns);
    for (u32 i = 0; i < UK_COLUMNS; i += 1) {
        for (u32 name = 1; name < ARRAY_COUNT(column_names); name += 1) {
            if (uk->columns[i] == TABLE_CELLS_MAX && column_names[name][i] != NULL) {
                table_columns(&uk->visitor, row, &column_names[name][i], 1, &uk->columns[i]);
            }
        }
        if (uk->columns[i] == TABLE_CELLS_MAX && i < UK_PASSPORT) {
            return FAULT(FAULT_INPUT, "%s: no column \"%s\"", path, column_names[0][i]);
        }
    }
    return FAULT_NONE;
}

static enum fault take_row(struct table_visitor *visitor, const struct table_row *row)
{
    struct uk *uk = (struct uk *)(void *)visitor;
    struct list_reader *reader = uk->reader;
    uk->rows += 1;
    if (uk->rows <= 2) {
        return take_header(uk, row);
    }
    struct span cells[UK_COLUMNS];
    for (u32 i = 0; i < UK_COLUMNS; i += 1) {
        cells[i] = table_cell(row, uk->columns[i]);
    }
    if (cells[UK_GROUP_ID].size == 0) {
        list_reader_refuse(reader, row->line, LIST_REFUSAL_NO_ID, "Group ID", cells[UK_NAME_6]);
        return FAULT_NONE;
    }
    return row_store_add(&uk->store, cells[UK_GROUP_ID], reader->file, row->line, cells,
                         UK_COLUMNS);
}

/* ---- groups to entries ---- */

/* "(1) Pakistani (2) Saudi Arabian": the next part; a text without numbers is one part. */
static bool next_numbered(struct span *rest, struct span *part_out)
{
    struct span text = text_trim(*rest);
    if (text.size == 0) {
        return false;
    }
    if (text.data[0] == '(' && text.size > 2 && text.data[1] >= '0' && text.data[1] <= '9') {
        text = span_after(text, text_find(text, ")") + 1);
    }
    size_t end = 0;
    while (end < text.size && !(text.data[end] == '(' && end + 1 < text.size &&
                                text.data[end + 1] >= '0' && text.data[end + 1] <= '9')) {
        end += 1;
    }
    struct span part = text_trim(span_of(text.data, end));
    *rest = span_after(text, end);
    *part_out = text_is(part, "-") ? span_of(NULL, 0) : part;
    return true;
}

/* Given names in front, the family name (Name 6) last; others have all in Name 6. */
static void add_name(struct list_reader *reader, const struct span *cells)
{
    struct list_entry *entry = reader->entry;
    u8 text[4096];
    struct span type = cells[UK_ALIAS_TYPE];
    struct span given =
        list_reader_join(reader, cells, UK_NAME_1, UK_NAME_5, " ", text, sizeof(text) / 2);
    struct list_name name = {.quality = LIST_QUALITY_STRONG, .former = text_is(type, "FKA")};
    if (text_begins(type, "Prim")) {
        name.quality = LIST_QUALITY_PRIMARY;
    }
    if (text_begins(cells[UK_ALIAS_QUALITY], "low")) {
        name.quality = LIST_QUALITY_WEAK;
    }
    if (given.size > 0 && given.size + 1 + cells[UK_NAME_6].size <= sizeof(text)) {
        name.given = list_entry_text(entry, given);
        name.family = cells[UK_NAME_6];
        text[given.size] = ' ';
        memcpy(text + given.size + 1, name.family.data, name.family.size);
        name.text = span_of(text, given.size + 1 + name.family.size);
    } else {
        name.text = cells[UK_NAME_6];
    }
    list_entry_add_name(entry, &name);
    list_entry_add_name(entry,
                        &(struct list_name){.text = cells[UK_NON_LATIN], .quality = name.quality});
}

/* The number that the free text about passports begins with, if it does. */
static void add_passport(struct list_reader *reader, struct span text, const char *type)
{
    struct span part;
    list_reader_label(reader, type, text);
    while (next_numbered(&text, &part)) {
        size_t size = 0;
        u32 digits = 0;
        while (size < part.size && part.data[size] > ' ' && part.data[size] != ',') {
            digits += part.data[size] >= '0' && part.data[size] <= '9' ? 1 : 0;
            size += 1;
        }
        if (digits >= 4) {
            list_entry_add_identifier(
                reader->entry, &(struct list_identifier){.type = span_of_text(type),
                                                         .number = span_of(part.data, size)});
        }
    }
}

/* Facts that have a column of their own. */
static void add_facts(struct list_reader *reader, const struct span *cells)
{
    static const struct {
        u32 column;
        const char *type;
    } numbers[] = {
        {UK_PASSPORT_NUMBER, "Passport"},  {UK_IDENTITY_NUMBER, "National identity"},
        {UK_UN_REFERENCE, "UN reference"}, {UK_BUSINESS_NUMBER, "Business registration"},
        {UK_IMO_NUMBER, "IMO number"},     {UK_WEBSITE, "Website"},
        {UK_EMAIL, "Email address"},       {UK_PHONE, "Phone number"},
    };
    static const struct {
        u32 column;
        const char *how;
    } links[] = {
        {UK_OWNER, "Owner or operator"},
        {UK_PARENT, "Parent company"},
        {UK_SUBSIDIARIES, "Subsidiary"},
    };
    struct list_entry *entry = reader->entry;
    for (u32 i = 0; i < ARRAY_COUNT(numbers); i += 1) {
        struct span rest = cells[numbers[i].column];
        struct span part;
        while (next_numbered(&rest, &part)) {
            list_entry_add_identifier(
                entry,
                &(struct list_identifier){.type = span_of_text(numbers[i].type), .number = part});
        }
    }
    for (u32 i = 0; i < ARRAY_COUNT(links); i += 1) {
        struct span rest = cells[links[i].column];
        struct span part;
        while (next_numbered(&rest, &part)) {
            list_entry_add_link(
                entry, &(struct list_link){.name = part, .how = span_of_text(links[i].how)});
        }
    }
    if (cells[UK_FLAG].size > 0) {
        list_entry_add_country(
            entry, &(struct list_tied_country){.country = list_country_of(cells[UK_FLAG]),
                                               .tie = LIST_TIE_FLAG});
    }
    if (text_begins(cells[UK_GENDER], "male") || text_begins(cells[UK_GENDER], "female")) {
        entry->gender =
            text_begins(cells[UK_GENDER], "male") ? LIST_GENDER_MALE : LIST_GENDER_FEMALE;
    }
}

static void add_places(struct list_reader *reader, const struct span *cells)
{
    u8 text[4096];
    struct list_place place = {.text = list_reader_join(reader, cells, UK_ADDRESS_1, UK_POST_CODE,
                                                        ", ", text, sizeof(text))};
    if (cells[UK_COUNTRY].size > 0) {
        place.country = list_country_of(cells[UK_COUNTRY]);
    }
    list_entry_add_address(reader->entry, &place);
    struct span towns = cells[UK_TOWN];
    struct span countries = cells[UK_BIRTH_COUNTRY];
    struct span town = {.data = NULL, .size = 0};
    struct span country = {.data = NULL, .size = 0};
    for (;;) {
        bool more_towns = next_numbered(&towns, &town);
        bool more_countries = next_numbered(&countries, &country);
        if (!more_towns && !more_countries) {
            break;
        }
        place = (struct list_place){.text = more_towns ? town : span_of(NULL, 0)};
        if (more_countries && country.size > 0) {
            place.country = list_country_of(country);
        }
        list_entry_add_birth_place(reader->entry, &place);
    }
}

static void add_row(struct list_reader *reader, const struct span *cells)
{
    struct list_entry *entry = reader->entry;
    struct span rest = cells[UK_NATIONALITY];
    struct span part;
    add_name(reader, cells);
    when_add_birth(reader, cells[UK_BIRTH], false);
    add_places(reader, cells);
    while (next_numbered(&rest, &part)) {
        if (part.size > 0) {
            list_entry_add_country(entry,
                                   &(struct list_tied_country){.country = list_country_of(part),
                                                               .tie = LIST_TIE_NATIONALITY});
        }
    }
    add_facts(reader, cells);
    list_entry_add_title(entry, cells[UK_TITLE]);
    list_entry_add_title(entry, cells[UK_POSITION]);
    list_entry_add_programme(entry, cells[UK_REGIME]);
}

/* Whether the cell says something that the row before has not said. */
static bool is_new(const struct span *cells, const struct span *last, u32 column)
{
    return last == NULL || !span_equal(last[column], cells[column]);
}

static enum fault take_group(void *context, struct kept_row *rows, size_t count)
{
    struct list_reader *reader = context;
    list_reader_begin(reader, rows[0].line);
    struct list_entry *entry = reader->entry;
    const struct span *first = rows[0].cells;
    entry->id = list_entry_text(entry, rows[0].key);
    entry->kind = text_begins(first[UK_GROUP_TYPE], "Individual") ? LIST_KIND_PERSON
                  : text_is(first[UK_GROUP_TYPE], "Ship")         ? LIST_KIND_VESSEL
                                                                  : LIST_KIND_ENTITY;
    if (!when_date(first[UK_LISTED], false, &entry->listed)) {
        list_reader_keep(reader, "Listed", first[UK_LISTED]);
    }
    bool has_primary = false;
    for (size_t i = 0; i < count; i += 1) {
        const struct span *cells = rows[i].cells;
        const struct span *last = i == 0 ? NULL : rows[i - 1].cells;
        add_row(reader, cells);
        if (is_new(cells, last, UK_OTHER)) {
            list_reader_remark(reader, cells[UK_OTHER]);
        }
        if (is_new(cells, last, UK_REASONS)) {
            list_reader_remark(reader, cells[UK_REASONS]);
        }
        if (is_new(cells, last, UK_PASSPORT)) {
            add_passport(reader, cells[UK_PASSPORT], "Passport");
        }
        if (is_new(cells, last, UK_IDENTITY)) {
            add_passport(reader, cells[UK_IDENTITY], "National identity");
        }
    }
    for (u32 i = 0; i < entry->names_count; i += 1) {
        has_primary = has_primary || entry->names[i].quality == LIST_QUALITY_PRIMARY;
    }
    if (!has_primary && entry->names_count > 0) {
        entry->names[0].quality = LIST_QUALITY_PRIMARY;
    }
    return list_reader_end(reader, count);
}

enum fault read_uk(struct list_reader *reader)
{
    struct uk uk = {.visitor = {.visit = take_row}, .reader = reader};
    SCOPED_INPUT *input = NULL;
    struct table_end end;
    reader->is_windows_1252 = reader->source->format == LIST_FORMAT_UK_CSV_1252;
    TRY(list_reader_open(reader, 0, &input));
    enum fault fault = table_read(reader, input, ',', &uk.visitor, &end);
    if (fault == FAULT_NONE) {
        fault = row_store_groups(&uk.store, take_group, uk.reader);
    }
    row_store_free(&uk.store);
    return fault;
}
