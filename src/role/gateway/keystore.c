#include "role/gateway/keystore.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/gateway/view_key.h"

#include <string.h>

#define KEYSTORE_APPLICATION 0x434d424bU /* CMBK */
#define KEYSTORE_VERSION     1U

#define NETWORK_BYTES  17U /* address, then how many of its bits count */
#define NETWORKS_BYTES (KEYS_NETWORKS_MAX * NETWORK_BYTES)

static const char *const schema[] = {
    "CREATE TABLE keys (name BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, "
    "sealed BLOB NOT NULL, public BLOB NOT NULL, networks BLOB NOT NULL, label BLOB NOT NULL, "
    "created INTEGER NOT NULL) STRICT",
    NULL,
};

static const struct sql_format format = {
    .application = KEYSTORE_APPLICATION,
    .version = KEYSTORE_VERSION,
    .what = "API keys",
    .schema = schema,
};

static const char *const texts[KEYSTORE_STATEMENTS] = {
    [KEYSTORE_ADD] = "INSERT OR IGNORE INTO keys (name, id, kind, sealed, public, networks, label, "
                     "created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [KEYSTORE_ALL] = "SELECT length(name), name, length(id), id, kind, length(sealed), sealed, "
                     "length(public), public, length(networks), networks, length(label), label, "
                     "created FROM keys ORDER BY created, id",
    [KEYSTORE_LABEL] = "SELECT length(label), label FROM keys WHERE id = ?",
    [KEYSTORE_COUNT] = "SELECT count(*) FROM keys",
    [KEYSTORE_OLDER] = "SELECT id FROM keys WHERE id > ? AND created < ? AND length(id) = 32 "
                       "ORDER BY id LIMIT 1",
    [KEYSTORE_FORGET] = "DELETE FROM keys WHERE id = ?",
};

/* ---- opening ---- */

static enum fault number_of(struct keystore *store, enum keystore_statement statement,
                            u64 *number_out)
{
    struct sql_call call = sql_call(store->statements[statement]);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    CHECK(row);
    *number_out = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

/* A key file made now would not open what is there. */
static enum fault seal_check(struct keystore *store, const char *folder)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    u64 count = 0;
    TRY(file_path(path, folder, KEYSTORE_SEAL_FILE));
    TRY(disk_exists(disk_real(), path, &exists));
    TRY(number_of(store, KEYSTORE_COUNT, &count));
    if (!exists && count > 0) {
        return FAULT(FAULT_MISSING, "%s: %llu API keys are sealed under this file", path,
                     (unsigned long long)count);
    }
    return FAULT_NONE;
}

static enum fault open_inner(struct keystore *store, const char *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, KEYSTORE_FILE));
    TRY(sql_file_make(folder, path));
    TRY(sql_open(&store->sql, path, SQL_WRITE, &format));
    TRY(sql_run(&store->sql, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON"));
    for (u32 i = 0; i < KEYSTORE_STATEMENTS; i += 1) {
        CHECK(texts[i] != NULL);
        TRY(sql_prepare(&store->sql, texts[i], &store->statements[i]));
    }
    TRY(seal_check(store, folder));
    return seal_key_open(disk_real(), folder, KEYSTORE_SEAL_FILE, &store->seal);
}

enum fault keystore_open(struct keystore *store, const char *folder)
{
    *store = (struct keystore){.sql = {.db = NULL}};
    enum fault fault = open_inner(store, folder);
    if (fault != FAULT_NONE) {
        keystore_close(store);
    }
    return fault;
}

void keystore_close(struct keystore *store)
{
    for (u32 i = 0; i < KEYSTORE_STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    seal_key_wipe(&store->seal);
}

/* ---- rows ---- */

static bool kind_fits(u8 kind, size_t secret_bytes, size_t public_bytes)
{
    switch (kind) { /* not an enum: a number from outside */
    case KEY_KIND_HMAC:
        return secret_bytes > 0 && secret_bytes <= SIGN_SECRET_MAX && public_bytes == 0;
    case KEY_KIND_ED25519:
    case KEY_KIND_RSA:
        return secret_bytes == 0 && public_bytes > 0 && public_bytes <= SIGN_PUBLIC_MAX;
    default: /* not an enum: a number from outside */
        return false;
    }
}

static bool row_fits(const struct keystore_row *row)
{
    for (u32 i = 0; i < u64_min(row->networks_count, KEYS_NETWORKS_MAX); i += 1) {
        if (row->networks[i].bits > 128) {
            return false;
        }
    }
    return auth_key_valid(span_of(row->name, sizeof(row->name))) &&
           kind_fits(row->kind, row->secret.size, row->public.size) &&
           row->networks_count <= KEYS_NETWORKS_MAX && row->label.size <= KEYSTORE_LABEL_MAX &&
           row->created_us <= INT64_MAX;
}

static struct span networks_encode(const struct keystore_row *row, u8 target[NETWORKS_BYTES])
{
    u8 *at = target;
    for (u32 i = 0; i < row->networks_count; i += 1) {
        memcpy(at, row->networks[i].address.bytes, NETWORK_BYTES - 1);
        at[NETWORK_BYTES - 1] = (u8)row->networks[i].bits;
        at += NETWORK_BYTES;
    }
    return span_of(target, (size_t)(at - target));
}

enum fault keystore_add(struct keystore *store, const struct keystore_row *row)
{
    u8 sealed[SIGN_SECRET_MAX + SEAL_EXTRA_BYTES];
    u8 networks[NETWORKS_BYTES];
    size_t sealed_bytes = 0;
    if (!row_fits(row)) {
        return FAULT(FAULT_INPUT, "an API key to be stored has a field out of its bounds");
    }
    if (row->secret.size > 0) {
        sealed_bytes = row->secret.size + SEAL_EXTRA_BYTES;
        TRY(seal_close(&store->seal, span_of(row->name, sizeof(row->name)), row->secret, sealed,
                       sealed_bytes));
    }
    struct sql_call call = sql_call(store->statements[KEYSTORE_ADD]);
    sql_put_bytes(&call, span_of(row->name, sizeof(row->name)));
    sql_put_bytes(&call, span_of(row->key_id, sizeof(row->key_id)));
    sql_put_u64(&call, row->kind);
    sql_put_bytes(&call, span_of(sealed, sealed_bytes));
    sql_put_bytes(&call, row->public);
    sql_put_bytes(&call, networks_encode(row, networks));
    sql_put_bytes(&call, row->label);
    sql_put_u64(&call, row->created_us);
    TRY(sql_do(&store->sql, &call));
    if (sql_changes(&store->sql) == 0) {
        return FAULT(FAULT_EXISTS, "%s: this API key is there", store->sql.path);
    }
    return FAULT_NONE;
}

/* A row as it was read, and the memory that its spans point into. */
struct row_read {
    struct keystore_row row;
    size_t name_bytes;
    size_t id_bytes;
    size_t sealed_bytes;
    size_t networks_bytes;
    u8 sealed[SIGN_SECRET_MAX + SEAL_EXTRA_BYTES];
    u8 secret[SIGN_SECRET_MAX];
    u8 public[SIGN_PUBLIC_MAX];
    u8 networks[NETWORKS_BYTES];
    u8 label[KEYSTORE_LABEL_MAX];
};

static size_t get_sized(struct sql_call *call, u8 *target, size_t bytes)
{
    size_t size = sql_get_u64(call);
    sql_get_bytes(call, target, bytes);
    return size;
}

static void columns_read(struct sql_call *call, struct row_read *read)
{
    struct keystore_row *row = &read->row;
    read->name_bytes = get_sized(call, row->name, sizeof(row->name));
    read->id_bytes = get_sized(call, row->key_id, sizeof(row->key_id));
    u64 kind = sql_get_u64(call);
    row->kind = kind > UINT8_MAX ? 0 : (u8)kind;
    read->sealed_bytes = get_sized(call, read->sealed, sizeof(read->sealed));
    row->public = span_of(read->public, get_sized(call, read->public, sizeof(read->public)));
    read->networks_bytes = get_sized(call, read->networks, sizeof(read->networks));
    row->label = span_of(read->label, get_sized(call, read->label, sizeof(read->label)));
    row->created_us = sql_get_u64(call);
}

/* Whether the columns are a key. Opens the secret. */
static bool row_open(const struct keystore *store, struct row_read *read)
{
    struct keystore_row *row = &read->row;
    bool sized = read->name_bytes == sizeof(row->name) && read->id_bytes == sizeof(row->key_id) &&
                 read->networks_bytes % NETWORK_BYTES == 0 &&
                 read->networks_bytes <= sizeof(read->networks) &&
                 read->sealed_bytes <= sizeof(read->sealed) &&
                 row->public.size <= sizeof(read->public) && row->label.size <= sizeof(read->label);
    if (!sized || (read->sealed_bytes > 0 && read->sealed_bytes <= SEAL_EXTRA_BYTES)) {
        return false;
    }
    row->networks_count = (u32)(read->networks_bytes / NETWORK_BYTES);
    for (u32 i = 0; i < row->networks_count; i += 1) {
        const u8 *at = read->networks + (size_t)i * NETWORK_BYTES;
        memcpy(row->networks[i].address.bytes, at, NETWORK_BYTES - 1);
        row->networks[i].bits = at[NETWORK_BYTES - 1];
    }
    if (read->sealed_bytes > 0) {
        row->secret = span_of(read->secret, read->sealed_bytes - SEAL_EXTRA_BYTES);
        enum fault fault =
            seal_open(&store->seal, span_of(row->name, sizeof(row->name)),
                      span_of(read->sealed, read->sealed_bytes), read->secret, row->secret.size);
        if (fault != FAULT_NONE) {
            fault_forget();
            return false;
        }
    }
    return row_fits(row);
}

enum fault keystore_each(struct keystore *store, struct keystore_reader *reader,
                         u32 *unreadable_out)
{
    struct sql_call call = sql_call(store->statements[KEYSTORE_ALL]);
    bool more = false;
    *unreadable_out = 0;
    TRY(sql_next(&store->sql, &call, &more));
    while (more) {
        struct row_read read = {.row = {.kind = 0}};
        enum fault fault = FAULT_NONE;
        columns_read(&call, &read);
        if (row_open(store, &read)) {
            fault = reader->row(reader, &read.row);
        } else {
            *unreadable_out += 1;
        }
        secret_wipe(&read, sizeof(read));
        if (fault != FAULT_NONE) {
            sql_end(&call);
            return fault;
        }
        TRY(sql_next(&store->sql, &call, &more));
    }
    return FAULT_NONE;
}

enum fault keystore_label(struct keystore *store, const u8 id[KEY_ID_BYTES],
                          u8 label_out[KEYSTORE_LABEL_MAX], size_t *bytes_out)
{
    struct sql_call call = sql_call(store->statements[KEYSTORE_LABEL]);
    bool found = false;
    *bytes_out = 0;
    sql_put_bytes(&call, span_of(id, KEY_ID_BYTES));
    TRY(sql_next(&store->sql, &call, &found));
    if (found) {
        size_t size = get_sized(&call, label_out, KEYSTORE_LABEL_MAX);
        *bytes_out = size > KEYSTORE_LABEL_MAX ? 0 : size;
        sql_end(&call);
    }
    return FAULT_NONE;
}

/* ---- into the table ---- */

enum fault keystore_row_put(struct keys *keys, const struct keystore_row *row)
{
    struct keys_new key = {.api_key = span_of(row->name, sizeof(row->name)),
                           .secret = row->secret,
                           .public = row->public,
                           .networks = row->networks,
                           .networks_count = row->networks_count,
                           .created_us = row->created_us};
    return keys_put(keys, &key);
}

struct loader {
    struct keystore_reader reader; /* first: it is cast back */
    struct keys *keys;
    u32 loaded;
    u32 unusable;
};

static enum fault row_load(struct keystore_reader *reader, const struct keystore_row *row)
{
    struct loader *loader = (struct loader *)reader;
    enum fault fault = keystore_row_put(loader->keys, row);
    if (fault == FAULT_INPUT) { /* a public key that is none */
        fault_forget();
        loader->unusable += 1;
        return FAULT_NONE;
    }
    loader->loaded += fault == FAULT_NONE;
    return fault;
}

enum fault keystore_load(struct keystore *store, struct keys *keys)
{
    struct loader loader = {.reader = {row_load}, .keys = keys};
    u32 unreadable = 0;
    CHECK(keys->followed != NULL);
    TRY(keystore_each(store, &loader.reader, &unreadable));
    unreadable += loader.unusable;
    if (unreadable > 0) {
        log_error("keys.unreadable", LOG_U64("keys", unreadable), LOG_U64("read", loader.loaded));
    }
    if (unreadable > 0 && loader.loaded == 0) {
        return FAULT(FAULT_ROT, "%s: none of %u API keys can be read", store->sql.path, unreadable);
    }
    return FAULT_NONE;
}

/* ---- letting go ---- */

/* The next id after this one whose row is older. */
static enum fault older(struct keystore *store, u8 id[KEY_ID_BYTES], u64 before_us, bool *found_out)
{
    struct sql_call call = sql_call(store->statements[KEYSTORE_OLDER]);
    sql_put_bytes(&call, span_of(id, KEY_ID_BYTES));
    sql_put_u64(&call, u64_min(before_us, INT64_MAX));
    TRY(sql_next(&store->sql, &call, found_out));
    if (*found_out) {
        sql_get_bytes(&call, id, KEY_ID_BYTES);
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault prune(struct keystore *store, const struct view *view, u64 before_us,
                        u32 *count_out)
{
    u8 id[KEY_ID_BYTES] = {0};
    bool found = false;
    TRY(older(store, id, before_us, &found));
    while (found && *count_out < KEYSTORE_PRUNE_MAX) {
        if (view_key_of(view, id) == NULL) {
            struct sql_call call = sql_call(store->statements[KEYSTORE_FORGET]);
            sql_put_bytes(&call, span_of(id, sizeof(id)));
            TRY(sql_do(&store->sql, &call));
            *count_out += 1;
        }
        TRY(older(store, id, before_us, &found));
    }
    return FAULT_NONE;
}

enum fault keystore_prune(struct keystore *store, const struct view *view, u64 before_us,
                          u32 *count_out)
{
    *count_out = 0;
    TRY(sql_run(&store->sql, "BEGIN IMMEDIATE"));
    enum fault fault = prune(store, view, before_us, count_out);
    if (fault == FAULT_NONE) {
        return sql_run(&store->sql, "COMMIT");
    }
    *count_out = 0;
    if (sql_run(&store->sql, "ROLLBACK") != FAULT_NONE) {
        log_error("keys.not_rolled_back", LOG_FAULT(fault));
    }
    return fault;
}
