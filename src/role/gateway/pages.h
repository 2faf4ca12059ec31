/* Pages: a table of constants, and what is said of one of them in HTTP. Nothing is read from a
 * disk; a path is found byte by byte or not at all.
 *
 * The table is made at build time (tools/pack_pages.py) and handed in; this module does not know
 * what is on the pages. session_page.c sends them. docs/pages.md has the headers and why. */
#ifndef ROLE_GATEWAY_PAGES_H
#define ROLE_GATEWAY_PAGES_H

#include "base/base.h"
#include "base/span.h"
#include "wire/http.h"

#define PAGES_MAX            64U
#define PAGE_HEAD_BYTES      2048U /* no head is longer */
#define PAGE_ETAG_BYTES      32U   /* an ETag's text without quotes is at most as long */
#define PAGE_BODY_BYTES_MAX  (4U << 20)
#define PAGE_TYPE_BYTES_MAX  64U
#define PAGE_PATH_BYTES_MAX  128U
#define PAGE_ALLOWED_METHODS "GET, HEAD"

struct page {
    const char *path; /* "/", "/assets/page-1a2b3c4d.js" */
    const char *type; /* of the content */
    const char *etag; /* without quotes; as gzip it has "-gz" behind it */
    const void *plain;
    const void *gzip; /* the same content */
    u32 plain_bytes;
    u32 gzip_bytes;
    bool is_lasting; /* its name changes with its content: kept for ever */
};

struct page_table {
    const struct page *pages;
    u32 count;
};

/* FAULT-free check of a table, for its tests and the gateway's start: sizes, paths, no path twice.
 */
MUST_USE bool page_table_is_sound(const struct page_table *table);

/* The index of the page with this path; -1: none. */
i32 page_find(const struct page_table *table, struct span path);

/* Whether gzip may be sent: RFC 9110 section 12.5.3. */
bool page_takes_gzip(const struct http_request *request);

/* Whether the client has this content already, in either coding: RFC 9110 section 13.1.2. */
bool page_is_known(const struct http_request *request, const struct page *page);

/* What is said of a page. */
struct page_answer {
    u32 status; /* 200 or 304 */
    bool is_gzip;
    size_t head_bytes;
};

/* Writes the head into PAGE_HEAD_BYTES. With 304 there is no body, and with HEAD it is not sent. */
struct page_answer page_answer(const struct page *page, const struct http_request *request,
                               const char *date, bool keep_alive, u8 head_out[PAGE_HEAD_BYTES]);

/* The body that goes with it. */
struct span page_body(const struct page *page, bool is_gzip);

#endif /* ROLE_GATEWAY_PAGES_H */
