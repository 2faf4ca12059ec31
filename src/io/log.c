#include "io/log.h"

#include "io/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEX_BYTES_MAX = 32, TAIL_BYTES = 24 };

/* Set at start, before threads. */
static int sink_descriptor = STDERR_FILENO;
static enum log_format sink_format = LOG_FORMAT_TEXT;
static enum log_level sink_lowest = LOG_LEVEL_INFO;
static struct clock *sink_clock;

/* A line being written: once it is full nothing more goes in, and `cut` says so. */
struct line {
    char *bytes;
    size_t size;
    size_t length;
    bool cut;
};

static void line_bytes(struct line *line, const char *bytes, size_t length)
{
    if (line->cut || length > line->size - line->length) {
        line->cut = true;
        return;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

static void line_text(struct line *line, const char *text)
{
    line_bytes(line, text, strlen(text));
}

static void line_number(struct line *line, u64 number)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
    line_bytes(line, digits, (size_t)length);
}

static void line_signed(struct line *line, i64 number)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)number);
    line_bytes(line, digits, (size_t)length);
}

static void line_hex(struct line *line, struct span bytes)
{
    static const char symbols[] = "0123456789abcdef";
    size_t count = bytes.size < HEX_BYTES_MAX ? bytes.size : HEX_BYTES_MAX;
    for (size_t index = 0; index < count; index += 1) {
        char pair[2] = {symbols[bytes.data[index] >> 4], symbols[bytes.data[index] & 15]};
        line_bytes(line, pair, sizeof(pair));
    }
}

/* In quotes, control bytes and quotes escaped as JSON wants it; both formats use it. */
static void line_quoted(struct line *line, const char *text)
{
    line_text(line, "\"");
    for (const char *at = text; *at != '\0'; at += 1) {
        unsigned char symbol = (unsigned char)*at;
        if (symbol == '"' || symbol == '\\') {
            char pair[2] = {'\\', *at};
            line_bytes(line, pair, sizeof(pair));
        } else if (symbol < 0x20 || symbol == 0x7f) {
            char escape[8];
            int length = snprintf(escape, sizeof(escape), "\\u%04x", symbol);
            line_bytes(line, escape, (size_t)length);
        } else {
            line_bytes(line, at, 1);
        }
    }
    line_text(line, "\"");
}

static void line_time(struct line *line, u64 wall_us)
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm parts;
    char text[64];
    if (gmtime_r(&seconds, &parts) == NULL) {
        line_number(line, wall_us);
        return;
    }
    size_t length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    line_bytes(line, text, length);
    int rest = snprintf(text, sizeof(text), ".%06lluZ", (unsigned long long)(wall_us % 1000000));
    line_bytes(line, text, (size_t)rest);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return "debug";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    return "error";
}

static void line_value(struct line *line, const struct log_field *field, enum log_format format)
{
    switch (field->kind) {
    case LOG_FIELD_U64:
        line_number(line, field->value.number);
        return;
    case LOG_FIELD_I64:
        line_signed(line, field->value.signed_number);
        return;
    case LOG_FIELD_STR:
        line_quoted(line, field->value.text == NULL ? "" : field->value.text);
        return;
    case LOG_FIELD_BOOL:
        line_text(line, field->value.truth ? "true" : "false");
        return;
    case LOG_FIELD_HEX:
        line_text(line, format == LOG_FORMAT_JSON ? "\"" : "");
        line_hex(line, field->value.bytes);
        line_text(line, format == LOG_FORMAT_JSON ? "\"" : "");
        return;
    }
}

static void line_field(struct line *line, const struct log_field *field, enum log_format format)
{
    size_t length = line->length;
    if (format == LOG_FORMAT_JSON) {
        line_text(line, ",\"");
        line_text(line, field->name);
        line_text(line, "\":");
    } else {
        line_text(line, " ");
        line_text(line, field->name);
        line_text(line, "=");
    }
    line_value(line, field, format);
    if (line->cut) {
        /* Half a field would be a wrong value. */
        line->length = length;
    }
}

size_t log_render(char *target, size_t target_bytes, enum log_format format, u64 wall_us,
                  enum log_level level, const char *event, const struct log_field *fields,
                  size_t fields_count)
{
    bool json = format == LOG_FORMAT_JSON;
    if (target_bytes <= TAIL_BYTES) {
        return 0;
    }
    struct line line = {
        .bytes = target, .size = target_bytes - TAIL_BYTES, .length = 0, .cut = false};
    line_text(&line, json ? "{\"time\":\"" : "");
    line_time(&line, wall_us);
    line_text(&line, json ? "\",\"level\":\"" : " ");
    line_text(&line, level_name(level));
    line_text(&line, json ? "\",\"event\":\"" : " ");
    line_text(&line, event);
    line_text(&line, json ? "\"" : "");
    for (size_t index = 0; index < fields_count; index += 1) {
        line_field(&line, &fields[index], format);
    }
    bool cut = line.cut;
    line.cut = false;
    line.size = target_bytes;
    if (cut) {
        line_text(&line, json ? ",\"cut\":true" : " cut=true");
    }
    line_text(&line, json ? "}\n" : "\n");
    return line.length;
}

void log_setup(int descriptor, enum log_format format, enum log_level lowest, struct clock *clock)
{
    sink_descriptor = descriptor;
    sink_format = format;
    sink_lowest = lowest;
    sink_clock = clock;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t fields_count)
{
    if (level < sink_lowest) {
        return;
    }
    struct clock *clock = sink_clock == NULL ? clock_real() : sink_clock;
    char line[LOG_LINE_BYTES_MAX];
    size_t length = log_render(line, sizeof(line), sink_format, clock_wall_us(clock), level, event,
                               fields, fields_count);
    /* Nowhere to complain to when the log itself cannot be written. */
    ssize_t written = write(sink_descriptor, line, length);
    (void)written;
}
