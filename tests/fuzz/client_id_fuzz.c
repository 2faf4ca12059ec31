/* Client order ids: text that packs prints back the same, packed bytes that are valid pack again to
 * the same bytes, and everything else is refused. The input is taken both ways. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/client_id.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const struct client_id none;
    char text[CLIENT_ID_SYMBOLS_MAX + 1];
    struct client_id id;
    if (client_id_pack(&id, span_of(data, size))) {
        CHECK(client_id_valid(&id));
        CHECK(client_id_print(&id, text) == size);
        CHECK(memcmp(text, data, size) == 0 && text[size] == 0);
    } else {
        CHECK(memcmp(&id, &none, sizeof(id)) == 0);
    }
    struct client_id packed = {0};
    memcpy(&packed, data, size < sizeof(packed) ? size : sizeof(packed));
    if (client_id_valid(&packed) && packed.length > 0) {
        u32 length = client_id_print(&packed, text);
        CHECK(length == packed.length);
        CHECK(client_id_pack(&id, span_of(text, length)));
        CHECK(client_id_equal(&id, &packed));
    }
    return 0;
}
