#include "role/lists/list_store_inner.h"

/* A version's end is LIST_TIME_OPEN as long as it is in force. A date is year * 10000 + month * 100
 * + day. */
#define OPEN "9223372036854775807"

const char *const list_schema[] = {
    "CREATE TABLE list (code INTEGER PRIMARY KEY, load INTEGER NOT NULL, recorded_us INTEGER NOT "
    "NULL, confirmed_us INTEGER NOT NULL, stale_after_us INTEGER NOT NULL, published INTEGER NOT "
    "NULL, entries INTEGER NOT NULL, last_load INTEGER NOT NULL, last_outcome INTEGER NOT NULL) "
    "STRICT",
    "CREATE TABLE load (number INTEGER PRIMARY KEY, list INTEGER NOT NULL, outcome INTEGER NOT "
    "NULL, recorded_us INTEGER NOT NULL, taken_us INTEGER NOT NULL, again_us INTEGER NOT NULL, "
    "times INTEGER NOT NULL, published INTEGER NOT NULL, hash BLOB NOT NULL, rows INTEGER NOT "
    "NULL, entries INTEGER NOT NULL, merged INTEGER NOT NULL, refused INTEGER NOT NULL, in_force "
    "INTEGER NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL, "
    "kept INTEGER NOT NULL, format BLOB NOT NULL, files BLOB NOT NULL, reason BLOB NOT NULL, "
    "consent BLOB NOT NULL, refusals BLOB NOT NULL) STRICT",
    "CREATE INDEX load_of_list ON load (list, number)",
    "CREATE TABLE entry (list INTEGER NOT NULL, number INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY "
    "KEY (list, number)) STRICT, WITHOUT ROWID",
    "CREATE UNIQUE INDEX entry_of_id ON entry (list, id)",
    "CREATE TABLE version (row INTEGER PRIMARY KEY, list INTEGER NOT NULL, number INTEGER NOT "
    "NULL, from_us INTEGER NOT NULL, until_us INTEGER NOT NULL, first_load INTEGER NOT NULL, "
    "until_load INTEGER NOT NULL, hash BLOB NOT NULL, line BLOB NOT NULL) STRICT",
    "CREATE UNIQUE INDEX version_of_entry ON version (list, number, from_us)",
    "CREATE INDEX version_from ON version (list, from_us)",
    "CREATE INDEX version_until ON version (list, until_us)",
    NULL,
};

#define STATE_COLUMNS                                                                        \
    "code, load, recorded_us, confirmed_us, stale_after_us, published, entries, last_load, " \
    "last_outcome"
#define LOAD_COLUMNS                                                                             \
    "number, list, outcome, recorded_us, taken_us, again_us, times, published, hash, rows, "     \
    "entries, merged, refused, in_force, added, changed, removed, kept, format, files, reason, " \
    "consent, refusals"
#define VERSION_COLUMNS                                                                            \
    "version.number, first_load, until_load, from_us, until_us, entry.id, line FROM version JOIN " \
    "entry ON entry.list = version.list AND entry.number = version.number"
#define VERSION_OF "FROM version INDEXED BY version_of_entry WHERE list = ?1 AND number = "
#define LINE_AT(time) \
    "(SELECT line " VERSION_OF "entry.number AND from_us <= " time " AND until_us > " time ")"

const char *const list_texts[LIST_STATEMENTS] = {
    [LIST_BEGIN] = "BEGIN IMMEDIATE",
    [LIST_LOOK] = "BEGIN",
    [LIST_COMMIT] = "COMMIT",
    [LIST_ABANDON] = "ROLLBACK",
    [LIST_STATE] = "SELECT " STATE_COLUMNS " FROM list WHERE code = ?",
    [LIST_ALL] = "SELECT " STATE_COLUMNS " FROM list ORDER BY code",
    [LIST_MAKE] = "INSERT INTO list (" STATE_COLUMNS ") VALUES (?, 0, 0, 0, 0, 0, 0, 0, 0)",
    [LIST_TAKEN] = "UPDATE list SET load = ?2, last_load = ?2, last_outcome = 0, recorded_us = ?3, "
                   "confirmed_us = ?4, published = ?5, entries = ?6 WHERE code = ?1",
    [LIST_TOLD] = "UPDATE list SET last_load = ?2, last_outcome = ?3 WHERE code = ?1",
    [LIST_CONFIRMED] = "UPDATE list SET confirmed_us = max(confirmed_us, ?2), last_load = load, "
                       "last_outcome = 0 WHERE code = ?1",
    [LIST_STALE_AFTER] = "UPDATE list SET stale_after_us = ?2 WHERE code = ?1",
    [LIST_LOAD_LAST] = "SELECT coalesce(max(number), 0) FROM load",
    [LIST_LOAD_PUT] =
        "INSERT INTO load (" LOAD_COLUMNS
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [LIST_LOAD_AGAIN] = "UPDATE load SET times = times + 1, again_us = ?2 WHERE number = ?1",
    [LIST_LOAD_GET] = "SELECT " LOAD_COLUMNS " FROM load WHERE number = ?",
    [LIST_LOADS] = "SELECT " LOAD_COLUMNS " FROM load WHERE list = ? ORDER BY number DESC LIMIT ?",
    [LIST_LOADS_ALL] = "SELECT " LOAD_COLUMNS " FROM load ORDER BY number DESC LIMIT ?",
    [LIST_CURRENT] = "SELECT number, row, hash FROM version WHERE list = ? AND until_us = " OPEN
                     " ORDER BY number",
    [LIST_IN_FORCE] = "SELECT hash " VERSION_OF "?2 AND until_us = " OPEN,
    [LIST_NUMBER] = "SELECT number FROM entry WHERE list = ? AND id = ?",
    [LIST_NUMBER_TAKEN] = "SELECT 1 FROM entry WHERE list = ? AND number = ?",
    [LIST_NUMBER_LAST] = "SELECT coalesce(max(number), 0) FROM entry WHERE list = ?",
    [LIST_ENTRY_PUT] = "INSERT INTO entry (list, number, id) VALUES (?, ?, ?)",
    [LIST_VERSION_PUT] = "INSERT INTO version (list, number, from_us, until_us, first_load, "
                         "until_load, hash, line) VALUES (?, ?, ?, " OPEN ", ?, 0, ?, ?)",
    [LIST_VERSION_END] = "UPDATE version SET until_us = ?2, until_load = ?3 WHERE row = ?1",
    [LIST_AT] = "SELECT " VERSION_COLUMNS " WHERE version.list = ?1 AND from_us <= ?2 AND until_us "
                "> ?2 ORDER BY version.number",
    [LIST_VERSIONS] =
        "SELECT " VERSION_COLUMNS " WHERE version.list = ? AND version.number = ? ORDER BY from_us",
    [LIST_DIFFERENCE] = "SELECT number, id, " LINE_AT("?2") ", " LINE_AT(
        "?3") " FROM entry WHERE list = ?1 AND "
              "number IN (SELECT number FROM version WHERE list = ?1 AND from_us > ?2 AND from_us <= ?3 "
              "UNION SELECT number FROM version WHERE list = ?1 AND until_us > ?2 AND until_us <= ?3) "
              "ORDER BY number",
};
