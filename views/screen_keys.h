/*
 * screen_keys: what a terminal sends, as keys and pointer of a guest's screen.
 */
#ifndef VIEWS_SCREEN_KEYS_H
#define VIEWS_SCREEN_KEYS_H

#include <event2/event.h>

#include "console/guest_screen.h"
#include "tui/keys.h"

/* False for what no keyboard has. */
bool screen_keys_of(const struct key *k, struct keystroke *out);

/* A mouse report at (y, x) of the screen's cells. */
void screen_keys_mouse(struct guest_screen *g, const struct key *k, int y, int x);

/*
 * Text typed key by key, at a pace that a guest's keyboard buffer stands.
 * Embedded; all zero but for base and screen at the start.
 */
struct screen_paste {
	struct event_base *base;
	struct guest_screen *screen;
	char *text;
	size_t len, at;
	struct event *timer;
};

/* At most SCREEN_PASTE_MAX bytes wait; what is over is not typed: false. */
#define SCREEN_PASTE_MAX 65536
bool screen_paste_add(struct screen_paste *p, const char *text, size_t len);
bool screen_paste_busy(const struct screen_paste *p);
void screen_paste_stop(struct screen_paste *p);

#endif
