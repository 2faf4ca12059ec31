/* Registers and lists of the command line, read into one sealed graph (docs/ownership.md "cambist
 * own"). A list is a file of a government in any format of role/lists, or one in the normal form.
 */
#ifndef APP_OWN_LOAD_H
#define APP_OWN_LOAD_H

#include "app/progress.h"
#include "role/screen/own_read.h"

struct own_load {
    struct own_build *build;
    struct own_reader *reader;
    struct own_graph *graph;
    struct own_report report;
    u64 rows_refused; /* of lists */
    u32 lists_count;
    bool is_customer; /* who is asked about has an account here, whatever a register says */
    char codes[OWN_LISTS_MAX][LIST_CODE_BYTES + 1]; /* by the lists' numbers */
};

/* The files in their order. A list is "[CODE=]FILE"; files that follow each other with one CODE are
 * one list (OFAC's csv family). `progress` may be NULL. After a fault, close as well. */
struct own_load_files {
    const char *const *registers;
    u32 registers_count;
    const char *const *lists;
    u32 lists_count;
};

MUST_USE enum fault own_load_open(struct own_load *load, const struct own_load_files *files,
                                  struct progress *progress);
void own_load_close(struct own_load *load);

/* A bit for each list. */
u64 own_load_lists(const struct own_load *load);

/* By key, by its exact name, or by its name letters' case and punctuation aside. FAULT_INPUT:
 * nobody, or several, whose keys the text names. */
MUST_USE enum fault own_load_find(const struct own_load *load, const char *entity, u32 *node_out);

#endif /* APP_OWN_LOAD_H */
