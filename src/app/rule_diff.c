#include "app/rule_diff.h"

#include "base/check.h"
#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 4096U

/* A place in both trees. */
struct walk {
    struct rule_diff *diff;
    const struct yaml_tree *before;
    const struct yaml_tree *after;
    const char *rule;
    const char *cite;
    char path[YAML_TREE_PATH_BYTES];
};

/* A text that ends where its room ends. */
struct line {
    char *text;
    size_t size;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line->text + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    line->used = (size_t)u64_min(line->used + (length > 0 ? (u64)length : 0), line->size - 1);
}

/* A value as one would write it on a line. */
static void render(const struct yaml_tree *tree, u32 node, struct line *line)
{
    const struct yaml_tree_node *at = &tree->nodes[node];
    if (at->kind == YAML_TREE_SCALAR) {
        add(line, "%s", yaml_tree_text(tree, node));
        return;
    }
    add(line, at->kind == YAML_TREE_MAP ? "{" : "[");
    for (u32 child = at->first; child != 0; child = tree->nodes[child].next) {
        add(line, "%s", child == at->first ? "" : ", ");
        if (at->kind == YAML_TREE_MAP) {
            add(line, "%s: ", yaml_tree_key(tree, child));
        }
        render(tree, child, line);
    }
    add(line, at->kind == YAML_TREE_MAP ? "}" : "]");
}

static const char *value_text(const struct yaml_tree *tree, u32 node, char target[TEXT_BYTES])
{
    struct line line = {.text = target, .size = TEXT_BYTES};
    target[0] = 0;
    render(tree, node, &line);
    return target;
}

static const char *scalar(const struct yaml_tree *tree, u32 map, const char *key)
{
    u32 child = yaml_tree_find(tree, map, key);
    return child == 0 || tree->nodes[child].kind != YAML_TREE_SCALAR ? NULL
                                                                     : yaml_tree_text(tree, child);
}

const char *rule_cite_text(const struct yaml_tree *tree, u32 rule, char target[RULE_CITE_BYTES])
{
    struct line line = {.text = target, .size = RULE_CITE_BYTES};
    u32 list = yaml_tree_find(tree, rule, "cite");
    target[0] = 0;
    for (u32 at = list == 0 ? 0 : tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        const char *source = scalar(tree, at, "source");
        const char *article = scalar(tree, at, "article");
        const char *paragraph = scalar(tree, at, "paragraph");
        const char *from = scalar(tree, at, "from");
        const char *until = scalar(tree, at, "until");
        add(&line, "%s%s", line.used == 0 ? "" : "; ", source == NULL ? "?" : source);
        add(&line, article == NULL ? "%s" : " %s", article == NULL ? "" : article);
        add(&line, paragraph == NULL ? "%s" : "(%s)", paragraph == NULL ? "" : paragraph);
        add(&line, from == NULL ? "%s" : " from %s", from == NULL ? "" : from);
        add(&line, until == NULL ? "%s" : " until %s", until == NULL ? "" : until);
    }
    return target;
}

/* ---- telling ---- */

static void tell(const struct walk *walk, u32 before, u32 after)
{
    static char texts[2][TEXT_BYTES];
    struct rule_change change = {
        .rule = walk->rule,
        .cite = walk->cite,
        .path = walk->path[0] == 0 ? NULL : walk->path,
        .before = before == 0 ? NULL : value_text(walk->before, before, texts[0]),
        .after = after == 0 ? NULL : value_text(walk->after, after, texts[1]),
    };
    walk->diff->changes += 1;
    walk->diff->change(walk->diff, &change);
}

/* ---- comparing ---- */

static bool is_equal(const struct walk *walk, u32 before, u32 after)
{
    static char texts[2][TEXT_BYTES * 4];
    struct line lines[2] = {{.text = texts[0], .size = sizeof(texts[0])},
                            {.text = texts[1], .size = sizeof(texts[1])}};
    render(walk->before, before, &lines[0]);
    render(walk->after, after, &lines[1]);
    return lines[0].used == lines[1].used && memcmp(texts[0], texts[1], lines[0].used) == 0;
}

/* How many of the children of `list` are equal to the other tree's node; `is_before`: list is of
 * the older tree. */
static u32 count_equal(const struct walk *walk, u32 list, u32 other, bool is_before)
{
    const struct yaml_tree *tree = is_before ? walk->before : walk->after;
    u32 count = 0;
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        count += is_equal(walk, is_before ? at : other, is_before ? other : at) ? 1U : 0U;
    }
    return count;
}

/* A list as what is in it. */
static void compare_lists(const struct walk *walk, u32 before, u32 after)
{
    u32 told = walk->diff->changes;
    for (u32 at = walk->before->nodes[before].first; at != 0; at = walk->before->nodes[at].next) {
        if (count_equal(walk, after, at, false) == 0) {
            tell(walk, at, 0);
        }
    }
    for (u32 at = walk->after->nodes[after].first; at != 0; at = walk->after->nodes[at].next) {
        if (count_equal(walk, before, at, true) == 0) {
            tell(walk, 0, at);
        }
    }
    if (walk->diff->changes == told && !is_equal(walk, before, after)) {
        tell(walk, before, after); /* order, or how often */
    }
}

static void compare(const struct walk *walk, u32 before, u32 after);

static void step_into(const struct walk *walk, const char *key, u32 before, u32 after)
{
    struct walk inner = *walk;
    struct line line = {.text = inner.path, .size = sizeof(inner.path), .used = strlen(walk->path)};
    add(&line, "%s%s", line.used == 0 ? "" : ".", key);
    if (before == 0 || after == 0) {
        tell(&inner, before, after);
    } else {
        compare(&inner, before, after);
    }
}

static void compare_maps(const struct walk *walk, u32 before, u32 after)
{
    const struct yaml_tree *tree = walk->before;
    for (u32 at = tree->nodes[before].first; at != 0; at = tree->nodes[at].next) {
        const char *key = yaml_tree_key(tree, at);
        step_into(walk, key, at, yaml_tree_find(walk->after, after, key));
    }
    tree = walk->after;
    for (u32 at = tree->nodes[after].first; at != 0; at = tree->nodes[at].next) {
        const char *key = yaml_tree_key(tree, at);
        if (yaml_tree_find(walk->before, before, key) == 0) {
            step_into(walk, key, 0, at);
        }
    }
}

static void compare(const struct walk *walk, u32 before, u32 after)
{
    enum yaml_tree_kind kind = walk->before->nodes[before].kind;
    if (is_equal(walk, before, after)) {
        return;
    }
    if (kind != walk->after->nodes[after].kind || kind == YAML_TREE_SCALAR) {
        tell(walk, before, after);
    } else if (kind == YAML_TREE_MAP) {
        compare_maps(walk, before, after);
    } else {
        compare_lists(walk, before, after);
    }
}

/* ---- rules ---- */

static u32 rule_find(const struct yaml_tree *tree, const char *id)
{
    u32 at = tree->nodes[yaml_tree_find(tree, 0, "rules")].first;
    for (; at != 0; at = tree->nodes[at].next) {
        const char *found = scalar(tree, at, "id");
        if (found != NULL && strcmp(found, id) == 0) {
            return at;
        }
    }
    return 0;
}

/* The rules of one tree: those that both have are compared when it is the older one's turn. */
static void compare_rules(struct walk *walk, bool is_before)
{
    const struct yaml_tree *tree = is_before ? walk->before : walk->after;
    u32 at = tree->nodes[yaml_tree_find(tree, 0, "rules")].first;
    for (; at != 0; at = tree->nodes[at].next) {
        char cite[RULE_CITE_BYTES];
        walk->rule = scalar(tree, at, "id");
        CHECK(walk->rule != NULL);
        u32 other = rule_find(is_before ? walk->after : walk->before, walk->rule);
        u32 newest = is_before ? other : at;
        walk->cite = newest == 0 ? rule_cite_text(walk->before, at, cite)
                                 : rule_cite_text(walk->after, newest, cite);
        if (other == 0) {
            tell(walk, is_before ? at : 0, is_before ? 0 : at);
        } else if (is_before) {
            compare(walk, at, other);
        }
    }
    walk->rule = NULL;
    walk->cite = NULL;
}

void rule_diff_run(struct rule_diff *diff, const struct yaml_tree *before,
                   const struct yaml_tree *after)
{
    static const char *const keys[] = {"pack", "groups", "predicates"};
    struct walk walk = {.diff = diff, .before = before, .after = after};
    diff->changes = 0;
    for (u32 i = 0; i < ARRAY_COUNT(keys); i += 1) {
        u32 old = yaml_tree_find(before, 0, keys[i]);
        u32 new = yaml_tree_find(after, 0, keys[i]);
        if (old != 0 || new != 0) {
            step_into(&walk, keys[i], old, new);
        }
    }
    compare_rules(&walk, true);
    compare_rules(&walk, false);
}
