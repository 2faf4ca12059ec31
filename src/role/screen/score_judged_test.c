/* Aim: on judged pairs of real names the score keeps what it was built for: best F1 at least 0.85,
 * the area under its curve at least 0.92, every strong judgement right, and names in Cyrillic and
 * Arabic letters found again. Method: the judged sets beside the repository, when they are there;
 * the figures are printed. */
#include "base/span.h"
#include "role/screen/score.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

enum { PAIRS_MAX = 4096, LINE_BYTES = 16384, FIELDS_MAX = 12, STEPS = 100 };

struct judged {
    u32 score;
    bool match;
    bool strong;
    u8 script; /* of the first name */
    u8 other;  /* of the second */
};

static struct judged pairs[PAIRS_MAX];
static u32 pairs_count;
static struct name_analyser *analyser;

static int open_analyser(void **state)
{
    (void)state;
    return name_analyser_open(&analyser) == FAULT_NONE ? 0 : -1;
}

static int close_analyser(void **state)
{
    (void)state;
    name_analyser_close(analyser);
    return 0;
}

static FILE *open_set(const char *file)
{
    char path[1024];
    const char *folder = test_data_folder();
    if (folder == NULL) {
        print_message("score_judged: no judged sets here\n");
        return NULL;
    }
    int size = snprintf(path, sizeof(path), "%s/sanctions/judged/%s", folder, file);
    assert_true(size > 0 && (size_t)size < sizeof(path));
    return fopen(path, "r");
}

/* The fields of a row; quoted ones without their quotes, also over several lines. */
static u32 read_row(FILE *file, char *line, char *fields[FIELDS_MAX])
{
    size_t size = 0;
    u32 count = 0;
    bool quoted = false;
    for (int c = fgetc(file); c != EOF && size + 2 < LINE_BYTES; c = fgetc(file)) {
        if (count == 0) {
            fields[0] = line;
            count = 1;
        }
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted && count < FIELDS_MAX) {
            line[size] = 0;
            size += 1;
            fields[count] = line + size;
            count += 1;
        } else if (c == '\n' && !quoted) {
            break;
        } else {
            line[size] = (char)c;
            size += 1;
        }
    }
    line[size] = 0;
    return count;
}

static struct judged *judge(const char *a, const char *b, enum name_kind kind)
{
    struct name x;
    struct name y;
    assert_true(pairs_count < PAIRS_MAX);
    struct judged *pair = &pairs[pairs_count];
    pairs_count += 1;
    *pair = (struct judged){.match = true};
    if (name_analyse(analyser, span_of_text(a), kind, &x) &&
        name_analyse(analyser, span_of_text(b), kind, &y)) {
        pair->score = score_names(&x, &y, 0, NULL);
        pair->script = x.script;
        pair->other = y.script;
    }
    return pair;
}

/* Thousandths. */
static u32 f1_at(u32 threshold)
{
    u32 found = 0;
    u32 wrong = 0;
    u32 missed = 0;
    for (u32 i = 0; i < pairs_count; i += 1) {
        bool hit = pairs[i].score >= threshold;
        found += hit && pairs[i].match ? 1 : 0;
        wrong += hit && !pairs[i].match ? 1 : 0;
        missed += !hit && pairs[i].match ? 1 : 0;
    }
    return found == 0 ? 0 : 2000 * found / (2 * found + wrong + missed);
}

/* How often a pair that matches scores above one that does not, in thousandths. */
static u32 area(void)
{
    u64 twice = 0;
    u64 all = 0;
    for (u32 i = 0; i < pairs_count; i += 1) {
        for (u32 j = 0; j < pairs_count && pairs[i].match; j += 1) {
            if (!pairs[j].match) {
                all += 2;
                twice += pairs[i].score > pairs[j].score    ? 2
                         : pairs[i].score == pairs[j].score ? 1
                                                            : 0;
            }
        }
    }
    return (u32)(1000 * twice / all);
}

static void pairs_are_told_apart(void **state)
{
    (void)state;
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    FILE *file = open_set("name_pairs.csv");
    if (file == NULL) {
        skip();
    }
    pairs_count = 0;
    (void)read_row(file, line, fields);
    while (read_row(file, line, fields) >= 5) {
        enum name_kind kind = strcmp(fields[0], "Person") == 0        ? NAME_PERSON
                              : strcmp(fields[0], "LegalEntity") == 0 ? NAME_UNKNOWN
                                                                      : NAME_ENTITY;
        struct judged *pair = judge(fields[1], fields[2], kind);
        pair->match = strcmp(fields[3], "true") == 0;
        pair->strong = strcmp(fields[4], "STRONG") == 0;
    }
    (void)fclose(file);
    u32 best = 0;
    u32 threshold = 0;
    for (u32 step = 1; step < STEPS; step += 1) {
        u32 f1 = f1_at(step * (SCORE_ONE / STEPS));
        threshold = f1 > best ? step * (SCORE_ONE / STEPS) : threshold;
        best = f1 > best ? f1 : best;
    }
    u32 strong_wrong = 0;
    for (u32 i = 0; i < pairs_count; i += 1) {
        strong_wrong += pairs[i].strong && (pairs[i].score >= threshold) != pairs[i].match ? 1 : 0;
    }
    print_message("score_judged: %u pairs, best F1 0.%03u at 0.%02u, AUC 0.%03u, strong wrong %u\n",
                  pairs_count, best, threshold / (SCORE_ONE / STEPS), area(), strong_wrong);
    assert_true(pairs_count > 300);
    assert_true(best >= 850);
    assert_true(area() >= 920);
    assert_int_equal(strong_wrong, 0);
}

/* Of the pairs whose first name is written so and whose second is not, in thousandths. */
static u32 recall(enum name_script script, u32 threshold, u32 *count_out)
{
    u32 found = 0;
    *count_out = 0;
    for (u32 i = 0; i < pairs_count; i += 1) {
        if (pairs[i].script == script && pairs[i].other == SCRIPT_LATIN) {
            *count_out += 1;
            found += pairs[i].score >= threshold ? 1 : 0;
        }
    }
    return *count_out == 0 ? 0 : 1000 * found / *count_out;
}

/* The threshold is where one name in a hundred of the invented persons is a hit on the SDN list. */
static void scripts_are_crossed(void **state)
{
    (void)state;
    static char line[LINE_BYTES];
    static const u32 threshold = 760000;
    char *fields[FIELDS_MAX];
    FILE *file = open_set("cross_script_pairs.csv");
    if (file == NULL) {
        skip();
    }
    pairs_count = 0;
    (void)read_row(file, line, fields);
    while (read_row(file, line, fields) >= 5) {
        (void)judge(fields[2], fields[3], NAME_UNKNOWN);
    }
    (void)fclose(file);
    u32 cyrillic_count = 0;
    u32 arabic_count = 0;
    u32 cyrillic = recall(SCRIPT_CYRILLIC, threshold, &cyrillic_count);
    u32 arabic = recall(SCRIPT_ARABIC, threshold, &arabic_count);
    print_message("score_judged: at 0.76 Cyrillic 0.%03u of %u, Arabic 0.%03u of %u\n", cyrillic,
                  cyrillic_count, arabic, arabic_count);
    assert_true(cyrillic_count > 500 && arabic_count > 300);
    assert_true(cyrillic >= 970);
    assert_true(arabic >= 800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_told_apart),
        cmocka_unit_test(scripts_are_crossed),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
