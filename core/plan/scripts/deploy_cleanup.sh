# Takes away what an unfinished deploy left, and only what is its own: another operator may be at
# work. DIR; PACKAGE: the uploaded file.
rm -f "$PACKAGE" "$DIR/.current.new-${PACKAGE##*/}" "$DIR/releases/.staging-${PACKAGE##*/}.log"
rm -rf "$DIR/releases/.staging-${PACKAGE##*/}"
exit 0
