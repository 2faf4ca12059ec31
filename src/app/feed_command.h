/* Commands that fetch something for the venue, and the lists in which an operator names them: one
 * line each, words with one blank between them and none inside, lines that begin with # say
 * nothing. app/price_sources.h and app/list_sources.h say what their lines hold. */
#ifndef APP_FEED_COMMAND_H
#define APP_FEED_COMMAND_H

#include "base/base.h"
#include "io/fault.h"

#include <sys/types.h>

#define FEED_LIST_BYTES_MAX   16384U
#define FEED_ARGUMENTS_MAX    16U
#define FEED_COMMAND_BYTES    1024U
#define FEED_COMMAND_S_MAX    86400U
#define FEED_WORDS_MAX        32U
#define FEED_EXIT_NOT_STARTED 127 /* the exit code of a program that cannot be started */

struct feed_command {
    u32 source; /* which of the sources it is */
    u32 every_s;
    u32 limit_s;
    char text[FEED_COMMAND_BYTES]; /* its words, a zero behind each */
    u32 words;                     /* the program's path, and its arguments */
};

/* EVERY LIMIT PROGRAM [ARGUMENT...]: seconds, seconds, an absolute path. NULL, or what is wrong. */
const char *feed_command_take(const char *const *words, u32 count, u32 source,
                              struct feed_command *command_out);

/* Starts it in a process group of its own: without a shell, input, environment (but PATH) or a
 * place for errors, in `folder` (NULL: where we are), writing files of at most `bytes_max` (0: any
 * size). It dies with us. -1: it cannot be started. */
pid_t feed_command_start(const struct feed_command *command, int output, const char *folder,
                         u64 bytes_max);

/* The same with `input` as its standard input, and without an output; -1: neither. */
pid_t feed_command_start_with(const struct feed_command *command, int input, int output,
                              const char *folder, u64 bytes_max);

/* The words of a line, with zeros behind them, in `text`. 0: more than `max`, or not one blank
 * between. */
u32 feed_words(char *text, const char **words_out, u32 max);

/* 1 to `bytes_max` small letters, digits and -. */
bool feed_is_name(const char *word, size_t bytes_max);

/* A list being read. Embedded as the first member. */
struct feed_list {
    const char *name; /* of the file, for messages */
    u32 line;
    enum fault (*take)(struct feed_list *list, char *text);
};

/* Calls take for each line that says something. */
MUST_USE enum fault feed_list_read(struct feed_list *list, struct span text);
/* The bytes of the list that option `option` names: `path`, in `folder` unless it begins with a
 * slash, FILE_PATH_BYTES at `whole_out`. "none" is no list: no bytes. They stay until the next
 * call. FAULT_CONFIG: the path is too long; FAULT_INPUT: more than FEED_LIST_BYTES_MAX. */
MUST_USE enum fault feed_list_bytes(const char *option, const char *path, const char *folder,
                                    char *whole_out, struct span *text_out);
/* FAULT_CONFIG with "NAME:LINE: reason". */
enum fault feed_list_wrong(const struct feed_list *list, const char *reason);

#endif /* APP_FEED_COMMAND_H */
