/* What the officers' queue answers: one JSON object a question (case_ask.h), with the rows of
 * case_json.h. An answer is bounded by rows and by bytes; `next` then says where to go on.
 * docs/cases.md "The API". */
#ifndef ROLE_CASES_CASE_ANSWER_H
#define ROLE_CASES_CASE_ANSWER_H

#include "io/fault.h"
#include "io/file.h"
#include "role/cases/case_ask.h"
#include "role/cases/case_days.h"
#include "role/cases/case_store.h"

#define CASE_ANSWER_BYTES 1048576U
/* Kept free for what comes behind the last row. */
#define CASE_ANSWER_TAIL 256U

struct case_view;

/* Memory for answers, and for what they are made of. `packs`: the folder of canonical forms; it and
 * the disk outlive the view. `bytes`: the longest answer, more than CASE_ANSWER_TAIL; 0:
 * CASE_ANSWER_BYTES. FAULT_LIMIT. */
MUST_USE enum fault case_view_create(struct case_view **view_out, struct disk *disk,
                                     const char *packs, u32 bytes);
/* NULL is fine. */
void case_view_destroy(struct case_view *view);

/* *answer_out is one line without its end, valid until the next call. *refused_out: it is an error
 * object. A fault is the database's or the disk's; there is no answer then. */
MUST_USE enum fault case_answer(struct case_view *view, struct case_store *store,
                                const struct case_holidays *holidays, const struct case_ask *ask,
                                struct span *answer_out, bool *refused_out);

/* {"error":{"field":...,"reason":...}} */
struct span case_answer_refusal(struct case_view *view, const struct case_refusal *refusal);

#endif /* ROLE_CASES_CASE_ANSWER_H */
