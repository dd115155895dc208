# Stops a ZooKeeper server that we started, by its pid file. DIR; PORT; GRACE: seconds until SIGKILL.
[ -d "$DIR" ] || unchanged
take_lock
home=$DIR/zookeeper/$PORT
pid=$(cat "$home/zookeeper.pid" 2>/dev/null)
if ! alive "$pid" "$home/zoo.cfg"; then
  rm -f "$home/zookeeper.pid"
  if listening "$PORT"; then
    fail "port $PORT is served by a process that arcus did not start; it is left alone"
  fi
  unchanged
fi
kill -TERM "$pid"
tries=0
while alive "$pid" "$home/zoo.cfg"; do
  [ "$tries" -lt $((GRACE * 10)) ] || kill -KILL "$pid"
  [ "$tries" -lt $((GRACE * 10 + 50)) ] || fail "process $pid does not end"
  sleep 0.1
  tries=$((tries + 1))
done
rm -f "$home/zookeeper.pid"
exit 0
