#include "io/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct fault_trail trail;

struct fault_row {
    const char *name;
    int exit_code;
    const char *meaning;
};

#define FAULT_NAME_ROW(constant, name, code, text) [FAULT_##constant] = {(name), (code), (text)},
static const struct fault_row rows[] = {FAULT_TABLE(FAULT_NAME_ROW)};

static void trail_begin(enum fault fault, const char *file, int line)
{
    trail.fault = fault;
    trail.lines_count = 1;
    trail.lines[0] = (struct fault_line){.file = file, .line = line};
}

enum fault fault_record(enum fault fault, const char *file, int line, const char *format, ...)
{
    trail_begin(fault, file, line);
    char text[FAULT_TEXT_BYTES]; /* an argument may be the text of before */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    memcpy(trail.text, text, strlen(text) + 1);
    return fault;
}

enum fault fault_record_errno(int error, const char *file, int line, const char *format, ...)
{
    trail_begin(fault_of_errno(error), file, line);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(trail.text, sizeof(trail.text), format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof(trail.text)) {
        char words[128];
        (void)snprintf(trail.text + length, sizeof(trail.text) - (size_t)length, ": %s",
                       strerror_r(error, words, sizeof(words)));
    }
    return trail.fault;
}

void fault_trail_extend(enum fault fault, const char *file, int line)
{
    if (trail.fault != fault) {
        /* Somebody returned a fault without saying why: at least say where. */
        trail_begin(fault, file, line);
        trail.text[0] = '\0';
        return;
    }
    if (trail.lines_count < FAULT_LINES_MAX) {
        trail.lines[trail.lines_count] = (struct fault_line){.file = file, .line = line};
        trail.lines_count += 1;
    }
}

enum fault fault_of_errno(int error)
{
    switch (error) {
    case 0:
        return FAULT_NONE;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return FAULT_DISK_FULL;
    case EROFS:
        return FAULT_READ_ONLY;
    case EACCES:
    case EPERM:
        return FAULT_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return FAULT_MISSING;
    case EEXIST:
    case ENOTEMPTY:
        return FAULT_EXISTS;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENAMETOOLONG:
        return FAULT_LIMIT;
    case ETIMEDOUT:
        return FAULT_TIMEOUT;
    default: /* not an enum: errno */
        return FAULT_IO;
    }
}

static const struct fault_row *row_of(enum fault fault)
{
    static const struct fault_row unknown = {"unknown", 1, "a fault without a name"};
    return (size_t)fault < ARRAY_COUNT(rows) ? &rows[fault] : &unknown;
}

const char *fault_name(enum fault fault)
{
    return row_of(fault)->name;
}

const char *fault_meaning(enum fault fault)
{
    return row_of(fault)->meaning;
}

int fault_exit_code(enum fault fault)
{
    return row_of(fault)->exit_code;
}

const char *fault_text(void)
{
    return trail.text;
}

void fault_trail_print(char *target, size_t target_bytes)
{
    int length = snprintf(target, target_bytes, "%s: %s (", fault_name(trail.fault), trail.text);
    for (u32 index = 0; index < trail.lines_count; index += 1) {
        if (length < 0 || (size_t)length >= target_bytes) {
            return;
        }
        length +=
            snprintf(target + length, target_bytes - (size_t)length, "%s%s:%d",
                     index == 0 ? "" : " < ", trail.lines[index].file, trail.lines[index].line);
    }
    if (length >= 0 && (size_t)length < target_bytes) {
        (void)snprintf(target + length, target_bytes - (size_t)length, ")");
    }
}

void fault_trail_copy(struct fault_trail *trail_out)
{
    *trail_out = trail;
}

void fault_trail_adopt(const struct fault_trail *other)
{
    trail = *other;
}

void fault_forget(void)
{
    trail.fault = FAULT_NONE;
    trail.lines_count = 0;
    trail.text[0] = '\0';
}
