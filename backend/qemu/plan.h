/*
 * plan: a resolved definition as the launch plan that the supervisor executes
 * (its format is in docs/HACKING.md), and as one line for a shell.
 *
 * Planning has no side effects and looks at no disk image; preflight does,
 * and says what would fail.
 */
#ifndef BACKEND_QEMU_PLAN_H
#define BACKEND_QEMU_PLAN_H

#include <stdbool.h>

#include "backend/base/error.h"
#include "backend/base/json.h"
#include "backend/base/paths.h"
#include "backend/qemu/capabilities.h"
#include "backend/xml/domain_def.h"

struct plan_options {
	bool paused;		/* leave the CPUs stopped */
	bool explain;		/* for people and tests: secrets are not looked up */
};

/* The caller puts the plan. NULL: what cannot be done, with its line. */
struct json_object *plan_build(const struct domain_def *def, const struct capabilities *c,
			       const struct paths *paths, const struct plan_options *options,
			       struct error **err);

/* The plan as one shell-quoted line that can be started by hand: sockets are
 * paths in the current directory, consoles are ptys. The caller frees. */
char *plan_shell_line(struct json_object *plan);

/* The plan with the values of its secrets replaced by "***", in place. */
void plan_hide_secrets(struct json_object *plan);

/* argv beside where each argument comes from:
 * [{"argv": [option, value], "element": "disk", "line": N}, ...]; the caller puts it. */
struct json_object *plan_explain(struct json_object *plan, const struct domain_def *def);

/*
 * What would fail at start, found by looking: images (missing, unreadable, and
 * by which directory), firmware, helper programs, KVM.  All findings:
 * [{"line", "element", "problem", "hint"}], empty when it would start.  The caller puts it.
 */
struct json_object *preflight(const struct domain_def *def, const struct capabilities *c,
			      const struct paths *paths, struct json_object *plan);
/* The first finding as an error; true when there is none. */
bool preflight_check(const struct domain_def *def, const struct capabilities *c,
		     const struct paths *paths, struct json_object *plan, struct error **err);

#endif
