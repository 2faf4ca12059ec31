#include "role/lists/list_formats.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"

/* A row for every name, address, birth and document of an entity, all with the entity's columns in
 * front. Columns go by their names: their number has changed over the years. */
enum column {
    EU_DATE,
    EU_ID,
    EU_NAME,
    EU_REFERENCE, /* from here on: where the file has them */
    EU_UN_ID,
    EU_DESIGNATED,
    EU_DETAILS,
    EU_REMARK,
    EU_TYPE,
    EU_TYPE_CODE,
    EU_IN_FORCE,
    EU_ACT,
    EU_PROGRAMME,
    EU_LAST_NAME,
    EU_FIRST_NAME,
    EU_MIDDLE_NAME,
    EU_GENDER,
    EU_TITLE,
    EU_FUNCTION,
    EU_STRONG,
    EU_STREET,
    EU_PO_BOX,
    EU_ZIP,
    EU_CITY,
    EU_REGION,
    EU_PLACE,
    EU_COUNTRY_CODE,
    EU_COUNTRY,
    EU_BIRTH,
    EU_BIRTH_YEAR,
    EU_BIRTH_FROM,
    EU_BIRTH_TO,
    EU_CIRCA,
    EU_BIRTH_PLACE,
    EU_BIRTH_CITY,
    EU_BIRTH_REGION,
    EU_BIRTH_CODE,
    EU_BIRTH_COUNTRY,
    EU_NUMBER,
    EU_NUMBER_TYPE,
    EU_NUMBER_CODE,
    EU_NUMBER_COUNTRY,
    EU_CITIZEN_CODE,
    EU_CITIZEN,
    EU_COLUMNS,
};

static const char *const column_names[EU_COLUMNS] = {
    "fileGenerationDate",
    "Entity_LogicalId",
    "NameAlias_WholeName",
    "Entity_EU_ReferenceNumber",
    "Entity_UnitedNationId",
    "Entity_DesignationDate",
    "Entity_DesignationDetails",
    "Entity_Remark",
    "Entity_SubjectType",
    "Entity_SubjectType_ClassificationCode",
    "Entity_Regulation_EntryIntoForceDate",
    "Entity_Regulation_NumberTitle",
    "Entity_Regulation_Programme",
    "NameAlias_LastName",
    "NameAlias_FirstName",
    "NameAlias_MiddleName",
    "NameAlias_Gender",
    "NameAlias_Title",
    "NameAlias_Function",
    "NameAlias_Strong",
    "Address_Street",
    "Address_PoBox",
    "Address_ZipCode",
    "Address_City",
    "Address_Region",
    "Address_Place",
    "Address_CountryIso2Code",
    "Address_CountryDescription",
    "BirthDate_BirthDate",
    "BirthDate_Year",
    "BirthDate_YearRangeFrom",
    "BirthDate_YearRangeTo",
    "BirthDate_Circa",
    "BirthDate_Place",
    "BirthDate_City",
    "BirthDate_Region",
    "BirthDate_CountryIso2Code",
    "BirthDate_CountryDescription",
    "Identification_Number",
    "Identification_TypeDescription",
    "Identification_CountryIso2Code",
    "Identification_CountryDescription",
    "Citizenship_CountryIso2Code",
    "Citizenship_CountryDescription",
};

struct eu {
    struct table_visitor visitor;
    struct list_reader *reader;
    u32 rows;
    u32 columns[EU_COLUMNS];
    struct row_store store;
};

static enum fault take_header(struct eu *eu, const struct table_row *row)
{
    struct list_reader *reader = eu->reader;
    table_columns(&eu->visitor, row, column_names, EU_COLUMNS, eu->columns);
    for (u32 i = 0; i < EU_REFERENCE; i += 1) {
        if (eu->columns[i] == TABLE_CELLS_MAX) {
            return FAULT(FAULT_INPUT, "%s: no column \"%s\"", reader->source->paths[reader->file],
                         column_names[i]);
        }
    }
    return FAULT_NONE;
}

static enum fault take_row(struct table_visitor *visitor, const struct table_row *row)
{
    struct eu *eu = (struct eu *)(void *)visitor;
    struct list_reader *reader = eu->reader;
    struct list_header *header = &reader->report->header;
    struct span cells[EU_COLUMNS];
    eu->rows += 1;
    if (eu->rows == 1) {
        return take_header(eu, row);
    }
    for (u32 i = 0; i < EU_COLUMNS; i += 1) {
        cells[i] = table_cell(row, eu->columns[i]);
    }
    if (header->published.year == 0 && !when_date(cells[EU_DATE], false, &header->published)) {
        return FAULT(FAULT_INPUT, "%s:%llu: no date in the column fileGenerationDate",
                     reader->source->paths[reader->file], (unsigned long long)row->line);
    }
    if (cells[EU_ID].size == 0) {
        list_reader_refuse(reader, row->line, LIST_REFUSAL_NO_ID, "Entity_LogicalId",
                           cells[EU_NAME]);
        return FAULT_NONE;
    }
    return row_store_add(&eu->store, cells[EU_ID], reader->file, row->line, cells, EU_COLUMNS);
}

/* ---- the rows of one entity ---- */

/* By code, or by name; "00" and "UNKNOWN" are none. */
static struct list_country country_of(struct span code, struct span name)
{
    struct list_country none = {.code = {0}};
    if (code.size == 2 && !text_is(code, "00")) {
        return list_country_of(code);
    }
    return name.size > 0 && !text_is(name, "UNKNOWN") ? list_country_of(name) : none;
}

static void add_name(struct list_entry *entry, const struct span *cells)
{
    struct list_name name = {.text = cells[EU_NAME], .quality = LIST_QUALITY_STRONG};
    if (text_is(cells[EU_STRONG], "false")) {
        name.quality = LIST_QUALITY_WEAK;
    } else if (entry->names_count == 0) {
        name.quality = LIST_QUALITY_PRIMARY; /* the list does not say which is the main one */
    }
    if (entry->kind == LIST_KIND_PERSON) {
        name.family = cells[EU_LAST_NAME];
        name.given = cells[EU_FIRST_NAME];
        name.patronymic = cells[EU_MIDDLE_NAME];
    }
    list_entry_add_name(entry, &name);
    list_entry_add_title(entry, cells[EU_TITLE]);
    list_entry_add_title(entry, cells[EU_FUNCTION]);
    if (text_is(cells[EU_GENDER], "M") || text_is(cells[EU_GENDER], "F")) {
        entry->gender = text_is(cells[EU_GENDER], "M") ? LIST_GENDER_MALE : LIST_GENDER_FEMALE;
    }
}

static void add_birth(struct list_reader *reader, const struct span *cells)
{
    struct list_birth birth = {.circa = text_is(cells[EU_CIRCA], "true")};
    struct span day = cells[EU_BIRTH].size > 0 ? cells[EU_BIRTH] : cells[EU_BIRTH_YEAR];
    if (day.size > 0 ? when_date(day, false, &birth.from)
                     : (when_date(cells[EU_BIRTH_FROM], false, &birth.from) &&
                        when_date(cells[EU_BIRTH_TO], false, &birth.to) &&
                        list_date_compare(birth.from, birth.to) <= 0)) {
        list_entry_add_birth(reader->entry, &birth);
    } else {
        list_reader_keep(reader, "Birth", day.size > 0 ? day : cells[EU_BIRTH_FROM]);
    }
    u8 text[2048];
    struct list_place place = {.text = list_reader_join(reader, cells, EU_BIRTH_PLACE,
                                                        EU_BIRTH_REGION, ", ", text, sizeof(text)),
                               .country =
                                   country_of(cells[EU_BIRTH_CODE], cells[EU_BIRTH_COUNTRY])};
    list_entry_add_birth_place(reader->entry, &place);
}

static void add_row(struct list_reader *reader, const struct span *cells)
{
    struct list_entry *entry = reader->entry;
    add_name(entry, cells);
    add_birth(reader, cells);
    u8 text[4096];
    struct list_place place = {
        .text = list_reader_join(reader, cells, EU_STREET, EU_PLACE, ", ", text, sizeof(text)),
        .country = country_of(cells[EU_COUNTRY_CODE], cells[EU_COUNTRY])};
    list_entry_add_address(entry, &place);
    list_entry_add_identifier(
        entry, &(struct list_identifier){
                   .type = cells[EU_NUMBER_TYPE],
                   .number = cells[EU_NUMBER],
                   .country = country_of(cells[EU_NUMBER_CODE], cells[EU_NUMBER_COUNTRY])});
    list_entry_add_country(entry,
                           &(struct list_tied_country){
                               .country = country_of(cells[EU_CITIZEN_CODE], cells[EU_CITIZEN]),
                               .tie = LIST_TIE_CITIZENSHIP});
    list_entry_add_programme(entry, cells[EU_PROGRAMME]);
}

static enum fault take_group(void *context, struct kept_row *rows, size_t count)
{
    struct list_reader *reader = context;
    list_reader_begin(reader, rows[0].line);
    struct list_entry *entry = reader->entry;
    const struct span *first = rows[0].cells;
    bool is_person = text_is(first[EU_TYPE_CODE], "P") || text_is(first[EU_TYPE], "P") ||
                     text_is(first[EU_TYPE], "person");
    struct span listed = first[EU_DESIGNATED].size > 0 ? first[EU_DESIGNATED] : first[EU_IN_FORCE];
    entry->kind = is_person ? LIST_KIND_PERSON : LIST_KIND_ENTITY;
    entry->id = list_entry_text(entry, first[first[EU_REFERENCE].size > 0 ? EU_REFERENCE : EU_ID]);
    entry->act = list_entry_text(entry, first[EU_ACT]);
    if (listed.size > 0 && !when_date(listed, false, &entry->listed)) {
        list_reader_keep(reader, "Listed", listed);
    }
    for (size_t i = 0; i < count; i += 1) {
        add_row(reader, rows[i].cells);
    }
    list_reader_remark(reader, first[EU_REMARK]);
    list_reader_remark(reader, first[EU_DETAILS]);
    list_entry_add_identifier(entry, &(struct list_identifier){.type = span_of_text("UN reference"),
                                                               .number = first[EU_UN_ID]});
    return list_reader_end(reader, count);
}

enum fault read_eu_csv(struct list_reader *reader)
{
    struct eu eu = {.visitor = {.visit = take_row}, .reader = reader};
    SCOPED_INPUT *input = NULL;
    struct table_end end;
    TRY(list_reader_open(reader, 0, &input));
    enum fault fault = table_read(reader, input, ';', &eu.visitor, &end);
    if (fault == FAULT_NONE) {
        fault = row_store_groups(&eu.store, take_group, eu.reader);
    }
    row_store_free(&eu.store);
    return fault;
}
