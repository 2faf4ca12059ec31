/* cambist rules diff: what changed between two packs. */
#include "app/cli.h"
#include "app/cli_rules.h"
#include "app/rule_diff.h"
#include "app/rule_read.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static struct rule_source before;
static struct rule_source after;

struct printer {
    struct rule_diff diff;
    char rule[RULE_ID_BYTES]; /* the last one told */
    struct json_writer *json; /* NULL: lines are printed */
};

/* Long values are shown from their beginning. */
static void print_value(const char *sign, const char *text)
{
    if (text != NULL) {
        (void)printf("      %s %.400s%s\n", sign, text, strlen(text) > 400 ? "..." : "");
    }
}

static void print_change(struct printer *printer, const struct rule_change *change)
{
    if (change->rule != NULL && strcmp(printer->rule, change->rule) != 0) {
        const char *how = change->path != NULL     ? "changed"
                          : change->before == NULL ? "added"
                                                   : "removed";
        (void)printf("  rule %s %s\n    %s\n", change->rule, how, change->cite);
        (void)snprintf(printer->rule, sizeof(printer->rule), "%s", change->rule);
    }
    if (change->path == NULL) {
        return; /* the whole rule: its file says it better */
    }
    (void)printf("    %s\n", change->path);
    print_value("-", change->before);
    print_value("+", change->after);
}

static void put_text(struct json_writer *writer, const char *key, const char *text)
{
    json_key(writer, key);
    if (text == NULL) {
        json_put_null(writer);
    } else {
        json_put_text(writer, text);
    }
}

static void on_change(struct rule_diff *diff, const struct rule_change *change)
{
    struct printer *printer = (struct printer *)(void *)diff;
    if (printer->json == NULL) {
        print_change(printer, change);
        return;
    }
    json_object_begin(printer->json);
    put_text(printer->json, "rule", change->rule);
    put_text(printer->json, "cite", change->cite);
    put_text(printer->json, "path", change->path);
    put_text(printer->json, "before", change->before);
    put_text(printer->json, "after", change->after);
    json_object_end(printer->json);
}

static void put_pack(struct json_writer *writer, const char *key, const struct rule_pack *pack)
{
    char hash[CLI_HASH_BYTES];
    json_key(writer, key);
    json_object_begin(writer);
    json_key(writer, "id");
    json_put_text(writer, pack->id);
    json_key(writer, "version");
    json_put_u64(writer, pack->version);
    json_key(writer, "hash");
    json_put_text(writer, cli_hash(pack->content_hash, hash));
    json_object_end(writer);
}

static void print_json(void)
{
    static char text[4U << 20];
    struct json_writer writer;
    struct printer printer = {.diff = {.change = on_change}, .json = &writer};
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    put_pack(&writer, "before", &before.pack);
    put_pack(&writer, "after", &after.pack);
    json_key(&writer, "changes");
    json_array_begin(&writer);
    rule_diff_run(&printer.diff, &before.tree, &after.tree);
    json_array_end(&writer);
    json_object_end(&writer);
    cli_print_json(&writer);
}

static void print_lines(void)
{
    char hash[CLI_HASH_BYTES];
    struct printer printer = {.diff = {.change = on_change}};
    cli_line("before", "%s version %u, %s", before.pack.id, before.pack.version,
             cli_hash(before.pack.content_hash, hash));
    cli_line("after", "%s version %u, %s", after.pack.id, after.pack.version,
             cli_hash(after.pack.content_hash, hash));
    rule_diff_run(&printer.diff, &before.tree, &after.tree);
    cli_line("changes", "%u", printer.diff.changes);
}

int cli_rules_diff(const struct option_call *call)
{
    enum fault fault =
        call->operands_count != 3
            ? FAULT(FAULT_USAGE, "diff wants two files: the old pack and the new one")
            : rule_read_file(call->operands[1], &before);
    fault = fault == FAULT_NONE ? rule_read_file(call->operands[2], &after) : fault;
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[RULES_JSON].given) {
        print_json();
    } else {
        print_lines();
    }
    return EXIT_SUCCESS;
}
