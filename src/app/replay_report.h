/* What a replay says at its end: lines for people, and one JSON object for machines. */
#ifndef APP_REPLAY_REPORT_H
#define APP_REPLAY_REPORT_H

#include "app/replay.h"

/* `verdict`: what the check found; the object says "ok" or names it. */
void replay_report_print(const struct flow *flow, const struct replay_config *config,
                         const struct flow_check *check, const struct replay_report *report,
                         bool json, enum fault verdict);

#endif /* APP_REPLAY_REPORT_H */
