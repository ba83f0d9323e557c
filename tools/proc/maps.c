// SPDX-License-Identifier: GPL-2.0-only
/* maps.c - open files of /proc/PID, and parse a line of its maps. */
#include <string.h>
#include "proc/maps.h"

FILE *proc_open(__u32 pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return fopen(path, "re");
}

void proc_comm(__u32 pid, char *comm, int size)
{
	FILE *file = proc_open(pid, "comm");
	size_t len = 0;

	if (file) {
		len = fread(comm, 1, (size_t)size - 1, file);
		fclose(file);
	}
	if (len && comm[len - 1] == '\n')
		len--;
	comm[len] = '\0';
}

bool maps_parse(char *line, struct maps_line *out)
{
	int used = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &out->start, &out->end, out->perms, &out->offset,
		   &out->major, &out->minor, &out->ino, &used) != 7 ||
	    !used || out->end <= out->start || strlen(out->perms) != 4)
		return false;
	line[strcspn(line, "\n")] = '\0';
	out->path = line + used;
	return true;
}
