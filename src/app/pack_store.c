#include "app/pack_store.h"

#include "app/text_file.h"
#include "base/check.h"
#include "io/file.h"

#include <stdio.h>

#define HASH_DIGITS  (2U * RULE_HASH_BYTES)
#define GROUPS_BYTES 128U

static enum fault put(const char *folder, const u8 hash[RULE_HASH_BYTES], const char *ending,
                      struct span text)
{
    char name[HASH_DIGITS + 32];
    char path[FILE_PATH_BYTES];
    size_t used = 0;
    for (u32 i = 0; i < RULE_HASH_BYTES; i += 1) {
        used += (size_t)snprintf(name + used, sizeof(name) - used, "%02x", hash[i]);
    }
    (void)snprintf(name + used, sizeof(name) - used, "%s", ending);
    TRY(file_path(path, folder, name));
    return text_file_put(path, text.data, text.size, false);
}

enum fault pack_store_put(const char *folder, const struct rule_source *source,
                          const char *const groups[2])
{
    char path[FILE_PATH_BYTES];
    char text[GROUPS_BYTES];
    const u8 *hash = source->pack.content_hash;
    int size = groups == NULL ? snprintf(text, sizeof(text), "{\"groups\":[]}\n")
                              : snprintf(text, sizeof(text), "{\"groups\":[\"%s\",\"%s\"]}\n",
                                         groups[0], groups[1]);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    TRY(file_path(path, folder, PACK_STORE_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    TRY(put(path, hash, ".groups.json", (struct span){(const u8 *)text, (size_t)size}));
    return put(path, hash, ".json", (struct span){source->canonical, source->canonical_bytes});
}
