/* Entries of sanctions lists, and who of the registers they are. */
#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_read_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number of a company register says who somebody is if it is not as short as 1 or 12. */
enum { NUMBER_BYTES_MIN = 5 };

/* ---- what registers say ---- */

enum fault own_note_name(struct own_reader *reader, u32 node, struct span name)
{
    char folded[OWN_KEY_BYTES];
    u32 number = 0;
    bool is_new = false;
    size_t size = own_fold(name, folded, sizeof(folded));
    if (size == 0) {
        return FAULT_NONE;
    }
    TRY(own_read_texts_put(&reader->names, span_of(folded, size), &number, &is_new));
    u32 *last = own_read_texts_value(&reader->names, number);
    if (*last != 0 && reader->name_rows[*last - 1].node == node) {
        return FAULT_NONE;
    }
    TRY(own_read_reserve(&reader->name_rows, &reader->name_rows_capacity, reader->name_rows_count,
                         1, sizeof(*reader->name_rows), "names"));
    reader->name_rows[reader->name_rows_count] = (struct own_name_row){.node = node, .next = *last};
    reader->name_rows_count += 1;
    *last = reader->name_rows_count;
    return FAULT_NONE;
}

enum fault own_note_number(struct own_reader *reader, u32 node, struct span country,
                           struct span number)
{
    char key_bytes[OWN_KEY_BYTES];
    u32 place = 0;
    bool is_new = false;
    struct span key = own_key_of(country, number, key_bytes);
    if (number.size < NUMBER_BYTES_MIN || key.size == 0) {
        return FAULT_NONE;
    }
    TRY(own_read_texts_put(&reader->numbers, key, &place, &is_new));
    u32 *value = own_read_texts_value(&reader->numbers, place);
    *value = is_new || *value == node + 1 ? node + 1 : OWN_NONE;
    return FAULT_NONE;
}

/* ---- an entry ---- */

struct taker {
    struct own_reader *reader;
    const struct list_header *header;
    const struct list_entry *entry;
    struct own_listing listing;
};

static i32 day_of(struct list_date date)
{
    char text[LIST_DATE_TEXT_BYTES];
    i32 day = OWN_DAY_EVER;
    u32 second = 0;
    list_date_print(date, text);
    return own_text_day(span_of_text(text), &day, &second) ? day : OWN_DAY_EVER;
}

static enum own_node_kind node_kind(u8 kind)
{
    return kind == LIST_KIND_PERSON   ? OWN_NODE_PERSON
           : kind == LIST_KIND_ENTITY ? OWN_NODE_ENTITY
                                      : OWN_NODE_UNKNOWN;
}

static bool holds(struct span text, const char *word)
{
    return text.size > 0 && memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* The entry's node has this key too. What contradicts it stays apart. */
static enum fault join(struct taker *taker, u32 node, struct span key)
{
    enum fault fault = own_build_alias(taker->reader->build, node, key);
    if (fault == FAULT_INPUT) {
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

/* Somebody of the registers has this number in the register of this country. */
static enum fault join_number(struct taker *taker, u32 node,
                              const struct list_identifier *identifier)
{
    struct own_reader *reader = taker->reader;
    char key_bytes[OWN_KEY_BYTES];
    char match_bytes[OWN_KEY_BYTES];
    struct span key = own_key(identifier->country.code, identifier->number, key_bytes);
    u32 place = key.size > 0 ? own_read_texts_find(&reader->numbers, key) : UINT32_MAX;
    u32 value = place != UINT32_MAX ? *own_read_texts_value(&reader->numbers, place) : OWN_NONE;
    struct span match = own_key("number", key, match_bytes);
    if (value == OWN_NONE || match.size == 0) {
        return FAULT_NONE;
    }
    TRY(own_build_alias(reader->build, value - 1, match));
    return join(taker, node, match);
}

static enum fault join_identifiers(struct taker *taker, u32 node)
{
    const struct list_entry *entry = taker->entry;
    char bytes[OWN_KEY_BYTES];
    /* OFAC numbers a party once, on whichever of its lists it stands. */
    bool is_ofac = strncmp(taker->header->format, "ofac-", 5) == 0 || holds(entry->source, "(SDN)");
    if (is_ofac && strcmp(taker->header->list, OWN_OFAC_SCHEME) != 0) {
        struct span key = own_key(OWN_OFAC_SCHEME, entry->id, bytes);
        if (key.size > 0) {
            TRY(join(taker, node, key));
        }
    }
    for (u32 i = 0; i < entry->identifiers_count; i += 1) {
        const struct list_identifier *identifier = &entry->identifiers[i];
        if (identifier->number.size == 20 &&
            (holds(identifier->type, "LEI") || holds(identifier->type, "Legal Entity"))) {
            TRY(join_number(taker, node,
                            &(struct list_identifier){.number = identifier->number,
                                                      .country = {.code = "XI"}}));
        } else if (identifier->country.code[0] != 0) {
            TRY(join_number(taker, node, identifier));
        }
    }
    return FAULT_NONE;
}

static enum fault describe(struct taker *taker, u32 node)
{
    const struct list_entry *entry = taker->entry;
    struct own_node facts = {.kind = node_kind(entry->kind), .founded = OWN_DAY_EVER};
    if (entry->names_count > 0 && entry->names[0].text.size <= OWN_TEXT_MAX) {
        facts.name = entry->names[0].text;
    }
    for (u32 i = 0; i < entry->countries_count && facts.country[0] == 0; i += 1) {
        memcpy(facts.country, entry->countries[i].country.code, sizeof(facts.country));
    }
    enum fault fault = own_build_describe(taker->reader->build, node, &facts);
    if (fault == FAULT_INPUT) { /* the register knows better what it is */
        fault_forget();
        facts = (struct own_node){.kind = OWN_NODE_UNKNOWN, .founded = OWN_DAY_EVER};
        return own_build_describe(taker->reader->build, node, &facts);
    }
    return fault;
}

/* Everybody who has one of its names, weak ones aside. */
static enum fault list_possible(struct taker *taker)
{
    struct own_reader *reader = taker->reader;
    const struct list_entry *entry = taker->entry;
    struct own_listing possible = taker->listing;
    bool is_named = false;
    possible.flags = OWN_LISTING_POSSIBLE;
    for (u32 i = 0; i < entry->names_count; i += 1) {
        char folded[OWN_KEY_BYTES];
        size_t size = own_fold(entry->names[i].text, folded, sizeof(folded));
        u32 number = own_read_texts_find(&reader->names, span_of(folded, size));
        if (entry->names[i].quality == LIST_QUALITY_WEAK || size == 0 || number == UINT32_MAX) {
            continue;
        }
        for (u32 row = *own_read_texts_value(&reader->names, number); row != 0;
             row = reader->name_rows[row - 1].next) {
            possible.node = reader->name_rows[row - 1].node;
            TRY(own_build_listing(reader->build, &possible));
            is_named = true;
        }
    }
    reader->report->entries_named += is_named ? 1 : 0;
    return FAULT_NONE;
}

/* "LIST:NAME", both folded: by which links find entries. */
static enum fault name_key(struct taker *taker, struct span name, u32 *number_out, bool *is_new_out)
{
    char folded[OWN_KEY_BYTES / 2];
    char bytes[OWN_KEY_BYTES];
    size_t size = own_fold(name, folded, sizeof(folded));
    struct span key = own_key(taker->header->list, span_of(folded, size), bytes);
    *is_new_out = false;
    *number_out = UINT32_MAX;
    return key.size == 0 ? FAULT_NONE
                         : own_read_texts_put(&taker->reader->entries, key, number_out, is_new_out);
}

/* The entry is found by its names, if no other entry has them; weak ones do not count. */
static enum fault note_entry(struct taker *taker, u32 node)
{
    for (u32 i = 0; i < taker->entry->names_count; i += 1) {
        u32 number = 0;
        bool is_new = false;
        if (taker->entry->names[i].quality == LIST_QUALITY_WEAK) {
            continue;
        }
        TRY(name_key(taker, taker->entry->names[i].text, &number, &is_new));
        if (number != UINT32_MAX) {
            u32 *value = own_read_texts_value(&taker->reader->entries, number);
            *value = *value == 0 || *value == node + 1 ? node + 1 : OWN_NONE;
        }
    }
    return FAULT_NONE;
}

static enum fault keep_link(struct taker *taker, u32 node, struct span name, u32 source)
{
    struct own_reader *reader = taker->reader;
    struct own_link_row row = {.holder = node, .source = source, .times = taker->listing.times};
    bool is_new = false;
    TRY(name_key(taker, name, &row.name, &is_new));
    TRY(own_read_texts_put(&reader->entries, taker->entry->id, &row.entry_name, &is_new));
    if (row.name == UINT32_MAX) {
        return FAULT_NONE;
    }
    TRY(own_read_reserve(&reader->links, &reader->links_capacity, reader->links_count, 1,
                         sizeof(*reader->links), "links"));
    reader->links[reader->links_count] = row;
    reader->links_count += 1;
    return FAULT_NONE;
}

static enum fault add_link(struct own_reader *reader, const struct own_link_row *row, u32 target,
                           struct span statement)
{
    u32 number = 0;
    struct own_edge edge = {.kind = OWN_LINKED,
                            .holder = row->holder,
                            .target = target,
                            .via = OWN_NONE,
                            .times = row->times,
                            .source = row->source,
                            .statement = statement};
    reader->report->edges += 1;
    return own_build_edge(reader->build, &edge, &number);
}

static enum fault take_links(struct taker *taker, u32 node)
{
    const struct list_entry *entry = taker->entry;
    struct own_link_row row = {.holder = node, .times = taker->listing.times};
    char name[LIST_CODE_BYTES + LIST_DATE_TEXT_BYTES + 2];
    char date[LIST_DATE_TEXT_BYTES];
    if (entry->links_count == 0) {
        return FAULT_NONE;
    }
    list_date_print(taker->header->published, date);
    (void)snprintf(name, sizeof(name), "%s%s%s", taker->header->list, date[0] != 0 ? " " : "",
                   date);
    TRY(own_build_source(taker->reader->build, span_of_text(name), &row.source));
    for (u32 i = 0; i < entry->links_count; i += 1) {
        char bytes[OWN_KEY_BYTES];
        u32 target = 0;
        struct span key = own_key(taker->header->list, entry->links[i].id, bytes);
        if (key.size == 0) {
            TRY(keep_link(taker, node, entry->links[i].name, row.source));
            continue;
        }
        TRY(own_build_node(taker->reader->build, key, &target));
        TRY(add_link(taker->reader, &row, target, entry->id));
    }
    return FAULT_NONE;
}

enum fault own_reader_lists_end(struct own_reader *reader)
{
    for (u32 i = 0; i < reader->links_count; i += 1) {
        const struct own_link_row *row = &reader->links[i];
        u32 value = *own_read_texts_value(&reader->entries, row->name);
        u32 target = value - 1;
        if (value == 0 || value == OWN_NONE) { /* nobody's, or of several: a name it stays */
            char bytes[OWN_KEY_BYTES];
            struct span name = own_read_texts_get(&reader->entries, row->name);
            TRY(own_build_node(reader->build, own_key("name", name, bytes), &target));
        }
        TRY(add_link(reader, row, target, own_read_texts_get(&reader->entries, row->entry_name)));
    }
    reader->links_count = 0;
    return FAULT_NONE;
}

/* Its permanent number; without one that of its id, else its place among those read. */
static u32 entry_number(const struct taker *taker)
{
    const struct list_entry *entry = taker->entry;
    u64 number = 0;
    for (size_t i = 0; i < entry->id.size && number <= UINT32_MAX; i += 1) {
        u8 byte = entry->id.data[i];
        number = byte >= '0' && byte <= '9' ? number * 10 + (u64)(byte - '0') : UINT64_MAX / 16;
    }
    if (entry->number != 0) {
        return entry->number;
    }
    return entry->id.size > 0 && number < UINT32_MAX ? (u32)number
                                                     : (u32)taker->reader->report->entries;
}

enum fault own_reader_entry(struct own_reader *reader, u32 list, const struct list_header *header,
                            const struct list_entry *entry)
{
    char bytes[OWN_KEY_BYTES];
    u32 node = 0;
    struct taker taker = {.reader = reader, .header = header, .entry = entry};
    struct span key = own_key(header->list, entry->id, bytes);
    CHECK(reader->is_ended && list < OWN_LISTS_MAX);
    reader->report->entries += 1;
    if (key.size == 0) {
        return FAULT(FAULT_INPUT, "list %s: an entry without an id", header->list);
    }
    TRY(own_build_node(reader->build, key, &node));
    taker.listing = (struct own_listing){
        .node = node, .list = list, .entry = entry_number(&taker), .times = OWN_TIMES_ALWAYS};
    taker.listing.times.valid_from = day_of(entry->listed);
    TRY(describe(&taker, node));
    TRY(join_identifiers(&taker, node));
    TRY(own_build_listing(reader->build, &taker.listing));
    TRY(note_entry(&taker, node));
    TRY(take_links(&taker, node));
    /* Links and other lists name it too: only a register's record says which company it is. */
    bool is_known = own_build_is_described(reader->build, node);
    reader->report->entries_known += is_known ? 1 : 0;
    return is_known ? FAULT_NONE : list_possible(&taker);
}

/* ---- a list in the normal form ---- */

static enum fault read_lines(struct own_reader *reader, struct input *input, u32 list,
                             struct list_header *header)
{
    struct span line = {.data = NULL, .size = 0};
    bool more = true;
    TRY(input_line(input, &line, &more));
    if (!more || list_header_read(header, line) != LIST_LINE_OK) {
        return FAULT(FAULT_INPUT, "%s: not a list in its normal form", reader->name);
    }
    for (u64 count = 0;; count += 1) {
        TRY(input_line(input, &line, &more));
        if (!more && count != header->entries_count) {
            return FAULT(FAULT_INPUT, "%s: cut off: %llu entries, %llu were announced",
                         reader->name, (unsigned long long)count,
                         (unsigned long long)header->entries_count);
        }
        if (!more) {
            return FAULT_NONE;
        }
        enum list_line_fault fault = list_entry_read(reader->entry, line);
        if (fault != LIST_LINE_OK) {
            return FAULT(FAULT_INPUT, "%s:%llu: %s", reader->name,
                         (unsigned long long)input_line_number(input), list_line_fault_text(fault));
        }
        TRY(own_reader_entry(reader, list, header, reader->entry));
    }
}

enum fault own_reader_list(struct own_reader *reader, struct disk *disk, const char *path, u32 list,
                           struct list_header *header_out)
{
    SCOPED_INPUT *input = NULL;
    reader->name = path;
    if (reader->entry == NULL) {
        reader->entry = malloc(sizeof(*reader->entry));
        if (reader->entry == NULL) {
            return FAULT(FAULT_LIMIT, "no memory for an entry of a list");
        }
    }
    TRY(input_open(&input, disk, path, LIST_LINE_BYTES));
    return read_lines(reader, input, list, header_out);
}
