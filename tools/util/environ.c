// SPDX-License-Identifier: GPL-2.0-only
/* environ.c - properties of this machine that decide the figures of a run, from the kernel. */
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif
#include "util/environ.h"

#define NOTE_BUILD_ID 3 /* NT_GNU_BUILD_ID */

static bool cpu_model(char *out, size_t size)
{
	FILE *from = fopen("/proc/cpuinfo", "re");
	char line[512], *value;
	bool found = false;

	while (from && !found && fgets(line, sizeof(line), from)) {
		if (strncmp(line, "model name", 10) || !(value = strchr(line, ':')))
			continue;
		value += 1 + strspn(value + 1, " \t");
		value[strcspn(value, "\n")] = 0;
		snprintf(out, size, "%s", value);
		found = true;
	}
	if (from)
		fclose(from);
	return found;
}

/* The hypervisor of this machine, by its CPUID signature. */
static const char *accelerator(void)
{
#ifdef __x86_64__
	unsigned a, b, c, d;
	char name[13] = "";

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1U << 31))
		return "none";
	__cpuid(0x40000000, a, b, c, d);
	memcpy(name, &b, 4);
	memcpy(name + 4, &c, 4);
	memcpy(name + 8, &d, 4);
	if (!strcmp(name, "KVMKVMKVM"))
		return "kvm";
	return !strcmp(name, "TCGTCGTCGTCG") ? "tcg" : "other";
#else
	return "unknown"; /* only x86 has an instruction that shows it */
#endif
}

/* The build id note that the linker stored, as hexadecimal digits. */
static bool build_id(char *out, size_t size)
{
	unsigned char note[4096];
	FILE *from = fopen("/sys/kernel/notes", "re");
	size_t len = from ? fread(note, 1, sizeof(note), from) : 0, at = 0, i;
	unsigned head[3];

	if (from)
		fclose(from);
	while (at + sizeof(head) <= len) {
		memcpy(head, note + at, sizeof(head));
		at += sizeof(head);
		if (head[0] > len || head[1] > len || at + ((head[0] + 3) & ~3U) + head[1] > len)
			return false;
		if (head[2] == NOTE_BUILD_ID && head[0] == 4 && !memcmp(note + at, "GNU", 4)) {
			for (i = 0; i < head[1] && 2 * i + 3 < size; i++)
				snprintf(out + 2 * i, size - 2 * i, "%02x", note[at + 4 + i]);
			return head[1] > 0;
		}
		at += ((head[0] + 3) & ~3U) + ((head[1] + 3) & ~3U);
	}
	return false;
}

/*
 * FNV-1a of the configuration that this kernel was built with; of the compressed form if only that
 * exists.
 */
static bool config_hash(const char *release, char *out, size_t size)
{
	unsigned long long hash = 0xcbf29ce484222325ULL;
	char path[512];
	FILE *from = fopen("/proc/config.gz", "re");
	int c;

	if (!from) {
		snprintf(path, sizeof(path), "/boot/config-%s", release);
		from = fopen(path, "re");
	}
	if (!from)
		return false;
	while ((c = getc(from)) != EOF)
		hash = (hash ^ (unsigned char)c) * 0x100000001b3ULL;
	fclose(from);
	snprintf(out, size, "%016llx", hash);
	return true;
}

int environ_each(int (*put)(void *ctx, const char *key, const char *value), void *ctx)
{
	struct utsname name;
	char text[512];
	int err = put(ctx, "accel", accelerator());

	if (!err && cpu_model(text, sizeof(text)))
		err = put(ctx, "cpu", text);
	snprintf(text, sizeof(text), "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	if (!err)
		err = put(ctx, "cpus", text);
	if (!err && !uname(&name)) {
		err = put(ctx, "kernel", name.release);
		if (!err && config_hash(name.release, text, sizeof(text)))
			err = put(ctx, "kernel_config", text);
	}
	if (!err && build_id(text, sizeof(text)))
		err = put(ctx, "kernel_build_id", text);
	return err;
}

int environ_fs(const char *mount, int (*put)(void *ctx, const char *key, const char *value), void *ctx)
{
	static const char *const wanted[] = {"sunit", "swidth", "stripe", "dax", "noquota"};
	FILE *table = setmntent("/proc/self/mounts", "re");
	char text[512] = "", type[64] = "";
	struct mntent *entry;
	struct statfs fs;
	size_t i, len = 0;
	int err;

	if (!statfs(mount, &fs))
		len = (size_t)snprintf(text, sizeof(text), "bsize=%ld", (long)fs.f_bsize);
	while (table && (entry = getmntent(table))) {
		if (strcmp(entry->mnt_dir, mount))
			continue;
		snprintf(type, sizeof(type), "%s", entry->mnt_type);
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			char *at = hasmntopt(entry, wanted[i]);

			if (at && len < sizeof(text) - 80)
				len += (size_t)snprintf(text + len, sizeof(text) - len, " %.*s",
							(int)(strcspn(at, ",") < 70 ? strcspn(at, ",") : 70), at);
		}
	}
	if (table)
		endmntent(table);
	err = *type ? put(ctx, "fs", type) : 0;
	return err || !*text ? err : put(ctx, "fs_geometry", text);
}
