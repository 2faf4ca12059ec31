/* Aim: what a mail says is shown as text, whatever it has; what does not fit is left out whole; of
 * more files than are kept the oldest go, and what is not finished is not shown. Method: mails made
 * here, and the page asked for over loopback. */
#include "app/mailbox.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char answer[1 << 17];

static const char *html_of(const char *mail)
{
    static char html[4096];
    size_t size = mailbox_html(span_of_text(mail), html, sizeof(html) - 1);
    html[size] = '\0';
    return html;
}

static void a_mail_is_text(void **state)
{
    char small[40];
    (void)state;
    assert_string_equal(
        html_of("To: <a@b.example>\nSubject: V: Your code\n\n    K7\n\nx < y & z\n"),
        "<article><h2>V: Your code</h2><p>&lt;a@b.example&gt;</p><pre>    K7\n\n"
        "x &lt; y &amp; z\n</pre></article>");
    assert_string_equal(html_of("Subject: V: =?utf-8?Q?Acc=C3=A8s_<b>?=\n\n<script>1</script>"),
                        "<article><h2>V: Acc\xc3\xa8s &lt;b&gt;</h2><p></p><pre>&lt;script&gt;1"
                        "&lt;/script&gt;</pre></article>");
    assert_string_equal(html_of(""), "");
    assert_string_equal(html_of("Subject: =?utf-8?Q?=C"),
                        "<article><h2>=C</h2><p></p><pre></pre></article>");
    assert_int_equal(mailbox_html(span_of_text("Subject: x\n\ny"), small, sizeof(small)), 0);
}

static void ask(struct mailbox *mailbox, const char *path, const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(mailbox_port(mailbox))};
    char request[256];
    size_t size = 0;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    int length = snprintf(request, sizeof(request),
                          "GET %s HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n\r\n", path, host,
                          mailbox_port(mailbox));
    assert_int_equal(send(client, request, (size_t)length, 0), length);
    for (bool is_open = true; is_open;) {
        assert_int_equal(mailbox_run(mailbox, 1000), FAULT_NONE);
        ssize_t got = recv(client, answer + size, sizeof(answer) - 1 - size, MSG_DONTWAIT);
        is_open = got != 0;
        size += got > 0 ? (size_t)got : 0;
    }
    answer[size] = '\0';
    (void)close(client);
}

static void the_newest_are_shown_and_kept(void **state)
{
    char folder[64];
    char path[160];
    char line[128];
    struct mailbox *mailbox = NULL;
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/mailbox.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mailbox_open(&mailbox, folder, 0, clock_real()), FAULT_NONE);
    ask(mailbox, "/", "127.0.0.1");
    assert_non_null(strstr(answer, "No mail yet"));
    (void)snprintf(path, sizeof(path), "%s/door", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/door/mail", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (u32 i = 0; i < MAILBOX_KEPT + 7; i += 1) {
        (void)snprintf(path, sizeof(path), "%s/door/mail/%s%04u", folder, i == 21 ? "." : "",
                       (i * 37) % (MAILBOX_KEPT + 7));
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fprintf(file, "To: <p%u@v.example>\nSubject: s\n\nbody-%04u\n", i,
                      (i * 37) % (MAILBOX_KEPT + 7));
        assert_int_equal(fclose(file), 0);
    }
    u32 hidden = (21 * 37) % (MAILBOX_KEPT + 7);
    ask(mailbox, "/", "localhost");
    const char *last = strstr(answer, "body-0056");
    assert_true(last != NULL && strstr(answer, "body-0055") > last);
    u32 shown = 0;
    for (u32 i = 0; i < MAILBOX_KEPT + 7; i += 1) {
        char body[16];
        (void)snprintf(body, sizeof(body), "body-%04u", i);
        shown += strstr(answer, body) != NULL ? 1 : 0;
        (void)snprintf(path, sizeof(path), "%s/door/mail/%s%04u", folder, i == hidden ? "." : "",
                       i);
        assert_int_equal(access(path, F_OK) == 0, i == hidden || strstr(answer, body) != NULL);
    }
    assert_int_equal(shown, MAILBOX_KEPT);
    ask(mailbox, "/mails.json", "127.0.0.1");
    assert_non_null(strstr(answer, "[{\"name\":\"0056\",\"text\":\"To: <p"));
    ask(mailbox, "/", "venue.example");
    assert_non_null(strstr(answer, "403"));
    ask(mailbox, "/../door.db", "127.0.0.1");
    assert_non_null(strstr(answer, "404"));
    mailbox_close(mailbox);
    (void)snprintf(line, sizeof(line), "rm -rf '%s'", folder);
    assert_int_equal(system(line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_is_text),
        cmocka_unit_test(the_newest_are_shown_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
