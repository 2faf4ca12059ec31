/* Cases as the command line prints them for people; as JSON they are case_json.h's. */
#ifndef APP_CASE_PRINT_H
#define APP_CASE_PRINT_H

#include "role/cases/case_json.h"

/* One line. `now_us`: by the venue's clock; what is late then says so. */
void case_print_line(const struct case_row *row, const struct case_holidays *holidays, u64 now_us);
/* All of it, a line each. */
void case_print_whole(const struct case_row *row, const struct case_holidays *holidays, u64 now_us);
void case_print_act(const struct case_act_row *row);

#endif /* APP_CASE_PRINT_H */
