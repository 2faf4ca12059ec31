#include "base/span.h"
#include "io/sandbox.h"

#include <seccomp.h>
#include <string.h>

enum { WORD_BYTES = 40, WORDS_MAX = 3 };

struct line {
    char words[WORDS_MAX][WORD_BYTES];
    u32 words_count;
};

/* Cuts the words out of one line; a # ends it. False: too many words, too long, or odd bytes. */
static bool line_split(struct span bytes, struct line *line)
{
    size_t at = 0;
    line->words_count = 0;
    while (at < bytes.size && bytes.data[at] != '#') {
        if (bytes.data[at] == ' ') {
            at += 1;
            continue;
        }
        size_t begin = at;
        while (at < bytes.size && bytes.data[at] != ' ' && bytes.data[at] != '#') {
            u8 symbol = bytes.data[at];
            if (symbol != '_' && !(symbol >= 'a' && symbol <= 'z') &&
                !(symbol >= '0' && symbol <= '9')) {
                return false;
            }
            at += 1;
        }
        if (line->words_count == WORDS_MAX || at - begin >= WORD_BYTES) {
            return false;
        }
        char *word = line->words[line->words_count];
        memcpy(word, bytes.data + begin, at - begin);
        word[at - begin] = 0;
        line->words_count += 1;
    }
    return true;
}

static bool condition_of(const struct line *line, enum sandbox_condition *condition_out)
{
    static const char *const names[] = {[SANDBOX_ALWAYS] = "",
                                        [SANDBOX_NOEXEC] = "noexec",
                                        [SANDBOX_THREAD] = "thread",
                                        [SANDBOX_NOSYS] = "nosys",
                                        [SANDBOX_UNIX] = "unix"};
    const char *word = line->words_count == 2 ? line->words[1] : "";
    for (u32 index = 0; index < ARRAY_COUNT(names); index += 1) {
        if (line->words_count <= 2 && strcmp(word, names[index]) == 0) {
            *condition_out = (enum sandbox_condition)index;
            return true;
        }
    }
    return false;
}

static enum fault call_add(struct sandbox_calls *calls, const struct line *line, const char *name,
                           u32 number)
{
    enum sandbox_condition condition = SANDBOX_ALWAYS;
    if (!condition_of(line, &condition)) {
        return FAULT(FAULT_CONFIG,
                     "%s:%u: %s: a call has one condition: noexec, thread, nosys or unix", name,
                     number, line->words[0]);
    }
    int call = seccomp_syscall_resolve_name(line->words[0]);
    if (call == __NR_SCMP_ERROR) {
        return FAULT(FAULT_CONFIG, "%s:%u: %s: there is no such system call", name, number,
                     line->words[0]);
    }
    if (call < 0) { /* known, and not on this kind of processor */
        calls->absent_count += 1;
        return FAULT_NONE;
    }
    for (u32 index = 0; index < calls->calls_count; index += 1) {
        if (calls->calls[index].number == call) {
            return FAULT(FAULT_CONFIG, "%s:%u: %s: listed twice for one role", name, number,
                         line->words[0]);
        }
    }
    if (calls->calls_count == SANDBOX_CALLS_MAX) {
        return FAULT(FAULT_CONFIG, "%s:%u: more than %u calls", name, number, SANDBOX_CALLS_MAX);
    }
    calls->calls[calls->calls_count] =
        (struct sandbox_call){.number = call, .condition = condition};
    calls->calls_count += 1;
    return FAULT_NONE;
}

/* Where the reader stands. */
struct place {
    const char *role;
    bool is_in_role; /* any role */
    bool is_ours;    /* this one, or `all` */
    bool is_found;
};

static enum fault line_take(struct place *place, const struct line *line, const char *name,
                            u32 number, struct sandbox_calls *calls)
{
    if (line->words_count == 0) {
        return FAULT_NONE;
    }
    if (strcmp(line->words[0], "role") == 0) {
        if (line->words_count != 2) {
            return FAULT(FAULT_CONFIG, "%s:%u: role: one name follows", name, number);
        }
        bool is_role = strcmp(line->words[1], place->role) == 0;
        place->is_in_role = true;
        place->is_ours = is_role || strcmp(line->words[1], "all") == 0;
        place->is_found = place->is_found || is_role;
        return FAULT_NONE;
    }
    if (!place->is_in_role) {
        return FAULT(FAULT_CONFIG, "%s:%u: %s: stands before the first role", name, number,
                     line->words[0]);
    }
    return place->is_ours ? call_add(calls, line, name, number) : FAULT_NONE;
}

enum fault sandbox_calls_read(struct span text, const char *name, const char *role,
                              struct sandbox_calls *calls_out)
{
    struct place place = {.role = role};
    u32 number = 0;
    *calls_out = (struct sandbox_calls){.calls_count = 0};
    while (text.size > 0) {
        const u8 *end = memchr(text.data, '\n', text.size);
        size_t length = end == NULL ? text.size : (size_t)(end - text.data);
        struct line line;
        number += 1;
        if (!line_split(span_of(text.data, length), &line)) {
            return FAULT(FAULT_CONFIG, "%s:%u: not a system call with its condition", name, number);
        }
        TRY(line_take(&place, &line, name, number, calls_out));
        text = span_after(text, end == NULL ? length : length + 1);
    }
    if (!place.is_found) {
        return FAULT(FAULT_CONFIG, "%s: nothing is said of the role %s", name, role);
    }
    return FAULT_NONE;
}
