#include "wire/code.h"

#define SYMBOLS 38U

static u32 symbol_of(u8 byte)
{
    if (byte >= 'a' && byte <= 'z') {
        return byte - (u32)'a' + 1;
    }
    if (byte >= '0' && byte <= '9') {
        return byte - (u32)'0' + 27;
    }
    return byte == '-' ? 37 : 0;
}

/* Base 38, the first symbol the highest: 38^12 is below 2^63. */
u64 code_name_of(struct span text)
{
    u64 name = 0;
    if (text.size == 0 || text.size > CODE_NAME_SYMBOLS) {
        return 0;
    }
    for (size_t i = 0; i < CODE_NAME_SYMBOLS; i += 1) {
        u32 symbol = i < text.size ? symbol_of(text.data[i]) : 0;
        if (i < text.size && symbol == 0) {
            return 0;
        }
        name = name * SYMBOLS + symbol;
    }
    return name;
}

bool code_name_print(u64 name, char target[CODE_NAME_BYTES])
{
    static const char symbols[] = "\0abcdefghijklmnopqrstuvwxyz0123456789-";
    u64 rest = name;
    target[CODE_NAME_SYMBOLS] = 0;
    for (u32 i = CODE_NAME_SYMBOLS; i > 0; i -= 1) {
        target[i - 1] = symbols[rest % SYMBOLS];
        rest /= SYMBOLS;
    }
    size_t size = 0;
    while (target[size] != 0) {
        size += 1;
    }
    return rest == 0 && code_name_of((struct span){(const u8 *)target, size}) == name && name != 0;
}

u16 code_country_of(struct span text)
{
    if (text.size != 2 || text.data[0] < 'A' || text.data[0] > 'Z' || text.data[1] < 'A' ||
        text.data[1] > 'Z') {
        return 0;
    }
    return (u16)((text.data[0] - 'A') * 26 + (text.data[1] - 'A') + 1);
}

bool code_country_print(u16 country, char target[3])
{
    u32 index = country - 1U;
    bool is_country = country >= 1 && country <= CODE_COUNTRY_LAST;
    target[0] = is_country ? (char)('A' + index / 26) : '?';
    target[1] = is_country ? (char)('A' + index % 26) : '?';
    target[2] = 0;
    return is_country;
}
