#include "io/entropy.h"

#include <errno.h>
#include <sys/random.h>

enum fault entropy_fill(u8 *target, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t got = getrandom(target + done, bytes - done, 0);
        if (got < 0 && errno != EINTR) {
            return FAULT_ERRNO(errno, "the system gives no random bytes");
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return FAULT_NONE;
}
