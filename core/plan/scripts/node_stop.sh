# Stops a node, whoever started it. DIR; NODE; PORT; GRACE: seconds until SIGKILL.
if [ -d "$DIR/run/$NODE" ]; then
  answer=$(supervise stop --dir "$DIR" --node "$NODE" --grace "$GRACE")
  status=$?
  printf '%s\n' "$answer" | sed 's/^{/@status {/'
  [ "$status" = 0 ] || exit 1
  case $answer in *'"already":true'*) ;; *) exit 0 ;; esac
fi
listening "$PORT" || unchanged

# Started by hand or by the old tool: found by its listening socket and its exact arguments.
found=$(supervise find --port "$PORT" | head -n 1)
field() { printf '%s\n' "$found" | sed -n "s/.*\"$1\":\"\{0,1\}\([0-9][0-9]*\).*/\1/p"; }
is_node_of_port "$found" "$PORT" ||
  fail "port $PORT is served by a process that is not this node; it is left alone: $found"
supervise end --dir "$DIR" --port "$PORT" --pid "$(field pid)" --start-time "$(field start_time)" \
  --grace "$GRACE" >/dev/null
