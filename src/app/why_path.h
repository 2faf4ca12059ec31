/* The chain of ownership behind a verdict, as screening kept it under its own digest
 * (role/screen/screen_holders.c): screen/paths/NUMBER in the data folder. */
#ifndef APP_WHY_PATH_H
#define APP_WHY_PATH_H

#include "base/base.h"
#include "io/fault.h"

#define WHY_PATH_BYTES 65536U

/* The text, with a zero at its end, as long as the next call. Empty: there is none under this
 * number, or what lies there is not what its number says. 0 is no number. */
const char *why_path_text(const char *folder, u64 path);

#endif /* APP_WHY_PATH_H */
