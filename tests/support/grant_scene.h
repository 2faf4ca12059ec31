/* A grant as tests change it: people with an identity and a bank record each, by number. */
#ifndef TESTS_SUPPORT_GRANT_SCENE_H
#define TESTS_SUPPORT_GRANT_SCENE_H

#include "base/span.h"
#include "role/vault/grant.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define GRANT_SCENE_ISSUED_S 1795435200U /* 2026-11-23T12:00:00Z */

/* Of an authority, for the people 7, 8, ... : identities compared, bank records delivered. */
static inline struct grant grant_scene_make(u32 people)
{
    static const u8 some_secret[32] = {1, 2, 3};
    struct grant grant = {.kind = GRANT_AUTHORITY,
                          .basis = GRANT_UNION_LAW,
                          .country = "FR",
                          .authority = "fr-police",
                          .class =
                              people > GRANT_SUBJECTS_PLAIN ? GRANT_CLASS_BULK : GRANT_CLASS_PLAIN,
                          .silence_s = GRANT_SCENE_ISSUED_S + 90U * 86400U,
                          .issued_s = GRANT_SCENE_ISSUED_S,
                          .log_size = 3,
                          .identifiers_count = people,
                          .records_count = 2 * people};
    (void)snprintf(grant.venue, sizeof(grant.venue), "demo.invalid");
    grant.expires_s = grant.issued_s + grant_longest_s(&grant);
    memset(grant.name, 0x3c, sizeof(grant.name));
    memset(grant.instrument, 0x5a, sizeof(grant.instrument));
    memset(grant.nonce, 0x77, sizeof(grant.nonce));
    assert_int_equal(crypto_scalarmult_base(grant.recipient, some_secret), 0);
    for (u32 i = 0; i < people; i += 1) {
        u64 subject = 7 + i;
        char number[16];
        (void)snprintf(number, sizeof(number), "XY-%06u", 100 + i);
        grant.identifiers[i] =
            (struct grant_identifier){.subject = subject, .field = GRANT_FIELD_DOCUMENT};
        assert_true(grant_identifier_hash(grant.nonce, subject, GRANT_FIELD_DOCUMENT,
                                          span_of_text(number), grant.identifiers[i].hash));
        for (u32 j = 0; j < 2; j += 1) {
            struct grant_record *record = &grant.records[2 * i + j];
            *record = (struct grant_record){
                .label = {.subject = subject,
                          .version = 1,
                          .epoch = 1,
                          .retention = 1,
                          .group = j == 0 ? SEAL_GROUP_IDENTITY : SEAL_GROUP_BANK},
                .is_compared = j == 0,
                .from_day = j == 0 ? 0 : 20454,
                .to_day = j == 0 ? 0 : 20634};
            memset(record->row, (int)(16 + 2 * i + j), sizeof(record->row));
        }
    }
    return grant;
}

#endif /* TESTS_SUPPORT_GRANT_SCENE_H */
