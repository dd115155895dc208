# Starts a cache node under its supervisor; does not wait for it. DIR; NODE: ip:port; IP; PORT;
# HOSTNAME; SERVICE; THREADS; MEMLIMIT; CONNECTIONS; ZKLIST; ENGINE: bundled, foreign or memcached; RUN_USER.
release=$(readlink -f "$DIR/current") && [ -d "$release/bin" ] ||
  fail "nothing is deployed in $DIR: run 'arcus deploy' first"
set --
if [ "$ENGINE" = memcached ]; then
  engine=$release/bin/memcached
  [ -x "$engine" ] || engine=$(command -v memcached) ||
    fail "neither the release in $release nor the host has memcached"
  kind=memcached
  set -- "$engine" -U 0 -R 20 -b 8192 -m "$MEMLIMIT" -p "$PORT" -c "$CONNECTIONS" -t "$THREADS"
else
  engine=$release/bin/arcus-memcached
  [ -x "$engine" ] || engine=$release/bin/memcached
  [ -x "$engine" ] || fail "the release in $release has no bin/arcus-memcached"
  # A build of the original daemon brings its engine as modules.
  for module in default_engine.so:-E syslog_logger.so:-X ascii_scrub.so:-X; do
    if [ -f "$release/lib/${module%:*}" ]; then set -- "$@" "${module#*:}" "$release/lib/${module%:*}"; fi
  done
  kind=bundled
  if [ "$ENGINE" = foreign ] || [ $# -gt 0 ]; then kind=foreign; fi
  set -- "$engine" "$@" -v -r -R5 -U 0 -D: -b 8192 "-m$MEMLIMIT" -p "$PORT" -c "$CONNECTIONS" \
    -t "$THREADS" -z "$ZKLIST"
fi
# It listens on all addresses, and to itself on this one: above its limit only those get in.
probe=127.0.0.1
case $IP in 127.*) set -- "$@" -l "$IP"; probe=$IP ;; esac

answer=$(supervise start --dir "$DIR" --node "$NODE" --service "$SERVICE" \
  --release "$(basename "$release")" ${RUN_USER:+--user "$RUN_USER"} \
  --probe "$probe:$PORT" --engine "$kind" --zklist "$ZKLIST" --nofile "$((CONNECTIONS + 2 * THREADS + 100))" \
  --env "ARCUS_CACHE_PUBLIC_IP=$IP" --env "ARCUS_CACHE_HOSTNAME_OVERWRITE=$HOSTNAME" -- "$@")
status=$?
printf '%s\n' "$answer" | sed 's/^{/@status {/'
[ "$status" = 0 ] || [ "$status" = 3 ] || fail "$(json_field error "$answer")"
case $answer in *'"already":true'*) unchanged ;; esac
[ "$status" = 0 ] && exit 0
# Somebody else's process has the port: an engine of this very node that was started without us
# (by hand, or by the old tool) is left running.
found=$(supervise find --port "$PORT" | head -n 1)
if is_node_of_port "$found"; then
  echo "it runs already, without a supervisor (started by hand or by the old tool): left as it is"
  unchanged
fi
fail "$(json_field error "$answer")"
