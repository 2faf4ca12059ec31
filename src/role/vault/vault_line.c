/* The gateway's line: an offer, an enrolment, whole or in pieces, and what is held, for the
 * customer whom the gateway names, and nothing else. A message is one ask, so none is ever cut. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/vault_agent_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MS_NS              1000000ULL
#define ANSWER_CONTENTS_AT (VAULT_HEAD_BYTES + 4U) /* behind the code of an answer */

_Static_assert(KEEP_LINE_ENROL == VAULT_ASK_ENROL && KEEP_LINE_OFFER == VAULT_ASK_OFFER &&
                   KEEP_LINE_HELD == VAULT_ASK_HELD,
               "the line has the socket's kinds");
_Static_assert(KEEP_LINE_OFFER_BYTES == VAULT_OFFER_BYTES, "the line has the socket's offer");
_Static_assert(KEEP_LINE_PIECE > VAULT_ASK_MAX, "a piece is no frame of the socket's");
_Static_assert(KEEP_LINE_WHOLE_MAX + VAULT_HEAD_BYTES <= VAULT_FRAME_BYTES_MAX &&
                   VAULT_UPLOAD_HEAD_BYTES == VAULT_HEAD_BYTES,
               "a whole is a frame of the socket's");
_Static_assert(KEEP_LINE_VERSION == VAULT_MESSAGE_VERSION, "the line has the socket's frames");

enum fault vault_line_open(struct vault_agent *agent)
{
    int line = agent->options.line;
    agent->has_line = line > 0;
    if (!agent->has_line) {
        return FAULT_NONE;
    }
    int flags = fcntl(line, F_GETFL);
    if (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0) {
        return FAULT_ERRNO(errno, "the gateway's line");
    }
    return net_watch(agent->net, line, NULL, NULL);
}

/* Who is on the other end is no gateway of ours any more: nothing more is heard from there until
 * this process is started again. */
static void line_end(struct vault_agent *agent)
{
    log_error("vault.line_ended", LOG_STR("cause", "an ask that the gateway may not make"));
    net_unwatch(agent->net, agent->options.line);
    agent->has_line = false;
}

static void answer(struct vault_agent *agent, const struct keep_line_answer *answer)
{
    u8 bytes[KEEP_LINE_ANSWER_BYTES_MAX];
    u32 size = keep_line_answer_write(answer, bytes);
    CHECK(size > 0);
    /* One for which there is no room is dropped: whoever asked gives up by itself. */
    agent->counts.line_unheard += write(agent->options.line, bytes, size) == (ssize_t)size ? 0 : 1;
}

/* The frame is whole; whether what a browser has put into it is of this subject, and only that. */
static enum keep_line_code contents_check(struct vault_agent *agent, struct span frame, u64 subject)
{
    struct vault_ask *ask = &agent->ask;
    bool is_whole = vault_ask_read(frame, ask) == NULL;
    bool is_own = ask->kind != VAULT_ASK_ENROL ? ask->subject == subject : ask->count > 0;
    for (u32 i = 0; ask->kind == VAULT_ASK_ENROL && i < ask->count; i += 1) {
        is_own = is_own && ask->records[i].label.subject == subject;
    }
    secret_wipe(ask, sizeof(*ask));
    if (!is_whole) {
        return KEEP_LINE_WRONG;
    }
    return is_own ? KEEP_LINE_OK : KEEP_LINE_REFUSED;
}

static enum keep_line_code code_of(u32 code)
{
    if (code == VAULT_CODE_OK) {
        return KEEP_LINE_OK;
    }
    return code == VAULT_CODE_WRONG ? KEEP_LINE_WRONG : KEEP_LINE_REFUSED;
}

/* The customer's own state, which they are told elsewhere too: why nothing is offered or taken. */
static enum fault review_look(struct vault_agent *agent, u64 subject, u16 *code)
{
    bool is_reviewed = false;
    if (*code != KEEP_LINE_REFUSED) {
        return FAULT_NONE;
    }
    TRY(vault_store_is_reviewed(&agent->store, subject, clock_wall_us(agent->options.clock),
                                &is_reviewed));
    *code = is_reviewed ? KEEP_LINE_REVIEWED : KEEP_LINE_REFUSED;
    return FAULT_NONE;
}

static enum fault frame_come(struct vault_agent *agent, u8 *frame, u32 frame_bytes,
                             const struct keep_line_ask *ask)
{
    struct keep_line_answer said = {.id = ask->id, .kind = ask->kind};
    struct span whole = {.data = NULL};
    bool is_wrong = false;
    said.code = (u16)contents_check(agent, span_of(frame, frame_bytes), ask->subject);
    if (said.code != KEEP_LINE_OK) {
        agent->counts.asked += 1;
        agent->counts.refused += 1;
        answer(agent, &said);
        return FAULT_NONE;
    }
    TRY(vault_answer(agent, frame, frame_bytes, &whole, &is_wrong));
    said.code = (u16)code_of(bytes_u32(whole.data + VAULT_HEAD_BYTES));
    TRY(review_look(agent, ask->subject, &said.code));
    if (said.code == KEEP_LINE_OK) { /* a refusal's text is for operators */
        said.contents =
            ask->kind == KEEP_LINE_PIECE ? ask->contents : span_after(whole, ANSWER_CONTENTS_AT);
    }
    answer(agent, &said);
    secret_wipe(agent->answer, whole.size);
    return FAULT_NONE;
}

/* ---- pieces ---- */

/* Whether anything is offered to them now, as the code of an answer: else there is no place. */
static enum fault offer_look(struct vault_agent *agent, u64 subject, u16 *code_out)
{
    u8 frame[VAULT_HEAD_BYTES + 8];
    struct span whole = {.data = NULL};
    bool is_wrong = false;
    bytes_put_u32(frame, sizeof(frame));
    bytes_put_u16(frame + 4, VAULT_ASK_OFFER);
    bytes_put_u16(frame + 6, VAULT_MESSAGE_VERSION);
    bytes_put_u64(frame + VAULT_HEAD_BYTES, subject);
    TRY(vault_answer(agent, frame, sizeof(frame), &whole, &is_wrong));
    *code_out = (u16)code_of(bytes_u32(whole.data + VAULT_HEAD_BYTES));
    secret_wipe(agent->answer, whole.size);
    return review_look(agent, subject, code_out);
}

/* Takes a piece; the last one is answered as the whole is. */
static enum fault piece_come(struct vault_agent *agent, const struct keep_line_ask *ask)
{
    static const u16 codes[] = {[VAULT_UPLOAD_GOES_ON] = KEEP_LINE_OK,
                                [VAULT_UPLOAD_WHOLE] = KEEP_LINE_OK,
                                [VAULT_UPLOAD_GONE] = KEEP_LINE_REFUSED,
                                [VAULT_UPLOAD_FULL] = KEEP_LINE_FULL};
    struct keep_line_answer said = {.id = ask->id, .kind = KEEP_LINE_PIECE, .code = KEEP_LINE_OK};
    struct keep_line_piece piece;
    struct vault_upload *upload = NULL;
    u8 next[KEEP_LINE_NEXT_BYTES];
    u64 now_ms = clock_mono_ns(agent->options.clock) / MS_NS;
    CHECK(keep_line_piece_read(ask->contents, &piece));
    if (piece.offset == 0) {
        TRY(offer_look(agent, ask->subject, &said.code)); /* counted there */
    }
    if (said.code == KEEP_LINE_OK) {
        enum vault_upload_said taken =
            vault_uploads_take(&agent->uploads, ask->subject, &piece, now_ms, &upload);
        said.code = codes[taken];
        bytes_put_u32(next, upload == NULL ? 0 : upload->have);
        said.contents = span_of(next, said.code == KEEP_LINE_OK ? sizeof(next) : 0);
        if (taken == VAULT_UPLOAD_WHOLE) {
            const struct keep_line_ask whole = {.id = ask->id,
                                                .subject = ask->subject,
                                                .kind = KEEP_LINE_PIECE,
                                                .contents = said.contents};
            enum fault fault = frame_come(agent, upload->frame, vault_upload_frame(upload), &whole);
            vault_upload_end(upload);
            return fault;
        }
        agent->counts.refused += said.code == KEEP_LINE_OK ? 0 : 1;
        agent->counts.uploads_full += said.code == KEEP_LINE_FULL ? 1 : 0;
    }
    answer(agent, &said);
    return FAULT_NONE;
}

static enum fault message_come(struct vault_agent *agent, u32 size)
{
    struct keep_line_ask ask;
    if (!keep_line_ask_read(span_of(agent->line_message, size), &ask)) {
        const struct keep_line_answer said = {
            .id = ask.id, .kind = ask.kind, .code = KEEP_LINE_WRONG};
        agent->counts.asked += 1;
        agent->counts.refused += 1;
        agent->counts.wrong += 1;
        answer(agent, &said);
        line_end(agent);
        return FAULT_NONE;
    }
    if (ask.kind == KEEP_LINE_PIECE) {
        return piece_come(agent, &ask);
    }
    return frame_come(agent, agent->line_message + KEEP_LINE_FRAME_AT, size - KEEP_LINE_FRAME_AT,
                      &ask);
}

enum fault vault_line_turn(struct vault_agent *agent)
{
    vault_uploads_turn(&agent->uploads, clock_mono_ns(agent->options.clock) / MS_NS);
    agent->counts.uploads = vault_uploads_count(&agent->uploads);
    for (u32 count = 0; count < VAULT_LINE_ASKS_MAX && agent->has_line; count += 1) {
        /* One byte more than a message has: what is longer shows. */
        ssize_t size = read(agent->options.line, agent->line_message, sizeof(agent->line_message));
        if (size <= 0) {
            return FAULT_NONE;
        }
        agent->is_busy = true;
        enum fault fault = message_come(agent, (u32)size);
        secret_wipe(agent->line_message, (size_t)size);
        TRY(fault);
    }
    return FAULT_NONE;
}
