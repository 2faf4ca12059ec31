/* OFAC's "Linked To:" as a table: a line for each pair, columns parted by tabs. */
#include "base/span.h"
#include "base/utf8.h"
#include "role/screen/own_read_inner.h"

#include <string.h>

enum { COLUMN_ENTRY, COLUMN_NAME, COLUMN_TYPE, COLUMN_PROGRAM, COLUMN_LINKED, COLUMN_LINKED_NAME };
enum { COLUMNS = 6 };

static bool cut(struct span line, struct span columns[COLUMNS])
{
    u32 count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= line.size; i += 1) {
        if (i < line.size && line.data[i] != '\t') {
            continue;
        }
        if (count == COLUMNS) {
            return false;
        }
        columns[count] = span_piece(line, from, i - from);
        count += 1;
        from = i + 1;
    }
    return count == COLUMNS;
}

static bool is_number(struct span text)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.size > 0 && text.size <= 10;
}

static enum fault find_node(struct own_reader *reader, struct span entry, struct span name,
                            u32 *node_out)
{
    char bytes[OWN_KEY_BYTES];
    char folded[OWN_KEY_BYTES / 2];
    size_t size = own_fold(name, folded, sizeof(folded));
    struct span key = entry.size > 0 ? own_key(OWN_OFAC_SCHEME, entry, bytes)
                                     : own_key("name", span_of(folded, size), bytes);
    return own_build_node(reader->build, key, node_out);
}

static enum fault describe(struct own_reader *reader, u32 node, struct span name, struct span type)
{
    struct own_node facts = {.kind = OWN_NODE_UNKNOWN, .name = name, .founded = OWN_DAY_EVER};
    if (span_equal(type, span_of_text("individual"))) {
        facts.kind = OWN_NODE_PERSON;
    } else if (span_equal(type, span_of_text("entity"))) {
        facts.kind = OWN_NODE_ENTITY;
    }
    return own_build_describe(reader->build, node, &facts);
}

static enum fault take_row(struct own_reader *reader, const struct span columns[COLUMNS],
                           u32 source)
{
    struct span entry = columns[COLUMN_ENTRY];
    struct span linked = columns[COLUMN_LINKED];
    struct own_edge edge = {
        .kind = OWN_LINKED, .via = OWN_NONE, .times = OWN_TIMES_ALWAYS, .source = source};
    u32 number = 0;
    edge.statement = entry;
    if (!is_number(entry) || (linked.size > 0 && !is_number(linked)) ||
        (linked.size == 0 && columns[COLUMN_LINKED_NAME].size == 0) ||
        columns[COLUMN_NAME].size > OWN_TEXT_MAX ||
        columns[COLUMN_LINKED_NAME].size > OWN_KEY_BYTES / 4) {
        own_refuse(reader, OWN_REFUSED_MISSING, entry, "%s",
                   "ent_num is no number, or who it is linked to is not named");
        return FAULT_NONE;
    }
    TRY(find_node(reader, entry, columns[COLUMN_NAME], &edge.holder));
    TRY(find_node(reader, linked, columns[COLUMN_LINKED_NAME], &edge.target));
    enum fault fault = describe(reader, edge.holder, columns[COLUMN_NAME], columns[COLUMN_TYPE]);
    reader->report->interests += 1;
    if (fault ==
        FAULT_INPUT) { /* another register knows it as something else: linked all the same */
        own_refuse_interest(reader, OWN_REFUSED_IDENTITY, entry, "%s", fault_text());
        fault_forget();
    } else {
        TRY(fault);
        reader->report->interests_taken += 1;
    }
    TRY(describe(reader, edge.target, columns[COLUMN_LINKED_NAME], (struct span){.size = 0}));
    reader->report->linked += 1;
    reader->report->edges += 1;
    return own_build_edge(reader->build, &edge, &number);
}

enum fault own_read_linked(struct own_reader *reader, struct input *input)
{
    struct span line = {.data = NULL, .size = 0};
    struct span columns[COLUMNS];
    bool more = true;
    u32 source = 0;
    TRY(own_build_source(reader->build, span_of_text(reader->name), &source));
    TRY(input_line(input, &line, &more)); /* the names of the columns */
    for (;;) {
        TRY(input_line(input, &line, &more));
        if (!more) {
            return FAULT_NONE;
        }
        reader->line = input_line_number(input);
        reader->report->records += 1;
        if (reader->line % 4096 == 0) {
            own_tell(reader, input);
        }
        if (!utf8_is_text(line) || memchr(line.data, 0, line.size) != NULL) {
            own_refuse(reader, OWN_REFUSED_SYNTAX, (struct span){.size = 0},
                       "not UTF-8, or a NUL byte");
            continue;
        }
        if (!cut(line, columns)) {
            own_refuse(reader, OWN_REFUSED_SYNTAX, (struct span){.size = 0}, "not %u columns",
                       (u32)COLUMNS);
            continue;
        }
        TRY(take_row(reader, columns, source));
    }
}
