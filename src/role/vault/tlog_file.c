#include "role/vault/tlog_file.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define SECRET_BYTES (TLOG_VKEY_BYTES + SIGN_PAIR_PEM_BYTES)

static enum fault read_with(struct disk *disk, const char *path, u32 flags, u8 *target,
                            size_t bytes_max, size_t *size_out)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 bytes = 0;
    *size_out = 0;
    TRY(file_open(disk, path, flags, &file));
    TRY(file_size(&file, &bytes));
    if (bytes > bytes_max) {
        return FAULT(FAULT_LIMIT, "%s: %llu bytes; at most %zu", path, (unsigned long long)bytes,
                     bytes_max);
    }
    TRY(file_read_whole(&file, 0, target, (size_t)bytes));
    *size_out = (size_t)bytes;
    return FAULT_NONE;
}

enum fault tlog_file_read(struct disk *disk, const char *path, u8 *target, size_t bytes_max,
                          size_t *size_out)
{
    return read_with(disk, path, 0, target, bytes_max, size_out);
}

enum fault tlog_file_read_own(struct disk *disk, const char *path, u8 *target, size_t bytes_max,
                              size_t *size_out)
{
    return read_with(disk, path, FILE_OWN, target, bytes_max, size_out);
}

enum fault tlog_file_write(struct disk *disk, const char *path, u32 flags, struct span bytes)
{
    bool exists = false;
    SCOPED_FILE file = {.disk = NULL};
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        TRY(disk_unlink(disk, path));
    }
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE | flags, &file));
    if (bytes.size > 0) {
        TRY(file_write_at(&file, 0, bytes.data, bytes.size));
    }
    return file_sync(&file);
}

enum fault tlog_file_replace(struct disk *disk, const char *folder, const char *name,
                             struct span bytes)
{
    char path[FILE_PATH_BYTES];
    char fresh_name[FILE_NAME_BYTES];
    char fresh[FILE_PATH_BYTES];
    (void)snprintf(fresh_name, sizeof(fresh_name), "%s.new", name);
    TRY(file_path(path, folder, name));
    TRY(file_path(fresh, folder, fresh_name));
    TRY(tlog_file_write(disk, fresh, 0, bytes));
    TRY(disk_rename(disk, fresh, path));
    return disk_sync_folder(disk, folder);
}

/* The folder that a name stands in. */
static enum fault parent_of(const char *path, char parent_out[FILE_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : (size_t)(slash - path) + (slash == path ? 1 : 0);
    if (length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%s: too long", path);
    }
    memcpy(parent_out, slash == NULL ? "." : path, length);
    parent_out[length] = '\0';
    return FAULT_NONE;
}

enum fault tlog_folder_make(struct disk *disk, const char *path)
{
    char parent[FILE_PATH_BYTES];
    TRY(parent_of(path, parent));
    TRY(disk_make_folder(disk, path));
    return disk_sync_folder(disk, parent);
}

/* ---- keys ---- */

/* The key that a public half and a name make. */
static enum fault key_of_pair(struct span name, enum tlog_key_kind kind, const char *public_pem,
                              struct tlog_key *key_out)
{
    struct sign_key open;
    struct sha256 sha256;
    u8 public_key[SIGN_PUBLIC_BYTES];
    TRY(sign_key_open_public(span_of_text(public_pem), &open));
    enum fault fault = sign_key_public(&open, public_key);
    sign_key_close(&open);
    TRY(fault);
    TRY(sha256_open(&sha256));
    tlog_key_make(&sha256, name, kind, public_key, key_out);
    sha256_close(&sha256);
    return FAULT_NONE;
}

static enum fault secret_write(struct disk *disk, const char *path, const char *vkey,
                               const char *private_pem)
{
    u8 bytes[SECRET_BYTES];
    char folder[FILE_PATH_BYTES];
    bool exists = false;
    TRY(parent_of(path, folder));
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: there is a file", path);
    }
    int size = snprintf((char *)bytes, sizeof(bytes), "%s\n%s", vkey, private_pem);
    CHECK(size > 0 && (size_t)size < sizeof(bytes));
    enum fault fault = tlog_file_write(disk, path, FILE_SECRET, span_of(bytes, (size_t)size));
    secret_wipe(bytes, sizeof(bytes));
    TRY(fault);
    return disk_sync_folder(disk, folder);
}

enum fault tlog_secret_make(struct disk *disk, const char *path, struct span name,
                            enum tlog_key_kind kind, struct tlog_key *key_out)
{
    struct sign_pair pair;
    char vkey[TLOG_VKEY_BYTES];
    if (!tlog_name_valid(name)) {
        return FAULT(FAULT_INPUT,
                     "the name of a key: 1 to 255 bytes, no spaces, plus signs or control "
                     "characters");
    }
    TRY(sign_pair_make(&pair));
    enum fault fault = key_of_pair(name, kind, pair.public_pem, key_out);
    if (fault == FAULT_NONE) {
        tlog_key_text(key_out, vkey);
        fault = secret_write(disk, path, vkey, pair.private_pem);
    }
    secret_wipe(&pair, sizeof(pair));
    return fault;
}

static enum fault secret_parse(const char *path, struct span bytes, enum tlog_key_kind kind,
                               struct tlog_secret *secret_out)
{
    char line[TLOG_LINE_BYTES];
    struct sha256 sha256;
    const u8 *end = bytes.size == 0 ? NULL : memchr(bytes.data, '\n', bytes.size);
    if (end == NULL) {
        return FAULT(FAULT_INPUT, "%s: not the file of a key", path);
    }
    struct span vkey = span_of(bytes.data, (size_t)(end - bytes.data));
    struct span pem = span_after(bytes, vkey.size + 1);
    TRY(sha256_open(&sha256));
    enum tlog_flaw flaw = tlog_key_read(&sha256, vkey, &secret_out->key);
    sha256_close(&sha256);
    if (flaw != TLOG_FLAW_NONE) {
        return FAULT(FAULT_INPUT, "%s: %s", path, tlog_flaw_meaning(flaw));
    }
    if (secret_out->key.kind != kind) {
        return FAULT(FAULT_INPUT, "%s: it is a %s's key", path,
                     kind == TLOG_KEY_LOG ? "witness" : "log");
    }
    if (!span_copy(pem, secret_out->pem, sizeof(secret_out->pem) - 1)) {
        return FAULT(FAULT_INPUT, "%s: not the file of a key", path);
    }
    secret_out->pem_bytes = (u32)pem.size;
    return tlog_note_sign(pem, &secret_out->key, 0, span_of_text("one pair?\n"), line);
}

enum fault tlog_secret_read(struct disk *disk, const char *path, enum tlog_key_kind kind,
                            struct tlog_secret *secret_out)
{
    size_t size = 0;
    memset(secret_out, 0, sizeof(*secret_out));
    u8 *bytes = sodium_init() < 0 ? NULL : sodium_malloc(SECRET_BYTES);
    if (bytes == NULL) {
        return FAULT(FAULT_LIMIT, "no guarded memory for a key");
    }
    enum fault fault = tlog_file_read_own(disk, path, bytes, SECRET_BYTES, &size);
    if (fault == FAULT_NONE) {
        fault = secret_parse(path, span_of(bytes, size), kind, secret_out);
    }
    sodium_free(bytes); /* which wipes */
    if (fault != FAULT_NONE) {
        tlog_secret_wipe(secret_out);
    }
    return fault;
}

void tlog_secret_wipe(struct tlog_secret *secret)
{
    secret_wipe(secret, sizeof(*secret));
}

enum fault tlog_secret_take(struct tlog_secret **secret_out)
{
    *secret_out = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(**secret_out));
    if (*secret_out == NULL) {
        return FAULT(FAULT_LIMIT, "no guarded memory for a key");
    }
    sodium_memzero(*secret_out, sizeof(**secret_out));
    return FAULT_NONE;
}

void tlog_secret_give_back(struct tlog_secret **secret)
{
    sodium_free(*secret); /* which wipes */
    *secret = NULL;
}
