/* What a story with records has besides its engine: a list and registers in its folder, which the
 * code of the screening process reads and judges by; officers, whose orders go through the gate of
 * the admin agent; and the queue of cases, which follows the event log. Each prints what came of
 * it. docs/story-ownership.md.
 *
 *     story_screen.c    list, registers, screening, who owns whom
 *     story_officers.c  orders that officers sign, acts in cases
 *     story_show.c      why, inbox, queue */
#ifndef APP_STORY_DESK_H
#define APP_STORY_DESK_H

#include "app/rule_read.h"
#include "app/story.h"
#include "app/story_tell.h"
#include "app/venue_maker.h"
#include "io/clock.h"
#include "io/projection.h"
#include "role/admin/order_gate.h"
#include "role/screen/find.h"
#include "role/screen/screen_list.h"
#include "role/screen/screen_own.h"

#define STORY_LABEL_BYTES 32U
#define STORY_ASSETS      2U
#define STORY_LIST        "us-sdn"
#define STORY_FILES_MAX   8U
#define STORY_ORDER_WORDS 64U

/* The last order that was signed, for whoever signs it as well. */
struct story_order {
    u8 command[ORDER_COMMAND_BYTES] __attribute__((aligned(8)));
    size_t bytes;
    u32 account;
    struct order_head head;
    char words[STORY_ORDER_WORDS]; /* "restrict to review" */
};

struct story_desk {
    bool is_open;
    struct projection *cases;
    struct order_gate gate;
    struct story_order last;
    u64 orders_count;
    struct screen_own *own; /* NULL: no register yet */
    struct screen_list list;
    struct find *find;
    struct screen_rows rows;
    struct list_entry entry;
    char registers[STORY_FILES_MAX][FILE_PATH_BYTES];
    u32 registers_count;
    u64 source_index;                  /* of screening's commands */
    u64 proofs[STORY_PERSONS_MAX + 1]; /* of each person: what screening found last; 0: nothing */
    char path[SCREEN_PATH_BYTES];
};

struct story_row {
    char label[STORY_LABEL_BYTES];
    u64 row;
};

struct story_run {
    const struct story *story;
    const char *folder;
    const u8 *venue;
    struct venue_maker maker;
    struct clock_false clock;
    struct story_teller teller;
    struct rule_source source;
    struct story_desk desk;
    u64 now_us;
    u64 prices[STORY_ASSETS]; /* EUR; 0: there is none yet */
    struct story_row rows[STORY_ROWS_MAX];
    u32 rows_count;
    u32 accounts_count;
    u32 persons_count;
    u32 licences_count;
};

/* ---- the story's own (story.c) ---- */

u64 story_moment(const char *text);
u64 story_moment_or(const char *text, u64 otherwise);
struct amount story_amount(const char *text);
void story_row_name(struct story_run *run, const char *label, u64 row);
u64 story_row_of(const struct story_run *run, const char *label);
MUST_USE enum fault story_work(struct story_run *run);
MUST_USE enum fault story_prices(struct story_run *run);

/* ---- the desk ---- */

MUST_USE enum fault story_desk_open(struct story_run *run);
void story_desk_close(struct story_run *run);
/* One of the acts that want a desk. */
MUST_USE enum fault story_desk_step(struct story_run *run, const struct story_step *step);

MUST_USE enum fault story_screen_register(struct story_run *run, const char *name);
MUST_USE enum fault story_screen_load(struct story_run *run, const char *name);
MUST_USE enum fault story_screen_look(struct story_run *run);
MUST_USE enum fault story_screen_own(struct story_run *run, const struct story_step *step);
MUST_USE enum fault story_screen_way(struct story_run *run, const struct story_step *step);

/* Fills the command's officers in from the signatures, which the gate asks for. */
MUST_USE enum fault story_officers_order(struct story_run *run, const struct story_step *step);
MUST_USE enum fault story_officers_second(struct story_run *run, const struct story_step *step);
MUST_USE enum fault story_officers_act(struct story_run *run, const struct story_step *step);

MUST_USE enum fault story_show_why(struct story_run *run, const struct story_step *step);
MUST_USE enum fault story_show_inbox(struct story_run *run, const struct story_step *step);
MUST_USE enum fault story_show_queue(struct story_run *run);
/* The queue has everything that has happened. */
MUST_USE enum fault story_show_catch_up(struct story_run *run);

#endif /* APP_STORY_DESK_H */
