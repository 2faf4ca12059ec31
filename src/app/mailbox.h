/* The mailbox of a demo: a page on this machine that shows the mails which wait in door/mail, since
 * nobody sends them there (docs/demo.md). Not for a venue: it shows every code to whoever may
 * connect.
 *
 *     door/mail/NAME ─▶ GET /            a page, the newest first, that looks anew by itself
 *                       GET /mails.json  [{"name": ..., "text": ...}], the newest first
 *
 * Of more than MAILBOX_KEPT files the oldest are removed, so that the door always has room. */
#ifndef APP_MAILBOX_H
#define APP_MAILBOX_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"

#define MAILBOX_KEPT 50U

struct mailbox;

/* `folder` is the venue's; `descriptor` a listening socket, or 0: any port of 127.0.0.1.
 * FAULT_LIMIT, and as http_serve_open. */
MUST_USE enum fault mailbox_open(struct mailbox **mailbox_out, const char *folder, int descriptor,
                                 struct clock *clock);
void mailbox_close(struct mailbox *mailbox);
u16 mailbox_port(const struct mailbox *mailbox);
/* One turn: waits at most sleep_us. */
MUST_USE enum fault mailbox_run(struct mailbox *mailbox, u64 sleep_us);

/* A mail as HTML, text only: its head's To and Subject, and its body. Returns how many bytes, fewer
 * than target_bytes: what does not fit is left out whole. */
size_t mailbox_html(struct span mail, char *target, size_t target_bytes);

#endif /* APP_MAILBOX_H */
