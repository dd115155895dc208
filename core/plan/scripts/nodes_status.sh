# What the supervisors of a host say, and who listens on the ports of its nodes without one.
# DIR; NODES: "ip:port" each; PORTS; LOG_LINES.
release=$(readlink -f "$DIR/current") && [ -x "$release/bin/arcus-supervise" ] || exit 0
for node in $NODES; do
  if [ -d "$DIR/run/$node" ]; then
    supervise status --dir "$DIR" --node "$node" --log-lines "$LOG_LINES" | sed 's/^{/@status {/'
  fi
done
for port in $PORTS; do supervise find --port "$port" | sed 's/^{/@found {/'; done
exit 0
