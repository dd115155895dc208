# Stops a node, whoever started it. DIR; NODE; PORT; GRACE: seconds until SIGKILL.
running=no
if [ -d "$DIR/run/$NODE" ]; then
  case $(supervise status --dir "$DIR" --node "$NODE") in
    *'"state":"stopped"'*) ;;
    *) running=yes ;;
  esac
  # Also a stopped node is told: that it is wanted down must be on record.
  answer=$(supervise stop --dir "$DIR" --node "$NODE" --grace "$GRACE") ||
    fail "$(json_field error "$answer") (it is $(json_field state "$answer"))"
fi
if ! listening "$PORT"; then
  [ "$running" = yes ] || unchanged
  exit 0
fi

# Started by hand or by the old tool: found by its listening socket and its exact arguments.
found=$(supervise find --port "$PORT" | head -n 1)
if ! is_node_of_port "$found"; then
  echo "its port is held by process $(json_field pid "$found") of user $(json_field user "$found"), which is no cache node of ours: left alone"
  [ "$running" = yes ] || unchanged
  exit 0
fi
supervise end --port "$PORT" --grace "$GRACE" \
  --pid "$(json_field pid "$found")" --start-time "$(json_field start_time "$found")" >/dev/null
