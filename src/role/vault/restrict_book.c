#include "role/vault/restrict_book.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/vault/publog_inner.h"
#include "wire/code.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

enum statement {
    STATE_GET,
    STATE_PUT,
    FACT_PUT,
    FACT_DROP,
    FACTS_OF,
    FACTS_FORGET,
    LINK_PUT,
    LINK_DROP,
    LINK_OF,
    LINKS_OF,
    LINKS_FORGET,
    PACK_PUT,
    PACK_GET,
    PACKS_FORGET,
    LEAF_PUT,
    LEAVES_OF,
    DAY_PUT,
    STATEMENTS
};

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS restrict_state(id INTEGER PRIMARY KEY, key BLOB NOT NULL,"
    " begun INTEGER NOT NULL, position INTEGER NOT NULL, has_day INTEGER NOT NULL,"
    " day INTEGER NOT NULL, count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " missed INTEGER NOT NULL, item_seq INTEGER NOT NULL, item INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS restrict_facts(row INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, country INTEGER NOT NULL, from_us INTEGER NOT NULL,"
    " until_us INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS restrict_facts_person ON restrict_facts(person)",
    "CREATE TABLE IF NOT EXISTS restrict_links(account INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS restrict_links_person ON restrict_links(person)",
    "CREATE TABLE IF NOT EXISTS restrict_packs(number INTEGER PRIMARY KEY, hash BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS restrict_leaves(day INTEGER NOT NULL, number INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, item INTEGER NOT NULL, person INTEGER NOT NULL,"
    " account INTEGER NOT NULL, event BLOB NOT NULL, decision BLOB NOT NULL, facts BLOB NOT NULL,"
    " hash BLOB NOT NULL, PRIMARY KEY(day, number)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS restrict_leaves_person ON restrict_leaves(person)",
    "CREATE INDEX IF NOT EXISTS restrict_leaves_account ON restrict_leaves(account)",
    "CREATE TABLE IF NOT EXISTS restrict_days(day INTEGER PRIMARY KEY, line BLOB NOT NULL,"
    " number INTEGER NOT NULL)",
};

static const char *const statements[STATEMENTS] = {
    [STATE_GET] = "SELECT key, begun, position, has_day, day, count, first, last, missed, item_seq,"
                  " item FROM restrict_state WHERE id = 0",
    [STATE_PUT] = "INSERT OR REPLACE INTO restrict_state VALUES(0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                  " ?)",
    [FACT_PUT] = "INSERT OR REPLACE INTO restrict_facts VALUES(?, ?, ?, ?, ?, ?)",
    [FACT_DROP] = "DELETE FROM restrict_facts WHERE row = ?",
    [FACTS_OF] = "SELECT kind, country, from_us, until_us FROM restrict_facts WHERE person = ?"
                 " ORDER BY kind, country",
    [FACTS_FORGET] = "DELETE FROM restrict_facts",
    [LINK_PUT] = "INSERT OR REPLACE INTO restrict_links VALUES(?, ?)",
    [LINK_DROP] = "DELETE FROM restrict_links WHERE account = ?",
    [LINK_OF] = "SELECT person FROM restrict_links WHERE account = ?",
    [LINKS_OF] = "SELECT account FROM restrict_links WHERE person = ? ORDER BY account",
    [LINKS_FORGET] = "DELETE FROM restrict_links",
    [PACK_PUT] = "INSERT OR REPLACE INTO restrict_packs VALUES(?, ?)",
    [PACK_GET] = "SELECT hash FROM restrict_packs WHERE number = ?",
    [PACKS_FORGET] = "DELETE FROM restrict_packs",
    [LEAF_PUT] = "INSERT INTO restrict_leaves VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [LEAVES_OF] = "SELECT number, hash FROM restrict_leaves WHERE day = ? ORDER BY number",
    /* The line was kept right before. */
    [DAY_PUT] = "INSERT INTO restrict_days SELECT ?, ?, max(number) FROM lines",
};

struct restrict_book {
    struct publog *publog;
    struct restrict_maker maker;
    struct sqlite3_stmt *rows[STATEMENTS];
    u8 key_id[SHA256_BYTES];
    bool is_open; /* the maker */
    bool is_begun;
    bool has_venue; /* the image that is being read has said when it is of */
    bool has_day;
    bool has_line;
    u64 position;                      /* chunks before it are in the image */
    u64 now_us;                        /* while an image is read */
    u64 item_seq;                      /* of the last decision, */
    u64 item;                          /* and which under its number comes next */
    struct restrict_day day;           /* the open one: root, keys, time are not known */
    struct restrict_decision decision; /* being made */
    struct restrict_leaf leaf;
    char code[RESTRICT_CODE_BYTES];
    char text[RESTRICT_TEXT_BYTES];
    char facts[RESTRICT_TEXT_BYTES];
};

static struct sql_call call(struct restrict_book *book, enum statement which)
{
    return sql_call(book->rows[which]);
}

static enum fault rot(const struct restrict_book *book, const char *what)
{
    return FAULT(FAULT_ROT, "%s: restrictions: %s", book->publog->sql.path, what);
}

/* ---- opening ---- */

static enum fault state_load(struct restrict_book *book)
{
    struct sql_call get = call(book, STATE_GET);
    u8 key_id[SHA256_BYTES];
    bool row = false;
    TRY(sql_next(&book->publog->sql, &get, &row));
    if (!row) {
        return FAULT_NONE;
    }
    sql_get_bytes(&get, key_id, sizeof(key_id));
    book->is_begun = sql_get_u64(&get) != 0;
    book->position = sql_get_u64(&get);
    book->has_day = sql_get_u64(&get) != 0;
    u64 day = sql_get_u64(&get);
    book->day = (struct restrict_day){.day = (u32)u64_min(day, UINT32_MAX)};
    book->day.count = sql_get_u64(&get);
    book->day.first = sql_get_u64(&get);
    book->day.last = sql_get_u64(&get);
    book->day.is_missed = sql_get_u64(&get) != 0;
    book->item_seq = sql_get_u64(&get);
    book->item = sql_get_u64(&get);
    sql_end(&get);
    if (memcmp(key_id, book->key_id, sizeof(key_id)) != 0) {
        return FAULT(FAULT_FOREIGN, "restrictions.key is not the key that %s was made with",
                     book->publog->sql.path);
    }
    return book->day.day <= RESTRICT_DAY_MAX && book->item <= UINT32_MAX
               ? FAULT_NONE
               : rot(book, "a day that cannot be");
}

static enum fault book_begin(struct restrict_book *book, const u8 key[RESTRICT_KEY_BYTES])
{
    struct sql *sql = &book->publog->sql;
    struct sha256 *sha256 = &book->publog->sha256;
    TRY(restrict_maker_open(&book->maker, sha256, key));
    book->is_open = true;
    restrict_key_id(sha256, key, book->key_id);
    for (u32 i = 0; i < ARRAY_COUNT(schema); i += 1) {
        TRY(sql_run(sql, schema[i]));
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        TRY(sql_prepare(sql, statements[i], &book->rows[i]));
    }
    return state_load(book);
}

enum fault restrict_book_open(struct restrict_book **book_out, struct publog *publog,
                              const u8 key[RESTRICT_KEY_BYTES])
{
    struct restrict_book *book = calloc(1, sizeof(*book));
    *book_out = NULL;
    if (book == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the book of restrictions");
    }
    book->publog = publog;
    enum fault fault = book_begin(book, key);
    if (fault != FAULT_NONE) {
        restrict_book_close(book);
        return fault;
    }
    *book_out = book;
    return FAULT_NONE;
}

void restrict_book_close(struct restrict_book *book)
{
    if (book == NULL) {
        return;
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        sql_give_back(&book->rows[i]);
    }
    if (book->is_open) {
        restrict_maker_close(&book->maker);
    }
    free(book);
}

bool restrict_book_is_begun(const struct restrict_book *book)
{
    return book->is_begun;
}

enum fault restrict_book_keep(struct restrict_book *book, bool *has_line_out)
{
    struct sql_call put = call(book, STATE_PUT);
    sql_put_bytes(&put, span_of(book->key_id, sizeof(book->key_id)));
    sql_put_u64(&put, book->is_begun ? 1 : 0);
    sql_put_u64(&put, book->position);
    sql_put_u64(&put, book->has_day ? 1 : 0);
    sql_put_u64(&put, book->day.day);
    sql_put_u64(&put, book->day.count);
    sql_put_u64(&put, book->day.first);
    sql_put_u64(&put, book->day.last);
    sql_put_u64(&put, book->day.is_missed ? 1 : 0);
    sql_put_u64(&put, book->item_seq);
    sql_put_u64(&put, book->item);
    *has_line_out = book->has_line;
    book->has_line = false;
    return sql_do(&book->publog->sql, &put);
}

/* ---- days ---- */

static enum fault root_make(struct restrict_book *book)
{
    struct sha256 *sha256 = &book->publog->sha256;
    struct sql_call leaves = call(book, LEAVES_OF);
    struct tlog_range range = {.size = 0};
    bool row = true;
    if (book->day.count == 0) {
        tlog_hash_empty(sha256, &book->day.root);
        tlog_hash_empty(sha256, &book->day.keys);
        return FAULT_NONE;
    }
    sql_put_u64(&leaves, book->day.day);
    while (range.size <= book->day.count) {
        struct tlog_hash hash;
        TRY(sql_next(&book->publog->sql, &leaves, &row));
        if (!row) {
            break;
        }
        u64 number = sql_get_u64(&leaves);
        sql_get_bytes(&leaves, hash.bytes, sizeof(hash.bytes));
        if (number != range.size) {
            break;
        }
        tlog_range_add(sha256, &range, &hash);
    }
    sql_end(&leaves);
    if (range.size != book->day.count) {
        return rot(book, "the leaves of a day are not those that were counted");
    }
    tlog_range_root(sha256, &range, &book->day.root);
    restrict_keys_root(&book->maker, book->day.day, 0, &book->day.keys, NULL);
    return FAULT_NONE;
}

/* Its line is kept, and the next day is open. */
static enum fault day_close(struct restrict_book *book, u64 now_us)
{
    char line[RESTRICT_LINE_BYTES];
    struct restrict_day next = {.day = book->day.day + 1, .first = book->day.last + 1};
    next.last = book->day.last;
    TRY(root_make(book));
    book->day.time_us = now_us;
    if (!restrict_line_print(&book->day, line)) {
        return rot(book, "a day at no moment of the calendar");
    }
    TRY(publog_line_keep(book->publog, span_of_text(line)));
    struct sql_call put = call(book, DAY_PUT);
    sql_put_u64(&put, book->day.day);
    sql_put_bytes(&put, span_of_text(line));
    TRY(sql_do(&book->publog->sql, &put));
    book->has_line = true;
    book->day = next;
    return FAULT_NONE;
}

/* Something is told at `time_us`: what is told belongs to the open day afterwards. */
static enum fault day_reach(struct restrict_book *book, u64 time_us, u64 now_us, bool is_missed)
{
    u64 day = time_us / RESTRICT_DAY_US;
    if (day > RESTRICT_DAY_MAX) {
        return rot(book, "an event after the year 9999");
    }
    if (!book->has_day) {
        u64 last = book->day.last; /* 0, or an image's */
        book->day = (struct restrict_day){.day = (u32)day, .first = last + 1, .last = last};
        book->has_day = true;
    }
    if (day > book->day.day && day - book->day.day > RESTRICT_DAYS_AT_ONCE) {
        return FAULT(FAULT_LIMIT, "restrictions: %llu days between two events: is the clock right?",
                     (unsigned long long)(day - book->day.day));
    }
    while (book->day.day < day) {
        book->day.is_missed = book->day.is_missed || is_missed;
        TRY(day_close(book, now_us));
    }
    book->day.is_missed = book->day.is_missed || is_missed;
    return FAULT_NONE;
}

bool restrict_book_is_due(const struct restrict_book *book, u64 now_us)
{
    u64 end_us = ((u64)book->day.day + 1) * RESTRICT_DAY_US + RESTRICT_GRACE_US;
    return book->is_begun && book->has_day && now_us >= end_us &&
           now_us / RESTRICT_DAY_US <= RESTRICT_DAY_MAX;
}

enum fault restrict_book_idle(struct restrict_book *book, u64 now_us)
{
    for (u32 i = 0; i < RESTRICT_DAYS_A_TURN && restrict_book_is_due(book, now_us); i += 1) {
        TRY(day_close(book, now_us));
    }
    return FAULT_NONE;
}

/* ---- what is known ---- */

static enum fault run(struct restrict_book *book, enum statement which)
{
    struct sql_call one = call(book, which);
    return sql_do(&book->publog->sql, &one);
}

enum fault restrict_book_begin(struct restrict_book *book)
{
    CHECK(!book->is_begun);
    book->is_begun = true;
    book->position = 0;
    return FAULT_NONE;
}

static enum fault fact_put(struct restrict_book *book, u64 row, u32 person, u32 kind, u32 value,
                           u64 from, u64 until)
{
    char country[3];
    if (!restrict_fact_is_country(kind) || value > CODE_COUNTRY_LAST ||
        !code_country_print((u16)value, country)) {
        return FAULT_NONE; /* of another kind, none, or others that are not known */
    }
    struct sql_call put = call(book, FACT_PUT);
    sql_put_u64(&put, row);
    sql_put_u64(&put, person);
    sql_put_u64(&put, kind);
    sql_put_u64(&put, value);
    sql_put_u64(&put, from);
    sql_put_u64(&put, until);
    return sql_do(&book->publog->sql, &put);
}

static enum fault fact_drop(struct restrict_book *book, u64 row)
{
    struct sql_call drop = call(book, FACT_DROP);
    sql_put_u64(&drop, row);
    return sql_do(&book->publog->sql, &drop);
}

static enum fault link_put(struct restrict_book *book, u32 account, u32 person)
{
    struct sql_call put = call(book, LINK_PUT);
    sql_put_u64(&put, account);
    sql_put_u64(&put, person);
    return sql_do(&book->publog->sql, &put);
}

static enum fault link_drop(struct restrict_book *book, u32 account)
{
    struct sql_call drop = call(book, LINK_DROP);
    sql_put_u64(&drop, account);
    return sql_do(&book->publog->sql, &drop);
}

static enum fault pack_put(struct restrict_book *book, u64 number,
                           const u8 hash[RESTRICT_HASH_BYTES])
{
    struct sql_call put = call(book, PACK_PUT);
    sql_put_u64(&put, number);
    sql_put_bytes(&put, span_of(hash, RESTRICT_HASH_BYTES));
    return sql_do(&book->publog->sql, &put);
}

/* ---- from an image ---- */

void restrict_book_stop(struct restrict_book *book)
{
    book->is_begun = false;
}

enum fault restrict_book_resume(struct restrict_book *book, u64 position, u64 now_us)
{
    book->is_begun = false;
    book->has_venue = false;
    book->now_us = now_us;
    book->position = position;
    TRY(run(book, FACTS_FORGET));
    TRY(run(book, LINKS_FORGET));
    return run(book, PACKS_FORGET);
}

static enum fault venue_take(struct restrict_book *book, const struct state_venue *venue)
{
    book->has_venue = true;
    if (!book->has_day) {
        book->day.last = venue->seq;
    }
    TRY(day_reach(book, venue->now_us, book->now_us, true));
    if (book->day.count == 0 && book->day.last < venue->seq) {
        book->day.first = venue->seq + 1;
    }
    book->day.last = u64_max(book->day.last, venue->seq);
    return FAULT_NONE;
}

enum fault restrict_book_state(struct restrict_book *book, const u8 *record, size_t size)
{
    (void)size; /* records are whole: io/image_walk.h */
    u16 kind = bytes_u16(record);
    if (kind == STATE_VENUE) {
        struct state_venue venue;
        memcpy(&venue, record, sizeof(venue));
        return venue_take(book, &venue);
    }
    if (kind == STATE_FACT) {
        struct state_fact fact;
        memcpy(&fact, record, sizeof(fact));
        return fact_put(book, fact.head.id, fact.person, fact.fact, fact.value, fact.from,
                        fact.until);
    }
    if (kind == STATE_LINK) {
        struct state_link link;
        memcpy(&link, record, sizeof(link));
        return link_put(book, link.head.account, link.person);
    }
    if (kind == STATE_PACK) {
        struct state_pack pack;
        memcpy(&pack, record, sizeof(pack));
        return pack_put(book, pack.head.id, pack.content_hash);
    }
    return FAULT_NONE;
}

enum fault restrict_book_resumed(struct restrict_book *book)
{
    if (!book->has_venue) {
        return FAULT(FAULT_MISSING, "restrictions: an image without a venue's state");
    }
    book->is_begun = true;
    return FAULT_NONE;
}

/* ---- decisions ---- */

static enum fault facts_take(struct restrict_book *book)
{
    struct restrict_decision *decision = &book->decision;
    struct sql_call facts = call(book, FACTS_OF);
    bool row = true;
    decision->facts_count = 0;
    sql_put_u64(&facts, decision->person);
    while (true) {
        TRY(sql_next(&book->publog->sql, &facts, &row));
        if (!row) {
            return FAULT_NONE;
        }
        struct restrict_fact fact = {.kind = (u8)sql_get_u64(&facts)};
        fact.country = (u16)sql_get_u64(&facts);
        u64 from = sql_get_u64(&facts);
        u64 until = sql_get_u64(&facts);
        u32 count = decision->facts_count;
        bool is_same = count > 0 && decision->facts[count - 1].kind == fact.kind &&
                       decision->facts[count - 1].country == fact.country;
        if (from > decision->time_us || until <= decision->time_us || is_same) {
            continue;
        }
        if (count == RESTRICT_FACTS_MAX) {
            sql_end(&facts);
            return rot(book, "more facts of a person than there can be");
        }
        decision->facts[count] = fact;
        decision->facts_count += 1;
    }
}

static enum fault accounts_take(struct restrict_book *book)
{
    struct restrict_decision *decision = &book->decision;
    struct sql_call links = call(book, LINKS_OF);
    bool row = true;
    decision->accounts_count = 0;
    sql_put_u64(&links, decision->person);
    while (true) {
        TRY(sql_next(&book->publog->sql, &links, &row));
        if (!row) {
            return FAULT_NONE;
        }
        if (decision->accounts_count == RESTRICT_ACCOUNTS_MAX) {
            sql_end(&links);
            return rot(book, "more accounts of a person than there can be");
        }
        decision->accounts[decision->accounts_count] = (u32)sql_get_u64(&links);
        decision->accounts_count += 1;
    }
}

static void leaf_make(struct restrict_book *book, const struct restrict_place *place,
                      struct tlog_hash *hash_out)
{
    u16 countries[RESTRICT_COUNTRIES_MAX];
    u32 count = restrict_countries(&book->decision, countries);
    const struct span texts[] = {span_of_text(book->code), span_of_text(book->text),
                                 span_of_text(book->facts)};
    restrict_leaf_make(&book->maker, place, texts, countries, count, &book->leaf);
    restrict_leaf_hash(book->maker.sha256, &book->leaf, hash_out);
}

static enum fault leaf_put(struct restrict_book *book, struct span event)
{
    struct restrict_decision *decision = &book->decision;
    struct restrict_place place = {.day = book->day.day, .number = book->day.count};
    struct tlog_hash hash;
    book->item = decision->seq == book->item_seq ? book->item : 0;
    book->item_seq = decision->seq;
    decision->item = (u32)book->item;
    book->item += 1;
    TRY(facts_take(book));
    if (!restrict_code_print(decision, book->code) ||
        !restrict_decision_print(decision, book->text) ||
        !restrict_facts_print(decision, book->facts)) {
        return rot(book, "a decision that cannot be");
    }
    leaf_make(book, &place, &hash);
    struct sql_call put = call(book, LEAF_PUT);
    sql_put_u64(&put, place.day);
    sql_put_u64(&put, place.number);
    sql_put_u64(&put, decision->seq);
    sql_put_u64(&put, decision->item);
    sql_put_u64(&put, decision->person);
    /* No account has this number. */
    sql_put_u64(&put, decision->kind == RESTRICT_RULE ? UINT32_MAX : decision->account);
    sql_put_bytes(&put, event);
    sql_put_bytes(&put, span_of_text(book->text));
    sql_put_bytes(&put, span_of_text(book->facts));
    sql_put_bytes(&put, span_of(hash.bytes, sizeof(hash.bytes)));
    TRY(sql_do(&book->publog->sql, &put));
    book->day.count += 1;
    return FAULT_NONE;
}

static enum fault person_of(struct restrict_book *book, u32 account, u32 *person_out)
{
    struct sql_call get = call(book, LINK_OF);
    bool row = false;
    *person_out = 0;
    sql_put_u64(&get, account);
    TRY(sql_next(&book->publog->sql, &get, &row));
    if (row) {
        *person_out = (u32)sql_get_u64(&get);
        sql_end(&get);
    }
    return FAULT_NONE;
}

static size_t command_bytes(u32 kind)
{
    switch (kind) {
    case COMMAND_RESTRICT:
        return sizeof(struct command_restrict);
    case COMMAND_LINK:
    case COMMAND_UNLINK:
        return sizeof(struct command_link);
    case COMMAND_FACT_SET:
        return sizeof(struct command_fact_set);
    case COMMAND_ROW_END:
        return sizeof(struct command_row_end);
    default: /* not an enum: a number of a record */
        return 0;
    }
}

static size_t event_bytes(u32 kind)
{
    switch (kind) {
    case EVENT_APPLIED:
        return sizeof(struct event_applied);
    case EVENT_RESTRICTED:
        return sizeof(struct event_restricted);
    case EVENT_DECISION:
        return sizeof(struct event_decision);
    case EVENT_PACK_STATE:
        return sizeof(struct event_pack_state);
    default: /* not an enum: a number of a record */
        return sizeof(struct event_head);
    }
}

static enum fault hand_take(struct restrict_book *book, u64 seq, const u8 *bytes)
{
    struct restrict_decision *decision = &book->decision;
    struct command_restrict command;
    memcpy(&command, bytes, sizeof(command));
    decision->kind = RESTRICT_HAND;
    decision->seq = seq;
    decision->account = command.head.account;
    decision->after = command.restrictions;
    TRY(person_of(book, decision->account, &decision->person));
    return leaf_put(book, span_of(NULL, 0));
}

static enum fault applied_take(struct restrict_book *book, u64 seq, const u8 *command, size_t size)
{
    u32 kind = size >= sizeof(struct command_head) ? bytes_u16(command) : 0;
    if (size < command_bytes(kind)) {
        return rot(book, "a command that is cut short");
    }
    switch (kind) {
    case COMMAND_RESTRICT:
        return hand_take(book, seq, command);
    case COMMAND_LINK: {
        struct command_link link;
        memcpy(&link, command, sizeof(link));
        return link_put(book, link.head.account, link.person);
    }
    case COMMAND_UNLINK:
        return link_drop(book, bytes_u32(command + 4));
    case COMMAND_FACT_SET: {
        struct command_fact_set fact;
        memcpy(&fact, command, sizeof(fact));
        if (fact.replaces != 0) {
            TRY(fact_drop(book, fact.replaces));
        }
        return fact_put(book, seq, fact.person, fact.fact, fact.value, fact.from, fact.until);
    }
    case COMMAND_ROW_END: {
        struct command_row_end row;
        memcpy(&row, command, sizeof(row));
        return fact_drop(book, row.row);
    }
    default: /* not an enum: a number of a record */
        return FAULT_NONE;
    }
}

static enum fault rule_take(struct restrict_book *book, const u8 *record)
{
    struct restrict_decision *decision = &book->decision;
    struct event_decision event;
    bool row = false;
    memcpy(&event, record, sizeof(event));
    *decision = (struct restrict_decision){.kind = RESTRICT_RULE,
                                           .time_us = decision->time_us,
                                           .seq = event.head.seq,
                                           .cause_seq = event.cause_seq,
                                           .after = event.vector,
                                           .holdings = event.holdings,
                                           .deadline = event.deadline,
                                           .person = event.person,
                                           .rule = event.rule,
                                           .truth = event.truth,
                                           .truth_before = event.truth_before,
                                           .reasons = event.reasons,
                                           .missing = event.missing,
                                           .flags = event.flags};
    struct sql_call get = call(book, PACK_GET);
    sql_put_u64(&get, event.pack);
    TRY(sql_next(&book->publog->sql, &get, &row));
    if (!row) {
        return rot(book, "a decision by a pack that nobody activated");
    }
    sql_get_bytes(&get, decision->hash, sizeof(decision->hash));
    sql_end(&get);
    TRY(accounts_take(book));
    return leaf_put(book, span_of(record, sizeof(event)));
}

static enum fault account_take(struct restrict_book *book, const u8 *record)
{
    struct restrict_decision *decision = &book->decision;
    struct event_restricted event;
    memcpy(&event, record, sizeof(event));
    decision->kind = RESTRICT_ACCOUNT;
    decision->seq = event.head.seq;
    decision->cause_seq = event.cause_seq;
    decision->before = event.before;
    decision->after = event.after;
    decision->person = event.person;
    decision->account = event.head.account;
    return leaf_put(book, span_of(NULL, 0));
}

static enum fault event_take(struct restrict_book *book, const u8 *record, size_t size)
{
    u64 seq = bytes_u64(record + 8);
    switch (bytes_u16(record)) {
    case EVENT_APPLIED:
        return applied_take(book, seq, record + sizeof(struct event_applied),
                            size - sizeof(struct event_applied));
    case EVENT_RESTRICTED:
        return account_take(book, record);
    case EVENT_DECISION:
        return rule_take(book, record);
    case EVENT_PACK_STATE: {
        struct event_pack_state pack;
        memcpy(&pack, record, sizeof(pack));
        return pack.state == PACK_STATE_ACTIVE ? pack_put(book, pack.pack, pack.content_hash)
                                               : FAULT_NONE;
    }
    default: /* not an enum: a number of a record */
        return FAULT_NONE;
    }
}

enum fault restrict_book_chunk(struct restrict_book *book, const struct eventlog_chunk *chunk,
                               u64 now_us)
{
    if (!book->is_begun || chunk->position < book->position) {
        return FAULT_NONE;
    }
    TRY(day_reach(book, chunk->time_us, now_us, false));
    for (size_t at = 0; at < chunk->events.size;) {
        const u8 *record = chunk->events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size > chunk->events.size - at || size < event_bytes(bytes_u16(record))) {
            return rot(book, "an event that cannot be");
        }
        book->decision.time_us = chunk->time_us;
        TRY(event_take(book, record, size));
        at += size;
    }
    book->day.last = u64_max(book->day.last, chunk->seq);
    return FAULT_NONE;
}
