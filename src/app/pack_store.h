/* The texts of rule packs in a venue's folder, for whoever shows a reason or wants the times of
 * valuation: packs/HASH.json is the canonical form, packs/HASH.groups.json the groups of the two
 * officers who signed it ({"groups":["compliance","legal"]}; empty where nobody knows them). Each
 * is there whole or not at all, and before the pack is activated. */
#ifndef APP_PACK_STORE_H
#define APP_PACK_STORE_H

#include "app/rule_read.h"
#include "base/base.h"
#include "io/fault.h"

#define PACK_STORE_FOLDER "packs"

/* `groups` are two texts of small letters, digits and -, or NULL. The venue's folder exists. */
MUST_USE enum fault pack_store_put(const char *folder, const struct rule_source *source,
                                   const char *const groups[2]);

#endif /* APP_PACK_STORE_H */
