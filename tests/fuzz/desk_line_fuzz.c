/* A line to the desk's socket, where there are an authority and nobody's case: whatever it is, the
 * answer is one line of its own kind, and nothing but an act with an officer's signature changes
 * the desk. */
#include "base/check.h"
#include "base/span.h"
#include "role/desk/desk_agent.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct desk_agent *agent;
static char folder[] = "/tmp/cambist-desk-line-XXXXXX";

static void clear(void)
{
    char command[128];
    desk_agent_of(agent)->ops->close(desk_agent_of(agent));
    desk_agent_destroy(agent);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    CHECK(system(command) == 0);
}

static void file_make(const char *name, const char *text)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wbe");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void begin(void)
{
    /* Nobody has a key to these. */
    static const char one[] = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    static const char two[] = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    char text[256];
    char officers[96];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(mkdtemp(folder) != NULL && atexit(clear) == 0);
    (void)snprintf(text, sizeof(text), "anna 11 legal %s\nbela 12 independent %s\n", one, two);
    file_make("officers.txt", text);
    file_make(DESK_STAFF_FILE, "cambist desk-staff v1\nvenue: demo.invalid\nquorum: 1 1\n"
                               "officer: anna legal fr\nofficer: bela independent it\n");
    (void)snprintf(officers, sizeof(officers), "%s/officers.txt", folder);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/desk.sock", folder);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (const void *)&address, sizeof(address)) == 0 && listen(listener, 1) == 0);
    struct desk_agent_options options = {.folder = folder,
                                         .officers = officers,
                                         .disk = disk_real(),
                                         .clock = clock_real(),
                                         .listener = listener,
                                         .cases_max = 16};
    CHECK(desk_agent_create(&agent, &options) == FAULT_NONE);
    CHECK(desk_agent_of(agent)->ops->open(desk_agent_of(agent)) == FAULT_NONE);
    (void)close(listener);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const char *const words[] = {"cases ",   "case ",     "acts ",     "authority ",
                                        "head ",    "letter ",   "by ",       "paper ",
                                        "stored ",  "contacts ", "recusals ", "search ",
                                        "refused ", "wrong ",    "missing "};
    bool is_known = false;
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *line = malloc(size + (size == 0));
    CHECK(line != NULL);
    if (size > 0) {
        memcpy(line, data, size);
    }
    if (agent == NULL) {
        begin();
    }
    struct span answer = desk_agent_answer(agent, span_of(line, size));
    for (u32 i = 0; i < ARRAY_COUNT(words); i += 1) {
        size_t bytes = strlen(words[i]);
        is_known = is_known || (answer.size > bytes && memcmp(answer.data, words[i], bytes) == 0);
    }
    CHECK(is_known && answer.size <= DESK_ANSWER_BYTES_MAX);
    CHECK(memchr(answer.data, '\n', answer.size) == NULL);
    CHECK(desk_agent_counts(agent).taken == 0);
    free(line);
    return 0;
}
