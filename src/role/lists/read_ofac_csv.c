#include "role/lists/list_formats.h"
#include "role/lists/list_remarks.h"
#include "role/lists/list_table.h"
#include "role/lists/list_when.h"

#include <string.h>

/* The csv family has no header rows: the number of columns tells the files apart. */
enum {
    PRIMARY_CELLS = 12,
    ADDRESS_CELLS = 6,
    ALIAS_CELLS = 5,
    COMMENT_CELLS = 2,
};

struct ofac {
    struct table_visitor visitor;
    struct list_reader *reader;
    u32 cells; /* of the file being read */
    struct row_store addresses;
    struct row_store aliases;
    struct row_store comments;
    u8 remarks[LIST_TEXT_BYTES];
};

/* A cell; "-0-" stands for nothing. */
static struct span ofac_cell(const struct span *cells, u32 index)
{
    return text_is(cells[index], "-0-") ? (struct span){.data = NULL, .size = 0} : cells[index];
}

static struct row_store *side_store(struct ofac *ofac)
{
    return ofac->cells == ADDRESS_CELLS ? &ofac->addresses
           : ofac->cells == ALIAS_CELLS ? &ofac->aliases
                                        : &ofac->comments;
}

/* ---- the file of names ---- */

static void add_addresses(struct list_reader *reader, const struct kept_row *row)
{
    u8 text[2048];
    size_t used = 0;
    for (u32 i = 2; i <= 3; i += 1) {
        struct span part = ofac_cell(row->cells, i);
        if (part.size == 0) {
            continue;
        }
        if (used + part.size + 2 > sizeof(text)) {
            list_reader_keep(reader, "Address", part);
            continue;
        }
        memcpy(text + used, ", ", used == 0 ? 0 : 2);
        used += used == 0 ? 0 : 2;
        memcpy(text + used, part.data, part.size);
        used += part.size;
    }
    struct list_place place = {.text = span_of(text, used)};
    if (ofac_cell(row->cells, 4).size > 0) {
        place.country = list_country_of(ofac_cell(row->cells, 4));
    }
    list_entry_add_address(reader->entry, &place);
    list_reader_remark(reader, ofac_cell(row->cells, 5));
}

static void add_alias(struct list_reader *reader, const struct kept_row *row)
{
    struct list_name name =
        when_name(ofac_cell(row->cells, 3), reader->entry->kind, LIST_QUALITY_STRONG);
    name.former = text_is(row->cells[2], "fka");
    list_entry_add_name(reader->entry, &name);
    list_reader_remark(reader, ofac_cell(row->cells, 4));
}

static void add_vessel(struct list_reader *reader, const struct span *cells)
{
    struct span call_sign = ofac_cell(cells, 5);
    struct span flag = ofac_cell(cells, 9);
    struct span owner = ofac_cell(cells, 10);
    list_entry_add_identifier(
        reader->entry,
        &(struct list_identifier){.type = span_of_text("Vessel Call Sign"), .number = call_sign});
    if (flag.size > 0) {
        list_entry_add_country(
            reader->entry,
            &(struct list_tied_country){.country = list_country_of(flag), .tie = LIST_TIE_FLAG});
    }
    list_entry_add_link(reader->entry,
                        &(struct list_link){.name = owner, .how = span_of_text("Vessel Owner")});
    list_reader_remark(reader, ofac_cell(cells, 6));
}

/* "UKRAINE-EO13662] [RUSSIA-EO14024": several with brackets between. */
static void add_programmes(struct list_reader *reader, struct span text)
{
    struct span programme;
    while (text_next(&text, "] [", &programme)) {
        while (programme.size > 0 && programme.data[0] == '[') {
            programme = span_after(programme, 1);
        }
        while (programme.size > 0 && programme.data[programme.size - 1] == ']') {
            programme.size -= 1;
        }
        list_entry_add_programme(reader->entry, programme);
    }
}

/* The remarks and what the comments file has of them beyond the cut. */
static u64 add_remarks(struct ofac *ofac, struct span remarks)
{
    struct list_reader *reader = ofac->reader;
    size_t count = 0;
    struct kept_row *rows = row_store_find(&ofac->comments, reader->entry->id, &count);
    size_t used = 0;
    for (size_t i = 0; i <= count; i += 1) {
        struct span part = i == 0 ? remarks : ofac_cell(rows[i - 1].cells, 1);
        if (part.size > sizeof(ofac->remarks) - used) {
            reader->entry->overflown = true;
            part.size = 0;
        }
        if (part.size > 0) {
            memcpy(ofac->remarks + used, part.data, part.size);
            used += part.size;
        }
        if (i > 0) {
            rows[i - 1].used = true;
        }
    }
    if (used > 0) {
        remarks_read(reader, span_of(ofac->remarks, used));
    }
    return count;
}

static enum fault take_primary(struct ofac *ofac, const struct table_row *row)
{
    struct list_reader *reader = ofac->reader;
    struct list_entry *entry = reader->entry;
    const struct span *cells = row->cells;
    u64 number = 0;
    u64 rows = 1;
    if (!text_number(cells[0], &number)) {
        list_reader_refuse(reader, row->line, LIST_REFUSAL_NO_ID, "ent_num", cells[0]);
        return FAULT_NONE;
    }
    list_reader_begin(reader, row->line);
    entry->id = list_entry_text(entry, cells[0]);
    entry->kind = remarks_kind(cells[2]);
    struct list_name name = when_name(ofac_cell(cells, 1), entry->kind, LIST_QUALITY_PRIMARY);
    list_entry_add_name(entry, &name);
    add_programmes(reader, ofac_cell(cells, 3));
    list_entry_add_title(entry, ofac_cell(cells, 4));
    add_vessel(reader, cells);
    rows += add_remarks(ofac, ofac_cell(cells, 11));
    size_t count = 0;
    struct kept_row *found = row_store_find(&ofac->aliases, entry->id, &count);
    rows += count;
    for (size_t i = 0; i < count; i += 1) {
        found[i].used = true;
        add_alias(reader, &found[i]);
    }
    found = row_store_find(&ofac->addresses, entry->id, &count);
    rows += count;
    for (size_t i = 0; i < count; i += 1) {
        found[i].used = true;
        add_addresses(reader, &found[i]);
    }
    return list_reader_end(reader, rows);
}

/* ---- all files ---- */

static enum fault take_row(struct table_visitor *visitor, const struct table_row *row)
{
    struct ofac *ofac = (struct ofac *)(void *)visitor;
    struct list_reader *reader = ofac->reader;
    if (ofac->cells == PRIMARY_CELLS) {
        return take_primary(ofac, row);
    }
    return row_store_add(side_store(ofac), row->cells[0], reader->file, row->line, row->cells,
                         row->count);
}

/* Reads one of the files, to its mark of the end. The comments are also found without it: they are
 * published by hand, and hold nothing but the ends of remarks. */
static enum fault read_file(struct ofac *ofac, u32 file, u32 cells)
{
    struct list_reader *reader = ofac->reader;
    SCOPED_INPUT *input = NULL;
    struct table_end end;
    ofac->cells = cells;
    TRY(list_reader_open(reader, file, &input));
    ofac->visitor.cells = cells;
    TRY(table_read(reader, input, ',', &ofac->visitor, &end));
    if (!end.is_marked && cells != COMMENT_CELLS) {
        return FAULT(FAULT_INPUT,
                     "%s: the byte 1A that ends OFAC's csv files is not there: it is cut off",
                     reader->source->paths[file]);
    }
    return FAULT_NONE;
}

/* The cells of a file's first line, counted outside of quotes. */
static enum fault cells_of(struct list_reader *reader, u32 file, u32 *cells_out)
{
    SCOPED_INPUT *input = NULL;
    struct span line = {.data = NULL, .size = 0};
    bool more = false;
    bool quoted = false;
    u32 cells = 1;
    TRY(list_reader_open(reader, file, &input));
    TRY(input_line(input, &line, &more));
    for (size_t i = 0; i < line.size; i += 1) {
        quoted = line.data[i] == '"' ? !quoted : quoted;
        cells += line.data[i] == ',' && !quoted ? 1 : 0;
    }
    if (cells != PRIMARY_CELLS && cells != ADDRESS_CELLS && cells != ALIAS_CELLS &&
        cells != COMMENT_CELLS) {
        return FAULT(FAULT_INPUT, "%s: %u columns, which none of OFAC's csv files has",
                     reader->source->paths[file], cells);
    }
    *cells_out = cells;
    return FAULT_NONE;
}

/* The files that hang on the file of names first, then that one. */
static enum fault read_files(struct ofac *ofac)
{
    struct list_reader *reader = ofac->reader;
    u32 primary = LIST_FILES_MAX;
    for (u32 i = 0; i < reader->source->paths_count; i += 1) {
        u32 cells = 0;
        TRY(cells_of(reader, i, &cells));
        if (cells != PRIMARY_CELLS) {
            TRY(read_file(ofac, i, cells));
        } else if (primary == LIST_FILES_MAX) {
            primary = i;
        } else {
            return FAULT(FAULT_INPUT, "%s and %s are both files of names: give one",
                         reader->source->paths[primary], reader->source->paths[i]);
        }
    }
    if (primary == LIST_FILES_MAX) {
        return FAULT(FAULT_INPUT, "%s: OFAC's file of names (12 columns) is missing",
                     reader->source->paths[0]);
    }
    row_store_sort(&ofac->addresses);
    row_store_sort(&ofac->aliases);
    row_store_sort(&ofac->comments);
    TRY(read_file(ofac, primary, PRIMARY_CELLS));
    row_store_refuse_unused(&ofac->aliases, reader);
    row_store_refuse_unused(&ofac->addresses, reader);
    row_store_refuse_unused(&ofac->comments, reader);
    return FAULT_NONE;
}

enum fault read_ofac_csv(struct list_reader *reader)
{
    struct ofac *ofac = list_reader_memory(reader, sizeof(*ofac));
    if (ofac == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read OFAC's csv");
    }
    ofac->visitor.visit = take_row;
    ofac->reader = reader;
    enum fault fault = read_files(ofac);
    row_store_free(&ofac->addresses);
    row_store_free(&ofac->aliases);
    row_store_free(&ofac->comments);
    return fault;
}
