#include "app/demo_lines.h"

#include "app/demo_officers.h"

#include <stdio.h>

/* Each line can be pasted as it stands behind the ones before it, in bash and zsh. */
void demo_lines_officers(const struct test_addresses *addresses)
{
    const char *host = addresses->host;
    (void)printf(
        "\nA new customer: sign up at http://%s/account/sign-up (the code is in the mailbox), fill\n"
        "in the form at http://%s/account/identity, then be the officers, in the same shell:\n\n"
        "o=\"$d/demo/officers\" w=$(mktemp -d)\n"
        "\"$c\" vault reviews --data \"$d\"   # who waits for " DEMO_OFFICERS_REVIEWER "\n"
        "p=$(\"$c\" vault reviews --data \"$d\" | head -n 1 | cut -d ' ' -f 1)   # the first of "
        "them, by number\n"
        "\"$c\" vault review $p 1 \"$w/review\" --data \"$d\"   # what only " DEMO_OFFICERS_REVIEWER
        " opens; logged\n"
        "review() { \"$c\" officer review \"$w/review\" --group-a \"$o/a.transcript\" --group-b "
        "\"$o/b.transcript\" --key \"$o/" DEMO_OFFICERS_REVIEWER
        ".key\" --passphrase \"$o/" DEMO_OFFICERS_REVIEWER ".words\" \"$@\"; }\n"
        "review   # what was typed\n",
        host, host);
    (void)printf(
        "propose() { \"$c\" admin --data \"$d\" --propose \"$@\"; }\n"
        "v=$(propose person add 999 | sed -n 's/^venue: //p') t=$(curl -s "
        "http://%s/api/v3/time | tr -dc 0-9)\n"
        "mkdir \"$w/facts\"; review --verdict accept --facts \"$w/facts\" --venue $v --verified "
        "document,proof_of_address --at $(date -u -d @${t%%???} +%%FT%%TZ) > \"$w/verdict\"\n"
        "\"$c\" vault decide \"$w/verdict\" --data \"$d\"   # the reviewer's copies are gone\n"
        "sign() { for k in " DEMO_OFFICERS_LEGAL " " DEMO_OFFICERS_OTHER
        "; do \"$c\" approve sign \"$1\" --officer $k --key \"$o/$k.pem\" > \"$1.$k\"; done; "
        "\"$c\" admin --data \"$d\" order submit \"$1\".*; }\n"
        "for f in \"$w\"/facts/*.order; do sign \"$f\"; done   # two officers tell the rules: "
        "countries, nothing else\n"
        "a=$(\"$c\" why --person $p --data \"$d\" | sed -n 's/^  account \\([0-9]*\\):.*/\\1/p')\n"
        "propose account restrict $a none > \"$w/free\"; sign \"$w/free\"   # the account opens\n",
        host);
    (void)printf(
        "\nThe console: http://localhost:%u/ ; sign in as " DEMO_OFFICERS_LEGAL
        ", " DEMO_OFFICERS_OTHER
        " or another of $o/*.pem. It offers a text to\ndownload; this prints the signature to paste:\n\n"
        "\"$c\" officer sign-in ~/Downloads/sign-in-" DEMO_OFFICERS_LEGAL
        ".txt --name " DEMO_OFFICERS_LEGAL " --sign-key \"$d/demo/officers/" DEMO_OFFICERS_LEGAL
        ".pem\" --origin http://localhost:%u\n",
        addresses->office_port, addresses->office_port);
}
