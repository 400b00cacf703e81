/*
 * activity: when each console last said something and last rang, in the run
 * record.  A chatty guest must not keep everybody's watches busy: the record
 * is written a second after the first output, then at most every ten seconds;
 * a bell is in it within a second.  A silent guest causes no wake-up at all.
 */
#include "backend/base/loop.h"
#include "backend/supervisor/supervisor.h"

#define SOON_MS 1000
#define SELDOM_MS 10000

static void update(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_consoles; i++) {
		struct console *c = s->consoles[i];
		struct json_object *o = record_console(s->record, console_spec(c)->name);

		if (!o)
			continue;
		if (console_last(c))
			json_set_int(o, "last", console_last(c));
		if (console_bell(c))
			json_set_int(o, "bell", console_bell(c));
	}
}

static void on_due(void *arg)
{
	struct supervisor *s = arg;

	loop_cancel(&s->activity);
	s->bell_due = false;
	s->activity_ms = loop_now_ms();
	update(s);
	supervisor_save(s);
}

static bool rang(struct supervisor *s, struct console *c)
{
	struct json_object *o = record_console(s->record, console_spec(c)->name);

	return console_bell(c) > json_int(o, "bell", 0);
}

void activity_happened(struct supervisor *s, struct console *c)
{
	int64_t now, wait = SOON_MS;
	bool bell;

	if (!s->record || s->finished || (s->activity && s->bell_due))
		return;
	bell = rang(s, c);
	if (s->activity && !bell)
		return;
	now = loop_now_ms();
	if (!bell && s->activity_ms && s->activity_ms + SELDOM_MS - now > wait)
		wait = s->activity_ms + SELDOM_MS - now;
	loop_cancel(&s->activity);
	s->bell_due = bell;
	s->activity = loop_after(s->base, (int)wait, on_due, s);
}

/* The last word of the consoles, for a record that is about to be written. */
void activity_write(struct supervisor *s)
{
	update(s);
}
