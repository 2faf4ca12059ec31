#include "role/door/door_code.h"

#include "base/check.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void door_code_print(struct span bytes, u32 group, char *text_out)
{
    u32 count = 0;
    u32 bits = 0;
    u32 bits_count = 0;
    CHECK(bytes.size % 5 == 0);
    for (size_t at = 0; at < bytes.size; at += 1) {
        bits = (bits << 8 | bytes.data[at]) & 0xfffU;
        bits_count += 8;
        for (; bits_count >= 5; bits_count -= 5) {
            if (group > 0 && count > 0 && count % group == 0) {
                *text_out = '-';
                text_out += 1;
            }
            *text_out = letters[bits >> (bits_count - 5) & 31U];
            text_out += 1;
            count += 1;
        }
    }
    *text_out = '\0';
}

/* 0 to 31; 32: none of ours; 33: left out. */
static u32 letter_of(u8 byte)
{
    if (byte >= 'a' && byte <= 'z') {
        return byte - (u32)'a';
    }
    if (byte >= 'A' && byte <= 'Z') {
        return byte - (u32)'A';
    }
    if (byte >= '2' && byte <= '7') {
        return byte - (u32)'2' + 26;
    }
    switch (byte) {
    case '0':
        return 'O' - 'A';
    case '1':
        return 'I' - 'A';
    case '8':
        return 'B' - 'A';
    case ' ':
    case '-':
        return 33;
    default: /* not an enum: a byte from outside */
        return 32;
    }
}

bool door_code_read(struct span text, u8 *target, u32 size)
{
    u32 bits = 0;
    u32 bits_count = 0;
    u32 used = 0;
    CHECK(size % 5 == 0);
    for (size_t at = 0; at < text.size; at += 1) {
        u32 letter = letter_of(text.data[at]);
        if (letter == 33) {
            continue;
        }
        if (letter == 32 || (used == size && bits_count == 0)) {
            return false;
        }
        bits = (bits << 5 | letter) & 0xfffU;
        bits_count += 5;
        if (bits_count >= 8) {
            bits_count -= 8;
            target[used] = (u8)(bits >> bits_count);
            used += 1;
        }
    }
    return used == size && bits_count == 0;
}

bool door_code_digits(struct span text, u32 *code_out)
{
    u32 code = 0;
    u32 count = 0;
    for (size_t at = 0; at < text.size; at += 1) {
        u8 byte = text.data[at];
        if (byte == ' ') {
            continue;
        }
        if (byte < '0' || byte > '9' || count == 6) {
            return false;
        }
        code = code * 10 + (byte - (u32)'0');
        count += 1;
    }
    *code_out = code;
    return count == 6;
}
