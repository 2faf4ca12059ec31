/* Requests for pages and for the demo's sign-in: a head of bounded size whatever is asked, nothing
 * told to who is not of this machine, an account only to who names it. The first byte says where
 * the connection comes from, the rest is a request of HTTP. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/demo_sign.h"
#include "role/gateway/pages.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct page list[] = {
    {"/", "text/html", "0123456789abcdef0123456789abcdef", "plain", "gz", 5, 2, false},
    {"/assets/a-12345678.js", "text/javascript", "ff", "plain", "gz", 5, 2, true},
};
static const struct page_table table = {list, ARRAY_COUNT(list)};
static const struct demo_accounts accounts = {
    .list = {{"A", "first", "key", "secret", NULL, NULL},
             {"b-2", "second", "key", "secret", NULL, NULL}},
    .count = 2};

static void check_page(const struct http_request *request, u32 index)
{
    u8 head[PAGE_HEAD_BYTES];
    struct page_answer said = page_answer(&list[index], request, "now", true, head);
    CHECK(said.head_bytes > 0 && said.head_bytes <= sizeof(head));
    CHECK(said.status == 200 || said.status == 304);
    CHECK(memmem(head, said.head_bytes, "\r\n\r\n", 4) == head + said.head_bytes - 4);
    CHECK((said.status == 304) == page_is_known(request, &list[index]));
    if (http_header(request, HTTP_NAME_IF_NONE_MATCH).data == NULL) {
        CHECK(said.status == 200);
    }
    if (http_header(request, HTTP_NAME_ACCEPT_ENCODING).data == NULL) {
        CHECK(!said.is_gzip);
    }
}

static void check_sign_in(const struct http_request *request, u8 where)
{
    struct auth_address peer = {{[10] = 0xff, 0xff, where, 0, 0, 1}};
    struct api_failure failure = {0};
    struct span host = http_header(request, HTTP_NAME_HOST);
    if (demo_sign_allowed(request, &peer)) {
        CHECK(where == 127);
        CHECK(http_header(request, HTTP_NAME_X_FORWARDED_FOR).data == NULL);
        CHECK(host.size >= 5);
    }
    const struct demo_account *account = demo_sign_read(&accounts, request->body, &failure);
    CHECK((account == NULL) == (failure.error != API_ERROR_NONE));
    if (account != NULL) {
        CHECK(request->body.size >= sizeof("{\"account\":\"A\"}") - 1);
        CHECK(account == &accounts.list[0] || account == &accounts.list[1]);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct http_request request;
    struct http_reader reader = {0};
    struct http_limits limits = HTTP_LIMITS_DEFAULT;
    if (size < 1 ||
        http_read(&reader, &limits, span_of(data + 1, size - 1), &request) != HTTP_READ_WHOLE) {
        return 0;
    }
    i32 found = page_find(&table, request.path);
    CHECK(found >= -1 && found < (i32)table.count);
    for (u32 index = 0; index < table.count; index += 1) {
        check_page(&request, index);
        CHECK((found == (i32)index) == span_equal(request.path, span_of_text(list[index].path)));
    }
    check_sign_in(&request, data[0]);
    return 0;
}
