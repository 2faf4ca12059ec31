#include "app/demo_lists.h"

#include "app/local_socket.h"
#include "app/rules_builtin.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "role/lists/list_load.h"
#include "wire/code.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STALE_AFTER_US (100ULL * 365 * 24 * LIST_HOUR_US)
#define TOLD           "demo-people.jsonl"

enum { WAIT_S = 10, ANSWER_BYTES = 512 };

/* ---- files ---- */

/* As it was built in, if nothing is there by that name. */
static enum fault file_put(const char *folder, const char *place, const char *name,
                           char path[FILE_PATH_BYTES])
{
    const struct rules_builtin *file = rules_builtin_find(name);
    char whole[FILE_PATH_BYTES];
    bool exists = false;
    CHECK(file != NULL);
    TRY(file_path(whole, folder, place));
    TRY(disk_make_folder(disk_real(), whole));
    TRY(file_path(path, whole, name));
    TRY(disk_exists(disk_real(), path, &exists));
    return exists ? FAULT_NONE : text_file_put(path, file->text.data, file->text.size, false);
}

/* By the machine's time, like the list agent. */
static enum fault list_put(struct list_store *store, struct list_loader *loader, const char *folder,
                           const char *list, const char *name)
{
    char path[FILE_PATH_BYTES];
    const char *const paths[] = {path};
    static struct list_load load; /* one thread */
    struct list_load_request request = {.folder = folder,
                                        .list = code_name_of(span_of_text(list)),
                                        .paths = paths,
                                        .paths_count = ARRAY_COUNT(paths),
                                        .format = LIST_FORMAT_AUTO,
                                        .now_us = clock_wall_us(clock_real()),
                                        .policy = {.keep_percent = LIST_KEEP_PERCENT,
                                                   .refused_permille = LIST_REFUSED_PERMILLE,
                                                   .stale_after_us = STALE_AFTER_US}};
    TRY(file_put(folder, "demo", name, path));
    TRY(list_load(loader, store, &request, &load));
    return load.outcome == LIST_OUTCOME_ACCEPTED || load.outcome == LIST_OUTCOME_UNCHANGED
               ? FAULT_NONE
               : FAULT(FAULT_DIVERGED, "the demo's list is refused: %s", load.reason);
}

/* A list that is there stays: somebody may have loaded a newer one. */
static enum fault lists_put(struct list_store *store, struct list_loader *loader,
                            const char *folder)
{
    static const struct {
        const char *list;
        const char *name;
    } rows[] = {{"demo-list", "demo-list.jsonl"}, {"us-sdn", "list.jsonl"}};
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        struct list_state state;
        TRY(list_store_state(store, code_name_of(span_of_text(rows[i].list)), &state));
        if (state.load == 0) {
            TRY(list_put(store, loader, folder, rows[i].list, rows[i].name));
        }
    }
    return FAULT_NONE;
}

enum fault demo_lists_put(const char *folder)
{
    static const char *const registers[] = {"register.jsonl", "payments.jsonl"};
    char path[FILE_PATH_BYTES];
    struct list_store *store = NULL;
    struct list_loader *loader = NULL;
    for (u32 i = 0; i < ARRAY_COUNT(registers); i += 1) {
        TRY(file_put(folder, "registers", registers[i], path));
    }
    TRY(file_put(folder, "demo", "demo-lena.jsonl", path));
    enum fault fault = list_store_open(&store, folder, SQL_WRITE);
    if (fault == FAULT_NONE) {
        fault = list_loader_create(&loader);
    }
    if (fault == FAULT_NONE) {
        fault = lists_put(store, loader, folder);
    }
    list_loader_destroy(loader);
    list_store_close(store);
    return fault;
}

/* ---- people ---- */

/* Up to a line's end; "ok", or what is wrong. */
static enum fault answer_take(int socket)
{
    char answer[ANSWER_BYTES];
    size_t used = 0;
    while (used == 0 || answer[used - 1] != '\n') {
        size_t got = 0;
        if (used == sizeof(answer)) {
            return FAULT(FAULT_FOREIGN, "screening: an answer that is none");
        }
        TRY(local_socket_receive(socket, answer + used, sizeof(answer) - used, &got));
        used += got;
    }
    return used == 3 && memcmp(answer, "ok\n", 3) == 0
               ? FAULT_NONE
               : FAULT(FAULT_REFUSED, "screening: %.*s", (int)used - 1, answer);
}

static enum fault tell_all(int socket, struct span text)
{
    while (text.size > 0) {
        size_t size = 0;
        while (size < text.size && text.data[size] != '\n') {
            size += 1;
        }
        TRY(local_socket_send(socket, span_of_text("put ")));
        TRY(local_socket_send(socket, span_of(text.data, size)));
        TRY(local_socket_send(socket, span_of_text("\n")));
        TRY(answer_take(socket));
        text = span_after(text, size < text.size ? size + 1 : size);
    }
    return FAULT_NONE;
}

enum fault demo_lists_tell(const char *socket)
{
    const struct rules_builtin *told = rules_builtin_find(TOLD);
    int line = -1;
    CHECK(told != NULL);
    TRY(local_socket_open(socket, WAIT_S, &line));
    enum fault fault = tell_all(line, told->text);
    (void)close(line);
    return fault;
}
