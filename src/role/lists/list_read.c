#include "role/lists/list_read.h"

#include "base/check.h"
#include "io/digest.h"
#include "io/input.h"
#include "role/lists/list_formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES  (64U << 10) /* what a format is told from */
#define CHUNK_BYTES (256U << 10)

/* ---- names ---- */

static const struct format_row {
    const char *name;
    const char *text;
} formats[] = {
#define ROW(constant, name, text) [LIST_FORMAT_##constant] = {name, text},
    LIST_FORMAT_TABLE(ROW)
#undef ROW
};

static const struct format_row refusals[] = {
#define ROW(constant, name, text) [LIST_REFUSAL_##constant] = {name, text},
    LIST_REFUSAL_TABLE(ROW)
#undef ROW
};

const char *list_format_name(enum list_format format)
{
    CHECK((u32)format < ARRAY_COUNT(formats));
    return formats[format].name;
}

const char *list_format_text(enum list_format format)
{
    CHECK((u32)format < ARRAY_COUNT(formats));
    return formats[format].text;
}

bool list_format_find(struct span name, enum list_format *format_out)
{
    for (u32 i = 0; i < ARRAY_COUNT(formats); i += 1) {
        if (span_equal(name, span_of_text(formats[i].name))) {
            *format_out = (enum list_format)i;
            return true;
        }
    }
    return false;
}

const char *list_refusal_name(enum list_refusal refusal)
{
    CHECK((u32)refusal < LIST_REFUSAL_COUNT);
    return refusals[refusal].name;
}

const char *list_refusal_text(enum list_refusal refusal)
{
    CHECK((u32)refusal < LIST_REFUSAL_COUNT);
    return refusals[refusal].text;
}

void list_refused_print(const struct list_source *source, const struct list_refused *refused,
                        char *target, size_t target_bytes)
{
    const char *path = refused->file < source->paths_count ? source->paths[refused->file] : "";
    (void)snprintf(target, target_bytes, "%s:%llu: %s \"%s\": %s", path,
                   (unsigned long long)refused->line, refused->field, refused->value,
                   list_refusal_text((enum list_refusal)refused->refusal));
}

/* ---- telling the format ---- */

/* The name of the outermost element, declarations and comments in front passed over. */
static struct span root_of(struct span head)
{
    while (head.size > 0) {
        size_t at = text_find(head, "<");
        head = span_after(head, at + 1);
        const char *closing = text_begins(head, "!--") ? "-->" : ">";
        if (head.size > 0 && (head.data[0] == '?' || head.data[0] == '!')) {
            head = span_after(head, text_find(head, closing));
            continue;
        }
        size_t size = 0;
        while (size < head.size && head.data[size] > ' ' && head.data[size] != '>' &&
               head.data[size] != '/') {
            size += 1;
        }
        size_t colon = text_find(span_of(head.data, size), ":");
        return colon < size ? span_of(head.data + colon + 1, size - colon - 1)
                            : span_of(head.data, size);
    }
    return head;
}

static enum list_format xml_format(struct span head)
{
    static const struct {
        const char *root;
        enum list_format format;
    } roots[] = {
        {"sdnList", LIST_FORMAT_OFAC_XML},        {"sanctionsData", LIST_FORMAT_OFAC_ENHANCED},
        {"Sanctions", LIST_FORMAT_OFAC_ADVANCED}, {"export", LIST_FORMAT_EU_XML},
        {"WHOLE", LIST_FORMAT_EU_XML_OLD},        {"CONSOLIDATED_LIST", LIST_FORMAT_UN_XML},
    };
    struct span root = root_of(head);
    for (u32 i = 0; i < ARRAY_COUNT(roots); i += 1) {
        if (span_equal(root, span_of_text(roots[i].root))) {
            return roots[i].format;
        }
    }
    return LIST_FORMAT_AUTO;
}

static bool has(struct span text, const char *word)
{
    return text_find(text, word) < text.size;
}

/* A first line of digits, a comma and a quote: OFAC's files have no header row. */
static bool is_ofac_row(struct span line)
{
    size_t digits = 0;
    while (digits < line.size && line.data[digits] >= '0' && line.data[digits] <= '9') {
        digits += 1;
    }
    return digits > 0 && digits < line.size && line.data[digits] == ',' &&
           (has(line, ",\"") || has(line, "-0-"));
}

/* "XBT 1...", "1...", or the same with a comma or a tab: at most `words_max` words of letters and
 * digits, one of them as long as an address. */
static bool is_address_row(struct span line, size_t words_max)
{
    bool has_address = false;
    size_t words = 0;
    for (size_t at = 0; at < line.size;) {
        size_t size = 0;
        bool plain = true;
        while (at + size < line.size && line.data[at + size] > ' ' && line.data[at + size] != ',' &&
               line.data[at + size] != ';') {
            u8 letter = line.data[at + size];
            plain = plain && ((letter >= '0' && letter <= ':') ||
                              (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z'));
            size += 1;
        }
        has_address = has_address || (plain && size >= 20 && words < 2);
        words += size > 0 ? 1 : 0;
        at += size + 1;
    }
    return has_address && words <= words_max;
}

static enum list_format text_format(struct span head)
{
    struct span rest = head;
    struct span line = {.data = NULL, .size = 0};
    do {
        if (!text_next(&rest, "\n", &line)) {
            return LIST_FORMAT_AUTO;
        }
    } while (line.size == 0 || line.data[0] == '#');
    if (line.data[0] == '{') {
        return text_begins(line, "{\"list\":")                          ? LIST_FORMAT_NORMAL
               : has(line, "\"schema\"") && has(line, "\"properties\"") ? LIST_FORMAT_FTM
                                                                        : LIST_FORMAT_AUTO;
    }
    if (has(line, "_id,") && has(line, "alt_names")) {
        return LIST_FORMAT_US_CSL;
    }
    if (has(line, "Entity_LogicalId") && has(line, ";")) {
        return LIST_FORMAT_EU_CSV;
    }
    bool is_banner = text_begins(line, "Last Updated,") || text_begins(line, "Report Date");
    if (is_banner && has(head, "Name 6")) {
        return LIST_FORMAT_UK_CSV;
    }
    if (has(line, "schema") && has(line, "aliases") && has(line, "birth_date")) {
        return LIST_FORMAT_OPENSANCTIONS_CSV;
    }
    if (text_begins(line, "Name,Alias,Nationality,Designation")) {
        return LIST_FORMAT_NAMES_CSV;
    }
    if (is_ofac_row(line)) {
        return LIST_FORMAT_OFAC_CSV;
    }
    bool is_header =
        has(line, "ddress") && !is_address_row(line, 8) && text_next(&rest, "\n", &line);
    return is_address_row(line, is_header ? 8 : 2) ? LIST_FORMAT_ADDRESSES : LIST_FORMAT_AUTO;
}

/* Without a byte-order mark and white space around. */
static struct span without_mark(struct span head)
{
    bool is_marked = head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0;
    return text_trim(is_marked ? span_after(head, 3) : head);
}

static enum list_format format_of(struct span head)
{
    return head.data[0] == '<' ? xml_format(head) : text_format(head);
}

/* What comes instead of a list most often. */
static enum fault kind_check(const char *path, struct span text)
{
    if (text.size >= 2 &&
        (memcmp(text.data, "\xff\xfe", 2) == 0 || memcmp(text.data, "\xfe\xff", 2) == 0)) {
        return FAULT(FAULT_INPUT, "%s: UTF-16, and lists are read in UTF-8", path);
    }
    return text_begins(text, "<!doctype html") || text_begins(text, "<html")
               ? FAULT(FAULT_INPUT, "%s: a page of HTML and no list", path)
               : FAULT_NONE;
}

/* Reads up to HEAD_BYTES and tells the format; FAULT_INPUT for an empty file and an unknown one. */
static enum fault head_format(struct input *input, struct span *head_out, u8 *memory,
                              enum list_format *format_out)
{
    size_t size = 0;
    TRY(input_read(input, memory, HEAD_BYTES, &size));
    *head_out = span_of(memory, size);
    struct span text = without_mark(*head_out);
    if (text.size == 0) {
        return FAULT(FAULT_INPUT, "%s: the file is empty", input_path(input));
    }
    *format_out = format_of(text);
    return *format_out == LIST_FORMAT_AUTO ? kind_check(input_path(input), text) : FAULT_NONE;
}

static enum fault format_unknown(const char *path)
{
    return FAULT(FAULT_INPUT, "%s: in none of the formats of lists that we know (docs/lists.md)",
                 path);
}

enum fault list_format_of(struct disk *disk, const char *path, enum list_format *format_out)
{
    SCOPED_INPUT *input = NULL;
    struct span head;
    *format_out = LIST_FORMAT_AUTO;
    TRY(input_open(&input, disk == NULL ? disk_real() : disk, path, 0));
    u8 *memory = malloc(HEAD_BYTES);
    if (memory == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read %s", path);
    }
    enum fault fault = head_format(input, &head, memory, format_out);
    free(memory);
    TRY(fault);
    return *format_out == LIST_FORMAT_AUTO ? format_unknown(path) : FAULT_NONE;
}

/* ---- reading ---- */

/* Hashes one file to its end, and tells its format. */
static enum fault hash_file(struct list_reader *reader, u32 file, struct sha256 *sha256, u8 *memory,
                            enum list_format *format_out)
{
    SCOPED_INPUT *input = NULL;
    struct span chunk;
    TRY(list_reader_open(reader, file, &input));
    TRY(head_format(input, &chunk, memory, format_out));
    while (chunk.size > 0) {
        size_t size = 0;
        sha256_add(sha256, chunk);
        reader->report->bytes += chunk.size;
        if (reader->report->bytes > LIST_FILE_BYTES) {
            return FAULT(FAULT_LIMIT, "%s: more than %llu bytes", reader->source->paths[file],
                         (unsigned long long)LIST_FILE_BYTES);
        }
        TRY(input_read(input, memory, CHUNK_BYTES, &size));
        chunk = span_of(memory, size);
    }
    return FAULT_NONE;
}

static enum fault hash_files(struct list_reader *reader, struct sha256 *sha256, u8 *memory,
                             enum list_format *format_out)
{
    enum list_format first = (enum list_format)reader->source->format;
    for (u32 i = 0; i < reader->source->paths_count; i += 1) {
        enum list_format format = LIST_FORMAT_AUTO;
        TRY(hash_file(reader, i, sha256, memory, &format));
        if (reader->source->format != LIST_FORMAT_AUTO) {
            continue;
        }
        if (format == LIST_FORMAT_AUTO) {
            return format_unknown(reader->source->paths[i]);
        }
        if (i > 0 && format != first) {
            return FAULT(FAULT_INPUT, "%s is %s and %s is %s: they are not one list",
                         reader->source->paths[0], list_format_name(first),
                         reader->source->paths[i], list_format_name(format));
        }
        first = format;
    }
    if (first != LIST_FORMAT_OFAC_CSV && reader->source->paths_count > 1) {
        return FAULT(FAULT_INPUT, "%s: a list of the format %s is one file, not %u",
                     reader->source->paths[0], list_format_name(first),
                     reader->source->paths_count);
    }
    *format_out = first;
    return FAULT_NONE;
}

static enum fault source_hash(struct list_reader *reader, enum list_format *format_out)
{
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    u8 *memory = malloc(CHUNK_BYTES);
    if (memory == NULL) {
        sha256_close(&sha256);
        return FAULT(FAULT_LIMIT, "no memory to read lists");
    }
    sha256_begin(&sha256);
    enum fault fault = hash_files(reader, &sha256, memory, format_out);
    sha256_end(&sha256, reader->report->header.source_hash);
    sha256_close(&sha256);
    free(memory);
    return fault;
}

static enum fault read_format(struct list_reader *reader, enum list_format format)
{
    switch (format) {
    case LIST_FORMAT_AUTO:
        break;
    case LIST_FORMAT_OFAC_CSV:
        return read_ofac_csv(reader);
    case LIST_FORMAT_OFAC_XML:
        return read_ofac_xml(reader);
    case LIST_FORMAT_OFAC_ENHANCED:
        return read_ofac_enhanced(reader);
    case LIST_FORMAT_OFAC_ADVANCED:
        return read_ofac_advanced(reader);
    case LIST_FORMAT_US_CSL:
        return read_csl(reader);
    case LIST_FORMAT_EU_CSV:
        return read_eu_csv(reader);
    case LIST_FORMAT_EU_XML:
        return read_eu_xml(reader);
    case LIST_FORMAT_EU_XML_OLD:
        return read_eu_xml_old(reader);
    case LIST_FORMAT_NAMES_CSV:
        return read_names_csv(reader);
    case LIST_FORMAT_UN_XML:
        return read_un(reader);
    case LIST_FORMAT_UK_CSV:
    case LIST_FORMAT_UK_CSV_1252:
        return read_uk(reader);
    case LIST_FORMAT_OPENSANCTIONS_CSV:
        return read_opensanctions_csv(reader);
    case LIST_FORMAT_FTM:
        return read_ftm(reader);
    case LIST_FORMAT_ADDRESSES:
        return read_addresses(reader);
    case LIST_FORMAT_NORMAL:
        return read_normal(reader);
    }
    return format_unknown(reader->source->paths[0]);
}

static enum fault read_all(struct list_reader *reader)
{
    struct list_header *header = &reader->report->header;
    enum list_format format = LIST_FORMAT_AUTO;
    TRY(source_hash(reader, &format));
    (void)snprintf(header->format, sizeof(header->format), "%s", list_format_name(format));
    TRY(read_format(reader, format));
    CHECK(header->rows_in == header->entries_count + header->rows_merged + header->rows_refused);
    if (header->entries_count == 0) {
        return FAULT(FAULT_INPUT, "%s: not one entry in it (%llu rows, %llu refused)",
                     reader->source->paths[0], (unsigned long long)header->rows_in,
                     (unsigned long long)header->rows_refused);
    }
    return FAULT_NONE;
}

enum fault list_read(const struct list_source *source, struct list_sink *sink,
                     struct list_report *report_out)
{
    *report_out = (struct list_report){.bytes = 0};
    struct span list = span_of_text(source->list);
    if (source->paths_count == 0 || source->paths_count > LIST_FILES_MAX) {
        return FAULT(FAULT_USAGE, "a list is 1 to %u files, not %u", LIST_FILES_MAX,
                     source->paths_count);
    }
    if (!list_code_is_valid(list)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no code of a list: a-z, 0-9 and '-', at most %u",
                     source->list, LIST_CODE_BYTES);
    }
    memcpy(report_out->header.list, list.data, list.size);
    struct list_reader *reader = malloc(sizeof(*reader));
    if (reader == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to read lists");
    }
    enum fault fault = list_reader_init(reader, source, sink, report_out);
    if (fault == FAULT_NONE) {
        fault = read_all(reader);
        list_reader_free(reader);
    }
    free(reader);
    return fault;
}
