# Waits until a node is ready. DIR; NODE; PORT; TIMEOUT: seconds.
if is_node_of_port "$(supervise find --port "$PORT" | head -n 1)"; then
  unchanged
fi
answer=$(supervise wait --dir "$DIR" --node "$NODE" --timeout "$TIMEOUT")
status=$?
printf '%s\n' "$answer" | sed 's/^{/@status {/'
session=$(json_field session "$answer")
[ -z "$session" ] || fact session "$NODE $session"
[ "$status" = 0 ] && exit 0

died=$(json_field last_exit "$answer")
printf '%s\n' "it is $(json_field state "$answer")${died:+; the engine ended: $died}; the end of its log, $DIR/log/$NODE.log:" >&2
tail -n 8 "$DIR/log/$NODE.log" >&2
exit 1
