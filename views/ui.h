/*
 * ui: what all views share: the terminal, the connection, theme and keys, the
 * stack of views, the messages, and whatever is asked of the user.
 *
 * Paint happens at the end of a wake-up of the loop and only when somebody
 * called ui_dirty(); nobody writes to the terminal but the painter.
 */
#ifndef VIEWS_UI_H
#define VIEWS_UI_H

#include <event2/event.h>
#include <stdarg.h>
#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/connection/connection.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "views/columns.h"
#include "views/messages.h"
#include "views/view.h"

struct dialog;

/* What is asked at the bottom line. */
struct prompt {
	const char *label;
	struct input input;
	void (*on_change)(struct ui *ui, const char *text);	/* may be NULL */
	/* text is NULL when the user gave up. */
	void (*on_done)(struct ui *ui, const char *text);
};

struct ui {
	struct event_base *base;
	struct connection *connection;
	struct screen *screen;
	struct theme theme;
	struct keymap keys;
	struct columns columns;
	struct view *top;
	struct messages messages;
	struct question *questions;	/* guest.c: answers that are on their way */
	struct prompt *prompt;		/* NULL: nothing is asked */
	struct dialog *dialog;		/* likewise */
	struct area body;		/* where the top view was painted */
	struct host *host;		/* for the header line */
	bool paint_due, done;
	struct event *paint_timer, *settings_event;
	int64_t painted_at;
	int status;			/* what interface_main returns */
};

/* Paint when this wake-up is over. */
void ui_dirty(struct ui *ui);
/* The same, but at most every `ms` milliseconds: for what floods. */
void ui_dirty_within(struct ui *ui, int ms);

/* Takes the view over. */
void ui_push(struct ui *ui, struct view *v);
void ui_pop(struct ui *ui);
struct domain *ui_domain(const struct ui *ui);

void ui_key(struct ui *ui, const struct key *k);
void ui_paint(struct ui *ui);

/* Information goes with the next key; an error stays until Esc. */
void ui_tell(struct ui *ui, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Takes err over. */
void ui_fail(struct ui *ui, struct error *err);
/* A copy of err. */
void ui_fail_copy(struct ui *ui, const struct error *err);

void ui_prompt(struct ui *ui, const char *label, const char *text,
	       void (*on_change)(struct ui *ui, const char *text),
	       void (*on_done)(struct ui *ui, const char *text));

/* The user gave up, if anything is asked. */
void ui_prompt_cancel(struct ui *ui);

struct style ui_style(const struct ui *ui, enum theme_element e);

#endif
