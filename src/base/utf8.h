/* UTF-8: whether bytes are text, and one character at a time.
 *
 * Refused are overlong forms, surrogates and what lies above U+10FFFF, so that equal texts have
 * equal bytes (Unicode standard, table 3-7). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/base.h"
#include "base/bytes.h"

/* Bytes of the character that `text` begins with; 0 when it begins with none, or is empty. */
ALWAYS_INLINE size_t utf8_bytes(struct span text)
{
    if (text.size == 0) {
        return 0;
    }
    u8 first = text.data[0];
    if (first < 0x80) {
        return 1;
    }
    size_t size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || size > text.size) {
        return 0;
    }
    for (size_t i = 1; i < size; i += 1) {
        if ((text.data[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong =
        (first == 0xe0 && text.data[1] < 0xa0) || (first == 0xf0 && text.data[1] < 0x90);
    bool surrogate = first == 0xed && text.data[1] >= 0xa0;
    bool too_large = first == 0xf4 && text.data[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : size;
}

/* Whether all of `text` is UTF-8; NUL and other control characters are. */
ALWAYS_INLINE bool utf8_is_text(struct span text)
{
    for (size_t at = 0; at < text.size;) {
        if (text.size - at >= 8 && (bytes_u64(text.data + at) & BYTES_TOPS) == 0) {
            at += 8; /* all ASCII */
            continue;
        }
        size_t size = utf8_bytes((struct span){.data = text.data + at, .size = text.size - at});
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

/* Writes the character; at most 4 bytes. Returns how many; 0 for a surrogate or above U+10FFFF. */
ALWAYS_INLINE size_t utf8_put(u32 character, u8 target[4])
{
    if (character < 0x80) {
        target[0] = (u8)character;
        return 1;
    }
    if (character < 0x800) {
        target[0] = (u8)(0xc0 | character >> 6);
        target[1] = (u8)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        if (character >= 0xd800 && character < 0xe000) {
            return 0;
        }
        target[0] = (u8)(0xe0 | character >> 12);
        target[1] = (u8)(0x80 | (character >> 6 & 0x3f));
        target[2] = (u8)(0x80 | (character & 0x3f));
        return 3;
    }
    if (character > 0x10ffff) {
        return 0;
    }
    target[0] = (u8)(0xf0 | character >> 18);
    target[1] = (u8)(0x80 | (character >> 12 & 0x3f));
    target[2] = (u8)(0x80 | (character >> 6 & 0x3f));
    target[3] = (u8)(0x80 | (character & 0x3f));
    return 4;
}

#endif /* BASE_UTF8_H */
