#include "app/list_names.h"

#include "base/span.h"
#include "wire/code.h"

#include <string.h>

static bool is_there(char names[SCREEN_LISTS_MAX][SCREEN_LIST_NAME], u32 count, const char *name)
{
    for (u32 index = 0; index < count; index += 1) {
        if (strcmp(names[index], name) == 0) {
            return true;
        }
    }
    return false;
}

bool list_names_read(const char *text, char names_out[SCREEN_LISTS_MAX][SCREEN_LIST_NAME],
                     u32 *count_out)
{
    *count_out = 0;
    if (strcmp(text, "none") == 0) {
        return true;
    }
    while (*text != 0) {
        size_t size = strcspn(text, " ");
        char *name = names_out[*count_out < SCREEN_LISTS_MAX ? *count_out : 0];
        if (size >= SCREEN_LIST_NAME || *count_out == SCREEN_LISTS_MAX ||
            code_name_of(span_of(text, size)) == 0) {
            return false;
        }
        memcpy(name, text, size);
        name[size] = 0;
        if (is_there(names_out, *count_out, name)) {
            return false;
        }
        *count_out += 1;
        text += size;
        text += *text == ' ' ? 1 : 0;
    }
    return *count_out > 0;
}
