// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - what the running kernel has and lacks, told apart before libbpf fails with one error
 * for all. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
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
	if (dax && most >= DAX_T2) {
		dax_features_try(&features, btf, DAX_T2, DAX_T2);
		kernel->t2 = dax_features_t2(&features);
		kernel->callers = features.callers;
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
