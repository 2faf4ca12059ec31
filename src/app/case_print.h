/* Cases and notices as the command line prints them, for people and as JSON. */
#ifndef APP_CASE_PRINT_H
#define APP_CASE_PRINT_H

#include "role/cases/case_query.h"
#include "wire/json.h"

#define CASE_NUMBER_BYTES 32U

/* "81723-0": the command whose events opened it, and which of its cases. */
const char *case_print_number(u64 matter, char target[CASE_NUMBER_BYTES]);
/* Back again, or the whole number. False: it is neither. */
MUST_USE bool case_parse_number(const char *text, u64 *matter_out);

/* One line. `now_us`: by the venue's clock; what is late then says so. */
void case_print_line(const struct case_row *row, const struct case_holidays *holidays, u64 now_us);
/* All of it, a line each. */
void case_print_whole(const struct case_row *row, const struct case_holidays *holidays, u64 now_us);
void case_print_act(const struct case_act_row *row);

void case_put_json(struct json_writer *writer, const struct case_row *row,
                   const struct case_holidays *holidays, u64 now_us);
void case_put_act_json(struct json_writer *writer, const struct case_act_row *row);

const char *case_act_words(const struct case_act_row *row);

#endif /* APP_CASE_PRINT_H */
