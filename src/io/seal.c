#include "io/seal.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"

#include <openssl/evp.h>
#include <stdio.h>

/* Left behind where a start ended while it made the key: nothing was sealed with it. */
static enum fault key_write(struct disk *disk, const char *path, const struct seal_key *key)
{
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        TRY(disk_unlink(disk, path));
    }
    SCOPED_FILE file;
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    TRY(file_write_at(&file, 0, key->bytes, sizeof(key->bytes)));
    return file_sync(&file);
}

/* Under another name first, so that the file is there whole or not at all. */
static enum fault key_make(struct disk *disk, const char *folder, const char *name,
                           const char *path, struct seal_key *key_out)
{
    char made[FILE_PATH_BYTES];
    char made_name[FILE_PATH_BYTES];
    int length = snprintf(made_name, sizeof(made_name), "%s.new", name);
    if (length < 0 || (size_t)length >= sizeof(made_name)) {
        return FAULT(FAULT_LIMIT, "the name of a key file is too long");
    }
    TRY(file_path(made, folder, made_name));
    TRY(entropy_fill(key_out->bytes, sizeof(key_out->bytes)));
    TRY(key_write(disk, made, key_out));
    TRY(disk_rename(disk, made, path));
    return disk_sync_folder(disk, folder);
}

static enum fault key_read(struct disk *disk, const char *path, struct seal_key *key_out)
{
    SCOPED_FILE file;
    u64 size = 0;
    TRY(file_open(disk, path, FILE_OWN, &file));
    TRY(file_size(&file, &size));
    if (size != SEAL_KEY_BYTES) {
        return FAULT(FAULT_FOREIGN, "%s: a key file has %u bytes", path, SEAL_KEY_BYTES);
    }
    return file_read_whole(&file, 0, key_out->bytes, sizeof(key_out->bytes));
}

enum fault seal_key_open(struct disk *disk, const char *folder, const char *name,
                         struct seal_key *key_out)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    *key_out = (struct seal_key){{0}};
    TRY(file_path(path, folder, name));
    TRY(disk_exists(disk, path, &exists));
    enum fault fault =
        exists ? key_read(disk, path, key_out) : key_make(disk, folder, name, path, key_out);
    if (fault != FAULT_NONE) {
        seal_key_wipe(key_out);
    }
    return fault;
}

void seal_key_wipe(struct seal_key *key)
{
    secret_wipe(key, sizeof(*key));
}

enum fault seal_close(const struct seal_key *key, struct span label, struct span secret, u8 *target,
                      size_t target_bytes)
{
    CHECK(secret.size <= SEAL_BYTES_MAX && label.size <= SEAL_BYTES_MAX);
    CHECK(target_bytes == secret.size + SEAL_EXTRA_BYTES);
    u8 *text = target + SEAL_NONCE_BYTES;
    u8 *tag = text + secret.size;
    int size = 0;
    TRY(entropy_fill(target, SEAL_NONCE_BYTES));
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = context != NULL &&
                EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), key->bytes, target, NULL) == 1 &&
                EVP_EncryptUpdate(context, NULL, &size, label.data, (int)label.size) == 1 &&
                EVP_EncryptUpdate(context, text, &size, secret.data, (int)secret.size) == 1 &&
                EVP_EncryptFinal_ex(context, tag, &size) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, (int)SEAL_TAG_BYTES, tag) == 1;
    EVP_CIPHER_CTX_free(context);
    return good ? FAULT_NONE : FAULT(FAULT_CONFIG, "the system's OpenSSL cannot seal a secret");
}

enum fault seal_open(const struct seal_key *key, struct span label, struct span sealed, u8 *target,
                     size_t target_bytes)
{
    CHECK(label.size <= SEAL_BYTES_MAX);
    if (sealed.size < SEAL_EXTRA_BYTES || sealed.size > SEAL_BYTES_MAX + SEAL_EXTRA_BYTES) {
        return FAULT(FAULT_ROT, "a sealed secret of %zu bytes", sealed.size);
    }
    CHECK(target_bytes == sealed.size - SEAL_EXTRA_BYTES);
    const u8 *text = sealed.data + SEAL_NONCE_BYTES;
    u8 tag[SEAL_TAG_BYTES];
    u8 rest[SEAL_TAG_BYTES];
    int size = 0;
    bool copied = span_copy(span_of(text + target_bytes, SEAL_TAG_BYTES), tag, sizeof(tag));
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good =
        copied && context != NULL &&
        EVP_DecryptInit_ex2(context, EVP_aes_256_gcm(), key->bytes, sealed.data, NULL) == 1 &&
        EVP_DecryptUpdate(context, NULL, &size, label.data, (int)label.size) == 1 &&
        EVP_DecryptUpdate(context, target, &size, text, (int)target_bytes) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, (int)SEAL_TAG_BYTES, tag) == 1 &&
        EVP_DecryptFinal_ex(context, rest, &size) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!good) {
        secret_wipe(target, target_bytes);
        return FAULT(FAULT_ROT, "a sealed secret does not open: changed, or another key");
    }
    return FAULT_NONE;
}
