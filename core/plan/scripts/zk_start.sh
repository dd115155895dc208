# Starts a ZooKeeper server and waits until it listens. DIR; PORT; JAVA; HEAP_MB; RUN_USER.
take_lock
home=$DIR/zookeeper/$PORT
config=$home/zoo.cfg
[ -f "$config" ] || fail "not initialised: run 'arcus zookeeper init' first"
if alive "$(cat "$home/zookeeper.pid" 2>/dev/null)" "$config"; then unchanged; fi
if listening "$PORT"; then fail "port $PORT is taken by another process"; fi
command -v "$JAVA" >/dev/null ||
  fail "no Java ($JAVA): install a headless JRE (Debian: default-jre-headless) or set \"java\""
release=$(readlink -f "$DIR/current") && [ -d "$release/zookeeper/lib" ] ||
  fail "no ZooKeeper is deployed in $DIR: run 'arcus deploy' first"

class_path=
# zookeeper.jar comes last: its manifest names jars of its own, which must not win over ours.
for jar in "$release"/zookeeper/lib/*.jar; do class_path=$class_path$jar:; done
mkdir -p "$home/log"
touch "$home/log/console.log"
give "$home/log" "$home/log/console.log"
printf '%s/\n' "$release" >"$home/release"
(
  cd / && exec </dev/null >>"$home/log/console.log" 2>&1 9>&-
  setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$home/zookeeper.pid" \
    ${RUN_USER:+setpriv --reuid="$RUN_USER" --regid="$(id -g "$RUN_USER")" --init-groups} \
    "$JAVA" -cp "${class_path%:}" "-Xmx${HEAP_MB}m" \
    "-Djava.util.logging.config.file=$home/logging.properties" \
    org.apache.zookeeper.server.quorum.QuorumPeerMain "$config" &
)
tries=0
while [ "$tries" -lt 150 ]; do
  if listening "$PORT"; then fact zk_pid "$(cat "$home/zookeeper.pid")"; exit 0; fi
  sleep 0.1
  tries=$((tries + 1))
  if [ "$tries" -gt 5 ] && ! alive "$(cat "$home/zookeeper.pid")" "$config"; then break; fi
done
tail -n 5 "$home/log/console.log" "$home"/log/zookeeper.log.0 2>/dev/null >&2
fail "ZooKeeper did not come up on port $PORT; its log is in $home/log"
