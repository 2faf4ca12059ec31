#include "io/cpu.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

static cpu_set_t allowed;
static u32 allowed_count;
static pthread_once_t allowed_once = PTHREAD_ONCE_INIT;

/* Once, before any thread was pinned, so that pinning one does not hide processors from the next.
 */
static void allowed_find(void)
{
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) == 0) {
        CPU_SET(0, &allowed);
    }
    allowed_count = (u32)CPU_COUNT(&allowed);
}

u32 cpu_count(void)
{
    (void)pthread_once(&allowed_once, allowed_find);
    return allowed_count;
}

enum fault cpu_pin(u32 index)
{
    u32 left = index % cpu_count();
    u32 number = 0;
    while (!CPU_ISSET(number, &allowed) || left > 0) {
        left -= CPU_ISSET(number, &allowed) ? 1 : 0;
        number += 1;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(number, &one);
    if (sched_setaffinity(0, sizeof(one), &one) != 0) {
        return FAULT_ERRNO(errno, "processor %u: cannot be chosen", number);
    }
    return FAULT_NONE;
}
