#include "app/vault_seal.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "role/vault/seal_record.h"
#include "role/vault/seal_room.h"
#include "role/vault/vault_groups.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_BYTES (SEAL_LABEL_BYTES + 4U)

enum fault vault_seal_group(u32 group)
{
    return group >= SEAL_GROUP_BANK
               ? FAULT_NONE
               : FAULT(FAULT_USAGE,
                       "%s comes sealed from its person's browser; bank, logins, "
                       "trades and transfers are gathered",
                       seal_group_name(group));
}

/* One more than the newest there is. */
static enum fault version_next(struct vault_client *client, struct seal_label *label)
{
    vault_client_begin(client, VAULT_ASK_LIST);
    frame_write_u64(&client->writer, label->subject);
    TRY(vault_client_ask(client));
    u32 count = client->contents.size < 4 ? 0 : bytes_u32(client->contents.data);
    if (client->contents.size != 4 + (size_t)count * LISTED_BYTES) {
        return FAULT(FAULT_FOREIGN, "an answer that is none");
    }
    label->version = 1;
    for (u32 i = 0; i < count; i += 1) {
        const u8 *at = client->contents.data + 4 + (size_t)i * LISTED_BYTES;
        struct seal_label listed;
        TRY(seal_label_decode(span_of(at, SEAL_LABEL_BYTES), &listed));
        if (listed.group == label->group && listed.version >= label->version) {
            label->version = listed.version + 1;
        }
    }
    return FAULT_NONE;
}

static enum fault record_write(struct vault_client *client, struct seal_room *room,
                               const struct seal_label *label, const struct seal_point *key,
                               struct span text)
{
    static u8 body[SEAL_BODY_BYTES(VAULT_SEAL_TEXT_MAX)];
    struct seal_wrap wrap;
    u8 hash[SEAL_HASH_BYTES];
    u8 head[SEAL_LABEL_BYTES];
    u8 secret[SEAL_KEY_SIZE];
    seal_key_make(secret);
    seal_body_close(label, secret, text, body, hash);
    enum fault fault = seal_wrap_make(room, label, key, secret, hash, &wrap);
    secret_wipe(secret, sizeof(secret));
    TRY(fault);
    seal_label_encode(label, head);
    vault_client_begin(client, VAULT_ASK_PUT);
    frame_write_u32(&client->writer, 1); /* records, and zeros */
    frame_write_bytes(&client->writer, span_of(head, sizeof(head)));
    frame_write_u32(&client->writer, 0); /* no last day */
    frame_write_bytes(&client->writer, span_of(&wrap, sizeof(wrap)));
    frame_write_bytes(&client->writer, span_of(hash, sizeof(hash)));
    frame_write_u32(&client->writer, (u32)SEAL_BODY_BYTES(text.size));
    frame_write_u32(&client->writer, 0); /* neither hands nor values */
    frame_write_bytes(&client->writer, span_of(body, SEAL_BODY_BYTES(text.size)));
    return vault_client_ask(client);
}

enum fault vault_seal_put(struct vault_client *client, const char *folder, struct span text,
                          struct seal_label *label)
{
    static struct vault_groups groups;
    struct seal_room *room = NULL;
    CHECK(text.size > 0 && text.size <= VAULT_SEAL_TEXT_MAX);
    TRY(vault_groups_open(disk_real(), folder, &groups));
    if (groups.count == 0) {
        return FAULT(FAULT_MISSING, "%s/%s: there is no key to seal for", folder,
                     VAULT_GROUPS_FILE);
    }
    label->epoch = groups.epochs[groups.count - 1];
    TRY(version_next(client, label));
    TRY(seal_room_open(&room));
    enum fault fault = record_write(client, room, label, &groups.points[groups.count - 1], text);
    seal_room_close(room);
    return fault;
}
