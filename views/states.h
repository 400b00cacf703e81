/*
 * states: how a guest's state looks: a sign, and an element of the theme.
 */
#ifndef VIEWS_STATES_H
#define VIEWS_STATES_H

#include "backend/connection/connection.h"
#include "tui/theme.h"

const char *state_glyph(const struct domain *d);
enum theme_element state_element(const struct domain *d);
/* Whether the guest has a QEMU. */
bool domain_is_active(const struct domain *d);

#endif
