// SPDX-License-Identifier: GPL-2.0-only
/* users.c - find the processes that have a file open or mapped, as far as /proc shows them. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "doctor/users.h"
#include "proc/maps.h"

/*
 * The inode number in fdinfo (Linux 5.14), which needs no access to a slow filesystem; 0: not
 * shown.
 */
static ino_t shown_inode(int pid, const char *descriptor)
{
	unsigned long long ino = 0;
	char path[320], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, descriptor);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "ino: %llu", &ino) == 1)
			break;
	if (file)
		fclose(file);
	return (ino_t)ino;
}

/*
 * Returns 1: it has a descriptor of the file; 0: it has none; -1: its descriptors cannot be seen.
 */
static int has_open(int pid, dev_t dev, ino_t ino)
{
	struct dirent *entry;
	char path[320];
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (!found && (entry = readdir(dir))) {
		struct stat st;
		ino_t shown;

		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		shown = shown_inode(pid, entry->d_name);
		if (shown && shown != ino)
			continue;
		if (!fstatat(dirfd(dir), entry->d_name, &st, 0))
			found = st.st_dev == dev && st.st_ino == ino;
	}
	closedir(dir);
	return found;
}

static int has_mapped(int pid, dev_t dev, ino_t ino)
{
	FILE *file = proc_open((__u32)pid, "maps");
	struct maps_line map;
	char *line = NULL;
	size_t size = 0;
	int found = 0;

	if (!file)
		return -1;
	while (!found && getline(&line, &size, file) > 0)
		found = maps_parse(line, &map) && makedev(map.major, map.minor) == dev && map.ino == ino;
	free(line);
	fclose(file);
	return found;
}

bool users_find(struct users *users, dev_t dev, ino_t ino)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool any = false;

	*users = (struct users){0};
	while (proc && (entry = readdir(proc))) {
		int pid = atoi(entry->d_name), open, mapped;

		if (pid <= 0)
			continue;
		any = true;
		if (pid == getpid())
			continue;
		open = has_open(pid, dev, ino);
		mapped = open > 0 ? 0 : has_mapped(pid, dev, ino);
		if (open <= 0 && mapped <= 0) {
			users->hidden += open < 0 || mapped < 0;
			continue;
		}
		if (users->nr < MAX_USERS) {
			struct user *user = &users->user[users->nr];

			user->pid = pid;
			user->maps = mapped > 0;
			proc_comm((__u32)pid, user->comm, sizeof(user->comm));
		}
		users->nr++;
	}
	if (proc)
		closedir(proc);
	return any;
}

void users_text(const struct users *users, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < users->nr && i < MAX_USERS && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%d (%s%s)", i ? ", " : "",
					 users->user[i].pid, users->user[i].comm,
					 users->user[i].maps ? ", mapped" : "");
	if (users->nr > MAX_USERS && used < size)
		snprintf(out + used, size - used, " and %zu more", users->nr - MAX_USERS);
}
