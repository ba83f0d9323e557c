// SPDX-License-Identifier: GPL-2.0-only
/* header.c - the file header: facts about the recorded machine and run. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "recording/bytes.h"
#include "recording/crc32c.h"
#include "recording/encoding.h"
#include "util/version.h"

#define ARGS_MAX (64u << 10) /* bytes of the command line that are kept */

/* Read the first line of a small file; "" if that fails. */
static void read_line(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, out, size - 1);

	if (fd >= 0)
		close(fd);
	out[got > 0 ? got : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

int rec_facts_here(struct rec_facts *facts, char *const args[], enum dax_tier tier, bool extents)
{
	struct utsname name;
	char line[64];
	size_t i, n = 0;
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	memset(facts, 0, sizeof(*facts));
	if (!uname(&name)) {
		facts->text[REC_TAG_SYSNAME] = strdup(name.sysname);
		facts->text[REC_TAG_RELEASE] = strdup(name.release);
		facts->text[REC_TAG_VERSION] = strdup(name.version);
		facts->text[REC_TAG_MACHINE] = strdup(name.machine);
		facts->text[REC_TAG_NODENAME] = strdup(name.nodename);
	}
	read_line("/proc/sys/kernel/random/boot_id", line, sizeof(line));
	facts->text[REC_TAG_BOOT_ID] = strdup(line);
	if (asprintf(&facts->text[REC_TAG_TOOL], "daxtrace %s", daxscope_version) < 0)
		facts->text[REC_TAG_TOOL] = NULL;
	while (args[n])
		n++;
	facts->args = calloc(n + 1, sizeof(*facts->args));
	for (i = 0; facts->args && i < n; i++) {
		facts->args[i] = strdup(args[i]);
		if (facts->args[i])
			facts->nr_args++;
		else
			break;
	}
	facts->ncpu = cpus > 0 ? cpus : 0;
	facts->page_size = 1u << DAX_PAGE_SHIFT;
	facts->pmd_size = 1u << DAX_RANGE_SHIFT;
	facts->clock = CLOCK_MONOTONIC;
	facts->tier = tier;
	facts->extents = extents;
	if (facts->nr_args < n) {
		rec_facts_free(facts);
		return -ENOMEM;
	}
	return 0;
}

void rec_facts_free(struct rec_facts *facts)
{
	size_t i;

	for (i = 0; i <= REC_TEXT_LAST; i++)
		free(facts->text[i]);
	for (i = 0; i < facts->nr_args; i++)
		free(facts->args[i]);
	free(facts->args);
	memset(facts, 0, sizeof(*facts));
}

void rec_header_put(struct bytes *out, const struct rec_facts *facts)
{
	size_t i, args = 0;
	__u8 *at;

	bytes_add(out, REC_H_TLVS);
	for (i = REC_TEXT_FIRST; i <= REC_TEXT_LAST; i++)
		if (facts->text[i])
			tlv_put(out, i, facts->text[i], strlen(facts->text[i]));
	for (i = 0; i < facts->nr_args; i++) {
		size_t len = strlen(facts->args[i]);

		if (len + REC_TLV_HEAD > ARGS_MAX - args)
			break;
		args += len + REC_TLV_HEAD;
		tlv_put(out, REC_TAG_ARG, facts->args[i], len);
	}
	tlv_put_u32(out, REC_TAG_NCPU, facts->ncpu);
	tlv_put_u32(out, REC_TAG_PAGE_SIZE, facts->page_size);
	tlv_put_u32(out, REC_TAG_PMD_SIZE, facts->pmd_size);
	tlv_put_u32(out, REC_TAG_TIER, facts->tier);
	tlv_put_u32(out, REC_TAG_EXTENTS, facts->extents);
	tlv_put_u32(out, REC_TAG_CLOCK, facts->clock);
	bytes_add(out, 4);
	if (out->failed)
		return;
	at = out->at;
	memcpy(at, REC_MAGIC, REC_MAGIC_LEN);
	put_le16(at + REC_H_MAJOR, REC_MAJOR);
	put_le16(at + REC_H_MINOR, REC_MINOR);
	put_le32(at + REC_H_LEN, out->len);
	put_le64(at + REC_H_INCOMPAT, 0);
	put_le64(at + REC_H_COMPAT, 0);
	put_le32(at + out->len - 4, crc32c(at, out->len - 4));
}

size_t rec_header_len(const __u8 *in, size_t size, char *err, size_t err_size)
{
	size_t len;
	__u64 unknown;

	if (size < REC_MAGIC_LEN || memcmp(in, REC_MAGIC, REC_MAGIC_LEN)) {
		/* The first four bytes survive a text transfer that damages the rest. */
		snprintf(err, err_size, "%s",
			 size >= 4 && !memcmp(in, REC_MAGIC, 4)
				 ? "a recording that a transfer as text has spoilt: copy it as "
				   "binary"
				 : "not a daxtrace recording");
		return 0;
	}
	if (size < REC_H_TLVS) {
		snprintf(err, err_size, "cut off inside its header");
		return 0;
	}
	if (get_le16(in + REC_H_MAJOR) != REC_MAJOR) {
		snprintf(err, err_size,
			 "format version %u.%u; this program reads version %u: use the daxtrace "
			 "that recorded it",
			 get_le16(in + REC_H_MAJOR), get_le16(in + REC_H_MINOR), (unsigned)REC_MAJOR);
		return 0;
	}
	unknown = get_le64(in + REC_H_INCOMPAT) & ~REC_INCOMPAT_KNOWN;
	if (unknown) {
		snprintf(
			err, err_size,
			"needs features this program does not know (bits 0x%llx): use the daxtrace "
			"that recorded it",
			(unsigned long long)unknown);
		return 0;
	}
	len = get_le32(in + REC_H_LEN);
	if (len < REC_HEADER_MIN || len > REC_HEADER_MAX) {
		snprintf(err, err_size, "damaged header (length %zu)", len);
		return 0;
	}
	return len;
}

/* Read the u32 of a TLV; if it has another length *out is unchanged. */
static void take_u32(const struct tlv *tlv, __u32 *out)
{
	if (tlv->len == 4)
		*out = get_le32(tlv->value);
}

static int take_arg(struct rec_facts *facts, const struct tlv *tlv)
{
	char **args = realloc(facts->args, (facts->nr_args + 1) * sizeof(*args));
	char *arg;

	if (!args)
		return -ENOMEM;
	facts->args = args;
	arg = strndup((const char *)tlv->value, tlv->len);
	if (!arg)
		return -ENOMEM;
	facts->args[facts->nr_args++] = arg;
	return 0;
}

static int take_fact(struct rec_facts *facts, const struct tlv *tlv)
{
	__u32 number = 0;

	switch (tlv->tag) {
	case REC_TAG_ARG:
		return take_arg(facts, tlv);
	case REC_TAG_NCPU:
		take_u32(tlv, &facts->ncpu);
		break;
	case REC_TAG_PAGE_SIZE:
		take_u32(tlv, &facts->page_size);
		break;
	case REC_TAG_PMD_SIZE:
		take_u32(tlv, &facts->pmd_size);
		break;
	case REC_TAG_TIER:
		take_u32(tlv, &number);
		facts->tier = number > DAX_T3 ? DAX_T3 : number;
		break;
	case REC_TAG_EXTENTS:
		take_u32(tlv, &number);
		facts->extents = number;
		break;
	case REC_TAG_CLOCK:
		take_u32(tlv, &facts->clock);
		break;
	default:
		if (tlv->tag < REC_TEXT_FIRST || tlv->tag > REC_TEXT_LAST || facts->text[tlv->tag])
			break;
		facts->text[tlv->tag] = strndup((const char *)tlv->value, tlv->len);
		if (!facts->text[tlv->tag])
			return -ENOMEM;
	}
	return 0;
}

int rec_header_get(const __u8 *in, size_t len, struct rec_facts *facts, char *err, size_t err_size)
{
	const __u8 *at = in + REC_H_TLVS, *end = in + len - 4;
	struct tlv tlv;
	int ret;

	memset(facts, 0, sizeof(*facts));
	if (get_le32(end) != crc32c(in, len - 4)) {
		snprintf(err, err_size, "damaged header (checksum)");
		return -EBADMSG;
	}
	facts->major = get_le16(in + REC_H_MAJOR);
	facts->minor = get_le16(in + REC_H_MINOR);
	while ((ret = tlv_next(&at, end, &tlv)) > 0) {
		ret = take_fact(facts, &tlv);
		if (ret)
			break;
	}
	if (ret) {
		snprintf(err, err_size, "%s",
			 ret == -ENOMEM ? "out of memory" : "damaged header (entry too long)");
		rec_facts_free(facts);
	}
	return ret;
}
