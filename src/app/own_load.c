#include "app/own_load.h"

#include "base/check.h"
#include "base/span.h"
#include "io/input.h"
#include "role/lists/list_read.h"
#include "role/screen/own_read_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 8, TEXT_BYTES = 1024 };

static void on_progress(void *context, u64 done, u64 all)
{
    progress_update(context, done, all);
}

/* ---- lists ---- */

/* One list: its number, and the entries as they come. */
struct taker {
    struct list_sink sink;
    struct own_load *load;
    u32 number;
    struct list_header header;
};

static enum fault take_entry(struct list_sink *sink, const struct list_entry *entry)
{
    struct taker *taker = (struct taker *)(void *)sink;
    return own_reader_entry(taker->load->reader, taker->number, &taker->header, entry);
}

/* The number of the code, a new one at its first appearance. */
static enum fault number_of(struct own_load *load, const char *code, u32 *number_out)
{
    for (u32 i = 0; i < load->lists_count; i += 1) {
        if (strcmp(load->codes[i], code) == 0) {
            *number_out = i;
            return FAULT_NONE;
        }
    }
    if (load->lists_count == OWN_LISTS_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u lists", OWN_LISTS_MAX);
    }
    if (!list_code_is_valid(span_of_text(code))) {
        return FAULT(FAULT_USAGE, "--list: \"%s\" is no code of a list: a-z, 0-9 and -", code);
    }
    (void)snprintf(load->codes[load->lists_count], sizeof(load->codes[0]), "%s", code);
    *number_out = load->lists_count;
    load->lists_count += 1;
    return FAULT_NONE;
}

/* Whether the file begins as the normal form does. */
static enum fault is_normal(const char *path, bool *normal_out)
{
    static const char begin[] = "{\"list\":";
    char head[sizeof(begin) - 1];
    size_t size = 0;
    SCOPED_INPUT *input = NULL;
    TRY(input_open(&input, disk_real(), path, 0));
    TRY(input_read(input, head, sizeof(head), &size));
    *normal_out = size == sizeof(head) && memcmp(head, begin, sizeof(head)) == 0;
    return FAULT_NONE;
}

/* A list's own code is what its header says; of a source, what the format is, OFAC's aside, which
 * registers name by the code of the SDN list. */
static enum fault code_of(const char *path, char target[LIST_CODE_BYTES + 1])
{
    enum list_format format = LIST_FORMAT_AUTO;
    TRY(list_format_of(disk_real(), path, &format));
    const char *name = list_format_name(format);
    (void)snprintf(target, LIST_CODE_BYTES + 1, "%s",
                   strncmp(name, "ofac", 4) == 0 ? OWN_OFAC_SCHEME : name);
    return FAULT_NONE;
}

static enum fault read_normal(struct own_load *load, const char *path)
{
    struct list_header header = {.load = 0};
    u32 number = 0;
    {
        struct span line = {.data = NULL, .size = 0};
        bool more = false;
        SCOPED_INPUT *input = NULL;
        TRY(input_open(&input, disk_real(), path, LIST_LINE_BYTES));
        TRY(input_line(input, &line, &more));
        if (!more || list_header_read(&header, line) != LIST_LINE_OK) {
            return FAULT(FAULT_INPUT, "%s: the header of the list is none", path);
        }
    }
    TRY(number_of(load, header.list, &number));
    TRY(own_reader_list(load->reader, disk_real(), path, number, &header));
    load->rows_refused += header.rows_refused;
    return FAULT_NONE;
}

static enum fault read_sources(struct own_load *load, const char *code, const char *const *paths,
                               u32 count)
{
    struct taker taker = {.sink = {.take = take_entry}, .load = load};
    struct list_source source = {.list = code, .paths = paths, .paths_count = count};
    enum list_format format = LIST_FORMAT_AUTO;
    static struct list_report report;
    TRY(number_of(load, code, &taker.number));
    (void)snprintf(taker.header.list, sizeof(taker.header.list), "%s", code);
    TRY(list_format_of(disk_real(), paths[0], &format)); /* by it, OFAC's numbers are known */
    (void)snprintf(taker.header.format, sizeof(taker.header.format), "%s",
                   list_format_name(format));
    TRY(list_read(&source, &taker.sink, &report));
    load->rows_refused += report.header.rows_refused;
    return FAULT_NONE;
}

/* What stands before the "=" of CODE=FILE, and the file. A path with a "/" before the "=" has none.
 */
static const char *cut_code(const char *text, char code[LIST_CODE_BYTES + 1])
{
    const char *equals = strchr(text, '=');
    size_t size = equals != NULL ? (size_t)(equals - text) : 0;
    code[0] = 0;
    if (size == 0 || size > LIST_CODE_BYTES || memchr(text, '/', size) != NULL) {
        return text;
    }
    memcpy(code, text, size);
    code[size] = 0;
    return equals + 1;
}

/* Those that begin at `first` and are one list; their count is returned in *count_out. */
static enum fault read_list(struct own_load *load, const struct own_load_files *files, u32 first,
                            u32 *count_out)
{
    char code[LIST_CODE_BYTES + 1];
    const char *paths[LIST_FILES_MAX];
    bool normal = false;
    paths[0] = cut_code(files->lists[first], code);
    *count_out = 1;
    TRY(is_normal(paths[0], &normal));
    if (normal) {
        return code[0] == 0 ? read_normal(load, paths[0])
                            : FAULT(FAULT_USAGE, "--list: %s says its own code, %s= is not wanted",
                                    paths[0], code);
    }
    if (code[0] == 0) {
        TRY(code_of(paths[0], code));
        return read_sources(load, code, paths, 1);
    }
    u32 count = 1;
    for (; count < LIST_FILES_MAX && first + count < files->lists_count; count += 1) {
        char other[LIST_CODE_BYTES + 1];
        paths[count] = cut_code(files->lists[first + count], other);
        if (strcmp(other, code) != 0) {
            break;
        }
    }
    *count_out = count;
    return read_sources(load, code, paths, count);
}

/* ---- all ---- */

static enum fault read_all(struct own_load *load, const struct own_load_files *files)
{
    for (u32 i = 0; i < files->registers_count; i += 1) {
        TRY(own_reader_file(load->reader, disk_real(), files->registers[i]));
    }
    TRY(own_reader_end(load->reader));
    for (u32 i = 0; i < files->lists_count;) {
        u32 count = 0;
        TRY(read_list(load, files, i, &count));
        i += count;
    }
    return own_reader_lists_end(load->reader);
}

enum fault own_load_open(struct own_load *load, const struct own_load_files *files,
                         struct progress *progress)
{
    *load = (struct own_load){.build = NULL};
    TRY(own_build_open(&load->build));
    TRY(own_reader_open(&load->reader, load->build, &load->report));
    if (progress != NULL) {
        own_reader_watch(load->reader, on_progress, progress);
    }
    TRY(read_all(load, files));
    return own_graph_seal(load->build, &load->graph);
}

void own_load_close(struct own_load *load)
{
    own_graph_close(load->graph);
    own_reader_close(load->reader);
    own_build_close(load->build);
    *load = (struct own_load){.build = NULL};
}

u64 own_load_lists(const struct own_load *load)
{
    return load->lists_count == 0 ? 0 : UINT64_MAX >> (OWN_LISTS_MAX - load->lists_count);
}

/* ---- finding ---- */

static enum fault found_several(const struct own_load *load, const char *entity, const u32 *nodes,
                                u32 count)
{
    char text[TEXT_BYTES];
    size_t used = 0;
    text[0] = 0;
    for (u32 i = 0; i < count && i < SHOWN_MAX; i += 1) {
        struct own_node node;
        own_graph_node_read(load->graph, nodes[i], &node);
        int length = snprintf(text + used, sizeof(text) - used, "%s%.*s", i > 0 ? ", " : "",
                              (int)u64_min(node.key.size, 64), (const char *)node.key.data);
        used += length > 0 ? (size_t)length : 0;
        if (used >= sizeof(text)) {
            break;
        }
    }
    return FAULT(FAULT_INPUT, "%u are called \"%s\": ask by key, as %s%s", count, entity, text,
                 count > SHOWN_MAX ? ", ..." : "");
}

/* Everybody whose name is the same when folded. */
static u32 find_folded(const struct own_load *load, const char *entity, u32 nodes[SHOWN_MAX])
{
    char wanted[TEXT_BYTES];
    char folded[TEXT_BYTES];
    u32 count = 0;
    size_t size = own_fold(span_of_text(entity), wanted, sizeof(wanted));
    u32 all = own_graph_counts(load->graph)->nodes;
    for (u32 i = 0; i < all && size > 0; i += 1) {
        struct own_node node;
        own_graph_node_read(load->graph, i, &node);
        if (node.kind != OWN_NODE_ADDRESS && own_fold(node.name, folded, sizeof(folded)) == size &&
            memcmp(folded, wanted, size) == 0) {
            nodes[count < SHOWN_MAX ? count : SHOWN_MAX - 1] = i;
            count += 1;
        }
    }
    return count;
}

enum fault own_load_find(const struct own_load *load, const char *entity, u32 *node_out)
{
    u32 nodes[SHOWN_MAX] = {OWN_NONE};
    *node_out = own_graph_find(load->graph, span_of_text(entity));
    if (*node_out != OWN_NONE) {
        return FAULT_NONE;
    }
    u32 count = own_graph_find_name(load->graph, span_of_text(entity), nodes, SHOWN_MAX);
    if (count == 0) {
        count = find_folded(load, entity, nodes);
    }
    if (count == 0) {
        return FAULT(FAULT_INPUT, "nobody has the key or the name \"%s\"", entity);
    }
    *node_out = nodes[0];
    return count == 1 ? FAULT_NONE : found_several(load, entity, nodes, count);
}
