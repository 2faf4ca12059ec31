/* The mailbox of a demo (app/mailbox.h): the door, and a page that shows its mails. */
#ifndef APP_DEMO_MAIL_H
#define APP_DEMO_MAIL_H

#include "app/supervise.h"
#include "base/base.h"
#include "io/fault.h"

struct demo_mail {
    int listener; /* -1: none */
    u16 port;
    const char *folder; /* the venue's */
};

/* Opens the page's socket. */
MUST_USE enum fault demo_mail_open(struct demo_mail *mail, const char *folder);
void demo_mail_close(struct demo_mail *mail);
struct supervise_role demo_mail_role(struct demo_mail *mail);

#endif /* APP_DEMO_MAIL_H */
