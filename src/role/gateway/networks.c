#include "role/gateway/networks.h"

#include "base/span.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { WORD_BYTES = 64, BITS = 128, BITS_FOUR = 32 };

/* Whether all bits behind the first `bits` are 0. */
static bool is_network(const struct auth_network *network)
{
    for (u32 bit = network->bits; bit < BITS; bit += 1) {
        if ((network->address.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
            return false;
        }
    }
    return true;
}

/* Digits and nothing else; false: or more than `most`. */
static bool bits_read(const char *text, u32 most, u32 *bits_out)
{
    u32 number = 0;
    for (const char *digit = text; *digit != 0; digit += 1) {
        if (*digit < '0' || *digit > '9' || number > most) {
            return false;
        }
        number = number * 10 + (u32)(*digit - '0');
    }
    *bits_out = number;
    return text[0] != 0 && number <= most;
}

/* "10.0.0.0/8", "::1" */
static bool word_read(char *word, struct auth_network *network)
{
    *network = (struct auth_network){.bits = BITS};
    u8 *bytes = network->address.bytes;
    char *slash = strchr(word, '/');
    if (slash != NULL) {
        *slash = 0;
    }
    u32 bits = BITS;
    if (inet_pton(AF_INET, word, bytes + 12) == 1) {
        bytes[10] = 0xff;
        bytes[11] = 0xff;
        bits = BITS_FOUR;
    } else if (inet_pton(AF_INET6, word, bytes) != 1) {
        return false;
    }
    u32 given = bits;
    if (slash != NULL && !bits_read(slash + 1, bits, &given)) {
        return false;
    }
    network->bits = BITS - bits + given;
    return is_network(network);
}

bool networks_read(const char *text, struct auth_network *networks_out, u32 networks_max,
                   u32 *count_out)
{
    *count_out = 0;
    if (strcmp(text, "none") == 0) {
        return true;
    }
    for (u32 count = 0; count < networks_max; count += 1) {
        text += strspn(text, " ");
        size_t size = strcspn(text, ", ");
        char word[WORD_BYTES];
        if (size == 0 || size >= sizeof(word)) {
            return false;
        }
        memcpy(word, text, size);
        word[size] = 0;
        if (!word_read(word, &networks_out[count])) {
            return false;
        }
        text += size;
        text += strspn(text, " ");
        if (*text == 0) {
            *count_out = count + 1;
            return true;
        }
        if (*text != ',') {
            return false;
        }
        text += 1;
    }
    return false;
}

bool networks_read_words(struct span text, struct auth_network *networks_out, u32 networks_max,
                         u32 *count_out)
{
    *count_out = 0;
    for (u32 count = 0; count < networks_max; count += 1) {
        const u8 *blank = text.size == 0 ? NULL : memchr(text.data, ' ', text.size);
        size_t size = blank == NULL ? text.size : (size_t)(blank - text.data);
        char word[WORD_BYTES];
        if (size == 0 || size >= sizeof(word) || memchr(text.data, 0, size) != NULL) {
            return false;
        }
        memcpy(word, text.data, size);
        word[size] = 0;
        if (!word_read(word, &networks_out[count])) {
            return false;
        }
        if (blank == NULL) {
            *count_out = count + 1;
            return true;
        }
        text = span_after(text, size + 1);
    }
    return false;
}

void networks_print(const struct auth_network *network, char text_out[NETWORKS_TEXT_BYTES])
{
    static const u8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    const u8 *bytes = network->address.bytes;
    bool is_four = network->bits >= BITS - BITS_FOUR && memcmp(bytes, mapped, sizeof(mapped)) == 0;
    char address[INET6_ADDRSTRLEN] = "";
    const char *known = is_four ? inet_ntop(AF_INET, bytes + 12, address, sizeof(address))
                                : inet_ntop(AF_INET6, bytes, address, sizeof(address));
    u32 bits = is_four ? network->bits - (BITS - BITS_FOUR) : network->bits;
    (void)snprintf(text_out, NETWORKS_TEXT_BYTES, "%s/%u", known == NULL ? "" : known, bits);
}
