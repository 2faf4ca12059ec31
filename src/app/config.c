#include "app/config.h"

#include "app/config_value.h"
#include "app/options.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"

#include <string.h>
#include <yaml.h>

#define NAME_BYTES 64U

_Static_assert(ARRAY_COUNT(config_options) == CONFIG_COUNT, "one row each");
_Static_assert(CONFIG_SNAPSHOT_KEEP + 1 == CONFIG_COUNT, "one row each");

void config_init(struct config *config)
{
    memset(config, 0, sizeof(*config));
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        char reason[CONFIG_REASON_BYTES];
        CHECK(config_value_read(option, option->otherwise, strlen(option->otherwise), true,
                                &config->values[index], reason));
    }
}

/* One file being read. */
struct reader {
    yaml_parser_t *parser;
    const char *name;
    char section[NAME_BYTES];
    char sections[CONFIG_COUNT][NAME_BYTES]; /* seen so far */
    u32 sections_count;
    struct config *config;
};

static u32 line_of(yaml_mark_t mark)
{
    return (u32)u64_min(mark.line, UINT32_MAX - 1) + 1;
}

static enum fault next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(reader->parser, event) == 0) {
        const char *problem = reader->parser->problem;
        u32 line = line_of(reader->parser->problem_mark);
        return FAULT(FAULT_CONFIG, "%s:%u: not YAML: %s", reader->name, line,
                     problem == NULL ? "unreadable" : problem);
    }
    return FAULT_NONE;
}

static enum fault expect(struct reader *reader, yaml_event_type_t type, const char *what)
{
    yaml_event_t event;
    TRY(next(reader, &event));
    bool is_it = event.type == type;
    bool is_decorated =
        type == YAML_MAPPING_START_EVENT && is_it &&
        (event.data.mapping_start.anchor != NULL || event.data.mapping_start.tag != NULL);
    u32 line = line_of(event.start_mark);
    yaml_event_delete(&event);
    if (!is_it || is_decorated) {
        return FAULT(FAULT_CONFIG, "%s:%u: %s%s%s", reader->name, line, reader->section,
                     reader->section[0] == 0 ? "" : ": ", what);
    }
    return FAULT_NONE;
}

/* A key: a plain word of ours. *end_out: the mapping ends instead. */
static enum fault read_key(struct reader *reader, char name_out[NAME_BYTES], u32 *line_out,
                           bool *end_out)
{
    yaml_event_t event;
    TRY(next(reader, &event));
    *line_out = line_of(event.start_mark);
    *end_out = event.type == YAML_MAPPING_END_EVENT;
    bool is_word = event.type == YAML_SCALAR_EVENT && event.data.scalar.anchor == NULL &&
                   event.data.scalar.tag == NULL && event.data.scalar.length > 0 &&
                   event.data.scalar.length < NAME_BYTES;
    for (size_t index = 0; is_word && index < event.data.scalar.length; index += 1) {
        u8 symbol = event.data.scalar.value[index];
        is_word = symbol > 0x20 && symbol < 0x7f;
    }
    if (is_word) {
        memcpy(name_out, event.data.scalar.value, event.data.scalar.length);
        name_out[event.data.scalar.length] = 0;
    }
    yaml_event_delete(&event);
    if (!is_word && !*end_out) {
        return FAULT(FAULT_CONFIG, "%s:%u: a key is a plain word", reader->name, *line_out);
    }
    return FAULT_NONE;
}

static enum fault unknown_key(const struct reader *reader, u32 line, const char *name)
{
    const char *words[CONFIG_COUNT];
    u32 count = 0;
    bool is_section = reader->section[0] == 0;
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        if (is_section || strcmp(option->section, reader->section) == 0) {
            words[count] = is_section ? option->section : option->name;
            count += 1;
        }
    }
    const char *nearest = options_nearest(name, words, count);
    return FAULT(FAULT_CONFIG, "%s:%u: %s%s%s: unknown key%s%s", reader->name, line,
                 reader->section, is_section ? "" : ".", name,
                 nearest == NULL ? "" : "; did you mean ", nearest == NULL ? "" : nearest);
}

static const struct config_option *find(const char *section, const char *name, u32 *index_out)
{
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        if (strcmp(option->section, section) == 0 &&
            (name == NULL || strcmp(option->name, name) == 0)) {
            *index_out = index;
            return option;
        }
    }
    return NULL;
}

static enum fault value_take(struct reader *reader, const yaml_event_t *event, u32 index)
{
    const struct config_option *option = &config_options[index];
    struct config_value *value = &reader->config->values[index];
    char reason[CONFIG_REASON_BYTES] = "a single value is wanted here";
    bool is_good = event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor == NULL &&
                   event->data.scalar.tag == NULL;
    if (is_good) {
        is_good = config_value_read(
            option, (const char *)event->data.scalar.value, event->data.scalar.length,
            event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, value, reason);
    }
    if (!is_good) {
        return FAULT(FAULT_CONFIG, "%s:%u: %s.%s: %s", reader->name, line_of(event->start_mark),
                     option->section, option->name, reason);
    }
    value->line = line_of(event->start_mark);
    return FAULT_NONE;
}

static enum fault read_option(struct reader *reader, bool *end_out)
{
    char name[NAME_BYTES];
    u32 line = 0;
    u32 index = 0;
    TRY(read_key(reader, name, &line, end_out));
    if (*end_out) {
        return FAULT_NONE;
    }
    if (find(reader->section, name, &index) == NULL) {
        return unknown_key(reader, line, name);
    }
    if (reader->config->values[index].line != 0) {
        return FAULT(FAULT_CONFIG, "%s:%u: %s.%s: given before, in line %u", reader->name, line,
                     reader->section, name, reader->config->values[index].line);
    }
    yaml_event_t event;
    TRY(next(reader, &event));
    enum fault fault = value_take(reader, &event, index);
    yaml_event_delete(&event);
    return fault;
}

static enum fault read_section(struct reader *reader, bool *end_out)
{
    char name[NAME_BYTES];
    u32 line = 0;
    u32 index = 0;
    reader->section[0] = 0;
    TRY(read_key(reader, name, &line, end_out));
    if (*end_out) {
        return FAULT_NONE;
    }
    if (find(name, NULL, &index) == NULL) {
        return unknown_key(reader, line, name);
    }
    for (u32 seen = 0; seen < reader->sections_count; seen += 1) {
        if (strcmp(reader->sections[seen], name) == 0) {
            return FAULT(FAULT_CONFIG, "%s:%u: %s: given before", reader->name, line, name);
        }
    }
    CHECK(reader->sections_count < CONFIG_COUNT);
    memcpy(reader->sections[reader->sections_count], name, NAME_BYTES);
    reader->sections_count += 1;
    memcpy(reader->section, name, NAME_BYTES);
    TRY(expect(reader, YAML_MAPPING_START_EVENT, "options are wanted here, each \"name: value\""));
    for (bool end = false; !end;) {
        TRY(read_option(reader, &end));
    }
    return FAULT_NONE;
}

/* What two options say together. */
static enum fault check_together(const struct config *config, const char *name)
{
    const struct config_value *values = config->values;
    if (values[CONFIG_SUPERVISOR_PAUSE].number > values[CONFIG_SUPERVISOR_PAUSE_MAX].number) {
        u32 line = (u32)u64_max(values[CONFIG_SUPERVISOR_PAUSE].line,
                                values[CONFIG_SUPERVISOR_PAUSE_MAX].line);
        return FAULT(FAULT_CONFIG, "%s:%u: supervisor.pause: longer than supervisor.pause_max",
                     name, line);
    }
    if (values[CONFIG_GATEWAY_PORT].number == values[CONFIG_ADMIN_PORT].number) {
        u32 line = (u32)u64_max(values[CONFIG_GATEWAY_PORT].line, values[CONFIG_ADMIN_PORT].line);
        return FAULT(FAULT_CONFIG, "%s:%u: admin.port: the same as gateway.port", name, line);
    }
    return FAULT_NONE;
}

static enum fault read_document(struct reader *reader)
{
    TRY(expect(reader, YAML_STREAM_START_EVENT, "not YAML"));
    TRY(expect(reader, YAML_DOCUMENT_START_EVENT, "empty: one section at least is wanted"));
    TRY(expect(reader, YAML_MAPPING_START_EVENT, "sections are wanted here, each \"name:\""));
    for (bool end = false; !end;) {
        TRY(read_section(reader, &end));
    }
    TRY(expect(reader, YAML_DOCUMENT_END_EVENT, "nothing may follow"));
    TRY(expect(reader, YAML_STREAM_END_EVENT, "a second document"));
    return check_together(reader->config, reader->name);
}

enum fault config_read(struct span bytes, const char *name, struct config *config_out)
{
    config_init(config_out);
    if (bytes.size > CONFIG_BYTES_MAX) {
        return FAULT(FAULT_CONFIG, "%s:1: larger than %u bytes", name, CONFIG_BYTES_MAX);
    }
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return FAULT(FAULT_LIMIT, "%s: no memory to read it", name);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes.size == 0 ? (const u8 *)"" : bytes.data,
                                 bytes.size);
    struct reader reader = {.parser = &parser, .name = name, .config = config_out};
    enum fault fault = read_document(&reader);
    yaml_parser_delete(&parser);
    return fault;
}

enum fault config_read_file(const char *path, struct config *config_out)
{
    static u8 bytes[CONFIG_BYTES_MAX + 1];
    size_t size = 0;
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_read_at(&file, 0, bytes, sizeof(bytes), &size));
    return config_read(span_of(bytes, size), path, config_out);
}

/* ---- the example ---- */

/* Sentences as comment lines of at most 90 columns. */
static void print_comment(FILE *target, const char *text)
{
    static const size_t columns = 90;
    while (*text != 0) {
        size_t length = strlen(text);
        if (length > columns) {
            length = columns;
            while (length > 1 && text[length] != ' ') {
                length -= 1;
            }
        }
        (void)fprintf(target, "  # %.*s\n", (int)length, text);
        text += length;
        text += *text == ' ' ? 1 : 0;
    }
}

void config_print_example(FILE *target)
{
    (void)fputs("# The configuration of a Cambist venue: every option, with its default. Check a "
                "file with\n# cambist check-config FILE.\n",
                target);
    const char *section = "";
    for (u32 index = 0; index < CONFIG_COUNT; index += 1) {
        const struct config_option *option = &config_options[index];
        if (strcmp(section, option->section) != 0) {
            section = option->section;
            (void)fprintf(target, "\n%s:\n", section);
        }
        print_comment(target, option->help);
        if (option->words != NULL) {
            (void)fprintf(target, "  # %s\n", option->words);
        }
        (void)fprintf(target, "  %s: %s\n", option->name, option->otherwise);
    }
}
