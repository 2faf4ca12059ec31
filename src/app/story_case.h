/* A story of the disclosure desk (story.h): who works there, and steps of which most are acts that
 * an officer signs. Each goes through the shipped code: the draft, the signature, the desk's rules
 * and its file, the public log and its witnesses, grants, shares and the opener. A step says how it
 * must end, a refusal by its rule; a story in which one ends otherwise ends with a fault.
 *
 *     story_disclosure.c   who there is, and the steps
 *     story_case.c         acts at the desk, and how steps end
 *     story_case_open.c    grants, openings, and ways past them (story_open.h, story_vault.h)
 *     story_log.h          the log that is told of them, witnesses, forgeries
 *
 * What is left in the folder is the desk's file, the register, the staff and the log, where a
 * venue has them. docs/story-disclosure.md. */
#ifndef APP_STORY_CASE_H
#define APP_STORY_CASE_H

#include "app/desk_draft.h"
#include "app/story.h"
#include "app/story_log.h"
#include "app/story_open.h"
#include "app/story_tell.h"
#include "io/clock.h"
#include "io/officers.h"
#include "role/desk/desk_letter.h"
#include "role/desk/desk_store.h"

#define STORY_CASE_VENUE        "demo.invalid"
#define STORY_CASE_WORDS_MAX    16U
#define STORY_CASE_WORD_BYTES   160U
#define STORY_CASE_CASES_MAX    16U
#define STORY_CASE_LETTER_BYTES 512U /* of what is printed of one */

/* Who works at the desk; number i + 11 in the register. */
struct story_case_officer {
    const char *code;
    const char *role;   /* of desk_words.h; NULL: a stranger, whom the register does not have */
    const char *region; /* as the staff has it */
};

enum story_case_do {
    STORY_CASE_SAY,    /* `text` alone */
    STORY_CASE_ACT,    /* `officer` signs the act `act` */
    STORY_CASE_LETTER, /* what the last letter says, in English */
    STORY_CASE_SEEN,   /* a reader keeps the log's checkpoint */
    STORY_CASE_FORGE,  /* somebody with the log's key tries `how`, about the slot of `slot` */
    /* Of a grant (story_open.h): */
    STORY_CASE_GRANT,   /* `officer` writes it, with the records `words` ("7 identity") */
    STORY_CASE_SIGN,    /* `officer` signs under it */
    STORY_CASE_TELL,    /* the log is told the event `act` */
    STORY_CASE_PROCESS, /* the desk's process hears of it: `act` */
    STORY_CASE_BEGIN,   /* the opener begins */
    STORY_CASE_HUSH,    /* the same, behind the log's back */
    STORY_CASE_AGAIN,   /* the same, a second time under one grant */
    STORY_CASE_RELEASE, /* `officer` answers with a share */
    STORY_CASE_DELIVER, /* the opener delivers; what the manifest says of records */
    STORY_CASE_PRY,     /* the officers `words` put their shares together; none: a made-up key */
    STORY_CASE_LINE,    /* root on the gateway asks for `person`, then `ends` */
    STORY_CASE_RECEIPT, /* the customer checks the opening's receipt */
    STORY_CASE_REPORT,  /* the half-year's totals */
};

struct story_case_step {
    const char *at;   /* "2021-04-13T11:20"; NULL: at the time of the step before */
    const char *text; /* what happens; NULL: nothing is said */
    enum story_case_do what;
    u8 number;           /* of the case, from 1; 0: an act of the registers */
    const char *officer; /* a code */
    const char *key;     /* whose key signs; NULL: the officer's */
    const char *act;     /* of desk_words.h */
    const char *tries;   /* what is done, in words behind the officer; NULL: nothing is printed */
    const char *words[STORY_CASE_WORDS_MAX]; /* FIELD=VALUE; a value "#TEXT" is that text's hash */
    const char *ends;   /* the rule that refuses it, or the flaw of the log; "text": no act can say
                           it; of a grant or an opening: words of the refusal; NULL: it is taken */
    const char *by;     /* who refuses, where it is not the desk; of a line: who asks */
    const char *person; /* whose records, by number */
    const char *paper;  /* what the paper says of them */
    enum story_log_forgery how;
    const char *slot; /* a moment */
};

struct story_case {
    const struct story *story;
    const struct story_case_officer *officers;
    u32 officers_count;
    const char *quorum; /* "2 2" */
    const char *court;  /* the authority of the circle */
    const struct story_case_step *steps;
    u32 steps_count;
};

struct story_case_run {
    const struct story_case *script;
    const char *folder;
    struct clock_false clock;
    struct story_teller teller;
    u64 now_us;
    struct officers officers;
    struct desk_staff staff;
    struct desk_store *desk;
    struct story_log *log;
    struct story_vault *vault;
    struct story_open *open;
    struct desk_draft draft;
    char words[STORY_CASE_WORDS_MAX][STORY_CASE_WORD_BYTES];
    char letter[DESK_LETTER_BYTES];
    size_t letter_bytes;
    u32 refused; /* steps that had to be, and were */
};

/* Runs it in `folder`, as story_run does. */
MUST_USE enum fault story_case_run(const struct story_case *script, const char *folder);

/* `count` words behind one another; the story's own texts in desk_draft's form. For its tests too:
 * FAULT_LIMIT where one does not fit. */
MUST_USE enum fault story_case_words(struct story_case_run *run, const struct story_case_step *step,
                                     const char *words_out[STORY_CASE_WORDS_MAX], u32 *count_out);

/* ---- for the files of this story ---- */

void story_case_refused(struct story_case_run *run, const char *who, const char *why);
/* The case's name: an invented one, the same everywhere. */
void story_case_name(u8 number, u8 name_out[DESK_NAME_BYTES]);
/* Prints who tries what: the officer, or `by`. */
void story_case_tries(struct story_case_run *run, const struct story_case_step *step);
/* One of the steps of a grant, or behind it. */
MUST_USE enum fault story_case_open_step(struct story_case_run *run,
                                         const struct story_case_step *step);

/* The script (story_disclosure.c). */
extern const struct story_case story_disclosure_case;

#endif /* APP_STORY_CASE_H */
