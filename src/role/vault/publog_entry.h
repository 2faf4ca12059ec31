/* What the venue's events say in the public log: readable lines out of the journal, private events
 * out of the vault's. docs/public-log.md "What is logged" has the lines. No line names a person, an
 * officer or a case. */
#ifndef ROLE_VAULT_PUBLOG_ENTRY_H
#define ROLE_VAULT_PUBLOG_ENTRY_H

#include "base/base.h"
#include "role/vault/publog.h"
#include "wire/vault_link.h"

#define PUBLOG_ENTRY_LINE_BYTES 256U
#define PUBLOG_ENTRY_TEXT_BYTES 256U

/* The line of an event of the event log, with a zero; false: it says nothing in public. Records
 * shorter than their kind say nothing. */
MUST_USE bool publog_entry_line(const u8 *record, size_t size, u64 time_us,
                                char line_out[PUBLOG_ENTRY_LINE_BYTES]);
/* That what lay between two positions of the event log was removed unread. */
void publog_entry_missed(u64 from, u64 to, char line_out[PUBLOG_ENTRY_LINE_BYTES]);

/* The private event of one of the vault's; its text lies in `text`. False: no such kind. */
MUST_USE bool publog_entry_told(const struct vault_link_event *event,
                                char text[PUBLOG_ENTRY_TEXT_BYTES], struct publog_told *told_out);

#endif /* ROLE_VAULT_PUBLOG_ENTRY_H */
