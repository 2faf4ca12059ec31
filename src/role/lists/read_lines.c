#include "base/utf8.h"
#include "role/lists/list_formats.h"
#include "role/lists/list_when.h"

#include <string.h>

/* ---- addresses of crypto assets ---- */

#define ADDRESS_BYTES_MIN 20U
#define ADDRESS_BYTES_MAX 128U
#define ASSET_BYTES_MAX   16U
#define WORDS_MAX         8U

static bool is_address(struct span word)
{
    for (size_t i = 0; i < word.size; i += 1) {
        u8 letter = word.data[i];
        bool plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                     (letter >= 'a' && letter <= 'z') || letter == ':' || letter == '_' ||
                     letter == '-';
        if (!plain) {
            return false;
        }
    }
    return word.size >= ADDRESS_BYTES_MIN && word.size <= ADDRESS_BYTES_MAX;
}

/* Words between white space, commas and semicolons. */
static u32 words_of(struct span line, struct span words[WORDS_MAX])
{
    u32 count = 0;
    for (size_t at = 0; at < line.size && count < WORDS_MAX;) {
        size_t size = 0;
        while (at + size < line.size && line.data[at + size] > ' ' && line.data[at + size] != ',' &&
               line.data[at + size] != ';') {
            size += 1;
        }
        if (size > 0) {
            words[count] = span_of(line.data + at, size);
            count += 1;
        }
        at += size + 1;
    }
    return count;
}

/* "XBT 1..." or "1...", and perhaps the day since which it is listed. */
static enum fault take_address(struct list_reader *reader, u64 line, struct span text)
{
    struct span words[WORDS_MAX];
    u32 count = words_of(text, words);
    u32 at = count > 1 && words[0].size <= ASSET_BYTES_MAX ? 1 : 0;
    if (!is_address(words[at])) {
        list_reader_refuse(reader, line, LIST_REFUSAL_VALUE, "address", text);
        return FAULT_NONE;
    }
    list_reader_begin(reader, line);
    struct list_entry *entry = reader->entry;
    struct span address = words[at];
    struct span asset = at == 1 ? words[0] : span_of(NULL, 0);
    u8 id[ASSET_BYTES_MAX + 1 + ADDRESS_BYTES_MAX];
    if (asset.size > 0) {
        memcpy(id, asset.data, asset.size);
        id[asset.size] = ':';
    }
    size_t used = asset.size > 0 ? asset.size + 1 : 0;
    memcpy(id + used, address.data, address.size);
    entry->id = list_entry_text(entry, span_of(id, used + address.size));
    list_entry_add_wallet(entry, &(struct list_wallet){.asset = asset, .address = address});
    if (at + 1 < count) {
        struct span day = words[at + 1];
        day.size = day.size > 10 ? 10 : day.size;
        if (!when_date(day, false, &entry->listed)) {
            entry->listed = (struct list_date){0};
        }
        for (u32 i = at + 1; i < count; i += 1) {
            list_reader_remark(reader, words[i]);
        }
    }
    return list_reader_end(reader, 1);
}

enum fault read_addresses(struct list_reader *reader)
{
    SCOPED_INPUT *input = NULL;
    bool is_first = true;
    reader->merges_repeats = true; /* one address may stand there for several parties */
    TRY(list_reader_open(reader, 0, &input));
    for (;;) {
        struct span line = {.data = NULL, .size = 0};
        bool more = false;
        TRY(list_reader_line(reader, input, &line, &more));
        if (!more) {
            return FAULT_NONE;
        }
        u64 number = input_line_number(input);
        if (number == 1 && line.size >= 3 && memcmp(line.data, "\xef\xbb\xbf", 3) == 0) {
            line = span_after(line, 3);
        }
        line = text_trim(line);
        struct span words[WORDS_MAX];
        u32 count = words_of(line, words);
        bool is_comment = line.size == 0 || line.data[0] == '#' || count == 0;
        bool is_header = is_first && !is_comment && text_find(line, "ddress") < line.size &&
                         !is_address(words[0]) && (count < 2 || !is_address(words[1]));
        is_first = is_first && is_comment;
        if (!is_comment && !utf8_is_text(line)) {
            list_reader_refuse(reader, number, LIST_REFUSAL_UTF8, "line", line);
        } else if (!is_comment && !is_header) {
            TRY(take_address(reader, number, line));
        }
    }
}

/* ---- our own normal form ---- */

static enum fault take_line(struct list_reader *reader, u64 number, struct span line)
{
    list_reader_begin(reader, number);
    enum list_line_fault fault = list_entry_read(reader->entry, line);
    if (fault != LIST_LINE_OK) {
        list_reader_refuse(reader, number,
                           fault == LIST_LINE_TOO_LARGE ? LIST_REFUSAL_TOO_LARGE
                                                        : LIST_REFUSAL_SHAPE,
                           list_line_fault_text(fault), line);
        return FAULT_NONE;
    }
    list_reader_remark(reader, reader->entry->remarks);
    return list_reader_end(reader, 1);
}

enum fault read_normal(struct list_reader *reader)
{
    SCOPED_INPUT *input = NULL;
    struct list_header header;
    struct span line = {.data = NULL, .size = 0};
    const char *path = reader->source->paths[0];
    bool more = false;
    u64 lines = 0;
    TRY(list_reader_open(reader, 0, &input));
    TRY(list_reader_line(reader, input, &line, &more));
    enum list_line_fault fault = list_header_read(&header, line);
    if (fault != LIST_LINE_OK) {
        return FAULT(FAULT_INPUT, "%s:1: the header: %s", path, list_line_fault_text(fault));
    }
    reader->report->header.published = header.published;
    for (;;) {
        TRY(list_reader_line(reader, input, &line, &more));
        if (!more) {
            break;
        }
        lines += 1;
        TRY(take_line(reader, input_line_number(input), line));
    }
    if (lines != header.entries_count) {
        return FAULT(FAULT_INPUT, "%s: its header says %llu entries, and it has %llu: cut off",
                     path, (unsigned long long)header.entries_count, (unsigned long long)lines);
    }
    return FAULT_NONE;
}
