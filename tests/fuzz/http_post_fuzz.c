/* Answers to a POST: what counts as whole lies within what came, and more bytes change neither
 * status nor body of what was whole by its length. Addresses: what is taken has a host and a path.
 * The first byte says which. */
#include "base/check.h"
#include "base/span.h"
#include "io/http_post.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_answer(struct span bytes)
{
    struct span body;
    struct span again;
    u32 status = http_post_answer(bytes, false, &body);
    u32 ended = http_post_answer(bytes, true, &again);
    CHECK(status == 0 || (status >= 100 && status <= 999));
    CHECK(body.size == 0 ||
          (body.data > bytes.data && body.data + body.size <= bytes.data + bytes.size));
    if (status != 0) {
        CHECK(ended == status && again.data == body.data && again.size == body.size);
    } else {
        CHECK(body.size == 0);
    }
    for (size_t size = 0; size < bytes.size && size < 512; size += 7) {
        struct span part;
        u32 early = http_post_answer(span_of(bytes.data, size), false, &part);
        CHECK(early == 0 || (early == status && part.size == body.size));
    }
}

static void check_target(struct span bytes)
{
    static struct http_post_target target;
    char url[HTTP_POST_URL_BYTES];
    if (bytes.size >= sizeof(url) || memchr(bytes.data, 0, bytes.size) != NULL) {
        return;
    }
    memcpy(url, bytes.data, bytes.size);
    url[bytes.size] = 0;
    if (http_post_target_read(url, &target)) {
        CHECK(target.address_bytes > 0 && target.host[0] != 0 && target.path[0] == '/');
        CHECK(memchr(target.host, 0, sizeof(target.host)) != NULL);
        CHECK(memchr(target.path, 0, sizeof(target.path)) != NULL);
        CHECK(strpbrk(target.path, " \r\n") == NULL && strpbrk(target.host, " \r\n/") == NULL);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size > 0 && data[0] % 2 == 0) {
        check_answer(span_of(data + 1, size - 1));
    } else if (size > 0) {
        check_target(span_of(data + 1, size - 1));
    }
    return 0;
}
