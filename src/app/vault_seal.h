/* A text of a person, sealed for both groups and put into the vault: what the venue's machines hold
 * beside a form (trades, transfers, sign-ins, bank accounts), gathered for a case that asks for it,
 * so that it too is opened by a grant and no other way (docs/vault.md "What is gathered"). */
#ifndef APP_VAULT_SEAL_H
#define APP_VAULT_SEAL_H

#include "app/vault_client.h"
#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "role/vault/seal_label.h"

#define VAULT_SEAL_TEXT_MAX (7U * 1024U * 1024U)

/* FAULT_USAGE: an enrolment's group, which comes sealed from a browser alone. */
MUST_USE enum fault vault_seal_group(u32 group);

/* Subject, group and retention of `label` are the caller's; version (the next one) and epoch (the
 * newest of `folder`/groups) are set. The client is open; `text` is 1 to VAULT_SEAL_TEXT_MAX bytes
 * and is the caller's to wipe. FAULT_MISSING: there is no key to seal for. What the vault refuses:
 * vault_client_ask. */
MUST_USE enum fault vault_seal_put(struct vault_client *client, const char *folder,
                                   struct span text, struct seal_label *label);

#endif /* APP_VAULT_SEAL_H */
