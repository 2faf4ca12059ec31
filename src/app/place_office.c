#include "app/place_office.h"

#include "app/office_draft.h"
#include "app/office_pages.h"
#include "app/serve.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/desk/desk_staff.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Of the one console of a process. */
static struct {
    struct office_people people;
    char officers[FILE_PATH_BYTES];
    char desk[FILE_PATH_BYTES];
    char cases[FILE_PATH_BYTES];
    char origin[OFFICE_ORIGIN_BYTES];
} made;

enum fault place_office_listen(const char *text, char address_out[PLACE_OFFICE_HOST_BYTES],
                               u16 *port_out)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    size_t size = colon == NULL ? 0 : (size_t)(colon - text);
    bool is_six = size > 2 && text[0] == '[' && text[size - 1] == ']';
    const char *first = is_six ? text + 1 : text;
    size -= is_six ? 2 : 0;
    unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
    if (size == 0 || size >= PLACE_OFFICE_HOST_BYTES || end == colon + 1 || *end != 0 ||
        port > UINT16_MAX) {
        return FAULT(FAULT_CONFIG, "office.listen: \"%s\" is not ADDRESS:PORT", text);
    }
    (void)snprintf(address_out, PLACE_OFFICE_HOST_BYTES, "%.*s", (int)size, first);
    *port_out = (u16)port;
    return FAULT_NONE;
}

/* ---- the page ---- */

static bool page(struct span path, bool takes_gzip, struct http_reply *reply_out, bool *is_gzip_out)
{
    i32 place = page_find(&office_pages, path);
    if (place < 0) {
        return false;
    }
    const struct page *found = &office_pages.pages[place];
    *is_gzip_out = takes_gzip;
    *reply_out = (struct http_reply){
        .status = 200, .type = found->type, .body = page_body(found, takes_gzip)};
    return true;
}

/* ---- who ---- */

static enum fault staff_read(const struct place *place, const struct officers *officers,
                             struct desk_staff *staff_out)
{
    static char text[DESK_STAFF_BYTES];
    char path[FILE_PATH_BYTES];
    SCOPED_FILE file = {.disk = NULL};
    u64 size = 0;
    TRY(file_path(path, place->settings->folder, DESK_STAFF_FILE));
    TRY(file_open(disk_real(), path, 0, &file));
    TRY(file_size(&file, &size));
    if (size > sizeof(text)) {
        return FAULT(FAULT_INPUT, "%s: longer than a staff is", path);
    }
    TRY(file_read_whole(&file, 0, text, (size_t)size));
    return desk_staff_read(span_of(text, (size_t)size), path, officers, staff_out);
}

static void person_fill(struct office_person *person, const struct officer *officer,
                        const struct desk_staff *staff)
{
    person->officer = *officer;
    for (u32 i = 0; i < staff->count; i += 1) {
        const struct desk_member *member = &staff->list[i];
        if (member->officer.number == officer->number) {
            (void)snprintf(person->role, sizeof(person->role), "%s",
                           desk_word(DESK_WORDS_ROLE, member->role));
            (void)snprintf(person->region, sizeof(person->region), "%s", member->region);
        }
    }
}

static enum fault people_read(struct place *place)
{
    static struct officers officers;
    static struct desk_staff staff;
    TRY(place_officers_path(place, made.officers));
    if (made.officers[0] == 0) {
        return FAULT(FAULT_CONFIG, "office.on: there is no register of officers");
    }
    TRY(officers_read_file(disk_real(), made.officers, &officers));
    TRY(staff_read(place, &officers, &staff));
    (void)snprintf(made.people.venue, sizeof(made.people.venue), "%s", staff.venue);
    made.people.quorum_a = staff.quorum_a;
    made.people.quorum_b = staff.quorum_b;
    made.people.count = officers.count;
    for (u32 i = 0; i < officers.count; i += 1) {
        person_fill(&made.people.list[i], &officers.list[i], &staff);
    }
    return FAULT_NONE;
}
_Static_assert(OFFICE_VENUE_BYTES == DESK_VENUE_BYTES, "a venue's name");

/* ---- where ---- */

static u16 port_of(int listener)
{
    struct sockaddr_in6 address;
    socklen_t size = sizeof(address);
    memset(&address, 0, sizeof(address));
    /* The port lies in the same place of both kinds. */
    return getsockname(listener, (struct sockaddr *)(void *)&address, &size) == 0
               ? ntohs(address.sin6_port)
               : 0;
}

static enum fault origin_fill(const struct place *place)
{
    const char *text = place->settings->config->values[CONFIG_OFFICE_ORIGIN].text;
    bool is_given = strcmp(text, "none") != 0;
    int size = is_given ? snprintf(made.origin, sizeof(made.origin), "%s", text)
                        : snprintf(made.origin, sizeof(made.origin), "http://localhost:%u",
                                   port_of(place->listeners[PLACE_LISTENER_OFFICE]));
    return size > 0 && (size_t)size < sizeof(made.origin)
               ? FAULT_NONE
               : FAULT(FAULT_CONFIG, "office.origin: too long");
}

enum fault place_office_make(struct place *place, struct agent **agent_out)
{
    const struct config *config = place->settings->config;
    const char *folder = place->settings->folder;
    if (place->listeners[PLACE_LISTENER_OFFICE] < 0) {
        return FAULT(FAULT_FOREIGN, "the socket of %s was not handed over", place->process->name);
    }
    if (config->values[CONFIG_DESK_ON].number == 0) {
        return FAULT(FAULT_CONFIG, "office.on: wants desk.on");
    }
    TRY(people_read(place));
    TRY(origin_fill(place));
    TRY(serve_desk_path(config, folder, made.desk));
    TRY(serve_cases_path(config, folder, made.cases));
    const struct office_agent_options options = {
        .folder = folder,
        .disk = disk_real(),
        .listener = place->listeners[PLACE_LISTENER_OFFICE],
        /* Papers and officers' clocks are of the machine's time. */
        .inner = {.clock = clock_real(),
                  .people = &made.people,
                  .origin = made.origin,
                  .desk_socket = made.desk,
                  .cases_socket = made.cases,
                  .page = page,
                  .takes_gzip = page_takes_gzip,
                  .draft = office_draft_act}};
    TRY(office_agent_create(&place->office, &options));
    log_info("office.listens", LOG_STR("origin", made.origin));
    *agent_out = office_agent_of(place->office);
    return FAULT_NONE;
}

void place_office_unmake(struct place *place, struct agent *agent)
{
    (void)agent;
    office_agent_destroy(place->office);
    place->office = NULL;
}

void place_office_measure(struct place *place, const struct agent *agent)
{
    static const struct place_value rows[] = {
        {"cambist_office_sessions", "Officers' sessions that are open."},
        {"cambist_office_sign_ins_total", "Officers who signed in."},
        {"cambist_office_wrong_total", "Sign-ins that were wrong."},
        {"cambist_office_waits_total", "Attempts that came within a pause."},
        {"cambist_office_asked_total", "Requests of the page."},
        {"cambist_office_refused_total", "Those that were refused."},
        {"cambist_office_views_total", "Cases that were shown."},
        {"cambist_office_away_total", "How often the desk or the queue did not answer."},
    };
    (void)agent;
    struct office_counts counts = office_agent_counts(place->office);
    const u64 values[] = {counts.sessions, counts.signed_in, counts.wrong, counts.waits,
                          counts.asked,    counts.refused,   counts.views, counts.away};
    place_values_put(place, place->office_values, rows, values, ARRAY_COUNT(rows));
}
