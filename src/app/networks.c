#include "app/networks.h"

#include "app/options.h"

#include <arpa/inet.h>
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
    u64 given = bits;
    if (slash != NULL && !options_number(slash + 1, 0, bits, &given)) {
        return false;
    }
    network->bits = BITS - bits + (u32)given;
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
