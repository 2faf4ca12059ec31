/* `cambist ceremony publish`: puts a closed transcript where readers of the venue's public log find
 * it. Only bytes that are exactly a ceremony whose proofs hold, and that a line of the log as it is
 * published names with its epoch: a key file, a deal or anything else cannot get there. */
#ifndef APP_CEREMONY_PUBLISH_H
#define APP_CEREMONY_PUBLISH_H

#include "app/ceremony.h"
#include "base/base.h"
#include "io/fault.h"

/* `folder` is the venue's data folder; `before` as for a resharing, else of count 0. The file is
 * on the disk, whole, when this returns, and stays as it was where it was there already.
 * FAULT_INPUT: no such transcript. FAULT_REFUSED: no line of the log names it. */
MUST_USE enum fault ceremony_publish(const char *path, const struct share_chain *before,
                                     const char *folder, u8 hash_out[SHARE_HASH_BYTES]);

#endif /* APP_CEREMONY_PUBLISH_H */
