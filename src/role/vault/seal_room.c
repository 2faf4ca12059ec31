#include "role/vault/seal_room.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <errno.h>
#include <sodium.h>
#include <sys/mman.h>

struct seal_room {
    size_t used;
    _Alignas(8) u8 bytes[SEAL_ROOM_BYTES];
};

enum fault seal_room_open(struct seal_room **room_out)
{
    *room_out = NULL;
    if (sodium_init() < 0) {
        return FAULT(FAULT_UNPROTECTED, "libsodium does not start");
    }
    struct seal_room *room = sodium_malloc(sizeof(*room));
    if (room == NULL) {
        return FAULT(FAULT_UNPROTECTED, "no guarded memory of %zu bytes", sizeof(*room));
    }
    /* sodium_malloc does not tell when it could not lock. */
    if (sodium_mlock(room, sizeof(*room)) != 0) {
        int error = errno;
        sodium_free(room);
        return FAULT(FAULT_UNPROTECTED, "%zu bytes cannot be locked (errno %d): ulimit -l",
                     sizeof(*room), error);
    }
    sodium_memzero(room, sizeof(*room));
    *room_out = room;
    return FAULT_NONE;
}

void seal_room_close(struct seal_room *room)
{
    if (room != NULL) {
        sodium_free(room);
    }
}

void *seal_room_take(struct seal_room *room, size_t bytes)
{
    size_t whole = (bytes + 7) / 8 * 8;
    CHECK(bytes <= SEAL_ROOM_BYTES && whole <= SEAL_ROOM_BYTES - room->used);
    u8 *piece = room->bytes + room->used;
    room->used += whole;
    return piece;
}

size_t seal_room_mark(const struct seal_room *room)
{
    return room->used;
}

void seal_room_leave(struct seal_room *room, size_t mark)
{
    CHECK(mark <= room->used);
    secret_wipe(room->bytes + mark, room->used - mark);
    room->used = mark;
}

struct span seal_room_bytes(const struct seal_room *room)
{
    return span_of(room->bytes, sizeof(room->bytes));
}
