#include "role/vault/share_file.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SALT_BYTES   crypto_pwhash_SALTBYTES
#define SEALED_BYTES (sizeof(struct share_secrets) + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define LINES        9U
#define VALUE_BYTES  (2U * SEALED_BYTES + 1)

static const u8 file_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES]; /* the salt is fresh */

/* The names of the lines, in their order. */
static const char *const words[LINES] = {"cambist", "name",       "key",        "index",   "side",
                                         "epoch",   "generation", "transcript", "argon2id"};

/* ---- text ---- */

/* The lines that anybody may read, salt and cost at the end. */
static size_t print_open(const struct share_holder *holder, const u8 salt[SALT_BYTES],
                         char target[SHARE_FILE_BYTES])
{
    char key[2 * SEAL_POINT_BYTES + 1];
    char transcript[2 * SHARE_HASH_BYTES + 1];
    char salt_text[2 * SALT_BYTES + 1];
    bytes_to_hex(holder->key.bytes, SEAL_POINT_BYTES, key);
    bytes_to_hex(holder->transcript, SHARE_HASH_BYTES, transcript);
    bytes_to_hex(salt, SALT_BYTES, salt_text);
    int size =
        snprintf(target, SHARE_FILE_BYTES,
                 "cambist share 1\nname %s\nkey %s\nindex %u\nside %c\nepoch %u\n"
                 "generation %u\ntranscript %s\nargon2id %u %u %s\n",
                 holder->name, key, holder->index,
                 holder->index == 0 ? '-' : share_side_letter(holder->side), holder->epoch,
                 holder->generation, transcript, holder->passes, holder->memory_kb, salt_text);
    CHECK(size > 0 && (size_t)size < SHARE_FILE_BYTES);
    return (size_t)size;
}

static bool take_line(struct span *rest, const char *word, char value[VALUE_BYTES])
{
    size_t word_size = strlen(word);
    const u8 *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL) {
        return false;
    }
    size_t size = (size_t)(end - rest->data);
    if (size <= word_size || memcmp(rest->data, word, word_size) != 0 ||
        rest->data[word_size] != ' ' || size - word_size - 1 >= VALUE_BYTES ||
        memchr(rest->data, 0, size) != NULL) {
        return false;
    }
    memcpy(value, rest->data + word_size + 1, size - word_size - 1);
    value[size - word_size - 1] = 0;
    *rest = span_of(rest->data + size + 1, rest->size - size - 1);
    return true;
}

/* Digits at the front of the text; what is behind them. NULL: no such number. */
static const char *number_of(const char *text, u32 *number_out)
{
    u32 digits = 0;
    *number_out = 0;
    while (text[digits] >= '0' && text[digits] <= '9' && digits < 8) {
        *number_out = *number_out * 10 + (u32)(text[digits] - '0');
        digits += 1;
    }
    return digits == 0 || digits == 8 ? NULL : text + digits;
}

static bool is_number(const char *text, u32 *number_out)
{
    const char *behind = number_of(text, number_out);
    return behind != NULL && *behind == 0;
}

static bool cost_of(const char *text, struct share_holder *holder, u8 salt[SALT_BYTES])
{
    const char *behind = number_of(text, &holder->passes);
    if (behind == NULL || *behind != ' ') {
        return false;
    }
    behind = number_of(behind + 1, &holder->memory_kb);
    return behind != NULL && *behind == ' ' &&
           bytes_from_hex(span_of_text(behind + 1), salt, SALT_BYTES);
}

static bool cost_is_sound(const struct share_holder *holder)
{
    return holder->passes >= 1 && holder->passes <= SHARE_FILE_PASSES_MAX &&
           holder->memory_kb >= SHARE_FILE_MEMORY_KB_MIN &&
           holder->memory_kb <= SHARE_FILE_MEMORY_KB_MAX;
}

static bool holder_is_sound(const struct share_holder *holder)
{
    bool is_bare = holder->epoch == 0 && holder->generation == 0 &&
                   span_is_zero(span_of(holder->transcript, sizeof(holder->transcript)));
    return code_name_of(span_of_text(holder->name)) != 0 && seal_point_is_sound(&holder->key) &&
           (holder->index == 0
                ? is_bare
                : holder->index <= SHARE_MEMBERS_MAX && holder->epoch > 0 &&
                      holder->epoch <= SHARE_EPOCH_MAX && holder->generation <= SHARE_EPOCH_MAX);
}

/* Everything but what is sealed; `sealed` gets its bytes. */
static enum fault read_file(struct span text, const char *name, struct share_holder *holder,
                            u8 salt[SALT_BYTES], u8 sealed[SEALED_BYTES], size_t *open_bytes_out)
{
    char values[LINES][VALUE_BYTES];
    char printed[SHARE_FILE_BYTES];
    struct span rest = text;
    memset(holder, 0, sizeof(*holder));
    for (u32 i = 0; i < LINES; i += 1) {
        if (!take_line(&rest, words[i], values[i])) {
            return FAULT(FAULT_INPUT, "%s: no line \"%s\"", name, words[i]);
        }
    }
    if (strcmp(values[0], "share 1") != 0 || strlen(values[1]) > CODE_NAME_SYMBOLS ||
        !bytes_from_hex(span_of_text(values[2]), &holder->key, sizeof(holder->key)) ||
        !is_number(values[3], &holder->index) || strlen(values[4]) != 1 ||
        !is_number(values[5], &holder->epoch) || !is_number(values[6], &holder->generation) ||
        !bytes_from_hex(span_of_text(values[7]), holder->transcript, sizeof(holder->transcript)) ||
        !cost_of(values[8], holder, salt)) {
        return FAULT(FAULT_INPUT, "%s: a line is not as it should be", name);
    }
    memcpy(holder->name, values[1], strlen(values[1]) + 1);
    holder->side = values[4][0] == 'B' ? SHARE_SIDE_B : SHARE_SIDE_A;
    if (!holder_is_sound(holder) || !cost_is_sound(holder)) {
        return FAULT(FAULT_INPUT, "%s: a value is out of its range", name);
    }
    size_t size = print_open(holder, salt, printed);
    *open_bytes_out = size;
    if (size > text.size || memcmp(printed, text.data, size) != 0 ||
        !take_line(&rest, "sealed", values[0]) ||
        !bytes_from_hex(span_of_text(values[0]), sealed, SEALED_BYTES) || rest.size > 0) {
        return FAULT(FAULT_INPUT, "%s: not in its canonical form", name);
    }
    return FAULT_NONE;
}

/* ---- sealing ---- */

static enum fault key_of(struct span passphrase, const struct share_holder *holder,
                         const u8 salt[SALT_BYTES], u8 key_out[32])
{
    if (passphrase.size < SHARE_PASSPHRASE_MIN || passphrase.size > SHARE_PASSPHRASE_MAX) {
        return FAULT(FAULT_USAGE, "a passphrase has %u to %u bytes", SHARE_PASSPHRASE_MIN,
                     SHARE_PASSPHRASE_MAX);
    }
    if (!cost_is_sound(holder)) {
        return FAULT(FAULT_USAGE, "the cost of a key file is out of its bounds");
    }
    if (crypto_pwhash(key_out, 32, (const char *)passphrase.data, passphrase.size, salt,
                      holder->passes, (size_t)holder->memory_kb * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return FAULT(FAULT_LIMIT, "no %u KiB of memory for the passphrase", holder->memory_kb);
    }
    return FAULT_NONE;
}

enum fault share_file_print(struct seal_room *room, const struct share_holder *holder,
                            const struct share_secrets *secrets, struct span passphrase,
                            char target[SHARE_FILE_BYTES], size_t *size_out)
{
    size_t mark = seal_room_mark(room);
    u8 *key = seal_room_take(room, 32);
    u8 salt[SALT_BYTES];
    u8 sealed[SEALED_BYTES];
    char hex[VALUE_BYTES];
    CHECK(holder_is_sound(holder));
    CHECK(seal_scalar_is_zero(&secrets->share) == (holder->index == 0));
    randombytes_buf(salt, sizeof(salt));
    enum fault fault = key_of(passphrase, holder, salt, key);
    if (fault == FAULT_NONE) {
        size_t size = print_open(holder, salt, target);
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, (const u8 *)secrets,
                                                         sizeof(*secrets), (const u8 *)target, size,
                                                         NULL, file_nonce, key);
        int more = snprintf(target + size, SHARE_FILE_BYTES - size, "sealed %s\n",
                            bytes_to_hex(sealed, sizeof(sealed), hex));
        CHECK(more > 0 && (size_t)more < SHARE_FILE_BYTES - size);
        *size_out = size + (size_t)more;
    }
    seal_room_leave(room, mark);
    return fault;
}

enum fault share_file_look(struct span text, const char *name, struct share_holder *holder_out)
{
    u8 salt[SALT_BYTES];
    u8 sealed[SEALED_BYTES];
    size_t open_bytes;
    return read_file(text, name, holder_out, salt, sealed, &open_bytes);
}

enum fault share_file_open(struct seal_room *room, struct span text, const char *name,
                           struct span passphrase, struct share_holder *holder_out,
                           struct share_secrets *secrets_out)
{
    u8 salt[SALT_BYTES];
    u8 sealed[SEALED_BYTES];
    size_t open_bytes = 0;
    struct seal_point public;
    secret_wipe(secrets_out, sizeof(*secrets_out));
    TRY(read_file(text, name, holder_out, salt, sealed, &open_bytes));
    size_t mark = seal_room_mark(room);
    u8 *key = seal_room_take(room, 32);
    enum fault fault = key_of(passphrase, holder_out, salt, key);
    if (fault == FAULT_NONE && (crypto_aead_xchacha20poly1305_ietf_decrypt(
                                    (u8 *)secrets_out, NULL, NULL, sealed, sizeof(sealed),
                                    text.data, open_bytes, file_nonce, key) != 0 ||
                                !seal_point_of(&secrets_out->key, &public) ||
                                memcmp(&public, &holder_out->key, sizeof(public)) != 0)) {
        secret_wipe(secrets_out, sizeof(*secrets_out));
        fault = FAULT(FAULT_ROT, "%s: another passphrase, or the file was changed", name);
    }
    seal_room_leave(room, mark);
    return fault;
}
