/*
 * kept: where the interface was when it ended, so that the next one goes on
 * there: after a dropped connection, too.
 */
#ifndef VIEWS_KEPT_H
#define VIEWS_KEPT_H

struct kept {
	char *selected;			/* uuid */
	char *filter, *order;
	char *console;			/* uuid of the guest whose console was open */
};

/* Members are NULL where nothing is known. */
void kept_load(struct kept *k);
/* Quietly: it is no more than a convenience. */
void kept_save(const struct kept *k);
void kept_done(struct kept *k);

#endif
