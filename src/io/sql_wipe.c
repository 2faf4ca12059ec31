#include "io/sql_wipe.h"

#include "base/secret.h"

#include <sqlite3.h>
#include <string.h>

/* SQLite's own, which ours end in. */
static sqlite3_mem_methods methods;

static void wiping_free(void *memory)
{
    if (memory != NULL) {
        secret_wipe(memory, (size_t)methods.xSize(memory));
        methods.xFree(memory);
    }
}

/* Always another piece: the one that grew or shrank is wiped. */
static void *wiping_realloc(void *memory, int bytes)
{
    void *fresh = methods.xMalloc(bytes);
    int before = memory == NULL ? 0 : methods.xSize(memory);
    if (fresh != NULL && memory != NULL) {
        memcpy(fresh, memory, (size_t)(before < bytes ? before : bytes));
        wiping_free(memory);
    }
    return fresh;
}

bool sql_wipe_freed(void)
{
    static bool is_done;
    if (is_done) {
        return true;
    }
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &methods) != SQLITE_OK) {
        return false;
    }
    sqlite3_mem_methods ours = methods;
    ours.xFree = wiping_free;
    ours.xRealloc = wiping_realloc;
    /* No pools of small pieces and of pages: what is in one is not freed piece by piece. */
    is_done = sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK &&
              sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK &&
              sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0) == SQLITE_OK;
    return is_done;
}

void sql_unuse(void)
{
    (void)sqlite3_shutdown();
}
