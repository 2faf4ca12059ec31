/* The compiled form of a pack: what a command carries, and the journal keeps (docs/rules.md "The
 * compiled form").
 *
 * Little-endian, without padding that could differ:
 *
 *   header   "CRP1", u32 size, 32 content hash, 32 id, u64 from, u64 until, u32 version, u16 flags
 *            (1: uncertain), u16 counts of rules, nodes, values, names, duties
 *   rules    144 bytes each, in the order of struct rule
 *   nodes    20 bytes each
 *   names    8 bytes each
 *   duties   16 bytes each
 *   values   2 bytes each
 *
 * Decoding checks every invariant that the evaluator relies on; what passes is what encoding gives
 * back, byte for byte. */
#ifndef CORE_RULE_FORM_H
#define CORE_RULE_FORM_H

#include "core/rule.h"

#define RULE_FORM_BYTES_MAX 16384U

/* Why a form or a pack is refused; NULL: it is good. */
const char *rule_pack_check(const struct rule_pack *pack);

/* NULL: *pack_out is the pack, and good. Else the reason, and *pack_out is undefined. */
MUST_USE const char *rule_form_decode(struct span form, struct rule_pack *pack_out);

/* `pack` is good. Returns the size, at most RULE_FORM_BYTES_MAX. */
size_t rule_form_encode(const struct rule_pack *pack, u8 target[RULE_FORM_BYTES_MAX]);

#endif /* CORE_RULE_FORM_H */
