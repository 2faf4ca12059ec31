#include "app/ceremony.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/share_part.h"
#include "role/vault/tlog_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MEMBER_BYTES  128U
#define CONFIRM_BYTES 256U

/* ---- files ---- */

enum fault ceremony_read_file(const char *path, char *target, size_t target_bytes, size_t *size_out)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return FAULT_ERRNO(errno, "%s", path);
    }
    *size_out = fread(target, 1, target_bytes, file);
    bool is_whole = fgetc(file) == EOF;
    int error = ferror(file) == 0 ? 0 : errno;
    (void)fclose(file);
    if (error != 0) {
        return FAULT_ERRNO(error, "%s", path);
    }
    return is_whole ? FAULT_NONE
                    : FAULT(FAULT_INPUT, "%s: longer than %zu bytes", path, target_bytes);
}

enum fault ceremony_read_own(const char *path, char *target, size_t target_bytes, size_t *size_out)
{
    return tlog_file_read_own(disk_real(), path, (u8 *)target, target_bytes, size_out);
}

enum fault ceremony_read(const char *path, struct share_transcript *transcript_out)
{
    static char text[SHARE_TEXT_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return share_transcript_read(span_of(text, size), path, transcript_out);
}

enum fault ceremony_read_chain(const char *path, struct share_chain *chain_out)
{
    static char text[SHARE_CHAIN_BYTES];
    size_t size = 0;
    chain_out->count = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return share_chain_read(span_of(text, size), path, chain_out);
}

enum fault ceremony_read_member(const char *path, struct share_member *member_out)
{
    char text[MEMBER_BYTES + 1];
    char name[CODE_NAME_BYTES + 1];
    char key[2 * SEAL_POINT_BYTES + 2];
    int end = 0;
    size_t size = 0;
    TRY(ceremony_read_file(path, text, MEMBER_BYTES, &size));
    text[size] = 0;
    if (sscanf(text, "member %13s %65s%n", name, key, &end) != 2 || strcmp(text + end, "\n") != 0 ||
        strlen(name) > CODE_NAME_SYMBOLS ||
        !bytes_from_hex(span_of_text(key), member_out->key.bytes, SEAL_POINT_BYTES)) {
        return FAULT(FAULT_INPUT, "%s: not one line \"member NAME KEY\"", path);
    }
    memset(member_out->name, 0, sizeof(member_out->name));
    memcpy(member_out->name, name, strlen(name));
    return FAULT_NONE;
}

enum fault ceremony_read_passphrase(const char *path, char target[CEREMONY_PASSPHRASE_BYTES],
                                    size_t *size_out)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL) {
        return FAULT_ERRNO(errno, "%s", path);
    }
    (void)setvbuf(file, NULL, _IONBF, 0); /* no copy stays in a buffer */
    bool is_read = fgets(target, CEREMONY_PASSPHRASE_BYTES, file) != NULL;
    if (file != stdin) {
        (void)fclose(file);
    }
    *size_out = is_read ? strcspn(target, "\r\n") : 0;
    return FAULT_NONE;
}

enum fault ceremony_read_shown(const char *path, struct share_shown *shown_out)
{
    char text[SHARE_SHOWN_TEXT_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return share_shown_read(span_of(text, size), path, shown_out);
}

enum fault ceremony_read_nonce(const char *hex, u8 nonce_out[32])
{
    return bytes_from_hex(span_of_text(hex), nonce_out, SHARE_NONCE_BYTES)
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "--nonce: not 64 hexadecimal digits in lower case");
}

/* ---- a ceremony grows ---- */

enum fault ceremony_add_deal(const char *path, struct share_transcript *transcript)
{
    static char text[SHARE_TEXT_BYTES];
    static struct share_deal deal;
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    TRY(share_deal_read(span_of(text, size), path, &transcript->roster, &deal));
    u32 at = transcript->deals_count;
    if (at == SHARE_MEMBERS_MAX) {
        return FAULT(FAULT_INPUT, "%s: there are %u deals already", path, at);
    }
    while (at > 0 && transcript->deals[at - 1].dealer > deal.dealer) {
        transcript->deals[at] = transcript->deals[at - 1];
        at -= 1;
    }
    transcript->deals[at] = deal;
    transcript->deals_count += 1;
    return FAULT_NONE;
}

enum fault ceremony_add_confirmation(const char *path, struct share_transcript *transcript,
                                     u32 index)
{
    char text[CONFIRM_BYTES];
    struct seal_proof proof;
    u8 gathered[SHARE_HASH_BYTES];
    size_t size = 0;
    u32 found = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    share_transcript_hash_gathered(transcript, gathered);
    TRY(share_confirm_read(span_of(text, size), path, gathered, &found, &proof));
    if (found != index || index > transcript->roster.count) {
        return FAULT(FAULT_INPUT, "%s: the confirmation of member %u, not %u: in their order", path,
                     found, index);
    }
    transcript->confirmed[index - 1] = proof;
    transcript->confirmed_count = index;
    return FAULT_NONE;
}

enum fault ceremony_check_follows(const struct share_roster *roster,
                                  const struct share_chain *before)
{
    if ((roster->generation > 0) != (before->count > 0)) {
        return FAULT(FAULT_USAGE, "a roster of generation %u %s --before", roster->generation,
                     roster->generation > 0 ? "wants" : "has no");
    }
    if (before->count == 0) {
        return FAULT_NONE;
    }
    if (memcmp(roster->before, before->hash, sizeof(roster->before)) != 0) {
        return FAULT(FAULT_INPUT, "the roster does not follow the last transcript of --before");
    }
    return share_roster_follows(roster, &before->group);
}

enum fault ceremony_check_gathered(const struct share_transcript *transcript,
                                   const struct share_chain *before, struct share_group *group_out)
{
    TRY(ceremony_check_follows(&transcript->roster, before));
    TRY(share_deals_check(&transcript->roster, transcript->deals, transcript->deals_count,
                          before->count == 0 ? NULL : &before->group, group_out));
    return memcmp(&transcript->public, &group_out->public, sizeof(group_out->public)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "public: not the sum of the deals");
}

/* ---- shares ---- */

enum fault ceremony_count_live(const struct share_group *group, const u8 asked[32],
                               const char *const *paths, u32 count, u32 *live_out)
{
    bool is_live[SHARE_MEMBERS_MAX + 1] = {false};
    *live_out = 0;
    for (u32 i = 0; i < count; i += 1) {
        struct share_shown shown;
        TRY(ceremony_read_shown(paths[i], &shown));
        enum fault fault = share_shown_check(group, asked, &shown);
        if (fault == FAULT_INPUT) {
            char why[FAULT_TEXT_BYTES];
            (void)snprintf(why, sizeof(why), "%s", fault_text());
            return FAULT(FAULT_INPUT, "%s: %s", paths[i], why);
        }
        TRY(fault);
        *live_out += !is_live[shown.place[1]];
        is_live[shown.place[1]] = true;
    }
    return FAULT_NONE;
}

/* ---- printing ---- */

void ceremony_print(const struct share_transcript *transcript)
{
    static char text[SHARE_TEXT_BYTES];
    (void)fwrite(text, 1, share_transcript_print(transcript, text), stdout);
}
