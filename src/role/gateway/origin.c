#include "role/gateway/origin.h"

#include "base/span.h"

#include <string.h>

bool origin_is_of(struct span origin, struct span host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (u32 i = 0; i < ARRAY_COUNT(schemes); i += 1) {
        size_t size = strlen(schemes[i]);
        if (origin.size > size && memcmp(origin.data, schemes[i], size) == 0 &&
            span_equal(span_after(origin, size), host)) {
            return true;
        }
    }
    return false;
}

bool origin_is_own(const struct http_request *request)
{
    return origin_is_of(http_header(request, HTTP_NAME_ORIGIN),
                        http_header(request, HTTP_NAME_HOST));
}
