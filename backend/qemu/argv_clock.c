/*
 * argv_clock: -rtc and the timers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/base/mem.h"
#include "backend/base/units.h"
#include "backend/qemu/argv.h"

static void add_moment(struct buf *rtc, time_t when)
{
	struct tm tm;
	char text[64];

	gmtime_r(&when, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_add_str(rtc, text);
}

/* A clock that runs beside the host's: QEMU takes a start date. */
static bool add_variable(struct builder *b, struct buf *rtc, const xmlNode *clock)
{
	const char *text = text_at(clock, "@adjustment");
	bool local = node_is(clock, "@basis", "localtime");
	int64_t seconds = 0;

	if (*text && strcmp(text, "reset") && !units_i64(text, &seconds))
		return fail(b, clock, "<clock adjustment='%s'>: not a number of seconds", text);
	if (seconds == 0) {
		buf_add_str(rtc, local ? "localtime" : "utc");
		return true;
	}
	if (local) {
		time_t now = time(NULL);
		struct tm tm;

		localtime_r(&now, &tm);
		seconds += tm.tm_gmtoff;
	}
	add_moment(rtc, time(NULL) + seconds);
	return true;
}

static bool add_base(struct builder *b, struct buf *rtc, const xmlNode *clock)
{
	const char *offset = clock ? text_at(clock, "@offset") : "utc";

	buf_add_str(rtc, "base=");
	if (!strcmp(offset, "variable"))
		return add_variable(b, rtc, clock);
	if (!strcmp(offset, "absolute"))
		add_moment(rtc, (time_t)node_u64(clock, "@start", 0));
	else
		buf_add_str(rtc, !strcmp(offset, "localtime") || !strcmp(offset, "timezone") ? "localtime" : "utc");
	if (!strcmp(offset, "timezone")) {
		const char *zone = text_at(clock, "@timezone");

		if (*zone == '\0' || *zone == '/' || strstr(zone, ".."))
			return fail(b, clock, "<clock timezone='%s'>: not the name of a time zone", zone);
		json_set_str(b->env, "TZ", zone);
	}
	return true;
}

static bool add_rtc_timer(struct builder *b, struct buf *rtc, const xmlNode *t)
{
	const char *track = node_get(t, "@track"), *policy = text_at(t, "@tickpolicy");

	if (track)
		buf_printf(rtc, ",clock=%s", !strcmp(track, "guest") ? "vm" : !strcmp(track, "wall") ? "host" : "rt");
	if (!strcmp(policy, "catchup"))
		buf_add_str(rtc, ",driftfix=slew");
	else if (*policy && strcmp(policy, "delay"))
		return fail(b, t, "<timer name='rtc' tickpolicy='%s'>: QEMU's clock knows delay and catchup", policy);
	return true;
}

/* The PIT's policy is a property of KVM's PIT; QEMU's own only delays. */
static bool add_pit(struct builder *b, const xmlNode *t)
{
	const char *policy = text_at(t, "@tickpolicy");

	if (node_bool(t, "@present", 1) == 0 || !*policy)
		return true;
	if (strcmp(policy, "delay") && strcmp(policy, "discard"))
		return fail(b, t, "<timer name='pit' tickpolicy='%s'>: QEMU's PIT knows delay and discard", policy);
	if (is_kvm(b))
		add_optionf(b, "-global", "kvm-pit.lost_tick_policy=%s", policy);
	return true;
}

static bool add_timers(struct builder *b, struct buf *rtc, const xmlNode *clock)
{
	NODE_EACH(t, clock, "timer") {
		if (node_is(t, "@name", "rtc") && !add_rtc_timer(b, rtc, t))
			return false;
		if (node_is(t, "@name", "platform") || node_is(t, "@name", "armvtimer"))
			return fail(b, t, "<timer name='%s'>: x86 machines have no such timer", text_at(t, "@name"));
	}
	return true;
}

bool argv_clock(struct builder *b)
{
	const xmlNode *clock = node_child(b->root, "clock");
	AUTO_BUF struct buf rtc = BUF_INIT;

	b->origin = clock;
	if (!add_base(b, &rtc, clock) || (clock && !add_timers(b, &rtc, clock)))
		return false;
	add_option(b, "-rtc", buf_text(&rtc));
	if (clock)
		NODE_EACH(t, clock, "timer")
			if (node_is(t, "@name", "pit") && !add_pit(b, t))
				return false;
	b->origin = NULL;
	return true;
}
