// SPDX-License-Identifier: GPL-2.0-only
/*
 * fentries.c - runs a command while as many BPF programs as the kernel allows are attached to the entry of a function, so
 * that no other can be.
 *
 * usage: fentries FUNCTION COMMAND [ARGUMENT]...
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* BPF_MAX_TRAMP_LINKS of Linux 6.1 is 38 */
#define MANY 100

static int attach(int function)
{
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY, .attach_btf_id = (unsigned)function);
	int program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "GPL", nothing, 2, &opts);
	int link = program < 0 ? program : bpf_raw_tracepoint_open(NULL, program);

	/* It stays as long as its descriptor, which the command has to inherit. */
	if (link >= 0)
		fcntl(link, F_SETFD, 0);
	if (program >= 0)
		close(program);
	return link;
}

int main(int argc, char *argv[])
{
	struct btf *btf = btf__load_vmlinux_btf();
	int function = argc > 2 && btf ? btf__find_by_name_kind(btf, argv[1], BTF_KIND_FUNC) : -EINVAL;
	int nr = 0;

	if (function < 0) {
		fprintf(stderr, "usage: fentries FUNCTION COMMAND [ARGUMENT]...; of a kernel with BTF\n");
		return 2;
	}
	while (nr < MANY && attach(function) >= 0)
		nr++;
	fprintf(stderr, "fentries: %d at %s\n", nr, argv[1]);
	if (!nr || nr == MANY)
		return 3;
	execvp(argv[2], argv + 2);
	fprintf(stderr, "fentries: %s: %s\n", argv[2], strerror(errno));
	return 3;
}
