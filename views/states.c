/*
 * states: see states.h.
 */
#include "views/states.h"

const char *state_glyph(const struct domain *d)
{
	switch (d->state) {
	case DOMAIN_RUNNING: return "●";
	case DOMAIN_PAUSED: case DOMAIN_PMSUSPENDED: return "‖";
	case DOMAIN_CRASHED: return "!";
	case DOMAIN_SHUTDOWN: return "↓";
	default: return " ";
	}
}

enum theme_element state_element(const struct domain *d)
{
	switch (d->state) {
	case DOMAIN_RUNNING: return THEME_STATE_RUNNING;
	case DOMAIN_PAUSED: case DOMAIN_PMSUSPENDED: case DOMAIN_SHUTDOWN: return THEME_STATE_PAUSED;
	case DOMAIN_CRASHED: return THEME_STATE_CRASHED;
	default: return THEME_STATE_OFF;
	}
}

bool domain_is_active(const struct domain *d)
{
	return d->id >= 0;
}
