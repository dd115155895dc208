# Sees a node stay ready, by the same engine, for a while. DIR; NODE; SECONDS_TO_WATCH.
before=$(supervise status --dir "$DIR" --node "$NODE")
left=$SECONDS_TO_WATCH
while [ "$left" -gt 0 ]; do
  sleep 1
  left=$((left - 1))
  now=$(supervise status --dir "$DIR" --node "$NODE")
  [ "$(json_field state "$now")" = ready ] && [ "$(json_field pid "$now")" = "$(json_field pid "$before")" ] ||
    fail "it did not stay ready: it is $(json_field state "$now"), after $(json_field last_exit "$now")$(json_field trouble "$now")"
done
exit 0
