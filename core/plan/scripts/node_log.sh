# Prints from a node's log, each line after a blank. DIR; NODE; LINES: the last so many; OFFSET: not
# those, but what came after so many bytes. Fact: end, the offset to go on from.
log=$DIR/log/$NODE.log
[ -e "$log" ] || fail "there is no $log: the node was never started on this host"
size=$(wc -c <"$log")
# A line that is being written is left for the next time.
if [ "$size" -gt 0 ] && [ -n "$(tail -c 1 "$log" | tr -d '\n')" ]; then
  size=$((size - $(tail -n 1 "$log" | wc -c)))
fi
if [ -z "$OFFSET" ]; then
  head -c "$size" "$log" | tail -n "$LINES" | sed 's/^/ /'
else
  # Shorter than it was: it was full, and begun anew.
  [ "$size" -ge "$OFFSET" ] || OFFSET=0
  tail -c "+$((OFFSET + 1))" "$log" | head -c "$((size - OFFSET))" | sed 's/^/ /'
fi
fact end "$size"
exit 0
