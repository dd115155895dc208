# Writes a ZooKeeper server's files. DIR; PORT; ID; CONFIG: the text of zoo.cfg; LOGGING: that of
# logging.properties; RUN_USER.
take_lock
home=$DIR/zookeeper/$PORT
mkdir -p "$home/data" "$home/log" || fail "cannot make $home"

id=$(cat "$home/data/myid" 2>/dev/null)
[ -z "$id" ] || [ "$id" = "$ID" ] ||
  fail "$home/data/myid says $id, not $ID: this server's data belong to another place in the ensemble"

replace() {
  printf '%s' "$2" >"$1.new" && mv "$1.new" "$1" || fail "cannot write $1"
}
change=no
[ "$(cat "$home/zoo.cfg" 2>/dev/null; echo .)" = "$CONFIG." ] || change=yes
[ -n "$id" ] || change=yes
replace "$home/zoo.cfg" "$CONFIG"
replace "$home/logging.properties" "$LOGGING"
[ -n "$id" ] || replace "$home/data/myid" "$ID
"
give "$home/data" "$home/log" "$home/data/myid"
[ "$change" = yes ] || unchanged
exit 0
