/*
 * dialog: a question in the middle of the screen with a few keys as answers.
 */
#ifndef VIEWS_DIALOG_H
#define VIEWS_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/cells.h"
#include "tui/keys.h"
#include "tui/theme.h"

#define DIALOG_CHOICES 6

struct ui;

struct choice {
	uint32_t key;			/* a letter, either case */
	const char *label;
};

/* key is one of the choices', or 0 when the user gave up with Esc. */
typedef void dialog_fn(struct ui *ui, uint32_t key, void *arg);

/* Ask; an earlier question is given up.  choices ends in { 0 }. */
void dialog_ask(struct ui *ui, const char *title, const char *text, const struct choice *choices,
		dialog_fn *fn, void *arg);
/* For ui.c: the keys and the picture of ui->dialog. */
void dialog_key(struct ui *ui, const struct key *k);
void dialog_paint(const struct ui *ui, struct cells *c, struct area a);
/* Give it up, if there is one. */
void dialog_close(struct ui *ui);

#endif
