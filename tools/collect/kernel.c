// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - what the running kernel has and lacks, checked before libbpf fails with one error for
 * all causes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "collect/kernel.h"

static bool has_event(const struct btf *btf, const char *name)
{
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

/*
 * Linux 7.0 disables preemption only around perf's programs. 6.13 and later have the functions to
 * do it ourselves.
 */
static bool preempts(const struct btf *btf)
{
	struct utsname host;
	unsigned int major;

	return !uname(&host) && sscanf(host.release, "%u.", &major) == 1 && major >= 7 &&
	       btf__find_by_name_kind(btf, "bpf_preempt_disable", BTF_KIND_FUNC) > 0;
}

/* perf identifies a tracepoint by its number in tracefs. */
static bool has_perf_events(void)
{
	static const char *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		snprintf(path, sizeof(path), "%s/events/fs_dax/dax_pmd_fault/id", roots[i]);
		if (!access(path, R_OK))
			return true;
	}
	return false;
}

int kernel_look(struct kernel *kernel, enum dax_tier most, char *err, size_t size)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct dax_features features;
	bool dax;

	memset(kernel, 0, sizeof(*kernel));
	if (!btf) {
		snprintf(err, size,
			 "this kernel has no BTF (/sys/kernel/btf/vmlinux): use one built with "
			 "CONFIG_DEBUG_INFO_BTF=y, as the distributions' kernels from 5.15 on are");
		return -ENOTSUP;
	}
	dax = has_event(btf, "dax_pmd_fault");
	kernel->told = has_event(btf, "dax_pmd_fallback");
	kernel->upgrades = has_event(btf, "dax_pmd_upgrade");
	kernel->preempts = preempts(btf);
	kernel->exact = kernel->preempts && has_perf_events();
	/* /proc/PID/maps takes its inode numbers from this since Linux 6.7. */
	kernel->below = btf__find_by_name_kind(btf, "backing_file", BTF_KIND_STRUCT) > 0 &&
			dax_features_iterates(btf, "bpf_iter_task_vma");
	if (dax && most >= DAX_T2) {
		dax_features_try(&features, btf, DAX_T2, DAX_T2, false);
		kernel->t2 = dax_features_t2(&features);
		kernel->kallsyms = features.kallsyms;
	}
	btf__free(btf);
	if (dax)
		return 0;
	snprintf(err, size,
		 "this kernel has no filesystem DAX: it was built without CONFIG_FS_DAX");
	return -ENOTSUP;
}

__u64 kernel_passed_over(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	if (!bpf_program__autoload(prog) || bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return 0;
	return info.recursion_misses;
}
