#include "app/cli_rules.h"

#include "app/cli.h"
#include "app/rule_read.h"
#include "app/rule_sign.h"
#include "app/rule_words.h"
#include "base/check.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "core/ruling.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    [RULES_OFFICERS] = {.name = "officers",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "The register of officers. With it, each pack must be signed by "
                                "two of them, in the file PACK.sig beside it."},
    [RULES_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
    [RULES_KEY] = {.name = "key",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .help = "sign: the PEM file of the officer's private Ed25519 key."},
    [RULES_OFFICER] = {.name = "officer",
                       .kind = OPTION_TEXT,
                       .value = "CODE",
                       .help =
                           "sign: the officer's code, as the register has it. activate, end: at a "
                           "venue without a register, the number that the journal keeps."},
    [RULES_GROUP] = {.name = "group",
                     .kind = OPTION_TEXT,
                     .value = "NAME",
                     .help = "sign: the officer's group, as the register has it."},
    [RULES_DATA] = {.name = "data",
                    .kind = OPTION_TEXT,
                    .value = "DIR",
                    .otherwise = "data",
                    .help =
                        "The venue's data folder. diff looks at persons only when it is given."},
    [RULES_AT] = {.name = "at",
                  .kind = OPTION_TEXT,
                  .value = "TIME",
                  .help = "dry-run, diff: on that day, as 2022-10-07 or 2022-10-07T12:00:00Z. "
                          "Without it when the journal ends, or as soon as the pack is in force."},
    [RULES_REPLACE] = {.name = "replace",
                       .help =
                           "dry-run: active packs of the same id that overlap are ended first."},
    [RULES_CSV] = {.name = "csv",
                   .help = "dry-run: prints every account that changes, a line each."},
    [RULES_SOCKET] = {.name = "socket",
                      .kind = OPTION_TEXT,
                      .value = "PATH",
                      .help = "Its admin socket. Without it admin.sock in the data folder."},
    [RULES_SECOND] = {.name = "second",
                      .kind = OPTION_TEXT,
                      .value = "N",
                      .help = "activate, end: at a venue without a register, the second officer's "
                              "number."},
    [RULES_MATTER] = {.name = "matter",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .maximum = UINT32_MAX,
                      .otherwise = "0",
                      .help = "activate, end, settings: the number of a case."},
    [RULES_CONFIRM] = {.name = "confirm-uncertain",
                       .help = "activate: takes a pack that rests on what is not certain."},
    [RULES_REPLACES] = {.name = "replaces",
                        .kind = OPTION_TEXT,
                        .value = "ID|HASH",
                        .help = "activate: this active pack ends in the same moment, so that "
                                "nobody is free between the two. Officers sign an order for it."},
    [RULES_PROPOSE] = {.name = "propose",
                       .help =
                           "activate, end, settings: prints what officers sign for it, and does "
                           "nothing else."},
    [RULES_WAIT] = {.name = "wait",
                    .kind = OPTION_NUMBER,
                    .value = "SECONDS",
                    .maximum = 86400,
                    .otherwise = "60",
                    .help = "activate, end, value: for so long, until every person has been looked "
                            "at."},
    [RULES_PERSONS] = {.name = "persons",
                       .kind = OPTION_NUMBER,
                       .value = "N",
                       .minimum = 1,
                       .maximum = RULING_REEVALUATIONS_MAX,
                       .help =
                           "settings: so many persons are looked at before a command, while some "
                           "wait."},
    [RULES_STALE] = {.name = "stale",
                     .kind = OPTION_NUMBER,
                     .value = "SECONDS",
                     .minimum = 1,
                     .maximum = 2592000,
                     .help = "settings: a price of that age is stale, and holdings are unknown."},
};

/* What is kept of a file after the next one was read. */
struct checked {
    const char *path;
    char id[RULE_ID_BYTES];
    u8 content_hash[RULE_HASH_BYTES];
    struct rule_interval effective;
    u32 version;
    u32 rules_count;
    size_t form_bytes;
    bool is_uncertain;
};

static struct rule_source source;

static const char *interval_text(struct rule_interval interval, char target[96])
{
    char from[RULE_WORDS_BYTES];
    char until[RULE_WORDS_BYTES];
    (void)snprintf(target, 96, "%.40s to %.40s", rule_words_time(interval.from, from),
                   interval.until == RULE_TIME_OPEN ? "(open)"
                                                    : rule_words_time(interval.until, until));
    return target;
}

static enum fault check_signatures(const char *path, const char *officers_path)
{
    static u8 signatures[RULE_SIGN_FILE_BYTES];
    static u8 officers[RULE_SIGN_FILE_BYTES];
    size_t signatures_bytes = 0;
    size_t officers_bytes = 0;
    char name[FILE_PATH_BYTES];
    int length = snprintf(name, sizeof(name), "%s.sig", path);
    if (length < 0 || (size_t)length >= sizeof(name)) {
        return FAULT(FAULT_USAGE, "%s: the path is too long", path);
    }
    TRY(rule_read_bytes(name, signatures, sizeof(signatures), &signatures_bytes));
    TRY(rule_read_bytes(officers_path, officers, sizeof(officers), &officers_bytes));
    return rule_sign_check(span_of(signatures, signatures_bytes), name,
                           span_of(officers, officers_bytes), officers_path,
                           source.pack.content_hash);
}

/* Versions of one id follow one another, without a day that has two. */
static enum fault check_versions(const struct checked *files, u32 count)
{
    const struct checked *last = &files[count - 1];
    for (u32 i = 0; i + 1 < count; i += 1) {
        const struct checked *other = &files[i];
        if (strcmp(other->id, last->id) != 0) {
            continue;
        }
        const struct checked *older = other->version < last->version ? other : last;
        const struct checked *newer = older == other ? last : other;
        if (older->version == newer->version) {
            return FAULT(FAULT_INPUT, "%s:1: pack.version: %s has version %u too", last->path,
                         other->path, last->version);
        }
        if (older->effective.until > newer->effective.from) {
            return FAULT(FAULT_INPUT, "%s:1: pack.effective_until: overlaps version %u in %s",
                         older->path, newer->version, newer->path);
        }
    }
    return FAULT_NONE;
}

static enum fault check_file(const char *path, const char *officers, struct checked *checked)
{
    static u8 form[RULE_FORM_BYTES_MAX];
    TRY(rule_read_file(path, &source));
    if (officers != NULL) {
        TRY(check_signatures(path, officers));
    }
    const struct rule_pack *pack = &source.pack;
    *checked = (struct checked){.path = path,
                                .effective = pack->effective,
                                .version = pack->version,
                                .rules_count = pack->rules_count,
                                .form_bytes = rule_form_encode(pack, form),
                                .is_uncertain = pack->is_uncertain};
    memcpy(checked->id, pack->id, RULE_ID_BYTES);
    memcpy(checked->content_hash, pack->content_hash, RULE_HASH_BYTES);
    return FAULT_NONE;
}

static void print_file(const struct checked *file)
{
    char text[96];
    char hash[CLI_HASH_BYTES];
    (void)printf("%s\n", file->path);
    cli_line("pack", "%s version %u", file->id, file->version);
    cli_line("content hash", "%s", cli_hash(file->content_hash, hash));
    cli_line("in force", "%s", interval_text(file->effective, text));
    cli_line("rules", "%u, compiled to %zu bytes", file->rules_count, file->form_bytes);
    cli_line("certain", "%s", file->is_uncertain ? "no: an officer must confirm it" : "yes");
}

static void print_json(const struct checked *files, u32 count)
{
    static char text[CLI_JSON_BYTES];
    struct json_writer writer;
    char hash[CLI_HASH_BYTES];
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "packs");
    json_array_begin(&writer);
    for (u32 i = 0; i < count; i += 1) {
        json_object_begin(&writer);
        json_key(&writer, "id");
        json_put_text(&writer, files[i].id);
        json_key(&writer, "version");
        json_put_u64(&writer, files[i].version);
        json_key(&writer, "hash");
        json_put_text(&writer, cli_hash(files[i].content_hash, hash));
        json_key(&writer, "rules");
        json_put_u64(&writer, files[i].rules_count);
        json_key(&writer, "uncertain");
        json_put_bool(&writer, files[i].is_uncertain);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    cli_print_json(&writer);
}

enum fault cli_rules_check(const char *const *paths, u32 count, const char *officers, bool json)
{
    static struct checked files[CLI_RULES_FILES_MAX];
    if (count > CLI_RULES_FILES_MAX) {
        return FAULT(FAULT_USAGE, "more than %u packs", CLI_RULES_FILES_MAX);
    }
    for (u32 i = 0; i < count; i += 1) {
        TRY(check_file(paths[i], officers, &files[i]));
        TRY(check_versions(files, i + 1));
        print_file(&files[i]);
    }
    if (json) {
        print_json(files, count);
    }
    return FAULT_NONE;
}

static int run_check(const struct option_call *call)
{
    u32 count = call->operands_count - 1;
    enum fault fault =
        count == 0 ? FAULT(FAULT_USAGE, "FILE is missing: which pack is to be checked?")
                   : cli_rules_check(call->operands + 1, count, call->values[RULES_OFFICERS].text,
                                     call->values[RULES_JSON].given);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

/* ---- canonical, message, sign ---- */

static enum fault read_only(const struct option_call *call)
{
    return call->operands_count != 2 ? FAULT(FAULT_USAGE, "one FILE is wanted")
                                     : rule_read_file(call->operands[1], &source);
}

static int run_canonical(const struct option_call *call)
{
    enum fault fault = read_only(call);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    (void)fwrite(source.canonical, 1, source.canonical_bytes, stdout); /* main looks at its end */
    return EXIT_SUCCESS;
}

static int run_message(const struct option_call *call)
{
    char message[RULE_SIGN_MESSAGE_BYTES];
    enum fault fault = read_only(call);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    size_t size = rule_sign_message(source.pack.content_hash, message);
    (void)fwrite(message, 1, size, stdout);
    return EXIT_SUCCESS;
}

static enum fault sign(const struct option_call *call)
{
    static const enum rules_option wanted[] = {RULES_KEY, RULES_OFFICER, RULES_GROUP};
    for (u32 i = 0; i < ARRAY_COUNT(wanted); i += 1) {
        if (!call->values[wanted[i]].given) {
            return FAULT(FAULT_USAGE, "sign wants --%s", options[wanted[i]].name);
        }
    }
    TRY(read_only(call));
    return rule_sign_add(call->operands[1], source.pack.content_hash, call->values[RULES_KEY].text,
                         call->values[RULES_OFFICER].text, call->values[RULES_GROUP].text);
}

static int run_sign(const struct option_call *call)
{
    char hash[CLI_HASH_BYTES];
    enum fault fault = sign(call);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    cli_line("signed", "%s.sig", call->operands[1]);
    cli_line("content hash", "%s", cli_hash(source.pack.content_hash, hash));
    return EXIT_SUCCESS;
}

/* ---- the table ---- */

static const struct {
    const char *name;
    int (*run)(const struct option_call *call);
} actions[] = {
    /* clang-format off */
    {"activate", cli_rules_activate},
    {"canonical", run_canonical},
    {"check", run_check},
    {"diff", cli_rules_diff},
    {"dry-run", cli_rules_dry_run},
    {"end", cli_rules_end},
    {"lint", cli_rules_lint},
    {"list", cli_rules_list},
    {"message", run_message},
    {"settings", cli_rules_settings},
    {"sign", run_sign},
    {"test", cli_rules_test},
    {"value", cli_rules_value},
    /* clang-format on */
};

static int run(const struct option_call *call)
{
    for (u32 i = 0; i < ARRAY_COUNT(actions); i += 1) {
        if (strcmp(actions[i].name, call->operands[0]) == 0) {
            return actions[i].run(call);
        }
    }
    return cli_fail(call->subcommand,
                    FAULT(FAULT_USAGE, "\"%s\": no such action; see --help", call->operands[0]));
}

static const char *const text[] = {
    "ACTION is one of the following.",
    "check FILE...: reads rule packs as the venue would and says what they are: id, version, content hash, when "
    "they are in force, and whether they rest on dates that are not certain. A mistake is one line, with "
    "file, line, key and reason, and exit code 4. Versions of one pack may not overlap.",
    "diff OLD NEW: which rules were added and removed, and what changed in the others and in the pack, field by "
    "field, with the acts they cite; with --data also the accounts that the two treat differently.",
    "dry-run FILE: what the pack would do to the venue in --data: it is activated in a copy of the venue's state, "
    "everybody is looked at, and what changes is told: accounts by operation, persons by rule, what is not known of "
    "whom, and the EUR behind. The venue is only read.",
    "canonical FILE: prints the form whose SHA-256 is the content hash. message FILE: prints the text that an officer "
    "signs with Ed25519. sign FILE (with --key, --officer, --group): signs that text and adds the line to FILE.sig, "
    "on the officer's own machine.",
    "lint [DIR]: check of every pack of a folder (without one: rules), and the cases in its folder cases; every "
    "rule must be true in one of them and let somebody alone in another. test CASES...: files of cases alone. "
    "What a pack says and a case does not want is a line with file, line and key; the exit code is then 22.",
    "On a running venue (with --data, and who may open its admin socket): activate PACK [APPROVAL...]: checks "
    "pack and signatures, puts its texts into the venue's folder, activates it, and waits until every person "
    "has been looked at. end ID|HASH [APPROVAL...]: ends it. list: packs, prices, settings. settings "
    "[APPROVAL...] (with --persons, --stale): says or changes them. value ID|HASH: values holdings for that pack "
    "now.",
    "At a venue with a register of officers, the two signatures of the pack itself are enough for activate, "
    "unless it rests on what is not certain. That, end and settings want an approval: --propose prints the order, "
    "two officers sign it (cambist approve sign), and their files stand behind the call.",
    "With --officers, the file PACK.sig must hold two good signatures of officers of different groups, a "
    "line each: code, group, public key and signature in base64. The register has a line for each officer: "
    "code, number, group, public key.",
    NULL,
};

static const struct option_example examples[] = {
    {"rules check rules/eu-833-5b2.v1.yaml", "Says what the pack is, or what is wrong."},
    {"rules check --officers officers.txt pack.yaml", "Wants two good signatures beside it."},
    {"rules message pack.yaml", "Prints what an officer signs."},
    {"rules sign pack.yaml --key anna.pem --officer anna --group law", "Signs it."},
    {"rules dry-run next.yaml --data data", "Who would be concerned, before it is activated."},
    {"rules activate pack.yaml --data /var/lib/cambist", "Puts it in force at a running venue."},
    {"rules list --data /var/lib/cambist", "What is in force there."},
    {"rules lint", "Every pack of the folder rules, and their golden cases."},
    {"rules test rules/cases/case-09.yaml", "Runs one file of cases."},
    {NULL, NULL},
};

const struct subcommand cli_rules = {
    .name = "rules",
    .summary = "reads rule packs, tries them and says what is wrong",
    .operands = "ACTION [FILE...]",
    .operands_min = 1,
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
