/* Commands and events as one line of text each, from the field tables of wire/schema.h: the name,
 * the head, then every field that is not zero. For failing tests. */
#ifndef SIM_RECORD_PRINT_H
#define SIM_RECORD_PRINT_H

#include "base/base.h"

#include <stdio.h>

/* Prints the command or event that `bytes` begin with, and a line end. Returns the record's size,
 * at least 32 and at most `size`. */
size_t record_print_command(FILE *out, const u8 *bytes, size_t size);
size_t record_print_event(FILE *out, const u8 *bytes, size_t size);

/* Prints a whole stream of events, each line after `prefix`. */
void record_print_events(FILE *out, const char *prefix, const u8 *bytes, size_t size);

#endif /* SIM_RECORD_PRINT_H */
