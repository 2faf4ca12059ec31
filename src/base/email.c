#include "base/email.h"

#include <string.h>

bool email_form(u8 *bytes, u32 *size)
{
    u32 first = 0;
    u32 end = *size;
    u32 ats = 0;
    while (end > 0 && bytes[end - 1] == ' ') {
        end -= 1;
    }
    while (first < end && bytes[first] == ' ') {
        first += 1;
    }
    memmove(bytes, bytes + first, end - first);
    *size = end - first;
    for (u32 at = 0; at < *size; at += 1) {
        u8 byte = bytes[at];
        if (byte <= ' ' || byte == 0x7f) {
            return false;
        }
        if (byte == '@') {
            ats += at > 0 && at + 1 < *size ? 1 : 2;
        }
        bytes[at] = byte >= 'A' && byte <= 'Z' ? (u8)(byte + ('a' - 'A')) : byte;
    }
    return ats == 1;
}

bool email_may_be_written_to(struct span address)
{
    u8 before = '@'; /* the first byte begins a side, as those behind the `@` do */
    if (address.size == 0 || address.size > EMAIL_BYTES_MAX) {
        return false;
    }
    for (size_t at = 0; at < address.size; at += 1) {
        u8 byte = address.data[at];
        bool begins = before == '@';
        if (byte <= ' ' || byte == 0x7f || strchr("\"'`(),:;<>[]\\|&$*?!#%^{}~/=", byte) != NULL) {
            return false;
        }
        if ((begins && (byte == '-' || byte == '.')) ||
            (before == '.' && (byte == '.' || byte == '@'))) {
            return false;
        }
        before = byte;
    }
    return before != '.' && before != '@';
}
