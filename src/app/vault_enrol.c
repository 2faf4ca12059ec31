#include "app/vault_enrol.h"

#include "app/time_text.h"
#include "base/bytes.h"
#include "base/span.h"
#include "io/file.h"
#include "role/vault/seal_enrol.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define US_S 1000000U

static enum fault foreign(void)
{
    return FAULT(FAULT_FOREIGN, "an answer that is none");
}

enum fault vault_enrol_offer(struct vault_client *client, u64 subject)
{
    char points[3][2 * SEAL_POINT_BYTES + 1];
    vault_client_begin(client, VAULT_ASK_OFFER);
    frame_write_u64(&client->writer, subject);
    TRY(vault_client_ask(client));
    const u8 *at = client->contents.data;
    if (client->contents.size != VAULT_OFFER_BYTES) {
        return foreign();
    }
    for (u32 i = 0; i < ARRAY_COUNT(points); i += 1) {
        (void)bytes_to_hex(at + 24 + (size_t)i * SEAL_POINT_BYTES, SEAL_POINT_BYTES, points[i]);
    }
    (void)printf("{\"subject\":\"%" PRIu64 "\",\"version\":%u,\"epoch\":%u,\"retention\":%" PRIu64
                 ",\"until\":\"%" PRIu64 "\",\"groupKey\":\"%s\",\"enrolKey\":\"%s\","
                 "\"reviewer\":\"%s\"}\n",
                 subject, bytes_u32(at), bytes_u32(at + 4), bytes_u64(at + 8), bytes_u64(at + 16),
                 points[0], points[1], points[2]);
    return FAULT_NONE;
}

enum fault vault_enrol_put(struct vault_client *client, const char *path)
{
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    vault_client_begin(client, VAULT_ASK_ENROL);
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > sizeof(client->frame) - VAULT_HEAD_BYTES) {
        return FAULT(FAULT_INPUT, "%s: too long for one frame", path);
    }
    TRY(file_read_whole(&file, 0, client->frame + VAULT_HEAD_BYTES, size));
    client->writer.size += (u32)size;
    return vault_client_ask(client);
}

enum fault vault_enrol_review(struct vault_client *client, u64 subject, u32 version,
                              const char *path)
{
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    vault_client_begin(client, VAULT_ASK_REVIEW);
    frame_write_u64(&client->writer, subject);
    frame_write_u32(&client->writer, version);
    TRY(vault_client_ask(client));
    return file_write_at(&file, 0, client->contents.data, client->contents.size);
}

enum fault vault_enrol_decide(struct vault_client *client, const char *path)
{
    SCOPED_FILE file = {.disk = NULL};
    char text[SEAL_VERDICT_BYTES];
    struct seal_verdict verdict;
    u8 proof[SEAL_PROOF_BYTES];
    size_t size = 0;
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_read_at(&file, 0, (u8 *)text, sizeof(text), &size));
    TRY(seal_verdict_read(span_of(text, size), path, &verdict));
    memcpy(proof, &verdict.proof, sizeof(proof));
    vault_client_begin(client, VAULT_ASK_DECIDE);
    frame_write_u64(&client->writer, verdict.subject);
    frame_write_u32(&client->writer, verdict.version);
    frame_write_u32(&client->writer, verdict.outcome); /* and three zeros */
    frame_write_bytes(&client->writer, span_of(verdict.enrolment, sizeof(verdict.enrolment)));
    frame_write_bytes(&client->writer, span_of(proof, sizeof(proof)));
    TRY(vault_client_ask(client));
    if (client->contents.size != sizeof(u32)) {
        return foreign();
    }
    (void)printf("%u copies\n", bytes_u32(client->contents.data));
    return FAULT_NONE;
}

static void seen_print(u32 seen)
{
    (void)printf("%s%s%s", (seen & VAULT_SEEN_DOCUMENT) != 0 ? " document" : "",
                 (seen & VAULT_SEEN_PERSON) != 0 ? " person" : "", seen == 0 ? " nothing" : "");
}

/* The rows of an answer that begins with their count; NULL: it is none. */
static const u8 *rows_of(const struct vault_client *client, u32 bytes, u32 *count_out)
{
    *count_out = client->contents.size < 4 ? 0 : bytes_u32(client->contents.data);
    return client->contents.size == 4 + (size_t)*count_out * bytes ? client->contents.data + 4
                                                                   : NULL;
}

enum fault vault_enrol_reviews(struct vault_client *client)
{
    u32 count = 0;
    vault_client_begin(client, VAULT_ASK_REVIEWS);
    TRY(vault_client_ask(client));
    const u8 *at = rows_of(client, VAULT_WAITING_BYTES, &count);
    for (u32 i = 0; at != NULL && i < count; i += 1, at += VAULT_WAITING_BYTES) {
        char time[TIME_TEXT_BYTES];
        char reviewer[2 * SEAL_POINT_BYTES + 1];
        (void)time_text_print(bytes_u64(at + 16) * US_S, time);
        (void)printf("%" PRIu64 " version %u until %s views %" PRIu64 " reviewer %s seen before:",
                     bytes_u64(at), bytes_u32(at + 8), time, bytes_u64(at + 24),
                     bytes_to_hex(at + 32, SEAL_POINT_BYTES, reviewer));
        seen_print(bytes_u32(at + 12));
        (void)printf("\n");
    }
    return at == NULL ? foreign() : FAULT_NONE;
}

enum fault vault_enrol_doubles(struct vault_client *client, u64 from)
{
    u32 count = 0;
    vault_client_begin(client, VAULT_ASK_DOUBLES);
    frame_write_u64(&client->writer, from);
    TRY(vault_client_ask(client));
    const u8 *at = rows_of(client, VAULT_DOUBLE_BYTES, &count);
    for (u32 i = 0; at != NULL && i < count; i += 1, at += VAULT_DOUBLE_BYTES) {
        char time[TIME_TEXT_BYTES];
        (void)time_text_print(bytes_u64(at + 8), time);
        (void)printf("%" PRIu64 " %s person %" PRIu64 " version %u seen before:", bytes_u64(at),
                     time, bytes_u64(at + 16), bytes_u32(at + 24));
        seen_print(bytes_u32(at + 28));
        (void)printf("\n");
    }
    return at == NULL ? foreign() : FAULT_NONE;
}
