/*
 * theme: see theme.h.
 */
#include "tui/theme.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"

static const char *const element_names[] = {
#define X(id, name) name,
	THEME_ELEMENTS(X)
#undef X
};

static const char *const colour_names[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow",
	"bright-blue", "bright-magenta", "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	unsigned attr;
} attr_names[] = {
	{ "bold", ATTR_BOLD }, { "dim", ATTR_DIM }, { "italic", ATTR_ITALIC },
	{ "underline", ATTR_UNDERLINE }, { "blink", ATTR_BLINK }, { "reverse", ATTR_REVERSE },
};

void theme_init(struct theme *t, enum screen_depth depth)
{
	*t = (struct theme){ .depth = depth };
}

const char *theme_element_name(enum theme_element e)
{
	return element_names[e];
}

struct style theme_style(const struct theme *t, enum theme_element e)
{
	return t->style[e][t->depth];
}

struct style theme_on(const struct theme *t, enum theme_element e, struct style under)
{
	struct style style = theme_style(t, e);

	style.bg = under.bg;
	style.attr |= under.attr;
	if (under.attr & ATTR_REVERSE)
		style.fg = under.fg;
	return style;
}

static bool parse_colour(const char *word, colour *out, struct error **err)
{
	uint64_t n;
	char *end;

	if (!strcmp(word, "-") || !*word) {
		*out = COLOUR_DEFAULT;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(colour_names); i++)
		if (!strcmp(word, colour_names[i])) {
			*out = COLOUR_INDEX(i);
			return true;
		}
	if (units_u64(word, &n) && n < 256) {
		*out = COLOUR_INDEX(n);
		return true;
	}
	n = *word == '#' && strlen(word) == 7 ? strtoul(word + 1, &end, 16) : 0;
	if (*word == '#' && strlen(word) == 7 && !*end) {
		*out = COLOUR_RGB(n >> 16 & 0xff, n >> 8 & 0xff, n & 0xff);
		return true;
	}
	error_set(err, "unknown colour '%s'", word);
	error_hint(err, "write black ... white, bright-black ..., 0 to 255, #rrggbb or -");
	return false;
}

static bool parse_attributes(char *words, unsigned *out, struct error **err)
{
	char *rest, *word;

	*out = 0;
	for (word = strtok_r(words, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		size_t i;

		if (!strcmp(word, "-"))
			continue;
		for (i = 0; i < ARRAY_SIZE(attr_names); i++)
			if (!strcmp(word, attr_names[i].name))
				break;
		if (i == ARRAY_SIZE(attr_names)) {
			error_set(err, "unknown attribute '%s'", word);
			error_hint(err, "write bold, dim, italic, underline, blink or reverse");
			return false;
		}
		*out |= attr_names[i].attr;
	}
	return true;
}

static bool parse_value(char *value, struct style *out, struct error **err)
{
	char *fg = value, *bg, *attr;

	*out = (struct style){ 0 };
	bg = strchr(value, '/');
	if (!bg)
		return parse_attributes(value, &out->attr, err);
	*bg++ = '\0';
	attr = strchr(bg, '/');
	if (attr)
		*attr++ = '\0';
	return parse_colour(fg, &out->fg, err) && parse_colour(bg, &out->bg, err) &&
	       (!attr || parse_attributes(attr, &out->attr, err));
}

static bool parse_line(struct theme *t, char *line, struct error **err)
{
	char *rest, *word = strtok_r(line, " \t", &rest);
	struct style style = { 0 };
	size_t e;

	if (!word || *word == '#')
		return true;
	for (e = 0; e < THEME_COUNT; e++)
		if (!strcmp(word, element_names[e]))
			break;
	if (e == THEME_COUNT) {
		error_set(err, "unknown element '%s'", word);
		return false;
	}
	for (int depth = 0; depth < DEPTH_COUNT; depth++) {
		word = strtok_r(NULL, " \t", &rest);
		if (word && !parse_value(word, &style, err))
			return false;
		t->style[e][depth] = style;
	}
	if (strtok_r(NULL, " \t", &rest)) {
		error_set(err, "more than four values");
		return false;
	}
	return true;
}

bool theme_parse(struct theme *t, const char *text, const char *name, struct error **err)
{
	AUTO_FREE char *copy = mem_strdup(text);
	struct theme fresh = *t;
	int number = 0;

	for (char *line = copy, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (!parse_line(&fresh, line, err)) {
			error_prepend(err, "%s:%d", name, number);
			return false;
		}
	}
	*t = fresh;
	return true;
}
