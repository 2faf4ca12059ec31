#include "wire/client_id.h"

static const char symbols[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static i32 symbol_value(u8 c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool client_id_pack(struct client_id *id_out, struct span text)
{
    memset(id_out, 0, sizeof *id_out);
    if (text.size == 0 || text.size > CLIENT_ID_SYMBOLS_MAX) {
        return false;
    }
    for (u32 i = 0; i < text.size; i++) {
        i32 value = symbol_value(text.data[i]);
        if (value < 0) {
            memset(id_out, 0, sizeof *id_out);
            return false;
        }
        u32 bit = i * 6;
        u32 wide = (u32)value << (10 - bit % 8); /* 16-bit window, big-endian bits */
        id_out->packed[bit / 8] = (u8)(id_out->packed[bit / 8] | wide >> 8);
        if (bit / 8 + 1 < CLIENT_ID_PACKED_BYTES) {
            id_out->packed[bit / 8 + 1] = (u8)(id_out->packed[bit / 8 + 1] | (wide & 255U));
        }
    }
    id_out->length = (u8)text.size;
    return true;
}

u32 client_id_print(const struct client_id *id, char *text_out)
{
    u32 length = id->length <= CLIENT_ID_SYMBOLS_MAX ? id->length : CLIENT_ID_SYMBOLS_MAX;
    for (u32 i = 0; i < length; i++) {
        u32 bit = i * 6;
        u32 wide = (u32)id->packed[bit / 8] << 8;
        if (bit / 8 + 1 < CLIENT_ID_PACKED_BYTES) {
            wide |= id->packed[bit / 8 + 1];
        }
        text_out[i] = symbols[wide >> (10 - bit % 8) & 63U];
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
