/* The questions at a story's end: cambist why, of the journal that the story has left. */
#ifndef APP_STORY_ASK_H
#define APP_STORY_ASK_H

#include "app/story.h"
#include "app/why.h"

/* Asks each and prints the answer in short: what the rules say, which of them restrict, and on
 * which facts and holdings that rests. */
MUST_USE enum fault story_ask(const struct story *story, const char *folder);

/* One answer in short, for whom the account is called. */
void story_ask_print(const struct why_answer *answer, const char *name);

#endif /* APP_STORY_ASK_H */
