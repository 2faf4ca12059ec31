#include "app/pinned.h"

#include <stdio.h>
#include <time.h>

#define PAUSE_NS 100000000L

enum fault pinned_wants(const struct option_call *call, u32 place)
{
    return call->values[place].given ? FAULT_NONE
                                     : FAULT(FAULT_USAGE, "%s wants --%s", call->operands[0],
                                             call->subcommand->options[place].name);
}

enum fault pinned_paths(const struct option_call *call, struct open_pin_paths *paths_out)
{
    for (u32 i = 0; i < PINNED_COUNT; i += 1) {
        TRY(pinned_wants(call, i));
    }
    *paths_out = (struct open_pin_paths){
        .circle = call->values[PINNED_CIRCLE].text,
        .policy = call->values[PINNED_POLICY].text,
        .groups = {call->values[PINNED_GROUP_A].text, call->values[PINNED_GROUP_B].text}};
    return FAULT_NONE;
}

enum fault pinned_sandbox(const struct sandbox_options *options)
{
    struct sandbox_report report;
    char text[SANDBOX_TEXT_BYTES];
    TRY(sandbox_enter(options, &report));
    sandbox_report_print(&report, text);
    (void)fprintf(stderr, "sandbox: %s\n", text);
    return FAULT_NONE;
}

enum fault pinned_sandbox_in(const char *role, const char *folder, u32 files_max, bool is_required)
{
    const struct sandbox_path path = {.path = folder, .is_writable = true};
    const struct sandbox_options options = {.role = role,
                                            .paths = &path,
                                            .paths_count = folder == NULL ? 0 : 1,
                                            .files_max = files_max,
                                            .is_required = is_required};
    return pinned_sandbox(&options);
}

enum fault pinned_pause(struct open_pins *pins, const struct pinned_wait *wait, const char *what)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    (void)nanosleep(&pause, NULL);
    open_pins_now(pins);
    return pins->judge.now_s <= wait->begins_s + wait->seconds
               ? FAULT_NONE
               : FAULT(FAULT_TIMEOUT, "no %s within %u seconds; it takes another %s", what,
                       wait->seconds, wait->another);
}
