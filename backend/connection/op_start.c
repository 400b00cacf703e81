/*
 * op_start: from a definition to a running guest, and its plan for people.
 *
 *   on a thread   read the definition, resolve it, plan, look for what would
 *                 fail (the preflight)
 *   on the loop   see that nobody of that name or uuid runs already
 *   on a thread   start the supervisor with the plan on its standard input
 *   on the loop   its answer
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/connection/definition.h"
#include "backend/connection/image_user.h"
#include "backend/connection/internal.h"
#include "backend/qemu/plan.h"
#include "backend/qemu/resolve.h"
#include "backend/store/summary.h"
#include "backend/xml/document.h"

struct launch {
	bool transient, paused, explain;
	char *name;
	struct json_object *plan;
	struct json_object *told;	/* of a plan that is to be explained */
	struct image_users *users;	/* of a failed start */
	int answer;			/* descriptor; -1 */
};

static void launch_free(void *data)
{
	struct launch *l = data;

	free(l->name);
	json_object_put(l->plan);
	json_object_put(l->told);
	image_users_free(l->users);
	if (l->answer >= 0)
		close(l->answer);
	free(l);
}

static struct launch *launch_new(struct call *call)
{
	struct launch *l = mem_zalloc(sizeof(*l));

	l->answer = -1;
	l->paused = json_flag(call->args, "paused", false);
	call->data = l;
	call->free_data = launch_free;
	return l;
}

/* --- the plan ------------------------------------------------------------- */

/* What the run record repeats (docs/HACKING.md), and what dumpxml shows. */
static void add_run(struct launch *l, const struct definition *d, const char *text, size_t len)
{
	AUTO_FREE char *live = NULL;
	char hash[17];

	json_set_str(l->plan, "machine", d->def->machine);
	json_set_bool(l->plan, "kvm", d->def->virt_type == VIRT_KVM);
	json_set_bool(l->plan, "transient", l->transient);
	if (!l->transient) {
		summary_hash(text, len, hash);
		json_set_str(l->plan, "definition", hash);
	}
	resolve_write_aliases(d->def);
	live = document_text(d->def->document);
	json_set_str(l->plan, "live_xml", live);
}

/* The plan's arguments beside the XML they come from, and what would fail. */
static struct json_object *explain(const struct definition *d, const struct paths *paths,
				   struct json_object *plan)
{
	struct json_object *o = json_object_new_object();

	json_set(o, "arguments", plan_explain(plan, d->def));
	json_set(o, "ignored", definition_ignored(d));
	json_set(o, "problems", preflight(d->def, d->capabilities, paths, plan));
	return o;
}

static void make_plan(struct call *call, const char *text, size_t len, const char *source,
		      unsigned flags)
{
	struct launch *l = call->data;
	struct plan_options options = { .paused = l->paused, .explain = l->explain };
	const struct paths *paths = &call->c->paths;
	struct definition d;

	if (!definition_parse(&d, paths, text, len, source, flags, &call->err))
		return;
	l->name = mem_strdup(d.def->name);
	memcpy(call->uuid, d.def->uuid, sizeof(call->uuid));
	l->plan = plan_build(d.def, d.capabilities, paths, &options, &call->err);
	if (l->plan && !l->explain && preflight_check(d.def, d.capabilities, paths, l->plan, &call->err))
		add_run(l, &d, text, len);
	if (l->plan && json_flag(call->args, "explain", false))
		l->told = explain(&d, paths, l->plan);
	definition_done(&d);
}

static void run_stored(struct call *call)
{
	AUTO_FREE char *path = paths_domain_xml(&call->c->paths, call->uuid);
	AUTO_BUF struct buf text = BUF_INIT;
	struct launch *l = call->data;

	if (store_load(call->c->store, call->uuid, &text, NULL, &call->err))
		make_plan(call, buf_text(&text), text.len, path, 0);
	if (l->name)
		error_prepend(&call->err, "%s domain '%s'", l->explain ? "plan" : "start", l->name);
}

static void run_given(struct call *call)
{
	struct launch *l = call->data;
	const char *xml = json_str(call->args, "xml"), *source = json_str(call->args, "source");

	if (xml)
		make_plan(call, xml, strlen(xml), source ? source : "XML",
			  l->explain ? RESOLVE_FIXED : 0);
	else
		error_set(&call->err, "no XML is given");
}

static void on_shown(struct call *call)
{
	struct launch *l = call->data;

	if (!call->err) {
		plan_hide_secrets(l->plan);
		if (l->told)
			json_set(l->told, "plan", MEM_STEAL(l->plan));
		call->result = l->told ? MEM_STEAL(l->told) : MEM_STEAL(l->plan);
	}
	call_end(call);
}

void op_plan(struct call *call)
{
	launch_new(call)->explain = true;
	if (call_guest(call)->pub.persistent)
		call_work(call, run_stored, on_shown);
	else
		call_fail_text(call, "domain '%s' is transient: its plan is plan.json in its directory",
			       call_guest(call)->pub.name);
}

void op_plan_file(struct call *call)
{
	launch_new(call)->explain = true;
	call_work(call, run_given, on_shown);
}

/* --- start ---------------------------------------------------------------- */

static void run_find_users(struct call *call)
{
	struct launch *l = call->data;

	if (image_users_explain(l->users, &call->c->paths, &call->err))
		error_prepend(&call->err, "start domain '%s'", l->name);
}

/* The supervisor's words, or, when QEMU could not lock an image, whose it is. */
static void on_failed(struct call *call, struct json_object *answer)
{
	struct launch *l = call->data;
	const char *hint = json_str(answer, "hint");

	error_set(&call->err, "%s", json_str(answer, "failed"));
	error_prepend(&call->err, "start domain '%s'", l->name);
	if (hint)
		error_hint(&call->err, "%s", hint);
	if (image_users_needed(json_str(answer, "failed"))) {
		l->users = image_users_new(call->c, call->uuid);
		call_work(call, run_find_users, NULL);
		return;
	}
	call_end(call);
}

static void on_answer(struct connection *c, struct json_object *answer, struct error *err,
		      void *arg)
{
	struct call *call = arg;
	struct launch *l = call->data;
	struct json_object *started = json_get(answer, "started");

	model_refresh(c, call->uuid);
	if (started) {
		call->result = json_object_new_object();
		json_set_str(call->result, "uuid", call->uuid);
		json_set_str(call->result, "name", l->name);
		json_set_int(call->result, "id", json_int(started, "id", -1));
		call_end(call);
	} else if (json_str(answer, "failed")) {
		on_failed(call, answer);
	} else {
		call_fail_text(call, "%s", err ? error_message(err) :
			       "the supervisor's answer is neither started nor failed");
	}
}

static int plan_descriptor(struct json_object *plan, struct error **err)
{
	const char *text = json_text(plan);
	int fd = memfd_create("plan", MFD_CLOEXEC);

	if (fd >= 0 && file_write_all(fd, text, strlen(text)) && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	error_set_errno(err, errno, "hand over the plan");
	if (fd >= 0)
		close(fd);
	return -1;
}

static void run_spawn(struct call *call)
{
	struct launch *l = call->data;
	AUTO_FREE char *program = paths_supervisor_program();
	AUTO_CLOSE int plan = plan_descriptor(l->plan, &call->err);
	const char *argv[] = { program, "start", NULL };

	if (plan >= 0)
		l->answer = spawn_supervisor(argv, plan, &call->err);
}

static void on_spawned(struct call *call)
{
	struct launch *l = call->data;

	if (call->err)
		call_end(call);
	else
		spawn_read(call->c, mem_steal_fd(&l->answer), on_answer, NULL, call);
}

/* Of all guests, the name must not be that of a running one, for a moment
 * after a rename or for transient ones the store cannot tell. */
static bool check_free(struct call *call, const struct launch *l)
{
	struct connection *c = call->c;

	for (size_t i = 0; i < c->n_domains; i++) {
		struct guest *g = c->by_uuid[i];
		bool itself = !strcmp(g->pub.uuid, call->uuid);

		if (itself && guest_runs(g))
			error_set(&call->err, "domain '%s' is already running", g->pub.name);
		else if (l->transient && itself)
			error_set(&call->err, "domain '%s' already exists with uuid %s", g->pub.name,
				  g->pub.uuid);
		else if (!itself && (guest_runs(g) || l->transient) && !strcmp(g->pub.name, l->name))
			error_set(&call->err, "domain '%s' already exists with uuid %s", l->name,
				  g->pub.uuid);
		else
			continue;
		if (l->transient)
			error_hint(&call->err, "leave <uuid> out and take another <name>, "
				   "or use `virtty start %s`", g->pub.name);
		return false;
	}
	return true;
}

static void on_planned(struct call *call)
{
	struct launch *l = call->data;

	if (call->err || !check_free(call, l))
		call_end(call);
	else
		call_work(call, run_spawn, on_spawned);
}

/* One that lost its supervisor is seen to first. */
static void start(struct call *call)
{
	struct guest *g = call_guest(call);

	if (g && adopt_pending(call->c, g))
		call_park(call, start);
	else if (guest_runs(g))
		call_fail_text(call, "domain '%s' is already running", g->pub.name);
	else if (!g || !g->pub.persistent)
		call_fail_text(call, "the domain is gone");
	else
		call_work(call, run_stored, on_planned);
}

void op_start(struct call *call)
{
	launch_new(call);
	start(call);
}

void op_create(struct call *call)
{
	launch_new(call)->transient = true;
	call_work(call, run_given, on_planned);
}
