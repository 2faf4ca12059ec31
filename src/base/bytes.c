#include "base/bytes.h"

bool bytes_from_hex(struct span text, void *target, size_t size)
{
    u8 *bytes = (u8 *)target;
    if (text.size % 2 != 0 || text.size / 2 != size) {
        return false;
    }
    for (size_t i = 0; i < size; i += 1) {
        u8 first = text.data[2 * i];
        u8 second = text.data[2 * i + 1];
        u32 high = bytes_hex_digit(first);
        u32 low = bytes_hex_digit(second);
        bool is_upper = (first >= 'A' && first <= 'F') || (second >= 'A' && second <= 'F');
        if (high > 15 || low > 15 || is_upper) {
            return false;
        }
        bytes[i] = (u8)(high << 4 | low);
    }
    return true;
}

const char *bytes_to_hex(const void *bytes, size_t size, char *target)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i += 1) {
        u8 byte = ((const u8 *)bytes)[i];
        target[2 * i] = digits[byte >> 4];
        target[2 * i + 1] = digits[byte & 15];
    }
    target[2 * size] = '\0';
    return target;
}
