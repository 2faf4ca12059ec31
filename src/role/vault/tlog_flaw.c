#include "role/vault/tlog_flaw.h"

#include "base/check.h"

static const struct {
    const char *name;
    const char *meaning;
} flaws[] = {
#define FLAW_ROW(constant, name, text) [TLOG_FLAW_##constant] = {name, text},
    TLOG_FLAW_TABLE(FLAW_ROW)
#undef FLAW_ROW
};

const char *tlog_flaw_name(enum tlog_flaw flaw)
{
    CHECK((size_t)flaw < ARRAY_COUNT(flaws));
    return flaws[flaw].name;
}

const char *tlog_flaw_meaning(enum tlog_flaw flaw)
{
    CHECK((size_t)flaw < ARRAY_COUNT(flaws));
    return flaws[flaw].meaning;
}
