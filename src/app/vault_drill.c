#include "app/vault_drill.h"

#include "app/ceremony.h"
#include "app/cli.h"
#include "app/time_text.h"
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/vault_drills.h"

#include <stdio.h>
#include <string.h>

#define DAY_US        86400000000ULL
#define DAY_CHARS     10U /* of the text of a moment */
#define ASKED_BYTES   48U
#define TAKEN_BYTES   8U
#define GROUP_BYTES   16U
#define MEMBER_BYTES  32U
#define NAME_BYTES    16U
#define HORIZON_BYTES 8U

static enum fault foreign(void)
{
    return FAULT(FAULT_FOREIGN, "an answer that is none");
}

/* ---- begin and put ---- */

enum fault vault_drill_begin(struct vault_client *client)
{
    char hex[2 * SHARE_NONCE_BYTES + 1];
    vault_client_begin(client, VAULT_ASK_DRILL);
    TRY(vault_client_ask(client));
    if (client->contents.size != ASKED_BYTES) {
        return foreign();
    }
    (void)printf("%s\n", bytes_to_hex(client->contents.data, SHARE_NONCE_BYTES, hex));
    return FAULT_NONE;
}

static enum fault put_one(struct vault_client *client, const char *path)
{
    struct share_shown shown;
    char why[FAULT_TEXT_BYTES];
    TRY(ceremony_read_shown(path, &shown));
    vault_client_begin(client, VAULT_ASK_SHOWN);
    frame_write_bytes(&client->writer, span_of(&shown, sizeof(shown)));
    enum fault fault = vault_client_ask(client);
    if (fault == FAULT_EXISTS) {
        fault_forget();
        cli_line(path, "shown already");
        return FAULT_NONE;
    }
    if (fault != FAULT_NONE) {
        (void)snprintf(why, sizeof(why), "%s", fault_text());
        return FAULT(fault, "%s: %s", path, why);
    }
    const u8 *at = client->contents.data;
    if (client->contents.size != TAKEN_BYTES) {
        return foreign();
    }
    cli_line(path, "group %c: %u of %u shares live; it takes %u",
             share_side_letter((enum share_side)at[0]), at[2], at[4], at[3]);
    return FAULT_NONE;
}

enum fault vault_drill_put(struct vault_client *client, const char *const *paths, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        TRY(put_one(client, paths[i]));
    }
    return FAULT_NONE;
}

/* ---- status ---- */

static void day_print(u64 time_us, char target[TIME_TEXT_BYTES])
{
    (void)time_text_print(time_us, target);
    target[DAY_CHARS] = 0;
}

static void member_print(const u8 *at, u32 horizon_days)
{
    char name[NAME_BYTES + sizeof(" (spare)")];
    char shown[TIME_TEXT_BYTES];
    char due[TIME_TEXT_BYTES];
    u64 asked_us = bytes_u64(at + 24);
    bool is_live = at[17] != 0;
    (void)snprintf(name, sizeof(name), "%.*s%s", (int)NAME_BYTES, (const char *)at,
                   at[18] != 0 ? " (spare)" : "");
    if (at[19] != 0) {
        cli_line(name, "what is kept of it cannot be: damaged");
    } else if (asked_us == 0) {
        cli_line(name, "never shown");
    } else {
        day_print(asked_us, shown);
        day_print(asked_us + horizon_days * DAY_US, due);
        cli_line(name, "shown %s, %s %s", shown, is_live ? "due by" : "over since", due);
    }
}

/* One group; *used_out bytes. */
static enum fault group_print(struct span rest, u32 horizon_days, size_t *used_out)
{
    const u8 *at = rest.data;
    *used_out = GROUP_BYTES + (rest.size < GROUP_BYTES ? 0 : (size_t)at[2] * MEMBER_BYTES);
    if (rest.size < *used_out || at[0] < SHARE_SIDE_A || at[0] > SHARE_SIDE_B) {
        return foreign();
    }
    char side = share_side_letter((enum share_side)at[0]);
    (void)printf("group %c, epoch %u, generation %u\n", side, bytes_u32(at + 8),
                 bytes_u32(at + 12));
    cli_line("shares", "%u of %u live; it takes %u", at[3], at[2], at[1]);
    cli_line("spares", "%u of %u live", at[5], at[4]);
    for (u32 i = 0; i < at[2]; i += 1) {
        member_print(at + GROUP_BYTES + (size_t)i * MEMBER_BYTES, horizon_days);
    }
    if (at[3] <= at[1]) {
        cli_line("ALARM", "group %c: no share more may be lost", side);
    }
    if (at[5] == 0) {
        cli_line("ALARM", "group %c: no spare share is known to live", side);
    }
    return FAULT_NONE;
}

enum fault vault_drill_status(struct vault_client *client)
{
    vault_client_begin(client, VAULT_ASK_SHARES);
    TRY(vault_client_ask(client));
    struct span rest = client->contents;
    if (rest.size < HORIZON_BYTES) {
        return foreign();
    }
    u32 horizon_days = bytes_u32(rest.data);
    u32 groups = bytes_u32(rest.data + 4);
    rest = span_after(rest, HORIZON_BYTES);
    if (groups == 0) {
        cli_line("officers' shares", "not known: there are no vault/%s and vault/%s",
                 VAULT_GROUP_A_FILE, VAULT_GROUP_B_FILE);
    }
    for (u32 i = 0; i < groups; i += 1) {
        size_t used = 0;
        TRY(group_print(rest, horizon_days, &used));
        rest = span_after(rest, used);
    }
    return rest.size == 0 ? FAULT_NONE : foreign();
}
