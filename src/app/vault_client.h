/* The other end of the vault's socket, for the command line: one frame, one answer (docs/vault.md
 * "The socket"). */
#ifndef APP_VAULT_CLIENT_H
#define APP_VAULT_CLIENT_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/vault_message.h"

struct vault_client {
    int socket; /* -1: not open */
    struct frame_writer writer;
    u8 frame[VAULT_FRAME_BYTES_MAX];
    u8 answer[VAULT_FRAME_BYTES_MAX];
    struct span contents; /* of the answer, behind its code */
};

/* As local_socket_open says. */
MUST_USE enum fault vault_client_open(struct vault_client *client, const char *path);
void vault_client_close(struct vault_client *client);

/* Begins a frame of this kind in client->writer. */
void vault_client_begin(struct vault_client *client, enum vault_ask_kind kind);
/* Sends it, which wipes it, and takes the answer. A refusal is FAULT_INPUT, FAULT_MISSING,
 * FAULT_EXISTS, FAULT_REFUSED or FAULT_LIMIT with the vault's text. */
MUST_USE enum fault vault_client_ask(struct vault_client *client);

#endif /* APP_VAULT_CLIENT_H */
