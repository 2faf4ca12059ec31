/* cambist rules diff: what changed between two packs. */
#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/cli_rules.h"
#include "app/rule_diff.h"
#include "app/rule_differ.h"
#include "app/rule_read.h"
#include "app/rule_words.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MAX = 10000, JSON_BYTES = 8 << 20 };

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

/* ---- accounts ---- */

struct accounts {
    struct rule_differ differ;
    struct json_writer *json; /* NULL: lines are printed */
    u64 count;
};

static void print_account(struct accounts *accounts, const struct rule_state_account *account,
                          u64 old, u64 new)
{
    char a[RULE_WORDS_BYTES];
    char b[RULE_WORDS_BYTES];
    accounts->count += 1;
    if (accounts->json == NULL) {
        (void)printf("  account %u, person %u: %s -> %s\n", account->account, account->person,
                     rule_words_vector(old, a), rule_words_vector(new, b));
        return;
    }
    if (accounts->count > ACCOUNTS_MAX) {
        return;
    }
    json_object_begin(accounts->json);
    json_key(accounts->json, "account");
    json_put_u64(accounts->json, account->account);
    json_key(accounts->json, "person");
    json_put_u64(accounts->json, account->person);
    put_text(accounts->json, "before", rule_words_vector(old, a));
    put_text(accounts->json, "after", rule_words_vector(new, b));
    json_object_end(accounts->json);
}

static void on_person(struct rule_differ *differ, const struct rule_state *state, u32 person,
                      u64 old, u64 new)
{
    u32 count = 0;
    const struct rule_state_account *rows = rule_state_of(&state->accounts, person, &count);
    for (u32 i = 0; i < count; i += 1) {
        print_account((struct accounts *)(void *)differ, &rows[i], old, new);
    }
}

/* Those whose vector differs, where a venue was named. */
static enum fault compare_accounts(const struct option_call *call, struct accounts *accounts)
{
    struct cli_recovery line;
    u64 at = PAST_END;
    accounts->differ.differs = on_person;
    TRY(cli_rules_time(call, &at));
    cli_recovery_init(&line, "replaying");
    enum fault fault = rule_differ_run(&accounts->differ, call->values[RULES_DATA].text,
                                       &before.pack, &after.pack, at, &line.recovery);
    progress_end(&line.progress);
    return fault;
}

static enum fault put_accounts(const struct option_call *call, struct json_writer *writer)
{
    struct accounts accounts = {.json = writer};
    char text[RULE_WORDS_BYTES];
    json_key(writer, "accounts");
    json_array_begin(writer);
    TRY(compare_accounts(call, &accounts));
    json_array_end(writer);
    json_key(writer, "accountsLeftOut");
    json_put_u64(writer, accounts.count > ACCOUNTS_MAX ? accounts.count - ACCOUNTS_MAX : 0);
    put_text(writer, "beforeAt", rule_words_time(accounts.differ.at[0], text));
    put_text(writer, "afterAt", rule_words_time(accounts.differ.at[1], text));
    return FAULT_NONE;
}

static enum fault print_json(const struct option_call *call)
{
    static char text[JSON_BYTES];
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
    if (call->values[RULES_DATA].given) {
        TRY(put_accounts(call, &writer));
    }
    json_object_end(&writer);
    cli_print_json(&writer);
    return FAULT_NONE;
}

static enum fault print_lines(const struct option_call *call)
{
    char hash[CLI_HASH_BYTES];
    struct printer printer = {.diff = {.change = on_change}};
    cli_line("before", "%s version %u, %s", before.pack.id, before.pack.version,
             cli_hash(before.pack.content_hash, hash));
    cli_line("after", "%s version %u, %s", after.pack.id, after.pack.version,
             cli_hash(after.pack.content_hash, hash));
    rule_diff_run(&printer.diff, &before.tree, &after.tree);
    cli_line("changes", "%u", printer.diff.changes);
    if (!call->values[RULES_DATA].given) {
        return FAULT_NONE;
    }
    struct accounts accounts = {.json = NULL};
    char old[RULE_WORDS_BYTES];
    char new[RULE_WORDS_BYTES];
    TRY(compare_accounts(call, &accounts));
    cli_line("looked at", "%.40s, and %.40s", rule_words_time(accounts.differ.at[0], old),
             rule_words_time(accounts.differ.at[1], new));
    cli_line("accounts that differ", "%llu, of %llu persons", (unsigned long long)accounts.count,
             (unsigned long long)accounts.differ.persons);
    return FAULT_NONE;
}

int cli_rules_diff(const struct option_call *call)
{
    enum fault fault =
        call->operands_count != 3
            ? FAULT(FAULT_USAGE, "diff wants two files: the old pack and the new one")
            : rule_read_file(call->operands[1], &before);
    fault = fault == FAULT_NONE ? rule_read_file(call->operands[2], &after) : fault;
    if (fault == FAULT_NONE) {
        fault = call->values[RULES_JSON].given ? print_json(call) : print_lines(call);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}
