/*
 * tap: see tap.h.
 */
#include "backend/supervisor/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/base/mem.h"
#include "backend/base/process.h"

#define SCRIPT_TIMEOUT_MS 30000

static const char *const helpers[] = {
	"/usr/lib/qemu/qemu-bridge-helper", "/usr/libexec/qemu-bridge-helper",
	"/usr/local/libexec/qemu-bridge-helper",
};

static bool valid_name(const char *name)
{
	return *name && strlen(name) < IFNAMSIZ && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..");
}

/* name may be "vnet%d", which the kernel counts; it is set to what came out. */
static int make(char name[IFNAMSIZ], struct error **err)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		error_set_errno(err, errno, "open '/dev/net/tun'");
		return -1;
	}
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &r) < 0) {
		error_set_errno(err, errno, "make network device '%s'", name);
		close(fd);
		return -1;
	}
	memcpy(name, r.ifr_name, IFNAMSIZ);
	return fd;
}

static bool set(int s, unsigned long what, struct ifreq *r, const char *doing, struct error **err)
{
	if (ioctl(s, what, r) == 0)
		return true;
	error_set_errno(err, errno, "%s '%s'", doing, r->ifr_name);
	return false;
}

static bool bring_up(int s, const char *name, struct error **err)
{
	struct ifreq r = { .ifr_flags = 0 };

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (!set(s, SIOCGIFFLAGS, &r, "look at network device", err))
		return false;
	r.ifr_flags |= IFF_UP;
	return set(s, SIOCSIFFLAGS, &r, "bring up network device", err);
}

static bool join(int s, const char *name, const char *bridge, struct error **err)
{
	struct ifreq r = { .ifr_ifindex = (int)if_nametoindex(name) };

	if (if_nametoindex(bridge) == 0) {
		error_set(err, "the host has no bridge '%s'", bridge);
		return false;
	}
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", bridge);
	return set(s, SIOCBRADDIF, &r, "put the guest's network device on bridge", err);
}

static bool set_mtu(int s, const char *name, int mtu, struct error **err)
{
	struct ifreq r = { .ifr_mtu = mtu };

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	return mtu <= 0 || set(s, SIOCSIFMTU, &r, "set the MTU of", err);
}

/* The guest's own address with fe in front: a bridge takes the lowest address
 * of its ports for its own, and must not change it with each guest. */
static bool set_address(int s, const char *name, const char *mac, struct error **err)
{
	struct ifreq r = { .ifr_hwaddr = { .sa_family = ARPHRD_ETHER } };
	unsigned b[6];

	if (!mac || sscanf(mac, "%2x:%2x:%2x:%2x:%2x:%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != 6)
		return true;
	b[0] = 0xfe;
	for (int i = 0; i < 6; i++)
		r.ifr_hwaddr.sa_data[i] = (char)b[i];
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	return set(s, SIOCSIFHWADDR, &r, "set the address of", err);
}

/* The user's own script sets the device up: SCRIPT NAME. */
static bool run_script(const char *script, const char *name, struct error **err)
{
	const char *const argv[] = { script, name, NULL };
	AUTO_BUF struct buf out = BUF_INIT, errors = BUF_INIT;
	int status;

	if (!process_run(argv, NULL, 65536, SCRIPT_TIMEOUT_MS, &out, &errors, &status, err))
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	error_set(err, "'%s %s' failed: %.*s", script, name, (int)strcspn(buf_text(&errors), "\n"), buf_text(&errors));
	return false;
}

static bool configure(struct json_object *entry, const char *name, const char *bridge, struct error **err)
{
	AUTO_CLOSE int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const char *script = json_str(entry, "script");

	/* one that the administrator made for this user is ready as it is */
	if (!bridge && !json_flag(entry, "managed", true))
		return true;
	if (!set_address(s, name, json_str(entry, "mac"), err) || !set_mtu(s, name, (int)json_int(entry, "mtu", 0), err) || (bridge && !join(s, name, bridge, err)))
		return false;
	if (script && *script && strcmp(script, "no"))
		return run_script(script, name, err);
	return bring_up(s, name, err);
}

/* --- for users who may not make devices ---------------------------------------- */

static int receive(int socket, struct error **err)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC) > 0 && (c = CMSG_FIRSTHDR(&m)) &&
	    c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (fd < 0)
		error_set(err, "qemu-bridge-helper gave no network device");
	return fd;
}

static const char *find_helper(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (access(helpers[i], X_OK) == 0)
			return helpers[i];
	return NULL;
}

static int ask_helper(const char *bridge, struct error **err)
{
	AUTO_FREE char *br = mem_printf("--br=%s", bridge);
	const char *helper = find_helper(), *argv[] = { helper, "--use-vnet", NULL, br, NULL };
	struct process_spec spec = PROCESS_SPEC_INIT;
	AUTO_FREE char *arg = NULL;
	int pair[2], fd = -1, status = 0;
	pid_t pid;

	if (!helper) {
		error_set(err, "only root can make network devices, and qemu-bridge-helper is not installed");
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		error_set_errno(err, errno, "socketpair");
		return -1;
	}
	argv[2] = arg = mem_printf("--fd=%d", pair[1]);
	spec.argv = argv;
	spec.keep_fds = &pair[1];
	spec.n_keep_fds = 1;
	if (process_spawn(&spec, &pid, err)) {
		close(pair[1]);
		pair[1] = -1;
		fd = receive(pair[0], err);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (fd < 0) {
			error_prepend(err, "bridge '%s'", bridge);
			error_hint(err, "an administrator allows it: echo 'allow %s' >> /etc/qemu/bridge.conf, and chmod u+s %s", bridge, helper);
		}
	}
	close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	return fd;
}

/* -------------------------------------------------------------------------------- */

static bool may_make(void)
{
	return geteuid() == 0;
}

int tap_open(struct json_object *entry, struct error **err)
{
	const char *kind = json_str(entry, "kind"), *bridge = json_str(entry, "bridge"), *given = json_str(entry, "name");
	char name[IFNAMSIZ] = "vnet%d";
	int fd;

	if (!kind || !strcmp(kind, "macvtap") || json_str(entry, "virtualport")) {
		error_set(err, "network device of kind '%s' is not built in this version",
			  kind && !strcmp(kind, "macvtap") ? "direct" : "virtualport");
		return -1;
	}
	if (bridge && !valid_name(bridge)) {
		error_set(err, "'%s' is not the name of a bridge", bridge);
		return -1;
	}
	if (bridge && !may_make())
		return ask_helper(bridge, err);
	/* vnetN in a definition is what an earlier run had */
	if (given && strncmp(given, "vnet", 4) && valid_name(given) && !strchr(given, '%'))
		snprintf(name, sizeof(name), "%s", given);
	fd = make(name, err);
	if (fd >= 0 && !configure(entry, name, bridge, err)) {
		close(fd);
		return -1;
	}
	return fd;
}
