#include "app/vault_client.h"

#include "app/local_socket.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"

#include <unistd.h>

#define WAIT_S      120U /* a sweep rewrites a file */
#define ANSWER_HEAD (VAULT_HEAD_BYTES + 4U)

enum fault vault_client_open(struct vault_client *client, const char *path)
{
    return local_socket_open(path, WAIT_S, &client->socket);
}

void vault_client_close(struct vault_client *client)
{
    if (client->socket >= 0) {
        (void)close(client->socket);
    }
    client->socket = -1;
}

void vault_client_begin(struct vault_client *client, enum vault_ask_kind kind)
{
    client->writer = vault_writer_begin(client->frame, sizeof(client->frame), kind);
}

static enum fault receive(struct vault_client *client)
{
    u32 used = 0;
    while (used < ANSWER_HEAD || used < bytes_u32(client->answer)) {
        size_t got = 0;
        if (used == sizeof(client->answer)) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
        TRY(local_socket_receive(client->socket, client->answer + used,
                                 sizeof(client->answer) - used, &got));
        used += (u32)got;
        u32 bytes = vault_frame_bytes(span_of(client->answer, used));
        if (bytes == UINT32_MAX || (bytes != 0 && (bytes < ANSWER_HEAD || bytes < used))) {
            return FAULT(FAULT_FOREIGN, "an answer that is none");
        }
    }
    client->contents = span_of(client->answer + ANSWER_HEAD, used - ANSWER_HEAD);
    return FAULT_NONE;
}

enum fault vault_client_ask(struct vault_client *client)
{
    static const enum fault faults[] = {
        [VAULT_CODE_OK] = FAULT_NONE,         [VAULT_CODE_WRONG] = FAULT_INPUT,
        [VAULT_CODE_MISSING] = FAULT_MISSING, [VAULT_CODE_EXISTS] = FAULT_EXISTS,
        [VAULT_CODE_REFUSED] = FAULT_REFUSED, [VAULT_CODE_LIMIT] = FAULT_LIMIT};
    vault_writer_end(&client->writer);
    enum fault fault =
        local_socket_send(client->socket, span_of(client->writer.bytes, client->writer.size));
    secret_wipe(client->writer.bytes, client->writer.size);
    TRY(fault);
    TRY(receive(client));
    u32 code = bytes_u32(client->answer + VAULT_HEAD_BYTES);
    if (code >= ARRAY_COUNT(faults)) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    return code == VAULT_CODE_OK ? FAULT_NONE
                                 : FAULT(faults[code], "%.*s", (int)client->contents.size,
                                         (const char *)client->contents.data);
}
