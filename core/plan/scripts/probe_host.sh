# Reads, and only reads, what a plan needs to know of a host.
# DIR: the deploy directory as set, empty for the host's own; REMEMBER: this host keeps the name of
# its directory; RELEASES: those to look for; ZK_PORTS: client ports of its ZooKeeper servers; JAVA.
fact uid "$(id -u)"
fact user "$(id -un)"
fact arch "$(uname -m)"
fact hostname "$(cat /proc/sys/kernel/hostname)"
fact glibc "$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //')"

if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then fact sudo yes; else fact sudo no; fi
find_dir
if [ -n "$remembered" ] && [ -n "$asked" ] && [ "$asked" != "$remembered" ]; then
  fact other_dir "$remembered"
fi
fact dir "$DIR"

# The directory, or the nearest one above it that exists.
above=$DIR
while [ ! -d "$above" ]; do above=$(dirname "$above"); done
if [ -w "$above" ]; then fact writable yes; else fact writable no; fi
fact free_kb "$(df -Pk "$above" | awk 'NR == 2 { print $4 }')"
for tool in tar gzip sha256sum flock setpriv; do
  command -v "$tool" >/dev/null || fact missing_tool "$tool"
done

current=$(readlink "$DIR/current" 2>/dev/null) && fact current "$(basename "$current")"
for release in $RELEASES; do
  if [ -f "$DIR/releases/$release/MANIFEST" ]; then fact release "$release"; fi
done

for port in $ZK_PORTS; do
  home=$DIR/zookeeper/$port
  if [ -f "$home/zoo.cfg" ]; then
    fact zk_config "$port $(tr '\n' ';' <"$home/zoo.cfg")"
  fi
  if [ -f "$home/data/myid" ]; then fact zk_myid "$port $(cat "$home/data/myid")"; fi
  if [ -d "$home/data/version-2" ]; then fact zk_data "$port"; fi
  if alive "$(cat "$home/zookeeper.pid" 2>/dev/null)" "$home/zoo.cfg"; then
    fact zk_running "$port"
  elif listening "$port"; then
    fact zk_foreign "$port"
  fi
done
if [ -n "$ZK_PORTS" ] && command -v "$JAVA" >/dev/null; then
  fact java "$("$JAVA" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')"
fi
for home in "$DIR"/zookeeper/*/; do
  if [ -f "${home}zoo.cfg" ]; then fact zk_instance "$(basename "$home")"; fi
done
exit 0
