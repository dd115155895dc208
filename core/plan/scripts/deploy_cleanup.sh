# Takes away what an unfinished deploy left. DIR; RELEASE; PACKAGE.
rm -f "$PACKAGE"
rm -rf "$DIR/releases/.staging-$RELEASE"
rm -f "$DIR/.current.new"
exit 0
