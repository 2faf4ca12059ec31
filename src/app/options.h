/* One table per subcommand says which options there are: the parser, --help and the man page all
 * come from it, so they cannot disagree.
 *
 * An option is --name, --name VALUE or --name=VALUE; "--" ends the options. What is left are
 * operands. Every mistake is one exact line, "cambist replay: --batch: "x" is not a number from 1
 * to 65536", and exit code 2. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/base.h"
#include "io/fault.h"

#include <stdio.h>

#define OPTIONS_MAX  32U
#define OPERANDS_MAX 64U
#define REPEATS_MAX  256U /* values of all options that may have several */

enum option_kind {
    OPTION_FLAG,   /* no value */
    OPTION_TEXT,   /* any text that is not empty */
    OPTION_NUMBER, /* minimum .. maximum, decimal */
    OPTION_RANGE,  /* A..B, both within minimum .. maximum, A not above B; or A alone */
    OPTION_CHOICE, /* one of the words in `value`, which are separated by | */
};

struct option {
    const char *name;
    enum option_kind kind;
    const char *value; /* what help calls the value; NULL for a flag */
    u64 minimum;
    u64 maximum;
    const char
        *otherwise;   /* what holds when it is not given, as it would be given; NULL: nothing */
    const char *help; /* sentences */
    bool required;    /* the usage lines show it so; the subcommand says what is missing */
    bool repeats;     /* OPTION_TEXT: may be given again, and takes every word up to the next option
                         (--name=VALUE takes that one) */
};

struct option_value {
    bool given;
    const char *text; /* NULL when neither given nor otherwise */
    u64 number;       /* OPTION_NUMBER; of a range the lower end; of a choice its place from 0 */
    u64 high;         /* of a range the upper end */
};

struct option_example {
    const char *command; /* without "cambist" */
    const char *what;
};

struct subcommand;

/* A command line that was understood. */
struct option_call {
    const struct subcommand *subcommand;
    struct option_value values[OPTIONS_MAX]; /* by the place in the table */
    const char *operands[OPERANDS_MAX];
    u32 operands_count;
    const char *repeats[REPEATS_MAX]; /* as they were given; options_repeat looks */
    u32 repeats_places[REPEATS_MAX];
    u32 repeats_count;
};

struct subcommand {
    const char *name;
    const char *summary;  /* half a sentence, as after a dash */
    const char *operands; /* as in the synopsis: "DIR", "[FILE...]"; NULL: none */
    u32 operands_min;
    u32 operands_max;
    const struct option *options;
    u32 options_count;
    const char *const *text;               /* paragraphs of the manual, NULL at the end */
    const struct option_example *examples; /* .command NULL at the end */
    int (*run)(const struct option_call *call);
};

/* Reads the arguments after the subcommand's name. FAULT_USAGE with the exact text (without
 * "cambist NAME: "). *help_out: --help was among them, and the rest was not looked at. */
MUST_USE enum fault options_parse(const struct subcommand *subcommand, int count,
                                  const char *const *arguments, struct option_call *call_out,
                                  bool *help_out);

/* The value number `which` (from 0) of an option that repeats, in the order of the command line;
 * NULL when there are no more. */
const char *options_repeat(const struct option_call *call, u32 place, u32 which);

/* The text of --help. */
void options_print_help(const struct subcommand *subcommand, FILE *target);

/* The word of `words` that `given` was probably meant to be; NULL when none is near. */
const char *options_nearest(const char *given, const char *const *words, u32 count);

/* A decimal number of minimum .. maximum, digits only. */
MUST_USE bool options_number(const char *text, u64 minimum, u64 maximum, u64 *number_out);

#endif /* APP_OPTIONS_H */
