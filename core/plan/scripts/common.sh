# What every script on a host starts with. Values come as variables, assigned before this text.
set -u
umask 022
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

fact() { printf '@%s %s\n' "$1" "$2"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
unchanged() { exit 10; }

# Takes the host's lock for the rest of the script; another operator's work is waited for.
take_lock() {
  exec 9>"$DIR/lock" || fail "cannot write $DIR/lock"
  flock -w 60 9 ||
    fail "another operator holds the lock of this host ($DIR/lock); try again when that work is done"
}

# find_dir: DIR as set (empty: the host's own) becomes the deploy directory. REMEMBER: this host keeps
# the name of its directory, which goes to `remembered`.
find_dir() {
  remembered=
  default=/opt/arcus
  if [ "$(id -u)" != 0 ]; then
    default=$HOME/arcus
    remembered=$(cat "$HOME/.config/arcus/deploy-dir" 2>/dev/null)
  fi
  [ -n "$remembered" ] || remembered=$(cat /etc/arcus/deploy-dir 2>/dev/null)
  [ "$REMEMBER" = yes ] || remembered=
  case $DIR in "~/"*) DIR=$HOME/${DIR#"~/"} ;; esac
  asked=$DIR
  DIR=${DIR:-${remembered:-$default}}
}

# alive PID WORD: a process with this pid runs and has WORD among its arguments.
alive() {
  [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] && tr '\0' '\n' <"/proc/$1/cmdline" | grep -qxF -- "$2"
}

# listening PORT: somebody listens on this TCP port (hexadecimal in /proc/net/tcp, state 0A).
listening() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port="$(printf '%04X' "$1")" '
      $4 == "0A" { n = split($2, part, ":"); if (part[n] == port) found = 1 }
      END { exit !found }'
}

# as_run_user COMMAND...: where we are root, as RUN_USER for good; else as we are.
as_run_user() {
  if [ -n "$RUN_USER" ]; then
    exec setpriv --reuid="$RUN_USER" --regid="$(id -g "$RUN_USER")" --init-groups "$@"
  fi
  exec "$@"
}

# give PATH...: to the user that engine and ZooKeeper run as.
give() {
  [ -z "$RUN_USER" ] || chown "$RUN_USER:$(id -g "$RUN_USER")" "$@"
}

supervise() {
  release=$(readlink -f "$DIR/current") && [ -x "$release/bin/arcus-supervise" ] ||
    fail "nothing is deployed in $DIR: run 'arcus deploy' first"
  "$release/bin/arcus-supervise" "$@"
}

# is_node_of_port FOUND: what `arcus-supervise find` told is a cache node that was started without a
# supervisor (by hand, or by the old tool): it joins ZooKeeper, and its -p is exactly its port.
is_node_of_port() {
  case $1 in *'"supervised":true'*) return 1 ;; esac
  case $1 in *'"-z'*) ;; *) return 1 ;; esac
  case $1 in *'"port_argument":true'*) return 0 ;; *) return 1 ;; esac
}

# json_field NAME TEXT: a text or number of a line of JSON that arcus-supervise printed.
json_field() {
  printf '%s\n' "$2" | sed -n 's/.*"'"$1"'":"\(\([^"\\]\|\\.\)*\)".*/\1/p;s/.*"'"$1"'":\([0-9.]\{1,\}\)[,}].*/\1/p'
}
