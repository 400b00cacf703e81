/*
 * guest: what the interface knows of a domain beside what the connection tells:
 * its load over time, and its details as they were last asked for.  It hangs on
 * domain->view.
 */
#ifndef VIEWS_GUEST_H
#define VIEWS_GUEST_H

#include <stdbool.h>

#include "backend/base/json.h"
#include "backend/connection/connection.h"

#define GUEST_LOADS 120

struct ui;

struct guest {
	struct domain_sample sample;
	bool marked;			/* by the user, for what is done to many */
	bool sampled;			/* sample is of this run */
	int load;			/* percent of its vCPUs; -1 unknown */
	unsigned char loads[GUEST_LOADS];	/* the last ones, oldest first, at most 100 */
	int n_loads;
	uint64_t cpu_ns_per_s;		/* of the last interval */

	struct json_object *info;	/* operation "info"; NULL: not asked yet */
	char *xml;			/* operation "xml" */
	bool asked, stale;		/* an answer is on its way; there is news */
	unsigned version;		/* counts the answers */
};

/* Made at the first call. */
struct guest *guest_of(struct domain *d);
/* The domain is gone. */
void guest_forget(struct domain *d);

/* Measure its load now. */
void guest_sample(struct connection *c, struct domain *d);

/* Ask for info and XML unless what is there is fresh; paints when they come. */
void guest_ask(struct ui *ui, struct domain *d);
/* Before the connection closes: what is still open gets no answer. */
void guest_ask_no_more(struct ui *ui);

#endif
