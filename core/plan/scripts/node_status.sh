# Tells what the supervisors of this host say of their nodes; changes nothing. DIR; REMEMBER.
find_dir
fact dir "$DIR"
current=$(readlink "$DIR/current" 2>/dev/null) && fact current "$(basename "$current")"
[ -x "$DIR/current/bin/arcus-supervise" ] || exit 0
supervise status --dir "$DIR" | sed 's/^{/@status {/'
exit 0
