#include "wire/client_id.h"

static const char symbols[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* One more than the value of a symbol; 0: it is none. Letters of ids are random: branches on them
 * are guessed wrong. */
static const u8 values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64};

_Static_assert(CLIENT_ID_SYMBOLS_MAX % 4 == 0 &&
                   CLIENT_ID_SYMBOLS_MAX / 4 * 3 == CLIENT_ID_PACKED_BYTES,
               "four symbols are three bytes");

/* Four symbols at a time; those that are not there are zero bits. */
bool client_id_pack(struct client_id *id_out, struct span text)
{
    memset(id_out, 0, sizeof *id_out);
    if (text.size == 0 || text.size > CLIENT_ID_SYMBOLS_MAX) {
        return false;
    }
    for (u32 i = 0; i < text.size; i += 4) {
        u32 bits = 0;
        for (u32 k = i; k < i + 4; k += 1) {
            u32 value = k < text.size ? values[text.data[k]] : 1;
            if (value == 0) {
                memset(id_out, 0, sizeof *id_out);
                return false;
            }
            bits = bits << 6 | (value - 1);
        }
        u8 *packed = id_out->packed + i / 4 * 3;
        packed[0] = (u8)(bits >> 16);
        packed[1] = (u8)(bits >> 8);
        packed[2] = (u8)bits;
    }
    id_out->length = (u8)text.size;
    return true;
}

u32 client_id_print(const struct client_id *id, char *text_out)
{
    u32 length = id->length <= CLIENT_ID_SYMBOLS_MAX ? id->length : CLIENT_ID_SYMBOLS_MAX;
    for (u32 i = 0; i < length; i += 4) { /* whole fours, within the room for the longest */
        const u8 *packed = id->packed + i / 4 * 3;
        u32 bits = (u32)packed[0] << 16 | (u32)packed[1] << 8 | packed[2];
        for (u32 k = 0; k < 4; k += 1) {
            text_out[i + k] = symbols[bits >> (18 - 6 * k) & 63U];
        }
    }
    text_out[length] = 0;
    return length;
}

bool client_id_valid(const struct client_id *id)
{
    if (id->length > CLIENT_ID_SYMBOLS_MAX) {
        return false;
    }
    u32 bits = id->length * 6U;
    for (u32 i = bits / 8; i < CLIENT_ID_PACKED_BYTES; i++) {
        u8 mask = i == bits / 8 ? (u8)(255U >> bits % 8) : 255U;
        if (id->packed[i] & mask) {
            return false;
        }
    }
    return true;
}
