#include "base/hash.h"
#include "role/lists/list_formats.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"

#include <stdio.h>
#include <string.h>

/* Tables of a row a party, several values in a cell: OpenSanctions' targets.simple.csv, and the
 * extracts with the columns Name, Alias, Nationality, Designation. */
#define SIMPLE_COLUMNS_MAX 16U

struct simple {
    struct table_visitor visitor;
    struct list_reader *reader;
    const char *const *names; /* of the columns */
    u32 columns_count;
    u32 required; /* of them, from the front */
    bool has_header;
    u32 columns[SIMPLE_COLUMNS_MAX];
    const struct table_row *row;
    enum fault (*take)(struct simple *simple);
};

static struct span cell(const struct simple *simple, u32 column)
{
    return table_cell(simple->row, simple->columns[column]);
}

static enum fault take_row(struct table_visitor *visitor, const struct table_row *row)
{
    struct simple *simple = (struct simple *)(void *)visitor;
    struct list_reader *reader = simple->reader;
    simple->row = row;
    if (!simple->has_header) {
        simple->has_header = true;
        table_columns(&simple->visitor, row, simple->names, simple->columns_count, simple->columns);
        for (u32 i = 0; i < simple->required; i += 1) {
            if (simple->columns[i] == TABLE_CELLS_MAX) {
                return FAULT(FAULT_INPUT, "%s: no column \"%s\"",
                             reader->source->paths[reader->file], simple->names[i]);
            }
        }
        return FAULT_NONE;
    }
    list_reader_begin(reader, row->line);
    return simple->take(simple);
}

static enum fault read_simple(struct simple *simple)
{
    SCOPED_INPUT *input = NULL;
    struct table_end end;
    simple->visitor.visit = take_row;
    TRY(list_reader_open(simple->reader, 0, &input));
    return table_read(simple->reader, input, ',', &simple->visitor, &end);
}

static void add_countries(struct list_reader *reader, struct span text, const char *separator,
                          enum list_tie tie)
{
    struct span part;
    while (text_next(&text, separator, &part)) {
        if (part.size > 0) {
            list_entry_add_country(
                reader->entry,
                &(struct list_tied_country){.country = list_country_of(part), .tie = (u8)tie});
        }
    }
}

/* ---- OpenSanctions ---- */

enum opensanctions_column {
    OS_ID,
    OS_SCHEMA,
    OS_NAME,
    OS_ALIASES,
    OS_BIRTH,
    OS_COUNTRIES,
    OS_ADDRESSES,
    OS_IDENTIFIERS,
    OS_SANCTIONS,
    OS_DATASET,
    OS_FIRST_SEEN,
    OS_COLUMNS,
};

bool list_kind_of_schema(struct span schema, u8 *kind_out)
{
    static const struct {
        const char *schema;
        u8 kind;
    } schemas[] = {
        {"Person", LIST_KIND_PERSON},       {"Company", LIST_KIND_ENTITY},
        {"Organization", LIST_KIND_ENTITY}, {"PublicBody", LIST_KIND_ENTITY},
        {"LegalEntity", LIST_KIND_UNKNOWN}, {"Vessel", LIST_KIND_VESSEL},
        {"Airplane", LIST_KIND_AIRCRAFT},   {"CryptoWallet", LIST_KIND_UNKNOWN},
    };
    for (u32 i = 0; i < ARRAY_COUNT(schemas); i += 1) {
        if (text_is(schema, schemas[i].schema)) {
            *kind_out = schemas[i].kind;
            return true;
        }
    }
    return false;
}

static void add_values(struct list_reader *reader, struct simple *simple)
{
    struct list_entry *entry = reader->entry;
    struct span rest = cell(simple, OS_ALIASES);
    struct span part;
    while (text_next(&rest, ";", &part)) {
        list_entry_add_name(entry,
                            &(struct list_name){.text = part, .quality = LIST_QUALITY_STRONG});
    }
    rest = cell(simple, OS_BIRTH);
    while (text_next(&rest, ";", &part)) {
        when_add_birth(reader, part, false);
    }
    rest = cell(simple, OS_ADDRESSES);
    while (text_next(&rest, ";", &part)) {
        when_add_address(reader, part);
    }
    rest = cell(simple, OS_IDENTIFIERS);
    while (text_next(&rest, ";", &part)) {
        list_entry_add_identifier(entry, &(struct list_identifier){.number = part});
    }
    rest = cell(simple, OS_SANCTIONS);
    while (text_next(&rest, ";", &part)) {
        list_reader_remark(reader, part);
    }
}

static enum fault take_opensanctions(struct simple *simple)
{
    struct list_reader *reader = simple->reader;
    struct list_entry *entry = reader->entry;
    struct span schema = cell(simple, OS_SCHEMA);
    struct span name = cell(simple, OS_NAME);
    if (!list_kind_of_schema(schema, &entry->kind)) {
        list_reader_refuse(reader, reader->row_line, LIST_REFUSAL_NO_PARTY, "schema", schema);
        return FAULT_NONE;
    }
    entry->id = list_entry_text(entry, cell(simple, OS_ID));
    entry->source = list_entry_text(entry, cell(simple, OS_DATASET));
    if (text_is(schema, "CryptoWallet")) {
        list_entry_add_wallet(entry, &(struct list_wallet){.address = name});
    } else {
        list_entry_add_name(entry,
                            &(struct list_name){.text = name, .quality = LIST_QUALITY_PRIMARY});
    }
    add_countries(reader, cell(simple, OS_COUNTRIES), ";", LIST_TIE_UNKNOWN);
    add_values(reader, simple);
    if (cell(simple, OS_FIRST_SEEN).size > 0) {
        list_reader_label(reader, "First seen", cell(simple, OS_FIRST_SEEN));
    }
    return list_reader_end(reader, 1);
}

enum fault read_opensanctions_csv(struct list_reader *reader)
{
    static const char *const names[OS_COLUMNS] = {
        "id",        "schema",      "name",      "aliases", "birth_date", "countries",
        "addresses", "identifiers", "sanctions", "dataset", "first_seen"};
    struct simple simple = {.reader = reader,
                            .names = names,
                            .columns_count = OS_COLUMNS,
                            .required = OS_ALIASES + 1,
                            .take = take_opensanctions};
    return read_simple(&simple);
}

/* ---- Name, Alias, Nationality, Designation ---- */

enum names_column {
    NAMES_NAME,
    NAMES_ALIAS,
    NAMES_NATIONALITY,
    NAMES_DESIGNATION,
    NAMES_TYPE,
    NAMES_COLUMNS,
};

/* A single Latin word that was a part of a name with a comma in it is no name of a person. */
static enum list_quality alias_quality(const struct list_entry *entry, struct span alias)
{
    char script[5];
    list_script_of(alias, script);
    bool is_word = text_find(alias, " ") == alias.size && strcmp(script, "Latn") == 0;
    return is_word && entry->kind != LIST_KIND_ENTITY ? LIST_QUALITY_WEAK : LIST_QUALITY_STRONG;
}

static enum fault take_names(struct simple *simple)
{
    struct list_reader *reader = simple->reader;
    struct list_entry *entry = reader->entry;
    struct span designation = cell(simple, NAMES_DESIGNATION);
    struct span name = cell(simple, NAMES_NAME);
    struct span rest = cell(simple, NAMES_ALIAS);
    struct span part;
    u64 hash = 0;
    char id[32];
    for (u32 i = 0; i < simple->row->count; i += 1) {
        hash = hash_bytes(simple->row->cells[i].data, simple->row->cells[i].size, hash);
    }
    /* The extract has no ids: a row is known by what it says. */
    (void)snprintf(id, sizeof(id), "row-%016llx", (unsigned long long)hash);
    entry->id = list_entry_text(entry, span_of_text(id));
    entry->kind = text_is(designation, "person")       ? LIST_KIND_PERSON
                  : text_is(designation, "enterprise") ? LIST_KIND_ENTITY
                                                       : LIST_KIND_UNKNOWN;
    if (entry->kind == LIST_KIND_UNKNOWN) {
        list_entry_add_title(entry, designation);
    }
    list_entry_add_name(entry, &(struct list_name){.text = name, .quality = LIST_QUALITY_PRIMARY});
    if (name.size > 0 && rest.size >= name.size && memcmp(rest.data, name.data, name.size) == 0) {
        rest = span_after(rest, name.size); /* the name again, perhaps with commas in it */
    }
    while (text_next(&rest, ", ", &part)) {
        list_entry_add_name(
            entry, &(struct list_name){.text = part, .quality = (u8)alias_quality(entry, part)});
    }
    add_countries(reader, cell(simple, NAMES_NATIONALITY), ", ", LIST_TIE_NATIONALITY);
    entry->act = list_entry_text(entry, cell(simple, NAMES_TYPE));
    return list_reader_end(reader, 1);
}

enum fault read_names_csv(struct list_reader *reader)
{
    static const char *const names[NAMES_COLUMNS] = {"Name", "Alias", "Nationality", "Designation",
                                                     "Sanction Type"};
    struct simple simple = {.reader = reader,
                            .names = names,
                            .columns_count = NAMES_COLUMNS,
                            .required = NAMES_DESIGNATION + 1,
                            .take = take_names};
    return read_simple(&simple);
}
