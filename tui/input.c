/*
 * input: see input.h.
 */
#include "tui/input.h"

#include <string.h>

#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

void input_set(struct input *i, const char *text)
{
	buf_clear(&i->text);
	buf_add_str(&i->text, text);
	i->at = i->text.len;
}

void input_done(struct input *i)
{
	buf_done(&i->text);
	i->at = 0;
}

const char *input_text(const struct input *i)
{
	return buf_text(&i->text);
}

static size_t before(const struct input *i, size_t at)
{
	if (at == 0)
		return 0;
	do {
		at--;
	} while (at > 0 && ((unsigned char)i->text.data[at] & 0xc0) == 0x80);
	return at;
}

static size_t after(const struct input *i, size_t at)
{
	if (at >= i->text.len)
		return i->text.len;
	do {
		at++;
	} while (at < i->text.len && ((unsigned char)i->text.data[at] & 0xc0) == 0x80);
	return at;
}

static size_t word_before(const struct input *i)
{
	size_t at = i->at;

	while (at > 0 && i->text.data[at - 1] == ' ')
		at--;
	while (at > 0 && i->text.data[at - 1] != ' ')
		at--;
	return at;
}

static size_t word_after(const struct input *i)
{
	size_t at = i->at;

	while (at < i->text.len && i->text.data[at] == ' ')
		at++;
	while (at < i->text.len && i->text.data[at] != ' ')
		at++;
	return at;
}

static enum input_result insert(struct input *i, const char *text, size_t len)
{
	AUTO_FREE char *tail = NULL;
	size_t tail_len = i->text.len - i->at;

	if (len == 0 || i->text.len + len > INPUT_MAX)
		return INPUT_MOVED;
	tail = mem_dup(buf_text(&i->text) + i->at, tail_len);
	i->text.len = i->at;
	buf_add(&i->text, text, len);
	buf_add(&i->text, tail, tail_len);
	i->at += len;
	return INPUT_CHANGED;
}

static enum input_result cut(struct input *i, size_t from, size_t to)
{
	if (from == to)
		return INPUT_MOVED;
	memmove(i->text.data + from, i->text.data + to, i->text.len - to + 1);
	i->text.len -= to - from;
	i->at = from;
	return INPUT_CHANGED;
}

static enum input_result go(struct input *i, size_t at)
{
	i->at = at;
	return INPUT_MOVED;
}

/* A pasted text is one line here: what is no character is left out. */
static enum input_result paste(struct input *i, const char *text, size_t len)
{
	AUTO_BUF struct buf clean = BUF_INIT;

	for (size_t n; len > 0; text += n, len -= n) {
		unsigned code;

		n = sanitize_decode(text, len, &code);
		if (n > 0 && sanitize_printable(code))
			buf_add(&clean, text, n);
		else if (n > 0 && (code == '\n' || code == '\r' || code == '\t'))
			buf_add_char(&clean, ' ');
		n = n ? n : 1;
	}
	return insert(i, buf_text(&clean), clean.len);
}

static enum input_result control(struct input *i, uint32_t code)
{
	switch (code) {
	case 'a': return go(i, 0);
	case 'b': return go(i, before(i, i->at));
	case 'c': case 'g': return INPUT_CANCEL;
	case 'd': return cut(i, i->at, after(i, i->at));
	case 'e': return go(i, i->text.len);
	case 'f': return go(i, after(i, i->at));
	case 'h': return cut(i, before(i, i->at), i->at);
	case 'j': return INPUT_DONE;
	case 'k': return cut(i, i->at, i->text.len);
	case 'u': return cut(i, 0, i->at);
	case 'w': return cut(i, word_before(i), i->at);
	case K_LEFT: return go(i, word_before(i));
	case K_RIGHT: return go(i, word_after(i));
	}
	return INPUT_IGNORED;
}

enum input_result input_key(struct input *i, const struct key *k)
{
	char name[KEY_NAME_MAX];

	buf_reserve(&i->text, 1)[0] = '\0';	/* there is always a string */
	if (k->code == K_PASTE)
		return paste(i, k->text, k->len);
	if (k->mods & MOD_CTRL)
		return control(i, k->code);
	if (k->mods & MOD_ALT)
		return k->code == 'b' ? go(i, word_before(i)) :
		       k->code == 'f' ? go(i, word_after(i)) : INPUT_IGNORED;
	switch (k->code) {
	case K_ENTER: return INPUT_DONE;
	case K_ESCAPE: return INPUT_CANCEL;
	case K_BACKSPACE: return cut(i, before(i, i->at), i->at);
	case K_DELETE: return cut(i, i->at, after(i, i->at));
	case K_LEFT: return go(i, before(i, i->at));
	case K_RIGHT: return go(i, after(i, i->at));
	case K_HOME: return go(i, 0);
	case K_END: return go(i, i->text.len);
	case ' ': return insert(i, " ", 1);
	}
	if (k->code >= K_NONE)
		return INPUT_IGNORED;
	keys_name(k->code, 0, name);
	return insert(i, name, strlen(name));
}

static int columns(const char *text, size_t len)
{
	AUTO_FREE char *part = mem_strndup(text, len);

	return cells_text_width(part);
}

int input_paint(const struct input *i, struct cells *c, int y, int x, int width, struct style style)
{
	const char *text = buf_text(&i->text);
	size_t from = 0;
	int cursor;

	while (from < i->at && columns(text + from, i->at - from) >= width)
		from = after(i, from);
	cursor = columns(text + from, i->at - from);
	cells_clear(c, (struct area){ y, x, 1, width }, style);
	cells_text(c, y, x, width, style, text + from);
	return x + cursor;
}
