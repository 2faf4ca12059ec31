#include "role/lists/list_reader.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "wire/country.h"

#include <stdlib.h>
#include <string.h>

#define IDS_SIZE_FIRST 4096U

enum fault list_reader_init(struct list_reader *reader, const struct list_source *source,
                            struct list_sink *sink, struct list_report *report)
{
    *reader = (struct list_reader){.source = source, .sink = sink, .report = report};
    reader->ids_size = IDS_SIZE_FIRST;
    reader->entry = malloc(sizeof(*reader->entry));
    reader->line = malloc(LIST_LINE_BYTES + 1);
    reader->ids = calloc(reader->ids_size, sizeof(*reader->ids));
    if (reader->entry == NULL || reader->line == NULL || reader->ids == NULL) {
        list_reader_free(reader);
        return FAULT(FAULT_LIMIT, "no memory to read lists");
    }
    list_entry_clear(reader->entry);
    return FAULT_NONE;
}

void list_reader_free(struct list_reader *reader)
{
    free(reader->entry);
    free(reader->line);
    free(reader->ids);
    free(reader->memory);
    reader->memory = NULL;
    reader->entry = NULL;
    reader->line = NULL;
    reader->ids = NULL;
}

void *list_reader_memory(struct list_reader *reader, size_t size)
{
    CHECK(reader->memory == NULL);
    reader->memory = calloc(1, size);
    return reader->memory;
}

enum fault list_reader_open(struct list_reader *reader, u32 file, struct input **input_out)
{
    CHECK(file < reader->source->paths_count);
    struct disk *disk = reader->source->disk == NULL ? disk_real() : reader->source->disk;
    reader->file = file;
    if (reader->source->texts != NULL) {
        return input_open_bytes(input_out, reader->source->paths[file], reader->source->texts[file],
                                LIST_LINE_BYTES);
    }
    return input_open(input_out, disk, reader->source->paths[file], LIST_LINE_BYTES);
}

enum fault list_reader_line(const struct list_reader *reader, struct input *input,
                            struct span *line_out, bool *more_out)
{
    TRY(input_line(input, line_out, more_out));
    if (*more_out && line_out->size > 0 && memchr(line_out->data, 0, line_out->size) != NULL) {
        return FAULT(FAULT_INPUT, "%s:%llu: a NUL byte: the file is damaged, or is no text",
                     reader->source->paths[reader->file],
                     (unsigned long long)input_line_number(input));
    }
    return FAULT_NONE;
}

/* ---- rows ---- */

void list_reader_begin(struct list_reader *reader, u64 line)
{
    list_entry_clear(reader->entry);
    reader->row_line = line;
    reader->remarks_used = 0;
    reader->remarks_overflown = false;
}

/* The text as it may be shown: control characters and bytes that are no UTF-8 are '?'. */
static void show(struct span text, char *target, size_t target_bytes)
{
    size_t used = 0;
    for (size_t at = 0; at < text.size;) {
        size_t size = utf8_bytes(span_after(text, at));
        bool plain = size > 1 || (size == 1 && text.data[at] >= 0x20 && text.data[at] != 0x7f);
        size_t step = size == 0 ? 1 : size;
        if (used + (plain ? size : 1) >= target_bytes) {
            break;
        }
        if (plain) {
            memcpy(target + used, text.data + at, size);
            used += size;
        } else {
            target[used] = '?';
            used += 1;
        }
        at += step;
    }
    target[used] = 0;
}

/* Counts `rows` refused rows, and keeps the first refusals. */
static void refuse(struct list_reader *reader, u64 rows, struct list_refused refused,
                   const char *field, struct span value)
{
    struct list_report *report = reader->report;
    report->header.rows_in += rows;
    report->header.rows_refused += rows;
    report->refused[refused.refusal] += rows;
    if (report->first_count < LIST_FIRST_MAX) {
        show(span_of_text(field), refused.field, sizeof(refused.field));
        show(value, refused.value, sizeof(refused.value));
        report->first[report->first_count] = refused;
        report->first_count += 1;
    }
}

void list_reader_refuse(struct list_reader *reader, u64 line, enum list_refusal refusal,
                        const char *field, struct span value)
{
    refuse(reader, 1,
           (struct list_refused){.file = reader->file, .line = line, .refusal = (u8)refusal}, field,
           value);
}

static enum fault ids_grow(struct list_reader *reader)
{
    size_t size = reader->ids_size * 2;
    struct list_id_slot *ids = calloc(size, sizeof(*ids));
    if (ids == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the ids of %zu entries", reader->ids_count);
    }
    for (size_t i = 0; i < reader->ids_size; i += 1) {
        size_t at = (size_t)reader->ids[i].id_hash & (size - 1);
        while (reader->ids[i].id_hash != 0 && ids[at].id_hash != 0) {
            at = (at + 1) & (size - 1);
        }
        if (reader->ids[i].id_hash != 0) {
            ids[at] = reader->ids[i];
        }
    }
    free(reader->ids);
    reader->ids = ids;
    reader->ids_size = size;
    return FAULT_NONE;
}

/* The slot of the id: its own, or a free one. The table is never full. */
static struct list_id_slot *id_slot(struct list_reader *reader, u64 id_hash)
{
    size_t at = (size_t)id_hash & (reader->ids_size - 1);
    while (reader->ids[at].id_hash != 0 && reader->ids[at].id_hash != id_hash) {
        at = (at + 1) & (reader->ids_size - 1);
    }
    return &reader->ids[at];
}

enum fault list_reader_end(struct list_reader *reader, u64 rows)
{
    struct list_entry *entry = reader->entry;
    struct list_header *header = &reader->report->header;
    entry->remarks = list_entry_text(entry, span_of(reader->remarks, reader->remarks_used));
    list_entry_settle(entry);
    struct list_refused refused = {.file = reader->file, .line = reader->row_line};
    if (entry->overflown || reader->remarks_overflown) {
        refused.refusal = LIST_REFUSAL_TOO_LARGE;
        refuse(reader, rows, refused, "id", entry->id);
        return FAULT_NONE;
    }
    if (entry->id.size == 0) {
        refused.refusal = LIST_REFUSAL_NO_ID;
        refuse(reader, rows, refused, "name",
               entry->names_count > 0 ? entry->names[0].text : entry->id);
        return FAULT_NONE;
    }
    if (entry->names_count + entry->wallets_count == 0) {
        refused.refusal = LIST_REFUSAL_NO_NAME;
        refuse(reader, rows, refused, "id", entry->id);
        return FAULT_NONE;
    }
    size_t line_bytes = list_entry_print(entry, reader->line, LIST_LINE_BYTES + 1);
    if (line_bytes == 0) {
        refused.refusal = LIST_REFUSAL_TOO_LARGE;
        refuse(reader, rows, refused, "id", entry->id);
        return FAULT_NONE;
    }
    u64 id_hash = hash_bytes(entry->id.data, entry->id.size, 0) | 1;
    u64 line_hash = hash_bytes((const u8 *)reader->line, line_bytes, 1);
    struct list_id_slot *slot = id_slot(reader, id_hash);
    if (slot->id_hash != 0) {
        if (slot->line_hash == line_hash || reader->merges_repeats) {
            header->rows_in += rows;
            header->rows_merged += rows;
        } else {
            refused.refusal = LIST_REFUSAL_REPEATED;
            refuse(reader, rows, refused, "id", entry->id);
        }
        return FAULT_NONE;
    }
    *slot = (struct list_id_slot){.id_hash = id_hash, .line_hash = line_hash};
    reader->ids_count += 1;
    if (reader->ids_count * 2 > reader->ids_size) {
        TRY(ids_grow(reader));
    }
    header->rows_in += rows;
    header->rows_merged += rows - 1;
    header->entries_count += 1;
    return reader->sink->take(reader->sink, entry);
}

void list_reader_remark(struct list_reader *reader, struct span text)
{
    struct span clean = text_trim(text);
    size_t separator = reader->remarks_used == 0 ? 0 : 2;
    if (clean.size == 0) {
        return;
    }
    if (clean.size + separator > sizeof(reader->remarks) - reader->remarks_used) {
        reader->remarks_overflown = true;
        return;
    }
    memcpy(reader->remarks + reader->remarks_used, "; ", separator);
    memcpy(reader->remarks + reader->remarks_used + separator, clean.data, clean.size);
    reader->remarks_used += separator + clean.size;
}

void list_reader_label(struct list_reader *reader, const char *label, struct span text)
{
    struct span clean = text_trim(text);
    if (clean.size == 0) {
        return;
    }
    list_reader_remark(reader, span_of_text(label));
    if (clean.size + 2 > sizeof(reader->remarks) - reader->remarks_used) {
        reader->remarks_overflown = true;
        return;
    }
    memcpy(reader->remarks + reader->remarks_used, ": ", 2);
    memcpy(reader->remarks + reader->remarks_used + 2, clean.data, clean.size);
    reader->remarks_used += 2 + clean.size;
}

void list_reader_keep(struct list_reader *reader, const char *field, struct span text)
{
    reader->report->fields_kept += text_trim(text).size > 0 ? 1 : 0;
    list_reader_label(reader, field, text);
}

struct span list_reader_join(struct list_reader *reader, const struct span *cells, u32 first,
                             u32 last, const char *separator, u8 *buffer, size_t buffer_bytes)
{
    size_t used = 0;
    for (u32 i = first; i <= last; i += 1) {
        size_t gap = used == 0 ? 0 : strlen(separator);
        if (cells[i].size + gap > buffer_bytes - used) {
            reader->entry->overflown = true;
        } else if (cells[i].size > 0) {
            memcpy(buffer + used, separator, gap);
            memcpy(buffer + used + gap, cells[i].data, cells[i].size);
            used += gap + cells[i].size;
        }
    }
    return span_of(buffer, used);
}

struct list_country list_country_of(struct span text)
{
    struct list_country country = {.code = {0}};
    if (!country_find(text, country.code)) {
        country.text = text;
    }
    return country;
}

/* ---- texts ---- */

struct span text_trim(struct span text)
{
    while (text.size > 0 && text.data[0] <= ' ') {
        text = span_of(text.data + 1, text.size - 1);
    }
    while (text.size > 0 && text.data[text.size - 1] <= ' ') {
        text.size -= 1;
    }
    return text;
}

static u8 small(u8 letter)
{
    return letter >= 'A' && letter <= 'Z' ? (u8)(letter - 'A' + 'a') : letter;
}

bool text_begins(struct span text, const char *beginning)
{
    size_t size = strlen(beginning);
    if (size > text.size) {
        return false;
    }
    for (size_t i = 0; i < size; i += 1) {
        if (small(text.data[i]) != small((u8)beginning[i])) {
            return false;
        }
    }
    return true;
}

bool text_is(struct span text, const char *word)
{
    return text.size == strlen(word) && text_begins(text, word);
}

size_t text_find(struct span text, const char *word)
{
    size_t size = strlen(word);
    const u8 *found =
        size == 0 || text.size < size ? NULL : memmem(text.data, text.size, word, size);
    return found == NULL ? text.size : (size_t)(found - text.data);
}

bool text_next(struct span *rest_inout, const char *separator, struct span *part_out)
{
    struct span rest = *rest_inout;
    if (rest.data == NULL) {
        *part_out = rest;
        return false;
    }
    size_t at = text_find(rest, separator);
    *part_out = text_trim(span_of(rest.data, at));
    *rest_inout = at == rest.size ? (struct span){.data = NULL, .size = 0}
                                  : span_after(rest, at + strlen(separator));
    return true;
}

bool text_number(struct span text, u64 *number_out)
{
    u64 number = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (u64)(text.data[i] - '0');
    }
    *number_out = number;
    return text.size > 0 && text.size <= 18;
}
