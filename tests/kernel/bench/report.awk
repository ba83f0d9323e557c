# SPDX-License-Identifier: GPL-2.0-only
# Tables and verdicts of bench-kernel from lines KERNEL|FILESYSTEM|CLOCK|BOOT|TAG|...

function remember(list, key) {
	if (!((list, key) in known)) {
		known[list, key] = 1
		member[list, ++members[list]] = key
	}
}

function percent(new, old) {
	return old ? (new / old - 1) * 100 : 0
}

function verdict(what, good, detail) {
	verdicts[++nr_verdicts] = sprintf("%-5s %-50s %s", good ? "ok" : "OVER", what, detail)
	if (!good)
		broken = 1
}

{ kernel = $1; fs = $2; clock = $3; boot = $4; tag = $5 }

tag == "fault" {
	row = fs "|" $6 "|" $7
	remember("fault", row)
	median[kernel, row, boot] = $8
	mean[kernel, row, boot] = $9
	boots[kernel, row] = boot
}

tag == "fio" {
	row = fs "|" clock "|" $6
	remember("fio", row)
	if ($8 > rate[kernel, row, $7])
		rate[kernel, row, $7] = $8
	runs[row, $7, kernel]++
}

tag == "load" {
	if ($6 > load)
		load = $6
	cpus = $7
}

tag == "upgrade" {
	row = fs "|" $6
	remember("upgrade", row)
	ranges[row] = $7
	pte[kernel, row] = $8
	pmd[kernel, row] = $9
	upgraded[kernel, row] = $10
	cost[kernel, row] = $11
}

tag == "msync" {
	row = fs "|" $6
	remember("msync", row)
	rewrite[kernel, row] = $7
	msync[kernel, row] = $8
}

tag == "latency" {
	group = kernel "|" fs "|" clock
	remember("latency", group)
	remember(group, $6 "|" $7 "|" $8 "|" $9)
	line = $6 "|" $7 "|" $8 "|" $9
	touched[group, line] = $10
	least[group, line] = $11
	average[group, line] = $12
	most[group, line] = $13
	histogram[group, line] = $14
}

# Both boots when they differ by more than the counting's own error
function instructions(kernel, row,    a, b) {
	a = median[kernel, row, 1]
	b = boots[kernel, row] > 1 ? median[kernel, row, 2] : a
	return (a > b ? a - b : b - a) > a * 0.0005 ? a "/" b : a ""
}

# The difference to stock, the boot in which it is least
function over(kernel, row,    i, p, worst, best) {
	best = 1e9
	for (i = 1; i <= boots[kernel, row] && i <= boots["stock", row]; i++) {
		p = percent(median[kernel, row, i], median["stock", row, i])
		if (p < best)
			best = p
	}
	return best
}

function faults(    i, k, row, part, p, bad, worst, where) {
	print "Guest instructions of one fault (median; no event on; limit +0.5 %)"
	print "Counted by the emulator: neither this machine's load nor the alignment of code changes them. Where data lies does"
	print "(slab and tree nodes, time stamps that change): two boots with different memory, both printed as A/B where they differ"
	print "by more than 0.05 %; a kernel is over the limit when it is in both. 'mean' has what comes once in many faults:"
	print "interrupts, new tree nodes and page tables, for the very first 2 MiB hole the zeroing of the huge zero page."
	printf "  %-5s %-16s %-12s %11s %11s %-13s %11s %-13s %11s %8s %8s\n", "", "fault", "file's entry", "stock", \
		"trace", "", "pmd", "", "stock mean", "trace", "pmd"
	for (i = 1; i <= members["fault"]; i++) {
		row = member["fault", i]
		split(row, part, "|")
		printf "  %-5s %-16s %-12s %11s", part[1], part[2], part[3], instructions("stock", row)
		for (k = 1; k <= 2; k++) {
			kernel = k == 1 ? "trace" : "pmd"
			p = over(kernel, row)
			bad = p > 0.5
			printf " %11s %+7.2f%% %-4s", instructions(kernel, row), p, bad ? "OVER" : "ok"
			nr[kernel]++
			if (bad)
				nr_bad[kernel]++
			if (!(kernel in worst) || p > worst[kernel]) {
				worst[kernel] = p
				where[kernel] = part[1] ", " part[2] ", " part[3]
			}
		}
		printf " %11.1f %+7.2f%% %+7.2f%%\n", mean["stock", row, 1], \
			percent(mean["trace", row, 1], mean["stock", row, 1]), \
			percent(mean["pmd", row, 1], mean["stock", row, 1])
	}
	for (k = 1; k <= 2; k++) {
		kernel = k == 1 ? "trace" : "pmd"
		verdict(kernel ": a fault costs at most 0.5 % more", !nr_bad[kernel], \
			sprintf("%d of %d over, worst %+.2f %% (%s)", nr_bad[kernel], nr[kernel], worst[kernel], where[kernel]))
	}
}

function fio(    i, k, row, part, ratio, own, held, note) {
	print "\nfio, ioengine=mmap, blocks of 4 KiB: MiB/s with 4 KiB pages and with 2 MiB pages (limit 2.5 times in order, and stock's own)"
	print "icount: a second is 10^9 instructions, exact; only this decides. real: this machine's time under emulation, best of the runs,"
	print "+-10 % and more; worth nothing when others use the machine" \
		(cpus ? sprintf(" (load %.1f on %d CPUs after these runs).", load, cpus) : ".")
	printf "  %-5s %-6s %-9s %26s %26s %26s\n", "", "clock", "pattern", "stock 4 KiB  2 MiB  ratio", \
		"trace 4 KiB  2 MiB  ratio", "pmd 4 KiB  2 MiB  ratio"
	for (i = 1; i <= members["fio"]; i++) {
		row = member["fio", i]
		split(row, part, "|")
		printf "  %-5s %-6s %-9s", part[1], part[2], part[3]
		for (k = 1; k <= 3; k++) {
			kernel = k == 1 ? "stock" : k == 2 ? "trace" : "pmd"
			ratio = rate[kernel, row, "2M"] / rate[kernel, row, "4K"]
			if (k == 1)
				own = ratio
			printf " %12.0f %6.0f %6.2f", rate[kernel, row, "4K"] / 1024, rate[kernel, row, "2M"] / 1024, ratio
			if (part[2] != "icount")
				continue
			if (part[3] == "read" || part[3] == "write")
				verdict(kernel ": fio " part[3] ", 2 MiB at least 2.5 times 4 KiB", ratio >= 2.5, \
					sprintf("%.2f times", ratio))
			if (k == 1)
				continue
			# To the 0.5 % that a fault may cost more. A ratio is also lower when 4 KiB pages got faster:
			# then it is 2 MiB against stock's 2 MiB that counts.
			held = ratio >= own * 0.995
			note = ""
			if (!held && rate[kernel, row, "2M"] >= rate["stock", row, "2M"] * 0.995) {
				held = 1
				note = sprintf("; less only as 4 KiB is faster, %+.1f %%", \
					percent(rate[kernel, row, "4K"], rate["stock", row, "4K"]))
			}
			verdict(kernel ": fio " part[3] ", as many times as stock", held, \
				sprintf("%.2f times, stock %.2f%s", ratio, own, note))
		}
		print ""
	}
}

function upgrade(    i, k, row, part, each) {
	print "\nA file touched once by a 4 KiB fault in every range, then mapped anew and gone through: for a range of 2 MiB"
	printf "  %-5s %-6s %-6s %12s %14s %9s %14s %12s\n", "", "", "kernel", "4 KiB faults", "2 MiB attempts", \
		"upgrades", "instructions", "of stock"
	for (i = 1; i <= members["upgrade"]; i++) {
		row = member["upgrade", i]
		split(row, part, "|")
		for (k = 1; k <= 3; k++) {
			kernel = k == 1 ? "stock" : k == 2 ? "trace" : "pmd"
			each = ranges[row]
			printf "  %-5s %-6s %-6s %12.2f %14.2f %9.2f %14.0f %11.2f%%\n", (k > 1 ? "" : part[1]), \
				(k > 1 ? "" : part[2]), kernel, pte[kernel, row] / each, pmd[kernel, row] / each, \
				upgraded[kernel, row] / each, cost[kernel, row] / each, \
				cost[kernel, row] / cost["stock", row] * 100
		}
		verdict("pmd: upgrade, " part[2] " on " part[1] ", 1 fault a range", \
			pte["pmd", row] == 0 && pmd["pmd", row] == ranges[row] && pte["stock", row] == ranges[row] * 512, \
			sprintf("%.2f instead of stock's %.2f", (pte["pmd", row] + pmd["pmd", row]) / ranges[row], \
				pte["stock", row] / ranges[row]))
	}
}

function msyncs(    i, k, row, part, more, large) {
	print "\nOne byte written, then msync() of its 4 KiB: guest instructions of the write fault and of msync() (median; limit +1 %)"
	printf "  %-5s %-9s %17s %17s %17s\n", "", "entry", "stock", "trace", "pmd"
	for (i = 1; i <= members["msync"]; i++) {
		row = member["msync", i]
		split(row, part, "|")
		printf "  %-5s %-9s", part[1], part[2]
		for (k = 1; k <= 3; k++) {
			kernel = k == 1 ? "stock" : k == 2 ? "trace" : "pmd"
			printf " %8d %8d", rewrite[kernel, row], msync[kernel, row]
			if (k == 1 || part[2] == "upgraded")
				continue
			more = percent(msync[kernel, row], msync["stock", row])
			verdict(kernel ": msync(), entry of " part[2] " on " part[1] ", at most 1 % more", more <= 1, \
				sprintf("%+.2f %%", more))
		}
		print ""
		if (part[2] == "upgraded") {
			large = part[1] "|2M"
			more = percent(msync["pmd", row], msync["pmd", large])
			verdict("pmd: msync(), upgraded on " part[1] ", as from the first fault on", more <= 1 && more >= -1, \
				sprintf("%+.2f %%", more))
		}
	}
}

function latency(    g, i, j, group, line, part, count, low, high) {
	print "\nLatency of a write fault in us. preallocated: blocks written before; copying: another process copies a file meanwhile."
	print "icount: one CPU, 1000 instructions are 1 us, so the copying shows as whole time slices; real: two CPUs,"
	print "this machine's time under emulation, noisy."
	for (g = 1; g <= members["latency"]; g++) {
		group = member["latency", g]
		split(group, part, "|")
		if (part[1] == "trace")
			continue
		low = 99
		high = 0
		for (i = 1; i <= members[group]; i++) {
			split(histogram[group, member[group, i]], count, ",")
			for (j = 1; j <= 24; j++)
				if (count[j]) {
					low = j < low ? j : low
					high = j > high ? j : high
				}
		}
		printf "\n  %s, %s, %s\n  %-5s %-12s %-8s %-7s %6s %9s %9s %9s ", part[1], part[2], part[3], "page", "file", \
			"mapping", "load", "faults", "min", "average", "max"
		for (j = low; j <= high; j++)
			printf " %7s", (j == 1 ? "<1" : 2 ^ (j - 2) "-")
		print ""
		for (i = 1; i <= members[group]; i++) {
			line = member[group, i]
			split(line, part, "|")
			split(histogram[group, line], count, ",")
			printf "  %-5s %-12s %-8s %-7s %6d %9.1f %9.1f %9.1f ", part[1], part[2], part[3], part[4], \
				touched[group, line], least[group, line], average[group, line], most[group, line]
			for (j = low; j <= high; j++)
				printf " %7s", (count[j] ? count[j] : ".")
			print ""
		}
	}
}

END {
	for (i = 1; i <= members["fault"]; i++)
		for (k = 1; k <= 3; k++)
			if (!((k == 1 ? "stock" : k == 2 ? "trace" : "pmd", member["fault", i], 1) in median))
				incomplete = 1
	if (incomplete || !members["fio"] || !members["upgrade"] || !members["msync"] || !members["latency"]) {
		print "report.awk: " FILENAME ": not a full run; start bench-kernel again" >"/dev/stderr"
		exit 3
	}
	faults()
	fio()
	upgrade()
	msyncs()
	latency()
	print "\nLimits:"
	for (i = 1; i <= nr_verdicts; i++)
		print "  " verdicts[i]
	exit broken
}
