/* Why something of a public log is not believed: one list of reasons for every reader of it.
 *
 * Whoever reads a log reads bytes of somebody who may be lying, so a flaw is no fault: it is the
 * answer. The names are shown to people and counted in metrics; new ones are appended. */
#ifndef ROLE_VAULT_TLOG_FLAW_H
#define ROLE_VAULT_TLOG_FLAW_H

#include "base/base.h"

/* clang-format off */
/* constant, name, what it means */
#define TLOG_FLAW_TABLE(ROW)                                                              \
    ROW(NONE, "none", "nothing is wrong")                                                 \
    ROW(TEXT, "text", "not a signed note: UTF-8 lines, an empty line, signature lines")   \
    ROW(SIGNATURE_LINE, "signature_line", "a signature line is malformed")                \
    ROW(SIGNATURES_MANY, "signatures_many", "more signatures than are read")              \
    ROW(KEY_TEXT, "key_text", "not a verifier key: name+id+base64 of kind and key")       \
    ROW(KEY_ID, "key_id", "the id of a key is not the hash of name and key")              \
    ROW(KEY_KIND, "key_kind", "a key of a kind that is not read here")                    \
    ROW(SIGNATURE, "signature", "a signature of a known key does not verify")             \
    ROW(UNSIGNED, "unsigned", "no known log has signed this checkpoint")                  \
    ROW(ORIGIN, "origin", "the origin is not the name of the log's key")                  \
    ROW(QUORUM, "quorum", "too few known witnesses have cosigned this checkpoint")        \
    ROW(INDEPENDENT, "independent", "too few operators outside the venue have cosigned")  \
    ROW(CHECKPOINT, "checkpoint", "not a checkpoint: origin, size, root")                 \
    ROW(RECEIPT, "receipt", "not a receipt: c2sp.org/tlog-proof@v1")                      \
    ROW(INCLUSION, "inclusion", "the proof does not lead from this entry to the root")    \
    ROW(CONSISTENCY, "consistency", "the proof does not lead from the old to the new root") \
    ROW(MISSING, "missing", "a file that the checkpoint's size requires is not there")    \
    ROW(TILE_SIZE, "tile_size", "a tile is not as wide as the checkpoint's size requires") \
    ROW(BUNDLE, "bundle", "a bundle of entries does not divide into its entries")         \
    ROW(ENTRY, "entry", "an entry does not hash to what its tile says")                   \
    ROW(TILE, "tile", "a tile does not hash to what the tile above says")                 \
    ROW(PARTIAL, "partial", "a partial tile is not the beginning of the full one")        \
    ROW(ROOT, "root", "the tiles do not lead to the root of the checkpoint")              \
    ROW(TRUNCATED, "truncated", "the log is shorter than it was")                         \
    ROW(FORK, "fork", "the log is another one than before: entries were changed")         \
    ROW(TIME_BACK, "time_back", "a witness's time is before the time it gave earlier")    \
    ROW(TIME_AHEAD, "time_ahead", "a witness's time lies in the future")                  \
    ROW(STALE, "stale", "the witnesses' time is older than allowed")                      \
    ROW(LEAF, "leaf", "an entry is not what the log's own rules allow")                   \
    ROW(STRANGER, "stranger", "a signature line of a key that the policy does not name")  \
    ROW(MONTH, "month", "an opened month is not there, or not what was logged")           \
    ROW(SILENCE, "silence", "a silence has ended, and no notice has followed")            \
    ROW(CEREMONY, "ceremony", "a ceremony's transcript is not what was logged, or does not hold") \
    ROW(RESTRICTIONS, "restrictions", "days of restrictions do not stand one after the other") \
    ROW(REPORT, "report", "a transparency report is not there, or not what was logged")   \
    ROW(EVENT, "event", "not the receipt of an event: cambist-shown/v1")                  \
    ROW(EVENT_CASE, "event_case", "the receipt is of an event of another case")           \
    ROW(EVENT_SLOT, "event_slot", "the event is not under its slot's root")
/* clang-format on */

#define TLOG_FLAW_ENUM_ROW(constant, name, text) TLOG_FLAW_##constant,
enum tlog_flaw { TLOG_FLAW_TABLE(TLOG_FLAW_ENUM_ROW) };
#undef TLOG_FLAW_ENUM_ROW

const char *tlog_flaw_name(enum tlog_flaw flaw);    /* "signature" */
const char *tlog_flaw_meaning(enum tlog_flaw flaw); /* a sentence for people */

#endif /* ROLE_VAULT_TLOG_FLAW_H */
