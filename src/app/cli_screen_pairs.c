/* cambist screen pairs: the score of two names in each row of a file. */
#include "app/cli.h"
#include "app/cli_screen.h"
#include "app/csv_rows.h"
#include "base/span.h"
#include "role/screen/score.h"

#include <stdio.h>
#include <stdlib.h>

/* The columns that may hold the two names, the most usual ones first. */
static const char *const columns[][2] = {
    {"name1", "name2"},
    {"query", "listed_name"},
    {"query_name", "result_name"},
    {"query", "true_name"},
};

struct pairs {
    struct csv_rows *rows;
    struct name_analyser *analyser;
    u32 names[2];
    u32 schema;
    bool has_schema;
    bool explain;
    u64 row;
    struct cli_screen_nameless nameless;
};

/* What the schema of FollowTheMoney says a row is about. */
static enum name_kind kind_of(struct span schema)
{
    static const struct {
        const char *schema;
        enum name_kind kind;
    } kinds[] = {
        {"Person", NAME_PERSON},       {"Company", NAME_ENTITY}, {"Organization", NAME_ENTITY},
        {"PublicBody", NAME_ENTITY},   {"Vessel", NAME_VESSEL},  {"Airplane", NAME_VESSEL},
        {"LegalEntity", NAME_UNKNOWN},
    };
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        if (span_equal(schema, span_of_text(kinds[i].schema))) {
            return kinds[i].kind;
        }
    }
    return NAME_UNKNOWN;
}

static enum fault find_columns(struct pairs *pairs, const char *path)
{
    pairs->has_schema = csv_rows_column(pairs->rows, "schema", &pairs->schema);
    for (u32 i = 0; i < ARRAY_COUNT(columns); i += 1) {
        if (csv_rows_column(pairs->rows, columns[i][0], &pairs->names[0]) &&
            csv_rows_column(pairs->rows, columns[i][1], &pairs->names[1])) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "%s: no columns name1 and name2", path);
}

static void print_parts(const struct score_parts *parts, const struct name names[2])
{
    char text[SCORE_TEXT_BYTES];
    for (u32 i = 0; i < parts->count; i += 1) {
        const struct score_part *part = &parts->parts[i];
        (void)printf("  %9s %s", score_text(part->millionths, text),
                     score_part_name((enum score_part_kind)part->kind));
        const u8 places[2] = {part->a, part->b};
        for (u32 side = 0; side < 2; side += 1) {
            if (places[side] != SCORE_NO_TOKEN) {
                const struct name_token *token = &names[side].tokens[places[side]];
                (void)printf(" %.*s", token->text_size, (const char *)token->text);
            }
        }
        (void)putchar('\n');
    }
}

/* One row. A text without any letter or digit is like nothing. */
static void pair(struct pairs *pairs)
{
    struct name names[2];
    struct score_parts parts;
    enum name_kind kind =
        pairs->has_schema ? kind_of(csv_rows_field(pairs->rows, pairs->schema)) : NAME_UNKNOWN;
    for (u32 side = 0; side < 2; side += 1) {
        struct span text = csv_rows_field(pairs->rows, pairs->names[side]);
        if (!name_analyse(pairs->analyser, text, kind, &names[side])) {
            names[side].tokens_count = 0;
            cli_screen_nameless_add(&pairs->nameless, pairs->row);
        }
    }
    /* Where one name tells that both are entities, or persons, the other is taken as that too. */
    if (kind == NAME_UNKNOWN && names[0].kind != names[1].kind) {
        for (u32 side = 0; side < 2; side += 1) {
            struct span text = csv_rows_field(pairs->rows, pairs->names[side]);
            if (!name_analyse(pairs->analyser, text, NAME_ENTITY, &names[side])) {
                names[side].tokens_count = 0;
            }
        }
    }
    char text[SCORE_TEXT_BYTES];
    u32 score = score_names(&names[0], &names[1], 0, &parts);
    (void)printf("%s\n", score_text(score, text));
    if (pairs->explain) {
        print_parts(&parts, names);
    }
}

static enum fault run(struct pairs *pairs, const char *path)
{
    TRY(csv_rows_open(&pairs->rows, path));
    TRY(find_columns(pairs, path));
    TRY(name_analyser_open(&pairs->analyser));
    for (;;) {
        bool more = false;
        TRY(csv_rows_next(pairs->rows, &more));
        if (!more) {
            return FAULT_NONE;
        }
        pair(pairs);
        pairs->row += 1;
    }
}

int cli_screen_pairs(const struct option_call *call)
{
    struct pairs pairs = {.explain = call->values[SCREEN_EXPLAIN].given};
    if (call->operands_count != 2) {
        return cli_fail(call->subcommand, FAULT(FAULT_USAGE, "pairs wants one CSV file"));
    }
    enum fault fault = run(&pairs, call->operands[1]);
    name_analyser_close(pairs.analyser);
    csv_rows_close(pairs.rows);
    cli_screen_nameless_tell(&pairs.nameless);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}
