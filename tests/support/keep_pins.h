/* A ceremony of each group, and the files in which an operator pins them for the vault. */
#ifndef TESTS_SUPPORT_KEEP_PINS_H
#define TESTS_SUPPORT_KEEP_PINS_H

#include "base/bytes.h"
#include "role/vault/vault_drills.h"
#include "tests/support/share_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct seal_room *room;
static struct share_scene pins[VAULT_SIDES]; /* A: 2 of 3; B: 2 of 4 */

static inline void pins_hold(u32 epoch)
{
    share_scene_hold(room, &pins[0], SHARE_SIDE_A, epoch, 2, 3);
    share_scene_hold(room, &pins[1], SHARE_SIDE_B, epoch, 2, 4);
}

/* FOLDER/NAME; NULL: it goes. */
static inline void pins_write(const char *place, const char *name, const char *text, size_t size)
{
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/%s", place, name);
    if (text == NULL) {
        (void)unlink(path);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void pins_write_group(const char *place, const char *name,
                                    const struct share_scene *scene)
{
    static char text[SHARE_TEXT_BYTES];
    pins_write(place, name, text, share_transcript_print(&scene->transcript, text));
}

/* The line of `groups` for these two. */
static inline void pins_write_key(const char *place, const struct share_scene *a,
                                  const struct share_scene *b)
{
    static struct share_key key;
    char hex[2 * SEAL_POINT_BYTES + 1];
    char line[128];
    assert_int_equal(share_key_form(&a->group, &b->group, &key), FAULT_NONE);
    int size = snprintf(line, sizeof(line), "%u %s\n", a->group.roster.epoch,
                        bytes_to_hex(key.public.bytes, SEAL_POINT_BYTES, hex));
    pins_write(place, VAULT_GROUPS_FILE, line, (size_t)size);
}

/* Everything as it should be: the last of each group is a spare. */
static inline void pins_write_all(const char *place)
{
    char spares[64];
    (void)mkdir(place, 0700);
    pins_write_key(place, &pins[0], &pins[1]);
    pins_write_group(place, VAULT_GROUP_A_FILE, &pins[0]);
    pins_write_group(place, VAULT_GROUP_B_FILE, &pins[1]);
    int size = snprintf(spares, sizeof(spares), "%s\n%s\n", pins[0].group.roster.members[2].name,
                        pins[1].group.roster.members[3].name);
    pins_write(place, VAULT_SPARES_FILE, spares, (size_t)size);
}

#endif /* TESTS_SUPPORT_KEEP_PINS_H */
