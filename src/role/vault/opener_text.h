/* What the opener does with opened text: compares identifiers, leaves dated lines out, and puts
 * files into a tar archive. For opener.c and its test. */
#ifndef ROLE_VAULT_OPENER_TEXT_H
#define ROLE_VAULT_OPENER_TEXT_H

#include "base/base.h"
#include "role/vault/age_file.h"
#include "role/vault/grant.h"

#define OPENER_TAR_BLOCK 512U

/* Whether a line "FIELD: VALUE" of the text has the identifier's value. */
MUST_USE bool opener_identifier_is_in(const struct grant *grant,
                                      const struct grant_identifier *identifier, struct span text);

/* Takes out the lines that begin with a moment ("2026-01-02T03:04:05Z ") outside of the record's
 * days; the bytes that are left. */
size_t opener_withhold(const struct grant_record *record, u8 *text, size_t bytes, u32 *lines_out);

/* One file of a tar archive (POSIX ustar): head, bytes, zeros up to a block. */
MUST_USE enum fault opener_tar_put(struct age_writer *writer, const char *name, u64 time_s,
                                   struct span bytes);
/* The two blocks of zeros at its end. */
MUST_USE enum fault opener_tar_end(struct age_writer *writer);

#endif /* ROLE_VAULT_OPENER_TEXT_H */
