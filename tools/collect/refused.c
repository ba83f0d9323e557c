// SPDX-License-Identifier: GPL-2.0-only
/* refused.c - why the kernel refuses our BPF programs, and what to do about it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include "collect/refused.h"

#define HAVE(data, cap) ((data)[(cap) / 32].effective & 1u << (cap) % 32)

static bool first_line(const char *path, char *out, int size)
{
	FILE *in = fopen(path, "re");
	bool got = in && fgets(out, size, in);

	if (in)
		fclose(in);
	return got;
}

bool refused_by_lockdown(void)
{
	char line[256];

	/* The current mode is in brackets. */
	return first_line("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	       strstr(line, "[confidentiality]");
}

/* Root of a user namespace has capabilities only in that namespace. */
static bool in_user_namespace(void)
{
	unsigned long first, outside, count;
	char line[128];

	return first_line("/proc/self/uid_map", line, sizeof(line)) &&
	       sscanf(line, "%lu %lu %lu", &first, &outside, &count) == 3 &&
	       (first || outside || count != 4294967295UL);
}

static bool has_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capget, &head, data))
		return false;
	return HAVE(data, CAP_SYS_ADMIN) || (HAVE(data, CAP_BPF) && HAVE(data, CAP_PERFMON));
}

bool refused_why(int err, const char *log, char *out, size_t size)
{
	/*
	 * Lockdown disables the helpers that read kernel memory; without securityfs this is the
	 * only sign of it. libbpf tries bpf_probe_read_kernel() first, and uses bpf_probe_read() if
	 * that does not load.
	 */
	if (refused_by_lockdown() || strstr(log, "unknown func bpf_probe_read") ||
	    strstr(log, "cannot use helper bpf_probe_read")) {
		snprintf(out, size,
			 "the kernel's lockdown (mode confidentiality) prevents BPF programs from reading kernel "
			 "memory, also for root: boot with lockdown=integrity, or without Secure Boot's lockdown");
		return true;
	}
	if (err != -EPERM)
		return false;
	if (in_user_namespace())
		snprintf(out, size,
			 "no privilege to load BPF programs: root of a user namespace has none on the "
			 "machine itself: run it outside, or in a container that has no user namespace and keeps "
			 "CAP_BPF and CAP_PERFMON (docker run --privileged)");
	else if (has_capabilities())
		snprintf(out, size,
			 "BPF programs are refused although CAP_BPF and CAP_PERFMON are there: a security module "
			 "or a seccomp filter refuses them, such as the default filter of containers (docker run "
			 "--security-opt seccomp=unconfined)");
	else
		snprintf(out, size,
			 "no privilege to load BPF programs: run as root, or give CAP_BPF and CAP_PERFMON to the "
			 "program, for one group only, as it shows all users' files: chgrp GROUP PROGRAM && chmod "
			 "0750 PROGRAM && setcap cap_bpf,cap_perfmon+ep PROGRAM");
	return true;
}
