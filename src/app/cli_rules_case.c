/* cambist rules lint and test: packs against their golden cases. */
#include "app/cli.h"
#include "app/cli_rules.h"
#include "app/rule_case.h"
#include "app/rule_read.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static struct rule_case_suite suite;

/* The *.yaml files of a folder, sorted. */
struct names {
    struct disk_visitor visitor;
    char paths[CLI_RULES_FILES_MAX][FILE_PATH_BYTES];
    const char *sorted[CLI_RULES_FILES_MAX];
    u32 count;
    const char *folder;
};

static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct names *names = (struct names *)(void *)visitor;
    size_t length = strlen(name);
    if (length < 6 || strcmp(name + length - 5, ".yaml") != 0 ||
        strcmp(name, "sources.yaml") == 0) {
        return FAULT_NONE;
    }
    if (names->count == CLI_RULES_FILES_MAX) {
        return FAULT(FAULT_LIMIT, "%s: more than %u files", names->folder, CLI_RULES_FILES_MAX);
    }
    TRY(file_path(names->paths[names->count], names->folder, name));
    names->count += 1;
    return FAULT_NONE;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum fault list_folder(struct names *names, const char *folder)
{
    memset(names, 0, sizeof(*names));
    names->visitor.visit = visit;
    names->folder = folder;
    TRY(disk_list(disk_real(), folder, &names->visitor));
    for (u32 i = 0; i < names->count; i += 1) {
        names->sorted[i] = names->paths[i];
    }
    qsort(names->sorted, names->count, sizeof(names->sorted[0]), compare_names);
    return FAULT_NONE;
}

/* Each rule of a pack of the suite must be true in a case, and spare somebody in another. */
static enum fault check_covered(const struct rule_case_pack *tried)
{
    static struct rule_source source;
    TRY(rule_read_file(tried->path, &source));
    const struct yaml_tree *tree = &source.tree;
    u32 rule = tree->nodes[yaml_tree_find(tree, 0, "rules")].first;
    for (u32 i = 0; i < tried->pack.rules_count; i += 1) {
        if (!tried->fired[i] || !tried->spared[i]) {
            u32 id = yaml_tree_find(tree, rule, "id");
            return yaml_tree_fault(tree, id, "no case in which it %s",
                                   !tried->fired[i] ? "is true" : "lets somebody alone");
        }
        rule = tree->nodes[rule].next;
    }
    return FAULT_NONE;
}

static enum fault verdict(void)
{
    char text[CLI_COUNT_BYTES];
    cli_line("cases", "%s", cli_count(suite.cases, text));
    cli_line("steps", "%s", cli_count(suite.steps, text));
    cli_line("expectations", "%s", cli_count(suite.expectations, text));
    return suite.failed == 0
               ? FAULT_NONE
               : FAULT(FAULT_DIVERGED, "%llu of %llu expectations do not hold",
                       (unsigned long long)suite.failed, (unsigned long long)suite.expectations);
}

static enum fault lint(const char *folder, const char *officers, bool json)
{
    static struct names names;
    char cases[FILE_PATH_BYTES];
    suite.failures = stderr;
    TRY(list_folder(&names, folder));
    if (names.count == 0) {
        return FAULT(FAULT_MISSING, "%s: there is no pack in this folder", folder);
    }
    TRY(cli_rules_check(names.sorted, names.count, officers, json));
    for (u32 i = 0; i < names.count; i += 1) {
        u32 place = 0;
        TRY(rule_case_pack(&suite, names.sorted[i], &place));
    }
    u32 packs_count = suite.packs_count;
    TRY(file_path(cases, folder, "cases"));
    TRY(list_folder(&names, cases));
    for (u32 i = 0; i < names.count; i += 1) {
        TRY(rule_case_run(&suite, names.sorted[i]));
    }
    TRY(verdict());
    for (u32 i = 0; i < packs_count; i += 1) {
        TRY(check_covered(&suite.packs[i]));
    }
    return FAULT_NONE;
}

int cli_rules_lint(const struct option_call *call)
{
    enum fault fault =
        call->operands_count > 2
            ? FAULT(FAULT_USAGE, "one folder is wanted")
            : lint(call->operands_count == 2 ? call->operands[1] : "rules",
                   call->values[RULES_OFFICERS].text, call->values[RULES_JSON].given);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

int cli_rules_test(const struct option_call *call)
{
    suite.failures = stderr;
    enum fault fault = FAULT_NONE;
    for (u32 i = 1; i < call->operands_count && fault == FAULT_NONE; i += 1) {
        fault = rule_case_run(&suite, call->operands[i]);
    }
    fault = fault == FAULT_NONE ? verdict() : fault;
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}
