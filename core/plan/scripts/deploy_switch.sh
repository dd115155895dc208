# Makes a release that the host has already the current one. DIR; RELEASE.
take_lock
[ "$(readlink "$DIR/current")" != "releases/$RELEASE" ] || unchanged
[ -f "$DIR/releases/$RELEASE/MANIFEST" ] || fail "the release $RELEASE is gone; deploy again"
ln -sfn "releases/$RELEASE" "$DIR/.current.new-switch" && mv -T "$DIR/.current.new-switch" "$DIR/current" ||
  fail "cannot switch $DIR/current"
exit 0
