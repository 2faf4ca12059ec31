/* A customer's appeal or file from the gateway's door to the queue's: whatever comes is taken whole
 * or refused, a message reads back as it was written, and only what has the head of a sealed file
 * passes as one. The first byte says which. */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/evidence.h"
#include "role/gateway/inbox_http.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

static void ask_check(const struct inbox_line_ask *ask)
{
    static u8 message[INBOX_LINE_BYTES_MAX];
    struct inbox_line_ask back;
    struct inbox_line_ask sent = *ask;
    sent.account = 7;
    u32 size = inbox_line_ask_write(&sent, message);
    CHECK(size > 0 && inbox_line_ask_read(span_of(message, size), &back));
    CHECK(back.kind == ask->kind && span_equal(back.contents, ask->contents));
}

static void request_come(struct span body, bool is_evidence)
{
    static u8 bytes[INBOX_LINE_BYTES_MAX * 2];
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    static struct http_request request;
    static struct inbox_http_ask ask;
    struct http_reader reader = {0};
    int head = snprintf((char *)bytes, sizeof(bytes),
                        "POST /page/v1/%s HTTP/1.1\r\nHost: v.example\r\nOrigin: https://v.example"
                        "\r\nContent-Type: application/%s\r\nContent-Length: %zu\r\n\r\n",
                        is_evidence ? "evidence" : "appeal", is_evidence ? "octet-stream" : "json",
                        body.size);
    if (body.size > INBOX_LINE_CONTENTS_MAX) {
        return;
    }
    if (body.size > 0) {
        memcpy(bytes + head, body.data, body.size);
    }
    struct span all = span_of(bytes, (size_t)head + body.size);
    CHECK(http_read(&reader, &limits, all, &request) == HTTP_READ_WHOLE);
    if (inbox_http_read(&request, &ask) == INBOX_HTTP_FINE) {
        CHECK(ask.is_post && ask.is_evidence == is_evidence);
        ask_check(&ask.ask);
    }
}

static void line_come(struct span message)
{
    static u8 again[INBOX_LINE_ANSWER_BYTES_MAX];
    struct inbox_line_ask ask;
    struct inbox_line_answer answer;
    if (inbox_line_ask_read(message, &ask)) {
        ask_check(&ask);
    }
    if (inbox_line_answer_read(message, &answer)) {
        CHECK(inbox_line_answer_write(&answer, again) == message.size);
        CHECK(span_equal(span_of(again, message.size), message));
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const char head[] = "age-encryption.org/v1\n-> X25519 ";
    struct span rest = size == 0 ? span_of(data, 0) : span_of(data + 1, size - 1);
    switch (size == 0 ? 0 : data[0] % 4) {
    case 0:
        request_come(rest, false);
        break;
    case 1:
        request_come(rest, true);
        break;
    case 2:
        line_come(rest);
        break;
    default: /* not an enum: a byte from outside */
        if (evidence_is_sealed(rest)) {
            CHECK(rest.size > sizeof(head) && memcmp(rest.data, head, sizeof(head) - 1) == 0);
        }
        break;
    }
    return 0;
}
