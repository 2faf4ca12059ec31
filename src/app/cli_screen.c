/* cambist screen: who on the lists may be meant by a name. */
#include "app/cli_screen.h"

#include "app/cli.h"
#include "app/screen_lists.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "role/screen/find.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { TOP_MAX = 1000, THREADS_MAX = 64, PATH_BYTES = 4096 };

static const struct option options[] = {
    [SCREEN_LIST] = {.name = "list",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .repeats = true,
                     .help = "A list to look in. Without it all compiled lists of the data "
                             "folder."},
    [SCREEN_DATA] = {.name = "data",
                     .kind = OPTION_TEXT,
                     .value = "DIR",
                     .otherwise = "data",
                     .help = "The venue's data folder: its compiled lists are lists/*.list."},
    [SCREEN_SOURCE] = {.name = "source",
                       .kind = OPTION_TEXT,
                       .value = "TEXT",
                       .help = "Only entries whose source begins so, where a file holds several "
                               "lists."},
    [SCREEN_KIND] = {.name = "kind",
                     .kind = OPTION_CHOICE,
                     .value = "person|entity",
                     .help = "What the name is of: titles and legal forms are read accordingly. "
                             "Entries of the other kind are left out."},
    [SCREEN_BIRTH] = {.name = "birth",
                      .kind = OPTION_TEXT,
                      .value = "DATE",
                      .help = "Date of birth, as 1962, 1962-03 or 1962-03-25."},
    [SCREEN_COUNTRY] = {.name = "country",
                        .kind = OPTION_TEXT,
                        .value = "CC",
                        .help = "Country, in two capital letters."},
    [SCREEN_TOP] = {.name = "top",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 1,
                    .maximum = TOP_MAX,
                    .otherwise = "10",
                    .help = "At most so many entries a name."},
    [SCREEN_AT_LEAST] = {.name = "at-least",
                         .kind = OPTION_TEXT,
                         .value = "SCORE",
                         .otherwise = "0.5",
                         .help = "Only entries with this score or more, 0 to 1."},
    [SCREEN_EXPLAIN] = {.name = "explain",
                        .help = "Prints the parts that each score is the sum of."},
    [SCREEN_COLUMN] = {.name = "column",
                       .kind = OPTION_TEXT,
                       .value = "NAME",
                       .help = "search: the column of the file that holds the names."},
    [SCREEN_THREADS] = {.name = "threads",
                        .kind = OPTION_NUMBER,
                        .value = "N",
                        .minimum = 1,
                        .maximum = THREADS_MAX,
                        .help = "search: on so many threads. Without it one a core."},
};

static const char *const text[] = {
    "Looks for NAME among the names of the lists, in whatever script it is written, and prints the "
    "entries that may be meant: score, list, entry, and the name that scored best. The score is a "
    "whole number of millionths and the sum of named parts; --explain prints them. "
    "docs/screening.md says how it comes about.",
    "screen search asks for every name of a CSV file, on all cores, and prints a line for each "
    "entry found: the row (the first is 0), the entry, the score, separated by tabs, the best "
    "first.",
    "screen pairs compares the two names of each row of a CSV file (columns name1 and name2; schema, "
    "where there is one, says Person, Company, Vessel) and prints one score from 0 to 1 a row, in "
    "the same order.",
    "A name without a letter or digit is like nothing and finds nobody; at the end search and pairs say "
    "on standard error how many there were, and in which row the first (the first row is 0).",
    "A list is a compiled one or a file of a government in one of the formats of docs/lists.md, "
    "packed or not; files of one list stand with commas between them.",
    NULL,
};

static const struct option_example examples[] = {
    {"screen \"Ivan Ivanovich Ivanov\" --list us-sdn.list", "who may be meant"},
    {"screen --explain \"ACME TRADING LLC\"", "with the parts of each score"},
    {"screen search --list us-sdn.list --column name --top 10 customers.csv", "a file of names"},
    {"screen pairs --explain pairs.csv", "how alike two names are, and why"},
    {.command = NULL},
};

/* ---- what the call says ---- */

enum fault cli_screen_at_least(const struct option_call *call, u32 *millionths_out)
{
    const char *given = call->values[SCREEN_AT_LEAST].text;
    u32 whole = given[0] == '1' ? SCORE_ONE : 0;
    u32 rest = 0;
    u32 step = SCORE_ONE / 10;
    bool is_number = given[0] == '0' || given[0] == '1';
    size_t length = strlen(given);
    for (size_t i = 2; i < length; i += 1) {
        is_number = is_number && given[i] >= '0' && given[i] <= '9' && step > 0;
        rest += (u32)(given[i] - '0') * step;
        step /= 10;
    }
    if (!is_number || (length > 1 && given[1] != '.') || length == 2 || whole + rest > SCORE_ONE) {
        return FAULT(FAULT_USAGE, "--at-least: \"%s\" is no number from 0 to 1", given);
    }
    *millionths_out = whole + rest;
    return FAULT_NONE;
}

static enum fault lists_of_folder(const struct option_call *call, const struct index_filter *filter,
                                  struct screen_lists *lists)
{
    char pattern[PATH_BYTES];
    const char *data = call->values[SCREEN_DATA].text;
    if ((size_t)snprintf(pattern, sizeof(pattern), "%s/lists/*.list", data) >= sizeof(pattern)) {
        return FAULT(FAULT_USAGE, "--data: the path is too long");
    }
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) {
        return FAULT(FAULT_MISSING, "no compiled list in %s/lists: name one with --list", data);
    }
    enum fault fault = screen_lists_open(lists, (const char *const *)found.gl_pathv,
                                         (u32)u64_min(found.gl_pathc, UINT32_MAX), filter);
    globfree(&found);
    return fault;
}

enum fault cli_screen_lists(const struct option_call *call, struct screen_lists *lists)
{
    const char *paths[SCREEN_LISTS_MAX + 1];
    u32 count = 0;
    while (count <= SCREEN_LISTS_MAX && options_repeat(call, SCREEN_LIST, count) != NULL) {
        paths[count] = options_repeat(call, SCREEN_LIST, count);
        count += 1;
    }
    const struct option_value *kind = &call->values[SCREEN_KIND];
    struct index_filter filter = {
        .source = call->values[SCREEN_SOURCE].text,
        .has_kind = kind->given,
        .kind = kind->number == 0 ? LIST_KIND_PERSON : LIST_KIND_ENTITY,
    };
    return count == 0 ? lists_of_folder(call, &filter, lists)
                      : screen_lists_open(lists, paths, count, &filter);
}

void cli_screen_nameless_add(struct cli_screen_nameless *nameless, u64 row)
{
    nameless->row_first = nameless->count == 0 ? row : nameless->row_first;
    nameless->count += 1;
}

void cli_screen_nameless_tell(const struct cli_screen_nameless *nameless)
{
    if (nameless->count > 0) {
        (void)fprintf(stderr,
                      "%llu %s without a letter or digit, or not UTF-8, first in row %llu\n",
                      (unsigned long long)nameless->count, nameless->count == 1 ? "name" : "names",
                      (unsigned long long)nameless->row_first);
    }
}

/* ---- one name ---- */

static void print_text(struct span bytes)
{
    (void)printf("%.*s", (int)u64_min(bytes.size, 1024), (const char *)bytes.data);
}

static void print_token(const struct name *name, u8 token)
{
    if (token == SCORE_NO_TOKEN) {
        (void)printf(" -");
        return;
    }
    CHECK(token < name->tokens_count);
    (void)printf(" %.*s", (int)name->tokens[token].text_size, name->tokens[token].text);
}

static void print_parts(struct find *find, const struct screen_index *index,
                        const struct find_hit *hit)
{
    const struct name *asked = find_asked(find, hit->asked);
    const struct name *listed = index_name_of(index, hit->name);
    struct score_parts parts;
    char number[SCORE_TEXT_BYTES];
    find_parts(find, index, hit, &parts);
    for (u32 i = 0; i < parts.count; i += 1) {
        const struct score_part *part = &parts.parts[i];
        (void)printf("    %10s  %s", score_text(part->millionths, number),
                     score_part_name((enum score_part_kind)part->kind));
        print_token(asked, part->a);
        print_token(listed, part->b);
        (void)printf("\n");
    }
    (void)printf("    %10s  = the score\n", score_text((i32)parts.millionths, number));
}

static const char *agreement(u8 agreement, const char *agrees, const char *contradicts)
{
    return agreement == FIND_AGREES ? agrees : agreement == FIND_CONTRADICTS ? contradicts : "";
}

static void print_hit(const struct screen_lists *lists, const struct find_hit *hit)
{
    static const char *const found_by[] = {"", ", by identifier", ", by wallet"};
    const struct screen_index *index = lists->index;
    char number[SCORE_TEXT_BYTES];
    (void)printf("%s  %s  ", score_text(hit->millionths, number),
                 lists->headers[index->subjects[hit->subject].list].list);
    print_text(screen_label(index, hit->subject));
    (void)printf("  ");
    if (index->subjects[hit->subject].names_count == 0) {
        (void)printf("(no name%s", found_by[hit->by]);
    } else {
        print_text(screen_name_text(index, hit->name));
        (void)printf("  (%s%s", list_quality_name((enum list_quality)hit->quality),
                     found_by[hit->by]);
    }
    (void)printf("%s%s)\n", agreement(hit->birth, ", born then", ", not born then"),
                 agreement(hit->country, ", country agrees", ", another country"));
}

static enum fault no_name(const struct option_call *call)
{
    return FAULT(FAULT_USAGE, "NAME: \"%s\" has no letter or digit, or is not UTF-8",
                 call->operands[0]);
}

static enum fault take_asked(const struct option_call *call, struct list_entry *asked)
{
    const struct option_value *kind = &call->values[SCREEN_KIND];
    const struct option_value *birth = &call->values[SCREEN_BIRTH];
    const struct option_value *country = &call->values[SCREEN_COUNTRY];
    struct list_name name = {.text = span_of_text(call->operands[0])};
    struct list_birth born = {.circa = false};
    if (!utf8_is_text(name.text)) {
        return no_name(call);
    }
    list_entry_clear(asked);
    asked->kind = !kind->given        ? LIST_KIND_UNKNOWN
                  : kind->number == 0 ? LIST_KIND_PERSON
                                      : LIST_KIND_ENTITY;
    list_entry_add_name(asked, &name);
    list_entry_add_wallet(asked, &(struct list_wallet){.address = name.text});
    list_entry_add_identifier(asked, &(struct list_identifier){.number = name.text});
    if (birth->given) {
        if (!list_date_parse(span_of_text(birth->text), &born.from)) {
            return FAULT(FAULT_USAGE, "--birth: \"%s\" is no date like 1962-03-25", birth->text);
        }
        born.to = born.from;
        list_entry_add_birth(asked, &born);
    }
    if (country->given) {
        struct list_tied_country tied = {.tie = LIST_TIE_UNKNOWN};
        if (strlen(country->text) != 2 || strspn(country->text, CAPITALS) != 2) {
            return FAULT(FAULT_USAGE, "--country: \"%s\" is not two capital letters",
                         country->text);
        }
        (void)snprintf(tied.country.code, sizeof(tied.country.code), "%.2s", country->text);
        list_entry_add_country(asked, &tied);
    }
    list_entry_settle(asked);
    return asked->names_count > 0 ? FAULT_NONE : no_name(call);
}

static enum fault look(const struct option_call *call, struct screen_lists *lists,
                       struct find **find)
{
    static struct list_entry asked;
    char text_of_count[CLI_COUNT_BYTES];
    u32 needed = 0;
    TRY(cli_screen_at_least(call, &needed));
    TRY(take_asked(call, &asked));
    TRY(cli_screen_lists(call, lists));
    u32 top = (u32)call->values[SCREEN_TOP].number;
    struct search_sizes sizes =
        search_sizes_of(lists->index, (u32)u64_max(SEARCH_CANDIDATES_DEFAULT, top * 2ULL));
    TRY(find_open(find, &sizes, top));
    const struct find_hit *hits = NULL;
    bool cut = false;
    u32 count = find_entry(*find, lists->index, &asked, needed, &hits, &cut);
    if (count == 0 && find_nameless(*find) > 0) {
        return no_name(call);
    }
    for (u32 i = 0; i < count; i += 1) {
        print_hit(lists, &hits[i]);
        if (call->values[SCREEN_EXPLAIN].given && hits[i].by == FIND_BY_NAME) {
            print_parts(*find, lists->index, &hits[i]);
        }
    }
    cli_line("hits", "%u, of %s entries", count,
             cli_count(lists->index->subjects_count, text_of_count));
    return FAULT_NONE;
}

static int run_name(const struct option_call *call)
{
    struct screen_lists lists = {.count = 0};
    struct find *find = NULL;
    enum fault fault = look(call, &lists, &find);
    find_close(find);
    screen_lists_close(&lists);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static int run(const struct option_call *call)
{
    if (strcmp(call->operands[0], "search") == 0) {
        return cli_screen_search(call);
    }
    if (strcmp(call->operands[0], "pairs") == 0) {
        return cli_screen_pairs(call);
    }
    return call->operands_count == 1
               ? run_name(call)
               : cli_fail(call->subcommand,
                          FAULT(FAULT_USAGE, "a name of several words wants quotes"));
}

const struct subcommand cli_screen = {
    .name = "screen",
    .summary = "looks for a name on the lists",
    .operands = "NAME | search FILE.csv | pairs FILE.csv",
    .operands_min = 1,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
