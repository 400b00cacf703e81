/*
 * schema_complete: what could stand where somebody is typing.
 *
 * The text up to there is scanned for tags, forgivingly: an editor's text is
 * broken most of the time.  What is open is a stack of frames; conditions of
 * the description are looked up in the attributes that the frames' tags have.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/base/mem.h"
#include "backend/xml/node.h"
#include "backend/xml/schema_private.h"

/* An element that is open: where its name and its attributes are. */
struct frame {
	const char *name;
	size_t name_len;
	const char *attributes;		/* behind the name */
	const char *end;		/* of the attributes, or the cursor */
	const struct schema_item *item;	/* NULL: not described */
};

/* What the cursor is in. */
enum where { IN_TEXT, IN_NAME, IN_CLOSING, IN_TAG, IN_ATTRIBUTE, IN_VALUE, IN_NOTHING };

struct scan {
	const char *text, *cursor;
	struct frame frames[DOCUMENT_MAX_DEPTH];
	unsigned depth;
	enum where where;
	const char *word;		/* where what is being written begins */
	const char *attribute;		/* IN_VALUE: whose */
	size_t attribute_len;
};

static bool is_name_char(char c)
{
	return c && !strchr(" \t\r\n<>/=\"'", c);
}

static const char *skip_name(const char *at, const char *end)
{
	while (at < end && is_name_char(*at))
		at++;
	return at;
}

/* The value of an attribute in a frame's tag; its length in *len, or NULL. */
static const char *frame_attribute(const struct frame *f, const char *name, size_t *len)
{
	size_t n = strlen(name);

	for (const char *at = f->attributes; at < f->end; ) {
		const char *from = at, *value, *close;

		at = skip_name(at, f->end);
		if (at == from) {
			at++;
			continue;
		}
		value = at + strspn(at, " \t\r\n=");
		if (value >= f->end || (*value != '"' && *value != '\''))
			continue;
		close = memchr(value + 1, *value, (size_t)(f->end - value - 1));
		if ((size_t)(at - from) == n && !strncmp(from, name, n)) {
			*len = (size_t)((close ? close : f->end) - value - 1);
			return value + 1;
		}
		at = close ? close + 1 : f->end;
	}
	return NULL;
}

/* Conditions are on attributes only; on anything else they hold here. */
static bool condition_holds(const struct scan *s, const struct schema_use *use)
{
	const char *path = use->when, *value;
	unsigned depth = s->depth;
	size_t len = 1;

	if (!path)
		return true;
	for (; !strncmp(path, "../", 3) && depth; path += 3)
		depth--;
	if (*path != '@' || !depth)
		return true;
	value = frame_attribute(&s->frames[depth - 1], path + 1, &len);
	for (char **want = use->when_values; *want; want++)
		if (strlen(*want) == len && !strncmp(*want, value ? value : "-", len))
			return true;
	return false;
}

static const struct schema_item *find(const struct scan *s, const struct schema_item *in,
				      enum schema_kind kind, const char *name, size_t len)
{
	const struct schema_item *found = NULL;

	for (size_t i = 0; in && i < in->n_content && !found; i++) {
		const struct schema_use *use = &in->content[i];

		if (!condition_holds(s, use))
			continue;
		if (use->group)
			found = find(s, use->group, kind, name, len);
		else if (use->item->kind == kind && strlen(use->item->name) == len &&
			 !strncmp(use->item->name, name, len))
			found = use->item;
	}
	return found;
}

static const struct schema_item *top(const struct scan *s)
{
	return s->depth ? s->frames[s->depth - 1].item : NULL;
}

static void open_frame(struct scan *s, const char *name, size_t len)
{
	const struct schema_item *root = schema_root(), *item;

	if (s->depth)
		item = find(s, top(s), SCHEMA_ELEMENT, name, len);
	else
		item = strlen(root->name) == len && !strncmp(root->name, name, len) ? root : NULL;
	if (s->depth < DOCUMENT_MAX_DEPTH)
		s->frames[s->depth++] = (struct frame){ name, len, name + len, name + len, item };
}

/* Close the innermost element of that name; a stray end tag closes nothing. */
static void close_frame(struct scan *s, const char *name, size_t len)
{
	for (unsigned i = s->depth; i-- > 0; )
		if (s->frames[i].name_len == len && !strncmp(s->frames[i].name, name, len)) {
			s->depth = i;
			return;
		}
}

/* Behind the name of a start tag: up to its end, or the cursor. */
static const char *scan_attributes(struct scan *s, const char *at)
{
	struct frame *f = &s->frames[s->depth - 1];
	const char *name = NULL;
	size_t name_len = 0;

	for (;;) {
		f->end = at;
		s->where = at < s->cursor ? IN_TEXT : IN_TAG;
		s->word = at;
		if (at >= s->cursor || *at == '<')
			return at;
		if (*at == '>')
			return at + 1;
		if (*at == '/') {
			if (at + 1 < s->cursor && at[1] == '>') {
				s->depth--;
				return at + 2;
			}
			at++;
		} else if (*at == '"' || *at == '\'') {
			char quote = *at++;

			s->where = IN_VALUE;
			s->word = at;
			s->attribute = name;
			s->attribute_len = name_len;
			f->end = s->cursor;
			while (at < s->cursor && *at != quote && *at != '<')
				at++;
			if (at >= s->cursor)
				return at;
			at += *at == quote;
		} else if (is_name_char(*at)) {
			name = at;
			at = skip_name(at, s->cursor);
			name_len = (size_t)(at - name);
			if (at >= s->cursor) {
				s->where = IN_ATTRIBUTE;
				s->word = name;
				return at;
			}
		} else {
			at++;
		}
	}
}

/* From a '<' to what follows the tag, comment or section. */
static const char *scan_markup(struct scan *s, const char *at)
{
	static const struct { const char *open, *close; } sections[] = {
		{ "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" },
	};
	bool closing;
	const char *name;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		const char *close;

		if (strncmp(at, sections[i].open, strlen(sections[i].open)))
			continue;
		close = strstr(at, sections[i].close);
		if (close && close + strlen(sections[i].close) <= s->cursor)
			return close + strlen(sections[i].close);
		s->where = IN_NOTHING;
		return s->cursor;
	}
	closing = at + 1 < s->cursor && at[1] == '/';
	name = at + 1 + closing;
	at = skip_name(name, s->cursor);
	if (at >= s->cursor) {
		s->where = closing ? IN_CLOSING : IN_NAME;
		s->word = name;
		return s->cursor;
	}
	if (!closing) {
		open_frame(s, name, (size_t)(at - name));
		return scan_attributes(s, at);
	}
	close_frame(s, name, (size_t)(at - name));
	while (at < s->cursor && *at != '>' && *at != '<')
		at++;
	return at + (at < s->cursor && *at == '>');
}

static void scan(struct scan *s)
{
	const char *at = s->text;

	s->word = at;
	while (at < s->cursor) {
		if (*at == '<') {
			const char *behind = scan_markup(s, at);

			if (s->where != IN_TEXT)
				return;
			at = behind;
			s->word = at;
		} else {
			at++;
		}
	}
	while (s->word < s->cursor && strchr(" \t\r\n", *s->word))
		s->word++;
}

static void offer(struct scan *s, const struct schema_item *item, struct schema_completions *out)
{
	size_t typed = (size_t)(s->cursor - s->word), len;

	if (item->status == SCHEMA_REFUSED || strncmp(item->name, s->word, typed))
		return;
	if (item->kind == SCHEMA_ATTRIBUTE &&
	    frame_attribute(&s->frames[s->depth - 1], item->name, &len))
		return;
	for (size_t i = 0; i < out->n; i++)
		if (!strcmp(out->items[i]->name, item->name))
			return;
	*(const struct schema_item **)MEM_PUSH(out->items, out->n) = item;
}

static void offer_inside(struct scan *s, const struct schema_item *in, enum schema_kind kind,
			 struct schema_completions *out)
{
	for (size_t i = 0; in && i < in->n_content; i++) {
		const struct schema_use *use = &in->content[i];

		if (!condition_holds(s, use))
			continue;
		if (use->group)
			offer_inside(s, use->group, kind, out);
		else if (use->item->kind == kind)
			offer(s, use->item, out);
	}
}

static void offer_words(struct scan *s, const struct schema_item *of,
			struct schema_completions *out)
{
	out->about = of;
	for (size_t i = 0; of && of->type && i < of->type->n_words; i++)
		offer(s, of->type->words[i], out);
}

static char *path_of(const struct scan *s)
{
	struct buf out = BUF_INIT;

	for (unsigned i = 0; i < s->depth; i++)
		buf_printf(&out, "%s%.*s", i ? "/" : "", (int)s->frames[i].name_len,
			   s->frames[i].name);
	return buf_steal(&out);
}

void schema_complete(const char *text, size_t offset, struct schema_completions *out)
{
	struct scan *s = mem_zalloc(sizeof(*s));
	const struct frame *f;

	s->text = text;
	s->cursor = text + strnlen(text, offset);
	scan(s);
	*out = (struct schema_completions){ .from = (size_t)(s->word - text), .about = top(s) };
	out->path = path_of(s);
	f = s->depth ? &s->frames[s->depth - 1] : NULL;
	if (f && (s->where == IN_NAME || s->where == IN_CLOSING || s->where == IN_TEXT))
		out->close = mem_strndup(f->name, f->name_len);
	if (s->where == IN_NAME && !s->depth)
		offer(s, schema_root(), out);
	else if (s->where == IN_NAME)
		offer_inside(s, top(s), SCHEMA_ELEMENT, out);
	else if (s->where == IN_TAG || s->where == IN_ATTRIBUTE)
		offer_inside(s, top(s), SCHEMA_ATTRIBUTE, out);
	else if (s->where == IN_VALUE && s->attribute)
		offer_words(s, find(s, top(s), SCHEMA_ATTRIBUTE, s->attribute, s->attribute_len),
			    out);
	else if (s->where == IN_TEXT)
		offer_words(s, top(s), out);
	free(s);
}

void schema_completions_done(struct schema_completions *c)
{
	free(c->items);
	free(c->close);
	free(c->path);
	memset(c, 0, sizeof(*c));
}

/* Which child comes how far down; -1 for one that is not described. */
static int rank(const struct schema_item *in, const char *name, int *next)
{
	int found = -1;

	for (size_t i = 0; i < in->n_content && found < 0; i++) {
		const struct schema_use *use = &in->content[i];

		if (use->group)
			found = rank(use->group, name, next);
		else if (++*next && !strcmp(use->item->name, name) &&
			 use->item->kind == SCHEMA_ELEMENT)
			found = *next;
	}
	return found;
}

xmlNode *schema_add_child(xmlNode *parent, const char *name)
{
	struct buf path = BUF_INIT;
	const struct schema_item *item;
	xmlNode *before = NULL;
	int place, next = 0;

	for (const xmlNode *n = parent; n && n->type == XML_ELEMENT_NODE; n = n->parent) {
		AUTO_FREE char *rest = buf_steal(&path);

		buf_printf(&path, "%s%s%s", node_name(n), *rest ? "/" : "", rest);
	}
	item = schema_find(buf_text(&path));
	buf_done(&path);
	place = item ? rank(item, name, &next) : -1;
	for (xmlNode *n = node_first_element(parent); place >= 0 && n && !before;
	     n = node_next_element(n)) {
		next = 0;
		if (rank(item, node_name(n), &next) > place)
			before = n;
	}
	return node_add(parent, name, before);
}
