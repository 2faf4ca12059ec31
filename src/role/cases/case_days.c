#include "role/cases/case_days.h"

#include "base/span.h"
#include "wire/notice.h"

#define DAY_OF_EPOCH 719468U /* of 1970-01-01, from 0000-03-01 on */
#define COUNT_MAX    4000U

u32 case_day_of(u32 year, u32 month, u32 day)
{
    u32 from_march = month > 2 ? month - 3 : month + 9;
    u32 shifted = month > 2 ? year : year - 1;
    u32 era = shifted / 400;
    u32 year_of_era = shifted % 400;
    u32 day_of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           DAY_OF_EPOCH;
}

u32 case_year_of(u32 day)
{
    u32 year = 1970 + day / 366;
    while (case_day_of(year + 1, 1, 1) <= day) {
        year += 1;
    }
    return year;
}

static bool number_of(struct span text, size_t offset, size_t size, u32 *number_out)
{
    struct span digits = span_piece(text, offset, size);
    u32 number = 0;
    for (size_t i = 0; i < digits.size; i += 1) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        number = number * 10 + (digits.data[i] - (u32)'0');
    }
    *number_out = number;
    return digits.size == size;
}

bool case_day_parse(struct span text, u32 *day_out)
{
    static const u8 lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    u32 year = 0;
    u32 month = 0;
    u32 day = 0;
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-' ||
        !number_of(text, 0, 4, &year) || !number_of(text, 5, 2, &month) ||
        !number_of(text, 8, 2, &day) || year < 1970 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    u32 length = lengths[month - 1] + (month == 2 && is_leap ? 1U : 0U);
    *day_out = case_day_of(year, month, day);
    return day <= length;
}

static struct span trimmed(struct span line)
{
    while (line.size > 0 && (line.data[line.size - 1] == ' ' || line.data[line.size - 1] == '\r' ||
                             line.data[line.size - 1] == '\t')) {
        line.size -= 1;
    }
    return line;
}

enum fault case_holidays_read(struct span text, const char *name,
                              struct case_holidays *holidays_out)
{
    u32 number = 0;
    holidays_out->count = 0;
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        size_t comment = SIZE_MAX;
        u32 day = 0;
        while (end < text.size && text.data[end] != '\n') {
            comment = text.data[end] == '#' && comment == SIZE_MAX ? end : comment;
            end += 1;
        }
        number += 1;
        struct span line = trimmed(span_piece(text, at, (comment < end ? comment : end) - at));
        at = end + 1;
        if (line.size == 0) {
            continue;
        }
        if (!case_day_parse(line, &day)) {
            return FAULT(FAULT_INPUT, "%s:%u: a date like 2026-12-25 is wanted", name, number);
        }
        u32 count = holidays_out->count;
        if (count > 0 && day <= holidays_out->days[count - 1]) {
            return FAULT(FAULT_INPUT, "%s:%u: dates must ascend", name, number);
        }
        if (count == CASE_HOLIDAYS_MAX) {
            return FAULT(FAULT_INPUT, "%s:%u: more than %u holidays", name, number,
                         CASE_HOLIDAYS_MAX);
        }
        holidays_out->days[count] = day;
        holidays_out->count += 1;
    }
    return FAULT_NONE;
}

static bool is_holiday(const struct case_holidays *holidays, u32 day)
{
    bool found = false;
    for (u32 i = 0; holidays != NULL && i < holidays->count && !found; i += 1) {
        found = holidays->days[i] == day;
    }
    return found;
}

/* 1970-01-01 was a Thursday. */
static bool is_weekend(u32 day)
{
    u32 weekday = (day + 3) % 7;
    return weekday >= 5;
}

enum fault case_holidays_load(struct disk *disk, const char *folder, const char *path,
                              struct case_holidays *holidays_out)
{
    u8 bytes[CASE_HOLIDAYS_BYTES_MAX];
    char usual[FILE_PATH_BYTES];
    u64 size = 0;
    size_t read = 0;
    bool exists = true;
    SCOPED_FILE file = {.disk = NULL};
    holidays_out->count = 0;
    if (path == NULL) {
        TRY(file_path(usual, folder, CASE_HOLIDAYS_FILE));
        TRY(disk_exists(disk, usual, &exists));
        path = usual;
    }
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(file_open(disk, path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > sizeof(bytes)) {
        return FAULT(FAULT_INPUT, "%s:1: larger than %zu bytes", path, sizeof(bytes));
    }
    TRY(file_read_at(&file, 0, bytes, sizeof(bytes), &read));
    return case_holidays_read(span_of(bytes, read), path, holidays_out);
}

u64 case_business_days(u64 us, u32 count, const struct case_holidays *holidays)
{
    u32 day = (u32)u64_min(us / NOTICE_DAY_US, UINT32_MAX / 2);
    u32 left = count < COUNT_MAX ? count : COUNT_MAX;
    while (left > 0) {
        day += 1;
        left -= is_weekend(day) || is_holiday(holidays, day) ? 0 : 1;
    }
    return ((u64)day + 1) * NOTICE_DAY_US;
}
