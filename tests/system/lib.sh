# What the system tests share; each sources it first. A test is a function whose name is a sentence;
# run_tests runs them in the order given, on the same hosts, and says which failed.
# Called as:  TEST BUILD_DIR [TEST_FUNCTION...]

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
build_dir=$(readlink -f "${1:-$source_dir/build}")
shift || :
only=("$@")
conf=$source_dir/conf

if [[ $EUID != 0 ]]; then
  echo "skipped: $(basename "$0") makes hosts, which needs root"
  exit 77
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/arcus-system.XXXXXX")
export ARCUS_HOSTS=$work/hosts
hosts=$source_dir/tests/support/hosts
trap '"$hosts" down; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- hosts -------------------------------------------------------------------------------------

hosts_up() { "$hosts" up "$1" --owner $$ "${@:2}" || { echo "no hosts"; exit 1; }; }
on() { "$hosts" exec "$@"; }
operator() { "$hosts" exec operator "$@"; }
ssh_to() { operator ssh -F "$ARCUS_HOSTS/ssh_config" "$@"; }

# arcus as the operator runs it, in $work; out, err and status are left for the asserts.
arcus() {
  (cd "$work" && operator "$build_dir/tools/arcus" "$@" >"$work/out" 2>"$work/err" </dev/null)
  status=$?
  out=$(<"$work/out") err=$(<"$work/err")
  last="arcus $*"
  if grep -qE "$findings" <<<"$err"; then
    fail "a sanitizer's finding"
    show_last
  fi
}

# An eye of its own on ZooKeeper: the client that comes with it.  zk ls /arcus
zk() {
  operator java -cp "$(printf '%s:' /usr/share/java/{zookeeper,zookeeper-jute,slf4j-api,slf4j-nop,commons-cli,netty-all}.jar)" \
    -XX:TieredStopAtLevel=1 org.apache.zookeeper.ZooKeeperMain -server "${zk_servers:-10.0.0.1:2181}" "$@" 2>/dev/null |
    grep -vE '^(Connecting to |WATCHER::|WatchedEvent |$)'
}

# A stock client's conversation: memcached HOST-TO-ASK-FROM IP PORT 'command\r\n'..., prints the replies.
memcached_says() {
  local from=$1 ip=$2 port=$3
  shift 3
  on "$from" timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" && shift 2 && printf "$*quit\r\n" >&3 && tr -d "\r" <&3' \
    sh "$ip" "$port" "$*"
}

# What sanitizers write, of builds that have them. Also in the logs of hosts: a supervisor would make
# up for an engine that one of them ended.
findings='runtime error:|(ERROR|WARNING): [A-Za-z]+Sanitizer'
no_findings_on_hosts() {
  local host
  [[ -d $ARCUS_HOSTS/hosts ]] || return 0
  for host in $("$hosts" list | awk '$3 == "up" {print $1}'); do
    on "$host" sh -c 'grep -rE -A 30 "$1" /opt/arcus/log /home/*/arcus/log 2>/dev/null | grep .' sh "$findings" || continue
    fail "a sanitizer's finding in a log of $host"
  done
}

# --- asserts: each says what it saw and lets the test go on ----------------------------------------

failures=0 status=0 out='' err='' last=''
fail() {
  failures=$((failures + 1))
  echo "  FAILED ${BASH_SOURCE[2]##*/}:${BASH_LINENO[1]}: $*"
}
show_last() { echo "  after: $last (status $status)"; sed 's/^/    | /' <<<"$out"; sed 's/^/    ! /' <<<"$err"; }
expect_status() { [[ $status == "$1" ]] || { fail "status $status, expected $1"; show_last; }; }
expect_failure() { [[ $status != 0 ]] || { fail "status 0, expected another"; show_last; }; }
expect_text() {  # PATTERN (extended regex, over output and errors)
  grep -qE -- "$1" <<<"$out"$'\n'"$err" || { fail "nothing says '$1'"; show_last; }
}
expect_no_text() {
  ! grep -qE -- "$1" <<<"$out"$'\n'"$err" || { fail "something says '$1'"; show_last; }
}
expect_equal() { [[ $1 == "$2" ]] || fail "'$1', expected '$2'"; }
expect() { "$@" || fail "not so: $*"; }
expect_not() { ! "$@" || fail "should not be so: $*"; }
# SECONDS CMD...: until CMD succeeds.
eventually() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < until)) || { fail "not in time: $*"; return 1; }
    sleep 0.1
  done
}

run_tests() {
  local name before started failed=()
  for name in "$@"; do
    if ((${#only[@]})) && [[ " ${only[*]} " != *" $name "* ]]; then continue; fi
    before=$failures started=$SECONDS
    echo "[ run ] $name"
    "$name"
    if ((failures == before)); then
      echo "[  ok ] $name ($((SECONDS - started)) s)"
    else
      echo "[ bad ] $name ($((SECONDS - started)) s)"
      failed+=("$name")
    fi
  done
  before=$failures
  no_findings_on_hosts
  ((failures == before)) || failed+=("(the logs)")
  ((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}"; exit 1; }
}
