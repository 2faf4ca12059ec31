#include "io/shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static enum fault map(struct shared_memory *shared)
{
    void *memory =
        mmap(NULL, shared->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, shared->descriptor, 0);
    if (memory == MAP_FAILED) {
        return FAULT_ERRNO(errno, "shared memory of %zu bytes", shared->bytes);
    }
    shared->memory = memory;
    return FAULT_NONE;
}

static enum fault create(struct shared_memory *shared, const char *name)
{
    shared->descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (shared->descriptor < 0) {
        return FAULT_ERRNO(errno, "shared memory %s", name);
    }
    if (ftruncate(shared->descriptor, (off_t)shared->bytes) != 0 ||
        fcntl(shared->descriptor, F_ADD_SEALS, SEALS) != 0) {
        return FAULT_ERRNO(errno, "shared memory %s of %zu bytes", name, shared->bytes);
    }
    return map(shared);
}

enum fault shared_memory_create(struct shared_memory *shared, const char *name, size_t bytes)
{
    *shared = (struct shared_memory){.bytes = bytes, .descriptor = -1};
    enum fault fault = create(shared, name);
    if (fault != FAULT_NONE) {
        shared_memory_close(shared);
    }
    return fault;
}

static enum fault attach(struct shared_memory *shared)
{
    struct stat status;
    if (fstat(shared->descriptor, &status) != 0) {
        return FAULT_ERRNO(errno, "shared memory: descriptor %d", shared->descriptor);
    }
    int seals = fcntl(shared->descriptor, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || status.st_size < 0 ||
        (u64)status.st_size != shared->bytes) {
        return FAULT(FAULT_FOREIGN, "this is not sealed memory of %zu bytes", shared->bytes);
    }
    return map(shared);
}

enum fault shared_memory_attach(struct shared_memory *shared, int descriptor, size_t bytes)
{
    *shared = (struct shared_memory){.bytes = bytes, .descriptor = descriptor};
    enum fault fault = attach(shared);
    if (fault != FAULT_NONE) {
        shared_memory_close(shared);
    }
    return fault;
}

void shared_memory_close(struct shared_memory *shared)
{
    if (shared->memory != NULL) {
        (void)munmap(shared->memory, shared->bytes);
    }
    if (shared->descriptor >= 0) {
        (void)close(shared->descriptor);
    }
    *shared = (struct shared_memory){.descriptor = -1};
}
