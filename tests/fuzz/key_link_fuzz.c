/* A record of the pair of channels on which keys are made: taken as an ask or as an answer, or
 * refused, and then nothing of it is left. What is taken is made again byte for byte. */
#include "base/check.h"
#include "tests/fuzz/fuzz.h"
#include "wire/key_link.h"

#include <string.h>

static void take_ask(struct span record)
{
    static const struct key_ask zeros;
    struct key_ask ask;
    if (!key_ask_read(record, &ask)) {
        CHECK(memcmp(&ask, &zeros, sizeof(ask)) == 0);
        return;
    }
    CHECK(ask.label_bytes <= KEY_LINK_LABEL_MAX && ask.public_bytes <= KEY_LINK_PUBLIC_MAX);
    CHECK(ask.networks_count <= KEY_LINK_NETWORKS_MAX);
    key_ask_finish(&ask);
    CHECK(memcmp(&ask, record.data, sizeof(ask)) == 0);
}

static void take_answer(struct span record)
{
    static const struct key_answer zeros;
    struct key_answer answer;
    if (!key_answer_read(record, &answer)) {
        CHECK(memcmp(&answer, &zeros, sizeof(answer)) == 0);
        return;
    }
    CHECK(answer.status < KEY_ANSWER_STATUSES);
    key_answer_finish(&answer);
    CHECK(memcmp(&answer, record.data, sizeof(answer)) == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct span record = {.data = data, .size = size};
    take_ask(record);
    take_answer(record);
    return 0;
}
