#include "role/screen/index_read.h"

#include "base/span.h"
#include "io/input.h"

#include <stdlib.h>
#include <string.h>

static bool begins_with(struct span text, const char *prefix)
{
    struct span begin = span_of_text(prefix);
    return text.size >= begin.size && memcmp(text.data, begin.data, begin.size) == 0;
}

bool index_read_knows(struct span line)
{
    return begins_with(line, "{\"list\":");
}

static bool wants(const struct index_filter *filter, const struct list_entry *entry)
{
    return (filter->source == NULL || begins_with(entry->source, filter->source)) &&
           (!filter->has_kind || entry->kind == filter->kind);
}

static u32 number_of(const struct list_entry *entry, const struct index_read *read)
{
    u64 number = 0;
    bool is_number = entry->id.size > 0 && entry->id.size <= 9;
    for (size_t i = 0; is_number && i < entry->id.size; i += 1) {
        u8 byte = entry->id.data[i];
        is_number = byte >= '0' && byte <= '9';
        number = number * 10 + (u64)(byte - '0');
    }
    return entry->number != 0 ? entry->number
           : is_number        ? (u32)number
                              : INDEX_READ_NUMBER_FIRST + (u32)read->entries_in;
}

enum fault index_read_entry(struct index_builder *builder, const struct index_filter *filter,
                            const struct list_entry *entry, u8 list, struct index_read *read)
{
    read->entries_in += 1;
    if (!wants(filter, entry)) {
        read->entries_left_out += 1;
        return FAULT_NONE;
    }
    u32 names = 0;
    TRY(index_add_entry(builder, entry, number_of(entry, read), list, &names));
    read->entries_nameless += names == 0;
    read->names += names;
    read->names_refused += entry->names_count - names;
    return FAULT_NONE;
}

static enum fault line_fault(struct input *input, enum list_line_fault fault)
{
    return FAULT(FAULT_INPUT, "%s: line %llu: %s", input_path(input),
                 (unsigned long long)input_line_number(input), list_line_fault_text(fault));
}

static enum fault read_entries(struct index_builder *builder, const struct index_filter *filter,
                               struct input *input, u8 list, struct list_entry *entry,
                               struct index_read *read)
{
    for (;;) {
        struct span line;
        bool more = false;
        TRY(input_line(input, &line, &more));
        if (!more) {
            return FAULT_NONE;
        }
        enum list_line_fault fault = list_entry_read(entry, line);
        if (fault != LIST_LINE_OK) {
            return line_fault(input, fault);
        }
        TRY(index_read_entry(builder, filter, entry, list, read));
    }
}

enum fault index_read_file(struct index_builder *builder, const struct index_filter *filter,
                           struct input *input, u8 list, struct list_header *header_out,
                           struct index_read *read)
{
    struct span line;
    bool more = false;
    TRY(input_line(input, &line, &more));
    if (!more) {
        return FAULT(FAULT_INPUT, "%s: empty", input_path(input));
    }
    enum list_line_fault line_state = list_header_read(header_out, line);
    if (line_state != LIST_LINE_OK) {
        return line_fault(input, line_state);
    }
    struct list_entry *entry = malloc(sizeof(*entry));
    if (entry == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for an entry", input_path(input));
    }
    u64 before = read->entries_in;
    enum fault fault = read_entries(builder, filter, input, list, entry, read);
    free(entry);
    if (fault == FAULT_NONE && header_out->entries_count != 0 &&
        header_out->entries_count != read->entries_in - before) {
        return FAULT(FAULT_INPUT, "%s: the header says %llu entries, %llu are there",
                     input_path(input), (unsigned long long)header_out->entries_count,
                     (unsigned long long)(read->entries_in - before));
    }
    return fault;
}
