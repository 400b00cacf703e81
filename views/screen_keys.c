/*
 * screen_keys: see screen_keys.h.
 */
#include "views/screen_keys.h"

#include <stdlib.h>
#include <string.h>

#include "backend/base/loop.h"
#include "backend/base/mem.h"
#include "backend/base/sanitize.h"

/* A PS/2 keyboard's buffer in QEMU holds 16 bytes; four keys are half of it. */
#define PASTE_KEYS 4
#define PASTE_MS 20

/* The numbers of tui/keys.h and of the console are the same. */
_Static_assert(MOD_SHIFT == KEYSTROKE_SHIFT && MOD_ALT == KEYSTROKE_ALT &&
	       MOD_CTRL == KEYSTROKE_CTRL, "modifiers differ");

bool screen_keys_of(const struct key *k, struct keystroke *out)
{
	char name[KEY_NAME_MAX];
	bool found;

	if (k->code < K_NONE)
		found = keystroke_char(k->code, out);
	else
		found = keystroke_named(keys_name(k->code, 0, name), out);
	if (found)
		keystroke_hold(out, k->mods);
	return found;
}

static unsigned button_of(enum mouse_button b)
{
	switch (b) {
	case MOUSE_LEFT: return VNC_BUTTON_LEFT;
	case MOUSE_MIDDLE: return VNC_BUTTON_MIDDLE;
	case MOUSE_RIGHT: return VNC_BUTTON_RIGHT;
	case MOUSE_WHEEL_UP: return VNC_WHEEL_UP;
	case MOUSE_WHEEL_DOWN: return VNC_WHEEL_DOWN;
	default: return 0;
	}
}

void screen_keys_mouse(struct guest_screen *g, const struct key *k, int y, int x)
{
	unsigned button = button_of(k->mouse.button);

	/* A wheel is a button that is let go at once. */
	if (guest_screen_point(g, y, x, button) && (button & (VNC_WHEEL_UP | VNC_WHEEL_DOWN)))
		guest_screen_point(g, y, x, 0);
}

static void type(struct screen_paste *p, unsigned code)
{
	struct keystroke k;

	if (code == '\n' || code == '\r')
		keystroke_named("Enter", &k);
	else if (code == '\t')
		keystroke_named("Tab", &k);
	else if (!keystroke_char(code, &k))
		return;
	guest_screen_press(p->screen, &k, 1);
}

static void on_timer(void *arg)
{
	struct screen_paste *p = arg;

	loop_cancel(&p->timer);
	for (int i = 0; i < PASTE_KEYS && p->at < p->len; i++) {
		unsigned code;
		size_t n = sanitize_decode(p->text + p->at, p->len - p->at, &code);

		if (n)
			type(p, code);
		p->at += n ? n : 1;
	}
	if (p->at < p->len)
		p->timer = loop_after(p->base, PASTE_MS, on_timer, p);
	else
		screen_paste_stop(p);
}

bool screen_paste_add(struct screen_paste *p, const char *text, size_t len)
{
	size_t waiting = p->len - p->at;

	if (waiting + len > SCREEN_PASTE_MAX)
		return false;
	if (waiting)
		memmove(p->text, p->text + p->at, waiting);
	p->text = mem_realloc(p->text, waiting + len + 1);
	memcpy(p->text + waiting, text, len);
	p->len = waiting + len;
	p->at = 0;
	if (!p->timer)
		p->timer = loop_after(p->base, 0, on_timer, p);
	return true;
}

bool screen_paste_busy(const struct screen_paste *p)
{
	return p->at < p->len;
}

void screen_paste_stop(struct screen_paste *p)
{
	loop_cancel(&p->timer);
	free(p->text);
	p->text = NULL;
	p->len = p->at = 0;
}
