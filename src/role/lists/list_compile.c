#include "role/lists/list_compile.h"

#include "base/check.h"
#include "base/span.h"
#include "wire/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRITE_BYTES = 1 << 20,
    HEADER_BYTES = 4096,
    NUMBER_BYTES = 32,
    FRESH_PARTS = 16, /* the file is written again when its last day has moved by such a part */
};

enum fault list_compiled_path(const char *folder, u64 list, char path_out[FILE_PATH_BYTES])
{
    char code[CODE_NAME_BYTES];
    char name[FILE_NAME_BYTES];
    bool is_name = code_name_print(list, code);
    CHECK(is_name);
    (void)snprintf(name, sizeof(name), "%s/%s%s", LISTS_FOLDER, code, LIST_COMPILED_ENDING);
    return file_path(path_out, folder, name);
}

u64 list_stale_us(const struct list_state *state)
{
    return state->confirmed_us + state->stale_after_us;
}

/* ---- writing ---- */

struct compiling {
    struct list_version_visitor visitor; /* first: it is cast back */
    struct file file;
    u64 offset;
    u64 entries;
    size_t used;
    u8 bytes[WRITE_BYTES];
};

static enum fault flush(struct compiling *compiling)
{
    if (compiling->used > 0) {
        TRY(file_write_at(&compiling->file, compiling->offset, compiling->bytes, compiling->used));
    }
    compiling->offset += compiling->used;
    compiling->used = 0;
    return FAULT_NONE;
}

static enum fault write(struct compiling *compiling, struct span bytes)
{
    while (bytes.size > 0) {
        size_t size = u64_min(bytes.size, sizeof(compiling->bytes) - compiling->used);
        memcpy(compiling->bytes + compiling->used, bytes.data, size);
        compiling->used += size;
        bytes = span_after(bytes, size);
        if (compiling->used == sizeof(compiling->bytes)) {
            TRY(flush(compiling));
        }
    }
    return FAULT_NONE;
}

/* The number is the first key. */
static enum fault entry_write(struct list_version_visitor *visitor,
                              const struct list_version *version)
{
    struct compiling *compiling = (struct compiling *)(void *)visitor;
    char number[NUMBER_BYTES];
    if (version->line.size < 2 || version->line.data[0] != '{') {
        return FAULT(FAULT_ROT, "entry %u is no line of the normal form", version->number);
    }
    int size = snprintf(number, sizeof(number), "{\"number\":%u,", version->number);
    compiling->entries += 1;
    TRY(write(compiling, span_of(number, (size_t)size)));
    TRY(write(compiling, span_after(version->line, 1)));
    return write(compiling, span_of_text("\n"));
}

static void header_fill(const struct list_state *state, const struct list_load *load, u64 now_us,
                        struct list_header *header_out)
{
    *header_out = (struct list_header){.published = load->published,
                                       .rows_in = load->rows,
                                       .entries_count = load->in_force,
                                       .rows_merged = load->merged,
                                       .rows_refused = load->refused,
                                       .load = load->number,
                                       .kept = load->kept,
                                       .recorded_us = load->recorded_us,
                                       .stale_from_us = list_stale_us(state),
                                       .stale = now_us >= list_stale_us(state)};
    bool is_name = code_name_print(state->list, header_out->list);
    CHECK(is_name);
    memcpy(header_out->format, load->format, sizeof(header_out->format));
    memcpy(header_out->source_hash, load->hash, sizeof(header_out->source_hash));
}

static enum fault list_write(struct list_store *store, const struct list_state *state, u64 now_us,
                             struct compiling *compiling)
{
    char line[HEADER_BYTES];
    struct list_load load;
    struct list_header header;
    bool found = false;
    TRY(list_store_load(store, state->load, &load, &found));
    if (!found) {
        return FAULT(FAULT_ROT, "load %u is in force and has no row", state->load);
    }
    header_fill(state, &load, now_us, &header);
    size_t size = list_header_print(&header, line, sizeof(line));
    CHECK(size > 0);
    TRY(write(compiling, span_of(line, size)));
    compiling->visitor.visit = entry_write;
    TRY(list_store_at(store, state->list, LIST_TIME_OPEN - 1, &compiling->visitor));
    if (compiling->entries != load.in_force) {
        return FAULT(FAULT_ROT, "load %u counts %llu entries in force, and there are %llu",
                     load.number, (unsigned long long)load.in_force,
                     (unsigned long long)compiling->entries);
    }
    TRY(flush(compiling));
    return file_sync(&compiling->file);
}

static enum fault held(struct list_store *store, const char *folder, u64 list, u64 now_us,
                       struct compiling *compiling)
{
    struct list_state state;
    char path[FILE_PATH_BYTES];
    char fresh[FILE_PATH_BYTES + 8];
    char lists[FILE_PATH_BYTES];
    bool exists = false;
    TRY(list_store_state(store, list, &state));
    if (state.load == 0) {
        return FAULT_NONE;
    }
    TRY(list_compiled_path(folder, list, path));
    TRY(file_path(lists, folder, LISTS_FOLDER));
    (void)snprintf(fresh, sizeof(fresh), "%s.new", path);
    TRY(disk_exists(disk_real(), fresh, &exists));
    if (exists) {
        TRY(disk_unlink(disk_real(), fresh));
    }
    TRY(file_open(disk_real(), fresh, FILE_WRITE | FILE_CREATE, &compiling->file));
    enum fault fault = list_write(store, &state, now_us, compiling);
    file_close(&compiling->file);
    TRY(fault);
    TRY(disk_rename(disk_real(), fresh, path));
    return disk_sync_folder(disk_real(), lists);
}

enum fault list_compile(struct list_store *store, const char *folder, u64 list, u64 now_us)
{
    struct compiling *compiling = calloc(1, sizeof(struct compiling));
    if (compiling == NULL) {
        return FAULT(FAULT_LIMIT, "no memory to write a list");
    }
    enum fault fault = list_store_hold(store);
    if (fault == FAULT_NONE) {
        fault = held(store, folder, list, now_us, compiling);
        list_store_abandon(store);
    }
    free(compiling);
    return fault;
}

/* ---- looking ---- */

static enum fault header_read(const char *folder, u64 list, u8 line[HEADER_BYTES], size_t *size_out)
{
    char path[FILE_PATH_BYTES];
    struct file file;
    TRY(list_compiled_path(folder, list, path));
    TRY(file_open(disk_real(), path, 0, &file));
    enum fault fault = file_read_at(&file, 0, line, HEADER_BYTES, size_out);
    file_close(&file);
    return fault;
}

bool list_compiled_look(const char *folder, u64 list, struct list_header *header_out)
{
    u8 line[HEADER_BYTES];
    size_t size = 0;
    if (header_read(folder, list, line, &size) != FAULT_NONE) {
        fault_forget();
        return false;
    }
    const u8 *end = memchr(line, '\n', size);
    return end != NULL &&
           list_header_read(header_out, span_of(line, (size_t)(end - line))) == LIST_LINE_OK;
}

bool list_compiled_is_good(const char *folder, const struct list_state *state, u64 now_us)
{
    struct list_header header;
    u64 stale_us = list_stale_us(state);
    if (state->load == 0) {
        return true;
    }
    if (!list_compiled_look(folder, state->list, &header) || header.load != state->load) {
        return false;
    }
    u64 moved_us = stale_us > header.stale_from_us ? stale_us - header.stale_from_us
                                                   : header.stale_from_us - stale_us;
    return header.stale == (now_us >= stale_us) && moved_us <= state->stale_after_us / FRESH_PARTS;
}
