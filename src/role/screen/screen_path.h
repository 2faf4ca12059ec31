/* What is kept of a verdict of ownership: its proof as text (screen_chain.h), under its own digest,
 * as screen/paths/NUMBER in the venue's folder. The verdict names the number, and `cambist why`
 * shows the text to officers. */
#ifndef ROLE_SCREEN_SCREEN_PATH_H
#define ROLE_SCREEN_SCREEN_PATH_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"

/* Synced; one that is there already stays. `folder` is the venue's, and has screen/. */
MUST_USE enum fault screen_path_keep(struct disk *disk, const char *folder, struct sha256 *sha256,
                                     struct span text, u64 *number_out);

#endif /* ROLE_SCREEN_SCREEN_PATH_H */
