#include "app/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_AFTER_NS 1000000000ULL
#define EVERY_NS       200000000ULL

void progress_init(struct progress *progress, struct clock *clock, const char *what,
                   const char *unit)
{
    *progress = (struct progress){.clock = clock,
                                  .descriptor = isatty(STDERR_FILENO) == 1 ? STDERR_FILENO : -1};
    progress->first_ns = clock_mono_ns(clock) + FIRST_AFTER_NS;
    progress_begin(progress, what, unit);
}

void progress_begin(struct progress *progress, const char *what, const char *unit)
{
    progress_end(progress);
    progress->what = what;
    progress->unit = unit;
    progress->start_ns = clock_mono_ns(progress->clock);
    /* A rate is worth showing only after a moment of the job itself. */
    progress->next_ns = u64_max(progress->first_ns, progress->start_ns + EVERY_NS);
}

/* A count in few digits: 1234 -> "1,234", 12345678 -> "12.3 M"; bytes in KiB and so on. */
static void print_count(char *target, size_t size, u64 count, bool bytes)
{
    static const char *const decimal[] = {"", " k", " M", " G", " T"};
    static const char *const binary[] = {" B", " KiB", " MiB", " GiB", " TiB"};
    u64 step = bytes ? 1024 : 1000;
    u64 unit = 1;
    u32 power = 0;
    while (power < 4 && count / unit >= 10 * step) {
        unit *= step;
        power += 1;
    }
    const char *name = bytes ? binary[power] : decimal[power];
    u64 whole = count / unit;
    if (power > 0 && whole < 1000) {
        (void)snprintf(target, size, "%llu.%llu%s", (unsigned long long)whole,
                       (unsigned long long)(count % unit * 10 / unit), name);
    } else {
        (void)snprintf(target, size, "%llu%s", (unsigned long long)whole, name);
    }
}

static void print_time(char *target, size_t size, u64 seconds)
{
    if (seconds >= 3600) {
        (void)snprintf(target, size, "%llu h %02llu min", (unsigned long long)(seconds / 3600),
                       (unsigned long long)(seconds / 60 % 60));
    } else if (seconds >= 60) {
        (void)snprintf(target, size, "%llu min %02llu s", (unsigned long long)(seconds / 60),
                       (unsigned long long)(seconds % 60));
    } else {
        (void)snprintf(target, size, "%llu s", (unsigned long long)seconds);
    }
}

u32 progress_render(const struct progress *progress, u64 done, u64 all, u64 elapsed_ns,
                    char line_out[PROGRESS_LINE_BYTES])
{
    bool bytes = strcmp(progress->unit, "bytes") == 0;
    char amount[32];
    char rate[32];
    char rest[32];
    u64 milliseconds = elapsed_ns / 1000000;
    u64 per_second = milliseconds > 0 ? (u64)((u128)done * 1000 / milliseconds) : 0;
    print_count(amount, sizeof(amount), done, bytes);
    print_count(rate, sizeof(rate), per_second, bytes);
    if (per_second == 0 && !bytes && milliseconds > 0) {
        /* Fewer than one a second: hundredths. */
        u64 hundredths = (u64)((u128)done * 100000 / milliseconds);
        (void)snprintf(rate, sizeof(rate), "%u.%02u", (u32)(hundredths / 100),
                       (u32)(hundredths % 100));
    }
    int length = 0;
    if (all > 0 && done <= all && done > 0 && milliseconds > 0) {
        print_time(rest, sizeof(rest), (u64)((u128)(all - done) * milliseconds / done / 1000));
        length = snprintf(line_out, PROGRESS_LINE_BYTES, "%s: %s%s%s, %llu %%, %s/s, %s left",
                          progress->what, amount, bytes ? "" : " ", bytes ? "" : progress->unit,
                          (unsigned long long)((u128)done * 100 / all), rate, rest);
    } else {
        length = snprintf(line_out, PROGRESS_LINE_BYTES, "%s: %s%s%s, %s/s", progress->what, amount,
                          bytes ? "" : " ", bytes ? "" : progress->unit, rate);
    }
    return length < 0 ? 0 : (u32)u64_min((u64)length, PROGRESS_LINE_BYTES - 1);
}

static void write_all(int descriptor, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, text, size);
        if (written <= 0) {
            return; /* a progress line is not worth a fault */
        }
        text += written;
        size -= (size_t)written;
    }
}

void progress_update(struct progress *progress, u64 done, u64 all)
{
    if (progress->descriptor < 0) {
        return;
    }
    u64 now_ns = clock_mono_ns(progress->clock);
    if (now_ns < progress->next_ns) {
        return;
    }
    char line[PROGRESS_LINE_BYTES + 8];
    u32 length = progress_render(progress, done, all, now_ns - progress->start_ns, line + 1);
    line[0] = '\r';
    memcpy(line + 1 + length, "\x1b[K", 3); /* clears to the end of the line */
    write_all(progress->descriptor, line, length + 4);
    progress->shown = true;
    progress->next_ns = now_ns + EVERY_NS;
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        write_all(progress->descriptor, "\r\x1b[K", 4);
        progress->shown = false;
    }
}
