# Turns an uploaded package into the current release. DIR; RELEASE; PACKAGE: the uploaded file;
# SHA256: what it must be; KEEP: how many releases to keep besides those in use; RUN_USER.
take_lock
release=$DIR/releases/$RELEASE
staging=$DIR/releases/.staging-${PACKAGE##*/}
link=$DIR/.current.new-${PACKAGE##*/}
# Both are made under the lock only: those of others are left from runs that were cut short. So are
# packages that nobody has written to for an hour.
rm -rf "$DIR"/releases/.staging-* "$DIR"/.current.new-*
find "$DIR/incoming" -type f -mmin +60 -exec rm -f {} + 2>/dev/null

if [ ! -f "$release/MANIFEST" ]; then
  mkdir "$staging" || fail "cannot make $staging"
  # The sum is taken while tar unpacks; nothing leaves the staging directory before it is right.
  tar -xzf "$PACKAGE" -C "$staging" --no-same-owner 2>"$staging.log" &
  got=$(sha256sum "$PACKAGE" | cut -d ' ' -f 1)
  if wait $!; then why=; else why=$(cat "$staging.log"); why=${why:-tar failed}; fi
  rm -f "$staging.log"
  if [ "$got" != "$SHA256" ]; then
    rm -rf "$staging"
    fail "the package arrived damaged (SHA-256 $got, expected $SHA256); deploy again"
  fi
  if [ -n "$why" ]; then
    rm -rf "$staging"
    fail "cannot unpack the package into $DIR/releases: $why"
  fi
  # A release is written once and never changed; what is there without a MANIFEST is a broken one.
  rm -rf "$release" && mv -T "$staging" "$release" || fail "cannot move the release to $release"
fi
rm -f "$PACKAGE"

ln -sfn "releases/$RELEASE" "$link" && mv -T "$link" "$DIR/current" ||
  fail "cannot switch $DIR/current"

# Old releases go, but never one that a node, a ZooKeeper server or `current` uses. What runs is read
# into a variable: a grep for the name among the processes may find itself.
running=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n'; readlink /proc/[0-9]*/exe 2>/dev/null)
in_use() {
  grep -qsF "$DIR/releases/$1/" "$DIR"/run/*/spec.json "$DIR"/zookeeper/*/release && return 0
  case $running in *"$DIR/releases/$1/"*) return 0 ;; *) return 1 ;; esac
}
kept=0
for old in $(ls -1t "$DIR/releases"); do
  [ "$old" != "$RELEASE" ] || continue
  if in_use "$old"; then continue; fi
  kept=$((kept + 1))
  [ "$kept" -le "$KEEP" ] || rm -rf "${DIR:?}/releases/$old"
done
exit 0
