#include "role/screen/own_read.h"

#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_read_inner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 65536 };

/* ---- what was refused ---- */

const char *own_refusal_text(enum own_refusal refusal)
{
    static const char *const texts[] = {
        [OWN_REFUSED_SYNTAX] = "not in its format",
        [OWN_REFUSED_MISSING] = "a field is missing",
        [OWN_REFUSED_KIND] = "an unknown kind",
        [OWN_REFUSED_DATE] = "a wrong date",
        [OWN_REFUSED_SHARE] = "a wrong share",
        [OWN_REFUSED_IDENTITY] = "contradicts what is known",
        [OWN_REFUSED_TOO_LARGE] = "too large",
    };
    _Static_assert(ARRAY_COUNT(texts) == OWN_REFUSALS, "a text for each");
    CHECK((size_t)refusal < ARRAY_COUNT(texts));
    return texts[refusal];
}

const char *own_format_name(enum own_format format)
{
    static const char *const names[] = {
        [OWN_FORMAT_BODS] = "BODS",
        [OWN_FORMAT_FTM] = "FollowTheMoney",
        [OWN_FORMAT_GLEIF_RR] = "GLEIF relationships",
        [OWN_FORMAT_GLEIF_LEI] = "GLEIF entities",
        [OWN_FORMAT_GLEIF_REPEX] = "GLEIF reporting exceptions",
        [OWN_FORMAT_OFAC_LINKED] = "OFAC linked to",
    };
    _Static_assert(ARRAY_COUNT(names) == OWN_FORMATS, "a name for each");
    CHECK((size_t)format < ARRAY_COUNT(names));
    return names[format];
}

u64 own_report_refused(const struct own_report *report)
{
    u64 sum = 0;
    for (u32 i = 0; i < OWN_REFUSALS; i += 1) {
        sum += report->refused[i] + report->interests_refused[i];
    }
    return sum;
}

__attribute__((format(printf, 3, 0))) static void keep_words(struct own_reader *reader,
                                                             struct span record, const char *format,
                                                             va_list arguments)
{
    struct own_report *report = reader->report;
    char words[OWN_REFUSED_TEXT_BYTES];
    if (report->kept == OWN_REFUSED_KEPT) {
        return;
    }
    (void)vsnprintf(words, sizeof(words), format, arguments);
    u64 size = u64_min(record.size, OWN_RECORD_BYTES);
    (void)snprintf(report->texts[report->kept], OWN_REFUSED_TEXT_BYTES, "%.80s:%llu: %.*s%s%.*s",
                   reader->name, (unsigned long long)reader->line, (int)size,
                   size == 0 ? "" : (const char *)record.data, size == 0 ? "" : ": ",
                   (int)sizeof(words) / 2, words);
    report->kept += 1;
}

void own_refuse(struct own_reader *reader, enum own_refusal refusal, struct span record,
                const char *format, ...)
{
    va_list arguments;
    reader->report->refused[refusal] += 1;
    va_start(arguments, format);
    keep_words(reader, record, format, arguments);
    va_end(arguments);
}

void own_refuse_interest(struct own_reader *reader, enum own_refusal refusal, struct span record,
                         const char *format, ...)
{
    va_list arguments;
    reader->report->interests_refused[refusal] += 1;
    va_start(arguments, format);
    keep_words(reader, record, format, arguments);
    va_end(arguments);
}

enum fault own_refused_by_build(struct own_reader *reader, enum fault fault, struct span record,
                                bool *refused_out)
{
    *refused_out = fault == FAULT_INPUT;
    if (fault == FAULT_INPUT) {
        own_refuse(reader, OWN_REFUSED_IDENTITY, record, "%s", fault_text());
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

void own_interest_undate(struct own_interest *interest)
{
    interest->from = OWN_DAY_EVER;
    interest->until = OWN_DAY_NEVER;
    interest->flags |= OWN_EDGE_POSSIBLE;
}

/* ---- keys and attributes ---- */

struct span own_key_of(struct span scheme, struct span id, char target[OWN_KEY_BYTES])
{
    if (scheme.size == 0 || id.size == 0 || scheme.size + 1 + id.size > OWN_KEY_BYTES) {
        return (struct span){.data = NULL, .size = 0};
    }
    memcpy(target, scheme.data, scheme.size);
    target[scheme.size] = ':';
    memcpy(target + scheme.size + 1, id.data, id.size);
    return span_of(target, scheme.size + 1 + id.size);
}

struct span own_key(const char *scheme, struct span id, char target[OWN_KEY_BYTES])
{
    return own_key_of(span_of_text(scheme), id, target);
}

enum fault own_note_attribute(struct own_reader *reader, u32 node, enum own_node_kind kind,
                              struct span text, const struct own_times *times, u32 source,
                              struct span statement)
{
    char folded[OWN_KEY_BYTES - 16];
    char key_bytes[OWN_KEY_BYTES];
    char pair[32];
    u32 attribute = 0;
    u32 number = 0;
    bool is_new = false;
    size_t size = own_fold(text, folded, sizeof(folded));
    if (size == 0) {
        return FAULT_NONE;
    }
    struct span key = own_key(own_node_kind_name(kind), span_of(folded, size), key_bytes);
    CHECK(key.size > 0);
    TRY(own_build_node(reader->build, key, &attribute));
    struct own_node facts = {.name = text, .kind = kind, .founded = OWN_DAY_EVER};
    TRY(own_build_describe(reader->build, attribute, &facts));
    int length = snprintf(pair, sizeof(pair), "%x|%x", node, attribute);
    CHECK(length > 0 && (size_t)length < sizeof(pair));
    TRY(own_read_texts_put(&reader->attributes, span_of(pair, (size_t)length), &number, &is_new));
    if (!is_new) {
        return FAULT_NONE;
    }
    struct own_edge edge = {.kind = OWN_ATTRIBUTE,
                            .holder = node,
                            .target = attribute,
                            .via = OWN_NONE,
                            .times = *times,
                            .source = source,
                            .statement = statement};
    reader->report->edges += 1;
    return own_build_edge(reader->build, &edge, &number);
}

/* ---- files ---- */

static bool holds(struct span text, const char *word)
{
    return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

static bool find_format(struct span head, enum own_format *format_out)
{
    static const struct {
        const char *word;
        enum own_format format;
    } xml[] = {
        {":RelationshipData", OWN_FORMAT_GLEIF_RR},
        {"<RelationshipData", OWN_FORMAT_GLEIF_RR},
        {":LEIData", OWN_FORMAT_GLEIF_LEI},
        {"<LEIData", OWN_FORMAT_GLEIF_LEI},
        {":ReportingExceptionData", OWN_FORMAT_GLEIF_REPEX},
        {"<ReportingExceptionData", OWN_FORMAT_GLEIF_REPEX},
    };
    u8 first = head.data[0];
    for (u32 i = 0; first == '<' && i < ARRAY_COUNT(xml); i += 1) {
        if (holds(head, xml[i].word)) {
            *format_out = xml[i].format;
            return true;
        }
    }
    if ((first == '{' || first == '[') && holds(head, "\"recordType\"")) {
        *format_out = OWN_FORMAT_BODS;
        return true;
    }
    if ((first == '{' || first == '[') && holds(head, "\"schema\"")) {
        *format_out = OWN_FORMAT_FTM;
        return true;
    }
    *format_out = OWN_FORMAT_OFAC_LINKED;
    return head.size > 8 && memcmp(head.data, "ent_num\t", 8) == 0;
}

/* Reads the beginning of the input, and closes it. */
static enum fault detect(struct own_reader *reader, struct input *input,
                         enum own_format *format_out, bool *is_array_out)
{
    size_t size = 0;
    TRY(input_read(input, reader->value, HEAD_BYTES, &size));
    struct span head = span_of(reader->value, size);
    if (head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0) {
        head = span_after(head, 3);
    }
    while (head.size > 0 && head.data[0] <= ' ') {
        head = span_after(head, 1);
    }
    if (head.size == 0) {
        return FAULT(FAULT_INPUT, "%s: empty", reader->name);
    }
    if (head.size > 1 &&
        (memcmp(head.data, "\xff\xfe", 2) == 0 || memcmp(head.data, "\xfe\xff", 2) == 0)) {
        return FAULT(FAULT_INPUT, "%s: UTF-16, and registers are read in UTF-8", reader->name);
    }
    if (!find_format(head, format_out)) {
        return FAULT(FAULT_INPUT,
                     "%s: neither BODS nor FollowTheMoney (JSON), GLEIF level 1 or 2 (XML) nor "
                     "OFAC's links (tabs)",
                     reader->name);
    }
    *is_array_out = head.data[0] == '[';
    return FAULT_NONE;
}

void own_tell(const struct own_reader *reader, const struct input *input)
{
    u64 done = 0;
    u64 all = 0;
    if (reader->told != NULL) {
        input_progress(input, &done, &all);
        reader->told(reader->told_context, done, all);
    }
}

static enum fault read_value(struct own_reader *reader, enum own_format format, struct span value)
{
    static const struct span nobody = {.data = NULL, .size = 0};
    reader->report->records += 1;
    if (!own_json_read(&reader->json, value)) {
        if (reader->json.fault == JSON_PULL_FINE) {
            own_refuse(reader, OWN_REFUSED_TOO_LARGE, nobody, "more than %u values in one record",
                       OWN_JSON_NODES_MAX);
        } else {
            own_refuse(reader, OWN_REFUSED_SYNTAX, nobody, "%s",
                       json_pull_fault_text(reader->json.fault));
        }
        return FAULT_NONE;
    }
    if (!own_json_is(&reader->json, 0, JSON_TOKEN_OBJECT_BEGIN)) {
        own_refuse(reader, OWN_REFUSED_SYNTAX, nobody, "no JSON object");
        return FAULT_NONE;
    }
    return format == OWN_FORMAT_BODS ? own_read_bods(reader, value) : own_read_ftm(reader, value);
}

static enum fault read_json(struct own_reader *reader, struct input *input, enum own_format format,
                            bool is_array)
{
    struct own_values values;
    struct span value = {.data = NULL, .size = 0};
    bool more = true;
    TRY(own_values_begin(&values, input, reader->value, is_array));
    for (u64 count = 0;; count += 1) {
        TRY(own_values_next(&values, &value, &reader->line, &more));
        if (!more) {
            return FAULT_NONE;
        }
        TRY(read_value(reader, format, value));
        if (count % 1024 == 0) {
            own_tell(reader, input);
        }
    }
}

static enum fault read_records(struct own_reader *reader, struct input *input,
                               enum own_format format, bool is_array)
{
    switch (format) {
    case OWN_FORMAT_BODS:
    case OWN_FORMAT_FTM:
        return read_json(reader, input, format, is_array);
    case OWN_FORMAT_GLEIF_RR:
    case OWN_FORMAT_GLEIF_LEI:
    case OWN_FORMAT_GLEIF_REPEX:
        return own_read_gleif(reader, input, format);
    case OWN_FORMAT_OFAC_LINKED:
        return own_read_linked(reader, input);
    }
    return FAULT_NONE;
}

static enum fault read_input(struct own_reader *reader, struct input *input, enum own_format format,
                             bool is_array)
{
    u64 before = reader->report->records;
    reader->report->files += 1;
    reader->line = 0;
    own_tell(reader, input);
    TRY(read_records(reader, input, format, is_array));
    return reader->report->records > before
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s: not one record in it", reader->name);
}

/* The file's name without its folders: what texts and sources say. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != 0 ? slash + 1 : path;
}

enum fault own_reader_file(struct own_reader *reader, struct disk *disk, const char *path)
{
    enum own_format format = OWN_FORMAT_BODS;
    bool is_array = false;
    CHECK(!reader->is_ended);
    reader->name = base_name(path);
    {
        SCOPED_INPUT *head = NULL;
        TRY(input_open(&head, disk, path, OWN_JSON_BYTES_MAX));
        TRY(detect(reader, head, &format, &is_array));
    }
    SCOPED_INPUT *input = NULL;
    TRY(input_open(&input, disk, path, OWN_JSON_BYTES_MAX));
    return read_input(reader, input, format, is_array);
}

enum fault own_reader_bytes(struct own_reader *reader, const char *name, struct span bytes)
{
    enum own_format format = OWN_FORMAT_BODS;
    bool is_array = false;
    CHECK(!reader->is_ended);
    reader->name = base_name(name);
    {
        SCOPED_INPUT *head = NULL;
        TRY(input_open_bytes(&head, name, bytes, OWN_JSON_BYTES_MAX));
        TRY(detect(reader, head, &format, &is_array));
    }
    SCOPED_INPUT *input = NULL;
    TRY(input_open_bytes(&input, name, bytes, OWN_JSON_BYTES_MAX));
    return read_input(reader, input, format, is_array);
}

/* ---- the reader ---- */

static enum fault open_all(struct own_reader *reader)
{
    TRY(own_rows_open(&reader->rows));
    TRY(own_read_texts_open(&reader->statements));
    TRY(own_read_texts_open(&reader->attributes));
    TRY(own_read_texts_open(&reader->names));
    TRY(own_read_texts_open(&reader->numbers));
    return own_read_texts_open(&reader->entries);
}

enum fault own_reader_open(struct own_reader **reader_out, struct own_build *build,
                           struct own_report *report)
{
    struct own_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a reader of registers");
    }
    *report = (struct own_report){.files = 0};
    reader->build = build;
    reader->report = report;
    reader->name = "";
    enum fault fault = open_all(reader);
    if (fault != FAULT_NONE) {
        own_reader_close(reader);
        return fault;
    }
    *reader_out = reader;
    return FAULT_NONE;
}

void own_reader_close(struct own_reader *reader)
{
    if (reader != NULL) {
        own_rows_close(&reader->rows);
        own_read_texts_close(&reader->statements);
        own_read_texts_close(&reader->attributes);
        own_read_texts_close(&reader->names);
        own_read_texts_close(&reader->numbers);
        own_read_texts_close(&reader->entries);
        free(reader->name_rows);
        free(reader->links);
        free(reader->entry);
        free(reader);
    }
}

void own_reader_watch(struct own_reader *reader, void (*told)(void *context, u64 done, u64 all),
                      void *context)
{
    reader->told = told;
    reader->told_context = context;
}

enum fault own_reader_end(struct own_reader *reader)
{
    CHECK(!reader->is_ended);
    reader->is_ended = true;
    return own_rows_build(&reader->rows, reader->build, &reader->report->edges);
}
