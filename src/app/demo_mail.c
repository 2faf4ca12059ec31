#include "app/demo_mail.h"

#include "app/demo_child.h"
#include "app/listen.h"

#include <unistd.h>

enum fault demo_mail_open(struct demo_mail *mail, const char *folder)
{
    *mail = (struct demo_mail){.listener = -1, .folder = folder};
    return listen_open("127.0.0.1", 0, &mail->listener, &mail->port);
}

void demo_mail_close(struct demo_mail *mail)
{
    if (mail->listener >= 0) {
        (void)close(mail->listener);
        mail->listener = -1;
    }
}

static int mailbox_start(void *argument, int socket)
{
    const struct demo_mail *mail = argument;
    const struct demo_child child = {.listener = mail->listener,
                                     .failed = "demo.mailbox_not_started",
                                     .words = {"mailbox", "--data", mail->folder}};
    return demo_child_become(&child, socket);
}

struct supervise_role demo_mail_role(struct demo_mail *mail)
{
    return (struct supervise_role){.name = "mailbox", .run = mailbox_start, .argument = mail};
}
