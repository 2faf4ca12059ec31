/* cambist whose calendar a test moves: every process is so many seconds ahead of the machine as the
 * file that CAMBIST_LATER names says, eight bytes, whenever it looks. Linked with --wrap around the
 * two calls that tell the time of day, so that the shipped binary has no such switch; clocks that
 * measure how long something takes are as they are. For tests/e2e/rotate_venue_test.py. */
#include "base/base.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int __real_clock_gettime(clockid_t clock, struct timespec *now_out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now_out);
time_t __wrap_time(time_t *now_out);

static const volatile i64 *later;

/* Before any process shuts itself in. */
__attribute__((constructor)) static void later_open(void)
{
    const char *path = getenv("CAMBIST_LATER");
    int descriptor = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        void *memory = mmap(NULL, sizeof(*later), PROT_READ, MAP_SHARED, descriptor, 0);
        later = memory == MAP_FAILED ? NULL : memory;
        (void)close(descriptor);
    }
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now_out)
{
    int result = __real_clock_gettime(clock, now_out);
    if (result == 0 && clock == CLOCK_REALTIME && later != NULL) {
        now_out->tv_sec += *later;
    }
    return result;
}

time_t __wrap_time(time_t *now_out)
{
    struct timespec now = {.tv_sec = 0};
    (void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
    if (now_out != NULL) {
        *now_out = now.tv_sec;
    }
    return now.tv_sec;
}
