# Makes the directories of a host. DIR; REMEMBER; LOGIN_USER: who uploads; RUN_USER.
if [ -n "$RUN_USER" ] && ! id "$RUN_USER" >/dev/null 2>&1; then
  useradd --system --user-group --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin "$RUN_USER" || fail "cannot make the user $RUN_USER"
fi
mkdir -p "$DIR" || fail "cannot make $DIR"
take_lock
mkdir -p "$DIR/releases" "$DIR/incoming" "$DIR/run" "$DIR/log" || fail "cannot make $DIR/releases"
give "$DIR/run" "$DIR/log"
[ -z "$RUN_USER" ] || chown "$LOGIN_USER" "$DIR/incoming"
chmod 700 "$DIR/incoming"
if [ -n "$RUN_USER" ] && ! (as_run_user test -x "$DIR/releases"); then
  fail "the user $RUN_USER cannot reach $DIR: a directory above it is closed to others"
fi

if [ "$REMEMBER" = yes ]; then
  if [ "$(id -u)" = 0 ]; then memory=/etc/arcus; else memory=$HOME/.config/arcus; fi
  mkdir -p "$memory" && printf '%s\n' "$DIR" >"$memory/deploy-dir.new" &&
    mv "$memory/deploy-dir.new" "$memory/deploy-dir" || fail "cannot write $memory/deploy-dir"
fi
exit 0
