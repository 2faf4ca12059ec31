/* What a rule pack says to people: titles, explanations, citations and duties, out of its canonical
 * form (docs/rules.md), which lies in a folder as HASH.json. Whoever shows a reason, writes a
 * notice or counts days looks here; what the rule means to the order path is the compiled form's
 * business.
 *
 * The reader takes what it needs and passes over the rest. It believes nothing: bounds everywhere,
 * and a text that is no such pack is refused with a reason. */
#ifndef WIRE_PACK_TEXT_H
#define WIRE_PACK_TEXT_H

#include "base/base.h"

#define PACK_TEXT_RULES_MAX  16U
#define PACK_TEXT_CITES_MAX  8U  /* of a rule; more are passed over */
#define PACK_TEXT_DUTIES_MAX 64U /* of a pack */
#define PACK_TEXT_BYTES_MAX  98304U
#define PACK_TEXT_JSON_MAX   524288U /* what a canonical form may measure */

enum language { LANGUAGE_EN, LANGUAGE_FR };
#define LANGUAGES_COUNT 2U

enum pack_scope { PACK_SCOPE_PERSON = 1, PACK_SCOPE_VENUE = 2, PACK_SCOPE_ASSET = 3 };

enum pack_duty_kind {
    PACK_DUTY_EVIDENCE = 1,
    PACK_DUTY_REPORT_AFTER = 2,
    PACK_DUTY_REPORT_YEARLY = 3,
    PACK_DUTY_WIND_DOWN = 4,
    PACK_DUTY_CLOSE = 5,
};

struct pack_cite {
    struct span source; /* id of the act */
    struct span article;
    struct span paragraph; /* size 0: none */
};

struct pack_duty {
    enum pack_duty_kind kind;
    u32 rule;
    bool is_interim; /* while the rule is unknown; else when it is true */
    u16 days;        /* of a report: business days; 0: no day is set */
    u8 due_month;    /* REPORT_YEARLY: due then, ... */
    u8 due_day;
    u8 as_of_month; /* ... as of then */
    u8 as_of_day;
    struct span what; /* kind of evidence, authority, product, or what is returned */
};

struct pack_rule_text {
    struct span id;
    struct span explain[LANGUAGES_COUNT];
    enum pack_scope scope;
    bool is_neutral;      /* audience: reads as any other hold */
    struct span evidence; /* kind of fact that settles it */
    u16 evidence_days;
    bool has_threshold;
    struct span amount; /* of the threshold, in EUR, as written */
    u32 cites_count;
    struct pack_cite cites[PACK_TEXT_CITES_MAX];
};

/* Spans point into `text`: it is read where it lies, and never copied. */
struct pack_text {
    struct span id;
    struct span title[LANGUAGES_COUNT];
    struct span jurisdiction;
    struct span origin;
    struct span published;       /* days and times as written; size 0: not said ... */
    struct span effective_from;  /* ... */
    struct span effective_until; /* ... or open */
    bool is_uncertain;           /* rests partly on memory or press */
    u32 version;
    u32 rules_count;
    u32 duties_count;
    struct pack_rule_text rules[PACK_TEXT_RULES_MAX];
    struct pack_duty duties[PACK_TEXT_DUTIES_MAX];
    u32 used;
    char text[PACK_TEXT_BYTES_MAX];
};

/* NULL: *pack_out is the pack. Else the reason, and *pack_out is undefined. */
MUST_USE const char *pack_text_read(struct span canonical, struct pack_text *pack_out);

/* The title of an act of rules/sources.yaml; its id itself where it is not there. */
struct span pack_act_title(struct span source, enum language language);

#endif /* WIRE_PACK_TEXT_H */
