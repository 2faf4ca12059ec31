#include "base/span.h"

bool span_is_zero(struct span bytes)
{
    size_t offset = 0;
    u64 any = 0;
    for (; offset + 32 <= bytes.size; offset += 32) {
        u64 words[4];
        memcpy(words, bytes.data + offset, sizeof(words));
        any |= words[0] | words[1] | words[2] | words[3];
        if (any != 0) {
            return false;
        }
    }
    for (; offset < bytes.size; offset += 1) {
        any |= bytes.data[offset];
    }
    return any == 0;
}
