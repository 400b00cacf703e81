/*
 * dump: the guest's memory as an ELF core file, for coredump-destroy and
 * coredump-restart.  We make the file (0600, never over another) and pass it
 * to QEMU as a descriptor, so that QEMU needs no right to the directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/supervisor/supervisor.h"

static char *dump_name(struct supervisor *s)
{
	const char *dir = s->plan->coredump_dir ? s->plan->coredump_dir : s->plan->guest_dir;
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", gmtime_r(&now, &tm));
	return mem_printf("%s/%s-%s.core", dir, s->plan->uuid, stamp);
}

static int make_file(struct supervisor *s, struct error **err)
{
	const char *dir = s->plan->coredump_dir ? s->plan->coredump_dir : s->plan->guest_dir;
	int fd;

	if (!file_make_dirs(dir, false, err))
		return -1;
	s->life.dump_path = dump_name(s);
	fd = open(s->life.dump_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		error_set_errno(err, errno, "create '%s'", s->life.dump_path);
	return fd;
}

static void on_command(struct json_object *reply, const char *problem, void *arg)
{
	struct supervisor *s = arg;

	(void)reply;
	/* The second command fails as well when the first did. */
	if (problem && s->life.dump_path)
		lifecycle_dumped(s, problem);
}

void dump_start(struct supervisor *s)
{
	struct json_object *name = json_object_new_object(), *dump = json_object_new_object();
	struct error *err = NULL;
	AUTO_CLOSE int fd = make_file(s, &err);

	if (fd < 0 || !s->monitor) {
		json_object_put(name);
		json_object_put(dump);
		lifecycle_dumped(s, err ? error_message(err) : "no connection to QEMU's monitor");
		error_free(err);
		return;
	}
	json_set_str(name, "fdname", "virtty-dump");
	monitor_command(s->monitor, "getfd", name, fd, MONITOR_TIMEOUT_MS, on_command, s);
	json_set_bool(dump, "paging", false);
	json_set_str(dump, "protocol", "fd:virtty-dump");
	json_set_bool(dump, "detach", true);
	monitor_command(s->monitor, "dump-guest-memory", dump, -1, -1, on_command, s);
}

void dump_event(struct supervisor *s, struct json_object *data)
{
	const char *problem = json_str(data, "error");
	const char *status = json_str(json_get(data, "result"), "status");

	if (!problem && status && strcmp(status, "completed"))
		problem = status;
	lifecycle_dumped(s, problem);
}
