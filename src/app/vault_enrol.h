/* The vault's side of enrolments, for the command line: an offer for the page, what a browser
 * sealed, what the reviewer gets, and the verdict (docs/enrolment.md). */
#ifndef APP_VAULT_ENROL_H
#define APP_VAULT_ENROL_H

#include "app/vault_client.h"
#include "base/base.h"
#include "io/fault.h"

/* Each begins a frame, asks and prints. The client is open. */

/* A line of JSON, as the page takes it. */
MUST_USE enum fault vault_enrol_offer(struct vault_client *client, u64 subject);
/* Sends what the browser made. */
MUST_USE enum fault vault_enrol_put(struct vault_client *client, const char *path);
/* Into a new file that only its owner reads. */
MUST_USE enum fault vault_enrol_review(struct vault_client *client, u64 subject, u32 version,
                                       const char *path);
MUST_USE enum fault vault_enrol_decide(struct vault_client *client, const char *path);
/* A line for each review that waits. */
MUST_USE enum fault vault_enrol_reviews(struct vault_client *client);
/* A line for each who was seen before, from a number on. */
MUST_USE enum fault vault_enrol_doubles(struct vault_client *client, u64 from);

#endif /* APP_VAULT_ENROL_H */
