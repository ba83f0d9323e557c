// SPDX-License-Identifier: GPL-2.0-only
/*
 * record.bpf.c - copies what the kernel writes back from the CPU's caches to persistent memory into a ring, with the
 * fences between. On x86 all of it goes through these functions; the test checks at its end that none is missing.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "record.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 128 << 20);
} ring SEC(".maps");

/* The kernel's mapping of the device; everything until the test knows it */
__u64 pmem_base, pmem_size = ~0ULL;
__u32 mode;
__u64 lost;

struct span {
	__u64 at, end;
	__u32 kind;
};

static void put(__u32 kind, __u64 addr, __u32 size)
{
	struct piece *p = bpf_ringbuf_reserve(&ring, sizeof(*p), 0);

	if (!p) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	p->kind = kind;
	p->size = size;
	p->addr = addr;
	barrier_var(size); /* or the verifier does not see that what was compared is what is used */
	if (size && mode == RECORD_ALL && (size > PIECE || bpf_probe_read_kernel(p->data, size, (void *)addr)))
		__sync_fetch_and_add(&lost, 1);
	bpf_ringbuf_submit(p, BPF_RB_NO_WAKEUP);
}

static long put_page(__u32 nr, void *context)
{
	struct span *span = context;
	__u64 next = (span->at & ~(__u64)(PIECE - 1)) + PIECE;

	if (span->at >= span->end)
		return 1;
	if (next > span->end)
		next = span->end;
	put(span->kind, span->at, (__u32)(next - span->at));
	span->at = next;
	return 0;
}

static void put_span(__u32 kind, __u64 at, __u64 size)
{
	struct span span = {.at = at, .end = at + size, .kind = kind};

	if (mode == RECORD_OFF || !size || at - pmem_base >= pmem_size)
		return;
	if (kind == PIECE_FLUSH) {
		span.at &= ~(__u64)(CACHE_LINE - 1);
		span.end = (span.end + CACHE_LINE - 1) & ~(__u64)(CACHE_LINE - 1);
	}
	bpf_loop(1 << 19, put_page, &span, 0);
	if (span.at < span.end)
		__sync_fetch_and_add(&lost, 1);
}

SEC("fexit/arch_wb_cache_pmem")
int BPF_PROG(wrote_back, void *addr, __u64 size)
{
	put_span(PIECE_FLUSH, (__u64)addr, size);
	return 0;
}

SEC("fexit/__memcpy_flushcache")
int BPF_PROG(copied, void *to, const void *from, __u64 size)
{
	put_span(PIECE_COPY, (__u64)to, size);
	return 0;
}

SEC("fexit/__copy_user_flushcache")
int BPF_PROG(copied_from_user, void *to, const void *from, __u32 size)
{
	put_span(PIECE_COPY, (__u64)to, size);
	return 0;
}

/* Its name since 6.3 */
SEC("fexit/copy_user_flushcache")
int BPF_PROG(copied_from_user_later, void *to, const void *from, __u64 size)
{
	put_span(PIECE_COPY, (__u64)to, size);
	return 0;
}

/* At its entry: what another CPU writes back during the fence may be too late for it */
SEC("fentry/nvdimm_flush")
int BPF_PROG(fenced, void *region, void *bio)
{
	if (mode == RECORD_ALL)
		put(PIECE_FENCE, 0, 0);
	return 0;
}

SEC("syscall")
int emit(struct emit_args *args)
{
	if (args->kind == PIECE_USER)
		put_span(PIECE_USER, args->addr, args->size);
	else
		put(args->kind, args->addr, 0);
	return 0;
}
