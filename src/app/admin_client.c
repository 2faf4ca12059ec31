#include "app/admin_client.h"

#include "app/local_socket.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "wire/reject.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S 15 /* longer than the agent itself waits */

enum fault admin_client_open(struct admin_client *client, const char *path)
{
    client->socket = -1;
    client->bytes = malloc(ADMIN_ANSWER_BYTES_MAX);
    if (client->bytes == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for an answer");
    }
    return local_socket_open(path, WAIT_S, &client->socket);
}

void admin_client_close(struct admin_client *client)
{
    if (client->socket >= 0) {
        (void)close(client->socket);
        client->socket = -1;
    }
    if (client->bytes != NULL) {
        secret_wipe(client->bytes, client->bytes_count);
        free(client->bytes);
        client->bytes = NULL;
    }
}

/* ---- a request ---- */

static enum fault receive_all(int socket, u8 *target, size_t size)
{
    while (size > 0) {
        size_t got = 0;
        TRY(local_socket_receive(socket, target, size, &got));
        target += got;
        size -= got;
    }
    return FAULT_NONE;
}

/* What is wrong with the signatures of officers, or their absence. */
static enum fault signature_fault(const struct admin_answer *answer)
{
    u32 number = answer->detail + 1U;
    switch ((enum admin_status_code)answer->code) {
    case ADMIN_UNSIGNED:
        return FAULT(FAULT_REFUSED,
                     "this wants the signatures of %u officers; --propose prints what they sign",
                     answer->detail);
    case ADMIN_EXPIRED:
        return FAULT(FAULT_REFUSED, "the approval's time is over, or more than 7 days away");
    case ADMIN_USED:
        return FAULT(FAULT_REFUSED, "this approval was used before");
    case ADMIN_NO_OFFICER:
        return FAULT(FAULT_REFUSED, "signature %u: no such officer is in the venue's register",
                     number);
    case ADMIN_BAD_SIGNATURE:
        return FAULT(FAULT_REFUSED, "signature %u is not of this officer and this order", number);
    case ADMIN_NOT_TWO:
        return FAULT(FAULT_REFUSED,
                     "two officers of different groups must sign; these are not two");
    case ADMIN_FULL:
        return FAULT(FAULT_LIMIT, "the venue remembers too many approvals; wait until some end");
    case ADMIN_NO_REGISTER:
        return FAULT(FAULT_REFUSED, "the venue has no register of officers: nothing is signed");
    case ADMIN_DONE:
    case ADMIN_MALFORMED:
    case ADMIN_FORBIDDEN:
    case ADMIN_BUSY:
    case ADMIN_UNKNOWN:
    case ADMIN_KEY_FAILED:
    case ADMIN_CODES:
        break;
    }
    return FAULT(FAULT_FOREIGN, "the admin socket: an answer of another version");
}

static enum fault code_fault(const struct admin_answer *answer)
{
    switch ((enum admin_status_code)answer->code) {
    case ADMIN_DONE:
        return FAULT_NONE;
    case ADMIN_MALFORMED:
        return FAULT(FAULT_INPUT, "the venue does not understand the request");
    case ADMIN_FORBIDDEN:
        return FAULT(FAULT_REFUSED, "this is not for the admin socket");
    case ADMIN_BUSY:
        return FAULT(FAULT_UNAVAILABLE, "the engine is away or busy; nothing happened");
    case ADMIN_UNKNOWN:
        return FAULT(FAULT_TIMEOUT, "no answer in time; it may have happened");
    case ADMIN_KEY_FAILED:
        return FAULT(FAULT_REFUSED, "no key was made: %s",
                     answer->detail == KEY_ANSWER_BAD_PUBLIC
                         ? "the public key is not of that kind"
                         : "no room, or it could not be stored; the gateway's log says why");
    case ADMIN_UNSIGNED:
    case ADMIN_EXPIRED:
    case ADMIN_USED:
    case ADMIN_NO_OFFICER:
    case ADMIN_BAD_SIGNATURE:
    case ADMIN_NOT_TWO:
    case ADMIN_FULL:
    case ADMIN_NO_REGISTER:
        return signature_fault(answer);
    case ADMIN_CODES:
        break;
    }
    return FAULT(FAULT_FOREIGN, "the admin socket: an answer of another version");
}

static enum fault exchange(struct admin_client *client, enum admin_kind kind, u32 rights,
                           struct span body)
{
    struct admin_request head = {.magic = ADMIN_MAGIC,
                                 .bytes = (u32)(sizeof(head) + body.size),
                                 .kind = (u8)kind,
                                 .actor = client->actor,
                                 .reason = client->reason,
                                 .rights = rights};
    TRY(local_socket_send(client->socket, span_of(&head, sizeof(head))));
    TRY(local_socket_send(client->socket, body));
    TRY(receive_all(client->socket, (u8 *)&client->answer, sizeof(client->answer)));
    if (client->answer.magic != ADMIN_MAGIC || client->answer.bytes < sizeof(client->answer) ||
        client->answer.bytes > ADMIN_ANSWER_BYTES_MAX) {
        return FAULT(FAULT_FOREIGN, "the admin socket: an answer of another version");
    }
    client->bytes_count = client->answer.bytes - sizeof(client->answer);
    TRY(receive_all(client->socket, client->bytes, client->bytes_count));
    client->body = span_of(client->bytes, client->bytes_count);
    return code_fault(&client->answer);
}

/* ---- what comes back ---- */

const void *admin_client_event(const struct admin_client *client, u16 kind)
{
    for (size_t at = 0; at + WIRE_UNIT <= client->body.size;) {
        const u8 *record = client->body.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size == 0 || size > client->body.size - at) {
            return NULL;
        }
        if (bytes_u16(record) == kind) {
            return record;
        }
        at += size;
    }
    return NULL;
}

static enum fault refusal_fault(const struct admin_client *client)
{
    struct event_rejected event;
    const void *rejected = admin_client_event(client, EVENT_REJECTED);
    if (rejected == NULL) {
        return FAULT_NONE;
    }
    memcpy(&event, rejected, sizeof(event));
    return FAULT(FAULT_REFUSED, "%s: %s", reject_name(event.reject), reject_text(event.reject));
}

enum fault admin_client_command(struct admin_client *client, void *command, u16 kind, u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    u8 client_bytes = 0;
    if (record->client_offset > 0) {
        client_bytes = client_id_bytes(((const u8 *)command)[record->client_offset]);
    }
    struct command_head head = {.kind = kind, .account = account};
    head.units = wire_units(record, client_bytes, false);
    memcpy(command, &head, sizeof(head));
    TRY(exchange(client, ADMIN_COMMAND, 0, span_of(command, (size_t)head.units * WIRE_UNIT)));
    return refusal_fault(client);
}

enum fault admin_client_order(struct admin_client *client, const struct admin_order *order,
                              struct span command)
{
    u8 body[sizeof(*order) + COMMAND_BYTES_MAX];
    CHECK(command.size <= COMMAND_BYTES_MAX);
    memcpy(body, order, sizeof(*order));
    memcpy(body + sizeof(*order), command.data, command.size);
    TRY(exchange(client, ADMIN_ORDER, 0, span_of(body, sizeof(*order) + command.size)));
    return refusal_fault(client);
}

enum fault admin_client_waiting(struct admin_client *client, u32 *count_out)
{
    TRY(exchange(client, ADMIN_WAITING, 0, (struct span){NULL, 0}));
    if (client->body.size % sizeof(struct admin_waiting) != 0) {
        return FAULT(FAULT_FOREIGN, "the admin socket: an answer of another version");
    }
    *count_out = (u32)(client->body.size / sizeof(struct admin_waiting));
    return FAULT_NONE;
}

enum fault admin_client_key(struct admin_client *client, struct key_ask *ask, u32 rights,
                            struct key_answer *key_out)
{
    key_ask_finish(ask);
    TRY(exchange(client, ADMIN_KEY, rights, span_of(ask, sizeof(*ask))));
    if (client->body.size < sizeof(*key_out)) {
        return FAULT(FAULT_FOREIGN, "the admin socket: an answer without a key");
    }
    memcpy(key_out, client->body.data, sizeof(*key_out));
    client->body = span_after(client->body, sizeof(*key_out));
    return refusal_fault(client);
}

enum fault admin_client_status(struct admin_client *client, struct admin_status *status_out)
{
    TRY(exchange(client, ADMIN_STATUS, 0, (struct span){NULL, 0}));
    if (client->body.size != sizeof(*status_out)) {
        return FAULT(FAULT_FOREIGN, "the admin socket: a status of another version");
    }
    memcpy(status_out, client->body.data, sizeof(*status_out));
    return FAULT_NONE;
}
