# Waits until a node is ready. DIR; NODE; PORT; TIMEOUT: seconds.
if is_node_of_port "$(supervise find --port "$PORT" | head -n 1)" "$PORT"; then
  unchanged
fi
answer=$(supervise wait --dir "$DIR" --node "$NODE" --timeout "$TIMEOUT")
status=$?
printf '%s\n' "$answer" | sed 's/^{/@status {/'
session=$(printf '%s\n' "$answer" | sed -n 's/.*"session":"\(0x[0-9a-f]*\)".*/\1/p')
[ -z "$session" ] || fact session "$NODE $session"
[ "$status" = 0 ] && exit 0
supervise status --dir "$DIR" --node "$NODE" --log-lines 8 | sed 's/^{/@log {/'
exit 1
