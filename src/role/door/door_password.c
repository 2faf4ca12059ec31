#include "role/door/door_password.h"

#include "base/secret.h"
#include "base/span.h"

#include <string.h>

/* In small letters. Longer ones that begin with these and go on with digits or marks alone are
 * refused too. Those with fewer than ten letters are beginnings only. */
static const char *const common[] = {
    "password",         "passwort", "motdepasse", "qwertyuiop",    "qwertzuiop",   "azertyuiop",
    "letmein",          "iloveyou", "welcome",    "administrator", "admin",        "bitcoin",
    "ethereum",         "cambist",  "abcdefghij", "1q2w3e4r5t",    "1qaz2wsx3edc", "zaq12wsx",
    "qwerty",           "azerty",   "dragon",     "football",      "baseball",     "superman",
    "princess",         "sunshine", "trustno",    "changeme",      "bonjour",      "soleil",
    "passwordpassword", "satoshi",  "blockchain", "monkey",        "secret",
};

static u8 small(u8 byte)
{
    return byte >= 'A' && byte <= 'Z' ? (u8)(byte + ('a' - 'A')) : byte;
}

static bool is_letter(u8 byte)
{
    return (byte >= 'a' && byte <= 'z') || byte >= 0x80;
}

/* Whether the folded password is that word, with nothing but digits and marks around it. */
static bool is_word(struct span password, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; size <= password.size && at <= password.size - size; at += 1) {
        bool fits = memcmp(password.data + at, word, size) == 0;
        for (size_t behind = at + size; behind < password.size && fits; behind += 1) {
            fits = !is_letter(password.data[behind]);
        }
        if (fits) {
            return true;
        }
        if (is_letter(password.data[at])) {
            return false;
        }
    }
    return false;
}

/* Few different bytes, or each the one before and one more or less: 1234567890, aaaaaaaaaa. */
static bool is_plain(struct span password)
{
    bool seen[256] = {false};
    u32 kinds = 0;
    u32 steps = 0;
    for (size_t at = 0; at < password.size; at += 1) {
        u8 byte = password.data[at];
        kinds += seen[byte] ? 0 : 1;
        seen[byte] = true;
        i32 step = at == 0 ? 0 : (i32)byte - (i32)password.data[at - 1];
        steps += step == 1 || step == -1 || step == 9 || step == -9 ? 1 : 0;
    }
    secret_wipe(seen, sizeof(seen));
    return kinds < DOOR_PASSWORD_KINDS_MIN || steps + 1 >= password.size;
}

static bool is_common(struct span password)
{
    u8 folded[DOOR_PASSWORD_BYTES_MAX];
    bool is = is_plain(password);
    for (size_t at = 0; at < password.size; at += 1) {
        folded[at] = small(password.data[at]);
    }
    for (u32 i = 0; i < ARRAY_COUNT(common); i += 1) {
        is = is || is_word(span_of(folded, password.size), common[i]);
    }
    secret_wipe(folded, sizeof(folded));
    return is;
}

static bool equal_folded(struct span password, struct span text)
{
    bool is = password.size == text.size && text.size > 0;
    for (size_t at = 0; at < text.size && is; at += 1) {
        is = small(password.data[at]) == small(text.data[at]);
    }
    return is;
}

static bool is_address(struct span password, struct span address)
{
    const u8 *at = address.size == 0 ? NULL : memchr(address.data, '@', address.size);
    size_t local = at == NULL ? 0 : (size_t)(at - address.data);
    size_t behind = at == NULL ? 0 : local + 1;
    return equal_folded(password, address) ||
           equal_folded(password, span_of(address.data, local)) ||
           (at != NULL && equal_folded(password, span_after(address, behind)));
}

enum door_code door_password_check(struct span password, struct span address)
{
    if (password.size < DOOR_PASSWORD_BYTES_MIN) {
        return DOOR_CODE_PASSWORD_SHORT;
    }
    if (password.size > DOOR_PASSWORD_BYTES_MAX) {
        return DOOR_CODE_PASSWORD_LONG;
    }
    if (is_address(password, address)) {
        return DOOR_CODE_PASSWORD_IS_ADDRESS;
    }
    return is_common(password) ? DOOR_CODE_PASSWORD_COMMON : DOOR_CODE_OK;
}
