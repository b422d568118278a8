#!/bin/sh
# Start dockerd where no service manager does; its log goes to $1.
#
# A machine that lost its processes but kept /run has pid files and sockets of the dead, and dockerd believes them:
# another process may have the number by now. They are removed first.
set -eu
log=$1

# Remove the file $1 unless a process of the program $2 has the number in it.
forget_the_dead() {
    [ -e "$1" ] || return 0
    [ "$(readlink "/proc/$(cat "$1")/exe" 2>/dev/null)" = "$2" ] || rm -f "$1"
}

is_running() {
    for process in /proc/[0-9]*/exe; do
        [ "$(readlink "$process" 2>/dev/null)" != "$1" ] || return 0
    done
    return 1
}

forget_the_dead /run/docker.pid /usr/sbin/dockerd
forget_the_dead /run/docker/containerd/containerd.pid /usr/bin/containerd
is_running /usr/bin/containerd || rm -f /run/containerd/containerd.sock

# A service manager gives the engine's processes one group for the processors, and containers their own. Without one the
# engine would be in the root's group, where each of its threads gets as much as all containers together: what runs
# would stand still while something is started. Where groups cannot be made so, nothing is changed.
share_processors() {
    groups=/sys/fs/cgroup/cpu
    [ -f "$groups/tasks" ] && mkdir -p "$groups/docker-engine" "$groups/docker" &&
        echo 4096 >"$groups/docker/cpu.shares" &&
        echo $$ >"$groups/docker-engine/cgroup.procs"
}

share_processors 2>/dev/null || true
exec start-stop-daemon --start --oknodo --background --output "$log" \
    --pidfile /run/docker.pid --exec /usr/sbin/dockerd -- --log-level warn
