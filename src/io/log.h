/* The log: a fixed event name, then typed fields, one line each.
 *
 *     log_info("journal.segment", LOG_U64("seq", seq), LOG_STR("file", name));
 *
 * There is no field type for personal data, and texts are for names of our own making: files,
 * reasons, states. Levels: debug, info, warn (an operator may look), error (an operator must look).
 * The core does not log. A line is one write to one descriptor, so lines of several threads and
 * processes do not mix; a line that is too long is cut and says so. */
#ifndef IO_LOG_H
#define IO_LOG_H

#include "base/base.h"

struct clock;

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* text: 2022-04-21T10:00:00.000000Z info journal.segment seq=7 file="..." ; json: one object a
 * line. */
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

#define LOG_LINE_BYTES_MAX 2048

enum log_field_kind { LOG_FIELD_U64, LOG_FIELD_I64, LOG_FIELD_STR, LOG_FIELD_BOOL, LOG_FIELD_HEX };

struct log_field {
    const char *name;
    enum log_field_kind kind;
    union {
        u64 number;
        i64 signed_number;
        const char *text;
        bool truth;
        struct span bytes;
    } value;
};

#define LOG_U64(name_, value_) \
    ((struct log_field){.name = (name_), .kind = LOG_FIELD_U64, .value = {.number = (value_)}})
#define LOG_I64(name_, value_) \
    ((struct log_field){       \
        .name = (name_), .kind = LOG_FIELD_I64, .value = {.signed_number = (value_)}})
#define LOG_STR(name_, value_) \
    ((struct log_field){.name = (name_), .kind = LOG_FIELD_STR, .value = {.text = (value_)}})
#define LOG_BOOL(name_, value_) \
    ((struct log_field){.name = (name_), .kind = LOG_FIELD_BOOL, .value = {.truth = (value_)}})
/* At most 32 bytes are printed, as hex. */
#define LOG_HEX(name_, value_) \
    ((struct log_field){.name = (name_), .kind = LOG_FIELD_HEX, .value = {.bytes = (value_)}})
/* The thread's last fault: its name and text. */
#define LOG_FAULT(fault_) LOG_STR("fault", fault_name(fault_)), LOG_STR("cause", fault_text())

/* Where lines go and which are written. Before that: text to descriptor 2, info and above. */
void log_setup(int descriptor, enum log_format format, enum log_level lowest, struct clock *clock);

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t fields_count);

/* The line log_write would write, its newline included; returns its length. */
size_t log_render(char *target, size_t target_bytes, enum log_format format, u64 wall_us,
                  enum log_level level, const char *event, const struct log_field *fields,
                  size_t fields_count);

/* The first, unnamed element lets a line have no field at all. */
#define LOG_FIELDS(...)                                                                         \
    ((const struct log_field[]){{.name = NULL, .kind = LOG_FIELD_BOOL, .value = {.number = 0}}, \
                                __VA_ARGS__})
#define LOG_AT(level, event, ...)                            \
    log_write((level), (event), LOG_FIELDS(__VA_ARGS__) + 1, \
              sizeof(LOG_FIELDS(__VA_ARGS__)) / sizeof(struct log_field) - 1)

#define log_debug(...)               LOG_DISPATCH(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)                LOG_DISPATCH(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...)                LOG_DISPATCH(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_error(...)               LOG_DISPATCH(LOG_LEVEL_ERROR, __VA_ARGS__)
#define LOG_DISPATCH(level, ...)     LOG_SPLIT(level, __VA_ARGS__, )
#define LOG_SPLIT(level, event, ...) LOG_AT(level, event, __VA_ARGS__)

#endif /* IO_LOG_H */
