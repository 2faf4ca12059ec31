#include "app/demo_law.h"

#include "app/time_text.h"

#include <stdio.h>
#include <string.h>

enum { DAY_TEXT_BYTES = 10 };

enum fault demo_law_read(const char *text, u64 now_us, u64 *behind_us_out)
{
    char whole[TIME_TEXT_BYTES];
    u64 law_us = 0;
    *behind_us_out = 0;
    if (strcmp(text, DEMO_LAW_OFF) == 0) {
        return FAULT_NONE;
    }
    bool is_day = strlen(text) == DAY_TEXT_BYTES;
    (void)snprintf(whole, sizeof(whole), "%.10s%s", text, DEMO_LAW_HOUR);
    if (!time_text_parse(is_day ? whole : text, &law_us)) {
        return FAULT(FAULT_USAGE,
                     "--law: \"%s\" is no day such as 2022-04-22, no moment such as "
                     "2022-04-22T11:58:00Z, and not " DEMO_LAW_OFF,
                     text);
    }
    if (law_us >= now_us) {
        return FAULT(FAULT_USAGE, "--law: %s is not in the past", text);
    }
    *behind_us_out = now_us - law_us;
    return FAULT_NONE;
}

enum fault demo_law_go_on(const char *folder, u64 had_behind_us, const u64 *wish,
                          u64 *behind_us_out)
{
    *behind_us_out = wish == NULL ? had_behind_us : *wish;
    if (*behind_us_out > had_behind_us) {
        return FAULT(FAULT_INPUT,
                     "%s: this demo is past that law date already, and time does not go back: "
                     "begin in another folder",
                     folder);
    }
    return FAULT_NONE;
}
