# What fault_test and chaos_test share: a cloud on three hosts whose sessions end after six seconds,
# and words for its processes. Sourced after lib.sh.

export ARCUS_ZKLIST=10.0.0.1:2181,10.0.0.2:2181,10.0.0.3:2181
cat >"$work/arcus.json" <<END
{ "zklist": "$ARCUS_ZKLIST",
  "zookeeper": { "tick_time": 500, "min_session_timeout": 1000, "max_session_timeout": 6000,
                 "init_limit": 20, "sync_limit": 10, "heap_mb": 128, "max_client_cnxns": 500 } }
END

# SERVICE NODES_A_HOST FIRST_PORT: a cloud file of three hosts.
cloud_file() {
  python3 - "$@" <<'END'
import json, sys
service, count, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
print(json.dumps({"serviceCode": service,
  "config": {"threads": "1", "memlimit": "16", "connections": "200"},
  "servers": [{"hostname": f"memcached-{n}", "ip": f"10.0.0.{n}", "config": {"port": str(first + i)}}
              for n in (1, 2, 3) for i in range(count)]}))
END
}

engine() { on "$1" pgrep -f "^/opt/arcus/[^ ]*/arcus-memcached .*-p $2 "; }
supervisor() { on "$1" pgrep -f "^/opt/arcus/[^ ]*/arcus-supervise .*--node [^ ]*:$2 "; }
supervisor_status() {  # HOST NODE FIELD
  on "$1" /opt/arcus/current/bin/arcus-supervise status --dir /opt/arcus --node "$2" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$3"
}
watch() { operator python3 -B "$here/cloud_watch.py" "$ARCUS_ZKLIST" "$cloud" "$@"; }
is_online() { arcus memcached list $cloud; grep -qE "^$cloud +OK " <<<"$out"; }
all_online() { [[ $(watch online) == "$1" ]]; }
at_most() { awk -v got="$1" -v bound="$2" 'BEGIN { exit !(got + 0 == got && got <= bound) }'; }
# What was measured, for docs/reliability.md.
measured() { echo "  $1: $2 s"; }
