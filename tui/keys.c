/*
 * keys: see keys.h.  One buffer holds what has not been understood yet; take()
 * cuts keys off its front for as long as it finds whole ones.
 */
#include "tui/keys.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/base/buf.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"
#include "backend/base/utf8.h"

#define ESC 0x1b
#define PASTE_END "\x1b[201~"
#define SEQUENCE_MAX 64			/* longer ones are noise */
#define PARAMS_MAX 4

struct learned {
	char *bytes;
	size_t len;
	uint32_t code;
	unsigned mods;
};

struct keys {
	key_fn *fn;
	void *arg;
	struct buf in;
	struct learned *learned;
	size_t n_learned;
	bool pasting;
};

struct keys *keys_new(key_fn *fn, void *arg)
{
	struct keys *k = mem_zalloc(sizeof(*k));

	k->fn = fn;
	k->arg = arg;
	return k;
}

void keys_free(struct keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n_learned; i++)
		free(k->learned[i].bytes);
	free(k->learned);
	buf_done(&k->in);
	free(k);
}

void keys_learn(struct keys *k, const char *bytes, uint32_t code, unsigned mods)
{
	struct learned *l;

	if (!bytes || !*bytes)
		return;
	l = MEM_PUSH(k->learned, k->n_learned);
	*l = (struct learned){ mem_strdup(bytes), strlen(bytes), code, mods };
}

static void emit(struct keys *k, uint32_t code, unsigned mods)
{
	struct key key = { .code = code, .mods = mods };

	k->fn(&key, k->arg);
}

/* ---- numbers and letters of CSI and SS3 sequences ---- */

static uint32_t tilde_key(int n)
{
	static const uint32_t codes[] = {
		[1] = K_HOME, [2] = K_INSERT, [3] = K_DELETE, [4] = K_END,
		[5] = K_PGUP, [6] = K_PGDN, [7] = K_HOME, [8] = K_END,
		[11] = K_F1, [12] = K_F2, [13] = K_F3, [14] = K_F4, [15] = K_F5,
		[17] = K_F6, [18] = K_F7, [19] = K_F8, [20] = K_F9, [21] = K_F10,
		[23] = K_F11, [24] = K_F12, [25] = K_F13, [26] = K_F14,
		[28] = K_F15, [29] = K_F16, [31] = K_F17, [32] = K_F18,
		[33] = K_F19, [34] = K_F20,
	};

	if (n < 0 || n >= (int)ARRAY_SIZE(codes) || !codes[n])
		return K_NONE;
	return codes[n];
}

static uint32_t letter_key(char c)
{
	switch (c) {
	case 'A': return K_UP;
	case 'B': return K_DOWN;
	case 'C': return K_RIGHT;
	case 'D': return K_LEFT;
	case 'E': return K_BEGIN;
	case 'F': return K_END;
	case 'H': return K_HOME;
	case 'M': return K_ENTER;
	case 'P': return K_F1;
	case 'Q': return K_F2;
	case 'R': return K_F3;
	case 'S': return K_F4;
	}
	return K_NONE;
}

/* xterm's modifier parameter is 1 + a bit set. */
static unsigned xterm_mods(int n)
{
	unsigned bits = n > 1 ? (unsigned)n - 1 : 0, mods = 0;

	if (bits & 1)
		mods |= MOD_SHIFT;
	if (bits & (2 | 8))
		mods |= MOD_ALT;
	if (bits & 4)
		mods |= MOD_CTRL;
	return mods;
}

static uint32_t control_key(unsigned char c, unsigned *mods)
{
	switch (c) {
	case '\r': return K_ENTER;
	case '\t': return K_TAB;
	case 0x7f: return K_BACKSPACE;
	case ESC: return K_ESCAPE;
	}
	*mods |= MOD_CTRL;
	if (c == 0)
		return ' ';
	return c <= 26 ? (uint32_t)c + 'a' - 1 : (uint32_t)c + '@';
}

/* ESC [ code ; mods u, and xterm's ESC [ 27 ; mods ; code ~ */
static void emit_unicode(struct keys *k, int code, unsigned mods)
{
	if (code < 0x20 || code == 0x7f) {
		uint32_t control = control_key((unsigned char)(code < 0 ? 0 : code), &mods);

		emit(k, control, mods);
		return;
	}
	if (mods & MOD_CTRL && code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	emit(k, sanitize_printable((unsigned)code) ? (uint32_t)code : (uint32_t)K_NONE, mods);
}

static void emit_mouse(struct keys *k, int bits, int x, int y, bool release)
{
	struct key key = { .code = K_MOUSE };

	if (bits & 4)
		key.mods |= MOD_SHIFT;
	if (bits & 8)
		key.mods |= MOD_ALT;
	if (bits & 16)
		key.mods |= MOD_CTRL;
	key.mouse.drag = bits & 32;
	key.mouse.x = x - 1;
	key.mouse.y = y - 1;
	if (bits & 64)
		key.mouse.button = bits & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
	else if (release || (bits & 3) == 3)
		key.mouse.button = MOUSE_RELEASE;
	else
		key.mouse.button = (enum mouse_button)(MOUSE_LEFT + (bits & 3));
	k->fn(&key, k->arg);
}

/* ---- whole sequences ---- */

struct csi {
	char leader, final;
	int n, param[PARAMS_MAX];	/* -1: not given */
};

static int params(const char *p, size_t len, int out[PARAMS_MAX])
{
	int n = 0;

	for (int i = 0; i < PARAMS_MAX; i++)
		out[i] = -1;
	for (size_t i = 0; i < len; i++) {
		if (p[i] == ';') {
			n++;
		} else if (p[i] >= '0' && p[i] <= '9' && n < PARAMS_MAX && out[n] < 1000000) {
			out[n] = (out[n] < 0 ? 0 : out[n]) * 10 + (p[i] - '0');
		}
	}
	return n + 1 < PARAMS_MAX ? n + 1 : PARAMS_MAX;
}

static void csi_key(struct keys *k, const struct csi *c, unsigned mods)
{
	const int *p = c->param;

	mods |= xterm_mods(p[1]);
	if (c->leader == '<' && (c->final == 'M' || c->final == 'm'))
		emit_mouse(k, p[0], p[1], p[2], c->final == 'm');
	else if (c->leader)
		emit(k, K_NONE, 0);
	else if (c->final == '~' && p[0] == 200)
		k->pasting = true;
	else if (c->final == '~' && p[0] == 27 && c->n == 3)
		emit_unicode(k, p[2], mods);
	else if (c->final == '~')
		emit(k, tilde_key(p[0]), mods);
	else if (c->final == '^')	/* rxvt: Ctrl, Shift, both */
		emit(k, tilde_key(p[0]), mods | MOD_CTRL);
	else if (c->final == '$')
		emit(k, tilde_key(p[0]), mods | MOD_SHIFT);
	else if (c->final == '@')
		emit(k, tilde_key(p[0]), mods | MOD_CTRL | MOD_SHIFT);
	else if (c->final == 'u')
		emit_unicode(k, p[0], mods);
	else if (c->final == 'Z')
		emit(k, K_TAB, mods | MOD_SHIFT);
	else if (c->final >= 'a' && c->final <= 'd')	/* rxvt: Shift and arrow */
		emit(k, letter_key((char)(c->final - 'a' + 'A')), mods | MOD_SHIFT);
	else
		emit(k, letter_key(c->final), mods);
}

/* p[0..1] is ESC [.  Returns the length, 0 when more is needed. */
static size_t take_csi(struct keys *k, const char *p, size_t len, unsigned mods)
{
	struct csi c = { 0 };
	size_t i = 2, start;

	if (len > 2 && p[2] == '[') {	/* linux console: ESC [ [ A is F1 */
		if (len < 4)
			return 0;
		emit(k, p[3] >= 'A' && p[3] <= 'E' ? (uint32_t)(K_F1 + p[3] - 'A') : (uint32_t)K_NONE,
		     mods);
		return 4;
	}
	if (len > 2 && p[2] == 'M') {	/* X10 mouse: three bytes of 32 + value */
		if (len < 6)
			return 0;
		emit_mouse(k, (unsigned char)p[3] - 32, (unsigned char)p[4] - 32,
			   (unsigned char)p[5] - 32, false);
		return 6;
	}
	if (len > 2 && p[2] >= '<' && p[2] <= '?')
		c.leader = p[i++];
	start = i;
	while (i < len && p[i] >= 0x20 && p[i] <= 0x3f && p[i] != '$')
		i++;
	if (i == len)
		return len > SEQUENCE_MAX ? len : 0;
	c.n = params(p + start, i - start, c.param);
	c.final = p[i];
	if ((unsigned char)c.final < 0x20 || (unsigned char)c.final > 0x7e)
		return i;		/* broken off: what follows is a key of its own */
	csi_key(k, &c, mods);
	return i + 1;
}

static size_t take_ss3(struct keys *k, const char *p, size_t len, unsigned mods)
{
	static const char keypad[] = "jklmnopqrstuvwxy", meaning[] = "*+,-./0123456789";
	size_t i = 2;
	const char *found;
	int n = 0;

	while (i < len && i < 5 && p[i] >= '0' && p[i] <= '9')
		n = n * 10 + p[i++] - '0';	/* old xterm: ESC O 5 P */
	if (i == len)
		return 0;
	found = p[i] ? strchr(keypad, p[i]) : NULL;
	if (found)
		emit(k, (uint32_t)meaning[found - keypad], mods);
	else if (p[i] >= 'a' && p[i] <= 'd')	/* rxvt: Ctrl and arrow */
		emit(k, letter_key((char)(p[i] - 'a' + 'A')), mods | MOD_CTRL);
	else
		emit(k, letter_key(p[i]), mods | xterm_mods(n));
	return i + 1;
}

/* 0: none is there; (size_t)-1: one may be coming. */
static size_t take_learned(struct keys *k, const char *p, size_t len)
{
	const struct learned *best = NULL;
	bool partial = false;

	for (size_t i = 0; i < k->n_learned; i++) {
		const struct learned *l = &k->learned[i];

		if (l->len > len)
			partial |= len > 0 && !memcmp(l->bytes, p, len);
		else if (!memcmp(l->bytes, p, l->len) && (!best || l->len > best->len))
			best = l;
	}
	if (best) {
		emit(k, best->code, best->mods);
		return best->len;
	}
	return partial ? (size_t)-1 : 0;
}

static size_t take_character(struct keys *k, const char *p, size_t len, unsigned mods)
{
	unsigned char c = (unsigned char)p[0];
	unsigned code;
	size_t n;

	if (c < 0x20 || c == 0x7f) {
		code = control_key(c, &mods);
		emit(k, code, mods);
		return 1;
	}
	n = sanitize_decode(p, len, &code);
	if (n > 0) {
		emit(k, sanitize_printable(code) ? code : (uint32_t)K_NONE, mods);
		return n;
	}
	if (c >= 0xc2 && c <= 0xf4 && len < 4)
		return 0;
	emit(k, K_NONE, 0);		/* not UTF-8 */
	return 1;
}

static size_t take_escape(struct keys *k, const char *p, size_t len, bool final)
{
	size_t n = 0;

	if (len > 2 && p[1] == ESC && (p[2] == '[' || p[2] == 'O')) {
		n = p[2] == '[' ? take_csi(k, p + 1, len - 1, MOD_ALT) :
				  take_ss3(k, p + 1, len - 1, MOD_ALT);
		n = n ? n + 1 : 0;
	} else if (len > 1 && p[1] == '[') {
		n = take_csi(k, p, len, 0);
	} else if (len > 1 && p[1] == 'O') {
		n = take_ss3(k, p, len, 0);
	} else if (len > 1 && p[1] == ESC && (final || len > 2)) {
		emit(k, K_ESCAPE, 0);	/* typed twice, or before Alt and a key */
		n = 1;
	} else if (len > 1 && p[1] != ESC) {
		n = take_character(k, p + 1, len - 1, MOD_ALT);
		n = n ? n + 1 : 0;
	}
	if (n || !final)
		return n;
	if (len > 1) {			/* ESC and a key that did not go on: Alt */
		n = take_character(k, p + 1, len - 1, MOD_ALT);
		return n ? n + 1 : len;
	}
	emit(k, K_ESCAPE, 0);
	return 1;
}

static size_t take(struct keys *k, const char *p, size_t len, bool final)
{
	size_t n = take_learned(k, p, len);

	if (n == (size_t)-1 && !final)
		return 0;
	if (n > 0 && n != (size_t)-1)
		return n;
	if (p[0] == ESC)
		return take_escape(k, p, len, final);
	n = take_character(k, p, len, 0);
	if (n == 0 && final) {
		emit(k, K_NONE, 0);
		return 1;
	}
	return n;
}

/* ---- pasted text ---- */

static void paste(struct keys *k, size_t len, bool more)
{
	struct key key = { .code = K_PASTE, .text = k->in.data, .len = len, .more = more };

	k->fn(&key, k->arg);
	buf_drop(&k->in, len);
}

/* False when more input is needed. */
static bool take_paste(struct keys *k)
{
	const size_t end_len = strlen(PASTE_END);
	const char *end = k->in.len ? memmem(k->in.data, k->in.len, PASTE_END, end_len) : NULL;

	if (!end) {
		if (k->in.len > KEYS_PASTE_CHUNK)
			paste(k, k->in.len - end_len, true);
		return false;
	}
	k->pasting = false;
	paste(k, (size_t)(end - k->in.data), false);
	buf_drop(&k->in, end_len);
	return true;
}

static void run(struct keys *k, bool final)
{
	while (k->in.len > 0 || k->pasting) {
		size_t n;

		if (k->pasting) {
			if (!take_paste(k))
				return;
			continue;
		}
		n = take(k, k->in.data, k->in.len, final);
		if (n == 0)
			return;
		buf_drop(&k->in, n);
	}
}

void keys_feed(struct keys *k, const char *bytes, size_t len)
{
	buf_add(&k->in, bytes, len);
	run(k, false);
}

bool keys_pending(const struct keys *k)
{
	return k->in.len > 0 && !k->pasting;
}

void keys_timeout(struct keys *k)
{
	run(k, true);
}

/* ---- names ---- */

static const struct {
	uint32_t code;
	const char *name;
} names[] = {
#define X(id, name) { K_##id, name },
	KEY_NAMES(X)
#undef X
	{ ' ', "Space" },
};

static void add_code(struct buf *b, uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code) {
			buf_add_str(b, names[i].name);
			return;
		}
	utf8_add(b, code);
}

const char *keys_name(uint32_t code, unsigned mods, char out[KEY_NAME_MAX])
{
	AUTO_BUF struct buf b = BUF_INIT;

	if (mods & MOD_CTRL)
		buf_add_str(&b, "C-");
	if (mods & MOD_ALT)
		buf_add_str(&b, "M-");
	if (mods & MOD_SHIFT)
		buf_add_str(&b, "S-");
	add_code(&b, code);
	memcpy(out, b.data, b.len < KEY_NAME_MAX ? b.len + 1 : KEY_NAME_MAX);
	out[KEY_NAME_MAX - 1] = '\0';
	return out;
}

bool keys_parse(const char *name, uint32_t *code, unsigned *mods)
{
	unsigned c;
	size_t len;

	for (*mods = 0; name[0] && name[1] == '-' && name[2]; name += 2) {
		if (name[0] == 'C')
			*mods |= MOD_CTRL;
		else if (name[0] == 'M' || name[0] == 'A')
			*mods |= MOD_ALT;
		else if (name[0] == 'S')
			*mods |= MOD_SHIFT;
		else
			return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(names[i].name, name)) {
			*code = names[i].code;
			return true;
		}
	len = strlen(name);
	if (len == 0 || sanitize_decode(name, len, &c) != len || !sanitize_printable(c))
		return false;
	if (*mods & MOD_CTRL && c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	*code = c;
	return true;
}
