/* cambist officer page: the officer's own page, on the officer's own machine. Everything is read,
 * and the listener made, before the sandbox; from then on no file can be opened but in the folder
 * of work and the book, and nobody can be connected to. */
#include "app/cli_officer.h"
#include "app/officer_page.h"
#include "app/officer_pages.h"
#include "base/span.h"
#include "io/agent.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#define MINUTE_MS    60000U
#define SLEEP_US     200000U
#define TURNS_AT_END 20U /* in which the last answer leaves */
#define FILES_OPEN   48U

/* What is read before the sandbox. */
struct page_start {
    struct open_pins pins;
    char *pem; /* guarded and locked, OFFICER_KEY_FILE_BYTES */
    size_t pem_bytes;
    char key[SHARE_FILE_BYTES];
    size_t key_bytes;
    const struct circle_officer *me;
};

static void say_done(const char *what, const char *name)
{
    (void)fprintf(stderr, "%s: %s\n", what, name);
}

static enum fault pem_read(const char *path, struct page_start *start)
{
    start->pem = sodium_malloc(OFFICER_KEY_FILE_BYTES);
    if (start->pem == NULL || sodium_mlock(start->pem, OFFICER_KEY_FILE_BYTES) != 0) {
        return FAULT(FAULT_UNPROTECTED, "%u bytes cannot be locked (errno %d): ulimit -l",
                     OFFICER_KEY_FILE_BYTES, errno);
    }
    return ceremony_read_own(path, start->pem, OFFICER_KEY_FILE_BYTES, &start->pem_bytes);
}

/* A wrong key is said now, and not when somebody wants to sign. */
static enum fault key_try(const struct officer_key *key, const struct circle_officer *me)
{
    u8 signature[OFFICER_SIGNATURE_BYTES];
    return officer_sign(key, me, span_of_text("cambist officer page"), signature);
}

static enum fault serve_until_over(struct officer_serve *serve)
{
    static struct agent_requests requests;
    agent_requests_of_signals(&requests);
    (void)printf("http://127.0.0.1:%u/%s/\n", officer_serve_port(serve),
                 officer_serve_token(serve));
    (void)fflush(stdout);
    while (requests.stop == 0 && !officer_serve_is_over(serve)) {
        TRY(officer_serve_run(serve, SLEEP_US));
    }
    for (u32 turn = 0; turn < TURNS_AT_END; turn += 1) {
        TRY(officer_serve_run(serve, SLEEP_US / TURNS_AT_END));
    }
    return FAULT_NONE;
}

static enum fault serve_page(const struct option_call *call, struct officer_page *page,
                             const struct officer_page_options *of_page)
{
    struct officer_serve *serve = NULL;
    const struct officer_serve_options options = {.clock = clock_real(),
                                                  .port = (u16)call->values[OFFICER_PORT].number,
                                                  .pages = &officer_pages,
                                                  .idle_ms =
                                                      call->values[OFFICER_IDLE].number * MINUTE_MS,
                                                  .answer = officer_page_answer,
                                                  .context = page};
    const struct sandbox_path paths[] = {
        {.path = call->operands[1], .is_writable = true},
        {.path = call->values[OFFICER_BOOK].text, .is_writable = true}};
    const struct sandbox_options sandbox = {.role = "officer_page",
                                            .paths = paths,
                                            .paths_count = ARRAY_COUNT(paths),
                                            .files_max = FILES_OPEN,
                                            .is_required = call->values[OFFICER_SANDBOX].given};
    enum fault fault = officer_serve_open(&serve, &options);
    if (fault == FAULT_NONE) {
        fault = pinned_sandbox(&sandbox);
    }
    if (fault == FAULT_NONE) {
        fault = key_try(&of_page->sign_key, of_page->me);
    }
    if (fault == FAULT_NONE) {
        fault = serve_until_over(serve);
    }
    officer_serve_close(serve);
    return fault;
}

static enum fault run_with(const struct option_call *call, struct page_start *start)
{
    struct officer_page *page = NULL;
    TRY(pem_read(call->values[OFFICER_SIGN_KEY].text, start));
    TRY(ceremony_read_own(call->values[OFFICER_KEY].text, start->key, sizeof(start->key),
                          &start->key_bytes));
    const char *name = call->values[OFFICER_NAME].text;
    start->me = grant_circle_officer(&start->pins.circle, span_of_text(name));
    if (start->me == NULL) {
        return FAULT(FAULT_USAGE, "--name: the circle knows no officer \"%s\"", name);
    }
    const struct officer_page_options options = {
        .disk = disk_real(),
        .folder = call->operands[1],
        .book = call->values[OFFICER_BOOK].text,
        .pins = &start->pins,
        .me = start->me,
        .sign_key = {.pem = span_of(start->pem, start->pem_bytes),
                     .name = call->values[OFFICER_SIGN_KEY].text},
        .key_text = span_of(start->key, start->key_bytes),
        .key_name = call->values[OFFICER_KEY].text,
        .log = say_done};
    TRY(officer_page_open(&page, &options));
    enum fault fault = serve_page(call, page, &options);
    officer_page_close(page);
    return fault;
}

enum fault cli_officer_page(const struct option_call *call)
{
    static struct page_start start;
    static const u32 places[] = {OFFICER_NAME, OFFICER_SIGN_KEY, OFFICER_KEY, OFFICER_BOOK};
    if (call->operands_count != 2) {
        return FAULT(FAULT_USAGE, "page wants one FOLDER");
    }
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        TRY(pinned_wants(call, places[i]));
    }
    TRY(cli_officer_pins(call, &start.pins));
    enum fault fault = run_with(call, &start);
    if (start.pem != NULL) {
        sodium_free(start.pem);
    }
    open_pins_close(&start.pins);
    return fault;
}
