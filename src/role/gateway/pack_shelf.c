#include "role/gateway/pack_shelf.h"

#include "base/check.h"
#include "io/log.h"
#include "wire/json_pull.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_SUFFIX      ".json"
#define GROUPS_SUFFIX    ".groups.json"
#define GROUPS_BYTES_MAX 1024U
#define NAME_BYTES       (SHELF_NAME_BYTES + sizeof(GROUPS_SUFFIX))
#define HEX              "0123456789abcdef"

struct pack_shelf {
    struct disk *disk;
    struct sha256 sha256;
    char folder[FILE_PATH_BYTES];
    u32 count;
    u32 used;                   /* of `memory` */
    u32 order[SHELF_PACKS_MAX]; /* by id and version */
    struct shelf_pack packs[SHELF_PACKS_MAX];
    u8 memory[SHELF_BYTES_MAX];
};

/* ---- names ---- */

static void name_print(const u8 hash[SHA256_BYTES], char target[SHELF_NAME_BYTES + 1])
{
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        target[2 * i] = HEX[hash[i] >> 4];
        target[2 * i + 1] = HEX[hash[i] & 15];
    }
    target[SHELF_NAME_BYTES] = 0;
}

/* False: not the name of a canonical form. */
static bool name_read(const char *name, u8 hash_out[SHA256_BYTES])
{
    if (strlen(name) != SHELF_NAME_BYTES + sizeof(TEXT_SUFFIX) - 1 ||
        strcmp(name + SHELF_NAME_BYTES, TEXT_SUFFIX) != 0) {
        return false;
    }
    for (u32 i = 0; i < SHELF_NAME_BYTES; i += 1) {
        const char *digit = strchr(HEX, name[i]);
        if (digit == NULL) {
            return false;
        }
        u32 value = (u32)(digit - HEX);
        hash_out[i / 2] = (u8)(i % 2 == 0 ? value << 4 : hash_out[i / 2] | value);
    }
    return true;
}

/* ---- files ---- */

static enum fault file_take(struct pack_shelf *shelf, const char *name, u8 *target,
                            u32 target_bytes, struct span *bytes_out)
{
    char path[FILE_PATH_BYTES];
    SCOPED_FILE file = {0};
    u64 size = 0;
    TRY(file_path(path, shelf->folder, name));
    TRY(file_open(shelf->disk, path, 0, &file));
    TRY(file_size(&file, &size));
    if (size == 0 || size > target_bytes) {
        return FAULT(FAULT_LIMIT, "%s: %llu bytes, room for %u", path, (unsigned long long)size,
                     target_bytes);
    }
    TRY(file_read_whole(&file, 0, target, (size_t)size));
    *bytes_out = span_of(target, (size_t)size);
    return FAULT_NONE;
}

/* {"groups": ["legal", "compliance"]} and nothing else; false: something else, and none are kept.
 */
static bool groups_read(struct span text, struct shelf_pack *pack)
{
    struct json_pull pull;
    json_pull_begin(&pull, text);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN ||
        json_pull_next(&pull) != JSON_TOKEN_KEY || !span_equal(pull.raw, span_of_text("groups")) ||
        json_pull_next(&pull) != JSON_TOKEN_ARRAY_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    for (; token == JSON_TOKEN_STRING; token = json_pull_next(&pull)) {
        if (pack->groups_count == SHELF_GROUPS_MAX || pull.escaped ||
            pull.raw.size > SHELF_GROUP_BYTES) {
            return false;
        }
        memcpy(pack->groups[pack->groups_count], pull.raw.data, pull.raw.size);
        pack->groups[pack->groups_count][pull.raw.size] = 0;
        pack->groups_count += 1;
    }
    return token == JSON_TOKEN_ARRAY_END && json_pull_next(&pull) == JSON_TOKEN_OBJECT_END &&
           json_pull_next(&pull) == JSON_TOKEN_END;
}

static void groups_take(struct pack_shelf *shelf, struct shelf_pack *pack)
{
    char name[NAME_BYTES];
    u8 bytes[GROUPS_BYTES_MAX];
    struct span text;
    memcpy(name, pack->name, SHELF_NAME_BYTES);
    memcpy(name + SHELF_NAME_BYTES, GROUPS_SUFFIX, sizeof(GROUPS_SUFFIX));
    if (file_take(shelf, name, bytes, sizeof(bytes), &text) != FAULT_NONE) {
        fault_forget(); /* it need not be there */
        return;
    }
    if (!groups_read(text, pack)) {
        pack->groups_count = 0;
    }
}

static bool comes_before(const struct pack_text *a, const struct pack_text *b)
{
    size_t size = a->id.size < b->id.size ? a->id.size : b->id.size;
    int order = memcmp(a->id.data, b->id.data, size);
    if (order == 0 && a->id.size != b->id.size) {
        return a->id.size < b->id.size;
    }
    return order != 0 ? order < 0 : a->version < b->version;
}

static void put_in_order(struct pack_shelf *shelf)
{
    u32 at = shelf->count;
    while (at > 0 && comes_before(&shelf->packs[shelf->count].text,
                                  &shelf->packs[shelf->order[at - 1]].text)) {
        shelf->order[at] = shelf->order[at - 1];
        at -= 1;
    }
    shelf->order[at] = shelf->count;
}

static void left_out(const char *name, const char *reason)
{
    log_warn("gateway.pack", LOG_STR("pack", name), LOG_STR("reason", reason));
}

static void pack_take(struct pack_shelf *shelf, const u8 hash[SHA256_BYTES])
{
    if (shelf->count == SHELF_PACKS_MAX) {
        left_out("", "more packs than are kept");
        return;
    }
    struct shelf_pack *pack = &shelf->packs[shelf->count];
    char name[NAME_BYTES];
    u8 found[SHA256_BYTES];
    u32 room = SHELF_BYTES_MAX - shelf->used;
    pack->groups_count = 0;
    memcpy(pack->hash, hash, SHA256_BYTES);
    name_print(hash, pack->name);
    memcpy(name, pack->name, SHELF_NAME_BYTES);
    memcpy(name + SHELF_NAME_BYTES, TEXT_SUFFIX, sizeof(TEXT_SUFFIX));
    enum fault fault =
        file_take(shelf, name, shelf->memory + shelf->used,
                  room < PACK_TEXT_JSON_MAX ? room : PACK_TEXT_JSON_MAX, &pack->canonical);
    if (fault != FAULT_NONE) {
        left_out(pack->name, fault_name(fault));
        fault_forget();
        return;
    }
    sha256_begin(&shelf->sha256);
    sha256_add(&shelf->sha256, pack->canonical);
    sha256_end(&shelf->sha256, found);
    if (memcmp(found, hash, SHA256_BYTES) != 0) {
        left_out(pack->name, "another content than its name says");
        return;
    }
    const char *reason = pack_text_read(pack->canonical, &pack->text);
    if (reason != NULL) {
        left_out(pack->name, reason);
        return;
    }
    groups_take(shelf, pack);
    put_in_order(shelf);
    shelf->used += (u32)pack->canonical.size;
    shelf->count += 1;
}

/* ---- the folder ---- */

/* The names are gathered first: a disk need not take other calls while it lists. */
struct visit {
    struct disk_visitor visitor; /* first: it is cast back */
    u32 count;
    u8 hashes[SHELF_PACKS_MAX + 1][SHA256_BYTES]; /* one more, so that it is said */
};

static enum fault name_come(struct disk_visitor *visitor, const char *name)
{
    struct visit *visit = (struct visit *)(void *)visitor;
    if (visit->count <= SHELF_PACKS_MAX && name_read(name, visit->hashes[visit->count])) {
        visit->count += 1;
    }
    return FAULT_NONE;
}

static enum fault folder_read(struct pack_shelf *shelf)
{
    struct visit visit = {.visitor = {.visit = name_come}};
    bool exists = false;
    TRY(disk_exists(shelf->disk, shelf->folder, &exists));
    if (exists) {
        TRY(disk_list(shelf->disk, shelf->folder, &visit.visitor));
    }
    for (u32 i = 0; i < visit.count; i += 1) {
        pack_shelf_fetch(shelf, visit.hashes[i]);
    }
    return FAULT_NONE;
}

enum fault pack_shelf_open(struct pack_shelf **shelf_out, struct disk *disk, const char *folder)
{
    *shelf_out = NULL;
    struct pack_shelf *shelf = calloc(1, sizeof(*shelf));
    if (shelf == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the packs");
    }
    shelf->disk = disk;
    enum fault fault = sha256_open(&shelf->sha256);
    if (fault == FAULT_NONE && strlen(folder) >= sizeof(shelf->folder)) {
        fault = FAULT(FAULT_LIMIT, "%s: too long a path", folder);
    }
    if (fault == FAULT_NONE) {
        memcpy(shelf->folder, folder, strlen(folder) + 1);
        fault = folder_read(shelf);
    }
    if (fault != FAULT_NONE) {
        pack_shelf_close(shelf);
        return fault;
    }
    *shelf_out = shelf;
    return FAULT_NONE;
}

void pack_shelf_close(struct pack_shelf *shelf)
{
    if (shelf != NULL) {
        sha256_close(&shelf->sha256);
        free(shelf);
    }
}

void pack_shelf_fetch(struct pack_shelf *shelf, const u8 hash[SHA256_BYTES])
{
    if (pack_shelf_find(shelf, hash) == NULL) {
        pack_take(shelf, hash);
    }
}

/* ---- looking ---- */

const struct shelf_pack *pack_shelf_find(const struct pack_shelf *shelf,
                                         const u8 hash[SHA256_BYTES])
{
    for (u32 i = 0; shelf != NULL && i < shelf->count; i += 1) {
        if (memcmp(shelf->packs[i].hash, hash, SHA256_BYTES) == 0) {
            return &shelf->packs[i];
        }
    }
    return NULL;
}

const struct shelf_pack *pack_shelf_named(const struct pack_shelf *shelf, struct span name)
{
    for (u32 i = 0; shelf != NULL && i < shelf->count; i += 1) {
        if (span_equal(name, span_of_text(shelf->packs[i].name))) {
            return &shelf->packs[i];
        }
    }
    return NULL;
}

const struct shelf_pack *pack_shelf_at(const struct pack_shelf *shelf, u32 index)
{
    return shelf != NULL && index < shelf->count ? &shelf->packs[shelf->order[index]] : NULL;
}
