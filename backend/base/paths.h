/*
 * paths: where everything lives on disk, and nowhere else in the program.
 *
 * Session (qmp:///session): the XDG variables alone decide.
 *   config   $XDG_CONFIG_HOME/virtty            config, themes, keys
 *   data     $XDG_DATA_HOME/virtty              domains/, images/
 *   state    $XDG_STATE_HOME/virtty             guests/, running/, stopped/
 *   cache    $XDG_CACHE_HOME/virtty             capabilities, index (may vanish)
 *   runtime  $XDG_RUNTIME_DIR/virtty            client sockets (may vanish)
 * System (qmp:///system, root): /etc/virtty, /var/lib/virtty,
 *   /var/log/virtty (state), /var/cache/virtty, /run/virtty.
 *
 *   data/domains/UUID.xml                the definition
 *   data/domains/lock                    held while any of them is changed
 *   data/domains/history/UUID/N.xml      earlier versions, N = 1, 2, ...
 *   data/domains/autostart/UUID          empty file: start at boot
 *   cache/index                          what the definitions say, for a quick list
 *   state/guests/UUID/lock               flock of the guest's supervisor
 *   state/guests/UUID/plan.json          the plan it was started from, no secrets
 *   state/guests/UUID/live.xml           the definition it was started from
 *   state/guests/UUID/monitor.sock       QEMU listens; the supervisor connects
 *   state/guests/UUID/rescue.sock        QEMU's second QMP, the rescue door
 *   state/guests/UUID/serial0.qemu       QEMU's side of a console
 *   state/guests/UUID/qemu.log           QEMU's stderr and our notes, rotated
 *   state/guests/UUID/serial0.log        console log, rotated
 *   state/guests/UUID/vnc.sock           QEMU's VNC
 *   state/running/UUID.json              run record while the guest lives
 *   state/stopped/UUID.json              the last run's record, with its reason
 *   runtime/UUID/supervisor.sock         clients: control
 *   runtime/UUID/serial0.sock            clients: console
 *   runtime/UUID/serial0.pty             link to the console's pty
 *
 * What QEMU listens on and what proves that a guest runs is in the state
 * directory, because the runtime directory vanishes at logout.
 */
#ifndef BACKEND_BASE_PATHS_H
#define BACKEND_BASE_PATHS_H

#include <stdbool.h>

#include "backend/base/error.h"

struct paths {
	bool system;
	char *config;
	char *data;
	char *state;
	char *cache;
	char *runtime;
};

/* Read the environment; makes no directory. */
bool paths_init(struct paths *p, bool system, struct error **err);
void paths_done(struct paths *p);

/* Make the directories (0700) that the store and the supervisor need. */
bool paths_create(const struct paths *p, struct error **err);

/* Each returns a new string; the caller frees. */
char *paths_domains_dir(const struct paths *p);
char *paths_domain_xml(const struct paths *p, const char *uuid);
char *paths_guest_dir(const struct paths *p, const char *uuid);
char *paths_guest_file(const struct paths *p, const char *uuid, const char *file);
char *paths_running_record(const struct paths *p, const char *uuid);
char *paths_stopped_record(const struct paths *p, const char *uuid);
char *paths_runtime_dir(const struct paths *p, const char *uuid);
char *paths_runtime_file(const struct paths *p, const char *uuid, const char *file);
char *paths_images_dir(const struct paths *p);

/* The supervisor's executable: $VIRTTY_SUPERVISOR, else beside ours (the build
 * tree), else in ../libexec/virtty of ours (installed, wherever it was moved
 * to), else where it was meant to be installed. */
char *paths_supervisor_program(void);

#endif
