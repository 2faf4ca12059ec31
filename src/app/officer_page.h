/* What an officer's page asks of the officer's own client, and what it is told: the folder of work,
 * one grant, the paper, an approval, a refusal, a release (docs/officer-page.md "What the page
 * asks"). The listener is officer_serve.h; what is done is officer_steps.h, as from the command
 * line. The circle, the policy, the transcripts and both key files were read before the sandbox. */
#ifndef APP_OFFICER_PAGE_H
#define APP_OFFICER_PAGE_H

#include "app/officer_desk.h"
#include "app/officer_serve.h"
#include "app/officer_steps.h"
#include "base/base.h"
#include "io/fault.h"
#include "wire/json.h"

struct officer_page_options {
    struct disk *disk;
    const char *folder;                              /* of work */
    const char *book;                                /* the folder with what was released */
    struct open_pins *pins;                          /* outlive the page, which moves their clock */
    const struct circle_officer *me;                 /* of the pins' circle */
    struct officer_key sign_key;                     /* in locked memory */
    struct span key_text;                            /* the key file with the share, sealed */
    const char *key_name;                            /* what messages call it */
    void (*log)(const char *what, const char *name); /* what was done: no personal data */
};

struct officer_page;

/* FAULT_INPUT, FAULT_REFUSED: the key file is none, or of somebody else than `me`. */
MUST_USE enum fault officer_page_open(struct officer_page **page_out,
                                      const struct officer_page_options *options);
/* NULL is fine. */
void officer_page_close(struct officer_page *page);

/* For officer_serve_options. */
void officer_page_answer(void *page, const struct officer_asked *asked,
                         struct officer_reply *reply_out);

/* ---- what is said, as JSON (officer_page_json.c) ---- */

/* The head of the desk: who, when, how much of the day is left. */
struct officer_page_head {
    const struct open_pins *pins;
    const struct circle_officer *me;
    u32 used; /* records released today */
};

void officer_page_put_desk(struct json_writer *writer, const struct officer_page_head *head,
                           const struct officer_desk *desk);
/* One grant with its text. */
void officer_page_put_grant(struct json_writer *writer, const struct officer_page_head *head,
                            const struct officer_desk *desk, const struct desk_grant *row);
/* Which lines of the paper fit, and which identifiers of the grant are met by one. */
void officer_page_put_paper(struct json_writer *writer, const struct grant *grant,
                            struct span lines);

#endif /* APP_OFFICER_PAGE_H */
