/* Page keys: public keys that a browser's page has made, in force for minutes, in memory alone.
 *
 * A customer who is signed in at the door has a session (docs/sign-in.md), and everything private
 * of the API is signed. So the page makes an Ed25519 key of its own and shows the session; the key
 * then signs as an API key does, reads and trades, and withdraws while the session's proof is
 * fresh. It ends at its time, with its session, and with the process. Nobody can be spoken for
 * longer than that by what was stolen from a page.
 *
 * This stands before the table of stored keys (keys.h): a name is looked for here, then there.
 * Fixed memory; a login has so many and no more, and its oldest gives way. */
#ifndef ROLE_GATEWAY_PAGE_KEYS_H
#define ROLE_GATEWAY_PAGE_KEYS_H

#include "base/arena.h"
#include "io/fault.h"
#include "io/sign.h"
#include "role/gateway/auth.h"

#define PAGE_KEY_US        (10ULL * 60 * 1000000) /* at most so long without being renewed */
#define PAGE_KEYS_OF_LOGIN 16U
#define PAGE_KEYS_SWEEP_US 1000000U

struct page_key;

/* Told of each key that ends, by its number in key_entry: what was opened with it is to end. */
struct page_keys_sink {
    void (*gone)(struct page_keys_sink *sink, u32 number);
};

struct page_keys {
    struct key_view view;    /* first: it is cast back */
    struct key_view *stored; /* asked where a name is none of a page */
    struct page_keys_sink *sink;
    const u64 *now_us;
    struct page_key *keys; /* counted from 1 */
    u32 *names;            /* chains */
    u32 *logins;
    u32 keys_max;
    u32 number_base; /* numbers in key_entry begin behind it */
    u32 used;
    u32 free;
    u32 count;
    u64 seed;
    u64 sweep_us;
};

struct page_keys_options {
    struct key_view *stored;
    struct page_keys_sink *sink;
    const u64 *now_us; /* the wall clock, kept up to date by the caller */
    u32 keys_max;      /* a power of two */
    u32 number_base;   /* of stored keys: numbers up to it are theirs */
    u64 seed;          /* random */
};

/* Of a session, as the door has just said. */
struct page_key_ask {
    u8 public_key[SIGN_PUBLIC_BYTES]; /* Ed25519 */
    u64 login;
    u64 session; /* the handle: stays when its token changes */
    u64 until_us;
    u64 fresh_until_us; /* of the session's proof; 0: it is not fresh */
    u32 account;
};

struct page_key_told {
    u8 api_key[AUTH_KEY_BYTES];
    u64 until_us;
    bool may_withdraw;
};

size_t page_keys_footprint(u32 keys_max);
MUST_USE enum fault page_keys_open(struct page_keys *keys, const struct page_keys_options *options,
                                   struct arena *arena);
/* A closed one, and one that was never opened (zeros), is fine. */
void page_keys_close(struct page_keys *keys);

/* The session's key of these bytes, made or renewed. FAULT_LIMIT: there is no room; FAULT_INPUT: it
 * is no Ed25519 key. */
MUST_USE enum fault page_keys_take(struct page_keys *keys, const struct page_key_ask *ask,
                                   struct page_key_told *told_out);

/* The session has ended; 0: all of the login; login 0: all there are. */
void page_keys_end(struct page_keys *keys, u64 login, u64 session);
/* Lets go of those whose time is over; now and then at work. */
void page_keys_sweep(struct page_keys *keys);

#endif /* ROLE_GATEWAY_PAGE_KEYS_H */
