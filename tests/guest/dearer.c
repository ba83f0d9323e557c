// SPDX-License-Identifier: GPL-2.0-only
/*
 * dearer.c - runs a command while each DAX fault costs some tens of instructions more: a BPF program that does nothing
 * hangs on the tracepoints at the end of 4 KiB and 2 MiB faults.
 *
 * usage: dearer COMMAND [ARGUMENT]...
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attach(const char *event)
{
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {0};
	int program, link;

	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attr.insns = (unsigned long)nothing;
	attr.insn_cnt = 2;
	attr.license = (unsigned long)"GPL";
	program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.name = (unsigned long)event;
	attr.raw_tracepoint.prog_fd = (unsigned)program;
	link = program < 0 ? -1 : (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
	/* It stays as long as its descriptor, which the command has to inherit: the kernel closes it at exec otherwise. */
	if (link < 0 || fcntl(link, F_SETFD, 0)) {
		fprintf(stderr, "dearer: %s: %s\n", event, strerror(errno));
		_exit(3);
	}
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		return 2;
	attach("dax_pte_fault_done");
	attach("dax_pmd_fault_done");
	execvp(argv[1], argv + 1);
	fprintf(stderr, "dearer: %s: %s\n", argv[1], strerror(errno));
	return 3;
}
