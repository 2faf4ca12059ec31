/* For tests/e2e/open_venue_test.py: what a person's browser does before a record reaches the venue,
 * and the key of whoever is to read an answer.
 *
 *     seal_make KEY PERSON GROUP VERSION RETENTION EPOCH
 *         the text on standard input, sealed for the groups' public key KEY (hexadecimal): the
 *         wrap's bytes, then the body's
 *     seal_make recipient
 *         a secret in hexadecimal, and age1...
 *
 * The text is in this process's memory alone. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/age_file.h"
#include "role/vault/seal_record.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 65536, ARGUMENTS = 7 };

static u8 text[TEXT_BYTES];
static u8 body[SEAL_BODY_BYTES(TEXT_BYTES)];

static u32 number(const char *argument)
{
    return (u32)strtoul(argument, NULL, 10);
}

static int make_recipient(void)
{
    u8 secret[AGE_KEY_BYTES];
    u8 key[AGE_KEY_BYTES];
    char hex[2 * AGE_KEY_BYTES + 1];
    char recipient[AGE_RECIPIENT_BYTES];
    randombytes_buf(secret, sizeof(secret));
    CHECK(crypto_scalarmult_base(key, secret) == 0);
    age_recipient_print(key, recipient);
    (void)printf("%s %s\n", bytes_to_hex(secret, sizeof(secret), hex), recipient);
    return EXIT_SUCCESS;
}

static int seal(char **arguments)
{
    struct seal_room *room = NULL;
    struct seal_point group_key;
    struct seal_wrap wrap;
    u8 key[SEAL_KEY_SIZE];
    u8 hash[SEAL_HASH_BYTES];
    const struct seal_label label = {.subject = number(arguments[2]),
                                     .group = (u8)seal_group_by_name(span_of_text(arguments[3])),
                                     .version = number(arguments[4]),
                                     .retention = (u8)number(arguments[5]),
                                     .epoch = number(arguments[6])};
    size_t size = fread(text, 1, sizeof(text), stdin);
    CHECK(size < sizeof(text) && seal_label_is_sound(&label));
    CHECK(bytes_from_hex(span_of_text(arguments[1]), group_key.bytes, sizeof(group_key.bytes)));
    CHECK(seal_room_open(&room) == FAULT_NONE);
    seal_key_make(key);
    seal_body_close(&label, key, span_of(text, size), body, hash);
    CHECK(seal_wrap_make(room, &label, &group_key, key, hash, &wrap) == FAULT_NONE);
    seal_room_close(room);
    CHECK(fwrite(&wrap, 1, sizeof(wrap), stdout) == sizeof(wrap));
    CHECK(fwrite(body, 1, SEAL_BODY_BYTES(size), stdout) == SEAL_BODY_BYTES(size));
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    CHECK(sodium_init() >= 0);
    if (count == 2 && strcmp(arguments[1], "recipient") == 0) {
        return make_recipient();
    }
    if (count != ARGUMENTS) {
        (void)fprintf(stderr, "usage: seal_make KEY PERSON GROUP VERSION RETENTION EPOCH\n");
        return 2;
    }
    return seal(arguments);
}
